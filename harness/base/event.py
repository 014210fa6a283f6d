"""The event record: one stream per world, from which logs and control interfaces are rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

VOCABULARY: dict[str, str] = {}
"""Every declared event name and what it means."""


def declare(name: str, meaning: str) -> str:
    """Add `name` (`layer.subject.past-verb`) to the vocabulary and return it.

    Raises `ValueError` when it is declared already: one name, one meaning.
    """
    if name in VOCABULARY:
        raise ValueError(f"event {name} is declared twice")
    if name.count(".") != 2:
        raise ValueError(f"event name {name!r} is not layer.subject.past-verb")
    VOCABULARY[name] = meaning
    return name


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `t`: seconds on the world's clock. `node`: the device's name."""

    t: float
    node: str
    name: str
    fields: Mapping[str, object] = field(default_factory=dict)
