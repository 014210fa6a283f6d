"""A control socket: datagrams with commands in, replies and events out.

The text protocol that hostapd_cli, wpa_cli and management programs speak; what the commands mean
is the owner's business. Source: the control interface's socket protocol.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from harness.ap.config_keys import system_group
from harness.base.errors import ConfigError, UsageError
from harness.live.log import INFO
from harness.live.loop import Loop
from harness.live.unread import leave_unread, octets_unread
from harness.radio.nl80211.netlink import NetlinkError

LONGEST_COMMAND: Final = 4095
_ABSTRACT: Final = "@abstract:"
_SUN_PATH_OCTETS: Final = 108
LONGEST_GLOBAL_COMMAND: Final = 255
LONGEST_REPLY: Final = 8192
MODE: Final = 0o770
_LEVEL: Final = re.compile(r"-?[0-9]{1,9}")

_FAILURES_UNTIL_DETACHED: Final = 10
_UNREAD_LIMIT: Final = 65536
"""Octets of the kernel's memory; a few hundred events."""
_SEND_BUFFER: Final = 8 << 20
_SO_SNDBUFFORCE: Final = 32
_AT_A_TIME: Final = 64
"""Commands taken in one go, so that one talkative client does not starve the radio."""

Address: TypeAlias = str | bytes
Execute: TypeAlias = Callable[[str], str]
"""Carries a command out and gives the reply."""


@dataclass(slots=True)
class _Monitor:
    """A client that is told of events.

    `failures`: how often in a row that did not work. `behind`: since when it leaves what it was
    sent unread, as far as was looked.
    """

    level: int = INFO
    options: frozenset[str] = field(default_factory=frozenset)
    failures: int = 0
    behind: float | None = None


class ControlServer:
    """Listens at `path` and answers ATTACH, DETACH and LEVEL; `execute` answers the rest.

    `group`: gets the socket, None leaves it to the process's. `longest`: octets of a command, the
    rest is cut off. `has_levels`: False for a global socket. `has_options`: ATTACH may name events
    that are not told otherwise. `patience_s`: how long a client may leave events unread once there
    are many. Raises `UsageError` when another program listens there, `OSError` when the path can't
    be used.
    """

    def __init__(
        self,
        loop: Loop,
        path: Path,
        execute: Execute,
        *,
        group: int | None = None,
        longest: int = LONGEST_COMMAND,
        has_levels: bool = True,
        patience_s: float = 2.0,
        has_options: bool = False,
    ) -> None:
        self.path: Final = path
        self._loop = loop
        self._execute = execute
        self._longest = longest
        self._has_levels = has_levels
        self._patience_s = patience_s
        self._has_options = has_options
        self._monitors: dict[Address, _Monitor] = {}
        self.sender: Address = ""
        """Who sent the command that is being carried out."""
        self._socket = _listen(path, group)
        loop.add(self._socket, self._receive)

    @property
    def monitors(self) -> int:
        """How many clients are attached."""
        return len(self._monitors)

    def tell(
        self, line: str, level: int = INFO, *, prefix: str = "", option: str | None = None
    ) -> None:
        """Send an event to every client that wants its level.

        `prefix`: put before the priority. `option`: only to those that attached with it.
        """
        text = f"{prefix}<{level}>{line}".encode(errors="surrogateescape")
        if self._monitors and octets_unread(self._socket) > _UNREAD_LIMIT:
            self._drop_slow()
        for address, monitor in tuple(self._monitors.items()):
            if level >= monitor.level and (option is None or option in monitor.options):
                self._tell_one(address, monitor, text)

    def close(self) -> None:
        """Stop to listen and remove the socket from the file system."""
        self._loop.remove(self._socket)
        self._socket.close()
        if not is_abstract(self.path):
            self.path.unlink(missing_ok=True)

    def answer(self, command: str, sender: Address) -> str:
        """Give the reply to a command, as if `sender` had sent it here."""
        return self._answer(command, sender)

    # ---- commands -------------------------------------------------------------------------

    def _receive(self) -> None:
        for _ in range(_AT_A_TIME):
            if self._socket.fileno() < 0:
                return
            try:
                octets, sender = self._socket.recvfrom(self._longest)
            except BlockingIOError:
                return
            command = octets.decode(errors="surrogateescape").rstrip("\n")
            self.sender = sender
            reply = self._answer(command, sender)
            if sender and self._socket.fileno() >= 0:
                self._send(sender, reply.encode(errors="surrogateescape")[:LONGEST_REPLY])

    def _answer(self, command: str, sender: Address) -> str:
        word, blank, rest = command.partition(" ")
        if word == "ATTACH" and (self._has_options or not blank):
            return self._attach(sender, rest)
        if command == "DETACH":
            return "OK\n" if self._monitors.pop(sender, None) else "FAIL\n"
        if command.startswith("LEVEL ") and self._has_levels:
            return self._set_level(sender, rest)
        return self._execute(command)

    def _attach(self, sender: Address, options: str) -> str:
        if not sender:
            return "FAIL\n"
        chosen: set[str] = set()
        for option in options.split():
            name, given, value = option.partition("=")
            if given and value not in ("0", "1"):
                return "FAIL\n"
            if value == "1":
                chosen.add(name)
        known = self._monitors.setdefault(sender, _Monitor())
        known.options = frozenset(chosen)
        return "OK\n"

    def _set_level(self, sender: Address, level: str) -> str:
        monitor = self._monitors.get(sender)
        begun = _LEVEL.match(level.strip())
        if monitor is None or begun is None:
            return "FAIL\n"
        monitor.level = int(begun[0])
        return "OK\n"

    # ---- datagrams out --------------------------------------------------------------------

    def _tell_one(self, address: Address, monitor: _Monitor, text: bytes) -> None:
        failure = self._send(address, text)
        monitor.failures = monitor.failures + 1 if failure else 0
        if failure == errno.ENOENT or monitor.failures > _FAILURES_UNTIL_DETACHED:
            del self._monitors[address]

    def _drop_slow(self) -> None:
        """Drop the monitors that have not been seen to keep up for a while."""
        now = self._loop.now()
        try:
            slow = leave_unread(self._monitors)
        except NetlinkError:
            return  # a kernel without sock_diag: failures to send must do
        for address, monitor in tuple(self._monitors.items()):
            if address not in slow:
                monitor.behind = None
            elif monitor.behind is None:
                monitor.behind = now
            elif now - monitor.behind >= self._patience_s:
                del self._monitors[address]

    def _send(self, address: Address, octets: bytes) -> int:
        """Send without waiting; gives the error's number, 0 if there was none."""
        try:
            self._socket.sendto(octets, address)
        except OSError as error:
            return error.errno or errno.EIO
        return 0


def group_id(text: str) -> int:
    """Give the number of a group named, or numbered, by `text`. Raises `ConfigError`."""
    try:
        return system_group(text)
    except ValueError as error:
        raise ConfigError(str(error)) from None


def obtain_directory(path: Path, group: int | None = None, mode: int = MODE) -> None:
    """Make the directory of control sockets if it is not there. Raises `OSError`."""
    try:
        path.mkdir(mode=MODE)
    except FileExistsError:
        if not path.is_dir():
            raise
        return
    if group is not None:
        os.chown(path, -1, group)
    path.chmod(mode)


def remove_directory(path: Path) -> None:
    """Remove the directory of control sockets unless somebody's socket is in it."""
    try:
        path.rmdir()
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.EBUSY):
            raise


def is_abstract(path: Path) -> bool:
    """True for `@abstract:NAME`: a socket in no file system (unix(7))."""
    return str(path).startswith(_ABSTRACT)


def _bind_abstract(listening: socket.socket, path: Path) -> None:
    """Clients such as wpa_cli give the whole of sun_path, zeros at its end."""
    name = b"\0" + os.fsencode(str(path).removeprefix(_ABSTRACT))
    try:
        listening.bind(name.ljust(_SUN_PATH_OCTETS, b"\0"))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise UsageError(f"{path}: another program listens there") from error


def _listen(path: Path, group: int | None) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        listening.setblocking(False)
        _enlarge(listening)
        if is_abstract(path):
            _bind_abstract(listening, path)
        else:
            bind_file(listening, path, MODE, group)
    except BaseException:
        listening.close()
        raise
    return listening


def bind_file(
    listening: socket.socket, path: Path, mode: int, group: int | None = None
) -> None:
    """Bind a UNIX socket to a path, in the place of one that nobody listens at any more.

    Raises `UsageError` if someone does, `OSError` when the path can't be used so; no socket is left
    there then.
    """
    _remove_stale(path, listening.type)
    try:
        listening.bind(str(path))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise UsageError(f"{path}: another program listens there") from error
    try:
        if group is not None:
            os.chown(path, -1, group)
        path.chmod(mode)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _enlarge(sending: socket.socket) -> None:
    """Make room for what slow clients leave unread; only root may have as much as we like."""
    try:
        sending.setsockopt(socket.SOL_SOCKET, _SO_SNDBUFFORCE, _SEND_BUFFER)
    except PermissionError:
        sending.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)


def _remove_stale(path: Path, kind: int) -> None:
    """Unlink a socket that nobody listens at any more. Raises `UsageError` if someone does."""
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise UsageError(f"{path} is no socket")
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, kind) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
        else:
            raise UsageError(f"{path}: another program listens there")
