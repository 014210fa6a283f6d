"""Both programs on a shared air, with nothing but the two unmodified command-line clients."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from live_stage import PATIENCE_S, Air, Stage

from vm import packages

MISSING = [name for name in ("hostapd_cli", "wpa_cli") if packages.find(name) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {MISSING}")

AP_CONFIG = """\
interface=wlan0
ctrl_interface={folder}/ap
hw_mode=g
channel=1
ssid=home
wpa=2
rsn_pairwise=CCMP
wpa_passphrase=correct horse
eap_server=1
wps_state=2
"""
STATION_CONFIG = "ctrl_interface={folder}/sta\nupdate_config=1\n"


def cli(name: str, control: Path, *words: str) -> str:
    found = packages.program(name)
    return subprocess.run(
        [str(found.path), "-p", str(control), "-i", "wlan0", *words],
        env={**os.environ, **found.env},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    ).stdout


def test_push_button_onboarding_by_two_clients(stage: Stage, tmp_path: Path) -> None:
    air = stage.keep(Air(tmp_path / "air"))
    (tmp_path / "ap.conf").write_text(AP_CONFIG.format(folder=tmp_path))
    (tmp_path / "sta.conf").write_text(STATION_CONFIG.format(folder=tmp_path))
    python, ap, sta = [sys.executable, "-m"], tmp_path / "ap", tmp_path / "sta"
    commands = (
        [*python, "harness.live.hostapd", "-Dsim", str(tmp_path / "ap.conf")],
        [
            *python,
            "harness.live.wpa_supplicant",
            "-Dsim",
            "-iwlan0",
            f"-c{tmp_path / 'sta.conf'}",
        ],
    )
    environment = {**os.environ, "AIRPROOF_AIR": str(air.path)}
    programs = [
        subprocess.Popen(each, env=environment, stdout=subprocess.DEVNULL) for each in commands
    ]
    try:
        stage.until(lambda: "state=ENABLED" in cli("hostapd_cli", ap, "status"))
        stage.until(lambda: cli("wpa_cli", sta, "ping") == "PONG\n")
        assert cli("hostapd_cli", ap, "wps_pbc") == "OK\n"
        assert cli("wpa_cli", sta, "wps_pbc") == "OK\n"
        stage.until(lambda: "wpa_state=COMPLETED" in cli("wpa_cli", sta, "status"))
        stage.until(lambda: "[AUTHORIZED]" in cli("hostapd_cli", ap, "all_sta"))
    finally:
        for each in programs:
            each.terminate()
            each.wait(PATIENCE_S)
    assert '\tssid="home"\n' in (tmp_path / "sta.conf").read_text()
    assert [each.returncode for each in programs] == [0, 0]
