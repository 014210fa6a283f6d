"""Passwords that are kept outside of the networks' blocks: `psk=ext:NAME`.

Where, the global key `ext_password_backend` says: `test:NAME=PASSWORD|NAME=PASSWORD…` holds them
itself, `file:PATH` names a file of lines `NAME=PASSWORD`, with comments as in the station's own.
A password is a passphrase, or the 64 hexadecimal digits of a PSK. It is looked up each time that
the network may be joined, so that a file may change at any time. No error tells any of it.

Source: Debian's example of wpa_supplicant.conf.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from harness.base.errors import ConfigError
from harness.sta.config import Network

_BACKENDS: Final = ("test", "file")
_PSK = re.compile(r"[0-9A-Fa-f]{64}")
_NAME = re.compile(r'[^\s#"|=]+')

Passwords = Callable[[str], str]
"""Gives the password of that name. Raises `ConfigError` when there is none."""


@dataclass(frozen=True, slots=True)
class External:
    """A password by its name, as the value of a key."""

    name: str

    @classmethod
    def parse(cls, name: str) -> External:
        """Raises `ConfigError` for a name that no place of passwords can hold."""
        if not _NAME.fullmatch(name):
            raise ConfigError("ext: and the name of a password, without blanks and any of #\"|=")
        return cls(name)


@dataclass(frozen=True, slots=True)
class Backend:
    """The place of passwords as `ext_password_backend` names it."""

    kind: str
    parameters: str

    @classmethod
    def parse(cls, text: str) -> Backend:
        """Raises `ConfigError` for a place that is not known."""
        kind, _, parameters = text.partition(":")
        if kind not in _BACKENDS:
            raise ConfigError(f"{kind!r} is none of {' and '.join(_BACKENDS)}")
        if kind == "file" and not parameters:
            raise ConfigError("file: without a path")
        return cls(kind, parameters)

    def look_up(self, name: str, read: Callable[[str], str]) -> str:
        """`read`: gives a file's text by its path. Raises `ConfigError`."""
        lines = self.parameters.split("|") if self.kind == "test" else _lines(read(self.parameters))
        found = [value for key, _, value in (line.partition("=") for line in lines) if key == name]
        if not found:
            raise ConfigError(f"there is no external password {name!r}")
        return found[0]


def nowhere(name: str) -> str:
    """Where there is no place of passwords."""
    raise ConfigError("ext_password_backend is not set")


def with_secret(network: Network, passwords: Passwords) -> Network:
    """The network with the secret itself in the place of its name. Raises `ConfigError`."""
    if network.external_psk is None:
        return network
    secret = passwords(network.external_psk)
    known = replace(network, external_psk=None)
    try:
        if _PSK.fullmatch(secret):
            return replace(known, psk=bytes.fromhex(secret))
        return replace(known, passphrase=secret)
    except ConfigError as error:
        raise ConfigError(f"external password {network.external_psk!r}: {error.message}") from None


def _lines(text: str) -> list[str]:
    return [line.rstrip("\r") for line in text.split("\n") if not line.startswith("#")]
