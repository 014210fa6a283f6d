"""The access point that a network of mode 2 makes of a station, as the station sees it.

Who it is lies beyond: a station has none of its own, and is given a maker. While there is one, the
radio's events are its, and the station's networks rest. Source: the station's behaviour page, 3.1
and 6.13.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol, TypeAlias

from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.base.errors import AirproofError, UsageError
from harness.base.event import Event
from harness.base.seam import Scan, StartBss
from harness.base.seam_events import ChannelSwitched, CommandFailed, RadioEvent, ScanFinished
from harness.sta import events
from harness.sta.config import Network, StationConfig
from harness.sta.core import Action, Actions, Core
from harness.sta.trials import Trials
from harness.wire.dot11.codes import REASON_LEAVING


class AccessPoint(Protocol):
    """A machine like the station. What it does and tells comes in its own names.

    `frequency`: where it is, in MHz. `beacons`: it has begun. `pairwise`, `group`, `key_mgmt`: as
    `STATUS` names them, None for an open one.
    """

    @property
    def frequency(self) -> int: ...

    @property
    def beacons(self) -> bool: ...

    @property
    def pairwise(self) -> str | None: ...

    @property
    def group(self) -> str | None: ...

    @property
    def key_mgmt(self) -> str | None: ...

    def start(self, now: float) -> Actions: ...

    def stop(self, now: float) -> Actions: ...

    def step(self, event: RadioEvent, now: float) -> Actions: ...

    def deadline(self) -> float | None: ...

    def tick(self, now: float) -> Actions: ...

    def try_out(self, trials: Trials, now: float) -> Actions:
        """Say wrongly what a tester orders, as far as it concerns access points."""

    def execute(self, command: str, now: float) -> tuple[str, Actions]:
        """Carry out a command of an access point's control interface."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApOrder:
    """What is to be made. `network`: its settings; `config`: what is said of the device.

    `uuid`: 16 octets. `defaults`: texts of global keys that concern access points.
    """

    network: Network
    config: StationConfig
    uuid: bytes
    address: MacAddress
    interface: str
    node: str
    frequencies: tuple[int, ...]
    entropy: Entropy
    defaults: dict[str, str]


MakeAccessPoint: TypeAlias = Callable[[ApOrder], AccessPoint]
"""Raises `ConfigError` for an order that no access point can follow."""


def nobody(order: ApOrder) -> AccessPoint:
    """For a station that is never to be one."""
    raise UsageError("nobody makes access points here")


class ApMode:
    """Whether the station is an access point now, and which. `make`: makes one.

    After every step of the station `follow` begins and ends it as the networks say.
    """

    def __init__(
        self,
        core: Core,
        node: str,
        make: MakeAccessPoint,
        order: Callable[[Network], ApOrder],
    ) -> None:
        self.machine: AccessPoint | None = None
        self.network: Network | None = None
        self.has_ended = False
        self._core = core
        self._node = node
        self._make = make
        self._order = order
        self._left_alone: set[int] = set()

    @property
    def running(self) -> AccessPoint:
        """Raises `UsageError` while there is none."""
        if self.machine is None:
            raise UsageError("there is no access point")
        return self.machine

    def leave_alone(self, network_id: int) -> None:
        """Don't begin with that network until `wake`."""
        self._left_alone.add(network_id)

    def wake(self) -> None:
        """The user wants to be connected: networks that failed are tried again."""
        self._left_alone.clear()

    # ---- a machine on the radio --------------------------------------------------------------

    def takes(self, event: RadioEvent) -> bool:
        """True for what is the access point's; scans are always the station's."""
        if isinstance(event, ScanFinished):
            return False
        refused = isinstance(event, CommandFailed) and isinstance(event.command, Scan)
        return self.machine is not None and not refused

    def step(self, event: RadioEvent, now: float) -> Actions:
        machine, network = self.running, self.network
        assert network is not None
        beaconed = machine.beacons
        actions = machine.step(event, now)
        if isinstance(event, CommandFailed) and isinstance(event.command, StartBss):
            self.leave_alone(network.id)
            return (*actions, *self.end(now))
        if isinstance(event, ChannelSwitched):
            actions = (*actions, *self._follow_channel(machine.frequency, now))
        if machine.beacons and not beaconed:
            own = self._core.identity.own
            fields = {"bssid": own, "id": network.id, "id_str": network.id_str}
            return (*actions, self._event(now, events.CONNECTION_COMPLETED, **fields))
        return actions

    def _follow_channel(self, frequency: int, now: float) -> Actions:
        """The network is where its access point went, also the next time."""
        networks, network = self._core.networks, self.network
        if network is None or network.id not in networks:
            return ()
        present = networks[network.id]
        if present.access_point is None:
            return ()
        there = replace(present.access_point, frequency=frequency)
        networks.change(replace(present, access_point=there))
        fields = {"id": network.id, "frequency": frequency}
        return (self._event(now, events.NETWORK_MOVED, **fields),)

    def deadline(self) -> float | None:
        return None if self.machine is None else self.machine.deadline()

    def tick(self, now: float) -> Actions:
        return () if self.machine is None else self.machine.tick(now)

    # ---- beginning and end -------------------------------------------------------------------

    def follow(self, actions: Actions, now: float) -> Actions:
        """Add to what the station does now that the access point ends or begins.

        An end comes before the first thing that the radio is asked for, a beginning last.
        """
        if self.machine is not None and not self._may_stay():
            ended = self.end(now)
            place = next((at for at, one in enumerate(actions) if not isinstance(one, Event)), None)
            place = len(actions) if place is None else place
            actions = (*actions[:place], *ended, *actions[place:])
        network = self._wanted() if self.machine is None else None
        return actions if network is None else (*actions, *self._begin(network, now))

    def end(self, now: float) -> Actions:
        """Stop it, if there is one."""
        if self.machine is None:
            return ()
        machine, self.machine, self.network = self.machine, None, None
        self.has_ended = True
        self._core.networks.resting = False
        stopped = machine.stop(now)
        fields = {
            "bssid": self._core.identity.own,
            "reason": REASON_LEAVING,
            "locally_generated": True,
        }
        return (*stopped, self._event(now, events.CONNECTION_LOST, **fields))

    def _begin(self, network: Network, now: float) -> Actions:
        try:
            machine = self._make(self._order(network))
            started = machine.start(now)
        except AirproofError as error:
            self.leave_alone(network.id)
            return (self._event(now, events.ACCESS_POINT_REFUSED, reason=str(error)),)
        self.machine, self.network = machine, network
        self._core.networks.resting = True
        self._core.scanner.stop()
        return started

    def _may_stay(self) -> bool:
        core, network = self._core, self.network
        assert network is not None
        if core.user_disconnected or network.id not in core.networks:
            return False
        return core.networks.is_enabled(core.networks[network.id])

    def _wanted(self) -> Network | None:
        """The first network by priority and id, when that is one of mode 2."""
        core = self._core
        if core.user_disconnected or not core.is_idle or core.scanner.running is not None:
            return None
        if core.networks.wps_block() is not None:
            return None
        enabled = [each for each in core.networks if core.networks.is_enabled(each)]
        first = min(enabled, key=_rank, default=None)
        if first is None or first.access_point is None or first.id in self._left_alone:
            return None
        return first

    def _event(self, now: float, name: str, **fields: object) -> Action:
        return Event(now, self._node, name, fields)


def _rank(network: Network) -> tuple[int, int]:
    return -network.priority, network.id


DEFAULT_KEYS: Final = ("beacon_int", "dtim_period", "max_num_sta", "ap_isolate", "config_methods")
"""Global keys that an access point takes where its network says nothing."""
