"""What a scenario can ask of any device, whatever kind it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import ClassVar

from harness.base.address import MacAddress
from harness.base.entropy import SeededEntropy
from harness.base.errors import SetupFailed, Unsupported
from harness.base.event import Event
from harness.lab.devices.networks import (
    HUNTING_AND_PECKING,
    PMF_OFF,
    Bss,
    BssOnAir,
    Keys,
    StoredNetwork,
)
from harness.lab.devices.stage import claim
from harness.lab.expectations import ExpectationFailed
from harness.lab.world import CONTROL_LINE, World

BRIDGE = "br0"

WPS = "wps"
MULTI_AP = "multi-ap"
PIN_FOR_BACKHAUL = "a PIN for a backhaul link"
UNINVITED_PIN = "a PIN before an access point has it"
LOST_MESSAGE = "an enrolment in which a message gets lost"
MULTI_AP_PROFILES = "Multi-AP profiles"
WPA3 = "SAE and protected management frames"
"""Capabilities that a device may declare not to have."""

START_LIMIT = 60.0
"""Seconds on the world's clock that a device may take to be ready."""

_BOOKKEEPING = 1.0


@dataclass(frozen=True, slots=True)
class ControlEvent:
    """A line that a device wrote to its control interface, without the priority in front."""

    t: float
    interface: str
    text: str


@dataclass(frozen=True)
class Place:
    """Where a device is built: on which node, the world, a folder for its files, its randomness.

    `device`: its own name where it shares the node, and so the bridges, with others. `interface`:
    its first network interface.
    """

    node: str
    world: World
    folder: Path
    entropy: SeededEntropy
    device: str = ""
    interface: str = "wlan0"


class Device(ABC):
    """One device of a scenario.

    `name`: its own, which is its `node`'s unless it shares that. `kind`: the name it is looked up
    by. `version`: of the program. `configuration_file`: what it was started with, in hostapd's or
    wpa_supplicant's vocabulary.
    `unsupported`: what it declares beforehand not to do, capability → reason. `says`: the first
    words of the control events that it has at all; None: it may have any.
    """

    role: ClassVar[str]
    kind: ClassVar[str]
    unsupported: ClassVar[dict[str, str]] = {}
    says: ClassVar[tuple[str, ...] | None] = None

    def __init__(self, place: Place) -> None:
        self.name = place.device or place.node
        self.node = place.node
        self.version = ""
        self.configuration_file: Path | None = None
        self._place = place
        self.world = place.world
        self._consumed: set[int] = set()
        self.control_events: list[ControlEvent] = []

    @property
    @abstractmethod
    def addresses(self) -> tuple[MacAddress, ...]:
        """Every address that it transmits from."""

    @abstractmethod
    def start(self) -> None:
        """Become ready; raises `SetupFailed` when that does not work out in `START_LIMIT`."""

    @abstractmethod
    def close(self) -> None:
        """Stop and let go of everything; may be called twice and before `start`."""

    @property
    def address(self) -> MacAddress:
        return self.addresses[0]

    def require(self, capability: str) -> None:
        """Raise `Unsupported` with the declared reason when the device does not do this."""
        if capability in self.unsupported:
            raise Unsupported(f"{self.kind}: {capability}: {self.unsupported[capability]}")

    def control(self, command: str, interface: str | None = None) -> str:
        """Carry out a command of the control interface; gives the reply as it is.

        In hostapd's or wpa_supplicant's vocabulary. `interface`: of an access point with several
        BSSs, else its first one. Raises `Unsupported` where there is no such interface, and
        `SetupFailed` when no reply came.
        """
        raise Unsupported(f"{self.kind} has no control interface for {command.split(' ')[0]!r}")

    def heard_control(self, t: float, interface: str, text: str, *, event: bool = True) -> None:
        """Note a line of the control interface; `event`: also in the world's stream."""
        self.control_events.append(ControlEvent(t, interface, text))
        if event:
            fields = {"interface": interface, "text": text}
            self.world.emit(Event(t, self.name, CONTROL_LINE, fields))

    def require_event(self, text: str) -> None:
        """Raise `Unsupported` when the device never says a control event that begins so."""
        if self.says is not None and text.split(" ")[0] not in self.says:
            raise Unsupported(f"{self.kind}: control event {text!r}: it says nothing like it")

    def expect_event(self, text: str, *, within: float = 5.0, clause: str = "") -> ControlEvent:
        """Wait for a control event that begins with `text`.

        Each event answers one expectation; their order is not judged. Raises `ExpectationFailed`
        with what came instead.
        """
        __tracebackhide__ = True
        self.require_event(text)
        if not self.wait(lambda: self._place_of(text) is not None, within):
            came = [event.text for event in self.control_events]
            bracketed = f" [{clause}]" if clause else ""
            raise ExpectationFailed(
                f"{self.name}: control event {text!r}: expected within {within:g} s, got none"
                f"{bracketed}",
                expected=text,
                got="\n".join(came) or "no event",
                clause=clause,
                excerpt="".join(f"  {self.name}: {line}\n" for line in came),
            )
        position = self._place_of(text)
        assert position is not None
        self._consumed.add(position)
        return self.control_events[position]

    def expect_events(
        self, *texts: str, within: float = 5.0, but_for: tuple[str, ...] = (), clause: str = ""
    ) -> None:
        """Wait for control events that begin with these texts, one right behind the other.

        The row begins at the first event that begins with the first text and answered no
        expectation yet; what begins with one of `but_for` may come in between. Raises
        `ExpectationFailed` with the first difference.
        """
        __tracebackhide__ = True
        for text in texts:
            self.require_event(text)

        def row() -> list[tuple[int, str]]:
            start = self._place_of(texts[0])
            events = () if start is None else enumerate(self.control_events[start:], start)
            found = [(at, event.text) for at, event in events]
            return [each for each in found if not each[1].startswith(but_for)] if but_for else found

        self.wait(lambda: len(row()) >= len(texts), within)
        came = row()[: len(texts)]
        for wanted, got in zip_longest(texts, (text for _, text in came)):
            if got is None or not got.startswith(wanted):
                raise ExpectationFailed(
                    f"{self.name}: control events: expected {wanted!r} next, got {got!r}",
                    expected="\n".join(texts),
                    got="\n".join(text for _, text in came) or "no event",
                    clause=clause,
                    excerpt="".join(f"  {self.name}: {e.text}\n" for e in self.control_events),
                )
        self._consumed.update(at for at, _ in came)

    def expect_reply(
        self, command: str, *replies: str, interface: str | None = None, clause: str = ""
    ) -> None:
        """Carry out a command of the control interface and expect one of these replies exactly.

        Raises `ExpectationFailed`, and what `control` raises.
        """
        __tracebackhide__ = True
        got = self.control(command, interface)
        if got not in replies:
            wanted = " or ".join(map(repr, replies))
            raise ExpectationFailed(
                f"{self.name}: {command!r}: reply: expected {wanted}, got {got!r}",
                expected=wanted,
                got=repr(got),
                clause=clause,
            )

    def refuse_event(self, text: str, *, clause: str = "") -> None:
        """Raise `ExpectationFailed` when a control event that begins with `text` has come."""
        __tracebackhide__ = True
        self.require_event(text)
        for event in self.control_events:
            if event.text.startswith(text):
                bracketed = f" [{clause}]" if clause else ""
                raise ExpectationFailed(
                    f"{self.name}: control event {text!r}: none expected, got one{bracketed}",
                    expected="none",
                    got=event.text,
                    clause=clause,
                )

    def wait(self, predicate: Callable[[], bool], within: float) -> bool:
        """Let time pass until `predicate` holds; False when it did not in `within` seconds."""
        return self.world.step_until(self.world.now() + within, predicate)

    def wait_ready(self, predicate: Callable[[], bool], what: str) -> None:
        """Let time pass until the device is ready. Raises `SetupFailed`."""
        if not self.wait(predicate, START_LIMIT):
            raise SetupFailed(f"{self.name} ({self.kind}): {what} did not come in {START_LIMIT} s")

    def _place_of(self, text: str) -> int | None:
        for position, event in enumerate(self.control_events):
            if position not in self._consumed and event.text.startswith(text):
                return position
        return None


class AccessPointDevice(Device):
    """An access point with one or more BSSs on one channel.

    Before it starts, it may be told `keys`: lines of hostapd's configuration file, for the radio
    and the first BSS.
    """

    role = "ap"

    def __init__(self, place: Place, bsss: tuple[Bss, ...], frequency: int) -> None:
        super().__init__(place)
        self.bsss = bsss
        self.frequency = frequency
        self.keys: Keys = {}
        self.on_air: tuple[BssOnAir, ...] = ()

    @property
    def addresses(self) -> tuple[MacAddress, ...]:
        return tuple(bss.bssid for bss in self.on_air)

    def __getitem__(self, bss: Bss) -> BssOnAir:
        """The running BSS that was asked for as `bss`."""
        return self.on_air[self.bsss.index(bss)]

    def require_all(self) -> None:
        """Raise `Unsupported` when one of the BSSs needs what the device does not do."""
        if any(bss.wps for bss in self.bsss):
            self.require(WPS)
        if any(bss.multi_ap for bss in self.bsss):
            self.require(MULTI_AP)
        if any(bss.needs_profiles for bss in self.bsss):
            self.require(MULTI_AP_PROFILES)
        if any(bss.sae or bss.pmf != PMF_OFF for bss in self.bsss):
            self.require(WPA3)

    @abstractmethod
    def push_button(self) -> None:
        """Push the WPS button: every BSS with WPS takes one Enrollee for two minutes."""

    @abstractmethod
    def enter_pin(self, pin: str) -> None:
        """Take in the PIN of an Enrollee, whichever it is."""

    @abstractmethod
    def deauthenticate(self, station: StationDevice, on: BssOnAir) -> None:
        """Deauthenticate a station of one of the BSSs."""

    @abstractmethod
    def disassociate(self, station: StationDevice, on: BssOnAir) -> None:
        """Disassociate a station of one of the BSSs."""

    @abstractmethod
    def switch_channel(self, frequency: int, *, count: int = 5) -> None:
        """Announce another channel (MHz) in `count` Beacons and go there; returns at once."""

    def _lay_out(self, radio_address: MacAddress, interface: str) -> None:
        """Give each BSS its interface and BSSID."""
        self.on_air = tuple(
            BssOnAir(
                bss,
                interface if index == 0 else f"{interface}-{index}",
                MacAddress(radio_address[:5] + bytes((radio_address[5] + index,))),
                self.name,
            )
            for index, bss in enumerate(self.bsss)
        )
        for running in self.on_air:
            claim(self.world.air, running.bssid, self.node)


_KEYS_OF_AP_MODE = (
    "frequency 2412", "key_mgmt WPA-PSK", "proto RSN", "pairwise CCMP", "group CCMP",
)  # fmt: skip


class StationDevice(Device):
    """A station.

    Before it starts, it may be told: `adds_sae`: make a WPA2-PSK credential good for SAE too;
    `sae_method`: what it does of SAE's two. `keys`: global lines of wpa_supplicant's configuration
    file.
    """

    role = "sta"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.adds_sae = False
        self.sae_method = HUNTING_AND_PECKING
        self.keys: Keys = {}

    @property
    @abstractmethod
    def interface(self) -> str:
        """Its network interface's name."""

    def push_button(self, *, backhaul: bool = False) -> None:
        """Push the WPS button; `backhaul`: ask for the credentials of a backhaul link."""
        self.require(WPS)
        if backhaul:
            self.require(MULTI_AP)
        self._push_button(backhaul)

    def enter_pin(self, pin: str, *, backhaul: bool = False, uninvited: bool = False) -> None:
        """Enrol with this PIN; `backhaul`: ask for the credentials of a backhaul link.

        `uninvited`: no access point says that it has a PIN; the station shall try all the same.
        """
        self.require(WPS)
        if uninvited:
            self.require(UNINVITED_PIN)
        if backhaul:
            self.require(MULTI_AP)
            self.require(PIN_FOR_BACKHAUL)
        self._enter_pin(pin, backhaul)

    def connect(
        self, bss: BssOnAir | AccessPointDevice, *, backhaul: bool = False, profile: int = 1
    ) -> None:
        """Store a profile for `bss`, or an AP's first one, and join it; returns at once.

        `backhaul`: as a backhaul station, of that Multi-AP `profile`.
        """
        if backhaul:
            self.require(MULTI_AP)
        if profile > 1:
            self.require(MULTI_AP_PROFILES)
        self._connect(bss if isinstance(bss, BssOnAir) else bss.on_air[0], backhaul, profile)

    def become_access_point(self, bss: Bss, *further: str) -> None:
        """Make an access point of the station by a network of mode 2; returns when it beacons.

        `bss`: its SSID and passphrase. `further`: keys of the network with their values. Raises
        `SetupFailed`, and `Unsupported` where there is no control interface.
        """
        number = self.control("ADD_NETWORK").strip()
        keys = ("mode 2", f'ssid "{bss.ssid}"', f'psk "{bss.passphrase}"', *_KEYS_OF_AP_MODE)
        commands = [f"SET_NETWORK {number} {key}" for key in (*keys, *further)]
        for command in (*commands, f"SELECT_NETWORK {number}"):
            if self.control(command) != "OK\n":
                raise SetupFailed(f"{self.name} refuses {command!r}")
        self.wait_ready(lambda: self._place_of("AP-ENABLED") is not None, "AP-ENABLED")

    @abstractmethod
    def connect_by_wpa(self, bss: BssOnAir) -> None:
        """Store a profile that takes WPA version 1 with TKIP only, and join; returns at once."""

    @abstractmethod
    def roam(self, bss: BssOnAir) -> None:
        """Go to another BSS of the present network; returns at once.

        Raises `SetupFailed` when the station does not know of it, or is in no network.
        """

    @abstractmethod
    def disconnect(self) -> None:
        """Leave the network and stay away."""

    @abstractmethod
    def reconnect(self) -> None:
        """Undo `disconnect`."""

    @abstractmethod
    def _push_button(self, backhaul: bool) -> None: ...

    @abstractmethod
    def _enter_pin(self, pin: str, backhaul: bool) -> None: ...

    @abstractmethod
    def _connect(self, bss: BssOnAir, backhaul: bool, profile: int) -> None: ...

    @abstractmethod
    def stored_networks(self) -> tuple[StoredNetwork, ...]:
        """The profiles that the station keeps now, without those that are for enrolling only."""

    def expect_nothing_stored(self, *, clause: str = "") -> None:
        """Expect that the station keeps no profile. Raises `ExpectationFailed`."""
        __tracebackhide__ = True
        stored = self.stored_networks()
        if stored:
            bracketed = f" [{clause}]" if clause else ""
            raise ExpectationFailed(
                f"{self.name}: stored networks: expected none, got {stored!r}{bracketed}",
                expected="no stored network",
                got=repr(stored),
                clause=clause,
            )

    def expect_stored(
        self, bss: Bss, *, backhaul: bool = False, sae: bool = False, clause: str = ""
    ) -> None:
        """Expect that the station keeps one profile, and that it is for `bss`.

        `backhaul`: with the role of a backhaul station. `sae`: good for SAE. A program may take a
        moment from the last frame to its file. Raises `ExpectationFailed` with the first
        difference.
        """
        __tracebackhide__ = True
        stored = self.stored_networks()
        if not stored:  # what is on the air may be ahead of a program's own bookkeeping
            self.wait(lambda: False, _BOOKKEEPING)
            stored = self.stored_networks()
        compared: list[tuple[str, object, object]] = [("number of networks", 1, len(stored))]
        for network in stored:
            key = network.key or ""
            compared += [
                ("SSID", bss.ssid.encode(), network.ssid),
                ("key", bss.passphrase, bss.passphrase if bss.opens_with(key) else network.key),
                ("backhaul role", backhaul, network.backhaul),
                ("SAE", sae, sae if network.sae is None else network.sae),
            ]
        for what, expected, got in compared:
            if got != expected:
                raise ExpectationFailed(
                    f"{self.name}: stored networks: {what}: expected {expected!r}, got {got!r}",
                    expected=f"{what} = {expected!r}",
                    got=f"{what} = {got!r}",
                    clause=clause,
                )


def all_addresses(devices: Iterable[Device]) -> dict[MacAddress, str]:
    """Whose each address is: `name` for a station, `name/ssid` for a BSS of an AP with several."""
    names: dict[MacAddress, str] = {}
    for device in devices:
        if isinstance(device, AccessPointDevice) and len(device.on_air) > 1:
            names |= {bss.bssid: bss.name for bss in device.on_air}
        else:
            names |= dict.fromkeys(device.addresses, device.name)
    return names
