"""What the stations of one program know of each other's push button.

Each keeps its run to itself. Two APs whose buttons are pushed are an overlap whichever of the
stations sees them, so that nobody chooses before all have looked, and all stop for it. Source:
the station's behaviour page, 6.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from harness.base.address import MacAddress


@dataclass(frozen=True, slots=True)
class Button:
    """What an AP said last. `uuid`: 16 octets if any. `active`: push-button mode."""

    uuid: bytes | None
    active: bool


class Member(Protocol):
    """A station's enrolments."""

    @property
    def buttons(self) -> Mapping[MacAddress, Button]:
        """By BSSID what the run that looks for its AP has seen; empty without one."""

    @property
    def owes_look(self) -> bool:
        """Whether a push-button run of it still has its first scan before it."""

    def hear_of_overlap(self, at: float) -> None:
        """Stop at the next turn, which is due at once, if an overlap concerns the run."""


class Neighbours:
    """The stations of one program, in the order in which they began."""

    def __init__(self) -> None:
        self._members: list[Member] = []

    def join(self, member: Member) -> None:
        self._members.append(member)

    def leave(self, member: Member) -> None:
        self._members = [each for each in self._members if each is not member]

    def buttons(self, asking: Member) -> Iterator[tuple[MacAddress, Button]]:
        """What all have seen, `asking` itself first."""
        yield from asking.buttons.items()
        for each in self._others(asking):
            yield from each.buttons.items()

    def owe_look(self, asking: Member) -> bool:
        """Whether there is anyone to wait for."""
        return any(each.owes_look for each in self._others(asking))

    def tell_of_overlap(self, sender: Member, at: float) -> None:
        """Stop the others too."""
        for each in self._others(sender):
            each.hear_of_overlap(at)

    def _others(self, member: Member) -> Iterator[Member]:
        return (each for each in self._members if each is not member)
