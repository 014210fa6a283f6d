"""PSK from a passphrase: IEEE 802.11-2020, J.4."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from harness.base.errors import ConfigError


def derive_psk(passphrase: str | bytes, ssid: bytes) -> bytes:
    """Derive the 32-octet PSK: PBKDF2-HMAC-SHA1, the SSID as salt, 4096 rounds.

    `passphrase`: 8 to 63 octets (text is taken as UTF-8, with `surrogateescape`). Raises
    `ConfigError` for another length, or an SSID longer than 32 octets. Results are cached: a world
    derives the same one often.
    """
    if isinstance(passphrase, str):
        passphrase = passphrase.encode(errors="surrogateescape")
    secret = bytes(passphrase)
    if not 8 <= len(secret) <= 63:
        raise ConfigError(f"a passphrase has 8 to 63 octets, not {len(secret)}")
    if len(ssid) > 32:
        raise ConfigError(f"an SSID has at most 32 octets, not {len(ssid)}")
    return _pbkdf2(secret, bytes(ssid))


@lru_cache(maxsize=256)
def _pbkdf2(secret: bytes, ssid: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha1", secret, ssid, 4096, 32)
