"""The guest boots as a user without any rights, from a kernel that somebody else built."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from vm import kernel
from vm.cache import cache_dir
from vm.guest import CHECKOUT

NOBODY = 65534


@pytest.fixture
def readable(built: kernel.Kernel) -> Iterator[Path]:
    """A copy, readable by all, of what is needed from the checkout and from the cache."""
    with tempfile.TemporaryDirectory(prefix="airproof-test-") as name:
        base = Path(name)
        base.chmod(0o755)
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(CHECKOUT / "vm", base / "checkout" / "vm", ignore=ignore)
        shutil.copy(CHECKOUT / "airproof", base / "checkout")
        for directory in (built.linux.parent, built.init.parent):
            shutil.copytree(directory, base / "cache" / directory.relative_to(cache_dir()))
        yield base


def _as_nobody(*command: str, env: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    setpriv = [
        "setpriv",
        f"--reuid={NOBODY}",
        f"--regid={NOBODY}",
        "--clear-groups",
        "--no-new-privs",
    ]
    return subprocess.run(
        [*setpriv, *command],
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **env},
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
    )


def test_another_user_boots_the_guest_and_is_root_in_it(readable: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user; as this one the other tests have run")
    window = readable / "window"
    window.mkdir()
    os.chown(window, NOBODY, NOBODY)
    python = _python_for_all()
    command = 'id -u; cat /sys/class/net/hwsim0/type; touch /etc/mine; echo kept > "$1/file"'
    words = ["run", "--limit", "600", "--window", str(window), "--"]
    ran = _as_nobody(
        python,
        str(readable / "checkout" / "airproof"),
        "vm",
        *words,
        *("sh", "-c", command, "sh", str(window)),
        env={"AIRPROOF_CACHE": str(readable / "cache"), "HOME": "/nonexistent"},
        cwd=readable,
    )
    assert (ran.returncode, ran.stdout) == (0, "0\n803\n"), ran.stderr
    assert (window / "file").stat().st_uid == NOBODY


def test_another_user_runs_the_scenarios_on_both_airs(readable: Path) -> None:
    """From a fresh checkout, environment and all, with real programs in the guest."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user; as this one the other tests have run")
    checkout = readable / "own"
    for name in ("airproof", "conftest.py", "pyproject.toml", "requirements.txt"):
        checkout.mkdir(exist_ok=True)
        shutil.copy(CHECKOUT / name, checkout)
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("harness", "scenarios", "vm"):
        shutil.copytree(CHECKOUT / name, checkout / name, ignore=ignore)
    subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", str(checkout)], check=True)
    pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    home = {"HOME": str(checkout), "AIRPROOF_CACHE": str(readable / "cache"), **pip}
    for options in ((), ("--air", "hwsim", "--ap", "hostapd", "--sta", "wpa_supplicant")):
        ran = _as_nobody(
            *(_python_for_all(), "airproof", "pytest", "scenarios/multi_ap/test_onboarding.py"),
            *options,
            env=home,
            cwd=checkout,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert "6 PASS" in ran.stdout


def _python_for_all() -> str:
    """A Python that another user can run: ours may live in a home that is closed to it."""
    for directory in ("/usr/bin", "/usr/local/bin"):
        for name in ("python3.11", "python3.12", "python3.13", "python3.14", "python3"):
            path = f"{directory}/{name}"
            check = [path, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
            if Path(path).exists() and not _as_nobody(*check, env={}, cwd=Path("/")).returncode:
                return path
    pytest.skip("no Python of 3.11 or newer outside the home of this user")
