"""What both sides of an SAE exchange have in common: IEEE 802.11-2020, 12.4.

The sides themselves are `harness.proto.sae_initiator` (a station) and
`harness.proto.sae_responder` (an access point, which waits for the station at each step).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Protocol

from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.base.errors import WireError
from harness.base.event import declare
from harness.crypto.curve import CURVES, Curve, Point
from harness.crypto.sae import (
    Commitment,
    SaeKeys,
    agree,
    confirmation,
    derive_pt,
    derive_pwe,
    hunt_and_peck,
    make_commitment,
)
from harness.proto.machine import Output, PeerInput
from harness.wire.dot11.codes import (
    STATUS_GROUP_REFUSED,
    STATUS_HASH_TO_ELEMENT,
    STATUS_SUCCESS,
    STATUS_TOKEN_REQUIRED,
)
from harness.wire.sae import (
    TRANSACTION_COMMIT,
    TRANSACTION_CONFIRM,
    SaeCommit,
    SaeConfirm,
    group_of,
)

DEFAULT_GROUPS: Final = (19, 20, 21)
MOST_SENT: Final = 0xFFFF
"""Where the send-confirm counter stops (12.4.7.5)."""

EXCHANGE_COMPLETED = declare(
    "sae.exchange.completed", "both sides confirmed: peer, group, hash_to_element, pmkid"
)
TOKEN_ASKED = declare("sae.token.asked", "an anti-clogging token was asked for: peer, group")
GROUP_REFUSED = declare("sae.group.refused", "a Commit's group was refused: peer, group")
MESSAGE_RETRANSMITTED = declare("sae.message.retransmitted", "no Confirm came in time: peer")


# ---- inputs and outputs --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AuthenticationReceived(PeerInput):
    """An SAE Authentication frame came. `body`: what follows the status code."""

    transaction: int
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class TransmitAuthentication(Output):
    """Send an SAE Authentication frame to the peer. `body`: what follows the status code."""

    transaction: int
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class SaeAccepted(Output):
    """Both sides hold the same key. `pmk`: 32 octets; `pmkid`: 16.

    `group`: that of the exchange, None where it is not told; `rejected`: those that the station
    had offered in vain before it, as its Commit says.
    """

    pmk: bytes = field(repr=False)
    pmkid: bytes
    group: int | None = None
    rejected: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SaeFailed(Output):
    """The exchange is over. `status`: what the peer said, or was told; `transaction`: when."""

    transaction: int
    status: int
    reason: str
    clause: str


# ---- what an Authentication frame means: made by the machines only ---------------------------


@dataclass(frozen=True, slots=True)
class CommitReceived(PeerInput):
    """A Commit that could be decoded."""

    commit: SaeCommit
    hash_to_element: bool


@dataclass(frozen=True, slots=True)
class ConfirmReceived(PeerInput):
    """A Confirm that could be decoded; nothing in it is verified."""

    confirm: SaeConfirm


@dataclass(frozen=True, slots=True)
class TokenRequested(PeerInput):
    """Status 76: the Commit is to be sent again with this token."""

    body: bytes


@dataclass(frozen=True, slots=True)
class GroupRefused(PeerInput):
    """Status 77: the peer does not do the group."""

    group: int


@dataclass(frozen=True, slots=True)
class Refused(PeerInput):
    """Any other status."""

    transaction: int
    status: int


@dataclass(frozen=True, slots=True)
class Malformed(PeerInput):
    """An SAE frame that can't be decoded."""

    transaction: int
    status: int
    reason: str
    clause: str


def classify(given: AuthenticationReceived) -> PeerInput:
    """Tell what an SAE Authentication frame says (12.4.7)."""
    try:
        if given.transaction == TRANSACTION_COMMIT:
            return _commit(given)
        if given.transaction == TRANSACTION_CONFIRM:
            if given.status != STATUS_SUCCESS:
                return Refused(given.transaction, given.status)
            return ConfirmReceived(SaeConfirm.decode(given.body))
    except WireError as error:
        return Malformed(given.transaction, given.status, str(error), error.clause)
    reason = f"transaction {given.transaction}"
    return Malformed(given.transaction, given.status, reason, "802.11-2020 12.4.7")


def _commit(given: AuthenticationReceived) -> PeerInput:
    hashed = given.status == STATUS_HASH_TO_ELEMENT
    if hashed or given.status == STATUS_SUCCESS:
        group = group_of(given.body)
        if group not in CURVES:
            return GroupRefused(group)
        return CommitReceived(SaeCommit.decode(given.body, hash_to_element=hashed), hashed)
    if given.status == STATUS_TOKEN_REQUIRED:
        return TokenRequested(given.body)
    if given.status == STATUS_GROUP_REFUSED:
        return GroupRefused(group_of(given.body))
    return Refused(TRANSACTION_COMMIT, given.status)


# ---- one exchange ---------------------------------------------------------------------------


class Credentials(Protocol):
    """What either side's configuration says about the password and the addresses."""

    @property
    def own(self) -> MacAddress: ...

    @property
    def peer(self) -> MacAddress: ...

    @property
    def ssid(self) -> bytes: ...

    @property
    def password(self) -> bytes: ...

    @property
    def identifier(self) -> bytes | None:
        """By which the password is asked for; None: it is the network's common one."""


class Exchange:
    """Our commitment in one group, and what follows when the peer's is known.

    `rejected_groups`: those that this side was refused before in the same method. `keys` None:
    the peer's Commit has not come.
    """

    def __init__(
        self,
        credentials: Credentials,
        group: int,
        entropy: Entropy,
        *,
        hash_to_element: bool,
    ) -> None:
        self.curve: Final[Curve] = CURVES[group]
        self.hash_to_element: Final = hash_to_element
        self.keys: SaeKeys | None = None
        self.received: SaeCommit | None = None
        self._sent = 0
        self._peer: tuple[int, Point] = (0, Point(0, 0))
        self._identifier = credentials.identifier
        self._pwe = _secret_point(self.curve, credentials, hash_to_element=hash_to_element)
        self._own: Commitment = make_commitment(self.curve, self._pwe, entropy)

    def commit(
        self, *, token: bytes | None = None, rejected_groups: tuple[int, ...] = ()
    ) -> TransmitAuthentication:
        """Our Commit; the same whenever it is asked for, but for the token."""
        scalar, element = self._octets
        commit = SaeCommit(
            self.curve.group, scalar, element, token, rejected_groups, self._identifier
        )
        status = STATUS_HASH_TO_ELEMENT if self.hash_to_element else STATUS_SUCCESS
        body = commit.encode(hash_to_element=self.hash_to_element)
        return TransmitAuthentication(TRANSACTION_COMMIT, status, body)

    def is_reflected(self, commit: SaeCommit) -> bool:
        """Our own Commit came back (12.4.8.6.4)."""
        return (commit.scalar, commit.element) == self._octets

    def take(self, commit: SaeCommit, rejected_groups: bytes = b"") -> None:
        """Take the peer's Commit in. Raises `PeerViolation`."""
        scalar = int.from_bytes(commit.scalar, "big")
        element = self.curve.decode(commit.element)
        self.keys = agree(
            self.curve,
            self._pwe,
            self._own,
            scalar,
            element,
            hash_to_element=self.hash_to_element,
            rejected_groups=rejected_groups,
        )
        self._peer = (scalar, element)
        self.received = commit

    def confirm(self, counter: int | None = None) -> TransmitAuthentication:
        """Our next Confirm. `counter`: in the place of the next one."""
        assert self.keys is not None
        self._sent = min(self._sent + 1, MOST_SENT)
        counter = self._sent if counter is None else counter
        own = (self._own.scalar, self._own.element)
        value = confirmation(self.curve, self.keys.kck, counter, own, self._peer)
        body = SaeConfirm(counter, value).encode()
        return TransmitAuthentication(TRANSACTION_CONFIRM, STATUS_SUCCESS, body)

    def expected(self, counter: int) -> bytes:
        """What the peer's Confirm with that counter has to say."""
        assert self.keys is not None
        own = (self._own.scalar, self._own.element)
        return confirmation(self.curve, self.keys.kck, counter, self._peer, own)

    @property
    def _octets(self) -> tuple[bytes, bytes]:
        scalar = self._own.scalar.to_bytes(self.curve.scalar_octets, "big")
        return scalar, self.curve.encode(self._own.element)


def _secret_point(curve: Curve, given: Credentials, *, hash_to_element: bool) -> Point:
    if not hash_to_element:
        return hunt_and_peck(curve, given.password, given.own, given.peer)
    pt = derive_pt(curve, given.ssid, given.password, given.identifier or b"")
    return derive_pwe(curve, pt, given.own, given.peer)
