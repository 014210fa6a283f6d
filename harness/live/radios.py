"""Opens the radio that a daemon's driver names: the kernel's, or one on a shared air."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.base.address import MacAddress
from harness.base.errors import ConfigError, RadioError
from harness.live.loop import Loop
from harness.live.shared_air import SharedRadio, air_path, node_name
from harness.radio.interface import Radio
from harness.radio.nl80211 import Nl80211Radio
from harness.radio.nl80211.netlink import NetlinkError

DRIVERS = ("nl80211", "sim")


@dataclass(frozen=True, slots=True)
class Opened:
    """A radio, and what the system calls it (`phy0`)."""

    radio: Radio
    phy: str


def open_radio(
    driver: str,
    parameters: str,
    interface: str,
    program: str,
    loop: Loop,
    lost: Callable[[], None],
) -> Opened:
    """Open the radio behind an interface.

    `parameters`: words `name=value`; of the driver `sim`: `air` (the socket), `node`, `address`.
    `lost`: called when the radio has gone. Raises `RadioError`, `ConfigError`.
    """
    if driver == "nl80211":
        try:
            radio = Nl80211Radio(program, interface, loop.real)
            return Opened(radio, radio.phy)
        except NetlinkError as error:
            raise RadioError("open the radio", error.errno, f"{interface}: {error}") from error
    if driver != "sim":
        raise ConfigError(f"driver: must be {' or '.join(DRIVERS)}, not {driver!r}")
    chosen = dict(word.partition("=")[::2] for word in parameters.split())
    unknown = chosen.keys() - {"air", "node", "address"}
    if unknown:
        raise ConfigError(f"driver parameters: sim has no {min(unknown)!r}")
    address = chosen.get("address")
    try:
        asked = None if address is None else MacAddress(address)
    except ValueError as error:
        raise ConfigError(f"driver parameters: {error}") from None
    shared = SharedRadio(
        air_path(chosen.get("air")),
        loop,
        node_name(program, chosen.get("node")),
        interface=interface,
        address=asked,
        lost=lost,
    )
    return Opened(shared, f"sim-{interface}")
