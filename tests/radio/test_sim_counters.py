"""What a simulated radio counts of a station, and how it finds out whether it is there."""

from __future__ import annotations

import pytest
from sim_world import World

from harness.base.seam import ProbePeer, RemovePeer
from harness.base.seam_events import CommandFailed, PeerAnswered
from harness.radio.interface import Radio
from harness.wire.dot11.ethernet import EthernetFrame
from harness.wire.dot11.frames import Data

ECHO = 0x88B5


@pytest.fixture
def world() -> World:
    return World()


def connected(world: World) -> tuple[Radio, Radio]:
    bssid = world.start_bss()
    world.associate("sta", bssid)
    world.run(0.5)
    return world.ap_of(bssid), world.radios["sta"]


def test_frames_and_octets_are_counted_both_ways(world: World) -> None:
    ap, sta = connected(world)
    before = ap.peer_counters("wlan0", sta.address)
    assert before is not None
    server, client = world.host("server", "ap"), world.port("client", "sta")
    client.send(EthernetFrame(server.address, sta.address, ECHO, bytes(60)))
    world.run(0.5)
    server.send(EthernetFrame(sta.address, server.address, ECHO, bytes(100)))
    world.run(0.25)
    after = ap.peer_counters("wlan0", sta.address)
    assert after is not None
    frames = [captured for captured, frame in world.on_air(Data) if not frame.header.subtype & 4]
    sizes = [len(captured.octets) for captured in frames[-2:]]
    assert after.rx_packets - before.rx_packets == 1
    assert after.tx_packets - before.tx_packets == 1
    assert [after.rx_bytes - before.rx_bytes, after.tx_bytes - before.tx_bytes] == sizes
    assert 250 <= after.inactive_ms <= 760
    assert after.signal is not None
    assert after.signal < 0
    assert after.rx_rate == after.tx_rate == 540


def test_nobody_else_is_counted(world: World) -> None:
    ap, sta = connected(world)
    assert ap.peer_counters("wlan0", ap.address) is None
    assert ap.peer_counters("wlan9", sta.address) is None
    ap.perform(RemovePeer(interface="wlan0", peer=sta.address))
    assert ap.peer_counters("wlan0", sta.address) is None


def test_a_station_that_is_there_answers(world: World) -> None:
    ap, sta = connected(world)
    ap.perform(ProbePeer(interface="wlan0", peer=sta.address))
    assert world.run_until(PeerAnswered).peer == sta.address
    sta.close()
    ap.perform(ProbePeer(interface="wlan0", peer=sta.address))
    world.run(2.0)
    assert len(world.of(PeerAnswered)) == 1
    ap.perform(ProbePeer(interface="wlan0", peer=ap.address))
    world.run(0.1)
    assert len(world.of(CommandFailed)) == 1


def test_how_loud_a_channel_may_be(world: World) -> None:
    ap, _ = connected(world)
    assert ap.max_power(2412) == 20
    assert ap.max_power(2413) is None
