"""Two stations, the real wpa_supplicant and ours, asked the same by the unmodified wpa_cli.

Each is run in a lab of its own on the kernel's simulated radios, beside the real hostapd.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from programs import PATIENCE_S, Process, cli, kernel_lab, ours, real, running, wait, without_level
from two_radios import TwoRadios

needs_lab = kernel_lab("hostapd", "hostapd_cli", "wpa_supplicant", "wpa_cli")

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
PROGRAMS = {"real": real, "ours": ours}


class Lab(TwoRadios):
    """One station program, and the AP. `kind`: "real" or "ours"."""

    def __init__(self, kind: str, folder: Path, config: str = CONFIG, *options: str) -> None:
        super().__init__(folder / kind)
        self.kind = kind
        self.control = self.folder / "sta"
        self._running = ExitStack()
        self.file("sta.conf", config)
        hostapd = (*self.access_point(), str(self.file("ap.conf", AP_CONFIG)))
        try:
            self.hostapd = self._running.enter_context(self.at_ap(*hostapd))
            self.station = self._running.enter_context(self.at_station(self.program(), *options))
            wait("hostapd", lambda: "ENABLED" in self.ask_ap("status"))
            wait("the station", lambda: self.ask("ping") == "PONG\n")
        except BaseException:
            self.close()
            raise

    def access_point(self) -> tuple[str, ...]:
        return real()

    def program(self) -> tuple[str, ...]:
        return PROGRAMS[self.kind]("wpa_supplicant")

    def run(
        self, node: str, *command: str, output: Path | None = None
    ) -> Process:
        """Start a program in a node's namespace; ended with the lab."""
        namespace = {"ap": self.ap, "sta": self.sta}[node].namespace
        log = output or self.folder / "more.log"
        return self._running.enter_context(running(namespace, log, *command))

    def ask(self, words: str) -> str:
        """What wpa_cli says to one command; `<ap>` and `<sta>` stand for addresses."""
        return self.named(cli("wpa_cli", self.control, *self.named_back(words).split(" ")))

    def ask_ap(self, words: str) -> str:
        return cli("hostapd_cli", self.folder / "ctl", *words.split(" "))

    def until(self, line: str, within_s: float = PATIENCE_S) -> None:
        """Wait until STATUS holds the line."""
        wait(line, lambda: line in self.ask("status").splitlines(), within_s)

    @contextmanager
    def monitored(self) -> Iterator[Callable[[], list[str]]]:
        """Attach to the station: gives a function for the events so far, without levels."""
        monitor = self.client(self.control / "wlan0", attached=True)
        yield lambda: [self.named(without_level(line)) for line in monitor.hear()]
        monitor.close()

    def push_buttons(self) -> None:
        """Enrol by push button and wait for the connection."""
        self.ask_ap("wps_pbc")
        assert self.ask("wps_pbc") == "OK\n"
        self.until("wpa_state=COMPLETED", 60.0)

    @contextmanager
    def silent_ap(self) -> Iterator[None]:
        """An AP that beacons and says nothing else."""
        with _stopped(self.hostapd):
            yield

    @contextmanager
    def silent_station(self) -> Iterator[None]:
        """A station that does nothing of itself."""
        with _stopped(self.station):
            yield

    def close(self) -> None:
        self._running.close()
        super().close()


@contextmanager
def _stopped(process: Process) -> Iterator[None]:
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


class ApLab(Lab):
    """The same with one program for the AP; the station is the real wpa_supplicant."""

    def access_point(self) -> tuple[str, ...]:
        return PROGRAMS[self.kind]("hostapd")

    def program(self) -> tuple[str, ...]:
        return real("wpa_supplicant")
