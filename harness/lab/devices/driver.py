"""Carries words between one of our own machines and its radio, and its events to the world."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from harness.base.event import Event
from harness.base.seam import Command
from harness.base.seam_events import RadioEvent
from harness.lab.devices.interface import Device
from harness.lab.world import Crossing
from harness.radio.interface import Radio


class SansIoMachine(Protocol):
    """An access point or a station: what it is told comes in, what it wants goes out."""

    def step(self, event: RadioEvent, now: float) -> Iterable[Command | Event]: ...

    def deadline(self) -> float | None: ...

    def tick(self, now: float) -> Iterable[Command | Event]: ...


class Driver:
    """A member of the world for one machine on one radio.

    `render`: gives the line of the control interface for an event, None when it has none.
    """

    def __init__(
        self,
        device: Device,
        machine: SansIoMachine,
        radio: Radio,
        render: Callable[[Event], str | None],
    ) -> None:
        self.radio = radio
        self._device = device
        self._machine = machine
        self._render = render
        self._world = device.world

    def pump(self) -> bool:
        came = self.radio.poll()
        for t, event in came:
            self._world.seam.append(Crossing(t, self._device.name, event))
            self.carry(self._machine.step(event, self._world.now()))
        return bool(came)

    def deadline(self) -> float | None:
        return self._machine.deadline()

    def tick(self, now: float) -> None:
        self.carry(self._machine.tick(now))

    def carry(self, actions: Iterable[Command | Event]) -> None:
        """Do what the machine wants, in its order."""
        for action in actions:
            if isinstance(action, Event):
                self._note(action)
            else:
                crossing = Crossing(self._world.now(), self._device.name, action)
                self._world.seam.append(crossing)
                self.radio.perform(action)

    def _note(self, event: Event) -> None:
        line = self._render(event)
        self._world.emit(event, line)
        if line is not None:
            interface = str(event.fields.get("interface", self.radio.interface))
            self._device.heard_control(event.t, interface, line, event=False)
