"""The world of a scenario: an air, who lives in it, one clock, one stream of events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from harness.base.address import MacAddress
from harness.base.errors import UsageError
from harness.base.event import Event, declare
from harness.base.seam import Command
from harness.base.seam_events import RadioEvent
from harness.radio.interface import Air

CONTROL_LINE = declare("control.line.received", "a device wrote a line to its control interface")

_MOST_TURNS_WITHOUT_TIME = 100_000


class Member(Protocol):
    """Someone that time passes for: a device, a host, a link to a real program."""

    def pump(self) -> bool:
        """Take what has come and act on it; True when there was something."""

    def deadline(self) -> float | None:
        """When `tick` is due, in seconds on the world's clock; None: never."""

    def tick(self, now: float) -> None:
        """The deadline has come."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """One word over the seam between a machine and its radio."""

    t: float
    node: str
    word: Command | RadioEvent


@dataclass(frozen=True, slots=True)
class WscKeys:
    """The keys of one WSC run, as one of our own devices derived them."""

    enrollee_nonce: bytes
    registrar_nonce: bytes
    auth_key: bytes
    key_wrap_key: bytes


@dataclass(slots=True)
class World:
    """Lets time pass for its members and keeps what happened.

    `events`: the stream, in the order of arrival. `seam`: what our devices and their radios said
    to each other. `names`: whose an address is, for transcripts and reports. `renderings`: the
    control interface's line of an event, by the event's place in the stream.
    """

    air: Air
    events: list[Event] = field(default_factory=list)
    seam: list[Crossing] = field(default_factory=list)
    names: dict[MacAddress, str] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)
    renderings: dict[int, str] = field(default_factory=dict)

    def now(self) -> float:
        """Seconds since the world began."""
        return self.air.now()

    def join(self, member: Member) -> None:
        """Let time pass for `member` too."""
        self.members.append(member)

    def leave(self, member: Member) -> None:
        """Let no more time pass for `member`."""
        self.members.remove(member)

    def emit(self, event: Event, control: str | None = None) -> None:
        """Add to the stream; `control`: what the control interface says of it."""
        if control is not None:
            self.renderings[len(self.events)] = control
        self.events.append(event)

    def step_until(
        self, deadline: float, predicate: Callable[[], bool] | None = None
    ) -> bool:
        """Let time pass until `predicate` holds or `deadline` (world's clock) has come.

        The only way that time passes. The predicate is asked whenever something happened; True
        when it held. What is due at the deadline itself still happens.
        """
        turns, at = 0, self.air.now()
        while True:
            busy = self._settle()
            if predicate is not None and predicate():
                return True
            now = self.air.now()
            turns, at = (turns + 1, at) if now == at else (0, now)
            if turns > _MOST_TURNS_WITHOUT_TIME:
                raise RuntimeError(f"the world stands still at {now:.6f} s")
            if busy:
                continue
            if now >= deadline:
                return False
            self.air.advance(self._next(deadline))

    def open_settings_keys(
        self, enrollee_nonce: bytes, registrar_nonce: bytes
    ) -> WscKeys | None:
        """Give the keys of that WSC run; None when neither end is one of our own devices."""
        for keys in self.wsc_keys():
            if (keys.enrollee_nonce, keys.registrar_nonce) == (enrollee_nonce, registrar_nonce):
                return keys
        return None

    def wsc_keys(self) -> list[WscKeys]:
        """Give the keys of every WSC run that our own devices took part in."""
        found = (
            WscKeys(
                *(
                    _octets(event.fields[name])
                    for name in ("enrollee_nonce", "registrar_nonce", "auth_key", "key_wrap_key")
                )
            )
            for event in self.events
            if event.name == "wsc.keys.derived"
        )
        return list(dict.fromkeys(found))

    def _settle(self) -> bool:
        """One turn: everyone takes what has come, then everyone whose time has come acts."""
        busy = False
        for member in tuple(self.members):
            busy |= member.pump()
        now = self.air.now()
        for member in tuple(self.members):
            due = member.deadline()
            if due is not None and due <= now:
                member.tick(now)
                busy = True
        return busy

    def _next(self, deadline: float) -> float:
        due = [at for member in self.members if (at := member.deadline()) is not None]
        return min(deadline, *due) if due else deadline


def _octets(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return bytes.fromhex(value)
    raise UsageError(f"octets or hex are wanted, not {value!r}")
