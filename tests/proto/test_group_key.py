"""The group keys of one BSS."""

from __future__ import annotations

from rsn_peers import STA, Fixed

from harness.base.address import MacAddress
from harness.base.seam import CIPHER_BIP_CMAC_128, CIPHER_CCMP
from harness.proto.group_key import (
    GroupKeyConfig,
    GroupKeys,
    GroupKeyState,
    GroupSequence,
    RekeyGroup,
    StartGroup,
    StationJoined,
    StationLeft,
    StationUpdated,
    UpdateStation,
)
from harness.proto.key_handshake import InstallGroupKey
from harness.proto.machine import Output, Timeout

OTHER = MacAddress("02:00:00:00:00:03")


def started(**changes: object) -> GroupKeys:
    group = GroupKeys(GroupKeyConfig(**changes), Fixed())  # type: ignore[arg-type]
    group.step(StartGroup(), 0.0)
    return group


def installed(outputs: tuple[Output, ...]) -> list[int]:
    return [output.index for output in outputs if isinstance(output, InstallGroupKey)]


def asked(outputs: tuple[Output, ...]) -> list[MacAddress]:
    return [output.peer for output in outputs if isinstance(output, UpdateStation)]


def test_start_installs_the_first_key() -> None:
    group = GroupKeys(GroupKeyConfig(), Fixed(b"g" * 16))
    first = group.step(StartGroup(), 0.0)[0]
    assert first == InstallGroupKey(1, CIPHER_CCMP, b"g" * 16)
    assert group.newest_igtk is None
    assert group.deadline() is None


def test_keys_alternate_between_two_indexes() -> None:
    group = started(group_management=CIPHER_BIP_CMAC_128)
    assert [installed(group.step(RekeyGroup(), 0.0)) for _ in range(3)] == [[2, 5], [1, 4], [2, 5]]


def test_renewal_waits_for_every_station() -> None:
    group = started()
    group.step(StationJoined(STA), 0.0)
    group.step(StationJoined(OTHER), 0.0)
    old = group.newest

    assert asked(group.step(RekeyGroup(), 0.0)) == [STA, OTHER]
    assert group.newest.key != old.key
    assert not installed(group.step(StationUpdated(STA), 0.0))
    assert installed(group.step(StationLeft(OTHER), 0.0)) == [2]
    assert group.state is GroupKeyState.STEADY
    assert asked(group.step(RekeyGroup(), 0.0)) == [STA]


def test_station_that_joins_meanwhile_is_waited_for() -> None:
    group = started()
    group.step(StationJoined(STA), 0.0)
    group.step(RekeyGroup(), 0.0)
    group.step(StationJoined(OTHER), 0.0)
    assert not installed(group.step(StationUpdated(STA), 0.0))
    assert installed(group.step(StationUpdated(OTHER), 0.0)) == [2]


def test_renewal_wanted_during_a_renewal_follows_it() -> None:
    group = started()
    group.step(StationJoined(STA), 0.0)
    group.step(RekeyGroup(), 0.0)
    assert group.step(RekeyGroup(), 0.0) == ()
    outputs = group.step(StationUpdated(STA), 0.0)
    assert installed(outputs) == [2]
    assert asked(outputs) == [STA]
    assert installed(group.step(StationUpdated(STA), 0.0)) == [1]


def test_period() -> None:
    group = started(rekey_s=600.0)
    assert group.deadline() == 600.0
    assert installed(group.step(Timeout(), 600.0)) == [2]
    assert group.deadline() == 1200.0


def test_packet_number_is_that_of_the_key_handed_out() -> None:
    group = started()
    group.step(GroupSequence(b"\x09" + bytes(5)), 0.0)
    assert group.sequence == b"\x09" + bytes(5)
    group.step(StationJoined(STA), 0.0)
    group.step(RekeyGroup(), 0.0)
    group.step(GroupSequence(b"\x0a" + bytes(5)), 0.0)
    assert group.sequence == bytes(6)


def test_station_that_never_joined_may_leave() -> None:
    group = GroupKeys(GroupKeyConfig(), Fixed())
    assert group.step(StationLeft(STA), 0.0) == ()
    group.step(StartGroup(), 0.0)
    assert group.step(StationLeft(STA), 0.0) == ()


def test_beacons_have_a_key_of_their_own_that_changes_with_the_others() -> None:
    group = started(group_management=CIPHER_BIP_CMAC_128, beacon_protection=True)
    group.step(StationJoined(STA), 0.0)
    old = group.newest_bigtk
    assert installed(group.step(RekeyGroup(), 0.0)) == []
    new = group.newest_bigtk
    assert old is not None
    assert new is not None
    assert (old.index, new.index) == (6, 7)
    assert len({old.key, new.key, group.newest.key}) == 3
    assert installed(group.step(StationUpdated(STA), 0.0)) == [2, 5, 7]


def test_there_is_no_key_for_beacons_unless_it_is_wanted() -> None:
    assert started(group_management=CIPHER_BIP_CMAC_128).newest_bigtk is None
    assert started(beacon_protection=True).newest_bigtk is None
