"""What a message or an element says of the version of WSC, where it is to say another one.

The Version attribute is always 1.0; from 2.0 on the version stands in Version2, in the WFA
extension (WSC 2.0: Version2).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, Protocol, TypeVar

from harness.wire.wsc.attributes import RawAttribute
from harness.wire.wsc.extension import VERSION2, WfaExtension

VERSION1: Final = 0x10
_FUTURE: Final = RawAttribute(0x10FA, b"\x42", 0)
"""An attribute that no version has: what a device of the future may add."""


class Versioned(Protocol):
    """A message, or what an element holds."""

    @property
    def wfa(self) -> WfaExtension | None: ...

    @property
    def rest(self) -> tuple[RawAttribute, ...]: ...


Said = TypeVar("Said", bound=Versioned)


def at_version(said: Said, version: int) -> Said:
    """Let it speak another version: 0x10 has no WFA extension, a later one an attribute more."""
    if version == VERSION2:
        return said
    changes: dict[str, Any] = {"wfa": None}
    if version != VERSION1:
        changes["wfa"] = replace(said.wfa or WfaExtension(), version2=version)
    if version > VERSION2:
        changes["rest"] = (*said.rest, _FUTURE)
    return replace(said, **changes)  # type: ignore[type-var]
