"""Beacons, scans, authentication and association on the simulated air."""

from __future__ import annotations

import itertools

import pytest
from sim_world import FREQUENCY, RATES, World

from harness.base.address import BROADCAST, MacAddress
from harness.base.errors import UsageError
from harness.base.seam import Associate, Authenticate, ChangeBeacon, Deauthenticate, Scan, StopBss
from harness.base.seam_events import (
    Associated,
    AssociationTimedOut,
    Authenticated,
    AuthenticationTimedOut,
    BssStarted,
    CommandFailed,
    Disconnected,
    ManagementReceived,
    ManagementStatus,
    ScanFinished,
)
from harness.radio.sim import Drop, Rule
from harness.wire.dot11.elements import ELEMENT_TIM, Elements, element
from harness.wire.dot11.frames import (
    AssociationRequest,
    Authentication,
    Beacon,
    Control,
    Data,
    Deauthentication,
    Disassociation,
    ProbeRequest,
    ReassociationRequest,
    decode_frame,
    management_header,
)
from harness.wire.dot11.header import DEAUTHENTICATION, DISASSOCIATION

BACK = MacAddress("02:00:00:00:00:01")


def test_beacons_go_out_at_multiples_of_the_interval_of_the_tsf() -> None:
    """IEEE 802.11-2020, 11.1.3.2: the TSF is a multiple of the interval at each target time."""
    world = World()
    world.start_bss()
    world.run(1.1)

    stamps = [beacon.timestamp for _, beacon in world.on_air(Beacon)]

    assert 10 <= len(stamps) <= 11
    assert {stamp % 102400 for stamp in stamps} == {50 + 192 + (24 + 4) * 8}
    assert {after - before for before, after in itertools.pairwise(stamps)} == {102400}


def test_beacon_counts_down_to_the_dtim() -> None:
    world = World()
    world.start_bss()
    world.run(1.0)
    tims = [beacon.elements.get(ELEMENT_TIM) for _, beacon in world.on_air(Beacon)]
    counts = [tim[0] for tim in tims if tim is not None]
    assert len(counts) == len(tims)
    assert all(first + second == 1 for first, second in itertools.pairwise(counts))
    assert all(tim is not None and tim[1:] == b"\x02\0\0" for tim in tims)


def test_beacon_is_head_tim_and_tail() -> None:
    world = World()
    world.start_bss()
    world.run(0.2)
    beacon = world.on_air(Beacon)[0][1]
    assert [each.id for each in beacon.elements.raw] == [0, 1, 3, 5, 50]


def test_beacon_changes_with_the_next_one() -> None:
    world = World()
    bssid = world.start_bss()
    world.run(0.25)
    before = len(world.on_air(Beacon))
    head = world.on_air(Beacon)[0][0].octets[:36] + element(0, b"other")
    change = ChangeBeacon(interface="wlan0", beacon_head=head, beacon_tail=element(221, b"tail"))
    world.ap_of(bssid).perform(change)
    world.run(0.25)
    beacons = [beacon for _, beacon in world.on_air(Beacon)]
    assert {each.elements.ssid for each in beacons[:before]} == {b"home"}
    assert {each.elements.ssid for each in beacons[before:]} == {b"other"}
    assert beacons[-1].elements.all(221) == [b"tail"]


def test_two_bsss_of_a_radio_beacon_alike() -> None:
    world = World()
    world.start_bss()
    world.start_bss(ssid=b"back", interface="wlan0-1", bssid=BACK)
    world.run(1.0)
    assert len(world.of(BssStarted)) == 2
    bssids = [beacon.header.a3 for _, beacon in world.on_air(Beacon)]
    assert abs(bssids.count(BACK) - bssids.count(MacAddress("02:00:00:00:00:00"))) <= 1


def test_bsss_of_a_radio_share_its_channel() -> None:
    world = World()
    world.start_bss()
    world.start_bss(ssid=b"back", interface="wlan0-1", bssid=BACK, frequency=2437)
    world.run(0.1)
    failed = world.of(CommandFailed)
    assert [(each.interface, each.errno) for each in failed] == [("wlan0-1", 16)]


def test_stopped_bss_is_silent_and_can_start_again() -> None:
    world = World()
    bssid = world.start_bss()
    world.run(0.3)
    world.ap_of(bssid).perform(StopBss(interface="wlan0"))
    count = len(world.air.frames)
    world.run(1.0)
    assert len(world.air.frames) == count
    world.start_bss()
    world.run(0.3)
    assert len(world.air.frames) > count


# ---- scanning -----------------------------------------------------------------------------


def scan(world: World, **fields: object) -> ScanFinished:
    world.radios["sta"].perform(Scan(interface="wlan0", **fields))  # type: ignore[arg-type]
    return world.run_until(ScanFinished, "sta")


def test_active_scan_sees_both_kinds_of_elements() -> None:
    world = World()
    bssid = world.start_bss()
    world.radio("sta")

    finished = scan(world, frequencies=(FREQUENCY,), ssids=(b"home", b""), elements=b"\xdd\x01x")

    requests = [frame for _, frame in world.on_air(ProbeRequest)]
    assert [each.elements.ssid for each in requests] == [b"home", b""]
    assert all(each.elements.all(221) == [b"x"] for each in requests)
    assert requests[0].elements.rates == Elements(RATES).rates.translate(
        bytes(octet & 0x7F for octet in range(256))
    )
    assert requests[0].elements.channel == 1
    (result,) = finished.results
    assert (result.bssid, result.frequency, result.signal) == (bssid, FREQUENCY, -30)
    assert Elements(result.probe_elements).get(200) == b"probe"
    assert result.elements == result.probe_elements
    assert result.beacon_interval == 100


def test_active_scan_dwells_sixty_milliseconds_a_channel() -> None:
    world = World()
    world.radio("sta")
    scan(world, frequencies=(2412, 2437, 2462))
    assert world.air.now() == pytest.approx(0.180)
    channels = [frame.frequency for frame, _ in world.on_air(ProbeRequest)]
    assert channels == [2412, 2437, 2462]


def test_passive_scan_sends_nothing_and_sees_beacons() -> None:
    world = World()
    world.start_bss()
    world.radio("sta")

    finished = scan(world, frequencies=(FREQUENCY,), ssids=())

    assert world.on_air(ProbeRequest) == []
    (result,) = finished.results
    assert result.probe_elements == b""
    assert result.elements == result.beacon_elements
    assert Elements(result.elements).ssid == b"home"
    assert result.seen <= world.air.now()


def test_scan_does_not_see_other_channels() -> None:
    world = World()
    world.start_bss(frequency=2437)
    world.radio("sta")
    assert scan(world, frequencies=(2412, 2462), ssids=()).results == ()
    assert len(scan(world).results) == 1


def test_scan_results_age() -> None:
    world = World()
    bssid = world.start_bss()
    world.radio("sta")
    assert len(scan(world, frequencies=(FREQUENCY,)).results) == 1
    world.ap_of(bssid).perform(StopBss(interface="wlan0"))
    world.run(20.0)
    assert len(scan(world, frequencies=(FREQUENCY,)).results) == 1
    world.run(10.0)
    assert scan(world, frequencies=(FREQUENCY,)).results == ()


def test_hidden_bss_shows_its_name_in_the_probe_response() -> None:
    world = World()
    world.start_bss(shown=b"")
    world.radio("sta")
    scan(world, frequencies=(FREQUENCY,), ssids=(b"home",))
    finished = scan(world, frequencies=(FREQUENCY,), ssids=())
    by_ssid = {Elements(each.elements).ssid: each for each in finished.results}
    assert set(by_ssid) == {b"", b"home"}
    assert Elements(by_ssid[b"home"].beacon_elements).ssid == b""


def test_second_scan_at_once_is_busy() -> None:
    world = World()
    sta = world.radio("sta")
    sta.perform(Scan(interface="wlan0"))
    sta.perform(Scan(interface="wlan0"))
    assert world.run_until(CommandFailed).errno == 16
    world.run_until(ScanFinished)


def test_unknown_frequency_and_interface_are_refused() -> None:
    world = World()
    sta = world.radio("sta", frequencies=(2412,))
    sta.perform(Scan(interface="wlan0", frequencies=(5180,)))
    sta.perform(Scan(interface="wlan7"))
    world.run(0.1)
    assert [each.errno for each in world.of(CommandFailed)] == [22, 19]


def test_out_of_reach_is_not_seen() -> None:
    world = World()
    world.start_bss()
    world.radio("sta")
    world.air.set_signal("ap", "sta", None)
    assert scan(world).results == ()
    world.air.set_signal("ap", "sta", -71)
    assert [each.signal for each in scan(world).results] == [-71]


def test_scan_while_associated_keeps_the_link() -> None:
    """The station says that it sleeps, comes home between channels, and stays associated."""
    world = World()
    bssid = world.start_bss()
    world.start_bss("far", b"far", frequency=2462)
    world.associate("sta", bssid)

    finished = scan(world)

    assert {Elements(each.elements).ssid for each in finished.results} == {b"home", b"far"}
    world.run(0.1)
    nulls = [frame.header.power_management for _, frame in world.on_air(Data)]
    assert nulls[:2] == [True, False]
    assert nulls.count(True) == nulls.count(False) == 16
    world.run(5.0)
    assert world.of(Disconnected) == []


# ---- authentication and association -------------------------------------------------------


def authenticate(world: World, bssid: MacAddress) -> None:
    radio = world.radios.get("sta") or world.radio("sta")
    radio.perform(Authenticate(interface="wlan0", bssid=bssid, frequency=FREQUENCY, ssid=b"home"))


def test_association() -> None:
    world = World()
    bssid = world.start_bss()
    authenticate(world, bssid)
    reply = world.run_until(Authenticated)
    extra = element(48, b"rsn") + element(221, b"vendor")
    world.radios["sta"].perform(
        Associate(
            interface="wlan0", bssid=bssid, frequency=FREQUENCY, ssid=b"home", elements=extra,
            privacy=True,
        )
    )  # fmt: skip
    associated = world.run_until(Associated)

    assert decode_frame(reply.frame) == world.on_air(Authentication)[1][1]
    request = world.on_air(AssociationRequest)[0][1]
    assert [each.id for each in request.elements.raw] == [0, 1, 50, 48, 221]
    assert request.capability == 0x0431
    assert associated.bssid == bssid


def test_reassociation_names_the_previous_ap() -> None:
    world = World()
    bssid = world.start_bss()
    authenticate(world, bssid)
    world.run_until(Authenticated)
    world.radios["sta"].perform(
        Associate(interface="wlan0", bssid=bssid, frequency=FREQUENCY, ssid=b"home", previous=BACK)
    )
    world.run_until(Associated)
    assert world.on_air(ReassociationRequest)[0][1].current_ap == BACK


def test_association_without_authentication_is_refused() -> None:
    world = World()
    bssid = world.start_bss()
    sta = world.radio("sta")
    sta.perform(Associate(interface="wlan0", bssid=bssid, frequency=FREQUENCY, ssid=b"home"))
    assert world.run_until(CommandFailed).errno == 107


def test_refused_authentication_and_association_are_told() -> None:
    world = World()
    bssid = world.start_bss()
    world.statuses = {Authentication: 13, AssociationRequest: 17}
    authenticate(world, bssid)
    refused = decode_frame(world.run_until(Authenticated).frame)
    assert isinstance(refused, Authentication)
    assert refused.status == 13
    del world.statuses[Authentication]
    authenticate(world, bssid)
    world.run_until(Authenticated)
    sta = world.radios["sta"]
    sta.perform(Associate(interface="wlan0", bssid=bssid, frequency=FREQUENCY, ssid=b"home"))
    assert world.run_until(Associated).bssid == bssid
    sta.perform(Deauthenticate(interface="wlan0", bssid=bssid, reason=3))
    assert world.run_until(CommandFailed).errno == 107


def test_silent_ap_is_asked_three_times() -> None:
    world = World()
    bssid = world.start_bss()
    world.silent = True
    authenticate(world, bssid)
    world.run_until(AuthenticationTimedOut)
    assert world.air.now() == pytest.approx(0.6)
    sent = world.on_air(Authentication)
    assert len(sent) == 3
    assert len({frame.header.sequence for _, frame in sent}) == 3


def test_lost_association_responses_time_out() -> None:
    world = World()
    bssid = world.start_bss()
    authenticate(world, bssid)
    world.run_until(Authenticated)
    world.air.rules.add(Rule(Drop(), lambda octets: octets[0] == 0x10))
    sta = world.radios["sta"]
    sta.perform(Associate(interface="wlan0", bssid=bssid, frequency=FREQUENCY, ssid=b"home"))
    assert world.run_until(AssociationTimedOut).bssid == bssid


def test_absent_ap_costs_eight_transmissions_a_try() -> None:
    world = World()
    world.radio("sta")
    authenticate(world, BACK)
    world.run_until(AuthenticationTimedOut)
    sent = [frame for _, frame in world.on_air(Authentication)]
    assert [frame.header.retry for frame in sent] == ([False] + [True] * 7) * 3


@pytest.mark.parametrize("kind", [Deauthentication, Disassociation])
def test_ap_ends_the_association(kind: type) -> None:
    world = World()
    bssid = world.start_bss()
    world.associate("sta", bssid)
    subtype = DEAUTHENTICATION if kind is Deauthentication else DISASSOCIATION
    sta = world.radios["sta"].address
    header = management_header(subtype, destination=sta, source=bssid, bssid=bssid)
    world.transmit(world.ap_of(bssid), "wlan0", kind(header, 23), token=9)
    ended = world.run_until(Disconnected)
    assert (ended.bssid, ended.reason, ended.locally_generated) == (bssid, 23, False)
    assert world.run_until(ManagementStatus) == ManagementStatus(
        interface="wlan0", token=9, acknowledged=True
    )


def test_deauthentication_for_another_bssid_is_nothing_to_us() -> None:
    world = World()
    bssid = world.start_bss()
    world.associate("sta", bssid)
    header = management_header(DEAUTHENTICATION, destination=BROADCAST, source=BACK, bssid=BACK)
    world.transmit(world.ap_of(bssid), "wlan0", Deauthentication(header, 3))
    world.run(0.5)
    assert world.of(Disconnected) == []


def test_station_leaves() -> None:
    world = World()
    bssid = world.start_bss()
    world.associate("sta", bssid)
    world.radios["sta"].perform(Deauthenticate(interface="wlan0", bssid=bssid, reason=3))
    ended = world.run_until(Disconnected)
    assert (ended.reason, ended.locally_generated) == (3, True)
    world.run(0.1)
    told = decode_frame(world.of(ManagementReceived, "ap")[-1].frame)
    assert isinstance(told, Deauthentication)
    assert told.reason == 3


def test_lost_ap_is_noticed_by_its_missing_beacons() -> None:
    world = World()
    bssid = world.start_bss()
    world.associate("sta", bssid)
    world.run(3.0)
    world.ap_of(bssid).close()
    gone = world.air.now()
    ended = world.run_until(Disconnected)
    assert (ended.reason, ended.locally_generated) == (4, True)
    assert 7 * 0.1024 + 0.3 < world.air.now() - gone < 7 * 0.1024 + 0.7


def test_lost_beacons_alone_do_not_end_it() -> None:
    world = World()
    bssid = world.start_bss()
    world.associate("sta", bssid)
    world.air.rules.add(Rule(Drop(), lambda octets: octets[0] == 0x80))
    world.run(10.0)
    assert world.of(Disconnected) == []
    assert len([frame for _, frame in world.on_air(Data) if frame.header.subtype == 4]) >= 10


def test_closed_radio_takes_no_commands() -> None:
    world = World()
    sta = world.radio("sta")
    sta.close()
    with pytest.raises(UsageError):
        sta.perform(Scan(interface="wlan0"))


def test_management_frame_is_acknowledged_by_an_ack_frame() -> None:
    world = World()
    bssid = world.start_bss()
    authenticate(world, bssid)
    world.run_until(Authenticated)
    sent = [index for index, each in enumerate(world.air.frames) if each.octets[0] == 0xB0]
    request = world.air.frames[sent[0]]
    ack = world.air.frames[sent[0] + 1]
    assert isinstance(decode_frame(ack.octets), Control)
    assert decode_frame(ack.octets).header.a1 == decode_frame(request.octets).header.a2
    assert ack.t - request.t == pytest.approx(10e-6 + 192e-6 + 14 * 8e-6)
    assert decode_frame(request.octets).header.duration == 314


def test_who_left_may_begin_a_bss_at_once() -> None:
    """While its Deauthentication still waits for the channel."""
    world = World()
    own = world.start_bss()
    world.associate("sta", own)
    world.radios["sta"].perform(Deauthenticate(interface="wlan0", bssid=own, reason=3))
    made = world.start_bss("sta", b"other", frequency=2437)
    world.run(0.5)
    assert {
        frame.frequency for frame, beacon in world.on_air(Beacon) if beacon.header.a2 == made
    } == {2437}
