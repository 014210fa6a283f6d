"""Which control events an iwd device has: what it publishes, in hostapd's vocabulary.

iwd has no control interface of hostapd's or wpa_supplicant's kind. All that it publishes is in the
record as it came; what of that says the same as a line of theirs is worded as that line too, so
that scenarios can expect it. A line that nothing of iwd's says is `Unsupported`, whether it is
expected or refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.base.errors import Unsupported

CONNECTED = "CTRL-EVENT-CONNECTED"
DISCONNECTED = "CTRL-EVENT-DISCONNECTED"
WPS_SUCCESS = "WPS-SUCCESS"
WPS_OVERLAP = "WPS-OVERLAP-DETECTED"
WPS_TIMEOUT = "WPS-TIMEOUT"
STATION_LINES = (CONNECTED, DISCONNECTED, WPS_SUCCESS, WPS_OVERLAP, WPS_TIMEOUT)

AP_STA_CONNECTED = "AP-STA-CONNECTED"
AP_STA_DISCONNECTED = "AP-STA-DISCONNECTED"
ACCESS_POINT_LINES = (AP_STA_CONNECTED, AP_STA_DISCONNECTED)

_UNKNOWN_FIELDS = (" reason=", " [id=", " keyid=")


def require_line(lines: tuple[str, ...], text: str) -> None:
    """Raise `Unsupported` when a control event can't be had from what iwd publishes."""
    if text.split(" ")[0] not in lines:
        raise Unsupported(f"iwd: control event {text!r}: it publishes nothing that says so")
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
