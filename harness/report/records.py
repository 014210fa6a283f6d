"""Reads a run's folder back: what was planned, and the record of each scenario that ran."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.base.errors import AirproofError
from harness.report.known import Finding, explanation
from harness.report.verdict import Judgement, Verdict, judge


class BadRecord(AirproofError):
    """A file of a run's folder that can't be read; says which and why."""


@dataclass(frozen=True)
class ScenarioResult:
    """One scenario of a run. `folder` is None when it did not run."""

    id: str
    nodeid: str
    folder: Path | None
    record: Mapping[str, Any]
    judgement: Judgement

    @property
    def requirement(self) -> Mapping[str, str]:
        requirement: Mapping[str, str] = self.record.get("requirement", {})
        return requirement


@dataclass(frozen=True)
class Run:
    """A run's folder, read. `about` is its `run.json`."""

    folder: Path
    about: Mapping[str, Any]
    results: tuple[ScenarioResult, ...]

    @cached_property
    def counts(self) -> Counter[Verdict]:
        return Counter(result.judgement.verdict for result in self.results)

    @property
    def good(self) -> bool:
        """True when something ran and every verdict is good."""
        return bool(self.results) and all(result.judgement.good for result in self.results)


def read_json(path: Path) -> Any:
    """Raises `BadRecord` with the path when the file is missing or is not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadRecord(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise BadRecord(f"{path}: not JSON: {error}") from error


def read_run(folder: Path) -> Run:
    """Read a run's folder: what is wrong, what did not run, then what is good, each by id."""
    about = read_json(folder / "run.json")
    findings = [Finding(**entry) for entry in about.get("known_findings", ())]
    recorded: dict[str, ScenarioResult] = {}
    for path in sorted(folder.glob("*/record.json")):
        record = read_json(path)
        try:
            message = record["outcome"].get("message", "")
            devices = record.get("devices", ())
            known = explanation(findings, record["id"], devices, message)
            recorded[record["nodeid"]] = ScenarioResult(
                record["id"], record["nodeid"], path.parent, record, judge(record, known)
            )
        except (KeyError, TypeError) as error:
            raise BadRecord(f"{path}: no field {error}") from error
    planned = about.get("planned", ())
    results = [
        recorded.pop(plan["nodeid"]) if plan["nodeid"] in recorded else _not_run(plan)
        for plan in planned
    ]
    results += recorded.values()
    results.sort(key=_urgency)
    return Run(folder, about, tuple(results))


def _urgency(result: ScenarioResult) -> tuple[bool, bool, str]:
    judgement = result.judgement
    return judgement.good, judgement.verdict is Verdict.NOT_RUN, result.id


def _not_run(plan: Mapping[str, Any]) -> ScenarioResult:
    judgement = Judgement(Verdict.NOT_RUN, "the run ended before it")
    return ScenarioResult(plan["id"], plan["nodeid"], None, plan, judgement)
