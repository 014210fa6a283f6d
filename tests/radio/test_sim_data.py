"""Data on the simulated air: addresses, bridges, keys, replay, power save."""

from __future__ import annotations

import pytest
from sim_world import TK, World

from harness.base.address import BROADCAST, MacAddress
from harness.base.errors import UsageError
from harness.base.seam import (
    CIPHER_CCMP,
    AddPeerVlan,
    InstallKey,
    RemoveKey,
    RemovePeer,
    RemovePeerVlan,
    Scan,
    SetFourAddress,
    SetPortAuthorized,
    TransmitEapol,
)
from harness.base.seam_events import (
    CommandFailed,
    EapolReceived,
    EapolStatus,
    FourAddressSeen,
    ScanFinished,
)
from harness.crypto.ccmp import CcmpKey
from harness.radio.sim import Drop, Duplicate, Rule
from harness.wire.dot11.elements import ELEMENT_TIM
from harness.wire.dot11.ethernet import EthernetFrame
from harness.wire.dot11.frames import Beacon, Data, Deauthentication, decode_frame

ECHO = 0x88B5


@pytest.fixture
def world() -> World:
    return World()


def say(world: World, one: object, other: MacAddress, text: bytes = b"hello") -> None:
    one.send(EthernetFrame(other, one.address, ECHO, text))  # type: ignore[attr-defined]
    world.run(0.05)


def heard(world: World, name: str) -> list[bytes]:
    return [frame.payload for _, frame in world.received[name]]


def data(world: World) -> list[Data]:
    """Data frames with a body."""
    return [frame for _, frame in world.on_air(Data) if not frame.header.subtype & 4]


# ---- three addresses ----------------------------------------------------------------------


def test_plain_station_and_wired_host_use_three_addresses(world: World) -> None:
    bssid = world.start_bss()
    server = world.host("server", "ap")
    world.associate("sta", bssid)
    world.install_keys("sta", bssid)
    station = world.port("station", "sta")

    say(world, station, server.address, b"up")
    say(world, server, station.address, b"down")

    assert (heard(world, "server"), heard(world, "station")) == ([b"up"], [b"down"])
    up, down = data(world)
    assert (up.header.to_ds, up.header.from_ds, up.header.protected) == (True, False, True)
    assert (up.header.destination, up.header.source) == (server.address, station.address)
    assert (down.header.to_ds, down.header.from_ds, down.header.protected) == (False, True, True)
    assert (down.header.destination, down.header.source) == (station.address, server.address)


def test_broadcast_uses_the_group_key_and_comes_back_to_all_but_its_sender(world: World) -> None:
    bssid = world.start_bss()
    world.host("server", "ap")
    for node in ("sta", "sta2"):
        world.associate(node, bssid)
        world.install_keys(node, bssid)
    one, _ = world.port("one", "sta"), world.port("two", "sta2")

    say(world, one, BROADCAST)

    assert heard(world, "server") == [b"hello"]
    assert heard(world, "two") == [b"hello"]
    assert heard(world, "one") == []
    up, down = data(world)
    assert up.body[3] >> 6 == 0
    assert down.body[3] >> 6 == 1
    assert down.header.a1 == BROADCAST


def test_stations_of_one_bss_reach_each_other_without_the_bridge(world: World) -> None:
    bssid = world.start_bss()
    server = world.host("server", "ap")
    for node in ("sta", "sta2"):
        world.associate(node, bssid)
    one, two = world.port("one", "sta"), world.port("two", "sta2")
    say(world, one, two.address)
    assert heard(world, "two") == [b"hello"]
    assert heard(world, "server") == []
    assert server.poll() == []


def test_bridges_are_told_of_a_station_that_may_speak(world: World) -> None:
    """A Layer 2 Update goes out in its name, so that frames for it find the way at once."""
    bssid = world.start_bss()
    world.associate("sta", bssid)
    bridge = world.air.bridge("ap", "br0")
    assert bridge.port_of(world.radios["sta"].address) is not None


def test_bridge_learns(world: World) -> None:
    """What is for a known station does not go out of other ports."""
    bssid = world.start_bss()
    server, other = world.host("server", "ap"), world.host("other", "ap")
    world.associate("sta", bssid)
    station = world.port("station", "sta")
    say(world, server, station.address, b"flooded")
    say(world, station, server.address, b"learned")
    bridge = world.air.bridge("ap", "br0")
    learned = bridge.port_of(station.address)
    assert learned is not None
    assert bridge.port_of(server.address) is server
    world.run(301.0)
    assert bridge.port_of(station.address) is None
    assert heard(world, "station") == [b"flooded"]
    assert other.poll() == []


def test_closed_port_passes_eapol_only(world: World) -> None:
    bssid = world.start_bss()
    server = world.host("server", "ap")
    world.associate("sta", bssid)
    sta = world.radios["sta"]
    world.ap_of(bssid).perform(
        SetPortAuthorized(interface="wlan0", peer=sta.address, authorized=False)
    )
    station = world.port("station", "sta")
    say(world, station, server.address)
    sta.perform(TransmitEapol(interface="wlan0", peer=bssid, payload=b"\1\1\0\0", token=5))
    status = world.run_until(EapolStatus)
    assert heard(world, "server") == []
    assert status == EapolStatus(interface="wlan0", peer=bssid, token=5, acknowledged=True)
    assert world.of(EapolReceived) == [
        EapolReceived(interface="wlan0", source=sta.address, payload=b"\1\1\0\0", encrypted=False)
    ]


def test_eapol_is_encrypted_once_there_is_a_key(world: World) -> None:
    bssid = world.start_bss()
    world.associate("sta", bssid)
    world.install_keys("sta", bssid)
    ap, sta = world.ap_of(bssid), world.radios["sta"].address
    for encrypt in (True, False):
        ap.perform(TransmitEapol(interface="wlan0", peer=sta, payload=b"\2\3\0\0", encrypt=encrypt))
    world.run(0.1)
    assert [each.encrypted for each in world.of(EapolReceived, "sta")] == [True, False]


def test_unencrypted_data_is_dropped_when_there_is_a_key(world: World) -> None:
    bssid = world.start_bss()
    world.associate("sta", bssid)
    world.host("server", "ap")
    station = world.port("station", "sta")
    sta = world.radios["sta"]
    world.install_keys("sta", bssid)
    sta.perform(RemoveKey(interface="wlan0", peer=bssid, index=0))
    say(world, station, BROADCAST)
    assert not data(world)[0].header.protected
    assert heard(world, "server") == []
    assert world.ap_of(bssid).counters["not encrypted"] == 1  # type: ignore[attr-defined]


def test_class_3_frame_of_a_stranger_is_answered(world: World) -> None:
    """IEEE 802.11-2020, 11.3.4.1; the station then knows that it has been forgotten."""
    bssid = world.start_bss()
    world.associate("sta", bssid)
    station = world.port("station", "sta")
    sta = world.radios["sta"].address
    world.ap_of(bssid).perform(RemovePeer(interface="wlan0", peer=sta))
    say(world, station, BROADCAST)
    (answer,) = [frame for _, frame in world.on_air(Deauthentication)]
    assert (answer.reason, answer.header.a1) == (7, sta)


# ---- four addresses -----------------------------------------------------------------------


def backhaul(world: World) -> MacAddress:
    bssid = world.start_bss()
    world.associate("sta", bssid)
    world.install_keys("sta", bssid)
    world.four_addresses("sta", bssid)
    return bssid


def test_hosts_behind_both_ends_use_four_addresses(world: World) -> None:
    bssid = backhaul(world)
    server, laptop = world.host("server", "ap"), world.host("laptop", "sta")

    say(world, laptop, BROADCAST, b"who")
    say(world, server, laptop.address, b"me")
    say(world, server, BROADCAST, b"all")

    assert heard(world, "server") == [b"who"]
    assert heard(world, "laptop") == [b"me", b"all"]
    sta = world.radios["sta"].address
    headers = [frame.header for frame in data(world)]
    ways = [(each.a1, each.a2, each.a3, each.a4) for each in headers]
    assert ways == [
        (bssid, sta, BROADCAST, laptop.address),
        (sta, bssid, laptop.address, server.address),
        (sta, bssid, BROADCAST, server.address),
    ]
    assert all(each.header.to_ds and each.header.from_ds for each in data(world))
    assert all(each.body[3] >> 6 == 0 for each in data(world))


def test_eapol_keeps_three_addresses_on_a_four_address_link(world: World) -> None:
    bssid = backhaul(world)
    sta = world.radios["sta"].address
    ap = world.ap_of(bssid)
    ap.perform(TransmitEapol(interface="wlan0", peer=sta, payload=b"\2\3\0\0"))
    world.radios["sta"].perform(TransmitEapol(interface="wlan0", peer=bssid, payload=b"\2\3\0\0"))
    world.run(0.1)
    assert len(world.of(EapolReceived)) == 2
    assert all(each.header.a4 is None for each in data(world))


def test_four_address_station_without_its_own_interface_is_told_once(world: World) -> None:
    bssid = world.start_bss()
    world.associate("sta", bssid)
    server, laptop = world.host("server", "ap"), world.host("laptop", "sta")
    sta = world.radios["sta"]
    sta.perform(SetFourAddress(interface="wlan0", enabled=True, bridge="br0"))
    world.run(0.1)
    assert world.of(FourAddressSeen) == [FourAddressSeen(interface="wlan0", peer=sta.address)]
    say(world, laptop, server.address)
    assert len(world.of(FourAddressSeen)) == 1
    assert heard(world, "server") == []
    world.ap_of(bssid).perform(
        AddPeerVlan(interface="wlan0", peer=sta.address, name="wlan0.sta1", bridge="br0")
    )
    say(world, laptop, server.address)
    assert heard(world, "server") == [b"hello"]


def test_wrong_number_of_addresses_is_dropped_both_ways(world: World) -> None:
    bssid = backhaul(world)
    server, laptop = world.host("server", "ap"), world.host("laptop", "sta")
    sta = world.radios["sta"]
    sta.perform(SetFourAddress(interface="wlan0", enabled=False))
    station = world.port("station", "sta")
    say(world, station, server.address)
    say(world, server, BROADCAST)
    assert heard(world, "server") == []
    assert heard(world, "station") == []
    assert heard(world, "laptop") == []
    assert laptop.poll() == []
    world.ap_of(bssid).perform(
        RemovePeerVlan(interface="wlan0", peer=sta.address, name="wlan0.sta1")
    )
    say(world, station, server.address)
    assert heard(world, "server") == [b"hello"]


def test_group_frames_for_plain_stations_do_not_reach_a_four_address_one(world: World) -> None:
    bssid = backhaul(world)
    world.associate("sta2", bssid)
    world.install_keys("sta2", bssid)
    server = world.host("server", "ap")
    world.host("laptop", "sta")
    world.port("plain", "sta2")
    say(world, server, BROADCAST)
    assert heard(world, "laptop") == [b"hello"]
    assert heard(world, "plain") == [b"hello"]


# ---- keys ---------------------------------------------------------------------------------


def test_the_air_is_really_encrypted(world: World) -> None:
    bssid = world.start_bss()
    world.associate("sta", bssid)
    world.install_keys("sta", bssid)
    station = world.port("station", "sta")
    say(world, station, BROADCAST, b"a secret word")
    frame = data(world)[0]
    assert b"secret" not in b"".join(each.octets for each in world.air.frames)
    header = frame.octets[: len(frame.octets) - len(frame.body)]
    number, plain = CcmpKey(TK).decrypt(header, frame.body)
    assert number == 1
    assert plain.endswith(b"a secret word")


def test_wrong_key_is_not_understood(world: World) -> None:
    bssid = world.start_bss()
    world.associate("sta", bssid)
    world.install_keys("sta", bssid)
    world.host("server", "ap")
    ap, sta = world.ap_of(bssid), world.radios["sta"].address
    ap.perform(InstallKey(interface="wlan0", peer=sta, index=0, cipher=CIPHER_CCMP, key=bytes(16)))
    say(world, world.port("station", "sta"), BROADCAST)
    assert heard(world, "server") == []
    assert ap.counters["BadMic"] == 1  # type: ignore[attr-defined]


def test_repeated_packet_number_is_dropped(world: World) -> None:
    bssid = world.start_bss()
    world.associate("sta", bssid)
    world.install_keys("sta", bssid)
    world.host("server", "ap")
    world.air.rules.add(Rule(Duplicate(), lambda octets: octets[0] == 0x08))
    say(world, world.port("station", "sta"), MacAddress("06:00:00:00:00:00"))
    assert len(data(world)) == 2
    assert heard(world, "server") == [b"hello"]
    assert world.ap_of(bssid).counters["ReplayedCounter"] == 1  # type: ignore[attr-defined]


def test_same_key_again_keeps_its_packet_numbers(world: World) -> None:
    """A reinstalled key that began anew would repeat its packet numbers."""
    bssid = world.start_bss()
    world.associate("sta", bssid)
    world.install_keys("sta", bssid)
    station = world.port("station", "sta")
    say(world, station, bssid)
    world.install_keys("sta", bssid)
    say(world, station, bssid)
    assert [each.body[0] for each in data(world)] == [1, 2]


def test_key_rsc_rules_out_older_packet_numbers(world: World) -> None:
    bssid = world.start_bss()
    world.associate("sta", bssid)
    world.install_keys("sta", bssid)
    world.radios["sta"].perform(
        InstallKey(
            interface="wlan0", peer=None, index=2, cipher=CIPHER_CCMP, key=TK,
            sequence=bytes.fromhex("010000000000"),
        )
    )  # fmt: skip
    world.ap_of(bssid).perform(
        InstallKey(interface="wlan0", peer=None, index=2, cipher=CIPHER_CCMP, key=TK)
    )
    server = world.host("server", "ap")
    world.port("station", "sta")
    say(world, server, BROADCAST, b"first")
    say(world, server, BROADCAST, b"second")
    assert heard(world, "station") == [b"second"]


CIPHER_GCMP = 0x000FAC08


def test_other_ciphers_are_refused(world: World) -> None:
    bssid = world.start_bss()
    world.associate("sta", bssid)
    world.radios["sta"].perform(
        InstallKey(interface="wlan0", peer=bssid, index=0, cipher=CIPHER_GCMP, key=bytes(16))
    )
    assert world.run_until(CommandFailed).errno == 95


# ---- the medium ---------------------------------------------------------------------------


def test_lost_ack_repeats_the_frame_which_is_taken_once(world: World) -> None:
    bssid = world.start_bss()
    world.associate("sta", bssid)
    world.air.rules.add(Rule(Drop(), b"\xd4\0\0\0", transmitter="ap", times=2))
    sta = world.radios["sta"]
    sta.perform(TransmitEapol(interface="wlan0", peer=bssid, payload=b"\1\1\0\0", token=5))
    assert world.run_until(EapolStatus).acknowledged
    sent = data(world)
    assert [each.header.retry for each in sent] == [False, True, True]
    assert len(world.of(EapolReceived)) == 1


def test_unacknowledged_frame_is_given_up(world: World) -> None:
    bssid = world.start_bss()
    world.associate("sta", bssid)
    world.air.rules.add(Rule(Drop(), receiver="ap"))
    sta = world.radios["sta"]
    sta.perform(TransmitEapol(interface="wlan0", peer=bssid, payload=b"\1\1\0\0", token=5))
    assert not world.run_until(EapolStatus).acknowledged
    assert len(data(world)) == 8
    assert world.of(EapolReceived) == []


def test_frames_for_a_sleeping_station_wait_and_are_announced(world: World) -> None:
    """While the station scans elsewhere, the TIM says what is held for it; then it is sent."""
    bssid = world.start_bss()
    world.associate("sta", bssid)
    server, station = world.host("server", "ap"), world.port("station", "sta")
    world.radios["sta"].perform(Scan(interface="wlan0", ssids=(), frequencies=(2437, 2462)))
    world.run(0.02)
    server.send(EthernetFrame(station.address, server.address, ECHO, b"for one"))
    server.send(EthernetFrame(BROADCAST, server.address, ECHO, b"for all"))
    world.run(0.085)
    assert heard(world, "station") == []
    world.run_until(ScanFinished)
    world.run(0.4)
    tims = [frame.elements.get(ELEMENT_TIM) for _, frame in world.on_air(Beacon)]
    assert any(tim is not None and tim[3] == 0b10 for tim in tims)
    assert heard(world, "station")[0] == b"for one"
    assert tims[-1] is not None
    assert tims[-1][2:] == b"\0\0"
    air = [decode_frame(frame.octets) for frame in world.air.frames]
    (group,) = (
        at for at, each in enumerate(air) if isinstance(each, Data) and each.header.is_group
    )
    dtim = air[group - 1]
    assert isinstance(dtim, Beacon)
    tim = dtim.elements.get(ELEMENT_TIM)
    assert tim is not None
    assert tim[:3] == b"\0\x02\x01"


def test_port_on_a_missing_interface_is_a_usage_error(world: World) -> None:
    world.radio("sta")
    with pytest.raises(UsageError):
        world.air.open_port("sta", "wlan1")
    with pytest.raises(UsageError):
        world.air.watch(0)
