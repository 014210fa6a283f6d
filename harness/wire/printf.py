"""Octets as printable text with escapes, as configuration files and control interfaces have them.

`\\"`, `\\\\`, `\\e`, `\\n`, `\\r`, `\\t` and `\\xNN`; reading also knows octal `\\0` to `\\377`.
"""

from __future__ import annotations

import re
from typing import Final

_LETTERS: Final = {b'"': 0x22, b"\\": 0x5C, b"e": 0x1B, b"n": 0x0A, b"r": 0x0D, b"t": 0x09}
_ESCAPED: Final = {octet: f"\\{letter.decode()}" for letter, octet in _LETTERS.items()}
_ESCAPE: Final = re.compile(rb"\\(?:x([0-9A-Fa-f]{0,2})|([0-7]{1,3})|(.?))", re.DOTALL)


def encode_printf(octets: bytes) -> str:
    """Write octets as printable ASCII."""
    return "".join(
        _ESCAPED.get(octet) or (chr(octet) if 32 <= octet < 127 else f"\\x{octet:02x}")
        for octet in octets
    )


def decode_printf(text: str) -> bytes:
    """Read escaped text; other characters are taken as UTF-8, with `surrogateescape`.

    A backslash before anything else counts for nothing, and so does `\\x` without a digit, as with
    hostapd and wpa_supplicant 2.10.
    """
    return _ESCAPE.sub(_octets_of, text.encode("utf-8", "surrogateescape"))


def _octets_of(escape: re.Match[bytes]) -> bytes:
    hexadecimal, octal, letter = escape.groups()
    if hexadecimal is not None:
        return bytes((int(hexadecimal, 16),)) if hexadecimal else b""
    if octal is not None:
        return bytes((int(octal, 8) & 0xFF,))
    known = _LETTERS.get(letter)
    return letter if known is None else bytes((known,))
