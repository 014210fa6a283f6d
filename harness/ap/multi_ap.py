"""Who may associate with a Multi-AP BSS, and what the answer says.

Sources: Multi-AP Specification 1.0, 5.2; README-MULTI-AP. A BSS without a Multi-AP role ignores
the element.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.ap.config import DISALLOW_PROFILE_1, DISALLOW_PROFILE_2, BssConfig
from harness.base.errors import WireError
from harness.wire.dot11.codes import STATUS_DENIED, STATUS_INVALID_ELEMENT
from harness.wire.multi_ap import (
    BACKHAUL_BSS,
    FRONTHAUL_BSS,
    PROFILE1_DISALLOWED,
    PROFILE2_DISALLOWED,
    PROFILE_WITH_VLANS,
    MultiApElement,
    UnsupportedProfile,
)

CLAUSE = "Multi-AP 5.2"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The station may go on. `backhaul`: as a backhaul station, answered with the element."""

    backhaul: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The station is refused with `status`, for `reason`."""

    status: int
    reason: str


def judge_station(bss: BssConfig, element: bytes | None, *, enrolling: bool) -> Accepted | Refused:
    """Apply the BSS's roles to an Association Request's Multi-AP element.

    `element`: the value behind OUI and type, None when there is none. `enrolling`: the request
    has a WSC element, so a fronthaul-only BSS serves a backhaul station long enough to enrol it.
    """
    if not bss.multi_ap:
        return Accepted()
    if element is None:
        if bss.is_fronthaul:
            return Accepted()
        return Refused(STATUS_DENIED, "a backhaul-only BSS takes backhaul stations only")
    try:
        decoded = MultiApElement.decode(element)
    except UnsupportedProfile as unknown:
        return Refused(STATUS_DENIED, str(unknown))
    except WireError as broken:
        return Refused(STATUS_INVALID_ELEMENT, f"Multi-AP element: {broken}")
    if _disallows(bss, decoded.effective_profile):
        return Refused(STATUS_DENIED, f"Multi-AP profile {decoded.effective_profile} is disallowed")
    if not decoded.backhaul_sta:
        if bss.is_fronthaul:
            return Accepted()
        return Refused(STATUS_DENIED, "the Multi-AP element names no backhaul station")
    if not bss.is_backhaul and not enrolling:
        return Refused(STATUS_DENIED, "a fronthaul-only BSS takes no backhaul station")
    return Accepted(backhaul=True)


def _disallows(bss: BssConfig, profile: int) -> bool:
    bit = DISALLOW_PROFILE_1 if profile == 1 else DISALLOW_PROFILE_2
    return bool(bss.multi_ap_client_disallow & bit)


def primary_vlan(bss: BssConfig, element: bytes) -> int | None:
    """Tell the VLAN whose tag is on the link to an accepted backhaul station.

    Both ends must have a profile that knows of it. `element`: as for `judge_station`.
    """
    if MultiApElement.decode(element).effective_profile < PROFILE_WITH_VLANS:
        return None
    return announced_vlan(bss)


def announced_vlan(bss: BssConfig) -> int | None:
    """The primary VLAN that the BSS tells backhaul stations of."""
    if bss.multi_ap_profile < PROFILE_WITH_VLANS or not bss.is_backhaul:
        return None
    return bss.multi_ap_vlan_id or None


def response_element(bss: BssConfig) -> bytes:
    """The whole Multi-AP element of a response to a backhaul station."""
    flags = (
        (BACKHAUL_BSS if bss.is_backhaul else 0)
        | (FRONTHAUL_BSS if bss.is_fronthaul else 0)
        | (PROFILE1_DISALLOWED if bss.multi_ap_client_disallow & DISALLOW_PROFILE_1 else 0)
        | (PROFILE2_DISALLOWED if bss.multi_ap_client_disallow & DISALLOW_PROFILE_2 else 0)
    )
    profile = bss.multi_ap_profile if bss.multi_ap_profile >= PROFILE_WITH_VLANS else None
    return MultiApElement(flags=flags, profile=profile, vlan_id=announced_vlan(bss)).element()
