"""Puts network settings that WPS brought into a configuration file's text.

The new ones go on top, between marks; the old ones stay, commented out. Source: the access
point's configuration reference, 10.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

START: Final = "# WPS configuration - START"
END: Final = "# WPS configuration - END"
_REPLACED: Final = "#WPS# "
_OLD: Final = (
    "ssid=",
    "ssid2=",
    "auth_algs=",
    "wep_default_key=",
    "wep_key",
    "wps_state=",
    "wpa=",
    "wpa_psk=",
    "wpa_pairwise=",
    "rsn_pairwise=",
    "wpa_key_mgmt=",
    "wpa_passphrase=",
)


def with_new_settings(text: str, values: Mapping[str, Any]) -> str:
    """Give the text of a file with the settings in `values`: ssid, and wpa with its key."""
    lines = text.split("\n")
    kept = []
    for index, line in enumerate(lines):
        if line.startswith("bss="):
            kept += lines[index:]
            break
        kept.append(_REPLACED + line if line.startswith(_OLD) else line)
    return "\n".join([START, *_written(values), END, *kept])


def _written(values: Mapping[str, Any]) -> list[str]:
    ssid = values["ssid"]
    printable = all(32 <= octet < 127 for octet in ssid)
    lines = ["wps_state=2", f"ssid={ssid.decode()}" if printable else f"ssid2={ssid.hex()}"]
    if values.get("wpa"):
        lines += [f"wpa={values['wpa']}", "wpa_key_mgmt=WPA-PSK", "wpa_pairwise=CCMP"]
        if values.get("wpa_psk") is not None:
            lines.append(f"wpa_psk={values['wpa_psk'].hex()}")
        else:
            lines.append(f"wpa_passphrase={values['wpa_passphrase']}")
    return [*lines, "auth_algs=1"]
