"""Ethernet frames: what a host's cable and a bridge carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from harness.base.address import MacAddress
from harness.base.errors import Truncated

ETHERTYPE_IPV4: Final = 0x0800
ETHERTYPE_ARP: Final = 0x0806
ETHERTYPE_VLAN: Final = 0x8100
ETHERTYPE_EAPOL: Final = 0x888E
ETHERTYPE_IEEE1905: Final = 0x893A

_VLAN_ID = 0x0FFF
_TAG_REST = 4
"""Tag Control Information and the EtherType behind it, octets."""


@dataclass(frozen=True, slots=True)
class EthernetFrame:
    """An Ethernet frame without preamble, padding and FCS.

    `ethertype`: below 0x0600 it is the length of an LLC payload (IEEE 802.3-2018, 3.2.6).
    """

    destination: MacAddress
    source: MacAddress
    ethertype: int
    payload: bytes

    @classmethod
    def decode(cls, octets: bytes) -> EthernetFrame:
        """Read a frame. Raises `Truncated` for fewer than 14 octets."""
        if len(octets) < 14:
            raise Truncated("an Ethernet header has 14 octets", offset=len(octets), clause="3.1.1")
        return cls(
            MacAddress(octets[:6]),
            MacAddress(octets[6:12]),
            int.from_bytes(octets[12:14], "big"),
            octets[14:],
        )

    @property
    def vlan_id(self) -> int | None:
        """The VLAN of its 802.1Q tag, 0 for a priority tag; None without a tag."""
        if self.ethertype != ETHERTYPE_VLAN or len(self.payload) < _TAG_REST:
            return None
        return int.from_bytes(self.payload[:2], "big") & _VLAN_ID

    def tagged(self, vlan_id: int) -> EthernetFrame:
        """Give the frame with an 802.1Q tag of priority 0 (IEEE 802.1Q-2018, 9.6)."""
        tag = vlan_id.to_bytes(2, "big") + self.ethertype.to_bytes(2, "big")
        return EthernetFrame(self.destination, self.source, ETHERTYPE_VLAN, tag + self.payload)

    def untagged(self) -> EthernetFrame:
        """Give the frame without its 802.1Q tag; raises `ValueError` when it has none."""
        if self.vlan_id is None:
            raise ValueError("the frame has no 802.1Q tag")
        ethertype = int.from_bytes(self.payload[2:_TAG_REST], "big")
        return EthernetFrame(self.destination, self.source, ethertype, self.payload[_TAG_REST:])

    def encode(self) -> bytes:
        return b"".join(
            (self.destination, self.source, self.ethertype.to_bytes(2, "big"), self.payload)
        )
