"""`airproof hostapd` as a program on a shared air, driven by the unmodified hostapd_cli."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from live_stage import PATIENCE_S, Air, Client, Stage

from harness.base.entropy import SystemEntropy
from harness.base.event import Event
from harness.live.driver import Driver
from harness.live.hostapd import main
from harness.live.shared_air import SharedRadio
from harness.sta.config import StationConfig
from harness.sta.station import Station
from harness.wire.wsc.device import DeviceAttributes
from vm import packages

CLI = packages.find("hostapd_cli")
needs_cli = pytest.mark.skipif(CLI is None, reason="hostapd_cli is not installed")

CONFIG = """\
interface=wlan0
driver=sim
ctrl_interface={control}
hw_mode=g
channel=1
ssid=home
wpa=2
rsn_pairwise=CCMP
wpa_passphrase=correct horse
eap_server=1
wps_state=2
config_methods=virtual_push_button virtual_display
wps_pin_requests={folder}/pin-requests
"""
PUSH_BUTTON = 0x0280


class Host:
    """A folder with a configuration, an air, and the program that runs there."""

    def __init__(self, folder: Path, air: Air | None = None) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.control = folder / "ctl"
        self.file = folder / "ap.conf"
        self.log = folder / "log"
        self.file.write_text(CONFIG.format(control=self.control, folder=folder))
        self._owns_air = air is None
        self.air = Air(folder / "air") if air is None else air
        self.environment = {**os.environ, "AIRPROOF_AIR": str(self.air.path)}
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "harness.live.hostapd", *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the program to its end."""
        return subprocess.run(
            self.command(*arguments),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    def start(self, stage: Stage, *arguments: str, until: str = "AP-ENABLED") -> None:
        """Start the program and wait until its access point beacons, or its log says so much."""
        given = arguments or ("-f", str(self.log), str(self.file))
        self.process = subprocess.Popen(self.command(*given), env=self.environment)
        stage.until(lambda: self.log.exists() and until in self.log.read_text())

    def end(self, how: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        status = self.process.wait(PATIENCE_S)
        self.process = None
        return status

    def cli(self, *words: str) -> str:
        """What the unmodified command-line client says."""
        assert CLI is not None
        done = subprocess.run(
            [str(CLI.path), "-p", str(self.control), "-i", "wlan0", *words],
            env={**os.environ, **CLI.env},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        return done.stdout

    def close(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        if self._owns_air:
            self.air.close()


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    made = Host(tmp_path)
    yield made
    made.close()


@needs_cli
def test_hostapd_cli_drives_it(stage: Stage, host: Host) -> None:
    host.start(stage)
    assert host.cli("ping") == "PONG\n"
    assert "state=ENABLED\n" in host.cli("status")
    assert "passphrase=correct horse\n" in host.cli("get_config")
    assert host.cli("wps_check_pin", "1234 5670") == "12345670"
    assert host.cli("wps_pin", "any", "12345670", "60") == "OK\n"
    assert host.cli("wps_pbc") == "OK\n"
    assert host.cli("wps_get_status").startswith("PBC Status: Active\n")
    assert host.cli("wps_cancel") == "OK\n"
    assert host.cli("all_sta") == ""
    assert host.cli("set", "ssid", "new") == "OK\n"
    assert host.cli("reload") == "OK\n"
    assert host.cli("disable") == "OK\n"
    assert host.cli("enable") == "OK\n"
    assert host.cli("raw", "NO_SUCH") == "UNKNOWN COMMAND\n"
    assert host.end() == 0
    assert not host.control.exists()


@needs_cli
def test_a_station_is_enrolled_by_script(stage: Stage, host: Host) -> None:
    host.start(stage)
    radio = stage.keep(SharedRadio(host.air.path, stage.loop, "sta"))
    config = StationConfig(
        device=DeviceAttributes(device_name="lamp"), config_methods=PUSH_BUTTON
    )
    station = Station(config, radio.address, radio.frequencies, SystemEntropy())
    heard: list[Event] = []
    driver = Driver(station, radio, stage.loop, heard.append)
    stage.loop.join(driver)
    driver.carry(station.start(stage.loop.now()))
    assert host.cli("wps_pbc") == "OK\n"
    driver.carry(station.wps_pbc(stage.loop.now()))
    stage.until(lambda: any(each.name == "sta.connection.completed" for each in heard))
    stage.until(lambda: f"AP-STA-CONNECTED {radio.address}" in host.log.read_text())
    shown = host.cli("sta", str(radio.address))
    assert shown.startswith(f"{radio.address}\nflags=[AUTH][ASSOC][AUTHORIZED][")
    assert "Last WPS result: Success\n" in host.cli("wps_get_status")
    assert host.cli("deauthenticate", str(radio.address)) == "OK\n"
    stage.until(lambda: f"AP-STA-DISCONNECTED {radio.address}" in host.log.read_text())


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR1, signal.SIGTERM])
def test_it_can_be_signalled_as_soon_as_it_has_a_socket(
    stage: Stage, host: Host, number: signal.Signals
) -> None:
    host.process = subprocess.Popen(host.command(str(host.file)), env=host.environment)
    limit = stage.loop.now() + PATIENCE_S
    while not (host.control / "wlan0").exists():
        assert stage.loop.now() < limit
    host.process.send_signal(number)
    if number != signal.SIGTERM:
        asking = stage.keep(Client(host.control / "wlan0", host.folder / "own"))
        stage.until(lambda: "state=ENABLED\n" in asking.ask(stage, "STATUS"))
    assert host.end() == 0
    assert not host.control.exists()


def test_the_global_socket(stage: Stage, host: Host, tmp_path: Path) -> None:
    host.start(stage, "-f", str(host.log), "-g", str(tmp_path / "g" / "all"), str(host.file))
    asking = stage.keep(Client(tmp_path / "g" / "all", tmp_path / "own"))
    assert asking.ask(stage, "PING") == "PONG\n"
    assert asking.ask(stage, "INTERFACES") == "wlan0\n"
    assert asking.ask(stage, "INTERFACES ctrl") == f"wlan0 ctrl_iface={host.control}\n"
    assert asking.ask(stage, "NO_SUCH") == "FAIL\n"
    assert asking.ask(stage, "IFNAME=wlan0 PING") == "PONG\n"
    assert asking.ask(stage, "IFNAME=wlan9 PING") == "FAIL-NO-IFNAME-MATCH\n"
    assert asking.ask(stage, f"ADD wlan0 config={host.file}") == "FAIL\n"
    assert asking.ask(stage, f"ADD wlan1 {host.control} sim") == "OK\n"
    for setting in ("channel 1", "hw_mode g", "ssid second"):
        assert asking.ask(stage, f"IFNAME=wlan1 SET {setting}") == "OK\n"
    asking.send("ATTACH")
    asking.send("IFNAME=wlan1 ENABLE")
    came: list[str] = []
    stage.until(lambda: came.extend(asking.received()) or len(came) == 3)
    assert sorted(came) == ["IFNAME=wlan1 <3>AP-ENABLED ", "OK\n", "OK\n"]
    asking.send("REMOVE wlan1")
    came.clear()
    stage.until(lambda: came.extend(asking.received()) or "OK\n" in came)
    assert came[0] == "IFNAME=wlan1 <3>AP-DISABLED "
    asking.send("DETACH")
    stage.until(asking.received)
    assert asking.ask(stage, "INTERFACES") == "wlan0\n"
    assert asking.ask(stage, "REMOVE wlan1") == "FAIL\n"
    assert asking.ask(stage, "TERMINATE") == "OK\n"
    assert host.process is not None
    assert host.process.wait(PATIENCE_S) == 0


def test_two_bsss_have_a_socket_each_and_wps_in_common(stage: Stage, host: Host) -> None:
    host.file.write_text(
        host.file.read_text()
        + f"bss=wlan0-1\nbssid=02:00:00:00:0b:01\nssid=second\nctrl_interface={host.control}\n"
        + "wpa=2\nrsn_pairwise=CCMP\nwpa_passphrase=12345678\nwps_state=2\n"
    )
    host.start(stage, "-i", "other0", "-f", str(host.log), str(host.file))
    first, second = (
        stage.keep(Client(host.control / name, host.folder / f"own-{name}"))
        for name in ("other0", "wlan0-1")
    )
    assert "ssid=second\n" in second.ask(stage, "GET_CONFIG")
    assert "bss[1]=wlan0-1\nbssid[1]=02:00:00:00:0b:01\n" in first.ask(stage, "STATUS")
    second.ask(stage, "ATTACH")
    assert first.ask(stage, "WPS_PBC") == "OK\n"
    came: list[str] = []
    stage.until(lambda: came.extend(second.received()) or came)
    assert came == ["<3>WPS-PBC-ACTIVE "]


def test_hangup_reads_the_file_again_and_keeps_what_ran_when_it_is_wrong(
    stage: Stage, host: Host
) -> None:
    host.start(stage)
    assert host.process is not None
    asking = stage.keep(Client(host.control / "wlan0", host.folder / "own"))
    host.file.write_text(host.file.read_text() + "no_such_key=1\n")
    host.process.send_signal(signal.SIGHUP)
    wrong = f"{host.file}:14: no_such_key: there is no such key"
    stage.until(lambda: wrong in host.log.read_text())
    assert "ssid=home\n" in asking.ask(stage, "GET_CONFIG")
    good = CONFIG.format(control=host.control, folder=host.folder)
    host.file.write_text(good.replace("ssid=home", "ssid=new"))
    host.process.send_signal(signal.SIGHUP)
    stage.until(lambda: "ssid=new\n" in asking.ask(stage, "GET_CONFIG"))


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("interface=wlan1", "interface: is wlan0 and can't become wlan1 here"),
        ("bss=wlan0", "bss: there is an interface 'wlan0' already"),
        ("ctrl_interface_group=nobody-has-this", "ctrl_interface_group: there is no group"),
        ("wpa_psk_file=/nowhere", "wpa_psk_file: /nowhere: No such file or directory"),
        ("channel=36", "channel: 36 is none of hw_mode g"),
    ],
)
def test_a_file_that_can_not_be_used_leaves_what_ran(
    stage: Stage, host: Host, lines: str, told: str
) -> None:
    host.start(stage)
    assert host.process is not None
    asking = stage.keep(Client(host.control / "wlan0", host.folder / "own"))
    before = asking.ask(stage, "STATUS")
    host.file.write_text(f"{host.file.read_text()}{lines}\n")
    host.process.send_signal(signal.SIGHUP)
    stage.until(lambda: told in host.log.read_text())
    assert f"{host.file}:14: {told}" in host.log.read_text()
    assert asking.ask(stage, "RELOAD_CONFIG") == "FAIL\n"
    assert asking.ask(stage, "STATUS") == before


def test_a_file_can_not_take_the_interface_of_another_radio(stage: Stage, host: Host) -> None:
    other = host.folder / "other.conf"
    one = host.file.read_text()
    other.write_text(one.replace("interface=wlan0", "interface=wlan1", 1))
    host.start(stage, "-f", str(host.log), str(host.file), str(other), until="wlan1: AP-ENABLED")
    assert host.process is not None
    asking = stage.keep(Client(host.control / "wlan0", host.folder / "own"))
    before = bsss_of(asking.ask(stage, "STATUS"))
    host.file.write_text(f"{one}bss=wlan1\nssid=second\n")
    host.process.send_signal(signal.SIGHUP)
    told = f"wlan0: {host.file}:14: there is an interface 'wlan1' already"
    stage.until(lambda: told in host.log.read_text())
    assert bsss_of(asking.ask(stage, "STATUS")) == before
    host.file.write_text(one.replace("ssid=home", "ssid=new"))
    host.process.send_signal(signal.SIGHUP)
    stage.until(lambda: "ssid[0]=new\n" in asking.ask(stage, "STATUS"))


def bsss_of(status: str) -> list[str]:
    """The BSSs in STATUS, without what was heard on the air since it began."""
    named = ("bss[", "bssid[", "ssid[")
    return [line for line in status.splitlines() if line.startswith(named)]


def test_bsss_come_and_go_with_the_file(stage: Stage, host: Host) -> None:
    host.start(stage)
    assert host.process is not None
    one = host.file.read_text()
    second = f"bss=wlan0_1\nssid=second\nctrl_interface={host.control}\n"
    host.file.write_text(one + second)
    host.process.send_signal(signal.SIGHUP)
    stage.until((host.control / "wlan0_1").exists)
    asking = stage.keep(Client(host.control / "wlan0_1", host.folder / "own"))
    assert "ssid=second\n" in asking.ask(stage, "GET_CONFIG")
    host.file.write_text(one)
    asking.ask(stage, "ATTACH")
    host.process.send_signal(signal.SIGHUP)
    stage.until(lambda: not (host.control / "wlan0_1").exists())
    assert "<3>CTRL-EVENT-TERMINATING " in asking.received()
    first = stage.keep(Client(host.control / "wlan0", host.folder / "own0"))
    status = first.ask(stage, "STATUS")
    assert "state=ENABLED\n" in status
    assert "bss[1]" not in status


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("ctrl_interface=/proc/none/here", "ctrl_interface: /proc/none/here: No such file"),
        ("bss=wlan0", "bss: there is an interface 'wlan0' already"),
    ],
)
def test_what_is_only_found_out_at_the_start_is_told_with_its_place(
    host: Host, line: str, told: str
) -> None:
    host.file.write_text(f"{host.file.read_text()}{line}\n")
    done = host.run(str(host.file))
    assert done.returncode == 1
    assert f"{host.file}:14: {told}" in done.stdout
    assert "Traceback" not in done.stderr


def test_the_log_can_be_moved_away(stage: Stage, host: Host) -> None:
    host.start(stage)
    asking = stage.keep(Client(host.control / "wlan0", host.folder / "own"))
    host.log.rename(host.folder / "old")
    assert asking.ask(stage, "RELOG") == "OK\n"
    assert asking.ask(stage, "LOG_LEVEL") == "Current level: INFO\nTimestamp: 0\n"
    assert asking.ask(stage, "LOG_LEVEL DEBUG 1") == "OK\n"
    assert asking.ask(stage, "LOG_LEVEL NONE") == "FAIL\n"
    asking.ask(stage, "NOTE here")
    stage.until(lambda: host.log.exists() and "here" in host.log.read_text())
    assert asking.ask(stage, "CLOSE_LOG") == "OK\n"


def test_the_log_tells_the_states_as_hostapd_does(stage: Stage, host: Host) -> None:
    host.start(stage)
    asking = stage.keep(Client(host.control / "wlan0", host.folder / "own"))
    assert asking.ask(stage, "DISABLE") == "OK\n"
    assert asking.ask(stage, "ENABLE") == "OK\n"
    states = ["UNINITIALIZED->ENABLED", "ENABLED->DISABLED", "DISABLED->ENABLED"]
    told = [f"wlan0: interface state {each}" for each in states]
    stage.until(lambda: told[-1] in host.log.read_text())
    assert [each for each in host.log.read_text().splitlines() if each in told] == told


def test_in_the_background_with_a_pid_file(stage: Stage, host: Host) -> None:
    pid_file = host.folder / "pid"
    done = host.run("-B", "-P", str(pid_file), "-f", str(host.log), str(host.file))
    assert done.returncode == 0
    pid = int(pid_file.read_text())
    assert "AP-ENABLED" in host.log.read_text()
    asking = stage.keep(Client(host.control / "wlan0", host.folder / "own"))
    assert asking.ask(stage, "PING") == "PONG\n"
    os.kill(pid, signal.SIGTERM)
    stage.until(lambda: not pid_file.exists())
    stage.until(lambda: not host.control.exists())


def test_it_ends_when_the_air_does(stage: Stage, host: Host) -> None:
    host.start(stage)
    assert host.process is not None
    host.air.close()
    assert host.process.wait(PATIENCE_S) == 1
    assert "wlan0: the radio has gone" in host.log.read_text()
    host.air = Air(host.air.path)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ((), 1, "usage:"),
        (("-h",), 1, "usage:"),
        (("-v",), 1, "hostapd v"),
        (("-u", "02:00:00:00:00:00"), 0, "-"),
        (("-u", "x"), 1, "not a MAC address"),
        (("-x", "file"), 1, "option -x not recognized"),
        (("-D", "wired", "file"), 1, "must be nl80211 or sim"),
        (("-b", "x", "file"), 1, "is not phy:file"),
        (("-G", "nobody-has-this", "file"), 255, "there is no group"),
        (("no-such-file",), 1, "no-such-file: No such file"),
        (("-f", "/no/such/folder", "file"), 1, "No such file"),
    ],
)
def test_the_command_line(
    arguments: tuple[str, ...], status: int, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(list(arguments)) == status
    told = capfd.readouterr()
    assert said in told.out + told.err


def test_every_bad_line_is_told_and_nothing_starts(host: Host) -> None:
    host.file.write_text(host.file.read_text() + "wpa_pairwise=WEP\nno_such_key=1\n")
    done = host.run(str(host.file))
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"{host.file}:14: wpa_pairwise: must name at least one cipher, and no WEP",
        f"{host.file}:15: no_such_key: there is no such key",
    ]
    assert not host.control.exists()


def test_a_file_of_keys_that_is_not_there_or_bad_ends_the_program(host: Host) -> None:
    keys = host.file.with_name("keys")
    host.file.write_text(host.file.read_text() + f"wpa_psk_file={keys}\n")
    done = host.run(str(host.file))
    assert done.returncode == 1
    place = f"{host.file}:14: wpa_psk_file: {keys}"
    assert f"{place}: No such file or directory" in done.stdout
    keys.write_text("00:00:00:00:00:00 tooshort\n00:00:00:00:00:00 short\ncolour=red x y\n")
    done = host.run(str(host.file))
    assert done.returncode == 1
    assert [line for line in done.stdout.splitlines() if str(keys) in line] == [
        f"{place}:2: key: must be 8 to 63 characters or 64 hex digits, but has 5 octets",
        f"{place}:3: colour: must be keyid, vlanid or wps",
    ]
    assert not host.control.exists()


@needs_cli
def test_it_finds_a_channel_for_itself(stage: Stage, host: Host) -> None:
    text = host.file.read_text()
    host.start(stage)
    other = Host(host.folder / "other", host.air)
    lines = text.replace("channel=1\n", "channel=acs_survey\nacs_num_scans=1\n")
    lines = lines.replace(str(host.control), str(other.control))
    other.file.write_text(lines)
    try:
        other.start(stage)
        said = other.log.read_text()
        assert said.index("ACS-STARTED") < said.index("ACS-COMPLETED freq=2437 channel=6")
        assert "freq=2437\n" in other.cli("status")
        assert other.end() == 0
    finally:
        other.close()
    assert host.end() == 0


@needs_cli
def test_it_can_be_ended_while_it_looks_for_a_channel(stage: Stage, host: Host) -> None:
    lines = "channel=0\nacs_num_scans=100\n"
    host.file.write_text(host.file.read_text().replace("channel=1\n", lines))
    host.start(stage, "-f", str(host.log), str(host.file), until="ACS-STARTED")
    stage.until(lambda: "state=ACS\n" in host.cli("status"))
    assert host.end() == 0
    assert not host.control.exists()


def test_a_radio_that_refuses_ends_the_program(host: Host) -> None:
    host.file.write_text(host.file.read_text().replace("channel=1\n", "channel=14\n"))
    done = host.run(str(host.file))
    assert done.returncode == 1
    assert "the radio refused StartBss" in done.stdout
    assert not host.control.exists()
