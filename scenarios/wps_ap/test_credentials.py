"""What Enrollees are given (README-WPS-access-point, Credential generation)."""

from __future__ import annotations

from harness.lab import MUST, SHOULD, Bss, Lab, requirement
from harness.wire.wsc import M8

HOME = Bss(ssid="home", passphrase="correct horse", wps=True)
GUESTS = Bss(ssid="guests", passphrase="guests are welcome")
OWN_KEYS = Bss(ssid="home", wps=True, passphrase="for the others")
HEX_KEY = "9f4c1d" + "0123456789abcdef" * 3 + "0123456789"


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
