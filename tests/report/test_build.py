"""A run's folder becomes a page, a JUnit file and a summary; a broken one says what is broken."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from report_runs import scenario, write_run

from harness.report.__main__ import main
from harness.report.build import build
from harness.report.records import BadRecord
from harness.report.verdict import Verdict


def test_the_junit_file_counts_what_happened(tmp_path: Path) -> None:
    run = write_run(
        tmp_path / "run",
        scenario("good", "passed"),
        scenario("bad", "expectation", "Multi-AP element missing"),
        scenario("ours", "internal", "KeyError: 'x'"),
        scenario("cannot", "unsupported", "no SAE"),
        scenario("late", "passed"),
        planned=4,
    )
    summary = build(run)
    suite = Xml.parse(run / "junit.xml").getroot()[0]
    counted = {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")}
    assert counted == {"tests": "5", "failures": "1", "errors": "1", "skipped": "2"}
    failure = suite.find("testcase[@name='map.bad']/failure")
    assert failure is not None
    assert failure.get("message") == "Multi-AP element missing"
    assert summary.run.counts[Verdict.NOT_RUN] == 1
    assert not summary.good


def test_the_summary_names_what_is_not_a_pass(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", scenario("good", "passed"), scenario("cannot", "unsupported"))
    summary = build(run)
    assert summary.good
    assert summary.lines() == [
        "UNSUPPORTED  map.cannot",
        "1 PASS, 1 UNSUPPORTED",
        f"report: {run / 'index.html'}",
    ]


def test_what_is_wrong_comes_before_what_did_not_run(tmp_path: Path) -> None:
    run = write_run(
        tmp_path / "run",
        scenario("wrong", "expectation"),
        scenario("fine", "passed"),
        scenario("late", "passed"),
        planned=2,
    )
    ids = [result.id for result in build(run).run.results]
    assert ids == ["map.wrong", "map.late", "map.fine"]


def test_the_page_shows_the_difference_and_escapes_it(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", scenario("bad", "expectation", "no <element>"))
    build(run)
    page = (run / "index.html").read_text()
    for text in ("no &lt;element&gt;", "&lt;b&gt;this&lt;/b&gt;", "Multi-AP 9.1", "FAIL 1"):
        assert text in page
    assert "M8 could not be opened" in page


def test_an_empty_run_is_not_good(tmp_path: Path) -> None:
    assert not build(write_run(tmp_path / "run")).good


@pytest.mark.parametrize("text", ["{", "{}", "[]", '{"id": "x"}'])
def test_a_broken_record_is_named(tmp_path: Path, text: str) -> None:
    run = write_run(tmp_path / "run", scenario("good", "passed"))
    path = run / "map.good" / "record.json"
    path.write_text(text)
    with pytest.raises(BadRecord, match=r"map\.good/record\.json"):
        build(run)


def test_a_broken_capture_costs_only_its_ladder(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", scenario("good", "passed"))
    (run / "map.good" / "air.pcapng").write_bytes(b"not a capture at all")
    assert build(run).good
    assert "No frame ladder" in (run / "index.html").read_text()


def test_the_command_gives_the_same_summary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = write_run(tmp_path / "run", scenario("good", "passed"))
    assert main([str(run)]) == 0
    assert "1 PASS" in capsys.readouterr().out
    assert main([str(tmp_path / "nowhere")]) == 2
    assert "run.json" in capsys.readouterr().err


def test_a_failure_names_the_clause_that_it_breaks(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", scenario("bad", "expectation", "no element"))
    assert build(run).lines()[0] == "FAIL  map.bad: no element [Multi-AP 9.1]"
