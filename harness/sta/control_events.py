"""The lines that a station's control interface sends for its events (without the level)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from harness.base.event import Event
from harness.proto.channel_validation import OCV_FAILED
from harness.proto.eap_wsc import (
    METHOD_PROPOSED,
    METHOD_SELECTED,
    METHOD_UNFIT,
    PEER_FAILED,
    PEER_STARTED,
)
from harness.proto.key_handshake import (
    GROUP_REKEYED,
    HANDSHAKE_COMPLETED,
    KEY_REQUESTED,
    REKEY_DENIED,
    RSNE_DIFFERED,
    RSNXE_DIFFERED,
)
from harness.proto.supplicant_checks import KEY_REFUSED, Flaw
from harness.proto.wsc_run import M2D_RECEIVED
from harness.sta import events
from harness.sta.config import CIPHER_NAMES
from harness.wire.printf import encode_printf
from harness.wire.wsc.device import INDICATIONS

Fields = Mapping[str, object]



def _escaped(octets: object) -> str:
    """Text as the control interface shows it: printable ASCII as it is, all else escaped."""
    assert isinstance(octets, bytes)
    return encode_printf(octets)


def render(event: Event) -> str | None:
    """The line for `event`, None for an event without one. Source: sta-control, 4."""
    line = _LINES.get(event.name)
    return None if line is None else line(event.fields)


_WARNINGS: Final = frozenset((
    events.FRAME_FORGED, events.COUNTERMEASURES_BEGUN, RSNE_DIFFERED,
))  # fmt: skip


def is_warning(event: Event) -> bool:
    """Whether the event's line has the level of a warning, where others only inform."""
    return event.name in _WARNINGS or event.fields.get("flaw") in _GRAVE


def _target(verb: str) -> Callable[[Fields], str]:
    def line(fields: Fields) -> str:
        ssid = _escaped(fields["ssid"])
        place = f"(SSID='{ssid}' freq={fields['frequency']} MHz)"
        return f"{verb} with {fields['bssid']} {place}"

    return line


def _cipher(suite: object) -> str:
    return CIPHER_NAMES.get(suite, "UNKNOWN") if isinstance(suite, int) else "NONE"


def _handshake(fields: Fields) -> str:
    pairwise, group = _cipher(fields["pairwise"]), _cipher(fields["group"])
    return f"WPA: Key negotiation completed with {fields['peer']} [PTK={pairwise} GTK={group}]"


def _group_rekeyed(fields: Fields) -> str:
    """Of RSN and WPA alike, as wpa_supplicant 2.10 says it."""
    return f"WPA: Group rekeying completed with {fields['peer']} [GTK={_cipher(fields['cipher'])}]"


def _rsne_differed(fields: Fields) -> str:
    nothing = "" if fields["present"] else " (no IE?)"
    where = f"Beacon/ProbeResp{nothing} (src={fields['peer']})"
    return f"WPA: IE in 3/4 msg does not match with IE in {where}"


_FLAWS: Final = {
    Flaw.PAIRWISE_LENGTH: "WPA: Invalid {cipher} key length {octets} (src={peer})",
    Flaw.OTHER_ANONCE: "WPA: ANonce from message 1 of 4-Way Handshake differs from 3 of 4-Way"
    " Handshake - drop packet (src={peer})",
    Flaw.EARLY: "WPA: Group Key Handshake started prior to completion of 4-way handshake",
    Flaw.GTK_IN_CLEAR: "WPA: GTK IE in unencrypted key data",
    Flaw.IGTK_IN_CLEAR: "WPA: IGTK KDE in unencrypted key data",
    Flaw.IGTK_LENGTH: "WPA: Invalid IGTK KDE length {octets}",
    Flaw.NO_GTK_IN_MESSAGE_3: "RSN: No GTK KDE included in EAPOL-Key msg 3/4",
    Flaw.NO_GTK: "WPA: No GTK IE in Group Key msg 1/2",
    Flaw.GTK_LENGTH: "WPA: Unsupported {cipher} Group Cipher key length {octets} ({present})",
    Flaw.GTK_TOO_LONG: "RSN: Too long GTK in GTK KDE (len={octets})",
    Flaw.GTK_UNREADABLE: "WPA: AES unwrap failed - could not decrypt GTK",
    Flaw.RC4_TOO_LONG: "WPA: RC4 key data too long ({octets})",
    Flaw.GTK_UNUSABLE: "RSN: Failed to configure GTK",
    Flaw.MANAGEMENT_KEY_UNUSABLE: "RSN: Failed to configure IGTK",
}
"""In the words of wpa_supplicant 2.10."""
_GRAVE: Final = frozenset((
    Flaw.PAIRWISE_LENGTH, Flaw.OTHER_ANONCE, Flaw.GTK_IN_CLEAR, Flaw.IGTK_IN_CLEAR,
    Flaw.IGTK_LENGTH, Flaw.GTK_LENGTH, Flaw.GTK_UNREADABLE, Flaw.RC4_TOO_LONG,
))  # fmt: skip
"""Those that it warns of."""


def _key_refused(fields: Fields) -> str:
    flaw = fields["flaw"]
    assert isinstance(flaw, Flaw)
    return _FLAWS[flaw].format_map({**fields, "cipher": _cipher(fields.get("cipher"))})


def _key_requested(fields: Fields) -> str:
    what = f"error={fields['error']:d} pairwise={fields['pairwise']:d} ptk_set=1"
    return f"WPA: Sending EAPOL-Key Request ({what} len={fields['octets']})"


def _connected(fields: Fields) -> str:
    text = f"CTRL-EVENT-CONNECTED - Connection to {fields['bssid']} completed"
    return f"{text} [id={fields['id']} id_str={fields['id_str']}]"


def _disconnected(fields: Fields) -> str:
    local = " locally_generated=1" if fields["locally_generated"] else ""
    return f"CTRL-EVENT-DISCONNECTED bssid={fields['bssid']} reason={fields['reason']}{local}"


def _association_rejected(fields: Fields) -> str:
    late = " timeout" if fields["timeout"] else ""
    line = f"CTRL-EVENT-ASSOC-REJECT bssid={fields['bssid']} status_code={fields['status']}"
    return line + late


def _authentication_rejected(fields: Fields) -> str:
    return (
        f"CTRL-EVENT-AUTH-REJECT {fields['bssid']} auth_type={fields['algorithm']}"
        f" auth_transaction={fields['transaction']} status_code={fields['status']}"
    )


def _network_disabled(fields: Fields) -> str:
    return (
        f'CTRL-EVENT-SSID-TEMP-DISABLED id={fields["id"]} ssid="{_escaped(fields["ssid"])}"'
        f" auth_failures={fields['failures']} duration={_seconds(fields['duration_s'])}"
        f" reason={fields['reason']}"
    )


def _seconds(value: object) -> int:
    assert isinstance(value, float | int)
    return int(value)


def _scan_failed(fields: Fields) -> str:
    errno = fields["errno"]
    assert isinstance(errno, int)
    return f"CTRL-EVENT-SCAN-FAILED ret={-errno}" + (" retry=1" if fields["retry"] else "")


def _wps_active(fields: Fields) -> str:
    return "WPS-PBC-ACTIVE " if fields["method"] == "pbc" else "WPS-PIN-ACTIVE "


def _wps_available(fields: Fields) -> str:
    kind = str(fields["kind"])
    return f"WPS-AP-AVAILABLE-{kind.upper()} " if kind else "WPS-AP-AVAILABLE "


def _wps_failed(fields: Fields) -> str:
    if fields["message"] is None:
        return "WPS-FAIL "
    line = f"WPS-FAIL msg={fields['message']} config_error={fields['config_error']}"
    reason = INDICATIONS.get(fields["reason"])
    return line if reason is None else f"{line} reason={fields['reason']} ({reason})"


def _credential(fields: Fields) -> str:
    octets = fields.get("octets")
    return "WPS-CRED-RECEIVED " + (octets.hex() if isinstance(octets, bytes) else "")


def _m2d(fields: Fields) -> str:
    return (
        f"WPS-M2D dev_password_id={fields['device_password_id']}"
        f" config_error={fields['config_error']}"
    )


def _eap_status(fields: Fields) -> str:
    status, parameter = fields["status"], fields["parameter"]
    return f"CTRL-EVENT-EAP-STATUS status='{status}' parameter='{parameter}'"


def _eap_proposed(fields: Fields) -> str:
    line = f"CTRL-EVENT-EAP-PROPOSED-METHOD vendor={fields['vendor']} method={fields['method']}"
    return f"{line} -> NAK" if fields.get("nak") else line


def _eap_selected(fields: Fields) -> str:
    vendor, method = fields["vendor"], fields["method"]
    return f"CTRL-EVENT-EAP-METHOD EAP vendor {vendor} method {method} (WSC) selected"


def _management_taken(fields: Fields) -> str:
    frame = fields["frame"]
    assert isinstance(frame, bytes)
    place = f"freq={fields['frequency']} datarate=0 ssi_signal={fields['signal']}"
    return f"MGMT-RX {place} {frame.hex()}"


def _management_sent(fields: Fields) -> str:
    frame = fields["frame"]
    assert isinstance(frame, bytes)
    subtype, ok = frame[0] >> 4, int(bool(fields["acknowledged"]))
    return f"MGMT-TX-STATUS stype={subtype} ok={ok} buf={frame.hex()}"


def _eapol_taken(fields: Fields) -> str:
    payload = fields["payload"]
    assert isinstance(payload, bytes)
    return f"EAPOL-TX {fields['peer']} {payload.hex()}"


def _compared(name: str) -> Callable[[Fields], str]:
    """The present AP and the chosen one side by side: the fields in their order."""
    return lambda fields: f"{name} " + " ".join(f"{key}={fields[key]}" for key in fields)


def _fixed(text: str) -> Callable[[Fields], str]:
    return lambda fields: text


def _scan(name: str) -> Callable[[Fields], str]:
    return lambda fields: f"{name}id={fields['scan']}" if "scan" in fields else name


def _rules_changed(fields: Fields) -> str:
    country = "" if fields["country"] is None else f" alpha2={fields['country']}"
    return f"CTRL-EVENT-REGDOM-CHANGE init={fields['initiator']} type={fields['kind']}{country}"


def _channel(name: str) -> Callable[[Fields], str]:
    """A 20 MHz channel without HT: what is built."""
    return lambda fields: (
        f"{name} freq={fields['frequency']} ht_enabled=0 ch_offset=0 ch_width=20 MHz (no HT)"
        f" cf1={fields['frequency']} cf2=0"
    )


_LINES: Final[dict[str, Callable[[Fields], str]]] = {
    events.SCAN_STARTED: _scan("CTRL-EVENT-SCAN-STARTED "),
    events.SCAN_FINISHED: _scan("CTRL-EVENT-SCAN-RESULTS "),
    events.RULES_CHANGED: _rules_changed,
    events.SCAN_FAILED: _scan_failed,
    events.BSS_ADDED: lambda f: f"CTRL-EVENT-BSS-ADDED {f['id']} {f['bssid']}",
    events.BSS_REMOVED: lambda f: f"CTRL-EVENT-BSS-REMOVED {f['id']} {f['bssid']}",
    events.SELECTION_FAILED: _fixed("CTRL-EVENT-NETWORK-NOT-FOUND "),
    events.PMKSA_ADDED: lambda f: f"PMKSA-CACHE-ADDED {f['bssid']} {f['id']}",
    events.PMKSA_REMOVED: lambda f: f"PMKSA-CACHE-REMOVED {f['bssid']} {f['id']}",
    events.NETWORK_ADDED: lambda f: f"CTRL-EVENT-NETWORK-ADDED {f['id']}",
    events.NETWORK_REMOVED: lambda f: f"CTRL-EVENT-NETWORK-REMOVED {f['id']}",
    events.NETWORK_DISABLED: _network_disabled,
    events.NETWORK_REENABLED: lambda f: (
        f'CTRL-EVENT-SSID-REENABLED id={f["id"]} ssid="{_escaped(f["ssid"])}"'
    ),
    events.AUTHENTICATION_STARTED: _target("SME: Trying to authenticate"),
    events.AUTHENTICATION_REJECTED: _authentication_rejected,
    events.IDENTIFIER_UNKNOWN: lambda f: (
        f"CTRL-EVENT-SAE-UNKNOWN-PASSWORD-IDENTIFIER {f['bssid']}"
    ),
    events.ASSOCIATION_STARTED: _target("Trying to associate"),
    events.ASSOCIATION_COMPLETED: lambda f: f"Associated with {f['bssid']}",
    events.ASSOCIATION_REJECTED: _association_rejected,
    events.ATTEMPT_TIMED_OUT: lambda f: f"Authentication with {f['bssid']} timed out.",
    HANDSHAKE_COMPLETED: _handshake,
    GROUP_REKEYED: _group_rekeyed,
    KEY_REQUESTED: _key_requested,
    KEY_REFUSED: _key_refused,
    REKEY_DENIED: _fixed("WPA: PTK0 rekey not allowed, reconnecting"),
    events.REKEYING_FORBIDDEN: _fixed("Disable PTK0 rekey support - replaced with reconnect"),
    OCV_FAILED: lambda f: (
        f"OCV-FAILURE addr={f['peer']} frame={f['frame']} error={f['error']}"
    ),
    RSNE_DIFFERED: _rsne_differed,
    RSNXE_DIFFERED: _fixed("WPA: RSNXE mismatch between Beacon/ProbeResp and EAPOL-Key msg 3/4"),
    events.PASSPHRASE_SUSPECTED: _fixed(
        "WPA: 4-Way Handshake failed - pre-shared key may be incorrect"
    ),
    events.PASSPHRASE_WANTED: lambda f: (
        f"CTRL-REQ-PSK_PASSPHRASE-{f['id']}:PSK or passphrase needed for SSID {_escaped(f['ssid'])}"
    ),
    events.CONNECTION_COMPLETED: _connected,
    events.CONNECTION_LOST: _disconnected,
    events.TRANSITION_DISABLED: lambda f: f"TRANSITION-DISABLE {f['bitmap']:02x}",
    events.FRAME_FORGED: _fixed("Michael MIC failure detected"),
    events.COUNTERMEASURES_BEGUN: _fixed("TKIP countermeasures started"),
    events.COUNTERMEASURES_ENDED: _fixed("WPA: TKIP countermeasures stopped"),
    events.SCAN_REJECTED: _fixed("Reject scan trigger since one is already pending"),
    events.ROAMING: _compared("CTRL-EVENT-DO-ROAM"),
    events.NOT_ROAMING: _compared("CTRL-EVENT-SKIP-ROAM"),
    events.SIGNAL_CHANGED: lambda f: (
        f"CTRL-EVENT-SIGNAL-CHANGE above={1 if f['above'] else 0} signal={f['signal']}"
        f" noise={f['noise']} txrate={f['rate_kbps']}"
    ),
    events.BEACONS_LOST: _fixed("CTRL-EVENT-BEACON-LOSS "),
    events.BEACON_FORGED: lambda f: f"CTRL-EVENT-UNPROT-BEACON {f['bssid']}",
    events.CHANNEL_SWITCH_STARTED: _channel("CTRL-EVENT-STARTED-CHANNEL-SWITCH"),
    events.CHANNEL_SWITCHED: _channel("CTRL-EVENT-CHANNEL-SWITCH"),
    events.MULTI_AP_REFUSED: lambda f: str(f["reason"]),
    events.FOUR_ADDRESS_FAILED: _fixed("Failed to set 4addr mode"),
    events.EAPOL_TAKEN: _eapol_taken,
    events.EAPOL_RECEIVED: lambda f: f"EAPOL-RX {f['source']} {f['length']}",
    events.MANAGEMENT_TAKEN: _management_taken,
    events.MANAGEMENT_SENT: _management_sent,
    events.WPS_ACTIVATED: _wps_active,
    events.WPS_CANCELLED: _fixed("WPS-CANCEL "),
    events.WPS_TIMED_OUT: _fixed("WPS-TIMEOUT Requested operation timed out"),
    events.WPS_BUTTONS_COMPARED: lambda f: (
        f"WPS: PBC overlap detected: {f['chosen']} and {f['other']}"
    ),
    events.WPS_OVERLAPPED: _fixed("WPS-OVERLAP-DETECTED PBC session overlap"),
    events.WPS_AP_AVAILABLE: _wps_available,
    events.EAP_STATUS_CHANGED: _eap_status,
    PEER_STARTED: _fixed("CTRL-EVENT-EAP-STARTED EAP authentication started"),
    METHOD_PROPOSED: _eap_proposed,
    METHOD_SELECTED: _eap_selected,
    METHOD_UNFIT: _fixed("EAP: Failed to initialize EAP method: vendor 14122 method 1 (WSC)"),
    PEER_FAILED: _fixed("CTRL-EVENT-EAP-FAILURE EAP authentication failed"),
    M2D_RECEIVED: _m2d,
    events.WPS_CREDENTIAL_RECEIVED: _credential,
    events.WPS_SUCCEEDED: _fixed("WPS-SUCCESS "),
    events.WPS_FAILED: _wps_failed,
}
