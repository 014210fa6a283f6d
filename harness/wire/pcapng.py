"""pcapng captures: one section, one interface, Enhanced Packet Blocks.

A codec of our own beside python-pcapng, which the tests hold it against: that library builds some
twenty objects for a packet, and its reading and writing were a third of what a whole run of
scenarios on simulated air costs. Source: draft-ietf-opsawg-pcapng, 3 and 4.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from harness.base.errors import BadLength, BadValue, Truncated

SECTION_HEADER: Final = 0x0A0D0D0A
INTERFACE: Final = 1
ENHANCED_PACKET: Final = 6
_BYTE_ORDER: Final = 0x1A2B3C4D
_NO_SECTION_LENGTH: Final = (1 << 64) - 1
_COMMENT, _APPLICATION, _NAME, _RESOLUTION = 1, 4, 2, 9
_SMALLEST_BLOCK = 12
_CLAUSE = "pcapng 3.1"

_BLOCK_START = struct.Struct("<II")
_PACKET = struct.Struct("<IIIII")


def _padded(octets: bytes) -> bytes:
    return octets + bytes(-len(octets) % 4)


def _options(options: Iterable[tuple[int, bytes]]) -> bytes:
    encoded = b"".join(struct.pack("<HH", code, len(v)) + _padded(v) for code, v in options)
    return encoded + bytes(4) if encoded else b""


def _block(kind: int, body: bytes) -> bytes:
    size = len(body) + _SMALLEST_BLOCK
    return _BLOCK_START.pack(kind, size) + body + size.to_bytes(4, "little")


def encode_start(
    link_type: int, *, name: str, application: str, comments: Sequence[str] = ()
) -> bytes:
    """Give what a capture begins with: the section's header and its one interface.

    `link_type`: of the packets, such as 127 for radiotap. Times are in µs.
    """
    options = [(_COMMENT, text.encode()) for text in comments]
    options.append((_APPLICATION, application.encode()))
    section = struct.pack("<IHHQ", _BYTE_ORDER, 1, 0, _NO_SECTION_LENGTH) + _options(options)
    interface = struct.pack("<HHI", link_type, 0, 0) + _options([(_NAME, name.encode())])
    return _block(SECTION_HEADER, section) + _block(INTERFACE, interface)


def encode_packet(time_us: int, octets: bytes) -> bytes:
    """Give the block of one packet. `time_us`: µs since 1970."""
    size = len(octets)
    head = _PACKET.pack(0, time_us >> 32, time_us & 0xFFFFFFFF, size, size)
    return _block(ENHANCED_PACKET, head + _padded(octets))


def packets(octets: bytes) -> Iterator[tuple[float, bytes]]:
    """Give each packet of a little-endian capture: seconds since 1970, and its octets.

    Blocks of other kinds are passed over. Raises `WireError` where the octets end inside a block
    or are no such capture.
    """
    if len(octets) < 28:
        raise Truncated("no section header", offset=len(octets), clause=_CLAUSE)
    if octets[:4] != SECTION_HEADER.to_bytes(4, "little"):
        raise BadValue("not a pcapng capture", clause=_CLAUSE)
    if octets[8:12] != _BYTE_ORDER.to_bytes(4, "little"):
        raise BadValue("a big-endian capture", offset=8, clause=_CLAUSE)
    at, ticks = 0, 1_000_000
    while at < len(octets):
        kind, size = _measure(octets, at)
        if kind == ENHANCED_PACKET:
            yield _packet(octets, at, size, ticks)
        elif kind == INTERFACE:
            ticks = _ticks(octets[at + 16 : at + size - 4])
        at += size


def _measure(octets: bytes, at: int) -> tuple[int, int]:
    if len(octets) - at < _SMALLEST_BLOCK:
        raise Truncated("a block is cut short", offset=len(octets), clause=_CLAUSE)
    kind, size = _BLOCK_START.unpack_from(octets, at)
    if size < _SMALLEST_BLOCK or size % 4:
        raise BadLength(f"a block of {size} octets", offset=at + 4, clause=_CLAUSE)
    if at + size > len(octets):
        raise Truncated("a block is cut short", offset=len(octets), clause=_CLAUSE)
    return kind, size


def _packet(octets: bytes, at: int, size: int, ticks: int) -> tuple[float, bytes]:
    if size < _SMALLEST_BLOCK + _PACKET.size:
        raise BadLength(f"a packet block of {size} octets", offset=at + 4, clause="pcapng 4.3")
    _, high, low, captured, _ = _PACKET.unpack_from(octets, at + 8)
    start = at + 8 + _PACKET.size
    if start + captured > at + size - 4:
        raise BadLength(f"{captured} octets captured", offset=at + 20, clause="pcapng 4.3")
    return (high << 32 | low) / ticks, octets[start : start + captured]


def _ticks(options: bytes) -> int:
    """How many units of its timestamps an interface counts in a second (option if_tsresol)."""
    at = 0
    while at + 4 <= len(options):
        code, size = struct.unpack_from("<HH", options, at)
        if code == _RESOLUTION and size == 1 and at + 4 < len(options):
            value = options[at + 4]
            return 1 << (value & 0x7F) if value & 0x80 else int(10**value)
        at += 4 + size + -size % 4
    return 1_000_000
