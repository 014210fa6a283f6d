"""The control socket: datagrams, monitors and levels, and clients that misbehave."""

from __future__ import annotations

import errno
import os
import socket
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from live_stage import Client, Stage

from harness.base.errors import ConfigError, UsageError
from harness.live.control_server import (
    LONGEST_GLOBAL_COMMAND,
    ControlServer,
    group_id,
    obtain_directory,
    remove_directory,
)
from harness.live.log import DEBUG

Connect = Callable[[Path], Client]


def answer(command: str) -> str:
    return "PONG\n" if command == "PING" else f"heard {len(command)}"


@pytest.fixture
def server(stage: Stage, tmp_path: Path) -> Iterator[ControlServer]:
    made = ControlServer(stage.loop, tmp_path / "wlan0", answer, has_options=True)
    yield made
    made.close()


def test_a_command_gets_one_reply(stage: Stage, server: ControlServer, client: Connect) -> None:
    asking = client(server.path)
    assert asking.ask(stage, "PING") == "PONG\n"
    assert asking.ask(stage, "x" * 4095) == "heard 4095"
    assert asking.ask(stage, "x" * 5000) == "heard 4095"
    assert asking.ask(stage, b"\xff\xfe") == "heard 2"


def test_events_go_to_who_attached(stage: Stage, server: ControlServer, client: Connect) -> None:
    told, other = client(server.path), client(server.path)
    assert told.ask(stage, "ATTACH") == "OK\n"
    server.tell("WPS-PBC-ACTIVE ")
    assert told.received() == ["<3>WPS-PBC-ACTIVE "]
    assert other.received() == []
    assert told.ask(stage, "DETACH") == "OK\n"
    assert told.ask(stage, "DETACH") == "FAIL\n"
    server.tell("WPS-TIMEOUT ")
    assert told.received() == []


def test_levels_hold_back_what_is_less(
    stage: Stage, server: ControlServer, client: Connect
) -> None:
    told = client(server.path)
    assert told.ask(stage, "LEVEL 2") == "FAIL\n"
    told.ask(stage, "ATTACH")
    server.tell("less", DEBUG)
    assert told.ask(stage, "LEVEL 2") == "OK\n"
    server.tell("less", DEBUG)
    server.tell("usual")
    assert told.received() == ["<2>less", "<3>usual"]
    for senseless in ("x", "--4", "", "²"):
        assert told.ask(stage, f"LEVEL {senseless}") == "FAIL\n"
    assert told.ask(stage, "LEVEL 4 times") == "OK\n"
    server.tell("usual")
    assert told.received() == []


def test_some_events_are_asked_for(stage: Stage, server: ControlServer, client: Connect) -> None:
    plain, curious = client(server.path), client(server.path)
    assert plain.ask(stage, "ATTACH probe_rx_events=2") == "FAIL\n"
    plain.ask(stage, "ATTACH probe_rx_events=0")
    curious.ask(stage, "ATTACH probe_rx_events=1")
    server.tell("RX-PROBE-REQUEST", option="probe_rx_events")
    assert (plain.received(), curious.received()) == ([], ["<3>RX-PROBE-REQUEST"])


def test_a_monitor_that_vanished_is_dropped_at_once(
    stage: Stage, server: ControlServer, client: Connect
) -> None:
    gone, stays = client(server.path), client(server.path)
    gone.ask(stage, "ATTACH")
    stays.ask(stage, "ATTACH")
    gone.own.unlink()
    server.tell("one")
    assert server.monitors == 1
    assert stays.received() == ["<3>one"]


def test_a_monitor_that_does_not_read_is_dropped_without_harm_to_others(
    stage: Stage, tmp_path: Path, client: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ControlServer(stage.loop, tmp_path / "wlan0", answer, patience_s=60)
    slow, quick = client(server.path), client(server.path)
    slow.ask(stage, "ATTACH")
    quick.ask(stage, "ATTACH")
    heard: list[str] = []
    for number in range(150):
        server.tell(f"event {number}")
        heard += quick.received()
    assert server.monitors == 2
    later = stage.loop.now() + 60
    monkeypatch.setattr(stage.loop, "now", lambda: later)
    server.tell("event 150")
    heard += quick.received()
    assert server.monitors == 1
    monkeypatch.undo()
    assert len(heard) == 151
    assert quick.ask(stage, "PING") == "PONG\n"
    server.close()


def test_who_has_no_address_is_heard_without_reply(
    stage: Stage, server: ControlServer, client: Connect
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as nameless:
        for command in (b"PING", b"ATTACH", b"DETACH"):
            nameless.sendto(command, str(server.path))
        assert client(server.path).ask(stage, "PING") == "PONG\n"
    assert server.monitors == 0


def test_a_global_socket_cuts_commands_and_has_no_levels(
    stage: Stage, tmp_path: Path, client: Connect
) -> None:
    server = ControlServer(
        stage.loop, tmp_path / "g", answer, longest=LONGEST_GLOBAL_COMMAND, has_levels=False
    )
    asking = client(server.path)
    assert asking.ask(stage, "x" * 300) == "heard 255"
    asking.ask(stage, "ATTACH")
    assert asking.ask(stage, "LEVEL 1") == "heard 7"
    server.tell("AP-ENABLED ", prefix="IFNAME=wlan0 ")
    assert asking.received() == ["IFNAME=wlan0 <3>AP-ENABLED "]
    server.close()


def test_a_stale_socket_is_replaced_and_a_live_one_is_not(
    stage: Stage, tmp_path: Path, client: Connect
) -> None:
    path = tmp_path / "wlan0"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
        dead.bind(str(path))
    server = ControlServer(stage.loop, path, answer)
    with pytest.raises(UsageError, match="another program"):
        ControlServer(stage.loop, path, answer)
    assert client(path).ask(stage, "PING") == "PONG\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o770
    server.close()
    assert not path.exists()
    path.write_text("precious")
    with pytest.raises(UsageError, match="no socket"):
        ControlServer(stage.loop, path, answer)
    assert path.read_text() == "precious"


def test_the_directory_is_made_and_goes_when_it_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "hostapd"
    obtain_directory(path, os.getgid())
    assert stat.S_IMODE(path.stat().st_mode) == 0o770
    (path / "wlan1").touch()
    remove_directory(path)
    assert path.is_dir()
    (path / "wlan1").unlink()
    remove_directory(path)
    assert not path.exists()
    remove_directory(path)
    with pytest.raises(OSError) as absent:
        obtain_directory(tmp_path / "no" / "hostapd")
    assert absent.value.errno == errno.ENOENT


def test_groups_have_names_or_numbers() -> None:
    assert group_id("root") == 0
    assert group_id("4711") == 4711
    with pytest.raises(ConfigError, match="no group 'nobody-has-this'"):
        group_id("nobody-has-this")


def test_the_group_may_use_the_socket(stage: Stage, tmp_path: Path) -> None:
    group = os.getgroups()[-1] if os.getgroups() else os.getgid()
    server = ControlServer(stage.loop, tmp_path / "wlan0", answer, group=group)
    assert server.path.stat().st_gid == group
    server.close()


def test_what_can_not_be_used_leaves_no_socket(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*given: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "chown", refused)
    path = tmp_path / "wlan0"
    with pytest.raises(PermissionError):
        ControlServer(stage.loop, path, lambda command: "OK\n", group=1)
    assert not path.exists()


def test_noise_does_not_end_it(stage: Stage, server: ControlServer, client: Connect) -> None:
    asking = client(server.path)
    for length in range(0, 200, 7):
        asking.ask(stage, os.urandom(length).replace(b"\n", b" "))
    assert asking.ask(stage, "PING") == "PONG\n"


def test_signals_come_through_the_loop(stage: Stage) -> None:
    import signal

    came: list[int] = []
    stage.loop.on_signal(signal.SIGUSR1, lambda: came.append(1))
    subprocess.run(["kill", "-USR1", str(os.getpid())], check=True)
    stage.until(lambda: came)
