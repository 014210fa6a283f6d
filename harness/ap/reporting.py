"""What the access point puts out: commands to its radio, and events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from harness.ap import events
from harness.base.address import MacAddress
from harness.base.event import Event
from harness.base.seam import Command

Action: TypeAlias = Command | Event
Actions: TypeAlias = list[Action]


@dataclass(frozen=True, slots=True)
class Reporter:
    """Makes the events of one BSS. `node`: the device's name."""

    node: str
    interface: str

    def event(self, now: float, name: str, /, **fields: object) -> Event:
        return Event(now, self.node, name, {"interface": self.interface, **fields})

    def discarded(self, now: float, station: MacAddress | None, reason: str, clause: str) -> Event:
        return self.event(
            now, events.FRAME_DISCARDED, station=station, reason=reason, clause=clause
        )
