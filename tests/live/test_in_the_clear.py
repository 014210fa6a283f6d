"""Deauthentications in the clear to a station whose management frames are protected.

The real hostapd and ours send the same; the real wpa_supplicant is the station. And a BSS is
removed whose interface somebody took down.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from ap_comparison import Explained, compare
from ap_ground import Ground, needs_lab

from harness.wire.dot11.frames import decode_frame
from harness.wire.dot11.header import DEAUTHENTICATION, DISASSOCIATION

pytestmark = needs_lab

CONFIG = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=home
hw_mode=g
channel=1
wpa=2
wpa_key_mgmt=SAE
rsn_pairwise=CCMP
ieee80211w=2
sae_password=correct horse
"""
NETWORK = """\
network={
ssid="home"
key_mgmt=SAE
ieee80211w=2
sae_password="correct horse"
}
"""
GUESTS = "bss=wlan0-1\nctrl_interface={folder}/ctl\nssid=guests\n"


def protections(ground: Ground, receiver: str) -> list[bool]:
    """Whether each frame to a station that tells it to go was protected, in order."""
    ground.air.advance(ground.air.now() + 0.3)
    headers = (decode_frame(each.octets).header for each in ground.air.frames)
    return [
        header.protected
        for header in headers
        if header.type == 0
        and header.subtype in (DEAUTHENTICATION, DISASSOCIATION)
        and (str(header.a1), header.a2) == (receiver, ground.ap.address)
    ]


def farewells(ground: Ground) -> None:
    with ground.access_point(str(ground.file("ap.conf", CONFIG))):
        ground.wait_for("state=ENABLED")
        with ground.station(NETWORK):
            ground.wait_for("[AUTHORIZED]", "all_sta")
            for words in ("deauthenticate <sta> test=0", "disassociate <sta> test=0"):
                ground.ask(words)
                seen = protections(ground, str(ground.sta.address))
                ground.note(f"protected after {words}", str(seen))
            ground.note("stays", str("[AUTHORIZED]" in ground.query("all_sta")))


def removed(ground: Ground) -> None:
    file = str(ground.file("ap.conf", CONFIG + GUESTS))
    net = ["nsenter", f"--net=/run/netns/{ground.ap.namespace}"]
    with ground.access_point("-g", str(ground.folder / "global"), file):
        ground.wait_for("state=ENABLED")
        subprocess.run([*net, "ip", "link", "set", "wlan0-1", "down"], check=True, timeout=60)
        ground.client(ground.folder / "ctl" / "wlan0").told(0.5)
        office = ground.client(ground.folder / "global")
        ground.note("removed", office.ask("REMOVE wlan0-1"))
        listed = subprocess.run([*net, "iw", "dev"], capture_output=True, check=True, timeout=60)
        ground.note("still there", str(b"wlan0-1" in listed.stdout))


def test_a_trial_farewell_goes_out_in_the_clear(tmp_path: Path) -> None:
    compare(tmp_path, farewells, Explained())


def test_a_bss_is_removed_while_its_interface_is_down(tmp_path: Path) -> None:
    compare(tmp_path, removed, Explained())
