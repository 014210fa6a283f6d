"""Everything that airproof raises on purpose. Any other exception is a fault of ours."""

from __future__ import annotations


class AirproofError(Exception):
    """Base of all errors raised on purpose."""


class WireError(AirproofError):
    """Octets that can't be decoded.

    `offset`: octets from the start of what the decoder was given; `clause`: the rule broken.
    """

    def __init__(self, message: str, *, offset: int = 0, clause: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.clause = clause

    def __str__(self) -> str:
        where = f"{self.message} at octet {self.offset}"
        return f"{where} [{self.clause}]" if self.clause else where


class Truncated(WireError):
    """The octets end before the value does."""


class BadLength(WireError):
    """A length that the standard does not allow for this value."""


class BadValue(WireError):
    """A value that the standard does not allow."""


class MissingAttribute(WireError):
    """A mandatory attribute, element or field is absent."""


class PeerViolation(AirproofError):
    """A peer broke the protocol. `wire_code`: the status, reason or error to answer with."""

    def __init__(self, message: str, *, clause: str = "", wire_code: int | None = None) -> None:
        super().__init__(f"{message} [{clause}]" if clause else message)
        self.message = message
        self.clause = clause
        self.wire_code = wire_code


class BadMic(PeerViolation):
    """A message integrity code, authenticator or key wrap that does not verify."""


class ReplayedCounter(PeerViolation):
    """A replay counter or packet number that did not grow."""


class UsageError(AirproofError):
    """A local call that makes no sense now: the caller's mistake."""


class ConfigError(AirproofError):
    """A configuration value that can't be used; `file` and `line` when it came from a file.

    `bss`, `key`: what it is about, for who knows where those stand in the file.
    """

    def __init__(
        self, message: str, *, file: str = "", line: int = 0, bss: str = "", key: str = ""
    ) -> None:
        place = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(f"{place}{message}")
        self.message = message
        self.file = file
        self.line = line
        self.bss = bss
        self.key = key


class RadioError(AirproofError):
    """A radio refused a command. `errno`: a positive number as in `errno(3)`, 0 if it gave none."""

    def __init__(self, command: str, errno: int = 0, reason: str = "") -> None:
        super().__init__(f"{command}: {reason or f'errno {errno}'}")
        self.command = command
        self.errno = errno
        self.reason = reason


class SetupFailed(AirproofError):
    """The stage for a scenario could not be set; says nothing about the device."""


class Unsupported(AirproofError):
    """A device declared beforehand that it can't do this; carries the declared reason."""


class Inconclusive(AirproofError):
    """The evidence that would decide is missing."""
