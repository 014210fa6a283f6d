"""When to scan, and for what. Source: the station's behaviour page, 3.1 and 3.2."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from harness.base.address import MacAddress
from harness.base.errors import UsageError
from harness.base.seam import Scan
from harness.sta.config import Network, StationConfig

START_DELAY_S: Final = 0.1
WPS_INTERVAL_S: Final = 0.5
REFUSED_DELAY_S: Final = 1.0
REGISTRATION_CHANNEL_SCANS: Final = 5
MAXIMUM_SSIDS: Final = 4
"""SSIDs in one scan, the wildcard included: what every driver takes."""

_AFTER_FAILURES = (0.1, 0.5, 1.0, 5.0, 10.0)


class Busy(UsageError):
    """A scan can't begin now."""


def delay_after_failures(failures: int) -> float:
    """How long to wait before the scan that follows the n-th failed attempt, in seconds."""
    return _AFTER_FAILURES[min(max(failures, 1), len(_AFTER_FAILURES)) - 1]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a user wants of one scan. Empty `frequencies` (MHz) and `ssids`: as in other scans.

    `passive`, `active`: whatever `passive_scan` says. `reports_only`: its results lead to no
    connection. `bssid`: whom Probe Requests ask.
    `afresh`: what earlier scans saw does not count. `number`: its id in events, None without one.
    """

    frequencies: tuple[int, ...] = ()
    ssids: tuple[bytes, ...] = ()
    passive: bool = False
    active: bool = False
    reports_only: bool = False
    bssid: MacAddress | None = None
    afresh: bool = False
    number: int | None = None


NO_WISH: Final = Wish()


@dataclass(slots=True)
class Scanner:
    """Keeps the time of the next scan and what the one under way is for.

    `due`: when the next begins, None for never. `running`: the scan asked of the radio.
    `reports_only`: its results lead to no connection. `aborted`: it is to end early.
    `unseen`: it was under way when the user left, and does not show in the state.
    `finished_at`: when the last one ended.
    `registration_left`: scans still limited to `registration_frequency`. `first_frequency`: where
    alone the next one looks, 0 for no limit. `wish`: what the next one is to be. `number`: the
    id that the user gave the one under way.
    """

    due: float | None = None
    running: Scan | None = None
    reports_only: bool = False
    aborted: bool = False
    unseen: bool = False
    finished_at: float | None = None
    registration_left: int = 0
    registration_frequency: int = 0
    first_frequency: int = 0
    wish: Wish = NO_WISH
    number: int | None = None
    _rotation: int = field(default=0, repr=False)

    def request(self, at: float) -> None:
        """Scan at `at`, or earlier if that was planned, but after the one under way."""
        if self.due is None or at < self.due:
            self.due = at

    def reschedule(self, at: float) -> None:
        """Scan at `at`, whatever was planned."""
        self.due = at

    def stop(self) -> None:
        """Plan no scan; the one under way ends by itself and only reports."""
        self.due = None
        self.reports_only = self.running is not None

    def forget(self) -> None:
        """Plan no scan, and await no end of the one under way."""
        self.due, self.running, self.number = None, None, None

    def is_due(self, now: float) -> bool:
        return self.running is None and self.due is not None and self.due <= now

    def deadline(self) -> float | None:
        return None if self.running is not None else self.due

    def begin(
        self, interface: str, config: StationConfig, networks: list[Network], elements: bytes
    ) -> Scan:
        """The command for the scan that is due. `networks`: the enabled ones."""
        self.due = None
        wish, self.wish = self.wish, NO_WISH
        passive = wish.passive or (config.passive_scan and not wish.active)
        self.reports_only |= wish.reports_only
        self.number = wish.number
        self.aborted = self.unseen = False
        self.running = Scan(
            interface=interface,
            ssids=() if passive else wish.ssids or self._ssids(networks),
            frequencies=wish.frequencies or self._frequencies(config, networks),
            elements=b"" if passive else elements,
            bssid=wish.bssid,
            afresh=wish.afresh,
        )
        return self.running

    def numbered(self) -> dict[str, object]:
        """The id of the scan under way as its events tell it, if the user gave it one."""
        return {} if self.number is None else {"scan": self.number}

    def finish(self, now: float) -> Scan | None:
        """The scan that ended, None when it was not ours."""
        ended, self.running = self.running, None
        self.finished_at = now
        return ended

    def keep_to_registration_channel(self, frequency: int) -> None:
        """Limit the next scans to where the registration took place."""
        self.registration_left = REGISTRATION_CHANNEL_SCANS
        self.registration_frequency = frequency

    def _ssids(self, networks: list[Network]) -> tuple[bytes, ...]:
        named = [each.ssid for each in networks if each.scan_ssid and each.ssid]
        room = MAXIMUM_SSIDS - 1
        if len(named) > room:
            start = self._rotation % len(named)
            self._rotation += room
            named = (named[start:] + named[:start])[:room]
        return (*named, b"")

    def _frequencies(self, config: StationConfig, networks: list[Network]) -> tuple[int, ...]:
        if self.first_frequency:
            frequency, self.first_frequency = self.first_frequency, 0
            return (frequency,)
        if self.registration_left:
            self.registration_left -= 1
            return (self.registration_frequency,)
        if networks and all(network.scan_freq for network in networks):
            return _union(network.scan_freq for network in networks)
        return config.freq_list


def _union(lists: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(frequency for each in lists for frequency in each))
