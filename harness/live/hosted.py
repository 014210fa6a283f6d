"""One access point of the daemon: a radio, the machine on it, and a control socket per BSS."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from harness.ap import events, pin_requests
from harness.ap.access_point import Actions
from harness.ap.config_file import BssSettings, Settings
from harness.ap.control.commands import BssCommands
from harness.ap.control.interface import Interface
from harness.ap.control.reply import FAIL, OK
from harness.ap.control_events import render, render_probe
from harness.ap.neighbours import Neighbours
from harness.base.address import ZERO
from harness.base.entropy import SystemEntropy
from harness.base.errors import AirproofError, UsageError
from harness.base.event import Event
from harness.live import data_test, log
from harness.live.control_server import (
    Address,
    ControlServer,
    obtain_directory,
    remove_directory,
)
from harness.live.driver import Driver
from harness.live.files import RealFiles
from harness.live.log import Log
from harness.live.loop import Loop
from harness.live.radios import Opened, open_radio

PROGRAM: Final = "hostapd"

PROBES: Final = "probe_rx_events"
"""What a client attaches with to be told of Probe Requests."""

_TROUBLE: Final = {
    events.SETTINGS_NOT_TAKEN: "the new settings of WPS are not taken",
    events.SETTINGS_NOT_KEPT: "the new settings of WPS are not kept",
}
"""What the log tells as an error, with the reason."""

_STATES: Final = {events.AP_ENABLED: "ENABLED", events.AP_DISABLED: "DISABLED"}
"""What the log calls the state after an event, as hostapd's does; clients are not told."""

Tell = Callable[[str, str, str | None], None]
"""Told of a BSS's name, its event line, and the option that a client must have to be told."""
_Place = tuple[str | None, int | None]
"""Where a control socket is to be, and whose group's."""
Common = Callable[[str], str | None]
"""Answers the commands that concern the whole program; None for all others."""


class HostedAccessPoint:
    """A radio of the daemon's and everything on it.

    The radio is opened when it is first enabled. `phy`: what the command line calls it, if it
    does. `group`: of control sockets unless the settings name one. `tell`: for the global socket.
    `common`: see `Common`. `failed`: called when the radio refuses to start, or has gone (`lost`).
    `came_up`: it has beaconed.
    `neighbours`: the program's radios. `admit`: raises `ConfigError` for settings with an
    interface of another radio than this one.
    Raises `ConfigError`, `UsageError`, `OSError`; nothing is left behind then.
    """

    def __init__(
        self,
        settings: Settings,
        loop: Loop,
        written: Log,
        *,
        driver: str | None,
        interface_name: str | None,
        phy: str | None,
        group: int | None,
        tell: Tell,
        common: Common,
        failed: Callable[[HostedAccessPoint], None],
        neighbours: Neighbours,
        admit: Callable[[Settings, HostedAccessPoint], None],
    ) -> None:
        self._loop = loop
        self._log = written
        self._wanted_driver = driver
        self._group = group
        self._tell_global = tell
        self._common = common
        self._failed = failed
        self.lost = False
        self.came_up = False
        self._opened: Opened | None = None
        self._driver: Driver | None = None
        self._starting: list[str] | None = None
        self._stopping = False
        self._state = "UNINITIALIZED"
        self._files = RealFiles(lambda line: written.say(line, log.ERROR))
        self._servers: dict[str, ControlServer] = {}
        self._commands: dict[str, BssCommands] = {}
        self._data_tests: dict[str, data_test.DataTest] = {}
        self._directories: set[Path] = set()
        self._wanted: dict[str, _Place] = {}
        self._phys = {phy}
        self.interface: Final = Interface(
            settings,
            ZERO,
            SystemEntropy(),
            self._files,
            PROGRAM,
            interface_name=interface_name,
            neighbours=neighbours,
            admit=lambda read: admit(read, self),
        )
        try:
            for bss in settings.bsss:
                self._serve(bss)
        except BaseException:
            self._close_all()
            raise

    @property
    def name(self) -> str:
        return self.interface.settings.bsss[0].name

    @property
    def names(self) -> list[str]:
        """Of all its BSSs."""
        return [bss.name for bss in self.interface.settings.bsss]

    def control_directory(self, name: str) -> str | None:
        """Where the socket of a BSS is; None when it has none."""
        server = self._servers.get(name)
        return None if server is None else str(server.path.parent)

    def is_phy(self, name: str) -> bool:
        """Whether the radio is the one that the system, or the command line, calls so."""
        return name in self._phys

    def enable(self) -> None:
        """Open the radio and start to beacon.

        Raises `ConfigError`, `RadioError`; `UsageError` when it runs or the radio refuses.
        """
        if self._opened is None and not self.interface.running:
            self.interface.check()
            self._open()
        refusals = self._begin(lambda: self.interface.enable(self._loop.now()))
        if refusals:
            self._carry(self.interface.disable(self._loop.now()))
            raise UsageError(refusals[0])

    def add_bss(self, bss: BssSettings) -> None:
        """Begin another BSS. Raises `ConfigError`, `UsageError`, `OSError` and leaves nothing."""
        self._serve(bss)
        try:
            refusals = self._begin(lambda: self.interface.add_bss(bss, self._loop.now()))
            if refusals:
                self.interface.remove_bss(bss.name, self._loop.now())
                raise UsageError(refusals[0])
        except AirproofError:
            self._dismiss(bss.name)
            raise

    def remove_bss(self, name: str) -> None:
        """End one BSS that is not the first, and its socket. Raises `UsageError`."""
        self._carry(self.interface.remove_bss(name, self._loop.now()))
        self._dismiss(name)

    def reload_file(self) -> None:
        """Read the configuration file again. Raises `ConfigError`, `UsageError`."""
        self._carry(self.interface.reload_file(self._loop.now()))
        self._follow()

    def flush(self) -> None:
        """Set back what commands changed for tests."""
        self._carry(self.interface.flush(self._loop.now()))

    def execute(self, name: str, command: str) -> str:
        """Carry out a command for one of its BSSs."""
        answer = self._common(command)
        if answer is not None:
            return answer
        if command.startswith("ENABLE") and not command.startswith("ENABLE_BSS"):
            return self._enable_by_command(name)
        word, space, arguments = command.partition(" ")
        if space and word in data_test.COMMANDS:
            return self._test_data(name, word, arguments)
        commands = self._commands[name]
        text, actions = commands.execute(command, self._loop.now())
        if commands.told is not None:
            level = log.ERROR if text == FAIL else log.DEBUG
            self._log.say(f"{name}: {command.partition(' ')[0]}: {commands.told}", level)
        self._carry(actions)
        self._follow()
        return text

    def relay(self, name: str, command: str, sender: Address) -> str | None:
        """Let a BSS's socket answer a client of the global one; None when it has no socket."""
        server = self._servers.get(name)
        return None if server is None else server.answer(command, sender)

    def close(self) -> None:
        """Dismiss every station, stop to beacon and remove the sockets."""
        now = self._loop.now()
        for name in reversed(self.names[1:]):
            self.remove_bss(name)
        begun = self.interface.running or self.interface.choosing
        actions = self.interface.disable(now) if begun else (self.interface.disabled_event(now),)
        self._carry(actions)
        self._dismiss(self.name)
        self._close_all()

    # ---- within ---------------------------------------------------------------------------

    def _open(self) -> None:
        settings, name = self.interface.settings, self.name
        opened = open_radio(
            self._wanted_driver or settings.radio.get("driver", "nl80211"),
            settings.radio.get("driver_params", ""),
            name,
            PROGRAM,
            self._loop,
            self._radio_lost,
        )
        self._opened = opened
        self._phys.add(opened.phy)
        self.interface.attach(opened.radio.address, opened.radio, opened.phy)
        self._driver = Driver(self.interface, opened.radio, self._loop, self._hear)
        self._loop.join(self._driver)

    def _begin(self, begin: Callable[[], Actions]) -> list[str]:
        """Let BSSs begin and the radio take that in; gives why it refused, if it did."""
        refusals: list[str] = []
        self._starting = refusals
        try:
            self._carry(begin())
            if self._opened is not None and self._driver is not None:
                self._opened.settle()
                self._driver.pump()
        finally:
            self._starting = None
        return refusals

    def _enable_by_command(self, name: str) -> str:
        try:
            self.enable()
        except AirproofError as error:
            self._log.say(f"{name}: ENABLE: {error}", log.ERROR)
            return FAIL
        return OK

    def _test_data(self, name: str, word: str, arguments: str) -> str:
        if name not in self._data_tests:
            told = partial(self._tell, name)
            self._data_tests[name] = data_test.DataTest(self._loop, name, told)
        try:
            self._data_tests[name].execute(word, arguments)
        except UsageError as error:
            self._log.say(f"{name}: {word}: {error}", log.ERROR)
            return FAIL
        return OK

    def _carry(self, actions: Actions) -> None:
        """Without a radio there is only something to tell."""
        if self._driver is not None:
            self._driver.carry(actions)
            return
        for action in actions:
            assert isinstance(action, Event), "what does not run asks no radio for anything"
            self._hear(action)

    def _serve(self, bss: BssSettings) -> None:
        self._commands[bss.name] = BssCommands(self.interface, bss.name)
        self._wanted[bss.name] = _place(bss)
        directory = bss.get("ctrl_interface")
        if not directory:
            return
        group = bss.get("ctrl_interface_group", self._group)
        path = Path(directory).absolute()
        name = bss.name

        def execute(command: str) -> str:
            return self.execute(name, command)

        try:
            obtain_directory(path, group)
            self._directories.add(path)
            self._servers[name] = ControlServer(
                self._loop, path / name, execute, group=group, has_options=True
            )
        except OSError as error:
            raise self.interface.settings.unusable(bss, "ctrl_interface", error) from error

    def _follow(self) -> None:
        """Have a socket for every BSS that there is, after a file was read that names others."""
        names = self.names
        for gone in self._commands.keys() - set(names):
            self._dismiss(gone)
        for bss in self.interface.settings.bsss:
            if bss.name in self._commands:
                self._note_place(bss)
                continue
            try:
                self._serve(bss)
            except AirproofError as error:
                self._log.say(f"{bss.name}: {error}", log.ERROR)

    def _note_place(self, bss: BssSettings) -> None:
        """A socket stays where it is, as with hostapd; say so once when it is wanted elsewhere."""
        if _place(bss) != self._wanted[bss.name]:
            self._wanted[bss.name] = _place(bss)
            told = "ctrl_interface: the socket stays as it is until the interface is added anew"
            self._log.say(f"{bss.name}: {told}", log.WARNING)

    def _dismiss(self, name: str) -> None:
        """Take a BSS's socket away, and tell its clients."""
        line = "CTRL-EVENT-TERMINATING "
        self._log.say(f"{name}: {line}")
        self._tell(name, line)
        self._commands.pop(name, None)
        self._wanted.pop(name, None)
        tested = self._data_tests.pop(name, None)
        if tested is not None:
            tested.close()
        server = self._servers.pop(name, None)
        if server is not None:
            server.close()

    def _hear(self, event: Event) -> None:
        name = str(event.fields.get("interface", self.name))
        commands = self._commands.get(name)
        if commands is not None:
            commands.hear(event)
        line = render(event)
        if event.name in _STATES:
            self._log.say(f"{name}: interface state {self._state}->{_STATES[event.name]}")
            self._state = _STATES[event.name]
        is_secret = event.name == events.SETTINGS_CHANGED
        self._log.hear(name, event, line, is_secret=is_secret)
        if event.name == events.PIN_NEEDED:
            self._note_pin_request(name, event)  # who is told of it finds it in the file
        if line is not None:
            self._tell(name, line)
        probe = render_probe(event)
        if probe is not None:
            self._tell(name, probe, PROBES)
        if event.name == events.COMMAND_REFUSED:
            self._refused(event)
        elif event.name in _TROUBLE:
            self._log.say(f"{name}: {_TROUBLE[event.name]}: {event.fields['reason']}", log.ERROR)
        elif event.name == events.AP_ENABLED:
            self.came_up = True
        elif event.name == events.CHANNEL_CHOICE_FAILED:
            self._loop.call_after(0, self._stop_after_refusal)

    def _tell(self, name: str, line: str, option: str | None = None) -> None:
        server = self._servers.get(name)
        if server is not None:
            server.tell(line, option=option)
        self._tell_global(name, line, option)

    def _refused(self, event: Event) -> None:
        fields = event.fields
        told = f"the radio refused {fields['command']}: {fields['reason']}"
        self._log.say(f"{self.name}: {told}", log.ERROR)
        if fields["command"] != "StartBss":
            return
        if self._starting is not None:
            self._starting.append(told)
        elif not self._stopping:
            self._stopping = True
            self._loop.call_after(0, self._go_back_or_stop)

    def _go_back_or_stop(self) -> None:
        """What a reload asked for is refused: go on as before, if that is possible."""
        self._stopping = False
        actions = self.interface.go_back(self._loop.now())
        if actions is None:
            self._stop_after_refusal()
            return
        self._log.say(f"{self.name}: goes on with the settings from before", log.ERROR)
        self._carry(actions)
        self._follow()

    def _stop_after_refusal(self) -> None:
        if self.interface.running or self.interface.choosing:
            self._carry(self.interface.disable(self._loop.now()))
        self._failed(self)

    def _radio_lost(self) -> None:
        self.lost = True
        self._log.say(f"{self.name}: the radio has gone", log.ERROR)
        self._loop.call_after(0, self._stop_after_refusal)

    def _note_pin_request(self, name: str, event: Event) -> None:
        """Append to the file of PIN requests: README-WPS-access-point, "External operations"."""
        bss = self.interface.settings.bss(name)
        path = None if bss is None else bss.get("wps_pin_requests")
        if not path:
            return
        self._files.append(path, pin_requests.line(event.fields, int(time.time())))

    def _close_all(self) -> None:
        for server in self._servers.values():
            server.close()
        self._servers = {}
        if self._driver is not None:
            self._loop.leave(self._driver)
            self._driver = None
        if self._opened is not None:
            self._opened.radio.close()
            self._opened = None
        for directory in self._directories:
            remove_directory(directory)


def _place(bss: BssSettings) -> _Place:
    return bss.get("ctrl_interface"), bss.get("ctrl_interface_group")
