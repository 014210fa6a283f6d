"""A known finding stays a FAIL, is explained, and fits one requirement of one program only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.base.errors import ConfigError
from harness.report.known import explanation, read_findings
from harness.report.verdict import Verdict, judge

TEXT = """
[[finding]]
requirement = "map.role.x"
role = "ap"
kind = "hostapd"
version = "2.10"
shows = "status 0"
clause = "README-MULTI-AP"
explanation = "It accepts what it should deny."
"""
HOSTAPD = {"name": "ap", "role": "ap", "kind": "hostapd", "version": "2.10"}
FAILED: dict[str, Any] = {
    "requirement": {"level": "MUST"},
    "outcome": {"kind": "expectation", "phase": "call", "message": "status 0"},
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "known-findings.toml"
    file.write_text(TEXT)
    return file


def test_a_finding_fits_its_program_alone(path: Path) -> None:
    findings = read_findings(path)
    known = "It accepts what it should deny. [README-MULTI-AP]"
    assert explanation(findings, "map.role.x", [HOSTAPD], "got status 0") == known
    assert explanation(findings, "map.role.y", [HOSTAPD], "got status 0") == ""
    assert explanation(findings, "map.role.x", [{**HOSTAPD, "version": "2.11"}], "") == ""
    assert explanation(findings, "map.role.x", [{**HOSTAPD, "kind": "airproof"}], "") == ""


def test_another_failure_of_the_same_requirement_is_not_known(path: Path) -> None:
    findings = read_findings(path)
    assert explanation(findings, "map.role.x", [HOSTAPD], "no response at all") == ""
    assert explanation(findings, "map.role.x", [HOSTAPD], "") != ""


def test_a_known_failure_stays_a_fail_but_is_good() -> None:
    judgement = judge(FAILED, "why")
    assert judgement.verdict is Verdict.FAIL
    assert judgement.good
    assert not judge(FAILED).good


def test_nothing_but_a_fail_is_excused() -> None:
    for kind in ("internal", "setup", "inconclusive"):
        record = {**FAILED, "outcome": {**FAILED["outcome"], "kind": kind}}
        assert not judge(record, "why").good


def test_a_finding_that_does_not_show_is_said() -> None:
    passed = {**FAILED, "outcome": {"kind": "passed", "phase": "call"}}
    assert "take it off the list" in judge(passed, "why").reason


def test_an_absent_file_holds_no_finding(tmp_path: Path) -> None:
    assert read_findings(tmp_path / "none.toml") == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[finding", "known-findings.toml"),
        (TEXT.replace('role = "ap"\n', ""), "finding 1: missing or unknown: role"),
        (TEXT + 'colour = "red"\n', "finding 1: missing or unknown: colour"),
    ],
)
def test_a_bad_file_is_one_clear_error(path: Path, text: str, reason: str) -> None:
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"known-findings\.toml") as caught:
        read_findings(path)
    assert reason in str(caught.value)
