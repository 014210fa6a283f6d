"""What Encrypted Settings hold, and Credentials (wsc-protocol §6).

The Key Wrap Authenticator that ends the plaintext is put on and taken off by
`harness.crypto.wsc`; the octets here are those before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, TypeAlias

from harness.base.address import MacAddress
from harness.wire.wsc import attributes as a
from harness.wire.wsc.attributes import CREDENTIAL, encode_attribute
from harness.wire.wsc.declare import REPEATED, WFA, AttributeSet, declares
from harness.wire.wsc.device import MessageType
from harness.wire.wsc.extension import WfaExtension


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class Credential(AttributeSet):
    """The contents of a Credential attribute: how to join one network.

    `network_key`: a passphrase's octets, or 64 hex digits of a PSK; empty for an open network,
    None when the attribute is absent. A decoded one keeps its `octets`, also through
    `dataclasses.replace`.
    """

    CLAUSE: ClassVar[str] = "WSC 2.0: Credential"

    network_index: Annotated[int, a.NETWORK_INDEX]
    ssid: Annotated[bytes, a.SSID]
    authentication_type: Annotated[int, a.AUTHENTICATION_TYPE]
    encryption_type: Annotated[int, a.ENCRYPTION_TYPE]
    network_key: Annotated[bytes | None, a.NETWORK_KEY] = field(default=None, repr=False)
    mac_address: Annotated[MacAddress, a.MAC_ADDRESS]
    network_key_index: Annotated[int | None, a.NETWORK_KEY_INDEX] = None
    wfa: Annotated[WfaExtension | None, WFA] = None

    def attribute(self) -> bytes:
        """Give the whole Credential attribute: as received, or encoded if it was made here."""
        return encode_attribute(CREDENTIAL, self.octets or self.encode())


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class M4Settings(AttributeSet):
    """Encrypted Settings of M4."""

    CLAUSE: ClassVar[str] = "WSC 2.0: M4 Encrypted Settings"

    r_snonce1: Annotated[bytes, a.R_SNONCE1] = field(repr=False)


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class M5Settings(AttributeSet):
    """Encrypted Settings of M5."""

    CLAUSE: ClassVar[str] = "WSC 2.0: M5 Encrypted Settings"

    e_snonce1: Annotated[bytes, a.E_SNONCE1] = field(repr=False)


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class M6Settings(AttributeSet):
    """Encrypted Settings of M6."""

    CLAUSE: ClassVar[str] = "WSC 2.0: M6 Encrypted Settings"

    r_snonce2: Annotated[bytes, a.R_SNONCE2] = field(repr=False)


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class M7Settings(AttributeSet):
    """Encrypted Settings of M7; the settings after the nonce only where the Enrollee is an AP."""

    CLAUSE: ClassVar[str] = "WSC 2.0: M7 Encrypted Settings"

    e_snonce2: Annotated[bytes, a.E_SNONCE2] = field(repr=False)
    ssid: Annotated[bytes | None, a.SSID] = None
    mac_address: Annotated[MacAddress | None, a.MAC_ADDRESS] = None
    authentication_type: Annotated[int | None, a.AUTHENTICATION_TYPE] = None
    encryption_type: Annotated[int | None, a.ENCRYPTION_TYPE] = None
    network_key_index: Annotated[int | None, a.NETWORK_KEY_INDEX] = None
    network_key: Annotated[bytes | None, a.NETWORK_KEY] = field(default=None, repr=False)
    wfa: Annotated[WfaExtension | None, WFA] = None


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class ApSettings(AttributeSet):
    """What an access point says in M7 of its network, behind the nonce."""

    CLAUSE: ClassVar[str] = "WSC 2.0: M7 Encrypted Settings"

    ssid: Annotated[bytes, a.SSID]
    mac_address: Annotated[MacAddress, a.MAC_ADDRESS]
    authentication_type: Annotated[int, a.AUTHENTICATION_TYPE]
    encryption_type: Annotated[int, a.ENCRYPTION_TYPE]
    network_key: Annotated[bytes, a.NETWORK_KEY] = field(repr=False)


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class M8Settings(AttributeSet):
    """Encrypted Settings of M8 (and of M2 in a connection handover).

    `credentials`: the values of the Credential attributes, at most ten; each is read on its own
    (`Credential.decode`), as one bad Credential does not spoil the others. The fields after it
    are the settings for an AP that enrols.
    """

    CLAUSE: ClassVar[str] = "WSC 2.0: M8 Encrypted Settings"

    credentials: Annotated[tuple[bytes, ...], CREDENTIAL, REPEATED] = field(
        default=(), repr=False
    )
    network_index: Annotated[int | None, a.NETWORK_INDEX] = None
    ssid: Annotated[bytes | None, a.SSID] = None
    authentication_type: Annotated[int | None, a.AUTHENTICATION_TYPE] = None
    encryption_type: Annotated[int | None, a.ENCRYPTION_TYPE] = None
    network_key_index: Annotated[int | None, a.NETWORK_KEY_INDEX] = None
    network_key: Annotated[bytes | None, a.NETWORK_KEY] = field(default=None, repr=False)
    mac_address: Annotated[MacAddress | None, a.MAC_ADDRESS] = None
    wfa: Annotated[WfaExtension | None, WFA] = None


Settings: TypeAlias = M4Settings | M5Settings | M6Settings | M7Settings | M8Settings

SETTINGS: dict[int, type[Settings]] = {
    MessageType.M2: M8Settings,
    MessageType.M4: M4Settings,
    MessageType.M5: M5Settings,
    MessageType.M6: M6Settings,
    MessageType.M7: M7Settings,
    MessageType.M8: M8Settings,
}


def decode_settings(message_type: int, plaintext: bytes) -> Settings:
    """Read the decrypted settings of a message of this type. Raises `WireError`."""
    return SETTINGS[message_type].decode(plaintext)
