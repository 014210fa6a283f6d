"""The keys that SAE brought, kept for the next association: IEEE 802.11-2020, 12.6.8.3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from harness.base.address import MacAddress
from harness.proto.sae import SaeAccepted
from harness.sta.config import SaeCredentials

LIFETIME_S: Final = 43200.0
"""dot11RSNAConfigPMKLifetime."""
_MOST: Final = 32


@dataclass(frozen=True, slots=True)
class PmksaEntry:
    """One key. `until`: the end of its life, in seconds on the world's clock."""

    bssid: MacAddress
    ssid: bytes
    accepted: SaeAccepted
    until: float
    network_id: int


class PmksaCache:
    """By access point, SSID and password with its identifier: with another one it is another key.

    `news`: what came (True) and went (False) since the owner last took it.
    """

    def __init__(self) -> None:
        self.news: list[tuple[bool, PmksaEntry]] = []
        self._kept: dict[tuple[MacAddress, bytes, SaeCredentials], PmksaEntry] = {}

    def entries(self, now: float) -> list[PmksaEntry]:
        """Those whose time is not over, oldest first."""
        return [each for each in self._kept.values() if now < each.until]

    def drop(self, network_id: int | None = None) -> list[PmksaEntry]:
        """Let all go, or a network's, and give those that went."""
        going = {
            key: each
            for key, each in self._kept.items()
            if network_id in (None, each.network_id)
        }
        for key in going:
            self._remove(key)
        return list(going.values())

    def find(
        self, bssid: MacAddress, ssid: bytes, secret: SaeCredentials, now: float
    ) -> SaeAccepted | None:
        """Give the key if there is one and its time is not over."""
        entry = self._kept.get((bssid, ssid, secret))
        return entry.accepted if entry is not None and now < entry.until else None

    def store(
        self,
        bssid: MacAddress,
        ssid: bytes,
        secret: SaeCredentials,
        accepted: SaeAccepted,
        now: float,
        network_id: int,
        lifetime_s: float = LIFETIME_S,
    ) -> None:
        """Keep a key; the oldest may have to go."""
        self.forget(bssid, ssid, secret)
        if len(self._kept) >= _MOST:
            self._remove(next(iter(self._kept)))
        entry = PmksaEntry(bssid, ssid, accepted, now + lifetime_s, network_id)
        self._kept[bssid, ssid, secret] = entry
        self.news.append((True, entry))

    def forget(self, bssid: MacAddress, ssid: bytes, secret: SaeCredentials) -> None:
        if (bssid, ssid, secret) in self._kept:
            self._remove((bssid, ssid, secret))

    def _remove(self, key: tuple[MacAddress, bytes, SaeCredentials]) -> None:
        self.news.append((False, self._kept.pop(key)))
