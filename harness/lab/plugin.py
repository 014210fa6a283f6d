"""The pytest plugin: options, the fixture `lab`, verdict words, evidence, the report."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.base.errors import AirproofError, ConfigError, SetupFailed, UsageError
from harness.lab.requirement import Requirement, requirement_of

if TYPE_CHECKING:
    from harness.lab.evidence import Outcome, RunFolder
    from harness.lab.scene import Lab, Setting
    from harness.radio.interface import Air
    from harness.report.known import Finding

AIRS = ("sim", "hwsim")
KNOWN_FINDINGS = "scenarios/known-findings.toml"
"""Failures of real programs that were looked into, from the root of the scenarios."""
_LETTERS = {
    "PASS": ".", "WEAK": "w", "FAIL": "F", "UNSUPPORTED": "u", "INCONCLUSIVE": "I", "SETUP": "S",
    "HARNESS": "H", "NOT-RUN": "n",
}
_RED = ("FAIL", "INCONCLUSIVE", "SETUP", "HARNESS")
_WORKER_FOLDER = "airproof_run_folder"


@dataclass
class _Progress:
    """What is known of a scenario while it runs. Held on its item."""

    requirement: Requirement
    setting: Setting
    folder: Path
    started: float = field(default_factory=time.time)
    clock: float = field(default_factory=time.perf_counter)
    lab: Lab | None = None
    outcome: Outcome | None = None


_PROGRESS = pytest.StashKey[_Progress]()
_RUN: pytest.StashKey[RunFolder] = pytest.StashKey()
_KNOWN: pytest.StashKey[tuple[Finding, ...]] = pytest.StashKey()
_SUMMARY = pytest.StashKey[list[str]]()
"""What is said at the end: of the report, or why there is none."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("airproof", "airproof: what scenarios run on")
    group.addoption("--air", default="sim", help=f"the air: {', '.join(AIRS)} (default: sim)")
    group.addoption("--ap", default="airproof", help="the access point: airproof, hostapd, …")
    group.addoption("--sta", default="airproof", help="the station: airproof, wpa_supplicant, …")
    group.addoption("--seed", default="1", help="of all that is random on the simulated air")
    group.addoption("--reports", default="reports", help="folder of the runs' reports")
    group.addoption("--run-folder", default=None, help="this run's own folder; no report is built")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Check what is asked for; move to the kernel lab where this kernel can't do hwsim."""
    try:
        return _check_and_relay(config)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None


def _check_and_relay(config: pytest.Config) -> int | None:
    from harness.lab import devices, testers

    air = config.option.air
    if air.partition(":")[0] == "nl80211":
        raise UsageError(f"--air {air}: not built yet; known: {', '.join(AIRS)}")
    if air not in AIRS:
        raise UsageError(f"--air {air}: no such air; known: {', '.join(AIRS)}")
    testers.register()
    devices.check("ap", config.option.ap, air)
    devices.check("sta", config.option.sta, air)
    if air != "hwsim" or config.option.collectonly or hasattr(config, "workerinput"):
        return None
    from harness.lab import kernel_lab

    return kernel_lab.relay(config)


def pytest_configure(config: pytest.Config) -> None:
    from harness.lab.evidence import RunFolder, argv
    from harness.report.known import read_findings

    try:
        config.stash[_KNOWN] = read_findings(config.rootpath / KNOWN_FINDINGS)
    except ConfigError as error:
        raise pytest.UsageError(str(error)) from None
    about = {
        "air": config.option.air, "ap": config.option.ap, "sta": config.option.sta,
        "seed": config.option.seed, "argv": argv(),
    }
    own = getattr(config, "workerinput", {}).get(_WORKER_FOLDER) or config.option.run_folder
    if own is not None:
        config.stash[_RUN] = RunFolder(Path(own), about)
    else:
        config.stash[_RUN] = RunFolder.choose(Path(config.option.reports).absolute(), about)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a pytest-xdist worker where the run's folder is."""
    node.workerinput[_WORKER_FOLDER] = str(node.config.stash[_RUN].path)


def pytest_collection_finish(session: pytest.Session) -> None:
    from harness.report.known import plain

    planned = []
    for item in session.items:
        if "lab" not in getattr(item, "fixturenames", ()):
            continue
        requirement = requirement_of(getattr(item, "function", None))
        if requirement is None:
            raise pytest.UsageError(f"{item.nodeid} uses `lab` but has no @requirement")
        planned.append({
            "id": requirement.id,
            "nodeid": item.nodeid,
            "requirement": {
                "id": requirement.id, "clause": requirement.clause, "level": requirement.level,
            },
        })
    worker = getattr(session.config, "workerinput", {}).get("workerid", "gw0")
    if planned and worker == "gw0" and not session.config.option.collectonly:
        try:
            known = session.config.stash[_KNOWN]
            session.config.stash[_RUN].begin(planned, plain(known))
        except OSError as error:
            raise pytest.UsageError(f"--reports {session.config.option.reports}: {error}") from None


@pytest.fixture
def lab(request: pytest.FixtureRequest) -> Generator[Lab, None, None]:
    """A new world on the chosen air; its devices stop when the scenario ends."""
    from harness.lab.scene import Lab, Setting

    option = request.config.option
    requirement = requirement_of(getattr(request.node, "function", None))
    assert requirement is not None
    folder = request.config.stash[_RUN].scenario_folder(requirement.id)
    seed = f"{option.seed}/{requirement.id}"
    setting = Setting(option.air, option.ap, option.sta, seed, folder)
    progress = _Progress(requirement, setting, folder)
    request.node.stash[_PROGRESS] = progress
    made = Lab(setting, _make_air(option.air, seed))
    progress.lab = made
    try:
        yield made
    finally:
        made.close()


def _make_air(kind: str, seed: str) -> Air:
    if kind == "sim":
        from harness.base.entropy import SeededEntropy
        from harness.radio.sim import SimAir

        return SimAir(SeededEntropy(seed.encode()).child("air"))
    from harness.radio.hwsim import HwsimAir

    try:
        return HwsimAir()
    except (AirproofError, OSError) as error:
        raise SetupFailed(f"the air hwsim: {error}") from error


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    progress = item.stash.get(_PROGRESS, None)
    if progress is None:
        return report
    _note_outcome(item, call, progress)
    if report.when == "teardown":
        _keep_evidence(item, progress, report)
    if report.when == "call" or report.failed:
        _word_report(report, progress, item.config.stash[_KNOWN])
    return report


def _note_outcome(item: pytest.Item, call: pytest.CallInfo[None], progress: _Progress) -> None:
    """Keep the first thing that went wrong; else that the scenario passed."""
    from harness.lab.evidence import Outcome, outcome_of

    if call.excinfo is None:
        if progress.outcome is None and call.when == "call":
            progress.outcome = Outcome("call", "passed")
        return
    if isinstance(call.excinfo.value, pytest.skip.Exception):
        found = Outcome(call.when, "skipped", str(call.excinfo.value))
    elif isinstance(call.excinfo.value, pytest.fail.Exception):
        found = Outcome(call.when, "expectation", str(call.excinfo.value))
    else:
        found = outcome_of(call.excinfo.value, call.when, str(item.path))
    if progress.outcome is None or progress.outcome.kind == "passed":
        clause = found.clause or progress.requirement.clause
        breach = found.kind in ("expectation", "violation")
        found = _with_cause(found, progress.lab)
        progress.outcome = replace(found, clause=clause) if breach else found


def _with_cause(found: Outcome, lab: Lab | None) -> Outcome:
    """Add the first wrong WSC message to what failed after it: the peer may have ended there."""
    wrong = lab.first_wrong_message() if lab and found.kind == "expectation" else ""
    if not wrong or wrong in found.message:
        return found
    return replace(found, message=f"{found.message}; first wrong message: {wrong}")


def _keep_evidence(
    item: pytest.Item, progress: _Progress, report: pytest.TestReport
) -> None:
    """Write the evidence; when that fails, the scenario's end is a fault of ours."""
    from harness.lab.evidence import outcome_of

    try:
        _write_evidence(item, progress, progress.lab)
    except Exception as error:
        before = progress.outcome
        progress.outcome = outcome_of(error, "teardown", "")
        if before is not None and before.kind != "passed":
            report.sections.append(("before that", before.message))
        report.outcome, report.longrepr = "failed", progress.outcome.traceback
        try:
            _write_evidence(item, progress, None)
        except OSError as worse:
            report.longrepr += f"\nnot even the record could be written: {worse}"


def _write_evidence(item: pytest.Item, progress: _Progress, lab: Lab | None) -> None:
    from harness.lab import evidence

    assert progress.outcome is not None
    option = item.config.option
    doc = getattr(getattr(item, "function", None), "__doc__", None) or item.name
    evidence.write(
        progress.folder,
        evidence.Evidence(
            progress.requirement, doc.strip().splitlines()[0], item.nodeid, progress.started,
            time.perf_counter() - progress.clock, progress.outcome,
        ),
        {"air": option.air, "ap": option.ap, "sta": option.sta, "seed": option.seed},
        lab,
    )


def _word_report(
    report: pytest.TestReport, progress: _Progress, findings: tuple[Finding, ...]
) -> None:
    """Give pytest's report the verdict's word, and the outcome that follows from it."""
    from harness.lab.evidence import describe_devices
    from harness.report.known import explanation
    from harness.report.verdict import judge

    assert progress.outcome is not None
    outcome = progress.outcome
    devices = [] if progress.lab is None else describe_devices(progress.lab)
    judgement = judge({
        "outcome": {"phase": outcome.phase, "kind": outcome.kind, "message": outcome.message},
        "requirement": {"level": progress.requirement.level},
        "lost_frames": 0 if progress.lab is None else progress.lab.lost_frames,
    }, explanation(findings, progress.requirement.id, devices, outcome.message))
    word = judgement.verdict.value
    report.airproof_verdict = word  # type: ignore[attr-defined]
    if word == "UNSUPPORTED":
        report.outcome = "skipped"
        report.longrepr = (report.location[0], report.location[1] or 0, judgement.reason)
    elif judgement.known:
        report.outcome, report.wasxfail = "skipped", judgement.known
    elif judgement.verdict.good:
        report.outcome, report.longrepr = "passed", None


def pytest_report_teststatus(
    report: pytest.TestReport,
) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
    word = getattr(report, "airproof_verdict", None)
    if word is None:
        return None
    if getattr(report, "wasxfail", ""):
        return "xfailed", "f", (f"{word}, known", {"yellow": True})
    category = {"UNSUPPORTED": "skipped", "NOT-RUN": "skipped"}.get(word, "passed")
    colour = {"red": True} if word in _RED else {"green": True}
    return ("failed" if word in _RED else category), _LETTERS[word], (word, colour)


def pytest_sessionfinish(session: pytest.Session) -> None:
    run = session.config.stash.get(_RUN, None)
    if run is None or hasattr(session.config, "workerinput") or not run.exists:
        return
    from harness.report import build

    try:
        run.finish()
        if not session.config.option.run_folder:
            session.config.stash[_SUMMARY] = build.build(run.path).lines()
    except OSError as error:
        session.config.stash[_SUMMARY] = [f"the report can't be written: {error}"]
        session.exitstatus = pytest.ExitCode.INTERNAL_ERROR


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    lines = config.stash.get(_SUMMARY, [])
    if lines:
        terminalreporter.section("airproof")
    for line in lines:
        terminalreporter.write_line(line)
