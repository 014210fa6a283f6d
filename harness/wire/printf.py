"""Octets as printable text with escapes, as configuration files and control interfaces have them.

`\\"`, `\\\\`, `\\e`, `\\n`, `\\r`, `\\t` and `\\xNN`; reading also knows octal `\\0` to `\\377`.
"""

from __future__ import annotations

import re
from typing import Final

_LETTERS: Final = {'"': 0x22, "\\": 0x5C, "e": 0x1B, "n": 0x0A, "r": 0x0D, "t": 0x09}
_ESCAPED: Final = {octet: f"\\{letter}" for letter, octet in _LETTERS.items()}
_PIECE: Final = re.compile(r'\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|(["\\enrt]))|([^\\])', re.DOTALL)


def encode_printf(octets: bytes) -> str:
    """Write octets as printable ASCII."""
    return "".join(
        _ESCAPED.get(octet) or (chr(octet) if 32 <= octet < 127 else f"\\x{octet:02x}")
        for octet in octets
    )


def decode_printf(text: str) -> bytes:
    """Read escaped text; other characters are taken as UTF-8. Raises `ValueError`."""
    octets, place = bytearray(), 0
    while place < len(text):
        piece = _PIECE.match(text, place)
        if piece is None:
            raise ValueError(f"no such escape: {text[place : place + 2]!r}")
        hexadecimal, octal, letter, plain = piece.groups()
        if hexadecimal is not None:
            octets.append(int(hexadecimal, 16))
        elif octal is not None:
            octets.append(int(octal, 8) & 0xFF)
        elif letter is not None:
            octets.append(_LETTERS[letter])
        else:
            octets += plain.encode(errors="surrogateescape")
        place = piece.end()
    return bytes(octets)
