"""Four-address interfaces: one for each backhaul station of a BSS, and for whoever sends so.

Source: the access point's configuration reference, 12; IEEE 802.11-2020, 9.3.2.1.
"""

from __future__ import annotations

from harness.ap import events
from harness.ap.config import BssConfig
from harness.ap.reporting import Actions, Reporter
from harness.ap.stations import Station, StationTable
from harness.base.seam import AddPeerVlan, RemovePeerVlan
from harness.base.seam_events import FourAddressSeen


class FourAddressInterfaces:
    """The four-address interfaces of one BSS's stations."""

    def __init__(self, config: BssConfig, stations: StationTable, reporter: Reporter) -> None:
        self._config = config
        self._stations = stations
        self._reporter = reporter
        self._held = False

    def seen(self, event: FourAddressSeen, now: float) -> Actions:
        """A station sent a four-address frame."""
        station = self._stations.get(event.peer)
        if station is None or not station.associated or station.vlan is not None:
            return []
        if not self._config.wds_sta or station.wps or self._held:
            return []
        return self._add(station, now)

    def hold(self) -> None:
        """Make none for now: the kernel refuses one while a channel switch is announced, on
        whichever BSS of the radio."""
        self._held = True

    def release(self, now: float) -> Actions:
        """Make those that had to wait."""
        self._held = False
        return [action for station in self._stations for action in self.associated(station, now)]

    def associated(self, station: Station, now: float) -> Actions:
        """Make a backhaul station's interface, when it may have one."""
        if not station.associated or station.vlan is not None or self._held:
            return []
        if not station.backhaul or not self._config.is_backhaul or station.wps:
            return []
        return self._add(station, now)

    def remove(self, station: Station, now: float) -> Actions:
        """Delete a station's interface, if it has one."""
        if station.vlan is None:
            return []
        vlan, station.vlan = station.vlan, None
        return [
            RemovePeerVlan(interface=self._config.interface, peer=station.address, name=vlan),
            self._reporter.event(now, events.VLAN_REMOVED, station=station.address, vlan=vlan),
        ]

    def _add(self, station: Station, now: float) -> Actions:
        station.vlan = f"{self._config.interface}.sta{station.aid}"
        bridge = self._config.vlan_bridge
        return [
            AddPeerVlan(
                interface=self._config.interface,
                peer=station.address,
                name=station.vlan,
                bridge=bridge,
                primary_vlan=station.primary_vlan,
            ),
            self._reporter.event(
                now,
                events.VLAN_ADDED,
                station=station.address,
                vlan=station.vlan,
                bridge=bridge,
            ),
        ]
