"""PSK derivation against the vectors of IEEE 802.11-2020, J.4.3."""

from __future__ import annotations

import pytest

from harness.base.errors import ConfigError
from harness.crypto.psk import derive_psk

VECTORS = [
    ("password", b"IEEE", "f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e"),
    (
        "ThisIsAPassword",
        b"ThisIsASSID",
        "0dc0d6eb90555ed6419756b9a15ec3e3209b63df707dd508d14581f8982721af",
    ),
    ("a" * 32, b"Z" * 32, "becb93866bb8c3832cb777c2f559807c8c59afcb6eae734885001300a981cc62"),
]


@pytest.mark.parametrize(("passphrase", "ssid", "psk"), VECTORS)
def test_published_vectors(passphrase: str, ssid: bytes, psk: str) -> None:
    assert derive_psk(passphrase, ssid).hex() == psk
    assert derive_psk(passphrase.encode(), ssid).hex() == psk


@pytest.mark.parametrize("passphrase", ["", "1234567", "x" * 64])
def test_passphrase_length_is_limited(passphrase: str) -> None:
    with pytest.raises(ConfigError):
        derive_psk(passphrase, b"ssid")


def test_ssid_length_is_limited() -> None:
    with pytest.raises(ConfigError):
        derive_psk("password", b"s" * 33)
