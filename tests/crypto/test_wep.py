"""WEP against what Linux puts on the air, and scapy's implementation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.dot11 import Dot11WEP

from harness.base.errors import BadLength, BadMic, WireError
from harness.crypto.wep import WepKey, key_id, wep_cipher

WEP_40 = b"12345"
WEP_104 = b"1234567890abc"

RECORDED = [
    (
        WEP_40,
        "89dfc400958009ce32982b63e72c010dab4eda42087dccbf3fbcc517a0f27448793223e72d66d6d4"
        "f35016341a9e09bdfa45f14dc1b135072313ad988a888ffa76d0dcd2872378db0b8941b2735c68bb"
        "feb88b393433fcca242b5ad9e9d0d1b249d012f9724e147a56ccf878072d2a797201562da938ae53"
        "1615f49c9970cc5c632a894dcdcced587699503491088d54",
        "01000300000010804173a48be5fe88f633019dbb30f8bcef9be41edd10795cccd5795bcb1befb9f3"
        "2a4d660415e3a1125e8b5d1aaa7836ef283afdb757e4b99de4268bb38e40c6028c66c41189e5c658"
        "7f546906e4ac248bc08fe6530258a5f6a063de3cdce04ea108fae05bbc1328ab481a6bd8037a9a0c"
        "438dec55a22a9c925a1a81ae2acb716a",
    ),
    (
        WEP_40,
        "89dfc500208b1ea89b718bd2280edc6235c23db9fd4ebfefb2760af6b8e9529a717829ac4dac",
        "aaaa0300000088b566726f6d2030323a61313a35303a30303a30323a3030",
    ),
    (
        WEP_40,
        "086f4400e5f3f73bb088ab49ab2c678029d4363a83007ca358a01460b4f8ffc9639a6e59eb42",
        "aaaa0300000088b566726f6d2030323a61313a35303a30303a30313a3030",
    ),
    (
        WEP_104,
        "9e23168017b1b7097a7602e053d4e183190738d95ba0133ead4c673e1b9a6d88a16795fa888a2321"
        "823885804bf027bea0370b1999f8c46aa3c9d228b4d1b672d05d6ba3e605655a2d7a85b68ad65c1b"
        "90a7db25b6301fb30f0836ae06417c32c3cd467771f38d81fcc1ac301f0708716a843f45988f8f47"
        "a26cfa823b832e57b17bee1cdd4a8af3bbf22b6dc15a6c83",
        "010003000000108069402d57760831e7888d40ac4e73f1f4db640e79b32e1035c2bb34f8185219f7"
        "d3ce721dac388cec73e84ab67a883939b15c0f63f27981413da546d02469fe1a491d31494c0ce610"
        "cc1c64e149169209b2f17b619124f18d6be5e6415d778d8ea0ca7636c6cfd1905d553ec401499666"
        "880cd7e66ff154af1185edb0f881b2a7",
    ),
    (
        WEP_104,
        "9e231780dcd7c596b562ae001bfb0129a1e2d87ac6ca0a3f40a7f6bf8191b51e613ec087fc6b",
        "aaaa0300000088b566726f6d2030323a61313a35303a30303a30323a3030",
    ),
    (
        WEP_104,
        "801f5f802245f17ca2548a6157e6d5e16fdc63778625a7fb786ce6df0a76c02fef5d102be371",
        "aaaa0300000088b566726f6d2030323a61313a35303a30303a30313a3030",
    ),
]
"""Key, frame body and what is in it: frames of a station of mac80211 and of hostapd's BSS.

Each time the response to a challenge, a frame to the access point and one from it.
"""

KEYS = st.binary(min_size=5, max_size=5) | st.binary(min_size=13, max_size=13)


@pytest.mark.parametrize(("key", "body", "plain"), RECORDED)
def test_recorded_frames(key: bytes, body: str, plain: str) -> None:
    octets = bytes.fromhex(body)
    named = key_id(octets)
    assert named == (0 if key == WEP_40 else 2)
    assert WepKey(key).decrypt(octets).hex() == plain
    vector = int.from_bytes(octets[:3], "big")
    assert WepKey(key).encrypt(vector, named, bytes.fromhex(plain)) == octets


@given(
    key=st.text("abcXYZ019", min_size=5, max_size=5),
    vector=st.integers(0, (1 << 24) - 1),
    index=st.integers(0, 3),
    data=st.binary(min_size=1),
)
def test_scapy_makes_the_same_body(key: str, vector: int, index: int, data: bytes) -> None:
    head = Dot11WEP(iv=vector.to_bytes(3, "big"), keyid=index << 6)
    made = head.encrypt(bytes((*vector.to_bytes(3, "big"), index << 6)), data, key=key)
    assert WepKey(key.encode()).encrypt(vector, index, data) == made


@given(key=KEYS, number=st.integers(0, 1 << 48), index=st.integers(0, 3), data=st.binary())
def test_what_is_encrypted_can_be_decrypted(
    key: bytes, number: int, index: int, data: bytes
) -> None:
    body = WepKey(key).encrypt(number, index, data)
    assert (key_id(body), WepKey(key).decrypt(body)) == (index, data)


def test_numbers_beyond_the_vector_begin_anew() -> None:
    assert WepKey(WEP_40).encrypt((1 << 24) + 5, 0, b"x") == WepKey(WEP_40).encrypt(5, 0, b"x")


def test_another_key_spoils_the_icv() -> None:
    with pytest.raises(BadMic, match="ICV"):
        WepKey(b"54321").decrypt(WepKey(WEP_40).encrypt(1, 0, b"some data"))


@pytest.mark.parametrize("size", [0, 4, 6, 12, 16])
def test_sizes_of_keys(size: int) -> None:
    with pytest.raises(BadLength, match=f"5 or 13 octets, not {size}"):
        WepKey(bytes(size))
    assert (wep_cipher(bytes(5)), wep_cipher(bytes(13))) == (0x000FAC01, 0x000FAC05)


@given(st.binary(max_size=60))
def test_garbage_raises_only_our_errors(body: bytes) -> None:
    with pytest.raises((WireError, BadMic)):
        WepKey(WEP_40).decrypt(body)
    assert key_id(body) in (None, 0, 1, 2, 3)
