"""What single keys of the configuration do to a BSS.

Octets and status codes are those that hostapd 2.10 answered with to the same frames.
"""

from __future__ import annotations

from ap_stage import ALICE, BOB, RADIO, RSNE, WSC, ScriptedStation, Stage

from harness.ap.access_point import AccessPoint
from harness.ap.config_build import build
from harness.ap.config_file import parse
from harness.ap.control.station_text import akm, pairwise
from harness.base.entropy import SeededEntropy
from harness.base.seam import (
    AKM_PSK,
    CIPHER_CCMP,
    CIPHER_TKIP,
    StartBss,
    TransmitManagement,
)
from harness.wire.dot11.frames import (
    AssociationResponse,
    Deauthentication,
    ProbeResponse,
    decode_frame,
)
from harness.wire.eapol import EapolFrame
from harness.wire.eapol_key import DESCRIPTOR_RSN, DESCRIPTOR_WPA, EapolKey
from harness.wire.rsn import Rsne
from harness.wire.wpa import WpaElement

OPEN = "interface=wlan0\nchannel=1\nhw_mode=g\nssid=home\neap_server=1\n"
WPA2 = OPEN + "wpa=2\nrsn_pairwise=CCMP\nwpa_passphrase=correct horse\n"
FILES = {"/list": f"{ALICE}\n"}


def stage_of(text: str) -> Stage:
    (bss,) = build(parse(text, "hostapd.conf", read=FILES.__getitem__)).bsss
    return Stage(bss)


def probes(stage: Stage) -> int:
    return sum(isinstance(frame, ProbeResponse) for frame in stage.frames)


def test_further_elements_end_the_frames() -> None:
    stage = stage_of(
        WPA2 + "wps_state=2\nutf8_ssid=1\nvendor_elements=dd0411223301\n"
        "presp_elements=dd0411223303\nassocresp_elements=dd0411223302\n"
    )
    beacon = stage.beacon().elements
    assert beacon.octets.endswith(bytes.fromhex("dd0411223301"))
    assert beacon.get(127) == bytes.fromhex("00000000000001")
    alice = ScriptedStation(stage)
    alice.probe()
    answer = stage.last(ProbeResponse, ALICE)
    assert isinstance(answer, ProbeResponse)
    assert answer.elements.octets.endswith(bytes.fromhex("dd0411223301dd0411223303"))
    associated = alice.join(RSNE)
    assert associated.elements.octets.endswith(bytes.fromhex("7f0700000000000001dd0411223302"))


def test_a_hidden_ssid_may_keep_its_length() -> None:
    for value, shown in ((1, b""), (2, bytes(4))):
        stage = stage_of(WPA2 + f"ignore_broadcast_ssid={value}\n")
        assert stage.beacon().elements.ssid == shown
        alice = ScriptedStation(stage)
        alice.probe()
        assert probes(stage) == 0
        alice.probe(ssid=b"home")
        assert probes(stage) == 1
        assert alice.join(RSNE).status == 0


def test_a_denied_station_gets_no_answer_but_a_refusal() -> None:
    stage = stage_of(WPA2 + "deny_mac_file=/list\n")
    alice, bob = ScriptedStation(stage), ScriptedStation(stage, BOB)
    alice.probe()
    assert probes(stage) == 0
    assert alice.authenticate().status == 1
    assert bob.authenticate().status == 0


def test_only_accepted_stations_get_in() -> None:
    stage = stage_of(WPA2 + "macaddr_acl=1\naccept_mac_file=/list\n")
    assert ScriptedStation(stage).authenticate().status == 0
    assert ScriptedStation(stage, BOB).authenticate().status == 1


def test_wps_lets_nobody_in_whom_the_access_lists_keep_out() -> None:
    stage = stage_of(WPA2 + "deny_mac_file=/list\nwps_state=2\n")
    alice, bob = ScriptedStation(stage), ScriptedStation(stage, BOB)
    alice.probe()
    assert probes(stage) == 0
    assert alice.authenticate().status == 1
    assert bob.authenticate().status == 0


def test_a_long_listen_interval_is_refused() -> None:
    assert ScriptedStation(stage_of(WPA2 + "max_listen_interval=4\n")).join(RSNE).status == 51
    assert ScriptedStation(stage_of(WPA2 + "max_listen_interval=5\n")).join(RSNE).status == 0


def test_a_full_bss_answers_no_stranger_when_told_so() -> None:
    for line, answers in (("", 1), ("no_probe_resp_if_max_sta=1\n", 0)):
        stage = stage_of(OPEN + "max_num_sta=0\n" + line)
        ScriptedStation(stage).probe(ssid=b"home")
        assert probes(stage) == answers


def test_probes_are_not_answered_when_told_so() -> None:
    for line, answers in (("send_probe_response=1\n", 1), ("send_probe_response=0\n", 0)):
        stage = stage_of(OPEN + line)
        ScriptedStation(stage).probe(ssid=b"home")
        assert probes(stage) == answers


def test_isolation_is_the_radios() -> None:
    for line, isolate in (("", False), ("ap_isolate=1\n", True)):
        (start,) = [
            each for each in stage_of(OPEN + line).commands if isinstance(each, StartBss)
        ]
        assert start.isolate is isolate


def test_the_farewell_can_be_left_out() -> None:
    for line, said in (("", 1), ("broadcast_deauth=0\n", 0)):
        stage = stage_of(OPEN + line)
        stage.commands.clear()
        stage.do(stage.ap.stop(stage.now))
        farewells = [
            each
            for each in stage.commands
            if isinstance(each, TransmitManagement)
            and isinstance(decode_frame(each.frame), Deauthentication)
        ]
        assert len(farewells) == said


def test_wpa_alone_says_nothing_of_rsn() -> None:
    stage = stage_of(OPEN + "wpa=1\nwpa_passphrase=correct horse\nwps_state=2\n")
    elements = stage.beacon().elements
    assert elements.wpa is not None
    assert WpaElement.decode(elements.wpa) == WpaElement()
    assert (elements.rsn, elements.wsc) == (None, None)
    alice = ScriptedStation(stage)
    assert alice.join(RSNE).status == 40
    assert alice.join(WpaElement().element()).status == 0
    found = stage.ap.bss("wlan0").stations.get(ALICE)
    assert found is not None
    assert (akm(found), pairwise(found)) == ("00-0f-ac-2", "00-50-f2-2")


def test_each_choice_of_a_mixed_network_has_its_descriptor() -> None:
    text = OPEN + "wpa=3\nwpa_pairwise=TKIP CCMP\nwpa_passphrase=correct horse\nwps_state=2\n"
    for cipher, version in ((CIPHER_CCMP, 2), (CIPHER_TKIP, 1)):
        rsne = Rsne(CIPHER_TKIP, (cipher,), (AKM_PSK,)).element()
        wpa = WpaElement(CIPHER_TKIP, (cipher,)).element()
        for element, descriptor in ((rsne, DESCRIPTOR_RSN), (wpa, DESCRIPTOR_WPA)):
            alice = ScriptedStation(stage_of(text))
            assert alice.join(element).status == 0
            key = EapolKey.decode(alice.eapol[-1])
            assert (key.descriptor, key.version) == (descriptor, version)
            assert key.key_length == (16 if cipher == CIPHER_CCMP else 32)


def test_eapol_version_and_repetitions_are_told() -> None:
    stage = stage_of(WPA2 + "eapol_version=1\nwpa_pairwise_update_count=2\n")
    alice = ScriptedStation(stage)
    alice.join(RSNE)
    stage.advance(5)
    assert [payload[0] for payload in alice.eapol] == [1, 1]
    assert isinstance(stage.last(Deauthentication, ALICE), Deauthentication)


def test_a_band_of_another_radio_and_an_application_extension_are_announced() -> None:
    extension = bytes(range(16)) + b"ab"
    text = WPA2 + f"wps_state=2\nwps_rf_bands=ag\nwps_application_ext={extension.hex()}\n"
    stage = Stage(start=False)
    stage.ap = AccessPoint(build(parse(text, "hostapd.conf")), RADIO, SeededEntropy(b"bands"))
    stage.do(stage.ap.start(stage.now))
    wsc = stage.beacon().elements.wsc
    assert wsc == bytes.fromhex(
        "104a000110" "1044000102" "103c000103" "1049000600372a000120" "10580012"
    ) + extension


def test_sae_may_require_protection() -> None:
    text = WPA2 + "wpa_key_mgmt=WPA-PSK SAE\nieee80211w=1\nsae_require_mfp=1\n"
    stage = stage_of(text)
    rsne = stage.beacon().elements.rsn
    assert rsne is not None
    unprotected = Rsne(CIPHER_CCMP, (CIPHER_CCMP,), (0x000FAC08,)).element()
    answer = ScriptedStation(stage).join(unprotected)
    assert isinstance(answer, AssociationResponse)
    assert answer.status == 31


def test_without_an_eap_server_identity_is_asked_for_and_nothing_else() -> None:
    stage = stage_of(WPA2.replace("eap_server=1\n", "") + "wps_state=2\n")
    alice = ScriptedStation(stage)
    alice.join(WSC)
    (asked,) = alice.eapol
    identity = EapolFrame(1, 0, bytes((2, asked[5], 0, 34, 1)) + b"WFA-SimpleConfig-Enrollee-1-0")
    alice.send_eapol(identity.encode())
    assert alice.eapol == [asked]
