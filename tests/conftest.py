"""What holds for all tests: their patience, and the mark of those that need the kernel's radios."""

from __future__ import annotations

import importlib.util

import pytest

if importlib.util.find_spec("hypothesis"):  # pytest reads this file for a path that is none, too
    from hypothesis import HealthCheck, settings

    settings.register_profile(
        "patient", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("patient")  # a machine that stands still for a moment refutes no property

REASON = "mac80211_hwsim: "
"""How the reason begins for which such a test is skipped elsewhere."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        reasons = [str(mark.kwargs.get("reason", "")) for mark in item.iter_markers("skipif")]
        if any(reason.startswith(REASON) for reason in reasons):
            item.add_marker(pytest.mark.hwsim)
