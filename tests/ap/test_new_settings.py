"""New settings for a network: what is told of them, what the file says then, and who takes them.

The lines and octets expected here are those that hostapd 2.10 wrote and told of for the same
commands and Enrollees (`tests/live/test_credentials_against_hostapd.py` plays both).
"""

from __future__ import annotations

import pytest
from ap_enrollee import EnrollingStation
from ap_stage import ALICE, BOB, ScriptedStation
from test_control import Desk

from harness.ap import events
from harness.ap.config import BssConfig
from harness.ap.config_build import build
from harness.ap.config_file import parse
from harness.ap.config_parts import WpsHabits
from harness.ap.config_writer import END, START, with_new_settings
from harness.ap.new_settings import NetworkSettings
from harness.base.errors import ConfigError
from harness.base.seam import AKM_PSK, AKM_SAE, CIPHER_CCMP, CIPHER_TKIP, TransmitEapol
from harness.crypto.psk import derive_psk
from harness.wire.wsc.settings import Credential

OPEN, WPA_PSK, WPA2_PSK = 0x01, 0x02, 0x20
NONE, WEP, TKIP, AES = 0x01, 0x02, 0x04, 0x08
HEX = b"0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef"

FILE = """\
interface=wlan0
hw_mode=g
channel=1
ssid=wps test
wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
wpa_passphrase=12345678
wps_state=2
eap_server=1
"""
UNCONFIGURED = "interface=wlan0\nhw_mode=g\nchannel=1\nssid=new net\nwps_state=1\neap_server=1\n"
KEY = "6e65776b65793132"


def bss(**changes: object) -> BssConfig:
    return BssConfig(interface="wlan0", ssid=b"old", passphrase="12345678", **changes)  # type: ignore[arg-type]


def new(authentication: int = WPA2_PSK, encryption: int = AES, key: bytes = b"newkey12",
        ssid: bytes = b"new") -> NetworkSettings:  # fmt: skip
    return NetworkSettings(ssid, authentication, encryption, key).usable()


# ---- as lines, as attributes ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "lines"),
    [
        (new(), "wpa=2 wpa_key_mgmt=WPA-PSK wpa_pairwise=CCMP wpa_passphrase=newkey12"),
        (
            new(WPA_PSK, TKIP),
            "wpa=3 wpa_key_mgmt=WPA-PSK wpa_pairwise=CCMP|TKIP wpa_passphrase=newkey12",
        ),
        (new(WPA_PSK, AES), "wpa=3 wpa_key_mgmt=WPA-PSK wpa_pairwise=CCMP wpa_passphrase=newkey12"),
        (
            new(WPA2_PSK, TKIP),
            "wpa=2 wpa_key_mgmt=WPA-PSK wpa_pairwise=CCMP|TKIP wpa_passphrase=newkey12",
        ),
        (new(key=HEX), f"wpa=2 wpa_key_mgmt=WPA-PSK wpa_pairwise=CCMP wpa_psk={HEX.decode()}"),
        (new(OPEN, NONE, b""), ""),
        (new(OPEN, AES, b"x"), ""),
    ],
)
def test_new_settings_are_lines_of_the_file(settings: NetworkSettings, lines: str) -> None:
    middle = [line.replace("|", " ") for line in lines.split()]
    assert settings.lines(bss()) == ["wps_state=2", "ssid=new", *middle, "auth_algs=1"]


def test_an_ssid_that_is_no_plain_text_is_written_in_hex() -> None:
    assert new(ssid=b"n\x01w\xff").lines(bss())[1] == "ssid2=6e0177ff"
    assert new(ssid=b"caf\x7f").lines(bss())[1] == "ssid2=6361667f"


@pytest.mark.parametrize(
    ("mfp", "key", "lines"),
    [
        (0, b"newkey12", ["wpa_key_mgmt=WPA-PSK SAE", "ieee80211w=1", "sae_require_mfp=1"]),
        (2, b"newkey12", ["wpa_key_mgmt=WPA-PSK SAE", "sae_require_mfp=1"]),
        (0, HEX, ["wpa_key_mgmt=WPA-PSK"]),
    ],
)
def test_sae_can_be_added_to_a_passphrase(mfp: int, key: bytes, lines: list[str]) -> None:
    written = new(key=key).lines(bss(wps=WpsHabits(adds_sae=True), ieee80211w=mfp))
    assert written[3 : 3 + len(lines)] == lines
    assert written[3 + len(lines)] == "wpa_pairwise=CCMP"


def test_settings_are_told_as_a_credential_or_as_they_came() -> None:
    assert new(WPA_PSK, TKIP).attributes().hex() == (
        "100e002e1026000101104500036e6577100300020022100f0002000c1027"
        "00086e65776b6579313210200006000000000000"
    )
    assert new(OPEN, NONE, b"").attributes().hex() == (
        "100e00261026000101104500036e6577100300020001100f000200011027000010200006000000000000"
    )
    came = bytes.fromhex("1045000361626310030002002010 0f000200081027000831323334353637381020"
                         "0006020000000001")  # fmt: skip
    settings = NetworkSettings.learned(Credential.decode(bytes.fromhex("10260001 01") + came))
    assert settings.attributes() == bytes.fromhex("1026000101") + came


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"authentication": 0x10}, "authentication: 0x0010"),
        ({"encryption": WEP}, "encryption: 0x0002"),
        ({"encryption": NONE}, "encryption: 0x0001"),
        ({"key": b"1234567"}, "key: must be 8 to 64 octets, not 7"),
        ({"key": b"z" * 64}, "key: 64 octets must be hex"),
        ({"key": b"1234\n5678"}, "key: must have no control"),
        ({"key": b"x" * 65}, "key: must be 8 to 64 octets, not 65"),
        ({"ssid": b""}, "ssid: must be 1 to 32 octets, not 0"),
        ({"ssid": b"x" * 33}, "ssid: must be 1 to 32 octets, not 33"),
    ],
)
def test_settings_that_no_network_can_have_are_refused(
    changes: dict[str, object], reason: str
) -> None:
    with pytest.raises(ConfigError, match=reason):
        new(**changes)  # type: ignore[arg-type]


# ---- in the file ------------------------------------------------------------------------------


def test_new_lines_go_on_top_and_old_ones_become_remarks() -> None:
    old = "interface=wlan0\nssid=old\nwpa=2\nwpa_passphrase=12345678\nchannel=6\nbss=b\nssid=x\n"
    assert with_new_settings(old, new().lines(bss())) == (
        f"{START}\nwps_state=2\nssid=new\nwpa=2\nwpa_key_mgmt=WPA-PSK\nwpa_pairwise=CCMP\n"
        f"wpa_passphrase=newkey12\nauth_algs=1\n{END}\n"
        "interface=wlan0\n#WPS# ssid=old\n#WPS# wpa=2\n#WPS# wpa_passphrase=12345678\n"
        "channel=6\nbss=b\nssid=x\n"
    )
    assert with_new_settings(old, ["wps_state=2"], "b").endswith(
        f"\nbss=b\n{START}\nwps_state=2\n{END}\n#WPS# ssid=x\n"
    )


@pytest.mark.parametrize(
    "settings",
    [
        new(ssid=b"new\xff", key=HEX),
        new(OPEN, NONE, ssid=b" open "),
        new(WPA_PSK, TKIP),
        new(key="größerer Schlüssel".encode()),
        new(key=b"\xff\xfe\xfd\xfc" * 2),
    ],
)
def test_what_was_written_is_read_back(settings: NetworkSettings) -> None:
    once = with_new_settings(FILE, settings.lines(bss()))
    for text in (once, with_new_settings(once, settings.lines(bss()))):
        read = build(parse(text, "ap.conf")).bsss[0]
        assert (read.ssid, read.wps_state) == (settings.ssid, 2)
        assert read.protected == settings.protected
        if settings.protected and settings.key != HEX:
            assert read.passphrase is not None
            assert read.passphrase.encode(errors="surrogateescape") == settings.key


# ---- who takes them, and when -----------------------------------------------------------------


def test_the_network_is_the_old_one_until_the_reload() -> None:
    desk = Desk(FILE)
    assert desk.ask(f"WPS_CONFIG 6e6577 WPA2PSK CCMP {KEY}") == "OK\n"
    assert desk.lines == ["WPS-NEW-AP-SETTINGS "]
    assert desk.files.texts["ap.conf"].startswith(START)
    assert "ssid=wps test\n" in desk.ask("GET_CONFIG")
    desk.advance(0.099)
    assert desk.beacon().elements.ssid == b"wps test"
    desk.advance(0.002)
    assert desk.beacon().elements.ssid == b"new"
    assert "ssid=new\nwps_state=configured\npassphrase=newkey12\n" in desk.ask("GET_CONFIG")


def test_what_else_the_file_says_by_then_holds_too() -> None:
    desk = Desk(FILE)
    desk.files.texts["ap.conf"] += "config_id=other\n"
    desk.ask(f"WPS_CONFIG 6e6577 WPA2PSK CCMP {KEY}")
    desk.advance(0.2)
    assert "config_id=other\n" in desk.ask("GET_CONFIG")


@pytest.mark.parametrize("lost", [True, False])
def test_without_a_usable_file_they_live_in_memory_with_ccmp(lost: bool) -> None:
    desk = Desk(FILE)
    if lost:
        del desk.files.texts["ap.conf"]
    else:
        desk.files.texts["ap.conf"] += "nonsense\n"
    assert desk.ask(f"WPS_CONFIG 6e6577 WPAPSK TKIP {KEY}") == "OK\n"
    desk.advance(0.2)
    shown = desk.ask("GET_CONFIG")
    assert "ssid=new\nwps_state=configured\npassphrase=newkey12\n" in shown
    assert "wpa=3\n" in shown
    assert "group_cipher=CCMP\n" in shown


def test_a_good_file_is_not_made_bad() -> None:
    """TKIP for some makes TKIP the group cipher, which the file forbids."""
    text = FILE + "group_cipher=CCMP\n"
    desk = Desk(text)
    assert desk.ask(f"WPS_CONFIG 6e6577 WPA2PSK TKIP {KEY}") == "OK\n"
    desk.advance(0.2)
    assert desk.files.texts["ap.conf"] == text
    (said,) = [each for each in desk.events if each.name == events.SETTINGS_NOT_KEPT]
    assert "group_cipher: must be TKIP here" in str(said.fields["reason"])
    shown = desk.ask("GET_CONFIG")
    assert "ssid=new\n" in shown
    assert "group_cipher=CCMP\n" in shown


def test_processing_1_only_tells() -> None:
    desk = Desk(FILE + "wps_cred_processing=1\n")
    assert desk.ask(f"WPS_CONFIG 6e6577 WPA2PSK CCMP {KEY}") == "OK\n"
    desk.advance(1)
    assert desk.lines == [
        "WPS-NEW-AP-SETTINGS 100e002e1026000101104500036e6577100300020020100f00020008102700086e65"
        "776b6579313210200006000000000000"
    ]
    assert desk.files.texts["ap.conf"] == FILE + "wps_cred_processing=1\n"
    assert desk.beacon().elements.ssid == b"wps test"


def test_processing_2_tells_and_applies() -> None:
    desk = Desk(FILE + "wps_cred_processing=2\n")
    desk.ask("WPS_CONFIG 6e6577 OPEN NONE")
    desk.advance(1)
    assert desk.lines[0].startswith("WPS-NEW-AP-SETTINGS 100e00261026000101104500036e6577")
    assert desk.beacon().elements.rsn is None


# ---- the first Enrollee -----------------------------------------------------------------------


def first_enrollee(text: str, **wishes: object) -> tuple[Desk, EnrollingStation]:
    desk = Desk(text)
    desk.ask("WPS_PBC")
    station = EnrollingStation(desk)
    station.enrol(**wishes)  # type: ignore[arg-type]
    return desk, station


def test_the_first_enrollee_makes_the_network_wpa_and_wpa2() -> None:
    desk, station = first_enrollee(UNCONFIGURED)
    told = desk.lines
    assert told.index("WPS-NEW-AP-SETTINGS ") < next(
        index for index, line in enumerate(told) if line.startswith("WPS-REG-SUCCESS")
    )
    given = station.credential
    assert (given.authentication_type, given.encryption_type) == (WPA2_PSK, AES)
    key = given.network_key
    assert key is not None
    assert len(key) == 22
    lines = desk.files.texts["ap.conf"].split("\n")
    assert lines[1:8] == [
        "wps_state=2", "ssid=new net", "wpa=3", "wpa_key_mgmt=WPA-PSK", "wpa_pairwise=CCMP TKIP",
        f"wpa_passphrase={key.decode()}", "auth_algs=1",
    ]  # fmt: skip
    desk.advance(0.2)
    (running,) = desk.interface.running_machine.config.bsss
    assert running.wpa_pairwise == (CIPHER_CCMP, CIPHER_TKIP)
    assert running.group == CIPHER_TKIP
    ScriptedStation(desk, BOB).join_with_key(derive_psk(key.decode(), b"new net"))
    assert BOB in desk.authorized


def test_sae_is_added_to_what_the_first_enrollee_brings() -> None:
    desk, _ = first_enrollee(UNCONFIGURED + "wps_cred_add_sae=1\n")
    desk.advance(0.2)
    (running,) = desk.interface.running_machine.config.bsss
    assert running.akms == (AKM_PSK, AKM_SAE)
    assert (running.ieee80211w, running.sae_requires_mfp) == (1, True)


def test_a_second_enrollee_before_the_reload_gets_the_same_network() -> None:
    desk, station = first_enrollee(UNCONFIGURED)
    desk.ask("WPS_PIN any 12345670")
    other = EnrollingStation(desk, BOB)
    other.enrol(uuid=bytes(16), pin=b"12345670")
    assert other.credential.network_key == station.credential.network_key
    assert desk.lines.count("WPS-NEW-AP-SETTINGS ") == 1


def test_with_processing_1_the_first_enrollees_network_is_told_and_no_more() -> None:
    desk, station = first_enrollee(UNCONFIGURED + "wps_cred_processing=1\n")
    told = [line for line in desk.lines if line.startswith("WPS-NEW-AP-SETTINGS")]
    key = station.credential.network_key
    assert key is not None
    assert told == [
        "WPS-NEW-AP-SETTINGS 100e00401026000101104500076e6577206e6574100300020022100f0002000c"
        f"10270016{key.hex()}10200006000000000000"
    ]
    desk.advance(1)
    assert "wps_state=not configured\n" in desk.ask("GET_CONFIG")
    assert desk.files.texts["ap.conf"] == UNCONFIGURED + "wps_cred_processing=1\n"


def test_the_reload_comes_when_the_enrollee_has_heard_of_the_end() -> None:
    desk, _ = first_enrollee(UNCONFIGURED)
    asked = [each for each in desk.commands if isinstance(each, TransmitEapol) and each.token]
    assert len(asked) == 1
    assert desk.beacon().elements.rsn is None
    desk.eapol_heard(asked[0])
    assert desk.beacon().elements.rsn is not None
    assert ALICE not in desk.peers["wlan0"]


def test_lines_about_wep_are_left_behind() -> None:
    text = 'interface=wlan0\nssid=home\nwep_default_key=1\nwep_key1=\nwps_state=1\n'
    after = with_new_settings(text, ["wps_state=2", "ssid=new", "auth_algs=1"])
    assert after.endswith(
        f"{END}\ninterface=wlan0\n#WPS# ssid=home\n#WPS# wep_default_key=1\n#WPS# wep_key1=\n"
        "#WPS# wps_state=1\n"
    )
