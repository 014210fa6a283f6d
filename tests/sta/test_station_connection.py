"""Joining, losing and failing to join ordinary networks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sta_stage import (
    AP1,
    AP2,
    DEVICE,
    PASSPHRASE,
    ScriptedAp,
    Stage,
    eapol,
    home,
)

from harness.base.address import MacAddress
from harness.base.errors import UsageError
from harness.base.seam import (
    Associate,
    Authenticate,
    Deauthenticate,
    InstallKey,
    Scan,
    SetFourAddress,
    SetPortAuthorized,
    TransmitEapol,
)
from harness.base.seam_events import Associated, CommandFailed, MichaelFailure, ScanFinished
from harness.proto.key_handshake import Rekeying
from harness.sta.config import KeyManagement, Network, StationConfig
from harness.sta.state import WpaState
from harness.wire.dot11.elements import Elements
from harness.wire.eapol_key import EapolKey
from harness.wire.rsn import Rsne

HOME = Network(id=0, ssid=b"home", passphrase=PASSPHRASE)
OPEN = Network(id=0, ssid=b"open", key_mgmt=frozenset({KeyManagement.NONE}))


def started(
    *aps: ScriptedAp, networks: tuple[Network, ...] = (HOME,), config: StationConfig | None = None
) -> Stage:
    stage = Stage(*aps, config=config or StationConfig(device=DEVICE, networks=networks))
    stage.do(stage.station.start(0.0))
    return stage


def connected(*aps: ScriptedAp, **given: object) -> Stage:
    stage = started(*aps, **given)  # type: ignore[arg-type]
    stage.until_line("CTRL-EVENT-CONNECTED")
    return stage


def scans(stage: Stage) -> list[float]:
    return [at for at, command in stage.commands if isinstance(command, Scan)]


# ---- joining --------------------------------------------------------------------------------


def test_first_scan_comes_a_tenth_of_a_second_after_the_start() -> None:
    stage = connected(home())
    assert scans(stage) == [pytest.approx(0.1)]


def test_open_network_is_complete_once_associated() -> None:
    stage = connected(ScriptedAp(ssid=b"open"), networks=(OPEN,))
    place = "(SSID='open' freq=2412 MHz)"
    assert stage.lines == [
        "CTRL-EVENT-SCAN-STARTED ",
        "CTRL-EVENT-SCAN-RESULTS ",
        f"SME: Trying to authenticate with {AP1} {place}",
        f"Trying to associate with {AP1} {place}",
        f"Associated with {AP1}",
        f"CTRL-EVENT-CONNECTED - Connection to {AP1} completed [id=0 id_str=]",
    ]
    (request,) = stage.sent(Associate)
    assert isinstance(request, Associate)
    assert (request.elements, request.privacy, request.pairwise) == (b"", False, None)


def test_psk_network_negotiates_keys() -> None:
    stage = connected(home())
    assert f"WPA: Key negotiation completed with {AP1} [PTK=CCMP GTK=CCMP]" in stage.lines
    (request,) = stage.sent(Associate)
    assert isinstance(request, Associate)
    rsn = Elements(request.elements).rsn
    assert rsn == bytes.fromhex("0100000fac040100000fac040100000fac020000")
    assert Rsne.decode(rsn).pairwise == (request.pairwise,)
    pairwise, group = stage.sent(InstallKey)
    assert isinstance(pairwise, InstallKey)
    assert isinstance(group, InstallKey)
    assert (pairwise.peer, pairwise.index, len(pairwise.key)) == (AP1, 0, 16)
    assert (group.peer, group.index, len(group.key)) == (None, 1, 16)
    order = [type(command) for _, command in stage.commands][-4:]
    assert order == [TransmitEapol, InstallKey, InstallKey, SetPortAuthorized]
    assert stage.station.wpa_state.text == "COMPLETED"


def test_states_come_in_their_order() -> None:
    stage = connected(home())
    changes = [event.fields["new"] for event in stage.events if event.name == "sta.state.changed"]
    assert changes == [
        "SCANNING",
        "AUTHENTICATING",
        "ASSOCIATING",
        "ASSOCIATED",
        "4WAY_HANDSHAKE",
        "COMPLETED",
    ]


def test_inactive_without_networks() -> None:
    stage = started(home(), networks=())
    stage.run(60.0)
    assert stage.station.wpa_state is WpaState.INACTIVE
    assert not stage.commands


def test_scans_every_five_seconds_for_a_network_that_is_not_there() -> None:
    stage = started(ScriptedAp(ssid=b"other"))
    stage.run(16.0)
    gaps = [after - before for before, after in zip(scans(stage), scans(stage)[1:], strict=False)]
    assert gaps == [pytest.approx(5.0 + stage.scan_s)] * 3
    assert stage.lines.count("CTRL-EVENT-NETWORK-NOT-FOUND ") == 4


def test_backhaul_profile_joins_with_four_addresses() -> None:
    ap = home(multi_ap=0x40)
    network = Network(id=0, ssid=b"home", passphrase=PASSPHRASE, multi_ap_backhaul_sta=True)
    stage = connected(ap, networks=(network,))
    assert stage.station.four_address
    assert len(stage.sent(SetFourAddress)) == 1
    stage.do(stage.station.disconnect(stage.now))
    assert stage.sent(SetFourAddress)[-1] == SetFourAddress(interface="wlan0", enabled=False)
    assert not stage.station.four_address


def test_four_addresses_are_to_be_had_without_multi_ap() -> None:
    stage = connected(home(), networks=(replace(HOME, four_address=True),))
    assert stage.station.four_address
    assert stage.sent(SetFourAddress) == [SetFourAddress(interface="wlan0", enabled=True)]
    assert Elements(stage.sent(Associate)[0].elements).multi_ap is None  # type: ignore[attr-defined]
    assert not [each for each in stage.events if each.name == "sta.multi-ap.agreed"]
    stage.disconnect_by_ap(stage.aps[0], 3)
    stage.run(stage.now + 0.01)
    assert stage.sent(SetFourAddress)[-1] == SetFourAddress(interface="wlan0", enabled=False)


def test_multi_ap_has_its_say_though_four_addresses_are_ordered() -> None:
    network = replace(HOME, multi_ap_backhaul_sta=True, four_address=True)
    stage = started(home(multi_ap=0x20), networks=(network,))
    stage.until_line("CTRL-EVENT-DISCONNECTED")
    assert not stage.sent(SetFourAddress)


def test_another_pairwise_key_is_asked_for_at_its_period() -> None:
    stage = connected(home(), networks=(replace(HOME, ptk_rekey_s=60),))
    begin = stage.now
    stage.run(begin + 59.0)
    assert len(stage.sent(InstallKey)) == 2
    stage.run(begin + 179.0)
    pairwise = [key for key in stage.sent(InstallKey) if key.peer == AP1]  # type: ignore[attr-defined]
    assert len({key.key for key in pairwise}) == len(pairwise) == 3  # type: ignore[attr-defined]
    requests = [each for each in map(EapolKey.decode, stage.aps[0].received) if each.request]
    assert [key.replay_counter for key in requests] == [0, 1]
    assert all(key.is_pairwise and not key.error for key in requests)
    assert stage.station.wpa_state is WpaState.COMPLETED


@pytest.mark.parametrize(
    ("rekeying", "safely", "rejoins"),
    [
        (Rekeying.ALWAYS, False, False),
        (Rekeying.IF_SAFE, True, False),
        (Rekeying.IF_SAFE, False, True),
        (Rekeying.NEVER, True, True),
    ],
)
def test_the_ap_is_joined_anew_where_no_key_is_replaced(
    rekeying: Rekeying, safely: bool, rejoins: bool
) -> None:
    stage = started(home(), networks=(replace(HOME, ptk_rekey_s=60, rekeying=rekeying),))
    stage.station.core.identity = replace(stage.station.core.identity, rekeys_safely=safely)
    stage.until_line("CTRL-EVENT-CONNECTED")
    stage.run(stage.now + 61.0)
    lines = [line for line in stage.lines if "PTK0" in line or "DISCONNECTED" in line]
    forbidden = "Disable PTK0 rekey support - replaced with reconnect"
    assert lines == (
        [
            forbidden,
            "WPA: PTK0 rekey not allowed, reconnecting",
            f"CTRL-EVENT-DISCONNECTED bssid={AP1} reason=1 locally_generated=1",
            forbidden,
        ]
        if rejoins
        else []
    )
    assert len(stage.sent(Associate)) == 1 + rejoins
    assert len(stage.sent(Scan)) == 1
    assert not stage.station.core.ignored.count(AP1)
    assert stage.station.wpa_state is WpaState.COMPLETED


def test_plain_profile_asks_for_no_backhaul() -> None:
    stage = connected(home(multi_ap=0x40))
    assert not stage.sent(SetFourAddress)
    assert Elements(stage.sent(Associate)[0].elements).multi_ap is None  # type: ignore[attr-defined]


def test_early_handshake_message_is_kept_for_200_ms() -> None:
    stage = connected(home(eapol_first=True))
    assert stage.now < 1.0
    assert stage.station.wpa_state is WpaState.COMPLETED


def test_too_early_handshake_message_is_dropped() -> None:
    ap = home(eapol_first=True)
    stage = started(ap)
    stage.until_line("Trying to associate")
    first, answer = (entry[2] for entry in sorted(stage._queue))
    assert isinstance(answer, Associated)
    stage._queue.clear()
    stage.say(first)
    stage.say(answer, 0.3)
    assert ap.authenticator is not None
    ap.authenticator = None
    stage.run(stage.now + 1.0)
    assert stage.station.wpa_state is WpaState.ASSOCIATED


# ---- failing --------------------------------------------------------------------------------


def test_wrong_passphrase_disables_the_network_for_a_while() -> None:
    wrong = Network(id=0, ssid=b"home", passphrase="wrong horse")
    ap = home()
    stage = started(ap, networks=(wrong,))
    stage.until_line("Associated with")
    stage.run(stage.now + 0.5)
    assert stage.station.wpa_state is WpaState.FOUR_WAY_HANDSHAKE
    stage.disconnect_by_ap(ap, 15)
    stage.run(stage.now + 0.1)
    assert stage.lines[-3:] == [
        f"CTRL-EVENT-DISCONNECTED bssid={AP1} reason=15",
        "WPA: 4-Way Handshake failed - pre-shared key may be incorrect",
        'CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid="home" auth_failures=1 duration=10'
        " reason=WRONG_KEY",
    ]
    assert stage.station.wpa_state is WpaState.DISCONNECTED
    off = stage.now
    stage.until_line("CTRL-EVENT-SSID-REENABLED id=0")
    assert stage.now == pytest.approx(off + 10.0, abs=0.2)
    stage.until_line("Trying to associate")


def test_handshake_that_stalls_is_a_wrong_key_after_ten_seconds() -> None:
    wrong = Network(id=0, ssid=b"home", passphrase="wrong horse")
    stage = started(home(), networks=(wrong,))
    stage.until_line("Associated with")
    at = stage.now
    stage.until_line("reason=WRONG_KEY")
    assert stage.now == pytest.approx(at + 10.0, abs=0.01)
    assert stage.sent(Deauthenticate)


def test_connection_failures_disable_the_network_from_the_fourth_on() -> None:
    stage = started(home(statuses=[1] * 20))
    stage.until_line("reason=CONN_FAILED")
    assert len(stage.sent(Associate)) == 4
    rests = [line for line in stage.lines if "TEMP-DISABLED" in line]
    assert rests == [
        'CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid="home" auth_failures=1 duration=10'
        " reason=CONN_FAILED"
    ]


def test_rejections_are_reported() -> None:
    stage = started(home(authentication_statuses=[13], statuses=[17]))
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert (
        f"CTRL-EVENT-AUTH-REJECT {AP1} auth_type=0 auth_transaction=2 status_code=13" in stage.lines
    )
    assert f"CTRL-EVENT-ASSOC-REJECT bssid={AP1} status_code=17" in stage.lines
    assert not stage.sent(Deauthenticate)


@pytest.mark.parametrize(
    ("mute", "line"),
    [
        ("authentication", f"Authentication with {AP1} timed out."),
        ("association", f"CTRL-EVENT-ASSOC-REJECT bssid={AP1} status_code=1 timeout"),
    ],
)
def test_silence_is_reported_and_another_bss_tried(mute: str, line: str) -> None:
    stage = started(home(mute=frozenset({mute})), home(bssid=AP2, signal=-80))
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert line in stage.lines
    assert stage.station.bssid == AP2


def test_failures_wait_longer_each_time() -> None:
    stage = started(home(mute=frozenset({"authentication"})))
    stage.run(30.0)
    failed = [event.t for event in stage.events if event.name == "sta.attempt.timed-out"]
    delays = [min(at for at in scans(stage) if at >= end) - end for end in failed[:3]]
    assert delays == [pytest.approx(0.1), pytest.approx(0.5), pytest.approx(1.0)]


def test_radio_that_refuses_four_addresses_ends_the_attempt() -> None:
    network = Network(id=0, ssid=b"home", passphrase=PASSPHRASE, multi_ap_backhaul_sta=True)
    stage = started(home(multi_ap=0x40, mute=frozenset({"eapol"})), networks=(network,))
    stage.until_line("Associated with")
    command = stage.sent(SetFourAddress)[0]
    stage.say(CommandFailed(interface="wlan0", command=command, errno=95, reason="no"))
    stage.run(stage.now + 0.01)
    (failed,) = [each for each in stage.events if each.name == "sta.four-address.failed"]
    assert failed.fields == {"bssid": AP1, "errno": 95}
    assert stage.sent(Deauthenticate)
    assert f"CTRL-EVENT-DISCONNECTED bssid={AP1} reason=3 locally_generated=1" in stage.lines


def test_scan_that_the_kernel_cuts_short_is_tried_again_and_no_failure() -> None:
    stage = started(home())
    stage.until_line("CTRL-EVENT-SCAN-STARTED")
    stage._queue.clear()
    stage.say(CommandFailed(interface="wlan0", command=stage.sent(Scan)[0], errno=125, reason=""))
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert not any("SCAN-FAILED" in line for line in stage.lines)


def test_who_leaves_during_a_scan_is_disconnected_at_once() -> None:
    stage = started(home())
    stage.until_line("CTRL-EVENT-SCAN-STARTED")
    assert stage.station.wpa_state is WpaState.SCANNING
    stage.do(stage.station.disconnect(stage.now))
    assert stage.station.wpa_state is WpaState.DISCONNECTED
    stage.run(stage.now + 5.0)
    stage.do(stage.station.scan(stage.now))
    assert stage.station.wpa_state is WpaState.SCANNING


def test_scan_that_the_radio_refuses_is_tried_again_after_a_second() -> None:
    stage = started(home())
    stage.until_line("CTRL-EVENT-SCAN-STARTED")
    stage._queue.clear()
    stage.say(CommandFailed(interface="wlan0", command=stage.sent(Scan)[0], errno=16, reason=""))
    stage.until_line("CTRL-EVENT-SCAN-FAILED ret=-16 retry=1")
    failed = stage.now
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert scans(stage)[1] == pytest.approx(failed + 1.0)


@pytest.mark.parametrize("kind", [Authenticate, Associate])
def test_radio_that_refuses_to_join_is_no_end(kind: type[Authenticate | Associate]) -> None:
    stage = started(home())
    stage.run(5.0, lambda: bool(stage.sent(kind)))
    stage._queue.clear()
    stage.say(CommandFailed(interface="wlan0", command=stage.sent(kind)[0], errno=114, reason=""))
    stage.until_line("CTRL-EVENT-CONNECTED")


# ---- losing ---------------------------------------------------------------------------------


def test_deauthentication_leads_to_a_scan_and_back() -> None:
    ap = home()
    stage = connected(ap)
    lost = stage.now
    stage.disconnect_by_ap(ap, 1)
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert f"CTRL-EVENT-DISCONNECTED bssid={AP1} reason=1" in stage.lines
    assert scans(stage)[1] == pytest.approx(lost + 0.1, abs=0.01)


@pytest.mark.parametrize("reason", [4, 6, 7])
def test_ap_that_forgot_us_is_rejoined_at_once(reason: int) -> None:
    ap = home()
    stage = connected(ap)
    stage.disconnect_by_ap(ap, reason)
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert len(scans(stage)) == 1


def test_ap_that_fell_silent_leaves_the_table() -> None:
    ap = home()
    stage = connected(ap)
    ap.present = False
    stage.disconnect_by_ap(ap, 4, lost=True)
    stage.run(stage.now + 0.05)
    assert f"CTRL-EVENT-DISCONNECTED bssid={AP1} reason=4 locally_generated=1" in stage.lines
    assert len(stage.station.bss_table) == 0


def test_user_disconnect_stays_away_until_reconnect() -> None:
    stage = connected(home())
    stage.do(stage.station.disconnect(stage.now))
    assert stage.lines[-1] == f"CTRL-EVENT-DISCONNECTED bssid={AP1} reason=3 locally_generated=1"
    stage.run(stage.now + 60.0)
    assert stage.station.wpa_state is WpaState.DISCONNECTED
    assert len(scans(stage)) == 1
    stage.do(stage.station.reconnect(stage.now))
    stage.until_line("CTRL-EVENT-CONNECTED")


@pytest.mark.parametrize(("away", "looked"), [(3.0, 1), (6.0, 2)])
def test_fresh_scan_results_save_a_scan(away: float, looked: int) -> None:
    stage = connected(home())
    stage.do(stage.station.disconnect(stage.now))
    stage.run(stage.now + away)
    stage.do(stage.station.reconnect(stage.now))
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert len(scans(stage)) == looked


def test_resting_network_is_looked_for_once_and_joined_when_the_rest_is_over() -> None:
    """As wpa_supplicant 2.10 does, to the tenth of a second."""
    stage = started(home(statuses=[1] * 4))
    stage.until_line("reason=CONN_FAILED")
    rests = stage.now
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert stage.now == pytest.approx(rests + 10.0, abs=0.1)
    assert [at for at in scans(stage) if at > rests] == [pytest.approx(rests + 5.0)]


def test_late_word_of_our_leaving_does_not_end_the_next_attempt() -> None:
    """The radio confirms a Deauthentication when the same AP is being joined again."""
    stage = connected(home())
    stage.do(stage.station.disconnect(stage.now))
    stage.do(stage.station.connect(0, stage.now))
    stage.until_line("CTRL-EVENT-CONNECTED")
    lost = [line for line in stage.lines if "CTRL-EVENT-DISCONNECTED" in line]
    assert len(lost) == 1


# ---- the user -------------------------------------------------------------------------------


def test_connect_selects_one_network() -> None:
    second = Network(id=1, ssid=b"second", passphrase=PASSPHRASE)
    stage = connected(home(), home(bssid=AP2, ssid=b"second"), networks=(HOME, second))
    assert stage.station.bssid == AP1
    stage.do(stage.station.connect(1, stage.now))
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert stage.station.bssid == AP2
    assert stage.station.networks[0].disabled


def test_connect_to_an_unknown_network_is_a_usage_error() -> None:
    stage = started(networks=())
    with pytest.raises(UsageError):
        stage.station.connect(5, 0.0)


def test_removing_the_current_network_leaves_it() -> None:
    stage = connected(home())
    stage.do(stage.station.remove_network(0, stage.now))
    assert stage.lines[-2:] == [
        "CTRL-EVENT-NETWORK-REMOVED 0",
        f"CTRL-EVENT-DISCONNECTED bssid={AP1} reason=3 locally_generated=1",
    ]
    assert stage.station.wpa_state is WpaState.INACTIVE


def test_disabling_and_enabling_a_network() -> None:
    stage = connected(home())
    stage.do(stage.station.disable_network(0, stage.now))
    stage.run(stage.now + 30.0)
    assert stage.station.wpa_state is WpaState.INACTIVE
    stage.do(stage.station.enable_network(0, stage.now))
    stage.until_line("CTRL-EVENT-CONNECTED")


def test_added_network_gets_the_next_id() -> None:
    stage = started(home())
    added, actions = stage.station.add_network(Network(ssid=b"x", passphrase=PASSPHRASE), 0.0)
    stage.do(actions)
    assert added == 1
    assert "CTRL-EVENT-NETWORK-ADDED 1" in stage.lines


def test_scan_only_reports_while_connected() -> None:
    stage = connected(home(), home(bssid=AP2, signal=-10))
    assert stage.station.bssid == AP2
    stage.aps[0].signal = 0
    stage.do(stage.station.scan(stage.now))
    with pytest.raises(UsageError):
        stage.station.scan(stage.now)
    stage.run(stage.now + 5.0)
    assert stage.station.bssid == AP2
    assert stage.lines.count("CTRL-EVENT-SCAN-RESULTS ") == 2


def test_current_bss_stays_in_the_table_however_old() -> None:
    other = home(bssid=AP2, ssid=b"other")
    stage = connected(home(), other)
    stage.run(stage.now + 400.0)
    assert [bss.bssid for bss in stage.station.bss_table] == [AP1]
    assert f"CTRL-EVENT-BSS-REMOVED 1 {AP2}" in stage.lines


# ---- what does not belong -------------------------------------------------------------------


def test_eapol_of_strangers_and_answers_of_other_aps_are_dropped() -> None:
    stage = started(home(), home(bssid=AP2, ssid=b"other"))
    stage.until_line("Trying to associate")
    stage._queue.clear()
    other = stage.aps[1]
    stage.say(eapol(AP2, b"\x02\x03\x00\x00"))
    request = stage.sent(Associate)[0]
    assert isinstance(request, Associate)
    stage.say(other.associate(request, stage.now)[0])
    stage.say(other.authenticate())
    stage.run(stage.now + 0.1)
    assert stage.station.wpa_state is WpaState.ASSOCIATING
    assert stage.names().count("sta.input.discarded") == 3


def test_results_of_a_scan_that_nobody_asked_for_are_taken_in() -> None:
    stage = started(networks=())
    stage.say(ScanFinished(interface="wlan0", results=(home().observation(0.001),)))
    stage.run(1.0)
    assert len(stage.station.bss_table) == 1


def test_address_of_the_station_is_its_own() -> None:
    assert Stage().station.address == MacAddress("02:00:00:00:00:51")


def test_two_forged_frames_keep_the_station_away_for_a_minute() -> None:
    """In the words of wpa_supplicant 2.10, whose kernel was made to meet forged frames."""
    stage = connected(home())
    forged = MichaelFailure(interface="wlan0", peer=AP1, group=True)

    stage.say(forged)
    stage.run(stage.now + 1.0)
    asked = "WPA: Sending EAPOL-Key Request (error=1 pairwise=0 ptk_set=1 len=99)"
    assert stage.lines[-2:] == ["Michael MIC failure detected", asked]
    assert stage.station.wpa_state is WpaState.COMPLETED

    stage.say(forged)
    stage.run((began := stage.now) + 59.0)
    told = [line for line in stage.lines if "SCAN" not in line and "NOT-FOUND" not in line]
    assert told[-4:] == [
        "Michael MIC failure detected",
        asked,
        "TKIP countermeasures started",
        f"CTRL-EVENT-DISCONNECTED bssid={AP1} reason=14 locally_generated=1",
    ]
    assert scans(stage)[-1] > began + 30.0, "it goes on looking"
    stage.until_line("CTRL-EVENT-CONNECTED", began + 70.0)
    assert stage.now > began + 60.0
    assert "WPA: TKIP countermeasures stopped" in stage.lines


def test_forged_frames_far_apart_are_only_told() -> None:
    stage = connected(home(), home(bssid=AP2, ssid=b"else"))
    for _ in range(3):
        stage.say(MichaelFailure(interface="wlan0", peer=AP1))
        stage.run(stage.now + 61.0)
    assert stage.station.wpa_state is WpaState.COMPLETED
    stage.say(MichaelFailure(interface="wlan0", peer=AP2))
    stage.say(MichaelFailure(interface="wlan0", peer=AP2))
    stage.run(stage.now + 1.0)
    assert stage.lines.count("Michael MIC failure detected") == 3, "the others are not our AP's"
