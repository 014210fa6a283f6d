"""Moves a run with `--air hwsim` into the kernel lab where this kernel can't do it itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from harness.base.errors import UsageError

STALL_S = 600.0
"""Host seconds without output after which a guest is given up."""


def relay(config: pytest.Config) -> int | None:
    """Run this pytest in a guest and give its exit status; None when it can run right here.

    With `-n` pytest stays here and each pytest-xdist worker gets a guest of its own: then None
    too. Raises `UsageError` with both reasons when there is neither.
    """
    from harness.radio.hwsim import HwsimAir

    reason = HwsimAir.usable()
    if reason is None:
        return None
    try:
        from vm import cache, guest, packages
    except ImportError as error:
        raise UsageError(f"--air hwsim: {reason}; no kernel lab either: {error}") from None
    if guest.in_guest():
        raise UsageError(f"--air hwsim: {reason}, and this is the kernel lab")
    try:
        for program in ("hostapd", "wpa_supplicant", "iwd"):
            if program in (config.option.ap, config.option.sta):
                packages.program(program)
        if "iwd" in (config.option.ap, config.option.sta):
            packages.program("dbus-daemon")
        return _run(config, guest)
    except cache.LabError as error:
        raise UsageError(f"--air hwsim: {reason}; the kernel lab: {error}") from None


def _run(config: pytest.Config, guest: Any) -> int | None:
    reports = Path(config.option.reports).absolute()
    reports.mkdir(parents=True, exist_ok=True)
    options = guest.Options(windows=(reports,), stall_s=STALL_S)
    count = workers(config)
    if count:
        config.option.numprocesses = None
        config.option.tx = [guest.worker_spec(count, options)]
        config.option.dist = "load" if config.option.dist == "no" else config.option.dist
        return None
    sys.stdout.write("airproof: this kernel has no simulated radios; running in the kernel lab\n")
    arguments = [*config.invocation_params.args, "--reports", str(reports)]
    status: int = guest.run_pytest([str(word) for word in arguments], options)
    return status


def workers(config: pytest.Config) -> int:
    """How many pytest-xdist workers are asked for; 0 without it."""
    asked = getattr(config.option, "numprocesses", None)
    if asked in ("auto", "logical"):
        asked = config.hook.pytest_xdist_auto_num_workers(config=config)
    return int(asked or 0)
