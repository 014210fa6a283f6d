"""Which credentials an Enrollee is given, and what it makes of them (README-MULTI-AP, WPS)."""

from __future__ import annotations

from harness.lab import ABSENT, BACKHAUL, FRONTHAUL, MUST, PRESENT, Bss, Lab, requirement
from harness.lab.testers.wps_peers import enrollee
from harness.wire.dot11.frames import AssociationRequest, Beacon, Data, Deauthentication
from harness.wire.multi_ap import BACKHAUL_BSS, BACKHAUL_STA
from harness.wire.wsc import M1, M8

HOME_BACKHAUL = Bss(ssid="home-backhaul", passphrase="battery staple", multi_ap=BACKHAUL)
HOME = Bss(
    ssid="home", passphrase="correct horse", multi_ap=FRONTHAUL, wps=True, hands_out=HOME_BACKHAUL
)
HOME_WITH_PSK = Bss(
    ssid="home",
    passphrase="correct horse",
    multi_ap=FRONTHAUL,
    wps=True,
    hands_out=HOME_BACKHAUL,
    hands_out_psk=True,
)
SHARED = Bss(ssid="home", passphrase="correct horse", multi_ap=BACKHAUL | FRONTHAUL, wps=True)
OPEN = Bss(ssid="cafe", multi_ap=FRONTHAUL, wps=True, hands_out=HOME_BACKHAUL)
MIXED = Bss(
    ssid="old",
    passphrase="correct horse",
    mixed=True,
    multi_ap=FRONTHAUL,
    wps=True,
    hands_out=HOME_BACKHAUL,
)
PIN = "12345670"


@requirement("map.wps-credential.passphrase", "README-MULTI-AP, multi_ap_backhaul_*", MUST)
def test_the_backhaul_passphrase_is_handed_out(lab: Lab) -> None:
    """A backhaul station gets the backhaul BSS's SSID and passphrase, with WPA2-PSK and AES."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    m8 = lab.air.expect(M8, from_=ap[HOME], to=sta, within=60)
    lab.expect_credential(m8, HOME_BACKHAUL)
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap[HOME_BACKHAUL].bssid}", within=30)


@requirement("map.wps-credential.psk", "README-MULTI-AP, multi_ap_backhaul_wpa_psk", MUST)
def test_the_backhaul_psk_is_handed_out(lab: Lab) -> None:
    """A key that the AP knows as a PSK of 64 hex digits is handed out, and opens the BSS."""
    ap = lab.ap(HOME_WITH_PSK, HOME_BACKHAUL)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    m8 = lab.air.expect(M8, from_=ap[HOME_WITH_PSK], to=sta, within=60)
    lab.expect_credential(m8, HOME_BACKHAUL)
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap[HOME_BACKHAUL].bssid}", within=30)
    sta.expect_stored(HOME_BACKHAUL, backhaul=True)


@requirement("map.wps-credential.profile", "README-MULTI-AP, multi_ap_backhaul_sta=1", MUST)
def test_the_stored_profile_is_for_a_backhaul_station(lab: Lab) -> None:
    """The profile that the station keeps has the role of a backhaul station."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    sta.expect_event("WPS-SUCCESS", within=60)
    sta.expect_stored(HOME_BACKHAUL, backhaul=True)


@requirement("map.wps-credential.shared-bss", "README-MULTI-AP, WPS support", MUST)
def test_a_shared_bss_gives_a_backhaul_station_its_own_credentials(lab: Lab) -> None:
    """A BSS for fronthaul and backhaul at once gives a backhaul station its own credentials."""
    ap = lab.ap(SHARED)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(M1, from_=sta, to=ap, within=60, multi_ap=BACKHAUL_STA)
    m8 = lab.air.expect(M8, from_=ap, to=sta)
    lab.expect_credential(m8, SHARED)
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap[SHARED].bssid}", within=30)
    sta.expect_stored(SHARED, backhaul=True)


@requirement("map.wps-credential.shared-bss-plain", "README-MULTI-AP, WPS support", MUST)
def test_a_shared_bss_gives_a_plain_station_the_same_credentials(lab: Lab) -> None:
    """A BSS for fronthaul and backhaul at once gives a plain station the same credentials."""
    ap = lab.ap(SHARED)
    sta = lab.sta()

    ap.push_button()
    sta.push_button()

    lab.air.expect(M1, from_=sta, to=ap, within=60, multi_ap=ABSENT)
    m8 = lab.air.expect(M8, from_=ap, to=sta)
    lab.expect_credential(m8, SHARED)
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap[SHARED].bssid}", within=30)
    sta.expect_stored(SHARED)


@requirement("map.wps-credential.no-per-device-psk", "README-MULTI-AP, WPS support", MUST)
def test_backhaul_stations_are_given_one_key(lab: Lab) -> None:
    """A second backhaul station is given the very key that the first one was given."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    first, second = lab.sta("first"), lab.sta("second")

    ap.push_button()
    first.push_button(backhaul=True)
    m8 = lab.air.expect(M8, from_=ap[HOME], to=first, within=60)
    lab.expect_credential(m8, HOME_BACKHAUL)
    first.expect_event("CTRL-EVENT-CONNECTED", within=30)
    ap.push_button()
    second.push_button(backhaul=True)

    m8 = lab.air.expect(M8, from_=ap[HOME], to=second, within=60)
    lab.expect_credential(m8, HOME_BACKHAUL)
    second.expect_event("CTRL-EVENT-CONNECTED", within=30)


@requirement("map.wps-credential.open-fronthaul", "README-MULTI-AP: only WPA2-Personal", MUST)
def test_an_open_fronthaul_bss_hands_out_a_protected_backhaul(lab: Lab) -> None:
    """Beside an open fronthaul BSS the backhaul credentials are WPA2-PSK and AES all the same."""
    ap = lab.ap(OPEN, HOME_BACKHAUL)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    m8 = lab.air.expect(M8, from_=ap[OPEN], to=sta, within=60)
    lab.expect_credential(m8, HOME_BACKHAUL)
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap[HOME_BACKHAUL].bssid}", within=30)


@requirement("map.wps-credential.open-fronthaul-plain", "WSC 2.0: Credential", MUST)
def test_an_open_fronthaul_bss_hands_out_itself_as_open(lab: Lab) -> None:
    """A plain Enrollee of an open BSS is given Open, no encryption and an empty key."""
    ap = lab.ap(OPEN, HOME_BACKHAUL)
    sta = lab.sta()

    ap.push_button()
    sta.push_button()

    m8 = lab.air.expect(M8, from_=ap[OPEN], to=sta, within=60)
    lab.expect_credential(m8, OPEN)
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap[OPEN].bssid}", within=30)


@requirement("map.wps-credential.mixed-fronthaul", "README-MULTI-AP: only WPA2-Personal", MUST)
def test_a_mixed_fronthaul_bss_hands_out_a_wpa2_backhaul(lab: Lab) -> None:
    """Beside a fronthaul BSS of WPA and WPA2 the backhaul credentials are WPA2-PSK and AES."""
    ap = lab.ap(MIXED, HOME_BACKHAUL)
    sta = lab.sta()

    lab.air.expect(Beacon, from_=ap[MIXED], within=1, elements__wpa=PRESENT, elements__rsn=PRESENT)
    ap.push_button()
    sta.push_button(backhaul=True)

    m8 = lab.air.expect(M8, from_=ap[MIXED], to=sta, within=60)
    lab.expect_credential(m8, HOME_BACKHAUL)
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap[HOME_BACKHAUL].bssid}", within=30)


@requirement("map.wps-credential.mixed-fronthaul-plain", "WSC 2.0: Credential; 802.11 12.6.3", MUST)
def test_a_mixed_fronthaul_bss_serves_a_plain_enrollee(lab: Lab) -> None:
    """A plain Enrollee of a mixed BSS is given it with WPA2, joins, and hears its groups."""
    ap = lab.ap(MIXED, HOME_BACKHAUL)
    sta = lab.sta()
    behind_ap = lab.host(behind=ap)

    ap.push_button()
    sta.push_button()

    m8 = lab.air.expect(M8, from_=ap[MIXED], to=sta, within=60)
    lab.expect_credential(m8, MIXED)
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap[MIXED].bssid}", within=30)
    own = lab.stack(sta)
    up = own.send(to=behind_ap)
    behind_ap.expect(up)
    down = behind_ap.broadcast()
    lab.air.expect(Data, from_=ap[MIXED], source=behind_ap, protected=True)
    own.expect(down)


@requirement("map.wps-credential.mixed-fronthaul-wpa", "Wi-Fi Protected Access 2.0: TKIP", MUST)
def test_a_mixed_fronthaul_bss_serves_a_wpa_station(lab: Lab) -> None:
    """A station of WPA version 1 joins a mixed BSS, and exchanges data and hears its groups."""
    ap = lab.ap(MIXED, HOME_BACKHAUL)
    sta = lab.sta()
    behind_ap = lab.host(behind=ap)

    sta.connect_by_wpa(ap[MIXED])

    lab.air.expect(
        AssociationRequest,
        from_=sta,
        to=ap[MIXED],
        within=30,
        elements__wpa=PRESENT,
        elements__rsn=ABSENT,
    )
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap[MIXED].bssid}")
    own = lab.stack(sta)
    up = own.send(to=behind_ap)
    behind_ap.expect(up)
    down = behind_ap.send(to=own)
    own.expect(down)
    to_all = behind_ap.broadcast()
    own.expect(to_all)


@requirement("map.wps-credential.pin", "README-MULTI-AP, WPS support; WSC 2.0: PIN", MUST)
def test_a_pin_gets_the_backhaul_credentials(lab: Lab) -> None:
    """A backhaul station that enrols by PIN is given the backhaul credentials too."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()

    ap.enter_pin(PIN)
    sta.enter_pin(PIN, backhaul=True)

    lab.air.expect(M1, from_=sta, to=ap[HOME], within=60, multi_ap=BACKHAUL_STA)
    m8 = lab.air.expect(M8, from_=ap[HOME], to=sta)
    lab.expect_credential(m8, HOME_BACKHAUL)
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap[HOME_BACKHAUL].bssid}", within=30)
    sta.expect_stored(HOME_BACKHAUL, backhaul=True)


@requirement("map.wps-credential.pin-plain", "WSC 2.0: PIN", MUST)
def test_a_pin_without_multi_ap_gets_the_fronthaul_credentials(lab: Lab) -> None:
    """A plain station that enrols by PIN is given the fronthaul credentials."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()

    ap.enter_pin(PIN)
    sta.enter_pin(PIN)

    m8 = lab.air.expect(M8, from_=ap[HOME], to=sta, within=60)
    lab.expect_credential(m8, HOME)
    sta.expect_stored(HOME)


@requirement("map.wps-credential.other-flags", "Multi-AP 5.1: backhaul STA flag", MUST)
def test_m1_with_another_flag_gets_the_fronthaul_credentials(lab: Lab) -> None:
    """A Multi-AP sub-element in M1 that names no backhaul station gets fronthaul credentials."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.peer_sta(enrollee(flags=BACKHAUL_BSS))

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(M1, from_=sta, to=ap[HOME], within=60, multi_ap=BACKHAUL_BSS)
    m8 = lab.air.expect(M8, from_=ap[HOME], to=sta)
    lab.expect_credential(m8, HOME)


@requirement("map.wps.messages-well-formed", "WSC 2.0, 8.3: M1 to M8", MUST)
def test_every_wsc_message_is_well_formed(lab: Lab) -> None:
    """Every attribute of every WSC message is there, once, of its size, with a defined value."""
    ap = lab.ap(HOME, HOME_BACKHAUL)
    sta = lab.sta()

    ap.push_button()
    sta.push_button(backhaul=True)

    lab.air.expect(Deauthentication, within=120)
    lab.expect_well_formed_messages()
    sta.expect_event("WPS-SUCCESS")
