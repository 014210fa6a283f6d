"""The RSN element."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.errors import BadValue, Truncated, WireError
from harness.base.seam import AKM_PSK, AKM_PSK_SHA256, CIPHER_BIP_CMAC_128, CIPHER_CCMP, CIPHER_TKIP
from harness.wire.rsn import (
    AKM_8021X,
    CAPABILITY_16_PTKSA_COUNTERS,
    CAPABILITY_MFPC,
    CAPABILITY_MFPR,
    CIPHER_BIP_CMAC_256,
    Rsne,
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
