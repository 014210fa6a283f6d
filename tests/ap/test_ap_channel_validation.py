"""An access point that validates the operating channel: who is served, and who is sent away."""

from __future__ import annotations

import dataclasses

import pytest
from ap_stage import ALICE, ScriptedStation
from test_channel import SwitchingStage

from harness.ap.config import ApConfig, BssConfig
from harness.base.channel import OperatingChannel
from harness.base.entropy import SeededEntropy
from harness.base.errors import ConfigError
from harness.base.seam import AKM_PSK, CIPHER_BIP_CMAC_128
from harness.crypto.psk import derive_psk
from harness.proto.channel_validation import OwnChannel
from harness.proto.supplicant import Supplicant, SupplicantConfig
from harness.wire.dot11.elements import element
from harness.wire.dot11.frames import Action, Deauthentication
from harness.wire.dot11.header import ACTION
from harness.wire.rsn import CAPABILITY_MFPC, CAPABILITY_MFPR, CAPABILITY_OCVC, Rsne
from harness.wire.sa_query import CATEGORY_SA_QUERY, REQUEST, RESPONSE, SaQuery

VALIDATING = BssConfig(
    interface="wlan0", ssid=b"home", passphrase="correct horse", ieee80211w=2, ocv=True
)
HERE, THERE = OperatingChannel(2412), OperatingChannel(2437)
PROTECTED = CAPABILITY_MFPC | CAPABILITY_MFPR


class Validating(ScriptedStation):
    """A station that says its channel, `channel.current`, in the handshake."""

    def connect(self, config: BssConfig, *, tells: bool = True) -> None:
        self.channel = OwnChannel(HERE)
        offered = self.stage.beacon().elements.rsn
        assert offered is not None
        both = tells and config.ocv
        own = Rsne(
            akms=(AKM_PSK,),
            capabilities=PROTECTED | (CAPABILITY_OCVC if tells else 0),
            group_management=CIPHER_BIP_CMAC_128,
        ).element()
        supplicant = Supplicant(
            SupplicantConfig(
                own=self.address,
                peer=self.bssid,
                pmk=derive_psk("correct horse", b"home"),
                akm=AKM_PSK,
                own_rsne=own,
                peer_rsne=element(48, offered),
                group_management=CIPHER_BIP_CMAC_128,
                channel=self.channel if both else None,
            ),
            SeededEntropy(b"supplicant"),
        )
        self.answer_with(supplicant)
        assert self.join(own).status == 0

    def ask(self, channel: OperatingChannel) -> None:
        query = SaQuery(REQUEST, b"ab", OwnChannel(channel).element())
        self.stage.management(Action(self.header(ACTION), CATEGORY_SA_QUERY, query.encode()))


def connected(
    config: BssConfig = VALIDATING, *, tells: bool = True
) -> tuple[SwitchingStage, Validating]:
    stage = SwitchingStage(config)
    station = Validating(stage, ALICE)
    station.connect(config, tells=tells)
    assert ALICE in stage.authorized
    return stage, station


def queries(stage: SwitchingStage) -> list[SaQuery]:
    return [SaQuery.decode(each.body) for each in stage.frames if isinstance(each, Action)]


def reasons(stage: SwitchingStage) -> list[int]:
    return [each.reason for each in stage.frames if isinstance(each, Deauthentication)]


@pytest.mark.parametrize("tells", [False, True])
@pytest.mark.parametrize("ocv", [False, True])
def test_who_is_served(tells: bool, ocv: bool) -> None:
    """An end that does not do it is served as before."""
    stage, _ = connected(dataclasses.replace(VALIDATING, ocv=ocv), tells=tells)
    offered = Rsne.decode(stage.beacon().elements.rsn or b"")
    assert offered.capabilities == PROTECTED | (CAPABILITY_OCVC if ocv else 0)


def test_it_needs_protected_management_frames() -> None:
    with pytest.raises(ConfigError, match="ocv"):
        dataclasses.replace(VALIDATING, ieee80211w=0)


def test_it_needs_a_channel_that_has_a_class() -> None:
    with pytest.raises(ConfigError, match="ocv: channel 37"):
        ApConfig(bsss=(VALIDATING,), channel=5185)
    ApConfig(bsss=(VALIDATING,), channel=5180)


def test_a_question_is_answered_with_the_new_channel() -> None:
    stage, station = connected()
    stage.announce()
    stage.arrive()
    station.ask(THERE)
    assert queries(stage) == [SaQuery(RESPONSE, b"ab", bytes.fromhex("ff0436510600"))]
    stage.advance(20.0)
    assert reasons(stage) == []


def test_who_asks_nothing_after_a_switch_is_sent_away() -> None:
    """As hostapd 2.10 does after 15 s; a question from elsewhere is none."""
    stage, station = connected()
    stage.announce()
    stage.arrive()
    station.ask(HERE)
    error = "primary channel mismatch in received OCI (we use 2437 but receiver is using 2412)"
    assert f"OCV-FAILURE addr={ALICE} frame=saqueryreq error={error}" in stage.lines
    assert queries(stage) == []
    stage.advance(14.9)
    assert reasons(stage) == []
    stage.advance(0.2)
    assert reasons(stage) == [2]
    assert f"AP-STA-DISCONNECTED {ALICE}" in stage.lines


def test_who_does_not_validate_need_not_ask() -> None:
    stage, _ = connected(tells=False)
    stage.announce()
    stage.arrive()
    stage.advance(20.0)
    assert reasons(stage) == []
