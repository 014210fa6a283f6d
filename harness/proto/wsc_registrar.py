"""The WSC Registrar: gives credentials to an Enrollee (wsc-protocol §6, ap.md §6).

One object is one registration. What it gives to whom is its owner's policy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import Enum, auto

from harness.base.entropy import Entropy
from harness.base.errors import PeerViolation, WireError
from harness.crypto import dh
from harness.proto.machine import (
    Cells,
    Discarded,
    LocalInput,
    Output,
    Outputs,
    PeerInput,
    Table,
    Timeout,
    cell,
    take_step,
)
from harness.proto.wsc_channel import Channel
from harness.proto.wsc_credentials import Refused, learned
from harness.proto.wsc_registrar_config import (
    ApTarget,
    RegistrarConfig,
    RegistrarPolicy,
    m2_message,
    m2d_message,
)
from harness.proto.wsc_run import (
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
    Refusal,
    UnreadableCame,
    WscReceived,
    WscSend,
    WscStart,
    classify,
    nack,
    received,
    say,
)
from harness.wire.eap import OpCode
from harness.wire.wsc.attributes import REGISTRAR_NONCE
from harness.wire.wsc.device import (
    ConfigurationError,
    MessageType,
)
from harness.wire.wsc.messages import (
    M1,
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
    M4Settings,
    M5Settings,
    M6Settings,
    M7Settings,
    M8Settings,
)

_AUTH_FAILURE = int(ConfigurationError.DEVICE_PASSWORD_AUTH_FAILURE)
_OVERLAP = int(ConfigurationError.MULTIPLE_PBC_DETECTED)


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

    Takes `WscStart`, `WscReceived`, `Cancel` and `Timeout` (the peer's silence, which EAP
    measures); has no deadline of its own. `Finished` means that EAP-Failure is due. With a
    station's registrar the access point is the EAP server: it waits for an answer to its
    WSC_NACK and WSC_Done, and needs none to ours.
    """

    def __init__(
        self, config: RegistrarConfig, policy: RegistrarPolicy, entropy: Entropy
    ) -> None:
        self.config = config
        self.policy = policy
        self.state = _S.EXPECT_START
        self._entropy = entropy
        self._channel = Channel(entropy, config.version)
        self._m1: M1 | None = None
        self._nonce = bytes(NONCE_OCTETS)
        self._e_hashes = (b"", b"")
        self._failure: Failed | None = None

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
        self.state, more = take_step(self, TABLE, given, now)
        return outputs + more

    # ---- M1 -------------------------------------------------------------------------------

    def _start(self, given: WscStart, now: float) -> _Step:
        if self.config.target is not None:
            return _S.EXPECT_M1, ()
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
            notice = self._channel.derive(
                pair.private,
                m1.public_key,
                (m1.enrollee_nonce, self._nonce),
                m1.mac_address,
                answer.octets,
                (m1.public_key, pair.public),
            )
        except PeerViolation as violation:
            return self._finish(Discarded(str(violation), violation.clause))
        m2 = m2_message(self.config, m1, self._nonce, pair.public)
        return _S.EXPECT_M3, (notice, *self._channel.answer(m2, m1))

    def _send_m2d(self, m1: M1, config_error: int) -> _Step:
        m2d = m2d_message(self.config, m1, self._nonce, config_error)
        outputs = say(m2d, self.config.version)
        if config_error == _OVERLAP:
            outputs = (*outputs, self._note(MessageType.M1, _OVERLAP))
        return _S.EXPECT_ACK_OF_M2D, outputs

    # ---- M3, M5, M7 -----------------------------------------------------------------------

    def _take_m3(self, given: M3Came, now: float) -> _Step:
        m3 = given.message
        assert isinstance(m3, M3)
        if m3.registrar_nonce != self._nonce:
            return self._foreign(m3)
        refused = self._refused(MessageType.M3)
        if refused:
            return refused
        try:
            self._channel.verify(m3, m3.authenticator)
        except PeerViolation:
            return self._fail(MessageType.M3, NO_ERROR)
        self._e_hashes = (m3.e_hash1, m3.e_hash2)
        r_hash1, r_hash2 = self._channel.secrets.hashes()
        own = self._channel.secrets.own
        m4 = M4(
            enrollee_nonce=self._peer().enrollee_nonce,
            r_hash1=r_hash1,
            r_hash2=r_hash2,
            encrypted_settings=self._channel.wrap(M4Settings(r_snonce1=own[0]).encode()),
        )
        return _S.EXPECT_M5, self._channel.answer(m4, m3)

    def _take_m5(self, given: M5Came, now: float) -> _Step:
        m5 = given.message
        assert isinstance(m5, M5)
        if m5.registrar_nonce != self._nonce:
            return self._foreign(m5)
        refused = self._refused(MessageType.M5)
        if refused:
            return refused
        try:
            settings = M5Settings.decode(self._channel.open(m5))
        except (PeerViolation, WireError):
            return self._fail(MessageType.M5, NO_ERROR)
        if not self._channel.secrets.proves_first(settings.e_snonce1, self._e_hashes[0]):
            return self._fail(MessageType.M5, _AUTH_FAILURE)
        proof = M6Settings(r_snonce2=self._channel.secrets.own[1]).encode()
        m6 = M6(
            enrollee_nonce=self._peer().enrollee_nonce,
            encrypted_settings=self._channel.wrap(proof),
        )
        return _S.EXPECT_M7, self._channel.answer(m6, m5)

    def _take_m7(self, given: M7Came, now: float) -> _Step:
        m7 = given.message
        assert isinstance(m7, M7)
        if m7.registrar_nonce != self._nonce:
            return self._foreign(m7)
        refused = self._refused(MessageType.M7)
        if refused:
            return refused
        try:
            settings = M7Settings.decode(self._channel.open(m7))
        except (PeerViolation, WireError):
            return self._fail(MessageType.M7, NO_ERROR)
        if not self._channel.secrets.proves_second(settings.e_snonce2, self._e_hashes[1]):
            return self._fail(MessageType.M7, _AUTH_FAILURE)
        target = self.config.target
        if target is not None and target.settings is None:
            return self._learn(settings)
        plaintext = self._given(target)
        if isinstance(plaintext, Refusal):
            return self._finish()
        m8 = M8(
            enrollee_nonce=self._peer().enrollee_nonce,
            encrypted_settings=self._channel.wrap(plaintext),
        )
        return _S.EXPECT_DONE, self._channel.answer(m8, m7)

    def _given(self, target: ApTarget | None) -> bytes | Refusal:
        """What goes into M8: an access point's settings, or Credentials."""
        if target is not None and target.settings is not None:
            mac = self._peer().mac_address
            return replace(target.settings, mac_address=mac, octets=b"").encode()
        credentials = self.policy.credentials_for(self._peer())
        if isinstance(credentials, Refusal):
            return credentials
        plaintext = M8Settings(credentials=tuple(one.encode() for one in credentials)).encode()
        return plaintext + self.config.extra_settings

    def _learn(self, settings: M7Settings) -> _Step:
        """Take the settings of an access point, and end there: by WSC_NACK, a failure to all."""
        found = learned(settings, self._peer().mac_address)
        following, outputs = self._fail(MessageType.M7, NO_ERROR)
        if isinstance(found, Refused):
            return following, outputs
        return following, (CredentialsReceived((found,)), *outputs)

    # ---- ends -----------------------------------------------------------------------------

    def _take_done(self, given: DoneCame, now: float) -> _Step:
        if not self._nonces_are_ours(given.message):
            return self._foreign(given.message)
        finished = Finished(True, m1=self._m1)
        target = self.config.target
        if target is None or target.settings is None:
            return _S.FINISHED, (finished,)
        ack = WscAck(enrollee_nonce=self._peer().enrollee_nonce, registrar_nonce=self._nonce)
        received = CredentialsReceived((target.settings,))
        return _S.FINISHED, (*say(ack, self.config.version), received, finished)

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
        answer = () if self.config.target is None else self._nack(NO_ERROR)
        last = _LAST_SENT.get(self.state)
        if last is None:
            return self._finish(*answer)
        return self._finish(*answer, self._note(last, message.configuration_error))

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
            return self._refuse(*self._nack(NO_ERROR))
        if given.lacking.value(REGISTRAR_NONCE) != self._nonce or kind not in _FROM_ENROLLEE:
            return self._finish(Discarded(str(given.lacking), given.lacking.clause))
        return self._fail(kind, NO_ERROR)

    def _incomplete_m1(self, given: IncompleteCame, now: float) -> _Step:
        if given.lacking.message_type is None:
            return self._refuse(*self._nack(NO_ERROR))
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
        return self._refuse(*self._nack(config_error), self._note(message, config_error))

    def _refuse(self, *outputs: Output) -> _Step:
        """End by WSC_NACK; only an Enrollee that is no EAP server answers it."""
        return (_S.EXPECT_END, outputs) if self.config.target is None else self._finish(*outputs)

    def _note(self, message: int, config_error: int) -> Failed:
        self._failure = Failed(message, config_error)
        return self._failure

    def _finish(self, *before: Output) -> _Step:
        failure = self._failure
        finished = Finished(
            False,
            failure.message if failure else None,
            failure.config_error if failure else None,
            self._m1,
        )
        return _S.FINISHED, (*before, finished)

    def _nack(self, config_error: int) -> Outputs:
        nonce = self._m1.enrollee_nonce if self._m1 else bytes(NONCE_OCTETS)
        return nack(nonce, self._nonce, config_error, self.config.version)

    # ---- octets ---------------------------------------------------------------------------

    def _peer(self) -> M1:
        assert self._m1 is not None
        return self._m1

    def _nonces_are_ours(self, message: Message) -> bool:
        assert isinstance(message, WscAck | WscNack | WscDone)
        enrollee = self._m1.enrollee_nonce if self._m1 else bytes(NONCE_OCTETS)
        return (message.enrollee_nonce, message.registrar_nonce) == (enrollee, self._nonce)


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


def _table() -> Table[RegistrarState]:
    end, over, clause = _S.EXPECT_END, _S.FINISHED, "WSC 2.0: messages"
    table: Cells[RegistrarState] = {
        (_S.EXPECT_START, WscStart): cell(Registrar._start, "WSC 2.0: EAP-WSC", _S.EXPECT_M1),
        (_S.EXPECT_START, Cancel): cell(Registrar._cancel, "local", over),
        (_S.EXPECT_START, Timeout): cell(Registrar._cancel, "local", over),
        (over, Cancel): cell(Registrar._over, "local", over),
        (over, Timeout): cell(Registrar._over, "local", over),
    }
    running = (_S.EXPECT_M1, _S.EXPECT_ACK_OF_M2D, *_EXPECTED, end)
    for state in running:
        for kind in _ALL_CAME:
            table[state, kind] = cell(Registrar._misplaced, clause, over)
        for kind in (M3Came, M5Came, M7Came):
            table[state, kind] = cell(Registrar._again_refused, clause, end, over)
        table[state, DoneCame] = cell(Registrar._early_done, "WSC 2.0: WSC_Done", over)
        table[state, NackCame] = cell(Registrar._nacked, "WSC 2.0: WSC_NACK", over)
        table[state, IncompleteCame] = cell(Registrar._incomplete, clause, end, over)
        table[state, UnreadableCame] = cell(Registrar._unreadable, clause, over)
        table[state, Cancel] = cell(Registrar._cancel, "local", over)
        table[state, Timeout] = cell(Registrar._cancel, "ap.md 5", over)
    for state, (kind, handler, following) in _EXPECTED.items():
        table[state, kind] = cell(handler, clause, following, end, over)
    table[_S.EXPECT_M1, M1Came] = cell(
        Registrar._take_m1, "WSC 2.0: M1", _S.EXPECT_M3, _S.EXPECT_ACK_OF_M2D, over
    )
    for kind in (M3Came, M5Came, M7Came):
        table[_S.EXPECT_M1, kind] = cell(Registrar._misplaced, clause, over)
    table[_S.EXPECT_M1, IncompleteCame] = cell(Registrar._incomplete_m1, clause, end, over)
    table[_S.EXPECT_ACK_OF_M2D, AckCame] = cell(Registrar._acked, "WSC 2.0: WSC_ACK", over)
    for kind in (AckCame, NackCame, DoneCame):
        table[end, kind] = cell(Registrar._ended, "WSC 2.0: WSC_NACK", over)
    return table


TABLE = _table()
