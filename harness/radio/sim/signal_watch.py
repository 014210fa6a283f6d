"""When an AP's signal has passed a threshold, as mac80211 finds out (linux/net/mac80211.h, CQM)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class SignalWatch:
    """Signals and threshold in dBm, hysteresis in dB. `last`: the signal of the last word.

    `threshold` 0: nothing is watched.
    """

    threshold: int = 0
    hysteresis: int = 0
    last: int | None = None

    def forget(self) -> None:
        """Begin anew, as with another AP."""
        self.last = None

    def hear(self, signal: int) -> bool | None:
        """Compare: True when it is above from now on, False below, None when that is no news."""
        if not self.threshold or signal == self.threshold:
            return None
        above = signal > self.threshold
        if self.last is not None:
            change = signal - self.last if above else self.last - signal
            if change <= self.hysteresis:
                return None
        self.last = signal
        return above
