"""The control interface's commands, without sockets: replies, and what they bring about."""

from __future__ import annotations

import re

import pytest
from ap_enrollee import TEXT_A, EnrollingStation
from ap_stage import ALICE, BOB, RADIO, ScriptedStation, Stage
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.ap.access_point import Actions
from harness.ap.bss import Bss
from harness.ap.config_file import parse
from harness.ap.config_writer import START
from harness.ap.control.commands import BssCommands
from harness.ap.control.interface import Interface
from harness.base.entropy import SeededEntropy
from harness.base.errors import ConfigError
from harness.base.seam import TransmitManagement
from harness.base.seam_events import RadioEvent
from harness.crypto.psk import derive_psk
from harness.wire.dot11.frames import Deauthentication, Disassociation

FILE = """\
interface=wlan0
hw_mode=g
channel=1
ssid=home
wpa=2
rsn_pairwise=CCMP
wpa_passphrase=correct horse
wps_state=2
eap_server=1
config_methods=virtual_push_button virtual_display
"""
PSK = derive_psk("correct horse", b"home")


class KeptFiles:
    """Files in memory."""

    def __init__(self, text: str) -> None:
        self.texts = {"ap.conf": text}

    def read(self, path: str) -> str:
        if path not in self.texts:
            raise ConfigError("No such file", file=path)
        return self.texts[path]

    def replace(self, path: str, text: str) -> None:
        self.texts[path] = text

    def extend(self, path: str, line: str) -> None:
        text = self.texts.get(path, "")
        self.texts[path] = text + ("\n" if text and not text.endswith("\n") else "") + f"{line}\n"


class Played:
    """The interface in the place of the stage's access point."""

    def __init__(self, interface: Interface) -> None:
        self.interface = interface

    def step(self, event: RadioEvent, now: float) -> Actions:
        return self.interface.step(event, now)

    def deadline(self) -> float | None:
        return self.interface.deadline()

    def tick(self, now: float) -> Actions:
        return self.interface.tick(now)

    def bss(self, name: str) -> Bss:
        return self.interface.running_machine.bss(name)


class Desk(Stage):
    """A stage whose access point is run by commands."""

    def __init__(self, text: str = FILE, *, enable: bool = True) -> None:
        super().__init__(start=False)
        self.files = KeptFiles(text)
        self.interface = Interface(
            parse(text, "ap.conf"), RADIO, SeededEntropy(b"desk"), self.files
        )
        self.ap = Played(self.interface)  # type: ignore[assignment]
        names = [bss.name for bss in self.interface.settings.bsss]
        self.commands_of = {name: BssCommands(self.interface, name, "phy0") for name in names}
        if enable:
            assert self.ask("ENABLE") == "OK\n"
            self.events.clear()

    def ask(self, command: str, name: str = "wlan0") -> str:
        text, actions = self.commands_of[name].execute(command, self.now)
        heard = len(self.events)
        self.do(actions)
        for event in self.events[heard:]:
            self.commands_of[name].hear(event)
        return text

    def hear(self) -> None:
        """Let the commands know of everything so far."""
        for event in self.events:
            for commands in self.commands_of.values():
                commands.hear(event)

    def sent(self, kind: type) -> list[TransmitManagement]:
        return [frame for frame in self.frames if isinstance(frame, kind)]


# ---- the interface ----------------------------------------------------------------------------


def test_replies_that_need_nothing() -> None:
    desk = Desk()
    assert desk.ask("PING") == "PONG\n"
    assert desk.ask("NOTE hello") == "OK\n"
    assert desk.ask("FOO") == "UNKNOWN COMMAND\n"
    assert desk.ask("ping") == "UNKNOWN COMMAND\n"
    assert desk.ask("STA") == "UNKNOWN COMMAND\n"
    assert desk.ask("PING x") == "UNKNOWN COMMAND\n"
    assert desk.ask("GET version").endswith("-airproof")
    assert desk.ask("GET foo") == "FAIL\n"
    assert desk.ask("RELOAD_WPA_PSK") == "OK\n"


def test_status_shows_the_interface_and_its_bsss() -> None:
    desk = Desk(FILE + "bss=wlan0-1\nssid=P\nbssid=02:00:00:00:00:05\n")
    shown = dict(line.split("=", 1) for line in desk.ask("STATUS").splitlines())
    assert shown["state"] == "ENABLED"
    assert (shown["phy"], shown["freq"], shown["channel"]) == ("phy0", "2412", "1")
    assert shown["supported_rates"] == "02 04 0b 16 0c 12 18 24 30 48 60 6c"
    assert (shown["bss[0]"], shown["bssid[0]"], shown["ssid[0]"]) == ("wlan0", str(RADIO), "home")
    assert (shown["bss[1]"], shown["bssid[1]"]) == ("wlan0-1", "02:00:00:00:00:05")
    ScriptedStation(desk).join_with_key(PSK)
    assert "num_sta[0]=1\n" in desk.ask("STATUS")


def test_get_config_of_a_protected_network() -> None:
    assert Desk().ask("GET_CONFIG") == (
        f"bssid={RADIO}\nssid=home\nwps_state=configured\npassphrase=correct horse\n"
        f"psk={PSK.hex()}\nwpa=2\nkey_mgmt=WPA-PSK\ngroup_cipher=CCMP\nrsn_pairwise_cipher=CCMP\n"
    )


def test_get_config_of_an_open_network_with_multi_ap() -> None:
    text = (
        "interface=wlan0\nchannel=1\nhw_mode=g\nssid2=6100\nmulti_ap=2\n"
        "multi_ap_backhaul_ssid=62\nmulti_ap_backhaul_wpa_passphrase=12345678\n"
    )
    assert Desk(text).ask("GET_CONFIG") == (
        f"bssid={RADIO}\nssid=a\\x00\nwps_state=disabled\nmulti_ap=2\nmulti_ap_backhaul_ssid=b\n"
    )


def test_get_config_of_a_mixed_network_with_wps_and_multi_ap() -> None:
    shown = Desk(
        FILE + "wpa=3\nwpa_pairwise=TKIP\nrsn_pairwise=CCMP\nmulti_ap=2\n"
        "multi_ap_backhaul_ssid=62\nmulti_ap_backhaul_wpa_passphrase=12345678\n"
    ).ask("GET_CONFIG")
    assert shown.endswith(
        "multi_ap=2\nmulti_ap_backhaul_ssid=b\nmulti_ap_backhaul_wpa_passphrase=12345678\n"
        "wpa=3\nkey_mgmt=WPA-PSK\ngroup_cipher=TKIP\nrsn_pairwise_cipher=CCMP\n"
        "wpa_pairwise_cipher=TKIP\n"
    )


def test_disable_and_enable() -> None:
    desk = Desk()
    ScriptedStation(desk).join_with_key(PSK)
    desk.events.clear()
    assert desk.ask("ENABLE") == "FAIL\n"
    assert desk.ask("DISABLE") == "OK\n"
    assert desk.lines == ["AP-DISABLED ", f"AP-STA-DISCONNECTED {ALICE}"]
    assert desk.ask("DISABLE") == "FAIL\n"
    assert "state=DISABLED\n" in desk.ask("STATUS")
    assert desk.ask("STA-FIRST") == ""
    for command in ("WPS_PBC", "WPS_PIN any 12345670", "WPS_CANCEL", "CHAN_SWITCH 5 2412"):
        assert desk.ask(command) == "FAIL\n"
    assert desk.ask("WPS_GET_STATUS") == "PBC Status: Disabled\nLast WPS result: None\n"
    desk.events.clear()
    assert desk.ask("ENABLE") == "OK\n"
    assert desk.lines == ["AP-ENABLED "]


def test_settings_that_do_not_hold_together_are_not_enabled() -> None:
    desk = Desk(FILE.replace("ssid=home\n", ""), enable=False)
    assert desk.ask("ENABLE") == "FAIL\n"
    assert desk.commands_of["wlan0"].told == "ap.conf:1: wlan0: ssid: is not given"
    assert "state=UNINITIALIZED\n" in desk.ask("STATUS")
    assert desk.ask("SET ssid home") == "OK\n"
    assert desk.ask("ENABLE") == "OK\n"


def test_set_takes_effect_at_reload() -> None:
    desk = Desk()
    ScriptedStation(desk).join_with_key(PSK)
    desk.events.clear()
    assert desk.ask("SET ssid other") == "OK\n"
    assert desk.ask("SET wpa_passphrase 123") == "FAIL\n"
    assert desk.ask("SET ssid ") == "FAIL\n"
    assert desk.ask("SET ssid") == "FAIL\n"
    assert desk.ask("SET foo bar") == "FAIL\n"
    assert "ssid=other\n" in desk.ask("GET_CONFIG")
    assert desk.beacon().elements.ssid == b"home"
    assert desk.ask("RELOAD") == "OK\n"
    assert desk.beacon().elements.ssid == b"other"
    assert desk.lines == [f"AP-STA-DISCONNECTED {ALICE}"]
    assert desk.last(Deauthentication).reason == 2


def test_a_reload_keeps_the_button_pushed() -> None:
    desk = Desk()
    desk.ask("WPS_PBC")
    desk.ask("RELOAD")
    assert desk.ask("WPS_GET_STATUS").startswith("PBC Status: Active\n")
    assert desk.beacon().elements.wsc is not None


@pytest.mark.parametrize("end", ["wps_state 0", "ignore_broadcast_ssid 1"])
def test_a_reload_that_ends_wps_leaves_nobody_to_order(end: str) -> None:
    desk = Desk()
    desk.ask("WPS_PBC")
    assert desk.ask(f"SET {end}") == desk.ask("RELOAD") == "OK\n"
    assert "wps_state=disabled\n" in desk.ask("GET_CONFIG")
    assert desk.beacon().elements.wsc is None
    desk.events.clear()
    for command in ("WPS_PBC", "WPS_CANCEL", "WPS_PIN any 12345670", "WPS_AP_PIN random"):
        assert desk.ask(command) == "FAIL\n"
    name, _, value = FILE[FILE.index("wps_state=") :].splitlines()[0].partition("=")
    assert desk.ask(f"SET {name} {value}") == desk.ask("SET ignore_broadcast_ssid 0") == "OK\n"
    assert desk.ask("RELOAD") == "OK\n"
    assert desk.ask("WPS_PBC") == "FAIL\n"
    assert desk.ask("DISABLE") == desk.ask("ENABLE") == desk.ask("WPS_PBC") == "OK\n"
    assert desk.lines == ["AP-DISABLED ", "AP-ENABLED ", "WPS-PBC-ACTIVE "]


def test_a_disabled_interface_is_told_of_its_reload_when_it_begins() -> None:
    desk = Desk()
    desk.ask("DISABLE")
    assert desk.ask("SET ssid other") == desk.ask("RELOAD") == "OK\n"
    assert desk.ask("STATUS").startswith("state=DISABLED\n")
    assert desk.ask("ENABLE") == "OK\n"
    assert desk.beacon().elements.ssid == b"other"


def test_the_file_is_read_again_and_a_wrong_one_changes_nothing() -> None:
    desk = Desk()
    desk.files.texts["ap.conf"] = FILE + "no_such_key=1\n"
    assert desk.ask("RELOAD_CONFIG") == "FAIL\n"
    assert desk.commands_of["wlan0"].told == "ap.conf:11: no_such_key: there is no such key"
    assert desk.beacon().elements.ssid == b"home"
    desk.files.texts["ap.conf"] = FILE.replace("home", "new")
    assert desk.ask("RELOAD_CONFIG") == "OK\n"
    assert desk.beacon().elements.ssid == b"new"


def test_another_channel_needs_a_stop_and_a_start() -> None:
    desk = Desk()
    desk.ask("SET channel 11")
    assert desk.ask("RELOAD") == "OK\n"
    assert "freq=2462\n" in desk.ask("STATUS")
    assert "AP-ENABLED " in desk.lines


# ---- stations ---------------------------------------------------------------------------------


def test_stations_are_shown_one_after_the_other() -> None:
    desk = Desk()
    assert desk.ask("STA-FIRST") == ""
    ScriptedStation(desk, ALICE).join_with_key(PSK)
    ScriptedStation(desk, BOB).join_with_key(PSK)
    first = desk.ask("STA-FIRST")
    assert first.startswith(
        f"{ALICE}\nflags=[AUTH][ASSOC][AUTHORIZED][SHORT_PREAMBLE]\naid=1\ncapability=0x431\n"
    )
    assert "dot11RSNAStatsSelectedPairwiseCipher=00-0f-ac-4\n" in first
    assert "AKMSuiteSelector=00-0f-ac-2\nhostapdWPAPTKState=11\n" in first
    assert desk.ask(f"STA-NEXT {ALICE}").startswith(f"{BOB}\n")
    assert desk.ask(f"STA-NEXT {BOB}") == ""
    assert desk.ask(f"STA {BOB} eapol") == "FAIL\n"
    for wrong in ("STA xx", f"STA {RADIO}", f"STA {BOB} foo", f"STA-NEXT {RADIO}"):
        assert desk.ask(wrong) == "FAIL\n"


@pytest.mark.parametrize(
    ("command", "kind"),
    [("DEAUTHENTICATE", Deauthentication), ("DISASSOCIATE", Disassociation)],
)
def test_stations_are_sent_away(command: str, kind: type) -> None:
    desk = Desk()
    ScriptedStation(desk).join_with_key(PSK)
    desk.events.clear()
    desk.frames.clear()
    assert desk.ask(f"{command} {ALICE} reason=5") == "OK\n"
    assert desk.last(kind, ALICE).reason == 5
    assert desk.lines == [f"AP-STA-DISCONNECTED {ALICE}"]
    desk.frames.clear()
    assert desk.ask(f"{command} {BOB}") == "OK\n"
    assert desk.last(kind, BOB).reason == 2
    assert desk.ask(f"{command} zz") == "FAIL\n"


def test_everyone_is_sent_away_or_forgotten_without_a_word() -> None:
    desk = Desk()
    for address in (ALICE, BOB):
        ScriptedStation(desk, address).join_with_key(PSK)
    desk.frames.clear()
    desk.ask(f"DEAUTHENTICATE {ALICE} tx=0")
    assert not desk.sent(Deauthentication)
    assert desk.ask("STA-FIRST").startswith(str(BOB))
    desk.ask("DEAUTHENTICATE ff:ff:ff:ff:ff:ff")
    assert len(desk.sent(Deauthentication)) == 1
    assert desk.ask("STA-FIRST") == ""


def test_a_test_frame_leaves_the_station_in_place() -> None:
    desk = Desk()
    ScriptedStation(desk).join_with_key(PSK)
    desk.frames.clear()
    assert desk.ask(f"DEAUTHENTICATE {ALICE} test=0") == "OK\n"
    assert len(desk.sent(Deauthentication)) == 1
    assert "[AUTHORIZED]" in desk.ask(f"STA {ALICE}")


# ---- WPS --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("12345670", "12345670"),
        ("1234-5670", "12345670"),
        ("1234 5670", "12345670"),
        ("1234", "1234"),
        ("12a45", "1245"),
        ("12345678", "FAIL-CHECKSUM\n"),
        ("123", "FAIL\n"),
        ("123456701", "FAIL\n"),
        ("x", "FAIL\n"),
        ("١٢٣٤", "FAIL\n"),
    ],
)
def test_check_pin(text: str, reply: str) -> None:
    assert Desk().ask(f"WPS_CHECK_PIN {text}") == reply


def test_push_button_by_command() -> None:
    desk = Desk()
    assert desk.ask("WPS_PBC") == "OK\n"
    station = EnrollingStation(desk)
    station.enrol()
    assert station.credential.network_key == b"correct horse"
    assert desk.ask("WPS_GET_STATUS") == (
        f"PBC Status: Disabled\nLast WPS result: Success\nPeer Address: {ALICE}\n"
    )
    desk.hear()
    shown = desk.ask(f"STA {ALICE}")
    assert f"wpsUuid={TEXT_A}\nwpsPrimaryDeviceType=6-0050F204-1\n" in shown
    assert "wpsDeviceName=Bedside lamp\nwpsManufacturer=Acme\nwpsModelName=Lamp\n" in shown


@pytest.mark.parametrize("words", ["any", TEXT_A])
def test_pin_by_command(words: str) -> None:
    desk = Desk()
    assert desk.ask(f"WPS_PIN {words} 12345670 60 {ALICE}") == "OK\n"
    EnrollingStation(desk).enrol(pin=b"12345670")
    assert "WPS-SUCCESS " in desk.lines


@pytest.mark.parametrize("words", ["any", "nope 12345670", "any ", "", TEXT_A])
def test_a_bad_pin_command_is_refused(words: str) -> None:
    assert Desk().ask(f"WPS_PIN {words}") == "FAIL\n"


def test_a_wrong_pin_shows_in_the_status() -> None:
    desk = Desk()
    desk.ask("WPS_PIN any 12345670")
    EnrollingStation(desk).enrol(pin=b"00000000")
    assert desk.ask("WPS_GET_STATUS") == (
        f"PBC Status: Disabled\nLast WPS result: Failed\nPeer Address: {ALICE}\n"
    )


def test_cancel_by_command() -> None:
    desk = Desk()
    desk.ask("WPS_PBC")
    desk.events.clear()
    assert desk.ask("WPS_CANCEL") == "OK\n"
    assert desk.lines == ["WPS-TIMEOUT ", "WPS-CANCEL "]


def test_without_wps_its_commands_fail() -> None:
    desk = Desk(FILE.replace("wps_state=2", "wps_state=0"))
    for command in ("WPS_PBC", "WPS_CANCEL", "WPS_PIN any 12345670", "WPS_CONFIG 61 OPEN"):
        assert desk.ask(command) == "FAIL\n"


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("WPS_AP_PIN", "UNKNOWN COMMAND\n"),
        ("WPS_AP_PIN ", "FAIL\n"),
        ("WPS_AP_PIN get", "FAIL\n"),
        ("WPS_AP_PIN disable", "OK\n"),
        ("WPS_AP_PIN disable x", "OK\n"),
        ("WPS_AP_PIN set", "FAIL\n"),
        ("WPS_AP_PIN set  12345670", "FAIL\n"),
        ("WPS_AP_PIN set 1234567890", "FAIL\n"),
        ("WPS_AP_PIN set abc 2", "abc"),
        ("WPS_AP_PIN set 12345670 x", "12345670"),
        ("WPS_AP_PIN foo", "FAIL\n"),
    ],
)
def test_replies_about_the_ap_pin(command: str, reply: str) -> None:
    """As hostapd 2.10 gives them, save that it takes an empty PIN."""
    assert Desk().ask(command) == reply


def test_the_ap_pin_by_command() -> None:
    desk = Desk(FILE + "ap_pin=12345670\n")
    assert desk.ask("WPS_AP_PIN get") == desk.ask("WPS_AP_PIN get x") == "12345670"
    assert desk.ask("WPS_AP_PIN disable") == "OK\n"
    assert desk.ask("WPS_AP_PIN get") == "FAIL\n"
    pin = desk.ask("WPS_AP_PIN random 3")
    assert re.fullmatch("[0-9]{8}", pin)
    assert desk.ask("WPS_AP_PIN get") == pin
    desk.advance(3.1)
    assert desk.ask("WPS_AP_PIN get") == "FAIL\n"
    assert desk.lines[-1] == "WPS-AP-PIN-DISABLED "


@pytest.mark.parametrize("words", ["random", "random 300", "set 12345670"])
def test_the_ap_pin_lasts_five_minutes_unless_told_otherwise(words: str) -> None:
    desk = Desk()
    pin = desk.ask(f"WPS_AP_PIN {words}")
    desk.advance(299)
    assert desk.ask("WPS_AP_PIN get") == pin
    desk.advance(2)
    assert desk.ask("WPS_AP_PIN get") == "FAIL\n"


@pytest.mark.parametrize("words", ["random 0", "random -5", "random abc", "set 12345670 x"])
def test_an_ap_pin_without_limit(words: str) -> None:
    desk = Desk()
    pin = desk.ask(f"WPS_AP_PIN {words}")
    desk.advance(1e6)
    assert desk.ask("WPS_AP_PIN get") == pin


def test_new_settings_by_command() -> None:
    desk = Desk()
    desk.events.clear()
    assert desk.ask("WPS_CONFIG 6e6577 WPA2PSK CCMP 3837363534333231") == "OK\n"
    assert desk.lines == ["WPS-NEW-AP-SETTINGS "]
    assert desk.beacon().elements.ssid == b"home"
    desk.advance(0.11)
    assert desk.beacon().elements.ssid == b"new"
    assert "passphrase=87654321\n" in desk.ask("GET_CONFIG")
    assert desk.files.texts["ap.conf"].startswith(START)
    assert desk.ask("RELOAD_CONFIG") == "OK\n"
    assert "ssid=new\nwps_state=configured\npassphrase=87654321\n" in desk.ask("GET_CONFIG")


def test_an_open_network_by_command() -> None:
    desk = Desk()
    assert desk.ask("WPS_CONFIG 6f70656e OPEN NONE ") == "OK\n"
    desk.advance(0.11)
    assert desk.ask("GET_CONFIG") == f"bssid={RADIO}\nssid=open\nwps_state=configured\n"


@pytest.mark.parametrize(
    "words",
    [
        "61",
        "xx OPEN",
        "61 FOO",
        "61 WPA2PSK",
        "61 WPA2PSK CCMP",
        "61 WPA2PSK CCMP 31323334",
        "61 WPA2PSK WEP 3132333435363738",
        "61 WPA2PSK CCMP " + "0a" * 8,
        "61 WPA2PSK CCMP " + "78" * 64,
        "61 WPA2PSK CCMP " + "78" * 65,
        "61 WPA2PSK CCMP zz",
        "00" * 33 + " OPEN",
    ],
)
def test_bad_new_settings_change_nothing(words: str) -> None:
    desk = Desk()
    assert desk.ask(f"WPS_CONFIG {words}") == "FAIL\n"
    assert desk.files.texts["ap.conf"] == FILE
    assert "ssid=home\n" in desk.ask("GET_CONFIG")


def test_the_first_enrollee_configures_the_network_and_its_file() -> None:
    text = "interface=wlan0\nhw_mode=g\nchannel=1\nssid=home\nwps_state=1\neap_server=1\n"
    desk = Desk(text)
    assert "wps_state=not configured\n" in desk.ask("GET_CONFIG")
    desk.ask("WPS_PBC")
    station = EnrollingStation(desk)
    station.enrol()
    desk.advance(0.2)
    key = station.credential.network_key.decode()
    assert len(key) == 22
    assert f"ssid=home\nwps_state=configured\npassphrase={key}\n" in desk.ask("GET_CONFIG")
    assert f"\nwpa_passphrase={key}\n" in desk.files.texts["ap.conf"]
    assert desk.ask("RELOAD_CONFIG") == "OK\n"
    ScriptedStation(desk, BOB).join_with_key(derive_psk(key, b"home"))
    assert f"AP-STA-CONNECTED {BOB}" in desk.lines


# ---- bad input --------------------------------------------------------------------------------

WORD_LIST = """
SET STA STA-NEXT WPS_PIN WPS_CHECK_PIN WPS_CONFIG DEAUTHENTICATE DISASSOCIATE CHAN_SWITCH GET
WPS_AP_PIN NOTE any ssid channel wpa 12345670 OPEN -1 0 99999999999 tx=0 reason=x
"""
WORDS = st.sampled_from(WORD_LIST.split())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(WORDS, st.text(max_size=8)), max_size=5))
def test_any_command_has_a_reply(words: list[str]) -> None:
    desk = Desk()
    assert isinstance(desk.ask(" ".join(words)), str)
    assert desk.ask("PING") == "PONG\n"


def test_access_control_lists_by_command() -> None:
    desk = Desk(FILE.replace("wps_state=2\n", ""))
    alice = ScriptedStation(desk)
    alice.join_with_key(PSK)
    assert desk.ask("DENY_ACL SHOW") == ""
    for command in ("ADD_MAC zz", "ADD_MAC 02:00:00:00:00:01 VLAN_ID=3"):
        assert desk.ask(f"DENY_ACL {command}") == "FAIL\n"
    assert desk.ask(f"DENY_ACL ADD_MAC {ALICE}") == "OK\n"
    assert desk.ask("DENY_ACL SHOW") == f"{ALICE} VLAN_ID=0\n"
    assert isinstance(desk.last(Disassociation, ALICE), Disassociation)
    assert alice.authenticate().status == 1
    assert desk.ask("RELOAD") == "OK\n"
    assert alice.authenticate().status == 1
    assert desk.ask(f"ACCEPT_ACL ADD_MAC {ALICE}") == "OK\n"
    assert alice.authenticate().status == 0
    assert desk.ask(f"ACCEPT_ACL DEL_MAC {ALICE}") == desk.ask("DENY_ACL CLEAR") == "OK\n"
    assert desk.ask("ACCEPT_ACL SHOW") == desk.ask("DENY_ACL SHOW") == ""
    assert desk.ask("ACCEPT_ACL") == "UNKNOWN COMMAND\n"


def test_a_bss_with_the_same_config_id_keeps_its_stations_when_the_file_is_read_again() -> None:
    text = FILE + "config_id=first\nbss=wlan1\nbssid=02:00:00:00:00:77\nssid=second\n"
    desk = Desk(text)
    ScriptedStation(desk).join_with_key(PSK)
    ScriptedStation(desk, BOB, "wlan1").join()
    desk.files.texts["ap.conf"] = text.replace("ssid=second", "ssid=other")
    assert desk.ask("RELOAD_CONFIG") == "OK\n"
    assert desk.authorized == {ALICE}
    assert desk.beacon("wlan1").elements.ssid == b"other"
    desk.files.texts["ap.conf"] = text.replace("config_id=first", "config_id=second")
    assert desk.ask("RELOAD_CONFIG") == "OK\n"
    assert desk.authorized == set()
