"""CCMP: IEEE 802.11-2020, 12.5.3."""

from __future__ import annotations

from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from harness.base.errors import BadLength, BadMic, Truncated

HEADER_OCTETS = 8
MAX_PN = (1 << 48) - 1

_CLAUSE = "802.11-2020 12.5.3"
_EXT_IV = 0x20
_TO_AND_FROM_DS = 0x03
_TYPE_MASK = 0x0C
_DATA = 0x08
_QOS = 0x80
_SUBTYPE_LOW = 0x70
"""Subtype bits 4 to 6 of the first Frame Control octet, left out of the AAD in data frames."""
_KEPT = 0xC7
"""Second Frame Control octet without Retry, Power Management and More Data."""
_KEPT_QOS = 0x47
"""The same without +HTC/Order too."""
_PROTECTED = 0x40


class CcmpKey:
    """A temporal key ready for use, its AES key schedule kept.

    `tk`: 16 octets for CCMP-128 (8-octet MIC), 32 for CCMP-256 (16-octet MIC). `header` arguments
    are the whole MAC header, Frame Control first; fields that the AAD leaves out may have any
    value, the Protected bit included. Does not check packet numbers for replay.
    """

    __slots__ = ("_aead", "mic_length")

    def __init__(self, tk: bytes) -> None:
        if len(tk) not in (16, 32):
            raise BadLength(f"a CCMP key has 16 or 32 octets, not {len(tk)}", clause=_CLAUSE)
        self.mic_length = 8 if len(tk) == 16 else 16
        self._aead = AESCCM(tk, tag_length=self.mic_length)

    def encrypt(self, header: bytes, pn: int, key_id: int, plaintext: bytes) -> bytes:
        """Give the frame body: CCMP header, encrypted data, MIC.

        `pn`: the packet number, 1 to `MAX_PN`, never used before with this key.
        """
        aad, priority = _aad(header)
        number = pn.to_bytes(6, "big")
        protected = self._aead.encrypt(priority + header[10:16] + number, plaintext, aad)
        head = (number[5], number[4], 0, _EXT_IV | key_id << 6, *number[3::-1])
        return bytes(head) + protected

    def decrypt(self, header: bytes, body: bytes) -> tuple[int, bytes]:
        """Give the packet number and the plaintext of a frame body.

        Raises `BadMic`, and `Truncated` when there is no room for CCMP header and MIC.
        """
        if len(body) < HEADER_OCTETS + self.mic_length:
            raise Truncated("no room for CCMP header and MIC", offset=len(body), clause=_CLAUSE)
        aad, priority = _aad(header)
        number = bytes((*body[7:3:-1], body[1], body[0]))
        try:
            plaintext = self._aead.decrypt(
                priority + header[10:16] + number, body[HEADER_OCTETS:], aad
            )
        except InvalidTag:
            raise BadMic("CCMP MIC does not verify", clause=_CLAUSE) from None
        return int.from_bytes(number, "big"), plaintext


def encrypt(tk: bytes, header: bytes, pn: int, key_id: int, plaintext: bytes) -> bytes:
    """Encrypt one frame body; see `CcmpKey.encrypt`."""
    return _key(bytes(tk)).encrypt(header, pn, key_id, plaintext)


def decrypt(tk: bytes, header: bytes, body: bytes) -> tuple[int, bytes]:
    """Decrypt one frame body; see `CcmpKey.decrypt`."""
    return _key(bytes(tk)).decrypt(header, body)


def key_id(body: bytes) -> int:
    """Give the Key ID (0 to 3) that a protected frame body names. Raises `Truncated`."""
    if len(body) < 4:
        raise Truncated("no CCMP header", offset=len(body), clause=_CLAUSE)
    return body[3] >> 6


@lru_cache(maxsize=64)
def _key(tk: bytes) -> CcmpKey:
    return CcmpKey(tk)


def _aad(header: bytes) -> tuple[bytes, bytes]:
    """Give the AAD (12.5.3.3.3) and the nonce's flags octet (12.5.3.3.4).

    Assumes no SPP A-MSDU, which is negotiated by a capability that airproof never announces: of
    QoS Control only the TID counts.
    """
    if len(header) < 24:
        raise Truncated("MAC header needs 24 octets", offset=len(header), clause=_CLAUSE)
    first, second = header[0], header[1]
    fragment = bytes((header[22] & 0x0F, 0))
    if first & _TYPE_MASK != _DATA:
        control = bytes((first, second & _KEPT | _PROTECTED))
        return control + header[4:22] + fragment, b"\x10"
    four = second & _TO_AND_FROM_DS == _TO_AND_FROM_DS
    kept = _KEPT_QOS if first & _QOS else _KEPT
    aad = bytes((first & ~_SUBTYPE_LOW, second & kept | _PROTECTED)) + header[4:22] + fragment
    end = 30 if four else 24
    if four:
        aad += header[24:30]
    if not first & _QOS:
        _room(header, end)
        return aad, b"\x00"
    _room(header, end + 2)
    tid = header[end] & 0x0F
    return aad + bytes((tid, 0)), bytes((tid,))


def _room(header: bytes, needed: int) -> None:
    if len(header) < needed:
        raise Truncated(f"MAC header needs {needed} octets", offset=len(header), clause=_CLAUSE)
