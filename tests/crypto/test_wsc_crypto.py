"""WSC cryptography on its own; the derivations are checked against recordings in tests/proto."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.entropy import SeededEntropy
from harness.base.errors import BadMic, PeerViolation
from harness.crypto import wsc
from harness.crypto.wsc import WscKeys

KEYS = WscKeys(bytes(range(32)), bytes(range(16)), bytes(32))


@given(st.binary(max_size=100))
def test_settings_come_out_as_they_went_in(plaintext: bytes) -> None:
    value = wsc.encrypt_settings(KEYS, plaintext, SeededEntropy(b"iv"))
    assert len(value) % 16 == 0
    assert value[:16] == SeededEntropy(b"iv").octets(16)
    assert wsc.decrypt_settings(KEYS, value) == plaintext


@given(st.binary(max_size=200))
def test_garbage_is_a_violation(value: bytes) -> None:
    with pytest.raises(PeerViolation):
        wsc.decrypt_settings(KEYS, value)


@given(st.integers(0, 63), st.integers(1, 255))
def test_any_change_is_noticed(position: int, change: int) -> None:
    value = bytearray(wsc.encrypt_settings(KEYS, bytes(20), SeededEntropy(b"iv")))
    value[position] ^= change
    with pytest.raises(PeerViolation):
        wsc.decrypt_settings(KEYS, bytes(value))


def test_another_key_does_not_open() -> None:
    value = wsc.encrypt_settings(KEYS, b"plain", SeededEntropy(b"iv"))
    with pytest.raises(BadMic):
        wsc.decrypt_settings(WscKeys(bytes(32), KEYS.key_wrap_key, b""), value)


def test_authenticator_chains_on_the_previous_message() -> None:
    value = wsc.authenticator(KEYS.auth_key, b"before", b"now")
    wsc.verify_authenticator(KEYS.auth_key, b"before", b"now", value)
    for previous, current in ((b"befor", b"now"), (b"before", b"no")):
        with pytest.raises(BadMic):
            wsc.verify_authenticator(KEYS.auth_key, previous, current, value)
    with pytest.raises(BadMic):
        wsc.verify_authenticator(KEYS.auth_key, b"before", b"now", b"")


@pytest.mark.parametrize(
    ("password", "halves"),
    [(b"12345670", (b"1234", b"5670")), (b"1234", (b"12", b"34")), (b"12345", (b"123", b"45"))],
)
def test_the_first_half_is_the_longer(password: bytes, halves: tuple[bytes, bytes]) -> None:
    psk1, psk2 = wsc.psk_halves(KEYS.auth_key, password)
    assert psk1 == wsc.psk_halves(KEYS.auth_key, halves[0] * 2)[0] == psk_of(halves[0])
    assert psk2 == psk_of(halves[1])


def psk_of(half: bytes) -> bytes:
    return wsc.authenticator(KEYS.auth_key, half, b"") + _rest(half)


def _rest(half: bytes) -> bytes:
    return wsc.commitment(KEYS.auth_key, half, b"", b"", b"")[8:16]


@pytest.mark.parametrize("pin", ["12345670", "00000000", "1234", "99999995"])
def test_valid_pins(pin: str) -> None:
    assert wsc.pin_is_valid(pin)


@pytest.mark.parametrize("pin", ["12345678", "1234567", "123456709", "1234567o", "", "١٢٣٤"])
def test_invalid_pins(pin: str) -> None:
    assert not wsc.pin_is_valid(pin)


def test_checksum_follows_its_definition() -> None:
    """(3*(d1+d3+d5+d7) + d2+d4+d6+d8) mod 10 = 0."""
    entropy = SeededEntropy(b"pins")
    for _ in range(200):
        pin = wsc.generate_pin(entropy)
        digits = [int(one) for one in pin]
        assert len(digits) == 8
        assert (3 * sum(digits[::2]) + sum(digits[1::2])) % 10 == 0


def test_secrets_stay_out_of_repr() -> None:
    assert bytes(range(16)).hex() not in repr(KEYS)
    assert repr(KEYS) == "WscKeys()"
