"""Compares what two programs said to the same questions, field by field.

A difference must be explained, and what is explained must really differ.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

Transcript = list[tuple[str, str]]


@dataclass(frozen=True)
class Explained:
    """Differences with their reasons.

    `fields`: of any reply, by name. `replies`: whole ones, by question. `varying`: fields whose
    values no two runs share for sure. `passing`: fields that are there or not by the moment.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    replies: Mapping[str, str] = field(default_factory=dict)
    varying: Collection[str] = frozenset()
    passing: Collection[str] = frozenset()


def differences(expected: Transcript, said: Transcript, explained: Explained) -> list[str]:
    """What is not explained, and what is explained in vain; in words."""
    assert [words for words, _ in expected] == [words for words, _ in said]
    found: list[str] = []
    unused = set(explained.fields) | set(explained.replies)
    for (words, theirs), (_, our) in zip(expected, said, strict=True):
        if words in explained.replies:
            if theirs != our:
                unused.discard(words)
            continue
        unused -= {name for name in unused if _lines_of(theirs, name) != _lines_of(our, name)}
        kept = [_comparable(reply, explained) for reply in (theirs, our)]
        if kept[0] != kept[1]:
            only = [line for line in kept[0] if line not in kept[1]]
            new = [line for line in kept[1] if line not in kept[0]]
            found.append(f"{words}\n  real: {only or kept[0]}\n  ours: {new or kept[1]}")
    return found + [f"{name}: is explained, but does not differ" for name in sorted(unused)]


def _lines_of(reply: str, name: str) -> list[str]:
    return [line for line in reply.splitlines() if _name(line) == name]


def _comparable(reply: str, explained: Explained) -> list[str]:
    left_out = {*explained.fields, *explained.passing}
    lines = [line for line in reply.splitlines() if _name(line) not in left_out]
    return [f"{_name(line)}=…" if _name(line) in explained.varying else line for line in lines]


def _name(line: str) -> str:
    return line.partition("=")[0]
