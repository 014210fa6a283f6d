"""What the station has seen on the air: BSSs by BSSID and SSID."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from harness.base.address import MacAddress
from harness.base.errors import WireError
from harness.base.seam_events import BssObservation
from harness.sta.wps_information import WpsInformation
from harness.wire.dot11.elements import Elements
from harness.wire.dot11.frames import CAPABILITY_ESS, CAPABILITY_PRIVACY
from harness.wire.rsn import Rsne


@dataclass(slots=True)
class Bss:
    """One BSS. `id` stays as long as the entry does; `update` grows with each observation.

    `unseen`: scans in a row that should have seen it and did not. `rsn`: None without an RSN
    element or with one that can't be used. `wps`: of the newer of Beacon and Probe Response.
    """

    id: int
    update: int
    ssid: bytes
    observation: BssObservation
    elements: Elements
    rsn: Rsne | None
    wps: WpsInformation | None
    unseen: int = 0

    @property
    def bssid(self) -> MacAddress:
        return self.observation.bssid

    @property
    def frequency(self) -> int:
        return self.observation.frequency

    @property
    def signal(self) -> int:
        return self.observation.signal

    @property
    def seen(self) -> float:
        return self.observation.seen

    @property
    def privacy(self) -> bool:
        return bool(self.observation.capability & CAPABILITY_PRIVACY)

    @property
    def is_infrastructure(self) -> bool:
        return bool(self.observation.capability & CAPABILITY_ESS)

    @property
    def is_hidden(self) -> bool:
        """True when its SSID is not known: none, or octets of zero only."""
        return not any(self.ssid)

    @property
    def is_secured(self) -> bool:
        """True with an RSN or WPA element, readable or not."""
        return self.elements.rsn is not None or self.elements.wpa is not None


@dataclass(frozen=True, slots=True)
class TableChange:
    """`added` or else removed: an entry of the table."""

    added: bool
    id: int
    bssid: MacAddress


class BssTable:
    """BSSs by (BSSID, SSID). Source: the station's behaviour page, 3.3.

    `maximum` entries; an entry older than `age` seconds, or missed by `scan_count` scans in a row
    that covered its channel, leaves the table.
    """

    def __init__(self, *, maximum: int, age: float, scan_count: int) -> None:
        self._entries: dict[tuple[MacAddress, bytes], Bss] = {}
        self._maximum, self._age, self._scan_count = maximum, age, scan_count
        self._lost: dict[MacAddress, float] = {}
        self._next_id = 0
        self._updates = 0

    def limit(self, *, maximum: int, age: float, scan_count: int) -> None:
        """Set other limits, from now on."""
        self._maximum, self._age, self._scan_count = maximum, age, scan_count

    def flush(self, now: float, age: float, current: MacAddress | None) -> list[TableChange]:
        """Let go what was not seen for `age` seconds; the BSSID in use stays."""
        return [
            self._remove(bss) for bss in self if bss.seen + age <= now and bss.bssid != current
        ]

    def __iter__(self) -> Iterator[Bss]:
        return iter(list(self._entries.values()))

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, bssid: MacAddress, ssid: bytes | None = None) -> Bss | None:
        """The entry with this BSSID (and SSID, when named); the newest when there are several."""
        matching = [
            bss
            for (address, name), bss in self._entries.items()
            if address == bssid and (ssid is None or name == ssid)
        ]
        return max(matching, key=lambda bss: bss.seen, default=None)

    def update(
        self,
        results: Iterable[BssObservation],
        now: float,
        *,
        scanned: tuple[int, ...] = (),
        cut_short: bool = False,
        current: MacAddress | None = None,
        favours: Callable[[Bss], bool] = lambda bss: False,
    ) -> list[TableChange]:
        """Take the results of a scan in, and let go what the scan should have seen and did not.

        `scanned`: the frequencies that the scan covered, empty for all. `cut_short`: it may not
        have come to all of them; who was not seen is not missed. `current`: the BSSID in use, whose
        entries stay. `favours`: those that stay when the table overflows. A BSS whose elements
        can't be split is left out.
        """
        changes = []
        fresh = set()
        for observation in results:
            bss, added = self._take(observation)
            if bss is None:
                continue
            fresh.add((bss.bssid, bss.ssid))
            if added:
                changes.append(TableChange(True, bss.id, bss.bssid))
        for key, bss in list(self._entries.items()):
            covered = not cut_short and (not scanned or bss.frequency in scanned)
            if key not in fresh and covered:
                bss.unseen += 1
        shrunk = self._shrink(lambda bss: bss.bssid == current or favours(bss))
        return changes + self.expire(now, current) + shrunk

    def expire(self, now: float, current: MacAddress | None = None) -> list[TableChange]:
        """Let go what is too old or was missed too often."""
        over = [
            bss
            for bss in self._entries.values()
            if (bss.unseen >= self._scan_count or bss.seen + self._age <= now)
            and bss.bssid != current
        ]
        return [self._remove(bss) for bss in over]

    def deadline(self, current: MacAddress | None = None) -> float | None:
        """When the next entry is too old."""
        times = [bss.seen for bss in self._entries.values() if bss.bssid != current]
        return min(times) + self._age if times else None

    def retune(self, bssid: MacAddress, frequency: int) -> None:
        """Note that an AP went to another channel (MHz)."""
        for bss in self:
            if bss.bssid == bssid:
                bss.observation = replace(bss.observation, frequency=frequency)

    def forget(self, bssid: MacAddress, now: float) -> list[TableChange]:
        """Let go every entry with this BSSID, which only what is heard from now on brings back.

        A kernel goes on for a while to tell of an AP that it has lost.
        """
        self._lost[bssid] = now
        return [self._remove(bss) for bss in self if bss.bssid == bssid]

    def _take(self, observation: BssObservation) -> tuple[Bss | None, bool]:
        elements = Elements(observation.elements)
        try:
            ssid = elements.ssid or b""
        except WireError:
            return None, False
        key = (observation.bssid, ssid)
        known = self._entries.get(key)
        if observation.seen <= self._lost.get(observation.bssid, -math.inf):
            return None, False
        self._lost.pop(observation.bssid, None)
        if known is not None and observation.seen <= known.seen:
            return None, False
        self._updates += 1
        if known is None:
            bss = Bss(
                self._next_id,
                self._updates,
                ssid,
                observation,
                elements,
                _rsn(elements),
                WpsInformation.of(elements, observation.probe_elements),
            )
            self._next_id += 1
            self._entries[key] = bss
            return bss, True
        _refresh(known, observation, elements, self._updates)
        return known, False

    def _shrink(self, keep: Callable[[Bss], bool]) -> list[TableChange]:
        excess = len(self._entries) - self._maximum
        if excess <= 0:
            return []
        oldest = sorted((bss for bss in self._entries.values()), key=lambda bss: bss.seen)
        return [self._remove(bss) for bss in [bss for bss in oldest if not keep(bss)][:excess]]

    def _remove(self, bss: Bss) -> TableChange:
        del self._entries[bss.bssid, bss.ssid]
        return TableChange(False, bss.id, bss.bssid)


def _refresh(bss: Bss, observation: BssObservation, elements: Elements, update: int) -> None:
    if elements != bss.elements or observation.probe_elements != bss.observation.probe_elements:
        bss.elements = elements
        bss.rsn = _rsn(elements)
        bss.wps = WpsInformation.of(elements, observation.probe_elements)
    bss.observation = observation
    bss.update = update
    bss.unseen = 0


def _rsn(elements: Elements) -> Rsne | None:
    value = elements.rsn
    if value is None:
        return None
    try:
        return Rsne.decode(value)
    except WireError:
        return None
