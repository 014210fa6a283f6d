"""The WSC Enrollee: asks a Registrar for credentials (wsc-protocol §6, sta.md §6.7 to §6.9).

Or, as an access point, for its settings (ap.md §6).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Protocol

from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.base.errors import PeerViolation, WireError
from harness.crypto import dh
from harness.crypto.wsc import with_key_wrap
from harness.proto.machine import (
    Cells,
    Discarded,
    LocalInput,
    Notify,
    Outputs,
    PeerInput,
    Table,
    Timeout,
    cell,
    take_step,
)
from harness.proto.wsc_channel import Channel
from harness.proto.wsc_credentials import Refused, accept_ap_settings, judge
from harness.proto.wsc_run import (
    M2D_RECEIVED,
    NO_ERROR,
    NONCE_OCTETS,
    AckCame,
    Came,
    Cancel,
    CredentialsReceived,
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
    Password,
    Refusal,
    SettingsReceived,
    UnreadableCame,
    WscReceived,
    WscStart,
    classify,
    nack,
    received,
    say,
    send,
)
from harness.wire.wsc.attributes import REGISTRAR_NONCE
from harness.wire.wsc.device import (
    CONNECTION_TYPE_ESS,
    OS_VERSION_SENT,
    ConfigurationError,
    DeviceAttributes,
    DevicePasswordId,
    MessageType,
    WpsState,
)
from harness.wire.wsc.extension import VERSION2, WfaExtension
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
)
from harness.wire.wsc.settings import (
    Credential,
    M4Settings,
    M5Settings,
    M6Settings,
    M7Settings,
    M8Settings,
)
from harness.wire.wsc.version import at_version

_AUTH_FAILURE = int(ConfigurationError.DEVICE_PASSWORD_AUTH_FAILURE)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolleeConfig:
    """What an Enrollee says of itself, and its device password.

    `uuid`: 16 octets. `password`: ASCII digits, `PBC_PASSWORD` for the push button. `multi_ap`:
    the flags of the Multi-AP sub-element in M1, None for none. `os_version`: without the top bit.
    `vendor_extensions`: values, vendor identifier first. `key_pair`: a fixed one, else one is
    drawn. `version`: what Version2 says, see `harness.wire.wsc.version`.
    """

    mac: MacAddress
    uuid: bytes
    device: DeviceAttributes
    password: bytes = field(repr=False)
    device_password_id: int
    config_methods: int
    rf_bands: int
    multi_ap: int | None = None
    os_version: int = 0
    authentication_types: int = 0x0023
    encryption_types: int = 0x000D
    wps_state: int = WpsState.UNCONFIGURED
    vendor_extensions: tuple[bytes, ...] = ()
    key_pair: dh.KeyPair | None = None
    version: int = VERSION2


class AccessPointOwner(Protocol):
    """What an Enrollee that is an access point asks its owner. Pure, as a Registrar's policy."""

    def ap_password(self) -> Password | Refusal:
        """Give the AP PIN when M2 has come; a refusal is answered by WSC_NACK."""
        ...

    def ap_settings(self) -> bytes:
        """Give the settings for M7, as attributes."""
        ...

    def may_configure(self, settings: Credential | Refused) -> Refusal | None:
        """Say when M8 has come whether the settings may be changed to these.

        `Refused`: they are such that nobody would take them.
        """
        ...


class EnrolleeState(Enum):
    """What the Enrollee waits for."""

    EXPECT_START = auto()
    EXPECT_M2 = auto()
    EXPECT_M4 = auto()
    EXPECT_M6 = auto()
    EXPECT_M8 = auto()
    EXPECT_ACK = auto()
    """An access point sent WSC_Done."""
    DONE = auto()
    GAVE_UP = auto()


_S = EnrolleeState
_Step = tuple[EnrolleeState, Outputs]


class Enrollee:
    """One registration from the Enrollee's end.

    Takes `WscStart`, `WscReceived`, `Cancel` and `Timeout` (the peer's silence, which EAP
    measures); has no deadline of its own. `Finished` comes when there is nothing more to
    expect: after WSC_Done and after a WSC_NACK either way. With `access_point`, whose password
    counts then, it is one that an external registrar learns or changes the settings of; it is
    the EAP server and leaves WSC_NACK without an answer.
    """

    def __init__(
        self,
        config: EnrolleeConfig,
        entropy: Entropy,
        access_point: AccessPointOwner | None = None,
    ) -> None:
        self.config = config
        self._access_point = access_point
        self.state = _S.EXPECT_START
        self._entropy = entropy
        self._nonce = b""
        self._registrar_nonce = bytes(NONCE_OCTETS)
        self._pair: dh.KeyPair | None = config.key_pair
        self._channel = Channel(entropy, config.version)
        self._m2_came: M2 | None = None
        self._r_hashes = (b"", b"")

    @property
    def m2(self) -> M2 | None:
        """What the Registrar said of itself, once it has."""
        return self._m2_came

    def deadline(self) -> float | None:
        return None

    def step(self, given: PeerInput | LocalInput, now: float) -> Outputs:
        outputs: Outputs = ()
        if isinstance(given, WscReceived):
            given = classify(given)
            outputs = received(given)
        self.state, more = take_step(self, TABLE, given, now)
        return outputs + more

    # ---- M1 and M2 ------------------------------------------------------------------------

    def _start(self, given: WscStart, now: float) -> _Step:
        config = self.config
        self._nonce = self._entropy.octets(NONCE_OCTETS)
        if self._pair is None:
            self._pair = dh.generate(self._entropy)
        m1 = M1(
            uuid_e=config.uuid,
            mac_address=config.mac,
            enrollee_nonce=self._nonce,
            public_key=self._pair.public,
            authentication_type_flags=config.authentication_types,
            encryption_type_flags=config.encryption_types,
            connection_type_flags=CONNECTION_TYPE_ESS,
            config_methods=config.config_methods,
            wps_state=config.wps_state,
            **config.device.on_air(),
            rf_bands=config.rf_bands,
            association_state=0,
            device_password_id=config.device_password_id,
            configuration_error=NO_ERROR,
            os_version=OS_VERSION_SENT | config.os_version,
            wfa=WfaExtension(multi_ap=config.multi_ap),
            vendor_extensions=config.vendor_extensions,
        )
        m1 = at_version(m1, config.version)
        self._channel.previous = m1.encode()
        return _S.EXPECT_M2, send(m1, self._channel.previous)

    def _m2(self, given: M2Came, now: float) -> _Step:
        m2 = given.message
        assert isinstance(m2, M2)
        if m2.enrollee_nonce != self._nonce:
            return self._foreign(m2)
        self._registrar_nonce = m2.registrar_nonce
        self._m2_came = m2
        wanted = self.config.device_password_id
        # A Registrar that registers by PIN says 0 also to a push-button M1.
        tolerated = wanted == DevicePasswordId.PUSH_BUTTON and m2.device_password_id == 0
        if m2.device_password_id != wanted and not tolerated:
            return self._refuse(NO_ERROR)
        password = self._password()
        if isinstance(password, Refusal):
            return self._refuse(password.config_error)
        assert self._pair is not None
        try:
            notice = self._channel.derive(
                self._pair.private,
                m2.public_key,
                (self._nonce, m2.registrar_nonce),
                self.config.mac,
                password.octets,
                (self._pair.public, m2.public_key),
            )
            self._channel.verify(m2, m2.authenticator)
        except PeerViolation:
            return self._refuse(NO_ERROR)
        e_hash1, e_hash2 = self._channel.secrets.hashes()
        m3 = M3(registrar_nonce=m2.registrar_nonce, e_hash1=e_hash1, e_hash2=e_hash2)
        return _S.EXPECT_M4, (notice, *self._channel.answer(m3, m2))

    def _password(self) -> Password | Refusal:
        if self._access_point is None:
            return Password(self.config.password)
        return self._access_point.ap_password()

    def _m2d(self, given: M2DCame, now: float) -> _Step:
        m2d = given.message
        assert isinstance(m2d, M2D)
        if m2d.enrollee_nonce != self._nonce:
            return self._foreign(m2d)
        if self._access_point is not None:
            self._registrar_nonce = m2d.registrar_nonce
            following, refusal = self._refuse(NO_ERROR)
            return following, (Notify(M2D_RECEIVED), *refusal)
        ack = WscAck(enrollee_nonce=self._nonce, registrar_nonce=m2d.registrar_nonce)
        fields = {"device_password_id": 0, "config_error": m2d.configuration_error}
        notice = Notify(M2D_RECEIVED, fields)
        return _S.EXPECT_M2, (notice, *say(ack, self.config.version))

    # ---- M4, M6, M8 -----------------------------------------------------------------------

    def _m4(self, given: M4Came, now: float) -> _Step:
        m4 = given.message
        assert isinstance(m4, M4)
        if m4.enrollee_nonce != self._nonce:
            return self._foreign(m4)
        try:
            settings = M4Settings.decode(self._channel.open(m4))
        except (PeerViolation, WireError):
            return self._fail(MessageType.M4, NO_ERROR)
        if not self._channel.secrets.proves_first(settings.r_snonce1, m4.r_hash1):
            return self._fail(MessageType.M4, _AUTH_FAILURE)
        self._r_hashes = (m4.r_hash1, m4.r_hash2)
        proof = M5Settings(e_snonce1=self._channel.secrets.own[0]).encode()
        m5 = M5(registrar_nonce=self._registrar_nonce, encrypted_settings=self._channel.wrap(proof))
        return _S.EXPECT_M6, self._channel.answer(m5, m4)

    def _m6(self, given: M6Came, now: float) -> _Step:
        m6 = given.message
        assert isinstance(m6, M6)
        if m6.enrollee_nonce != self._nonce:
            return self._foreign(m6)
        try:
            settings = M6Settings.decode(self._channel.open(m6))
        except (PeerViolation, WireError):
            return self._fail(MessageType.M6, NO_ERROR)
        if not self._channel.secrets.proves_second(settings.r_snonce2, self._r_hashes[1]):
            return self._fail(MessageType.M6, _AUTH_FAILURE)
        proof = M7Settings(e_snonce2=self._channel.secrets.own[1]).encode()
        if self._access_point is not None:
            proof += self._access_point.ap_settings()
        m7 = M7(registrar_nonce=self._registrar_nonce, encrypted_settings=self._channel.wrap(proof))
        return _S.EXPECT_M8, self._channel.answer(m7, m6)

    def _m8(self, given: M8Came, now: float) -> _Step:
        m8 = given.message
        assert isinstance(m8, M8)
        if m8.enrollee_nonce != self._nonce:
            return self._foreign(m8)
        try:
            settings = M8Settings.decode(self._channel.open(m8))
        except (PeerViolation, WireError):
            return self._fail(MessageType.M8, NO_ERROR)
        if self._access_point is not None:
            return self._take_settings(settings, self._access_point)
        verdict = judge(settings.credentials)
        if not verdict.good:
            return self._fail(MessageType.M8, NO_ERROR, verdict.reason)
        done = WscDone(enrollee_nonce=self._nonce, registrar_nonce=self._registrar_nonce)
        return _S.DONE, (
            *say(done, self.config.version),
            CredentialsReceived(verdict.credentials),
            Finished(True),
        )

    def _take_settings(self, settings: M8Settings, owner: AccessPointOwner) -> _Step:
        """Take what a Registrar wants an access point to be; it has to acknowledge WSC_Done."""
        accepted = accept_ap_settings(settings)
        refusal = owner.may_configure(accepted)
        if refusal is not None:
            return self._fail(MessageType.M8, refusal.config_error)
        if isinstance(accepted, Refused):
            return self._fail(MessageType.M8, NO_ERROR, accepted.reason)
        octets = with_key_wrap(self._channel.secrets.keys, settings.octets)
        accepted = replace(accepted, octets=octets)
        done = WscDone(enrollee_nonce=self._nonce, registrar_nonce=self._registrar_nonce)
        return _S.EXPECT_ACK, (SettingsReceived(accepted), *say(done, self.config.version))

    # ---- ends -----------------------------------------------------------------------------

    def _acked(self, given: AckCame, now: float) -> _Step:
        if not self._nonces_are_ours(given.message):
            return self._foreign(given.message)
        return _S.DONE, (Finished(True),)

    def _nacked(self, given: NackCame, now: float) -> _Step:
        message = given.message
        assert isinstance(message, WscNack)
        if not self._nonces_are_ours(message):
            return self._foreign(message)
        error = message.configuration_error
        answer: Outputs = ()
        if self._access_point is None:
            answer = self._nack(NO_ERROR)
        last = _LAST_SENT.get(self.state)
        if last is None:
            return _S.GAVE_UP, (*answer, Finished(False))
        return _S.GAVE_UP, (*answer, Failed(last, error), Finished(False, last, error))

    def _incomplete(self, given: IncompleteCame, now: float) -> _Step:
        lacking = given.lacking
        if self.state is _S.EXPECT_M2:
            nonce = lacking.value(REGISTRAR_NONCE) or b""
            if len(nonce) == NONCE_OCTETS:
                self._registrar_nonce = nonce
            return self._refuse(NO_ERROR)
        expected = _EXPECTED.get(self.state)
        if expected is None or lacking.message_type != expected:
            return self._misplaced(given, now)
        return self._fail(expected, NO_ERROR)

    def _misplaced(self, given: PeerInput, now: float) -> _Step:
        """Refuse a message that has no place now, without a word on its number.

        An access point names the number of a Registrar's, and gives no answer to an end.
        """
        if self._access_point is None:
            return self._refuse(NO_ERROR)
        if isinstance(given, M4Came | M6Came | M8Came):
            return self._fail(given.message.message_type, NO_ERROR)
        if isinstance(given, AckCame | DoneCame | IncompleteCame):
            reason = f"{type(given).__name__} in {self.state.name}"
            return _S.GAVE_UP, (Discarded(reason, "WSC 2.0: messages"), Finished(False))
        return self._refuse(NO_ERROR)

    def _unreadable(self, given: UnreadableCame, now: float) -> _Step:
        discarded = Discarded(str(given.error), "WSC 2.0: messages")
        return _S.GAVE_UP, (discarded, Finished(False))

    def _give_up(self, given: LocalInput, now: float) -> _Step:
        return _S.GAVE_UP, (Finished(False),)

    def _over(self, given: LocalInput, now: float) -> _Step:
        return self.state, ()

    def _nonces_are_ours(self, message: Message) -> bool:
        assert isinstance(message, WscAck | WscNack | WscDone)
        ours = (self._nonce, self._registrar_nonce)
        return (message.enrollee_nonce, message.registrar_nonce) == ours

    def _foreign(self, message: Message) -> _Step:
        discarded = Discarded(f"{message.name} with other nonces", "WSC 2.0: nonces")
        return _S.GAVE_UP, (discarded, Finished(False))

    def _refuse(self, config_error: int) -> _Step:
        answer = self._nack(config_error)
        return _S.GAVE_UP, (*answer, Finished(False))

    def _fail(self, message: int, config_error: int, reason: int = 0) -> _Step:
        return _S.GAVE_UP, (
            *self._nack(config_error),
            Failed(message, config_error, reason),
            Finished(False, message, config_error),
        )

    def _nack(self, config_error: int) -> Outputs:
        return nack(self._nonce, self._registrar_nonce, config_error, self.config.version)


_LAST_SENT: dict[EnrolleeState, int] = {
    _S.EXPECT_M4: MessageType.M3,
    _S.EXPECT_M6: MessageType.M5,
    _S.EXPECT_M8: MessageType.M7,
}
_EXPECTED: dict[EnrolleeState, int] = {
    _S.EXPECT_M2: MessageType.M2,
    _S.EXPECT_M4: MessageType.M4,
    _S.EXPECT_M6: MessageType.M6,
    _S.EXPECT_M8: MessageType.M8,
}


def _table() -> Table[EnrolleeState]:
    table: Cells[EnrolleeState] = {
        (_S.EXPECT_START, WscStart): cell(Enrollee._start, "WSC 2.0: M1", _S.EXPECT_M2),
        (_S.EXPECT_START, Cancel): cell(Enrollee._give_up, "local", _S.GAVE_UP),
        (_S.EXPECT_START, Timeout): cell(Enrollee._give_up, "local", _S.GAVE_UP),
    }
    came: tuple[type[Came], ...] = (
        M1Came, M2Came, M2DCame, M3Came, M4Came, M5Came, M6Came, M7Came, M8Came, AckCame, DoneCame,
    )  # fmt: skip
    for state in (*_EXPECTED, _S.EXPECT_ACK):
        for kind in came:
            table[state, kind] = cell(Enrollee._misplaced, "WSC 2.0: messages", _S.GAVE_UP)
        table[state, NackCame] = cell(Enrollee._nacked, "WSC 2.0: WSC_NACK", _S.GAVE_UP)
        table[state, IncompleteCame] = cell(
            Enrollee._incomplete, "WSC 2.0: messages", _S.GAVE_UP
        )
        table[state, UnreadableCame] = cell(
            Enrollee._unreadable, "WSC 2.0: messages", _S.GAVE_UP
        )
        table[state, Cancel] = cell(Enrollee._give_up, "local", _S.GAVE_UP)
        table[state, Timeout] = cell(Enrollee._give_up, "sta.md 6.6", _S.GAVE_UP)
    table[_S.EXPECT_M2, M2Came] = cell(
        Enrollee._m2, "WSC 2.0: M2", _S.EXPECT_M4, _S.GAVE_UP
    )
    table[_S.EXPECT_M2, M2DCame] = cell(
        Enrollee._m2d, "WSC 2.0: M2D", _S.EXPECT_M2, _S.GAVE_UP
    )
    table[_S.EXPECT_M4, M4Came] = cell(
        Enrollee._m4, "WSC 2.0: M4", _S.EXPECT_M6, _S.GAVE_UP
    )
    table[_S.EXPECT_M6, M6Came] = cell(
        Enrollee._m6, "WSC 2.0: M6", _S.EXPECT_M8, _S.GAVE_UP
    )
    table[_S.EXPECT_M8, M8Came] = cell(
        Enrollee._m8, "WSC 2.0: M8", _S.DONE, _S.EXPECT_ACK, _S.GAVE_UP
    )
    table[_S.EXPECT_ACK, AckCame] = cell(
        Enrollee._acked, "WSC 2.0: WSC_ACK", _S.DONE, _S.GAVE_UP
    )
    for state in (_S.DONE, _S.GAVE_UP):
        table[state, Cancel] = cell(Enrollee._over, "local", state)
        table[state, Timeout] = cell(Enrollee._over, "local", state)
    return table


TABLE = _table()
