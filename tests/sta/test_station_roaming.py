"""The station goes from one AP to another, and follows its AP to another channel."""

from __future__ import annotations

import pytest
from sta_stage import AP1, PASSPHRASE, ScriptedAp, Stage, home

from harness.base.address import MacAddress
from harness.base.errors import UsageError
from harness.base.seam import Associate, Authenticate, Deauthenticate, SetFourAddress
from harness.base.seam_events import ChannelSwitched, ChannelSwitchStarted, Disconnected
from harness.sta.config import Network, StationConfig
from harness.sta.scanning import Wish
from harness.sta.state import WpaState
from harness.wire.dot11.elements import Elements
from harness.wire.multi_ap import BACKHAUL_BSS, BACKHAUL_STA, MultiApElement

OTHER = MacAddress("02:00:00:00:02:00")


def joined(*aps: ScriptedAp, backhaul: bool = True) -> Stage:
    """A stage whose station is in the network of `aps`, with the first one (the strongest)."""
    network = Network(ssid=b"home", passphrase=PASSPHRASE, multi_ap_backhaul_sta=backhaul)
    stage = Stage(*aps, config=StationConfig(device=Stage().config.device, bridge="br0"))
    stage.do(stage.station.start(0.0))
    number, actions = stage.station.add_network(network, 0.0)
    stage.do(actions)
    stage.do(stage.station.connect(number, 0.0))
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert stage.station.bssid == AP1
    return stage


def two(**second: object) -> tuple[ScriptedAp, ScriptedAp]:
    given: dict[str, object] = {"bssid": OTHER, "signal": -60, "multi_ap": BACKHAUL_BSS}
    return home(multi_ap=BACKHAUL_BSS), home(**(given | second))


def test_roaming_is_a_reassociation_with_the_element() -> None:
    stage = joined(*two())
    stage.do(stage.station.roam(OTHER, stage.now))
    stage.until_line(f"CTRL-EVENT-CONNECTED - Connection to {OTHER}")

    request = stage.sent(Associate)[-1]
    assert isinstance(request, Associate)
    assert (request.bssid, request.previous) == (OTHER, AP1)
    said = Elements(request.elements).multi_ap
    assert said is not None
    assert MultiApElement.decode(said).flags == BACKHAUL_STA
    assert stage.station.wpa_state is WpaState.COMPLETED


def test_first_association_names_no_previous_ap() -> None:
    stage = joined(*two())
    assert [each.previous for each in stage.sent(Associate)] == [None]  # type: ignore[attr-defined]


def test_bridge_keeps_its_port_while_roaming() -> None:
    stage = joined(*two())
    stage.do(stage.station.roam(OTHER, stage.now))
    assert stage.station.four_address
    stage.until_line(f"CTRL-EVENT-CONNECTED - Connection to {OTHER}")

    assert stage.station.four_address
    assert stage.sent(SetFourAddress) == [
        SetFourAddress(interface="wlan0", enabled=True, bridge="br0")
    ]
    assert not [line for line in stage.lines if "DISCONNECTED" in line]


def test_radio_that_tells_of_the_old_association_does_not_end_the_new_one() -> None:
    stage = joined(*two())
    stage.do(stage.station.roam(OTHER, stage.now))
    gone = Disconnected(interface="wlan0", bssid=AP1, reason=1, locally_generated=True)
    stage.say(gone, after=0.0)
    stage.until_line(f"CTRL-EVENT-CONNECTED - Connection to {OTHER}")
    assert stage.station.bssid == OTHER


@pytest.mark.parametrize(
    "refusal",
    [
        {"multi_ap": None},
        {"statuses": [17]},
        {"authentication_statuses": [1]},
        {"mute": frozenset({"authentication"})},
    ],
    ids=["no backhaul BSS", "association refused", "authentication refused", "silent"],
)
def test_failed_roaming_ends_four_address_mode(refusal: dict[str, object]) -> None:
    stage = joined(*two(**refusal))
    stage.do(stage.station.roam(OTHER, stage.now))
    stage.until_line(f"CTRL-EVENT-CONNECTED - Connection to {AP1}")

    modes = [each.enabled for each in stage.sent(SetFourAddress)]  # type: ignore[attr-defined]
    assert modes == [True, False, True]
    assert stage.station.four_address


def test_senseless_roaming_is_refused() -> None:
    stage = joined(home(multi_ap=BACKHAUL_BSS), home(bssid=OTHER, ssid=b"other", signal=-70))
    with pytest.raises(UsageError, match="no BSS of the present network"):
        stage.station.roam(OTHER, stage.now)
    stage.do(stage.station.disconnect(stage.now))
    with pytest.raises(UsageError, match="not associated"):
        stage.station.roam(AP1, stage.now)


def test_plain_station_roams_too() -> None:
    stage = joined(*two(), backhaul=False)
    stage.do(stage.station.roam(OTHER, stage.now))
    stage.until_line(f"CTRL-EVENT-CONNECTED - Connection to {OTHER}")
    assert not stage.sent(SetFourAddress)
    assert not stage.sent(Deauthenticate)


def test_station_tells_of_a_switch_and_knows_the_channel() -> None:
    stage = joined(*two())
    stage.say(ChannelSwitchStarted(interface="wlan0", frequency=2437, count=5))
    stage.say(ChannelSwitched(interface="wlan0", frequency=2437), after=0.5)
    stage.until_line("CTRL-EVENT-CHANNEL-SWITCH")

    about = "freq=2437 ht_enabled=0 ch_offset=0 ch_width=20 MHz (no HT) cf1=2437 cf2=0"
    assert stage.lines[-2:] == [
        f"CTRL-EVENT-STARTED-CHANNEL-SWITCH {about}",
        f"CTRL-EVENT-CHANNEL-SWITCH {about}",
    ]
    assert stage.station.wpa_state is WpaState.COMPLETED
    # An AP that forgot us is gone back to at once: where it is now.
    stage.aps[0].frequency = 2437
    stage.disconnect_by_ap(stage.aps[0], 6)
    stage.until_line("CTRL-EVENT-DISCONNECTED")
    again = stage.sent(Authenticate)[-1]
    assert isinstance(again, Authenticate)
    assert (again.bssid, again.frequency) == (AP1, 2437)


def scanned(stage: Stage) -> list[str]:
    """The lines that follow when a connected station looks around."""
    before = len(stage.lines)
    stage.run(stage.now + 1.0)
    stage.do(stage.station.scan(stage.now))
    stage.run(stage.now + 2.0)
    return stage.lines[before:]


def faint(first: int, second: int) -> tuple[Stage, ScriptedAp, ScriptedAp]:
    """Joined to the first of two APs of a network, then both are heard as faintly as that."""
    near, far = home(), home(bssid=OTHER, signal=-60)
    stage = joined(near, far, backhaul=False)
    near.signal, far.signal = first, second
    return stage, near, far


def test_a_scan_finds_a_better_ap_of_the_network() -> None:
    stage, _, _ = faint(-84, -60)
    lines = scanned(stage)
    assert (
        f"CTRL-EVENT-DO-ROAM cur_bssid={AP1} cur_freq=2412 cur_level=-84 cur_est=11000"
        f" sel_bssid={OTHER} sel_freq=2412 sel_level=-60 sel_est=11000"
    ) in lines
    assert stage.station.bssid == OTHER
    request = stage.sent(Associate)[-1]
    assert isinstance(request, Associate)
    assert request.previous == AP1, "it is a reassociation"
    assert not stage.sent(Deauthenticate)


@pytest.mark.parametrize(
    ("first", "second", "word"),
    [
        (-80, -79, "CTRL-EVENT-SKIP-ROAM"),
        (-88, -86, "CTRL-EVENT-DO-ROAM"),
        (-68, -64, "CTRL-EVENT-SKIP-ROAM"),
        (-68, -62, "CTRL-EVENT-DO-ROAM"),
        (-60, -30, None),
    ],
)
def test_the_worse_the_link_the_less_is_reason_to_roam(
    first: int, second: int, word: str | None
) -> None:
    """A link that is good enough is kept without a word, as wpa_supplicant 2.10 does."""
    stage, _, _ = faint(first, second)
    told = [line.split()[0] for line in scanned(stage) if "-ROAM " in line]
    assert told == ([word] if word else [])
    assert stage.station.bssid == (OTHER if word == "CTRL-EVENT-DO-ROAM" else AP1)


def test_an_ap_that_scans_miss_is_left() -> None:
    stage, near, _ = faint(-40, -60)
    near.present = False
    scanned(stage)
    assert stage.station.bssid == AP1, "one scan may miss it"
    scanned(stage)
    assert stage.station.bssid == OTHER


@pytest.mark.parametrize(("priority", "moves"), [(1, True), (0, False), (-1, False)])
def test_a_network_of_higher_priority_is_gone_to(priority: int, moves: bool) -> None:
    stage = joined(home(), home(bssid=OTHER, ssid=b"other", signal=-60), backhaul=False)
    other = Network(ssid=b"other", passphrase=PASSPHRASE, priority=priority)
    number, actions = stage.station.add_network(other, stage.now)
    stage.do(actions)
    lines = scanned(stage)
    assert stage.station.bssid == (OTHER if moves else AP1)
    left = f"CTRL-EVENT-DISCONNECTED bssid={AP1} reason=3 locally_generated=1"
    assert (left in lines) is moves
    assert (
        f"CTRL-EVENT-CONNECTED - Connection to {OTHER} completed [id={number} id_str=]" in lines
    ) is moves


def test_a_scan_that_only_reports_leaves_the_link_alone() -> None:
    stage, _, _ = faint(-84, -60)
    stage.do(stage.station.scan(stage.now, Wish(reports_only=True)))
    stage.run(stage.now + 2.0)
    assert stage.station.bssid == AP1
