"""Time passes only by `step_until`, for every member, in order."""

from __future__ import annotations

import pytest

from harness.base.event import Event
from harness.lab.world import World, WscKeys
from tests.lab.conftest import ScriptedAir


class Clockwork:
    """A member that wants to act at given times, and notes when it did."""

    def __init__(self, world: World, times: list[float]) -> None:
        self.world = world
        self.times = times
        self.acted: list[float] = []

    def pump(self) -> bool:
        return False

    def deadline(self) -> float | None:
        return self.times[0] if self.times else None

    def tick(self, now: float) -> None:
        self.acted.append(now)
        self.times.pop(0)


def test_members_act_at_their_deadlines_and_not_later() -> None:
    world = World(ScriptedAir())
    one, other = Clockwork(world, [1.0, 3.0]), Clockwork(world, [2.0, 7.0])
    world.join(one)
    world.join(other)

    assert not world.step_until(5.0)

    assert one.acted == [1.0, 3.0]
    assert other.acted == [2.0]
    assert world.now() == 5.0


def test_what_is_due_at_the_deadline_still_happens() -> None:
    world = World(ScriptedAir())
    member = Clockwork(world, [5.0])
    world.join(member)

    world.step_until(5.0)

    assert member.acted == [5.0]


def test_a_predicate_ends_the_wait_at_its_moment() -> None:
    world = World(ScriptedAir())
    member = Clockwork(world, [1.0, 2.0, 3.0])
    world.join(member)

    assert world.step_until(60.0, lambda: len(member.acted) == 2)

    assert world.now() == 2.0


def test_a_predicate_that_holds_already_lets_no_time_pass() -> None:
    world = World(ScriptedAir())

    assert world.step_until(60.0, lambda: True)

    assert world.now() == 0.0


def test_who_has_left_is_not_asked_any_more() -> None:
    world = World(ScriptedAir())
    member = Clockwork(world, [1.0])
    world.join(member)
    world.leave(member)

    world.step_until(5.0)

    assert member.acted == []


def test_a_member_that_never_comes_to_rest_is_found_out() -> None:
    class Restless(Clockwork):
        def pump(self) -> bool:
            return True

    world = World(ScriptedAir())
    world.join(Restless(world, []))

    with pytest.raises(RuntimeError, match="stands still"):
        world.step_until(5.0)


def test_keys_are_found_by_the_nonces_of_their_run() -> None:
    world = World(ScriptedAir())
    names = ("enrollee_nonce", "registrar_nonce", "auth_key", "key_wrap_key")
    for run in (b"\x01", b"\x02"):
        fields = dict.fromkeys(names, run * 16)
        world.emit(Event(0.0, "sta", "wsc.keys.derived", fields))
        hexed = {name: value.hex() for name, value in fields.items()}
        world.emit(Event(0.0, "ap", "wsc.keys.derived", hexed))

    assert len(world.wsc_keys()) == 2
    two = b"\x02" * 16
    assert world.open_settings_keys(two, two) == WscKeys(two, two, two, two)
    assert world.open_settings_keys(b"\x01" * 16, two) is None
