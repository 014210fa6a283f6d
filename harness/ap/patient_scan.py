"""A scan before an access point begins: asked for again while the radio has no time for it."""

from __future__ import annotations

import errno
from typing import Final, TypeGuard

from harness.ap import events
from harness.ap.access_point import Actions
from harness.ap.reporting import Reporter
from harness.base.seam import AbortScan, Scan
from harness.base.seam_events import CommandFailed, RadioEvent

_PATIENCE_S: Final = 0.25
_ATTEMPTS: Final = 80
"""How often a scan is asked for that others, or an aborted one, stand in the way of."""


class PatientScan:
    """One radio's. `frequencies`: in MHz; `reporter`: what tells of a refusal that is final."""

    def __init__(self, interface: str, frequencies: tuple[int, ...], reporter: Reporter) -> None:
        self._command: Final = Scan(
            interface=interface, ssids=(), frequencies=frequencies, afresh=True
        )
        self._reporter = reporter
        self._attempts = 0
        self._again_at: float | None = None

    @property
    def waiting(self) -> bool:
        """True while the radio has no time."""
        return self._again_at is not None

    def ask(self) -> Actions:
        """Begin it, with all its patience."""
        self._attempts = 0
        return (self._command,)

    def end(self) -> Actions:
        """Give it up."""
        return () if self.waiting else (AbortScan(interface=self._command.interface),)

    def is_refused_by(self, event: RadioEvent) -> TypeGuard[CommandFailed]:
        """Whether the radio says that it does not do this scan."""
        return isinstance(event, CommandFailed) and event.command == self._command

    def refused(self, event: CommandFailed, now: float) -> Actions:
        """What to tell when a refusal is final; nothing when the scan is asked for again."""
        self._attempts += 1
        if event.errno in (errno.EBUSY, errno.ECANCELED) and self._attempts < _ATTEMPTS:
            self._again_at = now + _PATIENCE_S
            return ()
        fields = {"command": "Scan", "errno": event.errno, "reason": event.reason}
        return (self._reporter.event(now, events.COMMAND_REFUSED, **fields),)

    def deadline(self) -> float | None:
        """When it is asked for again, on the clock."""
        return self._again_at

    def tick(self, now: float) -> Actions:
        """Ask again for a scan that the radio had no time for."""
        if self._again_at is None or now < self._again_at:
            return ()
        self._again_at = None
        return (self._command,)
