"""Enrolments that must fail, and fail in time; and those that a loss must not make fail."""

from __future__ import annotations

from harness.lab import ABSENT, BACKHAUL, FRONTHAUL, MUST, PRESENT, SHOULD, Bss, Lab, requirement
from harness.lab.testers.access_points import FronthaulCredentials
from harness.lab.testers.wps_peers import enrollee, registrar
from harness.wire.dot11.frames import (
    AssociationRequest,
    AssociationResponse,
    Authentication,
    Beacon,
    Deauthentication,
    ProbeRequest,
)
from harness.wire.eap import OpCode, WscPacket
from harness.wire.eapol_key import EapolKey
from harness.wire.wsc import M1, M2, M2D, M3, M4, M6, M8, WscDone, WscNack
from harness.wire.wsc.device import ConfigurationError

HOME_BACKHAUL = Bss(ssid="home-backhaul", passphrase="battery staple", multi_ap=BACKHAUL)
HOME = Bss(
    ssid="home", passphrase="correct horse", multi_ap=FRONTHAUL, wps=True, hands_out=HOME_BACKHAUL
)
NEIGHBOUR = Bss(ssid="neighbour", passphrase="next door key", multi_ap=FRONTHAUL, wps=True)
PLAIN = Bss(ssid="plain", passphrase="correct horse", wps=True)
STATUS_DENIED = 12
PIN, OTHER_PIN = "12345670", "11111118"


@requirement("map.wps-failure.plain-ap", "README-MULTI-AP: wpa_supplicant will fail", MUST)
def test_an_access_point_without_multi_ap_enrols_no_backhaul_station(lab: Lab) -> None:
    """A backhaul station leaves an AP without Multi-AP before M1 and keeps no profile of it."""
    ap = lab.ap(PLAIN)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(AssociationResponse, from_=ap, to=sta, within=60, status=0, multi_ap=ABSENT)
    lab.air.expect(Deauthentication, from_=sta, to=ap, within=5)
    lab.air.refuse(M1, from_=sta, within=5)
    sta.expect_nothing_stored()


@requirement("map.wps-failure.plain-ap-told-by-station", "README-WPS, events: WPS-FAIL", SHOULD)
def test_the_station_tells_in_time_that_the_access_point_lacks_multi_ap(lab: Lab) -> None:
    """A backhaul station tells within seconds that an AP without Multi-AP can't enrol it."""
    ap = lab.ap(PLAIN)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(AssociationResponse, from_=ap, to=sta, within=60)
    sta.expect_event("WPS-FAIL", within=15)


@requirement("map.wps-failure.plain-ap-told-by-ap", "README-WPS, events: WPS-FAIL", SHOULD)
def test_the_access_point_tells_in_time_that_the_station_left(lab: Lab) -> None:
    """An AP tells within seconds that an Enrollee left it in the middle of its enrolment."""
    ap = lab.ap(PLAIN)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(Deauthentication, from_=sta, to=ap, within=60)
    ap.expect_event("WPS-FAIL", within=15)


@requirement("map.wps-failure.fronthaul-credentials", "README-MULTI-AP: role 2 denies", MUST)
def test_fronthaul_credentials_make_no_backhaul_link(lab: Lab) -> None:
    """A backhaul station that was given fronthaul credentials stays one, and gets no link."""
    ap = lab.peer_ap(FronthaulCredentials, HOME, HOME_BACKHAUL)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(M8, from_=ap[HOME], to=sta, within=60)
    lab.air.expect(
        AssociationRequest, from_=sta, to=ap[HOME], within=30, multi_ap=PRESENT, wsc=ABSENT
    )
    lab.air.expect(AssociationResponse, from_=ap[HOME], to=sta, status=STATUS_DENIED)
    sta.expect_event("CTRL-EVENT-ASSOC-REJECT")
    lab.air.refuse(EapolKey, from_=sta)


@requirement("map.wps-failure.m2-lost", "RFC 3748 4.3; WSC 2.0: EAP retransmission", MUST)
def test_a_lost_m2_is_repeated(lab: Lab) -> None:
    """An AP whose M2 got lost says it again, and the enrolment goes on."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()
    lab.lose(M2, from_=ap, to=sta)

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(M1, from_=sta, to=ap[HOME], within=60)
    lab.air.expect(M3, from_=sta, to=ap[HOME], within=15)
    lab.air.expect(WscDone, from_=sta, to=ap[HOME])


@requirement("map.wps-failure.m3-lost", "RFC 3748 4.2: a repeated Request", MUST)
def test_a_lost_m3_is_repeated(lab: Lab) -> None:
    """A station whose M3 got lost says it again when M2 comes again."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()
    lab.lose(M3, from_=sta, to=ap)

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(M1, from_=sta, to=ap[HOME], within=60)
    lab.air.expect(M4, from_=ap[HOME], to=sta, within=15)
    lab.air.expect(WscDone, from_=sta, to=ap[HOME])


@requirement("map.wps-failure.fragments-to-ap", "WSC 2.0: EAP fragmentation", MUST)
def test_an_access_point_takes_fragments(lab: Lab) -> None:
    """An AP acknowledges the fragments of an Enrollee's messages and puts them together."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.peer_sta(enrollee(fragment_size=128))

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(WscPacket, from_=ap[HOME], to=sta, within=60, where=lambda packet:
                   packet.op_code == OpCode.FRAG_ACK)
    lab.air.expect(M2, from_=ap[HOME], to=sta)
    lab.air.expect(M8, from_=ap[HOME], to=sta)


@requirement("map.wps-failure.fragments-to-station", "WSC 2.0: EAP fragmentation", MUST)
def test_a_station_takes_fragments(lab: Lab) -> None:
    """A station acknowledges the fragments of a Registrar's messages and puts them together."""
    ap = lab.peer_ap(registrar(fragment_size=128), HOME, HOME_BACKHAUL)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(WscPacket, from_=sta, to=ap[HOME], within=60, where=lambda packet:
                   packet.op_code == OpCode.FRAG_ACK)
    lab.air.expect(WscDone, from_=sta, to=ap[HOME])


@requirement("map.wps-failure.silent-ap", "WSC 2.0: registration time-out of two minutes", MUST)
def test_a_station_gives_a_silent_access_point_up(lab: Lab) -> None:
    """A station whose AP falls silent after M4 leaves it, tells so, and keeps no profile."""
    ap = lab.peer_ap(registrar(silent_after=M4), HOME, HOME_BACKHAUL)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(M4, from_=ap[HOME], to=sta, within=60)
    sta.expect_event("WPS-FAIL", within=120)
    lab.air.expect(Deauthentication, from_=sta, to=ap[HOME])
    sta.expect_nothing_stored()


@requirement("map.wps-failure.silent-enrollee", "RFC 3748 4.3; WSC 2.0: EAP time-out", MUST)
def test_an_access_point_gives_a_silent_enrollee_up(lab: Lab) -> None:
    """An AP whose Enrollee falls silent after M3 repeats M4, then gives up and tells so."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.peer_sta(enrollee(silent_after=M3))

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(M4, from_=ap[HOME], to=sta, within=60)
    lab.air.expect(M4, from_=ap[HOME], to=sta, within=10)
    ap.expect_event(f"CTRL-EVENT-EAP-TIMEOUT-FAILURE {sta.address}", within=30)
    lab.air.expect_at_most(0, M4, from_=ap[HOME], within=10)


@requirement("map.wps-failure.restart", "WSC 2.0: a new run has a new nonce", MUST)
def test_an_enrolment_may_begin_anew(lab: Lab) -> None:
    """When the station's button is pushed again in the middle of a run, another run succeeds."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()
    lab.lose(M4, from_=ap, to=sta)

    ap.push_button()
    sta.push_button(backhaul=True)
    first = lab.air.expect(M3, from_=sta, to=ap[HOME], within=60)
    sta.push_button(backhaul=True)

    second = lab.air.expect(M3, from_=sta, to=ap[HOME], within=60)
    assert second.registrar_nonce != first.registrar_nonce
    lab.air.expect(WscDone, from_=sta, to=ap[HOME], within=15)
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap[HOME_BACKHAUL].bssid}", within=30)


@requirement("map.wps-failure.two-enrollees", "WSC 2.0, 11.3: session overlap", MUST)
def test_two_enrollees_at_once_are_refused(lab: Lab) -> None:
    """An AP that sees two stations with their buttons pushed enrols neither, and tells so."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    first, second = lab.sta("first"), lab.sta("second")

    first.push_button(backhaul=True)
    lab.air.expect(ProbeRequest, from_=first, within=30, where=lambda probe:
                   probe.wsc and probe.frequency == ap.frequency)
    lab.carry_off(first)
    ap.push_button()
    second.push_button(backhaul=True)

    ap.expect_event("WPS-OVERLAP-DETECTED", within=60)
    lab.air.expect(
        M2D,
        from_=ap[HOME],
        to=second,
        within=60,
        configuration_error=ConfigurationError.MULTIPLE_PBC_DETECTED,
    )
    lab.air.refuse(M2, from_=ap[HOME], within=10)


@requirement("map.wps-failure.two-enrollees-told", "WSC 2.0, 11.3: session overlap", SHOULD)
def test_two_enrollees_at_once_tell_so(lab: Lab) -> None:
    """Each of two stations that push their buttons at once tells that it was refused."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    first, second = lab.sta("first"), lab.sta("second")

    first.push_button(backhaul=True)
    lab.air.expect(ProbeRequest, from_=first, within=30, where=lambda probe:
                   probe.wsc and probe.frequency == ap.frequency)
    lab.carry_off(first)
    ap.push_button()
    second.push_button(backhaul=True)

    second.expect_event("WPS-FAIL", within=60)
    lab.bring_back(first)
    first.expect_event("WPS-FAIL", within=60)


@requirement("map.wps-failure.two-aps", "WSC 2.0, 11.3: session overlap", MUST)
def test_two_access_points_at_once_are_not_joined(lab: Lab) -> None:
    """A station that sees two APs with their buttons pushed joins neither, and tells so."""
    ap, neighbour = lab.ap(HOME, HOME_BACKHAUL), lab.ap(NEIGHBOUR, name="neighbour")
    sta = lab.sta()

    ap.push_button()
    neighbour.push_button()
    sta.push_button(backhaul=True)

    sta.expect_event("WPS-OVERLAP-DETECTED", within=60)
    lab.air.refuse(AssociationRequest, from_=sta, within=5)
    sta.expect_nothing_stored()


@requirement("map.wps-failure.station-button-only", "WSC 2.0, 11.3: walk time", MUST)
def test_a_station_alone_with_its_button_pushed_stops_after_two_minutes(lab: Lab) -> None:
    """A station whose AP's button is not pushed joins nobody, and stops after the walk time."""
    lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()

    sta.push_button(backhaul=True)

    sta.expect_event("WPS-TIMEOUT", within=130)
    lab.air.refuse(Authentication, from_=sta)
    sta.expect_nothing_stored()


@requirement("map.wps-failure.ap-button-only", "WSC 2.0, 11.3: walk time", MUST)
def test_an_access_point_alone_with_its_button_pushed_stops_after_two_minutes(lab: Lab) -> None:
    """An AP that no station comes to tells of the end of the walk time, in its Beacons too."""
    ap = lab.ap(HOME, HOME_BACKHAUL)

    ap.push_button()

    lab.air.expect(Beacon, from_=ap[HOME], within=115, where=lambda beacon:
                   beacon.t > 110 and beacon.wsc, wsc__selected_registrar=True)
    ap.expect_event("WPS-TIMEOUT", within=15)
    lab.air.expect(Beacon, from_=ap[HOME], within=2, where=lambda beacon:
                   beacon.wsc and not beacon.wsc.selected_registrar)


@requirement("map.wps-failure.wrong-pin", "WSC 2.0: device password authentication failure", MUST)
def test_a_wrong_pin_fails_at_once_on_both_sides(lab: Lab) -> None:
    """A station sees in M4 that the AP has another PIN, refuses, and both sides tell so."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()

    ap.enter_pin(PIN)
    sta.enter_pin(OTHER_PIN)

    lab.air.expect(
        WscNack,
        from_=sta,
        to=ap[HOME],
        within=60,
        configuration_error=ConfigurationError.DEVICE_PASSWORD_AUTH_FAILURE,
    )
    lab.air.refuse(M6, from_=ap[HOME])
    sta.expect_event("WPS-FAIL msg=8 config_error=18")
    ap.expect_event("WPS-FAIL msg=8 config_error=18")
    sta.expect_nothing_stored()
