"""The RSN authenticator: 4-way and group key handshakes with one station.

Source: IEEE 802.11-2020, 12.7.6, 12.7.7 and 12.7.10.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from harness.base.entropy import Entropy
from harness.base.errors import UsageError, WireError
from harness.base.seam import CIPHER_TKIP
from harness.crypto.keywrap import rc4_key_data, wrap_key_data
from harness.crypto.prf import Ptk, akm_suite, derive_ptk
from harness.proto import channel_validation
from harness.proto.authenticator_parts import (
    AuthenticatorConfig,
    Begin,
    GroupKeyAccepted,
    GroupMessage2,
    GroupRekeyRequested,
    KeyRequest,
    Message2,
    Message4,
    MichaelFailureReported,
    MichaelReport,
    UpdateGroup,
)
from harness.proto.group_key import GroupKey
from harness.proto.key_handshake import (
    GROUP_REKEYED,
    HANDSHAKE_COMPLETED,
    HANDSHAKE_STARTED,
    KEYS_DERIVED,
    MESSAGE_RETRANSMITTED,
    PSK_MISMATCHED,
    EapolKeyReceived,
    Failed,
    InstallGroupKey,
    InstallPairwiseKey,
    Message,
    PortAuthorized,
    Rekey,
    descriptor_version,
    is_authentic,
    open_key_data,
    seal,
)
from harness.proto.machine import (
    Discarded,
    LocalInput,
    Notify,
    Output,
    Outputs,
    PeerInput,
    Table,
    Timeout,
    Transmit,
    cell,
    take_step,
)
from harness.wire.dot11.codes import (
    REASON_4WAY_TIMEOUT,
    REASON_ELEMENT_DIFFERS,
    REASON_GROUP_TIMEOUT,
    REASON_NOT_ASSOCIATED,
)
from harness.wire.eapol_key import (
    ACK,
    DESCRIPTOR_RSN,
    DESCRIPTOR_WPA,
    ENCRYPTED,
    INSTALL,
    KEY_INDEX_SHIFT,
    MIC,
    PAIRWISE,
    SECURE,
    VERSION_HMAC_MD5_RC4,
    EapolKey,
)
from harness.wire.key_data import (
    KDE_BIGTK,
    KDE_IGTK,
    KDE_PMKID,
    GtkKde,
    IgtkKde,
    KeyData,
    kde,
    transition_disable_kde,
)
from harness.wire.rsn import KEY_OCTETS

_KEY = "802.11-2020 12.7.2"
_M2 = "802.11-2020 12.7.6.3"
_M4 = "802.11-2020 12.7.6.5"
_G2 = "802.11-2020 12.7.7.3"
_TIMEOUT = "802.11-2020 12.7.10.3"

_FOUR_WAY_WAITS_S = (0.1, 1.0)
_GROUP_WAITS_S = (0.5, 1.0)
"""How long to wait for an answer: after the first transmission, and after each later one."""


class AuthenticatorState(Enum):
    """What the Authenticator waits for of one station (12.7.6)."""

    IDLE = "idle"
    EXPECT_MESSAGE_2 = "expect 2/4"
    EXPECT_MESSAGE_4 = "expect 4/4"
    ESTABLISHED = "established"
    EXPECT_GROUP_MESSAGE_2 = "expect group 2/2"
    FAILED = "failed"


class Authenticator:
    """The AP's side of the key handshakes with one station, from association to its end.

    Inputs: `Begin`, `EapolKeyReceived`, `Rekey`, `UpdateGroup`, `Timeout`. Outputs: `Transmit`
    (whole EAPOL frames), `InstallPairwiseKey`, `PortAuthorized`, `GroupKeyAccepted`,
    `GroupRekeyRequested`, `MichaelFailureReported`, `Failed`, `Notify`, `Discarded`; to be carried
    out in their order.
    """

    def __init__(self, config: AuthenticatorConfig, entropy: Entropy) -> None:
        self.config = config
        self.state = AuthenticatorState.IDLE
        self._entropy = entropy
        self._suite = akm_suite(config.akm)
        self._version = descriptor_version(self._suite, config.pairwise)
        self._descriptor = DESCRIPTOR_WPA if config.wpa else DESCRIPTOR_RSN
        self._tk_octets = KEY_OCTETS[config.pairwise]
        self._replay = 0
        self._outstanding: dict[int, GroupKey | None] = {}
        self._sent = 0
        self._request_counter = -1
        self._anonce = b""
        self._tentative: Ptk | None = None
        self._current: Ptk | None = None
        self._pmk: bytes | None = None
        self._rekey_wanted = False
        self._deadline: float | None = None

    @property
    def pmk(self) -> bytes | None:
        """The PMK that the station proved to hold; None: it has not yet."""
        return self._pmk

    def deadline(self) -> float | None:
        return self._deadline

    def step(self, given: PeerInput | LocalInput, now: float) -> Outputs:
        if isinstance(given, EapolKeyReceived):
            admitted = self._admit(given)
            if isinstance(admitted, Discarded):
                return (admitted,)
            given = admitted
        self.state, outputs = take_step(self, _TABLE, given, now)
        return outputs

    # ---- admission: the checks common to all frames ------------------------------------------

    def _admit(self, given: EapolKeyReceived) -> Message | Discarded:
        try:
            key = EapolKey.decode(given.octets, self._suite.mic_octets)
        except WireError as error:
            return Discarded(str(error), _KEY)
        refusal = self._refusal(key)
        if refusal:
            return Discarded(refusal, _KEY)
        if key.request:
            return self._admit_request(key)
        if key.replay_counter not in self._outstanding:
            return Discarded(f"replay counter {key.replay_counter} awaits no answer", _KEY)
        if not key.is_pairwise:
            return self._admitted(GroupMessage2, key, self._current, _G2)
        if key.key_data:
            return Message2(key)
        return self._admitted(Message4, key, self._tentative, _M4)

    def _refusal(self, key: EapolKey) -> str | None:
        if key.descriptor != self._descriptor:
            return f"descriptor type {key.descriptor}"
        if key.version != self._version:
            return f"key descriptor version {key.version}"
        if key.smk or key.ack:
            return "not from a supplicant: SMK or Ack"
        if not key.has_mic:
            return "no MIC"
        return None

    def _admitted(
        self, kind: type[Message], key: EapolKey, ptk: Ptk | None, clause: str
    ) -> Message | Discarded:
        if ptk is None:
            return Discarded(f"{kind.__name__} before there are keys", clause)
        if not is_authentic(key, self.config.akm, ptk):
            return Discarded("MIC does not verify", clause)
        return kind(key, ptk)

    def _admit_request(self, key: EapolKey) -> Message | Discarded:
        if key.replay_counter <= self._request_counter:
            return Discarded(
                f"request counter {key.replay_counter} after {self._request_counter}", _KEY
            )
        if key.error and CIPHER_TKIP not in (self.config.pairwise, self.config.group.newest.cipher):
            return Discarded("a report of a Michael failure, which concerns TKIP only", _KEY)
        kind = MichaelReport if key.error else KeyRequest
        admitted = self._admitted(kind, key, self._current, _KEY)
        if isinstance(admitted, kind):
            self._request_counter = key.replay_counter
        return admitted

    # ---- handlers ----------------------------------------------------------------------------

    def _on_begin(self, given: LocalInput, now: float) -> tuple[AuthenticatorState, Outputs]:
        """Send 1/4 of a new handshake; the keys in use stay until 4/4."""
        self._rekey_wanted = False
        self._anonce = self._entropy.octets(32)
        self._tentative = None
        started = Notify(HANDSHAKE_STARTED, {"peer": self.config.peer})
        self._begin_exchange()
        sent = self._transmit(self._message_1(), _FOUR_WAY_WAITS_S, now)
        return AuthenticatorState.EXPECT_MESSAGE_2, (started, sent)

    def _on_message_2(self, given: Message2, now: float) -> tuple[AuthenticatorState, Outputs]:
        key, config = given.key, self.config
        ptk = self._proven(key)
        if ptk is None:
            dropped = Discarded("MIC does not verify", _M2)
            if self._current is not None:
                return self.state, (dropped,)
            return self.state, (Notify(PSK_MISMATCHED, {"peer": config.peer}), dropped)
        data = open_key_data(key, ptk)
        told = None if isinstance(data, str) else (data.wpa if config.wpa else data.rsne)
        if isinstance(data, str) or told != config.station_rsne:
            return self._fail(Failed(REASON_ELEMENT_DIFFERS, _M2))
        if (data.rsnxe or b"") != config.station_rsnxe:
            return self._fail(Failed(REASON_ELEMENT_DIFFERS, _M2))
        elsewhere = self._elsewhere(data, channel_validation.MESSAGE_2)
        if elsewhere:
            return self.state, elsewhere
        self._tentative = ptk
        self._begin_exchange()
        sent = self._transmit(self._message_3(ptk), _FOUR_WAY_WAITS_S, now)
        return AuthenticatorState.EXPECT_MESSAGE_4, (sent,)

    def _on_message_4(self, given: Message4, now: float) -> tuple[AuthenticatorState, Outputs]:
        assert given.ptk is not None
        ptk, config = given.ptk, self.config
        first = self._current is None
        self._current, self._tentative = replace(ptk, tk=b""), None
        outputs: list[Output] = [InstallPairwiseKey(0, config.pairwise, ptk.tk)]
        if first:
            outputs.append(PortAuthorized())
        gtk = config.group.newest
        ciphers = {"peer": config.peer, "pairwise": config.pairwise, "group": gtk.cipher}
        keys = {"peer": config.peer, "kck": ptk.kck, "kek": ptk.kek, "tk": ptk.tk}
        outputs += [Notify(HANDSHAKE_COMPLETED, ciphers), Notify(KEYS_DERIVED, keys)]
        following, more = self._settle(given.key, now)
        return following, (*outputs, *more)

    def _on_update_group(self, given: LocalInput, now: float) -> tuple[AuthenticatorState, Outputs]:
        self._begin_exchange()
        sent = self._transmit(self._group_message_1(), _GROUP_WAITS_S, now)
        return AuthenticatorState.EXPECT_GROUP_MESSAGE_2, (sent,)

    def _on_group_message_2(
        self, given: GroupMessage2, now: float
    ) -> tuple[AuthenticatorState, Outputs]:
        assert given.ptk is not None
        elsewhere = self._elsewhere(open_key_data(given.key, given.ptk), channel_validation.GROUP_2)
        if elsewhere:
            return self.state, elsewhere
        group = self.config.group.newest.cipher
        note = Notify(GROUP_REKEYED, {"peer": self.config.peer, "cipher": group})
        following, outputs = self._settle(given.key, now)
        return following, (note, *outputs)

    def _on_key_request(self, given: KeyRequest, now: float) -> tuple[AuthenticatorState, Outputs]:
        if not given.key.is_pairwise:
            return self.state, (GroupRekeyRequested(),)
        if self.state is AuthenticatorState.ESTABLISHED:
            return self._on_rekey_due(Rekey(), now)
        return self._on_rekey_later(Rekey(), now)

    def _on_michael_report(
        self, given: MichaelReport, now: float
    ) -> tuple[AuthenticatorState, Outputs]:
        return self.state, (MichaelFailureReported(),)

    def _on_rekey_due(self, given: LocalInput, now: float) -> tuple[AuthenticatorState, Outputs]:
        """The pairwise key has served its time, or another one is asked for."""
        if self.config.replaces_pairwise:
            return self._on_begin(given, now)
        return self._fail(Failed(REASON_NOT_ASSOCIATED, _TIMEOUT))

    def _on_rekey_later(self, given: LocalInput, now: float) -> tuple[AuthenticatorState, Outputs]:
        """Remember the wish while a group handshake runs; one that runs already fulfils it."""
        if self.state is AuthenticatorState.EXPECT_GROUP_MESSAGE_2:
            self._rekey_wanted = True
        return self.state, ()

    def _on_nothing_to_do(
        self, given: LocalInput, now: float
    ) -> tuple[AuthenticatorState, Outputs]:
        """Leave the new group key to `_settle`, which compares what was sent with the newest."""
        return self.state, ()

    def _on_timeout(self, given: Timeout, now: float) -> tuple[AuthenticatorState, Outputs]:
        state = self.state
        four_way = state is not AuthenticatorState.EXPECT_GROUP_MESSAGE_2
        if self._sent >= (self.config.attempts if four_way else self.config.group_attempts):
            reason = REASON_4WAY_TIMEOUT if four_way else REASON_GROUP_TIMEOUT
            return self._fail(Failed(reason, _TIMEOUT))
        note = Notify(MESSAGE_RETRANSMITTED, {"peer": self.config.peer, "awaits": state.value})
        waits = _FOUR_WAY_WAITS_S if four_way else _GROUP_WAITS_S
        return state, (note, self._transmit(self._message_of(state), waits, now))

    # ---- for testers -------------------------------------------------------------------------

    def repeat_message_1(self, *, anonce: bytes | None = None) -> Transmit:
        """Give 1/4 once more, which nobody answers for: no state follows from what it brings.

        `anonce`: in the place of the last one. Raises `UsageError` before there was any.
        """
        if not self._anonce:
            raise UsageError("no 1/4 was sent")
        frame = self._message_1()
        return Transmit((frame if anonce is None else replace(frame, nonce=anonce)).encode())

    def repeat_message_3(self) -> Transmit:
        """Give 3/4 once more, as `repeat_message_1`. Raises `UsageError` without keys."""
        ptk = self._keys_in_use()
        return Transmit(seal(self._message_3(ptk), self.config.akm, ptk.kck))

    def repeat_group_message_1(self) -> Transmit:
        """Give group 1/2 once more, as `repeat_message_1`. Raises `UsageError` without keys."""
        ptk = self._keys_in_use()
        return Transmit(seal(self._group_message_1(), self.config.akm, ptk.kck))

    def _keys_in_use(self) -> Ptk:
        if self._current is None:
            raise UsageError("the station has no keys")
        return self._current

    # ---- parts -------------------------------------------------------------------------------

    def _proven(self, key: EapolKey) -> Ptk | None:
        """Find the PMK by which the MIC of 2/4 was made, and remember it; None: it is none of ours.

        Once there are keys the station's PMK is settled.
        """
        config = self.config
        settled = self._pmk if self._current is not None else None
        for pmk in config.pmks if settled is None else (settled,):
            ptk = derive_ptk(
                config.akm, pmk, config.own, config.peer, self._anonce, key.nonce, self._tk_octets
            )
            if is_authentic(key, config.akm, ptk):
                self._pmk = pmk
                return ptk
        return None

    def _settle(self, answer: EapolKey, now: float) -> tuple[AuthenticatorState, Outputs]:
        """Rest in ESTABLISHED, unless the group key changed meanwhile or a rekey is wanted."""
        if self._outstanding[answer.replay_counter] != self.config.group.newest:
            return self._on_update_group(UpdateGroup(), now)
        accepted = GroupKeyAccepted()
        self._begin_exchange()
        if self._rekey_wanted:
            following, outputs = self._on_rekey_due(Rekey(), now)
            return following, (accepted, *outputs)
        period = self.config.ptk_rekey_s
        self._deadline = None if period is None else now + period
        return AuthenticatorState.ESTABLISHED, (accepted,)

    def _begin_exchange(self) -> None:
        self._outstanding.clear()
        self._sent = 0

    def _transmit(self, frame: EapolKey, waits_s: tuple[float, float], now: float) -> Transmit:
        """Send under a replay counter of its own; any that is outstanding may be answered."""
        self._deadline = now + waits_s[min(self._sent, 1)]
        self._sent += 1
        carries_gtk = frame.encrypted or (self.config.wpa and not frame.is_pairwise)
        self._outstanding[frame.replay_counter] = self.config.group.newest if carries_gtk else None
        ptk = self._tentative or self._current
        if not frame.has_mic:
            return Transmit(frame.encode())
        assert ptk is not None
        return Transmit(seal(frame, self.config.akm, ptk.kck))

    def _message_of(self, state: AuthenticatorState) -> EapolKey:
        if state is AuthenticatorState.EXPECT_MESSAGE_2:
            return self._message_1()
        if state is AuthenticatorState.EXPECT_MESSAGE_4:
            assert self._tentative is not None
            return self._message_3(self._tentative)
        return self._group_message_1()

    def _frame(self, information: int) -> EapolKey:
        self._replay += 1
        return EapolKey(
            self._version | ACK | information,
            self._replay,
            descriptor=self._descriptor,
            mic=bytes(self._suite.mic_octets),
            eapol_version=self.config.eapol_version,
        )

    def _message_1(self) -> EapolKey:
        pmkid = self.config.pmkid
        return replace(
            self._frame(PAIRWISE | (SECURE if self._current else 0)),
            key_length=self._tk_octets,
            nonce=self._anonce,
            key_data=kde(KDE_PMKID, pmkid) if pmkid is not None else b"",
        )

    def _message_3(self, ptk: Ptk) -> EapolKey:
        elements = self.config.own_rsne + self.config.own_rsnxe
        closed = self.config.transition_disable
        last = transition_disable_kde(closed) if closed else b""
        if self.config.wpa:
            return replace(
                self._frame(PAIRWISE | INSTALL | MIC),
                key_length=self._tk_octets,
                nonce=self._anonce,
                key_data=elements + last,
            )
        iv, key_data = self._protected(ptk, elements + self._group_kdes() + last)
        return replace(
            self._frame(PAIRWISE | INSTALL | MIC | SECURE | ENCRYPTED),
            key_length=self._tk_octets,
            nonce=self._anonce,
            rsc=self.config.group.sequence + bytes(2),
            iv=iv,
            key_data=key_data,
        )

    def _group_message_1(self) -> EapolKey:
        assert self._current is not None
        if self.config.wpa:
            return self._wpa_group_message_1(self._current)
        iv, key_data = self._protected(self._current, self._group_kdes())
        return replace(
            self._frame(MIC | SECURE | ENCRYPTED),
            rsc=self.config.group.sequence + bytes(2),
            iv=iv,
            key_data=key_data,
        )

    def _protected(self, ptk: Ptk, plain: bytes) -> tuple[bytes, bytes]:
        """Encrypt key data as the descriptor version has it; gives the Key IV with it."""
        if self._version != VERSION_HMAC_MD5_RC4:
            return bytes(16), wrap_key_data(ptk.kek, plain)
        iv = self._entropy.octets(16)
        return iv, rc4_key_data(ptk.kek, iv, plain)

    def _wpa_group_message_1(self, ptk: Ptk) -> EapolKey:
        group = self.config.group
        iv, key_data = self._protected(ptk, group.newest.key)
        return replace(
            self._frame(MIC | SECURE | group.newest.index << KEY_INDEX_SHIFT),
            key_length=len(group.newest.key),
            nonce=self._entropy.octets(32),
            rsc=group.sequence + bytes(2),
            iv=iv,
            key_data=key_data,
        )

    def _group_kdes(self) -> bytes:
        """Encode the newest group keys.

        The packet numbers of IGTK and BIGTK are told as zero: the radio keeps them to itself, and a
        station that starts lower than need be still accepts every later number.
        """
        group = self.config.group
        encoded = GtkKde(group.newest.index, group.newest.key).encode()
        keys = ((group.newest_igtk, KDE_IGTK), (group.newest_bigtk, KDE_BIGTK))
        for key, data_type in keys if self.config.mfp else ():
            if key is not None:
                encoded += IgtkKde(key.index, bytes(6), key.key).encode(data_type)
        channel = self.config.channel
        return encoded if channel is None else encoded + channel.kde()

    def _elsewhere(self, data: KeyData | str, frame: str) -> Outputs:
        """What to say of a message whose sender is not on our channel; nothing of any other."""
        told = None if isinstance(data, str) else data.oci
        return channel_validation.refusal(self.config.channel, told, self.config.peer, frame) or ()

    def _fail(self, failed: Failed) -> tuple[AuthenticatorState, Outputs]:
        self._begin_exchange()
        self._tentative = self._current = self._deadline = None
        return AuthenticatorState.FAILED, (failed,)


_S = AuthenticatorState
_A = Authenticator
_AFTER = (_S.ESTABLISHED, _S.EXPECT_GROUP_MESSAGE_2, _S.EXPECT_MESSAGE_2, _S.FAILED)
_BEGIN = cell(_A._on_begin, "802.11-2020 12.7.6.2", _S.EXPECT_MESSAGE_2)
_DUE = cell(_A._on_rekey_due, _TIMEOUT, _S.EXPECT_MESSAGE_2, _S.FAILED)
_UPDATE = cell(_A._on_update_group, _G2, _S.EXPECT_GROUP_MESSAGE_2)


_TABLE: Table[AuthenticatorState] = {
    (_S.IDLE, Begin): _BEGIN,
    (_S.IDLE, UpdateGroup): cell(_A._on_nothing_to_do, _G2, _S.IDLE),
    (_S.EXPECT_MESSAGE_2, Message2): cell(
        _A._on_message_2, _M2, _S.EXPECT_MESSAGE_2, _S.EXPECT_MESSAGE_4, _S.FAILED
    ),
    (_S.EXPECT_MESSAGE_2, Timeout): cell(_A._on_timeout, _TIMEOUT, _S.EXPECT_MESSAGE_2, _S.FAILED),
    (_S.EXPECT_MESSAGE_2, KeyRequest): cell(_A._on_key_request, _KEY, _S.EXPECT_MESSAGE_2),
    (_S.EXPECT_MESSAGE_2, Rekey): cell(_A._on_rekey_later, _KEY, _S.EXPECT_MESSAGE_2),
    (_S.EXPECT_MESSAGE_2, UpdateGroup): cell(_A._on_nothing_to_do, _G2, _S.EXPECT_MESSAGE_2),
    (_S.EXPECT_MESSAGE_4, Message4): cell(_A._on_message_4, _M4, *_AFTER),
    (_S.EXPECT_MESSAGE_4, Timeout): cell(_A._on_timeout, _TIMEOUT, _S.EXPECT_MESSAGE_4, _S.FAILED),
    (_S.EXPECT_MESSAGE_4, KeyRequest): cell(_A._on_key_request, _KEY, _S.EXPECT_MESSAGE_4),
    (_S.EXPECT_MESSAGE_4, Rekey): cell(_A._on_rekey_later, _KEY, _S.EXPECT_MESSAGE_4),
    (_S.EXPECT_MESSAGE_4, UpdateGroup): cell(_A._on_nothing_to_do, _G2, _S.EXPECT_MESSAGE_4),
    (_S.ESTABLISHED, Rekey): _DUE,
    (_S.ESTABLISHED, Timeout): _DUE,
    **{
        (state, MichaelReport): cell(_A._on_michael_report, "802.11-2020 12.5.2.4", state)
        for state in (
            _S.EXPECT_MESSAGE_2,
            _S.EXPECT_MESSAGE_4,
            _S.ESTABLISHED,
            _S.EXPECT_GROUP_MESSAGE_2,
        )
    },
    (_S.ESTABLISHED, KeyRequest): cell(
        _A._on_key_request, _KEY, _S.ESTABLISHED, _S.EXPECT_MESSAGE_2, _S.FAILED
    ),
    (_S.ESTABLISHED, UpdateGroup): _UPDATE,
    (_S.EXPECT_GROUP_MESSAGE_2, GroupMessage2): cell(_A._on_group_message_2, _G2, *_AFTER),
    (_S.EXPECT_GROUP_MESSAGE_2, Timeout): cell(
        _A._on_timeout, _TIMEOUT, _S.EXPECT_GROUP_MESSAGE_2, _S.FAILED
    ),
    (_S.EXPECT_GROUP_MESSAGE_2, KeyRequest): cell(
        _A._on_key_request, _KEY, _S.EXPECT_GROUP_MESSAGE_2
    ),
    (_S.EXPECT_GROUP_MESSAGE_2, Rekey): cell(_A._on_rekey_later, _KEY, _S.EXPECT_GROUP_MESSAGE_2),
    (_S.EXPECT_GROUP_MESSAGE_2, UpdateGroup): cell(
        _A._on_nothing_to_do, _G2, _S.EXPECT_GROUP_MESSAGE_2
    ),
    (_S.FAILED, UpdateGroup): cell(_A._on_nothing_to_do, _G2, _S.FAILED),
    (_S.FAILED, Rekey): cell(_A._on_rekey_later, _KEY, _S.FAILED),
}

__all__ = [
    "Authenticator",
    "AuthenticatorConfig",
    "AuthenticatorState",
    "Begin",
    "EapolKeyReceived",
    "Failed",
    "GroupKeyAccepted",
    "GroupRekeyRequested",
    "InstallGroupKey",
    "InstallPairwiseKey",
    "MichaelFailureReported",
    "PortAuthorized",
    "Rekey",
    "UpdateGroup",
]
