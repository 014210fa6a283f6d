"""WPS on several BSSs of one access point, and the example of hostapd's own document."""

from __future__ import annotations

from harness.lab import ABSENT, MUST, SHOULD, Bss, Lab, requirement
from harness.wire.dot11.frames import Beacon
from harness.wire.wsc import M2, M8
from harness.wire.wsc.device import WpsState

ONE = Bss(ssid="one", passphrase="correct horse", wps=True)
TWO = Bss(ssid="two", passphrase="battery staple", wps=True)
PLAIN = Bss(ssid="plain", passphrase="battery staple")
ALONE = Bss(
    ssid="two", passphrase="battery staple", wps=True, keys={"wps_independent": "1"}
)
PIN = "12345670"
EXAMPLE = {
    "ssid2": None,
    "ssid": "wps-test",
    "wpa": "2",
    "wpa_key_mgmt": "WPA-PSK",
    "wpa_pairwise": "CCMP",
    "wpa_passphrase": "12345678",
    "eap_server": "1",
    "wps_state": "2",
    "ap_setup_locked": "1",
    "uuid": "87654321-9abc-def0-1234-56789abc0000",
    "device_name": "Wireless AP",
    "manufacturer": "Company",
    "model_name": "WAP",
    "model_number": "123",
    "serial_number": "12345",
    "device_type": "6-0050F204-1",
    "os_version": "01020300",
    "config_methods": "label display push_button keypad",
}


@requirement("wps.ap.several.elements", "README-WPS-access-point: wps_state", MUST)
def test_each_network_has_wps_or_not(lab: Lab) -> None:
    """Of two networks of an AP, the one with WPS says so and the other one does not."""
    ap = lab.ap(ONE, PLAIN)

    lab.air.expect(Beacon, from_=ap[ONE], within=1, wsc__wps_state=WpsState.CONFIGURED)
    lab.air.expect(Beacon, from_=ap[PLAIN], within=1, wsc=ABSENT)


@requirement("wps.ap.several.button", "hostapd.conf: wps_independent=0", MUST)
def test_the_button_is_for_all_networks(lab: Lab) -> None:
    """The button, pushed on one network, is pushed on the other one too."""
    ap = lab.ap(ONE, TWO)

    ap.expect_reply("WPS_PBC", "OK\n")

    lab.air.expect(
        Beacon, from_=ap[TWO], within=2, where=lambda beacon: beacon.wsc.selected_registrar
    )


@requirement("wps.ap.several.independent", "hostapd.conf: wps_independent=1", MUST)
def test_an_independent_network_has_its_own_button(lab: Lab) -> None:
    """The button, pushed on one network, is not pushed on an independent one."""
    ap = lab.ap(ONE, ALONE)

    ap.expect_reply("WPS_PBC", "OK\n")

    lab.air.expect(
        Beacon, from_=ap[ONE], within=2, where=lambda beacon: beacon.wsc.selected_registrar
    )
    lab.air.refuse(
        Beacon, from_=ap[ALONE], within=2, where=lambda beacon: beacon.wsc.selected_registrar
    )


@requirement("wps.ap.several.own-button", "hostapd.conf: wps_independent=1", MUST)
def test_the_button_of_an_independent_network_is_its_own(lab: Lab) -> None:
    """The button, pushed on an independent network, is pushed there alone."""
    ap = lab.ap(ONE, ALONE)

    ap.expect_reply("WPS_PBC", "OK\n", interface=ap[ALONE].interface)

    lab.air.expect(
        Beacon, from_=ap[ALONE], within=2, where=lambda beacon: beacon.wsc.selected_registrar
    )
    lab.air.refuse(
        Beacon, from_=ap[ONE], within=2, where=lambda beacon: beacon.wsc.selected_registrar
    )


@requirement("wps.ap.several.one-enrols", "hostapd.conf: wps_independent=0", MUST)
def test_an_enrolment_ends_the_button_on_all_networks(lab: Lab) -> None:
    """When a station was enrolled on one network, the other one waits for nobody."""
    ap = lab.ap(ONE, TWO)
    sta = lab.sta()

    ap.expect_reply("WPS_PIN any 12345670", "OK\n")
    lab.air.expect(
        Beacon, from_=ap[TWO], within=2, where=lambda beacon: beacon.wsc.selected_registrar
    )
    sta.enter_pin(PIN)
    lab.air.expect(M8, to=sta, within=60)
    ap.expect_event("WPS-SUCCESS")

    lab.air.expect(
        Beacon, from_=ap[ONE], within=2, where=lambda beacon: not beacon.wsc.selected_registrar
    )
    lab.air.expect(
        Beacon, from_=ap[TWO], within=2, where=lambda beacon: not beacon.wsc.selected_registrar
    )


@requirement("wps.ap.several.without", "README-WPS-access-point: wps_state", SHOULD)
def test_a_network_without_wps_of_an_access_point_with_it(lab: Lab) -> None:
    """Beside a network with WPS, one without enrols nobody."""
    ap = lab.ap(PLAIN, ONE)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n", interface=ap[ONE].interface)
    sta.push_button()

    lab.air.expect(M8, from_=ap[ONE], to=sta, within=60)
    lab.air.refuse(M2, from_=ap[PLAIN])


@requirement("wps.ap.example.enrols", "README-WPS-access-point: hostapd configuration", MUST)
def test_the_example_of_the_document_enrols(lab: Lab) -> None:
    """An AP with the document's example configuration gives a station a key of its own."""
    psks, requests = lab.file("hostapd.psk"), lab.file("hostapd.pin-req")
    files = {"wpa_psk_file": str(psks), "wps_pin_requests": str(requests)}
    ap = lab.ap(ssid="wps-test", passphrase="12345678", wps=True, keys={**EXAMPLE, **files})
    sta = lab.sta()

    sta.enter_pin(PIN, uninvited=True)
    needed = ap.expect_event("WPS-PIN-NEEDED ", within=60)
    assert needed.text.split()[1] in lab.expect_lines(requests)[0]
    ap.expect_reply(f"WPS_PIN {needed.text.split()[1]} {PIN} 300 {sta.address}", "OK\n")

    ap.expect_event(f"WPS-REG-SUCCESS {sta.address} {needed.text.split()[1]}", within=60)
    ap.expect_event(f"EAPOL-4WAY-HS-COMPLETED {sta.address}", within=30)


@requirement("wps.ap.example.locked", "README-WPS-access-point: hostapd configuration", MUST)
def test_the_example_of_the_document_is_locked(lab: Lab) -> None:
    """An AP with the document's example configuration says that no Registrar is let in."""
    file = lab.file("hostapd.psk")
    ap = lab.ap(
        ssid="wps-test", passphrase="12345678", wps=True,
        keys={**EXAMPLE, "wpa_psk_file": str(file)},
    )

    lab.air.expect(
        Beacon, from_=ap, within=1, wsc__ap_setup_locked=True, wsc__wps_state=WpsState.CONFIGURED
    )
