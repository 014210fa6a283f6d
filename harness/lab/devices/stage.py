"""What a real program needs of an air: a radio and a namespace that nobody else uses."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from harness.base.address import MacAddress
from harness.base.errors import Unsupported, UsageError
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


@runtime_checkable
class AirWithBridges(Protocol):
    """An air whose nodes' interfaces can be put into bridges."""

    def put_in_bridge(self, node: str, interface: str, bridge: str) -> None: ...


def put_in_bridge(air: Air, place: Where, *, bridge: str) -> None:
    """Put the interface of a program that does not do so itself into a bridge of its node."""
    assert isinstance(air, AirWithBridges), "this air has programs and no bridges"
    air.put_in_bridge(place.node, place.interface, bridge)


class Where(Protocol):
    """The node and the interface's name of a device."""

    @property
    def node(self) -> str: ...

    @property
    def interface(self) -> str: ...


@runtime_checkable
class AirWithDistance(Protocol):
    """An air on which a node can be out of everyone's reach."""

    def isolate(self, node: str, isolated: bool = True) -> None: ...


def isolate(air: Air, node: str, isolated: bool) -> None:
    """Put a node out of reach, or back. Raises `Unsupported` where that can't be done."""
    if not isinstance(air, AirWithDistance):
        raise Unsupported(f"{node} can't be put out of reach on this air")
    air.isolate(node, isolated)


@runtime_checkable
class AirForForgers(Protocol):
    """An air that takes frames of nobody's."""

    def inject(self, octets: bytes, frequency: int) -> None: ...


def inject(air: Air, octets: bytes, frequency: int) -> None:
    """Put a forged frame on the air. Raises `Unsupported` where that can't be done."""
    if not isinstance(air, AirForForgers):
        raise Unsupported("frames can't be forged on this air")
    air.inject(octets, frequency)


def bare_radio(air: Air, place: Where, *, bridge: str) -> BareRadio:
    """Make a radio for a program. Raises `UsageError` on an air without a kernel."""
    node = place.node
    if not isinstance(air, AirForPrograms):
        raise UsageError(
            f"{node}: a real program needs --air hwsim; the simulated air is for our own devices"
        )
    return air.add_bare_radio(node, interface=place.interface, bridge=bridge)


def claim(air: Air, address: MacAddress, node: str) -> None:
    """Tell an air whose a further address is, where it can't know by itself."""
    if isinstance(air, AirWithOwners):
        air.own(address, node)
