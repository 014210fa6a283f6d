"""What the tests of the kernel lab share: a run in a guest and its outcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Ran(NamedTuple):
    """How a command in a guest ended, and what it printed."""

    status: int
    out: bytes
    err: bytes


Run = Callable[..., Ran]
