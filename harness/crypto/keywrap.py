"""AES key wrap of key data: RFC 3394, as IEEE 802.11-2020, 12.7.2 applies it."""

from __future__ import annotations

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from harness.base.errors import BadMic

_CLAUSE = "802.11-2020 12.7.2"


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
