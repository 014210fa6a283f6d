"""Opens the radio that a daemon's driver names: the kernel's, a shared air's, or none at all."""

from __future__ import annotations

import errno
import fcntl
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.base.address import MacAddress
from harness.base.errors import ConfigError, RadioError
from harness.base.ht import HtAbility
from harness.base.seam import Command
from harness.base.seam_events import CommandFailed, LinkMeasurement, PeerCounters, RadioEvent
from harness.live.loop import Loop
from harness.live.shared_air import SharedRadio, air_path, node_name
from harness.radio.interface import Radio
from harness.radio.nl80211 import Nl80211Radio
from harness.radio.nl80211.netlink import NetlinkError

DRIVERS: Final = {
    "nl80211": "Linux nl80211/cfg80211",
    "sim": "a simulated air (airproof air)",
    "none": "no driver (for a program without a radio)",
}
"""By name, with what `INTERFACE_LIST` says of them."""
_GET_ADDRESS: Final = 0x8915
"""SIOCGIFADDR (netdevice(7))."""
_REQUEST: Final = struct.Struct("16s24x")


@dataclass(frozen=True, slots=True)
class Opened:
    """A radio, the name of its driver, and what the system calls it (`phy0`).

    `settle`: waits until the radio has taken in what it was told, so that its answers can be read.
    """

    radio: Radio
    driver: str
    phy: str
    settle: Callable[[], None] = lambda: None


class NoRadio:
    """An interface whose radio, if it has one, is left alone: every command is refused."""

    def __init__(self, interface: str) -> None:
        self.node: Final = interface
        self.interface: Final = interface
        self.address: Final = _netdev_address(interface)
        self.frequencies: Final[tuple[int, ...]] = ()
        self.rekeys_safely: Final = False
        self.protects_beacons: Final = False
        self.protects_own_beacons: Final = False
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

    def peer_counters(self, interface: str, peer: MacAddress) -> PeerCounters | None:
        return None

    def measure(self, bssid: MacAddress) -> LinkMeasurement | None:
        return None

    def max_power(self, frequency: int) -> int | None:
        return None

    def ht(self, frequency: int) -> HtAbility | None:
        return None

    def close(self) -> None:
        """Nothing is open."""


def open_radio(
    drivers: str,
    parameters: str,
    interface: str,
    program: str,
    loop: Loop,
    lost: Callable[[], None],
) -> Opened:
    """Open the radio behind an interface with the first of the drivers (comma separated) that can.

    `parameters`: words `name=value`; of the driver `sim`: `air` (the socket), `node`, `address`.
    `lost`: called when the radio has gone for good. Raises `ConfigError` when no driver is known,
    `RadioError` when none can.
    """
    known = [name for name in drivers.split(",") if name in DRIVERS]
    if not known:
        raise ConfigError(f"driver: must be {' or '.join(DRIVERS)}, not {drivers!r}")
    trouble: RadioError | None = None
    for name in known:
        try:
            return _open(name, parameters, interface, program, loop, lost)
        except RadioError as error:
            trouble = error
    assert trouble is not None
    raise trouble


def _open(
    driver: str,
    parameters: str,
    interface: str,
    program: str,
    loop: Loop,
    lost: Callable[[], None],
) -> Opened:
    if driver == "none":
        return Opened(NoRadio(interface), driver, f"none-{interface}")
    if driver == "sim":
        shared = _shared(parameters, interface, program, loop, lost)
        return Opened(shared, driver, f"sim-{interface}", shared.settle)
    try:
        radio = Nl80211Radio(program, interface, loop.real)
    except NetlinkError as error:
        raise RadioError("open the radio", error.errno, f"{interface}: {error}") from error
    return Opened(radio, driver, radio.phy)


def _shared(
    parameters: str, interface: str, program: str, loop: Loop, lost: Callable[[], None]
) -> SharedRadio:
    chosen = dict(word.partition("=")[::2] for word in parameters.split())
    unknown = chosen.keys() - {"air", "node", "address"}
    if unknown:
        raise ConfigError(f"driver parameters: sim has no {min(unknown)!r}")
    address = chosen.get("address")
    try:
        asked = None if address is None else MacAddress(address)
    except ValueError as error:
        raise ConfigError(f"driver parameters: {error}") from None
    return SharedRadio(
        air_path(chosen.get("air")),
        loop,
        node_name(program, chosen.get("node")),
        interface=interface,
        address=asked,
        lost=lost,
    )


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
