"""What Enrollees are given (README-WPS-access-point, Credential generation)."""

from __future__ import annotations

from harness.lab import MUST, SHOULD, Bss, Lab, requirement
from harness.wire.wsc import M8, WscDone

HOME = Bss(ssid="home", passphrase="correct horse", wps=True)
GUESTS = Bss(ssid="guests", passphrase="guests are welcome")
OWN_KEYS = Bss(ssid="home", wps=True, passphrase="for the others")
HEX_KEY = "9f4c1d" + "0123456789abcdef" * 3 + "0123456789"


@requirement("wps.ap.credential.own-key", "README-WPS-access-point: wpa_psk_file", MUST)
def test_each_enrollee_gets_a_key_of_its_own(lab: Lab) -> None:
    """With a PSK file, an Enrollee gets a random PSK, and the file a line with it."""
    file = lab.file("hostapd.psk")
    ap = lab.ap(OWN_KEYS, keys={"wpa_passphrase": None, "wpa_psk_file": str(file)})
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()
    ap.expect_event("WPS-SUCCESS", within=60)

    line = lab.expect_lines(file)[0]
    assert line.startswith(f"wps=1 {sta.address} ")
    assert len(line.split(" ")[-1]) == 64


@requirement("wps.ap.credential.own-key-beside", "README-WPS-access-point: wpa_psk_file", MUST)
def test_an_enrollee_with_a_display_gets_a_key_beside_the_passphrase(lab: Lab) -> None:
    """Also with a passphrase for others, an Enrollee that can show a key gets its own one."""
    file = lab.file("hostapd.psk")
    ap = lab.ap(OWN_KEYS, keys={"wpa_psk_file": str(file)})
    sta = lab.sta(keys={"config_methods": "display push_button"})

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()
    ap.expect_event("WPS-SUCCESS", within=60)

    assert lab.expect_lines(file)[0].startswith(f"wps=1 {sta.address} ")


@requirement("wps.ap.credential.own-key-sent", "README-WPS-access-point: random WPA PSK", MUST)
def test_the_key_of_its_own_is_what_the_enrollee_is_given(lab: Lab) -> None:
    """The key in M8 is the one in the PSK file."""
    file = lab.file("hostapd.psk")
    ap = lab.ap(OWN_KEYS, keys={"wpa_passphrase": None, "wpa_psk_file": str(file)})
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    m8 = lab.air.expect(M8, from_=ap, to=sta, within=60)
    lab.air.expect(WscDone, from_=sta, to=ap)
    ap.expect_event("WPS-SUCCESS")
    lab.expect_network_key(m8, lab.expect_lines(file)[0].split(" ")[-1])


@requirement("wps.ap.credential.own-key-works", "README-WPS-access-point: use that key", MUST)
def test_the_key_of_its_own_opens_the_network(lab: Lab) -> None:
    """A station that was given a key of its own joins the network with it."""
    file = lab.file("hostapd.psk")
    ap = lab.ap(OWN_KEYS, keys={"wpa_passphrase": None, "wpa_psk_file": str(file)})
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    ap.expect_event("WPS-SUCCESS", within=60)
    ap.expect_event(f"EAPOL-4WAY-HS-COMPLETED {sta.address}", within=30)


@requirement("wps.ap.credential.two-keys", "README-WPS-access-point: per-device PSK", MUST)
def test_two_enrollees_get_two_keys(lab: Lab) -> None:
    """Two stations that enrol one after the other get different keys, and both join."""
    file = lab.file("hostapd.psk")
    ap = lab.ap(OWN_KEYS, keys={"wpa_passphrase": None, "wpa_psk_file": str(file)})
    one, two = lab.sta("one"), lab.sta("two")

    ap.expect_reply("WPS_PIN any 12345670", "OK\n")
    one.enter_pin("12345670")
    ap.expect_event(f"EAPOL-4WAY-HS-COMPLETED {one.address}", within=90)
    ap.expect_reply("WPS_PIN any 11111118", "OK\n")
    two.enter_pin("11111118")
    ap.expect_event(f"EAPOL-4WAY-HS-COMPLETED {two.address}", within=90)

    words = " ".join(lab.expect_lines(file, 2)).split()
    assert words[0:2] + words[3:5] == ["wps=1", str(one.address), "wps=1", str(two.address)]
    assert words[2] != words[5]


@requirement("wps.ap.credential.key-is-kept", "README-WPS-access-point: wpa_psk_file", MUST)
def test_a_key_of_the_file_is_good_after_it_is_read_again(lab: Lab) -> None:
    """After RELOAD_WPA_PSK the station with a key of its own is still let in."""
    file = lab.file("hostapd.psk")
    ap = lab.ap(OWN_KEYS, keys={"wpa_passphrase": None, "wpa_psk_file": str(file)})
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()
    ap.expect_event(f"EAPOL-4WAY-HS-COMPLETED {sta.address}", within=60)
    ap.expect_reply("RELOAD_WPA_PSK", "OK\n")
    sta.disconnect()
    ap.expect_event(f"AP-STA-DISCONNECTED {sta.address}")
    sta.reconnect()

    ap.expect_event(f"EAPOL-4WAY-HS-COMPLETED {sta.address}", within=30)


@requirement("wps.ap.credential.others-keep-theirs", "README-WPS-access-point: non-WPS", MUST)
def test_a_station_without_wps_joins_with_the_passphrase(lab: Lab) -> None:
    """With keys for single stations, the passphrase lets other stations in."""
    file = lab.file("hostapd.psk", "00:00:00:00:00:00 for the others\n")
    ap = lab.ap(OWN_KEYS, keys={"wpa_psk_file": str(file), "wpa_passphrase": None})
    sta = lab.sta()

    sta.connect(ap)

    ap.expect_event(f"EAPOL-4WAY-HS-COMPLETED {sta.address}", within=30)


@requirement("wps.ap.credential.hex-key", "README-WPS-access-point: passphrase/PSK", MUST)
def test_a_psk_is_given_as_64_digits(lab: Lab) -> None:
    """An AP that knows its PSK and no passphrase hands the 64 hex digits out."""
    ap = lab.ap(HOME, keys={"wpa_passphrase": None, "wpa_psk": HEX_KEY})
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    m8 = lab.air.expect(M8, from_=ap, to=sta, within=60)
    lab.expect_network_key(m8, HEX_KEY)
    ap.expect_event(f"EAPOL-4WAY-HS-COMPLETED {sta.address}", within=30)


@requirement("wps.ap.credential.prebuilt", "README-WPS-access-point: skip_cred_build", MUST)
def test_a_prebuilt_credential_is_given(lab: Lab) -> None:
    """With skip_cred_build=1, the octets of extra_cred are what the Enrollee is given."""
    file = lab.file("extra.cred", GUESTS.credential)
    ap = lab.ap(HOME, keys={"skip_cred_build": "1", "extra_cred": str(file)})
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    m8 = lab.air.expect(M8, from_=ap, to=sta, within=60)
    lab.expect_credential(m8, GUESTS)


@requirement("wps.ap.credential.further", "README-WPS-access-point: extra_cred", MUST)
def test_a_further_credential_is_given(lab: Lab) -> None:
    """Without skip_cred_build, the octets of extra_cred come behind the AP's own Credential."""
    file = lab.file("extra.cred", GUESTS.credential)
    ap = lab.ap(HOME, keys={"extra_cred": str(file)})
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    m8 = lab.air.expect(M8, from_=ap, to=sta, within=60)
    lab.expect_credential(m8, HOME, GUESTS)


@requirement("wps.ap.credential.mixed", "WSC 2.0: the best of what both can", SHOULD)
def test_the_best_protection_is_given(lab: Lab) -> None:
    """On a network of WPA and WPA2, the Credential is one of WPA2 with AES."""
    both = Bss(ssid="home", passphrase="correct horse", wps=True, mixed=True)
    ap = lab.ap(both)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    m8 = lab.air.expect(M8, from_=ap, to=sta, within=60)
    lab.expect_credential(m8, both)


@requirement("wps.ap.credential.open", "WSC 2.0: open network", MUST)
def test_an_open_network_has_no_key(lab: Lab) -> None:
    """On an open network, the Credential says Open, no encryption and no key."""
    nothing = Bss(ssid="home", wps=True)
    ap = lab.ap(nothing)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    m8 = lab.air.expect(M8, from_=ap, to=sta, within=60)
    lab.expect_credential(m8, nothing)
