"""What the tests of the live programs share: a loop of their own, and clients of its sockets."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from harness.base.errors import AirproofError
from harness.live.air_server import AirServer
from harness.live.loop import Loop


class Closable(Protocol):
    def close(self) -> None: ...


Kept = TypeVar("Kept", bound=Closable)

EVENT = re.compile(r"(?:IFNAME=\S+ )?<\d>")
"""How an event begins, and no reply."""
PATIENCE_S = 60.0
"""How long anything may take that should come at once."""
HEARD_IN_EACH_SCAN = 20
"""A beacon interval in TU that a scan stays on a channel for longer than.

The air is in real time: a Probe Response may come after the 30 ms that a scan waits for it.
"""


class Stage:
    """A loop and what it was told to be trouble."""

    def __init__(self) -> None:
        self.troubles: list[AirproofError] = []
        self.loop = Loop(self.troubles.append)
        self._kept: list[Closable] = []

    def keep(self, thing: Kept) -> Kept:
        """Close `thing` when the test ends."""
        self._kept.append(thing)
        return thing

    def until(self, happened: Callable[[], object], within: float = PATIENCE_S) -> None:
        """Let the loop run until `happened()` holds; fails after `within` seconds."""
        limit = self.loop.now() + within
        while not happened():
            assert self.loop.now() < limit, f"not within {within} s"
            self.loop.turn(min(limit, self.loop.now() + 0.05))

    def settle(self, seconds: float = 0.05) -> None:
        """Let the loop run for so long, and serve what is there in any case."""
        limit = self.loop.now() + seconds
        self.loop.turn(limit)
        while self.loop.now() < limit:
            self.loop.turn(limit)

    def close(self) -> None:
        for thing in self._kept:
            thing.close()
        self.loop.close()


class Client:
    """A client of a control socket, as scripts are: it never waits for the loop under test."""

    def __init__(self, path: Path, own: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(own))
        self._socket.connect(str(path))
        self._socket.setblocking(False)
        self._later: list[str] = []
        self.own = own

    def send(self, command: str | bytes) -> None:
        self._socket.send(command.encode() if isinstance(command, str) else command)

    def received(self) -> list[str]:
        """Take what has come."""
        found, self._later = self._later, []
        while True:
            try:
                found.append(self._socket.recv(65536).decode(errors="surrogateescape"))
            except BlockingIOError:
                return found

    def ask(self, stage: Stage, command: str | bytes) -> str:
        """Send a command and give its reply. Events that came first fail the test.

        What came by then after the reply is left to be received.
        """
        assert not self._later, self._later
        self.send(command)
        came: list[str] = []
        stage.loop.add(self._socket, lambda: came.extend(self.received()))
        try:
            stage.until(lambda: came)
        finally:
            stage.loop.remove(self._socket)
        assert not EVENT.match(came[0]), came
        reply, *self._later = came
        return reply

    def close(self) -> None:
        self._socket.close()
        self.own.unlink(missing_ok=True)


class Air:
    """An air in a thread of its own, for joining it waits for its answer."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stage = Stage()
        self._server = AirServer(self._stage.loop, path, lambda line: None)
        self._bell, ringing = socket.socketpair()
        self._ringing = ringing
        self._stage.loop.add(self._bell, self._stage.loop.stop)
        self._thread = threading.Thread(target=self._stage.loop.run)
        self._thread.start()

    def close(self) -> None:
        self._ringing.send(b"x")
        self._thread.join()
        self._server.close()
        self._stage.close()
        self._bell.close()
        self._ringing.close()
        assert not self._stage.troubles
