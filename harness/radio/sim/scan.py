"""Scanning as mac80211 does it: channel after channel, back home in between while joined."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Final, Protocol

from harness.base.address import BROADCAST, MacAddress
from harness.base.errors import RadioError
from harness.base.seam import Scan
from harness.radio.sim.agenda import Agenda, Appointment
from harness.radio.sim.airtime import is_2_4_ghz, rates
from harness.radio.sim.bss_table import BssTable
from harness.wire.dot11.elements import (
    ELEMENT_DS_PARAMETER_SET,
    ELEMENT_EXTENDED_SUPPORTED_RATES,
    ELEMENT_SSID,
    ELEMENT_SUPPORTED_RATES,
    Elements,
    element,
)
from harness.wire.dot11.frames import ProbeRequest
from harness.wire.dot11.header import PROBE_REQUEST, management_header

PROBE_DELAY_S: Final = 0.030
ACTIVE_DWELL_S: Final = 0.030
PASSIVE_DWELL_S: Final = 0.111
HOME_STAY_S: Final = 0.1024
_RATES_IN_FIRST = 8


def rate_elements(frequency: int) -> bytes:
    """Encode the radio's rates as Supported and Extended Supported Rates."""
    supported = rates(frequency)
    octets = element(ELEMENT_SUPPORTED_RATES, supported[:_RATES_IN_FIRST])
    if len(supported) > _RATES_IN_FIRST:
        octets += element(ELEMENT_EXTENDED_SUPPORTED_RATES, supported[_RATES_IN_FIRST:])
    return octets


def channel_number(frequency: int) -> int:
    """The channel number of a frequency in the 2.4 or 5 GHz band."""
    if frequency == 2484:
        return 14
    return (frequency - 2407) // 5 if is_2_4_ghz(frequency) else (frequency - 5000) // 5


def probe_request(
    own: MacAddress, ssid: bytes, frequency: int, elements: bytes, bssid: MacAddress | None = None
) -> bytes:
    """Encode a Probe Request to one BSS, or to everyone."""
    head = element(ELEMENT_SSID, ssid) + rate_elements(frequency)
    if is_2_4_ghz(frequency):
        head += element(ELEMENT_DS_PARAMETER_SET, bytes((channel_number(frequency),)))
    whom = bssid or BROADCAST
    header = management_header(PROBE_REQUEST, destination=whom, source=own, bssid=whom)
    return ProbeRequest(header, Elements(head + elements)).encode()


class Scanning(Protocol):
    """What a scanner needs of its station interface."""

    @property
    def agenda(self) -> Agenda: ...

    def home(self) -> int | None:
        """The channel of the BSS that the station is joined to."""

    def leave_home(self, then: Callable[[], None]) -> None:
        """Say to the AP that the station sleeps, then call `then`."""

    def come_home(self) -> None: ...

    def tune(self, frequency: int | None) -> None: ...

    def probe(
        self, ssid: bytes, frequency: int, elements: bytes, bssid: MacAddress | None
    ) -> None: ...

    def when_flushed(self, action: Callable[[], None]) -> None: ...

    def rest(self) -> None:
        """Leave the air if there is nothing to listen for."""

    def scan_ended(self) -> None: ...


class Scanner:
    """Runs one scan at a time and keeps the table of what was seen."""

    def __init__(self, interface: Scanning) -> None:
        self.table: Final = BssTable()
        self._interface = interface
        self._command: Scan | None = None
        self._remaining: list[int] = []
        self._away = False
        self._next: Appointment | None = None

    @property
    def running(self) -> bool:
        return self._command is not None

    @property
    def away(self) -> bool:
        """True while the radio is off the channel of its BSS for the scan's sake."""
        return self._away

    def start(self, command: Scan, frequencies: tuple[int, ...]) -> None:
        """Begin. Raises `RadioError` (EBUSY) when a scan is under way."""
        if self._command is not None:
            raise RadioError("scan", errno.EBUSY, "a scan is under way")
        if command.afresh:
            self.table.clear()
        self._command = command
        self._remaining = list(frequencies)
        self._visit_next()

    def abort(self) -> None:
        """End the scan under way, if there is one, with what it has seen."""
        if self._command is None:
            return
        if self._next is not None:
            self._next.cancel()
        self._come_home()
        self._finish()

    def _visit_next(self) -> None:
        if not self._remaining:
            self._finish()
            return
        frequency = self._remaining.pop(0)
        home, command = self._interface.home(), self._command
        if home is None:
            self._interface.when_flushed(lambda: self._visit(frequency, command))
        elif home == frequency:
            self._visit(frequency, command)
        else:
            self._away = True
            self._interface.leave_home(lambda: self._visit(frequency, command))

    def _visit(self, frequency: int, command: Scan | None) -> None:
        if command is None or command is not self._command:
            return
        self._interface.tune(frequency)
        if command.ssids:
            self._wait(PROBE_DELAY_S, lambda: self._probe(frequency))
        else:
            self._wait(PASSIVE_DWELL_S, self._move_on)

    def _probe(self, frequency: int) -> None:
        command = self._command
        assert command is not None
        for ssid in command.ssids:
            self._interface.probe(ssid, frequency, command.elements, command.bssid)
        self._wait(ACTIVE_DWELL_S, self._move_on)

    def _move_on(self) -> None:
        if self._away and self._remaining:
            self._come_home()
            self._wait(HOME_STAY_S, self._visit_next)
            return
        self._come_home()
        self._visit_next()

    def _come_home(self) -> None:
        if self._away:
            self._away = False
            self._interface.come_home()

    def _wait(self, delay: float, action: Callable[[], None]) -> None:
        self._next = self._interface.agenda.after(delay, action)

    def _finish(self) -> None:
        self._command = None
        self._interface.rest()
        self._interface.scan_ended()
