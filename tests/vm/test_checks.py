"""`./airproof test` counts what ran, repeats a few failures, and names what did not run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vm import checks, packages
from vm.checks import FAIL, NOT_RUN, PASS, UNSTABLE, Result, Step
from vm.guest import CHECKOUT
from vm.repeat import Counts, remembering

JUNIT = '<testsuites><testsuite tests="7" failures="1" errors="1" skipped="2"/></testsuites>'


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_step_without_report_is_one_test() -> None:
    assert checks.run(Step("fine", _python("")), {}).counts == Counts(passed=1)
    failed = checks.run(Step("bad", _python("raise SystemExit(3)")), {})
    assert (failed.word, failed.counts, failed.where) == (FAIL, Counts(failed=1), "exit status 3")


def test_a_pytest_step_counts_its_report(tmp_path: Path) -> None:
    junit = tmp_path / "junit.xml"
    write = (
        f"from pathlib import Path; Path({str(junit)!r}).write_text({JUNIT!r}); raise SystemExit(1)"
    )
    result = checks.run(Step("tests", _python(write), junit), {})
    assert (result.word, result.counts) == (FAIL, Counts(passed=3, failed=2, skipped=2))


def test_a_report_of_an_earlier_run_counts_for_nothing(tmp_path: Path) -> None:
    junit = tmp_path / "junit.xml"
    junit.write_text('<testsuite tests="7" failures="0" errors="0" skipped="0"/>')
    result = checks.run(Step("tests", _python("raise SystemExit(4)"), junit), {})
    assert (result.word, result.counts) == (FAIL, Counts(failed=1))


def test_a_run_that_ends_badly_outside_of_its_tests_fails(tmp_path: Path) -> None:
    junit = tmp_path / "junit.xml"
    text = '<testsuite tests="7" failures="0" errors="0" skipped="0"/>'
    write = (
        f"from pathlib import Path; Path({str(junit)!r}).write_text({text!r}); raise SystemExit(3)"
    )
    result = checks.run(Step("tests", _python(write), junit), {})
    assert (result.word, result.counts) == (FAIL, Counts(passed=7, failed=1))


FLAKY = """
from pathlib import Path
import pytest

@pytest.mark.parametrize("number", range(8))
def test_flaky(number):
    past = Path(__file__).with_name(f"past{{number}}")
    if number < {often}:
        past.touch()
    elif number < {often} + {once} and not past.exists():
        past.touch()
        assert not "the first time"
    assert number >= {often}
"""


@pytest.mark.parametrize(
    ("often", "once", "word", "counts", "unstable"),
    [
        (0, 2, UNSTABLE, Counts(8), 2),
        (1, 1, FAIL, Counts(6, 2), 0),
        (0, 6, FAIL, Counts(2, 6), 0),
    ],
    ids=["failed once", "one fails always", "too many"],
)
def test_what_failed_once_is_told_and_what_fails_always_fails(
    tmp_path: Path, often: int, once: int, word: str, counts: Counts, unstable: int
) -> None:
    (tmp_path / "test_it.py").write_text(FLAKY.format(often=often, once=once))
    junit = tmp_path / "junit.xml"
    words = [sys.executable, "-m", "pytest", f"--rootdir={tmp_path}", str(tmp_path), "-q"]
    words += [f"--junitxml={junit}", "-p", "harness.lab.plugin", *remembering(tmp_path / "failed")]
    result = checks.run(Step("tests", words, junit, repeated=tmp_path), {})
    assert (result.word, result.counts, len(result.once)) == (word, counts, unstable)
    text = checks.summary([result], {})
    assert text.count("failed once, passed when repeated: ") == unstable
    assert ("the first time" in text) == bool(unstable)


def test_what_lacks_is_named_and_the_step_not_run() -> None:
    step = Step("lab", _python("raise SystemExit(1)"), needs=["kernel lab"])
    result = checks.run(step, {"kernel lab": "flex is missing"})
    assert (result.word, result.where) == (NOT_RUN, "kernel lab is lacking")
    text = checks.summary([result], {"kernel lab": "flex is missing"})
    assert "NOT RUN   lab" in text
    assert "lacking kernel lab: flex is missing" in text


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("true", 1)])
def test_what_could_not_run_fails_in_ci_alone(
    ci: str, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prepared = checks.Preparation(sys.executable, {"kernel lab": "flex is missing"})
    steps = [Step("fine", _python("")), Step("lab", _python(""), needs=["kernel lab"])]
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", "/somewhere")
    monkeypatch.setattr(checks, "prepare", lambda: prepared)
    monkeypatch.setattr(checks, "plan", lambda *_: steps)
    assert checks.main() == status
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed, 1 skipped"
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ, "every program of the run would be compiled"
    assert os.environ["PYTHONPYCACHEPREFIX"] == "/somewhere"


def test_the_summary_ends_with_the_total() -> None:
    step = Step("tests", [])
    results = [
        Result(step, PASS, Counts(3, 0, 1)),
        Result(step, FAIL, Counts(2, 1, 0)),
    ]
    assert checks.summary(results, {}).splitlines()[-1] == "5 passed, 1 failed, 1 skipped"


def test_the_plan_covers_every_pair_of_devices() -> None:
    names = [step.name for step in checks.plan(sys.executable, Path("/reports"))]
    for ap in ("airproof", "hostapd"):
        for sta in ("airproof", "wpa_supplicant"):
            assert f"scenarios on hwsim {ap} {sta}" in names


def test_airproof_explains_itself_and_refuses_the_unknown() -> None:
    script = str(CHECKOUT / "airproof")
    plain = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert plain.returncode == 0
    assert "./airproof test" in plain.stdout
    wrong = subprocess.run([sys.executable, script, "tset"], capture_output=True, check=False)
    assert wrong.returncode == 2


def test_what_is_installed_is_found_and_the_unknown_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AIRPROOF_CACHE", str(tmp_path))
    assert packages.find("sh") is not None
    with pytest.raises(packages.LabError, match="no-such-program is not installed"):
        packages.program("no-such-program")


def test_an_unpacked_program_comes_with_the_way_to_its_libraries(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AIRPROOF_CACHE", str(tmp_path))
    tree = tmp_path / "packages-0123" / "tree"
    program, library = tree / "usr/sbin/airproof-test-ap", tree / "usr/lib/x/libtest.so.1"
    for path in (program, library):
        path.parent.mkdir(parents=True)
        path.write_text("")
    program.chmod(0o755)
    found = packages.find("airproof-test-ap")
    assert found == packages.Program(program, {"LD_LIBRARY_PATH": str(library.parent)})
