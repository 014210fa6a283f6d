"""Runs of the scenarios, whose evidence other programs then read."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


SCENARIOS = Path("scenarios/multi_ap")
ON_THE_KERNEL = ("test_onboarding.py", "test_wps_credentials.py", "test_wpa3_backhaul.py")
"""Enough kinds of frames: the whole of the scenarios runs on the kernel elsewhere."""


def run_scenarios(reports: Path, *options: str, files: Sequence[str] = ("",)) -> Path:
    """Run Multi-AP scenarios in a process of their own; gives the run's folder."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    ended = subprocess.run(
        [*command, *(str(SCENARIOS / file) for file in files), "--reports", str(reports), *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return (reports / "latest").resolve()


@pytest.fixture(scope="session")
def scenario_runner() -> Callable[..., Path]:
    return run_scenarios


@pytest.fixture(scope="session")
def simulated_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_scenarios(tmp_path_factory.mktemp("sim"), "--air", "sim", "--seed", "interop")


@pytest.fixture(scope="session")
def kernel_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hwsim")
    return run_scenarios(folder, "--air", "hwsim", files=ON_THE_KERNEL)
