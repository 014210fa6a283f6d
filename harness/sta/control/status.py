"""What the station says of its connection. Source: sta-control, 3.1 to 3.3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.base.errors import UsageError
from harness.base.seam import AKM_PSK, AKM_PSK_SHA256, AKM_SAE, CIPHER_TKIP
from harness.sta.bss_table import Bss
from harness.sta.config import CIPHER_NAMES, MFP_REQUIRED, KeyManagement, Network
from harness.sta.control import access_point
from harness.sta.control.hooks import SignalOverride
from harness.sta.control.order import Order, plain
from harness.sta.control_events import escaped
from harness.sta.joining import Attempt
from harness.sta.state import WpaState
from harness.wire.wsc.device import uuid_text

if TYPE_CHECKING:
    from harness.sta.control.interface import StationControl

_KEY_MANAGEMENT: Final = {
    AKM_PSK: "WPA2-PSK",
    AKM_PSK_SHA256: "WPA2-PSK-SHA256",
    AKM_SAE: "SAE",
}
_NO_NOISE: Final = 9999
_WEP40_OR_NOTHING: Final = 0
_KEY_SIZES: Final = {0x000FAC02: 256, 0x000FAC04: 128}


def _status(control: StationControl, rest: str, now: float) -> str:
    return _text(_link(control) + _always(control) + _port(control) + _end(control))


def _with_secrets(control: StationControl, rest: str, now: float) -> str:
    if control.access_point.machine is None:
        return _status(control, rest, now)
    link = access_point.link(control, passphrase=True)
    return _text(link + _always(control) + _end(control))


def _verbose(control: StationControl, rest: str, now: float) -> str:
    port = _port(control)
    if port:
        port += [
            ("heldPeriod", 60),
            ("authPeriod", 30),
            ("startPeriod", 30),
            ("maxStart", 3),
            ("portControl", "Auto"),
        ]
    return _text(_link(control) + _always(control) + port + _end(control))


def _driver(control: StationControl, rest: str, now: float) -> str:
    station = control.station
    return _text(
        [
            ("ifname", control.interface),
            ("addr", station.address),
            ("4addr", int(station.four_address)),
            ("state", "COMPLETED" if station.wpa_state is WpaState.COMPLETED else "IDLE"),
        ]
    )


Lines = list[tuple[str, object]]


def _text(lines: Lines) -> str:
    return "".join(f"{name}={value}\n" for name, value in lines)


def _present(control: StationControl) -> Attempt | None:
    """The association, from the AP's answer on."""
    attempt = control.station.core.connection.attempt
    return attempt if control.station.wpa_state >= WpaState.ASSOCIATED else None


def _link(control: StationControl) -> Lines:
    if control.access_point.machine is not None:
        return access_point.link(control)
    attempt = _present(control)
    if attempt is None:
        return []
    lines: Lines = [
        ("bssid", attempt.bssid),
        ("freq", attempt.frequency),
        ("ssid", escaped(attempt.ssid)),
        ("id", attempt.network_id),
    ]
    if attempt.id_str:
        lines.append(("id_str", attempt.id_str))
    lines += [
        ("mode", "station"),
        ("pairwise_cipher", _cipher(attempt.pairwise)),
        ("group_cipher", _cipher(attempt.group)),
        ("key_mgmt", key_management(attempt, control.station.current_network)),
    ]
    if attempt.protection is not None:
        wanted = control.station.current_network
        required = wanted is not None and wanted.ieee80211w == MFP_REQUIRED
        lines += [("pmf", 2 if required else 1), ("mgmt_group_cipher", "BIP")]
    return lines


def _cipher(suite: int | None) -> str:
    return "NONE" if suite is None else CIPHER_NAMES.get(suite, "UNKNOWN")


def key_management(attempt: Attempt, network: Network | None) -> str:
    """How `STATUS` names it."""
    if attempt.enrolling or (network is not None and KeyManagement.WPS in network.key_mgmt):
        return "WPS"
    if attempt.akm == AKM_PSK and attempt.pairwise == CIPHER_TKIP:
        return "WPA-PSK"  # TKIP is built for WPA version 1 only
    return "NONE" if attempt.akm is None else _KEY_MANAGEMENT.get(attempt.akm, "UNKNOWN")


def _always(control: StationControl) -> Lines:
    lines: Lines = [("wpa_state", control.wpa_state.text)]
    address = control.surroundings.ip_address()
    if address is not None:
        lines.append(("ip_address", address))
    return [*lines, ("address", control.station.address)]


def _port(control: StationControl) -> Lines:
    """What 802.1X says of itself, while it is there for WPS."""
    attempt = _present(control)
    if attempt is None or not attempt.enrolling:
        return []
    begun = control.station.core.connection.eapol_seen
    return [
        ("Supplicant PAE state", "AUTHENTICATING" if begun else "CONNECTING"),
        ("suppPortStatus", "Unauthorized"),
        ("EAP state", "METHOD" if begun else "IDLE"),
        *([("selectedMethod", "254 (EAP-WSC)")] if begun else []),
    ]


def _end(control: StationControl) -> Lines:
    return [("uuid", uuid_text(control.station.uuid))]


def _bss(control: StationControl) -> Bss:
    attempt = _present(control)
    bss = None
    if attempt is not None:
        bss = control.station.bss_table.get(attempt.bssid, attempt.ssid)
    if bss is None:
        raise UsageError("not associated")
    return bss


def _signal(control: StationControl, rest: str, now: float) -> str:
    bss = _bss(control)
    override = control.hooks.signals.get(bss.bssid)
    fastest = max((rate & 0x7F for rate in bss.elements.rates), default=0) // 2
    return _text(
        [
            ("RSSI", bss.signal if override is None else override.signal),
            ("LINKSPEED", fastest),
            ("NOISE", _NO_NOISE if override is None else override.noise),
            ("FREQUENCY", bss.frequency),
            *(() if override is None else _averages(override)),
        ]
    )


def _averages(override: SignalOverride) -> Lines:
    return [("AVG_RSSI", override.average), ("AVG_BEACON_RSSI", override.beacon)]


def _mib(control: StationControl, rest: str, now: float) -> str:
    attempt = _present(control)
    akm = attempt.akm if attempt is not None else None
    pairwise = attempt.pairwise if attempt is not None else None
    group = attempt.group if attempt is not None else None
    suites = {
        "AuthenticationSuite": akm,
        "PairwiseCipher": pairwise,
        "GroupCipher": group,
    }
    lines: Lines = [
        ("dot11RSNAOptionImplemented", "TRUE"),
        ("dot11RSNAPreauthenticationImplemented", "FALSE"),
        ("dot11RSNAEnabled", "TRUE" if akm is not None else "FALSE"),
        ("dot11RSNAPreauthenticationEnabled", "FALSE"),
        ("dot11RSNAConfigVersion", 1),
        ("dot11RSNAConfigPairwiseKeysSupported", 5),
        ("dot11RSNAConfigGroupCipherSize", _KEY_SIZES.get(group or _WEP40_OR_NOTHING, 0)),
        ("dot11RSNAConfigPMKLifetime", control.global_text("dot11RSNAConfigPMKLifetime") or 43200),
        ("dot11RSNAConfigPMKReauthThreshold", 70),
        ("dot11RSNAConfigNumberOfPTKSAReplayCounters", 1),
        ("dot11RSNAConfigSATimeout", 60),
        *((f"dot11RSNA{name}Selected", _suite(suite)) for name, suite in suites.items()),
        ("dot11RSNAPMKIDUsed", ""),
        *((f"dot11RSNA{name}Requested", _suite(suite)) for name, suite in suites.items()),
        ("dot11RSNAConfigNumberOfGTKSAReplayCounters", 0),
        ("dot11RSNA4WayHandshakeFailures", 0),
    ]
    return _text(lines)


def _suite(suite: int | None) -> str:
    octets = (suite or 0).to_bytes(4, "big")
    return f"{octets[:3].hex('-')}-{octets[3]}"


def _nobody(control: StationControl, rest: str, now: float) -> str:
    raise UsageError("the radio's counters are not known here")


ORDERS: Final[dict[str, Order]] = {
    "STATUS": plain(_status),
    "STATUS-VERBOSE": plain(_verbose),
    "STATUS-WPS": plain(_with_secrets),
    "STATUS-DRIVER": plain(_driver),
    "SIGNAL_POLL": plain(_signal),
    "PKTCNT_POLL": plain(_nobody),
    "MIB": plain(_mib),
}
