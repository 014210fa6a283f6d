"""Commands and configuration lines that a scenario gives, in the programs' own vocabulary."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.base.entropy import SeededEntropy
from harness.base.errors import SetupFailed, Unsupported
from harness.lab import Bss
from harness.lab.devices.interface import Device
from harness.lab.scene import Lab, Setting
from harness.radio.sim import SimAir


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(Setting("sim", "airproof", "airproof", "1", tmp_path), SimAir(SeededEntropy(b"1")))
    yield lab
    lab.close()


def test_commands_reach_both_ends(stage: Lab) -> None:
    ap = stage.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = stage.sta()

    assert ap.control("PING") == "PONG\n"
    assert ap.control("WPS_CHECK_PIN 1234-5670") == "12345670"
    assert sta.control("PING") == "PONG\n"
    assert f"address={sta.address}\n" in sta.control("STATUS")


def test_a_command_is_for_one_bss(stage: Lab) -> None:
    ap = stage.ap(Bss(ssid="one", passphrase="correct horse"), Bss(ssid="two"))

    assert "ssid=one\n" in ap.control("GET_CONFIG")
    assert "ssid=two\n" in ap.control("GET_CONFIG", ap.on_air[1].interface)


def test_what_a_command_wants_is_done(stage: Lab) -> None:
    ap = stage.ap(ssid="home", passphrase="correct horse", wps=True)

    assert ap.control("WPS_PBC") == "OK\n"

    ap.expect_event("WPS-PBC-ACTIVE")


def test_lines_of_the_file_replace_those_of_the_lab(stage: Lab) -> None:
    second = Bss(ssid="two", passphrase="correct horse", keys={"max_num_sta": "1"})
    ap = stage.ap(Bss(ssid="one"), second, keys={"beacon_int": "200", "ssid2": None, "ssid": "new"})
    stage.sta(keys={"device_name": "phone"})

    text = (stage.setting.folder / "ap-hostapd.conf").read_text()
    assert "beacon_int=200\n" in text
    assert "ssid2=" not in text.partition("bss=")[0]
    assert text.rstrip().endswith("max_num_sta=1")
    assert "ssid=new\n" in ap.control("GET_CONFIG")
    assert "device_name=phone\n" in (stage.setting.folder / "sta-wpa_supplicant.conf").read_text()


def test_a_wrong_line_is_the_stages_fault(stage: Lab) -> None:
    with pytest.raises(SetupFailed, match="no such key"):
        stage.ap(ssid="one", keys={"colour": "blue"})


def test_a_file_lies_in_the_scenarios_folder(stage: Lab) -> None:
    path = stage.file("pins", "1\n")

    assert path.is_absolute()
    assert path.read_text() == "1\n"


def test_a_device_without_control_interface_says_so(stage: Lab) -> None:
    ap = stage.ap(ssid="one")

    with pytest.raises(Unsupported, match="no control interface"):
        Device.control(ap, "PING")


def test_keys_of_a_network_are_served_as_they_are_written(stage: Lab) -> None:
    ap = stage.ap(ssid="home", passphrase="correct horse")
    sta = stage.sta()

    for command in (
        "ADD_NETWORK",
        'SET_NETWORK 0 ssid "home"',
        'SET_NETWORK 0 psk "correct horse"',
        "SET_NETWORK 0 wpa_ptk_rekey 5",
        "SET_NETWORK 0 enable_4addr_mode 1",
        "SELECT_NETWORK 0",
    ):
        assert sta.control(command) != "FAIL\n"
    sta.expect_event("CTRL-EVENT-CONNECTED")
    assert "4addr=1\n" in sta.control("STATUS-DRIVER")
    sta.expect_event("WPA: Key negotiation completed", within=6.0)
    sta.expect_event("WPA: Key negotiation completed", within=6.0)
    assert "[AUTHORIZED]" in ap.control(f"STA {sta.address}")
