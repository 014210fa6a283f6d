"""WPS on several radios of one program, against the real hostapd: what each tells and becomes.

wlan0 and wlan1 share WPS; wlan2 is independent.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from ap_ground import needs_lab
from programs import obey, ours, real, wait
from several_radios import CONFIGURED, Office, office

pytestmark = needs_lab

INDEPENDENT = "wps_independent=1\n"
AP_PIN = "ap_pin=12345670\n"
HIGH_BAND = "hw_mode=a\nchannel=36\n"
UNTOLD = ("WPS-ENROLLEE-SEEN", "EAPOL-4WAY-HS-COMPLETED")
"""How often a station probes is its own affair; hostapd 2.10 tells of no handshake after M8."""

NETWORK = (
    'network={{\nssid="net of {name}"\npsk="12345678"\nscan_ssid=1\ndisabled={disabled}\n}}\n'
)

Script = Callable[[Office], None]


def enrol(at: Office, interface: str, verb: str, *rest: str) -> None:
    at.ground.station_cli("remove_network", "all")
    at.ground.station_cli(verb, at.ground.address_of(interface), *rest)


def end(at: Office) -> None:
    at.listen(1.0)
    at.everyone("WPS_GET_STATUS")
    at.everyone("GET_CONFIG")


def commands(at: Office) -> None:
    at.ask("wlan0", "WPS_PBC")
    at.everyone("WPS_GET_STATUS")
    at.ask("wlan1", "WPS_CANCEL")
    at.everyone("WPS_GET_STATUS")
    at.ask("wlan2", "WPS_PBC")
    at.everyone("WPS_GET_STATUS")
    at.ask("wlan2", "WPS_CANCEL")
    at.ask("wlan0", "WPS_PIN any 12345670")
    at.ask("wlan1", "WPS_CANCEL")
    at.ask("wlan0", "WPS_AP_PIN set 12345670")
    at.everyone("WPS_AP_PIN get")
    at.ask("wlan1", "WPS_AP_PIN set 99956042 10")
    at.everyone("WPS_AP_PIN get")
    at.until("wlan0", "WPS-AP-PIN-DISABLED")
    at.listen()
    at.everyone("WPS_AP_PIN get")
    at.ask("wlan0", "WPS_AP_PIN set 12345670")
    at.ask("wlan1", "WPS_AP_PIN disable")
    at.everyone("WPS_AP_PIN get")


def button(at: Office) -> None:
    with at.ground.station():
        at.ask("wlan0", "WPS_PBC")
        enrol(at, "wlan1", "wps_pbc")
        at.until("wlan1", "4WAY-HS-COMPLETED")
        end(at)


def pin(at: Office) -> None:
    with at.ground.station():
        at.ask("wlan0", "WPS_PIN any 12345670")
        enrol(at, "wlan1", "wps_pin", "12345670")
        at.until("wlan1", "4WAY-HS-COMPLETED")
        end(at)
        enrol(at, "wlan0", "wps_pin", "12345670")
        at.until("wlan0", "WPS-PIN-NEEDED")


def guess(at: Office) -> None:
    with at.ground.station():
        for interface in ("wlan0", "wlan0", "wlan1"):
            enrol(at, interface, "wps_reg", "99995670")
            at.until(interface, "CTRL-EVENT-EAP-FAILURE")
            at.listen(1.0)
        at.everyone("WPS_GET_STATUS")
        at.ask("wlan0", "WPS_AP_PIN set 12345670 100")


def configure(at: Office) -> None:
    at.ask("wlan0", "WPS_CONFIG 6e6577 WPA2PSK CCMP 6161616161616161")
    end(at)
    files(at)


def files(at: Office) -> None:
    for name in ("wlan0", "wlan1", "wlan2"):
        at.note((at.ground.folder / f"{name}.conf").read_text())


def unconfigured(at: Office) -> None:
    button(at)
    files(at)


def disabled(at: Office) -> None:
    at.ask("wlan0", "DISABLE")
    at.ask("wlan0", "WPS_PBC")
    at.ask("wlan0", "ENABLE")
    at.ground.wait_for("state=ENABLED")
    at.listen()
    at.everyone("WPS_GET_STATUS")
    at.ask("wlan0", "WPS_CANCEL")


def seen(at: Office) -> None:
    """What Probe Responses say: the shared UUID, and the band as one of several."""
    with at.ground.station():
        at.ground.station_cli("scan")
        at.listen(4.0)
        for name in ("wlan0", "wlan1", "wlan2"):
            bss = at.ground.station_cli("bss", at.ground.address_of(name))
            elements = next(line for line in bss.splitlines() if line.startswith("ie="))
            at.note(f"{name} {elements[elements.index('0050f204') :]}")


def moves(at: Office) -> None:
    """A station that left the first radio unheard joins the second one.

    hostapd 2.10 goes on taking it for authenticated at the first, which is its own affair.
    """
    networks = NETWORK.format(name="wlan0", disabled=0) + NETWORK.format(name="wlan1", disabled=1)
    with at.ground.station(networks):
        at.until("wlan0", "EAPOL-4WAY-HS-COMPLETED")
        at.ground.air.isolate("sta")
        at.ground.station_cli("disconnect")
        wait("its end", lambda: "COMPLETED" not in at.ground.station_cli("status"))
        at.ground.air.isolate("sta", False)
        at.ground.station_cli("select_network", "1")
        at.until("wlan1", "EAPOL-4WAY-HS-COMPLETED")
        at.listen(1.0)
        for name in ("wlan0", "wlan1", "wlan2"):
            at.note(f"{name} has it: {'[ASSOC]' in at.ground.query('all_sta', name)}")


CASES: dict[str, tuple[Script, str, str, str]] = {
    "commands": (commands, "", "", INDEPENDENT),
    "button": (button, "", "", INDEPENDENT),
    "pin": (pin, "", "", INDEPENDENT),
    "guess": (guess, AP_PIN, AP_PIN, INDEPENDENT + AP_PIN),
    "configure": (configure, "", "", INDEPENDENT),
    "disabled": (disabled, "", "", INDEPENDENT),
    "moves": (moves, "", "", INDEPENDENT),
    "seen": (seen, "", HIGH_BAND, INDEPENDENT),
}


def play(folder: Path, program: tuple[str, ...], script: Script, *lines: str) -> list[str]:
    with office(folder, program, *lines) as at:
        script(at)
        return [line for line in at.notes if not any(each in line for each in UNTOLD)]


@pytest.mark.parametrize("name", CASES)
def test_radios_share_wps_as_hostapds_do(name: str, tmp_path: Path) -> None:
    script, *lines = CASES[name]
    files = [CONFIGURED + line for line in lines]
    obey("US")
    expected = play(tmp_path / "real", real(), script, *files)
    assert play(tmp_path / "ours", ours(), script, *files) == expected


def test_the_first_enrollee_configures_every_radio(tmp_path: Path) -> None:
    files = ["wps_state=1\n", "wps_state=1\n", "wps_state=1\n" + INDEPENDENT]
    expected = play(tmp_path / "real", real(), unconfigured, *files)
    assert any("ssid=net of wlan1" in line for line in expected if line.startswith("wlan0"))
    assert play(tmp_path / "ours", ours(), unconfigured, *files) == expected
