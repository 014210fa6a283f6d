"""The access point's side of SAE: IEEE 802.11-2020, 12.4.8.

In step with the station: it answers a Commit with a Commit and a Confirm with a Confirm, and
speaks first only when it repeats a Commit that brought no Confirm.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.base.errors import PeerViolation
from harness.crypto.sae import rejected_groups_salt
from harness.proto.machine import (
    Discarded,
    LocalInput,
    Notify,
    Outputs,
    PeerInput,
    Table,
    Timeout,
    cell,
    take_step,
)
from harness.proto.sae import (
    DEFAULT_GROUPS,
    EXCHANGE_COMPLETED,
    GROUP_REFUSED,
    MESSAGE_RETRANSMITTED,
    MOST_SENT,
    TOKEN_ASKED,
    AuthenticationReceived,
    CommitReceived,
    ConfirmReceived,
    Exchange,
    GroupRefused,
    Malformed,
    Refused,
    SaeAccepted,
    SaeFailed,
    TransmitAuthentication,
    classify,
)
from harness.wire.dot11.codes import (
    STATUS_GROUP_REFUSED,
    STATUS_TOKEN_REQUIRED,
    STATUS_UNKNOWN_IDENTIFIER,
    STATUS_UNSPECIFIED,
)
from harness.wire.sae import (
    TRANSACTION_COMMIT,
    TRANSACTION_CONFIRM,
    SaeCommit,
    encode_token_request,
)

CLOGGING_THRESHOLD: Final = 5
"""From so many open exchanges on, a Commit is answered only if it shows a token (12.4.6)."""
RETRANSMIT_S: Final = 1.0
ATTEMPTS: Final = 3
"""Transmissions of a Commit in all."""

_NOTHING = "802.11-2020 12.4.8.6.3"
_COMMITTED = "802.11-2020 12.4.8.6.4"
_ACCEPTED = "802.11-2020 12.4.8.6.6"


class ResponderState(Enum):
    """How far the exchange with one station is (12.4.8.2)."""

    NOTHING = "nothing"
    EXPECT_CONFIRM = "expect Confirm"
    ACCEPTED = "accepted"
    FAILED = "failed"


class AntiClogging:
    """Which exchanges of a BSS are open, and the tokens that defend it (12.4.6).

    A token is a MAC of the station's address: nothing is remembered until it comes back.
    """

    def __init__(self, entropy: Entropy, threshold: int = CLOGGING_THRESHOLD) -> None:
        self._key = entropy.octets(32)
        self._threshold = threshold
        self._open: set[MacAddress] = set()

    def opened(self, peer: MacAddress) -> None:
        self._open.add(peer)

    def closed(self, peer: MacAddress) -> None:
        self._open.discard(peer)

    def admits(self, peer: MacAddress, token: bytes | None) -> bool:
        """Whether a Commit may cost us anything."""
        if len(self._open - {peer}) < self._threshold:
            return True
        return token is not None and hmac.compare_digest(token, self.token_for(peer))

    def token_for(self, peer: MacAddress) -> bytes:
        return hmac.digest(self._key, peer, "sha256")


@dataclass(frozen=True, slots=True)
class ResponderConfig:
    """What the BSS knows. `groups`: those that it does.

    `loop`, `hash_to_element`: which methods it does. `clogging`: shared by the exchanges of a BSS.
    `identified`: passwords that are asked for by an identifier, always hashed to an element.
    `password` empty: there is no other. `identifier`: of the password, None for the common one.
    """

    own: MacAddress
    peer: MacAddress
    ssid: bytes
    password: bytes = field(repr=False)
    clogging: AntiClogging
    loop: bool = True
    hash_to_element: bool = False
    groups: tuple[int, ...] = DEFAULT_GROUPS
    identified: Mapping[bytes, bytes] = field(default_factory=dict, repr=False)
    identifier: bytes | None = None

    def for_identifier(self, identifier: bytes | None) -> ResponderConfig | None:
        """With the password that a Commit asks for; None: there is none such."""
        if identifier is None:
            return self if self.password else None
        password = self.identified.get(identifier)
        if password is None:
            return None
        return replace(self, password=password, identifier=identifier)


class SaeResponder:
    """The exchanges of one access point with one station, one after the other.

    Inputs: `AuthenticationReceived`, `Timeout`. Outputs: `TransmitAuthentication`, `SaeAccepted`,
    `SaeFailed`, `Notify`, `Discarded`. Call `close` when the station is forgotten.
    """

    def __init__(self, config: ResponderConfig, entropy: Entropy) -> None:
        self.config = config
        self.state = ResponderState.NOTHING
        self._entropy = entropy
        self._exchange: Exchange | None = None
        self._sent = 0
        self._confirmed = 0
        self._deadline: float | None = None

    def deadline(self) -> float | None:
        return self._deadline

    def close(self) -> None:
        """Give up what is open."""
        self.config.clogging.closed(self.config.peer)
        self._deadline = None

    def step(self, given: PeerInput | LocalInput, now: float) -> Outputs:
        if isinstance(given, AuthenticationReceived):
            given = classify(given)
        self.state, outputs = take_step(self, _TABLE, given, now)
        if self.state is not ResponderState.EXPECT_CONFIRM:
            self.close()
        return outputs

    # ---- handlers ----------------------------------------------------------------------------

    def _on_commit(self, given: CommitReceived, now: float) -> tuple[ResponderState, Outputs]:
        """Begin an exchange; one that was open is given up for it."""
        commit, config = given.commit, self.config
        if commit.group not in config.groups:
            return self._refuse_group(commit.group)
        if not (config.hash_to_element if given.hash_to_element else config.loop):
            return self._refuse(STATUS_UNSPECIFIED, "a method that the BSS does not do")
        if not config.clogging.admits(config.peer, commit.token):
            return self._ask_token(commit.group, hash_to_element=given.hash_to_element)
        asked = config.for_identifier(commit.password_identifier)
        if asked is None:
            if commit.password_identifier is None:
                return self._refuse(STATUS_UNSPECIFIED, "there is no password for the station")
            return self._refuse(STATUS_UNKNOWN_IDENTIFIER, "an unknown password identifier")
        if set(commit.rejected_groups) & set(config.groups):
            return self._refuse(STATUS_GROUP_REFUSED, "a group was rejected that the BSS does")
        exchange = Exchange(
            asked, commit.group, self._entropy, hash_to_element=given.hash_to_element
        )
        salt = rejected_groups_salt(config.own, (), config.peer, commit.rejected_groups)
        try:
            exchange.take(commit, salt)
        except PeerViolation as violation:
            return self._refuse(STATUS_UNSPECIFIED, violation.message)
        self._exchange = exchange
        self._sent = 1
        self._deadline = now + RETRANSMIT_S
        config.clogging.opened(config.peer)
        return ResponderState.EXPECT_CONFIRM, (exchange.commit(),)

    def _on_another_commit(
        self, given: CommitReceived, now: float
    ) -> tuple[ResponderState, Outputs]:
        """Tell a repetition, and our own Commit, from the beginning of another exchange."""
        exchange = self._present()
        if exchange.is_reflected(given.commit):
            return self.state, (Discarded("our own Commit came back", _COMMITTED),)
        if _is_same(exchange.received, given.commit):
            return self.state, (exchange.commit(),)
        return self._on_commit(given, now)

    def _on_confirm(self, given: ConfirmReceived, now: float) -> tuple[ResponderState, Outputs]:
        """Accept the station, or turn it away with the status that hostapd 2.10 gives."""
        exchange, confirm, config = self._present(), given.confirm, self.config
        expected = exchange.expected(confirm.send_confirm)
        if not hmac.compare_digest(expected, confirm.confirm):
            refusal = TransmitAuthentication(TRANSACTION_CONFIRM, STATUS_UNSPECIFIED, b"")
            failed = SaeFailed(
                TRANSACTION_CONFIRM, STATUS_UNSPECIFIED, "Confirm does not verify", _COMMITTED
            )
            return ResponderState.FAILED, (refusal, failed)
        self._confirmed = confirm.send_confirm
        keys = exchange.keys
        assert keys is not None
        received = exchange.received
        rejected = () if received is None else received.rejected_groups
        fields = {
            "peer": config.peer,
            "group": exchange.curve.group,
            "hash_to_element": exchange.hash_to_element,
            "pmkid": keys.pmkid,
        }
        outputs = (
            exchange.confirm(),
            Notify(EXCHANGE_COMPLETED, fields),
            SaeAccepted(keys.pmk, keys.pmkid, exchange.curve.group, rejected),
        )
        return ResponderState.ACCEPTED, outputs

    def _on_repeated_confirm(
        self, given: ConfirmReceived, now: float
    ) -> tuple[ResponderState, Outputs]:
        """Our Confirm was lost: send another, for the last time (12.4.8.6.6)."""
        exchange, confirm = self._present(), given.confirm
        if not self._confirmed < confirm.send_confirm < MOST_SENT:
            return self.state, (Discarded("a Confirm that is not newer", _ACCEPTED),)
        expected = exchange.expected(confirm.send_confirm)
        if not hmac.compare_digest(expected, confirm.confirm):
            return self.state, (Discarded("Confirm does not verify", _ACCEPTED),)
        self._confirmed = confirm.send_confirm
        return self.state, (exchange.confirm(MOST_SENT),)

    def _on_group_refused(self, given: GroupRefused, now: float) -> tuple[ResponderState, Outputs]:
        """Refuse a Commit in a group that is unknown here."""
        return self._refuse_group(given.group)

    def _on_refused(self, given: Refused, now: float) -> tuple[ResponderState, Outputs]:
        """End an exchange that the station does not go on with."""
        failed = SaeFailed(given.transaction, given.status, "the station refuses", _COMMITTED)
        return ResponderState.FAILED, (failed,)

    def _on_malformed(self, given: Malformed, now: float) -> tuple[ResponderState, Outputs]:
        return self.state, (Discarded(given.reason, given.clause),)

    def _on_timeout(self, given: Timeout, now: float) -> tuple[ResponderState, Outputs]:
        if self._sent >= ATTEMPTS:
            failed = SaeFailed(
                TRANSACTION_CONFIRM, STATUS_UNSPECIFIED, "no Confirm came", _COMMITTED
            )
            return ResponderState.FAILED, (failed,)
        self._sent += 1
        self._deadline = now + RETRANSMIT_S
        note = Notify(MESSAGE_RETRANSMITTED, {"peer": self.config.peer})
        return self.state, (note, self._present().commit())

    # ---- parts -------------------------------------------------------------------------------

    def _present(self) -> Exchange:
        assert self._exchange is not None
        return self._exchange

    def _refuse(self, status: int, reason: str) -> tuple[ResponderState, Outputs]:
        failed = SaeFailed(TRANSACTION_COMMIT, status, reason, _NOTHING)
        refusal = TransmitAuthentication(TRANSACTION_COMMIT, status, b"")
        return ResponderState.FAILED, (refusal, failed)

    def _refuse_group(self, group: int) -> tuple[ResponderState, Outputs]:
        """Say which group it is; the station may offer another one at once."""
        note = Notify(GROUP_REFUSED, {"peer": self.config.peer, "group": group})
        body = group.to_bytes(2, "little")
        refusal = TransmitAuthentication(TRANSACTION_COMMIT, STATUS_GROUP_REFUSED, body)
        return ResponderState.NOTHING, (note, refusal)

    def _ask_token(self, group: int, *, hash_to_element: bool) -> tuple[ResponderState, Outputs]:
        peer = self.config.peer
        token = self.config.clogging.token_for(peer)
        body = encode_token_request(group, token, hash_to_element=hash_to_element)
        note = Notify(TOKEN_ASKED, {"peer": peer, "group": group})
        asked = TransmitAuthentication(TRANSACTION_COMMIT, STATUS_TOKEN_REQUIRED, body)
        return ResponderState.NOTHING, (note, asked)


def _is_same(known: SaeCommit | None, other: SaeCommit) -> bool:
    """A repetition has the same group, scalar and element, with or without a token."""
    return known is not None and (known.group, known.scalar, known.element) == (
        other.group,
        other.scalar,
        other.element,
    )


_S, _R = ResponderState, SaeResponder
_ANY = (_S.NOTHING, _S.EXPECT_CONFIRM, _S.FAILED)


_BEGIN = cell(_R._on_commit, _NOTHING, *_ANY)
_GROUP = cell(_R._on_group_refused, _NOTHING, _S.NOTHING)

_TABLE: Table[ResponderState] = {
    (_S.EXPECT_CONFIRM, CommitReceived): cell(_R._on_another_commit, _COMMITTED, *_ANY),
    (_S.EXPECT_CONFIRM, ConfirmReceived): cell(_R._on_confirm, _COMMITTED, _S.ACCEPTED, _S.FAILED),
    (_S.EXPECT_CONFIRM, Refused): cell(_R._on_refused, _COMMITTED, _S.FAILED),
    (_S.EXPECT_CONFIRM, Timeout): cell(
        _R._on_timeout, "802.11-2020 12.4.8.4", _S.EXPECT_CONFIRM, _S.FAILED
    ),
    (_S.ACCEPTED, ConfirmReceived): cell(_R._on_repeated_confirm, _ACCEPTED, _S.ACCEPTED),
    **{(state, CommitReceived): _BEGIN for state in (_S.NOTHING, _S.ACCEPTED, _S.FAILED)},
    **{(state, GroupRefused): _GROUP for state in (_S.NOTHING, _S.ACCEPTED, _S.FAILED)},
    **{(state, Malformed): cell(_R._on_malformed, _NOTHING, state) for state in _S},
}
