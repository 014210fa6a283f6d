"""The access point's network interface is taken down, or its program killed, under a station.

The real hostapd and ours say and do the same; the real wpa_supplicant is the station.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from ap_comparison import Explained, compare
from ap_ground import Ground, needs_lab

pytestmark = needs_lab

CONFIG = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=home
hw_mode=g
channel=1
wpa=2
rsn_pairwise=CCMP
wpa_passphrase=correct horse
eap_server=1
wps_state=2
"""
NETWORK = """\
network={
ssid="home"
psk="correct horse"
}
"""


def link(ground: Ground, state: str) -> None:
    command = ["nsenter", f"--net=/run/netns/{ground.ap.namespace}"]
    subprocess.run([*command, "ip", "link", "set", "wlan0", state], check=True, timeout=60)


def delete(ground: Ground) -> None:
    command = ["nsenter", f"--net=/run/netns/{ground.ap.namespace}", "iw", "dev", "wlan0", "del"]
    subprocess.run(command, check=True, timeout=60)


def told(lines: list[str]) -> str:
    return "\n".join(line for line in lines if "ENROLLEE-SEEN" not in line)


def down_and_up(ground: Ground) -> None:
    with ground.access_point(str(ground.file("ap.conf", CONFIG))):
        ground.wait_for("state=ENABLED")
        monitor = ground.monitor()
        monitor.ask("ATTACH")
        with ground.station(NETWORK):
            monitor.until("EAPOL-4WAY-HS-COMPLETED")
            link(ground, "down")
            ground.note("down", told(monitor.until("INTERFACE-DISABLED")))
            ground.ask("all_sta", "wps_pbc", "wps_get_status")
            ground.note("meanwhile", told(monitor.told()))
            link(ground, "up")
            ground.note("up", told(monitor.until("INTERFACE-ENABLED")))
            ground.note("back", told(monitor.until("EAPOL-4WAY-HS-COMPLETED")))
            ground.ask("wps_get_status")
            link(ground, "down")
            monitor.until("INTERFACE-DISABLED")
            ground.ask("disable", "wps_pbc", "enable")
            ground.note("enabled", told(monitor.until("AP-ENABLED")))
            ground.note("again", told(monitor.until("EAPOL-4WAY-HS-COMPLETED")))
            delete(ground)
            ground.note("deleted", told(monitor.until("INTERFACE-DISABLED")))
            ground.ask("ping")


def killed(ground: Ground) -> None:
    """Who was connected finds out that the next program does not know it."""
    file = str(ground.file("ap.conf", CONFIG))
    with ground.access_point(file) as process:
        ground.wait_for("state=ENABLED")
        monitor = ground.monitor()
        monitor.ask("ATTACH")
        with ground.station(NETWORK):
            monitor.until("EAPOL-4WAY-HS-COMPLETED")
            own = ground.client(ground.folder / "sta" / "wlan0")
            own.ask("ATTACH")
            process.kill()
            process.wait(60)
            with ground.access_point(file):
                ground.wait_for("state=ENABLED")
                own.until("CTRL-EVENT-DISCONNECTED")
                own.until("CTRL-EVENT-CONNECTED")
                ground.ask("list_sta")


def test_the_interface_goes_down_and_comes_back(tmp_path: Path) -> None:
    compare(tmp_path, down_and_up, Explained())


def test_a_station_finds_its_way_back_to_a_program_that_was_killed(tmp_path: Path) -> None:
    compare(tmp_path, killed, Explained())
