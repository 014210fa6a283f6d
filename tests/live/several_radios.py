"""One access point's program with several radios, and what each of them tells of WPS.

The program is the real hostapd or ours, with one configuration file for each radio; the station is
the real wpa_supplicant, which is told the BSSID that it is to enrol at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ap_ground import Ground
from programs import Monitor, wait

FILE = """\
interface={interface}
driver=nl80211
ctrl_interface={{folder}}/ctl
ssid=net of {interface}
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
CONFIGURED = """\
wps_state=2
wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
wpa_passphrase=12345678
"""

CHANGING = re.compile(r"(?<=passphrase=)\S{22}$|(?<=psk=)\w{64}$", re.MULTILINE)
"""Keys that are made at random."""

Told = list[str]


class Office:
    """Asks each radio, and notes what its monitor is told."""

    def __init__(self, ground: Ground, names: list[str]) -> None:
        self.ground = ground
        self.notes: Told = []
        self._monitors: dict[str, Monitor] = {}
        for name in names:
            socket = ground.folder / "ctl" / name
            wait(name, socket.exists)
            self._monitors[name] = ground.monitor(name)
            ground.wait_for("state=ENABLED", interface=name)
            self._monitors[name].ask("ATTACH")

    def ask(self, name: str, command: str) -> str:
        """Ask one radio; the reply is noted, and what everyone is told of it."""
        reply = self._monitors[name].ask(self.ground.named_back(command))
        self.note(f"{name}: {command} -> {reply.strip()}")
        self.listen()
        return reply

    def everyone(self, command: str) -> None:
        for name, monitor in self._monitors.items():
            self.note(f"{name}: {command} -> {monitor.ask(command).strip()}")

    def listen(self, within_s: float = 0.3) -> None:
        for name, monitor in self._monitors.items():
            for line in monitor.told(within_s):
                self.note(f"{name} tells {line.strip()}")

    def until(self, name: str, part: str, within_s: float = 60.0) -> None:
        """Wait until a radio tells so."""
        for line in self._monitors[name].until(part, within_s):
            self.note(f"{name} tells {line.strip()}")

    def note(self, line: str) -> None:
        self.notes.append(CHANGING.sub("<changing>", self.ground.named(line)))


@contextmanager
def office(folder: Path, program: tuple[str, ...], *lines: str) -> Iterator[Office]:
    """Start a program with a radio, and a file, for each of `lines`."""
    ground = Ground(folder, program)
    try:
        names = [f"wlan{index}" for index in range(len(lines))]
        for name in names[1:]:
            ground.add_radio(name)
        files = [
            str(ground.file(f"{name}.conf", FILE.format(interface=name) + more))
            for name, more in zip(names, lines, strict=True)
        ]
        with ground.access_point(*files):
            yield Office(ground, names)
    finally:
        ground.close()
