"""What every air offers, simulated or real: radios, cables, one clock and the record of frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from harness.base.address import MacAddress
from harness.base.ht import HtAbility
from harness.base.seam import Command
from harness.base.seam_events import LinkMeasurement, PeerCounters, RadioEvent
from harness.wire.dot11.ethernet import EthernetFrame


@dataclass(frozen=True, slots=True)
class CapturedFrame:
    """A frame as it went over the air.

    `t`: when its last octet was sent, in seconds on the world's clock. `octets`: without FCS.
    `frequency` in MHz; `signal` in dBm and `rate_kbps` where they are known. `transmitter`: the
    node that sent it, where that is known.
    """

    t: float
    octets: bytes
    frequency: int
    signal: int | None = None
    rate_kbps: int | None = None
    transmitter: str | None = None


class Radio(Protocol):
    """One radio of one node, with its network interfaces.

    `interface`: its first one; an access point makes others by `StartBss` and `AddPeerVlan`.
    `frequencies`: the channels it can use, in MHz. `rekeys_safely`: it can put a pairwise key in
    the place of another with no frame lost or sent amiss. `protects_beacons`: it takes BIGTKs,
    `protects_own_beacons`: for its own BSSs, too.
    """

    @property
    def node(self) -> str: ...

    @property
    def interface(self) -> str: ...

    @property
    def address(self) -> MacAddress: ...

    @property
    def frequencies(self) -> tuple[int, ...]: ...

    @property
    def rekeys_safely(self) -> bool: ...

    @property
    def protects_beacons(self) -> bool: ...

    @property
    def protects_own_beacons(self) -> bool: ...

    def perform(self, command: Command) -> None:
        """Begin to carry a command out; returns at once, a refusal comes as `CommandFailed`."""

    def poll(self) -> list[tuple[float, RadioEvent]]:
        """Take the events that came since the last call, oldest first, with their times."""

    def peer_counters(self, interface: str, peer: MacAddress) -> PeerCounters | None:
        """Look at what was counted of a BSS's station; None when there is no such one."""

    def measure(self, bssid: MacAddress) -> LinkMeasurement | None:
        """What is known of a station's link to `bssid`; None when there is none."""

    def max_power(self, frequency: int) -> int | None:
        """How loud an access point may be on a channel (MHz), in dBm; None: it may not be there."""

    def ht(self, frequency: int) -> HtAbility | None:
        """What it can do of 802.11n on a channel (MHz); None: nothing."""

    def close(self) -> None: ...


class EthernetPort(Protocol):
    """A host's end of a cable that is plugged into a node's bridge."""

    @property
    def address(self) -> MacAddress: ...

    def send(self, frame: EthernetFrame) -> None: ...

    def poll(self) -> list[tuple[float, EthernetFrame]]:
        """Take the frames that came since the last call, oldest first, with their times."""


class Air(Protocol):
    """The radios of a world, what lies between them, and its clock."""

    @property
    def frames(self) -> Sequence[CapturedFrame]:
        """Everything on the air so far, in order; grows as time passes."""

    def now(self) -> float:
        """Seconds since the world began."""

    def add_radio(
        self, node: str, *, interface: str = "wlan0", address: MacAddress | None = None
    ) -> Radio: ...

    def add_host(
        self, node: str, bridge: str, *, address: MacAddress | None = None
    ) -> EthernetPort:
        """Cable a host to a node's bridge, which is made if it is absent."""

    def open_port(self, node: str, interface: str) -> EthernetPort:
        """Open the node's own stack on one of its Wi-Fi interfaces, which is in no bridge.

        Frames go out with the interface's address as their source.
        """

    def advance(self, until: float) -> None:
        """Let time pass until there is something to poll for anyone, or until `until`."""

    def watch(self, fd: int) -> None:
        """Let `advance` also return when `fd` is readable. The simulated air: `UsageError`."""

    def unwatch(self, fd: int) -> None: ...

    def close(self) -> None: ...
