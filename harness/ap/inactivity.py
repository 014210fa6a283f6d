"""What becomes of a station that says nothing: asked, disassociated, deauthenticated.

Delays and reasons are those of hostapd 2.10 on the air; README of its example configuration,
`ap_max_inactivity`.
"""

from __future__ import annotations

from typing import Final

from harness.ap.config_parts import Patience
from harness.ap.reporting import Actions
from harness.ap.stations import Station, Step
from harness.base.seam import AskIdle, ProbePeer

ANSWER_WAIT_S: Final = 3.0
"""How long a station that was asked may take to acknowledge that."""

DISASSOCIATED_S: Final = 1.0
"""How long a silent station stays authenticated after it was disassociated."""

DISMISSED_S: Final = 30.0
"""The same of a station that somebody disassociated by command."""


class Inactivity:
    """Watches over the stations of one BSS; `Membership` does what it decides."""

    def __init__(self, interface: str, patience: Patience) -> None:
        self._interface = interface
        self._patience = patience

    def begin(self, station: Station, now: float) -> None:
        """The station has associated, or was heard."""
        station.step, station.asked = Step.POLL, False
        station.step_due = now + self._patience.inactivity_s

    def end(self, station: Station) -> None:
        """Nothing is due any more."""
        station.step, station.step_due, station.asked = Step.POLL, None, False

    def linger(self, station: Station, seconds: float, now: float) -> None:
        """The station was disassociated, and is only authenticated now."""
        station.step, station.step_due = Step.DEAUTHENTICATE, now + seconds

    def answered(self, station: Station) -> None:
        """The station acknowledged what it was asked."""
        station.asked = False

    def tick(self, station: Station, now: float) -> tuple[Step | None, Actions]:
        """Do what is due; gives what `Membership` has to do, and commands."""
        if station.step_due is None or now < station.step_due:
            return None, []
        if station.step is Step.POLL:
            station.step_due = now + self._patience.inactivity_s
            return None, [AskIdle(interface=self._interface, peer=station.address)]
        if station.step is Step.DISASSOCIATE and not station.asked:
            self.begin(station, now)
            return None, []
        due, station.step_due = station.step, None
        return due, []

    def idle(self, station: Station, idle_s: float, now: float) -> tuple[Step | None, Actions]:
        """The radio tells how long the station has been silent; as `tick`."""
        if station.step is not Step.POLL or not station.associated:
            return None, []
        left = self._patience.inactivity_s - idle_s
        if left > 0:
            station.step_due = now + left
            return None, []
        if not self._patience.polls:
            station.step_due = None
            return Step.DISASSOCIATE, []
        station.step, station.asked = Step.DISASSOCIATE, True
        station.step_due = now + ANSWER_WAIT_S
        return None, [ProbePeer(interface=self._interface, peer=station.address)]
