"""Netlink: attributes, requests with their answers, and the events that come in between.

A small codec of our own: the general netlink libraries for Python declare most of nl80211's
attributes as untyped text, lack its newer commands, and take longer to import in the kernel lab
than a whole onboarding does to run. Sources: linux/netlink.h, linux/genetlink.h.
"""

from __future__ import annotations

import errno
import itertools
import os
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from harness.base.errors import AirproofError

Attributes: TypeAlias = dict[int, bytes]

_HEADER = struct.Struct("=IHHII")
_GENERIC_HEADER = struct.Struct("=BBH")
_ATTRIBUTE = struct.Struct("=HH")
_INT32 = struct.Struct("=i")

_NETLINK_GENERIC = 16
_SOL_NETLINK = 270
_ADD_MEMBERSHIP, _CAP_ACK, _EXT_ACK = 1, 10, 11
_SO_RCVBUFFORCE = 33

_REQUEST, _MULTI, _ACK, _DUMP_INTR, _DUMP = 0x1, 0x2, 0x4, 0x10, 0x300
_ACK_TLVS = 0x200
_ERROR, _DONE = 2, 3
_ERROR_TEXT, _ERROR_COOKIE = 1, 3
_NESTED, _TYPE_MASK = 0x8000, 0x3FFF

_LARGEST_DATAGRAM = 65536
_RECEIVE_BUFFER = 4 << 20

_OUR_PORTS, _PORT_COUNTS, _PID_BITS = 1 << 30, 256, 22
_port_counts = itertools.count()

_CONTROLLER, _GET_FAMILY = 16, 3
_FAMILY_ID, _FAMILY_NAME, _FAMILY_GROUPS = 1, 2, 7
_GROUP_NAME, _GROUP_ID = 1, 2


class NetlinkError(AirproofError):
    """The kernel refused a request. `errno`: positive; `reason`: the kernel's own words or ""."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"{os.strerror(code)}: {reason}" if reason else os.strerror(code))
        self.errno = code
        self.reason = reason


# ---- attributes ---------------------------------------------------------------------------


def attribute(kind: int, value: bytes = b"") -> bytes:
    """Encode one attribute, padded to a multiple of 4 octets."""
    return _ATTRIBUTE.pack(4 + len(value), kind) + value + bytes(-len(value) & 3)


def u8(kind: int, value: int) -> bytes:
    return attribute(kind, value.to_bytes(1, "little"))


def u16(kind: int, value: int) -> bytes:
    return attribute(kind, struct.pack("=H", value))


def u32(kind: int, value: int) -> bytes:
    return attribute(kind, struct.pack("=I", value))


def text(kind: int, value: str) -> bytes:
    """Encode a string with the zero octet that ends it."""
    return attribute(kind, value.encode() + b"\0")


def flag(kind: int, present: bool = True) -> bytes:
    return attribute(kind) if present else b""


def nested(kind: int, *attributes: bytes) -> bytes:
    return attribute(kind | _NESTED, b"".join(attributes))


def u32_array(kind: int, values: tuple[int, ...]) -> bytes:
    """Encode native 32-bit numbers one after the other, as cipher suite lists are."""
    return attribute(kind, struct.pack(f"={len(values)}I", *values))


def each_attribute(octets: bytes) -> Iterator[tuple[int, bytes]]:
    """Give (type, value) in order; the flag for nesting is taken off the type."""
    offset, end = 0, len(octets)
    while offset + 4 <= end:
        length, kind = _ATTRIBUTE.unpack_from(octets, offset)
        if length < 4 or offset + length > end:
            raise NetlinkError(errno.EBADMSG, f"attribute of {length} octets at {offset} of {end}")
        yield kind & _TYPE_MASK, octets[offset + 4 : offset + length]
        offset += (length + 3) & ~3


def split(octets: bytes) -> Attributes:
    """Decode attributes into type → value; the last one wins."""
    return dict(each_attribute(octets))


def number(value: bytes) -> int:
    """Read an unsigned number of 1, 2, 4 or 8 octets in the machine's byte order."""
    return int.from_bytes(value, "little" if _LITTLE else "big")


def signed(value: bytes) -> int:
    return int.from_bytes(value, "little" if _LITTLE else "big", signed=True)


_LITTLE = struct.pack("=H", 1)[0] == 1


# ---- messages -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message:
    """A message from the kernel: `kind` is its netlink type, `body` what follows that header."""

    kind: int
    body: bytes


@dataclass(slots=True)
class Answer:
    """What a request gave: `code` (zero or positive), the messages, the cookie of the ACK."""

    code: int = 0
    messages: list[Message] = field(default_factory=list)
    cookie: int | None = None


class NetlinkSocket:
    """One netlink socket; requests wait for their answer, other messages are kept for `receive`.

    The socket belongs to the network namespace that the thread is in when it is made.
    """

    def __init__(self, protocol: int) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)
        self._socket.setsockopt(_SOL_NETLINK, _CAP_ACK, 1)
        self._socket.setsockopt(_SOL_NETLINK, _EXT_ACK, 1)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_BUFFER)
        except PermissionError:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        _bind(self._socket)
        self._sequence = 0
        self._kept: list[Message] = []

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def join(self, group: int) -> None:
        """Receive the events of a multicast group."""
        self._socket.setsockopt(_SOL_NETLINK, _ADD_MEMBERSHIP, group)

    def request(self, kind: int, body: bytes, flags: int = 0) -> Answer:
        """Send a request and wait for its ACK. Raises `NetlinkError`."""
        return self._exchange(kind, body, flags | _ACK)

    def dump(self, kind: int, body: bytes) -> list[Message]:
        """Send a request for many messages; asks again when they changed meanwhile."""
        while True:
            answer = self._exchange(kind, body, _DUMP)
            if not answer.code & _DUMP_INTR:
                return answer.messages

    def receive(self) -> list[Message]:
        """Take every event that has come, without waiting.

        Raises `NetlinkError` (ENOBUFS) when the kernel had to drop some.
        """
        try:
            while True:
                octets = self._socket.recv(_LARGEST_DATAGRAM, socket.MSG_DONTWAIT)
                self._kept += (Message(kind, body) for kind, _, _, body in _messages(octets))
        except BlockingIOError:
            pass
        except OSError as error:
            raise NetlinkError(error.errno or 0, "events of the kernel were lost") from error
        return self.kept()

    def kept(self) -> list[Message]:
        """Take the events that came while requests waited for their answers."""
        kept, self._kept = self._kept, []
        return kept

    def _exchange(self, kind: int, body: bytes, flags: int) -> Answer:
        self._sequence += 1
        length = _HEADER.size + len(body)
        header = _HEADER.pack(length, kind, flags | _REQUEST, self._sequence, 0)
        self._socket.send(header + body)
        answer = Answer()
        while True:
            for received, its_flags, sequence, content in _messages(
                self._socket.recv(_LARGEST_DATAGRAM)
            ):
                if sequence != self._sequence:
                    self._kept.append(Message(received, content))
                elif received == _ERROR:
                    return _acknowledged(answer, content, its_flags)
                elif received == _DONE:
                    answer.code |= its_flags & _DUMP_INTR
                    return answer
                else:
                    answer.code |= its_flags & _DUMP_INTR
                    answer.messages.append(Message(received, content))


def _bind(made: socket.socket) -> None:
    """Give the socket a port number that no other of ours has, in whatever namespace.

    The kernel gives the first socket of a process in each namespace the same number, and when one
    of them closes, nl80211 and hwsim end what belongs to that number in every namespace.
    """
    for _ in range(_PORT_COUNTS):
        count = next(_port_counts)
        port = _OUR_PORTS | (count % _PORT_COUNTS) << _PID_BITS | os.getpid() % (1 << _PID_BITS)
        try:
            made.bind((port, 0))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return
    raise NetlinkError(errno.EADDRINUSE, f"{_PORT_COUNTS} netlink sockets are open")


def _messages(octets: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    offset = 0
    while offset + _HEADER.size <= len(octets):
        length, kind, flags, sequence, _ = _HEADER.unpack_from(octets, offset)
        yield kind, flags, sequence, octets[offset + _HEADER.size : offset + length]
        offset += (length + 3) & ~3


def _acknowledged(answer: Answer, content: bytes, flags: int) -> Answer:
    (code,) = _INT32.unpack_from(content)
    extra: Attributes = {}
    if flags & _ACK_TLVS:
        extra = split(content[4 + _HEADER.size :])
    if code < 0:
        raise NetlinkError(-code, extra.get(_ERROR_TEXT, b"").rstrip(b"\0").decode())
    answer.code = code
    if _ERROR_COOKIE in extra:
        answer.cookie = number(extra[_ERROR_COOKIE])
    return answer


# ---- generic netlink ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Family:
    """A generic netlink family as the kernel numbers it: the same in every namespace."""

    kind: int
    groups: dict[str, int]


@lru_cache
def family(name: str) -> Family:
    """Look a generic netlink family up. Raises `NetlinkError` (ENOENT) if the kernel has none."""
    controller = NetlinkSocket(_NETLINK_GENERIC)
    try:
        body = _GENERIC_HEADER.pack(_GET_FAMILY, 1, 0) + text(_FAMILY_NAME, name)
        found = controller.request(_CONTROLLER, body).messages[0]
    finally:
        controller.close()
    attributes = split(found.body[_GENERIC_HEADER.size :])
    groups = {}
    for _, octets in each_attribute(attributes.get(_FAMILY_GROUPS, b"")):
        group = split(octets)
        groups[group[_GROUP_NAME].rstrip(b"\0").decode()] = number(group[_GROUP_ID])
    return Family(number(attributes[_FAMILY_ID]), groups)


class GenericSocket(NetlinkSocket):
    """A socket that speaks one generic netlink family and hears the named groups of it."""

    def __init__(self, name: str, *groups: str) -> None:
        self._family = family(name)
        super().__init__(_NETLINK_GENERIC)
        for group in groups:
            self.join(self._family.groups[group])

    def command(self, command: int, *attributes: bytes) -> Answer:
        """Carry out a command and wait for its ACK. Raises `NetlinkError`."""
        body = _GENERIC_HEADER.pack(command, 0, 0) + b"".join(attributes)
        return self.request(self._family.kind, body)

    def list(self, command: int, *attributes: bytes) -> list[Attributes]:
        """Dump everything that `command` gives."""
        body = _GENERIC_HEADER.pack(command, 0, 0) + b"".join(attributes)
        return [generic(message)[1] for message in self.dump(self._family.kind, body)]


def generic(message: Message) -> tuple[int, Attributes]:
    """Split a generic netlink message into its command and attributes."""
    return message.body[0], split(message.body[_GENERIC_HEADER.size :])
