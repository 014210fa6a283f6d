"""A station hears of its AP's signal as the kernel tells of it."""

from __future__ import annotations

import pytest

from harness.radio.sim.signal_watch import SignalWatch


@pytest.mark.parametrize(
    ("threshold", "hysteresis", "signals", "told"),
    [
        (-50, 3, (-30, -40, -50, -49), (True, None, None, None)),
        (-20, 3, (-30, -30), (False, None)),
        (-50, 3, (-30, -60, -61, -48), (True, False, None, True)),
        (-50, 20, (-30, -45, -52), (True, None, False)),
        (-50, 20, (-45, -52, -66), (True, None, False)),
        (0, 0, (-30, -80), (None, None)),
    ],
)
def test_what_is_told(
    threshold: int, hysteresis: int, signals: tuple[int, ...], told: tuple[bool | None, ...]
) -> None:
    watch = SignalWatch(threshold, hysteresis)
    assert tuple(watch.hear(signal) for signal in signals) == told


def test_another_access_point_is_told_of_anew() -> None:
    watch = SignalWatch(-50, 3)
    assert watch.hear(-30) is True
    watch.forget()
    assert watch.hear(-30) is True
