"""What is to happen when, on the virtual clock."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Generic, TypeAlias, TypeVar

Action: TypeAlias = Callable[[], None]
Item = TypeVar("Item")


class Appointment:
    """One thing to be done at one time; `cancel` makes it never happen."""

    __slots__ = ("action",)

    def __init__(self, action: Action | None) -> None:
        self.action = action

    def cancel(self) -> None:
        self.action = None


class Agenda:
    """The virtual clock and its appointments: ordered by time, then by when they were made.

    `now`: seconds since the world began. `news`: someone has something to poll since it was last
    set to False.
    """

    __slots__ = ("_heap", "_made", "news", "now")

    def __init__(self) -> None:
        self.now = 0.0
        self.news = False
        self._made = 0
        self._heap: list[tuple[float, int, Appointment]] = []

    def at(self, time: float, action: Action) -> Appointment:
        """Do `action` at `time`; a time in the past means now, after what is due before it."""
        appointment = Appointment(action)
        self._made += 1
        due = time if time > self.now else self.now
        heapq.heappush(self._heap, (due, self._made, appointment))
        return appointment

    def after(self, delay: float, action: Action) -> Appointment:
        """Do `action` in `delay` seconds."""
        return self.at(self.now + delay, action)

    def next_due(self) -> float | None:
        """When the next thing is due; None: nothing is to be done ever."""
        return self._heap[0][0] if self._heap else None

    def run_next(self, until: float) -> bool:
        """Do the next thing due, if it is due by `until`; False when there was none."""
        heap = self._heap
        if not heap or heap[0][0] > until:
            return False
        self.now, _, appointment = heapq.heappop(heap)
        action, appointment.action = appointment.action, None
        if action is not None:
            action()
        return True


class Inbox(Generic[Item]):
    """What waits to be polled by one owner, with the times at which it came."""

    __slots__ = ("_agenda", "_items")

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._items: list[tuple[float, Item]] = []

    def put(self, item: Item) -> None:
        self._items.append((self._agenda.now, item))
        self._agenda.news = True

    def take(self) -> list[tuple[float, Item]]:
        """Give everything, oldest first, and forget it."""
        items, self._items = self._items, []
        return items
