"""Many stations at once: all enrol side by side by their own PINs, and connect with the key."""

from __future__ import annotations

from collections.abc import Iterable

from ap_stage import HOME
from test_fuzz_air import DEVICE, Played

from harness.ap.access_point import AccessPoint
from harness.ap.config import ApConfig
from harness.ap.control_events import render
from harness.base.address import MacAddress
from harness.base.entropy import SeededEntropy
from harness.base.event import Event
from harness.base.seam import Command
from harness.radio.interface import Radio
from harness.radio.sim import SimAir
from harness.sta.config import StationConfig
from harness.sta.station import Station
from harness.wire.wsc.device import uuid_text

STATIONS = 40
LIMIT_S = 60.0


class Listened(Played):
    """An access point whose event lines are kept."""

    def __init__(self, machine: AccessPoint, radio: Radio) -> None:
        super().__init__(machine, radio)
        self.lines: list[str] = []

    def do(self, actions: Iterable[Command | Event]) -> None:
        actions = tuple(actions)
        rendered = (render(each) for each in actions if isinstance(each, Event))
        self.lines += [line for line in rendered if line is not None]
        super().do(actions)


class Crowd:
    """An access point, and stations that all want in at the same time."""

    def __init__(self) -> None:
        self.air = SimAir(SeededEntropy(b"crowd"))
        radio = self.air.add_radio("ap")
        self.machine = AccessPoint(ApConfig(bsss=(HOME,)), radio.address, SeededEntropy(b"ap"))
        self.ap = Listened(self.machine, radio)
        self.players: list[Played] = [self.ap]
        self.ap.do(self.machine.start(0.0))
        self.run(0.2)

    def add(self, index: int) -> tuple[MacAddress, bytes]:
        """Another station with a PIN of its own, which the access point is told."""
        node, uuid, pin = f"station {index}", bytes((index + 1,)) * 16, f"{index:04d}"
        radio = self.air.add_radio(node)
        config = StationConfig(device=DEVICE, uuid=uuid)
        entropy = SeededEntropy(node.encode())
        station = Station(config, radio.address, radio.frequencies, entropy, node)
        played = Played(station, radio)
        self.players.append(played)
        now = self.air.now()
        self.ap.do(self.machine.wps_pin(pin, now, uuid))
        played.do(station.start(now))
        played.do(station.wps_pin(now, pin))
        return radio.address, uuid

    def run(self, seconds: float, connected: int | None = None) -> None:
        """Let time pass, or until as many stations are authorised."""
        end = self.air.now() + seconds
        while self.air.now() < end and self.connected != connected:
            dues = [each.machine.deadline() for each in self.players]
            due = min((each for each in dues if each is not None), default=end)
            self.air.advance(max(min(due, end), self.air.now()))
            while True in [each.turn(self.air.now()) for each in self.players]:
                pass

    @property
    def connected(self) -> int:
        return sum(each.authorized for each in self.machine.bss("wlan0").stations)


def test_forty_stations_enrol_at_once() -> None:
    crowd = Crowd()
    stations = [crowd.add(index) for index in range(STATIONS)]
    crowd.run(LIMIT_S, STATIONS)
    assert crowd.connected == STATIONS
    for address, uuid in stations:
        assert crowd.ap.lines.count(f"WPS-REG-SUCCESS {address} {uuid_text(uuid)}") == 1
        assert crowd.ap.lines.count(f"AP-STA-CONNECTED {address}") == 1
    assert not [line for line in crowd.ap.lines if line.startswith("WPS-FAIL")]
    begun = [line.startswith("CTRL-EVENT-EAP-STARTED") for line in crowd.ap.lines]
    assert sum(begun[: crowd.ap.lines.index("WPS-SUCCESS ")]) > 10, "they ran one by one"
