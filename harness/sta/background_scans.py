"""Looks for a better AP of the network while connected, by `bgscan`; what it finds roams.

See `harness.sta.background` for when, `harness.sta.learned` for where.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from harness.base.address import MacAddress
from harness.base.errors import ConfigError
from harness.base.seam import WatchSignal
from harness.base.seam_events import LinkMeasurement
from harness.sta import events
from harness.sta.background import BackgroundPlan, Pace
from harness.sta.core import Core
from harness.sta.joining import Attempt
from harness.sta.learned import LearnedNetwork
from harness.sta.scanning import Wish
from harness.sta.state import WpaState

_HYSTERESIS_DB: Final = 4


class Outside(Protocol):
    """What the station's program has for it."""

    def measure(self, bssid: MacAddress) -> LinkMeasurement | None:
        """What the radio knows of the link to `bssid`."""

    def remembered(self, path: str) -> str | None:
        """Read a file of what was learned; None when there is none. Raises `ConfigError`."""

    def remember(self, path: str, text: str) -> None:
        """Put `text` in that file's place. Raises `ConfigError`."""


class Nowhere:
    """No program: nothing is measured, nothing is kept."""

    def measure(self, bssid: MacAddress) -> LinkMeasurement | None:
        return None

    def remembered(self, path: str) -> str | None:
        return None

    def remember(self, path: str, text: str) -> None:
        raise ConfigError(f"{path}: there is nothing to keep a file in")


@dataclass(frozen=True, slots=True)
class _Link:
    """What background scans are for: with another link, or by another plan, they begin anew."""

    bssid: MacAddress
    network_id: int
    plan: str


class BackgroundScans:
    """The background scans of one station."""

    def __init__(self, core: Core, outside: Outside) -> None:
        self._core = core
        self._outside = outside
        self._link: _Link | None = None
        self._pace: Pace | None = None
        self._learned: LearnedNetwork | None = None

    @property
    def active(self) -> bool:
        """True while they go on, and the radio watches the AP's signal for them."""
        return self._pace is not None

    def deadline(self) -> float | None:
        """When `tick` is due."""
        return None if self._pace is None else self._pace.due

    def follow(self, now: float) -> None:
        """Begin and end as the connection and the configuration go."""
        link = self._wanted()
        if self._link is not None and link != self._link:
            self._stop(now)
        completed = self._core.connection.state is WpaState.COMPLETED
        if link is not None and self._link is None and completed:
            self._start(link, now)
        pace = self._pace
        if pace is not None and pace.due is None and self._core.scanner.running is None:
            pace.rest(now)

    def tick(self, now: float) -> None:
        """Scan if it is time to."""
        self.follow(now)
        pace = self._pace
        if pace is not None and pace.due is not None and pace.due <= now:
            self._scan(pace, now)

    def cross(self, now: float, *, above: bool) -> None:
        """The AP's signal has passed what is watched for."""
        if self._pace is not None:
            self._pace.cross(now, above=above)

    def note_results(self, now: float) -> None:
        """Any scan has ended, and its results are in the table."""
        if self._pace is not None:
            self._pace.rest(now)
            self._learn()

    def _wanted(self) -> _Link | None:
        attempt = self._core.connection.attempt
        if attempt is None or self._core.connection.state < WpaState.ASSOCIATED:
            return None
        if attempt.enrolling or attempt.network_id not in self._core.networks:
            return None
        own = self._core.networks[attempt.network_id].bgscan
        plan = self._core.config.bgscan if own is None else own
        return _Link(attempt.bssid, attempt.network_id, plan) if plan else None

    def _start(self, link: _Link, now: float) -> None:
        self._link = link
        try:
            plan = BackgroundPlan.parse(link.plan)
            self._learned = self._load(plan)
        except ConfigError as error:
            self._core.report(now, events.BACKGROUND_SCANS_REFUSED, reason=str(error))
            return
        above = plan.threshold != 0 and self._is_above(link.bssid, plan.threshold)
        self._pace = Pace.start(plan, now, above=above)
        if plan.threshold:
            self._watch(plan.threshold, _HYSTERESIS_DB)
        self._learn()

    def _stop(self, now: float) -> None:
        pace, learned, self._link = self._pace, self._learned, None
        self._pace = self._learned = None
        if pace is None:
            return
        if pace.plan.threshold:
            self._watch(0, 0)
        if learned is not None and pace.plan.database is not None:
            try:
                self._outside.remember(pace.plan.database, learned.text())
            except ConfigError as error:
                self._core.report(now, events.BACKGROUND_SCANS_REFUSED, reason=str(error))

    def _load(self, plan: BackgroundPlan) -> LearnedNetwork | None:
        if not plan.learns:
            return None
        text = None if plan.database is None else self._outside.remembered(plan.database)
        return LearnedNetwork() if text is None else LearnedNetwork.parse(text)

    def _watch(self, threshold: int, hysteresis: int) -> None:
        interface = self._core.interface
        command = WatchSignal(interface=interface, threshold=threshold, hysteresis=hysteresis)
        self._core.perform(command)

    def _is_above(self, bssid: MacAddress, threshold: int) -> bool:
        measured = self._outside.measure(bssid)
        if measured is not None and measured.signal is not None:
            return measured.signal > threshold
        bss = self._core.table.get(bssid)
        return bss is not None and bss.signal > threshold

    def _learn(self) -> None:
        if self._learned is not None:
            ssid = self._attempt().ssid
            alike = (bss for bss in self._core.table if bss.ssid == ssid and not bss.unseen)
            self._learned.see((bss.bssid, bss.frequency) for bss in alike)

    def _scan(self, pace: Pace, now: float) -> None:
        """Ask for the network by its name; what else is planned stays so."""
        scanner, attempt = self._core.scanner, self._attempt()
        if scanner.running is not None:
            self._core.report(now, events.SCAN_REJECTED)
            pace.rest(now)
            return
        planned, wish = scanner.due, scanner.wish
        frequencies = self._core.networks[attempt.network_id].scan_freq
        if self._learned is not None and not frequencies:
            frequencies = self._learned.frequencies(self._core.identity.frequencies)
        scanner.wish = Wish(frequencies=frequencies, ssids=(attempt.ssid,), active=True)
        pace.begin(now)
        self._core.begin_scan(now)
        scanner.due, scanner.wish = planned, wish

    def _attempt(self) -> Attempt:
        attempt = self._core.connection.attempt
        assert attempt is not None, "without a link there is no plan"
        return attempt
