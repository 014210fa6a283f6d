"""The real programs as devices: what they are told, what they tell, and how they may fail."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from harness.base.errors import SetupFailed
from harness.lab import Bss, ExpectationFailed, Lab, StoredNetwork
from harness.lab.devices.wpa_supplicant import parse_networks
from harness.lab.evidence import keys_of
from harness.lab.scene import Setting
from harness.radio.hwsim import HwsimAir

REASON = HwsimAir.usable()
needs_hwsim = pytest.mark.skipif(REASON is not None, reason=f"mac80211_hwsim: {REASON}")

WRITTEN = """\
ctrl_interface=/tmp/c/sta
update_config=1
device_name=Lab STA

network={
	ssid="backhaul"
	psk="backhaul secret"
	proto=RSN
	key_mgmt=WPA-PSK
	pairwise=CCMP-256 GCMP-256 CCMP GCMP
	auth_alg=OPEN
	multi_ap_backhaul_sta=1
}

network={
	ssid=c3a9
	psk=e28c9aaa2f46266ef5b8db9a65ae4648f5c99d4e5b463ca616482558ccd51628
	key_mgmt=WPA-PSK
}
"""
"""Written by wpa_supplicant 2.10 (the second block edited by hand)."""

HOME = Bss(ssid="home", passphrase="correct horse", wps=True)


def test_stored_networks_are_read_from_the_configuration_file() -> None:
    key = "e28c9aaa2f46266ef5b8db9a65ae4648f5c99d4e5b463ca616482558ccd51628"
    assert parse_networks(WRITTEN) == [
        StoredNetwork(ssid=b"backhaul", key="backhaul secret", backhaul=True),
        StoredNetwork(ssid="é".encode(), key=key, backhaul=False),
    ]


def test_a_stored_network_without_ssid_is_refused() -> None:
    with pytest.raises(SetupFailed, match="without SSID"):
        parse_networks("network={\n\tpsk=\"12345678\"\n}\n")


@pytest.fixture
def real_lab(tmp_path: Path) -> Iterator[Lab]:
    made = Lab(Setting("hwsim", "hostapd", "wpa_supplicant", "1", tmp_path), HwsimAir())
    yield made
    made.close()


@needs_hwsim
def test_versions_configuration_and_logs_are_kept(real_lab: Lab, tmp_path: Path) -> None:
    ap, sta = real_lab.ap(HOME), real_lab.sta()

    assert ap.version.startswith("2.")
    assert sta.version.startswith("2.")
    assert {path.name for path in tmp_path.iterdir()} == {
        "ap-hostapd.conf", "ap-hostapd.log", "sta-wpa_supplicant.conf", "sta-wpa_supplicant.log",
    }
    assert "AP-ENABLED" in (tmp_path / "ap-hostapd.log").read_text()


@needs_hwsim
def test_a_program_that_refuses_its_configuration_is_a_setup_error(real_lab: Lab) -> None:
    with pytest.raises(SetupFailed, match=r"(?s)exit status 1.*invalid WPA passphrase"):
        real_lab.ap(Bss(ssid="home", passphrase="short"))


@needs_hwsim
def test_a_refused_command_is_a_setup_error(real_lab: Lab) -> None:
    ap = real_lab.ap(Bss(ssid="home", passphrase="correct horse"))
    object.__setattr__(ap.on_air[0].bss, "wps", True)

    with pytest.raises(SetupFailed, match="WPS_PBC"):
        ap.push_button()


@needs_hwsim
def test_a_program_that_dies_in_the_scenario_fails_it(real_lab: Lab) -> None:
    ap = real_lab.ap(HOME)
    os.kill(ap.program.process_id, signal.SIGSEGV)

    with pytest.raises(ExpectationFailed, match=r"ap \(hostapd\) ended with signal 11"):
        ap.expect_event("AP-STA-CONNECTED", within=5.0)


@needs_hwsim
def test_nothing_is_left_running(tmp_path: Path) -> None:
    lab = Lab(Setting("hwsim", "hostapd", "wpa_supplicant", "1", tmp_path), HwsimAir())
    processes = [lab.ap(HOME).program.process_id, lab.sta().program.process_id]

    lab.close()

    assert [process for process in processes if Path(f"/proc/{process}").exists()] == []


@needs_hwsim
def test_what_two_programs_agreed_on_is_among_the_keys(real_lab: Lab) -> None:
    ap, sta = real_lab.ap(HOME), real_lab.sta()
    sta.connect(ap)
    sta.expect_event("CTRL-EVENT-CONNECTED", within=30.0)

    log = (real_lab.setting.folder / "ap-hostapd.log").read_text()
    (key,) = keys_of(real_lab)["tk"]

    assert bytes.fromhex(key["tk"]).hex(" ") in log


@needs_hwsim
def test_hostapd_gives_our_station_the_keys_that_it_asks_for(tmp_path: Path) -> None:
    with closing(Lab(Setting("hwsim", "hostapd", "airproof", "1", tmp_path), HwsimAir())) as lab:
        ap, sta = lab.ap(HOME), lab.sta()
        for command in (
            "ADD_NETWORK",
            'SET_NETWORK 0 ssid "home"',
            'SET_NETWORK 0 psk "correct horse"',
            "SET_NETWORK 0 wpa_ptk_rekey 5",
            "SELECT_NETWORK 0",
        ):
            assert sta.control(command) != "FAIL\n"
        for _ in range(3):
            sta.expect_event("WPA: Key negotiation completed", within=30.0)
        assert "flags=[AUTH][ASSOC][AUTHORIZED]" in ap.control(f"STA {sta.address}")
        assert len({key["tk"] for key in keys_of(lab)["tk"]}) == 3
