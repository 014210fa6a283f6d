"""Files that a daemon reads, rewrites and appends to: each is the old or the new one, whole."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from harness.base.errors import ConfigError


class RealFiles:
    """The file system. `say`: told in words when something can't be written."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def read(self, path: str) -> str:
        """The text of a file; octets that are not UTF-8 survive. Raises `ConfigError`."""
        return read_text(path)

    def replace(self, path: str, text: str) -> None:
        """Write beside, then rename: whoever reads finds the old text or the new one."""
        try:
            replace_text(Path(path), text)
        except OSError as error:
            self._say(f"{path}: can't be rewritten: {error.strerror or error}")

    def extend(self, path: str, line: str) -> None:
        """Add a line as `replace` would: for files of which half a line would be a mistake.

        A last line without its end gets it; a file that is not there is made.
        """
        try:
            there = Path(path).exists()
            text = read_text(path) if there else ""
            ended = text if not text or text.endswith("\n") else text + "\n"
            replace_text(Path(path), f"{ended}{line}\n")
        except ConfigError as error:
            self._say(f"{error}: a line can't be added")
        except OSError as error:
            self._say(f"{path}: a line can't be added: {error.strerror or error}")

    def append(self, path: str, line: str) -> None:
        """Add one line in one write."""
        try:
            fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        except OSError as error:
            self._say(f"{path}: can't be written: {error.strerror or error}")
            return
        try:
            os.write(fd, line.encode(errors="surrogateescape") + b"\n")
        except OSError as error:
            self._say(f"{path}: can't be written: {error.strerror or error}")
        finally:
            os.close(fd)


def read_text(path: str) -> str:
    """The text of a file; octets that are not UTF-8 survive. Raises `ConfigError`."""
    try:
        return Path(path).read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise ConfigError(error.strerror or str(error), file=path) from error


def remembered(path: str) -> str | None:
    """The text of a file that need not be there: None. Raises `ConfigError`."""
    return read_text(path) if Path(path).exists() else None


def remember(path: str, text: str) -> None:
    """`replace_text`, or a new file. Raises `ConfigError`."""
    try:
        replace_text(Path(path), text)
    except OSError as error:
        raise ConfigError(error.strerror or str(error), file=path) from error


def replace_text(path: Path, text: str) -> None:
    """Put `text` in the place of a file's, with its mode and owner. Raises `OSError`.

    A crash at any instant leaves the old file or the new one; a link stays a link.
    """
    path = path.resolve()
    beside = path.with_name(path.name + "-new")
    fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(fd, "wb") as file:
            if path.exists():
                old = path.stat()
                os.fchmod(fd, old.st_mode & 0o7777)
                with contextlib.suppress(PermissionError):
                    os.fchown(fd, old.st_uid, old.st_gid)
            file.write(text.encode(errors="surrogateescape"))
            file.flush()
            os.fsync(fd)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
