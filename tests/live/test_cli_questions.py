"""What wpa_cli shows of the real wpa_supplicant and of ours, in the same situations."""

from __future__ import annotations

import time
from pathlib import Path

from cli_stage import Lab, needs_lab
from comparison import Explained, Transcript, differences
from programs import wait

pytestmark = needs_lab

QUESTIONS = (
    "status", "status verbose", "status wps", "status driver", "ifname", "ping", "mib", "dump",
    "driver_flags", "pmksa", "log_level", "list_networks", "list_creds", "scan_results", "bss 0",
    "bss <ap>", "raw BSS FIRST MASK=0x7", "raw BSS RANGE=ALL MASK=0x20007",
    "raw BSS CURRENT MASK=0x3", "raw BSS LAST MASK=0x1", "raw BSS ID-0 MASK=2",
    "raw BSS NEXT-0 MASK=2", "all_bss", "get_capability eap", "get_capability pairwise",
    "get_capability group", "get_capability group_mgmt", "get_capability key_mgmt",
    "get_capability proto", "get_capability auth_alg", "get_capability channels",
    "get_capability freq", "get_capability modes", "get_capability acs",
    "get_capability multibss", "get_capability tdls", "get_capability erp", "get_capability fips",
    "get_capability dpp", "get_capability sae", "get_capability key_mgmt strict",
    "raw GET_CAPABILITY key_mgmt iftype=STATION", "raw GET_CAPABILITY pairwise iftype=AP",
    "bssid_ignore", "raw INTERFACE_LIST", "raw INTERFACES", "signal_poll", "pktcnt_poll",
    "get version", "get country", "get tls_library", "get max_command_len", "get device_name",
    "get wifi_display", "get uuid", "raw GET_NETWORK 0 ssid", "raw GET_NETWORK 0 psk",
    "raw GET_NETWORK 0 key_mgmt", "raw GET_NETWORK 0 proto", "raw GET_NETWORK 0 auth_alg",
    "raw GET_NETWORK 0 eap", "raw GET_NETWORK 0 identity", "raw GET_NETWORK 0 phase1",
    "raw GET_NETWORK 0 disabled", "pmksa_get 0", "list_sta", "all_sta", "raw STA-FIRST",
    "sta <ap>", "get_pref_freq_list station", "wmm_ac_status", "erp_flush",
    "mac_rand_scan scan enable=0", "raw STATUS foo", "raw GET_CAPABILITY sae strict iftype=FOO",
    "raw GET_CAPABILITY sae foo", "raw GET_CAPABILITY key_mgmt iftype=ADHOC",
)  # fmt: skip

STATUS = ("status", "status verbose", "status wps", "raw STATUS foo")

FIELDS = {
    "p2p_device_address": "P2P is not built",
    "dot11RSNAPreauthenticationImplemented": "preauthentication needs EAP methods",
    "dot11RSNAPreauthenticationEnabled": "preauthentication needs EAP methods",
}
CHANCES = {
    "tsf": "no two runs share it",
    "age": "no two runs share it",
    "ie": "the newer of Beacon and Probe Response, which differs by the moment",
    "beacon_ie": "its TIM element counts down",
    "update_idx": "counts scans, of which no two runs have as many",
    "RXGOOD": "counts Beacons too",
    "TXGOOD": "a scan tells the AP of its going and coming",
    "dot1xSuppEapolFramesTx": "an EAPOL-Start may be in it",
}
"""Lines that agree or differ by the moment."""
REPLIES = {
    "status driver": "each driver has fields of its own",
    "driver_flags": "what our drivers do",
    "get_capability eap": "WSC is the only method that is built",
    "get_capability pairwise": "what is built",
    "get_capability group": "what is built",
    "get_capability group_mgmt": "what is built",
    "get_capability key_mgmt": "what is built",
    "get_capability key_mgmt strict": "what is built",
    "get_capability auth_alg": "what is built",
    "get_capability channels": "a band without channels, and channels without number, are not told",
    "get_capability freq": "as get_capability channels",
    "get_capability modes": "IBSS and mesh are not built",
    "get_capability acs": "ACS is not built into the station",
    "get_capability tdls": "TDLS is not built",
    "get_capability dpp": "DPP is not built",
    "raw GET_CAPABILITY key_mgmt iftype=STATION": "what is built",
    "raw GET_CAPABILITY pairwise iftype=AP": "what is built",
    "raw INTERFACE_LIST": "the real one lists nothing on this socket",
    "get version": "another program",
    "get tls_library": "there is none",
    "get wifi_display": "Wi-Fi Display is not built",
    "wmm_ac_status": "WMM admission control is not built",
    "mac_rand_scan scan enable=0": "random MAC addresses are not built",
}


def transcript(lab: Lab) -> Transcript:
    """The replies before and after a scan, in a connection and after it."""
    said: Transcript = []

    def ask(*questions: str) -> None:
        said.extend((words, lab.ask(words)) for words in questions)

    # Ours says INACTIVE as soon as there is nothing to look for, the real one after a scan.
    ask(*(words for words in QUESTIONS if words not in STATUS))
    lab.ask("scan")
    wait("the AP in a scan", lambda: "wps test" in lab.ask("scan_results"))
    time.sleep(1.0)  # it ends
    ask(*QUESTIONS)
    lab.push_buttons()
    time.sleep(0.5)
    ask(*QUESTIONS)
    assert 'psk="12345678"' in (lab.folder / "sta.conf").read_text()
    ask("disconnect", "status", "list_networks", "signal_poll", "pktcnt_poll", "raw BSS CURRENT")
    return said


def test_every_question_has_the_same_answer(tmp_path: Path) -> None:
    found = {}
    for kind in ("real", "ours"):
        lab = Lab(kind, tmp_path)
        try:
            found[kind] = transcript(lab)
        finally:
            lab.close()
    explained = Explained(FIELDS, REPLIES, passing=CHANCES)
    unexplained = differences(found["real"], found["ours"], explained)
    assert not unexplained, "\n".join(unexplained)
