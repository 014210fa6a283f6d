"""Marks the tests that need the kernel's radios, so that a run in the kernel lab can pick them."""

from __future__ import annotations

import pytest

REASON = "mac80211_hwsim: "
"""How the reason begins for which such a test is skipped elsewhere."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        reasons = [str(mark.kwargs.get("reason", "")) for mark in item.iter_markers("skipif")]
        if any(reason.startswith(REASON) for reason in reasons):
            item.add_marker(pytest.mark.hwsim)
