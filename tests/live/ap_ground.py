"""Ground for two access points side by side: a radio each for AP and station, and who asks.

The AP is a program under test (the real hostapd, or ours); the station is always the real
wpa_supplicant. Questions go by the unmodified hostapd_cli, events come to a monitor.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from harness.base.address import MacAddress
from harness.radio.hwsim import HwsimAir
from vm import packages

NEEDED = ("hostapd", "hostapd_cli", "wpa_supplicant", "wpa_cli")
MISSING = [name for name in NEEDED if packages.find(name) is None]
ROOT = Path(__file__).resolve().parents[2]
SINCE_BOOT = re.compile(r"\b\d+\.\d+\b")

STATION_CONFIG = """\
ctrl_interface={folder}/sta
update_config=1
device_name=lamp
manufacturer=Acme
model_name=L
model_number=1
serial_number=2
device_type=1-0050F204-1
config_methods=virtual_push_button virtual_display
"""

Transcript = list[tuple[str, str]]


def real() -> tuple[str, ...]:
    return (str(packages.program("hostapd").path),)


def ours() -> tuple[str, ...]:
    return (sys.executable, "-m", "harness.live.hostapd")


def cli(name: str, control: Path, *words: str, interface: str = "wlan0") -> str:
    found = packages.program(name)
    return subprocess.run(
        [str(found.path), "-p", str(control), "-i", interface, *words],
        env={**os.environ, **found.env},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    ).stdout


def wait(what: str, happened: Callable[[], object], within_s: float = 30.0) -> None:
    """Wait for another program, which has no other way to tell."""
    limit = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < limit, f"{what}: not within {within_s} s"
        time.sleep(0.05)  # real programs, in real time


class Monitor:
    """A client of one control socket."""

    def __init__(self, server: Path, own: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._own = own
        try:
            self._socket.bind(str(own))
            self._socket.connect(str(server))
        except OSError:
            self.close()
            raise
        self._socket.settimeout(10.0)
        self.events: list[str] = []

    def ask(self, command: str | bytes) -> str:
        """Send a command; what comes before its reply is kept as events."""
        self._socket.send(command.encode() if isinstance(command, str) else command)
        while True:
            came = self._socket.recv(65536).decode(errors="replace")
            if not re.match(r"(IFNAME=\S+ )?<\d>", came):
                return came
            self.events.append(came)

    def told(self, within_s: float = 0.3) -> list[str]:
        """Take the events that came, until none has come for so long."""
        self._socket.settimeout(within_s)
        try:
            while True:
                self.events.append(self._socket.recv(65536).decode(errors="replace"))
        except TimeoutError:
            pass
        finally:
            self._socket.settimeout(10.0)
        taken, self.events = self.events, []
        return taken

    def until(self, part: str, within_s: float = 60.0) -> list[str]:
        """Take the events up to the one with `part` in it, at once when it is there."""
        self._socket.settimeout(within_s)
        try:
            while not any(part in line for line in self.events):
                self.events.append(self._socket.recv(65536).decode(errors="replace"))
        finally:
            self._socket.settimeout(10.0)
        taken, self.events = self.events, []
        return taken

    def close(self) -> None:
        self._socket.close()
        self._own.unlink(missing_ok=True)


@contextmanager
def running(namespace: str, log: Path, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        process = subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{namespace}", *command],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


class Ground:
    """One program under test on a radio of its own, with another radio for the station."""

    def __init__(self, folder: Path, program: tuple[str, ...]) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.said: Transcript = []
        self._program = program
        self._air = HwsimAir()
        self.ap = self._air.add_bare_radio("ap")
        self.sta = self._air.add_bare_radio("sta")
        self._monitors: list[Monitor] = []
        self._names = {
            str(folder): "<folder>",
            str(self.ap.address): "<ap>",
            str(self.sta.address): "<sta>",
            f"phy={self.ap.phy}\n": "phy=<phy>\n",
        }

    def close(self) -> None:
        for monitor in self._monitors:
            monitor.close()
        self._air.close()

    def at_the_station(self) -> AbstractContextManager[None]:
        """Let what is opened meanwhile belong to where the station's radio is."""
        return self._air.entered(self.sta.node)

    def add_radio(self, interface: str) -> MacAddress:
        """Give the access point's side another radio."""
        radio = self._air.add_bare_radio("ap", interface=interface)
        self._names[str(radio.address)] = f"<{interface}>"
        self._names[f"phy={radio.phy}\n"] = f"phy=<phy of {interface}>\n"
        return radio.address

    def beside(self, number: int) -> MacAddress:
        """An address beside the access point's own."""
        own = self.ap.address
        return MacAddress(own[:5] + bytes((own[5] + number,)))

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text.format(folder=self.folder, phy=self.ap.phy))
        return path

    @contextmanager
    def access_point(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        with running(
            self.ap.namespace, self.folder / "ap.log", *self._program, *arguments
        ) as process:
            yield process

    @contextmanager
    def station(self, network: str = "") -> Iterator[subprocess.Popen[bytes]]:
        path = self.file("sta.conf", STATION_CONFIG)
        path.write_text(path.read_text() + network)
        supplicant = str(packages.program("wpa_supplicant").path)
        with running(
            self.sta.namespace,
            self.folder / "sta.log",
            *(supplicant, "-Dnl80211", "-iwlan0", "-c", str(path)),
        ) as process:
            wait("the station", lambda: self.station_cli("ping") == "PONG\n")
            yield process

    def station_cli(self, *words: str) -> str:
        return cli("wpa_cli", self.folder / "sta", *words)

    def monitor(self, name: str = "wlan0", directory: str = "ctl") -> Monitor:
        return self.client(self.folder / directory / name)

    def client(self, server: Path) -> Monitor:
        """A client of any control socket; hung up when the ground is left."""
        made = Monitor(server, self.folder / f"monitor{len(self._monitors)}")
        self._monitors.append(made)
        return made

    def query(self, words: str, interface: str = "wlan0", directory: str = "ctl") -> str:
        """What hostapd_cli says, not noted."""
        given = self.named_back(words).split(" ")
        return cli("hostapd_cli", self.folder / directory, *given, interface=interface)

    def ask(self, *questions: str, interface: str = "wlan0", directory: str = "ctl") -> None:
        """Ask by hostapd_cli and note what it says."""
        for words in questions:
            label = words if interface == "wlan0" else f"{interface}: {words}"
            self.note(label, self.query(words, interface, directory))

    def note(self, what: str, said: str) -> None:
        """Put down what was said, with names in the place of what differs from run to run."""
        self.said.append((what, self.named(said)))

    def named(self, said: str) -> str:
        for own, name in self._names.items():
            said = said.replace(own, name)
        return said

    def address_of(self, interface: str) -> str:
        """The address of a radio of the access point's."""
        said = "<ap>" if interface == "wlan0" else f"<{interface}>"
        return next(own for own, name in self._names.items() if name == said)

    def named_back(self, words: str) -> str:
        words = words.replace("<phy>", self.ap.phy)
        for own, name in self._names.items():
            words = words.replace(name, own)
        return words

    def wait_for(self, line: str, question: str = "status", interface: str = "wlan0") -> None:
        wait(line, lambda: line in self.query(question, interface), 60.0)
