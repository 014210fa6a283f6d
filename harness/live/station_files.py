"""The configuration file of a station on a real disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from harness.base.errors import ConfigError
from harness.live.files import replace_text
from harness.sta.config_file import ConfigFile, read


def read_file(path: Path) -> ConfigFile:
    """Read and check a file. Raises `ConfigError`, with every bad line."""
    try:
        octets = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from error
    return read(octets.decode("utf-8", "surrogateescape"), str(path))


class Desk:
    """What a station's program has for it: its file, and its interface's address."""

    def __init__(self, path: Path | None, address: Callable[[], str | None]) -> None:
        self._path = path
        self._address = address

    def load(self) -> ConfigFile:
        if self._path is None:
            raise ConfigError("there is no configuration file")
        return read_file(self._path)

    def store(self, text: str) -> None:
        if self._path is None:
            raise ConfigError("there is no configuration file")
        try:
            replace_text(self._path, text)
        except OSError as error:
            raise ConfigError(f"{self._path}: {error.strerror or error}") from error

    def ip_address(self) -> str | None:
        return self._address()
