"""Stations that fall silent, and frames that are forged: times and reasons as on the air."""

from __future__ import annotations

import dataclasses

from ap_stage import ALICE, BOB, HOME, RSNE, ScriptedStation, Stage

from harness.ap.config import BssConfig
from harness.ap.config_parts import Patience
from harness.ap.stations import Step
from harness.base.seam import CIPHER_TKIP, ProbePeer
from harness.base.seam_events import MichaelFailure
from harness.wire.dot11.frames import Deauthentication, Disassociation
from harness.wire.wpa import WpaElement

OPEN = BssConfig(interface="wlan0", ssid=b"home", patience=Patience(inactivity_s=2.0))
TKIP = dataclasses.replace(HOME, wpa_pairwise=(CIPHER_TKIP,))
FORGED = MichaelFailure(interface="wlan0", peer=ALICE)


def ends(stage: Stage) -> list[tuple[str, int]]:
    """How stations were sent away, and why."""
    return [
        (type(frame).__name__, frame.reason)
        for frame in stage.frames
        if isinstance(frame, Deauthentication | Disassociation)
    ]


def test_a_silent_station_is_asked_disassociated_and_deauthenticated() -> None:
    stage = Stage(OPEN)
    ScriptedStation(stage).join()
    station = stage.ap.bss("wlan0").stations.get(ALICE)
    assert station is not None
    assert station.step is Step.POLL
    stage.acknowledge = False
    stage.advance(2.0)
    assert isinstance(stage.commands[-1], ProbePeer)
    assert (station.step, station.asked) == (Step.DISASSOCIATE, True)
    assert "[PENDING_POLL" in station.flags
    stage.advance(2.9)
    assert ends(stage) == []
    stage.advance(0.1)
    assert ends(stage) == [("Disassociation", 4)]
    assert f"AP-STA-DISCONNECTED {ALICE}" in stage.lines
    left = stage.ap.bss("wlan0").stations.get(ALICE)
    assert left is not None
    assert (left.flags, left.step) == ("[AUTH]", Step.DEAUTHENTICATE)
    stage.advance(1.0)
    assert ends(stage) == [("Disassociation", 4), ("Deauthentication", 2)]
    assert stage.ap.bss("wlan0").stations.get(ALICE) is None


def test_a_station_that_answers_stays() -> None:
    stage = Stage(OPEN)
    ScriptedStation(stage).join()
    stage.advance(60.0)
    assert ends(stage) == []
    assert sum(isinstance(each, ProbePeer) for each in stage.commands) == 12


def test_a_station_that_talks_is_not_asked() -> None:
    stage = Stage(OPEN)
    stage.idle_s = 0.5
    ScriptedStation(stage).join()
    stage.advance(60.0)
    assert not any(isinstance(each, ProbePeer) for each in stage.commands)


def test_a_station_may_be_sent_away_unasked() -> None:
    patience = Patience(inactivity_s=2.0, polls=False)
    stage = Stage(dataclasses.replace(OPEN, patience=patience))
    ScriptedStation(stage).join()
    stage.advance(2.0)
    assert ends(stage) == [("Disassociation", 4)]
    stage.advance(1.0)
    assert ends(stage) == [("Disassociation", 4), ("Deauthentication", 2)]


def test_two_forged_frames_within_a_minute_end_everything_for_a_minute() -> None:
    stage = Stage(TKIP)
    alice, bob = ScriptedStation(stage), ScriptedStation(stage, BOB)
    wpa = WpaElement().element()
    alice.join(wpa)
    bob.join(wpa)
    stage.feed(FORGED)
    assert ends(stage) == []
    stage.advance(0.05)
    stage.feed(FORGED)
    assert ends(stage) == [("Deauthentication", 14)] * 2
    assert alice.authenticate().status == 1
    stage.advance(60.0)
    assert alice.authenticate().status == 0


def test_forged_frames_far_apart_are_only_counted() -> None:
    stage = Stage(TKIP)
    ScriptedStation(stage).join(WpaElement().element())
    stage.ap.bss("wlan0").stations.get(ALICE)
    stage.feed(FORGED)
    stage.advance(61.0)
    alice = ScriptedStation(stage)
    alice.join(WpaElement().element())
    stage.feed(FORGED)
    assert ("Deauthentication", 14) not in ends(stage)


def test_a_network_without_tkip_knows_no_such_failure() -> None:
    stage = Stage()
    ScriptedStation(stage).join(RSNE)
    stage.feed(FORGED)
    stage.feed(FORGED)
    assert ends(stage) == []
