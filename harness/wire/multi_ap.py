"""The Multi-AP element of (Re)Association frames (Multi-AP Specification, 9.1; wsc-protocol §8).

A vendor-specific element of the Wi-Fi Alliance (50-6F-9A, type 1B) with sub-elements of its own.
The WSC sub-element of the same name in M1 carries the same flag octet; see `harness.wire.wsc`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from harness.base.errors import BadLength, BadValue, MissingAttribute
from harness.wire.dot11.elements import OUI_WFA, VENDOR_TYPE_MULTI_AP, vendor_element

BACKHAUL_STA = 0x80
BACKHAUL_BSS = 0x40
FRONTHAUL_BSS = 0x20
TEARDOWN = 0x10
PROFILE1_DISALLOWED = 0x08
PROFILE2_DISALLOWED = 0x04

SUB_EXTENSION = 0x06
SUB_PROFILE = 0x07
SUB_DEFAULT_8021Q = 0x08

PROFILE_WITH_VLANS = 2
"""The first profile that names itself, and that knows of a primary VLAN."""

HIGHEST_PROFILE = 6
_CLAUSE = "Multi-AP 9.1"


class UnsupportedProfile(BadValue):
    """A Multi-AP profile above the highest known one; an AP answers status 12, not 40."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiApElement:
    """What a Multi-AP element says.

    `flags`: the octet of sub-element 06. `profile`: None when absent, which means profile 1.
    `vlan_id`: the primary VLAN of sub-element 08. `rest`: unknown sub-elements and a truncated
    tail, as octets.
    """

    flags: int
    profile: int | None = None
    vlan_id: int | None = None
    rest: bytes = b""

    @property
    def backhaul_sta(self) -> bool:
        return bool(self.flags & BACKHAUL_STA)

    @property
    def backhaul_bss(self) -> bool:
        return bool(self.flags & BACKHAUL_BSS)

    @property
    def fronthaul_bss(self) -> bool:
        return bool(self.flags & FRONTHAUL_BSS)

    @property
    def teardown(self) -> bool:
        return bool(self.flags & TEARDOWN)

    @property
    def profile1_disallowed(self) -> bool:
        return bool(self.flags & PROFILE1_DISALLOWED)

    @property
    def profile2_disallowed(self) -> bool:
        return bool(self.flags & PROFILE2_DISALLOWED)

    @property
    def effective_profile(self) -> int:
        """The profile number, 1 when the element names none."""
        return 1 if self.profile is None else self.profile

    @classmethod
    def decode(cls, value: bytes) -> Self:
        """Read the octets after 50:6F:9A:1B.

        Raises `UnsupportedProfile` for a profile above 6 (status 12) and other `WireError`s for
        an invalid element (status 40); whichever comes first in the element.
        """
        flags: int | None = None
        profile: int | None = None
        vlan_id: int | None = None
        rest = b""
        offset = 0
        while offset < len(value):
            if offset + 2 > len(value) or offset + 2 + value[offset + 1] > len(value):
                rest += value[offset:]
                break
            ident, length = value[offset], value[offset + 1]
            body = value[offset + 2 : offset + 2 + length]
            if ident == SUB_EXTENSION:
                flags = _first_octet(body, "Multi-AP extension", offset)
            elif ident == SUB_PROFILE:
                profile = _first_octet(body, "Multi-AP profile", offset)
                if profile > HIGHEST_PROFILE:
                    raise UnsupportedProfile(
                        f"Multi-AP profile {profile}", offset=offset, clause=_CLAUSE
                    )
            elif ident == SUB_DEFAULT_8021Q:
                vlan_id = _vlan(body, 1 if profile is None else profile, offset)
            else:
                rest += value[offset : offset + 2 + length]
            offset += 2 + length
        if flags is None:
            raise MissingAttribute("no Multi-AP extension", offset=len(value), clause=_CLAUSE)
        return cls(flags=flags, profile=profile, vlan_id=vlan_id, rest=rest)

    def encode(self) -> bytes:
        """Give the octets after 50:6F:9A:1B: sub-elements 06, 07, 08 and the rest."""
        octets = bytes((SUB_EXTENSION, 1, self.flags))
        if self.profile is not None:
            octets += bytes((SUB_PROFILE, 1, self.profile))
        if self.vlan_id is not None:
            octets += bytes((SUB_DEFAULT_8021Q, 2)) + self.vlan_id.to_bytes(2, "little")
        return octets + self.rest

    def element(self) -> bytes:
        """Give the whole vendor-specific element, identifier and length included."""
        return vendor_element(OUI_WFA, VENDOR_TYPE_MULTI_AP, self.encode())


def _first_octet(body: bytes, name: str, offset: int) -> int:
    if not body:
        raise BadLength(f"{name} is empty", offset=offset, clause=_CLAUSE)
    return body[0]


def _vlan(body: bytes, profile: int, offset: int) -> int:
    if len(body) < 2:
        raise BadLength("Default 802.1Q setting is too short", offset=offset, clause=_CLAUSE)
    vlan_id = int.from_bytes(body[:2], "little")
    if profile < PROFILE_WITH_VLANS:
        raise BadValue("Default 802.1Q setting in profile 1", offset=offset, clause=_CLAUSE)
    if not 1 <= vlan_id <= 4094:
        raise BadValue(f"primary VLAN {vlan_id}", offset=offset, clause=_CLAUSE)
    return vlan_id
