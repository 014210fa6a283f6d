"""The Extended Capabilities element's bits: IEEE 802.11-2020, 9.4.2.26."""

from __future__ import annotations

from typing import Final

UTF_8_SSID: Final = 48
SAE_IDENTIFIERS_IN_USE: Final = 81
"""Some passwords of SAE are asked for by an identifier."""
SAE_IDENTIFIERS_ALONE: Final = 82
"""All of them are."""
PROTECTS_BEACONS: Final = 84


def encode(*bits: int) -> bytes:
    """The element's value with these bits, no longer than they need."""
    octets = bytearray(max(bits, default=-1) // 8 + 1)
    for bit in bits:
        octets[bit // 8] |= 1 << bit % 8
    return bytes(octets)


def has(value: bytes | None, bit: int) -> bool:
    """Tell from the element's value, None for no element."""
    return value is not None and bit // 8 < len(value) and bool(value[bit // 8] & 1 << bit % 8)
