"""The supplicant alone: what it checks, answers and installs (IEEE 802.11-2020, 12.7.6, 12.7.7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rsn_peers import (
    ANONCE,
    AP,
    GTK,
    PMK,
    PTK,
    RSNE,
    SNONCE,
    STA,
    STATION_RSNE,
    Fixed,
    group_message_1,
    message_1,
    message_3,
)

from harness.base.errors import UsageError
from harness.base.event import Event
from harness.base.seam import AKM_PSK, AKM_PSK_SHA256, CIPHER_BIP_CMAC_128, CIPHER_TKIP
from harness.crypto.prf import derive_ptk
from harness.proto.key_handshake import TransmitInClear, seal
from harness.proto.machine import Discarded, Notify, Output, Timeout, Transmit
from harness.proto.supplicant import (
    EapolKeyReceived,
    Failed,
    InstallGroupKey,
    InstallPairwiseKey,
    PortAuthorized,
    Rekey,
    RekeyDenied,
    Supplicant,
    SupplicantConfig,
    SupplicantState,
    TransitionDisabled,
)
from harness.sta.control_events import render
from harness.wire.eapol_key import (
    ACK,
    ENCRYPTED,
    INSTALL,
    MIC,
    PAIRWISE,
    REQUEST,
    SECURE,
    SMK,
    EapolKey,
)
from harness.wire.key_data import KDE_BIGTK, GtkKde, IgtkKde
from harness.wire.rsn import Rsne

RSNE_LINE = f"WPA: IE in 3/4 msg does not match with IE in Beacon/ProbeResp (src={AP})"
CONFIG = SupplicantConfig(
    own=STA, peer=AP, pmk=PMK, akm=AKM_PSK, own_rsne=STATION_RSNE, peer_rsne=RSNE
)

_T = TypeVar("_T")


def supplicant(**changes: object) -> Supplicant:
    return Supplicant(replace(CONFIG, **changes), Fixed(SNONCE))  # type: ignore[arg-type]


def feed(machine: Supplicant, *frames: bytes, encrypted: bool = True) -> list[Output]:
    outputs: list[Output] = []
    for octets in frames:
        outputs += machine.step(EapolKeyReceived(octets, encrypted), 0.0)
    return outputs


def established(**changes: object) -> Supplicant:
    machine = supplicant(**changes)
    feed(machine, message_1(), message_3(), encrypted=False)
    assert machine.state is SupplicantState.ESTABLISHED
    return machine


def kinds(outputs: list[Output]) -> list[type[Output]]:
    return [type(output) for output in outputs]


def sent(outputs: list[Output]) -> list[EapolKey]:
    return [EapolKey.decode(output.octets) for output in outputs if isinstance(output, Transmit)]


def of(outputs: list[Output], kind: type[_T]) -> list[_T]:
    return [output for output in outputs if isinstance(output, kind)]


def test_second_message() -> None:
    machine = supplicant()
    (reply,) = sent(feed(machine, message_1(counter=7)))

    assert reply.key_information == 2 | PAIRWISE | MIC
    assert (reply.replay_counter, reply.nonce, reply.key_data) == (7, SNONCE, STATION_RSNE)
    assert (reply.key_length, reply.eapol_version) == (0, 1)
    assert machine.state is SupplicantState.EXPECT_MESSAGE_3


def test_snonce_stays_while_the_first_message_is_repeated() -> None:
    machine = supplicant()
    replies = sent(feed(machine, message_1(1), message_1(2), message_1(3, nonce=b"B" * 32)))
    assert [reply.nonce for reply in replies] == [SNONCE] * 3


def test_third_message_gives_answer_then_keys_then_port() -> None:
    machine = supplicant()
    feed(machine, message_1())
    outputs = feed(machine, message_3(rsc=b"\x05\x04\x03\x02\x01\x00\xff\xff"))

    assert kinds(outputs)[:4] == [Transmit, InstallPairwiseKey, InstallGroupKey, PortAuthorized]
    assert outputs[1] == InstallPairwiseKey(0, CONFIG.pairwise, PTK.tk)
    assert outputs[2] == InstallGroupKey(1, CONFIG.group, GTK.key, b"\x05\x04\x03\x02\x01\x00")
    (reply,) = sent(outputs)
    assert reply.key_information == 2 | PAIRWISE | MIC | SECURE
    assert (reply.replay_counter, reply.nonce, reply.key_data) == (2, bytes(32), b"")


def test_repeated_third_message_is_only_answered() -> None:
    outputs = feed(established(), message_3(3), message_3(4), message_3(9))

    assert [key.replay_counter for key in sent(outputs)] == [3, 4, 9]
    assert not of(outputs, InstallPairwiseKey)
    assert not of(outputs, InstallGroupKey)
    assert not of(outputs, PortAuthorized)


def test_repeated_third_message_in_the_clear_is_answered_in_the_clear() -> None:
    machine = established()
    assert kinds(feed(machine, message_3(3), encrypted=False))[0] is TransmitInClear
    assert kinds(feed(machine, message_3(4), encrypted=True))[0] is Transmit


def test_repeated_third_message_may_bring_another_group_key() -> None:
    other = GtkKde(2, b"h" * 16)
    outputs = feed(established(), message_3(3, data=RSNE + other.encode()))
    assert of(outputs, InstallGroupKey) == [InstallGroupKey(2, CONFIG.group, other.key)]


@pytest.mark.parametrize("counter", [0, 1, 2])
def test_replay_counter_must_grow_after_a_verified_frame(counter: int) -> None:
    machine = established()
    for octets in (message_1(counter), message_3(counter), group_message_1(counter)):
        assert kinds(feed(machine, octets)) == [Discarded]


def test_unverified_frames_do_not_move_the_replay_counter() -> None:
    machine = supplicant()
    outputs = feed(machine, message_1(2**64 - 1), message_1(1), message_3(2))
    assert len(sent(outputs)) == 3
    assert machine.state is SupplicantState.ESTABLISHED


WHOLE = PAIRWISE | INSTALL | ACK | MIC | SECURE | ENCRYPTED


def undecryptable(counter: int, flags: int) -> bytes:
    key = EapolKey(2 | flags, counter, key_length=16, nonce=ANONCE, key_data=bytes(24))
    return seal(key, AKM_PSK, PTK.kck)


@pytest.mark.parametrize(
    "octets",
    [
        message_1(key_information=2 | PAIRWISE),
        message_1(key_information=2 | PAIRWISE | ACK | REQUEST),
        message_1(key_information=2 | PAIRWISE | ACK | SMK),
        message_1(key_information=1 | PAIRWISE | ACK),
        message_1(key_information=0 | PAIRWISE | ACK),
        message_1(key_information=2 | ACK),
        message_1(key_information=2 | PAIRWISE | ACK | ENCRYPTED),
        message_1(key_information=2 | PAIRWISE | ACK | 0x10),
        message_1(descriptor=254),
        message_1(key_data=b"\x30\x99"),
        message_1()[:-1],
        message_3(ptk=replace(PTK, kck=bytes(16))),
        message_3(flags=WHOLE & ~ACK),
        undecryptable(2, WHOLE),
        b"",
        b"\x01\x00\x00\x00",
    ],
)
def test_dropped_frames_change_nothing(octets: bytes) -> None:
    machine = supplicant()
    feed(machine, message_1())
    assert kinds(feed(machine, octets)) == [Discarded]
    assert machine.state is SupplicantState.EXPECT_MESSAGE_3
    feed(machine, message_3(50))
    assert machine.state is SupplicantState.ESTABLISHED


def test_third_message_first_is_dropped() -> None:
    assert kinds(feed(supplicant(), message_3())) == [Discarded]


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (message_3(data=GTK.encode()), 17),
        (message_3(data=STATION_RSNE + GTK.encode()), 17),
        (message_3(data=RSNE + b"\xf4\x01\x20" + GTK.encode()), 17),
        (message_3(data=RSNE + GTK.encode() + b"\x30\x40"), 1),
        (message_3(nonce=b"B" * 32), 1),
        (message_3(key_length=32), 1),
        (message_3(data=RSNE + GTK.encode(), flags=WHOLE & ~ENCRYPTED), 1),
        (message_3(data=RSNE + Rsne(pairwise=(CIPHER_TKIP,)).element() + GTK.encode()), 1),
        (message_3(data=RSNE + b"\x30\x01\x01" + GTK.encode()), 1),
        (group_message_1(2), 1),
    ],
)
def test_faults_in_verified_messages_end_it(octets: bytes, reason: int) -> None:
    machine = supplicant()
    feed(machine, message_1())
    outputs = feed(machine, octets)

    assert [failed.reason for failed in of(outputs, Failed)] == [reason]
    assert machine.state is SupplicantState.FAILED
    assert not of(outputs, InstallGroupKey)
    assert kinds(feed(machine, message_1(9), message_3(10))) == [Discarded, Discarded]


@pytest.mark.parametrize(
    "faulty", [b"", GtkKde(1, b"g" * 32).encode(), GtkKde(1, b"g" * 33).encode()]
)
def test_a_faulty_group_key_ends_it_after_the_answer(faulty: bytes) -> None:
    """With the pairwise key installed: what is sent from then on is protected."""
    machine = supplicant()
    feed(machine, message_1())
    outputs = feed(machine, message_3(data=RSNE + faulty))
    assert kinds(outputs)[:2] == [Transmit, InstallPairwiseKey]
    assert of(outputs, Failed) == [Failed(1, "802.11-2020 12.7.6.4")]
    assert not of(outputs, InstallGroupKey)
    assert not of(outputs, PortAuthorized)


def test_no_pairwise_key_is_installed_without_the_bit_for_it() -> None:
    machine = supplicant()
    outputs = feed(machine, message_1(), message_3(flags=WHOLE & ~INSTALL))
    assert machine.state is SupplicantState.ESTABLISHED
    assert len(sent(outputs)) == 2
    assert not of(outputs, InstallPairwiseKey)
    assert of(outputs, InstallGroupKey)


def test_the_answer_is_as_secure_as_the_third_message() -> None:
    outputs = feed(supplicant(), message_1(), message_3(flags=WHOLE & ~SECURE))
    assert sent(outputs)[1].key_information == 2 | PAIRWISE | MIC


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (message_3(3, data=RSNE), 1),
        (message_3(3, data=GTK.encode()), 17),
        (message_3(3, nonce=b"B" * 32), 1),
    ],
)
def test_faults_in_a_repeated_third_message_end_it(octets: bytes, reason: int) -> None:
    outputs = feed(established(), octets)
    assert [failed.reason for failed in of(outputs, Failed)] == [reason]


def test_unknown_beacon_element_ends_it() -> None:
    machine = supplicant(peer_rsne=b"")
    outputs = feed(machine, message_1(), message_3())
    assert [failed.reason for failed in of(outputs, Failed)] == [1]


def test_rsnxe_of_both_sides() -> None:
    rsnxe = b"\xf4\x01\x20"
    machine = supplicant(own_rsnxe=rsnxe, peer_rsnxe=rsnxe)
    (reply,) = sent(feed(machine, message_1()))
    assert reply.key_data == STATION_RSNE + rsnxe
    feed(machine, message_3(data=RSNE + rsnxe + GTK.encode()))
    assert machine.state is SupplicantState.ESTABLISHED


def test_second_rsne_that_confirms_our_cipher_is_fine() -> None:
    machine = supplicant()
    feed(machine, message_1(), message_3(data=RSNE + Rsne().element() + GTK.encode()))
    assert machine.state is SupplicantState.ESTABLISHED


def test_version_3_is_tolerated_and_answered_in_kind() -> None:
    (reply,) = sent(feed(supplicant(), message_1(key_information=3 | PAIRWISE | ACK)))
    assert reply.version == 3


def test_version_2_is_not_for_sha256() -> None:
    machine = supplicant(akm=AKM_PSK_SHA256)
    assert kinds(feed(machine, message_1())) == [Discarded]


# ---- group keys ----------------------------------------------------------------------------


def test_group_message_is_answered_and_installed() -> None:
    machine = established()
    outputs = feed(machine, group_message_1(3, data=GtkKde(2, b"h" * 16).encode()))

    (reply,) = sent(outputs)
    assert (reply.key_information, reply.replay_counter) == (2 | MIC | SECURE, 3)
    assert of(outputs, InstallGroupKey) == [InstallGroupKey(2, CONFIG.group, b"h" * 16)]


def test_group_key_in_use_is_answered_but_not_reinstalled() -> None:
    outputs = feed(established(), group_message_1(3), group_message_1(4))
    assert len(sent(outputs)) == 2
    assert not of(outputs, InstallGroupKey)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (RSNE, "WPA: No GTK IE in Group Key msg 1/2"),
        (GtkKde(1, b"g" * 5).encode(), "WPA: Unsupported CCMP Group Cipher key length 5 (5)"),
        (GtkKde(1, b"g" * 33).encode(), "RSN: Too long GTK in GTK KDE (len=33)"),
        (GTK.encode() + b"\x30\x44", None),
    ],
)
def test_faulty_group_message_ends_it(data: bytes, line: str | None) -> None:
    """In the words of wpa_supplicant 2.10."""
    machine = established()
    *told, failed = feed(machine, group_message_1(3, data=data))
    assert isinstance(failed, Failed)
    notes = of(told, Notify)
    assert notes == told
    events = [Event(0.0, "sta", each.name, each.fields) for each in notes]
    assert [render(event) for event in events] == ([] if line is None else [line])


def test_a_group_message_that_cannot_be_decrypted_is_dropped() -> None:
    machine = established()
    octets = undecryptable(3, ACK | MIC | SECURE | ENCRYPTED)
    assert kinds(feed(machine, octets)) == [Discarded]
    assert machine.state is SupplicantState.ESTABLISHED


def test_mfp_installs_an_igtk() -> None:
    igtk = IgtkKde(4, b"\x09" + bytes(5), b"i" * 16)
    machine = supplicant(group_management=CIPHER_BIP_CMAC_128)
    outputs = feed(machine, message_1(), message_3(data=RSNE + GTK.encode() + igtk.encode()))
    assert of(outputs, InstallGroupKey)[1] == InstallGroupKey(
        4, CIPHER_BIP_CMAC_128, igtk.key, igtk.packet_number
    )
    assert kinds(feed(machine, message_1(9), encrypted=False)) == [Discarded]



def test_an_igtk_may_be_missing() -> None:
    """As with wpa_supplicant 2.10."""
    machine = supplicant(group_management=CIPHER_BIP_CMAC_128)
    outputs = feed(machine, message_1(), message_3())
    assert of(outputs, PortAuthorized)
    assert len(of(outputs, InstallGroupKey)) == 1


@pytest.mark.parametrize(
    ("wrong", "answered"),
    [
        (IgtkKde(3, bytes(6), b"i" * 16), True),
        (IgtkKde(6, bytes(6), b"i" * 16), True),
        (IgtkKde(4, bytes(6), b"i" * 15), False),
        (IgtkKde(4, bytes(6), b"i" * 32), False),
    ],
)
def test_a_faulty_igtk_ends_the_first_handshake_alone(wrong: IgtkKde, answered: bool) -> None:
    """With a group key it is left, and all else is as it should be."""
    data = GTK.encode() + wrong.encode()
    machine = supplicant(group_management=CIPHER_BIP_CMAC_128)
    feed(machine, message_1())
    outputs = feed(machine, message_3(data=RSNE + data))
    assert of(outputs, Failed)
    assert bool(sent(outputs)) is answered

    machine = established(group_management=CIPHER_BIP_CMAC_128)
    data = GtkKde(2, b"h" * 16).encode() + wrong.encode()
    outputs = feed(machine, group_message_1(3, data=data))
    assert of(outputs, InstallGroupKey) == [InstallGroupKey(2, CONFIG.group, b"h" * 16)]
    assert len(sent(outputs)) == 1


def test_an_igtk_may_have_the_octets_of_a_gtk() -> None:
    machine = established(group_management=CIPHER_BIP_CMAC_128)
    igtk = IgtkKde(4, bytes(6), GTK.key).encode()
    outputs = feed(machine, group_message_1(3, data=GTK.encode() + igtk))
    assert [key.index for key in of(outputs, InstallGroupKey)] == [4]


def test_the_answer_has_the_index_of_the_group_message() -> None:
    octets = message_3(3, flags=ACK | MIC | SECURE | ENCRYPTED | 0x20)
    (reply,) = sent(feed(established(), octets))
    assert reply.key_information == 2 | MIC | SECURE | 0x20


def kdes(key_id: int = 6, key: bytes = b"b" * 16, bipn: int = 7) -> bytes:
    """GTK, IGTK and BIGTK."""
    igtk = IgtkKde(4, bytes(6), b"i" * 16).encode()
    bigtk = IgtkKde(key_id, bipn.to_bytes(6, "little"), key).encode(KDE_BIGTK)
    return GTK.encode() + igtk + bigtk


def test_the_key_for_beacons_is_taken_and_renewed() -> None:
    machine = supplicant(group_management=CIPHER_BIP_CMAC_128, beacon_protection=True)
    outputs = feed(machine, message_1(), message_3(data=RSNE + kdes()))
    assert of(outputs, InstallGroupKey)[2] == InstallGroupKey(
        6, CIPHER_BIP_CMAC_128, b"b" * 16, b"\x07" + bytes(5)
    )
    assert machine.has_beacon_key
    assert not of(feed(machine, group_message_1(3, data=kdes(bipn=0))), InstallGroupKey)
    renewed = feed(machine, group_message_1(4, data=kdes(7, b"c" * 16, 0)))
    assert [key.index for key in of(renewed, InstallGroupKey)] == [7]


@pytest.mark.parametrize("wrong", [{"key_id": 5}, {"key_id": 8}, {"key": b"b" * 32}])
def test_a_faulty_key_for_beacons_ends_it(wrong: dict[str, Any]) -> None:
    machine = supplicant(group_management=CIPHER_BIP_CMAC_128, beacon_protection=True)
    assert of(feed(machine, message_1(), message_3(data=RSNE + kdes(**wrong))), Failed)


@pytest.mark.parametrize(
    "wanted", [{"group_management": CIPHER_BIP_CMAC_128}, {"beacon_protection": True}]
)
def test_a_key_for_beacons_is_left_when_it_is_not_wanted(wanted: dict[str, object]) -> None:
    machine = supplicant(**wanted)
    outputs = feed(machine, message_1(), message_3(data=RSNE + kdes()))
    assert of(outputs, PortAuthorized)
    assert 6 not in [key.index for key in of(outputs, InstallGroupKey)]
    assert not machine.has_beacon_key


# ---- rekeying ------------------------------------------------------------------------------


def test_pairwise_rekey_keeps_the_old_keys_until_the_third_message() -> None:
    machine = established()
    anonce = b"B" * 32
    (second,) = sent(feed(machine, message_1(3, nonce=anonce)))
    assert machine.state is SupplicantState.REKEYING
    assert second.secure
    assert second.nonce != SNONCE

    again = feed(machine, message_3(4), group_message_1(5, data=GtkKde(2, b"h" * 16).encode()))
    assert len(sent(again)) == 2
    assert not of(again, InstallPairwiseKey)

    ptk = derive_ptk(AKM_PSK, PMK, AP, STA, anonce, second.nonce)
    data = RSNE + GtkKde(2, b"h" * 16).encode()
    outputs = feed(machine, message_3(6, ptk=ptk, nonce=anonce, data=data))
    assert of(outputs, InstallPairwiseKey) == [InstallPairwiseKey(0, CONFIG.pairwise, ptk.tk)]
    assert not of(outputs, InstallGroupKey)
    assert not of(outputs, PortAuthorized)
    assert kinds(feed(machine, message_3(7))) == [Discarded]


def test_key_requests_have_a_rising_counter_of_their_own() -> None:
    machine = established(ptk_rekey_s=5.0)
    assert machine.deadline() == 5.0
    asked = sent([*machine.step(Rekey(), 1.0), *machine.step(Timeout(), 6.0)])

    assert [key.replay_counter for key in asked] == [0, 1]
    assert asked[0].key_information == 2 | PAIRWISE | MIC | SECURE | REQUEST
    assert machine.deadline() == 11.0


@pytest.mark.parametrize("asked", [False, True], ids=["by the AP", "by ourselves"])
def test_no_key_is_put_in_the_place_of_another(asked: bool) -> None:
    """Neither on 1/4 nor at our own period: the AP is to be joined anew."""
    machine = established(ptk_rekey_s=5.0, replaces_pairwise=False)
    if asked:
        outputs = list(machine.step(Timeout(), 5.0))
    else:
        outputs = feed(machine, message_1(3, nonce=bytes(31) + b"2"))
    assert kinds(outputs) == [Notify, RekeyDenied]
    assert of(outputs, RekeyDenied) == [RekeyDenied(1, "802.11-2020 12.7.6.2")]
    assert machine.state is SupplicantState.FAILED
    assert machine.deadline() is None


def test_the_first_key_is_put_in_the_place_of_none() -> None:
    machine = established(replaces_pairwise=False)
    assert machine.state is SupplicantState.ESTABLISHED
    assert kinds(feed(machine, message_3(5))) == [Transmit, Notify]


def test_rekey_before_there_are_keys_is_the_callers_mistake() -> None:
    with pytest.raises(UsageError):
        supplicant().step(Rekey(), 0.0)


def test_closed_ways_in_are_told_last_and_with_every_handshake() -> None:
    data = RSNE + GTK.encode() + bytes.fromhex("dd05506f9a2081")
    machine = supplicant()
    outputs = feed(machine, message_1(), message_3(data=data), encrypted=False)
    assert outputs[-1] == TransitionDisabled(0x81)
    again = derive_ptk(AKM_PSK, PMK, AP, STA, b"B" * 32, b"\x01" * 32)
    third = message_3(4, ptk=again, data=data, nonce=b"B" * 32)
    assert feed(machine, message_1(3, nonce=b"B" * 32), third)[-1] == TransitionDisabled(0x81)
    assert not of(feed(machine, group_message_1(5, ptk=again)), TransitionDisabled)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (Rsne(akms=(AKM_PSK,)).element() + GTK.encode(), RSNE_LINE),
        (GTK.encode(), RSNE_LINE.replace(" (src", " (no IE?) (src")),
        (
            RSNE + bytes.fromhex("f40120") + GTK.encode(),
            "WPA: RSNXE mismatch between Beacon/ProbeResp and EAPOL-Key msg 3/4",
        ),
    ],
)
def test_which_element_differs_is_told(data: bytes, line: str) -> None:
    """In the words of wpa_supplicant 2.10."""
    machine = supplicant()
    note, failed = feed(machine, message_1(), message_3(data=data), encrypted=False)[-2:]
    assert isinstance(note, Notify)
    assert render(Event(0.0, "sta", note.name, note.fields)) == line
    assert failed == Failed(17, "802.11-2020 12.7.6.4")


# ---- properties ----------------------------------------------------------------------------

frames = st.one_of(
    st.binary(max_size=140),
    st.builds(
        lambda body: b"\x02\x03" + len(body).to_bytes(2, "big") + body, st.binary(max_size=140)
    ),
    st.builds(message_1, st.integers(0, 8), nonce=st.sampled_from([ANONCE, b"B" * 32])),
    st.builds(message_3, st.integers(0, 8), key_length=st.sampled_from([16, 5])),
    st.builds(
        message_3,
        st.integers(0, 8),
        data=st.sampled_from([b"", RSNE]).flatmap(
            lambda head: st.binary(max_size=40).map(lambda tail: head + GTK.encode() + tail)
        ),
        flags=st.integers(0, 0x3FFF).map(lambda bits: bits & ~7 | MIC | ACK),
    ),
    st.builds(group_message_1, st.integers(0, 8)),
)


def flipped(octets: bytes, at: int, mask: int) -> bytes:
    return (
        octets
        if at >= len(octets)
        else octets[:at] + bytes((octets[at] ^ mask,)) + octets[at + 1 :]
    )


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.builds(flipped, frames, st.integers(0, 400), st.integers(0, 255)) | frames,
        max_size=12,
    ),
    st.booleans(),
)
def test_nothing_that_comes_raises_or_installs_a_key_twice(
    octets: list[bytes], encrypted: bool
) -> None:
    machine = supplicant()
    outputs = feed(machine, message_1(), *octets, encrypted=encrypted)

    keys = [o.key for o in outputs if isinstance(o, InstallPairwiseKey | InstallGroupKey)]
    assert len(keys) == len(set(keys))
    # 2/4 answers 1/4, which has no MIC and so must not move the counter: it may echo one twice.
    counters = [key.replay_counter for key in sent(outputs) if key.secure and not key.key_data]
    assert counters == sorted(set(counters))
    assert len(of(outputs, PortAuthorized)) <= 1
