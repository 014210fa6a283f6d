"""The address that a station goes by when it is not its own. Source: sta, 1.3 (`mac_addr`)."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from harness.base.address import MacAddress
from harness.base.entropy import Entropy

_LOCAL: Final = 0x02
_GROUP: Final = 0x01
_OUI: Final = 3


class AddressStyle(IntEnum):
    """`mac_addr` and `preassoc_mac_addr`."""

    PERMANENT = 0
    RANDOM = 1
    RANDOM_OF_ITS_MAKER = 2
    """The first three octets are those of the permanent one, but for the bit that says local."""


class OwnAddress:
    """Says when the address changes, and to what. `permanent`: the one that the interface had."""

    def __init__(self, permanent: MacAddress, entropy: Entropy) -> None:
        self.permanent: Final = permanent
        self._entropy = entropy
        self._style = AddressStyle.PERMANENT
        self._drawn_at = 0.0

    def before_scanning(self, style: int, lifetime: float, now: float) -> MacAddress | None:
        """Another address to probe with, None to keep the present one."""
        if style == AddressStyle.PERMANENT:
            return None
        return self._draw(AddressStyle(style), lifetime, now)

    def before_joining(
        self, style: int, lifetime: float, now: float, *, returns: bool
    ) -> MacAddress | None:
        """Another address to join with, None to keep it. `returns`: to the network of before."""
        if style == AddressStyle.PERMANENT:
            was, self._style = self._style, AddressStyle.PERMANENT
            return None if was is AddressStyle.PERMANENT else self.permanent
        return None if returns else self._draw(AddressStyle(style), lifetime, now)

    def _draw(self, style: AddressStyle, lifetime: float, now: float) -> MacAddress | None:
        if style is self._style and now - self._drawn_at <= lifetime:
            return None
        self._style, self._drawn_at = style, now
        octets = self._entropy.octets(6)
        if style is AddressStyle.RANDOM_OF_ITS_MAKER:
            octets = self.permanent[:_OUI] + octets[_OUI:]
        return MacAddress(bytes([octets[0] & ~_GROUP | _LOCAL]) + octets[1:])
