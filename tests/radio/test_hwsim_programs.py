"""Our kernel radios opposite iw, hostapd and wpa_supplicant, used as black boxes."""

from __future__ import annotations

import shutil

import pytest
from hwsim_stage import (
    CHANNEL,
    SSID,
    PlainAccessPoint,
    PlainStation,
    heard,
    hostapd,
    run,
    settle,
    until,
    wait_for,
    wait_for_beacon,
    wpa_supplicant,
)

from harness.base.address import BROADCAST
from harness.base.seam import AddPeerVlan, Scan, SetFourAddress, SetPortAuthorized, TransmitEapol
from harness.base.seam_events import (
    CommandFailed,
    Disconnected,
    EapolReceived,
    FourAddressSeen,
    ManagementReceived,
    ScanFinished,
)
from harness.radio.hwsim import HwsimAir
from harness.wire.dot11.elements import Elements, vendor_element
from harness.wire.dot11.ethernet import EthernetFrame
from harness.wire.dot11.frames import AssociationRequest, Data, Deauthentication, decode_frame

REASON = HwsimAir.usable()
MISSING = [name for name in ("hostapd", "wpa_supplicant", "iw") if not shutil.which(name)]
pytestmark = [
    pytest.mark.skipif(REASON is not None, reason=f"mac80211_hwsim: {REASON}"),
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {MISSING}"),
]

BACKHAUL_BSS = vendor_element(bytes.fromhex("506f9a"), 0x1B, bytes.fromhex("060140"))
BACKHAUL_STATION = vendor_element(bytes.fromhex("506f9a"), 0x1B, bytes.fromhex("060180"))
OPEN_NETWORK = f'ssid="{SSID.decode()}"\nkey_mgmt=NONE'
EAPOL_START = bytes.fromhex("01010000")
IPV4 = 0x0800


@pytest.fixture
def air():
    made = HwsimAir()
    yield made
    assert made.lost_frames == 0
    made.close()


def requests(listener):
    frames = (decode_frame(event.frame) for event in listener.all(ManagementReceived))
    return [frame for frame in frames if isinstance(frame, AssociationRequest)]


def authorize(listener, peer):
    listener.radio.perform(SetPortAuthorized(interface="wlan0", peer=peer, authorized=True))


def ipv4(port):
    return [frame for _, frame in port.poll() if frame.ethertype == IPV4]


def test_iw_sees_our_beacons(air):
    PlainAccessPoint(air.add_radio("ap"))
    other = air.add_bare_radio("sta")
    run(other.namespace, "ip", "link", "set", "wlan0", "up")
    listed = run(other.namespace, "iw", "dev", "wlan0", "scan", "freq", str(CHANNEL), "passive")
    assert f"SSID: {SSID.decode()}" in listed
    assert f"freq: {CHANNEL}" in listed
    assert "beacon interval: 100 TUs" in listed


def test_wpa_supplicant_joins_our_access_point(air, tmp_path):
    ap = PlainAccessPoint(air.add_radio("ap"), bridge="br0")
    host = air.add_host("ap", "br0")
    other = air.add_bare_radio("sta")
    with wpa_supplicant(other.namespace, tmp_path, network=OPEN_NETWORK) as log:
        heard(air, ap, lambda: requests(ap), 30)
        authorize(ap, other.address)
        heard(air, ap, lambda: "CTRL-EVENT-CONNECTED" in log.read_text())
        port = air.open_port("sta", "wlan0")
        settle(air)
        port.send(EthernetFrame(host.address, port.address, IPV4, b"hello"))
        (came,) = until(air, lambda: ipv4(host))
        assert (came.source, came.payload) == (other.address, b"hello")

    def said_goodbye():
        frames = (decode_frame(event.frame) for event in ap.all(ManagementReceived))
        return [frame for frame in frames if isinstance(frame, Deauthentication)]

    assert heard(air, ap, said_goodbye)[0].header.transmitter == other.address
    assert not ap.all(CommandFailed)


def test_a_backhaul_station_of_wpa_supplicant_gets_its_bridge(air, tmp_path):
    ap = PlainAccessPoint(air.add_radio("ap"), extra=BACKHAUL_BSS, bridge="br0")
    near = air.add_host("ap", "br0")
    other = air.add_bare_radio("sta", bridge="br0")
    far = air.add_host("sta", "br0")
    network = OPEN_NETWORK + "\nmulti_ap_backhaul_sta=1"
    with wpa_supplicant(other.namespace, tmp_path, "-bbr0", network=network):
        (request,) = heard(air, ap, lambda: requests(ap), 30)
        assert request.elements.multi_ap is not None
        authorize(ap, other.address)
        assert wait_for(air, ap, FourAddressSeen).peer == other.address
        vlan = {"peer": other.address, "name": "wlan0.sta1", "bridge": "br0"}
        ap.radio.perform(AddPeerVlan(interface="wlan0", **vlan))
        run(other.namespace, "ip", "link", "set", "wlan0", "master", "br0")
        near.send(EthernetFrame(BROADCAST, near.address, IPV4, b"to the far side"))
        (came,) = until(air, lambda: ipv4(far))
        assert (came.source, came.payload) == (near.address, b"to the far side")
        far.send(EthernetFrame(near.address, far.address, IPV4, b"and back"))
        (back,) = until(air, lambda: ipv4(near))
        assert (back.source, back.payload) == (far.address, b"and back")
    assert not ap.all(CommandFailed)


def test_our_station_finds_and_joins_hostapd(air, tmp_path):
    other = air.add_bare_radio("ap", bridge="br0")
    sta = PlainStation(air.add_radio("sta"))
    host = air.add_host("ap", "br0")
    with hostapd(other.namespace, tmp_path, "bridge=br0") as log:
        wait_for_beacon(air)
        sta.radio.perform(Scan(interface="wlan0", ssids=(SSID,), frequencies=(CHANNEL,)))
        (found,) = wait_for(air, sta, ScanFinished).results
        assert found.bssid == other.address
        assert Elements(found.probe_elements).ssid == SSID
        response = decode_frame(sta.join(air, other.address).frame)
        assert (response.status, response.aid) == (0, 1)
        authorize(sta, other.address)
        heard(air, sta, lambda: "AP-STA-CONNECTED" in log.read_text())
        port = air.open_port("sta", "wlan0")
        settle(air)
        port.send(EthernetFrame(host.address, port.address, IPV4, b"hello"))
        (came,) = until(air, lambda: ipv4(host))
        assert came.payload == b"hello"
    left = wait_for(air, sta, Disconnected)
    assert (left.bssid, left.locally_generated) == (other.address, False)
    assert not sta.all(CommandFailed)


def test_hostapd_begins_eap_with_our_station(air, tmp_path):
    wsc = vendor_element(bytes.fromhex("0050f2"), 4, bytes.fromhex("104a000110103a000101"))
    lines = (
        "wps_state=2",
        "eap_server=1",
        "wpa=2",
        "wpa_passphrase=airproof test",
        "rsn_pairwise=CCMP",
    )
    other = air.add_bare_radio("ap")
    sta = PlainStation(air.add_radio("sta"))
    with hostapd(other.namespace, tmp_path, *lines):
        wait_for_beacon(air)
        sta.join(air, other.address, elements=wsc)
        send = {"interface": "wlan0", "peer": other.address}
        sta.radio.perform(TransmitEapol(**send, payload=EAPOL_START, token=1))
        came = wait_for(air, sta, EapolReceived)
        assert came.source == other.address
        assert came.payload[1] == 0, "an EAP packet"
        assert came.payload[4] == 1, "a request"
        assert came.payload[8] == 1, "for the identity"
    assert not sta.all(CommandFailed)


def test_hostapd_bridges_our_backhaul_station(air, tmp_path):
    other = air.add_bare_radio("ap", bridge="br0")
    near = air.add_host("ap", "br0")
    sta = PlainStation(air.add_radio("sta"))
    far = air.add_host("sta", "br0")
    with hostapd(other.namespace, tmp_path, "bridge=br0", "multi_ap=1", "wds_sta=1") as log:
        wait_for_beacon(air)
        response = decode_frame(sta.join(air, other.address, elements=BACKHAUL_STATION).frame)
        assert response.elements.multi_ap is not None
        sta.radio.perform(SetFourAddress(interface="wlan0", enabled=True, bridge="br0"))
        authorize(sta, other.address)
        heard(air, sta, lambda: "WDS-STA-INTERFACE-ADDED" in log.read_text())
        near.send(EthernetFrame(BROADCAST, near.address, IPV4, b"to the far side"))
        (came,) = until(air, lambda: ipv4(far))
        assert (came.source, came.payload) == (near.address, b"to the far side")
        far.send(EthernetFrame(near.address, far.address, IPV4, b"and back"))
        (back,) = until(air, lambda: ipv4(near))
        assert (back.source, back.payload) == (far.address, b"and back")
        carried = [decode_frame(frame.octets) for frame in air.frames]
        carried = [each for each in carried if isinstance(each, Data) and b"and back" in each.body]
        assert carried[0].header.a4 == far.address
    assert not sta.all(CommandFailed)
