"""Radios by the names that `-D` gives them: the kernel's, a shared air's, and none at all."""

from __future__ import annotations

import errno
import fcntl
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Final

from harness.base.address import MacAddress
from harness.base.errors import ConfigError, RadioError
from harness.base.seam import Command, CommandFailed, RadioEvent
from harness.live.loop import Loop
from harness.live.radios import open_radio
from harness.radio.interface import Radio

DRIVERS: Final = {
    "nl80211": "Linux nl80211/cfg80211",
    "sim": "a simulated air (airproof air)",
    "none": "no driver (for a program without a radio)",
}
_GET_ADDRESS: Final = 0x8915
"""SIOCGIFADDR (netdevice(7))."""
_REQUEST: Final = struct.Struct("16s24x")
_PROGRAM: Final = "wpa_supplicant"


class NoRadio:
    """An interface whose radio, if it has one, is left alone: every command is refused."""

    def __init__(self, interface: str) -> None:
        self.node: Final = interface
        self.interface: Final = interface
        self.address: Final = _netdev_address(interface)
        self.frequencies: Final[tuple[int, ...]] = ()
        self._refusals: list[CommandFailed] = []

    def perform(self, command: Command) -> None:
        self._refusals.append(
            CommandFailed(
                interface=self.interface,
                command=command,
                errno=errno.EOPNOTSUPP,
                reason="the driver is none",
            )
        )

    def poll(self) -> list[tuple[float, RadioEvent]]:
        refused, self._refusals = self._refusals, []
        return [(0.0, each) for each in refused]

    def close(self) -> None:
        """Nothing is open."""


def open_one_of(
    drivers: str, interface: str, parameters: str, loop: Loop, lost: Callable[[], None]
) -> tuple[str, Radio]:
    """Open `interface` with the first of the drivers (comma separated) that can.

    `parameters`: of `-p`, see `harness.live.radios`. `lost`: called when the radio has gone for
    good. Gives the driver's name with the radio. Raises `ConfigError` when no driver is known,
    `RadioError` when none can.
    """
    known = [name for name in drivers.split(",") if name in DRIVERS]
    if not known:
        raise ConfigError(f"no driver {drivers!r}: there are {', '.join(DRIVERS)}")
    trouble: RadioError | None = None
    for name in known:
        try:
            if name == "none":
                return name, NoRadio(interface)
            return name, open_radio(name, parameters, interface, _PROGRAM, loop, lost).radio
        except RadioError as error:
            trouble = error
    assert trouble is not None
    raise trouble


def _netdev_address(interface: str) -> MacAddress:
    try:
        text = Path("/sys/class/net", interface, "address").read_text(encoding="ascii")
        return MacAddress(text.strip())
    except (OSError, ValueError) as error:
        raise RadioError("find the interface", errno.ENODEV, f"{interface}: {error}") from error


def ip_address(interface: str) -> str | None:
    """The IPv4 address of an interface of this machine, None without one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            answer = fcntl.ioctl(asking, _GET_ADDRESS, _REQUEST.pack(interface.encode()[:15]))
        except OSError:
            return None
    return socket.inet_ntoa(answer[20:24])
