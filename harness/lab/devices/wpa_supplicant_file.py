"""The configuration of a station in wpa_supplicant's vocabulary: one text for every program."""

from __future__ import annotations

from pathlib import Path

from harness.lab.devices.hostapd_file import DEVICE
from harness.lab.devices.interface import StationDevice


def configuration(station: StationDevice, sockets: Path | None = None) -> str:
    """Give the text of the file; `sockets`: the folder of the control socket.

    The station's `keys` replace what the lab would say, None takes a line out.
    """
    lines: dict[str, str | None] = {} if sockets is None else {"ctrl_interface": str(sockets)}
    lines |= {"update_config": "1", **DEVICE}
    if station.adds_sae:
        lines["wps_cred_add_sae"] = "1"
    lines["sae_pwe"] = str(station.sae_method)
    lines |= station.keys
    return "".join(f"{key}={value}\n" for key, value in lines.items() if value is not None)
