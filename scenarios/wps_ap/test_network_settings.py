"""What the network is: get_config, wps_config, unconfigured to configured, WPS switched off."""

from __future__ import annotations

from harness.lab import ABSENT, MUST, SHOULD, Lab, requirement
from harness.wire.dot11.frames import Beacon, Deauthentication
from harness.wire.wsc import M8
from harness.wire.wsc.device import WpsState

PIN = "12345670"
NEW_SSID, NEW_KEY = b"testing", b"12345678"
CHANGE = f"WPS_CONFIG {NEW_SSID.hex()} WPA2PSK CCMP {NEW_KEY.hex()}"
OPEN = f"WPS_CONFIG {b'no security'.hex()} OPEN NONE "


@requirement("wps.ap.get-config.configured", "README-WPS-access-point: get_config", MUST)
def test_the_current_configuration_is_shown(lab: Lab) -> None:
    """GET_CONFIG shows BSSID, SSID, state of WPS, passphrase and what protects the network."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    lines = ap.control("GET_CONFIG").splitlines()

    assert lines[:4] == [
        f"bssid={ap.address}", "ssid=home", "wps_state=configured", "passphrase=correct horse",
    ]
    assert lines[-4:] == [
        "wpa=2", "key_mgmt=WPA-PSK", "group_cipher=CCMP", "rsn_pairwise_cipher=CCMP",
    ]


@requirement("wps.ap.get-config.unconfigured", "README-WPS-access-point: get_config", MUST)
def test_an_unconfigured_network_is_shown(lab: Lab) -> None:
    """GET_CONFIG shows that the network is not configured."""
    ap = lab.ap(ssid="home", wps=True, keys={"wps_state": "1"})

    assert "wps_state=not configured\n" in ap.control("GET_CONFIG")


@requirement("wps.ap.get-config.off", "README-WPS-access-point: get_config", MUST)
def test_a_network_without_wps_shows_no_key(lab: Lab) -> None:
    """GET_CONFIG shows that WPS is off, and no key then."""
    ap = lab.ap(ssid="home", passphrase="correct horse")

    config = ap.control("GET_CONFIG")
    assert "wps_state=disabled\n" in config
    assert "passphrase=" not in config


@requirement("wps.ap.config.event", "README-WPS-access-point: WPS-NEW-AP-SETTINGS", MUST)
def test_new_settings_are_told_of(lab: Lab) -> None:
    """WPS_CONFIG is answered OK, and the event tells of new settings."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply(CHANGE, "OK\n")

    ap.expect_event("WPS-NEW-AP-SETTINGS ")


@requirement("wps.ap.config.network", "README-WPS-access-point: wps_config", MUST)
def test_new_settings_take_effect(lab: Lab) -> None:
    """WPS_CONFIG changes the network: its name on the air, and what GET_CONFIG shows."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply(CHANGE, "OK\n")

    lab.air.expect(Beacon, from_=ap, within=3, where=lambda beacon: beacon.ssid == NEW_SSID)
    config = ap.control("GET_CONFIG")
    assert "ssid=testing\n" in config
    assert "passphrase=12345678\n" in config


@requirement("wps.ap.config.credential", "README-WPS-access-point: wps_config", MUST)
def test_new_settings_are_handed_out(lab: Lab) -> None:
    """A station that enrols after WPS_CONFIG joins the new network."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    ap.expect_reply(CHANGE, "OK\n")
    lab.air.expect(Beacon, from_=ap, within=3, where=lambda beacon: beacon.ssid == NEW_SSID)
    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    ap.expect_event("WPS-SUCCESS", within=60)
    ap.expect_event(f"AP-STA-CONNECTED {sta.address}", within=30)


@requirement("wps.ap.config.stations", "WSC 2.0: new settings", MUST)
def test_new_settings_send_the_stations_away(lab: Lab) -> None:
    """WPS_CONFIG deauthenticates the stations of the old network."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    sta.connect(ap)
    ap.expect_event(f"AP-STA-CONNECTED {sta.address}", within=30)
    ap.expect_reply(CHANGE, "OK\n")

    lab.air.expect(Deauthentication, from_=ap, within=3)


@requirement("wps.ap.config.file", "README-WPS-access-point: configuration updates", MUST)
def test_new_settings_are_written_to_the_file(lab: Lab) -> None:
    """The configuration file holds the new settings, and the old ones as remarks."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    file = lab.configuration_file(ap)

    ap.expect_reply(CHANGE, "OK\n")
    lab.air.expect(Beacon, from_=ap, within=3, where=lambda beacon: beacon.ssid == NEW_SSID)

    lines = file.read_text().splitlines()
    assert lines[0] == "# WPS configuration - START"
    assert {"wps_state=2", "ssid=testing", "wpa_passphrase=12345678"} <= set(lines)
    assert "#WPS# wpa_passphrase=correct horse" in lines


@requirement("wps.ap.config.open", "README-WPS-access-point: wps_config OPEN NONE", MUST)
def test_the_network_can_be_opened(lab: Lab) -> None:
    """WPS_CONFIG with OPEN and NONE takes the protection away."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply(OPEN, "OK\n")

    lab.air.expect(
        Beacon, from_=ap, within=3, where=lambda beacon: beacon.ssid == b"no security", rsn=ABSENT
    )


@requirement("wps.ap.config.bad-authentication", "README-WPS-access-point: <auth>", MUST)
def test_other_kinds_of_authentication_are_refused(lab: Lab) -> None:
    """WPS_CONFIG fails with an authentication that is none of the three."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply(f"WPS_CONFIG {NEW_SSID.hex()} WPA3 CCMP {NEW_KEY.hex()}", "FAIL\n")


@requirement("wps.ap.config.bad-encryption", "README-WPS-access-point: <encr>", MUST)
def test_other_kinds_of_encryption_are_refused(lab: Lab) -> None:
    """WPS_CONFIG fails with an encryption that is none of the four."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply(f"WPS_CONFIG {NEW_SSID.hex()} WPA2PSK ROT13 {NEW_KEY.hex()}", "FAIL\n")


@requirement("wps.ap.config.wep", "WSC 2.0, 3: WEP is prohibited", MUST)
def test_wep_is_refused(lab: Lab) -> None:
    """WPS_CONFIG fails with WEP, which WPS 2.0 prohibits."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply(f"WPS_CONFIG {NEW_SSID.hex()} OPEN WEP 3132333435", "FAIL\n")


@requirement("wps.ap.config.short-key", "IEEE 802.11-2020, C.4: 8 to 63 characters", SHOULD)
def test_a_short_key_is_refused(lab: Lab) -> None:
    """WPS_CONFIG fails with a key of seven characters."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply(f"WPS_CONFIG {NEW_SSID.hex()} WPA2PSK CCMP {b'1234567'.hex()}", "FAIL\n")


@requirement("wps.ap.config.without-wps", "README-WPS-access-point: wps_state", MUST)
def test_without_wps_nothing_is_configured(lab: Lab) -> None:
    """WPS_CONFIG fails on an AP with WPS off."""
    ap = lab.ap(ssid="home", passphrase="correct horse")

    ap.expect_reply(CHANGE, "FAIL\n")


@requirement("wps.ap.config.event-only", "README-WPS-access-point: wps_cred_processing=1", MUST)
def test_processing_can_be_left_to_others(lab: Lab) -> None:
    """With wps_cred_processing=1, new settings are told with their data and nothing changes."""
    ap = lab.ap(
        ssid="home", passphrase="correct horse", wps=True, keys={"wps_cred_processing": "1"}
    )

    ap.expect_reply(CHANGE, "OK\n")
    event = ap.expect_event("WPS-NEW-AP-SETTINGS ")

    assert (b"\x10\x45\0\x07" + NEW_SSID).hex() in event.text
    lab.air.refuse(Beacon, from_=ap, within=2, where=lambda beacon: beacon.ssid == NEW_SSID)


@requirement("wps.ap.config.event-too", "README-WPS-access-point: wps_cred_processing", MUST)
def test_processing_can_be_told_of_and_done(lab: Lab) -> None:
    """With wps_cred_processing=2, new settings are told with their data and take effect."""
    ap = lab.ap(
        ssid="home", passphrase="correct horse", wps=True, keys={"wps_cred_processing": "2"}
    )

    ap.expect_reply(CHANGE, "OK\n")
    event = ap.expect_event("WPS-NEW-AP-SETTINGS ")

    assert (b"\x10\x45\0\x07" + NEW_SSID).hex() in event.text
    lab.air.expect(Beacon, from_=ap, within=3, where=lambda beacon: beacon.ssid == NEW_SSID)


@requirement("wps.ap.unconfigured.events", "README-WPS-access-point: WPS-REG-SUCCESS", MUST)
def test_the_first_enrollee_configures_the_network(lab: Lab) -> None:
    """The first Enrollee of an unconfigured AP makes it configured, and the AP tells so."""
    ap = lab.ap(ssid="home", wps=True, keys={"wps_state": "1"})
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    ap.expect_events(
        "WPS-NEW-AP-SETTINGS ",
        f"WPS-REG-SUCCESS {sta.address} ",
        "WPS-PBC-DISABLE ",
        "WPS-SUCCESS ",
        within=60,
    )


@requirement("wps.ap.unconfigured.becomes-configured", "README-WPS-access-point: random", MUST)
def test_the_network_gets_a_random_key(lab: Lab) -> None:
    """After the first Enrollee, the AP is protected by a random passphrase and says Configured."""
    ap = lab.ap(ssid="home", wps=True, keys={"wps_state": "1"})
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()
    lab.air.expect(M8, from_=ap, to=sta, within=60)

    lab.air.expect(
        Beacon, from_=ap, within=5, where=lambda beacon:
        beacon.wsc and beacon.wsc.wps_state == WpsState.CONFIGURED and beacon.rsn is not None,
    )
    config = dict(line.split("=", 1) for line in ap.control("GET_CONFIG").splitlines())
    assert config["wps_state"] == "configured"
    assert len(config["passphrase"]) >= 20


@requirement("wps.ap.unconfigured.connects", "README-WPS-access-point: random", MUST)
def test_the_first_enrollee_connects(lab: Lab) -> None:
    """The station that made the network configured joins it with the random key."""
    ap = lab.ap(ssid="home", wps=True, keys={"wps_state": "1"})
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    ap.expect_event("WPS-SUCCESS", within=60)
    ap.expect_event(f"EAPOL-4WAY-HS-COMPLETED {sta.address}", within=60)


@requirement("wps.ap.unconfigured.file", "README-WPS-access-point: configuration updates", MUST)
def test_the_random_key_is_written_to_the_file(lab: Lab) -> None:
    """The configuration file holds the random key and the state Configured."""
    ap = lab.ap(ssid="home", wps=True, keys={"wps_state": "1"})
    sta = lab.sta()
    file = lab.configuration_file(ap)

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()
    ap.expect_event("WPS-SUCCESS", within=60)
    lab.air.expect(Beacon, from_=ap, within=5, where=lambda beacon: beacon.rsn is not None)

    lines = file.read_text().splitlines()
    assert "wps_state=2" in lines
    assert "#WPS# wps_state=1" in lines
    assert any(line.startswith("wpa_passphrase=") for line in lines)


@requirement("wps.ap.unconfigured.left", "README-WPS-access-point: wps_cred_processing=1", MUST)
def test_the_first_configuration_can_be_left_to_others(lab: Lab) -> None:
    """With wps_cred_processing=1, an AP tells what its first Enrollee got and stays as it is."""
    ap = lab.ap(ssid="home", wps=True, keys={"wps_state": "1", "wps_cred_processing": "1"})
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    event = ap.expect_event("WPS-NEW-AP-SETTINGS ", within=60)
    assert b"\x10\x45\0\x04home".hex() in event.text
    lab.air.refuse(Beacon, from_=ap, within=3, where=lambda beacon: beacon.rsn is not None)


@requirement("wps.ap.off.hidden", "WSC 2.0: no WPS with a hidden SSID", MUST)
def test_a_hidden_network_has_no_wps(lab: Lab) -> None:
    """A hidden SSID switches WPS off."""
    ap = lab.ap(
        ssid="home", passphrase="correct horse", wps=True, keys={"ignore_broadcast_ssid": "1"}
    )

    lab.air.expect(Beacon, from_=ap, within=1, wsc=ABSENT)
    ap.expect_reply("WPS_PBC", "FAIL\n")


@requirement("wps.ap.off.tkip", "WSC 2.0: no WPS with TKIP alone", MUST)
def test_a_network_of_tkip_alone_has_no_wps(lab: Lab) -> None:
    """WPA with TKIP alone switches WPS off."""
    ap = lab.ap(
        ssid="home",
        passphrase="correct horse",
        wps=True,
        keys={"wpa": "1", "wpa_pairwise": "TKIP", "rsn_pairwise": None},
    )

    lab.air.expect(Beacon, from_=ap, within=1, wsc=ABSENT)
    ap.expect_reply("WPS_PBC", "FAIL\n")


@requirement("wps.ap.off.wep", "WSC 2.0: no WPS with WEP", MUST)
def test_a_network_with_wep_has_no_wps(lab: Lab) -> None:
    """WEP switches WPS off."""
    ap = lab.ap(ssid="home", wps=True, keys={"wep_default_key": "0", "wep_key0": '"12345"'})

    lab.air.expect(Beacon, from_=ap, within=1, wsc=ABSENT)
    ap.expect_reply("WPS_PBC", "FAIL\n")


@requirement("wps.ap.mixed", "WSC 2.0: mixed mode", MUST)
def test_a_mixed_network_has_wps(lab: Lab) -> None:
    """A network of WPA and WPA2, with TKIP and CCMP, has WPS."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True, mixed=True)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    ap.expect_event("WPS-SUCCESS", within=60)


@requirement("wps.ap.open", "WSC 2.0: open network", MUST)
def test_an_open_network_has_wps(lab: Lab) -> None:
    """A station enrols on an open network that is said to be configured."""
    ap = lab.ap(ssid="home", wps=True)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    ap.expect_event("WPS-SUCCESS", within=60)
    ap.expect_event(f"AP-STA-CONNECTED {sta.address}", within=30)
