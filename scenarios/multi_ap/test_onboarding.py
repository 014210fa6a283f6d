"""A backhaul station joins a Multi-AP network by push button (README-MULTI-AP, "WPS support")."""

from __future__ import annotations

from harness.lab import (
    ABSENT,
    BACKHAUL,
    FRONTHAUL,
    MUST,
    PRESENT,
    Bss,
    Lab,
    requirement,
)
from harness.wire.dot11.frames import (
    AssociationRequest,
    AssociationResponse,
    Authentication,
    Beacon,
    Data,
    Deauthentication,
)
from harness.wire.eap import EapCode, EapPacket
from harness.wire.eapol_key import EapolKey
from harness.wire.multi_ap import BACKHAUL_STA
from harness.wire.wsc import M1, M2, M3, M4, M5, M6, M7, M8, WscDone
from harness.wire.wsc.device import DevicePasswordId

HOME_BACKHAUL = Bss(ssid="home-backhaul", passphrase="battery staple", multi_ap=BACKHAUL)
HOME = Bss(
    ssid="home",
    passphrase="correct horse",
    multi_ap=FRONTHAUL,
    wps=True,
    hands_out=HOME_BACKHAUL,
)
STATUS_DENIED = 12
"""Association denied for a reason outside the standard (IEEE 802.11-2020, 9.4.1.9)."""


@requirement("map.onboarding.push-button", "Multi-AP 5.2, 5.3, 14; WSC 2.0 push button", MUST)
def test_backhaul_station_joins_by_push_button(lab: Lab) -> None:
    """A backhaul station enrols by push button and joins the backhaul BSS with four addresses."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()
    behind_ap, behind_sta = lab.host(behind=ap), lab.host(behind=sta)
    fronthaul, backhaul = ap[HOME], ap[HOME_BACKHAUL]

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(Authentication, from_=sta, to=fronthaul, within=60)
    lab.air.expect(Authentication, from_=fronthaul, to=sta, status=0)
    lab.air.expect(
        AssociationRequest, from_=sta, to=fronthaul, wsc=PRESENT, multi_ap__backhaul_sta=True
    )
    lab.air.expect(AssociationResponse, from_=fronthaul, to=sta, status=0, multi_ap=PRESENT)
    lab.air.expect(M1, from_=sta, to=fronthaul, multi_ap=BACKHAUL_STA)
    lab.air.expect(M2, from_=fronthaul, to=sta)
    lab.air.expect(M3, from_=sta, to=fronthaul)
    lab.air.expect(M4, from_=fronthaul, to=sta)
    lab.air.expect(M5, from_=sta, to=fronthaul)
    lab.air.expect(M6, from_=fronthaul, to=sta)
    lab.air.expect(M7, from_=sta, to=fronthaul)
    m8 = lab.air.expect(M8, from_=fronthaul, to=sta)
    lab.expect_credential(m8, HOME_BACKHAUL, clause="Multi-AP 5.3")
    lab.air.expect(WscDone, from_=sta, to=fronthaul)
    lab.air.expect(EapPacket, from_=fronthaul, to=sta, code=EapCode.FAILURE)
    lab.air.expect(Deauthentication, from_=sta, to=fronthaul)

    lab.air.expect(
        AssociationRequest, from_=sta, to=backhaul, multi_ap__backhaul_sta=True, within=30
    )
    lab.air.expect(
        AssociationResponse, from_=backhaul, to=sta, status=0, multi_ap__backhaul_bss=True
    )
    lab.air.expect(EapolKey, from_=backhaul, to=sta)
    lab.air.expect(EapolKey, from_=sta, to=backhaul)
    lab.air.expect(EapolKey, from_=backhaul, to=sta)
    lab.air.expect(EapolKey, from_=sta, to=backhaul)
    ap.expect_event(f"AP-STA-CONNECTED {sta.address}")
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {backhaul.bssid} completed")
    sta.expect_stored(HOME_BACKHAUL, backhaul=True)

    down = behind_ap.send(to=behind_sta)
    lab.air.expect(Data, from_=backhaul, to=sta, source=behind_ap, addresses=4, protected=True)
    behind_sta.expect(down)
    up = behind_sta.send(to=behind_ap)
    lab.air.expect(Data, from_=sta, to=backhaul, source=behind_sta, addresses=4, protected=True)
    behind_ap.expect(up)
    lab.air.refuse(
        Data, from_=sta, to=backhaul, where=lambda data: data.protected and data.addresses == 3
    )
    lab.air.refuse(
        Data, from_=backhaul, to=sta, where=lambda data: data.protected and data.addresses == 3
    )


@requirement("map.wps.advertised-on-fronthaul-only", "README-MULTI-AP, WPS support", MUST)
def test_only_the_fronthaul_bss_advertises_the_push_button(lab: Lab) -> None:
    """Beacons of the fronthaul BSS show the active push button; the backhaul BSS has no WPS."""
    ap = lab.ap(HOME, HOME_BACKHAUL)

    ap.push_button()

    lab.air.expect(
        Beacon,
        from_=ap[HOME],
        where=lambda beacon: beacon.wsc and beacon.wsc.selected_registrar,
        within=1.0,
        wsc__device_password_id=DevicePasswordId.PUSH_BUTTON,
    )
    lab.air.expect(Beacon, from_=ap[HOME_BACKHAUL], within=1.0, wsc=ABSENT)
    lab.air.refuse(Beacon, from_=ap[HOME_BACKHAUL], where=lambda beacon: beacon.wsc)


@requirement("map.wps.events-name-success", "README-WPS, events", MUST)
def test_both_sides_tell_of_the_enrolment(lab: Lab) -> None:
    """The control interfaces of both devices name each step of a good enrolment."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    ap.expect_event("WPS-PBC-ACTIVE")
    sta.expect_event("WPS-PBC-ACTIVE")
    sta.expect_event("WPS-CRED-RECEIVED", within=60)
    sta.expect_event("WPS-SUCCESS")
    ap.expect_event(f"WPS-REG-SUCCESS {sta.address}")
    ap.expect_event("WPS-PBC-DISABLE")
    ap.expect_event("WPS-SUCCESS")
    sta.expect_event("CTRL-EVENT-CONNECTED", within=30)
    ap.expect_event(f"AP-STA-CONNECTED {sta.address}")
    ap.expect_event(f"EAPOL-4WAY-HS-COMPLETED {sta.address}")


@requirement("map.wps.plain-enrollee-gets-fronthaul", "README-MULTI-AP, WPS support", MUST)
def test_plain_enrollee_gets_the_fronthaul_credentials(lab: Lab) -> None:
    """An Enrollee that asks for no backhaul link is given the fronthaul BSS's credentials."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()

    ap.push_button()
    sta.push_button()

    lab.air.expect(M1, from_=sta, to=ap[HOME], within=60, multi_ap=ABSENT)
    m8 = lab.air.expect(M8, from_=ap[HOME], to=sta)
    lab.expect_credential(m8, HOME)
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap[HOME].bssid}", within=30)
    sta.expect_stored(HOME)


@requirement("map.assoc.element-only-to-backhaul", "Multi-AP 5.2, 14", MUST)
def test_plain_station_keeps_three_addresses(lab: Lab) -> None:
    """A station without the Multi-AP element gets none back, and three-address data."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()
    behind_ap = lab.host(behind=ap)

    sta.connect(ap[HOME])

    lab.air.expect(AssociationResponse, to=sta, within=30, status=0, multi_ap=ABSENT)
    sta.expect_event("CTRL-EVENT-CONNECTED")
    ap.expect_event("AP-STA-CONNECTED")
    own = lab.stack(sta)
    up = own.send(to=behind_ap)
    lab.air.expect(Data, from_=sta, to=ap[HOME], where=lambda data: data.protected, addresses=3)
    behind_ap.expect(up)
    down = behind_ap.send(to=own)
    lab.air.expect(Data, from_=ap[HOME], to=sta, source=behind_ap, addresses=3, protected=True)
    own.expect(down)


@requirement("map.assoc.backhaul-denies-plain-station", "README-MULTI-AP, backhaul links", MUST)
def test_backhaul_bss_denies_a_plain_station(lab: Lab) -> None:
    """A BSS for backhaul only denies a station that does not say that it is a backhaul station."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()

    sta.connect(ap[HOME_BACKHAUL])

    lab.air.expect(AssociationRequest, from_=sta, to=ap[HOME_BACKHAUL], within=30, multi_ap=ABSENT)
    lab.air.expect(AssociationResponse, to=sta, status=STATUS_DENIED, multi_ap=ABSENT)
