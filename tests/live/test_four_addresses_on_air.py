"""`enable_4addr_mode` on the kernel's radios: the real hostapd with `wds_sta` is the other end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hooked_station import MARKS, WPA_PSK, Ground
from programs import wait

from harness.base.address import MacAddress
from harness.radio.hwsim import HwsimAir
from harness.wire.dot11.ethernet import EthernetFrame

pytestmark = MARKS
PSK = ("key_mgmt WPA-PSK", 'psk "12345678"')
BEHIND_AP, BEHIND_STA = MacAddress("02:00:5e:00:00:0a"), MacAddress("02:00:5e:00:00:0b")
ETHERTYPE = 0x88B5
LINK = "wlan0.sta1"
"""hostapd makes it for a station that speaks with four addresses."""


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    air = HwsimAir()
    try:
        yield Ground(tmp_path, air)
    finally:
        air.close()


def test_frames_from_behind_both_ends_pass(ground: Ground) -> None:
    with ground.start(WPA_PSK + "wds_sta=1\n"):
        ground.network(*PSK, "enable_4addr_mode 1")
        wait("both ends", ground.authorized)
        wait("hostapd's link", lambda: LINK in (ground.folder / "ap.log").read_text())
        interfaces = {"ap": LINK, "sta": "wlan0"}
        ports = {node: ground.air.open_port(node, name) for node, name in interfaces.items()}
        up = EthernetFrame(BEHIND_AP, BEHIND_STA, ETHERTYPE, b"up".ljust(46, b"\0"))
        down = EthernetFrame(BEHIND_STA, BEHIND_AP, ETHERTYPE, b"down".ljust(46, b"\0"))
        for source, target, frame in (("sta", "ap", up), ("ap", "sta", down)):
            ports[source].send(frame)

            def came(target: str = target, frame: EthernetFrame = frame) -> bool:
                ground.air.advance(ground.air.now() + 0.05)
                return any(each == frame for _, each in ports[target].poll())

            wait(f"the frame from {source}", came)
        addresses = ("wlan.ta", "wlan.ra", "wlan.sa", "wlan.da")
        theirs = f"wlan.sa in {{{BEHIND_STA}, {BEHIND_AP}}} && wlan.fc.ds == 3"
        said = ground.on_air(theirs, *addresses)
    sta, ap = str(ground.sta.address), str(ground.ap.address)
    assert said == [
        [sta, ap, str(BEHIND_STA), str(BEHIND_AP)],
        [ap, sta, str(BEHIND_AP), str(BEHIND_STA)],
    ]


def test_without_the_order_three_addresses_do(ground: Ground) -> None:
    with ground.start(WPA_PSK + "wds_sta=1\n"):
        ground.network(*PSK)
        wait("both ends", ground.authorized)
        ground.order(f"EAPOL_TX {ground.ap.address} 02010000 encrypt=1")
        its = f"wlan.ta == {ground.sta.address} && wlan.fc.type == 2"
        spoken = ground.on_air(its, "wlan.fc.ds")
        assert LINK not in (ground.folder / "ap.log").read_text()
    assert {each[0] for each in spoken} == {"0x01"}
