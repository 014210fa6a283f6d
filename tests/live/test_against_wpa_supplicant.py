"""The unmodified wpa_cli against the real wpa_supplicant and ours, with the real hostapd as AP.

Both enrol by push button on the kernel's simulated radios and are asked the same questions. What
differs on purpose is named with the reason.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from ap_ground import cli, running, wait

from harness.radio.hwsim import HwsimAir
from vm import packages

NEEDED = ("hostapd", "hostapd_cli", "wpa_supplicant", "wpa_cli")
REASON = HwsimAir.usable()
MISSING = [name for name in NEEDED if packages.find(name) is None]
pytestmark = [
    pytest.mark.skipif(REASON is not None, reason=f"mac80211_hwsim: {REASON}"),
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {MISSING}"),
]

AP_CONFIG = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=wps test
hw_mode=g
channel=1
wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
wpa_passphrase=12345678
eap_server=1
wps_state=2
config_methods=virtual_push_button
"""
CONFIG = "ctrl_interface={folder}/sta\nupdate_config=1\ndevice_name=lab\n"

QUESTIONS = (
    "ping", "status", "list_networks", "scan_results", "bss 0", "signal_poll",
    "raw GET_NETWORK 0 ssid", "raw GET_NETWORK 0 psk",
    "raw GET_NETWORK 0 key_mgmt", "raw GET_NETWORK 0 proto", "raw GET_NETWORK 0 auth_alg",
    "pmksa", "disconnect", "status",
)  # fmt: skip
UNSERVED_FIELDS = {
    "p2p_device_address": "P2P is not built",
    "noise": "the radio does not tell the channel's noise yet",
    "snr": "follows from noise",
    "est_throughput": "not estimated yet",
    "beacon_ie": "the real one leaves it out here",
    "age": "no two runs share it",
    "wps_config_methods": "differs between hostapd's own frames by the moment",
    "tsf": "no two runs share it",
    "update_idx": "counts scans, of which no two runs have as many",
    "ie": "the newer of Beacon and Probe Response, which differs by the moment",
    "LINKSPEED": "the last frame's rate; the radio does not tell it yet",
    "NOISE": "as noise",
    "WIDTH": "as LINKSPEED",
    "CENTER_FRQ1": "as LINKSPEED",
    "AVG_RSSI": "as LINKSPEED",
    "AVG_BEACON_RSSI": "as LINKSPEED",
}


def transcript(folder: Path, *program: str) -> list[tuple[str, list[str]]]:
    """What `wpa_cli` said to each question after an enrolment."""
    folder.mkdir()
    (folder / "ap.conf").write_text(AP_CONFIG.format(folder=folder))
    (folder / "sta.conf").write_text(CONFIG.format(folder=folder))
    air = HwsimAir()
    try:
        ap, sta = air.add_bare_radio("ap"), air.add_bare_radio("sta")
        hostapd = (str(packages.program("hostapd").path), str(folder / "ap.conf"))
        station = (*program, "-Dnl80211", "-iwlan0", "-c", str(folder / "sta.conf"))
        with (
            running(ap.namespace, folder / "ap.log", *hostapd),
            running(sta.namespace, folder / "sta.log", *station),
        ):
            wait("hostapd", lambda: "ENABLED" in cli("hostapd_cli", folder / "ctl", "status"))
            wait("the station", lambda: cli("wpa_cli", folder / "sta", "ping") == "PONG\n")
            cli("hostapd_cli", folder / "ctl", "wps_pbc")
            cli("wpa_cli", folder / "sta", "wps_pbc")
            status = lambda: cli("wpa_cli", folder / "sta", "status")  # noqa: E731
            wait("the enrolment", lambda: "COMPLETED" in status(), 60.0)
            said = [
                (words, cli("wpa_cli", folder / "sta", *words.split(" "))) for words in QUESTIONS
            ]
    finally:
        air.close()
    assert 'psk="12345678"' in (folder / "sta.conf").read_text()
    texts = {str(ap.address): "<ap>", str(sta.address): "<sta>"}
    for old, new in texts.items():
        said = [(words, reply.replace(old, new)) for words, reply in said]
    return [(words, comparable(reply)) for words, reply in said]


def comparable(reply: str) -> list[str]:
    known = UNSERVED_FIELDS.keys() | {"uuid"}
    return [line for line in reply.splitlines() if line.partition("=")[0] not in known]


def test_the_replies_are_those_of_wpa_supplicant(tmp_path: Path) -> None:
    real = transcript(tmp_path / "real", str(packages.program("wpa_supplicant").path))
    ours = transcript(tmp_path / "ours", sys.executable, "-m", "harness.live.wpa_supplicant")
    differences = [(a, b) for a, b in zip(real, ours, strict=True) if a != b]
    assert not differences, "\n".join(f"real {a}\nours {b}" for a, b in differences)
