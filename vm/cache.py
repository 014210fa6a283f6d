"""The cache of built things: content-addressed, written whole or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path


class LabError(Exception):
    """The kernel lab can't do what was asked; the message says what lacks and what to do."""


def say(line: str) -> None:
    """Tells the person who waits what is going on, on standard error."""
    print(f"airproof: {line}", file=sys.stderr, flush=True)


def cache_dir() -> Path:
    """The cache: `$AIRPROOF_CACHE`, else `airproof` in the user's cache directory.

    A user without a home that can be written gets a directory of its own under the system's
    temporary directory.
    """
    if given := os.environ.get("AIRPROOF_CACHE"):
        return Path(given).absolute()
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111
    path = Path(base) / "airproof"
    if _can_make(path):
        return path
    return _private(Path(tempfile.gettempdir()) / f"airproof-cache-{os.getuid()}")


def _can_make(path: Path) -> bool:
    while not path.exists() and path != path.parent:
        path = path.parent
    return path.is_dir() and os.access(path, os.W_OK | os.X_OK)


def _private(path: Path) -> Path:
    """`path` as a directory of this user alone: a foreign one would hand us a foreign kernel."""
    path.mkdir(mode=0o700, exist_ok=True)
    if path.is_symlink() or path.stat().st_uid != os.getuid():
        raise LabError(
            f"{path} belongs to somebody else: set AIRPROOF_CACHE to a directory of yours"
        )
    return path


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """Holds the lock `name` of the cache; waits while another process holds it."""
    directory = cache_dir()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / f"{name}.lock").open("w")
    except OSError as error:
        raise LabError(f"the cache cannot be written: {error}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another process that makes {name}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def obtain(name: str, make: Callable[[Path], None]) -> Path:
    """The cached directory `name`; if it isn't there, `make(directory)` fills it first.

    `make` works in a temporary directory beside it, which is renamed when it is complete: nobody
    sees half a thing, and of two makers the second finds the work of the first.
    """
    path = cache_dir() / name
    if path.is_dir():
        return path
    with locked(name):
        if not path.is_dir():
            work = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=cache_dir()))
            try:
                (work / "made").mkdir()
                make(work / "made")
                (work / "made").rename(path)
            finally:
                shutil.rmtree(work, ignore_errors=True)
    return path
