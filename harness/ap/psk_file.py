"""The file of a BSS's pre-shared keys.

Source: the access point's configuration reference, 1.4: a line is
`[keyid=ID ][vlanid=N ][wps=0|1 ]ADDRESS KEY`, what comes before the address in any order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from harness.ap.config import BssConfig
from harness.ap.config_file import ConfigErrors
from harness.ap.psks import EVERY_STATION, StationKey
from harness.base.address import MacAddress
from harness.base.errors import ConfigError

LONGEST_KEY_ID: Final = 31
"""Characters."""

HIGHEST_VLAN_ID: Final = 4094

_HEX: Final = frozenset("0123456789abcdefABCDEF")


def read_keys(bss: BssConfig, read: Callable[[str], str]) -> tuple[StationKey, ...]:
    """The keys that the file of a BSS lists; those that it has when it has no file.

    `read`: gives the text of a file. Raises `ConfigError`.
    """
    if bss.psk_file is None:
        return bss.station_keys
    return parse_psk_file(read(bss.psk_file), bss.psk_file)


def parse_psk_file(text: str, file: str) -> tuple[StationKey, ...]:
    """Read the keys, in the file's order. Raises `ConfigErrors`, one error for each bad line."""
    keys: list[StationKey] = []
    errors: list[ConfigError] = []
    for number, line in enumerate(text.split("\n"), 1):
        line = line.removesuffix("\r")
        if not line or line.startswith("#"):
            continue
        try:
            keys.append(_read(line.lstrip(" ")))
        except ValueError as error:
            errors.append(ConfigError(str(error), file=file, line=number))
    if errors:
        raise ConfigErrors(errors)
    return tuple(keys)


def _read(line: str) -> StationKey:
    """Read one line. Raises `ValueError` with the reason."""
    key_id: str | None = None
    vlan_id = 0
    wps = False
    word, _, rest = line.partition(" ")
    while "=" in word:
        name, _, value = word.partition("=")
        if name == "keyid":
            key_id = _key_id(value)
        elif name == "vlanid":
            vlan_id = _vlan_id(value)
        elif name == "wps":
            wps = _flag(value)
        else:
            raise ValueError(f"{name}: must be keyid, vlanid or wps")
        word, _, rest = rest.partition(" ")
    address = _address(word)
    return StationKey(
        secret=_secret(rest),
        address=None if address == EVERY_STATION else address,
        key_id=key_id,
        vlan_id=vlan_id,
        wps=wps,
    )


def _key_id(value: str) -> str | None:
    if len(value) > LONGEST_KEY_ID:
        raise ValueError(f"keyid: must be at most {LONGEST_KEY_ID} characters, not {len(value)}")
    return value or None


def _vlan_id(value: str) -> int:
    if not value.isdecimal() or int(value) > HIGHEST_VLAN_ID:
        raise ValueError(f"vlanid: must be 0 to {HIGHEST_VLAN_ID}, not {value!r}")
    return int(value)


def _flag(value: str) -> bool:
    if value not in ("0", "1"):
        raise ValueError(f"wps: must be 0 or 1, not {value!r}")
    return value == "1"


def _address(word: str) -> MacAddress:
    try:
        return MacAddress(word)
    except ValueError:
        raise ValueError(f"address: {word!r} is none") from None


def _secret(text: str) -> str | bytes:
    """A passphrase or 64 hex digits. What is wrong with it is told without telling it."""
    octets = text.encode(errors="surrogateescape")
    if len(octets) == 64 and _HEX.issuperset(text):
        return bytes.fromhex(text)
    if not 8 <= len(octets) <= 63:
        size = "is missing" if not octets else f"has {len(octets)} octets"
        raise ValueError(f"key: must be 8 to 63 characters or 64 hex digits, but {size}")
    return text
