"""Our authenticator with our supplicant, over links that lose, repeat and reorder."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.base.address import MacAddress
from harness.base.entropy import SeededEntropy
from harness.base.seam import (
    AKM_PSK,
    AKM_PSK_SHA256,
    AKM_SAE,
    CIPHER_BIP_CMAC_128,
    CIPHER_CCMP,
    CIPHER_TKIP,
)
from harness.proto.authenticator import (
    Authenticator,
    AuthenticatorConfig,
    AuthenticatorState,
    Begin,
    GroupKeyAccepted,
    UpdateGroup,
)
from harness.proto.group_key import (
    GroupKeyConfig,
    GroupKeys,
    GroupKeyState,
    RekeyGroup,
    StartGroup,
    StationJoined,
    StationLeft,
    StationUpdated,
    UpdateStation,
)
from harness.proto.key_handshake import (
    EapolKeyReceived,
    Failed,
    InstallGroupKey,
    InstallPairwiseKey,
    PortAuthorized,
    Rekey,
)
from harness.proto.machine import LocalInput, Output, Timeout, Transmit
from harness.proto.supplicant import Supplicant, SupplicantConfig, SupplicantState
from harness.wire.eapol_key import EapolKey
from harness.wire.rsn import CAPABILITY_MFPC, Rsne
from harness.wire.wpa import WpaElement

AP = MacAddress("02:00:00:00:00:01")
STA = MacAddress("02:00:00:00:00:02")
PMK = bytes(range(32))


@dataclass
class Pair:
    """Both ends, the frames between them, and what each end was told to do.

    `fate`: for each frame in turn, how many copies arrive and how late each (in tenths of a
    second); frames beyond its end arrive at once.
    """

    akm: int = AKM_PSK
    mfp: bool = False
    wpa: bool = False
    station_pmk: bytes = PMK
    fate: list[list[int]] = field(default_factory=list)
    now: float = 0.0

    def __post_init__(self) -> None:
        entropy = SeededEntropy(b"pair")
        capabilities = CAPABILITY_MFPC if self.mfp else 0
        rsne = Rsne(akms=(self.akm,), capabilities=capabilities).element()
        station_rsne = Rsne(akms=(self.akm,), capabilities=capabilities | 0x0C).element()
        if self.wpa:
            rsne = station_rsne = WpaElement().element()
        cipher = CIPHER_TKIP if self.wpa else CIPHER_CCMP
        bip = CIPHER_BIP_CMAC_128 if self.mfp else None
        self.group = GroupKeys(GroupKeyConfig(cipher, group_management=bip), entropy.child("group"))
        self.ap = Authenticator(
            AuthenticatorConfig(
                own=AP,
                peer=STA,
                pmks=(PMK,),
                akm=self.akm,
                own_rsne=rsne,
                station_rsne=station_rsne,
                group=self.group,
                mfp=self.mfp,
                pairwise=cipher,
                wpa=self.wpa,
            ),
            entropy.child("ap"),
        )
        self.sta = Supplicant(
            SupplicantConfig(
                own=STA,
                peer=AP,
                pmk=self.station_pmk,
                akm=self.akm,
                own_rsne=station_rsne,
                peer_rsne=rsne,
                group_management=bip,
                pairwise=cipher,
                group=cipher,
                wpa=self.wpa,
            ),
            entropy.child("sta"),
        )
        self.done: dict[str, list[Output]] = {"ap": [], "sta": [], "group": []}
        self.air: list[tuple[float, int, str, bytes]] = []
        self.sent = 0
        self.carry("group", self.group.step(StartGroup(), self.now))

    def carry(self, node: str, outputs: tuple[Output, ...]) -> None:
        self.done[node] += outputs
        for output in outputs:
            match output:
                case Transmit(octets):
                    self.transmit("sta" if node == "ap" else "ap", octets)
                case PortAuthorized() if node == "ap":
                    self.carry("group", self.group.step(StationJoined(STA), self.now))
                case GroupKeyAccepted():
                    self.carry("group", self.group.step(StationUpdated(STA), self.now))
                case Failed() if node == "ap":
                    self.carry("group", self.group.step(StationLeft(STA), self.now))
                case UpdateStation():
                    self.carry("ap", self.ap.step(UpdateGroup(), self.now))

    def transmit(self, to: str, octets: bytes) -> None:
        copies = self.fate[self.sent] if self.sent < len(self.fate) else [0]
        for delay in copies:
            self.air.append((self.now + delay / 10, self.sent, to, octets))
        self.sent += 1

    def tell(self, machine: Authenticator | GroupKeys, given: LocalInput) -> None:
        self.carry("ap" if machine is self.ap else "group", machine.step(given, self.now))

    def run(self) -> None:
        """Let the frames and the timers play out."""
        for _ in range(500):
            self.air.sort(key=lambda entry: entry[:2])
            due = self.ap.deadline()
            if self.air and (due is None or self.air[0][0] <= due):
                self.now, _, to, octets = self.air.pop(0)
                machine = self.ap if to == "ap" else self.sta
                self.carry(to, machine.step(EapolKeyReceived(octets), self.now))
            elif due is not None:
                self.now = due
                self.carry("ap", self.ap.step(Timeout(), self.now))
            else:
                return
        raise AssertionError("the pair does not come to rest")

    def of(self, node: str, kind: type[Output]) -> list[Output]:
        return [output for output in self.done[node] if isinstance(output, kind)]


def connected(**options: object) -> Pair:
    pair = Pair(**options)  # type: ignore[arg-type]
    pair.tell(pair.ap, Begin())
    pair.run()
    return pair


@pytest.mark.parametrize("mfp", [False, True])
@pytest.mark.parametrize("akm", [AKM_PSK, AKM_PSK_SHA256, AKM_SAE])
def test_both_ends_install_the_same_keys(akm: int, mfp: bool) -> None:
    pair = connected(akm=akm, mfp=mfp)

    assert pair.ap.state is AuthenticatorState.ESTABLISHED
    assert pair.sta.state is SupplicantState.ESTABLISHED
    assert pair.of("ap", InstallPairwiseKey) == pair.of("sta", InstallPairwiseKey)
    assert len(pair.of("ap", InstallPairwiseKey)) == 1
    assert pair.of("group", InstallGroupKey) == pair.of("sta", InstallGroupKey)
    assert len(pair.of("sta", InstallGroupKey)) == (2 if mfp else 1)
    assert pair.of("ap", PortAuthorized) == pair.of("sta", PortAuthorized) == [PortAuthorized()]


def test_both_ends_of_wpa_install_the_same_keys_by_two_handshakes() -> None:
    pair = connected(wpa=True)

    assert pair.ap.state is AuthenticatorState.ESTABLISHED
    assert pair.sta.state is SupplicantState.ESTABLISHED
    frames = [
        EapolKey.decode(output.octets)  # type: ignore[attr-defined]
        for output in pair.of("ap", Transmit)
    ]
    assert [(each.descriptor, each.version, each.is_pairwise) for each in frames] == [
        (254, 1, True), (254, 1, True), (254, 1, False),
    ]  # fmt: skip
    assert pair.of("ap", InstallPairwiseKey) == pair.of("sta", InstallPairwiseKey)
    assert len(pair.of("sta", InstallPairwiseKey)[0].key) == 32  # type: ignore[attr-defined]
    assert pair.of("group", InstallGroupKey) == pair.of("sta", InstallGroupKey)
    assert pair.of("ap", PortAuthorized) == pair.of("sta", PortAuthorized) == [PortAuthorized()]
    kinds = [type(output) for output in pair.done["sta"]]
    assert kinds.index(InstallGroupKey) < kinds.index(PortAuthorized)


def test_4_of_4_leaves_before_the_key_is_installed() -> None:
    pair = connected()

    kinds = [type(output) for output in pair.done["sta"]]
    assert (
        kinds.index(InstallPairwiseKey) == [i for i, k in enumerate(kinds) if k is Transmit][1] + 1
    )


def test_another_psk_times_out_with_reason_15() -> None:
    pair = connected(station_pmk=bytes(32))

    assert [failed.reason for failed in pair.of("ap", Failed)] == [15]  # type: ignore[attr-defined]
    names = [getattr(output, "name", "") for output in pair.done["ap"]]
    assert names.count("rsn.psk.mismatched") == 4
    assert pair.now == pytest.approx(3.1)
    assert not pair.of("sta", InstallPairwiseKey)


def test_pairwise_rekey_gives_both_another_key_and_keeps_the_group_key() -> None:
    pair = connected()
    pair.tell(pair.ap, Rekey())
    pair.run()

    installed = pair.of("sta", InstallPairwiseKey)
    assert len(installed) == 2
    assert installed[0] != installed[1]
    assert installed == pair.of("ap", InstallPairwiseKey)
    assert len(pair.of("sta", InstallGroupKey)) == 1
    assert pair.of("sta", PortAuthorized) == [PortAuthorized()]


def test_station_asks_for_a_pairwise_rekey() -> None:
    pair = connected()
    pair.carry("sta", pair.sta.step(Rekey(), pair.now))
    pair.run()

    assert len(pair.of("sta", InstallPairwiseKey)) == 2
    assert pair.of("sta", InstallPairwiseKey) == pair.of("ap", InstallPairwiseKey)


@pytest.mark.parametrize("mfp", [False, True])
def test_group_rekey_is_used_for_sending_only_when_the_station_has_it(mfp: bool) -> None:
    pair = connected(mfp=mfp)
    pair.tell(pair.group, RekeyGroup())
    assert len(pair.of("group", InstallGroupKey)) == (2 if mfp else 1)
    assert pair.group.state is GroupKeyState.UPDATING
    pair.run()

    assert pair.group.state is GroupKeyState.STEADY
    assert pair.of("group", InstallGroupKey) == pair.of("sta", InstallGroupKey)
    assert len(pair.of("sta", InstallGroupKey)) == (4 if mfp else 2)


def test_group_rekey_that_nobody_answers_fails_the_station_with_reason_16() -> None:
    pair = connected()
    pair.fate = [[0]] * 4 + [[]] * 4
    began = pair.now
    pair.tell(pair.group, RekeyGroup())
    pair.run()

    assert pair.of("ap", Failed) == [Failed(16, "802.11-2020 12.7.10.3")]
    assert pair.now - began == pytest.approx(3.5)
    assert pair.group.state is GroupKeyState.STEADY
    assert len(pair.of("group", InstallGroupKey)) == 2


def test_group_key_renewed_during_the_handshake_reaches_the_station() -> None:
    pair = Pair(fate=[[0], [0], [0], [5]])
    pair.tell(pair.ap, Begin())
    while pair.ap.state is not AuthenticatorState.EXPECT_MESSAGE_4:
        _, _, to, octets = pair.air.pop(0)
        machine = pair.ap if to == "ap" else pair.sta
        pair.carry(to, machine.step(EapolKeyReceived(octets), pair.now))
    pair.tell(pair.group, RekeyGroup())
    pair.run()

    assert pair.of("sta", InstallGroupKey)[-1] == pair.of("group", InstallGroupKey)[-1]
    assert pair.group.state is GroupKeyState.STEADY


fates = st.lists(st.lists(st.integers(0, 15), max_size=3), max_size=24)


@settings(deadline=None, max_examples=150)
@given(fate=fates, options=st.sampled_from([{}, {"mfp": True}, {"wpa": True}]))
def test_bad_links_end_in_agreement_or_in_a_named_failure(
    fate: list[list[int]], options: dict[str, object]
) -> None:
    pair = connected(fate=fate, **options)
    if pair.ap.state is AuthenticatorState.ESTABLISHED:
        pair.tell(pair.group, RekeyGroup())
        pair.run()

    assert pair.ap.state in (AuthenticatorState.ESTABLISHED, AuthenticatorState.FAILED)
    if pair.ap.state is AuthenticatorState.ESTABLISHED:
        assert pair.sta.state is SupplicantState.ESTABLISHED
        assert pair.of("ap", InstallPairwiseKey) == pair.of("sta", InstallPairwiseKey)
        assert pair.of("group", InstallGroupKey)[-1] in pair.of("sta", InstallGroupKey)
    else:
        assert [failed.reason for failed in pair.of("ap", Failed)] in ([15], [16])  # type: ignore[attr-defined]
    for node in ("ap", "sta", "group"):
        installs = Counter(
            output.key  # type: ignore[attr-defined]
            for kind in (InstallPairwiseKey, InstallGroupKey)
            for output in pair.of(node, kind)
        )
        assert all(count == 1 for count in installs.values())


@settings(deadline=None, max_examples=60)
@given(fate=fates)
def test_replay_counters_of_the_authenticator_always_rise(fate: list[list[int]]) -> None:
    pair = connected(fate=fate)

    frames = [EapolKey.decode(output.octets) for output in pair.of("ap", Transmit)]  # type: ignore[attr-defined]
    counters = [frame.replay_counter for frame in frames]
    assert counters == sorted(set(counters))


def test_the_same_entropy_gives_the_same_frames() -> None:
    assert connected().of("ap", Transmit) == connected().of("ap", Transmit)
