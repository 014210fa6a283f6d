"""The AP PIN, and the AP as the Enrollee of an external Registrar (README-WPS-access-point)."""

from __future__ import annotations

from harness.lab import MUST, SHOULD, Lab, requirement
from harness.lab.devices.interface import AccessPointDevice, StationDevice
from harness.wire.dot11.frames import Beacon
from harness.wire.wsc import M1, M2, M3, M5, M7, M8, WscDone, WscNack
from harness.wire.wsc.device import ConfigurationError

PIN, OTHER_PIN = "12345670", "11111118"
NEW_SSID, NEW_KEY = b"testing", b"12345678"
NEW = f"{NEW_SSID.hex()} WPA2PSK CCMP {NEW_KEY.hex()}"
LOCKED, AUTHENTICATION = (
    ConfigurationError.SETUP_LOCKED, ConfigurationError.DEVICE_PASSWORD_AUTH_FAILURE
)


@requirement("wps.ap.ap-pin.none", "README-WPS-access-point: wps_ap_pin get", MUST)
def test_there_is_no_ap_pin_at_first(lab: Lab) -> None:
    """WPS_AP_PIN get fails while there is no AP PIN."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply("WPS_AP_PIN get", "FAIL\n")


@requirement("wps.ap.ap-pin.static", "README-WPS-access-point: ap_pin", MUST)
def test_the_ap_pin_of_the_file_is_there(lab: Lab) -> None:
    """WPS_AP_PIN get gives the static AP PIN of the configuration."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True, keys={"ap_pin": PIN})

    ap.expect_reply("WPS_AP_PIN get", PIN)


@requirement("wps.ap.ap-pin.set", "README-WPS-access-point: wps_ap_pin set", MUST)
def test_an_ap_pin_is_set(lab: Lab) -> None:
    """WPS_AP_PIN set answers with the PIN, which get gives from then on."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply(f"WPS_AP_PIN set {PIN}", PIN)

    ap.expect_reply("WPS_AP_PIN get", PIN)


@requirement("wps.ap.ap-pin.random", "README-WPS-access-point: wps_ap_pin random", MUST)
def test_an_ap_pin_is_drawn(lab: Lab) -> None:
    """WPS_AP_PIN random answers with a PIN of eight digits with the right checksum."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    pin = ap.control("WPS_AP_PIN random")

    assert len(pin) == 8
    ap.expect_reply(f"WPS_CHECK_PIN {pin}", pin)
    ap.expect_reply("WPS_AP_PIN get", pin)


@requirement("wps.ap.ap-pin.random-anew", "README-WPS-access-point: wps_ap_pin random", SHOULD)
def test_another_ap_pin_is_drawn(lab: Lab) -> None:
    """WPS_AP_PIN random gives another PIN each time."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    assert ap.control("WPS_AP_PIN random") != ap.control("WPS_AP_PIN random")


@requirement("wps.ap.ap-pin.disable", "README-WPS-access-point: wps_ap_pin disable", MUST)
def test_an_ap_pin_is_disabled(lab: Lab) -> None:
    """WPS_AP_PIN disable takes the AP PIN away."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True, keys={"ap_pin": PIN})

    ap.expect_reply("WPS_AP_PIN disable", "OK\n")

    ap.expect_reply("WPS_AP_PIN get", "FAIL\n")


@requirement("wps.ap.ap-pin.timeout", "README-WPS-access-point: [timeout]", MUST)
def test_an_ap_pin_times_out(lab: Lab) -> None:
    """An AP PIN with a timeout is disabled then, and the event says so."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply(f"WPS_AP_PIN set {PIN} 10", PIN)
    ap.expect_event("WPS-AP-PIN-DISABLED ", within=12)

    ap.expect_reply("WPS_AP_PIN get", "FAIL\n")


@requirement("wps.ap.ap-pin.random-timeout", "README-WPS-access-point: random [timeout]", MUST)
def test_a_drawn_ap_pin_times_out(lab: Lab) -> None:
    """A random AP PIN with a timeout is disabled then, and the event says so."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    pin = ap.control("WPS_AP_PIN random 10")
    ap.expect_reply("WPS_AP_PIN get", pin)
    ap.expect_event("WPS-AP-PIN-DISABLED ", within=12)

    ap.expect_reply("WPS_AP_PIN get", "FAIL\n")


@requirement("wps.ap.ap-pin.in-time", "README-WPS-access-point: [timeout]", MUST)
def test_an_ap_pin_is_there_until_it_times_out(lab: Lab) -> None:
    """An AP PIN with a timeout is there before."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply(f"WPS_AP_PIN set {PIN} 30", PIN)
    lab.air.refuse(M1, within=20)

    ap.expect_reply("WPS_AP_PIN get", PIN)


@requirement("wps.ap.ap-pin.long", "README-WPS-access-point: wps_ap_pin set", SHOULD)
def test_a_long_ap_pin_is_refused(lab: Lab) -> None:
    """WPS_AP_PIN set fails with more than eight digits."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply("WPS_AP_PIN set 123456789", "FAIL\n")


@requirement("wps.ap.er.learns", "README-WPS-access-point: learn the current AP settings", MUST)
def test_a_registrar_learns_the_settings(lab: Lab) -> None:
    """With the AP PIN, an external Registrar learns the settings in M7."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True, keys={"ap_pin": PIN})
    er = lab.sta("er")

    er.expect_reply(f"WPS_REG {ap.address} {PIN}", "OK\n")

    lab.air.expect(M1, from_=ap, to=er, within=60)
    lab.air.expect(M2, from_=er, to=ap)
    lab.air.expect(M3, from_=ap, to=er)
    lab.air.expect(M5, from_=ap, to=er)
    lab.air.expect(M7, from_=ap, to=er)
    lab.air.expect(WscNack, from_=er, to=ap)
    er.expect_event("WPS-CRED-RECEIVED", within=10)


@requirement("wps.ap.er.learns-told", "README-WPS-access-point: control interface", SHOULD)
def test_a_registrar_that_learns_is_told_of(lab: Lab) -> None:
    """When the Registrar leaves with what it learned, the AP tells of M7 and no error."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True, keys={"ap_pin": PIN})
    er = lab.sta("er")

    er.expect_reply(f"WPS_REG {ap.address} {PIN}", "OK\n")

    ap.expect_event("WPS-FAIL msg=11 config_error=0", within=60)
    ap.expect_event(f"CTRL-EVENT-EAP-FAILURE {er.address}")


@requirement("wps.ap.er.configures", "README-WPS-access-point: reconfigure the AP", MUST)
def test_a_registrar_configures_the_network(lab: Lab) -> None:
    """With the AP PIN, an external Registrar changes the network."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True, keys={"ap_pin": PIN})
    er = lab.sta("er")

    er.expect_reply(f"WPS_REG {ap.address} {PIN} {NEW}", "OK\n")

    lab.air.expect(M8, from_=er, to=ap, within=60)
    lab.air.expect(WscDone, from_=ap, to=er)
    ap.expect_events("WPS-NEW-AP-SETTINGS ", "WPS-SUCCESS ")
    lab.air.expect(Beacon, from_=ap, within=5, where=lambda beacon: beacon.ssid == NEW_SSID)


@requirement("wps.ap.er.data", "README-WPS-access-point: WPS-NEW-AP-SETTINGS <hexdump>", MUST)
def test_new_settings_of_a_registrar_are_told(lab: Lab) -> None:
    """With wps_cred_processing=1, what the Registrar sent is in the event, and nothing changes."""
    ap = lab.ap(
        ssid="home", passphrase="correct horse", wps=True,
        keys={"ap_pin": PIN, "wps_cred_processing": "1"},
    )
    er = lab.sta("er")

    er.expect_reply(f"WPS_REG {ap.address} {PIN} {NEW}", "OK\n")

    event = ap.expect_event("WPS-NEW-AP-SETTINGS ", within=60)
    assert (b"\x10\x45\0\x07" + NEW_SSID).hex() in event.text
    assert (b"\x10\x27\0\x08" + NEW_KEY).hex() in event.text
    lab.air.refuse(Beacon, from_=ap, within=3, where=lambda beacon: beacon.ssid == NEW_SSID)


@requirement("wps.ap.er.file", "README-WPS-access-point: configuration updates", MUST)
def test_new_settings_of_a_registrar_are_written(lab: Lab) -> None:
    """The configuration file holds what the Registrar sent."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True, keys={"ap_pin": PIN})
    er = lab.sta("er")
    file = lab.configuration_file(ap)

    er.expect_reply(f"WPS_REG {ap.address} {PIN} {NEW}", "OK\n")
    lab.air.expect(Beacon, from_=ap, within=60, where=lambda beacon: beacon.ssid == NEW_SSID)

    lines = file.read_text().splitlines()
    assert {"wps_state=2", "ssid=testing", "wpa_passphrase=12345678"} <= set(lines)


@requirement("wps.ap.er.without-pin", "README-WPS-access-point: do not allow Registrars", MUST)
def test_without_ap_pin_no_registrar_is_let_in(lab: Lab) -> None:
    """Without an AP PIN, a Registrar is refused and learns nothing."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    er = lab.sta("er")

    er.expect_reply(f"WPS_REG {ap.address} {PIN}", "OK\n")

    lab.air.expect(M2, from_=er, to=ap, within=60)
    lab.air.expect(WscNack, from_=ap, to=er, configuration_error=LOCKED)
    lab.air.refuse(M3, from_=ap)


@requirement("wps.ap.er.disabled", "README-WPS-access-point: wps_ap_pin disable", MUST)
def test_a_disabled_ap_pin_lets_nobody_in(lab: Lab) -> None:
    """After WPS_AP_PIN disable, a Registrar is refused."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True, keys={"ap_pin": PIN})
    er = lab.sta("er")

    ap.expect_reply("WPS_AP_PIN disable", "OK\n")
    er.expect_reply(f"WPS_REG {ap.address} {PIN}", "OK\n")

    lab.air.expect(WscNack, from_=ap, to=er, within=60, configuration_error=LOCKED)
    lab.air.refuse(M3, from_=ap)


@requirement("wps.ap.er.locked", "README-WPS-access-point: ap_setup_locked", MUST)
def test_a_locked_access_point_lets_no_registrar_in(lab: Lab) -> None:
    """With ap_setup_locked=1, a Registrar is refused though it has the AP PIN."""
    ap = lab.ap(
        ssid="home", passphrase="correct horse", wps=True,
        keys={"ap_pin": PIN, "ap_setup_locked": "1"},
    )
    er = lab.sta("er")

    er.expect_reply(f"WPS_REG {ap.address} {PIN}", "OK\n")

    lab.air.expect(WscNack, from_=ap, to=er, within=60, configuration_error=LOCKED)
    lab.air.refuse(M3, from_=ap)


@requirement("wps.ap.er.set", "README-WPS-access-point: wps_ap_pin set", MUST)
def test_an_ap_pin_that_was_set_lets_a_registrar_in(lab: Lab) -> None:
    """An AP PIN that was set by command lets a Registrar in."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    er = lab.sta("er")

    ap.expect_reply(f"WPS_AP_PIN set {PIN}", PIN)
    er.expect_reply(f"WPS_REG {ap.address} {PIN}", "OK\n")

    lab.air.expect(M7, from_=ap, to=er, within=60)


@requirement("wps.ap.er.wrong-pin", "WSC 2.0, 7.4.1: proof of possession", MUST)
def test_a_wrong_ap_pin_is_refused(lab: Lab) -> None:
    """A Registrar with a wrong AP PIN is refused, and the AP tells so."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True, keys={"ap_pin": PIN})
    er = lab.sta("er")

    er.expect_reply(f"WPS_REG {ap.address} {OTHER_PIN}", "OK\n")

    lab.air.expect(WscNack, from_=ap, to=er, within=60, configuration_error=AUTHENTICATION)
    ap.expect_event("WPS-FAIL msg=8 config_error=18")
    lab.air.refuse(M5, from_=ap)


@requirement("wps.ap.er.three-failures", "WSC 2.0, 7.4.1: AP setup is locked", MUST)
def test_three_wrong_ap_pins_lock_the_access_point(lab: Lab) -> None:
    """The third wrong AP PIN locks the setup: the AP tells so, in its Beacons too."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True, keys={"ap_pin": PIN})
    er = lab.sta("er")

    guess_wrong(ap, er)
    er.expect_reply(f"WPS_REG {ap.address} {OTHER_PIN}", "OK\n")
    ap.expect_event("WPS-FAIL msg=8 config_error=18", within=60)
    ap.refuse_event("WPS-AP-SETUP-LOCKED")
    er.expect_reply("WPS_CANCEL", "OK\n")
    er.expect_reply(f"WPS_REG {ap.address} {OTHER_PIN}", "OK\n")

    ap.expect_event("WPS-AP-SETUP-LOCKED ", within=60)
    lab.air.expect(Beacon, from_=ap, within=2, where=lambda beacon: beacon.wsc.ap_setup_locked)


@requirement("wps.ap.er.unlocks", "WSC 2.0, 7.4.1: at least 60 s", MUST)
def test_a_locked_access_point_unlocks_after_a_minute(lab: Lab) -> None:
    """A minute after the lock, the AP unlocks its setup: it tells so, in its Beacons too."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True, keys={"ap_pin": PIN})
    er = lab.sta("er")

    guess_wrong(ap, er)
    guess_wrong(ap, er)
    er.expect_reply(f"WPS_REG {ap.address} {OTHER_PIN}", "OK\n")
    ap.expect_event("WPS-AP-SETUP-LOCKED ", within=60)
    er.expect_reply("WPS_CANCEL", "OK\n")
    lab.air.expect(Beacon, from_=ap, within=2, where=lambda beacon: beacon.wsc.ap_setup_locked)

    ap.expect_event("WPS-AP-SETUP-UNLOCKED ", within=65)
    lab.air.expect(Beacon, from_=ap, within=2, where=lambda beacon: not beacon.wsc.ap_setup_locked)


@requirement("wps.ap.er.fourth-failure", "WSC 2.0, 7.4.1: AP setup is locked", SHOULD)
def test_a_fourth_wrong_ap_pin_locks_again_at_once(lab: Lab) -> None:
    """After the AP has unlocked its setup, one more wrong AP PIN locks it again."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True, keys={"ap_pin": PIN})
    er = lab.sta("er")

    guess_wrong(ap, er)
    guess_wrong(ap, er)
    er.expect_reply(f"WPS_REG {ap.address} {OTHER_PIN}", "OK\n")
    ap.expect_event("WPS-AP-SETUP-LOCKED ", within=60)
    er.expect_reply("WPS_CANCEL", "OK\n")
    ap.expect_event("WPS-AP-SETUP-UNLOCKED ", within=65)
    er.expect_reply(f"WPS_REG {ap.address} {OTHER_PIN}", "OK\n")

    ap.expect_event("WPS-AP-SETUP-LOCKED ", within=60)


@requirement("wps.ap.er.longer-lock", "WSC 2.0, 7.4.1: at least 60 s", SHOULD)
def test_the_lock_grows(lab: Lab) -> None:
    """The sixth wrong AP PIN locks the setup for longer than the third one did."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True, keys={"ap_pin": PIN})
    er = lab.sta("er")

    for number in range(1, 6):
        guess_wrong(ap, er)
        if number >= 3:
            ap.expect_event("WPS-AP-SETUP-UNLOCKED ", within=65)
    guess_wrong(ap, er)

    assert not ap.wait(lambda: unlocked(ap) > 3, 100)
    ap.expect_event("WPS-AP-SETUP-UNLOCKED ", within=25)


@requirement("wps.ap.er.locked-for-good", "WSC 2.0, 7.4.1: AP setup is locked", SHOULD)
def test_ten_wrong_ap_pins_lock_for_good(lab: Lab) -> None:
    """After ten wrong AP PINs in a row the setup stays locked."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True, keys={"ap_pin": PIN})
    er = lab.sta("er")

    for number in range(1, 10):
        guess_wrong(ap, er)
        if number >= 3:
            ap.expect_event("WPS-AP-SETUP-UNLOCKED ", within=245)
    guess_wrong(ap, er)

    assert not ap.wait(lambda: unlocked(ap) > 7, 300)
    lab.air.expect(Beacon, from_=ap, within=2, where=lambda beacon: beacon.wsc.ap_setup_locked)


@requirement("wps.ap.er.unconfigured", "README-WPS-access-point: initial network setup", MUST)
def test_a_registrar_sets_an_unconfigured_access_point_up(lab: Lab) -> None:
    """An external Registrar makes an unconfigured AP configured."""
    ap = lab.ap(ssid="home", wps=True, keys={"ap_pin": PIN, "wps_state": "1"})
    er = lab.sta("er")

    er.expect_reply(f"WPS_REG {ap.address} {PIN} {NEW}", "OK\n")

    ap.expect_event("WPS-SUCCESS", within=60)
    lab.air.expect(Beacon, from_=ap, within=5, where=lambda beacon: beacon.ssid == NEW_SSID)
    assert "wps_state=configured\n" in ap.control("GET_CONFIG")


def guess_wrong(ap: AccessPointDevice, er: StationDevice) -> None:
    """Have a Registrar try a wrong AP PIN, and give up."""
    er.expect_reply(f"WPS_REG {ap.address} {OTHER_PIN}", "OK\n")
    ap.expect_event("WPS-FAIL msg=8 config_error=18", within=60)
    er.expect_reply("WPS_CANCEL", "OK\n")


def unlocked(ap: AccessPointDevice) -> int:
    """How often the AP has told that it unlocked its setup."""
    return sum(event.text.startswith("WPS-AP-SETUP-UNLOCKED") for event in ap.control_events)
