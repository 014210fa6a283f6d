"""wpa_cli and hostapd_cli at a terminal: prompt, history, completion, events, and the way out.

The real programs and ours are behind them in turn, and the screens must be the same.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cli_stage import ApLab, Lab, needs_lab
from programs import PATIENCE_S
from terminal import UP, Terminal

pytestmark = needs_lab

LEFT_OUT = (
    "<3>CTRL-EVENT-SUBNET-STATUS-UPDATE", "<3>CTRL-EVENT-DSCP-POLICY", "<3>CTRL-EVENT-EAP-SUCCESS",
    "<3>CTRL-EVENT-SCAN-", "<3>WPS-AP-AVAILABLE", "<3>CTRL-EVENT-NETWORK-NOT-FOUND", "tsf=",
    "beacon_ie=", "ie=", "age=", "update_idx=",
)  # fmt: skip
"""What only one of the programs has, and what two runs do not have as often."""


def shown(lab: Lab, terminal: Terminal) -> list[str]:
    return [lab.named(line) for line in terminal.lines() if not line.startswith(LEFT_OUT)]


def at_the_station(lab: Lab) -> list[str]:
    options = ("-p", str(lab.control), "-i", "wlan0")
    with Terminal("wpa_cli", lab.folder, *options) as terminal:
        terminal.until("> ")
        terminal.enter("ping", "PONG")
        terminal.press(UP + "\r")
        terminal.until("PONG")
        terminal.press("list_netw\t\r")
        terminal.until("flags")
        terminal.enter("foo", "Unknown")
        terminal.enter("wps_pin", "no display")
        lab.ask_ap("wps_pbc")
        terminal.enter("wps_pbc", "OK")
        terminal.until("CTRL-EVENT-CONNECTED")
        terminal.enter("get_network 0 psk", "*")
        terminal.press("bss 02:\t\r")
        terminal.until("est_throughput")
        terminal.rest()
        terminal.enter("disconnect", "CTRL-EVENT-DISCONNECTED")
        lab.ask("add_network")
        lab.ask('raw SET_NETWORK 1 ssid "wps test"')
        lab.ask("raw SET_NETWORK 1 mem_only_psk 1")
        lab.ask("select_network 1")
        terminal.until("needed for SSID")
        terminal.enter('psk_passphrase 1 "12345678"', "CTRL-EVENT-CONNECTED")
        terminal.press("quit\r")
        terminal.rest()
        assert terminal.process.wait(PATIENCE_S) == 0
        return shown(lab, terminal)


def at_the_access_point(lab: Lab) -> list[str]:
    options = ("-p", str(lab.folder / "ctl"), "-i", "wlan0")
    with Terminal("hostapd_cli", lab.folder, *options) as terminal:
        terminal.until("> ")
        terminal.enter("ping", "PONG")
        terminal.enter("all_sta", "all_sta")
        terminal.enter("foo", "Unknown")
        terminal.enter("wps_pin", "PIN")
        terminal.enter("wps_pbc", "OK")
        lab.ask("wps_pbc")
        terminal.until("EAPOL-4WAY-HS-COMPLETED")
        lab.until("wpa_state=COMPLETED")
        terminal.enter("list_sta", str(lab.sta.address))
        terminal.enter("quti", "Unknown")
        with lab.silent_station():  # it would come back at once
            terminal.enter("disassociate " + str(lab.sta.address), "AP-STA-DISCONNECTED")
            terminal.press("quit\r")
            terminal.rest()
            assert terminal.process.wait(PATIENCE_S) == 0
        return shown(lab, terminal)


def both(make: type[Lab], folder: Path, tell: Callable[[Lab], list[str]]) -> list[list[str]]:
    found = []
    for kind in ("real", "ours"):
        lab = make(kind, folder)
        try:
            found.append(tell(lab))
        finally:
            lab.close()
    return found


def test_wpa_cli_at_a_terminal(tmp_path: Path) -> None:
    real, ours = both(Lab, tmp_path, at_the_station)
    assert ours == real


def test_hostapd_cli_at_a_terminal(tmp_path: Path) -> None:
    real, ours = both(ApLab, tmp_path, at_the_access_point)
    assert ours == real
