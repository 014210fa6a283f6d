"""The BSSIDs that failed lately and are left out for a while."""

from __future__ import annotations

from dataclasses import dataclass

from harness.base.address import MacAddress

_DURATIONS = (10.0, 10.0, 60.0, 120.0, 600.0, 1800.0)


@dataclass(slots=True)
class IgnoredBssid:
    """`count`: failures so far; `until`: when the entry leaves the list by itself."""

    count: int
    duration: float
    until: float


class IgnoreList:
    """BSSID → how often it failed. Source: the station's behaviour page, 4.1."""

    def __init__(self) -> None:
        self._entries: dict[MacAddress, IgnoredBssid] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def count(self, bssid: MacAddress) -> int:
        """How often it failed; 0 when it is not on the list."""
        entry = self._entries.get(bssid)
        return entry.count if entry else 0

    def add(self, bssid: MacAddress, now: float) -> IgnoredBssid:
        """Count one more failure and begin its time anew."""
        count = self.count(bssid) + 1
        duration = _DURATIONS[min(count, len(_DURATIONS)) - 1]
        entry = IgnoredBssid(count, duration, now + duration)
        self._entries[bssid] = entry
        return entry

    def remove(self, bssid: MacAddress) -> bool:
        """Take it off; False when it was not on the list."""
        return self._entries.pop(bssid, None) is not None

    def clear(self) -> None:
        self._entries.clear()

    def expire(self, now: float) -> list[MacAddress]:
        """Take off and return those whose time is over."""
        over = [bssid for bssid, entry in self._entries.items() if entry.until <= now]
        for bssid in over:
            del self._entries[bssid]
        return over

    def bssids(self) -> tuple[MacAddress, ...]:
        """Those on the list, oldest entry first."""
        return tuple(self._entries)
