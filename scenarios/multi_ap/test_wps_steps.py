"""The eight steps of enrolling a backhaul link (README-MULTI-AP, WPS support, second list)."""

from __future__ import annotations

from harness.lab import ABSENT, BACKHAUL, FRONTHAUL, MUST, PRESENT, Bss, Lab, requirement
from harness.wire.dot11.frames import (
    AssociationRequest,
    AssociationResponse,
    Authentication,
    Beacon,
    Deauthentication,
)
from harness.wire.eap import EapCode, EapPacket
from harness.wire.multi_ap import BACKHAUL_STA
from harness.wire.wsc import M1, M8, WscDone
from harness.wire.wsc.device import WpsState

HOME_BACKHAUL = Bss(ssid="home-backhaul", passphrase="battery staple", multi_ap=BACKHAUL)
HOME = Bss(
    ssid="home",
    passphrase="correct horse",
    multi_ap=FRONTHAUL,
    wps=True,
    hands_out=HOME_BACKHAUL,
)
OPEN_SYSTEM = 0


@requirement("map.wps-step.1-beacon", "README-MULTI-AP, WPS support, step 1", MUST)
def test_fronthaul_beacons_advertise_wps(lab: Lab) -> None:
    """Beacons of the fronthaul BSS advertise WPS and nothing of Multi-AP."""
    ap = lab.ap(HOME, HOME_BACKHAUL)

    lab.air.expect(
        Beacon, from_=ap[HOME], within=1, wsc__wps_state=WpsState.CONFIGURED, multi_ap=ABSENT
    )


@requirement("map.wps-step.2-authentication-request", "README-MULTI-AP, WPS support, step 2", MUST)
def test_enrollee_authenticates_as_any_station(lab: Lab) -> None:
    """The Enrollee's Authentication frame is Open System, without anything of Multi-AP."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(
        Authentication,
        from_=sta,
        to=ap[HOME],
        within=60,
        algorithm=OPEN_SYSTEM,
        transaction=1,
        body=b"",
    )


@requirement("map.wps-step.3-authentication-response", "README-MULTI-AP, WPS support, step 3", MUST)
def test_access_point_authenticates_the_enrollee_as_any_station(lab: Lab) -> None:
    """The AP's Authentication frame accepts, without anything of Multi-AP."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(
        Authentication,
        from_=ap[HOME],
        to=sta,
        within=60,
        algorithm=OPEN_SYSTEM,
        transaction=2,
        status=0,
        body=b"",
    )


@requirement("map.wps-step.4-association-request", "Multi-AP 5.2, paragraph 4; step 4", MUST)
def test_enrollee_associates_with_the_multi_ap_element(lab: Lab) -> None:
    """The Enrollee's Association Request says WPS and backhaul station, and no RSN."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(
        AssociationRequest,
        from_=sta,
        to=ap[HOME],
        within=60,
        wsc=PRESENT,
        multi_ap__backhaul_sta=True,
        elements__rsn=ABSENT,
    )


@requirement("map.wps-step.5-association-response", "Multi-AP 5.2, paragraph 5; step 5", MUST)
def test_access_point_answers_with_the_multi_ap_element(lab: Lab) -> None:
    """The AP's Association Response accepts, and says that the BSS is for fronthaul only."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(
        AssociationResponse,
        from_=ap[HOME],
        to=sta,
        within=60,
        status=0,
        wsc=PRESENT,
        multi_ap__fronthaul_bss=True,
        multi_ap__backhaul_bss=False,
    )


@requirement("map.wps-step.6-m1", "Multi-AP 5.1; README-MULTI-AP, WPS support, step 6", MUST)
def test_m1_asks_for_a_backhaul_link(lab: Lab) -> None:
    """M1 carries the Multi-AP sub-element with the flag of a backhaul station and no other."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(M1, from_=sta, to=ap[HOME], within=60, multi_ap=BACKHAUL_STA)


@requirement("map.wps-step.7-m8", "Multi-AP 5.1; README-MULTI-AP, WPS support, step 7", MUST)
def test_m8_gives_the_backhaul_credentials(lab: Lab) -> None:
    """M8 gives the credentials of the backhaul BSS, not those of the fronthaul BSS."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    m8 = lab.air.expect(M8, from_=ap[HOME], to=sta, within=60)
    lab.expect_credential(m8, HOME_BACKHAUL)


@requirement("map.wps-step.8-deauthentication", "README-MULTI-AP, WPS support, step 8", MUST)
def test_enrollee_leaves_the_fronthaul_bss(lab: Lab) -> None:
    """After EAP-Failure the Enrollee deauthenticates from the fronthaul BSS."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(WscDone, from_=sta, to=ap[HOME], within=60)
    lab.air.expect(EapPacket, from_=ap[HOME], to=sta, code=EapCode.FAILURE)
    lab.air.expect(Deauthentication, from_=sta, to=ap[HOME], within=1)
