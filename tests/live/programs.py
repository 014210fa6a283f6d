"""Programs on the kernel's simulated radios, the real ones and ours, and clients of them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

import pytest

from harness.lab.devices.forked import Forked
from harness.radio.hwsim import HwsimAir
from vm import packages

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 90.0
_INTERPRETED = (sys.executable, "-m")
LEVEL = re.compile(r"^(?:IFNAME=\S+ )?<\d>")
"""How an event begins, and no reply."""


def kernel_lab(*needed: str) -> list[pytest.MarkDecorator]:
    """The marks of a test that needs the kernel's radios and these programs."""
    reason = HwsimAir.usable()
    missing = [name for name in needed if packages.find(name) is None]
    return [
        pytest.mark.skipif(reason is not None, reason=f"mac80211_hwsim: {reason}"),
        pytest.mark.skipif(bool(missing), reason=f"not installed: {missing}"),
    ]


def real(name: str = "hostapd") -> tuple[str, ...]:
    return (str(packages.program(name).path),)


def ours(name: str = "hostapd") -> tuple[str, ...]:
    return (*_INTERPRETED, f"harness.live.{name}")


def obey(country: str) -> None:
    """Have all the kernel's radios obey its rules until the test ends.

    In "US" an access point may begin on channel 36; in the world, "00", not.
    """
    _iw("reg", "set", country)
    wait(f"the rules of {country}", lambda: rules_obeyed() == country)


def rules_obeyed() -> str:
    """The country whose rules the kernel's radios obey, "00" for the world's."""
    told = _iw("reg", "get")
    found = re.search(r"^country (..):", told, re.MULTILINE)
    assert found, told
    return found[1]


def _iw(*words: str) -> str:
    iw = packages.program("iw")
    env = {**os.environ, **iw.env}
    command = [str(iw.path), *words]
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout


def cli(name: str, control: Path, *words: str, interface: str = "wlan0") -> str:
    """What hostapd_cli or wpa_cli, run unmodified, says to a command."""
    found = packages.program(name)
    return subprocess.run(
        [str(found.path), "-p", str(control), "-i", interface, *words],
        env={**os.environ, **found.env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="backslashreplace",
        timeout=PATIENCE_S,
        check=False,
    ).stdout


def wait(what: str, happened: Callable[[], object], within_s: float = PATIENCE_S) -> None:
    """Wait for another program, which has no other way to tell."""
    limit = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < limit, f"{what}: not within {within_s} s"
        time.sleep(0.05)  # real programs, in real time


class Process(Protocol):
    """A program that runs, as `subprocess.Popen` shows it."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float) -> int: ...

    def send_signal(self, number: int) -> None: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...


class Ours(Forked):
    """One of ours, forked: loading it for each test anew would be half of what they cost.

    Those of the programs' options, and of the programs by themselves, start it as a user does.
    """

    def wait(self, timeout: float) -> int:
        if not self.ended(timeout):
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
        status = self.poll()
        assert status is not None
        return status

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


@contextmanager
def running(namespace: str, log: Path, *command: str) -> Iterator[Process]:
    """Run a program in a network namespace; what it says is added to `log`."""
    process = _started(namespace, log, command)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _started(namespace: str, log: Path, command: tuple[str, ...]) -> Process:
    if command[:2] == _INTERPRETED:
        _, _, module, *arguments = command
        return Ours(module, arguments, namespace, log, appends=True)
    enter = shutil.which("nsenter") or "nsenter"
    with log.open("ab") as output:
        return subprocess.Popen(
            [enter, f"--net=/run/netns/{namespace}", *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
        )


class Monitor:
    """A client of one control socket; keeps the events that came until they are taken."""

    def __init__(self, server: Path, own: Path, *, attached: bool = False) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._own = own
        try:
            self._socket.bind(str(own))
            self._socket.connect(str(server))
        except OSError:
            self.close()
            raise
        self.events: list[str] = []
        if attached:
            assert self.ask("ATTACH") == "OK\n"

    def ask(self, command: str | bytes) -> str:
        """Send a command; what comes before its reply is kept as events."""
        self._socket.settimeout(PATIENCE_S)
        self._socket.send(command.encode() if isinstance(command, str) else command)
        while LEVEL.match(came := self._receive()):
            self.events.append(came)
        return came

    def hear(self, within_s: float = 0.0) -> list[str]:
        """The events that were not taken, those included that come until none has for so long."""
        self._socket.settimeout(within_s)
        with suppress(TimeoutError, BlockingIOError):
            while True:
                self.events.append(self._receive())
        return self.events

    def told(self, within_s: float = 0.3) -> list[str]:
        """Take the events that came, until none has come for so long."""
        taken, self.events = self.hear(within_s), []
        return taken

    def until(self, part: str, within_s: float = PATIENCE_S) -> list[str]:
        """Take the events up to the one with `part` in it, at once when it is there."""
        self._socket.settimeout(within_s)
        while not any(part in line for line in self.events):
            self.events.append(self._receive())
        taken, self.events = self.events, []
        return taken

    def close(self) -> None:
        self._socket.close()
        self._own.unlink(missing_ok=True)

    def _receive(self) -> str:
        return self._socket.recv(65536).decode(errors="backslashreplace")


def without_level(event: str) -> str:
    return LEVEL.sub("", event)
