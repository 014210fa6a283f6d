"""Commands about network profiles. Source: sta-control, 3.4."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from harness.base.errors import ConfigError, UsageError
from harness.sta.config import Network
from harness.sta.config_build import network_of
from harness.sta.config_file import NULL, Block, canonical, one_line
from harness.sta.config_keys import NETWORK_KEYS
from harness.sta.control.order import (
    FAIL,
    OK,
    ORDER_IDLE,
    Order,
    number,
    plain,
    with_argument,
    with_option,
)
from harness.sta.control.scan import select_frequencies
from harness.wire.printf import encode_printf

if TYPE_CHECKING:
    from harness.sta.control.interface import StationControl

_LEAVES_KEYS: Final = frozenset({"bssid", "bssid_hint", "scan_freq", "priority"})
"""A change of these leaves the keys of earlier SAE as they are."""
_OF_AN_ENROLMENT: Final = frozenset({"key_mgmt", "eap", "identity", "phase1", "mode"})
"""What is as WPS_PBC, WPS_PIN and WPS_REG made it."""
_HEADER: Final = "network id / ssid / bssid / flags\n"


def change_network(
    control: StationControl, network_id: int, key: str, text: str, now: float
) -> None:
    """Give one key of a network another value. Raises `UsageError`, `ConfigError`."""
    block = control.profiles.block(network_id)
    known = NETWORK_KEYS.get(canonical(key))
    if known is None:
        raise ConfigError(f"unknown network key {key!r}")
    before = control.station.networks[network_id]
    if before.wps is not None and known.name in _OF_AN_ENROLMENT:
        if text == block.text(known.name):
            return
        raise UsageError(f"{known.name} is what makes the network an enrolment's")
    if text != NULL or not known.can_be_unset:
        known.read(one_line(text))
    apart = [known.name, "disabled"]
    if before.wps is not None:
        apart.append("key_mgmt")
    trial = Block(block.kind, [one for one in block.settings() if canonical(one.key) not in apart])
    trial.set(known.name, text)
    network = network_of(trial.values(), network_id)
    disabled = before.disabled if known.name != "disabled" else text != "0"
    block.set(known.name, text)
    changed = replace(network, disabled=disabled)
    if before.wps is not None:
        changed = replace(changed, key_mgmt=before.key_mgmt, wps=before.wps)
    control.station.networks.change(changed)
    if changed != before and known.name not in _LEAVES_KEYS:
        control.station.core.drop_keys(now, network_id)
    if changed.barred != before.barred:
        _tell_bar(control, changed, f"SET_NETWORK {network_id} {known.name}", now)


def _tell_bar(control: StationControl, network: Network, command: str, now: float) -> None:
    if network.barred:
        reason = f"network {network.id} is never joined: {network.barred}"
        control.report(now, ORDER_IDLE, command=command, reason=reason)


def _set(control: StationControl, rest: str, now: float) -> str:
    words = rest.split(" ", 2)
    if len(words) != 3:
        return FAIL
    change_network(control, number(words[0]), words[1], words[2], now)
    return OK


def _get(control: StationControl, rest: str, now: float) -> str:
    words = rest.split(" ")
    if len(words) != 2:
        return FAIL
    network = control.station.networks[number(words[0])]
    if words[1] == "disabled":
        return str(int(network.disabled))
    shown = control.profiles.shown(network.id, canonical(words[1]))
    return FAIL if shown is None else shown


def _copy(control: StationControl, rest: str, now: float) -> str:
    source, target, key = rest.split(" ")
    change_network(control, number(target), key, copied(control, number(source), key), now)
    return OK


def copied(control: StationControl, network_id: int, key: str) -> str:
    """A network's value, or its default, as it goes into another one.

    Raises `ConfigError` where it has none.
    """
    text = control.profiles.block(network_id).text(key)
    known = NETWORK_KEYS.get(canonical(key))
    if text is None and known is not None:
        text = known.default
    if text is None:
        raise ConfigError(f"network {network_id} has no {key}")
    return text


def _bssid(control: StationControl, rest: str, now: float) -> str:
    network_id, address = rest.split(" ")
    change_network(control, number(network_id), "bssid", address, now)
    return OK


def _add(control: StationControl, rest: str, now: float) -> str:
    network_id, actions = control.station.add_network(Network(disabled=True), now)
    control.do(actions, now)
    control.profiles.block(network_id).set("key_mgmt", None)
    return f"{network_id}\n"


def _remove(control: StationControl, rest: str, now: float) -> str:
    networks = control.station.networks
    if rest == "all":
        _remove_all(control, now)
    elif networks[number(rest)].wps is not None:
        control.do(control.station.abandon_wps(now), now)
    else:
        control.do(control.station.remove_network(number(rest), now), now)
    return OK


def _remove_all(control: StationControl, now: float) -> None:
    """Nothing is looked for in between: there is nothing to be found."""
    core = control.station.core
    core.leave(now)
    for network in list(core.networks):
        if network.wps is None:
            core.remove_network(network.id, now)
        else:
            control.do(control.station.abandon_wps(now), now)


def _list(control: StationControl, rest: str, now: float) -> str:
    last = number(rest.removeprefix("LAST_ID=")) if rest.startswith("LAST_ID=") else -1
    lines = [_line(control, each) for each in control.station.networks if each.id > last]
    return _HEADER + "".join(lines)


def _line(control: StationControl, network: Network) -> str:
    ssid = encode_printf(network.ssid or b"")
    bssid = "any" if network.bssid is None else str(network.bssid)
    return f"{network.id}\t{ssid}\t{bssid}\t{_flags(control, network)}\n"


def _flags(control: StationControl, network: Network) -> str:
    current = control.access_point.network or control.station.current_network
    shown = control.station.core.selected if current is None else current.id
    status = control.station.networks.status(network.id)
    flags = ""
    if shown == network.id:
        flags += "[CURRENT]"
    if network.disabled or status.held:
        flags += "[DISABLED]"
    if status.disabled_until is not None:
        flags += "[TEMP-DISABLED]"
    return flags


def _select(control: StationControl, rest: str, now: float) -> str:
    word, _, options = rest.partition(" ")
    if options:
        if not options.startswith("freq="):
            return FAIL
        select_frequencies(control, options.removeprefix("freq="))
    if word == "any":
        for network in list(control.station.networks):
            if network.wps is None:
                control.do(control.station.enable_network(network.id, now), now)
        control.station.core.selected = None
        control.do(control.station.reconnect(now), now)
    else:
        network_id = number(word)
        control.do(control.station.connect(network_id, now), now)
        _tell_bar(control, control.station.networks[network_id], f"SELECT_NETWORK {word}", now)
    return OK


def _enable(control: StationControl, rest: str, now: float) -> str:
    word, _, option = rest.partition(" ")
    if option not in ("", "no-connect"):
        return FAIL
    for network_id in _meant(control, word):
        if option:
            control.access_point.leave_alone(network_id)
            control.station.core.reenable_network(network_id, now)
            control.station.networks.set_disabled(network_id, False)
        else:
            control.do(control.station.enable_network(network_id, now), now)
        _tell_bar(
            control, control.station.networks[network_id], f"ENABLE_NETWORK {network_id}", now
        )
    return OK


def _disable(control: StationControl, rest: str, now: float) -> str:
    for network_id in _meant(control, rest):
        control.do(control.station.disable_network(network_id, now), now)
    return OK


def _meant(control: StationControl, word: str) -> list[int]:
    networks = control.station.networks
    if word == "all":
        return [each.id for each in networks if each.wps is None]
    return [networks[number(word)].id]


ORDERS: Final[dict[str, Order]] = {
    "LIST_NETWORKS": with_option(_list),
    "ADD_NETWORK": plain(_add),
    "REMOVE_NETWORK": with_argument(_remove),
    "SET_NETWORK": with_argument(_set),
    "GET_NETWORK": with_argument(_get),
    "DUP_NETWORK": with_argument(_copy),
    "BSSID": with_argument(_bssid),
    "SELECT_NETWORK": with_argument(_select),
    "ENABLE_NETWORK": with_argument(_enable),
    "DISABLE_NETWORK": with_argument(_disable),
}
