"""The RSN supplicant: 4-way and group key handshakes of a station.

Source: IEEE 802.11-2020, 12.7.6 and 12.7.7.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from harness.base.entropy import Entropy
from harness.base.errors import WireError
from harness.crypto.prf import Ptk, akm_suite, derive_ptk
from harness.proto import channel_validation
from harness.proto.key_handshake import (
    GROUP_REKEYED,
    HANDSHAKE_COMPLETED,
    HANDSHAKE_STARTED,
    KEY_KEPT,
    KEY_REQUESTED,
    KEYS_DERIVED,
    REKEY_DENIED,
    EapolKeyReceived,
    Failed,
    InstallGroupKey,
    InstallPairwiseKey,
    Message,
    PortAuthorized,
    Rekey,
    RekeyDenied,
    TransmitInClear,
    descriptor_version,
    is_authentic,
    is_readable,
    open_key_data,
    seal,
    versions_allowed,
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
from harness.proto.supplicant_checks import (
    BIGTK_IDS,
    Fault,
    early_group_key,
    fault_in_group_keys,
    fault_in_group_message,
    fault_in_management_keys,
    fault_in_message_3,
    with_usable_keys,
    wpa_group_key,
)
from harness.proto.supplicant_checks import GROUP_MESSAGE_1 as _G1
from harness.proto.supplicant_checks import MESSAGE_3 as _M3
from harness.proto.supplicant_config import SupplicantConfig
from harness.wire.dot11.codes import REASON_UNSPECIFIED
from harness.wire.eapol_key import (
    DESCRIPTOR_RSN,
    DESCRIPTOR_WPA,
    ERROR,
    KEY_INDEX_MASK,
    MIC,
    PAIRWISE,
    REQUEST,
    SECURE,
    EapolKey,
)
from harness.wire.key_data import GtkKde, IgtkKde, KeyData
from harness.wire.rsn import KEY_OCTETS

_KEY = "802.11-2020 12.7.2"
_M1 = "802.11-2020 12.7.6.2"


class SupplicantState(Enum):
    """What the Supplicant waits for of its AP (12.7.6)."""

    EXPECT_MESSAGE_1 = "expect 1/4"
    EXPECT_MESSAGE_3 = "expect 3/4"
    EXPECT_GROUP_KEY = "expect group 1/2"
    """WPA version 1: the pairwise keys are there, and the first group key is to come."""
    ESTABLISHED = "established"
    REKEYING = "rekeying"
    """Established, and expects 3/4 of another handshake."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TransitionDisabled(Output):
    """The AP closes less secure ways into its network. `bitmap`: one octet (WPA3 3.0, 8)."""

    bitmap: int


@dataclass(frozen=True, slots=True)
class Message1(Message):
    """1/4, with no MIC: nothing in it is to be trusted."""


@dataclass(frozen=True, slots=True)
class Message3(Message):
    """3/4 with a valid MIC."""


@dataclass(frozen=True, slots=True)
class GroupMessage1(Message):
    """Group 1/2 with a valid MIC."""


class Supplicant:
    """One station's side of the key handshakes with one AP, from association to its end.

    Inputs: `EapolKeyReceived`, `Rekey` (ask the AP for another pairwise key), `Timeout`. Outputs:
    `Transmit` and `TransmitInClear` (whole EAPOL frames), `InstallPairwiseKey`,
    `InstallGroupKey`, `PortAuthorized`, `TransitionDisabled`, `Failed`, `Notify`, `Discarded`; to
    be carried out in their order, since 4/4 of a rekey has to leave under the old key.
    """

    def __init__(self, config: SupplicantConfig, entropy: Entropy) -> None:
        self.config = config
        self.state = SupplicantState.EXPECT_MESSAGE_1
        self._entropy = entropy
        self._suite = akm_suite(config.akm)
        self._versions = versions_allowed(self._suite, config.pairwise)
        self._descriptor = DESCRIPTOR_WPA if config.wpa else DESCRIPTOR_RSN
        self._tk_octets = KEY_OCTETS[config.pairwise]
        self._replay: int | None = None
        self._request_counter = 0
        self._anonce = b""
        self._snonce: bytes | None = None
        self._tentative: Ptk | None = None
        self._current: Ptk | None = None
        self._version = descriptor_version(self._suite, config.pairwise)
        self._completes: Ptk | None = None
        self._group_keys: dict[int, bytes] = {}
        self._rekey_at: float | None = None

    @property
    def has_beacon_key(self) -> bool:
        """A BIGTK was installed: the AP's Beacons are protected."""
        return not self._group_keys.keys().isdisjoint(BIGTK_IDS)

    def deadline(self) -> float | None:
        """When to ask for another pairwise key: never before the first handshake is through."""
        waits = self.state in (SupplicantState.ESTABLISHED, SupplicantState.REKEYING)
        return self._rekey_at if waits else None

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
        if not key.has_mic:
            return self._admit_message_1(key, given.encrypted)
        encrypted = given.encrypted
        for ptk, tentative in ((self._tentative, True), (self._current, False)):
            if ptk is not None and is_authentic(key, self.config.akm, ptk):
                self._replay = key.replay_counter
                if key.encrypted and not self.config.wpa and not is_readable(key, ptk):
                    return Discarded("key data cannot be decrypted", _KEY)
                kind = Message3 if key.is_pairwise else GroupMessage1
                return kind(key, ptk, tentative, encrypted)
        return Discarded("MIC does not verify", _KEY)

    def _refusal(self, key: EapolKey) -> str | None:
        if key.descriptor not in (DESCRIPTOR_RSN, self._descriptor):
            return f"descriptor type {key.descriptor}"
        if key.version not in self._versions:
            return f"key descriptor version {key.version}"
        if self._replay is not None and key.replay_counter <= self._replay:
            return f"replay counter {key.replay_counter} after {self._replay}"
        if key.smk or key.request or not key.ack:
            return "not from an authenticator: SMK, Request or no Ack"
        if key.is_pairwise and key.key_index:
            return f"pairwise key with index {key.key_index}"
        return None

    def _admit_message_1(self, key: EapolKey, encrypted: bool) -> Message | Discarded:
        if not key.is_pairwise:
            return Discarded("group frame without MIC", _G1)
        if key.encrypted:
            return Discarded("encrypted key data without MIC", _KEY)
        if self._current and self.config.group_management is not None and not encrypted:
            return Discarded("1/4 in the clear though management frames are protected", _M1)
        data = open_key_data(key, None)
        if isinstance(data, str):
            return Discarded(data, _M1)
        known = self.config.pmkid
        if known is not None and data.pmkid is not None and data.pmkid != known:
            return Discarded("1/4 names another PMKSA", _M1)
        return Message1(key)

    # ---- handlers ----------------------------------------------------------------------------

    def _on_message_1(self, given: Message1, now: float) -> tuple[SupplicantState, Outputs]:
        """Answer with 2/4. The SNonce stays the same until a handshake is through (12.7.6.3)."""
        if self._current and not self.config.replaces_pairwise:
            return self._deny_rekey()
        key = given.key
        if self._snonce is None:
            self._snonce = self._entropy.octets(32)
        if self._tentative is None or key.nonce != self._anonce:
            self._anonce = key.nonce
            self._tentative = self._derive(self._snonce)
        config = self.config
        information = PAIRWISE | MIC | (SECURE if self._current else 0)
        reply = self._reply(
            key,
            information | config.message_2_information,
            self._tentative,
            nonce=self._snonce,
            key_data=config.own_rsne + config.own_rsnxe + self._oci() + config.message_2_data,
        )
        following = SupplicantState.REKEYING if self._current else SupplicantState.EXPECT_MESSAGE_3
        outputs: Outputs = (Transmit(reply),)
        if following is not self.state:
            outputs = (Notify(HANDSHAKE_STARTED, {"peer": self.config.peer}), *outputs)
        return following, outputs

    def _on_message_3(self, given: Message3, now: float) -> tuple[SupplicantState, Outputs]:
        data = open_key_data(given.key, given.ptk)
        superseded = not given.tentative and self._tentative is not None
        anonce = given.key.nonce if superseded else self._anonce
        fault = fault_in_message_3(self.config, anonce, given.key, data)
        if fault is not None:
            return self._refuse(fault)
        assert isinstance(data, KeyData)
        assert given.ptk is not None
        elsewhere = channel_validation.refusal(
            self.config.channel, data.oci, self.config.peer, channel_validation.MESSAGE_3
        )
        if elsewhere is not None:
            return self.state, elsewhere
        answer, faulty = self._answer(given.key, given.ptk), fault_in_group_keys(self.config, data)
        if not given.tentative:
            return self._on_repeated_message_3(given, data, answer, faulty)
        outputs: list[Output] = [Transmit(answer)]
        if given.key.install:
            outputs.append(InstallPairwiseKey(0, self.config.pairwise, given.ptk.tk))
        if faulty is not None:
            return self._refuse(faulty, *outputs)
        following, first = SupplicantState.ESTABLISHED, self._current is None
        if self.config.wpa:
            self._completes = given.ptk
            following = SupplicantState.EXPECT_GROUP_KEY if first else following
        else:
            outputs += self._install_group_keys(data, given.key.rsc[:6])
            if first:
                outputs.append(PortAuthorized())
            outputs += self._completed(given.ptk)
        if data.transition_disable is not None:
            outputs.append(TransitionDisabled(data.transition_disable))
        # The temporal key is the radio's from here on: what is not kept can't be reinstalled.
        self._current = replace(given.ptk, tk=b"")
        self._tentative = self._snonce = None
        if self.config.ptk_rekey_s is not None:
            self._rekey_at = now + self.config.ptk_rekey_s
        return following, tuple(outputs)

    def _on_repeated_message_3(
        self, given: Message3, data: KeyData, answer: bytes, faulty: Fault | None
    ) -> tuple[SupplicantState, Outputs]:
        """Answer again, and take a group key only if it is not in use: nothing is reinstalled."""
        sent = Transmit(answer) if given.encrypted else TransmitInClear(answer)
        if faulty is not None:
            return self._refuse(faulty, sent)
        if self.config.wpa:
            return self.state, (sent,)
        return self.state, (sent, *self._install_group_keys(data, given.key.rsc[:6]))

    def _on_early_group_message(
        self, given: GroupMessage1, now: float
    ) -> tuple[SupplicantState, Outputs]:
        return self._refuse(early_group_key(self.config))

    def _on_group_message_1(
        self, given: GroupMessage1, now: float
    ) -> tuple[SupplicantState, Outputs]:
        if given.tentative:
            return self._on_early_group_message(given, now)
        assert given.ptk is not None
        key, config = given.key, self.config
        data = self._group_data(key, given.ptk)
        if isinstance(data, Fault):
            return self._refuse(data)
        elsewhere = channel_validation.refusal(
            self.config.channel, data.oci, self.config.peer, channel_validation.GROUP_1
        )
        if elsewhere is not None:
            following, failed = self._fail(Failed(REASON_UNSPECIFIED, channel_validation.CLAUSE))
            return following, (*elsewhere, *failed)
        faulty = fault_in_management_keys(config, data, _G1)
        told = () if faulty is None else faulty.told
        usable = with_usable_keys(config, data)
        installs = (*told, *self._install_group_keys(usable, key.rsc[:6]))
        reply = Transmit(self._answer(key, given.ptk))
        if self._completes is not None:
            completed, self._completes = self._completed(self._completes), None
            first = self.state is SupplicantState.EXPECT_GROUP_KEY
            opened = (PortAuthorized(),) if first else ()
            following = SupplicantState.ESTABLISHED if first else self.state
            return following, (reply, *installs, *opened, *completed)
        note = Notify(GROUP_REKEYED, {"peer": self.config.peer, "cipher": self.config.group})
        return self.state, (reply, *installs, note)

    def _group_data(self, key: EapolKey, ptk: Ptk) -> KeyData | Fault:
        if self.config.wpa:
            return wpa_group_key(self.config, key, ptk)
        data = open_key_data(key, ptk)
        fault = fault_in_group_message(self.config, key, data)
        if fault is not None:
            return fault
        assert isinstance(data, KeyData)
        return data

    def _on_rekey_request(self, given: LocalInput, now: float) -> tuple[SupplicantState, Outputs]:
        """Send a Key Request (12.7.2, Request bit): under the present keys, own counter."""
        assert self._current is not None
        if isinstance(given, Timeout) and not self.config.replaces_pairwise:
            return self._deny_rekey()
        if self.config.ptk_rekey_s is not None:
            self._rekey_at = now + self.config.ptk_rekey_s
        counter, self._request_counter = self._request_counter, self._request_counter + 1
        request = EapolKey(
            self._version | MIC | SECURE | REQUEST | _kind_of_request(given),
            counter,
            descriptor=self._descriptor,
            mic=bytes(self._suite.mic_octets),
            eapol_version=self.config.eapol_version,
        )
        octets = seal(request, self.config.akm, self._current.kck)
        asked = {"error": request.error, "pairwise": request.is_pairwise, "octets": len(octets)}
        return self.state, (Notify(KEY_REQUESTED, asked), Transmit(octets))

    def _deny_rekey(self) -> tuple[SupplicantState, Outputs]:
        following, outputs = self._fail(RekeyDenied(REASON_UNSPECIFIED, _M1))
        return following, (Notify(REKEY_DENIED, {"peer": self.config.peer}), *outputs)

    # ---- parts -------------------------------------------------------------------------------

    def _derive(self, snonce: bytes) -> Ptk:
        config = self.config
        return derive_ptk(
            config.akm,
            config.pmk,
            config.peer,
            config.own,
            self._anonce,
            snonce,
            self._tk_octets,
        )

    def _answer(self, key: EapolKey, ptk: Ptk) -> bytes:
        """Encode 4/4 or group 2/2."""
        if key.is_pairwise:
            return self._reply(key, PAIRWISE | MIC | key.key_information & SECURE, ptk)
        index = key.key_information & KEY_INDEX_MASK
        return self._reply(key, index | MIC | SECURE, ptk, key_data=self._oci())

    def _oci(self) -> bytes:
        channel = self.config.channel
        return b"" if channel is None else channel.kde()

    def _reply(
        self,
        key: EapolKey,
        information: int,
        ptk: Ptk,
        *,
        nonce: bytes = bytes(32),
        key_data: bytes = b"",
    ) -> bytes:
        self._version = key.version
        reply = EapolKey(
            key.version | information,
            key.replay_counter,
            key_length=key.key_length if self.config.wpa else 0,
            descriptor=self._descriptor,
            nonce=nonce,
            key_data=key_data,
            mic=bytes(self._suite.mic_octets),
            eapol_version=self.config.eapol_version,
        )
        return seal(reply, self.config.akm, ptk.kck)

    def _install_group_keys(self, data: KeyData, sequence: bytes) -> list[Output]:
        assert data.gtk is not None
        outputs = self._install(data.gtk, self.config.group, sequence)
        cipher = self.config.group_management
        if cipher is None:
            return outputs
        for key in (data.igtk, data.bigtk if self.config.beacon_protection else None):
            if key is not None:
                outputs += self._install(key, cipher, key.packet_number)
        return outputs

    def _install(self, key: GtkKde | IgtkKde, cipher: int, sequence: bytes) -> list[Output]:
        used = (each for at, each in self._group_keys.items() if _kind(at) == _kind(key.key_id))
        if key.key in used:
            return [Notify(KEY_KEPT, {"peer": self.config.peer, "index": key.key_id})]
        self._group_keys[key.key_id] = key.key
        return [InstallGroupKey(key.key_id, cipher, key.key, sequence)]

    def _completed(self, ptk: Ptk) -> list[Output]:
        config = self.config
        ciphers = {"peer": config.peer, "pairwise": config.pairwise, "group": config.group}
        keys = {"peer": config.peer, "kck": ptk.kck, "kek": ptk.kek, "tk": ptk.tk}
        return [Notify(HANDSHAKE_COMPLETED, ciphers), Notify(KEYS_DERIVED, keys)]

    def _refuse(self, fault: Fault, *before: Output) -> tuple[SupplicantState, Outputs]:
        following, failed = self._fail(fault.failed)
        return following, (*before, *fault.told, *failed)

    def _fail(self, failed: Failed) -> tuple[SupplicantState, Outputs]:
        self._tentative = self._current = self._snonce = self._rekey_at = None
        self._completes = None
        return SupplicantState.FAILED, (failed,)


def _kind(index: int) -> int:
    """GTK, IGTK (4 and 5) or BIGTK (6 and 7)."""
    return max(index // 2, 1)


def _kind_of_request(given: LocalInput) -> int:
    if not isinstance(given, Rekey):
        return PAIRWISE
    return (PAIRWISE if given.pairwise else 0) | (ERROR if given.error else 0)


_S = SupplicantState
_UP = (_S.ESTABLISHED, _S.REKEYING, _S.FAILED)
_FIRST = cell(Supplicant._on_message_1, _M1, _S.EXPECT_MESSAGE_3)
_AGAIN = cell(Supplicant._on_message_1, _M1, _S.REKEYING, _S.FAILED)
_THIRD = cell(Supplicant._on_message_3, _M3, *_UP)
_FIRST_THIRD = cell(Supplicant._on_message_3, _M3, *_UP, _S.EXPECT_GROUP_KEY, _S.EXPECT_MESSAGE_3)
_GROUP = cell(Supplicant._on_group_message_1, _G1, *_UP)
_ASK = cell(Supplicant._on_rekey_request, _KEY, *_UP)

_TABLE: Table[SupplicantState] = {
    (_S.EXPECT_MESSAGE_1, Message1): _FIRST,
    (_S.EXPECT_MESSAGE_3, Message1): _FIRST,
    (_S.EXPECT_MESSAGE_3, Message3): _FIRST_THIRD,
    (_S.EXPECT_MESSAGE_3, GroupMessage1): cell(Supplicant._on_early_group_message, _G1, _S.FAILED),
    (_S.EXPECT_GROUP_KEY, Message3): _FIRST_THIRD,
    (_S.EXPECT_GROUP_KEY, GroupMessage1): cell(
        Supplicant._on_group_message_1, _G1, _S.ESTABLISHED, _S.FAILED
    ),
    (_S.ESTABLISHED, Message1): _AGAIN,
    (_S.ESTABLISHED, Message3): _THIRD,
    (_S.ESTABLISHED, GroupMessage1): _GROUP,
    (_S.ESTABLISHED, Rekey): _ASK,
    (_S.ESTABLISHED, Timeout): _ASK,
    (_S.REKEYING, Message1): _AGAIN,
    (_S.REKEYING, Message3): _THIRD,
    (_S.REKEYING, GroupMessage1): _GROUP,
    (_S.REKEYING, Rekey): _ASK,
    (_S.REKEYING, Timeout): _ASK,
}

__all__ = [
    "EapolKeyReceived",
    "Failed",
    "InstallGroupKey",
    "InstallPairwiseKey",
    "PortAuthorized",
    "Rekey",
    "RekeyDenied",
    "Supplicant",
    "SupplicantConfig",
    "SupplicantState",
    "TransitionDisabled",
    "TransmitInClear",
]
