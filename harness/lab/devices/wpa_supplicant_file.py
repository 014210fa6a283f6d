"""The configuration of a station in wpa_supplicant's vocabulary: one text for every program."""

from __future__ import annotations

from pathlib import Path

from harness.lab.devices.interface import StationDevice

_DEVICE = {
    "update_config": "1",
    "device_name": "airproof lab",
    "manufacturer": "airproof",
    "model_name": "lab",
    "model_number": "1",
    "serial_number": "1",
    "device_type": "6-0050F204-1",
    "config_methods": "push_button virtual_push_button",
}


def configuration(station: StationDevice, sockets: Path | None = None) -> str:
    """Give the text of the file; `sockets`: the folder of the control socket.

    The station's `keys` replace what the lab would say, None takes a line out.
    """
    lines: dict[str, str | None] = {} if sockets is None else {"ctrl_interface": str(sockets)}
    lines |= _DEVICE
    if station.adds_sae:
        lines["wps_cred_add_sae"] = "1"
    lines["sae_pwe"] = str(station.sae_method)
    lines |= station.keys
    return "".join(f"{key}={value}\n" for key, value in lines.items() if value is not None)
