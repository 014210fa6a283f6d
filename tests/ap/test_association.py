"""Stations come, associate and go, by octets through the seam."""

from __future__ import annotations

import dataclasses

import pytest
from ap_stage import ALICE, BOB, HOME, MULTI_AP, RSNE, WSC, ScriptedStation, Stage

from harness.ap import events
from harness.ap.config import BssConfig
from harness.base.address import MacAddress
from harness.base.seam import (
    AKM_PSK,
    CIPHER_CCMP,
    AddPeer,
    AddPeerVlan,
    InstallKey,
    RemovePeer,
    StartBss,
    StopBss,
    TransmitManagement,
)
from harness.base.seam_events import CommandFailed, FourAddressSeen, ManagementStatus
from harness.crypto.psk import derive_psk
from harness.wire.dot11.elements import element
from harness.wire.dot11.frames import (
    AssociationResponse,
    Authentication,
    Deauthentication,
    ProbeResponse,
)
from harness.wire.rsn import Rsne

PSK = derive_psk("correct horse", b"home")
OPEN = BssConfig(interface="wlan0", ssid=b"cafe")
PLAIN = dataclasses.replace(HOME, wps_state=0)
BACKHAUL = BssConfig(
    interface="wlan0",
    ssid=b"home",
    passphrase="correct horse",
    multi_ap=1,
    bridge="br0",
)


# ---- what the BSS says of itself -----------------------------------------------------------------


def test_beacon_of_a_protected_bss() -> None:
    stage = Stage(HOME)
    beacon = stage.beacon()
    assert beacon.capability == 0x0411
    assert [each.id for each in beacon.elements.raw] == [0, 1, 3, 42, 50, 48, 221]
    assert beacon.elements.ssid == b"home"
    assert beacon.elements.channel == 1
    # Version 1, group CCMP, one pairwise CCMP, one AKM PSK: IEEE 802.11-2020, 9.4.2.24.
    assert beacon.elements.rsn is not None
    assert beacon.elements.rsn.hex() == "0100000fac040100000fac040100000fac020000"
    assert beacon.elements.multi_ap is None
    # Version, Wi-Fi Protected Setup State, WFA extension with Version2.
    assert beacon.elements.wsc is not None
    assert beacon.elements.wsc.hex() == "104a00011010440001021049000600372a000120"


def test_start_names_the_suites() -> None:
    start = next(each for each in Stage(HOME).commands if isinstance(each, StartBss))
    assert start.privacy
    assert (start.pairwise, start.group, start.akms) == ((CIPHER_CCMP,), CIPHER_CCMP, (AKM_PSK,))


def test_a_backhaul_beacon_says_nothing_of_multi_ap_or_wps() -> None:
    beacon = Stage(BACKHAUL).beacon()
    assert beacon.elements.multi_ap is None
    assert beacon.elements.wsc is None


def test_open_beacon() -> None:
    beacon = Stage(OPEN).beacon()
    assert beacon.capability == 0x0401
    assert beacon.elements.rsn is None


def test_enabled_when_all_bsss_beacon() -> None:
    stage = Stage(HOME, BssConfig(interface="wlan1", ssid=b"away"))
    names = [each.name for each in stage.events]
    assert names.count(events.BSS_STARTED) == 2
    assert stage.lines == ["AP-ENABLED "]
    assert names[-1] == events.AP_ENABLED


def test_group_key_is_installed_at_start() -> None:
    stage = Stage(HOME)
    (key,) = stage.keys
    assert (key.peer, key.index, key.cipher, len(key.key)) == (None, 1, CIPHER_CCMP, 16)
    assert not Stage(OPEN).keys


@pytest.mark.parametrize(("ssid", "answered"), [(b"", True), (b"home", True), (b"hom", False)])
def test_probe_requests(ssid: bytes, answered: bool) -> None:
    stage = Stage(HOME)
    ScriptedStation(stage).probe(ssid=ssid)
    responses = [each for each in stage.frames if isinstance(each, ProbeResponse)]
    assert len(responses) == int(answered)
    if answered:
        assert responses[0].header.a1 == ALICE
        assert responses[0].elements.ssid == b"home"
        assert responses[0].elements.rsn == stage.beacon().elements.rsn


def test_a_hidden_bss_answers_by_name_only() -> None:
    stage = Stage(dataclasses.replace(PLAIN, hidden=True))
    assert stage.beacon().elements.ssid == b""
    alice = ScriptedStation(stage)
    alice.probe()
    assert not stage.frames
    alice.probe(ssid=b"home")
    assert isinstance(stage.last(ProbeResponse), ProbeResponse)


# ---- authentication and association --------------------------------------------------------------


def test_open_station_is_authorised_at_association() -> None:
    stage = Stage(OPEN)
    response = ScriptedStation(stage).join()
    assert (response.status, response.aid) == (0, 1)
    assert response.octets[28:30] == b"\x01\xc0"
    assert response.elements.multi_ap is None
    assert stage.authorized == {ALICE}
    assert stage.lines == ["AP-ENABLED ", f"AP-STA-CONNECTED {ALICE}"]


def test_the_peer_is_known_before_the_response_goes_out() -> None:
    stage = Stage(OPEN)
    ScriptedStation(stage).join()
    kinds = [type(each) for each in stage.commands]
    add = kinds.index(AddPeer)
    peer = stage.commands[add]
    assert isinstance(peer, AddPeer)
    assert peer.rates == bytes.fromhex("82848b960c1218243048606c")
    assert (peer.capability, peer.listen_interval) == (0x0431, 5)
    response = stage.commands[add + 1]
    assert isinstance(response, TransmitManagement)
    assert response.token


@pytest.mark.parametrize(
    ("algorithm", "transaction", "status"), [(1, 1, 13), (3, 1, 13), (0, 2, 14), (0, 65535, 14)]
)
def test_refused_authentications(algorithm: int, transaction: int, status: int) -> None:
    stage = Stage(OPEN)
    answer = ScriptedStation(stage).authenticate(algorithm, transaction)
    assert answer.status == status
    assert len(stage.ap.bss("wlan0").stations) == 0


def test_association_without_authentication() -> None:
    stage = Stage(OPEN)
    with pytest.raises(AssertionError, match="no AssociationResponse"):
        ScriptedStation(stage).associate()
    refusal = stage.last(Deauthentication, ALICE)
    assert isinstance(refusal, Deauthentication)
    assert refusal.reason == 6


def rsne(**fields: object) -> bytes:
    return Rsne(**{"akms": (AKM_PSK,), **fields}).element()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("extra", "status"),
    [
        (b"", 40),
        (RSNE, 0),
        (rsne(group=0x000FAC02), 41),
        (rsne(pairwise=(0x000FAC02,)), 42),
        (rsne(pairwise=(0x000FAC02, 0x000FAC04)), 42),
        (rsne(akms=(0x000FAC01,)), 43),
        (rsne(version=2), 44),
        (element(48, b""), 44),
        (element(48, b"\x01\x00\x00"), 40),
        (bytes.fromhex("dd160050f20101000050f20201000050f20201000050f202"), 40),
        (b"\x30\xff", 40),
    ],
)
def test_what_a_protected_bss_without_wps_takes(extra: bytes, status: int) -> None:
    stage = Stage(PLAIN)
    response = ScriptedStation(stage).join(extra)
    assert response.status == status
    assert (ALICE in stage.peers["wlan0"]) == (status == 0)
    assert (response.aid > 0) == (status == 0)


def test_another_ssid_is_refused() -> None:
    stage = Stage(OPEN)
    alice = ScriptedStation(stage)
    alice.authenticate()
    assert alice.associate(ssid=b"pub").status == 1


def test_a_basic_rate_is_missing() -> None:
    stage = Stage(OPEN)
    alice = ScriptedStation(stage)
    alice.authenticate()
    assert alice.associate(rates=element(1, bytes.fromhex("0c121824"))).status == 18


def test_a_full_bss_turns_away() -> None:
    stage = Stage(dataclasses.replace(OPEN, max_stations=1))
    assert ScriptedStation(stage, ALICE).join().status == 0
    assert ScriptedStation(stage, BOB).authenticate().status == 17
    assert f"AP-REJECTED-MAX-STA {BOB}" in stage.lines


def test_aids_are_the_lowest_free() -> None:
    stage = Stage(OPEN)
    stations = [
        ScriptedStation(stage, MacAddress(bytes([2, 0, 0, 0, 1, last]))) for last in range(4)
    ]
    assert [each.join().aid for each in stations] == [1, 2, 3, 4]
    stations[1].leave()
    assert stations[1].join().aid == 2


def test_an_unacknowledged_response_associates_nobody() -> None:
    stage = Stage(OPEN)
    stage.acknowledge = False
    ScriptedStation(stage).join()
    assert stage.peers["wlan0"] == {}
    assert f"AP-STA-CONNECTED {ALICE}" not in stage.lines


def test_a_refused_peer_is_dismissed() -> None:
    stage = Stage(OPEN)
    alice = ScriptedStation(stage)
    alice.join()
    add = next(each for each in stage.commands if isinstance(each, AddPeer))
    stage.peers["wlan0"].clear()
    stage.authorized.clear()
    stage.ap.bss("wlan0").stations.get(ALICE).authorized = False  # type: ignore[union-attr]
    stage.feed(CommandFailed(interface="wlan0", command=add, errno=28, reason="no room"))
    assert isinstance(stage.last(Deauthentication, ALICE), Deauthentication)
    refused = next(each for each in stage.events if each.name == events.COMMAND_REFUSED)
    assert refused.fields["errno"] == 28


# ---- leaving -------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["leave", "disassociate"])
def test_a_peer_that_leaves_is_removed_at_once(how: str) -> None:
    stage = Stage(OPEN)
    alice = ScriptedStation(stage)
    alice.join()
    getattr(alice, how)()
    assert stage.peers["wlan0"] == {}
    assert stage.lines[-1] == f"AP-STA-DISCONNECTED {ALICE}"


def test_after_disassociation_authentication_still_stands() -> None:
    stage = Stage(OPEN)
    alice = ScriptedStation(stage)
    alice.join()
    alice.disassociate()
    assert alice.associate().status == 0


def test_after_deauthentication_nothing_stands() -> None:
    stage = Stage(OPEN)
    alice = ScriptedStation(stage)
    alice.join()
    alice.leave()
    frames = len(stage.frames)
    with pytest.raises(AssertionError):
        assert alice.associate() not in stage.frames[:frames]


def test_a_stranger_that_leaves_changes_nothing() -> None:
    stage = Stage(OPEN)
    before = len(stage.events)
    ScriptedStation(stage).leave()
    assert len(stage.events) == before


def test_associating_again_starts_over() -> None:
    stage = Stage(OPEN)
    alice = ScriptedStation(stage)
    first = alice.join()
    again = alice.associate()
    assert (first.aid, again.aid) == (1, 1)
    assert [line.split()[0] for line in stage.lines[1:]] == [
        "AP-STA-CONNECTED",
        "AP-STA-DISCONNECTED",
        "AP-STA-CONNECTED",
    ]


def test_deauthentication_by_the_user() -> None:
    stage = Stage(OPEN)
    ScriptedStation(stage).join()
    stage.do(stage.ap.deauthenticate("wlan0", ALICE, stage.now, reason=5))
    sent = stage.last(Deauthentication, ALICE)
    assert isinstance(sent, Deauthentication)
    assert sent.reason == 5
    assert stage.peers["wlan0"] == {}
    assert stage.lines[-1] == f"AP-STA-DISCONNECTED {ALICE}"


def test_a_lost_status_of_the_deauthentication_is_not_awaited_for_ever() -> None:
    stage = Stage(OPEN)
    ScriptedStation(stage).join()
    actions = stage.ap.deauthenticate("wlan0", ALICE, stage.now)
    assert not any(isinstance(each, RemovePeer) for each in actions)
    assert stage.ap.deadline() == stage.now + 2.0
    assert any(isinstance(each, RemovePeer) for each in stage.ap.tick(stage.now + 2.0))


def test_a_lost_status_of_the_response_is_not_awaited_for_ever() -> None:
    stage = Stage(OPEN)
    stage.hold_status = True
    ScriptedStation(stage).join()
    stage.advance(1.9)
    assert ALICE in stage.peers["wlan0"]
    stage.advance(0.2)
    assert stage.peers["wlan0"] == {}
    stage.release_status()
    assert f"AP-STA-CONNECTED {ALICE}" not in stage.lines


def test_a_station_that_never_asks_for_keys_nor_enrols_is_dismissed() -> None:
    """Nothing is said to it before it asks, and EAP gives it up for the second time."""
    stage = Stage(HOME)
    alice = ScriptedStation(stage)
    alice.join()
    stage.advance(161)
    assert ALICE in stage.peers["wlan0"]
    stage.advance(3)
    assert alice.eapol == []
    sent = stage.last(Deauthentication, ALICE)
    assert isinstance(sent, Deauthentication)
    assert sent.reason == 23
    assert stage.peers["wlan0"] == {}


def test_stop_ends_everything_in_order() -> None:
    stage = Stage(OPEN)
    ScriptedStation(stage).join()
    before = len(stage.commands)
    stage.do(stage.ap.stop(stage.now))
    assert stage.lines[-2:] == ["AP-DISABLED ", f"AP-STA-DISCONNECTED {ALICE}"]
    kinds = [type(each).__name__ for each in stage.commands[before:]]
    assert kinds[0] == "TransmitManagement"
    assert kinds[-2:] == ["RemovePeer", "StopBss"]
    assert isinstance(stage.commands[-1], StopBss)
    assert stage.ap.deadline() is None
    stage.do(stage.ap.start(stage.now))
    assert ScriptedStation(stage).join().status == 0


# ---- keys ----------------------------------------------------------------------------------------


def test_four_way_handshake() -> None:
    stage = Stage(HOME)
    response = ScriptedStation(stage).join_with_key(PSK)
    assert response.status == 0
    assert response.elements.wsc is None
    pairwise = stage.keys[-1]
    assert (pairwise.peer, pairwise.index, pairwise.cipher) == (ALICE, 0, CIPHER_CCMP)
    assert stage.authorized == {ALICE}
    assert stage.lines[1:] == [f"AP-STA-CONNECTED {ALICE}", f"EAPOL-4WAY-HS-COMPLETED {ALICE}"]


def test_wrong_psk_ends_in_deauthentication_15() -> None:
    stage = Stage(HOME)
    alice = ScriptedStation(stage)
    alice.join_with_key(bytes(32))
    assert f"AP-STA-POSSIBLE-PSK-MISMATCH {ALICE}" in stage.lines
    stage.advance(10)
    sent = stage.last(Deauthentication, ALICE)
    assert isinstance(sent, Deauthentication)
    assert sent.reason == 15
    assert stage.peers["wlan0"] == {}
    assert stage.authorized == set()
    assert f"AP-STA-CONNECTED {ALICE}" not in stage.lines


def test_the_group_key_is_renewed_for_every_station() -> None:
    stage = Stage(dataclasses.replace(HOME, group_rekey_s=600.0))
    alice, bob = ScriptedStation(stage, ALICE), ScriptedStation(stage, BOB)
    alice.join_with_key(PSK)
    bob.join_with_key(PSK)
    first = [key for key in stage.keys if key.peer is None]
    stage.advance(600.0)
    group = [key for key in stage.keys if key.peer is None]
    assert [key.index for key in group] == [1, 2]
    assert group[1].key != first[0].key
    assert len(alice.eapol) == len(bob.eapol) == 3


def test_a_silent_station_does_not_hold_the_group_key_up() -> None:
    stage = Stage(dataclasses.replace(HOME, group_rekey_s=600.0))
    alice, bob = ScriptedStation(stage, ALICE), ScriptedStation(stage, BOB)
    alice.join_with_key(PSK)
    bob.join_with_key(PSK)
    bob.answer = lambda payload: []
    stage.advance(610.0)
    assert [key.index for key in stage.keys if key.peer is None] == [1, 2]
    assert set(stage.peers["wlan0"]) == {ALICE}


def test_no_key_is_installed_twice() -> None:
    stage = Stage(HOME)
    alice = ScriptedStation(stage)
    alice.join_with_key(PSK)
    for payload in alice.answered:
        alice.send_eapol(payload)
    installed = [(key.peer, key.key) for key in stage.keys if isinstance(key, InstallKey)]
    assert len(set(installed)) == len(installed)


# ---- Multi-AP ------------------------------------------------------------------------------------


def test_backhaul_station_gets_the_element_and_an_interface() -> None:
    stage = Stage(BACKHAUL)
    response = ScriptedStation(stage).join_with_key(PSK, MULTI_AP)
    assert response.elements.multi_ap == bytes.fromhex("060140")
    vlan = stage.vlans["wlan0.sta1"]
    assert (vlan.peer, vlan.bridge) == (ALICE, "br0")
    assert stage.lines[1:] == [
        f"WDS-STA-INTERFACE-ADDED ifname=wlan0.sta1 sta_addr={ALICE}",
        f"AP-STA-CONNECTED {ALICE}",
        f"EAPOL-4WAY-HS-COMPLETED {ALICE}",
    ]


def test_the_interface_goes_when_the_station_does() -> None:
    stage = Stage(BACKHAUL)
    alice = ScriptedStation(stage)
    alice.join_with_key(PSK, MULTI_AP)
    alice.leave()
    assert not stage.vlans
    assert stage.lines[-2:] == [
        f"AP-STA-DISCONNECTED {ALICE}",
        f"WDS-STA-INTERFACE-REMOVED ifname=wlan0.sta1 sta_addr={ALICE}",
    ]


def test_eapol_from_the_stations_own_interface_is_its_own() -> None:
    stage = Stage(BACKHAUL)
    alice = ScriptedStation(stage)
    alice.join_with_key(PSK, MULTI_AP)
    assert stage.ap.bss("wlan0").owns("wlan0.sta1")
    assert not stage.ap.bss("wlan0").owns("wlan0.sta2")


def test_wds_bridge_comes_before_bridge() -> None:
    stage = Stage(dataclasses.replace(BACKHAUL, wds_bridge="br1"))
    ScriptedStation(stage).join_with_key(PSK, MULTI_AP)
    assert stage.vlans["wlan0.sta1"].bridge == "br1"


def test_a_plain_station_is_denied_on_a_backhaul_bss() -> None:
    stage = Stage(BACKHAUL)
    response = ScriptedStation(stage).join(RSNE)
    assert response.status == 12
    assert not stage.vlans


def test_a_plain_station_on_a_shared_bss_keeps_three_addresses() -> None:
    stage = Stage(dataclasses.replace(BACKHAUL, multi_ap=3))
    response = ScriptedStation(stage).join_with_key(PSK)
    assert response.elements.multi_ap is None
    assert not stage.vlans


def test_a_backhaul_station_is_denied_on_a_fronthaul_bss_unless_it_enrols() -> None:
    stage = Stage(dataclasses.replace(HOME, multi_ap=2))
    assert ScriptedStation(stage, ALICE).join(RSNE + MULTI_AP).status == 12
    response = ScriptedStation(stage, BOB).join(WSC + MULTI_AP)
    assert response.status == 0
    assert response.elements.multi_ap == bytes.fromhex("060120")
    assert response.elements.wsc is not None
    assert not stage.vlans


def test_a_radio_without_four_addresses_costs_the_station_its_link() -> None:
    stage = Stage(BACKHAUL)
    ScriptedStation(stage).join_with_key(PSK, MULTI_AP)
    add = next(each for each in stage.commands if isinstance(each, AddPeerVlan))
    stage.vlans.clear()
    stage.feed(CommandFailed(interface="wlan0", command=add, errno=95, reason="no AP_VLAN"))
    assert isinstance(stage.last(Deauthentication, ALICE), Deauthentication)
    assert stage.peers["wlan0"] == {}


def test_four_address_frames_make_an_interface_where_wds_is_on() -> None:
    for wds_sta in (False, True):
        stage = Stage(dataclasses.replace(OPEN, wds_sta=wds_sta))
        ScriptedStation(stage).join()
        stage.feed(FourAddressSeen(interface="wlan0", peer=ALICE))
        stage.feed(FourAddressSeen(interface="wlan0", peer=ALICE))
        assert list(stage.vlans) == (["wlan0.sta1"] if wds_sta else [])


# ---- odds and ends -------------------------------------------------------------------------------


def test_frames_for_others_are_passed_over() -> None:
    stage = Stage(OPEN)
    alice = ScriptedStation(stage)
    alice.bssid = MacAddress("02:00:00:00:00:99")
    alice._send(Authentication(alice.header(11), 0, 1, 0))
    assert not stage.frames


def test_a_status_nobody_awaits_is_passed_over() -> None:
    stage = Stage(OPEN)
    ScriptedStation(stage).join()
    for token in (0, 1, 77):
        stage.feed(ManagementStatus(interface="wlan0", token=token, acknowledged=False))
    assert ALICE in stage.peers["wlan0"]


def test_two_bsss_keep_their_stations_apart() -> None:
    stage = Stage(OPEN, BssConfig(interface="wlan1", ssid=b"guest"))
    assert ScriptedStation(stage, ALICE, "wlan0").join().status == 0
    assert ScriptedStation(stage, BOB, "wlan1").join().status == 0
    assert (list(stage.peers["wlan0"]), list(stage.peers["wlan1"])) == ([ALICE], [BOB])
    assert isinstance(stage.last(AssociationResponse, BOB), AssociationResponse)


def test_a_station_is_authorised_on_one_bss_at_a_time() -> None:
    stage = Stage(OPEN, BssConfig(interface="wlan1", ssid=b"guest"))
    ScriptedStation(stage, ALICE, "wlan0").join()
    ScriptedStation(stage, ALICE, "wlan1").join()
    assert (list(stage.peers["wlan0"]), list(stage.peers["wlan1"])) == ([], [ALICE])
