"""The access point: one radio, its BSSs, one internal registrar.

Everything comes in by `step`, `tick` or a call of the user's, and goes out as commands to the
radio and events. Nothing here reads a clock or touches a socket.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from typing import Final, TypeAlias

from harness.ap import events
from harness.ap.ap_pin import LONGEST_PIN
from harness.ap.bss import Bss
from harness.ap.config import ApConfig, BssConfig, bss_addresses
from harness.ap.erp import Erp, Surroundings, regard
from harness.ap.ht import Ht
from harness.ap.neighbours import (
    AddPin,
    Adopt,
    CancelWps,
    DisableApPin,
    EnrolleeDismissed,
    Forget,
    Neighbours,
    Order,
    PressButton,
    RegistrarOrder,
    SetApPin,
)
from harness.ap.new_settings import NetworkSettings
from harness.ap.psks import StationKey
from harness.ap.registrars import Registrars
from harness.ap.reporting import Action
from harness.ap.settings_to_come import SettingsToCome
from harness.ap.trials import NO_TRIALS, Trials
from harness.ap.wps import Notice, WpsStatus
from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.base.errors import UsageError
from harness.base.seam import SetPortAuthorized
from harness.base.seam_events import ChannelSwitched, EapolStatus, InterfaceSwitched, RadioEvent
from harness.crypto.wsc import generate_pin
from harness.wire.dot11.codes import REASON_NO_LONGER_VALID
from harness.wire.wmm import AccessCategory

Actions: TypeAlias = tuple[Action, ...]
"""Commands and events, in the order in which they are to be carried out and told."""


class AccessPoint:
    """An access point without a radio. `address`: the radio's. `node`: its name in events.

    `neighbours`: those of the same program, whom WPS is shared with.

    `deadline()` says when `tick` is due, in seconds on the clock that every `now` is read from.
    """

    def __init__(
        self,
        config: ApConfig,
        address: MacAddress,
        entropy: Entropy,
        node: str = "ap",
        neighbours: Neighbours | None = None,
    ) -> None:
        self.config = config
        self.address = address
        self._neighbours = Neighbours() if neighbours is None else neighbours
        self.uuid = self._neighbours.uuid_for(config, address)
        self.running = False
        self._entropy = entropy
        self._node = node
        self._tokens = count(1)
        self.trials = NO_TRIALS
        self._registrars = Registrars(self, lambda: self._bsss, self._neighbours)
        self.to_come: Final = SettingsToCome(self, self._registrars, self._neighbours)
        self._enabled = False
        self._switching = False
        self.surroundings: Final = Surroundings()
        self._bsss: tuple[Bss, ...] = ()
        self._addresses = _by_interface(config, bss_addresses(config, address))

    # ---- running --------------------------------------------------------------------------

    def start(self, now: float) -> Actions:
        """Begin to beacon on every BSS. Raises `UsageError` when it runs already."""
        if self.running:
            raise UsageError("the access point runs already")
        self.running = True
        self._enabled = False
        self._registrars.forget()
        self._neighbours.join(self)
        self.to_come.forget()
        self._bsss = tuple(
            self._make(bss, self._addresses[bss.interface], begins=True)
            for bss in self.config.bsss
        )
        return tuple(action for bss in self._bsss for action in _begun(bss, now))

    @property
    def enabled(self) -> bool:
        """True since every BSS began to beacon, until it stops."""
        return self.running and self._enabled

    def stop(self, now: float) -> Actions:
        """Dismiss every station and stop to beacon; what WPS knew is lost."""
        if not self.running:
            raise UsageError("the access point does not run")
        self.running = False
        self._neighbours.leave(self)
        actions = self._bsss[0].tell((Notice(events.AP_DISABLED),), now)
        for bss in reversed(self._bsss):
            actions += bss.stop(now)
        self._registrars.forget()
        return tuple(actions)

    def reload(self, config: ApConfig, now: float, *, from_file: bool = False) -> Actions:
        """Go on with other settings for the same BSSs on the same channel.

        Every station is dismissed, when they are `from_file` not those of a BSS whose `config_id`
        is the same as before; buttons and PINs stay. WPS can end so but not begin. Raises
        `UsageError` when it does not run, or the BSSs or the channel are others.
        """
        if not self.running:
            raise UsageError("the access point does not run")
        if not self.may_reload(config):
            raise UsageError("other BSSs, or another channel, need the access point to stop")
        self._registrars.renew(self.config, config, from_file=from_file)
        config = self.config = replace(config, ht=self._ht_of(config))
        self.to_come.forget()
        pairs = list(zip(config.bsss, self._bsss, strict=True))
        kept = [
            old
            for new, old in pairs
            if from_file and new.config_id is not None
            if new.config_id == old.config.config_id
        ]
        others = [bss for bss in self._bsss if bss not in kept]
        actions = [action for bss in others for action in bss.stop(now, REASON_NO_LONGER_VALID)]
        self._bsss = tuple(
            old if old in kept else self._make(new, old.bssid) for new, old in pairs
        )
        actions += [action for bss in self._bsss if bss not in kept for action in bss.start()]
        return tuple(actions)

    # ---- one BSS of several ---------------------------------------------------------------

    def add_bss(self, config: BssConfig, now: float) -> Actions:
        """Begin another BSS. Raises `ConfigError` when it does not fit in with the others."""
        self._require_running()
        after = replace(self.config, bsss=(*self.config.bsss, config))
        addresses = self._addresses_for(after)
        self.config, self._addresses = after, addresses
        bss = self._make(config, addresses[config.interface], begins=True)
        self._bsss = (*self._bsss, bss)
        return tuple(bss.start())

    def remove_bss(self, interface: str, now: float) -> Actions:
        """End one BSS for good; the first one only with all. Raises `UsageError`."""
        bss = self._running_bss(interface)
        if bss is self._bsss[0]:
            raise UsageError(f"{interface} is the radio's first BSS")
        actions = bss.tell((Notice(events.AP_DISABLED),), now) + bss.stop(now)
        self._bsss = tuple(each for each in self._bsss if each is not bss)
        self.config = replace(self.config, bsss=tuple(each.config for each in self._bsss))
        del self._addresses[interface]
        self._registrars.keep_only_for(self.config)
        return self._finish(actions + self._end_switch(now), now)

    def enable_bss(self, interface: str, now: float) -> Actions:
        """Let a BSS beacon that was disabled. Raises `UsageError` while the others don't run."""
        bss = self._running_bss(interface)
        return () if bss.on_radio else self._renew(bss, bss.config)

    def disable_bss(self, interface: str, now: float) -> Actions:
        """Dismiss the stations of one BSS and stop its beacon. Raises `UsageError`."""
        bss = self._running_bss(interface)
        return tuple(bss.stop(now)) if bss.on_radio else ()

    def reload_bss(self, interface: str, config: ApConfig, now: float) -> Actions:
        """Go on with other settings for one BSS; its stations are dismissed.

        Raises `UsageError` when it does not run, or `config` has not the same interfaces.
        """
        bss = self._running_bss(interface)
        place = self._bsss.index(bss)
        if not self.may_reload(replace(config, channel=self.config.channel, ht=self.config.ht)):
            raise UsageError("other BSSs need the access point to stop")
        bsss = list(self.config.bsss)
        bsss[place] = config.bsss[place]
        channel, does = self.config.channel, self.config.ht
        self.config = replace(config, bsss=tuple(bsss), channel=channel, ht=does)
        self._registrars.keep_only_for(self.config)
        actions = bss.stop(now, REASON_NO_LONGER_VALID)
        return self._finish([*actions, *self._renew(bss, bsss[place])], now)

    def update_beacon(self, interface: str, now: float) -> Actions:
        """Put the present contents into the beacon of a BSS; one that was stopped begins anew.

        The radio forgot its stations when it was stopped: that is told now. Raises `UsageError`.
        """
        bss = self._running_bss(interface)
        if bss.on_radio or bss.lost:
            return tuple(bss.change_beacon())
        return (*bss.forget_all(now), *self._renew(bss, bss.config))

    def stop_beaconing(self, now: float) -> Actions:
        """Stop every BSS's beacon at once, without a word to the stations. Raises `UsageError`."""
        self._require_running()
        return tuple(action for bss in reversed(self._bsss) for action in bss.halt())

    def may_reload(self, config: ApConfig) -> bool:
        """Whether `reload` can go on with `config`."""
        now, then = self.config, config
        return (
            now.channel == then.channel
            and (now.ht and now.ht.asked) == (then.ht and then.ht.asked)
            and self._addresses_for(then) == self._addresses
            and [bss.interface for bss in now.bsss] == [bss.interface for bss in then.bsss]
        )

    def _ht_of(self, config: ApConfig) -> Ht | None:
        """That of other settings, with the other half where it is found to be."""
        present = self.config.ht
        return config.ht and present and config.ht.at(present.secondary)

    def step(self, event: RadioEvent, now: float) -> Actions:
        """Take what the radio says. An interface that is no BSS's (any more) is passed over."""
        if self.surroundings.take(event, self.config.number, now):
            return self._finish([], now)
        for bss in self._bsss:
            if self.running and bss.owns(event.interface):
                if isinstance(event, InterfaceSwitched):
                    return self._finish(self._link_switched(bss, event.up, now), now)
                actions = bss.step(event, now)
                if isinstance(event, EapolStatus) and event.acknowledged:
                    actions += self._reload_early(now)
                if isinstance(event, ChannelSwitched):
                    there = bss.whereabouts
                    self.config = replace(self.config, channel=there.channel, ht=there.ht)
                actions += self._end_switch(now)
                actions += self._prune(bss, actions, now)
                return self._finish(actions + self._enable(now), now)
        return ()

    def deadline(self) -> float | None:
        if not self.running:
            return None
        dues = [bss.deadline() for bss in self._bsss]
        dues += [*self._registrars.deadlines(), self.to_come.due, self.surroundings.deadline()]
        return min((due for due in dues if due is not None), default=None)

    def tick(self, now: float) -> Actions:
        """Do what is due at `now`; nothing, when it is too early."""
        if not self.running:
            return ()
        were_due = self.to_come.is_due(now)
        received = self._registrars.take_received()
        actions = [each for order, at in received for each in self._obey(order, at, now)]
        actions += self._registrars.tick(now)
        for bss in self._bsss:
            actions += bss.tick(now)
        if were_due and self.to_come.is_due(now):
            actions += self._reload(now)
        return self._finish(actions, now)

    # ---- WPS, by the user -----------------------------------------------------------------

    # With `on` the interface of an independent BSS they are about that one, else about all others,
    # on the program's other radios too. They raise `UsageError` when no BSS that runs has WPS.

    def wps_overlap(self, now: float, *, on: str | None = None) -> bool:
        """Whether the button would be refused: two Enrollees ask by push button."""
        return self._registrars.overlap(now, on)

    def wps_pbc(self, now: float, *, on: str | None = None) -> Actions:
        """Push the button. A session overlap refuses it: an event says so."""
        return self._order(PressButton(self.wps_overlap(now, on=on)), now, on)

    def wps_pin(
        self,
        pin: str,
        now: float,
        uuid: bytes | None = None,
        *,
        timeout_s: float = 0.0,
        address: MacAddress | None = None,
        on: str | None = None,
    ) -> Actions:
        """Take an Enrollee's PIN in, for the one with `uuid` (16 octets) or for any.

        The text is used as it is. `timeout_s`: how long it is good, 0 for good. `address`: the
        Enrollee's, to be advertised as the only one authorised.
        """
        if not pin:
            raise UsageError("a PIN has at least one character")
        return self._order(AddPin(pin.encode(), uuid, timeout_s, address), now, on)

    def try_out(self, trials: Trials) -> Actions:
        """Have the Registrars say wrong things, for a tester; the frames show it at once."""
        self.trials = trials
        for registrar in self._registrars:
            registrar.trials = trials
        shown = (bss for bss in self._bsss if bss.registrar is not None)
        return tuple(action for bss in shown for action in bss.change_beacon())

    def wps_cancel(self, now: float, *, on: str | None = None) -> Actions:
        """Cancel push-button or PIN mode, and drop the first station that enrols."""
        return self._order(CancelWps(), now, on)

    # ---- the AP PIN, by the user ----------------------------------------------------------

    @property
    def ap_pin(self) -> str | None:
        """What external registrars must know, None while they are kept out."""
        return self.ap_pin_of(None)

    def ap_pin_of(self, on: str | None) -> str | None:
        """The same of an independent BSS."""
        return self._registrars.ap_pin_of(on)

    def set_ap_pin(
        self, pin: str, now: float, timeout_s: float = 0.0, *, on: str | None = None
    ) -> Actions:
        """Let external registrars in that know `pin`, for a time in seconds or (0) for good."""
        if not 1 <= len(pin) <= LONGEST_PIN:
            raise UsageError(f"an AP PIN has 1 to {LONGEST_PIN} characters, not {len(pin)}")
        return self._order(SetApPin(pin, timeout_s), now, on)

    def random_ap_pin(
        self, now: float, timeout_s: float = 0.0, *, on: str | None = None
    ) -> Actions:
        """Let external registrars in that know a new `ap_pin` of 8 digits."""
        return self.set_ap_pin(generate_pin(self._entropy), now, timeout_s, on=on)

    def disable_ap_pin(self, now: float, *, on: str | None = None) -> Actions:
        """Keep external registrars out."""
        return self._order(DisableApPin(), now, on)

    @property
    def has_wps(self) -> bool:
        """True while a running BSS has WPS."""
        return self.running and bool(self._registrars)

    @property
    def wps_status(self) -> WpsStatus:
        """Push-button status and the first BSS's last result. Raises `UsageError` without WPS."""
        self._registrars.of(None)
        return self.wps_status_of(self._bsss[0].config.interface)

    def wps_status_of(self, on: str) -> WpsStatus:
        """The same of a BSS; one without WPS has none."""
        found = (bss.registrar for bss in self._bsss if bss.config.interface == on)
        registrar = next(found, None)
        return WpsStatus() if registrar is None else registrar.status_of(on)

    # ---- WPS, with the program's other radios ---------------------------------------------

    @property
    def shares_wps(self) -> bool:
        """Whether a running BSS has WPS and is not independent."""
        return self.running and self._registrars.shared is not None

    def overlaps(self, now: float) -> bool:
        """Whether two Enrollees ask here by push button."""
        return self._registrars.of(None).overlaps(now)

    def receive(self, order: Order, at: float) -> None:
        """Keep an order for the next turn."""
        self._registrars.receive(order, at)

    def adopt(
        self, new: NetworkSettings, now: float, *, told: str | None = None, on: str | None = None
    ) -> list[Action]:
        """Have every BSS that a Registrar is for take new settings, see `SettingsToCome.adopt`."""
        return self.to_come.adopt(new, self.config, now, told=told, on=on)

    # ---- the channel, by the user ---------------------------------------------------------

    def switch_channel(
        self,
        frequency: int,
        now: float,
        *,
        count: int = 5,
        quiet: bool = False,
        ht: Ht | None = None,
    ) -> Actions:
        """Announce another channel in `count` Beacons and go there with every BSS.

        `quiet`: forbid the stations to transmit until then. `ht`: how the radio does HT there.
        Raises `ConfigError` for a frequency (MHz) without channel, `UsageError` while it does not
        run or switches already.
        """
        if not self._enabled or any(bss.switching for bss in self._bsss):
            raise UsageError("the access point does not beacon, or changes its channel already")
        if not any(bss.started for bss in self._bsss):
            raise UsageError("no BSS beacons")
        if not 1 <= count <= 255:
            raise UsageError(f"a channel switch is announced for 1 to 255 Beacons, not {count}")
        after = replace(self.config, channel=frequency, ht=ht)
        self._switching = True
        return tuple(
            action
            for bss in self._bsss
            if bss.started
            for action in bss.switch_channel(after.as_told_by(bss.config), count, now, quiet=quiet)
        )

    def tell_qos(self, categories: tuple[AccessCategory, ...]) -> Actions:
        """Tell every station how its frames are to contend from now on, by WMM's categories."""
        qos = self.config.qos.changed(categories)
        self.config = replace(self.config, qos=qos)
        return tuple(action for bss in self._bsss for action in bss.tell_qos(qos))

    # ---- to be looked at ------------------------------------------------------------------

    @property
    def ahead(self) -> ApConfig:
        """What holds; of the channel what is announced while there is that."""
        return next((bss.ahead for bss in self._bsss if bss.switching), self.config)

    @property
    def addresses(self) -> Mapping[str, MacAddress]:
        """The BSSIDs by interface, also while it does not run."""
        return self._addresses

    @property
    def bsss(self) -> tuple[Bss, ...]:
        """The BSSs while it runs or has run, in the order of the configuration."""
        return self._bsss

    def bss(self, interface: str) -> Bss:
        """The BSS of an interface. Raises `UsageError` when there is none."""
        for bss in self._bsss:
            if bss.config.interface == interface:
                return bss
        raise UsageError(f"no BSS has the interface {interface!r}")

    def deauthenticate(
        self, interface: str, station: MacAddress, now: float, reason: int = 2
    ) -> Actions:
        """Deauthenticate a station of a BSS. Raises `UsageError` when it is not there."""
        bss = self.bss(interface)
        found = bss.stations.get(station)
        if found is None:
            raise UsageError(f"{interface} has no station {station}")
        return self._finish(bss.dismiss(found, reason, now), now)

    def disassociate(
        self, interface: str, station: MacAddress, now: float, reason: int = 2
    ) -> Actions:
        """Disassociate a station of a BSS. Raises `UsageError` when it is not there."""
        bss = self.bss(interface)
        found = bss.stations.get(station)
        if found is None:
            raise UsageError(f"{interface} has no station {station}")
        return self._finish(bss.disassociate(found, reason, now), now)

    def renew_keys(
        self, interface: str, keys: tuple[StationKey, ...], now: float
    ) -> Actions:
        """Give a BSS another list of PSKs; stations whose PSK is not in it are dismissed.

        Raises `UsageError` when no BSS has the interface.
        """
        bss = self.bss(interface)
        actions = bss.renew_keys(keys, now)
        self.config = replace(self.config, bsss=tuple(each.config for each in self._bsss))
        return self._finish(actions, now)

    # ---- within ---------------------------------------------------------------------------

    def _require_running(self) -> None:
        if not self.running:
            raise UsageError("the access point does not run")

    def _running_bss(self, interface: str) -> Bss:
        self._require_running()
        return self.bss(interface)

    def _renew(self, bss: Bss, config: BssConfig) -> Actions:
        """Put another BSS of the same interface in the place of one, and begin it."""
        renewed = self._make(config, bss.bssid)
        self._bsss = tuple(renewed if each is bss else each for each in self._bsss)
        return tuple(renewed.start())

    def _link_switched(self, bss: Bss, up: bool, now: float) -> list[Action]:
        """Somebody took the interface of a BSS down, and the BSS with it, or up again."""
        if not up:
            return [*bss.vanish(now), *self._end_switch(now)] if bss.on_radio else []
        told = bss.tell((Notice(events.LINK_SWITCHED_ON),), now)
        return [*told, *self._renew(bss, bss.config)] if bss.lost else []

    def _addresses_for(self, config: ApConfig) -> dict[str, MacAddress]:
        """The addresses of BSSs, where those that are there keep theirs. Raises `ConfigError`."""
        there = {bss.config.interface for bss in self._bsss}
        known = {name: each for name, each in self._addresses.items() if name in there}
        return _by_interface(config, bss_addresses(config, self.address, known))

    def _reload_early(self, now: float) -> list[Action]:
        """An Enrollee has heard that EAP is over: new settings need not wait, here or elsewhere."""
        if self.to_come.due is None:
            return []
        self._neighbours.pass_on(self, EnrolleeDismissed(), now)
        return self._reload(now)

    def _order(self, order: RegistrarOrder, now: float, on: str | None) -> Actions:
        return self._finish(self._registrars.order(order, now, on), now)

    def _obey(self, order: Order, at: float, now: float) -> list[Action]:
        """Do what has to be done because of something on another radio at `at`."""
        if isinstance(order, Forget):
            found = [(bss, bss.stations.get(order.station)) for bss in self._bsss]
            return [each for bss, one in found if one for each in bss.drop(one, now)]
        if isinstance(order, EnrolleeDismissed):
            self.to_come.hurry(now)
            return []
        if isinstance(order, Adopt):
            return self.to_come.adopt_shared(order.settings, self.config, now)
        registrar = self._registrars.shared
        if registrar is None:
            return []
        return self._registrars.carry_out(order, registrar, at, now)

    def _make(self, config: BssConfig, bssid: MacAddress, *, begins: bool = False) -> Bss:
        registrar = self._registrars.make_for(config, self.config, self.trials, begins=begins)
        told = self.config.as_told_by(config)
        bss = Bss(
            config,
            told,
            bssid,
            told.uuid or self.uuid,
            self._entropy,
            self._node,
            registrar,
            self._tokens,
        )
        bss.regard = self._regard
        return bss

    def _regard(self, now: float) -> Erp:
        return regard(self._bsss, self.surroundings, self.config.ht, now)

    def _prune(self, bss: Bss, actions: list[Action], now: float) -> list[Action]:
        """A station that was authorised on one BSS is no longer a station of the others."""
        authorized = [
            each.peer for each in actions if isinstance(each, SetPortAuthorized) and each.authorized
        ]
        for peer in authorized:
            self._neighbours.pass_on(self, Forget(peer), now)
        return [
            action
            for peer in authorized
            for other in self._bsss
            if other is not bss and (station := other.stations.get(peer)) is not None
            for action in other.drop(station, now)
        ]

    def _enable(self, now: float) -> list[Action]:
        if self._enabled or not all(bss.started for bss in self._bsss):
            return []
        self._enabled = True
        return self._bsss[0].tell((Notice(events.AP_ENABLED),), now)

    def _end_switch(self, now: float) -> list[Action]:
        """When the last BSS is through with a channel switch, do what had to wait for that."""
        if not self._switching or any(bss.switching for bss in self._bsss):
            return []
        self._switching = False
        return [action for bss in self._bsss for action in bss.release_interfaces(now)]

    def _reload(self, now: float) -> list[Action]:
        """Go on with the settings that WPS brought."""
        then = self.to_come.instead_of(self.config, self.may_reload)
        return list(self.reload(then, now))

    def _finish(self, actions: list[Action], now: float) -> Actions:
        """Take what a run brought, and let everyone know what concerns all."""
        for registrar in self._registrars:
            adopted, registrar.adopted = registrar.adopted, None
            if adopted is not None:
                actions += self.adopt(adopted[1], now, told=adopted[0])
        erp = self._regard(now)
        actions += [action for bss in self._bsss for action in bss.have_regard(erp)]
        return (*actions, *self._registrars.spread(now))


def _begun(bss: Bss, now: float) -> list[Action]:
    notices = () if bss.rekeys else (Notice(events.REKEYING_FORBIDDEN),)
    return [*bss.tell(notices, now), *bss.start()]


def _by_interface(config: ApConfig, addresses: tuple[MacAddress, ...]) -> dict[str, MacAddress]:
    names = (bss.interface for bss in config.bsss)
    return dict(zip(names, addresses, strict=True))
