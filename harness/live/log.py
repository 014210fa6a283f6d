"""Where a daemon says what it does: standard output, a file, or the system's log."""

from __future__ import annotations

import contextlib
import syslog
import time
from io import FileIO
from pathlib import Path
from typing import Final

from harness.base.event import Event

EXCESSIVE, MSGDUMP, DEBUG, INFO, WARNING, ERROR = range(6)
"""How much a line, or an event, matters; the names of LOG_LEVEL are in `NAMES`."""

NAMES: Final = ("EXCESSIVE", "MSGDUMP", "DEBUG", "INFO", "WARNING", "ERROR")

_OK, _FAIL = "OK\n", "FAIL\n"
_KEYS: Final = (".keys.derived", ".psk.handed-out")


class Log:
    """Lines from `level` on are written. `path` None: standard output.

    `shows_keys`: what is derived from secrets is written too (`-K`). Raises `OSError`.
    """

    def __init__(
        self,
        path: Path | None = None,
        level: int = INFO,
        *,
        timestamps: bool = False,
        system: str | None = None,
        shows_keys: bool = False,
    ) -> None:
        self.level = level
        self.timestamps = timestamps
        self._shows_keys = shows_keys
        self._path = None if path is None else path.absolute()
        self._file: FileIO | None = None
        self._system = system
        if system is not None:
            syslog.openlog(system, syslog.LOG_PID, syslog.LOG_DAEMON)
        self._open()

    def say(self, text: str, level: int = INFO) -> None:
        """Write one line, or several. A disk that is full loses them and nothing else."""
        if level < self.level:
            return
        for line in text.splitlines():
            self._write(line, level)

    def _write(self, line: str, level: int) -> None:
        if self._system is not None:
            syslog.syslog(syslog.LOG_ERR if level >= WARNING else syslog.LOG_INFO, line)
            return
        stamp = f"{time.time():.6f}: " if self.timestamps else ""
        octets = f"{stamp}{line}\n".encode(errors="backslashreplace")
        # There is no other place to tell of it, and a program goes on without its log.
        with contextlib.suppress(OSError, ValueError):
            if self._path is None:
                print(octets.decode(), end="", flush=True)
            elif self._file is not None:
                self._file.write(octets)

    def hear(
        self, interface: str, event: Event, line: str | None, *, is_secret: bool = False
    ) -> None:
        """Write an event as its control line, and one without a line with all that it says.

        `is_secret`: of the line only the name is for everyone.
        """
        if line is not None:
            hides = is_secret and not self._shows_keys
            self.say(f"{interface}: {line.partition(' ')[0] if hides else line}")
        elif self.level <= DEBUG:
            self.say(f"{interface}: {event.name}{self._fields(event)}", DEBUG)

    def _fields(self, event: Event) -> str:
        if event.name.endswith(_KEYS) and not self._shows_keys:
            return " [hidden]"
        return "".join(f" {name}={_shown(value)}" for name, value in event.fields.items())

    def carry_level(self, rest: str) -> str:
        """Answer `LOG_LEVEL [NAME [0|1]]`."""
        if not rest:
            return f"Current level: {NAMES[self.level]}\nTimestamp: {int(self.timestamps)}\n"
        name, _, stamp = rest.upper().partition(" ")
        if name not in NAMES or stamp not in ("", "0", "1"):
            return _FAIL
        self.level = NAMES.index(name)
        if stamp:
            self.timestamps = stamp == "1"
        return _OK

    def carry_reopen(self) -> str:
        """Open the file anew, after it was moved away: answer `RELOG`."""
        try:
            self._open()
        except OSError as error:
            self.say(f"the log can't be opened again: {error.strerror or error}", ERROR)
            return _FAIL
        return _OK

    def _open(self) -> None:
        if self._path is None:
            return
        fresh = self._path.open("ab", buffering=0)
        self.close()
        self._file = fresh

    def close(self) -> None:
        """Write nothing more to the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _shown(value: object) -> str:
    is_octets = type(value) is bytes
    return value.hex() if is_octets and isinstance(value, bytes) else str(value)
