"""For each scenario a wrong device makes it FAIL, for the reason that the device is wrong in."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from harness.lab.testers import TESTERS

pytest_plugins = ["pytester"]

FILE = Path(__file__).parents[2] / "scenarios/multi_ap/test_onboarding.py"

WRONG = [
    (
        "tester:fronthaul-credentials",
        "test_backhaul_station_joins_by_push_button",
        "M8 (frame *): Credential's SSID: expected b'home-backhaul', got b'home' *",
    ),
    (
        "tester:no-multi-ap-response",
        "test_backhaul_station_joins_by_push_button",
        "AssociationResponse (frame *): multi_ap: expected present, got None*",
    ),
    (
        "tester:three-address",
        "test_backhaul_station_joins_by_push_button",
        "Data (frame *, ap/home-backhaul → sta): addresses: expected 4, got 3*",
    ),
    (
        "tester:fronthaul-credentials",
        "test_both_sides_tell_of_the_enrolment",
        "sta: control event 'CTRL-EVENT-CONNECTED': expected within *, got none*",
    ),
    (
        "tester:wps-on-backhaul",
        "test_only_the_fronthaul_bss_advertises_the_push_button",
        "Beacon (frame *, ap/home-backhaul → everyone): wsc: expected absent, got WscBeacon*",
    ),
    (
        "tester:other-key",
        "test_plain_enrollee_gets_the_fronthaul_credentials",
        "M8 (frame *): Credential's Network Key: expected 'correct horse', got *",
    ),
    (
        "tester:multi-ap-to-everyone",
        "test_plain_station_keeps_three_addresses",
        "AssociationResponse (frame *): multi_ap: expected absent, got MultiApElement*",
    ),
    (
        "tester:backhaul-admits-everyone",
        "test_backhaul_bss_denies_a_plain_station",
        "AssociationResponse (frame *): status: expected 12, got 0*",
    ),
]


def run(pytester: pytest.Pytester, tester: str, scenario: str) -> tuple[Any, dict[str, Any]]:
    result = pytester.runpytest_inprocess(
        f"{FILE}::{scenario}", "--ap", tester, "--reports", str(pytester.path), "-v",
        "-p", "no:randomly", "-p", "no:hypothesispytest", "-p", "no:cacheprovider",
    )
    (record,) = pytester.path.glob("latest/*/record.json")
    return result, json.loads(record.read_text())


@pytest.mark.parametrize(("tester", "scenario", "reason"), WRONG)
def test_a_wrong_device_fails_for_its_reason(
    pytester: pytest.Pytester, tester: str, scenario: str, reason: str
) -> None:
    result, record = run(pytester, tester, scenario)

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([f"*{scenario} FAIL*"])
    assert record["outcome"]["kind"] == "expectation"
    result.stdout.fnmatch_lines(["FAIL *: " + reason.replace("[", "[[]")])


def test_an_internal_exception_is_our_fault(pytester: pytest.Pytester) -> None:
    result, record = run(
        pytester, "tester:internal-error", "test_backhaul_station_joins_by_push_button"
    )

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*test_backhaul_station_joins_by_push_button HARNESS*"])
    assert record["outcome"]["kind"] == "internal"
    assert "a fault of ours" in record["outcome"]["message"]


def test_every_scenario_has_a_device_that_fails_it() -> None:
    tree = ast.parse(FILE.read_text(encoding="utf-8"))
    scenarios = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}

    assert {scenario for _, scenario, _ in WRONG} == scenarios


def test_every_tester_is_tried() -> None:
    tried = {tester for tester, _, _ in WRONG} | {"tester:internal-error"}

    assert tried == set(TESTERS["ap"]) | set(TESTERS["sta"])
