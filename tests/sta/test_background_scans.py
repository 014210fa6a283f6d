"""Scans while connected: when, where, and what they lead to. Times are wpa_supplicant 2.10's."""

from __future__ import annotations

import pytest
from control_stage import ControlStage, joined
from sta_stage import AP1, AP2, home

from harness.base.address import MacAddress
from harness.base.errors import ConfigError
from harness.base.seam import Scan, WatchSignal
from harness.base.seam_events import CommandFailed, SignalCrossed
from harness.sta.background import BackgroundPlan, Pace
from harness.sta.learned import LearnedNetwork
from harness.sta.state import WpaState


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("simple", (30, 0, 30)),
        ("simple:", (30, 0, 30)),
        ("simple:3", (3, 0, 30)),
        ("simple:3:-45:10", (3, -45, 10)),
        ("simple:3:-45:10:9", (3, -45, 10)),
        ("simple::-45:", (30, -45, 30)),
        ("simple:3::10", (3, 0, 10)),
        ("simple:0:-20:5", (30, -20, 5)),
        ("simple:a:b:c", (30, 0, 30)),
        ("learn:3:-45:10", (3, -45, 10)),
    ],
)
def test_plans(text: str, read: tuple[int, int, int]) -> None:
    plan = BackgroundPlan.parse(text)
    assert (plan.short_s, plan.threshold, plan.long_s) == read
    assert plan.learns is text.startswith("learn")


def test_where_a_plan_keeps_what_it_learns() -> None:
    assert BackgroundPlan.parse("learn:3:-45:10:/a:b").database == "/a:b"
    assert BackgroundPlan.parse("learn:3:-45:10:").database is None


@pytest.mark.parametrize("text", ["foo:1", "simples:1:2:3", "simple:30:-45", "learn:3:-45", ":3"])
def test_what_is_no_plan(text: str) -> None:
    with pytest.raises(ConfigError):
        BackgroundPlan.parse(text)


def walk(pace: Pace, until: float, crossings: dict[float, bool]) -> list[float]:
    """When scans begin up to then; each takes no time. `crossings`: when the signal passes."""
    begun: list[float] = []
    ways = sorted(crossings.items())
    while pace.due is not None and (pace.due <= until or ways):
        if ways and ways[0][0] < pace.due:
            at, above = ways.pop(0)
            pace.cross(at, above=above)
        else:
            at = pace.due
            pace.begin(at)
            begun.append(at)
            pace.rest(at)
    return begun


def plan(text: str = "simple:3:-45:10") -> BackgroundPlan:
    return BackgroundPlan.parse(text)


def test_pace_of_a_good_signal() -> None:
    assert walk(Pace.start(plan(), 0.0, above=True), 40.0, {}) == [10, 20, 30, 40]


def test_a_poor_signal_is_given_up_after_some_scans() -> None:
    assert walk(Pace.start(plan(), 0.0, above=False), 42.0, {}) == [3, 6, 9, 12, 22, 32, 42]
    again = walk(Pace.start(plan("simple:5:-45:20"), 0.0, above=False), 65.0, {})
    assert again == [5, 10, 15, 20, 25, 45, 65]


def test_learning_is_never_given_up() -> None:
    begun = walk(Pace.start(plan("learn:3:-20:10"), 0.0, above=False), 60.0, {})
    assert begun == [3.0 * number for number in range(1, 21)]


def test_a_signal_that_falls_is_looked_at_soon() -> None:
    """At once, unless the last scan, or the link, began just before."""
    assert walk(Pace.start(plan(), 0.0, above=True), 9.0, {0.5: False}) == [3.5, 6.5]
    assert walk(Pace.start(plan(), 0.0, above=True), 9.0, {4.5: False}) == [4.5, 7.5]
    assert walk(Pace.start(plan(), 0.0, above=True), 15.0, {10.8: False}) == [10, 13.8]


def test_a_signal_that_rises_can_wait() -> None:
    pace = Pace.start(plan(), 0.0, above=False)
    assert walk(pace, 30.0, {4.0: True, 5.0: True, 25.5: False}) == [3, 14, 24, 28.5]


def test_scans_in_a_row_are_counted_over_all_crossings() -> None:
    """Four short ones, one at once when it falls again; four long ones make room for three."""
    crossings = {2.0: False, 13.0: True, 14.0: False, 60.0: True, 62.0: False}
    begun = walk(Pace.start(plan(), 0.0, above=True), 90.0, crossings)
    assert begun == [2, 5, 8, 11, 14, 24, 34, 44, 54, 62, 65, 68, 78, 88]


LEARNED = """\
wpa_supplicant-bgscan-learn
BSS 02:00:00:00:00:09 2452
BSS 02:00:00:00:00:0a 2462
BSS 02:a1:50:00:01:00 2412
NEIGHBOR 02:a1:50:00:01:00 02:00:00:00:00:0a
NEIGHBOR 02:a1:50:00:01:00 02:00:00:00:00:0b
BSS 02:00:00:00:00:0b 2457
NEIGHBOR 02:a1:50:00:01:00 02:00:00:00:00:0b
BSS zz 2412

foo bar
BSS 02:a1:50:00:03:00 2472
"""
KEPT = """\
wpa_supplicant-bgscan-learn
BSS 02:a1:50:00:03:00 2437
BSS 02:00:00:00:00:0b 2457
BSS 02:a1:50:00:01:00 2412
BSS 02:00:00:00:00:0a 2462
BSS 02:00:00:00:00:09 2452
NEIGHBOR 02:a1:50:00:03:00 02:a1:50:00:01:00
NEIGHBOR 02:a1:50:00:01:00 02:00:00:00:00:0a
NEIGHBOR 02:a1:50:00:01:00 02:00:00:00:00:0b
NEIGHBOR 02:a1:50:00:01:00 02:a1:50:00:03:00
"""
"""What wpa_supplicant 2.10 made of it when it heard two of them, one on another channel."""


def test_a_file_of_what_was_learned() -> None:
    network = LearnedNetwork.parse(LEARNED)
    ap, other = MacAddress("02:a1:50:00:01:00"), MacAddress("02:a1:50:00:03:00")
    network.see([(ap, 2412), (other, 2437)])
    assert network.text() == KEPT
    tunable = (2412, 2417, 2422, 2437, 2462)
    seen = (2437, 2457, 2412, 2462, 2452)
    found = [network.frequencies(tunable) for _ in range(3)]
    assert found == [(*seen, 2417), (*seen, 2422), (*seen, 2417)]


@pytest.mark.parametrize("text", ["", "something\n", "BSS 02:00:00:00:00:09 2452\n"])
def test_another_file(text: str) -> None:
    with pytest.raises(ConfigError):
        LearnedNetwork.parse(text)


# ---- the station -----------------------------------------------------------------------------


def connected(plan: str, text: str = "update_config=1\n") -> ControlStage:
    stage = joined(text)
    assert stage.ask(f'SET_NETWORK 0 bgscan "{plan}"') == "OK\n"
    return stage


def scans(stage: ControlStage) -> list[tuple[float, Scan]]:
    return [(at, each) for at, each in stage.commands if isinstance(each, Scan)][1:]


def cross(stage: ControlStage, *, above: bool) -> None:
    stage.do(stage.control.step(SignalCrossed(interface="wlan0", above=above), stage.now))


def test_the_network_is_asked_for_by_its_name() -> None:
    stage = connected("simple:3:0:10", "passive_scan=1\n")
    begin = stage.now
    stage.run(begin + 25.0)
    found = scans(stage)
    assert [round(at - begin, 2) for at, _ in found] == [3.0, 6.05, 9.1, 12.15, 22.2]
    assert {each.ssids for _, each in found} == {(b"home",)}
    assert {each.frequencies for _, each in found} == {()}
    assert stage.control.station.wpa_state is WpaState.COMPLETED
    assert not stage.sent(WatchSignal)


def test_it_goes_by_the_networks_channels() -> None:
    stage = joined()
    stage.ask_all("SET_NETWORK 0 scan_freq 2412 2437", 'SET_NETWORK 0 bgscan "learn:3::10"')
    stage.run(stage.now + 3.5)
    assert [each.frequencies for _, each in scans(stage)] == [(2412, 2437)]


def test_the_signal_is_watched_for_it() -> None:
    stage = joined()
    stage.desk.signal = -40
    stage.ask('SET_NETWORK 0 bgscan "simple:3:-45:10"')
    begin = stage.now
    assert stage.ask("SIGNAL_MONITOR THRESHOLD=-45") == "FAIL\n"
    stage.run(begin + 4.0)
    cross(stage, above=False)
    stage.run(begin + 8.0)
    assert [round(at - begin, 2) for at, _ in scans(stage)] == [4.0, 7.05]
    stage.ask('SET_NETWORK 0 bgscan ""')
    stage.run(begin + 40.0)
    assert len(scans(stage)) == 2
    assert stage.ask("SIGNAL_MONITOR THRESHOLD=-45") == "OK\n"
    watched = [(each.threshold, each.hysteresis) for each in stage.sent(WatchSignal)]  # type: ignore[attr-defined]
    assert watched == [(-45, 4), (0, 0), (-45, 0)]


def test_global_plan() -> None:
    stage = joined()
    replies = stage.ask_all("SET bgscan simple:3:0:10", 'SET bgscan "simple:3:0:10"', "GET bgscan")
    assert replies == ["FAIL\n", "OK\n", "FAIL\n"]
    stage.run(stage.now + 4.0)
    assert len(scans(stage)) == 1
    assert stage.ask('SET_NETWORK 0 bgscan ""') == "OK\n"
    stage.run(stage.now + 20.0)
    assert len(scans(stage)) == 1


def test_what_can_not_be_followed_changes_nothing() -> None:
    stage = connected("foo:1")
    stage.run(stage.now + 60.0)
    assert not scans(stage)
    assert [name for name in stage.names() if name == "sta.background-scans.refused"]
    assert stage.ask("PING") == "PONG\n"


def test_another_scan_is_in_the_way() -> None:
    stage = connected("simple:3:0:10")
    begin = stage.now
    stage.scan_s = 8.0
    assert stage.ask("SCAN") == "OK\n"
    stage.run(begin + 7.0)
    rejected = "Reject scan trigger since one is already pending"
    assert stage.lines.count(rejected) == 2
    stage.scan_s = 0.05
    stage.run(begin + 12.0)
    assert [round(at - begin, 2) for at, _ in scans(stage)] == [0.0, 11.0]


def test_a_scan_that_the_radio_refuses_is_tried_again() -> None:
    stage = connected("simple:3:0:10")
    begin = stage.now
    stage.run(begin + 2.0)
    answer = stage._answer
    stage._answer = lambda command: (  # type: ignore[method-assign]
        stage.say(CommandFailed(interface="wlan0", command=command, errno=16, reason="busy"))
        if isinstance(command, Scan)
        else answer(command)
    )
    stage.run(begin + 3.5)
    stage._answer = answer  # type: ignore[method-assign]
    stage.run(begin + 20.0)
    assert len(scans(stage)) > 2
    assert stage.control.station.wpa_state is WpaState.COMPLETED


def test_it_ends_with_the_link_and_keeps_what_it_learned() -> None:
    stage = ControlStage(home(), home(bssid=AP2, frequency=2437, signal=-60))
    stage.ask("ADD_NETWORK")
    stage.ask_all('SET_NETWORK 0 ssid "home"', 'SET_NETWORK 0 psk "correct horse"')
    stage.ask('SET_NETWORK 0 bgscan "learn:3:0:10:file"')
    stage.ask("SELECT_NETWORK 0")
    stage.until_line("CTRL-EVENT-CONNECTED")
    stage.run(stage.now + 7.0)
    assert [each.frequencies for _, each in scans(stage)] == [(2437, 2412, 5180)] * 2
    assert not stage.desk.files
    stage.ask("DISCONNECT")
    stage.run(stage.now + 30.0)
    assert len(scans(stage)) == 2
    assert sorted(stage.desk.files["file"].splitlines()) == sorted([
        "wpa_supplicant-bgscan-learn", f"BSS {AP1} 2412", f"BSS {AP2} 2437",
        f"NEIGHBOR {AP1} {AP2}", f"NEIGHBOR {AP2} {AP1}",
    ])  # fmt: skip


def test_what_it_finds_is_gone_to() -> None:
    better = home(bssid=AP2, frequency=2437, signal=-90, present=False)
    stage = ControlStage(home(signal=-85), better)
    stage.ask("ADD_NETWORK")
    stage.ask_all('SET_NETWORK 0 ssid "home"', 'SET_NETWORK 0 psk "correct horse"')
    stage.ask('SET_NETWORK 0 bgscan "simple:3:0:10"')
    stage.ask("SELECT_NETWORK 0")
    stage.until_line("CTRL-EVENT-CONNECTED")
    better.present, better.signal = True, -50
    stage.until_line("CTRL-EVENT-CONNECTED", stage.now + 5.0)
    assert stage.control.station.bssid == AP2
    before = len(scans(stage))
    stage.run(stage.now + 4.0)
    assert len(scans(stage)) == before + 1
