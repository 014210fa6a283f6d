"""pytest runs whole in one guest, and each pytest-xdist worker in a guest of its own."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from vm import guest

TEST = """
import os, time, pytest

@pytest.mark.parametrize("number", range(4))
def test_in_guest(number):
    time.sleep(600)
    assert os.environ["AIRPROOF_GUEST"] == "1" and os.getuid() == 0
    boot = open("/proc/sys/kernel/random/boot_id").read()
    open(os.environ["OUT"] + "/" + str(number), "w").write(boot)
    assert number != 3, "the odd one out"
"""
PLAIN = ("-p", "no:cacheprovider", "-p", "no:randomly", "-q")


def _suite(directory: Path) -> Path:
    (directory / "out").mkdir()
    (directory / "pytest.ini").write_text("[pytest]\n")
    path = directory / "test_suite.py"
    path.write_text(TEST)
    return path


def test_each_worker_has_a_guest_of_its_own(built: object, tmp_path: Path) -> None:
    suite = _suite(tmp_path)
    spec = guest.worker_spec(2, guest.Options(windows=(tmp_path / "out",), stall_s=600))
    command = [sys.executable, "-m", "pytest", *PLAIN, str(suite), "--tx", spec, "--dist", "load"]
    env = {**os.environ, "OUT": str(tmp_path / "out")}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=600)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 3 passed" in done.stdout
    assert "the odd one out" in done.stdout
    assert len({path.read_text() for path in (tmp_path / "out").iterdir()}) == 2


def test_a_whole_run_in_one_guest(built: object, tmp_path: Path) -> None:
    suite = _suite(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", _program(tmp_path / "out", suite)],
        env={**os.environ, "OUT": str(tmp_path / "out")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 3 passed" in done.stdout
    assert "\x1b[" not in done.stdout  # no colours, for this is no terminal
    assert len({path.read_text() for path in (tmp_path / "out").iterdir()}) == 1


def test_on_a_terminal_it_has_a_terminal(built: object, tmp_path: Path) -> None:
    suite = _suite(tmp_path)
    master, terminal = pty.openpty()
    env = {**os.environ, "OUT": str(tmp_path / "out"), "TERM": "xterm", "COLUMNS": "100"}
    for name in ("NO_COLOR", "PY_COLORS", "FORCE_COLOR", "CI"):
        env.pop(name, None)
    process = subprocess.Popen(
        [sys.executable, "-c", _program(tmp_path / "out", suite)],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    printed = b""
    try:
        while octets := os.read(master, 65536):
            printed += octets
    except OSError:  # how a terminal says that nobody has it open any more
        os.close(master)
    assert process.wait() == 1
    assert b"\x1b[31m" in printed
    assert b"\n" in printed.replace(b"\r\n", b"\n")
    assert b"\r\r\n" not in printed


def _program(window: Path, suite: Path) -> str:
    """What a plugin does: a call in a process of its own, since it takes the real output."""
    return (
        f"import sys; sys.path.insert(0, {str(guest.CHECKOUT)!r})\n"
        "from pathlib import Path\n"
        "from vm import guest\n"
        f"options = guest.Options(windows=(Path({str(window)!r}),), limit_s=600)\n"
        f"sys.exit(guest.run_pytest({[*PLAIN, str(suite)]!r}, options))\n"
    )
