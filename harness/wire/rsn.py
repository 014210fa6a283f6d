"""RSN element, suite selectors and key data: IEEE 802.11-2020, 9.4.2.24 and 12.7.2."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from harness.base.errors import BadLength, BadValue, Truncated
from harness.base.seam import (
    AKM_PSK,
    AKM_PSK_SHA256,
    AKM_SAE,
    CIPHER_BIP_CMAC_128,
    CIPHER_CCMP,
    CIPHER_TKIP,
    CIPHER_WEP_40,
    CIPHER_WEP_104,
)
from harness.wire.wpa import WPA_HEADER

ELEMENT_RSN = 48
ELEMENT_RSNX = 244
ELEMENT_VENDOR = 221

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

KDE_OUI = b"\x00\x0f\xac"
KDE_GTK = 1
KDE_MAC_ADDRESS = 3
KDE_PMKID = 4
KDE_LIFETIME = 7
KDE_IGTK = 9
KDE_KEY_ID = 10
KDE_OCI = 13
KDE_BIGTK = 14
_TRANSITION_DISABLE = bytes.fromhex("506f9a20")
"""OUI and type of the Wi-Fi Alliance's own KDE (WPA3 3.0, 8)."""
WPA3_PERSONAL_ONLY = 0x01
"""Of its bitmap: stations are to be known by SAE, and no more by a PSK."""

_RSNE = "802.11-2020 9.4.2.24"
_KDE = "802.11-2020 12.7.2"
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
        value = self.encode()
        return bytes((ELEMENT_RSN, len(value))) + value

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


# ---- key data ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RawKeyDatum:
    """One element or KDE of the key data. `offset`: of its id octet in the key data."""

    id: int
    value: bytes
    offset: int = field(default=0, compare=False)

    @property
    def kde(self) -> int | None:
        """The KDE's data type, None for an element or another vendor's data."""
        if self.id == ELEMENT_VENDOR and self.value[:3] == KDE_OUI and len(self.value) >= 4:
            return self.value[3]
        return None

    def encode(self) -> bytes:
        return bytes((self.id, len(self.value))) + self.value


def split_key_data(octets: bytes) -> tuple[RawKeyDatum, ...]:
    """Split decrypted key data into its elements and KDEs, in order, without the padding.

    Padding is an octet 0xdd, then zeros to the end. Raises `Truncated`.
    """
    data: list[RawKeyDatum] = []
    at = 0
    while at < len(octets):
        if octets[at] == ELEMENT_VENDOR and not any(octets[at + 1 :]):
            break
        if at + 2 > len(octets) or at + 2 + octets[at + 1] > len(octets):
            raise Truncated("key data ends within an element", offset=at, clause=_KDE)
        end = at + 2 + octets[at + 1]
        data.append(RawKeyDatum(octets[at], octets[at + 2 : end], at))
        at = end
    return tuple(data)


def join_key_data(data: Iterable[RawKeyDatum]) -> bytes:
    """Undo `split_key_data`, but for the padding: none is put behind (12.7.2)."""
    return b"".join(datum.encode() for datum in data)


@dataclass(frozen=True, slots=True)
class GtkKde:
    """A group temporal key. `key_id`: 0 to 3 (0 is not for group keys); `tx`: the Tx bit."""

    key_id: int
    key: bytes = field(repr=False)
    tx: bool = False

    @classmethod
    def decode(cls, data: bytes, offset: int = 0) -> Self:
        """Decode what follows OUI and data type, a key of any length. Raises `BadLength`."""
        if len(data) < 2:
            raise BadLength(f"GTK KDE with {len(data)} octets", offset=offset, clause=_KDE)
        return cls(data[0] & 3, data[2:], bool(data[0] & 4))

    def encode(self) -> bytes:
        """Encode the whole KDE."""
        return kde(KDE_GTK, bytes((self.key_id | (4 if self.tx else 0), 0)) + self.key)


@dataclass(frozen=True, slots=True)
class IgtkKde:
    """An integrity (or beacon integrity) group key. `packet_number`: 6 octets, least first."""

    key_id: int
    packet_number: bytes
    key: bytes = field(repr=False)

    @classmethod
    def decode(cls, data: bytes, offset: int = 0) -> Self:
        """Decode what follows OUI and data type, a key of any length. Raises `BadLength`."""
        if len(data) < 8:
            raise BadLength(f"IGTK KDE with {len(data)} octets", offset=offset, clause=_KDE)
        return cls(int.from_bytes(data[:2], "little"), data[2:8], data[8:])

    def encode(self, data_type: int = KDE_IGTK) -> bytes:
        """Encode the whole KDE."""
        return kde(data_type, _U16.pack(self.key_id) + self.packet_number + self.key)


@dataclass(frozen=True, slots=True)
class KeyData:
    """Key data by meaning. `rsnes` and `rsnxe` are whole elements; `rest`: what is not known.

    `oci`: what follows the OCI KDE's head. Of several KDEs of one type the last counts, as with
    wpa_supplicant 2.10.
    """

    rsnes: tuple[bytes, ...] = ()
    rsnxe: bytes | None = None
    gtk: GtkKde | None = None
    igtk: IgtkKde | None = None
    bigtk: IgtkKde | None = None
    pmkid: bytes | None = None
    rest: tuple[RawKeyDatum, ...] = ()
    oci: bytes | None = None

    @property
    def rsne(self) -> bytes | None:
        """The first RSNE; a second one assigns the pairwise cipher (12.7.6.4)."""
        return self.rsnes[0] if self.rsnes else None

    @property
    def wpa(self) -> bytes | None:
        """The first WPA (version 1) element, whole."""
        for datum in self.rest:
            if datum.id == ELEMENT_VENDOR and datum.value.startswith(WPA_HEADER):
                return datum.encode()
        return None

    @property
    def transition_disable(self) -> int | None:
        """Which less secure ways in are closed: the first octet of the bitmap, of the last KDE."""
        bitmaps = [
            datum.value[4]
            for datum in self.rest
            if datum.id == ELEMENT_VENDOR
            and datum.value.startswith(_TRANSITION_DISABLE)
            and len(datum.value) > 4
        ]
        return bitmaps[-1] if bitmaps else None

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Decode decrypted key data. Raises `Truncated`, `BadLength`."""
        rsnes: list[bytes] = []
        rest: list[RawKeyDatum] = []
        last: dict[int, RawKeyDatum] = {}
        rsnxe = oci = None
        for datum in split_key_data(octets):
            if datum.id == ELEMENT_RSN and len(rsnes) < 2:
                rsnes.append(datum.encode())
            elif datum.id == ELEMENT_RSNX and rsnxe is None:
                rsnxe = datum.encode()
            elif datum.kde == KDE_OCI:
                oci = datum.value[4:]
            elif datum.kde in _TYPED_KDES:
                last[datum.kde] = datum
            else:
                rest.append(datum)
        gtk, igtk, bigtk = last.get(KDE_GTK), last.get(KDE_IGTK), last.get(KDE_BIGTK)
        return cls(
            tuple(rsnes),
            rsnxe,
            GtkKde.decode(gtk.value[4:], gtk.offset) if gtk else None,
            IgtkKde.decode(igtk.value[4:], igtk.offset) if igtk else None,
            IgtkKde.decode(bigtk.value[4:], bigtk.offset) if bigtk else None,
            _pmkid(last.get(KDE_PMKID)),
            tuple(rest),
            oci,
        )


_TYPED_KDES = frozenset((KDE_GTK, KDE_IGTK, KDE_BIGTK, KDE_PMKID))


def _pmkid(datum: RawKeyDatum | None) -> bytes | None:
    if datum is None:
        return None
    if len(datum.value) != 20:
        raise BadLength("PMKID KDE without 16 octets", offset=datum.offset, clause=_KDE)
    return datum.value[4:]


def kde(data_type: int, data: bytes) -> bytes:
    """Encode a KDE of OUI 00-0F-AC."""
    return bytes((ELEMENT_VENDOR, 4 + len(data))) + KDE_OUI + bytes((data_type,)) + data


def transition_disable_kde(bitmap: int) -> bytes:
    """Encode the KDE that closes less secure ways in, with a bitmap of one octet."""
    return RawKeyDatum(ELEMENT_VENDOR, _TRANSITION_DISABLE + bytes((bitmap,))).encode()


__all__ = [
    "AKM_8021X",
    "AKM_8021X_SHA256",
    "AKM_PSK",
    "AKM_PSK_SHA256",
    "AKM_SAE",
    "BIP_CIPHERS",
    "CAPABILITY_16_GTKSA_COUNTERS",
    "CAPABILITY_16_PTKSA_COUNTERS",
    "CAPABILITY_EXTENDED_KEY_ID",
    "CAPABILITY_MFPC",
    "CAPABILITY_MFPR",
    "CAPABILITY_NO_PAIRWISE",
    "CAPABILITY_OCVC",
    "CAPABILITY_PREAUTH",
    "CIPHER_BIP_CMAC_128",
    "CIPHER_BIP_CMAC_256",
    "CIPHER_BIP_GMAC_128",
    "CIPHER_BIP_GMAC_256",
    "CIPHER_CCMP",
    "CIPHER_CCMP_256",
    "CIPHER_GCMP",
    "CIPHER_GCMP_256",
    "CIPHER_GROUP_NOT_ALLOWED",
    "CIPHER_TKIP",
    "CIPHER_USE_GROUP",
    "CIPHER_WEP_40",
    "CIPHER_WEP_104",
    "ELEMENT_RSN",
    "ELEMENT_RSNX",
    "ELEMENT_VENDOR",
    "KDE_BIGTK",
    "KDE_GTK",
    "KDE_IGTK",
    "KDE_KEY_ID",
    "KDE_LIFETIME",
    "KDE_MAC_ADDRESS",
    "KDE_OCI",
    "KDE_OUI",
    "KDE_PMKID",
    "KEY_OCTETS",
    "WPA3_PERSONAL_ONLY",
    "GtkKde",
    "IgtkKde",
    "KeyData",
    "RawKeyDatum",
    "Rsne",
    "join_key_data",
    "kde",
    "split_key_data",
    "transition_disable_kde",
]
