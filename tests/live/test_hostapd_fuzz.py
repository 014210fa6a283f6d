"""Whatever a client sends to the daemon's sockets, it stays up and serves its other stations."""

from __future__ import annotations

import contextlib
import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from live_stage import Client, Stage
from test_hostapd import Host

from harness.ap.control import commands
from harness.base.entropy import SystemEntropy
from harness.live.driver import Driver
from harness.live.shared_air import SharedRadio
from harness.sta.config import Network, StationConfig
from harness.sta.station import Station
from harness.wire.wsc.device import DeviceAttributes

ROUNDS = 600
OF_THE_RADIO = ("ENABLE", "DISABLE", "RELOAD", "STOP_AP", "UPDATE", "CHAN_SWITCH", "SET", "WPS_")
"""Commands that end or change what the other BSS is served with, and so aren't for this test."""
WORDS = (
    *("", " ", "any", "12345670", "02:00:00:00:00:01", "ff:ff:ff:ff:ff:ff", "zz", "-1", "0x10"),
    *("99999999999999999999", "--1", "9" * 400, "reason=", "reason=70000", "tx=0", "test=1", "="),
    *("ctrl", "SHOW"),
    *("ADD_MAC", "é", "%s%n", "a" * 300, "00ff", "0" * 64, "version", "DEBUG", "probe_rx_events=1"),
)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    made = Host(tmp_path)
    made.file.write_text(
        made.file.read_text()
        + f"bss=wlan0-1\nbssid=02:00:00:00:0b:01\nssid=fuzzed\nctrl_interface={made.control}\n"
        + "wpa=2\nrsn_pairwise=CCMP\nwpa_passphrase=12345678\nwps_state=2\n"
    )
    yield made
    made.close()


def vocabulary() -> list[str]:
    known = {*commands._PLAIN, *commands._WITH_ARGUMENTS, *commands._PREFIXES, "ATTACH", "LEVEL"}
    for_all = {"IFNAME=wlan0-1", "IFNAME=", "INTERFACES", "DUP_NETWORK", "REMOVE zz"}
    made = {"ADD bss_config=x:nowhere", "ADD zz config=nowhere", "REMOVE_BSS zz"}
    kept = {each for each in known if not each.startswith(OF_THE_RADIO)}
    return sorted(kept | for_all | made)


def datagrams(chance: random.Random) -> Iterator[bytes]:
    """Commands with senseless arguments, cut and changed commands, and noise."""
    known = vocabulary()
    for _ in range(ROUNDS):
        words = [chance.choice(known), *chance.choices(WORDS, k=chance.randrange(4))]
        sent = bytearray(" ".join(words).encode())
        kind = chance.randrange(4)
        if kind == 0 and sent:
            sent[chance.randrange(len(sent))] = chance.randrange(256)
        elif kind == 1:
            del sent[chance.randrange(len(sent) + 1) :]
        elif kind == 2:
            sent = bytearray(chance.randbytes(chance.choice((0, 1, 7, 300, 5000))))
        yield bytes(sent)


def joined(stage: Stage, host: Host) -> str:
    """A station on the BSS that is left in peace; gives its address."""
    radio = stage.keep(SharedRadio(host.air.path, stage.loop, "sta"))
    network = Network(ssid=b"home", passphrase="correct horse")
    config = StationConfig(device=DeviceAttributes(device_name="lamp"), networks=(network,))
    station = Station(config, radio.address, radio.frequencies, SystemEntropy())
    driver = Driver(station, radio, stage.loop, lambda event: None)
    stage.loop.join(driver)
    driver.carry(station.start(stage.loop.now()))
    stage.until(lambda: f"AP-STA-CONNECTED {radio.address}" in host.log.read_text())
    return str(radio.address)


def test_no_datagram_harms_the_others(stage: Stage, host: Host) -> None:
    given = ("-f", str(host.log), "-g", str(host.folder / "g" / "all"), str(host.file))
    host.start(stage, *given)
    address = joined(stage, host)
    fuzzed = stage.keep(Client(host.control / "wlan0-1", host.folder / "fuzzing"))
    everywhere = stage.keep(Client(host.folder / "g" / "all", host.folder / "fuzzing-all"))
    nobody = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    nobody.setblocking(False)
    nobody.connect(str(host.control / "wlan0-1"))
    for octets in datagrams(random.Random(4)):
        for sending in (fuzzed.send, everywhere.send, nobody.send):
            with contextlib.suppress(BlockingIOError):
                sending(octets)
        stage.settle(0.001)
        fuzzed.received()
        everywhere.received()
    nobody.close()
    peaceful = stage.keep(Client(host.control / "wlan0", host.folder / "peaceful"))
    assert peaceful.ask(stage, "PING") == "PONG\n"
    shown = peaceful.ask(stage, f"STA {address}")
    assert "[AUTHORIZED]" in shown
    assert host.process is not None
    assert host.process.poll() is None
    assert host.end() == 0
