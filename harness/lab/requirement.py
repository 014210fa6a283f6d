"""What a scenario checks: the id, clause and level that a verdict is reported under."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

MUST = "MUST"
SHOULD = "SHOULD"
OBSERVE = "OBSERVE"
LEVELS = (MUST, SHOULD, OBSERVE)

Scenario = TypeVar("Scenario", bound=Callable[..., object])
_ATTRIBUTE = "airproof_requirement"


@dataclass(frozen=True, slots=True)
class Requirement:
    """`id`: stable words with dots; `clause`: where the standard says so; `level`: RFC 2119's."""

    id: str
    clause: str
    level: str


def requirement(id: str, clause: str, level: str) -> Callable[[Scenario], Scenario]:  # noqa: A002
    """Mark a scenario with what it checks. Raises `ValueError` for an unknown level."""
    if level not in LEVELS:
        raise ValueError(f"{id}: level {level!r} is none of {', '.join(LEVELS)}")

    def mark(scenario: Scenario) -> Scenario:
        setattr(scenario, _ATTRIBUTE, Requirement(id, clause, level))
        return scenario

    return mark


def requirement_of(scenario: object) -> Requirement | None:
    """Give what `requirement` put on a scenario, None for any other function."""
    return getattr(scenario, _ATTRIBUTE, None)
