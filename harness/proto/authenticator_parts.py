"""What an authenticator is told, what it takes in and what it says: IEEE 802.11-2020, 12.7."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.base.address import MacAddress
from harness.base.seam import CIPHER_CCMP
from harness.proto.channel_validation import OwnChannel
from harness.proto.group_key import GroupKeyView
from harness.proto.key_handshake import Message
from harness.proto.machine import LocalInput, Output


@dataclass(frozen=True, slots=True)
class AuthenticatorConfig:
    """What association has settled.

    `own`, `peer`: addresses of AP and station. `pmks`: those that the station may have, 32 octets
    each, in the order in which they are tried; the MIC of 2/4 tells which one it has. Elements are
    whole, with id and length: `own_rsne`, `own_rsnxe` as in the Beacon, `station_rsne`,
    `station_rsnxe` as in the Association Request (empty: not present). `mfp`: management frame
    protection is negotiated, so the station gets IGTK and BIGTK too. `wpa`: the station speaks WPA
    version 1 (descriptor type 254, MIC by HMAC-MD5, the group key by a handshake of its own, in
    RC4); `station_rsne` is then its WPA element, and `own_rsne` begins with that of the Beacon.
    `pmkid`: named in 1/4 when given. `attempts`, `group_attempts`: transmissions of a message
    before giving up. `ptk_rekey_s`: make another pairwise key at this period; with
    `replaces_pairwise` False, send the station away then. `channel`: where we are, when both ends
    validate the operating channel. `transition_disable`: tell the station which less secure ways
    in are closed, by a bitmap of one octet; 0: tell it nothing.
    """

    own: MacAddress
    peer: MacAddress
    pmks: tuple[bytes, ...] = field(repr=False)
    akm: int
    own_rsne: bytes
    station_rsne: bytes
    group: GroupKeyView
    pairwise: int = CIPHER_CCMP
    own_rsnxe: bytes = b""
    station_rsnxe: bytes = b""
    mfp: bool = False
    wpa: bool = False
    pmkid: bytes | None = None
    eapol_version: int = 2
    attempts: int = 4
    group_attempts: int = 4
    ptk_rekey_s: float | None = None
    replaces_pairwise: bool = True
    channel: OwnChannel | None = None
    transition_disable: int = 0


@dataclass(frozen=True, slots=True)
class Begin(LocalInput):
    """The station is associated and its PMK known: send 1/4."""


@dataclass(frozen=True, slots=True)
class UpdateGroup(LocalInput):
    """The BSS has another group key: hand it over."""


@dataclass(frozen=True, slots=True)
class GroupKeyAccepted(Output):
    """The station holds the newest group key (`StationUpdated` for the BSS's `GroupKeys`)."""


@dataclass(frozen=True, slots=True)
class GroupRekeyRequested(Output):
    """The station asks for another group key (`RekeyGroup` for the BSS's `GroupKeys`)."""


@dataclass(frozen=True, slots=True)
class MichaelFailureReported(Output):
    """The station saw a frame with a forged Michael MIC (12.5.2.4)."""


@dataclass(frozen=True, slots=True)
class Message2(Message):
    """2/4, its MIC not verified yet: the keys follow from it."""


@dataclass(frozen=True, slots=True)
class Message4(Message):
    """4/4 with a valid MIC."""


@dataclass(frozen=True, slots=True)
class GroupMessage2(Message):
    """Group 2/2 with a valid MIC."""


@dataclass(frozen=True, slots=True)
class KeyRequest(Message):
    """A Key Request with a valid MIC."""


@dataclass(frozen=True, slots=True)
class MichaelReport(Message):
    """A Key Request with Error set and a valid MIC."""
