"""An access point's program and a station's on the kernel's radios, and what both tell.

Either program is the real one or ours; the same script of commands runs with each.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from programs import PATIENCE_S, Monitor, ours, real, wait, without_level
from two_radios import TwoRadios

from harness.radio.interface import CapturedFrame
from harness.wire.dot11.ethernet import ETHERTYPE_EAPOL
from harness.wire.dot11.frames import Data, decode_frame
from harness.wire.eap import EapPacket, OpCode, WscPacket
from harness.wire.eapol import EAPOL_EAP, EapolFrame

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


@dataclass
class End:
    """One end's program. `told`: the events it was heard to tell, and when."""

    monitor: Monitor
    told: list[tuple[float, str]] = field(default_factory=list)

    def ask(self, command: str) -> str:
        return self.monitor.ask(command)

    def hear(self) -> None:
        now = time.monotonic()
        self.told += [(now, without_level(event)) for event in self.monitor.told(0.0)]


@dataclass
class Pair:
    """Both programs, running."""

    ground: TwoRadios
    ap: End
    sta: End

    def __post_init__(self) -> None:
        self.folder, self.air = self.ground.folder, self.ground.air
        self.bssid, self.station = str(self.ground.ap.address), str(self.ground.sta.address)

    def wait(self, what: str, happened: Callable[[], object], within_s: float = PATIENCE_S) -> None:
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
        return self.ground.named(text)


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
    ground = TwoRadios(folder)
    ap_file = ground.file("ap.conf", ap_config + ap_lines)
    ground.file("sta.conf", STATION_CONFIG + station_lines)
    hostapd = (real if real_ap else ours)("hostapd")
    supplicant = (real if real_station else ours)("wpa_supplicant")
    try:
        with ground.at_ap(*hostapd, str(ap_file)), ground.at_station(supplicant):
            ends = []
            for name in ("ctl", "sta"):
                path = folder / name / "wlan0"
                wait(name, path.exists)
                ends.append(End(ground.client(path, attached=True)))
            both = Pair(ground, *ends)
            both.wait("the access point", lambda: "state=ENABLED" in both.ap.ask("STATUS"))
            yield both
    finally:
        ground.close()
