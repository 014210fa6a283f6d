"""What both ends of a WSC registration share: inputs, outputs, events, and how a message is read.

A registration ends with `Finished`. `Failed` comes earlier, at the moment that an end finds the
failure or is told of it, and only for failures that have a message number; owners render it as
`WPS-FAIL msg=…`. A registration that ends without success and without `Failed` has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.base.errors import WireError
from harness.base.event import declare
from harness.crypto import wsc as crypto
from harness.crypto.wsc import WscKeys
from harness.proto.machine import LocalInput, Notify, Output, PeerInput
from harness.wire.eap import OpCode
from harness.wire.wsc.device import ConfigurationError, ErrorIndication
from harness.wire.wsc.extension import VERSION2
from harness.wire.wsc.messages import (
    M1,
    MESSAGES,
    IncompleteMessage,
    Message,
    WscNack,
    decode_message,
)
from harness.wire.wsc.settings import Credential
from harness.wire.wsc.version import at_version

KEYS_DERIVED = declare("wsc.keys.derived", "the keys of a registration, and its nonces, as hex")
MESSAGE_SENT = declare("wsc.message.sent", "a WSC message was handed to EAP; its name and type")
MESSAGE_RECEIVED = declare("wsc.message.received", "a WSC message came; its name and type")
M2D_RECEIVED = declare("wsc.m2d.received", "the Registrar can't register this Enrollee now")

NO_ERROR = int(ConfigurationError.NO_ERROR)
NONCE_OCTETS = 16


# ---- inputs -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WscStart(LocalInput):
    """EAP-WSC begins: a peer received WSC_Start, or a server chose the method."""


@dataclass(frozen=True, slots=True)
class Cancel(LocalInput):
    """The owner gives the registration up."""


@dataclass(frozen=True, slots=True)
class WscReceived(PeerInput):
    """A whole WSC message came under this Op-Code."""

    op_code: int
    octets: bytes


# ---- outputs ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WscSend(Output):
    """Send a whole WSC message (empty for WSC_Start) under this Op-Code."""

    op_code: int
    octets: bytes


@dataclass(frozen=True, slots=True)
class CredentialsReceived(Output):
    """What the Registrar gave, cleaned up and acceptable; each keeps its received octets."""

    credentials: tuple[Credential, ...]


@dataclass(frozen=True, slots=True)
class SettingsReceived(Output):
    """A Registrar gave an access point new settings, cleaned up and acceptable.

    `settings.octets`: the settings as received, decrypted, with their Key Wrap Authenticator.
    """

    settings: Credential


@dataclass(frozen=True, slots=True)
class Failed(Output):
    """The registration failed at this message.

    `message`: a Message Type. `config_error`: Configuration Error. `reason`: `ErrorIndication`.
    """

    message: int
    config_error: int
    reason: int = ErrorIndication.NO_ERROR


@dataclass(frozen=True, slots=True)
class Finished(Output):
    """The registration is over. `message` and `config_error`: those of the last `Failed`, if any.

    `m1`: what the peer said of itself, at a Registrar.
    """

    success: bool
    message: int | None = None
    config_error: int | None = None
    m1: M1 | None = None


# ---- what an owner answers ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Password:
    """The device password that the other end must know; ASCII digits."""

    octets: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The owner's no. `config_error`: the Configuration Error to answer with."""

    config_error: int = NO_ERROR


# ---- reading ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Came(PeerInput):
    """Base of a message that was read; one class a message, so that tables can name them."""

    message: Message


class M1Came(Came):
    """M1."""


class M2Came(Came):
    """M2."""


class M2DCame(Came):
    """M2D."""


class M3Came(Came):
    """M3."""


class M4Came(Came):
    """M4."""


class M5Came(Came):
    """M5."""


class M6Came(Came):
    """M6."""


class M7Came(Came):
    """M7."""


class M8Came(Came):
    """M8."""


class AckCame(Came):
    """WSC_ACK."""


class NackCame(Came):
    """WSC_NACK."""


class DoneCame(Came):
    """WSC_Done."""


@dataclass(frozen=True, slots=True)
class IncompleteCame(PeerInput):
    """A message that lacks a mandatory attribute, or its Message Type."""

    lacking: IncompleteMessage


@dataclass(frozen=True, slots=True)
class UnreadableCame(PeerInput):
    """Octets that are no WSC message, or one under the wrong Op-Code."""

    error: WireError = field(compare=False)


_CAME: dict[str, type[Came]] = {
    "M1": M1Came,
    "M2": M2Came,
    "M2D": M2DCame,
    "M3": M3Came,
    "M4": M4Came,
    "M5": M5Came,
    "M6": M6Came,
    "M7": M7Came,
    "M8": M8Came,
    "WSC_ACK": AckCame,
    "WSC_NACK": NackCame,
    "WSC_Done": DoneCame,
}

OP_CODES: Mapping[str, int] = dict.fromkeys(_CAME, OpCode.MSG) | {
    "WSC_ACK": OpCode.ACK,
    "WSC_NACK": OpCode.NACK,
    "WSC_Done": OpCode.DONE,
}
"""The Op-Code under which each message goes."""


def classify(given: WscReceived) -> PeerInput:
    """Read a received message into the input that the tables name; raises nothing."""
    try:
        message = decode_message(given.octets)
    except IncompleteMessage as lacking:
        return IncompleteCame(lacking)
    except WireError as error:
        return UnreadableCame(error)
    if OP_CODES[message.name] != given.op_code:
        return UnreadableCame(WireError(f"{message.name} under Op-Code {given.op_code}"))
    return _CAME[message.name](message)


def received(given: PeerInput) -> tuple[Output, ...]:
    """Make the event of a message that was read, whole or incomplete."""
    if isinstance(given, Came):
        fields = {"name": given.message.name, "type": given.message.message_type}
        return (Notify(MESSAGE_RECEIVED, fields),)
    if isinstance(given, IncompleteCame) and given.lacking.message_type is not None:
        kind = given.lacking.message_type
        return (Notify(MESSAGE_RECEIVED, {"name": MESSAGES[kind].NAME, "type": kind}),)
    return ()


def send(message: Message, octets: bytes) -> tuple[Output, ...]:
    """Send an encoded message, and say so."""
    fields = {"name": message.name, "type": message.message_type}
    return WscSend(OP_CODES[message.name], octets), Notify(MESSAGE_SENT, fields)


def say(message: Message, version: int = VERSION2) -> tuple[Output, ...]:
    """Send a message without Authenticator. `version`: see `harness.wire.wsc.version`."""
    message = at_version(message, version)
    return send(message, message.encode())


def nack(
    enrollee_nonce: bytes, registrar_nonce: bytes, config_error: int, version: int = VERSION2
) -> tuple[Output, ...]:
    """Send a WSC_NACK."""
    message = WscNack(
        enrollee_nonce=enrollee_nonce,
        registrar_nonce=registrar_nonce,
        configuration_error=config_error,
    )
    return say(message, version)


def keys_derived(keys: WscKeys, enrollee_nonce: bytes, registrar_nonce: bytes) -> Notify:
    """Tell the evidence what opens this registration's Encrypted Settings."""
    return Notify(
        KEYS_DERIVED,
        {
            "enrollee_nonce": enrollee_nonce.hex(),
            "registrar_nonce": registrar_nonce.hex(),
            "auth_key": keys.auth_key.hex(),
            "key_wrap_key": keys.key_wrap_key.hex(),
        },
    )


@dataclass(slots=True)
class Secrets:
    """What one end knows once the keys are derived. `own` is the end's own pair of nonces."""

    keys: WscKeys = field(repr=False)
    psk1: bytes = field(repr=False)
    psk2: bytes = field(repr=False)
    own: tuple[bytes, bytes] = field(repr=False)
    enrollee_key: bytes
    registrar_key: bytes

    def hashes(self) -> tuple[bytes, bytes]:
        """Compute this end's two commitments."""
        return self._hash(self.own[0], self.psk1), self._hash(self.own[1], self.psk2)

    def proves_first(self, snonce: bytes, commitment: bytes) -> bool:
        """Tell whether the peer knew the first half of the device password."""
        return crypto.same(self._hash(snonce, self.psk1), commitment)

    def proves_second(self, snonce: bytes, commitment: bytes) -> bool:
        """Tell whether the peer knew the second half of the device password."""
        return crypto.same(self._hash(snonce, self.psk2), commitment)

    def _hash(self, snonce: bytes, psk: bytes) -> bytes:
        return crypto.commitment(
            self.keys.auth_key, snonce, psk, self.enrollee_key, self.registrar_key
        )
