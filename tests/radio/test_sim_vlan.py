"""The primary VLAN of a four-address link on the simulated air."""

from __future__ import annotations

import pytest
from sim_world import World

from harness.base.address import MacAddress
from harness.base.seam import AddPeerVlan, SetFourAddress
from harness.radio.interface import EthernetPort
from harness.radio.sim.datapath import ethernet_of
from harness.wire.dot11.ethernet import EthernetFrame
from harness.wire.dot11.frames import Data

ECHO = 0x88B5
VLAN = 20


class Link:
    """A backhaul link without encryption, a host behind each end, VLANs of each end."""

    def __init__(self, ap_vlan: int | None, sta_vlan: int | None) -> None:
        self.world = World()
        bssid = self.world.start_bss()
        self.server = self.world.host("server", "ap")
        self.world.associate("sta", bssid)
        sta = self.world.radios["sta"]
        self.world.ap_of(bssid).perform(
            AddPeerVlan(
                interface="wlan0",
                peer=sta.address,
                name="wlan0.sta1",
                bridge="br0",
                primary_vlan=ap_vlan,
            )
        )
        sta.perform(
            SetFourAddress(interface="wlan0", enabled=True, bridge="br0", primary_vlan=sta_vlan)
        )
        self.client = self.world.host("client", "sta")

    def say(self, one: EthernetPort, other: MacAddress, text: bytes) -> None:
        one.send(EthernetFrame(other, one.address, ECHO, text))
        self.world.run(0.05)

    def heard(self, name: str) -> list[bytes]:
        return [frame.payload for _, frame in self.world.received[name]]

    def vlans(self) -> list[int | None]:
        """The tag of each data frame with a body, in order."""
        found = []
        for _, frame in self.world.on_air(Data):
            ethernet = None if frame.header.subtype & 4 else ethernet_of(frame.header, frame.body)
            if ethernet is not None:
                found.append(ethernet.vlan_id)
        return found


def test_frames_have_the_tag_on_the_link_only() -> None:
    link = Link(VLAN, VLAN)

    link.say(link.server, link.client.address, b"down")
    link.say(link.client, link.server.address, b"up")

    assert (link.heard("client"), link.heard("server")) == ([b"down"], [b"up"])
    assert link.vlans() == [VLAN, VLAN]


@pytest.mark.parametrize(("ap_vlan", "sta_vlan"), [(VLAN, None), (VLAN, VLAN + 1)])
def test_frames_of_another_vlan_do_not_reach_the_bridge(
    ap_vlan: int | None, sta_vlan: int | None
) -> None:
    link = Link(ap_vlan, sta_vlan)

    link.say(link.client, link.server.address, b"up")

    assert link.heard("server") == []
    assert link.vlans() == [sta_vlan]


def test_link_without_vlan_again_has_no_tags() -> None:
    link = Link(None, VLAN)
    sta = link.world.radios["sta"]
    sta.perform(SetFourAddress(interface="wlan0", enabled=False))
    sta.perform(SetFourAddress(interface="wlan0", enabled=True, bridge="br0"))

    link.say(link.client, link.server.address, b"up")

    assert link.heard("server") == [b"up"]
    assert link.vlans() == [None]
