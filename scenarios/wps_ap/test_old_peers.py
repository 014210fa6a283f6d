"""Stations of WPS 1.0, and what is odd about others."""

from __future__ import annotations

from harness.lab import MUST, SHOULD, Bss, Lab, requirement
from harness.lab.testers.wps_peers import enrollee
from harness.wire.dot11.frames import AssociationResponse, Deauthentication
from harness.wire.eap import EapPacket, EapType
from harness.wire.eapol import EAPOL_START, EapolFrame
from harness.wire.wsc import M1, M2, M3, M4, M8, WscDone

HOME = Bss(ssid="home", passphrase="correct horse", wps=True)
VERSION_1 = 0x10
PIN = "12345670"


@requirement("wps.ap.old.enrols", "WSC 2.0, 6: WPS 1.0 stations", MUST)
def test_a_station_of_wps_1_enrols(lab: Lab) -> None:
    """A station that knows nothing of version 2 enrols by push button."""
    ap = lab.ap(HOME)
    sta = lab.peer_sta(enrollee(version=VERSION_1))

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    lab.air.expect(M1, from_=sta, to=ap, within=60, wfa=None)
    m8 = lab.air.expect(M8, from_=ap, to=sta)
    lab.expect_credential(m8, HOME)
    lab.air.expect(WscDone, from_=sta, to=ap)


@requirement("wps.ap.old.by-pin", "WSC 2.0, 6: WPS 1.0 stations", MUST)
def test_a_station_of_wps_1_enrols_by_pin(lab: Lab) -> None:
    """A station that knows nothing of version 2 enrols by PIN."""
    ap = lab.ap(HOME)
    sta = lab.peer_sta(enrollee(version=VERSION_1))

    ap.expect_reply(f"WPS_PIN any {PIN}", "OK\n")
    sta.enter_pin(PIN)

    lab.air.expect(M1, from_=sta, to=ap, within=60, wfa=None)
    lab.air.expect(WscDone, from_=sta, to=ap)


@requirement("wps.ap.old.start", "WSC 1.0: EAPOL-Start begins the exchange", MUST)
def test_a_station_of_wps_1_is_waited_for(lab: Lab) -> None:
    """An AP says nothing by EAPOL to a station of WPS 1.0 that sends no EAPOL-Start."""
    ap = lab.ap(HOME)
    sta = lab.peer_sta(enrollee(version=VERSION_1, starts=False))

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    lab.air.expect(AssociationResponse, from_=ap, to=sta, within=60, status=0)
    lab.air.refuse(EapolFrame, from_=ap, within=4)


@requirement("wps.ap.old.started", "WSC 1.0: EAPOL-Start begins the exchange", MUST)
def test_a_station_of_wps_1_starts(lab: Lab) -> None:
    """An AP asks a station of WPS 1.0 for its identity after its EAPOL-Start, not before."""
    ap = lab.ap(HOME)
    sta = lab.peer_sta(enrollee(version=VERSION_1))

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    lab.air.expect(AssociationResponse, from_=ap, to=sta, within=60, status=0)
    first = lab.air.expect(EapolFrame, within=8)
    assert first.layers[1].type == EAPOL_START
    lab.air.expect(EapPacket, from_=ap, to=sta, type=EapType.IDENTITY)


@requirement("wps.ap.old.not-marked", "README-WPS-access-point: control interface", SHOULD)
def test_a_station_of_wps_1_is_marked(lab: Lab) -> None:
    """STA shows that a station enrols, and not by version 2."""
    ap = lab.ap(HOME)
    sta = lab.peer_sta(enrollee(version=VERSION_1, silent_after=M3))

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()
    lab.air.expect(M4, from_=ap, to=sta, within=60)

    shown = ap.control(f"STA {sta.address}")
    assert "[WPS]" in shown
    assert "[WPS2]" not in shown


@requirement("wps.ap.cancel.run", "README-WPS-access-point: control interface", SHOULD)
def test_a_run_can_be_cancelled(lab: Lab) -> None:
    """WPS_CANCEL ends the association of the station that is enrolling."""
    ap = lab.ap(HOME)
    sta = lab.peer_sta(enrollee(silent_after=M3))

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()
    lab.air.expect(M4, from_=ap, to=sta, within=60)
    ap.expect_reply("WPS_CANCEL", "OK\n")

    ap.expect_event("WPS-CANCEL ")
    assert "[ASSOC]" not in ap.control(f"STA {sta.address}")


@requirement("wps.ap.run.without-end", "WSC 2.0: one run at a time, two minutes", MUST)
def test_a_station_without_end_is_sent_away(lab: Lab) -> None:
    """A station that never answers and never leaves is sent away in the end."""
    ap = lab.ap(HOME)
    sta = lab.peer_sta(enrollee(silent_after=M3, leaves=False))

    ap.expect_reply("WPS_PBC", "OK\n")
    sta.push_button()

    lab.air.expect(M4, from_=ap, to=sta, within=60)
    lab.air.expect(Deauthentication, from_=ap, to=sta, within=100)


@requirement("wps.ap.run.beside", "WSC 2.0: one station's silence", MUST)
def test_beside_a_station_without_end_another_enrols(lab: Lab) -> None:
    """While a station stays silent in the middle of its run, another one enrols by its PIN."""
    ap = lab.ap(HOME)
    silent = lab.peer_sta(enrollee(silent_after=M3, leaves=False))
    other = lab.sta("other")

    ap.expect_reply(f"WPS_PIN any {PIN}", "OK\n")
    silent.enter_pin(PIN)
    lab.air.expect(M4, from_=ap, to=silent, within=60)
    ap.expect_reply("WPS_PIN any 11111118", "OK\n")
    other.enter_pin("11111118")

    lab.air.expect(M2, from_=ap, to=other, within=60)
    lab.air.expect(WscDone, from_=other, to=ap)
