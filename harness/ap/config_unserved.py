"""The keys of hostapd's configuration file that have no effect here, and those that are refused.

A key is refused by name when leaving it out of account would let somebody in whom the file keeps
out, or protect frames less than the file says. Every other key that is not served is taken with a
warning. Source: the example configuration file of hostapd 2.10.
"""

from __future__ import annotations

from typing import Final

REFUSED: Final[dict[str, str]] = {
    "sae_password_file": "keys of single stations are not served yet",
    "owe_transition_bssid": "OWE is not served",
    "wpa_psk_radius_server": "RADIUS is not served",
}
"""Keys whose effect would be missed, and why they are not served."""

_REFUSED_PREFIXES: Final = {
    "wep_key_len_": "WEP keys by IEEE 802.1X are not served, only static ones",
    "auth_server_": "RADIUS is not served",
    "acct_server_": "RADIUS is not served",
    "radius_server_clients": "RADIUS is not served",
    "radius_das_": "RADIUS is not served",
    "owe_transition_": "OWE is not served",
    "wps_nfc_": "NFC is not served yet",
}

_LOG: Final = "logger_syslog logger_syslog_level logger_stdout logger_stdout_level dump_file"

_RADIO: Final = """
ieee80211d ieee80211h ieee80211ac ieee80211ax ieee80211be
disable_11ac disable_11ax disable_11be require_vht require_he obss_interval
supported_rates basic_rates beacon_rate preamble rts_threshold fragm_threshold
local_pwr_constraint spectrum_mgmt_required
min_tx_power op_class acs_exclude_6ghz_non_psc
use_sta_nsts unsol_bcast_probe_resp_interval enable_edmg edmg_channel ecsa_ie_only
bss_load_update_period chan_util_avg_period bss_load_test multicast_to_unicast notify_mgmt_frames
ap_table_max_size ap_table_expiration_time
no_probe_resp_if_seen_on no_auth_if_seen_on rssi_reject_assoc_rssi rssi_reject_assoc_timeout
rssi_ignore_probe_request use_driver_iface_addr disassoc_low_ack tdls_prohibit
tdls_prohibit_chan_switch manage_p2p allow_cross_connection
ignore_probe_probability ignore_auth_probability ignore_assoc_probability
ignore_reassoc_probability corrupt_gtk_rekey_mic_probability
vendor_vht
airtime_mode airtime_update_interval airtime_sta_weight airtime_bss_weight airtime_bss_limit
"""

_INFORMATION: Final = """
time_advertisement time_zone bss_transition rrm_neighbor_report rrm_beacon_report wnm_sleep_mode
wnm_sleep_mode_no_keys proxy_arp na_mcast_to_ucast interworking access_network_type internet asra
esr uesa venue_group venue_type venue_name venue_url hessid roaming_consortium network_auth_type
ipaddr_type_availability domain_name anqp_3gpp_cell_net nai_realm anqp_elem anqp_domain_id
gas_address3 qos_map_set osu_ssid osu_server_uri osu_friendly_name osu_nai osu_nai2 osu_method_list
osu_icon osu_service_desc operator_icon mbo mbo_cell_data_conn_pref oce fst_group_id fst_priority
fst_llt lci civic ftm_responder ftm_initiator stationary_ap rnr upnp_iface friendly_name
manufacturer_url model_description model_url upc gas_frag_limit gas_comeback_delay
radio_measurements coloc_intf_reporting
"""

_AUTHENTICATION: Final = """
own_ip_addr nas_identifier eap_message eapol_key_index_workaround eap_reauth_period
use_pae_group_addr erp_send_reauth_start erp_domain eap_server_erp ca_cert server_cert server_cert2
private_key private_key2 private_key_passwd private_key_passwd2 check_crl check_crl_strict
check_cert_subject tls_session_lifetime tls_flags ocsp_stapling_response
ocsp_stapling_response_multi dh_file openssl_ciphers openssl_ecdh_curves pwd_group eap_sim_db
eap_sim_db_timeout eap_sim_aka_result_ind eap_sim_id pac_opaque_encr_key pac_key_lifetime
pac_key_refresh_time eap_fast_a_id eap_fast_a_id_info eap_fast_prov eap_teap_auth
eap_teap_pac_no_inner eap_teap_separate_result eap_teap_id tnc vlan_tagged_interface vlan_bridge
vlan_naming wpa_gmk_rekey extended_key_id rsn_preauth_interfaces okc
sae_sync sae_confirm_immediate dhcp_server dhcp_server_port dhcp_relay_port
dhcp_rapid_commit_proxy pasn_groups pasn_comeback_after r1_max_key_lifetime reassociation_deadline
rkh_pos_timeout rkh_pull_timeout rkh_pull_retries rkh_neg_timeout pmk_r1_push
assoc_sa_query_max_timeout assoc_sa_query_retry_timeout
eap_user_file wep_rekey_period mobility_domain r0kh r1kh r1_key_holder
"""

IGNORED: Final = frozenset(" ".join((_LOG, _RADIO, _INFORMATION, _AUTHENTICATION)).split())
"""Keys without effect here: about methods, frames and elements that airproof does not have.

A method that is not served is refused where it is asked for (`wpa_key_mgmt`, `ieee8021x`, `hs20`,
`macaddr_acl`, `dynamic_vlan`, the address of a server); what only goes with it does no harm.
"""

_IGNORED_PREFIXES: Final = (
    *("he_", "vht_", "eht_"),
    *("radius_", "ft_", "fils_", "owe_", "dpp_", "hs20_"),
)


def refusal(name: str) -> str | None:
    """Why a key is refused; None: it is not."""
    if name in REFUSED:
        return REFUSED[name]
    for prefix, why in _REFUSED_PREFIXES.items():
        if name.startswith(prefix):
            return why
    return None


def is_ignored(name: str) -> bool:
    """True for a key that is taken with a warning."""
    return refusal(name) is None and (name in IGNORED or name.startswith(_IGNORED_PREFIXES))
