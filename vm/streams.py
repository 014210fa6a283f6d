"""What goes in and out of a guest: pipes between the host's files and the guest's serial lines."""

from __future__ import annotations

import contextlib
import enum
import math
import os
import selectors
import subprocess
import termios
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path

MAX_BLOCK = 2048
"""Octets of input at a time. More than 4096 could stop the guest's line for ever."""

TYPING_PAUSE_S = 0.01

LOOK_S = 1.0
"""At most so long between two looks at a silent guest. Only that counts as its silence: a host that
stands still, or gives us no time, gives the guest none either."""


class Terminal(enum.Enum):
    """What the command has for standard input, output and error."""

    NONE = "pipes"
    """Three pipes, carried octet for octet."""
    OUTPUT = "output-terminal"
    """A terminal that leaves echo and line editing to the host's own."""
    FULL = "terminal"
    """A terminal with job control; the host's is made raw meanwhile."""


class Streams:
    """The pipes between the host's file descriptors and the guest's serial lines."""

    def __init__(self, terminal: Terminal, stdin: int | None, stdout: int, stderr: int) -> None:
        self._terminal = terminal
        self._open: set[int] = set()
        self._guest: list[int] = []
        self._arguments: list[str] = []
        self._from_guest: dict[int, int] = {}
        self._to_guest: int | None = None
        self._answers: int | None = None
        back: int | None = None
        self._stdin = stdin
        if terminal is not Terminal.NONE:
            back = self._output_pipe(stdout)
        elif stdin is not None:
            self._answers, back = self._pipe()
            self._guest.append(back)
        inward = "null" if stdin is None else f"fd:{self._input_pipe()}"
        outward = "null" if back is None else f"fd:{back}"
        self._arguments.append(f"ssl0={inward},{outward}")
        if terminal is Terminal.NONE:
            self._arguments.append(f"ssl1=null,fd:{self._output_pipe(stdout)}")
            self._arguments.append(f"ssl2=null,fd:{self._output_pipe(stderr)}")

    def __enter__(self) -> Streams:
        return self

    def __exit__(self, *_: object) -> None:
        for fd in self._open:
            os.close(fd)
        self._open.clear()

    def _pipe(self) -> tuple[int, int]:
        ends = os.pipe()
        self._open.update(ends)
        return ends

    def _input_pipe(self) -> int:
        read_end, self._to_guest = self._pipe()
        self._guest.append(read_end)
        return read_end

    def _output_pipe(self, destination: int) -> int:
        read_end, write_end = self._pipe()
        self._guest.append(write_end)
        self._from_guest[read_end] = destination
        return write_end

    def kernel_arguments(self) -> list[str]:
        return self._arguments

    def guest_ends(self) -> list[int]:
        return self._guest

    def close_guest_ends(self) -> None:
        for fd in self._guest:
            self._open.discard(fd)
            os.close(fd)

    def carry(
        self,
        process: subprocess.Popen[bytes],
        listening: Path,
        limit_s: float | None,
        stall_s: float | None,
    ) -> str | None:
        """Carries octets until the guest has gone; the reason if it had to be given up.

        Input begins when the file `listening` is there.
        """
        if self._stdin is not None and self._to_guest is not None:
            # Descriptors of its own: it may outlive us in a read of standard input.
            answers = None if self._answers is None else os.dup(self._answers)
            arguments = (self._stdin, os.dup(self._to_guest), answers, listening)
            threading.Thread(target=_feed, args=arguments, daemon=True).start()
        with _raw_terminal(self._stdin if self._terminal is Terminal.FULL else None):
            reason = self._carry_output(process, limit_s, stall_s)
        for fd in self._from_guest:
            os.set_blocking(fd, False)  # a process of the guest may still hold the other end
            with contextlib.suppress(BlockingIOError):
                while octets := os.read(fd, 65536):
                    _write_all(self._from_guest[fd], octets)
        return reason

    def _carry_output(
        self, process: subprocess.Popen[bytes], limit_s: float | None, stall_s: float | None
    ) -> str | None:
        limit, stall = limit_s or math.inf, stall_s or math.inf
        started = looked = time.monotonic()
        silence = 0.0
        ended = os.pidfd_open(process.pid)
        self._open.add(ended)
        with selectors.DefaultSelector() as selector:
            for fd in (ended, *self._from_guest):
                selector.register(fd, selectors.EVENT_READ)
            while process.poll() is None:
                now = time.monotonic()
                if now - started >= limit:
                    return f"the guest was still running after {limit:g} s"
                silence, looked = silence + min(now - looked, LOOK_S), now
                if silence >= stall:
                    return f"the guest printed nothing for {stall:g} s"
                wait = min(started + limit - now, stall - silence)
                for key, _ in selector.select(None if wait == math.inf else min(wait, LOOK_S)):
                    if key.fd == ended:
                        continue
                    if octets := os.read(key.fd, 65536):
                        _write_all(self._from_guest[key.fd], octets)
                        silence = 0.0
                    else:
                        selector.unregister(key.fd)
        return None


def _write_all(fd: int, octets: bytes) -> None:
    while octets:
        octets = octets[os.write(fd, octets) :]


def _feed(source: int, guest: int, answers: int | None, listening: Path) -> None:
    """Carries input to the guest until either end is gone.

    With `answers`, in blocks, as init.c describes; without, to a terminal, at the pace of typing.
    """
    try:
        while not listening.exists():
            if not listening.parent.exists():
                return
            time.sleep(0.005)
        while octets := os.read(source, MAX_BLOCK):
            if answers is None:
                _write_all(guest, octets)
                time.sleep(TYPING_PAUSE_S)
            else:
                _write_all(guest, len(octets).to_bytes(2, "big") + octets)
                if not os.read(answers, 1):
                    return
        if answers is not None:
            _write_all(guest, bytes(2))
    except OSError:
        return  # the guest has gone, and says itself why
    finally:
        for fd in (guest, answers):
            if fd is not None:
                os.close(fd)


@contextlib.contextmanager
def _raw_terminal(fd: int | None) -> Iterator[None]:
    if fd is None or not os.isatty(fd):
        yield
        return
    before = termios.tcgetattr(fd)
    tty.setraw(fd)
    try:
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)
