"""The table of BSSs that scans have seen, as cfg80211 keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from harness.base.address import MacAddress
from harness.base.errors import WireError
from harness.base.seam_events import BssObservation
from harness.wire.dot11.frames import Beacon, ProbeResponse, decode_frame

RESULT_LIFE_S: Final = 30.0


@dataclass(slots=True, eq=False)
class _Seen:
    """What is known of one BSS."""

    frame: Beacon | ProbeResponse
    frequency: int
    signal: int
    seen: float
    beacon_elements: bytes = b""
    probe_elements: bytes = b""


class BssTable:
    """BSSs seen, by BSSID and SSID: one that hides its SSID in Beacons has two entries."""

    def __init__(self) -> None:
        self._seen: dict[tuple[MacAddress, bytes], _Seen] = {}

    def clear(self) -> None:
        self._seen.clear()

    def note(self, octets: bytes, frequency: int, signal: int, now: float) -> None:
        """Take a Beacon or Probe Response in; one that can't be decoded is passed over."""
        try:
            frame = decode_frame(octets)
            if not isinstance(frame, Beacon | ProbeResponse):
                return
            ssid = frame.elements.ssid
        except WireError:
            return
        bssid = frame.header.a3
        if ssid is None or bssid is None:
            return
        hidden = not ssid.strip(b"\0")
        if hidden and isinstance(frame, Beacon):
            self._note_hidden(bssid, frame, signal, now)
            ssid = b""
        entry = self._seen.get((bssid, ssid))
        if entry is None:
            entry = self._seen[bssid, ssid] = _Seen(frame, frequency, signal, now)
        entry.frame, entry.frequency, entry.signal, entry.seen = frame, frequency, signal, now
        if isinstance(frame, Beacon):
            entry.beacon_elements = frame.elements.octets
        else:
            entry.probe_elements = frame.elements.octets

    def _note_hidden(self, bssid: MacAddress, frame: Beacon, signal: int, now: float) -> None:
        """A Beacon without SSID stands for the BSSs that Probe Responses have shown."""
        for (known, ssid), entry in self._seen.items():
            if known == bssid and ssid:
                entry.signal, entry.seen = signal, now
                entry.beacon_elements = frame.elements.octets

    def results(self, now: float) -> tuple[BssObservation, ...]:
        """What was seen in the last 30 seconds, in the order in which it was first seen."""
        self._seen = {
            key: entry for key, entry in self._seen.items() if now - entry.seen <= RESULT_LIFE_S
        }
        return tuple(
            BssObservation(
                bssid=bssid,
                frequency=entry.frequency,
                signal=entry.signal,
                tsf=entry.frame.timestamp,
                beacon_interval=entry.frame.beacon_interval,
                capability=entry.frame.capability,
                seen=entry.seen,
                elements=entry.frame.elements.octets,
                beacon_elements=entry.beacon_elements,
                probe_elements=entry.probe_elements,
            )
            for (bssid, _), entry in self._seen.items()
        )
