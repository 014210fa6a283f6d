"""Access points whose frames say something wrong of WPS, or that let no Enrollee in."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import ClassVar

from harness.ap.config import WPS_CONFIGURED, ApConfig
from harness.base.seam import ChangeBeacon, Command, StartBss, TransmitEapol, TransmitManagement
from harness.base.seam_events import EapolReceived, RadioEvent
from harness.lab.devices.airproof import AirproofAccessPoint
from harness.lab.edited_radio import EditedRadio
from harness.radio.interface import Radio
from harness.wire.dot11.elements import (
    ELEMENT_VENDOR_SPECIFIC,
    Elements,
    join_elements,
    wsc_element,
)
from harness.wire.dot11.frames import (
    AssociationResponse,
    Deauthentication,
    ProbeResponse,
    decode_frame,
)
from harness.wire.eap import EapCode, EapPacket, EapType
from harness.wire.eapol import EAPOL_EAP, EAPOL_START, EapolFrame
from harness.wire.wsc import attributes as a
from harness.wire.wsc.attributes import RawAttribute, join, split
from harness.wire.wsc.device import WpsState
from harness.wire.wsc.element import WscAssociationResponse, WscBeacon

_WSC_HEADER = wsc_element(b"")[2:]
_YES = b"\1"
_SELECTION = (
    a.SELECTED_REGISTRAR, a.DEVICE_PASSWORD_ID, a.SELECTED_REGISTRAR_CONFIG_METHODS,
)

Raws = tuple[RawAttribute, ...]


def _said(elements: Elements, edit: Callable[[bytes | None], bytes | None]) -> bytes:
    """Other WSC elements in the place of the ones there."""
    others = join_elements(
        each
        for each in elements.raw
        if each.id != ELEMENT_VENDOR_SPECIFIC or not each.value.startswith(_WSC_HEADER)
    )
    attributes = edit(elements.wsc)
    return others if attributes is None else others + wsc_element(attributes)


class _SaysOfWps(AirproofAccessPoint):
    """Edits the WSC attributes of Beacons, Probe Responses and Association Responses."""

    frames: ClassVar[tuple[type, ...]] = (ProbeResponse,)
    beacons: ClassVar[bool] = True

    def attributes(self, raws: Raws) -> Iterable[RawAttribute]:
        return raws

    def element(self, octets: bytes | None) -> bytes | None:
        return None if octets is None else join(self.attributes(split(octets)))

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, self._edit)

    def _edit(self, command: Command) -> Iterable[Command]:
        if isinstance(command, (StartBss, ChangeBeacon)) and self.beacons:
            tail = _said(Elements(command.beacon_tail), self.element)
            return (dataclasses.replace(command, beacon_tail=tail),)
        if isinstance(command, TransmitManagement):
            frame = decode_frame(command.frame)
            if isinstance(frame, self.frames):
                assert isinstance(frame, (ProbeResponse, AssociationResponse))
                elements = Elements(_said(frame.elements, self.element))
                edited = dataclasses.replace(frame, elements=elements, octets=b"")
                return (dataclasses.replace(command, frame=edited.encode()),)
        return (command,)


class NeverSelected(_SaysOfWps):
    """Never says Selected Registrar."""

    kind: ClassVar[str] = "tester:never-selected"

    def attributes(self, raws: Raws) -> Iterable[RawAttribute]:
        return (raw for raw in raws if raw.id not in _SELECTION)


class AlwaysSelected(_SaysOfWps):
    """Says Selected Registrar always."""

    kind: ClassVar[str] = "tester:always-selected"

    def attributes(self, raws: Raws) -> Iterable[RawAttribute]:
        others = (raw for raw in raws if raw.id != a.SELECTED_REGISTRAR)
        return (*others, RawAttribute(a.SELECTED_REGISTRAR, _YES))


class OtherState(_SaysOfWps):
    """Says Configured for Not Configured and the other way round."""

    kind: ClassVar[str] = "tester:other-state"

    def attributes(self, raws: Raws) -> Iterable[RawAttribute]:
        both = WpsState.CONFIGURED + WpsState.UNCONFIGURED
        for raw in raws:
            if raw.id == a.WPS_STATE:
                yield RawAttribute(raw.id, bytes((both - raw.value[0],)))
            else:
                yield raw


class OtherLock(_SaysOfWps):
    """Says AP Setup Locked when it is not, and the other way round."""

    kind: ClassVar[str] = "tester:other-lock"

    def attributes(self, raws: Raws) -> Iterable[RawAttribute]:
        others = tuple(raw for raw in raws if raw.id != a.AP_SETUP_LOCKED)
        if len(others) < len(raws):
            return others
        return (*others, RawAttribute(a.AP_SETUP_LOCKED, _YES))


class NeverSaysLocked(_SaysOfWps):
    """Never says AP Setup Locked."""

    kind: ClassVar[str] = "tester:never-says-locked"

    def attributes(self, raws: Raws) -> Iterable[RawAttribute]:
        return (raw for raw in raws if raw.id != a.AP_SETUP_LOCKED)


class OtherIdentity(_SaysOfWps):
    """Says another UUID and no Config Methods in Probe Responses."""

    kind: ClassVar[str] = "tester:other-identity"

    def attributes(self, raws: Raws) -> Iterable[RawAttribute]:
        others: dict[int, bytes] = {a.UUID_E: bytes(16), a.CONFIG_METHODS: bytes(2)}
        return (RawAttribute(raw.id, others.get(raw.id, raw.value)) for raw in raws)


class NoElement(_SaysOfWps):
    """Says nothing of WPS in Beacons and Probe Responses."""

    kind: ClassVar[str] = "tester:no-wsc-element"

    def element(self, octets: bytes | None) -> bytes | None:
        return None


class ElementEverywhere(_SaysOfWps):
    """Says WPS in Beacons and Association Responses whether or not it is on."""

    kind: ClassVar[str] = "tester:wsc-everywhere"
    frames: ClassVar[tuple[type, ...]] = (AssociationResponse,)

    def element(self, octets: bytes | None) -> bytes | None:
        return octets or WscBeacon(wps_state=WpsState.CONFIGURED).encode()


class ShortElement(_SaysOfWps):
    """Cuts the WSC element of Probe Responses off where one element is full."""

    kind: ClassVar[str] = "tester:short-wsc-element"
    beacons: ClassVar[bool] = False

    def attributes(self, raws: Raws) -> Iterable[RawAttribute]:
        return (raw for raw in raws if raw.id not in (a.SERIAL_NUMBER, a.DEVICE_NAME))


class NoAssociationElement(_SaysOfWps):
    """Says nothing of WPS in Association Responses."""

    kind: ClassVar[str] = "tester:no-wsc-association"
    frames: ClassVar[tuple[type, ...]] = (AssociationResponse,)
    beacons: ClassVar[bool] = False

    def element(self, octets: bytes | None) -> bytes | None:
        return None if octets is None else WscAssociationResponse(response_type=0).encode()


class AlwaysConfigured(AirproofAccessPoint):
    """Takes itself for configured, whatever the file says."""

    kind: ClassVar[str] = "tester:always-configured"

    def configuration(self) -> ApConfig:
        right = super().configuration()
        bsss = (dataclasses.replace(bss, wps_state=WPS_CONFIGURED) for bss in right.bsss)
        return dataclasses.replace(right, bsss=tuple(bsss))


class Nameless(AirproofAccessPoint):
    """Says nothing true of the device that it is, and sends no fragments."""

    kind: ClassVar[str] = "tester:nameless"

    def configuration(self) -> ApConfig:
        right = super().configuration()
        device = dataclasses.replace(right.device, device_name="nobody", manufacturer="nobody")
        return dataclasses.replace(right, device=device, fragment_size=1400)


# ---- enrolments ---------------------------------------------------------------------------


class Refuses(AirproofAccessPoint):
    """Accepts no association."""

    kind: ClassVar[str] = "tester:refuses"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, _refusing)


def _refusing(command: Command) -> Iterable[Command]:
    if not isinstance(command, TransmitManagement):
        return (command,)
    frame = decode_frame(command.frame)
    if not isinstance(frame, AssociationResponse):
        return (command,)
    edited = dataclasses.replace(frame, status=1, octets=b"")
    return (dataclasses.replace(command, frame=edited.encode()),)


class NeverDismisses(AirproofAccessPoint):
    """Sends no Deauthentication."""

    kind: ClassVar[str] = "tester:never-dismisses"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, _without_deauthentication)


def _without_deauthentication(command: Command) -> Iterable[Command]:
    if isinstance(command, TransmitManagement):
        frame = decode_frame(command.frame)
        return () if isinstance(frame, Deauthentication) else (command,)
    return (command,)


class NoMethod(AirproofAccessPoint):
    """Asks for identities and for nothing else."""

    kind: ClassVar[str] = "tester:no-method"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(
            radio,
            lambda command: (
                ()
                if isinstance(command, TransmitEapol) and _is_wsc(command.payload)
                else (command,)
            ),
        )


def _is_wsc(payload: bytes) -> bool:
    frame = EapolFrame.decode(payload)
    return frame.type == EAPOL_EAP and EapPacket.decode(frame.body).is_wsc


class WaitsForStart(AirproofAccessPoint):
    """Says nothing by EAPOL until a station sent EAPOL-Start."""

    kind: ClassVar[str] = "tester:waits-for-start"
    started = False

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, self._edit, self._hear)

    def _edit(self, command: Command) -> Iterable[Command]:
        return () if isinstance(command, TransmitEapol) and not self.started else (command,)

    def _hear(self, event: RadioEvent) -> RadioEvent:
        if isinstance(event, EapolReceived):
            self.started |= EapolFrame.decode(event.payload).type == EAPOL_START
        return event


class AsksAtOnce(AirproofAccessPoint):
    """Asks every station for its identity as soon as it has associated."""

    kind: ClassVar[str] = "tester:asks-at-once"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, _asking)


def _asking(command: Command) -> Iterable[Command]:
    if not isinstance(command, TransmitManagement):
        return (command,)
    frame = decode_frame(command.frame)
    if not isinstance(frame, AssociationResponse) or frame.header.receiver is None:
        return (command,)
    identity = EapPacket(EapCode.REQUEST, 1, EapType.IDENTITY).encode()
    payload = EapolFrame(2, EAPOL_EAP, identity).encode()
    asked = TransmitEapol(
        interface=command.interface, peer=frame.header.receiver, payload=payload, token=0,
        encrypt=False,
    )  # fmt: skip
    return (command, asked)


class UnmarkedStations(AirproofAccessPoint):
    """Shows stations without what they are to WPS."""

    kind: ClassVar[str] = "tester:unmarked-stations"

    def control(self, command: str, interface: str | None = None) -> str:
        return super().control(command, interface).replace("[WPS]", "").replace("wps", "")
