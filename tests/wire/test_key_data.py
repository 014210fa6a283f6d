"""Key Data of EAPOL-Key frames."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.errors import BadLength, Truncated, WireError
from harness.base.seam import CIPHER_TKIP
from harness.wire.key_data import (
    GtkKde,
    IgtkKde,
    KeyData,
    join_key_data,
    kde,
    split_key_data,
    transition_disable_kde,
)
from harness.wire.rsn import Rsne


def test_key_data_by_meaning() -> None:
    rsne = Rsne().element()
    gtk, igtk = GtkKde(2, bytes(range(16)), tx=True), IgtkKde(4, bytes(range(6)), b"i" * 16)
    vendor = bytes.fromhex("dd05506f9a1400")
    octets = rsne + gtk.encode() + vendor + igtk.encode() + kde(4, b"p" * 16)
    data = KeyData.decode(octets + b"\xdd\x00\x00\x00")

    assert data.rsne == rsne
    assert (data.gtk, data.igtk, data.pmkid) == (gtk, igtk, b"p" * 16)
    assert [datum.encode() for datum in data.rest] == [vendor]


def test_gtk_kde_on_the_wire() -> None:
    assert GtkKde(1, b"k" * 16).encode() == bytes.fromhex("dd16000fac010100") + b"k" * 16
    assert IgtkKde(4, bytes(6), b"k" * 16).encode() == (
        bytes.fromhex("dd1c000fac090400000000000000") + b"k" * 16
    )


OF_HOSTAPD = bytes.fromhex(
    "30140100000fac040100000fac040100000fac020000"
    "dd16000fac010100c5d621b0ab6706895e6b61ddedaf3e32dd05506f9a2001dd0000"
)
"""Key data of a 3/4 of hostapd 2.10 with transition_disable=1."""


def test_the_kde_that_closes_less_secure_ways_in() -> None:
    assert KeyData.decode(OF_HOSTAPD).transition_disable == 1
    assert OF_HOSTAPD.endswith(transition_disable_kde(1) + bytes.fromhex("dd0000"))


@pytest.mark.parametrize(
    ("octets", "bitmap"),
    [
        ("", None),
        ("dd04506f9a20", None),
        ("dd05506f9a2101", None),
        ("dd05506f9a2000", 0),
        ("dd06506f9a200102", 1),
        ("dd05506f9a2001dd05506f9a2002", 2),
    ],
)
def test_its_odd_forms(octets: str, bitmap: int | None) -> None:
    """As wpa_supplicant 2.10 takes them."""
    assert KeyData.decode(bytes.fromhex(octets)).transition_disable == bitmap


def test_second_rsne_is_kept_apart() -> None:
    first, second = Rsne().element(), Rsne(pairwise=(CIPHER_TKIP,)).element()
    data = KeyData.decode(first + second)
    assert data.rsne == first
    assert data.rsnes == (first, second)


def test_of_several_keys_the_last_counts() -> None:
    """As with wpa_supplicant 2.10."""
    igtks = (IgtkKde(key_id, bytes(6), b"i" * 16) for key_id in (4, 5))
    gtks = (GtkKde(key_id, b"g" * 16) for key_id in (1, 2))
    data = KeyData.decode(b"".join(key.encode() for key in (*gtks, *igtks)))
    assert data.gtk == GtkKde(2, b"g" * 16)
    assert data.igtk == IgtkKde(5, bytes(6), b"i" * 16)


@pytest.mark.parametrize(
    ("octets", "error"),
    [
        (b"\x30", Truncated),
        (b"\x30\x05\x01", Truncated),
        (kde(1, b"\x01"), BadLength),
        (kde(9, bytes(7)), BadLength),
        (kde(4, bytes(15)), BadLength),
    ],
)
def test_refused_key_data(octets: bytes, error: type[WireError]) -> None:
    with pytest.raises(error):
        KeyData.decode(octets)


@given(st.binary(max_size=120))
def test_garbage_key_data_raises_only_wire_errors(octets: bytes) -> None:
    with contextlib.suppress(WireError):
        KeyData.decode(octets)
    try:
        data = split_key_data(octets)
    except WireError:
        return
    joined = join_key_data(data)
    assert octets[: len(joined)] == joined
    assert not any(octets[len(joined) + 1 :])
