"""The RSN element and suite selectors: IEEE 802.11-2020, 9.4.2.24."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Self

from harness.base.errors import BadValue, Truncated
from harness.base.seam import AKM_PSK as AKM_PSK  # scenarios read an RSNE by these, too
from harness.base.seam import AKM_SAE as AKM_SAE
from harness.base.seam import (
    CIPHER_BIP_CMAC_128,
    CIPHER_CCMP,
    CIPHER_TKIP,
    CIPHER_WEP_40,
    CIPHER_WEP_104,
)
from harness.wire.dot11.elements import ELEMENT_RSN, element

CIPHER_USE_GROUP = 0x000FAC00
CIPHER_GROUP_NOT_ALLOWED = 0x000FAC07
CIPHER_GCMP = 0x000FAC08
CIPHER_GCMP_256 = 0x000FAC09
CIPHER_CCMP_256 = 0x000FAC0A
CIPHER_BIP_GMAC_128 = 0x000FAC0B
CIPHER_BIP_GMAC_256 = 0x000FAC0C
CIPHER_BIP_CMAC_256 = 0x000FAC0D

AKM_8021X = 0x000FAC01
AKM_8021X_SHA256 = 0x000FAC05

KEY_OCTETS = {
    CIPHER_WEP_40: 5,
    CIPHER_WEP_104: 13,
    CIPHER_TKIP: 32,
    CIPHER_CCMP: 16,
    CIPHER_GCMP: 16,
    CIPHER_GCMP_256: 32,
    CIPHER_CCMP_256: 32,
    CIPHER_BIP_CMAC_128: 16,
    CIPHER_BIP_GMAC_128: 16,
    CIPHER_BIP_GMAC_256: 32,
    CIPHER_BIP_CMAC_256: 32,
}
"""Octets of the temporal key by cipher suite: IEEE 802.11-2020, table 12-7."""

BIP_CIPHERS = frozenset(
    (CIPHER_BIP_CMAC_128, CIPHER_BIP_GMAC_128, CIPHER_BIP_GMAC_256, CIPHER_BIP_CMAC_256)
)

CAPABILITY_PREAUTH = 0x0001
CAPABILITY_NO_PAIRWISE = 0x0002
CAPABILITY_16_PTKSA_COUNTERS = 0x000C
CAPABILITY_16_GTKSA_COUNTERS = 0x0030
CAPABILITY_MFPR = 0x0040
CAPABILITY_MFPC = 0x0080
CAPABILITY_EXTENDED_KEY_ID = 0x2000
CAPABILITY_OCVC = 0x4000

_RSNE = "802.11-2020 9.4.2.24"
_U16 = struct.Struct("<H")


@dataclass(frozen=True, slots=True)
class Rsne:
    """The RSN element. Suites are 32-bit selectors; unknown ones survive.

    Parts that the element omits have the defaults of the standard. `group_management` None: not
    present; `effective_group_management` applies its default.
    """

    group: int = CIPHER_CCMP
    pairwise: tuple[int, ...] = (CIPHER_CCMP,)
    akms: tuple[int, ...] = (AKM_8021X,)
    capabilities: int = 0
    pmkids: tuple[bytes, ...] = ()
    group_management: int | None = None
    version: int = 1

    @classmethod
    def decode(cls, value: bytes) -> Self:
        """Decode the element's value (without id and length).

        The value may end after any complete part; octets after the last part are ignored. Raises
        `Truncated`, or `BadValue` for another version than 1, an empty list, BIP as a pairwise
        cipher, or a group or group management cipher that is none.
        """
        parts = _Parts(value)
        if parts.u16() != 1:
            raise BadValue("RSNE version is not 1", offset=0, clause=_RSNE)
        group = CIPHER_CCMP
        pairwise: tuple[int, ...] = (CIPHER_CCMP,)
        akms: tuple[int, ...] = (AKM_8021X,)
        capabilities = 0
        pmkids: tuple[bytes, ...] = ()
        management = None
        if parts.more():
            group = _group_cipher(parts)
        if parts.more():
            pairwise = _pairwise_ciphers(parts)
        if parts.more():
            akms = parts.suites("AKM")
        if parts.room(2):
            capabilities = parts.u16()
        if parts.room(2):
            pmkids = tuple(parts.take(16) for _ in range(parts.u16()))
        if parts.room(4):
            management = _group_management_cipher(parts)
        return cls(group, pairwise, akms, capabilities, pmkids, management)

    def encode(self) -> bytes:
        """Encode the value, all parts up to the capabilities always present.

        The PMKID count is present when there is a PMKID or a group management cipher follows.
        """
        parts = [
            _U16.pack(self.version),
            self.group.to_bytes(4, "big"),
            _suite_list(self.pairwise),
            _suite_list(self.akms),
            _U16.pack(self.capabilities),
        ]
        if self.pmkids or self.group_management is not None:
            parts.append(_U16.pack(len(self.pmkids)))
            parts.extend(self.pmkids)
        if self.group_management is not None:
            parts.append(self.group_management.to_bytes(4, "big"))
        return b"".join(parts)

    def element(self) -> bytes:
        """Encode the whole element, id and length included."""
        return element(ELEMENT_RSN, self.encode())

    @property
    def mfp_capable(self) -> bool:
        return bool(self.capabilities & CAPABILITY_MFPC)

    @property
    def mfp_required(self) -> bool:
        return bool(self.capabilities & CAPABILITY_MFPR)

    @property
    def effective_group_management(self) -> int | None:
        """BIP-CMAC-128 when protected management frames are possible and none is named."""
        if self.group_management is None and self.mfp_capable:
            return CIPHER_BIP_CMAC_128
        return self.group_management


class _Parts:
    """Reads the parts of an RSNE one after the other."""

    __slots__ = ("_at", "_octets")

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._at = 0

    @property
    def offset(self) -> int:
        return self._at

    def more(self) -> bool:
        return self._at < len(self._octets)

    def room(self, count: int) -> bool:
        return self._at + count <= len(self._octets)

    def take(self, count: int) -> bytes:
        if not self.room(count):
            raise Truncated("RSNE ends within a part", offset=len(self._octets), clause=_RSNE)
        self._at += count
        return self._octets[self._at - count : self._at]

    def u16(self) -> int:
        return int.from_bytes(self.take(2), "little")

    def suites(self, name: str) -> tuple[int, ...]:
        at = self._at
        count = self.u16()
        if count == 0:
            raise BadValue(f"RSNE has an empty {name} list", offset=at, clause=_RSNE)
        if not self.room(4 * count):
            raise Truncated(f"RSNE has no room for {count} {name}s", offset=at, clause=_RSNE)
        return tuple(int.from_bytes(self.take(4), "big") for _ in range(count))


def _group_cipher(parts: _Parts) -> int:
    at = parts.offset
    group = int.from_bytes(parts.take(4), "big")
    usable = group in KEY_OCTETS and group not in BIP_CIPHERS
    if not usable and group != CIPHER_GROUP_NOT_ALLOWED:
        raise BadValue(f"{group:#010x} is no group cipher", offset=at, clause=_RSNE)
    return group


def _pairwise_ciphers(parts: _Parts) -> tuple[int, ...]:
    at = parts.offset
    pairwise = parts.suites("pairwise cipher")
    if CIPHER_BIP_CMAC_128 in pairwise:
        raise BadValue("BIP is no pairwise cipher", offset=at, clause=_RSNE)
    return pairwise


def _group_management_cipher(parts: _Parts) -> int:
    at = parts.offset
    cipher = int.from_bytes(parts.take(4), "big")
    if cipher not in BIP_CIPHERS and cipher != CIPHER_GROUP_NOT_ALLOWED:
        raise BadValue(f"{cipher:#010x} is no group management cipher", offset=at, clause=_RSNE)
    return cipher


def _suite_list(suites: tuple[int, ...]) -> bytes:
    return _U16.pack(len(suites)) + b"".join(suite.to_bytes(4, "big") for suite in suites)
