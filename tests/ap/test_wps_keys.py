"""What single keys of the configuration do to runs of WPS."""

from __future__ import annotations

import pytest
from ap_enrollee import EnrollingStation
from ap_registrar import RegisteringStation
from ap_stage import Stage

from harness.ap.config_build import build
from harness.ap.config_file import parse
from harness.proto.wsc_run import Finished
from harness.wire.wsc.device import ConfigMethods

HOME = """\
interface=wlan0
channel=1
hw_mode=g
ssid=home
wpa=2
rsn_pairwise=CCMP
wpa_passphrase=correct horse
eap_server=1
wps_state=2
config_methods=display push_button
"""


def stage_of(lines: str) -> Stage:
    config = build(parse(HOME + lines, "hostapd.conf"))
    stage = Stage(*config.bsss, start=False)
    stage.ap.config = stage.config = config
    stage.do(stage.ap.start(stage.now))
    return stage


def enrols(stage: Stage) -> bool:
    stage.do(stage.ap.wps_pin("12345670", stage.now))
    EnrollingStation(stage).enrol(pin=b"12345670")
    stage.advance(30.0)
    return "WPS-SUCCESS " in stage.lines


@pytest.mark.parametrize(
    ("lines", "done"),
    [
        ("", True),
        ("max_auth_rounds=10\n", True),
        ("max_auth_rounds=4\n", False),
        ("max_auth_rounds_short=1\n", True),
        ("fragment_size=100\n", True),
        ("fragment_size=100\nmax_auth_rounds=10\n", False),
    ],
)
def test_a_run_has_so_many_rounds(lines: str, done: bool) -> None:
    stage = stage_of(lines)
    assert enrols(stage) is done
    failed = [line for line in stage.lines if line.startswith("CTRL-EVENT-EAP-FAILURE")]
    assert failed, "a run ends so, whether well or not"


@pytest.mark.parametrize(("lines", "rounds"), [("", 50), ("max_auth_rounds_short=5\n", 5)])
def test_a_run_has_so_many_short_rounds_in_a_row(lines: str, rounds: int) -> None:
    """M1 comes in fragments of so few octets that both sides' packets are short."""
    stage = stage_of(lines)
    stage.do(stage.ap.wps_pin("12345670", stage.now))
    alice = EnrollingStation(stage)
    alice.enrol(pin=b"12345670", fragment_size=7)
    before = alice.silent_after - alice._left
    assert rounds < before <= rounds + 3, "the identity and the first fragment come before"
    assert [line for line in stage.lines if line.startswith("CTRL-EVENT-EAP-FAILURE")]


def test_the_first_lock_lasts_as_long_as_the_file_says() -> None:
    stage = stage_of("ap_pin=12345670\nap_pin_lockout_time=7\n")
    alice = RegisteringStation(stage)
    alice.fail(2, gap_s=0.0)
    assert "WPS-AP-SETUP-LOCKED " not in stage.lines
    for locked, lasts_s in enumerate((7.0, 7.0, 7.0, 14.0), 1):
        alice.fail(1, gap_s=0.0)
        assert stage.lines.count("WPS-AP-SETUP-LOCKED ") == locked
        stage.advance(lasts_s - 0.1)
        assert stage.lines.count("WPS-AP-SETUP-UNLOCKED ") == locked - 1
        stage.advance(0.2)
        assert stage.lines.count("WPS-AP-SETUP-UNLOCKED ") == locked


@pytest.mark.parametrize(("lines", "button"), [("", False), ("pbc_in_m1=1\n", True)])
def test_m1_names_the_button_when_the_file_says_so(lines: str, button: bool) -> None:
    alice = RegisteringStation(stage_of("ap_pin=12345670\n" + lines))
    alice.register()
    (finished,) = [each for each in alice.outputs if isinstance(each, Finished)]
    assert finished.m1 is not None
    named = finished.m1.config_methods
    assert bool(named & ConfigMethods.PUSH_BUTTON) is button
    assert named & ConfigMethods.DISPLAY
