"""Messages that get lost on the way from or to one of our own devices.

The frame is on the air when it is the receiver that is ours: the receiver's machine is not told of
it. When only the sender is ours its radio does not get to send it.
"""

from __future__ import annotations

from harness.base.errors import Unsupported, WireError
from harness.base.seam import Command, TransmitEapol
from harness.base.seam_events import EapolReceived, RadioEvent
from harness.lab.devices.airproof import AirproofAccessPoint, AirproofStation
from harness.lab.devices.interface import Device
from harness.lab.edited_radio import EditedRadio
from harness.radio.interface import Radio
from harness.wire.eap import EapPacket, OpCode, WscPacket
from harness.wire.eapol import EAPOL_EAP, EapolFrame
from harness.wire.wsc.messages import MESSAGES, message_type

OUR_KINDS = (AirproofAccessPoint, AirproofStation)


class Loss:
    """Keeps WSC messages of one kind from going on, as often as it was told.

    `received`, `sent`: how many it still is to lose of each direction.
    """

    def __init__(self, kind: type, *, received: int = 0, sent: int = 0) -> None:
        self._kind = kind
        self._received = received
        self._sent = sent

    def before(self, radio: Radio) -> Radio:
        """The radio with this in front of it."""
        return EditedRadio(radio, self._send, self._hear)

    def _send(self, command: Command) -> tuple[Command, ...]:
        if not self._sent or not isinstance(command, TransmitEapol):
            return (command,)
        meant = wsc_kind(command.payload) is self._kind
        self._sent -= meant
        return () if meant else (command,)

    def _hear(self, event: RadioEvent) -> RadioEvent | None:
        if not self._received or not isinstance(event, EapolReceived):
            return event
        meant = wsc_kind(event.payload) is self._kind
        self._received -= meant
        return None if meant else event


def wsc_kind(payload: bytes) -> type | None:
    """Give the class of the WSC message in an EAPOL frame, None where there is none.

    Of a fragmented message only the first fragment tells.
    """
    try:
        frame = EapolFrame.decode(payload)
        packet = EapPacket.decode(frame.body) if frame.type == EAPOL_EAP else None
        if packet is None or not packet.is_wsc:
            return None
        wsc = WscPacket.decode(packet.data)
    except WireError:
        return None
    if wsc.op_code == OpCode.FRAG_ACK:
        return None
    kind = message_type(wsc.data)
    return None if kind is None else MESSAGES.get(kind)


def lose(kind: type, sender: Device, receiver: Device, times: int) -> None:
    """Let `times` messages of a kind get lost. Raises `Unsupported` when neither end is ours."""
    if isinstance(receiver, OUR_KINDS):
        receiver.put_before_radio(Loss(kind, received=times).before)
    elif isinstance(sender, OUR_KINDS):
        sender.put_before_radio(Loss(kind, sent=times).before)
    else:
        raise Unsupported(
            "frames get lost on request only on their way from or to a device of ours"
        )
