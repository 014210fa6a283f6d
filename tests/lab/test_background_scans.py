"""Scans while connected, and keys that are not replaced, on simulated air from end to end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.base.entropy import SeededEntropy
from harness.lab.devices.interface import StationDevice
from harness.lab.scene import Lab, Setting
from harness.radio.sim import SimAir


@pytest.fixture
def air() -> SimAir:
    return SimAir(SeededEntropy(b"background"))


@pytest.fixture
def stage(air: SimAir, tmp_path: Path) -> Iterator[Lab]:
    made = Lab(Setting("sim", "airproof", "airproof", "1", tmp_path), air)
    yield made
    made.close()


def join(stage: Lab, *lines: str) -> StationDevice:
    sta = stage.sta()
    assert sta.control("ADD_NETWORK").strip() == "0"
    for line in ('ssid "home"', 'psk "correct horse"', *lines):
        sta.expect_reply(f"SET_NETWORK 0 {line}", "OK\n")
    sta.expect_reply("SELECT_NETWORK 0", "OK\n")
    sta.expect_event("CTRL-EVENT-CONNECTED")
    return sta


def test_a_signal_that_falls_is_looked_at(stage: Lab, air: SimAir) -> None:
    ap = stage.ap(ssid="home", passphrase="correct horse")
    sta = join(stage, 'bgscan "simple:5:-60:60"')
    began = air.now()
    air.set_signal(ap.name, sta.name, -75)
    sta.expect_event("CTRL-EVENT-SIGNAL-CHANGE above=0", within=10.0)
    sta.expect_event("CTRL-EVENT-SCAN-STARTED", within=6.0)
    sta.expect_event("CTRL-EVENT-SCAN-STARTED", within=10.0)
    assert air.now() < began + 40.0


@pytest.mark.parametrize(
    ("keys", "lines", "said"),
    [
        ({"wpa_ptk_rekey": "5"}, ("wpa_deny_ptk0_rekey 2",), " reason=1 locally_generated=1"),
        ({"wpa_ptk_rekey": "5", "wpa_deny_ptk0_rekey": "2"}, (), " reason=7"),
        ({"wpa_deny_ptk0_rekey": "2"}, ("wpa_ptk_rekey 5",), " reason=7"),
    ],
    ids=["station", "AP", "AP that is asked"],
)
def test_no_key_is_replaced(
    stage: Lab, keys: dict[str, str], lines: tuple[str, ...], said: str
) -> None:
    ap = stage.ap(ssid="home", passphrase="correct horse", keys=keys)
    sta = join(stage, *lines)
    for _ in range(2):
        left = sta.expect_event(f"CTRL-EVENT-DISCONNECTED bssid={ap.address} ", within=6.0)
        assert left.text.endswith(said)
        sta.expect_event("CTRL-EVENT-CONNECTED", within=1.0)


def test_a_key_is_replaced_where_the_radio_can(stage: Lab) -> None:
    stage.ap(
        ssid="home", passphrase="correct horse",
        keys={"wpa_ptk_rekey": "5", "wpa_deny_ptk0_rekey": "1"},
    )  # fmt: skip
    sta = join(stage, "wpa_deny_ptk0_rekey 1")
    for _ in range(2):
        sta.expect_event("WPA: Key negotiation completed", within=6.0)
    assert sta.control("STATUS").count("wpa_state=COMPLETED") == 1
