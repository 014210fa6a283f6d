"""Key derivation against the vectors of IEEE 802.11-2020, annex J.

The SHA-256 KDF is checked in tests/proto/test_rsn_recorded.py, on handshakes between hostapd and
wpa_supplicant, and by tshark in tests/proto/test_rsn_tshark.py.
"""

from __future__ import annotations

import pytest

from harness.base.errors import UsageError
from harness.base.seam import AKM_PSK, AKM_PSK_SHA256
from harness.crypto.prf import derive_ptk, kdf, prf

# J.3.2
PRF_VECTORS = [
    (
        b"\x0b" * 20,
        b"Hi There",
        24,
        "bcd4c650b30b9684951829e0d75f9d54b862175ed9f00606",
    ),
    (
        b"Jefe",
        b"what do ya want for nothing?",
        32,
        "51f4de5b33f249adf81aeb713a3c20f4fe631446fabdfa58244759ae58ef9009",
    ),
    (
        b"\xaa" * 20,
        b"\xdd" * 50,
        64,
        "e1ac546ec4cb636f9976487be5c86be17a0252ca5d8d8df12cfb0473525249ce"
        "9dd8d177ead710bc9b590547239107aef7b4abd43d87f0a68f1cbd9e2b6f7607",
    ),
]


@pytest.mark.parametrize(("key", "context", "octets", "expected"), PRF_VECTORS)
def test_prf_vectors(key: bytes, context: bytes, octets: int, expected: str) -> None:
    assert prf(key, b"prefix", context, octets).hex() == expected


def test_pairwise_key_vector() -> None:
    # J.7, the derivation of a pairwise key for CCMP
    ptk = derive_ptk(
        AKM_PSK,
        bytes.fromhex("0dc0d6eb90555ed6419756b9a15ec3e3209b63df707dd508d14581f8982721af"),
        bytes.fromhex("a0a1a1a3a4a5"),
        bytes.fromhex("b0b1b2b3b4b5"),
        bytes.fromhex("e0e1e2e3e4e5e6e7e8e9f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff000102030405"),
        bytes.fromhex("c0c1c2c3c4c5c6c7c8c9d0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5"),
    )
    assert ptk.kck.hex() == "379f9852d0199236b94e407ce4c00ec8"
    assert ptk.kek.hex() == "47c9edc01c2c6e5b4910caddfb3e51a7"
    assert ptk.tk.hex() == "b2360c79e9710fdd58bea93deaf06599"


@pytest.mark.parametrize("akm", [AKM_PSK, AKM_PSK_SHA256])
def test_both_ends_derive_the_same(akm: int) -> None:
    low, high, one, two = b"\x02" + bytes(5), b"\x04" + bytes(5), b"\x01" * 32, b"\x02" * 32
    first = derive_ptk(akm, bytes(32), low, high, one, two)
    assert derive_ptk(akm, bytes(32), high, low, two, one) == first
    assert derive_ptk(akm, bytes(32), low, high, one, one) != first


def test_kdf_clears_the_unused_bits() -> None:
    assert len(kdf("sha256", bytes(32), b"label", b"", 521)) == 66
    assert kdf("sha256", bytes(32), b"label", b"", 521)[-1] & 0x7F == 0


def test_keys_do_not_show_in_text() -> None:
    ptk = derive_ptk(AKM_PSK, bytes(32), bytes(6), bytes(6), bytes(32), bytes(32))
    assert ptk.tk.hex() not in repr(ptk)
    assert repr(ptk.tk) not in repr(ptk)


def test_unknown_akm_is_refused() -> None:
    with pytest.raises(UsageError):
        derive_ptk(0x000FAC0C, bytes(48), bytes(6), bytes(6), bytes(32), bytes(32))
