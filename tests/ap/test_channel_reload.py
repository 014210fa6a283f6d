"""A reload to a channel that the rules close to access points keeps what runs."""

from __future__ import annotations

import errno

import pytest
from ap_stage import RADIO, ScriptedStation
from test_channel_choice import American
from test_control import FILE, PSK, Desk

from harness.base.seam import Command, StartBss, StopBss
from harness.base.seam_events import CommandFailed


class RuledDesk(Desk):
    """Its radio has North America's channels, and refuses one that is `closed` only when asked."""

    def __init__(self, text: str = FILE) -> None:
        self.closed = 0
        super().__init__(text, enable=False)
        self.interface.attach(RADIO, American(), "phy0")
        assert self.ask("ENABLE") == "OK\n"
        self.commands.clear()
        self.events.clear()

    def _perform(self, command: Command) -> None:
        if isinstance(command, StartBss) and command.frequency == self.closed:
            refused = CommandFailed(
                interface=command.interface, command=command, errno=errno.EINVAL, reason="closed"
            )
            self.feed(refused)
            return
        super()._perform(command)

    @property
    def disturbed(self) -> bool:
        return any(isinstance(each, StartBss | StopBss) for each in self.commands)

    def status(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.ask("STATUS").splitlines())


def test_a_closed_channel_is_refused_before_anything_stops() -> None:
    desk = RuledDesk()
    ScriptedStation(desk).join_with_key(PSK)
    desk.ask("SET channel 13")
    assert desk.ask("RELOAD") == "FAIL\n"
    told = desk.commands_of["wlan0"].told
    assert told is not None
    assert told.endswith("channel: the rules let no access point begin at 2472 MHz")
    assert not desk.disturbed
    assert (desk.status()["freq"], desk.status()["num_sta[0]"]) == ("2412", "1")


@pytest.mark.parametrize("command", ["RELOAD_CONFIG", "UPDATE", "UPDATE channel=13"])
def test_a_file_with_a_closed_channel_is_refused_with_its_place(command: str) -> None:
    desk = RuledDesk()
    if "=" not in command:
        desk.files.texts["ap.conf"] = FILE.replace("channel=1\n", "channel=13\nssid=other\n")
    desk.ask(command)
    told = desk.commands_of["wlan0"].told
    assert told is not None
    assert "channel: the rules let no access point begin at 2472 MHz" in told
    assert told.startswith("ap.conf:3: ") or "=" in command
    assert not desk.disturbed
    assert (desk.status()["channel"], desk.status()["ssid[0]"]) == ("1", "home")


def test_another_country_s_rules_are_asked_of_the_radio() -> None:
    desk = RuledDesk()
    for setting in ("country_code JP", "channel 13"):
        desk.ask(f"SET {setting}")
    assert desk.ask("RELOAD") == "OK\n"
    assert [each.country for each in desk.commands if isinstance(each, StartBss)] == ["JP"]
    assert desk.status()["freq"] == "2472"
    assert desk.interface.go_back(desk.now) is None


def test_what_the_radio_refuses_after_a_reload_gives_way_to_what_ran() -> None:
    desk = RuledDesk()
    desk.closed = 2472
    text = FILE.replace("channel=1\n", "channel=13\ncountry_code=JP\nssid=other\n")
    desk.files.texts["ap.conf"] = text
    assert desk.ask("RELOAD_CONFIG") == "OK\n"
    assert desk.status()["state"] == "COUNTRY_UPDATE"
    actions = desk.interface.go_back(desk.now)
    assert actions is not None
    desk.do(actions)
    shown = desk.status()
    assert (shown["state"], shown["freq"], shown["ssid[0]"]) == ("ENABLED", "2412", "home")
    ScriptedStation(desk).join_with_key(PSK)
    assert desk.interface.go_back(desk.now) is None


def test_a_channel_that_is_gone_to_is_told_while_it_is_announced() -> None:
    """As hostapd 2.10 tells it."""
    desk = RuledDesk()
    desk.ask("CHAN_SWITCH 5 2437")
    assert (desk.status()["freq"], desk.status()["channel"]) == ("2437", "6")
