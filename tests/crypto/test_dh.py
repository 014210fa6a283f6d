"""Diffie-Hellman group 5: the prime by its definition, results by other implementations."""

from __future__ import annotations

import secrets
import warnings
from decimal import Decimal, getcontext

import pytest
from cryptography.hazmat.primitives.asymmetric import dh as theirs
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.base.entropy import SeededEntropy, SystemEntropy
from harness.base.errors import PeerViolation
from harness.crypto import dh


def test_prime_is_the_one_of_rfc_3526() -> None:
    """p = 2^1536 - 2^1472 - 1 + 2^64 * { [2^1406 pi] + 741804 } (RFC 3526, 2)."""
    getcontext().prec = 500
    pi_bits = int(pi() * (1 << 1406))
    assert (1 << 1536) - (1 << 1472) - 1 + (1 << 64) * (pi_bits + 741804) == dh.PRIME


def pi() -> Decimal:
    """Compute pi to the present precision by Machin's formula."""

    def arctan_of_one_over(x: int) -> Decimal:
        power = total = Decimal(1) / x
        n = 1
        while power:
            power /= -x * x
            n += 2
            following = total + power / n
            if following == total:
                break
            total = following
        return total

    return 4 * (4 * arctan_of_one_over(5) - arctan_of_one_over(239))


@settings(max_examples=20, deadline=None)
@given(st.binary(min_size=1, max_size=32), st.binary(min_size=1, max_size=32))
def test_against_plain_pow(one: bytes, other: bytes) -> None:
    a, b = int.from_bytes(one, "big") + 2, int.from_bytes(other, "big") + 2
    mine, peer = a.to_bytes(33, "big"), b.to_bytes(33, "big")
    assert int.from_bytes(dh.public_key(mine), "big") == pow(2, a, dh.PRIME)
    secret = dh.shared(mine, dh.public_key(peer))
    assert int.from_bytes(secret, "big") == pow(2, a * b, dh.PRIME)
    assert dh.shared(peer, dh.public_key(mine)) == secret
    assert len(secret) == len(dh.public_key(mine)) == 192


def test_against_cryptography() -> None:
    pair = dh.generate(SystemEntropy())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        group = theirs.DHParameterNumbers(dh.PRIME, dh.GENERATOR)
        private = group.parameters().generate_private_key()
        peer = private.public_key().public_numbers().y.to_bytes(192, "big")
        public = theirs.DHPublicNumbers(int.from_bytes(pair.public, "big"), group).public_key()
        secret = private.exchange(public)
    assert dh.shared(pair.private, peer) == secret.rjust(192, b"\0")


def test_secrets_are_padded_to_192_octets() -> None:
    """Look for a pair whose secret begins with a zero octet."""
    for n in range(2, 3000):
        value = pow(2, n * 1009, dh.PRIME)
        if value < 1 << 1528:
            break
    secret = dh.shared(n.to_bytes(2, "big"), dh.public_key((1009).to_bytes(2, "big")))
    assert len(secret) == 192
    assert secret[0] == 0
    assert int.from_bytes(secret, "big") == value


@pytest.mark.parametrize("key", [0, 1, dh.PRIME - 1, dh.PRIME, dh.PRIME + 2])
def test_bad_keys_are_refused(key: int) -> None:
    with pytest.raises(PeerViolation):
        dh.shared(b"\5" * 32, key.to_bytes(192, "big"))


def test_keys_outside_the_subgroup_are_refused() -> None:
    refused = 0
    for _ in range(20):
        key = secrets.randbelow(dh.PRIME - 3) + 2
        residue = pow(key, (dh.PRIME - 1) // 2, dh.PRIME) == 1
        try:
            dh.shared(b"\5" * 32, key.to_bytes(192, "big"))
            assert residue
        except PeerViolation:
            refused += 1
            assert not residue
    assert refused


def test_a_short_key_is_the_same_number() -> None:
    assert dh.shared(b"\7", (4).to_bytes(190, "big")) == dh.shared(b"\7", (4).to_bytes(192, "big"))


def test_pairs_follow_from_entropy_and_keep_their_size() -> None:
    pair = dh.generate(SeededEntropy(b"seed"))
    assert pair == dh.generate(SeededEntropy(b"seed"))
    assert pair != dh.generate(SeededEntropy(b"other"))
    assert pair.public == dh.public_key(pair.private)
    assert len(pair.private) == 32
    assert pair.private[0] & 0x80
    assert pair.private.hex() not in repr(pair)
