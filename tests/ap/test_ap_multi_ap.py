"""README-MULTI-AP's rules of admission, by the element's octets."""

from __future__ import annotations

import pytest

from harness.ap.config import BssConfig
from harness.ap.multi_ap import Accepted, Refused, judge_station, primary_vlan, response_element

BACKHAUL_STA = bytes.fromhex("060180")
BACKHAUL = BssConfig(interface="wlan0", ssid=b"b", multi_ap=1)
FRONTHAUL = BssConfig(interface="wlan0", ssid=b"f", multi_ap=2)
BOTH = BssConfig(interface="wlan0", ssid=b"x", multi_ap=3)
NEITHER = BssConfig(interface="wlan0", ssid=b"n")


@pytest.mark.parametrize(
    ("bss", "element", "enrolling", "verdict"),
    [
        (NEITHER, None, False, Accepted()),
        (NEITHER, BACKHAUL_STA, False, Accepted()),
        (NEITHER, b"\x06", False, Accepted()),
        (BACKHAUL, None, False, 12),
        (BACKHAUL, None, True, 12),
        (BACKHAUL, BACKHAUL_STA, False, Accepted(backhaul=True)),
        (BACKHAUL, bytes.fromhex("060100"), False, 12),
        (FRONTHAUL, None, False, Accepted()),
        (FRONTHAUL, BACKHAUL_STA, False, 12),
        (FRONTHAUL, BACKHAUL_STA, True, Accepted(backhaul=True)),
        (FRONTHAUL, bytes.fromhex("060100"), False, Accepted()),
        (BOTH, None, False, Accepted()),
        (BOTH, BACKHAUL_STA, False, Accepted(backhaul=True)),
        (BOTH, bytes.fromhex("060100"), False, Accepted()),
        (BOTH, b"", False, 40),
        (BOTH, bytes.fromhex("0600"), False, 40),
        (BOTH, bytes.fromhex("0601800802ff00"), False, 40),
        (BOTH, bytes.fromhex("060180070107"), False, 12),
        (BOTH, bytes.fromhex("060180070106"), False, Accepted(backhaul=True)),
    ],
)
def test_judgement(
    bss: BssConfig, element: bytes | None, enrolling: bool, verdict: Accepted | int
) -> None:
    judged = judge_station(bss, element, enrolling=enrolling)
    if isinstance(judged, Refused):
        assert judged.status == verdict
    else:
        assert judged == verdict


@pytest.mark.parametrize(
    ("disallow", "element", "accepted"),
    [
        (1, "060180", False),
        (1, "060180070102", True),
        (2, "060180", True),
        (2, "060180070102", False),
        (3, "060180070103", False),
    ],
)
def test_disallowed_profiles(disallow: int, element: str, accepted: bool) -> None:
    bss = BssConfig(interface="wlan0", ssid=b"x", multi_ap=3, multi_ap_client_disallow=disallow)
    judged = judge_station(bss, bytes.fromhex(element), enrolling=False)
    assert isinstance(judged, Accepted) == accepted


@pytest.mark.parametrize(
    ("bss", "octets"),
    [
        (BACKHAUL, "dd07506f9a1b060140"),
        (FRONTHAUL, "dd07506f9a1b060120"),
        (BOTH, "dd07506f9a1b060160"),
        (
            BssConfig(
                interface="wlan0",
                ssid=b"x",
                multi_ap=1,
                multi_ap_profile=2,
                multi_ap_client_disallow=1,
                multi_ap_vlan_id=5,
            ),
            "dd0e506f9a1b06014807010208020500",
        ),
        (
            BssConfig(
                interface="wlan0", ssid=b"x", multi_ap=2, multi_ap_profile=2, multi_ap_vlan_id=5
            ),
            "dd0a506f9a1b060120070102",
        ),
    ],
)
def test_response_element(bss: BssConfig, octets: str) -> None:
    assert response_element(bss).hex() == octets


@pytest.mark.parametrize(
    ("role", "profile", "element", "vlan"),
    [
        (1, 2, "060180070102", 20),
        (3, 2, "060180070103", 20),
        (1, 2, "060180", None),
        (1, 1, "060180070102", None),
        (2, 2, "060180070102", None),
    ],
)
def test_primary_vlan_of_a_link(role: int, profile: int, element: str, vlan: int | None) -> None:
    bss = BssConfig(
        interface="wlan0", ssid=b"x", multi_ap=role, multi_ap_profile=profile, multi_ap_vlan_id=20
    )

    assert primary_vlan(bss, bytes.fromhex(element)) == vlan
