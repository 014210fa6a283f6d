"""The file of pre-shared keys as commands and the start of an access point meet it."""

from __future__ import annotations

from ap_stage import ALICE, BOB, ScriptedStation
from test_control import Desk

from harness.base.address import MacAddress
from harness.crypto.psk import derive_psk
from harness.wire.dot11.frames import Deauthentication

FILE = """\
interface=wlan0
ssid=home
channel=1
hw_mode=g
wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
wpa_psk_file=the keys
eap_server=1
wps_state=2
"""
ANYONE = "00:00:00:00:00:00"


def desk(keys: str | None = f"keyid=all {ANYONE} for everyone\n", more: str = "") -> Desk:
    made = Desk(FILE + more, enable=False)
    if keys is not None:
        made.files.texts["the keys"] = keys
    return made


def connect(stage: Desk, passphrase: str, address: MacAddress = ALICE) -> bool:
    ScriptedStation(stage, address).join_with_key(derive_psk(passphrase, b"home"))
    return address in stage.authorized


def test_an_access_point_starts_with_the_keys_of_its_file() -> None:
    made = desk()
    assert made.ask("ENABLE") == "OK\n"
    assert connect(made, "for everyone")
    shown = made.ask(f"STA {ALICE}").splitlines()
    assert "keyid=all" in shown
    assert f"AP-STA-CONNECTED {ALICE} keyid=all" in made.lines


def test_it_does_not_start_without_its_file_or_with_a_bad_one() -> None:
    made = desk(None)
    assert made.ask("ENABLE") == "FAIL\n"
    assert made.commands_of["wlan0"].told == (
        "ap.conf:8: wpa_psk_file: the keys: No such file"
    )
    made.files.texts["the keys"] = f"{ANYONE} good enough\n{ANYONE} short\nxx yyyyyyyyy\n"
    assert made.ask("ENABLE") == "FAIL\n"
    assert made.commands_of["wlan0"].told == (
        "ap.conf:8: wpa_psk_file: the keys:2: key: must be 8 to 63 characters or 64 hex digits, "
        "but has 5 octets\n"
        "ap.conf:8: wpa_psk_file: the keys:3: address: 'xx' is none"
    )
    made.files.texts["the keys"] = ""
    assert made.ask("ENABLE") == "OK\n"


def test_reload_wpa_psk_takes_the_file_as_it_is_now() -> None:
    made = desk()
    made.ask("ENABLE")
    assert connect(made, "for everyone")
    made.files.texts["the keys"] = f"keyid=new {ANYONE} for everyone\n{BOB} for bob alone\n"
    assert made.ask("RELOAD_WPA_PSK") == "OK\n"
    assert ALICE in made.authorized
    assert "keyid=new" in made.ask(f"STA {ALICE}").splitlines()
    assert connect(made, "for bob alone", BOB)


def test_reload_wpa_psk_dismisses_who_has_no_key_any_more() -> None:
    made = desk()
    made.ask("ENABLE")
    assert connect(made, "for everyone")
    made.files.texts["the keys"] = f"keyid=new {ANYONE} for someone\n"
    assert made.ask("RELOAD_WPA_PSK") == "OK\n"
    answer = made.last(Deauthentication, ALICE)
    assert isinstance(answer, Deauthentication)
    assert answer.reason == 2
    assert made.lines[-1] == f"AP-STA-DISCONNECTED {ALICE}"


def test_reload_wpa_psk_with_a_bad_file_keeps_what_runs() -> None:
    made = desk()
    made.ask("ENABLE")
    assert connect(made, "for everyone")
    made.files.texts["the keys"] = f"{ANYONE} short\n"
    assert made.ask("RELOAD_WPA_PSK") == "FAIL\n"
    assert ALICE in made.authorized
    assert connect(made, "for everyone")


def test_reload_reads_the_file_again() -> None:
    made = desk()
    made.ask("ENABLE")
    made.files.texts["the keys"] = f"{ANYONE} for someone\n"
    assert made.ask("RELOAD") == "OK\n"
    assert connect(made, "for someone")
    made.files.texts["the keys"] = f"{ANYONE} short\n"
    assert made.ask("RELOAD") == "FAIL\n"
    assert connect(made, "for someone")


def test_get_config_shows_the_first_key_when_it_is_everybodys() -> None:
    made = desk(f"{BOB} for bob alone\n{ANYONE} for everyone\n", "wpa_passphrase=of the house\n")
    made.ask("ENABLE")
    shown = made.ask("GET_CONFIG").splitlines()
    assert "passphrase=of the house" in shown
    assert f"psk={derive_psk('for everyone', b'home').hex()}" in shown
    made.files.texts["the keys"] = f"{ANYONE} for everyone\n{BOB} for bob alone\n"
    made.ask("RELOAD_WPA_PSK")
    assert not [line for line in made.ask("GET_CONFIG").splitlines() if line.startswith("psk=")]


def test_new_settings_come_whole_though_the_file_of_keys_has_turned_bad() -> None:
    made = desk()
    made.ask("ENABLE")
    made.files.texts["the keys"] = f"{ANYONE} short\n"
    assert made.ask(f"WPS_CONFIG {b'new'.hex()} WPA2PSK CCMP {b'newkey12'.hex()}") == "OK\n"
    made.advance(0.2)
    shown = made.ask("GET_CONFIG").splitlines()
    assert "ssid=new" in shown
    assert "passphrase=newkey12" in shown
    assert made.interface.running_machine.config.bsss[0].ssid == b"new"
    assert made.interface.running_machine.config.bsss[0].passphrase == "newkey12"
    assert made.ask("RELOAD") == "FAIL\n"
    assert "ssid=new" in made.ask("GET_CONFIG").splitlines()
