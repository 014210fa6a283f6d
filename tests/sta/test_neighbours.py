"""Push button on two stations of one program: what one of them sees counts for both."""

from __future__ import annotations

import pytest
from sta_stage import AP1, AP2, FREQUENCIES, STA, ScriptedAp, Stage, enrolling_ap

from harness.base.address import MacAddress
from harness.base.entropy import SeededEntropy
from harness.base.seam import Authenticate, Scan
from harness.sta.config import Network
from harness.sta.neighbours import Neighbours
from harness.sta.station import Station

OTHER = MacAddress("02:00:00:00:00:52")
STEP_S = 0.01
SLOW_SCAN_S = 3.0
OVERLAP = "WPS-OVERLAP-DETECTED PBC session overlap"
STOPPED = [OVERLAP, "CTRL-EVENT-NETWORK-REMOVED 0", "WPS-CANCEL "]


class Pair:
    """Two stations, each with an air of its own; time passes for both."""

    def __init__(self, first: ScriptedAp, second: ScriptedAp) -> None:
        neighbours = Neighbours()
        self.now = 0.0
        self.first, self.second = Stage(first), Stage(second)
        for stage, address in ((self.first, STA), (self.second, OTHER)):
            stage.aps[0].station = address
            stage.station = Station(
                stage.config,
                address,
                FREQUENCIES,
                SeededEntropy(bytes(address)),
                neighbours=neighbours,
            )
            stage.do(stage.station.start(0.0))

    def push(self) -> None:
        """Push both buttons."""
        for stage in (self.first, self.second):
            stage.do(stage.station.wps_pbc(self.now))

    def run(self, until: float) -> None:
        while self.now < until:
            self.now = min(until, self.now + STEP_S)
            for stage in (self.first, self.second):
                stage.run(self.now)


def apart(**changes: object) -> ScriptedAp:
    """An AP that only the second station is near to."""
    return enrolling_ap(bssid=AP2, ssid=b"other", **changes)


def told(stage: Stage) -> list[str]:
    return [line for line in stage.lines if "EVENT-SCAN" not in line]


def joined(stage: Stage) -> list[float]:
    return [at for at, command in stage.commands if isinstance(command, Authenticate)]


def slow_to_look(first: ScriptedAp | None = None) -> Pair:
    """Both buttons are pushed, and the second station has yet to see anything for a while."""
    pair = Pair(first or enrolling_ap(), ScriptedAp(present=False))
    pair.second.scan_s = SLOW_SCAN_S
    pair.push()
    pair.run(1.0)
    return pair


def test_two_buttons_that_no_station_sees_both_of_overlap() -> None:
    pair = Pair(enrolling_ap(), apart())
    pair.push()
    pair.run(5.0)
    compared = f"WPS: PBC overlap detected: {AP2} and {AP1}"
    assert told(pair.second)[-4:] == [compared, *STOPPED]
    assert told(pair.first)[-3:] == STOPPED
    assert not [line for line in told(pair.first) if "overlap detected:" in line]
    assert not joined(pair.first)
    assert not joined(pair.second)
    pair.run(10.0)
    assert all(len(stage.sent(Scan)) < 3 for stage in (pair.first, pair.second))


def test_one_ap_that_each_sees_by_another_radio_is_no_overlap() -> None:
    uuid = bytes(range(16))
    pair = Pair(enrolling_ap(uuid=uuid), apart(uuid=uuid))
    pair.push()
    pair.run(5.0)
    assert "WPS-SUCCESS " in told(pair.first)
    assert "WPS-SUCCESS " in told(pair.second)


def test_nobody_chooses_before_all_have_looked() -> None:
    pair = slow_to_look()
    pair.run(SLOW_SCAN_S - STEP_S)
    assert not joined(pair.first)
    pair.run(5.0)
    assert joined(pair.first)[0] == pytest.approx(SLOW_SCAN_S, abs=2 * STEP_S)
    assert "WPS-SUCCESS " in told(pair.first)


def test_a_late_look_shows_the_overlap() -> None:
    pair = Pair(enrolling_ap(), apart())
    pair.second.scan_s = SLOW_SCAN_S
    pair.push()
    pair.run(5.0)
    assert not joined(pair.first)
    assert OVERLAP in told(pair.first)
    assert OVERLAP in told(pair.second)


def test_who_gives_up_is_not_waited_for() -> None:
    pair = slow_to_look()
    pair.second.do(pair.second.station.wps_cancel(pair.now))
    pair.run(1.1)
    assert joined(pair.first)


def test_who_is_kept_from_scanning_is_not_waited_for() -> None:
    pair = slow_to_look()
    pair.second.do(pair.second.station.disconnect(pair.now))
    pair.run(1.1)
    assert joined(pair.first)


def test_who_is_gone_is_not_waited_for() -> None:
    pair = slow_to_look()
    pair.second.station.retire()
    pair.run(1.1)
    assert joined(pair.first)


def test_a_user_who_leaves_while_waiting_is_not_joined_after_all() -> None:
    pair = slow_to_look()
    pair.first.do(pair.first.station.disconnect(pair.now))
    pair.run(10.0)
    assert not joined(pair.first)


def test_what_a_search_by_pin_sees_counts_but_it_goes_on() -> None:
    pair = Pair(enrolling_ap(present=False), apart())
    pair.first.do(pair.first.station.wps_pbc(0.0))
    pair.second.scan_s = SLOW_SCAN_S
    pair.second.do(pair.second.station.wps_pin(0.0, "12345670"))
    pair.run(SLOW_SCAN_S + 0.1)
    pair.first.aps[0].present = True
    pair.run(SLOW_SCAN_S + 1.0)
    assert OVERLAP in told(pair.first)
    assert OVERLAP not in told(pair.second)
    assert pair.second.station.networks.wps_block() is not None


def test_a_pin_is_not_waited_for() -> None:
    pair = Pair(enrolling_ap(), apart())
    pair.second.scan_s = SLOW_SCAN_S
    pair.second.do(pair.second.station.wps_pin(0.0, "12345670"))
    pair.first.do(pair.first.station.wps_pbc(0.0))
    pair.run(1.0)
    assert joined(pair.first)


def test_an_ap_that_was_named_is_joined_at_once_whatever_others_see() -> None:
    pair = Pair(enrolling_ap(), apart())
    pair.second.scan_s = 0.5
    pair.first.do(pair.first.station.wps_pbc(0.0, bssid=AP1))
    pair.second.do(pair.second.station.wps_pbc(0.0))
    pair.run(0.2)
    assert joined(pair.first)
    pair.run(5.0)
    assert "WPS-SUCCESS " in told(pair.first)
    assert OVERLAP not in told(pair.first)


def test_what_was_seen_is_forgotten_with_the_run() -> None:
    pair = Pair(enrolling_ap(present=False), apart(mute=frozenset({"authentication"})))
    pair.push()
    pair.run(1.0)
    assert joined(pair.second)
    pair.second.do(pair.second.station.wps_cancel(pair.now))
    pair.first.aps[0].present = True
    pair.run(5.0)
    assert "WPS-SUCCESS " in told(pair.first)


def test_what_was_seen_is_forgotten_with_success() -> None:
    pair = Pair(enrolling_ap(present=False), apart())
    pair.push()
    pair.run(2.0)
    assert "WPS-SUCCESS " in told(pair.second)
    pair.first.aps[0].present = True
    pair.run(5.0)
    assert "WPS-SUCCESS " in told(pair.first)


def test_an_overlap_ends_an_enrolment_under_way() -> None:
    pair = Pair(enrolling_ap(mute=frozenset({"eapol"})), apart(present=False))
    pair.push()
    pair.run(1.0)
    assert pair.first.station.bssid == AP1
    pair.second.aps[0].present = True
    pair.run(2.0)
    assert told(pair.first)[-4:] == [
        OVERLAP,
        f"CTRL-EVENT-DISCONNECTED bssid={AP1} reason=3 locally_generated=1",
        "CTRL-EVENT-NETWORK-REMOVED 0",
        "WPS-CANCEL ",
    ]
    assert OVERLAP in told(pair.second)


def test_an_overlap_is_nothing_to_who_pushed_no_button() -> None:
    pair = Pair(ScriptedAp(), enrolling_ap(bssid=AP2))
    second = enrolling_ap(ssid=b"third", bssid=MacAddress("02:00:00:00:03:00"))
    pair.second.aps.append(second)
    _, actions = pair.first.station.add_network(Network(ssid=b"home"), 0.0)
    pair.first.do(actions)
    pair.first.do(pair.first.station.reconnect(0.0))
    pair.second.do(pair.second.station.wps_pbc(0.0))
    pair.run(2.0)
    assert OVERLAP in told(pair.second)
    assert not [line for line in told(pair.first) if "WPS" in line]


def test_a_user_who_comes_back_joins_no_ap_without_a_look_at_the_buttons() -> None:
    stage = Stage(enrolling_ap(), apart())
    stage.do(stage.station.start(0.0))
    stage.do(stage.station.wps_pbc(0.0))
    stage.do(stage.station.disconnect(0.0))
    stage.run(1.0)
    stage.do(stage.station.reconnect(1.0))
    stage.run(2.0)
    assert OVERLAP in told(stage)
    assert not joined(stage)
