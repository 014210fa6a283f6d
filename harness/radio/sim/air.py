"""The simulated air: radios, medium and hosts in one process, on a virtual clock."""

from __future__ import annotations

from typing import Final

from harness.base.address import MacAddress
from harness.base.entropy import SeededEntropy
from harness.base.errors import UsageError
from harness.radio.interface import CapturedFrame
from harness.radio.sim.agenda import Agenda
from harness.radio.sim.airtime import lowest_rate
from harness.radio.sim.bridge import Bridge, HostPort, Node
from harness.radio.sim.medium import Medium
from harness.radio.sim.radio import FREQUENCIES, SimRadio
from harness.radio.sim.rules import RuleBook

_TSF_SPREAD_US = 1 << 32
_FORGER = "forger"
_FORGER_ADDRESS = MacAddress("0a:00:00:00:00:00")


class SimAir:
    """A world's air: an `Air`. The same seed and the same commands give the same octets.

    `rules`: the faults of the medium. `frames`: everything on the air so far, Acks and
    repetitions included.
    """

    def __init__(self, entropy: SeededEntropy) -> None:
        self._entropy = entropy
        self._agenda = Agenda()
        self._medium = Medium(self._agenda, entropy.child("medium"))
        self._nodes: dict[str, Node] = {}
        self._radios: list[SimRadio] = []
        self._hosts = 0
        self._forger: SimRadio | None = None
        self.frames: Final[list[CapturedFrame]] = self._medium.frames
        self.rules: Final[RuleBook] = self._medium.rules

    def now(self) -> float:
        return self._agenda.now

    def add_radio(
        self,
        node: str,
        *,
        interface: str = "wlan0",
        address: MacAddress | None = None,
        frequencies: tuple[int, ...] = FREQUENCIES,
    ) -> SimRadio:
        """Make a radio. Without `address` the n-th radio gets 02:00:00:00:n:00, as hwsim does.

        Raises `UsageError` when the node has an interface of that name.
        """
        number = len(self._radios)
        if any(each.node == node and each.interface == interface for each in self._radios):
            raise UsageError(f"{node} has an interface {interface}")
        if address is None:
            address = MacAddress(b"\x02\0\0\0" + bytes((number, 0)))
        offset = self._entropy.child(f"tsf {node} {interface}").octets(8)
        radio = SimRadio(
            self._medium,
            self._node(node),
            interface,
            address,
            tuple(frequencies),
            int.from_bytes(offset, "big") % _TSF_SPREAD_US,
        )
        self._radios.append(radio)
        return radio

    def add_host(self, node: str, bridge: str, *, address: MacAddress | None = None) -> HostPort:
        """Cable a host to a bridge. Without `address` the n-th host gets 06:00:00:00:n:00."""
        number = self._hosts
        self._hosts += 1
        if address is None:
            address = MacAddress(b"\x06\0\0\0" + bytes((number, 0)))
        found = self._node(node).bridge(bridge)
        host = HostPort(self._agenda, address, lambda frame: found.receive(host, frame))
        found.add(host)
        return host

    def open_port(self, node: str, interface: str) -> HostPort:
        """Open the node's own stack on a Wi-Fi interface that is in no bridge.

        Frames go out with the interface's address as their source. Raises `UsageError` when the
        node's radios have no such interface.
        """
        for radio in self._radios:
            if radio.node == node:
                port = radio.open_port(interface)
                if port is not None:
                    return port
        raise UsageError(f"{node} has no interface {interface}")

    def bridge(self, node: str, bridge: str) -> Bridge:
        """A node's bridge, made if it is absent."""
        return self._node(node).bridge(bridge)

    def set_signal(self, one: str, other: str, signal: int | None) -> None:
        """Set how strong two nodes hear each other, in dBm; None: not at all."""
        self._medium.set_signal(one, other, signal)

    def isolate(self, node: str, isolated: bool = True) -> None:
        """Put a node out of the reach of all others, or back; its own radios hear each other."""
        self._medium.isolate(node, isolated)

    def inject(self, octets: bytes, frequency: int) -> None:
        """Put a forged frame on a channel (MHz), from a transmitter that is no node's."""
        if self._forger is None:
            self._forger = SimRadio(
                self._medium,
                Node(_FORGER, self._agenda),
                "wlan0",
                _FORGER_ADDRESS,
                FREQUENCIES,
                0,
            )
        self._forger.tune(frequency)
        self._forger.transmit(octets, lowest_rate(frequency))

    def advance(self, until: float) -> None:
        """Let time pass until someone has something new to poll, or until `until`.

        What was there to poll before, and was seen by an `advance` that returned for it, does not
        end another one.
        """
        agenda = self._agenda
        while not agenda.news and agenda.run_next(until):
            pass
        if agenda.news:
            agenda.news = False
        elif until > agenda.now:
            agenda.now = until

    def next_due(self) -> float | None:
        """When something happens next if nobody does anything; for who ties it to real time."""
        return self._agenda.next_due()

    def remove_radio(self, radio: SimRadio) -> None:
        """Take a radio off the air for good; its node may have another one of that name."""
        radio.close()
        self._radios.remove(radio)

    def unplug_host(self, node: str, bridge: str, host: HostPort) -> None:
        """Pull a host's cable out of its bridge."""
        self._node(node).bridge(bridge).remove(host)

    def watch(self, fd: int) -> None:
        """Refuse: the clock is virtual, and nothing outside the world can be waited for."""
        raise UsageError("simulated air can't wait for a file descriptor")

    def unwatch(self, fd: int) -> None:
        raise UsageError("simulated air can't wait for a file descriptor")

    def close(self) -> None:
        for radio in self._radios:
            radio.close()

    def _node(self, name: str) -> Node:
        found = self._nodes.get(name)
        if found is None:
            found = self._nodes[name] = Node(name, self._agenda)
        return found
