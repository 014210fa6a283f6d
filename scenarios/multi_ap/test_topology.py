"""More than one link: group-addressed frames, chains, and going from one AP to another."""

from __future__ import annotations

from harness.lab import BACKHAUL, FRONTHAUL, MUST, Bss, Lab, requirement
from harness.wire.dot11.frames import (
    Data,
    ReassociationRequest,
    ReassociationResponse,
)

HOME = Bss(ssid="home", passphrase="correct horse", multi_ap=BACKHAUL | FRONTHAUL)
HOME_BACKHAUL = Bss(ssid="home-backhaul", passphrase="battery staple", multi_ap=BACKHAUL)
FOUR_ADDRESSES = "Multi-AP 14"
LOST_WITHIN = 60
"""Seconds after which every station has noticed that its AP is gone."""


@requirement("map.group.down", "Multi-AP 14; IEEE 802.11-2020 9.3.2.1", MUST)
def test_group_frame_from_behind_the_ap_reaches_everyone_once(lab: Lab) -> None:
    """A broadcast goes to a backhaul station with four addresses, to a plain one with three."""
    ap = lab.ap(HOME)
    backhaul, plain = lab.sta("backhaul"), lab.sta("plain")
    behind_ap, behind_backhaul = lab.host(behind=ap), lab.host(behind=backhaul)
    backhaul.connect(ap, backhaul=True)
    backhaul.expect_event("CTRL-EVENT-CONNECTED", within=30)
    plain.connect(ap)
    plain.expect_event("CTRL-EVENT-CONNECTED", within=30)
    own = lab.stack(plain)
    behind_ap.expect(behind_backhaul.send(to=behind_ap))
    behind_ap.expect(own.send(to=behind_ap))

    everyone = behind_ap.broadcast()

    lab.air.expect(
        Data, from_=ap, source=behind_ap, where=lambda data: data.addresses == 4,
        receiver=backhaul.address, protected=True, clause=FOUR_ADDRESSES,
    )
    behind_backhaul.expect_once(everyone)
    own.expect_once(everyone)
    lab.air.refuse(
        Data, from_=ap, to=plain, source=behind_ap, where=lambda data: data.destination.is_group
    )


@requirement("map.group.up", "Multi-AP 14; IEEE 802.11-2020 9.3.2.1", MUST)
def test_group_frame_from_behind_a_backhaul_station_reaches_everyone_once(lab: Lab) -> None:
    """A broadcast from behind a backhaul station reaches all others once, and does not return."""
    ap = lab.ap(HOME)
    one, other, plain = lab.sta("one"), lab.sta("other"), lab.sta("plain")
    behind_ap, behind_one, behind_other = (lab.host(behind=each) for each in (ap, one, other))
    one.connect(ap, backhaul=True)
    other.connect(ap, backhaul=True)
    plain.connect(ap)
    one.expect_event("CTRL-EVENT-CONNECTED", within=30)
    other.expect_event("CTRL-EVENT-CONNECTED", within=30)
    plain.expect_event("CTRL-EVENT-CONNECTED", within=30)
    own = lab.stack(plain)
    behind_ap.expect(behind_one.send(to=behind_ap))
    behind_ap.expect(behind_other.send(to=behind_ap))
    behind_ap.expect(own.send(to=behind_ap))

    everyone = behind_one.broadcast()

    lab.air.expect(
        Data, from_=one, to=ap, where=lambda data: data.destination.is_group, addresses=4,
        source=behind_one, clause=FOUR_ADDRESSES,
    )
    behind_ap.expect_once(everyone)
    behind_other.expect_once(everyone)
    own.expect_once(everyone)
    behind_one.refuse(everyone)


@requirement("map.group.plain", "IEEE 802.11-2020 9.3.2.1", MUST)
def test_group_frame_of_a_plain_station_reaches_everyone_once(lab: Lab) -> None:
    """A plain station's broadcast goes behind the AP and behind the backhaul station, once."""
    ap = lab.ap(HOME)
    backhaul, plain = lab.sta("backhaul"), lab.sta("plain")
    behind_ap, behind_backhaul = lab.host(behind=ap), lab.host(behind=backhaul)
    backhaul.connect(ap, backhaul=True)
    backhaul.expect_event("CTRL-EVENT-CONNECTED", within=30)
    plain.connect(ap)
    plain.expect_event("CTRL-EVENT-CONNECTED", within=30)
    own = lab.stack(plain)
    behind_ap.expect(behind_backhaul.send(to=behind_ap))
    behind_ap.expect(own.send(to=behind_ap))

    everyone = own.broadcast()

    lab.air.expect(
        Data, from_=plain, to=ap, where=lambda data: data.destination.is_group, addresses=3
    )
    behind_ap.expect_once(everyone)
    behind_backhaul.expect_once(everyone)
    own.refuse(everyone)


@requirement("map.chain.three", "README-MULTI-AP, fronthaul and backhaul links", MUST)
def test_chain_of_three_carries_frames_end_to_end(lab: Lab) -> None:
    """Gateway, relay and leaf in a row: hosts at both ends reach each other over two links."""
    gateway = lab.ap(HOME_BACKHAUL, name="gateway")
    relay = lab.sta("relay")
    relaying = lab.ap(
        Bss(ssid="relayed", passphrase="staple battery", multi_ap=BACKHAUL),
        name="relaying",
        on=relay,
    )
    leaf = lab.sta("leaf")
    behind_gateway, behind_leaf = lab.host(behind=gateway), lab.host(behind=leaf)

    relay.connect(gateway, backhaul=True)
    relay.expect_event("CTRL-EVENT-CONNECTED", within=30)
    leaf.connect(relaying, backhaul=True)
    leaf.expect_event("CTRL-EVENT-CONNECTED", within=30)

    up = behind_leaf.send(to=behind_gateway)
    lab.air.expect(Data, from_=leaf, to=relaying, source=behind_leaf, addresses=4)
    lab.air.expect(Data, from_=relay, to=gateway, source=behind_leaf, addresses=4)
    behind_gateway.expect(up)
    down = behind_gateway.send(to=behind_leaf)
    lab.air.expect(Data, from_=gateway, to=relay, source=behind_gateway, addresses=4)
    lab.air.expect(Data, from_=relaying, to=leaf, source=behind_gateway, addresses=4)
    behind_leaf.expect(down)
    behind_leaf.expect_once(behind_gateway.broadcast())
    behind_gateway.expect_once(behind_leaf.broadcast())


@requirement("map.roam.reassociation", "Multi-AP 5.2; IEEE 802.11-2020 11.3.5.4", MUST)
def test_backhaul_station_roams_by_reassociation(lab: Lab) -> None:
    """Told to roam, the station reassociates as a backhaul station and keeps its bridge."""
    first = lab.ap(HOME_BACKHAUL, name="first")
    second = lab.ap(HOME_BACKHAUL, name="second", on=first)
    sta = lab.sta()
    behind_aps, behind_sta = lab.host(behind=first), lab.host(behind=sta)
    sta.connect(first, backhaul=True)
    connected = sta.expect_event("CTRL-EVENT-CONNECTED", within=30)
    behind_aps.expect(behind_sta.send(to=behind_aps))
    to, from_ = (second, first) if str(first.address) in connected.text else (first, second)

    sta.roam(to[HOME_BACKHAUL])

    lab.air.expect(
        ReassociationRequest, from_=sta, to=to, current_ap=from_.address,
        multi_ap__backhaul_sta=True, within=30,
    )
    lab.air.expect(
        ReassociationResponse, from_=to, to=sta, status=0, multi_ap__backhaul_bss=True
    )
    to.expect_event("WDS-STA-INTERFACE-ADDED")
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {to.address}", within=30)
    up = behind_sta.send(to=behind_aps)
    lab.air.expect(Data, from_=sta, to=to, source=behind_sta, addresses=4)
    behind_aps.expect(up)
    down = behind_aps.send(to=behind_sta)
    lab.air.expect(Data, from_=to, to=sta, source=behind_aps, addresses=4)
    behind_sta.expect(down)


@requirement("map.roam.plain", "IEEE 802.11-2020 4.5.3.4, 11.3.5.4", MUST)
def test_frames_for_a_plain_station_follow_it(lab: Lab) -> None:
    """When a plain station has roamed, frames for it go the new way before it says anything."""
    first = lab.ap(HOME, name="first")
    second = lab.ap(HOME, name="second", on=first)
    sta = lab.sta()
    behind_aps = lab.host(behind=first)
    sta.connect(first)
    connected = sta.expect_event("CTRL-EVENT-CONNECTED", within=30)
    own = lab.stack(sta)
    behind_aps.expect(own.send(to=behind_aps))
    to, from_ = (second, first) if str(first.address) in connected.text else (first, second)

    sta.roam(to[HOME])

    lab.air.expect(ReassociationRequest, from_=sta, to=to, current_ap=from_.address, within=30)
    to.expect_event(f"AP-STA-CONNECTED {sta.address}", within=30)
    down = behind_aps.send(to=own)
    lab.air.expect(Data, from_=to, to=sta, source=behind_aps, addresses=3)
    own.expect(down)


@requirement("map.roam.lost-ap", "Multi-AP 5.2", MUST)
def test_backhaul_station_that_lost_its_ap_goes_to_another(lab: Lab) -> None:
    """When its AP vanishes the station joins another one of the network, bridge and all."""
    wired = lab.ap(HOME_BACKHAUL, name="wired")
    lost = lab.ap(HOME_BACKHAUL, name="lost")
    sta = lab.sta()
    behind_wired, behind_sta = lab.host(behind=wired), lab.host(behind=sta)
    lab.carry_off(wired)
    sta.connect(lost, backhaul=True)
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {lost.address}", within=30)
    lab.bring_back(wired)

    lab.carry_off(lost)

    sta.expect_event(f"CTRL-EVENT-DISCONNECTED bssid={lost.address}", within=LOST_WITHIN)
    sta.expect_event(
        f"CTRL-EVENT-CONNECTED - Connection to {wired.address}", within=LOST_WITHIN
    )
    up = behind_sta.send(to=behind_wired)
    lab.air.expect(Data, from_=sta, to=wired, source=behind_sta, addresses=4)
    behind_wired.expect(up)
    behind_sta.expect(behind_wired.send(to=behind_sta))


@requirement("map.loss.three-addresses", FOUR_ADDRESSES, MUST)
def test_station_is_back_at_three_addresses_when_its_ap_is_lost(lab: Lab) -> None:
    """A station that lost its backhaul link and joins another BSS plainly uses three addresses."""
    lost = lab.ap(HOME_BACKHAUL, name="lost")
    other = lab.ap(HOME, name="other")
    sta = lab.sta()
    behind_other = lab.host(behind=other)
    sta.connect(lost, backhaul=True)
    sta.expect_event("CTRL-EVENT-CONNECTED", within=30)

    lab.carry_off(lost)
    sta.expect_event(f"CTRL-EVENT-DISCONNECTED bssid={lost.address}", within=LOST_WITHIN)
    sta.connect(other)

    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {other.address}", within=LOST_WITHIN)
    own = lab.stack(sta)
    up = own.send(to=behind_other)
    lab.air.expect(Data, from_=sta, to=other, where=lambda data: data.protected, addresses=3)
    behind_other.expect(up)


@requirement("map.loss.returns", "README-MULTI-AP, fronthaul and backhaul links", MUST)
def test_backhaul_station_returns_to_the_ap_that_it_lost(lab: Lab) -> None:
    """The station reports the loss of its AP and comes back when the AP does."""
    ap = lab.ap(HOME_BACKHAUL)
    sta = lab.sta()
    behind_ap, behind_sta = lab.host(behind=ap), lab.host(behind=sta)
    sta.connect(ap, backhaul=True)
    sta.expect_event("CTRL-EVENT-CONNECTED", within=30)
    behind_ap.expect(behind_sta.send(to=behind_ap))

    lab.carry_off(ap)
    sta.expect_event(f"CTRL-EVENT-DISCONNECTED bssid={ap.address}", within=LOST_WITHIN)
    lab.bring_back(ap)

    sta.expect_event("CTRL-EVENT-CONNECTED", within=LOST_WITHIN)
    behind_ap.expect(behind_sta.send(to=behind_ap))
    behind_sta.expect(behind_ap.send(to=behind_sta))
