"""A host's frames come once, unchanged, or it says what came instead."""

from __future__ import annotations

import pytest

from harness.base.address import MacAddress
from harness.lab import ExpectationFailed
from harness.lab.host import Host
from harness.lab.world import World
from harness.wire.dot11.ethernet import EthernetFrame
from tests.lab.conftest import ScriptedAir


class Cable:
    """A port whose first frames get lost, and whose others come out at the other end."""

    def __init__(self, address: str, lost: int) -> None:
        self.address = MacAddress(address)
        self.lost = lost
        self.sent: list[EthernetFrame] = []
        self.far_end: list[tuple[float, EthernetFrame]] = []
        self.own: list[tuple[float, EthernetFrame]] = []

    def send(self, frame: EthernetFrame) -> None:
        self.sent.append(frame)
        if len(self.sent) > self.lost:
            self.far_end.append((0.0, frame))

    def poll(self) -> list[tuple[float, EthernetFrame]]:
        taken, self.own[:] = list(self.own), []
        return taken


def pair(lost: int) -> tuple[World, Cable, Host, Host]:
    world = World(ScriptedAir())
    cable, other = Cable("06:00:00:00:00:00", lost), Cable("06:00:00:00:01:00", 0)
    cable.far_end = other.own
    one, two = Host("one", cable, world), Host("two", other, world)
    world.join(one)
    world.join(two)
    return world, cable, one, two


def test_a_frame_that_comes_is_sent_once() -> None:
    world, cable, one, two = pair(lost=0)

    two.expect(one.send(to=two))
    world.step_until(10.0)

    assert len(cable.sent) == 1


def test_a_lost_frame_is_sent_again() -> None:
    world, cable, one, two = pair(lost=2)

    two.expect(one.send(to=two))

    assert len(cable.sent) == 3
    assert world.now() == pytest.approx(1.0)


def test_a_frame_that_never_comes_is_given_up_and_told() -> None:
    _, cable, one, two = pair(lost=99)

    with pytest.raises(ExpectationFailed, match="two: frame 'one to two, number 1': expected"):
        two.expect(one.send(to=two), within=10.0)

    assert len(cable.sent) == 6


def test_each_frame_has_a_text_of_its_own() -> None:
    _, _, one, two = pair(lost=0)

    assert one.send(to=two) != one.send(to=two)
