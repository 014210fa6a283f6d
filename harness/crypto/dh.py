"""Diffie-Hellman in the 1536-bit MODP group (group 5 of RFC 3526), as WSC demands.

Why gmpy2: this group is too small by today's rules, so general libraries are dropping it
(`cryptography` warns that groups below 2048 bits will go), while WSC will never get another one.
GMP's modular exponentiation stays, and `powmod_sec` takes the same time and the same memory
accesses for every private exponent of one size, which Python's `pow` and plain `powmod` don't.

Why 256-bit exponents: the group's strength is estimated at 90 to 120 bits (RFC 3526, 8), which an
exponent of 180 to 240 bits matches; a longer one adds time and no strength. That is safe here
because p is a safe prime, so that no small subgroup gives bits of the exponent away beyond the
lowest, which the check of the peer's key denies too.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import gmpy2  # type: ignore[import-untyped]  # ships no stubs

from harness.base.entropy import Entropy
from harness.base.errors import PeerViolation

PRIME = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD1"
    "29024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245"
    "E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3D"
    "C2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D"
    "670C354E4ABC9804F1746C08CA237327FFFFFFFFFFFFFFFF",
    16,
)
"""RFC 3526, 2."""
GENERATOR = 2
KEY_OCTETS = 192
PRIVATE_OCTETS = 32
_PRIME = gmpy2.mpz(PRIME)
_CLAUSE = "WSC 2.0: Diffie-Hellman"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private exponent (octets, most significant first) and its public key (192 octets)."""

    private: bytes = field(repr=False)
    public: bytes


def generate(entropy: Entropy) -> KeyPair:
    """Make a key pair of 32 octets from `entropy`; the top bit of the exponent is always set."""
    drawn = bytearray(entropy.octets(PRIVATE_OCTETS))
    drawn[0] |= 0x80
    private = bytes(drawn)
    return KeyPair(private, public_key(private))


def public_key(private: bytes) -> bytes:
    """Derive the public key (192 octets) of a private exponent of any size above zero."""
    exponent = int.from_bytes(private, "big")
    return int(gmpy2.powmod_sec(GENERATOR, exponent, _PRIME)).to_bytes(KEY_OCTETS, "big")


def shared(private: bytes, peer_public: bytes) -> bytes:
    """Compute the shared secret, 192 octets, left-padded with zeros.

    Raises `PeerViolation` unless the peer's key lies in 2 … p-1 and in the subgroup of prime
    order, that of the quadratic residues, which Euler's criterion (here as the Legendre symbol,
    a hundred times cheaper than the exponentiation) tells.
    """
    peer = int.from_bytes(peer_public, "big")
    if not 1 < peer < PRIME:
        raise PeerViolation("public key out of range", clause=_CLAUSE)
    if gmpy2.legendre(peer, _PRIME) != 1:
        raise PeerViolation("public key outside the subgroup of prime order", clause=_CLAUSE)
    exponent = int.from_bytes(private, "big")
    return int(gmpy2.powmod_sec(peer, exponent, _PRIME)).to_bytes(KEY_OCTETS, "big")
