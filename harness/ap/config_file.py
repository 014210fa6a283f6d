"""The access point's configuration file, line by line, into settings that commands can change.

Every bad line is one `ConfigError` with file, line, key and reason; a file with any is refused as
a whole. Source: the access point's configuration reference, 1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from harness.ap import config_keys, ht, wmm
from harness.ap.config_ignored import check
from harness.ap.config_keys import Scope, interface
from harness.ap.config_unserved import is_ignored, refusal
from harness.base.errors import ConfigError

_PLAIN: Final = re.compile("[!-~]+")

KEYS: Final = config_keys.KEYS | wmm.KEYS | ht.KEYS
"""All keys that are served."""


class ConfigErrors(ConfigError):
    """Everything that is wrong with a file; `errors` one by one."""

    def __init__(self, errors: Iterable[ConfigError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(map(str, self.errors)))


@dataclass(slots=True)
class BssSettings:
    """The keys of one BSS that were given, by field.

    `line`: where its section begins; `lines`: of each field in it, those of the radio's too.
    """

    name: str
    line: int = 0
    lines: dict[str, int] = field(default_factory=dict, repr=False)
    values: dict[str, Any] = field(default_factory=dict, repr=False)

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)


@dataclass(slots=True)
class Settings:
    """One radio's keys: what a file says, and what SET commands changed since.

    `file`: where they came from, empty when no file did. `warnings`: keys that were given and have
    no effect here. `read`: gives the text of a file that a key names; None: there are no files.
    """

    bsss: list[BssSettings]
    radio: dict[str, Any] = field(default_factory=dict)
    file: str = ""
    warnings: list[str] = field(default_factory=list)
    read: Callable[[str], str] | None = field(default=None, repr=False)

    def bss(self, name: str) -> BssSettings | None:
        return next((bss for bss in self.bsss if bss.name == name), None)

    def set(self, bss: BssSettings, name: str, value: str) -> str | None:
        """Set one key; gives a warning when it has no effect. Raises `ConfigError`."""
        key = KEYS.get(name)
        if key is None:
            shown = name if _PLAIN.fullmatch(name) else repr(name)
            why = refusal(name)
            if why is not None:
                raise ConfigError(f"{shown}: {why}")
            if is_ignored(name):
                return self._overlook(shown, name, value)
            raise ConfigError(f"{shown}: there is no such key")
        values = self.radio if key.scope is Scope.RADIO else bss.values
        field_name = key.field or name
        if (key.adds or key.once) and not value:
            values.pop(field_name, None)
            return None
        if key.once and field_name in values:
            raise ConfigError(f"{name}: is given already; an empty value takes it away")
        try:
            read = key.read(value) if key.file is None else key.file(self._text(value))
        except ValueError as error:
            raise ConfigError(f"{name}: {error}") from None
        for cleared in key.clears:
            values.pop(cleared, None)
        values[field_name] = (*values.get(field_name, ()), read) if key.adds else read
        bss.lines.pop(field_name, None)
        return None if key.warning is None else f"{name}: {key.warning}"

    def _overlook(self, shown: str, name: str, value: str) -> str:
        """Take a key without effect. Raises `ConfigError`."""
        try:
            check(name, value)
        except ValueError as error:
            raise ConfigError(f"{shown}: {error}") from None
        return f"{shown}: has no effect here"

    def _text(self, path: str) -> str:
        """The text of a file. Raises `ValueError`."""
        if self.read is None:
            raise ValueError("no file can be read here")
        try:
            return self.read(path)
        except ConfigError as error:
            raise ValueError(f"{path}: {error.message}") from None

    def placed(self, error: ConfigError) -> ConfigError:
        """The error with the place in the file of the key that it is about."""
        if not self.file or error.file:
            return error
        return ConfigError(error.message, file=self.file, line=self._line(error.bss, error.key))

    def unusable(self, bss: BssSettings, key: str, why: ConfigError | OSError) -> ConfigError:
        """What to raise when what a key names can't be used."""
        if isinstance(why, OSError):
            reasons = [f"{why.filename or bss.get(key)}: {why.strerror or why}"]
        else:
            reasons = [str(each) for each in getattr(why, "errors", (why,))]
        told = [ConfigError(f"{key}: {each}", bss=bss.name, key=key) for each in reasons]
        return ConfigErrors(self.placed(each) for each in told)

    def _line(self, bss: str, key: str) -> int:
        sections = [each for each in self.bsss if bss in ("", each.name)]
        lines = [each.lines[key] for each in sections if key in each.lines]
        return lines[-1] if lines else sections[0].line or 1

    def copy(self) -> Settings:
        """Give settings that change apart from these."""
        return replace(
            self,
            bsss=[
                replace(bss, values=dict(bss.values), lines=dict(bss.lines)) for bss in self.bsss
            ],
            radio=dict(self.radio),
            warnings=list(self.warnings),
        )


def parse(
    text: str,
    file: str,
    interface_name: str | None = None,
    read: Callable[[str], str] | None = None,
) -> Settings:
    """Read a configuration file's text. `interface_name`: in the place of `interface=`.

    `read`: gives the text of a file that a key names, or raises `ConfigError`. Raises
    `ConfigErrors`.
    """
    settings = Settings([], file=file, read=read)
    errors: list[ConfigError] = []
    section = BssSettings(interface_name or "")
    for number, line in enumerate(text.split("\n"), 1):
        line = line.removesuffix("\r")
        if not line or line.startswith("#"):
            continue
        try:
            section = _take(settings, section, line, number, interface_name)
        except ConfigError as error:
            errors.append(ConfigError(error.message, file=file, line=number))
    settings.bsss.append(section)
    if not settings.bsss[0].name:
        errors.append(ConfigError("interface: is not given", file=file, line=1))
    if errors:
        raise ConfigErrors(errors)
    return settings


def _take(
    settings: Settings, section: BssSettings, line: str, number: int, interface_name: str | None
) -> BssSettings:
    name, equals, value = line.partition("=")
    if not equals:
        raise ConfigError(f"{line!r} is not key=value")
    if name == "bss":
        settings.bsss.append(section)
        new = _interface("bss", value)
        if settings.bss(new) is not None:
            raise ConfigError(f"bss: there is an interface {new!r} already")
        return BssSettings(new, number)
    if name == "interface":
        given = _interface(name, value)
        if settings.bsss:
            raise ConfigError("interface: belongs before the first bss")
        section.name, section.line = interface_name or given, number
        return section
    warning = settings.set(section, name, value)
    section.lines[KEYS[name].field or name if name in KEYS else name] = number
    if warning is not None:
        settings.warnings.append(f"{settings.file}:{number}: {warning}")
    return section


def _interface(name: str, value: str) -> str:
    try:
        return interface(value)
    except ValueError as error:
        raise ConfigError(f"{name}: {error}") from None
