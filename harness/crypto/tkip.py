"""TKIP: IEEE 802.11-2020, 12.5.2. Old, and still what a mixed network's group frames are in."""

from __future__ import annotations

from binascii import crc32
from functools import lru_cache
from struct import Struct, unpack
from typing import Final

from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher

from harness.base.errors import BadLength, BadMic, BadValue, Truncated

KEY_OCTETS: Final = 32
HEADER_OCTETS: Final = 8
MIC_OCTETS: Final = 8
ICV_OCTETS: Final = 4

_CLAUSE = "802.11-2020 12.5.2"
_EXT_IV = 0x20
_WORDS = Struct("<II")
_MASK = 0xFFFFFFFF


class BadMichael(BadMic):
    """The Michael MIC is wrong where the ICV is right: somebody forges frames (12.5.2.4)."""


class TkipKey:
    """A temporal key ready for use.

    `octets`: 32: temporal key, then the authenticator's and the supplicant's Michael keys, as in
    a PTK or GTK. `transmitter` arguments are the address of who sends the frame over the air.
    """

    __slots__ = ("_mic_keys", "_tk")

    def __init__(self, octets: bytes) -> None:
        if len(octets) != KEY_OCTETS:
            raise BadLength(f"a TKIP key has 32 octets, not {len(octets)}", clause=_CLAUSE)
        self._tk = octets[:16]
        self._mic_keys = octets[16:24], octets[24:]

    def encrypt(
        self, transmitter: bytes, tsc: int, key_id: int, msdu: MicCover, *, by_authenticator: bool
    ) -> bytes:
        """Give the frame body: IV, extended IV, then data, Michael MIC and ICV encrypted.

        `tsc`: the sequence counter, of 48 bits, from 1, never used before with this key.
        """
        mic = michael(self._mic_keys[not by_authenticator], msdu.octets())
        plain = msdu.data + mic
        plain += crc32(plain).to_bytes(4, "little")
        high, low = tsc >> 16, tsc & 0xFFFF
        seed = low >> 8 | 0x20
        head = bytes((low >> 8, seed & 0x7F, low & 0xFF, _EXT_IV | key_id << 6))
        return head + high.to_bytes(4, "little") + self._rc4(transmitter, tsc, plain)

    def decrypt(self, transmitter: bytes, body: bytes) -> tuple[int, bytes, bytes]:
        """Give the sequence counter, the data and its Michael MIC, which `verify` is for.

        Raises `BadMic` when the ICV is wrong, `BadValue` without an extended IV, and `Truncated`
        when there is no room for IV, MIC and ICV.
        """
        if len(body) < HEADER_OCTETS + MIC_OCTETS + ICV_OCTETS:
            raise Truncated("TKIP frame body", offset=len(body), clause=_CLAUSE)
        if not body[3] & _EXT_IV:
            raise BadValue("no extended IV", offset=3, clause=_CLAUSE)
        tsc = int.from_bytes(body[4:8], "little") << 16 | body[0] << 8 | body[2]
        plain = self._rc4(transmitter, tsc, body[HEADER_OCTETS:])
        covered, icv = plain[:-ICV_OCTETS], plain[-ICV_OCTETS:]
        if crc32(covered).to_bytes(4, "little") != icv:
            raise BadMic("TKIP ICV", clause=_CLAUSE)
        return tsc, covered[:-MIC_OCTETS], covered[-MIC_OCTETS:]

    def verify(self, msdu: MicCover, mic: bytes, *, by_authenticator: bool) -> None:
        """Raise `BadMichael` unless `mic` is the Michael MIC of a received MSDU."""
        if michael(self._mic_keys[not by_authenticator], msdu.octets()) != mic:
            raise BadMichael("Michael MIC", clause="802.11-2020 12.5.2.3")

    def _rc4(self, transmitter: bytes, tsc: int, octets: bytes) -> bytes:
        first = phase1(self._tk, transmitter, tsc >> 16)
        key = phase2(self._tk, first, tsc & 0xFFFF)
        return Cipher(ARC4(key), mode=None).encryptor().update(octets)


class MicCover:
    """What the Michael MIC of one MSDU covers: addresses, priority, data."""

    __slots__ = ("_head", "data")

    def __init__(
        self, destination: bytes, source: bytes, data: bytes, priority: int = 0
    ) -> None:
        self._head = destination + source + bytes((priority, 0, 0, 0))
        self.data = data

    def octets(self) -> bytes:
        return self._head + self.data


def michael(key: bytes, data: bytes) -> bytes:
    """Compute the Michael MIC, 8 octets. `key`: 8 octets. Source: 12.5.2.3.3."""
    left, right = _WORDS.unpack(key)
    padded = data + b"\x5a" + bytes(4 + -(len(data) + 1) % 4)
    for word in unpack(f"<{len(padded) // 4}I", padded):
        left ^= word
        right ^= (left << 17 | left >> 15) & _MASK
        left = left + right & _MASK
        right ^= (left & 0xFF00FF00) >> 8 | (left & 0x00FF00FF) << 8
        left = left + right & _MASK
        right ^= (left << 3 | left >> 29) & _MASK
        left = left + right & _MASK
        right ^= (left >> 2 | left << 30) & _MASK
        left = left + right & _MASK
    return _WORDS.pack(left, right)


def _sbox() -> tuple[int, ...]:
    """The S-box of key mixing, made from that of AES (12.5.2.5.2): 256 words of 16 bits."""
    exponents, value = [], 1
    for _ in range(255):
        exponents.append(value)
        value ^= value << 1
        value ^= 0x11B if value & 0x100 else 0
    inverses = {exponents[at]: exponents[-at % 255] for at in range(255)} | {0: 0}
    words = []
    for at in range(256):
        inverse = inverses[at]
        byte = inverse ^ 0x63
        for turn in range(1, 5):
            byte ^= (inverse << turn | inverse >> 8 - turn) & 0xFF
        doubled = byte << 1 ^ (0x11B if byte & 0x80 else 0)
        words.append(doubled << 8 | doubled ^ byte)
    return tuple(words)


_S: Final = _sbox()


def _substitute(word: int) -> int:
    high = _S[word >> 8]
    return _S[word & 0xFF] ^ (high << 8 & 0xFF00 | high >> 8)


@lru_cache(maxsize=64)
def phase1(tk: bytes, transmitter: bytes, high: int) -> tuple[int, ...]:
    """Mix the temporal key, the transmitter and the upper 32 bits of the TSC: five words."""
    key = unpack("<8H", tk)
    mixed = [high & 0xFFFF, high >> 16, *unpack("<3H", transmitter)]
    for turn in range(8):
        odd = turn & 1
        for at in range(5):
            word = key[(0, 2, 4, 6, 0)[at] + odd] ^ mixed[at - 1]
            mixed[at] = mixed[at] + _substitute(word) & 0xFFFF
        mixed[4] = mixed[4] + turn & 0xFFFF
    return tuple(mixed)


def phase2(tk: bytes, first: tuple[int, ...], low: int) -> bytes:
    """Mix phase 1 with the lower 16 bits of the TSC: the 16 octets of the RC4 key."""
    key = unpack("<8H", tk)
    mixed = [*first, first[4] + low & 0xFFFF]
    for at in range(6):
        mixed[at] = mixed[at] + _substitute(mixed[at - 1] ^ key[at]) & 0xFFFF
    for at in range(2):
        word = mixed[at - 1] ^ key[6 + at]
        mixed[at] = mixed[at] + (word >> 1 | word << 15 & 0xFFFF) & 0xFFFF
    for at in range(2, 6):
        word = mixed[at - 1]
        mixed[at] = mixed[at] + (word >> 1 | word << 15 & 0xFFFF) & 0xFFFF
    seed = bytes((low >> 8, (low >> 8 | 0x20) & 0x7F, low & 0xFF, (mixed[5] ^ key[0]) >> 1 & 0xFF))
    return seed + b"".join(word.to_bytes(2, "little") for word in mixed)
