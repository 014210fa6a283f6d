"""The Wi-Fi Alliance's Vendor Extension attribute and its sub-elements (wsc-protocol §1.1).

Sub-elements are `u8 identifier | u8 length | value`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from harness.base.address import MacAddress
from harness.base.errors import BadLength
from harness.wire.wsc.attributes import U8, U16, Kind

WFA_VENDOR_ID = bytes.fromhex("00372a")
VERSION2 = 0x20
_CLAUSE = "WSC 2.0: WFA Vendor Extension"

_MACS = Kind(
    "MAC addresses",
    lambda octets: tuple(MacAddress(octets[at : at + 6]) for at in range(0, len(octets) - 5, 6)),
    b"".join,
    lambda value: " ".join(map(str, value)),
)


@dataclass(frozen=True, slots=True)
class RawSubelement:
    """A sub-element as it stands in the octets."""

    id: int
    value: bytes


def _sub(ident: int, name: str, kind: Kind, size: int | None) -> Any:
    """Declare a sub-element on a field; `size` None: any length."""
    return field(default=None, metadata={"sub": (ident, name, kind, size)})


@dataclass(frozen=True, slots=True, kw_only=True)
class WfaExtension:
    """What the WFA Vendor Extension says; a field is None where the sub-element is absent.

    Fields stand in the order in which senders put the sub-elements. `rest`: sub-elements that
    WSC messages don't use, Multi-AP profile and VLAN among them.
    """

    version2: int | None = field(
        default=VERSION2, metadata={"sub": (0x00, "Version2", U8, 1)}
    )
    request_to_enroll: int | None = _sub(0x03, "Request to Enroll", U8, 1)
    authorized_macs: tuple[MacAddress, ...] | None = _sub(0x01, "AuthorizedMACs", _MACS, None)
    multi_ap: int | None = _sub(0x06, "Multi-AP", U8, 1)
    network_key_shareable: int | None = _sub(0x02, "Network Key Shareable", U8, 1)
    settings_delay_time: int | None = _sub(0x04, "Settings Delay Time", U8, 1)
    registrar_config_methods: int | None = _sub(
        0x05, "Registrar Configuration Methods", U16, 2
    )
    rest: tuple[RawSubelement, ...] = ()

    def encode(self) -> bytes:
        """Give the attribute's value: the vendor identifier and the sub-elements."""
        octets = WFA_VENDOR_ID
        for name, ident, kind in _WRITERS:
            value = getattr(self, name)
            if value is not None:
                body = kind.encode(value)
                octets += bytes((ident, len(body))) + body
        for raw in self.rest:
            octets += bytes((raw.id, len(raw.value))) + raw.value
        return octets


VERSION2_ONLY = WfaExtension()
"""What every message carries."""
ENROLLING = WfaExtension(request_to_enroll=1)
"""What an Enrollee's Probe Request carries."""

_WRITERS: list[tuple[str, int, Kind]] = []
_READERS: dict[int, tuple[str, str, Kind, int | None]] = {}


def _compile() -> None:
    for name, one in WfaExtension.__dataclass_fields__.items():
        if "sub" not in one.metadata:
            continue
        ident, title, kind, size = one.metadata["sub"]
        if ident in _READERS:
            raise ValueError(f"sub-element {ident:02x} is declared twice")
        _WRITERS.append((name, ident, kind))
        _READERS[ident] = (name, title, kind, size)


_compile()


def decode_wfa(octets: bytes, offset: int, before: WfaExtension | None = None) -> WfaExtension:
    """Read the sub-elements behind the vendor identifier, on top of those read `before`.

    A truncated sub-element ends the reading. `offset`: where the octets stand, for errors. Raises
    `BadLength` for a sub-element of the wrong size.
    """
    found: dict[str, Any] = {"version2": None}
    rest: list[RawSubelement] = []
    if before is not None:
        found = {name: getattr(before, name) for name, _, _ in _WRITERS}
        rest = list(before.rest)
    at = 0
    while at + 2 <= len(octets):
        ident, length = octets[at], octets[at + 1]
        value = octets[at + 2 : at + 2 + length]
        if len(value) < length:
            break
        known = _READERS.get(ident)
        if known is None:
            rest.append(RawSubelement(ident, value))
        else:
            name, title, kind, size = known
            if size is not None and length != size:
                raise BadLength(f"{title} of {length} octets", offset=offset + at, clause=_CLAUSE)
            found[name] = kind.decode(value)
        at += 2 + length
    return WfaExtension(**found, rest=tuple(rest))
