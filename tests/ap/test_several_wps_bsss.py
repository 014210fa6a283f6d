"""Several BSSs with WPS in one file: each has its own AP PIN, lock and description of the device.

What each shows and whom it lets in is as with hostapd 2.10.
"""

from __future__ import annotations

import pytest
from ap_registrar import RegisteringStation
from ap_stage import ALICE, BOB, ScriptedStation
from test_control import FILE, Desk
from test_external_registrar import failures, learned, shows_lock

from harness.wire.dot11.frames import ProbeResponse
from harness.wire.wsc.element import WscBeacon, WscProbeResponse

FIRST = FILE + "ap_pin=12345670\ndevice_name=First\nmanufacturer=One\n"
SECOND = "bss=wlan0-1\nssid=guest\nwpa=2\nrsn_pairwise=CCMP\nwpa_passphrase=guest pass\n"
SECOND += "wps_state=2\neap_server=1\n"
LOCKED, UNLOCKED = "WPS-AP-SETUP-LOCKED ", "WPS-AP-SETUP-UNLOCKED "


def registrar(desk: Desk, interface: str, pin: str) -> RegisteringStation:
    station = RegisteringStation(desk, ALICE, interface)
    station.register(pin)
    desk.advance(1)
    return station


def told(desk: Desk, line: str) -> list[str]:
    """Where an event was told, in order."""
    return [
        str(event.fields["interface"])
        for event, rendered in zip(desk.events, desk.lines, strict=True)
        if rendered == line
    ]


def shown(desk: Desk, interface: str) -> WscProbeResponse:
    ScriptedStation(desk, BOB, interface).probe()
    answer = desk.last(ProbeResponse, BOB)
    assert isinstance(answer, ProbeResponse)
    octets = answer.elements.wsc
    assert octets is not None
    return WscProbeResponse.decode(octets)


# ---- external registrars ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "pin"),
    [
        ("", "12345670"),
        ("ap_pin=11112222\n", "12345670"),
        ("ap_pin=12345670\nap_setup_locked=1\n", "12345670"),
    ],
)
def test_a_bss_is_not_open_to_registrars_by_another_s_pin(second: str, pin: str) -> None:
    desk = Desk(FIRST + SECOND + second)
    station = registrar(desk, "wlan0-1", pin)
    assert failures(station)
    assert learned(registrar(desk, "wlan0", "12345670")).ssid == b"home"


def test_each_bss_has_its_own_pin() -> None:
    desk = Desk(FIRST + SECOND + "ap_pin=11112222\n")
    assert desk.ask("WPS_AP_PIN get") == "12345670"
    assert desk.ask("WPS_AP_PIN get", "wlan0-1") == "11112222"
    assert learned(registrar(desk, "wlan0-1", "11112222")).ssid == b"guest"
    desk.ask("DISABLE")
    desk.ask("ENABLE")
    assert desk.ask("WPS_AP_PIN get", "wlan0-1") == "11112222"
    assert desk.ask("WPS_AP_PIN set 33334444", "wlan0-1") == "33334444"
    assert desk.ask("WPS_AP_PIN get") == "33334444"
    assert desk.ask("RELOAD_CONFIG") == "OK\n"
    assert desk.ask("WPS_AP_PIN get") == "12345670"
    assert desk.ask("WPS_AP_PIN get", "wlan0-1") == "11112222"


def test_each_bss_has_its_own_lock() -> None:
    desk = Desk(FIRST + SECOND + "ap_pin=11112222\nap_setup_locked=1\n")
    assert shows_lock(desk) == (False, False)
    assert shows_lock(desk, "wlan0-1") == (True, True)
    desk.events.clear()
    assert desk.ask("WPS_AP_PIN set 33334444") == "33334444"
    assert told(desk, UNLOCKED) == ["wlan0-1"]
    assert shows_lock(desk, "wlan0-1") == (False, False)


# ---- what is shown ----------------------------------------------------------------------------


def test_each_bss_describes_the_device_itself() -> None:
    own = "device_name=Second\nserial_number=9\nconfig_methods=push_button\nwps_rf_bands=ag\n"
    own += "uuid=99999999-2222-3333-4444-555555555555\ndevice_type=6-0050F204-2\n"
    desk = Desk(FIRST + SECOND + own)
    first, second = shown(desk, "wlan0"), shown(desk, "wlan0-1")
    assert (first.device_name, first.manufacturer) == ("First", "One")
    assert (second.device_name, second.manufacturer.strip()) == ("Second", "")
    assert (second.serial_number, second.config_methods, second.rf_bands) == ("9", 0, 3)
    assert second.uuid_e.hex() == "99999999222233334444555555555555"
    assert second.primary_device_type.hex() == "00060050f2040002"
    assert first.uuid_e != second.uuid_e


def test_a_bss_without_uuid_has_the_first_one_s() -> None:
    uuid = "11111111-2222-3333-4444-555555555555"
    desk = Desk(FIRST + f"uuid={uuid}\n" + SECOND)
    assert {shown(desk, name).uuid_e.hex() for name in ("wlan0", "wlan0-1")} == {
        uuid.replace("-", "")
    }


def test_a_button_is_shown_by_each_with_its_own_methods() -> None:
    desk = Desk(FIRST + SECOND + "config_methods=label\n")
    desk.ask("WPS_PBC")
    methods = {}
    for name in ("wlan0", "wlan0-1"):
        octets = desk.beacon(name).elements.wsc
        assert octets is not None
        methods[name] = WscBeacon.decode(octets).selected_registrar_config_methods
    assert methods == {"wlan0": 0x2288, "wlan0-1": 0x0484}


def test_a_channel_switch_leaves_each_its_description() -> None:
    desk = Desk(FIRST + SECOND + "device_name=Second\n")
    desk.ask("CHAN_SWITCH 5 2437")
    desk.advance(2)
    assert shown(desk, "wlan0-1").device_name == "Second"
