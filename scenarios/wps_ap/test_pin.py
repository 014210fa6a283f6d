"""PINs of Enrollees (README-WPS-access-point, External operations)."""

from __future__ import annotations

from harness.lab import MUST, SHOULD, Lab, requirement
from harness.wire.dot11.frames import Beacon
from harness.wire.eap import EapCode, EapPacket
from harness.wire.wsc import M1, M2, M2D, M4, M6, M8, WscDone, WscNack
from harness.wire.wsc.device import ConfigurationError, device_type_text, uuid_text

PIN, OTHER_PIN, OTHER_SECOND_HALF = "12345670", "11111118", "12340002"
NOBODY = "53b63a98-d29e-4457-a2ed-094d7e6a669c"


@requirement("wps.ap.check-pin.valid", "README-WPS-access-point: wps_check_pin", MUST)
def test_a_valid_pin_is_given_back(lab: Lab) -> None:
    """WPS_CHECK_PIN gives a PIN with the right checksum back."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply("WPS_CHECK_PIN 12345670", "12345670")


@requirement("wps.ap.check-pin.other-characters", "README-WPS-access-point: wps_check_pin", MUST)
def test_characters_other_than_digits_are_removed(lab: Lab) -> None:
    """WPS_CHECK_PIN removes what is no digit."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply("WPS_CHECK_PIN 1234-5670", "12345670")


@requirement("wps.ap.check-pin.checksum", "README-WPS-access-point: FAIL-CHECKSUM", MUST)
def test_a_wrong_checksum_is_told(lab: Lab) -> None:
    """WPS_CHECK_PIN tells of a wrong checksum digit."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply("WPS_CHECK_PIN 12345678", "FAIL-CHECKSUM\n")


@requirement("wps.ap.check-pin.invalid", "README-WPS-access-point: FAIL", MUST)
def test_a_text_of_another_length_is_no_pin(lab: Lab) -> None:
    """WPS_CHECK_PIN refuses what has neither four nor eight digits."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply("WPS_CHECK_PIN 12345", "FAIL\n")


@requirement("wps.ap.check-pin.four-digits", "WSC 2.0, 7.4.3: PINs of four digits", MUST)
def test_a_pin_of_four_digits_has_no_checksum(lab: Lab) -> None:
    """WPS_CHECK_PIN takes any four digits."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply("WPS_CHECK_PIN 1235", "1235")


@requirement("wps.ap.pin.needed", "README-WPS-access-point: WPS-PIN-NEEDED", MUST)
def test_an_enrollee_without_pin_is_told_of(lab: Lab) -> None:
    """An Enrollee that no PIN is known for gets M2D, and the AP tells who and what it is."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    sta.enter_pin(PIN, uninvited=True)

    m1 = lab.air.expect(M1, from_=sta, to=ap, within=60)
    lab.air.expect(M2D, from_=ap, to=sta)
    event = ap.expect_event("WPS-PIN-NEEDED ")
    lab.air.refuse(M2, from_=ap)
    assert event.text == (
        f"WPS-PIN-NEEDED {uuid_text(m1.uuid_e)} {sta.address} "
        f"[{m1.device_name}|{m1.manufacturer}|{m1.model_name}|{m1.model_number}|"
        f"{m1.serial_number}|{device_type_text(m1.primary_device_type)}]"
    )


@requirement("wps.ap.pin.request-file", "README-WPS-access-point: wps_pin_requests", MUST)
def test_an_enrollee_without_pin_is_in_the_file(lab: Lab) -> None:
    """The file of PIN requests gets a line of nine columns for an Enrollee without PIN."""
    file = lab.file("pin-requests")
    ap = lab.ap(
        ssid="home", passphrase="correct horse", wps=True, keys={"wps_pin_requests": str(file)}
    )
    sta = lab.sta()

    sta.enter_pin(PIN, uninvited=True)

    m1 = lab.air.expect(M1, from_=sta, to=ap, within=60)
    ap.expect_event("WPS-PIN-NEEDED ")
    time, *columns = lab.expect_lines(file)[0].split("\t")
    assert time.isdecimal()
    assert columns == [
        uuid_text(m1.uuid_e), str(sta.address), m1.device_name, m1.manufacturer, m1.model_name,
        m1.model_number, m1.serial_number, device_type_text(m1.primary_device_type),
    ]


@requirement("wps.ap.pin.ends-without", "WSC 2.0, 7.7.4: M2D ends the run", MUST)
def test_a_run_without_pin_ends_with_eap_failure(lab: Lab) -> None:
    """After M2D the AP ends the run with EAP-Failure."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    sta.enter_pin(PIN, uninvited=True)

    lab.air.expect(M2D, from_=ap, to=sta, within=60)
    lab.air.expect(EapPacket, from_=ap, to=sta, within=15, where=lambda packet:
                   packet.code == EapCode.FAILURE)
    ap.expect_event(f"CTRL-EVENT-EAP-FAILURE {sta.address}")


@requirement("wps.ap.pin.by-uuid", "README-WPS-access-point: wps_pin <UUID> <PIN>", MUST)
def test_a_pin_is_entered_for_the_enrollee_that_asked(lab: Lab) -> None:
    """The PIN entered for the UUID of a pending Enrollee enrols it when it connects again."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    sta.enter_pin(PIN, uninvited=True)
    event = ap.expect_event("WPS-PIN-NEEDED ", within=60)
    ap.expect_reply(f"WPS_PIN {event.text.split()[1]} {PIN}", "OK\n")

    lab.air.expect(M8, from_=ap, to=sta, within=60)
    lab.air.expect(WscDone, from_=sta, to=ap)
    ap.expect_event("WPS-SUCCESS")


@requirement("wps.ap.pin.other-uuid", "README-WPS-access-point: wps_pin <UUID> <PIN>", MUST)
def test_a_pin_for_another_enrollee_is_not_used(lab: Lab) -> None:
    """A PIN that was entered for one UUID is not used with another."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    ap.expect_reply(f"WPS_PIN {NOBODY} {PIN}", "OK\n")
    sta.enter_pin(PIN)

    lab.air.expect(M2D, from_=ap, to=sta, within=60)
    lab.air.refuse(M2, from_=ap)


@requirement("wps.ap.pin.any", "README-WPS-access-point: wps_pin any <PIN>", MUST)
def test_a_pin_for_any_enrollee_enrols(lab: Lab) -> None:
    """A PIN entered with the wildcard UUID enrols a station, and the AP tells each step."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    ap.expect_reply(f"WPS_PIN any {PIN}", "OK\n")
    sta.enter_pin(PIN)

    m1 = lab.air.expect(M1, from_=sta, to=ap, within=60)
    ap.expect_events(
        f"CTRL-EVENT-EAP-STARTED {sta.address}",
        "CTRL-EVENT-EAP-PROPOSED-METHOD vendor=0 method=1",
        "CTRL-EVENT-EAP-PROPOSED-METHOD vendor=14122 method=254",
        f"WPS-REG-SUCCESS {sta.address} {uuid_text(m1.uuid_e)}",
        "WPS-SUCCESS ",
        f"CTRL-EVENT-EAP-FAILURE {sta.address}",
        within=20,
        but_for=("WPS-ENROLLEE-SEEN",),
    )


@requirement("wps.ap.pin.any-once", "README-WPS-access-point: used once with any UUID", MUST)
def test_a_pin_for_any_enrollee_enrols_one(lab: Lab) -> None:
    """A PIN with the wildcard UUID is used up by the first Enrollee."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta, late = lab.sta(), lab.sta("late")

    ap.expect_reply(f"WPS_PIN any {PIN}", "OK\n")
    sta.enter_pin(PIN)
    ap.expect_event("WPS-SUCCESS", within=60)
    late.enter_pin(PIN, uninvited=True)

    lab.air.expect(M2D, from_=ap, to=late, within=60)
    lab.air.refuse(M2, to=late)


@requirement("wps.ap.pin.expires", "README-WPS-access-point: expiration time in seconds", MUST)
def test_a_pin_expires(lab: Lab) -> None:
    """A PIN is not used after its expiration time."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    ap.expect_reply(f"WPS_PIN any {PIN} 5", "OK\n")
    lab.air.refuse(M1, within=7)
    sta.enter_pin(PIN)

    lab.air.expect(M2D, from_=ap, to=sta, within=60)
    lab.air.refuse(M2, from_=ap)


@requirement("wps.ap.pin.not-expired", "README-WPS-access-point: expiration time in seconds", MUST)
def test_a_pin_is_good_until_it_expires(lab: Lab) -> None:
    """A PIN is used before its expiration time."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    ap.expect_reply(f"WPS_PIN any {PIN} 60", "OK\n")
    lab.air.refuse(M1, within=7)
    sta.enter_pin(PIN)

    lab.air.expect(M8, from_=ap, to=sta, within=30)


@requirement("wps.ap.pin.no-expiry", "README-WPS-access-point: 0 indicates no expiration", MUST)
def test_a_pin_without_expiration_outlives_the_walk_time(lab: Lab) -> None:
    """A PIN with expiration time 0 is good after the two minutes of the Selected Registrar."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    ap.expect_reply(f"WPS_PIN any {PIN} 0", "OK\n")
    lab.air.refuse(M1, within=130)
    sta.enter_pin(PIN, uninvited=True)

    lab.air.expect(M8, from_=ap, to=sta, within=60)


@requirement("wps.ap.pin.authorized-mac", "README-WPS-access-point: authorized enrollees", MUST)
def test_the_address_of_a_pin_is_advertised(lab: Lab) -> None:
    """A PIN entered with a MAC address puts it into the AuthorizedMACs of Beacons."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply(f"WPS_PIN {NOBODY} {PIN} 300 00:11:22:33:44:55", "OK\n")

    lab.air.expect(Beacon, from_=ap, within=2, where=lambda beacon: beacon.wsc.selected_registrar)
    lab.air.expect(
        Beacon,
        from_=ap,
        wsc__wfa__authorized_macs=(bytes.fromhex("001122334455"),),
    )


@requirement("wps.ap.pin.authorized-all", "WSC 2.0, 8.4: AuthorizedMACs, wildcard", MUST)
def test_a_pin_without_address_authorizes_everybody(lab: Lab) -> None:
    """A PIN entered without a MAC address puts the wildcard into the AuthorizedMACs."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply(f"WPS_PIN any {PIN}", "OK\n")

    lab.air.expect(Beacon, from_=ap, within=2, where=lambda beacon: beacon.wsc.selected_registrar)
    lab.air.expect(Beacon, from_=ap, wsc__wfa__authorized_macs=(b"\xff\xff\xff\xff\xff\xff",))


@requirement("wps.ap.pin.authorized-list", "WSC 2.0, 8.4: AuthorizedMACs, at most five", MUST)
def test_five_addresses_are_advertised(lab: Lab) -> None:
    """Of six addresses that PINs were entered with, the AP advertises the last five."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply(f"WPS_PIN any {PIN} 0 02:00:00:00:0f:01", "OK\n")
    ap.expect_reply(f"WPS_PIN {NOBODY[:-1]}1 {PIN} 0 02:00:00:00:0f:02", "OK\n")
    ap.expect_reply(f"WPS_PIN {NOBODY[:-1]}2 {PIN} 0 02:00:00:00:0f:03", "OK\n")
    ap.expect_reply(f"WPS_PIN {NOBODY[:-1]}3 {PIN} 0 02:00:00:00:0f:04", "OK\n")
    ap.expect_reply(f"WPS_PIN {NOBODY[:-1]}4 {PIN} 0 02:00:00:00:0f:05", "OK\n")
    ap.expect_reply(f"WPS_PIN {NOBODY[:-1]}5 {PIN} 0 02:00:00:00:0f:06", "OK\n")

    beacon = lab.air.expect(Beacon, from_=ap, within=2, where=lambda beacon:
                            b"\x0f\x06" in b"".join(beacon.wsc.wfa.authorized_macs or ()))
    assert [str(each)[-1] for each in beacon.wsc.wfa.authorized_macs] == ["6", "5", "4", "3", "2"]


@requirement("wps.ap.pin.any-replaced", "WSC 2.0: one wildcard PIN at a time", SHOULD)
def test_a_pin_for_any_enrollee_replaces_the_one_before(lab: Lab) -> None:
    """A PIN with the wildcard UUID takes the place of an earlier one that nobody used."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    ap.expect_reply(f"WPS_PIN any {OTHER_PIN}", "OK\n")
    ap.expect_reply(f"WPS_PIN any {PIN}", "OK\n")
    sta.enter_pin(PIN)

    lab.air.expect(WscDone, from_=sta, to=ap, within=60)


@requirement("wps.ap.pin.retry", "WSC 2.0: a PIN whose second half is secret still", SHOULD)
def test_a_pin_for_one_enrollee_survives_a_typing_error(lab: Lab) -> None:
    """After a wrong first half, the right PIN for the same UUID enrols the station."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    sta.enter_pin(PIN, uninvited=True)
    event = ap.expect_event("WPS-PIN-NEEDED ", within=60)
    ap.expect_reply(f"WPS_PIN {event.text.split()[1]} {OTHER_PIN}", "OK\n")
    sta.enter_pin(PIN)
    ap.expect_event("WPS-FAIL msg=8 config_error=18", within=60)
    ap.expect_reply(f"WPS_PIN {event.text.split()[1]} {PIN}", "OK\n")
    sta.enter_pin(PIN)

    lab.air.expect(WscDone, from_=sta, to=ap, within=60)


@requirement("wps.ap.pin.wrong-first-half", "WSC 2.0, 7.4.1: proof of possession", MUST)
def test_a_wrong_first_half_is_seen_in_m4(lab: Lab) -> None:
    """When the first halves differ, the Enrollee refuses M4 and the AP tells so."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    ap.expect_reply(f"WPS_PIN any {OTHER_PIN}", "OK\n")
    sta.enter_pin(PIN)

    lab.air.expect(M4, from_=ap, to=sta, within=60)
    lab.air.expect(WscNack, from_=sta, to=ap, configuration_error=
                   ConfigurationError.DEVICE_PASSWORD_AUTH_FAILURE)
    ap.expect_event("WPS-FAIL msg=8 config_error=18")
    lab.air.refuse(M6, from_=ap)


@requirement("wps.ap.pin.wrong-second-half", "WSC 2.0, 7.4.1: proof of possession", MUST)
def test_a_wrong_second_half_is_seen_in_m6(lab: Lab) -> None:
    """When the second halves differ, the Enrollee refuses M6 and the AP tells so."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    ap.expect_reply(f"WPS_PIN any {OTHER_SECOND_HALF}", "OK\n")
    sta.enter_pin(PIN)

    lab.air.expect(M6, from_=ap, to=sta, within=60)
    lab.air.expect(WscNack, from_=sta, to=ap, configuration_error=
                   ConfigurationError.DEVICE_PASSWORD_AUTH_FAILURE)
    ap.expect_event("WPS-FAIL msg=10 config_error=18")
    lab.air.refuse(M8, from_=ap)


@requirement("wps.ap.pin.revealed", "WSC 2.0, 7.4.1: a PIN that was revealed", MUST)
def test_a_pin_that_was_revealed_is_dropped(lab: Lab) -> None:
    """A PIN that was revealed whole to an Enrollee that failed is not used again."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    ap.expect_reply(f"WPS_PIN any {OTHER_SECOND_HALF}", "OK\n")
    sta.enter_pin(PIN)
    ap.expect_event("WPS-FAIL msg=10 config_error=18", within=60)
    sta.enter_pin(PIN, uninvited=True)

    lab.air.expect(M2D, from_=ap, to=sta, within=60)


@requirement("wps.ap.pin.no-pin", "README-WPS-access-point: wps_pin <UUID> <PIN>", MUST)
def test_a_command_without_pin_is_refused(lab: Lab) -> None:
    """WPS_PIN without a PIN fails."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply("WPS_PIN any", "FAIL\n")


@requirement("wps.ap.pin.bad-uuid", "README-WPS-access-point: wps_pin <UUID> <PIN>", MUST)
def test_a_command_with_a_bad_uuid_is_refused(lab: Lab) -> None:
    """WPS_PIN for what is no UUID fails."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply(f"WPS_PIN somebody {PIN}", "FAIL\n")


@requirement("wps.ap.pin.without-wps", "README-WPS-access-point: wps_state", MUST)
def test_an_access_point_without_wps_takes_no_pin(lab: Lab) -> None:
    """WPS_PIN fails on an AP with WPS off."""
    ap = lab.ap(ssid="home", passphrase="correct horse")

    ap.expect_reply(f"WPS_PIN any {PIN}", "FAIL\n")
