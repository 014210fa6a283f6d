"""Elements of management frames (IEEE 802.11-2020, 9.4.2), raw and by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from harness.base.errors import Truncated

ELEMENT_SSID: Final = 0
ELEMENT_SUPPORTED_RATES: Final = 1
ELEMENT_DS_PARAMETER_SET: Final = 3
ELEMENT_TIM: Final = 5
ELEMENT_COUNTRY: Final = 7
ELEMENT_CHALLENGE_TEXT: Final = 16
ELEMENT_POWER_CONSTRAINT: Final = 32
ELEMENT_POWER_CAPABILITY: Final = 33
ELEMENT_SUPPORTED_CHANNELS: Final = 36
ELEMENT_CHANNEL_SWITCH_ANNOUNCEMENT: Final = 37
ELEMENT_ERP: Final = 42
ELEMENT_HT_CAPABILITIES: Final = 45
ELEMENT_RSN: Final = 48
ELEMENT_EXTENDED_SUPPORTED_RATES: Final = 50
ELEMENT_MOBILITY_DOMAIN: Final = 54
ELEMENT_TIMEOUT_INTERVAL: Final = 56
ELEMENT_SUPPORTED_OPERATING_CLASSES: Final = 59
ELEMENT_EXTENDED_CHANNEL_SWITCH_ANNOUNCEMENT: Final = 60
ELEMENT_HT_OPERATION: Final = 61
ELEMENT_MMIE: Final = 76
ELEMENT_EXTENDED_CAPABILITIES: Final = 127
ELEMENT_VENDOR_SPECIFIC: Final = 221
ELEMENT_RSNX: Final = 244
ELEMENT_EXTENSION: Final = 255

OUI_MICROSOFT: Final = bytes.fromhex("0050f2")
OUI_WFA: Final = bytes.fromhex("506f9a")
VENDOR_TYPE_WPA: Final = 1
VENDOR_TYPE_WMM: Final = 2
VENDOR_TYPE_WSC: Final = 4
VENDOR_TYPE_MULTI_AP: Final = 0x1B

_MAXIMUM = 255
_WSC_FRAGMENT = _MAXIMUM - 4


class RawElement(NamedTuple):
    """One element as it is. `offset`: of its id octet from the start of what was split."""

    id: int
    value: bytes
    offset: int = 0

    @property
    def extension(self) -> int | None:
        """The Element ID Extension, which `value` begins with; None where there is none."""
        return self.value[0] if self.id == ELEMENT_EXTENSION and self.value else None


def split_elements(octets: bytes) -> tuple[RawElement, ...]:
    """Split `octets` into elements: lossless, in order, duplicates kept.

    Raises `Truncated` when the last one ends too early.
    """
    found = []
    offset, end = 0, len(octets)
    while offset < end:
        start = offset + 2
        if start > end:
            raise Truncated("an element without a length octet", offset=offset, clause="9.4.2.1")
        after = start + octets[offset + 1]
        if after > end:
            raise Truncated(
                f"element {octets[offset]} needs {after - start} octets, {end - start} are left",
                offset=offset,
                clause="9.4.2.1",
            )
        found.append(RawElement(octets[offset], octets[start:after], offset))
        offset = after
    return tuple(found)


def element(element_id: int, value: bytes) -> bytes:
    """Encode one element. Raises `ValueError` for more than 255 octets or an id above 255."""
    return bytes((element_id, len(value))) + value


def extension_element(extension: int, value: bytes) -> bytes:
    """Encode an element with an Element ID Extension: at most 254 octets of `value`."""
    return element(ELEMENT_EXTENSION, bytes((extension,)) + value)


def join_elements(elements: Iterable[RawElement]) -> bytes:
    """Encode elements in their order: the reverse of `split_elements`."""
    return b"".join(element(each.id, each.value) for each in elements)


def vendor_element(oui: bytes, vendor_type: int, data: bytes) -> bytes:
    """Encode a Vendor Specific element: `oui` of 3 octets, one type octet, at most 251 of data."""
    if len(oui) != 3:
        raise ValueError(f"an OUI has 3 octets, not {len(oui)}")
    return element(ELEMENT_VENDOR_SPECIFIC, oui + bytes((vendor_type,)) + data)


def wsc_element(attributes: bytes) -> bytes:
    """Encode WSC attributes as one WSC element, or several when there are more than 251 octets.

    Source: Wi-Fi Simple Configuration 2.0.8, 8.2 (fragments are concatenated by the receiver).
    """
    return b"".join(
        vendor_element(OUI_MICROSOFT, VENDOR_TYPE_WSC, attributes[at : at + _WSC_FRAGMENT])
        for at in range(0, max(len(attributes), 1), _WSC_FRAGMENT)
    )


class Elements:
    """The elements of one frame: split when first asked for, then kept.

    Every accessor raises `Truncated` when the octets don't split. A value is without the id and
    length octets; where an element occurs several times the first one is given, unless it says so.
    """

    __slots__ = ("_by_id", "_raw", "octets")

    def __init__(self, octets: bytes = b"") -> None:
        self.octets: Final = octets
        self._raw: tuple[RawElement, ...] | None = None
        self._by_id: dict[int, list[bytes]] | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Elements) and other.octets == self.octets

    def __hash__(self) -> int:
        return hash(self.octets)

    def __repr__(self) -> str:
        return f"Elements({self.octets.hex()!r})"

    @property
    def raw(self) -> tuple[RawElement, ...]:
        """Every element, in order."""
        if self._raw is None:
            self._raw = split_elements(self.octets)
        return self._raw

    def all(self, element_id: int) -> list[bytes]:
        """The values of all elements with this id, in order."""
        return list(self._index().get(element_id, ()))

    def get(self, element_id: int) -> bytes | None:
        """The value of the first element with this id."""
        values = self._index().get(element_id)
        return values[0] if values else None

    def vendor(self, oui: bytes, vendor_type: int) -> list[bytes]:
        """What follows OUI and type in each Vendor Specific element of that OUI and type."""
        prefix = oui + bytes((vendor_type,))
        values = self._index().get(ELEMENT_VENDOR_SPECIFIC, ())
        return [value[4:] for value in values if value[:4] == prefix]

    @property
    def ssid(self) -> bytes | None:
        return self.get(ELEMENT_SSID)

    @property
    def rates(self) -> bytes:
        """Supported and extended supported rates in units of 500 kb/s, basic bit (0x80) kept."""
        return (self.get(ELEMENT_SUPPORTED_RATES) or b"") + (
            self.get(ELEMENT_EXTENDED_SUPPORTED_RATES) or b""
        )

    @property
    def channel(self) -> int | None:
        """The channel number of the DS Parameter Set, else the HT primary channel."""
        value = self.get(ELEMENT_DS_PARAMETER_SET) or self.get(ELEMENT_HT_OPERATION)
        return value[0] if value else None

    @property
    def rsn(self) -> bytes | None:
        """The value of the RSN element."""
        return self.get(ELEMENT_RSN)

    @property
    def wpa(self) -> bytes | None:
        """What follows OUI and type in the WPA (version 1) element."""
        return _first(self.vendor(OUI_MICROSOFT, VENDOR_TYPE_WPA))

    @property
    def wsc(self) -> bytes | None:
        """The WSC attributes of all WSC elements, concatenated."""
        values = self.vendor(OUI_MICROSOFT, VENDOR_TYPE_WSC)
        return b"".join(values) if values else None

    @property
    def multi_ap(self) -> bytes | None:
        """What follows OUI and type in the Multi-AP element.

        Of several the last one counts: Multi-AP says nothing, and the programs in use do so.
        """
        values = self.vendor(OUI_WFA, VENDOR_TYPE_MULTI_AP)
        return values[-1] if values else None

    @property
    def multi_ap_count(self) -> int:
        """How many Multi-AP elements there are."""
        return len(self.vendor(OUI_WFA, VENDOR_TYPE_MULTI_AP))

    def _index(self) -> dict[int, list[bytes]]:
        if self._by_id is None:
            index: dict[int, list[bytes]] = {}
            for each in self.raw:
                index.setdefault(each.id, []).append(each.value)
            self._by_id = index
        return self._by_id


def _first(values: list[bytes]) -> bytes | None:
    return values[0] if values else None
