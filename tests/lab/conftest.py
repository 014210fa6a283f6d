"""An air whose frames and times a test writes down beforehand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

import harness.lab.testers.access_points  # noqa: F401 - once: pytester forgets what a run imports
from harness.base.address import MacAddress
from harness.lab.expectations import AirView
from harness.lab.transcript import Transcript
from harness.lab.world import World
from harness.radio.interface import CapturedFrame, EthernetPort, Radio

AP = MacAddress("02:00:00:00:00:00")
STA = MacAddress("02:00:00:00:01:00")
HOST = MacAddress("06:00:00:00:00:00")


@dataclass
class ScriptedAir:
    """Frames appear at the times that the script gives; nobody transmits."""

    script: list[tuple[float, bytes]] = field(default_factory=list)
    frames: list[CapturedFrame] = field(default_factory=list)
    time: float = 0.0
    closed: bool = False

    def now(self) -> float:
        return self.time

    def advance(self, until: float) -> None:
        if self.script and self.script[0][0] <= until:
            self.time, octets = self.script.pop(0)
            self.frames.append(CapturedFrame(self.time, octets, 2412))
        else:
            self.time = until

    def add_radio(
        self, node: str, *, interface: str = "wlan0", address: MacAddress | None = None
    ) -> Radio:
        raise NotImplementedError

    def add_host(
        self, node: str, bridge: str, *, address: MacAddress | None = None
    ) -> EthernetPort:
        raise NotImplementedError

    def watch(self, fd: int) -> None:
        raise NotImplementedError

    def unwatch(self, fd: int) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self.closed = True


@dataclass
class Stage:
    """A scripted air with a world on it, as a scenario would see it."""

    air: ScriptedAir
    world: World
    view: AirView


@pytest.fixture
def stage() -> Callable[[Sequence[tuple[float, bytes]]], Stage]:
    """Build a stage from a script: times in rising order, and the octets of frames."""

    def build(script: Sequence[tuple[float, bytes]]) -> Stage:
        air = ScriptedAir(list(script))
        world = World(air)
        world.names.update({AP: "ap", STA: "sta", HOST: "host"})
        return Stage(air, world, AirView(world, Transcript(air.frames, world.names)))

    return build
