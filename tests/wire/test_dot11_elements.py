"""Elements: raw round trip, the named ones, and what does not split."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.errors import Truncated, WireError
from harness.wire.dot11.elements import (
    OUI_MICROSOFT,
    OUI_WFA,
    VENDOR_TYPE_MULTI_AP,
    Elements,
    RawElement,
    element,
    join_elements,
    split_elements,
    vendor_element,
    wsc_element,
)

BEACON_ELEMENTS = bytes.fromhex(
    "0004686f6d65"  # SSID
    "010882848b960c121824"  # Supported Rates
    "030106"  # DS Parameter Set
    "32043048606c"  # Extended Supported Rates
    "30140100000fac040100000fac040100000fac020000"  # RSN
    "dd0e0050f204104a0001101044000102"  # WSC
    "dd07506f9a1b060120"  # Multi-AP
    "dd180050f2020101800003a4000027a4000042435e0062322f00"  # WMM
)


def test_named_elements_of_a_beacon() -> None:
    elements = Elements(BEACON_ELEMENTS)
    assert elements.ssid == b"home"
    assert elements.rates == bytes.fromhex("82848b960c1218243048606c")
    assert elements.channel == 6
    assert elements.rsn == bytes.fromhex("0100000fac040100000fac040100000fac020000")
    assert elements.wsc == bytes.fromhex("104a0001101044000102")
    assert elements.multi_ap == bytes.fromhex("060120")
    assert elements.multi_ap_count == 1
    assert elements.wpa is None
    assert len(elements.vendor(OUI_MICROSOFT, 2)) == 1
    assert [each.id for each in elements.raw] == [0, 1, 3, 50, 48, 221, 221, 221]


def test_nothing_is_found_in_nothing() -> None:
    elements = Elements(b"")
    found = (elements.ssid, elements.channel, elements.rsn, elements.wsc, elements.multi_ap)
    assert found == (None,) * 5
    assert (elements.rates, elements.multi_ap_count, elements.all(0)) == (b"", 0, [])


def test_an_empty_ssid_is_not_a_missing_one() -> None:
    assert Elements(element(0, b"")).ssid == b""


def test_channel_falls_back_to_ht_operation() -> None:
    assert Elements(element(61, bytes((36,)) + bytes(21))).channel == 36


def test_duplicates_are_kept_in_order() -> None:
    octets = element(0, b"one") + element(7, b"x") + element(0, b"two")
    elements = Elements(octets)
    assert elements.all(0) == [b"one", b"two"]
    assert elements.ssid == b"one"
    assert elements.raw[2] == RawElement(0, b"two", 8)


def test_of_two_multi_ap_elements_the_last_counts() -> None:
    """As hostapd 2.10 and wpa_supplicant 2.10 take them, seen on the air."""
    one = vendor_element(OUI_WFA, VENDOR_TYPE_MULTI_AP, b"one")
    other = vendor_element(OUI_WFA, VENDOR_TYPE_MULTI_AP, b"other")

    assert Elements(one + other).multi_ap == b"other"


def test_two_multi_ap_elements_are_counted() -> None:
    one = vendor_element(OUI_WFA, 0x1B, bytes.fromhex("060140"))
    assert Elements(one + one).multi_ap_count == 2


@pytest.mark.parametrize("size", [0, 1, 251, 252, 502, 503, 1000])
def test_wsc_fragments_are_joined(size: int) -> None:
    attributes = bytes(index % 256 for index in range(size))
    encoded = wsc_element(attributes)
    raw = split_elements(encoded)
    assert len(raw) == max(1, -(-size // 251))
    assert all(each.id == 221 and each.value[:4] == b"\x00\x50\xf2\x04" for each in raw)
    assert Elements(encoded).wsc == attributes


@pytest.mark.parametrize(
    ("octets", "offset"), [(b"\x00", 0), (b"\x00\x01", 0), (b"\x00\x01a\x07", 3)]
)
def test_a_cut_element_is_truncated_at_its_offset(octets: bytes, offset: int) -> None:
    with pytest.raises(Truncated) as caught:
        split_elements(octets)
    assert caught.value.offset == offset


def test_too_long_a_value_is_refused() -> None:
    with pytest.raises(ValueError, match="256"):
        element(1, bytes(256))
    with pytest.raises(ValueError, match="3 octets"):
        vendor_element(b"\0", 1, b"")


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=255)), max_size=8))
def test_raw_round_trip(pairs: list[tuple[int, bytes]]) -> None:
    octets = join_elements(RawElement(number, value) for number, value in pairs)
    raw = split_elements(octets)
    assert [(each.id, each.value) for each in raw] == pairs
    assert join_elements(raw) == octets
    assert all(octets[each.offset] == each.id for each in raw)


@given(st.binary(max_size=120))
def test_garbage_splits_or_is_truncated(octets: bytes) -> None:
    try:
        raw = split_elements(octets)
    except WireError:
        return
    assert join_elements(raw) == octets
