"""Both programs on a shared air, with nothing but the two unmodified command-line clients."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
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
BACKHAUL = """\
multi_ap=2
multi_ap_backhaul_ssid="backhaul"
multi_ap_backhaul_wpa_passphrase=behind the house
bss=wlan0_1
ctrl_interface={folder}/ap
ssid=backhaul
multi_ap=1
wds_sta=1
wpa=2
rsn_pairwise=CCMP
wpa_passphrase=behind the house
"""
STATION_CONFIG = "ctrl_interface={folder}/sta\nupdate_config=1\n"


def cli(name: str, control: Path, *words: str, interface: str = "wlan0") -> str:
    found = packages.program(name)
    return subprocess.run(
        [str(found.path), "-p", str(control), "-i", interface, *words],
        env={**os.environ, **found.env},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    ).stdout


@contextlib.contextmanager
def programs(stage: Stage, folder: Path, ap_config: str) -> Iterator[tuple[Path, Path]]:
    """Both programs run; gives the folders of their sockets. They have to end well."""
    air = stage.keep(Air(folder / "air"))
    (folder / "ap.conf").write_text(ap_config.format(folder=folder))
    (folder / "sta.conf").write_text(STATION_CONFIG.format(folder=folder))
    python, ap, sta = [sys.executable, "-m"], folder / "ap", folder / "sta"
    station = ["harness.live.wpa_supplicant", "-Dsim", "-iwlan0", f"-c{folder / 'sta.conf'}"]
    commands = (
        [*python, "harness.live.hostapd", "-Dsim", str(folder / "ap.conf")],
        [*python, *station],
    )
    environment = {**os.environ, "AIRPROOF_AIR": str(air.path)}
    running = [
        subprocess.Popen(each, env=environment, stdout=subprocess.DEVNULL) for each in commands
    ]
    try:
        stage.until(lambda: "state=ENABLED" in cli("hostapd_cli", ap, "status"))
        stage.until(lambda: cli("wpa_cli", sta, "ping") == "PONG\n")
        yield ap, sta
    finally:
        for each in running:
            each.terminate()
            each.wait(PATIENCE_S)
    assert [each.returncode for each in running] == [0, 0]


def test_push_button_onboarding_by_two_clients(stage: Stage, tmp_path: Path) -> None:
    with programs(stage, tmp_path, AP_CONFIG) as (ap, sta):
        assert cli("hostapd_cli", ap, "wps_pbc") == "OK\n"
        assert cli("wpa_cli", sta, "wps_pbc") == "OK\n"
        stage.until(lambda: "wpa_state=COMPLETED" in cli("wpa_cli", sta, "status"))
        stage.until(lambda: "[AUTHORIZED]" in cli("hostapd_cli", ap, "all_sta"))
    assert '\tssid="home"\n' in (tmp_path / "sta.conf").read_text()


def test_a_backhaul_station_comes_to_the_second_bss(stage: Stage, tmp_path: Path) -> None:
    """README-MULTI-AP, "WPS support": given the other network's Credential, it joins that."""
    with programs(stage, tmp_path, AP_CONFIG + BACKHAUL) as (ap, sta):
        assert cli("hostapd_cli", ap, "wps_pbc") == "OK\n"
        assert cli("wpa_cli", sta, "wps_pbc", "multi_ap=1") == "OK\n"
        stage.until(lambda: "wpa_state=COMPLETED" in cli("wpa_cli", sta, "status"))
        assert "\nssid=backhaul\n" in cli("wpa_cli", sta, "status")
        there = partial(cli, "hostapd_cli", ap, "all_sta", interface="wlan0_1")
        stage.until(lambda: "[AUTHORIZED]" in there())
        assert cli("hostapd_cli", ap, "all_sta") == ""
    assert "\tmulti_ap_backhaul_sta=1\n" in (tmp_path / "sta.conf").read_text()
