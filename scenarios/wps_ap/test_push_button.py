"""The push button (README-WPS-access-point, External operations)."""

from __future__ import annotations

from harness.lab import MUST, SHOULD, Lab, requirement
from harness.wire.dot11.frames import Beacon, ProbeRequest
from harness.wire.wsc import M1, M2, M2D, M8
from harness.wire.wsc.device import ConfigurationError, device_type_text, uuid_text

PIN = "12345670"


@requirement("wps.ap.pbc.active", "README-WPS-access-point: wps_pbc", MUST)
def test_the_button_is_told_of(lab: Lab) -> None:
    """WPS_PBC is answered OK, and the event says that the button is active."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply("WPS_PBC", "OK\n")

    ap.expect_event("WPS-PBC-ACTIVE ")


@requirement("wps.ap.pbc.enrols", "README-WPS-access-point: PBC mode", MUST)
def test_both_buttons_enrol(lab: Lab) -> None:
    """With both buttons pushed, the station enrols, and the AP tells each step."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    m1 = lab.air.expect(M1, from_=sta, to=ap, within=60)
    ap.expect_events(
        f"CTRL-EVENT-EAP-STARTED {sta.address}",
        "CTRL-EVENT-EAP-PROPOSED-METHOD vendor=0 method=1",
        "CTRL-EVENT-EAP-PROPOSED-METHOD vendor=14122 method=254",
        f"WPS-REG-SUCCESS {sta.address} {uuid_text(m1.uuid_e)}",
        "WPS-PBC-DISABLE ",
        "WPS-SUCCESS ",
        f"CTRL-EVENT-EAP-FAILURE {sta.address}",
        within=20,
        but_for=("WPS-ENROLLEE-SEEN",),
    )


@requirement("wps.ap.pbc.connects", "README-WPS-access-point: the client can use that key", MUST)
def test_the_enrolled_station_connects(lab: Lab) -> None:
    """After enrolling, the station joins the network with what it was given."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    ap.expect_event("WPS-SUCCESS", within=60)
    ap.expect_event(f"AP-STA-CONNECTED {sta.address}", within=30)
    ap.expect_event(f"EAPOL-4WAY-HS-COMPLETED {sta.address}")


@requirement("wps.ap.pbc.late", "README-WPS-access-point: 2 minute window", MUST)
def test_the_station_may_come_late(lab: Lab) -> None:
    """A station whose button is pushed 100 s after the AP's is enrolled."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    lab.air.refuse(M1, within=100)
    sta.push_button()

    lab.air.expect(M8, from_=ap, to=sta, within=18)


@requirement("wps.ap.pbc.timeout", "README-WPS-access-point: 2 minute window", MUST)
def test_the_button_times_out(lab: Lab) -> None:
    """Two minutes after the button was pushed, WPS-TIMEOUT says that it is over."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply("WPS_PBC", "OK\n")
    lab.air.refuse(M1, within=115)
    ap.refuse_event("WPS-TIMEOUT")

    ap.expect_event("WPS-TIMEOUT ", within=10)


@requirement("wps.ap.pbc.too-late", "README-WPS-access-point: 2 minute window", MUST)
def test_a_station_that_comes_too_late_is_not_enrolled(lab: Lab) -> None:
    """A station that comes after the two minutes is not enrolled."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    ap.expect_event("WPS-TIMEOUT ", within=125)
    sta.push_button()

    lab.air.refuse(M2, from_=ap, within=20)


@requirement("wps.ap.pbc.again", "WSC 2.0, 11.3: walk time", MUST)
def test_the_button_may_be_pushed_again(lab: Lab) -> None:
    """When the button is pushed again, the two minutes begin anew."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply("WPS_PBC", "OK\n")
    lab.air.refuse(M1, within=60)
    ap.expect_reply("WPS_PBC", "OK\n")
    lab.air.refuse(M1, within=115)
    ap.refuse_event("WPS-TIMEOUT")

    ap.expect_event("WPS-TIMEOUT ", within=10)


@requirement("wps.ap.pbc.not-pushed", "WSC 2.0, 11.3: push button", MUST)
def test_a_station_alone_is_not_enrolled(lab: Lab) -> None:
    """An AP whose button is not pushed enrols nobody by push button."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    sta.push_button()

    lab.air.refuse(M2, from_=ap, within=30)


@requirement("wps.ap.pbc.one-only", "WSC 2.0, 11.3: one Enrollee for each push", MUST)
def test_the_button_is_for_one_enrollee(lab: Lab) -> None:
    """After one station was enrolled, the next one needs another push."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta, late = lab.sta(), lab.sta("late")

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()
    ap.expect_event("WPS-PBC-DISABLE ", within=60)
    ap.expect_event("WPS-SUCCESS ")
    late.push_button()

    lab.air.refuse(M2, to=late, within=20)


@requirement("wps.ap.pbc.without-wps", "README-WPS-access-point: wps_state", MUST)
def test_an_access_point_without_wps_has_no_button(lab: Lab) -> None:
    """WPS_PBC fails on an AP with WPS off."""
    ap = lab.ap(ssid="home", passphrase="correct horse")

    ap.expect_reply("WPS_PBC", "FAIL\n")


@requirement("wps.ap.pbc.overlap", "WSC 2.0, 11.3: session overlap", MUST)
def test_two_stations_overlap(lab: Lab) -> None:
    """With two stations' buttons pushed, the AP tells of the overlap and enrols neither."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    first, second = lab.sta("first"), lab.sta("second")

    first.push_button()
    lab.air.expect(ProbeRequest, from_=first, within=30, where=lambda probe:
                   probe.wsc and probe.frequency == ap.frequency)
    lab.carry_off(first)
    ap.expect_reply("WPS_PBC", "OK\n")
    second.push_button()

    ap.expect_event("WPS-OVERLAP-DETECTED ", within=60)
    lab.air.refuse(M8, from_=ap, within=10)


@requirement("wps.ap.pbc.overlap-m2d", "WSC 2.0, 11.3: session overlap", MUST)
def test_an_overlap_is_told_to_the_enrollee(lab: Lab) -> None:
    """A station that comes while two have pushed their buttons gets M2D with error 12."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    first, second = lab.sta("first"), lab.sta("second")

    first.push_button()
    lab.air.expect(ProbeRequest, from_=first, within=30, where=lambda probe:
                   probe.wsc and probe.frequency == ap.frequency)
    lab.carry_off(first)
    ap.expect_reply("WPS_PBC", "OK\n")
    second.push_button()

    lab.air.expect(M2D, from_=ap, to=second, within=60, configuration_error=
                   ConfigurationError.MULTIPLE_PBC_DETECTED)
    ap.expect_event("WPS-FAIL msg=4 config_error=12")


@requirement("wps.ap.pbc.overlap-refused", "WSC 2.0, 11.3: session overlap", MUST)
def test_the_button_is_refused_during_an_overlap(lab: Lab) -> None:
    """WPS_PBC fails while two stations have their buttons pushed."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    first, second = lab.sta("first"), lab.sta("second")

    first.push_button()
    second.push_button()
    ap.expect_event("WPS-OVERLAP-DETECTED ", within=30)

    ap.expect_reply("WPS_PBC", "FAIL\n")
    ap.expect_event("WPS-OVERLAP-DETECTED ")


@requirement("wps.ap.pbc.overlap-over", "WSC 2.0, 11.3: monitor time of 120 s", MUST)
def test_an_overlap_is_over_after_two_minutes(lab: Lab) -> None:
    """Two minutes after the stations stopped, the button works again."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    first, second = lab.sta("first"), lab.sta("second")

    first.push_button()
    second.push_button()
    ap.expect_event("WPS-OVERLAP-DETECTED ", within=30)
    lab.carry_off(first)
    lab.carry_off(second)
    lab.air.refuse(M8, within=125)

    ap.expect_reply("WPS_PBC", "OK\n")


@requirement("wps.ap.cancel.button", "README-WPS-access-point: control interface", MUST)
def test_the_button_can_be_cancelled(lab: Lab) -> None:
    """WPS_CANCEL ends the push-button mode at once."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    ap.expect_reply("WPS_CANCEL", "OK\n")
    ap.expect_event("WPS-TIMEOUT ")
    ap.expect_event("WPS-CANCEL ")
    sta.push_button()

    lab.air.refuse(M2, from_=ap, within=20)


@requirement("wps.ap.cancel.selected-registrar", "WSC 2.0, 8.2: Selected Registrar", MUST)
def test_a_cancelled_button_is_not_advertised(lab: Lab) -> None:
    """After WPS_CANCEL, Beacons don't say Selected Registrar."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply("WPS_PBC", "OK\n")
    lab.air.expect(Beacon, from_=ap, within=2, where=lambda beacon: beacon.wsc.selected_registrar)
    ap.expect_reply("WPS_CANCEL", "OK\n")
    after = lab.air.expect(Beacon, from_=ap, within=2, where=lambda beacon:
                           not beacon.wsc.selected_registrar)

    lab.air.refuse(Beacon, from_=ap, after=after, within=2, where=lambda beacon:
                   beacon.wsc.selected_registrar)


@requirement("wps.ap.cancel.pin", "README-WPS-access-point: control interface", MUST)
def test_a_pin_can_be_cancelled(lab: Lab) -> None:
    """WPS_CANCEL takes a PIN for any Enrollee back."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    ap.expect_reply(f"WPS_PIN any {PIN}", "OK\n")
    ap.expect_reply("WPS_CANCEL", "OK\n")
    sta.enter_pin(PIN, uninvited=True)

    lab.air.expect(M2D, from_=ap, to=sta, within=60)


@requirement("wps.ap.cancel.without-wps", "README-WPS-access-point: wps_state", MUST)
def test_an_access_point_without_wps_has_nothing_to_cancel(lab: Lab) -> None:
    """WPS_CANCEL fails on an AP with WPS off."""
    ap = lab.ap(ssid="home", passphrase="correct horse")

    ap.expect_reply("WPS_CANCEL", "FAIL\n")


@requirement("wps.ap.status.none", "README-WPS-access-point: status of WPS", SHOULD)
def test_the_status_before_anything(lab: Lab) -> None:
    """Before anything happened, WPS_GET_STATUS says so."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply("WPS_GET_STATUS", "PBC Status: Disabled\nLast WPS result: None\n")


@requirement("wps.ap.status.active", "README-WPS-access-point: status of WPS", SHOULD)
def test_the_status_of_the_button(lab: Lab) -> None:
    """While the button is active, WPS_GET_STATUS says so."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply("WPS_PBC", "OK\n")

    ap.expect_reply("WPS_GET_STATUS", "PBC Status: Active\nLast WPS result: None\n")


@requirement("wps.ap.status.timed-out", "README-WPS-access-point: status of WPS", SHOULD)
def test_the_status_after_the_walk_time(lab: Lab) -> None:
    """When nobody came, WPS_GET_STATUS says Timed-out."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply("WPS_PBC", "OK\n")
    ap.expect_event("WPS-TIMEOUT ", within=125)

    ap.expect_reply("WPS_GET_STATUS", "PBC Status: Timed-out\nLast WPS result: None\n")


@requirement("wps.ap.status.success", "README-WPS-access-point: status of WPS", SHOULD)
def test_the_status_after_a_success(lab: Lab) -> None:
    """After an enrolment, WPS_GET_STATUS says Success and who it was."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()
    ap.expect_event("WPS-SUCCESS ", within=60)

    ap.expect_reply(
        "WPS_GET_STATUS",
        f"PBC Status: Disabled\nLast WPS result: Success\nPeer Address: {sta.address}\n",
    )


@requirement("wps.ap.status.failure", "README-WPS-access-point: status of WPS", SHOULD)
def test_the_status_after_a_failure(lab: Lab) -> None:
    """After a failed enrolment, WPS_GET_STATUS says Failed and who it was."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    ap.expect_reply("WPS_PIN any 11111118", "OK\n")
    sta.enter_pin(PIN)
    ap.expect_event("WPS-FAIL ", within=60)

    ap.expect_reply(
        "WPS_GET_STATUS",
        f"PBC Status: Disabled\nLast WPS result: Failed\nPeer Address: {sta.address}\n",
    )


@requirement("wps.ap.status.overlap", "README-WPS-access-point: status of WPS", SHOULD)
def test_the_status_during_an_overlap(lab: Lab) -> None:
    """After an overlap, WPS_GET_STATUS says so."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    first, second = lab.sta("first"), lab.sta("second")

    first.push_button()
    second.push_button()
    ap.expect_event("WPS-OVERLAP-DETECTED ", within=30)

    assert ap.control("WPS_GET_STATUS").startswith("PBC Status: Overlap\n")


@requirement("wps.ap.enrollee-seen", "README-WPS-access-point: control interface event", SHOULD)
def test_an_enrollee_that_looks_around_is_told_of(lab: Lab) -> None:
    """The AP tells of an Enrollee's Probe Requests: who it is and what it asks for."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    sta.push_button()

    probe = lab.air.expect(ProbeRequest, from_=sta, within=30, where=lambda probe: probe.wsc)
    event = ap.expect_event(f"WPS-ENROLLEE-SEEN {sta.address} ", within=30)
    assert event.text.split()[3] == device_type_text(probe.wsc.primary_device_type)
    assert event.text.split()[5:7] == ["4", str(probe.wsc.request_type)]
