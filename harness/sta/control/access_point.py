"""Commands while the station is an access point. Source: sta-control, 3.7 and 3.8."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from harness.base.errors import UsageError
from harness.sta.config_values import read_address
from harness.sta.control.order import (
    FAIL,
    OK,
    Order,
    Takes,
    plain,
    prefix,
    refused,
    with_argument,
    with_option,
)
from harness.wire.printf import encode_printf

if TYPE_CHECKING:
    from harness.sta.control.interface import StationControl

_OVERLAP: Final = "FAIL-PBC-OVERLAP\n"
_PMKSAS_OF_STATIONS: Final = (
    "---- AP ----\nIndex / SPA / PMKID / expiration (in seconds) / opportunistic\n"
)


def _passed(verb: str) -> Callable[[StationControl, str, float], str]:
    """A command that an access point's own control interface has in the same form."""

    def carry(control: StationControl, rest: str, now: float) -> str:
        return _ask(control, f"{verb} {rest}" if rest else verb, now)

    return carry


def _ask(control: StationControl, command: str, now: float) -> str:
    reply, actions = control.access_point.running.execute(command, now)
    control.do_as_access_point(actions, now)
    return FAIL if reply.startswith("UNKNOWN") else reply


def _push_button(control: StationControl, rest: str, now: float) -> str:
    """Whose station it is to be does not count: the button is for all."""
    reply = _ask(control, "WPS_PBC", now)
    if reply != OK and "Overlap" in _ask(control, "WPS_GET_STATUS", now).split("\n")[0]:
        return _OVERLAP
    return reply


def _pin(control: StationControl, rest: str, now: float) -> str:
    """`any|MAC [PIN [TIMEOUT]]`."""
    words = rest.split(" ")
    if words == ["get"]:
        return control.station.generate_pin()
    if len(words) > 3:
        return FAIL
    address = "" if words[0] == "any" else f" {read_address(words[0])}"
    pin = words[1] if len(words) > 1 else control.station.generate_pin()
    timeout = words[2] if len(words) > 2 else "0"
    reply = _ask(control, f"WPS_PIN any {pin} {timeout}{address}", now)
    return pin if reply == OK else reply


def _switch(control: StationControl, rest: str, now: float) -> str:
    words = rest.split()
    if len(words) > 1 and words[1] == str(control.access_point.running.frequency):
        raise UsageError("it is there already")
    return _ask(control, f"CHAN_SWITCH {rest}", now)


def _stays(control: StationControl, rest: str, now: float) -> str:
    """There is nothing to be attached to but itself."""
    return OK


def _pmksas(control: StationControl, rest: str, now: float) -> str:
    header = "Index / AA / PMKID / expiration (in seconds) / opportunistic\n"
    return header + _PMKSAS_OF_STATIONS


def _no_longer_a_station(control: StationControl, rest: str, now: float) -> str:
    raise UsageError("the station is an access point")


ORDERS: Final[dict[str, Order]] = {
    "STA": with_argument(_passed("STA")),
    "STA-FIRST": plain(_passed("STA-FIRST")),
    "STA-NEXT": with_argument(_passed("STA-NEXT")),
    "DEAUTHENTICATE": with_argument(_passed("DEAUTHENTICATE")),
    "DISASSOCIATE": with_argument(_passed("DISASSOCIATE")),
    "CHAN_SWITCH": with_argument(_switch),
    "STOP_AP": plain(_passed("STOP_AP")),
    "UPDATE_BEACON": plain(_passed("UPDATE_BEACON")),
    "WPS_PBC": with_option(_push_button),
    "WPS_PIN": with_argument(_pin),
    "WPS_CANCEL": plain(_passed("WPS_CANCEL")),
    "WPS_AP_PIN": with_argument(_passed("WPS_AP_PIN")),
    "WPS_REG": with_argument(_no_longer_a_station),
    "REATTACH": plain(_stays),
    "ROAM": with_argument(_no_longer_a_station),
    "SIGNAL_POLL": prefix(_no_longer_a_station),
    "SIGNAL_MONITOR": prefix(_no_longer_a_station),
    "PMKSA": plain(_pmksas),
}
"""In the place of those of a station."""

def _no_stations(control: StationControl, rest: str, now: float) -> str:
    """Clients ask for them by and by, of every interface: that is nothing for the log."""
    return FAIL


ABSENT: Final[dict[str, Order]] = {
    verb: refused("there is no access point", takes)
    for takes, verbs in (
        (Takes.NOTHING, ("STOP_AP", "UPDATE_BEACON")),
        (Takes.SOMETHING, ("DEAUTHENTICATE", "DISASSOCIATE", "CHAN_SWITCH", "WPS_AP_PIN")),
    )
    for verb in verbs
} | {
    "STA-FIRST": Order(_no_stations),
    "STA": Order(_no_stations, Takes.SOMETHING),
    "STA-NEXT": Order(_no_stations, Takes.SOMETHING),
}
"""The same while the station is a station."""


def link(control: StationControl, *, passphrase: bool = False) -> list[tuple[str, object]]:
    """What `STATUS` says of the access point, nothing before it beacons."""
    mode = control.access_point
    machine, network = mode.machine, mode.network
    if machine is None or network is None or not machine.beacons:
        return []
    lines: list[tuple[str, object]] = [
        ("bssid", control.station.address),
        ("freq", machine.frequency),
        ("ssid", encode_printf(network.ssid or b"")),
        ("id", network.id),
    ]
    if passphrase and network.passphrase is not None:
        lines.append(("passphrase", network.passphrase))
    if network.id_str:
        lines.append(("id_str", network.id_str))
    lines.append(("mode", "AP"))
    for name in ("pairwise", "group"):
        cipher = getattr(machine, name)
        if cipher is not None:
            lines.append((f"{name}_cipher", cipher))
    if machine.key_mgmt is not None:
        lines.append(("key_mgmt", machine.key_mgmt))
    return lines
