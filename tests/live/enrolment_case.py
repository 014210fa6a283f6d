"""One access point's program with one real wpa_supplicant on kernel radios, and what came of it.

The program is the real hostapd or ours: both are asked and told the same, so that what they say,
hand out and write can be laid side by side.
"""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.radio.hwsim import HwsimAir
from vm import packages

ROOT = Path(__file__).resolve().parents[2]

AP_CONFIG = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
hw_mode=g
channel=6
eap_server=1
device_name=Wireless AP
manufacturer=Company
model_name=WAP
model_number=123
serial_number=12345
device_type=6-0050F204-1
config_methods=label virtual_display virtual_push_button keypad
"""

STATION_CONFIG = """\
ctrl_interface={folder}/sta
update_config=1
device_name={device}
manufacturer={manufacturer}
model_name={model}
model_number=1
serial_number=2
device_type=1-0050F204-1
config_methods={methods}
wps_cred_processing=2
"""

DISPLAY = "virtual_push_button virtual_display"
NO_DISPLAY = "virtual_push_button"


@dataclass(frozen=True)
class Case:
    """`ap`: configuration lines; `psk_file`: the text of its wpa_psk_file, `{sta}` the station's
    address. `again`: the station forgets what it was given and enrols once more. `commands`: asked
    before the station comes, `then`: after, and after the PSK file has become `new_psk_file`.
    """

    ap: str
    psk_file: str | None = None
    extra_cred: bytes | None = None
    methods: str = DISPLAY
    manufacturer: str = "Acme"
    model: str = "L"
    enrols: bool = True
    joins: bool = True
    again: bool = False
    network: str = ""
    commands: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    new_psk_file: str | None = None
    patience: float = 0.5


@dataclass
class Seen:
    """What a case brought: addresses and random keys are replaced by names."""

    ap_events: list[str]
    credentials: list[str]
    psk_file: str | None
    config: str
    before: str
    after: str
    replies: list[str]
    flags: str


class Monitor:
    """A client of a control socket that is told of every event."""

    def __init__(self, path: Path, own: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(own))
        self._socket.connect(str(path))
        self._socket.settimeout(5)
        self._own = own
        self.lines: list[str] = []
        assert self.ask("ATTACH") == "OK\n"

    def ask(self, command: str) -> str:
        """Give the reply to a command; events that come first are kept."""
        self._socket.send(command.encode())
        while True:
            came = self._socket.recv(65536).decode(errors="surrogateescape")
            if not came.startswith("<"):
                return came
            self.lines.append(came[3:])

    def poll(self) -> list[str]:
        """Take what has come; gives all lines so far."""
        self._socket.settimeout(0.02)
        try:
            while True:
                self.lines.append(self._socket.recv(65536).decode(errors="surrogateescape")[3:])
        except TimeoutError:
            return self.lines
        finally:
            self._socket.settimeout(5)

    def wait(self, start: str, within_s: float = 60.0) -> None:
        """Wait for a line that begins with `start`."""
        limit = time.monotonic() + within_s
        while not any(line.startswith(start) for line in self.poll()):
            assert time.monotonic() < limit, f"{start}: not within {within_s} s: {self.lines}"

    def close(self) -> None:
        self._socket.close()
        self._own.unlink(missing_ok=True)


@contextmanager
def running(namespace: str, log: Path, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
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


def until(happened: Callable[[], object], within_s: float = 20.0) -> None:
    """Wait for another program, which has no other way to tell."""
    limit = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < limit, f"not within {within_s} s"
        time.sleep(0.02)


def play(folder: Path, case: Case, *program: str) -> Seen:
    """Play a case with an access point's program."""
    folder.mkdir(parents=True)
    air = HwsimAir()
    try:
        return _play(folder, case, air, program)
    finally:
        air.close()


def _play(folder: Path, case: Case, air: HwsimAir, program: tuple[str, ...]) -> Seen:
    ap, sta = air.add_bare_radio("ap"), air.add_bare_radio("sta")
    files = {"folder": folder, "sta": sta.address}
    if case.psk_file is not None:
        (folder / "psk").write_text(case.psk_file.format(**files))
    if case.extra_cred is not None:
        (folder / "cred").write_bytes(case.extra_cred)
    (folder / "ap.conf").write_text((AP_CONFIG + case.ap).format(**files))
    (folder / "sta.conf").write_text(
        STATION_CONFIG.format(
            folder=folder,
            device="lamp",
            manufacturer=case.manufacturer,
            model=case.model,
            methods=case.methods,
        )
        + case.network
    )
    supplicant = (str(packages.program("wpa_supplicant").path), "-Dnl80211", "-iwlan0", "-c")
    with running(ap.namespace, folder / "ap.log", *program, str(folder / "ap.conf")):
        until((folder / "ctl" / "wlan0").exists)
        access_point = Monitor(folder / "ctl" / "wlan0", folder / "monitor-ap")
        until(lambda: "state=ENABLED" in access_point.ask("STATUS"))
        access_point.poll()
        access_point.lines.clear()
        before = access_point.ask("GET_CONFIG")
        replies = [access_point.ask(command) for command in case.commands]
        with running(sta.namespace, folder / "sta.log", *supplicant, str(folder / "sta.conf")):
            until((folder / "sta" / "wlan0").exists)
            station = Monitor(folder / "sta" / "wlan0", folder / "monitor-sta")
            for _ in range(2 if case.again else 1):
                _enrol(case, access_point, station)
            if case.new_psk_file is not None:
                (folder / "psk").write_text(case.new_psk_file.format(**files))
            replies += [access_point.ask(command) for command in case.then]
            time.sleep(case.patience)  # two programs, in real time
            flags = access_point.ask(f"STA {sta.address}")
            after = access_point.ask("GET_CONFIG")
            access_point.poll(), station.poll()
            told = list(access_point.lines)
            credentials = [
                line.removeprefix("WPS-CRED-RECEIVED ")
                for line in station.lines
                if line.startswith("WPS-CRED-RECEIVED ")
            ]
            station.close()
        access_point.close()
    names = {
        str(sta.address): "<sta>", str(ap.address): "<ap>", sta.address.hex(): "<sta>",
        ap.address.hex(): "<ap>", str(folder): "<folder>",
    }

    def named(text: str) -> str:
        for old, new in names.items():
            text = text.replace(old, new)
        return text

    psk = folder / "psk"
    return Seen(
        [named(line) for line in told],
        [named(each) for each in credentials],
        named(psk.read_text()) if psk.exists() else None,
        named((folder / "ap.conf").read_text()),
        named(before),
        named(after),
        replies,
        named(flags),
    )


def _enrol(case: Case, access_point: Monitor, station: Monitor) -> None:
    access_point.poll(), station.poll()
    start = len(access_point.lines), len(station.lines)
    if case.enrols:
        station.ask("REMOVE_NETWORK all")
        assert access_point.ask("WPS_PBC") == "OK\n"
        assert station.ask("WPS_PBC") == "OK\n"

    def said(monitor: Monitor, index: int, *wanted: str) -> bool:
        return any(line.startswith(wanted) for line in monitor.poll()[start[index] :])

    if case.enrols:
        until(lambda: said(station, 1, "WPS-SUCCESS", "WPS-FAIL", "WPS-TIMEOUT"), 60)
    if case.joins:
        until(lambda: said(access_point, 0, "AP-STA-CONNECTED"), 60)
