"""A long, seeded rain of frames on the simulated air, while the access point serves others.

The frames come in the name of a stranger and in that of an associated station: management frames
of every kind, EAPOL, data with and without protection, cut and changed.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable

import pytest
from ap_stage import HOME

from harness.ap.access_point import AccessPoint
from harness.ap.config import ApConfig
from harness.ap.stations import Station as Member
from harness.base.address import BROADCAST, MacAddress
from harness.base.entropy import SeededEntropy
from harness.base.event import Event
from harness.base.seam import CIPHER_TKIP, Command
from harness.base.seam_events import RadioEvent
from harness.radio.interface import Radio
from harness.radio.sim import SimAir
from harness.sta.config import Network, StationConfig
from harness.sta.station import Station
from harness.wire.dot11.frames import LLC_SNAP, decode_frame
from harness.wire.wsc.device import DeviceAttributes

STRANGER = MacAddress("02:00:00:00:0f:01")
FRAMES = 800
KINDS = (0x00, 0x20, 0x40, 0xA0, 0xB0, 0xC0, 0xD0, 0x08, 0x88, 0x48, 0x50, 0x80, 0xE0)
EAPOL = LLC_SNAP + bytes.fromhex("888e")
DEVICE = DeviceAttributes(
    manufacturer="a",
    model_name="b",
    model_number="1",
    serial_number="2",
    primary_device_type=bytes.fromhex("00010050f2040001"),
    device_name="c",
)


class Played:
    """A machine on a radio."""

    def __init__(self, machine: AccessPoint | Station, radio: Radio) -> None:
        self.machine, self.radio = machine, radio

    def do(self, actions: Iterable[Command | Event]) -> None:
        for action in actions:
            if not isinstance(action, Event):
                self.radio.perform(action)

    def turn(self, now: float) -> bool:
        came: list[tuple[float, RadioEvent]] = self.radio.poll()
        for _, event in came:
            self.do(self.machine.step(event, now))
        due = self.machine.deadline()
        if due is not None and due <= now:
            self.do(self.machine.tick(now))
            return True
        return bool(came)


class Scene:
    """Our access point, a station of ours, and whoever forges frames."""

    def __init__(self, seed: int) -> None:
        self.air = SimAir(SeededEntropy(seed.to_bytes(4, "big")))
        self.chance = random.Random(seed)
        radio = self.air.add_radio("ap")
        self.bssid = radio.address
        bss = dataclasses.replace(HOME, wpa_pairwise=(CIPHER_TKIP,))
        self.ap = AccessPoint(ApConfig(bsss=(bss,)), radio.address, SeededEntropy(b"ap"))
        self.players = [Played(self.ap, radio)]
        self.players[0].do(self.ap.start(0.0))
        self.wait(0.2)
        self.inside = self.join("inside")

    def join(self, node: str) -> MacAddress:
        """Let another station in; gives its address."""
        radio = self.air.add_radio(node)
        network = Network(ssid=b"home", passphrase="correct horse")
        config = StationConfig(device=DEVICE, networks=(network,))
        entropy = SeededEntropy(node.encode())
        machine = Station(config, radio.address, radio.frequencies, entropy, node)
        played = Played(machine, radio)
        self.players.append(played)
        played.do(machine.start(self.air.now()))
        self.wait(10.0, radio.address)
        assert self.member(radio.address) is not None, f"{node} is not served"
        return radio.address

    def member(self, address: MacAddress) -> Member | None:
        found = self.ap.bss("wlan0").stations.get(address)
        return found if found is not None and found.authorized else None

    def wait(self, seconds: float, until: MacAddress | None = None) -> None:
        """Let time pass, or until a station is authorised."""
        end = self.air.now() + seconds
        while self.air.now() < end and (until is None or self.member(until) is None):
            dues = [each.machine.deadline() for each in self.players]
            due = min((each for each in dues if each is not None), default=end)
            self.air.advance(max(min(due, end), self.air.now()))
            while self._turn():
                pass

    def _turn(self) -> bool:
        """Let everybody take what came; True: there was something."""
        now = self.air.now()
        return True in [each.turn(now) for each in self.players]

    def forge(self, source: MacAddress) -> None:
        """Put one frame on the air that nobody means well with."""
        chance = self.chance
        heard = [
            each.octets
            for each in self.air.frames
            if each.octets[4:10] == self.bssid and len(each.octets) >= 24
        ]
        if heard and chance.random() < 0.4:
            octets = bytearray(chance.choice(heard))
            octets[10:16] = source
            for _ in range(chance.randrange(1, 4)):
                octets[chance.randrange(len(octets))] = chance.randrange(256)
            octets = octets[: chance.randrange(16, len(octets) + 1)]
        else:
            body = chance.randbytes(chance.choice((0, 2, 8, 40, 120)))
            kind = chance.choice(KINDS)
            flags = chance.choice((0x00, 0x01, 0x01, 0x41, 0x03, 0x43, 0x04, 0x08))
            if kind & 0x0C == 0x08 and chance.random() < 0.5:
                body = EAPOL + bytes((2, chance.randrange(5), 0, len(body))) + body
            third = chance.choice((self.bssid, self.bssid, BROADCAST))
            octets = bytearray(
                bytes((kind, flags, 0, 0)) + self.bssid + source + third + b"\0\0" + body
            )
        self.air.inject(bytes(octets), 2412)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_rain_of_frames_leaves_the_access_point_serving(seed: int) -> None:
    scene = Scene(seed)
    for count in range(FRAMES):
        scene.forge(STRANGER if count % 2 else scene.inside)
        scene.wait(0.01)
    assert len(scene.air.frames) > FRAMES
    assert scene.ap.running
    scene.wait(1.0)
    newcomer = scene.join("newcomer")
    assert scene.member(newcomer) is not None
    assert decode_frame(scene.air.frames[-1].octets) is not None
