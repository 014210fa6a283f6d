"""`airproof wpa_supplicant` on a shared air, driven by the unmodified wpa_cli."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from live_stage import PATIENCE_S, Client, Stage
from station_stage import Field

from harness.base.errors import AirproofError, RadioError
from harness.live import wpa_supplicant
from harness.live.control_server import ControlServer
from harness.live.station_interface import InterfaceOptions, control_place
from vm import packages

WPA_CLI = packages.find("wpa_cli")
needs_wpa_cli = pytest.mark.skipif(WPA_CLI is None, reason="wpa_cli is not installed")
Connect = Callable[[Path], Client]


@pytest.fixture
def field(stage: Stage) -> Iterator[Field]:
    made = Field(stage)
    yield made
    made.close()


def cli(field: Field, *words: str) -> str:
    """One command by wpa_cli; its reply without the last line's end."""
    assert WPA_CLI is not None
    options = ["-p", str(field.control), "-i", "wlan0"]
    return field.call(str(WPA_CLI.path), *options, *words).removesuffix("\n")


def fields(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines())


def connected(field: Field) -> bool:
    return "wpa_state=COMPLETED" in cli(field, "status")


# ---- the stock client -------------------------------------------------------------------------


@needs_wpa_cli
def test_wpa_cli_enrols_by_push_button_and_the_file_is_kept(field: Field) -> None:
    field.config.chmod(0o640)
    field.run(field.interface())
    assert cli(field, "ping") == "PONG"
    assert fields(cli(field, "status"))["wpa_state"] == "INACTIVE"
    field.push_button()
    assert cli(field, "wps_pbc") == "OK"
    field.stage.until(lambda: any("AP-STA-CONNECTED" in line for line in field.ap_lines))
    field.stage.until(lambda: connected(field))
    assert fields(cli(field, "status"))["ssid"] == "home"
    assert 'psk="correct horse"' in field.config.read_text()
    assert stat.S_IMODE(field.config.stat().st_mode) == 0o640
    assert sorted(each.name for each in field.folder.iterdir()) == [
        "air", "ctl", "log", "sta.conf",
    ]  # fmt: skip
    assert "correct horse" not in (field.folder / "log").read_text()


@needs_wpa_cli
def test_wpa_cli_enrols_by_pin(field: Field) -> None:
    field.run(field.interface())
    pin = cli(field, "wps_pin", "any")
    assert cli(field, "wps_check_pin", pin) == pin
    field.enter_pin(pin)
    field.stage.until(lambda: any("AP-STA-CONNECTED" in line for line in field.ap_lines))


@needs_wpa_cli
def test_wpa_cli_makes_and_saves_a_network(field: Field) -> None:
    field.run(field.interface())
    assert cli(field, "add_network") == "0"
    assert cli(field, "set_network", "0", "ssid", '"home"') == "OK"
    assert cli(field, "set_network", "0", "psk", '"correct horse"') == "OK"
    assert cli(field, "select_network", "0") == "OK"
    field.stage.until(lambda: any("AP-STA-CONNECTED" in line for line in field.ap_lines))
    assert cli(field, "save_config") == "OK"
    assert cli(field, "list_networks").splitlines()[1] == "0\thome\tany\t[CURRENT]"
    flags = cli(field, "scan_results").splitlines()[1].split("\t")[3]
    assert flags == "[WPA2-PSK-CCMP][WPS][ESS]"
    assert 'ssid="home"' in field.config.read_text()
    assert cli(field, "signal_poll").startswith("RSSI=")
    assert cli(field, "disconnect") == "OK"
    assert fields(cli(field, "status"))["wpa_state"] == "DISCONNECTED"


@needs_wpa_cli
def test_interactive_mode(field: Field) -> None:
    field.run(field.interface())
    assert WPA_CLI is not None
    said = field.call(
        str(WPA_CLI.path), "-p", str(field.control), "-i", "wlan0", given="ping\nstatus\nquit\n"
    )
    assert "Interactive mode" in said
    assert "PONG" in said
    assert "wpa_state=INACTIVE" in said


@needs_wpa_cli
def test_action_script_is_told_of_the_connection(field: Field) -> None:
    field.run(field.interface(), waits=True)
    script, told = field.folder / "act.sh", field.folder / "told"
    script.write_text(f'#!/bin/sh\necho "$1 $2 $WPA_ID" >> {told}\n')
    script.chmod(0o755)
    assert WPA_CLI is not None
    client = subprocess.Popen(
        [str(WPA_CLI.path), "-p", str(field.control), "-i", "wlan0", "-a", str(script)],
        stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        field.stage.until(lambda: "wpa_state=" in cli(field, "status"))  # it has attached
        field.push_button()
        assert cli(field, "wps_pbc") == "OK"
        field.stage.until(lambda: told.exists() and "wlan0 CONNECTED 0" in told.read_text())
        cli(field, "terminate")
        assert "wlan0 WPS-SUCCESS" in told.read_text()
    finally:
        client.kill()
        client.wait()


@needs_wpa_cli
def test_global_socket(field: Field) -> None:
    path = field.folder / "global"
    field.run(global_socket=path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert WPA_CLI is not None

    def ask(*words: str) -> str:
        return field.call(str(WPA_CLI.path), "-g", str(path), *words).removesuffix("\n")

    assert ask("raw", "INTERFACES") == ""
    words = ["wlan7", str(field.config), "sim", "", field.parameters("wlan7")]
    assert ask("interface_add", *words) == "OK"
    assert ask("interface_add", *words) == "FAIL"
    assert ask("raw", "INTERFACES") == "wlan7"
    assert ask("raw", "INTERFACE_LIST") == "sim\twlan7\ta simulated air (airproof air)"
    assert "wpa_state=INACTIVE" in ask("IFNAME=wlan7", "status")
    assert ask("IFNAME=wlan9", "status") == "FAIL-NO-IFNAME-MATCH"
    assert (field.control / "wlan7").is_socket()
    assert ask("interface_remove", "wlan7") == "OK"
    assert ask("interface_remove", "wlan7") == "FAIL"
    assert not field.control.exists()


# ---- the sockets ------------------------------------------------------------------------------


def test_monitors_hear_the_story_with_its_levels(
    field: Field, client: Connect, stage: Stage
) -> None:
    field.run(field.interface())
    monitor, asking = client(field.control / "wlan0"), client(field.control / "wlan0")
    assert monitor.ask(stage, "ATTACH") == "OK\n"
    field.push_button()
    assert asking.ask(stage, "WPS_PBC") == "OK\n"
    told: list[str] = []
    stage.until(lambda: told.extend(monitor.received()) or "CONNECTED" in " ".join(told))
    assert told[:3] == [
        "<3>CTRL-EVENT-NETWORK-ADDED 0",
        "<3>WPS-PBC-ACTIVE ",
        "<3>CTRL-EVENT-SCAN-STARTED ",
    ]
    assert "<3>WPS-SUCCESS " in told


def test_clients_hear_of_the_end_last(field: Field, client: Connect, stage: Stage) -> None:
    keys = 'ssid="home"\n\tpsk="correct horse"\n\tbgscan="often:1"'
    field.config.write_text(f"{field.config.read_text()}network={{\n\t{keys}\n}}\n")
    program = field.run(field.interface())
    monitor = client(field.control / "wlan0")
    monitor.ask(stage, "ATTACH")
    told: list[str] = []
    stage.until(lambda: told.extend(monitor.received()) or "CONNECTED" in " ".join(told))
    program.close()
    last = [line for line in monitor.received() if "STATE" not in line][-2:]
    assert last[0].startswith("<3>CTRL-EVENT-DISCONNECTED bssid=02:")
    assert last[0].endswith("reason=3 locally_generated=1")
    assert last[1] == "<3>CTRL-EVENT-TERMINATING "
    logged = (field.folder / "log").read_text().splitlines()
    assert logged[-1] == "wlan0: CTRL-EVENT-TERMINATING "
    bad = "wlan0: no scans while connected: bgscan: neither simple nor learn: 'often'"
    assert logged.count(bad) == 1


def test_rubbish_leaves_the_program_up(field: Field, client: Connect, stage: Stage) -> None:
    field.run(field.interface(), global_socket=field.folder / "global")
    for path in (field.control / "wlan0", field.folder / "global"):
        asking = client(path)
        for rubbish in (b"\x00", b"\xff\xfe", b"A" * 8000, b"SET_NETWORK \xff \x00 x", b" ",
                        b"IFNAME=", b"INTERFACE_ADD \t\t", b"WPS_PIN any \x00", b"BSS -1",
                        b"SCAN freq=1-99999999999", b"SET uuid \xc3\x28"):  # fmt: skip
            asking.ask(stage, rubbish)
        assert asking.ask(stage, "PING") == "PONG\n"


def test_an_order_without_effect_is_told_in_the_log(
    field: Field, client: Connect, stage: Stage
) -> None:
    field.run(field.interface())
    assert client(field.control / "wlan0").ask(stage, "SET wps_corrupt_pkhash 1") == "OK\n"
    log = (field.folder / "log").read_text()
    assert "wlan0: without effect: SET wps_corrupt_pkhash: nothing tells the hash" in log


def test_waiting_for_a_client(field: Field, client: Connect, stage: Stage) -> None:
    field.config.write_text(
        field.config.read_text() + 'network={\n\tssid="home"\n\tpsk="correct horse"\n}\n'
    )
    field.run(field.interface(), waits=True)
    patient = client(field.control / "wlan0")
    assert patient.ask(stage, "STATUS") == "FAIL\n"
    stage.settle(0.5)
    assert not any("AP-STA-CONNECTED" in line for line in field.ap_lines)
    patient.send("ATTACH")
    stage.until(lambda: any("AP-STA-CONNECTED" in line for line in field.ap_lines))


def test_a_second_program_does_not_take_the_socket(field: Field) -> None:
    field.run(field.interface())
    with pytest.raises(AirproofError, match="another program listens"):
        field.run(InterfaceOptions(interface="wlan0", config=field.config, drivers="sim",
                                   parameters=f"air={field.air} node=other"))  # fmt: skip
    assert (field.control / "wlan0").is_socket()


def test_a_radio_that_is_not_there(field: Field) -> None:
    with pytest.raises(RadioError):
        field.run(
            InterfaceOptions(interface="wlan0", config=field.config, drivers="sim",
                             parameters="air=/nonexistent/air")
        )  # fmt: skip
    assert not field.control.exists()


def test_control_place_has_two_forms() -> None:
    assert control_place("/run/x") == (Path("/run/x"), None)
    assert control_place("DIR=/run/x GROUP=0") == (Path("/run/x"), 0)
    with pytest.raises(AirproofError):
        control_place("DIR=/run/x GROUP=nobody-has-this-group")


def test_hang_up_reads_the_file_again(field: Field, client: Connect, stage: Stage) -> None:
    field.run(field.interface())
    asking = client(field.control / "wlan0")
    field.config.write_text("device_name=other\n")
    os.kill(os.getpid(), signal.SIGHUP)
    stage.until(lambda: asking.ask(stage, "GET device_name") == "other")
    field.config.write_text("device_name=bad\nfoo=1\n")
    os.kill(os.getpid(), signal.SIGHUP)
    stage.until(lambda: "unknown key 'foo'" in (field.folder / "log").read_text())
    assert asking.ask(stage, "GET device_name") == "other"


# ---- the command line -------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["-h"], ["-v"], ["-L"], ["-?"]])
def test_texts_end_with_0(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert wpa_supplicant.main(arguments) == 0
    assert capsys.readouterr().out


def test_without_an_interface_there_is_nothing_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert wpa_supplicant.main([]) == 255
    assert "usage" in capsys.readouterr().out
    assert wpa_supplicant.main(["-i", "wlan0"]) == 255


@pytest.mark.parametrize(
    ("arguments", "status", "reason"),
    [
        (["-?"], 0, "option -? not recognized"),
        (["-c"], 0, "option -c requires argument"),
        (["-u", "-s", "-O", "/run/x"], 255, "u: D-Bus is not built"),
        (["-u", "-s", "-O", "/run/x"], 255, "options of an interface without its -i"),
        (["word"], 255, "'word': no option takes it"),
        (["word"], 255, "neither -i nor -g says what to serve"),
        (["-g", "/none/socket"], 255, "No such file or directory"),
        (["word", "-i", "wlan0", "-C", "x", "-D", "foo"], 255, "not 'foo'"),
    ],
)
def test_why_it_does_not_start(
    arguments: list[str], status: int, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert wpa_supplicant.main(arguments) == status
    told = capsys.readouterr().err.splitlines()
    assert any(line.startswith("airproof wpa_supplicant: ") and reason in line for line in told)


def test_a_file_alone_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_text("update_config=1\n")
    bad.write_text("eapol_version=7\nfoo=1\n")
    assert wpa_supplicant.main(["-c", str(good)]) == 0
    assert wpa_supplicant.main(["-c", str(bad)]) == 255
    told = capsys.readouterr().err
    assert f"{bad}:1: eapol_version: " in told
    assert f"{bad}:2: unknown key 'foo'" in told
    assert wpa_supplicant.main(["-c", str(tmp_path / "none")]) == 255


def test_in_the_background_without_a_radio(tmp_path: Path) -> None:
    if not Path("/sys/class/net/lo").exists():
        pytest.skip("there is no interface lo")
    config, pid_file, log = tmp_path / "conf", tmp_path / "pid", tmp_path / "log"
    config.write_text(f"ctrl_interface={tmp_path}/ctl\n")
    status = subprocess.run(
        [sys.executable, "-m", "harness.live.wpa_supplicant", "-B", "-Dnone", "-ilo",
         f"-c{config}", f"-P{pid_file}", f"-f{log}", f"-g{tmp_path}/global"],
        check=False, timeout=PATIENCE_S, cwd=Path(wpa_supplicant.__file__).parents[2],
    ).returncode  # fmt: skip
    assert status == 0
    pid = int(pid_file.read_text())
    try:
        assert (tmp_path / "ctl" / "lo").is_socket()
    finally:
        os.kill(pid, signal.SIGTERM)
    limit = time.monotonic() + PATIENCE_S
    while pid_file.exists() and time.monotonic() < limit:
        time.sleep(0.02)
    assert not pid_file.exists()
    assert not (tmp_path / "ctl").exists()
    assert not (tmp_path / "global").exists()


INITIALIZED = "Successfully initialized wpa_supplicant"
"""What scripts look for in wpa_supplicant's output."""


@pytest.mark.parametrize("option", ["-P", "-f"])
def test_a_file_that_cannot_be_written_does_not_keep_it_from_starting(
    tmp_path: Path, option: str
) -> None:
    """As with wpa_supplicant 2.10; the reason is told."""
    command = [sys.executable, "-m", "harness.live.wpa_supplicant", f"-g{tmp_path}/global"]
    process = subprocess.Popen(
        [*command, option, "/none/file"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        cwd=Path(wpa_supplicant.__file__).parents[2],
    )  # fmt: skip
    try:
        limit = time.monotonic() + PATIENCE_S
        while not (tmp_path / "global").exists() and time.monotonic() < limit:
            time.sleep(0.02)
        assert process.stdout is not None
        said = {process.stdout.readline() for _ in range(2)}
        assert said == {"/none/file: No such file or directory\n", f"{INITIALIZED}\n"}
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0


@needs_wpa_cli
def test_a_global_socket_may_be_abstract(field: Field) -> None:
    name = f"@abstract:airproof-test-{os.getpid()}"
    field.run(field.interface(), global_socket=Path(name))
    assert WPA_CLI is not None
    assert field.call(str(WPA_CLI.path), "-g", name, "raw", "INTERFACES") == "wlan0\n"
    with pytest.raises(AirproofError, match="another program listens"):
        ControlServer(field.stage.loop, Path(name), str)


# ---- the address on the air -------------------------------------------------------------------


def test_a_random_address_and_a_reassociation(field: Field, client: Connect) -> None:
    field.run(field.interface())
    own = client(field.control / "wlan0")

    def told(command: str) -> str:
        return own.ask(field.stage, command)

    def status() -> dict[str, str]:
        return dict(line.split("=", 1) for line in told("STATUS").splitlines())

    permanent = status()["address"]
    told("ADD_NETWORK")
    told('SET_NETWORK 0 ssid "home"')
    told('SET_NETWORK 0 psk "correct horse"')
    assert told("SET_NETWORK 0 mac_addr 1") == "OK\n"
    told("SELECT_NETWORK 0")
    field.stage.until(lambda: status()["wpa_state"] == "COMPLETED")
    address = status()["address"]
    assert address != permanent
    field.stage.until(lambda: f"AP-STA-CONNECTED {address}" in field.ap_lines)
    stations = field.ap_lines.count(f"AP-STA-CONNECTED {address}")
    assert told("REASSOCIATE") == "OK\n"
    field.stage.until(lambda: field.ap_lines.count(f"AP-STA-CONNECTED {address}") > stations)
    field.stage.until(lambda: status()["wpa_state"] == "COMPLETED")
