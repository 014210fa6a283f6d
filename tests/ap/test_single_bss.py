"""One BSS of several: added, removed, disabled, enabled and reloaded by commands."""

from __future__ import annotations

import pytest
from ap_stage import ALICE, BOB, RADIO, ScriptedStation
from test_control import FILE, Desk

from harness.ap.config_file import parse
from harness.ap.control.commands import BssCommands
from harness.ap.control_events import render
from harness.base.address import MacAddress
from harness.base.errors import ConfigError, UsageError
from harness.base.seam import StartBss, StopBss, SwitchChannel
from harness.base.seam_events import BssStarted, ChannelSwitched, CommandFailed, InterfaceSwitched
from harness.crypto.psk import derive_psk

TWO = FILE + "bss=wlan0-1\nssid=guest\n"
THIRD = "interface=wlan0-2\nssid=third\nhw_mode=g\nchannel=1\n"
PSK = derive_psk("correct horse", b"home")


class Rows(Desk):
    """A desk that keeps every command to the radio, by interface."""

    def starts(self) -> list[str]:
        return [each.interface for each in self.commands if isinstance(each, StartBss)]

    def stops(self) -> list[str]:
        return [each.interface for each in self.commands if isinstance(each, StopBss)]

    def begin(self, text: str) -> None:
        """Add the BSS of a file."""
        bss = parse(text, "third.conf").bsss[0]
        self.do(self.interface.add_bss(bss, self.now))
        self.commands_of[bss.name] = BssCommands(self.interface, bss.name, "phy0")

    def told(self) -> list[str]:
        """What was told since the last time, with whose it was."""
        lines = [(each.fields["interface"], render(each)) for each in self.events]
        self.events.clear()
        return [f"{name} {line}" for name, line in lines if line is not None]


def status(desk: Desk, name: str = "wlan0") -> dict[str, str]:
    return dict(line.split("=", 1) for line in desk.ask("STATUS", name).splitlines())


def test_another_bss_begins_beside_those_that_run() -> None:
    desk = Rows(TWO)
    ScriptedStation(desk).join_with_key(PSK)
    desk.commands.clear()
    desk.told()
    desk.begin(THIRD)
    assert desk.starts() == ["wlan0-2"]
    assert desk.stops() == []
    assert desk.told() == []
    shown = status(desk, "wlan0-2")
    assert (shown["bss[2]"], shown["ssid[2]"], shown["state"]) == ("wlan0-2", "third", "ENABLED")
    assert shown["bssid[2]"] == str(MacAddress(RADIO[:5] + bytes((RADIO[5] + 2,))))
    assert shown["num_sta[0]"] == "1"


def test_a_bss_that_does_not_fit_in_is_not_added() -> None:
    desk = Rows(TWO)
    desk.commands.clear()
    with pytest.raises(ConfigError, match="used by two"):
        desk.begin(THIRD + f"bssid={RADIO}\n")
    assert desk.commands == []
    assert "bss[2]" not in status(desk)


def test_a_removed_bss_takes_its_stations_with_it_and_no_others() -> None:
    desk = Rows(TWO)
    ScriptedStation(desk, ALICE).join_with_key(PSK)
    ScriptedStation(desk, BOB, "wlan0-1").join()
    desk.commands.clear()
    desk.told()
    desk.do(desk.interface.remove_bss("wlan0-1", desk.now))
    assert desk.stops() == ["wlan0-1"]
    assert desk.told() == ["wlan0-1 AP-DISABLED ", f"wlan0-1 AP-STA-DISCONNECTED {BOB}"]
    assert status(desk)["num_sta[0]"] == "1"
    assert "bss[1]" not in status(desk)
    with pytest.raises(UsageError, match="first BSS"):
        desk.interface.remove_bss("wlan0", desk.now)


def test_who_stays_keeps_its_address_over_a_reload() -> None:
    desk = Rows(TWO + "bss=wlan0-2\nssid=third\n")
    third = status(desk)["bssid[2]"]
    desk.do(desk.interface.remove_bss("wlan0-1", desk.now))
    desk.commands.clear()
    assert desk.ask("RELOAD") == "OK\n"
    assert status(desk)["bssid[1]"] == third
    assert desk.starts() == ["wlan0", "wlan0-2"]


def test_one_bss_is_disabled_and_enabled_alone() -> None:
    desk = Rows(TWO)
    ScriptedStation(desk, ALICE).join_with_key(PSK)
    ScriptedStation(desk, BOB, "wlan0-1").join()
    desk.commands.clear()
    desk.told()
    assert desk.ask("DISABLE_BSS", "wlan0-1") == "OK\n"
    assert desk.ask("DISABLE_BSS", "wlan0-1") == "OK\n"
    assert desk.stops() == ["wlan0-1"]
    assert desk.told() == [f"wlan0-1 AP-STA-DISCONNECTED {BOB}"]
    assert status(desk)["state"] == "ENABLED"
    assert status(desk)["num_sta[0]"] == "1"
    desk.advance(90000.0)  # longer than a group key lasts
    assert desk.ask("ENABLE_BSS", "wlan0-1") == "OK\n"
    assert desk.ask("ENABLE_BSS", "wlan0-1") == "OK\n"
    assert desk.starts() == ["wlan0-1"]
    ScriptedStation(desk, BOB, "wlan0-1").join()
    assert status(desk)["num_sta[1]"] == "1"


def switch_link(desk: Rows, name: str, *, up: bool) -> None:
    """Somebody takes a network interface down, and the kernel stops its BSS; or up again."""
    if not up and desk.peers.pop(name, None) is not None:
        desk.lost.add(name)
    desk.feed(InterfaceSwitched(interface=name, up=up))


def test_a_bss_whose_interface_went_down_begins_again_when_it_is_up() -> None:
    desk = Rows(TWO)
    ScriptedStation(desk, ALICE).join_with_key(PSK)
    ScriptedStation(desk, BOB, "wlan0-1").join()
    assert desk.ask("WPS_PBC") == "OK\n"
    desk.commands.clear()
    desk.told()
    switch_link(desk, "wlan0", up=False)
    assert desk.told() == [f"wlan0 AP-STA-DISCONNECTED {ALICE}", "wlan0 INTERFACE-DISABLED "]
    switch_link(desk, "wlan0", up=False)
    assert (desk.told(), desk.commands) == ([], []), "the radio has no such BSS"
    assert (status(desk)["state"], status(desk)["num_sta[0]"]) == ("ENABLED", "0")
    assert status(desk)["num_sta[1]"] == "1"
    desk.advance(90000.0)
    asked = [each for each in desk.commands if each.interface == "wlan0"]
    assert asked == [], "nothing is asked of what is not there"
    assert desk.ask("WPS_PBC") == "OK\n"
    desk.told()
    switch_link(desk, "wlan0", up=True)
    assert (desk.starts(), desk.stops()) == (["wlan0"], [])
    assert desk.told() == ["wlan0 INTERFACE-ENABLED "]
    assert "PBC Status: Active" in desk.ask("WPS_GET_STATUS")
    ScriptedStation(desk, ALICE).join_with_key(PSK)
    assert status(desk)["num_sta[0]"] == "1"


def test_the_radio_is_told_of_the_end_of_a_bss_whose_interface_is_down() -> None:
    desk = Rows(TWO)
    switch_link(desk, "wlan0-1", up=False)
    desk.commands.clear()
    desk.do(desk.interface.remove_bss("wlan0-1", desk.now))
    assert desk.stops() == ["wlan0-1"]
    assert "bss[1]" not in status(desk)


def test_an_interface_that_comes_up_begins_only_what_went_with_it() -> None:
    desk = Rows(TWO)
    desk.ask("DISABLE_BSS", "wlan0-1")
    switch_link(desk, "wlan0", up=False)
    assert desk.ask("DISABLE") == "OK\n"
    desk.commands.clear()
    switch_link(desk, "wlan0", up=True)
    switch_link(desk, "wlan0-1", up=True)
    assert desk.commands == []
    assert desk.ask("ENABLE") == "OK\n"
    switch_link(desk, "wlan0-1", up=True)
    assert desk.starts() == ["wlan0", "wlan0-1"]


def test_a_disabled_bss_begins_again_on_the_channel_that_the_others_went_to() -> None:
    desk = Rows(TWO)
    desk.ask("DISABLE_BSS", "wlan0-1")
    assert desk.ask("CHAN_SWITCH 5 2437") == "OK\n"
    desk.feed(ChannelSwitched(interface="wlan0", frequency=2437))
    desk.commands.clear()
    desk.ask("ENABLE_BSS", "wlan0-1")
    started = [each for each in desk.commands if isinstance(each, StartBss)]
    assert [each.frequency for each in started] == [2437]
    assert status(desk)["channel"] == "6"
    desk.commands.clear()
    assert desk.ask("RELOAD") == "OK\n"
    assert all(each.frequency == 2437 for each in desk.commands if isinstance(each, StartBss))


def test_one_bss_is_reloaded_alone() -> None:
    desk = Rows(TWO)
    ScriptedStation(desk, ALICE).join_with_key(PSK)
    desk.ask("SET ssid visitors", "wlan0-1")
    desk.ask("SET ssid elsewhere", "wlan0")
    desk.commands.clear()
    assert desk.ask("RELOAD_BSS", "wlan0-1") == "OK\n"
    assert desk.starts() == ["wlan0-1"]
    assert status(desk)["num_sta[0]"] == "1"
    assert "ssid=visitors\n" in desk.ask("GET_CONFIG", "wlan0-1")


def test_beaconing_stops_at_once_and_nobody_is_told() -> None:
    desk = Rows(TWO)
    ScriptedStation(desk, ALICE).join_with_key(PSK)
    desk.commands.clear()
    desk.told()
    assert desk.ask("STOP_AP") == "OK\n"
    assert desk.stops() == ["wlan0-1", "wlan0"]
    assert desk.told() == []
    assert desk.ask("STA-FIRST").startswith(f"{ALICE}\n")
    assert desk.ask("CHAN_SWITCH 5 2462") == "FAIL\n"
    desk.commands.clear()
    assert desk.ask("DISABLE") == "OK\n"
    assert desk.stops() == []
    assert desk.ask("ENABLE") == "OK\n"
    assert desk.starts() == ["wlan0", "wlan0-1"]


def test_a_beacon_that_is_updated_after_it_was_stopped_is_there_again() -> None:
    """As with hostapd 2.10, a channel switch follows then, and is told."""
    desk = Rows(TWO)
    ScriptedStation(desk, ALICE).join_with_key(PSK)
    desk.ask("STOP_AP")
    desk.commands.clear()
    desk.told()
    assert desk.ask("UPDATE_BEACON") == "OK\n"
    assert desk.starts() == ["wlan0"]
    assert f"wlan0 AP-STA-DISCONNECTED {ALICE}" in desk.told()
    assert desk.ask("STA-FIRST") == ""
    ScriptedStation(desk, ALICE).join_with_key(PSK)
    assert desk.ask("CHAN_SWITCH 5 2462") == "OK\n"
    switches = [each for each in desk.commands if isinstance(each, SwitchChannel)]
    assert [(each.interface, each.frequency) for each in switches] == [("wlan0", 2462)]


def test_the_file_is_read_again_with_other_values() -> None:
    desk = Rows(TWO)
    assert desk.ask("UPDATE channel=6") == "OK\n"
    assert (status(desk)["channel"], status(desk)["freq"]) == ("6", "2437")
    assert desk.ask("UPDATE channel=nonsense") == "OK\n"
    assert status(desk)["channel"] == "6"
    assert desk.ask("UPDATE") == "OK\n"
    assert status(desk)["channel"] == "1"


def test_a_bss_that_the_radio_refused_is_not_stopped_there() -> None:
    desk = Rows(TWO)
    start = next(each for each in desk.commands if isinstance(each, StartBss))
    desk.feed(CommandFailed(interface="wlan0", command=start, errno=16, reason="busy"))
    desk.commands.clear()
    desk.ask("DISABLE")
    assert desk.stops() == ["wlan0-1"]


def test_bss_started_late_is_one_event() -> None:
    desk = Rows(TWO)
    desk.events.clear()
    desk.feed(BssStarted(interface="wlan0-1"))
    assert desk.told() == []
