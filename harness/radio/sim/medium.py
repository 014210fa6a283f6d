"""The medium: channels on which one frame at a time passes from a radio to all that listen."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from harness.base.entropy import Entropy
from harness.radio.interface import CapturedFrame
from harness.radio.sim.agenda import Agenda
from harness.radio.sim.airtime import (
    RETRY_LIMIT,
    access_delay,
    ack_delay,
    ack_rate,
    airtime,
)
from harness.radio.sim.rules import Delay, Drop, Duplicate, Effect, Replace, RuleBook

TRANSMIT_POWER_DBM: Final = 20
PATH_LOSS_DB: Final = 50
DEFAULT_SIGNAL_DBM: Final = TRANSMIT_POWER_DBM - PATH_LOSS_DB

_ACK = bytes.fromhex("d4000000")
_RETRY = 0x08


class Listener(Protocol):
    """A radio as the medium sees it."""

    @property
    def node(self) -> str: ...

    @property
    def alive(self) -> bool: ...

    def receive(self, octets: bytes, frequency: int, signal: int) -> bool:
        """Hear a frame; True when it is acknowledged."""


@dataclass(slots=True, eq=False)
class Transmission:
    """A frame on its way. `make` gives the octets when the channel is free.

    `done(acknowledged)` is called once, when it is off the queue.
    """

    sender: Listener
    make: Callable[[], bytes]
    rate_kbps: int
    needs_ack: bool = False
    done: Callable[[bool], None] | None = None
    attempt: int = 0
    delayed: bool = False


class Medium:
    """All channels, who listens to them, and the record of what passed."""

    def __init__(self, agenda: Agenda, entropy: Entropy) -> None:
        self.agenda: Final = agenda
        self.rules: Final = RuleBook(entropy)
        self.frames: Final[list[CapturedFrame]] = []
        self._channels: dict[int, Channel] = {}
        self._isolated: set[str] = set()
        self._signals: dict[tuple[str, str], int | None] = {}

    def channel(self, frequency: int) -> Channel:
        found = self._channels.get(frequency)
        if found is None:
            found = self._channels[frequency] = Channel(self, frequency)
        return found

    def set_signal(self, one: str, other: str, signal: int | None) -> None:
        """Set how strong two nodes hear each other, in dBm; None: not at all."""
        self._signals[one, other] = self._signals[other, one] = signal

    def isolate(self, node: str, isolated: bool) -> None:
        """Put a node out of the reach of all others, or back."""
        (self._isolated.add if isolated else self._isolated.discard)(node)

    def signal(self, transmitter: str, receiver: str) -> int | None:
        """How strong `receiver` hears `transmitter`, in dBm."""
        apart = self._isolated and transmitter != receiver
        if apart and not self._isolated.isdisjoint((transmitter, receiver)):
            return None
        if not self._signals:
            return DEFAULT_SIGNAL_DBM
        return self._signals.get((transmitter, receiver), DEFAULT_SIGNAL_DBM)


class Channel:
    """One frequency: a queue, at most one frame on the air, and those tuned to it."""

    def __init__(self, medium: Medium, frequency: int) -> None:
        self.frequency: Final = frequency
        self._medium = medium
        self._agenda = medium.agenda
        self._rules = medium.rules
        self._listeners: tuple[Listener, ...] = ()
        self._queue: deque[Transmission] = deque()
        self._current: Transmission | None = None
        self._octets = b""
        self._effect: Effect | None = None
        self._ack_heard = False

    def tune_in(self, listener: Listener) -> None:
        self._listeners += (listener,)

    def tune_out(self, listener: Listener) -> None:
        self._listeners = tuple(each for each in self._listeners if each is not listener)

    def send(self, transmission: Transmission) -> None:
        """Queue a frame: it goes out when those queued before it are through."""
        self._queue.append(transmission)
        if self._current is None:
            self._begin()

    def _begin(self) -> None:
        """Put the next frame on the air, if there is one."""
        while self._queue:
            transmission = self._queue.popleft()
            if transmission.sender.alive and self._put_on_air(transmission):
                return

    def _put_on_air(self, transmission: Transmission) -> bool:
        octets = transmission.make()
        if transmission.attempt:
            octets = octets[:1] + bytes((octets[1] | _RETRY,)) + octets[2:]
        effect = None
        if self._rules:
            effect = self._rules.find(octets, transmission.sender.node, None)
            if isinstance(effect, Delay) and not transmission.delayed:
                transmission.delayed = True
                self._agenda.after(effect.seconds, lambda: self.send(transmission))
                return False
            if isinstance(effect, Replace):
                octets = effect.edit(octets)
        self._current, self._octets, self._effect = transmission, octets, effect
        duration = airtime(len(octets), transmission.rate_kbps)
        delay = access_delay(self.frequency, transmission.attempt)
        self._agenda.after(delay + duration, self._finish)
        return True

    def _finish(self) -> None:
        """The last octet is out: record the frame and let everyone hear it."""
        transmission, octets = self._current, self._octets
        assert transmission is not None
        self._record(octets, transmission.rate_kbps, transmission.sender.node)
        acknowledger = None
        if not isinstance(self._effect, Drop):
            acknowledger = self._deliver(transmission.sender, octets)
            if isinstance(self._effect, Duplicate):
                self._record(octets, transmission.rate_kbps, transmission.sender.node)
                acknowledger = self._deliver(transmission.sender, octets) or acknowledger
        if not transmission.needs_ack:
            self._complete(False)
            return
        self._ack_heard = acknowledger is not None
        delay = ack_delay(self.frequency, transmission.rate_kbps)
        if acknowledger is None:
            self._agenda.after(delay, self._settle)
        else:
            node = acknowledger.node
            self._agenda.after(delay, lambda: self._acknowledge(node))

    def _deliver(self, sender: Listener, octets: bytes) -> Listener | None:
        """Let those who listen hear the frame; returns who acknowledges it."""
        acknowledger = None
        for listener in self._listeners:
            if listener is sender:
                continue
            signal = self._medium.signal(sender.node, listener.node)
            if signal is None:
                continue
            if self._rules:
                heard = self._hear(sender, listener, octets, signal)
            else:
                heard = listener.receive(octets, self.frequency, signal)
            if heard:
                acknowledger = listener
        return acknowledger

    def _hear(self, sender: Listener, listener: Listener, octets: bytes, signal: int) -> bool:
        """Let one listener hear a frame under the rules that name it."""
        effect = self._rules.find(octets, sender.node, listener.node)
        if isinstance(effect, Drop):
            return False
        if isinstance(effect, Delay):
            self._agenda.after(effect.seconds, lambda: self._hear_late(listener, octets, signal))
            return False
        if isinstance(effect, Replace):
            octets = effect.edit(octets)
        heard = listener.receive(octets, self.frequency, signal)
        if isinstance(effect, Duplicate):
            listener.receive(octets, self.frequency, signal)
        return heard

    def _hear_late(self, listener: Listener, octets: bytes, signal: int) -> None:
        if listener in self._listeners:
            listener.receive(octets, self.frequency, signal)

    def _acknowledge(self, node: str) -> None:
        """Put the Ack on the air, which the rules may lose."""
        transmission = self._current
        assert transmission is not None
        ack = _ACK + self._octets[10:16]
        self._record(ack, ack_rate(transmission.rate_kbps), node)
        if self._rules and isinstance(self._rules.find(ack, node, None), Drop):
            self._ack_heard = False
        receiver = transmission.sender.node
        if self._rules and isinstance(self._rules.find(ack, node, receiver), Drop):
            self._ack_heard = False
        self._settle()

    def _settle(self) -> None:
        """Repeat the frame if no Ack came, else be through with it."""
        transmission = self._current
        assert transmission is not None
        if not self._ack_heard and transmission.attempt < RETRY_LIMIT:
            transmission.attempt += 1
            self._current = None
            self._queue.appendleft(transmission)
            self._begin()
            return
        self._complete(self._ack_heard)

    def _complete(self, acknowledged: bool) -> None:
        transmission, self._current = self._current, None
        assert transmission is not None
        if transmission.done is not None:
            transmission.done(acknowledged)
        if self._current is None:
            self._begin()

    def _record(self, octets: bytes, rate_kbps: int, node: str) -> None:
        self._medium.frames.append(
            CapturedFrame(
                self._agenda.now, octets, self.frequency, DEFAULT_SIGNAL_DBM, rate_kbps, node
            )
        )
