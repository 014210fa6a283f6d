"""Enrolment by push button and PIN, driven by octets through the seam."""

from __future__ import annotations

import pytest
from sta_stage import (
    AP1,
    AP2,
    BACKHAUL,
    DEVICE,
    PASSPHRASE,
    STA,
    Registration,
    ScriptedAp,
    Stage,
    enrolling_ap,
    onboarding,
    psk_credential,
    pushed,
)

from harness.base.seam import (
    CIPHER_CCMP,
    CIPHER_TKIP,
    Associate,
    Authenticate,
    Command,
    Deauthenticate,
    InstallKey,
    Scan,
    SetFourAddress,
    SetPortAuthorized,
    TransmitEapol,
)
from harness.sta.config import Network, SecurityProtocol, StationConfig
from harness.sta.state import WpaState
from harness.wire.dot11.elements import Elements
from harness.wire.eap import EapPacket, WscPacket
from harness.wire.eapol import EAPOL_START, EapolFrame
from harness.wire.wsc.element import WscAssociationRequest, WscProbeRequest
from harness.wire.wsc.messages import M1, decode_message
from harness.wire.wsc.settings import Credential

MULTI_AP_REQUEST = bytes.fromhex("dd07506f9a1b060180")


def without_scans(lines: list[str]) -> list[str]:
    return [line for line in lines if "EVENT-SCAN" not in line]


# ---- the Multi-AP onboarding ----------------------------------------------------------------


def test_multi_ap_onboarding_tells_its_story_in_order() -> None:
    stage = pushed(*onboarding(), multi_ap=1)
    stage.run(5.0)
    place = "(SSID='home' freq=2412 MHz)"
    place2 = "(SSID='backhaul' freq=2412 MHz)"
    assert stage.lines == [
        "CTRL-EVENT-NETWORK-ADDED 0",
        "WPS-PBC-ACTIVE ",
        "CTRL-EVENT-SCAN-STARTED ",
        "CTRL-EVENT-SCAN-RESULTS ",
        "WPS-AP-AVAILABLE-PBC ",
        f"SME: Trying to authenticate with {AP1} {place}",
        f"Trying to associate with {AP1} {place}",
        f"Associated with {AP1}",
        "CTRL-EVENT-EAP-STARTED EAP authentication started",
        "CTRL-EVENT-EAP-STATUS status='started' parameter=''",
        "CTRL-EVENT-EAP-PROPOSED-METHOD vendor=14122 method=1",
        "CTRL-EVENT-EAP-STATUS status='accept proposed method' parameter='WSC'",
        "CTRL-EVENT-EAP-METHOD EAP vendor 14122 method 1 (WSC) selected",
        "WPS-CRED-RECEIVED ",
        "WPS-SUCCESS ",
        "CTRL-EVENT-EAP-STATUS status='completion' parameter='failure'",
        "CTRL-EVENT-EAP-FAILURE EAP authentication failed",
        f"CTRL-EVENT-DISCONNECTED bssid={AP1} reason=3 locally_generated=1",
        "CTRL-EVENT-SCAN-STARTED ",
        "CTRL-EVENT-SCAN-RESULTS ",
        "WPS-AP-AVAILABLE-PBC ",
        f"SME: Trying to authenticate with {BACKHAUL} {place2}",
        f"Trying to associate with {BACKHAUL} {place2}",
        f"Associated with {BACKHAUL}",
        f"WPA: Key negotiation completed with {BACKHAUL} [PTK=CCMP GTK=CCMP]",
        f"CTRL-EVENT-CONNECTED - Connection to {BACKHAUL} completed [id=0 id_str=]",
    ]


def test_multi_ap_element_ends_both_association_requests() -> None:
    stage = pushed(*onboarding(), multi_ap=1)
    stage.run(5.0)
    enrolment, backhaul = stage.sent(Associate)
    assert isinstance(enrolment, Associate)
    assert isinstance(backhaul, Associate)
    assert enrolment.elements.endswith(MULTI_AP_REQUEST)
    assert backhaul.elements.endswith(MULTI_AP_REQUEST)
    asked = Elements(enrolment.elements)
    assert asked.rsn is None
    assert asked.wsc is not None
    # Version 1.0, Request Type 1, WFA extension with Version2 2.0: typed from the specification.
    assert asked.wsc == bytes.fromhex("104a000110103a0001011049000600372a000120")
    assert WscAssociationRequest.decode(asked.wsc).request_type == 1
    assert (enrolment.pairwise, enrolment.akm, enrolment.privacy) == (None, None, False)


def test_multi_ap_profile_is_told_from_two_on() -> None:
    stage = pushed(*onboarding(), multi_ap=2)
    stage.run(5.0)
    for request in stage.sent(Associate):
        assert isinstance(request, Associate)
        assert request.elements.endswith(bytes.fromhex("dd0a506f9a1b060180070102"))


def test_m1_asks_for_a_backhaul_link() -> None:
    fronthaul, backhaul = onboarding()
    stage = pushed(fronthaul, backhaul, multi_ap=1)
    stage.run(5.0)
    assert fronthaul.registration is not None
    m1 = fronthaul.registration.seen[0]
    assert m1.wfa is not None
    assert m1.wfa.multi_ap == 0x80
    assert (m1.mac_address, m1.device_password_id, m1.rf_bands) == (STA, 4, 1)
    packet = WscPacket.decode(EapPacket.decode(EapolFrame.decode(fronthaul.received[1]).body).data)
    assert isinstance(decode_message(packet.data), M1)


def test_backhaul_network_keeps_its_role_and_the_blocks_id() -> None:
    stage = pushed(*onboarding(), multi_ap=1)
    stage.run(5.0)
    (network,) = stage.station.networks
    assert (network.id, network.ssid, network.wps) == (0, b"backhaul", None)
    assert network.multi_ap_backhaul_sta
    assert network.passphrase == "backhaul secret"
    assert stage.station.wpa_state is WpaState.COMPLETED
    assert stage.station.bssid == BACKHAUL


def test_four_addresses_only_on_the_backhaul_link() -> None:
    stage = pushed(*onboarding(), multi_ap=1, config=StationConfig(device=DEVICE, bridge="br0"))
    stage.run(5.0)
    (switched,) = stage.sent(SetFourAddress)
    assert switched == SetFourAddress(interface="wlan0", enabled=True, bridge="br0")
    order = [type(command) for _, command in stage.commands]
    assert order.index(SetFourAddress) > order.index(Deauthenticate)
    assert order.index(SetFourAddress) < order.index(InstallKey) < order.index(SetPortAuthorized)


def times(stage: Stage, kind: type[Command]) -> list[float]:
    return [at for at, command in stage.commands if isinstance(command, kind)]


def test_rejoins_at_once_what_is_known_to_be_configured() -> None:
    """Without a scan, as wpa_supplicant 2.10, which leaves 10 ms between."""
    stage = pushed(enrolling_ap())
    stage.run(5.0)
    (left,) = times(stage, Deauthenticate)
    assert times(stage, Authenticate)[1] - left == 0.0
    assert len(times(stage, Scan)) == 1


def test_looks_again_on_the_registration_channel_for_a_bss_without_wps() -> None:
    """As wpa_supplicant 2.10 does: the backhaul BSS does not say that it is configured."""
    stage = pushed(*onboarding(), multi_ap=1)
    stage.run(5.0)
    (left,) = times(stage, Deauthenticate)
    assert times(stage, Scan)[1] - left == 0.0
    again = stage.sent(Scan)[1]
    assert isinstance(again, Scan)
    assert (again.frequencies, again.elements) == ((2412,), b"")
    assert len(times(stage, Scan)) == 2


def test_scans_the_registration_channel_when_the_backhaul_was_not_seen() -> None:
    fronthaul, backhaul = onboarding()
    backhaul.present = False
    stage = pushed(fronthaul, backhaul, multi_ap=1)
    stage.until_line("WPS-SUCCESS")
    stage.run(stage.now + 1.0)
    backhaul.present = True
    stage.until_line("CTRL-EVENT-CONNECTED", 10.0)
    scans = [command for command in stage.sent(Scan) if isinstance(command, Scan)]
    assert scans[0].frequencies == ()
    assert {command.frequencies for command in scans[1:]} == {(2412,)}
    starts = [at for at, command in stage.commands if isinstance(command, Scan)][1:]
    assert starts[1] - starts[0] == pytest.approx(0.5 + stage.scan_s)


def test_only_five_scans_keep_to_the_registration_channel() -> None:
    fronthaul, backhaul = onboarding()
    backhaul.present = False
    stage = pushed(fronthaul, backhaul, multi_ap=1)
    stage.run(20.0)
    limited = [command for command in stage.sent(Scan) if getattr(command, "frequencies", ())]
    assert len(limited) == 5
    assert not getattr(stage.sent(Scan)[-1], "frequencies", ())


# ---- several Credentials --------------------------------------------------------------------


def stored_after(*credentials: Credential) -> list[Network]:
    stage = pushed(enrolling_ap(registration=Registration(credentials)))
    stage.until_line("WPS-SUCCESS")
    return list(stage.station.networks)


def test_credentials_with_one_key_become_one_network() -> None:
    """The later one takes the earlier's protocols and ciphers in, as in wpa_supplicant 2.10."""
    key = PASSPHRASE.encode()
    first = psk_credential(b"home", key)
    (network,) = stored_after(first, psk_credential(b"home", key, auth=0x02, encr=0x04))
    assert network.proto == {SecurityProtocol.WPA, SecurityProtocol.RSN}
    assert network.pairwise == {CIPHER_CCMP, CIPHER_TKIP}
    assert network.passphrase == PASSPHRASE


def test_credentials_with_two_keys_or_names_stay_two_networks() -> None:
    key = PASSPHRASE.encode()
    first = psk_credential(b"home", key)
    other_key = psk_credential(b"home", b"another key", auth=0x02, encr=0x04)
    assert [each.passphrase for each in stored_after(first, other_key)] == [
        PASSPHRASE,
        "another key",
    ]
    other_name = psk_credential(b"other", key, auth=0x02, encr=0x04)
    assert [each.ssid for each in stored_after(first, other_name)] == [b"home", b"other"]


def test_merged_network_is_joined() -> None:
    key = PASSPHRASE.encode()
    given = Registration((psk_credential(b"home", key), psk_credential(b"home", key, 0x02, 0x04)))
    stage = pushed(enrolling_ap(registration=given))
    stage.until_line("CTRL-EVENT-CONNECTED")
    (network,) = stage.station.networks
    assert network.id == 1
    assert stage.station.current_network == network
    told = [line for line in stage.lines if "NETWORK" in line or line.startswith("WPS-")]
    assert told[-5:] == [
        "WPS-CRED-RECEIVED ",
        "WPS-CRED-RECEIVED ",
        "CTRL-EVENT-NETWORK-ADDED 1",
        "CTRL-EVENT-NETWORK-REMOVED 0",
        "WPS-SUCCESS ",
    ]


@pytest.mark.parametrize("auth", [0x02, 0x20])
def test_one_credential_twice_does_not_end_the_enrolment(auth: int) -> None:
    same = psk_credential(b"home", PASSPHRASE.encode(), auth)
    stage = pushed(enrolling_ap(registration=Registration((same, same))))
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert len(stage.station.networks) == 1


# ---- what the AP may get wrong --------------------------------------------------------------


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        (None, "AP does not include valid Multi-AP element"),
        (0x00, "AP doesn't support backhaul BSS"),
    ],
)
def test_fronthaul_without_multi_ap_ends_the_attempt(says: int | None, reason: str) -> None:
    fronthaul, backhaul = onboarding()
    fronthaul.multi_ap = says
    stage = pushed(fronthaul, backhaul, multi_ap=1)
    stage.until_line("CTRL-EVENT-DISCONNECTED")
    (refused,) = [each for each in stage.events if each.name == "sta.multi-ap.refused"]
    assert refused.fields == {"bssid": AP1, "reason": reason}
    assert reason in stage.lines
    (left,) = stage.sent(Deauthenticate)
    assert left == Deauthenticate(interface="wlan0", bssid=AP1, reason=3)
    assert not fronthaul.received
    assert not stage.sent(SetFourAddress)


def test_refused_enrolment_leaves_no_profile_behind() -> None:
    fronthaul, backhaul = onboarding()
    fronthaul.multi_ap = None
    stage = pushed(fronthaul, backhaul, multi_ap=1)
    stage.until_line("WPS-FAIL")
    assert "AP does not include valid Multi-AP element" in stage.lines
    assert stage.now < 5.0
    assert list(stage.station.networks) == []
    assert stage.station.wpa_state is WpaState.INACTIVE
    stage.run(300.0)
    assert "WPS-SUCCESS " not in stage.lines


@pytest.mark.parametrize("says", [None, 0x20, 0x00])
def test_backhaul_bss_that_does_not_say_so_is_left(says: int | None) -> None:
    fronthaul, backhaul = onboarding()
    backhaul.multi_ap = says
    stage = pushed(fronthaul, backhaul, multi_ap=1)
    stage.until_line("WPS-SUCCESS")
    stage.until_line(f"CTRL-EVENT-DISCONNECTED bssid={BACKHAUL} reason=3 locally_generated=1")
    assert stage.sent(Deauthenticate)[-1] == Deauthenticate(
        interface="wlan0", bssid=BACKHAUL, reason=3
    )
    (network,) = stage.station.networks
    assert network.multi_ap_backhaul_sta
    assert network.ssid == b"backhaul"
    stage.run(30.0)
    assert not stage.sent(SetFourAddress)
    assert not any("CTRL-EVENT-CONNECTED" in line for line in stage.lines)


# ---- push button ----------------------------------------------------------------------------


def test_plain_push_button_joins_the_network_it_was_given() -> None:
    stage = pushed(enrolling_ap())
    stage.until_line("CTRL-EVENT-CONNECTED")
    (network,) = stage.station.networks
    assert not network.multi_ap_backhaul_sta
    for request in stage.sent(Associate):
        assert isinstance(request, Associate)
        assert Elements(request.elements).multi_ap is None
    assert not stage.sent(SetFourAddress)


def test_probe_requests_carry_the_enrolment_and_fall_silent_after() -> None:
    stage = pushed(enrolling_ap(present=False))
    stage.run(2.0)
    first = stage.sent(Scan)[0]
    assert isinstance(first, Scan)
    wsc = Elements(first.elements).wsc
    assert wsc is not None
    probe = WscProbeRequest.decode(wsc)
    assert (probe.request_type, probe.device_password_id, probe.rf_bands) == (1, 4, 1)
    assert probe.uuid_e == stage.station.uuid
    assert probe.wfa is not None
    assert probe.wfa.request_to_enroll == 1
    at = [at for at, command in stage.commands if isinstance(command, Scan)]
    assert at[0] == 0.0
    assert at[1] - at[0] == pytest.approx(0.5 + stage.scan_s)
    stage.do(stage.station.wps_cancel(stage.now))
    stage.run(stage.now + 1.0)
    stage.do(stage.station.scan(stage.now))
    last = stage.sent(Scan)[-1]
    assert isinstance(last, Scan)
    assert last.elements == b""


def test_button_is_not_for_an_ap_whose_button_is_not_pushed() -> None:
    stage = pushed(enrolling_ap(selected=0), ScriptedAp(bssid=AP2, ssid=b"open"))
    stage.run(10.0)
    assert not stage.sent(Authenticate)
    assert "WPS-AP-AVAILABLE-PIN " in stage.lines
    assert "CTRL-EVENT-NETWORK-NOT-FOUND " not in stage.lines


def test_hidden_bss_is_not_chosen() -> None:
    stage = pushed(enrolling_ap(hidden=True))
    stage.run(5.0)
    assert not stage.sent(Authenticate)


def test_two_pushed_buttons_overlap() -> None:
    stage = pushed(enrolling_ap(), enrolling_ap(bssid=AP2, ssid=b"other", signal=-60))
    stage.run(5.0)
    assert without_scans(stage.lines)[-4:] == [
        f"WPS: PBC overlap detected: {AP1} and {AP2}",
        "WPS-OVERLAP-DETECTED PBC session overlap",
        "CTRL-EVENT-NETWORK-REMOVED 0",
        "WPS-CANCEL ",
    ]
    assert not stage.sent(Authenticate)
    assert list(stage.station.networks) == []
    stage.run(200.0)
    assert len(stage.sent(Scan)) == 1


def test_one_ap_with_two_radios_is_no_overlap() -> None:
    uuid = bytes(range(16))
    stage = pushed(
        enrolling_ap(uuid=uuid),
        enrolling_ap(bssid=AP2, frequency=2462, signal=-60, uuid=uuid),
    )
    stage.until_line("WPS-SUCCESS")


def test_named_bssid_is_no_overlap() -> None:
    stage = Stage(enrolling_ap(signal=-70), enrolling_ap(bssid=AP2, ssid=b"other"))
    stage.do(stage.station.start(0.0))
    stage.do(stage.station.wps_pbc(0.0, bssid=AP1))
    stage.until_line("WPS-SUCCESS")
    assert stage.sent(Authenticate)[0].bssid == AP1  # type: ignore[attr-defined]


def test_overlap_remembers_an_ap_that_a_partial_scan_does_not_see() -> None:
    first, second = enrolling_ap(present=False), enrolling_ap(bssid=AP2, ssid=b"other")
    second.mute = frozenset({"authentication"})
    stage = pushed(first, second)
    stage.until_line("Authentication with")
    first.present, second.present = True, False
    stage.until_line("WPS-OVERLAP-DETECTED")


def test_walk_time_is_two_minutes() -> None:
    stage = pushed(ScriptedAp())
    stage.until_line("WPS-TIMEOUT")
    assert stage.now == pytest.approx(120.0)
    assert list(stage.station.networks) == []


def test_walk_time_ends_an_enrolment_in_the_middle() -> None:
    ap = enrolling_ap(present=False)
    stage = pushed(ap)
    stage.run(119.0)
    ap.present, ap.mute = True, frozenset({"eapol"})
    stage.until_line("WPS-TIMEOUT")
    assert stage.lines[-2:] == [
        f"CTRL-EVENT-DISCONNECTED bssid={AP1} reason=3 locally_generated=1",
        "CTRL-EVENT-NETWORK-REMOVED 0",
    ]
    assert stage.sent(Deauthenticate)
    stage.run(200.0)
    assert stage.station.wpa_state is WpaState.INACTIVE


def test_cancel_leaves_the_ap() -> None:
    ap = enrolling_ap(mute=frozenset({"eapol"}))
    stage = pushed(ap)
    stage.until_line("Associated")
    stage.do(stage.station.wps_cancel(stage.now))
    assert stage.lines[-3:] == [
        f"CTRL-EVENT-DISCONNECTED bssid={AP1} reason=3 locally_generated=1",
        "CTRL-EVENT-NETWORK-REMOVED 0",
        "WPS-CANCEL ",
    ]
    stage.run(130.0)
    assert not any("WPS-TIMEOUT" in line for line in stage.lines)
    assert list(stage.station.networks) == []


def test_second_push_begins_anew() -> None:
    stage = pushed(enrolling_ap(present=False))
    stage.run(100.0)
    stage.do(stage.station.wps_pbc(stage.now))
    stage.run(215.0)
    assert stage.lines.count("WPS-PBC-ACTIVE ") == 2
    assert not any("WPS-TIMEOUT" in line for line in stage.lines)
    assert len(stage.station.networks) == 1


def test_network_that_the_user_selects_takes_the_searchs_place() -> None:
    """As in wpa_supplicant 2.10: the block is switched off, and that network is looked for."""
    stage = pushed(enrolling_ap(present=False))
    wanted, actions = stage.station.add_network(
        Network(ssid=b"nowhere", passphrase=PASSPHRASE), stage.now
    )
    stage.do(actions)
    stage.do(stage.station.connect(wanted, stage.now))
    stage.run(stage.now + 3.0)
    assert [each.disabled for each in stage.station.networks] == [True, False]
    assert "CTRL-EVENT-NETWORK-NOT-FOUND " in stage.lines
    assert stage.station.core.selected == wanted


# ---- EAP ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("version2", "delay"), [(True, 2.0), (False, 1.0)])
def test_eapol_start_waits_for_the_ap(version2: bool, delay: float) -> None:
    ap = enrolling_ap(version2=version2, mute=frozenset({"eapol"}))
    stage = pushed(ap)
    stage.until_line("Associated")
    joined = stage.now
    stage.run(joined + 9.0)
    starts = [
        at
        for at, command in stage.commands
        if isinstance(command, TransmitEapol)
        and EapolFrame.decode(command.payload).type == EAPOL_START
    ]
    assert starts == [pytest.approx(joined + delay)]


def test_no_eapol_start_when_the_ap_begins() -> None:
    stage = pushed(enrolling_ap())
    stage.until_line("CTRL-EVENT-CONNECTED")
    sent = [each for each in stage.sent(TransmitEapol) if isinstance(each, TransmitEapol)]
    assert all(EapolFrame.decode(each.payload).type != EAPOL_START for each in sent)


def test_silent_ap_is_left_after_ten_seconds() -> None:
    stage = pushed(enrolling_ap(mute=frozenset({"eapol"})))
    stage.until_line("Associated")
    joined = stage.now
    stage.until_line("CTRL-EVENT-DISCONNECTED")
    assert stage.now == pytest.approx(joined + 10.0)
    assert f"Authentication with {AP1} timed out." in stage.lines


def test_early_eap_request_is_kept_for_the_association() -> None:
    stage = pushed(enrolling_ap(eapol_first=True))
    stage.until_line("WPS-SUCCESS")
    starts = [
        each
        for each in stage.sent(TransmitEapol)
        if EapolFrame.decode(each.payload).type == EAPOL_START  # type: ignore[attr-defined]
    ]
    assert not starts


def test_registrar_that_knows_another_password_fails_the_run() -> None:
    ap = enrolling_ap()
    assert ap.registration is not None
    ap.registration.password = b"12345670"
    stage = pushed(ap)
    stage.run(5.0)
    lines = without_scans(stage.lines)
    failed = "WPS-FAIL msg=8 config_error=18"
    assert failed in lines
    assert lines.index(failed) < lines.index("CTRL-EVENT-EAP-FAILURE EAP authentication failed")
    assert "WPS-SUCCESS " not in lines
    assert list(stage.station.networks) == []
    assert stage.station.wpa_state is WpaState.INACTIVE


def test_eap_without_a_result_fails_a_push_button_run() -> None:
    ap = enrolling_ap()
    assert ap.registration is not None
    ap.registration.refusal = 0
    stage = pushed(ap)
    stage.run(40.0)
    lines = without_scans(stage.lines)
    assert "WPS-M2D dev_password_id=0 config_error=0" in lines
    assert "WPS-FAIL " in lines
    assert list(stage.station.networks) == []
    assert stage.sent(Deauthenticate)


def test_ap_that_leaves_after_done_does_not_spoil_the_success() -> None:
    fronthaul, backhaul = onboarding()
    stage = pushed(fronthaul, backhaul, multi_ap=1)
    stage.until_line("WPS-SUCCESS")
    stage._queue.clear()
    stage.disconnect_by_ap(fronthaul, 23)
    stage.until_line("CTRL-EVENT-CONNECTED", 5.0)
    assert stage.station.bssid == BACKHAUL


def test_deauthentication_in_the_middle_of_eap_is_no_verdict_on_the_run() -> None:
    """As wpa_supplicant 2.10: it looks on, until the two minutes are over."""
    ap = enrolling_ap()
    stage = pushed(ap)
    stage.until_line("EAP-METHOD EAP vendor")
    stage._queue.clear()
    stage.disconnect_by_ap(ap, 2)
    stage.run(stage.now + 1.0)
    assert "WPS-FAIL " not in stage.lines
    assert "WPS-SUCCESS " in stage.lines


def test_ap_that_rejects_the_enrolment_is_tried_again() -> None:
    ap = enrolling_ap(statuses=[17])
    stage = pushed(ap)
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert f"CTRL-EVENT-ASSOC-REJECT bssid={AP1} status_code=17" in stage.lines
    ignoring = [name for name in stage.names() if name.startswith("sta.bssid.")]
    assert ignoring == ["sta.bssid.ignored", "sta.bssid.restored"]
