"""`airproof wpa_supplicant`: the station as a program, with the options that scripts use.

Source: sta-control, 5.
"""

from __future__ import annotations

import getopt
import os
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from harness import __version__
from harness.base.errors import AirproofError, ConfigError
from harness.crypto import self_test
from harness.live.control_server import is_abstract
from harness.live.daemonise import to_background
from harness.live.log import DEBUG, ERROR, EXCESSIVE, INFO, Log
from harness.live.loop import Loop
from harness.live.station_interface import InterfaceOptions, read_file
from harness.live.station_program import ProgramOptions, StationProgram

_LETTERS: Final = "b:Bc:C:D:de:f:g:G:hi:I:KLm:M:No:O:p:P:qsTtuvWyz:"
_PER_INTERFACE: Final = {
    "-b": "bridge",
    "-i": "interface",
    "-D": "drivers",
    "-p": "parameters",
    "-C": "control",
    "-O": "control_override",
}
_FILES: Final = {"-c": "config", "-I": "extra"}
_REFUSED: Final = {
    "-u": "D-Bus is not built",
    "-m": "P2P is not built",
    "-M": "matching interfaces by pattern is not built",
    "-z": "the coordination directory is not built",
    "-o": "overriding drivers is not built",
}
_IGNORED: Final = ("-e", "-T", "-y")
_FAILED: Final = 255

USAGE: Final = """\
usage: airproof wpa_supplicant [-BdhKLqstTvW] [-P pid file] [-f log file]
       [-g global control socket] [-G group]
       -i interface -c configuration [-I more configuration] [-D driver[,driver]]
       [-C control directory] [-O control directory] [-p driver parameters] [-b bridge]
       [-N -i interface -c configuration ...]

  -b  bridge that takes the interface of a backhaul link    -N  another interface follows
  -B  go into the background once everything runs           -O  control directory, whatever
  -c  configuration file                                        -C says
  -C  control directory, whatever the file says             -p  sim: air=SOCKET node=NAME
  -d  log more (-dd: all)                                       address=MAC
  -D  nl80211 (default), sim, none                          -P  write the process id
  -f  log to a file, -s to syslog                           -q  log less
  -g  global control socket, -G its group                   -t  time stamps in the log
  -h  this text, -v version, -L licence                     -W  wait for a client first
  -I  read after -c and never written                       -K  keys in the log
"""


@dataclass(slots=True)
class _CommandLine:
    """What was asked for. `only`: a text to print instead of anything else."""

    interfaces: list[dict[str, str]] = field(default_factory=lambda: [{}])
    global_socket: str | None = None
    global_group: str | None = None
    log_file: str | None = None
    pid_file: str | None = None
    level: int = INFO
    flags: set[str] = field(default_factory=set)
    notices: list[str] = field(default_factory=list)
    only: str | None = None


def main(arguments: list[str]) -> int:
    """Run the program; returns its exit status."""
    try:
        line = _read(arguments)
    except getopt.GetoptError as error:
        _complain(str(error))
        print(USAGE, end="")
        return 0
    if line.only is not None:
        print(line.only, end="")
        return 0
    try:
        return _run(line)
    except OSError as error:
        _complain(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except AirproofError as error:
        _complain(str(error))
    return _FAILED


def _complain(reason: str) -> None:
    print(f"airproof wpa_supplicant: {reason}", file=sys.stderr)


def _read(arguments: list[str]) -> _CommandLine:
    """Raises `GetoptError`. Words that no option takes are left, as wpa_supplicant does."""
    pairs, rest = getopt.gnu_getopt(arguments, _LETTERS)
    line = _CommandLine(notices=[f"{word!r}: no option takes it" for word in rest])
    for letter, value in pairs:
        _take(line, letter, value)
    return line


def _take(line: _CommandLine, letter: str, value: str) -> None:
    if letter in _PER_INTERFACE or letter in _FILES:
        line.interfaces[-1][_PER_INTERFACE.get(letter) or _FILES[letter]] = value
    elif letter in _TEXTS:
        line.only = line.only or _TEXTS[letter]
    elif letter in _IGNORED or letter in _REFUSED:
        line.notices.append(f"{letter}: {_REFUSED.get(letter, 'has no effect here')}")
    elif letter == "-N":
        line.interfaces.append({})
    elif letter == "-d":
        line.level = max(EXCESSIVE, line.level - 1)
    elif letter == "-q":
        line.level = min(ERROR, line.level + 1)
    elif letter in _NAMED:
        setattr(line, _NAMED[letter], value)
    else:
        line.flags.add(letter)


_NAMED: Final = {
    "-g": "global_socket",
    "-G": "global_group",
    "-f": "log_file",
    "-P": "pid_file",
}
_TEXTS: Final = {
    "-h": USAGE,
    "-v": f"wpa_supplicant (airproof) v{__version__}\n",
    "-L": "airproof is under the BSD licence with three clauses.\n",
}


def _run(line: _CommandLine) -> int:
    given = [each for each in line.interfaces if each]
    if not given and line.global_socket is None:
        return _refused(line, "neither -i nor -g says what to serve")
    if any("config" in each and "interface" not in each for each in given):
        return _parse_only(given)
    if any("interface" not in each for each in given):
        return _refused(line, "options of an interface without its -i")
    return _serve(line, tuple(_options(each) for each in given))


def _refused(line: _CommandLine, reason: str) -> int:
    for each in (*line.notices, reason):
        _complain(each)
    print(USAGE, end="")
    return _FAILED


def _parse_only(given: list[dict[str, str]]) -> int:
    for each in given:
        for key in ("config", "extra"):
            if key in each:
                read_file(Path(each[key]))
    return 0


def _options(given: dict[str, str]) -> InterfaceOptions:
    if "config" not in given and "control" not in given:
        raise ConfigError(f"{given['interface']}: neither -c nor -C says where its socket is")
    options = InterfaceOptions(interface=given["interface"])
    for name in _PER_INTERFACE.values():
        if name in given:
            options = replace(options, **{name: given[name]})  # type: ignore[arg-type]
    paths = {name: Path(given[name]).absolute() for name in _FILES.values() if name in given}
    return replace(options, **paths)  # type: ignore[arg-type]


def _global_path(text: str) -> Path:
    path = Path(text)
    return path if is_abstract(path) else path.absolute()


def _serve(line: _CommandLine, interfaces: tuple[InterfaceOptions, ...]) -> int:
    self_test.check()
    log = _log(line)
    log.say("Successfully initialized wpa_supplicant")
    for notice in line.notices:
        log.say(notice)
    loop = Loop(lambda error: log.say(str(error)))
    pid_file = Path(line.pid_file).absolute() if line.pid_file else None
    options = ProgramOptions(
        interfaces=interfaces,
        global_socket=_global_path(line.global_socket) if line.global_socket else None,
        global_group=line.global_group,
        waits_for_clients="-W" in line.flags,
    )
    try:
        program = StationProgram(options, loop, log)
        try:
            log.say(f"airproof {__version__} runs", DEBUG)
            if "-B" in line.flags:
                to_background(pid_file, goes_on_without=True)
            elif pid_file is not None:
                _note_process(pid_file, log)
            loop.run()
        finally:
            program.close()
            if pid_file is not None and pid_file.is_file():
                pid_file.unlink()
    finally:
        loop.close()
        log.close()
    return 0


def _log(line: _CommandLine) -> Log:
    """As the options say; on standard output where a file can't be opened."""

    def to(path: Path | None) -> Log:
        return Log(
            path,
            line.level,
            timestamps="-t" in line.flags,
            system="wpa_supplicant" if "-s" in line.flags else None,
            shows_keys="-K" in line.flags,
        )

    if not line.log_file:
        return to(None)
    try:
        return to(Path(line.log_file))
    except OSError as error:
        log = to(None)
        log.say(f"{line.log_file}: {error.strerror}", ERROR)
        return log


def _note_process(path: Path, log: Log) -> None:
    try:
        path.write_text(f"{os.getpid()}\n", encoding="ascii")
    except OSError as error:
        log.say(f"{path}: {error.strerror}", ERROR)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
