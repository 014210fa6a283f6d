"""Devices that break one rule each about enrolling."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import ClassVar

from harness.ap.config import ApConfig
from harness.base.entropy import Entropy
from harness.base.seam import Associate, Command, Deauthenticate, TransmitEapol
from harness.base.seam_events import (
    Associated,
    EapolReceived,
    ManagementReceived,
    RadioEvent,
    ScanFinished,
)
from harness.lab.devices.airproof import AirproofAccessPoint, AirproofStation
from harness.lab.devices.networks import StoredNetwork
from harness.lab.edited_radio import EditedRadio
from harness.lab.testers.said_elements import without_multi_ap
from harness.lab.testers.wps_peers import silenced
from harness.proto.wsc_enrollee import Enrollee, EnrolleeConfig
from harness.radio.interface import Radio
from harness.wire.dot11.elements import (
    ELEMENT_VENDOR_SPECIFIC,
    Elements,
    join_elements,
    wsc_element,
)
from harness.wire.dot11.frames import AssociationResponse, ProbeRequest, decode_frame
from harness.wire.eap import EapPacket, OpCode, WscPacket, wsc_packet
from harness.wire.eapol import EAPOL_EAP, EapolFrame
from harness.wire.multi_ap import BACKHAUL_BSS, FRONTHAUL_BSS, MultiApElement
from harness.wire.wsc import attributes as a
from harness.wire.wsc.attributes import RawAttribute, join, split
from harness.wire.wsc.device import MessageType
from harness.wire.wsc.messages import M4, message_type

_WSC_HEADER = wsc_element(b"")[2:]


# ---- what is asked for, and what is kept --------------------------------------------------


class OtherFlags(AirproofStation):
    """Names a backhaul BSS in M1 where it ought to name a backhaul station."""

    kind: ClassVar[str] = "tester:m1-other-flags"

    def enrollee(self, config: EnrolleeConfig, entropy: Entropy) -> Enrollee:
        return Enrollee(dataclasses.replace(config, multi_ap=BACKHAUL_BSS), entropy)


class AnyPin(AirproofStation):
    """Believes that every PIN is right."""

    kind: ClassVar[str] = "tester:any-pin"

    def enrollee(self, config: EnrolleeConfig, entropy: Entropy) -> Enrollee:
        return Enrollee(dataclasses.replace(config, password=b"12345670"), entropy)


class ForgetsRole(AirproofStation):
    """Keeps what it was given as a profile of a plain station."""

    kind: ClassVar[str] = "tester:forgets-role"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, self._edit)

    def _edit(self, command: Command) -> Iterable[Command]:
        if isinstance(command, Associate) and Elements(command.elements).wsc is None:
            elements = without_multi_ap(command.elements)
            return (dataclasses.replace(command, elements=elements),)
        return (command,)

    def stored_networks(self) -> tuple[StoredNetwork, ...]:
        kept = super().stored_networks()
        return tuple(dataclasses.replace(network, backhaul=False) for network in kept)


class PerDevicePsk(AirproofAccessPoint):
    """Makes up a key for the backhaul station instead of giving that of the backhaul BSS."""

    kind: ClassVar[str] = "tester:per-device-psk"

    def configuration(self) -> ApConfig:
        right = super().configuration()
        own_key = bytes(range(32))
        bsss = (
            dataclasses.replace(
                bss, multi_ap_backhaul_passphrase=None, multi_ap_backhaul_psk=own_key
            )
            for bss in right.bsss
        )
        return dataclasses.replace(right, bsss=tuple(bsss))


# ---- when to begin and to end -------------------------------------------------------------


class NeverLeaves(AirproofStation):
    """Sends no Deauthentication."""

    kind: ClassVar[str] = "tester:never-leaves"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(
            radio, lambda command: () if isinstance(command, Deauthenticate) else (command,)
        )


class BelievesAnyAccessPoint(AirproofStation):
    """Takes any AP for one with Multi-AP."""

    kind: ClassVar[str] = "tester:believes-any-ap"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, hear=_with_fronthaul_element)


def _with_fronthaul_element(event: RadioEvent) -> RadioEvent:
    if not isinstance(event, Associated):
        return event
    frame = decode_frame(event.frame)
    assert isinstance(frame, AssociationResponse)
    elements = frame.elements.octets + MultiApElement(flags=FRONTHAUL_BSS).element()
    heard = dataclasses.replace(frame, elements=Elements(elements), octets=b"")
    return dataclasses.replace(event, frame=heard.encode())


class SeesOneAccessPoint(AirproofStation):
    """Sees no AP but that of the first scan result."""

    kind: ClassVar[str] = "tester:sees-one-ap"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, hear=_first_only)


def _first_only(event: RadioEvent) -> RadioEvent:
    if not isinstance(event, ScanFinished) or not event.results:
        return event
    first = event.results[0].bssid[:5]
    seen = tuple(each for each in event.results if each.bssid[:5] == first)
    return dataclasses.replace(event, results=seen)


class SeesNoEnrollee(AirproofAccessPoint):
    """Overlooks what Probe Requests say of WPS."""

    kind: ClassVar[str] = "tester:sees-no-enrollee"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, hear=_without_wsc)


def _without_wsc(event: RadioEvent) -> RadioEvent:
    if not isinstance(event, ManagementReceived):
        return event
    frame = decode_frame(event.frame)
    if not isinstance(frame, ProbeRequest):
        return event
    others = join_elements(
        each
        for each in frame.elements.raw
        if each.id != ELEMENT_VENDOR_SPECIFIC or not each.value.startswith(_WSC_HEADER)
    )
    heard = dataclasses.replace(frame, elements=Elements(others), octets=b"")
    return dataclasses.replace(event, frame=heard.encode())


class SilentAfterM4(AirproofAccessPoint):
    """Enrols once at most, and no further than M4."""

    kind: ClassVar[str] = "tester:silent-after-m4"

    def radio(self, radio: Radio) -> Radio:
        return silenced(radio, M4)


class SilentAccessPoint(AirproofAccessPoint):
    """Tells nothing of WPS on its control interface."""

    kind: ClassVar[str] = "tester:tells-nothing"

    def heard_control(self, t: float, interface: str, text: str, *, event: bool = True) -> None:
        if not text.startswith("WPS-"):
            super().heard_control(t, interface, text, event=event)


class SilentStation(AirproofStation):
    """Tells nothing of WPS on its control interface."""

    kind: ClassVar[str] = "tester:tells-nothing"

    def heard_control(self, t: float, interface: str, text: str, *, event: bool = True) -> None:
        if not text.startswith("WPS-"):
            super().heard_control(t, interface, text, event=event)


# ---- EAP ----------------------------------------------------------------------------------


class ForgetfulAccessPoint(AirproofAccessPoint):
    """Says no EAPOL frame a second time."""

    kind: ClassVar[str] = "tester:never-repeats"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, _once())


class ForgetfulStation(AirproofStation):
    """Says no EAPOL frame a second time."""

    kind: ClassVar[str] = "tester:never-repeats"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, _once())


def _once() -> Callable[[Command], Iterable[Command]]:
    said: set[bytes] = set()

    def edit(command: Command) -> Iterable[Command]:
        if not isinstance(command, TransmitEapol):
            return (command,)
        if command.payload in said:
            return ()
        said.add(command.payload)
        return (command,)

    return edit


class WholeAccessPoint(AirproofAccessPoint):
    """Does not understand fragments."""

    kind: ClassVar[str] = "tester:no-fragments"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, hear=_whole_only)


class WholeStation(AirproofStation):
    """Does not understand fragments."""

    kind: ClassVar[str] = "tester:no-fragments"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, hear=_whole_only)


def _whole_only(event: RadioEvent) -> RadioEvent:
    if not isinstance(event, EapolReceived):
        return event
    wsc = _wsc_packet(event.payload)
    if wsc is None or not wsc[1].more_fragments:
        return event
    return dataclasses.replace(event, payload=b"")


def _wsc_packet(payload: bytes) -> tuple[EapPacket, WscPacket] | None:
    frame = EapolFrame.decode(payload)
    if frame.type != EAPOL_EAP:
        return None
    packet = EapPacket.decode(frame.body)
    return (packet, WscPacket.decode(packet.data)) if packet.is_wsc else None


# ---- attributes ---------------------------------------------------------------------------

Edit = Callable[[tuple[RawAttribute, ...]], Iterable[RawAttribute]]


def _lacking(ident: int) -> Edit:
    return lambda raws: (raw for raw in raws if raw.id != ident)


def _repeating(ident: int) -> Edit:
    return lambda raws: (each for raw in raws for each in (raw,) * (2 if raw.id == ident else 1))


def _altering(ident: int, value: bytes) -> Edit:
    return lambda raws: (
        dataclasses.replace(raw, value=value) if raw.id == ident else raw for raw in raws
    )


def _editing(kind: int, edit: Edit) -> Callable[[Command], Iterable[Command]]:
    """Edit the attributes of unfragmented WSC messages of one type on their way out."""

    def change(command: Command) -> Iterable[Command]:
        if not isinstance(command, TransmitEapol):
            return (command,)
        found = _wsc_packet(command.payload)
        if found is None or found[1].op_code != OpCode.MSG or message_type(found[1].data) != kind:
            return (command,)
        packet, wsc = found
        edited = WscPacket(wsc.op_code, data=join(edit(split(wsc.data)))).encode()
        body = wsc_packet(packet.code, packet.identifier, edited).encode()
        version = EapolFrame.decode(command.payload).version
        payload = EapolFrame(version, EAPOL_EAP, body).encode()
        return (dataclasses.replace(command, payload=payload),)

    return change


class _EditsM1(AirproofStation):
    edit: ClassVar[Edit]

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, _editing(MessageType.M1, type(self).edit))


class _EditsM2(AirproofAccessPoint):
    edit: ClassVar[Edit]

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, _editing(MessageType.M2, type(self).edit))


class M1WithoutSerialNumber(_EditsM1):
    """Leaves the Serial Number out of M1."""

    kind: ClassVar[str] = "tester:m1-without-serial-number"
    edit: ClassVar[Edit] = _lacking(a.SERIAL_NUMBER)


class M1WithTwoRfBands(_EditsM1):
    """Says RF Bands twice in M1."""

    kind: ClassVar[str] = "tester:m1-rf-bands-twice"
    edit: ClassVar[Edit] = _repeating(a.RF_BANDS)


class M1WithWrongState(_EditsM1):
    """Says a Wi-Fi Protected Setup State in M1 that does not exist."""

    kind: ClassVar[str] = "tester:m1-wps-state"
    edit: ClassVar[Edit] = _altering(a.WPS_STATE, b"\3")


class M2WithoutModelName(_EditsM2):
    """Leaves the Model Name out of M2."""

    kind: ClassVar[str] = "tester:m2-without-model-name"
    edit: ClassVar[Edit] = _lacking(a.MODEL_NAME)


class M2WithTwoVersions(_EditsM2):
    """Says the Version twice in M2."""

    kind: ClassVar[str] = "tester:m2-version-twice"
    edit: ClassVar[Edit] = _repeating(a.VERSION)


class M2WithWrongOsVersion(_EditsM2):
    """Clears the top bit of the OS Version in M2."""

    kind: ClassVar[str] = "tester:m2-os-version"
    edit: ClassVar[Edit] = _altering(a.OS_VERSION, bytes(4))
