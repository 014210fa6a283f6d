"""Push button on two interfaces of one program, each of which hears another access point."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from live_stage import Client, Stage
from station_stage import CONFIG, Field

OVERLAP = "WPS-OVERLAP-DETECTED PBC session overlap"


class TwoInterfaces:
    """The program, and two clients of its global socket: one asks, one listens to both."""

    def __init__(self, field: Field, connect: Callable[[Path], Client]) -> None:
        self.stage = field.stage
        field.access_point(b"other", 2437)
        interfaces = []
        for name, frequency in (("wlan0", 2412), ("wlan1", 2437)):
            path = field.folder / f"{name}.conf"
            path.write_text(CONFIG.format(field.control) + f"freq_list={frequency}\n")
            interfaces.append(field.interface(name, path))
        field.run(*interfaces, global_socket=field.folder / "global")
        field.push_button()
        self.asking, self._listening = (connect(field.folder / "global") for _ in range(2))
        self._listening.ask(self.stage, "ATTACH")
        self._lines: list[str] = []

    def ask(self, command: str) -> str:
        return self.asking.ask(self.stage, command)

    def until_told(self, interface: str, line: str) -> None:
        """Wait until an interface has told this."""
        self.stage.until(lambda: line in self.told(interface))

    def told(self, interface: str) -> list[str]:
        """What an interface has told so far."""
        self._lines += self._listening.received()
        start = f"IFNAME={interface} <3>"
        return [each.removeprefix(start) for each in self._lines if each.startswith(start)]


@pytest.fixture
def two(stage: Stage, client: Callable[[Path], Client]) -> Iterator[TwoInterfaces]:
    made = Field(stage)
    try:
        yield TwoInterfaces(made, client)
    finally:
        made.close()


def test_two_buttons_that_no_interface_hears_both_of_overlap(two: TwoInterfaces) -> None:
    for interface in ("wlan0", "wlan1"):
        two.asking.send(f"IFNAME={interface} WPS_PBC")
    for interface in ("wlan0", "wlan1"):
        two.until_told(interface, OVERLAP)
        two.until_told(interface, "WPS-CANCEL ")


def test_what_a_removed_interface_heard_does_not_count(two: TwoInterfaces) -> None:
    assert two.ask("IFNAME=wlan1 WPS_PIN any 12345670") == "12345670"
    two.until_told("wlan1", "WPS-AP-AVAILABLE-PBC ")
    assert two.ask("INTERFACE_REMOVE wlan1") == "OK\n"
    assert two.ask("IFNAME=wlan0 WPS_PBC") == "OK\n"
    two.until_told("wlan0", "WPS-SUCCESS ")
    assert OVERLAP not in two.told("wlan0")
