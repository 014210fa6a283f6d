"""What the station asks its user for, what it is told, and how that is shown."""

from __future__ import annotations

import pytest
from control_stage import ControlStage, joined
from sta_stage import AP1, home

WANTED = "CTRL-REQ-PSK_PASSPHRASE-0:PSK or passphrase needed for SSID home"


def asked() -> ControlStage:
    """A station that lacks nothing but its passphrase."""
    stage = ControlStage(home())
    stage.ask("ADD_NETWORK")
    stage.ask_all('SET_NETWORK 0 ssid "home"', "SET_NETWORK 0 mem_only_psk 1", "SELECT_NETWORK 0")
    stage.until_line(WANTED)
    return stage


def test_the_passphrase_is_asked_for_until_it_is_told() -> None:
    stage = asked()
    assert stage.lines[stage.lines.index(WANTED) + 1] == "CTRL-EVENT-NETWORK-NOT-FOUND "
    assert stage.ask("LIST_NETWORKS").splitlines()[1] == "0\thome\tany\t[CURRENT]"
    stage.run(stage.now + 12.0)
    assert stage.lines.count(WANTED) > 2
    assert stage.ask("CTRL-RSP-PSK_PASSPHRASE-0:correct horse") == "FAIL\n"
    assert stage.ask('CTRL-RSP-PSK_PASSPHRASE-0:"short"') == "FAIL\n"
    assert stage.ask('CTRL-RSP-PSK_PASSPHRASE-1:"correct horse"') == "FAIL\n"
    assert stage.ask('CTRL-RSP-PSK_PASSPHRASE-0:"correct horse"') == "OK\n"
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert stage.ask("GET_NETWORK 0 psk") == "*"


def test_such_a_passphrase_is_in_no_file() -> None:
    stage = asked()
    assert stage.ask("SAVE_CONFIG") == "OK\n"
    assert "network" not in stage.desk.text
    stage.ask('CTRL-RSP-PSK_PASSPHRASE-0:"correct horse"')
    assert stage.ask("SAVE_CONFIG") == "OK\n"
    assert stage.desk.text.endswith('network={\n\tssid="home"\n\tmem_only_psk=1\n}\n')


def test_a_network_of_which_nothing_is_asked_is_not_looked_for() -> None:
    stage = ControlStage(home())
    stage.ask("ADD_NETWORK")
    stage.ask_all('SET_NETWORK 0 ssid "home"', "SELECT_NETWORK 0")
    stage.run(stage.now + 20.0)
    assert WANTED not in stage.lines


@pytest.mark.parametrize(
    ("answer", "key", "shown"),
    [
        ("IDENTITY-0:me", "identity", '"me"'),
        ("PASSWORD-0:secret", "password", "*"),
        ("PIN-0:1234", "pin", "*"),
        ("PASSPHRASE-0:secret", "private_key_passwd", "*"),
        ("OTP-0:1234", "otp", "FAIL\n"),
    ],
)
def test_other_answers_are_kept_with_the_network(answer: str, key: str, shown: str) -> None:
    stage = ControlStage()
    stage.ask("ADD_NETWORK")
    assert stage.ask(f"CTRL-RSP-{answer}") == "OK\n"
    assert stage.ask(f"GET_NETWORK 0 {key}") == shown


@pytest.mark.parametrize("command", ["CTRL-RSP-FOO-0:x", "CTRL-RSP-", "CTRL-RSP-PIN-x:1"])
def test_no_question_of_ours_is_that(command: str) -> None:
    stage = ControlStage()
    stage.ask("ADD_NETWORK")
    assert stage.ask(command) == "FAIL\n"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("02:11:22:33:44:55", "02:11:22:33:44:55"),
        ("02:11:22:33:44:55/FF:ff:ff:00:00:00", "02:11:22:33:44:55/ff:ff:ff:00:00:00"),
        ("02:11:22:33:44:55/ff:ff:ff:ff:ff:ff", "02:11:22:33:44:55"),
        ("02:11:22:33:44:55  02:11:22:33:44:56", "02:11:22:33:44:55 02:11:22:33:44:56"),
        ("", "FAIL\n"),
    ],
)
def test_addresses_with_masks(given: str, shown: str) -> None:
    stage = ControlStage()
    stage.ask("ADD_NETWORK")
    assert stage.ask(f"SET_NETWORK 0 bssid_blacklist {given}") == "OK\n"
    assert stage.ask("GET_NETWORK 0 bssid_ignore") == shown


def test_a_bssid_of_any_is_none() -> None:
    stage = ControlStage()
    stage.ask("ADD_NETWORK")
    assert stage.ask(f"SET_NETWORK 0 bssid {AP1}") == "OK\n"
    assert stage.ask("SET_NETWORK 0 bssid any") == "OK\n"
    assert stage.ask("GET_NETWORK 0 bssid") == "FAIL\n"


def test_an_ignored_family_of_addresses_is_not_joined() -> None:
    stage = joined()
    stage.ask_all("DISCONNECT", f"SET_NETWORK 0 bssid_ignore {AP1}/ff:ff:00:00:00:00", "RECONNECT")
    stage.until_line("CTRL-EVENT-NETWORK-NOT-FOUND")


def test_the_selected_network_is_the_current_one_until_it_is_given_up() -> None:
    stage = ControlStage()
    stage.ask("ADD_NETWORK")
    stage.ask_all('SET_NETWORK 0 ssid "home"', "SET_NETWORK 0 key_mgmt NONE")

    def flags() -> str:
        return stage.ask("LIST_NETWORKS").splitlines()[1].split("\t")[3]

    stage.ask("ENABLE_NETWORK 0")
    assert flags() == ""
    stage.ask("SELECT_NETWORK 0")
    assert flags() == "[CURRENT]"
    stage.ask("DISCONNECT")
    assert flags() == ""
