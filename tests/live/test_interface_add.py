"""INTERFACE_ADD: interfaces that come and go while the program runs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cli_stage import Lab, needs_lab
from live_stage import Client, Stage
from station_stage import Field

from vm import packages

in_lab, installed = needs_lab


@pytest.fixture
def field(stage: Stage) -> Iterator[Field]:
    made = Field(stage)
    try:
        yield made
    finally:
        made.close()


def test_a_further_interface_on_a_simulated_air(
    field: Field, client: Callable[[Path], Client]
) -> None:
    path = field.folder / "global"
    field.run(field.interface(), global_socket=path)
    own = client(path)

    def told(command: str) -> str:
        return own.ask(field.stage, command)

    add = f"INTERFACE_ADD v0\t{field.config}"
    assert told("INTERFACE_ADD") == "UNKNOWN COMMAND\n"
    assert told(f"{add}\tsim\t\t\t\tmake") == "FAIL\n"
    assert told(f"{add}\tsim\t\t\t\tcreate\tmesh") == "FAIL\n"
    assert told(f"{add}\tnl80211\t\t\t\tcreate") == "FAIL\n"
    assert told(f"{add}\tsim\t\t\t\t\tsta\t02:00:00:11:22:33") == "FAIL\n"
    assert told(f"{add}\tsim\t\t\t\tcreate\tsta") == "OK\n"
    assert told("INTERFACES") == "wlan0\nv0\n"
    assert "wpa_state=INACTIVE\n" in told("IFNAME=v0 STATUS")
    chosen = "02:00:00:11:22:33"
    assert told(f"INTERFACE_ADD v1\t\t\t\t\t\tcreate\tsta\t{chosen}") == "OK\n"
    assert f"ifname=v1\naddress={chosen}\n" in told("STATUS")
    assert told("INTERFACE_REMOVE v0") == "OK\n"
    assert told("INTERFACES") == "wlan0\nv1\n"


def test_what_the_global_socket_does_on_every_interface(
    field: Field, client: Callable[[Path], Client]
) -> None:
    path = field.folder / "global"
    other = field.folder / "other.conf"
    other.write_text("")
    field.run(field.interface(), field.interface("wlan1", other), global_socket=path)
    own = client(path)

    def told(command: str) -> str:
        return own.ask(field.stage, command)

    assert told("IFNAME=wlan0 ADD_NETWORK") == told("IFNAME=wlan1 ADD_NETWORK") == "0\n"
    assert told('IFNAME=wlan0 SET_NETWORK 0 ssid "home"') == "OK\n"
    assert told("DUP_NETWORK wlan0 wlan1 0 0 ssid") == "OK\n"
    assert told("IFNAME=wlan1 GET_NETWORK 0 ssid") == '"home"'
    assert told("DUP_NETWORK wlan0 wlan9 0 0 ssid") == "FAIL\n"
    assert told("DUP_NETWORK wlan0 wlan1 7 0 ssid") == "FAIL\n"
    assert told("SET device_name abc") == "OK\n"
    assert told("IFNAME=wlan1 GET device_name") == "abc"
    assert told("SET foo 1") == "FAIL\n"
    assert told("IFNAME=wlan0") == "UNKNOWN COMMAND\n"


COMMANDS = (
    "INTERFACE_ADD v0\t{config}\tnl80211\t\t\t\tcreate",
    "INTERFACE_REMOVE v0",
    "INTERFACE_ADD v1\t\tnl80211\t{folder}/c1\t\t\tcreate\tsta",
    "INTERFACE_ADD v2\t{config}\tnl80211\t\t\t\tcreate\tmesh",
    "INTERFACE_ADD v2\t{config}\tnl80211\t\t\t\tmake",
    "INTERFACE_ADD v2\t{folder}/nothing\tnl80211\t\t\t\tcreate",
    "INTERFACE_ADD v2\t{config}\tfoo\t\t\t\tcreate",
    "INTERFACE_ADD v2\t{config}\tnl80211\t\t\t\t\tsta",
    "INTERFACE_REMOVE v2",
)
"""One that is there already is not among them: the real one takes that away, and makes none."""


def made(kind: str, folder: Path, client: Callable[[Path], Client]) -> list[tuple[str, ...]]:
    """Each command's reply, and the interfaces that the kernel has then."""
    everywhere = folder / f"{kind}.g"
    lab = Lab(kind, folder, "ctrl_interface={folder}/sta\n", "-g", str(everywhere))
    config = folder / "further.conf"
    config.write_text(f"ctrl_interface={folder}/further\n")
    said = []
    stage = Stage()
    try:
        own = client(everywhere)
        for command in COMMANDS:
            reply = own.ask(stage, command.format(config=config, folder=folder))
            said.append((command, reply, *interfaces(lab)))
    finally:
        stage.close()
        lab.close()
    return said


def interfaces(lab: Lab) -> list[str]:
    """What iw says of each, but for numbers that no two runs share."""
    iw = packages.program("iw")
    told = subprocess.run(
        ["nsenter", f"--net=/run/netns/{lab.sta.namespace}", str(iw.path), "dev"],
        env={**os.environ, **iw.env}, capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    lines = (line.strip() for line in lab.named(told).splitlines())
    return [line for line in lines if line.startswith(("Interface", "addr", "type"))]


@in_lab
@installed
def test_interfaces_are_made_as_by_the_real_program(
    tmp_path: Path, client: Callable[[Path], Client]
) -> None:
    assert made("ours", tmp_path, client) == made("real", tmp_path, client)
