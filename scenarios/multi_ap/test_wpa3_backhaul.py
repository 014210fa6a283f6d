"""A backhaul BSS with WPA3: SAE, and protected management frames (README-MULTI-AP; WPA3 3.0)."""

from __future__ import annotations

from harness.lab import (
    BACKHAUL,
    EITHER_METHOD,
    FRONTHAUL,
    HASH_TO_ELEMENT,
    MUST,
    PMF_OPTIONAL,
    PMF_REQUIRED,
    Bss,
    Lab,
    requirement,
)
from harness.wire.dot11.codes import (
    REASON_LEAVING,
    REASON_NOT_ASSOCIATED,
    STATUS_COME_BACK,
    STATUS_HASH_TO_ELEMENT,
)
from harness.wire.dot11.frames import (
    AssociationRequest,
    AssociationResponse,
    Authentication,
    Beacon,
    Data,
    Deauthentication,
    ProtectedManagement,
)
from harness.wire.dot11.header import ACTION, DEAUTHENTICATION, management_header
from harness.wire.rsn import AKM_PSK, AKM_SAE
from harness.wire.sae import ALGORITHM_SAE, TRANSACTION_COMMIT, TRANSACTION_CONFIRM
from harness.wire.wsc import M8

PASSPHRASE = "battery staple"
WPA3 = Bss(
    ssid="home-backhaul", passphrase=PASSPHRASE, multi_ap=BACKHAUL, sae=True, pmf=PMF_REQUIRED
)
WPA3_BY_HASHING = Bss(
    ssid="home-backhaul",
    passphrase=PASSPHRASE,
    multi_ap=BACKHAUL,
    sae=True,
    sae_method=HASH_TO_ELEMENT,
    pmf=PMF_REQUIRED,
)
TRANSITION = Bss(
    ssid="home-backhaul",
    passphrase=PASSPHRASE,
    multi_ap=BACKHAUL,
    sae=True,
    transition=True,
    pmf=PMF_OPTIONAL,
)
PROTECTED = Bss(
    ssid="home-backhaul", passphrase=PASSPHRASE, multi_ap=BACKHAUL, sae=True, pmf=PMF_OPTIONAL
)
HOME = Bss(
    ssid="home", passphrase="correct horse", multi_ap=FRONTHAUL, wps=True, hands_out=WPA3
)
HOME_BY_HASHING = Bss(
    ssid="home",
    passphrase="correct horse",
    multi_ap=FRONTHAUL,
    wps=True,
    hands_out=WPA3_BY_HASHING,
)
HOME_IN_TRANSITION = Bss(
    ssid="home", passphrase="correct horse", multi_ap=FRONTHAUL, wps=True, hands_out=TRANSITION
)


@requirement("map.wpa3.push-button-hunting", "Multi-AP 5.3; 802.11-2020 12.4.4.2.2", MUST)
def test_backhaul_station_is_upgraded_to_sae(lab: Lab) -> None:
    """A station makes a WPS credential good for SAE, and joins the WPA3 backhaul BSS with it."""
    ap = lab.ap(HOME, WPA3)
    sta = lab.sta(adds_sae=True)
    behind_ap, behind_sta = lab.host(behind=ap), lab.host(behind=sta)
    backhaul = ap[WPA3]

    ap.push_button()
    sta.push_button(backhaul=True)

    m8 = lab.air.expect(M8, from_=ap[HOME], to=sta, within=60)
    lab.expect_credential(m8, WPA3, clause="Multi-AP 5.3")
    lab.air.expect(
        Authentication,
        from_=sta,
        to=backhaul,
        within=30,
        algorithm=ALGORITHM_SAE,
        transaction=TRANSACTION_COMMIT,
        status=0,
    )
    lab.air.expect(
        Authentication, from_=backhaul, to=sta, transaction=TRANSACTION_COMMIT, status=0
    )
    lab.air.expect(
        Authentication, from_=sta, to=backhaul, transaction=TRANSACTION_CONFIRM, status=0
    )
    lab.air.expect(
        Authentication, from_=backhaul, to=sta, transaction=TRANSACTION_CONFIRM, status=0
    )
    lab.air.expect(
        AssociationRequest, from_=sta, to=backhaul, rsn__akms=(AKM_SAE,), rsn__mfp_capable=True
    )
    lab.air.expect(AssociationResponse, from_=backhaul, to=sta, status=0)
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {backhaul.bssid} completed")
    sta.expect_stored(WPA3, backhaul=True, sae=True)
    up = behind_sta.send(to=behind_ap)
    lab.air.expect(Data, from_=sta, to=backhaul, source=behind_sta, addresses=4, protected=True)
    behind_ap.expect(up)


@requirement("map.wpa3.push-button-hashing", "Multi-AP 5.3; 802.11-2020 12.4.4.2.3", MUST)
def test_backhaul_station_is_upgraded_to_sae_by_hashing(lab: Lab) -> None:
    """On a BSS that does SAE by hash-to-element only, both sides commit with status 126."""
    ap = lab.ap(HOME_BY_HASHING, WPA3_BY_HASHING)
    sta = lab.sta(adds_sae=True, sae_method=EITHER_METHOD)
    backhaul = ap[WPA3_BY_HASHING]

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(
        Authentication, from_=sta, to=backhaul, within=60, status=STATUS_HASH_TO_ELEMENT
    )
    lab.air.expect(Authentication, from_=backhaul, to=sta, status=STATUS_HASH_TO_ELEMENT)
    lab.air.expect(AssociationRequest, from_=sta, to=backhaul, hash_to_element=True)
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {backhaul.bssid} completed")
    sta.expect_stored(WPA3_BY_HASHING, backhaul=True, sae=True)


@requirement("map.wpa3.advertised", "802.11-2020 9.4.2.24; WPA3 3.0, 2.3", MUST)
def test_wpa3_backhaul_bss_advertises_what_it_requires(lab: Lab) -> None:
    """The Beacon of a WPA3-only BSS offers SAE alone and requires protected management frames."""
    ap = lab.ap(HOME_BY_HASHING, WPA3_BY_HASHING)

    lab.air.expect(
        Beacon,
        from_=ap[WPA3_BY_HASHING],
        within=1.0,
        rsn__akms=(AKM_SAE,),
        rsn__mfp_required=True,
        rsn__mfp_capable=True,
        hash_to_element=True,
    )


@requirement("map.wpa3.transition-prefers-sae", "WPA3 3.0, 2.3", MUST)
def test_station_prefers_sae_in_transition_mode(lab: Lab) -> None:
    """Where PSK and SAE are offered, a station that does both takes SAE, and protection with it."""
    ap = lab.ap(TRANSITION)
    sta = lab.sta()

    sta.connect(ap, backhaul=True)

    lab.air.expect(
        AssociationRequest,
        from_=sta,
        to=ap[TRANSITION],
        within=30,
        rsn__akms=(AKM_SAE,),
        rsn__mfp_capable=True,
    )
    sta.expect_event("CTRL-EVENT-CONNECTED")


@requirement("map.wpa3.transition-serves-psk", "WPA3 3.0, 2.3", MUST)
def test_transition_mode_serves_a_station_without_sae(lab: Lab) -> None:
    """A station that keeps its WPS credential as it came joins the same BSS by PSK."""
    ap = lab.ap(HOME_IN_TRANSITION, TRANSITION)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(
        AssociationRequest, from_=sta, to=ap[TRANSITION], within=60, rsn__akms=(AKM_PSK,)
    )
    lab.air.expect(AssociationResponse, from_=ap[TRANSITION], to=sta, status=0)
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap[TRANSITION].bssid} completed")
    sta.expect_stored(TRANSITION, backhaul=True)


@requirement("map.wpa3.station-doubts-deauthentication", "802.11-2020 11.13", MUST)
def test_station_asks_whether_an_unprotected_deauthentication_is_true(lab: Lab) -> None:
    """Told without protection that it is not associated, a station asks by SA Query, and stays."""
    ap = lab.ap(WPA3)
    sta = lab.sta()
    behind_ap, behind_sta = lab.host(behind=ap), lab.host(behind=sta)
    backhaul = ap[WPA3]
    sta.connect(backhaul, backhaul=True)
    sta.expect_event("CTRL-EVENT-CONNECTED", within=30)
    header = management_header(
        DEAUTHENTICATION, destination=sta.address, source=backhaul.bssid, bssid=backhaul.bssid
    )

    lab.forge(Deauthentication(header, REASON_NOT_ASSOCIATED))

    lab.air.expect(ProtectedManagement, from_=sta, to=backhaul, subtype=ACTION)
    lab.air.expect(ProtectedManagement, from_=backhaul, to=sta, subtype=ACTION)
    up = behind_sta.send(to=behind_ap)
    behind_ap.expect(up)


@requirement("map.wpa3.ap-ignores-deauthentication", "802.11-2020 11.3.4.5 and 12.6.19", MUST)
def test_access_point_ignores_an_unprotected_deauthentication(lab: Lab) -> None:
    """A forged Deauthentication in the name of a station that has protection ends nothing."""
    ap = lab.ap(PROTECTED)
    sta = lab.sta()
    behind_ap, behind_sta = lab.host(behind=ap), lab.host(behind=sta)
    backhaul = ap[PROTECTED]
    sta.connect(backhaul, backhaul=True)
    ap.expect_event("AP-STA-CONNECTED", within=30)
    sta.expect_event("CTRL-EVENT-CONNECTED")
    header = management_header(
        DEAUTHENTICATION, destination=backhaul.bssid, source=sta.address, bssid=backhaul.bssid
    )

    lab.forge(Deauthentication(header, REASON_LEAVING))

    lab.air.expect(Deauthentication, from_=sta, to=backhaul)
    down = behind_ap.send(to=behind_sta)
    behind_sta.expect(down)


@requirement("map.wpa3.ap-protects-deauthentication", "802.11-2020 12.6.19", MUST)
def test_access_point_protects_its_deauthentication(lab: Lab) -> None:
    """An access point deauthenticates a station that has protection by a protected frame."""
    ap = lab.ap(PROTECTED)
    sta = lab.sta()
    backhaul = ap[PROTECTED]
    sta.connect(backhaul, backhaul=True)
    ap.expect_event("AP-STA-CONNECTED", within=30)
    sta.expect_event("CTRL-EVENT-CONNECTED")

    ap.deauthenticate(sta, on=backhaul)

    lab.air.expect(
        ProtectedManagement, from_=backhaul, to=sta, within=2.0, subtype=DEAUTHENTICATION
    )
    sta.expect_event(f"CTRL-EVENT-DISCONNECTED bssid={backhaul.bssid}")


@requirement("map.wpa3.ap-doubts-association", "802.11-2020 11.3.5.3 and 11.13", MUST)
def test_access_point_asks_whether_another_association_request_is_true(lab: Lab) -> None:
    """A repeated Association Request of a protected station gets status 30 and an SA Query."""
    ap = lab.ap(PROTECTED)
    sta = lab.sta()
    behind_ap, behind_sta = lab.host(behind=ap), lab.host(behind=sta)
    backhaul = ap[PROTECTED]
    sta.connect(backhaul, backhaul=True)
    request = lab.air.expect(AssociationRequest, from_=sta, to=backhaul, within=30)
    lab.air.expect(AssociationResponse, from_=backhaul, to=sta, status=0)
    ap.expect_event("AP-STA-CONNECTED", within=30)
    sta.expect_event("CTRL-EVENT-CONNECTED")

    lab.forge(request.frame)

    lab.air.expect(AssociationResponse, from_=backhaul, to=sta, status=STATUS_COME_BACK)
    lab.air.expect(ProtectedManagement, from_=backhaul, to=sta, subtype=ACTION)
    lab.air.expect(ProtectedManagement, from_=sta, to=backhaul, subtype=ACTION)
    up = behind_sta.send(to=behind_ap)
    behind_ap.expect(up)
