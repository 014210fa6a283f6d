"""Runs of the scenarios, whose evidence other programs then read."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run_scenarios(reports: Path, *options: str) -> Path:
    """Run the Multi-AP scenarios in a process of their own; gives the run's folder."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "scenarios/multi_ap"]
    ended = subprocess.run(
        [*command, "--reports", str(reports), *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
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
    return run_scenarios(tmp_path_factory.mktemp("hwsim"), "--air", "hwsim")
