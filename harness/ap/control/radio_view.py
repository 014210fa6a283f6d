"""What the control interface looks up at the radio while it answers."""

from __future__ import annotations

from typing import Protocol

from harness.base.address import MacAddress
from harness.base.ht import HtAbility
from harness.base.seam_events import PeerCounters


class RadioView(Protocol):
    """The part of a radio that is looked at, not told to do anything."""

    def peer_counters(self, interface: str, peer: MacAddress) -> PeerCounters | None:
        """What was counted of a BSS's station; None when there is no such one."""

    def max_power(self, frequency: int) -> int | None:
        """How loud an access point may be on a channel (MHz), in dBm; None: it may not be there."""

    def ht(self, frequency: int) -> HtAbility | None:
        """What it can do of 802.11n on a channel (MHz); None: nothing."""

    @property
    def rekeys_safely(self) -> bool:
        """True when it can put a pairwise key in the place of another with no frame amiss."""

    @property
    def protects_own_beacons(self) -> bool:
        """True when its BSSs can protect their Beacons; without it they go on unprotected."""
