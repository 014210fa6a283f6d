"""How a protocol machine takes a step: one table of (state, input) → handler.

A machine has `state`, `deadline()` and `step(input, now) -> outputs`. Its table names every pair
that the standard allows; `take_step` does the rest: a peer's input without a cell becomes
`Discarded`, a local call without one raises `UsageError`, and a handler that ends in a state that
its cell does not permit is a fault of ours (`AssertionError`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from harness.base.errors import UsageError


@dataclass(frozen=True, slots=True)
class PeerInput:
    """Base of what comes from the other side: never to be trusted."""


@dataclass(frozen=True, slots=True)
class LocalInput:
    """Base of what the owner of the machine says, time included."""


@dataclass(frozen=True, slots=True)
class Timeout(LocalInput):
    """The machine's deadline has come."""


@dataclass(frozen=True, slots=True)
class Output:
    """Base of what a machine puts out."""


@dataclass(frozen=True, slots=True)
class Transmit(Output):
    """Send `octets` to the peer."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class Notify(Output):
    """Something worth an event: `name` is from the declared vocabulary of `harness.base.event`."""

    name: str
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Discarded(Output):
    """A peer's input was dropped, for `reason`, by `clause`."""

    reason: str
    clause: str


Outputs: TypeAlias = tuple[Output, ...]

State = TypeVar("State", bound=Enum)
_State_co = TypeVar("_State_co", bound=Enum, covariant=True)


class Machine(Protocol[_State_co]):
    """What every machine offers its owner."""

    @property
    def state(self) -> _State_co: ...

    def deadline(self) -> float | None:
        """When `step(Timeout(), now)` is due, in seconds on the world's clock; None: never."""

    def step(self, given: PeerInput | LocalInput, now: float) -> Outputs: ...


@dataclass(frozen=True, slots=True)
class Cell(Generic[State]):
    """What a machine does with one input in one state.

    `handler(machine, input, now)` returns the next state and the outputs; `permitted`: the states
    it may return; `clause`: where the standard says so.
    """

    handler: Callable[[Any, Any, float], tuple[State, Outputs]]
    permitted: frozenset[State]
    clause: str


def cell(
    handler: Callable[[Any, Any, float], tuple[State, Outputs]], clause: str, *following: State
) -> Cell[State]:
    """A cell whose handler may return the states `following`."""
    return Cell(handler, frozenset(following), clause)


Table: TypeAlias = Mapping[tuple[State, type[PeerInput] | type[LocalInput]], Cell[State]]
Cells: TypeAlias = dict[tuple[State, type[PeerInput] | type[LocalInput]], Cell[State]]
"""A table while it is put together."""


def take_step(
    machine: Machine[State], table: Table[State], given: PeerInput | LocalInput, now: float
) -> tuple[State, Outputs]:
    """Look the pair up in `table`, run its handler, and return the next state and the outputs.

    The caller stores the state. A machine without state change returns its present one.
    """
    state = machine.state
    found = table.get((state, type(given)))
    if found is None:
        if isinstance(given, PeerInput):
            reason = f"{type(given).__name__} has no place in {state.name}"
            return state, (Discarded(reason, "state table"),)
        raise UsageError(f"{type(machine).__name__} can't take {given!r} in {state.name}")
    following, outputs = found.handler(machine, given, now)
    assert following in found.permitted, (
        f"{type(machine).__name__}: {state.name} → {following.name} is not in the table"
    )
    return following, outputs
