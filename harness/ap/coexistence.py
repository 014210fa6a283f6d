"""Before a channel of 40 MHz is begun with: a look at whom it would disturb.

In the 2.4 GHz band 20 MHz are used instead where other BSSs overlap; in the 5 GHz band the halves
change places where the other one is where others have their primary channel. Source: IEEE
802.11-2020, 11.15.3.2 and 11.15.12.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Final, TypeAlias

from harness.ap import channels, ht
from harness.ap.access_point import Actions
from harness.ap.config import ApConfig
from harness.ap.patient_scan import PatientScan
from harness.ap.reporting import Reporter
from harness.base.errors import WireError
from harness.base.seam_events import BssObservation, CommandFailed, RadioEvent, ScanFinished
from harness.wire.dot11.elements import (
    ELEMENT_HT_CAPABILITIES,
    ELEMENT_HT_OPERATION,
    Elements,
)
from harness.wire.ht import INTOLERANT_40, HtCapabilities, HtOperation

Place: TypeAlias = tuple[int, int]
"""A primary channel in MHz, and where its other half is: 1 above, -1 below, 0 nowhere."""

_FIVE_GHZ: Final = 5000
_AFFECTED_MHZ: Final = 25
"""On both sides of the centre of 40 MHz."""


class Coexistence:
    """One look of a radio's. `interface`: its first BSS's; `node`: the device's name in events.

    `wanted`: where 40 MHz were asked for. `found`: where to begin, once it is known; a radio that
    can't scan begins with 20 MHz. `usable`: the channels (MHz) that there are.
    """

    def __init__(
        self, wanted: Place, usable: Collection[int], interface: str, node: str
    ) -> None:
        self.state: Final = "HT_SCAN"
        self.found: Place | None = None
        self._wanted = wanted
        reporter = Reporter(node, interface)
        self._scan: Final = PatientScan(interface, _near(wanted, usable), reporter)

    def start(self, now: float) -> Actions:
        return self._scan.ask()

    def end(self) -> Actions:
        """Give it up."""
        return self._scan.end()

    def step(self, event: RadioEvent, now: float) -> Actions:
        """Take what the radio says."""
        if isinstance(event, ScanFinished) and not self._scan.waiting:
            self.found = place(self._wanted, event.results)
        if self._scan.is_refused_by(event):
            return self._refused(event, now)
        return ()

    def applied_to(self, config: ApConfig) -> ApConfig | None:
        """The same configuration there; None while that is not known."""
        if self.found is None or config.ht is None:
            return None
        frequency, secondary = self.found
        return replace(config, channel=frequency, ht=config.ht.at(secondary))

    def deadline(self) -> float | None:
        return self._scan.deadline()

    def tick(self, now: float) -> Actions:
        """Ask again for a scan that the radio had no time for."""
        return self._scan.tick(now)

    def _refused(self, event: CommandFailed, now: float) -> Actions:
        told = self._scan.refused(event, now)
        if not self._scan.waiting:
            self.found = (self._wanted[0], 0)
        return told


def look(config: ApConfig, is_usable: Callable[[int], bool], node: str) -> Coexistence | None:
    """The look that has to come before an access point begins; None: none has to."""
    if config.ht is None or not config.ht.secondary or not config.ht.looks_first:
        return None
    usable = tuple(filter(is_usable, channels.in_band_of(config.channel)))
    wanted = (config.channel, config.ht.secondary)
    return Coexistence(wanted, usable, config.bsss[0].interface, node)


def _near(wanted: Place, usable: Collection[int]) -> tuple[int, ...]:
    """The channels that BSSs beacon on which either half may be in the way of."""
    low, high = _affected(wanted)
    reach = ht.other_half(0, 1)
    return tuple(each for each in sorted(usable) if low - reach <= each <= high + reach)


def _affected(wanted: Place) -> tuple[int, int]:
    centre = wanted[0] + 10 * wanted[1]
    return centre - _AFFECTED_MHZ, centre + _AFFECTED_MHZ


def place(wanted: Place, heard: Collection[BssObservation]) -> Place:
    """Where to begin, by the BSSs that were heard."""
    others = [_place_of(each) for each in heard]
    if wanted[0] >= _FIVE_GHZ:
        return _changed(wanted, others)
    bears = all(_is_beside(wanted, other) for other in others) and not any(map(_objects, heard))
    return wanted if bears else (wanted[0], 0)


def _changed(wanted: Place, others: Collection[Place]) -> Place:
    primary, secondary = wanted[0], ht.other_half(*wanted)
    on_primary = any(frequency == primary for frequency, _ in others)
    on_secondary = any(frequency == secondary for frequency, _ in others)
    return (secondary, -wanted[1]) if on_secondary and not on_primary else wanted


def _is_beside(wanted: Place, other: Place) -> bool:
    """Whether a BSS in the 2.4 GHz band is not disturbed."""
    if other[0] == wanted[0] and other[1] in (0, wanted[1]):
        return True
    low, high = _affected(wanted)
    halves = {other[0], ht.other_half(*other)}
    return not any(low <= each <= high for each in halves)


def _place_of(bss: BssObservation) -> Place:
    """One whose elements can't be read has 20 MHz."""
    try:
        value = Elements(bss.elements).get(ELEMENT_HT_OPERATION)
        side = 0 if value is None else HtOperation.decode(value).secondary
    except WireError:
        side = 0
    return bss.frequency, side


def _objects(bss: BssObservation) -> bool:
    """Whether a BSS says that it bears no 40 MHz."""
    try:
        value = Elements(bss.elements).get(ELEMENT_HT_CAPABILITIES)
        return value is not None and bool(HtCapabilities.decode(value).info & INTOLERANT_40)
    except WireError:
        return False
