"""What to join, and what a connection is told and says: see `harness.sta.connection`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from harness.base.address import MacAddress
from harness.base.channel import OperatingChannel
from harness.base.seam import Command
from harness.crypto.wep import WepKeys
from harness.proto.channel_validation import OwnChannel
from harness.proto.machine import LocalInput, Output, PeerInput
from harness.proto.sae import SaeAccepted
from harness.proto.sae_initiator import SaeInitiator
from harness.sta.eapol import EapolPort
from harness.sta.protection import Protection
from harness.sta.state import WpaState
from harness.wire.dot11.codes import REASON_INACTIVITY, REASON_LEAVING
from harness.wire.dot11.elements import Elements

PSK_COMPLETION_S: Final = 10.0
WPS_COMPLETION_S: Final = 70.0


class Cause(Enum):
    """Why an attempt or a connection ended."""

    REQUESTED = "the owner left"
    AUTHENTICATION_REJECTED = "Authentication with another status than 0"
    ASSOCIATION_REJECTED = "Association Response with another status than 0"
    TIMED_OUT = "no progress in time"
    REFUSED_BY_RADIO = "the radio refused a command"
    MULTI_AP_REFUSED = "the Association Response allows no backhaul link"
    HANDSHAKE_FAILED = "the 4-way handshake broke"
    REKEY_DENIED = "another pairwise key is due, and is not to be put in the place of the present"
    WRONG_KEY = "the 4-way handshake ended as it does with a wrong PSK"
    DISCONNECTED = "the AP or the radio ended it"


@dataclass(frozen=True, slots=True)
class SaeStart:
    """SAE in the place of Open System. `port`: who answers EAPOL frames once it is through."""

    machine: SaeInitiator
    port: Callable[[SaeAccepted, float], EapolPort]


@dataclass(frozen=True, slots=True)
class CachedKey:
    """A key of an earlier SAE in the place of a new one.

    `fallback`: what to try instead when the AP does not know it; `forget`: it is no good.
    """

    fallback: Callable[[], Attempt]
    forget: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What to join and how.

    `elements`: for the Association Request. `pairwise`, `group`, `akm`: None without RSN or WPA.
    `wpa`: it is WPA version 1. `wep`: keys of a network without either; `algorithm`: how to
    authenticate, where not by SAE; `then_shared_key`: by Shared Key when the AP does not do Open
    System. `port`: who answers EAPOL frames, None in an open network. `multi_ap`: a backhaul link
    is wanted, with that profile. `four_address`: to be switched on where Multi-AP has no say.
    `enrolling`: the association serves WPS only. `replaces_pairwise`: False: another pairwise key
    takes another association. `completion_s`: seconds from the first EAPOL frame to the end.
    `previous`: the AP of the same network that is left for this one. `sae`: how to
    authenticate, None for Open System; `port` comes of it. `sae_group`: that of the exchange, once
    it is through. `cached`: the key is of an earlier SAE. `protection`: None when
    management frames are not protected. `channel`: where the station is, to be kept true,
    when it and the AP validate the operating channel.
    """

    network_id: int
    id_str: str
    bssid: MacAddress
    ssid: bytes
    frequency: int
    elements: bytes
    port: EapolPort | None = None
    pairwise: int | None = None
    group: int | None = None
    akm: int | None = None
    wpa: bool = False
    wep: WepKeys | None = None
    algorithm: int = 0
    then_shared_key: bool = False
    multi_ap: bool = False
    multi_ap_profile: int = 0
    four_address: bool = False
    enrolling: bool = False
    replaces_pairwise: bool = True
    completion_s: float = PSK_COMPLETION_S
    previous: MacAddress | None = None
    sae: SaeStart | None = None
    sae_group: int | None = None
    cached: CachedKey | None = None
    protection: Protection | None = None
    channel: OwnChannel | None = None


# ---- inputs -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Join(LocalInput):
    """Begin."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Leave(LocalInput):
    """Deauthenticate."""

    reason: int = REASON_LEAVING


@dataclass(frozen=True, slots=True)
class AskForKeys(LocalInput):
    """Ask the AP for another pairwise or group key."""

    pairwise: bool
    error: bool


@dataclass(frozen=True, slots=True)
class LogOn(LocalInput):
    """Take part in EAP; with `off`, tell the AP that this is over, here and wherever it begins."""

    off: bool = False


@dataclass(frozen=True, slots=True)
class Retune(LocalInput):
    """The AP is on another channel now, and the radio with it."""

    channel: OperatingChannel


@dataclass(frozen=True, slots=True)
class AuthenticationAnswered(PeerInput):
    """An Authentication frame came. `body`: what follows the status."""

    algorithm: int
    transaction: int
    status: int
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class AuthenticationUnanswered(PeerInput):
    """The radio gave up."""


@dataclass(frozen=True, slots=True)
class AssociationAnswered(PeerInput):
    """An Association Response came. `channel`: the one agreed on, None for 20 MHz."""

    status: int
    elements: Elements
    channel: OperatingChannel | None = None


@dataclass(frozen=True, slots=True)
class AssociationUnanswered(PeerInput):
    """The radio gave up."""


@dataclass(frozen=True, slots=True)
class EapolArrived(PeerInput):
    """An EAPOL frame came from the AP, from its version octet on."""

    payload: bytes
    encrypted: bool


@dataclass(frozen=True, slots=True)
class ActionArrived(PeerInput):
    """An Action frame came. `body`: what follows the category."""

    category: int
    body: bytes


@dataclass(frozen=True, slots=True)
class UnprotectedEnd(PeerInput):
    """An unprotected Deauthentication or Disassociation came, though they are protected."""

    reason: int


@dataclass(frozen=True, slots=True)
class LinkLost(PeerInput):
    """The association is gone, not by our own wish."""

    reason: int
    locally_generated: bool


@dataclass(frozen=True, slots=True)
class CommandRefused(PeerInput):
    """The radio refused what the connection asked of it."""

    command: Command
    errno: int


# ---- outputs ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Perform(Output):
    """Ask this of the radio."""

    command: Command


@dataclass(frozen=True, slots=True)
class Established(Output):
    """The link is usable."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Ended(Output):
    """It is over. `during`: the state that it ended in. `answered`: EAPOL frames were exchanged."""

    attempt: Attempt
    cause: Cause
    during: WpaState
    reason: int
    locally_generated: bool
    answered: bool

    @property
    def is_lost_ap(self) -> bool:
        """The radio no longer hears the AP."""
        return self.locally_generated and self.reason == REASON_INACTIVITY
