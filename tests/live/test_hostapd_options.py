"""The command line of `airproof hostapd`, its signals and files, against the real hostapd."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from programs import ROOT, Monitor, ours

from harness.live.hostapd import main
from vm import packages

REAL = packages.find("hostapd")
needs_real = pytest.mark.skipif(REAL is None, reason="hostapd is not installed")
PATIENCE_S = 90.0

CASES = (
    (),
    ("-h",),
    ("-v",),
    ("-hv",),
    ("-v", "bad.conf"),
    ("-d", "-dd", "-K", "-t", "-S", "-T", "-s", "-v"),
    ("-e", "entropy", "-v"),
    ("-x", "bad.conf"),
    ("-u",),
    ("-u", "02:00:00:00:00:01"),
    ("-P",),
    ("bad.conf",),
    ("-B", "bad.conf"),
    ("missing.conf",),
    ("absent.conf",),
    ("absent.conf", "bad.conf"),
    ("-B", "-P", "pid", "absent.conf"),
    ("-i", "gone0,gone1", "absent.conf"),
    ("-b", "nonsense"),
    ("-b", "phy99:missing.conf"),
    ("-b", "phy99:bad.conf"),
    ("-b", "phy99:absent.conf"),
    ("-f", "no/such/folder", "absent.conf"),
    ("-g", "nofolder"),
    ("-G", "nobody-has-this", "-g", "folder/global"),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the programs run, with a wrong file and one whose radio is not there."""
    (tmp_path / "bad.conf").write_text("interface=gone0\nfoo=bar\n")
    (tmp_path / "absent.conf").write_text("interface=gone0\nssid=x\nhw_mode=g\nchannel=1\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ended(*command: str) -> tuple[int, bool, str]:
    """The status of a program, whether it spoke on standard output only, and the first line."""
    made = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    told = made.stdout + made.stderr
    return made.returncode, not made.stderr, told.partition("\n")[0]


@needs_real
@pytest.mark.parametrize("arguments", CASES, ids=" ".join)
def test_the_status_is_that_of_hostapd(
    arguments: tuple[str, ...], folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert REAL is not None
    status, _, line = ended(str(REAL.path), *arguments)
    assert main(list(arguments)) == status
    told = capfd.readouterr()
    if arguments and arguments[0] == "-u" and status == 0:
        assert told.out == f"{line}\n"
    assert told.out + told.err
    assert not list(folder.glob("pid*"))


def test_the_version_comes_first(capfd: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["-h"], ["-v"]):
        assert main(arguments) == 1
        told = capfd.readouterr()
        assert told.err.startswith("hostapd v")
        assert not told.out


class Program:
    """A program with a global socket and no radio."""

    def __init__(self, folder: Path, command: tuple[str, ...]) -> None:
        self.folder = folder
        self.socket = folder / "sockets" / "global"
        self._command = command
        self._started: list[subprocess.Popen[bytes]] = []
        self._monitors: list[Monitor] = []

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start it and wait until its socket answers."""
        process = subprocess.Popen(
            [*self._command, "-g", str(self.socket), *arguments],
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        self._started.append(process)
        self.until(self.answers)
        return process

    def ask(self, command: str) -> str:
        monitor = Monitor(self.socket, self.folder / f"client{len(self._monitors)}")
        self._monitors.append(monitor)
        return monitor.ask(command)

    def answers(self) -> bool:
        try:
            return self.ask("PING") == "PONG\n"
        except (FileNotFoundError, ConnectionRefusedError):
            return False

    def until(self, happened: Callable[[], object]) -> None:
        limit = time.monotonic() + PATIENCE_S
        while not happened():
            assert time.monotonic() < limit
            time.sleep(0.05)  # another program, in real time

    def close(self) -> None:
        for monitor in self._monitors:
            monitor.close()
        for process in self._started:
            if process.poll() is None:
                process.kill()
            process.wait()


@pytest.fixture(params=["ours", pytest.param("real", marks=needs_real)])
def program(request: pytest.FixtureRequest, folder: Path) -> Iterator[Program]:
    command = ours() if request.param == "ours" else (str(packages.program("hostapd").path),)
    made = Program(folder, command)
    yield made
    made.close()


def test_alone_with_a_global_socket_it_waits_for_work(program: Program) -> None:
    process = program.start("-P", "pid")
    assert stat.S_IMODE(program.socket.stat().st_mode) == 0o770
    assert not Path("pid").exists()
    assert program.ask("INTERFACES") == ""
    for number in (signal.SIGUSR1, signal.SIGHUP):
        process.send_signal(number)
        assert program.answers()
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_S) == 0
    assert not program.socket.parent.exists()


def test_it_ends_at_an_interrupt_and_at_a_command(program: Program) -> None:
    process = program.start()
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE_S) == 0
    process = program.start()
    assert program.ask("TERMINATE") == "OK\n"
    assert process.wait(PATIENCE_S) == 0


def test_a_socket_that_nobody_listens_at_is_replaced(program: Program) -> None:
    process = program.start()
    process.kill()
    process.wait()
    assert program.socket.exists()
    program.start()


def test_in_the_background_it_has_a_pid_file(program: Program) -> None:
    process = program.start("-B", "-P", "pid", "-G", "daemon")
    assert process.wait(PATIENCE_S) == 0
    number = int(Path("pid").read_text())
    assert Path("pid").read_text() == f"{number}\n"
    assert program.socket.stat().st_gid == program.socket.parent.stat().st_gid
    assert program.socket.stat().st_gid != os.getgid()
    os.kill(number, signal.SIGTERM)
    program.until(lambda: not Path("pid").exists())
    program.until(lambda: not program.socket.exists())


def test_a_socket_that_someone_listens_at_is_left_alone(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """hostapd goes on without its global socket then; ours ends, and says why."""
    program = Program(folder, (sys.executable, "-m", "harness.live.hostapd"))
    try:
        program.start()
        assert main(["-g", str(program.socket)]) == 1
        assert "another program listens there" in capfd.readouterr().out
        assert program.answers()
    finally:
        program.close()


def test_a_log_that_cannot_be_written_is_standard_output(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["-f", "no/such/folder", "absent.conf"]) == 1
    assert "no/such/folder: No such file or directory" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-g", f"/tmp/{'x' * 120}"], "xxx: AF_UNIX path too long"),
        (["-g", "/proc/none/socket"], "/proc/none/socket: No such file or directory"),
        (["-D", "sim", "radio.conf"], "no-air: No such file or directory ('airproof air' opens"),
    ],
)
def test_what_cannot_be_opened_is_named(
    arguments: list[str],
    said: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AIRPROOF_AIR", str(folder / "no-air"))
    Path("radio.conf").write_text("interface=wlan0\nssid=home\nhw_mode=g\nchannel=6\n")
    assert main(arguments) == 1
    assert said in capfd.readouterr().out
