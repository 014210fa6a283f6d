"""Real time: one clock for a world, and the wait for whatever has something to say."""

from __future__ import annotations

import selectors
import time
from collections.abc import Callable
from typing import Protocol


class Readable(Protocol):
    """A socket or anything else that can be selected on."""

    def fileno(self) -> int: ...


class RealLoop:
    """The clock of a world in real time, which is also the guest's own in time travel.

    Sources are served in the order of their `rank` when several are ready at once.
    """

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._news = False
        self._began = time.monotonic()
        self._began_wall = time.time() - (time.monotonic() - self._began)
        self._began_boot = time.clock_gettime(time.CLOCK_BOOTTIME) - self.now()

    def now(self) -> float:
        return time.monotonic() - self._began

    def from_wall(self, seconds: float) -> float:
        """Give the world's time of a moment on the wall clock (`CLOCK_REALTIME`)."""
        return seconds - self._began_wall

    def from_boot(self, seconds: float) -> float:
        """Give the world's time of a moment counted from boot (`CLOCK_BOOTTIME`)."""
        return seconds - self._began_boot

    def add(self, source: Readable, receive: Callable[[], None], rank: int) -> None:
        """Call `receive` from `wait` whenever `source` is readable."""
        self._selector.register(source, selectors.EVENT_READ, (rank, receive))

    def remove(self, source: Readable) -> None:
        self._selector.unregister(source)

    def watch(self, fd: int) -> None:
        """Return from `wait` when `fd` is readable; reading it is the caller's."""
        self._selector.register(fd, selectors.EVENT_READ, None)

    def unwatch(self, fd: int) -> None:
        self._selector.unregister(fd)

    def tell(self) -> None:
        """Say that something is there to poll: the next `wait` returns at once."""
        self._news = True

    def wait(self, until: float) -> None:
        """Serve what is ready; if nothing is, wait for it, at the longest until `until`.

        What was there to poll and was left there does not end the wait again: a loop that waits
        for something else must not spin.
        """
        if self._news:
            self._news = False
            return
        self._serve(until)
        self._news = False

    def _serve(self, until: float) -> None:
        """Whoever is served first may remove, and close, one that was ready too."""
        ready = self._selector.select(max(0.0, until - self.now()))
        served = [key for key, _ in ready if key.data is not None]
        served.sort(key=_rank)
        for key in served:
            if self._selector.get_map().get(key.fd) == key:
                key.data[1]()

    def close(self) -> None:
        self._selector.close()


def _rank(served: selectors.SelectorKey) -> int:
    return int(served.data[0])
