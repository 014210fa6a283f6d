"""Forged frames in TKIP: the AP is told of them, and at the second one left for a while.

Source: IEEE 802.11-2020, 12.5.2.4; sta, 4.4.
"""

from __future__ import annotations

from harness.base.seam_events import MichaelFailure
from harness.sta import events
from harness.sta.core import Core
from harness.sta.joining import AskForKeys
from harness.sta.state import WpaState
from harness.wire.dot11.codes import REASON_MIC_FAILURE

_RESCAN_DELAY_S = 0.1


def forged(core: Core, event: MichaelFailure, now: float) -> None:
    """A frame of our AP was forged."""
    if event.peer != core.current or core.connection.state is not WpaState.COMPLETED:
        return
    core.report(now, events.FRAME_FORGED)
    core.advance(AskForKeys(pairwise=not event.group, error=True), now)
    if core.countermeasures.failed(now):
        core.report(now, events.COUNTERMEASURES_BEGUN)
        core.leave(now, REASON_MIC_FAILURE)
        core.scanner.request(now + _RESCAN_DELAY_S)

