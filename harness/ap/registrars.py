"""The internal registrars of one radio: one for all BSSs, and one for each independent BSS.

What concerns the registrar of all goes to the program's other radios too (`neighbours`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from harness.ap import events
from harness.ap.ap_pin import NO_EXTERNAL_REGISTRARS, ExternalRegistrars
from harness.ap.bss import Bss
from harness.ap.config import WPS_UNCONFIGURED, ApConfig, BssConfig
from harness.ap.neighbours import (
    CancelWps,
    DisableApPin,
    Member,
    Neighbours,
    Order,
    RegistrarOrder,
)
from harness.ap.reporting import Action
from harness.ap.trials import Trials
from harness.ap.wps import Advertisement, Notice, Notices, WpsRegistrarState
from harness.base.errors import UsageError

_SHARED: Final = ""
"""In the place of an interface: the registrar of all BSSs that are not independent."""


def _name(bss: BssConfig) -> str:
    return bss.interface if bss.wps.independent else _SHARED


def _external(bss: BssConfig, ap: ApConfig) -> ExternalRegistrars:
    """What bears on external registrars at a BSS: its own, or where it says nothing all BSSs'."""
    own = bss.wps.external
    return ap.external if own == NO_EXTERNAL_REGISTRARS else own


class Registrars:
    """Those of `member`, whose BSSs `bsss` gives."""

    def __init__(
        self, member: Member, bsss: Callable[[], Iterable[Bss]], neighbours: Neighbours
    ) -> None:
        self._member = member
        self._bsss = bsss
        self._neighbours = neighbours
        self._all: dict[str, WpsRegistrarState] = {}
        self._advertised: dict[str, Advertisement] = {}
        """By interface."""
        self._received: list[tuple[Order, float]] = []

    def __iter__(self) -> Iterator[WpsRegistrarState]:
        return iter(self._all.values())

    def __bool__(self) -> bool:
        return bool(self._all)

    @property
    def shared(self) -> WpsRegistrarState | None:
        """The one of all BSSs that are not independent."""
        return self._all.get(_SHARED)

    def own(self, on: str | None) -> WpsRegistrarState | None:
        """The one of an independent BSS, else the shared one."""
        return self._all.get(on or _SHARED) or self.shared

    def of(self, on: str | None) -> WpsRegistrarState:
        """The same. Raises `UsageError` when there is none."""
        found = self.own(on)
        if found is None:
            raise UsageError("no running BSS has WPS")
        return found

    def ap_pin_of(self, on: str | None) -> str | None:
        """The AP PIN of a BSS, or of the first one. Raises `UsageError` when there is none."""
        pins = self.of(on).ap_pins
        return pins[on if on is not None and on in pins else next(iter(pins))].pin

    def bsss_of(self, registrar: WpsRegistrarState) -> list[Bss]:
        return [bss for bss in self._bsss() if bss.registrar is registrar]

    # ---- their lives ----------------------------------------------------------------------

    def forget(self) -> None:
        """Have none, and owe nobody anything."""
        self._all, self._advertised, self._received = {}, {}, []

    def make_for(
        self, bss: BssConfig, ap: ApConfig, trials: Trials, *, begins: bool
    ) -> WpsRegistrarState | None:
        """The registrar that a BSS shares or has; when it `begins` it may be the first one."""
        if not bss.wps_enabled:
            return None
        name = _name(bss)
        if bss.wps_state == WPS_UNCONFIGURED and name in self._all:
            self._all[name].forget_adopted()
        if name not in self._all and begins:
            to_be = None if bss.wps.independent else self._neighbours.to_be
            made = WpsRegistrarState(ap.config_methods, to_be)
            made.trials = trials
            self._all[name] = made
        found = self._all.get(name)
        if found is not None:
            found.ap_pins.join(bss.interface, _external(bss, ap))
            found.methods[bss.interface] = ap.as_told_by(bss).config_methods
        return found

    def renew(self, before: ApConfig, after: ApConfig, *, from_file: bool = False) -> None:
        """Buttons and PINs stay through a reload; the AP PIN, when it is set as before.

        `from_file`: what commands made of the AP PIN gives way to what the file says of it.
        """
        self.keep_only_for(after)
        was = {bss.interface: _external(bss, before) for bss in before.bsss}
        for bss in after.bsss:
            found = self._all.get(_name(bss))
            if found is None or bss.interface not in found.ap_pins:
                continue
            pins = found.ap_pins
            external = _external(bss, after)
            if was[bss.interface] != external:
                pins.renew(bss.interface, external)
            elif from_file:
                pins[bss.interface].restore()
        for registrar in self:
            registrar.settled = None

    def keep_only_for(self, ap: ApConfig) -> None:
        """Have none any more that no BSS is left for: an order to it would reach nobody."""
        wanted = {_name(bss) for bss in ap.bsss if bss.wps_enabled}
        for name in self._all.keys() - wanted:
            del self._all[name]
        served = {bss.interface for bss in ap.bsss if bss.wps_enabled}
        for registrar in self:
            registrar.ap_pins.keep_only(served)
        self._advertised = {on: each for on, each in self._advertised.items() if on in served}

    # ---- orders ---------------------------------------------------------------------------

    def overlap(self, now: float, on: str | None) -> bool:
        """Whether two Enrollees ask by push button, where the button on a BSS would be for."""
        own = self.own(on)
        if own is None or own is self.shared:
            return self._neighbours.overlap(now)
        return own.overlaps(now)

    def order(self, order: RegistrarOrder, now: float, on: str | None) -> list[Action]:
        """Do what the user wants, and let the other radios do it. Raises `UsageError`."""
        registrar = self.own(on)
        if registrar is None and not self._neighbours.share_wps():
            raise UsageError("no running BSS has WPS")
        if registrar is None or registrar is self.shared:
            self._neighbours.pass_on(self._member, order, now)
        return [] if registrar is None else self.carry_out(order, registrar, now, now)

    def receive(self, order: Order, at: float) -> None:
        """Keep an order of another radio's for the next turn."""
        self._received.append((order, at))

    def take_received(self) -> list[tuple[Order, float]]:
        """Give the orders of other radios, and when each was given."""
        received, self._received = self._received, []
        return received

    def carry_out(
        self, order: RegistrarOrder, registrar: WpsRegistrarState, at: float, now: float
    ) -> list[Action]:
        """Do what was ordered at `at`, on every BSS of a registrar."""
        actions = self._tell_all(registrar, registrar.obey(order, at), now)
        if isinstance(order, CancelWps):
            for bss in self.bsss_of(registrar):
                enrolling = [station for station in bss.stations if station.wps]
                if enrolling:
                    actions += bss.drop(enrolling[0], now)
                actions += bss.tell((Notice(events.WPS_CANCELLED),), now)
        return actions

    # ---- time -----------------------------------------------------------------------------

    def deadlines(self) -> list[float | None]:
        dues = [registrar.deadline() for registrar in self]
        return [*dues, *(at for _, at in self._received[:1])]

    def tick(self, now: float) -> list[Action]:
        """Do what is due, orders of other radios apart."""
        return [
            action
            for registrar in self
            for action in self._tell_all(registrar, registrar.tick(now), now)
        ]

    def spread(self, now: float) -> list[Action]:
        """Let everyone know what happened on one BSS and concerns others, and the beacons too."""
        actions: list[Action] = []
        for registrar in self:
            actions += self._tell_elsewhere(registrar, now)
            passed_on, registrar.passed_on = registrar.passed_on, []
            for order in passed_on if registrar is self.shared else ():
                self._neighbours.pass_on(self._member, order, now)
            for bss in self.bsss_of(registrar):
                on = bss.config.interface
                shown = registrar.advertisement(on)
                if shown != self._advertised.get(on, Advertisement()):
                    self._advertised[on] = shown
                    actions += bss.change_beacon()
        return actions

    # ---- within ---------------------------------------------------------------------------

    def _tell_all(self, registrar: WpsRegistrarState, notices: Notices, now: float) -> list[Action]:
        """What a registrar noticed by itself concerns every BSS that it is for.

        That the AP PIN's time is over is told once, by the first BSS of the program.
        """
        bsss = self.bsss_of(registrar)
        over = tuple(each for each in notices if each.name == events.AP_PIN_DISABLED)
        others = tuple(each for each in notices if each not in over)
        actions = bsss[0].tell(over, now) if over and bsss else []
        if over and registrar is self.shared:
            self._neighbours.pass_on(self._member, DisableApPin(), now)
        actions += [action for bss in bsss for action in bss.tell(others, now)]
        return actions + self._tell_alone(registrar, now)

    def _tell_alone(self, registrar: WpsRegistrarState, now: float) -> list[Action]:
        """Tell each BSS of a registrar what concerns it and no other."""
        told, registrar.alone = registrar.alone, []
        return [
            action
            for interface, notices in told
            for bss in self.bsss_of(registrar)
            if bss.config.interface == interface
            for action in bss.tell(notices, now)
        ]

    def _tell_elsewhere(self, registrar: WpsRegistrarState, now: float) -> list[Action]:
        """Tell the other BSSs of a registrar what happened on one of them and concerns all."""
        told, registrar.elsewhere = registrar.elsewhere, []
        actions = [
            action
            for interface, notices in told
            for bss in self.bsss_of(registrar)
            if bss.config.interface != interface
            for action in bss.tell(notices, now)
        ]
        return actions + self._tell_alone(registrar, now)
