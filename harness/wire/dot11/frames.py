"""IEEE 802.11 frames (9.3) as typed values.

`decode_frame` reads any frame. A management frame's elements are split when they are asked for.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

from harness.base.address import MacAddress
from harness.base.errors import Truncated
from harness.wire.dot11 import header as numbers
from harness.wire.dot11.elements import Elements
from harness.wire.dot11.header import Header, decode_header, management_header

__all__ = [
    "BRIDGE_TUNNEL",
    "CAPABILITY_ESS",
    "CAPABILITY_PRIVACY",
    "CAPABILITY_SHORT_PREAMBLE",
    "CAPABILITY_SHORT_SLOT",
    "LLC_SNAP",
    "Action",
    "AssociationRequest",
    "AssociationResponse",
    "Authentication",
    "Beacon",
    "Control",
    "Data",
    "Deauthentication",
    "Disassociation",
    "Frame",
    "Header",
    "ProbeRequest",
    "ProbeResponse",
    "ProtectedManagement",
    "ReassociationRequest",
    "ReassociationResponse",
    "Unknown",
    "decode_frame",
    "management_header",
]

LLC_SNAP: Final = bytes.fromhex("aaaa03000000")
"""What precedes the EtherType in an unencrypted data frame's body (RFC 1042)."""
BRIDGE_TUNNEL: Final = bytes.fromhex("aaaa030000f8")
"""The same for the protocols of IEEE 802.1H's selective translation table."""

CAPABILITY_ESS: Final = 0x0001
CAPABILITY_PRIVACY: Final = 0x0010
CAPABILITY_SHORT_PREAMBLE: Final = 0x0020
CAPABILITY_SHORT_SLOT: Final = 0x0400

_AID_TOP_BITS = 0xC000
_QOS_A_MSDU = 0x0080

_BEACON = struct.Struct("<QHH")
_PAIR = struct.Struct("<HH")
_TRIPLE = struct.Struct("<HHH")
_REASSOCIATION = struct.Struct("<HH6s")


@dataclass(frozen=True, slots=True)
class Beacon:
    """A Beacon. `timestamp`: the TSF in µs. `beacon_interval`: in TU of 1024 µs."""

    header: Header
    timestamp: int
    beacon_interval: int
    capability: int
    elements: Elements
    octets: bytes = field(default=b"", compare=False, repr=False)

    def encode(self) -> bytes:
        fixed = _BEACON.pack(self.timestamp, self.beacon_interval, self.capability)
        return self.header.encode() + fixed + self.elements.octets


@dataclass(frozen=True, slots=True)
class ProbeResponse:
    """A Probe Response. `timestamp`: the TSF in µs. `beacon_interval`: in TU of 1024 µs."""

    header: Header
    timestamp: int
    beacon_interval: int
    capability: int
    elements: Elements
    octets: bytes = field(default=b"", compare=False, repr=False)

    def encode(self) -> bytes:
        fixed = _BEACON.pack(self.timestamp, self.beacon_interval, self.capability)
        return self.header.encode() + fixed + self.elements.octets


@dataclass(frozen=True, slots=True)
class ProbeRequest:
    """A Probe Request: elements only."""

    header: Header
    elements: Elements
    octets: bytes = field(default=b"", compare=False, repr=False)

    def encode(self) -> bytes:
        return self.header.encode() + self.elements.octets


@dataclass(frozen=True, slots=True)
class AssociationRequest:
    """An Association Request. `listen_interval`: in beacon intervals."""

    header: Header
    capability: int
    listen_interval: int
    elements: Elements
    octets: bytes = field(default=b"", compare=False, repr=False)

    def encode(self) -> bytes:
        fixed = _PAIR.pack(self.capability, self.listen_interval)
        return self.header.encode() + fixed + self.elements.octets


@dataclass(frozen=True, slots=True)
class ReassociationRequest:
    """A Reassociation Request. `current_ap`: the AP that the station comes from."""

    header: Header
    capability: int
    listen_interval: int
    current_ap: MacAddress
    elements: Elements
    octets: bytes = field(default=b"", compare=False, repr=False)

    def encode(self) -> bytes:
        fixed = _REASSOCIATION.pack(self.capability, self.listen_interval, self.current_ap)
        return self.header.encode() + fixed + self.elements.octets


@dataclass(frozen=True, slots=True)
class AssociationResponse:
    """An Association Response. `aid`: without the two top bits, set on the air (9.4.1.8)."""

    header: Header
    capability: int
    status: int
    aid: int
    elements: Elements
    octets: bytes = field(default=b"", compare=False, repr=False)

    def encode(self) -> bytes:
        fixed = _TRIPLE.pack(self.capability, self.status, self.aid | _AID_TOP_BITS)
        return self.header.encode() + fixed + self.elements.octets


@dataclass(frozen=True, slots=True)
class ReassociationResponse:
    """A Reassociation Response: an Association Response by another subtype."""

    header: Header
    capability: int
    status: int
    aid: int
    elements: Elements
    octets: bytes = field(default=b"", compare=False, repr=False)

    def encode(self) -> bytes:
        fixed = _TRIPLE.pack(self.capability, self.status, self.aid | _AID_TOP_BITS)
        return self.header.encode() + fixed + self.elements.octets


@dataclass(frozen=True, slots=True)
class Authentication:
    """An Authentication frame. `body`: what follows the status."""

    header: Header
    algorithm: int
    transaction: int
    status: int
    body: bytes = b""
    octets: bytes = field(default=b"", compare=False, repr=False)

    @property
    def elements(self) -> Elements:
        """`body` as elements: right for Open System and Shared Key, not for SAE."""
        return Elements(self.body)

    def encode(self) -> bytes:
        fixed = _TRIPLE.pack(self.algorithm, self.transaction, self.status)
        return self.header.encode() + fixed + self.body


@dataclass(frozen=True, slots=True)
class Deauthentication:
    """A Deauthentication frame. `reason`: 9.4.1.7."""

    header: Header
    reason: int
    elements: Elements = field(default_factory=Elements)
    octets: bytes = field(default=b"", compare=False, repr=False)

    def encode(self) -> bytes:
        return self.header.encode() + self.reason.to_bytes(2, "little") + self.elements.octets


@dataclass(frozen=True, slots=True)
class Disassociation:
    """A Disassociation frame. `reason`: 9.4.1.7."""

    header: Header
    reason: int
    elements: Elements = field(default_factory=Elements)
    octets: bytes = field(default=b"", compare=False, repr=False)

    def encode(self) -> bytes:
        return self.header.encode() + self.reason.to_bytes(2, "little") + self.elements.octets


@dataclass(frozen=True, slots=True)
class Action:
    """An Action (or Action No Ack) frame. `body`: what follows the category."""

    header: Header
    category: int
    body: bytes
    octets: bytes = field(default=b"", compare=False, repr=False)

    def encode(self) -> bytes:
        return self.header.encode() + bytes((self.category,)) + self.body


@dataclass(frozen=True, slots=True)
class ProtectedManagement:
    """A management frame with the Protected bit: `body` is encrypted, or a Shared Key response."""

    header: Header
    body: bytes
    octets: bytes = field(default=b"", compare=False, repr=False)

    def encode(self) -> bytes:
        return self.header.encode() + self.body


@dataclass(frozen=True, slots=True)
class Data:
    """A data frame. `body`: what follows the header; encrypted when `header.protected`."""

    header: Header
    body: bytes
    octets: bytes = field(default=b"", compare=False, repr=False)

    @property
    def ethertype(self) -> int | None:
        """The EtherType; None when encrypted, empty, an A-MSDU, or without a SNAP header."""
        header, body = self.header, self.body
        if header.protected or len(body) < 8 or body[:6] not in (LLC_SNAP, BRIDGE_TUNNEL):
            return None
        if header.qos is not None and header.qos & _QOS_A_MSDU:
            return None
        return body[6] << 8 | body[7]

    @property
    def payload(self) -> bytes:
        """What follows the EtherType; the whole body when `ethertype` is None."""
        return self.body if self.ethertype is None else self.body[8:]

    def encode(self) -> bytes:
        return self.header.encode() + self.body


@dataclass(frozen=True, slots=True)
class Control:
    """A control frame. `body`: what follows the addresses."""

    header: Header
    body: bytes = b""
    octets: bytes = field(default=b"", compare=False, repr=False)

    def encode(self) -> bytes:
        return self.header.encode() + self.body


@dataclass(frozen=True, slots=True)
class Unknown:
    """A management frame of a subtype that has no class here."""

    header: Header
    body: bytes
    octets: bytes = field(default=b"", compare=False, repr=False)

    def encode(self) -> bytes:
        return self.header.encode() + self.body


Frame: TypeAlias = (
    Beacon
    | ProbeResponse
    | ProbeRequest
    | AssociationRequest
    | AssociationResponse
    | ReassociationRequest
    | ReassociationResponse
    | Authentication
    | Deauthentication
    | Disassociation
    | Action
    | ProtectedManagement
    | Data
    | Control
    | Unknown
)


def decode_frame(octets: bytes) -> Frame:
    """Read a frame, from Frame Control to the end of the body, without FCS.

    Raises `WireError`. Elements are not looked at: a broken one shows when it is asked for. The
    same octets give the same value: on one air a frame passes several readers, and is read once.
    """
    return _decode(octets)


@lru_cache(maxsize=1024)
def _decode(octets: bytes) -> Frame:
    header, size = decode_header(octets)
    if header.type == numbers.TYPE_DATA:
        return Data(header, octets[size:], octets)
    if header.type == numbers.TYPE_CONTROL:
        return Control(header, octets[size:], octets)
    if header.protected:
        return ProtectedManagement(header, octets[size:], octets)
    decode = _MANAGEMENT.get(header.subtype)
    if decode is None:
        return Unknown(header, octets[size:], octets)
    try:
        return decode(header, octets, size)
    except (struct.error, IndexError):
        raise Truncated(
            f"the fixed fields of subtype {header.subtype} end too early",
            offset=len(octets),
            clause="9.3.3",
        ) from None


def _beacon(header: Header, octets: bytes, at: int) -> Beacon:
    timestamp, interval, capability = _BEACON.unpack_from(octets, at)
    return Beacon(header, timestamp, interval, capability, Elements(octets[at + 12 :]), octets)


def _probe_response(header: Header, octets: bytes, at: int) -> ProbeResponse:
    timestamp, interval, capability = _BEACON.unpack_from(octets, at)
    elements = Elements(octets[at + 12 :])
    return ProbeResponse(header, timestamp, interval, capability, elements, octets)


def _probe_request(header: Header, octets: bytes, at: int) -> ProbeRequest:
    return ProbeRequest(header, Elements(octets[at:]), octets)


def _association_request(header: Header, octets: bytes, at: int) -> AssociationRequest:
    capability, listen = _PAIR.unpack_from(octets, at)
    return AssociationRequest(header, capability, listen, Elements(octets[at + 4 :]), octets)


def _reassociation_request(header: Header, octets: bytes, at: int) -> ReassociationRequest:
    capability, listen, current = _REASSOCIATION.unpack_from(octets, at)
    elements = Elements(octets[at + 10 :])
    return ReassociationRequest(header, capability, listen, MacAddress(current), elements, octets)


def _association_response(header: Header, octets: bytes, at: int) -> AssociationResponse:
    capability, status, aid = _TRIPLE.unpack_from(octets, at)
    elements = Elements(octets[at + 6 :])
    return AssociationResponse(header, capability, status, aid & ~_AID_TOP_BITS, elements, octets)


def _reassociation_response(header: Header, octets: bytes, at: int) -> ReassociationResponse:
    capability, status, aid = _TRIPLE.unpack_from(octets, at)
    elements = Elements(octets[at + 6 :])
    return ReassociationResponse(header, capability, status, aid & ~_AID_TOP_BITS, elements, octets)


def _authentication(header: Header, octets: bytes, at: int) -> Authentication:
    algorithm, transaction, status = _TRIPLE.unpack_from(octets, at)
    return Authentication(header, algorithm, transaction, status, octets[at + 6 :], octets)


def _deauthentication(header: Header, octets: bytes, at: int) -> Deauthentication:
    reason = octets[at] | octets[at + 1] << 8
    return Deauthentication(header, reason, Elements(octets[at + 2 :]), octets)


def _disassociation(header: Header, octets: bytes, at: int) -> Disassociation:
    reason = octets[at] | octets[at + 1] << 8
    return Disassociation(header, reason, Elements(octets[at + 2 :]), octets)


def _action(header: Header, octets: bytes, at: int) -> Action:
    return Action(header, octets[at], octets[at + 1 :], octets)


_MANAGEMENT: dict[int, Callable[[Header, bytes, int], Frame]] = {
    numbers.ASSOCIATION_REQUEST: _association_request,
    numbers.ASSOCIATION_RESPONSE: _association_response,
    numbers.REASSOCIATION_REQUEST: _reassociation_request,
    numbers.REASSOCIATION_RESPONSE: _reassociation_response,
    numbers.PROBE_REQUEST: _probe_request,
    numbers.PROBE_RESPONSE: _probe_response,
    numbers.BEACON: _beacon,
    numbers.DISASSOCIATION: _disassociation,
    numbers.AUTHENTICATION: _authentication,
    numbers.DEAUTHENTICATION: _deauthentication,
    numbers.ACTION: _action,
    numbers.ACTION_NO_ACK: _action,
}
