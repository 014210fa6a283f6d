"""Our point arithmetic against the one of `cryptography`, on every curve."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.crypto.curve import CURVES, P256, P384, P521, Curve, Point

OTHERS: dict[int, ec.EllipticCurve] = {19: ec.SECP256R1(), 20: ec.SECP384R1(), 21: ec.SECP521R1()}


def public(curve: Curve, private: int) -> Point:
    numbers = ec.derive_private_key(private, OTHERS[curve.group]).public_key().public_numbers()
    return Point(numbers.x, numbers.y)


GENERATORS = {group: public(curve, 1) for group, curve in CURVES.items()}


@settings(max_examples=20, deadline=None)
@given(st.sampled_from((P256, P384, P521)), st.data())
def test_multiplication_by_the_generator(curve: Curve, data: st.DataObject) -> None:
    scalar = data.draw(st.integers(1, curve.q - 1))

    assert curve.multiply(scalar, GENERATORS[curve.group]) == public(curve, scalar)


@settings(max_examples=10, deadline=None)
@given(st.sampled_from((P256, P384, P521)), st.data())
def test_multiplication_of_any_point_agrees_with_ecdh(curve: Curve, data: st.DataObject) -> None:
    ours, theirs = (data.draw(st.integers(1, curve.q - 1)) for _ in range(2))
    other = OTHERS[curve.group]
    private = ec.derive_private_key(ours, other)
    shared = private.exchange(ec.ECDH(), ec.derive_private_key(theirs, other).public_key())

    point = curve.multiply(ours, public(curve, theirs))

    assert point is not None
    assert point.x.to_bytes(curve.octets, "big") == shared


@settings(max_examples=10, deadline=None)
@given(st.sampled_from((P256, P384, P521)), st.data())
def test_addition(curve: Curve, data: st.DataObject) -> None:
    first, second = (data.draw(st.integers(1, curve.q // 2 - 1)) for _ in range(2))

    assert curve.add(public(curve, first), public(curve, second)) == public(curve, first + second)


@pytest.mark.parametrize("curve", CURVES.values(), ids=lambda curve: f"group {curve.group}")
def test_points_that_need_special_cases_elsewhere(curve: Curve) -> None:
    generator = GENERATORS[curve.group]

    assert curve.multiply(0, generator) is None
    assert curve.multiply(curve.q, generator) is None
    assert curve.multiply(curve.q - 1, generator) == curve.negate(generator)
    assert curve.add(generator, generator) == curve.multiply(2, generator)
    assert curve.add(generator, curve.negate(generator)) is None
    assert curve.add(None, generator) == generator
    assert curve.add(generator, None) == generator


@pytest.mark.parametrize("curve", CURVES.values(), ids=lambda curve: f"group {curve.group}")
def test_points_off_the_curve_are_told(curve: Curve) -> None:
    x, y = GENERATORS[curve.group]

    assert curve.contains(Point(x, y))
    assert not curve.contains(Point(x, y + 1))
    assert not curve.contains(Point(x + curve.p, y))
    assert not curve.contains(Point(0, 0))
    assert curve.decode(curve.encode(Point(x, y))) == Point(x, y)


def test_squares() -> None:
    for value in (1, 4, P256.p - 1, 0, 12345):
        square = value * value % P256.p
        assert P256.is_square(square)
        assert P256.square_root(square) in (value, P256.p - value)
    assert not P256.is_square(P256.p - 1)
    assert P256.invert(0) == 0
    assert P256.invert(7) * 7 % P256.p == 1
