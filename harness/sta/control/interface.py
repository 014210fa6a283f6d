"""A station behind its control interface: commands as text in, replies as text out.

Source: sta-control. What needs the world outside (files, addresses) comes as `Surroundings`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, Protocol

from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.base.errors import AirproofError, ConfigError
from harness.base.event import Event, declare
from harness.base.seam import Command, TransmitEapol
from harness.base.seam_events import EapolReceived, RadioEvent, SignalCrossed
from harness.proto.wsc_enrollee import Enrollee, EnrolleeConfig
from harness.sta import events
from harness.sta.access_point import DEFAULT_KEYS, ApMode, ApOrder, MakeAccessPoint, nobody
from harness.sta.background_scans import Outside
from harness.sta.config import Network, StationConfig
from harness.sta.config_build import station_config_of
from harness.sta.config_file import ConfigFile, one_line, split_remark
from harness.sta.config_keys import GLOBAL_KEYS
from harness.sta.config_values import read_integer
from harness.sta.config_writer import write
from harness.sta.control import (
    absent,
    access_point,
    bss,
    capabilities,
    general,
    mib,
    networks,
    scan,
    signal,
    status,
    testing,
    variables,
    wps,
)
from harness.sta.control.hooks import Hooks
from harness.sta.control.mib import EapolCounters
from harness.sta.control.order import FAIL, UNKNOWN, Order, Takes
from harness.sta.control.profiles import Profiles
from harness.sta.core import Action, Actions
from harness.sta.external_passwords import Backend, nowhere, with_secret
from harness.sta.neighbours import Neighbours
from harness.sta.state import WpaState
from harness.sta.station import Station

ORDER_REFUSED: Final = declare(
    "sta.order.refused", "a control command was answered with FAIL: command, reason"
)
CONFIG_SAVED: Final = declare("sta.config.saved", "the configuration file was written")
CONFIG_UNSAVED: Final = declare("sta.config.unsaved", "the file could not be written: reason")

ORDERS: Final[dict[str, Order]] = {
    **absent.ORDERS,
    **general.ORDERS,
    **variables.ORDERS,
    **capabilities.ORDERS,
    **mib.ORDERS,
    **scan.ORDERS,
    **signal.ORDERS,
    **status.ORDERS,
    **bss.ORDERS,
    **networks.ORDERS,
    **wps.ORDERS,
    **testing.ORDERS,
}
_PREFIXES: Final = tuple(verb for verb, order in ORDERS.items() if order.takes is Takes.ANYTHING)

_AWAKENING: Final = frozenset(
    ("SELECT_NETWORK", "ENABLE_NETWORK", "RECONNECT", "REASSOCIATE", "RECONFIGURE")
)
"""Commands by which the user wants to be connected."""


class Surroundings(Outside, Protocol):
    """What the station's program has and its commands ask for."""

    def load(self) -> ConfigFile:
        """Read the configuration file again. Raises `ConfigError`, also without a file."""

    def store(self, text: str) -> None:
        """Put `text` in the file's place, all or nothing. Raises `ConfigError`."""

    def read(self, path: str) -> str:
        """Another file's text. Raises `ConfigError`."""

    def ip_address(self) -> str | None:
        """The interface's IPv4 address."""

    def protects_beacons(self) -> bool:
        """Whether the radio takes keys for Beacons."""


class StationControl:
    """One station, its configuration, and the commands for both.

    It stands before the station for a program: `start`, `step`, `deadline` and `tick` are the
    station's, and `execute` gives actions just so. `extra`: a file that is read and never
    written. `adjust`, `enrollee`: a lab may put something in between: what the station is told,
    and the machine of each enrolment. `neighbours`: the program's stations.
    `rekeys_safely`: as the radio says. Raises `ConfigError`.
    """

    def __init__(
        self,
        file: ConfigFile,
        address: MacAddress,
        frequencies: tuple[int, ...],
        entropy: Entropy,
        surroundings: Surroundings,
        *,
        extra: ConfigFile | None = None,
        node: str = "sta",
        interface: str = "wlan0",
        bridge: str | None = None,
        make_access_point: MakeAccessPoint = nobody,
        uuid: bytes | None = None,
        adjust: Callable[[StationConfig], StationConfig] = lambda config: config,
        enrollee: Callable[[EnrolleeConfig, Entropy], Enrollee] = Enrollee,
        neighbours: Neighbours | None = None,
        rekeys_safely: bool = True,
    ) -> None:
        self.interface: Final = interface
        self.entropy: Final = entropy
        self.surroundings: Final = surroundings
        self.profiles = Profiles(file, extra)
        self.variables: dict[str, str] = {}
        self.eapol: Final = EapolCounters()
        self.handshake_failures = 0
        self.scans = 0
        self.hooks: Final = Hooks(node)
        self._bridge = bridge
        self._node = node
        self._uuid = uuid
        self._adjust = adjust
        self._pending: list[Action] = []
        self.station: Final = Station(
            replace(self._station_config(file), networks=self.profiles.networks()),
            address,
            frequencies,
            entropy,
            node,
            interface,
            enrollee,
            neighbours,
            rekeys_safely,
            protects_beacons=surroundings.protects_beacons(),
            outside=surroundings,
        )
        self.station.core.passwords = self._password
        self.access_point: Final = ApMode(
            self.station.core, node, make_access_point, self._order_of
        )

    # ---- the station for its program ---------------------------------------------------------

    def start(self, now: float) -> Actions:
        return self._take(self.station.start(now), now)

    def step(self, event: RadioEvent, now: float) -> Actions:
        if isinstance(event, SignalCrossed):
            told = self._signal_crossed(event, now)
            return told + self._take(self.station.step(event, now), now)
        if isinstance(event, EapolReceived):
            self.eapol.note_received(event.source, event.payload)
        return self._take(self.hear(event, now), now)

    def _signal_crossed(self, event: SignalCrossed, now: float) -> Actions:
        """Tell of it with what is known of the link, which the station itself does not see."""
        current = self.station.bssid
        bss = None if current is None else self.station.bss_table.get(current)
        if bss is None:
            return ()
        told = signal.fields(self, bss, above=event.above)
        return (Event(now, self._node, events.SIGNAL_CHANGED, told),)

    def deadline(self) -> float | None:
        dues = (self.station.deadline(), self.access_point.deadline())
        return min((due for due in dues if due is not None), default=None)

    def tick(self, now: float) -> Actions:
        return self._take(self._tick(now), now)

    def _tick(self, now: float) -> Actions:
        return (*self.access_point.tick(now), *self.station.tick(now))

    def execute(self, command: str, now: float) -> tuple[str, Actions]:
        """Carry a command out: its reply, and what the station wants done for it."""
        self._pending = []
        reply = self._execute(command, now)
        pending, self._pending = self._pending, []
        return reply, (*pending, *self._take(self._tick(now), now))

    def _execute(self, command: str, now: float) -> str:
        verb, blank, rest = command.partition(" ")
        order = self._order(verb)
        if verb in _AWAKENING and not rest.endswith(" no-connect"):
            self.access_point.wake()
        unfit = Takes.NOTHING if blank else Takes.SOMETHING
        if order is None or order.takes in (unfit, Takes.ANYTHING):
            verb = next((each for each in _PREFIXES if command.startswith(each)), "")
            order, rest = self._order(verb), command.removeprefix(verb)
        if order is None:
            return UNKNOWN
        try:
            return order.carry(self, rest, now)
        except (AirproofError, ValueError) as error:
            reason = error.message if isinstance(error, ConfigError) else str(error)
            self.report(now, ORDER_REFUSED, command=verb, reason=reason)
            return FAIL

    def _order(self, verb: str) -> Order | None:
        if self.access_point.machine is not None and verb in access_point.ORDERS:
            return access_point.ORDERS[verb]
        return ORDERS.get(verb)

    # ---- for the commands --------------------------------------------------------------------

    def hear(self, event: RadioEvent, now: float) -> Actions:
        """Tell the station what came, as far as the test hooks let it through."""
        passed, told = self.hooks.incoming(event, now)
        if passed is None:
            return told
        machine = self.access_point if self.access_point.takes(passed) else self.station
        return (*told, *machine.step(passed, now))

    def do_as_access_point(self, actions: Actions, now: float) -> None:
        """Have done what a command of the access point's gave."""
        self._pending.extend(self.hooks.outgoing(actions, now))

    @property
    def wpa_state(self) -> WpaState:
        """As `STATUS` shows it: who was an access point is no station without networks."""
        mode, state = self.access_point, self.station.wpa_state
        if mode.machine is not None:
            return WpaState.COMPLETED if mode.machine.beacons else WpaState.SCANNING
        return WpaState.DISCONNECTED if mode.has_ended and state is WpaState.INACTIVE else state

    def tell_access_point(self, now: float) -> None:
        """Let the test variables hold for the access point too, if there is one."""
        machine = self.access_point.machine
        if machine is not None:
            self.do_as_access_point(machine.try_out(self.hooks.trials, now), now)

    def perform(self, command: Command) -> None:
        """Ask this of the radio, past the test hooks."""
        self._pending.append(command)

    def try_out(self, **changes: Any) -> None:
        """Change test variables."""
        self.hooks.trials = replace(self.hooks.trials, **changes)
        self.adopt(self.station.core.config)

    def do(self, actions: Actions, now: float) -> None:
        """Have done what a call of the station's gave."""
        self._pending.extend(self._take(actions, now))

    def report(self, now: float, name: str, **fields: object) -> None:
        self._pending.append(Event(now, self._node, name, fields))

    def global_text(self, key: str) -> str | None:
        """A global key's text, of the file that was read last."""
        extra = self.profiles.extra
        told = extra.text(key) if extra is not None else None
        return self.profiles.file.text(key) if told is None else told

    @property
    def _writes_file(self) -> bool:
        text = self.global_text("update_config")
        return text is not None and read_integer(text) != 0

    def set_global(self, key: str, text: str) -> None:
        """Change a global key of the running station. Raises `ConfigError`, nothing changed."""
        known = GLOBAL_KEYS.get(key)
        if known is None:
            raise ConfigError(f"unknown variable {key!r}")
        value = known.read(one_line(text))
        if split_remark(text)[1]:
            raise ConfigError("a file can't hold a # in a global value")
        config = self._station_config(self.profiles.file, {key: value})
        self.profiles.file.set(key, text)
        self.adopt(config)

    def change_config(self, **changes: Any) -> None:
        """Change what the station was told, beside its file. Raises `ConfigError`."""
        self.adopt(replace(self.station.core.config, **changes))

    def adopt(self, config: StationConfig) -> None:
        """Let the running station follow another configuration; networks are not touched."""
        core, trials = self.station.core, self.hooks.trials
        security = replace(config.security, ignores_h2e_only=trials.ignores_h2e_only)
        config = replace(config, trials=trials, security=security)
        core.config = config
        uuid = config.uuid or core.identity.uuid
        core.identity = replace(core.identity, config=config, uuid=uuid)
        core.table.limit(
            maximum=config.bss_max_count,
            age=config.bss_expiration_age,
            scan_count=config.bss_expiration_scan_count,
        )

    def save(self, now: float) -> None:
        """Write the configuration file. Raises `ConfigError`."""
        if not self._writes_file:
            raise ConfigError("update_config is 0: the file is not to be written")
        self.profiles.settle(self.station.networks)
        self.surroundings.store(write(self.profiles.file))
        self.report(now, CONFIG_SAVED)

    def reload(self, now: float) -> None:
        """Read the file again and begin anew with it. Raises `ConfigError`, nothing changed."""
        file = self.surroundings.load()
        profiles = Profiles(file, self.profiles.extra)
        config = self._station_config(file)
        added = profiles.networks()
        core = self.station.core
        block = core.networks.wps_block()
        if block is not None:
            core.leave(now)
            core.networks.remove(block.id)
            self.do(self.station.abandon_wps(now), now)
        core.leave(now)
        for network in list(core.networks):
            core.drop_keys(now, network.id)
            core.networks.remove(network.id)
        self.do(self.access_point.end(now), now)
        self.profiles = profiles
        self.adopt(config)
        for network in added:
            core.networks.add(network)
        if not core.user_disconnected:
            self.do(self.station.reconnect(now), now)

    # ---- parts -------------------------------------------------------------------------------

    def _password(self, name: str) -> str:
        """Look up what a network has the name of only. Raises `ConfigError`."""
        place = self.global_text("ext_password_backend")
        if place is None:
            return nowhere(name)
        return Backend.parse(place).look_up(name, self.surroundings.read)

    def _order_of(self, network: Network) -> ApOrder:
        core = self.station.core
        network = with_secret(network, self._password)
        texts = {key: self.global_text(key) for key in DEFAULT_KEYS}
        return ApOrder(
            network=network,
            config=core.config,
            uuid=core.identity.uuid,
            address=core.identity.own,
            interface=self.interface,
            node=self._node,
            frequencies=core.identity.frequencies,
            entropy=self.entropy,
            defaults={key: text for key, text in texts.items() if text is not None},
        )

    def _station_config(
        self, file: ConfigFile, changes: Mapping[str, Any] = MappingProxyType({})
    ) -> StationConfig:
        extra = self.profiles.extra
        values = file.values() | (extra.values() if extra is not None else {}) | dict(changes)
        if "uuid" not in values:
            if values.get("auto_uuid") == 1 and self._uuid is None:
                self._uuid = random_uuid(self.entropy)
            if self._uuid is not None:
                values["uuid"] = self._uuid
        return self._adjust(station_config_of(values, self._bridge))

    def _take(self, actions: Actions, now: float) -> Actions:
        """Follow what the station did, and save what an enrolment or an AP's word changed."""
        stored = False
        for action in actions:
            if isinstance(action, Event):
                self.profiles.follow(action, self.station.networks)
                stored |= action.name in (events.NETWORK_STORED, events.NETWORK_HARDENED)
                self.handshake_failures += action.name == events.PASSPHRASE_SUSPECTED
            elif isinstance(action, TransmitEapol):
                self.eapol.note_sent(action.payload)
        actions = self.hooks.outgoing(self.access_point.follow(actions, now), now)
        if not stored or not self._writes_file:
            return actions
        pending, self._pending = self._pending, []
        try:
            self.save(now)
        except ConfigError as error:
            self.report(now, CONFIG_UNSAVED, reason=error.message)
        saved, self._pending = tuple(self._pending), pending
        return (*actions, *saved)


def random_uuid(entropy: Entropy) -> bytes:
    """Draw a version 4 UUID (RFC 9562, 5.4), 16 octets."""
    octets = bytearray(entropy.octets(16))
    octets[6] = 0x40 | octets[6] & 0x0F
    octets[8] = 0x80 | octets[8] & 0x3F
    return bytes(octets)
