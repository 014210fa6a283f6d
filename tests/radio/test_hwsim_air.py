"""The air of mac80211_hwsim: our own radios, hosts and namespaces on the real kernel."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hwsim_stage import (
    CHANNEL,
    EXTENDED_RATES,
    RATES,
    SSID,
    PlainAccessPoint,
    PlainStation,
    heard,
    settle,
    until,
    wait_for,
)

from harness.base.address import BROADCAST, MacAddress
from harness.base.seam import (
    CIPHER_CCMP,
    AddPeerVlan,
    Authenticate,
    ChangeBeacon,
    Deauthenticate,
    InstallKey,
    RemovePeer,
    RemovePeerVlan,
    Scan,
    SetFourAddress,
    SetPortAuthorized,
    StartBss,
    StopBss,
    TransmitEapol,
    TransmitManagement,
)
from harness.base.seam_events import (
    AuthenticationTimedOut,
    BssStarted,
    CommandFailed,
    Disconnected,
    EapolReceived,
    EapolStatus,
    FourAddressSeen,
    ManagementStatus,
    ScanFinished,
)
from harness.radio.hwsim import HwsimAir
from harness.wire.dot11.elements import Elements, vendor_element
from harness.wire.dot11.ethernet import EthernetFrame
from harness.wire.dot11.frames import Data, Deauthentication, decode_frame
from harness.wire.dot11.header import management_header

REASON = HwsimAir.usable()
pytestmark = pytest.mark.skipif(REASON is not None, reason=f"mac80211_hwsim: {REASON}")

MULTI_AP = vendor_element(bytes.fromhex("506f9a"), 0x1B, bytes.fromhex("060120"))
EAPOL_START = bytes.fromhex("01010000")
EAPOL_KEY = bytes.fromhex("0103000401020304")
IPV4 = 0x0800


@pytest.fixture
def air():
    made = HwsimAir()
    yield made
    made.close()


@pytest.fixture
def pair(air):
    """An open access point and a station that has joined it, ports open on both sides."""
    ap = PlainAccessPoint(air.add_radio("ap"), bridge="br0")
    sta = PlainStation(air.add_radio("sta"))
    sta.join(air, ap.bssid, ap)
    for end, peer in ((ap, sta.radio.address), (sta, ap.bssid)):
        end.radio.perform(SetPortAuthorized(interface="wlan0", peer=peer, authorized=True))
    settle(air)
    assert not ap.all(CommandFailed) + sta.all(CommandFailed)
    return ap, sta


def data_frames(air):
    frames = (decode_frame(each.octets) for each in air.frames)
    return [frame for frame in frames if isinstance(frame, Data) and not frame.header.subtype & 4]


def test_a_bss_beacons_what_it_was_told(air):
    ap = PlainAccessPoint(air.add_radio("ap"), extra=MULTI_AP)
    wait_for(air, ap, BssStarted)
    seen = until(air, lambda: [f for f in air.frames if f.octets[0] == 0x80])[0]
    beacon = decode_frame(seen.octets)
    assert (seen.frequency, seen.transmitter) == (CHANNEL, "ap")
    assert beacon.elements.ssid == SSID
    assert beacon.elements.rates == RATES + EXTENDED_RATES
    assert beacon.elements.multi_ap == bytes.fromhex("060120")
    assert beacon.elements.get(5) is not None, "the kernel puts the TIM in"


def test_a_changed_beacon_is_on_the_air(air):
    ap = PlainAccessPoint(air.add_radio("ap"))
    head = until(air, lambda: [f for f in air.frames if f.octets[0] == 0x80])[0].octets
    head = head[: 24 + 12 + 2 + len(SSID) + 2 + len(RATES) + 3]
    ap.radio.perform(ChangeBeacon(interface="wlan0", beacon_head=head, beacon_tail=MULTI_AP))
    until(air, lambda: [f for f in air.frames if MULTI_AP in f.octets])
    ap.poll()
    assert not ap.all(CommandFailed)


def test_a_scan_finds_the_bss_with_its_elements(air):
    ap = PlainAccessPoint(air.add_radio("ap"), extra=MULTI_AP)
    sta = PlainStation(air.add_radio("sta"))
    sta.radio.perform(Scan(interface="wlan0", ssids=(SSID,), frequencies=(CHANNEL,)))
    (found,) = wait_for(air, sta, ScanFinished, ap).results
    assert (found.bssid, found.frequency, found.beacon_interval) == (ap.bssid, CHANNEL, 100)
    assert Elements(found.elements).multi_ap == bytes.fromhex("060120")
    assert Elements(found.probe_elements).ssid == SSID
    assert 0 < air.now() - found.seen < 1


def test_a_passive_scan_sends_no_probe(air):
    ap = PlainAccessPoint(air.add_radio("ap"))
    sta = PlainStation(air.add_radio("sta"))
    sta.radio.perform(Scan(interface="wlan0", ssids=(), frequencies=(CHANNEL,)))
    (found,) = wait_for(air, sta, ScanFinished, ap).results
    assert Elements(found.beacon_elements).ssid == SSID
    assert found.probe_elements == b""
    assert not [frame for frame in air.frames if frame.octets[0] == 0x40]


def test_a_second_scan_meanwhile_is_refused(air):
    sta = PlainStation(air.add_radio("sta"))
    command = Scan(interface="wlan0", frequencies=(CHANNEL,))
    sta.radio.perform(command)
    sta.radio.perform(command)
    failed = wait_for(air, sta, CommandFailed)
    assert (failed.errno, failed.command) == (16, command)
    wait_for(air, sta, ScanFinished)


def test_a_station_joins_and_leaves(air, pair):
    ap, sta = pair
    (associated,) = sta.all(type(sta.events[-1]))
    assert decode_frame(associated.frame).status == 0
    ap.poll()
    assert heard(air, ap, lambda: ap.all(ManagementStatus))[-1].acknowledged

    sta.radio.perform(Deauthenticate(interface="wlan0", bssid=ap.bssid, reason=3))
    left = wait_for(air, sta, Disconnected, ap)
    assert (left.reason, left.locally_generated) == (3, True)


def test_the_ap_takes_leave_of_a_station(air, pair):
    ap, sta = pair
    header = management_header(12, destination=sta.radio.address, source=ap.bssid, bssid=ap.bssid)
    frame = Deauthentication(header, 2).encode()
    ap.radio.perform(TransmitManagement(interface="wlan0", frame=frame, token=77))
    ap.radio.perform(RemovePeer(interface="wlan0", peer=sta.radio.address))
    left = wait_for(air, sta, Disconnected, ap)
    assert (left.bssid, left.reason, left.locally_generated) == (ap.bssid, 2, False)
    (status,) = heard(air, ap, lambda: [s for s in ap.all(ManagementStatus) if s.token == 77])
    assert status.acknowledged


def test_a_lost_ap_is_noticed(air, pair):
    ap, sta = pair
    ap.radio.perform(StopBss(interface="wlan0"))
    lost = wait_for(air, sta, Disconnected, within_s=60)
    assert (lost.reason, lost.locally_generated) == (4, True)


def test_nobody_answers_an_authentication(air):
    ap = PlainAccessPoint(air.add_radio("ap"))
    sta = PlainStation(air.add_radio("sta"))
    sta.radio.perform(Scan(interface="wlan0", ssids=(), frequencies=(CHANNEL,)))
    wait_for(air, sta, ScanFinished)
    sta.radio.perform(Authenticate(interface="wlan0", bssid=ap.bssid, frequency=CHANNEL, ssid=SSID))
    assert wait_for(air, sta, AuthenticationTimedOut).bssid == ap.bssid
    sent = [f for f in air.frames if f.octets[0] == 0xB0 and f.transmitter == "sta"]
    assert len({decode_frame(f.octets).header.sequence for f in sent}) == 3


def test_an_ap_is_looked_for_before_authentication(air):
    ap = PlainAccessPoint(air.add_radio("ap"))
    sta = PlainStation(air.add_radio("sta"))
    assert decode_frame(sta.join(air, ap.bssid, ap).frame).status == 0
    assert [frame for frame in air.frames if frame.octets[0] == 0x40]


def test_an_unknown_ap_can_not_be_joined(air):
    sta = PlainStation(air.add_radio("sta"))
    nobody = MacAddress("02:00:00:00:00:99")
    sta.radio.perform(Authenticate(interface="wlan0", bssid=nobody, frequency=CHANNEL, ssid=SSID))
    assert wait_for(air, sta, CommandFailed).errno == 2


def test_eapol_goes_both_ways(air, pair):
    ap, sta = pair
    send = {"interface": "wlan0", "payload": EAPOL_START}
    sta.radio.perform(TransmitEapol(**send, peer=ap.bssid, token=5))
    came = wait_for(air, ap, EapolReceived)
    assert (came.source, came.payload, came.encrypted) == (
        sta.radio.address,
        EAPOL_START,
        False,
    )
    assert wait_for(air, sta, EapolStatus).acknowledged

    ap.radio.perform(TransmitEapol(**send, peer=sta.radio.address, token=6))
    back = wait_for(air, sta, EapolReceived)
    assert (back.source, back.payload, back.encrypted) == (ap.bssid, EAPOL_START, False)
    status = wait_for(air, ap, EapolStatus)
    assert (status.token, status.peer, status.acknowledged) == (6, sta.radio.address, True)


def install_pairwise(ap, sta):
    key = {"interface": "wlan0", "index": 0, "cipher": CIPHER_CCMP, "key": bytes(range(16))}
    ap.radio.perform(InstallKey(**key, peer=sta.radio.address))
    sta.radio.perform(InstallKey(**key, peer=ap.bssid))


@pytest.mark.parametrize("encrypt", [True, False])
def test_encrypted_and_clear_eapol_are_told_apart(air, pair, encrypt):
    ap, sta = pair
    install_pairwise(ap, sta)
    send = {"interface": "wlan0", "payload": EAPOL_KEY, "encrypt": encrypt}
    sta.radio.perform(TransmitEapol(**send, peer=ap.bssid))
    assert wait_for(air, ap, EapolReceived).encrypted == encrypt
    ap.radio.perform(TransmitEapol(**send, peer=sta.radio.address))
    assert wait_for(air, sta, EapolReceived).encrypted == encrypt
    assert [frame.header.protected for frame in data_frames(air)[-2:]] == [encrypt] * 2


def test_data_is_encrypted_with_the_installed_keys(air, pair):
    ap, sta = pair
    install_pairwise(ap, sta)
    group = {"index": 1, "cipher": CIPHER_CCMP, "key": bytes(range(16, 32)), "peer": None}
    for end in (ap, sta):
        end.radio.perform(InstallKey(interface="wlan0", **group))
    host = air.add_host("ap", "br0")
    port = air.open_port("sta", "wlan0")

    host.send(EthernetFrame(BROADCAST, host.address, IPV4, b"to all"))
    port.send(EthernetFrame(host.address, port.address, IPV4, b"to the host"))

    to_all = until(air, lambda: [f for _, f in port.poll() if f.ethertype == IPV4])
    assert to_all[0].payload == b"to all"
    to_host = until(air, lambda: [f for _, f in host.poll() if f.ethertype == IPV4])
    assert (to_host[0].source, to_host[0].payload) == (sta.radio.address, b"to the host")
    carried = [frame for frame in data_frames(air) if len(frame.body) < 60]
    assert carried
    assert all(frame.header.protected for frame in carried[-2:])
    assert not sta.poll() + ap.poll()


def test_who_sends_data_without_being_associated_is_told(air, pair):
    ap, sta = pair
    host, port = air.add_host("ap", "br0"), air.open_port("sta", "wlan0")
    ap.radio.perform(RemovePeer(interface="wlan0", peer=sta.radio.address))
    port.send(EthernetFrame(host.address, port.address, IPV4, b"who am I"))
    told = wait_for(air, sta, Disconnected, ap)
    assert (told.bssid, told.reason, told.locally_generated) == (ap.bssid, 7, False)


def test_a_closed_port_lets_no_data_through(air, pair):
    ap, sta = pair
    host, port = air.add_host("ap", "br0"), air.open_port("sta", "wlan0")
    ap.radio.perform(SetPortAuthorized(interface="wlan0", peer=sta.radio.address, authorized=False))
    port.send(EthernetFrame(host.address, port.address, IPV4, b"too early"))
    settle(air, 1.0)
    assert b"too early" in data_frames(air)[-1].body, "it was sent, and is not to arrive"
    assert not [f for _, f in host.poll() if f.ethertype == IPV4]


def test_four_address_frames_join_two_bridges(air, pair):
    ap, sta = pair
    install_pairwise(ap, sta)
    near, far = air.add_host("ap", "br0"), air.add_host("sta", "br0")
    sta.radio.perform(SetFourAddress(interface="wlan0", enabled=True, bridge="br0"))
    seen = wait_for(air, ap, FourAddressSeen)
    assert seen.peer == sta.radio.address
    ap.radio.perform(
        AddPeerVlan(interface="wlan0", peer=sta.radio.address, name="wlan0.sta1", bridge="br0")
    )

    far.send(EthernetFrame(near.address, far.address, IPV4, b"from far"))
    came = until(air, lambda: [f for _, f in near.poll() if f.ethertype == IPV4])
    assert (came[0].source, came[0].payload) == (far.address, b"from far")
    near.send(EthernetFrame(far.address, near.address, IPV4, b"from near"))
    came = until(air, lambda: [f for _, f in far.poll() if f.ethertype == IPV4])
    assert (came[0].source, came[0].payload) == (near.address, b"from near")
    carried = [frame.header for frame in data_frames(air)[-2:]]
    assert [header.a4 is not None for header in carried] == [True, True]
    assert {header.source for header in carried} == {far.address, near.address}
    assert not [e for e in sta.poll() + ap.poll() if isinstance(e, CommandFailed)]


def test_eapol_of_a_four_address_station_arrives(air, pair):
    ap, sta = pair
    sta.radio.perform(SetFourAddress(interface="wlan0", enabled=True, bridge="br0"))
    ap.radio.perform(
        AddPeerVlan(interface="wlan0", peer=sta.radio.address, name="wlan0.sta1", bridge="br0")
    )
    send = {"interface": "wlan0", "payload": EAPOL_KEY}
    sta.radio.perform(TransmitEapol(**send, peer=ap.bssid))
    came = wait_for(air, ap, EapolReceived)
    assert (came.interface, came.payload, came.encrypted) == ("wlan0", EAPOL_KEY, False)
    ap.radio.perform(TransmitEapol(**send, peer=sta.radio.address, token=9))
    assert wait_for(air, sta, EapolReceived).payload == EAPOL_KEY
    assert wait_for(air, ap, EapolStatus).acknowledged
    install_pairwise(ap, sta)
    sta.radio.perform(TransmitEapol(**send, peer=ap.bssid))
    assert wait_for(air, ap, EapolReceived).encrypted


def test_a_four_address_station_can_go_back(air, pair):
    ap, sta = pair
    sta.radio.perform(SetFourAddress(interface="wlan0", enabled=True, bridge="br0"))
    vlan = {"interface": "wlan0", "peer": sta.radio.address, "name": "wlan0.sta1"}
    ap.radio.perform(AddPeerVlan(**vlan, bridge="br0"))
    ap.radio.perform(RemovePeerVlan(**vlan))
    sta.radio.perform(SetFourAddress(interface="wlan0", enabled=False))
    host, port = air.add_host("ap", "br0"), air.open_port("sta", "wlan0")
    port.send(EthernetFrame(host.address, port.address, IPV4, b"plain again"))
    came = until(air, lambda: [f for _, f in host.poll() if f.ethertype == IPV4])
    assert came[0].payload == b"plain again"
    assert not [e for e in sta.poll() + ap.poll() if isinstance(e, CommandFailed)]


def test_a_peer_that_goes_takes_its_interface_along(air, pair):
    ap, sta = pair
    vlan = AddPeerVlan(interface="wlan0", peer=sta.radio.address, name="wlan0.sta1", bridge="br0")
    ap.radio.perform(vlan)
    ap.radio.perform(RemovePeer(interface="wlan0", peer=sta.radio.address))
    ap.radio.perform(RemovePeer(interface="wlan0", peer=sta.radio.address))
    assert not [e for e in ap.poll() if isinstance(e, CommandFailed)]
    listed = subprocess.run(
        ("ip", "-n", air.node_namespace("ap"), "-o", "link"), capture_output=True, text=True
    )
    assert "wlan0:" in listed.stdout
    assert "wlan0.sta1" not in listed.stdout


def test_a_second_bss_has_an_interface_of_its_own(air):
    ap = PlainAccessPoint(air.add_radio("ap"))
    start = _second(ap)
    ap.radio.perform(start)
    assert wait_for(air, ap, BssStarted).interface == "wlan0"
    assert ap.all(BssStarted)[-1].interface == "wlan0-1"
    beacons = until(air, lambda: [f for f in air.frames if f.octets[10:16] == start.bssid])
    assert beacons[0].transmitter == "ap"
    ap.radio.perform(StopBss(interface="wlan0-1"))
    ap.radio.perform(start)
    assert [type(e) for e in ap.poll()] == [BssStarted]


def _second(ap):
    bssid = MacAddress(ap.bssid[:5] + bytes([ap.bssid[5] + 1]))
    head = management_header(8, destination=BROADCAST, source=bssid, bssid=bssid).encode()
    return StartBss(
        interface="wlan0-1",
        bssid=bssid,
        ssid=b"second",
        frequency=CHANNEL,
        beacon_head=head
        + bytes(8)
        + bytes.fromhex("64002104")
        + b"\0\6second\1\x04\x82\x84\x8b\x96",
        beacon_tail=b"",
    )


def test_a_refusal_carries_the_reason(air):
    ap = air.add_radio("ap")
    command = TransmitManagement(interface="wlan7", frame=bytes(24))
    ap.perform(command)
    ((_, failed),) = ap.poll()
    assert (failed.command, failed.errno) == (command, 19)
    assert "wlan7" in failed.reason


def test_acknowledgements_are_captured(air, pair):
    ap, sta = pair
    acks = [f for f in air.frames if f.octets[0] == 0xD4]
    assert {MacAddress(f.octets[4:10]) for f in acks} >= {ap.bssid, sta.radio.address}
    assert air.lost_frames == 0


def test_times_do_not_fall(air, pair):
    times = [frame.t for frame in air.frames]
    assert times == sorted(times)
    assert times[0] >= 0
    assert times[-1] <= air.now()


def test_watched_descriptors_end_the_wait(air):
    read, write = os.pipe()
    air.watch(read)
    os.write(write, b"x")
    before = air.now()
    air.advance(before + 60)
    assert air.now() - before < 30
    air.unwatch(read)
    air.advance(air.now() + 0.01)
    os.close(read)
    os.close(write)


def test_nothing_stays_behind():
    air = HwsimAir()
    radio = air.add_radio("ap")
    bare = air.add_bare_radio("other", bridge="br0")
    assert Path("/run/netns", bare.namespace).exists()
    radio.perform(Scan(interface="wlan0"))
    air.close()
    assert not list(Path("/run/netns").glob("airproof-*"))
    assert not Path("/sys/class/ieee80211", bare.phy).exists()
    again = HwsimAir()
    again.add_radio("ap")
    again.close()


def test_a_crash_leaves_nothing_for_long():
    crash = (
        "import os; from harness.radio.hwsim import HwsimAir; air = HwsimAir();"
        "print(air.add_bare_radio('ap').namespace); air.add_radio('sta');"
        "os.write(1, air.node_namespace('ap').encode()); os._exit(1)"
    )
    crashed = subprocess.run(
        (sys.executable, "-c", crash), capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    left = Path("/run/netns", crashed.stdout.split()[-1])
    assert left.exists(), crashed.stderr
    assert not list(Path("/sys/class/ieee80211").iterdir())
    HwsimAir().close()
    assert not left.exists()
