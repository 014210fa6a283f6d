"""Known answers of what enrolments and handshakes compute, asked for when a program begins.

A library that lacks an algorithm (a restricted OpenSSL) is then found out at once and not between
two frames. The libraries look an algorithm up and load its code when it is first wanted, which
takes several frames' time: that is over by then too.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm

from harness.base.errors import AirproofError, SetupFailed
from harness.crypto import dh, keywrap, mic, psk, wsc

_hex: Final = bytes.fromhex


class _Counting:
    """An IV that everyone knows."""

    def octets(self, count: int) -> bytes:
        return bytes(range(count))


def _settings() -> bytes:
    """Encrypted Settings there and back; the first block is what SP 800-38A's F.2.1 gives."""
    keys = wsc.WscKeys(bytes(32), _hex("2b7e151628aed2a6abf7158809cf4f3c"), bytes(32))
    plain = _hex("6bc1bee22e409f96e93d7e117393172a")
    value = wsc.encrypt_settings(keys, plain, _Counting())
    return value[16:32] if wsc.decrypt_settings(keys, value) == plain else b""


ANSWERS: Final[dict[str, tuple[Callable[[], bytes], bytes]]] = {
    "PBKDF2 (IEEE 802.11-2020, J.4.2)": (
        lambda: psk.derive_psk("password", b"IEEE"),
        _hex("f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e"),
    ),
    "HMAC-SHA-1 (RFC 2202, 3)": (
        lambda: hmac.digest(b"\x0b" * 20, b"Hi There", "sha1"),
        _hex("b617318655057264e28bc0b6fb378c8ef146be00"),
    ),
    "HMAC-SHA-256 (RFC 4231, 4.2)": (
        lambda: hmac.digest(b"\x0b" * 20, b"Hi There", "sha256"),
        _hex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    ),
    "SHA-256 (FIPS 180-4)": (
        lambda: hashlib.sha256(b"abc").digest(),
        _hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ),
    "AES-128-CBC (NIST SP 800-38A, F.2.1)": (_settings, _hex("7649abac8119b246cee98e9b12e9197d")),
    "AES key wrap (RFC 3394, 4.1)": (
        lambda: keywrap.unwrap_key_data(
            bytes(range(16)), _hex("1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5")
        ),
        _hex("00112233445566778899aabbccddeeff"),
    ),
    "AES-CMAC (RFC 4493, 4)": (
        lambda: mic.aes_cmac(_hex("2b7e151628aed2a6abf7158809cf4f3c"), b""),
        _hex("bb1d6929e95937287fa37d129b756746"),
    ),
    "Diffie-Hellman (RFC 3526, 2: 2 is a quadratic residue)": (
        lambda: dh.public_key((dh.PRIME // 2).to_bytes(dh.KEY_OCTETS, "big")),
        (1).to_bytes(dh.KEY_OCTETS, "big"),
    ),
}
"""By name: how to compute it, and what is published."""


def check() -> None:
    """Compute every answer. Raises `SetupFailed`, with the algorithm that is missing or wrong."""
    for name, (compute, published) in ANSWERS.items():
        try:
            computed = compute()
        except (AirproofError, UnsupportedAlgorithm, ValueError) as error:
            raise SetupFailed(f"cryptography: {name}: {error}") from error
        if computed != published:
            raise SetupFailed(f"cryptography: {name}: a wrong result")
