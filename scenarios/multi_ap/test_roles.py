"""Whom a BSS serves by its Multi-AP roles (README-MULTI-AP, "Fronthaul and backhaul links")."""

from __future__ import annotations

from harness.lab import ABSENT, BACKHAUL, FRONTHAUL, MUST, Bss, Lab, requirement
from harness.lab.testers.said_elements import access_point_saying, station_saying
from harness.wire.dot11.frames import (
    AssociationRequest,
    AssociationResponse,
    Data,
    Deauthentication,
)
from harness.wire.eapol import EapolFrame
from harness.wire.multi_ap import BACKHAUL_BSS, FRONTHAUL_BSS, MultiApElement
from harness.wire.wsc import M1

NO_ROLE = Bss(ssid="home", passphrase="battery staple")
BACKHAUL_ONLY = Bss(ssid="home", passphrase="battery staple", multi_ap=BACKHAUL)
FRONTHAUL_ONLY = Bss(ssid="home", passphrase="battery staple", multi_ap=FRONTHAUL)
BOTH_ROLES = Bss(ssid="home", passphrase="battery staple", multi_ap=BACKHAUL | FRONTHAUL)
ENROLLING = Bss(
    ssid="front", passphrase="correct horse", multi_ap=FRONTHAUL, wps=True, hands_out=BACKHAUL_ONLY
)
WITHOUT_FLAG = MultiApElement(flags=0).element()
RIGHT = MultiApElement(flags=BACKHAUL_BSS).element()
ONLY_FRONTHAUL = MultiApElement(flags=FRONTHAUL_BSS).element()
STATUS_DENIED = 12
"""Association denied for a reason outside the standard (IEEE 802.11-2020, 9.4.1.9)."""

TEN = 10
CLAUSE = "README-MULTI-AP, backhaul links; Multi-AP 5.2"


@requirement("map.role.none-ignores-element", CLAUSE, MUST)
def test_bss_without_role_ignores_the_element(lab: Lab) -> None:
    """A BSS without a Multi-AP role takes a backhaul station as any other: no element back."""
    ap = lab.ap(NO_ROLE)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    lab.air.expect(AssociationRequest, from_=sta, within=30, multi_ap__backhaul_sta=True)
    lab.air.expect(AssociationResponse, from_=ap, to=sta, status=0, multi_ap=ABSENT)


@requirement("map.role.backhaul-serves-backhaul", CLAUSE, MUST)
def test_backhaul_bss_serves_a_backhaul_station(lab: Lab) -> None:
    """A backhaul-only BSS takes a backhaul station and names its one role."""
    ap = lab.ap(BACKHAUL_ONLY)
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
    )
    sta.expect_event("CTRL-EVENT-CONNECTED")


@requirement("map.role.backhaul-denies-without-flag", CLAUSE, MUST)
def test_backhaul_bss_denies_an_element_without_the_flag(lab: Lab) -> None:
    """A backhaul-only BSS denies a station whose element does not call it a backhaul station."""
    ap = lab.ap(BACKHAUL_ONLY)
    sta = lab.peer_sta(station_saying(WITHOUT_FLAG))

    sta.connect(ap, backhaul=True)

    lab.air.expect(
        AssociationResponse, from_=ap, to=sta, within=30, status=STATUS_DENIED, multi_ap=ABSENT
    )


@requirement("map.role.fronthaul-serves-plain", CLAUSE, MUST)
def test_fronthaul_bss_serves_a_plain_station(lab: Lab) -> None:
    """A fronthaul-only BSS takes a plain station, without an element in the answer."""
    ap = lab.ap(FRONTHAUL_ONLY)
    sta = lab.sta()

    sta.connect(ap)

    lab.air.expect(AssociationResponse, from_=ap, to=sta, within=30, status=0, multi_ap=ABSENT)
    sta.expect_event("CTRL-EVENT-CONNECTED")


@requirement("map.role.fronthaul-denies-backhaul", CLAUSE, MUST)
def test_fronthaul_bss_denies_a_backhaul_station(lab: Lab) -> None:
    """A fronthaul-only BSS denies a backhaul station that does not come to enrol."""
    ap = lab.ap(FRONTHAUL_ONLY)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    lab.air.expect(AssociationRequest, from_=sta, within=30, multi_ap__backhaul_sta=True)
    lab.air.expect(AssociationResponse, from_=ap, to=sta, status=STATUS_DENIED)


@requirement("map.role.fronthaul-enrols-backhaul", "README-MULTI-AP, WPS support, 4-6", MUST)
def test_fronthaul_bss_enrols_a_backhaul_station(lab: Lab) -> None:
    """A fronthaul-only BSS takes a backhaul station that enrols, names its one role, runs WPS."""
    ap = lab.ap(ENROLLING, BACKHAUL_ONLY)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(
        AssociationResponse,
        from_=ap[ENROLLING],
        to=sta,
        within=60,
        status=0,
        multi_ap__backhaul_bss=False,
        multi_ap__fronthaul_bss=True,
    )
    lab.air.expect(M1, from_=sta, to=ap[ENROLLING])


@requirement("map.role.fronthaul-ignores-without-flag", CLAUSE, MUST)
def test_fronthaul_bss_serves_an_element_without_the_flag(lab: Lab) -> None:
    """A fronthaul-only BSS takes a station that calls itself no backhaul station as a plain one."""
    ap = lab.ap(FRONTHAUL_ONLY)
    sta = lab.peer_sta(station_saying(WITHOUT_FLAG))

    sta.connect(ap)

    lab.air.expect(AssociationResponse, from_=ap, to=sta, within=30, status=0, multi_ap=ABSENT)


@requirement("map.role.both-serves-backhaul", CLAUSE, MUST)
def test_bss_with_both_roles_serves_a_backhaul_station(lab: Lab) -> None:
    """A BSS with both roles names both to a backhaul station and uses four addresses with it."""
    ap = lab.ap(BOTH_ROLES)
    sta = lab.sta()
    behind_ap, behind_sta = lab.host(behind=ap), lab.host(behind=sta)

    sta.connect(ap, backhaul=True)

    lab.air.expect(
        AssociationResponse,
        from_=ap,
        to=sta,
        within=30,
        status=0,
        multi_ap__backhaul_bss=True,
        multi_ap__fronthaul_bss=True,
    )
    sta.expect_event("CTRL-EVENT-CONNECTED")
    ap.expect_event("AP-STA-CONNECTED")
    down = behind_ap.send(to=behind_sta)
    lab.air.expect(Data, from_=ap, to=sta, source=behind_ap, addresses=4, protected=True)
    behind_sta.expect(down)


@requirement("map.role.both-serves-plain", CLAUSE, MUST)
def test_bss_with_both_roles_serves_a_plain_station(lab: Lab) -> None:
    """A BSS with both roles gives a plain station no element, and three addresses."""
    ap = lab.ap(BOTH_ROLES)
    sta = lab.sta()
    behind_ap, own = lab.host(behind=ap), lab.stack(sta)

    sta.connect(ap)

    lab.air.expect(AssociationResponse, from_=ap, to=sta, within=30, status=0, multi_ap=ABSENT)
    sta.expect_event("CTRL-EVENT-CONNECTED")
    ap.expect_event("AP-STA-CONNECTED")
    down = behind_ap.send(to=own)
    lab.air.expect(Data, from_=ap, to=sta, source=behind_ap, addresses=3, protected=True)
    own.expect(down)


@requirement("map.role.both-at-once", CLAUSE, MUST)
def test_bss_with_both_roles_serves_both_kinds_at_once(lab: Lab) -> None:
    """Beside a backhaul station with four addresses a plain one keeps three."""
    ap = lab.ap(BOTH_ROLES)
    backhaul, plain = lab.sta("backhaul"), lab.sta("plain")
    behind_ap, behind_sta = lab.host(behind=ap), lab.host(behind=backhaul)
    own = lab.stack(plain)

    backhaul.connect(ap, backhaul=True)
    plain.connect(ap)

    ap.expect_event(f"AP-STA-CONNECTED {backhaul.address}", within=30)
    ap.expect_event(f"AP-STA-CONNECTED {plain.address}", within=30)
    to_backhaul = behind_ap.send(to=behind_sta)
    lab.air.expect(
        Data, from_=ap, to=backhaul, source=behind_ap, addresses=4, protected=True
    )
    to_plain = behind_ap.send(to=own)
    lab.air.expect(Data, from_=ap, to=plain, source=behind_ap, addresses=3, protected=True)
    behind_sta.expect(to_backhaul)
    own.expect(to_plain)
    lab.air.refuse(Data, to=plain, where=lambda data: data.addresses == 4)


@requirement("map.role.station-needs-the-element", CLAUSE, MUST)
def test_station_leaves_an_access_point_without_element(lab: Lab) -> None:
    """A backhaul station that gets no element back deauthenticates before any EAPOL frame."""
    ap = lab.peer_ap(access_point_saying(b""), BACKHAUL_ONLY)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    answer = lab.air.expect(AssociationResponse, from_=ap, to=sta, within=30, status=0)
    lab.air.expect(Deauthentication, from_=sta, to=ap)
    sta.expect_event(f"CTRL-EVENT-DISCONNECTED bssid={ap.address} reason=3 locally_generated=1")
    lab.air.refuse(EapolFrame, from_=sta, to=ap, after=answer, within=1.0)


@requirement("map.role.station-takes-its-time", CLAUSE, MUST)
def test_station_does_not_try_in_a_tight_loop(lab: Lab) -> None:
    """A backhaul station that gets no element back tries at most once a second, on average."""
    ap = lab.peer_ap(access_point_saying(b""), BACKHAUL_ONLY)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    lab.air.expect(Deauthentication, from_=sta, to=ap, within=30)
    lab.air.expect_at_most(TEN, AssociationRequest, from_=sta, to=ap, within=10.0)


@requirement("map.role.station-goes-elsewhere", CLAUSE, MUST)
def test_station_goes_from_a_wrong_access_point_to_a_right_one(lab: Lab) -> None:
    """A backhaul station that one access point gave no element joins another one that does."""
    wrong = lab.peer_ap(access_point_saying(b""), BACKHAUL_ONLY, name="wrong")
    sta = lab.sta()

    sta.connect(wrong, backhaul=True)

    lab.air.expect(Deauthentication, from_=sta, to=wrong, within=30)
    right = lab.peer_ap(access_point_saying(RIGHT), BACKHAUL_ONLY, name="right")
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {right.address}", within=60)


@requirement("map.role.station-needs-backhaul-bss", CLAUSE, MUST)
def test_station_leaves_a_fronthaul_bss(lab: Lab) -> None:
    """A backhaul station that is told of a fronthaul BSS only deauthenticates."""
    ap = lab.peer_ap(access_point_saying(ONLY_FRONTHAUL), BACKHAUL_ONLY)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    answer = lab.air.expect(AssociationResponse, from_=ap, to=sta, within=30, status=0)
    lab.air.expect(Deauthentication, from_=sta, to=ap)
    sta.expect_event(f"CTRL-EVENT-DISCONNECTED bssid={ap.address} reason=3 locally_generated=1")
    lab.air.refuse(EapolFrame, from_=sta, to=ap, after=answer, within=1.0)


@requirement("map.role.plain-station-needs-no-element", CLAUSE, MUST)
def test_plain_station_says_nothing_of_multi_ap(lab: Lab) -> None:
    """A station without the backhaul role neither sends the element nor needs it."""
    ap = lab.ap(BOTH_ROLES)
    sta = lab.sta()

    sta.connect(ap)

    lab.air.expect(AssociationRequest, from_=sta, to=ap, within=30, multi_ap=ABSENT)
    sta.expect_event("CTRL-EVENT-CONNECTED")
