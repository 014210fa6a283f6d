"""How frames reach the stations of a BSS, of which some sleep: IEEE 802.11-2020, 11.2.3."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from harness.base.address import MacAddress
from harness.radio.sim.beaconing import Beaconing
from harness.radio.sim.peer import Peer
from harness.wire.dot11.ethernet import EthernetFrame

if TYPE_CHECKING:
    from harness.radio.sim.radio import SimRadio


class Delivery:
    """Sends at once to who is awake, and holds for the others what the TIM tells them of.

    `broadcast(frame, more_data)`: puts a frame to a group on the air.
    """

    def __init__(
        self,
        radio: SimRadio,
        peers: Mapping[MacAddress, Peer],
        beaconing: Beaconing,
        broadcast: Callable[[EthernetFrame, bool], None],
    ) -> None:
        self._radio = radio
        self._peers = peers
        self._beaconing = beaconing
        self._broadcast = broadcast
        self._for_group: list[EthernetFrame] = []

    def send(
        self,
        peer: Peer,
        octets: bytes,
        rate_kbps: int,
        done: Callable[[bool], None] | None = None,
    ) -> None:
        """Send to a peer, when it is awake."""
        peer.counts.sent(len(octets))
        if not peer.asleep:
            self._radio.transmit(octets, rate_kbps, done)
            return
        peer.held.append(lambda: self._radio.transmit(octets, rate_kbps, done))
        self._refresh_tim()

    def send_to_group(self, frame: EthernetFrame) -> None:
        """Send to all three-address stations, when the sleeping ones listen."""
        listeners = [peer for peer in self._peers.values() if peer.vlan is None]
        if not any(peer.authorized for peer in listeners):
            return
        if any(peer.asleep for peer in listeners):
            self._for_group.append(frame)
            self._refresh_tim()
        else:
            self._broadcast(frame, False)

    def dtim_gone(self) -> None:
        """Send what waited for the DTIM Beacon, now that it is out."""
        held, self._for_group = self._for_group, []
        if held:
            self._refresh_tim()
        for position, frame in enumerate(held, 1):
            self._broadcast(frame, position < len(held))

    def note_state(self, peer: Peer, *, asleep: bool) -> None:
        """A peer says that it sleeps from now on, or that it does no more."""
        if peer.asleep == asleep:
            return
        peer.asleep = asleep
        held, peer.held = peer.held, []
        if held and not asleep:
            self._refresh_tim()
            for send in held:
                send()

    def forget(self, peer: Peer) -> None:
        """Drop what is held for a peer that is gone."""
        if peer.held:
            peer.held.clear()
            self._refresh_tim()

    def _refresh_tim(self) -> None:
        waiting = [peer.aid for peer in self._peers.values() if peer.held]
        self._beaconing.announce(waiting, for_group=bool(self._for_group))
