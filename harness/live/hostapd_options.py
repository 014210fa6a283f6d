"""The command line of `airproof hostapd`: the access point's control interface, 6."""

from __future__ import annotations

import getopt
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from harness import __version__
from harness.base.address import MacAddress
from harness.base.errors import ConfigError
from harness.live import log
from harness.live.control_server import group_id
from harness.live.radios import DRIVERS
from harness.wire.wsc.device import uuid_from_mac, uuid_text

MISUSED: Final = 255
"""Status of the program when a control socket can't be as it is wanted."""

VERSION: Final = f"hostapd v{__version__}-airproof\n"
USAGE: Final = """\
usage: airproof hostapd [-hdBKtvqsS] [-D driver] [-f log] [-g global socket] [-G group]
                        [-b phy:file] [-i interfaces] [-P PID file] [-u address]
                        configuration file...

  -h   this text
  -d   more to be said (-dd: even more)
  -q   less to be said
  -b   a file with one BSS of the radio phy, which may be given several times
  -B   go to the background
  -D   driver: nl80211 or sim, in the place of the files' driver=
  -f   say it to a file instead of standard output
  -g   path of the global control socket
  -G   group of the control sockets
  -i   names, separated by commas, in the place of the files' interface=
  -K   keys too
  -P   PID file, written with -B
  -s   say it to the system's log
  -S   accepted (interfaces are always started one after the other)
  -t   with the time
  -u   say the UUID that follows from an address, and end
  -v   say the version, and end
"""


@dataclass(slots=True)
class Options:
    """The command line. `bsss`: of each -b the radio's name and the file."""

    files: list[str] = field(default_factory=list)
    interfaces: list[str] = field(default_factory=list)
    bsss: list[tuple[str, str]] = field(default_factory=list)
    driver: str | None = None
    background: bool = False
    global_socket: Path | None = None
    group: str | None = None
    group_id: int | None = None
    pid_file: Path | None = None
    log_file: Path | None = None
    level: int = log.INFO
    shows_keys: bool = False
    timestamps: bool = False
    system_log: bool = False


class Told(Exception):
    """The command line asked for a text; `status`: what the program ends with."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.text = text
        self.status = status


def read_options(arguments: list[str]) -> Options:
    """Read the command line. Raises `Told`."""
    try:
        given, files = getopt.gnu_getopt(arguments, "b:BdD:e:f:g:G:hi:KP:qsStTu:vz:")
    except getopt.GetoptError as error:
        raise Told(f"airproof hostapd: {error}\n{VERSION}{USAGE}", 1) from None
    options = Options(files=files)
    for letter, value in given:
        _take_option(options, letter, value)
    if options.background:
        options.files = [os.path.abspath(file) for file in options.files]  # noqa: PTH100
        options.bsss = [(phy, os.path.abspath(file)) for phy, file in options.bsss]  # noqa: PTH100
    if not (options.files or options.bsss) and options.global_socket is None:
        raise Told(VERSION + USAGE, 1)
    _check_sockets(options, given)
    return options


def _check_sockets(options: Options, given: list[tuple[str, str]]) -> None:
    """Raises `Told` for a group that is not there, and a global socket in no folder."""
    if options.group is not None:
        try:
            options.group_id = group_id(options.group)
        except ConfigError as error:
            raise Told(f"-G: {error}\n", MISUSED) from None
    for letter, value in given:
        if letter == "-g" and "/" not in value:
            raise Told(f"-g: {value!r} has no '/'\n", MISUSED)


def _take_option(options: Options, letter: str, value: str) -> None:
    if letter in "-h-v-u":
        raise _told_for(letter, value)
    if letter == "-D" and value not in DRIVERS:
        raise Told(f"-D: must be {' or '.join(DRIVERS)}, not {value!r}\n", 1)
    match letter:
        case "-d" | "-q":
            level = options.level + (1 if letter == "-q" else -1)
            options.level = min(max(level, log.EXCESSIVE), log.ERROR)
        case "-b":
            options.bsss.append(_bss(value))
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


def _told_for(letter: str, value: str) -> Told:
    if letter == "-v":
        return Told(VERSION, 1)
    if letter == "-u":
        return Told(_uuid_of(value), 0)
    return Told(VERSION + USAGE, 1)


def _uuid_of(address: str) -> str:
    try:
        return uuid_text(uuid_from_mac(MacAddress(address))) + "\n"
    except ValueError as error:
        raise Told(f"-u: {error}\n", 1) from None


def _bss(value: str) -> tuple[str, str]:
    phy, colon, file = value.partition(":")
    if not colon:
        raise Told(f"-b: {value!r} is not phy:file\n", 1)
    return phy, file
