"""A third-party program that runs in a node's network namespace, with its log kept."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import harness
from harness.base.errors import SetupFailed
from harness.lab.devices.control_socket import ControlError, ControlSocket
from harness.lab.devices.interface import Device
from harness.lab.expectations import ExpectationFailed

_TRY_EVERY = 0.01
_EXIT_LIMIT = 5.0
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
        found: Found,
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
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                ["nsenter", f"--net=/run/netns/{namespace}", found.path, *found.first, *arguments],
                env=os.environ | found.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
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
            try:
                self._process.wait(_EXIT_LIMIT)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _ended(self) -> Exception:
        status = self._process.returncode
        how = f"exit status {status}" if status >= 0 else f"signal {-status}"
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        said = "\n".join(f"  {line}" for line in lines[-_LAST_LINES:])
        message = f"{self._device.name} ({self._device.kind}) ended with {how}"
        if self._waiting:
            return SetupFailed(f"{message}; its last lines:\n{said}")
        return ExpectationFailed(
            message, expected="the program keeps running", got=how, excerpt=said
        )


@dataclass(frozen=True)
class Found:
    """A program's file, what its environment needs beyond ours, its first arguments."""

    path: str
    environment: dict[str, str] = field(default_factory=dict)
    first: tuple[str, ...] = ()


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


def of_ours(module: str) -> Found:
    """Give a program of airproof's own, run by this Python from this checkout."""
    checkout = str(Path(harness.__file__).parents[1])
    return Found(sys.executable, {"PYTHONPATH": checkout}, ("-m", module))


def socket_folder() -> Path:
    """Make a folder whose path is short enough for UNIX addresses; its owner removes it."""
    return Path(tempfile.mkdtemp(prefix="airproof-", dir="/tmp"))
