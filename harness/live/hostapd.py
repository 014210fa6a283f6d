"""`airproof hostapd [options] hostapd.conf…`: the access point as a drop-in for hostapd.

Source: the access point's control interface, 2 and 6.
"""

from __future__ import annotations

import getopt
import os
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from harness import __version__
from harness.ap.config_file import BssSettings, Settings, parse
from harness.base.address import MacAddress
from harness.base.errors import AirproofError, UsageError
from harness.live import log
from harness.live.control_server import (
    LONGEST_GLOBAL_COMMAND,
    ControlServer,
    group_id,
    obtain_directory,
)
from harness.live.daemonise import to_background
from harness.live.files import RealFiles
from harness.live.hosted import HostedAccessPoint
from harness.live.log import Log
from harness.live.loop import Loop
from harness.live.radios import DRIVERS
from harness.wire.wsc.device import uuid_from_mac, uuid_text

OK, FAIL = "OK\n", "FAIL\n"
START_LIMIT_S: Final = 20.0
"""How long the radios may take to beacon before the program goes to the background."""

USAGE: Final = """\
usage: airproof hostapd [-hdBKtvqsS] [-D driver] [-f log] [-g global socket] [-G group]
                        [-i interfaces] [-P PID file] [-u address] configuration file...

  -h   this text
  -d   more to be said (-dd: even more)
  -q   less to be said
  -B   go to the background
  -D   driver: nl80211 or sim, in the place of the files' driver=
  -f   say it to a file instead of standard output
  -g   path of the global control socket
  -G   group of the control sockets
  -i   names, separated by commas, in the place of the files' interface=
  -K   accepted (keys are never said)
  -P   PID file, written with -B
  -s   say it to the system's log
  -S   accepted (interfaces are always started one after the other)
  -t   with the time
  -u   say the UUID that follows from an address, and end
  -v   say the version, and end
"""


@dataclass(slots=True)
class Options:
    """The command line."""

    files: list[str] = field(default_factory=list)
    interfaces: list[str] = field(default_factory=list)
    driver: str | None = None
    background: bool = False
    global_socket: Path | None = None
    group: str | None = None
    pid_file: Path | None = None
    log_file: Path | None = None
    level: int = log.INFO
    shows_keys: bool = False
    timestamps: bool = False
    system_log: bool = False


class _Told(Exception):
    """The command line asked for a text; `status`: what the program ends with."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.text = text
        self.status = status


def read_options(arguments: list[str]) -> Options:
    """Read the command line. Raises `_Told`."""
    try:
        given, files = getopt.gnu_getopt(arguments, "b:BdD:e:f:g:G:hi:KP:qsStTu:vz:")
    except getopt.GetoptError as error:
        raise _Told(f"{error}\n{USAGE}", 1) from None
    options = Options(files=files)
    for letter, value in given:
        _take_option(options, letter, value)
    if options.background:
        options.files = [os.path.abspath(file) for file in options.files]  # noqa: PTH100
    if not options.files and options.global_socket is None:
        raise _Told(USAGE, 1)
    return options


def _take_option(options: Options, letter: str, value: str) -> None:
    if letter in "-h-v-u-b":
        raise _told_for(letter, value)
    if letter == "-D" and value not in DRIVERS:
        raise _Told(f"-D: must be {' or '.join(DRIVERS)}, not {value!r}\n", 1)
    match letter:
        case "-d" | "-q":
            level = options.level + (1 if letter == "-q" else -1)
            options.level = min(max(level, log.EXCESSIVE), log.ERROR)
        case "-i":
            options.interfaces = value.split(",")
        case "-f":
            options.log_file = Path(value)
        case "-g" | "-P":
            setattr(options, _PATHS[letter], Path(value).absolute())
        case "-D" | "-G":
            setattr(options, _TEXTS[letter], value)
        case "-B" | "-K" | "-s" | "-t":
            setattr(options, _FLAGS[letter], True)


_PATHS: Final = {"-g": "global_socket", "-P": "pid_file"}
_TEXTS: Final = {"-D": "driver", "-G": "group"}
_FLAGS: Final = {"-B": "background", "-K": "shows_keys", "-s": "system_log", "-t": "timestamps"}


def _told_for(letter: str, value: str) -> _Told:
    if letter == "-v":
        return _Told(f"hostapd v{__version__}-airproof\n", 1)
    if letter == "-u":
        return _Told(_uuid_of(value), 0)
    if letter == "-b":
        return _Told("-b: BSSs from files of their own are not served yet\n", 1)
    return _Told(USAGE, 1)


def _uuid_of(address: str) -> str:
    try:
        return uuid_text(uuid_from_mac(MacAddress(address))) + "\n"
    except ValueError as error:
        raise _Told(f"-u: {error}\n", 1) from None


class Daemon:
    """The program while it runs: its interfaces and its global socket."""

    def __init__(self, options: Options, written: Log) -> None:
        self.status = 0
        self._options = options
        self._log = written
        self._files = RealFiles(lambda line: written.say(line, log.ERROR))
        self.loop: Final = Loop(lambda error: written.say(str(error), log.ERROR))
        self._interfaces: list[HostedAccessPoint] = []
        self._global: ControlServer | None = None
        self._group: int | None = None
        self._started = False

    def start(self) -> None:
        """Set everything up. Raises `AirproofError`, `OSError`."""
        options = self._options
        self._group = None if options.group is None else group_id(options.group)
        parsed = [
            self._parse(file, name)
            for file, name in zip(
                options.files,
                [*options.interfaces, *[None] * len(options.files)],
                strict=False,
            )
        ]
        for settings, name in parsed:
            self._add(settings, name).enable()
        if options.global_socket is not None:
            obtain_directory(options.global_socket.parent, self._group)
            self._global = ControlServer(
                self.loop,
                options.global_socket,
                self._execute,
                group=self._group,
                longest=LONGEST_GLOBAL_COMMAND,
                has_levels=False,
            )
        self._wait_until_up()
        self._started = True

    def run(self) -> None:
        """Serve until something ends it."""
        self.loop.on_signal(signal.SIGHUP, self._reload_all)
        self.loop.on_signal(signal.SIGUSR1, self._dump)
        self.loop.on_signal(signal.SIGINT, self.loop.stop)
        self.loop.on_signal(signal.SIGTERM, self.loop.stop)
        self.loop.run()

    def close(self) -> None:
        for each in reversed(self._interfaces):
            each.close()
        if self._global is not None:
            self._global.tell("CTRL-EVENT-TERMINATING ")
            self._global.close()
        self.loop.close()

    # ---- interfaces -----------------------------------------------------------------------

    def _parse(self, file: str, name: str | None) -> tuple[Settings, str | None]:
        settings = parse(self._files.read(file), file, name, self._files.read)
        for warning in settings.warnings:
            self._log.say(f"{warning}")
        return settings, name

    def _add(self, settings: Settings, name: str | None = None) -> HostedAccessPoint:
        taken = {each for hosted in self._interfaces for each in hosted.names}
        for bss in settings.bsss:
            if bss.name in taken:
                raise UsageError(f"there is an interface {bss.name!r} already")
        hosted = HostedAccessPoint(
            settings,
            self.loop,
            self._log,
            driver=self._options.driver,
            interface_name=name,
            group=self._group,
            tell=self._tell_global,
            common=self._common,
            failed=self._start_failed,
        )
        self._interfaces.append(hosted)
        return hosted

    def _wait_until_up(self) -> None:
        """Radios answer in their time; who starts the program wants them to beacon when it ends."""
        limit = self.loop.now() + START_LIMIT_S
        while not all(each.interface.enabled for each in self._interfaces):
            if self.status:
                raise UsageError("an interface could not be set up")
            if self.loop.now() > limit:
                raise UsageError(f"the radios do not beacon within {START_LIMIT_S:.0f} s")
            self.loop.turn(limit)

    def _start_failed(self, hosted: HostedAccessPoint) -> None:
        """A radio listed on the command line that can't start, or goes, ends the program.

        One that refuses later, at a command, stays disabled.
        """
        if self._started and not hosted.lost:
            return
        self.status = 1
        if self._started and hosted.interface.settings.file in self._options.files:
            self.loop.stop()

    def _reload_all(self) -> None:
        for each in self._interfaces:
            try:
                each.reload_file()
            except AirproofError as error:
                self._log.say(f"{each.name}: {error}", log.ERROR)

    def _dump(self) -> None:
        for each in self._interfaces:
            for line in each.execute(each.name, "STATUS").splitlines():
                self._log.say(f"{each.name}: {line}")

    # ---- control --------------------------------------------------------------------------

    def _common(self, command: str) -> str | None:
        """Commands of any socket that concern the program."""
        if command == "TERMINATE":
            self.loop.call_after(0, self.loop.stop)
            return OK
        if command == "RELOG":
            return self._log.carry_reopen()
        if command == "CLOSE_LOG":
            self._log.close()
            return OK
        if command == "LOG_LEVEL" or command.startswith("LOG_LEVEL "):
            return self._log.carry_level(command.partition(" ")[2])
        return None

    def _execute(self, command: str) -> str:
        """Carry out a command of the global socket."""
        answer = self._common(command)
        if answer is not None:
            return answer
        word, _, arguments = command.partition(" ")
        try:
            if command.startswith("IFNAME="):
                return self._for_interface(word.partition("=")[2], arguments)
            match word:
                case "PING":
                    return "PONG\n"
                case "INTERFACES":
                    return self._list(arguments)
                case "ADD":
                    return self._add_by_command(arguments.split(" "))
                case "REMOVE":
                    return self._remove(arguments)
                case "FLUSH":
                    return OK
        except (AirproofError, OSError) as error:
            self._log.say(f"{word}: {error}", log.ERROR)
        return FAIL

    def _for_interface(self, name: str, command: str) -> str:
        for each in self._interfaces:
            if name in each.names:
                return each.execute(name, command)
        return "FAIL-NO-IFNAME-MATCH\n"

    def _list(self, arguments: str) -> str:
        lines = ""
        for each in self._interfaces:
            for name in each.names:
                where = f" ctrl_iface={each.control_directory(name) or 'N/A'}"
                lines += name + (where if arguments == "ctrl" else "") + "\n"
        return lines

    def _add_by_command(self, words: list[str]) -> str:
        name = words[0]
        if name.startswith("bss_config="):
            raise UsageError("BSSs from files of their own are not served yet")
        if len(words) == 2 and words[1].startswith("config="):
            settings, _ = self._parse(words[1].removeprefix("config="), name)
            self._add(settings, name)
            return OK
        if len(words) not in (2, 3) or not name:
            return FAIL
        bss = BssSettings(name, values={"ctrl_interface": words[1]})
        radio = {"driver": words[2]} if len(words) == 3 else {}
        self._add(Settings([bss], radio, read=self._files.read), name)
        return OK

    def _remove(self, name: str) -> str:
        for each in self._interfaces:
            if name == each.name:
                self._interfaces.remove(each)
                each.close()
                return OK
            if name in each.names:
                raise UsageError("removing one BSS of a radio is not served yet")
        return FAIL

    def _tell_global(self, name: str, line: str, option: str | None) -> None:
        if self._global is not None:
            self._global.tell(line, prefix=f"IFNAME={name} ", option=option)


def main(arguments: list[str]) -> int:
    """Run the program; returns its exit status."""
    try:
        options = read_options(arguments)
        system = "hostapd" if options.system_log else None
        written = Log(
            options.log_file,
            options.level,
            timestamps=options.timestamps,
            system=system,
            shows_keys=options.shows_keys,
        )
    except _Told as told:
        print(told.text, end="", file=sys.stdout if told.status == 0 else sys.stderr)
        return told.status
    except OSError as error:
        print(f"hostapd: {error}", file=sys.stderr)
        return 1
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
