"""Key derivation by AKM: IEEE 802.11-2020, 12.7.1."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from harness.base.errors import UsageError
from harness.base.seam import AKM_PSK, AKM_PSK_SHA256, AKM_SAE

_AKM_8021X = 0x000FAC01
_AKM_8021X_SHA256 = 0x000FAC05
_LABEL = b"Pairwise key expansion"


@dataclass(frozen=True, slots=True)
class AkmSuite:
    """What an AKM fixes: a row of table 12-8.

    `digest`: the hash of its PRF or KDF. `descriptor_version`: of its EAPOL-Key frames (0: the
    AKM itself defines MIC and wrapping). Lengths in octets.
    """

    digest: str
    descriptor_version: int
    kck_octets: int = 16
    kek_octets: int = 16
    mic_octets: int = 16


AKM_SUITES = {
    _AKM_8021X: AkmSuite("sha1", 2),
    AKM_PSK: AkmSuite("sha1", 2),
    _AKM_8021X_SHA256: AkmSuite("sha256", 3),
    AKM_PSK_SHA256: AkmSuite("sha256", 3),
    AKM_SAE: AkmSuite("sha256", 0),
}


def akm_suite(akm: int) -> AkmSuite:
    """Raises `UsageError` for an AKM that airproof does not derive keys for."""
    try:
        return AKM_SUITES[akm]
    except KeyError:
        raise UsageError(f"no key derivation for AKM {akm:#010x}") from None


@dataclass(frozen=True, slots=True)
class Ptk:
    """A pairwise transient key in its parts: confirmation, encryption, temporal key."""

    kck: bytes = field(repr=False)
    kek: bytes = field(repr=False)
    tk: bytes = field(repr=False)


def prf(key: bytes, label: bytes, context: bytes, octets: int) -> bytes:
    """The SHA-1 PRF of 12.7.1.2, for instance PRF-384 with 48 `octets`."""
    stem = label + b"\x00" + context
    rounds = -(-octets // 20)
    return b"".join(hmac.digest(key, stem + bytes((i,)), "sha1") for i in range(rounds))[:octets]


def kdf(digest: str, key: bytes, label: bytes, context: bytes, bits: int) -> bytes:
    """The KDF of 12.7.1.6.2 on `digest`, for instance KDF-SHA256-384 with 384 `bits`.

    Unused low bits of the last octet are zero when `bits` is no multiple of 8.
    """
    tail = label + context + bits.to_bytes(2, "little")
    octets = -(-bits // 8)
    rounds = -(-octets // hashlib.new(digest).digest_size)
    drawn = b"".join(
        hmac.digest(key, i.to_bytes(2, "little") + tail, digest) for i in range(1, rounds + 1)
    )[:octets]
    spare = -bits % 8
    return drawn[:-1] + bytes((drawn[-1] >> spare << spare,)) if spare else drawn


def derive_ptk(
    akm: int,
    pmk: bytes,
    authenticator: bytes,
    supplicant: bytes,
    anonce: bytes,
    snonce: bytes,
    tk_octets: int = 16,
) -> Ptk:
    """Derive the PTK of a 4-way handshake (12.7.1.3).

    `authenticator`, `supplicant`: their MAC addresses. Raises `UsageError` for an unknown AKM.
    """
    suite = akm_suite(akm)
    addresses = sorted((bytes(authenticator), bytes(supplicant)))
    context = b"".join((*addresses, *sorted((anonce, snonce))))
    split = suite.kck_octets + suite.kek_octets
    total = split + tk_octets
    if suite.digest == "sha1":
        ptk = prf(pmk, _LABEL, context, total)
    else:
        ptk = kdf(suite.digest, pmk, _LABEL, context, 8 * total)
    return Ptk(ptk[: suite.kck_octets], ptk[suite.kck_octets : split], ptk[split:])
