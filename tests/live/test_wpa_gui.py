"""The unmodified wpa_gui under Xvfb drives our station beside our access point on a shared air.

The mouse goes where Debian's wpa_gui has its buttons at 96 dots an inch. Screenshots of every step
stay in the test's folder.
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

from vm import packages

NEEDED = ("Xvfb", "wpa_gui", "xdotool", "import", "compare", "wpa_cli", "hostapd_cli")
MISSING = [name for name in NEEDED if packages.find(name) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30.0
SCAN_BUTTON, WPS_TAB = (258, 309), (280, 103)
PUSH_BUTTON, PIN_BUTTON = (82, 159), (82, 188)
SCAN_IN_RESULTS, CLOSE_RESULTS = (478, 408), (565, 408)
STATUS_LINE = "230x20+70+125"
AP_CONFIG = """\
interface=wlan0
driver=sim
driver_params=air={folder}/air node=ap
ctrl_interface={folder}/ap
ssid=home
hw_mode=g
channel=1
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
        (self.folder / "ap.conf").write_text(AP_CONFIG.format(folder=self.folder))
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
        self.gui = self._run(path("wpa_gui"), "-p", f"{self.folder}/sta", "-i", "wlan0")
        wait("the window", lambda: "wpa_gui" in self.windows())
        time.sleep(1.0)  # it asks for the status once a second

    def _open_screen(self) -> None:
        """Let Xvfb choose a free number."""
        read, write = os.pipe()
        self._run(
            path("Xvfb"), "-displayfd", str(write), "-screen", "0", "800x700x24",
            "-nolisten", "tcp", pass_fds=(write,),
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
        own = {"HOME": str(self.folder), "QT_FONT_DPI": "96", "LC_ALL": "C.UTF-8"}
        return {**os.environ, **own, "DISPLAY": getattr(self, "_display", "")}

    def _say(self, *command: str) -> str:
        return subprocess.run(
            command, env=self._environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=30, check=False,
        ).stdout  # fmt: skip

    def ap(self, *words: str) -> str:
        return self._say(path("hostapd_cli"), "-p", f"{self.folder}/ap", "-i", "wlan0", *words)

    def station(self, *words: str) -> str:
        return self._say(path("wpa_cli"), "-p", f"{self.folder}/sta", "-i", "wlan0", *words)

    def status(self) -> dict[str, str]:
        lines = self.station("status").splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def windows(self) -> set[str]:
        """The titles of what is on the screen."""
        told = self._say(path("xdotool"), "search", "--onlyvisible", "--name", "", "getwindowname",
                         "%@")  # fmt: skip
        return set(told.splitlines())

    def click(self, place: tuple[int, int]) -> None:
        x, y = map(str, place)
        self._say(path("xdotool"), "mousemove", x, y, "click", "1")
        time.sleep(0.5)  # the window is drawn anew

    def picture(self, name: str) -> Path:
        """Keep what the screen shows."""
        kept = self.pictures / f"{name}.png"
        self._say(path("import"), "-window", "root", str(kept))
        assert kept.stat().st_size > 1000
        return kept

    def differ(self, one: Path, other: Path, part: str) -> bool:
        """True when a part of the screen is not the same in two pictures."""
        cut = [f"{each}[{part}]" for each in (one, other)]
        told = self._say(path("compare"), "-metric", "AE", *cut, "null:")
        return float(told.split()[0]) > 0

    def close(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
        for process in self._processes:
            process.wait(20)
        shutil.rmtree(self.folder)


def path(name: str) -> str:
    return str(packages.program(name).path)


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
    desktop.click(SCAN_BUTTON)
    wait("the results", lambda: "Scan results" in desktop.windows())
    before = desktop.picture("results-before")
    desktop.click(SCAN_IN_RESULTS)
    wait("the AP in a scan", lambda: "home" in desktop.station("scan_results"))
    time.sleep(0.5)
    after = desktop.picture("results")
    assert desktop.differ(before, after, "420x30+180+220"), "no row came into the list"
    desktop.click(CLOSE_RESULTS)
    wait("the end of the results", lambda: "Scan results" not in desktop.windows())


def test_wpa_gui_enrols_by_push_button(desktop: Desktop) -> None:
    desktop.click(WPS_TAB)
    before = desktop.picture("wps")
    assert desktop.ap("wps_pbc") == "OK\n"
    desktop.click(PUSH_BUTTON)
    wait("the enrolment", lambda: desktop.status().get("wpa_state") == "COMPLETED")
    assert desktop.status()["ssid"] == "home"
    assert "aid=1" in desktop.ap("all_sta")
    assert 'psk="12345678"' in (desktop.folder / "sta.conf").read_text()
    time.sleep(1.0)
    after = desktop.picture("push-button")
    assert desktop.differ(before, after, STATUS_LINE), "the WPS tab says nothing of it"
    assert desktop.gui.poll() is None


def test_wpa_gui_enrols_by_pin(desktop: Desktop) -> None:
    desktop.click(WPS_TAB)
    before = desktop.picture("wps")
    desktop.click(PIN_BUTTON)
    wait("the PIN", lambda: "pin=" in desktop.station("get_network", "0", "phase1"))
    pin = desktop.station("get_network", "0", "phase1").split("pin=")[1].split()[0]
    time.sleep(0.5)
    shown = desktop.picture("pin")
    assert desktop.differ(before, shown, "110x16+205+180"), "the window shows no PIN"
    assert desktop.ap("wps_pin", "any", pin) == "OK\n"
    wait("the enrolment", lambda: desktop.status().get("wpa_state") == "COMPLETED")
    assert desktop.status()["ssid"] == "home"
    time.sleep(1.0)
    after = desktop.picture("pin-done")
    assert desktop.differ(shown, after, STATUS_LINE), "the WPS tab says nothing of it"
