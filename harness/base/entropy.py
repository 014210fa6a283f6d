"""Random octets, injected so that a seeded world repeats itself exactly."""

from __future__ import annotations

import hashlib
import os
from typing import Protocol


class Entropy(Protocol):
    """Where a machine draws random octets from."""

    def octets(self, count: int) -> bytes: ...


class SystemEntropy:
    """The operating system's generator: for real radios and daemons."""

    def octets(self, count: int) -> bytes:
        return os.urandom(count)


class SeededEntropy:
    """Octets that follow from a seed alone: SHAKE-128 of the seed and a block counter.

    For simulated worlds only; never for keys that guard anything. `child` gives an independent
    stream for a named part of the world, so that adding a device does not disturb the others.
    """

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._block = 0
        self._pool = b""

    def octets(self, count: int) -> bytes:
        while len(self._pool) < count:
            block = hashlib.shake_128(self._seed + self._block.to_bytes(8, "big"))
            self._pool += block.digest(1024)
            self._block += 1
        drawn, self._pool = self._pool[:count], self._pool[count:]
        return drawn

    def child(self, name: str) -> SeededEntropy:
        return SeededEntropy(hashlib.sha256(self._seed + b"/" + name.encode()).digest())


def uniform(entropy: Entropy) -> float:
    """Draw a number in [0, 1) with 53 bits."""
    return (int.from_bytes(entropy.octets(7), "big") >> 3) / (1 << 53)
