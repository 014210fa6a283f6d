"""Test frames of DATA_TEST_TX: octets that hostapd 2.10 put on the air, and what is none."""

from __future__ import annotations

import pytest

from harness.base.address import MacAddress
from harness.live.data_test import frame, heard

STATION, AP = MacAddress("02:a1:50:00:02:00"), MacAddress("02:a1:50:00:01:00")
ADDRESSES = "02a15000020002a150000100"
RECORDED = {
    (0, 20): "080045000014000000004001f795c0a80101c0a80102",
    (0, 100): "080045000064000000004001f745c0a80101c0a80102000102030405",
    (0, 1486): "0800450005ce000000004001f1dbc0a80101c0a80102000102030405",
    (5, 1486): "0800450505ce000000004001f1d6c0a80101c0a80102000102030405",
}
TOLD = f"DATA-TEST-RX {STATION} {AP}"


@pytest.mark.parametrize(("given", "recorded"), RECORDED.items())
def test_frames_are_hostapds(given: tuple[int, int], recorded: str) -> None:
    made = frame(STATION, AP, *given)
    assert made.hex().startswith(ADDRESSES + recorded)
    assert len(made) == 14 + given[1]


def test_what_is_heard_is_told() -> None:
    whole = frame(STATION, AP)
    assert heard(whole) == heard(whole[:100]) == TOLD
    assert heard(frame(STATION, AP, octets=100)) == f"{TOLD} len=100"


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        frame(STATION, AP)[:33],
        frame(STATION, AP) + b"\0",
        frame(STATION, AP)[:-1] + b"\x77",
        frame(STATION, AP)[:14] + b"\x60" + frame(STATION, AP)[15:],
    ],
    ids=["empty", "no header", "too long", "changed", "no IPv4"],
)
def test_what_is_no_test_frame_is_not(octets: bytes) -> None:
    assert heard(octets) is None
