"""An air with one access point of ours, and the station's program, for tests that drive it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from live_stage import HEARD_IN_EACH_SCAN, Air, Stage

from harness.ap.access_point import AccessPoint
from harness.ap.config import ApConfig, BssConfig
from harness.ap.control_events import render
from harness.base.entropy import SystemEntropy
from harness.base.event import Event
from harness.live.driver import Driver
from harness.live.log import DEBUG, Log
from harness.live.shared_air import SharedRadio
from harness.live.station_interface import InterfaceOptions
from harness.live.station_program import ProgramOptions, StationProgram
from harness.wire.wsc.device import DeviceAttributes

CONFIG = "ctrl_interface={}\nupdate_config=1\ndevice_name=lab\n"
PUSH_BUTTON = 0x0280


class Field:
    """Everything in one loop but the air; `close` ends it in the right order."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.folder = Path(tempfile.mkdtemp(prefix="ap"))
        self.control = self.folder / "ctl"
        self.config = self.folder / "sta.conf"
        self.config.write_text(CONFIG.format(self.control))
        self.air = self.folder / "air"
        self._thread = Air(self.air)
        self.ap_lines: list[str] = []
        self._program: StationProgram | None = None
        self._logs: list[Log] = []
        self._drivers: list[tuple[AccessPoint, Driver]] = []
        self.ap = self.access_point()

    def close(self) -> None:
        if self._program is not None:
            self.stage.loop.leave(self._program)
            self._program.close()
        for written in self._logs:
            written.close()
        for _, driver in self._drivers:
            self.stage.loop.leave(driver)
            driver.radio.close()
        self._thread.close()
        shutil.rmtree(self.folder)

    def access_point(self, ssid: bytes = b"home", frequency: int = 2412) -> AccessPoint:
        """Begin an access point; what it tells goes to `ap_lines`."""
        node = f"ap{len(self._drivers) or ''}"
        radio = SharedRadio(self.air, self.stage.loop, node)
        bss = BssConfig(
            interface="wlan0",
            ssid=ssid,
            passphrase="correct horse",
            wps_state=2,
            beacon_interval=HEARD_IN_EACH_SCAN,
        )
        config = ApConfig(
            bsss=(bss,),
            channel=frequency,
            device=DeviceAttributes(device_name=node),
            config_methods=PUSH_BUTTON,
        )
        made = AccessPoint(config, radio.address, SystemEntropy())
        driver = Driver(made, radio, self.stage.loop, self._hear)
        self._drivers.append((made, driver))
        self.stage.loop.join(driver)
        driver.carry(made.start(self.stage.loop.now()))
        self.stage.until(lambda: self.ap_lines.count("AP-ENABLED ") == len(self._drivers))
        return made

    def run(
        self, *interfaces: InterfaceOptions, global_socket: Path | None = None, waits: bool = False
    ) -> StationProgram:
        """Start the station's program."""
        options = ProgramOptions(
            interfaces=interfaces, global_socket=global_socket, waits_for_clients=waits
        )
        written = Log(self.folder / "log", DEBUG)
        self._logs.append(written)
        self._program = StationProgram(options, self.stage.loop, written)
        return self._program

    def interface(self, name: str = "wlan0", config: Path | None = None) -> InterfaceOptions:
        return InterfaceOptions(
            interface=name,
            config=config or self.config,
            drivers="sim",
            parameters=self.parameters(name),
        )

    def parameters(self, name: str = "wlan0") -> str:
        return f"air={self.air} node=sta-{name}"

    def push_button(self) -> None:
        """Of every access point."""
        for ap, driver in self._drivers:
            driver.carry(ap.wps_pbc(self.stage.loop.now()))

    def enter_pin(self, pin: str) -> None:
        self._drivers[0][1].carry(self.ap.wps_pin(pin, self.stage.loop.now()))

    def call(self, *arguments: str, given: str | None = None) -> str:
        """Run a program beside the loop and give what it says."""
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE if given is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            if given is not None:
                assert process.stdin is not None
                process.stdin.write(given)
                process.stdin.flush()
            self.stage.until(lambda: process.poll() is not None)
            assert process.stdout is not None
            return process.stdout.read()
        finally:
            process.kill()
            process.communicate()

    def _hear(self, event: Event) -> None:
        line = render(event)
        if line is not None:
            self.ap_lines.append(line)
