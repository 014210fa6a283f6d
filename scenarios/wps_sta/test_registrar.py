"""The station as Registrar of an access point (README-WPS-station, wps_reg)."""

from __future__ import annotations

from harness.lab import MUST, PRESENT, SHOULD, Bss, Lab, requirement
from harness.wire.dot11.frames import AssociationRequest, Beacon
from harness.wire.eap import EapPacket
from harness.wire.wsc import M1, M2, M3, M4, M5, M6, M7, M8, WscDone, WscNack
from harness.wire.wsc.device import ConfigurationError

PIN, OTHER_PIN, OTHER_SECOND_HALF = "12345670", "11111118", "12340002"
HOME = Bss(ssid="home", passphrase="correct horse", wps=True)
NEW = Bss(ssid="new home", passphrase="battery staple", wps=True)
NEW_SETTINGS = f"{NEW.ssid.encode().hex()} WPA2PSK CCMP {b'battery staple'.hex()}"
NEW_WPA = NEW_SETTINGS.replace("WPA2PSK CCMP", "WPAPSK TKIP")
TKIP = bytes.fromhex("0050f202")
FROM_AP = (M1, M3, M5, M7)


@requirement("wps.sta.reg.learn", "README-WPS-station: fetch the current AP settings", MUST)
def test_the_settings_are_learnt(lab: Lab) -> None:
    """WPS_REG with the AP PIN goes up to M7 and ends the run there, as nothing is to be changed."""
    ap = lab.ap(HOME, keys={"ap_pin": PIN})
    sta = lab.sta()

    sta.expect_reply(f"WPS_REG {ap.address} {PIN}", "OK\n")

    for message in (M1, M2, M3, M4, M5, M6, M7):
        from_, to = (ap, sta) if message in FROM_AP else (sta, ap)
        lab.air.expect(message, from_=from_, to=to, within=30 if message is M1 else 5)
    lab.air.expect(
        WscNack, from_=sta, to=ap, configuration_error=ConfigurationError.NO_ERROR
    )
    lab.air.refuse(M8)


@requirement("wps.sta.reg.learn-stores", "README-WPS-station: current AP configuration", MUST)
def test_the_learnt_network_is_kept_and_joined(lab: Lab) -> None:
    """The station keeps the network that it learnt, and connects to it."""
    ap = lab.ap(HOME, keys={"ap_pin": PIN})
    sta = lab.sta()

    sta.expect_reply(f"WPS_REG {ap.address} {PIN}", "OK\n")

    sta.expect_event("WPS-CRED-RECEIVED ", within=30)
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap.address} completed", within=30)
    sta.expect_stored(HOME)


@requirement("wps.sta.reg.identity", "WSC 2.0, 7.7.1: identity of a Registrar", MUST)
def test_the_station_says_that_it_is_a_registrar(lab: Lab) -> None:
    """The association's Request Type and the EAP identity are those of a Registrar."""
    ap = lab.ap(HOME, keys={"ap_pin": PIN})
    sta = lab.sta()

    sta.expect_reply(f"WPS_REG {ap.address} {PIN}", "OK\n")

    lab.air.expect(
        AssociationRequest, from_=sta, to=ap, within=30, rsn=None, wsc__request_type=2
    )
    lab.air.expect(
        EapPacket, from_=sta, to=ap,
        where=lambda packet: packet.data == b"WFA-SimpleConfig-Registrar-1-0",
    )


@requirement("wps.sta.reg.configure", "README-WPS-station: change the AP configuration", MUST)
def test_the_settings_are_changed(lab: Lab) -> None:
    """WPS_REG with new settings sends them in M8; the station keeps and joins the new network."""
    ap = lab.ap(HOME, keys={"ap_pin": PIN})
    sta = lab.sta()

    sta.expect_reply(f"WPS_REG {ap.address} {PIN} {NEW_SETTINGS}", "OK\n")

    lab.air.expect(M8, from_=sta, to=ap, within=30)
    lab.air.expect(WscDone, from_=ap, to=sta)
    sta.expect_event("WPS-SUCCESS ")
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap.address} completed", within=30)
    sta.expect_stored(NEW)


@requirement("wps.sta.reg.configure-open", "README-WPS-station: clear OPEN NONE", MUST)
def test_the_network_is_opened(lab: Lab) -> None:
    """WPS_REG with OPEN and NONE makes the network an open one, which the station can join."""
    ap = lab.ap(HOME, keys={"ap_pin": PIN})
    sta = lab.sta()

    sta.expect_reply(f"WPS_REG {ap.address} {PIN} {b'clear'.hex()} OPEN NONE ", "OK\n")

    lab.air.expect(M8, from_=sta, to=ap, within=30)
    sta.expect_event("WPS-SUCCESS ", within=10)
    sta.expect_stored(Bss(ssid="clear"))
    number = sta.control("LIST_NETWORKS").splitlines()[1].split("\t")[0]
    sta.expect_reply(f"SELECT_NETWORK {number}", "OK\n")
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap.address} completed", within=30)


@requirement("wps.sta.reg.configure-wpa", "README-WPS-station: WPAPSK, TKIP", MUST)
def test_the_network_becomes_one_of_wpa(lab: Lab) -> None:
    """WPS_REG with WPAPSK and TKIP makes a network with WPA, whose key the station keeps."""
    ap = lab.ap(HOME, keys={"ap_pin": PIN})
    sta = lab.sta()
    lab.air.expect(Beacon, from_=ap, elements__wpa=None)

    sta.expect_reply(f"WPS_REG {ap.address} {PIN} {NEW_WPA}", "OK\n")

    lab.air.expect(M8, from_=sta, to=ap, within=30)
    sta.expect_event("WPS-SUCCESS ", within=10)
    beacon = lab.air.expect(
        Beacon, from_=ap, within=10, elements__wpa=PRESENT,
        where=lambda beacon: beacon.elements.ssid == NEW.ssid.encode(),
    )
    assert TKIP in beacon.elements.wpa
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap.address} completed", within=30)
    sta.expect_stored(NEW)
    number = sta.control("LIST_NETWORKS").splitlines()[1].split("\t")[0]
    assert "TKIP" in sta.control(f"GET_NETWORK {number} pairwise").split()
    assert "WPA" in sta.control(f"GET_NETWORK {number} proto").split()


@requirement("wps.sta.reg.wep", "WSC 2.0, 3: WEP is prohibited", MUST)
def test_no_wep_is_given(lab: Lab) -> None:
    """After WPS_REG with WEP the access point is given nothing, and the station keeps nothing."""
    _expect_nothing_given(lab, "OPEN WEP")


@requirement("wps.sta.reg.other-values", "README-WPS-station: must be one of the following", MUST)
def test_nothing_unknown_is_given(lab: Lab) -> None:
    """After WPS_REG with an <encr> that there is not the access point is given nothing."""
    _expect_nothing_given(lab, "WPA2PSK GCMP")


def _expect_nothing_given(lab: Lab, types: str) -> None:
    ap = lab.ap(HOME, keys={"ap_pin": PIN})
    sta = lab.sta()

    settings = f"{NEW.ssid.encode().hex()} {types} {b'thirteen keys'.hex()}"
    reply = sta.control(f"WPS_REG {ap.address} {PIN} {settings}")

    lab.air.refuse(M8, from_=sta, within=30)
    if reply != "FAIL\n":  # it may be refused at once, else the run has to fail
        sta.expect_event("WPS-FAIL ")
    sta.expect_nothing_stored()


@requirement("wps.sta.reg.wrong-first-half", "WSC 2.0, 7.4.1: proof of possession", MUST)
def test_a_wrong_first_half_is_told(lab: Lab) -> None:
    """When the first half of the AP PIN is wrong, the AP refuses M4 and the station tells so."""
    ap = lab.ap(HOME, keys={"ap_pin": OTHER_PIN})
    sta = lab.sta()

    sta.expect_reply(f"WPS_REG {ap.address} {PIN}", "OK\n")

    lab.air.expect(WscNack, from_=ap, to=sta, within=30, configuration_error=
                   ConfigurationError.DEVICE_PASSWORD_AUTH_FAILURE)
    sta.expect_event("WPS-FAIL msg=8 config_error=18")
    lab.air.refuse(M6)
    sta.expect_nothing_stored()


@requirement("wps.sta.reg.wrong-second-half", "WSC 2.0, 7.4.1: proof of possession", MUST)
def test_a_wrong_second_half_is_told(lab: Lab) -> None:
    """When the second half of the AP PIN is wrong, the AP refuses M6 and the station tells so."""
    ap = lab.ap(HOME, keys={"ap_pin": OTHER_SECOND_HALF})
    sta = lab.sta()

    sta.expect_reply(f"WPS_REG {ap.address} {PIN}", "OK\n")

    lab.air.expect(M6, from_=sta, to=ap, within=30)
    lab.air.expect(WscNack, from_=ap, to=sta, configuration_error=
                   ConfigurationError.DEVICE_PASSWORD_AUTH_FAILURE)
    sta.expect_event("WPS-FAIL msg=10 config_error=18")
    sta.expect_nothing_stored()


@requirement("wps.sta.reg.locked", "WSC 2.0, 12: AP Setup Locked", MUST)
def test_a_locked_access_point_is_told(lab: Lab) -> None:
    """When the setup of the AP is locked, the station tells so and learns nothing."""
    ap = lab.ap(HOME, keys={"ap_pin": PIN, "ap_setup_locked": "1"})
    sta = lab.sta()

    sta.expect_reply(f"WPS_REG {ap.address} {PIN}", "OK\n")

    lab.air.expect(WscNack, from_=ap, to=sta, within=30, configuration_error=
                   ConfigurationError.SETUP_LOCKED)
    sta.expect_event("WPS-FAIL msg=5 config_error=15")
    sta.expect_nothing_stored()


@requirement("wps.sta.reg.failure-ends", "README-WPS-station: wps_reg", SHOULD)
def test_a_failed_run_is_over(lab: Lab) -> None:
    """After a wrong AP PIN the station does not try again: APs lock after three failures."""
    ap = lab.ap(HOME, keys={"ap_pin": OTHER_PIN})
    sta = lab.sta()

    sta.expect_reply(f"WPS_REG {ap.address} {PIN}", "OK\n")

    nack = lab.air.expect(WscNack, from_=ap, to=sta, within=30)
    lab.air.refuse(M1, after=nack, within=20)


@requirement("wps.sta.reg.bad-bssid", "README-WPS-station: wps_reg <AP BSSID>", MUST)
def test_a_bad_bssid_is_refused(lab: Lab) -> None:
    """WPS_REG for what is no BSSID fails."""
    lab.sta().expect_reply(f"WPS_REG somebody {PIN}", "FAIL\n")


@requirement("wps.sta.reg.no-pin", "README-WPS-station: wps_reg <AP BSSID> <AP PIN>", MUST)
def test_a_command_without_pin_is_refused(lab: Lab) -> None:
    """WPS_REG without a PIN fails."""
    lab.sta().expect_reply("WPS_REG 02:11:22:33:44:55", "FAIL\n")
