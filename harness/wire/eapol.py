"""EAPOL frames: IEEE 802.1X-2020, 11.3."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Self

from harness.base.errors import Truncated

EAPOL_EAP = 0
EAPOL_START = 1
EAPOL_LOGOFF = 2
EAPOL_KEY = 3

_HEADER = struct.Struct(">BBH")
_CLAUSE = "802.1X-2020 11.3"


@dataclass(frozen=True, slots=True)
class EapolFrame:
    """An EAPOL frame, from the version octet on.

    `octets`: what was received, without anything after the body (a link may pad); empty for a
    frame that was not decoded. Unknown types and versions survive.
    """

    version: int
    type: int
    body: bytes = b""
    octets: bytes = field(default=b"", compare=False, repr=False)

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Raises `Truncated`."""
        if len(octets) < _HEADER.size:
            raise Truncated("EAPOL header needs 4 octets", offset=len(octets), clause=_CLAUSE)
        version, kind, length = _HEADER.unpack_from(octets)
        end = _HEADER.size + length
        if len(octets) < end:
            raise Truncated(
                f"EAPOL body of {length} octets is cut short", offset=len(octets), clause=_CLAUSE
            )
        return cls(version, kind, octets[_HEADER.size : end], octets[:end])

    def encode(self) -> bytes:
        return _HEADER.pack(self.version, self.type, len(self.body)) + self.body
