"""From WPS_PBC to CTRL-EVENT-CONNECTED: our station and the real wpa_supplicant, side by side.

    ./airproof vm run -- .venv/bin/python -m benchmarks.station_speed [ROUNDS]

Both enrol by push button with the same hostapd on mac80211_hwsim, in turns; what is measured is
the time on the guest's clock. Ends with 1 when ours is slower than the real one.
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

from harness.radio.hwsim import HwsimAir
from vm import packages

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 60.0
TOLERANCE = 1.05
"""Scans begin at their own times on the guest's clock: what is within is no difference."""

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

    def hear(self, wanted: bytes) -> None:
        """Wait for an event."""
        while wanted not in self._socket.recv(8192):
            continue


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

    def enrolment(self, program: tuple[str, ...]) -> float:
        """Enrol once with a fresh station and give the seconds that it took."""
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
        station.hear(b"CTRL-EVENT-CONNECTED")
        taken = time.monotonic() - begun
        process.terminate()
        process.wait(20)
        time.sleep(1.0)  # the access point has seen it go
        return taken

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
    real = (str(packages.program("wpa_supplicant").path),)
    times: dict[str, list[float]] = {"wpa_supplicant": [], "airproof": []}
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        bench = Bench(Path(folder))
        try:
            for number in range(rounds):
                for name, program in (("wpa_supplicant", real), ("airproof", OURS)):
                    times[name].append(bench.enrolment(program))
                    print(f"{number + 1}: {name:14} {times[name][-1]:7.3f} s", flush=True)
        finally:
            bench.close()
    medians = {name: statistics.median(each) for name, each in times.items()}
    ratio = medians["airproof"] / medians["wpa_supplicant"]
    print(
        f"from WPS_PBC to CTRL-EVENT-CONNECTED, medians of {rounds}:"
        f" airproof {medians['airproof']:.3f} s,"
        f" wpa_supplicant {medians['wpa_supplicant']:.3f} s, ratio {ratio:.2f}"
    )
    return 0 if ratio <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
