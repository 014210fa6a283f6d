"""A backhaul link's interface: made with the link, in the right bridge, gone with the link."""

from __future__ import annotations

from harness.lab import BACKHAUL, FRONTHAUL, MUST, SHOULD, Bss, Lab, requirement
from harness.wire.dot11.frames import (
    AssociationResponse,
    Data,
    Deauthentication,
    Disassociation,
)

HOME = Bss(ssid="home", passphrase="correct horse", multi_ap=FRONTHAUL)
HOME_BACKHAUL = Bss(ssid="home-backhaul", passphrase="battery staple", multi_ap=BACKHAUL)
ENROLLING = Bss(
    ssid="home",
    passphrase="correct horse",
    multi_ap=FRONTHAUL,
    wps=True,
    hands_out=HOME_BACKHAUL,
)
APART = "br1"
BACKHAUL_APART = Bss(
    ssid="home-backhaul", passphrase="battery staple", multi_ap=BACKHAUL, wds_bridge=APART
)
CLAUSE = "README-MULTI-AP, fronthaul and backhaul links"


@requirement("map.link.interface-made", CLAUSE, MUST)
def test_backhaul_station_gets_an_interface(lab: Lab) -> None:
    """The AP makes an interface for the backhaul station and names it to its control clients."""
    ap = lab.ap(HOME_BACKHAUL)
    sta = lab.sta()
    backhaul = ap[HOME_BACKHAUL]

    sta.connect(backhaul, backhaul=True)

    answer = lab.air.expect(AssociationResponse, from_=backhaul, to=sta, within=30, status=0)
    made = f"ifname={backhaul.interface}.sta{answer.aid} sta_addr={sta.address}"
    ap.expect_event(f"WDS-STA-INTERFACE-ADDED {made}", clause=CLAUSE)
    ap.expect_event(f"AP-STA-CONNECTED {sta.address}")


@requirement("map.link.interface-each", CLAUSE, MUST)
def test_two_backhaul_stations_get_one_interface_each(lab: Lab) -> None:
    """Two backhaul stations have an interface each; hosts behind them reach each other."""
    ap = lab.ap(HOME_BACKHAUL)
    one, other = lab.sta("one"), lab.sta("other")
    behind_one, behind_other = lab.host(behind=one), lab.host(behind=other)
    backhaul = ap[HOME_BACKHAUL]

    one.connect(backhaul, backhaul=True)
    other.connect(backhaul, backhaul=True)

    one.expect_event("CTRL-EVENT-CONNECTED", within=30)
    other.expect_event("CTRL-EVENT-CONNECTED", within=30)
    ap.expect_event(f"WDS-STA-INTERFACE-ADDED ifname={backhaul.interface}.sta1 ", clause=CLAUSE)
    ap.expect_event(f"WDS-STA-INTERFACE-ADDED ifname={backhaul.interface}.sta2 ", clause=CLAUSE)
    there = behind_one.send(to=behind_other)
    lab.air.expect(Data, from_=backhaul, to=other, source=behind_one, addresses=4)
    behind_other.expect(there)
    back = behind_other.send(to=behind_one)
    lab.air.expect(Data, from_=backhaul, to=one, source=behind_other, addresses=4)
    behind_one.expect(back)


@requirement("map.link.no-interface-on-fronthaul", CLAUSE, SHOULD)
def test_enrolment_on_a_fronthaul_bss_makes_no_interface(lab: Lab) -> None:
    """A backhaul station that enrols on a fronthaul BSS gets its interface on the backhaul BSS."""
    ap = lab.ap(ENROLLING, HOME_BACKHAUL)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    sta.expect_event("WPS-SUCCESS", within=60)
    ap.expect_event(
        f"WDS-STA-INTERFACE-ADDED ifname={ap[HOME_BACKHAUL].interface}.sta", within=60
    )
    ap.refuse_event(
        f"WDS-STA-INTERFACE-ADDED ifname={ap[ENROLLING].interface}.sta", clause=CLAUSE
    )


@requirement("map.link.own-bridge", "README-MULTI-AP: wds_bridge", MUST)
def test_interfaces_go_into_the_bridge_that_is_named_for_them(lab: Lab) -> None:
    """With `wds_bridge` the backhaul stations' interfaces are in that bridge and in no other."""
    ap = lab.ap(BACKHAUL_APART)
    sta = lab.sta()
    apart, elsewhere = lab.host(behind=ap, bridge=APART), lab.host(behind=ap)
    behind_sta = lab.host(behind=sta)

    sta.connect(ap, backhaul=True)
    sta.expect_event("CTRL-EVENT-CONNECTED", within=30)

    up = behind_sta.send(to=apart)
    apart.expect(up)
    down = apart.send(to=behind_sta)
    behind_sta.expect(down)
    elsewhere.refuse(behind_sta.broadcast())


@requirement("map.link.interface-goes-with-station", CLAUSE, MUST)
def test_nothing_is_left_of_a_station_that_left(lab: Lab) -> None:
    """When the station leaves, its interface goes, and nothing for hosts behind it is sent."""
    ap = lab.ap(HOME_BACKHAUL)
    sta = lab.sta()
    behind_ap, behind_sta = lab.host(behind=ap), lab.host(behind=sta)
    sta.connect(ap, backhaul=True)
    sta.expect_event("CTRL-EVENT-CONNECTED", within=30)
    behind_ap.expect(behind_sta.send(to=behind_ap))

    sta.disconnect()

    left = lab.air.expect(Deauthentication, from_=sta, to=ap)
    ap.expect_event(f"AP-STA-DISCONNECTED {sta.address}")
    ap.expect_event(f"WDS-STA-INTERFACE-REMOVED ifname={ap.on_air[0].interface}.sta1 ")
    behind_ap.send(to=behind_sta)
    lab.air.refuse(Data, from_=ap, to=sta, source=behind_ap, after=left, within=1.0, clause=CLAUSE)


@requirement("map.link.interface-goes-with-deauthentication", CLAUSE, MUST)
def test_nothing_is_left_of_a_station_that_was_sent_away(lab: Lab) -> None:
    """When the AP deauthenticates a station that does not come back, its interface goes."""
    ap = lab.ap(HOME_BACKHAUL)
    sta = lab.sta()
    sta.connect(ap, backhaul=True)
    ap.expect_event(f"AP-STA-CONNECTED {sta.address}", within=30)

    lab.carry_off(sta)
    ap.deauthenticate(sta, ap[HOME_BACKHAUL])

    lab.air.expect(Deauthentication, from_=ap, to=sta)
    ap.expect_event(f"AP-STA-DISCONNECTED {sta.address}")
    ap.expect_event("WDS-STA-INTERFACE-REMOVED", within=30, clause=CLAUSE)


@requirement("map.link.renewed-after-deauthentication", CLAUSE, MUST)
def test_link_comes_back_after_a_deauthentication(lab: Lab) -> None:
    """Deauthenticated by the AP, the station comes back, and the link carries frames again."""
    ap = lab.ap(HOME_BACKHAUL)
    sta = lab.sta()
    behind_ap, behind_sta = lab.host(behind=ap), lab.host(behind=sta)
    sta.connect(ap, backhaul=True)
    sta.expect_event("CTRL-EVENT-CONNECTED", within=30)
    behind_ap.expect(behind_sta.send(to=behind_ap))

    ap.deauthenticate(sta, ap[HOME_BACKHAUL])

    lab.air.expect(Deauthentication, from_=ap, to=sta)
    sta.expect_event(f"CTRL-EVENT-DISCONNECTED bssid={ap.address}")
    sta.expect_event("CTRL-EVENT-CONNECTED", within=30)
    behind_ap.expect(behind_sta.send(to=behind_ap))
    behind_sta.expect(behind_ap.send(to=behind_sta))


@requirement("map.link.renewed-after-disassociation", CLAUSE, MUST)
def test_link_comes_back_after_a_disassociation(lab: Lab) -> None:
    """Disassociated by the AP, the station comes back, and the link carries frames again."""
    ap = lab.ap(HOME_BACKHAUL)
    sta = lab.sta()
    behind_ap, behind_sta = lab.host(behind=ap), lab.host(behind=sta)
    sta.connect(ap, backhaul=True)
    sta.expect_event("CTRL-EVENT-CONNECTED", within=30)

    ap.disassociate(sta, ap[HOME_BACKHAUL])

    lab.air.expect(Disassociation, from_=ap, to=sta)
    sta.expect_event(f"CTRL-EVENT-DISCONNECTED bssid={ap.address}")
    sta.expect_event("CTRL-EVENT-CONNECTED", within=30)
    behind_ap.expect(behind_sta.send(to=behind_ap))
    behind_sta.expect(behind_ap.send(to=behind_sta))


@requirement("map.link.three-addresses-afterwards", "Multi-AP 14", MUST)
def test_station_is_back_at_three_addresses_after_the_link(lab: Lab) -> None:
    """A station that left its backhaul link and joins a fronthaul BSS uses three addresses."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()
    behind_ap = lab.host(behind=ap)
    sta.connect(ap[HOME_BACKHAUL], backhaul=True)
    sta.expect_event("CTRL-EVENT-CONNECTED", within=30)

    sta.connect(ap[HOME])

    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap[HOME].bssid}", within=30)
    own = lab.stack(sta)
    up = own.send(to=behind_ap)
    lab.air.expect(Data, from_=sta, to=ap[HOME], where=lambda data: data.protected, addresses=3)
    behind_ap.expect(up)
    down = behind_ap.send(to=own)
    lab.air.expect(Data, from_=ap[HOME], to=sta, source=behind_ap, addresses=3)
    own.expect(down)
