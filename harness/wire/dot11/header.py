"""The header of an IEEE 802.11 frame (9.2) and the numbers of its types and subtypes."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from harness.base.address import MacAddress
from harness.base.errors import BadValue, Truncated

TYPE_MANAGEMENT: Final = 0
TYPE_CONTROL: Final = 1
TYPE_DATA: Final = 2

ASSOCIATION_REQUEST: Final = 0
ASSOCIATION_RESPONSE: Final = 1
REASSOCIATION_REQUEST: Final = 2
REASSOCIATION_RESPONSE: Final = 3
PROBE_REQUEST: Final = 4
PROBE_RESPONSE: Final = 5
BEACON: Final = 8
DISASSOCIATION: Final = 10
AUTHENTICATION: Final = 11
DEAUTHENTICATION: Final = 12
ACTION: Final = 13
ACTION_NO_ACK: Final = 14

BLOCK_ACK_REQUEST: Final = 8
BLOCK_ACK: Final = 9
PS_POLL: Final = 10
RTS: Final = 11
CTS: Final = 12
ACK: Final = 13

DATA: Final = 0
NULL: Final = 4
QOS_DATA: Final = 8
QOS_NULL: Final = 12

TO_DS: Final = 0x0100
FROM_DS: Final = 0x0200
MORE_FRAGMENTS: Final = 0x0400
RETRY: Final = 0x0800
POWER_MANAGEMENT: Final = 0x1000
MORE_DATA: Final = 0x2000
PROTECTED: Final = 0x4000
ORDER: Final = 0x8000

_LONG = struct.Struct("<HH6s6s6sH")
_SHORT = struct.Struct("<HH6s")
_WORD = struct.Struct("<H")
_CONTROL_WITH_TA = frozenset((BLOCK_ACK_REQUEST, BLOCK_ACK, PS_POLL, RTS))

_address = lru_cache(maxsize=4096)(MacAddress)


@dataclass(frozen=True)
class Header:
    """A frame's header. `a1` to `a4`: the addresses by position; None where there is none.

    `duration`: the Duration/ID field as it is. `qos`: the QoS Control field of a QoS data frame.
    `ht_control`: the 4 octets of the HT Control field of a frame with the +HTC (Order) bit.
    """

    type: int
    subtype: int
    to_ds: bool = False
    from_ds: bool = False
    retry: bool = False
    protected: bool = False
    more_data: bool = False
    power_management: bool = False
    order: bool = False
    duration: int = 0
    a1: MacAddress | None = None
    a2: MacAddress | None = None
    a3: MacAddress | None = None
    sequence: int = 0
    fragment: int = 0
    a4: MacAddress | None = None
    qos: int | None = None
    more_fragments: bool = False
    ht_control: bytes | None = None

    @property
    def receiver(self) -> MacAddress | None:
        return self.a1

    @property
    def transmitter(self) -> MacAddress | None:
        return self.a2

    @property
    def destination(self) -> MacAddress | None:
        """Where the frame ends (9.3.2.1, Table 9-30): Address 3 on the way to the DS, else 1."""
        return self.a3 if self.to_ds else self.a1

    @property
    def source(self) -> MacAddress | None:
        """Where the frame began: Address 4, 3 or 2 by the To DS and From DS bits."""
        if self.from_ds:
            return self.a4 if self.to_ds else self.a3
        return self.a2

    @property
    def bssid(self) -> MacAddress | None:
        """The BSSID, or None in a four-address frame, which names none."""
        if self.to_ds:
            return None if self.from_ds else self.a1
        return self.a2 if self.from_ds else self.a3

    @property
    def is_group(self) -> bool:
        """True when the receiver address is a group address."""
        return self.a1 is not None and bool(self.a1[0] & 1)

    @property
    def frame_control(self) -> int:
        """The Frame Control field as a number, least significant octet first on the air."""
        return (
            self.type << 2
            | self.subtype << 4
            | (TO_DS if self.to_ds else 0)
            | (FROM_DS if self.from_ds else 0)
            | (MORE_FRAGMENTS if self.more_fragments else 0)
            | (RETRY if self.retry else 0)
            | (POWER_MANAGEMENT if self.power_management else 0)
            | (MORE_DATA if self.more_data else 0)
            | (PROTECTED if self.protected else 0)
            | (ORDER if self.order else 0)
        )

    def encode(self) -> bytes:
        control, first = self.frame_control, self.a1 or b""
        if self.type == TYPE_CONTROL:
            octets = _SHORT.pack(control, self.duration, first)
            return octets + self.a2 if self.a2 is not None else octets
        octets = _LONG.pack(
            control,
            self.duration,
            first,
            self.a2 or b"",
            self.a3 or b"",
            self.sequence << 4 | self.fragment,
        )
        if self.a4 is not None:
            octets += self.a4
        if self.qos is not None:
            octets += _WORD.pack(self.qos)
        if self.ht_control is not None:
            octets += self.ht_control
        return octets


def decode_header(octets: bytes) -> tuple[Header, int]:
    """Read a header; returns it and its size in octets.

    Raises `Truncated`, and `BadValue` for a protocol version that is not 0 (9.2.4.1.2) or a type
    of frame whose header is unknown (3, Extension).
    """
    if len(octets) < 10:
        raise Truncated("a frame has at least 10 octets", offset=len(octets), clause="9.3.1.3")
    control = octets[0] | octets[1] << 8
    if control & 3:
        raise BadValue(f"protocol version {control & 3}", clause="9.2.4.1.2")
    kind = control >> 2 & 3
    if kind == TYPE_CONTROL:
        return _decode_control(octets, control)
    if kind > TYPE_DATA:
        raise BadValue("an Extension frame", clause="9.2.4.1.3")
    return _decode_long(octets, control)


def _decode_long(octets: bytes, control: int) -> tuple[Header, int]:
    if len(octets) < 24:
        raise Truncated("the header has 24 octets or more", offset=len(octets), clause="9.2.3")
    _, duration, first, second, third, sequence = _LONG.unpack_from(octets)
    fourth = qos = ht_control = None
    size = 24
    is_data = control & 0x0C == 0x08
    with_ht_control = control & ORDER
    if is_data:
        if control & 0x0300 == 0x0300:
            fourth = _address(_take(octets, size, 6))
            size += 6
        if control & 0x80:
            qos = int.from_bytes(_take(octets, size, 2), "little")
            size += 2
        else:
            with_ht_control = 0
    if with_ht_control:
        ht_control = _take(octets, size, 4)
        size += 4
    # A frozen dataclass sets each field by a call of its own: most of the time that a frame's
    # decoding would take. Here the fields go in at once.
    header = Header.__new__(Header)
    header.__dict__.update(
        type=control >> 2 & 3,
        subtype=control >> 4 & 15,
        to_ds=control & TO_DS != 0,
        from_ds=control & FROM_DS != 0,
        retry=control & RETRY != 0,
        protected=control & PROTECTED != 0,
        more_data=control & MORE_DATA != 0,
        power_management=control & POWER_MANAGEMENT != 0,
        order=control & ORDER != 0,
        duration=duration,
        a1=_address(first),
        a2=_address(second),
        a3=_address(third),
        sequence=sequence >> 4,
        fragment=sequence & 15,
        a4=fourth,
        qos=qos,
        more_fragments=control & MORE_FRAGMENTS != 0,
        ht_control=ht_control,
    )
    return header, size


def _decode_control(octets: bytes, control: int) -> tuple[Header, int]:
    second, size = None, 10
    if control >> 4 & 15 in _CONTROL_WITH_TA:
        second = _address(_take(octets, 10, 6))
        size = 16
    header = Header(
        TYPE_CONTROL,
        control >> 4 & 15,
        to_ds=control & TO_DS != 0,
        from_ds=control & FROM_DS != 0,
        more_fragments=control & MORE_FRAGMENTS != 0,
        retry=control & RETRY != 0,
        power_management=control & POWER_MANAGEMENT != 0,
        more_data=control & MORE_DATA != 0,
        protected=control & PROTECTED != 0,
        order=control & ORDER != 0,
        duration=octets[2] | octets[3] << 8,
        a1=_address(octets[4:10]),
        a2=second,
    )
    return header, size


def _take(octets: bytes, offset: int, count: int) -> bytes:
    taken = octets[offset : offset + count]
    if len(taken) < count:
        raise Truncated("the header ends too early", offset=len(octets), clause="9.2.3")
    return taken


def management_header(
    subtype: int, *, destination: MacAddress, source: MacAddress, bssid: MacAddress
) -> Header:
    """Make the header of a management frame; the radio fills in the sequence number."""
    return Header(TYPE_MANAGEMENT, subtype, a1=destination, a2=source, a3=bssid)
