"""`airproof hostapd [options] hostapd.conf…`: the access point as a drop-in for hostapd.

Source: the access point's control interface, 2 and 6.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from harness.base.errors import AirproofError, UsageError
from harness.crypto import self_test
from harness.live import log
from harness.live.access_points import AccessPoints
from harness.live.control_server import (
    LONGEST_GLOBAL_COMMAND,
    ControlServer,
    obtain_directory,
    remove_directory,
)
from harness.live.daemonise import to_background
from harness.live.hostapd_global import OK, GlobalCommands
from harness.live.hostapd_options import Options, Told, read_options
from harness.live.hosted import HostedAccessPoint
from harness.live.log import Log
from harness.live.loop import Loop

START_LIMIT_S: Final = 60.0
"""How long the radios may take to beacon before the program goes to the background."""


class Daemon:
    """The program while it runs: its interfaces and its global socket."""

    def __init__(self, options: Options, written: Log) -> None:
        self.status = 0
        self._options = options
        self._log = written
        self.loop: Final = Loop(lambda error: written.say(str(error), log.ERROR))
        self._access_points = AccessPoints(
            self.loop,
            written,
            driver=options.driver,
            tell=self._tell_global,
            common=self._of_bss,
            failed=self._start_failed,
        )
        self._global: ControlServer | None = None
        self._started = False
        self._ending = False
        self._held: list[Callable[[], None]] = []

    def start(self) -> None:
        """Set everything up. Raises `AirproofError`, `OSError`."""
        self_test.check()
        self._heed_signals()
        options, access_points = self._options, self._access_points
        access_points.group = options.group_id
        names = [*options.interfaces, *[None] * len(options.files)]
        named = zip(options.files, names, strict=False)
        parsed = [(access_points.parse(file, name), name) for file, name in named]
        added = [access_points.add(settings, name) for settings, name in parsed]
        for hosted in added:
            hosted.enable()
        made = [access_points.add_bss(phy, file) for phy, file in options.bsss]
        for each in made:
            if each is not None:
                each.enable()
        if options.global_socket is not None:
            try:
                self._global = self._listen(options.global_socket)
            except OSError as error:
                reason = f"-g: {options.global_socket}: {error.strerror or error}"
                raise UsageError(reason) from error
        self._wait_until_up()
        self._started = True

    def _listen(self, path: Path) -> ControlServer:
        group = self._access_points.group
        obtain_directory(path.parent, group)
        commands = GlobalCommands(
            self._access_points, self._log, self._common, lambda: server.sender
        )
        server = ControlServer(
            self.loop,
            path,
            commands.execute,
            group=group,
            longest=LONGEST_GLOBAL_COMMAND,
            has_levels=False,
            has_options=True,
        )
        return server

    def run(self) -> None:
        """Serve until something ends it."""
        for action in self._held:
            self.loop.call_after(0, action)
        if not self._ending:
            self.loop.run()

    def close(self) -> None:
        self._access_points.close()
        if self._global is not None:
            self._global.close()
            remove_directory(self._global.path.parent)
        self.loop.close()

    def _heed_signals(self) -> None:
        """From before the first socket and PID file on, for these tell that it can be signalled."""
        actions = {signal.SIGHUP: self._access_points.reload_files,
                   signal.SIGUSR1: self._access_points.dump}  # fmt: skip
        for number, action in actions.items():
            self.loop.on_signal(number, partial(self._when_started, action))
        for number in (signal.SIGINT, signal.SIGTERM):
            self.loop.on_signal(number, self._end)

    def _when_started(self, action: Callable[[], None]) -> None:
        if self._started:
            action()
        else:
            self._held.append(action)

    def _end(self) -> None:
        self._ending = True
        self.loop.stop()

    # ---- interfaces -----------------------------------------------------------------------

    def _wait_until_up(self) -> None:
        """Radios answer in their time; who starts the program wants them to beacon when it ends.

        Those that look for a channel are not waited for: that may take long.
        """
        limit = self.loop.now() + START_LIMIT_S
        begun = [each.interface for each in self._access_points]
        while not self._ending and not all(each.enabled or each.choosing for each in begun):
            if self.status:
                raise UsageError("an interface could not be set up")
            if self.loop.now() > limit:
                raise UsageError(f"the radios do not beacon within {START_LIMIT_S:.0f} s")
            self.loop.turn(limit)

    def _start_failed(self, hosted: HostedAccessPoint) -> None:
        """A radio listed on the command line that can't start, or goes, ends the program.

        One that refuses later, at a command, stays disabled.
        """
        if self._started and hosted.came_up and not hosted.lost:
            return
        listed = (*self._options.files, *(file for _, file in self._options.bsss))
        is_listed = hosted.interface.settings.file in listed
        if is_listed or not self._started or hosted.lost:
            self.status = 1
        if self._started and is_listed:
            self.loop.stop()

    # ---- control --------------------------------------------------------------------------

    def _common(self, command: str) -> str | None:
        """Commands of any socket that concern the program."""
        if command == "TERMINATE":
            self.loop.call_after(0, self.loop.stop)
            return OK
        return self._log.carry_reopen() if command.startswith("RELOG") else None

    def _of_bss(self, command: str) -> str | None:
        """Commands of a BSS's socket that concern the program."""
        if command == "CLOSE_LOG":
            self._log.close()
            return OK
        if command.startswith("LOG_LEVEL"):
            return self._log.carry_level(command.removeprefix("LOG_LEVEL").removeprefix(" "))
        return self._common(command)

    def _tell_global(self, name: str, line: str, option: str | None) -> None:
        if self._global is not None:
            self._global.tell(line, prefix=f"IFNAME={name} ", option=option)


def _open_log(options: Options) -> Log:
    """Open the log; one that can't be written goes to standard output instead."""

    def opened(file: Path | None) -> Log:
        return Log(
            file,
            options.level,
            timestamps=options.timestamps,
            system="hostapd" if options.system_log else None,
            shows_keys=options.shows_keys,
        )

    try:
        return opened(options.log_file)
    except OSError as error:
        written = opened(None)
        written.say(f"{options.log_file}: {error.strerror}; using standard output", log.ERROR)
        return written


def main(arguments: list[str]) -> int:
    """Run the program; returns its exit status."""
    try:
        options = read_options(arguments)
    except Told as told:
        print(told.text, end="", file=sys.stdout if told.status == 0 else sys.stderr)
        return told.status
    written = _open_log(options)
    daemon = Daemon(options, written)
    went: Path | None = None
    try:
        daemon.start()
        if options.background:
            to_background(options.pid_file)
            went = options.pid_file
        daemon.run()
    except (AirproofError, OSError) as error:
        written.say(str(error), log.ERROR)
        daemon.status = 1
    finally:
        daemon.close()
        if went is not None:
            went.unlink(missing_ok=True)
    return daemon.status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
