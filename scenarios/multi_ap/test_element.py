"""What a Multi-AP element may look like and where it counts (Multi-AP 5.2, 9.1)."""

from __future__ import annotations

from harness.lab import ABSENT, BACKHAUL, FRONTHAUL, MUST, OBSERVE, SHOULD, Bss, Lab, requirement
from harness.lab.testers.said_elements import access_point_saying, station_saying
from harness.wire.dot11.elements import OUI_WFA, VENDOR_TYPE_MULTI_AP, vendor_element
from harness.wire.dot11.frames import (
    AssociationRequest,
    AssociationResponse,
    Authentication,
    Beacon,
    Deauthentication,
    ProbeRequest,
    ProbeResponse,
    ReassociationRequest,
    ReassociationResponse,
)
from harness.wire.multi_ap import BACKHAUL_BSS, BACKHAUL_STA, SUB_EXTENSION, MultiApElement

BACKHAUL_ONLY = Bss(ssid="home", passphrase="battery staple", multi_ap=BACKHAUL)
BOTH_ROLES = Bss(ssid="home", passphrase="battery staple", multi_ap=BACKHAUL | FRONTHAUL)

NO_STATION = NO_BSS = MultiApElement(flags=0)
STATION = MultiApElement(flags=BACKHAUL_STA)
STATION_WITH_UNKNOWN = MultiApElement(flags=BACKHAUL_STA, rest=bytes((0xEE, 2, 1, 2)))
STATION_WITH_CUT_TAIL = MultiApElement(flags=BACKHAUL_STA, rest=bytes((0xEE, 9, 1)))
BSS = MultiApElement(flags=BACKHAUL_BSS)
BSS_WITH_UNKNOWN = MultiApElement(flags=BACKHAUL_BSS, rest=bytes((0xEE, 2, 1, 2)))
EMPTY = vendor_element(OUI_WFA, VENDOR_TYPE_MULTI_AP, b"")
EMPTY_EXTENSION = vendor_element(OUI_WFA, VENDOR_TYPE_MULTI_AP, bytes((SUB_EXTENSION, 0)))
CUT_EXTENSION = vendor_element(OUI_WFA, VENDOR_TYPE_MULTI_AP, bytes((SUB_EXTENSION, 9, 0xC0)))
OTHER_TYPE = vendor_element(OUI_WFA, VENDOR_TYPE_MULTI_AP + 1, STATION.encode())
STATUS_DENIED = 12
STATUS_INVALID_ELEMENT = 40
"""IEEE 802.11-2020, 9.4.1.9."""


# ---- from a station to the access point under test ----------------------------------------


@requirement("map.element.last-in-request", "README-MULTI-AP; Multi-AP 5.2", MUST)
def test_station_ends_its_request_with_the_element(lab: Lab) -> None:
    """Of what a backhaul station adds to its Association Request the element comes last."""
    ap = lab.ap(BACKHAUL_ONLY)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    lab.air.expect(AssociationRequest, from_=sta, to=ap, within=30, ends_with_multi_ap=True)


@requirement("map.element.anywhere-in-request", "IEEE 802.11-2020 9.4.2.1", MUST)
def test_access_point_finds_the_element_before_others(lab: Lab) -> None:
    """An access point finds the element where it is not the last one."""
    ap = lab.ap(BACKHAUL_ONLY)
    sta = lab.peer_sta(station_saying(STATION.element(), first=True))

    sta.connect(ap, backhaul=True)

    lab.air.expect(
        AssociationResponse, from_=ap, to=sta, within=30, status=0, multi_ap__backhaul_bss=True
    )


@requirement("map.element.reassociation", "README-MULTI-AP; Multi-AP 5.2", MUST)
def test_access_point_answers_a_reassociation_with_the_element(lab: Lab) -> None:
    """An access point answers the element in a Reassociation Request as in an Association's."""
    ap = lab.ap(BACKHAUL_ONLY)
    sta = lab.peer_sta(station_saying(STATION.element(), reassociates=True))

    sta.connect(ap, backhaul=True)

    lab.air.expect(ReassociationRequest, from_=sta, to=ap, within=30)
    lab.air.expect(
        ReassociationResponse, from_=ap, to=sta, status=0, multi_ap__backhaul_bss=True
    )
    sta.expect_event("CTRL-EVENT-CONNECTED")


@requirement("map.element.reassociation-without", "README-MULTI-AP; Multi-AP 5.2", MUST)
def test_access_point_denies_a_reassociation_without_the_element(lab: Lab) -> None:
    """A backhaul-only BSS denies a Reassociation Request without the element."""
    ap = lab.ap(BACKHAUL_ONLY)
    sta = lab.peer_sta(station_saying(b"", reassociates=True))

    sta.connect(ap, backhaul=True)

    lab.air.expect(
        ReassociationResponse, from_=ap, to=sta, within=30, status=STATUS_DENIED, multi_ap=ABSENT
    )


@requirement("map.element.empty", "Multi-AP 9.1", MUST)
def test_access_point_refuses_an_empty_element(lab: Lab) -> None:
    """An access point refuses an element without any sub-element as invalid."""
    ap = lab.ap(BOTH_ROLES)
    sta = lab.peer_sta(station_saying(EMPTY))

    sta.connect(ap, backhaul=True)

    lab.air.expect(
        AssociationResponse, from_=ap, to=sta, within=30, status=STATUS_INVALID_ELEMENT
    )


@requirement("map.element.empty-extension", "Multi-AP 9.1", MUST)
def test_access_point_refuses_an_empty_extension(lab: Lab) -> None:
    """An access point refuses an element whose extension sub-element has no flags as invalid."""
    ap = lab.ap(BOTH_ROLES)
    sta = lab.peer_sta(station_saying(EMPTY_EXTENSION))

    sta.connect(ap, backhaul=True)

    lab.air.expect(
        AssociationResponse, from_=ap, to=sta, within=30, status=STATUS_INVALID_ELEMENT
    )


@requirement("map.element.cut-extension", "Multi-AP 9.1", MUST)
def test_access_point_refuses_a_cut_extension(lab: Lab) -> None:
    """An access point refuses an element whose extension sub-element ends too early as invalid."""
    ap = lab.ap(BOTH_ROLES)
    sta = lab.peer_sta(station_saying(CUT_EXTENSION))

    sta.connect(ap, backhaul=True)

    lab.air.expect(
        AssociationResponse, from_=ap, to=sta, within=30, status=STATUS_INVALID_ELEMENT
    )


@requirement("map.element.cut-tail", "Multi-AP 9.1", SHOULD)
def test_access_point_passes_over_a_cut_tail(lab: Lab) -> None:
    """An access point takes an element that is good up to a last sub-element cut short."""
    ap = lab.ap(BACKHAUL_ONLY)
    sta = lab.peer_sta(station_saying(STATION_WITH_CUT_TAIL.element()))

    sta.connect(ap, backhaul=True)

    lab.air.expect(
        AssociationResponse, from_=ap, to=sta, within=30, status=0, multi_ap__backhaul_bss=True
    )


@requirement("map.element.unknown-sub-element", "Multi-AP 9.1", MUST)
def test_access_point_passes_over_unknown_sub_elements(lab: Lab) -> None:
    """An access point takes an element with a sub-element that it does not know."""
    ap = lab.ap(BACKHAUL_ONLY)
    sta = lab.peer_sta(station_saying(STATION_WITH_UNKNOWN.element()))

    sta.connect(ap, backhaul=True)

    lab.air.expect(
        AssociationResponse, from_=ap, to=sta, within=30, status=0, multi_ap__backhaul_bss=True
    )


@requirement("map.element.twice", "Multi-AP 5.2", SHOULD)
def test_access_point_takes_the_element_twice(lab: Lab) -> None:
    """An access point takes a request with the same element twice, and answers with one."""
    ap = lab.ap(BACKHAUL_ONLY)
    sta = lab.peer_sta(station_saying(STATION.element() * 2))

    sta.connect(ap, backhaul=True)

    lab.air.expect(
        AssociationResponse,
        from_=ap,
        to=sta,
        within=30,
        status=0,
        multi_ap__backhaul_bss=True,
        elements__multi_ap_count=1,
    )


@requirement("map.element.two-different", "hostapd 2.10 does so", OBSERVE)
def test_access_point_takes_the_last_of_two_elements(lab: Lab) -> None:
    """Of two elements in a request that say different things, the last one counts."""
    ap = lab.ap(BACKHAUL_ONLY)
    sta = lab.peer_sta(station_saying(NO_STATION.element() + STATION.element()))

    sta.connect(ap, backhaul=True)

    lab.air.expect(AssociationResponse, from_=ap, to=sta, within=30, status=0)


@requirement("map.element.other-type", "Multi-AP 9.1", MUST)
def test_access_point_knows_the_element_by_its_type(lab: Lab) -> None:
    """A Wi-Fi Alliance element of another type is no Multi-AP element."""
    ap = lab.ap(BACKHAUL_ONLY)
    sta = lab.peer_sta(station_saying(OTHER_TYPE))

    sta.connect(ap, backhaul=True)

    lab.air.expect(AssociationResponse, from_=ap, to=sta, within=30, status=STATUS_DENIED)


@requirement("map.element.request-in-wrong-frame", "README-MULTI-AP; Multi-AP 5.2", MUST)
def test_access_point_counts_association_requests_only(lab: Lab) -> None:
    """The element in Probe Requests and the Authentication does not make a backhaul station."""
    ap = lab.ap(BACKHAUL_ONLY)
    sta = lab.peer_sta(
        station_saying(STATION.element(), frames=(ProbeRequest, Authentication))
    )

    sta.connect(ap, backhaul=True)

    lab.air.expect(Authentication, from_=sta, within=30, multi_ap__backhaul_sta=True)
    lab.air.expect(Authentication, from_=ap, status=0, multi_ap=ABSENT)
    lab.air.expect(AssociationRequest, from_=sta, multi_ap=ABSENT)
    lab.air.expect(AssociationResponse, from_=ap, to=sta, status=STATUS_DENIED)


# ---- from an access point to the station under test ---------------------------------------


@requirement("map.element.response-empty", "Multi-AP 9.1", MUST)
def test_station_leaves_after_an_empty_element(lab: Lab) -> None:
    """A backhaul station leaves an access point that answers with an empty element."""
    ap = lab.peer_ap(access_point_saying(EMPTY), BACKHAUL_ONLY)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    lab.air.expect(AssociationResponse, from_=ap, to=sta, within=30, status=0)
    lab.air.expect(Deauthentication, from_=sta, to=ap)


@requirement("map.element.response-cut-extension", "Multi-AP 9.1", MUST)
def test_station_leaves_after_a_cut_extension(lab: Lab) -> None:
    """A backhaul station leaves an access point whose extension sub-element ends too early."""
    ap = lab.peer_ap(access_point_saying(CUT_EXTENSION), BACKHAUL_ONLY)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    lab.air.expect(AssociationResponse, from_=ap, to=sta, within=30, status=0)
    lab.air.expect(Deauthentication, from_=sta, to=ap)


@requirement("map.element.response-unknown-sub-element", "Multi-AP 9.1", MUST)
def test_station_passes_over_unknown_sub_elements(lab: Lab) -> None:
    """A backhaul station joins on an element with a sub-element that it does not know."""
    ap = lab.peer_ap(access_point_saying(BSS_WITH_UNKNOWN.element()), BACKHAUL_ONLY)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    sta.expect_event("CTRL-EVENT-CONNECTED", within=30)


@requirement("map.element.response-twice", "Multi-AP 5.2", SHOULD)
def test_station_takes_the_element_twice(lab: Lab) -> None:
    """A backhaul station joins on an answer with the same element twice."""
    ap = lab.peer_ap(access_point_saying(BSS.element() * 2), BACKHAUL_ONLY)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    sta.expect_event("CTRL-EVENT-CONNECTED", within=30)


@requirement("map.element.response-two-different", "wpa_supplicant 2.10 does so", OBSERVE)
def test_station_takes_the_last_of_two_elements(lab: Lab) -> None:
    """Of two elements in an answer that say different things, the last one counts."""
    both = NO_BSS.element() + BSS.element()
    ap = lab.peer_ap(access_point_saying(both), BACKHAUL_ONLY)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    sta.expect_event("CTRL-EVENT-CONNECTED", within=30)


@requirement("map.element.response-in-wrong-frame", "README-MULTI-AP; Multi-AP 5.2", MUST)
def test_station_counts_the_association_response_only(lab: Lab) -> None:
    """The element in Beacons, Probe Responses and the Authentication makes no backhaul BSS."""
    wrong = (Beacon, ProbeResponse, Authentication)
    ap = lab.peer_ap(access_point_saying(BSS.element(), frames=wrong), BACKHAUL_ONLY)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    lab.air.expect(Authentication, from_=ap, to=sta, within=30, multi_ap__backhaul_bss=True)
    lab.air.expect(AssociationResponse, from_=ap, to=sta, status=0, multi_ap=ABSENT)
    lab.air.expect(Deauthentication, from_=sta, to=ap)
