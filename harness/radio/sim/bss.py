"""An access point's interface: beacons, peers, keys and the way of data, as mac80211 has them."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from harness.base.address import BROADCAST, MacAddress
from harness.base.errors import RadioError
from harness.base.seam import (
    CIPHER_BIP_CMAC_128,
    AbortScan,
    AddPeer,
    AddPeerVlan,
    AskIdle,
    ChangeBeacon,
    Command,
    InstallKey,
    ProbePeer,
    RemoveKey,
    RemovePeer,
    RemovePeerVlan,
    Scan,
    SetPortAuthorized,
    StartBss,
    SwitchChannel,
    TransmitEapol,
    TransmitManagement,
)
from harness.base.seam_events import (
    BssStarted,
    ChannelSwitched,
    ChannelSwitchStarted,
    EapolReceived,
    EapolStatus,
    FourAddressSeen,
    ManagementReceived,
    ManagementStatus,
    MichaelFailure,
    PeerAnswered,
    PeerCounters,
    PeerIdle,
)
from harness.crypto.tkip import BadMichael
from harness.radio.sim.airtime import best_rate, lowest_rate
from harness.radio.sim.ap_scan import ApScan
from harness.radio.sim.beaconing import Beaconing
from harness.radio.sim.bridge import NetDevice
from harness.radio.sim.bss_keys import BssKeys
from harness.radio.sim.datapath import (
    PAE_GROUP,
    body_of,
    ethernet_of,
    four_addresses,
    from_ap,
    null_data,
    opened,
    sealed,
)
from harness.radio.sim.keys import key_from
from harness.radio.sim.peer import Peer
from harness.radio.sim.power_save import Delivery
from harness.radio.sim.protection import is_robust, opened_management
from harness.radio.stranger import dismissal
from harness.wire.dot11.ethernet import ETHERTYPE_EAPOL, EthernetFrame
from harness.wire.dot11.frames import (
    Beacon,
    Data,
    Frame,
    ProbeResponse,
    ProtectedManagement,
)
from harness.wire.dot11.header import (
    ACTION,
    ACTION_NO_ACK,
    ASSOCIATION_REQUEST,
    AUTHENTICATION,
    DEAUTHENTICATION,
    DISASSOCIATION,
    NULL,
    PROBE_REQUEST,
    PROBE_RESPONSE,
    REASSOCIATION_REQUEST,
    TYPE_MANAGEMENT,
    Header,
)

if TYPE_CHECKING:
    from harness.radio.sim.radio import SimRadio

_LAYER_2_UPDATE = bytes.fromhex("0001af810100")
"""An LLC XID response in the station's name (IEEE 802.11F, 6.2)."""
_BEACON_PAUSE_S: Final = 5.0
"""How long nothing more is told of a BSS that beacons."""
_HANDED_UP = frozenset(
    (
        ASSOCIATION_REQUEST,
        REASSOCIATION_REQUEST,
        PROBE_REQUEST,
        DISASSOCIATION,
        AUTHENTICATION,
        DEAUTHENTICATION,
        ACTION,
        ACTION_NO_ACK,
    )
)
"""Subtypes of management frames."""


class Bss:
    """One BSS of a radio, from `StartBss` to `StopBss`."""

    def __init__(self, radio: SimRadio, command: StartBss) -> None:
        self.name: Final = command.interface
        self.bssid: Final = command.bssid
        self.frequency = command.frequency
        self.awaits_switch = False
        self._isolates = command.isolate
        self._radio = radio
        self.device: Final = NetDevice(radio.stack, self.name, self.bssid, self._transmit_ethernet)
        self.device.put_into(command.bridge)
        self._peers: dict[MacAddress, Peer] = {}
        self.keys: Final = BssKeys()
        self._sequence = 0
        self._beaconing = Beaconing(self, command)
        self.delivery: Final = Delivery(radio, self._peers, self._beaconing, self._broadcast)
        self._scan: Final = ApScan(self)
        self._next_beacon: dict[bytes, float] = {}
        self._lowest_rate = lowest_rate(command.frequency)
        self._switch: SwitchChannel | None = None

    @property
    def radio(self) -> SimRadio:
        return self._radio

    def start(self) -> None:
        self._beaconing.start()
        self._radio.emit(BssStarted(interface=self.name))

    def stop(self) -> None:
        self._scan.abort()
        self._beaconing.stop()
        for address in list(self._peers):
            self._forget(address)
        self.device.put_into(None)

    # ---- commands -------------------------------------------------------------------------

    def perform(self, command: Command) -> None:
        """Carry a command out. Raises `RadioError` when it can't be."""
        perform = _COMMANDS.get(type(command))
        if perform is None:
            kind = type(command).__name__
            raise RadioError(kind, errno.EOPNOTSUPP, f"{self.name} is an access point's interface")
        perform(self, command)

    def hear_beacon(self, octets: bytes, frequency: int, signal: int) -> None:
        """Another BSS beacons: once in a while that is told."""
        now, other = self._radio.agenda.now, octets[16:22]
        if now >= self._next_beacon.get(other, 0.0):
            self._next_beacon[other] = now + _BEACON_PAUSE_S
            self._radio.emit(
                ManagementReceived(
                    interface=self.name, frame=octets, frequency=frequency, signal=signal
                )
            )

    def _change_beacon(self, command: ChangeBeacon) -> None:
        if self._switch is not None:
            raise RadioError("change beacon", errno.EBUSY, "another channel is announced")
        self._beaconing.change(command.beacon_head, command.beacon_tail)

    def _switch_channel(self, command: SwitchChannel) -> None:
        self._radio.check_frequency("switch channel", command.frequency)
        if self._radio.scanning is not None:
            raise RadioError("switch channel", errno.EBUSY, "a scan is under way")
        if self._switch is not None or not self._radio.may_go_to(command.frequency):
            raise RadioError("switch channel", errno.EBUSY, "another channel is announced")
        self._beaconing.count_down(
            command.announcing_tail, command.count_offsets, command.count, self._counted_down
        )
        self._switch = command
        self._radio.emit(
            ChannelSwitchStarted(
                interface=self.name, frequency=command.frequency, count=command.count
            )
        )

    def _start_scan(self, command: Scan) -> None:
        self._scan.scan(command)

    def _abort_scan(self, command: AbortScan) -> None:
        self._scan.abort_scan(command)

    def _counted_down(self) -> None:
        self.awaits_switch = True
        self._radio.switch_when_all_await_it()

    @property
    def next_frequency(self) -> int | None:
        """The channel that it announces."""
        return None if self._switch is None else self._switch.frequency

    def switched(self) -> None:
        """The radio is on the channel that was announced."""
        command = self._switch
        assert command is not None
        self._switch, self.awaits_switch = None, False
        self.frequency = command.frequency
        self._lowest_rate = lowest_rate(self.frequency)
        for peer in self._peers.values():
            peer.rate_kbps = best_rate(self.frequency, peer.rates)
        self._beaconing.move(self.frequency, command.beacon_head, command.beacon_tail)
        self._radio.emit(ChannelSwitched(interface=self.name, frequency=self.frequency))

    def _add_peer(self, command: AddPeer) -> None:
        self._forget(command.peer)
        rate = best_rate(self.frequency, command.rates)
        peer = Peer(command.peer, command.aid, rate, command.rates, mfp=command.mfp)
        peer.counts.heard = self._radio.agenda.now
        self._peers[command.peer] = peer

    def _remove_peer(self, command: RemovePeer) -> None:
        self._peer("remove peer", command.peer)
        self._forget(command.peer)

    def _forget(self, address: MacAddress) -> None:
        peer = self._peers.pop(address, None)
        if peer is None:
            return
        if peer.vlan is not None:
            peer.vlan.put_into(None)
        self.delivery.forget(peer)

    def _add_peer_vlan(self, command: AddPeerVlan) -> None:
        peer = self._peer("add peer VLAN", command.peer)
        if self._radio.announces_channel:
            raise RadioError("add peer VLAN", errno.EBUSY, "another channel is announced")
        if peer.vlan is not None:
            peer.vlan.put_into(None)
        peer.vlan = NetDevice(
            self._radio.stack, command.name, self.bssid, lambda frame: self._relay(peer, frame)
        )
        peer.vlan.put_into(command.bridge, command.primary_vlan)

    def _remove_peer_vlan(self, command: RemovePeerVlan) -> None:
        peer = self._peer("remove peer VLAN", command.peer)
        if peer.vlan is None or peer.vlan.name != command.name:
            raise RadioError("remove peer VLAN", errno.ENODEV, f"no interface {command.name}")
        peer.vlan.put_into(None)
        peer.vlan = None
        peer.four_address_told = False

    def _install_key(self, command: InstallKey) -> None:
        if command.peer is None or command.cipher == CIPHER_BIP_CMAC_128:
            self.keys.install(command)
            return
        peer = self._peer("install key", command.peer)
        peer.key = key_from(command, peer.key)

    def _remove_key(self, command: RemoveKey) -> None:
        if command.peer is None:
            self.keys.remove(command.index)
        else:
            self._peer("remove key", command.peer).key = None

    def _set_port_authorized(self, command: SetPortAuthorized) -> None:
        peer = self._peer("authorize", command.peer)
        if command.authorized and not peer.authorized:
            self._tell_distribution_system(peer)
        peer.authorized = command.authorized

    def _tell_distribution_system(self, peer: Peer) -> None:
        """Let the bridges know where the station is now (4.5.3.4), as cfg80211 does it."""
        update = EthernetFrame(BROADCAST, peer.address, len(_LAYER_2_UPDATE), _LAYER_2_UPDATE)
        (peer.vlan or self.device).hand_up(update)

    def _transmit_management(self, command: TransmitManagement) -> None:
        token = command.token

        def done(acknowledged: bool) -> None:
            self._radio.emit(
                ManagementStatus(interface=self.name, token=token, acknowledged=acknowledged)
            )

        octets = command.frame
        if octets[0] >> 4 == PROBE_RESPONSE and octets[0] & 0x0C == TYPE_MANAGEMENT:
            timestamp = self._radio.tsf(self._radio.agenda.now)
            octets = octets[:24] + timestamp.to_bytes(8, "little") + octets[32:]
        number = (self.next_sequence() << 4).to_bytes(2, "little")
        octets = octets[:22] + number + octets[24:]
        peer = self._peers.get(MacAddress(octets[4:10]))
        octets = self.keys.sealed_management(octets, peer) if command.encrypt else octets
        whenever = done if token and command.encrypt else None
        if peer is None:
            self._radio.transmit(octets, self._lowest_rate, whenever)
        else:
            self.delivery.send(peer, octets, self._lowest_rate, whenever)

    def _transmit_eapol(self, command: TransmitEapol) -> None:
        peer = self._peer("transmit EAPOL", command.peer)
        frame = EthernetFrame(command.peer, self.bssid, ETHERTYPE_EAPOL, command.payload)
        token = command.token

        def done(acknowledged: bool) -> None:
            self._radio.emit(
                EapolStatus(
                    interface=self.name,
                    peer=command.peer,
                    token=token,
                    acknowledged=acknowledged,
                )
            )

        header = from_ap(frame, self.bssid, self.next_sequence())
        octets = sealed(header, body_of(frame), self.keys.to(peer) if command.encrypt else None)
        self.delivery.send(peer, octets, self._lowest_rate, done if token else None)

    def _peer(self, what: str, address: MacAddress) -> Peer:
        peer = self._peers.get(address)
        if peer is None:
            raise RadioError(what, errno.ENOENT, f"{address} is no peer of {self.name}")
        return peer

    def _probe_peer(self, command: ProbePeer) -> None:
        peer = self._peer("probe peer", command.peer)

        def done(acknowledged: bool) -> None:
            if acknowledged:
                peer.counts.heard = self._radio.agenda.now
                self._radio.emit(PeerAnswered(interface=self.name, peer=peer.address))

        header = null_data(peer.address, self.bssid, self.next_sequence())
        self.delivery.send(peer, header.encode(), self._lowest_rate, done)

    def _ask_idle(self, command: AskIdle) -> None:
        peer = self._peer("ask idle", command.peer)
        idle = round((self._radio.agenda.now - peer.counts.heard) * 1000)
        self._radio.emit(PeerIdle(interface=self.name, peer=peer.address, idle_ms=idle))

    def counters(self, address: MacAddress) -> PeerCounters | None:
        """What was counted of a station; None when it is no peer."""
        peer = self._peers.get(address)
        if peer is None:
            return None
        return peer.counts.told(peer.rate_kbps, self._radio.agenda.now)

    # ---- from the air ---------------------------------------------------------------------

    def receive(self, frame: Frame, frequency: int, signal: int) -> None:
        """Take in a frame that is addressed to this interface or to a group."""
        header = frame.header
        sender = None if header.a2 is None else self._peers.get(header.a2)
        if sender is not None and header.a1 == self.bssid:
            sender.counts.received(len(frame.octets), signal, self._radio.agenda.now)
        if isinstance(frame, Data):
            if header.to_ds and header.a1 == self.bssid:
                self._receive_data(frame)
            return
        if isinstance(frame, Beacon | ProbeResponse) or header.subtype not in _HANDED_UP:
            return
        if header.a3 != self.bssid and (header.subtype != PROBE_REQUEST or header.a3 != BROADCAST):
            return
        opened = self._opened(frame)
        if opened is None:
            return
        self._radio.emit(
            ManagementReceived(
                interface=self.name,
                frame=opened,
                frequency=frequency,
                signal=signal,
                decrypted=header.protected,
            )
        )

    def _opened(self, frame: Frame) -> bytes | None:
        """A management frame in the clear; None for one that its protection, or none, forbids."""
        peer = self._peers.get(frame.header.a2) if frame.header.a2 is not None else None
        key = peer.key if peer is not None and peer.mfp else None
        if isinstance(frame, ProtectedManagement):
            responds = frame.header.subtype == AUTHENTICATION
            plain, reason = opened_management(frame, self.keys.of_wep(frame) if responds else key)
            if plain is None:
                self._radio.count(reason)
            return None if plain is None else plain.octets
        if key is not None and is_robust(frame.octets):
            self._radio.count("not protected")
            return None
        return frame.octets

    def _receive_data(self, frame: Data) -> None:
        header = frame.header
        assert header.a2 is not None
        peer = self._peers.get(header.a2)
        if peer is None:
            self._refuse(header.a2)
            return
        self.delivery.note_state(peer, asleep=header.power_management)
        if header.from_ds and peer.vlan is None and not peer.four_address_told:
            peer.four_address_told = True
            self._radio.emit(FourAddressSeen(interface=self.name, peer=peer.address))
        if header.subtype & NULL:
            return
        body, reason = opened(frame, peer.key or self.keys.of_wep(frame))
        if body is None:
            self._radio.count(reason)
            if reason == BadMichael.__name__:
                self._radio.emit(MichaelFailure(interface=self.name, peer=peer.address))
            return
        ethernet = ethernet_of(header, body)
        if ethernet is not None:
            self._accept(peer, header, ethernet)

    def _refuse(self, address: MacAddress) -> None:
        """Answer a class 3 frame from a station that is not associated (11.3.4.1)."""
        self._radio.count("not associated")
        octets = dismissal(self.bssid, address)
        self._transmit_management(TransmitManagement(interface=self.name, frame=octets))

    def _accept(self, peer: Peer, header: Header, frame: EthernetFrame) -> None:
        """Pass a peer's frame on, if the port and the number of addresses let it through."""
        for_us = frame.destination in (self.bssid, PAE_GROUP)
        if frame.ethertype == ETHERTYPE_EAPOL and for_us:
            self._radio.emit(
                EapolReceived(
                    interface=self.name,
                    source=peer.address,
                    payload=frame.payload,
                    encrypted=header.protected,
                )
            )
        elif not peer.authorized:
            self._radio.count("port closed")
        elif self.keys.to(peer) is not None and not header.protected:
            self._radio.count("not encrypted")
        elif header.from_ds != (peer.vlan is not None):
            self._radio.count("wrong number of addresses")
        elif peer.vlan is not None:
            peer.vlan.hand_up(frame)
        else:
            self._forward(frame)

    def _forward(self, frame: EthernetFrame) -> None:
        """Take a station's frame to another station of the BSS, to the bridge, or to both."""
        if self._isolates:
            if frame.destination not in self._peers:
                self.device.hand_up(frame)
            return
        other = self._peers.get(frame.destination)
        if other is not None and other.vlan is None:
            self._transmit_ethernet(frame)
            return
        if frame.destination.is_group:
            self._transmit_ethernet(frame)
        self.device.hand_up(frame)

    # ---- to the air -----------------------------------------------------------------------

    def next_sequence(self) -> int:
        self._sequence = self._sequence + 1 & 0xFFF
        return self._sequence

    def _transmit_ethernet(self, frame: EthernetFrame) -> None:
        """Send a frame to a three-address station, or to all of them."""
        if not frame.destination.is_group:
            peer = self._peers.get(frame.destination)
            if peer is None or peer.vlan is not None or not peer.authorized:
                self._radio.count("no such station")
                return
            header = from_ap(frame, self.bssid, self.next_sequence())
            self._send_data(peer, header, frame)
            return
        self.delivery.send_to_group(frame)

    def _broadcast(self, frame: EthernetFrame, more_data: bool) -> None:
        protected = any(peer.key is not None for peer in self._peers.values() if peer.vlan is None)
        if protected and self.keys.group is None:
            self._radio.count("no key")
            return
        header = from_ap(frame, self.bssid, self.next_sequence(), more_data=more_data)
        self._radio.transmit(sealed(header, body_of(frame), self.keys.group), self._lowest_rate)

    def _relay(self, peer: Peer, frame: EthernetFrame) -> None:
        """Send a frame of the peer's own interface, with four addresses, groups too."""
        if not peer.authorized:
            self._radio.count("port closed")
            return
        header = four_addresses(frame, peer.address, self.bssid, self.next_sequence())
        self._send_data(peer, header, frame)

    def _send_data(self, peer: Peer, header: Header, frame: EthernetFrame) -> None:
        octets = sealed(header, body_of(frame), self.keys.to(peer))
        self.delivery.send(peer, octets, peer.rate_kbps)



_COMMANDS: dict[type[Command], Callable[..., None]] = {
    ChangeBeacon: Bss._change_beacon,
    Scan: Bss._start_scan,
    AbortScan: Bss._abort_scan,
    SwitchChannel: Bss._switch_channel,
    AddPeer: Bss._add_peer,
    RemovePeer: Bss._remove_peer,
    AddPeerVlan: Bss._add_peer_vlan,
    RemovePeerVlan: Bss._remove_peer_vlan,
    InstallKey: Bss._install_key,
    RemoveKey: Bss._remove_key,
    SetPortAuthorized: Bss._set_port_authorized,
    ProbePeer: Bss._probe_peer,
    AskIdle: Bss._ask_idle,
    TransmitManagement: Bss._transmit_management,
    TransmitEapol: Bss._transmit_eapol,
}
