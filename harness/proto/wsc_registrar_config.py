"""What a Registrar is told by its owner, and what it says of itself (wsc-protocol §6, ap.md §6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from harness.crypto import dh
from harness.proto.wsc_run import NO_ERROR, Password, Refusal
from harness.wire.wsc.device import (
    CONNECTION_TYPE_ESS,
    OS_VERSION_SENT,
    AuthenticationType,
    DeviceAttributes,
)
from harness.wire.wsc.extension import VERSION2
from harness.wire.wsc.messages import M1, M2, M2D
from harness.wire.wsc.settings import Credential


class RegistrarPolicy(Protocol):
    """What a Registrar asks its owner. Pure: the answers follow from the owner's present state."""

    def password_for(self, m1: M1) -> Password | Refusal:
        """Give the password to expect; a refusal is answered by M2D."""
        ...

    def still_allowed(self, m1: M1) -> Refusal | None:
        """Say before M4, M6 and M8 whether the run must end after all, by WSC_NACK."""
        ...

    def credentials_for(self, m1: M1) -> tuple[Credential, ...] | Refusal:
        """Give what goes into M8; a refusal ends the run without M8."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrarConfig:
    """What a Registrar says of itself, and what it is for.

    `uuid`: 16 octets. `authentication_types` and `encryption_types`: the flags of M2.
    `os_version`: without the top bit. `extra_settings`: attributes as octets that follow the
    Credentials in M8. `key_pair`: a fixed one, else one is drawn. `target`: for an Enrollee that
    is an access point, which speaks first. `version`: what Version2 says, see
    `harness.wire.wsc.version`.
    """

    uuid: bytes
    device: DeviceAttributes
    config_methods: int
    rf_bands: int
    authentication_types: int = 0x0023
    encryption_types: int = 0x000D
    os_version: int = 0
    extra_settings: bytes = field(default=b"", repr=False)
    key_pair: dh.KeyPair | None = None
    target: ApTarget | None = None
    version: int = VERSION2


@dataclass(frozen=True, slots=True)
class ApTarget:
    """What is wanted of an access point: to know its settings, or to give it new ones.

    `settings`: the new ones, whose `mac_address` does not count; None to learn.
    """

    settings: Credential | None = None


def common_types(m1: M1, authentication: int, encryption: int) -> tuple[int, int]:
    """Intersect what the Enrollee supports with what the network does (ap.md §6).

    An Enrollee that claims WPA2 and WPA-PSK but not WPA2-PSK is taken to mean WPA2-PSK, one that
    shares nothing with the network to support all of it.
    """
    theirs = m1.authentication_type_flags
    if theirs & AuthenticationType.WPA2 and theirs & AuthenticationType.WPA_PSK:
        theirs |= AuthenticationType.WPA2_PSK
    return (
        theirs & authentication or authentication,
        m1.encryption_type_flags & encryption or encryption,
    )


def m2_message(config: RegistrarConfig, m1: M1, nonce: bytes, public_key: bytes) -> M2:
    """The M2 that answers `m1`. `nonce`: ours, 16 octets. `public_key`: 192 octets."""
    return M2(
        enrollee_nonce=m1.enrollee_nonce,
        registrar_nonce=nonce,
        uuid_r=config.uuid,
        public_key=public_key,
        authentication_type_flags=config.authentication_types,
        encryption_type_flags=config.encryption_types,
        connection_type_flags=CONNECTION_TYPE_ESS,
        config_methods=config.config_methods,
        **config.device.on_air(),
        rf_bands=config.rf_bands,
        association_state=0,
        configuration_error=NO_ERROR,
        device_password_id=m1.device_password_id,
        os_version=OS_VERSION_SENT | config.os_version,
    )


def m2d_message(config: RegistrarConfig, m1: M1, nonce: bytes, config_error: int) -> M2D:
    """The M2D that refuses `m1`. `nonce`: ours, 16 octets."""
    return M2D(
        enrollee_nonce=m1.enrollee_nonce,
        registrar_nonce=nonce,
        uuid_r=config.uuid,
        authentication_type_flags=config.authentication_types,
        encryption_type_flags=config.encryption_types,
        connection_type_flags=CONNECTION_TYPE_ESS,
        config_methods=config.config_methods,
        **config.device.on_air(),
        rf_bands=config.rf_bands,
        association_state=0,
        configuration_error=config_error,
        os_version=OS_VERSION_SENT | config.os_version,
    )
