"""Reads a scenario's `air.pcapng` back into frames."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from harness.base.errors import AirproofError, WireError
from harness.wire.pcapng import packets

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
    try:
        found = list(packets(path.read_bytes()))
    except (OSError, WireError) as error:
        raise BadCapture(f"{path}: {error}") from error
    start = found[0][0] if found else 0.0
    return [
        Captured(t - start, _without_radiotap(path, number, packet))
        for number, (t, packet) in enumerate(found)
    ]


def _without_radiotap(path: Path, number: int, packet: bytes) -> bytes:
    size = int.from_bytes(packet[2:4], "little")
    if not _RADIOTAP_MINIMUM <= size <= len(packet):
        raise BadCapture(f"{path}: packet {number} has no radiotap header")
    return packet[size:]
