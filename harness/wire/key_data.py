"""Key Data of EAPOL-Key frames: its elements and KDEs (IEEE 802.11-2020, 12.7.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from harness.base.errors import BadLength, Truncated
from harness.wire.dot11.elements import (
    ELEMENT_RSN,
    ELEMENT_RSNX,
    ELEMENT_VENDOR_SPECIFIC,
    element,
    vendor_element,
)
from harness.wire.wpa import WPA_HEADER

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

_CLAUSE = "802.11-2020 12.7.2"


@dataclass(frozen=True, slots=True)
class RawKeyDatum:
    """One element or KDE of the key data. `offset`: of its id octet in the key data."""

    id: int
    value: bytes
    offset: int = field(default=0, compare=False)

    @property
    def kde(self) -> int | None:
        """The KDE's data type, None for an element or another vendor's data."""
        if self.id != ELEMENT_VENDOR_SPECIFIC or len(self.value) < 4:
            return None
        return self.value[3] if self.value[:3] == KDE_OUI else None

    def encode(self) -> bytes:
        return element(self.id, self.value)


def split_key_data(octets: bytes) -> tuple[RawKeyDatum, ...]:
    """Split decrypted key data into its elements and KDEs, in order, without the padding.

    Padding is an octet 0xdd, then zeros to the end. Raises `Truncated`.
    """
    data: list[RawKeyDatum] = []
    at = 0
    while at < len(octets):
        if octets[at] == ELEMENT_VENDOR_SPECIFIC and not any(octets[at + 1 :]):
            break
        if at + 2 > len(octets) or at + 2 + octets[at + 1] > len(octets):
            raise Truncated("key data ends within an element", offset=at, clause=_CLAUSE)
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
            raise BadLength(f"GTK KDE with {len(data)} octets", offset=offset, clause=_CLAUSE)
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
            raise BadLength(f"IGTK KDE with {len(data)} octets", offset=offset, clause=_CLAUSE)
        return cls(int.from_bytes(data[:2], "little"), data[2:8], data[8:])

    def encode(self, data_type: int = KDE_IGTK) -> bytes:
        """Encode the whole KDE."""
        return kde(data_type, self.key_id.to_bytes(2, "little") + self.packet_number + self.key)


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
            if datum.id == ELEMENT_VENDOR_SPECIFIC and datum.value.startswith(WPA_HEADER):
                return datum.encode()
        return None

    @property
    def transition_disable(self) -> int | None:
        """Which less secure ways in are closed: the first octet of the bitmap, of the last KDE."""
        bitmaps = [
            datum.value[4]
            for datum in self.rest
            if datum.id == ELEMENT_VENDOR_SPECIFIC
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
        raise BadLength("PMKID KDE without 16 octets", offset=datum.offset, clause=_CLAUSE)
    return datum.value[4:]


def kde(data_type: int, data: bytes) -> bytes:
    """Encode a KDE of OUI 00-0F-AC."""
    return vendor_element(KDE_OUI, data_type, data)


def transition_disable_kde(bitmap: int) -> bytes:
    """Encode the KDE that closes less secure ways in, with a bitmap of one octet."""
    return RawKeyDatum(ELEMENT_VENDOR_SPECIFIC, _TRANSITION_DISABLE + bytes((bitmap,))).encode()
