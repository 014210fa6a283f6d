"""WPS on two radios of one program: what is ordered, or happens, on one comes to the other.

What each radio tells was compared with hostapd 2.10: tests/live/test_several_radios.
"""

from __future__ import annotations

import dataclasses
from typing import NoReturn
from unittest.mock import ANY

import pytest
from ap_enrollee import UUID_A, UUID_B, EnrollingStation
from ap_stage import ALICE, BOB, HOME, RADIO, ScriptedStation, Stage

from harness.ap import events
from harness.ap.access_point import AccessPoint
from harness.ap.config import ApConfig, BssConfig
from harness.ap.neighbours import Neighbours
from harness.ap.new_settings import NetworkSettings
from harness.ap.wps import PbcStatus, Result
from harness.base.address import MacAddress
from harness.base.entropy import SeededEntropy
from harness.base.errors import ConfigError, UsageError
from harness.base.seam import TransmitEapol
from harness.proto.wsc_run import CredentialsReceived
from harness.wire.dot11.frames import Beacon
from harness.wire.wsc.element import WscBeacon

OTHER = MacAddress("02:00:00:00:00:02")
INDEPENDENT = dataclasses.replace(HOME, wps=dataclasses.replace(HOME.wps, independent=True))
WITHOUT_WPS = dataclasses.replace(HOME, wps_state=0)


class Pair:
    """Two radios; time passes for both."""

    def __init__(self, second: BssConfig = HOME, first: BssConfig = HOME) -> None:
        neighbours = Neighbours()
        neighbours.radios = 2
        self.first, self.second = Stage(start=False), Stage(start=False)
        for stage, bss, address in ((self.first, first, RADIO), (self.second, second, OTHER)):
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


class Hesitant(EnrollingStation):
    """Keeps what it says to the message that brings the credential."""

    def _answer_eap(self, payload: bytes) -> list[bytes]:
        answers = super()._answer_eap(payload)
        if not any(isinstance(each, CredentialsReceived) for each in self.outputs):
            return answers
        self.kept = answers
        return []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_first_enrollees_at_once_get_one_network(order: tuple[int, int]) -> None:
    """Both are handed the credential before either says that it is content."""
    unconfigured = [
        BssConfig(interface="wlan0", ssid=ssid, wps_state=1) for ssid in (b"one", b"two")
    ]
    pair = Pair(unconfigured[1], unconfigured[0])
    stations = [Hesitant(pair.first, ALICE), Hesitant(pair.second, BOB)]
    for station, uuid in zip(stations, (UUID_A, UUID_B), strict=True):
        pair.first.do(pair.first.ap.wps_pin("12345670", 0.0, uuid))
        pair.advance(0.0)
        station.enrol(uuid=uuid, pin=b"12345670")
    for index in order:
        for answer in stations[index].kept:
            stations[index].send_eapol(answer)
    pair.advance(1.0)
    one, other = (station.credential for station in stations)
    assert (one.ssid, one.network_key) == (other.ssid, other.network_key) == (b"one", ANY)
    assert one.network_key is not None
    for stage in (pair.first, pair.second):
        assert told(stage).count("WPS-NEW-AP-SETTINGS ") == 1
        assert "WPS-SUCCESS " in stage.lines
        bss = stage.ap.config.bsss[0]
        assert (bss.ssid, bss.passphrase) == (b"one", one.network_key.decode())


def test_both_radios_have_the_new_network_when_the_enrollee_has_heard_of_the_end() -> None:
    """It may look for the network at once, and find the radio that did not enrol it."""
    unconfigured = BssConfig(interface="wlan0", ssid=b"one", wps_state=1)
    pair = Pair(unconfigured, unconfigured)
    pair.first.do(pair.first.ap.wps_pbc(0.0))
    pair.advance(0.0)
    EnrollingStation(pair.first).enrol()
    pair.advance(0.0)
    stages = (pair.first, pair.second)
    assert [stage.beacon().elements.rsn for stage in stages] == [None, None]
    (asked,) = (
        each for each in pair.first.commands if isinstance(each, TransmitEapol) and each.token
    )
    pair.first.eapol_heard(asked)
    pair.advance(0.0)
    assert None not in [stage.beacon().elements.rsn for stage in stages]


def test_who_can_not_take_what_another_learned_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = Pair()
    monkeypatch.setattr(pair.second.ap.to_come, "_take", refuse)
    new = NetworkSettings(b"new", 0x20, 8, b"abcdefgh")
    pair.first.do(tuple(pair.first.ap.adopt(new, 0.0)))
    pair.advance(1.0)
    assert pair.second.ap.config.bsss == (HOME,)
    (said,) = [each for each in pair.second.events if each.name == events.SETTINGS_NOT_TAKEN]
    assert said.fields["reason"] == "no such network here"


def refuse(*_: object) -> NoReturn:
    raise ConfigError("no such network here")


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
