"""The programs have the names by which scripts find and call them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vm import environment

ALIKE = ["-c", "import sys; print(open('/proc/self/comm').read(), sys.argv, sys.prefix)"]


def test_the_interpreter_runs_under_the_name_of_the_program() -> None:
    python = sys.executable
    named = environment.named(python, "hostapd")
    as_python = subprocess.check_output([python, *ALIKE], text=True)
    as_hostapd = subprocess.check_output([named, *ALIKE], text=True)
    assert as_hostapd.splitlines()[0] == "hostapd"
    assert as_hostapd.splitlines()[1:] == as_python.splitlines()[1:]


def test_without_a_link_it_is_the_interpreter(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    nowhere = str(tmp_path / "file" / "bin" / "python")
    assert environment.named(nowhere, "hostapd") == nowhere


@pytest.mark.parametrize("program", ["hostapd", "wpa_supplicant"])
def test_a_link_to_the_entrance_is_the_program(program: str, tmp_path: Path) -> None:
    link = tmp_path / program
    link.symlink_to(Path(environment.CHECKOUT) / "airproof")
    ran = subprocess.run([sys.executable, str(link), "-v"], capture_output=True, text=True)
    asked = os.linesep.join([ran.stdout, ran.stderr])
    assert f"{program} " in asked
    assert "airproof" in asked


@pytest.mark.parametrize("words", [["hostpad"], ["test", "faster"]])
def test_an_unknown_command_is_named(words: list[str]) -> None:
    entrance = str(Path(environment.CHECKOUT) / "airproof")
    ran = subprocess.run([sys.executable, entrance, *words], capture_output=True, text=True)
    assert ran.returncode == 2
    assert ran.stderr.count("\n") == 1
    assert words[-1] in ran.stderr


@pytest.mark.parametrize(
    ("words", "with_tests"),
    [
        ("", True),
        ("-x", True),
        ("tests/ap/test_bss.py::test_x -q", True),
        ("tests", True),
        (".", True),
        ("scenarios/multi_ap tests/ap", True),
        ("--reports scenarios -k onboarding", True),
        ("scenarios/multi_ap --air hwsim --ap hostapd", False),
        ("scenarios/multi_ap/test_onboarding.py::test_x --reports tests", False),
        ("scenarios/none", False),
    ],
)
def test_a_run_of_the_own_tests_needs_more(
    words: str, with_tests: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(environment.CHECKOUT)
    needed = environment.pytest_needs(words.split())
    assert needed == ("requirements.txt", "requirements-dev.txt")[: 1 + with_tests]
