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

    def encode(self) -> bytes:
        return b"".join(
            (self.destination, self.source, self.ethertype.to_bytes(2, "big"), self.payload)
        )
