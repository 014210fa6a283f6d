"""Programs that are no device of a scenario: with a radio of their own beside the devices."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from harness.base.errors import SetupFailed
from harness.lab import Lab
from harness.radio.hwsim import HwsimAir
from vm import packages

_EXIT_LIMIT_S = 60.0
_NODE = "bystander"


class Bystander:
    """A radio in a namespace of its own, and one program after the other that uses it.

    The programs run as members of the world, so that our own devices go on beside them.
    """

    def __init__(self, lab: Lab, folder: Path) -> None:
        assert isinstance(lab.world.air, HwsimAir), "real programs need real interfaces"
        radio = lab.world.air.add_bare_radio(_NODE)
        self._enter = ["nsenter", f"--net=/run/netns/{radio.namespace}"]
        self._air, self._world, self._folder = lab.world.air, lab.world, folder
        self._process: subprocess.Popen[bytes] | None = None
        self._exit = -1
        self.interface, self.address = radio.interface, radio.address

    def up(self) -> None:
        self._order("ip", "link", "set", self.interface, "up")

    def monitor(self, channel: int) -> None:
        """Put the radio into monitor mode, in which it still acknowledges what is for it."""
        self._order("iw", "dev", self.interface, "set", "type", "monitor")
        self._order("iw", "dev", self.interface, "set", "monitor", "active", "otherbss")
        self.up()
        self._order("iw", "dev", self.interface, "set", "channel", str(channel))

    def run(
        self,
        program: str,
        arguments: Sequence[str],
        within: float,
        enough: Callable[[], bool] = lambda: False,
    ) -> str:
        """Run a program to its end, until it is `enough`, or for so many seconds of the world.

        Gives what it printed.
        """
        found = packages.program(program)
        log = self._folder / f"{program}.log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [*self._enter, str(found.path), *arguments],
                env={**os.environ, "HOME": str(self._folder), **found.env},
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._exit = os.pidfd_open(self._process.pid)
        self._air.watch(self._exit)
        self._world.join(self)
        try:
            self._world.step_until(self._world.now() + within, lambda: self._over or enough())
        finally:
            self._end()
        return log.read_text(encoding="utf-8", errors="replace")

    @property
    def _over(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def pump(self) -> bool:
        return False

    def deadline(self) -> float | None:
        return None

    def tick(self, now: float) -> None:
        """Nothing is ever due."""

    def _order(self, *command: str) -> None:
        result = subprocess.run(
            [*self._enter, *command], capture_output=True, text=True, check=False
        )
        if result.returncode:
            raise SetupFailed(f"{' '.join(command)}: {result.stderr.strip()}")

    def _end(self) -> None:
        assert self._process is not None
        self._world.leave(self)
        self._air.unwatch(self._exit)
        os.close(self._exit)
        if not self._over:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(_EXIT_LIMIT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None
