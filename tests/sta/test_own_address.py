"""The address that a station goes by: its own, or one that it draws."""

from __future__ import annotations

from control_stage import ControlStage, fields
from sta_stage import STA, home

from harness.base.address import MacAddress
from harness.base.seam import Authenticate, Command, Scan, SetAddress
from harness.base.seam_events import CommandFailed


def station(*settings: str, network: str = "0") -> ControlStage:
    stage = ControlStage(home(), text="update_config=1\n" + "".join(f"{s}\n" for s in settings))
    stage.ask("ADD_NETWORK")
    stage.ask_all('SET_NETWORK 0 ssid "home"', 'SET_NETWORK 0 psk "correct horse"')
    assert stage.ask(f"SET_NETWORK 0 mac_addr {network}") == "OK\n"
    return stage


def connect(stage: ControlStage) -> MacAddress:
    stage.ask("SELECT_NETWORK 0")
    stage.until_line("CTRL-EVENT-CONNECTED")
    return MacAddress(fields(stage.ask("STATUS"))["address"])


def drawn(stage: ControlStage) -> list[MacAddress]:
    return [each.address for each in stage.sent(SetAddress) if isinstance(each, SetAddress)]


def order(stage: ControlStage) -> list[type[Command]]:
    kinds = [type(command) for _, command in stage.commands]
    return [kind for kind in kinds if kind in (SetAddress, Scan, Authenticate)]


def test_an_address_is_its_own_unless_it_is_to_be_another() -> None:
    stage = station()
    assert connect(stage) == STA
    assert not drawn(stage)


def test_a_random_address_is_drawn_before_joining() -> None:
    stage = station(network="1")
    address = connect(stage)
    assert drawn(stage) == [address]
    assert address[0] & 3 == 2  # local, of one station
    assert order(stage) == [Scan, SetAddress, Authenticate]


def test_a_random_address_may_keep_its_makers_octets() -> None:
    stage = station("mac_addr=2", network="-1")
    address = connect(stage)
    assert address != STA
    assert address[:3] == STA[:3]


def test_the_network_of_before_is_joined_as_before() -> None:
    stage = station(network="1")
    address = connect(stage)
    stage.ask("DISCONNECT")
    stage.run(stage.now + 100.0)
    assert connect(stage) == address
    assert len(drawn(stage)) == 1


def test_the_permanent_address_comes_back() -> None:
    stage = station(network="1")
    connect(stage)
    stage.ask_all("DISCONNECT", "SET_NETWORK 0 mac_addr 0")
    assert connect(stage) == STA
    assert drawn(stage)[-1] == STA


def test_probes_go_out_under_an_address_that_lasts_for_a_while() -> None:
    stage = station("preassoc_mac_addr=1", "rand_addr_lifetime=10")
    for _ in range(2):
        stage.ask("SCAN")
        stage.run(stage.now + 1.0)
    assert order(stage) == [SetAddress, Scan, Scan]
    stage.run(stage.now + 10.0)
    stage.ask("SCAN")
    assert len(drawn(stage)) == 2
    stage.run(stage.now + 1.0)
    assert connect(stage) == STA


def test_a_radio_that_takes_no_other_address_keeps_its_own() -> None:
    stage = station("preassoc_mac_addr=1")
    stage.ask("SCAN")
    (command,) = stage.sent(SetAddress)
    stage.say(CommandFailed(interface="wlan0", command=command, errno=95, reason="no"))
    stage.run(stage.now + 1.0)
    assert fields(stage.ask("STATUS"))["address"] == str(STA)
