"""Packet sockets: what a network interface receives, filtered in the kernel (packet(7))."""

from __future__ import annotations

import array
import errno
import socket
import struct
from collections.abc import Sequence
from typing import Final, TypeAlias

Instruction: TypeAlias = tuple[int, int, int, int]
"""One instruction of a classic BPF program: code, jump if true, jump if false, operand."""

_EVERY_PROTOCOL = 0x0003
_SO_ATTACH_FILTER, _SO_RCVBUFFORCE = 26, 33
_SO_TIMESTAMPNS: Final = 35
_SOL_PACKET, _STATISTICS, _IGNORE_OUTGOING = 263, 6, 23
_LARGEST_FRAME = 65536
_CONTROL_SPACE = 64
_TIMESPEC = struct.Struct("@qq")
_RECEIVE_BUFFER = 16 << 20

_LOAD_HALF, _LOAD_BYTE, _LOAD_BYTE_FROM_X = 0x28, 0x30, 0x50
_AND, _OR_X, _SHIFT_LEFT, _TO_X = 0x54, 0x4C, 0x64, 0x07
_EQUAL, _RETURN = 0x15, 0x06

ONLY_EAPOL: Final[tuple[Instruction, ...]] = (
    (_LOAD_HALF, 0, 0, 12),
    (_EQUAL, 0, 1, 0x888E),
    (_RETURN, 0, 0, _LARGEST_FRAME),
    (_RETURN, 0, 0, 0),
)
"""Ethernet frames of the port access entity."""

NO_EAPOL: Final[tuple[Instruction, ...]] = (
    (_LOAD_HALF, 0, 0, 12),
    (_EQUAL, 1, 0, 0x888E),
    (_RETURN, 0, 0, _LARGEST_FRAME),
    (_RETURN, 0, 0, 0),
)
"""All other Ethernet frames."""

UNPROTECTED_DATA: Final[tuple[Instruction, ...]] = (
    (_LOAD_BYTE, 0, 0, 3),
    (_SHIFT_LEFT, 0, 0, 8),
    (_TO_X, 0, 0, 0),
    (_LOAD_BYTE, 0, 0, 2),
    (_OR_X, 0, 0, 0),
    (_TO_X, 0, 0, 0),
    (_LOAD_BYTE_FROM_X, 0, 0, 0),
    (_AND, 0, 0, 0x4C),
    (_EQUAL, 0, 4, 0x08),
    (_LOAD_BYTE_FROM_X, 0, 0, 1),
    (_AND, 0, 0, 0x40),
    (_EQUAL, 0, 1, 0),
    (_RETURN, 0, 0, _LARGEST_FRAME),
    (_RETURN, 0, 0, 0),
)
"""Behind a radiotap header: data frames that carry data and have the Protected bit clear."""


class PacketSocket:
    """Receives, and if asked sends, whole link-layer frames on one interface of this namespace."""

    def __init__(
        self, interface: str, program: Sequence[Instruction] = (), *, outgoing: bool = False
    ) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        if program:
            self._attach(program)
        if not outgoing:
            self._socket.setsockopt(_SOL_PACKET, _IGNORE_OUTGOING, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_BUFFER)
        self._socket.bind((interface, _EVERY_PROTOCOL))
        self._socket.setblocking(False)

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def send(self, octets: bytes) -> None:
        self._socket.send(octets)

    def receive(self) -> tuple[float, bytes] | None:
        """Take one frame and its time on the wall clock; None when none is waiting.

        The interface going down is no error: there is nothing to take then.
        """
        try:
            octets, control, _, _ = self._socket.recvmsg(_LARGEST_FRAME, _CONTROL_SPACE)
        except (BlockingIOError, OSError) as error:
            if isinstance(error, BlockingIOError) or error.errno in _WENT_AWAY:
                return None
            raise
        seconds, nanoseconds = _TIMESPEC.unpack_from(control[0][2])
        return seconds + nanoseconds / 1e9, octets

    def dropped(self) -> int:
        """Count the frames lost for want of room since the last call."""
        statistics = self._socket.getsockopt(_SOL_PACKET, _STATISTICS, 8)
        return int.from_bytes(statistics[4:8], "little")

    def _attach(self, program: Sequence[Instruction]) -> None:
        octets = b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
        code = array.array("B", octets)
        address, _ = code.buffer_info()
        described = struct.pack("@HP", len(program), address)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, described)


_WENT_AWAY = (errno.ENETDOWN, errno.ENODEV)
