"""An access point scans on the simulated air: it sees others, and its stations lose nothing."""

from __future__ import annotations

import pytest
from sim_world import RATES, World, beacon_head

from harness.base.address import MacAddress
from harness.base.seam import AbortScan, Scan, StopBss, SwitchChannel
from harness.base.seam_events import CommandFailed, ScanFinished
from harness.wire.dot11.ethernet import EthernetFrame
from harness.wire.dot11.frames import Beacon, Data, ProbeRequest

ELSEWHERE = 2437
CHANNELS = (2412, ELSEWHERE, 2462)


def two_bsss() -> tuple[World, MacAddress, MacAddress]:
    """Our access point on channel 1, and a neighbour on channel 6."""
    world = World()
    own = world.start_bss()
    other = world.start_bss("neighbour", b"other", frequency=ELSEWHERE)
    return world, own, other


def scan(world: World, *, passive: bool = False) -> None:
    ssids = () if passive else (b"",)
    world.radios["ap"].perform(Scan(interface="wlan0", ssids=ssids, frequencies=CHANNELS))


@pytest.mark.parametrize("passive", [False, True])
def test_an_access_point_sees_its_neighbour(passive: bool) -> None:
    world, own, other = two_bsss()
    scan(world, passive=passive)
    found = world.run_until(ScanFinished, "ap")
    assert [(each.bssid, each.frequency) for each in found.results] == [(other, ELSEWHERE)]
    asked = [(frame.frequency, probe.header.a2) for frame, probe in world.on_air(ProbeRequest)]
    assert asked == ([] if passive else [(each, own) for each in CHANNELS])


def test_it_beacons_on_its_own_channel_alone_and_goes_on() -> None:
    world, own, _ = two_bsss()
    scan(world, passive=True)
    world.run_until(ScanFinished, "ap")
    ended = world.air.now()
    world.run(0.5)
    beacons = [frame for frame, beacon in world.on_air(Beacon) if beacon.header.a2 == own]
    assert {each.frequency for each in beacons} == {2412}
    assert len([each for each in beacons if each.t > ended]) == pytest.approx(5, abs=1)


def test_frames_for_its_stations_wait() -> None:
    """Those that come while the radio is on another channel too."""
    world, own, _ = two_bsss()
    server = world.host("server", "ap")
    world.associate("sta", own)
    station = world.port("station", "sta")
    scan(world, passive=True)
    sent = [bytes((number,)).ljust(46, b"\0") for number in range(20)]
    away = []
    for payload in sent:
        server.send(EthernetFrame(station.address, server.address, 0x88B5, payload))
        away.append(world.radios["ap"].frequency != 2412)  # type: ignore[attr-defined]
        world.run(0.04)
    assert True in away
    assert [each.payload for _, each in world.received["station"]] == sent
    assert {
        frame.frequency for frame, data in world.on_air(Data) if data.header.from_ds
    } == {2412}  # fmt: skip


def test_one_scan_at_a_time_and_none_while_a_channel_is_announced() -> None:
    world, own, _ = two_bsss()
    scan(world)
    scan(world)
    assert world.run_until(CommandFailed, "ap").reason
    world.run_until(ScanFinished, "ap")
    world.radios["ap"].perform(
        SwitchChannel(
            interface="wlan0", frequency=2462, count=3, beacon_head=beacon_head(own, b"home"),
            beacon_tail=RATES[10:], announcing_tail=RATES[10:], count_offsets=(), quiet=False,
        )
    )  # fmt: skip
    scan(world)
    world.run(0.1)
    refused = world.of(CommandFailed, "ap")
    assert [type(each.command) for each in refused] == [Scan, Scan]


def test_an_aborted_scan_tells_what_was_seen() -> None:
    world, _, other = two_bsss()
    world.radios["ap"].perform(AbortScan(interface="wlan0"))
    world.run(0.01)
    assert len(world.of(CommandFailed, "ap")) == 1
    scan(world, passive=True)
    world.run(0.3)
    world.radios["ap"].perform(AbortScan(interface="wlan0"))
    found = world.run_until(ScanFinished, "ap", within=0.01)
    assert [each.bssid for each in found.results] == [other]
    assert world.radios["ap"].frequency == 2412  # type: ignore[attr-defined]


def test_the_end_of_the_bss_is_the_scans() -> None:
    world, _, _ = two_bsss()
    scan(world, passive=True)
    world.run(0.2)
    world.radios["ap"].perform(StopBss(interface="wlan0"))
    world.run_until(ScanFinished, "ap", within=0.01)
    world.start_bss()
    world.run(0.3)
    assert not world.of(CommandFailed, "ap")
