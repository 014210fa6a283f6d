"""AP mode of the real wpa_supplicant and of ours, each with a real and with our station.

On the kernel's simulated radios the same commands go to both; the replies and the events are
compared line by line. What differs on purpose is named with the reason.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from programs import PATIENCE_S, Monitor, kernel_lab, ours, real, running, wait
from two_radios import TwoRadios

from harness.radio.capture import write_pcapng
from harness.radio.hwsim import HwsimAir
from vm import packages

pytestmark = kernel_lab("wpa_supplicant", "tshark")

SUPPLICANT = "wpa_supplicant"
OURS = ours(SUPPLICANT)
CONFIG = (
    "ctrl_interface={folder}/{name}\nupdate_config=1\ndevice_name={name}\n"
    "config_methods=virtual_push_button keypad display\n"
)
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
    """A client of one program, and the events that matter of those that it was told."""

    monitor: Monitor

    def ask(self, command: str) -> str:
        return self.monitor.ask(command)

    def order(self, *commands: str) -> None:
        for command in commands:
            assert self.ask(command) == "OK\n", command

    def until(self, part: str, within: float = PATIENCE_S) -> None:
        """Wait for an event that was not taken yet."""
        wait(part, lambda: any(part in each for each in self._matter(0.05)), within)

    def take(self, *, after: float = 0.5) -> list[str]:
        """The events that came, and forget them."""
        taken = self._matter(after)
        self.monitor.events.clear()
        return taken

    def _matter(self, within_s: float) -> list[str]:
        events = self.monitor.hear(within_s)
        return [event for event in events if not any(word in event for word in UNSAID)]


@dataclass
class Ground:
    """An access point's and a station's program, and the air between them."""

    radios: TwoRadios
    ap: Talk
    sta: Talk

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

    def plain(self, text: str) -> str:
        line = self.radios.named(text)
        kept = [each for each in line.split("\n") if each.partition("=")[0] not in FIELDS]
        text = "\n".join(each for each in kept if not each.startswith("uuid="))
        text = re.sub(r"\[(WMM|HT)\]", "", text)
        return re.sub(r"is_dfs0=0 dfs=0 puncturing_bitmap=0x0000", "dfs=0", text)


@contextmanager
def ground(
    folder: Path, ap_program: tuple[str, ...], sta_program: tuple[str, ...]
) -> Iterator[Ground]:
    radios = TwoRadios(folder)
    programs = {"ap": (radios.ap, ap_program), "sta": (radios.sta, sta_program)}
    try:
        with ExitStack() as stack:
            for name, (radio, program) in programs.items():
                file = radios.file(f"{name}.conf", CONFIG.replace("{name}", name))
                command = (*program, "-Dnl80211", "-iwlan0", "-c", str(file))
                log = folder / f"{name}.log"
                stack.enter_context(running(radio.namespace, log, *command))
            talks = []
            for name in programs:
                path = folder / name / "wlan0"
                wait(name, path.exists)
                talks.append(Talk(radios.client(path, attached=True)))
            yield Ground(radios, *talks)
    finally:
        radios.close()


Steps = list[tuple[str, object]]


def session(at: Ground) -> Steps:
    """Everything that AP mode is asked in one life, and what it said."""
    said: Steps = []
    station = str(at.radios.sta.address)

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
    at.sta.take()
    ask(f"DEAUTHENTICATE {station}")
    at.sta.until("CTRL-EVENT-DISCONNECTED")
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
    at.sta.order(f"WPS_REG {at.radios.ap.address} 12345670")
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


def test_replies_and_events_are_those_of_wpa_supplicant(tmp_path: Path) -> None:
    with ground(tmp_path / "real", real(SUPPLICANT), real(SUPPLICANT)) as at:
        expected = session(at)
    with ground(tmp_path / "ours", OURS, real(SUPPLICANT)) as at:
        given = session(at)
    differences = [(a, b) for a, b in zip(expected, given, strict=True) if a != b]
    assert not differences, "\n".join(f"real {a}\nours {b}" for a, b in differences)


@pytest.mark.parametrize("program", ["real", "ours"])
def test_an_access_point_scans(tmp_path: Path, program: str) -> None:
    """The other radio is an access point on another channel, of the real program."""
    under_test = real(SUPPLICANT) if program == "real" else OURS
    with ground(tmp_path / program, under_test, real(SUPPLICANT)) as at:
        at.make(*PSK)
        swapped = Ground(at.radios, at.sta, at.ap)
        swapped.make(*OPEN)
        at.ap.take()
        at.ap.order("SCAN")
        at.ap.monitor.until("CTRL-EVENT-SCAN-RESULTS")
        seen = [line.split("\t") for line in at.ap.ask("SCAN_RESULTS").splitlines()[1:]]
        assert [(at.plain(each[0]), each[1], each[4]) for each in seen] == [
            ("<sta>", "2437", "open")
        ]
        assert "mode=AP\n" in at.ap.ask("STATUS")
        assert "wpa_state=COMPLETED\n" in at.ap.ask("STATUS")


def test_our_station_enrols_with_wpa_supplicants_access_point(tmp_path: Path) -> None:
    with ground(tmp_path / "ground", real(SUPPLICANT), OURS) as at:
        at.make(*PSK)
        at.enrol_by_button()
        assert "wpa_state=COMPLETED\n" in at.sta.ask("STATUS")
        at.part()
        at.ap.ask("WPS_PIN any 12345670")
        at.sta.ask("WPS_PIN any 12345670")
        at.sta.until("CTRL-EVENT-CONNECTED")
        assert "ssid=apmode\n" in at.sta.ask("STATUS")


def test_a_station_of_sae_and_an_open_one_join_ours(tmp_path: Path) -> None:
    with ground(tmp_path / "ground", OURS, real(SUPPLICANT)) as at:
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
        air = at.radios.air
        air.advance(air.now() + 1.0)
        beacons = fields_of_beacons(tmp_path, air)
    assert beacons[b"open".hex()] == {("200", "3")}
    assert beacons[b"sae".hex()] == {("100", "2")}


def test_the_two_change_parts(tmp_path: Path) -> None:
    """Who was an access point is a station again, of the other one."""
    with ground(tmp_path / "ground", OURS, OURS) as at:
        at.make(*PSK)
        at.enrol_by_button()
        at.part()
        at.ap.order("DISCONNECT", "REMOVE_NETWORK all")
        swapped = Ground(at.radios, at.sta, at.ap)
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
