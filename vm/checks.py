"""`./airproof test`: prepares all that a full run needs, runs it, and sums it up."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from vm import environment, kernel, packages
from vm.cache import LabError, cache_dir, say
from vm.repeat import Counts, counted, failures, passed_when_repeated, remembering

CHECKOUT = Path(environment.CHECKOUT)
ALL = ("multi_ap", "wps_ap", "wps_sta")
RUNS = {
    ("airproof", "airproof"): ("multi_ap",),
    ("airproof", "wpa_supplicant"): ALL,
    ("hostapd", "airproof"): ALL,
    ("hostapd", "wpa_supplicant"): ("multi_ap",),
    ("airproof-daemon", "airproof-daemon"): ALL,
    ("airproof", "iwd"): ("wps_ap", "wps_sta"),
    ("iwd", "airproof"): ("wps_sta",),
}
"""Access point and station → the folders of scenarios that they are put through on hwsim.

iwd knows no Multi-AP: it is UNSUPPORTED there.
"""

PACKAGES_OF = {
    "hostapd": ("hostapd",), "wpa_supplicant": ("wpasupplicant",), "iwd": ("iwd", "dbus-daemon"),
}

PASS, UNSTABLE, FAIL, NOT_RUN = "PASS", "UNSTABLE", "FAIL", "NOT RUN"


@dataclass(frozen=True)
class Step:
    """One thing to run. `junit`: where it leaves its counts; without, it counts as one test.

    `latest`: what points to the folder of the run that it makes, for the matrix. `repeated`: a few
    failures are tried once more, with their reports below this folder.
    """

    name: str
    command: Sequence[str]
    junit: Path | None = None
    needs: Sequence[str] = ()
    latest: Path | None = None
    repeated: Path | None = None


@dataclass(frozen=True)
class Result:
    """How a step ended. `once`: what failed in it, but not when it was repeated."""

    step: Step
    word: str
    counts: Counts
    seconds: float = 0.0
    where: str = ""
    once: Sequence[str] = ()


@dataclass
class Preparation:
    """What was prepared, and for what could not be, why."""

    python: str
    lacks: dict[str, str] = field(default_factory=dict)

    def attempt(self, what: str, prepare: Callable[[], object]) -> None:
        """Prepares one thing; keeps the reason if that fails."""
        try:
            prepare()
        except (LabError, OSError) as error:
            self.lacks[what] = str(error)
            say(f"lacking {what}: {error}")


def main() -> int:
    """Runs all; the status is 0 only if all is well. In CI, what could not run is a failure."""
    os.chdir(CHECKOUT)
    _compile_once()
    prepared, reports = prepare(), _reports()
    steps = plan(prepared.python, reports)
    results, runs = [], []
    for number, step in enumerate(steps, 1):
        print(f"\n=== {number}/{len(steps)} {step.name}", flush=True)
        results.append(run(step, prepared.lacks))
        if step.latest is not None and results[-1].word != NOT_RUN and step.latest.exists():
            runs.append(str(step.latest.resolve()))
    if runs:
        results.append(_matrix(prepared.python, reports / "matrix.html", runs))
    print("\n" + summary(results, prepared.lacks), flush=True)
    bad = {FAIL, NOT_RUN} if os.environ.get("CI") == "true" else {FAIL}
    return 1 if any(result.word in bad for result in results) else 0


def _compile_once() -> None:
    """Who wants no bytecode beside the sources has it in the cache: hundreds of programs start."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(cache_dir() / "bytecode"))


def _matrix(python: str, page: Path, runs: Sequence[str]) -> Result:
    """Puts the runs side by side. What they found counts in their own steps, not again here."""
    print(f"\n=== every requirement with every pair: {page}", flush=True)
    step = Step("matrix", [python, "-m", "harness.report", "--matrix", str(page), *runs])
    started = time.monotonic()
    status = subprocess.run(step.command, check=False).returncode
    made = status in (0, 1) and page.exists()
    counts = Counts(passed=int(made), failed=int(not made))
    where = str(page) if made else f"exit status {status}"
    return Result(step, PASS if made else FAIL, counts, time.monotonic() - started, where)


def prepare() -> Preparation:
    """Everything that the steps use, as far as it can be had."""
    prepared = Preparation(environment.python_with("requirements.txt", "requirements-dev.txt"))
    for package in packages.LAB_PACKAGES:
        prepared.attempt(package, partial(packages.provide, [package]))
    prepared.attempt("kernel lab", kernel.ensure)
    return prepared


def _reports() -> Path:
    """The folder for reports: the checkout's, or the cache's if that can't be written."""
    path = CHECKOUT / "reports"
    writable = os.access(path if path.exists() else CHECKOUT, os.W_OK)
    return path if writable else cache_dir() / "reports"


def plan(python: str, reports: Path) -> list[Step]:
    """The steps of a full run, cheapest first."""
    module, workers = [python, "-m"], str(os.cpu_count() or 1)

    def pytest(name: str, *words: str, needs: Sequence[str] = ()) -> Step:
        junit = reports / "junit" / (name.replace(" ", "-").replace("/", "") + ".xml")
        options = ["--reports", str(reports), f"--junitxml={junit}"]
        options += remembering(reports / "failed" / junit.stem)
        latest = reports / "latest" if words[0].startswith("scenarios") else None
        return Step(name, [*module, "pytest", *words, *options], junit, needs, latest, reports)

    steps = [
        Step("ruff", [*module, "ruff", "check", ".", "airproof"]),
        Step("mypy", [*module, "mypy"]),
        pytest("tests", "tests", "-n", workers),
        pytest(
            "tests in the kernel lab",
            *("tests/radio", "tests/lab", "tests/live", "-m", "hwsim"),
            *("--air", "hwsim", "-n", workers),
            needs=("kernel lab", *packages.LAB_PACKAGES),
        ),
        pytest("scenarios on sim", "scenarios"),
    ]
    for (ap, sta), folders in RUNS.items():
        needs = [package for device in (ap, sta) for package in PACKAGES_OF.get(device, ())]
        words = [f"scenarios/{folder}" for folder in folders]
        words += ["--air", "hwsim", "--ap", ap, "--sta", sta, "-n", workers]
        name = f"scenarios on hwsim {ap} {sta}"
        steps.append(pytest(name, *words, needs=["kernel lab", *needs]))
    return steps


def run(step: Step, lacks: dict[str, str]) -> Result:
    """Runs one step with its output shown."""
    if missing := [what for what in step.needs if what in lacks]:
        reason = "; ".join(f"{what} is lacking" for what in missing)
        print(f"not run: {reason}")
        return Result(step, NOT_RUN, Counts(skipped=1), where=reason)
    if step.junit is not None:
        step.junit.parent.mkdir(parents=True, exist_ok=True)
        step.junit.unlink(missing_ok=True)
    started = time.monotonic()
    status = subprocess.run(step.command, check=False).returncode
    seconds = time.monotonic() - started
    counts = Counts(passed=int(status == 0), failed=int(status != 0))
    where = f"exit status {status}" if status else ""
    if step.junit is not None:
        counts, where = _counted(step.junit, status)
    word = PASS if status == 0 and not counts.failed else FAIL
    result = Result(step, word, counts, seconds, where)
    return _repeated(result) if word == FAIL else result


def _counted(junit: Path, status: int) -> tuple[Counts, str]:
    """The counts of a pytest run, from the report it left; a run that left none failed."""
    counts = counted(junit)
    if counts is None:
        return Counts(failed=1), f"exit status {status}, no report"
    if status and not counts.failed:  # it ended badly outside of any test
        return counts + Counts(failed=1), f"exit status {status}; {junit}"
    return counts, str(junit)


def _repeated(result: Result) -> Result:
    """The result once its few failures were tried again: UNSTABLE if they pass, else as it was."""
    step, counts, started = result.step, result.counts, time.monotonic()
    if step.junit is None or step.repeated is None or not step.junit.exists():
        return result
    if not passed_when_repeated(step.command, step.junit, counts.failed, step.repeated):
        return result
    return replace(
        result,
        word=UNSTABLE,
        counts=replace(counts, passed=counts.passed + counts.failed, failed=0),
        seconds=result.seconds + time.monotonic() - started,
        once=failures(step.junit),
    )


def summary(results: Sequence[Result], lacks: dict[str, str]) -> str:
    """A line per step, what lacks, and the total alone on the last line."""
    width = max(len(result.step.name) for result in results)
    lines = ["=== summary"]
    for result in results:
        line = f"{result.word:10}{result.step.name:{width}}  {result.counts!s:36}"
        lines.append(f"{line}{result.seconds:7.1f} s  {result.where}".rstrip())
    unstable = [text for result in results for text in result.once]
    lines += [f"{UNSTABLE}: failed once, passed when repeated: {text}" for text in unstable]
    lines += [f"lacking {what}: {reason}" for what, reason in lacks.items()]
    total = sum((result.counts for result in results), Counts())
    return "\n".join([*lines, "", str(total)])


if __name__ == "__main__":
    sys.exit(main())
