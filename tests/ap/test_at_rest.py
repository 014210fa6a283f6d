"""What commands say to an access point that does not run, and what of it is there when it does.

The replies are hostapd 2.10's, in the same states.
"""

from __future__ import annotations

import pytest
from ap_stage import ALICE, BOB
from test_control import FILE, Desk

PIN = FILE + "ap_pin=12345670\n"

REPLIES = {
    f"DEAUTHENTICATE {BOB}": "OK\n",
    f"DEAUTHENTICATE {BOB}x": "OK\n",
    "DEAUTHENTICATE ff:ff:ff:ff:ff:ff": "OK\n",
    "DEAUTHENTICATE zz": "FAIL\n",
    f"DISASSOCIATE {BOB} tx=0": "OK\n",
    f"DISASSOCIATE {BOB} test=1": "OK\n",
    f"SA_QUERY {BOB}": "OK\n",
    "SA_QUERY zz": "FAIL\n",
    f"POLL_STA {BOB}": "FAIL\n",
    f"EAPOL_REAUTH {BOB}": "FAIL\n",
    f"PMKSA_ADD {BOB} 00 00 1000 1": "FAIL\n",
    "PMKSA": "",
    "PMKSA_FLUSH": "OK\n",
    "STOP_AP": "OK\n",
    "RELOAD_WPA_PSK": "OK\n",
    "RELOAD_BSS": "OK\n",
    "STATUS-DRIVER": "FAIL\n",
    "UPDATE_BEACON": "FAIL\n",
    "CHAN_SWITCH 5 2412": "FAIL\n",
    "WPS_PBC": "FAIL\n",
    "WPS_AP_PIN random": "FAIL\n",
    "WPS_AP_PIN set 123456789": "FAIL\n",
    "WPS_AP_PIN set": "FAIL\n",
}


@pytest.mark.parametrize("began", [False, True])
def test_replies_while_nothing_runs(began: bool) -> None:
    desk = Desk(PIN, enable=began)
    if began:
        desk.ask("DISABLE")
    desk.commands.clear()
    assert {command: desk.ask(command) for command in REPLIES} == REPLIES
    assert desk.commands == []


def test_settings_that_do_not_hold_together_are_no_reload_at_rest_either() -> None:
    desk = Desk(enable=False)
    desk.ask("SET wpa_psk_file nowhere")
    assert desk.ask("RELOAD_WPA_PSK") == desk.ask("RELOAD_BSS") == "FAIL\n"


def test_a_psk_is_derived_when_the_access_point_first_begins() -> None:
    desk = Desk(enable=False)
    assert "\npsk=" not in desk.ask("GET_CONFIG")
    assert "\npassphrase=correct horse\n" in desk.ask("GET_CONFIG")
    desk.ask("ENABLE")
    desk.ask("DISABLE")
    assert "\npsk=" in desk.ask("GET_CONFIG")


# ---- the AP PIN -------------------------------------------------------------------------------


def test_an_ap_pin_that_was_set_or_disabled_stays_so_through_disable() -> None:
    desk = Desk(PIN)
    assert desk.ask("WPS_AP_PIN set 11112222 0") == "11112222"
    desk.ask("DISABLE")
    assert desk.ask("WPS_AP_PIN get") == "11112222"
    desk.ask("ENABLE")
    assert desk.ask("WPS_AP_PIN get") == "11112222"
    assert desk.ask("WPS_AP_PIN disable") == "OK\n"
    desk.ask("DISABLE")
    assert desk.ask("WPS_AP_PIN get") == "FAIL\n"
    desk.ask("ENABLE")
    assert desk.ask("WPS_AP_PIN get") == "FAIL\n"


def test_an_ap_pin_s_time_goes_on_while_nothing_runs() -> None:
    desk = Desk(PIN)
    desk.ask("WPS_AP_PIN set 11112222 20")
    desk.advance(10)
    desk.ask("DISABLE")
    desk.ask("ENABLE")
    desk.advance(9)
    assert desk.ask("WPS_AP_PIN get") == "11112222"
    desk.events.clear()
    desk.advance(2)
    assert desk.lines == ["WPS-AP-PIN-DISABLED "]
    assert desk.ask("WPS_AP_PIN get") == "FAIL\n"
    desk.ask("WPS_AP_PIN set 11112222 20")
    desk.ask("DISABLE")
    desk.advance(21)
    assert desk.ask("WPS_AP_PIN get") == "FAIL\n"


def test_an_ap_pin_can_be_set_and_disabled_at_rest() -> None:
    desk = Desk(PIN + "bss=wlan0-1\nssid=guest\nwps_state=2\neap_server=1\n", enable=False)
    assert desk.ask("WPS_AP_PIN get") == "12345670"
    assert desk.ask("WPS_AP_PIN set 33334444 20", "wlan0-1") == "33334444"
    assert desk.ask("WPS_AP_PIN get") == "33334444"
    desk.ask("ENABLE")
    assert desk.ask("WPS_AP_PIN get") == "33334444"
    desk.advance(21)
    assert desk.ask("WPS_AP_PIN get") == "FAIL\n"
    desk.ask("DISABLE")
    desk.ask("SET ap_pin 55556666")
    assert desk.ask("WPS_AP_PIN get") == "55556666"
    assert desk.ask("WPS_AP_PIN disable") == "OK\n"
    desk.ask("ENABLE")
    assert desk.ask("WPS_AP_PIN get") == "FAIL\n"


def test_an_ap_pin_of_the_file_is_there_again_when_that_is_read_again() -> None:
    desk = Desk(PIN)
    desk.ask("WPS_AP_PIN set 11112222 20")
    assert desk.ask("RELOAD") == "OK\n"
    assert desk.ask("WPS_AP_PIN get") == "11112222"
    assert desk.ask("RELOAD_CONFIG") == "OK\n"
    assert desk.ask("WPS_AP_PIN get") == "12345670"
    desk.events.clear()
    desk.advance(30)
    assert desk.lines == []
    assert desk.ask("WPS_AP_PIN get") == "12345670"


def test_disabling_an_ap_pin_where_nothing_has_wps_is_no_failure() -> None:
    desk = Desk(FILE.replace("wps_state=2", "wps_state=0"))
    assert desk.ask("WPS_AP_PIN disable") == "OK\n"
    assert desk.ask("WPS_AP_PIN get") == "FAIL\n"
    assert desk.ask(f"STA {ALICE}") == "FAIL\n"
