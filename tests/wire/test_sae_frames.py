"""SAE and SA Query fields: round trips, broken ones, and garbage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.errors import BadLength, BadValue, Truncated, WireError
from harness.wire.sa_query import SaQuery
from harness.wire.sae import (
    SCALAR_OCTETS,
    SaeCommit,
    SaeConfirm,
    decode_token_request,
    encode_token_request,
    group_of,
    offers_hash_to_element,
)

GROUPS = st.sampled_from(sorted(SCALAR_OCTETS))


@given(GROUPS, st.none() | st.binary(min_size=32, max_size=64), st.data())
def test_commit_of_the_loop_method(group: int, token: bytes | None, data: st.DataObject) -> None:
    size = SCALAR_OCTETS[group]
    scalar = data.draw(st.binary(min_size=size, max_size=size))
    commit = SaeCommit(group, scalar, bytes(2 * size), token)

    body = commit.encode(hash_to_element=False)

    assert SaeCommit.decode(body, hash_to_element=False) == commit
    assert group_of(body) == group


@given(
    GROUPS,
    st.none() | st.binary(max_size=64),
    st.lists(st.integers(0, 65535), max_size=5),
    st.none() | st.binary(max_size=32),
)
def test_commit_of_the_hashing_method(
    group: int, token: bytes | None, rejected: list[int], identifier: bytes | None
) -> None:
    size = SCALAR_OCTETS[group]
    commit = SaeCommit(group, b"s" * size, b"e" * 2 * size, token, tuple(rejected), identifier)

    body = commit.encode(hash_to_element=True)

    assert SaeCommit.decode(body, hash_to_element=True) == commit


def test_element_ids_of_the_hashing_method() -> None:
    """Ids of IEEE 802.11-2020, table 9-92: 33, 92 and 93 behind 255."""
    commit = SaeCommit(19, bytes(32), bytes(64), b"T", (20,), b"I")
    tail = commit.encode(hash_to_element=True)[2 + 96 :]
    assert tail == bytes.fromhex("ff022149 ff035c1400 ff025d54".replace(" ", ""))


def test_broken_commits() -> None:
    with pytest.raises(Truncated):
        SaeCommit.decode(b"\x13", hash_to_element=False)
    with pytest.raises(Truncated):
        SaeCommit.decode(b"\x13\x00" + bytes(95), hash_to_element=False)
    with pytest.raises(BadLength):
        SaeCommit.decode(b"\x13\x00" + bytes(96 + 31), hash_to_element=False)
    with pytest.raises(BadValue):
        SaeCommit.decode(b"\x01\x00" + bytes(96), hash_to_element=False)
    with pytest.raises(BadLength):
        SaeCommit.decode(
            b"\x13\x00" + bytes(96) + bytes.fromhex("ff045c140015"), hash_to_element=True
        )


@pytest.mark.parametrize("size", [32, 48, 64])
def test_confirm(size: int) -> None:
    confirm = SaeConfirm(65535, b"c" * size)
    assert SaeConfirm.decode(confirm.encode()) == confirm
    with pytest.raises(Truncated):
        SaeConfirm.decode(b"\x01\x00" + bytes(31))


@pytest.mark.parametrize("hashed", [False, True])
def test_token_request(hashed: bool) -> None:
    body = encode_token_request(19, b"token" * 8, hash_to_element=hashed)
    assert decode_token_request(body, hash_to_element=hashed) == b"token" * 8
    with pytest.raises(WireError):
        decode_token_request(b"\x13\x00" if hashed else b"\x13", hash_to_element=hashed)


def test_rsnxe() -> None:
    assert offers_hash_to_element(b"\x20")
    assert offers_hash_to_element(b"\x21\x00")
    assert not offers_hash_to_element(b"\x00\x20")
    assert not offers_hash_to_element(b"")
    assert not offers_hash_to_element(None)


def test_sa_query() -> None:
    query = SaQuery(1, b"\x12\x34")
    assert SaQuery.decode(query.encode()) == query
    assert SaQuery.decode(query.encode() + b"more") == SaQuery(1, b"\x12\x34", b"more")
    with pytest.raises(Truncated):
        SaQuery.decode(b"\x00\x12")


@given(st.binary(max_size=300), st.booleans())
def test_garbage_raises_wire_errors_only(octets: bytes, hashed: bool) -> None:
    for decode in (
        lambda: SaeCommit.decode(octets, hash_to_element=hashed),
        lambda: SaeConfirm.decode(octets),
        lambda: decode_token_request(octets, hash_to_element=hashed),
        lambda: SaQuery.decode(octets),
    ):
        try:
            decode()
        except WireError:
            continue
