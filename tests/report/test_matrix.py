"""Runs side by side: a row for each requirement, a column for each pair."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_runs import scenario, write_run

from harness.report.__main__ import main
from harness.report.matrix import read_matrix


def test_each_requirement_has_a_word_for_each_pair(tmp_path: Path) -> None:
    first = write_run(
        tmp_path / "one", scenario("good", "passed"), scenario("bad", "expectation", "no element")
    )
    second = write_run(
        tmp_path / "two", scenario("bad", "passed"), scenario("cannot", "unsupported", "no SAE")
    )
    matrix = read_matrix([first, second])
    assert not matrix.good
    assert matrix.lines() == [
        "1: sim, a with b",
        "2: sim, a with b",
        "",
        "            1        2",
        "map.bad     FAIL     PASS",
        "map.cannot  -        unsupp.",
        "map.good    PASS     -",
        "",
        "FAIL: no element\n    map.bad (1)",
        "UNSUPPORTED: no SAE\n    map.cannot (2)",
    ]


def test_the_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = write_run(tmp_path / "one", scenario("good", "passed"))
    assert main(["--matrix", str(tmp_path / "matrix.html"), str(run), str(run)]) == 0
    assert "map.good  PASS     PASS" in capsys.readouterr().out
    assert 'href="one/index.html"' in (tmp_path / "matrix.html").read_text()
    assert main(["--matrix", str(tmp_path / "matrix.html"), str(tmp_path / "none")]) == 2
