"""A further network interface on the radio of one that is there (linux/nl80211.h)."""

from __future__ import annotations

import errno
from typing import Final

from harness.base.address import MacAddress
from harness.base.errors import RadioError
from harness.radio.nl80211 import names as nl
from harness.radio.nl80211.link import Links
from harness.radio.nl80211.netlink import (
    GenericSocket,
    NetlinkError,
    attribute,
    flag,
    number,
    split,
    text,
    u32,
)

STATION: Final = nl.IFTYPE_STATION
ACCESS_POINT: Final = nl.IFTYPE_AP

_LOCAL: Final = 0x02
_FREE_BITS: Final = 64
"""How many local addresses the first octet of one address makes."""


class VirtualInterface:
    """An interface that is there as long as this is open, even if the process ends badly.

    `parent`: an interface of the same radio. `address` None: one of the parent's, made local.
    Raises `RadioError`.
    """

    def __init__(self, parent: str, name: str, kind: int, address: MacAddress | None) -> None:
        try:
            self._socket = GenericSocket(nl.FAMILY)
        except NetlinkError as error:
            raise RadioError("make an interface", error.errno, str(error)) from error
        try:
            self._make(parent, name, kind, address)
        except NetlinkError as error:
            self._socket.close()
            raise RadioError("make an interface", error.errno, f"{name}: {error}") from error
        except BaseException:
            self._socket.close()
            raise

    def _make(self, parent: str, name: str, kind: int, address: MacAddress | None) -> None:
        links = Links()
        try:
            if links.index(name) is not None:
                raise RadioError("make an interface", errno.EEXIST, f"{name} is there already")
            index = links.index(parent)
            if index is None:
                raise RadioError("make an interface", errno.ENODEV, f"{parent} is not there")
        finally:
            links.close()
        described = [split(each.body[4:]) for each in self._socket.command(
            nl.CMD_GET_INTERFACE, u32(nl.ATTR_IFINDEX, index)
        ).messages]  # fmt: skip
        wiphy = u32(nl.ATTR_WIPHY, number(described[0][nl.ATTR_WIPHY]))
        siblings = self._socket.list(nl.CMD_GET_INTERFACE)
        taken = {MacAddress(each[nl.ATTR_MAC]) for each in siblings if nl.ATTR_MAC in each}
        own = address or local_address(MacAddress(described[0][nl.ATTR_MAC]), taken)
        self._socket.command(
            nl.CMD_NEW_INTERFACE,
            wiphy,
            text(nl.ATTR_IFNAME, name),
            u32(nl.ATTR_IFTYPE, kind),
            attribute(nl.ATTR_MAC, own),
            flag(nl.ATTR_SOCKET_OWNER),
        )

    def close(self) -> None:
        """Take the interface away: the kernel does so when its owner hangs up."""
        self._socket.close()


def local_address(parent: MacAddress, taken: set[MacAddress]) -> MacAddress:
    """A local address that differs from the parent's in its first octet. Raises `RadioError`."""
    for place in range(_FREE_BITS):
        own = MacAddress(bytes([(parent[0] | _LOCAL) ^ place << 2]) + parent[1:])
        if own not in taken:
            return own
    raise RadioError("make an interface", errno.EADDRNOTAVAIL, f"{parent} has no address left")
