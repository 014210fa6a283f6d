"""HT on the access point: keys, elements, stations, channels of 40 MHz.

Octets, replies and what is refused are those of hostapd 2.10.
"""

from __future__ import annotations

import errno

import pytest
from ap_stage import ALICE, BOB, ScriptedStation
from listening_desk import ListeningDesk
from test_control import FILE, Desk

from harness.ap.coexistence import Place, place
from harness.ap.config_build import idle_warnings
from harness.ap.config_file import parse
from harness.base.address import MacAddress
from harness.base.errors import ConfigError
from harness.base.ht import HtAbility
from harness.base.seam import StartBss, SwitchChannel
from harness.base.seam_events import (
    BssObservation,
    ChannelSwitched,
    ChannelSwitchStarted,
    PeerCounters,
)
from harness.crypto.psk import derive_psk
from harness.wire.dot11.elements import (
    ELEMENT_HT_CAPABILITIES,
    ELEMENT_HT_OPERATION,
    Elements,
)
from harness.wire.ht import INTOLERANT_40, HtCapabilities, HtOperation

OPEN = "interface=wlan0\nhw_mode=g\nchannel=6\nssid=home\n"
HT = f"{OPEN}ieee80211n=1\n"
WIDE = f"{HT}ht_capab=[HT40+][SHORT-GI-20]\n"
MCS = bytes.fromhex("ffff0000000000000000000001000000")
HWSIM = HtAbility(0x1072, 0x1B, MCS)
"""As the kernel's simulated radios have it."""

WMM = bytes.fromhex("dd070050f202000100")
NARROW = bytes.fromhex("2d1a0c001bffff000000000000000000000100000000000000000000")
INTOLERANT = bytes.fromhex("2d1a6e401bff00000000000000000000000100000000000000000000")
GREEN = bytes.fromhex("2d1a1e001bffff000000000000000000000100000000000000000000")
PSK = derive_psk("correct horse", b"home")


class Radio:
    """Looks like one of the kernel's simulated ones, under the rules of the world."""

    rekeys_safely = True
    protects_own_beacons = True

    def __init__(self, ability: HtAbility | None = HWSIM) -> None:
        self._ability = ability

    def peer_counters(self, interface: str, peer: MacAddress) -> PeerCounters | None:
        return PeerCounters(9, 7, 568, 613, 90, -30, 130, 722, 8, 7, tx_short_gi=True)

    def ht(self, frequency: int) -> HtAbility | None:
        return self._ability

    def max_power(self, frequency: int) -> int | None:
        return 20 if frequency <= 2462 or 5180 <= frequency <= 5240 else None


class HtDesk(ListeningDesk):
    """Its radio does what `ability` says."""

    def __init__(self, text: str = HT, ability: HtAbility | None = HWSIM) -> None:
        super().__init__(text, Radio(ability))

    def begin(self, *heard: BssObservation) -> HtDesk:
        assert self.ask("ENABLE") == "OK\n"
        if self.scans:
            self.hears(*heard)
        return self

    def shown(self, *names: str) -> list[str]:
        said = dict(line.split("=", 1) for line in self.ask("STATUS").splitlines())
        return [said.get(name, "-") for name in names]

    def started(self) -> list[tuple[int, bool, int]]:
        begun = [each for each in self.commands if isinstance(each, StartBss)]
        return [(each.frequency, each.ht, each.secondary) for each in begun]

    def operation(self) -> str:
        return operation(self.beacon().elements)


def operation(elements: Elements) -> str:
    """The octets of HT Operation that are not always zero."""
    value = elements.get(ELEMENT_HT_OPERATION)
    return "" if value is None else value[:4].hex()


# ---- what is said --------------------------------------------------------------------------------


def test_a_beacon_has_both_elements_and_wmm_with_them() -> None:
    desk = HtDesk(f"{HT}wpa=2\nrsn_pairwise=CCMP\nwpa_passphrase=12345678\n").begin()
    elements = desk.beacon().elements
    assert [each.id for each in elements.raw] == [0, 1, 3, 42, 50, 48, 45, 61, 221]
    capabilities = elements.get(ELEMENT_HT_CAPABILITIES)
    assert capabilities is not None
    assert capabilities.hex() == "0c001bffff000000000000000000000100000000000000000000"
    assert operation(elements) == "06000000"
    assert elements.rsn is not None
    assert elements.rsn.hex() == "0100000fac040100000fac040100000fac020c00"
    assert desk.started() == [(2437, True, 0)]


def test_status_shows_it() -> None:
    names = ("ieee80211n", "secondary_channel", "ht_caps_info", "ht_mcs_bitmask", "ht_op_mode")
    desk = HtDesk().begin()
    assert desk.shown(*names) == ["1", "0", "000c", "ffff0000000000000000", "0x0"]
    lines = [line.partition("=")[0] for line in desk.ask("STATUS").splitlines()]
    at = lines.index("dtim_period")
    assert lines[at + 1 : at + 4] == ["ht_caps_info", "ht_mcs_bitmask", "supported_rates"]
    assert Desk(OPEN).ask("STATUS").count("ht_caps_info") == 0


@pytest.mark.parametrize(
    ("more", "warning"),
    [
        ("wpa=1\nwpa_passphrase=12345678\n", "is not done with TKIP alone"),
        ("wep_key0=1234567890\n", "is not done with WEP"),
    ],
)
def test_weak_ciphers_switch_it_off_and_wmm_stays(more: str, warning: str) -> None:
    desk = HtDesk(HT + more).begin()
    elements = desk.beacon().elements
    assert operation(elements) == ""
    assert bytes.fromhex("0050f20201") in elements.octets
    assert desk.shown("ieee80211n", "ht_caps_info") == ["0", "-"]
    assert desk.started() == [(2437, True, 0)]
    (told,) = idle_warnings(parse(HT + more, "ap.conf"))
    assert told.startswith("ap.conf:5: wlan0: ieee80211n:")
    assert warning in told


def test_802_11b_has_none_of_it() -> None:
    text = HT.replace("hw_mode=g", "hw_mode=b")
    desk = HtDesk(text).begin()
    assert operation(desk.beacon().elements) == ""
    assert idle_warnings(parse(text, "ap.conf")) == [
        "ap.conf:5: ieee80211n: hw_mode b has no 802.11n"
    ]


def test_wmm_can_be_switched_off_beside_it_and_it_by_bss() -> None:
    assert bytes.fromhex("0050f20201") not in HtDesk(f"{HT}wmm_enabled=0\n").begin().beacon().octets
    assert operation(HtDesk(f"{HT}disable_11n=1\n").begin().beacon().elements) == ""


# ---- stations --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "extra", "shown", "flags"),
    [
        (HT, b"", "06001300", False),
        (HT, WMM, "06001300", False),
        (HT, NARROW, "06001300", False),
        (HT, WMM + NARROW[:1] + b"\x19" + NARROW[2:-1], "06001300", False),
        (HT, WMM + NARROW, "06000400", True),
        (HT, WMM + GREEN, "06000000", True),
        (WIDE, WMM, "06051300", False),
        (WIDE, WMM + NARROW, "06050600", True),
        (WIDE, WMM + GREEN, "06050000", True),
        (WIDE, WMM + INTOLERANT, "06000400", True),
    ],
)
def test_what_a_station_can_not_do_is_had_regard_for(
    text: str, extra: bytes, shown: str, flags: bool
) -> None:
    desk = HtDesk(text).begin()
    before = desk.operation()
    station = ScriptedStation(desk)
    answer = station.join(extra)
    assert answer.status == 0
    assert operation(answer.elements) == desk.operation() == shown
    assert ("[HT]" in desk.ask(f"STA {ALICE}")) is flags
    station.leave()
    assert desk.operation() == before


def test_stations_are_counted() -> None:
    desk = HtDesk(WIDE).begin()
    ScriptedStation(desk).join(WMM + NARROW)
    ScriptedStation(desk, BOB).join()
    names = ("no_gf", "20_mhz")
    assert desk.shown(*(f"num_sta_ht_{each}" for each in names), "num_sta_no_ht") == ["1"] * 3
    assert desk.shown("ht_op_mode", "num_sta_ht40_intolerant") == ["0x17", "0"]


def test_a_station_is_shown_with_its_rates() -> None:
    desk = HtDesk().begin()
    ScriptedStation(desk).join(WMM + GREEN)
    lines = desk.ask(f"STA {ALICE}").splitlines()
    at = lines.index("rx_rate_info=130 mcs 8")
    assert lines[at + 1 : at + 3] == [
        "tx_rate_info=722 mcs 7 shortGI",
        "ht_mcs_bitmask=ffff0000000000000000",
    ]
    assert "ht_caps_info=0x001e" in lines


def test_the_radio_is_told_what_both_do() -> None:
    """A short guard interval for 20 MHz, but not for 40, and no greenfield."""
    desk = HtDesk(WIDE).begin()
    ScriptedStation(desk).join(WMM + bytes.fromhex("2d1a7e13") + NARROW[4:])
    told = desk.peers["wlan0"][ALICE].ht
    assert told is not None
    assert HtCapabilities.decode(told).info == 0x002E
    assert HtCapabilities.decode(told).mcs == MCS
    ScriptedStation(desk, BOB).join(WMM)
    assert desk.peers["wlan0"][BOB].ht is None


def test_tkip_takes_it_from_a_station() -> None:
    mixed = FILE.replace("wpa=2\nrsn_pairwise=CCMP", "wpa=2\nrsn_pairwise=TKIP CCMP")
    desk = HtDesk(f"{mixed}ieee80211n=1\n").begin()
    chosen = bytes.fromhex("30140100000fac020100000fac020100000fac020000")
    assert ScriptedStation(desk).join(chosen + WMM + NARROW).status == 0
    assert desk.peers["wlan0"][ALICE].ht is None
    assert desk.shown("num_sta_no_ht") == ["1"]


def test_it_can_be_asked_of_every_station() -> None:
    desk = HtDesk(f"{HT}require_ht=1\n").begin()
    assert desk.beacon().elements.rates.endswith(bytes.fromhex("6cff"))
    refused = ScriptedStation(desk).join(WMM)
    assert (refused.status, operation(refused.elements)) == (27, "06000000")
    assert WMM[2:6] in refused.elements.octets
    assert ScriptedStation(desk).join(NARROW).status == 27
    assert ScriptedStation(desk, BOB).join(WMM + NARROW).status == 0


# ---- the file --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "ability", "reason"),
    [
        (f"{HT}ht_capab=[LDPC]\n", HWSIM, "6: ht_capab: the radio has no [LDPC]"),
        (f"{HT}ht_capab=[TX-STBC]\n", HWSIM, "6: ht_capab: the radio has no [TX-STBC]"),
        (f"{HT}ht_capab=[RX-STBC1]\n", HWSIM, "6: ht_capab: the radio has no [RX-STBC1]"),
        (WIDE, HtAbility(), "6: ht_capab: the radio has no channels of 40 MHz"),
        (HT, None, "5: ieee80211n: the radio does no 802.11n there"),
        (
            WIDE.replace("channel=6", "channel=11"),
            HWSIM,
            "6: ht_capab: channel 11 has no other half above",
        ),
        (
            WIDE.replace("channel=6", "channel=9"),
            HWSIM,
            "6: ht_capab: the radio has no channel at 2472 MHz for the other half",
        ),
    ],
)
def test_what_can_not_be_is_told(text: str, ability: HtAbility | None, reason: str) -> None:
    desk = HtDesk(text, ability)
    with pytest.raises(ConfigError) as caught:
        desk.interface.check()
    assert str(caught.value) == f"ap.conf:{reason}"
    assert desk.ask("ENABLE") == "FAIL\n"


def test_flags_that_say_nothing_are_told_of() -> None:
    text = f"{HT}ht_capab=[SMPS-STATIC][GF]\n"
    assert idle_warnings(parse(text, "ap.conf")) == [
        "ap.conf:6: ht_capab: there is no flag [SMPS-STATIC]"
    ]
    assert HtDesk(text).begin().shown("ht_caps_info") == ["001c"]


# ---- 40 MHz ----------------------------------------------------------------------------------


def heard(
    frequency: int, secondary: int = 0, info: int | None = None, number: int = 1
) -> BssObservation:
    elements = HtOperation(1, secondary).element()
    if info is not None:
        elements += HtCapabilities(info, 0, MCS).element()
    bssid = MacAddress(bytes((2, 0, 0, 0, 1, number)))
    return BssObservation(bssid, frequency, -50, 0, 100, 0, 0.0, elements)


def test_it_looks_around_before_it_begins() -> None:
    desk = HtDesk(WIDE)
    assert desk.ask("ENABLE") == "OK\n"
    assert desk.shown("state") == ["HT_SCAN"]
    assert desk.started() == []
    assert desk.scans[0].frequencies == tuple(range(2412, 2463, 5))
    desk.hears()
    assert desk.started() == [(2437, True, 1)]
    assert desk.shown("state", "secondary_channel", "ht_caps_info") == ["ENABLED", "1", "002e"]


def test_others_make_it_begin_with_20_mhz_and_stay_so() -> None:
    desk = HtDesk(WIDE).begin(heard(2462))
    assert desk.started() == [(2437, True, 0)]
    assert desk.shown("secondary_channel", "ht_caps_info") == ["0", "002e"]
    assert desk.ask("RELOAD") == "OK\n"
    assert desk.started()[1:] == [(2437, True, 0)]
    assert len(desk.scans) == 1


def test_who_does_not_ask_does_not_look() -> None:
    assert HtDesk(f"{WIDE}noscan=1\n").begin().scans == []
    assert HtDesk().begin().scans == []


def test_a_radio_that_can_not_look_begins_with_20_mhz() -> None:
    desk = HtDesk(WIDE)
    assert desk.ask("ENABLE") == "OK\n"
    for number in (errno.EBUSY, errno.EOPNOTSUPP):
        desk.refuses(number)
        desk.advance(1.0)
    assert len(desk.scans) == 2
    assert desk.started() == [(2437, True, 0)]


def test_it_can_be_disabled_meanwhile() -> None:
    desk = HtDesk(WIDE)
    assert desk.ask("ENABLE") == "OK\n"
    assert desk.ask("DISABLE") == "OK\n"
    assert desk.shown("state") == ["DISABLED"]


@pytest.mark.parametrize(
    ("wanted", "others", "begins"),
    [
        ((2437, 1), (), (2437, 1)),
        ((2437, 1), (heard(2437),), (2437, 1)),
        ((2437, 1), (heard(2437, 1),), (2437, 1)),
        ((2437, 1), (heard(2437, -1),), (2437, 0)),
        ((2437, 1), (heard(2462),), (2437, 0)),
        ((2437, 1), (heard(2417),), (2437, 1)),
        ((2437, 1), (heard(2422),), (2437, 0)),
        ((2437, 1), (heard(2412, 1),), (2437, 0)),
        ((2437, -1), (heard(2412),), (2437, 0)),
        ((2437, -1), (heard(2457),), (2437, -1)),
        ((2437, 1), (heard(2437, 0, INTOLERANT_40),), (2437, 0)),
        ((5180, 1), (heard(5200),), (5200, -1)),
        ((5180, 1), (heard(5180), heard(5200, number=2)), (5180, 1)),
        ((5180, 1), (heard(5180),), (5180, 1)),
        ((5180, 1), (heard(5220),), (5180, 1)),
    ],
)
def test_whom_it_would_disturb(
    wanted: Place, others: tuple[BssObservation, ...], begins: Place
) -> None:
    assert place(wanted, others) == begins


# ---- another channel ---------------------------------------------------------------------------


def went(desk: HtDesk) -> None:
    """Let the radio go where it was told to."""
    command = desk.commands[-1]
    assert isinstance(command, SwitchChannel)
    frequency = command.frequency
    desk.feed(ChannelSwitchStarted(interface="wlan0", frequency=frequency, count=command.count))
    desk.feed(ChannelSwitched(interface="wlan0", frequency=frequency))


def test_a_switch_says_how_wide_the_channel_is() -> None:
    desk = HtDesk().begin()
    desk.events.clear()
    assert desk.ask("CHAN_SWITCH 3 2412 ht sec_channel_offset=1 bandwidth=40") == "OK\n"
    command = desk.commands[-1]
    assert isinstance(command, SwitchChannel)
    assert (command.ht, command.secondary) == (True, 1)
    announced = Elements(command.announcing_tail)
    assert [announced.get(each) for each in (37, 60)] == [b"\0\x01\x03", b"\0\x53\x01\x03"]
    went(desk)
    where = "freq=2412 ht_enabled=1 ch_offset=1 ch_width=40 MHz cf1=2422 cf2=0"
    assert desk.lines[0].startswith(f"CTRL-EVENT-STARTED-CHANNEL-SWITCH {where} ")
    assert desk.lines[1].startswith(f"CTRL-EVENT-CHANNEL-SWITCH {where} ")
    assert desk.operation() == "01050000"
    assert desk.shown("secondary_channel", "ieee80211n", "ht_caps_info") == ["1", "1", "000e"]
    assert desk.ask("RELOAD") == "OK\n"
    assert desk.started()[-1] == (2412, True, 1)


def test_a_switch_without_it_ends_it_until_another_has_it() -> None:
    desk = HtDesk(WIDE).begin()
    assert desk.ask("CHAN_SWITCH 3 2412") == "OK\n"
    went(desk)
    assert "ht_enabled=0 ch_offset=0 ch_width=20 MHz (no HT)" in desk.lines[-2]
    assert (desk.operation(), desk.shown("ieee80211n")) == ("", ["0"])
    assert desk.ask("CHAN_SWITCH 3 2437 ht") == "OK\n"
    went(desk)
    assert "ht_enabled=1 ch_offset=0 ch_width=20 MHz cf1=2437" in desk.lines[-2]
    assert desk.shown("ieee80211n", "ht_caps_info") == ["1", "002c"]


def test_a_switch_to_it_brings_no_wmm_with_a_reload() -> None:
    """Whose RSN capabilities are others would lose its stations."""
    desk = HtDesk(OPEN).begin()
    assert desk.ask("CHAN_SWITCH 3 2412 ht") == "OK\n"
    went(desk)
    assert desk.ask("RELOAD") == "OK\n"
    assert desk.operation() == "01000000"
    assert WMM[2:6] not in desk.beacon().octets


@pytest.mark.parametrize(
    "asked",
    [
        "2412 sec_channel_offset=1 bandwidth=40",
        "2412 ht sec_channel_offset=-1 bandwidth=40",
        "2412 ht sec_channel_offset=2 bandwidth=40",
        "2412 ht bandwidth=40",
        "2412 ht sec_channel_offset=1 bandwidth=40 center_freq1=2432",
        "2457 ht sec_channel_offset=1 bandwidth=40",
        "2412 ht bandwidth=80",
    ],
)
def test_channels_that_are_not_there_are_refused(asked: str) -> None:
    assert HtDesk().begin().ask(f"CHAN_SWITCH 3 {asked}") == "FAIL\n"
