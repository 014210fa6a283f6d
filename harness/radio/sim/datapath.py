"""Between Ethernet frames and the bodies and headers of data frames."""

from __future__ import annotations

from typing import Final

from harness.base.address import MacAddress
from harness.base.errors import PeerViolation, WireError
from harness.radio.sim.keys import CipherKey
from harness.wire.dot11.ethernet import EthernetFrame
from harness.wire.dot11.frames import BRIDGE_TUNNEL, LLC_SNAP, Data
from harness.wire.dot11.header import DATA, NULL, TYPE_DATA, Header

PAE_GROUP: Final = MacAddress("01:80:c2:00:00:03")

_LOWEST_ETHERTYPE = 0x0600
_TUNNELLED = frozenset((0x80F3, 0x8137))
_A_MSDU = 0x80


def body_of(frame: EthernetFrame) -> bytes:
    """Encode what a data frame carries for an Ethernet frame (IEEE 802.1H; RFC 1042)."""
    if frame.ethertype < _LOWEST_ETHERTYPE:
        return frame.payload
    snap = BRIDGE_TUNNEL if frame.ethertype in _TUNNELLED else LLC_SNAP
    return snap + frame.ethertype.to_bytes(2, "big") + frame.payload


def ethernet_of(header: Header, body: bytes) -> EthernetFrame | None:
    """Make the Ethernet frame of a decrypted data frame; None for an A-MSDU or no body."""
    destination, source = header.destination, header.source
    if destination is None or source is None or len(body) < 3:
        return None
    if header.qos is not None and header.qos & _A_MSDU:
        return None
    if len(body) >= 8 and body[:6] in (LLC_SNAP, BRIDGE_TUNNEL):
        return EthernetFrame(destination, source, body[6] << 8 | body[7], body[8:])
    return EthernetFrame(destination, source, len(body), body)


def from_ap(
    frame: EthernetFrame, bssid: MacAddress, sequence: int, *, more_data: bool = False
) -> Header:
    """Make the three-address header of a frame from the DS to a station or a group."""
    return Header(
        TYPE_DATA,
        DATA,
        from_ds=True,
        more_data=more_data,
        a1=frame.destination,
        a2=bssid,
        a3=frame.source,
        sequence=sequence,
    )


def null_data(station: MacAddress, bssid: MacAddress, sequence: int) -> Header:
    """Make the whole of a data frame without data to a station."""
    return Header(
        TYPE_DATA, NULL, from_ds=True, a1=station, a2=bssid, a3=bssid, sequence=sequence
    )


def to_ap(frame: EthernetFrame, bssid: MacAddress, own: MacAddress, sequence: int) -> Header:
    """Make the three-address header of a frame from a station to the DS."""
    return Header(
        TYPE_DATA,
        DATA,
        to_ds=True,
        a1=bssid,
        a2=own,
        a3=frame.destination,
        sequence=sequence,
    )


def four_addresses(
    frame: EthernetFrame, receiver: MacAddress, transmitter: MacAddress, sequence: int
) -> Header:
    """Make the header of a frame that is relayed with four addresses."""
    return Header(
        TYPE_DATA,
        DATA,
        to_ds=True,
        from_ds=True,
        a1=receiver,
        a2=transmitter,
        a3=frame.destination,
        sequence=sequence,
        a4=frame.source,
    )


def sealed(header: Header, body: bytes, key: CipherKey | None) -> bytes:
    """Encode a data frame, encrypted when there is a key."""
    if key is None:
        return header.encode() + body
    return key.seal(protect(header), body)


def protect(header: Header) -> Header:
    """Give the same header with the Protected bit."""
    return Header(
        header.type,
        header.subtype,
        to_ds=header.to_ds,
        from_ds=header.from_ds,
        protected=True,
        more_data=header.more_data,
        a1=header.a1,
        a2=header.a2,
        a3=header.a3,
        sequence=header.sequence,
        a4=header.a4,
    )


def opened(frame: Data, key: CipherKey | None) -> tuple[bytes | None, str]:
    """Give a data frame's plain body, or None and why it is dropped.

    `key`: what a protected frame is decrypted with.
    """
    if frame.header.more_fragments or frame.header.fragment:
        return None, "fragment"
    if not frame.header.protected:
        return frame.body, ""
    if key is None:
        return None, "no key"
    try:
        return key.open(frame), ""
    except (PeerViolation, WireError) as error:
        return None, type(error).__name__
