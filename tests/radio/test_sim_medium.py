"""The medium: order, faults, and that a seed repeats itself."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sim_world import FREQUENCY, World

from harness.base.address import BROADCAST, MacAddress
from harness.base.entropy import SeededEntropy
from harness.base.seam import Authenticate, TransmitEapol
from harness.base.seam_events import (
    Authenticated,
    Disconnected,
    EapolReceived,
    EapolStatus,
    ManagementReceived,
)
from harness.radio.capture import write_pcapng
from harness.radio.sim import Delay, Drop, Duplicate, Replace, Rule, SimAir
from harness.radio.sim.agenda import Agenda
from harness.radio.sim.airtime import ack_delay, airtime, best_rate
from harness.wire.dot11.ethernet import EthernetFrame
from harness.wire.dot11.frames import Beacon, Data, ProbeRequest, decode_frame

PAYLOAD = b"\1\1\0\0"


def is_data(octets: bytes) -> bool:
    return octets[0] == 0x08


def joined(seed: bytes = b"seed") -> tuple[World, MacAddress]:
    world = World(seed)
    bssid = world.start_bss()
    world.associate("sta", bssid)
    return world, bssid


def send_eapol(world: World, bssid: MacAddress, payload: bytes = PAYLOAD, token: int = 1) -> None:
    world.radios["sta"].perform(
        TransmitEapol(interface="wlan0", peer=bssid, payload=payload, token=token)
    )


# ---- time ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("octets", "rate", "microseconds"),
    [
        (10, 1000, 192 + 112),
        (96, 11000, 192 + 800 / 11),
        (10, 6000, 20 + 24 + 20 - 20),
        (96, 54000, 20 + 16),
        (1496, 54000, 20 + 4 * 56),
    ],
)
def test_airtime(octets: int, rate: int, microseconds: float) -> None:
    """Hand-computed from the PHY clauses; 1500 octets at 54 Mb/s are the usual 244 µs."""
    assert airtime(octets, rate) == pytest.approx(microseconds * 1e-6)


def test_ack_takes_sifs_and_its_own_airtime() -> None:
    assert ack_delay(2412, 1000) == pytest.approx(314e-6)
    assert ack_delay(5180, 6000) == pytest.approx((16 + 20 + 24) * 1e-6)


def test_best_rate_is_one_that_both_have() -> None:
    assert best_rate(2412, bytes.fromhex("82848b96")) == 11000
    assert best_rate(5180, bytes.fromhex("8c1298")) == 12000
    assert best_rate(5180, bytes.fromhex("82848b96")) == 6000


def test_frames_come_one_at_a_time_and_in_order() -> None:
    world, bssid = joined()
    for token in range(1, 6):
        send_eapol(world, bssid, bytes((1, 1, 0, token)), token)
    world.run(0.1)
    assert [each.payload[3] for each in world.of(EapolReceived)] == [1, 2, 3, 4, 5]
    assert [each.token for each in world.of(EapolStatus)] == [1, 2, 3, 4, 5]
    frames = world.air.frames
    for before, after in pairwise(frames):
        assert after.rate_kbps is not None
        duration = airtime(len(after.octets), after.rate_kbps)
        assert after.t - duration >= before.t - 1e-9


def test_events_carry_the_time_at_which_they_came() -> None:
    world, bssid = joined()
    world.run(0.3)
    before = world.air.now()
    send_eapol(world, bssid)
    world.run_until(EapolStatus)
    (received,) = [when for when, _, event in world.events if isinstance(event, EapolReceived)]
    assert received == next(frame.t for frame, _ in reversed(world.on_air(Data)))
    assert before < received < before + 0.01


@given(st.lists(st.integers(0, 5), max_size=30))
def test_agenda_orders_by_time_then_by_making(times: list[int]) -> None:
    agenda = Agenda()
    done: list[tuple[float, int]] = []
    for number, when in enumerate(times):
        agenda.at(when, lambda when=when, number=number: done.append((when, number)))  # type: ignore[misc]
    while agenda.run_next(4.0):
        pass
    assert done == sorted((when, number) for number, when in enumerate(times) if when <= 4)


def test_cancelled_appointment_never_happens() -> None:
    agenda = Agenda()
    agenda.at(1.0, lambda: pytest.fail("it happened")).cancel()
    assert agenda.run_next(2.0)
    assert not agenda.run_next(2.0)


def test_advance_stops_at_the_limit_or_for_news() -> None:
    air = SimAir(SeededEntropy(b"x"))
    air.advance(12.5)
    assert air.now() == 12.5
    world, bssid = joined()
    send_eapol(world, bssid)
    now = world.air.now()
    world.air.advance(now + 1.0)
    assert now < world.air.now() < now + 0.01
    assert world.radios["ap"].poll()


def test_unread_news_do_not_stop_the_clock() -> None:
    world, bssid = joined()
    send_eapol(world, bssid)
    now = world.air.now()
    for _ in range(4):
        world.air.advance(now + 1.0)
    assert world.air.now() == now + 1.0


# ---- faults -------------------------------------------------------------------------------


def test_delayed_frame_is_overtaken() -> None:
    world, bssid = joined()
    world.air.rules.add(Rule(Delay(0.5), b"late"))
    send_eapol(world, bssid, b"\1\1late", 1)
    send_eapol(world, bssid, b"\1\1soon", 2)
    world.run(1.0)
    assert [each.payload for each in world.of(EapolReceived)] == [b"\1\1soon", b"\1\1late"]
    assert [each.token for each in world.of(EapolStatus)] == [2, 1]
    assert all(each.acknowledged for each in world.of(EapolStatus))


def test_replaced_octets_go_out() -> None:
    world, bssid = joined()
    rule = Rule(Replace(lambda octets: octets.replace(b"good", b"evil")), b"good", times=1)
    world.air.rules.add(rule)
    send_eapol(world, bssid, b"\1\1good")
    send_eapol(world, bssid, b"\1\1good")
    world.run(0.1)
    assert [each.payload[2:] for each in world.of(EapolReceived)] == [b"evil", b"good"]
    assert rule.hits == 1
    assert b"evil" in world.on_air(Data)[0][0].octets


def test_duplicated_frame_comes_twice() -> None:
    world, bssid = joined()
    world.air.rules.add(Rule(Duplicate(), is_data, times=1))
    send_eapol(world, bssid)
    world.run(0.1)
    assert len(world.of(EapolReceived)) == 2
    assert len(world.of(EapolStatus)) == 1


@pytest.mark.parametrize(
    ("effect", "times"), [(Drop(), 0), (Duplicate(), 2), (Delay(0.2), 1), (Replace(bytes), 1)]
)
def test_rule_for_one_receiver_leaves_the_others_alone(effect: object, times: int) -> None:
    world = World()
    bssid = world.start_bss()
    for node in ("sta", "sta2"):
        world.associate(node, bssid)
        world.port(node, node)
    server = world.host("server", "ap")
    world.air.rules.add(Rule(effect, is_data, receiver="sta"))  # type: ignore[arg-type]
    server.send(EthernetFrame(BROADCAST, server.address, 0x88B5, b"x"))
    world.run(0.1)
    seen = len(world.received["sta"])
    world.run(0.4)
    assert len(world.received["sta2"]) == 1
    assert len(world.received["sta"]) == times
    assert seen == (0 if isinstance(effect, Delay) else times)


def test_removed_rule_has_no_effect() -> None:
    world, bssid = joined()
    rule = world.air.rules.add(Rule(Drop()))
    world.air.rules.remove(rule)
    assert not world.air.rules
    send_eapol(world, bssid)
    assert world.run_until(EapolStatus).acknowledged


def test_loss_has_its_probability() -> None:
    world, _ = joined()
    rule = world.air.rules.lose(0.3)
    world.run(60.0)
    beacons = len(world.on_air(Beacon))
    assert 0.2 * beacons < rule.hits < 0.4 * beacons
    assert world.of(Disconnected) == []


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=1, max_size=40), st.integers(0, 60))
def test_garbage_on_the_air_breaks_nothing(garbage: bytes, at: int) -> None:
    """Whatever replaces part of a frame, or all of it: radios drop it or hand it up."""
    world, bssid = joined()

    def spoil(octets: bytes) -> bytes:
        return octets[:at] + garbage + octets[at + len(garbage) :]

    world.silent = True
    world.air.rules.add(Rule(Replace(spoil), lambda octets: octets[0] != 0x80))
    send_eapol(world, bssid)
    world.radio("other").perform(
        Authenticate(interface="wlan0", bssid=bssid, frequency=FREQUENCY, ssid=b"home")
    )
    world.run(1.0)
    for event in world.of(ManagementReceived):
        decode_frame(event.frame)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 23))
def test_frame_without_a_whole_header_is_not_acknowledged(size: int) -> None:
    world, bssid = joined()
    world.air.rules.add(Rule(Replace(lambda octets: octets[:size])))
    send_eapol(world, bssid)
    assert not world.run_until(EapolStatus).acknowledged
    world.run(0.5)


# ---- the same again -----------------------------------------------------------------------


def story(seed: bytes) -> World:
    world = World(seed)
    world.air.rules.lose(0.1)
    bssid = world.start_bss()
    world.start_bss(ssid=b"back", interface="wlan0-1", bssid=MacAddress("02:00:00:00:00:01"))
    sta = world.radio("sta")
    for _ in range(5):
        sta.perform(Authenticate(interface="wlan0", bssid=bssid, frequency=FREQUENCY, ssid=b"home"))
        world.run_until(Authenticated)
    world.run(1.0)
    return world


def test_same_seed_gives_the_same_capture(tmp_path: Path) -> None:
    for name, seed in (("one", b"a"), ("two", b"a"), ("three", b"b")):
        write_pcapng(tmp_path / name, story(seed).air.frames)
    one, two, three = ((tmp_path / name).read_bytes() for name in ("one", "two", "three"))
    assert one == two
    assert one != three


def test_another_device_does_not_disturb_the_draws_of_the_others() -> None:
    alone, watched = SimAir(SeededEntropy(b"x")), SimAir(SeededEntropy(b"x"))
    watched.add_radio("watcher", address=MacAddress("02:00:00:00:ff:00"))
    address = MacAddress("02:00:00:00:00:00")
    one, other = (air.add_radio("ap", address=address) for air in (alone, watched))
    assert one.tsf(0.0) == other.tsf(0.0)


def test_idle_time_costs_little() -> None:
    """Two minutes of two beaconing BSSs and an associated station, counted in calls of functions.

    The machine's speed has no part in that. A Beacon takes some forty.
    """
    world, _ = joined()
    world.start_bss(ssid=b"back", interface="wlan0-1", bssid=MacAddress("02:00:00:00:00:01"))
    world.run(0.1)
    count, calls = len(world.air.frames), 0

    def called(frame: FrameType, kind: str, argument: object) -> None:
        nonlocal calls
        calls += kind == "call"

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        world.run(120.0)
    finally:
        sys.setprofile(before)
    beacons = len(world.air.frames) - count
    assert beacons >= 2 * 1170
    assert calls < 100 * beacons
    assert world.on_air(ProbeRequest) == []
