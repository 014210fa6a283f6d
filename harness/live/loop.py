"""The event loop of a daemon: real time, readable sources, timers, signals, machines.

Everything runs in one thread. What misbehaves outside (a lost netlink message, an air that went
away) comes up as an `AirproofError` and goes to `trouble`, never through the loop.
"""

from __future__ import annotations

import contextlib
import heapq
import signal
import socket
from collections.abc import Callable
from itertools import count
from typing import Any, Final, Protocol

from harness.base.errors import AirproofError
from harness.radio.nl80211.loop import Readable, RealLoop

CONTROL_RANK: Final = 10
"""Radios are served before sockets: a command is answered from what has happened already."""
_LONGEST_WAIT_S: Final = 3600.0


class Member(Protocol):
    """Someone that time passes for, such as a machine on its radio."""

    def pump(self) -> bool:
        """Take what has come and act on it; True when there was something."""

    def deadline(self) -> float | None:
        """When `tick` is due, in seconds on the loop's clock; None: never."""

    def tick(self, now: float) -> None:
        """The deadline has come."""


class Timer:
    """Something to be done once; `cancel` makes it never happen."""

    __slots__ = ("action",)

    def __init__(self, action: Callable[[], None]) -> None:
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        self.action = None


class Loop:
    """`real`: the clock and the wait, which radios of the kernel's are served by too.

    `trouble`: told of every `AirproofError` that a source, a timer or a member raises.
    """

    def __init__(self, trouble: Callable[[AirproofError], None]) -> None:
        self.real: Final = RealLoop()
        self._trouble = trouble
        self._members: list[Member] = []
        self._timers: list[tuple[float, int, Timer]] = []
        self._numbers = count()
        self._running = False
        self._signals: dict[int, Callable[[], None]] = {}
        self._handlers: dict[int, Any] = {}
        self._woken: socket.socket | None = None

    def now(self) -> float:
        """Seconds since the loop was made."""
        return self.real.now()

    # ---- who is served --------------------------------------------------------------------

    def add(self, source: Readable, receive: Callable[[], None], rank: int = CONTROL_RANK) -> None:
        """Call `receive` whenever `source` is readable; lower ranks first."""

        def guarded() -> None:
            self._guarded(receive)

        self.real.add(source, guarded, rank)

    def remove(self, source: Readable) -> None:
        self.real.remove(source)

    def join(self, member: Member) -> None:
        self._members.append(member)

    def leave(self, member: Member) -> None:
        self._members.remove(member)

    def call_at(self, when: float, action: Callable[[], None]) -> Timer:
        """Do `action` at `when` (seconds on the loop's clock), or soon after."""
        timer = Timer(action)
        heapq.heappush(self._timers, (when, next(self._numbers), timer))
        return timer

    def call_after(self, delay_s: float, action: Callable[[], None]) -> Timer:
        return self.call_at(self.now() + delay_s, action)

    def on_signal(self, number: int, action: Callable[[], None]) -> None:
        """Do `action` in the loop when the signal has come."""
        if self._woken is None:
            self._woken, waker = socket.socketpair()
            self._woken.setblocking(False)
            waker.setblocking(False)
            signal.set_wakeup_fd(waker.detach(), warn_on_full_buffer=False)
            self.add(self._woken, self._receive_signals)
        self._signals[number] = action
        before = signal.signal(number, lambda *_: None) or signal.SIG_DFL
        self._handlers.setdefault(number, before)

    # ---- running --------------------------------------------------------------------------

    def run(self) -> None:
        """Serve everyone until `stop`."""
        self._running = True
        while self._running:
            self.turn(self.now() + _LONGEST_WAIT_S)

    def stop(self) -> None:
        self._running = False

    def turn(self, until: float) -> None:
        """Serve what is there; if nothing is, wait for it, at the longest until `until`."""
        if not self._settle():
            self._guarded(lambda: self.real.wait(self._next(until)))

    def close(self) -> None:
        """Give up the wait, and signals to whose they were; for the end of a program or a test."""
        if self._woken is not None:
            for number, handler in self._handlers.items():
                signal.signal(number, handler)
            waker = signal.set_wakeup_fd(-1)
            socket.socket(fileno=waker).close()
            self.remove(self._woken)
            self._woken.close()
            self._woken = None
        self.real.close()

    def _settle(self) -> bool:
        busy = False
        for member in tuple(self._members):
            busy |= self._guarded(member.pump)
        now = self.now()
        while self._timers and self._timers[0][0] <= now:
            action = heapq.heappop(self._timers)[2].action
            if action is not None:
                self._guarded(action)
                busy = True
        for member in tuple(self._members):
            due = member.deadline()
            if due is not None and due <= now and member in self._members:
                self._guarded(lambda member=member: member.tick(now))  # type: ignore[misc]
                busy = True
        return busy

    def _next(self, until: float) -> float:
        dues = [at for member in self._members if (at := member.deadline()) is not None]
        while self._timers and self._timers[0][2].action is None:
            heapq.heappop(self._timers)
        if self._timers:
            dues.append(self._timers[0][0])
        return min(until, *dues) if dues else until

    def _guarded(self, action: Callable[[], object]) -> bool:
        try:
            return bool(action())
        except AirproofError as error:
            self._trouble(error)
            return False

    def _receive_signals(self) -> None:
        assert self._woken is not None
        with contextlib.suppress(BlockingIOError):
            for number in self._woken.recv(64):
                if number in self._signals:
                    self._signals[number]()
