"""WEP: IEEE 802.11-2020, 12.3.2. It keeps nobody out; there are networks that still have it."""

from __future__ import annotations

from binascii import crc32
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher

from harness.base.errors import BadLength, BadMic, Truncated
from harness.base.seam import CIPHER_WEP_40, CIPHER_WEP_104, InstallKey

WEP_40_OCTETS: Final = 5
WEP_104_OCTETS: Final = 13
HEADER_OCTETS: Final = 4
ICV_OCTETS: Final = 4

_CLAUSE = "802.11-2020 12.3.2"
_KEY_ID_SHIFT = 6
_IV_MASK = 0xFFFFFF


class WepKey:
    """A key of 5 octets (WEP-40) or 13 (WEP-104), ready for use. Raises `BadLength`."""

    __slots__ = ("_key",)

    def __init__(self, octets: bytes) -> None:
        wep_cipher(octets)
        self._key = octets

    def encrypt(self, number: int, key_id: int, plain: bytes) -> bytes:
        """Give the frame body: IV and key ID, then data and ICV encrypted.

        `number`: the lower 24 bits of it are the IV.
        """
        vector = (number & _IV_MASK).to_bytes(3, "big")
        icv = crc32(plain).to_bytes(ICV_OCTETS, "little")
        return vector + bytes((key_id << _KEY_ID_SHIFT,)) + self._rc4(vector, plain + icv)

    def decrypt(self, body: bytes) -> bytes:
        """Give the data. Raises `BadMic` when the ICV is wrong, `Truncated` without room for it."""
        if len(body) < HEADER_OCTETS + ICV_OCTETS:
            raise Truncated("WEP frame body", offset=len(body), clause=_CLAUSE)
        plain = self._rc4(body[:3], body[HEADER_OCTETS:])
        data, icv = plain[:-ICV_OCTETS], plain[-ICV_OCTETS:]
        if crc32(data).to_bytes(ICV_OCTETS, "little") != icv:
            raise BadMic("WEP ICV", clause=_CLAUSE)
        return data

    def _rc4(self, vector: bytes, octets: bytes) -> bytes:
        return Cipher(ARC4(vector + self._key), mode=None).encryptor().update(octets)


def wep_cipher(key: bytes) -> int:
    """The cipher suite of a key. Raises `BadLength` unless it has 5 or 13 octets."""
    if len(key) == WEP_40_OCTETS:
        return CIPHER_WEP_40
    if len(key) == WEP_104_OCTETS:
        return CIPHER_WEP_104
    raise BadLength(f"a WEP key has 5 or 13 octets, not {len(key)}", clause=_CLAUSE)


@dataclass(frozen=True, slots=True)
class WepKeys:
    """Static keys of a network by their index, 5 or 13 octets; `default`: which is sent with."""

    keys: tuple[bytes | None, ...] = field(repr=False)
    default: int = 0

    @property
    def sent_with(self) -> bytes | None:
        return self.keys[self.default]

    @property
    def usable(self) -> bool:
        """All keys have a good size, and the default one is among them."""
        sizes = {len(key) for key in self.keys if key is not None}
        return self.sent_with is not None and sizes <= {WEP_40_OCTETS, WEP_104_OCTETS}

    def installed(self, interface: str) -> list[InstallKey]:
        """What gives a radio the keys: the one that is sent with comes last."""
        keys = [(index, key) for index, key in enumerate(self.keys) if key is not None]
        keys.sort(key=lambda each: each[0] == self.default)
        return [
            InstallKey(
                interface=interface, peer=None, index=index, cipher=wep_cipher(key), key=key
            )
            for index, key in keys
        ]


def key_id(body: bytes) -> int | None:
    """Which of four keys a protected frame body names, of WEP and later ciphers; None: none."""
    return body[3] >> _KEY_ID_SHIFT if len(body) > 3 else None
