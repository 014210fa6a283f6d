"""Messages of any size between processes over a UNIX socket that keeps them apart.

A message goes in pieces of a size that every kernel takes; the first octet of a piece tells
whether more follow. Nothing here waits: who does not read is cut off.
"""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Final

from harness.base.errors import RadioError

PIECE: Final = 32768
LARGEST: Final = 8 << 20
"""Octets of a message; a peer that sends more is cut off."""

_LAST, _MORE = b"\0", b"\1"
_BUFFER: Final = 1 << 20


class Packets:
    """One connection. Raises `ConnectionError` when the other side has gone or does not read."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        self._socket = connection
        self._pieces: list[bytes] = []
        self._size = 0

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, message: bytes) -> None:
        pieces = range(0, max(len(message), 1), PIECE)
        for start in pieces:
            kind = _LAST if start + PIECE >= len(message) else _MORE
            try:
                self._socket.send(kind + message[start : start + PIECE])
            except BlockingIOError:
                raise ConnectionError("the other side does not read") from None

    def receive(self) -> bytes | None:
        """Take one message; None when no whole one is there yet."""
        while True:
            try:
                piece = self._socket.recv(PIECE + 1)
            except BlockingIOError:
                return None
            if not piece:
                raise ConnectionError("the other side hung up")
            self._size += len(piece)
            if self._size > LARGEST:
                raise ConnectionError(f"a message of more than {LARGEST} octets")
            self._pieces.append(piece[1:])
            if piece[:1] == _LAST:
                message, self._pieces, self._size = b"".join(self._pieces), [], 0
                return message

    def receive_within(self, seconds: float) -> bytes:
        """Wait for one message. Raises `ConnectionError` when none comes."""
        self._socket.settimeout(seconds)
        try:
            message = self.receive()
        except TimeoutError:
            raise ConnectionError(f"no answer within {seconds} s") from None
        finally:
            self._socket.setblocking(False)
        assert message is not None, "it waited for a whole message"
        return message

    def close(self) -> None:
        self._socket.close()


def connect(path: Path) -> Packets:
    """Connect to who listens at `path`. Raises `RadioError`."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        connection.connect(str(path))
    except OSError as error:
        connection.close()
        reason = f"{path}: {error.strerror or error}"
        if isinstance(error, FileNotFoundError | ConnectionRefusedError):
            reason += " ('airproof air' opens one; AIRPROOF_AIR says where)"
        raise RadioError("join the air", error.errno or 0, reason) from error
    return Packets(connection)
