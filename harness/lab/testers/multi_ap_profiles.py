"""Devices that break one rule each about Multi-AP profiles and the primary VLAN."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from harness.ap.config import ApConfig, BssConfig
from harness.base.seam import AddPeerVlan, Command, SetFourAddress
from harness.lab.devices.airproof import AirproofAccessPoint, AirproofStation
from harness.lab.devices.interface import Place
from harness.lab.edited_radio import EditedRadio
from harness.lab.testers.said_elements import ASSOCIATION, Said, SayingStation
from harness.radio.interface import Radio
from harness.wire.multi_ap import BACKHAUL_STA, MultiApElement

_A_VLAN = 20


class NamesProfile3(SayingStation):
    """Names profile 3, whatever it was told."""

    kind: ClassVar[str] = "tester:names-profile-3"

    def __init__(self, place: Place) -> None:
        element = MultiApElement(flags=BACKHAUL_STA, profile=3).element()
        super().__init__(place, Said(element, ASSOCIATION, False))


class _OtherBss(AirproofAccessPoint):
    """Has another configuration than it was told in each BSS."""

    def configuration(self) -> ApConfig:
        right = super().configuration()
        return dataclasses.replace(right, bsss=tuple(map(self.changed, right.bsss)))

    @abstractmethod
    def changed(self, bss: BssConfig) -> BssConfig:
        """What it makes of a BSS."""


class NamesProfile2(_OtherBss):
    """Names profile 2, whatever it was told."""

    kind: ClassVar[str] = "tester:names-profile-2"

    def changed(self, bss: BssConfig) -> BssConfig:
        return dataclasses.replace(bss, multi_ap_profile=2)


class DisallowsNone(_OtherBss):
    """Disallows no profile."""

    kind: ClassVar[str] = "tester:disallows-none"

    def changed(self, bss: BssConfig) -> BssConfig:
        return dataclasses.replace(bss, multi_ap_client_disallow=0)


class NoPrimaryVlan(_OtherBss):
    """Forgets its primary VLAN."""

    kind: ClassVar[str] = "tester:no-primary-vlan"

    def changed(self, bss: BssConfig) -> BssConfig:
        return dataclasses.replace(bss, multi_ap_vlan_id=0)


class Untagged(AirproofAccessPoint):
    """Announces its primary VLAN, and does not tag."""

    kind: ClassVar[str] = "tester:untagged"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, lambda command: _with_vlan(command, None))


class TagsAlways(AirproofAccessPoint):
    """Tags on the links of profile-1 stations too."""

    kind: ClassVar[str] = "tester:tags-always"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, lambda command: _with_vlan(command, _A_VLAN))


class UntaggedStation(AirproofStation):
    """Does not tag."""

    kind: ClassVar[str] = "tester:untagged"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, lambda command: _with_vlan(command, None))


def _with_vlan(command: Command, vlan_id: int | None) -> Iterable[Command]:
    """The link's command with another primary VLAN; any other one as it is."""
    if isinstance(command, (AddPeerVlan, SetFourAddress)):
        return (dataclasses.replace(command, primary_vlan=vlan_id),)
    return (command,)
