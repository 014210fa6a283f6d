"""The MIC of EAPOL-Key frames: IEEE 802.11-2020, 12.7.2 and table 12-8."""

from __future__ import annotations

import hmac

from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from harness.base.errors import UsageError
from harness.base.seam import AKM_SAE

VERSION_AKM_DEFINED = 0
VERSION_HMAC_MD5 = 1
VERSION_HMAC_SHA1 = 2
VERSION_AES_CMAC = 3

_CMAC_AKMS = frozenset((AKM_SAE,))
"""AKMs whose own definition (descriptor version 0) is AES-128-CMAC."""


def aes_cmac(key: bytes, octets: bytes) -> bytes:
    """AES-CMAC of RFC 4493: 16 octets."""
    cmac = CMAC(AES(key))
    cmac.update(octets)
    return cmac.finalize()


def key_mic(version: int, akm: int, kck: bytes, octets: bytes) -> bytes:
    """Compute the MIC over a whole EAPOL frame whose MIC field is zero.

    `version`: the key descriptor version. Raises `UsageError` for a pair of version and AKM that
    airproof has no MIC for.
    """
    if version == VERSION_HMAC_MD5:
        return hmac.digest(kck, octets, "md5")
    if version == VERSION_HMAC_SHA1:
        return hmac.digest(kck, octets, "sha1")[:16]
    if version == VERSION_AES_CMAC or (version == VERSION_AKM_DEFINED and akm in _CMAC_AKMS):
        return aes_cmac(kck, octets)
    raise UsageError(f"no MIC for key descriptor version {version} with AKM {akm:#010x}")


def verify_key_mic(version: int, akm: int, kck: bytes, octets: bytes, mic: bytes) -> bool:
    """Compare in constant time; see `key_mic`."""
    return hmac.compare_digest(key_mic(version, akm, kck, octets), mic)
