"""WSC messages M1 to M8, M2D, WSC_ACK, WSC_NACK and WSC_Done (wsc-protocol §6).

Each class declares its attributes once, in the order in which senders put them. `encode` takes
everything from the fields; a message that carries an Authenticator is made without it and closed
by `seal`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, ClassVar, TypeAlias

from harness.base.address import MacAddress
from harness.base.errors import BadValue, MissingAttribute
from harness.wire.wsc import attributes as a
from harness.wire.wsc.attributes import (
    AUTHENTICATOR,
    MESSAGE_TYPE,
    RawAttribute,
    encode_attribute,
    split,
)
from harness.wire.wsc.declare import (
    MANDATORY,
    REPEATED,
    TOLERATED,
    WFA,
    AttributeSet,
    declares,
)
from harness.wire.wsc.device import DeviceAttributes
from harness.wire.wsc.device import MessageType as T
from harness.wire.wsc.extension import VERSION2_ONLY, WfaExtension

VERSION = 0x10
AUTHENTICATOR_OCTETS = 12
"""Size of the whole Authenticator attribute at the end of a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WscMessage(AttributeSet):
    """Base of all messages: every one begins with Version and Message Type."""

    version: Annotated[int | None, a.VERSION, TOLERATED] = VERSION
    message_type: Annotated[int, MESSAGE_TYPE] = 0

    NAME: ClassVar[str]

    @property
    def name(self) -> str:
        """The message's standard name, such as `M1` or `WSC_NACK`."""
        return self.NAME


def _device(message: M1 | M2 | M2D) -> DeviceAttributes:
    return DeviceAttributes(
        message.manufacturer,
        message.model_name,
        message.model_number,
        message.serial_number,
        message.primary_device_type,
        message.device_name,
    )


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class M1(WscMessage):
    """Enrollee to Registrar: who I am, my public key and nonce."""

    NAME: ClassVar[str] = "M1"
    CLAUSE: ClassVar[str] = "WSC 2.0: M1"

    message_type: Annotated[int, MESSAGE_TYPE] = T.M1
    uuid_e: Annotated[bytes, a.UUID_E]
    mac_address: Annotated[MacAddress, a.MAC_ADDRESS]
    enrollee_nonce: Annotated[bytes, a.ENROLLEE_NONCE]
    public_key: Annotated[bytes, a.PUBLIC_KEY]
    authentication_type_flags: Annotated[int, a.AUTHENTICATION_TYPE_FLAGS]
    encryption_type_flags: Annotated[int, a.ENCRYPTION_TYPE_FLAGS]
    connection_type_flags: Annotated[int, a.CONNECTION_TYPE_FLAGS]
    config_methods: Annotated[int, a.CONFIG_METHODS]
    wps_state: Annotated[int, a.WPS_STATE]
    manufacturer: Annotated[str, a.MANUFACTURER]
    model_name: Annotated[str, a.MODEL_NAME]
    model_number: Annotated[str, a.MODEL_NUMBER]
    serial_number: Annotated[str, a.SERIAL_NUMBER]
    primary_device_type: Annotated[bytes, a.PRIMARY_DEVICE_TYPE]
    device_name: Annotated[str, a.DEVICE_NAME]
    rf_bands: Annotated[int, a.RF_BANDS]
    association_state: Annotated[int, a.ASSOCIATION_STATE]
    device_password_id: Annotated[int, a.DEVICE_PASSWORD_ID]
    configuration_error: Annotated[int, a.CONFIGURATION_ERROR]
    os_version: Annotated[int, a.OS_VERSION]
    wfa: Annotated[WfaExtension | None, WFA, TOLERATED] = VERSION2_ONLY
    vendor_extensions: Annotated[tuple[bytes, ...], a.VENDOR_EXTENSION, REPEATED] = ()

    @property
    def device(self) -> DeviceAttributes:
        return _device(self)

    @property
    def multi_ap(self) -> int | None:
        """The flags of the Multi-AP sub-element; None when it is absent."""
        return self.wfa.multi_ap if self.wfa else None


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class M2(WscMessage):
    """Registrar to Enrollee: who I am, my public key and nonce."""

    NAME: ClassVar[str] = "M2"
    CLAUSE: ClassVar[str] = "WSC 2.0: M2"

    message_type: Annotated[int, MESSAGE_TYPE] = T.M2
    enrollee_nonce: Annotated[bytes, a.ENROLLEE_NONCE]
    registrar_nonce: Annotated[bytes, a.REGISTRAR_NONCE]
    uuid_r: Annotated[bytes, a.UUID_R]
    public_key: Annotated[bytes, a.PUBLIC_KEY]
    authentication_type_flags: Annotated[int | None, a.AUTHENTICATION_TYPE_FLAGS, TOLERATED]
    encryption_type_flags: Annotated[int | None, a.ENCRYPTION_TYPE_FLAGS, TOLERATED]
    connection_type_flags: Annotated[int | None, a.CONNECTION_TYPE_FLAGS, TOLERATED]
    config_methods: Annotated[int | None, a.CONFIG_METHODS, TOLERATED]
    manufacturer: Annotated[str, a.MANUFACTURER]
    model_name: Annotated[str, a.MODEL_NAME]
    model_number: Annotated[str, a.MODEL_NUMBER]
    serial_number: Annotated[str, a.SERIAL_NUMBER]
    primary_device_type: Annotated[bytes, a.PRIMARY_DEVICE_TYPE]
    device_name: Annotated[str, a.DEVICE_NAME]
    rf_bands: Annotated[int | None, a.RF_BANDS, TOLERATED]
    association_state: Annotated[int | None, a.ASSOCIATION_STATE, TOLERATED]
    configuration_error: Annotated[int | None, a.CONFIGURATION_ERROR, TOLERATED]
    device_password_id: Annotated[int, a.DEVICE_PASSWORD_ID]
    os_version: Annotated[int | None, a.OS_VERSION, TOLERATED]
    wfa: Annotated[WfaExtension | None, WFA, TOLERATED] = VERSION2_ONLY
    encrypted_settings: Annotated[bytes | None, a.ENCRYPTED_SETTINGS] = None
    authenticator: Annotated[bytes | None, AUTHENTICATOR, MANDATORY] = None

    @property
    def device(self) -> DeviceAttributes:
        return _device(self)


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class M2D(WscMessage):
    """Registrar to Enrollee: I can't register you now."""

    NAME: ClassVar[str] = "M2D"
    CLAUSE: ClassVar[str] = "WSC 2.0: M2D"

    message_type: Annotated[int, MESSAGE_TYPE] = T.M2D
    enrollee_nonce: Annotated[bytes, a.ENROLLEE_NONCE]
    registrar_nonce: Annotated[bytes, a.REGISTRAR_NONCE]
    uuid_r: Annotated[bytes, a.UUID_R]
    authentication_type_flags: Annotated[int, a.AUTHENTICATION_TYPE_FLAGS]
    encryption_type_flags: Annotated[int, a.ENCRYPTION_TYPE_FLAGS]
    connection_type_flags: Annotated[int, a.CONNECTION_TYPE_FLAGS]
    config_methods: Annotated[int, a.CONFIG_METHODS]
    manufacturer: Annotated[str, a.MANUFACTURER]
    model_name: Annotated[str, a.MODEL_NAME]
    model_number: Annotated[str, a.MODEL_NUMBER]
    serial_number: Annotated[str, a.SERIAL_NUMBER]
    primary_device_type: Annotated[bytes, a.PRIMARY_DEVICE_TYPE]
    device_name: Annotated[str, a.DEVICE_NAME]
    rf_bands: Annotated[int, a.RF_BANDS]
    association_state: Annotated[int, a.ASSOCIATION_STATE]
    configuration_error: Annotated[int, a.CONFIGURATION_ERROR]
    os_version: Annotated[int, a.OS_VERSION]
    wfa: Annotated[WfaExtension | None, WFA, TOLERATED] = VERSION2_ONLY

    @property
    def device(self) -> DeviceAttributes:
        return _device(self)


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class M3(WscMessage):
    """Enrollee to Registrar: my commitments to the device password."""

    NAME: ClassVar[str] = "M3"
    CLAUSE: ClassVar[str] = "WSC 2.0: M3"

    message_type: Annotated[int, MESSAGE_TYPE] = T.M3
    registrar_nonce: Annotated[bytes, a.REGISTRAR_NONCE]
    e_hash1: Annotated[bytes, a.E_HASH1]
    e_hash2: Annotated[bytes, a.E_HASH2]
    wfa: Annotated[WfaExtension | None, WFA, TOLERATED] = VERSION2_ONLY
    authenticator: Annotated[bytes | None, AUTHENTICATOR, MANDATORY] = None


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class M4(WscMessage):
    """Registrar to Enrollee: my commitments, and proof of the password's first half."""

    NAME: ClassVar[str] = "M4"
    CLAUSE: ClassVar[str] = "WSC 2.0: M4"

    message_type: Annotated[int, MESSAGE_TYPE] = T.M4
    enrollee_nonce: Annotated[bytes, a.ENROLLEE_NONCE]
    r_hash1: Annotated[bytes, a.R_HASH1]
    r_hash2: Annotated[bytes, a.R_HASH2]
    encrypted_settings: Annotated[bytes, a.ENCRYPTED_SETTINGS]
    wfa: Annotated[WfaExtension | None, WFA, TOLERATED] = VERSION2_ONLY
    authenticator: Annotated[bytes | None, AUTHENTICATOR, MANDATORY] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _FromEnrollee(WscMessage):
    registrar_nonce: Annotated[bytes, a.REGISTRAR_NONCE]
    encrypted_settings: Annotated[bytes, a.ENCRYPTED_SETTINGS]
    wfa: Annotated[WfaExtension | None, WFA, TOLERATED] = VERSION2_ONLY
    authenticator: Annotated[bytes | None, AUTHENTICATOR, MANDATORY] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _FromRegistrar(WscMessage):
    enrollee_nonce: Annotated[bytes, a.ENROLLEE_NONCE]
    encrypted_settings: Annotated[bytes, a.ENCRYPTED_SETTINGS]
    wfa: Annotated[WfaExtension | None, WFA, TOLERATED] = VERSION2_ONLY
    authenticator: Annotated[bytes | None, AUTHENTICATOR, MANDATORY] = None


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class M5(_FromEnrollee):
    """Enrollee to Registrar: proof of the password's first half."""

    NAME: ClassVar[str] = "M5"
    CLAUSE: ClassVar[str] = "WSC 2.0: M5"
    message_type: Annotated[int, MESSAGE_TYPE] = T.M5


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class M6(_FromRegistrar):
    """Registrar to Enrollee: proof of the password's second half."""

    NAME: ClassVar[str] = "M6"
    CLAUSE: ClassVar[str] = "WSC 2.0: M6"
    message_type: Annotated[int, MESSAGE_TYPE] = T.M6


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class M7(_FromEnrollee):
    """Enrollee to Registrar: proof of the second half, and an access point's settings."""

    NAME: ClassVar[str] = "M7"
    CLAUSE: ClassVar[str] = "WSC 2.0: M7"
    message_type: Annotated[int, MESSAGE_TYPE] = T.M7


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class M8(_FromRegistrar):
    """Registrar to Enrollee: the credentials."""

    NAME: ClassVar[str] = "M8"
    CLAUSE: ClassVar[str] = "WSC 2.0: M8"
    message_type: Annotated[int, MESSAGE_TYPE] = T.M8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer(WscMessage):
    enrollee_nonce: Annotated[bytes, a.ENROLLEE_NONCE]
    registrar_nonce: Annotated[bytes, a.REGISTRAR_NONCE]


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class WscAck(_Answer):
    """Either to the other: received, nothing to say."""

    NAME: ClassVar[str] = "WSC_ACK"
    CLAUSE: ClassVar[str] = "WSC 2.0: WSC_ACK"

    message_type: Annotated[int, MESSAGE_TYPE] = T.WSC_ACK
    wfa: Annotated[WfaExtension | None, WFA, TOLERATED] = VERSION2_ONLY


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class WscNack(_Answer):
    """Either to the other: I give up, for this reason."""

    NAME: ClassVar[str] = "WSC_NACK"
    CLAUSE: ClassVar[str] = "WSC 2.0: WSC_NACK"

    message_type: Annotated[int, MESSAGE_TYPE] = T.WSC_NACK
    configuration_error: Annotated[int, a.CONFIGURATION_ERROR]
    wfa: Annotated[WfaExtension | None, WFA, TOLERATED] = VERSION2_ONLY


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class WscDone(_Answer):
    """Enrollee to Registrar: credentials received."""

    NAME: ClassVar[str] = "WSC_Done"
    CLAUSE: ClassVar[str] = "WSC 2.0: WSC_Done"

    message_type: Annotated[int, MESSAGE_TYPE] = T.WSC_DONE
    wfa: Annotated[WfaExtension | None, WFA, TOLERATED] = VERSION2_ONLY


Message: TypeAlias = M1 | M2 | M2D | M3 | M4 | M5 | M6 | M7 | M8 | WscAck | WscNack | WscDone

MESSAGES: dict[int, type[Message]] = {
    T.M1: M1,
    T.M2: M2,
    T.M2D: M2D,
    T.M3: M3,
    T.M4: M4,
    T.M5: M5,
    T.M6: M6,
    T.M7: M7,
    T.M8: M8,
    T.WSC_ACK: WscAck,
    T.WSC_NACK: WscNack,
    T.WSC_DONE: WscDone,
}


class IncompleteMessage(MissingAttribute):
    """A message that can be read, but lacks a mandatory attribute.

    `message_type` is None when it is the Message Type that is missing. `raw`: what is there, so
    that a receiver can still look at the nonces.
    """

    def __init__(self, lacking: MissingAttribute, message_type: int | None, octets: bytes) -> None:
        """Raises `WireError` when the octets are no attributes at all."""
        super().__init__(lacking.message, offset=lacking.offset, clause=lacking.clause)
        self.message_type = message_type
        self.raw: tuple[RawAttribute, ...] = split(octets)

    def value(self, ident: int) -> bytes | None:
        """Give the value of the last attribute with this identifier, None if there is none."""
        return next((raw.value for raw in reversed(self.raw) if raw.id == ident), None)


def message_type(octets: bytes) -> int | None:
    """Give the value of the last Message Type attribute, None if there is none.

    Looks no closer at the octets than that needs; a decoder finds what else is wrong.
    """
    found = None
    offset = 0
    while offset + 4 <= len(octets):
        length = octets[offset + 2] << 8 | octets[offset + 3]
        if octets[offset : offset + 4] == _TYPE:
            found = octets[offset + 4 : offset + 5]
        offset += 4 + length
    return found[0] if found else None


_TYPE = encode_attribute(MESSAGE_TYPE, b"\0")[:4]


def decode_message(octets: bytes) -> Message:
    """Read a WSC message; it keeps its `octets`.

    Raises `IncompleteMessage` when a mandatory attribute or the Message Type is absent, `BadValue`
    for an unknown Message Type, other `WireError`s when the octets are invalid as a whole.
    """
    # Every known sender puts the Message Type second, and once; the slow way serves the others.
    alone = octets.find(_TYPE) == 5 == octets.rfind(_TYPE) and len(octets) > 9
    kind = octets[9] if alone else message_type(octets)
    if kind is None:
        lacking = MissingAttribute("no Message Type", offset=len(octets), clause=a.CLAUSE)
        raise IncompleteMessage(lacking, None, octets)
    cls = MESSAGES.get(kind)
    if cls is None:
        raise BadValue(f"Message Type {kind}", clause=a.CLAUSE)
    try:
        return cls.decode(octets)
    except MissingAttribute as lacking:
        raise IncompleteMessage(lacking, kind, octets) from lacking


def seal(message: Message, sign: Callable[[bytes], bytes]) -> bytes:
    """Encode a message and close it with its Authenticator.

    `sign` gets the octets before the Authenticator and gives the 8 octets of its value. The
    message must not have one already.
    """
    octets = message.encode()
    return octets + encode_attribute(AUTHENTICATOR, sign(octets))


def covered(octets: bytes) -> bytes:
    """Give the part of a received message that its Authenticator covers: all but the last 12."""
    return octets[:-AUTHENTICATOR_OCTETS]
