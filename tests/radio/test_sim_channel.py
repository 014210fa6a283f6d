"""Simulated radios change their channel as mac80211's do, and stations follow."""

from __future__ import annotations

import pytest
from sim_world import FREQUENCY, RATES, World, beacon_head

from harness.base.address import MacAddress
from harness.base.seam import AddPeerVlan, ChangeBeacon, SwitchChannel
from harness.base.seam_events import (
    ChannelSwitched,
    ChannelSwitchStarted,
    CommandFailed,
    Disconnected,
)
from harness.wire.dot11.channel_switch import ChannelSwitch, decode_channel_switch
from harness.wire.dot11.ethernet import EthernetFrame
from harness.wire.dot11.frames import Beacon, Data

NEW = 2437
TAIL = RATES[10:]


def switch(
    world: World,
    bssid: MacAddress,
    *,
    frequency: int = NEW,
    count: int = 3,
    quiet: bool = False,
    announced: bool = True,
) -> None:
    """Tell the BSS's radio to go to channel 6, or wherever."""
    channel = (frequency - 2407) // 5 if frequency < 3000 else (frequency - 5000) // 5
    number = 81 if frequency < 3000 else 115
    said = ChannelSwitch(channel, count, quiet, number)
    world.ap_of(bssid).perform(
        SwitchChannel(
            interface=world.interface_of(bssid),
            frequency=frequency,
            count=count,
            beacon_head=beacon_head(bssid, world.ssids[bssid], channel=channel),
            beacon_tail=TAIL,
            announcing_tail=said.element() + said.extended_element() + TAIL if announced else TAIL,
            count_offsets=(4, 10) if announced else (),
            quiet=quiet,
        )
    )


def announcements(world: World) -> list[tuple[int, int | None]]:
    """Of each Beacon on the air: its channel, and the count that it announces."""
    found = []
    for captured, beacon in world.on_air(Beacon):
        said = decode_channel_switch(beacon.elements)
        found.append((captured.frequency, None if said is None else said.count))
    return found


def frame(world: World, to: str, from_: str, text: bytes = b"hello") -> EthernetFrame:
    ports = world._hosts
    return EthernetFrame(ports[to].address, ports[from_].address, 0x88B5, text.ljust(46, b"\0"))


def test_beacons_count_down_and_go() -> None:
    world = World()
    bssid = world.start_bss()
    world.run(0.15)
    before = len(announcements(world))
    switch(world, bssid)
    world.run(0.6)

    after = announcements(world)[before:]
    assert after[:4] == [(FREQUENCY, 3), (FREQUENCY, 2), (FREQUENCY, 1), (NEW, None)]
    assert set(after[3:]) == {(NEW, None)}
    assert world.of(ChannelSwitchStarted, "ap") == [
        ChannelSwitchStarted(interface="wlan0", frequency=NEW, count=3)
    ]
    assert world.of(ChannelSwitched, "ap") == [ChannelSwitched(interface="wlan0", frequency=NEW)]


def test_bsss_of_a_radio_go_together() -> None:
    world = World()
    one = world.start_bss()
    other = world.start_bss(
        interface="wlan0-1", bssid=MacAddress(one[:5] + b"\x01"), ssid=b"other", interval=250
    )
    switch(world, one, count=2)
    world.run(0.5)
    assert not world.of(ChannelSwitched)
    assert {where for where, _ in announcements(world)} == {FREQUENCY}

    switch(world, other, count=1)
    world.run(0.6)

    assert [event.interface for event in world.of(ChannelSwitched)] == ["wlan0", "wlan0-1"]
    assert announcements(world)[-1] == (NEW, None)


@pytest.mark.parametrize("frequency", [NEW, 5180])
def test_station_follows_with_its_keys(frequency: int) -> None:
    world = World()
    bssid = world.start_bss()
    world.host("behind", "ap")
    world.associate("sta", bssid)
    world.port("own", "sta")
    world.install_keys("sta", bssid)
    switch(world, bssid, frequency=frequency)
    world.run(0.6)

    assert world.of(ChannelSwitchStarted, "sta")[0].frequency == frequency
    assert world.of(ChannelSwitched, "sta") == [
        ChannelSwitched(interface="wlan0", frequency=frequency)
    ]
    world._hosts["own"].send(frame(world, "behind", "own"))
    world._hosts["behind"].send(frame(world, "own", "behind"))
    world.run(0.1)
    assert len(world.received["behind"]) == len(world.received["own"]) == 1
    assert {each.frequency for each, _ in world.on_air(Data)[-2:]} == {frequency}
    world.run(5.0)
    assert not world.of(Disconnected)


def test_station_that_is_told_nothing_loses_its_ap() -> None:
    world = World()
    bssid = world.start_bss()
    world.associate("sta", bssid)
    switch(world, bssid, announced=False)
    world.run(4.0)

    (lost,) = world.of(Disconnected, "sta")
    assert (lost.reason, lost.locally_generated) == (4, True)


def test_station_without_that_channel_leaves() -> None:
    world = World()
    bssid = world.start_bss()
    world.radio("sta", frequencies=(FREQUENCY,))
    world.associate("sta", bssid)
    switch(world, bssid)
    world.run(0.5)

    (lost,) = world.of(Disconnected, "sta")
    assert (lost.reason, lost.locally_generated) == (4, True)


def test_quiet_announcement_holds_frames_until_the_new_channel() -> None:
    world = World()
    bssid = world.start_bss()
    world.host("behind", "ap")
    world.associate("sta", bssid)
    world.port("own", "sta")
    switch(world, bssid, count=4, quiet=True)
    world.run_until(ChannelSwitchStarted, "sta")
    world._hosts["own"].send(frame(world, "behind", "own"))
    world.run(0.1)
    assert not world.received["behind"]
    world.run(0.6)

    assert len(world.received["behind"]) == 1
    assert world.on_air(Data)[-1][0].frequency == NEW


def test_nothing_changes_while_a_channel_is_announced() -> None:
    world = World()
    bssid = world.start_bss()
    world.associate("sta", bssid)
    switch(world, bssid, count=5)
    radio, station = world.radios["ap"], world.radios["sta"].address
    head = beacon_head(bssid, b"home")
    radio.perform(ChangeBeacon(interface="wlan0", beacon_head=head, beacon_tail=TAIL))
    radio.perform(AddPeerVlan(interface="wlan0", peer=station, name="wlan0.sta1"))
    switch(world, bssid)
    world.run(0.1)

    refused = world.of(CommandFailed)
    kinds = [type(event.command) for event in refused]
    assert kinds == [ChangeBeacon, AddPeerVlan, SwitchChannel]
    assert {event.errno for event in refused} == {16}


def test_senseless_switches_are_refused() -> None:
    world = World()
    bssid = world.start_bss()
    switch(world, bssid, frequency=2484)
    world.radios["ap"].perform(
        SwitchChannel(
            interface="wlan0", frequency=NEW, count=3, beacon_head=b"", beacon_tail=b"",
            announcing_tail=b"\x25\x03", count_offsets=(4,),
        )
    )  # fmt: skip
    world.run(0.2)

    assert [event.errno for event in world.of(CommandFailed)] == [22, 22]
    assert {where for where, _ in announcements(world)} == {FREQUENCY}


def test_isolated_node_is_out_of_reach_until_it_is_back() -> None:
    world = World()
    bssid = world.start_bss()
    world.associate("sta", bssid)
    world.air.isolate("ap")
    world.run(4.0)
    assert [event.reason for event in world.of(Disconnected, "sta")] == [4]

    world.air.isolate("ap", False)
    world.associate("sta", bssid)
    world.run(2.0)
    assert len(world.of(Disconnected, "sta")) == 1
