"""The seam's words as octets, for radios whose machine lives in another process.

Each word is one JSON object: `type` and the fields by name; octets and addresses as hex, tuples
as lists. The fields' declared types, read once at import, say how each is written and checked, so
that nothing but a word of the seam can come out of the other side's octets.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from harness.base import channel, seam, seam_events
from harness.base.address import MacAddress
from harness.base.errors import BadValue, WireError
from harness.base.seam import Command
from harness.base.seam_events import LinkMeasurement, PeerCounters, RadioEvent

Word: TypeAlias = Command | RadioEvent | PeerCounters | LinkMeasurement
_Read: TypeAlias = Callable[[Any], Any]


def encode(word: Word) -> dict[str, object]:
    """Write a word as an object that JSON can hold."""
    return _write(word)  # type: ignore[return-value]


def decode_command(value: object) -> Command:
    """Read a command. Raises `WireError` for anything else."""
    word = _read_word(value)
    if not isinstance(word, Command):
        raise BadValue(f"{type(word).__name__} is no command")
    return word


def decode_event(value: object) -> RadioEvent:
    """Read a radio's event. Raises `WireError` for anything else."""
    word = _read_word(value)
    if not isinstance(word, RadioEvent):
        raise BadValue(f"{type(word).__name__} is no event")
    return word


def decode_measurement(value: object) -> LinkMeasurement | None:
    """Read a measurement, None when there is none. Raises `WireError` for anything else."""
    if value is None:
        return None
    word = _read_word(value)
    if not isinstance(word, LinkMeasurement):
        raise BadValue(f"{type(word).__name__} in the place of a measurement")
    return word


def decode_counters(value: object) -> PeerCounters | None:
    """Read counters, None when there are none. Raises `WireError` for anything else."""
    if value is None:
        return None
    word = _read_word(value)
    if not isinstance(word, PeerCounters):
        raise BadValue(f"{type(word).__name__} in the place of counters")
    return word


def to_json(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def from_json(octets: bytes) -> dict[str, Any]:
    """Read one object. Raises `WireError`."""
    try:
        value = json.loads(octets)
    except (ValueError, RecursionError) as error:
        raise BadValue(f"not JSON: {error}") from None
    if not isinstance(value, dict):
        raise BadValue("not a JSON object")
    return value


def _write(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple):
        return [_write(each) for each in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        written: dict[str, object] = {"type": type(value).__name__}
        for field in dataclasses.fields(value):
            written[field.name] = _write(getattr(value, field.name))
        return written
    return value


def _read_word(value: object) -> object:
    try:
        return _read_object(value)
    except WireError:
        raise
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadValue(f"not a word of the seam: {error}") from None


def _read_object(value: Any) -> object:
    if not isinstance(value, dict):
        raise BadValue("a word of the seam is an object")
    name = value.get("type")
    if not isinstance(name, str) or name not in _READERS:
        raise BadValue(f"{name!r} is no word of the seam")
    kind, readers = _READERS[name]
    unknown = value.keys() - readers.keys() - {"type"}
    if unknown:
        raise BadValue(f"{name} has no field {min(unknown)}")
    return kind(**{key: readers[key](each) for key, each in value.items() if key != "type"})


# ---- readers by declared type ---------------------------------------------------------------


def _reader(declared: Any) -> _Read:
    origin = typing.get_origin(declared)
    if origin is tuple:
        each = _reader(typing.get_args(declared)[0])
        return lambda value: tuple(each(one) for one in _exactly(value, list))
    if origin in (types.UnionType, typing.Union):
        return _optional(declared)
    if declared is bytes:
        return lambda value: bytes.fromhex(_exactly(value, str))
    if declared is MacAddress:
        return lambda value: MacAddress(bytes.fromhex(_exactly(value, str)))
    if declared is float:
        return lambda value: float(_exactly(value, (int, float)))
    if declared in (int, str, bool):
        return lambda value: _exactly(value, declared)
    if dataclasses.is_dataclass(declared):
        return lambda value: _instance(_read_object(value), declared)
    raise TypeError(f"the seam has fields of type {declared}, which can't be written")


def _optional(declared: Any) -> _Read:
    kinds = [kind for kind in typing.get_args(declared) if kind is not type(None)]
    if len(kinds) != 1:
        raise TypeError(f"the seam has fields of type {declared}, which can't be written")
    read = _reader(kinds[0])
    return lambda value: None if value is None else read(value)


def _exactly(value: Any, kind: Any) -> Any:
    """Let no bool pass for an int, nor anything else for what it is not."""
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if type(value) not in kinds:
        raise BadValue(f"{value!r} is not of type {kinds[0].__name__}")
    return value


def _instance(value: object, kind: Any) -> object:
    if not isinstance(value, kind):
        raise BadValue(f"{type(value).__name__} in the place of {kind.__name__}")
    return value


def _readers() -> dict[str, tuple[Any, dict[str, _Read]]]:
    return {
        name: (kind, {key: _reader(hint) for key, hint in typing.get_type_hints(kind).items()})
        for module in (channel, seam, seam_events)
        for name, kind in inspect.getmembers(module, inspect.isclass)
        if dataclasses.is_dataclass(kind) and kind.__module__ == module.__name__
    }


_READERS: Final = _readers()
