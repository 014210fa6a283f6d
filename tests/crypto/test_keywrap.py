"""Key wrap: RFC 3394, and the padding of IEEE 802.11-2020, 12.7.2."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.errors import BadMic
from harness.crypto.keywrap import unwrap_key_data, wrap_key_data

KEK = bytes(range(16))


def test_rfc_3394_vector() -> None:
    # RFC 3394, 4.1
    wrapped = bytes.fromhex("1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5")
    plain = bytes.fromhex("00112233445566778899aabbccddeeff")
    assert wrap_key_data(KEK, plain) == wrapped
    assert unwrap_key_data(KEK, wrapped) == plain


@pytest.mark.parametrize(
    ("length", "padding"),
    [(0, "dd" + "00" * 15), (15, "dd"), (16, ""), (17, "dd" + "00" * 6), (23, "dd"), (24, "")],
)
def test_padding(length: int, padding: str) -> None:
    plain = unwrap_key_data(KEK, wrap_key_data(KEK, b"\x01" * length))
    assert plain == b"\x01" * length + bytes.fromhex(padding)


@given(st.binary(max_size=64))
def test_anything_else_is_a_bad_mic(octets: bytes) -> None:
    with pytest.raises(BadMic):
        unwrap_key_data(KEK, octets)
