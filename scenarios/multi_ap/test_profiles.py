"""Multi-AP profiles: who may join, and the primary VLAN (Multi-AP 2.0, 9.1 and 5.2)."""

from __future__ import annotations

from harness.lab import BACKHAUL, FRONTHAUL, MUST, Bss, Lab, requirement
from harness.lab.testers.said_elements import access_point_saying, station_saying
from harness.wire.dot11.frames import (
    AssociationRequest,
    AssociationResponse,
    Data,
    Deauthentication,
)
from harness.wire.multi_ap import BACKHAUL_BSS, BACKHAUL_STA, HIGHEST_PROFILE, MultiApElement

PASSPHRASE = "battery staple"
PROFILE_1 = Bss(ssid="home", passphrase=PASSPHRASE, multi_ap=BACKHAUL)
PROFILE_2 = Bss(ssid="home", passphrase=PASSPHRASE, multi_ap=BACKHAUL, profile=2)
WITHOUT_PROFILE_1 = Bss(
    ssid="home", passphrase=PASSPHRASE, multi_ap=BACKHAUL, profile=2, disallows_profile_1=True
)
WITHOUT_LATER_PROFILES = Bss(
    ssid="home", passphrase=PASSPHRASE, multi_ap=BACKHAUL, profile=2, disallows_later_profiles=True
)
VLAN = 20
WITH_VLAN = Bss(
    ssid="home", passphrase=PASSPHRASE, multi_ap=BACKHAUL, profile=2, primary_vlan=VLAN
)
HIGHEST_VLAN = 4094
PLAIN = Bss(ssid="front", passphrase=PASSPHRASE)
WITH_HIGHEST_VLAN = Bss(
    ssid="home", passphrase=PASSPHRASE, multi_ap=BACKHAUL, profile=2, primary_vlan=HIGHEST_VLAN
)
FRONTHAUL_WITH_VLAN = Bss(
    ssid="front",
    passphrase=PASSPHRASE,
    multi_ap=FRONTHAUL,
    profile=2,
    primary_vlan=VLAN,
    wps=True,
    hands_out=WITH_VLAN,
)
UNKNOWN_PROFILE = HIGHEST_PROFILE + 1
STATION_OF_UNKNOWN_PROFILE = MultiApElement(flags=BACKHAUL_STA, profile=UNKNOWN_PROFILE)
STATION_WITH_VLAN_IN_PROFILE_1 = MultiApElement(flags=BACKHAUL_STA, vlan_id=VLAN)
STATION_WITH_VLAN_0 = MultiApElement(flags=BACKHAUL_STA, profile=2, vlan_id=0)
STATION_WITH_VLAN_4094 = MultiApElement(flags=BACKHAUL_STA, profile=2, vlan_id=HIGHEST_VLAN)
STATION_WITH_VLAN_4095 = MultiApElement(flags=BACKHAUL_STA, profile=2, vlan_id=4095)
BSS_OF_UNKNOWN_PROFILE = MultiApElement(flags=BACKHAUL_BSS, profile=UNKNOWN_PROFILE)
BSS_WITH_VLAN_4095 = MultiApElement(flags=BACKHAUL_BSS, profile=2, vlan_id=4095)
STATUS_DENIED = 12
STATUS_INVALID_ELEMENT = 40
"""IEEE 802.11-2020, 9.4.1.9."""
CLAUSE = "Multi-AP 2.0, 9.1"


@requirement("map.profile.request-1", CLAUSE, MUST)
def test_profile_1_station_names_no_profile(lab: Lab) -> None:
    """A profile-1 backhaul station has no profile sub-element in its request."""
    ap = lab.ap(PROFILE_1)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    lab.air.expect(
        AssociationRequest, from_=sta, within=30, multi_ap__profile=None, multi_ap__vlan_id=None
    )


@requirement("map.profile.request-2", CLAUSE, MUST)
def test_profile_2_station_names_its_profile(lab: Lab) -> None:
    """A profile-2 backhaul station names its profile in its request."""
    ap = lab.ap(PROFILE_1)
    sta = lab.sta()

    sta.connect(ap, backhaul=True, profile=2)

    lab.air.expect(
        AssociationRequest,
        from_=sta,
        within=30,
        multi_ap__backhaul_sta=True,
        multi_ap__profile=2,
    )
    sta.expect_event("CTRL-EVENT-CONNECTED")


@requirement("map.profile.request-3", CLAUSE, MUST)
def test_profile_3_station_names_its_profile(lab: Lab) -> None:
    """A profile-3 backhaul station names its profile, and joins a BSS of profile 2."""
    ap = lab.ap(PROFILE_2)
    sta = lab.sta()

    sta.connect(ap, backhaul=True, profile=3)

    lab.air.expect(AssociationRequest, from_=sta, within=30, multi_ap__profile=3)
    lab.air.expect(AssociationResponse, from_=ap, status=0, multi_ap__profile=2)
    sta.expect_event("CTRL-EVENT-CONNECTED")


@requirement("map.profile.response-1", CLAUSE, MUST)
def test_profile_1_bss_names_no_profile(lab: Lab) -> None:
    """A BSS of profile 1 has neither profile nor VLAN in its answer, whoever asks."""
    ap = lab.ap(PROFILE_1)
    sta = lab.peer_sta(station_saying(MultiApElement(flags=BACKHAUL_STA, profile=2).element()))

    sta.connect(ap, backhaul=True)

    lab.air.expect(
        AssociationResponse,
        from_=ap,
        within=30,
        status=0,
        multi_ap__profile=None,
        multi_ap__vlan_id=None,
    )


@requirement("map.profile.response-2", CLAUSE, MUST)
def test_profile_2_bss_names_its_profile(lab: Lab) -> None:
    """A BSS of profile 2 names its profile and disallows none unless told to."""
    ap = lab.ap(PROFILE_2)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    lab.air.expect(
        AssociationResponse,
        from_=ap,
        within=30,
        status=0,
        multi_ap__profile=2,
        multi_ap__profile1_disallowed=False,
        multi_ap__profile2_disallowed=False,
        multi_ap__vlan_id=None,
    )
    sta.expect_event("CTRL-EVENT-CONNECTED")


@requirement("map.profile.unknown-in-request", CLAUSE, MUST)
def test_access_point_denies_an_unknown_profile(lab: Lab) -> None:
    """An access point denies a backhaul station of a profile that does not exist."""
    ap = lab.ap(PROFILE_2)
    sta = lab.peer_sta(station_saying(STATION_OF_UNKNOWN_PROFILE.element()))

    sta.connect(ap, backhaul=True)

    lab.air.expect(AssociationResponse, from_=ap, within=30, status=STATUS_DENIED)


@requirement("map.profile.unknown-in-response", CLAUSE, MUST)
def test_station_leaves_a_bss_of_unknown_profile(lab: Lab) -> None:
    """A profile-2 backhaul station leaves a BSS of a profile that does not exist."""
    ap = lab.peer_ap(access_point_saying(BSS_OF_UNKNOWN_PROFILE.element()), PROFILE_2)
    sta = lab.sta()

    sta.connect(ap, backhaul=True, profile=2)

    lab.air.expect(AssociationResponse, from_=ap, to=sta, within=30, status=0)
    lab.air.expect(Deauthentication, from_=sta, to=ap)


@requirement("map.profile.disallows-1", CLAUSE, MUST)
def test_bss_denies_the_disallowed_profile_1(lab: Lab) -> None:
    """A BSS that disallows profile 1 denies a station that names no profile."""
    ap = lab.ap(WITHOUT_PROFILE_1)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    lab.air.expect(AssociationResponse, from_=ap, to=sta, within=30, status=STATUS_DENIED)


@requirement("map.profile.disallows-1-only", CLAUSE, MUST)
def test_bss_that_disallows_profile_1_serves_profile_2(lab: Lab) -> None:
    """A BSS that disallows profile 1 takes a profile-2 station and says what it disallows."""
    ap = lab.ap(WITHOUT_PROFILE_1)
    sta = lab.sta()

    sta.connect(ap, backhaul=True, profile=2)

    lab.air.expect(
        AssociationResponse,
        from_=ap,
        to=sta,
        within=30,
        status=0,
        multi_ap__profile1_disallowed=True,
        multi_ap__profile2_disallowed=False,
    )


@requirement("map.profile.disallows-later", CLAUSE, MUST)
def test_bss_denies_disallowed_later_profiles(lab: Lab) -> None:
    """A BSS that disallows profile 2 denies a station of profile 3 as well."""
    ap = lab.ap(WITHOUT_LATER_PROFILES)
    sta = lab.sta()

    sta.connect(ap, backhaul=True, profile=3)

    lab.air.expect(AssociationResponse, from_=ap, to=sta, within=30, status=STATUS_DENIED)


@requirement("map.profile.disallows-later-only", CLAUSE, MUST)
def test_bss_that_disallows_later_profiles_serves_profile_1(lab: Lab) -> None:
    """A BSS that disallows profile 2 takes a profile-1 station and says what it disallows."""
    ap = lab.ap(WITHOUT_LATER_PROFILES)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    lab.air.expect(
        AssociationResponse,
        from_=ap,
        to=sta,
        within=30,
        status=0,
        multi_ap__profile1_disallowed=False,
        multi_ap__profile2_disallowed=True,
    )


# ---- the primary VLAN ---------------------------------------------------------------------


@requirement("map.vlan.announced", CLAUSE, MUST)
def test_backhaul_bss_announces_its_primary_vlan(lab: Lab) -> None:
    """A backhaul BSS tells a profile-2 station of its primary VLAN."""
    ap = lab.ap(WITH_VLAN)
    sta = lab.sta()

    sta.connect(ap, backhaul=True, profile=2)

    lab.air.expect(
        AssociationResponse, from_=ap, to=sta, within=30, status=0, multi_ap__vlan_id=VLAN
    )


@requirement("map.vlan.not-on-fronthaul", CLAUSE, MUST)
def test_fronthaul_bss_announces_no_primary_vlan(lab: Lab) -> None:
    """A fronthaul-only BSS tells an enrolling backhaul station of no primary VLAN."""
    ap = lab.ap(FRONTHAUL_WITH_VLAN, WITH_VLAN)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(
        AssociationResponse,
        from_=ap[FRONTHAUL_WITH_VLAN],
        to=sta,
        within=60,
        status=0,
        multi_ap__profile=2,
        multi_ap__vlan_id=None,
    )


@requirement("map.vlan.tagged-down", "Multi-AP 2.0, 19.1", MUST)
def test_access_point_tags_what_it_sends_over_the_link(lab: Lab) -> None:
    """What comes from the access point's bridge has the primary VLAN's tag on the link only."""
    ap = lab.ap(WITH_VLAN)
    sta = lab.sta()
    behind_ap, behind_sta = lab.host(behind=ap), lab.host(behind=sta)

    sta.connect(ap, backhaul=True, profile=2)
    ap.expect_event(f"AP-STA-CONNECTED {sta.address}", within=30)
    down = behind_ap.send(to=behind_sta)

    data = lab.air.expect(Data, from_=ap, to=sta, source=behind_ap, addresses=4, protected=True)
    lab.expect_vlan(data, WITH_VLAN, VLAN)
    behind_sta.expect(down)


@requirement("map.vlan.tagged-up", "Multi-AP 2.0, 19.1", MUST)
def test_station_tags_what_it_sends_over_the_link(lab: Lab) -> None:
    """What comes from the station's bridge has the primary VLAN's tag on the link only."""
    ap = lab.ap(WITH_VLAN)
    sta = lab.sta()
    behind_ap, behind_sta = lab.host(behind=ap), lab.host(behind=sta)

    sta.connect(ap, backhaul=True, profile=2)
    sta.expect_event("CTRL-EVENT-CONNECTED", within=30)
    up = behind_sta.send(to=behind_ap)

    data = lab.air.expect(Data, from_=sta, to=ap, source=behind_sta, addresses=4, protected=True)
    lab.expect_vlan(data, WITH_VLAN, VLAN)
    behind_ap.expect(up)


@requirement("map.vlan.untagged-for-profile-1", "Multi-AP 2.0, 19.1", MUST)
def test_link_of_a_profile_1_station_has_no_tags(lab: Lab) -> None:
    """Neither end tags on a link to a profile-1 station, which knows of no VLANs."""
    ap = lab.ap(WITH_VLAN)
    sta = lab.sta()
    behind_ap, behind_sta = lab.host(behind=ap), lab.host(behind=sta)

    sta.connect(ap, backhaul=True)
    ap.expect_event(f"AP-STA-CONNECTED {sta.address}", within=30)
    sta.expect_event("CTRL-EVENT-CONNECTED")
    down = behind_ap.send(to=behind_sta)
    data = lab.air.expect(Data, from_=ap, to=sta, source=behind_ap, addresses=4, protected=True)
    lab.expect_vlan(data, WITH_VLAN, None)
    behind_sta.expect(down)
    up = behind_sta.send(to=behind_ap)
    data = lab.air.expect(Data, from_=sta, to=ap, source=behind_sta, addresses=4, protected=True)
    lab.expect_vlan(data, WITH_VLAN, None)
    behind_ap.expect(up)


@requirement("map.vlan.tagged-again", "Multi-AP 2.0, 19.1", MUST)
def test_link_that_came_back_has_its_tags_again(lab: Lab) -> None:
    """After the station left and came back both ends tag again, on any BSS and any VLAN."""
    ap = lab.ap(PLAIN, WITH_HIGHEST_VLAN)
    sta = lab.sta()
    behind_ap, behind_sta = lab.host(behind=ap), lab.host(behind=sta)
    backhaul = ap[WITH_HIGHEST_VLAN]

    sta.connect(backhaul, backhaul=True, profile=2)
    ap.expect_event(f"AP-STA-CONNECTED {sta.address}", within=30)
    sta.disconnect()
    ap.expect_event(f"AP-STA-DISCONNECTED {sta.address}")
    sta.reconnect()
    ap.expect_event(f"AP-STA-CONNECTED {sta.address}", within=30)

    up = behind_sta.send(to=behind_ap)
    behind_ap.expect(up)
    down = behind_ap.send(to=behind_sta)
    data = lab.air.expect(
        Data, from_=backhaul, to=sta, source=behind_ap, addresses=4, protected=True
    )
    lab.expect_vlan(data, WITH_HIGHEST_VLAN, HIGHEST_VLAN)
    behind_sta.expect(down)


@requirement("map.vlan.in-profile-1", CLAUSE, MUST)
def test_access_point_refuses_a_vlan_in_profile_1(lab: Lab) -> None:
    """An access point refuses an element with a VLAN but without a profile as invalid."""
    ap = lab.ap(PROFILE_2)
    sta = lab.peer_sta(station_saying(STATION_WITH_VLAN_IN_PROFILE_1.element()))

    sta.connect(ap, backhaul=True)

    lab.air.expect(AssociationResponse, from_=ap, within=30, status=STATUS_INVALID_ELEMENT)


@requirement("map.vlan.0-in-request", CLAUSE, MUST)
def test_access_point_refuses_vlan_0(lab: Lab) -> None:
    """An access point refuses an element with VLAN 0 as invalid."""
    ap = lab.ap(PROFILE_2)
    sta = lab.peer_sta(station_saying(STATION_WITH_VLAN_0.element()))

    sta.connect(ap, backhaul=True)

    lab.air.expect(AssociationResponse, from_=ap, within=30, status=STATUS_INVALID_ELEMENT)


@requirement("map.vlan.4094-in-request", CLAUSE, MUST)
def test_access_point_takes_vlan_4094(lab: Lab) -> None:
    """An access point takes an element with the highest VLAN that there is."""
    ap = lab.ap(PROFILE_2)
    sta = lab.peer_sta(station_saying(STATION_WITH_VLAN_4094.element()))

    sta.connect(ap, backhaul=True)

    lab.air.expect(AssociationResponse, from_=ap, within=30, status=0, multi_ap__vlan_id=None)


@requirement("map.vlan.4095-in-request", CLAUSE, MUST)
def test_access_point_refuses_vlan_4095(lab: Lab) -> None:
    """An access point refuses an element with VLAN 4095 as invalid."""
    ap = lab.ap(PROFILE_2)
    sta = lab.peer_sta(station_saying(STATION_WITH_VLAN_4095.element()))

    sta.connect(ap, backhaul=True)

    lab.air.expect(AssociationResponse, from_=ap, within=30, status=STATUS_INVALID_ELEMENT)


@requirement("map.vlan.4095-in-response", CLAUSE, MUST)
def test_station_leaves_after_vlan_4095(lab: Lab) -> None:
    """A profile-2 backhaul station leaves an access point whose primary VLAN can't be."""
    ap = lab.peer_ap(access_point_saying(BSS_WITH_VLAN_4095.element()), PROFILE_2)
    sta = lab.sta()

    sta.connect(ap, backhaul=True, profile=2)

    lab.air.expect(AssociationResponse, from_=ap, to=sta, within=30, status=0)
    lab.air.expect(Deauthentication, from_=sta, to=ap)
