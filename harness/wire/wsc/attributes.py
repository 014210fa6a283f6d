"""WSC attributes: the raw layer, and the table of all attributes (wsc-protocol §1).

An attribute is `u16 identifier | u16 length | value`, most significant octet first. `split` and
`join` lose nothing: order, repetition, unknown identifiers and stray octets survive. Each
`Attribute` is its identifier (an `int`) that also knows its name, the form of its value, and the
lengths that it may have; the typed layer (`harness.wire.wsc.declare`) is made from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from harness.base.address import MacAddress
from harness.base.errors import Truncated

CLAUSE = "WSC 2.0: attributes"
STRAY = -1
"""Identifier of a `RawAttribute` that is no attribute: padding, or octets between two."""


@dataclass(frozen=True, slots=True)
class RawAttribute:
    """An attribute as it stands in the octets.

    `offset`: octets from the start of what was split to the identifier, no part of what makes two
    attributes equal. `length`: what the length field says where it lies; None where it is true.
    """

    id: int
    value: bytes
    offset: int = field(default=0, compare=False)
    length: int | None = None

    def encode(self) -> bytes:
        """Give the attribute's octets; those of a `STRAY` bare."""
        if self.id == STRAY:
            return self.value
        length = len(self.value) if self.length is None else self.length
        return self.id.to_bytes(2, "big") + length.to_bytes(2, "big") + self.value


def split(octets: bytes) -> tuple[RawAttribute, ...]:
    """Take octets apart into attributes, so that `join` gives the same octets again.

    Zeros up to the end (at least four) and one octet too many after a Network Key become `STRAY`,
    as receivers tolerate both. Raises `Truncated` when an attribute ends beyond the octets.
    """
    found: list[RawAttribute] = []
    offset = 0
    while offset < len(octets):
        header = octets[offset : offset + 4]
        if header == bytes(4) and not any(octets[offset:]):
            found.append(RawAttribute(STRAY, octets[offset:], offset))
            break
        if len(header) == 4:
            stop = offset + 4 + (header[2] << 8 | header[3])
            if stop <= len(octets):
                ident = header[0] << 8 | header[1]
                found.append(RawAttribute(ident, octets[offset + 4 : stop], offset))
                offset = stop
                continue
            if header[0] != 0x10 and found and found[-1].id == NETWORK_KEY:
                found.append(RawAttribute(STRAY, octets[offset : offset + 1], offset))
                offset += 1
                continue
        raise Truncated("attribute", offset=offset, clause=CLAUSE)
    return tuple(found)


def join(attributes: Iterable[RawAttribute]) -> bytes:
    """Put attributes together, in their order."""
    return b"".join([attribute.encode() for attribute in attributes])


def encode_attribute(ident: int, value: bytes) -> bytes:
    """Give one attribute's octets."""
    return ident.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value


@dataclass(frozen=True, slots=True)
class Kind:
    """The form of a value: octets to value and back, and to text for a reader."""

    name: str
    decode: Callable[[bytes], Any]
    encode: Callable[[Any], bytes]
    show: Callable[[Any], str] = str


def _unsigned(size: int) -> Kind:
    return Kind(
        f"u{8 * size}",
        lambda octets: int.from_bytes(octets, "big"),
        lambda value: int(value).to_bytes(size, "big"),
        lambda value: f"0x{value:0{2 * size}x}",
    )


def _show_octets(value: bytes) -> str:
    return value.hex()


U8, U16, U32 = _unsigned(1), _unsigned(2), _unsigned(4)
BOOL = Kind("bool", lambda octets: octets != b"\0", lambda value: b"\1" if value else b"\0")
OCTETS = Kind("octets", bytes, bytes, _show_octets)
MAC = Kind("MAC address", MacAddress, bytes)
# surrogateescape: what a peer claims to be UTF-8 and is not comes out again as it came in.
TEXT = Kind(
    "text",
    lambda octets: octets.decode("utf-8", "surrogateescape"),
    lambda value: value.encode("utf-8", "surrogateescape"),
    lambda value: ascii(value),
)
DEVICE_TYPES = Kind(
    "device types",
    lambda octets: tuple(octets[at : at + 8] for at in range(0, len(octets), 8)),
    b"".join,
    lambda value: " ".join(one.hex() for one in value),
)


class WrongLength(Enum):
    """What a receiver does about a length outside the range."""

    REJECT = "the whole message is invalid"
    IGNORE = "the attribute counts as absent"
    CUT = "the value is cut to the longest length"


ANY = 0xFFFF


class Attribute(int):
    """A WSC attribute by its standard name: the identifier, and what its value may be.

    Lengths in octets. `unused`: known to the standard, not read by anyone here; its length is not
    checked on receipt.
    """

    name: str
    kind: Kind
    minimum: int
    maximum: int
    wrong_length: WrongLength
    unused: bool

    def __new__(
        cls,
        ident: int,
        name: str,
        kind: Kind,
        minimum: int,
        maximum: int | None = None,
        wrong_length: WrongLength = WrongLength.REJECT,
        *,
        unused: bool = False,
    ) -> Attribute:
        made = super().__new__(cls, ident)
        made.name = name
        made.kind = kind
        made.minimum = minimum
        made.maximum = minimum if maximum is None else maximum
        made.wrong_length = wrong_length
        made.unused = unused
        return made

    def __repr__(self) -> str:
        return f"<{self.name} {int(self):04x}>"

    def raw(self, value: Any) -> RawAttribute:
        """Make a raw attribute from a value of this attribute's kind."""
        return RawAttribute(int(self), self.kind.encode(value))


ATTRIBUTES: dict[int, Attribute] = {}
"""Every attribute of the table by its identifier."""


def _attribute(
    ident: int,
    name: str,
    kind: Kind,
    minimum: int,
    maximum: int | None = None,
    wrong_length: WrongLength = WrongLength.REJECT,
    *,
    unused: bool = False,
) -> Attribute:
    made = Attribute(ident, name, kind, minimum, maximum, wrong_length, unused=unused)
    if ident in ATTRIBUTES:
        raise ValueError(f"attribute {ident:04x} is declared twice")
    ATTRIBUTES[ident] = made
    return made


def _unused(ident: int, name: str, minimum: int = 0, maximum: int | None = None) -> Attribute:
    return _attribute(ident, name, OCTETS, minimum, maximum, unused=True)


_IGNORE, _CUT = WrongLength.IGNORE, WrongLength.CUT

AP_CHANNEL = _attribute(0x1001, "AP Channel", U16, 2)
ASSOCIATION_STATE = _attribute(0x1002, "Association State", U16, 2)
AUTHENTICATION_TYPE = _attribute(0x1003, "Authentication Type", U16, 2)
AUTHENTICATION_TYPE_FLAGS = _attribute(0x1004, "Authentication Type Flags", U16, 2)
AUTHENTICATOR = _attribute(0x1005, "Authenticator", OCTETS, 8)
CONFIG_METHODS = _attribute(0x1008, "Config Methods", U16, 2)
CONFIGURATION_ERROR = _attribute(0x1009, "Configuration Error", U16, 2)
CONFIRMATION_URL4 = _unused(0x100A, "Confirmation URL4", 0, ANY)
CONFIRMATION_URL6 = _unused(0x100B, "Confirmation URL6", 0, ANY)
CONNECTION_TYPE = _attribute(0x100C, "Connection Type", U8, 1)
CONNECTION_TYPE_FLAGS = _attribute(0x100D, "Connection Type Flags", U8, 1)
CREDENTIAL = _attribute(0x100E, "Credential", OCTETS, 0, ANY)
ENCRYPTION_TYPE = _attribute(0x100F, "Encryption Type", U16, 2)
ENCRYPTION_TYPE_FLAGS = _attribute(0x1010, "Encryption Type Flags", U16, 2)
DEVICE_NAME = _attribute(0x1011, "Device Name", TEXT, 0, 32, _IGNORE)
DEVICE_PASSWORD_ID = _attribute(0x1012, "Device Password ID", U16, 2)
E_HASH1 = _attribute(0x1014, "E-Hash1", OCTETS, 32)
E_HASH2 = _attribute(0x1015, "E-Hash2", OCTETS, 32)
E_SNONCE1 = _attribute(0x1016, "E-SNonce1", OCTETS, 16)
E_SNONCE2 = _attribute(0x1017, "E-SNonce2", OCTETS, 16)
ENCRYPTED_SETTINGS = _attribute(0x1018, "Encrypted Settings", OCTETS, 0, ANY)
ENROLLEE_NONCE = _attribute(0x101A, "Enrollee Nonce", OCTETS, 16)
FEATURE_ID = _unused(0x101B, "Feature ID", 4)
IDENTITY = _unused(0x101C, "Identity", 0, ANY)
IDENTITY_PROOF = _unused(0x101D, "Identity Proof", 0, ANY)
KEY_WRAP_AUTHENTICATOR = _attribute(0x101E, "Key Wrap Authenticator", OCTETS, 8)
KEY_IDENTIFIER = _unused(0x101F, "Key Identifier", 16)
MAC_ADDRESS = _attribute(0x1020, "MAC Address", MAC, 6)
MANUFACTURER = _attribute(0x1021, "Manufacturer", TEXT, 0, 64, _CUT)
MESSAGE_TYPE = _attribute(0x1022, "Message Type", U8, 1)
MODEL_NAME = _attribute(0x1023, "Model Name", TEXT, 0, 32, _CUT)
MODEL_NUMBER = _attribute(0x1024, "Model Number", TEXT, 0, 32, _CUT)
NETWORK_INDEX = _attribute(0x1026, "Network Index", U8, 1)
NETWORK_KEY = _attribute(0x1027, "Network Key", OCTETS, 0, ANY)
NETWORK_KEY_INDEX = _attribute(0x1028, "Network Key Index", U8, 1)
NEW_DEVICE_NAME = _unused(0x1029, "New Device Name", 0, ANY)
NEW_PASSWORD = _unused(0x102A, "New Password", 0, ANY)
OOB_DEVICE_PASSWORD = _attribute(0x102C, "Out-of-Band Device Password", OCTETS, 22, 54)
OS_VERSION = _attribute(0x102D, "OS Version", U32, 4)
POWER_LEVEL = _unused(0x102F, "Power Level", 1)
PSK_CURRENT = _unused(0x1030, "PSK Current", 1)
PSK_MAX = _unused(0x1031, "PSK Max", 1)
PUBLIC_KEY = _attribute(0x1032, "Public Key", OCTETS, 190, 192, _IGNORE)
RADIO_ENABLED = _unused(0x1033, "Radio Enabled", 1)
REBOOT = _unused(0x1034, "Reboot", 1)
REGISTRAR_CURRENT = _unused(0x1035, "Registrar Current", 1)
REGISTRAR_ESTABLISHED = _unused(0x1036, "Registrar Established", 1)
REGISTRAR_LIST = _unused(0x1037, "Registrar List", 0, ANY)
REGISTRAR_MAX = _unused(0x1038, "Registrar Max", 1)
REGISTRAR_NONCE = _attribute(0x1039, "Registrar Nonce", OCTETS, 16)
REQUEST_TYPE = _attribute(0x103A, "Request Type", U8, 1)
RESPONSE_TYPE = _attribute(0x103B, "Response Type", U8, 1)
RF_BANDS = _attribute(0x103C, "RF Bands", U8, 1)
R_HASH1 = _attribute(0x103D, "R-Hash1", OCTETS, 32)
R_HASH2 = _attribute(0x103E, "R-Hash2", OCTETS, 32)
R_SNONCE1 = _attribute(0x103F, "R-SNonce1", OCTETS, 16)
R_SNONCE2 = _attribute(0x1040, "R-SNonce2", OCTETS, 16)
SELECTED_REGISTRAR = _attribute(0x1041, "Selected Registrar", BOOL, 1)
SERIAL_NUMBER = _attribute(0x1042, "Serial Number", TEXT, 0, 32, _CUT)
WPS_STATE = _attribute(0x1044, "Wi-Fi Protected Setup State", U8, 1)
SSID = _attribute(0x1045, "SSID", OCTETS, 0, 32, _IGNORE)
TOTAL_NETWORKS = _unused(0x1046, "Total Networks", 1)
UUID_E = _attribute(0x1047, "UUID-E", OCTETS, 16)
UUID_R = _attribute(0x1048, "UUID-R", OCTETS, 16)
VENDOR_EXTENSION = _attribute(0x1049, "Vendor Extension", OCTETS, 3, 1024)
VERSION = _attribute(0x104A, "Version", U8, 1)
X509_CERTIFICATE_REQUEST = _unused(0x104B, "X.509 Certificate Request", 0, ANY)
X509_CERTIFICATE = _unused(0x104C, "X.509 Certificate", 0, ANY)
EAP_IDENTITY = _unused(0x104D, "EAP Identity", 0, 64)
MESSAGE_COUNTER = _unused(0x104E, "Message Counter", 8)
PUBLIC_KEY_HASH = _unused(0x104F, "Public Key Hash", 20)
REKEY_KEY = _unused(0x1050, "Rekey Key", 32)
KEY_LIFETIME = _unused(0x1051, "Key Lifetime", 4)
PERMITTED_CONFIG_METHODS = _unused(0x1052, "Permitted Config Methods", 2)
SELECTED_REGISTRAR_CONFIG_METHODS = _attribute(
    0x1053, "Selected Registrar Config Methods", U16, 2
)
PRIMARY_DEVICE_TYPE = _attribute(0x1054, "Primary Device Type", OCTETS, 8)
SECONDARY_DEVICE_TYPE_LIST = _attribute(
    0x1055, "Secondary Device Type List", DEVICE_TYPES, 0, 128
)
PORTABLE_DEVICE = _unused(0x1056, "Portable Device", 1)
AP_SETUP_LOCKED = _attribute(0x1057, "AP Setup Locked", BOOL, 1)
APPLICATION_EXTENSION = _attribute(0x1058, "Application Extension", OCTETS, 16, 512)
EAP_TYPE = _unused(0x1059, "EAP Type", 0, 8)
INITIALIZATION_VECTOR = _unused(0x1060, "Initialization Vector", 32)
KEY_PROVIDED_AUTOMATICALLY = _unused(0x1061, "Key Provided Automatically", 1)
DOT1X_ENABLED = _unused(0x1062, "802.1X Enabled", 1)
APP_SESSION_KEY = _unused(0x1063, "AppSessionKey", 0, 128)
WEP_TRANSMIT_KEY = _unused(0x1064, "WEP Transmit Key", 1)
REQUESTED_DEVICE_TYPE = _attribute(0x106A, "Requested Device Type", OCTETS, 8)
EXTENSIBILITY_TEST = _unused(0x10FA, "Extensibility Test", 1)
