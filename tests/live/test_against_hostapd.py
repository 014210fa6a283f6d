"""The unmodified hostapd_cli against the real hostapd and ours: the replies, field by field.

Both run on the kernel's simulated radios, each with a real wpa_supplicant that enrols by push
button, and are asked the same questions. What differs on purpose is named with the reason.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness.radio.hwsim import HwsimAir
from vm import packages

NEEDED = ("hostapd", "hostapd_cli", "wpa_supplicant", "wpa_cli")
REASON = HwsimAir.usable()
MISSING = [name for name in NEEDED if packages.find(name) is None]
pytestmark = [
    pytest.mark.skipif(REASON is not None, reason=f"mac80211_hwsim: {REASON}"),
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {MISSING}"),
]

ROOT = Path(__file__).resolve().parents[2]
STATION = "02:00:00:00:0a:02"
STRANGER = "02:00:00:00:0a:99"

AP_CONFIG = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=wps test
hw_mode=g
channel=6
wpa=2
wpa_key_mgmt=WPA-PSK
wpa_pairwise=CCMP
wpa_passphrase=12345678
eap_server=1
wps_state=2
uuid=87654321-9abc-def0-1234-56789abc0000
device_name=Wireless AP
manufacturer=Company
model_name=WAP
model_number=123
serial_number=12345
device_type=6-0050F204-1
os_version=01020300
config_methods=label virtual_display virtual_push_button keypad
multi_ap=2
multi_ap_backhaul_ssid="back"
multi_ap_backhaul_wpa_passphrase=backhaul key
"""

STATION_CONFIG = """\
ctrl_interface={folder}/sta
update_config=1
device_name=lamp
manufacturer=Acme
model_name=L
model_number=1
serial_number=2
device_type=1-0050F204-1
config_methods=virtual_push_button virtual_display
"""

BEFORE = (
    "ping",
    "status",
    "get_config",
    "wps_get_status",
    "all_sta",
    "raw STA-FIRST",
    f"sta {STRANGER}",
    "raw STA xx",
    f"raw STA-NEXT {STRANGER}",
    "raw STA",
    "wps_check_pin 12345670",
    "wps_check_pin 12345678",
    "wps_check_pin 1234",
    "wps_check_pin 12a45",
    "wps_check_pin 123",
    "wps_check_pin 123456701",
    "wps_pin any 12345670",
    "wps_pin nope 12345670",
    "wps_pin any 12345670 100 xx",
    f"wps_pin 87654321-9abc-def0-1234-56789abc0001 1234 0 {STATION}",
    "wps_cancel",
    "wps_get_status",
    "wps_ap_pin get",
    "raw WPS_CONFIG 61 FOO",
    "raw WPS_CONFIG 61 WPA2PSK WEP 6162",
    "raw GET foo",
    "raw SET",
    "raw SET foo bar",
    "raw SET ssid",
    "set wpa_passphrase 123",
    "raw NOTE x",
    "raw FOO",
    "raw LEVEL 1",
    "raw DETACH",
    "raw RELOAD_WPA_PSK",
    "raw UPDATE_BEACON",
    "raw LOG_LEVEL",
    "raw CHAN_SWITCH 5 1",
    "deauthenticate zz",
    f"deauthenticate {STRANGER}",
    f"disassociate {STRANGER}",
    "wps_pbc",
    "wps_get_status",
)

AFTER = (
    "wps_get_status",
    "all_sta",
    f"sta {STATION}",
    f"raw STA {STATION} foo",
    f"raw STA-NEXT {STATION}",
    "status",
    f"deauthenticate {STATION}",
    "reload",
    "disable",
    "disable",
    "raw STA-FIRST",
    "wps_pbc",
    "wps_cancel",
    "raw WPS_CONFIG 61 OPEN",
    "enable",
    "enable",
    "wps_get_status",
    "set ssid new",
    "get_config",
)

UNSERVED_FIELDS = {
    "max_txpower": "the radio does not tell it yet",
    "rx_packets": "the radio does not tell the driver's counters yet",
    "tx_packets": "as rx_packets",
    "rx_bytes": "as rx_packets",
    "tx_bytes": "as rx_packets",
    "inactive_msec": "as rx_packets",
    "signal": "as rx_packets",
    "rx_rate_info": "as rx_packets",
    "tx_rate_info": "as rx_packets",
    "supp_op_classes": "not kept of the Association Request yet",
    "ext_capab": "not kept of the Association Request yet",
}
"""Fields that ours lacks."""

TIMES = {"connected_time"}
"""Fields that no two runs share."""

def ask(folder: Path, words: str) -> str:
    return cli("hostapd_cli", folder / "ctl", *words.split(" "))


def cli(name: str, control: Path, *words: str) -> str:
    found = packages.program(name)
    return subprocess.run(
        [str(found.path), "-p", str(control), "-i", "wlan0", *words],
        env={**os.environ, **found.env},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    ).stdout


def wait(what: str, happened: object, within_s: float = 30.0) -> None:
    """Wait for another program, which has no other way to tell."""
    assert callable(happened)
    limit = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < limit, f"{what}: not within {within_s} s"
        time.sleep(0.05)  # two real programs, in real time


@contextmanager
def running(namespace: str, log: Path, *command: str) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{namespace}", *command],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


def transcript(folder: Path, *program: str) -> list[tuple[str, str]]:
    """What `hostapd_cli` said to each command, with a station that enrols in between."""
    folder.mkdir()
    (folder / "ap.conf").write_text(AP_CONFIG.format(folder=folder))
    (folder / "sta.conf").write_text(STATION_CONFIG.format(folder=folder))
    air = HwsimAir()
    try:
        ap = air.add_bare_radio("ap")
        sta = air.add_bare_radio("sta")
        supplicant = str(packages.program("wpa_supplicant").path)
        station = (supplicant, "-Dnl80211", "-iwlan0", "-c", str(folder / "sta.conf"))
        with (
            running(ap.namespace, folder / "ap.log", *program, str(folder / "ap.conf")),
            running(sta.namespace, folder / "sta.log", *station),
        ):
            wait("the access point", lambda: "state=ENABLED" in ask(folder, "status"))
            said = [(words, ask(folder, words)) for words in BEFORE]
            wait("the station", lambda: cli("wpa_cli", folder / "sta", "ping") == "PONG\n")
            cli("wpa_cli", folder / "sta", "wps_pbc")
            wait("the enrolment", lambda: "[AUTHORIZED]" in ask(folder, "all_sta"), 60.0)
            own = str(sta.address)
            said += [(words, ask(folder, words.replace(STATION, own))) for words in AFTER]
    finally:
        air.close()
    texts = {str(ap.address): "<ap>", str(sta.address): "<sta>", ap.phy: "<phy>"}
    for old, new in texts.items():
        said = [(words, reply.replace(old, new)) for words, reply in said]
    return said


def fields(reply: str) -> list[str]:
    """The lines of a reply without what can't be compared."""
    lines = reply.splitlines()
    return [line for line in lines if line.partition("=")[0] not in TIMES | UNSERVED_FIELDS.keys()]


def comparable(lines: list[str]) -> list[str]:
    """Without what follows from addresses, and the PSK.

    hostapd shows the PSK of the SSID before SET until it is reloaded, ours that of the new one.
    """
    return [line for line in lines if not line.startswith(("psk=", "wpsUuid="))]


def test_the_replies_are_those_of_hostapd(tmp_path: Path) -> None:
    real = transcript(tmp_path / "real", str(packages.program("hostapd").path))
    ours = transcript(tmp_path / "ours", sys.executable, "-m", "harness.live.hostapd")
    differences = [
        (words, fields(expected), fields(said))
        for (words, expected), (_, said) in zip(real, ours, strict=True)
        if comparable(fields(expected)) != comparable(fields(said))
    ]
    told = "\n".join(f"{words}\n  hostapd: {a}\n  ours:    {b}" for words, a, b in differences)
    assert not differences, told
    assert {words for words, reply in ours if reply == "UNKNOWN COMMAND\n"} == {
        words for words, reply in real if reply == "UNKNOWN COMMAND\n"
    }
