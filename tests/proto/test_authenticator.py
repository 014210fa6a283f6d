"""The authenticator alone: checks, answers, timers (IEEE 802.11-2020, 12.7.6, 12.7.7)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rsn_peers import (
    ANONCE,
    AP,
    PMK,
    PTK,
    RSNE,
    SNONCE,
    STA,
    STATION_RSNE,
    Fixed,
    message_2,
    message_4,
)

from harness.base.errors import UsageError
from harness.base.seam import AKM_PSK
from harness.crypto.keywrap import unwrap_key_data
from harness.crypto.mic import verify_key_mic
from harness.proto.authenticator import (
    Authenticator,
    AuthenticatorConfig,
    AuthenticatorState,
    Begin,
    EapolKeyReceived,
    Failed,
    GroupKeyAccepted,
    GroupRekeyRequested,
    InstallPairwiseKey,
    PortAuthorized,
    Rekey,
    UpdateGroup,
)
from harness.proto.group_key import GroupKeyConfig, GroupKeys, GroupSequence, RekeyGroup, StartGroup
from harness.proto.machine import Discarded, Notify, Output, Timeout, Transmit
from harness.wire.eapol_key import (
    ACK,
    ENCRYPTED,
    ERROR,
    INSTALL,
    MIC,
    PAIRWISE,
    REQUEST,
    SECURE,
    EapolKey,
)
from harness.wire.key_data import GtkKde, KeyData


def authenticator(**changes: object) -> Authenticator:
    group = GroupKeys(GroupKeyConfig(), Fixed(b"1" * 16, b"2" * 16))
    group.step(StartGroup(), 0.0)
    config = AuthenticatorConfig(
        own=AP,
        peer=STA,
        pmks=(PMK,),
        akm=AKM_PSK,
        own_rsne=RSNE,
        station_rsne=STATION_RSNE,
        group=group,
    )
    return Authenticator(replace(config, **changes), Fixed(ANONCE))  # type: ignore[arg-type]


def feed(machine: Authenticator, *frames: bytes, now: float = 0.0) -> list[Output]:
    outputs: list[Output] = []
    for octets in frames:
        outputs += machine.step(EapolKeyReceived(octets), now)
    return outputs


def begun(**changes: object) -> Authenticator:
    machine = authenticator(**changes)
    machine.step(Begin(), 0.0)
    return machine


def established(**changes: object) -> Authenticator:
    machine = begun(**changes)
    feed(machine, message_2(), message_4())
    assert machine.state is AuthenticatorState.ESTABLISHED
    return machine


def kinds(outputs: list[Output]) -> list[type[Output]]:
    return [type(output) for output in outputs]


def sent(outputs: list[Output] | tuple[Output, ...]) -> list[EapolKey]:
    return [EapolKey.decode(output.octets) for output in outputs if isinstance(output, Transmit)]


def names(outputs: list[Output]) -> list[str]:
    return [output.name for output in outputs if isinstance(output, Notify)]


def group_of(machine: Authenticator) -> GroupKeys:
    assert isinstance(machine.config.group, GroupKeys)
    return machine.config.group


def test_first_message() -> None:
    (key,) = sent(authenticator().step(Begin(), 0.0))
    assert key.key_information == 2 | PAIRWISE | ACK
    assert (key.replay_counter, key.nonce, key.key_length) == (1, ANONCE, 16)
    assert key.key_data == key.mic.strip(b"\x00") == b""


def test_first_message_names_the_pmksa_when_there_is_one() -> None:
    (key,) = sent(authenticator(pmkid=b"p" * 16).step(Begin(), 0.0))
    assert KeyData.decode(key.key_data).pmkid == b"p" * 16


def test_third_message() -> None:
    machine = begun()
    group_of(machine).step(GroupSequence(b"\x01\x02\x03\x04\x05\x06"), 0.0)
    (key,) = sent(feed(machine, message_2()))

    assert key.key_information == 2 | PAIRWISE | INSTALL | ACK | MIC | SECURE | ENCRYPTED
    assert (key.replay_counter, key.nonce, key.key_length) == (2, ANONCE, 16)
    assert key.rsc == b"\x01\x02\x03\x04\x05\x06\x00\x00"
    assert verify_key_mic(2, AKM_PSK, PTK.kck, key.without_mic(), key.mic)
    data = KeyData.decode(unwrap_key_data(PTK.kek, key.key_data))
    assert (data.rsne, data.gtk) == (RSNE, GtkKde(1, b"1" * 16))


def test_fourth_message_gives_key_port_and_group() -> None:
    machine = begun()
    feed(machine, message_2())
    outputs = feed(machine, message_4())

    assert outputs[:2] == [InstallPairwiseKey(0, machine.config.pairwise, PTK.tk), PortAuthorized()]
    assert outputs[-1] == GroupKeyAccepted()
    assert machine.deadline() is None


def drain(machine: Authenticator) -> tuple[list[float], list[Output]]:
    """Let all timers run out: when frames went out, and the last outputs."""
    times: list[float] = []
    outputs: list[Output] = []
    while (due := machine.deadline()) is not None:
        outputs = list(machine.step(Timeout(), due))
        times += [due] * len(sent(outputs))
    return times, outputs


def test_first_message_goes_out_four_times_then_reason_15() -> None:
    machine = begun()
    times, last = drain(machine)
    assert times == pytest.approx([0.1, 1.1, 2.1])
    assert [failed.reason for failed in last if isinstance(failed, Failed)] == [15]
    assert machine.state is AuthenticatorState.FAILED


def test_third_message_goes_out_four_times_then_reason_15() -> None:
    machine = begun()
    feed(machine, message_2(), now=5.0)
    times, last = drain(machine)
    assert times == pytest.approx([5.1, 6.1, 7.1])
    assert [failed.reason for failed in last if isinstance(failed, Failed)] == [15]


def test_group_message_goes_out_four_times_then_reason_16() -> None:
    machine = established()
    machine.step(UpdateGroup(), 10.0)
    times, last = drain(machine)
    assert times == pytest.approx([10.5, 11.5, 12.5])
    assert [failed.reason for failed in last if isinstance(failed, Failed)] == [16]


def test_any_outstanding_counter_may_be_answered() -> None:
    for counter in (1, 2, 3):
        machine = begun()
        machine.step(Timeout(), 0.1)
        machine.step(Timeout(), 1.1)
        feed(machine, message_2(counter))
        assert machine.state is AuthenticatorState.EXPECT_MESSAGE_4
        feed(machine, message_4(4))
        assert machine.state is AuthenticatorState.ESTABLISHED


@pytest.mark.parametrize(
    "octets",
    [
        message_2(0),
        message_2(2),
        message_4(1),
        message_4(1, flags=MIC | SECURE),
        message_2().replace(b"S" * 32, b"T" * 32),
        message_2()[:-1],
        EapolKey(2 | PAIRWISE, 1, key_data=STATION_RSNE).encode(),
        EapolKey(2 | PAIRWISE | MIC | ACK, 1, key_data=STATION_RSNE).encode(),
        EapolKey(3 | PAIRWISE | MIC, 1, key_data=STATION_RSNE).encode(),
        EapolKey(2 | PAIRWISE | MIC, 1, key_data=STATION_RSNE, descriptor=254).encode(),
        EapolKey(2 | PAIRWISE | MIC | REQUEST, 1).encode(),
        b"",
    ],
)
def test_dropped_frames_change_nothing(octets: bytes) -> None:
    machine = begun()
    outputs = feed(machine, octets)
    assert Discarded in kinds(outputs)
    assert not sent(outputs)
    assert machine.state is AuthenticatorState.EXPECT_MESSAGE_2
    feed(machine, message_2(), message_4())
    assert machine.state is AuthenticatorState.ESTABLISHED


def test_wrong_psk_is_told() -> None:
    machine = begun()
    outputs = feed(machine, message_2(ptk=replace(PTK, kck=bytes(16))))
    assert names(outputs) == ["rsn.psk.mismatched"]
    assert machine.state is AuthenticatorState.EXPECT_MESSAGE_2


@pytest.mark.parametrize("rsne", [RSNE, STATION_RSNE + b"\xf4\x01\x20", b"\x30\x01\x00", b"\x30"])
def test_other_elements_than_in_the_association_end_it(rsne: bytes) -> None:
    machine = begun()
    assert feed(machine, message_2(rsne=rsne)) == [Failed(17, "802.11-2020 12.7.6.3")]


def test_late_second_message_does_not_disturb_the_third() -> None:
    machine = begun()
    machine.step(Timeout(), 0.1)
    feed(machine, message_2(1))
    assert kinds(feed(machine, message_2(2), message_2(1))) == [Discarded, Discarded]
    feed(machine, message_4(3))
    assert machine.state is AuthenticatorState.ESTABLISHED


def test_repeated_fourth_message_installs_nothing() -> None:
    assert kinds(feed(established(), message_4())) == [Discarded]


def test_forged_fourth_message_is_dropped() -> None:
    machine = begun()
    feed(machine, message_2())
    assert kinds(feed(machine, message_4(ptk=replace(PTK, kck=bytes(16))))) == [Discarded]
    assert machine.state is AuthenticatorState.EXPECT_MESSAGE_4


# ---- group keys and rekeying ---------------------------------------------------------------


def test_group_handshake() -> None:
    machine = established()
    group_of(machine).step(RekeyGroup(), 1.0)
    (key,) = sent(machine.step(UpdateGroup(), 1.0))
    assert key.key_information == 2 | ACK | MIC | SECURE | ENCRYPTED
    assert (key.replay_counter, key.key_length, key.nonce) == (3, 0, bytes(32))
    data = KeyData.decode(unwrap_key_data(PTK.kek, key.key_data))
    assert (data.gtk, data.rsnes) == (GtkKde(2, b"2" * 16), ())

    outputs = feed(machine, message_4(3, flags=MIC | SECURE))
    assert names(outputs) == ["rsn.group.rekeyed"]
    assert GroupKeyAccepted() in outputs


def test_group_key_renewed_before_the_fourth_message_is_handed_over_at_once() -> None:
    machine = begun()
    feed(machine, message_2())
    group_of(machine).step(RekeyGroup(), 0.0)
    machine.step(UpdateGroup(), 0.0)
    outputs = feed(machine, message_4())

    assert GroupKeyAccepted() not in outputs
    assert machine.state is AuthenticatorState.EXPECT_GROUP_MESSAGE_2
    assert GroupKeyAccepted() in feed(machine, message_4(3, flags=MIC | SECURE))


def test_answer_to_an_old_third_message_does_not_vouch_for_the_new_group_key() -> None:
    machine = begun()
    feed(machine, message_2())
    group_of(machine).step(RekeyGroup(), 0.0)
    machine.step(Timeout(), 0.1)
    feed(machine, message_4(2))
    assert machine.state is AuthenticatorState.EXPECT_GROUP_MESSAGE_2


def test_answers_to_an_earlier_exchange_are_no_longer_taken() -> None:
    machine = established()
    machine.step(UpdateGroup(), 1.0)
    feed(machine, message_4(3, flags=MIC | SECURE))
    group_of(machine).step(RekeyGroup(), 2.0)
    machine.step(UpdateGroup(), 2.0)

    assert kinds(feed(machine, message_4(3, flags=MIC | SECURE))) == [Discarded]
    assert machine.state is AuthenticatorState.EXPECT_GROUP_MESSAGE_2
    assert GroupKeyAccepted() in feed(machine, message_4(4, flags=MIC | SECURE))


def test_rekey_has_another_anonce_and_the_secure_bit() -> None:
    machine = established()
    (key,) = sent(machine.step(Rekey(), 9.0))
    assert key.key_information == 2 | PAIRWISE | ACK | SECURE
    assert key.nonce != ANONCE
    assert key.replay_counter == 3


def test_rekey_period() -> None:
    machine = established(ptk_rekey_s=60.0)
    assert machine.deadline() == 60.0
    assert len(sent(machine.step(Timeout(), 60.0))) == 1
    assert machine.state is AuthenticatorState.EXPECT_MESSAGE_2


@pytest.mark.parametrize("way", ["period", "wish", "request"])
def test_no_key_is_put_in_the_place_of_another(way: str) -> None:
    machine = established(ptk_rekey_s=60.0, replaces_pairwise=False)
    if way == "request":
        outputs = feed(machine, request(1))
    else:
        outputs = list(machine.step(Timeout() if way == "period" else Rekey(), 60.0))
    assert [each.reason for each in outputs if isinstance(each, Failed)] == [7]
    assert machine.state is AuthenticatorState.FAILED


def test_wrong_mic_during_a_rekey_is_no_psk_mismatch() -> None:
    machine = established()
    machine.step(Rekey(), 9.0)
    assert kinds(feed(machine, message_2(3))) == [Discarded]


def request(counter: int, flags: int = PAIRWISE) -> bytes:
    return message_4(counter, flags=MIC | SECURE | REQUEST | flags)


def test_key_requests() -> None:
    machine = established()
    assert feed(machine, request(0, flags=0)) == [GroupRekeyRequested()]
    assert kinds(feed(machine, request(0))) == [Discarded]
    assert feed(machine, request(1, flags=0)) == [GroupRekeyRequested()]
    assert kinds(feed(machine, request(1))) == [Discarded]
    assert kinds(feed(machine, request(2, flags=PAIRWISE | ERROR))) == [Discarded]
    assert len(sent(feed(machine, request(2)))) == 1
    assert machine.state is AuthenticatorState.EXPECT_MESSAGE_2


def test_rekey_wanted_during_a_group_handshake_follows_it() -> None:
    machine = established()
    machine.step(UpdateGroup(), 1.0)
    machine.step(Rekey(), 1.0)
    outputs = feed(machine, message_4(3, flags=MIC | SECURE))
    assert GroupKeyAccepted() in outputs
    assert machine.state is AuthenticatorState.EXPECT_MESSAGE_2


def test_begin_comes_once() -> None:
    with pytest.raises(UsageError):
        begun().step(Begin(), 0.0)


def test_closed_ways_in_end_the_key_data_of_the_third_message() -> None:
    """Where hostapd 2.10 puts them; nothing is told of none."""
    for bitmap, end in ((0x2F, "dd05506f9a202f"), (0, "dd00")):
        machine = begun(transition_disable=bitmap)
        (third,) = sent(feed(machine, message_2()))
        data = unwrap_key_data(PTK.kek, third.key_data)
        assert data[len(RSNE) + 24 :].startswith(bytes.fromhex(end))


# ---- properties ----------------------------------------------------------------------------

frames = st.one_of(
    st.binary(max_size=140),
    st.builds(
        lambda body: b"\x02\x03" + len(body).to_bytes(2, "big") + body, st.binary(max_size=140)
    ),
    st.builds(message_2, st.integers(0, 6), nonce=st.sampled_from([SNONCE, b"T" * 32])),
    st.builds(message_2, st.integers(0, 6), rsne=st.binary(max_size=30)),
    st.builds(message_4, st.integers(0, 6)),
    st.builds(
        message_4, st.integers(0, 6), flags=st.integers(0, 0x3FFF).map(lambda b: b & ~7 | MIC)
    ),
)


def flipped(octets: bytes, at: int, mask: int) -> bytes:
    return (
        octets
        if at >= len(octets)
        else octets[:at] + bytes((octets[at] ^ mask,)) + octets[at + 1 :]
    )


given_inputs = st.lists(
    st.one_of(
        frames.map(EapolKeyReceived),
        st.builds(flipped, frames, st.integers(0, 200), st.integers(0, 255)).map(EapolKeyReceived),
        st.just(UpdateGroup()),
        st.just(Timeout()),
    ),
    max_size=14,
)


@settings(deadline=None, max_examples=300)
@given(given_inputs)
def test_nothing_that_comes_raises_or_installs_a_key_twice(
    inputs: list[EapolKeyReceived | UpdateGroup | Timeout],
) -> None:
    machine = begun()
    outputs: list[Output] = []
    for each in inputs:
        if isinstance(each, Timeout):
            due = machine.deadline()
            if due is None:
                continue
            outputs += machine.step(each, due)
        else:
            outputs += machine.step(each, 0.0)

    keys = [o.key for o in outputs if isinstance(o, InstallPairwiseKey)]
    assert len(keys) == len(set(keys))
    counters = [key.replay_counter for key in sent(outputs)]
    assert counters == sorted(set(counters))
    assert outputs.count(PortAuthorized()) <= 1
