"""The WPA element of Wi-Fi Protected Access version 1, the forerunner of the RSNE.

Its suites are those of RSN with the selector's OUI 00-50-F2; here they have RSN's numbers. Source:
Wi-Fi Alliance, Wi-Fi Protected Access 2.0, 2.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import Self

from harness.base.errors import BadValue, Truncated
from harness.base.seam import AKM_PSK, CIPHER_TKIP
from harness.wire.dot11.elements import OUI_MICROSOFT, VENDOR_TYPE_WPA, vendor_element

WPA_HEADER = OUI_MICROSOFT + bytes((VENDOR_TYPE_WPA,))
_OUI_RSN = 0x000FAC00
_OUI_WPA = 0x0050F200
_LOW = 0xFF
_U16 = Struct("<H")
_CLAUSE = "WPA 2.0, 2.1"


@dataclass(frozen=True, slots=True)
class WpaElement:
    """Group cipher, pairwise ciphers and AKMs, by RSN's selectors."""

    group: int = CIPHER_TKIP
    pairwise: tuple[int, ...] = (CIPHER_TKIP,)
    akms: tuple[int, ...] = (AKM_PSK,)

    @classmethod
    def decode(cls, value: bytes) -> Self:
        """Read what follows OUI and type; lists that are not there have TKIP and 802.1X.

        Raises `BadValue` and `Truncated`.
        """
        if len(value) < 6:
            raise Truncated("WPA element", offset=len(value), clause=_CLAUSE)
        if value[:2] != b"\x01\x00":
            raise BadValue("the version of the WPA element is not 1", offset=0, clause=_CLAUSE)
        pairwise, at = _suites(value, 6)
        akms, _ = _suites(value, at)
        return cls(_suite(value, 2), pairwise or (CIPHER_TKIP,), akms or (_OUI_RSN | 1,))

    def element(self) -> bytes:
        """Encode the whole element."""
        body = b"\x01\x00" + _encoded(self.group)
        for suites in (self.pairwise, self.akms):
            body += _U16.pack(len(suites)) + b"".join(map(_encoded, suites))
        return vendor_element(OUI_MICROSOFT, VENDOR_TYPE_WPA, body)


def _encoded(suite: int) -> bytes:
    return (_OUI_WPA | suite & _LOW).to_bytes(4, "big")


def _suite(value: bytes, at: int) -> int:
    selector = int.from_bytes(value[at : at + 4], "big")
    return _OUI_RSN | selector & _LOW if selector & ~_LOW == _OUI_WPA else selector


def _suites(value: bytes, at: int) -> tuple[tuple[int, ...], int]:
    """A counted list, and where it ends; empty where the element ends before it."""
    if at >= len(value):
        return (), at
    if len(value) < at + 2:
        raise Truncated("count of suites", offset=at, clause=_CLAUSE)
    (count,) = _U16.unpack_from(value, at)
    end = at + 2 + 4 * count
    if end > len(value):
        raise Truncated(f"{count} suites", offset=at, clause=_CLAUSE)
    return tuple(_suite(value, each) for each in range(at + 2, end, 4)), end
