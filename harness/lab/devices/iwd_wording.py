"""Which control events an iwd device has: what it publishes, in hostapd's vocabulary.

iwd has no control interface of hostapd's or wpa_supplicant's kind. All that it publishes is in the
record as it came; what of that says the same as a line of theirs is worded as that line too, so
that scenarios can expect it. A line that nothing of iwd's says is `Unsupported`, whether it is
expected or refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from harness.base.errors import Unsupported
from harness.base.event import Event
from harness.lab.devices.interface import MULTI_AP, MULTI_AP_PROFILES, Device
from harness.lab.world import CONTROL_LINE

CONNECTED = "CTRL-EVENT-CONNECTED"
DISCONNECTED = "CTRL-EVENT-DISCONNECTED"
WPS_SUCCESS = "WPS-SUCCESS "
WPS_OVERLAP = "WPS-OVERLAP-DETECTED PBC session overlap"
WPS_TIMEOUT = "WPS-TIMEOUT Requested operation timed out"
STATION_LINES = (
    CONNECTED, DISCONNECTED, "WPS-SUCCESS", "WPS-OVERLAP-DETECTED", "WPS-TIMEOUT",
)

AP_STA_CONNECTED = "AP-STA-CONNECTED"
AP_STA_DISCONNECTED = "AP-STA-DISCONNECTED"
ACCESS_POINT_LINES = (AP_STA_CONNECTED, AP_STA_DISCONNECTED)

NO_MULTI_AP: Final = dict.fromkeys((MULTI_AP, MULTI_AP_PROFILES), "iwd knows no Multi-AP")
"""Of what an iwd device declares not to do."""

_UNKNOWN_FIELDS = (" reason=", " [id=", " keyid=")


def require_fields(text: str) -> None:
    """Raise `Unsupported` for a control event with what iwd does not publish."""
    for field in _UNKNOWN_FIELDS:
        if field in text:
            raise Unsupported(f"iwd: control event {text!r}: it does not publish{field}…")


def require_no_keys(keys: Mapping[str, str | None]) -> None:
    """Raise `Unsupported` when a scenario wants lines in a configuration file that iwd lacks."""
    if keys:
        raise Unsupported(f"iwd: it has no configuration line {', '.join(keys)}")


def line(interface: str, name: str, value: Any) -> str:
    """A D-Bus property's new value, or a signal with what it carries, as a line of the record."""
    return f"{interface}.{name}={value}"


def note(device: Device, interface: str, text: str) -> None:
    """Put what iwd published, in its own words, into the record; no scenario can expect it."""
    fields = {"interface": interface, "text": text}
    device.world.emit(Event(device.world.now(), device.name, CONTROL_LINE, fields))
