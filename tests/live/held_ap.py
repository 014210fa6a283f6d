"""An access point of ours whose EAPOL frames are kept back, so that an enrolment stands still."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cli_stage import Lab
from programs import ours, running, wait

CARRIER = Path(__file__).with_name("eapol_carrier.py")


class HeldLab(Lab):
    """One station program beside our AP."""

    def access_point(self) -> tuple[str, ...]:
        return ours()

    def held(self) -> int:
        """How many runs have been brought to a standstill."""
        return (self.folder / "carrier.log").read_text().splitlines().count("held")

    @contextmanager
    def held_after(self, frames: int) -> Iterator[Callable[[], None]]:
        """Let so many of the AP's EAPOL frames through, and as many after each call."""
        log = self.folder / "carrier.log"
        command = (
            sys.executable, str(CARRIER), str(self.folder / "ctl/wlan0"), "wlan0",
            str(self.sta.address), str(frames),
        )  # fmt: skip
        with running(self.ap.namespace, log, *command) as carrier:
            wait("the carrier", lambda: "carrying" in log.read_text())
            yield lambda: carrier.send_signal(signal.SIGHUP)
