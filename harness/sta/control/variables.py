"""GET, SET and DUMP: what can be read and changed by name. Source: sta-control, 3.1 and 3.6."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from harness import __version__
from harness.base.address import MacAddress
from harness.base.errors import ConfigError, UsageError
from harness.base.seam import SetCountry
from harness.sta.config_file import Block, Remark
from harness.sta.config_keys import DUMPED_KEYS, GLOBAL_KEYS
from harness.sta.config_values import read_address, read_integer
from harness.sta.control.order import FAIL, OK, ORDER_IDLE, Order, number, prefix, with_argument
from harness.sta.control.testing import VARIABLES, without_effect
from harness.sta.scan_filters import ScanFilters

if TYPE_CHECKING:
    from harness.sta.control.interface import StationControl

LONGEST_COMMAND: Final = 8192
_FIXED: Final = {
    "version": f"airproof {__version__}",
    "max_command_len": str(LONGEST_COMMAND),
    "tls_library": "none",
    "wifi_display": "0",
}
_BANDS: Final = frozenset({"AUTO", "2G", "5G", "6G"})
_BLOB: Final = "blob-base64-"


def _get(control: StationControl, rest: str, now: float) -> str:
    if rest in _FIXED:
        return _FIXED[rest]
    if rest == "country":
        return control.global_text(rest) or FAIL
    if rest not in DUMPED_KEYS:
        return control.variables.get(rest, FAIL)
    shown = _shown(control, rest)
    return FAIL if shown is None else shown


def _dump(control: StationControl, rest: str, now: float) -> str:
    shown = ((key, _shown(control, key)) for key in DUMPED_KEYS)
    return "".join(f"{key}={'null' if text is None else text}\n" for key, text in shown)


def _shown(control: StationControl, key: str) -> str | None:
    text = control.global_text(key)
    if text is not None and GLOBAL_KEYS[key].is_secret:
        return "*"
    return GLOBAL_KEYS[key].default if text is None else text


def _set(control: StationControl, rest: str, now: float) -> str:
    name, blank, text = rest.partition(" ")
    if not blank:
        return FAIL
    lower = name.lower()
    if lower in VARIABLES:
        VARIABLES[lower](control, text)
        control.tell_access_point(now)
        reason = without_effect(control, lower)
        if reason is not None:
            control.report(now, ORDER_IDLE, command=f"SET {name}", reason=reason)
    elif lower in _SETTERS:
        _SETTERS[lower](control, text, now)
    else:
        key = next((key for key in GLOBAL_KEYS if key.lower() == lower), name)
        control.set_global(key, text)
    return OK


# ---- what is no key of the file --------------------------------------------------------------


def _set_fragment_size(control: StationControl, text: str, now: float) -> None:
    control.change_config(fragment_size=number(text) or 1398)
    control.variables["wps_fragment_size"] = text


def _set_methods(control: StationControl, text: str, now: float) -> None:
    """A label beside a display is left out: there is one PIN."""
    words = text.split()
    if any("display" in word for word in words) and "label" in words:
        text = " ".join(word for word in words if word != "label")
    control.set_global("config_methods", text)


def _set_country(control: StationControl, text: str, now: float) -> None:
    control.set_global("country", text)
    control.station.core.perform(SetCountry(interface=control.interface, country=text))


def _set_bssid_filter(control: StationControl, text: str, now: float) -> None:
    addresses = frozenset(map(read_address, text.split()))
    core = control.station.core
    core.filters = replace(core.filters, bssids=addresses)


def _set_disallowed(control: StationControl, text: str, now: float) -> None:
    bssids: set[MacAddress] = set()
    ssids: set[bytes] = set()
    words = iter(text.split())
    for word in words:
        if word == "bssid":
            bssids.add(read_address(next(words, "")))
        elif word == "ssid":
            ssids.add(bytes.fromhex(next(words, "")))
        else:
            raise UsageError(f"disallow_aps: neither bssid nor ssid: {word!r}")
    core = control.station.core
    core.filters = ScanFilters(core.filters.bssids, frozenset(bssids), frozenset(ssids))
    bss = core.table.get(core.current) if core.current is not None else None
    if bss is not None and not core.filters.allows(bss):
        core.leave(now)
        control.do(control.station.reconnect(now), now)


def _set_blob(control: StationControl, text: str, now: float) -> None:
    """Keep a blob in the file; nothing here uses one."""
    name, blank, digits = text.partition(" ")
    if not blank or not name:
        raise UsageError("blob: a name and hexadecimal digits")
    octets = bytes.fromhex(digits)
    items = control.profiles.file.items
    kind = _BLOB + name
    items[:] = [each for each in items if not (isinstance(each, Block) and each.kind == kind)]
    items.append(Block(kind, [Remark(line) for line in _base64_lines(octets)]))


def _base64_lines(octets: bytes) -> list[str]:
    text = base64.b64encode(octets).decode("ascii")
    return [text[at : at + 72] for at in range(0, len(text), 72)]


def _set_band(control: StationControl, text: str, now: float) -> None:
    if text not in _BANDS:
        raise UsageError(f"no band: {text!r}")
    ranges = {"2G": (2400, 2500), "5G": (4900, 5900), "6G": (5925, 7125)}
    low, high = ranges.get(text, (0, 0))
    tunable = control.station.core.identity.frequencies
    control.change_config(freq_list=tuple(each for each in tunable if low <= each <= high))


def _limited(least: int, most: int) -> Callable[[StationControl, str, float], None]:
    def check(control: StationControl, text: str, now: float) -> None:
        if not least <= number(text) <= most:
            raise ConfigError(f"{least} to {most}, not {text}")

    return check


def _kept_key(
    key: str, least: int, most: int = 0x7FFFFFFF
) -> Callable[[StationControl, str, float], None]:
    check = _limited(least, most)

    def set_key(control: StationControl, text: str, now: float) -> None:
        check(control, text, now)
        control.set_global(key, str(number(text)))

    return set_key


def _without_effect(control: StationControl, text: str, now: float) -> None:
    """What concerns the driver's habits, of which this one has none."""


def _close_socket(control: StationControl, text: str, now: float) -> None:
    """The file is to name no control socket any more; the one there is goes on."""
    control.profiles.file.remove("ctrl_interface")


def _set_relative_rssi(control: StationControl, text: str, now: float) -> None:
    if text.lower() != "disable":
        _limited(0, 100)(control, text, now)
    _scans_offloaded(control, "relative_rssi", now)


def _set_band_adjustment(control: StationControl, text: str, now: float) -> None:
    band, colon, _ = text.partition(":")
    if not colon or band.upper() not in ("2G", "5G"):
        raise UsageError("2G or 5G, a colon and dB")
    _scans_offloaded(control, "relative_band_adjust", now)


def _scans_offloaded(control: StationControl, name: str, now: float) -> None:
    """Note that this is for scans that a radio does by itself: none here does."""
    reason = "the radio does not scan by itself"
    control.report(now, ORDER_IDLE, command=f"SET {name}", reason=reason)


def _set_offload(control: StationControl, text: str, now: float) -> None:
    """No radio here looks for networks on its own."""
    if read_integer(text):
        raise UsageError("pno: the radio does not scan by itself")


_any_number = _limited(0, 0x7FFFFFFF)
_SETTERS: Final[dict[str, Callable[[StationControl, str, float], None]]] = {
    "wps_fragment_size": _set_fragment_size,
    "country": _set_country,
    "config_methods": _set_methods,
    "bssid_filter": _set_bssid_filter,
    "disallow_aps": _set_disallowed,
    "blob": _set_blob,
    "setband": _set_band,
    "dot11rsnaconfigpmklifetime": _kept_key("dot11RSNAConfigPMKLifetime", 1),
    "dot11rsnaconfigpmkreauththreshold": _kept_key("dot11RSNAConfigPMKReauthThreshold", 1, 100),
    "dot11rsnaconfigsatimeout": _kept_key("dot11RSNAConfigSATimeout", 1),
    "eapol::heldperiod": _any_number,
    "eapol::authperiod": _any_number,
    "eapol::startperiod": _any_number,
    "eapol::maxstart": _any_number,
    "no_keep_alive": _any_number,
    "uapsd": _without_effect,
    "ps": _without_effect,
    "pno": _set_offload,
    "no_ctrl_interface": _close_socket,
    "relative_rssi": _set_relative_rssi,
    "relative_band_adjust": _set_band_adjustment,
}


ORDERS: Final[dict[str, Order]] = {
    "GET": with_argument(_get),
    "SET": with_argument(_set),
    "DUMP": prefix(_dump),
}
