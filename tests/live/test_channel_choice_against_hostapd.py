"""The access point looks for its channel: replies, events and STATUS of the real hostapd and ours.

Which channel it is differs, for hostapd goes by the radio's survey, which mac80211_hwsim makes
up: here the lists leave one.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from ap_comparison import compare
from ap_ground import Ground, needs_lab
from comparison import Explained
from programs import Monitor, ours, real, running, wait

pytestmark = needs_lab

CONFIG = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=home
wpa=2
rsn_pairwise=CCMP
wpa_passphrase=correct horse
wps_state=2
eap_server=1
"""


class Watched:
    """An access point that is not enabled yet, and a monitor that hears everything."""

    def __init__(self, ground: Ground, lines: str) -> None:
        self._ground = ground
        path = ground.file("ap.conf", CONFIG + lines)
        socket = ground.folder / "global"
        wait("the global socket", socket.exists)
        ground.note("ADD", ground.client(socket).ask(f"ADD wlan0 config={path}"))
        self.monitor: Monitor = ground.monitor()
        self.monitor.ask("ATTACH")

    def ask(self, *commands: str) -> None:
        for command in commands:
            self._ground.note(command, self.monitor.ask(command))

    def state(self, when: str) -> None:
        kept = ("state=", "freq=", "channel=", "bssid[0]=", "num_sta[0]=")
        lines = self.monitor.ask("STATUS").splitlines()
        self._ground.note(when, "\n".join(line for line in lines if line.startswith(kept)))

    def until(self, event: str) -> None:
        self._ground.note(f"up to {event}", "\n".join(self.monitor.until(event)))

    def told(self, when: str) -> None:
        self._ground.note(when, "\n".join(self.monitor.told()))


def through(ground: Ground, lines: str) -> None:
    with ground.access_point("-g", str(ground.folder / "global")):
        watched = Watched(ground, lines)
        watched.state("before")
        watched.ask("ENABLE")
        watched.state("at first")
        watched.ask("ENABLE", "WPS_PBC", "RELOAD")
        watched.until("AP-ENABLED")
        watched.state("then")
        watched.ask("RELOAD", "DISABLE")
        watched.told("disabled")
        watched.state("meanwhile")
        watched.ask("ENABLE")
        watched.until("AP-ENABLED")
        watched.state("again")


def in_low_band(ground: Ground) -> None:
    through(ground, "hw_mode=g\nchannel=0\nacs_num_scans=20\nchanlist=3\n")


def in_high_band(ground: Ground) -> None:
    through(ground, "hw_mode=a\nchannel=acs_survey\nacs_num_scans=20\nchanlist=40\n")


def cut_short(ground: Ground) -> None:
    with ground.access_point("-g", str(ground.folder / "global")):
        watched = Watched(ground, "hw_mode=g\nchannel=0\nchanlist=6\nacs_num_scans=40\n")
        for _ in range(2):
            watched.ask("ENABLE")
            watched.state("looking")
            watched.ask("DISABLE")
            watched.told("cut short")
            watched.state("off")
        watched.ask("DISABLE", "SET acs_num_scans 2", "ENABLE")
        watched.until("AP-ENABLED")
        watched.state("on")


@pytest.mark.parametrize("topic", [in_low_band, in_high_band, cut_short])
def test_a_channel_is_looked_for(tmp_path: Path, topic: object) -> None:
    assert callable(topic)
    compare(tmp_path, topic, Explained())


def test_a_neighbour_s_channel_is_not_taken(tmp_path: Path) -> None:
    """The neighbour is the real hostapd, on a radio of its own."""
    ground = Ground(tmp_path / "ground", ours())
    neighbour = ground.file("neighbour.conf", CONFIG.replace("ctl", "next") + "channel=1\n")
    own = ground.file("ap.conf", CONFIG + "hw_mode=g\nchannel=0\nacs_num_scans=2\n")
    try:
        with running(ground.sta.namespace, tmp_path / "next.log", *real(), str(neighbour)):
            asked = {"directory": "next"}
            wait("the neighbour", lambda: "state=ENABLED" in ground.query("status", **asked))
            with ground.access_point(str(own)):
                ground.wait_for("state=ENABLED")
                assert "channel=6\n" in ground.query("status")
    finally:
        ground.close()
