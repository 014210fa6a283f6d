"""How others see our access point: iw's reading of its elements, wpa_supplicant's flags, iwd's.

Each view of ours is the view that the same programs have of the real hostapd.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from bystander import Bystander

from harness.lab import PMF_OPTIONAL, Bss, Lab
from harness.lab.devices.interface import AccessPointDevice
from harness.lab.devices.iwd_service import NETWORK, STATION
from harness.lab.devices.iwd_station import IwdStation
from harness.lab.scene import Setting
from harness.radio.hwsim import HwsimAir

REASON = HwsimAir.usable()
pytestmark = pytest.mark.skipif(REASON is not None, reason=f"mac80211_hwsim: {REASON}")

PIN = "12345670"
ROUTER = {
    "uuid": "87654321-9abc-def0-1234-56789abc0000", "device_name": "Wireless AP",
    "manufacturer": "Company", "model_name": "WAP", "model_number": "123",
    "serial_number": "12345", "device_type": "6-0050F204-1",
}
HOME = Bss(ssid="home", passphrase="correct horse", wps=True)
OPEN = Bss(ssid="home", wps=True)
MIXED = Bss(ssid="home", passphrase="correct horse", wps=True, mixed=True)
TRANSITION = Bss(
    ssid="home", passphrase="correct horse", wps=True, sae=True, transition=True, pmf=PMF_OPTIONAL
)
WITHOUT = Bss(ssid="home", passphrase="correct horse")
SETTLED_S = 0.5
COMPARED = (
    "capability", "SSID", "Supported rates", "Extended supported rates", "RSN", "WPA", "WPS",
)

Act = Callable[[AccessPointDevice], object]


def nothing(ap: AccessPointDevice) -> None:
    """The access point is left alone."""


def push(ap: AccessPointDevice) -> None:
    ap.expect_reply("WPS_PBC", "OK\n")


def any_pin(ap: AccessPointDevice) -> None:
    ap.expect_reply(f"WPS_PIN any {PIN}", "OK\n")


def pin_for_another(ap: AccessPointDevice) -> None:
    other = "53b63a98-d29e-4457-a2ed-094d7e6a669c"
    ap.expect_reply(f"WPS_PIN {other} {PIN} 300 00:11:22:33:44:55", "OK\n")


CASES = {
    "idle": (HOME, {}, nothing, "[WPA2-PSK-CCMP][WPS][ESS]", "psk"),
    "button": (HOME, {}, push, "[WPA2-PSK-CCMP][WPS-PBC][ESS]", "psk"),
    "pin": (HOME, {}, any_pin, "[WPA2-PSK-CCMP][WPS-AUTH][ESS]", "psk"),
    "other-pin": (HOME, {}, pin_for_another, "[WPA2-PSK-CCMP][WPS-PIN][ESS]", "psk"),
    "locked": (
        HOME, {"ap_pin": PIN, "ap_setup_locked": "1"}, nothing, "[WPA2-PSK-CCMP][WPS][ESS]", "psk"
    ),
    "unconfigured": (OPEN, {"wps_state": "1"}, nothing, "[WPS][ESS]", "open"),
    "open": (OPEN, {}, push, "[WPS-PBC][ESS]", "open"),
    "mixed": (MIXED, {}, nothing, "[WPA-PSK-TKIP][WPA2-PSK-CCMP][WPS][ESS]", "psk"),
    "transition": (TRANSITION, {}, push, "[WPA2-PSK+SAE-CCMP][WPS-PBC][ESS]", "psk"),
    "without": (WITHOUT, {}, nothing, "[WPA2-PSK-CCMP][ESS]", "psk"),
}
"""The BSS, further lines, what is done; wpa_supplicant's flags, iwd's type of network."""

Case = tuple[Bss, dict[str, str], Act, str, str]
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


def stage(kind: str, sta: str, folder: Path) -> Lab:
    folder.mkdir()
    return Lab(Setting("hwsim", kind, sta, "1", folder), HwsimAir())


def set_up(lab: Lab, case: Case) -> AccessPointDevice:
    bss, keys, act, *_ = case
    ap = lab.ap(bss, keys=ROUTER | keys)
    act(ap)
    lab.world.step_until(lab.world.now() + SETTLED_S)
    return ap


def sections(printed: str) -> dict[str, list[str]]:
    """What iw prints of one BSS, by the words before the colon."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in printed.splitlines()[1:]:
        if line.startswith("\t") and not line.startswith("\t\t"):
            name, _, rest = line.strip().partition(":")
            current = found.setdefault(name, [])
            line = rest
        current.append(line.strip())
    return found


def view_of_iw(kind: str, case: Case, folder: Path) -> dict[str, list[str]]:
    lab = stage(kind, "wpa_supplicant", folder)
    try:
        set_up(lab, case)
        bystander = Bystander(lab, folder)
        bystander.up()
        arguments = ["dev", bystander.interface, "scan", "freq", "2412"]
        seen = sections(bystander.run("iw", arguments, 20))
    finally:
        lab.close()
    return {name: lines for name, lines in seen.items() if name in COMPARED}


@every_case
def test_iw_reads_our_elements_as_hostapd_s(case: Case, tmp_path: Path) -> None:
    ours = view_of_iw("airproof", case, tmp_path / "ours")
    theirs = view_of_iw("hostapd", case, tmp_path / "theirs")
    assert {"SSID", "capability"} <= set(theirs)
    assert ("WPS" in theirs) == case[0].wps
    assert ours == theirs


@every_case
@pytest.mark.parametrize("kind", ["airproof", "hostapd"])
def test_wpa_supplicant_s_flags(kind: str, case: Case, tmp_path: Path) -> None:
    lab = stage(kind, "wpa_supplicant", tmp_path / "lab")
    try:
        ap, sta = set_up(lab, case), lab.sta()
        sta.expect_reply("SCAN freq=2412", "OK\n")
        sta.expect_event("CTRL-EVENT-SCAN-RESULTS", within=10)
        _, line = sta.control("SCAN_RESULTS").splitlines()
        bssid, frequency, _, flags, ssid = line.split("\t")
        assert (bssid, frequency, flags, ssid) == (str(ap.address), "2412", case[3], "home")
    finally:
        lab.close()


@pytest.mark.parametrize("name", ["idle", "open", "mixed", "transition"])
@pytest.mark.parametrize("kind", ["airproof", "hostapd"])
def test_iwd_s_networks(kind: str, name: str, tmp_path: Path) -> None:
    lab = stage(kind, "iwd", tmp_path / "lab")
    try:
        set_up(lab, CASES[name])
        sta = lab.sta()
        assert isinstance(sta, IwdStation)
        iwd = sta.iwd
        iwd.call(STATION, "Scan")
        assert sta.wait(lambda: iwd.find(NETWORK, Name="home") is not None, 10)
        ((path, signal),) = iwd.ask(STATION, "GetOrderedNetworks")[0]
        assert iwd.get(path, NETWORK, "Name") == "home"
        assert iwd.get(path, NETWORK, "Type") == CASES[name][4]
        assert signal == -3000
    finally:
        lab.close()
