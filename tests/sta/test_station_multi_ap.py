"""What a backhaul station makes of an AP's answer, by the element's octets."""

from __future__ import annotations

import pytest

from harness.sta.multi_ap import Verdict, judge, primary_vlan, request_element
from harness.wire.dot11.elements import OUI_WFA, Elements, vendor_element


def answer(octets: str) -> Elements:
    return Elements(vendor_element(OUI_WFA, 0x1B, bytes.fromhex(octets)))


@pytest.mark.parametrize(
    ("profile", "octets"),
    [
        (0, "dd07506f9a1b060180"),
        (1, "dd07506f9a1b060180"),
        (2, "dd0a506f9a1b060180070102"),
        (3, "dd0a506f9a1b060180070103"),
    ],
)
def test_request(profile: int, octets: str) -> None:
    assert request_element(profile).hex() == octets


@pytest.mark.parametrize(
    ("octets", "enrolling", "verdict"),
    [
        ("060140", False, Verdict.FOUR_ADDRESS),
        ("060160", True, Verdict.FOUR_ADDRESS),
        ("060120", False, Verdict.NOT_BACKHAUL),
        ("060120", True, Verdict.THREE_ADDRESS),
        ("060100", True, Verdict.NOT_BACKHAUL),
        ("", False, Verdict.NO_ELEMENT),
        ("0600", False, Verdict.NO_ELEMENT),
        ("060940", False, Verdict.NO_ELEMENT),
        ("ee020102060140", False, Verdict.FOUR_ADDRESS),
        ("060140070107", False, Verdict.NO_ELEMENT),
        ("06014008021400", False, Verdict.NO_ELEMENT),
        ("06014007010208020000", False, Verdict.NO_ELEMENT),
        ("0601400701020802ff0f", False, Verdict.NO_ELEMENT),
        ("0601400701020802fe0f", False, Verdict.FOUR_ADDRESS),
    ],
)
def test_judgement(octets: str, enrolling: bool, verdict: Verdict) -> None:
    assert judge(answer(octets), enrolling=enrolling) is verdict


def test_no_element_is_no_backhaul_link() -> None:
    assert judge(Elements(), enrolling=False) is Verdict.NO_ELEMENT


@pytest.mark.parametrize(
    ("profile", "octets", "vlan"),
    [
        (2, "06014007010208021400", 20),
        (3, "06014007010208021400", 20),
        (1, "06014007010208021400", None),
        (2, "060140070102", None),
    ],
)
def test_primary_vlan(profile: int, octets: str, vlan: int | None) -> None:
    assert primary_vlan(answer(octets), profile) == vlan
