"""EAPOL frames as an access point receives them.

Not over nl80211: the kernel hands control port frames to the socket that owns the connection,
and an interface for one four-address station has no owner, so that its frames would be lost.
They are taken from packet sockets instead, on the BSS's interface and on each station's own; in
front of a bridge, which would take frames for its ports to itself. A packet does not tell whether
it was encrypted on the air; a monitor interface beside does.
"""

from __future__ import annotations

from collections import deque

from harness.base.address import MacAddress
from harness.base.seam_events import EapolReceived
from harness.radio.nl80211 import names as nl
from harness.radio.nl80211.core import PACKET_RANK, Core
from harness.radio.nl80211.packet import ONLY_EAPOL, UNPROTECTED_DATA, PacketSocket

_ETHERNET_HEADER = 14
_LLC_EAPOL = bytes.fromhex("aaaa03000000888e")
_REMEMBERED = 64


class EapolSockets:
    """Opens and closes with the interfaces of the access point; tells the core what comes."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._open: dict[str, PacketSocket] = {}
        self._witness: PacketSocket | None = None
        self._unprotected: deque[tuple[bytes, bytes]] = deque(maxlen=_REMEMBERED)

    def open(self, interface: str, bss: str) -> None:
        """Listen on `interface`; frames are said to have come for `bss`."""
        if self._witness is None:
            self._witness = self._open_witness(interface)
        self.close(interface)
        packets = self._core.open_packets(interface, ONLY_EAPOL)
        self._open[interface] = packets
        self._core.loop.add(packets, lambda: self._receive(packets, bss), PACKET_RANK)

    def close(self, interface: str) -> None:
        packets = self._open.pop(interface, None)
        if packets is not None:
            self._core.loop.remove(packets)
            packets.close()

    def close_all(self) -> None:
        for interface in tuple(self._open):
            self.close(interface)
        if self._witness is not None:
            self._witness.close()
            self._witness = None

    def _open_witness(self, interface: str) -> PacketSocket:
        name = f"{interface[:11]}.mon"
        index = self._core.create(name, nl.IFTYPE_MONITOR, None)
        self._core.links.set_up(index)
        return self._core.open_packets(name, UNPROTECTED_DATA)

    def _receive(self, packets: PacketSocket, bss: str) -> None:
        while (packet := packets.receive()) is not None:
            _, octets = packet
            source = MacAddress(octets[6:12])
            payload = octets[_ETHERNET_HEADER:]
            self._core.say(
                EapolReceived(
                    interface=bss,
                    source=source,
                    payload=payload,
                    encrypted=not self._was_unprotected(source, payload),
                )
            )

    def _was_unprotected(self, source: MacAddress, payload: bytes) -> bool:
        assert self._witness is not None, "interfaces are opened after the witness"
        while (seen := self._witness.receive()) is not None:
            found = _unprotected_eapol(seen[1])
            if found is not None:
                self._unprotected.append(found)
        try:
            self._unprotected.remove((source, payload))
        except ValueError:
            return False
        return True


def _unprotected_eapol(octets: bytes) -> tuple[bytes, bytes] | None:
    """Find transmitter and EAPOL payload in a data frame behind radiotap, None if it is other."""
    start = int.from_bytes(octets[2:4], "little")
    if len(octets) < start + 24:
        return None
    header = 24
    if octets[start + 1] & 0x03 == 0x03:
        header += 6
    if octets[start] & 0x80:
        header += 2
    body = octets[start + header :]
    if not body.startswith(_LLC_EAPOL):
        return None
    return octets[start + 10 : start + 16], body[len(_LLC_EAPOL) :]
