"""An access point that enrols with an external registrar: what each end does to a bad peer."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wsc_edits import ENROLLEE_NONCE, REGISTRAR_NONCE, drop, flip_last, put, spoil
from wsc_pair import DEVICE, STATION, Policy, Talk, exchange

from harness.base.address import MacAddress
from harness.base.entropy import SeededEntropy
from harness.proto.eap_peer import EapPeer, PeerState
from harness.proto.eap_server import Begin, EapServer
from harness.proto.eap_wsc import EapFinished, EapReceived
from harness.proto.machine import Discarded, Notify, Timeout, Transmit
from harness.proto.wsc_credentials import Refused, accept_ap_settings, learned
from harness.proto.wsc_enrollee import Enrollee, EnrolleeConfig, EnrolleeState
from harness.proto.wsc_registrar import Registrar, RegistrarState
from harness.proto.wsc_registrar_config import ApTarget, RegistrarConfig
from harness.proto.wsc_run import (
    M2D_RECEIVED,
    Cancel,
    CredentialsReceived,
    Failed,
    Finished,
    Password,
    Refusal,
    SettingsReceived,
    WscReceived,
    WscSend,
    WscStart,
)
from harness.wire.eap import WSC_REGISTRAR, EapCode, EapPacket, OpCode, WscPacket, wsc_packet
from harness.wire.wsc.device import ErrorIndication
from harness.wire.wsc.messages import (
    MESSAGES,
    WscAck,
    WscDone,
    WscNack,
    covered,
    decode_message,
    message_type,
)
from harness.wire.wsc.settings import ApSettings, Credential, M7Settings, M8Settings

PIN = b"12345670"
BSSID = MacAddress("02:00:00:00:00:ab")
HOME = ApSettings(
    ssid=b"home",
    mac_address=BSSID,
    authentication_type=0x20,
    encryption_type=0x08,
    network_key=b"correct horse",
)


def settings_for(**changes: Any) -> Credential:
    fields: dict[str, Any] = {
        "network_index": 1,
        "ssid": b"renamed",
        "authentication_type": 0x20,
        "encryption_type": 0x08,
        "network_key": b"newsecret",
        "mac_address": STATION,
    }
    return Credential(**(fields | changes))


@dataclass
class Owner:
    password: Password | Refusal = field(default_factory=lambda: Password(PIN))
    refusal: Refusal | None = None

    def ap_password(self) -> Password | Refusal:
        return self.password

    def ap_settings(self) -> bytes:
        return HOME.encode()

    def may_configure(self, settings: object) -> Refusal | None:
        return self.refusal


def access_point(owner: Owner | None = None) -> Enrollee:
    config = EnrolleeConfig(
        mac=BSSID,
        uuid=bytes(range(16)),
        device=DEVICE,
        password=b"",
        device_password_id=0,
        config_methods=0x2108,
        rf_bands=1,
        wps_state=2,
    )
    return Enrollee(config, SeededEntropy(b"ap"), owner or Owner())


def registrar(given: Credential | None = None, pin: bytes = PIN, **changes: Any) -> Registrar:
    config = RegistrarConfig(
        uuid=bytes(range(16, 32)),
        device=DEVICE,
        config_methods=0x2388,
        rf_bands=1,
        target=ApTarget(given),
    )
    policy = Policy(**({"password": Password(pin)} | changes))
    return Registrar(config, policy, SeededEntropy(b"station"))


def names(talk: Talk) -> list[str]:
    return [MESSAGES[message_type(octets) or 0].NAME for _, octets in talk.said]


def outcomes(talk: Talk) -> tuple[list[Failed], list[Failed]]:
    """What the registrar and the access point say of a failure."""
    return talk.of(Failed, at_server=True), talk.of(Failed, at_server=False)


# ---- whole runs ----------------------------------------------------------------------------------


def test_learning() -> None:
    talk = exchange(registrar(), access_point())
    assert names(talk) == ["M1", "M2", "M3", "M4", "M5", "M6", "M7", "WSC_NACK"]
    (received,) = talk.of(CredentialsReceived, at_server=True)
    (credential,) = received.credentials
    assert (credential.ssid, credential.network_key) == (HOME.ssid, HOME.network_key)
    assert credential.mac_address == BSSID
    assert outcomes(talk) == ([Failed(11, 0)], [Failed(11, 0)])


def test_configuring() -> None:
    talk = exchange(registrar(settings_for()), access_point())
    assert names(talk)[-3:] == ["M8", "WSC_Done", "WSC_ACK"]
    (taken,) = talk.of(SettingsReceived, at_server=False)
    assert (taken.settings.ssid, taken.settings.network_key) == (b"renamed", b"newsecret")
    assert taken.settings.mac_address == BSSID
    assert outcomes(talk) == ([], [])
    for side in (True, False):
        assert talk.of(Finished, at_server=side)[0].success


def test_settings_are_told_before_they_are_acknowledged() -> None:
    talk = exchange(registrar(settings_for()), access_point())
    kinds = [type(one) for one in talk.at_peer]
    assert kinds.index(SettingsReceived) < kinds.index(Finished)


@pytest.mark.parametrize(("pin", "message"), [(b"99995670", 8), (b"12349990", 10)])
def test_the_access_point_notices_a_guess(pin: bytes, message: int) -> None:
    talk = exchange(registrar(pin=pin), access_point())
    assert outcomes(talk) == ([Failed(message, 18)], [Failed(message, 18)])
    assert names(talk)[-2:] == ["WSC_NACK", "WSC_NACK"]


def test_no_pin_is_told_at_m2() -> None:
    talk = exchange(registrar(), access_point(Owner(Refusal(15))))
    assert names(talk) == ["M1", "M2", "WSC_NACK", "WSC_NACK"]
    assert outcomes(talk) == ([Failed(5, 15)], [])


def test_m2d_ends_the_run() -> None:
    talk = exchange(registrar(password=Refusal(0)), access_point())
    assert names(talk)[:3] == ["M1", "M2D", "WSC_NACK"]
    told = [one.name for one in talk.of(Notify, at_server=False)]
    assert M2D_RECEIVED in told
    assert outcomes(talk) == ([], [])


# ---- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"encryption_type": 0x0002}, ErrorIndication.WEP_PROHIBITED),
        ({"encryption_type": 0x0100}, 0),
        ({"encryption_type": 0}, 0),
        ({"encryption_type": 0x0001}, 0),
        ({"authentication_type": 0x0010}, 0),
        ({"authentication_type": 0}, 0),
        ({"network_key": b"1234567"}, 0),
        ({"network_key": b"x" * 64}, 0),
        ({"network_key": b"x" * 65}, 0),
        ({"network_key": b"tab\there"}, 0),
        ({"network_key": None}, 0),
        ({"ssid": b""}, 0),
    ],
)
def test_settings_that_an_access_point_refuses(bad: dict[str, Any], reason: int) -> None:
    talk = exchange(registrar(settings_for(**bad)), access_point())
    assert outcomes(talk) == ([Failed(12, 0)], [Failed(12, 0, reason)])
    assert not talk.of(SettingsReceived, at_server=False)
    assert not talk.of(CredentialsReceived, at_server=True)


@pytest.mark.parametrize(
    ("given_types", "taken_types"),
    [
        ((0x20, 0x08), (0x20, 0x08)),
        ((0x02, 0x04), (0x22, 0x0C)),
        ((0x02, 0x08), (0x22, 0x08)),
        ((0x20, 0x04), (0x20, 0x0C)),
        ((0x22, 0x0C), (0x22, 0x0C)),
        ((0x01, 0x01), (0x01, 0x01)),
    ],
)
def test_old_types_become_newer_ones_too(
    given_types: tuple[int, int], taken_types: tuple[int, int]
) -> None:
    authentication, encryption = given_types
    given_settings = settings_for(authentication_type=authentication, encryption_type=encryption)
    talk = exchange(registrar(given_settings), access_point())
    (taken,) = talk.of(SettingsReceived, at_server=False)
    found = taken.settings.authentication_type, taken.settings.encryption_type
    assert found == taken_types


def test_zeros_at_the_end_go() -> None:
    talk = exchange(
        registrar(settings_for(ssid=b"home\0\0", network_key=b"secret 12\0")), access_point()
    )
    (taken,) = talk.of(SettingsReceived, at_server=False)
    assert (taken.settings.ssid, taken.settings.network_key) == (b"home", b"secret 12")


@pytest.mark.parametrize(
    "lacking", ["ssid", "authentication_type", "encryption_type", "mac_address", "network_key"]
)
def test_settings_that_lack_something(lacking: str) -> None:
    whole = M8Settings.decode(settings_for().encode())
    assert isinstance(accept_ap_settings(dataclasses.replace(whole, **{lacking: None})), Refused)


def test_an_open_network_may_lack_the_key() -> None:
    whole = M8Settings.decode(settings_for(authentication_type=1, encryption_type=1).encode())
    found = accept_ap_settings(dataclasses.replace(whole, network_key=None))
    assert isinstance(found, Credential)
    assert found.network_key == b""


@pytest.mark.parametrize(("error", "message"), [(15, 12), (0, 12)])
def test_an_owner_that_does_not_want_other_settings(error: int, message: int) -> None:
    talk = exchange(registrar(settings_for()), access_point(Owner(refusal=Refusal(error))))
    assert outcomes(talk) == ([Failed(message, error)], [Failed(message, error)])


def test_an_enrollee_that_is_no_access_point_has_no_settings() -> None:
    assert isinstance(learned(M7Settings(e_snonce2=bytes(16)), STATION), Refused)


# ---- changed messages ----------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["M2", "M4", "M6", "M8"])
def test_the_access_point_leaves_over_a_foreign_nonce(which: str) -> None:
    change = spoil(which, put(ENROLLEE_NONCE, bytes(16)))
    talk = exchange(registrar(settings_for()), access_point(), change=change)
    assert talk.of(Failed, at_server=False) == []
    assert talk.of(Finished, at_server=False) == [Finished(False)]
    assert talk.of(Discarded, at_server=False)


@pytest.mark.parametrize("which", ["M3", "M5", "M7", "WSC_Done"])
def test_the_registrar_leaves_over_a_foreign_nonce(which: str) -> None:
    change = spoil(which, put(REGISTRAR_NONCE, bytes(16)))
    talk = exchange(registrar(settings_for()), access_point(), change=change)
    assert talk.of(Failed, at_server=True) == []
    assert talk.of(Finished, at_server=True)[0].success is False
    assert not talk.of(CredentialsReceived, at_server=True)


@pytest.mark.parametrize("edit", [flip_last, drop(0x1005)])
@pytest.mark.parametrize(("which", "number"), [("M4", 8), ("M6", 10), ("M8", 12)])
def test_the_access_point_refuses_a_bad_authenticator(
    which: str, number: int, edit: object
) -> None:
    talk = exchange(registrar(settings_for()), access_point(), change=spoil(which, edit))
    assert outcomes(talk) == ([Failed(number, 0)], [Failed(number, 0)])
    assert not talk.of(SettingsReceived, at_server=False)


@pytest.mark.parametrize("edit", [flip_last, drop(0x1005)])
@pytest.mark.parametrize(("which", "number"), [("M3", 7), ("M5", 9), ("M7", 11)])
def test_the_registrar_refuses_a_bad_authenticator(
    which: str, number: int, edit: object
) -> None:
    talk = exchange(registrar(), access_point(), change=spoil(which, edit))
    assert outcomes(talk) == ([Failed(number, 0)], [Failed(number, 0)])
    assert names(talk)[-1] == "WSC_NACK"
    assert not talk.of(CredentialsReceived, at_server=True)


class Session:
    """A registrar and an access point after so many messages."""

    def __init__(self, steps: int, given: Credential | None = None) -> None:
        self.ap = access_point()
        self.station = registrar(given or settings_for())
        self.station.step(WscStart(), 0.0)
        self.sent = [one for one in self.ap.step(WscStart(), 0.0) if isinstance(one, WscSend)]
        for number in range(steps):
            machine = (self.station, self.ap)[number % 2]
            outputs = machine.step(WscReceived(self.sent[-1].op_code, self.sent[-1].octets), 0.0)
            self.sent += [one for one in outputs if isinstance(one, WscSend)]

    @property
    def nonces(self) -> dict[str, bytes]:
        m1 = decode_message(self.sent[0].octets)
        m2 = decode_message(self.sent[1].octets) if len(self.sent) > 1 else None
        return {
            "enrollee_nonce": m1.enrollee_nonce,  # type: ignore[union-attr]
            "registrar_nonce": bytes(16) if m2 is None else m2.registrar_nonce,  # type: ignore[union-attr]
        }


@pytest.mark.parametrize(
    ("steps", "failed"), [(1, []), (3, [Failed(7, 9)]), (5, [Failed(9, 9)]), (7, [Failed(11, 9)])]
)
def test_a_nack_at_any_time_ends_the_access_points_run(steps: int, failed: list[Failed]) -> None:
    session = Session(steps - 1)
    nack = WscNack(**session.nonces, configuration_error=9).encode()
    outputs = session.ap.step(WscReceived(OpCode.NACK, nack), 0.0)
    assert [one for one in outputs if isinstance(one, Failed)] == failed
    assert isinstance(outputs[-1], Finished)
    assert not [one for one in outputs if isinstance(one, WscSend)]


@pytest.mark.parametrize("steps", [0, 2, 4, 6, 8])
@pytest.mark.parametrize("kind", [WscAck, WscDone])
def test_ack_and_done_out_of_place_end_the_access_points_run(steps: int, kind: type) -> None:
    session = Session(steps)
    code = OpCode.ACK if kind is WscAck else OpCode.DONE
    if steps == 8 and kind is WscAck:
        return
    outputs = session.ap.step(WscReceived(code, kind(**session.nonces).encode()), 0.0)
    assert isinstance(outputs[-1], Finished)
    assert not outputs[-1].success
    assert not [one for one in outputs if isinstance(one, WscSend)]


def test_a_registrars_message_in_the_wrong_place_is_refused_by_its_number() -> None:
    session = Session(2)
    early = put(0x1022, b"\x0a")(Session(3).sent[3].octets)
    outputs = session.ap.step(WscReceived(4, early), 0.0)
    assert [one for one in outputs if isinstance(one, Failed)] == [Failed(10, 0)]
    (nack,) = [one for one in outputs if isinstance(one, WscSend)]
    assert nack.op_code == OpCode.NACK


@pytest.mark.parametrize("octets", [bytes.fromhex("104a000110"), b"\0\1\2"])
def test_what_is_no_message_ends_the_access_points_run(octets: bytes) -> None:
    outputs = Session(2).ap.step(WscReceived(4, octets), 0.0)
    assert [type(one) for one in outputs] == [Discarded, Finished]


def test_a_foreign_ack_of_done_is_none() -> None:
    session = Session(8)
    assert session.ap.state is EnrolleeState.EXPECT_ACK
    ack = WscAck(**(session.nonces | {"registrar_nonce": bytes(16)})).encode()
    outputs = session.ap.step(WscReceived(OpCode.ACK, ack), 0.0)
    assert isinstance(outputs[-1], Finished)
    assert not outputs[-1].success


@pytest.mark.parametrize("steps", range(10))
@pytest.mark.parametrize("message", range(10))
def test_messages_of_the_run_in_every_wrong_place(steps: int, message: int) -> None:
    """`take_step` asserts that the states are in the table."""
    sent = Session(9).sent
    for at_ap in (True, False):
        session = Session(steps)
        machine = session.ap if at_ap else session.station
        state = machine.state
        outputs = machine.step(WscReceived(sent[message].op_code, sent[message].octets), 0.0)
        machine.step(WscReceived(4, covered(sent[message].octets)), 0.0)
        if machine.state is state:
            assert any(isinstance(one, Discarded) for one in outputs)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 9),
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
    to_ap: bool,
) -> None:
    session = Session(steps)
    octets = bytearray(session.sent[-1].octets)
    for position, change in changes:
        octets[position % len(octets)] ^= change
    machine = session.ap if to_ap else session.station
    outputs = machine.step(WscReceived(op_code, bytes(octets) if garbage is None else garbage), 0.0)
    assert not [one for one in outputs if isinstance(one, SettingsReceived)]
    gone = EnrolleeState.GAVE_UP, EnrolleeState.DONE, RegistrarState.FINISHED
    if machine.state in gone:
        for given_up in (Cancel(), Timeout()):
            assert machine.step(given_up, 0.0) == ()


# ---- through EAP ---------------------------------------------------------------------------------


def server(owner: Owner | None = None, **options: Any) -> EapServer:
    return EapServer(
        lambda identity: access_point(owner) if identity == WSC_REGISTRAR else None,
        SeededEntropy(b"server"),
        **options,
    )


def talk_eap(ap: EapServer, peer: EapPeer) -> tuple[list[object], list[object]]:
    """Let both speak until both are silent; gives what each put out besides."""
    others: tuple[list[object], list[object]] = ([], [])
    queue = [(True, one) for one in ap.step(Begin(), 0.0)]
    while queue:
        from_ap, output = queue.pop(0)
        if not isinstance(output, Transmit):
            others[0 if from_ap else 1].append(output)
            continue
        other = peer if from_ap else ap
        queue += [(not from_ap, one) for one in other.step(EapReceived(output.octets), 0.0)]
    return others


@pytest.mark.parametrize("size", [60, 64, 100, 256, 1398])
def test_a_whole_run_through_eap_in_fragments(size: int) -> None:
    peer = EapPeer(WSC_REGISTRAR, registrar(settings_for()), size, awaits_start=False)
    at_ap, at_station = talk_eap(server(fragment_size=size), peer)
    assert at_ap[-1] == at_station[-1] == EapFinished(True)


@pytest.mark.parametrize("size", [64, 1398])
def test_learning_through_eap(size: int) -> None:
    peer = EapPeer(WSC_REGISTRAR, registrar(), size, awaits_start=False)
    at_ap, at_station = talk_eap(server(fragment_size=size), peer)
    assert at_ap[-1] == at_station[-1] == EapFinished(False)
    assert [one for one in at_station if isinstance(one, CredentialsReceived)]


def request(identifier: int, wsc: WscPacket) -> EapReceived:
    return EapReceived(wsc_packet(EapCode.REQUEST, identifier, wsc.encode()).encode())


def identified() -> EapPeer:
    peer = EapPeer(WSC_REGISTRAR, registrar(), awaits_start=False)
    peer.step(EapReceived(EapPacket(EapCode.REQUEST, 1, 1).encode()), 0.0)
    return peer


def test_a_registrar_begins_with_m1_and_not_with_start() -> None:
    peer = identified()
    (discarded,) = peer.step(request(2, WscPacket(OpCode.START)), 0.0)
    assert isinstance(discarded, Discarded)
    assert peer.state is PeerState.EXPECT_START
    (m1,) = [one for one in access_point().step(WscStart(), 0.0) if isinstance(one, WscSend)]
    outputs = peer.step(request(3, WscPacket(OpCode.MSG, data=m1.octets)), 0.0)
    assert [one for one in outputs if isinstance(one, Transmit)]


def test_what_is_no_m1_ends_the_registrars_run() -> None:
    peer = identified()
    outputs = peer.step(request(2, WscPacket(OpCode.MSG, data=b"\0" * 7)), 0.0)
    assert isinstance(outputs[-1], Finished)
    assert peer.state is PeerState.EXPECT_FAILURE
    assert peer.deadline() == 2.0


def test_an_enrollee_does_not_begin_with_a_message() -> None:
    peer = EapPeer(b"WFA-SimpleConfig-Enrollee-1-0", registrar())
    peer.step(EapReceived(EapPacket(EapCode.REQUEST, 1, 1).encode()), 0.0)
    (discarded,) = peer.step(request(2, WscPacket(OpCode.MSG, data=b"")), 0.0)
    assert isinstance(discarded, Discarded)
