"""SAE of one BSS: the exchanges with its stations, and the keys that came of them.

Source: IEEE 802.11-2020, 12.4 (SAE) and 12.6.8.3 (PMKSA caching).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from harness.ap.config import BssConfig
from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.proto.machine import Output, Timeout
from harness.proto.sae import AuthenticationReceived, SaeAccepted
from harness.proto.sae_responder import AntiClogging, ResponderConfig, SaeResponder

PMKSA_LIFETIME_S: Final = 43200.0
_MOST_EXCHANGES: Final = 64
_MOST_PMKSAS: Final = 2007
PWE_LOOP: Final = 0
PWE_BOTH: Final = 2

Addressed: TypeAlias = tuple[MacAddress, Output]
"""An output and the station that it concerns."""


@dataclass(frozen=True, slots=True)
class Pmksa:
    """A PMK security association. `pmk`: 32 octets; `pmkid`: 16; `until`: on the world's clock.

    `exchange`: the one that brought it; None once it is used without one, by its PMKID.
    """

    pmk: bytes = field(repr=False)
    pmkid: bytes
    until: float
    exchange: SaeAccepted | None = None


class SaeAuthentication:
    """The SAE exchanges of one BSS. A station that only sends forged frames costs one of 64."""

    def __init__(self, config: BssConfig, bssid: MacAddress, entropy: Entropy) -> None:
        self._config = config
        self._bssid = bssid
        self._entropy = entropy
        self._clogging = AntiClogging(entropy, config.sae_clogging)
        self._exchanges: dict[MacAddress, SaeResponder] = {}
        self._pmksas: dict[MacAddress, Pmksa] = {}
        self._fresh: set[MacAddress] = set()

    def receive(
        self, peer: MacAddress, given: AuthenticationReceived, now: float
    ) -> list[Addressed]:
        """An SAE Authentication frame came from `peer`."""
        exchange = self._exchanges.get(peer)
        if exchange is None:
            exchange = self._exchanges[peer] = self._begin(peer)
        return self._take(peer, exchange.step(given, now), now)

    def forgo(self, peer: MacAddress) -> None:
        """The station authenticates by Open System: only a PMKID can name its key now."""
        self._fresh.discard(peer)

    def pmksa_for(self, peer: MacAddress, pmkids: Iterable[bytes], now: float) -> Pmksa | None:
        """What a station associates with: as its PMKID says, or as its exchange has just given."""
        known = self._pmksas.get(peer)
        if known is None or now >= known.until:
            return None
        if peer in self._fresh:
            return known
        if not self._config.caches_keys:
            return None
        return replace(known, exchange=None) if known.pmkid in pmkids else None

    @property
    def pmksas(self) -> dict[MacAddress, Pmksa]:
        """What a station may come back with, by station."""
        return self._pmksas if self._config.caches_keys else {}

    def flush(self) -> None:
        """Forget every security association, so that each station must exchange anew."""
        self._pmksas.clear()
        self._fresh.clear()

    def deadline(self) -> float | None:
        dues = [each.deadline() for each in self._exchanges.values()]
        return min((due for due in dues if due is not None), default=None)

    def tick(self, now: float) -> list[Addressed]:
        """Do what is due."""
        done: list[Addressed] = []
        for peer, exchange in tuple(self._exchanges.items()):
            due = exchange.deadline()
            if due is not None and due <= now:
                done += self._take(peer, exchange.step(Timeout(), now), now)
        return done

    def _begin(self, peer: MacAddress) -> SaeResponder:
        if len(self._exchanges) >= _MOST_EXCHANGES:
            self._exchanges.pop(next(iter(self._exchanges))).close()
        config = self._config
        passwords = [each for each in config.sae_passwords if each.serves(peer)]
        common = [each.password for each in passwords if each.identifier is None]
        password = common[-1] if common else config.sae_secret
        identified = {
            octets_of(each.identifier): octets_of(each.password)
            for each in passwords
            if each.identifier is not None
        }
        own = ResponderConfig(
            own=self._bssid,
            peer=peer,
            ssid=config.ssid,
            password=octets_of(password or ""),
            identified=identified,
            clogging=self._clogging,
            loop=config.sae_pwe in (PWE_LOOP, PWE_BOTH),
            hash_to_element=config.hashes_to_element,
            groups=config.sae_groups,
        )
        return SaeResponder(own, self._entropy)

    def _take(self, peer: MacAddress, outputs: Iterable[Output], now: float) -> list[Addressed]:
        done: list[Addressed] = []
        for output in outputs:
            if isinstance(output, SaeAccepted):
                self._pmksas.pop(peer, None)
                if len(self._pmksas) >= _MOST_PMKSAS:
                    self._pmksas.pop(next(iter(self._pmksas)))
                until = now + PMKSA_LIFETIME_S
                self._pmksas[peer] = Pmksa(output.pmk, output.pmkid, until, output)
                self._fresh.add(peer)
            done.append((peer, output))
        return done


def octets_of(text: str) -> bytes:
    """The octets that stand for a text of the file, where some are no UTF-8."""
    return text.encode("utf-8", "surrogateescape")
