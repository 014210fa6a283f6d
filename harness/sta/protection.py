"""What the protection of management frames has a station do: SA Query.

Source: IEEE 802.11-2020, 11.13; the station's behaviour page, RSN, 9.
"""

from __future__ import annotations

from typing import Final

from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.base.errors import WireError
from harness.proto.channel_validation import OwnChannel
from harness.proto.machine import Discarded, LocalInput, Outputs, PeerInput, Timeout, Transmit
from harness.proto.sa_query import (
    ChannelChanged,
    Doubt,
    SaQueryMachine,
    SaQueryReceived,
    TransmitSaQuery,
)
from harness.wire.dot11.codes import (
    REASON_4WAY_TIMEOUT,
    REASON_NOT_ASSOCIATED,
    REASON_NOT_AUTHENTICATED,
)
from harness.wire.dot11.frames import Action, management_header
from harness.wire.dot11.header import ACTION
from harness.wire.sa_query import CATEGORY_SA_QUERY, SaQuery

DOUBTFUL_REASONS: Final = frozenset(
    (REASON_NOT_AUTHENTICATED, REASON_NOT_ASSOCIATED, REASON_4WAY_TIMEOUT)
)
"""Reasons of an AP that has forgotten the keys (9.4.1.7)."""
REST_S: Final = 10.0


class Protection:
    """The SA Query of one association. Transmit outputs are whole Action frames.

    `channel`: where we are, when operating channels are validated.
    """

    def __init__(
        self,
        own: MacAddress,
        bssid: MacAddress,
        entropy: Entropy,
        channel: OwnChannel | None = None,
    ) -> None:
        self._own = own
        self._bssid = bssid
        self._validates = channel is not None
        self._machine = SaQueryMachine(entropy, bssid, REST_S, channel)

    def deadline(self) -> float | None:
        return self._machine.deadline()

    def tick(self, now: float) -> Outputs:
        """Do what is due."""
        due = self._machine.deadline()
        return self._step(Timeout(), now) if due is not None and due <= now else ()

    def doubt(self, reason: int, now: float) -> Outputs:
        """An unprotected Deauthentication or Disassociation came: it may be true, or forged."""
        if reason not in DOUBTFUL_REASONS:
            why = f"not protected, reason {reason}"
            return (Discarded(why, "802.11-2020 11.13"),)
        return self._step(Doubt(), now)

    def moved(self, now: float) -> Outputs:
        """The AP has gone to another channel: have it say so under the keys (11.13)."""
        return self._step(ChannelChanged(), now) if self._validates else ()

    def receive(self, category: int, body: bytes, now: float) -> Outputs:
        """A protected Action frame came from the AP."""
        if category != CATEGORY_SA_QUERY:
            return (Discarded(f"Action of category {category}", "802.11-2020 9.6"),)
        try:
            query = SaQuery.decode(body)
        except WireError as error:
            return (Discarded(str(error), error.clause),)
        return self._step(SaQueryReceived(query), now)

    def _step(self, given: PeerInput | LocalInput, now: float) -> Outputs:
        return tuple(
            Transmit(self._frame(output.query)) if isinstance(output, TransmitSaQuery) else output
            for output in self._machine.step(given, now)
        )

    def _frame(self, query: SaQuery) -> bytes:
        header = management_header(
            ACTION, destination=self._bssid, source=self._own, bssid=self._bssid
        )
        return Action(header, CATEGORY_SA_QUERY, query.encode()).encode()
