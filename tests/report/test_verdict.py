"""Verdicts follow from raw records by the published rule, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from harness.report.verdict import MEANING, Verdict, judge


def record(kind: str, *, phase: str = "call", level: str = "MUST", lost: int = 0) -> dict[str, Any]:
    return {
        "requirement": {"level": level},
        "outcome": {"kind": kind, "phase": phase, "message": "because"},
        "lost_frames": lost,
    }


@pytest.mark.parametrize(
    ("raw", "verdict"),
    [
        (record("passed"), Verdict.PASS),
        (record("expectation"), Verdict.FAIL),
        (record("violation"), Verdict.FAIL),
        (record("expectation", level="SHOULD"), Verdict.WEAK),
        (record("expectation", level="OBSERVE"), Verdict.PASS),
        (record("expectation", phase="setup"), Verdict.SETUP),
        (record("violation", phase="setup"), Verdict.SETUP),
        (record("expectation", phase="teardown"), Verdict.HARNESS),
        (record("expectation", lost=3), Verdict.INCONCLUSIVE),
        (record("passed", lost=3), Verdict.PASS),
        (record("setup"), Verdict.SETUP),
        (record("unsupported"), Verdict.UNSUPPORTED),
        (record("inconclusive"), Verdict.INCONCLUSIVE),
        (record("internal"), Verdict.HARNESS),
        (record("skipped"), Verdict.NOT_RUN),
        (record("a kind nobody knows"), Verdict.HARNESS),
    ],
)
def test_each_outcome_has_its_verdict(raw: dict[str, Any], verdict: Verdict) -> None:
    assert judge(raw).verdict is verdict


def test_only_a_breach_after_set_up_can_fail_a_device() -> None:
    kinds = ("passed", "setup", "unsupported", "inconclusive", "internal", "skipped", "other")
    phases = ("setup", "call", "teardown")
    verdicts = {judge(record(kind, phase=phase)).verdict for kind in kinds for phase in phases}
    assert Verdict.FAIL not in verdicts


def test_a_verdict_other_than_pass_gives_its_reason() -> None:
    assert judge(record("expectation")).reason == "because"
    assert judge(record("expectation", level="OBSERVE")).reason == "observed otherwise: because"
    assert set(MEANING) == set(Verdict)
