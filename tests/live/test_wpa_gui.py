"""The unmodified wpa_gui under Xvfb drives our station beside our access point on a shared air.

Its buttons are pressed and its fields read by name, as a screen reader does it. Screenshots of
every step stay in the test's folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from live_stage import HEARD_IN_EACH_SCAN
from screen_reader import ScreenReader

from harness.lab.devices.dbus import write_configuration
from vm import packages

NEEDED = (
    "Xvfb", "wpa_gui", "import", "wpa_cli", "hostapd_cli", "dbus-daemon", "at-spi-bus-launcher",
)  # fmt: skip
MISSING = [name for name in NEEDED if packages.find(name) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_TO_END_S = 15.0
PATIENCE_S = 90.0
RESULTS = ("dialog", "Scan results")
CONNECTED = "Connected to the network"
BSSID = "02:00:00:00:00:00"
"""Of the first radio on an air."""
FLAGS = "[WPA2-PSK-CCMP][WPS][ESS]"
AP_CONFIG = """\
interface=wlan0
driver=sim
driver_params=air={folder}/air node=ap
ctrl_interface={folder}/ap
ssid=home
hw_mode=g
channel=1
beacon_int={beacon_interval}
wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
wpa_passphrase=12345678
eap_server=1
wps_state=2
config_methods=virtual_push_button keypad
"""
CONFIG = "ctrl_interface={folder}/sta\nupdate_config=1\ndevice_name=lab\n"


class Desktop:
    """An air, an access point and a station of ours, and wpa_gui on a screen of its own."""

    def __init__(self, pictures: Path) -> None:
        self.pictures = pictures
        self.folder = Path(tempfile.mkdtemp(prefix="gui"))
        self._processes: list[subprocess.Popen[bytes]] = []
        self._reader: ScreenReader | None = None
        text = AP_CONFIG.format(folder=self.folder, beacon_interval=HEARD_IN_EACH_SCAN)
        (self.folder / "ap.conf").write_text(text)
        (self.folder / "sta.conf").write_text(CONFIG.format(folder=self.folder))
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def _start(self) -> None:
        module = (sys.executable, "-m")
        self._run(*module, "harness.live.air", f"{self.folder}/air")
        wait("the air", (self.folder / "air").exists)
        self._run(*module, "harness.live.hostapd", f"{self.folder}/ap.conf")
        self._run(
            *module, "harness.live.wpa_supplicant", "-Dsim", "-iwlan0",
            "-c", f"{self.folder}/sta.conf", "-p", f"air={self.folder}/air node=sta",
        )  # fmt: skip
        wait("the access point", lambda: "ENABLED" in self.ap("status"))
        wait("the station", lambda: self.station("ping") == "PONG\n")
        self._open_screen()
        bus = self.folder / "bus"
        self._run(path("dbus-daemon"), *write_configuration(self.folder / "bus.conf", bus))
        wait("the bus", bus.exists)
        self._run(path("at-spi-bus-launcher"), "--launch-immediately")
        self._reader = ScreenReader(bus)
        self._open_window()

    def _open_window(self) -> None:
        self.gui = self._run(path("wpa_gui"), "-p", f"{self.folder}/sta", "-i", "wlan0")
        wait("the window", self._is_open)

    def _is_open(self) -> bool:
        said = self.folder / f"{len(self._processes) - 1}.log"
        assert self.gui.poll() is None, said.read_text()
        return self.reader.reads(self.gui.pid)

    @property
    def reader(self) -> ScreenReader:
        assert self._reader is not None
        return self._reader

    def _open_screen(self) -> None:
        """Let Xvfb choose a free number.

        Without `-noreset` the screen begins anew whenever its last client leaves. The place of the
        accessibility bus is written on it, and Qt 5 finds that bus for certain only there.
        """
        read, write = os.pipe()
        self._run(
            path("Xvfb"), "-displayfd", str(write), "-screen", "0", "800x700x24",
            "-nolisten", "tcp", "-noreset", pass_fds=(write,),
        )  # fmt: skip
        os.close(write)
        with os.fdopen(read) as told:
            self._display = ":" + told.readline().strip()
        assert self._display != ":", "Xvfb did not start"

    def _run(self, *command: str, pass_fds: tuple[int, ...] = ()) -> subprocess.Popen[bytes]:
        output = (self.folder / f"{len(self._processes)}.log").open("wb")
        with output:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                env=self._environment(), cwd=ROOT, pass_fds=pass_fds,
            )  # fmt: skip
        self._processes.append(process)
        return process

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "DISPLAY": getattr(self, "_display", ""),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.folder}/bus",
            "GSETTINGS_BACKEND": "memory",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        }

    def _say(self, *command: str) -> str:
        return subprocess.run(
            command, env=self._environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=PATIENCE_S, check=False,
        ).stdout  # fmt: skip

    def ap(self, *words: str) -> str:
        return self._say(path("hostapd_cli"), "-p", f"{self.folder}/ap", "-i", "wlan0", *words)

    def station(self, *words: str) -> str:
        return self._say(path("wpa_cli"), "-p", f"{self.folder}/sta", "-i", "wlan0", *words)

    def status(self) -> dict[str, str]:
        lines = self.station("status").splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def picture(self, name: str) -> Path:
        """Keep what the screen shows."""
        kept = self.pictures / f"{name}.png"
        self._say(path("import"), "-window", "root", str(kept))
        assert kept.stat().st_size > 1000
        return kept

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
        for process in reversed(self._processes):
            process.terminate()
        for process in self._processes:
            _see_off(process)
        shutil.rmtree(self.folder)


def path(name: str) -> str:
    return str(packages.program(name).path)


def _see_off(process: subprocess.Popen[bytes]) -> None:
    """Wait for the end of a program; the launcher of the accessibility bus may miss its signal."""
    try:
        process.wait(PATIENCE_TO_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait(what: str, happened: Callable[[], object]) -> None:
    """Wait for other programs, which have no other way to tell."""
    limit = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < limit, f"{what}: not within {PATIENCE_S} s"
        time.sleep(0.1)


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[Desktop]:
    made = Desktop(tmp_path)
    yield made
    made.close()


def test_wpa_gui_shows_scan_results(desktop: Desktop) -> None:
    reader = desktop.reader
    reader.press("push button", "Scan")
    wait("the results", lambda: reader.find(*RESULTS))
    assert "home" not in shown(reader)
    reader.press("push button", "Scan", RESULTS)
    wait("the AP in the list", lambda: {"home", BSSID, "2412", FLAGS} <= shown(reader))
    desktop.picture("results")
    reader.press("push button", "Close", RESULTS)
    wait("the end of the results", lambda: not reader.find(*RESULTS))


def shown(reader: ScreenReader) -> set[str]:
    """What the list of scan results has in its cells."""
    return {each.name for each in reader.inside(*RESULTS)}


def test_wpa_gui_enrols_by_push_button(desktop: Desktop) -> None:
    reader = desktop.reader
    reader.press("page tab", "WPS")
    assert desktop.ap("wps_pbc") == "OK\n"
    reader.press("push button", "PBC - push button")
    wait("the enrolment", lambda: desktop.status().get("wpa_state") == "COMPLETED")
    assert desktop.status()["ssid"] == "home"
    assert "aid=1" in desktop.ap("all_sta")
    assert 'psk="12345678"' in (desktop.folder / "sta.conf").read_text()
    wait("the window's word", lambda: reader.after("Status:") == CONNECTED)
    desktop.picture("push-button")
    assert desktop.gui.poll() is None


def test_wpa_gui_enrols_by_pin(desktop: Desktop) -> None:
    reader = desktop.reader
    reader.press("page tab", "WPS")
    reader.press("push button", "Generate PIN")
    wait("the PIN", lambda: "pin=" in desktop.station("get_network", "0", "phase1"))
    pin = desktop.station("get_network", "0", "phase1").split("pin=")[1].split()[0]
    wait("the PIN in the window", lambda: reader.after("PIN:") == pin)
    desktop.picture("pin")
    assert desktop.ap("wps_pin", "any", pin) == "OK\n"
    wait("the enrolment", lambda: desktop.status().get("wpa_state") == "COMPLETED")
    assert desktop.status()["ssid"] == "home"
    wait("the window's word", lambda: reader.after("Status:") == CONNECTED)
    desktop.picture("pin-done")
