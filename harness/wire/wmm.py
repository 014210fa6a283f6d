"""The WMM elements: Information and Parameter (WMM Specification 1.2.0, 2.2)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final, Self

from harness.base.errors import BadLength, BadValue
from harness.wire.dot11.elements import OUI_MICROSOFT, VENDOR_TYPE_WMM, vendor_element

BEST_EFFORT, BACKGROUND, VIDEO, VOICE = range(4)
"""Access categories by their index."""

U_APSD: Final = 0x80
"""Of an access point's QoS Info field: it delivers by U-APSD."""

INFORMATION, PARAMETERS = 0, 1
"""Subtypes: what a station and what an access point has."""
_VERSION = 1
_CLAUSE = "WMM 1.2.0, 2.2"
_HEAD = struct.Struct("<BBBx")
_CATEGORY = struct.Struct("<BBH")
_CATEGORIES = 4
_COUNT = 0x0F


@dataclass(frozen=True, slots=True)
class AccessCategory:
    """How frames of one category contend.

    `aifsn`: 4 bits of it are told. `ecw_min`, `ecw_max`: contention windows are 2**these less one.
    `txop_limit`: in units of 32 µs. `acm`: stations must ask before they send in it.
    """

    aifsn: int
    ecw_min: int
    ecw_max: int
    txop_limit: int
    acm: bool = False


@dataclass(frozen=True, slots=True)
class WmmParameters:
    """The Parameter element. `categories`: by their index.

    `count`: of changes, 4 bits of it are told. `u_apsd`: the access point delivers so.
    """

    categories: tuple[AccessCategory, ...]
    count: int = 0
    u_apsd: bool = False

    def element(self) -> bytes:
        """Encode the whole element."""
        info = self.count & _COUNT | (U_APSD if self.u_apsd else 0)
        records = (_record(index, each) for index, each in enumerate(self.categories))
        data = _HEAD.pack(PARAMETERS, _VERSION, info) + b"".join(records)
        return vendor_element(OUI_MICROSOFT, VENDOR_TYPE_WMM, data)

    @classmethod
    def decode(cls, value: bytes) -> Self:
        """Read what follows OUI and type. Raises `WireError`."""
        if len(value) != _HEAD.size + _CATEGORIES * _CATEGORY.size:
            raise BadLength(f"a WMM Parameter element of {len(value)} octets", clause=_CLAUSE)
        subtype, version, info = _HEAD.unpack_from(value)
        if (subtype, version) != (PARAMETERS, _VERSION):
            raise BadValue(f"WMM subtype {subtype}, version {version}", clause=_CLAUSE)
        return cls(_categories(value), info & _COUNT, bool(info & U_APSD))


def _record(index: int, category: AccessCategory) -> bytes:
    aci = index << 5 | category.acm << 4 | category.aifsn & 0x0F
    return _CATEGORY.pack(aci, category.ecw_max << 4 | category.ecw_min, category.txop_limit)


def _categories(value: bytes) -> tuple[AccessCategory, ...]:
    found: dict[int, AccessCategory] = {}
    for aci, window, limit in _CATEGORY.iter_unpack(value[_HEAD.size :]):
        each = AccessCategory(aci & 0x0F, window & 0x0F, window >> 4, limit, bool(aci & 0x10))
        found[aci >> 5 & 3] = each
    if len(found) != _CATEGORIES:
        raise BadValue("an access category is there twice", clause=_CLAUSE)
    return tuple(found[index] for index in range(_CATEGORIES))


def station_qos_info(value: bytes) -> int:
    """The QoS Info field of a station's Information element. `value`: what follows OUI and type.

    What follows the field is overlooked. Raises `WireError` for any other element.
    """
    if len(value) < 3:
        raise BadLength(f"a WMM Information element of {len(value)} octets", clause=_CLAUSE)
    subtype, version, info = value[:3]
    if (subtype, version) != (INFORMATION, _VERSION):
        raise BadValue(f"WMM subtype {subtype}, version {version}", clause=_CLAUSE)
    return info


def information_element(qos_info: int = 0) -> bytes:
    """Encode a station's whole Information element."""
    data = bytes((INFORMATION, _VERSION, qos_info))
    return vendor_element(OUI_MICROSOFT, VENDOR_TYPE_WMM, data)
