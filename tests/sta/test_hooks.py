"""The test hooks: a program that carries frames, and what the station says wrongly by order."""

from __future__ import annotations

import pytest
from control_stage import ControlStage, joined
from sta_stage import AP1, STA, home, onboarding

from harness.base.event import Event
from harness.base.seam import Associate, Authenticate, Scan, TransmitEapol, TransmitManagement
from harness.base.seam_events import ManagementReceived, ManagementStatus, UnprotectedDisconnection
from harness.sta import events
from harness.sta.control.order import ORDER_IDLE
from harness.wire.dot11.elements import Elements
from harness.wire.dot11.frames import Action, decode_frame, management_header
from harness.wire.dot11.header import ACTION
from harness.wire.eap import EapPacket, WscPacket
from harness.wire.eapol import EAPOL_EAP, EapolFrame
from harness.wire.eapol_key import EapolKey
from harness.wire.wsc.element import WscAssociationRequest, WscProbeRequest
from harness.wire.wsc.messages import M1

MARK = "dd05aabbccddee"


class Carrier:
    """A program that takes the station's frames to the AP and brings the answers back."""

    def __init__(self, stage: ControlStage) -> None:
        self.stage = stage
        self.carried = 0

    def carry(self) -> None:
        """Do it for every frame that was handed over since the last call."""
        stage, seen = self.stage, self._taken()
        for event in seen[self.carried :]:
            self.carried += 1
            payload = event.fields["payload"]
            assert isinstance(payload, bytes)
            for answer in stage._ap(AP1).receive(payload, stage.now):
                reply = stage.ask(f"EAPOL_RX {AP1} {answer.payload.hex()}")  # type: ignore[attr-defined]
                assert reply == "OK\n"

    def until_line(self, part: str) -> None:
        for _ in range(200):
            self.carry()
            if any(part in line for line in self.stage.lines):
                return
            self.stage.run(self.stage.now + 0.05)
        raise AssertionError(f"no {part}: {self.stage.lines}")

    def _taken(self) -> list[Event]:
        return [each for each in self.stage.events if each.name == events.EAPOL_TAKEN]


def selecting(stage: ControlStage) -> ControlStage:
    stage.ask("ADD_NETWORK")
    stage.ask_all('SET_NETWORK 0 ssid "home"', 'SET_NETWORK 0 psk "correct horse"')
    stage.ask("SELECT_NETWORK 0")
    return stage


def test_a_program_carries_the_four_way_handshake() -> None:
    stage = ControlStage(home())
    assert stage.ask("SET ext_eapol_frame_io 1") == "OK\n"
    selecting(stage)
    Carrier(stage).until_line("CTRL-EVENT-CONNECTED")
    assert stage.sent(TransmitEapol) == []
    assert f"EAPOL-RX {AP1} 99" in stage.lines
    assert any(line.startswith(f"EAPOL-TX {AP1} 0103") for line in stage.lines)
    assert stage.ask("GET_TK") == stage.control.hooks.pairwise_key.hex()
    assert len(stage.ask("GET_TK")) == 32


def test_a_program_carries_an_enrolment() -> None:
    ap, _ = onboarding()
    ap.multi_ap = None
    stage = ControlStage(ap)
    stage.ask("SET ext_eapol_frame_io 1")
    stage.ask("WPS_PBC")
    Carrier(stage).until_line("WPS-SUCCESS")
    assert stage.sent(TransmitEapol) == []


def test_without_the_switch_no_client_is_told_of_eapol() -> None:
    stage = joined()
    assert not any("EAPOL-" in line for line in stage.lines)


@pytest.mark.parametrize(
    "command", ["EAPOL_RX", "EAPOL_RX x 00", f"EAPOL_RX {AP1} 0", f"EAPOL_RX {AP1} zz"]
)
def test_a_frame_in_bad_form_is_refused(command: str) -> None:
    assert joined().ask(command) in ("FAIL\n", "UNKNOWN COMMAND\n")


def test_eapol_is_sent_past_the_switch() -> None:
    stage = joined()
    stage.ask("SET ext_eapol_frame_io 1")
    before = len(stage.sent(TransmitEapol))
    assert stage.ask(f"EAPOL_TX {AP1} 02010000") == "OK\n"
    sent = stage.sent(TransmitEapol)[before:]
    assert [each.payload.hex() for each in sent] == ["02010000"]  # type: ignore[attr-defined]


def action(body: bytes) -> bytes:
    header = management_header(ACTION, destination=STA, source=AP1, bssid=AP1)
    return Action(header, body[0], body[1:]).encode()


def test_management_frames_go_to_a_program() -> None:
    stage = joined()
    stage.ask("SET ext_mgmt_frame_handling 1")
    frame = action(b"\x08\x00\x01\x02")
    stage.say(ManagementReceived(interface="wlan0", frame=frame, frequency=2412, signal=-30))
    stage.run(stage.now + 0.01)
    assert f"MGMT-RX freq=2412 datarate=0 ssi_signal=-30 {frame.hex()}" in stage.lines
    assert stage.ask(f"MGMT_RX_PROCESS freq=2412 frame={frame.hex()}") == "OK\n"
    stage.ask("SET ext_mgmt_frame_handling 0")
    assert stage.ask(f"MGMT_RX_PROCESS freq=2412 frame={frame.hex()}") == "FAIL\n"


def test_a_program_sends_an_action_frame_and_is_told_of_its_end() -> None:
    stage = joined()
    assert stage.ask(f"MGMT_TX {AP1} {AP1} freq=2412 action=7f010203") == "OK\n"
    (sent,) = stage.sent(TransmitManagement)
    assert isinstance(sent, TransmitManagement)
    frame = decode_frame(sent.frame)
    assert isinstance(frame, Action)
    assert (frame.header.a1, frame.header.a2, frame.header.a3) == (AP1, STA, AP1)
    assert (frame.category, frame.body) == (0x7F, b"\1\2\3")
    stage.say(ManagementStatus(interface="wlan0", token=sent.token, acknowledged=True))
    stage.run(stage.now + 0.01)
    assert f"MGMT-TX-STATUS stype=13 ok=1 buf={sent.frame.hex()}" in stage.lines
    assert stage.ask("MGMT_TX_DONE") == "OK\n"
    assert stage.ask(f"MGMT_TX {AP1}") == "FAIL\n"


# ---- further elements -----------------------------------------------------------------------


def test_further_elements_come_and_go() -> None:
    """The replies of wpa_supplicant 2.10 to the same commands."""
    stage = ControlStage()
    replies = {
        "VENDOR_ELEM_GET 14": "",
        f"VENDOR_ELEM_ADD 14 {MARK}": "OK\n",
        "VENDOR_ELEM_ADD 14 dd05": "FAIL\n",
        f"VENDOR_ELEM_ADD 99 {MARK}": "FAIL\n",
        f"VENDOR_ELEM_ADD -1 {MARK}": "FAIL\n",
        "VENDOR_ELEM_ADD 14 dd0411223344": "OK\n",
        f"VENDOR_ELEM_REMOVE 14 {MARK}": "OK\n",
        "VENDOR_ELEM_ADD 13 zz": "FAIL\n",
        "VENDOR_ELEM_ADD 13": "FAIL\n",
        "VENDOR_ELEM_GET": "UNKNOWN COMMAND\n",
        "VENDOR_ELEM_GET 98": "FAIL\n",
    }
    assert {command: stage.ask(command) for command in replies} == replies
    assert stage.ask("VENDOR_ELEM_GET 14") == "dd0411223344"
    assert stage.ask(f"VENDOR_ELEM_REMOVE 14 {MARK}") == "FAIL\n"
    assert stage.ask("VENDOR_ELEM_REMOVE 14 *") == "OK\n"
    assert stage.ask("VENDOR_ELEM_GET 14") == ""


def test_further_elements_end_probe_and_association_requests() -> None:
    stage = ControlStage(home())
    stage.ask_all(f"VENDOR_ELEM_ADD 14 {MARK}", f"VENDOR_ELEM_ADD 13 {MARK}01"[:-2])
    selecting(stage)
    stage.until_line("CTRL-EVENT-CONNECTED")
    for kind in (Scan, Associate):
        command = stage.sent(kind)[-1]
        assert isinstance(command, Scan | Associate)
        assert command.elements.endswith(bytes.fromhex(MARK))


# ---- WPS ------------------------------------------------------------------------------------


def first_m1(stage: ControlStage) -> M1:
    for payload in stage.aps[0].received:
        frame = EapolFrame.decode(payload)
        packet = EapPacket.decode(frame.body) if frame.type == EAPOL_EAP else None
        if packet is None or packet.type != 254:
            continue
        return M1.decode(WscPacket.decode(packet.data).data)
    raise AssertionError("no M1")


def enrolling(*commands: str) -> ControlStage:
    ap, _ = onboarding()
    ap.multi_ap = None
    stage = ControlStage(ap)
    assert stage.ask_all(*commands) == ["OK\n"] * len(commands)
    stage.ask("WPS_PBC")
    stage.until_line("WPS-SUCCESS")
    return stage


def test_another_wps_version_is_told_everywhere() -> None:
    stage = enrolling("SET wps_version_number 0x43")
    m1 = first_m1(stage)
    assert m1.wfa is not None
    assert m1.wfa.version2 == 0x43
    assert [(each.id, each.value) for each in m1.rest] == [(0x10FA, b"\x42")]
    associate, scan = stage.sent(Associate)[0], stage.sent(Scan)[0]
    assert isinstance(associate, Associate)
    assert isinstance(scan, Scan)
    asked = WscAssociationRequest.decode(Elements(associate.elements).wsc or b"")
    probed = WscProbeRequest.decode(Elements(scan.elements).wsc or b"")
    assert asked.wfa is not None
    assert probed.wfa is not None
    assert (asked.wfa.version2, probed.wfa.version2) == (0x43, 0x43)
    assert probed.wfa.request_to_enroll == 1


def test_version_1_has_no_extension() -> None:
    stage = enrolling("SET wps_version_number 0x10")
    assert first_m1(stage).wfa is None


def test_types_of_m1_are_forced() -> None:
    m1 = first_m1(enrolling("SET wps_force_auth_types 0x22", "SET wps_force_encr_types c"))
    assert (m1.authentication_type_flags, m1.encryption_type_flags) == (0x22, 0xC)


def test_a_changed_key_of_the_file_keeps_the_test_variables() -> None:
    stage = enrolling("SET wps_version_number 0x10", "SET device_name other")
    assert first_m1(stage).wfa is None


def test_a_wrong_hash_of_the_public_key_is_noticed_to_be_told_by_nothing() -> None:
    stage = ControlStage(home())
    for command in ("SET wps_corrupt_pkhash 0", "SET wps_fragment_size 100"):
        assert stage.ask(command) == "OK\n"
        assert ORDER_IDLE not in stage.names()
    assert stage.ask("SET wps_corrupt_pkhash 1") == "OK\n"
    noticed = [event.fields for event in stage.events if event.name == ORDER_IDLE]
    assert [each["command"] for each in noticed] == ["SET wps_corrupt_pkhash"]


def test_flush_ends_all_trials() -> None:
    stage = ControlStage(home())
    stage.ask_all("SET ext_eapol_frame_io 1", "SET ignore_auth_resp 1")
    stage.ask("FLUSH")
    selecting(stage)
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert not any("EAPOL-" in line for line in stage.lines)


# ---- RSN ------------------------------------------------------------------------------------


def message_2(stage: ControlStage) -> EapolKey:
    return EapolKey.decode(stage.aps[0].received[0])


def test_message_2_says_what_is_ordered() -> None:
    stage = ControlStage(home())
    stage.ask_all("SET rsne_override_eapol 30020100", f"TEST_EAPOL_M2_ELEMS {MARK}")
    stage.ask("SET eapol_2_key_info_set_mask 0x2000")
    selecting(stage)
    stage.run(1.0)
    key = message_2(stage)
    assert key.key_data == bytes.fromhex("30020100" + MARK)
    assert key.key_information & 0x2000
    assert "CTRL-EVENT-CONNECTED" not in " ".join(stage.lines)


def test_keys_are_asked_for() -> None:
    stage = joined()
    before = len(stage.sent(TransmitEapol))
    assert stage.ask_all("KEY_REQUEST 0 1", "KEY_REQUEST 1 0") == ["OK\n", "OK\n"]
    stage.run(stage.now + 0.01)
    asked = [EapolKey.decode(each) for each in stage.aps[0].received[before:][:2]]
    assert [(key.request, key.is_pairwise, key.error) for key in asked] == [
        (True, True, False),
        (True, False, True),
    ]
    assert stage.ask("KEY_REQUEST 1") == "FAIL\n"


def test_an_answer_to_authentication_is_ignored() -> None:
    stage = ControlStage(home())
    stage.ask("SET ignore_auth_resp 1")
    selecting(stage)
    stage.run(3.0)
    assert stage.sent(Authenticate)
    assert stage.sent(Associate) == []


def test_an_unprotected_end_leads_to_no_sa_query_by_order() -> None:
    stage = joined()
    stage.ask("SET disable_sa_query 1")
    stage.say(UnprotectedDisconnection(interface="wlan0", bssid=AP1, reason=6))
    stage.run(stage.now + 1.0)
    assert stage.sent(TransmitManagement) == []


def test_a_signal_is_overridden() -> None:
    stage = ControlStage(home())
    stage.ask(f"SET driver_signal_override {AP1} -1 -2 -3 -95 -77")
    selecting(stage)
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert stage.ask("SCAN_RESULTS").splitlines()[1].split("\t")[2] == "-77"
    told = dict(line.split("=") for line in stage.ask("SIGNAL_POLL").splitlines())
    assert (told["RSSI"], told["AVG_RSSI"], told["AVG_BEACON_RSSI"]) == ("-1", "-2", "-3")
    assert told["NOISE"] == "-95"
    assert stage.ask(f"SET driver_signal_override {AP1}") == "OK\n"
    assert "AVG_RSSI" not in stage.ask("SIGNAL_POLL")


@pytest.mark.parametrize(
    "command",
    [
        "SET wps_version_number 256", "SET wps_force_auth_types 10000", "SET rsne_override_eapol x",
        "SET driver_signal_override", "SET driver_signal_override x -1", "SET ext_eapol_frame_io x",
        "SET extra_sae_rejected_groups a", "RESET_PN", "RESEND_ASSOC", "GET_TK",
    ],
)  # fmt: skip
def test_bad_orders_are_refused(command: str) -> None:
    assert ControlStage().ask(command) == "FAIL\n"
