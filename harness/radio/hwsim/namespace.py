"""Network namespaces with a name, one for each node of a world."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from harness.base.errors import SetupFailed
from harness.radio.nl80211.link import Links

DIRECTORY = Path("/run/netns")
PREFIX = "airproof-"
_OWN = Path("/proc/thread-self/ns/net")
_NO_IPV6 = Path("/proc/sys/net/ipv6/conf")

_CLONE_NEWNET = 0x40000000
_MS_BIND = 4096
_MNT_DETACH = 2

_libc = ctypes.CDLL(None, use_errno=True)


class Namespace:
    """A network namespace of ours, kept by a name under `/run/netns`; silent, loopback up.

    Needs CAP_SYS_ADMIN; raises `SetupFailed` without it. Programs run in it by
    `ip netns exec NAME`.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._path = DIRECTORY / name
        with _opened(_OWN) as home:
            _call("unshare", _CLONE_NEWNET)
            try:
                _bind(_OWN, self._path)
                _silence_ipv6()
                _raise_loopback()
            finally:
                _call("setns", home, _CLONE_NEWNET)
        self.fd = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Let this thread be in the namespace: sockets made now stay in it for good."""
        with _opened(_OWN) as home:
            _call("setns", self.fd, _CLONE_NEWNET)
            try:
                yield
            finally:
                _call("setns", home, _CLONE_NEWNET)

    def remove(self) -> None:
        """Take the name away; the namespace goes when nothing uses it any more."""
        os.close(self.fd)
        _unbind(self._path)


def remove_leftovers() -> None:
    """Take away the namespaces of processes of ours that ended without doing so."""
    for path in DIRECTORY.glob(f"{PREFIX}*"):
        owner = path.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            _unbind(path)


def name_for(world: int, node: str) -> str:
    """Name the namespace of a node: the process that owns it, the world in it, the node."""
    return f"{PREFIX}{os.getpid()}-{world}-{node}"


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield fd
    finally:
        os.close(fd)


def _call(function: str, *arguments: object) -> None:
    if getattr(_libc, function)(*arguments) != 0:
        raise SetupFailed(f"{function} for a network namespace: {os.strerror(ctypes.get_errno())}")


def _bind(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch()
    _call("mount", os.fsencode(source), os.fsencode(target), None, _MS_BIND, None)


def _unbind(path: Path) -> None:
    _libc.umount2(os.fsencode(path), _MNT_DETACH)
    with suppress(FileNotFoundError):
        path.unlink()


def _silence_ipv6() -> None:
    """Switch IPv6 off, so that no interface speaks of itself; nothing to do without IPv6."""
    for scope in ("all", "default"):
        setting = _NO_IPV6 / scope / "disable_ipv6"
        if setting.exists():
            setting.write_text("1")


def _raise_loopback() -> None:
    links = Links()
    try:
        index = links.index("lo")
        if index is not None:
            links.set_up(index)
    finally:
        links.close()
