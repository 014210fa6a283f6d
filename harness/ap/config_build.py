"""From the keys of a file to what an access point is told: the checks of the whole.

Source: the access point's configuration reference, 1 and 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from harness.ap import channels, ht, wmm
from harness.ap.ap_pin import ExternalRegistrars
from harness.ap.config import DEFAULT_CONFIG_METHODS, ApConfig, BssConfig, bss_addresses
from harness.ap.config_file import BssSettings, Settings
from harness.ap.config_keys import WEP_KEYS
from harness.ap.config_parts import (
    KEY_MANAGEMENT,
    NO_LISTEN_LIMIT,
    PSK_AKMS,
    AccessList,
    FurtherElements,
    KeyHabits,
    Patience,
    WpsDevice,
    WpsHabits,
)
from harness.base.address import ZERO, MacAddress
from harness.base.errors import ConfigError
from harness.base.seam import AKM_SAE, CIPHER_CCMP, CIPHER_TKIP
from harness.crypto.wep import WepKeys
from harness.proto.key_handshake import Rekeying
from harness.wire.wsc.device import DeviceAttributes

WPA: Final = 1
WPA2: Final = 2
"""Bits of `wpa`."""

OPEN_SYSTEM: Final = 1
SHARED_KEY: Final = 2
"""Bits of `auth_algs`."""

_REKEY_S: Final = {"CCMP": 86400, "TKIP": 600}
"""Seconds between group keys."""

_RF_BANDS: Final = {"a": 2, "b": 1, "g": 1, "ag": 3, "ga": 3, "ad": 4}


def build(settings: Settings) -> ApConfig:
    """Make the configuration of an access point. Raises `ConfigError` with the file's name."""
    try:
        bsss = tuple(_bss(settings, bss) for bss in settings.bsss)
        config = ApConfig(
            bsss=bsss,
            channel=frequency(settings),
            only_dsss=settings.radio.get("hw_mode", "b") == "b",
            country=settings.radio.get("country_code"),
            tracked_stations=settings.radio.get("track_sta_max_num", 0),
            tracked_age_s=float(settings.radio.get("track_sta_max_age", 180)),
            qos=wmm.qos(settings.radio),
            ht=_ht(settings),
        )
        config = config.described(_device(_speaker(settings).values))
        bss_addresses(config, MacAddress(ZERO))
        return config
    except ConfigError as error:
        raise settings.placed(error) from error


def _does_wmm(settings: Settings, bss: BssSettings) -> bool:
    """Where the file leaves it open WMM comes with HT, even where that is switched off then."""
    asked = bss.get("wmm_enabled", -1)
    return bool(asked > 0 or (asked < 0 and settings.radio.get("ieee80211n")))


def _ht(settings: Settings) -> ht.Ht | None:
    """Raises `ConfigError` for a channel that has no other half where one was asked for."""
    read = ht.read(settings.radio)
    if read is None or channels.is_left_open(settings.radio):
        return read
    if not ht.fits(frequency(settings), read.secondary):
        number, side = settings.radio["channel"], "above" if read.secondary > 0 else "below"
        raise ConfigError(f"ht_capab: channel {number} has no other half {side}", key="ht_capab")
    return read


def frequency(settings: Settings) -> int:
    """The channel's centre frequency in MHz; of one that is left open, some allowed one's.

    Raises `ConfigError`.
    """
    number = settings.radio.get("channel", 0)
    mode = settings.radio.get("hw_mode", "b")
    if channels.is_left_open(settings.radio):
        return channels.allowed(settings.radio)[0]
    low_band = number <= channels.LAST_IN_LOW_BAND
    if mode in ("b", "g") and not low_band:
        raise ConfigError(f"channel: {number} is none of hw_mode {mode}", key="channel")
    if mode == "a" and low_band:
        raise ConfigError(f"channel: {number} is none of hw_mode a", key="channel")
    return channels.centre(number)


def _misfit(bss: BssSettings, key: str, rule: str) -> ConfigError:
    return ConfigError(f"{bss.name}: {key}: {rule}", bss=bss.name, key=key)


def _bss(settings: Settings, bss: BssSettings) -> BssConfig:
    given = bss.get
    if "ssid" not in bss.values:
        raise _misfit(bss, "ssid", "is not given")
    return BssConfig(
        interface=bss.name,
        ssid=given("ssid"),
        bssid=given("bssid"),
        hidden=given("ignore_broadcast_ssid", 0),
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
        wps_state=wps_state(bss),
        wps=_wps_habits(bss),
        beacon_interval=settings.radio.get("beacon_int", 100),
        dtim_period=given("dtim_period", 2),
        max_stations=given("max_num_sta", 2007),
        config_id=given("config_id"),
        eap_server=given("eap_server", False),
        says_farewell=given("broadcast_deauth", True),
        utf8_ssid=given("utf8_ssid", False),
        wmm=_does_wmm(settings, bss),
        u_apsd=given("uapsd_advertisement_enabled", False),
        ht=not given("disable_11n", False),
        **_stations(bss),
        **security(bss),
    )


def _stations(bss: BssSettings) -> dict[str, Any]:
    """Whom it takes, and how it bears with them."""
    given = bss.get
    nobody: frozenset[MacAddress] = frozenset()
    return {
        "isolate": given("ap_isolate", False),
        "access": AccessList(
            only_accepted=given("macaddr_acl", 0) == 1,
            accepted=given("accept_mac_file", nobody),
            denied=given("deny_mac_file", nobody),
        ),
        "patience": Patience(
            inactivity_s=float(max(given("ap_max_inactivity", 300), 0)),
            polls=not given("skip_inactivity_poll", False),
        ),
        "elements": FurtherElements(
            shown=given("vendor_elements", b""),
            probe_response=given("presp_elements", b""),
            association=given("assocresp_elements", b""),
        ),
        "listen_interval_limit": given("max_listen_interval", NO_LISTEN_LIMIT),
        "quiet_when_full": given("no_probe_resp_if_max_sta", False),
        "answers_probes": given("send_probe_response", True),
    }


def _external(values: dict[str, Any]) -> ExternalRegistrars:
    return ExternalRegistrars(
        ap_pin=values.get("ap_pin") or None,
        until=values.get("ap_pin_until"),
        setup_locked=values.get("ap_setup_locked", 0),
        lockout_s=float(values.get("ap_pin_lockout_time", 0)),
        settings=values.get("ap_settings"),
    )


def _wps_habits(bss: BssSettings) -> WpsHabits:
    given = bss.get
    return WpsHabits(
        independent=given("wps_independent", False),
        builds_credentials=not given("skip_cred_build", False),
        extra_credentials=given("extra_cred", b""),
        processing=given("wps_cred_processing", 0),
        adds_sae=given("wps_cred_add_sae", False),
        external=_external(bss.values),
        device=_device(bss.values),
    )


def wps_state(bss: BssSettings) -> int:
    """Turn WPS off where it is forbidden: ap.md 2.

    On a hidden BSS, one with WEP, and on a protected one without WPA2 or with TKIP alone.
    """
    return 0 if _against_wps(bss) else int(bss.get("wps_state", 0))


def idle_warnings(settings: Settings) -> list[str]:
    """What BSSs are given in vain, WPS and passwords of SAE, each with its place and the reason."""
    found = [each for bss in settings.bsss for each in (*_idle_wps(bss), *_idle_passwords(bss))]
    found += _idle_ht(settings)
    return [str(settings.placed(each)) for each in found]


def _idle_ht(settings: Settings) -> Iterator[ConfigError]:
    for name in ht.unknown_flags(settings.radio):
        yield ConfigError(f"ht_capab: there is no flag [{name}]", key="ht_capab")
    if not settings.radio.get("ieee80211n"):
        return
    if settings.radio.get("hw_mode", "b") == "b":
        yield ConfigError("ieee80211n: hw_mode b has no 802.11n", key="ieee80211n")
    for bss in settings.bsss:
        if wep(bss) is not None:
            yield _misfit(bss, "ieee80211n", "is not done with WEP")
        elif bss.get("wpa", 0) and "CCMP" not in (*wpa_ciphers(bss), *rsn_ciphers(bss)):
            yield _misfit(bss, "ieee80211n", "is not done with TKIP alone")


def _idle_wps(bss: BssSettings) -> Iterator[ConfigError]:
    if not bss.get("wps_state", 0):
        return
    against = _against_wps(bss)
    if against:
        key, why = against
        yield _misfit(bss, key, f"{why}: WPS is switched off")
    elif not bss.get("eap_server", False):
        yield _misfit(bss, "eap_server", "is 0: no device can enrol by WPS")


def _idle_passwords(bss: BssSettings) -> Iterator[ConfigError]:
    does_sae = bss.get("wpa", 0) and "SAE" in bss.get("wpa_key_mgmt", ("WPA-PSK",))
    if bss.get("sae_password") and not does_sae:
        yield _misfit(bss, "sae_password", "is not used: wpa_key_mgmt has no SAE")


def _against_wps(bss: BssSettings) -> tuple[str, str] | None:
    """The key that forbids WPS, and what it says; None when nothing does."""
    versions = bss.get("wpa", 0)
    if bss.get("ignore_broadcast_ssid", 0):
        return "ignore_broadcast_ssid", "the SSID is hidden"
    if wep(bss) is not None:
        return next(name for name in WEP_KEYS if bss.get(name)), "the network has WEP"
    if versions and not versions & WPA2:
        return "wpa", "the network has WPA version 1 alone"
    if versions and "CCMP" not in rsn_ciphers(bss):
        given = "rsn_pairwise" if "rsn_pairwise" in bss.values else "wpa_pairwise"
        return given, "the network has TKIP alone"
    return None


def wep(bss: BssSettings) -> WepKeys | None:
    """The keys of WEP; None without any."""
    keys = tuple(bss.get(name) for name in WEP_KEYS)
    return WepKeys(keys, bss.get("wep_default_key", 0)) if any(keys) else None


def wpa_ciphers(bss: BssSettings) -> tuple[str, ...]:
    """The pairwise ciphers of WPA version 1, and where nothing else is said of WPA2."""
    return tuple(bss.get("wpa_pairwise", ("TKIP",)))


def rsn_ciphers(bss: BssSettings) -> tuple[str, ...]:
    """The pairwise ciphers of WPA2."""
    return tuple(bss.get("rsn_pairwise", wpa_ciphers(bss)))


def group_cipher(bss: BssSettings) -> str:
    """What every station understands."""
    versions = bss.get("wpa", 0)
    names = (wpa_ciphers(bss) if versions & WPA else ()) + (
        rsn_ciphers(bss) if versions & WPA2 else ()
    )
    return "TKIP" if "TKIP" in names else "CCMP"


def security(bss: BssSettings) -> dict[str, Any]:
    """What protects a BSS, as fields of its configuration. Raises `ConfigError`."""
    given = bss.get
    versions = given("wpa", 0)
    fields = _authentication(bss)
    if not versions:
        return fields | {"keys": KeyHabits(eapol_version=given("eapol_version", 2))}
    names = given("wpa_key_mgmt", ("WPA-PSK",))
    akms = tuple(akm for name, akm in KEY_MANAGEMENT.items() if name in names)
    secrets = ("wpa_passphrase", "wpa_psk", "wpa_psk_file")
    if PSK_AKMS & set(akms) and not any(bss.get(name) for name in secrets):
        raise _misfit(bss, "wpa_passphrase", "WPA-PSK needs a passphrase or PSK")
    if "group_cipher" in bss.values and bss.get("group_cipher") != (group_cipher(bss),):
        raise _misfit(bss, "group_cipher", f"must be {group_cipher(bss)} here")
    protects = max(given("ieee80211w", 0), given("ocv", 0)) if versions & WPA2 else 0
    if given("beacon_prot") and not protects:
        raise _misfit(bss, "beacon_prot", "needs ieee80211w=1 or 2 with WPA2")
    fields |= {
        "wpa_pairwise": _suites(wpa_ciphers(bss)) if versions & WPA else (),
        "rsn_pairwise": _suites(rsn_ciphers(bss)) if versions & WPA2 else (),
        "akms": akms,
        "passphrase": given("wpa_passphrase"),
        "psk": given("wpa_psk"),
        "psk_file": given("wpa_psk_file") or None,
        "group_rekey_s": float(given("wpa_group_rekey", _REKEY_S[group_cipher(bss)])),
        "ieee80211w": protects,
        "ocv": bool(given("ocv", 0)) and bool(versions & WPA2),
        "beacon_prot": given("beacon_prot", False),
        "keys": _key_habits(bss),
    }
    if AKM_SAE in akms:
        fields |= {
            "sae_passwords": given("sae_password", ()),
            "sae_pwe": given("sae_pwe", 0),
            "sae_groups": given("sae_groups") or (19,),
            "sae_clogging": given("anti_clogging_threshold", 5),
            "sae_requires_mfp": given("sae_require_mfp", False),
            "caches_keys": not given("disable_pmksa_caching", False),
        }
    return fields


def _authentication(bss: BssSettings) -> dict[str, Any]:
    """WEP, and who may authenticate how. Raises `ConfigError`."""
    keys = wep(bss)
    algorithms = bss.get("auth_algs", OPEN_SYSTEM | SHARED_KEY)
    if keys is not None and bss.get("wpa", 0):
        raise _misfit(bss, "wpa", "WEP keys are given in a network of WPA")
    if keys is not None and keys.sent_with is None:
        rule = f"there is no wep_key{keys.default}, and nothing would be encrypted"
        raise _misfit(bss, "wep_default_key", rule)
    if keys is None and not algorithms & OPEN_SYSTEM:
        raise _misfit(bss, "auth_algs", "Shared Key alone needs WEP keys")
    return {
        "wep": keys,
        "open_system": bool(algorithms & OPEN_SYSTEM),
        "shared_key": keys is not None and bool(algorithms & SHARED_KEY),
    }


def _key_habits(bss: BssSettings) -> KeyHabits:
    given = bss.get
    once = given("wpa_disable_eapol_key_retries", False)
    return KeyHabits(
        eapol_version=given("eapol_version", 2),
        pairwise_attempts=1 if once else given("wpa_pairwise_update_count", 4),
        group_attempts=1 if once else given("wpa_group_update_count", 4),
        ptk_rekey_s=float(given("wpa_ptk_rekey", 0)),
        rekeying=Rekeying(given("wpa_deny_ptk0_rekey", 0)),
        strict=given("wpa_strict_rekey", False),
        transition_disable=given("transition_disable", 0),
    )


def _suites(names: tuple[str, ...]) -> tuple[int, ...]:
    """Cipher suites, the stronger one first."""
    known = (("CCMP", CIPHER_CCMP), ("TKIP", CIPHER_TKIP))
    return tuple(suite for name, suite in known if name in names)


def _speaker(settings: Settings) -> BssSettings:
    """The BSS that speaks for the device, where none is asked by itself."""
    of_wps = [bss for bss in settings.bsss if wps_state(bss)]
    of_wps.sort(key=lambda bss: bool(bss.get("wps_independent")))
    return next(iter(of_wps), settings.bsss[0])


def _device(values: dict[str, Any]) -> WpsDevice:
    fragment = values.get("fragment_size", 0)
    bands = values.get("wps_rf_bands")
    return WpsDevice(
        device=DeviceAttributes.configured(values),
        uuid=values.get("uuid"),
        config_methods=values.get("config_methods") or DEFAULT_CONFIG_METHODS,
        os_version=values.get("os_version", 0) & 0x7FFFFFFF,
        fragment_size=min(fragment, 1400) or 1400,
        wps_rf_bands=None if bands is None else _RF_BANDS[bands],
        application_extension=values.get("wps_application_ext") or None,
        pbc_in_m1=values.get("pbc_in_m1", False),
        most_rounds=values.get("max_auth_rounds", 100),
        most_short_rounds=values.get("max_auth_rounds_short", 50),
    )
