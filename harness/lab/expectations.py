"""What must, and what must not, be on the air; and the first difference when it is otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeAlias

from harness.base.address import MacAddress
from harness.base.errors import WireError
from harness.lab.transcript import Malformed, Seen, Transcript
from harness.lab.world import World

_BEFORE, _AFTER, _NEAR_MISSES = 10, 4, 3


class ExpectationFailed(AssertionError):
    """What the air, or a device's published interface, shows is not what must be.

    `expected` and `got`: in words; `clause`: the rule; `frame`: index into the air's record, None
    when it is about no frame; `excerpt`: the transcript around it.
    """

    def __init__(
        self,
        message: str,
        *,
        expected: str = "",
        got: str = "",
        clause: str = "",
        frame: int | None = None,
        excerpt: str = "",
    ) -> None:
        self.message = message
        self.expected = expected
        self.got = got
        self.clause = clause
        self.frame = frame
        self.excerpt = excerpt
        super().__init__(f"{message}\n{excerpt}" if excerpt else message)


class _Presence:
    """Equal to everything that is there, or to nothing but None."""

    def __init__(self, word: str, *, there: bool) -> None:
        self._word = word
        self._there = there

    def __eq__(self, other: object) -> bool:
        return (other is not None) is self._there

    def __hash__(self) -> int:
        return hash(self._word)

    def __repr__(self) -> str:
        return self._word


PRESENT = _Presence("present", there=True)
ABSENT = _Presence("absent", there=False)


class Addressed(Protocol):
    """A device, one of its BSSs, or a host."""

    @property
    def addresses(self) -> Iterable[MacAddress]: ...


Whose: TypeAlias = Addressed | bytes | None
"""What has addresses, or is one; None: it does not matter."""


def addresses_of(whose: Addressed | bytes) -> frozenset[MacAddress]:
    """The addresses that belong to a device, BSS or host; an address stands for itself."""
    if isinstance(whose, bytes):
        return frozenset((MacAddress(whose),))
    return frozenset(whose.addresses)


class AirView:
    """`lab.air`: the air as a scenario sees it.

    `expect` reads on from the last frame that it found, so a scenario tells the exchange in its
    order; `refuse` looks at everything.
    """

    def __init__(self, world: World, transcript: Transcript) -> None:
        self._world = world
        self._transcript = transcript
        self._next = 0

    def expect(
        self,
        kind: type,
        *,
        from_: Whose = None,
        to: Whose = None,
        source: Whose = None,
        where: Callable[[Seen], object] | None = None,
        within: float = 5.0,
        clause: str = "",
        **having: Any,
    ) -> Seen:
        """Wait for the next frame that carries a `kind`, and compare its attributes.

        `kind`: any layer's class, from `Beacon` to `M8`. `from_`, `to`: transmitter and receiver
        on the air; `source`: where a data frame began. `where`: a further condition on which frame
        is meant. `within`: seconds on the world's clock, from now. `having`: the first frame meant
        must have these values; two underscores in a name reach into a value, as in
        `multi_ap__backhaul_sta=True`. Raises `ExpectationFailed` with the first difference.
        """
        __tracebackhide__ = True
        meant = _Meant(kind, from_, to, source, where)
        found = self._wait(meant, self._next, within)
        if found is None:
            raise self._absent(meant, within, clause)
        self._next = found.index + 1
        for name, expected in having.items():
            self._compare(found, meant, name, expected, clause)
        return found

    def refuse(
        self,
        kind: type,
        *,
        from_: Whose = None,
        to: Whose = None,
        source: Whose = None,
        where: Callable[[Seen], object] | None = None,
        after: Seen | None = None,
        within: float = 0.0,
        clause: str = "",
    ) -> None:
        """Raise `ExpectationFailed` when such a frame was, or is within that time, on the air.

        `after`: only frames behind this one count.
        """
        __tracebackhide__ = True
        meant = _Meant(kind, from_, to, source, where)
        found = self._wait(meant, 0 if after is None else after.index + 1, within)
        if found is not None:
            raise ExpectationFailed(
                f"{meant.words(self._transcript)}: none expected, "
                f"got one (frame {found.index}){_bracketed(clause)}",
                expected="none",
                got=self._transcript.line(found),
                clause=clause,
                frame=found.index,
                excerpt=self._around(found.index),
            )

    def count(
        self,
        kind: type,
        *,
        from_: Whose = None,
        to: Whose = None,
        source: Whose = None,
        where: Callable[[Seen], object] | None = None,
    ) -> int:
        """How many such frames have been on the air."""
        meant = _Meant(kind, from_, to, source, where)
        return sum(1 for seen in self._transcript.since(0) if meant.matches(seen))

    def expect_at_most(
        self, most: int, kind: type, *, from_: Whose = None, to: Whose = None, within: float,
        clause: str = "",
    ) -> None:
        """Let `within` seconds pass, and expect at most so many such frames in them.

        Raises `ExpectationFailed` when there were more.
        """
        __tracebackhide__ = True
        meant = _Meant(kind, from_, to, None, None)
        begun, end = len(self._transcript), self._world.now() + within
        self._world.step_until(end)
        counted = [seen for seen in self._transcript.since(begun) if meant.matches(seen)]
        if len(counted) > most:
            words = meant.words(self._transcript)
            raise ExpectationFailed(
                f"{words}: expected at most {most} in {within:g} s, got {len(counted)}"
                f"{_bracketed(clause)}",
                expected=f"at most {most} in {within:g} s",
                got=str(len(counted)),
                clause=clause,
                frame=counted[most].index,
                excerpt=self._around(counted[most].index),
            )

    def difference(
        self, seen: Seen, what: str, expected: Any, got: Any, clause: str = ""
    ) -> ExpectationFailed:
        """The error for one attribute of one frame that has another value than it must."""
        way = f"{self._transcript.name(seen.transmitter)} → {self._transcript.name(seen.receiver)}"
        return ExpectationFailed(
            f"{seen.kind} (frame {seen.index}, {way}): {what}: "
            f"expected {expected!r}, got {got!r}{_bracketed(clause)}",
            expected=f"{what} = {expected!r}",
            got=f"{what} = {got!r}",
            clause=clause,
            frame=seen.index,
            excerpt=self._around(seen.index),
        )

    def _compare(
        self, found: Seen, meant: _Meant, name: str, expected: Any, clause: str
    ) -> None:
        __tracebackhide__ = True
        got: Any = found
        path = name.split("__")
        for depth, part in enumerate(path):
            if got is None:
                raise self.difference(found, ".".join(path[:depth]), PRESENT, None, clause)
            try:
                got = getattr(got, part)
            except AttributeError:
                raise TypeError(f"{meant.kind.__name__} has no attribute {name!r}") from None
            except WireError as error:
                raise self.difference(found, part, expected, error, clause) from error
        if got != expected:
            raise self.difference(found, ".".join(path), expected, got, clause)

    def _wait(self, meant: _Meant, start: int, within: float) -> Seen | None:
        found: Seen | None = None
        position = start

        def met() -> bool:
            nonlocal found, position
            for seen in self._transcript.since(position):
                position = seen.index + 1
                if meant.matches(seen):
                    found = seen
                    return True
            return False

        if not met():
            self._world.step_until(self._world.now() + within, met)
        return found

    def _absent(self, meant: _Meant, within: float, clause: str) -> ExpectationFailed:
        near = [
            self._transcript.line(seen)
            for seen in self._transcript.since(self._next)
            if meant.is_near(seen)
        ][:_NEAR_MISSES]
        got = "nothing like it" if not near else "only\n  " + "\n  ".join(near)
        words = meant.words(self._transcript)
        return ExpectationFailed(
            f"{words}: expected within {within:g} s, got {got}{_bracketed(clause)}",
            expected=f"{words} within {within:g} s",
            got=got,
            clause=clause,
            excerpt=self._around(len(self._transcript)),
        )

    def _around(self, index: int) -> str:
        """The transcript near a frame: the last ones before it that are no Beacons."""
        shown = [
            seen.index
            for seen in self._transcript.since(0)
            if seen.index < index and seen.kind not in ("Beacon", "Control")
        ]
        start = shown[-_BEFORE] if len(shown) >= _BEFORE else 0
        return self._transcript.excerpt(start, index + _AFTER, mark=index)


class _Meant:
    """Which frames an expectation is about."""

    __slots__ = ("from_", "kind", "receivers", "source", "sources", "to", "transmitters", "where")

    def __init__(
        self,
        kind: type,
        from_: Whose,
        to: Whose,
        source: Whose,
        where: Callable[[Seen], object] | None,
    ) -> None:
        self.kind = kind
        self.from_ = from_
        self.to = to
        self.source = source
        self.where = where
        self.sources = None if source is None else addresses_of(source)
        self.transmitters = None if from_ is None else addresses_of(from_)
        self.receivers = None if to is None else addresses_of(to)

    def matches(self, seen: Seen) -> bool:
        return (
            self._carries(seen.layers)
            and (self.transmitters is None or seen.transmitter in self.transmitters)
            and (self.receivers is None or seen.receiver in self.receivers)
            and (self.sources is None or seen.source in self.sources)
            and (self.where is None or self._holds(seen))
        )

    def _holds(self, seen: Seen) -> bool:
        """Whether the condition holds; a frame that can't be decoded for it is another one."""
        assert self.where is not None
        try:
            return bool(self.where(seen))
        except WireError:
            return False

    def is_near(self, seen: Seen) -> bool:
        """The right kind from elsewhere; or the right way, but not decodable."""
        if self._carries(seen.layers):
            return True
        return isinstance(seen.layers[-1], Malformed) and (
            self.transmitters is None or seen.transmitter in self.transmitters
        )

    def words(self, transcript: Transcript) -> str:
        parts = [self.kind.__name__]
        for word, whose in (("from", self.from_), ("to", self.to), ("begun at", self.source)):
            if whose is not None:
                parts += [word, _name(whose, transcript)]
        return " ".join(parts)

    def _carries(self, layers: Iterable[Any]) -> bool:
        return any(isinstance(layer, self.kind) for layer in layers)


def _name(whose: Whose, transcript: Transcript) -> str:
    if isinstance(whose, bytes):
        return transcript.name(MacAddress(whose))
    return str(getattr(whose, "name", whose))


def _bracketed(clause: str) -> str:
    return f" [{clause}]" if clause else ""
