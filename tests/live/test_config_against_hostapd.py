"""Which lines of a configuration file are taken and which refused: ours against the real hostapd.

The real program runs without a radio (driver=none); what it makes of a file shows in whether it
comes up.
"""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from harness.ap.config_build import build
from harness.ap.config_file import parse
from harness.base.errors import ConfigError
from harness.live.files import RealFiles
from vm import packages

MISSING = packages.find("hostapd") is None
pytestmark = pytest.mark.skipif(MISSING, reason="not installed: hostapd")

BASE = """\
interface=wlan0
driver={driver}
ssid=home
channel=1
hw_mode=g
wpa=2
rsn_pairwise=CCMP
wpa_passphrase=12345678
eap_server=1
wps_state=2
"""

SAME = """
ssid=
ssid=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
ssid=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
ssid2="x"
ssid2=xyz
ssid2=P"a\\x00b"
ssid2=616
ssid2=6162
beacon_int=9
beacon_int=10
beacon_int=65536
dtim_period=0
dtim_period=1
dtim_period=256
max_num_sta=2007
max_num_sta=2008
auth_algs=0
auth_algs=1
auth_algs=3
wpa=3
wpa_key_mgmt=XYZ
wpa_key_mgmt=WPA-PSK SAE
wpa_pairwise=WEP40
wpa_pairwise=NONE
rsn_pairwise=TKIP
wpa_passphrase=1234567
wpa_passphrase=123456789012345678901234567890123456789012345678901234567890123
wpa_passphrase=1234567890123456789012345678901234567890123456789012345678901234
wpa_psk=00
wpa_psk=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
ieee80211w=2
sae_password=secret|mac=zz
eapol_version=0
eapol_version=1
eapol_version=3
wps_state=3
wps_state=1
uuid=1234
uuid=87654321-9abc-def0-1234-56789abc0000
device_name=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
manufacturer=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
model_name=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
model_number=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
serial_number=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
device_type=6-0050F204-1
device_type=6-50F204
os_version=010203
os_version=01020300
wps_rf_bands=x
wps_rf_bands=ag
multi_ap=4
multi_ap=3
multi_ap_backhaul_ssid="back"
multi_ap_backhaul_ssid=xyz
multi_ap_backhaul_wpa_passphrase=short
multi_ap_backhaul_wpa_psk=00
vendor_elements=dd04112233
vendor_elements=dd0411223301
vendor_elements=dd0
assocresp_elements=dd0411223301
accept_mac_file=/nowhere
macaddr_acl=1
macaddr_acl=3
ignore_broadcast_ssid=2
ap_isolate=1
ap_max_inactivity=10
max_listen_interval=10
wpa_pairwise_update_count=0
wpa_pairwise_update_count=9
wpa_group_update_count=0
wpa_deny_ptk0_rekey=3
wpa_strict_rekey=1
wpa_ptk_rekey=600
wpa_group_rekey=60
group_cipher=XYZ
fragment_size=100
config_id=abc
no_such_key=1
no equals sign
utf8_ssid=1
country_code=DE
ap_setup_locked=2
skip_cred_build=1
wps_cred_processing=2
extra_cred=/nowhere
bridge=
wds_bridge=
country_code=D1
wpa_passphrase=pässwör
wpa_passphrase=123456ä
wpa_passphrase=12345ä
wpa_passphrase=ääääääääääääääääääääääääääääääää
sae_password=ä
send_probe_response=0
disable_pmksa_caching=1
hs20=0
osen=0
gas_frag_limit=1400
gas_comeback_delay=1
radio_measurements=1
coloc_intf_reporting=1
vendor_vht=1
own_ip_addr=127.0.0.1
nas_identifier=x
wmm_enabled=2
wmm_ac_be_cwmin=11
wmm_ac_be_cwmax=15
wmm_ac_be_aifs=0
wmm_ac_be_aifs=255
wmm_ac_be_txop_limit=65536
wmm_ac_be_acm=2
wmm_ac_xx_aifs=1
tx_queue_data0_aifs=0
tx_queue_data0_cwmin=2
tx_queue_data0_cwmax=1
tx_queue_data0_burst=1.55
tx_queue_data9_aifs=1
tx_queue_foo_aifs=1
"""
"""Lines of which both must think the same."""

EXPLAINED = {
    "config_id=abc": "a key that hostapd 2.10 does not have yet",
    "vendor_elements=dd04112233": "hostapd puts any octets on the air, ours only whole elements",
}


WITHOUT_WPA = """\
interface=wlan0
driver={driver}
ssid=home
channel=1
hw_mode=g
eap_server=1
wps_state=2
wep_key0="12345"
"""

SAME_WITHOUT_WPA = """
wep_default_key=0
wep_default_key=4
wep_default_key=-1
wep_key0="54321"
wep_key0=
wep_key1=3132333435
wep_key1=31323334353
wep_key1=zz32333435
wep_key1="12345
wep_key1="1234567890123"
wep_key1=31323334353637383930313233
wep_key1="1234"
wep_key1=""
wep_key3="1234567890123456"
wep_key4="12345"
wep_key="12345"
wep_rekey_period=-1
wep_key_len_unicast=5
wep_default_key=1
auth_algs=0
auth_algs=1
auth_algs=2
auth_algs=3
auth_algs=4
wpa=1
ieee80211w=1
multi_ap=3
wps_state=1
"""

SIZE = "hostapd takes the line, and then the kernel refuses the key"
EXPLAINED_WITHOUT_WPA = {
    'wep_key1="1234"': SIZE,
    'wep_key1=""': SIZE,
    'wep_key3="1234567890123456"': SIZE,
    "wep_key_len_unicast=5": "WEP keys by IEEE 802.1X are not served",
    "wep_default_key=1": "there is none, and hostapd would encrypt nothing",
    "auth_algs=4": "nobody could come in",
}


def lines(of: str) -> list[str]:
    return [line for line in of.split("\n") if line]


def taken_by_hostapd(folder: Path, base: str, line: str) -> bool:
    """Whether the real program comes up with this line."""
    file = folder / "real.conf"
    file.write_text(base.format(driver="none") + line + "\n")
    found = packages.program("hostapd")
    with (folder / "real.log").open("wb") as output:
        process = subprocess.Popen(
            [str(found.path), str(file)],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **found.env},
        )
        limit = time.monotonic() + 60.0
        try:
            while process.poll() is None:
                if b"AP-ENABLED" in (folder / "real.log").read_bytes():
                    return True
                assert time.monotonic() < limit, f"{line}: hostapd neither starts nor ends"
                time.sleep(0.005)  # the real program has no other way to tell
            return False
        finally:
            process.kill()
            process.wait()


def taken_by_us(base: str, line: str) -> bool:
    files = RealFiles(lambda trouble: None)
    text = base.format(driver="nl80211") + line + "\n"
    try:
        build(parse(text, "hostapd.conf", read=files.read))
    except ConfigError as error:
        first, _, _ = str(error).partition("\n")
        assert first.startswith("hostapd.conf:"), first
        return False
    return True


@pytest.mark.parametrize(
    ("base", "same", "explained"),
    [(BASE, SAME, EXPLAINED), (WITHOUT_WPA, SAME_WITHOUT_WPA, EXPLAINED_WITHOUT_WPA)],
    ids=["wpa", "wep"],
)
def test_the_same_lines_are_taken_and_refused(
    tmp_path: Path, base: str, same: str, explained: dict[str, str]
) -> None:
    differences = {
        line: f"hostapd {'takes' if real else 'refuses'} it"
        for line in lines(same)
        if (real := taken_by_hostapd(tmp_path, base, line)) != taken_by_us(base, line)
    }
    assert differences.keys() == explained.keys(), differences
