"""The WPA element, against one recorded from hostapd and against garbage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.errors import WireError
from harness.base.seam import AKM_PSK, CIPHER_CCMP, CIPHER_TKIP
from harness.wire.dot11.elements import Elements
from harness.wire.wpa import WpaElement

HOSTAPD = bytes.fromhex("dd160050f20101000050f20201000050f20201000050f202")
"""From a Beacon of hostapd 2.10 with wpa=3, wpa_pairwise=TKIP, rsn_pairwise=CCMP."""


def test_recorded_element() -> None:
    value = Elements(HOSTAPD).wpa
    assert value is not None
    assert WpaElement.decode(value) == WpaElement(CIPHER_TKIP, (CIPHER_TKIP,), (AKM_PSK,))
    assert WpaElement().element() == HOSTAPD


def test_further_suites_and_foreign_ones() -> None:
    value = bytes.fromhex("01000050f20202000050f2040050f202010000904c02")
    assert WpaElement.decode(value) == WpaElement(
        CIPHER_TKIP, (CIPHER_CCMP, CIPHER_TKIP), (0x00904C02,)
    )


def test_lists_may_be_absent() -> None:
    assert WpaElement.decode(bytes.fromhex("01000050f202")).pairwise == (CIPHER_TKIP,)


@pytest.mark.parametrize(
    "value", ["", "0100", "02000050f202", "01000050f20201", "01000050f2020200"]
)
def test_broken_elements_are_refused(value: str) -> None:
    with pytest.raises(WireError):
        WpaElement.decode(bytes.fromhex(value))


@given(st.binary(max_size=40))
def test_garbage_raises_only_wire_errors(value: bytes) -> None:
    try:
        WpaElement.decode(value)
    except WireError:
        return
