"""Ends of cables: a host on a node's bridge, and a node's own view of one of its interfaces."""

from __future__ import annotations

import fcntl
import os
import struct

from harness.base.address import MacAddress
from harness.radio.nl80211.loop import RealLoop
from harness.radio.nl80211.packet import NO_EAPOL, PacketSocket
from harness.wire.dot11.ethernet import EthernetFrame

_TUNSETIFF = 0x400454CA
_TAP, _NO_PACKET_INFO = 0x0002, 0x1000
_LARGEST_FRAME = 65536
PORT_RANK = 3


class TapPort:
    """A host that is nothing but its cable: what the bridge sends to it can be read here.

    The interface `name` is made in the namespace that the thread is in, and goes with the port.
    """

    def __init__(self, name: str, address: MacAddress, loop: RealLoop) -> None:
        self.address = address
        self._loop = loop
        self._fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        fcntl.ioctl(
            self._fd, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _TAP | _NO_PACKET_INFO)
        )
        self._received: list[tuple[float, EthernetFrame]] = []
        loop.add(self, self._receive, PORT_RANK)

    def fileno(self) -> int:
        return self._fd

    def send(self, frame: EthernetFrame) -> None:
        os.write(self._fd, frame.encode())

    def poll(self) -> list[tuple[float, EthernetFrame]]:
        received, self._received = self._received, []
        return received

    def close(self) -> None:
        self._loop.remove(self)
        os.close(self._fd)

    def _receive(self) -> None:
        try:
            while True:
                octets = os.read(self._fd, _LARGEST_FRAME)
                self._received.append((self._loop.now(), EthernetFrame.decode(octets)))
        except BlockingIOError:
            return


class InterfacePort:
    """A Wi-Fi interface as its node's network stack has it, EAPOL apart.

    Belongs to the namespace that the thread is in when it is made.
    """

    def __init__(self, interface: str, address: MacAddress, loop: RealLoop) -> None:
        self.address = address
        self._loop = loop
        self._packets = PacketSocket(interface, NO_EAPOL)
        self._received: list[tuple[float, EthernetFrame]] = []
        loop.add(self._packets, self._receive, PORT_RANK)

    def send(self, frame: EthernetFrame) -> None:
        """Send a frame; the kernel puts the interface's own address on the air as its source."""
        self._packets.send(frame.encode())

    def poll(self) -> list[tuple[float, EthernetFrame]]:
        received, self._received = self._received, []
        return received

    def close(self) -> None:
        self._loop.remove(self._packets)
        self._packets.close()

    def _receive(self) -> None:
        while (packet := self._packets.receive()) is not None:
            wall, octets = packet
            frame = EthernetFrame.decode(octets)
            self._received.append((self._loop.from_wall(wall), frame))
