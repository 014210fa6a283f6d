"""SA Query alone: who answers, who gives up, and when."""

from __future__ import annotations

import pytest

from harness.base.address import MacAddress
from harness.base.entropy import SeededEntropy
from harness.proto.machine import Output, Timeout
from harness.proto.sa_query import (
    MAXIMUM_S,
    RETRY_S,
    Doubt,
    PeerSilent,
    SaQueryMachine,
    SaQueryReceived,
    SaQueryState,
    TransmitSaQuery,
)
from harness.wire.sa_query import REQUEST, RESPONSE, SaQuery

AP = MacAddress("02:00:00:00:00:01")


def queries(outputs: tuple[Output, ...]) -> list[SaQuery]:
    return [each.query for each in outputs if isinstance(each, TransmitSaQuery)]


def machine(rest_s: float = 0.0) -> SaQueryMachine:
    return SaQueryMachine(SeededEntropy(b"query"), AP, rest_s)


def test_a_request_is_answered_with_its_transaction() -> None:
    asked = SaQueryReceived(SaQuery(REQUEST, b"\x12\x34"))
    assert queries(machine().step(asked, 0.0)) == [SaQuery(RESPONSE, b"\x12\x34")]


@pytest.mark.parametrize("answered", [0, 1])
def test_any_outstanding_request_may_be_answered(answered: int) -> None:
    asker = machine()
    asked = queries(asker.step(Doubt(), 0.0))
    asked += queries(asker.step(Timeout(), RETRY_S))

    asker.step(SaQueryReceived(SaQuery(RESPONSE, asked[answered].transaction)), 0.3)

    assert asker.state is SaQueryState.IDLE
    assert asker.deadline() is None


def test_a_response_to_nothing_changes_nothing() -> None:
    asker = machine()
    (asked,) = queries(asker.step(Doubt(), 0.0))
    other = bytes(octet ^ 1 for octet in asked.transaction)

    asker.step(SaQueryReceived(SaQuery(RESPONSE, other)), 0.1)

    assert asker.state is SaQueryState.EXPECT_RESPONSE


def test_silence_for_a_second_ends_it() -> None:
    asker = machine()
    requests = queries(asker.step(Doubt(), 0.0))
    outputs: tuple[Output, ...] = ()
    while PeerSilent() not in outputs:
        due = asker.deadline()
        assert due is not None
        assert due <= MAXIMUM_S
        outputs = asker.step(Timeout(), due)
        requests += queries(outputs)

    assert due == MAXIMUM_S
    assert len(requests) == 5
    assert asker.state is SaQueryState.IDLE


def test_a_query_is_not_begun_again_too_soon() -> None:
    asker = machine(rest_s=10.0)
    (asked,) = queries(asker.step(Doubt(), 0.0))
    assert queries(asker.step(Doubt(), 0.1)) == []
    asker.step(SaQueryReceived(SaQuery(RESPONSE, asked.transaction)), 0.2)

    assert queries(asker.step(Doubt(), 9.9)) == []
    assert len(queries(asker.step(Doubt(), 10.0))) == 1
