"""Countermeasures against forged frames in TKIP, whose Michael MIC is weak.

Source: IEEE 802.11-2020, 12.5.2.4.
"""

from __future__ import annotations

from typing import Final

PERIOD_S: Final = 60.0
"""Two failures within it are an attack, and so long nobody gets in then."""


class Countermeasures:
    """Of one BSS, or of one station. `invoked`: how often they began."""

    def __init__(self) -> None:
        self.invoked = 0
        self._last: float | None = None
        self._until: float | None = None

    def failed(self, now: float) -> bool:
        """A Michael MIC was wrong, here or at a station; True: countermeasures begin."""
        if self.active(now):
            return False
        again = self._last is not None and now - self._last <= PERIOD_S
        self._last = None if again else now
        if again:
            self.invoked += 1
            self._until = now + PERIOD_S
        return again

    def active(self, now: float) -> bool:
        return self._until is not None and now < self._until

    def deadline(self) -> float | None:
        """When they end, until `ended` has said so."""
        return self._until

    def ended(self, now: float) -> bool:
        """Say once that they are over."""
        if self._until is None or now < self._until:
            return False
        self._until = None
        return True
