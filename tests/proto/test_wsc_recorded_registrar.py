"""External registrars: wpa_supplicant with hostapd's AP PIN, derived and replayed by our code."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.ciphers.modes import CBC
from wsc_recording import REGISTRARS, Recording, load
from wsc_replay import Script, keys_of, pair_of, replay, said_by, settings_of

from harness.base.address import MacAddress
from harness.crypto import wsc as crypto
from harness.proto.eap_peer import EapPeer
from harness.proto.eap_server import Begin, EapServer
from harness.proto.eap_wsc import EapFinished
from harness.proto.machine import Output, Transmit
from harness.proto.wsc_enrollee import Enrollee, EnrolleeConfig
from harness.proto.wsc_registrar import Registrar
from harness.proto.wsc_registrar_config import ApTarget, RegistrarConfig
from harness.proto.wsc_run import (
    CredentialsReceived,
    Failed,
    Finished,
    Password,
    Refusal,
    SettingsReceived,
)
from harness.wire.eap import WSC_REGISTRAR
from harness.wire.wsc.check import check
from harness.wire.wsc.messages import M1, M2, covered
from harness.wire.wsc.settings import Credential, M7Settings, M8Settings, decode_settings

LEARNED = ("reg-learn", "reg-fragmented")
CONFIGURED = {
    "reg-configure": (b"renamed", 0x20, 0x08, b"newsecret"),
    "reg-open": (b"renamed", 0x01, 0x01, b""),
}
REFUSED = ("reg-locked", "reg-disabled")
WRONG = {"reg-first-half-wrong": 8, "reg-second-half-wrong": 10}
THROUGHOUT = (*LEARNED, *CONFIGURED)
M7_SETTINGS = bytes.fromhex(
    "1045000966726f6e746861756c"
    "10200006020000000000"
    "100300020020"
    "100f00020008"
    "1027001066726f6e746861756c20736563726574"
)


class Owner:
    """The access point that hostapd was."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording

    def ap_password(self) -> Password | Refusal:
        password = self.recording.told["enrollee_password"]
        locked = self.recording.told["name"] == "reg-locked"
        return Password(password.encode()) if password and not locked else Refusal(15)

    def ap_settings(self) -> bytes:
        return M7_SETTINGS

    def may_configure(self, settings: object) -> Refusal | None:
        return None


class User:
    """The policy of wpa_supplicant's registrar: the one PIN that was typed."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording

    def password_for(self, m1: M1) -> Password | Refusal:
        return Password(self.recording.told["registrar_password"].encode())

    def still_allowed(self, m1: M1) -> Refusal | None:
        return None

    def credentials_for(self, m1: M1) -> tuple[Credential, ...]:
        raise AssertionError("an access point is given settings, no Credential")


def ap_of(recording: Recording) -> Enrollee:
    """Make an Enrollee that has hostapd's secrets; what was never revealed is guessed."""
    m1 = recording.message("M1")
    drawn = [m1.enrollee_nonce]
    if "auth_key" in recording.told["enrollee"]:
        iv5, e_s1 = said_by(recording, "M5")
        iv7, e_s2 = said_by(recording, "M7")
        drawn += [e_s1 or bytes(16), e_s2 or bytes(16), iv5, iv7]
    config = EnrolleeConfig(
        mac=m1.mac_address,
        uuid=m1.uuid_e,
        device=m1.device,
        password=b"",
        device_password_id=m1.device_password_id,
        config_methods=m1.config_methods,
        rf_bands=m1.rf_bands,
        wps_state=m1.wps_state,
        os_version=0x01020304,
        key_pair=pair_of(recording, "enrollee"),
    )
    return Enrollee(config, Script(*drawn), Owner(recording))


def registrar_of(recording: Recording) -> Registrar:
    """Make a Registrar that has wpa_supplicant's secrets."""
    m2 = recording.message("M2")
    iv4, r_s1 = said_by(recording, "M4")
    iv6, r_s2 = said_by(recording, "M6")
    drawn = [m2.registrar_nonce, r_s1 or bytes(16), r_s2 or bytes(16), iv4, iv6]
    settings = None
    if recording.told["name"] in CONFIGURED:
        ssid, authentication, encryption, key = CONFIGURED[recording.told["name"]]
        settings = Credential(
            network_index=1,
            ssid=ssid,
            authentication_type=authentication,
            encryption_type=encryption,
            network_key=key,
            mac_address=MacAddress("02:00:00:00:01:00"),
        )
        drawn.append(recording.message("M8").encrypted_settings[:16])
    config = RegistrarConfig(
        uuid=m2.uuid_r,
        device=m2.device,
        config_methods=m2.config_methods,
        rf_bands=m2.rf_bands,
        key_pair=pair_of(recording, "registrar"),
        target=ApTarget(settings),
    )
    return Registrar(config, User(recording), Script(*drawn))


def peer_of(recording: Recording) -> EapPeer:
    size = 100 if recording.told["name"] == "reg-fragmented" else 1398
    return EapPeer(WSC_REGISTRAR, registrar_of(recording), size, awaits_start=False)


def server_of(recording: Recording, make: Callable[[Recording], Enrollee] = ap_of) -> EapServer:
    first = recording.packets[0][1]
    return EapServer(
        lambda identity: make(recording) if identity == WSC_REGISTRAR else None,
        Script(bytes(((first[1] - 1) & 0xFF,))),
        120 if recording.told["name"] == "reg-fragmented" else 1400,
    )


def spoken(recording: Recording, *, from_ap: bool) -> list[bytes]:
    return [octets for sender, octets in recording.packets if sender is from_ap]


def run_server(recording: Recording) -> tuple[list[bytes], list[Output]]:
    server = server_of(recording)
    begun = [one.octets for one in server.step(Begin(), 0.0) if isinstance(one, Transmit)]
    sent, outputs = replay(server, recording, from_ap=False)
    return begun + sent, outputs


@pytest.mark.parametrize("name", REGISTRARS)
def test_messages_encode_to_the_recorded_octets(name: str) -> None:
    for said in load(name).said:
        again = dataclasses.replace(said.message, octets=b"")
        assert again.encode() == said.message.octets, said.message.name
        assert check(said.message) == []


@pytest.mark.parametrize("name", [*THROUGHOUT, *WRONG])
def test_every_authenticator_verifies(name: str) -> None:
    recording = load(name)
    keys = keys_of(recording)
    assert keys.auth_key.hex() == recording.told["enrollee"]["auth_key"]
    authenticated = [one.message for one in recording.said if one.message.name.startswith("M")]
    assert len(authenticated) >= 4
    for previous, message in itertools.pairwise(authenticated):
        crypto.verify_authenticator(
            keys.auth_key, previous.octets, covered(message.octets), message.authenticator
        )


@pytest.mark.parametrize("name", THROUGHOUT)
def test_m7_holds_the_settings_of_the_access_point(name: str) -> None:
    plaintext = settings_of(load(name), "M7")
    settings = M7Settings.decode(plaintext)
    assert plaintext[20:] == M7_SETTINGS
    assert (settings.ssid, settings.network_key) == (b"fronthaul", b"fronthaul secret")
    assert (settings.authentication_type, settings.encryption_type) == (0x20, 0x08)


@pytest.mark.parametrize("name", CONFIGURED)
def test_m8_holds_the_new_settings(name: str) -> None:
    recording = load(name)
    plaintext = settings_of(recording, "M8")
    settings = decode_settings(recording.message("M8").message_type, plaintext)
    assert isinstance(settings, M8Settings)
    assert settings.encode() == plaintext
    given = settings.ssid, settings.authentication_type, settings.encryption_type
    assert (*given, settings.network_key) == CONFIGURED[name]
    assert settings.mac_address == MacAddress(recording.told["ap"])


@pytest.mark.parametrize("name", [*THROUGHOUT, *REFUSED])
def test_our_peer_says_what_wpa_supplicant_said(name: str) -> None:
    recording = load(name)
    sent, outputs = replay(peer_of(recording), recording, from_ap=True)
    assert sent == spoken(recording, from_ap=False)
    assert outputs[-1] == EapFinished(name in CONFIGURED)


@pytest.mark.parametrize("name", [*THROUGHOUT, *REFUSED])
def test_our_server_says_what_hostapd_said(name: str) -> None:
    recording = load(name)
    sent, outputs = run_server(recording)
    assert sent == spoken(recording, from_ap=True)
    assert outputs[-1] == EapFinished(name in CONFIGURED)


@pytest.mark.parametrize("name", LEARNED)
def test_learning_is_a_failure_that_brings_a_credential(name: str) -> None:
    recording = load(name)
    _, of_registrar = replay(peer_of(recording), recording, from_ap=True)
    (received,) = [one for one in of_registrar if isinstance(one, CredentialsReceived)]
    (credential,) = received.credentials
    assert (credential.ssid, credential.network_key) == (b"fronthaul", b"fronthaul secret")
    assert (credential.authentication_type, credential.encryption_type) == (0x20, 0x08)
    _, of_ap = run_server(recording)
    for outputs, events in ((of_registrar, "station_events"), (of_ap, "ap_events")):
        assert [one for one in outputs if isinstance(one, Failed)] == [Failed(11, 0)]
        assert "WPS-FAIL msg=11 config_error=0" in recording.told[events]


def unwrapped(recording: Recording) -> bytes:
    """What M8 holds, without its padding only."""
    value = recording.message("M8").encrypted_settings
    cipher = Cipher(AES128(keys_of(recording).key_wrap_key), CBC(value[:16])).decryptor()
    padded = cipher.update(value[16:]) + cipher.finalize()
    return padded[: -padded[-1]]


@pytest.mark.parametrize("name", CONFIGURED)
def test_configuring_brings_both_ends_the_new_settings(name: str) -> None:
    recording = load(name)
    _, of_registrar = replay(peer_of(recording), recording, from_ap=True)
    (received,) = [one for one in of_registrar if isinstance(one, CredentialsReceived)]
    _, of_ap = run_server(recording)
    (taken,) = [one for one in of_ap if isinstance(one, SettingsReceived)]
    assert taken.settings.octets == unwrapped(recording)
    assert taken.settings.octets.startswith(settings_of(recording, "M8"))
    for one in (*received.credentials, taken.settings):
        given = one.ssid, one.authentication_type, one.encryption_type, one.network_key
        assert given == CONFIGURED[name]


@pytest.mark.parametrize("name", REFUSED)
def test_a_locked_access_point_refuses_m2(name: str) -> None:
    recording = load(name)
    _, outputs = replay(peer_of(recording), recording, from_ap=True)
    assert [one for one in outputs if isinstance(one, Failed)] == [Failed(5, 15)]
    assert "WPS-FAIL msg=5 config_error=15" in recording.told["station_events"]
    _, outputs = run_server(recording)
    assert not [one for one in outputs if isinstance(one, Failed)]
    assert not [one for one in recording.told["ap_events"] if "FAIL msg" in one]


def test_a_peer_without_a_fit_method_refuses_eap_wsc() -> None:
    """As wpa_supplicant does when the new settings can't be given to anyone."""
    recording = load("reg-unfit")
    peer = EapPeer(WSC_REGISTRAR, None, awaits_start=False)
    sent, outputs = replay(peer, recording, from_ap=True)
    assert sent == spoken(recording, from_ap=False)
    assert outputs[-1] == EapFinished(False)
    server = server_of(recording)
    begun = [one.octets for one in server.step(Begin(), 0.0) if isinstance(one, Transmit)]
    sent, outputs = replay(server, recording, from_ap=False)
    assert begun + sent == spoken(recording, from_ap=True)
    assert outputs[-1] == EapFinished(False)


@pytest.mark.parametrize(("name", "message"), WRONG.items())
def test_a_wrong_half_is_refused_as_hostapd_did(name: str, message: int) -> None:
    """The Enrollee's own commitments were never revealed, so it is set where M3 had gone out."""
    recording = load(name)
    made: list[Enrollee] = []

    def make(recording: Recording) -> Enrollee:
        made.append(ap_of(recording))
        return made[0]

    server = server_of(recording, make)
    sent = [one.octets for one in server.step(Begin(), 0.0) if isinstance(one, Transmit)]
    outputs: list[Output] = []
    for from_ap, octets in recording.packets:
        if not from_ap:
            more, others = replay_one(server, octets)
            sent += more
            outputs += others
        if made and made[0].state.name == "EXPECT_M4":
            made[0]._channel.previous = recording.message("M3").octets
        if made and made[0].state.name == "EXPECT_M6":
            made[0]._channel.previous = recording.message("M5").octets
    assert sent[-2:] == spoken(recording, from_ap=True)[-2:]
    assert [one for one in outputs if isinstance(one, Failed)] == [Failed(message, 18)]
    assert f"WPS-FAIL msg={message} config_error=18" in recording.told["ap_events"]
    assert Finished(False, message, 18) in outputs


def replay_one(server: EapServer, octets: bytes) -> tuple[list[bytes], list[Output]]:
    one = Recording({}, packets=[(False, octets)])
    return replay(server, one, from_ap=False)


@pytest.mark.parametrize(("name", "message"), WRONG.items())
def test_our_registrar_is_told_as_wpa_supplicant_was(name: str, message: int) -> None:
    recording = load(name)
    sent, outputs = replay(peer_of(recording), recording, from_ap=True)
    assert sent[-1] == spoken(recording, from_ap=False)[-1]
    assert [one for one in outputs if isinstance(one, Failed)] == [Failed(message, 18)]
    assert f"WPS-FAIL msg={message} config_error=18" in recording.told["station_events"]
    assert outputs[-1] == EapFinished(False)


def test_decoded_messages_have_the_order_of_an_access_point_that_enrols() -> None:
    said = [(one.from_ap, one.message.name) for one in load("reg-configure").said]
    assert said[:3] == [(True, "M1"), (False, "M2"), (True, "M3")]
    assert said[-2:] == [(True, "WSC_Done"), (False, "WSC_ACK")]
    assert isinstance(load("reg-configure").said[1].message, M2)
