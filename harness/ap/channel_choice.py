"""Automatic channel selection: the radio looks around before its access point begins.

How much a channel is used is estimated by the BSSs that beacon on it and beside it, and by how
loud they are: what is sent and is no Beacon is not counted. Source: the example configuration file
of hostapd 2.10, "ACS tuning".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from harness.ap import channels, events, ht
from harness.ap.access_point import Actions
from harness.ap.config import channel_number
from harness.ap.patient_scan import PatientScan
from harness.ap.reporting import Reporter
from harness.base.errors import UsageError
from harness.base.seam_events import BssObservation, CommandFailed, RadioEvent, ScanFinished

PREFERRED: Final[Mapping[int, float]] = {1: 0.8, 6: 0.8, 11: 0.8}
"""Biases of the channels of the 2.4 GHz band that do not overlap."""

_AIR: Final = 0.1
"""What even an unused channel counts, so that a bias means something there."""

_OVERLAP_MHZ: Final = 25
"""So far apart two channels of 20 MHz no longer disturb each other."""

_LOUDEST_DBM: Final = -30
_QUIETEST_DBM: Final = -95
_LEAST: Final = 0.05


@dataclass(frozen=True, slots=True)
class Survey:
    """What is chosen from. `frequencies`: in MHz, the first of equals is taken. `scans`: how many.

    `beside`: further frequencies to listen on, for those that overlap. `biases`: factors by
    channel number, those below 1 make a channel more likely.
    """

    frequencies: tuple[int, ...]
    scans: int = 5
    beside: tuple[int, ...] = ()
    biases: Mapping[int, float] = field(default_factory=lambda: PREFERRED)

    @property
    def listened_to(self) -> tuple[int, ...]:
        near = (each for each in self.beside if self._is_near(each))
        return tuple(sorted({*self.frequencies, *near}))

    def _is_near(self, frequency: int) -> bool:
        return any(abs(frequency - each) < _OVERLAP_MHZ for each in self.frequencies)

    def quietest(self, heard: Collection[BssObservation], scans: int) -> int:
        """The best frequency after `scans` scans, each of which may have heard the same BSS."""

        def use(frequency: int) -> float:
            loads = (_overlap(frequency, each.frequency) * _loudness(each) for each in heard)
            return (_AIR + sum(loads) / scans) * self.biases.get(channel_number(frequency), 1.0)

        return min(self.frequencies, key=use)


class ChannelChoice:
    """One choice of a radio's. `interface`: its first BSS's; `node`: the device's name in events.

    `chosen`: the frequency in MHz, once it is known. `failed`: the radio can't scan. When either
    is so it is over.
    """

    def __init__(self, survey: Survey, interface: str, node: str) -> None:
        self.state: Final = "ACS"
        self.survey: Final = survey
        self.chosen: int | None = None
        self.failed = False
        self._reporter = Reporter(node, interface)
        self._heard: list[BssObservation] = []
        self._scans = 0
        self._scan: Final = PatientScan(interface, survey.listened_to, self._reporter)

    def start(self, now: float) -> Actions:
        return (*self._scan.ask(), self._reporter.event(now, events.CHANNEL_CHOICE_BEGUN))

    def end(self) -> Actions:
        """Give it up."""
        return self._scan.end()

    def step(self, event: RadioEvent, now: float) -> Actions:
        """Take what the radio says."""
        if isinstance(event, ScanFinished):
            return self._finished(event, now)
        if self._scan.is_refused_by(event):
            return self._refused(event, now)
        return ()

    def deadline(self) -> float | None:
        return self._scan.deadline()

    def tick(self, now: float) -> Actions:
        """Ask again for a scan that the radio had no time for."""
        return self._scan.tick(now)

    def _finished(self, event: ScanFinished, now: float) -> Actions:
        if self._scan.waiting:
            return ()
        self._heard += event.results
        self._scans += 1
        if self._scans < self.survey.scans:
            return self._scan.ask()
        self.chosen = self.survey.quietest(self._heard, self._scans)
        fields = {"frequency": self.chosen, "channel": channel_number(self.chosen)}
        return (self._reporter.event(now, events.CHANNEL_CHOSEN, **fields),)

    def _refused(self, event: CommandFailed, now: float) -> Actions:
        told = self._scan.refused(event, now)
        if self._scan.waiting:
            return told
        self.failed = True
        return (*told, self._reporter.event(now, events.CHANNEL_CHOICE_FAILED))


def _overlap(one: int, other: int) -> float:
    return max(0.0, 1 - abs(one - other) / _OVERLAP_MHZ)


def _loudness(bss: BssObservation) -> float:
    """How much of the air a BSS takes here: from a little, at the edge of being heard, to 1."""
    share = (bss.signal - _QUIETEST_DBM) / (_LOUDEST_DBM - _QUIETEST_DBM)
    return min(max(share, _LEAST), 1.0)


def survey(radio: Mapping[str, Any], is_usable: Callable[[int], bool]) -> Survey:
    """What the keys of a radio leave to choose from. Raises `UsageError` when that is nothing.

    Channels that a radar has the right of way on are never used, `acs_exclude_dfs` or not.
    """
    side = ht.described(radio).secondary if ht.read(radio) else 0
    allowed = (each for each in channels.allowed(radio) if ht.fits(each, side))
    usable = tuple(filter(is_usable, allowed))
    if not usable:
        raise UsageError("no channel that may be chosen can be used by the radio")
    everywhere = channels.allowed({"hw_mode": radio.get("hw_mode", "b")})
    return Survey(
        channels.worth_choosing(radio, usable),
        scans=radio.get("acs_num_scans", 5),
        beside=tuple(filter(is_usable, everywhere)),
        biases=radio.get("acs_chan_bias", PREFERRED),
    )
