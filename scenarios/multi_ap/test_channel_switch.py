"""An AP goes to another channel: announced, followed, and nobody is lost (802.11-2020, 11.8.8)."""

from __future__ import annotations

from harness.lab import (
    ABSENT,
    BACKHAUL,
    FRONTHAUL,
    MUST,
    PRESENT,
    SHOULD,
    Bss,
    Lab,
    requirement,
)
from harness.wire.dot11.frames import Authentication, Beacon, Data, Deauthentication
from harness.wire.wsc import M2, M8

HOME_BACKHAUL = Bss(ssid="home-backhaul", passphrase="battery staple", multi_ap=BACKHAUL)
HOME = Bss(
    ssid="home",
    passphrase="correct horse",
    multi_ap=FRONTHAUL,
    wps=True,
    hands_out=HOME_BACKHAUL,
)
SHARED = Bss(ssid="home", passphrase="correct horse", multi_ap=BACKHAUL | FRONTHAUL)
OLD, NEW = 2412, 2437
NEW_CHANNEL = 6
CLAUSE = "IEEE 802.11-2020 11.8.8"


@requirement("map.channel.announced", "IEEE 802.11-2020 9.4.2.18, 11.8.8.2", MUST)
def test_beacons_announce_the_channel(lab: Lab) -> None:
    """Beacons count down to the other channel, and then come there without announcement."""
    ap = lab.ap(HOME_BACKHAUL, frequency=OLD)

    ap.switch_channel(NEW, count=5)

    lab.air.expect(
        Beacon, from_=ap, where=lambda beacon: beacon.channel_switch, frequency=OLD,
        channel_switch__channel=NEW_CHANNEL, clause=CLAUSE,
    )
    lab.air.expect(
        Beacon, from_=ap, where=lambda beacon: beacon.channel_switch.count <= 1, frequency=OLD
    )
    moved = lab.air.expect(
        Beacon, from_=ap, where=lambda beacon: beacon.frequency == NEW,
        channel_switch=ABSENT, elements__channel=NEW_CHANNEL, clause=CLAUSE,
    )
    lab.air.refuse(
        Beacon, from_=ap, where=lambda beacon: beacon.frequency == OLD, after=moved, within=1.0
    )


@requirement("map.channel.announced-twice", "IEEE 802.11-2020 11.8.8.2", SHOULD)
def test_beacons_announce_the_operating_class(lab: Lab) -> None:
    """The Extended Channel Switch Announcement says the same, with the operating class."""
    ap = lab.ap(HOME_BACKHAUL, frequency=OLD)

    ap.switch_channel(NEW)

    lab.air.expect(
        Beacon, from_=ap, where=lambda beacon: beacon.channel_switch,
        channel_switch__operating_class=81, clause=CLAUSE,
    )


@requirement("map.channel.events", "hostapd's control interface: channel switch", MUST)
def test_both_sides_tell_of_the_switch(lab: Lab) -> None:
    """The control interfaces of both devices name the beginning and the end of the switch."""
    ap = lab.ap(HOME_BACKHAUL, frequency=OLD)
    sta = lab.sta()
    sta.connect(ap, backhaul=True)
    sta.expect_event("CTRL-EVENT-CONNECTED", within=30)

    ap.switch_channel(NEW)

    ap.expect_event(f"CTRL-EVENT-STARTED-CHANNEL-SWITCH freq={NEW} ")
    sta.expect_event(f"CTRL-EVENT-STARTED-CHANNEL-SWITCH freq={NEW} ")
    ap.expect_event(f"CTRL-EVENT-CHANNEL-SWITCH freq={NEW} ")
    sta.expect_event(f"CTRL-EVENT-CHANNEL-SWITCH freq={NEW} ")
    ap.expect_event(f"AP-CSA-FINISHED freq={NEW} ")


@requirement("map.channel.backhaul-follows", CLAUSE, MUST)
def test_backhaul_link_survives_the_switch(lab: Lab) -> None:
    """The backhaul station goes along without joining anew, and its link carries frames there."""
    ap = lab.ap(HOME_BACKHAUL, frequency=OLD)
    sta = lab.sta()
    behind_ap, behind_sta = lab.host(behind=ap), lab.host(behind=sta)
    sta.connect(ap, backhaul=True)
    sta.expect_event("CTRL-EVENT-CONNECTED", within=30)
    behind_ap.expect(behind_sta.send(to=behind_ap))

    ap.switch_channel(NEW)

    moved = lab.air.expect(Beacon, from_=ap, where=lambda beacon: beacon.frequency == NEW)
    up = behind_sta.send(to=behind_ap)
    lab.air.expect(
        Data, from_=sta, to=ap, source=behind_sta, where=lambda data: data.frequency == NEW,
        addresses=4,
    )
    behind_ap.expect(up)
    behind_sta.expect(behind_ap.send(to=behind_sta))
    lab.air.refuse(Authentication, from_=sta, after=moved, within=2.0, clause=CLAUSE)


@requirement("map.channel.shared-bss-follows", CLAUSE, MUST)
def test_everyone_on_a_shared_bss_survives_the_switch(lab: Lab) -> None:
    """A backhaul station and a plain one both go along with their BSS."""
    ap = lab.ap(SHARED, frequency=OLD)
    backhaul, plain = lab.sta("backhaul"), lab.sta("plain")
    behind_ap, behind_backhaul = lab.host(behind=ap), lab.host(behind=backhaul)
    backhaul.connect(ap, backhaul=True)
    plain.connect(ap)
    backhaul.expect_event("CTRL-EVENT-CONNECTED", within=30)
    plain.expect_event("CTRL-EVENT-CONNECTED", within=30)
    own = lab.stack(plain)
    behind_ap.expect(behind_backhaul.send(to=behind_ap))
    behind_ap.expect(own.send(to=behind_ap))

    ap.switch_channel(NEW)

    moved = lab.air.expect(Beacon, from_=ap, where=lambda beacon: beacon.frequency == NEW)
    behind_ap.expect(behind_backhaul.send(to=behind_ap))
    behind_backhaul.expect(behind_ap.send(to=behind_backhaul))
    behind_ap.expect(own.send(to=behind_ap))
    own.expect(behind_ap.send(to=own))
    lab.air.refuse(Authentication, after=moved, within=2.0, clause=CLAUSE)


@requirement("map.channel.during-onboarding", "README-MULTI-AP, WPS support; 802.11 11.8.8", MUST)
def test_onboarding_survives_a_switch(lab: Lab) -> None:
    """A switch that falls into the enrolment costs neither the credentials nor the link."""
    ap = lab.ap(HOME, HOME_BACKHAUL, frequency=OLD)
    sta = lab.sta()
    behind_ap, behind_sta = lab.host(behind=ap), lab.host(behind=sta)
    ap.push_button()
    sta.push_button(backhaul=True)
    lab.air.expect(M2, from_=ap[HOME], to=sta, within=60)

    ap.switch_channel(NEW)

    lab.air.expect(M8, from_=ap[HOME], to=sta, within=60)
    sta.expect_event("WPS-SUCCESS")
    sta.expect_event(
        f"CTRL-EVENT-CONNECTED - Connection to {ap[HOME_BACKHAUL].bssid}", within=60
    )
    lab.air.expect(Beacon, from_=ap[HOME], where=lambda beacon: beacon.frequency == NEW)
    sta.expect_stored(HOME_BACKHAUL, backhaul=True)
    behind_ap.expect(behind_sta.send(to=behind_ap))
    behind_sta.expect(behind_ap.send(to=behind_sta))
    lab.air.refuse(Deauthentication, from_=ap[HOME_BACKHAUL], to=sta, clause=CLAUSE)


@requirement("map.channel.button-survives", "README-WPS: push button for two minutes", MUST)
def test_button_stays_pushed_through_a_switch(lab: Lab) -> None:
    """A push button that was pushed before the switch works after it, on the other channel."""
    ap = lab.ap(HOME, HOME_BACKHAUL, frequency=OLD)
    sta = lab.sta()
    ap.push_button()

    ap.switch_channel(NEW)

    lab.air.expect(
        Beacon, from_=ap[HOME], where=lambda beacon: beacon.frequency == NEW, wsc=PRESENT
    )
    sta.push_button(backhaul=True)
    m8 = lab.air.expect(M8, from_=ap[HOME], to=sta, within=60, frequency=NEW)
    lab.expect_credential(m8, HOME_BACKHAUL)
    sta.expect_event(
        f"CTRL-EVENT-CONNECTED - Connection to {ap[HOME_BACKHAUL].bssid}", within=60
    )
