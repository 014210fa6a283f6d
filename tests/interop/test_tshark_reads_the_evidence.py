"""tshark, which knows nothing of us, reads every capture that a run leaves behind."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ONBOARDING = "map.onboarding.push-button"
BROKEN_ON_PURPOSE = "map.element.*"
"""The scenarios whose stimulus is a Multi-AP element that is wrong."""
CUT_UP = "map.wps-failure.fragments-*"
"""The scenarios with fragmented WSC messages, which tshark 4.0 does not put together."""
MIXED = "map.wps-credential.mixed-fronthaul-wpa"
RUNS = ["simulated_run", "kernel_run"]


@pytest.fixture
def run(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue(request.param)
    return folder


@pytest.fixture(scope="session", autouse=True)
def _tshark() -> None:
    assert shutil.which("tshark"), "tshark is missing: ./airproof test gets it"


def tshark(capture: Path, *arguments: str, profile: Path | None = None) -> list[str]:
    """Run tshark on a capture, with the Wireshark profile of `profile`; gives its lines."""
    environment, chosen = dict(os.environ), []
    if profile is not None:
        environment["WIRESHARK_CONFIG_DIR"] = str(profile)
        chosen = ["-C", "airproof"]
    ended = subprocess.run(
        ["tshark", *chosen, "-r", str(capture), *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
        env=environment,
    )
    return ended.stdout.splitlines()


@pytest.fixture
def profile(run: Path, tmp_path: Path) -> Path:
    """A Wireshark configuration folder with the profile that the run left."""
    shutil.copytree(run / ONBOARDING / "wireshark", tmp_path / "profiles" / "airproof")
    return tmp_path


@pytest.mark.parametrize("run", RUNS, indirect=True)
def test_no_packet_of_any_capture_is_malformed(run: Path) -> None:
    captures = sorted(run.glob("*/air.pcapng"))
    assert len(captures) >= 10
    fields = ("_ws.malformed", "_ws.expert.severity")
    for capture in captures:
        if any(capture.parent.match(exempt) for exempt in (BROKEN_ON_PURPOSE, CUT_UP)):
            continue
        lines = tshark(capture, "-T", "fields", *(x for name in fields for x in ("-e", name)))
        assert lines
        assert [line for line in lines if _wrong(*line.split("\t"))] == [], capture


def _wrong(malformed: str, severities: str) -> bool:
    """True for a malformed packet, or one with an expert's error (severity 0x800000)."""
    return bool(malformed) or "8388608" in severities.split(",")


@pytest.mark.parametrize("run", RUNS, indirect=True)
def test_the_onboarding_elements_are_named(run: Path) -> None:
    text = tshark(run / ONBOARDING / "air.pcapng", "-Y", "wlan.fc.type_subtype <= 1", "-V")
    for name in (
        "Tag: Vendor Specific: Microsoft Corp.: WPS",
        "Tag: Vendor Specific: Wi-Fi Alliance: IEEE1905 Multi-AP",
        "Multi-AP Flags: 0x80, Backhaul STA",
        "Multi-AP Flags: 0x40, Backhaul BSS",
    ):
        assert any(name in line for line in text), name


@pytest.mark.parametrize("run", RUNS, indirect=True)
def test_the_messages_come_in_their_order(run: Path) -> None:
    types = tshark(
        run / ONBOARDING / "air.pcapng",
        *("-Y", "eap.type == 254 && wps.message_type"),
        *("-T", "fields", "-e", "wps.message_type"),
    )
    assert list(dict.fromkeys(int(number, 16) for number in types)) == [
        *(0x04, 0x05, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C),
        0x0F,
    ]


@pytest.mark.parametrize("run", RUNS, indirect=True)
def test_the_profile_decrypts_the_data_frames(run: Path, profile: Path) -> None:
    fields = ("-T", "fields", "-e", "llc.type", "-e", "wlan.fc.ds", "-e", "data.data")
    protected = ("-Y", "wlan.fc.type_subtype in {32, 40} && wlan.fc.protected == 1", *fields)
    capture = run / ONBOARDING / "air.pcapng"
    sealed = [line.split("\t") for line in tshark(capture, *protected)]
    opened = [line.split("\t") for line in tshark(capture, *protected, profile=profile)]
    assert len(sealed) == len(opened) >= 2
    assert not any(ether_type == "0x88b5" for ether_type, *_ in sealed)
    payloads = {
        bytes.fromhex(data).rstrip(b"\0").decode()
        for ether_type, ds, data in opened
        if ether_type == "0x88b5" and int(ds, 16) == 3
    }
    assert {text.split(",")[0] for text in payloads} == {
        "host behind ap to host behind sta",
        "host behind sta to host behind ap",
    }


@pytest.mark.parametrize("run", RUNS, indirect=True)
def test_the_profile_decrypts_tkip(run: Path, tmp_path: Path) -> None:
    shutil.copytree(run / MIXED / "wireshark", tmp_path / "profiles" / "airproof")
    opened = tshark(
        run / MIXED / "air.pcapng",
        *("-Y", "wlan.tkip.extiv && llc.type == 0x88b5"),
        *("-T", "fields", "-e", "wlan.ra", "-e", "data.data"),
        profile=tmp_path,
    )
    said = [line.split("\t") for line in opened]
    heard = {bytes.fromhex(data).rstrip(b"\0").decode().split(",")[0] for _, data in said}
    assert heard == {
        "sta to host behind ap",
        "host behind ap to sta",
        "host behind ap to everyone",
    }
    assert "ff:ff:ff:ff:ff:ff" in {receiver for receiver, _ in said}


def test_the_same_seed_gives_the_same_capture(
    simulated_run: Path, scenario_runner: Callable[..., Path], tmp_path: Path
) -> None:
    again = scenario_runner(tmp_path, "--air", "sim", "--seed", "interop")
    other = scenario_runner(tmp_path / "other", "--air", "sim", "--seed", "another")
    captures = sorted(path.relative_to(simulated_run) for path in simulated_run.glob("*/*.pcapng"))
    assert captures
    for capture in captures:
        assert (again / capture).read_bytes() == (simulated_run / capture).read_bytes()
        assert (other / capture).read_bytes() != (simulated_run / capture).read_bytes()
