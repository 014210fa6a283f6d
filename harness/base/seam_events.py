"""What a radio says to a machine that has none: what happened, and what it has measured.

As in `harness.base.seam`, frames are octets from Frame Control to the end of the body, without FCS.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.base.address import MacAddress
from harness.base.channel import OperatingChannel
from harness.base.seam import Command

# ---- what it has measured -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BssObservation:
    """One BSS as a scan saw it.

    `frequency` in MHz, `signal` in dBm, `tsf` in µs, `beacon_interval` in TU, `seen`: when, in
    seconds on the world's clock. `elements`: of the newest Beacon or Probe Response;
    `beacon_elements` and `probe_elements` those of each kind, empty when none was received.
    `noise` of its channel in dBm, None where the radio does not tell.
    """

    bssid: MacAddress
    frequency: int
    signal: int
    tsf: int
    beacon_interval: int
    capability: int
    seen: float
    elements: bytes
    beacon_elements: bytes = b""
    probe_elements: bytes = b""
    noise: int | None = None


@dataclass(frozen=True, slots=True)
class PeerCounters:
    """What a radio has counted of one station since `AddPeer`; None: it does not know.

    `inactive_ms`: since the station's last frame. `signal` of its last frame, in dBm. `rx_rate`
    and `tx_rate`: of the last data frames, in units of 100 kb/s; where they are rates of 802.11n,
    `rx_mcs` and `tx_mcs` are their indexes, with or without the short guard interval.
    """

    rx_packets: int
    tx_packets: int
    rx_bytes: int
    tx_bytes: int
    inactive_ms: int
    signal: int | None = None
    rx_rate: int | None = None
    tx_rate: int | None = None
    rx_mcs: int | None = None
    tx_mcs: int | None = None
    rx_short_gi: bool = False
    tx_short_gi: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMeasurement:
    """What a radio knows of a station's link; None is not known.

    Signals and noise in dBm, `rate_kbps` of the last frame sent, frequencies and `width` in MHz
    (0: a channel of the time before 802.11n). `sent`, `failed`, `received`: data frames.
    """

    frequency: int
    signal: int | None = None
    average_signal: int | None = None
    beacon_signal: int | None = None
    noise: int | None = None
    rate_kbps: int | None = None
    width: int | None = None
    center1: int | None = None
    center2: int | None = None
    sent: int | None = None
    failed: int | None = None
    received: int | None = None


# ---- what happened ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RadioEvent:
    """Base of what a radio says. `interface`: the network interface's name."""

    interface: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BssStarted(RadioEvent):
    """The BSS beacons from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandFailed(RadioEvent):
    """The radio refused a command. `errno`: positive as in errno(3), 0 if there is none."""

    command: Command
    errno: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagementReceived(RadioEvent):
    """A management frame came for this interface.

    On an access point: Probe Requests, (Re)Association Requests, Authentication, Action,
    Disassociation, Deauthentication, and of others Beacons, for its first BSS. On a station: Action
    (the rest comes by itself). `frequency` in MHz, `signal` in dBm. A protected frame comes in the
    clear (`decrypted`), and of a peer whose management frames are protected no robust one comes
    that was not.
    """

    frame: bytes
    frequency: int
    signal: int
    decrypted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnprotectedBeacon(RadioEvent):
    """A Beacon that is not the AP's own came in its name and was dropped: told once in a while.

    On a station that has a key for Beacons. What a scan sees is not checked.
    """

    bssid: MacAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class UnprotectedDisconnection(RadioEvent):
    """An unprotected Deauthentication or Disassociation came from the AP and was dropped.

    On a station whose management frames are protected.
    """

    bssid: MacAddress
    reason: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagementStatus(RadioEvent):
    """A management frame left the queue; `acknowledged`: the receiver's ACK was seen."""

    token: int
    acknowledged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EapolReceived(RadioEvent):
    """An EAPOL frame came (`payload` from its version octet on); `encrypted`: it was protected."""

    source: MacAddress
    payload: bytes
    encrypted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EapolStatus(RadioEvent):
    """An EAPOL frame left the queue."""

    peer: MacAddress
    token: int
    acknowledged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FourAddressSeen(RadioEvent):
    """A peer without a four-address interface sent a four-address data frame."""

    peer: MacAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerIdle(RadioEvent):
    """A station's last frame came `idle_ms` milliseconds ago."""

    peer: MacAddress
    idle_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MichaelFailure(RadioEvent):
    """A frame of `peer` had a forged Michael MIC, its ICV was right. `group`: of the group key."""

    peer: MacAddress
    group: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerAnswered(RadioEvent):
    """A station is there: it acknowledged the frame that `ProbePeer` asked for."""

    peer: MacAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSwitchStarted(RadioEvent):
    """The BSS, or the station's AP, announces that it goes to `frequency` (MHz).

    `count`: Beacons until then.
    """

    frequency: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSwitched(RadioEvent):
    """The BSS beacons, or the station has found its AP, on `frequency` (MHz).

    `channel`: the whole of it, None where it is one of 20 MHz.
    """

    frequency: int
    channel: OperatingChannel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFinished(RadioEvent):
    """A scan ended; `results` holds what this scan and recent ones saw."""

    results: tuple[BssObservation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticated(RadioEvent):
    """An Authentication frame came from the AP in reply, whatever its status."""

    bssid: MacAddress
    frame: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticationTimedOut(RadioEvent):
    """No reply to any of the Authentication frames."""

    bssid: MacAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class Associated(RadioEvent):
    """A (Re)Association Response came, whatever its status.

    `channel`: the one agreed on, None where it is one of 20 MHz.
    """

    bssid: MacAddress
    frame: bytes
    channel: OperatingChannel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationTimedOut(RadioEvent):
    """No reply to any of the Association Requests."""

    bssid: MacAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnected(RadioEvent):
    """The station has left its AP, or lost it (`reason` 4, locally generated)."""

    bssid: MacAddress
    reason: int
    locally_generated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesChanged(RadioEvent):
    """Radios follow other rules from now on.

    `initiator`, `kind`: who asked for them and what they are, as in `USER` and `COUNTRY`.
    `country`: None unless it is one country's.
    """

    initiator: str
    kind: str
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalCrossed(RadioEvent):
    """The AP's signal is above what `WatchSignal` named, or below: told once, then as news."""

    above: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BeaconsLost(RadioEvent):
    """The station's AP has not been heard for some Beacons; the radio looks after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceSwitched(RadioEvent):
    """The network interface was taken down, or brought up again, by someone else."""

    up: bool
