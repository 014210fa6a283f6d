"""The configuration file: what is served, refused and overlooked, and how bad lines are told."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.ap.config import ApConfig
from harness.ap.config_build import build, idle_warnings
from harness.ap.config_file import KEYS, ConfigErrors, Settings, parse
from harness.ap.config_keys import Scope
from harness.ap.config_parts import SaePassword
from harness.ap.config_unserved import IGNORED, REFUSED, is_ignored, refusal
from harness.base.address import MacAddress
from harness.base.errors import ConfigError
from harness.base.seam import AKM_PSK, AKM_SAE, CIPHER_CCMP, CIPHER_TKIP

EXAMPLE_KEYS = Path(__file__).parents[1] / "data" / "ap" / "hostapd-2.10-keys.txt"

BASIC = "interface=wlan0\nchannel=6\nhw_mode=g\nssid=home\n"
PROTECTED = BASIC + "wpa=2\nrsn_pairwise=CCMP\nwpa_passphrase=12345678\n"

README_EXAMPLE = """\
# Configure the driver and network interface
driver=nl80211
interface=wlan0

# WPA2-Personal configuration for the AP
ssid=wps-test
wpa=2
wpa_key_mgmt=WPA-PSK
wpa_pairwise=CCMP
# Default WPA passphrase for legacy (non-WPS) clients
wpa_passphrase=12345678

# Enable control interface for PBC/PIN entry
ctrl_interface=/var/run/hostapd

# Enable internal EAP server for EAP-WSC (part of Wi-Fi Protected Setup)
eap_server=1

# WPS configuration (AP configured, do not allow external WPS Registrars)
wps_state=2
ap_setup_locked=1
# If UUID is not configured, it will be generated based on local MAC address.
uuid=87654321-9abc-def0-1234-56789abc0000
wps_pin_requests=/var/run/hostapd.pin-req
device_name=Wireless AP
manufacturer=Company
model_name=WAP
model_number=123
serial_number=12345
device_type=6-0050F204-1
os_version=01020300
config_methods=label display push_button keypad
channel=1
"""


def settings(text: str) -> Settings:
    return parse(text, "hostapd.conf")


def config(text: str) -> ApConfig:
    return build(settings(text))


def wrong(text: str) -> list[str]:
    """What is said of a file that is refused."""
    with pytest.raises(ConfigError) as refused:
        config(text)
    error = refused.value
    return [str(each) for each in error.errors] if isinstance(error, ConfigErrors) else [str(error)]


def test_the_reference_documents_example() -> None:
    read = config(README_EXAMPLE)
    bss = read.bsss[0]
    assert (bss.interface, bss.ssid, bss.passphrase) == ("wlan0", b"wps-test", "12345678")
    assert (bss.wps_state, read.channel) == (2, 2412)
    assert read.uuid == bytes.fromhex("876543219abcdef0123456789abc0000")
    assert read.device.device_name == "Wireless AP"
    assert read.device.primary_device_type == bytes.fromhex("00060050f2040001")
    assert read.os_version == 0x01020300
    assert read.config_methods == 0x238C


def test_every_bad_line_is_told_with_file_line_key_and_reason() -> None:
    text = (
        "interface=wlan0\nchannel=6\nssid=\nwpa=7\n\n# remark\nwpa_passphrase=short\nnonsense\n"
        "no_such_key=1\nwep_key0=abc\nbss=a/b\nmulti_ap=4\n"
    )
    assert wrong(text) == [
        "hostapd.conf:3: ssid: must be 1 to 32 octets, not 0",
        "hostapd.conf:4: wpa: must be 0 to 3, not 7",
        "hostapd.conf:7: wpa_passphrase: must be 8 to 63 octets, not 5",
        "hostapd.conf:8: 'nonsense' is not key=value",
        "hostapd.conf:9: no_such_key: there is no such key",
        "hostapd.conf:10: wep_key0: 'abc' is not hex of whole octets",
        "hostapd.conf:11: bss: 'a/b' is no interface name",
        "hostapd.conf:12: multi_ap: must be 0 to 3, not 4",
    ]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (" channel=1", "' channel'"),
        ("=x", "''"),
        ("\x1b[2J\rx=1", "'\\x1b[2J\\rx'"),
        ("ä=1", "'ä'"),
    ],
)
def test_what_is_no_name_of_a_key_is_quoted(line: str, shown: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(BASIC + line + "\n", "hostapd.conf")
    assert str(caught.value) == f"hostapd.conf:5: {shown}: there is no such key"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("wpa_psk=" + "0" * 63, "64 hex digits"),
        ("wpa_passphrase=" + "x" * 64, "8 to 63 octets, not 64"),
        ("wpa_passphrase=" + "ä" * 32, "8 to 63 octets, not 64"),
        ("wpa_passphrase=12345678\x7f", "no control characters"),
        ("ssid2=abc", "not hex of whole octets"),
        ("ssid2=" + "00" * 33, "1 to 32 octets, not 33"),
        ("ssid=" + "x" * 33, "1 to 32 octets, not 33"),
        ("channel=197", "0 to 196, not 197"),
        ("channel=x", "no number"),
        ("hw_mode=n", "must be a, b, g, any"),
        ("beacon_int=9", "10 to 65535, not 9"),
        ("dtim_period=0", "1 to 255, not 0"),
        ("max_num_sta=2008", "0 to 2007, not 2008"),
        ("auth_algs=4", "bit 0 (open system) or bit 1 (shared key)"),
        ("wep_default_key=4", "0 to 3, not 4"),
        ('wep_key0="1234"', "5 or 13 octets, not 4"),
        ('wep_key1=""', "5 or 13 octets, not 0"),
        ('wep_key2="12345', "closing quote"),
        ("wep_key3=" + "00" * 16, "5 or 13 octets, not 16"),
        ("wep_key0=123456789", "not hex of whole octets"),
        ("wep_key_len_broadcast=5", "by IEEE 802.1X"),
        ("wpa=4", "0 to 3"),
        ("wpa_key_mgmt=WPA-EAP", "WPA-EAP is not served"),
        ("wpa_key_mgmt=XYZ", "no key management"),
        ("wpa_key_mgmt=", "at least one"),
        ("wpa_pairwise=WEP40", "no WEP"),
        ("rsn_pairwise=", "at least one cipher"),
        ("rsn_pairwise=GCMP", "GCMP is not served"),
        ("ieee80211w=3", "0 to 2"),
        ("sae_password=secret|mac=02:00:00:00:00", "not a MAC address"),
        ("sae_password=secret|vlanid=3", "VLANs by station"),
        ("sae_password=secret|pk=abc", "SAE-PK"),
        ("sae_password=secret|x=1", "none of mac"),
        ("sae_password=|id=x", "must not be empty"),
        ("vendor_elements=dd04112233", "no whole elements"),
        ("assocresp_elements=dd0", "whole octets"),
        ("max_listen_interval=65536", "0 to 65535"),
        ("wpa_pairwise_update_count=0", "1 to 4294967295"),
        ("wpa_deny_ptk0_rekey=3", "0 to 2"),
        ("accept_mac_file=/nowhere", "no file can be read here"),
        ("wps_state=3", "0 to 2"),
        ("uuid=1234", "no UUID"),
        ("device_name=" + "x" * 33, "at most 32 octets, not 33"),
        ("manufacturer=" + "x" * 65, "at most 64 octets"),
        ("device_type=6-50F204-1", "not a device type"),
        ("os_version=010203", "8 hex digits"),
        ("wps_rf_bands=x", "must be a, b, g"),
        ("multi_ap_profile=7", "1 to 6"),
        ("multi_ap_vlanid=4095", "0 to 4094"),
        ("multi_ap_client_disallow=4", "0 to 3"),
        ("multi_ap_backhaul_ssid=xyz", "not hex"),
        ("multi_ap_backhaul_wpa_passphrase=short", "8 to 63"),
        ("multi_ap_backhaul_wpa_psk=00", "64 hex"),
        ("bssid=03:00:00:00:00:01", "group address"),
        ("bssid=x", "not a MAC address"),
        ("bridge=a b", "no interface name"),
        ("driver=wired", "must be nl80211, sim"),
        ("ieee8021x=1", "not served, only 0"),
        ("macaddr_acl=2", "RADIUS is not served"),
        ("interface=", "no interface name"),
        ("ctrl_interface_group=nobody-has-this", "there is no group 'nobody-has-this'"),
    ],
)
def test_a_bad_value_is_refused_with_its_reason(line: str, reason: str) -> None:
    (said,) = wrong(PROTECTED + line + "\n")
    key = line.partition("=")[0]
    assert said.startswith(f"hostapd.conf:8: {key}: ")
    assert reason in said


@pytest.mark.parametrize(
    ("lines", "place", "reason"),
    [
        ("# radio\ninterface=wlan0\nchannel=1\n", 2, "ssid: is not given"),
        (PROTECTED + "bss=b\nchannel=1\n", 8, "b: ssid: is not given"),
        (BASIC + "wpa=2\n", 1, "WPA-PSK needs a passphrase"),
        (BASIC + "hw_mode=a\n", 2, "6 is none of hw_mode a"),
        (PROTECTED + "wpa_key_mgmt=SAE\nwpa_psk=" + "0" * 64 + "\n", 1, "SAE needs a password"),
        (PROTECTED + "group_cipher=TKIP\n", 8, "must be CCMP here"),
        (PROTECTED + "wpa_key_mgmt=SAE\nsae_groups=99\n", 9, "sae_groups: must be some of"),
        (PROTECTED + "bss=wlan0\nssid=other\n", 8, "there is an interface 'wlan0' already"),
        (
            PROTECTED + "bssid=02:00:00:00:00:01\nbss=b\nssid=x\nbssid=02:00:00:00:00:01\n",
            11,
            "used by two BSSs",
        ),
    ],
)
def test_what_does_not_hold_together_is_refused(lines: str, place: int, reason: str) -> None:
    (said,) = wrong(lines)
    assert said.startswith(f"hostapd.conf:{place}: ")
    assert reason in said


def test_a_key_that_a_command_changed_is_not_that_of_the_files_line() -> None:
    changed = settings(PROTECTED + "group_cipher=CCMP\n")
    changed.set(changed.bsss[0], "group_cipher", "TKIP")
    with pytest.raises(ConfigError, match=r"hostapd\.conf:1: wlan0: group_cipher: must be CCMP"):
        build(changed)


def test_a_file_without_interface_is_refused() -> None:
    assert wrong("ssid=x\n") == ["hostapd.conf:1: interface: is not given"]


def test_the_last_of_passphrase_and_psk_counts() -> None:
    psk = "ab" * 32
    assert config(PROTECTED + f"wpa_psk={psk}\n").bsss[0].psk == bytes.fromhex(psk)
    again = config(PROTECTED + f"wpa_psk={psk}\nwpa_passphrase=87654321\n").bsss[0]
    assert (again.passphrase, again.psk) == ("87654321", None)


@pytest.mark.parametrize(
    ("line", "ssid"),
    [
        ("ssid=with = and # in it", b"with = and # in it"),
        ("ssid= spaces ", b" spaces "),
        ('ssid2="quoted"', b"quoted"),
        ('ssid2=P"a\\x00\\"\\\\\\n"', b'a\0"\\\n'),
        ("ssid2=00ff", b"\0\xff"),
        ("ssid=caf\udce9", b"caf\xe9"),
    ],
)
def test_ssids_are_octets(line: str, ssid: bytes) -> None:
    assert config(BASIC + line + "\n").bsss[0].ssid == ssid


def test_bss_begins_another_with_keys_of_its_own() -> None:
    read = config(
        PROTECTED
        + "multi_ap=2\nmulti_ap_backhaul_ssid=6261636b\n"
        + "multi_ap_backhaul_wpa_passphrase=87654321\nbeacon_int=200\n"
        + "bss=wlan0-1\nssid=back\nbssid=02:00:00:00:01:01\nmulti_ap=1\nwpa=2\n"
        + "wpa_psk="
        + "cd" * 32
        + "\nwds_sta=1\nbridge=br0\nwds_bridge=br1\n"
    )
    front, back = read.bsss
    assert (front.multi_ap, front.multi_ap_backhaul_ssid) == (2, b"back")
    assert (back.interface, back.ssid, back.multi_ap) == ("wlan0-1", b"back", 1)
    assert (back.bssid, back.wds_sta) == (MacAddress("02:00:00:00:01:01"), True)
    assert (back.bridge, back.wds_bridge) == ("br0", "br1")
    assert (front.beacon_interval, back.beacon_interval) == (200, 200)
    assert (front.multi_ap_profile, back.multi_ap_profile) == (2, 2)


def test_sae_and_protected_management_frames() -> None:
    bss = config(PROTECTED + "wpa_key_mgmt=WPA-PSK SAE\nieee80211w=1\nsae_pwe=2\n").bsss[0]
    assert set(bss.akms) == {AKM_PSK, AKM_SAE}
    assert (bss.ieee80211w, bss.sae_pwe) == (1, 2)


@pytest.mark.parametrize(
    ("lines", "wpa", "rsn", "group", "wps"),
    [
        ("wpa=2\n", (), (CIPHER_TKIP,), CIPHER_TKIP, False),
        ("wpa=2\nrsn_pairwise=CCMP\n", (), (CIPHER_CCMP,), CIPHER_CCMP, True),
        ("wpa=1\n", (CIPHER_TKIP,), (), CIPHER_TKIP, False),
        ("wpa=1\nwpa_pairwise=CCMP\n", (CIPHER_CCMP,), (), CIPHER_CCMP, False),
        ("wpa=3\nrsn_pairwise=CCMP\n", (CIPHER_TKIP,), (CIPHER_CCMP,), CIPHER_TKIP, True),
        ("wpa=3\n", (CIPHER_TKIP,), (CIPHER_TKIP,), CIPHER_TKIP, False),
        (
            "wpa=3\nwpa_pairwise=TKIP CCMP\n",
            (CIPHER_CCMP, CIPHER_TKIP),
            (CIPHER_CCMP, CIPHER_TKIP),
            CIPHER_TKIP,
            True,
        ),
        ("wpa=3\nwpa_pairwise=CCMP\n", (CIPHER_CCMP,), (CIPHER_CCMP,), CIPHER_CCMP, True),
    ],
)
def test_versions_and_ciphers(
    lines: str, wpa: tuple[int, ...], rsn: tuple[int, ...], group: int, wps: bool
) -> None:
    bss = config(BASIC + "wpa_passphrase=12345678\nwps_state=2\n" + lines).bsss[0]
    assert (bss.wpa_pairwise, bss.rsn_pairwise, bss.group) == (wpa, rsn, group)
    assert (bss.wps_state == 2, bss.wps_enabled) == (wps, wps)


def test_passwords_of_sae() -> None:
    bss = config(
        PROTECTED + "wpa_key_mgmt=SAE\nsae_password=one\nsae_password=two|mac=02:00:00:00:00:01\n"
        "sae_password=three|id=a|b\n"
    ).bsss[0]
    assert bss.sae_passwords == (
        SaePassword("one"),
        SaePassword("two", MacAddress("02:00:00:00:00:01")),
        SaePassword("three", identifier="a|b"),
    )
    (said,) = wrong(BASIC + "wpa=2\nwpa_key_mgmt=SAE\nsae_password=one\nsae_password=\n")
    assert "SAE needs a password" in said


def test_access_control_lists() -> None:
    texts = {"/a": "02:00:00:00:00:01\n# remark\n\n02:00:00:00:00:02 5\n-02:00:00:00:00:01\n"}
    text = BASIC + "macaddr_acl=1\naccept_mac_file=/a\n"
    access = build(parse(text, "hostapd.conf", read=texts.__getitem__)).bsss[0].access
    assert access.only_accepted
    assert access.accepted == {MacAddress("02:00:00:00:00:02")}
    texts["/a"] = "02:00:00:00:00\n"
    with pytest.raises(ConfigError, match=r"hostapd\.conf:6: accept_mac_file: line 1: "):
        parse(text, "hostapd.conf", read=texts.__getitem__)


def test_a_hidden_network_has_no_wps() -> None:
    assert config(PROTECTED + "wps_state=2\nignore_broadcast_ssid=1\n").bsss[0].wps_state == 0


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("ignore_broadcast_ssid=1\n", "9: wlan0: ignore_broadcast_ssid: the SSID is hidden: "),
        ("rsn_pairwise=TKIP\n", "9: wlan0: rsn_pairwise: the network has TKIP alone: "),
        ("wpa=1\n", "9: wlan0: wpa: the network has WPA version 1 alone: "),
        ("eap_server=0\n", "9: wlan0: eap_server: is 0: no device can enrol"),
        ("eap_server=1\n", None),
        ("wps_state=0\nignore_broadcast_ssid=1\n", None),
    ],
)
def test_it_is_told_why_there_is_no_wps(lines: str, told: str | None) -> None:
    found = idle_warnings(settings(PROTECTED + "wps_state=2\n" + lines))
    assert len(found) == (told is not None)
    assert all(each.startswith(f"hostapd.conf:{told}") for each in found)


@pytest.mark.parametrize("lines", ["", "wpa_key_mgmt=WPA-PSK-SHA256\n", "wpa=0\n"])
def test_a_password_for_sae_that_is_not_done_is_taken_and_told_of(lines: str) -> None:
    read = settings(PROTECTED + "sae_password=other words\n" + lines)
    assert build(read).bsss[0].sae_passwords == ()
    assert idle_warnings(read) == [
        "hostapd.conf:8: wlan0: sae_password: is not used: wpa_key_mgmt has no SAE"
    ]
    assert idle_warnings(settings(PROTECTED + "sae_password=x\nwpa_key_mgmt=SAE WPA-PSK\n")) == []


@pytest.mark.parametrize(
    "line",
    [
        "eap_user_file=/etc/hostapd.eap_user",
        "wep_rekey_period=300",
        "radius_acct_interim_interval=600",
        "mobility_domain=4f57",
        "ft_psk_generate_local=1",
        "owe_groups=19 20",
        "fils_cache_id=0011",
        "dpp_name=Test",
        "hs20_deauth_req_timeout=60",
    ],
)
def test_what_goes_with_a_method_that_nothing_asks_for_does_no_harm(line: str) -> None:
    key = line.partition("=")[0]
    read = settings(PROTECTED + line + "\n")
    assert read.warnings == [f"hostapd.conf:8: {key}: has no effect here"]
    assert build(read).bsss


@pytest.mark.parametrize(
    "line",
    [
        "wpa_key_mgmt=FT-PSK",
        "wpa_key_mgmt=OWE",
        "dynamic_vlan=1",
        "auth_server_addr=127.0.0.1",
        "acct_server_addr=127.0.0.1",
        "radius_server_clients=/etc/hostapd.radius_clients",
        "radius_das_port=3799",
        "wep_key_len_unicast=5",
        'owe_transition_ssid="x"',
        "hs20=1",
        "osen=1",
    ],
)
def test_what_asks_for_a_method_that_is_not_served_is_refused_by_name(line: str) -> None:
    (said,) = wrong(PROTECTED + line + "\n")
    assert said.startswith(f"hostapd.conf:8: {line.partition('=')[0]}: ")
    assert "not served" in said


def test_harmless_keys_are_told_of_and_taken() -> None:
    read = settings(PROTECTED + "vht_capab=[MAX-MPDU-7991]\nieee80211ac=1\n")
    assert read.warnings == [
        "hostapd.conf:8: vht_capab: has no effect here",
        "hostapd.conf:9: ieee80211ac: has no effect here",
    ]


def test_no_key_is_in_two_tables() -> None:
    assert not KEYS.keys() & REFUSED.keys()
    assert not KEYS.keys() & IGNORED
    assert not REFUSED.keys() & IGNORED


def test_every_key_of_the_example_file_is_served_overlooked_or_refused() -> None:
    names = [name for name in EXAMPLE_KEYS.read_text().split("\n") if name and name[0] != "#"]
    served = {*KEYS, "interface", "bss"}
    judged = {
        name: (name in served) + (refusal(name) is not None) + is_ignored(name) for name in names
    }
    assert len(judged) > 400
    assert {name for name, times in judged.items() if times != 1} == set()


def test_channels_have_their_frequencies() -> None:
    assert config(BASIC + "channel=14\nhw_mode=b\n").channel == 2484
    assert config(BASIC + "channel=36\nhw_mode=a\n").channel == 5180


def test_settings_change_one_key_at_a_time() -> None:
    read = settings(PROTECTED)
    bss = read.bsss[0]
    with pytest.raises(ConfigError, match="8 to 63"):
        read.set(bss, "wpa_passphrase", "123")
    assert bss.get("wpa_passphrase") == "12345678"
    read.set(bss, "channel", "11")
    assert KEYS["channel"].scope is Scope.RADIO
    assert build(read).channel == 2462


@given(st.text())
def test_any_text_is_settings_or_errors(text: str) -> None:
    said = None
    try:
        build(settings(text))
    except ConfigError as error:
        said = str(error)
    assert said is None or "hostapd.conf:" in said


@given(st.sampled_from(sorted(KEYS)), st.text())
def test_any_value_is_taken_or_refused(name: str, value: str) -> None:
    read = settings(PROTECTED)
    with suppress(ConfigError):
        read.set(read.bsss[0], name, value)
        build(read)


# ---- any file ------------------------------------------------------------------------------------


VALID = tuple(
    (README_EXAMPLE + "multi_ap=3\nmulti_ap_backhaul_ssid=6261636b\nsae_password=x|id=y\n"
     "vendor_elements=dd0411223301\nbss=wlan0-1\nssid=second\n").split("\n")
)  # fmt: skip


@given(st.data())
def test_a_mutated_file_is_taken_or_told_of_line_by_line(data: st.DataObject) -> None:
    """Lines are left out, repeated, moved and changed, octet by octet."""
    found = data.draw(st.lists(st.sampled_from(VALID), max_size=60))
    for _ in range(data.draw(st.integers(0, 8))):
        if not found:
            break
        place = data.draw(st.integers(0, len(found) - 1))
        line = found[place]
        at = data.draw(st.integers(0, len(line)))
        found[place] = line[:at] + data.draw(st.text(max_size=4)) + line[at + 1 :]
    said: list[ConfigError] = []
    try:
        build(parse("\n".join(found), "hostapd.conf", read={"/a": ""}.__getitem__))
    except ConfigErrors as refused:
        said = list(refused.errors)
    except ConfigError as refused:
        said = [refused]
    assert all(str(each).startswith(f"hostapd.conf:{each.line}: ") for each in said)
