"""Which clients leave datagrams unread: asked of the kernel (linux/unix_diag.h, sock_diag(7)).

A datagram that nobody reads is charged to its sender. One client that does not read would in the
end keep a control socket from answering anyone.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import termios
from collections.abc import Iterable
from typing import Final

from harness.radio.nl80211.netlink import NetlinkSocket, split

_SOCK_DIAG, _BY_FAMILY = 4, 20
_REQUEST: Final = struct.Struct("=BBHIIIII")
_MESSAGE_OCTETS: Final = 16
_ANY_STATE: Final = 0xFFFFFFFF
_SHOW_NAME, _SHOW_QUEUE = 0x01, 0x10
_NAME, _QUEUE = 0, 4
_INT: Final = struct.Struct("i")


def octets_unread(sender: socket.socket) -> int:
    """How much memory everything that `sender` sent and nobody has read takes, in octets."""
    return int(_INT.unpack(fcntl.ioctl(sender, termios.TIOCOUTQ, bytes(_INT.size)))[0])


def leave_unread(addresses: Iterable[str | bytes]) -> set[str | bytes]:
    """Tell which of the UNIX addresses have something to read. Raises `NetlinkError`."""
    wanted = {os.fsencode(address): address for address in addresses}
    request = _REQUEST.pack(
        socket.AF_UNIX, 0, 0, _ANY_STATE, 0, _SHOW_NAME | _SHOW_QUEUE, 0, 0
    )
    diagnosis = NetlinkSocket(_SOCK_DIAG)
    try:
        messages = diagnosis.dump(_BY_FAMILY, request)
    finally:
        diagnosis.close()
    found: set[str | bytes] = set()
    for message in messages:
        shown = split(message.body[_MESSAGE_OCTETS:])
        name = shown.get(_NAME, b"")
        name = name if name.startswith(b"\0") else name.rstrip(b"\0")
        if name in wanted and any(shown.get(_QUEUE, b"")[:4]):
            found.add(wanted[name])
    return found
