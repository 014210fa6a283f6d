"""Messages that get lost on the way from or to one of our own devices.

The frame is on the air when it is the receiver that is ours: the receiver's machine is not told of
it. When only the sender is ours its radio does not get to send it.
"""

from __future__ import annotations

from harness.base.address import MacAddress
from harness.base.errors import Unsupported, WireError
from harness.base.seam import Command, TransmitEapol
from harness.base.seam_events import EapolReceived, LinkMeasurement, PeerCounters, RadioEvent
from harness.lab.devices.airproof import AirproofAccessPoint, AirproofStation
from harness.lab.devices.interface import Device
from harness.radio.interface import Radio
from harness.wire.eap import EapPacket, OpCode, WscPacket
from harness.wire.eapol import EAPOL_EAP, EapolFrame
from harness.wire.wsc.messages import MESSAGES, message_type

OUR_KINDS = (AirproofAccessPoint, AirproofStation)


class LossyRadio:
    """A radio that keeps WSC messages of one kind to itself, as often as it was told.

    `received`, `sent`: how many it still is to lose of each direction.
    """

    def __init__(self, radio: Radio, kind: type, *, received: int = 0, sent: int = 0) -> None:
        self._radio = radio
        self._kind = kind
        self._received = received
        self._sent = sent

    @property
    def node(self) -> str:
        return self._radio.node

    @property
    def interface(self) -> str:
        return self._radio.interface

    @property
    def address(self) -> MacAddress:
        return self._radio.address

    @property
    def frequencies(self) -> tuple[int, ...]:
        return self._radio.frequencies

    @property
    def rekeys_safely(self) -> bool:
        return self._radio.rekeys_safely

    @property
    def protects_beacons(self) -> bool:
        return self._radio.protects_beacons

    @property
    def protects_own_beacons(self) -> bool:
        return self._radio.protects_own_beacons

    def perform(self, command: Command) -> None:
        if self._sent and isinstance(command, TransmitEapol) and self._meant(command.payload):
            self._sent -= 1
            return
        self._radio.perform(command)

    def poll(self) -> list[tuple[float, RadioEvent]]:
        return [each for each in self._radio.poll() if not self._loses(each[1])]

    def peer_counters(self, interface: str, peer: MacAddress) -> PeerCounters | None:
        return self._radio.peer_counters(interface, peer)

    def measure(self, bssid: MacAddress) -> LinkMeasurement | None:
        return self._radio.measure(bssid)

    def max_power(self, frequency: int) -> int | None:
        return self._radio.max_power(frequency)

    def close(self) -> None:
        self._radio.close()

    def _loses(self, event: RadioEvent) -> bool:
        if not self._received or not isinstance(event, EapolReceived):
            return False
        meant = self._meant(event.payload)
        self._received -= meant
        return meant

    def _meant(self, payload: bytes) -> bool:
        return wsc_kind(payload) is self._kind


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
        receiver.put_before_radio(lambda radio: LossyRadio(radio, kind, received=times))
    elif isinstance(sender, OUR_KINDS):
        sender.put_before_radio(lambda radio: LossyRadio(radio, kind, sent=times))
    else:
        raise Unsupported(
            "frames get lost on request only on their way from or to a device of ours"
        )
