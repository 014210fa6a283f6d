"""From the values of a configuration file to what the station is told, and back for networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from harness.base.errors import ConfigError
from harness.base.seam import CIPHER_CCMP, CIPHER_TKIP
from harness.crypto.wep import WepKeys
from harness.proto.key_handshake import Rekeying
from harness.sta.autoscan import Autoscan
from harness.sta.config import (
    DEFAULT_HABITS,
    OPEN_SYSTEM,
    SHARED_KEY,
    ApParameters,
    KeyManagement,
    Network,
    SecurityHabits,
    SecurityProtocol,
    StationConfig,
    WpsMethod,
    WpsParameters,
)
from harness.sta.config_keys import (
    BUILT_KEY_MANAGEMENT,
    DEFAULT_CIPHERS,
    DEFAULT_KEY_MANAGEMENT,
    GROUP,
    KEY_MANAGEMENT,
    PAIRWISE,
    PROTOCOLS,
    WEP_KEYS,
    bar_of,
    config_methods,
)
from harness.sta.config_values import PreSharedKey, Words, octets_of, show_string, text_of
from harness.sta.external_passwords import External
from harness.sta.scan_plan import ScanPlan
from harness.wire.eap import WSC_ENROLLEE, WSC_REGISTRAR
from harness.wire.wsc.device import DeviceAttributes

Values = Mapping[str, Any]

_SUITES: Final = {"CCMP": CIPHER_CCMP, "TKIP": CIPHER_TKIP}
_SUITE_NAMES: Final = {suite: name for name, suite in _SUITES.items()}
_ALGORITHMS: Final = {"OPEN": OPEN_SYSTEM, "SHARED": SHARED_KEY}
_ALGORITHM_NAMES: Final = {number: name for name, number in _ALGORITHMS.items()}
_AS_THE_HABITS_SAY: Final = 3
_PROFILE_OF_A_BACKHAUL_STATION: Final = 2
MODE_ACCESS_POINT: Final = 2


def station_config_of(values: Values, bridge: str | None = None) -> StationConfig:
    """What the global keys tell a station; networks come from their blocks.

    `auto_uuid=1` is the owner's: it has the entropy. Raises `ConfigError`.
    """
    autoscan = values.get("autoscan", "")
    given = {name: values[name] for name in _TAKEN_AS_THEY_ARE if name in values}
    return StationConfig(
        device=DeviceAttributes.configured(values),
        config_methods=config_methods(values.get("config_methods", "")),
        os_version=int.from_bytes(values.get("os_version", b""), "big"),
        passive_scan=bool(values.get("passive_scan", 0)),
        wps_cred_add_sae=bool(values.get("wps_cred_add_sae", 0)),
        filter_ssids=bool(values.get("filter_ssids", 0)),
        autoscan=Autoscan.parse(autoscan) if autoscan else None,
        bgscan=text_of(values.get("bgscan", b"")),
        scan_plan=_scan_plan(values),
        security=_habits(values),
        bridge=bridge,
        **given,
    )


def _scan_plan(values: Values) -> ScanPlan | None:
    plans, interval = values.get("sched_scan_plans", ""), values.get("sched_scan_interval", 0)
    if plans:
        return ScanPlan.parse(plans)
    return ScanPlan(((interval, 1),)) if interval else None


def _habits(values: Values) -> SecurityHabits:
    """An empty list of groups, or a single 0, stands for the default."""
    groups = values.get("sae_groups", ())
    return SecurityHabits(
        pmf=values.get("pmf", DEFAULT_HABITS.pmf),
        sae_pwe=values.get("sae_pwe", DEFAULT_HABITS.sae_pwe),
        sae_needs_mfp=bool(values.get("sae_check_mfp", 0)),
        sae_groups=DEFAULT_HABITS.sae_groups if groups in ((), (0,)) else groups,
    )


_TAKEN_AS_THEY_ARE: Final = (
    "uuid",
    "wps_cred_processing",
    "wps_priority",
    "freq_list",
    "scan_res_valid_for_connect",
    "bss_max_count",
    "bss_expiration_age",
    "bss_expiration_scan_count",
    "eapol_version",
    "ap_scan",
    "filter_rssi",
    "wps_vendor_ext_m1",
    "mac_addr",
    "preassoc_mac_addr",
    "rand_addr_lifetime",
)


def network_of(values: Values, network_id: int) -> Network:
    """What the keys of a block tell. Raises `ConfigError` when they don't fit together."""
    methods = values.get("key_mgmt", KEY_MANAGEMENT.read(DEFAULT_KEY_MANAGEMENT))
    secret = values.get("psk")
    backhaul = bool(values.get("multi_ap_backhaul_sta", 0))
    profile = values.get("multi_ap_profile", 0)
    password = values.get("sae_password")
    mfp = values.get("ieee80211w", _AS_THE_HABITS_SAY)
    makes = values.get("mode", 0) == MODE_ACCESS_POINT
    return Network(
        id=network_id,
        ssid=values.get("ssid"),
        passphrase=secret if isinstance(secret, str) else None,
        psk=secret if isinstance(secret, bytes) else None,
        external_psk=secret.name if isinstance(secret, External) else None,
        mac_addr=None if values.get("mac_addr", -1) == -1 else values["mac_addr"],
        mem_only_psk=bool(values.get("mem_only_psk", 0)),
        sae_password=None if password is None else text_of(password),
        sae_password_id=values.get("sae_password_id"),
        sae_pwe=values.get("sae_pwe"),
        ieee80211w=None if mfp == _AS_THE_HABITS_SAY else mfp,
        ocv=bool(values.get("ocv", 0)),
        beacon_prot=bool(values.get("beacon_prot", 0)),
        key_mgmt=frozenset(KeyManagement(word) for word in methods & BUILT_KEY_MANAGEMENT),
        proto=_protocols(values),
        pairwise=_suites(values.get("pairwise", PAIRWISE.read(DEFAULT_CIPHERS))),
        group=_suites(values.get("group", GROUP.read(DEFAULT_CIPHERS))),
        auth_alg=_algorithm(values),
        wep=_wep(values),
        multi_ap_backhaul_sta=backhaul,
        multi_ap_profile=profile or (_PROFILE_OF_A_BACKHAUL_STATION if backhaul else 0),
        four_address=bool(values.get("enable_4addr_mode", 0)),
        ptk_rekey_s=values.get("wpa_ptk_rekey", 0),
        rekeying=Rekeying(values.get("wpa_deny_ptk0_rekey", 0)),
        priority=values.get("priority", 0),
        bgscan=None if "bgscan" not in values else text_of(values["bgscan"]),
        bssid=values.get("bssid"),
        bssid_ignore=values.get("bssid_ignore", ()),
        bssid_accept=values.get("bssid_accept", ()),
        scan_ssid=bool(values.get("scan_ssid", 0)),
        scan_freq=values.get("scan_freq", ()),
        freq_list=values.get("freq_list", ()),
        disabled=bool(values.get("disabled", 0)),
        id_str=text_of(values.get("id_str", b"")),
        access_point=_access_point(values) if makes else None,
        barred=bar_of(values),
    )


def _algorithm(values: Values) -> int | None:
    """Where both would do, none is chosen beforehand."""
    chosen = values.get("auth_alg", frozenset()) & _ALGORITHMS.keys()
    return _ALGORITHMS[min(chosen)] if len(chosen) == 1 else None


def _wep(values: Values) -> WepKeys | None:
    """A key without octets is none."""
    keys = tuple(values.get(name) or None for name in WEP_KEYS)
    return None if keys == (None,) * 4 else WepKeys(keys, values.get("wep_tx_keyidx", 0))


def _access_point(values: Values) -> ApParameters:
    return ApParameters(
        frequency=values.get("frequency", 0),
        beacon_interval=values.get("beacon_int", 0),
        dtim_period=values.get("dtim_period", 0),
        hidden=values.get("ignore_broadcast_ssid", 0),
        wps_disabled=bool(values.get("wps_disabled", 0)),
        max_inactivity_s=values.get("ap_max_inactivity", 0),
        group_rekey_s=values.get("group_rekey", 0),
        transition_disable=values.get("transition_disable", 0),
    )


def _protocols(values: Values) -> frozenset[SecurityProtocol]:
    words = values.get("proto", PROTOCOLS.read("WPA RSN"))
    return frozenset(SecurityProtocol(word) for word in words if word != "OSEN")


def _suites(words: frozenset[str]) -> frozenset[int]:
    return frozenset(_SUITES[word] for word in words if word in _SUITES)


def texts_of(network: Network) -> dict[str, str]:
    """The keys and texts of a network that came from no file; what is default is left out."""
    texts: dict[str, str | None] = {
        "ssid": None if network.ssid is None else show_string(network.ssid),
        "bssid": None if network.bssid is None else str(network.bssid),
        "psk": _secret_text(network),
        "sae_password": _password_text(network),
        "sae_password_id": _identifier_text(network),
        "sae_pwe": None if network.sae_pwe is None else str(network.sae_pwe),
        "proto": _protocols_text(network),
        "key_mgmt": KEY_MANAGEMENT.show(frozenset(each.value for each in network.key_mgmt)),
        "pairwise": _suites_text(PAIRWISE, network.pairwise),
        "group": _suites_text(GROUP, network.group),
        "auth_alg": None if network.auth_alg is None else _ALGORITHM_NAMES[network.auth_alg],
        **_wep_texts(network.wep),
        "ieee80211w": None if network.ieee80211w is None else str(network.ieee80211w),
        "ocv": "1" if network.ocv else None,
        "beacon_prot": "1" if network.beacon_prot else None,
        **_enrolment_texts(network.wps),
        "priority": str(network.priority) if network.priority else None,
        "bgscan": None if network.bgscan is None else show_string(octets_of(network.bgscan)),
        "multi_ap_backhaul_sta": "1" if network.multi_ap_backhaul_sta else None,
        "multi_ap_profile": _profile_text(network),
        "enable_4addr_mode": "1" if network.four_address else None,
        "wpa_ptk_rekey": str(network.ptk_rekey_s) if network.ptk_rekey_s else None,
        "wpa_deny_ptk0_rekey": str(int(network.rekeying)) if network.rekeying else None,
    }
    return {key: text for key, text in texts.items() if text is not None}


def _wep_texts(wep: WepKeys | None) -> dict[str, str | None]:
    if wep is None:
        return {}
    keys = (None if key is None else show_string(key) for key in wep.keys)
    sent_with = str(wep.default) if wep.default else None
    return {**dict(zip(WEP_KEYS, keys, strict=True)), "wep_tx_keyidx": sent_with}


def _enrolment_texts(order: WpsParameters | None) -> dict[str, str | None]:
    """What stands in the block of an enrolment, which no file holds."""
    if order is None:
        return {}
    pin = text_of(order.password)
    by_method = {
        WpsMethod.PBC: "pbc=1",
        WpsMethod.PIN: f"pin={pin} dev_pw_id={order.device_password_id}",
        WpsMethod.REGISTRAR: f"pin={pin}",
    }
    identity = WSC_REGISTRAR if order.method is WpsMethod.REGISTRAR else WSC_ENROLLEE
    multi_ap = f" multi_ap={order.multi_ap}" if order.multi_ap else ""
    return {
        "eap": "WSC",
        "identity": show_string(identity),
        "phase1": f'"{by_method[order.method]}{multi_ap}"',
    }


def _profile_text(network: Network) -> str | None:
    """Left out when it follows from the rest: wpa_supplicant 2.10 does not know the key."""
    default = _PROFILE_OF_A_BACKHAUL_STATION if network.multi_ap_backhaul_sta else 0
    return None if network.multi_ap_profile == default else str(network.multi_ap_profile)


def _secret_text(network: Network) -> str | None:
    if network.passphrase is not None:
        return passphrase_text(network.passphrase)
    if network.external_psk is not None:
        return PreSharedKey().show(External(network.external_psk))
    return None if network.psk is None else network.psk.hex()


def _password_text(network: Network) -> str | None:
    return None if network.sae_password is None else show_string(octets_of(network.sae_password))


def _identifier_text(network: Network) -> str | None:
    return None if network.sae_password_id is None else show_string(network.sae_password_id)


def _protocols_text(network: Network) -> str | None:
    """An open network has none, which no text of the key stands for."""
    if not network.proto or network.proto == frozenset(SecurityProtocol):
        return None
    return PROTOCOLS.show(frozenset(each.value for each in network.proto))


def _suites_text(order: Words, suites: frozenset[int]) -> str | None:
    if suites == frozenset(_SUITE_NAMES):
        return None
    return order.show(frozenset(_SUITE_NAMES[suite] for suite in suites))


def passphrase_text(passphrase: str) -> str:
    """A passphrase in quotes. Raises `ConfigError` for one that no line can hold."""
    if any(octet in octets_of(passphrase) for octet in b"\n\r\0"):
        raise ConfigError("a passphrase with a line's end in it")
    return f'"{passphrase}"'
