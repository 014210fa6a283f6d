"""The RSN supplicant: 4-way and group key handshakes of a station.

Source: IEEE 802.11-2020, 12.7.6 and 12.7.7.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.base.errors import BadMic, WireError
from harness.crypto.prf import Ptk, akm_suite, derive_ptk
from harness.proto import channel_validation
from harness.proto.channel_validation import OwnChannel
from harness.proto.key_handshake import (
    GROUP_REKEYED,
    HANDSHAKE_COMPLETED,
    HANDSHAKE_STARTED,
    KEY_KEPT,
    KEY_REQUESTED,
    KEYS_DERIVED,
    REASON_ELEMENT_DIFFERS,
    REASON_UNSPECIFIED,
    REKEY_DENIED,
    RSNE_DIFFERED,
    RSNXE_DIFFERED,
    EapolKeyReceived,
    Failed,
    InstallGroupKey,
    InstallPairwiseKey,
    Message,
    PortAuthorized,
    Rekey,
    RekeyDenied,
    TransmitInClear,
    decrypt_key_data,
    descriptor_version,
    is_authentic,
    open_key_data,
    seal,
    versions_allowed,
)
from harness.proto.machine import (
    Cell,
    Discarded,
    LocalInput,
    Notify,
    Output,
    Outputs,
    PeerInput,
    Table,
    Timeout,
    Transmit,
    take_step,
)
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
from harness.wire.rsn import CIPHER_CCMP, KEY_OCTETS, GtkKde, IgtkKde, KeyData, Rsne

_KEY = "802.11-2020 12.7.2"
_M1 = "802.11-2020 12.7.6.2"
_M3 = "802.11-2020 12.7.6.4"
_G1 = "802.11-2020 12.7.7.2"
_IGTK_IDS = (4, 5)
_BIGTK_IDS = (6, 7)


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
class SupplicantConfig:
    """What association has settled.

    `own`, `peer`: addresses of station and AP. `pmk`: 32 octets. Elements are whole, with id and
    length: `own_rsne`, `own_rsnxe` as in the Association Request, `peer_rsne`, `peer_rsnxe` as in
    the Beacon or Probe Response (empty: not present). `group_management`: the cipher when
    management frame protection is negotiated, else None; `beacon_protection`: take the BIGTK then,
    if there is one. `pmkid`: of the PMKSA in use where 1/4
    must name it (not with PSK). `wpa`: the AP speaks WPA version 1 (descriptor type 254, the group
    key by a handshake of its own); `own_rsne` and `peer_rsne` are then WPA elements.
    `ptk_rekey_s`: ask for another pairwise key at this period. `replaces_pairwise`: False: fail
    with `RekeyDenied` when another one is due. `message_2_data`,
    `message_2_information`: further Key Data, and bits of Key Information, in 2/4.
    `channel`: where we are, when both ends validate the operating channel.
    """

    own: MacAddress
    peer: MacAddress
    pmk: bytes = field(repr=False)
    akm: int
    own_rsne: bytes
    peer_rsne: bytes
    pairwise: int = CIPHER_CCMP
    group: int = CIPHER_CCMP
    group_management: int | None = None
    beacon_protection: bool = False
    own_rsnxe: bytes = b""
    peer_rsnxe: bytes = b""
    pmkid: bytes | None = None
    wpa: bool = False
    eapol_version: int = 1
    ptk_rekey_s: float | None = None
    replaces_pairwise: bool = True
    message_2_data: bytes = b""
    message_2_information: int = 0
    channel: OwnChannel | None = None


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
        return not self._group_keys.keys().isdisjoint(_BIGTK_IDS)

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
        following, outputs = take_step(self, _TABLE, given, now)
        assert isinstance(following, SupplicantState)
        self.state = following
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
                if not key.is_pairwise:
                    return GroupMessage1(key, ptk, tentative, encrypted)
                if key.install:
                    return Message3(key, ptk, tentative, encrypted)
                return Discarded("pairwise frame with MIC is no 3/4: Install is 0", _M3)
        return Discarded("MIC does not verify", _KEY)

    def _refusal(self, key: EapolKey) -> str | None:
        if key.descriptor != self._descriptor:
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
        if not given.tentative:
            return self._on_repeated_message_3(given)
        data = open_key_data(given.key, given.ptk)
        fault = self._fault_in_message_3(given.key, data)
        if fault is not None or isinstance(data, str):
            state, ended = self._fail(fault or Failed(REASON_UNSPECIFIED, _M3))
            return state, (*self._difference(fault, data), *ended)
        elsewhere = channel_validation.refusal(
            self.config.channel, data.oci, self.config.peer, channel_validation.MESSAGE_3
        )
        if elsewhere is not None:
            return self.state, elsewhere
        assert given.ptk is not None
        outputs: list[Output] = [
            Transmit(self._answer(given.key, given.ptk, PAIRWISE)),
            InstallPairwiseKey(0, self.config.pairwise, given.ptk.tk),
        ]
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

    def _on_repeated_message_3(self, given: Message3) -> tuple[SupplicantState, Outputs]:
        """Answer again, and take a group key only if it is not in use: nothing is reinstalled."""
        assert given.ptk is not None
        data = open_key_data(given.key, given.ptk)
        elsewhere = channel_validation.refusal(
            self.config.channel,
            None if isinstance(data, str) else data.oci,
            self.config.peer,
            channel_validation.MESSAGE_3,
        )
        if elsewhere is not None:
            return self.state, elsewhere
        answer = self._answer(given.key, given.ptk, PAIRWISE)
        outputs: list[Output] = [
            Transmit(answer) if given.encrypted else TransmitInClear(answer),
        ]
        if self.config.wpa:
            return self.state, tuple(outputs)
        if isinstance(data, KeyData) and not self._group_fault(given.key, data, _M3):
            outputs += self._install_group_keys(data, given.key.rsc[:6])
        return self.state, tuple(outputs)

    def _on_early_group_message(
        self, given: GroupMessage1, now: float
    ) -> tuple[SupplicantState, Outputs]:
        return self._fail(Failed(REASON_UNSPECIFIED, _G1))

    def _on_group_message_1(
        self, given: GroupMessage1, now: float
    ) -> tuple[SupplicantState, Outputs]:
        if given.tentative:
            return self._fail(Failed(REASON_UNSPECIFIED, _G1))
        assert given.ptk is not None
        key = given.key
        data = self._wpa_group(key, given.ptk) if self.config.wpa else open_key_data(key, given.ptk)
        if isinstance(data, str):
            return self._fail(Failed(REASON_UNSPECIFIED, _G1))
        fault = self._group_fault(given.key, data, _G1)
        if fault:
            return self._fail(fault)
        elsewhere = channel_validation.refusal(
            self.config.channel, data.oci, self.config.peer, channel_validation.GROUP_1
        )
        if elsewhere is not None:
            following, failed = self._fail(Failed(REASON_UNSPECIFIED, channel_validation.CLAUSE))
            return following, (*elsewhere, *failed)
        installs = self._install_group_keys(data, given.key.rsc[:6])
        reply = Transmit(self._answer(given.key, given.ptk, 0))
        if self._completes is not None:
            completed, self._completes = self._completed(self._completes), None
            first = self.state is SupplicantState.EXPECT_GROUP_KEY
            opened = (PortAuthorized(),) if first else ()
            following = SupplicantState.ESTABLISHED if first else self.state
            return following, (reply, *installs, *opened, *completed)
        note = Notify(GROUP_REKEYED, {"peer": self.config.peer, "cipher": self.config.group})
        return self.state, (reply, *installs, note)

    def _wpa_group(self, key: EapolKey, ptk: Ptk) -> KeyData | str:
        """The group key as WPA version 1 hands it over: bare, its index in the frame."""
        try:
            return KeyData(gtk=GtkKde(key.key_index, decrypt_key_data(key, ptk)))
        except BadMic as error:
            return str(error)

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

    def _answer(self, key: EapolKey, ptk: Ptk, pairwise: int) -> bytes:
        """Encode 4/4 or group 2/2."""
        if self.config.wpa and pairwise:
            return self._reply(key, PAIRWISE | MIC, ptk)
        index = key.key_information & KEY_INDEX_MASK if self.config.wpa else 0
        told = b"" if pairwise else self._oci()
        return self._reply(key, pairwise | index | MIC | SECURE, ptk, key_data=told)

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
            descriptor=self._descriptor,
            nonce=nonce,
            key_data=key_data,
            mic=bytes(self._suite.mic_octets),
            eapol_version=self.config.eapol_version,
        )
        return seal(reply, self.config.akm, ptk.kck)

    def _fault_in_message_3(self, key: EapolKey, data: KeyData | str) -> Failed | None:
        config = self.config
        if isinstance(data, str) or key.nonce != self._anonce:
            return Failed(REASON_UNSPECIFIED, _M3)
        if key.key_length != self._tk_octets or not config.peer_rsne:
            return Failed(REASON_UNSPECIFIED, _M3)
        if config.wpa:
            same = data.wpa == config.peer_rsne
            return None if same else Failed(REASON_ELEMENT_DIFFERS, _M3)
        if data.rsne != config.peer_rsne or (data.rsnxe or b"") != config.peer_rsnxe:
            return Failed(REASON_ELEMENT_DIFFERS, _M3)
        if len(data.rsnes) > 1 and not self._is_our_cipher(data.rsnes[1]):
            return Failed(REASON_UNSPECIFIED, _M3)
        return self._group_fault(key, data, _M3)

    def _difference(self, fault: Failed | None, data: KeyData | str) -> Outputs:
        """What element of RSN it was for that 3/4 was refused, if it was."""
        differs = fault is not None and fault.reason == REASON_ELEMENT_DIFFERS
        if not differs or self.config.wpa or isinstance(data, str):
            return ()
        peer = self.config.peer
        if data.rsne == self.config.peer_rsne:
            return (Notify(RSNXE_DIFFERED, {"peer": peer}),)
        return (Notify(RSNE_DIFFERED, {"peer": peer, "present": data.rsne is not None}),)

    def _is_our_cipher(self, rsne: bytes) -> bool:
        """Tell whether a second RSNE in 3/4 assigns the pairwise cipher that we asked for."""
        try:
            return Rsne.decode(rsne[2:]).pairwise == (self.config.pairwise,)
        except WireError:
            return False

    def _group_fault(self, key: EapolKey, data: KeyData, clause: str) -> Failed | None:
        config = self.config
        failed = Failed(REASON_UNSPECIFIED, clause)
        protected = key.encrypted or config.wpa
        if not protected or data.gtk is None or len(data.gtk.key) != KEY_OCTETS[config.group]:
            return failed
        if config.group_management is None:
            return None
        igtk, octets = data.igtk, KEY_OCTETS[config.group_management]
        if igtk is None or igtk.key_id not in _IGTK_IDS or len(igtk.key) != octets:
            return failed
        bigtk = data.bigtk if config.beacon_protection else None
        usable = bigtk is None or (bigtk.key_id in _BIGTK_IDS and len(bigtk.key) == octets)
        return None if usable else failed

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
        if key.key in self._group_keys.values():
            return [Notify(KEY_KEPT, {"peer": self.config.peer, "index": key.key_id})]
        self._group_keys[key.key_id] = key.key
        return [InstallGroupKey(key.key_id, cipher, key.key, sequence)]

    def _completed(self, ptk: Ptk) -> list[Output]:
        config = self.config
        ciphers = {"peer": config.peer, "pairwise": config.pairwise, "group": config.group}
        keys = {"peer": config.peer, "kck": ptk.kck, "kek": ptk.kek, "tk": ptk.tk}
        return [Notify(HANDSHAKE_COMPLETED, ciphers), Notify(KEYS_DERIVED, keys)]

    def _fail(self, failed: Failed) -> tuple[SupplicantState, Outputs]:
        self._tentative = self._current = self._snonce = self._rekey_at = None
        self._completes = None
        return SupplicantState.FAILED, (failed,)


def _kind_of_request(given: LocalInput) -> int:
    if not isinstance(given, Rekey):
        return PAIRWISE
    return (PAIRWISE if given.pairwise else 0) | (ERROR if given.error else 0)


_S = SupplicantState
_UP = frozenset((_S.ESTABLISHED, _S.REKEYING, _S.FAILED))
_FIRST = Cell(Supplicant._on_message_1, frozenset((_S.EXPECT_MESSAGE_3,)), _M1)
_AGAIN = Cell(Supplicant._on_message_1, frozenset((_S.REKEYING, _S.FAILED)), _M1)
_THIRD = Cell(Supplicant._on_message_3, _UP, _M3)
_FIRST_THIRD = Cell(
    Supplicant._on_message_3, _UP | {_S.EXPECT_GROUP_KEY, _S.EXPECT_MESSAGE_3}, _M3
)
_GROUP = Cell(Supplicant._on_group_message_1, _UP, _G1)
_ASK = Cell(Supplicant._on_rekey_request, _UP | {_S.REKEYING}, _KEY)

_TABLE: Table = {
    (_S.EXPECT_MESSAGE_1, Message1): _FIRST,
    (_S.EXPECT_MESSAGE_3, Message1): _FIRST,
    (_S.EXPECT_MESSAGE_3, Message3): _FIRST_THIRD,
    (_S.EXPECT_MESSAGE_3, GroupMessage1): Cell(
        Supplicant._on_early_group_message, frozenset((_S.FAILED,)), _G1
    ),
    (_S.EXPECT_GROUP_KEY, Message3): _FIRST_THIRD,
    (_S.EXPECT_GROUP_KEY, GroupMessage1): Cell(
        Supplicant._on_group_message_1, frozenset((_S.ESTABLISHED, _S.FAILED)), _G1
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
