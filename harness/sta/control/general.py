"""Commands about the program, the configuration and the connection. Source: sta-control, 3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness import __version__
from harness.base.errors import ConfigError, UsageError
from harness.sta.config_keys import GLOBAL_KEYS
from harness.sta.config_values import read_address, read_integer
from harness.sta.control import access_point
from harness.sta.control.order import (
    ANSWERS,
    FAIL,
    OK,
    Order,
    plain,
    refused,
    with_argument,
    with_option,
)
from harness.sta.control.testing import VARIABLES
from harness.sta.state import WpaState

if TYPE_CHECKING:
    from harness.sta.control.interface import StationControl

LONGEST_COMMAND: Final = 8192
_NOT_BUILT: Final = {
    "disallow_aps": "disallowed APs",
    "bssid_filter": "a filter of BSSIDs",
    "blob": "blobs",
}


def _get(control: StationControl, rest: str, now: float) -> str:
    if rest == "version":
        return f"airproof {__version__}"
    if rest == "max_command_len":
        return str(LONGEST_COMMAND)
    if rest == "tls_library":
        return "none"
    text = control.global_text(rest)
    known = GLOBAL_KEYS.get(rest)
    if text is None:
        text = known.default if known is not None else control.variables.get(rest)
    return FAIL if text is None else text


def _dump(control: StationControl, rest: str, now: float) -> str:
    lines = []
    for key, known in GLOBAL_KEYS.items():
        text = control.global_text(key)
        shown = known.default if text is None else text
        lines.append(f"{key}={'null' if shown is None else shown}\n")
    return "".join(lines)


def _set(control: StationControl, rest: str, now: float) -> str:
    name, blank, text = rest.partition(" ")
    if not blank:
        return FAIL
    if name.lower() in VARIABLES:
        VARIABLES[name.lower()](control, text)
        control.tell_access_point(now)
        return OK
    if name.lower() in _NOT_BUILT:
        raise UsageError(f"{name}: {_NOT_BUILT[name.lower()]}: not built yet")
    if name.lower() == "wps_fragment_size":
        control.change_config(fragment_size=read_integer(text) or 1398)
        control.variables[name.lower()] = text
        return OK
    key = next((key for key in GLOBAL_KEYS if key.lower() == name.lower()), name)
    control.set_global(key, text)
    return OK


def _set_key(key: str) -> Order:
    def carry(control: StationControl, rest: str, now: float) -> str:
        control.set_global(key, rest)
        return OK

    return with_argument(carry)


def _scan_interval(control: StationControl, rest: str, now: float) -> str:
    control.change_config(scan_interval=float(read_integer(rest)))
    return OK


def _save(control: StationControl, rest: str, now: float) -> str:
    control.save(now)
    return OK


def _reconfigure(control: StationControl, rest: str, now: float) -> str:
    control.reload(now)
    return OK


def _flush(control: StationControl, rest: str, now: float) -> str:
    station = control.station
    core = station.core
    if core.networks.wps_block() is not None:
        control.do(station.wps_cancel(now), now)
    for network in list(core.networks):
        control.do(station.remove_network(network.id, now), now)
    core.clear_ignored(now)
    core.report_table(core.table.flush(now, 0.0, core.current), now)
    core.user_disconnected = False
    control.variables.clear()
    control.hooks.reset()
    control.change_config(fragment_size=1398)
    return OK


def _disconnect(control: StationControl, rest: str, now: float) -> str:
    control.do(control.station.disconnect(now), now)
    return OK


def _reconnect(control: StationControl, rest: str, now: float) -> str:
    if control.station.wpa_state < WpaState.AUTHENTICATING:
        control.do(control.station.reconnect(now), now)
    return OK


def _reassociate(control: StationControl, rest: str, now: float) -> str:
    control.station.core.leave(now)
    control.do(control.station.reconnect(now), now)
    return OK


def _reattach(control: StationControl, rest: str, now: float) -> str:
    if control.station.bssid is None:
        raise UsageError("there is no network to attach to again")
    return _reassociate(control, rest, now)


def _roam(control: StationControl, rest: str, now: float) -> str:
    control.do(control.station.roam(read_address(rest), now), now)
    return OK


def _autoconnect(control: StationControl, rest: str, now: float) -> str:
    if rest != "1":
        raise ConfigError("staying away by STA_AUTOCONNECT 0 is not built yet")
    return OK


def _ignored(control: StationControl, rest: str, now: float) -> str:
    core = control.station.core
    if not rest:
        core.expire_ignored(now)
        return "".join(f"{bssid}\n" for bssid in core.ignored.bssids())
    if rest == "clear":
        core.clear_ignored(now)
        return OK
    bssid = read_address(rest)
    while core.ignored.count(bssid) < 2:
        core.ignore(bssid, now)
    return OK


_FIXED_CAPABILITIES: Final = {
    "eap": "WSC",
    "pairwise": "CCMP TKIP NONE",
    "group": "CCMP TKIP",
    "group_mgmt": "AES-128-CMAC",
    "key_mgmt": "WPA-PSK NONE SAE",
    "proto": "RSN WPA",
    "auth_alg": "OPEN",
    "modes": "AP",
    "multibss": "MULTIBSS-STA",
    "sae": "H2E",
}


def _capability(control: StationControl, rest: str, now: float) -> str:
    word = rest.partition(" ")[0]
    if word in _FIXED_CAPABILITIES:
        return _FIXED_CAPABILITIES[word]
    if word in ("channels", "freq"):
        return _channels(control.station.core.identity.frequencies, with_frequencies=word == "freq")
    raise UsageError(f"no such capability: {word!r}")


def _channels(frequencies: tuple[int, ...], *, with_frequencies: bool) -> str:
    lines = []
    for mode, low, high in (("G", 2412, 2484), ("A", 4900, 5895)):
        inside = [each for each in frequencies if low <= each <= high]
        if not inside:
            continue
        if with_frequencies:
            rows = "".join(f" {channel_of(each)} = {each} MHz\n" for each in inside)
            lines.append(f"Mode[{mode}] Channels:\n{rows}")
        else:
            lines.append(f"Mode[{mode}] Channels: {' '.join(map(channel_of, inside))}\n")
    return "".join(lines)


def channel_of(frequency: int) -> str:
    """The channel's number, of a frequency in MHz (IEEE 802.11-2020, Annex E)."""
    if frequency == 2484:
        return "14"
    return str((frequency - 2407) // 5 if frequency < 4000 else (frequency - 5000) // 5)


def _note(control: StationControl, rest: str, now: float) -> str:
    return OK


def _ping(control: StationControl, rest: str, now: float) -> str:
    return "PONG\n"


def _ifname(control: StationControl, rest: str, now: float) -> str:
    return control.interface


def _pmksa(control: StationControl, rest: str, now: float) -> str:
    """Nothing is cached: PSK needs no PMKSA, and nothing else is built."""
    return "Index / AA / PMKID / expiration (in seconds) / opportunistic\n"


def _abort_scan(control: StationControl, rest: str, now: float) -> str:
    raise UsageError("no scan can be aborted yet")


ORDERS: Final[dict[str, Order]] = {
    **access_point.ABSENT,
    "PING": plain(_ping),
    "IFNAME": plain(_ifname),
    "NOTE": with_argument(_note),
    "GET": with_argument(_get),
    "SET": with_argument(_set),
    "DUMP": plain(_dump),
    "SAVE_CONFIG": plain(_save),
    "RECONFIGURE": plain(_reconfigure),
    "FLUSH": plain(_flush),
    "DISCONNECT": plain(_disconnect),
    "RECONNECT": plain(_reconnect),
    "REASSOCIATE": plain(_reassociate),
    "REATTACH": plain(_reattach),
    "ROAM": with_argument(_roam),
    "STA_AUTOCONNECT": with_argument(_autoconnect),
    "AP_SCAN": _set_key("ap_scan"),
    "SCAN_INTERVAL": with_argument(_scan_interval),
    "BSS_EXPIRE_AGE": _set_key("bss_expiration_age"),
    "BSS_EXPIRE_COUNT": _set_key("bss_expiration_scan_count"),
    "BSSID_IGNORE": with_option(_ignored),
    "BLACKLIST": with_option(_ignored),
    "GET_CAPABILITY": with_argument(_capability),
    "PMKSA": plain(_pmksa),
    "PMKSA_FLUSH": plain(_note),
    "ABORT_SCAN": plain(_abort_scan),
    "AUTOSCAN": refused("autoscan is not built yet"),
    "PREAUTH": refused("preauthentication is not built"),
    "LOGON": refused("802.1X is not built"),
    "LOGOFF": refused("802.1X is not built"),
    "REAUTHENTICATE": refused("802.1X is not built"),
    ANSWERS: refused("nothing asks for a secret yet"),
    "DRIVER_FLAGS": refused("the driver's flags are not known here"),
    "LIST_CREDS": refused("Interworking is not built"),
}
