"""The EAP peer against a server played by hand, and over a bad wire."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wsc_pair import converse, enrollee, peer, server

from harness.base.errors import UsageError
from harness.proto.eap_peer import TABLE, EapPeer, PeerState
from harness.proto.eap_wsc import (
    METHOD_PROPOSED,
    PACKET_RETRANSMITTED,
    PEER_TIMED_OUT,
    EapFinished,
    EapReceived,
)
from harness.proto.machine import Discarded, Notify, Output, Timeout, Transmit
from harness.proto.wsc_run import Cancel, Finished, WscStart
from harness.wire.eap import (
    WSC_ENROLLEE,
    EapCode,
    EapPacket,
    EapType,
    OpCode,
    WscPacket,
    wsc_packet,
)

IDENTITY = EapPacket(EapCode.REQUEST, 1, EapType.IDENTITY).encode()
FAILURE = EapPacket(EapCode.FAILURE, 9).encode()


def wsc(identifier: int, op_code: int, data: bytes = b"", flags: int = 0, length=None) -> bytes:  # type: ignore[no-untyped-def]
    inner = WscPacket(op_code, flags, length, data).encode()
    return wsc_packet(EapCode.REQUEST, identifier, inner).encode()


START = wsc(2, OpCode.START)


def give(machine: EapPeer, octets: bytes, now: float = 0.0) -> tuple[Output, ...]:
    return machine.step(EapReceived(octets), now)


def replies(outputs: tuple[Output, ...]) -> list[EapPacket]:
    return [EapPacket.decode(one.octets) for one in outputs if isinstance(one, Transmit)]


def started(**options: object) -> EapPeer:
    machine = peer(**options)
    give(machine, IDENTITY)
    give(machine, START)
    return machine


def test_identity_then_m1() -> None:
    machine = peer()
    assert machine.deadline() is None
    (identity,) = replies(give(machine, IDENTITY, 5.0))
    assert identity == EapPacket(EapCode.RESPONSE, 1, EapType.IDENTITY, WSC_ENROLLEE)
    assert machine.deadline() == 35.0
    outputs = give(machine, START, 6.0)
    (m1,) = replies(outputs)
    assert (m1.identifier, m1.is_wsc, m1.data[0]) == (2, True, OpCode.MSG)
    assert Notify(METHOD_PROPOSED, {"vendor": 14122, "method": 1}) in outputs
    assert machine.deadline() == 36.0


def test_nothing_but_start_begins() -> None:
    machine = peer()
    give(machine, IDENTITY)
    for op_code in (OpCode.MSG, OpCode.ACK, OpCode.DONE, OpCode.FRAG_ACK, 9):
        assert isinstance(give(machine, wsc(2, op_code, b"abc"))[0], Discarded)
    assert machine.state is PeerState.EXPECT_START


@pytest.mark.parametrize(
    ("request_packet", "reply"),
    [
        (
            EapPacket(EapCode.REQUEST, 3, 13, b"\x20"),
            EapPacket(EapCode.RESPONSE, 3, EapType.NAK, b"\xfe"),
        ),
        (
            EapPacket(EapCode.REQUEST, 3, 254, b"x", 0x1234, 7),
            EapPacket(
                EapCode.RESPONSE, 3, 254, bytes.fromhex("fe00372a00000001"), 0, EapType.NAK
            ),
        ),
        (
            EapPacket(EapCode.REQUEST, 3, EapType.NOTIFICATION, b"hello"),
            EapPacket(EapCode.RESPONSE, 3, EapType.NOTIFICATION),
        ),
    ],
)
def test_other_requests(request_packet: EapPacket, reply: EapPacket) -> None:
    machine = peer()
    give(machine, IDENTITY)
    assert replies(give(machine, request_packet.encode())) == [reply]


def test_a_repeated_request_gets_the_same_response() -> None:
    machine = peer()
    give(machine, IDENTITY)
    first = replies(give(machine, START))
    outputs = give(machine, START)
    assert replies(outputs) == first
    assert Notify(PACKET_RETRANSMITTED) in outputs
    assert machine.method.state.name == "EXPECT_M2"


def test_silence_ends_after_thirty_seconds() -> None:
    machine = started()
    outputs = machine.step(Timeout(), 30.0)
    assert outputs[-1] == EapFinished(False, timed_out=True)
    assert Notify(PEER_TIMED_OUT) in outputs
    assert Finished(False) in outputs
    assert machine.deadline() is None
    assert machine.step(Timeout(), 31.0) == ()


def test_failure_ends_at_once() -> None:
    machine = started()
    outputs = give(machine, FAILURE)
    assert outputs[-1] == EapFinished(False)
    assert Finished(False) in outputs
    assert machine.state is PeerState.CLOSED
    assert isinstance(give(machine, START)[0], Discarded)


def test_success_is_never_believed() -> None:
    machine = started()
    assert isinstance(give(machine, EapPacket(EapCode.SUCCESS, 2).encode())[0], Discarded)
    assert machine.state is PeerState.EXPECT_REQUEST


def test_two_seconds_after_done() -> None:
    ap, sta = server(), peer()
    converse(ap, sta, until=lambda: sta.state is PeerState.EXPECT_FAILURE)
    assert sta.deadline() == 2.0
    assert sta.step(Timeout(), 2.0)[-1] == EapFinished(True, timed_out=True)


def test_cancel() -> None:
    machine = started()
    outputs = machine.step(Cancel(), 1.0)
    assert Finished(False) in outputs
    assert outputs[-1] == EapFinished(False)


def test_m1_in_fragments_waits_for_each_ack() -> None:
    machine = peer(fragment_size=100)
    give(machine, IDENTITY)
    sent = replies(give(machine, START))
    assert machine.state is PeerState.EXPECT_FRAG_ACK
    assert isinstance(give(machine, wsc(3, OpCode.MSG, b"no"))[0], Discarded)
    identifier = 4
    while machine.state is PeerState.EXPECT_FRAG_ACK:
        sent += replies(give(machine, wsc(identifier, OpCode.FRAG_ACK)))
        identifier += 1
    parts = [WscPacket.decode(one.data) for one in sent]
    whole = replies(give(started(), b""))  # nothing: an empty packet is no packet
    assert whole == []
    reference = peer()
    give(reference, IDENTITY)
    (m1,) = replies(give(reference, START))
    assert b"".join(one.data for one in parts) == WscPacket.decode(m1.data).data
    assert isinstance(give(machine, wsc(99, OpCode.FRAG_ACK))[0], Discarded)


MF, LF = 1, 2


@pytest.mark.parametrize(
    ("op_code", "data", "flags", "length"),
    [
        (OpCode.MSG, b"abc", MF, None),
        (OpCode.MSG, b"abc", MF | LF, 2),
        (OpCode.MSG, b"abc", MF | LF, 50001),
    ],
)
def test_bad_first_fragments_are_ignored(
    op_code: int, data: bytes, flags: int, length: int | None
) -> None:
    machine = started()
    assert isinstance(give(machine, wsc(3, op_code, data, flags, length))[0], Discarded)
    assert machine.state is PeerState.EXPECT_REQUEST


def test_fragments_are_acknowledged_and_bad_ones_ignored() -> None:
    machine = started()
    (ack,) = replies(give(machine, wsc(3, OpCode.MSG, b"abc", MF | LF, 8)))
    assert WscPacket.decode(ack.data) == WscPacket(OpCode.FRAG_ACK)
    (ack,) = replies(give(machine, wsc(4, OpCode.MSG, b"def", MF)))
    assert WscPacket.decode(ack.data) == WscPacket(OpCode.FRAG_ACK)
    for bad in (
        wsc(5, OpCode.MSG, b"too long", MF),
        wsc(5, OpCode.DONE, b"gh"),
        wsc(5, OpCode.MSG, b"ghi"),
        wsc(5, OpCode.MSG, b"g"),
    ):
        assert isinstance(give(machine, bad)[0], Discarded)
        assert machine.state is PeerState.EXPECT_FRAGMENT
    outputs = give(machine, wsc(5, OpCode.MSG, b"gh"))
    assert Finished(False) in outputs  # eight octets that are no message


def test_the_server_may_begin_anew() -> None:
    made = []

    def renew():  # type: ignore[no-untyped-def]
        made.append(enrollee(seed=b"second"))
        return made[-1]

    machine = started(renew=renew)
    give(machine, EapPacket(EapCode.REQUEST, 7, EapType.IDENTITY).encode())
    (m1,) = replies(give(machine, wsc(8, OpCode.START)))
    assert machine.method is made[0]
    assert m1.data[0] == OpCode.MSG
    without = started()
    give(without, EapPacket(EapCode.REQUEST, 7, EapType.IDENTITY).encode())
    assert isinstance(give(without, wsc(8, OpCode.START))[0], Discarded)


def test_a_hundred_rounds_are_enough() -> None:
    machine = peer()
    for number in range(100):
        request = EapPacket(EapCode.REQUEST, number, EapType.NOTIFICATION).encode()
        assert replies(give(machine, request))
    outputs = give(machine, EapPacket(EapCode.REQUEST, 100, EapType.NOTIFICATION).encode())
    assert outputs[-1] == EapFinished(False)
    assert machine.state is PeerState.CLOSED


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 3), max_size=40))
def test_every_packet_may_come_several_times(copies: list[int]) -> None:
    counts = iter(copies)
    talk = converse(
        server(), peer(), wire=lambda from_server, octets: [octets] * next(counts, 1)
    )
    assert talk.of(EapFinished, at_server=False) == [EapFinished(True)]
    assert talk.of(EapFinished, at_server=True) == [EapFinished(True)]


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 12),
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 255)), max_size=3),
    st.one_of(st.none(), st.binary(max_size=60)),
)
def test_fuzzed_requests_are_never_an_exception(
    position: int, changes: list[tuple[int, int]], garbage: bytes | None
) -> None:
    seen = 0

    def wire(from_server: bool, octets: bytes) -> list[bytes]:
        nonlocal seen
        seen += 1
        if seen - 1 != position:
            return [octets]
        changed = bytearray(octets)
        for at, change in changes:
            changed[at % len(changed)] ^= change
        return [garbage if garbage is not None else bytes(changed)]

    ap, sta = server(), peer()
    converse(ap, sta, wire=wire)
    for machine in (ap, sta):
        at = machine.deadline()
        while at is not None:
            machine.step(Timeout(), at)
            at = machine.deadline()
        assert machine.state.name == "CLOSED" or machine.deadline() is None


def test_every_input_in_every_state_stays_in_the_table() -> None:
    kinds = {kind for _, kind in TABLE}
    assert {Timeout, Cancel} <= kinds
    for state in PeerState:
        assert (state, Timeout) in TABLE
        assert (state, Cancel) in TABLE
    for (_, _), cell in TABLE.items():
        assert cell.clause
    with pytest.raises(UsageError):
        peer().step(WscStart(), 0.0)
