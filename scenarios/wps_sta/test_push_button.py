"""The station's push button (README-WPS-station, External operations)."""

from __future__ import annotations

from harness.lab import BACKHAUL, FRONTHAUL, MUST, SHOULD, Bss, Lab, requirement
from harness.lab.testers.wps_peers import registrar
from harness.wire.dot11.frames import AssociationRequest, Deauthentication, ProbeRequest
from harness.wire.wsc import M1, M2, M3, M4, M5, M6, M7, M8, WscDone
from harness.wire.wsc.device import ConfigMethods, uuid_from_mac

HOME = Bss(ssid="home", passphrase="correct horse", wps=True)
OTHER = Bss(ssid="neighbour", passphrase="battery staple", wps=True)
UUID = "53b63a98-d29e-4457-a2ed-094d7e6a669c"
ENROLLED = (M1, M2, M3, M4, M5, M6, M7, M8, WscDone)


@requirement("wps.sta.pbc.active", "README-WPS-station: wps_pbc", MUST)
def test_the_button_is_told_of(lab: Lab) -> None:
    """WPS_PBC is answered OK, and the event says that the button is active."""
    sta = lab.sta()

    sta.expect_reply("WPS_PBC", "OK\n")

    sta.expect_event("WPS-PBC-ACTIVE ")


@requirement("wps.sta.pbc.enrols", "README-WPS-station: wps_pbc", MUST)
def test_both_buttons_enrol(lab: Lab) -> None:
    """With both buttons pushed, the station goes from M1 to WSC_Done and tells each step."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.push_button()
    sta.expect_reply("WPS_PBC", "OK\n")

    for index, message in enumerate(ENROLLED):
        from_, to = (ap, sta) if message in (M2, M4, M6, M8) else (sta, ap)
        lab.air.expect(message, from_=from_, to=to, within=5 if index else 60)
    sta.expect_events(
        "WPS-CRED-RECEIVED ",
        "WPS-SUCCESS ",
        "CTRL-EVENT-EAP-FAILURE EAP authentication failed",
        f"CTRL-EVENT-DISCONNECTED bssid={ap.address} reason=3 locally_generated=1",
        but_for=("CTRL-EVENT-EAP-STATUS",),
    )


@requirement("wps.sta.pbc.joins", "README-WPS-station: WPS negotiation", MUST)
def test_the_enrolled_station_joins(lab: Lab) -> None:
    """After the registration the station keeps the network and connects to it."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.push_button()
    sta.expect_reply("WPS_PBC any", "OK\n")

    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap.address} completed", within=60)
    sta.expect_stored(HOME)


@requirement("wps.sta.pbc.probe", "WSC 2.0, 8.2.3: Probe Request", MUST)
def test_the_search_says_push_button(lab: Lab) -> None:
    """While the button is active, Probe Requests say Device Password ID 4."""
    sta = lab.sta()

    sta.expect_reply("WPS_PBC", "OK\n")

    lab.air.expect(
        ProbeRequest, from_=sta, within=10, where=lambda probe: probe.wsc is not None,
        wsc__device_password_id=4, wsc__request_type=1, wsc__wfa__request_to_enroll=True,
    )


@requirement("wps.sta.pbc.m1", "WSC 2.0, 8.3.1: M1", MUST)
def test_m1_says_push_button(lab: Lab) -> None:
    """M1 of a push-button run says Device Password ID 4 and names a push button."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.push_button()
    sta.push_button()

    m1 = lab.air.expect(M1, from_=sta, to=ap, within=60, device_password_id=4)
    assert m1.config_methods & ConfigMethods.PUSH_BUTTON


@requirement("wps.sta.uuid.configured", "README-WPS-station: uuid=", MUST)
def test_a_given_uuid_is_said(lab: Lab) -> None:
    """The UUID-E of Probe Requests and of M1 is that of the configuration file."""
    ap = lab.ap(HOME)
    sta = lab.sta(keys={"uuid": UUID})

    ap.push_button()
    sta.expect_reply("WPS_PBC", "OK\n")

    octets = bytes.fromhex(UUID.replace("-", ""))
    lab.air.expect(
        ProbeRequest, from_=sta, within=10, where=lambda probe: probe.wsc is not None,
        wsc__uuid_e=octets,
    )
    lab.air.expect(M1, from_=sta, to=ap, within=60, uuid_e=octets)


@requirement("wps.sta.uuid.generated", "README-WPS-station: UUID based on MAC address", SHOULD)
def test_without_a_uuid_one_is_made_from_the_address(lab: Lab) -> None:
    """Without one in the file, the UUID-E of M1 is that which the station's address makes."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.push_button()
    sta.expect_reply("WPS_PBC", "OK\n")

    lab.air.expect(M1, from_=sta, to=ap, within=60, uuid_e=uuid_from_mac(sta.address))


@requirement("wps.sta.pbc.own-button-first", "README-WPS-station: 2 minute window", MUST)
def test_the_access_point_may_come_later(lab: Lab) -> None:
    """The station's button may be pushed first; it waits for the AP's."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    sta.expect_reply("WPS_PBC", "OK\n")
    lab.air.refuse(M1, from_=sta, within=30)
    ap.push_button()

    lab.air.expect(M8, from_=ap, to=sta, within=30)


@requirement("wps.sta.pbc.needs-button", "WSC 2.0, 11.3: PBC needs both buttons", MUST)
def test_an_access_point_without_its_button_is_let_alone(lab: Lab) -> None:
    """The station does not associate with an AP whose button was not pushed."""
    lab.ap(HOME)
    sta = lab.sta()

    sta.expect_reply("WPS_PBC", "OK\n")

    lab.air.refuse(AssociationRequest, from_=sta, within=30)


@requirement("wps.sta.pbc.not-for-pin", "WSC 2.0, 11.3: PBC needs both buttons", MUST)
def test_an_access_point_with_a_pin_is_let_alone(lab: Lab) -> None:
    """A station with its button pushed does not associate with an AP that awaits a PIN."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    ap.enter_pin("12345670")
    sta.expect_reply("WPS_PBC", "OK\n")

    lab.air.refuse(AssociationRequest, from_=sta, within=30)


@requirement("wps.sta.pbc.walk-time", "README-WPS-station: 2 minute window", MUST)
def test_the_button_times_out(lab: Lab) -> None:
    """Two minutes after the push the station gives up and tells so."""
    sta = lab.sta()

    sta.expect_reply("WPS_PBC", "OK\n")

    lab.air.refuse(AssociationRequest, from_=sta, within=115)
    sta.refuse_event("WPS-TIMEOUT")
    sta.expect_event("WPS-TIMEOUT ", within=10)


@requirement("wps.sta.pbc.over", "README-WPS-station: 2 minute window", MUST)
def test_after_the_walk_time_nothing_is_tried(lab: Lab) -> None:
    """A station whose two minutes are over does not answer the AP's button."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    sta.expect_reply("WPS_PBC", "OK\n")
    sta.expect_event("WPS-TIMEOUT ", within=125)
    ap.push_button()

    lab.air.refuse(M1, from_=sta, within=20)


@requirement("wps.sta.pbc.overlap", "WSC 2.0, 11.3: session overlap", MUST)
def test_two_buttons_overlap(lab: Lab) -> None:
    """With two APs whose buttons are pushed, the station enrols with neither and tells so."""
    first, second = lab.ap(HOME, name="first"), lab.ap(OTHER, name="second")
    sta = lab.sta()

    first.push_button()
    second.push_button()
    sta.expect_reply("WPS_PBC", "OK\n")

    sta.expect_event("WPS-OVERLAP-DETECTED ", within=30)
    lab.air.refuse(M1, from_=sta, within=10)


@requirement("wps.sta.pbc.overlap-ends", "WSC 2.0, 11.3: session overlap", SHOULD)
def test_an_overlap_ends_the_run(lab: Lab) -> None:
    """After an overlap the run is over, also when one of the APs is gone."""
    first, second = lab.ap(HOME, name="first"), lab.ap(OTHER, name="second")
    sta = lab.sta()

    first.push_button()
    second.push_button()
    sta.expect_reply("WPS_PBC", "OK\n")
    sta.expect_event("WPS-OVERLAP-DETECTED ", within=30)
    sta.expect_event("WPS-CANCEL ")
    second.control("WPS_CANCEL")

    lab.air.refuse(M1, from_=sta, within=20)


@requirement("wps.sta.pbc.two-radios", "WSC 2.0, 11.3: one device on two bands", MUST)
def test_one_access_point_with_two_radios_is_no_overlap(lab: Lab) -> None:
    """Two BSSs of one device, which has one UUID, on two channels are no overlap."""
    first = lab.ap(HOME, name="first", keys={"uuid": UUID})
    second = lab.ap(HOME, name="second", frequency=2437, keys={"uuid": UUID})
    sta = lab.sta()

    first.push_button()
    second.push_button()
    sta.expect_reply("WPS_PBC", "OK\n")

    lab.air.expect(M8, to=sta, within=60)
    sta.refuse_event("WPS-OVERLAP-DETECTED")


@requirement("wps.sta.pbc.bssid", "README-WPS-station: wps_pbc for an AP", MUST)
def test_a_button_for_one_access_point(lab: Lab) -> None:
    """WPS_PBC with a BSSID enrols with that AP, whoever else has the button pushed."""
    ap, other = lab.ap(HOME), lab.ap(OTHER, name="other")
    sta = lab.sta()

    other.push_button()
    ap.push_button()
    sta.expect_reply(f"WPS_PBC {ap.address}", "OK\n")

    lab.air.expect(M8, from_=ap, to=sta, within=60)
    sta.refuse_event("WPS-OVERLAP-DETECTED")
    lab.air.refuse(M1, to=other)


@requirement("wps.sta.pbc.bad-bssid", "README-WPS-station: wps_pbc", MUST)
def test_a_bad_bssid_is_refused(lab: Lab) -> None:
    """WPS_PBC for what is no BSSID fails."""
    lab.sta().expect_reply("WPS_PBC somebody", "FAIL\n")


@requirement("wps.sta.pbc.multi-ap", "README-MULTI-AP: wps_pbc multi_ap=1", MUST)
def test_a_button_asks_for_a_backhaul_link(lab: Lab) -> None:
    """WPS_PBC multi_ap=1 says in M1 that a backhaul station enrols."""
    backhaul = Bss(ssid="home-backhaul", passphrase="battery staple", multi_ap=BACKHAUL)
    ap = lab.ap(
        Bss(ssid="home", passphrase="correct horse", wps=True, multi_ap=FRONTHAUL,
            hands_out=backhaul),
        backhaul,
    )
    sta = lab.sta()

    ap.push_button()
    sta.expect_reply("WPS_PBC multi_ap=1", "OK\n")

    lab.air.expect(M1, from_=sta, to=ap, within=60, multi_ap=0x80)
    sta.expect_event("WPS-SUCCESS ", within=10)
    sta.expect_stored(backhaul, backhaul=True)


@requirement("wps.sta.cancel.button", "README-WPS-station: wps_cancel", MUST)
def test_the_button_can_be_cancelled(lab: Lab) -> None:
    """WPS_CANCEL ends the push-button mode at once."""
    ap = lab.ap(HOME)
    sta = lab.sta()

    sta.expect_reply("WPS_PBC", "OK\n")
    sta.expect_reply("WPS_CANCEL", "OK\n")
    sta.expect_event("WPS-CANCEL ")
    ap.push_button()

    lab.air.refuse(M1, from_=sta, within=20)


@requirement("wps.sta.cancel.in-the-run", "README-WPS-station: wps_cancel", SHOULD)
def test_a_run_can_be_cancelled(lab: Lab) -> None:
    """WPS_CANCEL in mid-run leaves the AP, and nothing is kept."""
    ap = lab.peer_ap(registrar(silent_after=M2), HOME)
    sta = lab.sta()

    ap.push_button()
    sta.expect_reply("WPS_PBC", "OK\n")
    lab.air.expect(M3, from_=sta, to=ap, within=60)
    sta.expect_reply("WPS_CANCEL", "OK\n")
    sta.expect_event("WPS-CANCEL ")

    left = lab.air.expect(Deauthentication, from_=sta, to=ap)
    lab.air.refuse(AssociationRequest, from_=sta, after=left, within=20)
    sta.expect_nothing_stored()


@requirement("wps.sta.pbc.silent-ap", "WSC 2.0, 7.7: time-outs", MUST)
def test_a_silent_access_point_does_not_hold_the_station(lab: Lab) -> None:
    """When an AP falls silent in mid-run, the button can be pushed anew after the walk time."""
    silent = lab.peer_ap(registrar(silent_after=M2), HOME, name="silent")
    sta = lab.sta()

    silent.push_button()
    sta.expect_reply("WPS_PBC", "OK\n")
    lab.air.expect(M3, from_=sta, to=silent, within=60)
    lab.air.refuse(M5, from_=sta, within=125)
    ap = lab.ap(OTHER)
    sta.expect_reply("WPS_PBC", "OK\n")
    ap.push_button()

    lab.air.expect(M8, from_=ap, to=sta, within=60)
