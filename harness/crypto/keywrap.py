"""Key data under the KEK, by AES key wrap (RFC 3394) or RC4: IEEE 802.11-2020, 12.7.2."""

from __future__ import annotations

from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from harness.base.errors import BadMic

_CLAUSE = "802.11-2020 12.7.2"
_RC4_SKIPPED = 256


def rc4_key_data(kek: bytes, iv: bytes, key_data: bytes) -> bytes:
    """Encrypt, or decrypt, key data of descriptor version 1. `iv`: the frame's, 16 octets."""
    stream = Cipher(ARC4(iv + kek), mode=None).encryptor()
    stream.update(bytes(_RC4_SKIPPED))
    return stream.update(key_data)


def wrap_key_data(kek: bytes, key_data: bytes) -> bytes:
    """Pad key data (0xdd, then zeros, to 16 octets or more and a multiple of 8) and wrap it."""
    if len(key_data) < 16 or len(key_data) % 8:
        padded = key_data + b"\xdd"
        key_data = padded.ljust(max(16, -(-len(padded) // 8) * 8), b"\x00")
    return aes_key_wrap(kek, key_data)


def unwrap_key_data(kek: bytes, wrapped: bytes) -> bytes:
    """Give the key data, padding included.

    Raises `BadMic` when the octets are no wrapping under this key.
    """
    try:
        return aes_key_unwrap(kek, wrapped)
    except InvalidUnwrap as error:
        raise BadMic("key data does not unwrap", clause=_CLAUSE) from error
