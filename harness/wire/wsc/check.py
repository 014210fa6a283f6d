"""What is wrong with a WSC message or element, beyond what receivers must tolerate.

Decoders are as lenient as the standard wants receivers to be; a conformance scenario wants the
opposite. Everything here comes from the same declarations as the decoders.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.base.errors import WireError
from harness.wire.wsc import attributes as a
from harness.wire.wsc.attributes import (
    ATTRIBUTES,
    AUTHENTICATOR,
    BOOL,
    STRAY,
    TEXT,
    Attribute,
    RawAttribute,
    split,
)
from harness.wire.wsc.declare import WFA, AttributeSet, Declaration, Presence
from harness.wire.wsc.device import OS_VERSION_SENT
from harness.wire.wsc.extension import VERSION2, WFA_VENDOR_ID, decode_wfa
from harness.wire.wsc.messages import MESSAGES, VERSION, message_type


@dataclass(frozen=True, slots=True)
class Violation:
    """One breach of the standard. `offset`: octets into what was checked."""

    attribute: str
    reason: str
    offset: int
    clause: str

    def __str__(self) -> str:
        return f"{self.attribute} {self.reason} at octet {self.offset} [{self.clause}]"


def check(message: AttributeSet) -> list[Violation]:
    """Name every breach in a message, element or settings, the first in the octets first.

    What is missing comes last.
    """
    return check_octets(type(message), message.octets or message.encode())


def check_message(octets: bytes) -> list[Violation]:
    """Name every breach in the octets of a WSC message, also of one that can't be decoded."""
    kind = message_type(octets)
    if kind is None or kind not in MESSAGES:
        reason = "is missing" if kind is None else f"is {kind}"
        return [Violation(a.MESSAGE_TYPE.name, reason, 0, a.CLAUSE)]
    return check_octets(MESSAGES[kind], octets)


def check_octets(cls: type[AttributeSet], octets: bytes) -> list[Violation]:
    """Name every breach in octets that ought to be of this class."""
    try:
        raws = split(octets)
    except WireError as error:
        return [Violation("attribute", error.message, error.offset, error.clause)]
    declared = {int(one.attribute): one for one in cls.LAYOUT.declarations}
    found = [
        Violation(_name(raw), reason, raw.offset, cls.CLAUSE)
        for position, raw in enumerate(raws)
        for reason in _wrong(raw, raws[:position], declared, last=position == len(raws) - 1)
    ]
    for one in cls.LAYOUT.declarations:
        if one.presence is not Presence.OPTIONAL and not _is_there(one, raws):
            found.append(Violation(one.attribute.name, "is missing", len(octets), cls.CLAUSE))
    return found


def _name(raw: RawAttribute) -> str:
    known = ATTRIBUTES.get(raw.id)
    if known is not None:
        return known.name
    return "stray octets" if raw.id == STRAY else f"attribute {raw.id:04x}"


def _is_wfa(raw: RawAttribute) -> bool:
    return raw.id == a.VENDOR_EXTENSION and raw.value[:3] == WFA_VENDOR_ID


def _is_there(one: Declaration, raws: tuple[RawAttribute, ...]) -> bool:
    if one.attribute is WFA:
        return any(_is_wfa(raw) for raw in raws)
    return any(raw.id == one.attribute for raw in raws)


def _wrong(
    raw: RawAttribute,
    before: tuple[RawAttribute, ...],
    declared: dict[int, Declaration],
    *,
    last: bool,
) -> Iterator[str]:
    """Give what is wrong with one attribute in its place."""
    if raw.id == STRAY:
        yield f"between or after attributes: {raw.value.hex()}"
        return
    known = ATTRIBUTES.get(raw.id)
    if known is None:
        return
    size = len(raw.value)
    if not known.minimum <= size <= known.maximum:
        yield f"has {size} octets instead of {_range(known)}"
    else:
        yield from _wrong_value(raw, known)
    again = any(_same(raw, other) for other in before)
    if again and not (raw.id in declared and declared[raw.id].repeated):
        yield "occurs again"
    if raw.id == AUTHENTICATOR and not last:
        yield "is not the last attribute"


def _same(raw: RawAttribute, other: RawAttribute) -> bool:
    return raw.id == other.id and _is_wfa(raw) == _is_wfa(other)


def _range(known: Attribute) -> str:
    if known.minimum == known.maximum:
        return str(known.minimum)
    return f"{known.minimum} to {known.maximum}"


def _wrong_value(raw: RawAttribute, known: Attribute) -> Iterator[str]:
    if known.kind is BOOL and raw.value not in (b"\0", b"\1"):
        yield f"is {raw.value.hex()} and neither 0 nor 1"
    if known.kind is TEXT:
        try:
            raw.value.decode("utf-8")
        except UnicodeDecodeError:
            yield "is not UTF-8"
    if known == a.VERSION and raw.value[0] != VERSION:
        yield f"is {raw.value[0]:#04x} instead of {VERSION:#04x}"
    if known == a.OS_VERSION and not int.from_bytes(raw.value, "big") & OS_VERSION_SENT:
        yield "lacks its top bit"
    if known == a.PUBLIC_KEY and len(raw.value) != 192:
        yield f"has {len(raw.value)} octets instead of 192"
    if known == a.WPS_STATE and raw.value not in (b"\1", b"\2"):
        yield f"is {raw.value[0]}"
    if _is_wfa(raw):
        yield from _wrong_wfa(raw)


def _wrong_wfa(raw: RawAttribute) -> Iterator[str]:
    try:
        wfa = decode_wfa(raw.value[3:], raw.offset + 7)
    except WireError as error:
        yield str(error)
        return
    if wfa.version2 is None:
        yield "has no Version2"
    elif wfa.version2 < VERSION2:
        yield f"has Version2 {wfa.version2:#04x}"
    if len(wfa.authorized_macs or ()) > 5:
        yield "has more than five AuthorizedMACs"
    if wfa.encode() != raw.value and b"".join(sorted(_parts(wfa.encode()))) != b"".join(
        sorted(_parts(raw.value))
    ):
        yield "has a truncated or repeated sub-element"


def _parts(value: bytes) -> list[bytes]:
    parts, at = [], 3
    while at < len(value):
        stop = at + 2 + (value[at + 1] if at + 1 < len(value) else 0)
        parts.append(value[at:stop])
        at = stop
    return parts
