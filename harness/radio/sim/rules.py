"""What goes wrong on the simulated medium, on purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from harness.base.entropy import Entropy, uniform


@dataclass(frozen=True, slots=True)
class Drop:
    """The frame goes out and nobody (or the rule's receiver) hears it."""


@dataclass(frozen=True, slots=True)
class Delay:
    """The frame comes `seconds` later; others may pass it meanwhile."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The frame goes out (or is heard by the rule's receiver) twice, without the Retry bit."""


@dataclass(frozen=True, slots=True)
class Replace:
    """Other octets go out, or are heard by the rule's receiver: what `edit` makes of them."""

    edit: Callable[[bytes], bytes]


Effect: TypeAlias = Drop | Delay | Duplicate | Replace


@dataclass(slots=True, eq=False)
class Rule:
    """One fault: `effect` befalls the frames that match.

    `match`: octets that the frame contains, or a predicate over its octets; None: any frame.
    `transmitter`, `receiver`: nodes; a rule with a receiver concerns that receiver alone, one
    without concerns the frame as it goes out. `probability` from the medium's generator; `times`:
    how often at most. `hits` counts. Acks are frames too.
    """

    effect: Effect
    match: bytes | Callable[[bytes], bool] | None = None
    transmitter: str | None = None
    receiver: str | None = None
    probability: float = 1.0
    times: int | None = None
    hits: int = 0


class RuleBook:
    """The rules of a medium, in order; the first that matches wins. False when empty."""

    def __init__(self, entropy: Entropy) -> None:
        self._entropy = entropy
        self._rules: tuple[Rule, ...] = ()

    def __bool__(self) -> bool:
        return bool(self._rules)

    def add(self, rule: Rule) -> Rule:
        self._rules += (rule,)
        return rule

    def remove(self, rule: Rule) -> None:
        self._rules = tuple(each for each in self._rules if each is not rule)

    def lose(self, probability: float, *, receiver: str | None = None) -> Rule:
        """Lose any frame with this probability, Acks included."""
        return self.add(Rule(Drop(), probability=probability, receiver=receiver))

    def find(self, octets: bytes, transmitter: str, receiver: str | None) -> Effect | None:
        """What befalls a frame as it goes out (`receiver` None) or as one receiver hears it."""
        for rule in self._rules:
            if rule.receiver == receiver and self._befalls(rule, octets, transmitter):
                rule.hits += 1
                return rule.effect
        return None

    def _befalls(self, rule: Rule, octets: bytes, transmitter: str) -> bool:
        if rule.times is not None and rule.hits >= rule.times:
            return False
        if rule.transmitter is not None and rule.transmitter != transmitter:
            return False
        match = rule.match
        if isinstance(match, bytes):
            if match not in octets:
                return False
        elif match is not None and not match(octets):
            return False
        return rule.probability >= 1.0 or uniform(self._entropy) < rule.probability
