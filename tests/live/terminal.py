"""A program with a terminal of its own, as somebody at a keyboard has it."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import time
from pathlib import Path
from types import TracebackType

from programs import PATIENCE_S

from vm import packages

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x07")
_PROMPT = "> "
UP = "\x1b[A"


class Terminal:
    """wpa_cli or hostapd_cli, unmodified; `shown` is everything that it has put on the screen."""

    def __init__(self, name: str, home: Path, *options: str) -> None:
        found = packages.program(name)
        self._master, terminal = pty.openpty()
        env = {**os.environ, **found.env, "HOME": str(home), "TERM": "vt100", "COLUMNS": "500"}
        try:
            self.process = subprocess.Popen(
                [str(found.path), *options],
                stdin=terminal, stdout=terminal, stderr=terminal, env=env, start_new_session=True,
            )  # fmt: skip
        finally:
            os.close(terminal)
        self.shown = ""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)

    def press(self, keys: str) -> None:
        """Type when nothing has been shown for a moment: the program is at its prompt again."""
        self.rest(0.3)
        os.write(self._master, keys.encode())

    def until(self, text: str, within_s: float = PATIENCE_S) -> str:
        """Wait until `text` is shown that was not before; gives what came up to then."""
        before, limit = len(self.shown), time.monotonic() + within_s
        while text not in self.shown[before:]:
            assert time.monotonic() < limit, f"no {text!r} in {self.shown[before:]!r}"
            self._read(0.2)
        return self.shown[before:]

    def enter(self, line: str, text: str) -> str:
        """Type a line and wait for `text`."""
        self.press(line + "\r")
        return self.until(text)

    def rest(self, within_s: float = 1.0) -> str:
        """What is shown until nothing has been for so long, or the program is gone."""
        before = len(self.shown)
        while self._read(within_s):
            pass
        return self.shown[before:]

    def lines(self) -> list[str]:
        """What was on the screen, without prompts, what they were redrawn with, and empty lines."""
        lines = (line.split("\r")[-1] for line in self.shown.replace("\r\n", "\n").split("\n"))
        kept = (line.removeprefix(_PROMPT) for line in lines)
        return [line for line in kept if line and line != _PROMPT.strip()]

    def _read(self, within_s: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], within_s)
        if not ready:
            return False
        try:
            came = os.read(self._master, 65536)
        except OSError:  # the program has gone
            return False
        self.shown += _CONTROL.sub("", came.decode(errors="backslashreplace"))
        return bool(came)
