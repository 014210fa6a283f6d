"""The cryptography of SAE over elliptic curves: IEEE 802.11-2020, 12.4.4, 12.4.5 and 12.7.1.6.

Two ways lead from a password to the secret point PWE: trying numbers until one is the x of a
point ("hunting and pecking", 12.4.4.2.2), and hashing to the curve (12.4.4.2.3). Scalars are
numbers, elements are points.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from harness.base.entropy import Entropy
from harness.base.errors import BadValue, PeerViolation
from harness.crypto.curve import Curve, Point
from harness.crypto.prf import kdf

LEAST_ROUNDS = 40
"""Rounds that hunting and pecking always goes through, found or not (12.4.4.2.2)."""
MOST_ROUNDS = 200
PMK_OCTETS = 32
PMKID_OCTETS = 16

_HUNT = "802.11-2020 12.4.4.2.2"
_COMMIT = "802.11-2020 12.4.5.4"


@dataclass(frozen=True, slots=True)
class Commitment:
    """What one side commits to. `rand`: its secret; `scalar` and `element` go on the air."""

    rand: int = field(repr=False)
    scalar: int
    element: Point


@dataclass(frozen=True, slots=True)
class SaeKeys:
    """What both sides have in the end. `pmkid`: 16 octets, not secret."""

    kck: bytes = field(repr=False)
    pmk: bytes = field(repr=False)
    pmkid: bytes


# ---- the secret point ---------------------------------------------------------------------


def digest_of(curve: Curve, *, hash_to_element: bool) -> str:
    """The hash of an exchange: by the prime's size with hash-to-element, else SHA-256."""
    if not hash_to_element or curve.octets <= 32:
        return "sha256"
    return "sha384" if curve.octets <= 48 else "sha512"


def hunt_and_peck(curve: Curve, password: bytes, first: bytes, second: bytes) -> Point:
    """Derive PWE for two MAC addresses by trying numbers.

    Always goes through `LEAST_ROUNDS` rounds, and tells squares by an exponentiation of constant
    time, so that the password's first hit shows in no timing. Raises `BadValue` for a password
    that gives no point in `MOST_ROUNDS` rounds, which has a probability of 2^-200.
    """
    key = max(first, second) + min(first, second)
    prime = curve.p.to_bytes(curve.octets, "big")
    bits = curve.p.bit_length()
    found: tuple[int, int] | None = None
    for counter in range(1, MOST_ROUNDS + 1):
        if counter > LEAST_ROUNDS and found is not None:
            break
        seed = hmac.digest(key, password + bytes((counter,)), "sha256")
        value = kdf("sha256", seed, b"SAE Hunting and Pecking", prime, bits)
        x = int.from_bytes(value, "big") >> (-bits % 8)
        is_hit = x < curve.p and curve.is_square(curve.right_side(x % curve.p))
        if is_hit and found is None:
            found = (x, seed[-1] & 1)
    if found is None:
        raise BadValue("the password gives no point", clause=_HUNT)
    x, parity = found
    y = curve.square_root(curve.right_side(x))
    return Point(x, y if y & 1 == parity else curve.p - y)


@lru_cache(maxsize=64)
def derive_pt(curve: Curve, ssid: bytes, password: bytes, identifier: bytes = b"") -> Point:
    """Hash a password, and its identifier if it has one, to the point PT of a network.

    Results are cached: PT is for one SSID and password, whoever the peer (12.4.4.2.3).
    """
    digest = digest_of(curve, hash_to_element=True)
    seed = hmac.digest(ssid, password + identifier, digest)
    size = curve.octets + (curve.octets + 1) // 2
    points = []
    for label in (b"SAE Hash to Element u1 P1", b"SAE Hash to Element u2 P2"):
        value = _expand(digest, seed, label, size)
        points.append(map_to_point(curve, int.from_bytes(value, "big") % curve.p))
    point = curve.add(*points)
    if point is None:
        raise BadValue("the password hashes to the point at infinity", clause="12.4.4.2.3")
    return point


def derive_pwe(curve: Curve, pt: Point, first: bytes, second: bytes) -> Point:
    """Derive PWE for two MAC addresses from PT (12.4.5.2)."""
    digest = digest_of(curve, hash_to_element=True)
    zeros = bytes(hashlib.new(digest).digest_size)
    value = hmac.digest(zeros, max(first, second) + min(first, second), digest)
    point = curve.multiply(int.from_bytes(value, "big") % (curve.q - 1) + 1, pt)
    assert point is not None, "the order is prime and the factor below it"
    return point


def map_to_point(curve: Curve, u: int) -> Point:
    """Map a number modulo p to a point: simplified SWU (12.4.4.2.3; RFC 9380, 6.6.2)."""
    p, a, b, z = curve.p, curve.a, curve.b, curve.z
    zu2 = z * u * u % p
    m = (zu2 * zu2 + zu2) % p
    inverse = curve.invert(m)
    x1 = -b * curve.invert(a) * (1 + inverse) % p if m else b * curve.invert(z * a % p) % p
    x2 = zu2 * x1 % p
    right1, right2 = curve.right_side(x1), curve.right_side(x2)
    x, right = (x1, right1) if curve.is_square(right1) else (x2, right2)
    y = curve.square_root(right)
    return Point(x, y if y & 1 == u & 1 else -y % p)


# ---- commit and confirm -------------------------------------------------------------------


def make_commitment(curve: Curve, pwe: Point, entropy: Entropy) -> Commitment:
    """Draw two secrets and commit to PWE: scalar = rand + mask, element = −mask · PWE."""
    while True:
        rand, mask = _draw(curve, entropy), _draw(curve, entropy)
        scalar = (rand + mask) % curve.q
        masked = curve.multiply(mask, pwe)
        if scalar >= 2 and masked is not None:
            return Commitment(rand, scalar, curve.negate(masked))


def check_peer(curve: Curve, scalar: int, element: Point) -> None:
    """Raise `PeerViolation` for a scalar out of 2 … q−1, or an element off the curve."""
    if not 1 < scalar < curve.q:
        raise PeerViolation("SAE scalar out of range", clause=_COMMIT, wire_code=1)
    if not curve.contains(element):
        raise PeerViolation("SAE element is no point of the curve", clause=_COMMIT, wire_code=1)


def agree(
    curve: Curve,
    pwe: Point,
    own: Commitment,
    scalar: int,
    element: Point,
    *,
    hash_to_element: bool,
    rejected_groups: bytes = b"",
) -> SaeKeys:
    """Derive the keys from both commitments.

    `scalar`, `element`: the peer's. `rejected_groups`: both sides' lists of 2-octet numbers, that
    of the higher MAC address first (hash-to-element only). Raises `PeerViolation`.
    """
    check_peer(curve, scalar, element)
    total = curve.add(curve.multiply(scalar, pwe), element)
    shared = None if total is None else curve.multiply(own.rand, total)
    if shared is None:
        raise PeerViolation("SAE gives the point at infinity", clause=_COMMIT, wire_code=1)
    digest = digest_of(curve, hash_to_element=hash_to_element)
    size = hashlib.new(digest).digest_size
    key_seed = hmac.digest(
        rejected_groups or bytes(size), shared.x.to_bytes(curve.octets, "big"), digest
    )
    context = ((own.scalar + scalar) % curve.q).to_bytes(curve.scalar_octets, "big")
    keys = kdf(digest, key_seed, b"SAE KCK and PMK", context, 8 * (size + PMK_OCTETS))
    return SaeKeys(keys[:size], keys[size:], context[:PMKID_OCTETS])


def confirmation(
    curve: Curve,
    kck: bytes,
    counter: int,
    sender: tuple[int, Point],
    receiver: tuple[int, Point],
) -> bytes:
    """Compute the confirm field. `sender`, `receiver`: their scalars and elements (12.4.5.5)."""
    digest = {32: "sha256", 48: "sha384", 64: "sha512"}[len(kck)]
    parts = [counter.to_bytes(2, "little")]
    for scalar, element in (sender, receiver):
        parts += [scalar.to_bytes(curve.scalar_octets, "big"), curve.encode(element)]
    return hmac.digest(kck, b"".join(parts), digest)


def rejected_groups_salt(
    first: bytes, own: Sequence[int], second: bytes, peer: Sequence[int]
) -> bytes:
    """Join both lists of rejected groups. `first`, `second`: MAC addresses of us and the peer."""
    lists = (own, peer) if first > second else (peer, own)
    return b"".join(group.to_bytes(2, "little") for groups in lists for group in groups)


def _draw(curve: Curve, entropy: Entropy) -> int:
    """Draw a number in 2 … q−1; 8 octets more than needed leave no bias worth the name."""
    drawn = int.from_bytes(entropy.octets(curve.scalar_octets + 8), "big")
    return drawn % (curve.q - 2) + 2


def _expand(digest: str, key: bytes, info: bytes, size: int) -> bytes:
    """HKDF-Expand (RFC 5869, 2.3)."""
    block, drawn, counter = b"", b"", 0
    while len(drawn) < size:
        counter += 1
        block = hmac.digest(key, block + info + bytes((counter,)), digest)
        drawn += block
    return drawn[:size]
