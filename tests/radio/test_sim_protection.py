"""Protected management frames on simulated air: what goes out, what comes in, what is dropped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sim_world import GTK, TK, World

from harness.base.address import BROADCAST, MacAddress
from harness.base.seam import (
    CIPHER_BIP_CMAC_128,
    CIPHER_CCMP,
    AddPeer,
    Associate,
    Authenticate,
    Deauthenticate,
    InstallKey,
    StopBss,
    TransmitManagement,
)
from harness.base.seam_events import (
    Associated,
    Authenticated,
    ChannelSwitchStarted,
    CommandFailed,
    Disconnected,
    ManagementReceived,
    UnprotectedBeacon,
    UnprotectedDisconnection,
)
from harness.crypto import bip
from harness.crypto.ccmp import decrypt
from harness.radio.interface import Radio
from harness.wire.dot11.frames import (
    Action,
    Deauthentication,
    Frame,
    ProtectedManagement,
    decode_frame,
    management_header,
)
from harness.wire.dot11.header import ACTION, DEAUTHENTICATION

IGTK = bytes(range(32, 48))
BIGTK, NEXT_BIGTK = bytes(range(48, 64)), bytes(range(64, 80))
PUBLIC, SA_QUERY = 4, 8


@dataclass
class Link:
    """An access point and a station that share keys. `protected`: management frames too."""

    world: World
    ap: Radio
    sta: Radio
    bssid: MacAddress

    def ends(self, from_ap: bool) -> tuple[MacAddress, MacAddress]:
        """Source and destination."""
        own = self.sta.address
        return (self.bssid, own) if from_ap else (own, self.bssid)

    def action(
        self, *, from_ap: bool, category: int = SA_QUERY, to: MacAddress | None = None
    ) -> bytes:
        source, other = (
            (self.bssid, self.sta.address) if from_ap else (self.sta.address, self.bssid)
        )
        header = management_header(ACTION, destination=to or other, source=source, bssid=self.bssid)
        return Action(header, category, b"\x00\x12\x34").encode()

    def deauthentication(self, *, from_ap: bool, to: MacAddress | None = None) -> bytes:
        source, other = (
            (self.bssid, self.sta.address) if from_ap else (self.sta.address, self.bssid)
        )
        header = management_header(
            DEAUTHENTICATION, destination=to or other, source=source, bssid=self.bssid
        )
        return Deauthentication(header, 7).encode()

    def send(self, radio: Radio, frame: bytes) -> Frame:
        """Send a frame and give it as it was on the air."""
        before = len(self.world.air.frames)
        radio.perform(TransmitManagement(interface="wlan0", frame=frame))
        self.world.run(0.05)
        return self.sent_after(before, frame)

    def inject(self, frame: bytes) -> None:
        self.world.air.inject(frame, 2412)
        self.world.run(0.05)

    def sent_after(self, before: int, frame: bytes) -> Frame:
        frames = (decode_frame(each.octets) for each in self.world.air.frames[before:])
        return next(
            each
            for each in frames
            if each.header.type == 0
            and each.header.a2 == MacAddress(frame[10:16])
            and each.header.subtype in (ACTION, DEAUTHENTICATION)
        )

    def came(self, node: str, kind: type) -> list[object]:
        return [e for _, where, e in self.world.events if where == node and isinstance(e, kind)]


def link(*, protected: bool = True) -> Link:
    world = World()
    bssid = world.start_bss()
    ap, sta = world.radios["ap"], world.radio("sta")
    sta.perform(Authenticate(interface="wlan0", bssid=bssid, frequency=2412, ssid=b"home"))
    world.run_until(Authenticated)
    sta.perform(
        Associate(interface="wlan0", bssid=bssid, frequency=2412, ssid=b"home", mfp=protected)
    )
    world.run_until(Associated)
    ap.perform(
        AddPeer(
            interface="wlan0",
            peer=sta.address,
            aid=1,
            capability=0x0431,
            listen_interval=5,
            rates=bytes.fromhex("82848b96"),
            mfp=protected,
        )
    )
    for radio, peer in ((ap, sta.address), (sta, bssid)):
        for index, cipher, key, owner in (
            (0, CIPHER_CCMP, TK, peer),
            (1, CIPHER_CCMP, GTK, None),
            (4, CIPHER_BIP_CMAC_128, IGTK, None),
        ):
            radio.perform(
                InstallKey(interface="wlan0", peer=owner, index=index, cipher=cipher, key=key)
            )
    world.run(0.1)
    assert not [event for _, _, event in world.events if isinstance(event, CommandFailed)]
    return Link(world, ap, sta, bssid)


@pytest.mark.parametrize("from_ap", [False, True])
def test_a_robust_frame_goes_out_encrypted_and_comes_in_the_clear(from_ap: bool) -> None:
    made = link()
    sender, receiver = (made.ap, "sta") if from_ap else (made.sta, "ap")
    frame = made.action(from_ap=from_ap)

    shown = made.send(sender, frame)

    assert isinstance(shown, ProtectedManagement)
    _, plain = decrypt(TK, shown.octets[:24], shown.body)
    assert plain == frame[24:]
    (event,) = (
        each
        for each in made.came(receiver, ManagementReceived)
        if isinstance(decode_frame(each.frame), Action)  # type: ignore[attr-defined]
    )
    assert event.frame[24:] == frame[24:]  # type: ignore[attr-defined]


def test_a_frame_that_is_to_go_in_the_clear_does() -> None:
    made = link()
    frame = made.deauthentication(from_ap=True)
    before = len(made.world.air.frames)
    made.ap.perform(TransmitManagement(interface="wlan0", frame=frame, encrypt=False))
    made.world.run(0.05)
    assert isinstance(made.sent_after(before, frame), Deauthentication)
    assert len(made.came("sta", UnprotectedDisconnection)) == 1


def test_a_public_action_frame_stays_as_it_is() -> None:
    made = link()
    shown = made.send(made.ap, made.action(from_ap=True, category=PUBLIC))
    assert isinstance(shown, Action)
    assert made.came("sta", ManagementReceived)


def test_nothing_is_protected_that_was_not_negotiated() -> None:
    made = link(protected=False)
    assert isinstance(made.send(made.ap, made.action(from_ap=True)), Action)
    assert isinstance(made.send(made.sta, made.action(from_ap=False)), Action)
    made.inject(made.deauthentication(from_ap=True))
    assert len(made.came("sta", Disconnected)) == 1


@pytest.mark.parametrize("kind", ["action", "deauthentication"])
def test_unprotected_frames_are_dropped(kind: str) -> None:
    made = link()
    before = len(made.came("ap", ManagementReceived))

    made.inject(getattr(made, kind)(from_ap=True))
    made.inject(getattr(made, kind)(from_ap=False))

    assert made.came("sta", ManagementReceived) == []
    assert made.came("sta", Disconnected) == []
    assert len(made.came("ap", ManagementReceived)) == before
    doubts = made.came("sta", UnprotectedDisconnection)
    assert len(doubts) == (1 if kind == "deauthentication" else 0)


def test_a_frame_that_is_repeated_under_its_number_is_dropped() -> None:
    made = link()
    shown = made.send(made.ap, made.action(from_ap=True))

    made.inject(shown.octets)

    assert len(made.came("sta", ManagementReceived)) == 1


def test_a_group_frame_shows_who_made_it() -> None:
    made = link()
    frame = made.deauthentication(from_ap=True, to=BROADCAST)

    made.inject(frame)
    made.inject(bip.protect(bytes(16), 4, 9, frame))
    made.inject(bip.protect(IGTK, 5, 9, frame))
    assert made.came("sta", Disconnected) == []
    shown = made.send(made.ap, frame)

    assert bip.verify(IGTK, shown.octets) == 1
    assert len(made.came("sta", Disconnected)) == 1


def test_a_station_leaves_under_protection() -> None:
    made = link()
    before = len(made.world.air.frames)
    made.sta.perform(Deauthenticate(interface="wlan0", bssid=made.bssid, reason=3))
    made.world.run(0.05)

    shown = made.sent_after(before, made.deauthentication(from_ap=False))

    assert isinstance(shown, ProtectedManagement)
    assert decrypt(TK, shown.octets[:24], shown.body)[1] == b"\x03\x00"


def test_a_key_of_another_size_or_index_is_refused() -> None:
    made = link()
    for index, key in ((3, IGTK), (4, bytes(32))):
        made.ap.perform(
            InstallKey(
                interface="wlan0", peer=None, index=index, cipher=CIPHER_BIP_CMAC_128, key=key
            )
        )
    made.world.run(0.01)
    assert len(made.came("ap", CommandFailed)) == 2


# ---- Beacons -----------------------------------------------------------------------------------


def with_beacon_key(made: Link, *radios: Radio, index: int = 6, key: bytes = BIGTK) -> Link:
    """Give radios a key for Beacons, both when none are named."""
    for radio in radios or (made.ap, made.sta):
        radio.perform(
            InstallKey(
                interface="wlan0", peer=None, index=index, cipher=CIPHER_BIP_CMAC_128, key=key
            )
        )
    return made


def beacons(made: Link, seconds: float = 0.5) -> list[bytes]:
    """The Beacons of so many seconds."""
    before = len(made.world.air.frames)
    made.world.run(seconds)
    return [each.octets for each in made.world.air.frames[before:] if each.octets[0] == 0x80]


def forged(made: Link) -> bytes:
    """A Beacon in the AP's name that announces channel 6, without protection."""
    beacon = next(octets for octets in beacons(made) if octets[0] == 0x80)
    return beacon[: -bip.MME_OCTETS] + bytes.fromhex("2503000601")


def test_beacons_go_out_with_a_mic_and_numbers_that_rise() -> None:
    made = link()
    assert all(octets[-bip.MME_OCTETS] != bip.ELEMENT_MME for octets in beacons(made))

    shown = beacons(with_beacon_key(made))

    assert [bip.verify(BIGTK, octets) for octets in shown] == [*range(1, len(shown) + 1)]
    assert {bip.key_id_of(octets) for octets in shown} == {6}
    renewed = beacons(with_beacon_key(made, index=7, key=NEXT_BIGTK))
    assert [bip.verify(NEXT_BIGTK, octets) for octets in renewed] == [*range(1, len(renewed) + 1)]
    made.world.run(1.0)
    assert made.came("sta", UnprotectedBeacon) == []


@pytest.mark.parametrize("protected", [False, True])
def test_a_beacon_is_followed_only_when_it_shows_who_made_it(protected: bool) -> None:
    made = link()
    if protected:
        with_beacon_key(made)
    else:
        with_beacon_key(made, made.ap)

    made.inject(forged(made))

    assert len(made.came("sta", ChannelSwitchStarted)) == (0 if protected else 1)
    assert len(made.came("sta", UnprotectedBeacon)) == (1 if protected else 0)


@pytest.mark.parametrize(
    "forge",
    [
        lambda beacon: bip.protect(bytes(16), 6, 1000, beacon),
        lambda beacon: bip.protect(BIGTK, 7, 1000, beacon),
        lambda beacon: bip.protect(IGTK, 4, 1000, beacon),
        lambda beacon: bip.protect(BIGTK, 6, 1, beacon),
    ],
    ids=["wrong key", "key that is not there", "IGTK", "old number"],
)
def test_every_kind_of_forged_beacon_is_dropped(forge: Callable[[bytes], bytes]) -> None:
    made = with_beacon_key(link())

    made.inject(forge(forged(made)))

    assert made.came("sta", ChannelSwitchStarted) == []
    assert len(made.came("sta", UnprotectedBeacon)) == 1


def test_forged_beacons_are_told_of_once_in_ten_seconds() -> None:
    made = with_beacon_key(link())
    beacon = forged(made)
    for _ in range(3):
        made.inject(beacon)
    assert len(made.came("sta", UnprotectedBeacon)) == 1
    made.world.run(10.0)
    made.inject(beacon)
    assert len(made.came("sta", UnprotectedBeacon)) == 2


def test_forged_beacons_are_no_sign_of_life() -> None:
    made = with_beacon_key(link())
    beacon = forged(made)
    made.ap.perform(StopBss(interface="wlan0"))
    for _ in range(40):
        made.inject(beacon)
    assert len(made.came("sta", Disconnected)) == 1
