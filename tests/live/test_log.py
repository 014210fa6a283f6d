"""Where a daemon's lines go."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.live.log import DEBUG, Log


def test_lines_from_the_level_on_are_written(tmp_path: Path) -> None:
    written = Log(tmp_path / "log")
    written.say("one\ntwo")
    written.say("three", DEBUG)
    written.say("caf\udce9")
    assert (tmp_path / "log").read_text() == "one\ntwo\ncaf\\udce9\n"
    written.close()


def test_a_moved_file_is_begun_anew(tmp_path: Path) -> None:
    written = Log(tmp_path / "log")
    written.say("before")
    (tmp_path / "log").rename(tmp_path / "log.1")
    written.say("still before")
    assert written.carry_reopen() == "OK\n"
    written.say("after")
    assert (tmp_path / "log.1").read_text() == "before\nstill before\n"
    assert (tmp_path / "log").read_text() == "after\n"
    written.close()


def test_a_full_disk_costs_lines_and_nothing_else(capfd: pytest.CaptureFixture[str]) -> None:
    written = Log(Path("/dev/full"))
    written.say("lost")
    written.say("lost as well, and not said elsewhere")
    written.close()
    assert capfd.readouterr() == ("", "")


def test_standard_output_takes_any_octets(capfd: pytest.CaptureFixture[str]) -> None:
    Log().say("caf\udce9")
    assert capfd.readouterr().out == "caf\\udce9\n"
