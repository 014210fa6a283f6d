"""What a WSC device says of itself, and the code points of WSC (wsc-protocol §2, §3)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Any, Final, TypedDict

from harness.base.errors import ConfigError


class MessageType(IntEnum):
    """Message Type attribute."""

    BEACON = 0x01
    PROBE_REQUEST = 0x02
    PROBE_RESPONSE = 0x03
    M1 = 0x04
    M2 = 0x05
    M2D = 0x06
    M3 = 0x07
    M4 = 0x08
    M5 = 0x09
    M6 = 0x0A
    M7 = 0x0B
    M8 = 0x0C
    WSC_ACK = 0x0D
    WSC_NACK = 0x0E
    WSC_DONE = 0x0F


class AuthenticationType(IntFlag):
    """Authentication Type and its Flags."""

    OPEN = 0x0001
    WPA_PSK = 0x0002
    SHARED = 0x0004
    WPA = 0x0008
    WPA2 = 0x0010
    WPA2_PSK = 0x0020


class EncryptionType(IntFlag):
    """Encryption Type and its Flags."""

    NONE = 0x0001
    WEP = 0x0002
    TKIP = 0x0004
    AES = 0x0008


class DevicePasswordId(IntEnum):
    """Device Password ID; 0x0010 to 0xFFFF are out-of-band tokens."""

    DEFAULT = 0
    USER_SPECIFIED = 1
    MACHINE_SPECIFIED = 2
    REKEY = 3
    PUSH_BUTTON = 4
    REGISTRAR_SPECIFIED = 5
    NFC_CONNECTION_HANDOVER = 7
    P2PS_DEFAULT = 8


PBC_PASSWORD = b"00000000"
"""The device password of a push-button run."""


class ConfigMethods(IntFlag):
    """Config Methods and Selected Registrar Config Methods."""

    USBA = 0x0001
    ETHERNET = 0x0002
    LABEL = 0x0004
    DISPLAY = 0x0008
    EXTERNAL_NFC_TOKEN = 0x0010
    INTEGRATED_NFC_TOKEN = 0x0020
    NFC_INTERFACE = 0x0040
    PUSH_BUTTON = 0x0080
    KEYPAD = 0x0100
    VIRTUAL_PUSH_BUTTON = 0x0280
    PHYSICAL_PUSH_BUTTON = 0x0480
    P2PS = 0x1000
    VIRTUAL_DISPLAY = 0x2008
    PHYSICAL_DISPLAY = 0x4008


class ConfigurationError(IntEnum):
    """Configuration Error attribute."""

    NO_ERROR = 0
    OOB_INTERFACE_READ_ERROR = 1
    DECRYPTION_CRC_FAILURE = 2
    CHANNEL_2G4_NOT_SUPPORTED = 3
    CHANNEL_5G_NOT_SUPPORTED = 4
    SIGNAL_TOO_WEAK = 5
    NETWORK_AUTH_FAILURE = 6
    NETWORK_ASSOCIATION_FAILURE = 7
    NO_DHCP_RESPONSE = 8
    FAILED_DHCP_CONFIG = 9
    IP_ADDRESS_CONFLICT = 10
    NO_CONNECTION_TO_REGISTRAR = 11
    MULTIPLE_PBC_DETECTED = 12
    ROGUE_ACTIVITY_SUSPECTED = 13
    DEVICE_BUSY = 14
    SETUP_LOCKED = 15
    MESSAGE_TIMEOUT = 16
    REGISTRATION_SESSION_TIMEOUT = 17
    DEVICE_PASSWORD_AUTH_FAILURE = 18
    CHANNEL_60G_NOT_SUPPORTED = 19
    PUBLIC_KEY_HASH_MISMATCH = 20


class ErrorIndication(IntEnum):
    """Why credentials were refused; for events only, never on the air."""

    NO_ERROR = 0
    TKIP_ONLY_PROHIBITED = 1
    WEP_PROHIBITED = 2
    AUTHENTICATION_FAILURE = 3


INDICATIONS: Final[Mapping[object, str]] = {
    ErrorIndication.TKIP_ONLY_PROHIBITED: "TKIP Only Prohibited",
    ErrorIndication.WEP_PROHIBITED: "WEP Prohibited",
    ErrorIndication.AUTHENTICATION_FAILURE: "Authentication Failure",
}
"""In the words of the control interfaces."""


class RfBands(IntFlag):
    """RF Bands attribute."""

    BAND_2G4 = 0x01
    BAND_5G = 0x02
    BAND_60G = 0x04


class WpsState(IntEnum):
    """Wi-Fi Protected Setup State attribute."""

    UNCONFIGURED = 1
    CONFIGURED = 2


class RequestType(IntEnum):
    """Request Type attribute."""

    ENROLLEE_INFO = 0
    ENROLLEE = 1
    REGISTRAR = 2
    WLAN_MANAGER_REGISTRAR = 3


class ResponseType(IntEnum):
    """Response Type attribute."""

    ENROLLEE_INFO = 0
    ENROLLEE = 1
    REGISTRAR = 2
    AP = 3


CONNECTION_TYPE_ESS = 0x01
OS_VERSION_SENT = 0x80000000
"""The bit that OS Version always has on the air."""


def rf_band(frequency: int) -> RfBands:
    """Tell the band of a channel's frequency in MHz."""
    if frequency > 50000:
        return RfBands.BAND_60G
    return RfBands.BAND_5G if frequency > 4000 else RfBands.BAND_2G4


class DeviceFields(TypedDict):
    """What the classes of messages and elements call the attributes of a device."""

    manufacturer: str
    model_name: str
    model_number: str
    serial_number: str
    primary_device_type: bytes
    device_name: str


@dataclass(frozen=True, slots=True)
class DeviceAttributes:
    """The six attributes that describe a device.

    `primary_device_type`: 8 octets (category, OUI and type, subcategory). Longest lengths in
    octets: `manufacturer` 64, the other texts 32.
    """

    manufacturer: str = ""
    model_name: str = ""
    model_number: str = ""
    serial_number: str = ""
    primary_device_type: bytes = bytes(8)
    device_name: str = ""

    @classmethod
    def configured(cls, values: Mapping[str, Any]) -> DeviceAttributes:
        """Take them from the values of a configuration file, by the names that they have there."""
        return cls(
            manufacturer=values.get("manufacturer", ""),
            model_name=values.get("model_name", ""),
            model_number=values.get("model_number", ""),
            serial_number=values.get("serial_number", ""),
            primary_device_type=values.get("device_type", bytes(8)),
            device_name=values.get("device_name", ""),
        )

    def on_air(self) -> DeviceFields:
        """Give the attributes as a message has them: an empty text is one space."""
        return DeviceFields(
            manufacturer=self.manufacturer or " ",
            model_name=self.model_name or " ",
            model_number=self.model_number or " ",
            serial_number=self.serial_number or " ",
            primary_device_type=self.primary_device_type,
            device_name=self.device_name or " ",
        )


_DEVICE_TYPE = re.compile(r"(\d{1,5})-([0-9A-Fa-f]{8})-(\d{1,5})")


def device_type(text: str) -> bytes:
    """Read `category-OUIhex-subcategory`, as in `6-0050F204-1`, into its 8 octets.

    Raises `ConfigError` for any other form.
    """
    match = _DEVICE_TYPE.fullmatch(text)
    if match is None or max(int(match[1]), int(match[3])) > 0xFFFF:
        raise ConfigError(f"not a device type: {text!r}")
    category, subcategory = int(match[1]), int(match[3])
    return category.to_bytes(2, "big") + bytes.fromhex(match[2]) + subcategory.to_bytes(2, "big")


def device_type_text(octets: bytes) -> str:
    """Write a device type's 8 octets as text, the OUI in upper-case hex."""
    category = int.from_bytes(octets[:2], "big")
    return f"{category}-{octets[2:6].hex().upper()}-{int.from_bytes(octets[6:8], 'big')}"


_UUID_NAMESPACE = bytes.fromhex("526480f8c99b4be5a65558ed5f5d6084")


def uuid_from_mac(mac: bytes) -> bytes:
    """Derive a device's UUID (16 octets) from its MAC address: version 5 of RFC 9562."""
    digest = bytearray(hashlib.sha1(_UUID_NAMESPACE + mac, usedforsecurity=False).digest()[:16])
    digest[6] = 0x50 | digest[6] & 0x0F
    digest[8] = 0x80 | digest[8] & 0x3F
    return bytes(digest)


def uuid_text(octets: bytes) -> str:
    """Write 16 octets as lower-case `8-4-4-4-12`."""
    text = octets.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
