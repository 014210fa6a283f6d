"""One access point of the daemon: a radio, the machine on it, and a control socket per BSS."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from harness.ap import events, pin_requests
from harness.ap.config_file import BssSettings, Settings
from harness.ap.control.commands import BssCommands
from harness.ap.control.interface import Interface
from harness.ap.control.reply import FAIL
from harness.ap.control_events import render, render_probe
from harness.base.entropy import SystemEntropy
from harness.base.event import Event
from harness.live import log
from harness.live.control_server import (
    ControlServer,
    group_id,
    obtain_directory,
    remove_directory,
)
from harness.live.driver import Driver
from harness.live.files import RealFiles
from harness.live.log import Log
from harness.live.loop import Loop
from harness.live.radios import open_radio

PROGRAM: Final = "hostapd"

PROBES: Final = "probe_rx_events"
"""What a client attaches with to be told of Probe Requests."""

Tell = Callable[[str, str, str | None], None]
"""Told of a BSS's name, its event line, and the option that a client must have to be told."""
Common = Callable[[str], str | None]
"""Answers the commands that concern the whole program; None for all others."""


class HostedAccessPoint:
    """A radio of the daemon's and everything on it.

    `group`: of control sockets unless the settings name one. `tell`: for the global socket.
    `common`: see `Common`. `failed`: called when the radio refuses to start, or has gone (`lost`).
    Raises `RadioError`, `ConfigError`, `UsageError`, `OSError`; nothing is left behind then.
    """

    def __init__(
        self,
        settings: Settings,
        loop: Loop,
        written: Log,
        *,
        driver: str | None,
        interface_name: str | None,
        group: int | None,
        tell: Tell,
        common: Common,
        failed: Callable[[HostedAccessPoint], None],
    ) -> None:
        self._loop = loop
        self._log = written
        self._tell_global = tell
        self._common = common
        self._failed = failed
        self.lost = False
        self._files = RealFiles(lambda line: written.say(line, log.ERROR))
        self._servers: dict[str, ControlServer] = {}
        self._commands: dict[str, BssCommands] = {}
        self._directories: set[Path] = set()
        name = settings.bsss[0].name
        opened = open_radio(
            driver or settings.radio.get("driver", "nl80211"),
            settings.radio.get("driver_params", ""),
            name,
            PROGRAM,
            loop,
            self._radio_lost,
        )
        self.phy: Final = opened.phy
        self._radio = opened.radio
        self.interface: Final = Interface(
            settings,
            opened.radio.address,
            SystemEntropy(),
            self._files,
            PROGRAM,
            interface_name=interface_name,
            view=opened.radio,
        )
        self._driver = Driver(self.interface, opened.radio, loop, self._hear)
        try:
            for bss in settings.bsss:
                self._serve(bss, group)
        except BaseException:
            self._close_all()
            raise
        loop.join(self._driver)

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

    def enable(self) -> None:
        """Start to beacon. Raises `ConfigError`, `UsageError`."""
        self._driver.carry(self.interface.enable(self._loop.now()))

    def reload_file(self) -> None:
        """Read the configuration file again. Raises `ConfigError`, `UsageError`."""
        self._driver.carry(self.interface.reload_file(self._loop.now()))

    def execute(self, name: str, command: str) -> str:
        """Carry out a command for one of its BSSs."""
        answer = self._common(command)
        if answer is not None:
            return answer
        commands = self._commands[name]
        text, actions = commands.execute(command, self._loop.now())
        if commands.told is not None:
            level = log.ERROR if text == FAIL else log.DEBUG
            self._log.say(f"{name}: {command.partition(' ')[0]}: {commands.told}", level)
        self._driver.carry(actions)
        return text

    def close(self) -> None:
        """Dismiss every station, stop to beacon and remove the sockets."""
        if self.interface.running:
            self._driver.carry(self.interface.disable(self._loop.now()))
        self.say_all("CTRL-EVENT-TERMINATING ")
        self._loop.leave(self._driver)
        self._close_all()

    def say_all(self, line: str) -> None:
        """Tell the monitors of every BSS."""
        for name in self.names:
            self._log.say(f"{name}: {line}")
            self._tell(name, line)

    # ---- within ---------------------------------------------------------------------------

    def _serve(self, bss: BssSettings, default_group: int | None) -> None:
        self._commands[bss.name] = BssCommands(self.interface, bss.name, self.phy)
        directory = bss.get("ctrl_interface")
        if not directory:
            return
        named = bss.get("ctrl_interface_group")
        group = default_group if named is None else group_id(named)
        path = Path(directory).absolute()
        obtain_directory(path, group)
        self._directories.add(path)
        name = bss.name

        def execute(command: str) -> str:
            return self.execute(name, command)

        self._servers[name] = ControlServer(self._loop, path / name, execute, group=group)

    def _hear(self, event: Event) -> None:
        name = str(event.fields.get("interface", self.name))
        commands = self._commands.get(name)
        if commands is not None:
            commands.hear(event)
        line = render(event)
        self._log.hear(name, event, line)
        if line is not None:
            self._tell(name, line)
        probe = render_probe(event)
        if probe is not None:
            self._tell(name, probe, PROBES)
        if event.name == events.PIN_NEEDED:
            self._note_pin_request(name, event)
        elif event.name == events.COMMAND_REFUSED:
            self._refused(event)

    def _tell(self, name: str, line: str, option: str | None = None) -> None:
        server = self._servers.get(name)
        if server is not None:
            server.tell(line, option=option)
        self._tell_global(name, line, option)

    def _refused(self, event: Event) -> None:
        fields = event.fields
        self._log.say(f"the radio refused {fields['command']}: {fields['reason']}", log.ERROR)
        if fields["command"] == "StartBss":
            self._loop.call_after(0, self._stop_after_refusal)

    def _stop_after_refusal(self) -> None:
        if self.interface.running:
            self._driver.carry(self.interface.disable(self._loop.now()))
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
        for directory in self._directories:
            remove_directory(directory)
        self._radio.close()
