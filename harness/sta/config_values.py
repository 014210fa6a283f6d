"""The forms that values have in a station's configuration file. Source: sta, 1.2.

Each kind reads a value's text (`ConfigError` when it is bad) and shows it in the one form that
`GET_NETWORK` gives. Octets that are no UTF-8 stand as surrogate escapes in text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from harness.base.address import MacAddress, MaskedAddress
from harness.base.errors import ConfigError
from harness.sta.external_passwords import Backend, External
from harness.wire.printf import decode_printf
from harness.wire.wsc.device import device_type, device_type_text, uuid_text

_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})*")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_EXTERNAL: Final = "ext:"
_LONGEST_NUMBER: Final = 20
_HIGHEST_IN_A_LIST: Final = 100000
_INTEGER = re.compile(r"[+-]?(0[xX][0-9A-Fa-f]+|\d+)")


class Kind(Protocol):
    """One form of value."""

    def read(self, text: str) -> Any:
        """Raises `ConfigError`."""

    def show(self, value: Any) -> str: ...


def octets_of(text: str) -> bytes:
    """The octets that stand for a text of the file or of a command."""
    return text.encode("utf-8", "surrogateescape")


def text_of(octets: bytes) -> str:
    """The text that stands for octets; the reverse of `octets_of`."""
    return octets.decode("utf-8", "surrogateescape")


def read_string(text: str) -> bytes:
    """Read `"…"`, `P"…"` with escapes, or hexadecimal digits. Raises `ConfigError`."""
    if text.startswith('P"'):
        return decode_printf(_quoted(text[1:]))
    if text.startswith('"'):
        return octets_of(_quoted(text))
    if not _HEX.fullmatch(text):
        raise ConfigError("neither in quotes nor an even number of hexadecimal digits")
    return bytes.fromhex(text)


def show_string(octets: bytes) -> str:
    """Show octets in quotes if each is a printable ASCII character, else as hexadecimal digits."""
    if all(32 <= octet < 127 for octet in octets):
        return f'"{octets.decode("ascii")}"'
    return octets.hex()


def read_integer(text: str) -> int:
    """Read a number as C does: blanks, decimal, 0x… or octal 0…. Raises `ConfigError`."""
    text = text.lstrip()
    match = _INTEGER.fullmatch(text)
    if match is None or len(text) > _LONGEST_NUMBER:
        raise ConfigError(f"not a number: {text!r}")
    digits = match[1]
    if digits[:2] in ("0x", "0X"):
        value = int(digits, 16)
    elif digits.startswith("0") and len(digits) > 1:
        if set(digits) & {"8", "9"}:
            raise ConfigError(f"not an octal number: {text!r}")
        value = int(digits, 8)
    else:
        value = int(digits)
    return -value if text.startswith("-") else value


def read_address(text: str) -> MacAddress:
    """Raises `ConfigError`."""
    try:
        return MacAddress(text)
    except ValueError as error:
        raise ConfigError(str(error)) from None


def _quoted(text: str) -> str:
    end = text.rfind('"')
    if end == 0:
        raise ConfigError("the closing quote is missing")
    if text[end + 1 :]:
        raise ConfigError("something follows the closing quote")
    return text[1:end]


@dataclass(frozen=True, slots=True)
class Text:
    """A network's text, as in `ssid` (without a limit unless one is given, in octets)."""

    maximum: int | None = None

    def read(self, text: str) -> bytes:
        octets = read_string(text)
        if self.maximum is not None and len(octets) > self.maximum:
            raise ConfigError(f"at most {self.maximum} octets, not {len(octets)}")
        return octets

    def show(self, value: bytes) -> str:
        return show_string(value)


@dataclass(frozen=True, slots=True)
class TextOrNothing:
    """A global text as a network's, or no text at all, which is the empty one."""

    def read(self, text: str) -> bytes:
        return read_string(text) if text else b""

    def show(self, value: bytes) -> str:
        return show_string(value)


@dataclass(frozen=True, slots=True)
class Anything:
    """Text of whatever form, for what has no effect; quotes are part of it."""

    def read(self, text: str) -> str:
        return text

    def show(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class Plain:
    """A global text, without quotes."""

    maximum: int | None = None

    def read(self, text: str) -> str:
        if self.maximum is not None and len(octets_of(text)) > self.maximum:
            raise ConfigError(f"at most {self.maximum} octets, not {len(octets_of(text))}")
        return text

    def show(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class Integer:
    """A number within limits."""

    least: int = 0
    most: int = 0x7FFFFFFF

    def read(self, text: str) -> int:
        value = read_integer(text)
        if not self.least <= value <= self.most:
            raise ConfigError(f"{self.least} to {self.most}, not {value}")
        return value

    def show(self, value: int) -> str:
        return str(value)


@dataclass(frozen=True, slots=True)
class Address:
    """A MAC address; `any` and `""` stand for none."""

    def read(self, text: str) -> MacAddress | None:
        return None if text in ("any", '""') else read_address(text)

    def show(self, value: MacAddress | None) -> str:
        return "any" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Addresses:
    """MAC addresses, blank separated, each with or without a mask: `MAC/MASK`."""

    def read(self, text: str) -> tuple[MaskedAddress, ...]:
        return tuple(self._one(word) for word in text.split())

    def _one(self, word: str) -> MaskedAddress:
        address, slash, mask = word.partition("/")
        if not slash:
            return MaskedAddress(read_address(address))
        return MaskedAddress(read_address(address), read_address(mask))

    def show(self, value: Iterable[MaskedAddress]) -> str:
        return " ".join(map(str, value))


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a vocabulary, blank separated. `order`: all of them, as they are shown.

    `aliases`: other spellings. `dropped`: words that are known, and say nothing.
    """

    order: tuple[str, ...]
    aliases: tuple[tuple[str, str], ...] = ()
    dropped: tuple[str, ...] = ()

    def read(self, text: str) -> frozenset[str]:
        aliases = dict(self.aliases)
        words = frozenset(aliases.get(word, word) for word in text.split())
        unknown = words - set(self.order) - set(self.dropped)
        if unknown:
            raise ConfigError(f"unknown word {min(unknown)!r}")
        if not words:
            raise ConfigError("no word at all")
        return words - set(self.dropped)

    def show(self, value: frozenset[str]) -> str:
        return " ".join(word for word in self.order if word in value)


@dataclass(frozen=True, slots=True)
class Sequence:
    """Words of a vocabulary, blank separated, in an order that means something."""

    known: tuple[str, ...]

    def read(self, text: str) -> tuple[str, ...]:
        words = tuple(text.split())
        unknown = set(words) - set(self.known)
        if unknown:
            raise ConfigError(f"unknown word {min(unknown)!r}")
        if not words:
            raise ConfigError("no word at all")
        return words

    def show(self, value: tuple[str, ...]) -> str:
        return " ".join(value)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers, blank (or comma) separated: frequencies in MHz, or SAE groups."""

    def read(self, text: str) -> tuple[int, ...]:
        values = tuple(map(read_integer, text.replace(",", " ").split()))
        for value in values:
            if not 0 <= value <= _HIGHEST_IN_A_LIST:
                raise ConfigError(f"0 to {_HIGHEST_IN_A_LIST}, not {value}")
        return values

    def show(self, value: Iterable[int]) -> str:
        return " ".join(map(str, value))


@dataclass(frozen=True, slots=True)
class Hex:
    """Octets as hexadecimal digits; `size`: how many octets, None for any number."""

    size: int | None = None

    def read(self, text: str) -> bytes:
        if not _HEX.fullmatch(text):
            raise ConfigError("not an even number of hexadecimal digits")
        octets = bytes.fromhex(text)
        if self.size is not None and len(octets) != self.size:
            raise ConfigError(f"{self.size} octets, not {len(octets)}")
        return octets

    def show(self, value: bytes) -> str:
        return value.hex()


@dataclass(frozen=True, slots=True)
class PreSharedKey:
    """`psk`: a passphrase in quotes (read as text), 64 hexadecimal digits (read as octets).

    Or `ext:NAME` for either, kept elsewhere under that name.
    """

    def read(self, text: str) -> str | bytes | External:
        if text.startswith(_EXTERNAL):
            return External.parse(text.removeprefix(_EXTERNAL))
        if not text.startswith('"'):
            if not _HEX.fullmatch(text) or len(text) != 64:
                raise ConfigError("neither a passphrase in quotes nor 64 hexadecimal digits")
            return bytes.fromhex(text)
        octets = read_string(text)
        if not 8 <= len(octets) <= 63:
            raise ConfigError(f"a passphrase has 8 to 63 octets, not {len(octets)}")
        if any(octet < 32 or octet == 127 for octet in octets):
            raise ConfigError("a passphrase has no control characters")
        return text_of(octets)

    def show(self, value: str | bytes | External) -> str:
        if isinstance(value, External):
            return _EXTERNAL + value.name
        return value.hex() if isinstance(value, bytes) else f'"{value}"'


@dataclass(frozen=True, slots=True)
class PasswordPlace:
    """`ext_password_backend`: kept as its text, which is checked."""

    def read(self, text: str) -> str:
        Backend.parse(text)
        return text

    def show(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class Uuid:
    """A UUID in its usual form."""

    def read(self, text: str) -> bytes:
        if not _UUID.fullmatch(text):
            raise ConfigError(f"not a UUID: {text!r}")
        return bytes.fromhex(text.replace("-", ""))

    def show(self, value: bytes) -> str:
        return uuid_text(value)


@dataclass(frozen=True, slots=True)
class DeviceType:
    """A Primary Device Type, as in `1-0050F204-1`."""

    def read(self, text: str) -> bytes:
        return device_type(text)

    def show(self, value: bytes) -> str:
        return device_type_text(value)


@dataclass(frozen=True, slots=True)
class Country:
    """Two letters."""

    def read(self, text: str) -> str:
        if len(text) != 2 or not text.isascii() or not text.isalnum():
            raise ConfigError(f"a country has two letters: {text!r}")
        return text

    def show(self, value: str) -> str:
        return value
