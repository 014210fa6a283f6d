"""Every command with arguments that make no sense: a reply, and the access point goes on."""

from __future__ import annotations

import random

import pytest
from ap_stage import ALICE, ScriptedStation
from test_control import PSK, Desk

from harness.ap.config_keys import KEYS
from harness.ap.control import commands, testing

TRIES = 150
FIRST = (
    *("any", "set", "random", str(ALICE), "ff:ff:ff:ff:ff:ff", "02:00:00:00:00:99", "68", "5 2437"),
    *("00010203-0405-0607-0809-0a0b0c0d0e0f", "any 12345670", "set 12345670", "68 WPA2PSK"),
)
"""What commands often begin with, so that what follows is looked at."""

WORDS = (
    *FIRST,
    *("", "12345670", "zz", "0x10", "--1", "-", "9" * 401, "9" * 4001),
    *("-1", "0", "1", "5", "255", "256", "65536", "99999999999999999999", "²", "٣", "1e9", "nan"),
    *("reason=", "reason=x", "reason=-1", "reason=70000", "tx=0", "tx=", "test=1", "=", "=="),
    *("2412", "2437", "5180", "9999", "sec_channel_offset=--1", "center_freq1=-"),
    *("bandwidth=", "ht", "get", "set", "random", "disable", "OPEN", "WPA2PSK", "NONE", "CCMP"),
    *("WEP", "00"),
    *("ADD_MAC", "DEL_MAC", "SHOW", "CLEAR", "eapol"),
    *("freq=2412", "frame=", "frame=00", "ok=x", "buf=0", "stype=-1", "encrypt=2", "a" * 300),
    *("channel=7", "hw_mode=", "ssid", "radius_server", "version", "é", "\udcff", "%s%n"),
)
VALUES = (*WORDS, '"', 'P"\\x"', "0" * 64, "1-0050F204-1", "6 11", "1-13", "6:0.5", "6:inf", "-")
KNOBS = (
    *("wps_version_number", "wps_corrupt_pkhash", "wps_testing_stub_cred"),
    *("ext_eapol_frame_io", "ext_mgmt_frame_handling", "association_response_status_code"),
)

KNOWN = {
    *(f"{each} " for each in commands._WITH_ARGUMENTS),
    *(f"{each} " for each in testing.COMMANDS),
    *commands._PLAIN,
    *commands._PREFIXES,
    *testing.PLAIN,
}


def tried(command: str, chance: random.Random) -> str:
    """The command with some words; of SET, a key that there is with some value."""
    if command == "SET ":
        name = chance.choice((*KEYS, *KNOBS, "no_such_key"))
        return f"SET {name} {' '.join(chance.choices(VALUES, k=chance.randrange(1, 3)))}"
    if not command.endswith(" "):
        return command
    first = chance.choice(FIRST if chance.random() < 0.6 else WORDS)
    return command + " ".join((first, *chance.choices(WORDS, k=chance.randrange(4))))


@pytest.mark.parametrize("command", sorted(KNOWN))
def test_a_command_without_sense_has_a_reply(command: str) -> None:
    chance = random.Random(command)
    desk = Desk()
    ScriptedStation(desk).join_with_key(PSK)
    for _ in range(TRIES if command.endswith(" ") else 5):
        said = tried(command, chance)
        assert isinstance(desk.ask(said), str), said
        desk.advance(0.2)
        assert desk.ask("PING") == "PONG\n"
        for question in ("STATUS", "GET_CONFIG", "STA-FIRST", "MIB", "WPS_GET_STATUS"):
            assert desk.ask(question) != "FAIL\n", said


def test_whatever_was_set_a_reload_takes_it_or_leaves_what_ran() -> None:
    chance = random.Random(7)
    for _ in range(40):
        desk = Desk()
        sets = [tried("SET ", chance) for _ in range(12)]
        taken = [each for each in sets if desk.ask(each) == "OK\n"]
        before = desk.interface.machine
        assert before is not None
        config = before.config
        if desk.ask("RELOAD") == "FAIL\n":
            assert desk.interface.machine is before, taken
            assert before.config == config, taken
        else:
            assert desk.ask("PING") == "PONG\n", taken
            desk.advance(1.0)


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("CHAN_SWITCH 5 2437 sec_channel_offset=--1", "FAIL\n"),
        (f"CHAN_SWITCH {'9' * 401} 2437", "FAIL\n"),
        (f"WPS_PIN any 12345670 {'9' * 401}", "OK\n"),
        (f"WPS_AP_PIN set 12345670 {'9' * 401}", "12345670"),
        (f"DEAUTHENTICATE {ALICE} reason={'9' * 401}", "OK\n"),
    ],
)
def test_numbers_that_are_none_or_too_long(command: str, reply: str) -> None:
    desk = Desk()
    assert desk.ask(command) == reply
    desk.advance(200.0)
    assert desk.ask("PING") == "PONG\n"
