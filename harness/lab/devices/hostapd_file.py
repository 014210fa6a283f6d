"""The configuration of an access point in hostapd's vocabulary: one text for every program."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.lab.devices.interface import BRIDGE
from harness.lab.devices.networks import Bss, BssOnAir, Keys

DEVICE: Keys = {
    "device_name": "airproof lab",
    "manufacturer": "airproof",
    "model_name": "lab",
    "model_number": "1",
    "serial_number": "1",
    "device_type": "6-0050F204-1",
    "config_methods": "push_button virtual_push_button",
}


def configuration(
    on_air: tuple[BssOnAir, ...],
    frequency: int,
    keys: Keys,
    *,
    sockets: Path | None = None,
    knows_profiles: bool = True,
) -> str:
    """Give the text of the file for these BSSs on one radio.

    `frequency` in MHz. `keys`: of the radio and the first BSS; they and the keys of each BSS
    replace what the lab would say, None takes it out. `sockets`: the folder of the control
    sockets. `knows_profiles`: the program has the keys of Multi-AP profiles.
    """
    sections = []
    for number, bss in enumerate(on_air):
        lines: dict[str, str | None] = {}
        if number == 0:
            lines |= {"interface": bss.interface, "driver": "nl80211", "hw_mode": "g"}
            lines |= {"channel": str((frequency - 2407) // 5), **DEVICE}
        else:
            lines |= {"bss": bss.interface, "bssid": str(bss.bssid)}
        if sockets is not None:
            lines["ctrl_interface"] = str(sockets)
        lines |= _of_bss(bss.bss)
        if knows_profiles:
            lines |= _profiles(bss.bss)
        lines |= {**(keys if number == 0 else {}), **bss.bss.keys}
        sections.append(_text(lines))
    return "".join(sections)


def _text(lines: Mapping[str, str | None]) -> str:
    return "".join(f"{key}={value}\n" for key, value in lines.items() if value is not None)


def _of_bss(bss: Bss) -> Keys:
    lines: dict[str, str | None] = {
        "bridge": BRIDGE,
        "wds_bridge": bss.wds_bridge,
        "ssid2": bss.ssid.encode().hex(),
        "multi_ap": str(bss.multi_ap),
        **_protection(bss),
    }
    if bss.wps:
        lines |= {"eap_server": "1", "wps_state": "2"}
    given = bss.hands_out
    if given is not None:
        lines["multi_ap_backhaul_ssid"] = given.ssid.encode().hex()
        if bss.hands_out_psk:
            lines["multi_ap_backhaul_wpa_psk"] = given.psk.hex()
        else:
            lines["multi_ap_backhaul_wpa_passphrase"] = given.passphrase
    return lines


def _protection(bss: Bss) -> Keys:
    if bss.passphrase is None:
        return {}
    lines = {
        "wpa": "3" if bss.mixed else "2",
        "wpa_pairwise": "TKIP" if bss.mixed else None,
        "rsn_pairwise": "CCMP",
        "wpa_passphrase": bss.passphrase,
        "ieee80211w": str(bss.pmf),
        "wpa_key_mgmt": "WPA-PSK",
    }
    if bss.sae:
        lines |= {
            "wpa_key_mgmt": "WPA-PSK SAE" if bss.transition else "SAE",
            "sae_pwe": str(bss.sae_method),
            "sae_groups": "19 20 21",
        }
    return lines


def _profiles(bss: Bss) -> Keys:
    """The keys that only a vendor's hostapd has; profile 1 is not what it takes for granted."""
    disallowed = bss.disallows_profile_1 | bss.disallows_later_profiles << 1
    return {
        "multi_ap_profile": str(bss.profile),
        "multi_ap_client_disallow": str(int(disallowed)),
        "multi_ap_vlanid": str(bss.primary_vlan or 0),
    }
