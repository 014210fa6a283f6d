"""A backhaul link, step by step (README-MULTI-AP, "end-to-end behavior for a backhaul BSS")."""

from __future__ import annotations

from harness.lab import ABSENT, BACKHAUL, MUST, Bss, Lab, requirement
from harness.wire.dot11.frames import (
    AssociationRequest,
    AssociationResponse,
    Authentication,
    Beacon,
    Data,
    ProbeResponse,
)
from harness.wire.eapol_key import EapolKey

HOME_BACKHAUL = Bss(ssid="home-backhaul", passphrase="battery staple", multi_ap=BACKHAUL)


@requirement("map.backhaul.1-beacon", "README-MULTI-AP, backhaul links, 1", MUST)
def test_1_beacons_of_a_backhaul_bss_are_plain(lab: Lab) -> None:
    """Beacons of a backhaul BSS advertise no WPS and nothing of Multi-AP."""
    ap = lab.ap(HOME_BACKHAUL)

    lab.air.expect(Beacon, from_=ap, within=1.0, wsc=ABSENT, multi_ap=ABSENT)

    lab.air.refuse(Beacon, from_=ap, where=lambda beacon: beacon.wsc or beacon.multi_ap)


@requirement("map.backhaul.1-probe-response", "Multi-AP 5.2", MUST)
def test_1_probe_responses_of_a_backhaul_bss_are_plain(lab: Lab) -> None:
    """Probe Responses of a backhaul BSS advertise no WPS and nothing of Multi-AP."""
    ap = lab.ap(HOME_BACKHAUL)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    lab.air.expect(ProbeResponse, from_=ap, to=sta, within=30, wsc=ABSENT, multi_ap=ABSENT)


@requirement("map.backhaul.2-station-authenticates", "README-MULTI-AP, backhaul links, 2", MUST)
def test_2_station_authenticates_plainly(lab: Lab) -> None:
    """The backhaul station's Authentication frame has nothing of Multi-AP."""
    ap = lab.ap(HOME_BACKHAUL)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    lab.air.expect(
        Authentication,
        from_=sta,
        to=ap,
        within=30,
        algorithm=0,
        transaction=1,
        status=0,
        multi_ap=ABSENT,
    )


@requirement("map.backhaul.3-ap-authenticates", "README-MULTI-AP, backhaul links, 3", MUST)
def test_3_access_point_authenticates_plainly(lab: Lab) -> None:
    """The access point's Authentication frame has nothing of Multi-AP."""
    ap = lab.ap(HOME_BACKHAUL)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    lab.air.expect(
        Authentication,
        from_=ap,
        to=sta,
        within=30,
        algorithm=0,
        transaction=2,
        status=0,
        multi_ap=ABSENT,
    )


@requirement("map.backhaul.4-request", "README-MULTI-AP, backhaul links, 4; Multi-AP 5.2", MUST)
def test_4_association_request_has_the_element(lab: Lab) -> None:
    """The backhaul station's Association Request says that it is one, once."""
    ap = lab.ap(HOME_BACKHAUL)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    lab.air.expect(
        AssociationRequest,
        from_=sta,
        to=ap,
        within=30,
        multi_ap__backhaul_sta=True,
        multi_ap__backhaul_bss=False,
        multi_ap__fronthaul_bss=False,
        elements__multi_ap_count=1,
    )


@requirement("map.backhaul.5-response", "README-MULTI-AP, backhaul links, 5; Multi-AP 5.2", MUST)
def test_5_association_response_has_the_element(lab: Lab) -> None:
    """The access point's Association Response says that the BSS is for backhaul, once."""
    ap = lab.ap(HOME_BACKHAUL)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    lab.air.expect(
        AssociationResponse,
        from_=ap,
        to=sta,
        within=30,
        status=0,
        multi_ap__backhaul_bss=True,
        multi_ap__fronthaul_bss=False,
        multi_ap__backhaul_sta=False,
        elements__multi_ap_count=1,
    )


@requirement("map.backhaul.6-four-addresses-down", "README-MULTI-AP, backhaul links, 6", MUST)
def test_6_access_point_uses_four_addresses(lab: Lab) -> None:
    """Data frames from the access point to a backhaul station have four addresses."""
    ap = lab.ap(HOME_BACKHAUL)
    sta = lab.sta()
    behind_ap, behind_sta = lab.host(behind=ap), lab.host(behind=sta)

    sta.connect(ap, backhaul=True)
    ap.expect_event(f"AP-STA-CONNECTED {sta.address}", within=30)
    frame = behind_ap.send(to=behind_sta)

    lab.air.expect(Data, from_=ap, to=sta, source=behind_ap, addresses=4, protected=True)
    behind_sta.expect(frame)


@requirement("map.backhaul.6-four-addresses-up", "README-MULTI-AP, backhaul links, 6", MUST)
def test_6_backhaul_station_uses_four_addresses(lab: Lab) -> None:
    """Data frames from a backhaul station to the access point have four addresses."""
    ap = lab.ap(HOME_BACKHAUL)
    sta = lab.sta()
    behind_ap, behind_sta = lab.host(behind=ap), lab.host(behind=sta)

    sta.connect(ap, backhaul=True)
    sta.expect_event("CTRL-EVENT-CONNECTED", within=30)
    frame = behind_sta.send(to=behind_ap)

    lab.air.expect(Data, from_=sta, to=ap, source=behind_sta, addresses=4, protected=True)
    behind_ap.expect(frame)


@requirement("map.backhaul.link", "README-MULTI-AP, backhaul links, 1-6; Multi-AP 5.2, 14", MUST)
def test_backhaul_link_from_beacon_to_data(lab: Lab) -> None:
    """All six steps of a backhaul link follow one another."""
    ap = lab.ap(HOME_BACKHAUL)
    sta = lab.sta()
    behind_ap, behind_sta = lab.host(behind=ap), lab.host(behind=sta)

    sta.connect(ap, backhaul=True)

    lab.air.expect(Beacon, from_=ap, within=1.0, wsc=ABSENT, multi_ap=ABSENT)
    lab.air.expect(Authentication, from_=sta, to=ap, within=30, multi_ap=ABSENT)
    lab.air.expect(Authentication, from_=ap, to=sta, status=0, multi_ap=ABSENT)
    lab.air.expect(AssociationRequest, from_=sta, to=ap, multi_ap__backhaul_sta=True)
    lab.air.expect(AssociationResponse, from_=ap, to=sta, status=0, multi_ap__backhaul_bss=True)
    lab.air.expect(EapolKey, from_=ap, to=sta)
    ap.expect_event(f"AP-STA-CONNECTED {sta.address}")
    sta.expect_event("CTRL-EVENT-CONNECTED")
    down = behind_ap.send(to=behind_sta)
    lab.air.expect(Data, from_=ap, to=sta, source=behind_ap, addresses=4, protected=True)
    behind_sta.expect(down)
    up = behind_sta.send(to=behind_ap)
    lab.air.expect(Data, from_=sta, to=ap, source=behind_sta, addresses=4, protected=True)
    behind_ap.expect(up)
