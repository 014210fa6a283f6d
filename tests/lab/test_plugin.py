"""The plugin: how a scenario may end, the words for it, the exit status, and what is kept."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest

from harness.lab.devices.airproof import AirproofAccessPoint

pytest_plugins = ["pytester"]
CHECKOUT = Path(__file__).parents[2]

SCENARIO = """
import pytest
from harness.base.errors import Inconclusive, PeerViolation, SetupFailed, UsageError, Unsupported
from harness.lab import MUST, OBSERVE, SHOULD, ExpectationFailed, requirement
from harness.wire.dot11.frames import Beacon

@requirement("some.thing", "clause 1", {level})
def test_scenario(lab):
    '''A title.'''
    {body}
"""


def run(pytester: pytest.Pytester, body: str, *options: str, level: str = "MUST") -> Any:
    pytester.makepyfile(test_it=SCENARIO.format(body=body, level=level))
    return pytester.runpytest_inprocess(
        "-p", "harness.lab.plugin", "-p", "no:randomly", "-p", "no:hypothesispytest", "-v", *options
    )


def record(pytester: pytest.Pytester) -> dict[str, Any]:
    (path,) = Path(pytester.path).glob("reports/latest/*/record.json")
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


ENDS = [
    ("pass", "PASS", "passed", 0),
    ("lab.air.expect(Beacon, within=0.1)", "FAIL", "expectation", 1),
    ("assert lab.world.now() == 99, 'late'", "FAIL", "expectation", 1),
    ("pytest.fail('it is wrong')", "FAIL", "expectation", 1),
    ("raise PeerViolation('a bad peer', clause='8.1')", "FAIL", "violation", 1),
    ("raise SetupFailed('no radio')", "SETUP", "setup", 1),
    ("lab.sta('sta'); lab.sta('sta')", "SETUP", "setup", 1),
    ("raise Unsupported('declared')", "UNSUPPORTED", "unsupported", 0),
    ("raise Inconclusive('lost')", "INCONCLUSIVE", "inconclusive", 1),
    ("raise UsageError('wrong call')", "HARNESS", "internal", 1),
    ("1 / 0", "HARNESS", "internal", 1),
    ("lab.world.step_until('soon')", "HARNESS", "internal", 1),
    ("(lab.setting.folder / 'events.jsonl').mkdir()", "HARNESS", "internal", 1),
]


@pytest.mark.parametrize(("body", "word", "kind", "status"), ENDS)
def test_each_end_has_its_word(
    pytester: pytest.Pytester, body: str, word: str, kind: str, status: int
) -> None:
    result = run(pytester, body)

    assert result.ret == status
    result.stdout.fnmatch_lines([f"*test_scenario {word}*"])
    assert record(pytester)["outcome"]["kind"] == kind
    assert record(pytester)["requirement"]["id"] == "some.thing"
    assert record(pytester)["title"] == "A title."


def test_a_failed_assertion_of_ours_is_our_fault(pytester: pytest.Pytester) -> None:
    result = run(pytester, "lab.air.difference(None, '', 1, 2) if False else lab.host(behind=None)")

    assert result.ret == 1
    assert record(pytester)["outcome"]["kind"] == "internal"


def test_an_unmet_should_is_weak_and_no_failure(pytester: pytest.Pytester) -> None:
    result = run(pytester, "lab.air.expect(Beacon, within=0.1)", level="SHOULD")

    assert result.ret == 0
    result.stdout.fnmatch_lines(["*test_scenario WEAK*"])
    assert record(pytester)["outcome"]["kind"] == "expectation"


def test_a_scenario_without_requirement_is_refused(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(lab): pass")

    result = pytester.runpytest_inprocess("-p", "harness.lab.plugin")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*test_it uses `lab` but has no @requirement*"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--air", "moon"), "--air moon: no such air; known: sim, hwsim"),
        (("--ap", "toaster"), "--ap toaster: no such device; known: airproof, *, tester:NAME"),
        (("--ap", "tester:x"), "--ap tester:x: no such device; known: *, tester:other-key, *"),
        (("--sta", "hostapd"), "--sta hostapd: no such device; known: *wpa_supplicant*"),
        (("--ap", "hostapd"), "--ap hostapd: a program of its own needs --air hwsim"),
    ],
)
def test_a_wrong_option_is_one_clear_error(
    pytester: pytest.Pytester, options: tuple[str, ...], message: str
) -> None:
    result = run(pytester, "pass", *options)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {message}"])
    assert not (pytester.path / "reports").exists()


def test_a_run_without_scenarios_leaves_no_report(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_other(): pass")

    result = pytester.runpytest_inprocess("-p", "harness.lab.plugin")

    assert result.ret == 0
    assert not (pytester.path / "reports").exists()


def test_the_run_folder_tells_what_was_planned(pytester: pytest.Pytester) -> None:
    run(pytester, "pass", "--seed", "7", "--reports", "kept")

    run_json = json.loads((pytester.path / "kept/latest/run.json").read_text())
    assert [plan["id"] for plan in run_json["planned"]] == ["some.thing"]
    assert (run_json["air"], run_json["seed"]) == ("sim", "7")
    assert run_json["started"] <= run_json["finished"]
    assert (pytester.path / "kept/latest/index.html").is_file()
    assert (pytester.path / "kept/latest/junit.xml").is_file()


def test_workers_share_one_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    more = SCENARIO.format(body="lab.world.step_until(1.0)", level="MUST")
    pytester.makepyfile(
        test_it=more, test_other=more.replace("some.thing", "other.thing"), test_third=more
    )

    result = pytester.runpytest_subprocess("-p", "harness.lab.plugin", "-n", "2", "-v")

    assert result.ret == 0
    result.stdout.fnmatch_lines(["*3 PASS*"])
    (folder,) = (pytester.path / "reports/runs").iterdir()
    kept = {path.parent.name for path in folder.glob("*/record.json")}
    assert kept == {"some.thing", "some.thing-2", "other.thing"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--air", "nl80211:wlan1"), "--air nl80211:wlan1: not built yet; known: sim, hwsim"),
        (("--sta", "device:x.toml"), "--sta device:x.toml: not built yet; known: airproof, *"),
        (("--ap", "device:x.toml"), "--ap device:x.toml: not built yet; known: airproof, *"),
    ],
)
def test_what_is_to_come_says_so(
    pytester: pytest.Pytester, options: tuple[str, ...], message: str
) -> None:
    result = run(pytester, "pass", *options)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {message}"])


def test_a_declared_lack_is_unsupported(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(AirproofAccessPoint.unsupported, "multi-ap", "a plain router")

    result = run(pytester, "lab.ap(ssid='home', passphrase='correct horse', multi_ap=1)")

    assert result.ret == 0
    result.stdout.fnmatch_lines(["*test_scenario UNSUPPORTED*"])
    message = record(pytester)["outcome"]["message"]
    assert message == "airproof: multi-ap: a plain router"


def test_a_folder_that_cannot_be_written_is_one_clear_error(pytester: pytest.Pytester) -> None:
    pytester.makefile("", reports="a file")

    result = run(pytester, "pass")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --reports reports: *"])


def test_a_report_that_cannot_be_written_is_one_clear_error(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("harness.report.build.build", full)

    result = run(pytester, "pass")

    assert result.ret == pytest.ExitCode.INTERNAL_ERROR
    result.stdout.fnmatch_lines(["the report can't be written: * No space left on device"])
    assert "Traceback" not in result.stdout.str()


def test_what_did_not_run_is_counted_but_not_listed(pytester: pytest.Pytester) -> None:
    later = SCENARIO.format(body="pass", level="MUST").replace("some.thing", "other.thing")
    pytester.makepyfile(test_later=later)

    result = run(pytester, "assert lab is None", "-x", "test_it.py", "test_later.py")

    result.stdout.fnmatch_lines(["FAIL * some.thing: *", "1 FAIL, 1 NOT-RUN"])
    assert "other.thing" not in result.stdout.str()
