"""What a machine without a radio asks of a radio without a policy.

An access point or a station puts out `Command`s and takes in the `RadioEvent`s of
`harness.base.seam_events`; a radio (simulated or the kernel's) does the reverse. Every command
returns at once; a radio that refuses one says so later with `CommandFailed`. Frames are octets from
Frame Control to the end of the body, without FCS. Cipher and AKM suites are the 32-bit selectors of
IEEE 802.11-2020, 9.4.2.24.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.base.address import MacAddress

CIPHER_WEP_40 = 0x000FAC01
CIPHER_TKIP = 0x000FAC02
CIPHER_CCMP = 0x000FAC04
CIPHER_WEP_104 = 0x000FAC05
CIPHER_BIP_CMAC_128 = 0x000FAC06
AKM_PSK = 0x000FAC02
AKM_PSK_SHA256 = 0x000FAC06
AKM_SAE = 0x000FAC08


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Base of what a machine asks of its radio. `interface`: the network interface's name."""

    interface: str


# ---- access point -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TxQueue:
    """How the frames of one queue contend. `txop_limit`: in units of 32 µs."""

    aifs: int
    cw_min: int
    cw_max: int
    txop_limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StartBss(Command):
    """Create the interface with address `bssid` if it is not there, and begin to beacon.

    `beacon_head`: header, timestamp (zero), interval, capability and the elements before the TIM;
    `beacon_tail`: those after it. The radio puts TIM, timestamp and sequence number in. `frequency`
    in MHz, `beacon_interval` in TU. `bridge`: put the interface into it. `isolate`: pass no frame
    from one station to another. `country`: as in `SetCountry`, whose rules must hold before; else
    a `CommandFailed` names that and the BSS begins. `tx_queues`: from voice to background; none: as
    the radio has it. `ht`: the channel is one of 802.11n, with `secondary` 1 (the other half is
    above) or -1 (below) one of 40 MHz. Answered by `BssStarted` or `CommandFailed`.
    """

    bssid: MacAddress
    ssid: bytes
    frequency: int
    beacon_head: bytes
    beacon_tail: bytes
    beacon_interval: int = 100
    dtim_period: int = 2
    hidden: bool = False
    privacy: bool = False
    pairwise: tuple[int, ...] = ()
    group: int | None = None
    akms: tuple[int, ...] = ()
    bridge: str | None = None
    isolate: bool = False
    country: str | None = None
    tx_queues: tuple[TxQueue, ...] = ()
    ht: bool = False
    secondary: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeBeacon(Command):
    """Put other contents into the beacon, from the next one on."""

    beacon_head: bytes
    beacon_tail: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchChannel(Command):
    """Announce another channel in the next `count` Beacons, then go there with the BSS.

    `beacon_head`, `beacon_tail`: as in `StartBss`, for the new channel. `announcing_tail`: the tail
    until then, with the announcement; `count_offsets`: where in it the octets are that count down.
    `ht`, `secondary`: as in `StartBss`.
    BSSs of one radio go together, when all of them were told to and the last one's count is down.
    Answered by `ChannelSwitchStarted` and `ChannelSwitched`, or by `CommandFailed`.
    """

    frequency: int
    count: int
    beacon_head: bytes
    beacon_tail: bytes
    announcing_tail: bytes
    count_offsets: tuple[int, ...]
    quiet: bool = False
    ht: bool = False
    secondary: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StopBss(Command):
    """Stop to beacon, forget the peers and their keys, delete the interface if it was created."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPeer(Command):
    """Make the radio know an associating station; before its Association Response goes out.

    `rates`: supported rates in units of 500 kb/s, basic bit kept. A peer that is known already is
    set anew, its keys and its four-address interface forgotten. `qos_info`: what its WMM element
    says, when both ends do WMM. `ht`: the 26 octets of its HT Capabilities, as far as both ends do
    HT.
    """

    peer: MacAddress
    aid: int
    capability: int
    listen_interval: int
    rates: bytes
    mfp: bool = False
    qos_info: int | None = None
    ht: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePeer(Command):
    """Forget a station, its keys and its four-address interface. Sends nothing."""

    peer: MacAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPeerVlan(Command):
    """Make the four-address (AP-VLAN) interface `name` for one associated station.

    Frames of that peer then come from and go to `name` with four addresses, both ways. `bridge`:
    put it into that bridge. Removed by `RemovePeer`, `StopBss` or `RemovePeerVlan`.
    `primary_vlan`: 1 to 4094. What the bridge sends then goes over the link with an 802.1Q tag of
    that VLAN, and only frames with that tag come into the bridge, without it. EAPOL has no tag.
    """

    peer: MacAddress
    name: str
    bridge: str | None = None
    primary_vlan: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePeerVlan(Command):
    """Bind the station to its BSS's interface again and delete its own."""

    peer: MacAddress
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskIdle(Command):
    """Tell how long a station has been silent: `PeerIdle`. Sends nothing."""

    peer: MacAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbePeer(Command):
    """Send a station a data frame without data. `PeerAnswered` says that it acknowledged it."""

    peer: MacAddress


# ---- station ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan(Command):
    """Look for BSSs. Answered by `ScanFinished` or `CommandFailed`.

    `ssids`: what Probe Requests name (`b""` is the wildcard); none means passive. `frequencies`
    in MHz; none means all. `elements` are added to each Probe Request. `bssid`: whom Probe
    Requests ask, None for everyone. `afresh`: forget first what earlier scans saw.
    """

    ssids: tuple[bytes, ...] = (b"",)
    frequencies: tuple[int, ...] = ()
    elements: bytes = b""
    bssid: MacAddress | None = None
    afresh: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AbortScan(Command):
    """End the scan under way, which then ends as others do, with what it has seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCountry(Command):
    """Ask for the rules of a country for radios: two letters, or `00` for those of all.

    The radios of a machine have one country. `RulesChanged` follows when it is another one.
    """

    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAddress(Command):
    """Give a station's interface another address, while it is in no BSS; the next frame has it."""

    address: MacAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSignal(Command):
    """Tell of the AP's signal by `SignalCrossed`. `threshold`: dBm, 0 ends it; `hysteresis`: dB."""

    threshold: int
    hysteresis: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticate(Command):
    """Send an Authentication frame to `bssid` and await the reply.

    `body`: what follows algorithm, as transaction, status and fields, for SAE only. `elements`:
    to end the frame with, for Open System only. `wep_key`, `wep_index`: what the radio answers a
    challenge (Shared Key) with. It repeats unanswered frames but SAE's as mac80211 does (3 times,
    200 ms). Answered by `Authenticated` or `AuthenticationTimedOut`.
    """

    bssid: MacAddress
    frequency: int
    ssid: bytes
    algorithm: int = 0
    body: bytes = b""
    elements: bytes = b""
    wep_key: bytes = field(default=b"", repr=False)
    wep_index: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Associate(Command):
    """Send an Association Request (a Reassociation Request when `previous` names an AP).

    `elements`: those after SSID, rates and capabilities of the radio's own, in their order.
    `pairwise`, `group` and `akm` are None for an open or WPS association. Answered by
    `Associated` (whatever the status) or `AssociationTimedOut`.
    """

    bssid: MacAddress
    frequency: int
    ssid: bytes
    elements: bytes = b""
    previous: MacAddress | None = None
    privacy: bool = False
    pairwise: int | None = None
    group: int | None = None
    akm: int | None = None
    mfp: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deauthenticate(Command):
    """Send a Deauthentication to the AP and leave it. Answered by `Disconnected`."""

    bssid: MacAddress
    reason: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFourAddress(Command):
    """Switch the station's interface to four-address data frames, or back.

    `bridge`: the interface is put into it while four-address mode is on (a station interface can
    be bridged in no other mode). `primary_vlan`: as in `AddPeerVlan`.
    """

    enabled: bool
    bridge: str | None = None
    primary_vlan: int | None = None


# ---- both ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TransmitManagement(Command):
    """Send a management frame as it is; the radio fills in the sequence number.

    A robust one is protected where that was negotiated, unless `encrypt` is False. Answered by
    `ManagementStatus` with the same `token`; token 0 and a False `encrypt` ask for no answer.
    """

    frame: bytes
    encrypt: bool = True
    token: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TransmitEapol(Command):
    """Send an EAPOL frame (`payload` from its version octet on) to an associated peer.

    Encrypted when a pairwise key is installed, unless `encrypt` is False. Answered by
    `EapolStatus` with the same `token`; token 0 asks for no answer.
    """

    peer: MacAddress
    payload: bytes
    encrypt: bool = True
    token: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallKey(Command):
    """Install a pairwise (`peer` named) or group (`peer` None) temporal key.

    `key`: as in the PTK or GTK; of TKIP the authenticator's Michael key before the supplicant's.
    Keys of WEP are group keys, of which the one that is installed last is sent with, to everyone.
    A group key of BIP is an IGTK (`index` 4 or 5) or a BIGTK (6 or 7).
    `sequence`: the receive sequence counter as in Key RSC, 6 octets, least significant first.
    """

    peer: MacAddress | None
    index: int
    cipher: int
    key: bytes = field(repr=False)
    sequence: bytes = bytes(6)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveKey(Command):
    """Take a key away. `peer` None: the group key at `index`."""

    peer: MacAddress | None
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPortAuthorized(Command):
    """Open or close the controlled port for data other than EAPOL.

    `peer`: on an access point the station, on a station its AP.
    """

    peer: MacAddress
    authorized: bool
