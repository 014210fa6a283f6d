"""The PINs that an internal registrar was told, and for how many runs each is good.

A wildcard PIN (for any Enrollee) is bound to the first Enrollee that asks and is good for two
runs; a PIN for one Enrollee stays until a run reveals the whole of it. Source: Wi-Fi Simple
Configuration 2.0.8, 7.4 and 10.1 (a PIN is used once).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.base.address import MacAddress

WILDCARD_RUNS = 2


@dataclass(slots=True)
class Pin:
    """One PIN. `uuid`: whose it is, None until a wildcard is bound. `expires`: None never.

    `address`: what to authorise, None for any station. `in_use`: a run has it now. `runs`: how
    many began.
    """

    uuid: bytes | None
    password: bytes = field(repr=False)
    wildcard: bool
    expires: float | None = None
    address: MacAddress | None = None
    in_use: bool = False
    runs: int = 0


class PinStore:
    """PINs, newest first."""

    def __init__(self) -> None:
        self._pins: list[Pin] = []

    def __len__(self) -> int:
        return len(self._pins)

    def add(
        self,
        password: bytes,
        uuid: bytes | None,
        expires: float | None = None,
        address: MacAddress | None = None,
    ) -> list[Pin]:
        """Take a PIN in; returns those that it replaces: one unused wildcard, by another one."""
        replaced = [self._pins.pop(index) for index in self._unused_wildcard()] if not uuid else []
        pin = Pin(uuid, password, uuid is None, expires, address)
        self._pins.insert(0, pin)
        return replaced

    def remove_wildcard(self) -> list[Pin]:
        """Drop one unused wildcard PIN, and return it."""
        return [self._pins.pop(index) for index in self._unused_wildcard()]

    def take_wildcards(self, password: bytes | None) -> list[Pin]:
        """Drop the wildcard PINs that are `password` and in no run, and return them."""
        taken = [
            pin
            for pin in self._pins
            if pin.wildcard and pin.password == password and not pin.in_use
        ]
        for pin in taken:
            self.drop(pin)
        return taken

    def find(self, uuid: bytes) -> Pin | None:
        """The PIN that an Enrollee with `uuid` may use now; claims nothing."""
        for pin in self._pins:
            if pin.uuid == uuid:
                return None if pin.in_use else pin
        for pin in self._pins:
            if pin.wildcard and pin.uuid is None and not pin.in_use:
                return pin
        return None

    def claim(self, pin: Pin, uuid: bytes) -> None:
        """Give a PIN from `find` to a run: bound to `uuid`, counted, and kept from others."""
        pin.uuid = uuid
        pin.in_use = True
        pin.runs += 1

    def release(self, pin: Pin, *, spent: bool) -> bool:
        """End the run of a claimed PIN; True when the PIN is gone with it.

        `spent`: the run revealed all of it, or ended well.
        """
        pin.in_use = False
        if spent or (pin.wildcard and pin.runs >= WILDCARD_RUNS):
            self.drop(pin)
            return True
        return False

    def expire(self, now: float) -> list[Pin]:
        """Drop what has expired, and return it."""
        gone = [
            pin
            for pin in self._pins
            if pin.expires is not None and pin.expires <= now and not pin.in_use
        ]
        for pin in gone:
            self.drop(pin)
        return gone

    def drop(self, pin: Pin) -> None:
        """Forget `pin`, if it is there."""
        self._pins = [other for other in self._pins if other is not pin]

    def _unused_wildcard(self) -> list[int]:
        for index, pin in enumerate(self._pins):
            if pin.wildcard and pin.runs == 0 and not pin.in_use:
                return [index]
        return []
