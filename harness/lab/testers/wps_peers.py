"""Peers for the device under test whose enrolment is cut up, breaks off or asks oddly.

Each function gives what `lab.peer_sta` or `lab.peer_ap` makes the device with.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

from harness.ap.config import ApConfig
from harness.base.entropy import Entropy
from harness.base.seam import Associate, Command, Deauthenticate, TransmitEapol
from harness.lab.devices.airproof import AirproofAccessPoint, AirproofStation
from harness.lab.devices.interface import Place
from harness.lab.devices.networks import Bss
from harness.lab.edited_radio import EditedRadio
from harness.lab.loss import wsc_kind
from harness.proto.wsc_enrollee import Enrollee, EnrolleeConfig
from harness.radio.interface import Radio
from harness.sta.config import StationConfig
from harness.wire.dot11.elements import Elements, wsc_element
from harness.wire.eapol import EAPOL_START, EapolFrame
from harness.wire.wsc.element import decode_association_request
from harness.wire.wsc.extension import VERSION2
from harness.wire.wsc.version import VERSION1, at_version


@dataclass(frozen=True)
class Oddity:
    """What is odd about a peer.

    `flags`: of the Multi-AP sub-element in M1. `fragment_size`: the most octets of an EAP-WSC
    packet from its Op-Code on. `silent_after`: the last WSC message that it sends. `starts`: it
    sends EAPOL-Start. `leaves`: it sends Deauthentication. `version`: of WSC, 0x20 or 0x10.
    """

    flags: int | None = None
    fragment_size: int | None = None
    silent_after: type | None = None
    starts: bool = True
    leaves: bool = True
    version: int = VERSION2


def enrollee(
    *,
    flags: int | None = None,
    fragment_size: int | None = None,
    silent_after: type | None = None,
    starts: bool = True,
    leaves: bool = True,
    version: int = VERSION2,
) -> Callable[[Place], OddEnrollee]:
    """Give what makes a station with the oddities of `Oddity`."""
    odd = Oddity(flags, fragment_size, silent_after, starts, leaves, version)
    return lambda place: OddEnrollee(place, odd)


def registrar(
    *, fragment_size: int | None = None, silent_after: type | None = None
) -> Callable[[Place, tuple[Bss, ...], int], OddRegistrar]:
    """Give what makes an access point with the oddities of `Oddity`."""
    odd = Oddity(None, fragment_size, silent_after)
    return lambda place, bsss, frequency: OddRegistrar(place, bsss, frequency, odd)


class OddEnrollee(AirproofStation):
    """A station that enrols as `odd` says."""

    kind: ClassVar[str] = "tester"

    def __init__(self, place: Place, odd: Oddity) -> None:
        super().__init__(place)
        self._odd = odd

    def configuration(self) -> StationConfig:
        right = super().configuration()
        size = self._odd.fragment_size or right.fragment_size
        return dataclasses.replace(right, fragment_size=size)

    def enrollee(self, config: EnrolleeConfig, entropy: Entropy) -> Enrollee:
        if self._odd.flags is not None:
            config = dataclasses.replace(config, multi_ap=self._odd.flags)
        return Enrollee(dataclasses.replace(config, version=self._odd.version), entropy)

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(silenced(radio, self._odd.silent_after), self._said)

    def _said(self, command: Command) -> Iterable[Command]:
        if isinstance(command, Associate) and self._odd.version < VERSION2:
            return (dataclasses.replace(command, elements=_of_version_1(command.elements)),)
        if isinstance(command, Deauthenticate) and not self._odd.leaves:
            return ()
        if isinstance(command, TransmitEapol) and not self._odd.starts:
            return () if EapolFrame.decode(command.payload).type == EAPOL_START else (command,)
        return (command,)


def _of_version_1(octets: bytes) -> bytes:
    """Elements in which the WSC element says nothing of version 2."""
    wsc = Elements(octets).wsc
    if wsc is None:
        return octets
    plain = at_version(decode_association_request(wsc), VERSION1)
    return octets.replace(wsc_element(wsc), wsc_element(plain.encode()))


class OddRegistrar(AirproofAccessPoint):
    """An access point that enrols others as `odd` says."""

    kind: ClassVar[str] = "tester"

    def __init__(self, place: Place, bsss: tuple[Bss, ...], frequency: int, odd: Oddity) -> None:
        super().__init__(place, bsss, frequency)
        self._odd = odd

    def configuration(self) -> ApConfig:
        right = super().configuration()
        size = self._odd.fragment_size or right.fragment_size
        return dataclasses.replace(right, fragment_size=size)

    def radio(self, radio: Radio) -> Radio:
        return silenced(radio, self._odd.silent_after)


def silenced(radio: Radio, after: type | None) -> Radio:
    """Let no EAPOL frame follow the first one with a WSC message of this kind."""
    if after is None:
        return radio
    said = False

    def edit(command: Command) -> Iterable[Command]:
        nonlocal said
        if not isinstance(command, TransmitEapol):
            return (command,)
        if said:
            return ()
        said = wsc_kind(command.payload) is after
        return (command,)

    return EditedRadio(radio, edit)
