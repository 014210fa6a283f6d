"""TKIP against the standard's vectors, scapy's implementation and tshark."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.errors import BadMic, WireError
from harness.crypto.tkip import MicCover, TkipKey, michael, phase1, phase2

VECTORS = [
    ("0000000000000000", "", "82925c1ca1d130b8"),
    ("82925c1ca1d130b8", "M", "434721ca40639b3f"),
    ("434721ca40639b3f", "Mi", "e8f9becae97e5d29"),
    ("e8f9becae97e5d29", "Mic", "90038fc6cf13c1db"),
    ("90038fc6cf13c1db", "Mich", "d55e100510128986"),
    ("d55e100510128986", "Michael", "0a942b124ecaa546"),
]
"""IEEE 802.11-2020, J.2.1, Michael."""


@pytest.mark.parametrize(("key", "text", "mic"), VECTORS)
def test_michael_vectors(key: str, text: str, mic: str) -> None:
    assert michael(bytes.fromhex(key), text.encode()).hex() == mic


def test_key_mixing_vector() -> None:
    """IEEE 802.11-2020, J.5 (TKIP key mixing), the first one."""
    tk = bytes(range(16))
    first = phase1(tk, bytes.fromhex("102233445566"), 0)
    assert first == (0x3DD2, 0x016E, 0x76F4, 0x8697, 0xB2E8)
    assert phase2(tk, first, 0).hex() == "00200033ea8d2f60ca6d1374234a660b"


@given(
    tk=st.binary(min_size=16, max_size=16),
    transmitter=st.binary(min_size=6, max_size=6),
    tsc=st.integers(1, (1 << 48) - 1),
)
def test_key_mixing_as_scapy_does_it(tk: bytes, transmitter: bytes, tsc: int) -> None:
    from scapy.modules.krack.crypto import gen_TKIP_RC4_key

    parts = [tsc >> 8 * at & 0xFF for at in range(6)]
    mixed = phase2(tk, phase1(tk, transmitter, tsc >> 16), tsc & 0xFFFF)
    assert mixed == bytes(gen_TKIP_RC4_key(parts, list(transmitter), list(tk)))


@given(key=st.binary(min_size=8, max_size=8), data=st.binary(max_size=80))
def test_michael_as_scapy_does_it(key: bytes, data: bytes) -> None:
    from scapy.modules.krack.crypto import michael as other

    assert michael(key, data) == other(key, data)


KEY = TkipKey(bytes(range(32)))
AP = bytes.fromhex("020000000001")
COVER = MicCover(b"\xff" * 6, bytes.fromhex("020000000002"), b"some data")


@pytest.mark.parametrize("by_authenticator", [True, False])
def test_what_is_encrypted_can_be_decrypted(*, by_authenticator: bool) -> None:
    body = KEY.encrypt(AP, 0x010203040506, 1, COVER, by_authenticator=by_authenticator)
    tsc, data, mic = KEY.decrypt(AP, body)
    assert (tsc, data) == (0x010203040506, b"some data")
    KEY.verify(COVER, mic, by_authenticator=by_authenticator)
    with pytest.raises(BadMic, match="Michael"):
        KEY.verify(COVER, mic, by_authenticator=not by_authenticator)


def test_another_transmitter_spoils_the_icv() -> None:
    body = KEY.encrypt(AP, 1, 1, COVER, by_authenticator=True)
    with pytest.raises(BadMic, match="ICV"):
        KEY.decrypt(bytes(6), body)


@given(st.binary(max_size=60))
def test_garbage_raises_only_our_errors(body: bytes) -> None:
    with pytest.raises((WireError, BadMic)):
        KEY.decrypt(AP, body)
