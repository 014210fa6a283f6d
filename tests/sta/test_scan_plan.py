"""How the scans of a station that finds nothing are spread over time."""

from __future__ import annotations

from itertools import pairwise

import pytest
from control_stage import ControlStage

from harness.base.errors import ConfigError
from harness.base.seam import Scan
from harness.sta.scan_plan import ScanPlan


def pauses(stage: ControlStage, until: float) -> list[int]:
    """How many seconds lie between the scans."""
    stage.run(until)
    times = [at for at, command in stage.commands if isinstance(command, Scan)]
    return [round(later - sooner) for sooner, later in pairwise(times)]


def searching(*settings: str) -> ControlStage:
    stage = ControlStage(text="".join(f"{each}\n" for each in settings))
    stage.ask("ADD_NETWORK")
    stage.ask_all('SET_NETWORK 0 ssid "home"', "SET_NETWORK 0 key_mgmt NONE", "ENABLE_NETWORK 0")
    return stage


def test_without_a_plan_the_interval_stays() -> None:
    assert pauses(searching(), 33.0) == [5] * 6


def test_an_interval_of_its_own_follows_the_first_scans() -> None:
    assert pauses(searching("sched_scan_interval=20"), 75.0) == [5, 5, 20, 20, 20]


def test_plans_follow_each_other_and_the_last_goes_on() -> None:
    stage = searching("sched_scan_plans=2:2 4:1 8", "sched_scan_interval=20")
    assert pauses(stage, 50.0) == [5, 5, 2, 2, 4, 8, 8, 8]


def test_an_enrolment_does_not_wait_for_the_plan() -> None:
    stage = searching("sched_scan_interval=60")
    stage.run(20.0)
    stage.ask("WPS_PBC")
    assert pauses(stage, 25.0)[-3:] == [1, 1, 1]  # 0.55 s


@pytest.mark.parametrize("text", ["foo", "10 20", "10:0", "0:5", "10:x 5", " "])
def test_no_plan(text: str) -> None:
    with pytest.raises(ConfigError):
        ScanPlan.parse(text)
