"""Every key of a station's configuration file: its form, its default, and whether it is served.

A key that is read but not served yet is either kept (it has no effect here, and changes neither
security nor whom the station joins) or refused by name with the reason. A network that nothing
built can join is kept like any other, and never joined. Source: sta, 1.3 and 1.4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from harness.base.errors import ConfigError
from harness.sta.config import KeyManagement
from harness.sta.config_values import (
    Address,
    Addresses,
    Anything,
    Country,
    DeviceType,
    Hex,
    Integer,
    Kind,
    Numbers,
    PasswordPlace,
    Plain,
    PreSharedKey,
    Sequence,
    Text,
    TextOrNothing,
    Uuid,
    Words,
)
from harness.wire.sae import LONGEST_IDENTIFIER

Refusal = Callable[[Any], str | None]


class Use(Enum):
    """What becomes of a key that was read."""

    SERVED = "acts"
    KEPT = "has no effect yet"


@dataclass(frozen=True, slots=True)
class Key:
    """One key. `default`: what `GET_NETWORK` shows while it is unset, None for nothing.

    `refuse`: gives the reason why a value that is well formed can't be used. `bars`: the reason
    why a network with that value is never joined. `is_secret`: its value is never shown.
    """

    name: str
    kind: Kind
    use: Use
    default: str | None = None
    refuse: Refusal | None = None
    is_secret: bool = False
    bars: Refusal | None = None

    @property
    def can_be_unset(self) -> bool:
        """Whether a network's value may be NULL."""
        return isinstance(self.kind, _UNSET_BY_NULL) and self.name not in WEP_KEYS

    def barred_by(self, value: Any) -> str | None:
        """Why a network is never joined that has this value."""
        reason = self.bars(value) if self.bars is not None else None
        return None if reason is None else f"{self.name}: {reason}"

    def read(self, text: str) -> Any:
        """Read a value's text. Raises `ConfigError` with the reason."""
        value = self.kind.read(text)
        reason = self.refuse(value) if self.refuse is not None else None
        if reason is not None:
            raise ConfigError(reason)
        return value


def _only(*allowed: object, because: str) -> Refusal:
    return lambda value: None if value in allowed else because


def _none_of(words: Iterable[str], what: str) -> Refusal:
    """Say so when none of the words that are built is among those given."""
    built = frozenset(words)

    def reason(value: frozenset[str]) -> str | None:
        if value & built:
            return None
        given = " ".join(sorted(value)) or "without a cipher"
        return f"{what} {given} is not built ({' '.join(sorted(built))} is)"

    return reason


def _served(
    name: str, kind: Kind, default: str | None = None, refuse: Refusal | None = None
) -> Key:
    return Key(name, kind, Use.SERVED, default, refuse)


def _secret(name: str, kind: Kind, use: Use = Use.SERVED) -> Key:
    return Key(name, kind, use, is_secret=True)


def _barring(name: str, kind: Kind, default: str | None, bars: Refusal) -> Key:
    return Key(name, kind, Use.SERVED, default, bars=bars)


def _kept(name: str, kind: Kind, default: str | None = None, refuse: Refusal | None = None) -> Key:
    return Key(name, kind, Use.KEPT, default, refuse)


_UNSET_BY_NULL: Final = (Text, Plain, Anything, Numbers)
_BIT: Final = Integer(0, 1)
_ANY: Final = Integer(-0x80000000, 0x7FFFFFFF)
_COUNT: Final = Integer()

KEY_MANAGEMENT: Final = Words((
    "WPA-PSK", "WPA-EAP", "IEEE8021X", "NONE", "WPA-NONE", "FT-PSK", "FT-EAP", "FT-EAP-SHA384",
    "WPA-PSK-SHA256", "WPA-EAP-SHA256", "WPS", "SAE", "SAE-EXT-KEY", "FT-SAE", "FT-SAE-EXT-KEY",
    "OSEN", "WPA-EAP-SUITE-B", "WPA-EAP-SUITE-B-192", "FILS-SHA256", "FILS-SHA384",
    "FT-FILS-SHA256", "FT-FILS-SHA384", "OWE", "DPP",
))  # fmt: skip
PROTOCOLS: Final = Words(("WPA", "RSN", "OSEN"), aliases=(("WPA2", "RSN"),))
PAIRWISE: Final = Words(("CCMP-256", "GCMP-256", "CCMP", "GCMP", "TKIP", "NONE"))
GROUP: Final = Words(
    ("CCMP-256", "GCMP-256", "CCMP", "GCMP", "TKIP", "GTK_NOT_USED"), dropped=("WEP104", "WEP40")
)
GROUP_MANAGEMENT: Final = Words((
    "AES-128-CMAC", "BIP-GMAC-128", "BIP-GMAC-256", "BIP-CMAC-256",
))  # fmt: skip
AUTHENTICATION: Final = Words(("OPEN", "SHARED", "LEAP"))
EAP_METHODS: Final = Sequence((
    "MD5", "TLS", "WFA-UNAUTH-TLS", "MSCHAPV2", "PEAP", "TTLS", "GTC", "OTP", "SIM", "LEAP", "PSK",
    "AKA", "AKA'", "FAST", "PAX", "SAKE", "GPSK", "WSC", "IKEV2", "TNC", "PWD", "EKE", "TEAP",
))  # fmt: skip

NO_SOCKET: Final = "no_ctrl_interface"
"""What the file says of its control socket before this does not hold."""
WEP_KEYS: Final = ("wep_key0", "wep_key1", "wep_key2", "wep_key3")

BUILT_KEY_MANAGEMENT: Final = frozenset(each.value for each in KeyManagement) - {"WPS"}
"""Words of `key_mgmt` that a configured network can be joined by."""
DEFAULT_KEY_MANAGEMENT: Final = "WPA-PSK WPA-EAP"
DEFAULT_CIPHERS: Final = "CCMP TKIP"

_NO_DEDICATED = "a dedicated MAC address is not built (0 to 2 are taken)"
_MODES = "only 0 (a station) and 2 (an access point) are built"

_GLOBAL: Final = (
    _served("ctrl_interface", Plain()),
    _served("ctrl_interface_group", Plain()),
    _served(NO_SOCKET, Anything()),
    _served("eapol_version", Integer(1, 3), "1"),
    _served("ap_scan", Integer(0, 2), "1"),
    _served("update_config", _COUNT, "0"),
    _served("uuid", Uuid()),
    _served("auto_uuid", _BIT, "0"),
    _served("device_name", Plain(32)),
    _served("manufacturer", Plain(64)),
    _served("model_name", Plain(32)),
    _served("model_number", Plain(32)),
    _served("serial_number", Plain(32)),
    _served("device_type", DeviceType(), "0-00000000-0"),
    _served("os_version", Hex(4)),
    _served("config_methods", Plain(), None, lambda words: _fault_in_methods(words)),
    _served("wps_cred_processing", Integer(0, 2), "0"),
    _served("wps_cred_add_sae", _BIT, "0"),
    _served("wps_priority", _COUNT, "0"),
    _served("bss_max_count", Integer(1), "200"),
    _served("bss_expiration_age", _COUNT, "180"),
    _served("bss_expiration_scan_count", Integer(1), "2"),
    _served("scan_res_valid_for_connect", Integer(1), "5"),
    _served("passive_scan", _BIT, "0"),
    _served("freq_list", Numbers()),
    _served("country", Country()),
    _served("pmf", Integer(0, 2), "0"),
    _served("mac_addr", Integer(0, 3), "0", _only(0, 1, 2, because=_NO_DEDICATED)),
    _served("preassoc_mac_addr", Integer(0, 3), "0", _only(0, 1, 2, because=_NO_DEDICATED)),
    _served("filter_ssids", _BIT, "0"),
    _served("filter_rssi", _ANY, "0"),
    _served("wps_vendor_ext_m1", Hex(), None, lambda v: None if v else "no octets at all"),
    _kept("driver_param", Plain()),
    Key("pcsc_pin", Plain(), Use.KEPT, is_secret=True),
    _kept("fast_reauth", _BIT, "1"),
    _kept("pbc_in_m1", _BIT, "0"),
    _kept("wps_nfc_dev_pw_id", Integer(0x10, 0xFFFF), "0"),
    _kept("wps_nfc_dh_pubkey", Hex()),
    _kept("wps_nfc_dh_privkey", Hex()),
    _kept("wps_nfc_dev_pw", Hex()),
    _kept("scan_cur_freq", _BIT, "0"),
    _served("autoscan", Plain()),
    _served("bgscan", TextOrNothing()),
    _served("sched_scan_interval", _COUNT, "0"),
    _kept("sched_scan_start_delay", _COUNT, "0"),
    _served("sched_scan_plans", Plain()),
    _kept("disable_scan_offload", _BIT, "0"),
    _served("sae_check_mfp", _BIT, "0"),
    _served("sae_groups", Numbers()),
    _served("sae_pwe", Integer(0, 3), "0"),
    _kept("sae_pmkid_in_assoc", _BIT, "0"),
    _kept("okc", _BIT, "0"),
    _kept("reassoc_same_bss_optim", _BIT, "0"),
    _served("rand_addr_lifetime", _COUNT, "60"),
    _kept("dot11RSNAConfigPMKLifetime", _COUNT, "0"),
    _kept("dot11RSNAConfigPMKReauthThreshold", Integer(0, 100), "0"),
    _kept("dot11RSNAConfigSATimeout", _COUNT, "0"),
    _kept("wpa_rsc_relaxation", _BIT, "1"),
    _served("max_num_sta", _COUNT, "128"),
    _served("ap_isolate", _BIT, "0"),
    _kept("ap_vendor_elements", Hex()),
    _kept("access_network_type", Integer(0, 15), "15"),
    _kept("max_assoc_per_scan", _COUNT, "25"),
    _kept("min_scan_gap", _COUNT, "0"),
    _kept("concurrent_assoc_ok", _BIT, "0"),
    _kept("accept_external_scan_results", _BIT, "0"),
    _kept("eapol_completed_timeout", _COUNT, "0"),
    _kept("key_mgmt_offload", _BIT, "1"),
    _kept("external_sim", _BIT, "0"),
    _kept("interworking", _BIT, "0"),
    _kept("hs20", _BIT, "0"),
    _kept("hessid", Plain()),
    _kept("auto_interworking", _BIT, "0"),
    _kept("p2p_disabled", _BIT, "0"),
    _kept("user_mpm", _BIT, "1"),
    _kept("max_peer_links", _COUNT, "99"),
    _kept("mesh_max_inactivity", _COUNT, "300"),
    _kept("mesh_fwding", _BIT, "1"),
    _kept("opensc_engine_path", Plain()),
    _kept("pkcs11_engine_path", Plain()),
    _kept("pkcs11_module_path", Plain()),
    _kept("openssl_ciphers", Plain()),
    _kept("load_dynamic_eap", Plain()),
    _served("ext_password_backend", PasswordPlace()),
    _kept("tdls_external_control", _BIT, "0"),
    _kept("wowlan_triggers", Plain()),
    _kept("oce", Integer(0, 3), "1"),
    _kept("btm_offload", _BIT, "0"),
    _kept("gas_rand_mac_addr", _COUNT, "0"),
    _kept("cert_in_cb", _BIT, "1"),
    _served("beacon_int", _COUNT, "0"),
    _served("dtim_period", _COUNT, "0"),
)

_OTHERS: Final = (
    ("dot11RSNASAERetransPeriod", "1000"),
    ("pcsc_reader", None),
    ("p2p_listen_reg_class", "0"),
    ("p2p_listen_channel", "0"),
    ("p2p_oper_reg_class", "0"),
    ("p2p_oper_channel", "0"),
    ("p2p_go_intent", "7"),
    ("p2p_ssid_postfix", None),
    ("persistent_reconnect", "0"),
    ("p2p_intra_bss", "1"),
    ("p2p_group_idle", "0"),
    ("p2p_go_freq_change_policy", "2"),
    ("p2p_passphrase_len", "0"),
    ("p2p_add_cli_chan", "0"),
    ("p2p_optimize_listen_chan", "0"),
    ("p2p_go_ht40", "0"),
    ("p2p_go_vht", "0"),
    ("p2p_go_he", "0"),
    ("p2p_go_edmg", "0"),
    ("p2p_go_ctwindow", "0"),
    ("p2p_no_group_iface", "0"),
    ("p2p_ignore_shared_freq", "0"),
    ("ip_addr_go", "0.0.0.0"),
    ("ip_addr_mask", "0.0.0.0"),
    ("ip_addr_start", "0.0.0.0"),
    ("ip_addr_end", "0.0.0.0"),
    ("p2p_cli_probe", "0"),
    ("p2p_device_random_mac_addr", "0"),
    ("p2p_interface_random_mac_addr", "0"),
    ("p2p_6ghz_disable", "0"),
    ("disassoc_low_ack", "0"),
    ("go_interworking", "0"),
    ("go_access_network_type", "0"),
    ("go_internet", "0"),
    ("go_venue_group", "0"),
    ("go_venue_type", "0"),
    ("p2p_go_max_inactivity", "300"),
    ("ignore_old_scan_res", "0"),
    ("osu_dir", None),
    ("p2p_search_delay", "500"),
    ("fst_group_id", None),
    ("fst_priority", "0"),
    ("fst_llt", "0"),
    ("non_pref_chan", None),
    ("mbo_cell_capa", "3"),
    ("disassoc_imminent_rssi_threshold", "-75"),
    ("gas_address3", "0"),
    ("ftm_responder", "0"),
    ("ftm_initiator", "0"),
    ("gas_rand_addr_lifetime", "60"),
    ("dpp_config_processing", "0"),
    ("dpp_name", None),
    ("dpp_mud_url", None),
    ("coloc_intf_reporting", "0"),
    ("disable_btm", "0"),
    ("extended_key_id", "0"),
    ("wowlan_disconnect_on_deinit", "0"),
    ("sec_device_type", None),
    ("ap_assocresp_elements", None),
    ("initial_freq_list", None),
)
"""Global keys of what is not built (P2P, DPP, mesh, MBO …), with their defaults."""


def _other(name: str, default: str | None) -> Key:
    is_number = default is not None and default.lstrip("-").isdecimal()
    return _kept(name, _ANY if is_number else Plain(), default)


_STREAMS: Final = tuple(f"vht_{way}_mcs_nss_{n}" for way in ("rx", "tx") for n in range(1, 9))

_NETWORK: Final = (
    _served("ssid", Text(32)),
    _served("scan_ssid", _BIT, "0"),
    _served("bssid", Address()),
    _served("bssid_ignore", Addresses()),
    _served("bssid_accept", Addresses()),
    _secret("psk", PreSharedKey()),
    _barring("proto", PROTOCOLS, "WPA RSN", _none_of({"RSN", "WPA"}, "proto")),
    _barring(
        "key_mgmt",
        KEY_MANAGEMENT,
        DEFAULT_KEY_MANAGEMENT,
        _none_of(BUILT_KEY_MANAGEMENT, "key_mgmt"),
    ),
    _barring("pairwise", PAIRWISE, DEFAULT_CIPHERS, _none_of({"CCMP", "TKIP"}, "pairwise")),
    _barring("group", GROUP, DEFAULT_CIPHERS, _none_of({"CCMP", "TKIP"}, "group")),
    _barring("auth_alg", AUTHENTICATION, None, _none_of({"OPEN", "SHARED"}, "auth_alg")),
    _served("priority", _ANY, "0"),
    _served("disabled", Integer(0, 2), "0"),
    _served("id_str", Text()),
    _served("scan_freq", Numbers()),
    _served("freq_list", Numbers()),
    _served("multi_ap_backhaul_sta", _BIT, "0"),
    _served("multi_ap_profile", Integer(0, 6), "0"),
    _barring("mode", Integer(0, 5), "0", _only(0, 2, because=_MODES)),
    _served("ieee80211w", Integer(0, 3), "3"),
    _served("enable_4addr_mode", _BIT, "0"),
    _served("mem_only_psk", _BIT, "0"),
    *(_secret(name, Text()) for name in WEP_KEYS),
    _served("wpa_ptk_rekey", _COUNT, "0"),
    _served("ocv", _BIT, "0"),
    _served("beacon_prot", _BIT, "0"),
    _served("mac_addr", Integer(-1, 3), "-1", _only(-1, 0, 1, 2, because=_NO_DEDICATED)),
    _kept("eap", EAP_METHODS),
    _secret("sae_password", Text()),
    _served("sae_password_id", Text(LONGEST_IDENTIFIER)),
    _served("sae_pwe", Integer(0, 3)),
    _barring("sae_pk", Integer(0, 2), "0", _only(0, 2, because="SAE-PK is not built")),
    _secret("mka_cak", Hex(), Use.KEPT),
    _secret("mka_ckn", Hex(), Use.KEPT),
    _kept("mka_priority", Integer(0, 255), "255"),
    _kept("macsec_integ_only", _BIT, "0"),
    _kept("macsec_replay_protect", _BIT, "0"),
    _kept("macsec_replay_window", _COUNT, "0"),
    _kept("macsec_port", Integer(0, 65534), "1"),
    _served("wep_tx_keyidx", Integer(0, 3), "0"),
    _kept("bssid_hint", Address()),
    _barring("group_mgmt", GROUP_MANAGEMENT, "", _none_of({"AES-128-CMAC"}, "group_mgmt")),
    _kept("bg_scan_period", _ANY, "-1"),
    _served("bgscan", Text()),
    _kept("autoscan", Text()),
    _kept("identity", Text()),
    _kept("anonymous_identity", Text()),
    _secret("password", Plain(), Use.KEPT),
    _secret("pin", Text(), Use.KEPT),
    _secret("pin2", Text(), Use.KEPT),
    _secret("private_key_passwd", Text(), Use.KEPT),
    _kept("ca_cert", Text()),
    _kept("client_cert", Text()),
    _kept("private_key", Text()),
    _kept("phase1", Text()),
    _kept("phase2", Text()),
    _kept("eap_workaround", _ANY, "-1"),
    _kept("eapol_flags", Integer(0, 3), "3"),
    _kept("fragment_size", Integer(1), "1398"),
    _kept("proactive_key_caching", Integer(-1, 1), "-1"),
    _kept("mixed_cell", _BIT, "0"),
    _served("wps_disabled", _BIT, "0"),
    _served("wpa_deny_ptk0_rekey", Integer(0, 2), "0"),
    _served("group_rekey", _COUNT, "0"),
    _served("transition_disable", Integer(0, 255), "0"),
    _kept("peerkey", _BIT),
    _served("frequency", Integer(0, 70200), "0"),
    _kept("fixed_freq", _BIT, "0"),
    _kept("acs", _BIT, "0"),
    _served("beacon_int", Integer(0, 65535), "0"),
    _served("dtim_period", Integer(0, 255), "0"),
    _served("ignore_broadcast_ssid", Integer(0, 2), "0"),
    _kept("pbss", Integer(0, 2), "0"),
    _served("ap_max_inactivity", _COUNT, "0"),
    _kept("disable_ht", _BIT, "0"),
    _kept("disable_ht40", _BIT, "0"),
    _kept("disable_vht", _BIT, "0"),
    _kept("disable_sgi", _BIT, "0"),
    _kept("ht40_intolerant", _BIT, "0"),
    _kept("ht", _BIT, "1"),
    _kept("ht40", Integer(-1, 1), "0"),
    _kept("vht", _BIT, "1"),
    _kept("max_oper_chwidth", Integer(-1, 3), "-1"),
    _kept("vht_center_freq1", _COUNT, "0"),
    _kept("vht_center_freq2", _COUNT, "0"),
    *(_kept(name, Integer(-1, 3), "-1") for name in _STREAMS),
    _kept("mesh_fwding", _BIT, "1"),
    _kept("mesh_basic_rates", Numbers()),
    _kept("mesh_rssi_threshold", Integer(-255, 1), "1"),
    _kept("no_auto_peer", _BIT, "0"),
    _kept("dot11MeshMaxRetries", _COUNT, "2"),
    _kept("dot11MeshRetryTimeout", _COUNT, "40"),
    _kept("dot11MeshConfirmTimeout", _COUNT, "40"),
    _kept("dot11MeshHoldingTimeout", _COUNT, "40"),
    _kept("owe_group", _COUNT, "0"),
    _kept("owe_only", _BIT, "0"),
    _kept("erp", _BIT, "0"),
    _kept("update_identifier", _COUNT, "0"),
    _kept("ft_eap_pmksa_caching", _BIT, "0"),
    _barring("macsec_policy", _BIT, "0", _only(0, because="MACsec is not built")),
    _kept("engine", _BIT, "0"),
    _kept("temporary", _BIT),
)

_WITHOUT_EFFECT: Final = (
    "altsubject_match", "altsubject_match2", "ampdu_density", "ampdu_factor", "ca_cert2",
    "ca_cert2_id", "ca_cert_id", "ca_path", "ca_path2", "cert2_id", "cert_id",
    "check_cert_subject", "check_cert_subject2", "client_cert2",
    "dh_file", "dh_file2", "disable_he", "disable_ldpc", "disable_max_amsdu", "domain_match",
    "domain_match2", "domain_suffix_match", "domain_suffix_match2", "dpp_connector", "dpp_csign",
    "dpp_netaccesskey", "dpp_netaccesskey_expiry", "dpp_pfs", "edmg_channel", "enable_edmg",
    "engine2", "engine2_id", "engine_id", "fils_dh_group", "go_p2p_dev_addr", "ht_mcs", "key2_id",
    "key_id", "machine_identity", "ocsp", "ocsp2", "openssl_ciphers", "owe_ptk_workaround",
    "p2p_client_list", "pac_file", "pcsc", "private_key2", "private_key2_passwd", "result_ind",
    "roaming_consortium_selection",
    "rx_stbc", "sim_min_num_chal", "sim_num", "subject_match", "subject_match2", "tx_stbc",
    "vht_capa", "vht_capa_mask",
)  # fmt: skip
"""Network keys of EAP methods, DPP and rates of later standards: they act on nothing here."""

NETWORK_ALIASES: Final = {"bssid_blacklist": "bssid_ignore", "bssid_whitelist": "bssid_accept"}


def _table(keys: tuple[Key, ...]) -> dict[str, Key]:
    table = {key.name: key for key in keys}
    if len(table) != len(keys):
        raise ValueError("a key is declared twice")
    return table


GLOBAL_KEYS: Final = _table((*_GLOBAL, *(_other(*each) for each in _OTHERS)))
NETWORK_KEYS: Final = _table(
    (*_NETWORK, *(_kept(name, Anything()) for name in _WITHOUT_EFFECT))
)


def bar_of(values: Mapping[str, Any]) -> str:
    """Why a network with these values is never joined, empty for one that can be."""
    reasons = (NETWORK_KEYS[name].barred_by(value) for name, value in values.items())
    return "; ".join(reason for reason in reasons if reason is not None)


DUMPED_KEYS: Final = (
    "ctrl_interface", "ctrl_interface_group", "eapol_version", "ap_scan", "user_mpm",
    "max_peer_links", "mesh_max_inactivity", "mesh_fwding", "dot11RSNASAERetransPeriod",
    "disable_scan_offload", "fast_reauth", "opensc_engine_path", "pkcs11_engine_path",
    "pkcs11_module_path", "openssl_ciphers", "pcsc_reader", "pcsc_pin", "external_sim",
    "driver_param", "dot11RSNAConfigPMKLifetime", "dot11RSNAConfigPMKReauthThreshold",
    "dot11RSNAConfigSATimeout", "update_config", "auto_uuid", "device_name", "manufacturer",
    "model_name", "model_number", "serial_number", "config_methods", "wps_cred_processing",
    "wps_cred_add_sae", "p2p_listen_reg_class", "p2p_listen_channel", "p2p_oper_reg_class",
    "p2p_oper_channel", "p2p_go_intent", "p2p_ssid_postfix", "persistent_reconnect",
    "p2p_intra_bss", "p2p_group_idle", "p2p_go_freq_change_policy", "p2p_passphrase_len",
    "p2p_add_cli_chan", "p2p_optimize_listen_chan", "p2p_go_ht40", "p2p_go_vht", "p2p_go_he",
    "p2p_go_edmg", "p2p_disabled", "p2p_go_ctwindow", "p2p_no_group_iface",
    "p2p_ignore_shared_freq", "ip_addr_go", "ip_addr_mask", "ip_addr_start", "ip_addr_end",
    "p2p_cli_probe", "p2p_device_random_mac_addr", "p2p_interface_random_mac_addr",
    "p2p_6ghz_disable", "bss_max_count", "bss_expiration_age", "bss_expiration_scan_count",
    "filter_ssids", "filter_rssi", "max_num_sta", "ap_isolate", "disassoc_low_ack", "hs20",
    "interworking", "access_network_type", "go_interworking", "go_access_network_type",
    "go_internet", "go_venue_group", "go_venue_type", "pbc_in_m1", "autoscan",
    "wps_nfc_dev_pw_id", "ext_password_backend", "p2p_go_max_inactivity", "auto_interworking",
    "okc", "pmf", "sae_pwe", "sae_pmkid_in_assoc", "dtim_period", "beacon_int",
    "ignore_old_scan_res", "scan_cur_freq", "scan_res_valid_for_connect", "sched_scan_interval",
    "sched_scan_start_delay", "tdls_external_control", "osu_dir", "wowlan_triggers",
    "p2p_search_delay", "mac_addr", "rand_addr_lifetime", "preassoc_mac_addr", "key_mgmt_offload",
    "passive_scan", "reassoc_same_bss_optim", "wps_priority", "fst_group_id", "fst_priority",
    "fst_llt", "cert_in_cb", "wpa_rsc_relaxation", "sched_scan_plans", "non_pref_chan",
    "mbo_cell_capa", "disassoc_imminent_rssi_threshold", "oce", "gas_address3", "ftm_responder",
    "ftm_initiator", "gas_rand_addr_lifetime", "gas_rand_mac_addr", "dpp_config_processing",
    "dpp_name", "dpp_mud_url", "coloc_intf_reporting", "disable_btm", "extended_key_id",
    "wowlan_disconnect_on_deinit",
)  # fmt: skip
"""Global keys that `DUMP` shows and `GET` gives, in wpa_supplicant's order."""

_METHODS: Final = (
    ("ethernet", 0x0002),
    ("label", 0x0004),
    ("display", 0x0008),
    ("ext_nfc_token", 0x0010),
    ("int_nfc_token", 0x0020),
    ("nfc_interface", 0x0040),
    ("push_button", 0x0080),
    ("keypad", 0x0100),
    ("virtual_display", 0x2008),
    ("physical_display", 0x4008),
    ("virtual_push_button", 0x0280),
    ("physical_push_button", 0x0480),
    ("p2ps", 0x1000),
)
_DISPLAY, _BUTTON, _LABEL = 0x0008, 0x0080, 0x0004
_KINDS_OF_DISPLAY, _KINDS_OF_BUTTON = 0x6000, 0x0600
_VIRTUAL_DISPLAY, _VIRTUAL_BUTTON = 0x2000, 0x0200


def _fault_in_methods(words: str) -> str | None:
    try:
        config_methods(words)
    except ConfigError as error:
        return error.message
    return None


def config_methods(words: str) -> int:
    """The Config Methods of `config_methods`, empty for what a station has by default.

    A display or push button of no named kind is a virtual one. Raises `ConfigError` for an
    unknown word, and for a label together with a display: there is one PIN.
    """
    methods = 0
    known = dict(_METHODS)
    for word in words.split() or ("keypad", "virtual_display"):
        if word not in known:
            raise ConfigError(f"unknown config method {word!r}")
        methods |= known[word]
    if methods & _DISPLAY and not methods & _KINDS_OF_DISPLAY:
        methods |= _VIRTUAL_DISPLAY
    if methods & _BUTTON and not methods & _KINDS_OF_BUTTON:
        methods |= _VIRTUAL_BUTTON
    if methods & _LABEL and methods & _DISPLAY:
        raise ConfigError("label and display together: a device has one PIN")
    return methods
