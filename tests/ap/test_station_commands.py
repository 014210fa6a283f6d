"""Commands about one station, and what the control interface shows of it."""

from __future__ import annotations

from ap_enrollee import EnrollingStation
from ap_stage import ALICE, BOB, RADIO, ScriptedStation
from test_control import FILE, Desk

from harness.ap.control_events import render, render_probe
from harness.base.address import MacAddress
from harness.base.ht import HtAbility
from harness.base.seam import ProbePeer
from harness.base.seam_events import ManagementReceived, PeerAnswered, PeerCounters
from harness.crypto.psk import derive_psk
from harness.wire.dot11.elements import Elements, element
from harness.wire.dot11.frames import ProbeRequest, management_header
from harness.wire.dot11.header import PROBE_REQUEST

PSK = derive_psk("correct horse", b"home")


class Counting:
    """A radio that has counted, and says how loud its channels may be."""

    def peer_counters(self, interface: str, peer: MacAddress) -> PeerCounters | None:
        return PeerCounters(7, 8, 700, 800, 90, -41, 540, 110) if peer == ALICE else None

    def ht(self, frequency: int) -> HtAbility | None:
        return HtAbility()

    def max_power(self, frequency: int) -> int | None:
        return 20 if frequency == 2412 else None


def shown(desk: Desk, command: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in desk.ask(command).splitlines() if "=" in line)


def looked_at(text: str = FILE) -> Desk:
    desk = Desk(text)
    desk.interface.attach(RADIO, Counting(), "phy7")
    return desk


def probe(ssid: bytes, source: MacAddress = BOB) -> bytes:
    everyone = MacAddress("ff:ff:ff:ff:ff:ff")
    header = management_header(PROBE_REQUEST, destination=everyone, source=source, bssid=everyone)
    return ProbeRequest(header, Elements(element(0, ssid) + element(1, b"\x82\x84"))).encode()


def test_what_the_radio_counted_is_shown() -> None:
    desk = looked_at()
    ScriptedStation(desk, ALICE).join_with_key(PSK)
    ScriptedStation(desk, BOB).join_with_key(PSK)
    desk.advance(3.0)
    told = shown(desk, f"STA {ALICE}")
    names = ("rx_packets", "tx_packets", "rx_bytes", "tx_bytes", "inactive_msec", "signal")
    assert [told[name] for name in names] == ["7", "8", "700", "800", "90", "-41"]
    assert (told["rx_rate_info"], told["tx_rate_info"]) == ("540", "110")
    assert told["connected_time"] == "3"
    assert "rx_packets" not in shown(desk, f"STA {BOB}")
    assert shown(desk, "STATUS")["max_txpower"] == "20"


def test_a_station_is_polled_and_its_answer_is_an_event() -> None:
    desk = looked_at()
    ScriptedStation(desk, ALICE).join_with_key(PSK)
    desk.commands.clear()
    assert desk.ask(f"POLL_STA {ALICE}") == "OK\n"
    assert desk.commands == [ProbePeer(interface="wlan0", peer=ALICE)]
    assert desk.ask(f"POLL_STA {BOB}") == "FAIL\n"
    desk.events.clear()
    desk.feed(PeerAnswered(interface="wlan0", peer=ALICE))
    desk.feed(PeerAnswered(interface="wlan0", peer=BOB))
    assert [render(event) for event in desk.events] == [f"AP-STA-POLL-OK {ALICE}"]


def test_a_station_that_is_only_named_must_authenticate() -> None:
    desk = looked_at()
    assert desk.ask(f"NEW_STA {ALICE}") == "OK\n"
    assert desk.ask(f"STA {ALICE}") == (
        f"{ALICE}\nflags=\naid=0\ncapability=0x0\nlisten_interval=0\n"
        "supported_rates=02 04 0b 16\ntimeout_next=NULLFUNC POLL\n"
    )
    station = ScriptedStation(desk, ALICE)
    station.join_with_key(PSK)
    assert "[AUTHORIZED]" in shown(desk, f"STA {ALICE}")["flags"]


def test_the_port_is_shown_while_it_speaks_eap() -> None:
    desk = looked_at()
    assert desk.ask("WPS_PBC") == "OK\n"
    enrollee = EnrollingStation(desk, ALICE)
    enrollee.silent_after = 1
    enrollee.enrol()
    told = shown(desk, f"STA {ALICE}")
    assert told["dot1xAuthPaeState"] == "4"
    assert int(told["dot1xAuthEapolFramesTx"]) >= 1
    assert told["dot1xAuthEapolReqIdFramesTx"] == "1"
    assert shown(desk, f"STA {ALICE} eapol")["auth_pae_state"] == "AUTHENTICATING"
    began = told["dot1xAuthEntersConnecting"]
    assert desk.ask(f"EAPOL_REAUTH {ALICE}") == "OK\n"
    again = shown(desk, f"STA {ALICE}")["dot1xAuthEntersConnecting"]
    assert int(again) == int(began) + 1


def test_who_probes_is_told_to_those_who_ask_and_remembered() -> None:
    desk = looked_at(FILE.replace("channel=1", "channel=1\ntrack_sta_max_num=2"))
    for ssid, signal in ((b"", -50), (b"home", -40), (b"another", -30)):
        desk.feed(
            ManagementReceived(
                interface="wlan0", frame=probe(ssid), frequency=2412, signal=signal
            )
        )
    lines = [line for event in desk.events if (line := render_probe(event))]
    assert lines == [f"RX-PROBE-REQUEST sa={BOB} signal={signal}" for signal in (-50, -40)]
    desk.advance(5.0)
    assert desk.ask("TRACK_STA_LIST") == f"{BOB} 5 -30\n"
    for last in (1, 2):
        other = MacAddress(f"02:00:00:00:0e:0{last}")
        desk.feed(
            ManagementReceived(
                interface="wlan0", frame=probe(b"", other), frequency=2412, signal=-60
            )
        )
    assert str(BOB) not in desk.ask("TRACK_STA_LIST")
    desk.advance(181.0)
    assert desk.ask("TRACK_STA_LIST") == ""


def test_a_switch_to_what_is_no_channel_of_the_radio_fails() -> None:
    desk = looked_at()
    for arguments in ("5 2437", "5 2412", "5 2412 bandwidth=40", "5 2412 center_freq1=2417", "x 1"):
        assert desk.ask(f"CHAN_SWITCH {arguments}") == "FAIL\n"


def test_mib_shows_the_last_handshake() -> None:
    desk = looked_at()
    assert shown(desk, "MIB")["dot11RSNAPairwiseCipherSelected"] == "00-00-00-0"
    ScriptedStation(desk, ALICE).join_with_key(PSK)
    desk.hear()
    told = shown(desk, "MIB")
    assert told["dot11RSNAPairwiseCipherSelected"] == "00-0f-ac-4"
    assert told["dot11RSNAAuthenticationSuiteSelected"] == "00-0f-ac-2"
    assert told["dot11RSNAGroupCipherSelected"] == "00-0f-ac-4"
