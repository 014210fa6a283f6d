"""A station as its access point's radio knows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from harness.base.address import MacAddress
from harness.radio.sim.bridge import NetDevice
from harness.radio.sim.keys import CipherKey


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
