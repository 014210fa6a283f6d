"""An access point's program and a station's on the kernel's radios, and what both tell.

Either program is the real one or ours; the same script of commands runs with each.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from harness.radio.hwsim import HwsimAir
from harness.radio.interface import CapturedFrame
from harness.wire.dot11.ethernet import ETHERTYPE_EAPOL
from harness.wire.dot11.frames import Data, decode_frame
from harness.wire.eap import EapPacket, OpCode, WscPacket
from harness.wire.eapol import EAPOL_EAP, EapolFrame
from vm import packages

ROOT = Path(__file__).resolve().parents[2]
OURS = {
    "hostapd": (sys.executable, "-m", "harness.live.hostapd"),
    "wpa_supplicant": (sys.executable, "-m", "harness.live.wpa_supplicant"),
}

AP_CONFIG = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=wps test
hw_mode=g
channel=6
wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
wpa_passphrase=12345678
eap_server=1
wps_state=2
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
device_name=lamp
manufacturer=Acme
model_name=L
model_number=1
serial_number=2
device_type=1-0050F204-1
config_methods=virtual_push_button virtual_display
p2p_disabled=1
"""


def program(name: str, *, real: bool) -> tuple[str, ...]:
    return (str(packages.program(name).path),) if real else OURS[name]


class Monitor:
    """A client of a control socket: asks, and keeps the events that it was told."""

    def __init__(self, path: Path, own: Path) -> None:
        self.told: list[tuple[float, str]] = []
        self._asking = self._open(path, own.with_suffix(".ask"))
        self._hearing = self._open(path, own.with_suffix(".hear"))
        self._hearing.send(b"ATTACH")
        self._hearing.settimeout(10)
        assert self._hearing.recv(64) == b"OK\n"
        self._hearing.setblocking(False)

    def ask(self, command: str) -> str:
        self._asking.settimeout(10)
        self._asking.send(command.encode())
        return self._asking.recv(16384).decode(errors="replace")

    def hear(self) -> None:
        while True:
            try:
                event = self._hearing.recv(16384).decode(errors="replace")
            except BlockingIOError:
                return
            self.told.append((time.monotonic(), event.partition(">")[2]))

    def close(self) -> None:
        self._asking.close()
        self._hearing.close()

    def _open(self, path: Path, own: Path) -> socket.socket:
        own.unlink(missing_ok=True)
        opened = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        opened.bind(str(own))
        opened.connect(str(path))
        return opened


@dataclass
class Pair:
    """Both programs, running. `names`: addresses and what stands for them in what is told."""

    folder: Path
    ap: Monitor
    sta: Monitor
    bssid: str
    station: str
    air: HwsimAir
    names: dict[str, str] = field(default_factory=dict)

    def wait(self, what: str, happened: Callable[[], object], within_s: float = 30.0) -> None:
        limit = time.monotonic() + within_s
        while not happened():
            assert time.monotonic() < limit, f"{what}: not within {within_s} s\n{self.tale()}"
            self.listen()

    def listen(self) -> None:
        self.air.advance(self.air.now() + 0.02)  # two programs, in real time
        self.ap.hear()
        self.sta.hear()

    def let_pass(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.listen()

    def tale(self) -> str:
        both = [(at, "ap", line) for at, line in self.ap.told]
        both += [(at, "sta", line) for at, line in self.sta.told]
        begin = min((at for at, _, _ in both), default=0.0)
        return "\n".join(
            f"{at - begin:8.2f} {who:3} {self.anonymous(line)}" for at, who, line in sorted(both)
        )

    def anonymous(self, text: str) -> str:
        for old, new in self.names.items():
            text = text.replace(old, new)
        return text


def messages(frames: Iterable[CapturedFrame]) -> Iterator[tuple[str, bytes]]:
    """The WSC messages on the air, put together: transmitter and octets."""
    seen: set[bytes] = set()
    parts: dict[str, bytes] = {}
    for captured in frames:
        frame = decode_frame(captured.octets)
        if not isinstance(frame, Data) or frame.ethertype != ETHERTYPE_EAPOL:
            continue
        if frame.header.retry and captured.octets in seen:
            continue
        seen.add(captured.octets)
        eapol = EapolFrame.decode(frame.payload)
        if eapol.type != EAPOL_EAP:
            continue
        packet = EapPacket.decode(eapol.body)
        if not packet.is_wsc:
            continue
        wsc, sender = WscPacket.decode(packet.data), str(frame.header.transmitter)
        if wsc.op_code not in (OpCode.MSG, OpCode.ACK, OpCode.NACK, OpCode.DONE):
            continue
        whole = parts.pop(sender, b"") + wsc.data
        if wsc.more_fragments:
            parts[sender] = whole
        else:
            yield sender, whole


@contextmanager
def running(namespace: str, log: Path, command: tuple[str, ...]) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{namespace}", *command],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def pair(
    folder: Path,
    *,
    real_ap: bool,
    real_station: bool,
    ap_lines: str = "",
    station_lines: str = "",
    ap_config: str = AP_CONFIG,
) -> Iterator[Pair]:
    """Start both. `ap_lines` and `station_lines`: further lines of their files."""
    folder.mkdir(parents=True)
    ap_file, station_file = folder / "ap.conf", folder / "sta.conf"
    ap_file.write_text(ap_config.format(folder=folder) + ap_lines)
    station_file.write_text(STATION_CONFIG.format(folder=folder) + station_lines)
    air = HwsimAir()
    try:
        ap = air.add_bare_radio("ap")
        sta = air.add_bare_radio("sta")
        hostapd = (*program("hostapd", real=real_ap), str(ap_file))
        supplicant = (
            *program("wpa_supplicant", real=real_station),
            *("-Dnl80211", "-iwlan0", "-c", str(station_file)),
        )
        with (
            running(ap.namespace, folder / "ap.log", hostapd),
            running(sta.namespace, folder / "sta.log", supplicant),
        ):
            sockets = folder / "ctl" / "wlan0", folder / "sta" / "wlan0"
            limit = time.monotonic() + 30
            while not all(path.exists() for path in sockets):
                assert time.monotonic() < limit, (folder / "ap.log").read_text()
                time.sleep(0.05)
            monitors = Monitor(sockets[0], folder / "m-ap"), Monitor(sockets[1], folder / "m-sta")
            names = {str(ap.address): "<ap>", str(sta.address): "<sta>"}
            both = Pair(folder, *monitors, str(ap.address), str(sta.address), air, names)
            both.wait("the access point", lambda: "state=ENABLED" in both.ap.ask("STATUS"))
            yield both
            for monitor in monitors:
                monitor.close()
    finally:
        air.close()
