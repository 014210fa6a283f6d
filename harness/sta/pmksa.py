"""The keys that SAE brought, kept for the next association: IEEE 802.11-2020, 12.6.8.3."""

from __future__ import annotations

from typing import Final

from harness.base.address import MacAddress
from harness.proto.sae import SaeAccepted

LIFETIME_S: Final = 43200.0
"""dot11RSNAConfigPMKLifetime."""
_MOST: Final = 32


class PmksaCache:
    """By access point, SSID and password: with another password it is another key."""

    def __init__(self) -> None:
        self._kept: dict[tuple[MacAddress, bytes, str], tuple[SaeAccepted, float]] = {}

    def find(self, bssid: MacAddress, ssid: bytes, password: str, now: float) -> SaeAccepted | None:
        """Give the key if there is one and its time is not over."""
        accepted, until = self._kept.get((bssid, ssid, password), (None, 0.0))
        return accepted if now < until else None

    def store(
        self, bssid: MacAddress, ssid: bytes, password: str, accepted: SaeAccepted, now: float
    ) -> None:
        """Keep a key; the oldest may have to go."""
        self.forget(bssid, ssid, password)
        if len(self._kept) >= _MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[bssid, ssid, password] = accepted, now + LIFETIME_S

    def forget(self, bssid: MacAddress, ssid: bytes, password: str) -> None:
        self._kept.pop((bssid, ssid, password), None)
