"""The station's program as an access point on a simulated air, and a second one as its station."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from live_stage import HEARD_IN_EACH_SCAN, Air, Client, Stage

from harness.live.log import Log
from harness.live.station_interface import InterfaceOptions
from harness.live.station_program import ProgramOptions, StationProgram

AP = "02:00:00:00:0a:01"
STA = "02:00:00:00:0a:02"
GLOBAL = (
    "update_config=1\ndevice_name={name}\n"
    "config_methods=virtual_push_button virtual_display keypad\n"
)
PSK = (
    "mode 2", 'ssid "apmode"', "frequency 2412", "key_mgmt WPA-PSK", 'psk "12345678"',
    "proto RSN", "pairwise CCMP", "group CCMP",
)  # fmt: skip


class Programs:
    """Two interfaces of one program: `ap` and `sta`, each with a client and what it was told."""

    def __init__(self, stage: Stage, make: Callable[[Path], Client]) -> None:
        self.stage = stage
        self.folder = Path(tempfile.mkdtemp(prefix="ap"))
        self._air = Air(self.folder / "air")
        self._log = Log(self.folder / "log")
        options = ProgramOptions(
            interfaces=(self._interface("ap", AP), self._interface("sta", STA))
        )
        self._program = StationProgram(options, stage.loop, self._log)
        self.clients = {name: make(self.folder / name / name) for name in ("ap", "sta")}
        self.lines: dict[str, list[str]] = {"ap": [], "sta": []}
        self._awaited = {"ap": 0, "sta": 0}
        for name in self.clients:
            assert self.ask(name, "ATTACH") == "OK\n"

    def _interface(self, name: str, address: str) -> InterfaceOptions:
        config = self.folder / f"{name}.conf"
        config.write_text(f"ctrl_interface={self.folder / name}\n" + GLOBAL.format(name=name))
        parameters = f"air={self.folder / 'air'} node={name} address={address}"
        return InterfaceOptions(
            interface=name, config=config, drivers="sim", parameters=parameters
        )

    def close(self) -> None:
        self.stage.loop.leave(self._program)
        self._program.close()
        self._log.close()
        self._air.close()
        shutil.rmtree(self.folder)

    def ask(self, name: str, command: str) -> str:
        client = self.clients[name]
        client.send(command)
        replies: list[str] = []

        def heard() -> bool:
            for each in client.received():
                (self.lines[name] if each.startswith("<") else replies).append(each)
            return bool(replies)

        self.stage.until(heard)
        return replies[0]

    def order(self, name: str, *commands: str) -> None:
        for command in commands:
            assert self.ask(name, command) == "OK\n", command

    def until(self, name: str, line: str) -> None:
        """Let time pass until `line` was told, after what was awaited before; all is kept."""
        lines = self.lines[name]

        def told() -> bool:
            lines.extend(self.clients[name].received())
            new = range(self._awaited[name], len(lines))
            found = next((at for at in new if line in lines[at]), None)
            if found is not None:
                self._awaited[name] = found + 1
            return found is not None

        self.stage.until(told)

    def told(self, name: str) -> list[str]:
        """Everything told so far, but for scans and BSSs; then forget it."""
        self.stage.settle(0.05)
        self.lines[name].extend(self.clients[name].received())
        lines, self.lines[name] = self.lines[name], []
        self._awaited[name] = 0
        left_out = ("BSS-ADDED", "BSS-REMOVED", "-SCAN-", "NETWORK-ADDED")
        return [each[3:] for each in lines if not any(word in each for word in left_out)]

    def make_access_point(self, *keys: str) -> str:
        number = self.ask("ap", "ADD_NETWORK").strip()
        self.order("ap", *(f"SET_NETWORK {number} {key}" for key in keys))
        self.order("ap", f"SELECT_NETWORK {number}")
        self.until("ap", "CTRL-EVENT-CONNECTED")
        return number

    def status(self, name: str) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.ask(name, "STATUS").splitlines())


@pytest.fixture
def programs(stage: Stage, client: Callable[[Path], Client]) -> Iterator[Programs]:
    made = Programs(stage, client)
    yield made
    made.close()


def test_a_network_of_mode_2_makes_an_access_point(programs: Programs) -> None:
    programs.make_access_point(*PSK)
    assert programs.told("ap") == [
        "AP-ENABLED ",
        f"CTRL-EVENT-CONNECTED - Connection to {AP} completed [id=0 id_str=]",
    ]
    status = programs.status("ap")
    uuid = status.pop("uuid")
    assert list(status.items()) == [
        ("bssid", AP), ("freq", "2412"), ("ssid", "apmode"), ("id", "0"), ("mode", "AP"),
        ("pairwise_cipher", "CCMP"), ("group_cipher", "CCMP"), ("key_mgmt", "WPA2-PSK"),
        ("wpa_state", "COMPLETED"), ("address", AP),
    ]  # fmt: skip
    assert uuid
    assert "passphrase=12345678\nmode=AP\n" in programs.ask("ap", "STATUS-WPS")
    assert programs.ask("ap", "LIST_NETWORKS").splitlines()[1] == "0\tapmode\tany\t[CURRENT]"
    assert programs.ask("ap", "STA-FIRST") == ""
    assert programs.ask("ap", f"STA {STA}") == "FAIL\n"
    assert programs.ask("ap", "SIGNAL_POLL") == "FAIL\n"


def test_a_station_enrols_by_button(programs: Programs) -> None:
    programs.make_access_point(*PSK)
    programs.told("ap")
    programs.order("ap", "WPS_PBC")
    programs.order("sta", "WPS_PBC")
    programs.until("sta", "CTRL-EVENT-CONNECTED")
    programs.until("ap", "EAPOL-4WAY-HS-COMPLETED")
    told = [each for each in programs.told("ap") if "ENROLLEE-SEEN" not in each]
    assert told[:4] == [
        "WPS-PBC-ACTIVE ",
        f"CTRL-EVENT-EAP-STARTED {STA}",
        "CTRL-EVENT-EAP-PROPOSED-METHOD vendor=0 method=1",
        "CTRL-EVENT-EAP-PROPOSED-METHOD vendor=14122 method=254",
    ]
    assert [each.split(" ")[0] for each in told[4:]] == [
        "WPS-REG-SUCCESS", "WPS-PBC-DISABLE", "WPS-SUCCESS", "CTRL-EVENT-EAP-FAILURE",
        "AP-STA-CONNECTED", "EAPOL-4WAY-HS-COMPLETED",
    ]  # fmt: skip
    shown = programs.ask("ap", "STA-FIRST")
    again = programs.ask("ap", f"STA {STA}")
    keys = [line.partition("=")[0] for line in shown.splitlines()]
    assert keys == [line.partition("=")[0] for line in again.splitlines()]
    assert "rx_packets" in keys  # the radio was asked
    assert shown.startswith(f"{STA}\nflags=[AUTH][ASSOC][AUTHORIZED]")
    assert programs.ask("ap", f"STA-NEXT {STA}") == ""
    assert programs.status("sta")["ssid"] == "apmode"


@pytest.mark.parametrize("whose", ["any", STA])
def test_a_station_enrols_by_pin(programs: Programs, whose: str) -> None:
    programs.make_access_point(*PSK)
    pin = programs.ask("ap", f"WPS_PIN {whose}")
    assert len(pin) == 8
    assert programs.ask("sta", f"WPS_PIN any {pin}") == pin
    programs.until("ap", "WPS-SUCCESS ")
    programs.until("sta", "CTRL-EVENT-CONNECTED")


def test_wps_commands_answer_as_wpa_supplicant_does(programs: Programs) -> None:
    """Replies of wpa_supplicant 2.10 in AP mode."""
    programs.make_access_point(*PSK)
    replies = {
        "WPS_PIN any 12345670": "12345670",
        "WPS_PIN any 12345670 300": "12345670",
        "WPS_PIN any 1234": "1234",
        "WPS_PIN 02:00:00:00:00:07 12345670": "12345670",
        "WPS_PIN foo": "FAIL\n",
        "WPS_PBC any": "OK\n",
        "WPS_PBC 02:00:00:00:00:07": "OK\n",
        "WPS_CANCEL": "OK\n",
        f"WPS_REG {STA} 12345670": "FAIL\n",
        "DEAUTHENTICATE 02:00:00:00:00:07": "OK\n",
        "DISASSOCIATE 02:00:00:00:00:07": "OK\n",
        "DEAUTHENTICATE x": "FAIL\n",
        "CHAN_SWITCH x": "FAIL\n",
        "CHAN_SWITCH 5": "FAIL\n",
    }
    assert {command: programs.ask("ap", command) for command in replies} == replies
    assert len(programs.ask("ap", "WPS_PIN get")) == 8
    told = programs.told("ap")
    assert told[-3:] == ["WPS-PBC-ACTIVE ", "WPS-PBC-ACTIVE ", "WPS-TIMEOUT "]


def test_an_access_point_scans(programs: Programs) -> None:
    """It sees the other one, and its own network goes on."""
    programs.make_access_point(*PSK)
    number = programs.ask("sta", "ADD_NETWORK").strip()
    keys = ("mode 2", 'ssid "other"', "frequency 2437", "key_mgmt NONE")
    keys = (*keys, f"beacon_int {HEARD_IN_EACH_SCAN}")
    programs.order("sta", *(f"SET_NETWORK {number} {key}" for key in keys))
    programs.order("sta", f"SELECT_NETWORK {number}")
    programs.until("sta", "AP-ENABLED")
    programs.order("ap", "SCAN")
    programs.until("ap", "CTRL-EVENT-SCAN-RESULTS")
    results = [line.split("\t") for line in programs.ask("ap", "SCAN_RESULTS").splitlines()[1:]]
    assert [(each[0], each[1], each[4]) for each in results] == [(STA, "2437", "other")]
    assert programs.status("ap")["wpa_state"] == "COMPLETED"
    assert programs.status("ap")["mode"] == "AP"
    programs.order("sta", f"REMOVE_NETWORK {number}")
    programs.order("ap", "WPS_PBC")
    programs.order("sta", "WPS_PBC")
    programs.until("sta", f"CTRL-EVENT-CONNECTED - Connection to {AP}")


def connected(programs: Programs) -> None:
    programs.make_access_point(*PSK)
    programs.order("ap", "WPS_PBC")
    programs.order("sta", "WPS_PBC")
    programs.until("sta", "CTRL-EVENT-CONNECTED")
    programs.until("ap", "EAPOL-4WAY-HS-COMPLETED")
    programs.told("ap")


def test_a_station_is_sent_away(programs: Programs) -> None:
    connected(programs)
    programs.order("ap", f"DEAUTHENTICATE {STA} reason=5")
    programs.until("sta", f"CTRL-EVENT-DISCONNECTED bssid={AP} reason=5")
    assert programs.told("ap")[0] == f"AP-STA-DISCONNECTED {STA}"


def test_the_channel_is_switched(programs: Programs) -> None:
    connected(programs)
    programs.order("ap", "CHAN_SWITCH 5 2437")
    programs.until("ap", "AP-CSA-FINISHED")
    place = "freq=2437 ht_enabled=0 ch_offset=0 ch_width=20 MHz (no HT) cf1=2437 cf2=0"
    started, switched, again, finished = programs.told("ap")
    assert started == f"CTRL-EVENT-STARTED-CHANNEL-SWITCH {place}"
    assert switched == f"CTRL-EVENT-CHANNEL-SWITCH {place}"
    assert again.startswith(f"CTRL-EVENT-CHANNEL-SWITCH {place} ")  # as hostapd writes it
    assert finished == "AP-CSA-FINISHED freq=2437 dfs=0"
    assert programs.status("ap")["freq"] == "2437"


@pytest.mark.parametrize("command", ["DISCONNECT", "DISABLE_NETWORK 0", "REMOVE_NETWORK 0"])
def test_the_access_point_ends(programs: Programs, command: str) -> None:
    connected(programs)
    programs.order("ap", command)
    programs.until("ap", "CTRL-EVENT-DISCONNECTED")
    told = [each for each in programs.told("ap") if "NETWORK-REMOVED" not in each]
    assert told == [
        f"AP-STA-DISCONNECTED {STA}",
        "AP-DISABLED ",
        f"CTRL-EVENT-DISCONNECTED bssid={AP} reason=3 locally_generated=1",
    ]
    assert programs.status("ap")["wpa_state"] == "DISCONNECTED"
    assert programs.ask("ap", "STA-FIRST") == "FAIL\n"
    programs.until("sta", "CTRL-EVENT-DISCONNECTED")


def test_the_access_point_comes_back(programs: Programs) -> None:
    programs.make_access_point(*PSK)
    programs.order("ap", "DISCONNECT", "RECONNECT")
    programs.until("ap", "AP-ENABLED")
    programs.order("ap", "DISABLE_NETWORK 0", "ENABLE_NETWORK 0 no-connect")
    programs.stage.settle(0.3)
    assert programs.status("ap")["wpa_state"] == "DISCONNECTED"
    programs.order("ap", "REASSOCIATE")
    programs.until("ap", "AP-ENABLED")


def test_the_station_is_a_station_again(programs: Programs) -> None:
    """The two change parts: who was the access point joins the other."""
    connected(programs)
    programs.order("sta", "DISCONNECT", "REMOVE_NETWORK all")
    number = programs.ask("sta", "ADD_NETWORK").strip()
    keys = ("mode 2", 'ssid "other"', "frequency 2437", "key_mgmt NONE")
    programs.order("sta", *(f"SET_NETWORK {number} {key}" for key in keys))
    other = programs.ask("ap", "ADD_NETWORK").strip()
    programs.order(
        "ap", f'SET_NETWORK {other} ssid "other"', f"SET_NETWORK {other} key_mgmt NONE"
    )
    programs.order("sta", f"SELECT_NETWORK {number}")
    programs.until("sta", "AP-ENABLED")
    programs.told("ap")
    programs.order("ap", f"SELECT_NETWORK {other}")
    programs.until("ap", f"CTRL-EVENT-CONNECTED - Connection to {STA}")
    assert programs.told("ap")[:2] == [
        "AP-DISABLED ",
        f"CTRL-EVENT-DISCONNECTED bssid={AP} reason=3 locally_generated=1",
    ]
    assert programs.status("ap")["mode"] == "station"
    assert "key_mgmt" not in programs.status("sta")


def test_the_network_of_a_file_comes_first_by_priority(programs: Programs) -> None:
    programs.make_access_point(*PSK, "priority 3")
    programs.order("ap", "SAVE_CONFIG")
    text = (programs.folder / "ap.conf").read_text()
    assert "mode=2" in text
    programs.told("ap")
    programs.order("ap", "RECONFIGURE")
    programs.until("ap", "AP-ENABLED")


def test_sae_and_protected_frames_have_no_wps(programs: Programs) -> None:
    programs.make_access_point(
        "mode 2", 'ssid "sae"', "key_mgmt SAE", 'sae_password "12345678"', "ieee80211w 2",
        "proto RSN", "pairwise CCMP",
    )  # fmt: skip
    assert programs.status("ap")["key_mgmt"] == "SAE"
    assert programs.status("ap")["freq"] == "2462"
    for command in ("WPS_PBC", "WPS_PIN any 12345670", "WPS_CANCEL"):
        assert programs.ask("ap", command) == "FAIL\n"
    number = programs.ask("sta", "ADD_NETWORK").strip()
    keys = ('ssid "sae"', "key_mgmt SAE", 'sae_password "12345678"', "ieee80211w 2")
    programs.order("sta", *(f"SET_NETWORK {number} {key}" for key in keys))
    programs.order("sta", f"SELECT_NETWORK {number}")
    programs.until("sta", "CTRL-EVENT-CONNECTED")
    assert programs.status("sta")["pmf"] == "2"
    assert "[MFP]" in programs.ask("ap", "STA-FIRST")


@pytest.mark.parametrize("key", ["wps_disabled 1", "ignore_broadcast_ssid 1"])
def test_wps_is_absent_by_order(programs: Programs, key: str) -> None:
    programs.make_access_point(*PSK, key)
    assert programs.ask("ap", "WPS_PBC") == "FAIL\n"


def test_an_impossible_access_point_is_refused_once(programs: Programs) -> None:
    number = programs.ask("ap", "ADD_NETWORK").strip()
    keys = ("mode 2", 'ssid "x"', "key_mgmt NONE", "frequency 60000")
    programs.order("ap", *(f"SET_NETWORK {number} {key}" for key in keys))
    programs.order("ap", f"SELECT_NETWORK {number}")
    programs.stage.settle(0.3)
    assert programs.status("ap")["wpa_state"] != "COMPLETED"
    programs.order("ap", f"SET_NETWORK {number} frequency 2412", f"SELECT_NETWORK {number}")
    programs.until("ap", "AP-ENABLED")


def test_test_variables_hold_for_the_access_point(programs: Programs) -> None:
    """A station that takes WPS 1.0 for what it is; a useless Credential beside the right one."""
    programs.order("ap", "SET wps_version_number 0x10")
    programs.make_access_point(*PSK)
    programs.order("ap", "SET wps_testing_stub_cred 1", "WPS_PBC")
    programs.order("sta", "WPS_PBC")
    programs.until("sta", "CTRL-EVENT-CONNECTED")
    told = programs.told("sta")
    assert [each for each in told if each.startswith("WPS-CRED")] == ["WPS-CRED-RECEIVED "] * 2
    assert programs.status("sta")["ssid"] == "apmode"


def test_a_program_carries_the_access_points_frames(programs: Programs) -> None:
    programs.order("ap", "SET ext_eapol_frame_io 1")
    programs.make_access_point(*PSK)
    programs.order("sta", "SET ext_eapol_frame_io 1")
    programs.order("ap", "WPS_PBC")
    programs.order("sta", "WPS_PBC")
    own, others = {"ap": AP, "sta": STA}, {"ap": "sta", "sta": "ap"}

    def carry() -> bool:
        for name in ("ap", "sta"):
            lines, programs.lines[name] = programs.lines[name], []
            lines += programs.clients[name].received()
            for line in lines:
                words = line[3:].split(" ")
                if words[0] == "EAPOL-TX":
                    assert words[1] == own[others[name]]
                    programs.order(others[name], f"EAPOL_RX {own[name]} {words[2]}")
                elif name == "sta" and "CTRL-EVENT-CONNECTED" in line:
                    return True
        return False

    programs.stage.until(carry)
    assert programs.status("sta")["ssid"] == "apmode"
