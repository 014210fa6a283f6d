"""Which networks of mode 2 there are: WEP, and PSK with SHA-256, at the real program and at ours.

The real wpa_supplicant joins both, and data goes both ways.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from programs import kernel_lab, real, wait
from test_ap_mode_against_wpa_supplicant import OURS, SUPPLICANT, Ground, ground

pytestmark = kernel_lab("wpa_supplicant")

NETWORKS = {
    "wep-40": ("key_mgmt NONE", 'wep_key0 "abcde"'),
    "wep-104-shared": (
        "key_mgmt NONE", 'wep_key1 "abcdefghijklm"', "wep_tx_keyidx 1", "auth_alg SHARED",
    ),
    "wep-40-either": ("key_mgmt NONE", "wep_key3 6162636465", "wep_tx_keyidx 3"),
    "sha256": (
        "key_mgmt WPA-PSK-SHA256", 'psk "12345678"', "proto RSN", "pairwise CCMP", "group CCMP",
        "wps_disabled 1",
    ),
    "sha256-mfp": (
        "key_mgmt WPA-PSK-SHA256", 'psk "12345678"', "proto RSN", "pairwise CCMP", "group CCMP",
        "ieee80211w 2", "wps_disabled 1",
    ),
}  # fmt: skip
UNLIKE_THE_STATIONS = {"wep-40-either": ("auth_alg SHARED",)}
"""What the station says beside."""


def session(at: Ground, name: str) -> list[str]:
    said = []
    at.make("mode 2", f'ssid "{name}"', "frequency 2412", *NETWORKS[name])
    said += at.ap.take()
    said += [at.ap.ask(words) for words in ("STATUS", "WPS_PBC", "WPS_PIN any 12345670")]
    number = at.sta.ask("ADD_NETWORK").strip()
    keys = (f'ssid "{name}"', *NETWORKS[name], *UNLIKE_THE_STATIONS.get(name, ()))
    at.sta.order(*(f"SET_NETWORK {number} {key}" for key in keys))
    at.sta.order(f"SELECT_NETWORK {number}")
    at.sta.until("CTRL-EVENT-CONNECTED")
    wait("the station", lambda: "[AUTHORIZED]" in at.ap.ask("STA-FIRST"))
    said += [at.sta.ask("STATUS"), at.ap.ask("STA-FIRST"), at.radios.exchange()]
    said += at.ap.take()
    flags = re.search(rf"\t(\[\S+\])\t{name}", at.sta.ask("SCAN_RESULTS"))
    return [*map(at.plain, said), flags[1] if flags else "not seen"]


@pytest.mark.parametrize("name", NETWORKS)
def test_both_make_the_same_network(tmp_path: Path, name: str) -> None:
    with ground(tmp_path / "real", real(SUPPLICANT), real(SUPPLICANT)) as at:
        expected = session(at, name)
    with ground(tmp_path / "ours", OURS, real(SUPPLICANT)) as at:
        assert session(at, name) == expected
    assert "there: arrives, back: arrives" in expected
