"""A scan by an interface that beacons: its BSSs wait while their radio is on other channels."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from harness.base.address import MacAddress
from harness.base.errors import RadioError
from harness.base.seam import AbortScan, Scan
from harness.base.seam_events import ScanFinished
from harness.radio.sim.agenda import Agenda
from harness.radio.sim.airtime import lowest_rate
from harness.radio.sim.scan import Scanner, probe_request

if TYPE_CHECKING:
    from harness.radio.sim.bss import Bss


class ApScan:
    """What one BSS's interface scans with. No Beacon goes out meanwhile, all other frames late.

    Source: mac80211, which an access point's scan has to ask for with NL80211_SCAN_FLAG_AP.
    """

    def __init__(self, bss: Bss) -> None:
        self._bss = bss
        self._radio = bss.radio
        self._scanner: Final = Scanner(self)

    # ---- commands -------------------------------------------------------------------------

    def scan(self, command: Scan) -> None:
        """Raises `RadioError` for a channel that there isn't, and while another way is taken."""
        if self._radio.announces_channel or self._radio.scanning is not None:
            raise RadioError("scan", errno.EBUSY, "another channel is announced, or a scan on")
        frequencies = command.frequencies or self._radio.frequencies
        for frequency in frequencies:
            self._radio.check_frequency("scan", frequency)
        self._radio.scanning = self
        self._scanner.start(command, frequencies)

    def abort_scan(self, command: AbortScan) -> None:
        if not self._scanner.running:
            raise RadioError("abort the scan", errno.ENOENT, "no scan is under way")
        self.abort()

    def abort(self) -> None:
        """End it now, if it runs, with what it has seen."""
        self._scanner.abort()

    def hear(self, octets: bytes, frequency: int, signal: int) -> None:
        """Take a Beacon or a Probe Response in."""
        self._scanner.table.note(octets, frequency, signal, self.agenda.now)

    # ---- what the scanner needs -----------------------------------------------------------

    @property
    def agenda(self) -> Agenda:
        return self._radio.agenda

    def home(self) -> int | None:
        return self._bss.frequency

    def leave_home(self, then: Callable[[], None]) -> None:
        self._radio.hold()
        self._radio.when_flushed(then)

    def come_home(self) -> None:
        self._radio.tune(self._bss.frequency)
        self._radio.release()

    def tune(self, frequency: int | None) -> None:
        self._radio.tune(frequency)

    def probe(self, ssid: bytes, frequency: int, elements: bytes, bssid: MacAddress | None) -> None:
        octets = probe_request(self._bss.bssid, ssid, frequency, elements, bssid)
        number = (self._bss.next_sequence() << 4).to_bytes(2, "little")
        self._radio.transmit_now(octets[:22] + number + octets[24:], lowest_rate(frequency))

    def when_flushed(self, action: Callable[[], None]) -> None:
        self._radio.when_flushed(action)

    def rest(self) -> None:
        """The BSSs go on."""

    def scan_ended(self) -> None:
        self._radio.scanning = None
        results = self._scanner.table.results(self.agenda.now)
        self._radio.emit(ScanFinished(interface=self._bss.name, results=results))
