"""Carries words between a machine and its radio, and its events to whoever listens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from harness.base.event import Event
from harness.base.seam import Command
from harness.base.seam_events import RadioEvent
from harness.live.loop import Loop
from harness.radio.interface import Radio


class SansIoMachine(Protocol):
    """An access point or a station: what it is told comes in, what it wants goes out."""

    def step(self, event: RadioEvent, now: float) -> Iterable[Command | Event]: ...

    def deadline(self) -> float | None: ...

    def tick(self, now: float) -> Iterable[Command | Event]: ...


class Driver:
    """A member of the loop for one machine on one radio. `hear`: told of its events, in order."""

    def __init__(
        self, machine: SansIoMachine, radio: Radio, loop: Loop, hear: Callable[[Event], None]
    ) -> None:
        self.machine = machine
        self.radio = radio
        self._loop = loop
        self._hear = hear

    def pump(self) -> bool:
        came = self.radio.poll()
        for _, event in came:
            self.carry(self.machine.step(event, self._loop.now()))
        return bool(came)

    def deadline(self) -> float | None:
        return self.machine.deadline()

    def tick(self, now: float) -> None:
        self.carry(self.machine.tick(now))

    def carry(self, actions: Iterable[Command | Event]) -> None:
        """Do what the machine wants, then tell what it reports, each in its order.

        A peer waits for the one; who listens to the other would take the processor first.
        """
        reports = []
        try:
            for action in actions:
                if isinstance(action, Event):
                    reports.append(action)
                else:
                    self.radio.perform(action)
        finally:
            for report in reports:
                self._hear(report)
