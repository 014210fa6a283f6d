"""The controlled ports of a BSS's stations: open, data flows (IEEE 802.1X-2020, 6.4)."""

from __future__ import annotations

from dataclasses import dataclass

from harness.ap import events
from harness.ap.reporting import Actions, Reporter
from harness.ap.stations import Station
from harness.base.seam import SetPortAuthorized


@dataclass(frozen=True, slots=True)
class ControlledPorts:
    """Opens and closes them, and tells of it; one that is as it is to be is left alone."""

    interface: str
    reporter: Reporter

    def open(self, station: Station, now: float) -> Actions:
        if station.authorized:
            return []
        station.authorized = True
        who = {"station": station.address, **_known_by(station)}
        return [
            self._command(station), self.reporter.event(now, events.STATION_AUTHORIZED, **who)
        ]  # fmt: skip

    def close(self, station: Station, now: float) -> Actions:
        if not station.authorized:
            return []
        station.authorized = False
        who = {"station": station.address}
        return [
            self._command(station), self.reporter.event(now, events.STATION_UNAUTHORIZED, **who)
        ]  # fmt: skip

    def _command(self, station: Station) -> SetPortAuthorized:
        return SetPortAuthorized(
            interface=self.interface, peer=station.address, authorized=station.authorized
        )


def _known_by(station: Station) -> dict[str, object]:
    """What the list of keys says of the one that a station holds."""
    key = station.key
    return {} if key is None or key.key_id is None else {"key_id": key.key_id}
