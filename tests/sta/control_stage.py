"""The scripted air with a station that is driven by commands."""

from __future__ import annotations

from sta_stage import STA, ScriptedAp, Stage, home

from harness.base.address import MacAddress
from harness.base.entropy import SeededEntropy
from harness.base.errors import ConfigError
from harness.base.seam_events import LinkMeasurement
from harness.sta.config_file import ConfigFile, read
from harness.sta.control.interface import StationControl

UPDATES = "update_config=1\ndevice_name=lab\n"
FREQUENCIES = (2412, 2437, 5180)


class Desk:
    """What a program would have: a file in memory."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.files: dict[str, str] = {}
        self.signal: int | None = None

    def remembered(self, path: str) -> str | None:
        return self.files.get(path)

    def remember(self, path: str, text: str) -> None:
        self.files[path] = text

    def load(self) -> ConfigFile:
        return read(self.text, "f")

    def store(self, text: str) -> None:
        self.text = text

    def read(self, path: str) -> str:
        if path not in self.files:
            raise ConfigError(f"{path}: there is none")
        return self.files[path]

    def ip_address(self) -> str | None:
        return None

    def measure(self, bssid: MacAddress) -> LinkMeasurement | None:
        return None if self.signal is None else LinkMeasurement(frequency=2412, signal=self.signal)

    def protects_beacons(self) -> bool:
        return True


class ControlStage(Stage):
    """The scripted air with a station that is driven by commands."""

    def __init__(self, *aps: ScriptedAp, text: str = UPDATES) -> None:
        super().__init__(*aps)
        self.desk = Desk(text)
        self.control = StationControl(
            self.desk.load(), STA, FREQUENCIES, SeededEntropy(b"station"), self.desk
        )
        self.station = self.control  # type: ignore[assignment]
        self.do(self.control.start(0.0))

    def ask(self, command: str) -> str:
        reply, actions = self.control.execute(command, self.now)
        self.do(actions)
        return reply

    def ask_all(self, *commands: str) -> list[str]:
        return [self.ask(command) for command in commands]


def fields(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines())


def joined(text: str = UPDATES) -> ControlStage:
    stage = ControlStage(home(), text=text)
    stage.ask("ADD_NETWORK")
    stage.ask_all('SET_NETWORK 0 ssid "home"', 'SET_NETWORK 0 psk "correct horse"')
    stage.ask("SELECT_NETWORK 0")
    stage.until_line("CTRL-EVENT-CONNECTED")
    return stage
