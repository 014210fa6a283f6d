"""A station that validates the operating channel: what it asks for, and what a switch has it do."""

from __future__ import annotations

import dataclasses

import pytest
from sta_stage import AP1, STA, ScriptedAp

from harness.base.channel import OperatingChannel
from harness.base.entropy import SeededEntropy
from harness.base.seam import AKM_PSK, CIPHER_BIP_CMAC_128, TransmitManagement
from harness.proto.channel_validation import OwnChannel
from harness.proto.machine import Output
from harness.sta.bss_table import Bss, BssTable
from harness.sta.config import Network, SecurityHabits
from harness.sta.connection import Connection
from harness.sta.joining import AssociationAnswered, Attempt, Perform, Retune
from harness.sta.protection import Protection
from harness.sta.security import Choice, choose
from harness.sta.state import WpaState
from harness.wire.dot11.elements import Elements
from harness.wire.dot11.frames import Action, decode_frame
from harness.wire.rsn import CAPABILITY_MFPC, CAPABILITY_OCVC, Rsne
from harness.wire.sa_query import REQUEST, SaQuery

NETWORK = Network(ssid=b"home", passphrase="correct horse")
THERE = OperatingChannel(2437)
WIDE = OperatingChannel(2412, 40, 1)


def bss(capabilities: int, frequency: int = 2412) -> Bss:
    ap = ScriptedAp(passphrase="correct horse", frequency=frequency)
    bip = CIPHER_BIP_CMAC_128 if capabilities else None
    ap.rsne = Rsne(
        akms=(AKM_PSK,), capabilities=capabilities, group_management=bip
    ).element()
    table = BssTable(maximum=5, age=180, scan_count=2)
    table.update([ap.observation(0.0)], 0.0)
    (found,) = table
    return found


def chosen(capabilities: int, *, ocv: bool = True, mfp: int | None = None) -> Choice:
    network = dataclasses.replace(NETWORK, ocv=ocv, ieee80211w=mfp)
    choice = choose(bss(capabilities), network, SecurityHabits())
    assert choice is not None
    return choice


@pytest.mark.parametrize(
    ("offered", "ocv", "mfp", "told", "validates"),
    [
        (0x4080, True, 1, 0x4080, True),
        (0x4080, True, 0, 0x4080, True),
        (0x0080, True, 1, 0x4080, False),
        (0x4080, False, 1, 0x0080, False),
        (0x4080, False, 0, 0x0000, False),
    ],
)
def test_both_ends_have_to_do_it(
    offered: int, ocv: bool, mfp: int, told: int, validates: bool
) -> None:
    """As wpa_supplicant 2.10: `ocv=1` has management frames protected where that is possible."""
    assert CAPABILITY_MFPC | CAPABILITY_OCVC == 0x4080
    choice = chosen(offered, ocv=ocv, mfp=mfp)
    assert Rsne.decode(choice.rsne[2:]).capabilities == told
    assert choice.validates_channel is validates


def test_a_channel_without_a_class_can_not_be_told() -> None:
    choice = choose(bss(0x4080, 5955), dataclasses.replace(NETWORK, ocv=True), SecurityHabits())
    assert choice is not None
    assert not choice.validates_channel
    assert not Rsne.decode(choice.rsne[2:]).capabilities & CAPABILITY_OCVC


def connection(state: WpaState, *, validates: bool = True) -> tuple[Connection, OwnChannel]:
    channel = OwnChannel(OperatingChannel(2412))
    kept = channel if validates else None
    made = Connection("wlan0")
    made.state = state
    made.attempt = Attempt(
        network_id=0,
        id_str="",
        bssid=AP1,
        ssid=b"home",
        frequency=2412,
        elements=b"",
        protection=Protection(STA, AP1, SeededEntropy(b"protection"), kept),
        channel=kept,
    )
    return made, channel


def questions(outputs: tuple[Output, ...]) -> list[SaQuery]:
    commands = [each.command for each in outputs if isinstance(each, Perform)]
    frames = [decode_frame(each.frame) for each in commands if isinstance(each, TransmitManagement)]
    return [SaQuery.decode(each.body) for each in frames if isinstance(each, Action)]


def test_the_new_channel_is_asked_about() -> None:
    made, channel = connection(WpaState.COMPLETED)
    (question,) = questions(made.step(Retune(THERE), 1.0))
    assert channel.current == THERE
    assert (question.action, question.elements.hex()) == (REQUEST, "ff0436510600")


@pytest.mark.parametrize(
    ("state", "validates"), [(WpaState.COMPLETED, False), (WpaState.FOUR_WAY_HANDSHAKE, True)]
)
def test_nothing_is_asked_without_agreement_or_keys(state: WpaState, validates: bool) -> None:
    made, _ = connection(state, validates=validates)
    assert made.step(Retune(THERE), 1.0) == ()
    assert made.attempt is not None
    assert made.attempt.frequency == 2437


def test_the_channel_is_the_one_agreed_on() -> None:
    made, channel = connection(WpaState.ASSOCIATING)
    made.step(AssociationAnswered(0, Elements(b""), WIDE), 0.0)
    assert channel.current == WIDE
    assert channel.kde() == bytes.fromhex("dd07000fac0d530100")
