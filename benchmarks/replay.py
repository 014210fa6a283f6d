"""Records the calls that a piece of work makes into some modules, to play them again alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import reduce
from types import FrameType
from typing import Any


@dataclass
class Recording:
    """Calls in their order; `play` makes them again and drops what they return or raise."""

    calls: list[tuple[Callable[..., Any], tuple[Any, ...]]] = field(default_factory=list)

    def play(self) -> None:
        for function, arguments in self.calls:
            function(*arguments)


@contextmanager
def recorded(prefix: str) -> Iterator[Recording]:
    """Record every call from outside into a module below `prefix`.

    Calls that such a module makes within itself or into its siblings are part of the outer call.
    Only functions and methods with plain parameters are seen, as those of `harness.crypto` are.
    """
    recording = Recording()

    def inside(frame: FrameType | None) -> bool:
        return frame is not None and frame.f_globals.get("__name__", "").startswith(prefix)

    def watch(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and inside(frame) and not inside(frame.f_back):
            code = frame.f_code
            if code.co_name.startswith("<") or code.co_filename.startswith("<"):
                return
            module = sys.modules[frame.f_globals["__name__"]]
            function = reduce(getattr, code.co_qualname.split("."), module)
            names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            arguments = tuple(frame.f_locals[name] for name in names)
            recording.calls.append((function, arguments))

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        yield recording
    finally:
        sys.setprofile(before)
