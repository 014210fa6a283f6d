"""EAP packets and the EAP-WSC header; packets of other implementations are in test_wsc_recorded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.errors import BadLength, BadValue, Truncated, WireError
from harness.wire.eap import (
    LENGTH_FIELD,
    MORE_FRAGMENTS,
    EapCode,
    EapPacket,
    EapType,
    WscPacket,
    fragments,
    wsc_packet,
)


@pytest.mark.parametrize(
    ("text", "packet"),
    [
        ("0105000501", EapPacket(EapCode.REQUEST, 5, EapType.IDENTITY)),
        ("0205000861626363", EapPacket(EapCode.RESPONSE, 5, 0x61, b"bcc")),
        ("03070004", EapPacket(EapCode.SUCCESS, 7)),
        ("04070004", EapPacket(EapCode.FAILURE, 7)),
        ("0109000efe00372a000000010100", wsc_packet(EapCode.REQUEST, 9, b"\1\0")),
        ("020900060315", EapPacket(EapCode.RESPONSE, 9, EapType.NAK, b"\x15")),
    ],
)
def test_packets(text: str, packet: EapPacket) -> None:
    assert EapPacket.decode(bytes.fromhex(text)) == packet
    assert packet.encode().hex() == text
    assert EapPacket.decode(bytes.fromhex(text) + b"padding of the link") == packet


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", Truncated),
        ("010100", Truncated),
        ("01010003", BadLength),
        ("01010004", Truncated),
        ("0101000601", Truncated),
        ("0101000bfe00372a000000", Truncated),
    ],
)
def test_bad_packets(text: str, error: type[WireError]) -> None:
    with pytest.raises(error):
        EapPacket.decode(bytes.fromhex(text))


@pytest.mark.parametrize(
    ("text", "error"),
    [("", Truncated), ("04", Truncated), ("0402", Truncated), ("040300026162ff", BadValue)],
)
def test_bad_wsc_headers(text: str, error: type[WireError]) -> None:
    with pytest.raises(error):
        WscPacket.decode(bytes.fromhex(text))


@given(st.binary(max_size=40))
def test_garbage_raises_only_wire_errors(octets: bytes) -> None:
    try:
        packet = EapPacket.decode(octets)
        assert EapPacket.decode(packet.encode()) == packet
        wsc = WscPacket.decode(packet.data)
        assert wsc.encode() == packet.data
    except WireError:
        return


@given(st.binary(max_size=300), st.integers(5, 320))
def test_fragments_carry_the_whole_within_the_limit(message: bytes, limit: int) -> None:
    packets = fragments(4, message, limit)
    assert b"".join(one.data for one in packets) == message
    assert all(len(one.encode()) <= limit for one in packets)
    if len(message) + 2 <= limit:
        assert packets == (WscPacket(4, 0, None, message),)
        return
    first, *middle, last = packets
    assert (first.flags, first.message_length) == (MORE_FRAGMENTS | LENGTH_FIELD, len(message))
    assert all((one.flags, one.message_length) == (MORE_FRAGMENTS, None) for one in middle)
    assert (last.flags, last.message_length) == (0, None)
    assert all(len(one.encode()) == limit for one in (first, *middle))
    assert last.data


def test_a_limit_that_carries_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="carries nothing"):
        fragments(4, b"abc", 4)
