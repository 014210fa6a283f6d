"""A guest carries a command's words, input, output and status, and never hangs its caller."""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from vm_stage import Run

from vm import guest, streams
from vm.cache import LabError
from vm.streams import MAX_BLOCK

SHOW_WORDS = 'for word in "$@"; do printf "[%s]" "$word"; done'


def test_words_arrive_as_they_are(run: Run) -> None:
    words = ["a b", "new\nline", "", "é'\"$HOME", "-x", "--"]
    ran = run("sh", "-c", SHOW_WORDS, "sh", *words)
    assert ran.out.decode() == "".join(f"[{word}]" for word in words)
    assert ran.status == 0


def test_output_error_and_status_stay_apart(run: Run) -> None:
    ran = run("sh", "-c", "echo out; echo err >&2; exit 7")
    assert ran == (7, b"out\n", b"err\n")


@pytest.mark.parametrize(
    ("command", "status"),
    [(("sh", "-c", "kill -TERM $$"), 128 + 15), (("/no/such/program",), 127), (("/etc",), 126)],
)
def test_status_is_as_a_shell_gives_it(run: Run, command: tuple[str, ...], status: int) -> None:
    assert run(*command).status == status


def test_input_arrives_octet_for_octet_and_ends(run: Run) -> None:
    octets = bytes(range(256)) * 300 + b"end"
    assert len(octets) > 4096 > MAX_BLOCK
    assert run("cat", stdin=octets).out == octets
    assert run("cat", stdin=b"").out == b""


def test_input_that_nobody_reads_does_not_block(run: Run) -> None:
    assert run("true", stdin=bytes(300_000)).status == 0


def test_much_output_is_whole(run: Run) -> None:
    ran = run("sh", "-c", "head -c 2000000 /dev/zero; echo; echo end")
    assert len(ran.out) == 2_000_005
    assert ran.out.endswith(b"\nend\n")


def test_environment_and_directory_are_passed_on(run: Run, tmp_path: Path) -> None:
    ran = run("sh", "-c", 'echo "$GIVEN|$AIRPROOF_GUEST|$(id -u)"; pwd', env={"GIVEN": "a  b"})
    assert ran.out.decode() == f"a  b|1|0\n{Path.cwd()}\n"


def test_only_windows_are_written(run: Run, tmp_path: Path) -> None:
    window = tmp_path / "window"
    command = 'echo kept > "$1/window/file"; echo lost > "$1/file"; cat "$1/file"'
    ran = run("sh", "-c", command, "sh", str(tmp_path), windows=[window])
    assert ran.out == b"lost\n"
    assert (window / "file").read_text() == "kept\n"
    assert not (tmp_path / "file").exists()


def test_the_guest_has_radios_namespaces_and_a_monitor(run: Run) -> None:
    command = "ls /sys/class/ieee80211 /sys/class/net; mkdir /run/netns/x; cat /proc/1/comm"
    ran = run("sh", "-c", command, radios=2)
    assert ran.status == 0
    for name in ("phy0", "phy1", "wlan0", "wlan1", "hwsim0", "lo", "init"):
        assert name in ran.out.decode().split()


def test_in_time_travel_sleep_is_free(run: Run) -> None:
    started = time.monotonic()
    ran = run("sh", "-c", "date +%s; sleep 3600; date +%s")
    before, after = map(int, ran.out.split())
    assert 3600 <= after - before < 3700
    assert time.monotonic() - started < 600


def test_without_time_travel_sleep_is_real(run: Run) -> None:
    started = time.monotonic()
    run("sleep", "2", time_travel=False)
    assert time.monotonic() - started >= 2


def test_a_guest_that_hangs_is_an_error(run: Run) -> None:
    with pytest.raises(guest.GuestFailed, match="still running after 2 s"):
        run("sleep", "1000", time_travel=False, limit_s=2.0)


def test_a_guest_that_goes_quiet_is_an_error_though_it_computes(run: Run) -> None:
    with pytest.raises(guest.GuestFailed, match="printed nothing for 2 s"):
        run("sh", "-c", "echo begun; while :; do :; done", stall_s=2.0)


def test_a_host_that_stood_still_has_not_heard_silence(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = itertools.count()
    clock = SimpleNamespace(monotonic=lambda: 3600.0 * next(hours), sleep=time.sleep)
    monkeypatch.setattr(streams, "time", clock)
    assert run("sleep", "2", time_travel=False, stall_s=60.0, limit_s=None).status == 0


def test_a_panic_is_an_error_with_the_console(run: Run) -> None:
    with pytest.raises(guest.GuestFailed, match="the guest died") as caught:
        run("sh", "-c", "echo c > /proc/sysrq-trigger")
    assert "Kernel panic - not syncing" in caught.value.console


def test_a_guest_that_switches_itself_off_is_an_error(run: Run) -> None:
    with pytest.raises(guest.GuestFailed, match="the guest died"):
        run("sh", "-c", "echo o > /proc/sysrq-trigger; sleep 1000")


def test_a_word_with_a_nul_is_refused(run: Run) -> None:
    with pytest.raises(LabError, match="NUL"):
        run("echo", "a\0b")


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: guest.Options(radios=-1), "0 to 100 radios, not -1"),
        (lambda: guest.Options(radios=101), "0 to 100 radios, not 101"),
        (lambda: guest.Options(memory_mib=16), "at least 64 MiB of memory, not 16"),
    ],
    ids=["fewer than none", "too many radios", "too little memory"],
)
def test_a_guest_that_could_not_boot_is_refused(
    make: Callable[[], guest.Options], why: str
) -> None:
    with pytest.raises(LabError, match=why):
        make()


def test_two_guests_run_side_by_side(run: Run, tmp_path: Path) -> None:
    """Each waits, on a window that both have, for the other to have come up."""
    meet = 'touch "$1/$2"; until [ -e "$1/$3" ]; do sleep 0.1; done; echo met'
    outputs: dict[str, bytes] = {}

    def one(mine: str, other: str) -> None:
        read_end, write_end = os.pipe()
        options = guest.Options(windows=(tmp_path,), time_travel=False, limit_s=600)
        command = ["sh", "-c", meet, "sh", str(tmp_path), mine, other]
        guest.run(command, options, stdout=write_end)
        os.close(write_end)
        with os.fdopen(read_end, "rb") as out:
            outputs[mine] = out.read()

    threads = [threading.Thread(target=one, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outputs == {"a": b"met\n", "b": b"met\n"}


@pytest.mark.parametrize("signal", ["TERM", "KILL"])
def test_no_process_is_left_when_the_caller_is_killed(
    built: object, tmp_path: Path, signal: str
) -> None:
    mark = tmp_path / "up"
    command = ["sh", "-c", 'touch "$1"; exec sleep 1000', "sh", str(mark)]
    words = ["run", "--no-time-travel", "--window", str(tmp_path), "--", *command]
    process = subprocess.Popen(
        [sys.executable, "-m", "vm", *words],
        stdin=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    wait_until(mark.exists)
    assert guests_below(tmp_path)
    subprocess.run(["kill", f"-{signal}", str(process.pid)], check=True)
    process.wait()
    wait_until(lambda: not guests_below(tmp_path))


def guests_below(directory: Path) -> list[str]:
    """The processes of guests whose private directory is in `directory`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            if f"airproof={directory}/".encode() in entry.read_bytes():
                found.append(entry.parent.name)
    return found


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 600
    while not condition():
        assert time.monotonic() < deadline, "waited 600 s"
        time.sleep(0.05)
