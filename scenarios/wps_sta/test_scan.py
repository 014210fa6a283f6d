"""What a station's scan says of WPS (README-WPS-station, Scanning)."""

from __future__ import annotations

from harness.lab import MUST, SHOULD, Bss, Lab, requirement
from harness.lab.devices.interface import AccessPointDevice, StationDevice

PIN = "12345670"
SOMEBODY = "02:11:22:33:44:55"
NOBODY = "53b63a98-d29e-4457-a2ed-094d7e6a669c"
HOME = Bss(ssid="home", passphrase="correct horse", wps=True)


@requirement("wps.sta.scan.flag", "README-WPS-station: flags field", MUST)
def test_an_access_point_with_wps_has_the_flag(lab: Lab) -> None:
    """SCAN_RESULTS shows [WPS] for an AP with WPS whose Registrar is not active."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    assert "[WPS]" in flags_of(scanned(sta, ap), ap)


@requirement("wps.sta.scan.no-flag", "README-WPS-station: flags field", MUST)
def test_an_access_point_without_wps_has_no_flag(lab: Lab) -> None:
    """SCAN_RESULTS shows no flag of WPS for an AP without it."""
    ap = lab.ap(ssid="home", passphrase="correct horse")
    sta = lab.sta()

    assert "WPS" not in flags_of(scanned(sta, ap), ap)


@requirement("wps.sta.scan.pbc-flag", "README-WPS-station: [WPS-PBC]", MUST)
def test_a_pushed_button_is_shown(lab: Lab) -> None:
    """SCAN_RESULTS shows [WPS-PBC] while the push button of an AP is active."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.push_button()

    assert "[WPS-PBC]" in flags_of(scanned(sta, ap), ap)


@requirement("wps.sta.scan.pin-flag", "README-WPS-station: [WPS-PIN]", MUST)
def test_a_pin_for_somebody_else_is_shown(lab: Lab) -> None:
    """SCAN_RESULTS shows [WPS-PIN] while an AP awaits the PIN of another station."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.control(f"WPS_PIN {NOBODY} {PIN} 0 {SOMEBODY}")

    assert "[WPS-PIN]" in flags_of(scanned(sta, ap), ap)


@requirement("wps.sta.scan.auth-flag", "WSC 2.0, 8.2.1: AuthorizedMACs", SHOULD)
def test_an_authorization_is_shown(lab: Lab) -> None:
    """SCAN_RESULTS shows [WPS-AUTH] while an AP lists the station as authorized."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.control(f"WPS_PIN {NOBODY} {PIN} 0 {sta.address}")

    assert "[WPS-AUTH]" in flags_of(scanned(sta, ap), ap)


@requirement("wps.sta.scan.pbc-over", "README-WPS-station: [WPS-PBC]", MUST)
def test_a_button_that_was_cancelled_is_not_shown(lab: Lab) -> None:
    """SCAN_RESULTS shows [WPS] again when the push button is no longer active."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.push_button()
    assert "[WPS-PBC]" in flags_of(scanned(sta, ap), ap)
    ap.control("WPS_CANCEL")

    assert "[WPS]" in flags_of(scanned(sta, ap), ap)


@requirement("wps.sta.scan.bss-flags", "README-WPS-station: wpa_cli bss <idx>", MUST)
def test_the_bss_command_has_the_flags_too(lab: Lab) -> None:
    """BSS shows the flags that SCAN_RESULTS shows."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    flags = flags_of(scanned(sta, ap), ap)

    assert f"flags={flags}\n" in sta.control(f"BSS {ap.address}")


@requirement("wps.sta.scan.bss-fields", "README-WPS-station: wpa_cli bss <idx>", SHOULD)
def test_the_bss_command_says_what_the_access_point_is(lab: Lab) -> None:
    """BSS shows what the WSC element says of the AP and of its push button."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.push_button()
    scanned(sta, ap)

    shown = sta.control(f"BSS {ap.address}").splitlines()
    for line in (
        "wps_state=configured",
        "wps_selected_registrar=1",
        "wps_device_password_id=4",
        "wps_primary_device_type=6-0050F204-1",
        "wps_device_name=airproof lab",
    ):
        assert line in shown


@requirement("wps.sta.available", "README-WPS-station: WPS-AP-AVAILABLE", MUST)
def test_an_access_point_with_wps_is_told_of(lab: Lab) -> None:
    """A scan that finds WPS is told of with WPS-AP-AVAILABLE."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    scanned(sta, ap)

    sta.expect_event("WPS-AP-AVAILABLE ")


@requirement("wps.sta.available.none", "README-WPS-station: WPS-AP-AVAILABLE", MUST)
def test_an_access_point_without_wps_is_not_told_of(lab: Lab) -> None:
    """A scan that finds no WPS is not told of with WPS-AP-AVAILABLE."""
    ap = lab.ap(ssid="home", passphrase="correct horse")
    sta = lab.sta()

    assert str(ap.address) in scanned(sta, ap)

    sta.refuse_event("WPS-AP-AVAILABLE")


@requirement("wps.sta.available.pbc", "README-WPS-station: WPS-AP-AVAILABLE-PBC", MUST)
def test_a_pushed_button_is_told_of(lab: Lab) -> None:
    """A scan that finds an active push button is told of with WPS-AP-AVAILABLE-PBC."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.push_button()
    scanned(sta, ap)

    sta.expect_event("WPS-AP-AVAILABLE-PBC ")


@requirement("wps.sta.available.pin", "README-WPS-station: WPS-AP-AVAILABLE-PIN", MUST)
def test_a_pin_for_somebody_else_is_told_of(lab: Lab) -> None:
    """A scan that finds an AP awaiting a PIN is told of with WPS-AP-AVAILABLE-PIN."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.control(f"WPS_PIN {NOBODY} {PIN} 0 {SOMEBODY}")
    scanned(sta, ap)

    sta.expect_event("WPS-AP-AVAILABLE-PIN ")


@requirement("wps.sta.available.auth", "WSC 2.0, 8.2.1: AuthorizedMACs", SHOULD)
def test_an_authorization_is_told_of(lab: Lab) -> None:
    """A scan that finds an AP listing the station is told of with WPS-AP-AVAILABLE-AUTH."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.control(f"WPS_PIN {NOBODY} {PIN} 0 {sta.address}")
    scanned(sta, ap)

    sta.expect_event("WPS-AP-AVAILABLE-AUTH ")


def scanned(sta: StationDevice, ap: AccessPointDevice) -> str:
    """What the station finds in a new scan; in three at most, as one may miss an AP."""
    for _ in range(3):
        sta.expect_reply("SCAN TYPE=ONLY", "OK\n")
        sta.expect_event("CTRL-EVENT-SCAN-RESULTS", within=10)
        results = sta.control("SCAN_RESULTS")
        if str(ap.address) in results:
            break
    return results


def flags_of(results: str, ap: AccessPointDevice) -> str:
    """The flags of an AP's line."""
    lines = [line for line in results.splitlines() if line.startswith(str(ap.address))]
    assert len(lines) == 1, f"not found once: {results}"
    return lines[0].split("\t")[3]
