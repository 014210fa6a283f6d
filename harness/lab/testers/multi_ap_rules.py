"""Devices that break one rule each about whom the Multi-AP element makes what."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import ClassVar, TypeAlias

from harness.base.address import MacAddress
from harness.base.seam import Associate, Command, SetFourAddress
from harness.base.seam_events import Associated, ManagementReceived, RadioEvent
from harness.lab.devices.airproof import AirproofAccessPoint, AirproofStation
from harness.lab.devices.interface import Place
from harness.lab.devices.networks import Bss, BssOnAir
from harness.lab.edited_radio import EditedRadio
from harness.lab.testers.said_elements import (
    ASSOCIATION,
    Said,
    SayingAccessPoint,
    SayingStation,
    without_multi_ap,
)
from harness.radio.interface import Radio
from harness.wire.dot11.elements import OUI_WFA, Elements, join_elements
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
from harness.wire.multi_ap import BACKHAUL_BSS, BACKHAUL_STA, MultiApElement

_STATION = MultiApElement(flags=BACKHAUL_STA)
_BSS = MultiApElement(flags=BACKHAUL_BSS)
_Association: TypeAlias = (
    AssociationRequest | ReassociationRequest | AssociationResponse | ReassociationResponse
)


class MultiApEverywhere(SayingAccessPoint):
    """Puts the Multi-AP element into its Beacons, Probe Responses and Authentication too."""

    kind: ClassVar[str] = "tester:multi-ap-everywhere"

    def __init__(self, place: Place, bsss: tuple[Bss, ...], frequency: int) -> None:
        frames = (*ASSOCIATION, Beacon, ProbeResponse, Authentication)
        super().__init__(place, bsss, frequency, Said(_BSS.element(), frames, False))


class StationMultiApEverywhere(SayingStation):
    """Puts the element into Probe Requests, Authentication and every Association Request."""

    kind: ClassVar[str] = "tester:multi-ap-everywhere"

    def __init__(self, place: Place) -> None:
        frames = (*ASSOCIATION, ProbeRequest, Authentication)
        super().__init__(place, Said(_STATION.element(), frames, False))


class NoMultiApRequest(SayingStation):
    """Has no Multi-AP element in its Association Requests."""

    kind: ClassVar[str] = "tester:no-multi-ap-request"

    def __init__(self, place: Place) -> None:
        super().__init__(place, Said(b"", (), False))


class MultiApFirst(SayingStation):
    """Puts the Multi-AP element before its other elements."""

    kind: ClassVar[str] = "tester:multi-ap-first"

    def __init__(self, place: Place) -> None:
        super().__init__(place, Said(_STATION.element(), ASSOCIATION, True))


class CarelessStation(AirproofStation):
    """Says that it is a backhaul station, and does not look at the answer."""

    kind: ClassVar[str] = "tester:careless"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, _with_element)

    def _connect(self, bss: BssOnAir, backhaul: bool, profile: int) -> None:
        super()._connect(bss, False, profile)


def _with_element(command: Command) -> Iterable[Command]:
    if not isinstance(command, Associate):
        return (command,)
    return (dataclasses.replace(command, elements=command.elements + _STATION.element()),)


class ThreeAddressStation(AirproofStation):
    """Never switches to four addresses."""

    kind: ClassVar[str] = "tester:three-address"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(
            radio, lambda command: () if isinstance(command, SetFourAddress) else (command,)
        )


class HastyStation(AirproofStation):
    """Tries again at once whenever it was disconnected."""

    kind: ClassVar[str] = "tester:hasty"

    _due: float | None = None

    def start(self) -> None:
        super().start()
        self.world.join(_Again(self))

    def heard_control(self, t: float, interface: str, text: str, *, event: bool = True) -> None:
        super().heard_control(t, interface, text, event=event)
        if text.startswith("CTRL-EVENT-DISCONNECTED"):
            self._due = t

    def again(self) -> None:
        """Try again now."""
        self._due = None
        driver, machine = self._running
        for network in tuple(machine.networks):
            driver.carry(machine.connect(network.id, self.world.now()))

    @property
    def due(self) -> float | None:
        return self._due


class _Again:
    """The hasty station's second member of the world."""

    def __init__(self, station: HastyStation) -> None:
        self._station = station

    def pump(self) -> bool:
        return False

    def deadline(self) -> float | None:
        return self._station.due

    def tick(self, now: float) -> None:
        self._station.again()


# ---- wrong in what they hear --------------------------------------------------------------


class _HearingAccessPoint(AirproofAccessPoint):
    """Hears other elements in (Re)Association Requests than there are."""

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, hear=self._hear)

    def _hear(self, event: RadioEvent) -> RadioEvent:
        if not isinstance(event, ManagementReceived):
            return event
        frame = decode_frame(event.frame)
        if not isinstance(frame, (AssociationRequest, ReassociationRequest)):
            return event
        return dataclasses.replace(event, frame=_changed(frame, self.heard))

    @abstractmethod
    def heard(self, elements: Elements) -> bytes:
        """What it takes these elements for."""


def _changed(frame: _Association, heard: Callable[[Elements], bytes]) -> bytes:
    elements = Elements(heard(frame.elements))
    return dataclasses.replace(frame, elements=elements, octets=b"").encode()


class WantsElementLast(_HearingAccessPoint):
    """Finds the Multi-AP element only where it is the last one."""

    kind: ClassVar[str] = "tester:wants-element-last"

    def heard(self, elements: Elements) -> bytes:
        if Elements(join_elements(elements.raw[-1:])).multi_ap is not None:
            return elements.octets
        return without_multi_ap(elements.octets)


class BelievesAnyElement(_HearingAccessPoint):
    """Takes any element of the Wi-Fi Alliance for that of a backhaul station."""

    kind: ClassVar[str] = "tester:believes-any-element"

    def heard(self, elements: Elements) -> bytes:
        others = without_multi_ap(elements.octets)
        if not any(each.value.startswith(OUI_WFA) for each in elements.raw):
            return others
        return others + _STATION.element()


class StrictElement(_HearingAccessPoint):
    """Overlooks a Multi-AP element that is not just as its own kind sends it, and only once."""

    kind: ClassVar[str] = "tester:strict-element"

    def heard(self, elements: Elements) -> bytes:
        if elements.multi_ap == _STATION.encode() and elements.multi_ap_count == 1:
            return elements.octets
        return without_multi_ap(elements.octets)


class BelievesAuthentication(AirproofAccessPoint):
    """Takes a station whose Authentication frame has the element for a backhaul station."""

    kind: ClassVar[str] = "tester:believes-authentication"

    def radio(self, radio: Radio) -> Radio:
        self._believed: set[MacAddress | None] = set()
        return EditedRadio(radio, hear=self._hear)

    def _hear(self, event: RadioEvent) -> RadioEvent:
        if not isinstance(event, ManagementReceived):
            return event
        frame = decode_frame(event.frame)
        if isinstance(frame, Authentication) and frame.elements.multi_ap is not None:
            self._believed.add(frame.header.a2)
        if isinstance(frame, AssociationRequest) and frame.header.a2 in self._believed:
            believed = _changed(frame, lambda elements: elements.octets + _STATION.element())
            return dataclasses.replace(event, frame=believed)
        return event


class StrictStation(AirproofStation):
    """Overlooks a Multi-AP element that is not just as the simplest AP sends it, and only once."""

    kind: ClassVar[str] = "tester:strict-element"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, hear=_strictly)


def _strictly(event: RadioEvent) -> RadioEvent:
    if not isinstance(event, Associated):
        return event
    frame = decode_frame(event.frame)
    assert isinstance(frame, (AssociationResponse, ReassociationResponse))
    elements = frame.elements
    if elements.multi_ap == _BSS.encode() and elements.multi_ap_count == 1:
        return event
    heard = _changed(frame, lambda elements: without_multi_ap(elements.octets))
    return dataclasses.replace(event, frame=heard)
