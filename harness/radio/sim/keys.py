"""Temporal keys as a radio holds them: packet numbers out, replay check in."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Final, Protocol

from harness.base.errors import BadValue, RadioError, ReplayedCounter
from harness.base.seam import (
    CIPHER_CCMP,
    CIPHER_TKIP,
    CIPHER_WEP_40,
    CIPHER_WEP_104,
    InstallKey,
)
from harness.crypto.ccmp import MAX_PN, CcmpKey
from harness.crypto.tkip import MicCover, TkipKey
from harness.crypto.wep import WEP_40_OCTETS, WEP_104_OCTETS, WepKey
from harness.wire.dot11.frames import Data, ProtectedManagement
from harness.wire.dot11.header import TYPE_MANAGEMENT, Header

_NO_TID = 16
_MANAGEMENT = 17


class _Cipher(Protocol):
    """How one cipher protects the body of a frame under a packet number."""

    def seal(self, header: Header, number: int, index: int, body: bytes) -> bytes: ...

    def open(self, frame: Data | ProtectedManagement) -> tuple[int | None, bytes]:
        """Give packet number and plain body; None: the number says nothing about repetition."""


class _Ccmp:
    __slots__ = ("_key",)

    def __init__(self, octets: bytes) -> None:
        self._key = CcmpKey(octets)

    def seal(self, header: Header, number: int, index: int, body: bytes) -> bytes:
        octets = header.encode()
        return octets + self._key.encrypt(octets, number, index, body)

    def open(self, frame: Data | ProtectedManagement) -> tuple[int, bytes]:
        octets = frame.octets
        return self._key.decrypt(octets[: len(octets) - len(frame.body)], frame.body)


class _Tkip:
    """Whole MSDUs with three addresses only: what of TKIP is still met."""

    __slots__ = ("_key",)

    def __init__(self, octets: bytes) -> None:
        self._key = TkipKey(octets)

    def seal(self, header: Header, number: int, index: int, body: bytes) -> bytes:
        cover = _mic_cover(header, body)
        assert header.transmitter is not None, "a data frame has one"
        return header.encode() + self._key.encrypt(
            header.transmitter, number, index, cover, by_authenticator=header.from_ds
        )

    def open(self, frame: Data | ProtectedManagement) -> tuple[int, bytes]:
        header = frame.header
        assert header.transmitter is not None, "a data frame has one"
        number, plain, mic = self._key.decrypt(header.transmitter, frame.body)
        cover = _mic_cover(header, plain)
        self._key.verify(cover, mic, by_authenticator=header.from_ds)
        return number, plain


class _Wep:
    __slots__ = ("_key",)

    def __init__(self, octets: bytes) -> None:
        self._key = WepKey(octets)

    def seal(self, header: Header, number: int, index: int, body: bytes) -> bytes:
        return header.encode() + self._key.encrypt(number, index, body)

    def open(self, frame: Data | ProtectedManagement) -> tuple[None, bytes]:
        return None, self._key.decrypt(frame.body)


def _mic_cover(header: Header, body: bytes) -> MicCover:
    destination, source = header.destination, header.source
    if destination is None or source is None or header.from_ds == header.to_ds:
        raise BadValue("TKIP is for data frames with three addresses", clause="12.5.2")
    return MicCover(destination, source, body, (header.qos or 0) & 15)


_CIPHERS: Final[dict[int, tuple[int, Callable[[bytes], _Cipher]]]] = {
    CIPHER_CCMP: (16, _Ccmp),
    CIPHER_TKIP: (32, _Tkip),
    CIPHER_WEP_40: (WEP_40_OCTETS, _Wep),
    CIPHER_WEP_104: (WEP_104_OCTETS, _Wep),
}
"""Octets of the key, and what makes the cipher of it."""


class CipherKey:
    """One key of CCMP, TKIP or WEP. `index`: the key id that frames carry."""

    __slots__ = ("_cipher", "_received", "_sent", "_start", "index", "is_wep", "octets")

    def __init__(
        self, index: int, octets: bytes, received: int = 0, cipher: int = CIPHER_CCMP
    ) -> None:
        self.index: Final = index
        self.octets: Final = octets
        self.is_wep: Final = cipher in (CIPHER_WEP_40, CIPHER_WEP_104)
        self._cipher = _CIPHERS[cipher][1](octets)
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
        return self._cipher.seal(header, self._sent, self.index, body)

    def open(self, frame: Data | ProtectedManagement) -> bytes:
        """Decrypt a received frame's body.

        Raises `BadMic`, `Truncated`, and `ReplayedCounter` when the packet number did not grow
        within its traffic class, of which management frames are one (12.5.3.4.4).
        """
        number, plaintext = self._cipher.open(frame)
        if number is None:
            return plaintext
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
    would repeat. Raises `RadioError` for a cipher other than CCMP-128, TKIP and WEP.
    """
    if command.cipher not in _CIPHERS:
        raise RadioError("install key", errno.EOPNOTSUPP, f"cipher {command.cipher:#010x}")
    if len(command.key) != _CIPHERS[command.cipher][0]:
        raise RadioError("install key", errno.EINVAL, f"a key of {len(command.key)} octets")
    if present is not None and present.index == command.index and present.octets == command.key:
        return present
    received = int.from_bytes(command.sequence, "little")
    return CipherKey(command.index, command.key, received, command.cipher)
