"""CCMP against the published vector; recorded frames are in tests/proto/test_rsn_recorded.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.errors import BadLength, BadMic, Truncated, WireError
from harness.crypto.ccmp import MAX_PN, CcmpKey, decrypt, encrypt, key_id

# IEEE 802.11-2020, J.6.4 (CCMP test vector)
TK = bytes.fromhex("c97c1f67ce371185514a8a19f2bdd52f")
HEADER = bytes.fromhex("0848c32c0fd2e128a57c5030f1844408abaea5b8fcba8033")
PLAIN = bytes.fromhex("f8ba1a55d02f85ae967bb62fb6cda8eb7e78a050")
BODY = bytes.fromhex("0ce70020769703b5f3d0a2fe9a3dbf2342a643e43246e80c3c04d0197845ce0b16f97623")
PN = 0xB5039776E70C


def test_published_vector() -> None:
    assert encrypt(TK, HEADER, PN, 0, PLAIN) == BODY
    assert decrypt(TK, HEADER, BODY) == (PN, PLAIN)


def test_key_id_is_in_the_ccmp_header() -> None:
    for number in range(4):
        assert key_id(encrypt(TK, HEADER, 1, number, PLAIN)) == number
    with pytest.raises(Truncated):
        key_id(b"\x00\x00\x00")


def with_octet(octets: bytes, at: int, mask: int) -> bytes:
    return octets[:at] + bytes((octets[at] ^ mask,)) + octets[at + 1 :]


QOS_4_ADDRESSES = bytes.fromhex("8843") + HEADER[2:] + b"\x02\x04\x06\x08\x0a\x0c" + b"\x05\x00"


@pytest.mark.parametrize(
    ("at", "mask", "matters"),
    [
        (0, 0x10, False),  # subtype bit 4
        (1, 0x08, False),  # Retry
        (1, 0x10, False),  # Power Management
        (1, 0x20, False),  # More Data
        (1, 0x40, False),  # Protected
        (1, 0x80, False),  # +HTC/Order, in QoS data
        (2, 0xFF, False),  # Duration
        (4, 0x02, True),  # address 1
        (10, 0x02, True),
        (16, 0x02, True),
        (22, 0x01, True),  # fragment number
        (22, 0x10, False),  # sequence number
        (23, 0xFF, False),
        (24, 0x02, True),  # address 4
        (30, 0x01, True),  # TID
        (30, 0x10, False),  # the rest of QoS Control
        (31, 0xFF, False),
    ],
)
def test_what_the_mic_covers(at: int, mask: int, matters: bool) -> None:
    # IEEE 802.11-2020, 12.5.3.3.3 and 12.5.3.3.4
    body = encrypt(TK, QOS_4_ADDRESSES, 1, 0, PLAIN)
    header = with_octet(QOS_4_ADDRESSES, at, mask)
    if matters:
        with pytest.raises(BadMic):
            decrypt(TK, header, body)
    else:
        assert decrypt(TK, header, body) == (1, PLAIN)


def test_order_bit_counts_without_qos() -> None:
    body = encrypt(TK, HEADER, 1, 0, PLAIN)
    with pytest.raises(BadMic):
        decrypt(TK, with_octet(HEADER, 1, 0x80), body)


def test_management_frames_keep_subtype_and_set_the_nonce_flag() -> None:
    header = b"\xd0\x40" + HEADER[2:]
    body = encrypt(TK, header, 1, 0, PLAIN)
    for other in (b"\xc0\x40", b"\x08\x40"):
        with pytest.raises(BadMic):
            decrypt(TK, other + HEADER[2:], body)


@given(
    st.binary(max_size=300),
    st.integers(1, MAX_PN),
    st.integers(0, 3),
    st.sampled_from([HEADER, QOS_4_ADDRESSES, b"\x88\x41" + HEADER[2:] + b"\x01\x00"]),
    st.sampled_from([16, 32]),
)
def test_what_goes_in_comes_out(
    plain: bytes, pn: int, number: int, header: bytes, octets: int
) -> None:
    key = CcmpKey(bytes(range(octets)))
    body = key.encrypt(header, pn, number, plain)
    assert len(body) == 8 + len(plain) + key.mic_length
    assert key.decrypt(header, body) == (pn, plain)


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_garbage_raises_only_the_documented_errors(header: bytes, body: bytes) -> None:
    with pytest.raises((BadMic, WireError)):
        decrypt(TK, header, body)


@pytest.mark.parametrize("octets", [0, 15, 17, 24])
def test_key_length_is_checked(octets: int) -> None:
    with pytest.raises(BadLength):
        CcmpKey(bytes(octets))
