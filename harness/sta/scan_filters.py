"""What of the air a station is told to overlook. Source: sta-control, 3.6."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.base.address import MacAddress
from harness.base.errors import WireError
from harness.base.seam_events import BssObservation
from harness.sta.bss_table import Bss
from harness.sta.config import Network, StationConfig
from harness.wire.dot11.elements import Elements


@dataclass(frozen=True, slots=True)
class ScanFilters:
    """What was set while the station runs.

    `bssids`: nothing else is seen, empty for no limit. `disallowed_bssids`, `disallowed_ssids`:
    seen and never joined.
    """

    bssids: frozenset[MacAddress] = frozenset()
    disallowed_bssids: frozenset[MacAddress] = frozenset()
    disallowed_ssids: frozenset[bytes] = frozenset()

    def allows(self, bss: Bss) -> bool:
        """True when the BSS may be joined."""
        return bss.bssid not in self.disallowed_bssids and bss.ssid not in self.disallowed_ssids

    def seen(
        self, results: Iterable[BssObservation], config: StationConfig, networks: Iterable[Network]
    ) -> tuple[BssObservation, ...]:
        """Leave out what is to be overlooked."""
        wanted = frozenset(network.ssid for network in networks) if config.filter_ssids else None
        return tuple(
            each
            for each in results
            if (not self.bssids or each.bssid in self.bssids)
            and (not config.filter_rssi or each.signal >= config.filter_rssi)
            and (wanted is None or _ssid(each) in wanted)
        )


def _ssid(observation: BssObservation) -> bytes | None:
    try:
        return Elements(observation.elements).ssid
    except WireError:
        return None
