"""What an AP's word does that its network is past the transition to WPA3.

The real hostapd says it to the real wpa_supplicant and to our station, and our access point says
it to the real one. What the station tells, what `GET_NETWORK` shows and what its file holds
afterwards has to be the same, and so whether an AP with WPA2-PSK alone is joined then.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from programs import Monitor, cli, kernel_lab, ours, real, wait, without_level
from two_radios import TwoRadios

pytestmark = kernel_lab("hostapd", "hostapd_cli", "wpa_supplicant", "wpa_cli")

AP = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=home
hw_mode=g
channel=1
wpa=2
rsn_pairwise=CCMP
wpa_passphrase=correct horse
"""
STATION = "ctrl_interface={folder}/sta\nupdate_config=1\n"
BOTH = "wpa_key_mgmt=WPA-PSK SAE\nieee80211w=1\n"
WPA2 = "wpa_key_mgmt=WPA-PSK\n"
SHOWN = ("key_mgmt", "proto", "pairwise", "group", "ieee80211w", "transition_disable")
STATUS = ("wpa_state", "key_mgmt", "pmf")
TOLD = ("WPA: Key", "CTRL-EVENT-CONNECTED", "TRANSITION")
ALWAYS_WRITTEN = "mesh_fwding=1"
"""By wpa_supplicant 2.10, whatever it writes."""


@dataclass(frozen=True)
class Seen:
    """`written`: lines of the network. `joins`: an AP with WPA2-PSK alone, if it comes later."""

    told: list[str]
    status: list[str]
    shown: list[str]
    written: set[str]
    joins: bool | None


class Ground(TwoRadios):
    """An access point's program and a station's."""

    def ask(self, *words: str) -> str:
        return cli("wpa_cli", self.folder / "sta", *words)

    def status(self) -> list[str]:
        lines = self.ask("status").splitlines()
        return [line for line in lines if line.partition("=")[0] in STATUS]

    def enabled(self) -> bool:
        return "state=ENABLED" in cli("hostapd_cli", self.folder / "ctl", "status")

    def matters(self, lines: list[str]) -> list[str]:
        named = [self.named(without_level(line)) for line in lines]
        return [line for line in named if line.startswith(TOLD)]

    def play(
        self,
        access_point: tuple[str, ...],
        station: tuple[str, ...],
        keys: str,
        network: str,
        *,
        goes_on: bool,
    ) -> Seen:
        config = self.file("sta.conf", STATION, f'network={{\nssid="home"\n{network}}}\n')
        first, second = self.file("ap.conf", AP, keys), self.file("after.conf", AP, WPA2)
        with self.at_station(station):
            wait("the station", lambda: self.ask("ping") == "PONG\n")
            monitor = self.client(self.folder / "sta" / "wlan0", attached=True)
            with self.at_ap(*access_point, str(first)):
                told = monitor.until("TRANSITION-DISABLE")
                wait("the link", lambda: "wpa_state=COMPLETED" in self.status())
                told += monitor.told()
                status = self.status()
                shown = [f"{key}={self.ask('get_network', '0', key)}" for key in SHOWN]
                lines = config.read_text().partition("network={")[2].splitlines()
            joins = None
            if goes_on:
                monitor.until("CTRL-EVENT-DISCONNECTED")
                with self.at_ap(*real(), str(second)):
                    wait("the second AP", self.enabled)
                    joins = self._joins(monitor)
        written = {line.strip() for line in lines}
        return Seen(self.matters(told), status, shown, written - {ALWAYS_WRITTEN}, joins)

    def _joins(self, monitor: Monitor) -> bool:
        """Whether the AP on the air is joined; not when two scans brought nothing to join.

        The first of them may have begun too early to see it.
        """
        monitor.told()
        vain = 0
        while vain < 2:
            lines = monitor.until("CTRL-EVENT-")
            if any("CTRL-EVENT-CONNECTED" in line for line in lines):
                return True
            vain += sum("CTRL-EVENT-NETWORK-NOT-FOUND" in line for line in lines)
        return False


def seen(
    folder: Path,
    access_point: tuple[str, ...],
    station: tuple[str, ...],
    keys: str,
    network: str,
    *,
    goes_on: bool = False,
) -> Seen:
    ground = Ground(folder)
    try:
        return ground.play(access_point, station, keys, network, goes_on=goes_on)
    finally:
        ground.close()


AT_HOME = 'psk="correct horse"\n'
BY_BOTH = f"{AT_HOME}key_mgmt=WPA-PSK SAE\nieee80211w=1\n"
CASES = {
    "SAE is left": (f"{BOTH}transition_disable=0x01\n", BY_BOTH),
    "joined without PMF": (f"{BOTH}transition_disable=0x01\n", f"{AT_HOME}key_mgmt=WPA-PSK SAE\n"),
    "other methods stay": (
        f"{BOTH}transition_disable=ff\n",
        f"{AT_HOME}key_mgmt=FT-PSK WPA-PSK-SHA256 SAE WPA-EAP OWE\nieee80211w=1\n"
        "eap=WSC\nproto=OSEN WPA RSN\n",
    ),
    "TKIP goes, CCMP comes": (
        f"wpa=3\nwpa_pairwise=TKIP\n{BOTH}transition_disable=1\n",
        f"{BY_BOTH}proto=RSN\ngroup=TKIP\n",
    ),
    "joined by PSK": (f"{BOTH}transition_disable=1\n", f"{AT_HOME}key_mgmt=WPA-PSK\n"),
    "other bits": (f"{BOTH}transition_disable=0xe\n", BY_BOTH),
}

JOINS = {"SAE is left": False, "joined by PSK": True}
"""Whether another AP with WPA2-PSK alone is joined later."""


@pytest.mark.parametrize("case", CASES)
def test_what_the_station_makes_of_it(tmp_path: Path, case: str) -> None:
    keys, network = CASES[case]
    goes_on = case in JOINS
    stations = {"real": real("wpa_supplicant"), "ours": ours("wpa_supplicant")}
    theirs, own = (
        seen(tmp_path / name, real(), station, keys, network, goes_on=goes_on)
        for name, station in stations.items()
    )
    assert own == theirs
    assert own.joins is JOINS.get(case)


@pytest.mark.parametrize("keys", [BOTH, "wpa=1\nwpa_pairwise=CCMP\n" + WPA2], ids=["RSN", "WPA"])
def test_how_the_access_point_says_it(tmp_path: Path, keys: str) -> None:
    """The station of both is wpa_supplicant: it is told so at the same place."""
    keys += "transition_disable=0x05\n"
    theirs = seen(tmp_path / "real", real(), real("wpa_supplicant"), keys, BY_BOTH)
    own = seen(tmp_path / "ours", ours(), real("wpa_supplicant"), keys, BY_BOTH)
    assert own == theirs
    assert "TRANSITION-DISABLE 05" in own.told
