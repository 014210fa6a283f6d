"""A station as its access point's radio knows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from harness.base.address import MacAddress
from harness.base.seam_events import PeerCounters
from harness.radio.sim.bridge import NetDevice
from harness.radio.sim.keys import CipherKey


@dataclass(slots=True)
class Counts:
    """Frames and their octets, of the station and to it. `heard`: when it last sent one."""

    rx_packets: int = 0
    rx_bytes: int = 0
    tx_packets: int = 0
    tx_bytes: int = 0
    heard: float = 0.0
    signal: int = 0

    def received(self, octets: int, signal: int, now: float) -> None:
        self.rx_packets += 1
        self.rx_bytes += octets
        self.signal = signal
        self.heard = now

    def sent(self, octets: int) -> None:
        self.tx_packets += 1
        self.tx_bytes += octets

    def told(self, rate_kbps: int, now: float) -> PeerCounters:
        """`rate_kbps`: what data goes at, both ways: the best rate that both have."""
        rate = rate_kbps // 100
        return PeerCounters(
            self.rx_packets,
            self.tx_packets,
            self.rx_bytes,
            self.tx_bytes,
            round((now - self.heard) * 1000),
            self.signal,
            rate,
            rate,
        )


@dataclass(slots=True, eq=False)
class Peer:
    """One associated station. `vlan`: its own four-address interface, if it has one.

    `rates`: supported ones in units of 500 kb/s. `mfp`: management frames are protected. `held`:
    what is sent when the station wakes up.
    """

    address: MacAddress
    aid: int
    rate_kbps: int
    rates: bytes
    authorized: bool = False
    key: CipherKey | None = None
    vlan: NetDevice | None = None
    four_address_told: bool = False
    asleep: bool = False
    mfp: bool = False
    held: list[Callable[[], None]] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
