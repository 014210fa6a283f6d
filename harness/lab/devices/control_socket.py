"""A client of a hostapd or wpa_supplicant control socket: commands, replies, events."""

from __future__ import annotations

import contextlib
import itertools
import socket
from pathlib import Path

from harness.base.errors import AirproofError

_REPLY_LIMIT = 30.0
_LARGEST = 65536
_numbers = itertools.count()


class ControlError(AirproofError):
    """A control command that was refused or not answered; says which and what came."""


class ControlSocket:
    """Two connections to one control socket: one asks, the other one is told of events.

    `folder`: a short path (a UNIX address holds 107 octets) for our own ends. Raises `OSError`
    while nobody listens at `path`.
    """

    def __init__(self, path: Path, folder: Path) -> None:
        self.path = path
        self._own: list[Path] = []
        self._asking: socket.socket | None = None
        self._told: socket.socket | None = None
        try:
            self._asking = self._connect(folder)
            self._told = self._connect(folder)
            self._request(self._told, "ATTACH", "OK\n")
            self._told.setblocking(False)
        except BaseException:
            self.close()
            raise

    def fileno(self) -> int:
        """What becomes readable when an event came."""
        assert self._told is not None
        return self._told.fileno()

    def ask(self, command: str) -> str:
        """Send one command and return its reply. Raises `ControlError` when none comes."""
        assert self._asking is not None
        return self._request(self._asking, command, None)

    def order(self, command: str, reply: str = "OK\n") -> None:
        """Send one command. Raises `ControlError` unless the reply is the one expected."""
        assert self._asking is not None
        self._request(self._asking, command, reply)

    def events(self) -> list[str]:
        """Take the events that have come, without their priority."""
        assert self._told is not None
        found: list[str] = []
        while True:
            try:
                text = self._told.recv(_LARGEST).decode(errors="replace")
            except (BlockingIOError, ConnectionError):
                return found
            found.append(text.partition(">")[2] if text.startswith("<") else text)

    def close(self) -> None:
        """Hang up and remove our own ends."""
        for connection in (self._asking, self._told):
            if connection is not None:
                connection.close()
        for path in self._own:
            with contextlib.suppress(FileNotFoundError):
                path.unlink()

    def _connect(self, folder: Path) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            own = folder / f"c{next(_numbers)}"
            connection.bind(str(own))
            self._own.append(own)
            connection.connect(str(self.path))
            connection.settimeout(_REPLY_LIMIT)
        except BaseException:
            connection.close()
            raise
        return connection

    def _request(self, connection: socket.socket, command: str, wanted: str | None) -> str:
        try:
            connection.send(command.encode())
            reply = connection.recv(_LARGEST).decode(errors="replace")
        except OSError as error:
            raise ControlError(f"{self.path.name}: {command!r}: {error}") from error
        if wanted is not None and reply != wanted:
            raise ControlError(f"{self.path.name}: {command!r}: answered {reply!r}")
        return reply
