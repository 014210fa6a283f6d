"""Access points that are wrong in one thing each."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import ClassVar

from harness.ap.config import (
    MULTI_AP_BACKHAUL,
    MULTI_AP_FRONTHAUL,
    WPS_CONFIGURED,
    ApConfig,
    BssConfig,
)
from harness.base.address import MacAddress
from harness.base.errors import Unsupported
from harness.base.seam import Command, InstallKey, TransmitManagement
from harness.crypto import ccmp
from harness.lab.devices.airproof import AirproofAccessPoint
from harness.lab.edited_radio import EditedRadio
from harness.radio.interface import Radio
from harness.radio.sim import SimAir
from harness.radio.sim.rules import Replace, Rule
from harness.wire.dot11.elements import (
    ELEMENT_VENDOR_SPECIFIC,
    OUI_WFA,
    VENDOR_TYPE_MULTI_AP,
    Elements,
    join_elements,
)
from harness.wire.dot11.frames import (
    AssociationResponse,
    Data,
    ReassociationResponse,
    decode_frame,
)
from harness.wire.multi_ap import BACKHAUL_BSS, MultiApElement

_MULTI_AP = OUI_WFA + bytes((VENDOR_TYPE_MULTI_AP,))


class FronthaulCredentials(AirproofAccessPoint):
    """Gives a backhaul station the credentials of the fronthaul BSS."""

    kind: ClassVar[str] = "tester:fronthaul-credentials"

    def configuration(self) -> ApConfig:
        return _each_bss(
            super().configuration(),
            lambda bss: dataclasses.replace(
                bss, multi_ap_backhaul_ssid=None, multi_ap_backhaul_passphrase=None
            ),
        )


class NoMultiApResponse(AirproofAccessPoint):
    """Omits the Multi-AP element in the Association Response."""

    kind: ClassVar[str] = "tester:no-multi-ap-response"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, _without_multi_ap)


def _without_multi_ap(command: Command) -> Iterable[Command]:
    return (_with_elements(command, _others),)


def _others(elements: Elements) -> bytes:
    """All elements but the Multi-AP ones."""
    return join_elements(
        each
        for each in elements.raw
        if each.id != ELEMENT_VENDOR_SPECIFIC or not each.value.startswith(_MULTI_AP)
    )


def _with_elements(command: Command, edit: Callable[[Elements], bytes]) -> Command:
    """An Association Response with other elements; any other command as it is."""
    if not isinstance(command, TransmitManagement):
        return command
    frame = decode_frame(command.frame)
    if not isinstance(frame, (AssociationResponse, ReassociationResponse)):
        return command
    edited = dataclasses.replace(frame, elements=Elements(edit(frame.elements)), octets=b"")
    return dataclasses.replace(command, frame=edited.encode())


class MultiApToEveryone(AirproofAccessPoint):
    """Puts the Multi-AP element into every Association Response."""

    kind: ClassVar[str] = "tester:multi-ap-to-everyone"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, _with_multi_ap)


def _with_multi_ap(command: Command) -> Iterable[Command]:
    added = MultiApElement(flags=BACKHAUL_BSS).element()
    return (_with_elements(command, lambda elements: _others(elements) + added),)


class BackhaulAdmitsEveryone(AirproofAccessPoint):
    """Lets any station join the backhaul BSS, as if it were a fronthaul BSS too."""

    kind: ClassVar[str] = "tester:backhaul-admits-everyone"

    def configuration(self) -> ApConfig:
        return _each_bss(
            super().configuration(),
            lambda bss: dataclasses.replace(bss, multi_ap=MULTI_AP_BACKHAUL | MULTI_AP_FRONTHAUL),
        )


class WpsOnBackhaul(AirproofAccessPoint):
    """Offers WPS on the backhaul BSS too."""

    kind: ClassVar[str] = "tester:wps-on-backhaul"

    def configuration(self) -> ApConfig:
        return _each_bss(
            super().configuration(),
            lambda bss: dataclasses.replace(bss, wps_state=WPS_CONFIGURED),
        )


class OtherKey(AirproofAccessPoint):
    """Uses, and hands out, another passphrase than the one that it was given."""

    kind: ClassVar[str] = "tester:other-key"

    def configuration(self) -> ApConfig:
        return _each_bss(
            super().configuration(),
            lambda bss: dataclasses.replace(
                bss, passphrase="another passphrase", psk=None, station_keys=()
            ),
        )


def _each_bss(right: ApConfig, edit: Callable[[BssConfig], BssConfig]) -> ApConfig:
    return dataclasses.replace(right, bsss=tuple(map(edit, right.bsss)))


class ThreeAddressData(AirproofAccessPoint):
    """Sends three-address data frames to a backhaul station: properly encrypted, on sim only."""

    kind: ClassVar[str] = "tester:three-address"

    def radio(self, radio: Radio) -> Radio:
        air = self.world.air
        if not isinstance(air, SimAir):
            raise Unsupported(f"{self.kind} works on the simulated air only")
        self._keys: dict[MacAddress, bytes] = {}
        rewriting = Rule(Replace(self._rewrite), match=_is_four_address, transmitter=self.name)
        air.rules.add(rewriting)
        return EditedRadio(radio, self._learn_key)

    def _learn_key(self, command: Command) -> Iterable[Command]:
        if isinstance(command, InstallKey) and command.peer is not None:
            self._keys[command.peer] = command.key
        return (command,)

    def _rewrite(self, octets: bytes) -> bytes:
        frame = decode_frame(octets)
        assert isinstance(frame, Data)
        old = frame.header
        new = dataclasses.replace(old, to_ds=False, a3=old.source, a4=None)
        if not old.protected:
            return new.encode() + frame.body
        assert old.receiver is not None
        key = self._keys[old.receiver]
        number, plaintext = ccmp.decrypt(key, old.encode(), frame.body)
        sealed = ccmp.encrypt(key, new.encode(), number, ccmp.key_id(frame.body), plaintext)
        return new.encode() + sealed


def _is_four_address(octets: bytes) -> bool:
    frame = decode_frame(octets)
    return isinstance(frame, Data) and frame.header.a4 is not None


class InternalError(AirproofAccessPoint):
    """Fails inside, as a fault of ours would, when it answers an Association Request."""

    kind: ClassVar[str] = "tester:internal-error"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, _fail)


def _fail(command: Command) -> Iterable[Command]:
    if isinstance(command, TransmitManagement):
        assert not isinstance(decode_frame(command.frame), AssociationResponse), "a fault of ours"
    return (command,)
