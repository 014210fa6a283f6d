"""Both ends of the key handshakes, one of which is on another channel from some message on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from harness.base.address import MacAddress
from harness.base.channel import OperatingChannel
from harness.base.entropy import SeededEntropy
from harness.base.seam import AKM_PSK, CIPHER_BIP_CMAC_128
from harness.proto.authenticator import (
    Authenticator,
    AuthenticatorConfig,
    AuthenticatorState,
    Begin,
    GroupKeyAccepted,
    UpdateGroup,
)
from harness.proto.channel_validation import OCV_FAILED, OwnChannel
from harness.proto.group_key import GroupKeyConfig, GroupKeys, RekeyGroup, StartGroup
from harness.proto.key_handshake import EapolKeyReceived, Failed, InstallPairwiseKey
from harness.proto.machine import Notify, Output, Outputs, Timeout, Transmit
from harness.proto.sa_query import (
    ChannelChanged,
    Doubt,
    SaQueryMachine,
    SaQueryReceived,
    TransmitSaQuery,
)
from harness.proto.supplicant import Supplicant, SupplicantConfig, SupplicantState
from harness.wire.operating_channel import Oci
from harness.wire.rsn import CAPABILITY_MFPC, CAPABILITY_OCVC, Rsne
from harness.wire.sa_query import REQUEST, RESPONSE, SaQuery

AP, STA = MacAddress("02:00:00:00:00:01"), MacAddress("02:00:00:00:00:02")
PMK = b"p" * 32
RSNE = Rsne(akms=(AKM_PSK,), capabilities=CAPABILITY_MFPC | CAPABILITY_OCVC).element()
HERE, ELSEWHERE = OperatingChannel(2412), OperatingChannel(2417)
WIDE, OTHER_SIDE = OperatingChannel(2437, 40, 1), OperatingChannel(2437, 40, -1)
MISMATCH = "primary channel mismatch in received OCI (we use 2412 but receiver is using 2417)"


_T = TypeVar("_T", bound=Output)


@dataclass
class Ends:
    """`ap_tells`: False for an access point that speaks of no channel."""

    ap_tells: bool = True
    done: list[Output] = field(default_factory=list)
    now: float = 0.0

    def __post_init__(self) -> None:
        entropy = SeededEntropy(b"channel")
        self.ap_channel, self.sta_channel = OwnChannel(HERE), OwnChannel(HERE)
        keys = GroupKeyConfig(group_management=CIPHER_BIP_CMAC_128)
        self.group = GroupKeys(keys, entropy.child("group"))
        self.group.step(StartGroup(), 0.0)
        self.ap = Authenticator(
            AuthenticatorConfig(
                AP, STA, (PMK,), AKM_PSK, RSNE, RSNE, self.group, mfp=True,
                channel=self.ap_channel if self.ap_tells else None,
            ),
            entropy.child("ap"),
        )  # fmt: skip
        self.sta = Supplicant(
            SupplicantConfig(
                STA, AP, PMK, AKM_PSK, RSNE, RSNE, group_management=CIPHER_BIP_CMAC_128,
                channel=self.sta_channel,
            ),
            entropy.child("sta"),
        )  # fmt: skip

    def carry(self, outputs: Outputs, *, to_ap: bool = False) -> None:
        """Deliver what is sent, and what is sent in answer."""
        self.done += outputs
        for output in outputs:
            if isinstance(output, Transmit):
                machine = self.ap if to_ap else self.sta
                given = EapolKeyReceived(output.octets, True)
                self.carry(machine.step(given, self.now), to_ap=not to_ap)

    def begin(self) -> None:
        self.carry(self.ap.step(Begin(), self.now))

    def renew(self) -> None:
        self.group.step(RekeyGroup(), self.now)
        self.carry(self.ap.step(UpdateGroup(), self.now))

    def complaints(self) -> list[tuple[object, object, object]]:
        told = [each.fields for each in self.of(Notify) if each.name == OCV_FAILED]
        return [(each["peer"], each["frame"], each["error"]) for each in told]

    def of(self, kind: type[_T]) -> list[_T]:
        return [each for each in self.done if isinstance(each, kind)]


def connected() -> Ends:
    ends = Ends()
    ends.begin()
    assert ends.sta.state is SupplicantState.ESTABLISHED
    ends.done.clear()
    return ends


def test_ends_on_one_channel() -> None:
    ends = connected()
    ends.renew()
    assert ends.ap.state is AuthenticatorState.ESTABLISHED
    assert len(ends.of(GroupKeyAccepted)) == 1
    assert ends.complaints() == []


def test_the_access_point_drops_message_2_from_elsewhere() -> None:
    """As hostapd: it repeats its own, and a station that is back on the channel is served."""
    ends = Ends()
    ends.sta_channel.current = ELSEWHERE
    ends.begin()
    assert ends.complaints() == [(STA, "eapol-key-m2", MISMATCH)]
    assert ends.ap.state is AuthenticatorState.EXPECT_MESSAGE_2
    ends.sta_channel.current = HERE
    ends.carry(ends.ap.step(Timeout(), 1.0))
    assert ends.ap.state is AuthenticatorState.ESTABLISHED


def test_the_station_drops_message_3_from_elsewhere() -> None:
    """As wpa_supplicant: nothing is answered, no key installed."""
    ends = Ends(ap_tells=False)
    ends.begin()
    assert ends.complaints() == [(AP, "eapol-key-m3", "did not receive mandatory OCI")]
    assert ends.sta.state is SupplicantState.EXPECT_MESSAGE_3
    assert ends.ap.state is AuthenticatorState.EXPECT_MESSAGE_4
    assert ends.of(InstallPairwiseKey) == []


def test_the_station_leaves_whose_group_key_comes_from_elsewhere() -> None:
    ends = connected()
    ends.ap_channel.current = ELSEWHERE
    ends.renew()
    assert ends.complaints() == [(AP, "eapol-key-g1", MISMATCH)]
    assert [each.reason for each in ends.of(Failed)] == [1]
    assert ends.sta.state is SupplicantState.FAILED


def test_the_access_point_drops_a_group_answer_without_oci() -> None:
    """And gives up in the end, as with none at all."""
    ends = connected()
    ends.sta.config = SupplicantConfig(
        STA, AP, PMK, AKM_PSK, RSNE, RSNE, group_management=CIPHER_BIP_CMAC_128
    )
    ends.renew()
    wrong = (STA, "eapol-key-g2", "did not receive mandatory OCI")
    assert ends.complaints() == [wrong]
    assert ends.of(GroupKeyAccepted) == []
    while (due := ends.ap.deadline()) is not None:
        ends.carry(ends.ap.step(Timeout(), due))
    assert ends.complaints() == [wrong] * 4
    assert [each.reason for each in ends.of(Failed)] == [16]


@pytest.mark.parametrize(
    ("own", "told", "complaint"),
    [
        (HERE, b"\x51\x01\x00", None),
        (HERE, b"\x51\x01\x01", None),
        (HERE, b"\x53\x01\x00", None),
        (HERE, None, "did not receive mandatory OCI"),
        (HERE, b"\x51\x01", "did not receive mandatory OCI"),
        (HERE, b"\x51\x01\x00\x00", "received OCI of unexpected length (4)"),
        (HERE, b"\x52\x01\x00", "unable to interpret received OCI"),
        (HERE, b"\x51\x02\x00", MISMATCH),
        (
            WIDE,
            b"\x51\x06\x00",
            "channel bandwidth mismatch in received OCI (we use 40 but receiver only supports 20)",
        ),
        (
            WIDE,
            b"\x54\x06\x00",
            "secondary channel mismatch in received OCI (we use 1 but receiver is using -1)",
        ),
        (WIDE, b"\x53\x06\x00", None),
        (OTHER_SIDE, b"\x54\x06\x00", None),
    ],
)
def test_what_is_wrong_in_the_words_of_wpa_supplicant(
    own: OperatingChannel, told: bytes | None, complaint: str | None
) -> None:
    """Each line was seen to come of 2.10."""
    assert OwnChannel(own).complaint(told) == complaint


def test_who_uses_20_mhz_is_not_asked_for_40() -> None:
    """It is told the whole channel, also after a switch."""
    whole = OwnChannel(OperatingChannel(2437, 40, 1))
    narrow = whole.for_narrow_peer()
    told = Oci.of(OperatingChannel(2412)).encode()
    whole.current = OperatingChannel(2412, 40, 1)
    assert whole.complaint(told) is not None
    assert narrow.complaint(told) is None
    assert narrow.complaint(Oci.of(OperatingChannel(2437)).encode()) is not None
    assert narrow.element() == whole.element()


def query(channel: OwnChannel) -> SaQueryMachine:
    return SaQueryMachine(SeededEntropy(b"query"), AP, channel=channel)


def test_a_question_is_answered_where_it_came_from_here() -> None:
    channel = OwnChannel(HERE)
    machine = query(channel)
    (answer,) = machine.step(SaQueryReceived(SaQuery(REQUEST, b"ab", channel.element())), 0.0)
    assert answer == TransmitSaQuery(SaQuery(RESPONSE, b"ab", bytes.fromhex("ff0436510100")))
    note, _ = machine.step(SaQueryReceived(SaQuery(REQUEST, b"ab")), 0.0)
    assert isinstance(note, Notify)
    assert note.fields["frame"] == "saqueryreq"


def test_another_channel_is_asked_about_at_once() -> None:
    """Also shortly after a doubt, whose answer no longer counts."""
    channel = OwnChannel(HERE)
    machine = SaQueryMachine(SeededEntropy(b"query"), AP, 10.0, channel)
    early = machine.step(Doubt(), 0.0)[1]
    channel.current = ELSEWHERE
    asked = machine.step(ChannelChanged(), 0.5)[1]
    assert isinstance(early, TransmitSaQuery)
    assert isinstance(asked, TransmitSaQuery)
    assert asked.query.elements == bytes.fromhex("ff0436510200")
    late = SaQuery(RESPONSE, early.query.transaction, channel.element())
    machine.step(SaQueryReceived(late), 0.6)
    assert machine.deadline() is not None
    right = SaQuery(RESPONSE, asked.query.transaction, channel.element())
    machine.step(SaQueryReceived(right), 0.7)
    assert machine.deadline() is None
    assert len(machine.step(ChannelChanged(), 0.8)) == 2


def test_an_answer_from_elsewhere_ends_no_doubt() -> None:
    channel = OwnChannel(HERE)
    machine = query(channel)
    asked = machine.step(Doubt(), 0.0)[1]
    assert isinstance(asked, TransmitSaQuery)
    elsewhere = SaQuery(RESPONSE, asked.query.transaction, OwnChannel(ELSEWHERE).element())
    note, _ = machine.step(SaQueryReceived(elsewhere), 0.1)
    assert isinstance(note, Notify)
    assert note.fields == {"peer": AP, "frame": "saqueryresp", "error": MISMATCH}
    assert machine.deadline() is not None
    right = SaQuery(RESPONSE, asked.query.transaction, channel.element())
    machine.step(SaQueryReceived(right), 0.2)
    assert machine.deadline() is None
