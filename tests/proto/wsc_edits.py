"""Edits of WSC messages on their way: one attribute dropped, replaced, or the last octet wrong."""

from __future__ import annotations

from harness.wire.wsc.attributes import RawAttribute, join, split
from harness.wire.wsc.messages import decode_message


def spoil(which: str, edit):  # type: ignore[no-untyped-def]
    """Change one message on its way."""

    def change(sender: str, octets: bytes) -> bytes:
        return edit(octets) if decode_message(octets).name == which else octets

    return change


def flip_last(octets: bytes) -> bytes:
    return octets[:-1] + bytes((octets[-1] ^ 1,))


def drop(ident: int):  # type: ignore[no-untyped-def]
    return lambda octets: join(one for one in split(octets) if one.id != ident)


def put(ident: int, value: bytes):  # type: ignore[no-untyped-def]
    def edit(octets: bytes) -> bytes:
        return join(RawAttribute(ident, value) if one.id == ident else one for one in split(octets))

    return edit


ENROLLEE_NONCE, REGISTRAR_NONCE, PUBLIC_KEY = 0x101A, 0x1039, 0x1032
