"""Arithmetic on the NIST prime curves, as SAE needs it: IEEE 802.11-2020, 12.4.4.2.

Why own code: SAE adds points and hashes to them, and `cryptography` offers neither. It has scalar
multiplication behind ECDH, which gives away only the x coordinate. Why gmpy2: its integers make
Python fast enough, and `powmod_sec` takes the same time for all exponents of one size. A scalar
multiplication does the same sequence of point operations for every scalar of a curve (an addition
and a doubling per bit); the complete formulas that it uses have no special cases that a secret
could lead into. Python can promise no more than that.

Sources: SEC 2 (2.4.2, 2.5.1, 2.6.1) for the curves; Renes, Costello and Batina, "Complete addition
formulas for prime order elliptic curves" (2015), algorithm 4 for a = -3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import gmpy2  # type: ignore[import-untyped]  # ships no stubs


class Point(NamedTuple):
    """A point by its affine coordinates; the point at infinity is None wherever it may occur."""

    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Curve:
    """y² = x³ − 3x + b over the integers modulo `p`, of prime order `q`.

    `group`: its number in the IANA registry "Group Description" of IKE. `octets`: of a coordinate.
    `z`: the SSWU parameter (IEEE 802.11-2020, table 12-1). p ≡ 3 (mod 4) in all of them.
    """

    group: int
    p: int
    q: int
    b: int
    z: int
    octets: int

    @property
    def a(self) -> int:
        return self.p - 3

    @property
    def scalar_octets(self) -> int:
        """Octets of a number modulo the order: the same as of a coordinate on these curves."""
        return (self.q.bit_length() + 7) // 8

    def right_side(self, x: int) -> int:
        """x³ − 3x + b."""
        return (x * x % self.p * x - 3 * x + self.b) % self.p

    def contains(self, point: Point) -> bool:
        """True for a point in affine coordinates below p that lies on the curve."""
        x, y = point
        return x < self.p and y < self.p and y * y % self.p == self.right_side(x)

    def encode(self, point: Point) -> bytes:
        """Encode x ‖ y."""
        return point.x.to_bytes(self.octets, "big") + point.y.to_bytes(self.octets, "big")

    def decode(self, octets: bytes) -> Point:
        """Decode x ‖ y; what it gives need not lie on the curve."""
        half = self.octets
        return Point(int.from_bytes(octets[:half], "big"), int.from_bytes(octets[half:], "big"))

    def square_root(self, value: int) -> int:
        """Give the root of a square: value to the power of (p + 1) / 4."""
        return int(gmpy2.powmod_sec(value, (self.p + 1) // 4, self.p)) if value else 0

    def is_square(self, value: int) -> bool:
        """Tell by Euler's criterion, in constant time, whether a number is a square or zero."""
        if not value:
            return True
        return int(gmpy2.powmod_sec(value, (self.p - 1) // 2, self.p)) == 1

    def invert(self, value: int) -> int:
        """Give 1 / value, and 0 for 0 (Fermat; constant time)."""
        return int(gmpy2.powmod_sec(value, self.p - 2, self.p)) if value else 0

    def multiply(self, scalar: int, point: Point) -> Point | None:
        """Give scalar · point. `scalar`: 0 to q. The Montgomery ladder: no bit changes its way."""
        low: _Projective = (gmpy2.mpz(0), gmpy2.mpz(1), gmpy2.mpz(0))
        high: _Projective = (gmpy2.mpz(point.x), gmpy2.mpz(point.y), gmpy2.mpz(1))
        for bit in range(self.q.bit_length() - 1, -1, -1):
            pair = (low, high)
            is_set = scalar >> bit & 1
            total = self._add(low, high)
            double = self._add(pair[is_set], pair[is_set])
            low, high = ((double, total), (total, double))[is_set]
        return self._affine(low)

    def add(self, first: Point | None, second: Point | None) -> Point | None:
        """Give first + second."""
        if first is None or second is None:
            return first or second
        one = gmpy2.mpz(1)
        return self._affine(
            self._add(
                (gmpy2.mpz(first.x), gmpy2.mpz(first.y), one),
                (gmpy2.mpz(second.x), gmpy2.mpz(second.y), one),
            )
        )

    def negate(self, point: Point) -> Point:
        return Point(point.x, -point.y % self.p)

    def _affine(self, point: _Projective) -> Point | None:
        x, y, z = point
        if not z:
            return None
        inverse = self.invert(int(z))
        return Point(int(x * inverse % self.p), int(y * inverse % self.p))

    def _add(self, first: _Projective, second: _Projective) -> _Projective:
        """Algorithm 4 of Renes, Costello and Batina: good for any two points, equal ones too."""
        p, b = self.p, self.b
        x1, y1, z1 = first
        x2, y2, z2 = second
        t0, t1, t2 = x1 * x2 % p, y1 * y2 % p, z1 * z2 % p
        xy = (x1 + y1) * (x2 + y2) - t0 - t1
        yz = (y1 + z1) * (y2 + z2) - t1 - t2
        xz = ((x1 + z1) * (x2 + z2) - t0 - t2) % p
        v = 3 * (xz - b * t2) % p
        low, high = t1 - v, t1 + v
        w = 3 * (b * xz - 3 * t2 - t0) % p
        u = 3 * (t0 - t2)
        return (xy * high - yz * w) % p, (high * low + u * w) % p, (yz * low + xy * u) % p


_Projective = tuple[Any, Any, Any]
"""X, Y, Z with x = X/Z and y = Y/Z, as gmpy2 integers; (0, 1, 0) is the point at infinity."""


def _hex(digits: str) -> int:
    return int(digits.replace(" ", ""), 16)


P256 = Curve(
    group=19,
    p=2**256 - 2**224 + 2**192 + 2**96 - 1,
    q=_hex("ffffffff00000000 ffffffffffffffff bce6faada7179e84 f3b9cac2fc632551"),
    b=_hex("5ac635d8aa3a93e7 b3ebbd55769886bc 651d06b0cc53b0f6 3bce3c3e27d2604b"),
    z=-10,
    octets=32,
)
P384 = Curve(
    group=20,
    p=2**384 - 2**128 - 2**96 + 2**32 - 1,
    q=_hex(
        "ffffffffffffffff ffffffffffffffff ffffffffffffffff"
        "c7634d81f4372ddf 581a0db248b0a77a ecec196accc52973"
    ),
    b=_hex(
        "b3312fa7e23ee7e4 988e056be3f82d19 181d9c6efe814112"
        "0314088f5013875a c656398d8a2ed19d 2a85c8edd3ec2aef"
    ),
    z=-12,
    octets=48,
)
P521 = Curve(
    group=21,
    p=2**521 - 1,
    q=_hex(
        "01ffffffffffffff ffffffffffffffff ffffffffffffffff ffffffffffffffff ff"
        "fa51868783bf2f96 6b7fcc0148f709a5 d03bb5c9b8899c47 aebb6fb71e913864 09"
    ),
    b=_hex(
        "0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e1"
        "56193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00"
    ),
    z=-4,
    octets=66,
)

CURVES = {curve.group: curve for curve in (P256, P384, P521)}
"""By group number."""
