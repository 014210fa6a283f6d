"""Sessions recorded from hostapd and wpa_supplicant: opened, and played against our machines."""

from __future__ import annotations

from functools import cache

import pytest
from rsn_recording import NAMES, Recording, Step

from harness.proto.authenticator import (
    Authenticator,
    AuthenticatorConfig,
    AuthenticatorState,
    Begin,
    UpdateGroup,
)
from harness.proto.group_key import GroupKeyConfig, GroupKeys, RekeyGroup, StartGroup, StationJoined
from harness.proto.key_handshake import (
    EapolKeyReceived,
    InstallGroupKey,
    InstallPairwiseKey,
    PortAuthorized,
)
from harness.proto.machine import Output, Transmit
from harness.proto.supplicant import Supplicant, SupplicantConfig, SupplicantState
from harness.wire.rsn import Rsne

recording = cache(Recording)


class Drawn:
    """Entropy that gives what the recorded program drew."""

    def __init__(self, *drawn: bytes) -> None:
        self.left = list(drawn)

    def octets(self, count: int) -> bytes:
        octets = self.left.pop(0)
        assert len(octets) == count
        return octets


def messages(steps: list[Step], *, from_ap: bool, pairwise: bool) -> list[Step]:
    return [s for s in steps if s.from_ap is from_ap and s.key.is_pairwise is pairwise]


def nonces(steps: list[Step], *, from_ap: bool) -> list[bytes]:
    """The nonces in the order of the handshakes, each once."""
    found = (s.key.nonce for s in messages(steps, from_ap=from_ap, pairwise=True))
    return list(dict.fromkeys(nonce for nonce in found if any(nonce)))


def bip(told: Recording) -> int | None:
    return Rsne.decode(told.request_rsne[2:]).effective_group_management


def transmitted(outputs: tuple[Output, ...]) -> list[bytes]:
    return [output.octets for output in outputs if isinstance(output, Transmit)]


def installed(outputs: list[Output], kind: type[Output]) -> list[bytes]:
    return [output.key for output in outputs if isinstance(output, kind)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", NAMES)
def test_every_mic_key_and_data_frame_opens(name: str) -> None:
    """The recording verifies each MIC and CCMP frame while it opens them."""
    told = recording(name)
    rsne = told.beacon_rsne

    third = [s for s in told.steps if s.key.install]
    assert len(third) == (1 if name == "backhaul" else 2)
    assert all(s.key_data is not None and s.key_data.rsne == rsne for s in third)
    assert all(s.key_data is not None and s.key_data.gtk is not None for s in third)
    second = [s for s in told.steps if not s.from_ap and s.key.key_data]
    assert all(s.key_data is not None and s.key_data.rsne == told.request_rsne for s in second)
    group = messages(told.steps, from_ap=True, pairwise=False)
    assert len(group) >= 5
    assert len(messages(told.steps, from_ap=False, pairwise=False)) == len(group)


@pytest.mark.parametrize("name", NAMES)
def test_data_frames_hold_the_text_that_was_sent(name: str) -> None:
    told = recording(name)
    four = [header for header, _ in told.texts if header[1] & 3 == 3]
    expected = {
        f"airproof recorded this: {way} {i}"
        for way in ("up", "down", "broadcast")
        for i in range(4)
    }

    assert {text for _, text in told.texts} == expected
    assert len(four) == (12 if name == "backhaul" else 0)
    group = [header for header, _ in told.texts if header[4] & 1]
    assert len(group) == (0 if name == "backhaul" else 4)


@pytest.mark.parametrize("name", NAMES)
def test_our_supplicant_answers_hostapd_as_wpa_supplicant_did(name: str) -> None:
    """With the recorded SNonce, frame for frame and octet for octet."""
    told = recording(name)
    supplicant = Supplicant(
        SupplicantConfig(
            own=told.station,
            peer=told.ap,
            pmk=told.pmk,
            akm=told.akm,
            own_rsne=told.request_rsne,
            peer_rsne=told.beacon_rsne,
            group_management=bip(told),
        ),
        Drawn(*nonces(told.steps, from_ap=False)),
    )
    outputs: list[Output] = []
    rekeying = False
    for asked, answered in zip(told.steps[::2], told.steps[1::2], strict=True):
        assert asked.from_ap
        assert not answered.from_ap
        got = supplicant.step(EapolKeyReceived(asked.key.octets, asked.encrypted), 0.0)
        rekeying = rekeying or supplicant.state is SupplicantState.REKEYING
        if supplicant.state is not SupplicantState.REKEYING:
            assert transmitted(got) == [answered.key.octets]
        outputs += got

    assert supplicant.state is SupplicantState.ESTABLISHED
    assert rekeying is (name != "backhaul")
    tks = dict.fromkeys(s.ptk.tk for s in told.steps if s.ptk is not None)
    assert installed(outputs, InstallPairwiseKey) == list(tks)
    assert outputs.count(PortAuthorized()) == 1
    gtks = [
        key.key
        for s in told.steps
        if s.key_data is not None
        for key in (s.key_data.gtk, s.key_data.igtk)
        if key is not None
    ]
    assert installed(outputs, InstallGroupKey) == list(dict.fromkeys(gtks))


@pytest.mark.parametrize("name", NAMES)
def test_our_authenticator_says_to_wpa_supplicant_what_hostapd_did(name: str) -> None:
    """With the recorded ANonce and group keys, octet for octet, as far as the first rekey."""
    told = recording(name)
    steps = told.steps[:6]
    group_keys = [
        key.key
        for s in steps
        if s.key_data is not None
        for key in (s.key_data.gtk, s.key_data.igtk)
        if key is not None
    ]
    group = GroupKeys(GroupKeyConfig(group_management=bip(told)), Drawn(*group_keys))
    group.step(StartGroup(), 0.0)
    authenticator = Authenticator(
        AuthenticatorConfig(
            own=told.ap,
            peer=told.station,
            pmks=(told.pmk,),
            akm=told.akm,
            own_rsne=told.beacon_rsne,
            station_rsne=told.request_rsne,
            group=group,
            mfp=bip(told) is not None,
        ),
        Drawn(*nonces(steps, from_ap=True)),
    )
    first, second, third, fourth, group_first, group_second = (s.key.octets for s in steps)

    assert transmitted(authenticator.step(Begin(), 0.0)) == [first]
    assert transmitted(authenticator.step(EapolKeyReceived(second), 0.0)) == [third]
    outputs = authenticator.step(EapolKeyReceived(fourth), 0.0)
    assert installed(list(outputs), InstallPairwiseKey) == [steps[1].ptk.tk]  # type: ignore[union-attr]
    group.step(StationJoined(told.station), 0.0)
    group.step(RekeyGroup(), 0.0)
    assert transmitted(authenticator.step(UpdateGroup(), 0.0)) == [group_first]
    authenticator.step(EapolKeyReceived(group_second), 0.0)
    assert authenticator.state is AuthenticatorState.ESTABLISHED
