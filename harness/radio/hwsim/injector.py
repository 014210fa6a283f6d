"""Puts forged frames on the air, from a radio of its own in monitor mode."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from harness.base.address import MacAddress
from harness.radio.nl80211 import names as nl
from harness.radio.nl80211.core import Core
from harness.radio.nl80211.in_the_clear import RADIOTAP
from harness.radio.nl80211.loop import RealLoop
from harness.radio.nl80211.netlink import u32


class Injector:
    """Drives `interface`, which nobody else uses. `entered`, `claim`: as for `Core`."""

    def __init__(
        self,
        interface: str,
        loop: RealLoop,
        entered: Callable[[], AbstractContextManager[object]],
        claim: Callable[[MacAddress], None],
    ) -> None:
        self._interface = interface
        self._core = Core(interface, loop, entered, claim)
        self._core.set_kind(interface, nl.IFTYPE_MONITOR)
        self._core.links.set_up(self._core.index(interface))
        self._packets = self._core.open_packets(interface, ())

    def send(self, octets: bytes, frequency: int) -> None:
        """Send a frame (without FCS) as it is on a channel given in MHz."""
        self._core.command(
            nl.CMD_SET_CHANNEL,
            self._interface,
            u32(nl.ATTR_WIPHY_FREQ, frequency),
            u32(nl.ATTR_CHANNEL_WIDTH, nl.CHAN_WIDTH_20_NOHT),
        )
        self._packets.send(RADIOTAP + octets)

    def close(self) -> None:
        self._packets.close()
        self._core.close()
