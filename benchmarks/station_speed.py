"""From WPS_PBC to CTRL-EVENT-CONNECTED: our station and the real wpa_supplicant, side by side.

    ./airproof vm run -- .venv/bin/python -m benchmarks.station_speed [ROUNDS]

Both enrol by push button with the same hostapd on mac80211_hwsim, in turns, each time as a fresh
program; what is measured is the time on the guest's clock, from the command to the last event of
each phase. The kernel's scan of all channels is nearly all of it and the same for both: what the
stations themselves take is what follows. Ends with 1 when ours is slower than the real one.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from harness.radio.hwsim import HwsimAir
from vm import packages

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 60.0
PHASES = {
    "the scan": b"CTRL-EVENT-SCAN-RESULTS",
    "association": b"CTRL-EVENT-EAP-STARTED",
    "M1 to M8": b"WPS-SUCCESS",
    "leaving": b"CTRL-EVENT-DISCONNECTED",
    "authentication": b"Trying to associate",
    "association, 4-way handshake": b"CTRL-EVENT-CONNECTED",
}
"""In their order, with the event that ends each."""
SCANNED = "the scan"

AP_CONFIG = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=bench
hw_mode=g
channel=6
wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
wpa_passphrase=correct horse
eap_server=1
wps_state=2
config_methods=virtual_push_button
"""
CONFIG = "ctrl_interface={folder}\n"
OURS = (sys.executable, "-m", "harness.live.wpa_supplicant")
Times: TypeAlias = dict[str, float]
"""Seconds from the command to the end of each phase."""


class Client:
    """A client of one control socket."""

    def __init__(self, path: Path, own: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(own))
        self._socket.settimeout(PATIENCE_S)
        self._socket.connect(str(path))

    def order(self, command: str) -> None:
        """Send a command; events that come before its reply are dropped."""
        self._socket.send(command.encode())
        while (reply := self._socket.recv(8192)).startswith(b"<"):
            continue
        assert reply.startswith(b"OK"), f"{command}: {reply!r}"

    def hear(self, wanted: bytes) -> float:
        """Wait for an event and say when it came."""
        while wanted not in self._socket.recv(8192):
            continue
        return time.monotonic()


class Bench:
    """An access point, and one station program beside it at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._air = HwsimAir()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._ap = self._air.add_bare_radio("ap")
        (folder / "ap.conf").write_text(AP_CONFIG.format(folder=folder))
        hostapd = str(packages.program("hostapd").path)
        self._start(self._ap.namespace, hostapd, str(folder / "ap.conf"))
        self._ap_client = self._client(folder / "ctl" / "wlan0", "ap")
        self._stations = 0

    def enrolment(self, program: tuple[str, ...]) -> Times:
        """Enrol once with a fresh station; gives the seconds until the end of each phase."""
        self._stations += 1
        name = f"sta{self._stations}"
        folder = self._folder / name
        folder.mkdir()
        radio = self._air.add_bare_radio(name)
        (folder / "conf").write_text(CONFIG.format(folder=folder))
        process = self._start(
            radio.namespace, *program, "-Dnl80211", "-iwlan0", "-c", str(folder / "conf")
        )
        station = self._client(folder / "wlan0", name)
        station.order("ATTACH")
        time.sleep(1.0)  # the program has begun
        self._ap_client.order("WPS_PBC")
        begun = time.monotonic()
        station.order("WPS_PBC")
        ends = {phase: station.hear(event) - begun for phase, event in PHASES.items()}
        process.terminate()
        process.wait(20)
        time.sleep(1.0)  # the access point has seen it go
        return ends

    def _start(self, namespace: str, *command: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{namespace}", *command],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            cwd=ROOT, env=os.environ,
        )  # fmt: skip
        self._processes.append(process)
        return process

    def _client(self, path: Path, name: str) -> Client:
        _wait(path.exists, str(path))
        return Client(path, self._folder / f"{name}.client")

    def close(self) -> None:
        for process in self._processes:
            process.terminate()
            process.wait(20)
        self._air.close()


def _wait(happened: Callable[[], bool], what: str) -> None:
    limit = time.monotonic() + PATIENCE_S
    while not happened():
        if time.monotonic() > limit:
            raise SystemExit(f"{what}: not within {PATIENCE_S} s")
        time.sleep(0.02)


def main(rounds: int) -> int:
    """Print every round and the ratio of the medians; returns the exit status."""
    reason = HwsimAir.usable()
    if reason is not None:
        raise SystemExit(f"mac80211_hwsim: {reason}")
    programs = {"airproof": OURS, "wpa_supplicant": (str(packages.program("wpa_supplicant").path),)}
    taken: dict[str, list[Times]] = {name: [] for name in programs}
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        bench = Bench(Path(folder))
        try:
            for number in range(rounds):
                for name in sorted(programs, reverse=number % 2 == 0):
                    taken[name].append(bench.enrolment(programs[name]))
                    print(f"{number + 1}: {name:14} {_whole(taken[name][-1]):7.3f} s", flush=True)
        finally:
            bench.close()
    return _conclude(taken["airproof"], taken["wpa_supplicant"])


def _conclude(ours: list[Times], theirs: list[Times]) -> int:
    print(f"\n{'ms, median (lowest to highest)':34} {'airproof':>24} {'wpa_supplicant':>24}")
    for phase in PHASES:
        _row(
            phase, [_phase(each, phase) for each in ours], [_phase(each, phase) for each in theirs]
        )
    after = _row("all that follows the scan", [*map(_after, ours)], [*map(_after, theirs)])
    whole = _row("WPS_PBC to CTRL-EVENT-CONNECTED", [*map(_whole, ours)], [*map(_whole, theirs)])
    faster = sum(_whole(our) < _whole(their) for our, their in zip(ours, theirs, strict=True))
    print(
        f"\nratio of the medians of {len(ours)} rounds: {whole:.4f} ({after:.2f} after the scan);"
        f" airproof was the faster one in {faster} of them"
    )
    return 0 if whole <= 1 else 1


def _row(name: str, ours: list[float], theirs: list[float]) -> float:
    print(f"{name:34} {_spread(ours):>24} {_spread(theirs):>24}")
    return statistics.median(ours) / statistics.median(theirs)


def _spread(times: list[float]) -> str:
    low, middle, high = (1000 * f(times) for f in (min, statistics.median, max))
    return f"{middle:.1f} ({low:.1f} to {high:.1f})"


def _phase(ends: Times, phase: str) -> float:
    names = list(PHASES)
    at = names.index(phase)
    return ends[phase] - (ends[names[at - 1]] if at else 0.0)


def _after(ends: Times) -> float:
    return _whole(ends) - ends[SCANNED]


def _whole(ends: Times) -> float:
    return max(ends.values())


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10))
