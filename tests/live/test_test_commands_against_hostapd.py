"""The commands for test programs, against the real hostapd, which is a testing build too."""

from __future__ import annotations

import socket
from pathlib import Path

from ap_comparison import compare
from ap_ground import Ground, needs_lab
from comparison import Explained
from programs import Monitor

pytestmark = needs_lab

CONFIG = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=wps test
hw_mode=g
channel=6
wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
wpa_passphrase=12345678
"""
NETWORK = 'network={\nssid="wps test"\npsk="12345678"\nscan_freq=2437\n}\n'

PLAIN = (
    "DATA_TEST_CONFIG", "DATA_TEST_TX", "DATA_TEST_FRAME", "DATA_TEST_TX <sta> <ap> 0",
    "DATA_TEST_CONFIG 0", "DATA_TEST_CONFIG 1 ifname=nope", "DATA_TEST_CONFIG 1 foo",
    "DATA_TEST_FRAME 00", "DATA_TEST_FRAME xyz", "RADAR", "RADAR FOO", "RADAR DETECTED",
    "RADAR DETECTED freq=2437", "RADAR NOP-FINISHED freq=5260", "RADAR CAC-FINISHED freq=5260",
    "RADAR CAC-ABORTED freq=5260 ht_enabled=1 chan_offset=1 chan_width=2 cf1=5270 cf2=0",
    "TEST_FAIL", "TEST_FAIL 1:foo", "GET_FAIL", "TEST_ALLOC_FAIL", "TEST_ALLOC_FAIL 1:foo",
    "GET_ALLOC_FAIL", "RESEND_M1 zz", "SET_KEY", "GET_PMK <sta>", "RESEND_M1 <sta>",
    "RESEND_M3 <sta>", "RESEND_GROUP_M1 <sta>", "REKEY_GTK", "EAPOL_RX zz",
    "EAPOL_TX <sta> 0102", "MGMT_RX_PROCESS freq=2437 frame=00", "MGMT_TX 00",
    "SET ext_mgmt_frame_handling 1", "SET ext_mgmt_frame_handling 0", "SET ext_eapol_frame_io 0",
    "SET wps_version_number 0x57", "SET wps_version_number 0x20", "SET wps_testing_stub_cred 1",
    "SET wps_corrupt_pkhash 1", "REKEY_PTK <sta>",
)  # fmt: skip
"""RESET_PN is left out: the kernel overlooks it when hostapd puts the same key in once more; ours
takes the key away first, and the station then drops what it takes for repetitions.
"""
SENT = (
    "DATA_TEST_CONFIG 1", "DATA_TEST_TX <sta> <ap> 0", "DATA_TEST_TX ff:ff:ff:ff:ff:ff <ap> 0",
    "DATA_TEST_TX <sta> <ap> 5 len=100", "DATA_TEST_TX <sta> <ap> 0 len=20",
    "DATA_TEST_TX <sta> <ap> 0 len=19", "DATA_TEST_TX <sta> <ap> 0 len=1500",
    "DATA_TEST_TX <sta> <ap> 256", "DATA_TEST_TX <sta>", "DATA_TEST_TX zz <ap> 0",
    "DATA_TEST_TX <sta> <ap>", "DATA_TEST_TX <sta> <ap> x",
    "DATA_TEST_FRAME 02a15000020002a15000010088b50102",
    "DATA_TEST_FRAME ifname=wlan0 02a15000020002a15000010088b50102",
)  # fmt: skip
NOT_OURS = (b"\x86\xdd", b"\x88\x8e")
"""IPv6, which the machines speak by themselves, and EAPOL."""


def arrived(wire: socket.socket) -> list[bytes]:
    """The frames that came to a station, but for those of other protocols."""
    wire.settimeout(0.3)
    came = []
    try:
        while True:
            came.append(wire.recv(4000))
    except TimeoutError:
        return [each for each in came if each[12:14] not in NOT_OURS]


def returned(sent: bytes, sta: bytes, ap: bytes) -> dict[str, bytes]:
    """What a station may answer a test frame with."""
    back = ap + sta + sent[12:]
    return {
        "same": back,
        "to all": b"\xff" * 6 + back[6:],
        "cut": back[:100],
        "too long": back + bytes(10),
        "changed": back[:-1] + b"\x77",
        "no IPv4": back[:14] + b"\x60" + back[15:],
        "empty": ap + sta + b"\x08\x00\x45" + bytes(19),
    }


def topic(ground: Ground) -> None:
    ground.file("ap.conf", CONFIG)
    with ground.access_point(str(ground.folder / "ap.conf")):
        ground.wait_for("state=ENABLED")
        monitor = ground.monitor()
        monitor.ask("ATTACH")
        with ground.station(NETWORK):
            ground.wait_for("[AUTHORIZED]", "all_sta")
            with ground.air.entered("sta"):
                wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
                wire.bind(("wlan0", 3))
            with wire:
                exchange(ground, monitor, wire)
            monitor.told(1.0)
            for words in PLAIN:
                ground.note(words, monitor.ask(ground.named_back(words)))
                events = [line for line in monitor.told() if "4WAY" not in line]
                ground.note(f"events of {words}", "".join(f"{line}\n" for line in events))


def exchange(ground: Ground, monitor: Monitor, wire: socket.socket) -> None:
    monitor.told(1.0)
    arrived(wire)
    whole = b""
    for words in SENT:
        ground.note(words, monitor.ask(ground.named_back(words)))
        frames = arrived(wire)
        ground.note(f"frames of {words}", "".join(f"{each.hex()[24:]}\n" for each in frames))
        whole = whole or (frames[0] if frames else b"")
    for what, octets in returned(whole, ground.sta.address, ground.ap.address).items():
        wire.send(octets)
        lines = monitor.told(0.5)
        ground.note(f"{what} comes back", "".join(f"{line}\n" for line in lines))


def test_test_commands_do_the_same(tmp_path: Path) -> None:
    compare(tmp_path, topic, Explained())
