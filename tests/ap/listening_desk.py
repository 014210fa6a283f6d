"""A desk whose radio looks around only when told to, before its access point begins."""

from __future__ import annotations

from ap_stage import RADIO
from test_control import Desk

from harness.ap.control.radio_view import RadioView
from harness.base.seam import AbortScan, Command, Scan
from harness.base.seam_events import BssObservation, CommandFailed, ScanFinished


class ListeningDesk(Desk):
    """Its radio's scans end as it is told. `scans`: all that it was asked for."""

    def __init__(self, text: str, radio: RadioView) -> None:
        self.scans: list[Scan] = []
        super().__init__(text, enable=False)
        self.interface.attach(RADIO, radio, "phy0")

    def _perform(self, command: Command) -> None:
        if isinstance(command, Scan):
            self.scans.append(command)
        elif not isinstance(command, AbortScan):
            super()._perform(command)

    def hears(self, *results: BssObservation) -> None:
        self.feed(ScanFinished(interface="wlan0", results=results))

    def refuses(self, number: int) -> None:
        """Refuse the last scan with that errno."""
        failed = CommandFailed(
            interface="wlan0", command=self.scans[-1], errno=number, reason="it won't"
        )
        self.feed(failed)
