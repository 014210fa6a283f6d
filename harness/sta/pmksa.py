"""The keys that SAE brought, kept for the next association: IEEE 802.11-2020, 12.6.8.3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from harness.base.address import MacAddress
from harness.proto.sae import SaeAccepted

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


class PmksaCache:
    """By access point, SSID and password: with another password it is another key."""

    def __init__(self) -> None:
        self._kept: dict[tuple[MacAddress, bytes, str], PmksaEntry] = {}

    def entries(self, now: float) -> list[PmksaEntry]:
        """Those whose time is not over, oldest first."""
        return [each for each in self._kept.values() if now < each.until]

    def clear(self) -> None:
        self._kept.clear()

    def find(self, bssid: MacAddress, ssid: bytes, password: str, now: float) -> SaeAccepted | None:
        """Give the key if there is one and its time is not over."""
        entry = self._kept.get((bssid, ssid, password))
        return entry.accepted if entry is not None and now < entry.until else None

    def store(
        self,
        bssid: MacAddress,
        ssid: bytes,
        password: str,
        accepted: SaeAccepted,
        now: float,
        lifetime_s: float = LIFETIME_S,
    ) -> None:
        """Keep a key; the oldest may have to go."""
        self.forget(bssid, ssid, password)
        if len(self._kept) >= _MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[bssid, ssid, password] = PmksaEntry(bssid, ssid, accepted, now + lifetime_s)

    def forget(self, bssid: MacAddress, ssid: bytes, password: str) -> None:
        self._kept.pop((bssid, ssid, password), None)
