"""The one clock of a world."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Gives the time in seconds since the world began; never falls."""

    def now(self) -> float: ...
