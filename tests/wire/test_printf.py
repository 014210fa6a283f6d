"""Text with escapes: what hostapd 2.10 shows (GET_CONFIG) of an `ssid2=P"…"`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.wire.printf import decode_printf, encode_printf


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (r"a\qb", "aqb"),
        (r"a\8b", "a8b"),
        (r"a\x4", r"a\x04"),
        (r"a\x4g", r"a\x04g"),
        (r"a\xgb", "agb"),
        (r"a\400b", r"a\x00b"),
        (r"a\0", r"a\x00"),
        (r"a\1234", "aS4"),
        (r"a\eb", r"a\eb"),
        (r"a\"b", r"a\"b"),
        ("ä", r"\xc3\xa4"),
    ],
)
def test_escapes_as_hostapd_takes_them(written: str, shown: str) -> None:
    assert encode_printf(decode_printf(written)) == shown


def test_what_is_shown_is_ascii() -> None:
    assert encode_printf(b'a"\\\n\r\t\x1b\x00\xffz') == r'a\"\\\n\r\t\e\x00\xffz'


@given(st.binary())
def test_octets_come_back(octets: bytes) -> None:
    assert decode_printf(encode_printf(octets)) == octets
