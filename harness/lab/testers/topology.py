"""Devices that are wrong in one thing about links, bridges, roaming or the channel."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from harness.base.errors import Unsupported
from harness.base.seam import (
    AddPeer,
    AddPeerVlan,
    Associate,
    Command,
    RemoveKey,
    RemovePeer,
    RemovePeerVlan,
    SetFourAddress,
    SetPortAuthorized,
    SwitchChannel,
    TransmitEapol,
    TransmitManagement,
)
from harness.lab.devices.airproof import AirproofAccessPoint, AirproofStation
from harness.lab.devices.interface import BRIDGE
from harness.lab.edited_radio import EditedRadio
from harness.radio.interface import Radio
from harness.radio.sim import SimAir
from harness.radio.sim.bridge import Bridge
from harness.wire.dot11.elements import (
    ELEMENT_CHANNEL_SWITCH_ANNOUNCEMENT,
    ELEMENT_EXTENDED_CHANNEL_SWITCH_ANNOUNCEMENT,
    join_elements,
    split_elements,
)
from harness.wire.dot11.ethernet import EthernetFrame


class _EditedAccessPoint(AirproofAccessPoint):
    """Base: `edit` gives what the radio is told instead of a command."""

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, self.edit)

    @abstractmethod
    def edit(self, command: Command) -> Iterable[Command]: ...


class OneInterface(_EditedAccessPoint):
    """Makes an interface for the first backhaul link that it ever has, and for no other."""

    kind: ClassVar[str] = "tester:one-interface"
    _made = False

    def edit(self, command: Command) -> Iterable[Command]:
        if isinstance(command, AddPeerVlan):
            if self._made:
                return ()
            self._made = True
        return (command,)


class InterfaceForEveryone(_EditedAccessPoint):
    """Makes a four-address interface for each station that associates, and tells of it."""

    kind: ClassVar[str] = "tester:interface-for-everyone"

    def edit(self, command: Command) -> Iterable[Command]:
        if not isinstance(command, AddPeer):
            return (command,)
        name = f"{command.interface}.sta{command.aid}"
        told = f"WDS-STA-INTERFACE-ADDED ifname={name} sta_addr={command.peer}"
        self.heard_control(self.world.now(), command.interface, told)
        made = AddPeerVlan(interface=command.interface, peer=command.peer, name=name, bridge=BRIDGE)
        return command, made


class IgnoresWdsBridge(_EditedAccessPoint):
    """Puts the backhaul stations' interfaces into the bridge that all others are in."""

    kind: ClassVar[str] = "tester:ignores-wds-bridge"

    def edit(self, command: Command) -> Iterable[Command]:
        if isinstance(command, AddPeerVlan):
            return (dataclasses.replace(command, bridge=BRIDGE),)
        return (command,)


class KeepsInterface(_EditedAccessPoint):
    """Tells that a station's interface is gone, and keeps it, with its port and keys."""

    kind: ClassVar[str] = "tester:keeps-interface"

    def edit(self, command: Command) -> Iterable[Command]:
        if isinstance(command, RemovePeer | RemovePeerVlan | RemoveKey):
            return ()
        closes = isinstance(command, SetPortAuthorized) and not command.authorized
        return () if closes else (command,)


class SilentAboutInterfaces(AirproofAccessPoint):
    """Does not tell that an interface is made or gone."""

    kind: ClassVar[str] = "tester:silent-about-interfaces"

    def heard_control(self, t: float, interface: str, text: str, *, event: bool = True) -> None:
        if not text.startswith("WDS-STA-INTERFACE-"):
            super().heard_control(t, interface, text, event=event)


class EchoingBridge(AirproofAccessPoint):
    """Gives each group-addressed frame back to its bridge once more. On the simulated air only."""

    kind: ClassVar[str] = "tester:echoing-bridge"

    def radio(self, radio: Radio) -> Radio:
        air = self.world.air
        if not isinstance(air, SimAir):
            raise Unsupported(f"{self.kind} works on the simulated air only")
        bridge = air.bridge(self.node, BRIDGE)
        bridge.add(_Echo(bridge))
        return radio


class _Echo:
    """A port of a bridge."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def deliver(self, frame: EthernetFrame) -> None:
        if frame.destination.is_group:
            self._bridge.receive(self, frame)


class Jumps(_EditedAccessPoint):
    """Goes to another channel without a word in its Beacons."""

    kind: ClassVar[str] = "tester:jumps"

    def edit(self, command: Command) -> Iterable[Command]:
        return (
            _without(
                command,
                ELEMENT_CHANNEL_SWITCH_ANNOUNCEMENT,
                ELEMENT_EXTENDED_CHANNEL_SWITCH_ANNOUNCEMENT,
            ),
        )


class PlainAnnouncement(_EditedAccessPoint):
    """Announces another channel without its operating class."""

    kind: ClassVar[str] = "tester:plain-announcement"

    def edit(self, command: Command) -> Iterable[Command]:
        return (_without(command, ELEMENT_EXTENDED_CHANNEL_SWITCH_ANNOUNCEMENT),)


def _without(command: Command, *ids: int) -> Command:
    """A channel switch without these elements; any other command as it is."""
    if not isinstance(command, SwitchChannel):
        return command
    kept = [each for each in split_elements(command.announcing_tail) if each.id not in ids]
    tail = join_elements(kept)
    plain = tail[:1] == bytes((ELEMENT_CHANNEL_SWITCH_ANNOUNCEMENT,))
    offsets = command.count_offsets[:1] if plain else ()
    return dataclasses.replace(command, announcing_tail=tail, count_offsets=offsets)


class MuteAfterSwitch(_EditedAccessPoint):
    """Beacons after it was told to change the channel, and says nothing else."""

    kind: ClassVar[str] = "tester:mute-after-switch"
    _mute = False

    def edit(self, command: Command) -> Iterable[Command]:
        self._mute = self._mute or isinstance(command, SwitchChannel)
        if self._mute and isinstance(command, TransmitEapol | TransmitManagement):
            return ()
        return (command,)


class _EditedStation(AirproofStation):
    """Base: `edit` gives what the radio is told instead of a command."""

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, self.edit)

    @abstractmethod
    def edit(self, command: Command) -> Iterable[Command]: ...


class StaysAtFourAddresses(_EditedStation):
    """Never leaves four-address mode."""

    kind: ClassVar[str] = "tester:stays-at-four-addresses"

    def edit(self, command: Command) -> Iterable[Command]:
        leaves = isinstance(command, SetFourAddress) and not command.enabled
        return () if leaves else (command,)


class FourAddressesOnce(_EditedStation):
    """Enters four-address mode for its first link only."""

    kind: ClassVar[str] = "tester:four-addresses-once"
    _entered = False

    def edit(self, command: Command) -> Iterable[Command]:
        if isinstance(command, SetFourAddress) and command.enabled:
            if self._entered:
                return ()
            self._entered = True
        return (command,)


class AssociatesAnew(_EditedStation):
    """Roams by an Association Request."""

    kind: ClassVar[str] = "tester:associates-anew"

    def edit(self, command: Command) -> Iterable[Command]:
        if isinstance(command, Associate):
            return (dataclasses.replace(command, previous=None),)
        return (command,)
