"""Beacon protection at the station: its key, what shows it, forged Beacons (802.11-2020 11.52)."""

from __future__ import annotations

import pytest
from control_stage import ControlStage, Desk
from sta_stage import AP1, PASSPHRASE, ScriptedAp

from harness.base.seam import InstallKey
from harness.base.seam_events import UnprotectedBeacon

NETWORK = 'update_config=1\nnetwork={{\nssid="home"\npsk="correct horse"\n{}}}\n'
WANTED = NETWORK.format("ieee80211w=1\nbeacon_prot=1\n")


def connected(text: str, *, protects: bool = True) -> ControlStage:
    stage = ControlStage(ScriptedAp(passphrase=PASSPHRASE, protects=protects), text=text)
    stage.until_line("CTRL-EVENT-CONNECTED")
    return stage


def keys(stage: ControlStage) -> list[int]:
    """The indexes of the group keys that the radio was given."""
    installed = [each for _, each in stage.commands if isinstance(each, InstallKey)]
    return [each.index for each in installed if each.peer is None]


def test_the_key_is_installed_and_shown_at_the_end() -> None:
    stage = connected(WANTED)
    assert keys(stage) == [1, 4, 6]
    assert stage.ask("STATUS").endswith("\nbigtk_set=1\n")


@pytest.mark.parametrize(
    ("lines", "protects"),
    [("ieee80211w=1\n", True), ("beacon_prot=1\nieee80211w=0\n", True), (None, False)],
    ids=["not wanted", "no protection of management frames", "not given"],
)
def test_without_the_key_nothing_is_shown(lines: str | None, protects: bool) -> None:
    stage = connected(WANTED if lines is None else NETWORK.format(lines), protects=protects)
    assert 6 not in keys(stage)
    assert "bigtk_set" not in stage.ask("STATUS")


def test_a_radio_that_takes_no_such_key_is_given_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Desk, "protects_beacons", lambda desk: False)
    stage = connected(WANTED)
    assert keys(stage) == [1, 4]
    assert stage.ask("GET_CAPABILITY beacon_prot") == "not supported"


def test_forged_beacons_are_told_of() -> None:
    stage = connected(WANTED)
    stage.say(UnprotectedBeacon(interface="wlan0", bssid=AP1))
    stage.until_line(f"CTRL-EVENT-UNPROT-BEACON {AP1}")


def test_the_key_of_a_network_is_set_shown_and_saved() -> None:
    stage = connected(NETWORK.format("ieee80211w=1\n"))
    assert stage.ask("GET_NETWORK 0 beacon_prot") == "0"
    assert stage.ask("SET_NETWORK 0 beacon_prot 2") == "FAIL\n"
    assert stage.ask("SET_NETWORK 0 beacon_prot 1") == "OK\n"
    assert stage.ask("SAVE_CONFIG") == "OK\n"
    assert "\tieee80211w=1\n\tbeacon_prot=1\n}" in stage.desk.text
    assert stage.ask("REASSOCIATE") == "OK\n"
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert "bigtk_set=1" in stage.ask("STATUS")


def test_the_capability() -> None:
    assert ControlStage().ask("GET_CAPABILITY beacon_prot") == "supported"
