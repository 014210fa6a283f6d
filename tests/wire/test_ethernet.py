"""Ethernet frames and their 802.1Q tags, against scapy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.l2 import Dot1Q, Ether
from scapy.packet import Raw

from harness.base.address import MacAddress
from harness.base.errors import Truncated
from harness.wire.dot11.ethernet import EthernetFrame

ONE, OTHER = MacAddress("02:00:00:00:00:01"), MacAddress("02:00:00:00:00:02")
PLAIN = EthernetFrame(OTHER, ONE, 0x88B5, b"payload")


@given(st.integers(1, 4094))
def test_tag_is_the_one_that_scapy_makes(vlan_id: int) -> None:
    expected = Ether(dst=str(OTHER), src=str(ONE)) / Dot1Q(vlan=vlan_id, type=0x88B5)

    tagged = PLAIN.tagged(vlan_id)

    assert tagged.encode() == bytes(expected / Raw(b"payload"))
    assert tagged.vlan_id == vlan_id
    assert tagged.untagged() == PLAIN


def test_priority_is_no_part_of_the_vlan() -> None:
    octets = bytes(
        Ether(dst=str(OTHER), src=str(ONE)) / Dot1Q(prio=7, vlan=20, type=0x88B5) / Raw(b"payload")
    )

    assert EthernetFrame.decode(octets).vlan_id == 20
    assert EthernetFrame.decode(octets).untagged() == PLAIN


def test_a_frame_without_a_whole_tag_has_none() -> None:
    assert PLAIN.vlan_id is None
    assert EthernetFrame(OTHER, ONE, 0x8100, b"\0\x14\x88").vlan_id is None
    with pytest.raises(ValueError, match=r"no 802\.1Q tag"):
        PLAIN.untagged()


def test_thirteen_octets_are_no_frame() -> None:
    with pytest.raises(Truncated):
        EthernetFrame.decode(bytes(13))
