"""The frames of an air, decoded once, layer by layer, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.base.address import MacAddress
from harness.base.errors import WireError
from harness.radio.interface import CapturedFrame
from harness.wire import eap, multi_ap
from harness.wire.dot11 import frames as dot11
from harness.wire.dot11.channel_switch import ChannelSwitch, decode_channel_switch
from harness.wire.dot11.elements import ELEMENT_RSNX, Elements, join_elements
from harness.wire.dot11.ethernet import ETHERTYPE_EAPOL
from harness.wire.eapol import EAPOL_EAP, EAPOL_KEY, EapolFrame
from harness.wire.eapol_key import EapolKey
from harness.wire.rsn import Rsne
from harness.wire.sae import offers_hash_to_element
from harness.wire.wsc import element as wsc_element
from harness.wire.wsc import messages as wsc_messages

_WSC_ELEMENT_DECODERS = {
    dot11.Beacon: wsc_element.decode_beacon,
    dot11.ProbeRequest: wsc_element.decode_probe_request,
    dot11.ProbeResponse: wsc_element.decode_probe_response,
    dot11.AssociationRequest: wsc_element.decode_association_request,
    dot11.ReassociationRequest: wsc_element.decode_association_request,
    dot11.AssociationResponse: wsc_element.decode_association_response,
    dot11.ReassociationResponse: wsc_element.decode_association_response,
}


class Malformed:
    """What stands in a frame's layers where the next one could not be decoded."""

    __slots__ = ("error",)

    def __init__(self, error: WireError) -> None:
        self.error = error


class Seen:
    """One frame of the air with what it carries.

    `index`: its place in the air's record, from 0. `t`: seconds on the world's clock. `layers`:
    the 802.11 frame first, then what it holds: EAPOL, EAP, a WSC message or an EAPOL-Key. A name
    that is none of its own is looked up in the layers, the innermost first.
    """

    __slots__ = ("captured", "frame", "index", "layers")

    def __init__(self, index: int, captured: CapturedFrame, layers: tuple[Any, ...]) -> None:
        self.index = index
        self.captured = captured
        self.layers = layers
        self.frame = layers[0]

    def __getattr__(self, name: str) -> Any:
        for layer in reversed(object.__getattribute__(self, "layers")):
            if hasattr(layer, name):
                return getattr(layer, name)
        raise AttributeError(f"{self.kind} has no {name!r}")

    @property
    def t(self) -> float:
        return self.captured.t

    @property
    def frequency(self) -> int:
        """The channel that it was on, in MHz."""
        return self.captured.frequency

    @property
    def kind(self) -> str:
        """The name of the innermost layer: `Beacon`, `EapolKey`, `M8`, …"""
        return type(self.layers[-1]).__name__

    @property
    def transmitter(self) -> MacAddress | None:
        return getattr(self._header, "transmitter", None)

    @property
    def receiver(self) -> MacAddress | None:
        return getattr(self._header, "receiver", None)

    @property
    def source(self) -> MacAddress | None:
        """Where the frame began, by the To DS and From DS bits."""
        return getattr(self._header, "source", None)

    @property
    def destination(self) -> MacAddress | None:
        """Where the frame ends, by the To DS and From DS bits."""
        return getattr(self._header, "destination", None)

    @property
    def addresses(self) -> int:
        """How many addresses a data frame uses: 4 with To DS and From DS set, else 3."""
        return 4 if self._header.to_ds and self._header.from_ds else 3

    @property
    def protected(self) -> bool:
        """Whether the frame is encrypted."""
        value: bool = self._header.protected
        return value

    @property
    def ssid(self) -> bytes | None:
        """The SSID element of a management frame."""
        value: bytes | None = self.frame.elements.ssid
        return value

    @property
    def multi_ap(self) -> multi_ap.MultiApElement | int | None:
        """The Multi-AP element of a management frame, the flags of M1; None without one."""
        if len(self.layers) > 1:
            flags: int | None = self.layers[-1].multi_ap
            return flags
        value = self.frame.elements.multi_ap
        return None if value is None else multi_ap.MultiApElement.decode(value)

    @property
    def ends_with_multi_ap(self) -> bool:
        """Whether the last element of a management frame is a Multi-AP element."""
        return Elements(join_elements(self.frame.elements.raw[-1:])).multi_ap is not None

    @property
    def channel_switch(self) -> ChannelSwitch | None:
        """What a Beacon or Probe Response announces; None when it announces no other channel."""
        return decode_channel_switch(self.frame.elements)

    @property
    def rsn(self) -> Rsne | None:
        """The RSN element of a management frame; None without one."""
        value = self.frame.elements.rsn
        return None if value is None else Rsne.decode(value)

    @property
    def hash_to_element(self) -> bool:
        """Whether the RSN extension element of a management frame offers SAE hash-to-element."""
        return offers_hash_to_element(self.frame.elements.get(ELEMENT_RSNX))

    @property
    def subtype(self) -> int:
        """The subtype of a frame, which is all that shows of a protected management frame."""
        value: int = self._header.subtype
        return value

    @property
    def wsc(self) -> Any:
        """The WSC element of a management frame, typed by the kind of frame; None without one."""
        value = self.frame.elements.wsc
        return None if value is None else _WSC_ELEMENT_DECODERS[type(self.frame)](value)

    @property
    def _header(self) -> Any:
        return getattr(self.frame, "header", None)


class Transcript:
    """Everything on an air so far, decoded as it is asked for.

    `names`: whose an address is, for the printed lines.
    """

    def __init__(
        self, frames: Sequence[CapturedFrame], names: Mapping[MacAddress, str]
    ) -> None:
        self._frames = frames
        self._names = names
        self._seen: list[Seen] = []
        self._fragments: dict[tuple[bytes | None, bytes | None], bytes] = {}

    def __len__(self) -> int:
        return len(self._frames)

    def since(self, index: int) -> Iterator[Seen]:
        """The frames from `index` on, as far as there are any."""
        end = len(self._frames)
        while len(self._seen) < end:
            position = len(self._seen)
            captured = self._frames[position]
            self._seen.append(Seen(position, captured, self._layers(captured.octets)))
        return iter(self._seen[index:end])

    def name(self, address: MacAddress | None) -> str:
        """Whose address this is, else its text."""
        if address is None:
            return "?"
        return self._names.get(address) or ("everyone" if address.is_group else str(address))

    def line(self, seen: Seen) -> str:
        """One line for one frame: number, time, who to whom, what."""
        way = f"{self.name(seen.transmitter)} → {self.name(seen.receiver)}"
        return f"#{seen.index:<5}{seen.t:12.6f}  {way:<28} {describe(seen)}"

    def excerpt(self, start: int, end: int, mark: int | None = None) -> str:
        """The lines from `start` to `end`, without Beacons and control frames; `mark` gets a >."""
        return "\n".join(
            ("> " if seen.index == mark else "  ") + self.line(seen)
            for seen in self.since(max(start, 0))
            if seen.index < end
            and (seen.index == mark or not isinstance(seen.frame, (dot11.Beacon, dot11.Control)))
        )

    def _layers(self, octets: bytes) -> tuple[Any, ...]:
        layers: list[Any] = []
        try:
            frame = dot11.decode_frame(octets)
            layers.append(frame)
            if isinstance(frame, dot11.Data) and not frame.header.protected:
                self._open_data(frame, layers)
        except WireError as error:
            layers.append(Malformed(error))
        return tuple(layers)

    def _open_data(self, frame: dot11.Data, layers: list[Any]) -> None:
        if frame.ethertype != ETHERTYPE_EAPOL:
            return
        eapol = EapolFrame.decode(frame.payload)
        layers.append(eapol)
        if eapol.type == EAPOL_KEY:
            layers.append(EapolKey.decode(eapol.octets))
        elif eapol.type == EAPOL_EAP:
            packet = eap.EapPacket.decode(eapol.body)
            layers.append(packet)
            self._open_wsc(frame, packet, layers)

    def _open_wsc(self, frame: dot11.Data, packet: eap.EapPacket, layers: list[Any]) -> None:
        if not packet.is_wsc:
            return
        wsc = eap.WscPacket.decode(packet.data)
        layers.append(wsc)
        if wsc.op_code == eap.OpCode.FRAG_ACK:
            return
        way = (frame.header.transmitter, frame.header.receiver)
        data = self._fragments.pop(way, b"") + wsc.data
        if wsc.more_fragments:
            self._fragments[way] = data
        elif data:
            layers.append(wsc_messages.decode_message(data))


def describe(seen: Seen) -> str:
    """What a frame is, in a few words."""
    inner = seen.layers[-1]
    if isinstance(inner, Malformed):
        outer = type(seen.layers[-2]).__name__ if len(seen.layers) > 1 else "frame"
        return f"{outer}, malformed: {inner.error}"
    if isinstance(inner, dot11.Data):
        protection = "protected " if inner.header.protected else ""
        return f"{protection}Data with {seen.addresses} addresses"
    for name in ("status", "reason"):
        if hasattr(inner, name):
            return f"{seen.kind} {name}={getattr(inner, name)}"
    return seen.kind
