"""The elements of 802.11n, by what hostapd 2.10 and the kernel sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.errors import BadLength, WireError
from harness.wire.ht import MIXED, OTHERS_WITHOUT_HT, HtCapabilities, HtOperation

NARROW = bytes.fromhex("2d1a0c001bffff000000000000000000000100000000000000000000")
STATION = bytes.fromhex("2d1a7e101bffff000000000000000000000100000000000000000000")


def operation(head: str) -> bytes:
    return bytes.fromhex("3d16" + head) + bytes(18)


def test_capabilities_are_read_and_written() -> None:
    for octets in (NARROW, STATION):
        assert HtCapabilities.decode(octets[2:]).element() == octets
    read = HtCapabilities.decode(STATION[2:])
    assert (read.info, read.ampdu) == (0x107E, 0x1B)
    assert read.mcs.hex() == "ffff0000000000000000000001000000"


@pytest.mark.parametrize(
    ("head", "read"),
    [
        ("06000000", HtOperation(6)),
        ("06050000", HtOperation(6, 1)),
        ("06071300", HtOperation(6, -1, MIXED | OTHERS_WITHOUT_HT)),
        ("24050400", HtOperation(36, 1, 4)),
    ],
)
def test_operation_is_read_and_written(head: str, read: HtOperation) -> None:
    assert HtOperation.decode(operation(head)[2:]) == read
    assert read.element() == operation(head)


def test_short_ones_are_none() -> None:
    with pytest.raises(BadLength):
        HtCapabilities.decode(NARROW[2:-1])
    with pytest.raises(BadLength):
        HtOperation.decode(operation("06000000")[2:-1])


@given(st.binary(max_size=40))
def test_garbage_brings_wire_errors_alone(octets: bytes) -> None:
    for kind in (HtCapabilities, HtOperation):
        try:
            kind.decode(octets)
        except WireError:
            continue
