"""INTERFACE_ADD: what it says, and the interface that it may make. Source: sta-control, 2."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

from harness.base.address import MacAddress
from harness.base.errors import ConfigError, UsageError
from harness.live.radios import DRIVERS
from harness.live.station_interface import InterfaceOptions, StationInterface
from harness.radio.nl80211.virtual import ACCESS_POINT, STATION, VirtualInterface

_FIELDS: Final = 9
_ANY_DRIVER: Final = ",".join(DRIVERS)
_KINDS: Final = {"": STATION, "sta": STATION, "ap": ACCESS_POINT}


class Made(Protocol):
    """What was made for an interface and goes with it."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class InterfaceOrder:
    """One INTERFACE_ADD. `creates`: the interface is not there yet. `kind`: what it is at first."""

    options: InterfaceOptions
    creates: bool
    kind: int
    address: MacAddress | None

    @classmethod
    def read(cls, text: str) -> InterfaceOrder:
        """Read the fields, with a tab between them. Raises `ConfigError`."""
        fields = text.split("\t")
        if not fields[0] or len(fields) > _FIELDS:
            raise ConfigError(f"1 to {_FIELDS} fields, the first a name")
        fields += [""] * (_FIELDS - len(fields))
        name, config, driver, control, parameters, bridge, create, kind, address = fields
        if create not in ("", "create"):
            raise ConfigError(f"create or nothing, not {create!r}")
        if kind not in _KINDS:
            raise ConfigError(f"an interface of type sta or ap, not {kind!r}")
        if not create and address:
            raise ConfigError("only an interface that is made is given an address")
        options = InterfaceOptions(
            interface=name,
            config=Path(config).absolute() if config else None,
            control=control or None,
            parameters=parameters,
            bridge=bridge or None,
        )
        if driver:
            options = replace(options, drivers=driver)
        elif create:
            options = replace(options, drivers=_ANY_DRIVER)
        return cls(options, bool(create), _KINDS[kind], _address(address))

    def make(self, parent: StationInterface | None) -> tuple[InterfaceOptions, Made | None]:
        """Make the interface that is not there; gives how it is opened then, and what it is.

        `parent`: an interface of the radio that it is to be on. Raises `ConfigError`, `UsageError`
        or `RadioError`.
        """
        if not self.creates:
            return self.options, None
        if parent is None:
            raise UsageError("there is no interface whose radio a further one could be on")
        if parent.driver_name not in self.options.drivers.split(","):
            raise ConfigError(f"{self.options.drivers} is not the driver of {parent.name}")
        if parent.driver_name == "sim":
            return self._on_simulated_air(parent), None
        if parent.driver_name != "nl80211":
            raise UsageError(f"the driver of {parent.name} makes no interfaces")
        made = VirtualInterface(parent.name, self.options.interface, self.kind, self.address)
        return replace(self.options, drivers=parent.driver_name), made

    def _on_simulated_air(self, parent: StationInterface) -> InterfaceOptions:
        """A simulated radio of the same node: there is nothing to make before it joins."""
        words = dict(word.partition("=")[::2] for word in parent.options.parameters.split())
        words.pop("address", None)
        words["node"] = parent.node
        if self.address is not None:
            words["address"] = str(self.address)
        words |= dict(word.partition("=")[::2] for word in self.options.parameters.split())
        parameters = " ".join(f"{name}={value}" for name, value in words.items())
        return replace(self.options, drivers=parent.driver_name, parameters=parameters)


def _address(text: str) -> MacAddress | None:
    try:
        return MacAddress(text) if text else None
    except ValueError as error:
        raise ConfigError(str(error)) from None
