"""IEEE 802 MAC addresses as a type of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

_TEXT = re.compile(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}")


class MacAddress(bytes):
    """A MAC address: 6 octets, equal to (and usable as) the `bytes` that go on the air.

    Built from 6 octets or from `aa:bb:cc:dd:ee:ff` text; raises `ValueError` for anything else.
    `str()` gives the lower-case colon form.
    """

    __slots__ = ()

    def __new__(cls, value: bytes | str) -> Self:
        if isinstance(value, str):
            if not _TEXT.fullmatch(value):
                raise ValueError(f"not a MAC address: {value!r}")
            value = bytes.fromhex(value.replace(":", ""))
        if len(value) != 6:
            raise ValueError(f"a MAC address has 6 octets, not {len(value)}")
        return super().__new__(cls, value)

    def __str__(self) -> str:
        return self.hex(":")

    def __repr__(self) -> str:
        return f"MacAddress('{self.hex(':')}')"

    @property
    def is_group(self) -> bool:
        """True for broadcast and multicast: the I/G bit (IEEE 802-2014, 8.2.2)."""
        return bool(self[0] & 1)


BROADCAST = MacAddress(b"\xff" * 6)
ZERO = MacAddress(bytes(6))


@dataclass(frozen=True, slots=True)
class MaskedAddress:
    """Every address that agrees with `address` in the bits of `mask`."""

    address: MacAddress
    mask: MacAddress = BROADCAST

    def covers(self, other: MacAddress) -> bool:
        bits = zip(self.address, other, self.mask, strict=True)
        return not any((own ^ its) & mask for own, its, mask in bits)

    def __str__(self) -> str:
        """`aa:bb:cc:dd:ee:ff`, with `/` and the mask where that leaves any bit open."""
        return str(self.address) if self.mask == BROADCAST else f"{self.address}/{self.mask}"
