"""Data frames for test programs: DATA_TEST_CONFIG, DATA_TEST_TX, DATA_TEST_FRAME, DATA-TEST-RX.

A test frame is an IPv4 packet that everyone can tell: its payload counts up from 0, octet by
octet. Source: the access point's control interface, 4; the frames of hostapd 2.10 on the air.
"""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Callable
from typing import Final

from harness.base.address import MacAddress
from harness.base.errors import UsageError
from harness.live.loop import Loop

_ETHERTYPE: Final = 0x0800
_ETHERNET = struct.Struct(">6s6sH")
_IPV4 = struct.Struct(">BBHHHBBH4s4s")
_VERSION_AND_LENGTH, _TTL, _ICMP = 0x45, 64, 1
_SOURCE, _DESTINATION = bytes((192, 168, 1, 1)), bytes((192, 168, 1, 2))
_USUAL_OCTETS: Final = 1486
"""Of the IPv4 packet, when no `len` is given; and at the most."""
_LARGEST_DATAGRAM: Final = 2048


def frame(
    destination: bytes, source: bytes, service: int = 0, octets: int = _USUAL_OCTETS
) -> bytes:
    """A test frame. `service`: IPv4's octet of that; `octets`: of the IPv4 packet, 20 to 1486."""
    header = _header(service, octets, 0)
    words = struct.unpack(">10H", header)
    total = sum(words)
    total = (total & 0xFFFF) + (total >> 16)
    checksum = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
    payload = bytes(index & 0xFF for index in range(octets - _IPV4.size))
    ethernet = _ETHERNET.pack(destination, source, _ETHERTYPE)
    return ethernet + _header(service, octets, checksum) + payload


def _header(service: int, octets: int, checksum: int) -> bytes:
    addresses = _SOURCE, _DESTINATION
    return _IPV4.pack(
        _VERSION_AND_LENGTH, service, octets, 0, 0, _TTL, _ICMP, checksum, *addresses
    )


def heard(octets: bytes) -> str | None:
    """The event line of a received frame; None when it is no test frame. It may be cut short."""
    if len(octets) < _ETHERNET.size + _IPV4.size:
        return None
    destination, source, _ = _ETHERNET.unpack_from(octets)
    _, service, length, *_ = _IPV4.unpack_from(octets, _ETHERNET.size)
    if not _IPV4.size <= length <= _USUAL_OCTETS:
        return None
    if not frame(destination, source, service, length).startswith(octets):
        return None
    told = f"DATA-TEST-RX {MacAddress(destination)} {MacAddress(source)}"
    return told if length == _USUAL_OCTETS else f"{told} len={length}"


class DataTest:
    """The test frames of the BSS on `interface`. `tell`: is given the event lines."""

    def __init__(self, loop: Loop, interface: str, tell: Callable[[str], None]) -> None:
        self._loop = loop
        self._interface = interface
        self._tell = tell
        self._socket: socket.socket | None = None

    def execute(self, word: str, arguments: str) -> None:
        """Carry a command out. Raises `UsageError`."""
        _COMMANDS[word](self, arguments.split(" "))

    def close(self) -> None:
        if self._socket is not None:
            self._loop.remove(self._socket)
            self._socket.close()
            self._socket = None

    def _configure(self, words: list[str]) -> None:
        """DATA_TEST_CONFIG 0|1 [ifname=]."""
        self.close()
        if not re.match(r"[+-]?0*[1-9]", words[0]):
            return
        opened = _open(_named(words, "ifname") or self._interface, _ETHERTYPE)
        self._socket = opened
        self._loop.add(opened, lambda: self._receive(opened))

    def _receive(self, opened: socket.socket) -> None:
        while self._socket is opened:
            try:
                octets = opened.recv(_LARGEST_DATAGRAM)
            except BlockingIOError:
                return
            except OSError:
                self.close()  # the interface has gone
                return
            line = heard(octets)
            if line is not None:
                self._tell(line)

    def _transmit(self, words: list[str]) -> None:
        """DATA_TEST_TX destination source [service] [len=]."""
        if self._socket is None:
            raise UsageError("DATA_TEST_CONFIG 1 comes first")
        if len(words) < 2:
            raise UsageError("destination and source are needed")
        number = re.match(r"\d+", words[2]) if len(words) > 2 else None
        service = int(number[0]) if number else 0
        octets = _named(words, "len")
        size = _USUAL_OCTETS if octets is None else int(octets) if octets.isdecimal() else 0
        if service > 0xFF or not _IPV4.size <= size <= _USUAL_OCTETS:
            raise UsageError("service and length are 0 to 255 and 20 to 1486")
        try:
            destination, source = MacAddress(words[0]), MacAddress(words[1])
        except ValueError as error:
            raise UsageError(str(error)) from None
        _send(self._socket, frame(destination, source, service, size))

    def _transmit_frame(self, words: list[str]) -> None:
        """DATA_TEST_FRAME [ifname=] hex of an Ethernet frame."""
        if not re.fullmatch(r"(?:[0-9A-Fa-f]{2}){14,}", words[-1]):
            raise UsageError("no hex of a frame with its Ethernet header")
        opened = _open(_named(words[:-1], "ifname") or self._interface, 0)
        with opened:
            _send(opened, bytes.fromhex(words[-1]))


def _named(words: list[str], name: str) -> str | None:
    found = (word.partition("=") for word in words)
    return next((value for key, equals, value in found if equals and key == name), None)


def _open(interface: str, ethertype: int) -> socket.socket:
    """A packet socket on a network interface; 0: it hears nothing. Raises `UsageError`."""
    try:
        opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK)
    except OSError as error:
        raise UsageError(f"packet socket: {error.strerror}") from None
    try:
        opened.bind((interface, ethertype))
    except OSError as error:
        opened.close()
        raise UsageError(f"{interface}: {error.strerror}") from None
    return opened


def _send(opened: socket.socket, octets: bytes) -> None:
    try:
        opened.send(octets)
    except OSError as error:
        raise UsageError(f"the frame was not sent: {error.strerror}") from None


_COMMANDS: Final[dict[str, Callable[[DataTest, list[str]], None]]] = {
    "DATA_TEST_CONFIG": DataTest._configure,
    "DATA_TEST_TX": DataTest._transmit,
    "DATA_TEST_FRAME": DataTest._transmit_frame,
}

COMMANDS: Final = frozenset(_COMMANDS)
"""The words that `DataTest.execute` takes, each with arguments."""
