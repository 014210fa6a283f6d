"""The EAP server against a peer played by hand: identity, retransmission, fragments."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wsc_pair import converse, peer, registrar, server

from harness.base.errors import UsageError
from harness.proto.eap_server import TABLE, Begin, EapServer, ServerState
from harness.proto.eap_wsc import (
    METHOD_PROPOSED,
    PACKET_GIVEN_UP,
    PACKET_RETRANSMITTED,
    SERVER_FAILED,
    SERVER_STARTED,
    SERVER_TIMED_OUT,
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


def packets(outputs: tuple[Output, ...]) -> list[EapPacket]:
    return [EapPacket.decode(one.octets) for one in outputs if isinstance(one, Transmit)]


def events(outputs: tuple[Output, ...]) -> list[str]:
    return [one.name for one in outputs if isinstance(one, Notify)]


def answer(machine: EapServer, packet: EapPacket, now: float = 0.0) -> tuple[Output, ...]:
    return machine.step(EapReceived(packet.encode()), now)


def begun() -> tuple[EapServer, int]:
    machine = server()
    (request,) = packets(machine.step(Begin(), 0.0))
    return machine, request.identifier


def at_start() -> tuple[EapServer, int]:
    machine, identifier = begun()
    identity = EapPacket(EapCode.RESPONSE, identifier, EapType.IDENTITY, WSC_ENROLLEE)
    (start,) = packets(answer(machine, identity))
    return machine, start.identifier


def wsc(identifier: int, op_code: int, data: bytes = b"", flags: int = 0, length=None):  # type: ignore[no-untyped-def]
    inner = WscPacket(op_code, flags, length, data).encode()
    return wsc_packet(EapCode.RESPONSE, identifier, inner)


def test_identity_then_start() -> None:
    machine = server()
    outputs = machine.step(Begin(), 1.0)
    assert events(outputs) == [SERVER_STARTED, METHOD_PROPOSED]
    (request,) = packets(outputs)
    assert (request.code, request.type, request.data) == (EapCode.REQUEST, 1, b"")
    assert machine.deadline() == 4.0
    identity = EapPacket(EapCode.RESPONSE, request.identifier, EapType.IDENTITY, WSC_ENROLLEE)
    outputs = answer(machine, identity, 2.0)
    (start,) = packets(outputs)
    assert Notify(METHOD_PROPOSED, {"vendor": 14122, "method": 254}) in outputs
    assert start == wsc_packet(EapCode.REQUEST, (request.identifier + 1) & 0xFF, b"\1\0")
    assert machine.deadline() == 7.0


def test_an_identity_without_method_fails() -> None:
    machine, identifier = begun()
    identity = EapPacket(EapCode.RESPONSE, identifier, EapType.IDENTITY, b"somebody")
    outputs = answer(machine, identity)
    assert packets(outputs) == [EapPacket(EapCode.FAILURE, identifier)]
    assert events(outputs) == [SERVER_FAILED]
    assert outputs[-1] == EapFinished(False)
    assert machine.deadline() is None


def test_identity_is_retransmitted_at_its_times() -> None:
    machine = server()
    (request,) = packets(machine.step(Begin(), 0.0))
    sent_at = []
    now = 0.0
    while True:
        now = machine.deadline() or 0.0
        outputs = machine.step(Timeout(), now)
        if SERVER_TIMED_OUT in events(outputs):
            break
        assert packets(outputs) == [request]
        assert events(outputs) == [PACKET_RETRANSMITTED]
        sent_at.append(now)
    assert sent_at == [3, 9, 21, 41, 61]
    assert now == 81


def test_a_silent_enrollee_times_out_twice() -> None:
    machine, identifier = at_start()
    assert machine.deadline() == 5.0
    for now in (5.0, 10.0):
        outputs = machine.step(Timeout(), now)
        assert events(outputs) == [PACKET_RETRANSMITTED]
        assert packets(outputs)[0].identifier == identifier
    outputs = machine.step(Timeout(), 15.0)
    assert events(outputs) == [
        PACKET_GIVEN_UP, SERVER_TIMED_OUT, SERVER_STARTED, METHOD_PROPOSED,
    ]
    assert [one for one in outputs if isinstance(one, Finished)]
    (request,) = packets(outputs)
    assert (request.type, request.identifier) == (1, (identifier + 1) & 0xFF)
    identity = EapPacket(EapCode.RESPONSE, request.identifier, EapType.IDENTITY, WSC_ENROLLEE)
    answer(machine, identity, 16.0)
    machine.step(Timeout(), 21.0)
    machine.step(Timeout(), 26.0)
    outputs = machine.step(Timeout(), 31.0)
    assert events(outputs) == [PACKET_GIVEN_UP, SERVER_TIMED_OUT]
    assert packets(outputs) == []
    assert outputs[-1] == EapFinished(False, timed_out=True)
    assert machine.deadline() is None
    assert machine.step(Timeout(), 40.0) == ()


@pytest.mark.parametrize(
    "packet",
    [
        lambda i: EapPacket(EapCode.RESPONSE, (i + 1) & 0xFF, EapType.IDENTITY, WSC_ENROLLEE),
        lambda i: EapPacket(EapCode.REQUEST, i, EapType.IDENTITY),
        lambda i: EapPacket(EapCode.RESPONSE, i, 13, b"tls"),
        lambda i: EapPacket(EapCode.RESPONSE, i, 254, b"x", 0x1234, 1),
        lambda i: wsc_packet(EapCode.RESPONSE, i, b"\4"),
        lambda i: wsc_packet(EapCode.RESPONSE, i, b"\4\2\0"),
    ],
)
def test_what_is_discarded_silently(packet) -> None:  # type: ignore[no-untyped-def]
    machine, identifier = at_start()
    (discarded,) = answer(machine, packet(identifier))
    assert isinstance(discarded, Discarded)
    assert machine.state is ServerState.EXPECT_MESSAGE
    assert machine.deadline() == 5.0


@pytest.mark.parametrize(
    "packet",
    [
        lambda i: EapPacket(EapCode.RESPONSE, i, EapType.NAK, b"\x15"),
        lambda i: EapPacket(EapCode.RESPONSE, i, 254, b"", 0, EapType.NAK),
        lambda i: wsc(i, OpCode.START),
        lambda i: wsc(i, OpCode.FRAG_ACK),
        lambda i: wsc(i, 0),
        lambda i: wsc(i, 9, b"abc"),
        lambda i: wsc(i, OpCode.MSG, b"abc", 1),
        lambda i: wsc(i, OpCode.MSG, b"no message"),
    ],
)
def test_what_ends_in_failure(packet) -> None:  # type: ignore[no-untyped-def]
    machine, identifier = at_start()
    outputs = answer(machine, packet(identifier))
    assert packets(outputs) == [EapPacket(EapCode.FAILURE, identifier)]
    assert [one for one in outputs if isinstance(one, Finished)]
    assert outputs[-1] == EapFinished(False)


def test_fragments_are_acknowledged_and_bad_ones_fail() -> None:
    for bad, good in (
        (wsc(0, OpCode.DONE, b"gh"), False),
        (wsc(0, OpCode.MSG, b"ghi"), False),
        (wsc(0, OpCode.FRAG_ACK), False),
        (wsc(0, OpCode.MSG, b"gh", 1), True),
    ):
        machine, identifier = at_start()
        (ack,) = packets(answer(machine, wsc(identifier, OpCode.MSG, b"abcdef", 3, 8)))
        assert WscPacket.decode(ack.data) == WscPacket(OpCode.FRAG_ACK)
        assert machine.state is ServerState.EXPECT_FRAGMENT
        following = EapPacket(bad.code, ack.identifier, bad.type, bad.data, bad.vendor, 1)
        outputs = answer(machine, following)
        assert (machine.state is ServerState.EXPECT_FRAGMENT) is good
        if not good:
            assert outputs[-1] == EapFinished(False)


def test_a_giant_length_is_ignored() -> None:
    machine, identifier = at_start()
    (discarded,) = answer(machine, wsc(identifier, OpCode.MSG, b"abc", 3, 50001))
    assert isinstance(discarded, Discarded)
    assert machine.state is ServerState.EXPECT_MESSAGE


def test_only_an_ack_follows_our_fragment() -> None:
    ap, sta = server(fragment_size=100), peer()
    converse(ap, sta, until=lambda: ap.state is ServerState.EXPECT_FRAG_ACK)
    assert ap.state is ServerState.EXPECT_FRAG_ACK
    outputs = answer(ap, wsc(ap._identifier or 0, OpCode.MSG, b"abc"))
    assert outputs[-1] == EapFinished(False)


def test_beginning_anew_drops_the_run() -> None:
    machine, identifier = at_start()
    outputs = machine.step(Begin(), 1.0)
    assert [one for one in outputs if isinstance(one, Finished)]
    (request,) = packets(outputs)
    assert (request.type, request.identifier) == (1, (identifier + 1) & 0xFF)


def test_cancel_fails() -> None:
    machine, identifier = at_start()
    outputs = machine.step(Cancel(), 1.0)
    assert packets(outputs) == [EapPacket(EapCode.FAILURE, identifier)]
    assert outputs[-1] == EapFinished(False)
    assert server().step(Cancel(), 0.0) == ()


def test_too_many_rounds_fail() -> None:
    talk = converse(server(fragment_size=10), peer(fragment_size=10))
    finished = talk.of(EapFinished, at_server=True) + talk.of(EapFinished, at_server=False)
    assert EapFinished(False) in finished
    assert EapFinished(True) not in finished


def test_an_enrollee_can_be_the_servers_method() -> None:
    """An access point that enrols sends M1 in its first request, without WSC_Start."""
    from wsc_pair import enrollee

    machine = server(new_method=enrollee)  # type: ignore[arg-type]
    (request,) = packets(machine.step(Begin(), 0.0))
    identity = EapPacket(EapCode.RESPONSE, request.identifier, EapType.IDENTITY, WSC_ENROLLEE)
    (m1,) = packets(answer(machine, identity))
    assert m1.data[0] == OpCode.MSG
    giver = registrar()
    giver.step(WscStart(), 0.0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.booleans(), max_size=60))
def test_lost_packets_are_made_good(lost: list[bool]) -> None:
    """Each loss is followed by a delivery, so that three transmissions always suffice."""
    ap, sta = server(), peer()
    losses = iter(lost)
    pending = [one.octets for one in ap.step(Begin(), 0.0) if isinstance(one, Transmit)]
    now, previous_lost = 0.0, False
    outcome: list[Output] = []
    for _ in range(200):
        if ap.state is ServerState.CLOSED:
            break
        octets = pending.pop() if pending else b""
        previous_lost = not previous_lost and next(losses, False)
        if octets and not previous_lost:
            for one in sta.step(EapReceived(octets), now):
                if isinstance(one, Transmit):
                    for two in ap.step(EapReceived(one.octets), now):
                        outcome.append(two)
                        if isinstance(two, Transmit):
                            pending = [two.octets]
            continue
        now = ap.deadline() or now
        pending = [
            one.octets for one in ap.step(Timeout(), now) if isinstance(one, Transmit)
        ]
    assert EapFinished(True) in outcome


def test_every_state_answers_its_owner() -> None:
    for state in ServerState:
        for given_kind in (Begin, Timeout, Cancel):
            assert (state, given_kind) in TABLE
    assert all(cell.clause for cell in TABLE.values())
    with pytest.raises(UsageError):
        server().step(WscStart(), 0.0)
