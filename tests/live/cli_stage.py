"""Two stations, the real wpa_supplicant and ours, asked the same by the unmodified wpa_cli.

Each is run in a lab of its own on the kernel's simulated radios, beside the real hostapd.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness.radio.hwsim import HwsimAir
from vm import packages

NEEDED = ("hostapd", "hostapd_cli", "wpa_supplicant", "wpa_cli")
REASON = HwsimAir.usable()
MISSING = [name for name in NEEDED if packages.find(name) is None]
needs_lab = [
    pytest.mark.skipif(REASON is not None, reason=f"mac80211_hwsim: {REASON}"),
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {MISSING}"),
]

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30.0
AP_CONFIG = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=wps test
hw_mode=g
channel=1
wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
wpa_passphrase=12345678
eap_server=1
wps_state=2
ap_pin=12345670
config_methods=virtual_push_button keypad label
"""
CONFIG = "ctrl_interface={folder}/sta\nupdate_config=1\ndevice_name=lab\n"
PROGRAMS = {
    "real": ("wpa_supplicant",),
    "ours": (sys.executable, "-m", "harness.live.wpa_supplicant"),
}


class Lab:
    """One station program, and the AP. `kind`: "real" or "ours"."""

    def __init__(self, kind: str, folder: Path, config: str = CONFIG, *options: str) -> None:
        self.kind = kind
        self.folder = folder / kind
        self.folder.mkdir()
        self.control = self.folder / "sta"
        (self.folder / "ap.conf").write_text(AP_CONFIG.format(folder=self.folder))
        (self.folder / "sta.conf").write_text(config.format(folder=self.folder))
        self._processes: list[subprocess.Popen[bytes]] = []
        self.air = HwsimAir()
        try:
            self.ap, self.sta = self.air.add_bare_radio("ap"), self.air.add_bare_radio("sta")
            self.hostapd = self.run(
                "ap", str(packages.program("hostapd").path), str(self.folder / "ap.conf")
            )
            self.station = self.run(
                "sta", *self.program(), "-Dnl80211", "-iwlan0",
                "-c", str(self.folder / "sta.conf"), *options,
            )  # fmt: skip
            wait("hostapd", lambda: "ENABLED" in self.ask_ap("status"))
            wait("the station", lambda: self.ask("ping") == "PONG\n")
        except BaseException:
            self.close()
            raise

    def program(self) -> tuple[str, ...]:
        first, *rest = PROGRAMS[self.kind]
        return (str(packages.program(first).path), *rest) if self.kind == "real" else (first, *rest)

    def run(self, node: str, *command: str) -> subprocess.Popen[bytes]:
        """Start a program in a node's namespace; ended with the lab."""
        namespace = {"ap": self.ap, "sta": self.sta}[node].namespace
        with (self.folder / f"{len(self._processes)}.log").open("wb") as output:
            process = subprocess.Popen(
                ["nsenter", f"--net=/run/netns/{namespace}", *command],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT,
            )  # fmt: skip
        self._processes.append(process)
        return process

    def ask(self, words: str) -> str:
        """What wpa_cli says to one command; `<ap>` and `<sta>` stand for addresses."""
        return self.plain(self._cli("wpa_cli", self.control, *self.meant(words).split(" ")))

    def ask_ap(self, words: str) -> str:
        return self._cli("hostapd_cli", self.folder / "ctl", *words.split(" "))

    def _cli(self, name: str, control: Path, *words: str) -> str:
        found = packages.program(name)
        return subprocess.run(
            [str(found.path), "-p", str(control), "-i", "wlan0", *words],
            env={**os.environ, **found.env}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="backslashreplace", timeout=30, check=False,
        ).stdout  # fmt: skip

    def meant(self, words: str) -> str:
        for name, address in self._names().items():
            words = words.replace(name, address)
        return words

    def plain(self, text: str) -> str:
        """With names for what differs between two labs."""
        for name, address in self._names().items():
            text = text.replace(address, name)
        return text.replace(str(self.folder), "<folder>")

    def _names(self) -> dict[str, str]:
        return {"<ap>": str(self.ap.address), "<sta>": str(self.sta.address)}

    def until(self, line: str, within_s: float = PATIENCE_S) -> None:
        """Wait until STATUS holds the line."""
        wait(line, lambda: line in self.ask("status").splitlines(), within_s)

    @contextmanager
    def monitored(self) -> Iterator[Callable[[], list[str]]]:
        """Attach to the station: gives a function for the events so far, without levels."""
        own = self.folder / "monitor"
        heard: list[str] = []
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as monitor:
            monitor.bind(str(own))
            monitor.connect(str(self.control / "wlan0"))
            monitor.send(b"ATTACH")
            assert monitor.recv(100) == b"OK\n"
            monitor.setblocking(False)

            def events() -> list[str]:
                while True:
                    try:
                        text = monitor.recv(8192).decode(errors="backslashreplace")
                    except BlockingIOError:
                        return heard
                    heard.append(self.plain(text[3:]))

            try:
                yield events
            finally:
                own.unlink()

    def push_buttons(self) -> None:
        """Enrol by push button and wait for the connection."""
        self.ask_ap("wps_pbc")
        assert self.ask("wps_pbc") == "OK\n"
        self.until("wpa_state=COMPLETED", 60.0)

    @contextmanager
    def silent_ap(self) -> Iterator[None]:
        """An AP that beacons and says nothing else."""
        self.hostapd.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.hostapd.send_signal(signal.SIGCONT)

    def close(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
        for process in self._processes:
            process.wait(20)
        self.air.close()


def wait(what: str, happened: Callable[[], object], within_s: float = PATIENCE_S) -> None:
    """Wait for another program, which has no other way to tell."""
    limit = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < limit, f"{what}: not within {within_s} s"
        time.sleep(0.05)  # two real programs, in real time


Transcript = list[tuple[str, str]]


def unexplained(
    real: Transcript,
    ours: Transcript,
    fields: dict[str, str],
    questions: dict[str, str],
    chances: Container[str] = (),
) -> list[str]:
    """What differs without a reason, and the reasons that nothing differs for.

    `fields`: names of lines, `questions`: whole replies that differ, each with its reason.
    `chances`: names of lines that may.
    """
    assert [words for words, _ in real] == [words for words, _ in ours]
    found, used = [], set()
    for (words, theirs), (_, said) in zip(real, ours, strict=True):
        if theirs == said:
            continue
        if words in questions:
            used.add(words)
            continue
        left, right = (_lines(each, fields, chances) for each in (theirs, said))
        used |= {_name(line) for line in set(theirs.splitlines()) ^ set(said.splitlines())}
        if left != right:
            found.append(f"{words}\n  real: {_only(left, right)}\n  ours: {_only(right, left)}")
    idle = sorted((fields.keys() | questions.keys()) - used)
    return found + [f"{name!r} differs nowhere" for name in idle]


def _name(line: str) -> str:
    return line.partition("=")[0]


def _lines(reply: str, *left_out: Container[str]) -> list[str]:
    named = ((line, _name(line)) for line in reply.splitlines())
    return [line for line, name in named if not any(name in each for each in left_out)]


def _only(lines: list[str], others: list[str]) -> list[str]:
    """What is not among the others, or all if the order is what differs."""
    return [line for line in lines if line not in others] or lines
