"""Files that are rewritten: old or new, whole, whenever the program is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from harness.ap.psk_file import parse_psk_file
from harness.base.errors import ConfigError
from harness.live.files import RealFiles, replace_text

REWRITE = """
import sys
from pathlib import Path
from harness.live.files import replace_text
path, old, new = Path(sys.argv[1]), "old line\\n" * 20000, "new line\\n" * 30000
print("ready", flush=True)
while True:
    replace_text(path, new)
    replace_text(path, old)
"""
WHOLE = {"old line\n" * 20000, "new line\n" * 30000}


@pytest.mark.parametrize("delay_ms", [0, 1, 2, 3, 5, 8, 13, 21])
def test_a_killed_program_leaves_one_of_the_two(tmp_path: Path, delay_ms: int) -> None:
    path = tmp_path / "ap.conf"
    path.write_text("old line\n" * 20000)
    process = subprocess.Popen(
        [sys.executable, "-c", REWRITE, str(path)], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(delay_ms / 1000)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert path.read_text() in WHOLE


APPEND = """
import itertools
import sys
from pathlib import Path
from harness.live.files import RealFiles
path, files = sys.argv[1], RealFiles(print)
print("ready", flush=True)
for number in itertools.count():
    files.extend(path, f"wps=1 02:00:00:00:00:01 {number:064x}")
"""


@pytest.mark.parametrize("delay_ms", [0, 1, 2, 3, 5, 8, 13, 21, 34])
def test_a_killed_program_leaves_whole_lines_of_keys(tmp_path: Path, delay_ms: int) -> None:
    path = tmp_path / "keys"
    before = "keyid=a 00:00:00:00:00:00 whoever comes\n" * 2000
    path.write_text(before)
    path.chmod(0o640)
    process = subprocess.Popen([sys.executable, "-c", APPEND, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(delay_ms / 1000)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    text = path.read_text()
    assert text.startswith(before)
    added = text.removeprefix(before)
    lines = added.splitlines(keepends=True)
    assert lines == [f"wps=1 02:00:00:00:00:01 {each:064x}\n" for each in range(len(lines))]
    assert len(parse_psk_file(text, str(path))) == 2000 + len(lines)
    assert path.stat().st_mode & 0o777 == 0o640


def test_mode_and_links_are_kept(tmp_path: Path) -> None:
    path, link = tmp_path / "real", tmp_path / "link"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    replace_text(link, "new \udcff")
    assert link.is_symlink()
    assert path.read_bytes() == b"new \xff"
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link", "real"]


def test_what_can_not_be_written_is_told_and_left(tmp_path: Path) -> None:
    said: list[str] = []
    files = RealFiles(said.append)
    files.replace(str(tmp_path / "no" / "file"), "text")
    files.append(str(tmp_path / "no" / "file"), "line")
    files.extend(str(tmp_path / "no" / "file"), "line")
    files.extend(str(tmp_path), "line")
    assert len(said) == 4
    with pytest.raises(ConfigError, match="No such file"):
        files.read(str(tmp_path / "none"))


def test_lines_are_added_whole(tmp_path: Path) -> None:
    said: list[str] = []
    files, path = RealFiles(said.append), tmp_path / "keys"
    files.extend(str(path), "one")
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"one\nw\xff")
    files.extend(str(path), "three")
    assert path.read_bytes() == b"one\nw\xff\nthree\n"
    assert not said


def test_lines_are_appended(tmp_path: Path) -> None:
    files = RealFiles(lambda line: None)
    files.append(str(tmp_path / "requests"), "one")
    files.append(str(tmp_path / "requests"), "two")
    assert (tmp_path / "requests").read_text() == "one\ntwo\n"
