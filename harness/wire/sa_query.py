"""SA Query frames: IEEE 802.11-2020, 9.6.9."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from harness.base.errors import Truncated, WireError
from harness.wire.dot11.elements import split_elements
from harness.wire.operating_channel import EXTENSION_OCI

CATEGORY_SA_QUERY: Final = 8
REQUEST: Final = 0
RESPONSE: Final = 1

_OCTETS = 3


@dataclass(frozen=True, slots=True)
class SaQuery:
    """What follows the category. `action`: `REQUEST` or `RESPONSE`; `transaction`: 2 octets.

    `elements`: what follows these.
    """

    action: int
    transaction: bytes
    elements: bytes = b""

    @property
    def oci(self) -> bytes | None:
        """What follows the OCI element's head, None without one, or when they end within one."""
        try:
            found = split_elements(self.elements)
        except WireError:
            return None
        return next((each.value[1:] for each in found if each.extension == EXTENSION_OCI), None)

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Decode; the elements are not looked at. Raises `Truncated`."""
        if len(body) < _OCTETS:
            raise Truncated("SA Query ends too early", offset=len(body), clause="802.11-2020 9.6.9")
        return cls(body[0], body[1:_OCTETS], body[_OCTETS:])

    def encode(self) -> bytes:
        return bytes((self.action,)) + self.transaction + self.elements
