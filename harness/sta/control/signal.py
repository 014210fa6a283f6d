"""SIGNAL_MONITOR, and what is told of the AP's signal. Source: sta-control, 4.1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.base.errors import UsageError
from harness.base.seam import WatchSignal
from harness.base.seam_events import LinkMeasurement
from harness.sta.bss_table import Bss
from harness.sta.config_values import read_integer
from harness.sta.control.order import OK, Order, prefix

if TYPE_CHECKING:
    from harness.sta.control.interface import StationControl

NO_NOISE: Final = 9999
"""What stands for the noise of a channel while it is not known."""


def measured(control: StationControl, bss: Bss) -> LinkMeasurement:
    """What is known of the link: by the radio, or at least by the last scan; then by a test."""
    found = control.surroundings.measure(bss.bssid)
    return found or LinkMeasurement(frequency=bss.frequency, signal=bss.signal)


def fields(control: StationControl, bss: Bss, *, above: bool) -> dict[str, object]:
    """Of the event that tells of a change."""
    link = measured(control, bss)
    return {
        "above": above,
        "signal": bss.signal if link.signal is None else link.signal,
        "noise": NO_NOISE if link.noise is None else link.noise,
        "rate_kbps": link.rate_kbps or 0,
    }


def _watch(control: StationControl, rest: str, now: float) -> str:
    """`THRESHOLD=dBm HYSTERESIS=dB`; without a threshold nothing is watched any longer."""
    if control.station.background.active:
        raise UsageError("the signal is watched for scans in the background")
    words = dict(word.partition("=")[::2] for word in rest.split())
    control.perform(
        WatchSignal(
            interface=control.interface,
            threshold=read_integer(words.get("THRESHOLD", "0")),
            hysteresis=read_integer(words.get("HYSTERESIS", "0")),
        )
    )
    return OK


ORDERS: Final[dict[str, Order]] = {"SIGNAL_MONITOR": prefix(_watch)}
