"""MICs: RFC 4493, RFC 2202 and which one belongs to what."""

from __future__ import annotations

import pytest

from harness.base.errors import UsageError
from harness.base.seam import AKM_PSK, AKM_PSK_SHA256, AKM_SAE
from harness.crypto.mic import aes_cmac, key_mic, verify_key_mic

KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
MESSAGE = bytes.fromhex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)


@pytest.mark.parametrize(
    ("length", "mac"),
    [
        (0, "bb1d6929e95937287fa37d129b756746"),
        (16, "070a16b46b4d4144f79bdd9dd04a287c"),
        (40, "dfa66747de9ae63030ca32611497c827"),
        (64, "51f0bebf7e3b9d92fc49741779363cfe"),
    ],
)
def test_rfc_4493_vectors(length: int, mac: str) -> None:
    # RFC 4493, section 4
    assert aes_cmac(KEY, MESSAGE[:length]).hex() == mac
    assert key_mic(3, AKM_PSK_SHA256, KEY, MESSAGE[:length]).hex() == mac
    assert key_mic(0, AKM_SAE, KEY, MESSAGE[:length]).hex() == mac


def test_version_2_is_hmac_sha1_cut_to_16_octets() -> None:
    # RFC 2202, section 3, case 1
    mac = key_mic(2, AKM_PSK, b"\x0b" * 20, b"Hi There")
    assert mac.hex() == "b617318655057264e28bc0b6fb378c8e"


def test_version_1_is_hmac_md5() -> None:
    # RFC 2202, section 2, case 1
    mac = key_mic(1, AKM_PSK, b"\x0b" * 16, b"Hi There")
    assert mac.hex() == "9294727a3638bb1c13f48ef8158bfc9d"


def test_verification() -> None:
    mac = key_mic(2, AKM_PSK, KEY, MESSAGE)
    assert verify_key_mic(2, AKM_PSK, KEY, MESSAGE, mac)
    assert not verify_key_mic(2, AKM_PSK, KEY, MESSAGE, bytes(16))
    assert not verify_key_mic(2, AKM_PSK, KEY, MESSAGE, b"")


@pytest.mark.parametrize(("version", "akm"), [(5, AKM_PSK), (0, AKM_PSK), (4, AKM_PSK)])
def test_pairs_without_a_mic_are_refused(version: int, akm: int) -> None:
    with pytest.raises(UsageError):
        key_mic(version, akm, KEY, b"")
