"""EAPOL frames."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.errors import Truncated, WireError
from harness.wire.eapol import EAPOL_EAP, EAPOL_START, EapolFrame


def test_start_frame_has_no_body() -> None:
    assert EapolFrame(1, EAPOL_START).encode() == bytes.fromhex("01010000")


def test_padding_of_the_link_is_dropped() -> None:
    octets = bytes.fromhex("02000005") + bytes.fromhex("0101000501")
    frame = EapolFrame.decode(octets + bytes(37))

    assert frame == EapolFrame(2, EAPOL_EAP, bytes.fromhex("0101000501"))
    assert frame.octets == octets


@pytest.mark.parametrize(
    ("octets", "offset"), [(b"", 0), (b"\x01\x03\x00", 3), (b"\x01\x03\x00\x02\xff", 5)]
)
def test_cut_frames_name_the_place(octets: bytes, offset: int) -> None:
    with pytest.raises(Truncated) as caught:
        EapolFrame.decode(octets)
    assert caught.value.offset == offset


@given(st.binary(max_size=64))
def test_garbage_raises_only_wire_errors(octets: bytes) -> None:
    try:
        frame = EapolFrame.decode(octets)
    except WireError:
        return
    assert frame.encode() == frame.octets == octets[: len(frame.octets)]
