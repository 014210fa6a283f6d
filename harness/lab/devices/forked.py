"""Our own programs without the start of an interpreter for each: forked off one that has them.

Loading them costs more than most scenarios, and much more in a kernel lab.
"""

from __future__ import annotations

import ctypes
import importlib
import multiprocessing
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.base.errors import SetupFailed

_PRELOADED: Final = "harness.lab.devices.preloaded"
_CLONE_NEWNET: Final = 0x40000000


@dataclass(frozen=True)
class Module:
    """A program of airproof's own, by its module, whose `main` takes its arguments."""

    name: str

    def start(self, arguments: list[str], namespace: str, log: Path) -> Forked:
        """Start it in a network namespace; what it prints goes to `log`."""
        return Forked(self.name, arguments, namespace, log)


class Forked:
    """A running program of ours, as `subprocess` would show it.

    It has this process's environment and working directory. Its log is begun anew unless `appends`.
    """

    def __init__(
        self,
        module: str,
        arguments: list[str],
        namespace: str,
        log: Path,
        *,
        appends: bool = False,
    ) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([_PRELOADED])
        start = _Start(module, arguments, namespace, str(log), appends, dict(os.environ))
        self._process = context.Process(target=_run, args=(start,), daemon=True)
        self._process.start()
        pid = self._process.pid
        assert pid is not None, "it was started"
        self.pid: Final = pid

    def poll(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def ended(self, limit: float) -> bool:
        """Wait for its end, so many seconds at most."""
        self._process.join(limit)
        return self.poll() is not None


@dataclass(frozen=True)
class _Start:
    """What the forked process is told."""

    module: str
    arguments: list[str]
    namespace: str
    log: str
    appends: bool
    environment: dict[str, str]


def _run(start: _Start) -> None:
    """Be the program: in the forked process."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _redirect(start.log, os.O_APPEND if start.appends else os.O_TRUNC)
    if os.environ != start.environment:
        os.environ.clear()
        os.environ.update(start.environment)
    with open(f"/run/netns/{start.namespace}", "rb") as there:  # noqa: PTH123 - its descriptor is wanted
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(there.fileno(), _CLONE_NEWNET) != 0:
            reason = os.strerror(ctypes.get_errno())
            raise SetupFailed(f"network namespace {start.namespace}: {reason}")
    status = importlib.import_module(start.module).main(start.arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _redirect(log: str, how: int) -> None:
    output = os.open(log, os.O_WRONLY | os.O_CREAT | how, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdin = os.fdopen(0, "r")
    sys.stdout = os.fdopen(1, "w", buffering=1)
    sys.stderr = os.fdopen(2, "w", buffering=1)
