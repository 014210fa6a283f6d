"""The station as an access point: a network of mode 2 (README-WPS-station, External operations)."""

from __future__ import annotations

from harness.lab import MUST, Lab, requirement
from harness.wire.dot11.frames import Beacon, ProbeRequest
from harness.wire.wsc import M1, M2, M2D, M7, M8, WscNack

PIN = "12345670"
SSID, PASSPHRASE = "made by a station", "correct horse"


@requirement("wps.sta.ap-mode.pin", "README-WPS-station: wps_pin for an AP mode interface", MUST)
def test_a_pin_admits_a_station(lab: Lab) -> None:
    """WPS_PIN on an interface in AP mode lets the station with that PIN enrol."""
    ap, sta = lab.sta(name="ap"), lab.sta()
    ap.become_access_point(SSID, PASSPHRASE)

    ap.expect_reply(f"WPS_PIN any {PIN}", PIN)
    sta.expect_reply(f"WPS_PIN any {PIN}", PIN)

    lab.air.expect(M8, from_=ap, to=sta, within=60)
    ap.expect_event("WPS-REG-SUCCESS ")
    ap.expect_event("WPS-SUCCESS ")
    sta.expect_event("CTRL-EVENT-CONNECTED", within=60)
    ap.expect_event("AP-STA-CONNECTED ")


@requirement("wps.sta.ap-mode.pin-timeout", "README-WPS-station: wps_pin any <PIN> 300", MUST)
def test_a_pin_expires(lab: Lab) -> None:
    """A PIN that was given with a time is refused when that is over."""
    ap, sta = lab.sta(name="ap"), lab.sta()
    ap.become_access_point(SSID, PASSPHRASE)

    ap.expect_reply(f"WPS_PIN any {PIN} 1", PIN)
    lab.air.refuse(M1, within=3)
    sta.expect_reply(f"WPS_PIN any {PIN}", PIN)

    m1 = lab.air.expect(M1, from_=sta, to=ap, within=60)
    lab.air.expect(M2D, from_=ap, to=sta, within=5)
    lab.air.refuse(M2, from_=ap, after=m1)


@requirement("wps.sta.ap-mode.push-button", "sta-control 3.7: WPS_PBC in AP mode", MUST)
def test_the_button_is_the_access_points(lab: Lab) -> None:
    """WPS_PBC on an interface in AP mode activates its own push button."""
    ap, sta = lab.sta(name="ap"), lab.sta()
    ap.become_access_point(SSID, PASSPHRASE)

    ap.expect_reply("WPS_PBC", "OK\n")
    lab.air.expect(
        Beacon, from_=ap, within=5, where=lambda beacon: beacon.wsc.selected_registrar,
        wsc__device_password_id=4,
    )  # fmt: skip
    sta.expect_reply("WPS_PBC", "OK\n")

    lab.air.expect(M8, from_=ap, to=sta, within=60)
    ap.expect_event("WPS-PBC-DISABLE ")
    sta.expect_event("CTRL-EVENT-CONNECTED", within=60)


@requirement("wps.sta.ap-mode.overlap", "sta-control 3.7: FAIL-PBC-OVERLAP", MUST)
def test_two_pushed_buttons_overlap(lab: Lab) -> None:
    """With two stations that ask by push button, the access point's button is refused."""
    ap, sta, other = lab.sta(name="ap"), lab.sta(), lab.sta(name="other")
    ap.become_access_point(SSID, PASSPHRASE)

    sta.expect_reply("WPS_PBC", "OK\n")
    other.expect_reply("WPS_PBC", "OK\n")
    lab.air.expect(ProbeRequest, from_=sta, within=10, where=lambda probe: probe.wsc is not None)
    lab.air.expect(ProbeRequest, from_=other, within=10, where=lambda probe: probe.wsc is not None)
    lab.air.refuse(M1, within=2)

    ap.expect_reply("WPS_PBC", "FAIL-PBC-OVERLAP\n")


@requirement("wps.sta.ap-mode.ap-pin", "sta-control 3.7: WPS_AP_PIN", MUST)
def test_the_ap_pin_comes_and_goes(lab: Lab) -> None:
    """WPS_AP_PIN sets, shows and disables the AP PIN; a station that is none has no such PIN."""
    ap = lab.sta(name="ap")
    ap.expect_reply("WPS_AP_PIN get", "FAIL\n")
    ap.become_access_point(SSID, PASSPHRASE)

    ap.expect_reply("WPS_AP_PIN get", "FAIL\n")
    ap.expect_reply(f"WPS_AP_PIN set {PIN}", PIN)
    ap.expect_reply("WPS_AP_PIN get", PIN)
    ap.expect_reply("WPS_AP_PIN disable", "OK\n")

    ap.expect_reply("WPS_AP_PIN get", "FAIL\n")


@requirement("wps.sta.ap-mode.learned", "sta-control 3.7: WPS_AP_PIN and WPS_REG", MUST)
def test_its_settings_are_learned_with_the_ap_pin(lab: Lab) -> None:
    """A registrar that knows the AP PIN learns the settings in M7 and joins."""
    ap, sta = lab.sta(name="ap"), lab.sta()
    ap.become_access_point(SSID, PASSPHRASE)

    ap.expect_reply(f"WPS_AP_PIN set {PIN}", PIN)
    sta.expect_reply(f"WPS_REG {ap.addresses[0]} {PIN}", "OK\n")

    lab.air.expect(M7, from_=ap, to=sta, within=60)
    lab.air.expect(WscNack, from_=sta, to=ap, within=5)
    sta.expect_event("CTRL-EVENT-CONNECTED", within=60)
