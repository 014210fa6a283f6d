"""EAP packets (RFC 3748) and the EAP-WSC method's header inside them (wsc-protocol §5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from harness.base.errors import BadLength, BadValue, Truncated


class EapCode(IntEnum):
    """RFC 3748, 4."""

    REQUEST = 1
    RESPONSE = 2
    SUCCESS = 3
    FAILURE = 4


class EapType(IntEnum):
    """The method types that enrolment meets (RFC 3748, 5)."""

    IDENTITY = 1
    NOTIFICATION = 2
    NAK = 3
    EXPANDED = 254


VENDOR_WFA = 0x00372A
VENDOR_TYPE_WSC = 1
WSC_ENROLLEE = b"WFA-SimpleConfig-Enrollee-1-0"
WSC_REGISTRAR = b"WFA-SimpleConfig-Registrar-1-0"

_REQUEST_OR_RESPONSE = (EapCode.REQUEST, EapCode.RESPONSE)


@dataclass(frozen=True, slots=True)
class EapPacket:
    """One EAP packet.

    `type` is None for Success and Failure. `vendor` and `vendor_type` are those of the expanded
    type 254, else None. `data`: the method's octets.
    """

    code: int
    identifier: int
    type: int | None = None
    data: bytes = b""
    vendor: int | None = None
    vendor_type: int | None = None

    @property
    def is_wsc(self) -> bool:
        """True when the method is EAP-WSC."""
        return self.vendor == VENDOR_WFA and self.vendor_type == VENDOR_TYPE_WSC

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Read one packet; octets beyond its Length are padding of the link and dropped.

        Raises `WireError` when the octets end early or the Length can't be.
        """
        if len(octets) < 4:
            raise Truncated("EAP header", offset=len(octets), clause="RFC 3748 4")
        code, identifier = octets[0], octets[1]
        length = int.from_bytes(octets[2:4], "big")
        if length < 4:
            raise BadLength(f"EAP length {length}", offset=2, clause="RFC 3748 4")
        if length > len(octets):
            raise Truncated("EAP packet", offset=len(octets), clause="RFC 3748 4")
        if code not in _REQUEST_OR_RESPONSE:
            return cls(code, identifier, None, octets[4:length])
        if length < 5:
            raise Truncated("EAP type", offset=4, clause="RFC 3748 4.1")
        if octets[4] != EapType.EXPANDED:
            return cls(code, identifier, octets[4], octets[5:length])
        if length < 12:
            raise Truncated("EAP expanded type", offset=length, clause="RFC 3748 5.7")
        vendor = int.from_bytes(octets[5:8], "big")
        vendor_type = int.from_bytes(octets[8:12], "big")
        return cls(code, identifier, EapType.EXPANDED, octets[12:length], vendor, vendor_type)

    def encode(self) -> bytes:
        """Give the packet's octets."""
        body = b"" if self.type is None else bytes((self.type,))
        if self.vendor is not None and self.vendor_type is not None:
            body += self.vendor.to_bytes(3, "big") + self.vendor_type.to_bytes(4, "big")
        body += self.data
        return bytes((self.code, self.identifier)) + (4 + len(body)).to_bytes(2, "big") + body


def wsc_packet(code: int, identifier: int, data: bytes) -> EapPacket:
    """Make a packet of the method EAP-WSC."""
    return EapPacket(code, identifier, EapType.EXPANDED, data, VENDOR_WFA, VENDOR_TYPE_WSC)


class OpCode(IntEnum):
    """What an EAP-WSC packet is for."""

    START = 1
    ACK = 2
    NACK = 3
    MSG = 4
    DONE = 5
    FRAG_ACK = 6


MORE_FRAGMENTS = 0x01
LENGTH_FIELD = 0x02


@dataclass(frozen=True, slots=True)
class WscPacket:
    """The data of an EAP-WSC packet. `message_length`: of the whole message, if it is there."""

    op_code: int
    flags: int = 0
    message_length: int | None = None
    data: bytes = b""

    @property
    def more_fragments(self) -> bool:
        return bool(self.flags & MORE_FRAGMENTS)

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Read what follows the expanded type.

        Raises `Truncated` for fewer than 2 octets or a missing Message Length, and `BadValue` for
        a Message Length smaller than the data that is here.
        """
        if len(octets) < 2:
            raise Truncated("EAP-WSC header", offset=len(octets), clause="WSC 2.0: EAP-WSC")
        op_code, flags = octets[0], octets[1]
        if not flags & LENGTH_FIELD:
            return cls(op_code, flags, None, octets[2:])
        if len(octets) < 4:
            raise Truncated("Message Length", offset=len(octets), clause="WSC 2.0: EAP-WSC")
        message_length = int.from_bytes(octets[2:4], "big")
        if message_length < len(octets) - 4:
            raise BadValue(
                f"Message Length {message_length} of {len(octets) - 4} octets",
                offset=2,
                clause="WSC 2.0: EAP-WSC",
            )
        return cls(op_code, flags, message_length, octets[4:])

    def encode(self) -> bytes:
        """Give the octets that follow the expanded type. The flags are taken as they are."""
        head = bytes((self.op_code, self.flags))
        if self.message_length is not None:
            head += self.message_length.to_bytes(2, "big")
        return head + self.data


def fragments(op_code: int, message: bytes, limit: int) -> tuple[WscPacket, ...]:
    """Cut a message so that no packet exceeds `limit` octets from its Op-Code on (at least 5).

    The first of several carries the Message Length, all but the last More Fragments.
    """
    if limit < 5:
        raise ValueError(f"a fragment of {limit} octets carries nothing")
    if len(message) + 2 <= limit:
        return (WscPacket(op_code, 0, None, message),)
    first = WscPacket(
        op_code, MORE_FRAGMENTS | LENGTH_FIELD, len(message), message[: limit - 4]
    )
    packets = [first]
    for start in range(limit - 4, len(message), limit - 2):
        stop = start + limit - 2
        flags = MORE_FRAGMENTS if stop < len(message) else 0
        packets.append(WscPacket(op_code, flags, None, message[start:stop]))
    return tuple(packets)
