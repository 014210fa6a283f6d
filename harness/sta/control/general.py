"""Commands about the program, the configuration and the connection. Source: sta-control, 3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.base.errors import UsageError
from harness.proto.sae import SaeAccepted
from harness.sta import choice, roaming
from harness.sta.config_values import octets_of, read_address, show_string
from harness.sta.control import access_point
from harness.sta.control.networks import change_network
from harness.sta.control.order import (
    ANSWERS,
    OK,
    Order,
    number,
    plain,
    prefix,
    with_argument,
)
from harness.sta.external_passwords import with_secret
from harness.sta.joining import LogOn
from harness.sta.scan_filters import ScanFilters
from harness.sta.state import WpaState

if TYPE_CHECKING:
    from harness.sta.control.interface import StationControl

_KEY_MGMT_SAE: Final = 0x400
"""How PMKSA_GET and PMKSA_ADD call SAE."""
_RENEWED: Final = 0.7
_ANSWERED: Final[dict[str, str | None]] = {
    "PSK_PASSPHRASE": "psk",
    "IDENTITY": "identity",
    "PASSWORD": "password",
    "PIN": "pin",
    "PASSPHRASE": "private_key_passwd",
    "NEW_PASSWORD": None,
    "OTP": None,
    "SIM": None,
}
"""What a question may be about, and the network's key that the answer is for.

The answers of no key are used up at once by methods of EAP, of which WSC asks nothing.
"""


def _set_key(key: str, least: int, most: int = 0x7FFFFFFF) -> Order:
    def carry(control: StationControl, rest: str, now: float) -> str:
        value = number(rest)
        if not least <= value <= most:
            raise UsageError(f"{least} to {most}, not {value}")
        control.set_global(key, str(value))
        return OK

    return with_argument(carry)


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
    core.filters = ScanFilters()
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
    """From a connection to the next one without an end in between.

    An enrolment under way is not disturbed, as wpa_supplicant 2.10 has it.
    """
    core = control.station.core
    if control.station.wpa_state is WpaState.COMPLETED and core.networks.wps_block() is None:
        core.reassociates = True
        if choice.knows_the_air(core, now):
            roaming.consider(core, now)
        else:
            core.scanner.request(now)
        return OK
    attempt = core.connection.attempt
    if attempt is None or not attempt.enrolling:
        core.leave(now)
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
    control.station.core.autoconnects = number(rest) != 0
    return OK


def _ignored(control: StationControl, rest: str, now: float) -> str:
    core = control.station.core
    if not rest:
        core.expire_ignored(now)
        return "".join(f"{bssid}\n" for bssid in core.ignored.bssids())
    if rest == " clear":
        core.clear_ignored(now)
        return OK
    bssid = read_address(rest.removeprefix(" "))
    while core.ignored.count(bssid) < 2:
        core.ignore(bssid, now)
    return OK


def _note(control: StationControl, rest: str, now: float) -> str:
    return OK


def _ping(control: StationControl, rest: str, now: float) -> str:
    return "PONG\n"


def _ifname(control: StationControl, rest: str, now: float) -> str:
    return control.interface


def _pmksa(control: StationControl, rest: str, now: float) -> str:
    rows = (
        f"{place} {entry.bssid} {entry.accepted.pmkid.hex()} {int(entry.until - now)} 0\n"
        for place, entry in enumerate(control.station.core.identity.pmksas.entries(now), 1)
    )
    return "Index / AA / PMKID / expiration (in seconds) / opportunistic\n" + "".join(rows)


def _nothing(control: StationControl, rest: str, now: float) -> str:
    """There are no keys of EAP methods to let go."""
    return OK


def _no_credentials(control: StationControl, rest: str, now: float) -> str:
    """Interworking is not built: there are none."""
    return "cred id / realm / username / domain / imsi\n"


def _flush_pmksa(control: StationControl, rest: str, now: float) -> str:
    control.station.core.drop_keys(now)
    return OK


def _get_pmksa(control: StationControl, rest: str, now: float) -> str:
    """BSSID, PMKID, PMK, when it is renewed, its end, AKM and opportunism, for `PMKSA_ADD`."""
    network = control.station.networks[number(rest)]
    rows = (
        f"{entry.bssid} {entry.accepted.pmkid.hex()} {entry.accepted.pmk.hex()}"
        f" {int((entry.until - now) * _RENEWED)} {int(entry.until - now)} {_KEY_MGMT_SAE} 0\n"
        for entry in control.station.core.identity.pmksas.entries(now)
        if entry.ssid == network.ssid
    )
    return "".join(rows)


def _add_pmksa(control: StationControl, rest: str, now: float) -> str:
    words = rest.split(" ")
    if len(words) != 8:
        raise UsageError("PMKSA_ADD takes eight words")
    core = control.station.core
    network = with_secret(core.networks[number(words[0])], core.passwords)
    bssid, pmkid, pmk = read_address(words[1]), bytes.fromhex(words[2]), bytes.fromhex(words[3])
    lifetime, akm = number(words[5]), number(words[6])
    if akm != _KEY_MGMT_SAE or network.sae_secret is None or network.ssid is None:
        raise UsageError("keys are kept for SAE only")
    if len(pmkid) != 16 or len(pmk) != 32 or lifetime < 1:
        raise UsageError("a PMKID has 16 octets, a PMK 32, and a time to live")
    accepted = SaeAccepted(pmk, pmkid)
    core.identity.pmksas.store(
        bssid, network.ssid, network.sae_credentials, accepted, now, network.id, float(lifetime)
    )
    core.tell_of_keys(now)
    return OK


def _answer(control: StationControl, rest: str, now: float) -> str:
    """Take the answer to a question about a network in: `PSK_PASSPHRASE-0:"secret"`.

    A passphrase is in quotes, or 64 hexadecimal digits; all else is as it was typed.
    """
    name, colon, value = rest.partition(":")
    what, dash, number_text = name.rpartition("-")
    if not dash or not colon or what not in _ANSWERED:
        raise UsageError(f"no such question: {name!r}")
    network_id, key = number(number_text), _ANSWERED[what]
    control.station.networks[network_id]
    if key is not None:
        text = value if key == "psk" else show_string(octets_of(value))
        change_network(control, network_id, key, text, now)
    return OK


def _reauthenticate(control: StationControl, rest: str, now: float) -> str:
    """There is no EAP but an enrolment's, which the AP alone begins anew."""
    return OK


def _log_on(*, off: bool) -> Order:
    def carry(control: StationControl, rest: str, now: float) -> str:
        control.station.core.advance(LogOn(off), now)
        return OK

    return plain(carry)


ORDERS: Final[dict[str, Order]] = {
    **access_point.ABSENT,
    "PING": plain(_ping),
    "IFNAME": plain(_ifname),
    "NOTE": with_argument(_note),
    "SAVE_CONFIG": plain(_save),
    "RECONFIGURE": plain(_reconfigure),
    "FLUSH": plain(_flush),
    "DISCONNECT": plain(_disconnect),
    "RECONNECT": plain(_reconnect),
    "REASSOCIATE": plain(_reassociate),
    "REATTACH": plain(_reattach),
    "ROAM": with_argument(_roam),
    "STA_AUTOCONNECT": with_argument(_autoconnect),
    "AP_SCAN": _set_key("ap_scan", 0, 2),
    "BSS_EXPIRE_AGE": _set_key("bss_expiration_age", 10),
    "BSS_EXPIRE_COUNT": _set_key("bss_expiration_scan_count", 1),
    "BSSID_IGNORE": prefix(_ignored),
    "BLACKLIST": prefix(_ignored),
    "PMKSA": plain(_pmksa),
    "PMKSA_FLUSH": plain(_flush_pmksa),
    "PMKSA_GET": with_argument(_get_pmksa),
    "PMKSA_ADD": with_argument(_add_pmksa),
    "LIST_CREDS": plain(_no_credentials),
    "ERP_FLUSH": plain(_nothing),
    "LOGON": _log_on(off=False),
    "LOGOFF": _log_on(off=True),
    "REAUTHENTICATE": plain(_reauthenticate),
    ANSWERS: prefix(_answer),
}
