"""WPS on two radios of one program: what is ordered, or happens, on one comes to the other.

What each radio tells was compared with hostapd 2.10: tests/live/test_several_radios.
"""

from __future__ import annotations

import dataclasses

import pytest
from ap_enrollee import EnrollingStation
from ap_stage import HOME, RADIO, ScriptedStation, Stage

from harness.ap.access_point import AccessPoint
from harness.ap.config import ApConfig, BssConfig
from harness.ap.neighbours import Neighbours
from harness.ap.new_settings import NetworkSettings
from harness.ap.wps import PbcStatus, Result
from harness.base.address import MacAddress
from harness.base.entropy import SeededEntropy
from harness.base.errors import UsageError
from harness.wire.dot11.frames import Beacon
from harness.wire.wsc.element import WscBeacon

OTHER = MacAddress("02:00:00:00:00:02")
INDEPENDENT = dataclasses.replace(HOME, wps=dataclasses.replace(HOME.wps, independent=True))
WITHOUT_WPS = dataclasses.replace(HOME, wps_state=0)


class Pair:
    """Two radios; time passes for both."""

    def __init__(self, second: BssConfig = HOME) -> None:
        neighbours = Neighbours()
        neighbours.radios = 2
        self.first, self.second = Stage(start=False), Stage(start=False)
        for stage, bss, address in ((self.first, HOME, RADIO), (self.second, second, OTHER)):
            config = ApConfig(bsss=(bss,), several_radios=True)
            entropy = SeededEntropy(bytes(address))
            stage.ap = AccessPoint(config, address, entropy, neighbours=neighbours)
            stage.do(stage.ap.start(0.0))

    def advance(self, seconds: float) -> None:
        for stage in (self.first, self.second):
            stage.advance(seconds)
        for stage in (self.first, self.second):
            stage.advance(0.0)


def told(stage: Stage) -> list[str]:
    return [line for line in stage.lines if line.startswith("WPS-")]


def wsc(stage: Stage) -> WscBeacon:
    frame = stage.beacon()
    assert isinstance(frame, Beacon)
    assert frame.elements.wsc is not None
    return WscBeacon.decode(frame.elements.wsc)


def test_the_button_is_pushed_and_cancelled_on_both() -> None:
    pair = Pair()
    pair.first.do(pair.first.ap.wps_pbc(0.0))
    pair.advance(1.0)
    assert told(pair.second) == ["WPS-PBC-ACTIVE "]
    assert wsc(pair.second).selected_registrar is True
    pair.second.do(pair.second.ap.wps_cancel(1.0))
    pair.advance(1.0)
    assert told(pair.first) == ["WPS-PBC-ACTIVE ", "WPS-TIMEOUT ", "WPS-CANCEL "]
    assert wsc(pair.first).selected_registrar is None


def test_an_enrollee_on_one_ends_the_button_on_both() -> None:
    pair = Pair()
    pair.first.do(pair.first.ap.wps_pbc(0.0))
    pair.advance(0.0)
    station = EnrollingStation(pair.second)
    station.enrol()
    pair.advance(1.0)
    assert "WPS-SUCCESS " in pair.second.lines
    assert told(pair.first) == ["WPS-PBC-ACTIVE ", "WPS-PBC-DISABLE "]
    assert pair.first.ap.wps_status.result is Result.NONE
    assert pair.second.ap.wps_status.result is Result.SUCCESS
    assert pair.first.ap.wps_status.pbc is PbcStatus.DISABLED


def test_the_ap_pin_is_one_and_its_end_is_told_once() -> None:
    pair = Pair()
    pair.second.do(pair.second.ap.set_ap_pin("12345670", 0.0, 2.0))
    pair.advance(1.0)
    assert pair.first.ap.ap_pin == "12345670"
    pair.advance(1.5)
    assert pair.first.ap.ap_pin is None
    assert pair.second.ap.ap_pin is None
    assert [*told(pair.first), *told(pair.second)] == ["WPS-AP-PIN-DISABLED "]


def test_new_settings_come_to_both() -> None:
    pair = Pair()
    new = NetworkSettings(b"new", 0x20, 8, b"abcdefgh")
    pair.first.do(tuple(pair.first.ap.adopt(new, 0.0)))
    pair.advance(1.0)
    for stage in (pair.first, pair.second):
        assert told(stage) == ["WPS-NEW-AP-SETTINGS "]
        assert stage.ap.config.bsss[0].ssid == b"new"
        assert stage.ap.config.bsss[0].passphrase == "abcdefgh"


@pytest.mark.parametrize("second", [INDEPENDENT, WITHOUT_WPS])
def test_who_is_independent_takes_no_part(second: BssConfig) -> None:
    pair = Pair(second)
    pair.first.do(pair.first.ap.wps_pbc(0.0))
    pair.advance(1.0)
    assert told(pair.second) == []
    assert pair.second.ap.uuid != pair.first.ap.uuid


def test_a_radio_without_wps_passes_orders_on() -> None:
    pair = Pair(WITHOUT_WPS)
    pair.second.do(pair.second.ap.wps_pbc(0.0))
    pair.advance(1.0)
    assert told(pair.first) == ["WPS-PBC-ACTIVE "]
    pair.first.do(pair.first.ap.stop(1.0))
    with pytest.raises(UsageError):
        pair.second.ap.wps_pbc(1.0)


def test_both_say_one_uuid_and_their_band() -> None:
    pair = Pair()
    assert pair.first.ap.uuid == pair.second.ap.uuid
    assert wsc(pair.first).rf_bands == 1


def test_a_station_authorised_on_one_is_forgotten_by_the_other() -> None:
    pair = Pair(dataclasses.replace(HOME, passphrase=None))
    ScriptedStation(pair.first).join()
    assert len(list(pair.first.ap.bss("wlan0").stations)) == 1
    ScriptedStation(pair.second).join()
    pair.advance(0.1)
    assert not list(pair.first.ap.bss("wlan0").stations)
