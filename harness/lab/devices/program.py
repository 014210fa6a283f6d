"""A third-party program that runs in a node's network namespace, with its log kept."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from harness.base.errors import SetupFailed
from harness.lab.devices.control_socket import ControlError, ControlSocket
from harness.lab.devices.interface import Device
from harness.lab.expectations import ExpectationFailed

_TRY_EVERY = 0.01
_EXIT_LIMIT = 20.0
_LAST_LINES = 12


class Program:
    """A running program and its control sockets, as a member of the world.

    Started in `namespace`; what it prints goes to `log`. `sockets`: the control sockets to
    attach to, interface → path. Once all are attached, an exit of the program is a failure of
    the device: `ExpectationFailed`; before that it is `SetupFailed`.
    """

    def __init__(
        self,
        device: Device,
        found: Startable,
        arguments: list[str],
        namespace: str,
        log: Path,
        sockets: dict[str, Path],
        folder: Path,
    ) -> None:
        self._device = device
        self._log = log
        self._waiting = dict(sockets)
        self._folder = folder
        self._attached: dict[str, ControlSocket] = {}
        self._world = device.world
        self._next_try = self._world.now()
        self._process = found.start(arguments, namespace, log)
        self._exit = os.pidfd_open(self._process.pid)
        self._world.air.watch(self._exit)

    @property
    def attached(self) -> bool:
        """True when every control socket answers."""
        return not self._waiting

    @property
    def process_id(self) -> int:
        return self._process.pid

    def socket(self, interface: str) -> ControlSocket:
        return self._attached[interface]

    def pump(self) -> bool:
        """Take the events that came, and see whether the program still runs."""
        busy = False
        for interface, connection in self._attached.items():
            for text in connection.events():
                self._device.heard_control(self._world.now(), interface, text)
                busy = True
        if self._process.poll() is not None:
            raise self._ended()
        return busy

    def deadline(self) -> float | None:
        return self._next_try if self._waiting else None

    def tick(self, now: float) -> None:
        """Try once more to attach to the sockets that were not there yet."""
        self._next_try = now + _TRY_EVERY
        for interface, path in tuple(self._waiting.items()):
            try:
                connection = ControlSocket(path, self._folder)
            except (OSError, ControlError):
                continue
            del self._waiting[interface]
            self._attached[interface] = connection
            self._world.air.watch(connection.fileno())

    def close(self) -> None:
        """Stop the program; kill it when it does not end."""
        for connection in self._attached.values():
            self._world.air.unwatch(connection.fileno())
            connection.close()
        self._attached = {}
        self._world.air.unwatch(self._exit)
        os.close(self._exit)
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            if not self._process.ended(_EXIT_LIMIT):
                self._process.send_signal(signal.SIGKILL)
                self._process.ended(_EXIT_LIMIT)

    def _ended(self) -> Exception:
        status = self._process.poll()
        assert status is not None, "it has ended"
        how = f"exit status {status}" if status >= 0 else f"signal {-status}"
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        said = "\n".join(f"  {line}" for line in lines[-_LAST_LINES:])
        message = f"{self._device.name} ({self._device.kind}) ended with {how}"
        if self._waiting:
            return SetupFailed(f"{message}; its last lines:\n{said}")
        return ExpectationFailed(
            message, expected="the program keeps running", got=how, excerpt=said
        )


class Running(Protocol):
    """A running program. `pid`: its process."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs."""

    def send_signal(self, number: int) -> None:
        """Send it a signal."""

    def ended(self, limit: float) -> bool:
        """Wait for its end, so many seconds at most; False when it did not come."""


class Startable(Protocol):
    """A program that can be started."""

    def start(self, arguments: list[str], namespace: str, log: Path) -> Running:
        """Start it in a network namespace; what it prints goes to `log`."""


class _Spawned(subprocess.Popen[bytes]):
    """A program of its own file."""

    def ended(self, limit: float) -> bool:
        try:
            self.wait(limit)
        except subprocess.TimeoutExpired:
            return False
        return True


@dataclass(frozen=True)
class Found:
    """A program's file, and what its environment needs beyond ours."""

    path: str
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, arguments: list[str], namespace: str, log: Path) -> Running:
        """As `Startable` has it."""
        with log.open("wb") as output:
            return _Spawned(
                ["nsenter", f"--net=/run/netns/{namespace}", self.path, *arguments],
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )


def find(name: str) -> Found:
    """Find a program: installed, or unpacked by the kernel lab. Raises `SetupFailed`."""
    search = os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/libexec"
    if (path := shutil.which(name, path=search)) is not None:
        return Found(path)
    try:
        from vm import packages
    except ImportError:
        unpacked = None
    else:
        unpacked = packages.find(name)
    if unpacked is None:
        raise SetupFailed(f"{name} is not installed")
    return Found(str(unpacked.path), unpacked.env)


def socket_folder() -> Path:
    """Make a folder whose path is short enough for UNIX addresses; its owner removes it."""
    return Path(tempfile.mkdtemp(prefix="airproof-", dir="/tmp"))
