"""Events as the access point's control interface writes them.

Clients match these lines literally, trailing space included. `render` gives them without the
priority in front. Source: README-WPS-access-point; the control interface's event list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from harness.ap import events
from harness.base.event import Event
from harness.proto.channel_validation import OCV_FAILED
from harness.proto.key_handshake import HANDSHAKE_COMPLETED, PSK_MISMATCHED
from harness.proto.wsc_run import M2D_RECEIVED
from harness.wire.wsc.device import INDICATIONS, device_type_text, uuid_text

Fields = Mapping[str, object]

PIN_NEEDED_LIMIT: Final = 399
"""A longer WPS-PIN-NEEDED is not written, in characters."""



def render(event: Event) -> str | None:
    """Give the control interface's line of an event, None when it has none."""
    write = _LINES.get(event.name)
    return None if write is None else write(event.fields)


def render_probe(event: Event) -> str | None:
    """Give the line of a Probe Request, which only goes to who asked for such; None for others."""
    if event.name != events.PROBE_REQUEST_RECEIVED:
        return None
    fields = event.fields
    return f"RX-PROBE-REQUEST sa={fields['station']} signal={fields['signal']}"


def _constant(line: str) -> Callable[[Fields], str | None]:
    return lambda fields: line


def _with_station(name: str) -> Callable[[Fields], str | None]:
    return lambda fields: f"{name} {fields['station']}"


def _octets(fields: Fields, name: str) -> bytes:
    value = fields[name]
    assert isinstance(value, bytes), f"field {name} holds {value!r}"
    return value


def _enrollee_seen(fields: Fields) -> str:
    uuid = uuid_text(_octets(fields, "uuid"))
    device = device_type_text(_octets(fields, "device_type"))
    return (
        f"WPS-ENROLLEE-SEEN {fields['station']} {uuid} {device} "
        f"0x{fields['config_methods']:x} {fields['device_password_id']:d} "
        f"{fields['request_type']:d} [{fields['device_name']}]"
    )


def _pin_needed(fields: Fields) -> str | None:
    names = ("device_name", "manufacturer", "model_name", "model_number", "serial_number")
    device = "|".join(str(fields[name]) for name in names)
    kind = device_type_text(_octets(fields, "device_type"))
    uuid = uuid_text(_octets(fields, "uuid"))
    line = f"WPS-PIN-NEEDED {uuid} {fields['station']} [{device}|{kind}]"
    return line if len(line) <= PIN_NEEDED_LIMIT else None


def _registration_succeeded(fields: Fields) -> str:
    return f"WPS-REG-SUCCESS {fields['station']} {uuid_text(_octets(fields, 'uuid'))}"


def _new_settings(fields: Fields) -> str:
    settings = fields["settings"]
    return "WPS-NEW-AP-SETTINGS " + (settings.hex() if isinstance(settings, bytes) else "")


def _wps_failed(fields: Fields) -> str:
    line = f"WPS-FAIL msg={fields['message']:d} config_error={fields['config_error']:d}"
    indication = fields.get("indication")
    if indication in INDICATIONS:
        line += f" reason={indication:d} ({INDICATIONS[indication]})"
    return line


def _connected(fields: Fields) -> str:
    line = f"AP-STA-CONNECTED {fields['station']}"
    return f"{line} keyid={fields['key_id']}" if "key_id" in fields else line


def _vlan(name: str) -> Callable[[Fields], str | None]:
    return lambda fields: f"{name} ifname={fields['vlan']} sta_addr={fields['station']}"


def _method_proposed(fields: Fields) -> str:
    return f"CTRL-EVENT-EAP-PROPOSED-METHOD vendor={fields['vendor']:d} method={fields['method']:d}"


def _channel(name: str) -> Callable[[Fields], str | None]:

    def write(fields: Fields) -> str:
        frequency, side = fields["frequency"], fields["secondary"]
        assert isinstance(frequency, int), "the event's declaration says so"
        assert isinstance(side, int), "the event's declaration says so"
        narrow = "20 MHz" if fields["ht"] else "20 MHz (no HT)"
        return (
            f"{name} freq={frequency} ht_enabled={int(bool(fields['ht']))} ch_offset={side}"
            f" ch_width={'40 MHz' if side else narrow} cf1={frequency + 10 * side} cf2=0"
            " is_dfs0=0 dfs=0 puncturing_bitmap=0x0000"
        )

    return write


def _eapol_taken(fields: Fields) -> str:
    return f"EAPOL-TX {fields['station']} {_octets(fields, 'payload').hex()}"


def _management_taken(fields: Fields) -> str:
    return f"MGMT-RX {_octets(fields, 'frame').hex()}"


def _management_sent(fields: Fields) -> str:
    frame = _octets(fields, "frame")
    acknowledged = int(bool(fields["acknowledged"]))
    return f"MGMT-TX-STATUS stype={frame[0] >> 4} ok={acknowledged} buf={frame.hex()}"


_LINES: Final[Mapping[str, Callable[[Fields], str | None]]] = {
    events.AP_ENABLED: _constant("AP-ENABLED "),
    events.AP_DISABLED: _constant("AP-DISABLED "),
    events.REKEYING_FORBIDDEN: _constant("Disable PTK0 rekey support - replaced with disconnect"),
    events.LINK_SWITCHED_ON: _constant("INTERFACE-ENABLED "),
    events.LINK_SWITCHED_OFF: _constant("INTERFACE-DISABLED "),
    events.STATION_AUTHORIZED: _connected,
    events.STATION_UNAUTHORIZED: _with_station("AP-STA-DISCONNECTED"),
    events.STATION_LIMIT_REACHED: _with_station("AP-REJECTED-MAX-STA"),
    HANDSHAKE_COMPLETED: _with_station("EAPOL-4WAY-HS-COMPLETED"),
    OCV_FAILED: lambda fields: (
        f"OCV-FAILURE addr={fields['peer']} frame={fields['frame']} error={fields['error']}"
    ),
    PSK_MISMATCHED: _with_station("AP-STA-POSSIBLE-PSK-MISMATCH"),
    events.STATION_ANSWERED: _with_station("AP-STA-POLL-OK"),
    events.RADAR_PRETENDED: lambda fields: str(fields["line"]),
    events.EAPOL_TAKEN: _eapol_taken,
    events.MANAGEMENT_TAKEN: _management_taken,
    events.MANAGEMENT_SENT: _management_sent,
    events.VLAN_ADDED: _vlan("WDS-STA-INTERFACE-ADDED"),
    events.VLAN_REMOVED: _vlan("WDS-STA-INTERFACE-REMOVED"),
    events.CHANNEL_SWITCH_STARTED: _channel("CTRL-EVENT-STARTED-CHANNEL-SWITCH"),
    events.CHANNEL_SWITCHED: _channel("CTRL-EVENT-CHANNEL-SWITCH"),
    events.CHANNEL_SWITCH_FINISHED: lambda fields: (
        f"AP-CSA-FINISHED freq={fields['frequency']} dfs=0"
    ),
    events.CHANNEL_CHOICE_BEGUN: _constant("ACS-STARTED "),
    events.CHANNEL_CHOSEN: lambda fields: (
        f"ACS-COMPLETED freq={fields['frequency']} channel={fields['channel']}"
    ),
    events.CHANNEL_CHOICE_FAILED: _constant("ACS-FAILED "),
    events.ENROLLEE_SEEN: _enrollee_seen,
    events.PBC_ACTIVATED: _constant("WPS-PBC-ACTIVE "),
    events.PBC_TIMED_OUT: _constant("WPS-TIMEOUT "),
    events.PBC_DISABLED: _constant("WPS-PBC-DISABLE "),
    events.OVERLAP_DETECTED: _constant("WPS-OVERLAP-DETECTED "),
    events.PIN_NEEDED: _pin_needed,
    events.SETUP_LOCKED: _constant("WPS-AP-SETUP-LOCKED "),
    events.SETUP_UNLOCKED: _constant("WPS-AP-SETUP-UNLOCKED "),
    events.AP_PIN_DISABLED: _constant("WPS-AP-PIN-DISABLED "),
    M2D_RECEIVED: _constant("WPS-M2D "),
    events.SETTINGS_CHANGED: _new_settings,
    events.REGISTRATION_SUCCEEDED: _registration_succeeded,
    events.WPS_SUCCEEDED: _constant("WPS-SUCCESS "),
    events.WPS_FAILED: _wps_failed,
    events.WPS_CANCELLED: _constant("WPS-CANCEL "),
    "eap.server.started": _with_station("CTRL-EVENT-EAP-STARTED"),
    "eap.method.proposed": _method_proposed,
    "eap.packet.retransmitted": _with_station("CTRL-EVENT-EAP-RETRANSMIT"),
    "eap.packet.given-up": _with_station("CTRL-EVENT-EAP-RETRANSMIT"),  # as hostapd 2.10 has it
    "eap.server.timed-out": _with_station("CTRL-EVENT-EAP-TIMEOUT-FAILURE"),
    "eap.server.failed": _with_station("CTRL-EVENT-EAP-FAILURE"),
    "eap.server.succeeded": _with_station("CTRL-EVENT-EAP-SUCCESS"),
}
