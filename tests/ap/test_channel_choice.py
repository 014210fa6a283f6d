"""The access point chooses its channel: what it listens to, what it takes, what commands do then.

Events, replies and STATUS as hostapd 2.10 has them.
"""

from __future__ import annotations

import errno

import pytest
from listening_desk import ListeningDesk
from test_control import FILE

from harness.ap import channels
from harness.ap.channel_choice import Survey
from harness.ap.config_build import build
from harness.ap.config_file import parse
from harness.base.address import MacAddress
from harness.base.errors import ConfigError
from harness.base.ht import HtAbility
from harness.base.seam import AbortScan, StartBss
from harness.base.seam_events import BssObservation, PeerCounters

OPEN_CHANNEL = FILE.replace("channel=1\n", "channel=0\n")


def heard(frequency: int, signal: int, number: int = 1) -> BssObservation:
    bssid = MacAddress(bytes((2, 0, 0, 0, 1, number)))
    return BssObservation(bssid, frequency, signal, 0, 100, 0, 0.0, b"")


class American:
    """A radio with the channels that access points may use in North America."""

    rekeys_safely = True
    protects_own_beacons = True

    def peer_counters(self, interface: str, peer: MacAddress) -> PeerCounters | None:
        return None

    def ht(self, frequency: int) -> HtAbility | None:
        return HtAbility()

    def max_power(self, frequency: int) -> int | None:
        return 20 if frequency <= 2462 or frequency in (5180, 5200) else None


class ChoosingDesk(ListeningDesk):
    """Its radio has North America's channels."""

    def __init__(self, text: str = OPEN_CHANNEL) -> None:
        super().__init__(text, American())

    def shown(self) -> tuple[str, str, str]:
        said = dict(line.split("=", 1) for line in self.ask("STATUS").splitlines())
        return said["state"], said["freq"], said["channel"]

    @property
    def channels(self) -> list[int]:
        return [each.frequency for each in self.commands if isinstance(each, StartBss)]


def test_it_listens_then_beacons_on_the_least_used_channel() -> None:
    desk = ChoosingDesk(OPEN_CHANNEL + "acs_num_scans=2\n")
    assert desk.ask("ENABLE") == "OK\n"
    assert desk.shown() == ("ACS", "0", "0")
    (scan,) = desk.scans
    assert (scan.ssids, scan.frequencies) == ((), tuple(range(2412, 2463, 5)))
    assert desk.ask("ENABLE") == desk.ask("WPS_PBC") == "FAIL\n"

    desk.hears(heard(2412, -50), heard(2437, -60, 2))
    assert desk.lines == ["ACS-STARTED "]
    desk.hears(heard(2412, -50), heard(2437, -60, 2))
    assert desk.lines == ["ACS-STARTED ", "ACS-COMPLETED freq=2462 channel=11", "AP-ENABLED "]
    assert desk.shown() == ("ENABLED", "2462", "11")
    assert desk.beacon().elements.channel == 11
    assert len(desk.scans) == 2


def test_what_was_chosen_stays() -> None:
    desk = ChoosingDesk(OPEN_CHANNEL + "acs_num_scans=1\n")
    desk.ask("ENABLE")
    desk.hears(heard(2412, -50))
    assert desk.ask("DISABLE") == desk.ask("ENABLE") == "OK\n"
    assert desk.ask("SET channel 0") == desk.ask("RELOAD") == "OK\n"
    assert desk.ask("RELOAD_CONFIG") == "OK\n"
    assert desk.channels == [2437] * 4
    assert len(desk.scans) == 1
    assert desk.shown() == ("ENABLED", "2437", "6")


def test_a_reload_that_forbids_the_channel_chooses_anew() -> None:
    desk = ChoosingDesk(FILE)
    desk.ask("ENABLE")
    for line in ("hw_mode a", "channel acs_survey", "acs_num_scans 1"):
        assert desk.ask(f"SET {line}") == "OK\n"
    desk.events.clear()
    assert desk.ask("RELOAD") == "OK\n"
    assert desk.scans[-1].frequencies == (5180, 5200)
    desk.hears(heard(5180, -40))
    assert desk.lines == [
        "AP-DISABLED ", "ACS-STARTED ", "ACS-COMPLETED freq=5200 channel=40", "AP-ENABLED "
    ]


def test_disable_ends_it_and_late_results_do_nothing() -> None:
    desk = ChoosingDesk()
    desk.ask("ENABLE")
    assert desk.ask("DISABLE") == "OK\n"
    assert any(isinstance(each, AbortScan) for each in desk.commands)
    desk.hears()
    assert desk.lines == ["ACS-STARTED ", "AP-DISABLED "]
    assert desk.shown()[0] == "DISABLED"
    assert desk.ask("DISABLE") == "FAIL\n"
    assert desk.channels == []
    assert desk.ask("ENABLE") == "OK\n"
    assert desk.shown()[0] == "ACS"


def test_a_reload_meanwhile_takes_effect() -> None:
    desk = ChoosingDesk(OPEN_CHANNEL + "acs_num_scans=1\n")
    desk.ask("ENABLE")
    assert desk.ask("SET ssid other") == desk.ask("RELOAD") == "OK\n"
    assert len(desk.scans) == 1
    desk.hears()
    assert desk.beacon().elements.ssid == b"other"


def test_a_channel_that_is_named_meanwhile_is_taken_at_a_reload() -> None:
    desk = ChoosingDesk()
    desk.ask("ENABLE")
    assert desk.ask("SET channel 4") == desk.ask("RELOAD") == "OK\n"
    assert desk.channels == [2427]
    desk.hears()
    assert desk.shown() == ("ENABLED", "2427", "4")


def test_another_choice_meanwhile_begins_anew() -> None:
    desk = ChoosingDesk()
    desk.ask("ENABLE")
    assert desk.ask("SET chanlist 4") == desk.ask("RELOAD") == "OK\n"
    assert [each.frequencies for each in desk.scans][1] == tuple(range(2412, 2448, 5))
    desk.refuses(errno.EBUSY)
    desk.advance(1.0)
    assert len(desk.scans) == 3
    for _ in range(5):
        desk.hears()
    assert desk.channels == [2427]


def test_bsss_that_come_meanwhile_begin_with_the_others() -> None:
    desk = ChoosingDesk(OPEN_CHANNEL + "acs_num_scans=1\n")
    desk.ask("ENABLE")
    text = FILE + "bss=wlan0-1\nssid=guest\nbssid=02:00:00:00:00:05\n"
    desk.interface.add_bss(parse(text, "x").bsss[1], desk.now)
    desk.hears()
    assert desk.channels == [2412, 2412]
    assert {each.interface for each in desk.commands if isinstance(each, StartBss)} == {
        "wlan0", "wlan0-1"
    }


def test_a_radio_that_can_not_scan_fails_it() -> None:
    desk = ChoosingDesk()
    desk.ask("ENABLE")
    desk.refuses(errno.EOPNOTSUPP)
    assert desk.lines == ["ACS-STARTED ", "ACS-FAILED ", "AP-DISABLED "]
    assert desk.ask("DISABLE") == "FAIL\n"


def test_a_busy_radio_is_not_asked_for_ever() -> None:
    desk = ChoosingDesk()
    desk.ask("ENABLE")
    for _ in range(200):
        if desk.interface.choosing:
            desk.refuses(errno.EBUSY)
            desk.advance(1.0)
    assert desk.lines[-2:] == ["ACS-FAILED ", "AP-DISABLED "]
    assert len(desk.scans) < 100


def test_without_a_channel_to_choose_it_does_not_begin() -> None:
    desk = ChoosingDesk(OPEN_CHANNEL + "chanlist=12\n")
    assert desk.ask("ENABLE") == "FAIL\n"
    assert desk.scans == []
    with pytest.raises(ConfigError, match="chanlist: names no channel of hw_mode g"):
        build(parse(OPEN_CHANNEL + "chanlist=150\n", "x"))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("hw_mode=g\n", tuple(range(2412, 2473, 5))),
        ("hw_mode=g\nchanlist=1 3-5\n", (2412, 2422, 2427, 2432)),
        ("hw_mode=g\nfreqlist=2437,5180\n", (2437,)),
        ("hw_mode=a\nchanlist=36-44,149\n", (5180, 5200, 5220, 5745)),
        ("hw_mode=any\nchanlist=1 36\n", (2412, 5180)),
    ],
)
def test_the_lists_of_channels_leave_what_they_say(
    lines: str, expected: tuple[int, ...]
) -> None:
    text = f"interface=wlan0\nssid=x\nchannel=acs_survey\n{lines}"
    assert channels.allowed(parse(text, "x").radio) == expected


LOW = (2412, 2437, 2462)


@pytest.mark.parametrize(
    ("bsss", "chosen"),
    [
        ([], 2412),
        ([heard(2412, -90)], 2437),
        ([heard(2412, -40), heard(2437, -80), heard(2462, -60)], 2437),
        ([heard(2422, -40), heard(2462, -80)], 2462),
        ([heard(2427, -30), heard(2442, -30), heard(2462, -90)], 2462),
        ([heard(2427, -30), heard(2442, -30), heard(2412, -40)], 2462),
        ([heard(2412, -60), heard(2437, -60), heard(2462, -60), heard(2412, -60)], 2437),
    ],
)
def test_overlap_and_signal_count(bsss: list[BssObservation], chosen: int) -> None:
    assert Survey(LOW).quietest(bsss, 1) == chosen


def test_only_a_list_or_a_bias_brings_it_between_the_channels_that_do_not_overlap() -> None:
    desk = ChoosingDesk(OPEN_CHANNEL + "acs_num_scans=1\nchanlist=3-5\n")
    desk.ask("ENABLE")
    desk.hears(heard(2412, -40), heard(2462, -80))
    assert desk.channels == [2432]


def test_a_bias_makes_a_channel_more_likely() -> None:
    desk = ChoosingDesk(OPEN_CHANNEL + "acs_num_scans=1\nacs_chan_bias=1:9 6:9 11:9 4:0.1\n")
    desk.ask("ENABLE")
    desk.hears()
    assert desk.channels == [2427]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("acs_num_scans=0", "must be 1 to 100, not 0"),
        ("acs_num_scans=101", "must be 1 to 100, not 101"),
        ("acs_chan_bias=6", "'6' is no channel with its bias"),
        ("acs_chan_bias=6:x", "'6:x' is no channel with its bias"),
        ("acs_chan_bias=6:-1", "a bias is 0 or more"),
        ("chanlist=5-1", "is no range of channels"),
    ],
)
def test_bad_values_are_refused(line: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        parse(OPEN_CHANNEL + line + "\n", "x")
