"""What the real hostapd and ours hand out, tell and write for the same files and Enrollees.

The Enrollee is the real wpa_supplicant, on the kernel's simulated radios; each case is played once
with each access point and everything that came of it is compared. Random keys are named, not
compared: that the form is the same and the station gets in by them is what counts.
"""

from __future__ import annotations

import re
import struct
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from enrolment_case import NO_DISPLAY, Case, Seen, play
from programs import kernel_lab

from vm import packages

pytestmark = kernel_lab("hostapd", "wpa_supplicant")

WPA2 = "ssid=wps test\nwpa=2\nwpa_key_mgmt=WPA-PSK\nrsn_pairwise=CCMP\n"
MIXED = "ssid=wps test\nwpa=3\nwpa_key_mgmt=WPA-PSK\nwpa_pairwise=TKIP CCMP\n"
PASSPHRASE = "wpa_passphrase=12345678\n"
KEYS = "wpa_psk_file={folder}/psk\n"
CONFIGURED = "wps_state=2\n"
UNCONFIGURED = "ssid=new net\nwps_state=1\n"
EXTRA = "extra_cred={folder}/cred\n"
ANYONE = "00:00:00:00:00:00"


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack(">HH", kind, len(value)) + value


OTHER = attribute(
    0x100E,
    attribute(0x1026, b"\1")
    + attribute(0x1045, b"other")
    + attribute(0x1003, b"\0\x20")
    + attribute(0x100F, b"\0\x08")
    + attribute(0x1027, b"abcdefgh")
    + attribute(0x1020, bytes.fromhex("02aabbccddee")),
)


def knows(key: str, ssid: str = "wps test") -> str:
    """A network that the station knows beforehand."""
    return f'network={{\n ssid="{ssid}"\n psk="{key}"\n}}\n'


def configured(words: str, more: str = "") -> Case:
    """WPS_CONFIG with `words`: what it says at once, and what the network is in the end."""
    commands = (f"WPS_CONFIG {words}", "GET_CONFIG")
    text = WPA2 + PASSPHRASE + CONFIGURED + "wps_cred_processing=2\n" + more
    return Case(text, enrols=False, joins=False, commands=commands)


NEW = "6e6577"
NEW_KEY = "6e65776b65793132"
HEX_KEY = b"0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef".hex()
TWO = f"keyid=one {ANYONE} secret one phrase\nkeyid=two {ANYONE} secret two phrase\n"

CASES = {
    "a passphrase": Case(WPA2 + PASSPHRASE + CONFIGURED),
    "no display": Case(WPA2 + PASSPHRASE + CONFIGURED, methods=NO_DISPLAY),
    "AirPort": Case(WPA2 + PASSPHRASE + CONFIGURED, manufacturer="Apple Inc", model="AirPort"),
    "WPA and WPA2": Case(MIXED + PASSPHRASE + CONFIGURED),
    "open": Case("ssid=open net\n" + CONFIGURED),
    "a PSK for the device": Case(WPA2 + KEYS + CONFIGURED, psk_file=""),
    "the same PSK again": Case(WPA2 + KEYS + CONFIGURED, psk_file="", again=True),
    "a PSK beside a passphrase": Case(
        WPA2 + PASSPHRASE + KEYS + CONFIGURED, psk_file=f"keyid=a {ANYONE} secret passphrase\n"
    ),
    "no display and a file": Case(
        WPA2 + PASSPHRASE + KEYS + CONFIGURED,
        psk_file=f"keyid=a {ANYONE} secret passphrase\n",
        methods=NO_DISPLAY,
    ),
    "PSKs of the file for WPS": Case(
        WPA2 + KEYS + CONFIGURED,
        psk_file="wps=1 {sta} first phrase\nwps=1 keyid=m {sta} second phrase\n"
        f"wps=1 {ANYONE} any phrase\n",
    ),
    "the first Enrollee": Case(UNCONFIGURED),
    "the first Enrollee, told": Case(UNCONFIGURED + "wps_cred_processing=2\n"),
    "the first Enrollee, only told": Case(UNCONFIGURED + "wps_cred_processing=1\n"),
    "the first Enrollee and SAE": Case(UNCONFIGURED + "wps_cred_add_sae=1\n"),
    "the first Enrollee and a file": Case(UNCONFIGURED + KEYS, psk_file=""),
    "another program's Credential": Case(
        UNCONFIGURED + EXTRA + "skip_cred_build=1\n", extra_cred=OTHER, joins=False
    ),
    "a further Credential": Case(WPA2 + PASSPHRASE + CONFIGURED + EXTRA, extra_cred=OTHER),
    "a name for the key": Case(
        WPA2 + PASSPHRASE + KEYS,
        psk_file=TWO,
        enrols=False,
        network=knows("secret one phrase"),
    ),
    "the passphrase has no name": Case(
        WPA2 + PASSPHRASE + KEYS, psk_file=TWO, enrols=False, network=knows("12345678")
    ),
    "another name for the key": Case(
        WPA2 + KEYS,
        psk_file=TWO,
        enrols=False,
        network=knows("secret one phrase"),
        new_psk_file=f"keyid=three {ANYONE} secret one phrase\n",
        then=("RELOAD_WPA_PSK",),
    ),
    "other keys": Case(
        WPA2 + KEYS,
        psk_file=TWO,
        enrols=False,
        network=knows("secret one phrase"),
        new_psk_file=f"{ANYONE} secret six phrase\n",
        then=("RELOAD_WPA_PSK",),
    ),
    "new settings": configured(f"{NEW} WPA2PSK CCMP {NEW_KEY}"),
    "new settings with TKIP": configured(f"{NEW} WPAPSK TKIP {NEW_KEY}"),
    "new settings of WPA": configured(f"{NEW} WPAPSK CCMP {NEW_KEY}"),
    "new settings, hex key": configured(
        f"{NEW} WPA2PSK CCMP {HEX_KEY}", "wps_cred_add_sae=1\n"
    ),
    "new settings with SAE": configured(
        f"{NEW} WPA2PSK CCMP {NEW_KEY}", "wps_cred_add_sae=1\nieee80211w=2\n"
    ),
    "an open network": configured(f"{NEW} OPEN NONE"),
    "an SSID of any octets": configured(f"6e0177ff WPA2PSK CCMP {NEW_KEY}"),
}

RANDOM = (
    (re.compile(r"10270040(?:3[0-9]|6[1-6]){64}"), "10270040<psk>"),
    (re.compile(r"10270016[0-9a-f]{44}"), "10270016<passphrase>"),
    (re.compile(r"(passphrase=)[A-Za-z0-9+/]{22}$"), r"\1<passphrase>"),
    (re.compile(r"^(psk=|wps=1 <sta> )[0-9a-f]{64}$"), r"\1<psk>"),
    (re.compile(r"(<sta>) [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), r"\1 <uuid>"),
)

TIMING = ("AP-STA-DISCONNECTED", "WPS-PBC-ACTIVE", "EAPOL-4WAY-HS-COMPLETED")
"""Whose place depends on what the station's program does meanwhile."""
SCANS = "WPS-ENROLLEE-SEEN"
"""When and how often the station's program scans is its own affair; what it says there is not."""


def comparable(seen: Seen, case: Case) -> list[str]:
    """What two access points must have in common."""
    told = asdict(seen)
    events = [line for line in seen.ap_events if not line.startswith((*TIMING, SCANS))]
    told["ap_events"] = events
    told["scans"] = sorted({line for line in seen.ap_events if line.startswith(SCANS)})
    told["flags"] = [line for line in seen.flags.splitlines() if line.startswith("keyid=")]
    if case.new_psk_file is not None:
        told["psk_file"] = None
    return [f"{name}: {named(line)}" for name, each in told.items() for line in lines_of(each)]


def lines_of(value: str | list[str] | None) -> list[str]:
    if value is None:
        return ["there is none"]
    return value.splitlines() if isinstance(value, str) else value


def named(line: str) -> str:
    for random, name in RANDOM:
        line = random.sub(name, line)
    return line


@pytest.mark.parametrize("name", CASES)
def test_the_same_comes_of_it_with_both(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    hostapd = str(packages.program("hostapd").path)
    real = comparable(play(tmp_path / "real", case, hostapd), case)
    ours = play(tmp_path / "ours", case, sys.executable, "-m", "harness.live.hostapd")
    assert comparable(ours, case) == real
