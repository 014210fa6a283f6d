"""SA Query: is the peer still the one that we share keys with? IEEE 802.11-2020, 11.13.

Either side asks when something unprotected says that the association is over or is to begin anew.
A peer that holds the keys answers under them; one that is silent for a second has lost them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.base.event import declare
from harness.proto.channel_validation import (
    SA_QUERY_REQUEST,
    SA_QUERY_RESPONSE,
    OwnChannel,
    refusal,
)
from harness.proto.machine import (
    LocalInput,
    Notify,
    Output,
    Outputs,
    PeerInput,
    Table,
    Timeout,
    cell,
    take_step,
)
from harness.wire.sa_query import REQUEST, RESPONSE, SaQuery

TU_S: Final = 1024e-6
RETRY_S: Final = 201 * TU_S
"""dot11AssociationSAQueryRetryTimeout."""
MAXIMUM_S: Final = 1000 * TU_S
"""dot11AssociationSAQueryMaximumTimeout."""

QUERY_STARTED = declare("rsn.sa-query.started", "the peer is asked whether it holds the keys")
QUERY_ANSWERED = declare("rsn.sa-query.answered", "the peer holds the keys")
QUERY_UNANSWERED = declare("rsn.sa-query.timed-out", "the peer does not answer under the keys")

_CLAUSE = "802.11-2020 11.13"


class SaQueryState(Enum):
    """Whether the peer is asked if it is still there."""

    IDLE = "idle"
    EXPECT_RESPONSE = "expect response"


@dataclass(frozen=True, slots=True)
class Doubt(LocalInput):
    """Begin to ask. While a query runs, or shortly after one, it changes nothing."""


@dataclass(frozen=True, slots=True)
class ChannelChanged(LocalInput):
    """Ask at once, and anew: what was said until now was said of another channel."""


@dataclass(frozen=True, slots=True)
class SaQueryReceived(PeerInput):
    """A protected SA Query frame came."""

    query: SaQuery


@dataclass(frozen=True, slots=True)
class TransmitSaQuery(Output):
    """Send an SA Query frame, protected."""

    query: SaQuery


@dataclass(frozen=True, slots=True)
class PeerSilent(Output):
    """No answer came: the association is over."""


class SaQueryMachine:
    """One side of SA Query with one peer: asks when in doubt, and answers when asked.

    `rest_s`: how long after the beginning of a query no other one is begun. `channel`: where we
    are, when both ends validate the operating channel; `peer` is named when it is elsewhere.
    Inputs: `Doubt`, `ChannelChanged`, `SaQueryReceived`, `Timeout`. Outputs: `TransmitSaQuery`,
    `PeerSilent`, `Notify`, `Discarded`.
    """

    def __init__(
        self,
        entropy: Entropy,
        peer: MacAddress,
        rest_s: float = 0.0,
        channel: OwnChannel | None = None,
    ) -> None:
        self._peer, self._channel = peer, channel
        self.state = SaQueryState.IDLE
        self._entropy = entropy
        self._rest_s = rest_s
        self._began: float | None = None
        self._asked: list[bytes] = []
        self._deadline: float | None = None

    def deadline(self) -> float | None:
        return self._deadline

    def step(self, given: PeerInput | LocalInput, now: float) -> Outputs:
        self.state, outputs = take_step(self, _TABLE, given, now)
        return outputs

    # ---- handlers ----------------------------------------------------------------------------

    def _on_doubt(self, given: Doubt, now: float) -> tuple[SaQueryState, Outputs]:
        if self._began is not None and now < self._began + self._rest_s:
            return self.state, ()
        return self._begin(given, now)

    def _begin(self, given: LocalInput, now: float) -> tuple[SaQueryState, Outputs]:
        self._began = now
        self._asked = []
        return SaQueryState.EXPECT_RESPONSE, (Notify(QUERY_STARTED), self._ask(now))

    def _on_more_doubt(self, given: Doubt, now: float) -> tuple[SaQueryState, Outputs]:
        return self.state, ()

    def _on_received(self, given: SaQueryReceived, now: float) -> tuple[SaQueryState, Outputs]:
        query = given.query
        if query.action == REQUEST:
            return self.state, self._elsewhere(query, SA_QUERY_REQUEST) or (
                TransmitSaQuery(SaQuery(RESPONSE, query.transaction, self._oci())),
            )
        if query.action != RESPONSE or query.transaction not in self._asked:
            return self.state, ()
        elsewhere = self._elsewhere(query, SA_QUERY_RESPONSE)
        if elsewhere:
            return self.state, elsewhere
        self._asked, self._deadline = [], None
        return SaQueryState.IDLE, (Notify(QUERY_ANSWERED),)

    def _on_timeout(self, given: Timeout, now: float) -> tuple[SaQueryState, Outputs]:
        assert self._began is not None
        if now < self._began + MAXIMUM_S:
            return self.state, (self._ask(now),)
        self._asked, self._deadline = [], None
        return SaQueryState.IDLE, (Notify(QUERY_UNANSWERED), PeerSilent())

    def _ask(self, now: float) -> TransmitSaQuery:
        assert self._began is not None
        transaction = self._entropy.octets(2)
        self._asked.append(transaction)
        self._deadline = min(now + RETRY_S, self._began + MAXIMUM_S)
        return TransmitSaQuery(SaQuery(REQUEST, transaction, self._oci()))

    def _oci(self) -> bytes:
        return b"" if self._channel is None else self._channel.element()

    def _elsewhere(self, query: SaQuery, frame: str) -> Outputs:
        return refusal(self._channel, query.oci, self._peer, frame) or ()


_S, _M = SaQueryState, SaQueryMachine

_TABLE: Table[SaQueryState] = {
    (_S.IDLE, Doubt): cell(_M._on_doubt, _CLAUSE, *_S),
    (_S.IDLE, SaQueryReceived): cell(_M._on_received, _CLAUSE, _S.IDLE),
    (_S.IDLE, ChannelChanged): cell(_M._begin, _CLAUSE, _S.EXPECT_RESPONSE),
    (_S.EXPECT_RESPONSE, ChannelChanged): cell(_M._begin, _CLAUSE, _S.EXPECT_RESPONSE),
    (_S.EXPECT_RESPONSE, Doubt): cell(_M._on_more_doubt, _CLAUSE, _S.EXPECT_RESPONSE),
    (_S.EXPECT_RESPONSE, SaQueryReceived): cell(_M._on_received, _CLAUSE, *_S),
    (_S.EXPECT_RESPONSE, Timeout): cell(_M._on_timeout, _CLAUSE, *_S),
}
