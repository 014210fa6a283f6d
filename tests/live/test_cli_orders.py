"""Every documented subcommand of wpa_cli, right and wrong, at the real wpa_supplicant and at ours.

The sequence is one: what an order changes, the next ones see.
"""

from __future__ import annotations

from pathlib import Path

from cli_stage import Lab, needs_lab
from comparison import Explained, Transcript, differences
from programs import PATIENCE_S

pytestmark = needs_lab

KEY = "00112233445566778899aabbccddeeff"
ORDERS = (
    "relog", "note hello", "help status", "level 3", "set foo", "set foo 1",
    "set EAPOL::heldPeriod 60", "set EAPOL::authPeriod 30", "set EAPOL::startPeriod 30",
    "set EAPOL::maxStart 3", "set EAPOL::portControl Auto",
    "set EAPOL::portControl ForceAuthorized", "set EAPOL::portControl foo",
    "set dot11RSNAConfigPMKLifetime 43200", "set dot11RSNAConfigPMKLifetime 0",
    "set dot11RSNAConfigPMKReauthThreshold 70", "set dot11RSNAConfigPMKReauthThreshold 101",
    "set dot11RSNAConfigSATimeout 60", "set dot11RSNAConfigSATimeout 0", "set no_keep_alive 0",
    "set uapsd disable", "set uapsd 0,0,0,0;0", "set ps 0", "set ps foo", "set setband AUTO",
    "set setband 2G", "set setband foo", "set country DE", "get country", "set country 00",
    "set country", "set bssid_filter", "raw SET bssid_filter <ap>", "raw SET bssid_filter xx",
    "raw SET bssid_filter ", "raw SET disallow_aps bssid <ap>",
    "raw SET disallow_aps ssid 616263", "raw SET disallow_aps foo", "raw SET disallow_aps ",
    "set wps_fragment_size 100", "set wps_fragment_size 0", "set wps_version_number 0x20",
    "set ap_scan 1", "set ap_scan 3", "set blob foo 6162", "set blob foo", "set device_name abc",
    "get device_name", "set device_name lab", "set manufacturer x", "set model_name x",
    "set model_number 1", "set serial_number 2", "set device_type 1-0050F204-1",
    "set uuid 12345678-9abc-def0-1234-56789abcdef0", "get uuid",
    "set config_methods label display", "get config_methods", "set config_methods push_button",
    "get config_methods", "set os_version 01020300", "set wps_vendor_ext_m1 000137100100020001",
    "set wps_vendor_ext_m1 ", "set wps_cred_processing 0", "set wps_cred_processing 3",
    "set wps_priority 0", "set filter_ssids 0", "set filter_rssi 0", "set pmf 0",
    "set sae_groups 19 20 21", "set autoscan periodic:3", "set autoscan", "set passive_scan 0",
    "set freq_list 2412", "set freq_list ", "set eapol_version 1", "set fast_reauth 1",
    "set tdls_external_control 0", "set radio_disabled 0", "set roaming 1", "set external_sim 0",
    "set mbo_cell_capa 3", "set non_pref_chan ", "raw SET interworking 0", "raw SET pno 0",
    "raw SET ext_eapol_frame_io 0", "logon", "logoff", "logon", "reauthenticate",
    "preauthenticate 02:00:00:00:00:01", "preauthenticate x", "pmksa_flush",
    f"raw PMKSA_ADD 9 02:00:00:00:00:01 {KEY} {KEY}{KEY} 30240 43200 1024 0",
    "pmksa_get 9", "pmksa_get", "mesh_pmksa_get any", "identity 0 foo", "identity 9 foo",
    "password 9 foo", "new_password 9 foo", "pin 9 1234", "otp 9 123",
    "psk_passphrase 9 12345678", "passphrase 9 12345678", "sim 9 1", "bssid 9 <ap>",
    "bssid_ignore 02:00:00:00:00:01", "bssid_ignore", "bssid_ignore clear", "bssid_ignore foo",
    "blacklist", "log_level INFO 0", "log_level FOO", "log_level MSGDUMP", "log_level EXCESSIVE",
    "log_level WARNING", "log_level INFO", "select_network 9", "select_network any",
    "enable_network 9", "disable_network 9", "enable_network all", "disable_network all",
    "add_network", "set_network 0", "set_network 0 ssid \"abc\"", "set_network 0 foo 1",
    "get_network 0 ssid", "add_network", "dup_network 0 1 ssid", "get_network 1 ssid",
    "dup_network 0 9 ssid", "raw SET_NETWORK 1 bssid_ignore <ap>/ff:ff:ff:00:00:00 <sta>",
    "get_network 1 bssid_blacklist", "raw SET_NETWORK 1 bssid_accept <ap>/zz",
    "raw SET_NETWORK 1 bssid_accept any", "raw SET_NETWORK 1 bssid_accept ",
    "get_network 1 bssid_accept", "set_network 1 bssid any", "get_network 1 bssid",
    "raw SET_NETWORK 1 freq_list ", "get_network 1 freq_list", "identity 1 foo",
    "get_network 1 identity", "password 1 foo", "get_network 1 password", "pin 1 1234",
    "get_network 1 pin", "passphrase 1 foo", "get_network 1 private_key_passwd",
    "psk_passphrase 1 12345678", "remove_network 1", "remove_network 9",
    "set_network 0 psk \"12345678\"", "psk_passphrase 0 12345678", "identity 0 foo", "otp 0 x",
    "list_networks", "remove_network all", "add_cred", "set_cred 0 realm \"x\"",
    "get_cred 0 realm", "list_creds", "remove_cred 0", "remove_cred all", "save_config",
    "disconnect", "reconnect", "abort_scan", "raw ABORT_SCAN x", "bss foo",
    "bss ff:ff:ff:ff:ff:ff", "bss 99", "raw BSS ID-x", "raw BSS RANGE=x MASK=1",
    "raw LOG_LEVEL info", "raw BSS", "raw BSS FIRST", "bss_expire_age 5",
    "bss_expire_age 180", "bss_expire_count 0", "bss_expire_count 2", "bss_flush 0",
    "bss_flush 10", "ap_scan 3", "ap_scan 0", "ap_scan 2", "ap_scan 1", "scan_interval 5",
    "autoscan periodic:3", "autoscan exponential:3:300", "autoscan foo", "autoscan",
    "sta_autoconnect 0", "sta_autoconnect 1", "sta_autoconnect 2", "reattach", "roam <ap>",
    "roam foo", "reconfigure", "wps_pin foo", "wps_check_pin 12345670", "wps_check_pin 1234-5670",
    "wps_check_pin 12345678", "wps_check_pin 1234", "wps_check_pin 123",
    "wps_check_pin 123456701", "wps_check_pin abc", "wps_pbc foo", "wps_cancel",
    "wps_reg foo 12345670", "wps_ap_pin get", "wps_ap_pin random", "wps_ap_pin set 12345670",
    "wps_ap_pin disable", "wps_ap_pin foo", "wps_nfc foo", "wps_nfc_token FOO",
    "wps_nfc_config_token WPS", "wps_nfc_config_token FOO", "wps_nfc_tag_read zz",
    "nfc_get_handover_req FOO BAR", "nfc_get_handover_sel FOO BAR",
    "nfc_report_handover FOO WPS 00 00", "wps_er_stop", "wps_er_pin foo 12345670",
    "wps_er_pbc foo", "wps_er_learn foo 123", "wps_er_set_config foo 0", "wps_er_config foo 123",
    "wps_er_nfc_config_token WPS foo", "ibss_rsn foo", "ibss_rsn <ap>", "ft_ds foo", "ft_ds <ap>",
    "deauthenticate <ap>", "deauthenticate foo", "disassociate <ap>", "disassociate foo",
    "chan_switch 5 2412", "raw STOP_AP", "raw RELOAD", "suspend", "resume", "mesh_group_add 0",
    "mesh_group_remove foo", "mesh_peer_remove foo", "mesh_peer_add foo", "mesh_link_probe foo",
    "p2p_find", "p2p_stop_find", "p2p_peers", "p2p_listen", "p2p_flush", "p2p_cancel",
    "p2p_set foo bar", "p2p_service_flush", "p2p_get_passphrase", "p2p_group_add foo",
    "p2p_peer foo", "p2p_lo_stop", "vendor_elem_add 14 dd0411223344", "vendor_elem_get 14",
    "vendor_elem_remove 14 *", "vendor_elem_get 99", "vendor_elem_add 99 dd00",
    "vendor_elem_add 14 zz", "wfd_subelem_set 0", "wfd_subelem_get 0", "fetch_anqp",
    "stop_fetch_anqp", "interworking_select", "interworking_connect foo",
    "interworking_add_network foo", "anqp_get foo 257", "gas_request foo 00",
    "gas_response_get foo 0", "hs20_anqp_get foo 1", "nai_home_realm_list foo x",
    "hs20_icon_request foo x", "fetch_osu", "cancel_fetch_osu", "tdls_discover foo",
    "tdls_setup foo", "tdls_teardown foo", "tdls_link_status foo",
    "tdls_chan_switch foo 115 2412", "tdls_cancel_chan_switch foo", "wmm_ac_addts foo",
    "wmm_ac_delts 1", "signal_monitor THRESHOLD=-50 HYSTERESIS=3", "signal_monitor",
    "wnm_sleep enter", "wnm_bss_query 1", "vendor 0 0", "neighbor_rep_request", "twt_setup",
    "twt_teardown", "mac_rand_scan foo enable=0", "p2p_lo_start 2412 1 1 1", "dpp_qr_code foo",
    "dpp_bootstrap_gen type=qrcode", "dpp_bootstrap_remove *", "dpp_bootstrap_get_uri 1",
    "dpp_bootstrap_info 1", "dpp_bootstrap_set 1", "dpp_auth_init peer=1", "dpp_listen 2412",
    "dpp_stop_listen", "dpp_configurator_add", "dpp_configurator_remove *",
    "dpp_configurator_get_key 1", "dpp_configurator_sign conf=x", "dpp_pkex_add x",
    "dpp_pkex_remove *", "dpp_controller_start", "dpp_controller_stop", "dpp_chirp own=1",
    "dpp_stop_chirp", "mscs add", "scs add", "dscp_resp reset", "dscp_query wildcard",
    "raw EAPOL_RX <ap> 00", "raw MGMT_TX", "raw DRIVER_EVENT", "raw EVENT_TEST 1",
    "raw TEST_ASSOC_IE 00", "raw RESET_PN", "raw GET_TK", "raw PING x", "raw foo",
    "raw SCAN_RESULTS x", "raw ROAM", "raw BLACKLIST", "raw BSSID_IGNORE",
    "raw LIST_NETWORKS LAST_ID=0", "raw LIST_NETWORKS x", "raw SAVE_CONFIG x", "raw GET",
    "raw GET foo", "raw SET", "flush",
)  # fmt: skip
"""Left out: what ends wpa_cli (`quit`) or shows only its own text."""

REPLIES = {
    "p2p_find": "P2P is not built",
    "p2p_stop_find": "P2P is not built",
    "p2p_listen": "P2P is not built",
    "p2p_flush": "P2P is not built",
    "p2p_service_flush": "P2P is not built",
    "p2p_lo_stop": "P2P is not built",
    "wfd_subelem_set 0": "P2P is not built",
    "wfd_subelem_get 0": "P2P is not built",
    "dpp_bootstrap_gen type=qrcode": "DPP is not built",
    "dpp_bootstrap_remove *": "DPP is not built",
    "dpp_listen 2412": "DPP is not built",
    "dpp_stop_listen": "DPP is not built",
    "dpp_configurator_add": "DPP is not built",
    "dpp_configurator_remove *": "DPP is not built",
    "dpp_pkex_remove *": "DPP is not built",
    "dpp_controller_stop": "DPP is not built",
    "dpp_stop_chirp": "DPP is not built",
    "add_cred": "Interworking is not built",
    "set_cred 0 realm \"x\"": "Interworking is not built",
    "get_cred 0 realm": "Interworking is not built",
    "list_creds": "Interworking is not built",
    "remove_cred 0": "Interworking is not built",
    "remove_cred all": "Interworking is not built",
    "fetch_anqp": "Interworking is not built",
    "stop_fetch_anqp": "Interworking is not built",
    "interworking_select": "Interworking is not built",
    "cancel_fetch_osu": "Interworking is not built",
    "ft_ds <ap>": "fast BSS transition is not built",
    "wps_er_stop": "the External Registrar is not built yet",
    "preauthenticate 02:00:00:00:00:01": "preauthentication needs EAP methods",
    "set ap_scan 3": "a bad value: ours says so",
    "autoscan foo": "a bad value: ours says so",
    "set wps_version_number 0x20": "Debian's program has no test variables",
    "raw SET ext_eapol_frame_io 0": "Debian's program has no test variables",
    "raw EAPOL_RX <ap> 00": "Debian's program has no test variables",
    "raw TEST_ASSOC_IE 00": "Debian's program has no test variables",
    "raw DRIVER_EVENT": "Debian's program has no test variables",
    "raw RESET_PN": "Debian's program has no test variables",
    "raw GET_TK": "Debian's program has no test variables",
    "get config_methods": "a label is left out beside a display (sta, 1.5)",
}


def test_every_order_has_the_same_reply(tmp_path: Path) -> None:
    found: dict[str, Transcript] = {}
    for kind in ("real", "ours"):
        lab = Lab(kind, tmp_path)
        try:
            found[kind] = [(words, lab.ask(words)) for words in ORDERS]
            assert lab.ask("ping") == "PONG\n"
            assert lab.ask("terminate") == "OK\n"
            assert lab.station.wait(PATIENCE_S) == 0
        finally:
            lab.close()
    unexplained = differences(found["real"], found["ours"], Explained(replies=REPLIES))
    assert not unexplained, "\n".join(unexplained)
