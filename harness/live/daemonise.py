"""Going to the background, and the PID file."""

from __future__ import annotations

import os
from pathlib import Path


def to_background(pid_file: Path | None, *, goes_on_without: bool = False) -> None:
    """Go on in a child, without a terminal; the parent writes the PID file and ends with 0.

    Sockets, timers and signals go on in the child as they were. A PID file that can't be written
    is told on standard error, and is the end unless it `goes_on_without`.
    """
    readable, writable = os.pipe()
    child = os.fork()
    if child:
        os.close(readable)
        status = 0
        if pid_file is not None:
            try:
                pid_file.write_text(f"{child}\n", encoding="ascii")
            except OSError as error:
                os.write(2, f"{pid_file}: {error.strerror}\n".encode())
                status = 0 if goes_on_without else 1
        os.write(writable, b"0" if status == 0 else b"1")
        os._exit(status)
    os.close(writable)
    told = os.read(readable, 1)
    os.close(readable)
    if told != b"0":
        os._exit(1)
    os.setsid()
    os.chdir("/")
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    if null > 2:
        os.close(null)
