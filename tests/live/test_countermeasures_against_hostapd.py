"""Forged frames in TKIP, made by the kernel of a real station: the real hostapd and ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from ap_comparison import compare
from ap_ground import Ground, needs_lab
from comparison import Explained
from programs import Monitor, wait

from harness.radio.hwsim import HwsimAir

REASON = HwsimAir.usable()
DEBUG = Path("/sys/kernel/debug/ieee80211")
pytestmark = [
    *needs_lab,
    pytest.mark.skipif(
        REASON is None and not DEBUG.is_dir(), reason="the kernel shows no mac80211 in debugfs"
    ),
]

CONFIG = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=home
hw_mode=g
channel=1
wpa=1
wpa_pairwise=TKIP
wpa_passphrase=correct horse
"""
NETWORK = """\
network={
ssid="home"
psk="correct horse"
key_mgmt=WPA-PSK
proto=WPA
pairwise=TKIP
}
"""
STRANGE_FOR_S = 62.0
"""As long as countermeasures last, and a little more."""


def forge(ground: Ground) -> None:
    """Have the station's kernel send a data frame whose Michael MIC alone is wrong."""
    file = DEBUG / ground.sta.phy / "netdev:wlan0" / "tkip_mic_test"
    file.write_text(f"{ground.ap.address}\n")


def failures(ground: Ground) -> str:
    said = ground.query(f"sta {ground.sta.address}") + ground.query("mib")
    kept = ("dot11RSNAStatsTKIP", "dot11RSNATKIP", "flags=")
    return "\n".join(line for line in said.splitlines() if line.startswith(kept))


def two_forged_frames(ground: Ground) -> None:
    with ground.access_point(str(ground.file("ap.conf", CONFIG))):
        ground.wait_for("state=ENABLED")
        monitor = ground.monitor()
        monitor.ask("ATTACH")
        with ground.heard_station(NETWORK) as own:
            own.until("CTRL-EVENT-CONNECTED")
            monitor.until("EAPOL-4WAY-HS-COMPLETED")
            wait("the link", lambda: "wpa_state=COMPLETED" in ground.station_cli("status"))
            monitor.told(1.0)  # the kernel opens the link for data only when it has idled
            forge(ground)
            wait("the first", lambda: "LocalMICFailures=1" in failures(ground))
            ground.note("one", failures(ground))
            ground.note("is told of one", "\n".join(monitor.told()))
            forge(ground)
            ground.note("is told of two", "\n".join(monitor.until("DISCONNECTED")))
            ground.note("two", failures(ground))
            own.until("CTRL-EVENT-DISCONNECTED")
            ground.note("then", refusal(own))
            monitor.told(STRANGE_FOR_S)
            ground.station_cli("select_network", "0")
            ground.note("later", "\n".join(monitor.until("HS-COMPLETED")))
            ground.note("at last", failures(ground))


def refusal(own: Monitor) -> str:
    (said,) = [line for line in own.until("AUTH-REJECT") if "AUTH-REJECT" in line]
    return said


def test_two_forged_frames_keep_everybody_out_for_a_minute(tmp_path: Path) -> None:
    compare(tmp_path, two_forged_frames, Explained())
