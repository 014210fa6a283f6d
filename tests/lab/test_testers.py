"""For each scenario a wrong device makes it FAIL, for the reason that the device is wrong in.

Which device, scenario and reason is told by the tables `wrong_*.py` beside this file, one for
each file of scenarios.
"""

from __future__ import annotations

import ast
import importlib
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from harness.lab.testers import TESTERS

pytest_plugins = ["pytester"]

SCENARIOS = Path(__file__).parents[2] / "scenarios"
TABLES = [
    importlib.import_module(path.stem) for path in sorted(Path(__file__).parent.glob("wrong_*.py"))
]
WRONG = [(SCENARIOS / table.FILE, *row) for table in TABLES for row in table.WRONG]


_WORDS = {"MUST": "FAIL", "SHOULD": "WEAK", "OBSERVE": "PASS"}
"""Level → verdict of a requirement that is not met; with OBSERVE that is only remarked upon."""


def run(
    pytester: pytest.Pytester, file: Path, role: str, tester: str, scenario: str
) -> tuple[Any, dict[str, Any]]:
    result = pytester.runpytest_inprocess(
        f"{file}::{scenario}", f"--{role}", tester, "--reports", str(pytester.path), "-v",
        "-p", "no:randomly", "-p", "no:hypothesispytest", "-p", "no:cacheprovider",
    )
    (record,) = pytester.path.glob("latest/*/record.json")
    return result, json.loads(record.read_text())


@pytest.mark.parametrize(
    ("file", "role", "tester", "scenario", "reason"),
    WRONG,
    ids=[f"{tester}-{scenario}" for _, _, tester, scenario, _ in WRONG],
)
def test_a_wrong_device_fails_for_its_reason(
    pytester: pytest.Pytester, file: Path, role: str, tester: str, scenario: str, reason: str
) -> None:
    result, record = run(pytester, file, role, tester, scenario)

    word = _WORDS[record["requirement"]["level"]]
    assert result.ret == (pytest.ExitCode.TESTS_FAILED if word == "FAIL" else pytest.ExitCode.OK)
    result.stdout.fnmatch_lines([f"*{scenario} {word}*"])
    assert record["outcome"]["kind"] == "expectation"
    result.stdout.fnmatch_lines([f"{word} * " + reason.replace("[", "[[]")])


def test_an_internal_exception_is_our_fault(pytester: pytest.Pytester) -> None:
    result, record = run(
        pytester,
        SCENARIOS / "multi_ap/test_onboarding.py",
        "ap",
        "tester:internal-error",
        "test_backhaul_station_joins_by_push_button",
    )

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*test_backhaul_station_joins_by_push_button HARNESS*"])
    assert record["outcome"]["kind"] == "internal"
    assert "a fault of ours" in record["outcome"]["message"]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.FILE)
def test_every_scenario_has_a_device_that_fails_it(table: ModuleType) -> None:
    tree = ast.parse((SCENARIOS / table.FILE).read_text(encoding="utf-8"))
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    scenarios = {name for name in functions if name.startswith("test_")}

    assert {scenario for _, _, scenario, _ in table.WRONG} == scenarios


def test_every_file_of_scenarios_has_a_table() -> None:
    files = {str(path.relative_to(SCENARIOS)) for path in SCENARIOS.glob("*/test_*.py")}

    assert {table.FILE for table in TABLES} == files


def test_every_tester_is_tried() -> None:
    tried = {(role, tester) for _, role, tester, _, _ in WRONG} | {("ap", "tester:internal-error")}

    assert tried == {(role, tester) for role in TESTERS for tester in TESTERS[role]}
