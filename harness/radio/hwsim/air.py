"""The air of mac80211_hwsim: the kernel's own simulated radios, a network namespace per node."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from harness.base.address import MacAddress
from harness.base.errors import SetupFailed
from harness.radio.hwsim import control
from harness.radio.hwsim.injector import Injector
from harness.radio.hwsim.monitor import Capture
from harness.radio.hwsim.namespace import Namespace, name_for, remove_leftovers
from harness.radio.hwsim.port import InterfacePort, TapPort
from harness.radio.interface import CapturedFrame
from harness.radio.nl80211.link import Links
from harness.radio.nl80211.loop import RealLoop
from harness.radio.nl80211.radio import Nl80211Radio

_IN_REACH, _OUT_OF_REACH = 1, 2
_FORGER = "forger"
_CAPTURE_RANK = 0
_worlds = itertools.count(1)


@dataclass(frozen=True, slots=True)
class BareRadio:
    """A radio that a real program is to drive.

    `namespace`: its name under `/run/netns`; `phy`: the wiphy's name.
    """

    node: str
    namespace: str
    phy: str
    interface: str
    address: MacAddress


class HwsimAir:
    """Radios of mac80211_hwsim that all hear each other, in real time (`Air`).

    Needs root and the module: `usable` tells. Raises `SetupFailed` where it can't be had.
    """

    def __init__(self) -> None:
        reason = self.usable()
        if reason is not None:
            raise SetupFailed(f"mac80211_hwsim: {reason}")
        remove_leftovers()
        self._world = next(_worlds)
        self._loop = RealLoop()
        self._maker = control.RadioMaker()
        self._namespaces: dict[str, Namespace] = {}
        self._links: dict[str, Links] = {}
        self._radios: list[Nl80211Radio] = []
        self._ports: list[TapPort | InterfacePort] = []
        self._owners: dict[MacAddress, str] = {}
        self._phys: dict[str, list[str]] = {}
        self._made = itertools.count(1)
        self._injector: Injector | None = None
        self._capture = Capture(self._loop.from_wall, self._owners.get)
        self._loop.add(self._capture.packets, self._capture.receive, _CAPTURE_RANK)

    @staticmethod
    def usable() -> str | None:
        """Tell why this air can't be had here; None: it can."""
        return control.usable()

    @property
    def frames(self) -> Sequence[CapturedFrame]:
        return self._capture.frames

    @property
    def lost_frames(self) -> int:
        """How many frames are missing from `frames`: what was not seen proves nothing then."""
        return self._capture.lost()

    def now(self) -> float:
        return self._loop.now()

    def advance(self, until: float) -> None:
        """Wait until there is something to poll, a frame was captured or `until` has come."""
        self._loop.wait(until)

    def watch(self, fd: int) -> None:
        self._loop.watch(fd)

    def unwatch(self, fd: int) -> None:
        self._loop.unwatch(fd)

    # ---- nodes --------------------------------------------------------------------------

    def add_radio(
        self, node: str, *, interface: str = "wlan0", address: MacAddress | None = None
    ) -> Nl80211Radio:
        bare = self.add_bare_radio(node, interface=interface, address=address)
        namespace = self._namespace(node)
        radio = Nl80211Radio(
            node,
            bare.interface,
            self._loop,
            namespace.entered,
            lambda address: self.own(address, node),
        )
        self._radios.append(radio)
        return radio

    def add_bare_radio(
        self,
        node: str,
        *,
        interface: str = "wlan0",
        address: MacAddress | None = None,
        bridge: str | None = None,
    ) -> BareRadio:
        """Make a radio, down, and leave it alone; `bridge`: make that one, up, in its node too."""
        count = next(self._made)
        address = address or _default_address(count)
        phy = f"air{os.getpid()}.{self._world}.{count}"
        namespace = self._namespace(node)
        wiphy = self._maker.make(phy, address, namespace.fd)
        with namespace.entered():
            control.make_interface(wiphy, interface, address)
        if bridge is not None:
            self._links[node].obtain_bridge(bridge)
        self._owners[address] = node
        self._phys.setdefault(node, []).append(phy)
        return BareRadio(node, namespace.name, phy, interface, address)

    def add_host(self, node: str, bridge: str, *, address: MacAddress | None = None) -> TapPort:
        count = next(self._made)
        namespace, links = self._namespace(node), self._links[node]
        name = f"host{count}"
        with namespace.entered():
            port = TapPort(name, address or _default_address(count), self._loop)
        self._ports.append(port)
        index = links.index(name)
        assert index is not None, f"{name} was made and is not there"
        links.set_bridge(index, links.obtain_bridge(bridge))
        links.set_up(index)
        return port

    def put_in_bridge(self, node: str, interface: str, bridge: str) -> None:
        """Put an interface into a bridge of its node, which is made if absent."""
        links = self._links[node]
        index = links.index(interface)
        if index is None:
            raise SetupFailed(f"{node} has no interface {interface}")
        links.set_bridge(index, links.obtain_bridge(bridge))

    def open_port(self, node: str, interface: str) -> InterfacePort:
        """Give a node's own view of its interface, as its network stack has it."""
        index = self._links[node].index(interface)
        if index is None:
            raise SetupFailed(f"{node} has no interface {interface}")
        address = self._links[node].address(index)
        with self._namespace(node).entered():
            port = InterfacePort(interface, address, self._loop)
        self._ports.append(port)
        return port

    def isolate(self, node: str, isolated: bool = True) -> None:
        """Put a node out of the reach of all others, or back; its own radios hear each other.

        Raises `SetupFailed` without debugfs.
        """
        for phy in self._phys[node]:
            control.set_group(phy, _OUT_OF_REACH if isolated else _IN_REACH)

    def inject(self, octets: bytes, frequency: int) -> None:
        """Put a forged frame on a channel (MHz), from a radio that is no device's."""
        if self._injector is None:
            bare = self.add_bare_radio(_FORGER)
            self._injector = Injector(
                bare.interface,
                self._loop,
                self._namespace(_FORGER).entered,
                lambda address: self.own(address, _FORGER),
            )
        self._injector.send(octets, frequency)

    def node_namespace(self, node: str) -> str:
        """Name the network namespace of a node, for `ip netns exec`; it is made if absent."""
        return self._namespace(node).name

    def entered(self, node: str) -> AbstractContextManager[None]:
        """Let this thread be in a node's network namespace: sockets made then stay in it."""
        return self._namespace(node).entered()

    def own(self, address: MacAddress, node: str) -> None:
        """Let frames from a further address, such as a second BSS's, be said to be of `node`."""
        self._owners[address] = node

    def _namespace(self, node: str) -> Namespace:
        if node not in self._namespaces:
            namespace = Namespace(name_for(self._world, node))
            self._namespaces[node] = namespace
            with namespace.entered():
                self._links[node] = Links()
        return self._namespaces[node]

    def close(self) -> None:
        """End the radios, the cables and the namespaces."""
        if self._injector is not None:
            self._injector.close()
        for radio in self._radios:
            radio.close()
        for port in self._ports:
            port.close()
        for links in self._links.values():
            links.close()
        self._maker.close()
        for namespace in self._namespaces.values():
            namespace.remove()
        self._loop.remove(self._capture.packets)
        self._capture.close()
        self._loop.close()


def _default_address(count: int) -> MacAddress:
    """Give a locally administered address (IEEE 802-2014, 8.4) for the radio or host `count`."""
    return MacAddress(bytes((0x02, 0xA1, 0x50, count >> 8, count & 0xFF, 0x00)))
