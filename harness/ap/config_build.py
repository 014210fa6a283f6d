"""From the keys of a file to what an access point is told: the checks of the whole.

Source: the access point's configuration reference, 1 and 2.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from harness.ap.config import DEFAULT_CONFIG_METHODS, ApConfig, BssConfig, bss_addresses
from harness.ap.config_file import BssSettings, Settings
from harness.base.address import ZERO, MacAddress
from harness.base.errors import ConfigError
from harness.base.seam import AKM_PSK, AKM_SAE
from harness.wire.wsc.device import DeviceAttributes

_DEFAULT_REKEY_S: Final = 86400
"""Seconds between group keys with CCMP."""

def build(settings: Settings) -> ApConfig:
    """Make the configuration of an access point. Raises `ConfigError` with the file's name."""
    try:
        bsss = tuple(_bss(settings, bss) for bss in settings.bsss)
        config = _device(
            ApConfig(bsss=bsss, channel=frequency(settings)), _speaker(settings).values
        )
        bss_addresses(config, MacAddress(ZERO))
        return config
    except ConfigError as error:
        if error.file or not settings.file:
            raise
        raise ConfigError(error.message, file=settings.file, line=1) from error


def frequency(settings: Settings) -> int:
    """The channel's centre frequency in MHz. Raises `ConfigError`."""
    number = settings.radio.get("channel")
    mode = settings.radio.get("hw_mode", "b")
    if number is None:
        raise ConfigError("channel: is not given, and automatic channel selection is not served")
    low_band = number <= 14
    if mode in ("b", "g") and not low_band:
        raise ConfigError(f"channel: {number} is none of hw_mode {mode}")
    if mode == "a" and low_band:
        raise ConfigError(f"channel: {number} is none of hw_mode a")
    if number == 14:
        return 2484
    return int(2407 + 5 * number if low_band else 5000 + 5 * number)


def _bss(settings: Settings, bss: BssSettings) -> BssConfig:
    given = bss.get
    if "ssid" not in bss.values:
        raise ConfigError(f"{bss.name}: ssid: is not given")
    return BssConfig(
        interface=bss.name,
        ssid=given("ssid"),
        bssid=given("bssid"),
        hidden=bool(given("ignore_broadcast_ssid", 0)),
        bridge=given("bridge"),
        wds_bridge=given("wds_bridge"),
        wds_sta=given("wds_sta", False),
        multi_ap=given("multi_ap", 0),
        multi_ap_profile=given("multi_ap_profile", 2) if given("multi_ap", 0) else 1,
        multi_ap_client_disallow=given("multi_ap_client_disallow", 0),
        multi_ap_vlan_id=given("multi_ap_vlanid", 0),
        multi_ap_backhaul_ssid=given("multi_ap_backhaul_ssid"),
        multi_ap_backhaul_passphrase=given("multi_ap_backhaul_wpa_passphrase"),
        multi_ap_backhaul_psk=given("multi_ap_backhaul_wpa_psk"),
        wps_state=_wps_state(bss),
        beacon_interval=settings.radio.get("beacon_int", 100),
        dtim_period=given("dtim_period", 2),
        max_stations=given("max_num_sta", 2007),
        **_security(bss),
    )


def _wps_state(bss: BssSettings) -> int:
    """Nobody can be enrolled on a hidden BSS: WPS is off there, whatever the file says."""
    return 0 if bss.get("ignore_broadcast_ssid", 0) else int(bss.get("wps_state", 0))


def _security(bss: BssSettings) -> dict[str, Any]:
    given = bss.get
    if not given("wpa", 0):
        return {}
    names = given("wpa_key_mgmt", ("WPA-PSK",))
    akms = tuple(akm for name, akm in (("WPA-PSK", AKM_PSK), ("SAE", AKM_SAE)) if name in names)
    secrets = ("wpa_passphrase", "wpa_psk")
    if AKM_PSK in akms and not any(name in bss.values for name in secrets):
        raise ConfigError(f"{bss.name}: wpa_passphrase: WPA-PSK needs a passphrase or PSK")
    _check_ciphers(bss)
    security: dict[str, Any] = {
        "mixed": given("wpa") == 3,
        "passphrase": given("wpa_passphrase"),
        "psk": given("wpa_psk"),
        "group_rekey_s": float(given("wpa_group_rekey", _DEFAULT_REKEY_S)),
    }
    if given("sae_require_mfp") and given("ieee80211w", 0) != 2:
        raise ConfigError(f"{bss.name}: sae_require_mfp: is not served, only ieee80211w=2")
    if AKM_SAE in akms or given("ieee80211w"):
        security |= {
            "akms": akms,
            "sae_password": given("sae_password") if AKM_SAE in akms else None,
            "sae_pwe": given("sae_pwe", 0),
            "sae_groups": given("sae_groups", (19, 20, 21)),
            "ieee80211w": given("ieee80211w", 0),
        }
    return security


def _check_ciphers(bss: BssSettings) -> None:
    """WPA2 is with CCMP here, whatever else is allowed, and WPA (version 1) with TKIP."""
    of_wpa = bss.get("wpa_pairwise", ("TKIP", "CCMP") if bss.get("wpa") == 3 else ("CCMP",))
    of_rsn = bss.get("rsn_pairwise", of_wpa)
    if "CCMP" not in of_rsn:
        raise ConfigError(f"{bss.name}: rsn_pairwise: WPA2 is served with CCMP only")
    if bss.get("wpa") == 3 and "TKIP" not in of_wpa:
        raise ConfigError(f"{bss.name}: wpa_pairwise: WPA (version 1) is served with TKIP only")
    wanted = "TKIP" if bss.get("wpa") == 3 else "CCMP"
    if bss.get("group_cipher", (wanted,)) != (wanted,):
        raise ConfigError(f"{bss.name}: group_cipher: must be {wanted} with these ciphers")


def _speaker(settings: Settings) -> BssSettings:
    """The BSS whose device attributes count: one radio is one device."""
    return next((bss for bss in settings.bsss if _wps_state(bss)), settings.bsss[0])


def _device(config: ApConfig, values: dict[str, Any]) -> ApConfig:
    device = DeviceAttributes(
        manufacturer=values.get("manufacturer", ""),
        model_name=values.get("model_name", ""),
        model_number=values.get("model_number", ""),
        serial_number=values.get("serial_number", ""),
        primary_device_type=values.get("device_type", bytes(8)),
        device_name=values.get("device_name", ""),
    )
    fragment = values.get("fragment_size", 0)
    return replace(
        config,
        device=device,
        uuid=values.get("uuid"),
        config_methods=values.get("config_methods") or DEFAULT_CONFIG_METHODS,
        os_version=values.get("os_version", 0) & 0x7FFFFFFF,
        fragment_size=min(fragment, 1400) or 1400,
    )
