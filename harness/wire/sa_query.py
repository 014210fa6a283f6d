"""SA Query frames: IEEE 802.11-2020, 9.6.9."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from harness.base.errors import Truncated

CATEGORY_SA_QUERY: Final = 8
REQUEST: Final = 0
RESPONSE: Final = 1

_OCTETS = 3


@dataclass(frozen=True, slots=True)
class SaQuery:
    """What follows the category. `action`: `REQUEST` or `RESPONSE`; `transaction`: 2 octets."""

    action: int
    transaction: bytes

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Decode; octets after the transaction identifier are ignored. Raises `Truncated`."""
        if len(body) < _OCTETS:
            raise Truncated("SA Query ends too early", offset=len(body), clause="802.11-2020 9.6.9")
        return cls(body[0], body[1:_OCTETS])

    def encode(self) -> bytes:
        return bytes((self.action,)) + self.transaction
