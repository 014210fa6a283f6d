"""The unmodified hostapd_cli against the real hostapd and ours: the replies, field by field.

Both run on the kernel's simulated radios and are asked the same questions in the same situation:
nobody there, a station connected, a station in the middle of WPS, a station enrolled.
"""

from __future__ import annotations

import re
import subprocess
from contextlib import closing
from pathlib import Path

from ap_comparison import compare
from ap_ground import Ground, needs_lab
from comparison import Explained
from programs import Monitor
from raw_peer import EAPOL_START, WPS_2, RawPeer

from harness.ap.control import absent
from vm import packages

pytestmark = needs_lab

STRANGER = "02:00:00:00:0a:99"
EVERYBODY = "ff:ff:ff:ff:ff:ff"

CONFIG = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=wps test
hw_mode=g
channel=6
track_sta_max_num=10
wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
wpa_passphrase=12345678
eap_server=1
wps_state=2
uuid=87654321-9abc-def0-1234-56789abc0000
device_name=Wireless AP
manufacturer=Company
model_name=WAP
model_number=123
serial_number=12345
device_type=6-0050F204-1
os_version=01020300
config_methods=label virtual_display virtual_push_button keypad
multi_ap=2
multi_ap_backhaul_ssid="back"
multi_ap_backhaul_wpa_passphrase=backhaul key
"""

NETWORK = 'network={\nssid="wps test"\npsk="12345678"\nscan_freq=2437\n}\n'

NEWER = "of a newer hostapd than 2.10: the control interface's page has it"
FIELDS_OF_NEWER = {
    "ieee80211be": NEWER,
    "ieee80211bn": NEWER,
    "max_nss": NEWER,
    "hw_mode": NEWER,
}
FIELDS_OF_STATIONS = {
    "auth_alg": NEWER,
    "hostapdMFPR": NEWER,
    "rx_packets": "hostapd tells the kernel of a station when it authenticates, ours when it "
    "associates: what came before is not counted",
    "tx_packets": "as rx_packets",
    "rx_bytes": "as rx_packets",
    "tx_bytes": "as rx_packets",
}
VARYING = frozenset(
    {
        "inactive_msec",
        "connected_time",
        "signal",
        "rx_rate_info",
        "tx_rate_info",
        "wpsUuid",
        "dot1xAuthSessionId",
        "authMultiSessionId",
    }
)

GENERAL = (
    "ping",
    "status",
    "mib",
    "get_config",
    "raw GET_CONFIGX",
    "raw STATUSX",
    "raw MIBX",
    "raw MIB radius_server",
    "raw MIB foo",
    "raw FOO",
    "raw ping",
    "raw PING x",
    "log_level",
    "log_level DEBUG",
    "log_level DEBUG 1",
    "log_level FOO",
    "log_level",
    "log_level INFO 0",
    "relog",
    "raw NOTE x",
    "level 1",
    "raw LEVEL",
    "raw ATTACH foo",
    "raw DETACH",
    "raw DETACH",
    "get foo",
    "raw GET",
    "raw GET version x",
    "raw SET",
    "set foo bar",
    "raw SET ssid",
    "set wpa_passphrase 123",
    "vendor 1 2",
    "raw VENDOR",
    "raw VENDOR 1",
    "raw VENDOR 4980 1 0102",
)
UNSERVED = tuple(
    words
    for verb in (*absent.REASONS, *absent.PLAIN_REASONS)
    for words in (f"raw {verb}", f"raw {verb} x", f"raw {verb}X")
    if words not in ("raw DPP_STOP_LISTEN", "raw DPP_STOP_CHIRP", "raw DPP_CONTROLLER_STOP")
)
"""Features that are not part of ours, in every form in which both refuse them."""
ABOUT_STATIONS = (
    "all_sta",
    "list_sta",
    "raw STA-FIRST",
    f"sta {STRANGER}",
    "raw STA xx",
    "raw STA",
    f"raw STA-NEXT {STRANGER}",
    "raw STA-NEXT zz",
    "raw STA-NEXT",
    f"poll_sta {STRANGER}",
    "poll_sta zz",
    f"raw EAPOL_REAUTH {STRANGER}",
    "raw EAPOL_REAUTH zz",
    f"sa_query {STRANGER}",
    "sa_query zz",
    "raw TRACK_STA_LIST",
    "pmksa",
    "pmksa_flush",
    "deauthenticate zz",
    "raw DEAUTHENTICATE",
    f"deauthenticate {STRANGER}",
    f"deauthenticate {STRANGER} reason=3",
    f"deauthenticate {STRANGER} tx=0",
    f"deauthenticate {STRANGER} test=0",
    f"deauthenticate {STRANGER} test=1",
    f"deauthenticate {STRANGER} foo",
    f"deauthenticate {EVERYBODY}",
    f"disassociate {STRANGER}",
    f"disassociate {STRANGER} tx=0",
    f"disassociate {STRANGER} test=0",
    f"disassociate {EVERYBODY}",
    "disassociate zz",
    "raw DISASSOCIATE",
    "new_sta zz",
    "raw NEW_STA",
    f"new_sta {STRANGER}",
    f"sta {STRANGER}",
    "all_sta",
    "list_sta",
    f"raw STA {STRANGER} eapol",
    f"raw STA {STRANGER} foo",
    f"raw STA-NEXT {STRANGER}",
    f"new_sta {STRANGER}",
    "accept_acl SHOW",
    f"accept_acl ADD_MAC {STRANGER}",
    "accept_acl SHOW",
    f"accept_acl DEL_MAC {STRANGER}",
    "accept_acl SHOW",
    f"deny_acl ADD_MAC {STRANGER}",
    "deny_acl SHOW",
    "deny_acl CLEAR",
    "deny_acl SHOW",
    "accept_acl ADD_MAC zz",
    "accept_acl FOO",
)
OF_WPS = (
    "wps_get_status",
    "wps_check_pin 12345670",
    "wps_check_pin 12345678",
    "wps_check_pin 1234",
    "wps_check_pin 12a45",
    "wps_check_pin 123",
    "wps_check_pin 123456701",
    "wps_pin any 12345670",
    "wps_pin nope 12345670",
    "wps_pin any 12345670 100 xx",
    f"wps_pin 87654321-9abc-def0-1234-56789abc0001 1234 0 {STRANGER}",
    "wps_cancel",
    "wps_get_status",
    "wps_ap_pin get",
    "wps_ap_pin set 12345670",
    "wps_ap_pin get",
    "wps_ap_pin disable",
    "raw WPS_CONFIG 61 FOO",
    "raw WPS_CONFIG 61 WPA2PSK WEP 6162",
    "wps_pbc",
    "wps_get_status",
    "wps_cancel",
)
OF_THE_BSS = (
    "update_beacon",
    "reload_wpa_psk",
    "reload",
    "raw RELOAD_BSS",
    "raw RELOAD_CONFIG",
    "raw RELOAD_CONFIGX",
    "raw RELOAD x",
    "raw ENABLEX",
    "raw RELOGX",
    "raw LOG_LEVELX",
    "erp_flush",
    "wps_ap_pin",
    "raw WPS_AP_PIN",
    "chan_switch 5",
    "raw CHAN_SWITCH",
    "chan_switch 5 foo",
    "chan_switch x 2412",
    "chan_switch 5 2413",
    "chan_switch 5 2437",
    "chan_switch 5 2412 bandwidth=40",
    "enable",
    "disable",
    "disable",
    "status",
    "raw STA-FIRST",
    "wps_pbc",
    "wps_cancel",
    "raw WPS_CONFIG 61 OPEN",
    "enable",
    "enable",
    "status",
    "raw STOP_AP",
    "status",
)
NOT_WANTED = {
    "disassoc_imminent": "802.11v is not part of the access point",
    "ess_disassoc": "as disassoc_imminent",
    "bss_tm_req": "as disassoc_imminent",
    "set_qos_map_set": "Hotspot 2.0 is not part of it",
    "send_qos_map_conf": "as set_qos_map_set",
    "hs20_wnm_notif": "as set_qos_map_set",
    "hs20_deauth_req": "as set_qos_map_set",
    "fst": "fast session transfer is not part of it",
    "set_neighbor": "802.11k is not part of it",
    "show_neighbor": "as set_neighbor",
    "remove_neighbor": "as set_neighbor",
    "req_lci": "as set_neighbor",
    "req_range": "as set_neighbor",
    "req_beacon": "as set_neighbor",
    "driver_flags": "of the interface between hostapd and its drivers",
    "help": "hostapd_cli's own",
    "interface": "hostapd_cli's own",
    "license": "hostapd_cli's own",
    "quit": "hostapd_cli's own",
    "raw": "hostapd_cli's own; with it all else is asked",
    "wps_nfc_tag_read": "NFC has an issue of its own",
    "wps_nfc_config_token": "as wps_nfc_tag_read",
    "wps_nfc_token": "as wps_nfc_tag_read",
    "wps_config": "asked raw: hostapd_cli hex-encodes what it is given",
}
"""Subcommands of hostapd_cli that no topic asks, but for DPP's."""


def shown(told: list[str]) -> str:
    return "".join(f"{line}\n" for line in told)


def ask_and_listen(ground: Ground, monitor: Monitor, *questions: str) -> None:
    """Ask, and note the events that a question brings besides its reply."""
    for words in questions:
        ground.ask(words)
        ground.note(f"events of {words}", shown(monitor.told(0.1)))


def nobody(ground: Ground) -> None:
    ground.file("ap.conf", CONFIG)
    with ground.access_point(str(ground.folder / "ap.conf")):
        ground.wait_for("state=ENABLED")
        monitor = ground.monitor()
        ground.note("attach", monitor.ask("ATTACH"))
        ground.ask("get version", "get tls_library", "raw STATUS-DRIVER", "raw DUMP_BEACON")
        ground.ask("raw UPDATE channel=6", "raw ENABLE_BSS", "raw DISABLE_BSS", "raw ENABLE_BSS")
        monitor.told(0.5)
        ask_and_listen(ground, monitor, *GENERAL, *ABOUT_STATIONS, *OF_WPS, *OF_THE_BSS)
        ground.ask(*UNSERVED)


def test_with_nobody_there(tmp_path: Path) -> None:
    explained = Explained(
        fields=FIELDS_OF_NEWER,
        replies={
            "get version": "each has its own version",
            "get tls_library": "another build of the library",
            "raw STATUS-DRIVER": "the driver's own: ours shows what the radio was told",
            "raw DUMP_BEACON": NEWER,
            "raw UPDATE channel=6": NEWER,
            "raw ENABLE_BSS": "2.10 takes it for ENABLE",
        },
    )
    compare(tmp_path, nobody, explained)


def connected(ground: Ground) -> None:
    ground.file("ap.conf", CONFIG)
    with ground.access_point(str(ground.folder / "ap.conf")):
        ground.wait_for("state=ENABLED")
        monitor = ground.monitor()
        ground.note("attach", monitor.ask("ATTACH"))
        with ground.station(NETWORK):
            ground.wait_for("[AUTHORIZED]", "all_sta")
            ground.note("joining", shown([e for e in monitor.told(1.5) if "ENROLLEE" not in e]))
            ask_and_listen(
                ground,
                monitor,
                *("status", "mib", "all_sta", "list_sta", "sta <sta>", "raw STA-FIRST"),
                *("raw STA <sta> eapol", "raw STA <sta> foo", "raw STA-NEXT <sta>", "pmksa"),
                *("raw EAPOL_REAUTH <sta>", "new_sta <sta>", "sa_query <sta>", "update_beacon"),
                *("reload_wpa_psk", "get_config"),
            )
            ground.ask("deauthenticate <sta> test=0")
            monitor.until("EAPOL-4WAY-HS-COMPLETED")
            monitor.told(1.5)
            ground.ask("poll_sta <sta>")
            ground.note("polled", shown(monitor.told(1.0)))
            ground.ask("chan_switch 5 2462")
            ground.note("switched", shown(monitor.told(2.0)))
            ground.ask("status", "chan_switch 5 2412 ht", "sta <sta>")
            ground.note("switched again", shown(monitor.told(2.0)))
            for words in ("disassociate <sta>", "deauthenticate <sta> reason=5"):
                ground.ask(words)
                back = monitor.until("EAPOL-4WAY-HS-COMPLETED")
                parted = shown([e for e in back if "DISCONNECTED" in e])
                ground.note(f"parted by {words}", parted)
                monitor.told(1.0)
            ground.ask("reload")
            parted = shown([e for e in monitor.told(1.0) if "DISCONNECTED" in e])
            ground.note("parted by reload", parted)
            ground.wait_for("[AUTHORIZED]", "all_sta")
            monitor.told(1.0)
            ground.ask("disable")
            ground.note("disabled", shown(monitor.told(0.1)))


def test_with_a_station_connected(tmp_path: Path) -> None:
    newer = f"is_dfs0 and puncturing_bitmap: {NEWER}"
    explained = Explained(
        fields={**FIELDS_OF_NEWER, **FIELDS_OF_STATIONS},
        replies={"switched": newer, "switched again": newer},
        varying=VARYING,
    )
    compare(tmp_path, connected, explained)


def enrolling(ground: Ground) -> None:
    """A station falls silent in the middle of its run; later it goes through one whole."""
    ground.file("ap.conf", CONFIG)
    with ground.access_point(str(ground.folder / "ap.conf")):
        ground.wait_for("state=ENABLED")
        monitor = ground.monitor()
        ground.note("attach", monitor.ask("ATTACH probe_rx_events=1"))
        with ground.station():
            ground.station_cli("scan", "freq=2437")
            ground.note("scan", shown(monitor.told(1.0)))
            ground.note("heard", re.sub(r" \d+ ", " … ", ground.query("raw TRACK_STA_LIST")))
        with closing(RawPeer(ground)) as peer:
            peer.join(WPS_2)
            told = monitor.until("EAP-STARTED")
            peer.eapol(EAPOL_START)
            told += monitor.until("EAP-STARTED")
            peer.identify(b"WFA-SimpleConfig-Enrollee-1-0")
            told += monitor.until("vendor=14122")
            ground.note("begun", shown([e for e in told if "EAP" in e]))
            ground.ask("all_sta", "status", "mib", "raw STA <sta> eapol", "wps_get_status")
            ground.ask("raw EAPOL_REAUTH <sta>", "wps_pin any 12345670")
            ground.note("begun anew", shown(monitor.told(0.3)))
        with ground.station():
            ground.station_cli("wps_pin", "any", "12345670")
            ground.wait_for("[AUTHORIZED]", "all_sta")
            ground.ask("all_sta", "mib", "wps_get_status")


def test_with_a_station_in_the_middle_of_wps(tmp_path: Path) -> None:
    explained = Explained(
        fields={
            **FIELDS_OF_NEWER,
            **FIELDS_OF_STATIONS,
            "dot1xAuthSessionTime": "hostapd counts from when the machine was started",
        },
        replies={"begun anew": "2.10 goes on with what runs; the page says that it restarts"},
        varying=VARYING,
    )
    compare(tmp_path, enrolling, explained)


def enrolled(ground: Ground) -> None:
    ground.file("ap.conf", CONFIG)
    with ground.access_point(str(ground.folder / "ap.conf")):
        ground.wait_for("state=ENABLED")
        ground.ask("wps_pbc", "wps_get_status")
        with ground.station():
            ground.station_cli("wps_pbc")
            ground.wait_for("[AUTHORIZED]", "all_sta")
            ground.ask("wps_get_status", "all_sta", "sta <sta>", "status", "deauthenticate <sta>")
            ground.ask("reload", "disable", "disable", "raw STA-FIRST", "wps_pbc", "wps_cancel")
            ground.ask("raw WPS_CONFIG 61 OPEN", "enable", "wps_get_status", "set ssid new")
            ground.ask("get_config")


def test_with_a_station_enrolled(tmp_path: Path) -> None:
    explained = Explained(
        fields={
            **FIELDS_OF_NEWER,
            **FIELDS_OF_STATIONS,
            "psk": "hostapd shows that of the SSID before SET until it is reloaded",
        },
        varying=VARYING,
    )
    compare(tmp_path, enrolled, explained)


def test_every_subcommand_is_asked() -> None:
    """hostapd_cli's own list of its subcommands, against the questions above."""
    program = packages.program("hostapd_cli").path
    told = subprocess.run([str(program), "-h"], capture_output=True, text=True, check=False)
    commands = (told.stdout + told.stderr).partition("commands:")[2]
    listed = set(re.findall(r"^ {2}([a-z_0-9]+)\b", commands, re.M))
    asked = {
        words.split(" ")[0]
        for words in (*GENERAL, *ABOUT_STATIONS, *OF_WPS, *OF_THE_BSS, "get", "set")
    }
    missed = {name for name in listed - asked - NOT_WANTED.keys() if not name.startswith("dpp_")}
    assert not missed
    assert NOT_WANTED.keys() <= listed
