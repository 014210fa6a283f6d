"""Where a daemon says what it does: standard output, a file, or the system's log."""

from __future__ import annotations

import sys
import syslog
import time
from pathlib import Path
from typing import IO

ERROR, INFO, DEBUG, EXCESSIVE = 3, 2, 1, 0
"""How much a line matters; the names of LOG_LEVEL are in `NAMES`."""

NAMES = {ERROR: "ERROR", INFO: "INFO", DEBUG: "DEBUG", EXCESSIVE: "EXCESSIVE"}


class Log:
    """Lines from `level` on are written. `path` None: standard output. Raises `OSError`."""

    def __init__(
        self,
        path: Path | None = None,
        level: int = INFO,
        *,
        timestamps: bool = False,
        system: str | None = None,
    ) -> None:
        self.level = level
        self.timestamps = timestamps
        self._path = None if path is None else path.absolute()
        self._file: IO[str] | None = None
        self._system = system
        if system is not None:
            syslog.openlog(system, syslog.LOG_PID, syslog.LOG_DAEMON)
        self.reopen()

    def say(self, line: str, level: int = INFO) -> None:
        """Write one line. A disk that is full loses it and nothing else."""
        if level < self.level:
            return
        if self._system is not None:
            syslog.syslog(syslog.LOG_ERR if level == ERROR else syslog.LOG_INFO, line)
            return
        stamp = f"{time.time():.6f}: " if self.timestamps else ""
        try:
            print(stamp + line, file=self._file or sys.stdout, flush=True)
        except (OSError, ValueError):
            self._file = None

    def reopen(self) -> None:
        """Open the file anew, after it was moved away. Raises `OSError`."""
        if self._path is None:
            return
        fresh = self._path.open("a", encoding="utf-8", errors="backslashreplace")
        self.close()
        self._file = fresh

    def close(self) -> None:
        """Write nothing more to the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
