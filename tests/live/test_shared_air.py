"""An air shared by processes: what joins it, what goes over it, and who is cut off."""

from __future__ import annotations

import dataclasses
import inspect
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from live_stage import HEARD_IN_EACH_SCAN, Air, Stage

from harness.ap.access_point import AccessPoint
from harness.ap.config import DEFAULT_DEVICE, ApConfig, BssConfig
from harness.base import seam, seam_events
from harness.base.address import MacAddress
from harness.base.channel import OperatingChannel
from harness.base.entropy import SystemEntropy
from harness.base.errors import RadioError, UsageError, WireError
from harness.base.event import Event
from harness.base.seam import Command, Scan, TxQueue
from harness.base.seam_events import BssObservation, RadioEvent, ScanFinished
from harness.live import seam_codec
from harness.live.air_server import AirServer
from harness.live.driver import Driver
from harness.live.packets import PIECE, Packets
from harness.live.shared_air import SharedPort, SharedRadio
from harness.sta.config import Network, StationConfig
from harness.sta.station import Station
from harness.wire.dot11.ethernet import EthernetFrame

PASSPHRASE = "correct horse battery"


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    air = Air(tmp_path / "air")
    yield air.path
    air.close()


# ---- the encoding -----------------------------------------------------------------------------


def words() -> list[Command | RadioEvent]:
    """One of each word, its fields filled with what their types allow."""
    observed = BssObservation(
        MacAddress("02:00:00:00:00:07"), 2412, -40, 1 << 40, 100, 0x411, 1.5, b"\0\1x"
    )
    filled: dict[str, object] = {
        "bytes": b"\x00\xff",
        "int": 7,
        "bool": True,
        "str": "br0",
        "str | None": "br0",
        "int | None": 5,
        "MacAddress": MacAddress("02:00:00:00:00:01"),
        "OperatingChannel | None": OperatingChannel(5180, 80),
        "MacAddress | None": None,
        "bytes | None": b"\x0c",
        "tuple[int, ...]": (1, 2),
        "tuple[bytes, ...]": (b"", b"ssid"),
        "tuple[BssObservation, ...]": (observed,),
        "tuple[TxQueue, ...]": (TxQueue(aifs=1, cw_min=3, cw_max=7, txop_limit=47),),
        "Command": Scan(interface="wlan0"),
    }
    made = []
    members = inspect.getmembers(seam, inspect.isclass)
    members += inspect.getmembers(seam_events, inspect.isclass)
    for _, kind in members:
        word = issubclass(kind, Command | RadioEvent)
        if word and kind not in (Command, RadioEvent):
            fields = {field.name: filled[str(field.type)] for field in dataclasses.fields(kind)}
            made.append(kind(**fields))
    return made


@pytest.mark.parametrize("word", words(), ids=lambda word: type(word).__name__)
def test_every_word_comes_back_as_it_was(word: Command | RadioEvent) -> None:
    octets = seam_codec.to_json(seam_codec.encode(word))
    read = seam_codec.from_json(octets)
    if isinstance(word, Command):
        assert seam_codec.decode_command(read) == word
    else:
        assert seam_codec.decode_event(read) == word


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b"{}",
        b'{"type":"os.system","interface":"x"}',
        b'{"type":"Command","interface":7}',
        b'{"type":"StopBss"}',
        b'{"type":"StopBss","interface":"wlan0","more":1}',
        b'{"type":"RemovePeer","interface":"wlan0","peer":"0200"}',
        b'{"type":"RemovePeer","interface":"wlan0","peer":true}',
        b'{"type":"Deauthenticate","interface":"wlan0","bssid":"020000000000","reason":true}',
        b'{"type":"BssStarted","interface":"wlan0"}',
        b'{"type":"SetFourAddress","interface":"wlan0","enabled":1}',
        b'{"type":"Scan","interface":"wlan0","ssids":["zz"]}',
    ],
)
def test_anything_else_is_a_wire_error(octets: bytes) -> None:
    with pytest.raises(WireError):
        seam_codec.decode_command(seam_codec.from_json(octets))


# ---- messages ---------------------------------------------------------------------------------


def test_messages_of_any_size_stay_apart() -> None:
    one, other = (Packets(each) for each in socket.socketpair(type=socket.SOCK_SEQPACKET))
    for size in (0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE):
        message = os.urandom(size)
        one.send(message)
        one.send(b"next")
        assert other.receive() == message
        assert other.receive() == b"next"
    assert other.receive() is None
    one.close()
    with pytest.raises(ConnectionError):
        other.receive()
    other.close()


def test_who_does_not_read_is_not_waited_for() -> None:
    one, other = (Packets(each) for each in socket.socketpair(type=socket.SOCK_SEQPACKET))

    def flood() -> None:
        for _ in range(10_000):
            one.send(bytes(1000))

    with pytest.raises(ConnectionError, match="does not read"):
        flood()
    one.close()
    other.close()


# ---- the air ----------------------------------------------------------------------------------


class Lived:
    """A machine on a shared radio, and the names of its events."""

    def __init__(self, stage: Stage, machine: AccessPoint | Station, radio: SharedRadio) -> None:
        self.heard: list[str] = []
        self._driver = Driver(machine, radio, stage.loop, self._hear)
        stage.loop.join(self._driver)
        self._driver.carry(machine.start(stage.loop.now()))
        self.carry = self._driver.carry

    def _hear(self, event: Event) -> None:
        self.heard.append(event.name)


def access_point(stage: Stage, path: Path) -> Lived:
    radio = stage.keep(SharedRadio(path, stage.loop, "ap"))
    bss = BssConfig(
        interface="wlan0",
        ssid=b"home",
        passphrase=PASSPHRASE,
        bridge="br0",
        beacon_interval=HEARD_IN_EACH_SCAN,
    )
    config = ApConfig(bsss=(bss,), channel=2437)
    return Lived(stage, AccessPoint(config, radio.address, SystemEntropy()), radio)


def test_a_station_of_another_radio_connects_and_carries_data(stage: Stage, path: Path) -> None:
    ap = access_point(stage, path)
    radio = stage.keep(SharedRadio(path, stage.loop, "sta"))
    network = Network(ssid=b"home", passphrase=PASSPHRASE)
    config = StationConfig(device=DEFAULT_DEVICE, networks=(network,))
    station = Station(config, radio.address, radio.frequencies, SystemEntropy())
    lived = Lived(stage, station, radio)
    stage.until(lambda: "sta.connection.completed" in lived.heard)
    stage.until(lambda: "ap.station.authorized" in ap.heard)

    host = stage.keep(SharedPort.host(path, stage.loop, "ap", "br0"))
    port = stage.keep(SharedPort.stack(path, stage.loop, "sta", "wlan0"))
    assert port.address == radio.address
    port.send(EthernetFrame(host.address, port.address, 0x0800, b"over the air"))
    came: list[EthernetFrame] = []
    stage.until(lambda: came.extend(frame for _, frame in host.poll()) or came)
    assert came == [EthernetFrame(host.address, port.address, 0x0800, b"over the air")]


def test_what_a_scan_saw_is_dated_on_the_own_clock(stage: Stage, path: Path) -> None:
    heard = access_point(stage, path).heard
    stage.until(lambda: "ap.interface.enabled" in heard)
    radio = stage.keep(SharedRadio(path, stage.loop, "sta"))
    before = stage.loop.now()
    radio.perform(Scan(interface="wlan0", frequencies=(2437,)))
    events: list[tuple[float, RadioEvent]] = []
    stage.until(lambda: events.extend(radio.poll()) or events)
    t, finished = events[0]
    assert isinstance(finished, ScanFinished)
    assert before <= finished.results[0].seen <= t <= stage.loop.now()


def test_who_hangs_up_is_off_the_air_and_may_come_back(stage: Stage, path: Path) -> None:
    address = MacAddress("02:00:00:00:00:42")
    first = stage.keep(SharedRadio(path, stage.loop, "ap", address=address))
    with pytest.raises(RadioError, match="on the air already"):
        SharedRadio(path, stage.loop, "other", address=address)
    first.close()
    stage.keep(SharedRadio(path, stage.loop, "ap", address=address))


def test_a_refusal_says_why(stage: Stage, path: Path) -> None:
    stage.keep(SharedRadio(path, stage.loop, "ap"))
    with pytest.raises(RadioError, match="ap has an interface wlan0"):
        SharedRadio(path, stage.loop, "ap")
    with pytest.raises(RadioError, match="no name"):
        SharedRadio(path, stage.loop, "a b")
    with pytest.raises(RadioError, match="group address"):
        SharedRadio(path, stage.loop, "x", address=MacAddress("03:00:00:00:00:01"))
    with pytest.raises(RadioError, match="nobody has no interface"):
        SharedPort.stack(path, stage.loop, "nobody", "wlan0")
    with pytest.raises(RadioError, match="No such file"):
        SharedRadio(path.with_name("none"), stage.loop, "ap")


@pytest.mark.parametrize("noise", [b"", b"\0", b"\0{}", b'\0{"join":"radio"}', b"\1x"])
def test_rubbish_is_cut_off_and_others_are_served(
    stage: Stage, path: Path, noise: bytes
) -> None:
    heard = access_point(stage, path).heard
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as rude:
        rude.connect(str(path))
        rude.send(noise)
        stage.until(lambda: "ap.interface.enabled" in heard)
        rude.close()
        stage.settle()
    stage.keep(SharedRadio(path, stage.loop, "sta"))


def test_a_bad_word_of_a_radio_cuts_it_off(stage: Stage, path: Path) -> None:
    lost: list[bool] = []
    radio = stage.keep(SharedRadio(path, stage.loop, "ap", lost=lambda: lost.append(True)))
    radio._link.send({"perform": {"type": "BssStarted", "interface": "wlan0"}})
    stage.until(lambda: lost)
    radio.perform(Scan(interface="wlan0"))
    assert lost == [True]


def test_an_air_that_ends_is_noticed(stage: Stage, tmp_path: Path) -> None:
    air = Air(tmp_path / "other")
    lost: list[bool] = []
    stage.keep(
        SharedRadio(tmp_path / "other", stage.loop, "ap", lost=lambda: lost.append(True))
    )
    with pytest.raises(UsageError, match="another program"):
        AirServer(stage.loop, tmp_path / "other", lambda line: None)
    air.close()
    stage.until(lambda: lost)
    assert not (tmp_path / "other").exists()


def test_who_has_hung_up_leaves_its_name_to_whoever_is_served_before(
    stage: Stage, tmp_path: Path
) -> None:
    """The word of the one that comes is there to be read before the end of the other's."""
    stage.keep(AirServer(stage.loop, tmp_path / "own", lambda line: None))
    connections = [socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(2)]
    for each in connections:
        each.connect(str(tmp_path / "own"))
        stage.settle()
    first, later = map(Packets, connections)

    def join(packets: Packets, node: str) -> None:
        hello = {"join": "radio", "interface": "wlan0", "address": "02:00:00:00:00:42"}
        packets.send(seam_codec.to_json({**hello, "node": node}))

    def is_welcome(packets: Packets) -> bool:
        answers: list[bytes] = []
        stage.until(lambda: answers.extend(filter(None, [packets.receive()])) or answers)
        return "refused" not in seam_codec.from_json(answers[0])

    join(first, "one")
    assert is_welcome(first)
    stage.settle()
    join(later, "other")
    first.close()
    assert is_welcome(later)
    later.close()


@pytest.mark.parametrize("place", [f"/tmp/{'x' * 120}", "/proc/none/air"])
def test_an_air_that_cannot_be_opened_is_named(place: str, stage: Stage) -> None:
    with pytest.raises(UsageError, match=f"^{place}: "):
        AirServer(stage.loop, Path(place), print)
