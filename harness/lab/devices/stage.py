"""What a real program needs of an air: a radio and a namespace that nobody else uses."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from harness.base.address import MacAddress
from harness.base.errors import UsageError
from harness.radio.interface import Air


class BareRadio(Protocol):
    """A radio that airproof has made but does not drive.

    `namespace`: the name of the network namespace, under /run/netns.
    """

    @property
    def namespace(self) -> str: ...

    @property
    def interface(self) -> str: ...

    @property
    def address(self) -> MacAddress: ...


@runtime_checkable
class AirForPrograms(Protocol):
    """An air that real programs can be on."""

    def add_bare_radio(
        self,
        node: str,
        *,
        interface: str = "wlan0",
        address: MacAddress | None = None,
        bridge: str | None = None,
    ) -> BareRadio: ...


@runtime_checkable
class AirWithOwners(Protocol):
    """An air that is told whose frames are which."""

    def own(self, address: MacAddress, node: str) -> None: ...


def bare_radio(air: Air, node: str, *, bridge: str) -> BareRadio:
    """Make a radio for a program. Raises `UsageError` on an air without a kernel."""
    if not isinstance(air, AirForPrograms):
        raise UsageError(
            f"{node}: a real program needs --air hwsim; the simulated air is for our own devices"
        )
    return air.add_bare_radio(node, bridge=bridge)


def claim(air: Air, address: MacAddress, node: str) -> None:
    """Tell an air whose a further address is, where it can't know by itself."""
    if isinstance(air, AirWithOwners):
        air.own(address, node)
