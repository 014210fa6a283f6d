"""Network interfaces and bridges of one namespace, over rtnetlink (linux/rtnetlink.h)."""

from __future__ import annotations

import contextlib
import errno
import struct

from harness.base.address import MacAddress
from harness.radio.nl80211.netlink import (
    NetlinkError,
    NetlinkSocket,
    attribute,
    nested,
    split,
    text,
    u8,
    u16,
    u32,
)

_NETLINK_ROUTE = 0
_NEW_LINK, _DELETE_LINK, _GET_LINK = 16, 17, 18
_CREATE, _EXCLUSIVE = 0x400, 0x200

_ADDRESS, _NAME, _PARENT, _MASTER, _LINK_INFO = 1, 3, 5, 10, 18
_INFO_KIND, _INFO_DATA = 1, 2
_BRIDGE_MULTICAST_SNOOPING = 23
_VLAN_ID = 1
_LONGEST_NAME = 15

_UP = 1
_LINK_EVENTS = 1
"""The multicast group RTNLGRP_LINK."""
_LINK = struct.Struct("=BxHiII")


class Links:
    """The network interfaces of the namespace that the thread is in when this is made."""

    def __init__(self) -> None:
        self._socket = NetlinkSocket(_NETLINK_ROUTE)

    def close(self) -> None:
        self._socket.close()

    def is_up(self, index: int) -> bool | None:
        """Tell whether an interface is up; None when it is not there any more."""
        try:
            answer = self._socket.request(_GET_LINK, _LINK.pack(0, 0, index, 0, 0))
        except NetlinkError:
            return None
        (_, _, _, flags, _) = _LINK.unpack_from(answer.messages[0].body)
        return bool(flags & _UP)

    def index(self, name: str) -> int | None:
        """Give the index of the interface, None when there is none of that name."""
        try:
            found = self._socket.request(_GET_LINK, _LINK.pack(0, 0, 0, 0, 0) + text(_NAME, name))
        except NetlinkError as error:
            if error.errno == errno.ENODEV:
                return None
            raise
        return int(_LINK.unpack_from(found.messages[0].body)[2])

    def address(self, index: int) -> MacAddress:
        found = self._socket.request(_GET_LINK, _LINK.pack(0, 0, index, 0, 0))
        return MacAddress(split(found.messages[0].body[_LINK.size :])[_ADDRESS])

    def set_up(self, index: int, up: bool = True) -> None:
        self._set(index, flags=_UP if up else 0, change=_UP)

    def set_address(self, index: int, address: MacAddress) -> None:
        """Give the interface another address; it must be down."""
        self._set(index, attribute(_ADDRESS, address))

    def set_bridge(self, index: int, bridge: int | None) -> None:
        """Put the interface into a bridge, or take it out of the one that it is in."""
        self._set(index, u32(_MASTER, bridge or 0))

    def delete(self, index: int) -> None:
        self._socket.request(_DELETE_LINK, _LINK.pack(0, 0, index, 0, 0))

    def obtain_bridge(self, name: str) -> int:
        """Give the index of a bridge, which is made and brought up if it is absent.

        Without snooping, a bridge of ours says nothing and passes everything on.
        """
        index = self.index(name)
        if index is None:
            info = nested(
                _LINK_INFO,
                attribute(_INFO_KIND, b"bridge"),
                nested(_INFO_DATA, u8(_BRIDGE_MULTICAST_SNOOPING, 0)),
            )
            body = _LINK.pack(0, 0, 0, _UP, _UP) + text(_NAME, name) + info
            self._socket.request(_NEW_LINK, body, _CREATE | _EXCLUSIVE)
            index = self.index(name)
        assert index is not None, f"bridge {name} was made and is not there"
        return index

    def obtain_vlan(self, parent: int, name: str, vlan_id: int) -> int:
        """Give the index of the 802.1Q interface of `parent`, made and up; it goes with its parent.

        `name`: the parent's, which its own begins with where that is not too long.
        """
        own = f"{name}.{vlan_id}"
        if len(own) > _LONGEST_NAME:
            own = f"vlan{vlan_id}.{parent}"
        index = self.index(own)
        if index is None:
            info = nested(
                _LINK_INFO,
                attribute(_INFO_KIND, b"vlan"),
                nested(_INFO_DATA, u16(_VLAN_ID, vlan_id)),
            )
            body = _LINK.pack(0, 0, 0, _UP, _UP) + text(_NAME, own) + u32(_PARENT, parent) + info
            self._socket.request(_NEW_LINK, body, _CREATE | _EXCLUSIVE)
            index = self.index(own)
        assert index is not None, f"{own} was made and is not there"
        return index

    def _set(self, index: int, *attributes: bytes, flags: int = 0, change: int = 0) -> None:
        body = _LINK.pack(0, 0, index, flags, change) + b"".join(attributes)
        self._socket.request(_NEW_LINK, body)


class LinkWatch:
    """Hears when interfaces of the namespace change. Made in it, as `Links` is."""

    def __init__(self) -> None:
        self._socket = NetlinkSocket(_NETLINK_ROUTE)
        self._socket.join(_LINK_EVENTS)

    def fileno(self) -> int:
        return self._socket.fileno()

    def drain(self) -> None:
        """Take what has come; what it says is asked for anew."""
        with contextlib.suppress(NetlinkError):
            self._socket.receive()

    def close(self) -> None:
        self._socket.close()
