"""The stations of one BSS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from harness.base.address import MacAddress
from harness.base.seam import AKM_PSK, CIPHER_CCMP
from harness.wire.dot11.elements import Elements
from harness.wire.dot11.frames import CAPABILITY_SHORT_PREAMBLE, CAPABILITY_SHORT_SLOT

if TYPE_CHECKING:
    from harness.ap.enrolment import Enrolment
    from harness.ap.port_counts import PortCounts
    from harness.ap.psks import StationKey
    from harness.proto.authenticator import Authenticator
    from harness.proto.sa_query import SaQueryMachine
    from harness.proto.sae import SaeAccepted
    from harness.wire.ht import HtCapabilities

RATE = 0x7F
_OFDM_RATES = frozenset((12, 18, 24, 36, 48, 72, 96, 108))
"""In units of 500 kb/s, without the bit of a basic one."""

NO_ELEMENTS = Elements(b"")

UNASSOCIATED_LIMIT = 64
"""How many stations that only authenticated are remembered: forged frames cost us no more."""


def does_ofdm(rates: bytes) -> bool:
    """Whether there is any rate of 802.11g (or a) among those."""
    return any(rate & RATE in _OFDM_RATES for rate in rates)


class StationState(Enum):
    """Where a station stands with the BSS: IEEE 802.11-2020, 11.3.1, and the steps between.

    `NAMED`: the user named it (NEW_STA), and it has not been heard.
    """

    AUTHENTICATED = "authenticated"
    NAMED = "named"
    ASSOCIATING = "associating"
    ASSOCIATED = "associated"
    LEAVING = "leaving"


class Step(Enum):
    """What is due next with a silent station, by the name that STA shows."""

    POLL = "NULLFUNC POLL"
    DISASSOCIATE = "DISASSOC"
    DEAUTHENTICATE = "DEAUTH"


@dataclass(slots=True)
class Station:
    """One station.

    `since`: when its state began, or EAPOL last came. `connected`: when it was associated.
    `non_erp`: it has none of the rates of 802.11g, in a BSS that has. `qos_info`: with WMM.
    `ht`: what it can do of HT, when both do.
    `request`: elements of its Association Request. `port`: while it speaks EAP. `aid`: 0 before it
    associates. `algorithm`: how it authenticated. `known`: the radio was told of it (AddPeer).
    `stays_authenticated`: it leaves by a Disassociation. `token`: of the frame whose status it
    waits for. `rsne`: the RSN (or WPA) element as in its Association Request, id and length
    included. `vlan`: its four-address interface; `primary_vlan`: of that link. `dismissal`: when to
    deauthenticate it, and the reason.
    `early`: EAPOL that came before the association was through, with time, payload and protection.
    `akm`, `pairwise`, `pmk` and `pmkid`: what its key handshake begins with, the last two with SAE;
    `exchange`: the one of SAE that these came of, None when they were there before.
    `key`: the PSK that it proved to hold. `mfp`: its frames are protected. `ocv`: it tells and
    checks the operating channel. `silent`: it did not answer an SA Query. `question_due`: when one
    of its own, from the new channel, has to have come.
    `step`, `step_due`: what its silence brings, and when; `asked`: it has not yet acknowledged that
    it was asked. `linger_s`: how long it stays authenticated after the Disassociation. `wait_s`:
    for how long that frame's status is awaited; then the station is forgotten.
    `local_mic_failures`, `remote_mic_failures`: of Michael, in its frames and at it.
    """

    address: MacAddress
    since: float
    connected: float = 0.0
    request: Elements = NO_ELEMENTS
    port: PortCounts | None = None
    state: StationState = StationState.AUTHENTICATED
    aid: int = 0
    capability: int = 0
    listen_interval: int = 0
    rates: bytes = b""
    non_erp: bool = False
    qos_info: int | None = None
    ht: HtCapabilities | None = None
    algorithm: int = 0
    rsne: bytes | None = None
    rsnxe: bytes = b""
    akm: int = AKM_PSK
    pairwise: int = CIPHER_CCMP
    pmk: bytes | None = field(default=None, repr=False)
    pmkid: bytes | None = None
    exchange: SaeAccepted | None = None
    key: StationKey | None = None
    mfp: bool = False
    ocv: bool = False
    sa_query: SaQueryMachine | None = None
    silent: bool = False
    question_due: float | None = None
    wps: bool = False
    wps2: bool = False
    maybe_wps: bool = False
    backhaul: bool = False
    primary_vlan: int | None = None
    known: bool = False
    authorized: bool = False
    stays_authenticated: bool = False
    token: int = 0
    vlan: str | None = None
    enrolment: Enrolment | None = None
    authenticator: Authenticator | None = None
    dismissal: tuple[float, int] | None = None
    early: tuple[float, bytes, bool] | None = field(default=None, repr=False)
    step: Step = Step.POLL
    step_due: float | None = None
    asked: bool = False
    linger_s: float = 0.0
    wait_s: float = 2.0
    local_mic_failures: int = 0
    remote_mic_failures: int = 0

    @property
    def associated(self) -> bool:
        return self.state is StationState.ASSOCIATED

    @property
    def holds_keys(self) -> bool:
        """True while nothing unprotected may end its association."""
        return self.mfp and self.associated and self.authorized

    @property
    def status_due(self) -> float | None:
        """Until when the status of a frame to it is awaited; None when it is not."""
        awaits = self.state in (StationState.ASSOCIATING, StationState.LEAVING)
        return self.since + self.wait_s if awaits else None

    def deadline(self) -> float | None:
        """When something is due with it, other than EAPOL."""
        dues = [self.status_due, self.step_due, self.question_due]
        dues.append(None if self.dismissal is None else self.dismissal[0])
        dues.append(None if self.sa_query is None else self.sa_query.deadline())
        return min((due for due in dues if due is not None), default=None)

    @property
    def short_slot(self) -> bool:
        return bool(self.capability & CAPABILITY_SHORT_SLOT)

    @property
    def short_preamble(self) -> bool:
        return bool(self.capability & CAPABILITY_SHORT_PREAMBLE)

    @property
    def flags(self) -> str:
        """As the control interface's STA command shows them."""
        shown = {
            "[AUTH]": self.state not in (StationState.LEAVING, StationState.NAMED),
            "[ASSOC]": self.associated,
            "[AUTHORIZED]": self.authorized,
            "[PENDING_POLL": self.asked,
            "[SHORT_PREAMBLE]": self.short_preamble,
            "[WMM]": self.qos_info is not None,
            "[MFP]": self.mfp,
            "[WPS]": self.wps,
            "[MAYBE_WPS]": self.maybe_wps,
            "[WDS]": self.vlan is not None and not self.backhaul,
            "[NonERP]": self.non_erp,
            "[WPS2]": self.wps2,
            "[HT]": self.ht is not None,
        }
        return "".join(name for name, on in shown.items() if on)


class StationTable:
    """Stations by address, and the association identifiers in use."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._by_address: dict[MacAddress, Station] = {}
        self._aids: set[int] = set()

    def __iter__(self) -> Iterator[Station]:
        return iter(tuple(self._by_address.values()))

    def __len__(self) -> int:
        return len(self._by_address)

    def __contains__(self, address: MacAddress) -> bool:
        return address in self._by_address

    @property
    def full(self) -> bool:
        """No station more can associate."""
        return len(self._aids) >= self._limit

    def get(self, address: MacAddress) -> Station | None:
        return self._by_address.get(address)

    def add(self, address: MacAddress, now: float) -> Station:
        """Remember a station that authenticated; the oldest that did no more may have to go."""
        idle = [each for each in self._by_address.values() if not each.known]
        if len(idle) >= UNASSOCIATED_LIMIT:
            del self._by_address[min(idle, key=lambda each: each.since).address]
        station = Station(address, now)
        self._by_address[address] = station
        return station

    def name(self, address: MacAddress, now: float) -> Station:
        """Make an entry for a station that has not been heard."""
        station = self.add(address, now)
        station.state = StationState.NAMED
        return station

    def remove(self, station: Station) -> None:
        self._aids.discard(station.aid)
        if self._by_address.get(station.address) is station:
            del self._by_address[station.address]

    def assign_aid(self, station: Station) -> bool:
        """Give the lowest free association identifier; False when the BSS is full."""
        if station.aid:
            return True
        if self.full:
            return False
        aid = 1
        while aid in self._aids:
            aid += 1
        self._aids.add(aid)
        station.aid = aid
        return True

    def release_aid(self, station: Station) -> None:
        self._aids.discard(station.aid)
        station.aid = 0
