"""What EAP peer and server share: inputs, outputs, events, and the reassembly of fragments."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from harness.base.event import declare
from harness.proto.machine import LocalInput, Output, Outputs, PeerInput
from harness.wire.eap import LENGTH_FIELD, EapPacket, OpCode, WscPacket

METHOD_PROPOSED = declare("eap.method.proposed", "an EAP method was proposed; vendor and method")
METHOD_UNFIT = declare("eap.method.unfit", "the EAP peer can't take the method up as it was told")
METHOD_SELECTED = declare("eap.method.selected", "the EAP peer took the method up")
PACKET_RETRANSMITTED = declare("eap.packet.retransmitted", "an EAP packet was sent once more")
PACKET_GIVEN_UP = declare("eap.packet.given-up", "an EAP packet was sent in vain to the end")
PEER_STARTED = declare("eap.peer.started", "an EAP run began at the peer")
PEER_FAILED = declare("eap.peer.failed", "the EAP peer got EAP-Failure or gave up")
PEER_TIMED_OUT = declare("eap.peer.timed-out", "the EAP peer waited too long for a Request")
SERVER_STARTED = declare("eap.server.started", "the EAP server began, or began again")
SERVER_FAILED = declare("eap.server.failed", "the EAP server sent EAP-Failure")
SERVER_TIMED_OUT = declare("eap.server.timed-out", "no Response to any transmission of a Request")

VENDOR_WSC = 14122
LONGEST_MESSAGE = 50000
MOST_ROUNDS = 100
CLAUSE = "WSC 2.0: EAP-WSC"


class WscMethod(Protocol):
    """An `Enrollee` or a `Registrar`, as EAP sees it."""

    @property
    def state(self) -> Enum: ...

    def step(self, given: PeerInput | LocalInput, now: float) -> Outputs: ...


@dataclass(frozen=True, slots=True)
class EapReceived(PeerInput):
    """An EAP packet came: the body of an EAPOL frame of type EAP."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class EapFinished(Output):
    """EAP is over. `success`: the registration's; EAP itself ends in Failure even then.

    `timed_out`: the other side fell silent.
    """

    success: bool
    timed_out: bool = False


# ---- what an EAP-WSC packet can be --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PacketCame(PeerInput):
    """Base of a packet that was read; tables name its subclasses."""

    packet: EapPacket


@dataclass(frozen=True, slots=True)
class WscCame(PacketCame):
    """Base of an EAP-WSC packet."""

    wsc: WscPacket


class StartCame(WscCame):
    """WSC_Start."""


class FragmentCame(WscCame):
    """A part of a message with more to come."""


class MessageCame(WscCame):
    """A message, or its last part."""


class FragAckCame(WscCame):
    """WSC_FRAG_ACK."""


class StrangeCame(WscCame):
    """An Op-Code that has no meaning."""


_MESSAGES = (OpCode.MSG, OpCode.ACK, OpCode.NACK, OpCode.DONE)


def classify_wsc(packet: EapPacket) -> PacketCame:
    """Read an EAP-WSC packet into the input that the tables name. Raises `WireError`."""
    wsc = WscPacket.decode(packet.data)
    if wsc.op_code in _MESSAGES:
        return FragmentCame(packet, wsc) if wsc.more_fragments else MessageCame(packet, wsc)
    if wsc.op_code == OpCode.START:
        return StartCame(packet, wsc)
    if wsc.op_code == OpCode.FRAG_ACK:
        return FragAckCame(packet, wsc)
    return StrangeCame(packet, wsc)


@dataclass(slots=True)
class Reassembly:
    """A message of which parts are still to come."""

    op_code: int
    announced: int
    octets: bytearray = field(default_factory=bytearray)

    @classmethod
    def begin(cls, wsc: WscPacket) -> Reassembly | str:
        """Take the first part; gives the reason as text if it can't be one."""
        if not wsc.flags & LENGTH_FIELD or wsc.message_length is None:
            return "first fragment without Message Length"
        if wsc.message_length > LONGEST_MESSAGE:
            return f"Message Length {wsc.message_length}"
        begun = cls(wsc.op_code, wsc.message_length)
        begun.octets += wsc.data
        return begun

    def add(self, wsc: WscPacket) -> str | None:
        """Take a further part; gives the reason as text if it does not belong, None if it does."""
        if wsc.op_code != self.op_code:
            return f"fragment under Op-Code {wsc.op_code} instead of {self.op_code}"
        length = len(self.octets) + len(wsc.data)
        if length > self.announced:
            return f"fragments of {length} octets, {self.announced} were announced"
        if not wsc.more_fragments and length < self.announced:
            return f"fragments of {length} octets, {self.announced} were announced"
        self.octets += wsc.data
        return None
