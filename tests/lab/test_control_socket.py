"""The client of control sockets, against a server that speaks as the real programs do."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.lab.devices import control_socket
from harness.lab.devices.control_socket import ControlError, ControlSocket


class Server:
    """Answers on a control socket until it is closed; `say` sends to whoever attached."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.attached: list[str] = []
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self) -> None:
        while True:
            command, peer = self.socket.recvfrom(4096)
            if command == b"STOP":
                return
            if command == b"ATTACH":
                self.attached.append(peer)
            if command != b"SILENCE":
                reply = {b"ATTACH": b"OK\n", b"PING": b"PONG\n"}.get(command, b"FAIL\n")
                self.socket.sendto(reply, peer)

    def say(self, text: str) -> None:
        for peer in self.attached:
            self.socket.sendto(text.encode(), peer)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "wlan0")
    yield made
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stopper:
        stopper.sendto(b"STOP", str(tmp_path / "wlan0"))
    made.thread.join(60)
    made.socket.close()


@pytest.fixture
def client(server: Server, tmp_path: Path) -> Iterator[ControlSocket]:
    made = ControlSocket(tmp_path / "wlan0", tmp_path)
    yield made
    made.close()


def test_commands_are_answered(client: ControlSocket) -> None:
    assert client.ask("PING") == "PONG\n"


def test_a_refusal_names_the_command_and_the_answer(client: ControlSocket) -> None:
    with pytest.raises(ControlError, match=r"wlan0: 'WPS_PBC': answered 'FAIL\\n'"):
        client.order("WPS_PBC")


def test_silence_has_a_limit(client: ControlSocket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_socket, "_REPLY_LIMIT", 0.05)

    with pytest.raises(ControlError, match="'SILENCE': timed out"):
        client.ask("SILENCE")


def test_events_come_without_priority_and_never_block(
    client: ControlSocket, server: Server
) -> None:
    assert client.events() == []

    server.say("<3>WPS-SUCCESS ")
    server.say("<4>AP-STA-CONNECTED 02:00:00:00:00:00")

    assert client.events() == ["WPS-SUCCESS ", "AP-STA-CONNECTED 02:00:00:00:00:00"]
    assert client.events() == []


def test_nobody_there_is_an_error_that_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ControlSocket(tmp_path / "wlan9", tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_closing_removes_our_ends(client: ControlSocket, tmp_path: Path) -> None:
    client.close()

    assert [path.name for path in tmp_path.iterdir()] == ["wlan0"]
