"""The backhaul station's part of Multi-AP: what it asks for, and what it accepts as an answer."""

from __future__ import annotations

from enum import Enum
from typing import Final

from harness.base.errors import WireError
from harness.wire.dot11.elements import Elements
from harness.wire.multi_ap import BACKHAUL_STA, PROFILE_WITH_VLANS, MultiApElement


class Verdict(Enum):
    """What an Association Response means for a backhaul station."""

    FOUR_ADDRESS = "backhaul link"
    THREE_ADDRESS = "enrolment on a fronthaul BSS"
    NO_ELEMENT = "AP does not include valid Multi-AP element"
    NOT_BACKHAUL = "AP doesn't support backhaul BSS"


REFUSALS: Final = frozenset({Verdict.NO_ELEMENT, Verdict.NOT_BACKHAUL})


def request_element(profile: int) -> bytes:
    """The element that ends the (Re)Association Request of a backhaul station.

    `profile`: told when it is 2 or more. Source: Multi-AP Specification, 5.2.
    """
    told = profile if profile >= PROFILE_WITH_VLANS else None
    return MultiApElement(flags=BACKHAUL_STA, profile=told).element()


def primary_vlan(response: Elements, profile: int) -> int | None:
    """The VLAN whose tag is on the link, by a good answer to a station with `profile`.

    Source: Multi-AP Specification 2.0, Default 802.1Q Setting; a profile-1 station has no VLANs.
    """
    if profile < PROFILE_WITH_VLANS or response.multi_ap is None:
        return None
    return MultiApElement.decode(response.multi_ap).vlan_id


def judge(response: Elements, *, enrolling: bool) -> Verdict:
    """Read the AP's answer. `enrolling`: this association is for WPS only.

    Source: Multi-AP Specification, 5.2; the fronthaul exception lets WPS run with three addresses.
    """
    try:
        value = response.multi_ap
        if value is None:
            return Verdict.NO_ELEMENT
        answer = MultiApElement.decode(value)
    except WireError:
        return Verdict.NO_ELEMENT
    if answer.backhaul_bss:
        return Verdict.FOUR_ADDRESS
    if answer.fronthaul_bss and enrolling:
        return Verdict.THREE_ADDRESS
    return Verdict.NOT_BACKHAUL
