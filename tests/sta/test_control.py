"""The station behind its control interface, on the scripted air."""

from __future__ import annotations

import pytest
from control_stage import UPDATES, ControlStage, fields, joined
from hypothesis import given, settings
from hypothesis import strategies as st
from sta_stage import AP1, home, onboarding

from harness.base.errors import ConfigError
from harness.base.seam import Scan
from harness.base.seam_events import ScanFinished
from harness.sta.control.interface import ORDERS
from harness.sta.control.order import ORDER_IDLE


def test_a_network_is_made_and_joined_by_commands() -> None:
    stage = ControlStage(home())
    assert stage.ask("PING") == "PONG\n"
    assert stage.ask("ADD_NETWORK") == "0\n"
    assert stage.ask('SET_NETWORK 0 ssid "home"') == "OK\n"
    assert stage.ask('SET_NETWORK 0 psk "correct horse"') == "OK\n"
    assert stage.ask("LIST_NETWORKS").splitlines()[1] == "0\thome\tany\t[DISABLED]"
    assert stage.ask("SELECT_NETWORK 0") == "OK\n"
    stage.until_line("CTRL-EVENT-CONNECTED")
    status = fields(stage.ask("STATUS"))
    assert list(status) == [
        "bssid", "freq", "ssid", "id", "mode", "pairwise_cipher", "group_cipher", "key_mgmt",
        "wpa_state", "address", "uuid",
    ]  # fmt: skip
    assert status["bssid"] == str(AP1)
    assert (status["wpa_state"], status["key_mgmt"]) == ("COMPLETED", "WPA2-PSK")
    assert stage.ask("LIST_NETWORKS").splitlines()[1] == "0\thome\tany\t[CURRENT]"
    assert fields(stage.ask("SIGNAL_POLL"))["FREQUENCY"] == "2412"


def test_enrolment_by_button_is_saved_and_survives_a_restart() -> None:
    stage = ControlStage(*onboarding())
    assert stage.ask("WPS_PBC multi_ap=1") == "OK\n"
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert stage.desk.text == (
        "update_config=1\ndevice_name=lab\n"
        '\nnetwork={\n\tssid="backhaul"\n\tpsk="backhaul secret"\n\tproto=RSN\n\tkey_mgmt=WPA-PSK\n'
        "\tpairwise=CCMP\n\tauth_alg=OPEN\n\tmulti_ap_backhaul_sta=1\n\tmulti_ap_profile=1\n}\n"
    )
    again = ControlStage(*onboarding(), text=stage.desk.text)
    again.until_line("CTRL-EVENT-CONNECTED")
    assert fields(again.ask("STATUS"))["ssid"] == "backhaul"
    assert again.control.station.four_address


def test_wps_commands_answer_as_documented() -> None:
    stage = ControlStage()
    pin = stage.ask("WPS_PIN get")
    assert len(pin) == 8
    assert stage.ask(f"WPS_CHECK_PIN {pin[:4]}-{pin[4:]}") == pin
    assert stage.ask_all(
        "WPS_CHECK_PIN 1234-5670", "WPS_CHECK_PIN 12345678", "WPS_CHECK_PIN 123",
        "WPS_CHECK_PIN 1234", "WPS_PBC foo", "WPS_PIN foo", "WPS_PIN any 12345670", "WPS_CANCEL",
    ) == [
        "12345670", "FAIL-CHECKSUM\n", "FAIL\n", "1234", "FAIL\n", "FAIL\n", "12345670", "OK\n",
    ]  # fmt: skip
    assert "WPS-PIN-ACTIVE " in stage.lines
    assert "WPS-CANCEL " in stage.lines
    assert stage.ask("LIST_NETWORKS") == "network id / ssid / bssid / flags\n"


def test_a_network_that_needs_what_is_not_built_waits_beside_the_others() -> None:
    text = f'{UPDATES}network={{\nssid="home"\npriority=9\nkey_mgmt=WPA-EAP\neap=PEAP\n}}\n'
    stage = ControlStage(home(), text=text)
    assert stage.ask("GET_NETWORK 0 key_mgmt") == "WPA-EAP"
    stage.run(30)
    assert stage.control.station.current_network is None
    stage.ask("ADD_NETWORK")
    assert stage.ask_all(
        'SET_NETWORK 1 ssid "home"', 'SET_NETWORK 1 psk "correct horse"', "SET_NETWORK 1 mode 1",
        "SET_NETWORK 1 eap TTLS PEAP", "GET_NETWORK 1 eap", "GET_NETWORK 1 mode",
        "SET_NETWORK 1 group CCMP WEP40", "GET_NETWORK 1 group", "SELECT_NETWORK 1",
    ) == ["OK\n"] * 4 + ["TTLS PEAP", "1", "OK\n", "CCMP", "OK\n"]  # fmt: skip
    stage.run(stage.now + 30)
    assert stage.control.station.current_network is None
    reason = "network 1 is never joined: mode: only 0 (a station) and 2 (an access point) are built"
    told = [event.fields for event in stage.events if event.name == ORDER_IDLE]
    assert told == [
        {"command": command, "reason": reason}
        for command in ("SET_NETWORK 1 mode", "SELECT_NETWORK 1")
    ]
    assert stage.ask_all("SET_NETWORK 1 mode 0", "ENABLE_NETWORK all") == ["OK\n"] * 2
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert stage.ask("LIST_NETWORKS").splitlines()[1:] == [
        "0\thome\tany\t", "1\thome\tany\t[CURRENT]",
    ]  # fmt: skip
    assert stage.ask("SAVE_CONFIG") == "OK\n"
    assert "key_mgmt=WPA-EAP" in stage.desk.text
    assert "group=CCMP WEP40" in stage.desk.text


def test_an_enrolment_shows_in_the_status() -> None:
    stage = ControlStage(*onboarding())
    stage.ask("WPS_PBC")
    assert stage.ask("LIST_NETWORKS").splitlines()[1] == "0\t\tany\t"
    stage.until_line("CTRL-EVENT-EAP-STARTED")
    status = fields(stage.ask("STATUS"))
    assert status["key_mgmt"] == "WPS"
    assert status["Supplicant PAE state"] == "AUTHENTICATING"
    assert status["selectedMethod"] == "254 (EAP-WSC)"


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("FOO", "UNKNOWN COMMAND\n"),
        ("ping", "UNKNOWN COMMAND\n"),
        ("BSS", "UNKNOWN COMMAND\n"),
        ("WPS_REG", "UNKNOWN COMMAND\n"),
        ("SET_NETWORK 9 ssid \"x\"", "FAIL\n"),
        ("SET_NETWORK 0 ssid abc", "FAIL\n"),
        ("SET_NETWORK 0 ssid", "FAIL\n"),
        ("SET_NETWORK 0 foo 1", "FAIL\n"),
        ("SET_NETWORK 0 psk \"short\"", "FAIL\n"),
        ("SET_NETWORK 0 id_str \"a\nupdate_config=0\"", "FAIL\n"),
        ("GET_NETWORK 0 psk", "FAIL\n"),
        ("GET_NETWORK 0 ssid", "FAIL\n"),
        ("GET_NETWORK 0 scan_ssid", "0"),
        ("GET_NETWORK 0 key_mgmt", "WPA-PSK WPA-EAP"),
        ("GET_NETWORK 0 proto", "WPA RSN"),
        ("GET_NETWORK 0 disabled", "1"),
        ("GET_NETWORK 0 ieee80211w", "3"),
        ("GET_NETWORK 0 fragment_size", "1398"),
        ("GET_NETWORK x ssid", "FAIL\n"),
        ("SELECT_NETWORK 9", "FAIL\n"),
        ("REMOVE_NETWORK 9", "FAIL\n"),
        ("ENABLE_NETWORK 9", "FAIL\n"),
        ("SET device_name", "FAIL\n"),
        ("SET foo 1", "FAIL\n"),
        ("GET foo", "FAIL\n"),
        ("GET device_name", "lab"),
        ("AP_SCAN 9", "FAIL\n"),
        ("BSS_EXPIRE_AGE 5", "FAIL\n"),
        ("BSS_EXPIRE_AGE 50", "OK\n"),
        ("SCAN_INTERVAL -1", "FAIL\n"),
        ("SCAN freq=x", "FAIL\n"),
        ("SCAN_RESULTS", "bssid / frequency / signal level / flags / ssid\n"),
        ("BSS 0", ""),
        ("BSS ff:ff:ff:ff:ff:ff", ""),
        ("SIGNAL_POLL", "FAIL\n"),
        ("ROAM 02:00:00:00:00:01", "FAIL\n"),
        ("REATTACH", "FAIL\n"),
        ("PMKSA", "Index / AA / PMKID / expiration (in seconds) / opportunistic\n"),
        ("BLACKLIST", ""),
        ("IFNAME", "wlan0"),
        ("GET_CAPABILITY eap", "WSC"),
        ("GET_CAPABILITY eap strict iftype=FOO", "WSC"),
        ("GET_CAPABILITY group", "CCMP TKIP WEP104 WEP40"),
        ("GET_CAPABILITY group  strict", "FAIL\n"),
        ("GET_CAPABILITY key_mgmt iftype=AP strict", "NONE WPA-PSK SAE"),
        ("GET_CAPABILITY key_mgmt iftype=ADHOC", "FAIL\n"),
        ("GET_CAPABILITY foo", "FAIL\n"),
        (
            "GET_CAPABILITY channels",
            "Mode[G] Channels: 1 6\nMode[A] Channels: 36\nMode[B] Channels: 1 6\n",
        ),
        ("CTRL-RSP-FOO-0:x", "FAIL\n"),
        ("DISCONNECT", "OK\n"),
        ("RECONNECT", "OK\n"),
        ("REASSOCIATE", "OK\n"),
    ],
)  # fmt: skip
def test_reply(command: str, reply: str) -> None:
    stage = ControlStage()
    stage.ask("ADD_NETWORK")
    assert stage.ask(command) == reply


def test_values_are_shown_in_their_one_form() -> None:
    stage = ControlStage()
    stage.ask_all("ADD_NETWORK", "SET_NETWORK 0 ssid 686f6d65", 'SET_NETWORK 0 psk "12345678"',
                  "SET_NETWORK 0 priority 0x10", "SET_NETWORK 0 pairwise TKIP CCMP",
                  "SET_NETWORK 0 proto WPA2", "SET_NETWORK 0 bssid 02:00:00:00:00:AA",
                  "SET_NETWORK 0 scan_freq 2412 2437")  # fmt: skip
    shown = {key: stage.ask(f"GET_NETWORK 0 {key}") for key in
             ("ssid", "psk", "priority", "pairwise", "proto", "bssid", "scan_freq")}  # fmt: skip
    assert shown == {
        "ssid": '"home"', "psk": "*", "priority": "16", "pairwise": "CCMP TKIP", "proto": "RSN",
        "bssid": "02:00:00:00:00:aa", "scan_freq": "2412 2437",
    }  # fmt: skip
    assert stage.ask("SET_NETWORK 0 bssid any") == "OK\n"
    assert stage.ask("SET_NETWORK 0 psk NULL") == "FAIL\n"
    assert stage.ask("GET_NETWORK 0 psk") == "*"
    assert stage.ask("SET_NETWORK 0 ssid NULL") == "OK\n"
    assert stage.ask("GET_NETWORK 0 ssid") == "FAIL\n"


def test_a_number_is_what_a_text_begins_with() -> None:
    """Blanks around it are what scripts leave; a word is no network 0."""
    stage = ControlStage()
    stage.ask_all("ADD_NETWORK", "ADD_NETWORK")
    taken = ("SCAN_INTERVAL  5", "AP_SCAN 1 ", "BSS_EXPIRE_AGE 20 ", "BSS_EXPIRE_COUNT  3",
             "STA_AUTOCONNECT 1x", "BSS_FLUSH 5 ", "SET EAPOL::heldPeriod 5 ", "SET ap_scan  1",
             "SET wps_fragment_size 500 ", 'SET_NETWORK 1x id_str "a"',
             "REMOVE_NETWORK 0 ")  # fmt: skip
    assert [stage.ask(command) for command in taken] == ["OK\n"] * len(taken)
    refused = ("SCAN_INTERVAL x", "AP_SCAN x", "AP_SCAN ", "BSS_EXPIRE_AGE x", "STA_AUTOCONNECT ",
               "BSS_FLUSH x", "SET EAPOL::heldPeriod x", "SET ap_scan 1 ", "REMOVE_NETWORK x",
               "BSS_EXPIRE_AGE 9", "AP_SCAN 3")  # fmt: skip
    assert [stage.ask(command) for command in refused] == ["FAIL\n"] * len(refused)
    assert [line.split("\t")[0] for line in stage.ask("LIST_NETWORKS").splitlines()[1:]] == ["1"]
    assert stage.ask("GET bss_expiration_age") == "20"


def test_what_is_unset_is_not_copied_and_a_default_is() -> None:
    stage = ControlStage()
    stage.ask_all("ADD_NETWORK", "ADD_NETWORK", 'SET_NETWORK 1 id_str "a"',
                  "SET_NETWORK 1 priority 4")  # fmt: skip
    assert stage.ask("DUP_NETWORK 0 1 id_str") == "FAIL\n"
    assert stage.ask("GET_NETWORK 1 id_str") == '"a"'
    assert stage.ask("DUP_NETWORK 0 1 priority") == "OK\n"
    assert stage.ask("GET_NETWORK 1 priority") == "0"


def test_settings_for_scans_that_no_radio_does_are_taken() -> None:
    stage = ControlStage(text="ctrl_interface=/a\nupdate_config=0x1\n")
    taken = ("SET relative_rssi 5", "SET relative_rssi disable", "SET relative_band_adjust 5G:-3",
             "SET no_ctrl_interface 1", "SAVE_CONFIG")  # fmt: skip
    assert [stage.ask(command) for command in taken] == ["OK\n"] * len(taken)
    assert stage.desk.text == "update_config=0x1\n"
    refused = "SET relative_rssi 101", "SET relative_rssi -1", "SET relative_band_adjust 6G:1"
    assert [stage.ask(command) for command in refused] == ["FAIL\n"] * len(refused)


def test_saving_is_refused_unless_it_is_allowed() -> None:
    stage = ControlStage(text="device_name=x\n")
    assert stage.ask("SAVE_CONFIG") == "FAIL\n"
    assert stage.ask("SET update_config 1") == "OK\n"
    assert stage.ask("SAVE_CONFIG") == "OK\n"
    assert stage.desk.text == "device_name=x\nupdate_config=1\n"


def test_selecting_switches_the_others_off_in_the_file() -> None:
    networks = "".join(
        f'network={{\n\tssid="{name}"\n\tpsk="correct horse"\n}}\n' for name in ("home", "away")
    )
    stage = ControlStage(home(), text=UPDATES + networks)
    stage.ask_all("SELECT_NETWORK 0", "SAVE_CONFIG")
    assert stage.desk.text == UPDATES + networks.removesuffix("}\n") + "\tdisabled=1\n}\n"
    stage.ask_all("ENABLE_NETWORK all", "SAVE_CONFIG")
    assert stage.desk.text == UPDATES + networks


def test_a_bad_file_changes_nothing() -> None:
    stage = joined()
    stage.ask("SAVE_CONFIG")
    stage.desk.text = "foo=1\n"
    assert stage.ask("RECONFIGURE") == "FAIL\n"
    assert fields(stage.ask("STATUS"))["wpa_state"] == "COMPLETED"


def test_a_file_is_read_again() -> None:
    stage = joined()
    stage.desk.text = 'device_name=new\nnetwork={\n\tssid="home"\n\tpsk="correct horse"\n}\n'
    assert stage.ask("RECONFIGURE") == "OK\n"
    assert not any("NETWORK-REMOVED" in line or "ADDED 0" in line for line in stage.lines[-3:])
    assert stage.ask("GET device_name") == "new"
    assert stage.ask("LIST_NETWORKS").splitlines()[1].startswith("0\thome\tany\t")
    stage.until_line("CTRL-EVENT-CONNECTED")


def test_cancelling_also_leaves_a_working_connection_and_comes_back() -> None:
    """As wpa_supplicant 2.10 does."""
    stage = joined()
    before = len(stage.lines)
    assert stage.ask("WPS_CANCEL") == "OK\n"
    assert stage.lines[before : before + 2] == [
        f"CTRL-EVENT-DISCONNECTED bssid={AP1} reason=3 locally_generated=1", "WPS-CANCEL ",
    ]  # fmt: skip
    stage.run(stage.now + 10.0)
    assert fields(stage.ask("STATUS"))["wpa_state"] == "COMPLETED"


def test_a_button_is_for_any_or_for_an_address_after_one_blank() -> None:
    stage = ControlStage()
    taken = "WPS_PBC", "WPS_PBC any", f"WPS_PBC {AP1}", f"WPS_PBC {AP1} ", "WPS_PBC multi_ap=1"
    assert [stage.ask(command) for command in taken] == ["OK\n"] * len(taken)
    assert stage.ask_all("WPS_PBC ", f"WPS_PBC  {AP1}", "WPS_PBCX", "WPS_PIN ", "WPS_PIN  any") == [
        "FAIL\n", "FAIL\n", "UNKNOWN COMMAND\n", "FAIL\n", "FAIL\n",
    ]  # fmt: skip


def test_who_asks_for_stations_fills_no_log() -> None:
    stage = ControlStage()
    for command in ("STA-FIRST", f"STA {AP1}", f"STA-NEXT {AP1}"):
        reply, actions = stage.control.execute(command, 0.0)
        assert (reply, actions) == ("FAIL\n", ())


def test_nothing_is_looked_for_while_all_networks_are_removed() -> None:
    stage = joined()
    stage.ask("WPS_PBC")
    stage.run(stage.now + 1.0)
    scans = len(stage.sent(Scan))
    assert stage.ask("REMOVE_NETWORK all") == "OK\n"
    stage.run(stage.now + 5.0)
    assert len(stage.sent(Scan)) == scans
    assert fields(stage.ask("STATUS"))["wpa_state"] == "INACTIVE"


def test_a_file_that_cannot_be_written_is_told() -> None:
    stage = ControlStage(home())

    def refuse(text: str) -> None:
        raise ConfigError("disk full")

    stage.desk.store = refuse  # type: ignore[method-assign]
    assert stage.ask("SAVE_CONFIG") == "FAIL\n"


def test_disconnecting_lasts_until_reconnecting() -> None:
    stage = joined()
    assert stage.ask("DISCONNECT") == "OK\n"
    stage.run(stage.now + 30)
    assert fields(stage.ask("STATUS"))["wpa_state"] == "DISCONNECTED"
    assert stage.ask("RECONNECT") == "OK\n"
    stage.until_line("CTRL-EVENT-CONNECTED")


def test_scan_results_show_what_was_seen() -> None:
    stage = ControlStage(*onboarding())
    assert stage.ask("SCAN TYPE=ONLY freq=2412") == "OK\n"
    assert stage.ask("SCAN") == "FAIL-BUSY\n"
    scan = stage.sent(Scan)[-1]
    assert isinstance(scan, Scan)
    assert scan.frequencies == (2412,)
    stage.run(1.0)
    rows = [line.split("\t") for line in stage.ask("SCAN_RESULTS").splitlines()[1:]]
    assert rows[0][0] == str(AP1)
    assert rows[0][3] == "[WPA2-PSK-CCMP][WPS-PBC][ESS]"
    assert rows[0][4] == "home"
    bss = fields(stage.ask("BSS 0"))
    assert list(bss)[:5] == ["id", "bssid", "freq", "beacon_int", "capabilities"]
    assert bss["wps_selected_registrar"] == "1"
    assert bss["wps_device_password_id"] == "4"
    assert stage.ask("BSS 0") == stage.ask(f"BSS {AP1}") == stage.ask("BSS FIRST")
    assert stage.ask("BSS 0 MASK=0x3") == f"id=0\nbssid={AP1}\n"
    ranged = stage.ask("BSS RANGE=ALL MASK=0x20001")
    assert ranged == "id=0\n====\nid=1\n####\n"
    assert stage.ask("BSS_FLUSH 0") == "OK\n"
    assert stage.ask("BSS 0") == ""


def test_flush_forgets_everything() -> None:
    stage = joined()
    assert stage.ask("FLUSH") == "OK\n"
    stage.run(stage.now + 1)
    assert stage.ask("LIST_NETWORKS") == "network id / ssid / bssid / flags\n"
    assert fields(stage.ask("STATUS"))["wpa_state"] == "INACTIVE"


@pytest.mark.parametrize("order", ["WPS_CANCEL", "FLUSH"])
@pytest.mark.parametrize("search", ["WPS_PBC", "WPS_PIN any 12345670"])
def test_a_search_that_is_given_up_tells_once_that_it_found_nothing(
    search: str, order: str
) -> None:
    """As wpa_supplicant 2.10 does, when the results of the scan under way come."""
    stage = ControlStage(home())
    stage.ask(search)
    stage.ask(order)
    assert "CTRL-EVENT-NETWORK-NOT-FOUND " not in stage.lines
    stage.run(20.0)
    assert stage.lines[-2:] == ["CTRL-EVENT-SCAN-RESULTS ", "CTRL-EVENT-NETWORK-NOT-FOUND "]
    assert stage.lines.count("CTRL-EVENT-NETWORK-NOT-FOUND ") == 1


def test_a_search_for_a_flushed_network_tells_once_that_it_found_nothing() -> None:
    stage = ControlStage(home(), text='network={\nssid="nowhere"\nkey_mgmt=NONE\n}\n')
    stage.until_line("CTRL-EVENT-SCAN-STARTED")
    stage.ask("FLUSH")
    stage.run(20.0)
    assert stage.lines[-2:] == ["CTRL-EVENT-SCAN-RESULTS ", "CTRL-EVENT-NETWORK-NOT-FOUND "]
    assert stage.lines.count("CTRL-EVENT-NETWORK-NOT-FOUND ") == 1


@pytest.mark.parametrize("scan", ["SCAN", "SCAN TYPE=ONLY"])
def test_a_scan_that_can_lead_nowhere_tells_that_it_found_nothing(scan: str) -> None:
    """As wpa_supplicant 2.10, unless the user wants no connection."""
    stage = ControlStage(home())
    stage.ask("WPS_PBC")
    stage.until_line("CTRL-EVENT-SCAN-RESULTS")
    stage.ask_all("WPS_CANCEL", scan)
    stage.run(20.0)
    assert stage.lines[-1] == "CTRL-EVENT-NETWORK-NOT-FOUND "
    before = len(stage.lines)
    stage.ask_all("DISCONNECT", scan)
    stage.run(40.0)
    assert "CTRL-EVENT-SCAN-RESULTS " in stage.lines[before:]
    assert "CTRL-EVENT-NETWORK-NOT-FOUND " not in stage.lines[before:]


def test_a_search_that_is_given_up_for_a_network_tells_nothing_of_it() -> None:
    text = 'network={\nssid="home"\npsk="correct horse"\n}\n'
    stage = ControlStage(home(), text=text)
    stage.ask("WPS_PBC")
    stage.ask("WPS_CANCEL")
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert "CTRL-EVENT-NETWORK-NOT-FOUND " not in stage.lines


def test_the_network_of_an_enrolment_can_be_changed_but_not_what_it_is() -> None:
    stage = ControlStage(*onboarding())
    stage.ask("WPS_PBC")
    assert stage.ask("BSSID 0 02:00:00:00:00:99") == "OK\n"
    assert stage.ask('SET_NETWORK 0 ssid "abc"') == "OK\n"
    assert stage.ask("SET_NETWORK 0 key_mgmt WPA-PSK") == "FAIL\n"
    assert stage.ask("SET_NETWORK 0 key_mgmt WPS") == "OK\n"
    assert stage.ask("LIST_NETWORKS").splitlines()[1] == "0\tabc\t02:00:00:00:00:99\t"
    assert stage.ask("GET_NETWORK 0 phase1") == '"pbc=1"'
    stage.run(20.0)
    assert not any("Trying to associate" in line for line in stage.lines)
    assert stage.ask("BSSID 0 any") == "OK\n"
    stage.until_line("WPS-SUCCESS")


def test_who_an_aborted_scan_did_not_see_is_not_missed() -> None:
    stage = ControlStage(home())
    stage.ask("SCAN")
    stage.until_line("CTRL-EVENT-SCAN-RESULTS")
    for _ in range(3):
        stage.ask("SCAN")
        stage._queue.clear()
        assert stage.ask("ABORT_SCAN") == "OK\n"
        assert stage.ask("ABORT_SCAN") == "FAIL\n"
        stage.do(stage.control.step(ScanFinished(interface="wlan0", results=()), stage.now))
    assert "home" in stage.ask("SCAN_RESULTS")
    assert stage.ask("ABORT_SCAN") == "FAIL\n"


def test_device_attributes_change_at_once() -> None:
    stage = ControlStage(*onboarding())
    assert stage.ask("SET device_name new name") == "OK\n"
    stage.ask("WPS_PBC")
    scan = stage.sent(Scan)[-1]
    assert isinstance(scan, Scan)
    assert b"new name" in scan.elements


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([*ORDERS, "FOO"]),
            st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)
            | st.sampled_from(["0 ssid \"x\"", "0", "all", "any", "RANGE=ALL", "any 12345670"]),
        ),
        max_size=8,
    )
)
def test_every_command_has_one_reply_and_none_hurts(orders: list[tuple[str, str]]) -> None:
    stage = ControlStage(*onboarding())
    for verb, rest in orders:
        assert isinstance(stage.ask(f"{verb} {rest}" if rest else verb), str)
        stage.run(stage.now + 0.3)
    assert stage.ask("PING") == "PONG\n"
