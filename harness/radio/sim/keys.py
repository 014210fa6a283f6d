"""Temporal keys as a radio holds them: packet numbers out, replay check in."""

from __future__ import annotations

import errno
from typing import Final

from harness.base.errors import RadioError, ReplayedCounter
from harness.base.seam import CIPHER_CCMP, InstallKey
from harness.crypto.ccmp import MAX_PN, CcmpKey
from harness.wire.dot11.frames import Data, ProtectedManagement
from harness.wire.dot11.header import TYPE_MANAGEMENT, Header

_NO_TID = 16
_MANAGEMENT = 17


class CipherKey:
    """One CCMP key. `index`: the key id that frames carry."""

    __slots__ = ("_ccmp", "_received", "_sent", "_start", "index", "octets")

    def __init__(self, index: int, octets: bytes, received: int = 0) -> None:
        self.index: Final = index
        self.octets: Final = octets
        self._ccmp = CcmpKey(octets)
        self._sent = 0
        self._start = received
        self._received: dict[int, int] = {}

    def seal(self, header: Header, body: bytes) -> bytes:
        """Encrypt a frame body under the next packet number; returns header and body.

        `header.protected` must be set. Raises `RadioError` when the packet numbers are used up.
        """
        if self._sent >= MAX_PN:
            raise RadioError("transmit", reason="the packet numbers of the key are used up")
        self._sent += 1
        octets = header.encode()
        return octets + self._ccmp.encrypt(octets, self._sent, self.index, body)

    def open(self, frame: Data | ProtectedManagement) -> bytes:
        """Decrypt a received frame's body.

        Raises `BadMic`, `Truncated`, and `ReplayedCounter` when the packet number did not grow
        within its traffic class, of which management frames are one (12.5.3.4.4).
        """
        octets = frame.octets
        header = octets[: len(octets) - len(frame.body)]
        number, plaintext = self._ccmp.decrypt(header, frame.body)
        qos = frame.header.qos
        if qos is not None:
            tid = qos & 15
        else:
            tid = _MANAGEMENT if frame.header.type == TYPE_MANAGEMENT else _NO_TID
        if number <= self._received.get(tid, self._start):
            raise ReplayedCounter(f"packet number {number} again", clause="12.5.3.4.4")
        self._received[tid] = number
        return plaintext


def key_from(command: InstallKey, present: CipherKey | None) -> CipherKey:
    """Make the key that a command installs.

    The key that is there already stays as it is, its packet numbers too: installed anew they
    would repeat. Raises `RadioError` for a cipher other than CCMP-128.
    """
    if command.cipher != CIPHER_CCMP:
        raise RadioError("install key", errno.EOPNOTSUPP, f"cipher {command.cipher:#010x}")
    if len(command.key) != 16:
        raise RadioError("install key", errno.EINVAL, f"a key of {len(command.key)} octets")
    if present is not None and present.index == command.index and present.octets == command.key:
        return present
    return CipherKey(command.index, command.key, int.from_bytes(command.sequence, "little"))
