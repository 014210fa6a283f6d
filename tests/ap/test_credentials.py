"""What an Enrollee is handed: which key, in which form, and what is kept of it.

Sources: README-WPS-access-point; the access point's configuration reference, 3 and 10.1.
`tests/live/test_credentials_against_hostapd.py` has hostapd 2.10 hand out the same.
"""

from __future__ import annotations

import dataclasses

import pytest
from ap_enrollee import DEVICE, DISPLAY, PUSH_BUTTON, UUID_B, EnrollingStation
from ap_stage import ALICE, BOB, HOME, ScriptedStation, Stage
from test_control import Desk

from harness.ap import events
from harness.ap.config import BssConfig
from harness.ap.config_build import build
from harness.ap.config_file import parse
from harness.ap.config_parts import WpsHabits
from harness.ap.control_events import render
from harness.ap.credentials import credential_for, offer
from harness.ap.psks import PskList, StationKey
from harness.base.address import MacAddress
from harness.base.entropy import SeededEntropy
from harness.base.errors import ConfigError
from harness.base.seam import AKM_SAE, CIPHER_CCMP, CIPHER_TKIP
from harness.crypto.psk import derive_psk
from harness.proto.wsc_run import CredentialsReceived
from harness.wire.wsc.device import AuthenticationType as Auth
from harness.wire.wsc.device import EncryptionType as Encr
from harness.wire.wsc.messages import M1
from harness.wire.wsc.settings import Credential

PSK = derive_psk("correct horse", b"home")
OWN = "00:00:00:00:00:00"

FILE = """\
interface=wlan0
hw_mode=g
channel=1
ssid=home
wpa=2
rsn_pairwise=CCMP
wpa_psk_file=keys
eap_server=1
wps_state=2
"""


def pressed(keys: str = "", more: str = "") -> Desk:
    """An access point with a file of PSKs whose button was pushed."""
    desk = Desk(FILE + more, enable=False)
    desk.files.texts["keys"] = keys
    assert desk.ask("ENABLE") == "OK\n"
    assert desk.ask("WPS_PBC") == "OK\n"
    return desk


def enrolled(desk: Stage, address=ALICE, **wishes) -> str:  # type: ignore[no-untyped-def]
    station = EnrollingStation(desk, address)
    station.enrol(**wishes)
    key = station.credential.network_key
    assert key is not None
    return key.decode()


def psk_of(secret: str) -> str:
    return derive_psk(secret, b"home").hex()


# ---- a key for each device --------------------------------------------------------------------


def test_each_device_gets_a_random_psk_that_the_file_keeps() -> None:
    desk = pressed("# whoever comes\n")
    first = enrolled(desk)
    assert len(first) == 64
    assert first == first.lower()
    desk.advance(10)
    desk.ask("WPS_PBC")
    second = enrolled(desk, BOB, uuid=UUID_B)
    assert second != first
    assert desk.files.texts["keys"] == (
        f"# whoever comes\nwps=1 {ALICE} {first}\nwps=1 {BOB} {second}\n"
    )


def test_the_device_gets_in_by_its_key_and_nobody_else_does() -> None:
    desk = pressed()
    key = bytes.fromhex(enrolled(desk))
    desk.advance(1)
    ScriptedStation(desk, BOB).join_with_key(key)
    assert BOB not in desk.authorized
    ScriptedStation(desk, ALICE).join_with_key(key)
    assert ALICE in desk.authorized
    assert desk.ask("RELOAD_WPA_PSK") == "OK\n"
    assert ALICE in desk.authorized


def test_a_device_that_enrols_again_gets_its_key_again() -> None:
    desk = pressed()
    first = enrolled(desk)
    desk.advance(10)
    desk.ask("WPS_PBC")
    assert enrolled(desk) == first
    assert desk.files.texts["keys"] == f"wps=1 {ALICE} {first}\n"


def test_a_line_without_its_end_gets_it_before_the_next() -> None:
    desk = pressed(f"{BOB} for bob alone")
    key = enrolled(desk)
    assert desk.files.texts["keys"] == f"{BOB} for bob alone\nwps=1 {ALICE} {key}\n"


def test_the_passphrase_beside_the_file_is_not_for_enrollees() -> None:
    desk = pressed("", "wpa_passphrase=correct horse\n")
    key = enrolled(desk)
    assert key not in ("correct horse", PSK.hex())
    assert desk.files.texts["keys"] == f"wps=1 {ALICE} {key}\n"


def test_nothing_is_kept_of_a_run_that_does_not_end_well() -> None:
    desk = pressed()
    station = EnrollingStation(desk)
    station.silent_after = 5
    station.enrol()
    desk.advance(60)
    assert desk.files.texts["keys"] == ""
    assert not [event for event in desk.events if event.name == events.PSK_HANDED_OUT]


def test_what_the_file_hands_out_comes_first() -> None:
    desk = pressed(f"wps=1 {ALICE} her older\nwps=1 {ALICE} her newer\nwps=1 {OWN} for anyone\n")
    before = desk.files.texts["keys"]
    assert enrolled(desk) == psk_of("her newer")
    desk.advance(10)
    desk.ask("WPS_PBC")
    assert enrolled(desk, BOB, uuid=UUID_B) == psk_of("for anyone")
    assert desk.files.texts["keys"] == before


def test_without_a_display_the_first_key_is_handed_out_as_it_is() -> None:
    desk = pressed(f"{OWN} for anyone\n", "wpa_passphrase=correct horse\n")
    assert enrolled(desk, config_methods=PUSH_BUTTON) == psk_of("for anyone")
    empty = pressed("", "wpa_passphrase=correct horse\n")
    assert enrolled(empty, config_methods=PUSH_BUTTON) == PSK.hex()
    none = pressed()
    key = enrolled(none, config_methods=PUSH_BUTTON)
    assert none.files.texts["keys"] == f"wps=1 {ALICE} {key}\n"


# ---- one key for all --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("manufacturer", "model", "methods", "key"),
    [
        ("Acme", "Lamp", PUSH_BUTTON | DISPLAY, "correct horse"),
        ("Acme", "Lamp", PUSH_BUTTON, PSK.hex()),
        ("Apple Inc", "AirPort", PUSH_BUTTON | DISPLAY, PSK.hex()),
        ("Apple", "AirPort", PUSH_BUTTON | DISPLAY, "correct horse"),
        ("Apple Inc", "AirPort2", PUSH_BUTTON | DISPLAY, "correct horse"),
    ],
)
def test_a_passphrase_goes_to_who_can_take_it(
    manufacturer: str, model: str, methods: int, key: str
) -> None:
    stage = Stage(HOME)
    stage.do(stage.ap.wps_pbc(stage.now))
    station = EnrollingStation(stage)
    station.device = dataclasses.replace(DEVICE, manufacturer=manufacturer, model_name=model)
    station.enrol(config_methods=methods)
    assert station.credential.network_key == key.encode()


# ---- types ------------------------------------------------------------------------------------


def m1(authentication: int, encryption: int) -> M1:
    return M1(
        uuid_e=bytes(16),
        mac_address=ALICE,
        enrollee_nonce=bytes(16),
        public_key=bytes(192),
        authentication_type_flags=authentication,
        encryption_type_flags=encryption,
        connection_type_flags=1,
        config_methods=PUSH_BUTTON | DISPLAY,
        wps_state=1,
        manufacturer="Acme",
        model_name="Lamp",
        model_number="1",
        serial_number="1",
        primary_device_type=bytes(8),
        device_name="lamp",
        rf_bands=1,
        association_state=0,
        device_password_id=4,
        configuration_error=0,
        os_version=0,
    )


WPA2_ONLY = HOME
MIXED = dataclasses.replace(HOME, wpa_pairwise=(CIPHER_TKIP,))
BOTH_CIPHERS = dataclasses.replace(HOME, rsn_pairwise=(CIPHER_CCMP, CIPHER_TKIP))
UNCONFIGURED = dataclasses.replace(HOME, wps_state=1)
UNPROTECTED = dataclasses.replace(HOME, passphrase=None)


@pytest.mark.parametrize(
    ("bss", "authentication", "encryption", "given"),
    [
        (WPA2_ONLY, 0x23, 0x0D, (Auth.WPA2_PSK, Encr.AES)),
        (WPA2_ONLY, 0x02, 0x05, (Auth.WPA2_PSK, Encr.AES)),
        (MIXED, 0x23, 0x0D, (Auth.WPA2_PSK, Encr.AES)),
        (MIXED, 0x03, 0x05, (Auth.WPA_PSK, Encr.TKIP)),
        (MIXED, 0x12, 0x0C, (Auth.WPA2_PSK, Encr.AES)),
        (MIXED, 0x02, 0x08, None),
        (BOTH_CIPHERS, 0x20, 0x04, (Auth.WPA2_PSK, Encr.TKIP)),
        (UNCONFIGURED, 0x02, 0x08, (Auth.WPA_PSK, Encr.AES)),
        (UNPROTECTED, 0x23, 0x0D, (Auth.OPEN, Encr.NONE)),
    ],
)
def test_the_best_types_that_both_know_are_given(
    bss: BssConfig, authentication: int, encryption: int, given: tuple[int, int] | None
) -> None:
    asked = m1(authentication, encryption)
    handed = credential_for(bss, offer(bss), asked, None, SeededEntropy(b"x"))
    if given is None:
        assert handed is None
        return
    assert handed is not None
    got = handed.credential
    assert (got.authentication_type, got.encryption_type) == given
    assert got.network_key == (b"correct horse" if bss.protected else b"")


def test_sae_alone_hands_out_a_key_of_its_own() -> None:
    bss = dataclasses.replace(
        HOME, passphrase=None, sae_password="open sesame", akms=(AKM_SAE,), ieee80211w=2
    )
    handed = credential_for(bss, offer(bss), m1(0x23, 0x0D), PskList(b"home", None, ()),
                            SeededEntropy(b"x"))  # fmt: skip
    assert handed is not None
    assert handed.key is not None
    assert handed.key == StationKey(secret=handed.key.secret, address=ALICE, wps=True)
    assert handed.credential.network_key == handed.key.psk(b"home").hex().encode()


# ---- Credentials of another program's ---------------------------------------------------------

OTHER = Credential(
    network_index=1,
    ssid=b"other",
    authentication_type=int(Auth.WPA2_PSK),
    encryption_type=int(Encr.AES),
    network_key=b"abcdefgh",
    mac_address=MacAddress("02:aa:bb:cc:dd:ee"),
).attribute()


def received(wps: WpsHabits, **changes: object) -> list[bytes]:
    """The SSIDs of the Credentials that an Enrollee gets."""
    stage = Stage(dataclasses.replace(HOME, wps=wps, **changes))  # type: ignore[arg-type]
    stage.do(stage.ap.wps_pbc(stage.now))
    station = EnrollingStation(stage)
    station.enrol()
    assert [line for line in stage.lines if line.startswith("WPS-REG-SUCCESS")]
    (came,) = [each for each in station.outputs if isinstance(each, CredentialsReceived)]
    return [credential.ssid for credential in came.credentials]


def test_extra_credentials_follow_ours_or_come_alone() -> None:
    assert received(WpsHabits(extra_credentials=OTHER)) == [b"home", b"other"]
    alone = WpsHabits(builds_credentials=False, extra_credentials=OTHER + OTHER)
    assert received(alone) == [b"other", b"other"]
    assert received(alone, wps_state=1) == [b"other", b"other"]


def test_extra_credentials_are_read_when_the_file_is() -> None:
    octets = OTHER.decode("utf-8", "surrogateescape")
    text = FILE.replace("wpa_psk_file=keys", "wpa_passphrase=correct horse")
    text += "extra_cred=more\nskip_cred_build=1\nap_settings=more\n"
    config = build(parse(text, "ap.conf", read={"more": octets}.__getitem__))
    habits = config.bsss[0].wps
    assert (habits.builds_credentials, habits.extra_credentials) == (False, OTHER)
    assert habits.external.settings == OTHER

    def missing(path: str) -> str:
        raise ConfigError("No such file", file=path)

    with pytest.raises(ConfigError, match=r"^ap.conf:10: extra_cred: more: No such file$"):
        parse(text.replace("ap_settings=more\n", ""), "ap.conf", read=missing)


# ---- a BSS of its own -------------------------------------------------------------------------

GUESTS = """bss=wlan0_1
ssid=second
wpa=2
rsn_pairwise=CCMP
wpa_passphrase=second key
eap_server=1
wps_state=2
bss=wlan0_2
ssid=third
wpa=2
rsn_pairwise=CCMP
wpa_passphrase=third key
eap_server=1
wps_state=2
wps_independent=1
ap_pin=87654325
"""


def told(desk: Desk, line: str) -> list[object]:
    return [event.fields["interface"] for event in desk.events if render(event) == line]


def test_an_independent_bss_has_a_button_and_pins_of_its_own() -> None:
    desk = Desk(FILE.replace("wpa_psk_file=keys", "wpa_passphrase=first key") + GUESTS)
    assert desk.ask("WPS_PBC", "wlan0_1") == "OK\n"
    assert told(desk, "WPS-PBC-ACTIVE ") == ["wlan0", "wlan0_1"]
    assert desk.ask("WPS_GET_STATUS", "wlan0").startswith("PBC Status: Active")
    assert desk.ask("WPS_GET_STATUS", "wlan0_2").startswith("PBC Status: Disabled")
    assert desk.ask("WPS_PBC", "wlan0_2") == "OK\n"
    assert told(desk, "WPS-PBC-ACTIVE ")[2:] == ["wlan0_2"]
    assert desk.ask("WPS_CANCEL", "wlan0") == "OK\n"
    assert desk.ask("WPS_GET_STATUS", "wlan0_2").startswith("PBC Status: Active")
    assert (desk.ask("WPS_AP_PIN get"), desk.ask("WPS_AP_PIN get", "wlan0_2")) == (
        "FAIL\n", "87654325",
    )  # fmt: skip


def test_new_settings_go_to_the_bsss_that_share_them() -> None:
    desk = Desk(FILE.replace("wpa_psk_file=keys", "wpa_passphrase=first key") + GUESTS)
    del desk.files.texts["ap.conf"]
    assert desk.ask("WPS_CONFIG 6e6577 WPA2PSK CCMP 6e65776b65793132") == "OK\n"
    assert told(desk, "WPS-NEW-AP-SETTINGS ") == ["wlan0", "wlan0_1"]
    desk.advance(0.2)
    names = ("wlan0", "wlan0_1", "wlan0_2")
    assert [desk.beacon(each).elements.ssid for each in names] == [b"new", b"new", b"third"]
    assert desk.ask("WPS_CONFIG 6f776e OPEN", "wlan0_2") == "OK\n"
    desk.advance(0.2)
    assert [desk.beacon(each).elements.ssid for each in names] == [b"new", b"new", b"own"]


def test_in_the_file_the_section_changes_whose_bss_was_asked() -> None:
    text = FILE.replace("wpa_psk_file=keys", "wpa_passphrase=first key") + GUESTS
    desk = Desk(text)
    desk.ask("WPS_CONFIG 6f776e OPEN", "wlan0_2")
    desk.advance(0.2)
    assert desk.files.texts["ap.conf"].startswith(text[: text.index("ssid=third")])
    assert "#WPS# ssid=third\n" in desk.files.texts["ap.conf"]
    assert desk.beacon("wlan0_2").elements.ssid == b"own"
    assert desk.beacon("wlan0").elements.ssid == b"home"
