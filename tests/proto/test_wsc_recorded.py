"""Enrolments of the real wpa_supplicant with the real hostapd, derived and replayed by our code.

`tests/data/wsc/record.py` made them; the programs' debug logs gave the private keys.
"""

from __future__ import annotations

import dataclasses
import itertools

import pytest
from wsc_recording import KEYED, NAMES, SUCCESSFUL, Recording, load
from wsc_replay import Script, keys_of, pair_of, replay, said_by, settings_of

from harness.base.address import MacAddress
from harness.crypto import dh
from harness.crypto import wsc as crypto
from harness.proto.eap_peer import EapPeer
from harness.proto.eap_server import Begin, EapServer
from harness.proto.eap_wsc import EapFinished, EapReceived
from harness.proto.machine import Output, Transmit
from harness.proto.wsc_enrollee import Enrollee, EnrolleeConfig
from harness.proto.wsc_registrar import Registrar
from harness.proto.wsc_registrar_config import RegistrarConfig
from harness.proto.wsc_run import CredentialsReceived, Failed, Finished, Password, Refusal
from harness.wire.eap import WSC_ENROLLEE
from harness.wire.multi_ap import BACKHAUL_STA, FRONTHAUL_BSS, MultiApElement
from harness.wire.wsc.check import check
from harness.wire.wsc.device import AuthenticationType, EncryptionType
from harness.wire.wsc.element import (
    WscAssociationRequest,
    WscAssociationResponse,
    WscBeacon,
    WscProbeRequest,
    WscProbeResponse,
)
from harness.wire.wsc.messages import M1, M2, M3, M4, M5, M6, M7, M8, covered
from harness.wire.wsc.settings import (
    Credential,
    M4Settings,
    M5Settings,
    M6Settings,
    M7Settings,
    M8Settings,
    decode_settings,
)

FRONTHAUL = (b"fronthaul", b"fronthaul secret")
BACKHAUL = (b"backhaul", b"backhaul secret")


@pytest.mark.parametrize("name", NAMES)
def test_messages_encode_to_the_recorded_octets(name: str) -> None:
    for said in load(name).said:
        again = dataclasses.replace(said.message, octets=b"")
        assert again.encode() == said.message.octets, said.message.name


@pytest.mark.parametrize("name", NAMES)
def test_the_strict_check_has_nothing_against_real_messages(name: str) -> None:
    assert [check(said.message) for said in load(name).said] == [[]] * len(load(name).said)


@pytest.mark.parametrize("name", KEYED)
def test_shared_secret_and_public_keys_follow_from_either_private_key(name: str) -> None:
    recording = load(name)
    m1, m2 = recording.message("M1"), recording.message("M2")
    for end, own, peer in (("enrollee", m1, m2), ("registrar", m2, m1)):
        told = recording.told[end]
        private = bytes.fromhex(told["private_key"])
        assert dh.public_key(private) == own.public_key
        assert dh.shared(private, peer.public_key).hex() == told["shared_secret"]


@pytest.mark.parametrize("name", KEYED)
def test_keys_are_those_of_both_programs(name: str) -> None:
    recording = load(name)
    m1, m2 = recording.message("M1"), recording.message("M2")
    keys = keys_of(recording)
    for end in ("enrollee", "registrar"):
        told = recording.told[end]
        secret = bytes.fromhex(told["shared_secret"])
        kdk = crypto.derive_kdk(secret, m1.enrollee_nonce, m1.mac_address, m2.registrar_nonce)
        assert kdk.hex() == told["kdk"]
        assert keys.auth_key.hex() == told["auth_key"]
        assert keys.key_wrap_key.hex() == told["key_wrap_key"]
        assert keys.emsk.hex() == told["emsk"]


@pytest.mark.parametrize("name", KEYED)
def test_every_authenticator_verifies(name: str) -> None:
    recording = load(name)
    keys = keys_of(recording)
    authenticated = [one.message for one in recording.said if one.message.name.startswith("M")]
    assert len(authenticated) >= 4
    for previous, message in itertools.pairwise(authenticated):
        crypto.verify_authenticator(
            keys.auth_key, previous.octets, covered(message.octets), message.authenticator
        )


@pytest.mark.parametrize("name", SUCCESSFUL)
def test_all_four_commitments_open(name: str) -> None:
    recording = load(name)
    keys = keys_of(recording)
    pke, pkr = recording.message("M1").public_key, recording.message("M2").public_key
    password = recording.told["registrar_password"].encode()
    psk1, psk2 = crypto.psk_halves(keys.auth_key, password)
    m3, m4 = recording.message("M3"), recording.message("M4")
    opened = (
        (M4Settings.decode(settings_of(recording, "M4")).r_snonce1, psk1, m4.r_hash1),
        (M5Settings.decode(settings_of(recording, "M5")).e_snonce1, psk1, m3.e_hash1),
        (M6Settings.decode(settings_of(recording, "M6")).r_snonce2, psk2, m4.r_hash2),
        (M7Settings.decode(settings_of(recording, "M7")).e_snonce2, psk2, m3.e_hash2),
    )
    for snonce, psk, commitment in opened:
        assert crypto.commitment(keys.auth_key, snonce, psk, pke, pkr) == commitment


@pytest.mark.parametrize("name", SUCCESSFUL)
def test_settings_encode_to_the_recorded_octets(name: str) -> None:
    recording = load(name)
    for one in ("M4", "M5", "M6", "M7", "M8"):
        plaintext = settings_of(recording, one)
        settings = decode_settings(recording.message(one).message_type, plaintext)
        assert settings.encode() == plaintext
        assert check(settings) == []


@pytest.mark.parametrize("name", SUCCESSFUL)
def test_m8_holds_the_credential(name: str) -> None:
    recording = load(name)
    (value,) = M8Settings.decode(settings_of(recording, "M8")).credentials
    credential = Credential.decode(value)
    ssid, key = BACKHAUL if name == "pbc-backhaul" else FRONTHAUL
    assert credential.ssid == ssid
    assert credential.network_key == key
    assert credential.authentication_type == AuthenticationType.WPA2_PSK
    assert credential.encryption_type == EncryptionType.AES
    assert credential.mac_address == MacAddress(recording.told["station"])
    assert dataclasses.replace(credential, octets=b"").encode() == value


def test_multi_ap_is_asked_for_in_m1_and_in_association() -> None:
    backhaul, plain = load("pbc-backhaul"), load("pbc")
    assert backhaul.message("M1").multi_ap == BACKHAUL_STA
    assert plain.message("M1").multi_ap is None
    request, response = backhaul.elements(0x00).multi_ap, backhaul.elements(0x10).multi_ap
    assert request is not None
    assert response is not None
    assert MultiApElement.decode(request) == MultiApElement(flags=BACKHAUL_STA)
    assert MultiApElement.decode(response) == MultiApElement(flags=FRONTHAUL_BSS)
    assert MultiApElement.decode(response).element() in backhaul.elements(0x10).octets
    assert plain.elements(0x00).multi_ap is None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("control", "form"),
    [
        (0x80, WscBeacon),
        (0x40, WscProbeRequest),
        (0x50, WscProbeResponse),
        (0x00, WscAssociationRequest),
        (0x10, WscAssociationResponse),
    ],
)
def test_elements_encode_to_the_recorded_octets(name: str, control: int, form: type) -> None:
    octets = load(name).elements(control).wsc
    assert octets
    element = form.decode(octets)
    assert element.rest == ()
    assert element.encode() == octets
    assert check(element) == []


# ---- replay: our machines with the programs' secrets say the programs' octets ----------------


class Owner:
    """The policy that hostapd had."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording

    def password_for(self, m1: M1) -> Password | Refusal:
        password = self.recording.told["registrar_password"]
        return Password(password.encode()) if password else Refusal()

    def still_allowed(self, m1: M1) -> Refusal | None:
        return None

    def credentials_for(self, m1: M1) -> tuple[Credential, ...]:
        ssid, key = BACKHAUL if m1.multi_ap == BACKHAUL_STA else FRONTHAUL
        return (
            Credential(
                network_index=1,
                ssid=ssid,
                authentication_type=AuthenticationType.WPA2_PSK,
                encryption_type=EncryptionType.AES,
                network_key=key,
                mac_address=m1.mac_address,
            ),
        )


def registrar_of(recording: Recording) -> Registrar:
    """Make a Registrar that has hostapd's secrets; what was never revealed is guessed."""
    described = next(one.message for one in recording.said if one.message.name in ("M2", "M2D"))
    drawn: list[bytes] = []
    pair = None
    if isinstance(described, M2):
        pair = pair_of(recording, "registrar")
        iv4, r_s1 = said_by(recording, "M4")
        iv6, r_s2 = said_by(recording, "M6")
        drawn = [described.registrar_nonce, r_s1, r_s2 or bytes(16), iv4, iv6]
        if any(one.message.name == "M8" for one in recording.said):
            drawn.append(recording.message("M8").encrypted_settings[:16])
    config = RegistrarConfig(
        uuid=described.uuid_r,
        device=described.device,
        config_methods=described.config_methods,
        rf_bands=described.rf_bands,
        os_version=0x01020304,
        key_pair=pair,
    )
    return Registrar(config, Owner(recording), Script(*drawn))


def enrollee_of(recording: Recording) -> Enrollee:
    """Make an Enrollee that has wpa_supplicant's secrets."""
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
        password=recording.told["enrollee_password"].encode(),
        device_password_id=m1.device_password_id,
        config_methods=m1.config_methods,
        rf_bands=m1.rf_bands,
        multi_ap=m1.multi_ap,
        key_pair=pair_of(recording, "enrollee"),
    )
    return Enrollee(config, Script(*drawn))


def fragment_size(recording: Recording, otherwise: int, small: int) -> int:
    return small if recording.told["name"] == "pbc-fragmented" else otherwise


@pytest.mark.parametrize("name", SUCCESSFUL)
def test_our_peer_says_what_wpa_supplicant_said(name: str) -> None:
    recording = load(name)
    peer = EapPeer(WSC_ENROLLEE, enrollee_of(recording), fragment_size(recording, 1398, 100))
    sent, outputs = replay(peer, recording, from_ap=True)
    assert sent == [octets for from_ap, octets in recording.packets if not from_ap]
    assert Finished(True) in outputs
    (received,) = [one for one in outputs if isinstance(one, CredentialsReceived)]
    ssid, key = BACKHAUL if name == "pbc-backhaul" else FRONTHAUL
    assert [(one.ssid, one.network_key) for one in received.credentials] == [(ssid, key)]
    assert outputs[-1] == EapFinished(True)


@pytest.mark.parametrize("name", SUCCESSFUL)
def test_our_server_says_what_hostapd_said(name: str) -> None:
    recording = load(name)
    first = recording.packets[0][1]
    server = EapServer(
        lambda identity: registrar_of(recording) if identity == WSC_ENROLLEE else None,
        Script(bytes(((first[1] - 1) & 0xFF,))),
        fragment_size(recording, 1400, 120),
    )
    begun = [one.octets for one in server.step(Begin(), 0.0) if isinstance(one, Transmit)]
    sent, outputs = replay(server, recording, from_ap=False)
    recorded = [octets for from_ap, octets in recording.packets if from_ap]
    assert begun + sent == recorded
    assert outputs[-1] == EapFinished(True)


def test_unknown_pin_gives_the_same_m2d_and_ack() -> None:
    recording = load("pin-unknown")
    peer = EapPeer(WSC_ENROLLEE, enrollee_of(recording))
    sent, outputs = replay(peer, recording, from_ap=True)
    assert sent == [octets for from_ap, octets in recording.packets if not from_ap]
    assert outputs[-1] == EapFinished(False)
    assert not [one for one in outputs if isinstance(one, Failed)]
    first = recording.packets[0][1]
    server = EapServer(
        lambda identity: registrar_of(recording), Script(bytes(((first[1] - 1) & 0xFF,)))
    )
    begun = [one.octets for one in server.step(Begin(), 0.0) if isinstance(one, Transmit)]
    sent, outputs = replay(server, recording, from_ap=False)
    assert begun + sent == [octets for from_ap, octets in recording.packets if from_ap]
    assert not [one for one in outputs if isinstance(one, Failed)]


@pytest.mark.parametrize(
    ("name", "message"), [("pin-first-half-wrong", 8), ("pin-second-half-wrong", 10)]
)
def test_wrong_half_is_proved_by_the_registrars_commitments(name: str, message: int) -> None:
    recording = load(name)
    keys = keys_of(recording)
    pke, pkr = recording.message("M1").public_key, recording.message("M2").public_key
    m4 = recording.message("M4")
    half, decoder, commitment = (
        (0, M4Settings, m4.r_hash1) if message == 8 else (1, M6Settings, m4.r_hash2)
    )
    settings = decoder.decode(settings_of(recording, "M4" if message == 8 else "M6"))
    snonce = settings.r_snonce1 if message == 8 else settings.r_snonce2
    for password, right in (("registrar_password", True), ("enrollee_password", False)):
        psk = crypto.psk_halves(keys.auth_key, recording.told[password].encode())[half]
        computed = crypto.commitment(keys.auth_key, snonce, psk, pke, pkr)
        assert (computed == commitment) is right
    event = f"WPS-FAIL msg={message} config_error=18"
    assert event in recording.told["ap_events"]
    assert event in recording.told["station_events"]


@pytest.mark.parametrize(
    ("name", "message"), [("pin-first-half-wrong", 8), ("pin-second-half-wrong", 10)]
)
def test_our_enrollee_refuses_the_wrong_half_as_wpa_supplicant_did(
    name: str, message: int
) -> None:
    """The Enrollee's own commitments were never revealed, so it is set where M3 had gone out."""
    recording = load(name)
    enrollee = enrollee_of(recording)
    peer = EapPeer(WSC_ENROLLEE, enrollee)
    sent: list[bytes] = []
    outputs: list[Output] = []
    latest = {name: recording.message(name).octets for name in ("M3",)}
    for from_ap, octets in recording.packets:
        if not from_ap:
            continue
        for output in peer.step(EapReceived(octets), 0.0):
            (sent if isinstance(output, Transmit) else outputs).append(
                output.octets if isinstance(output, Transmit) else output
            )
        if enrollee.state.name == "EXPECT_M4":
            enrollee._channel.previous = latest["M3"]
        if enrollee.state.name == "EXPECT_M6":
            enrollee._channel.previous = recording.message("M5").octets
    assert sent[-1] == [octets for from_ap, octets in recording.packets if not from_ap][-1]
    assert Failed(message, 18) in outputs
    assert Finished(False, message, 18) in outputs


@pytest.mark.parametrize(
    ("name", "message"), [("pin-first-half-wrong", 8), ("pin-second-half-wrong", 10)]
)
def test_our_registrar_reports_the_wrong_half_as_hostapd_did(name: str, message: int) -> None:
    recording = load(name)
    first = recording.packets[0][1]
    server = EapServer(
        lambda identity: registrar_of(recording), Script(bytes(((first[1] - 1) & 0xFF,)))
    )
    server.step(Begin(), 0.0)
    sent, outputs = replay(server, recording, from_ap=False)
    assert sent[-1] == recording.packets[-1][1]
    assert [one for one in outputs if isinstance(one, Failed)] == [Failed(message, 18)]
    assert outputs[-1] == EapFinished(False)


def test_decoded_messages_have_the_classes_that_their_names_say() -> None:
    classes = [type(one.message) for one in load("pbc").said[:8]]
    assert classes == [M1, M2, M3, M4, M5, M6, M7, M8]
