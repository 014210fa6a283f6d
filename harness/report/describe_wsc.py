"""Describes EAP and WSC for the ladder, with Encrypted Settings opened where keys are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from harness.base.errors import AirproofError, WireError
from harness.crypto.wsc import WscKeys, decrypt_settings
from harness.report.records import BadRecord, read_json
from harness.wire.eap import EapCode, EapPacket, EapType, OpCode, WscPacket
from harness.wire.wsc.attributes import CREDENTIAL, NETWORK_KEY, SSID, Attribute
from harness.wire.wsc.declare import AttributeSet
from harness.wire.wsc.element import (
    WscAssociationRequest,
    WscAssociationResponse,
    WscBeacon,
    WscElement,
    WscProbeRequest,
    WscProbeResponse,
)
from harness.wire.wsc.extension import WfaExtension
from harness.wire.wsc.messages import decode_message
from harness.wire.wsc.settings import SETTINGS, Credential, decode_settings

Details = tuple[tuple[str, str], ...]

_ELEMENTS: Mapping[str, type[WscElement]] = {
    "Beacon": WscBeacon,
    "Probe Request": WscProbeRequest,
    "Probe Response": WscProbeResponse,
    "Association Request": WscAssociationRequest,
    "Reassociation Request": WscAssociationRequest,
    "Association Response": WscAssociationResponse,
    "Reassociation Response": WscAssociationResponse,
}


@dataclass
class Keyring:
    """What opens Encrypted Settings, by Registrar Nonce and by Enrollee Nonce: every message
    from M3 on carries one of the two.
    """

    by_nonce: dict[bytes, WscKeys] = field(default_factory=dict)

    def find(self, message: AttributeSet) -> WscKeys | None:
        for name in ("registrar_nonce", "enrollee_nonce"):
            keys = self.by_nonce.get(getattr(message, name, None) or b"")
            if keys is not None:
                return keys
        return None


def read_keyring(path: Path) -> Keyring:
    """Read `keys.json`; an absent file gives an empty ring. Raises `BadRecord`."""
    keyring = Keyring()
    if not path.exists():
        return keyring
    try:
        for entry in read_json(path).get("wsc", ()):
            keys = WscKeys(
                bytes.fromhex(entry["auth_key"]), bytes.fromhex(entry["key_wrap_key"]), b""
            )
            for nonce in ("registrar_nonce", "enrollee_nonce"):
                keyring.by_nonce[bytes.fromhex(entry[nonce])] = keys
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadRecord(f"{path}: {error!r}") from error
    return keyring


def describe_wsc_element(attributes: bytes, where: str) -> list[tuple[str, str]]:
    """List the attributes of a WSC element in a frame of the kind `where`."""
    try:
        return list(_lines(_ELEMENTS[where].decode(attributes), "WSC "))
    except WireError as error:
        return [("WSC element, malformed", str(error))]


def describe_eap(octets: bytes, keyring: Keyring) -> tuple[str, Details]:
    """Give the label and the contents of an EAP packet. Raises `WireError`."""
    packet = EapPacket.decode(octets)
    code = EapCode(packet.code).name.capitalize() if packet.code in list(EapCode) else "?"
    number = ("EAP identifier", str(packet.identifier))
    if packet.type is None:
        return f"EAP-{code}", (number,)
    if packet.type == EapType.IDENTITY:
        identity = packet.data.decode("utf-8", "backslashreplace")
        return f"EAP-{code} Identity", (number, ("identity", identity))
    if not packet.is_wsc:
        return f"EAP-{code} type {packet.type}", (number,)
    return _describe_method(WscPacket.decode(packet.data), number, keyring)


def _describe_method(
    packet: WscPacket, number: tuple[str, str], keyring: Keyring
) -> tuple[str, Details]:
    name = OpCode(packet.op_code).name if packet.op_code in list(OpCode) else f"{packet.op_code}"
    if packet.more_fragments or packet.op_code in (OpCode.START, OpCode.FRAG_ACK):
        tail = ", more to come" if packet.more_fragments else ""
        return f"WSC_{name}{tail}", (number, ("octets", str(len(packet.data))))
    try:
        message = decode_message(packet.data)
    except WireError as error:
        return f"WSC_{name}, not a whole message", (number, ("not decoded", str(error)))
    return message.name, (number, *_lines(message), *_opened(message, keyring))


def _opened(message: AttributeSet, keyring: Keyring) -> Details:
    sealed = getattr(message, "encrypted_settings", None)
    kind = getattr(message, "message_type", None)
    if sealed is None or kind not in SETTINGS:
        return ()
    keys = keyring.find(message)
    if keys is None:
        return (("Encrypted Settings", "can't be opened: neither end gave its keys"),)
    try:
        settings = decode_settings(kind, decrypt_settings(keys, sealed))
        return tuple(_lines(settings, "opened: "))
    except AirproofError as error:
        return (("Encrypted Settings, bad", str(error)),)


def _lines(attributes: AttributeSet, prefix: str = "") -> list[tuple[str, str]]:
    """Name and value of each attribute that is there, secrets included: this is a lab."""
    lines = []
    for declaration in attributes.LAYOUT.declarations:
        value = getattr(attributes, declaration.name)
        for one in value if declaration.repeated else (value,):
            if one is not None:
                lines += _value(declaration.attribute, one, prefix)
    lines += [(f"{prefix}{raw.id:04x}", raw.value.hex()) for raw in attributes.rest]
    return lines


def _value(attribute: Attribute, value: Any, prefix: str) -> list[tuple[str, str]]:
    name = prefix + attribute.name
    if attribute == CREDENTIAL:
        return _lines(Credential.decode(value), f"{name}: ")
    if isinstance(value, WfaExtension):
        return _subelements(value, prefix)
    if attribute in (SSID, NETWORK_KEY):
        return [(name, repr(value.decode("utf-8", "backslashreplace")))]
    return [(name, attribute.kind.show(value))]


def _subelements(extension: WfaExtension, prefix: str) -> list[tuple[str, str]]:
    lines = []
    for one in fields(extension):
        value = getattr(extension, one.name)
        if "sub" in one.metadata and value is not None:
            _, name, kind, _ = one.metadata["sub"]
            lines.append((f"{prefix}WFA {name}", kind.show(value)))
    lines += [(f"{prefix}WFA {raw.id:02x}", raw.value.hex()) for raw in extension.rest]
    return lines
