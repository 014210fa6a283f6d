"""Networks with WEP: the real hostapd and ours, with the real wpa_supplicant as the station.

What passes the air is opened by tshark with the key.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from ap_comparison import compare
from ap_ground import Ground, needs_lab
from comparison import Explained
from test_against_hostapd import FIELDS_OF_NEWER, NEWER, VARYING

from harness.radio.capture import StaticWepKey, write_wireshark_profile
from vm import packages

pytestmark = [
    *needs_lab,
    pytest.mark.skipif(packages.find("tshark") is None, reason="not installed: tshark"),
]

CONFIG = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=home
hw_mode=g
channel=1
eap_server=1
wps_state=2
"""
KEY_40, KEY_104 = b"12345", b"1234567890abc"
WEP_40 = 'wep_default_key=0\nwep_key0="12345"\n'
WEP_104 = f"wep_default_key=2\nwep_key0=\"12345\"\nwep_key2={KEY_104.hex()}\n"
SHARED = "auth_algs=2\n"
OPEN = "auth_algs=1\n"

EXPLAINED = Explained(
    fields={**FIELDS_OF_NEWER, "auth_alg": NEWER},
    varying=VARYING | {"rx_packets", "tx_packets", "rx_bytes", "tx_bytes"},
)
OF_NOBODY = (
    "status", "get_config", "wps_get_status", "mib", "all_sta", "wps_pbc", "wps_pin any 12345670",
    "wps_config home WPA2PSK CCMP 12345678", "wps_ap_pin random", "wps_cancel",
    'set wep_key0 "abcde"', "set wep_default_key 4", "set wep_default_key 0", "get wep_key0",
    "get_config",
)  # fmt: skip
OF_A_STATION = ("status", "all_sta", "sta <sta>", "mib", "list_sta", "wps_pbc")
OF_THE_STATION = ("pairwise_cipher", "group_cipher", "key_mgmt", "wpa_state")


@dataclass(frozen=True)
class Case:
    """A network and who joins it. `key`: what goes over the air is encrypted with."""

    wep: str
    network: str
    key: bytes
    shared: bool


CASES = {
    "open": Case(WEP_40 + OPEN, 'wep_key0="12345"', KEY_40, shared=False),
    "open refused": Case(WEP_40 + SHARED, 'wep_key0="12345"', KEY_40, shared=True),
    "either, 104 bits, third key": Case(
        WEP_104,
        f"wep_key2={KEY_104.hex()}\nwep_tx_keyidx=2\nauth_alg=SHARED",
        KEY_104,
        shared=True,
    ),
}


def network(lines: str) -> str:
    return f'network={{\nssid="home"\nkey_mgmt=NONE\n{lines}\n}}\n'


def joins(ground: Ground, case: Case) -> None:
    with ground.access_point(str(ground.file("ap.conf", CONFIG + case.wep))):
        ground.wait_for("state=ENABLED")
        ground.ask(*(OF_NOBODY if not case.shared else ("get_config",)))
        monitor = ground.monitor()
        monitor.ask("ATTACH")
        with ground.heard_station(network(case.network)) as own:
            own.until("CTRL-EVENT-CONNECTED")
            ground.note("joining", "\n".join(monitor.told(0.5)))
            said = ground.station_cli("status").splitlines()
            link = [line for line in said if line.startswith(OF_THE_STATION)]
            ground.note("the link", "\n".join(link))
            ground.note("the network", security(ground.station_cli("bss", str(ground.ap.address))))
            ground.ask(*OF_A_STATION)
            ground.note("a frame", ground.exchange())
    capture = ground.folder / "air.pcapng"
    ground.capture(capture)
    ground.note("on the air", opened(ground, capture, case.key))
    ground.note("authentication", authentication(ground, capture))


def security(bss: str) -> str:
    """What a scan says of the BSS's protection: flags, Privacy, and that no RSN or WPS is there."""
    found = dict(line.partition("=")[::2] for line in bss.splitlines())
    capability = int(found["capabilities"], 16)
    has = [name for name, head in (("RSN", "30"), ("vendor", "dd")) if head in ids(found["ie"])]
    return f"{found['flags']} privacy={capability >> 4 & 1} {has}"


def ids(elements: str) -> list[str]:
    octets, found, at = bytes.fromhex(elements), [], 0
    while at < len(octets):
        found.append(f"{octets[at]:02x}")
        at += 2 + octets[at + 1]
    return found


def tshark(ground: Ground, capture: Path, *arguments: str) -> list[str]:
    found = packages.program("tshark")
    read = subprocess.run(
        [str(found.path), "-r", str(capture), *arguments],
        env={**os.environ, **found.env, "WIRESHARK_CONFIG_DIR": str(ground.folder / "profile")},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [ground.named(line) for line in read.stdout.splitlines()]


def opened(ground: Ground, capture: Path, key: bytes) -> str:
    """Who sent what in the data frames, under the key."""
    write_wireshark_profile(ground.folder / "profile", [StaticWepKey(key)])
    fields = ("wlan.sa", "wlan.fc.protected", "wlan.wep.key", "data.data")
    chosen = [word for name in fields for word in ("-e", name)]
    return "\n".join(tshark(ground, capture, "-Y", "llc.type==0x88b5", "-T", "fields", *chosen))


def authentication(ground: Ground, capture: Path) -> str:
    """The Authentication frames of the join: who, algorithm, sequence, status, challenge or not.

    Each kind once: the station's kernel asks again when the answer is not there yet.
    """
    write_wireshark_profile(ground.folder / "profile", [])
    fields = (
        "wlan.sa", "wlan.fc.protected", "wlan.wep.key", "wlan.fixed.auth.alg",
        "wlan.fixed.auth_seq", "wlan.fixed.status_code", "wlan.tag.length",
    )  # fmt: skip
    chosen = [word for name in fields for word in ("-e", name)]
    told = tshark(ground, capture, "-Y", "wlan.fc.subtype==11", "-T", "fields", *chosen)
    return "\n".join(dict.fromkeys(told))


@pytest.mark.parametrize("name", CASES)
def test_a_station_joins(tmp_path: Path, name: str) -> None:
    case, seen = CASES[name], []

    def topic(ground: Ground) -> None:
        joins(ground, case)
        seen.append(dict(ground.said))

    compare(tmp_path, topic, EXPLAINED)
    for said in seen:
        assert said["a frame"] == "there: arrives, back: arrives"
        assert said["the network"] == "[WEP][ESS] privacy=1 []"
        assert len(re.findall("66726f6d20", said["on the air"])) == 2
        assert ("\t1\t" in said["authentication"]) is case.shared
