"""Known findings: failures of real programs that were looked into and are theirs.

They stay FAIL. They only stop to make a run as a whole bad, and their explanation is shown.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from harness.base.errors import ConfigError


@dataclass(frozen=True)
class Finding:
    """One requirement that one version of one program breaks.

    `role`: ap or sta. `kind` and `version`: as the device names itself in records. `shows`: what
    the failure's message holds; the same requirement broken in another way is not known.
    """

    requirement: str
    role: str
    kind: str
    version: str
    shows: str
    clause: str
    explanation: str

    def about(self, requirement: str, devices: Iterable[Mapping[str, Any]]) -> bool:
        """True when it is about this requirement and one of these devices."""
        mine = (self.role, self.kind, self.version)
        return requirement == self.requirement and any(
            mine == (device["role"], device["kind"], device["version"]) for device in devices
        )


def read_findings(path: Path) -> tuple[Finding, ...]:
    """Read a file of `[[finding]]` tables; an absent file holds none.

    Raises `ConfigError` with the file and the reason.
    """
    if not path.exists():
        return ()
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("finding", [])
    except ValueError as error:
        raise ConfigError(str(error), file=str(path)) from error
    return tuple(_finding(entry, number, path) for number, entry in enumerate(entries, 1))


def _finding(entry: Mapping[str, Any], number: int, path: Path) -> Finding:
    names = {field.name for field in fields(Finding)}
    wrong = names.symmetric_difference(entry)
    if wrong:
        text = f"finding {number}: missing or unknown: {', '.join(sorted(wrong))}"
        raise ConfigError(text, file=str(path))
    return Finding(**entry)


def plain(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """Give findings as `run.json` keeps them."""
    return [asdict(finding) for finding in findings]


def explanation(
    findings: Iterable[Finding],
    requirement: str,
    devices: Iterable[Mapping[str, Any]],
    message: str,
) -> str:
    """Give the explanation that fits, or an empty text. `message`: empty where nothing failed."""
    present = list(devices)
    for finding in findings:
        if finding.about(requirement, present) and (not message or finding.shows in message):
            return f"{finding.explanation} [{finding.clause}]"
    return ""
