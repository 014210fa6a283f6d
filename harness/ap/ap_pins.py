"""The AP PINs of the BSSs that one registrar serves: each BSS has its own, and its own lock.

What a user sets or disables is so for all of them, and a guess counts at each; that is hostapd
2.10's way. A BSS without AP PIN keeps external registrars out, whatever the others have.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TypeAlias

from harness.ap.ap_pin import ApPin, ExternalRegistrars, Told

ToldByBss: TypeAlias = tuple[tuple[str, Told], ...]
"""By interface the names of the events to tell there."""


class ApPins:
    """By the interface of the BSS."""

    def __init__(self) -> None:
        self._all: dict[str, ApPin] = {}

    def __getitem__(self, interface: str) -> ApPin:
        return self._all[interface]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def join(self, interface: str, config: ExternalRegistrars) -> None:
        """Serve a BSS too; one that is served already goes on with what it has."""
        if interface not in self._all:
            self._all[interface] = ApPin(config)

    def renew(self, interface: str, config: ExternalRegistrars) -> None:
        """Begin anew with other settings of a BSS."""
        self._all[interface] = ApPin(config)

    def keep_only(self, interfaces: Collection[str]) -> None:
        """Serve other BSSs no more."""
        self._all = {name: pin for name, pin in self._all.items() if name in interfaces}

    def lock_of(self, interface: str) -> int:
        """As `ap_setup_locked` has it; of a BSS that is not served 0."""
        return self._all[interface].lock if interface in self._all else 0

    def deadline(self) -> float | None:
        dues = (pin.deadline() for pin in self._all.values())
        return min((due for due in dues if due is not None), default=None)

    def set(self, pin: str, now: float, timeout_s: float = 0.0) -> ToldByBss:
        """Take another AP PIN in for all."""
        return self._each(lambda one: one.set(pin, now, timeout_s))

    def disable(self) -> None:
        """Have no AP PIN any more."""
        for pin in self._all.values():
            pin.disable()

    def guessed(self, now: float) -> ToldByBss:
        """A registrar did not know the AP PIN."""
        return self._each(lambda one: one.guessed(now))

    def proved(self) -> None:
        """A registrar knew the whole AP PIN."""
        for pin in self._all.values():
            pin.proved()

    def tick(self, now: float) -> ToldByBss:
        """An AP PIN's time, or a lock's, may be over."""
        return self._each(lambda one: one.tick(now))

    def _each(self, do: Callable[[ApPin], Told]) -> ToldByBss:
        return tuple((name, told) for name, pin in self._all.items() if (told := do(pin)))
