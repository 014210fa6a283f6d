"""Enrollee with Registrar: whole runs, and every way in which a run fails."""

from __future__ import annotations

import dataclasses
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wsc_edits import ENROLLEE_NONCE, PUBLIC_KEY, REGISTRAR_NONCE, drop, flip_last, put, spoil
from wsc_pair import Policy, converse, credential, enrollee, exchange, peer, registrar, server

from harness.base.entropy import SeededEntropy
from harness.base.errors import UsageError
from harness.crypto import wsc as crypto
from harness.proto.eap_wsc import EapFinished
from harness.proto.machine import Discarded, Notify, Output, Timeout
from harness.proto.wsc_credentials import Refused, accept
from harness.proto.wsc_enrollee import TABLE as ENROLLEE_TABLE
from harness.proto.wsc_enrollee import Enrollee, EnrolleeState
from harness.proto.wsc_registrar import TABLE as REGISTRAR_TABLE
from harness.proto.wsc_registrar import Registrar, RegistrarState
from harness.proto.wsc_registrar_config import common_types
from harness.proto.wsc_run import (
    _CAME,
    KEYS_DERIVED,
    MESSAGE_SENT,
    Cancel,
    CredentialsReceived,
    Failed,
    Finished,
    IncompleteCame,
    Password,
    Refusal,
    Secrets,
    UnreadableCame,
    WscReceived,
    WscSend,
    WscStart,
)
from harness.wire.wsc.attributes import AUTHENTICATOR, encode_attribute
from harness.wire.wsc.check import check
from harness.wire.wsc.device import ErrorIndication
from harness.wire.wsc.messages import (
    M1,
    MESSAGES,
    IncompleteMessage,
    WscAck,
    WscDone,
    WscNack,
    covered,
    decode_message,
    message_type,
)
from harness.wire.wsc.settings import Credential, M5Settings, M7Settings


def names(said: list[tuple[bool, bytes]]) -> list[str]:
    """Name the messages, also those that lack something."""
    kinds = [message_type(octets) for _, octets in said]
    return [MESSAGES[kind].NAME for kind in kinds if kind is not None]


WHOLE_RUN = ["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"]


@pytest.mark.parametrize(
    ("password", "ident"), [(b"00000000", 4), (b"12345670", 0), (b"1234", 0), (b"12345", 0)]
)
def test_a_whole_run(password: bytes, ident: int) -> None:
    giver = registrar(Policy(Password(password)))
    taker = enrollee(password=password, device_password_id=ident)
    talk = exchange(giver, taker)
    assert names(talk.said) == WHOLE_RUN
    assert [check(decode_message(octets)) for _, octets in talk.said] == [[]] * len(WHOLE_RUN)
    (received,) = talk.of(CredentialsReceived, at_server=False)
    assert received.credentials == (credential(),)
    assert talk.of(Finished, at_server=False) == [Finished(True)]
    (finished,) = talk.of(Finished, at_server=True)
    assert finished.success
    assert finished.m1.multi_ap == 0x80
    assert (taker.state, giver.state) == (EnrolleeState.DONE, RegistrarState.FINISHED)
    assert taker.deadline() is giver.deadline() is None


def test_both_ends_tell_the_same_keys_once() -> None:
    talk = exchange(registrar(), enrollee())
    ours = [
        [one.fields for one in talk.of(Notify, at_server=side) if one.name == KEYS_DERIVED]
        for side in (True, False)
    ]
    assert ours[0] == ours[1]
    assert len(ours[0]) == 1
    assert {name: len(value) for name, value in ours[0][0].items()} == {
        "enrollee_nonce": 32,
        "registrar_nonce": 32,
        "auth_key": 64,
        "key_wrap_key": 32,
    }


def test_messages_sent_are_told_by_name() -> None:
    talk = exchange(registrar(), enrollee())
    told = {
        side: [
            one.fields["name"]
            for one in talk.of(Notify, at_server=side)
            if one.name == MESSAGE_SENT
        ]
        for side in (True, False)
    }
    assert told[False] == ["M1", "M3", "M5", "M7", "WSC_Done"]
    assert told[True] == ["M2", "M4", "M6", "M8"]


def test_the_same_seed_says_the_same() -> None:
    one, other = exchange(registrar(), enrollee()), exchange(registrar(), enrollee())
    assert one.said == other.said
    assert one.said != exchange(registrar(), enrollee(seed=b"another")).said


@pytest.mark.parametrize(("pin", "message"), [(b"99995670", 8), (b"12349999", 10)])
def test_wrong_pin_half(pin: bytes, message: int) -> None:
    giver, taker = registrar(Policy(Password(b"12345670"))), enrollee(
        password=pin, device_password_id=0
    )
    talk = exchange(giver, taker)
    assert names(talk.said)[-1] == "WSC_NACK"
    nack = decode_message(talk.said[-1][1])
    assert isinstance(nack, WscNack)
    assert nack.configuration_error == 18
    assert check(nack) == []
    for side in (True, False):
        assert talk.of(Failed, at_server=side) == [Failed(message, 18)]
        (finished,) = talk.of(Finished, at_server=side)
        assert (finished.success, finished.message, finished.config_error) == (False, message, 18)


class Credulous(Secrets):
    """Believes every proof."""

    def proves_first(self, snonce: bytes, commitment: bytes) -> bool:
        return True

    def proves_second(self, snonce: bytes, commitment: bytes) -> bool:
        return True


class Guesser(Enrollee):
    """An attacker who goes on with a wrong device password."""

    def step(self, given, now):  # type: ignore[no-untyped-def]
        if self._channel._secrets is not None:
            known = {one.name: getattr(self._channel._secrets, one.name) for one in fields(Secrets)}
            self._channel._secrets = Credulous(**known)
        return super().step(given, now)


@pytest.mark.parametrize(("pin", "message"), [(b"99995670", 9), (b"12349999", 11)])
def test_registrar_notices_a_guesser(pin: bytes, message: int) -> None:
    giver = registrar(Policy(Password(b"12345670")))
    honest = enrollee(password=pin, device_password_id=0)
    talk = exchange(giver, Guesser(honest.config, SeededEntropy(b"guesser")))
    assert talk.of(Failed, at_server=True) == [Failed(message, 18)]
    assert names(talk.said)[-2:] == ["WSC_NACK", "WSC_NACK"]
    # The Enrollee is told in the answer to its last message.
    assert talk.of(Failed, at_server=False) == [Failed(message, 18)]
    assert not talk.of(CredentialsReceived, at_server=False)


@pytest.mark.parametrize("error", [0, 15])
def test_refused_m1_is_answered_by_m2d(error: int) -> None:
    giver, taker = registrar(Policy(Refusal(error))), enrollee()
    talk = exchange(giver, taker)
    assert names(talk.said) == ["M1", "M2D", "WSC_ACK"]
    m2d = decode_message(talk.said[1][1])
    assert (m2d.configuration_error, m2d.registrar_nonce) == (error, bytes(16))
    assert [check(decode_message(octets)) for _, octets in talk.said] == [[]] * 3
    assert not talk.of(Failed, at_server=True)
    assert not talk.of(Failed, at_server=False)
    assert not talk.of(Finished, at_server=True)[0].success
    assert taker.state is EnrolleeState.EXPECT_M2


def test_overlap_at_m1_is_reported() -> None:
    talk = exchange(registrar(Policy(Refusal(12))), enrollee())
    assert talk.of(Failed, at_server=True) == [Failed(4, 12)]


@pytest.mark.parametrize(("question", "message"), [(1, 7), (2, 9), (3, 11)])
def test_overlap_during_the_run_ends_it(question: int, message: int) -> None:
    talk = exchange(registrar(Policy(stops_at=question)), enrollee())
    assert talk.of(Failed, at_server=True) == [Failed(message, 12)]
    assert talk.of(Failed, at_server=False) == [Failed(message, 12)]
    assert names(talk.said)[-2:] == ["WSC_NACK", "WSC_NACK"]


def test_no_credentials_end_the_run_without_m8() -> None:
    talk = exchange(registrar(Policy(credentials=Refusal())), enrollee())
    assert names(talk.said)[-1] == "M7"
    assert not talk.of(Failed, at_server=True)
    assert talk.of(Finished, at_server=True)[0].success is False


def test_several_credentials_and_extra_settings() -> None:
    extra = encode_attribute(0x100E, credential(ssid=b"extra").encode())
    giver = registrar(
        Policy(credentials=(credential(), credential(ssid=b"other"))), extra_settings=extra
    )
    (received,) = exchange(giver, enrollee()).of(CredentialsReceived, at_server=False)
    assert [one.ssid for one in received.credentials] == [b"backhaul", b"other", b"extra"]


def test_one_good_credential_is_enough() -> None:
    giver = registrar(Policy(credentials=(credential(network_key=b"short"), credential())))
    talk = exchange(giver, enrollee())
    assert talk.of(CredentialsReceived, at_server=False)[0].credentials == (credential(),)
    assert talk.of(Finished, at_server=True)[0].success


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"network_key": b"short"}, 0),
        ({"encryption_type": 0x0002}, ErrorIndication.WEP_PROHIBITED),
        ({"encryption_type": 0x0100}, 0),
    ],
)
def test_bad_credentials_are_refused_with_nack(bad: dict[str, object], reason: int) -> None:
    talk = exchange(registrar(Policy(credentials=(credential(**bad),))), enrollee())
    assert talk.of(Failed, at_server=False) == [Failed(12, 0, reason)]
    assert talk.of(Failed, at_server=True) == [Failed(12, 0)]
    assert not talk.of(CredentialsReceived, at_server=False)


# ---- changed messages -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("which", "failed"),
    [("M3", Failed(7, 0)), ("M5", Failed(9, 0)), ("M7", Failed(11, 0))],
)
def test_registrar_refuses_a_bad_authenticator(which: str, failed: Failed) -> None:
    for edit in (flip_last, drop(AUTHENTICATOR)):
        talk = exchange(registrar(), enrollee(), change=spoil(which, edit))
        assert talk.of(Failed, at_server=True) == [failed]
        assert names(talk.said)[-2:] == ["WSC_NACK", "WSC_NACK"]


@pytest.mark.parametrize(
    ("which", "failed"),
    [("M2", []), ("M4", [Failed(8, 0)]), ("M6", [Failed(10, 0)]), ("M8", [Failed(12, 0)])],
)
def test_enrollee_refuses_a_bad_authenticator(which: str, failed: list[Failed]) -> None:
    for edit in (flip_last, drop(AUTHENTICATOR)):
        talk = exchange(registrar(), enrollee(), change=spoil(which, edit))
        assert talk.of(Failed, at_server=False) == failed
        assert talk.of(Finished, at_server=False)[0].success is False
        assert names(talk.said)[-1] == "WSC_NACK"
        number = {"M2": 5, "M4": 8, "M6": 10, "M8": 12}[which]
        assert talk.of(Failed, at_server=True) == [Failed(number, 0)]


@pytest.mark.parametrize("which", ["M3", "M5", "M7", "WSC_Done"])
def test_registrar_fails_over_a_foreign_nonce(which: str) -> None:
    change = spoil(which, put(REGISTRAR_NONCE, bytes(16)))
    talk = exchange(registrar(), enrollee(), change=change)
    assert not talk.of(Failed, at_server=True)
    assert talk.of(Finished, at_server=True)[0].success is False
    assert talk.of(Discarded, at_server=True)


@pytest.mark.parametrize("which", ["M2", "M4", "M6", "M8"])
def test_enrollee_fails_over_a_foreign_nonce(which: str) -> None:
    change = spoil(which, put(ENROLLEE_NONCE, bytes(16)))
    talk = exchange(registrar(), enrollee(), change=change)
    assert not talk.of(Failed, at_server=False)
    assert talk.of(Finished, at_server=False) == [Finished(False)]


@pytest.mark.parametrize("key", [bytes(192), b"\xff" * 192, bytes(191) + b"\1"])
def test_bad_public_keys_end_the_run(key: bytes) -> None:
    talk = exchange(registrar(), enrollee(), change=spoil("M1", put(PUBLIC_KEY, key)))
    assert talk.of(Finished, at_server=True)[0].success is False
    assert len(talk.said) == 1
    talk = exchange(registrar(), enrollee(), change=spoil("M2", put(PUBLIC_KEY, key)))
    assert talk.of(Finished, at_server=False)[0].success is False
    assert names(talk.said)[-1] == "WSC_NACK"


def test_a_changed_public_key_is_noticed() -> None:
    other = enrollee(seed=b"other").step(WscStart(), 0.0)
    (m1,) = [decode_message(one.octets) for one in other if isinstance(one, WscSend)]
    talk = exchange(registrar(), enrollee(), change=spoil("M1", put(PUBLIC_KEY, m1.public_key)))
    assert names(talk.said)[-1] == "WSC_NACK"
    assert not talk.of(CredentialsReceived, at_server=False)


def test_incomplete_m1_ends_the_run_and_no_type_is_refused() -> None:
    talk = exchange(registrar(), enrollee(), change=spoil("M1", drop(0x1047)))
    assert len(talk.said) == 1
    assert talk.of(Finished, at_server=True)[0].success is False
    giver = registrar()
    giver.step(WscStart(), 0.0)
    outputs = giver.step(WscReceived(4, encode_attribute(0x104A, b"\x10")), 0.0)
    (sent,) = [one for one in outputs if isinstance(one, WscSend)]
    assert decode_message(sent.octets).name == "WSC_NACK"
    assert giver.state is RegistrarState.EXPECT_END


@pytest.mark.parametrize(("ident", "goes_on"), [(0, True), (1, False), (4, True)])
def test_m2_with_another_device_password_id(ident: int, goes_on: bool) -> None:
    """A push-button Enrollee tolerates 0; then only the Authenticator is wrong."""
    giver, taker = registrar(), enrollee()
    giver.step(WscStart(), 0.0)
    (m1,) = [one for one in taker.step(WscStart(), 0.0) if isinstance(one, WscSend)]
    outputs = giver.step(WscReceived(4, m1.octets), 0.0)
    (m2,) = [one for one in outputs if isinstance(one, WscSend)]
    keys = giver._channel.secrets.keys
    changed = covered(put(0x1012, ident.to_bytes(2, "big"))(m2.octets))
    signed = changed + encode_attribute(
        AUTHENTICATOR, crypto.authenticator(keys.auth_key, m1.octets, changed)
    )
    taker.step(WscReceived(4, signed), 0.0)
    assert (taker.state is EnrolleeState.EXPECT_M4) is goes_on


def test_no_message_has_a_second_chance() -> None:
    """M1 again, an early WSC_Done, an ACK in the middle: each ends the run as it must."""
    for again, failed in (("M1", []), ("WSC_Done", [Failed(15, 0)]), ("WSC_ACK", [])):
        giver, taker = registrar(), enrollee()
        giver.step(WscStart(), 0.0)
        (m1,) = [one for one in taker.step(WscStart(), 0.0) if isinstance(one, WscSend)]
        outputs = giver.step(WscReceived(4, m1.octets), 0.0)
        (m2,) = [decode_message(one.octets) for one in outputs if isinstance(one, WscSend)]
        nonces = {
            "enrollee_nonce": m2.enrollee_nonce,
            "registrar_nonce": m2.registrar_nonce,
        }
        given = {
            "M1": WscReceived(4, m1.octets),
            "WSC_Done": WscReceived(5, WscDone(**nonces).encode()),
            "WSC_ACK": WscReceived(2, WscAck(**nonces).encode()),
        }[again]
        outputs = giver.step(given, 0.0)
        assert [one for one in outputs if isinstance(one, Failed)] == failed
        assert isinstance(outputs[-1], Finished)
        assert giver.state is RegistrarState.FINISHED


def test_after_our_nack_more_messages_get_another() -> None:
    giver, taker = registrar(), enrollee()
    giver.step(WscStart(), 0.0)
    (m1,) = [one for one in taker.step(WscStart(), 0.0) if isinstance(one, WscSend)]
    (m2,) = [
        one for one in giver.step(WscReceived(4, m1.octets), 0.0) if isinstance(one, WscSend)
    ]
    (m3,) = [
        one for one in taker.step(WscReceived(4, m2.octets), 0.0) if isinstance(one, WscSend)
    ]
    giver.step(WscReceived(4, flip_last(m3.octets)), 0.0)
    assert giver.state is RegistrarState.EXPECT_END
    outputs = giver.step(WscReceived(4, m3.octets), 0.0)
    assert Failed(7, 0) in outputs
    assert giver.state is RegistrarState.EXPECT_END
    nonces = decode_message(m2.octets)
    ack = WscAck(
        enrollee_nonce=nonces.enrollee_nonce, registrar_nonce=nonces.registrar_nonce
    ).encode()
    assert isinstance(giver.step(WscReceived(2, ack), 0.0)[-1], Finished)


# ---- local calls and fuzz -----------------------------------------------------------------------


@pytest.mark.parametrize("given", [Cancel(), Timeout()])
def test_giving_up_is_always_possible(given: Cancel | Timeout) -> None:
    for make in (registrar, enrollee):
        for started in (False, True):
            machine = make()
            if started:
                machine.step(WscStart(), 0.0)
            (finished,) = machine.step(given, 0.0)
            assert isinstance(finished, Finished)
            assert not finished.success
            assert machine.step(given, 0.0) == ()


def test_a_second_start_is_a_callers_mistake() -> None:
    for machine in (registrar(), enrollee()):
        machine.step(WscStart(), 0.0)
        with pytest.raises(UsageError):
            machine.step(WscStart(), 0.0)


def drive(steps: int) -> tuple[Registrar, Enrollee, list[WscSend]]:
    """Run a pair for so many messages; gives both ends and the messages so far."""
    giver, taker = registrar(), enrollee()
    giver.step(WscStart(), 0.0)
    sent = [one for one in taker.step(WscStart(), 0.0) if isinstance(one, WscSend)]
    for number in range(steps):
        machine = (giver, taker)[number % 2]
        outputs = machine.step(WscReceived(sent[-1].op_code, sent[-1].octets), 0.0)
        sent += [one for one in outputs if isinstance(one, WscSend)]
    return giver, taker, sent


def complaint(outputs: tuple[Output, ...]) -> bool:
    return any(isinstance(one, Discarded | Finished | Failed) for one in outputs)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 8),
    st.integers(0, 7),
    st.one_of(st.none(), st.binary(max_size=200)),
    st.lists(st.tuples(st.integers(0, 500), st.integers(1, 255)), min_size=1, max_size=3),
    st.booleans(),
)
def test_fuzzed_messages_are_never_an_exception(
    steps: int,
    op_code: int,
    garbage: bytes | None,
    changes: list[tuple[int, int]],
    to_giver: bool,
) -> None:
    giver, taker, sent = drive(steps)
    octets = bytearray(sent[-1].octets)
    for position, change in changes:
        octets[position % len(octets)] ^= change
    machine = giver if to_giver else taker
    before = machine.state
    outputs = machine.step(
        WscReceived(op_code, garbage if garbage is not None else bytes(octets)), 0.0
    )
    if machine.state is before:
        assert complaint(outputs)
    credentials = [one for one in outputs if isinstance(one, CredentialsReceived)]
    assert not credentials


def test_every_cell_is_reachable_by_a_declared_input() -> None:
    inputs = {*_CAME.values(), IncompleteCame, UnreadableCame, WscStart, Cancel, Timeout}
    for table, states in ((ENROLLEE_TABLE, EnrolleeState), (REGISTRAR_TABLE, RegistrarState)):
        for (state, kind), cell in table.items():
            assert state in states
            assert kind in inputs
            assert cell.permitted <= set(states)
            assert cell.clause


@pytest.mark.parametrize("steps", range(9))
@pytest.mark.parametrize("message", range(9))
def test_every_message_in_every_state_stays_in_the_table(steps: int, message: int) -> None:
    """Messages of the run itself, in every wrong place: `take_step` asserts the states."""
    _, _, sent = drive(9)
    for to_giver in (True, False):
        giver, taker, _ = drive(steps)
        machine = giver if to_giver else taker
        machine.step(WscReceived(sent[message].op_code, sent[message].octets), 0.0)
        machine.step(WscReceived(4, covered(sent[message].octets)), 0.0)


def test_incomplete_messages_name_what_they_lack() -> None:
    _, _, sent = drive(9)
    with pytest.raises(IncompleteMessage):
        decode_message(drop(0x1005)(sent[2].octets))


# ---- credentials --------------------------------------------------------------------------------


def accepted(**changes: object) -> Credential | Refused | None:
    return accept(credential(**changes))


def test_credentials_are_cleaned_up() -> None:
    one = accepted(ssid=b"home\0\0", network_key=b"secret 12\0", authentication_type=0x22)
    assert isinstance(one, Credential)
    assert (one.ssid, one.network_key, one.authentication_type) == (b"home", b"secret 12", 0x20)
    received = Credential.decode(credential(ssid=b"home\0").encode())
    cleaned = accept(received)
    assert isinstance(cleaned, Credential)
    assert cleaned.attribute()[4:] == received.octets


@pytest.mark.parametrize(
    ("changes", "good"),
    [
        ({"network_key": b"1234567"}, False),
        ({"network_key": b"12345678"}, True),
        ({"network_key": b"1234567\0"}, False),
        ({"network_key": b"x" * 63}, True),
        ({"network_key": b"0a" * 32}, True),
        ({"network_key": b"xx" * 32}, False),
        ({"network_key": b"x" * 65}, False),
        ({"network_key": b"tab\there"}, False),
        ({"network_key": b"12345678\x7f"}, False),
        ({"network_key": None}, False),
        ({"network_key": None, "authentication_type": 1, "encryption_type": 1}, True),
        ({"network_key": b"", "authentication_type": 1, "encryption_type": 1}, True),
        ({"network_key": None, "authentication_type": 1, "encryption_type": 8}, False),
        ({"encryption_type": 0x000C}, True),
        ({"encryption_type": 0x0004, "authentication_type": 2}, True),
    ],
)
def test_which_credentials_are_good(changes: dict[str, object], good: bool) -> None:
    assert isinstance(accepted(**changes), Credential) is good


@pytest.mark.parametrize("authentication", [0x0004, 0x0008, 0x0010, 0x0018, 0])
def test_authentication_nobody_speaks_is_skipped(authentication: int) -> None:
    assert accepted(authentication_type=authentication) is None


def test_a_control_character_at_the_end_of_a_short_key_is_not_cut() -> None:
    assert isinstance(accepted(network_key=b"1234567\0"), Refused)


@pytest.mark.parametrize(
    ("theirs", "ours", "common"),
    [
        ((0x23, 0x0D), (0x20, 0x08), (0x20, 0x08)),
        ((0x01, 0x01), (0x20, 0x08), (0x20, 0x08)),
        ((0x12, 0x0C), (0x20, 0x08), (0x20, 0x08)),
        ((0x12, 0x0C), (0x22, 0x0C), (0x22, 0x0C)),
    ],
)
def test_common_types(
    theirs: tuple[int, int], ours: tuple[int, int], common: tuple[int, int]
) -> None:
    _, _, sent = drive(0)
    m1 = decode_message(sent[0].octets)
    assert isinstance(m1, M1)
    m1 = dataclasses.replace(
        m1, authentication_type_flags=theirs[0], encryption_type_flags=theirs[1]
    )
    assert common_types(m1, *ours) == common


# ---- through EAP --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [60, 64, 100, 256, 1398])
def test_a_whole_run_through_eap_in_fragments(size: int) -> None:
    talk = converse(server(fragment_size=size), peer(fragment_size=size))
    for side in (True, False):
        assert talk.of(EapFinished, at_server=side) == [EapFinished(True)]
    assert talk.of(CredentialsReceived, at_server=False)[0].credentials == (credential(),)
    header = 4 + 8
    assert all(len(octets) <= header + size for _, octets in talk.said[2:])


def test_proofs_are_in_the_settings_of_m5_and_m7() -> None:
    giver, _, sent = drive(8)
    keys = giver._channel.secrets.keys
    messages = {decode_message(one.octets).name: decode_message(one.octets) for one in sent}
    for name, form in (("M5", M5Settings), ("M7", M7Settings)):
        plaintext = crypto.decrypt_settings(keys, messages[name].encrypted_settings)
        assert form.decode(plaintext).rest == ()
