"""Enrolments as they go on the air: messages, fragments, losses, silence, and many at once."""

from __future__ import annotations

from harness.lab import ABSENT, MUST, PMF_OPTIONAL, PMF_REQUIRED, SHOULD, Bss, Lab, requirement
from harness.lab.testers.wps_peers import enrollee
from harness.wire.dot11.frames import AssociationRequest, AssociationResponse, Deauthentication
from harness.wire.eap import EapCode, EapPacket, EapType, OpCode, WscPacket
from harness.wire.eapol import EAPOL_START, EapolFrame
from harness.wire.wsc import M1, M2, M3, M4, M8, WscDone
from harness.wire.wsc.device import device_type_text, uuid_text

PIN = "12345670"
HOME = Bss(ssid="home", passphrase="correct horse", wps=True)
WPA3_TOO = Bss(
    ssid="home", passphrase="correct horse", wps=True, sae=True, transition=True, pmf=PMF_OPTIONAL
)
PROTECTED = Bss(ssid="home", passphrase="correct horse", wps=True, pmf=PMF_REQUIRED)
ROUTER = {
    "device_name": "Wireless AP", "manufacturer": "Company", "model_name": "WAP",
    "model_number": "123", "serial_number": "12345",
}
IEEE_802_1X_FAILED = 23
WITH_A_DISPLAY = {"config_methods": "virtual_push_button virtual_display"}
"""A station that can show a passphrase is handed it, others the PSK, which is none for SAE."""


@requirement("wps.ap.run.credential", "README-WPS-access-point: credentials for Enrollees", MUST)
def test_m8_holds_the_credential(lab: Lab) -> None:
    """M8 gives the name and the key of the network."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    m8 = lab.air.expect(M8, from_=ap, to=sta, within=60)
    lab.expect_credential(m8, HOME)


@requirement("wps.ap.run.messages", "WSC 2.0, 8.3: message attributes", MUST)
def test_messages_are_well_formed(lab: Lab) -> None:
    """Each message of an enrolment has the attributes that it must have, and no wrong one."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    lab.air.expect(Deauthentication, within=120)
    lab.expect_well_formed_messages()


@requirement("wps.ap.run.device", "README-WPS-access-point: device_name and others", MUST)
def test_m2_describes_the_device(lab: Lab) -> None:
    """M2 holds what the configuration says of the device."""
    ap = lab.ap(HOME, keys=ROUTER)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    lab.air.expect(
        M2,
        from_=ap,
        to=sta,
        within=60,
        device_name="Wireless AP",
        manufacturer="Company",
        model_name="WAP",
        model_number="123",
        serial_number="12345",
    )


@requirement("wps.ap.run.without-rsn", "WSC 2.0, 8.2.2: association without RSN", MUST)
def test_an_enrollee_associates_without_rsn(lab: Lab) -> None:
    """A protected AP lets a station in that says WPS and no RSN, to enrol and no more."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    sta.enter_pin(PIN, uninvited=True)

    lab.air.expect(AssociationRequest, from_=sta, to=ap, within=60, elements__rsn=ABSENT)
    lab.air.expect(AssociationResponse, from_=ap, to=sta, status=0)
    ap.expect_event("WPS-PIN-NEEDED ")
    ap.refuse_event("AP-STA-CONNECTED")


@requirement("wps.ap.run.leaves", "WSC 2.0: EAP-Failure ends every run", MUST)
def test_a_run_ends_with_eap_failure(lab: Lab) -> None:
    """After WSC_Done the AP sends EAP-Failure, though the enrolment succeeded."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    lab.air.expect(WscDone, from_=sta, to=ap, within=60)
    lab.air.expect(EapPacket, from_=ap, to=sta, code=EapCode.FAILURE)


@requirement("wps.ap.run.dismisses", "IEEE 802.11-2020, 9.4.1.7: reason 23", SHOULD)
def test_an_enrollee_that_stays_is_dismissed(lab: Lab) -> None:
    """An Enrollee that does not leave after EAP-Failure is deauthenticated with reason 23."""
    ap = lab.ap(HOME)
    sta = lab.peer_sta(enrollee(leaves=False))

    sta.enter_pin(PIN)

    lab.air.expect(EapPacket, from_=ap, to=sta, within=60, where=lambda packet:
                   packet.code == EapCode.FAILURE)
    lab.air.expect(Deauthentication, from_=ap, to=sta, reason=IEEE_802_1X_FAILED)


@requirement("wps.ap.run.no-start", "WSC 2.0, 7.7.2: EAPOL-Start is optional", MUST)
def test_a_station_need_not_start(lab: Lab) -> None:
    """An AP asks a station of WPS 2.0 that sends no EAPOL-Start for its identity, and goes on."""
    ap = lab.ap(HOME)
    sta = lab.peer_sta(enrollee(starts=False))

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    lab.air.expect(EapPacket, from_=ap, to=sta, within=60, type=EapType.IDENTITY)
    lab.air.expect(WscDone, from_=sta, to=ap, within=15)
    lab.air.refuse(EapolFrame, from_=sta, where=lambda frame: frame.layers[1].type == EAPOL_START)


@requirement("wps.ap.run.method", "WSC 2.0, 7.7.1: EAP method of WSC", MUST)
def test_the_method_is_wsc(lab: Lab) -> None:
    """The AP answers the identity of an Enrollee with WSC_Start."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    sta.enter_pin(PIN, uninvited=True)

    lab.air.expect(EapPacket, from_=sta, to=ap, within=60, where=lambda packet:
                   packet.layers[2].type == EapType.IDENTITY)
    lab.air.expect(WscPacket, from_=ap, to=sta, op_code=OpCode.START)


@requirement("wps.ap.run.fragments", "README-WPS-access-point; WSC 2.0: EAP fragmentation", MUST)
def test_fragments_are_taken(lab: Lab) -> None:
    """An AP acknowledges fragments and puts them together."""
    ap = lab.ap(HOME)
    sta = lab.peer_sta(enrollee(fragment_size=100))

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    lab.air.expect(WscPacket, from_=ap, to=sta, within=60, where=lambda packet:
                   packet.op_code == OpCode.FRAG_ACK)
    lab.air.expect(WscDone, from_=sta, to=ap, within=15)


@requirement("wps.ap.run.sends-fragments", "hostapd.conf: fragment_size", SHOULD)
def test_fragments_are_sent(lab: Lab) -> None:
    """With a small fragment_size, an AP sends its messages in fragments."""
    ap = lab.ap(HOME, keys={"fragment_size": "200"})
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    lab.air.expect(WscPacket, from_=sta, to=ap, within=60, where=lambda packet:
                   packet.op_code == OpCode.FRAG_ACK)
    lab.air.expect(WscDone, from_=sta, to=ap, within=15)


@requirement("wps.ap.run.m3-lost", "RFC 3748, 4.3: retransmission", MUST)
def test_a_lost_message_is_asked_for_again(lab: Lab) -> None:
    """When M3 gets lost, the AP says M2 again, tells of that, and the enrolment succeeds."""
    ap = lab.ap(HOME)
    sta = lab.sta()
    lab.lose(M3, from_=sta, to=ap)

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    lab.air.expect(M2, from_=ap, to=sta, within=60)
    lab.air.expect(M2, from_=ap, to=sta, within=6)
    ap.expect_event(f"CTRL-EVENT-EAP-RETRANSMIT {sta.address}")
    lab.air.expect(WscDone, from_=sta, to=ap, within=15)


@requirement("wps.ap.run.silent", "RFC 3748, 4.3; WSC 2.0: time-outs", MUST)
def test_a_silent_station_is_asked_three_times(lab: Lab) -> None:
    """A station that falls silent is asked again twice, five seconds apart, and then given up."""
    ap = lab.ap(HOME)
    sta = lab.peer_sta(enrollee(silent_after=M3))

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    lab.air.expect(M4, from_=ap, to=sta, within=60)
    lab.air.expect(M4, from_=ap, to=sta, within=6)
    lab.air.expect(M4, from_=ap, to=sta, within=6)
    ap.expect_event(f"CTRL-EVENT-EAP-TIMEOUT-FAILURE {sta.address}", within=8)


@requirement("wps.ap.run.silent-told", "README-WPS-access-point: control interface", SHOULD)
def test_a_silent_station_is_told_of(lab: Lab) -> None:
    """The AP tells of each repetition, and of the time-out in the end."""
    ap = lab.ap(HOME)
    sta = lab.peer_sta(enrollee(silent_after=M3))

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    ap.expect_events(
        f"CTRL-EVENT-EAP-RETRANSMIT {sta.address}",
        f"CTRL-EVENT-EAP-RETRANSMIT {sta.address}",
        f"CTRL-EVENT-EAP-RETRANSMIT {sta.address}",
        f"CTRL-EVENT-EAP-TIMEOUT-FAILURE {sta.address}",
        within=80,
        but_for=("WPS-ENROLLEE-SEEN",),
    )


@requirement("wps.ap.run.silent-serves-others", "WSC 2.0: one station's silence", MUST)
def test_a_silent_station_keeps_nobody_out(lab: Lab) -> None:
    """While one station is silent in the middle of its enrolment, others join the network."""
    ap = lab.ap(HOME)
    silent = lab.peer_sta(enrollee(silent_after=M3))
    other = lab.sta("other")

    ap.expect_reply("WPS_PBC", "OK\n")
    silent.push_button()
    lab.air.expect(M4, from_=ap, to=silent, within=60)
    other.connect(ap)

    ap.expect_event(f"AP-STA-CONNECTED {other.address}", within=10)


@requirement("wps.ap.run.three-at-once", "README-WPS-access-point: PINs for several", MUST)
def test_three_stations_enrol_at_once(lab: Lab) -> None:
    """Three pending Enrollees, each with a PIN for its UUID, are enrolled side by side."""
    ap = lab.ap(HOME)
    one, two, three = lab.sta("one"), lab.sta("two"), lab.sta("three")

    one.enter_pin(PIN, uninvited=True)
    first = lab.air.expect(M1, from_=one, to=ap, within=60)
    two.enter_pin(PIN, uninvited=True)
    second = lab.air.expect(M1, from_=two, to=ap, within=60)
    three.enter_pin(PIN, uninvited=True)
    third = lab.air.expect(M1, from_=three, to=ap, within=60)
    ap.expect_reply(f"WPS_PIN {uuid_text(first.uuid_e)} {PIN}", "OK\n")
    ap.expect_reply(f"WPS_PIN {uuid_text(second.uuid_e)} {PIN}", "OK\n")
    ap.expect_reply(f"WPS_PIN {uuid_text(third.uuid_e)} {PIN}", "OK\n")

    ap.expect_event(f"WPS-REG-SUCCESS {one.address}", within=60)
    ap.expect_event(f"WPS-REG-SUCCESS {two.address}", within=60)
    ap.expect_event(f"WPS-REG-SUCCESS {three.address}", within=60)


@requirement("wps.ap.run.again", "WSC 2.0: a station enrols again", MUST)
def test_a_connected_station_enrols_again(lab: Lab) -> None:
    """A station that is connected enrols once more, and connects again."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()
    ap.expect_event(f"AP-STA-CONNECTED {sta.address}", within=60)
    ap.expect_event("WPS-SUCCESS ")
    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    ap.expect_event("WPS-SUCCESS ", within=60)
    ap.expect_event(f"AP-STA-CONNECTED {sta.address}", within=30)


@requirement("wps.ap.run.station-flags", "README-WPS-access-point: control interface", SHOULD)
def test_an_enrollee_is_marked(lab: Lab) -> None:
    """While a station enrols, STA shows that it is associated, for WPS 2.0, and not authorised."""
    ap = lab.ap(HOME)
    sta = lab.peer_sta(enrollee(silent_after=M3))

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()
    lab.air.expect(M4, from_=ap, to=sta, within=60)

    shown = ap.control(f"STA {sta.address}")
    assert "\nflags=[AUTH][ASSOC]" in shown
    assert "[WPS]" in shown
    assert "[WPS2]" in shown
    assert "[AUTHORIZED]" not in shown


@requirement("wps.ap.run.station-device", "README-WPS-access-point: control interface", SHOULD)
def test_an_enrolled_device_is_remembered(lab: Lab) -> None:
    """When an enrolled station has joined, STA shows what it told of itself."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()
    m1 = lab.air.expect(M1, from_=sta, to=ap, within=60)
    ap.expect_event(f"AP-STA-CONNECTED {sta.address}", within=60)

    shown = ap.control(f"STA {sta.address}").splitlines()
    assert f"wpsPrimaryDeviceType={device_type_text(m1.primary_device_type)}" in shown
    assert f"wpsDeviceName={m1.device_name}" in shown
    assert f"wpsManufacturer={m1.manufacturer}" in shown
    assert f"wpsSerialNumber={m1.serial_number}" in shown


@requirement("wps.ap.run.wpa3-transition", "README-WPS-access-point; WPA3 transition", MUST)
def test_a_network_in_transition_enrols(lab: Lab) -> None:
    """A network with WPA2 and WPA3 enrols a station, with its passphrase."""
    ap = lab.ap(WPA3_TOO)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    m8 = lab.air.expect(M8, from_=ap, to=sta, within=60)
    lab.expect_credential(m8, WPA3_TOO)
    ap.expect_event(f"EAPOL-4WAY-HS-COMPLETED {sta.address}", within=30)


@requirement("wps.ap.run.wpa3-closes", "WPA3 3.0, 8: Transition Disable", MUST)
def test_the_end_of_the_transition_is_told_to_who_enrolled(lab: Lab) -> None:
    """With transition_disable the station hears that WPA2-Personal is closed."""
    ap = lab.ap(WPA3_TOO, keys={"transition_disable": "0x01"})
    sta = lab.sta(adds_sae=True, keys=WITH_A_DISPLAY)

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    sta.expect_event("TRANSITION-DISABLE 01", within=90)


@requirement("wps.ap.run.pmf-required", "WSC 2.0: enrolling is not protected", MUST)
def test_a_network_with_protected_management_enrols(lab: Lab) -> None:
    """A network that requires protected management frames lets a station enrol without."""
    ap = lab.ap(PROTECTED)
    sta = lab.sta()

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    lab.air.expect(WscDone, from_=sta, to=ap, within=60)
    ap.expect_event("WPS-SUCCESS ")
