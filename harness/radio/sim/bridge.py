"""A node's network stack: Wi-Fi interfaces, learning bridges and the cables of hosts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from harness.base.address import MacAddress
from harness.radio.sim.agenda import Agenda, Inbox
from harness.wire.dot11.ethernet import EthernetFrame

AGEING_S: Final = 300.0
"""How long a bridge remembers where a station is (IEEE 802.1Q-2018, 8.8.3)."""


class Port(Protocol):
    """Where a bridge sends frames out."""

    def deliver(self, frame: EthernetFrame) -> None: ...


class Bridge:
    """A learning bridge. Loops are not looked for."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._ports: tuple[Port, ...] = ()
        self._learned: dict[MacAddress, tuple[Port, float]] = {}

    def add(self, port: Port) -> None:
        self._ports += (port,)

    def remove(self, port: Port) -> None:
        """Take a port out and forget who was behind it."""
        self._ports = tuple(each for each in self._ports if each is not port)
        self._learned = {
            address: place for address, place in self._learned.items() if place[0] is not port
        }

    def port_of(self, address: MacAddress) -> Port | None:
        """The port behind which `address` was seen lately."""
        place = self._learned.get(address)
        if place is None or self._agenda.now - place[1] > AGEING_S:
            return None
        return place[0]

    def receive(self, came_from: Port, frame: EthernetFrame) -> None:
        """Take a frame in at a port: to the port of its destination, else to all others."""
        if not frame.source.is_group:
            self._learned[frame.source] = (came_from, self._agenda.now)
        known = None if frame.destination.is_group else self.port_of(frame.destination)
        if known is not None:
            if known is not came_from:
                known.deliver(frame)
            return
        for port in self._ports:
            if port is not came_from:
                port.deliver(frame)


class HostPort:
    """A host on a cable, or a node's own stack on one interface: an `EthernetPort`.

    `send_out` takes what the host sends. It polls what is for it: its address or a group.
    """

    def __init__(
        self, agenda: Agenda, address: MacAddress, send_out: Callable[[EthernetFrame], None]
    ) -> None:
        self.address: Final = address
        self._send_out = send_out
        self._inbox: Inbox[EthernetFrame] = Inbox(agenda)

    def send(self, frame: EthernetFrame) -> None:
        self._send_out(frame)

    def poll(self) -> list[tuple[float, EthernetFrame]]:
        return self._inbox.take()

    def deliver(self, frame: EthernetFrame) -> None:
        if frame.destination == self.address or frame.destination.is_group:
            self._inbox.put(frame)


class NetDevice:
    """A Wi-Fi interface as the node's stack sees it; the port of a bridge when it is in one.

    `transmit` sends a frame over the air.
    """

    def __init__(
        self,
        node: Node,
        name: str,
        address: MacAddress,
        transmit: Callable[[EthernetFrame], None],
    ) -> None:
        self.name: Final = name
        self.address: Final = address
        self._node = node
        self._transmit = transmit
        self._bridge: Bridge | None = None
        self._primary_vlan: int | None = None

    def deliver(self, frame: EthernetFrame) -> None:
        """Send what the bridge gives, with the primary VLAN's tag if there is one."""
        vlan = self._primary_vlan
        self._transmit(frame if vlan is None else frame.tagged(vlan))

    def send_own(self, frame: EthernetFrame) -> None:
        """Send for the node's own stack, with the interface's address as the source."""
        self._transmit(
            EthernetFrame(frame.destination, self.address, frame.ethertype, frame.payload)
        )

    def put_into(self, bridge: str | None, primary_vlan: int | None = None) -> None:
        """Put the interface into a bridge of its node, made if absent; None: into none.

        `primary_vlan`: not the interface itself, but its part with that VLAN's tag.
        """
        self._primary_vlan = primary_vlan
        if self._bridge is not None:
            self._bridge.remove(self)
        self._bridge = None if bridge is None else self._node.bridge(bridge)
        if self._bridge is not None:
            self._bridge.add(self)

    def hand_up(self, frame: EthernetFrame) -> None:
        """Give a frame that came over the air to the bridge, or else to the node's own stack."""
        if self._bridge is not None and self._primary_vlan is None:
            self._bridge.receive(self, frame)
            return
        if self._bridge is not None and frame.vlan_id == self._primary_vlan:
            self._bridge.receive(self, frame.untagged())
            return
        stack = self._node.stacks.get(self.name)
        if stack is not None:
            stack.deliver(frame)


class Node:
    """One device's bridges and the ports opened on its interfaces, by name."""

    def __init__(self, name: str, agenda: Agenda) -> None:
        self.name: Final = name
        self.stacks: Final[dict[str, HostPort]] = {}
        self._agenda = agenda
        self._bridges: dict[str, Bridge] = {}

    def bridge(self, name: str) -> Bridge:
        found = self._bridges.get(name)
        if found is None:
            found = self._bridges[name] = Bridge(self._agenda)
        return found
