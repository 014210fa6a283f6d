"""A recorded enrolment of wpa_supplicant with hostapd, taken apart down to WSC messages."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.wire.dot11.elements import Elements
from harness.wire.dot11.frames import Frame, decode_frame
from harness.wire.eap import EapCode, EapPacket, OpCode, WscPacket
from harness.wire.wsc.messages import Message, decode_message

DATA = Path(__file__).parent.parent / "data" / "wsc"
SUCCESSFUL = ("pbc-backhaul", "pbc", "pin", "pbc-fragmented")
KEYED = (*SUCCESSFUL, "pin-first-half-wrong", "pin-second-half-wrong")
NAMES = (*KEYED, "pin-unknown")
REGISTRARS = (
    "reg-learn",
    "reg-configure",
    "reg-open",
    "reg-first-half-wrong",
    "reg-second-half-wrong",
    "reg-locked",
    "reg-disabled",
    "reg-fragmented",
)
"""wpa_supplicant is the Registrar, hostapd the Enrollee."""
_EAPOL = bytes.fromhex("aaaa03000000888e")
_MESSAGES = (OpCode.MSG, OpCode.ACK, OpCode.NACK, OpCode.DONE)


@dataclass(frozen=True)
class Said:
    """One WSC message, put together from its fragments."""

    from_ap: bool
    op_code: int
    message: Message


@dataclass
class Recording:
    """`packets`: EAP packets with their sender; `said`: WSC messages."""

    told: dict[str, Any]
    frames: list[Frame] = field(default_factory=list)
    packets: list[tuple[bool, bytes]] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    def message(self, name: str) -> Any:
        (found,) = [one.message for one in self.said if one.message.name == name]
        return found

    def elements(self, control: int) -> Elements:
        """Give the elements of the first management frame with this first octet."""
        return next(frame.elements for frame in self.frames if frame.octets[0] == control)


@functools.cache
def load(name: str) -> Recording:
    recording = Recording(json.loads((DATA / f"{name}.json").read_text()))
    parts = b""
    for one in recording.told["frames"]:
        octets = bytes.fromhex(one["octets"])
        frame = decode_frame(octets)
        recording.frames.append(frame)
        at = octets.find(_EAPOL)
        if at < 0 or octets[at + 9] != 0:
            continue
        size = int.from_bytes(octets[at + 10 : at + 12], "big")
        eap = octets[at + 12 : at + 12 + size]
        packet = EapPacket.decode(eap)
        from_ap = packet.code != EapCode.RESPONSE
        recording.packets.append((from_ap, eap))
        if not packet.is_wsc:
            continue
        wsc = WscPacket.decode(packet.data)
        if wsc.op_code in _MESSAGES:
            parts += wsc.data
            if not wsc.more_fragments:
                message = decode_message(parts)
                recording.said.append(Said(from_ap, wsc.op_code, message))
                parts = b""
    return recording
