"""Scans while connected, `bgscan`: the real wpa_supplicant's and ours, in a network of hostapd.

A scan is known by its Probe Requests in the capture. Between scans a gap is "short" or "long", with
a wide margin, so that the load of the machine does not matter.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import pytest
from ap_ground import needs_lab
from programs import Monitor, cli, ours, real, running, wait
from two_radios import TwoRadios

from harness.wire.dot11.elements import Elements
from vm import packages

pytestmark = needs_lab

Outcome = TypeVar("Outcome")
"""What came of a case."""

AP = """\
interface=wlan0
driver=nl80211
ssid=home
hw_mode=g
channel={channel}
ctrl_interface={folder}
wpa=2
rsn_pairwise=CCMP
wpa_passphrase=correct horse
"""
STATION = """\
ctrl_interface={folder}/sta
network={{
ssid="home"
psk="correct horse"
disabled=1
"""
PROBE_REQUEST, HEADER = 0x40, 24
SHORT_S, LONG_S = 4, 12
MIDDLE_S = 8.0
"""A gap below is short."""
SCAN_LASTS_S = 2.5
"""Probe Requests that follow each other faster are of one scan."""


@dataclass
class Burst:
    """The Probe Requests of one scan. `at`, `ended_at`: of the first and the last."""

    at: float
    ended_at: float
    frequencies: set[int] = field(default_factory=set)
    ssids: set[bytes] = field(default_factory=set)


class Stage:
    """A ground with one AP or two, and the station's program, which has joined the first."""

    def __init__(self, ground: TwoRadios, monitor: Monitor) -> None:
        self.ground = ground
        self.monitor = monitor
        self._since = ground.air.now()

    def scans(self) -> list[Burst]:
        """Since the station has joined."""
        self.ground.air.advance(self.ground.air.now())
        found: list[Burst] = []
        own = bytes(self.ground.sta.address)
        for frame in self.ground.air.frames:
            octets = frame.octets
            if octets[0] != PROBE_REQUEST or octets[10:16] != own or frame.t < self._since:
                continue
            if not found or frame.t - found[-1].ended_at > SCAN_LASTS_S:
                found.append(Burst(frame.t, frame.t))
            found[-1].ended_at = frame.t
            found[-1].frequencies.add(frame.frequency)
            found[-1].ssids.add(Elements(octets[HEADER:]).ssid or b"")
        return found

    def until(self, count: int) -> list[Burst]:
        """Wait for the ends of so many scans."""

        def over() -> bool:
            found = self.scans()[:count]
            return len(found) == count and self.ground.air.now() > found[-1].ended_at + SCAN_LASTS_S

        wait(f"{count} scans", over, 30.0 + count * 2 * LONG_S)
        return self.scans()[:count]

    def pace(self, count: int) -> list[str]:
        times = [self._since, *(each.at for each in self.until(count))]
        return [gap(*pair) for pair in pairwise(times)]

    def set_power(self, mbm: int) -> None:
        """Of the first AP: it is heard at -30 dBm with 2000, at -50 with 0."""
        iw = packages.program("iw")
        enter = ("nsenter", f"--net=/run/netns/{self.ground.ap.namespace}", str(iw.path))
        command = (*enter, "dev", "wlan0", "set", "txpower", "fixed", str(mbm))
        subprocess.run(command, env={**os.environ, **iw.env}, check=True)


def gap(before: float, after: float) -> str:
    return "short" if after - before < MIDDLE_S else "long"


def played(
    folder: Path,
    program: tuple[str, ...],
    network: str,
    play: Callable[[Stage], Outcome],
    channels: tuple[int, ...] = (1,),
) -> Outcome:
    ground = TwoRadios(folder)
    try:
        second = ground.air.add_bare_radio("other")
        ground.names[str(second.address)] = "<other>"
        radios = (ground.ap.namespace, second.namespace)
        with ExitStack() as stack:
            for number, channel in enumerate(channels):
                text = AP.format(channel=channel, folder=folder / f"ctl{number}")
                config = ground.file(f"ap{number}.conf", "", text)
                command = (*real("hostapd"), str(config))
                stack.enter_context(running(radios[number], folder / f"ap{number}.log", *command))
                wait("the AP", lambda place=folder / f"ctl{number}": is_enabled(place))
            own = f"bssid={ground.ap.address}\n{network.format(folder=folder)}}}\n"
            ground.file("sta.conf", STATION, own)
            stack.enter_context(ground.at_station(program))
            wait("the station", lambda: cli("wpa_cli", folder / "sta", "ping") == "PONG\n")
            monitor = ground.client(folder / "sta" / "wlan0", attached=True)
            assert monitor.ask("ENABLE_NETWORK 0") == "OK\n"
            monitor.until("CTRL-EVENT-CONNECTED")
            return play(Stage(ground, monitor))
    finally:
        ground.close()


def is_enabled(place: Path) -> bool:
    return "state=ENABLED" in cli("hostapd_cli", place, "status")


def same(
    folder: Path, network: str, play: Callable[[Stage], Outcome], channels: tuple[int, ...] = (1,)
) -> Outcome:
    theirs = played(folder / "real", real("wpa_supplicant"), network, play, channels)
    assert played(folder / "ours", ours("wpa_supplicant"), network, play, channels) == theirs
    return theirs


def bgscan(threshold: int, kind: str = "simple") -> str:
    return f'scan_freq=2412\nbgscan="{kind}:{SHORT_S}:{threshold}:{LONG_S}"\n'


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        (bgscan(-20), ["short"] * 4 + ["long"] * 2),
        (bgscan(-45), ["long"] * 2),
        (bgscan(-20, "learn"), ["short"] * 6),
    ],
    ids=["below", "above", "learn"],
)
def test_pace(tmp_path: Path, network: str, expected: list[str]) -> None:
    """A poor signal makes `simple` try for as long as one interval of the other kind."""

    def play(stage: Stage) -> tuple[list[str], set[int], set[bytes]]:
        pace = stage.pace(len(expected))
        scans = stage.scans()
        return pace, scans[0].frequencies, scans[0].ssids

    assert same(tmp_path, network, play) == (expected, {2412}, {b"home"})


def test_the_signal_falls_and_rises(tmp_path: Path) -> None:
    """What falls is looked at at once, and often from then on; what rises waits long."""

    def play(stage: Stage) -> tuple[list[str], list[object], str]:
        stage.until(1)
        stage.monitor.told(1.0)
        stage.set_power(0)
        said = [stage.monitor.until("SIGNAL-CHANGE above=0")[-1]]
        fell = stage.ground.air.now()
        _, second, third = (each.at for each in stage.until(3))
        paces = [second - fell < SHORT_S / 2, gap(second, third)]
        stage.set_power(2000)
        said.append(stage.monitor.until("SIGNAL-CHANGE above=1")[-1])
        rose = stage.ground.air.now()
        following = next_after(stage, rose)
        return said, paces, gap(rose, following)

    said, paces, last = same(tmp_path, bgscan(-45), play)
    assert "signal=-50" in said[0]
    assert (paces, last) == ([True, "short"], "long")


def next_after(stage: Stage, at: float) -> float:
    def later() -> list[float]:
        return [each.at for each in stage.scans() if each.at > at]

    wait("another scan", later)
    return later()[0]


def test_channels_are_learned(tmp_path: Path) -> None:
    """Where APs of the network were seen, and one channel more each time; and it is kept."""

    def play(stage: Stage) -> tuple[list[set[int]], str, list[str]]:
        scans = stage.until(3)
        assert stage.monitor.ask("DISCONNECT") == "OK\n"
        kept = stage.ground.folder / "learned"
        wait("the file", kept.exists)
        lines = stage.ground.named(kept.read_text()).splitlines()
        return [each.frequencies for each in scans], lines[0], sorted(lines)

    network = f'bgscan="learn:{SHORT_S}:0:{LONG_S}:{{folder}}/learned"\n'
    channels, _, kept = same(tmp_path, network, play, (1, 6))
    assert channels == [{2412, 2437, 2417}, {2412, 2437, 2422}, {2412, 2437, 2427}]
    assert "NEIGHBOR <ap> <other>" in kept


ASKED = (
    'SET bgscan simple:4:0:12', 'SET bgscan "simple:4:0:12"', "GET bgscan", "GET_NETWORK 0 bgscan",
    "SIGNAL_MONITOR THRESHOLD=-45", 'SET_NETWORK 0 bgscan "foo:1"', "SIGNAL_MONITOR THRESHOLD=-45",
    "SIGNAL_MONITOR", 'SET_NETWORK 0 bgscan "simple:30:-45"', "SIGNAL_MONITOR THRESHOLD=-45",
    'SET_NETWORK 0 bgscan "simple:30:-45:"', "SIGNAL_MONITOR THRESHOLD=-45",
    'SET_NETWORK 0 bgscan simple', 'SET_NETWORK 0 bgscan ""', "GET_NETWORK 0 bgscan",
    'SET bgscan ', 'SET bgscan ""',
)  # fmt: skip


def test_replies(tmp_path: Path) -> None:
    """What is no plan is taken, and has no effect; meanwhile the signal can be watched."""

    def play(stage: Stage) -> list[tuple[str, str]]:
        return [(words, stage.monitor.ask(words)) for words in ASKED]

    same(tmp_path, "scan_freq=2412\n", play)
