"""Runs the few tests of a step that failed a second time, apart from the others.

Programs that are not ours keep their own timers, and machines stall. Whoever reads a full run must
know whether a test fails always or failed once; both are told, and neither is hidden.
"""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MOST = 5
"""Failures of one step beyond which nothing is repeated: then it is no chance."""


@dataclass(frozen=True)
class Counts:
    """How many tests ended how."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def counted(junit: Path) -> Counts | None:
    """The counts in a report of pytest's; None if there is none that can be read."""
    try:
        suites = ElementTree.parse(junit).getroot().iter("testsuite")
    except (OSError, ElementTree.ParseError):
        return None
    counts = Counts()
    for suite in suites:
        total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        counts += Counts(total - failed - skipped, failed, skipped)
    return counts


def failures(junit: Path) -> list[str]:
    """What failed, a line each: the test, and the first line of the reason."""
    found = []
    for case in ElementTree.parse(junit).getroot().iter("testcase"):
        wrong = [child for child in case if child.tag in ("failure", "error")]
        for child in wrong[:1]:
            reason = (child.get("message") or "").strip().partition("\n")[0]
            found.append(f"{case.get('classname')}::{case.get('name')}: {reason}")
    return found


def remembering(folder: Path) -> list[str]:
    """Options by which pytest keeps in `folder` what failed, for `passed_when_repeated`."""
    return ["-o", f"cache_dir={folder}"]


def passed_when_repeated(command: Sequence[str], junit: Path, failed: int, reports: Path) -> bool:
    """Run again what failed in the run of `command`; whether all `failed` tests pass alone.

    The first run's report stays in `junit`; the second one's goes beside it.
    """
    if not 0 < failed <= MOST:
        return False
    print(f"\n--- once more: the {failed} that failed", flush=True)
    again = junit.with_name(f"{junit.stem}-once-more.xml")
    again.unlink(missing_ok=True)
    options = ["--last-failed", "--last-failed-no-failures", "none", f"--junitxml={again}"]
    options += ["--reports", str(reports / "once-more")]
    status = subprocess.run([*command, *options], check=False).returncode
    counts = counted(again)
    return status == 0 and counts is not None and counts.passed >= failed
