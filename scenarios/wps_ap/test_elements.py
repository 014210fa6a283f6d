"""What Beacons, Probe Responses and Association Responses say of WPS."""

from __future__ import annotations

from harness.lab import ABSENT, MUST, PRESENT, SHOULD, Lab, requirement
from harness.wire.dot11.frames import AssociationResponse, Beacon, ProbeResponse
from harness.wire.wsc.device import DevicePasswordId, ResponseType, WpsState, uuid_from_mac

PIN = "12345670"
VERSION_1, VERSION_2 = 0x10, 0x20
UUID = "87654321-9abc-def0-1234-56789abc0000"
ROUTER = {
    "uuid": UUID,
    "device_name": "Wireless AP",
    "manufacturer": "Company",
    "model_name": "WAP",
    "model_number": "123",
    "serial_number": "12345",
    "device_type": "6-0050F204-1",
    "os_version": "01020300",
    "config_methods": "label display push_button keypad",
}
LABEL_DISPLAY_BUTTON_KEYPAD = 0x238C
"""What those words mean: Label, Virtual Display, Virtual Push Button, Keypad."""
LONG_NAMES = {
    "device_name": "d" * 32,
    "manufacturer": "m" * 64,
    "model_name": "n" * 32,
    "model_number": "o" * 32,
    "serial_number": "s" * 32,
}
VENDOR_SPECIFIC, WSC = 221, bytes.fromhex("0050f204")


@requirement("wps.ap.element.beacon", "WSC 2.0, 8.2.1: Beacon", MUST)
def test_beacons_say_wps(lab: Lab) -> None:
    """Beacons of a BSS with WPS hold version 1.0, version 2 and the state Configured."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    lab.air.expect(
        Beacon,
        from_=ap,
        within=1,
        wsc__version=VERSION_1,
        wsc__wfa__version2=VERSION_2,
        wsc__wps_state=WpsState.CONFIGURED,
    )


@requirement("wps.ap.element.none-without-wps", "README-WPS-access-point: wps_state", MUST)
def test_beacons_without_wps_have_no_element(lab: Lab) -> None:
    """Beacons of a BSS without WPS have no WSC element."""
    ap = lab.ap(ssid="home", passphrase="correct horse")

    lab.air.expect(Beacon, from_=ap, within=1, wsc=ABSENT)


@requirement("wps.ap.element.idle", "WSC 2.0, 8.2.1: Selected Registrar", MUST)
def test_beacons_of_an_idle_registrar(lab: Lab) -> None:
    """Beacons don't say Selected Registrar, nor which password, while nobody is waited for."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    lab.air.expect(
        Beacon,
        from_=ap,
        within=1,
        where=lambda beacon: not beacon.wsc.selected_registrar,
        wsc__device_password_id=None,
        wsc__selected_registrar_config_methods=None,
        wsc__wfa__authorized_macs=None,
    )


@requirement("wps.ap.element.button", "WSC 2.0, 8.2.1: Selected Registrar", MUST)
def test_beacons_with_the_button_pushed(lab: Lab) -> None:
    """With the button pushed, Beacons say Selected Registrar, push button, and for everybody."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply("WPS_PBC", "OK\n")

    lab.air.expect(
        Beacon,
        from_=ap,
        within=2,
        where=lambda beacon: beacon.wsc.selected_registrar,
        wsc__device_password_id=DevicePasswordId.PUSH_BUTTON,
        wsc__selected_registrar_config_methods=PRESENT,
        wsc__wfa__authorized_macs=(b"\xff\xff\xff\xff\xff\xff",),
    )


@requirement("wps.ap.element.pin", "WSC 2.0, 8.2.1: Selected Registrar", MUST)
def test_beacons_with_a_pin_entered(lab: Lab) -> None:
    """With a PIN entered, Beacons say Selected Registrar and the default password."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply(f"WPS_PIN any {PIN}", "OK\n")

    lab.air.expect(
        Beacon,
        from_=ap,
        within=2,
        where=lambda beacon: beacon.wsc.selected_registrar,
        wsc__device_password_id=DevicePasswordId.DEFAULT,
    )


@requirement("wps.ap.element.after-walk-time", "WSC 2.0, 8.2.1: Selected Registrar", MUST)
def test_beacons_after_the_walk_time(lab: Lab) -> None:
    """Two minutes after a PIN was entered, Beacons don't say Selected Registrar any longer."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    ap.expect_reply(f"WPS_PIN any {PIN}", "OK\n")
    lab.air.expect(Beacon, from_=ap, within=2, where=lambda beacon: beacon.wsc.selected_registrar)

    lab.air.expect(
        Beacon, from_=ap, within=125, where=lambda beacon: not beacon.wsc.selected_registrar
    )


@requirement("wps.ap.element.after-success", "WSC 2.0, 8.2.1: Selected Registrar", MUST)
def test_beacons_after_an_enrolment(lab: Lab) -> None:
    """After a station was enrolled, Beacons don't say Selected Registrar any longer."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    lab.air.expect(Beacon, from_=ap, within=2, where=lambda beacon: beacon.wsc.selected_registrar)
    sta.push_button()
    ap.expect_event("WPS-SUCCESS", within=60)

    lab.air.expect(
        Beacon, from_=ap, within=2, where=lambda beacon: not beacon.wsc.selected_registrar
    )


@requirement("wps.ap.element.unconfigured", "README-WPS-access-point: wps_state", MUST)
def test_beacons_of_an_unconfigured_access_point(lab: Lab) -> None:
    """With wps_state=1, Beacons say Not Configured."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True, keys={"wps_state": "1"})

    lab.air.expect(Beacon, from_=ap, within=1, wsc__wps_state=WpsState.UNCONFIGURED)


@requirement("wps.ap.element.locked", "README-WPS-access-point: ap_setup_locked", MUST)
def test_beacons_of_a_locked_access_point(lab: Lab) -> None:
    """With ap_setup_locked=1, Beacons say that no external Registrar is let in."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True, keys={"ap_setup_locked": "1"})

    lab.air.expect(Beacon, from_=ap, within=1, wsc__ap_setup_locked=True)


@requirement("wps.ap.element.not-locked", "README-WPS-access-point: ap_setup_locked", MUST)
def test_beacons_of_an_access_point_that_is_not_locked(lab: Lab) -> None:
    """Without ap_setup_locked, Beacons don't say AP Setup Locked."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)

    lab.air.expect(
        Beacon, from_=ap, within=1, where=lambda beacon: not beacon.wsc.ap_setup_locked
    )


@requirement("wps.ap.element.probe-response", "WSC 2.0, 8.2.5: Probe Response", MUST)
def test_probe_responses_describe_the_device(lab: Lab) -> None:
    """Probe Responses hold all that the configuration says of the device."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True, keys=ROUTER)
    sta = lab.sta()

    sta.push_button()

    lab.air.expect(
        ProbeResponse,
        from_=ap,
        to=sta,
        within=30,
        wsc__response_type=ResponseType.AP,
        wsc__wps_state=WpsState.CONFIGURED,
        wsc__uuid_e=bytes.fromhex(UUID.replace("-", "")),
        wsc__manufacturer="Company",
        wsc__model_name="WAP",
        wsc__model_number="123",
        wsc__serial_number="12345",
        wsc__device_name="Wireless AP",
        wsc__primary_device_type=bytes.fromhex("00060050f2040001"),
        wsc__wfa__version2=VERSION_2,
    )


@requirement("wps.ap.element.config-methods", "README-WPS-access-point: config_methods", MUST)
def test_probe_responses_tell_the_methods(lab: Lab) -> None:
    """Probe Responses tell the methods by which the AP as an Enrollee can be added."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True, keys=ROUTER)
    sta = lab.sta()

    sta.push_button()

    lab.air.expect(
        ProbeResponse, from_=ap, to=sta, within=30, where=lambda response:
        response.wsc.config_methods in (
            LABEL_DISPLAY_BUTTON_KEYPAD, LABEL_DISPLAY_BUTTON_KEYPAD & ~0x0280
        ),
    )


@requirement("wps.ap.element.button-in-probe-response", "WSC 2.0, 8.2.5: Probe Response", MUST)
def test_probe_responses_with_the_button_pushed(lab: Lab) -> None:
    """With the button pushed, Probe Responses say Selected Registrar and push button."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    lab.air.expect(
        ProbeResponse,
        from_=ap,
        to=sta,
        within=30,
        wsc__selected_registrar=True,
        wsc__device_password_id=DevicePasswordId.PUSH_BUTTON,
    )


@requirement("wps.ap.element.own-uuid", "README-WPS-access-point: uuid", SHOULD)
def test_a_uuid_is_made_from_the_address(lab: Lab) -> None:
    """Without a UUID in the configuration, it is made from the MAC address."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    sta.push_button()

    lab.air.expect(
        ProbeResponse, from_=ap, to=sta, within=30, wsc__uuid_e=uuid_from_mac(ap.address)
    )


@requirement("wps.ap.element.fragments", "WSC 2.0, 8.1: more than one element", MUST)
def test_a_long_element_is_cut_in_two(lab: Lab) -> None:
    """What does not fit into one element of 255 octets goes on in a second one."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True, keys=LONG_NAMES)
    sta = lab.sta()

    sta.push_button()

    response = lab.air.expect(
        ProbeResponse,
        from_=ap,
        to=sta,
        within=30,
        wsc__manufacturer="m" * 64,
        wsc__serial_number="s" * 32,
        wsc__device_name="d" * 32,
    )
    pieces = [
        each
        for each in response.elements.raw
        if each.id == VENDOR_SPECIFIC and each.value.startswith(WSC)
    ]
    assert len(pieces) == 2


@requirement("wps.ap.element.enrols-with-fragments", "WSC 2.0, 8.1: more than one element", MUST)
def test_a_station_understands_a_long_element(lab: Lab) -> None:
    """A station enrols with an AP whose element is in two pieces."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True, keys=LONG_NAMES)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    ap.expect_event("WPS-SUCCESS", within=60)


@requirement("wps.ap.element.association", "WSC 2.0, 8.2.3: Association Response", MUST)
def test_association_responses_to_an_enrollee(lab: Lab) -> None:
    """The Association Response to an Enrollee says WPS, and that it comes from an AP."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    lab.air.expect(
        AssociationResponse,
        from_=ap,
        to=sta,
        within=60,
        status=0,
        wsc__response_type=ResponseType.AP,
        wsc__wfa__version2=VERSION_2,
    )


@requirement("wps.ap.element.association-of-others", "WSC 2.0, 8.2.3: Association Response", MUST)
def test_association_responses_to_other_stations(lab: Lab) -> None:
    """The Association Response to a station that has its key does not say WPS."""
    ap = lab.ap(ssid="home", passphrase="correct horse", wps=True)
    sta = lab.sta()

    sta.connect(ap)

    lab.air.expect(AssociationResponse, from_=ap, to=sta, within=30, status=0, wsc=ABSENT)
