"""When to look for a better AP while connected: `bgscan`.

Source: wpa_supplicant's sample configuration; where that is silent, what version 2.10 does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from harness.base.errors import ConfigError

_USUAL_S: Final = 30
_CALM_S: Final = 2
"""A scan begun within the last of the clock's seconds, or the one before, is not repeated."""
_NUMBER: Final = re.compile(r"\s*([+-]?[0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class BackgroundPlan:
    """Intervals in seconds: `short_s` while the AP is heard below `threshold` (dBm), or `long_s`.

    `threshold` 0: it is not looked at. `learns`: scan where APs of the network were seen, and one
    channel more each time. `database`: the file where what was seen is kept.
    """

    learns: bool
    short_s: int = _USUAL_S
    threshold: int = 0
    long_s: int = _USUAL_S
    database: str | None = None

    @classmethod
    def parse(cls, text: str) -> BackgroundPlan:
        """Read `simple:S:T:L` or `learn:S:T:L:FILE`; what is left out at the end is as usual.

        What is no number is 0, and an interval of 0 is as usual. Raises `ConfigError`.
        """
        kind, _, rest = text.partition(":")
        if kind not in ("simple", "learn"):
            raise ConfigError(f"bgscan: neither simple nor learn: {kind!r}")
        short, threshold, long, database = [*rest.split(":", 3), None, None, None][:4]
        if threshold is not None and long is None:
            raise ConfigError("bgscan: no interval for when the AP is heard well")
        return cls(
            learns=kind == "learn",
            short_s=_interval(short),
            threshold=_number(threshold),
            long_s=_interval(long),
            database=database or None,
        )


def _number(text: str | None) -> int:
    found = _NUMBER.match(text or "")
    return int(found[1]) if found else 0


def _interval(text: str | None) -> int:
    seconds = _number(text)
    return seconds if seconds > 0 else _USUAL_S


@dataclass(slots=True)
class Pace:
    """The times of background scans on one link.

    `interval`: in seconds, the present one. `due`: when the next scan begins; None while one runs.
    `begun_at`: when the last one began, or the link.
    """

    plan: BackgroundPlan
    interval: int
    begun_at: float
    due: float | None
    _in_a_row: int = field(default=0, repr=False)

    @classmethod
    def start(cls, plan: BackgroundPlan, now: float, *, above: bool) -> Pace:
        """Begin; `above`: the AP is heard above the threshold."""
        interval = plan.long_s if above else plan.short_s
        return cls(plan, interval, now, now + interval)

    def rest(self, now: float) -> None:
        """Wait a whole interval: a scan has ended, or could not begin."""
        self.due = now + self.interval

    def begin(self, now: float) -> None:
        """A scan begins. `simple` goes over to the long interval after many with the short one.

        As many as there is room for in a long interval; long ones make room again.
        """
        self.begun_at, self.due = now, None
        if self.plan.learns:
            return
        if self.interval == self.plan.short_s:
            self._in_a_row += 1
            if self._in_a_row >= self.plan.long_s // self.plan.short_s + 1:
                self.interval = self.plan.long_s
        elif self._in_a_row:
            self._in_a_row -= 1

    def cross(self, now: float, *, above: bool) -> None:
        """The AP's signal has passed the threshold: another interval, from now on."""
        if above and self.interval == self.plan.short_s:
            self.interval = self.plan.long_s
            self.rest(now)
        elif not above and self.interval == self.plan.long_s:
            self.interval = self.plan.short_s
            calm = int(now) - int(self.begun_at) < _CALM_S
            self.due = now + self.interval if calm else now
