"""Everything that the simulated radios send, as the kernel shows it on `hwsim0`."""

from __future__ import annotations

import struct
from collections.abc import Callable

from harness.base.address import MacAddress
from harness.base.errors import SetupFailed
from harness.radio.hwsim.control import MONITOR
from harness.radio.interface import CapturedFrame
from harness.radio.nl80211.link import Links
from harness.radio.nl80211.packet import PacketSocket

_RADIOTAP = struct.Struct("<BBHI")
_TSFT, _FLAGS, _RATE, _CHANNEL, _FHSS, _SIGNAL = range(6)
_EXTENDED = 1 << 31
_FIELDS = {_TSFT: (8, 8), _FLAGS: (1, 1), _RATE: (1, 1), _CHANNEL: (4, 2), _FHSS: (2, 2)}
_FIELDS[_SIGNAL] = (1, 1)
"""Size and alignment of the radiotap fields up to the signal (radiotap.org)."""

_FCS_INCLUDED = 0x10
_RATE_UNIT_KBPS = 500


class Capture:
    """Keeps what `hwsim0` shows, in order. `name`: gives the node that owns an address."""

    def __init__(
        self,
        to_world: Callable[[float], float],
        name: Callable[[MacAddress], str | None],
    ) -> None:
        self.frames: list[CapturedFrame] = []
        self._to_world = to_world
        self._name = name
        self._lost = 0
        links = Links()
        try:
            index = links.index(MONITOR)
            if index is None:
                raise SetupFailed(f"there is no {MONITOR} in this network namespace")
            links.set_up(index)
        finally:
            links.close()
        self.packets = PacketSocket(MONITOR, outgoing=True)

    def receive(self) -> None:
        """Take over all that was shown since the last call."""
        while (packet := self.packets.receive()) is not None:
            wall, octets = packet
            self.frames.append(self._frame(self._to_world(wall), octets))

    def lost(self) -> int:
        """Count the frames that were shown and could not be kept."""
        self._lost += self.packets.dropped()
        return self._lost

    def close(self) -> None:
        self.packets.close()

    def _frame(self, t: float, octets: bytes) -> CapturedFrame:
        length, fields = _radiotap(octets)
        frame = octets[length:]
        if fields.get(_FLAGS, b"\0")[0] & _FCS_INCLUDED:
            frame = frame[:-4]
        rate = fields.get(_RATE, b"\0")[0]
        signal = fields.get(_SIGNAL)
        return CapturedFrame(
            t=t,
            octets=frame,
            frequency=int.from_bytes(fields.get(_CHANNEL, b"")[:2], "little"),
            signal=None if signal is None else int.from_bytes(signal, "little", signed=True),
            rate_kbps=rate * _RATE_UNIT_KBPS or None,
            transmitter=self._name(MacAddress(frame[10:16])) if len(frame) >= 16 else None,
        )


def _radiotap(octets: bytes) -> tuple[int, dict[int, bytes]]:
    """Read the length of a radiotap header and its fields up to the signal."""
    _, _, length, present = _RADIOTAP.unpack_from(octets)
    offset, more = _RADIOTAP.size, present
    while more & _EXTENDED:
        (more,) = struct.unpack_from("<I", octets, offset)
        offset += 4
    fields = {}
    for field, (size, alignment) in _FIELDS.items():
        if present & 1 << field:
            offset = (offset + alignment - 1) & -alignment
            fields[field] = octets[offset : offset + size]
            offset += size
    return length, fields
