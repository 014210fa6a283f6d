"""Against hostapd 2.10: given what wpa_supplicant sent it, ours answers as it did.

The recordings are of the two Debian programs on mac80211_hwsim (`tests/data/wsc/record.py`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ap_enrollee import EnrollingStation
from ap_stage import RADIO, Stage

from harness.ap.access_point import AccessPoint
from harness.ap.config import ApConfig, BssConfig
from harness.base.address import MacAddress
from harness.base.entropy import SeededEntropy
from harness.wire.dot11.elements import Elements
from harness.wire.dot11.frames import (
    AssociationRequest,
    AssociationResponse,
    Authentication,
    Beacon,
    Frame,
    ProbeRequest,
    ProbeResponse,
    decode_frame,
    management_header,
)
from harness.wire.wsc.device import DeviceAttributes

DATA = Path(__file__).parent.parent / "data" / "wsc"
STATION = MacAddress("02:00:00:00:01:00")
UUID_E = bytes.fromhex("572cf82fc95756539b16b5cfb298abf1")
DEVICE = DeviceAttributes(
    "Debian", "hostapd", "2.10", "12345", bytes.fromhex("00060050f2040001"), "Recorded AP"
)
# label virtual_display virtual_push_button keypad
CONFIG_METHODS = 0x238C
FRONTHAUL = BssConfig(
    interface="wlan0",
    ssid=b"fronthaul",
    passphrase="fronthaul secret",
    wps_state=2,
    multi_ap=2,
    multi_ap_backhaul_ssid=b"backhaul",
    multi_ap_backhaul_passphrase="backhaul secret",
)
# Supported Operating Classes, Extended Capabilities and BSS Max Idle Period: of no use here.
LEFT_OUT = {59, 90, 127}
# The radio's business.
TIM = 5


def recording(name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text())
    return told


def first(told: dict[str, Any], kind: type) -> Any:
    frames: list[Frame] = [decode_frame(bytes.fromhex(each["octets"])) for each in told["frames"]]
    return next(frame for frame in frames if isinstance(frame, kind))


def stage_like_hostapd(name: str) -> Stage:
    stage = Stage(FRONTHAUL, start=False)
    stage.config = ApConfig(bsss=(FRONTHAUL,), device=DEVICE, config_methods=CONFIG_METHODS)
    stage.ap = AccessPoint(stage.config, RADIO, SeededEntropy(b"recorded"))
    stage.do(stage.ap.start(0.0))
    if name.startswith("pbc"):
        stage.do(stage.ap.wps_pbc(0.0))
    elif name != "pin-unknown":
        stage.do(stage.ap.wps_pin("12345670", 0.0))
    return stage


def comparable(elements: Elements) -> list[tuple[int, bytes]]:
    """The elements that both make; ERP's barker bit depends on the neighbours."""
    return [
        (each.id, each.value)
        for each in elements.raw
        if each.id not in LEFT_OUT | {TIM} and each.id != 42
    ]


NAMES = ["pbc-backhaul", "pbc", "pin"]


def test_beacon() -> None:
    theirs = first(recording("pbc"), Beacon)
    stage = Stage(FRONTHAUL, start=False)
    stage.do(stage.ap.start(0.0))
    ours = stage.beacon()
    assert ours.capability == theirs.capability
    assert ours.beacon_interval == theirs.beacon_interval
    assert comparable(ours.elements) == comparable(theirs.elements)


@pytest.mark.parametrize("name", NAMES)
def test_probe_response(name: str) -> None:
    told = recording(name)
    stage = stage_like_hostapd(name)
    stage.feed_octets(first(told, ProbeRequest).octets)
    ours, theirs = stage.last(ProbeResponse, STATION), first(told, ProbeResponse)
    assert isinstance(ours, ProbeResponse)
    assert ours.capability == theirs.capability
    assert comparable(ours.elements) == comparable(theirs.elements)


@pytest.mark.parametrize("name", NAMES)
def test_association_response(name: str) -> None:
    told = recording(name)
    stage = stage_like_hostapd(name)
    header = management_header(11, destination=RADIO, source=STATION, bssid=RADIO)
    stage.management(Authentication(header, 0, 1, 0))
    stage.feed_octets(first(told, AssociationRequest).octets)
    ours, theirs = stage.last(AssociationResponse, STATION), first(told, AssociationResponse)
    assert isinstance(ours, AssociationResponse)
    assert (ours.capability, ours.status, ours.aid) == (
        theirs.capability,
        theirs.status,
        theirs.aid,
    )
    assert comparable(ours.elements) == comparable(theirs.elements)


@pytest.mark.parametrize(
    ("name", "pin"),
    [
        ("pbc", None),
        ("pin", b"12345670"),
        ("pin-first-half-wrong", b"99995670"),
        ("pin-second-half-wrong", b"12349999"),
        ("pin-unknown", b"12345670"),
    ],
)
def test_control_events(name: str, pin: bytes | None) -> None:
    """The same run, by our Enrollee, is told in the same lines."""
    told = recording(name)
    stage = stage_like_hostapd(name)
    station = EnrollingStation(stage, STATION)
    station.device = DeviceAttributes(
        "Debian", "wpa_supplicant", "2.10", "67890", bytes.fromhex("00010050f2040001"),
        "Recorded STA",
    )  # fmt: skip
    station.enrol(uuid=UUID_E, pin=pin)
    ours = [line for line in stage.lines if line != "AP-ENABLED "]
    assert ours == told["ap_events"]
