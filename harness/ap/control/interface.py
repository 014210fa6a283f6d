"""One radio as the control interface's commands see it: its settings, and what runs by them.

The settings come from a file or from SET commands and take effect at ENABLE and RELOAD; what a
command changes is never half done: settings that don't hold together change nothing. Source: the
access point's control interface, 2 and 3; the configuration reference, 10.3 and 13.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from harness.ap import channels, coexistence, events, wmm
from harness.ap.access_point import AccessPoint, Actions
from harness.ap.channel_choice import ChannelChoice, Survey, survey
from harness.ap.coexistence import Coexistence
from harness.ap.config import ApConfig, channel_number
from harness.ap.config_build import build
from harness.ap.config_file import BssSettings, Settings, parse
from harness.ap.config_writer import with_new_settings
from harness.ap.control import kept_pin
from harness.ap.control.config_made import for_radio, note_channel, with_station_keys
from harness.ap.control.hooks import Hooks
from harness.ap.control.radio_view import RadioView
from harness.ap.neighbours import Neighbours
from harness.ap.new_settings import Learned, NetworkSettings
from harness.ap.psk_file import read_keys
from harness.ap.trials import NO_TRIALS, Trials
from harness.ap.wps import Result, WpsStatus
from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.base.errors import AirproofError, ConfigError, UsageError
from harness.base.event import Event
from harness.base.seam_events import ChannelSwitched, RadioEvent


class Files(Protocol):
    """The files that an access point reads and rewrites."""

    def read(self, path: str) -> str:
        """The text of a file. Raises `ConfigError`."""

    def replace(self, path: str, text: str) -> None:
        """Put another text in the place of a file's, whole or not at all; trouble is logged."""

    def extend(self, path: str, line: str) -> None:
        """Add a line to a file, whole or not at all, or make it; trouble is logged."""


class Interface:
    """A radio with its BSSs. `address`: the radio's. `node`: its name in events.

    `make_config`: from settings to what the machine is told; a lab may put something in between.

    `view`: the radio to be looked at; without one the control interface lacks its fields.

    `admit`: asked when a file is read again; raises `ConfigError` for BSSs that can't be here.

    `machine`: None until it was first enabled. `has_chosen`: a channel was looked for.
    Takes the radio's events and time like a machine.
    """

    def __init__(
        self,
        settings: Settings,
        address: MacAddress,
        entropy: Entropy,
        files: Files,
        node: str = "ap",
        *,
        interface_name: str | None = None,
        make_config: Callable[[Settings], ApConfig] = build,
        view: RadioView | None = None,
        neighbours: Neighbours | None = None,
        admit: Callable[[Settings], None] = lambda settings: None,
    ) -> None:
        self.settings = settings
        self.address = address
        self.phy = ""
        self.entropy: Final = entropy
        self.node: Final = node
        self.machine: AccessPoint | None = None
        self.view = view
        self._files = files
        self._interface_name = interface_name
        self._build = make_config
        self._admit = admit
        self._next: Settings | None = None
        self._neighbours = Neighbours() if neighbours is None else neighbours
        self._status: dict[str, WpsStatus] = {}
        self._hooks = {bss.name: Hooks(node, bss.name) for bss in settings.bsss}
        self.trials = NO_TRIALS
        self.has_chosen = False
        self._choice: ChannelChoice | Coexistence | None = None
        self._chosen_for: ApConfig | None = None
        self._former: tuple[Settings, ApConfig] | None = None

    def attach(self, address: MacAddress, view: RadioView, phy: str) -> None:
        """From now on there is a radio, which the system calls `phy`."""
        self.address, self.view, self.phy = address, view, phy

    def check(self) -> None:
        """Look whether the settings hold together. Raises `ConfigError`."""
        self._make_config(self.settings)

    # ---- a machine on a radio -------------------------------------------------------------

    def step(self, event: RadioEvent, now: float) -> Actions:
        return self.hear(event, now)

    def hear(self, event: RadioEvent, now: float) -> Actions:
        """Tell the access point what came, as far as the test hooks let it through."""
        hooks = self._hooks.get(event.interface)
        if hooks is None:
            return self.take(event, now)
        passed, told = hooks.incoming(event, now)
        return tuple(told) if passed is None else (*told, *self.take(passed, now))

    def take(self, event: RadioEvent, now: float) -> Actions:
        """Tell the access point what came, past the test hooks."""
        if self._choice is not None:
            return self._choose_on(self._choice, self._choice.step(event, now), now)
        machine = self.machine
        if machine is None:
            return ()
        actions = self._learned(machine.step(event, now), now)
        if isinstance(event, ChannelSwitched):
            note_channel(self.settings, machine.config)
        if machine.enabled:
            self._former = None
        return self.outgoing(actions, now)

    def outgoing(self, actions: Actions, now: float) -> Actions:
        """What becomes of what the access point wants done, by the test hooks."""
        return tuple(
            done
            for action in actions
            for done in (
                (action,)
                if isinstance(action, Event) or action.interface not in self._hooks
                else self._hooks[action.interface].outgoing(action, now)
            )
        )

    def hooks_of(self, bss: str) -> Hooks:
        """The test hooks of a BSS. Raises `UsageError`."""
        return self._hooks.setdefault(self.bss(bss).name, Hooks(self.node, bss))

    def try_out(self, trials: Trials, now: float) -> Actions:
        """Have the Registrar say wrong things, or none."""
        self.trials = trials
        return self.machine.try_out(trials) if self.machine and self.machine.running else ()

    def end_trials(self, now: float) -> Actions:
        """Let everything be as it should be again."""
        for hooks in self._hooks.values():
            hooks.reset()
        return self.try_out(NO_TRIALS, now)

    def deadline(self) -> float | None:
        if self._choice is not None:
            return self._choice.deadline()
        return None if self.machine is None else self.machine.deadline()

    def tick(self, now: float) -> Actions:
        if self._choice is not None:
            return self._choice.tick(now)
        machine = self.machine
        if machine is None:
            return ()
        return self.outgoing(self._learned(machine.tick(now), now), now)

    # ---- what commands do -----------------------------------------------------------------

    @property
    def running(self) -> bool:
        return self.machine is not None and self.machine.running

    @property
    def choosing(self) -> str:
        """What STATUS calls it that the radio looks around before it begins to beacon; or empty."""
        return "" if self._choice is None else self._choice.state

    @property
    def enabled(self) -> bool:
        """True when every BSS beacons, but for those that were disabled by themselves since."""
        return self.machine is not None and self.machine.enabled

    @property
    def running_machine(self) -> AccessPoint:
        """Raises `UsageError` while it does not run."""
        if self.machine is None or not self.machine.running:
            raise UsageError("the interface is disabled")
        return self.machine

    def wps_status(self, on: str) -> WpsStatus:
        """Of a BSS's last run, and of the button; the former outlives that the BSS was off."""
        before = self._status.get(on, WpsStatus())
        machine = self.machine
        if machine is None or not machine.running or not machine.has_wps:
            return before
        present = machine.wps_status_of(on)
        if present.result is Result.NONE:
            return replace(before, pbc=present.pbc)
        return present

    def ap_pin(self, on: str, now: float) -> str | None:
        """What external registrars must know at a BSS; None while they are kept out."""
        machine = self.machine
        if machine is None or not machine.running or machine.bss(on).registrar is None:
            return kept_pin.pin_of(self.bss(on), now)
        return machine.ap_pin_of(on)

    @property
    def wps_machine(self) -> AccessPoint:
        """Who takes commands about WPS, which the program's other radios may have to carry out.

        Raises `UsageError` while it was never enabled.
        """
        return self.running_machine if self.machine is None else self.machine

    def enable(self, now: float) -> Actions:
        """Start to beacon, or to look for a channel first.

        Raises `UsageError` when it does already, or may use no such channel; `ConfigError`.
        """
        if self.running or self.choosing:
            raise UsageError("the interface is enabled already")
        return self._begin(self._make_config(self.settings), now)

    def disable(self, now: float) -> Actions:
        """Dismiss every station and stop to beacon. Raises `UsageError`."""
        self._take_next()
        if self._choice is not None:
            return (self.disabled_event(now), *self._end_choice(self._choice))
        machine = self.running_machine
        self._note_status()
        kept_pin.keep_all(self.settings, machine.bsss)
        return machine.stop(now)

    def reload(self, now: float) -> Actions:
        """Go on with the settings as they are now; while disabled, only see whether it could.

        Raises `UsageError`, `ConfigError`.
        """
        self._take_next()
        return self._go_on_by(self.settings, now)

    def reload_file(self, now: float) -> Actions:
        """Read the file again and go on with that; one that is wrong changes nothing.

        Raises `UsageError` when there is no file, `ConfigError`.
        """
        return self._go_on_by(self._read_file(), now, from_file=True)

    def reload_keys(self, bss: str, now: float) -> Actions:
        """Read the file of a BSS's PSKs again; one that is wrong changes nothing.

        While it does not run, only see whether it could. Raises `ConfigError`.
        """
        if not self.running:
            self.check()
            return ()
        machine = self.running_machine
        running = machine.bss(bss).config
        return machine.renew_keys(bss, read_keys(running, self._files.read), now)

    def reload_bss(self, name: str, now: float) -> Actions:
        """Go on with one BSS's settings as they are now; while it does not run, only check them.

        Raises `UsageError`, `ConfigError`.
        """
        if not self.running:
            self.check()
            return ()
        return self.running_machine.reload_bss(name, self._make_config(self.settings), now)

    def update(self, changes: str, now: float) -> Actions:
        """Read the file again, with other values for some of its keys, and go on with that.

        `changes`: words `key=value`. Raises `UsageError`, `ConfigError`, and changes nothing then.
        """
        settings = self._read_file()
        for word in changes.split():
            name, _, value = word.partition("=")
            settings.set(settings.bsss[0], name, value)
        return self._go_on_by(settings, now)

    # ---- one BSS of several ---------------------------------------------------------------

    def add_bss(self, bss: BssSettings, now: float) -> Actions:
        """Begin another BSS on the radio; a disabled one only takes it in.

        Raises `UsageError`, `ConfigError`, and changes nothing then.
        """
        settings = self.settings.copy()
        settings.bsss.append(bss)
        config = self._make_config(settings)
        actions: Actions = ()
        if self.machine is not None and self.machine.running:
            actions = self.machine.add_bss(config.bsss[-1], now)
        self.settings.bsss.append(bss)
        if self.choosing:
            self._chosen_for = config
        return actions

    def remove_bss(self, name: str, now: float) -> Actions:
        """End one BSS that is not the first. Raises `UsageError`."""
        bss = self.bss(name)
        if bss is self.settings.bsss[0]:
            raise UsageError(f"{name} is the radio's first BSS")
        self.settings.bsss.remove(bss)
        if self._chosen_for is not None:
            bsss = (each for each in self._chosen_for.bsss if each.interface != name)
            self._chosen_for = replace(self._chosen_for, bsss=tuple(bsss))
        if self.machine is not None and self.machine.running:
            return self.machine.remove_bss(name, now)
        return (self.disabled_event(now, name),)

    def disabled_event(self, now: float, name: str | None = None) -> Event:
        """What is told when something ends that did not even run."""
        bss = name or self.settings.bsss[0].name
        return Event(now, self.node, events.AP_DISABLED, {"interface": bss})

    def flush(self, now: float) -> Actions:
        """Set back what commands changed for tests."""
        return self.end_trials(now)

    def set(self, bss: str, name: str, value: str) -> str | None:
        """Set one key; gives a warning when it has no effect. Raises `ConfigError`."""
        return self.settings.set(self.bss(bss), name, value)

    def set_qos(self, bss: str, name: str, value: str) -> Actions:
        """Set one of WMM's categories, which stations are told at once.

        Raises `ConfigError`, and changes nothing then.
        """
        changed = self.settings.copy()
        changed.set(changed.bsss[0], name, value)
        categories = wmm.categories(changed.radio)
        self.set(bss, name, value)
        return self.machine.tell_qos(categories) if self.machine and self.machine.running else ()

    def bss(self, name: str) -> BssSettings:
        """The settings of a BSS. Raises `UsageError`."""
        found = self.settings.bss(name)
        if found is None:
            raise UsageError(f"no BSS has the interface {name!r}")
        return found

    def adopt(self, new: NetworkSettings, now: float, on: str) -> Actions:
        """Take new network settings, by the BSS `on`: event, file, reload in a moment.

        Raises `UsageError` without WPS, `ConfigError` for settings that no network can have.
        """
        return self._learned(tuple(self.running_machine.adopt(new, now, on=on)), now)

    # ---- within ---------------------------------------------------------------------------

    def _new_machine(self, config: ApConfig) -> AccessPoint:
        made = AccessPoint(config, self.address, self.entropy, self.node, self._neighbours)
        made.trials = self.trials
        return made

    def _note_status(self) -> None:
        for bss in self.running_machine.bsss:
            self._status[bss.config.interface] = self.wps_status(bss.config.interface)

    def _read_file(self) -> Settings:
        if not self.settings.file:
            raise UsageError("the interface has no configuration file")
        text = self._files.read(self.settings.file)
        settings = parse(text, self.settings.file, self._interface_name, self._files.read)
        name, there = settings.bsss[0].name, self.settings.bsss[0].name
        if name != there:
            error = ConfigError(f"interface: is {there} and can't become {name} here", bss=name)
            raise settings.placed(error)
        self._admit(settings)
        return settings

    def _make_config(self, settings: Settings, running: ApConfig | None = None) -> ApConfig:
        """What the machine is told by `settings`: see `with_station_keys`. Raises `ConfigError`."""
        config = for_radio(self._build(settings), settings, self.view)
        config = with_station_keys(config, settings, self._files.read, running)
        return replace(config, several_radios=self._neighbours.radios > 1)

    def _go_on_by(self, settings: Settings, now: float, *, from_file: bool = False) -> Actions:
        """Have other settings, and go on with them if it runs. Raises `ConfigError`."""
        self._stay(settings)
        config = self._make_config(settings)
        if self._choice is not None:
            self.settings = settings
            return self._choose_otherwise(self._choice, config, now)
        if not self.running:
            self.settings = settings
            return ()
        machine = self.running_machine
        is_open = channels.is_left_open(settings.radio)
        goes_on = not is_open and machine.may_reload(config)
        if not is_open and not goes_on:
            self._require_usable(settings, config, machine.config)
        before, self.settings, self._next = self.settings, settings, None
        if goes_on:
            return machine.reload(config, now, from_file=from_file)
        self._note_status()
        surveyed = self._survey() if is_open else None
        stopped = machine.stop(now)
        self._former = (before, machine.config)
        return (*stopped, *self._begin(config, now, surveyed))

    def _require_usable(self, settings: Settings, config: ApConfig, running: ApConfig) -> None:
        """An access point may begin on the channel, as far as that can be known before.

        Another country may have other rules. Raises `ConfigError`.
        """
        if config.country not in (None, running.country) or self._usable(config.channel):
            return
        rule = f"the rules let no access point begin at {config.channel} MHz"
        raise settings.placed(ConfigError(f"channel: {rule}", key="channel"))

    def go_back(self, now: float) -> Actions | None:
        """Go on with what ran before a reload that the radio refused; None: there is no such."""
        former, self._former = self._former, None
        if former is None or not self.running:
            return None
        stopped = self.running_machine.stop(now)
        self.settings, config = former
        return (*stopped, *self._start(config, now))

    def _begin(self, config: ApConfig, now: float, surveyed: Survey | None = None) -> Actions:
        """Let an access point begin, where the channel is left open after a survey."""
        if channels.is_left_open(self.settings.radio):
            self.has_chosen = True
            first = config.bsss[0].interface
            self._choice = ChannelChoice(surveyed or self._survey(), first, self.node)
            self._chosen_for = config
            return self._choice.start(now)
        look = coexistence.look(config, self._usable, self.node)
        if look is None:
            return self._start(config, now)
        self.has_chosen, self._choice, self._chosen_for = True, look, config
        return look.start(now)

    def _start(self, config: ApConfig, now: float) -> Actions:
        self.machine = self._new_machine(config)
        return self.machine.start(now)

    # ---- the channel, where it is left open -----------------------------------------------

    def _usable(self, frequency: int) -> bool:
        return self.view is None or self.view.max_power(frequency) is not None

    def _survey(self) -> Survey:
        return survey(self.settings.radio, self._usable)

    def _stay(self, settings: Settings) -> None:
        """Settings that leave the channel open mean the present one, where they allow it."""
        if self.running and channels.is_left_open(settings.radio):
            present = self.running_machine.config
            if present.channel in channels.allowed(settings.radio):
                settings.radio["channel"] = present.number

    def _choose_on(
        self, choice: ChannelChoice | Coexistence, actions: Actions, now: float
    ) -> Actions:
        """Begin to beacon when the choice is made."""
        config = self._chosen_for
        assert config is not None, "it was chosen for something"
        if isinstance(choice, Coexistence):
            return (*actions, *self._begin_at(choice, config, now))
        if choice.chosen is not None:
            self._choice = self._chosen_for = None
            self.settings.radio["channel"] = channel_number(choice.chosen)
            begun = self._begin(replace(config, channel=choice.chosen), now)
            return (*actions, *self.outgoing(begun, now))
        if choice.failed:
            self._choice = self._chosen_for = None
            return (*actions, self.disabled_event(now))
        return actions

    def _begin_at(self, choice: Coexistence, config: ApConfig, now: float) -> Actions:
        """Begin to beacon when it is known where 40 MHz disturb nobody."""
        found = choice.applied_to(config)
        if found is None:
            return ()
        self._choice = self._chosen_for = None
        self.settings.radio["channel"] = found.number
        return self.outgoing(self._start(found, now), now)

    def _choose_otherwise(
        self, choice: ChannelChoice | Coexistence, config: ApConfig, now: float
    ) -> Actions:
        """Go on looking for a channel while the settings want the same, else begin anew."""
        is_open = channels.is_left_open(self.settings.radio)
        if isinstance(choice, ChannelChoice) and is_open and self._survey() == choice.survey:
            self._chosen_for = config
            return ()
        surveyed = self._survey() if is_open else None
        return (*self._end_choice(choice), *self._begin(config, now, surveyed))

    def _end_choice(self, choice: ChannelChoice | Coexistence) -> Actions:
        self._choice = self._chosen_for = None
        return choice.end()

    # ---- new settings -----------------------------------------------------------------------

    def _learned(self, actions: Actions, now: float) -> Actions:
        """Keep what the access point became or handed out by itself."""
        machine = self.machine
        assert machine is not None, "its actions came from it"
        for action in actions:
            if isinstance(action, Event) and action.name == events.PSK_HANDED_OUT:
                self._append_key(str(action.fields["interface"]), str(action.fields["line"]))
        if machine.to_come.next_config is None:
            self._take_next()
        if machine.to_come.learned is not None:
            new, machine.to_come.learned = machine.to_come.learned, None
            return (*actions, *self._keep(machine, new, now))
        return actions

    def _take_next(self) -> None:
        """What WPS brought is what the settings are from now on."""
        if self._next is not None:
            self.settings, self._next = self._next, None

    def _keep(self, machine: AccessPoint, new: Learned, now: float) -> Actions:
        """Put new settings into the file, or where there is none into memory.

        What comes in a moment is what the file says then, as far as it can be used; it is told
        when that is not the new settings.
        """
        trouble: AirproofError | None = None
        for make in (self._rewritten, self._changed) if self.settings.file else (self._changed,):
            try:
                settings = make(machine, new)
                config = self._make_config(settings, machine.config)
            except AirproofError as error:
                trouble = trouble or error
                continue
            if machine.may_reload(config):
                machine.to_come.next_config, self._next = config, settings
                break
        if trouble is None:
            return ()
        fields = {"interface": new.takers[0], "reason": str(trouble)}
        return (Event(now, self.node, events.SETTINGS_NOT_KEPT, fields),)

    def _rewritten(self, machine: AccessPoint, new: Learned) -> Settings:
        """Rewrite the file: the section of the first BSS that takes new settings.

        One that is good so far is not made bad. Raises `ConfigError`.
        """
        file = self.settings.file
        taker = next(bss for bss in machine.config.bsss if bss.interface in new.takers)
        text = self._files.read(file)
        section = None if taker is machine.config.bsss[0] else taker.interface
        rewritten = with_new_settings(text, new.settings.lines(taker), section)
        if self._is_good(rewritten, machine) or not self._is_good(text, machine):
            self._files.replace(file, rewritten)
        settings = parse(rewritten, file, self._interface_name, self._files.read)
        self._stay(settings)
        return settings

    def _is_good(self, text: str, machine: AccessPoint) -> bool:
        """Whether the file could be begun with."""
        try:
            settings = parse(text, self.settings.file, self._interface_name, self._files.read)
            self._make_config(settings, machine.config)
        except AirproofError:
            return False
        return True

    def _changed(self, machine: AccessPoint, new: Learned) -> Settings:
        """These settings with the new ones for every BSS that takes them."""
        settings = self.settings.copy()
        for config in machine.config.bsss:
            bss = settings.bss(config.interface)
            if bss is not None and config.interface in new.takers:
                new.settings.put_into(settings, bss, config)
        return settings

    def _append_key(self, bss: str, line: str) -> None:
        """Append a PSK to the file of a BSS's, if there is one."""
        running = self.running_machine.bss(bss).config
        if running.psk_file is not None:
            self._files.extend(running.psk_file, line)
