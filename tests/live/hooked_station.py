"""Our station's program on the kernel's radios with the real hostapd, and tshark on their air."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from programs import cli, kernel_lab, ours, real, running, wait

from harness.radio.capture import write_pcapng
from harness.radio.hwsim import HwsimAir
from vm import packages

MARKS = kernel_lab("hostapd", "hostapd_cli", "wpa_cli", "tshark")
PASSPHRASE = "12345678"

AP_CONFIG = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=hooks
hw_mode=g
channel=1
wpa=2
rsn_pairwise=CCMP
eap_server=1
config_methods=virtual_push_button
"""
WPA_PSK = f"wpa_key_mgmt=WPA-PSK\nwpa_passphrase={PASSPHRASE}\nwps_state=2\n"
CONFIG = "ctrl_interface={folder}/sta\nupdate_config=1\ndevice_name=lab\n"


class Ground:
    """hostapd, our station's program, and what was on the air between them."""

    def __init__(self, folder: Path, air: HwsimAir) -> None:
        self.folder = folder
        self.air = air
        self.ap, self.sta = air.add_bare_radio("ap"), air.add_bare_radio("sta")

    def ask(self, *words: str) -> str:
        return cli("wpa_cli", self.folder / "sta", *words)

    def order(self, *orders: str) -> None:
        """Commands as they stand, each of which has to be taken."""
        for words in orders:
            assert self.ask("raw", words) == "OK\n", words

    def network(self, *settings: str) -> None:
        """Select a network of these settings."""
        self.ask("add_network")
        self.order(*(f"SET_NETWORK 0 {each}" for each in ('ssid "hooks"', *settings)))
        self.order("SELECT_NETWORK 0")

    def push_button(self) -> None:
        cli("hostapd_cli", self.folder / "ctl", "wps_pbc")

    def ask_ap(self, *words: str) -> str:
        return cli("hostapd_cli", self.folder / "ctl", *words)

    def authorized(self) -> bool:
        """hostapd is through the key handshake with our station."""
        return "[AUTHORIZED]" in self.ask_ap("all_sta")

    def until(self, what: str, state: str, within: float = 60.0) -> None:
        wait(what, lambda: f"wpa_state={state}" in self.ask("status"), within)

    def on_air(self, shown: str, *fields: str) -> list[list[str]]:
        """What tshark makes of the fields of the frames that its filter shows.

        It has the passphrase, so what is under keys of it is open to the filter.
        """
        self.air.advance(self.air.now() + 1.0)
        while self._grew():
            pass
        path = self.folder / "air.pcapng"
        write_pcapng(path, self.air.frames, started=0.0)
        asked = [word for field in fields for word in ("-e", field)]
        program = packages.program("tshark")
        said = subprocess.run(
            [
                str(program.path), "-r", str(path), "-o", "wlan.enable_decryption:TRUE",
                "-o", f'uat:80211_keys:"wpa-pwd","{PASSPHRASE}:hooks"',
                "-Y", shown, "-T", "fields", *asked,
            ],
            stdout=subprocess.PIPE, text=True, check=True, env=program.env or None,
        )  # fmt: skip
        return [line.split("\t") for line in said.stdout.splitlines()]

    def _grew(self) -> bool:
        before = len(self.air.frames)
        self.air.advance(self.air.now() + 0.05)
        return len(self.air.frames) > before

    @contextmanager
    def start(self, settings: str = WPA_PSK, station_settings: str = "") -> Iterator[None]:
        """Run both, the access point with these lines at the end of its file."""
        folder = self.folder
        (folder / "ap.conf").write_text(AP_CONFIG.format(folder=folder) + settings)
        (folder / "sta.conf").write_text(CONFIG.format(folder=folder) + station_settings)
        hostapd = (*real(), str(folder / "ap.conf"))
        station = (
            *ours("wpa_supplicant"), "-Dnl80211", "-iwlan0", "-c", str(folder / "sta.conf"),
        )  # fmt: skip
        with (
            running(self.ap.namespace, folder / "ap.log", *hostapd),
            running(self.sta.namespace, folder / "sta.log", *station),
        ):
            wait("hostapd", lambda: "ENABLED" in self.ask_ap("status"))
            wait("the station", lambda: self.ask("ping") == "PONG\n")
            yield
