"""What the station says of its connection. Source: sta-control, 3.1 to 3.3."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from harness.base.errors import UsageError
from harness.base.seam import AKM_PSK, AKM_PSK_SHA256, AKM_SAE
from harness.crypto.wep import WepKeys
from harness.sta.bss_table import Bss
from harness.sta.config import CIPHER_NAMES, MFP_OPTIONAL, MFP_REQUIRED, KeyManagement, Network
from harness.sta.control import access_point, signal
from harness.sta.control.order import Order, plain, prefix
from harness.sta.joining import Attempt
from harness.sta.state import WpaState
from harness.wire.printf import encode_printf
from harness.wire.wsc.device import uuid_text

if TYPE_CHECKING:
    from harness.sta.control.interface import StationControl

_KEY_MANAGEMENT: Final = {
    AKM_PSK: "WPA2-PSK",
    AKM_PSK_SHA256: "WPA2-PSK-SHA256",
    AKM_SAE: "SAE",
}


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
        ("ssid", encode_printf(attempt.ssid)),
        ("id", attempt.network_id),
    ]
    if attempt.id_str:
        lines.append(("id_str", attempt.id_str))
    lines += [
        ("mode", "station"),
        ("pairwise_cipher", _cipher(attempt.pairwise, attempt.wep)),
        ("group_cipher", _cipher(attempt.group, attempt.wep)),
        ("key_mgmt", key_management(attempt, control.station.current_network)),
    ]
    if attempt.protection is not None:
        bss = control.station.bss_table.get(attempt.bssid, attempt.ssid)
        required = bss is not None and bss.rsn is not None and bss.rsn.mfp_required
        pmf = MFP_REQUIRED if required else MFP_OPTIONAL
        lines += [("pmf", pmf), ("mgmt_group_cipher", "BIP")]
    return lines + _sae(attempt)


def _sae(attempt: Attempt) -> Lines:
    """What the exchange was like; nothing when there was none."""
    if attempt.sae is None or attempt.sae_group is None:
        return []
    hashed = attempt.sae.machine.config.hash_to_element
    return [("sae_group", attempt.sae_group), ("sae_h2e", int(hashed)), ("sae_pk", 0)]


def _cipher(suite: int | None, wep: WepKeys | None) -> str:
    if wep is not None and wep.sent_with is not None:
        return f"WEP-{8 * len(wep.sent_with)}"
    return "NONE" if suite is None else CIPHER_NAMES.get(suite, "UNKNOWN")


def key_management(attempt: Attempt, network: Network | None) -> str:
    """How `STATUS` names it."""
    if attempt.enrolling or (network is not None and KeyManagement.WPS in network.key_mgmt):
        return "WPS"
    if attempt.wpa:
        return "WPA-PSK"
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
    if attempt.port is not None and attempt.port.logged_off:
        return [("Supplicant PAE state", "LOGOFF"), ("suppPortStatus", "Unauthorized")]
    return [
        ("Supplicant PAE state", "AUTHENTICATING" if begun else "CONNECTING"),
        ("suppPortStatus", "Unauthorized"),
        ("EAP state", "METHOD" if begun else "IDLE"),
        *([("selectedMethod", "254 (EAP-WSC)")] if begun else []),
    ]


def _end(control: StationControl) -> Lines:
    lines: Lines = [("uuid", uuid_text(control.station.uuid))]
    attempt = _present(control)
    if attempt is not None and attempt.port is not None and attempt.port.has_beacon_key:
        lines.append(("bigtk_set", 1))
    return lines


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
    measured = signal.measured(control, bss)
    override = control.hooks.signals.get(bss.bssid)
    if override is not None:
        measured = replace(
            measured,
            signal=override.signal,
            average_signal=override.average,
            beacon_signal=override.beacon,
            noise=override.noise,
        )
    fastest = max((rate & 0x7F for rate in bss.elements.rates), default=0) * 500
    rate = measured.rate_kbps or fastest
    width = "20 MHz (no HT)" if measured.width == 0 else f"{measured.width} MHz"
    lines = (
        ("RSSI", measured.signal),
        ("LINKSPEED", rate // 1000),
        ("NOISE", signal.NO_NOISE if measured.noise is None else measured.noise),
        ("FREQUENCY", measured.frequency),
        ("WIDTH", None if measured.width is None else width),
        ("CENTER_FRQ1", measured.center1 or None),
        ("CENTER_FRQ2", measured.center2 or None),
        ("AVG_RSSI", measured.average_signal),
        ("AVG_BEACON_RSSI", measured.beacon_signal),
    )
    return _text([(name, value) for name, value in lines if value is not None])


def _packets(control: StationControl, rest: str, now: float) -> str:
    measured = control.surroundings.measure(_bss(control).bssid)
    if measured is None or measured.sent is None:
        raise UsageError("the radio does not count")
    return _text(
        [
            ("TXGOOD", measured.sent),
            ("TXBAD", measured.failed or 0),
            ("RXGOOD", measured.received or 0),
        ]
    )


ORDERS: Final[dict[str, Order]] = {
    "STATUS": prefix(_status),
    "STATUS-VERBOSE": plain(_verbose),
    "STATUS-WPS": plain(_with_secrets),
    "STATUS-DRIVER": plain(_driver),
    "SIGNAL_POLL": prefix(_signal),
    "PKTCNT_POLL": prefix(_packets),
}
