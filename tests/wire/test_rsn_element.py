"""RSN element and key data."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.errors import (
    BadLength,
    BadValue,
    Truncated,
    WireError,
)
from harness.wire.rsn import (
    AKM_8021X,
    AKM_PSK,
    AKM_PSK_SHA256,
    CAPABILITY_16_PTKSA_COUNTERS,
    CAPABILITY_MFPC,
    CAPABILITY_MFPR,
    CIPHER_BIP_CMAC_128,
    CIPHER_BIP_CMAC_256,
    CIPHER_CCMP,
    CIPHER_TKIP,
    GtkKde,
    IgtkKde,
    KeyData,
    Rsne,
    join_key_data,
    kde,
    split_key_data,
    transition_disable_kde,
)


@pytest.mark.parametrize(
    ("octets", "rsne"),
    [
        # 802.11-2020 9.4.2.24.1, the examples of the element
        (
            "30140100000fac040100000fac040100000fac010000",
            Rsne(akms=(AKM_8021X,)),
        ),
        (
            "30140100000fac040100000fac040100000fac010100",
            Rsne(akms=(AKM_8021X,), capabilities=1),
        ),
        # Beacon and Association Request recorded from hostapd and wpa_supplicant
        (
            "30140100000fac040100000fac040100000fac020c00",
            Rsne(akms=(AKM_PSK,), capabilities=CAPABILITY_16_PTKSA_COUNTERS),
        ),
        (
            "301a0100000fac040100000fac040100000fac06c0000000000fac06",
            Rsne(
                akms=(AKM_PSK_SHA256,),
                capabilities=CAPABILITY_MFPC | CAPABILITY_MFPR,
                group_management=CIPHER_BIP_CMAC_128,
            ),
        ),
    ],
)
def test_known_elements(octets: str, rsne: Rsne) -> None:
    element = bytes.fromhex(octets)
    assert Rsne.decode(element[2:]) == rsne
    assert rsne.element() == element


def test_pmkid_is_between_capabilities_and_group_management() -> None:
    # 802.11-2020 9.4.2.24.1, the example with one PMKID
    value = bytes.fromhex("0100000fac040100000fac040100000fac0100000100") + bytes(range(16))
    rsne = Rsne.decode(value)
    assert rsne.pmkids == (bytes(range(16)),)
    assert rsne.encode() == value


@pytest.mark.parametrize(
    ("octets", "rsne"),
    [
        ("0100", Rsne()),
        ("0100000fac02", Rsne(group=CIPHER_TKIP)),
        ("0100000fac020100000fac02", Rsne(group=CIPHER_TKIP, pairwise=(CIPHER_TKIP,))),
        ("0100000fac040100000fac040100000fac02", Rsne(akms=(AKM_PSK,))),
        ("0100000fac040100000fac040100000fac02ff", Rsne(akms=(AKM_PSK,))),
        ("0100000fac040100000fac040100000fac0200000000aabb", Rsne(akms=(AKM_PSK,))),
    ],
)
def test_missing_parts_have_their_defaults(octets: str, rsne: Rsne) -> None:
    assert Rsne.decode(bytes.fromhex(octets)) == rsne


@pytest.mark.parametrize(
    ("octets", "error", "offset"),
    [
        ("", Truncated, 0),
        ("0200", BadValue, 0),
        ("0100000fac", Truncated, 5),
        ("0100000fac06", BadValue, 2),
        ("010000112204", BadValue, 2),
        ("0100000fac0401", Truncated, 7),
        ("0100000fac040000", BadValue, 6),
        ("0100000fac040200000fac04001122", Truncated, 6),
        ("0100000fac040100000fac06", BadValue, 6),
        ("0100000fac040100000fac040000", BadValue, 12),
        ("0100000fac040100000fac040100000fac0200000100aa", Truncated, 23),
        ("0100000fac040100000fac040100000fac0200000000000fac04", BadValue, 22),
    ],
)
def test_refused_elements(octets: str, error: type[WireError], offset: int) -> None:
    with pytest.raises(error) as caught:
        Rsne.decode(bytes.fromhex(octets))
    assert caught.value.offset == offset


def test_group_management_cipher_has_a_default_with_mfp() -> None:
    assert Rsne().effective_group_management is None
    assert Rsne(capabilities=CAPABILITY_MFPC).effective_group_management == CIPHER_BIP_CMAC_128
    named = Rsne(capabilities=CAPABILITY_MFPC, group_management=CIPHER_BIP_CMAC_256)
    assert named.effective_group_management == CIPHER_BIP_CMAC_256


@given(st.binary(max_size=80))
def test_garbage_elements_raise_only_wire_errors(value: bytes) -> None:
    for octets in (value, b"\x01\x00\x00\x0f\xac\x04" + value):
        try:
            Rsne.decode(octets)
        except WireError:
            continue


suites = st.integers(0, 0xFFFFFFFF).filter(lambda suite: suite != CIPHER_BIP_CMAC_128)


@given(
    st.lists(suites, min_size=1, max_size=5).map(tuple),
    st.lists(suites, min_size=1, max_size=5).map(tuple),
    st.integers(0, 0xFFFF),
    st.lists(st.binary(min_size=16, max_size=16), max_size=3).map(tuple),
    st.sampled_from([None, CIPHER_BIP_CMAC_128, CIPHER_BIP_CMAC_256]),
)
def test_elements_come_back(
    pairwise: tuple[int, ...],
    akms: tuple[int, ...],
    capabilities: int,
    pmkids: tuple[bytes, ...],
    management: int | None,
) -> None:
    rsne = Rsne(CIPHER_CCMP, pairwise, akms, capabilities, pmkids, management)
    assert Rsne.decode(rsne.encode()) == rsne


# ---- key data ------------------------------------------------------------------------------


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
