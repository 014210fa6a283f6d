"""Reads a scenario's `air.pcapng` back into frames."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pcapng import FileScanner
from pcapng.blocks import EnhancedPacket
from pcapng.exceptions import PcapngException

from harness.base.errors import AirproofError

_RADIOTAP_MINIMUM = 8


class BadCapture(AirproofError):
    """A capture that can't be read; says which and why."""


class Captured(NamedTuple):
    """`t`: seconds since the first frame. `octets`: the frame without radiotap and FCS."""

    t: float
    octets: bytes


def read_capture(path: Path) -> list[Captured]:
    """Read every frame of a capture with radiotap headers.

    Raises `BadCapture` when the file can't be read or a packet has no radiotap header.
    """
    frames: list[Captured] = []
    try:
        with path.open("rb") as stream:
            for block in FileScanner(stream):
                if isinstance(block, EnhancedPacket):
                    frames.append(_frame(path, len(frames), block))
    except (OSError, PcapngException, EOFError, ValueError) as error:
        raise BadCapture(f"{path}: {error}") from error
    if not frames:
        return []
    start = frames[0].t
    return [Captured(t - start, octets) for t, octets in frames]


def _frame(path: Path, number: int, block: EnhancedPacket) -> Captured:
    packet = block.packet_data
    size = int.from_bytes(packet[2:4], "little")
    if not _RADIOTAP_MINIMUM <= size <= len(packet):
        raise BadCapture(f"{path}: packet {number} has no radiotap header")
    return Captured(block.timestamp, packet[size:])
