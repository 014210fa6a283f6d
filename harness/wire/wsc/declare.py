"""The typed layer's one engine: a dataclass whose fields name WSC attributes becomes a codec.

A field is declared once, `uuid_e: Annotated[bytes, UUID_E]`; encoder, decoder, strict check and
printer follow from it. Fields stand in the order in which senders put the attributes. A field
without default is mandatory, and so is one marked `MANDATORY` (an Authenticator, which is put on
last); `TOLERATED` marks what every sender must put and receivers don't insist on; any other
default means optional. `REPEATED` fields hold all occurrences.

Everything is compiled when the class is made, so that a frame costs one pass over its attributes
with one dictionary look-up each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import MISSING, dataclass, field, fields
from enum import Enum
from operator import attrgetter
from struct import Struct
from typing import Annotated, Any, ClassVar, Self, TypeVar, get_origin, get_type_hints

from harness.base.errors import BadLength, BadValue, MissingAttribute, Truncated, UsageError
from harness.wire.wsc.attributes import (
    ATTRIBUTES,
    AUTHENTICATOR,
    CLAUSE,
    NETWORK_KEY,
    OOB_DEVICE_PASSWORD,
    SECONDARY_DEVICE_TYPE_LIST,
    VENDOR_EXTENSION,
    Attribute,
    Kind,
    RawAttribute,
    WrongLength,
)
from harness.wire.wsc.extension import WFA_VENDOR_ID, decode_wfa

_HEADER = Struct(">HH")
MOST_REPEATS = 10
"""How many occurrences of a repeated attribute receivers keep."""

WFA = Attribute(
    VENDOR_EXTENSION,
    "Vendor Extension (WFA)",
    Kind("WFA extension", lambda octets: decode_wfa(octets[3:], 0), lambda value: value.encode()),
    3,
    1024,
)
"""The one Vendor Extension whose vendor is the Wi-Fi Alliance."""


class Presence(Enum):
    """Whether an attribute must be there."""

    MANDATORY = "mandatory"
    TOLERATED = "always sent, its absence tolerated"
    OPTIONAL = "optional"


class Repeat(Enum):
    """Whether a field holds one occurrence or all."""

    REPEATED = "repeated"


MANDATORY = Presence.MANDATORY
TOLERATED = Presence.TOLERATED
REPEATED = Repeat.REPEATED


@dataclass(frozen=True, slots=True)
class Declaration:
    """One field of a message: which attribute, and whether it must be there."""

    name: str
    attribute: Attribute
    presence: Presence
    repeated: bool


_Reader = tuple[str, Callable[[bytes], Any], int, int]


@dataclass(frozen=True, slots=True)
class Layout:
    """What was compiled from a class's declarations.

    `readers`: how to read what may come once and has but a range of lengths, by identifier.
    `others`: field and repetition of all that is declared. `absent`: the values of fields whose
    attribute is not there, where these differ from the class's defaults.
    """

    declarations: tuple[Declaration, ...]
    values: Callable[[Any], tuple[Any, ...]]
    writers: tuple[tuple[bytes, Callable[[Any], bytes], bool], ...]
    readers: dict[int, _Reader]
    others: dict[int, tuple[str, bool]]
    absent: dict[str, Any]
    mandatory: tuple[tuple[str, Attribute], ...]
    wfa: str | None
    vendors: str | None
    rest_before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeSet:
    """Base of everything made of WSC attributes.

    `octets`: what it was decoded from, empty when it was made here; authenticators and transcripts
    are computed over these. `dataclasses.replace` keeps them unless it is given `octets=b""` too.
    `rest`: attributes that the class does not declare.
    """

    octets: bytes = field(default=b"", compare=False, repr=False)
    rest: tuple[RawAttribute, ...] = ()
    LAYOUT: ClassVar[Layout]
    CLAUSE: ClassVar[str] = CLAUSE

    def encode(self) -> bytes:
        """Give the octets, from the fields alone; a field that is None is left out.

        `rest` comes last, or just before the Authenticator. Raises `UsageError` for a number that
        does not fit its attribute.
        """
        layout = self.LAYOUT
        parts: list[bytes] = []
        for position, value in enumerate(layout.values(self)):
            if position == layout.rest_before:
                parts.extend([raw.encode() for raw in self.rest])
            if value is None:
                continue
            ident, encode, repeated = layout.writers[position]
            for one in value if repeated else (value,):
                try:
                    body = encode(one)
                except OverflowError as error:
                    name = layout.declarations[position].name
                    raise UsageError(f"{name} can't be {one!r}") from error
                parts.append(ident + len(body).to_bytes(2, "big") + body)
        if layout.rest_before == len(layout.writers):
            parts.extend([raw.encode() for raw in self.rest])
        return b"".join(parts)

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Read the octets as receivers must: any order, unknown attributes kept in `rest`.

        Raises `MissingAttribute` when a mandatory one is absent, other `WireError`s when the
        octets are invalid as a whole.
        """
        values = read(cls.LAYOUT, octets)
        for name, attribute in cls.LAYOUT.mandatory:
            if name not in values:
                raise MissingAttribute(
                    f"no {attribute.name}", offset=len(octets), clause=cls.CLAUSE
                )
        return cls(octets=octets, **values)

    def describe(self) -> list[str]:
        """Give one line for each attribute that is there: `name: value`."""
        lines = []
        hidden = {one.name for one in fields(self) if not one.repr}
        for declaration in self.LAYOUT.declarations:
            value = getattr(self, declaration.name)
            show = declaration.attribute.kind.show
            for one in value if declaration.repeated else (value,):
                if one is not None:
                    text = "…" if declaration.name in hidden else show(one)
                    lines.append(f"{declaration.attribute.name}: {text}")
        lines += [f"{raw.id:04x}: {raw.value.hex()}" for raw in self.rest]
        return lines


_Class = TypeVar("_Class", bound=type[AttributeSet])


def declares(cls: _Class) -> _Class:
    """Compile a dataclass's annotations into its codec.

    Raises `ValueError` when a class declares an attribute twice.
    """
    cls.LAYOUT = _compile(cls)
    return cls


def _declarations(cls: type[AttributeSet]) -> tuple[Declaration, ...]:
    hints = get_type_hints(cls, include_extras=True)
    found = []
    for one in fields(cls):
        hint = hints[one.name]
        if get_origin(hint) is not Annotated:
            continue
        attribute, *marks = hint.__metadata__
        default = one.default is not MISSING or one.default_factory is not MISSING
        presence = Presence.OPTIONAL if default else Presence.MANDATORY
        presence = next((mark for mark in marks if isinstance(mark, Presence)), presence)
        found.append(Declaration(one.name, attribute, presence, Repeat.REPEATED in marks))
    _check_once(cls, found)
    return tuple(found)


def _check_once(cls: type[AttributeSet], declarations: Iterable[Declaration]) -> None:
    seen: set[object] = set()
    for one in declarations:
        key: object = "WFA" if one.attribute is WFA else int(one.attribute)
        if key in seen:
            raise ValueError(f"{cls.__name__} declares {one.attribute.name} twice")
        seen.add(key)


def _readers(declarations: Iterable[Declaration]) -> dict[int, _Reader]:
    """How the attributes are read of which nothing but the length matters."""
    special = (SECONDARY_DEVICE_TYPE_LIST, OOB_DEVICE_PASSWORD, VENDOR_EXTENSION)
    return {
        int(one.attribute): (
            one.name, one.attribute.kind.decode, one.attribute.minimum, one.attribute.maximum,
        )
        for one in declarations
        if not one.repeated and one.attribute not in special
    }  # fmt: skip


def _compile(cls: type[AttributeSet]) -> Layout:
    declarations = _declarations(cls)
    names = [one.name for one in declarations]
    getter = attrgetter(*names)
    at_end = [at for at, one in enumerate(declarations) if one.attribute == AUTHENTICATOR]
    return Layout(
        declarations=declarations,
        values=getter if len(names) > 1 else lambda one: (getter(one),),
        writers=tuple(
            (one.attribute.to_bytes(2, "big"), one.attribute.kind.encode, one.repeated)
            for one in declarations
        ),
        readers=_readers(declarations),
        others={int(one.attribute): (one.name, one.repeated) for one in declarations},
        absent={"rest": ()}
        | {one.name: None for one in declarations if one.attribute is WFA}
        | {one.name: None for one in declarations if one.presence is Presence.TOLERATED},
        mandatory=tuple(
            (one.name, one.attribute)
            for one in declarations
            if one.presence is Presence.MANDATORY
        ),
        wfa=next((one.name for one in declarations if one.attribute is WFA), None),
        vendors=next(
            (one.name for one in declarations if one.attribute is VENDOR_EXTENSION), None
        ),
        rest_before=at_end[0] if at_end else len(declarations),
    )


def read(layout: Layout, octets: bytes) -> dict[str, Any]:
    """Read attributes into the values of a class's fields; `rest` holds what it does not declare.

    Raises `WireError` as `AttributeSet.decode` does, save for missing attributes.
    """
    values = layout.absent.copy()
    readers = layout.readers
    offset, end, previous = 0, len(octets), -1
    while offset < end:
        start = offset + 4
        if start > end:
            raise Truncated("attribute", offset=offset, clause=CLAUSE)
        ident, length = _HEADER.unpack_from(octets, offset)
        stop = start + length
        if stop > end:
            if previous == NETWORK_KEY and octets[offset] != 0x10:
                offset += 1  # a stray octet that some devices put after a Network Key
                continue
            raise Truncated(_name(ident), offset=offset, clause=CLAUSE)
        known = readers.get(ident)
        if known is not None and known[2] <= length <= known[3]:
            values[known[0]] = known[1](octets[start:stop])
        elif ident == 0 == length and not any(octets[offset:]):
            break
        else:
            _read_other(layout, RawAttribute(ident, octets[start:stop], offset), values)
        offset, previous = stop, ident
    return values


def _name(ident: int) -> str:
    known = ATTRIBUTES.get(ident)
    return f"attribute {ident:04x}" if known is None else known.name


def _bad_length(raw: RawAttribute) -> BadLength:
    return BadLength(
        f"{_name(raw.id)} of {len(raw.value)} octets", offset=raw.offset, clause=CLAUSE
    )


def _read_other(layout: Layout, raw: RawAttribute, values: dict[str, Any]) -> None:
    """Read what is not simply a declared attribute of a proper length."""
    known = ATTRIBUTES.get(raw.id)
    if known is None or known.unused:
        values["rest"] += (raw,)
        return
    if raw.id == VENDOR_EXTENSION:
        _read_vendor(layout, raw, values)
        return
    name, repeated = layout.others.get(raw.id, (None, False))
    if not known.minimum <= len(raw.value) <= known.maximum:
        if known.wrong_length is WrongLength.REJECT:
            raise _bad_length(raw)
        if known.wrong_length is WrongLength.IGNORE:
            name = None
    _check_value(raw)
    if name is None:
        values["rest"] += (raw,)
        return
    value = known.kind.decode(raw.value[: known.maximum])
    if not repeated:
        values[name] = value
    elif len(values.get(name, ())) < MOST_REPEATS:
        values[name] = (*values.get(name, ()), value)


def _check_value(raw: RawAttribute) -> None:
    """Check the two attributes whose length depends on more than a range."""
    if raw.id == SECONDARY_DEVICE_TYPE_LIST:
        if len(raw.value) % 8:
            raise _bad_length(raw)
    elif raw.id == OOB_DEVICE_PASSWORD and len(raw.value) < 38 and raw.value[20:22] != b"\0\7":
        raise _bad_length(raw)


def _read_vendor(layout: Layout, raw: RawAttribute, values: dict[str, Any]) -> None:
    vendor = raw.value[:3]
    if vendor == WFA_VENDOR_ID:
        if layout.wfa:
            before = values[layout.wfa]
            values[layout.wfa] = decode_wfa(raw.value[3:], raw.offset + 7, before)
        else:
            values["rest"] += (raw,)
        return
    if len(vendor) == 3:
        if len(raw.value) > VENDOR_EXTENSION.maximum:
            raise _bad_length(raw)
        others = [one for one in values["rest"] if one.id == VENDOR_EXTENSION]
        kept = values.get(layout.vendors, ()) if layout.vendors else others
        if len(kept) == MOST_REPEATS:
            raise BadValue("an eleventh Vendor Extension", offset=raw.offset, clause=CLAUSE)
        if layout.vendors:
            values[layout.vendors] = (*kept, raw.value)
            return
    values["rest"] += (raw,)
