"""What a run leaves: the same for the same seed, and complete."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.base.errors import BadMic, Truncated
from harness.lab.evidence import RunFolder, outcome_of

pytest_plugins = ["pytester"]

FILE = Path(__file__).parents[2] / "scenarios/multi_ap/test_onboarding.py"
SCENARIO = f"{FILE}::test_backhaul_station_joins_by_push_button"


def evidence(pytester: pytest.Pytester, name: str, seed: str) -> Path:
    reports = pytester.path / name
    result = pytester.runpytest_inprocess(
        SCENARIO, "--seed", seed, "--reports", str(reports),
        "-p", "no:randomly", "-p", "no:hypothesispytest", "-p", "no:cacheprovider",
    )
    assert result.ret == 0
    return reports / "latest/map.onboarding.push-button"


def test_the_same_seed_gives_the_same_octets(pytester: pytest.Pytester) -> None:
    one, same = evidence(pytester, "one", "5"), evidence(pytester, "same", "5")
    other = evidence(pytester, "other", "6")

    for name in ("air.pcapng", "events.jsonl", "keys.json"):
        assert (one / name).read_bytes() == (same / name).read_bytes()
        assert (one / name).read_bytes() != (other / name).read_bytes()


def test_the_record_says_all(pytester: pytest.Pytester) -> None:
    folder = evidence(pytester, "one", "5")

    record = json.loads((folder / "record.json").read_text())
    assert record["outcome"]["kind"] == "passed"
    assert record["seed"] == "5"
    assert [(each["name"], each["role"], each["kind"]) for each in record["devices"]] == [
        ("ap", "ap", "airproof"), ("sta", "sta", "airproof"),
    ]
    assert set(record["addresses"].values()) == {
        "ap/home", "ap/home-backhaul", "sta", "host behind ap", "host behind sta",
    }
    assert record["lost_frames"] == 0
    assert record["world_s"] > 0
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    assert any(event.get("control") == "WPS-PBC-ACTIVE " for event in events)
    keys = json.loads((folder / "keys.json").read_text())
    assert [len(keys["wsc"]), len(keys["psk"]), len(keys["tk"])] == [1, 2, 1]


def test_only_a_scenarios_own_assertion_is_an_expectation() -> None:
    with pytest.raises(AssertionError) as caught:
        raise AssertionError("no")

    assert outcome_of(caught.value, "call", __file__).kind == "expectation"
    assert outcome_of(caught.value, "call", "/elsewhere.py").kind == "internal"


@pytest.mark.parametrize(
    ("error", "kind"),
    [(BadMic("a bad MIC", clause="12.5"), "violation"), (Truncated("short"), "internal")],
)
def test_a_peers_breach_is_told_from_a_slip_of_ours(error: Exception, kind: str) -> None:
    assert outcome_of(error, "call", "").kind == kind


def test_two_runs_in_one_second_have_two_folders(tmp_path: Path) -> None:
    about = {"air": "sim", "ap": "tester:x/../y", "sta": "airproof"}
    first = RunFolder.choose(tmp_path, about)
    first.begin([], [])

    assert "/../" not in str(first.path)
    assert RunFolder.choose(tmp_path, about).path != first.path
