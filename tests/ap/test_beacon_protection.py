"""Beacon protection at the access point: what it says, and who gets the key (802.11-2020 11.52)."""

from __future__ import annotations

import pytest
from ap_stage import ALICE, BOB, RADIO, ScriptedStation, Stage
from test_control import Desk

from harness.ap.config_build import build
from harness.ap.config_file import parse
from harness.base.address import MacAddress
from harness.base.entropy import SeededEntropy
from harness.base.errors import ConfigError
from harness.base.ht import HtAbility
from harness.base.seam import AKM_PSK, CIPHER_BIP_CMAC_128, InstallKey, StartBss
from harness.base.seam_events import PeerCounters
from harness.crypto.psk import derive_psk
from harness.proto.key_handshake import InstallGroupKey
from harness.proto.supplicant import Supplicant, SupplicantConfig
from harness.wire.dot11.elements import Elements, element
from harness.wire.dot11.frames import ProbeResponse
from harness.wire.rsn import CAPABILITY_MFPC, Rsne

BASIC = "interface=wlan0\nchannel=1\nhw_mode=g\nssid=home\n"
WPA2 = BASIC + "wpa=2\nrsn_pairwise=CCMP\nwpa_passphrase=correct horse\n"
PROTECTED = WPA2 + "ieee80211w=1\nbeacon_prot=1\n"
BIT_84 = bytes(10) + b"\x10"


def stage_of(text: str) -> Stage:
    (bss,) = build(parse(text, "hostapd.conf")).bsss
    return Stage(bss)


class Able:
    """A radio that can protect the Beacons of its BSSs, or can not."""

    rekeys_safely = True

    def __init__(self, able: bool) -> None:
        self.protects_own_beacons = able

    def peer_counters(self, interface: str, peer: MacAddress) -> PeerCounters | None:
        return None

    def ht(self, frequency: int) -> HtAbility | None:
        return HtAbility()

    def max_power(self, frequency: int) -> int | None:
        return 20


class Wishes(ScriptedStation):
    """A station that takes the key for Beacons. `protected`: with protected management frames."""

    def connect(self, *, protected: bool = True) -> Supplicant:
        offered = self.stage.beacon().elements.rsn
        assert offered is not None
        own = Rsne(akms=(AKM_PSK,), capabilities=CAPABILITY_MFPC if protected else 0).element()
        machine = Supplicant(
            SupplicantConfig(
                own=self.address,
                peer=self.bssid,
                pmk=derive_psk("correct horse", b"home"),
                akm=AKM_PSK,
                own_rsne=own,
                peer_rsne=element(48, offered),
                group_management=CIPHER_BIP_CMAC_128 if protected else None,
                beacon_protection=True,
            ),
            SeededEntropy(bytes(self.address)),
        )
        self.answer_with(machine)
        assert self.join(own).status == 0
        return machine

    def installed(self) -> list[InstallGroupKey]:
        return [each for each in self.wanted if isinstance(each, InstallGroupKey)]


def group_keys(stage: Stage) -> list[InstallKey]:
    return [each for each in stage.commands if isinstance(each, InstallKey) and each.peer is None]


def test_every_description_says_so() -> None:
    stage = stage_of(PROTECTED)
    assert stage.beacon().elements.get(127) == BIT_84
    alice = ScriptedStation(stage)
    alice.probe()
    answer = stage.last(ProbeResponse, ALICE)
    assert isinstance(answer, ProbeResponse)
    assert answer.elements.get(127) == BIT_84
    assert alice.join(Rsne(akms=(AKM_PSK,)).element()).elements.get(127) == BIT_84
    assert stage_of(PROTECTED + "utf8_ssid=1\n").beacon().elements.get(127) == (
        bytes(6) + b"\x01" + bytes(3) + b"\x10"
    )
    assert stage_of(WPA2 + "ieee80211w=1\n").beacon().elements.get(127) is None


def test_the_radio_and_the_station_have_the_same_key_and_the_next_one() -> None:
    stage = stage_of(PROTECTED)
    assert [key.index for key in group_keys(stage)] == [1, 4, 6]
    alice = Wishes(stage)
    machine = alice.connect()
    assert machine.has_beacon_key
    stage.do(stage.ap.bss("wlan0").rekey_group(stage.now))
    own = [(key.index, key.cipher, key.key) for key in group_keys(stage)]
    assert [index for index, _, _ in own] == [1, 4, 6, 2, 5, 7]
    assert [(key.index, key.cipher, key.key) for key in alice.installed()] == own


def test_a_station_without_protected_management_frames_gets_no_key() -> None:
    stage = stage_of(PROTECTED)
    assert not Wishes(stage, BOB).connect(protected=False).has_beacon_key


@pytest.mark.parametrize(
    "lines", ["", "ieee80211w=0\n", "ieee80211w=1\nwpa=1\nwpa_pairwise=CCMP\n"]
)
def test_it_needs_protected_management_frames(lines: str) -> None:
    with pytest.raises(ConfigError, match=r"hostapd\.conf:8: .*beacon_prot: needs ieee80211w"):
        build(parse(WPA2 + "beacon_prot=1\n" + lines, "hostapd.conf"))


def test_an_open_network_has_nothing_to_protect() -> None:
    assert stage_of(BASIC + "beacon_prot=1\n").beacon().elements.get(127) is None


@pytest.mark.parametrize("able", [True, False])
def test_a_radio_that_can_not_is_not_said_to(able: bool) -> None:
    """hostapd 2.10 does the same: nothing is said, and the BSS goes on without."""
    desk = Desk(PROTECTED, enable=False)
    desk.interface.attach(RADIO, Able(able), "phy0")
    assert desk.ask("ENABLE") == "OK\n"
    (started,) = [each for each in desk.commands if isinstance(each, StartBss)]
    assert Elements(started.beacon_tail).get(127) == (BIT_84 if able else None)
    assert [key.index for key in group_keys(desk)] == ([1, 4, 6] if able else [1, 4])
