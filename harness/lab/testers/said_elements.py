"""Devices of ours that say what they are told to about Multi-AP: peers of the device under test."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

from harness.base.seam import (
    Associate,
    Authenticate,
    Command,
    Scan,
    StartBss,
    TransmitManagement,
)
from harness.lab.devices.airproof import AirproofAccessPoint, AirproofStation
from harness.lab.devices.interface import Place
from harness.lab.devices.networks import Bss
from harness.lab.edited_radio import EditedRadio
from harness.radio.interface import Radio
from harness.wire.dot11.elements import (
    ELEMENT_VENDOR_SPECIFIC,
    OUI_WFA,
    VENDOR_TYPE_MULTI_AP,
    Elements,
    join_elements,
)
from harness.wire.dot11.frames import (
    AssociationRequest,
    AssociationResponse,
    Authentication,
    Beacon,
    ProbeRequest,
    ProbeResponse,
    ReassociationRequest,
    ReassociationResponse,
    decode_frame,
)

ASSOCIATION: tuple[type, ...] = (
    AssociationRequest,
    ReassociationRequest,
    AssociationResponse,
    ReassociationResponse,
)
_MULTI_AP = OUI_WFA + bytes((VENDOR_TYPE_MULTI_AP,))


@dataclass(frozen=True)
class Said:
    """What a tester says in place of its Multi-AP elements; the fields as in `station_saying`."""

    octets: bytes
    frames: tuple[type, ...]
    first: bool

    def edit(self, elements: bytes, *kinds: type) -> bytes:
        """Give the elements of a frame of one of these kinds as they are to be said."""
        others = without_multi_ap(elements)
        if not any(kind in self.frames for kind in kinds):
            return others
        return self.octets + others if self.first else others + self.octets


def station_saying(
    octets: bytes,
    *,
    frames: tuple[type, ...] = ASSOCIATION,
    first: bool = False,
    reassociates: bool = False,
) -> Callable[[Place], SayingStation]:
    """Give what makes a station that says `octets` in place of its Multi-AP element.

    `octets`: whole elements, none, one or several, right or wrong. `frames`: the kinds of frame
    that they are in; all others have none. `first`: before the other elements of the station's
    own, not behind them. `reassociates`: by Reassociation Requests.
    """
    said = Said(octets, frames, first)
    return lambda place: SayingStation(place, said, reassociates=reassociates)


def access_point_saying(
    octets: bytes, *, frames: tuple[type, ...] = ASSOCIATION, first: bool = False
) -> Callable[[Place, tuple[Bss, ...], int], SayingAccessPoint]:
    """Give what makes an access point that says `octets` in place of its Multi-AP elements.

    As `station_saying`; responses that refuse the station stay as they are.
    """
    said = Said(octets, frames, first)
    return lambda place, bsss, frequency: SayingAccessPoint(place, bsss, frequency, said)


def without_multi_ap(elements: bytes) -> bytes:
    """Give all elements but the Multi-AP ones."""
    return join_elements(
        each
        for each in Elements(elements).raw
        if each.id != ELEMENT_VENDOR_SPECIFIC or not each.value.startswith(_MULTI_AP)
    )


class SayingStation(AirproofStation):
    """A station that says `said`."""

    kind: ClassVar[str] = "tester"

    def __init__(self, place: Place, said: Said, *, reassociates: bool = False) -> None:
        super().__init__(place)
        self._said = said
        self._reassociates = reassociates

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, self._edit)

    def _edit(self, command: Command) -> Iterable[Command]:
        said = self._said
        if isinstance(command, Scan):
            elements = said.edit(command.elements, ProbeRequest)
            return (dataclasses.replace(command, elements=elements),)
        if isinstance(command, Authenticate):
            elements = said.edit(command.elements, Authentication)
            return (dataclasses.replace(command, elements=elements),)
        if isinstance(command, Associate):
            elements = said.edit(command.elements, AssociationRequest, ReassociationRequest)
            previous = command.bssid if self._reassociates else command.previous
            return (dataclasses.replace(command, elements=elements, previous=previous),)
        return (command,)


class SayingAccessPoint(AirproofAccessPoint):
    """An access point that says `said`."""

    kind: ClassVar[str] = "tester"

    def __init__(
        self, place: Place, bsss: tuple[Bss, ...], frequency: int, said: Said
    ) -> None:
        super().__init__(place, bsss, frequency)
        self._said = said

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, self._edit)

    def _edit(self, command: Command) -> Iterable[Command]:
        if isinstance(command, StartBss):
            tail = self._said.edit(command.beacon_tail, Beacon)
            return (dataclasses.replace(command, beacon_tail=tail),)
        if isinstance(command, TransmitManagement):
            octets = self._edited(command.frame)
            return (dataclasses.replace(command, frame=octets),)
        return (command,)

    def _edited(self, octets: bytes) -> bytes:
        frame = decode_frame(octets)
        if isinstance(frame, Authentication):
            body = self._said.edit(frame.body, Authentication)
            return dataclasses.replace(frame, body=body, octets=b"").encode()
        if not isinstance(frame, (ProbeResponse, AssociationResponse, ReassociationResponse)):
            return octets
        if getattr(frame, "status", 0) != 0:
            return octets
        elements = Elements(self._said.edit(frame.elements.octets, type(frame)))
        return dataclasses.replace(frame, elements=elements, octets=b"").encode()
