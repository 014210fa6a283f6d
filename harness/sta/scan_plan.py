"""When to look again once the first scans found nothing: `sched_scan_…`. Source: sta, 1.3, 3.1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from harness.base.errors import ConfigError

FIRST_SCANS: Final = 3
"""So many go by the usual interval before."""
_MOST: Final = 10**6


@dataclass(frozen=True, slots=True)
class ScanPlan:
    """`steps`: intervals in seconds, each with how many scans go by it; the last goes on."""

    steps: tuple[tuple[int, int], ...]

    @classmethod
    def parse(cls, text: str) -> ScanPlan:
        """Read `10:100 20:200 30`: an interval and a count for each step. Raises `ConfigError`."""
        words = text.split()
        steps = tuple(_step(word, last=at == len(words)) for at, word in enumerate(words, 1))
        if not steps:
            raise ConfigError("sched_scan_plans: no step at all")
        return cls(steps)

    def interval(self, scans: int) -> float:
        """How long to wait after so many scans by the plan, in seconds."""
        for interval, count in self.steps:
            if scans < count:
                return float(interval)
            scans -= count
        return float(self.steps[-1][0])


def _step(word: str, *, last: bool) -> tuple[int, int]:
    interval, colon, count = word.partition(":")
    if not colon and not last:
        raise ConfigError(f"sched_scan_plans: only the last step has no count: {word!r}")
    for number in (interval, count) if colon else (interval,):
        if not number.isascii() or not number.isdecimal() or not 0 < int(number) < _MOST:
            raise ConfigError(f"sched_scan_plans: no good number: {word!r}")
    return int(interval), int(count or 1)
