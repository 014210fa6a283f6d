"""The replies of the real wpa_supplicant and of ours to the same commands, field by field.

Both serve the interface `lo` without a driver, so that no radio is needed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from live_stage import Client, Stage

from harness.live import wpa_supplicant
from harness.sta.control import testing
from harness.sta.control.interface import ORDERS
from harness.sta.control.order import Takes
from vm import packages

REAL = packages.find("wpa_supplicant")
pytestmark = pytest.mark.skipif(REAL is None, reason="wpa_supplicant is not installed")
LIMIT_S = 90.0
CONFIG = """\
ctrl_interface={}
update_config=1
device_name=lab
network={{
	ssid="home"
	psk="correct horse"
	disabled=1
}}
network={{
	ssid=P"a\\tb\\x41"
	psk=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
	key_mgmt=NONE WPA-PSK
	bssid=02:00:00:00:00:AA
	priority=0x10
	scan_freq=2412 2437
	disabled=1
}}
"""

NETWORK_KEYS = (
    "ssid", "scan_ssid", "bssid", "bssid_hint", "bssid_ignore", "bssid_blacklist", "bssid_accept",
    "psk", "mem_only_psk", "proto", "key_mgmt", "bg_scan_period", "pairwise", "group", "auth_alg",
    "bgscan", "scan_freq", "freq_list", "eap", "identity", "password", "phase1", "phase2",
    "wep_key0", "wep_tx_keyidx", "priority", "eap_workaround", "fragment_size", "mode",
    "frequency", "proactive_key_caching", "disabled", "mixed_cell", "wps_disabled", "ieee80211w",
    "id_str", "wpa_ptk_rekey", "wpa_deny_ptk0_rekey", "group_rekey", "multi_ap_backhaul_sta",
    "beacon_prot", "transition_disable", "sae_password", "sae_password_id", "eapol_flags",
    "beacon_int", "dtim_period", "ignore_broadcast_ssid", "pbss", "ocv", "owe_group", "owe_only",
    "ap_max_inactivity", "fixed_freq", "acs", "vht", "disable_ht", "ht40_intolerant", "mac_addr",
    "macsec_policy", "erp", "update_identifier", "ft_eap_pmksa_caching", "foo",
)  # fmt: skip

SAME = (
    "PING", "PING x", "ping", "FOO", "IFNAME", "INTERFACES", "NOTE hello",
    "LIST_NETWORKS", "LIST_NETWORKS LAST_ID=0", "ADD_NETWORK",
    *(f"GET_NETWORK 2 {key}" for key in NETWORK_KEYS),
    *(f"GET_NETWORK 0 {key}" for key in ("ssid", "psk", "disabled", "key_mgmt")),
    *(f"GET_NETWORK 1 {key}" for key in
      ("ssid", "psk", "bssid", "key_mgmt", "priority", "scan_freq")),
    "GET_NETWORK", "GET_NETWORK 2", "GET_NETWORK 9 ssid",
    "SET_NETWORK 2 ssid abc", 'SET_NETWORK 2 ssid "abc"', "GET_NETWORK 2 ssid",
    "SET_NETWORK 2 ssid 00ff", "GET_NETWORK 2 ssid", 'SET_NETWORK 2 ssid P"a\\x01b"',
    "GET_NETWORK 2 ssid", "SET_NETWORK 2 ssid NULL", "GET_NETWORK 2 ssid", "SET_NETWORK 2 ssid ",
    'SET_NETWORK 2 psk "short"', "SET_NETWORK 2 psk 00", 'SET_NETWORK 2 psk "12345678"',
    "GET_NETWORK 2 psk", "SET_NETWORK 2 bssid any", "SET_NETWORK 2 bssid 02:00:00:00:00:AB",
    "GET_NETWORK 2 bssid", "SET_NETWORK 2 bssid x", "SET_NETWORK 2 priority 3x",
    "SET_NETWORK 2 priority 0x10", "GET_NETWORK 2 priority", "SET_NETWORK 2 scan_ssid 2",
    "SET_NETWORK 2 scan_ssid 1", "GET_NETWORK 2 scan_ssid", "SET_NETWORK 2 mode 7",
    "SET_NETWORK 2 eap WSC", "GET_NETWORK 2 eap", "SET_NETWORK 2 proto WPA2 WPA",
    "GET_NETWORK 2 proto", "SET_NETWORK 2 proto RSN", "GET_NETWORK 2 proto",
    "SET_NETWORK 2 pairwise TKIP CCMP", "GET_NETWORK 2 pairwise", "SET_NETWORK 2 pairwise CCMP",
    "GET_NETWORK 2 pairwise", "SET_NETWORK 2 group CCMP", "GET_NETWORK 2 group",
    "SET_NETWORK 2 key_mgmt WPA-PSK NONE", "GET_NETWORK 2 key_mgmt", "SET_NETWORK 2 key_mgmt FOO",
    "SET_NETWORK 2 auth_alg OPEN", "GET_NETWORK 2 auth_alg",
    "SET_NETWORK 2 auth_alg OPEN SHARED", "GET_NETWORK 2 auth_alg",
    'SET_NETWORK 2 wep_key0 "12345"',
    "GET_NETWORK 2 wep_key0", "GET_NETWORK 2 wep_key1", "SET_NETWORK 2 wep_key1 313",
    'SET_NETWORK 2 wep_key1 "123', 'SET_NETWORK 2 wep_key1 "1234"', 'SET_NETWORK 2 wep_key1 ""',
    "GET_NETWORK 2 wep_tx_keyidx", "SET_NETWORK 2 wep_tx_keyidx 3", "GET_NETWORK 2 wep_tx_keyidx",
    'SET_NETWORK 2 id_str "x y"',
    "GET_NETWORK 2 id_str", "SET_NETWORK 2 multi_ap_backhaul_sta 1",
    "GET_NETWORK 2 multi_ap_backhaul_sta", "SET_NETWORK 2 scan_freq 2412 5180",
    "GET_NETWORK 2 scan_freq", "SET_NETWORK 2 foo 1", "SET_NETWORK 2", "SET_NETWORK 9 ssid 00",
    "DUP_NETWORK 0 2 psk", "DUP_NETWORK 9 2 psk", "BSSID 2 02:00:00:00:00:01",
    "LIST_NETWORKS", "SELECT_NETWORK 9", "REMOVE_NETWORK 9", "REMOVE_NETWORK 2", "LIST_NETWORKS",
    "WPS_CHECK_PIN 1234-5670", "WPS_CHECK_PIN 12345678", "WPS_CHECK_PIN 123", "WPS_CHECK_PIN 1234",
    "WPS_PIN foo", "WPS_PBC foo", "WPS_AP_PIN get",
    "SCAN_RESULTS", "BSS 0", "BSS", "BSS FIRST", "BSS ff:ff:ff:ff:ff:ff", "BSS RANGE=ALL",
    "BSS_FLUSH 0", "SIGNAL_POLL", "PKTCNT_POLL", "PMKSA", "PMKSA_FLUSH", "BLACKLIST",
    "BSSID_IGNORE", "BSSID_IGNORE 02:00:00:00:00:01", "BSSID_IGNORE", "BSSID_IGNORE clear",
    "BSSID_IGNORE x", "STA-FIRST", "REATTACH", "ROAM 02:00:00:00:00:01", "ROAM x",
    "SET device_name", "SET device_name abc", "GET device_name", "SET foo 1", "GET foo",
    "SET uuid x", "SET device_type 1-2", "SET device_type 1-0050F204-1",
    "GET update_config", "GET eapol_version", "GET ap_scan", "GET wps_cred_processing",
    "AP_SCAN 9", "AP_SCAN 1", "BSS_EXPIRE_AGE 5", "BSS_EXPIRE_AGE 50", "BSS_EXPIRE_COUNT 0",
    "BSS_EXPIRE_COUNT 3", "SCAN_INTERVAL -1", "SCAN_INTERVAL 9", "STA_AUTOCONNECT 1",
    "LOG_LEVEL FOO", "LOG_LEVEL INFO", "LOG_LEVEL", "DETACH", "LEVEL 3", "ATTACH", "LEVEL 3",
    "DETACH", "GET_CAPABILITY foo", "GET_CAPABILITY channels", "GET_CAPABILITY freq",
    "GET_CAPABILITY beacon_prot", "RECONNECT", "DISCONNECT", "SAVE_CONFIG", "RECONFIGURE",
    "LIST_NETWORKS", "STATUS", "FLUSH", "LIST_NETWORKS",
)  # fmt: skip
"""Commands whose replies are the same. Left out on purpose: `BSS_FLUSH` alone, which the real one
does not know though its age may be absent (sta-control, 3.3); `GET device_type`, which it refuses;
`SET_NETWORK` with what ours refuses by name, such as keys of MACsec.
"""

ELSEWHERE = {*testing.ORDERS, "DRIVER", "MACSEC"}
"""Of other builds of wpa_supplicant than Debian's, and so not known to it."""
SERVED_THERE = {"MESH_INTERFACE_ADD", "INTERWORKING_SELECT", "DPP_CONFIGURATOR_ADD"}
"""Features of the real one that ours is without: only there something is done."""


def misspelt() -> list[str]:
    """Every verb without the argument that it needs, with one that it does not take, and glued."""
    forms = []
    for verb, order in ORDERS.items():
        if verb in ELSEWHERE | SERVED_THERE or verb == "BSS_FLUSH" or verb.startswith("STATUS"):
            continue
        if order.takes is Takes.SOMETHING:
            forms.append(verb)
        if order.takes is Takes.NOTHING:
            forms.append(f"{verb} x")
        if order.takes is not Takes.ANYTHING:
            forms.append(f"{verb}X")
    glued = ("BSSID_IGNORE", "BLACKLIST", "SIGNAL_POLL", "PKTCNT_POLL")
    return [*forms, *(f"{verb}X" for verb in glued)]


class Daemon:
    """One of the two programs, and a client of its socket."""

    def __init__(self, program: list[str], environment: dict[str, str], folder: Path) -> None:
        self.config = folder / "conf"
        self.config.write_text(CONFIG.format(folder / "ctl"))
        self._process = subprocess.Popen(
            [*program, "-Dnone", "-ilo", f"-c{self.config}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment or None,
            cwd=Path(wpa_supplicant.__file__).parents[2],
        )  # fmt: skip
        path, limit = folder / "ctl" / "lo", time.monotonic() + LIMIT_S
        while not path.exists() and time.monotonic() < limit and self._process.poll() is None:
            time.sleep(0.02)
        self.client = Client(path, folder / "client") if path.exists() else None

    def close(self) -> None:
        if self.client is not None:
            self.client.close()
        self._process.terminate()
        self._process.wait()


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="ap"))
    yield made
    shutil.rmtree(made)


def replies(daemon: Daemon, stage: Stage, commands: Sequence[str]) -> list[tuple[str, str]]:
    assert daemon.client is not None
    return [(command, daemon.client.ask(stage, command)) for command in commands]


@pytest.mark.parametrize("commands", [SAME, misspelt()], ids=["said well", "misspelt"])
def test_replies_are_the_same(folder: Path, stage: Stage, commands: Sequence[str]) -> None:
    assert REAL is not None
    (folder / "real").mkdir()
    (folder / "ours").mkdir()
    real = stage.keep(Daemon([str(REAL.path)], REAL.env, folder / "real"))
    if real.client is None:
        pytest.skip("wpa_supplicant does not run here (it may need to be root)")
    theirs = replies(real, stage, commands)
    ours_ = [sys.executable, "-m", "harness.live.wpa_supplicant"]
    ours = replies(stage.keep(Daemon(ours_, {}, folder / "ours")), stage, commands)
    differing = [(a, b[1]) for a, b in zip(theirs, ours, strict=True) if a != b]
    assert differing == [], "\n".join(map(str, differing))
