"""SAE initiator and responder: with each other, and with peers that do wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.base.address import MacAddress
from harness.base.entropy import SeededEntropy
from harness.base.errors import UsageError
from harness.proto.machine import Discarded, Output, Timeout
from harness.proto.sae import (
    AuthenticationReceived,
    SaeAccepted,
    SaeFailed,
    TransmitAuthentication,
)
from harness.proto.sae_initiator import Begin, InitiatorConfig, InitiatorState, SaeInitiator
from harness.proto.sae_responder import (
    AntiClogging,
    ResponderConfig,
    ResponderState,
    SaeResponder,
)
from harness.wire.sae import SaeCommit, SaeConfirm

AP, STA = MacAddress("02:00:00:00:00:01"), MacAddress("02:00:00:00:00:02")
Outputs = tuple[Output, ...]


def initiator(*, hashed: bool = False, seed: bytes = b"sta", **changes: object) -> SaeInitiator:
    config = InitiatorConfig(
        own=STA, peer=AP, ssid=b"net", password=b"correct horse", hash_to_element=hashed
    )
    return SaeInitiator(replace(config, **changes), SeededEntropy(seed))  # type: ignore[arg-type]


def responder(threshold: int = 5, **changes: object) -> SaeResponder:
    config = ResponderConfig(
        own=AP,
        peer=STA,
        ssid=b"net",
        password=b"correct horse",
        clogging=AntiClogging(SeededEntropy(b"clogging"), threshold),
        hash_to_element=True,
    )
    return SaeResponder(replace(config, **changes), SeededEntropy(b"ap"))  # type: ignore[arg-type]


def sent(outputs: Outputs) -> TransmitAuthentication:
    (frame,) = (each for each in outputs if isinstance(each, TransmitAuthentication))
    return frame


def received(frame: TransmitAuthentication) -> AuthenticationReceived:
    return AuthenticationReceived(frame.transaction, frame.status, frame.body)


def pass_on(machine: SaeInitiator | SaeResponder, outputs: Outputs) -> Outputs:
    return machine.step(received(sent(outputs)), 0.0)


def result(outputs: Outputs) -> SaeAccepted | SaeFailed | None:
    found = [each for each in outputs if isinstance(each, SaeAccepted | SaeFailed)]
    return found[0] if found else None


@pytest.mark.parametrize("hashed", [False, True])
@pytest.mark.parametrize("group", [19, 20, 21])
def test_both_sides_accept(group: int, hashed: bool) -> None:
    sta, ap = initiator(hashed=hashed, groups=(group,)), responder()

    commit = sta.step(Begin(), 0.0)
    ap_commit = pass_on(ap, commit)
    confirm = pass_on(sta, ap_commit)
    ap_confirm = pass_on(ap, confirm)
    end = pass_on(sta, ap_confirm) if result(ap_confirm) else ()

    assert sent(commit).status == sent(ap_commit).status == (126 if hashed else 0)
    assert sent(confirm).status == sent(ap_confirm).status == 0
    assert isinstance(result(end), SaeAccepted)
    assert result(end) == result(ap_confirm)
    assert (sta.state, ap.state) == (InitiatorState.ACCEPTED, ResponderState.ACCEPTED)
    assert ap.deadline() is None


@pytest.mark.parametrize("hashed", [False, True])
def test_another_password_fails_at_confirm(hashed: bool) -> None:
    sta, ap = initiator(hashed=hashed, password=b"wrong horse"), responder()

    answer = pass_on(ap, pass_on(sta, pass_on(ap, sta.step(Begin(), 0.0))))
    end = pass_on(sta, answer)

    assert (sent(answer).transaction, sent(answer).status) == (2, 1)
    assert isinstance(result(answer), SaeFailed)
    failed = result(end)
    assert isinstance(failed, SaeFailed)
    assert (failed.transaction, failed.status) == (2, 1)


@pytest.mark.parametrize("hashed", [False, True])
def test_refused_groups_are_left_out_and_told_of(hashed: bool) -> None:
    sta, ap = initiator(hashed=hashed, groups=(21, 20, 19)), responder(groups=(19,))

    refusal = pass_on(ap, sta.step(Begin(), 0.0))
    assert (sent(refusal).status, sent(refusal).body) == (77, b"\x15\x00")
    commit = pass_on(sta, pass_on(ap, pass_on(sta, refusal)))
    decoded = SaeCommit.decode(sent(commit).body, hash_to_element=hashed)
    ap_confirm = pass_on(ap, pass_on(sta, pass_on(ap, commit)))

    assert decoded.group == 19
    assert decoded.rejected_groups == ((21, 20) if hashed else ())
    assert result(pass_on(sta, ap_confirm)) == result(ap_confirm)


def test_no_group_in_common() -> None:
    sta, ap = initiator(groups=(20,)), responder(groups=(19,))

    failed = result(pass_on(sta, pass_on(ap, sta.step(Begin(), 0.0))))

    assert isinstance(failed, SaeFailed)
    assert failed.status == 77


def test_a_group_that_nobody_here_knows_is_refused() -> None:
    refusal = responder().step(AuthenticationReceived(1, 0, b"\x01\x00" + bytes(200)), 0.0)
    assert (sent(refusal).status, sent(refusal).body) == (77, b"\x01\x00")


def test_a_downgrade_by_rejected_groups_is_refused() -> None:
    """A list that names a group of ours was forged on the way, or the station lies."""
    sta, ap = initiator(hashed=True), responder()
    commit = sent(sta.step(Begin(), 0.0))
    forged = replace(SaeCommit.decode(commit.body, hash_to_element=True), rejected_groups=(20,))

    answer = ap.step(AuthenticationReceived(1, 126, forged.encode(hash_to_element=True)), 0.0)

    assert sent(answer).status == 77
    assert ap.state is ResponderState.FAILED


@pytest.mark.parametrize("hashed", [False, True])
def test_tokens_against_clogging(hashed: bool) -> None:
    sta, ap = initiator(hashed=hashed), responder(threshold=1)
    ap.config.clogging.opened(MacAddress("02:00:00:00:00:99"))

    asked = pass_on(ap, sta.step(Begin(), 0.0))
    assert sent(asked).status == 76
    assert ap.state is ResponderState.NOTHING
    again = pass_on(sta, asked)
    decoded = SaeCommit.decode(sent(again).body, hash_to_element=hashed)
    assert decoded.token == ap.config.clogging.token_for(STA)
    ap_confirm = pass_on(ap, pass_on(sta, pass_on(ap, again)))

    assert isinstance(result(ap_confirm), SaeAccepted)


def test_a_forged_token_is_asked_for_anew() -> None:
    sta, ap = initiator(), responder(threshold=0)
    commit = SaeCommit.decode(sent(sta.step(Begin(), 0.0)).body, hash_to_element=False)
    forged = replace(commit, token=bytes(32)).encode(hash_to_element=False)

    assert sent(ap.step(AuthenticationReceived(1, 0, forged), 0.0)).status == 76


def test_our_own_commit_reflected_is_dropped() -> None:
    sta, ap = initiator(), responder()
    commit = sta.step(Begin(), 0.0)
    assert isinstance(pass_on(sta, commit)[0], Discarded)
    assert sta.state is InitiatorState.EXPECT_COMMIT

    answer = pass_on(ap, commit)
    assert isinstance(pass_on(ap, answer)[0], Discarded)
    assert ap.state is ResponderState.EXPECT_CONFIRM


def test_a_repeated_commit_gets_the_same_answer() -> None:
    sta, ap = initiator(), responder()
    commit = sta.step(Begin(), 0.0)

    assert sent(pass_on(ap, commit)) == sent(pass_on(ap, commit))


def test_another_commit_begins_anew() -> None:
    ap = responder()
    first = pass_on(ap, initiator(seed=b"first").step(Begin(), 0.0))
    sta = initiator(seed=b"second")
    second = pass_on(ap, sta.step(Begin(), 0.0))

    assert sent(first) != sent(second)
    assert isinstance(result(pass_on(ap, pass_on(sta, second))), SaeAccepted)


def test_a_lost_confirm_is_sent_again_for_a_newer_one_only() -> None:
    sta, ap = initiator(), responder()
    confirm = pass_on(sta, pass_on(ap, sta.step(Begin(), 0.0)))
    pass_on(ap, confirm)
    assert isinstance(pass_on(ap, confirm)[0], Discarded)

    newer = sta._exchange.confirm()  # type: ignore[union-attr]  # as a station would that lost ours
    answer = ap.step(received(newer), 0.0)

    assert SaeConfirm.decode(sent(answer).body).send_confirm == 0xFFFF
    assert ap.state is ResponderState.ACCEPTED


def test_a_silent_station_is_reminded_and_given_up() -> None:
    ap = responder()
    commit = sent(pass_on(ap, initiator().step(Begin(), 0.0)))
    for now in (1.0, 2.0):
        assert ap.deadline() == now
        assert sent(ap.step(Timeout(), now)) == commit

    end = ap.step(Timeout(), 3.0)

    assert isinstance(result(end), SaeFailed)
    assert ap.deadline() is None
    assert ap.config.clogging.admits(AP, None)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (0, b"\x13\x00" + bytes(96)),
        (0, b"\x13\x00" + b"\xff" * 96),
        (0, b"\x13\x00" + bytes(31) + b"\x05" + bytes(64)),
    ],
)
def test_bad_numbers_are_refused(status: int, body: bytes) -> None:
    answer = responder().step(AuthenticationReceived(1, status, body), 0.0)
    assert sent(answer).status == 1

    sta = initiator()
    sta.step(Begin(), 0.0)
    assert isinstance(result(sta.step(AuthenticationReceived(1, status, body), 0.0)), SaeFailed)


@pytest.mark.parametrize("hashed", [False, True])
def test_the_other_method_is_refused(hashed: bool) -> None:
    commit = initiator(hashed=hashed).step(Begin(), 0.0)
    ap = responder(loop=hashed, hash_to_element=not hashed)
    assert sent(pass_on(ap, commit)).status == 1

    other = pass_on(responder(), initiator(hashed=not hashed, seed=b"x").step(Begin(), 0.0))
    sta = initiator(hashed=hashed)
    sta.step(Begin(), 0.0)
    assert isinstance(result(pass_on(sta, other)), SaeFailed)


def test_a_password_identifier_is_unknown() -> None:
    commit = SaeCommit.decode(
        sent(initiator(hashed=True).step(Begin(), 0.0)).body, hash_to_element=True
    )
    named = replace(commit, password_identifier=b"who").encode(hash_to_element=True)

    assert sent(responder().step(AuthenticationReceived(1, 126, named), 0.0)).status == 123


def test_a_confirm_before_any_commit_is_dropped() -> None:
    confirm = AuthenticationReceived(2, 0, SaeConfirm(1, bytes(32)).encode())
    assert isinstance(responder().step(confirm, 0.0)[0], Discarded)
    sta = initiator()
    sta.step(Begin(), 0.0)
    assert isinstance(sta.step(confirm, 0.0)[0], Discarded)


def test_a_local_call_out_of_place_is_a_mistake() -> None:
    sta = initiator()
    sta.step(Begin(), 0.0)
    with pytest.raises(UsageError):
        sta.step(Begin(), 0.0)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.sampled_from((0, 1, 15, 76, 77, 123, 126)),
            st.binary(max_size=120) | st.binary(max_size=120).map(lambda rest: b"\x13\x00" + rest),
        ),
        max_size=6,
    )
)
def test_garbage_stays_in_the_table(frames: list[tuple[int, int, bytes]]) -> None:
    sta, ap = initiator(), responder()
    sta.step(Begin(), 0.0)
    for transaction, status, body in frames:
        for machine in (sta, ap):
            machine.step(AuthenticationReceived(transaction, status, body), 0.0)
    assert sta.state is not InitiatorState.ACCEPTED
    assert ap.state is not ResponderState.ACCEPTED
