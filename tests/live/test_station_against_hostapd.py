"""What the real wpa_supplicant and our station do in the networks of the real hostapd.

Each case is played once with each station, on the kernel's simulated radios; what `STATUS` shows
and what the station says of itself has to be the same.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from ap_ground import needs_lab
from programs import Monitor, cli, ours, real, running, wait

from harness.radio.hwsim import HwsimAir
from vm import packages

REASON = HwsimAir.usable()
DEBUG = Path("/sys/kernel/debug/ieee80211")
pytestmark = needs_lab

Outcome = TypeVar("Outcome")
"""What came of a case."""

AP = "driver=nl80211\nctrl_interface={folder}/ctl\nhw_mode=g\n"
AT_HOME = 'ssid="home"\npsk="correct horse"\n'
SHOWN = (
    "ssid", "id", "pairwise_cipher", "group_cipher", "key_mgmt", "pmf", "mgmt_group_cipher",
    "sae_group", "sae_h2e", "sae_pk", "wpa_state",
)  # fmt: skip
ASK = (
    "import socket; it = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); it.settimeout(1.0);"
    'it.connect(("10.0.0.1", 9)); it.send(b"x"); it.recv(1)'
)
"""A port that nobody serves: the other end's kernel answers that it is refused."""


class Stage:
    """hostapd on a radio, the station's program on another."""

    def __init__(self, folder: Path, air: HwsimAir) -> None:
        folder.mkdir()
        self.folder = folder
        self.ap, self.sta = air.add_bare_radio("ap"), air.add_bare_radio("sta")
        self._second = air.add_bare_radio("ap", interface="wlan1")

    def hostapd(self, number: int = 0) -> tuple[str, ...]:
        """The command for the access point on one of the two radios."""
        return (str(packages.program("hostapd").path), str(self.folder / f"ap{number}.conf"))

    def configure(self, number: int, keys: str) -> None:
        head = f"interface=wlan{number}\nchannel={1 + 5 * number}\n"
        secret = "" if "sae_password=" in keys else "wpa_passphrase=correct horse\n"
        text = head + AP.format(folder=self.folder) + secret + keys
        (self.folder / f"ap{number}.conf").write_text(text)

    def ask(self, *words: str) -> str:
        return cli("wpa_cli", self.folder / "sta", *words)

    def ask_ap(self, *words: str, number: int = 0) -> str:
        return cli("hostapd_cli", self.folder / "ctl", *words, interface=f"wlan{number}")

    def status(self) -> list[str]:
        said = self.ask("status").splitlines()
        return [line for line in said if line.split("=")[0] in SHOWN]

    def named(self, lines: list[str]) -> list[str]:
        """Without what is by chance: levels, and the addresses under their names."""
        names = {self.ap.address: "<ap>", self.sta.address: "<sta>", self._second.address: "<ap 1>"}
        text = "\n".join(re.sub(r"^<\d>", "", line) for line in lines)
        for address, name in names.items():
            text = text.replace(str(address), name)
        return text.splitlines()

    def reaches(self) -> bool:
        """Whether data goes both ways: the keys of both ends are the same."""
        for namespace, own in ((self.ap.namespace, "10.0.0.1"), (self.sta.namespace, "10.0.0.2")):
            enter("ip", "address", "replace", f"{own}/24", "dev", "wlan0", namespace=namespace)
        asked = (sys.executable, "-c", ASK)
        return any("refused" in enter(*asked, namespace=self.sta.namespace) for _ in range(5))


def enter(*command: str, namespace: str) -> str:
    entered = ["nsenter", f"--net=/run/netns/{namespace}", *command]
    return subprocess.run(entered, capture_output=True, check=False, text=True).stderr


def played(
    folder: Path,
    program: tuple[str, ...],
    keys: tuple[str, ...],
    networks: str,
    play: Callable[[Stage, Monitor], Outcome],
) -> Outcome:
    """One case with one station: `play` begins when both are up, and gives what came of it."""
    air = HwsimAir()
    try:
        stage = Stage(folder, air)
        for number, text in enumerate(keys):
            stage.configure(number, text)
        config = folder / "sta.conf"
        config.write_text(f"ctrl_interface={folder}/sta\n{networks}")
        with running(stage.ap.namespace, folder / "ap.log", *stage.hostapd()):
            wait("hostapd", lambda: "state=ENABLED" in stage.ask_ap("status"))
            command = (*program, "-Dnl80211", "-iwlan0", "-c", str(config), "-W")
            with running(stage.sta.namespace, folder / "sta.log", *command):
                place = folder / "sta" / "wlan0"
                wait("the station", place.exists)
                monitor = Monitor(place, folder / "monitor", attached=True)  # it begins with this
                try:
                    wait("its beginning", lambda: "wpa_state=" in monitor.ask("STATUS"))
                    return play(stage, monitor)
                finally:
                    monitor.close()
    finally:
        air.close()


def same(
    folder: Path,
    keys: tuple[str, ...],
    networks: str,
    play: Callable[[Stage, Monitor], Outcome],
) -> Outcome:
    theirs = played(folder / "real", real("wpa_supplicant"), keys, networks, play)
    own = played(folder / "ours", ours("wpa_supplicant"), keys, networks, play)
    assert own == theirs
    return own


def connected(stage: Stage) -> None:
    wait("the link", lambda: "wpa_state=COMPLETED" in stage.ask("status"), 60.0)


def join_and_rekey(
    stage: Stage, monitor: Monitor
) -> tuple[list[str], bool, list[str], bool]:
    connected(stage)
    status, works = stage.status(), stage.reaches()
    rekeyed = [line for line in monitor.until("Group rekeying completed") if "Group" in line]
    return status, works, stage.named(rekeyed), stage.reaches()


@pytest.mark.parametrize(
    ("keys", "network", "pairwise", "key_management"),
    [
        ("wpa=1\nwpa_pairwise=TKIP\n", "", "TKIP", "WPA-PSK"),
        ("wpa=1\nwpa_pairwise=CCMP\n", "", "CCMP", "WPA-PSK"),
        ("wpa=2\nrsn_pairwise=TKIP\n", "", "TKIP", "WPA2-PSK"),
        ("wpa=2\nrsn_pairwise=CCMP TKIP\n", "", "CCMP", "WPA2-PSK"),
        ("wpa=2\nrsn_pairwise=CCMP TKIP\n", "pairwise=TKIP\n", "TKIP", "WPA2-PSK"),
        ("wpa=3\nwpa_pairwise=TKIP\nrsn_pairwise=CCMP\n", "", "CCMP", "WPA2-PSK"),
        ("wpa=3\nwpa_pairwise=TKIP\nrsn_pairwise=CCMP\n", "proto=WPA\n", "TKIP", "WPA-PSK"),
        ("wpa=3\nwpa_pairwise=CCMP\nrsn_pairwise=TKIP\n", "pairwise=CCMP\n", "CCMP", "WPA-PSK"),
    ],
)
def test_every_version_and_cipher(
    tmp_path: Path, keys: str, network: str, pairwise: str, key_management: str
) -> None:
    """Joined, data both ways, and again after another group key."""
    told = f"ssid=home\n{keys}wpa_group_rekey=5\n"
    profile = f"network={{\n{AT_HOME}proto=WPA RSN\npairwise=CCMP TKIP\n{network}}}\n"
    status, works, _, still = same(tmp_path, (told,), profile, join_and_rekey)
    assert f"pairwise_cipher={pairwise}" in status
    assert f"key_mgmt={key_management}" in status
    assert (works, still) == (True, True)


def shown_once_joined(stage: Stage, monitor: Monitor) -> list[str]:
    connected(stage)
    return stage.status()


@pytest.mark.parametrize("method", [0, 2])
def test_what_is_told_of_sae(tmp_path: Path, method: int) -> None:
    """By the loop, and by hash-to-element where both ends have it."""
    keys = "ssid=home\nwpa=2\nrsn_pairwise=CCMP\nwpa_key_mgmt=SAE\nieee80211w=2\n"
    keys += f"sae_pwe={method}\n"
    profile = f"sae_pwe={method}\nnetwork={{\n{AT_HOME}key_mgmt=SAE\nieee80211w=2\n}}\n"
    said = same(tmp_path, (keys,), profile, shown_once_joined)
    assert isinstance(said, list)
    assert f"sae_h2e={int(method == 2)}" in said
    assert "sae_group=19" in said


@pytest.mark.parametrize("offered", ["WPA-PSK-SHA256", "WPA-PSK WPA-PSK-SHA256"])
def test_psk_with_sha256(tmp_path: Path, offered: str) -> None:
    keys = f"ssid=home\nwpa=2\nrsn_pairwise=CCMP\nwpa_key_mgmt={offered}\nieee80211w=1\n"
    methods = "key_mgmt=WPA-PSK WPA-PSK-SHA256\nieee80211w=1\n"
    profile = f"network={{\n{AT_HOME}{methods}}}\n"
    said = same(tmp_path, (keys,), profile, shown_once_joined)
    assert isinstance(said, list)
    assert "key_mgmt=WPA2-PSK-SHA256" in said


def test_a_network_without_ssid_joins_an_open_one(tmp_path: Path) -> None:
    profile = "network={\nkey_mgmt=NONE\n}\n"
    said = same(tmp_path, ("ssid=anything\n",), profile, shown_once_joined)
    assert isinstance(said, list)
    assert "ssid=anything" in said


def scan_while_connected(
    stage: Stage, monitor: Monitor
) -> tuple[list[str], list[str], list[str]]:
    """The network of the second AP comes on the air when the first one's is joined."""
    connected(stage)
    first = stage.status()
    with running(stage.ap.namespace, stage.folder / "ap1.log", *stage.hostapd(1)):
        wait("the other AP", lambda: "state=ENABLED" in stage.ask_ap("status", number=1))
        monitor.told()
        stage.ask("scan")
        came = monitor.until("CTRL-EVENT-SCAN-RESULTS") + monitor.told(5.0)
        kept = ("CTRL-EVENT-CONNECTED", "CTRL-EVENT-DISCONNECTED", "CTRL-EVENT-DO-ROAM")
        moved = [line for line in stage.named(came) if line.startswith(kept)]
        return first, moved, stage.status()


@pytest.mark.parametrize(("priority", "network"), [(1, "1"), (-1, "0")])
def test_a_scan_finds_a_network_that_comes_first(
    tmp_path: Path, priority: int, network: str
) -> None:
    keys = ("ssid=home\nwpa=2\nrsn_pairwise=CCMP\n", "ssid=second\nwpa=2\nrsn_pairwise=CCMP\n")
    networks = (
        f"network={{\n{AT_HOME}}}\n"
        f'network={{\nssid="second"\npsk="correct horse"\npriority={priority}\n}}\n'
    )
    _, _, after = same(tmp_path, keys, networks, scan_while_connected)
    assert f"id={network}" in after


def chosen_of_both(stage: Stage, monitor: Monitor) -> list[str]:
    """Which of two APs that are heard alike is joined."""
    with running(stage.ap.namespace, stage.folder / "ap1.log", *stage.hostapd(1)):
        wait("the other AP", lambda: "state=ENABLED" in stage.ask_ap("status", number=1))
        stage.ask("enable_network", "all")
        monitor.until("CTRL-EVENT-CONNECTED", 60.0)
        return stage.named([stage.ask("status").splitlines()[0]])


FAST, SLOW = (
    "ssid=home\nwpa=2\nrsn_pairwise=CCMP\n",
    "hw_mode=b\nssid=home\nwpa=2\nrsn_pairwise=CCMP\n",
)
BY_SAE = FAST + "wpa_key_mgmt=SAE\nieee80211w=2\nsae_password=correct horse\n"


@pytest.mark.parametrize(
    ("first", "second"),
    [(FAST, SLOW), (SLOW, FAST), (BY_SAE, FAST), (SLOW, BY_SAE), (BY_SAE, SLOW)],
    ids=["fast slow", "slow fast", "SAE PSK", "slow SAE", "SAE slow"],
)
def test_the_better_of_two_is_joined(tmp_path: Path, first: str, second: str) -> None:
    """Not so of an AP with PSK found before one with SAE: wpa_supplicant 2.10 takes the former."""
    networks = f"network={{\n{AT_HOME}key_mgmt=WPA-PSK SAE\nieee80211w=1\ndisabled=1\n}}\n"
    assert same(tmp_path, (first, second), networks, chosen_of_both)


WORDS_OF_FORGERY = ("Michael", "Key", "TKIP", "CONNECTED")


def forged_frames(stage: Stage, monitor: Monitor) -> list[str]:
    """Two data frames of the AP's kernel whose Michael MIC alone is wrong."""
    monitor.until("CTRL-EVENT-CONNECTED", 60.0)
    stage.reaches()
    file = DEBUG / stage.ap.phy / "netdev:wlan0" / "tkip_mic_test"
    file.write_text(f"{stage.sta.address}\n")
    first = monitor.until("Key negotiation")
    file.write_text(f"{stage.sta.address}\n")
    second = monitor.until("CTRL-EVENT-DISCONNECTED")
    after = monitor.until("CTRL-EVENT-CONNECTED", 90.0)
    lines = [*first, *second, *after]
    return [line for line in lines if any(word in line for word in WORDS_OF_FORGERY)]


@pytest.mark.skipif(
    REASON is None and not DEBUG.is_dir(), reason="the kernel shows no mac80211 in debugfs"
)
def test_forged_frames_are_told_and_the_second_is_one_too_many(tmp_path: Path) -> None:
    """With the levels of the lines."""
    keys = "ssid=home\nwpa=1\nwpa_pairwise=TKIP\n"
    profile = f"network={{\n{AT_HOME}proto=WPA\npairwise=TKIP\n}}\n"
    said = same(tmp_path, (keys,), profile, forged_frames)
    assert isinstance(said, list)
    assert "<4>TKIP countermeasures started" in said
