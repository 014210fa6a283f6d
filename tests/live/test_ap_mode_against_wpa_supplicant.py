"""AP mode of the real wpa_supplicant and of ours, each with a real and with our station.

On the kernel's simulated radios the same commands go to both; the replies and the events are
compared line by line. What differs on purpose is named with the reason.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from ap_ground import running, wait

from harness.radio.capture import write_pcapng
from harness.radio.hwsim import HwsimAir
from vm import packages

NEEDED = ("wpa_supplicant", "tshark")
REASON = HwsimAir.usable()
MISSING = [name for name in NEEDED if packages.find(name) is None]
pytestmark = [
    pytest.mark.skipif(REASON is not None, reason=f"mac80211_hwsim: {REASON}"),
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {MISSING}"),
]

OURS = (sys.executable, "-m", "harness.live.wpa_supplicant")
CONFIG = (
    "ctrl_interface={folder}/{name}\nupdate_config=1\ndevice_name={name}\n"
    "config_methods=virtual_push_button keypad display\n"
)
PATIENCE_S = 30.0
UNSAID = (
    "BSS-ADDED", "BSS-REMOVED", "EVENT-SCAN-", "REGDOM", "RX-PROBE-REQUEST", "DSCP-POLICY",
    "SUBNET-STATUS", "ENROLLEE-SEEN", "WPS-AP-AVAILABLE", "NETWORK-ADDED", "NETWORK-REMOVED",
    "EAP-SUCCESS", "AP-PIN-DISABLED",
)  # fmt: skip
"""Events of the moment, and of what only one of the two has."""
FIELDS = {
    "p2p_device_address": "P2P is not built",
    "wifi_generation": "HT is not built",
    "auth_alg": "in hostapd 2.10, not in AP mode",
    "hostapdMFPR": "as auth_alg",
    "ht_mcs_bitmask": "HT is not built",
    "ht_caps_info": "HT is not built",
    "rx_packets": "no two runs share it",
    "tx_packets": "no two runs share it",
    "rx_bytes": "no two runs share it",
    "tx_bytes": "no two runs share it",
    "inactive_msec": "no two runs share it",
    "connected_time": "no two runs share it",
    "rx_rate_info": "no two runs share it",
    "tx_rate_info": "no two runs share it",
    "signal": "no two runs share it",
}
PSK = (
    "mode 2", 'ssid "apmode"', "frequency 2412", "key_mgmt WPA-PSK", 'psk "12345678"',
    "proto RSN", "pairwise CCMP", "group CCMP",
)  # fmt: skip
OPEN = (
    "mode 2", 'ssid "open"', "frequency 2437", "key_mgmt NONE", "beacon_int 200", "dtim_period 3",
)  # fmt: skip
SAE = (
    "mode 2", 'ssid "sae"', "key_mgmt SAE", 'sae_password "12345678"', "ieee80211w 2",
    "wps_disabled 1", "proto RSN", "pairwise CCMP",
)  # fmt: skip


@dataclass
class Talk:
    """A client of one program, and everything that was said."""

    name: str
    path: Path
    events: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"{self.path}-test")
        self._socket.connect(str(self.path))
        assert self.ask("ATTACH") == "OK\n"

    def ask(self, command: str) -> str:
        self._socket.settimeout(PATIENCE_S)
        self._socket.send(command.encode())
        while (came := self._socket.recv(65536).decode(errors="replace")).startswith("<"):
            self._heard(came)
        return came

    def order(self, *commands: str) -> None:
        for command in commands:
            assert self.ask(command) == "OK\n", command

    def until(self, part: str, within: float = PATIENCE_S) -> None:
        """Wait for an event that was not taken yet."""
        wait(part, lambda: any(part in each for each in self._hear(0.05)), within)

    def take(self, *, after: float = 0.5) -> list[str]:
        """The events that came, and forget them."""
        taken, self.events = self._hear(after), []
        return taken

    def _hear(self, seconds: float) -> list[str]:
        self._socket.settimeout(seconds)
        try:
            while True:
                self._heard(self._socket.recv(65536).decode(errors="replace"))
        except TimeoutError:
            return self.events

    def _heard(self, line: str) -> None:
        if not any(word in line for word in UNSAID):
            self.events.append(line)

    def close(self) -> None:
        self._socket.close()


@dataclass
class Ground:
    """An access point's and a station's program, and the air between them."""

    air: HwsimAir
    ap: Talk
    sta: Talk
    texts: dict[str, str]

    def make(self, *keys: str) -> None:
        number = self.ap.ask("ADD_NETWORK").strip()
        self.ap.order(*(f"SET_NETWORK {number} {key}" for key in keys))
        self.ap.order(f"SELECT_NETWORK {number}")
        self.ap.until("CTRL-EVENT-CONNECTED")

    def enrol_by_button(self) -> None:
        self.ap.order("WPS_PBC")
        self.sta.order("WPS_PBC")
        self.sta.until("CTRL-EVENT-CONNECTED")

    def part(self) -> None:
        self.sta.order("REMOVE_NETWORK all")
        self.sta.take()

    def plain(self, line: str) -> str:
        for old, new in self.texts.items():
            line = line.replace(old, new)
        kept = [each for each in line.split("\n") if each.partition("=")[0] not in FIELDS]
        text = "\n".join(each for each in kept if not each.startswith("uuid="))
        text = re.sub(r"\[(WMM|HT)\]", "", text)
        return re.sub(r"is_dfs0=0 dfs=0 puncturing_bitmap=0x0000", "dfs=0", text)


@contextmanager
def ground(
    folder: Path, ap_program: tuple[str, ...], sta_program: tuple[str, ...]
) -> Iterator[Ground]:
    folder.mkdir()
    air = HwsimAir()
    try:
        radios = {name: air.add_bare_radio(name) for name in ("ap", "sta")}
        commands = {}
        for name, program in (("ap", ap_program), ("sta", sta_program)):
            path = folder / f"{name}.conf"
            path.write_text(CONFIG.format(folder=folder, name=name))
            commands[name] = (*program, "-Dnl80211", "-iwlan0", "-c", str(path))
        with (
            running(radios["ap"].namespace, folder / "ap.log", *commands["ap"]),
            running(radios["sta"].namespace, folder / "sta.log", *commands["sta"]),
        ):
            talks = {}
            for name in radios:
                path = folder / name / "wlan0"
                wait(name, path.exists)
                talks[name] = Talk(name, path)
            texts = {str(radio.address): f"<{name}>" for name, radio in radios.items()}
            yield Ground(air, talks["ap"], talks["sta"], texts)
            for talk in talks.values():
                talk.close()
    finally:
        air.close()


def real() -> tuple[str, ...]:
    return (str(packages.program("wpa_supplicant").path),)


Steps = list[tuple[str, object]]


def session(at: Ground) -> Steps:
    """Everything that AP mode is asked in one life, and what it said."""
    said: Steps = []
    station = next(address for address, name in at.texts.items() if name == "<sta>")

    def ask(*commands: str) -> None:
        said.extend((command, at.plain(at.ap.ask(command))) for command in commands)

    def told(step: str) -> None:
        said.append((step, [at.plain(each) for each in at.ap.take(after=1.0)]))

    ask("STA-FIRST", "STA 02:00:00:00:00:01", "WPS_AP_PIN get", "CHAN_SWITCH 5 2437", "STOP_AP")
    at.make(*PSK)
    told("the access point begins")
    ask("STATUS", "STATUS-WPS", "LIST_NETWORKS", "SIGNAL_POLL", "STA-FIRST", f"STA {station}",
        f"STA-NEXT {station}", "WPS_AP_PIN get", "WPS_AP_PIN set 12345670", "WPS_AP_PIN get",
        "WPS_AP_PIN disable", "WPS_AP_PIN get", "WPS_AP_PIN foo", "WPS_AP_PIN set 123456789",
        "WPS_PIN any 12345670", "WPS_PIN any 12345670 300", "WPS_PIN any 1234", "WPS_PIN foo",
        "WPS_PIN 02:00:00:00:00:07 12345670", "WPS_PBC", "WPS_PBC any", "WPS_CANCEL",
        "WPS_REG 02:00:00:00:00:07 12345670", "DEAUTHENTICATE 02:00:00:00:00:07",
        "DISASSOCIATE 02:00:00:00:00:07", "DEAUTHENTICATE x", "REASSOCIATE", "REATTACH",
        "RECONNECT", "BSS CURRENT", "PMKSA")  # fmt: skip
    told("commands")
    at.enrol_by_button()
    told("enrolled by push button")
    ask("STATUS", "STA-FIRST", f"STA {station}", f"STA-NEXT {station}")
    ask("CHAN_SWITCH 5 2437")
    at.ap.until("AP-CSA-FINISHED")
    told("the channel is another")
    ask("STATUS", "CHAN_SWITCH 5 2437", "CHAN_SWITCH x", "CHAN_SWITCH 5")
    ask(f"DEAUTHENTICATE {station}")
    at.sta.take()
    at.sta.until("CTRL-EVENT-CONNECTED")
    told("deauthenticated, and back")
    at.part()
    told("the station has left")
    ask("WPS_PIN any 12345670")
    assert at.sta.ask("WPS_PIN any 12345670") == "12345670"
    at.sta.until("CTRL-EVENT-CONNECTED")
    told("enrolled by PIN")
    at.part()
    ask("WPS_AP_PIN set 12345670")
    at.sta.order(f"WPS_REG {at_address(at)} 12345670")
    at.sta.until("CTRL-EVENT-CONNECTED")
    told("its settings were learned with the AP PIN")
    ask("DISCONNECT")
    told("the end")
    ask("STATUS", "STA-FIRST", "RECONNECT")
    at.ap.until("CTRL-EVENT-CONNECTED")
    told("it is back")
    ask("STATUS")
    at.make(*OPEN)
    told("another network")
    ask("STATUS", "STATUS-WPS", "WPS_PBC", "DISABLE_NETWORK 1")
    told("disabled")
    ask("STATUS", "ENABLE_NETWORK 1")
    at.ap.until("CTRL-EVENT-CONNECTED")
    told("enabled")
    at.make(*SAE)
    told("a network of SAE")
    ask("STATUS", "WPS_PBC", "WPS_PIN any 12345670", "WPS_CANCEL", "STATUS-WPS")
    return said


def at_address(at: Ground) -> str:
    return next(address for address, name in at.texts.items() if name == "<ap>")


def test_replies_and_events_are_those_of_wpa_supplicant(tmp_path: Path) -> None:
    with ground(tmp_path / "real", real(), real()) as at:
        expected = session(at)
    with ground(tmp_path / "ours", OURS, real()) as at:
        given = session(at)
    differences = [(a, b) for a, b in zip(expected, given, strict=True) if a != b]
    assert not differences, "\n".join(f"real {a}\nours {b}" for a, b in differences)


def test_our_station_enrols_with_wpa_supplicants_access_point(tmp_path: Path) -> None:
    with ground(tmp_path / "ground", real(), OURS) as at:
        at.make(*PSK)
        at.enrol_by_button()
        assert "wpa_state=COMPLETED\n" in at.sta.ask("STATUS")
        at.part()
        at.ap.ask("WPS_PIN any 12345670")
        at.sta.ask("WPS_PIN any 12345670")
        at.sta.until("CTRL-EVENT-CONNECTED")
        assert "ssid=apmode\n" in at.sta.ask("STATUS")


def test_a_station_of_sae_and_an_open_one_join_ours(tmp_path: Path) -> None:
    with ground(tmp_path / "ground", OURS, real()) as at:
        at.make(*SAE)
        keys = ('ssid "sae"', "key_mgmt SAE", 'sae_password "12345678"', "ieee80211w 2")
        number = at.sta.ask("ADD_NETWORK").strip()
        at.sta.order(*(f"SET_NETWORK {number} {key}" for key in keys))
        at.sta.order(f"SELECT_NETWORK {number}")
        at.sta.until("CTRL-EVENT-CONNECTED")
        assert "[MFP]" in at.ap.ask("STA-FIRST")
        at.part()
        at.make(*OPEN)
        number = at.sta.ask("ADD_NETWORK").strip()
        at.sta.order(f'SET_NETWORK {number} ssid "open"', f"SET_NETWORK {number} key_mgmt NONE")
        at.sta.order(f"SELECT_NETWORK {number}")
        at.sta.until("CTRL-EVENT-CONNECTED")
        at.air.advance(at.air.now() + 1.0)
        beacons = fields_of_beacons(tmp_path, at.air)
    assert beacons[b"open".hex()] == {("200", "3")}
    assert beacons[b"sae".hex()] == {("100", "2")}


def test_the_two_change_parts(tmp_path: Path) -> None:
    """Who was an access point is a station again, of the other one."""
    with ground(tmp_path / "ground", OURS, OURS) as at:
        at.make(*PSK)
        at.enrol_by_button()
        at.part()
        at.ap.order("DISCONNECT", "REMOVE_NETWORK all")
        swapped = Ground(at.air, at.sta, at.ap, at.texts)
        at.ap.take()
        swapped.make(*PSK)
        swapped.enrol_by_button()
        assert "mode=AP\n" in at.sta.ask("STATUS")
        assert "mode=station\n" in at.ap.ask("STATUS")


def fields_of_beacons(folder: Path, air: HwsimAir) -> dict[str, set[tuple[str, str]]]:
    """By SSID in hexadecimal, what tshark reads of beacon interval and DTIM period."""
    path = folder / "air.pcapng"
    write_pcapng(path, air.frames)
    program = packages.program("tshark")
    said = subprocess.run(
        [
            str(program.path), "-r", str(path), "-Y", "wlan.fc.type_subtype == 8", "-T", "fields",
            "-e", "wlan.ssid", "-e", "wlan.fixed.beacon", "-e", "wlan.tim.dtim_period",
        ],
        stdout=subprocess.PIPE, text=True, check=True, env=program.env or None,
    )  # fmt: skip
    found: dict[str, set[tuple[str, str]]] = {}
    for line in said.stdout.splitlines():
        ssid, interval, period = line.split("\t")
        found.setdefault(ssid.replace(":", ""), set()).add((interval, period))
    return found
