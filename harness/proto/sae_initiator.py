"""The station's side of SAE: IEEE 802.11-2020, 12.4.8.

It sends Commit, awaits the access point's, sends Confirm, awaits the access point's. Frames are
repeated by the radio, and the whole is limited in time by the owner.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from enum import Enum

from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.base.errors import PeerViolation, WireError
from harness.crypto.sae import rejected_groups_salt
from harness.proto.machine import (
    Discarded,
    LocalInput,
    Notify,
    Outputs,
    PeerInput,
    Table,
    cell,
    take_step,
)
from harness.proto.sae import (
    DEFAULT_GROUPS,
    EXCHANGE_COMPLETED,
    AuthenticationReceived,
    CommitReceived,
    ConfirmReceived,
    Exchange,
    GroupRefused,
    Malformed,
    Refused,
    SaeAccepted,
    SaeFailed,
    TokenRequested,
    classify,
)
from harness.wire.dot11.codes import (
    STATUS_CHALLENGE_FAILED,
    STATUS_GROUP_REFUSED,
    STATUS_UNSPECIFIED,
)
from harness.wire.sae import TRANSACTION_COMMIT, TRANSACTION_CONFIRM, decode_token_request

_BEGIN = "802.11-2020 12.4.8.6.3"
_COMMITTED = "802.11-2020 12.4.8.6.4"
_CONFIRMED = "802.11-2020 12.4.8.6.5"


class InitiatorState(Enum):
    """How far the exchange is at the station that began it (12.4.8.2)."""
    NOTHING = "nothing"
    EXPECT_COMMIT = "expect Commit"
    EXPECT_CONFIRM = "expect Confirm"
    ACCEPTED = "accepted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class InitiatorConfig:
    """What the station knows. `groups`: to be tried in this order.

    `hash_to_element`: the method, settled beforehand by the access point's RSNXE and our own
    configuration. `identifier`: of the password, None for the network's common one.
    configuration. `rejected`: groups to be told as refused before, with hash-to-element.
    """

    own: MacAddress
    peer: MacAddress
    ssid: bytes
    password: bytes = field(repr=False)
    hash_to_element: bool
    groups: tuple[int, ...] = DEFAULT_GROUPS
    identifier: bytes | None = None
    rejected: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Begin(LocalInput):
    """Send the first Commit."""


class SaeInitiator:
    """One station's attempt to authenticate with one access point.

    Inputs: `Begin`, `AuthenticationReceived`. Outputs: `TransmitAuthentication`, `SaeAccepted`,
    `SaeFailed`, `Notify`, `Discarded`.
    """

    def __init__(self, config: InitiatorConfig, entropy: Entropy) -> None:
        self.config = config
        self.state = InitiatorState.NOTHING
        self._entropy = entropy
        self._rejected: list[int] = []
        self._exchange: Exchange | None = None

    def deadline(self) -> float | None:
        return None

    def step(self, given: PeerInput | LocalInput, now: float) -> Outputs:
        if isinstance(given, AuthenticationReceived):
            given = classify(given)
        self.state, outputs = take_step(self, _TABLE, given, now)
        return outputs

    # ---- handlers ----------------------------------------------------------------------------

    def _on_begin(self, given: Begin, now: float) -> tuple[InitiatorState, Outputs]:
        return self._commit()

    def _commit(self) -> tuple[InitiatorState, Outputs]:
        """Commit in the first group that was not refused yet."""
        left = [group for group in self.config.groups if group not in self._rejected]
        if not left:
            return self._fail(TRANSACTION_COMMIT, STATUS_GROUP_REFUSED, "no group is left")
        self._exchange = Exchange(
            self.config, left[0], self._entropy, hash_to_element=self.config.hash_to_element
        )
        commit = self._exchange.commit(rejected_groups=self._rejected_groups)
        return InitiatorState.EXPECT_COMMIT, (commit,)

    def _on_token(self, given: TokenRequested, now: float) -> tuple[InitiatorState, Outputs]:
        """Send the same Commit again, with the token in it (12.4.6)."""
        exchange = self._present()
        hashed = self.config.hash_to_element
        try:
            token = decode_token_request(given.body, hash_to_element=hashed)
        except WireError as error:
            return self.state, (Discarded(str(error), error.clause),)
        commit = exchange.commit(token=token, rejected_groups=self._rejected_groups)
        return self.state, (commit,)

    def _on_group_refused(self, given: GroupRefused, now: float) -> tuple[InitiatorState, Outputs]:
        group = self._present().curve.group
        if given.group != group:
            reason = f"group {given.group} is refused, and {group} was offered"
            return self.state, (Discarded(reason, _COMMITTED),)
        self._rejected.append(group)
        return self._commit()

    def _on_commit(self, given: CommitReceived, now: float) -> tuple[InitiatorState, Outputs]:
        exchange, commit, config = self._present(), given.commit, self.config
        if given.hash_to_element is not config.hash_to_element:
            reason = "the access point answers by the other method"
            return self._fail(TRANSACTION_COMMIT, STATUS_UNSPECIFIED, reason)
        if commit.group != exchange.curve.group:
            reason = f"the access point answers in group {commit.group}"
            return self._fail(TRANSACTION_COMMIT, STATUS_UNSPECIFIED, reason)
        if exchange.is_reflected(commit):
            return self.state, (Discarded("our own Commit came back", _COMMITTED),)
        salt = b""
        if config.hash_to_element:
            salt = rejected_groups_salt(
                config.own, self._rejected_groups, config.peer, commit.rejected_groups
            )
        try:
            exchange.take(commit, salt)
        except PeerViolation as violation:
            return self._fail(TRANSACTION_COMMIT, STATUS_UNSPECIFIED, violation.message)
        return InitiatorState.EXPECT_CONFIRM, (exchange.confirm(),)

    def _on_confirm(self, given: ConfirmReceived, now: float) -> tuple[InitiatorState, Outputs]:
        exchange, confirm = self._present(), given.confirm
        expected = exchange.expected(confirm.send_confirm)
        if not hmac.compare_digest(expected, confirm.confirm):
            reason = "Confirm does not verify"
            return self._fail(TRANSACTION_CONFIRM, STATUS_CHALLENGE_FAILED, reason)
        keys = exchange.keys
        assert keys is not None
        fields = {
            "peer": self.config.peer,
            "group": exchange.curve.group,
            "hash_to_element": exchange.hash_to_element,
            "pmkid": keys.pmkid,
        }
        note = Notify(EXCHANGE_COMPLETED, fields)
        group, rejected = exchange.curve.group, self._rejected_groups
        accepted = SaeAccepted(keys.pmk, keys.pmkid, group, rejected)
        return InitiatorState.ACCEPTED, (note, accepted)

    def _on_refused(self, given: Refused, now: float) -> tuple[InitiatorState, Outputs]:
        if given.transaction == TRANSACTION_COMMIT and self.state is InitiatorState.EXPECT_CONFIRM:
            return self.state, (Discarded("a Commit is refused that was answered", _CONFIRMED),)
        return self._fail(given.transaction, given.status, "the access point refuses")

    def _on_malformed(self, given: Malformed, now: float) -> tuple[InitiatorState, Outputs]:
        return self.state, (Discarded(given.reason, given.clause),)

    # ---- parts -------------------------------------------------------------------------------

    def _present(self) -> Exchange:
        assert self._exchange is not None
        return self._exchange

    @property
    def _rejected_groups(self) -> tuple[int, ...]:
        """What a Commit says of groups that were refused: with hash-to-element only."""
        told = (*self.config.rejected, *self._rejected)
        return told if self.config.hash_to_element else ()

    def _fail(self, transaction: int, status: int, reason: str) -> tuple[InitiatorState, Outputs]:
        self._exchange = None
        clause = _COMMITTED if transaction == TRANSACTION_COMMIT else _CONFIRMED
        return InitiatorState.FAILED, (SaeFailed(transaction, status, reason, clause),)


_S, _I = InitiatorState, SaeInitiator


_TABLE: Table[InitiatorState] = {
    (_S.NOTHING, Begin): cell(_I._on_begin, _BEGIN, _S.EXPECT_COMMIT),
    (_S.EXPECT_COMMIT, CommitReceived): cell(
        _I._on_commit, _COMMITTED, _S.EXPECT_COMMIT, _S.EXPECT_CONFIRM, _S.FAILED
    ),
    (_S.EXPECT_COMMIT, TokenRequested): cell(_I._on_token, "12.4.6", _S.EXPECT_COMMIT),
    (_S.EXPECT_COMMIT, GroupRefused): cell(
        _I._on_group_refused, _COMMITTED, _S.EXPECT_COMMIT, _S.FAILED
    ),
    (_S.EXPECT_COMMIT, Refused): cell(_I._on_refused, _COMMITTED, _S.FAILED),
    (_S.EXPECT_COMMIT, Malformed): cell(_I._on_malformed, _COMMITTED, _S.EXPECT_COMMIT),
    (_S.EXPECT_CONFIRM, ConfirmReceived): cell(_I._on_confirm, _CONFIRMED, _S.ACCEPTED, _S.FAILED),
    (_S.EXPECT_CONFIRM, Refused): cell(_I._on_refused, _CONFIRMED, _S.EXPECT_CONFIRM, _S.FAILED),
    (_S.EXPECT_CONFIRM, Malformed): cell(_I._on_malformed, _CONFIRMED, _S.EXPECT_CONFIRM),
}
