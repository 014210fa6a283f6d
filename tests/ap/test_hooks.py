"""The test hooks of an access point: what outside programs take, send and have said wrong."""

from __future__ import annotations

import pytest
from ap_enrollee import EnrollingStation
from ap_stage import ALICE, BOB, RSNE, WSC, ScriptedStation
from test_control import FILE, PSK, Desk

from harness.base.seam import InstallKey, RemoveKey, TransmitEapol, TransmitManagement
from harness.proto.wsc_run import CredentialsReceived
from harness.wire.dot11.elements import Elements, element
from harness.wire.dot11.frames import AssociationRequest, Authentication, decode_frame
from harness.wire.dot11.header import ASSOCIATION_REQUEST, AUTHENTICATION
from harness.wire.eapol_key import EapolKey


def joined() -> tuple[Desk, ScriptedStation]:
    desk = Desk(FILE)
    alice = ScriptedStation(desk)
    alice.join_with_key(PSK)
    assert ALICE in desk.authorized
    return desk, alice


def test_a_program_carries_eapol() -> None:
    """No EAPOL frame goes out by itself; with the program's help a station gets its keys."""
    desk = Desk(FILE)
    assert desk.ask("SET ext_eapol_frame_io 1") == "OK\n"
    alice = ScriptedStation(desk)
    alice.join_with_key(PSK)
    assert alice.eapol == []
    carried = 0
    while ALICE not in desk.authorized:
        line = [each for each in desk.lines if each.startswith("EAPOL-TX ")][carried]
        carried += 1
        _, peer, payload = line.split(" ")
        assert peer == str(ALICE)
        for answer in alice.answer(bytes.fromhex(payload)):
            assert desk.ask(f"EAPOL_RX {ALICE} {answer.hex()}") == "OK\n"
    assert carried == 2
    assert alice.eapol == []


def test_a_program_transmits_eapol_past_the_switch() -> None:
    desk, alice = joined()
    desk.ask("SET ext_eapol_frame_io 1")
    alice.eapol.clear()
    alice.answer = lambda payload: []
    for words, encrypt in (("0203", False), ("0204 encrypt=1", True)):
        assert desk.ask(f"EAPOL_TX {ALICE} {words}") == "OK\n"
        sent = desk.commands[-1]
        assert isinstance(sent, TransmitEapol)
        assert (sent.payload.hex(), sent.encrypt) == (words[:4], encrypt)


@pytest.mark.parametrize("arguments", ["", "zz 00", f"{ALICE}", f"{ALICE} 0", f"{ALICE} 0g"])
def test_malformed_eapol_commands_fail(arguments: str) -> None:
    desk = Desk(FILE)
    for word in ("EAPOL_RX", "EAPOL_TX"):
        assert desk.ask(f"{word} {arguments}") == "FAIL\n"


def test_a_program_handles_management_frames() -> None:
    desk = Desk(FILE)
    assert desk.ask("MGMT_RX_PROCESS freq=2412 frame=00") == "FAIL\n"
    assert desk.ask("SET ext_mgmt_frame_handling 1") == "OK\n"
    alice = ScriptedStation(desk)
    asking = Authentication(alice.header(AUTHENTICATION), 0, 1, 0)
    desk.management(asking)
    (line,) = [each for each in desk.lines if each.startswith("MGMT-RX ")]
    received = bytes.fromhex(line.split(" ")[1])
    assert decode_frame(received) == asking
    assert not desk.frames
    command = f"MGMT_RX_PROCESS freq=2412 datarate=0 ssi_signal=-30 frame={received.hex()}"
    assert desk.ask(command) == "OK\n"
    assert isinstance(desk.last(Authentication, ALICE), Authentication)
    associating = AssociationRequest(
        alice.header(ASSOCIATION_REQUEST),
        0x0431,
        5,
        Elements(element(0, b"home") + bytes.fromhex("010882848b960c12182432043048606c") + RSNE),
    )
    assert desk.ask(f"MGMT_RX_PROCESS freq=2412 frame={associating.encode().hex()}") == "OK\n"
    told = [each for each in desk.lines if each.startswith("MGMT-TX-STATUS stype=1 ok=1 buf=")]
    assert len(told) == 1
    assert alice.eapol == []
    frame = told[0].rpartition("=")[2]
    assert desk.ask(f"MGMT_TX_STATUS_PROCESS stype=1 ok=1 buf={frame}") == "OK\n"
    assert len(alice.eapol) == 1
    desk.ask("SET ext_mgmt_frame_handling 0")
    desk.management(asking)
    assert len([each for each in desk.lines if each.startswith("MGMT-RX ")]) == 1


def test_a_program_sends_management_frames() -> None:
    desk = Desk(FILE)
    frame = Authentication(ScriptedStation(desk).header(AUTHENTICATION), 0, 2, 0).encode()
    assert desk.ask("MGMT_TX 00") == desk.ask("MGMT_TX xx") == "FAIL\n"
    assert desk.ask(f"MGMT_TX {frame.hex()}") == "OK\n"
    sent = desk.commands[-1]
    assert isinstance(sent, TransmitManagement)
    assert (sent.frame, sent.token) == (frame, 0)


def test_associations_are_answered_with_another_status() -> None:
    desk = Desk(FILE)
    assert desk.ask("SET association_response_status_code x") == "FAIL\n"
    assert desk.ask("SET association_response_status_code 17") == "OK\n"
    alice = ScriptedStation(desk)
    assert alice.join(RSNE).status == 17
    assert ALICE not in desk.peers["wlan0"]
    assert desk.ask("SET association_response_status_code disable") == "OK\n"
    assert alice.join(RSNE).status == 0


def test_another_version_is_said_everywhere() -> None:
    desk = Desk(FILE)
    usual = desk.beacon().elements.wsc
    assert usual is not None
    for wrong in ("256", "x"):
        assert desk.ask(f"SET wps_version_number {wrong}") == "FAIL\n"
    assert desk.ask("SET wps_version_number 0x10") == "OK\n"
    assert desk.beacon().elements.wsc == usual.removesuffix(bytes.fromhex("1049000600372a000120"))
    assert desk.ask("SET wps_version_number 0x57") == "OK\n"
    future = bytes.fromhex("1049000600372a000157" "10fa000142")
    assert desk.beacon().elements.wsc == usual[:-10] + future
    answer = ScriptedStation(desk).join(WSC)
    assert answer.elements.wsc is not None
    assert answer.elements.wsc.endswith(future)
    desk.do(desk.interface.end_trials(desk.now))
    assert desk.beacon().elements.wsc == usual


def test_a_stub_comes_before_the_right_credential() -> None:
    desk = Desk(FILE)
    assert desk.ask("SET wps_testing_stub_cred 1") == "OK\n"
    assert desk.ask("SET wps_testing_stub_cred 2") == "FAIL\n"
    assert desk.ask("WPS_PBC") == "OK\n"
    alice = EnrollingStation(desk)
    alice.enrol()
    (received,) = [each for each in alice.outputs if isinstance(each, CredentialsReceived)]
    stub, right = received.credentials
    assert (stub.ssid, stub.network_key) == (b"stub", b"stub psk")
    assert right.ssid == b"home"


def test_keys_are_shown_installed_and_reset() -> None:
    desk, _ = joined()
    assert desk.ask(f"GET_PMK {ALICE}") == PSK.hex()
    assert desk.ask(f"GET_PMK {BOB}") == "FAIL\n"
    first = [each for each in desk.keys if each.peer == ALICE][-1]
    assert desk.ask(f"RESET_PN {ALICE}") == "OK\n"
    removed, again = desk.commands[-2:]
    assert isinstance(removed, RemoveKey)
    assert isinstance(again, InstallKey)
    assert (again.peer, again.key, again.sequence) == (ALICE, first.key, bytes(6))
    assert desk.ask("RESET_PN ff:ff:ff:ff:ff:ff") == "OK\n"
    assert desk.ask("RESET_PN ff:ff:ff:ff:ff:ff IGTK") == "FAIL\n"
    key = "ab" * 16
    assert desk.ask(f"SET_KEY 3 {ALICE} 0 1 000000000000 {key}") == "OK\n"
    set_key = desk.commands[-1]
    assert isinstance(set_key, InstallKey)
    assert (set_key.peer, set_key.key.hex()) == (ALICE, key)
    assert desk.ask(f"SET_KEY 0 {ALICE} 0 1 00") == "OK\n"
    assert isinstance(desk.commands[-1], RemoveKey)
    assert desk.ask(f"SET_KEY 9 {ALICE} 0 1 00 {key}") == "FAIL\n"


def test_messages_of_the_handshakes_are_sent_again() -> None:
    desk, alice = joined()
    alice.answer = lambda payload: []
    counters = []
    for command in (
        f"RESEND_M1 {ALICE}",
        f"RESEND_M1 {ALICE} change-anonce",
        f"RESEND_M3 {ALICE}",
        f"RESEND_GROUP_M1 {ALICE}",
    ):
        assert desk.ask(command) == "OK\n"
        counters.append(EapolKey.decode(alice.eapol[-1]).replay_counter)
    assert counters == sorted(set(counters))
    old, new, third, group = (EapolKey.decode(payload) for payload in alice.eapol[-4:])
    assert old.nonce != new.nonce
    assert (third.install, third.encrypted, group.is_pairwise) == (True, True, False)
    assert desk.ask(f"RESEND_M3 {BOB}") == "FAIL\n"


def test_keys_are_renewed_by_command() -> None:
    desk, _ = joined()
    before = len(desk.keys)
    assert desk.ask(f"REKEY_PTK {ALICE}") == "OK\n"
    assert [each.peer for each in desk.keys[before:]] == [ALICE]
    assert desk.ask("REKEY_GTK") == "OK\n"
    assert desk.keys[-1].peer is None
    assert desk.ask(f"REKEY_PTK {BOB}") == "FAIL\n"
