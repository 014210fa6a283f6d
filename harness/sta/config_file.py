"""A station's configuration file as a document: everything that was read stays as it was.

`read` checks every line before anything is used, and says of each bad one where and why.
Source: sta, 1.1.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from harness.base.errors import ConfigError
from harness.sta.config_build import network_of, station_config_of
from harness.sta.config_keys import (
    GLOBAL_KEYS,
    NETWORK_ALIASES,
    NETWORK_KEYS,
    NO_SOCKET,
    Key,
    Use,
    bar_of,
)

NETWORK: Final = "network"
NULL: Final = "NULL"
"""As a network's value: the key is unset."""

_BLOB: Final = "blob-base64-"
_BLOCK = re.compile(r"(network|cred|identity|blob-base64-[^=]*)=\{")
_IGNORED_PREFIXES: Final = ("p2p_", "go_", "wfd_", "mbo_", "dpp_", "gas_", "freq_", "hs20_")


class ConfigFileError(ConfigError):
    """Everything that is wrong with a file: `errors`, in the order of its lines."""

    def __init__(self, errors: list[ConfigError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = tuple(errors)


@dataclass(slots=True)
class Remark:
    """A comment or an empty line, as it is."""

    text: str


@dataclass(slots=True)
class Setting:
    """`key=text`. `line`: where it was read, 0 for one that was added. `remark`: what followed."""

    key: str
    text: str
    line: int = 0
    remark: str = ""


Item: TypeAlias = Remark | Setting


@dataclass(slots=True)
class Block:
    """`kind={` … `}`. `temporary`: never written, as the block of an enrolment."""

    kind: str
    items: list[Item] = field(default_factory=list)
    line: int = 0
    temporary: bool = False

    def settings(self) -> Iterator[Setting]:
        return (item for item in self.items if isinstance(item, Setting))

    def text(self, key: str) -> str | None:
        """The last text of a key, None while it is unset."""
        name = canonical(key)
        texts = [each.text for each in self.settings() if canonical(each.key) == name]
        return texts[-1] if texts and texts[-1] != NULL else None

    def set(self, key: str, text: str | None) -> None:
        """Give a key another text in its place, or at the end; None takes it out."""
        name = canonical(key)
        known = [each for each in self.settings() if canonical(each.key) == name]
        if text is None or text == NULL:
            self.items = [item for item in self.items if item not in known]
        elif known:
            known[-1].text = text
        else:
            self.items.append(Setting(key, text))

    def values(self) -> dict[str, Any]:
        """What the keys of a network mean. Raises `ConfigError`."""
        values: dict[str, Any] = {}
        for setting in self.settings():
            key = NETWORK_KEYS[canonical(setting.key)]
            if setting.text == NULL:
                values.pop(key.name, None)
            else:
                values[key.name] = key.read(setting.text)
        return values


@dataclass(slots=True)
class ConfigFile:
    """A file's lines in their order. `name`: as errors call it."""

    name: str = ""
    items: list[Item | Block] = field(default_factory=list)

    def text(self, key: str) -> str | None:
        """The last text of a global key, None while it is unset."""
        texts = [item.text for item in self.items if isinstance(item, Setting) and item.key == key]
        return texts[-1] if texts else None

    def set(self, key: str, text: str) -> None:
        """Give a global key another text in its place, or before the first block."""
        known = [item for item in self.items if isinstance(item, Setting) and item.key == key]
        if known:
            known[-1].text = text
            return
        blocks = [at for at, item in enumerate(self.items) if isinstance(item, Block)]
        self.items.insert(blocks[0] if blocks else len(self.items), Setting(key, text))

    def remove(self, key: str) -> None:
        """Take a global key out, wherever it was set."""
        self.items = [
            item for item in self.items if not (isinstance(item, Setting) and item.key == key)
        ]

    def values(self) -> dict[str, Any]:
        """What the global keys mean. Raises `ConfigError`."""
        return {
            item.key: GLOBAL_KEYS[item.key].read(item.text)
            for item in self.items
            if isinstance(item, Setting) and item.key in GLOBAL_KEYS
        }

    def networks(self) -> list[Block]:
        return [item for item in self.items if isinstance(item, Block) and item.kind == NETWORK]

    def notices(self) -> list[str]:
        """What was read and has no effect, in words, with the place."""
        found = []
        for item in self.items:
            if isinstance(item, Block) and item.kind != NETWORK:
                found.append(f"{self.name}:{item.line}: {item.kind} blocks have no effect yet")
            elif isinstance(item, Block):
                found.extend(self._network_notices(item))
            elif isinstance(item, Setting):
                found.append(self._notice(item, GLOBAL_KEYS))
        return [notice for notice in found if notice]

    def _network_notices(self, block: Block) -> list[str]:
        """Of a network that is never joined, why; of others, what has no effect."""
        bar = bar_of(block.values())
        if bar:
            return [f"{self.name}:{block.line}: this network is never joined: {bar}"]
        return [self._notice(each, NETWORK_KEYS) for each in block.settings()]

    def _notice(self, setting: Setting, table: Mapping[str, Key]) -> str:
        key = table.get(canonical(setting.key) if table is NETWORK_KEYS else setting.key)
        if key is not None and key.use is Use.SERVED:
            return ""
        return f"{self.name}:{setting.line}: {setting.key} {Use.KEPT.value}"


def one_line(text: str) -> str:
    """A text that is to go into a file. Raises `ConfigError` when a line can't hold it."""
    if any(character in text for character in "\n\r\0"):
        raise ConfigError("a value is one line")
    return text


def canonical(key: str) -> str:
    """A network key's present name."""
    return NETWORK_ALIASES.get(key, key)


def read(text: str, name: str) -> ConfigFile:
    """Read and check a whole file. Raises `ConfigFileError` with every bad line."""
    return _Reader(text, name).read()


class _Reader:
    """Goes through the lines once; `_block` is the one that is open."""

    def __init__(self, text: str, name: str) -> None:
        self._lines = text.removesuffix("\n").split("\n") if text else []
        self._file = ConfigFile(name)
        self._errors: list[ConfigError] = []
        self._block: Block | None = None

    def read(self) -> ConfigFile:
        for number, line in enumerate(self._lines, 1):
            try:
                self._take(line, number)
            except ConfigError as error:
                self._blame(error, number)
        if self._block is not None:
            self._blame(ConfigError(f"{self._block.kind}={{ is never closed"), self._block.line)
        self._check_together()
        if self._errors:
            raise ConfigFileError(sorted(self._errors, key=lambda error: error.line))
        return self._file

    def _blame(self, error: ConfigError, line: int) -> None:
        self._errors.append(ConfigError(error.message, file=self._file.name, line=line))

    def _take(self, line: str, number: int) -> None:
        content, remark = split_remark(line)
        items = self._file.items if self._block is None else self._block.items
        if not content:
            items.append(Remark(line))
        elif self._block is not None:
            self._take_inside(self._block, content, remark, number)
        elif _BLOCK.fullmatch(content):
            self._block = Block(content[: content.rindex("=")], line=number)
            self._file.items.append(self._block)
        else:
            key, text = _split(content)
            if key == NO_SOCKET:
                self._file.remove("ctrl_interface")
            self._file.items.append(Setting(key, text, number, remark))
            _read_global(key, text)

    def _take_inside(self, block: Block, content: str, remark: str, number: int) -> None:
        if content == "}":
            self._block = None
            if block.kind.startswith(_BLOB):
                _check_blob(block)
            return
        if block.kind.startswith(_BLOB):
            block.items.append(Remark(content))
            return
        key, text = _split(content)
        block.items.append(Setting(key, text, number, remark))
        if block.kind == NETWORK:
            _read_network(key, text)

    def _line_of(self, key: str) -> int:
        """Where a global key was last set, 0 for nowhere."""
        settings = (item for item in self._file.items if isinstance(item, Setting))
        return max((item.line for item in settings if item.key == key), default=0)

    def _check_together(self) -> None:
        """What only the whole of the globals, or of a block, can show; bad lines come first."""
        if self._errors:
            return
        try:
            station_config_of(self._file.values())
        except ConfigError as error:
            self._blame(error, self._line_of(error.message.partition(":")[0]))
        for block in self._file.networks():
            try:
                network_of(block.values(), 0)
            except ConfigError as error:
                self._blame(ConfigError(f"network: {error.message}"), block.line)


def split_remark(line: str) -> tuple[str, str]:
    """Part a line from its comment (and the blanks before it): a `#` outside of double quotes."""
    quoted = False
    for at, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == "#" and not quoted:
            content = line[:at].rstrip()
            return content.lstrip(), line[len(content) :]
    return line.strip(), ""


def _split(content: str) -> tuple[str, str]:
    key, equals, text = content.partition("=")
    if not equals or not key:
        raise ConfigError(f"neither key=value nor a block: {content!r}")
    return key, text


def _read_global(key: str, text: str) -> None:
    known = GLOBAL_KEYS.get(key)
    if known is None:
        if not key.startswith(_IGNORED_PREFIXES):
            raise ConfigError(f"unknown key {key!r}")
        return
    _read(known, text)


def _read_network(key: str, text: str) -> None:
    known = NETWORK_KEYS.get(canonical(key))
    if known is None:
        raise ConfigError(f"unknown network key {key!r}")
    if text != NULL or not known.can_be_unset:
        _read(known, text)


def _read(key: Key, text: str) -> None:
    try:
        key.read(text)
    except ConfigError as error:
        raise ConfigError(f"{key.name}: {error.message}") from None


def _check_blob(block: Block) -> None:
    octets = "".join(item.text for item in block.items if isinstance(item, Remark))
    try:
        base64.b64decode("".join(octets.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ConfigError(f"{block.kind}: not base64") from None
