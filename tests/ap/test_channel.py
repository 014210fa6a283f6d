"""The access point changes its channel."""

from __future__ import annotations

import pytest
from ap_stage import HOME, MULTI_AP, RSNE, ScriptedStation, Stage

from harness.ap.config import BssConfig
from harness.base.address import MacAddress
from harness.base.errors import ConfigError, UsageError
from harness.base.seam import AddPeerVlan, ChangeBeacon, Command, SwitchChannel
from harness.base.seam_events import ChannelSwitched, ChannelSwitchStarted, CommandFailed
from harness.wire.dot11.channel_switch import ChannelSwitch, decode_channel_switch
from harness.wire.dot11.elements import Elements
from harness.wire.dot11.frames import Disassociation, ProbeResponse, decode_frame

BACKHAUL = BssConfig(interface="wlan0-1", ssid=b"backhaul", passphrase="a secret key", multi_ap=1)
BOB = MacAddress("02:00:00:00:00:0b")


class SwitchingStage(Stage):
    """Keeps the channel switches that are asked for, and answers them when told to."""

    def _perform(self, command: Command) -> None:
        if not isinstance(command, SwitchChannel):
            super()._perform(command)

    @property
    def switches(self) -> list[SwitchChannel]:
        return [command for command in self.commands if isinstance(command, SwitchChannel)]

    def announce(self, frequency: int = 2437, count: int = 5) -> None:
        self.do(self.ap.switch_channel(frequency, self.now, count=count))
        for each in self.switches:
            self.feed(
                ChannelSwitchStarted(interface=each.interface, frequency=frequency, count=count)
            )

    def arrive(self, interface: str = "wlan0", frequency: int = 2437) -> None:
        self.feed(ChannelSwitched(interface=interface, frequency=frequency))


def test_announcement_is_in_the_tail_with_its_counts() -> None:
    stage = SwitchingStage()
    stage.announce(count=7)

    (command,) = stage.switches
    tail = command.announcing_tail
    expected = ChannelSwitch(channel=6, count=7, operating_class=81)
    assert decode_channel_switch(Elements(tail)) == expected
    assert [tail[offset] for offset in command.count_offsets] == [7, 7]
    assert decode_channel_switch(Elements(command.beacon_tail)) is None
    after = decode_frame(command.beacon_head + command.beacon_tail)
    assert after.elements.channel == 6  # type: ignore[union-attr]


def test_both_ends_of_the_switch_are_told() -> None:
    stage = SwitchingStage()
    stage.announce()
    stage.arrive()

    about = (
        "freq=2437 ht_enabled=0 ch_offset=0 ch_width=20 MHz (no HT) cf1=2437 cf2=0"
        " is_dfs0=0 dfs=0 puncturing_bitmap=0x0000"
    )
    assert stage.lines[-3:] == [
        f"CTRL-EVENT-STARTED-CHANNEL-SWITCH {about}",
        f"CTRL-EVENT-CHANNEL-SWITCH {about}",
        "AP-CSA-FINISHED freq=2437 dfs=0",
    ]


def test_beacon_changes_wait_for_the_end_of_the_switch() -> None:
    stage = SwitchingStage(HOME)
    stage.announce()
    before = len(stage.commands)
    stage.do(stage.ap.wps_pbc(stage.now))
    assert not [each for each in stage.commands[before:] if isinstance(each, ChangeBeacon)]

    stage.arrive()

    (changed,) = (each for each in stage.commands[before:] if isinstance(each, ChangeBeacon))
    shown = decode_frame(changed.beacon_head + changed.beacon_tail).elements  # type: ignore[union-attr]
    assert shown.channel == 6
    assert shown.wsc is not None
    assert b"\x10\x41\x00\x01\x01" in shown.wsc  # Selected Registrar


def test_probe_responses_announce_what_is_left() -> None:
    stage = SwitchingStage()
    stage.announce(count=5)
    stage.advance(0.25)
    ScriptedStation(stage).probe()

    answer = stage.last(ProbeResponse)
    announced = decode_channel_switch(answer.elements)  # type: ignore[attr-defined]
    assert announced == ChannelSwitch(channel=6, count=3, operating_class=81)
    stage.arrive()
    ScriptedStation(stage).probe()
    after = stage.last(ProbeResponse).elements  # type: ignore[attr-defined]
    assert after.channel == 6
    assert decode_channel_switch(after) is None


def test_station_stays_through_the_switch_and_joins_after_it() -> None:
    stage = SwitchingStage(BssConfig(interface="wlan0", ssid=b"open"))
    station = ScriptedStation(stage)
    assert station.join().status == 0
    stage.announce()
    stage.arrive()

    assert station.address in stage.authorized
    assert stage.ap.config.channel == 2437
    assert ScriptedStation(stage, BOB).join().status == 0


def test_four_address_interfaces_wait_until_every_bss_is_there() -> None:
    stage = SwitchingStage(HOME, BACKHAUL)
    stage.announce()
    ScriptedStation(stage, BOB, "wlan0-1").join(RSNE + MULTI_AP)
    assert not stage.vlans
    stage.arrive("wlan0")
    assert not stage.vlans

    stage.arrive("wlan0-1")

    assert [vlan.peer for vlan in stage.vlans.values()] == [BOB]
    assert sum(isinstance(each, AddPeerVlan) for each in stage.commands) == 1


def test_refused_switch_leaves_everything_as_it_was() -> None:
    stage = SwitchingStage(HOME, BACKHAUL)
    stage.do(stage.ap.switch_channel(2437, stage.now))
    for command in stage.switches:
        stage.feed(
            CommandFailed(interface=command.interface, command=command, errno=22, reason="no")
        )

    assert stage.ap.config.channel == 2412
    assert stage.beacon().elements.channel == 1
    ScriptedStation(stage, BOB, "wlan0-1").join(RSNE + MULTI_AP)
    assert stage.vlans
    stage.announce()  # and it may be tried again


def test_senseless_switches_are_refused() -> None:
    stage = SwitchingStage()
    with pytest.raises(ConfigError, match="2413 MHz"):
        stage.ap.switch_channel(2413, stage.now)
    with pytest.raises(UsageError, match="1 to 255"):
        stage.ap.switch_channel(2437, stage.now, count=0)
    stage.announce()
    with pytest.raises(UsageError, match="already"):
        stage.ap.switch_channel(2462, stage.now)
    with pytest.raises(UsageError, match="does not beacon"):
        SwitchingStage(start=False).ap.switch_channel(2437, 0.0)


def test_disassociated_station_stays_authenticated() -> None:
    stage = Stage(BssConfig(interface="wlan0", ssid=b"open"))
    station = ScriptedStation(stage)
    station.join()

    stage.do(stage.ap.disassociate("wlan0", station.address, stage.now, reason=5))

    frame = stage.last(Disassociation, station.address)
    assert frame.reason == 5  # type: ignore[attr-defined]
    assert station.address not in stage.authorized
    assert station.associate().status == 0
    with pytest.raises(UsageError, match="no station"):
        stage.ap.disassociate("wlan0", BOB, stage.now)
