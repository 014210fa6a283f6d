"""The WSC Registrar: gives credentials to an Enrollee (wsc-protocol §6, ap.md §6).

One object is one registration. What it gives to whom is its owner's policy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Protocol

from harness.base.entropy import Entropy
from harness.base.errors import PeerViolation, WireError
from harness.crypto import dh
from harness.crypto import wsc as crypto
from harness.proto.machine import (
    Cell,
    Discarded,
    LocalInput,
    Notify,
    Outputs,
    PeerInput,
    Table,
    Timeout,
    take_step,
)
from harness.proto.wsc_run import (
    NO_ERROR,
    NONCE_OCTETS,
    AckCame,
    Came,
    Cancel,
    DoneCame,
    Failed,
    Finished,
    IncompleteCame,
    M1Came,
    M2Came,
    M2DCame,
    M3Came,
    M4Came,
    M5Came,
    M6Came,
    M7Came,
    M8Came,
    NackCame,
    Secrets,
    UnreadableCame,
    WscReceived,
    WscSend,
    WscStart,
    classify,
    keys_derived,
    nack,
    received,
    send,
)
from harness.wire.eap import OpCode
from harness.wire.wsc.attributes import REGISTRAR_NONCE
from harness.wire.wsc.device import (
    CONNECTION_TYPE_ESS,
    OS_VERSION_SENT,
    AuthenticationType,
    ConfigurationError,
    DeviceAttributes,
    MessageType,
)
from harness.wire.wsc.messages import (
    M1,
    M2,
    M2D,
    M3,
    M4,
    M5,
    M6,
    M7,
    M8,
    Message,
    WscAck,
    WscDone,
    WscNack,
    covered,
    seal,
)
from harness.wire.wsc.settings import (
    Credential,
    M4Settings,
    M5Settings,
    M6Settings,
    M7Settings,
    M8Settings,
)

_AUTH_FAILURE = int(ConfigurationError.DEVICE_PASSWORD_AUTH_FAILURE)
_OVERLAP = int(ConfigurationError.MULTIPLE_PBC_DETECTED)


@dataclass(frozen=True, slots=True)
class Password:
    """The device password that an Enrollee must know; ASCII digits."""

    octets: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The policy's no. `config_error`: the Configuration Error to answer with."""

    config_error: int = NO_ERROR


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
    """What a Registrar says of itself.

    `uuid`: 16 octets. `authentication_types` and `encryption_types`: the flags of M2.
    `os_version`: without the top bit. `extra_settings`: attributes as octets that follow the
    Credentials in M8. `key_pair`: a fixed one, else one is drawn.
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


class RegistrarState(Enum):
    """What the Registrar waits for."""

    EXPECT_START = auto()
    EXPECT_M1 = auto()
    EXPECT_ACK_OF_M2D = auto()
    EXPECT_M3 = auto()
    EXPECT_M5 = auto()
    EXPECT_M7 = auto()
    EXPECT_DONE = auto()
    EXPECT_END = auto()
    """We sent WSC_NACK; whatever the peer says ends it."""
    FINISHED = auto()


_S = RegistrarState
_Step = tuple[RegistrarState, Outputs]


class Registrar:
    """One registration from the Registrar's end.

    Takes `WscStart`, `WscReceived`, `Cancel` and `Timeout` (the peer's silence, which the EAP
    server measures); has no deadline of its own. `Finished` means that EAP-Failure is due.
    """

    def __init__(
        self, config: RegistrarConfig, policy: RegistrarPolicy, entropy: Entropy
    ) -> None:
        self.config = config
        self.policy = policy
        self.state = _S.EXPECT_START
        self._entropy = entropy
        self._m1: M1 | None = None
        self._nonce = bytes(NONCE_OCTETS)
        self._previous = b""
        self._secrets: Secrets | None = None
        self._e_hashes = (b"", b"")
        self._failure: Failed | None = None
        self._revealed = False

    @property
    def m1(self) -> M1 | None:
        """What the Enrollee said of itself, once it has."""
        return self._m1

    def deadline(self) -> float | None:
        return None

    def step(self, given: PeerInput | LocalInput, now: float) -> Outputs:
        outputs: Outputs = ()
        if isinstance(given, WscReceived):
            given = classify(given)
            outputs = received(given)
        following, more = take_step(self, TABLE, given, now)
        assert isinstance(following, RegistrarState)
        self.state = following
        return outputs + more

    # ---- M1 -------------------------------------------------------------------------------

    def _start(self, given: WscStart, now: float) -> _Step:
        return _S.EXPECT_M1, (WscSend(OpCode.START, b""),)

    def _take_m1(self, given: M1Came, now: float) -> _Step:
        m1 = given.message
        assert isinstance(m1, M1)
        self._m1 = m1
        answer = self.policy.password_for(m1)
        if isinstance(answer, Refusal):
            return self._send_m2d(m1, answer.config_error)
        self._nonce = self._entropy.octets(NONCE_OCTETS)
        pair = self.config.key_pair or dh.generate(self._entropy)
        try:
            secret = dh.shared(pair.private, m1.public_key)
        except PeerViolation as violation:
            return self._finish(Discarded(str(violation), violation.clause))
        keys = crypto.derive_keys(secret, m1.enrollee_nonce, m1.mac_address, self._nonce)
        own = (
            self._entropy.octets(crypto.SNONCE_OCTETS),
            self._entropy.octets(crypto.SNONCE_OCTETS),
        )
        psk1, psk2 = crypto.psk_halves(keys.auth_key, answer.octets)
        self._secrets = Secrets(keys, psk1, psk2, own, m1.public_key, pair.public)
        notice = keys_derived(keys, m1.enrollee_nonce, self._nonce)
        return _S.EXPECT_M3, (notice, *self._answer(self._m2(m1, pair.public), m1))

    def _m2(self, m1: M1, public_key: bytes) -> M2:
        config, device = self.config, self.config.device.sent()
        return M2(
            enrollee_nonce=m1.enrollee_nonce,
            registrar_nonce=self._nonce,
            uuid_r=config.uuid,
            public_key=public_key,
            authentication_type_flags=config.authentication_types,
            encryption_type_flags=config.encryption_types,
            connection_type_flags=CONNECTION_TYPE_ESS,
            config_methods=config.config_methods,
            manufacturer=device.manufacturer,
            model_name=device.model_name,
            model_number=device.model_number,
            serial_number=device.serial_number,
            primary_device_type=device.primary_device_type,
            device_name=device.device_name,
            rf_bands=config.rf_bands,
            association_state=0,
            configuration_error=NO_ERROR,
            device_password_id=m1.device_password_id,
            os_version=OS_VERSION_SENT | config.os_version,
        )

    def _send_m2d(self, m1: M1, config_error: int) -> _Step:
        config, device = self.config, self.config.device.sent()
        m2d = M2D(
            enrollee_nonce=m1.enrollee_nonce,
            registrar_nonce=self._nonce,
            uuid_r=config.uuid,
            authentication_type_flags=config.authentication_types,
            encryption_type_flags=config.encryption_types,
            connection_type_flags=CONNECTION_TYPE_ESS,
            config_methods=config.config_methods,
            manufacturer=device.manufacturer,
            model_name=device.model_name,
            model_number=device.model_number,
            serial_number=device.serial_number,
            primary_device_type=device.primary_device_type,
            device_name=device.device_name,
            rf_bands=config.rf_bands,
            association_state=0,
            configuration_error=config_error,
            os_version=OS_VERSION_SENT | config.os_version,
        )
        outputs = send(m2d, m2d.encode())
        if config_error == _OVERLAP:
            outputs = (*outputs, self._note(MessageType.M1, _OVERLAP))
        return _S.EXPECT_ACK_OF_M2D, outputs

    # ---- M3, M5, M7 -----------------------------------------------------------------------

    def _take_m3(self, given: M3Came, now: float) -> _Step:
        m3, secrets = given.message, self._secrets
        assert isinstance(m3, M3)
        assert secrets is not None
        if m3.registrar_nonce != self._nonce:
            return self._foreign(m3)
        refused = self._refused(MessageType.M3)
        if refused:
            return refused
        try:
            self._verify(m3, m3.authenticator)
        except PeerViolation:
            return self._fail(MessageType.M3, NO_ERROR)
        self._e_hashes = (m3.e_hash1, m3.e_hash2)
        r_hash1, r_hash2 = secrets.hashes()
        m4 = M4(
            enrollee_nonce=self._peer().enrollee_nonce,
            r_hash1=r_hash1,
            r_hash2=r_hash2,
            encrypted_settings=self._wrap(M4Settings(r_snonce1=secrets.own[0]).encode()),
        )
        return _S.EXPECT_M5, self._answer(m4, m3)

    def _take_m5(self, given: M5Came, now: float) -> _Step:
        m5, secrets = given.message, self._secrets
        assert isinstance(m5, M5)
        assert secrets is not None
        if m5.registrar_nonce != self._nonce:
            return self._foreign(m5)
        refused = self._refused(MessageType.M5)
        if refused:
            return refused
        try:
            settings = M5Settings.decode(self._open(m5, m5.encrypted_settings, m5.authenticator))
        except (PeerViolation, WireError):
            return self._fail(MessageType.M5, NO_ERROR)
        if not secrets.proves_first(settings.e_snonce1, self._e_hashes[0]):
            return self._fail(MessageType.M5, _AUTH_FAILURE)
        m6 = M6(
            enrollee_nonce=self._peer().enrollee_nonce,
            encrypted_settings=self._wrap(M6Settings(r_snonce2=secrets.own[1]).encode()),
        )
        self._revealed = True
        return _S.EXPECT_M7, self._answer(m6, m5)

    def _take_m7(self, given: M7Came, now: float) -> _Step:
        m7, secrets = given.message, self._secrets
        assert isinstance(m7, M7)
        assert secrets is not None
        if m7.registrar_nonce != self._nonce:
            return self._foreign(m7)
        refused = self._refused(MessageType.M7)
        if refused:
            return refused
        try:
            settings = M7Settings.decode(self._open(m7, m7.encrypted_settings, m7.authenticator))
        except (PeerViolation, WireError):
            return self._fail(MessageType.M7, NO_ERROR)
        if not secrets.proves_second(settings.e_snonce2, self._e_hashes[1]):
            return self._fail(MessageType.M7, _AUTH_FAILURE)
        credentials = self.policy.credentials_for(self._peer())
        if isinstance(credentials, Refusal):
            return self._finish()
        plaintext = M8Settings(credentials=tuple(one.encode() for one in credentials)).encode()
        m8 = M8(
            enrollee_nonce=self._peer().enrollee_nonce,
            encrypted_settings=self._wrap(plaintext + self.config.extra_settings),
        )
        return _S.EXPECT_DONE, self._answer(m8, m7)

    # ---- ends -----------------------------------------------------------------------------

    def _take_done(self, given: DoneCame, now: float) -> _Step:
        if not self._nonces_are_ours(given.message):
            return self._foreign(given.message)
        return _S.FINISHED, (Finished(True, None, None, self._m1, self._revealed),)

    def _early_done(self, given: DoneCame, now: float) -> _Step:
        if not self._nonces_are_ours(given.message):
            return self._foreign(given.message)
        return self._finish(self._note(MessageType.WSC_DONE, NO_ERROR))

    def _acked(self, given: AckCame, now: float) -> _Step:
        if not self._nonces_are_ours(given.message):
            return self._foreign(given.message)
        return self._finish()

    def _nacked(self, given: NackCame, now: float) -> _Step:
        message = given.message
        assert isinstance(message, WscNack)
        if not self._nonces_are_ours(message):
            return self._foreign(message)
        last = _LAST_SENT.get(self.state)
        if last is None:
            return self._finish()
        return self._finish(self._note(last, message.configuration_error))

    def _again_refused(self, given: Came, now: float) -> _Step:
        """Refuse M3, M5 or M7 once more, after our WSC_NACK or in a wrong place."""
        message = given.message
        assert isinstance(message, M3 | M5 | M7)
        if message.registrar_nonce != self._nonce:
            return self._foreign(message)
        return self._fail(message.message_type, NO_ERROR)

    def _incomplete(self, given: IncompleteCame, now: float) -> _Step:
        kind = given.lacking.message_type
        if kind is None:
            return _S.EXPECT_END, self._nack(NO_ERROR)
        if given.lacking.value(REGISTRAR_NONCE) != self._nonce or kind not in _FROM_ENROLLEE:
            return self._finish(Discarded(str(given.lacking), given.lacking.clause))
        return self._fail(kind, NO_ERROR)

    def _incomplete_m1(self, given: IncompleteCame, now: float) -> _Step:
        if given.lacking.message_type is None:
            return _S.EXPECT_END, self._nack(NO_ERROR)
        return self._finish(Discarded(str(given.lacking), given.lacking.clause))

    def _unreadable(self, given: UnreadableCame, now: float) -> _Step:
        return self._finish(Discarded(str(given.error), "WSC 2.0: messages"))

    def _misplaced(self, given: PeerInput, now: float) -> _Step:
        name = given.message.name if isinstance(given, Came) else type(given).__name__
        return self._finish(Discarded(f"{name} in {self.state.name}", "WSC 2.0: messages"))

    def _ended(self, given: PeerInput, now: float) -> _Step:
        return self._finish()

    def _cancel(self, given: LocalInput, now: float) -> _Step:
        return self._finish()

    def _over(self, given: LocalInput, now: float) -> _Step:
        return self.state, ()

    def _foreign(self, message: Message) -> _Step:
        return self._finish(Discarded(f"{message.name} with other nonces", "WSC 2.0: nonces"))

    def _refused(self, message: int) -> _Step | None:
        refusal = self.policy.still_allowed(self._peer())
        return None if refusal is None else self._fail(message, refusal.config_error)

    def _fail(self, message: int, config_error: int) -> _Step:
        return _S.EXPECT_END, (*self._nack(config_error), self._note(message, config_error))

    def _note(self, message: int, config_error: int) -> Failed:
        self._failure = Failed(message, config_error)
        return self._failure

    def _finish(self, *before: Discarded | Failed | Notify) -> _Step:
        failure = self._failure
        finished = Finished(
            False,
            failure.message if failure else None,
            failure.config_error if failure else None,
            self._m1,
            self._revealed,
        )
        return _S.FINISHED, (*before, finished)

    def _nack(self, config_error: int) -> Outputs:
        nonce = self._m1.enrollee_nonce if self._m1 else bytes(NONCE_OCTETS)
        return nack(nonce, self._nonce, config_error)

    # ---- octets ---------------------------------------------------------------------------

    def _peer(self) -> M1:
        assert self._m1 is not None
        return self._m1

    def _nonces_are_ours(self, message: Message) -> bool:
        assert isinstance(message, WscAck | WscNack | WscDone)
        enrollee = self._m1.enrollee_nonce if self._m1 else bytes(NONCE_OCTETS)
        return (message.enrollee_nonce, message.registrar_nonce) == (enrollee, self._nonce)

    def _verify(self, message: Message, given: bytes | None) -> None:
        assert self._secrets is not None
        crypto.verify_authenticator(
            self._secrets.keys.auth_key, self._previous, covered(message.octets), given or b""
        )

    def _open(self, message: Message, settings: bytes, given: bytes | None) -> bytes:
        """Verify a message's Authenticator and decrypt its settings."""
        self._verify(message, given)
        assert self._secrets is not None
        return crypto.decrypt_settings(self._secrets.keys, settings)

    def _wrap(self, plaintext: bytes) -> bytes:
        assert self._secrets is not None
        return crypto.encrypt_settings(self._secrets.keys, plaintext, self._entropy)

    def _answer(self, message: Message, to: Message) -> Outputs:
        """Close a message with its Authenticator and send it."""
        assert self._secrets is not None
        key = self._secrets.keys.auth_key
        self._previous = seal(message, lambda octets: crypto.authenticator(key, to.octets, octets))
        return send(message, self._previous)


_LAST_SENT: dict[RegistrarState, int] = {
    _S.EXPECT_M3: MessageType.M2,
    _S.EXPECT_M5: MessageType.M4,
    _S.EXPECT_M7: MessageType.M6,
    _S.EXPECT_DONE: MessageType.M8,
}
_FROM_ENROLLEE = (MessageType.M3, MessageType.M5, MessageType.M7)
_EXPECTED: dict[RegistrarState, tuple[type[Came], Callable[..., _Step], RegistrarState]] = {
    _S.EXPECT_M3: (M3Came, Registrar._take_m3, _S.EXPECT_M5),
    _S.EXPECT_M5: (M5Came, Registrar._take_m5, _S.EXPECT_M7),
    _S.EXPECT_M7: (M7Came, Registrar._take_m7, _S.EXPECT_DONE),
    _S.EXPECT_DONE: (DoneCame, Registrar._take_done, _S.FINISHED),
}
_ALL_CAME: tuple[type[Came], ...] = (
    M1Came, M2Came, M2DCame, M3Came, M4Came, M5Came, M6Came, M7Came, M8Came, AckCame, NackCame,
    DoneCame,
)  # fmt: skip


def _cell(handler: Callable[..., _Step], clause: str, *following: RegistrarState) -> Cell:
    return Cell(handler, frozenset(following), clause)


def _table() -> Table:
    end, over, clause = _S.EXPECT_END, _S.FINISHED, "WSC 2.0: messages"
    table: dict[tuple[Enum, type[PeerInput] | type[LocalInput]], Cell] = {
        (_S.EXPECT_START, WscStart): _cell(Registrar._start, "WSC 2.0: EAP-WSC", _S.EXPECT_M1),
        (_S.EXPECT_START, Cancel): _cell(Registrar._cancel, "local", over),
        (_S.EXPECT_START, Timeout): _cell(Registrar._cancel, "local", over),
        (over, Cancel): _cell(Registrar._over, "local", over),
        (over, Timeout): _cell(Registrar._over, "local", over),
    }
    running = (_S.EXPECT_M1, _S.EXPECT_ACK_OF_M2D, *_EXPECTED, end)
    for state in running:
        for kind in _ALL_CAME:
            table[state, kind] = _cell(Registrar._misplaced, clause, over)
        for kind in (M3Came, M5Came, M7Came):
            table[state, kind] = _cell(Registrar._again_refused, clause, end, over)
        table[state, DoneCame] = _cell(Registrar._early_done, "WSC 2.0: WSC_Done", over)
        table[state, NackCame] = _cell(Registrar._nacked, "WSC 2.0: WSC_NACK", over)
        table[state, IncompleteCame] = _cell(Registrar._incomplete, clause, end, over)
        table[state, UnreadableCame] = _cell(Registrar._unreadable, clause, over)
        table[state, Cancel] = _cell(Registrar._cancel, "local", over)
        table[state, Timeout] = _cell(Registrar._cancel, "ap.md 5", over)
    for state, (kind, handler, following) in _EXPECTED.items():
        table[state, kind] = _cell(handler, clause, following, end, over)
    table[_S.EXPECT_M1, M1Came] = _cell(
        Registrar._take_m1, "WSC 2.0: M1", _S.EXPECT_M3, _S.EXPECT_ACK_OF_M2D, over
    )
    for kind in (M3Came, M5Came, M7Came):
        table[_S.EXPECT_M1, kind] = _cell(Registrar._misplaced, clause, over)
    table[_S.EXPECT_M1, IncompleteCame] = _cell(Registrar._incomplete_m1, clause, end, over)
    table[_S.EXPECT_ACK_OF_M2D, AckCame] = _cell(Registrar._acked, "WSC 2.0: WSC_ACK", over)
    for kind in (AckCame, NackCame, DoneCame):
        table[end, kind] = _cell(Registrar._ended, "WSC 2.0: WSC_NACK", over)
    return table


TABLE = _table()
