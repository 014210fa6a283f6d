"""The WMM elements, by what hostapd 2.10, wpa_supplicant 2.10 and the kernel sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.errors import BadLength, BadValue, WireError
from harness.wire.wmm import (
    VIDEO,
    AccessCategory,
    WmmParameters,
    information_element,
    station_qos_info,
)

USUAL = bytes.fromhex("dd180050f2020101010003a4000027a4000042435e0062322f00")
CHANGED = bytes.fromhex("dd180050f2020101070014a500002f95000052435e006232e803")
"""With other windows, admission control and a long transmit opportunity."""
U_APSD = bytes.fromhex("dd180050f2020101810003a4000027a4000042435e0062322f00")
STATION = bytes.fromhex("dd070050f202000100")


@pytest.mark.parametrize("octets", [USUAL, CHANGED, U_APSD])
def test_what_hostapd_sent_is_read_and_written(octets: bytes) -> None:
    assert WmmParameters.decode(octets[6:]).element() == octets


def test_the_fields_are_where_they_belong() -> None:
    read = WmmParameters.decode(CHANGED[6:])
    assert (read.count, read.u_apsd) == (7, False)
    assert WmmParameters.decode(U_APSD[6:]).u_apsd
    assert read.categories == (
        AccessCategory(4, 5, 10, 0, acm=True),
        AccessCategory(15, 5, 9, 0),
        AccessCategory(2, 3, 4, 94, acm=True),
        AccessCategory(2, 2, 3, 1000),
    )
    assert WmmParameters.decode(USUAL[6:]).categories[VIDEO] == AccessCategory(2, 3, 4, 94)


def test_a_station_says_by_what_queues_it_asks() -> None:
    assert station_qos_info(STATION[6:]) == 0
    assert information_element() == STATION
    assert station_qos_info(bytes.fromhex("00012f")) == 0x2F


@pytest.mark.parametrize(
    ("value", "error"),
    [("0001", BadLength), ("000200", BadValue), ("010100", BadValue), ("", BadLength)],
)
def test_another_element_is_none_of_a_station(value: str, error: type[WireError]) -> None:
    with pytest.raises(error):
        station_qos_info(bytes.fromhex(value))


def test_a_category_is_there_once() -> None:
    twice = USUAL[6:].replace(bytes.fromhex("27a40000"), bytes.fromhex("03a40000"))
    with pytest.raises(BadValue, match="twice"):
        WmmParameters.decode(twice)


@given(st.binary(max_size=40))
def test_garbage_brings_wire_errors_alone(octets: bytes) -> None:
    for read in (WmmParameters.decode, station_qos_info):
        try:
            read(octets)
        except WireError:
            continue
