"""When to scan while nothing is found, by the plan of `autoscan`. Source: sta-control, 3.3."""

from __future__ import annotations

from dataclasses import dataclass

from harness.base.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Autoscan:
    """`periodic`: always `base` seconds; `exponential`: base, its square and so on to `limit`."""

    base: int
    limit: int
    grows: bool

    @classmethod
    def parse(cls, text: str) -> Autoscan:
        """Read `periodic:30` or `exponential:3:300`. Raises `ConfigError`."""
        kind, _, rest = text.partition(":")
        words = rest.split(":")
        if not all(word.isascii() and word.isdecimal() and 0 < int(word) < 10**6 for word in words):
            raise ConfigError(f"autoscan: {text!r} has no good interval")
        if kind == "periodic" and len(words) == 1:
            return cls(int(words[0]), int(words[0]), False)
        if kind == "exponential" and len(words) == 2:
            return cls(int(words[0]), int(words[1]), True)
        raise ConfigError(f"autoscan: {text!r} is neither periodic:S nor exponential:BASE:LIMIT")

    def interval(self, fruitless: int) -> float:
        """How long to wait after so many scans that found nothing, in seconds."""
        if not self.grows or self.base == 1:
            return float(self.base)
        waits = self.base
        for _ in range(fruitless - 1):
            waits *= self.base
            if waits >= self.limit:
                break
        return float(min(waits, self.limit))
