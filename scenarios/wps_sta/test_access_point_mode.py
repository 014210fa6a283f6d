"""A station that is an access point by a network of mode 2 (README-WPS-station)."""

from __future__ import annotations

from harness.lab import MUST, SHOULD, Bss, Lab, requirement
from harness.lab.devices.interface import StationDevice
from harness.wire.dot11.frames import Beacon
from harness.wire.wsc import M1, M2, M2D, M4, M8, WscDone

PIN, OTHER_PIN = "12345670", "11111118"
HOME = Bss(ssid="home", passphrase="correct horse")


def in_ap_mode(lab: Lab, *further: str) -> StationDevice:
    """A station that is an access point of the network `HOME`."""
    sta = lab.sta()
    sta.become_access_point(HOME, *further)
    return sta


@requirement("wps.sta.ap.status", "README-WPS-station: AP mode interface", MUST)
def test_the_status_says_access_point(lab: Lab) -> None:
    """STATUS says mode=AP, and Beacons say that WPS is configured."""
    sta = in_ap_mode(lab)

    shown = sta.control("STATUS").splitlines()
    assert "mode=AP" in shown
    assert "wpa_state=COMPLETED" in shown
    assert "ssid=home" in shown
    lab.air.expect(Beacon, from_=sta, wsc__wps_state=2)


@requirement("wps.sta.ap.pbc", "README-WPS-station: AP mode interface", MUST)
def test_the_button_enrols_another_station(lab: Lab) -> None:
    """WPS_PBC in AP mode takes in a station that pushed its button."""
    sta, guest = in_ap_mode(lab), lab.sta("guest")

    sta.expect_reply("WPS_PBC", "OK\n")
    sta.expect_event("WPS-PBC-ACTIVE ")
    guest.push_button()

    lab.air.expect(M8, from_=sta, to=guest, within=60)
    lab.air.expect(WscDone, from_=guest, to=sta)
    sta.expect_event(f"WPS-REG-SUCCESS {guest.address} ")
    sta.expect_event("WPS-SUCCESS ")
    sta.expect_event(f"AP-STA-CONNECTED {guest.address}", within=30)
    guest.expect_stored(HOME)


@requirement("wps.sta.ap.pbc-overlap", "WSC 2.0, 11.3: session overlap", MUST)
def test_the_button_is_refused_during_an_overlap(lab: Lab) -> None:
    """WPS_PBC in AP mode fails while two stations have their buttons pushed."""
    sta = in_ap_mode(lab)
    first, second = lab.sta("first"), lab.sta("second")

    first.push_button()
    second.push_button()
    sta.expect_event("WPS-OVERLAP-DETECTED ", within=30)

    sta.expect_reply("WPS_PBC", "FAIL-PBC-OVERLAP\n")


@requirement("wps.sta.ap.pin", "README-WPS-station: wps_pin any 12345670", MUST)
def test_a_pin_enrols_another_station(lab: Lab) -> None:
    """WPS_PIN in AP mode takes in the station that has this PIN."""
    sta, guest = in_ap_mode(lab), lab.sta("guest")

    sta.expect_reply(f"WPS_PIN any {PIN}", PIN)
    guest.enter_pin(PIN)

    lab.air.expect(M8, from_=sta, to=guest, within=60)
    sta.expect_event("WPS-SUCCESS ")
    sta.expect_event(f"AP-STA-CONNECTED {guest.address}", within=30)


@requirement("wps.sta.ap.pin-expires", "README-WPS-station: wps_pin any 12345670 300", MUST)
def test_a_pin_expires(lab: Lab) -> None:
    """A PIN given with an expiration time is not used after it."""
    sta, guest = in_ap_mode(lab), lab.sta("guest")

    sta.expect_reply(f"WPS_PIN any {PIN} 5", PIN)
    lab.air.refuse(M1, within=7)
    guest.enter_pin(PIN)

    lab.air.expect(M2D, from_=sta, to=guest, within=60)
    lab.air.refuse(M2, from_=sta)


@requirement("wps.sta.ap.pin-lasts", "README-WPS-station: wps_pin any 12345670 300", MUST)
def test_a_pin_is_good_until_it_expires(lab: Lab) -> None:
    """A PIN given with an expiration time is used before it."""
    sta, guest = in_ap_mode(lab), lab.sta("guest")

    sta.expect_reply(f"WPS_PIN any {PIN} 300", PIN)
    lab.air.refuse(M1, within=7)
    guest.enter_pin(PIN)

    lab.air.expect(M8, from_=sta, to=guest, within=60)


@requirement("wps.sta.ap.cancel", "README-WPS-station: wps_cancel", SHOULD)
def test_the_button_can_be_cancelled(lab: Lab) -> None:
    """WPS_CANCEL in AP mode ends the push-button mode."""
    sta, guest = in_ap_mode(lab), lab.sta("guest")

    sta.expect_reply("WPS_PBC", "OK\n")
    sta.expect_reply("WPS_CANCEL", "OK\n")
    guest.push_button()

    lab.air.refuse(M2, from_=sta, within=20)


@requirement("wps.sta.ap.ap-pin", "README-WPS-station: AP PIN", SHOULD)
def test_an_ap_pin_is_set_and_forgotten(lab: Lab) -> None:
    """WPS_AP_PIN in AP mode sets, tells and disables the PIN of the access point."""
    sta = in_ap_mode(lab)

    sta.expect_reply("WPS_AP_PIN get", "FAIL\n")
    sta.expect_reply(f"WPS_AP_PIN set {OTHER_PIN}", OTHER_PIN)
    sta.expect_reply("WPS_AP_PIN get", OTHER_PIN)
    sta.expect_reply("WPS_AP_PIN disable", "OK\n")
    sta.expect_reply("WPS_AP_PIN get", "FAIL\n")


@requirement("wps.sta.ap.registrar", "README-WPS-station: wps_reg", SHOULD)
def test_another_station_learns_by_the_ap_pin(lab: Lab) -> None:
    """An external Registrar that knows the AP PIN learns the settings."""
    sta, guest = in_ap_mode(lab), lab.sta("guest")

    pin = sta.control("WPS_AP_PIN random")
    guest.expect_reply(f"WPS_REG {sta.address} {pin}", "OK\n")

    lab.air.expect(M4, from_=guest, to=sta, within=60)
    guest.expect_event("WPS-CRED-RECEIVED ")
    guest.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {sta.address}", within=30)
    guest.expect_stored(HOME)


@requirement("wps.sta.ap.no-ap-pin", "README-WPS-station: AP mode interface", MUST)
def test_a_plain_station_has_no_ap_pin(lab: Lab) -> None:
    """WPS_AP_PIN fails on a station that is no access point."""
    lab.sta().expect_reply("WPS_AP_PIN random", "FAIL\n")


@requirement("wps.sta.ap.stations", "README-WPS-station: AP mode interface", SHOULD)
def test_its_stations_are_shown(lab: Lab) -> None:
    """STA-FIRST and STA show the station that joined."""
    sta, guest = in_ap_mode(lab), lab.sta("guest")

    sta.expect_reply("WPS_PBC", "OK\n")
    guest.push_button()
    sta.expect_event(f"AP-STA-CONNECTED {guest.address}", within=60)

    assert sta.control("STA-FIRST").startswith(f"{guest.address}\n")
    assert "[AUTHORIZED]" in sta.control(f"STA {guest.address}")


@requirement("wps.sta.ap.off", "wpa_supplicant.conf: wps_disabled", SHOULD)
def test_wps_can_be_off(lab: Lab) -> None:
    """With wps_disabled=1 the access point has no WPS."""
    sta = in_ap_mode(lab, "wps_disabled 1")

    lab.air.expect(Beacon, from_=sta, within=2, wsc=None)


@requirement("wps.sta.ap.ends", "README-WPS-station: AP mode interface", MUST)
def test_the_access_point_is_ended(lab: Lab) -> None:
    """DISCONNECT ends AP mode, and no Beacon follows."""
    sta = in_ap_mode(lab)

    lab.air.expect(Beacon, from_=sta, within=2)
    sta.expect_reply("DISCONNECT", "OK\n")
    ended = sta.expect_event("AP-DISABLED ")

    lab.air.refuse(Beacon, from_=sta, within=2, where=lambda beacon: beacon.t > ended.t + 0.1)
