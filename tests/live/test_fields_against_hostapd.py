"""What STATUS, STA and the MIB say, and what the air shows of it, against the real hostapd.

The station is the real wpa_supplicant, or a peer made by hand where none behaves so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from ap_comparison import Topic, compare
from ap_ground import Ground, needs_lab
from comparison import Explained
from programs import Monitor, obey, real, rules_obeyed, running
from raw_peer import EAPOL_START, OF_802_11B, WPS_1, WPS_2, RawPeer, told
from test_against_hostapd import FIELDS_OF_NEWER, FIELDS_OF_STATIONS, NEWER, VARYING

from harness.wire.dot11.elements import ELEMENT_ERP
from harness.wire.dot11.frames import CAPABILITY_PRIVACY

pytestmark = needs_lab

CONFIG = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=wps test
"""
LOW, OLD, HIGH = (
    "hw_mode=g\nchannel=6\n",
    "hw_mode=b\nchannel=6\n",
    "hw_mode=a\nchannel=36\n",
)
PSK = "wpa=2\nwpa_key_mgmt=WPA-PSK\nrsn_pairwise=CCMP\nwpa_passphrase=12345678\n"
SHA256 = PSK.replace("=WPA-PSK", "=WPA-PSK-SHA256 WPA-PSK") + "ieee80211w=1\n"
SAE = (
    "wpa=2\nwpa_key_mgmt=SAE\nrsn_pairwise=CCMP\nieee80211w=2\nsae_password=12345678\n"
    "sae_groups=20\nsae_pwe=2\n"
)
WPS = "eap_server=1\nwps_state=2\nap_pin=12345670\nconfig_methods=label keypad\n"

PSK_NETWORK = 'network={\nssid="wps test"\npsk="12345678"\n}\n'
SHA256_NETWORK = PSK_NETWORK.replace("}", "key_mgmt=WPA-PSK-SHA256\nieee80211w=1\n}")
SAE_NETWORK = (
    "sae_groups=19 21 20\nsae_pwe=1\nnetwork={\n"
    'ssid="wps test"\nsae_password="12345678"\nkey_mgmt=SAE\nieee80211w=2\n}\n'
)


def joins(lines: str, network: str) -> Topic:
    def topic(ground: Ground) -> None:
        ground.file("ap.conf", CONFIG + lines)
        with ground.access_point(str(ground.folder / "ap.conf")):
            ground.wait_for("state=ENABLED")
            with ground.station(network):
                ground.wait_for("[AUTHORIZED]", "all_sta")
                ground.ask("status", "all_sta", "mib", "get_config")
                ground.station_cli("disconnect")
                ground.wait_for("num_sta[0]=0")
                ground.station_cli("reconnect")
                ground.wait_for("[AUTHORIZED]", "all_sta")
                ground.ask("all_sta")
                mib = ground.query("mib").replace(f"{'0' * 32}\n", "none\n").splitlines()
                used = next(line for line in mib if line.startswith("dot11RSNAPMKIDUsed"))
                ground.note("a PMKID is used", str(not used.endswith("=none")))

    return topic


@pytest.mark.parametrize(
    ("lines", "network"),
    [
        (OLD + PSK, PSK_NETWORK),
        (HIGH + PSK, PSK_NETWORK),
        (LOW + SHA256, SHA256_NETWORK),
        (LOW + SAE, SAE_NETWORK),
    ],
    ids=["802.11b", "5 GHz", "SHA-256", "SAE"],
)
def test_a_station_that_joined(lines: str, network: str, tmp_path: Path) -> None:
    fields = {**FIELDS_OF_NEWER, **FIELDS_OF_STATIONS}
    obey("US")
    compare(tmp_path, joins(lines, network), Explained(fields, varying=VARYING))


def test_the_rules_of_a_country_hold(tmp_path: Path) -> None:
    """Without the country nobody may begin on channel 36 there: its rules came first."""

    def topic(ground: Ground) -> None:
        obey("00")
        ground.file("ap.conf", CONFIG + "hw_mode=a\nchannel=36\ncountry_code=US\n" + PSK)
        with ground.access_point(str(ground.folder / "ap.conf")):
            ground.wait_for("state=ENABLED")
            ground.ask("status")
        ground.note("country", rules_obeyed())

    newer = dict.fromkeys(("country_code", "country3"), NEWER)
    compare(tmp_path, topic, Explained({**FIELDS_OF_NEWER, **newer}))


# ---- a peer made by hand ----------------------------------------------------------------------

Acts = Callable[[Ground, Monitor, RawPeer], None]


def with_peer(lines: str, acts: Acts) -> Topic:
    def topic(ground: Ground) -> None:
        ground.file("ap.conf", CONFIG + lines)
        with ground.access_point(str(ground.folder / "ap.conf")):
            ground.wait_for("state=ENABLED")
            monitor = ground.monitor()
            monitor.ask("ATTACH")
            peer = RawPeer(ground)
            try:
                acts(ground, monitor, peer)
            finally:
                peer.close()

    return topic


def starts(ground: Ground, monitor: Monitor, peer: RawPeer) -> None:
    """Three kinds of stations ask for EAP again and again."""
    for kind, extra in (("WPS 1.0", WPS_1), ("WPS 2.0", WPS_2), ("no WPS yet", b"")):
        for step in ("joins", "starts", "starts again"):
            peer.join(extra) if step == "joins" else peer.eapol(EAPOL_START)
            ground.note(f"{kind} {step}: air", told(peer.heard(1.0)))
            ground.note(f"{kind} {step}: events", "".join(f"{e}\n" for e in monitor.told()))
            shown = re.findall(r"^(?:flags|timeout_next)=.*\n", ground.query("all_sta"), re.M)
            ground.note(f"{kind} {step}: shown", "".join(shown))
        peer.leave()
        peer.heard(1.0)


def test_eap_begins_as_often(tmp_path: Path) -> None:
    compare(tmp_path, with_peer(LOW + PSK + WPS, starts), Explained())


def shown(peer: RawPeer) -> str:
    """What a Beacon says of stations of 802.11b."""
    beacon = peer.beacon()
    erp = beacon.elements.get(ELEMENT_ERP)
    assert erp is not None
    return f"ERP {erp.hex()}, capabilities {beacon.capability & ~CAPABILITY_PRIVACY:#06x}\n"


def is_old(ground: Ground, monitor: Monitor, peer: RawPeer) -> None:
    """A station of 802.11b comes and goes."""
    ground.note("Beacon before", shown(peer))
    peer.join(WPS_2, rates=OF_802_11B, capability=0x0011)
    peer.heard(1.0)
    ground.note("Beacon with it", shown(peer))
    ground.ask("status")
    flags = ground.query("all_sta").splitlines()[1:6]
    ground.note("station", "".join(f"{line}\n" for line in flags))
    peer.leave()
    peer.heard(1.0)
    ground.note("Beacon after", shown(peer))
    ground.ask("status")


def test_a_station_of_802_11b_is_had_regard_for(tmp_path: Path) -> None:
    compare(tmp_path, with_peer(LOW + PSK + WPS, is_old), Explained(FIELDS_OF_NEWER))


def has_neighbour(ground: Ground, monitor: Monitor, peer: RawPeer) -> None:
    """A BSS of 802.11b beacons beside, and ends."""
    neighbour = CONFIG.replace("wlan0", "wlan1").replace("/ctl", "/beside") + OLD
    file = ground.file("beside.conf", neighbour)
    ground.ask("status")
    with running(ground.ap.namespace, ground.folder / "beside.log", *real("hostapd"), str(file)):
        ground.wait_for("olbc=1")
        ground.ask("status")
        peer.heard(0.5)
        ground.note("Beacon beside", shown(peer))
    peer.heard(30.0)
    ground.ask("status")
    peer.heard(70.0)
    ground.ask("status")
    ground.note("Beacon after", shown(peer))


def test_a_bss_of_802_11b_is_had_regard_for(tmp_path: Path) -> None:
    acts = with_peer(LOW + PSK, has_neighbour)

    def topic(ground: Ground) -> None:
        ground.add_radio("wlan1")
        acts(ground)

    compare(tmp_path, topic, Explained(FIELDS_OF_NEWER))
