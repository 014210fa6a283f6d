"""Ground for two access points side by side: a radio each for AP and station, and who asks.

The AP is a program under test (the real hostapd, or ours); the station is always the real
wpa_supplicant. Questions go by the unmodified hostapd_cli, events come to a monitor.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from comparison import Transcript
from programs import Monitor, Process, cli, kernel_lab, real, wait
from two_radios import TwoRadios

from harness.base.address import MacAddress

NEEDED = ("hostapd", "hostapd_cli", "wpa_supplicant", "wpa_cli")
needs_lab = kernel_lab(*NEEDED)

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


class Ground(TwoRadios):
    """One program under test on a radio of its own, with another radio for the station."""

    def __init__(self, folder: Path, program: tuple[str, ...]) -> None:
        super().__init__(folder)
        self.said: Transcript = []
        self._program = program
        self.names[f"phy={self.ap.phy}\n"] = "phy=<phy>\n"

    def at_the_station(self) -> AbstractContextManager[None]:
        """Let what is opened meanwhile belong to where the station's radio is."""
        return self.air.entered(self.sta.node)

    def add_radio(self, interface: str) -> MacAddress:
        """Give the access point's side another radio."""
        radio = self.air.add_bare_radio("ap", interface=interface)
        self.names[str(radio.address)] = f"<{interface}>"
        self.names[f"phy={radio.phy}\n"] = f"phy=<phy of {interface}>\n"
        return radio.address

    def beside(self, number: int) -> MacAddress:
        """An address beside the access point's own."""
        own = self.ap.address
        return MacAddress(own[:5] + bytes((own[5] + number,)))

    def access_point(self, *arguments: str) -> AbstractContextManager[Process]:
        return self.at_ap(*self._program, *arguments)

    @contextmanager
    def station(self, network: str = "") -> Iterator[Process]:
        self.file("sta.conf", STATION_CONFIG, network)
        with self.at_station(real("wpa_supplicant")) as process:
            wait("the station", lambda: self.station_cli("ping") == "PONG\n")
            yield process

    @contextmanager
    def heard_station(self, network: str = "") -> Iterator[Monitor]:
        """The same, with all that it tells."""
        self.file("sta.conf", STATION_CONFIG, network)
        with self.attended_station(real("wpa_supplicant")) as monitor:
            yield monitor

    def station_cli(self, *words: str) -> str:
        return cli("wpa_cli", self.folder / "sta", *words)

    def monitor(self, name: str = "wlan0", directory: str = "ctl") -> Monitor:
        return self.client(self.folder / directory / name)

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

    def address_of(self, interface: str) -> str:
        """The address of a radio of the access point's."""
        said = "<ap>" if interface == "wlan0" else f"<{interface}>"
        return next(own for own, name in self.names.items() if name == said)

    def named_back(self, words: str) -> str:
        return super().named_back(words.replace("<phy>", self.ap.phy))

    def wait_for(self, line: str, question: str = "status", interface: str = "wlan0") -> None:
        wait(line, lambda: line in self.query(question, interface), 60.0)
