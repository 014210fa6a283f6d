"""Enrolment by octets: an Enrollee machine behind an EAP peer, or frames made by hand."""

from __future__ import annotations

import dataclasses

import pytest
from ap_enrollee import (
    EAP_BEGUN,
    PUSH_BUTTON,
    TEXT_A,
    UUID_A,
    UUID_B,
    EnrollingStation,
    after,
    pressed,
)
from ap_stage import ALICE, BOB, HOME, MULTI_AP, RSNE, WSC, ScriptedStation, Stage

from harness.ap.config import BssConfig
from harness.base.address import BROADCAST
from harness.base.seam import AddPeerVlan, ChangeBeacon
from harness.base.seam_events import EapolReceived
from harness.crypto.psk import derive_psk
from harness.wire.dot11.elements import wsc_element
from harness.wire.dot11.frames import Deauthentication, ProbeResponse
from harness.wire.eap import EapCode, EapPacket
from harness.wire.eapol import EAPOL_EAP, EAPOL_LOGOFF, EAPOL_START, EapolFrame
from harness.wire.wsc.element import (
    WscBeacon,
    WscProbeResponse,
    decode_beacon,
    decode_probe_response,
)

START = EapolFrame(1, EAPOL_START).encode()
WSC_1 = wsc_element(bytes.fromhex("104a000110103a000101"))
LOGOFF = EapolFrame(1, EAPOL_LOGOFF).encode()

FRONTHAUL = dataclasses.replace(
    HOME,
    multi_ap=2,
    multi_ap_backhaul_ssid=b"backhaul",
    multi_ap_backhaul_passphrase="battery staple",
)


# ---- the button ----------------------------------------------------------------------------------


def wsc_of_beacon(stage: Stage, interface: str = "wlan0") -> WscBeacon:
    octets = stage.beacon(interface).elements.wsc
    assert octets is not None
    return decode_beacon(octets)


def test_the_button_shows_in_the_beacon() -> None:
    stage = pressed()
    beacon = wsc_of_beacon(stage)
    assert beacon.selected_registrar
    assert beacon.device_password_id == 4
    assert beacon.selected_registrar_config_methods == 0x2588
    assert beacon.wfa is not None
    assert beacon.wfa.authorized_macs == (BROADCAST,)
    stage.advance(120)
    assert wsc_of_beacon(stage).selected_registrar is None
    assert stage.lines[-2:] == ["WPS-PBC-ACTIVE ", "WPS-TIMEOUT "]


def test_probe_response_describes_the_device() -> None:
    stage = pressed()
    ScriptedStation(stage).probe()
    response = stage.last(ProbeResponse)
    assert isinstance(response, ProbeResponse)
    assert response.elements.wsc is not None
    wsc = decode_probe_response(response.elements.wsc)
    assert isinstance(wsc, WscProbeResponse)
    assert wsc.uuid_e == stage.ap.uuid
    assert wsc.response_type == 3
    assert wsc.manufacturer == stage.config.device.manufacturer
    assert wsc.config_methods == 0x2108
    assert wsc.selected_registrar


def test_only_bsss_with_wps_change_their_beacons() -> None:
    stage = Stage(FRONTHAUL, BssConfig(interface="wlan1", ssid=b"backhaul", multi_ap=1))
    before = len(stage.commands)
    stage.do(stage.ap.wps_pbc(stage.now))
    assert [
        each.interface for each in stage.commands[before:] if isinstance(each, ChangeBeacon)
    ] == ["wlan0"]


# ---- good runs -----------------------------------------------------------------------------------


def test_push_button_enrolment() -> None:
    stage = pressed()
    alice = EnrollingStation(stage)
    alice.enrol()
    assert after(stage.lines, "WPS-PBC-ACTIVE ") == [
        *EAP_BEGUN,
        f"WPS-REG-SUCCESS {ALICE} {TEXT_A}",
        "WPS-PBC-DISABLE ",
        "WPS-SUCCESS ",
        f"CTRL-EVENT-EAP-FAILURE {ALICE}",
    ]
    assert alice.credential.ssid == b"home"
    assert alice.credential.network_key == b"correct horse"
    assert (alice.credential.authentication_type, alice.credential.encryption_type) == (0x20, 8)
    assert alice.credential.mac_address == ALICE
    assert wsc_of_beacon(stage).selected_registrar is None
    assert stage.authorized == set()
    assert stage.ap.wps_status.result.value == "Success"


def test_the_enrolled_station_is_deauthenticated_10_ms_later() -> None:
    stage = pressed()
    EnrollingStation(stage).enrol()
    frames = len(stage.frames)
    stage.advance(0.0099)
    assert len(stage.frames) == frames
    stage.advance(0.0002)
    sent = stage.frames[-1]
    assert isinstance(sent, Deauthentication)
    assert (sent.header.a1, sent.reason) == (ALICE, 23)
    assert stage.peers["wlan0"] == {}


def test_enrolment_then_connection() -> None:
    stage = pressed()
    alice = EnrollingStation(stage)
    alice.enrol()
    stage.advance(1.0)
    alice.join_with_key(derive_psk("correct horse", b"home"))
    assert stage.lines[-2:] == [
        f"AP-STA-CONNECTED {ALICE}",
        f"EAPOL-4WAY-HS-COMPLETED {ALICE}",
    ]


@pytest.mark.parametrize("fragment_size", [100, 400])
def test_enrolment_in_fragments(fragment_size: int) -> None:
    stage = pressed()
    alice = EnrollingStation(stage)
    alice.enrol(fragment_size=fragment_size)
    assert alice.credential.network_key == b"correct horse"


def test_pin_enrolment() -> None:
    stage = Stage()
    stage.do(stage.ap.wps_pin("12345670", stage.now, UUID_A, address=ALICE))
    beacon = wsc_of_beacon(stage)
    assert beacon.device_password_id == 0
    assert beacon.wfa is not None
    assert beacon.wfa.authorized_macs == (ALICE,)
    alice = EnrollingStation(stage)
    alice.enrol(pin=b"12345670")
    assert stage.lines[1:] == [
        *EAP_BEGUN,
        f"WPS-REG-SUCCESS {ALICE} {TEXT_A}",
        "WPS-SUCCESS ",
        f"CTRL-EVENT-EAP-FAILURE {ALICE}",
    ]
    assert alice.credential.network_key == b"correct horse"
    assert wsc_of_beacon(stage).selected_registrar is None
    assert wsc_of_beacon(stage).wfa.authorized_macs is None  # type: ignore[union-attr]


def test_an_enrollee_without_display_gets_the_psk_in_hex() -> None:
    stage = pressed()
    alice = EnrollingStation(stage)
    alice.enrol(config_methods=PUSH_BUTTON)
    psk = derive_psk("correct horse", b"home")
    assert alice.credential.network_key == psk.hex().encode()


def test_an_open_network_is_given_too() -> None:
    stage = pressed(BssConfig(interface="wlan0", ssid=b"cafe", wps_state=2))
    alice = EnrollingStation(stage)
    alice.enrol()
    assert (alice.credential.ssid, alice.credential.network_key) == (b"cafe", b"")
    assert (alice.credential.authentication_type, alice.credential.encryption_type) == (1, 1)


# ---- Multi-AP ------------------------------------------------------------------------------------


def test_a_backhaul_station_gets_the_backhaul_credential() -> None:
    stage = pressed(FRONTHAUL)
    alice = EnrollingStation(stage)
    alice.enrol(multi_ap=0x80, extra=WSC + MULTI_AP)
    assert alice.credential.ssid == b"backhaul"
    assert alice.credential.network_key == b"battery staple"
    assert (alice.credential.authentication_type, alice.credential.encryption_type) == (0x20, 8)
    assert not any(isinstance(each, AddPeerVlan) for each in stage.commands)


def test_a_psk_for_the_backhaul_is_given_in_hex() -> None:
    stage = pressed(
        dataclasses.replace(
            FRONTHAUL, multi_ap_backhaul_passphrase=None, multi_ap_backhaul_psk=b"\xab" * 32
        )
    )
    alice = EnrollingStation(stage)
    alice.enrol(multi_ap=0x80, extra=WSC + MULTI_AP)
    assert alice.credential.network_key == b"ab" * 32


@pytest.mark.parametrize(
    ("bss", "multi_ap"),
    [
        (FRONTHAUL, None),
        (FRONTHAUL, 0xC0),
        (dataclasses.replace(FRONTHAUL, multi_ap_backhaul_ssid=None), 0x80),
        (dataclasses.replace(FRONTHAUL, multi_ap=1), 0x80),
        (dataclasses.replace(HOME, multi_ap=3), 0x80),
    ],
)
def test_who_gets_the_ordinary_credential(bss: BssConfig, multi_ap: int | None) -> None:
    stage = pressed(bss)
    alice = EnrollingStation(stage)
    alice.enrol(multi_ap=multi_ap, extra=WSC + MULTI_AP)
    assert (alice.credential.ssid, alice.credential.network_key) == (b"home", b"correct horse")


def test_an_enrolling_backhaul_station_keeps_three_addresses() -> None:
    stage = pressed(dataclasses.replace(HOME, multi_ap=3, bridge="br0"))
    EnrollingStation(stage).enrol(multi_ap=0x80, extra=WSC + MULTI_AP)
    assert not stage.vlans


# ---- an unconfigured network ---------------------------------------------------------------------

UNCONFIGURED = BssConfig(interface="wlan0", ssid=b"new", wps_state=1)


def test_the_first_enrollee_makes_the_network_configured() -> None:
    stage = pressed(UNCONFIGURED)
    assert wsc_of_beacon(stage).wps_state == 1
    alice = EnrollingStation(stage)
    alice.enrol()
    assert after(stage.lines, EAP_BEGUN[-1]) == [
        "WPS-NEW-AP-SETTINGS ",
        f"WPS-REG-SUCCESS {ALICE} {TEXT_A}",
        "WPS-PBC-DISABLE ",
        "WPS-SUCCESS ",
        f"CTRL-EVENT-EAP-FAILURE {ALICE}",
    ]
    key = alice.credential.network_key
    assert key is not None
    assert len(key) == 22
    assert (alice.credential.authentication_type, alice.credential.encryption_type) == (0x20, 8)
    stage.advance(1.0)
    assert wsc_of_beacon(stage).wps_state == 2
    assert stage.beacon().elements.rsn is not None
    assert stage.ap.config.bsss[0].passphrase == key.decode()
    alice.join_with_key(derive_psk(key, b"new"))
    assert stage.lines[-1] == f"EAPOL-4WAY-HS-COMPLETED {ALICE}"


def test_the_second_enrollee_gets_the_same_key() -> None:
    stage = pressed(UNCONFIGURED)
    alice, bob = EnrollingStation(stage, ALICE), EnrollingStation(stage, BOB)
    alice.enrol()
    stage.advance(1.0)
    stage.do(stage.ap.wps_pbc(stage.now))
    bob.enrol(uuid=UUID_B)
    assert bob.credential.network_key == alice.credential.network_key
    assert stage.lines.count("WPS-NEW-AP-SETTINGS ") == 1


def test_a_backhaul_enrollee_leaves_an_unconfigured_network_so() -> None:
    stage = pressed(dataclasses.replace(FRONTHAUL, wps_state=1))
    alice = EnrollingStation(stage)
    alice.enrol(multi_ap=0x80, extra=WSC + MULTI_AP)
    stage.advance(1.0)
    assert alice.credential.ssid == b"backhaul"
    assert wsc_of_beacon(stage).wps_state == 1
    assert stage.ap.config.bsss[0].passphrase == "correct horse"


# ---- refusals and failures -----------------------------------------------------------------------


def test_no_button() -> None:
    stage = Stage()
    EnrollingStation(stage).enrol()
    assert stage.lines[1:] == [*EAP_BEGUN, f"CTRL-EVENT-EAP-FAILURE {ALICE}"]


def test_no_pin() -> None:
    stage = Stage()
    EnrollingStation(stage).enrol(pin=b"12345670")
    assert stage.lines[1:] == [
        *EAP_BEGUN,
        f"WPS-PIN-NEEDED {TEXT_A} {ALICE} [Bedside lamp|Acme|Lamp|L1|7|6-0050F204-1]",
        f"CTRL-EVENT-EAP-FAILURE {ALICE}",
    ]


@pytest.mark.parametrize(
    ("pin", "message"), [(b"99995670", 8), (b"12349999", 10)], ids=["first half", "second half"]
)
def test_wrong_pin(pin: bytes, message: int) -> None:
    stage = Stage()
    stage.do(stage.ap.wps_pin("12345670", stage.now, UUID_A))
    EnrollingStation(stage).enrol(pin=pin)
    assert stage.lines[1:] == [
        *EAP_BEGUN,
        f"WPS-FAIL msg={message} config_error=18",
        f"CTRL-EVENT-EAP-FAILURE {ALICE}",
    ]
    assert stage.ap.wps_status.result.value == "Failed"
    assert stage.ap.wps_status.peer == ALICE


def test_a_revealed_pin_is_gone_and_an_unrevealed_one_stays() -> None:
    for pin, needed in ((b"12349999", True), (b"99995670", False)):
        stage = Stage()
        stage.do(stage.ap.wps_pin("12345670", stage.now, UUID_A))
        alice = EnrollingStation(stage)
        alice.enrol(pin=pin)
        stage.advance(1.0)
        alice.enrol(pin=b"12345670")
        asked = any(line.startswith("WPS-PIN-NEEDED") for line in stage.lines)
        assert asked == needed


def test_a_strange_identity() -> None:
    stage = pressed()
    EnrollingStation(stage).enrol(identity=b"somebody")
    assert after(stage.lines, "WPS-PBC-ACTIVE ") == [
        *EAP_BEGUN[:2],
        f"CTRL-EVENT-EAP-FAILURE {ALICE}",
    ]


# ---- when EAP begins, and silence ----------------------------------------------------------------


def test_wps_1_waits_for_eapol_start() -> None:
    stage = pressed()
    alice = EnrollingStation(stage)
    alice.enrol(extra=WSC_1)
    assert alice.eapol == []
    alice.send_eapol(START)
    assert "WPS-SUCCESS " in stage.lines


def test_a_station_without_any_security_may_yet_enrol() -> None:
    stage = pressed()
    alice = EnrollingStation(stage)
    alice.enrol(extra=b"")
    assert alice.eapol == []
    alice.send_eapol(START)
    assert "WPS-SUCCESS " in stage.lines


def test_eapol_start_begins_anew() -> None:
    stage = pressed()
    alice = ScriptedStation(stage)
    alice.join(WSC)
    first = EapPacket.decode(EapolFrame.decode(alice.eapol[-1]).body)
    alice.send_eapol(START)
    again = EapPacket.decode(EapolFrame.decode(alice.eapol[-1]).body)
    assert again.type == first.type == 1
    assert again.identifier == (first.identifier + 1) % 256
    assert stage.lines.count(EAP_BEGUN[0]) == 2


def test_eap_begins_unseen_before_wps_1_asks_for_it() -> None:
    stage = pressed()
    alice = ScriptedStation(stage)
    alice.join(WSC_1)
    assert stage.lines[-2:] == list(EAP_BEGUN[:2])
    stage.advance(4)
    assert stage.lines[-1] == f"CTRL-EVENT-EAP-RETRANSMIT {ALICE}"
    assert alice.eapol == []
    alice.send_eapol(START)
    assert stage.lines[-2:] == list(EAP_BEGUN[:2])
    assert len(alice.eapol) == 1


@pytest.mark.parametrize("element", [WSC, WSC_1, b""])
def test_who_makes_eap_begin_a_third_time_is_sent_away(element: bytes) -> None:
    stage = pressed()
    alice = ScriptedStation(stage)
    alice.join(element)
    alice.send_eapol(START)
    assert ALICE in stage.peers["wlan0"]
    told = len(stage.lines)
    alice.send_eapol(START)
    assert stage.lines[told:] == [*EAP_BEGUN[:2], *EAP_BEGUN[:2]]
    sent = stage.last(Deauthentication, ALICE)
    assert isinstance(sent, Deauthentication)
    assert sent.reason == 23
    assert stage.peers["wlan0"] == {}
    stations = stage.ap.bss("wlan0").stations
    stage.advance(4.9)
    kept = stations.get(ALICE)
    assert kept is not None
    assert "[AUTH]" not in kept.flags
    stage.advance(0.2)
    assert stations.get(ALICE) is None


def test_who_was_sent_away_in_eap_may_come_back_at_once() -> None:
    stage = pressed()
    alice = ScriptedStation(stage)
    alice.join(WSC)
    alice.send_eapol(START)
    alice.send_eapol(START)
    assert stage.peers["wlan0"] == {}
    assert alice.join(WSC).status == 0
    assert ALICE in stage.peers["wlan0"]


def test_logoff_ends_the_association() -> None:
    stage = pressed()
    alice = ScriptedStation(stage)
    alice.join(WSC)
    alice.send_eapol(LOGOFF)
    sent = stage.last(Deauthentication, ALICE)
    assert isinstance(sent, Deauthentication)
    assert sent.reason == 23


def test_a_silent_enrollee_is_asked_three_times_then_from_the_start() -> None:
    stage = pressed()
    alice = EnrollingStation(stage)
    whole = alice._answer_eap
    alice._answer_eap = (  # type: ignore[method-assign]
        lambda payload: whole(payload) if len(alice.eapol) < 2 else []
    )
    alice.enrol()
    stage.advance(15.0)
    assert after(stage.lines, EAP_BEGUN[-1]) == [
        f"CTRL-EVENT-EAP-RETRANSMIT {ALICE}",
        f"CTRL-EVENT-EAP-RETRANSMIT {ALICE}",
        f"CTRL-EVENT-EAP-RETRANSMIT {ALICE}",
        f"CTRL-EVENT-EAP-TIMEOUT-FAILURE {ALICE}",
        *EAP_BEGUN[:2],
    ]
    stage.advance(100.0)
    sent = stage.last(Deauthentication, ALICE)
    assert isinstance(sent, Deauthentication)
    assert sent.reason == 23
    assert stage.peers["wlan0"] == {}


def test_a_station_that_leaves_during_its_run_frees_the_pin() -> None:
    stage = Stage()
    stage.do(stage.ap.wps_pin("12345670", stage.now, UUID_A))
    alice = EnrollingStation(stage)
    whole = alice._answer_eap
    alice._answer_eap = (  # type: ignore[method-assign]
        lambda payload: whole(payload) if len(alice.eapol) < 4 else []
    )
    alice.enrol(pin=b"12345670")
    alice.leave()
    alice._answer_eap = whole  # type: ignore[method-assign]
    alice.eapol.clear()
    alice.enrol(pin=b"12345670")
    assert "WPS-SUCCESS " in stage.lines


def test_early_eapol_is_kept_for_200_ms() -> None:
    for delay, begun in ((0.1, True), (0.3, False)):
        stage = Stage()
        alice = ScriptedStation(stage)
        alice.authenticate()
        stage.hold_status = True
        alice.associate(WSC_1)
        alice.send_eapol(START)
        stage.now += delay
        stage.release_status()
        assert bool(alice.eapol) == begun


def test_eapol_without_association_is_dropped() -> None:
    stage = Stage()
    stage.feed(EapolReceived(interface="wlan0", source=ALICE, payload=START, encrypted=False))
    assert stage.lines == ["AP-ENABLED "]


def test_eap_success_from_a_station_is_no_answer() -> None:
    stage = pressed()
    alice = ScriptedStation(stage)
    alice.join(WSC)
    before = len(alice.eapol)
    packet = EapPacket(EapCode.SUCCESS, 0).encode()
    alice.send_eapol(EapolFrame(1, EAPOL_EAP, packet).encode())
    assert len(alice.eapol) == before


# ---- on an open network --------------------------------------------------------------------------


def test_eapol_start_unauthorises_on_an_open_network() -> None:
    stage = pressed(BssConfig(interface="wlan0", ssid=b"cafe", wps_state=2))
    alice = ScriptedStation(stage)
    alice.join(WSC_1)
    assert stage.authorized == {ALICE}
    alice.send_eapol(START)
    assert stage.authorized == set()
    assert f"AP-STA-DISCONNECTED {ALICE}" in stage.lines


# ---- cancel --------------------------------------------------------------------------------------


def test_cancel_drops_the_enrolling_station_without_a_frame() -> None:
    stage = pressed()
    ScriptedStation(stage, ALICE).join(WSC)
    ScriptedStation(stage, BOB).join_with_key(derive_psk("correct horse", b"home"))
    frames = len(stage.frames)
    stage.do(stage.ap.wps_cancel(stage.now))
    assert stage.lines[-2:] == ["WPS-TIMEOUT ", "WPS-CANCEL "]
    assert set(stage.peers["wlan0"]) == {BOB}
    assert len(stage.frames) == frames
    assert wsc_of_beacon(stage).selected_registrar is None


def test_rsn_stations_hear_nothing_of_eap() -> None:
    stage = pressed()
    alice = ScriptedStation(stage)
    alice.join(RSNE)
    before = len(alice.eapol)
    alice.send_eapol(START)
    assert len(alice.eapol) == before


# ---- runs that the station leaves ----------------------------------------------------------------


def test_a_station_that_leaves_before_m1_fails_its_run() -> None:
    stage = pressed(FRONTHAUL)
    alice = ScriptedStation(stage)
    alice.join(WSC + MULTI_AP)
    alice.leave()
    assert stage.lines[-1] == "WPS-FAIL msg=4 config_error=0"
    assert stage.ap.wps_status.pbc.value == "Active"


def test_a_station_that_comes_anew_fails_its_run_and_may_begin_another() -> None:
    stage = pressed()
    alice = EnrollingStation(stage)
    alice.silent_after = 3
    alice.enrol()
    assert "WPS-FAIL msg=9 config_error=0" not in stage.lines
    alice.silent_after = 99
    alice.enrol()
    assert stage.lines.count("WPS-FAIL msg=9 config_error=0") == 1
    assert stage.lines[-2:] == ["WPS-SUCCESS ", f"CTRL-EVENT-EAP-FAILURE {ALICE}"]


def test_a_run_that_ended_is_not_said_to_fail_when_the_station_leaves() -> None:
    stage = pressed()
    alice = EnrollingStation(stage)
    alice.enrol()
    alice.leave()
    assert not [line for line in stage.lines if line.startswith("WPS-FAIL")]


def test_cancelling_says_no_more_than_that() -> None:
    stage = pressed()
    ScriptedStation(stage).join(WSC)
    stage.do(stage.ap.wps_cancel(stage.now))
    assert stage.lines[-2:] == ["WPS-TIMEOUT ", "WPS-CANCEL "]
