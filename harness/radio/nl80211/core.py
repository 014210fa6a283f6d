"""What both sides of a radio share: its sockets, its interfaces, its queue of events."""

from __future__ import annotations

import errno
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

from harness.base.address import MacAddress
from harness.base.errors import RadioError
from harness.base.seam_events import RadioEvent
from harness.radio.nl80211 import names as nl
from harness.radio.nl80211.link import Links, LinkWatch
from harness.radio.nl80211.loop import RealLoop
from harness.radio.nl80211.netlink import (
    Answer,
    Attributes,
    GenericSocket,
    attribute,
    each_attribute,
    flag,
    number,
    split,
    text,
    u32,
)
from harness.radio.nl80211.packet import Instruction, PacketSocket

NETLINK_RANK, PACKET_RANK = 1, 2
"""What nl80211 says is heard before the data frames that came at the same time."""


class Core:
    """One wiphy: commands go to it by interface name, events of it are queued.

    `entered`: gives a context in which sockets belong to the radio's network namespace.
    `claim`: told of every address that the radio will send from.
    """

    def __init__(
        self,
        interface: str,
        loop: RealLoop,
        entered: Callable[[], AbstractContextManager[object]],
        claim: Callable[[MacAddress], None],
    ) -> None:
        self.loop = loop
        self.claim = claim
        self._entered = entered
        with entered(), ExitStack() as opened:
            self.links = Links()
            opened.callback(self.links.close)
            self.socket = GenericSocket(nl.FAMILY, "scan", "mlme", "regulatory")
            opened.callback(self.socket.close)
            self._find(interface)
            opened.pop_all()
        claim(self.address)
        self.sent: dict[int, Callable[[bool], RadioEvent]] = {}
        self._queue: list[tuple[float, RadioEvent]] = []

    def _find(self, interface: str) -> None:
        """Learn what the interface is. Raises `RadioError`, `NetlinkError`."""
        index = self.links.index(interface)
        if index is None:
            raise RadioError("open", errno.ENODEV, f"there is no interface {interface}")
        self.indexes = {interface: index}
        self.interfaces = {index: interface}
        (described,) = self.socket.command(
            nl.CMD_GET_INTERFACE, u32(nl.ATTR_IFINDEX, index)
        ).messages
        attributes = split(described.body[4:])
        self.wiphy = number(attributes[nl.ATTR_WIPHY])
        self.address = MacAddress(attributes[nl.ATTR_MAC])

    def say(self, event: RadioEvent) -> None:
        self._queue.append((self.loop.now(), event))
        self.loop.tell()

    def take(self) -> list[tuple[float, RadioEvent]]:
        taken, self._queue = self._queue, []
        return taken

    def command(self, command: int, interface: str, *attributes: bytes) -> Answer:
        """Carry out an nl80211 command on an interface. Raises `NetlinkError`."""
        return self.socket.command(
            command, u32(nl.ATTR_IFINDEX, self.index(interface)), *attributes
        )

    def index(self, interface: str) -> int:
        index = self.indexes.get(interface)
        if index is None:
            raise RadioError("command", errno.ENODEV, f"there is no interface {interface}")
        return index

    def create(
        self, interface: str, kind: int, address: MacAddress | None, *attributes: bytes
    ) -> int:
        """Make an interface of the wiphy; one of the same name is deleted before.

        `address` None leaves it to the kernel.
        """
        stale = self.links.index(interface)
        if stale is not None:
            self.socket.command(nl.CMD_DEL_INTERFACE, u32(nl.ATTR_IFINDEX, stale))
        answer = self.socket.command(
            nl.CMD_NEW_INTERFACE,
            u32(nl.ATTR_WIPHY, self.wiphy),
            text(nl.ATTR_IFNAME, interface),
            u32(nl.ATTR_IFTYPE, kind),
            b"" if address is None else attribute(nl.ATTR_MAC, address),
            flag(nl.ATTR_SOCKET_OWNER),
            *attributes,
        )
        index = number(split(answer.messages[0].body[4:])[nl.ATTR_IFINDEX])
        self.indexes[interface] = index
        self.interfaces[index] = interface
        return index

    def delete(self, interface: str) -> None:
        index = self.indexes.pop(interface)
        del self.interfaces[index]
        self.socket.command(nl.CMD_DEL_INTERFACE, u32(nl.ATTR_IFINDEX, index))

    def set_kind(self, interface: str, kind: int) -> None:
        """Take the interface down and change its type."""
        self.links.set_up(self.index(interface), False)
        self.command(nl.CMD_SET_INTERFACE, interface, u32(nl.ATTR_IFTYPE, kind))

    def join_bridge(self, interface: str, bridge: str | None) -> None:
        """Put the interface into a bridge, which is made if it is absent; None: into none."""
        master = None if bridge is None else self.links.obtain_bridge(bridge)
        self.links.set_bridge(self.index(interface), master)

    def join_bridge_by_vlan(self, interface: str, bridge: str, vlan_id: int) -> int:
        """Put the interface's part with that 802.1Q tag into the bridge; give its index."""
        index = self.links.obtain_vlan(self.index(interface), interface, vlan_id)
        self.links.set_bridge(index, self.links.obtain_bridge(bridge))
        return index

    def open_packets(self, interface: str, program: tuple[Instruction, ...]) -> PacketSocket:
        with self._entered():
            return PacketSocket(interface, program)

    def watch_links(self) -> LinkWatch:
        with self._entered():
            return LinkWatch()

    def frequencies(self) -> tuple[int, ...]:
        """Read the channels that the wiphy may use, in MHz, lowest first."""
        found: set[int] = set()
        for part in self.socket.list(
            nl.CMD_GET_WIPHY, u32(nl.ATTR_WIPHY, self.wiphy), flag(nl.ATTR_SPLIT_WIPHY_DUMP)
        ):
            found.update(_enabled(part))
        return tuple(sorted(found))

    def has_feature(self, number_of_it: int) -> bool:
        """Tell whether the wiphy claims an extended feature: a bit of NL80211_ATTR_EXT_FEATURES."""
        parts = self.socket.list(
            nl.CMD_GET_WIPHY, u32(nl.ATTR_WIPHY, self.wiphy), flag(nl.ATTR_SPLIT_WIPHY_DUMP)
        )
        octets = b"".join(part.get(nl.ATTR_EXT_FEATURES, b"") for part in parts)
        place, bit = divmod(number_of_it, 8)
        return place < len(octets) and bool(octets[place] >> bit & 1)

    def phy(self) -> str:
        """Read the wiphy's name, such as `phy0`."""
        parts = self.socket.list(
            nl.CMD_GET_WIPHY, u32(nl.ATTR_WIPHY, self.wiphy), flag(nl.ATTR_SPLIT_WIPHY_DUMP)
        )
        return parts[0][nl.ATTR_WIPHY_NAME].rstrip(b"\0").decode()

    def close(self) -> None:
        self.socket.close()
        self.links.close()


def _enabled(wiphy: Attributes) -> set[int]:
    found = set()
    for _, band in each_attribute(wiphy.get(nl.ATTR_WIPHY_BANDS, b"")):
        for _, octets in each_attribute(split(band).get(nl.BAND_ATTR_FREQS, b"")):
            channel = split(octets)
            if nl.FREQUENCY_ATTR_DISABLED not in channel:
                found.add(number(channel[nl.FREQUENCY_ATTR_FREQ]))
    return found
