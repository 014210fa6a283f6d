"""PINs of the station (README-WPS-station, External operations)."""

from __future__ import annotations

from harness.lab import MUST, SHOULD, Bss, Lab, requirement
from harness.wire.dot11.frames import AssociationRequest, ProbeRequest
from harness.wire.wsc import M1, M2, M2D, M3, M4, M5, M6, M7, M8, WscDone, WscNack
from harness.wire.wsc.device import ConfigurationError

PIN, OTHER_PIN, OTHER_SECOND_HALF = "12345670", "11111118", "12340002"
HOME = Bss(ssid="home", passphrase="correct horse", wps=True)
OTHER = Bss(ssid="neighbour", passphrase="battery staple", wps=True)
ENROLLED = (M1, M2, M3, M4, M5, M6, M7, M8, WscDone)


@requirement("wps.sta.check-pin.valid", "README-WPS-station: wps_check_pin", MUST)
def test_a_valid_pin_is_given_back(lab: Lab) -> None:
    """WPS_CHECK_PIN gives a PIN with the right checksum back."""
    lab.sta().expect_reply("WPS_CHECK_PIN 12345670", "12345670")


@requirement("wps.sta.check-pin.other-characters", "README-WPS-station: wps_check_pin", MUST)
def test_characters_other_than_digits_are_removed(lab: Lab) -> None:
    """WPS_CHECK_PIN removes what is no digit."""
    lab.sta().expect_reply("WPS_CHECK_PIN 1234-5670", "12345670")


@requirement("wps.sta.check-pin.checksum", "README-WPS-station: FAIL-CHECKSUM", MUST)
def test_a_wrong_checksum_is_told(lab: Lab) -> None:
    """WPS_CHECK_PIN tells of a wrong checksum digit."""
    lab.sta().expect_reply("WPS_CHECK_PIN 12345678", "FAIL-CHECKSUM\n")


@requirement("wps.sta.check-pin.invalid", "README-WPS-station: FAIL", MUST)
def test_a_text_of_another_length_is_no_pin(lab: Lab) -> None:
    """WPS_CHECK_PIN refuses what has neither four nor eight digits."""
    lab.sta().expect_reply("WPS_CHECK_PIN 12345", "FAIL\n")


@requirement("wps.sta.check-pin.four-digits", "WSC 2.0, 7.4.3: PINs of four digits", MUST)
def test_a_pin_of_four_digits_has_no_checksum(lab: Lab) -> None:
    """WPS_CHECK_PIN takes any four digits."""
    lab.sta().expect_reply("WPS_CHECK_PIN 1235", "1235")


@requirement("wps.sta.pin.generated", "README-WPS-station: wps_pin any", MUST)
def test_a_pin_is_generated(lab: Lab) -> None:
    """WPS_PIN without a PIN gives a new one of eight digits, with which the station enrols."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    pin = sta.control("WPS_PIN any")
    sta.expect_reply(f"WPS_CHECK_PIN {pin}", pin)
    ap.enter_pin(pin)

    assert len(pin) == 8
    lab.air.expect(M8, from_=ap, to=sta, within=60)
    sta.expect_event("WPS-SUCCESS ")


@requirement("wps.sta.pin.generated-anew", "README-WPS-station: random PIN per session", MUST)
def test_each_generated_pin_is_another(lab: Lab) -> None:
    """Each registration session gets a PIN of its own."""
    sta = lab.sta()

    pins = [sta.control("WPS_PIN any") for _ in range(3)]

    assert len(set(pins)) == 3, pins


@requirement("wps.sta.pin.given", "README-WPS-station: wps_pin any <PIN>", MUST)
def test_a_given_pin_is_given_back(lab: Lab) -> None:
    """WPS_PIN with a PIN answers with it and tells that it is active."""
    sta = lab.sta()

    sta.expect_reply(f"WPS_PIN any {PIN}", PIN)

    sta.expect_event("WPS-PIN-ACTIVE ")


@requirement("wps.sta.pin.get", "README-WPS-station: wps_pin get", MUST)
def test_a_pin_can_be_had_without_a_run(lab: Lab) -> None:
    """WPS_PIN get gives a valid PIN and starts nothing."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    pin = sta.control("WPS_PIN get")
    sta.expect_reply(f"WPS_CHECK_PIN {pin}", pin)
    ap.enter_pin(pin)

    lab.air.refuse(M1, from_=sta, within=10)
    sta.refuse_event("WPS-PIN-ACTIVE")


@requirement("wps.sta.pin.enrols", "README-WPS-station: wps_pin any <PIN>", MUST)
def test_a_pin_enrols_message_by_message(lab: Lab) -> None:
    """With its PIN at the Registrar, the station goes from M1 to WSC_Done and tells each step."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.enter_pin(PIN)
    sta.enter_pin(PIN)

    for index, message in enumerate(ENROLLED):
        from_, to = (ap, sta) if message in (M2, M4, M6, M8) else (sta, ap)
        lab.air.expect(message, from_=from_, to=to, within=5 if index else 60)
    sta.expect_events(
        "CTRL-EVENT-EAP-STARTED EAP authentication started",
        "CTRL-EVENT-EAP-METHOD EAP vendor 14122 method 1 (WSC) selected",
        "WPS-CRED-RECEIVED ",
        "WPS-SUCCESS ",
        "CTRL-EVENT-EAP-FAILURE EAP authentication failed",
        f"CTRL-EVENT-DISCONNECTED bssid={ap.address} reason=3 locally_generated=1",
        but_for=("CTRL-EVENT-EAP-STATUS", "CTRL-EVENT-EAP-PROPOSED-METHOD"),
    )


@requirement("wps.sta.pin.joins", "README-WPS-station: credentials needed to connect", MUST)
def test_the_enrolled_station_joins(lab: Lab) -> None:
    """After the registration the station keeps the network and connects to it."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.enter_pin(PIN)
    sta.enter_pin(PIN)

    sta.expect_event("WPS-SUCCESS ", within=60)
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap.address} completed", within=20)
    sta.expect_stored(HOME)


@requirement("wps.sta.pin.m1-password-id", "WSC 2.0, 8.3.1: Device Password ID", MUST)
def test_m1_names_the_default_pin(lab: Lab) -> None:
    """M1 of a PIN run says Device Password ID 0, and so do the Probe Requests before it."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.enter_pin(PIN)
    sta.enter_pin(PIN)

    lab.air.expect(
        ProbeRequest, from_=sta, within=10, where=lambda probe: probe.wsc is not None,
        wsc__device_password_id=0,
    )
    lab.air.expect(M1, from_=sta, to=ap, within=60, device_password_id=0)


@requirement("wps.sta.pin.association", "WSC 2.0, 8.2.4: Association Request", MUST)
def test_the_association_is_for_wps_alone(lab: Lab) -> None:
    """For WPS the station associates with a WSC element and without an RSN element."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.enter_pin(PIN)
    sta.enter_pin(PIN)

    lab.air.expect(
        AssociationRequest, from_=sta, to=ap, within=60, rsn=None,
        wsc__request_type=1, wsc__wfa__version2=0x20,
    )


@requirement("wps.sta.pin.authorized-first", "WSC 2.0, 8.2.1: AuthorizedMACs", SHOULD)
def test_the_authorizing_access_point_is_tried_first(lab: Lab) -> None:
    """Of two APs, the one that lists the station as authorized is tried first."""
    lab.ap(OTHER, name="other")
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.enter_pin(PIN)
    sta.enter_pin(PIN)

    lab.air.expect(M1, from_=sta, within=60, receiver=ap.address)


@requirement("wps.sta.pin.tries-all", "README-WPS-station: automatic AP selection", MUST)
def test_access_points_are_tried_one_after_the_other(lab: Lab) -> None:
    """With no AP authorizing it, the station tries one after the other and hears M2D from each."""
    first, second = lab.ap(HOME, name="first"), lab.ap(OTHER, name="second")
    sta = lab.sta()

    sta.enter_pin(PIN, uninvited=True)

    lab.air.expect(M2D, to=sta, within=60)
    lab.air.expect(M2D, to=sta, within=60)
    for ap in (first, second):
        assert lab.air.count(M2D, from_=ap, to=sta), f"no M2D from {ap.name}"
    sta.expect_event("WPS-M2D dev_password_id=0 config_error=0")


@requirement("wps.sta.pin.late", "README-WPS-station: entered at the Registrar", MUST)
def test_the_pin_may_be_entered_later(lab: Lab) -> None:
    """After M2D the station tries again, and enrols when the PIN was entered meanwhile."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    sta.enter_pin(PIN, uninvited=True)
    lab.air.expect(M2D, from_=ap, to=sta, within=60)
    ap.enter_pin(PIN)

    lab.air.expect(M8, from_=ap, to=sta, within=60)
    sta.expect_event("WPS-SUCCESS ")


@requirement("wps.sta.pin.bssid", "README-WPS-station: wps_pin for an AP", MUST)
def test_a_pin_for_one_access_point_is_for_no_other(lab: Lab) -> None:
    """WPS_PIN with a BSSID enrols with that AP only."""
    ap, other = lab.ap(HOME), lab.ap(OTHER, name="other")
    sta = lab.sta()

    other.enter_pin(PIN)
    sta.expect_reply(f"WPS_PIN {ap.address} {PIN}", PIN)

    lab.air.expect(M2D, from_=ap, to=sta, within=60)
    lab.air.refuse(M1, from_=sta, to=other, within=20)


@requirement("wps.sta.pin.bad-bssid", "README-WPS-station: wps_pin", MUST)
def test_a_bad_bssid_is_refused(lab: Lab) -> None:
    """WPS_PIN for what is no BSSID fails."""
    lab.sta().expect_reply(f"WPS_PIN somebody {PIN}", "FAIL\n")


@requirement("wps.sta.pin.wrong-first-half", "WSC 2.0, 7.4.1: proof of possession", MUST)
def test_a_wrong_first_half_is_noticed(lab: Lab) -> None:
    """When the first halves differ, the station refuses M4 and tells so."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.enter_pin(PIN)
    sta.enter_pin(OTHER_PIN)

    lab.air.expect(M4, from_=ap, to=sta, within=60)
    lab.air.expect(WscNack, from_=sta, to=ap, configuration_error=
                   ConfigurationError.DEVICE_PASSWORD_AUTH_FAILURE)
    sta.expect_event("WPS-FAIL msg=8 config_error=18")
    lab.air.refuse(M5, from_=sta)


@requirement("wps.sta.pin.wrong-second-half", "WSC 2.0, 7.4.1: proof of possession", MUST)
def test_a_wrong_second_half_is_noticed(lab: Lab) -> None:
    """When the second halves differ, the station refuses M6 and tells so."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.enter_pin(PIN)
    sta.enter_pin(OTHER_SECOND_HALF)

    lab.air.expect(M6, from_=ap, to=sta, within=60)
    lab.air.expect(WscNack, from_=sta, to=ap, configuration_error=
                   ConfigurationError.DEVICE_PASSWORD_AUTH_FAILURE)
    sta.expect_event("WPS-FAIL msg=10 config_error=18")
    lab.air.refuse(M7, from_=sta)


@requirement("wps.sta.pin.failure-ends", "WSC 2.0, 7.4.1: proof of possession", MUST)
def test_a_failed_run_is_over(lab: Lab) -> None:
    """After a wrong PIN the station keeps nothing and does not try again."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.enter_pin(PIN)
    sta.enter_pin(OTHER_PIN)

    nack = lab.air.expect(WscNack, from_=sta, to=ap, within=60)
    lab.air.refuse(M1, from_=sta, after=nack, within=20)
    sta.expect_nothing_stored()


@requirement("wps.sta.pin.walk-time", "README-WPS-station: 2 minute window", MUST)
def test_a_run_ends_after_two_minutes(lab: Lab) -> None:
    """When no PIN is entered in two minutes, the station gives up."""
    sta = lab.sta()

    sta.enter_pin(PIN)

    lab.air.refuse(AssociationRequest, from_=sta, within=115)
    sta.refuse_event("WPS-TIMEOUT")
    sta.expect_event("WPS-TIMEOUT ", within=10)


@requirement("wps.sta.cancel.pin", "README-WPS-station: wps_cancel", MUST)
def test_a_pin_run_can_be_cancelled(lab: Lab) -> None:
    """WPS_CANCEL ends the search at once."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    sta.enter_pin(PIN)
    sta.expect_reply("WPS_CANCEL", "OK\n")
    sta.expect_event("WPS-CANCEL ")
    ap.enter_pin(PIN)

    lab.air.refuse(M1, from_=sta, within=20)


@requirement("wps.sta.pin.other-networks", "README-WPS-station: wps_pin", SHOULD)
def test_other_networks_wait(lab: Lab) -> None:
    """While a PIN is active, the networks that the station knows are not joined."""
    lab.ap(OTHER, name="other")
    sta = lab.sta()
    number = sta.control("ADD_NETWORK").strip()
    sta.expect_reply(f'SET_NETWORK {number} ssid "{OTHER.ssid}"', "OK\n")
    sta.expect_reply(f'SET_NETWORK {number} psk "{OTHER.passphrase}"', "OK\n")
    sta.expect_reply(f"ENABLE_NETWORK {number} no-connect", "OK\n")

    sta.expect_reply(f"WPS_PIN 02:11:22:33:44:55 {PIN}", PIN)

    lab.air.refuse(AssociationRequest, from_=sta, within=30)

