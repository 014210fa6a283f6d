"""External registrars over EAP: they learn the settings by the AP PIN, or guess and are locked out.

The order of events is that of hostapd 2.10 with wpa_supplicant 2.10.
"""

from __future__ import annotations

import dataclasses

import pytest
from ap_enrollee import EAP_BEGUN, EnrollingStation, after
from ap_registrar import RegisteringStation, new_settings, open_to_registrars
from ap_stage import ALICE, BOB, HOME, ScriptedStation, Stage

from harness.ap.ap_pin import ApPin, ExternalRegistrars
from harness.ap.events import SETTINGS_NOT_TAKEN
from harness.ap.wps import Result
from harness.base.errors import UsageError
from harness.base.seam import AKM_PSK, AKM_SAE, CIPHER_CCMP, CIPHER_TKIP
from harness.crypto.wsc import pin_is_valid
from harness.proto.machine import Notify
from harness.proto.wsc_run import M2D_RECEIVED, CredentialsReceived, Failed
from harness.wire.dot11.frames import Deauthentication, ProbeResponse
from harness.wire.wsc.element import WscBeacon, WscProbeResponse
from harness.wire.wsc.settings import Credential

LOCKED = "WPS-AP-SETUP-LOCKED "
UNLOCKED = "WPS-AP-SETUP-UNLOCKED "
FAILURE = f"CTRL-EVENT-EAP-FAILURE {ALICE}"
GUEST = dataclasses.replace(HOME, interface="wlan1", ssid=b"guest")


def learned(station: RegisteringStation) -> Credential:
    (received,) = [one for one in station.outputs if isinstance(one, CredentialsReceived)]
    (credential,) = received.credentials
    return credential


def failures(station: RegisteringStation) -> list[Failed]:
    return [one for one in station.outputs if isinstance(one, Failed)]


def shows_lock(stage: Stage, interface: str = "wlan0") -> tuple[bool, bool]:
    """Whether Beacon and Probe Response say that setup is locked."""
    octets = stage.beacon(interface).elements.wsc
    assert octets is not None
    in_beacon = WscBeacon.decode(octets).ap_setup_locked
    ScriptedStation(stage, BOB, interface).probe()
    octets = stage.last(ProbeResponse, BOB).elements.wsc  # type: ignore[attr-defined]
    in_response = WscProbeResponse.decode(octets).ap_setup_locked
    assert in_beacon in (None, True)
    assert in_response in (None, True)
    return bool(in_beacon), bool(in_response)


# ---- learning ------------------------------------------------------------------------------------


def test_the_ap_pin_lets_a_registrar_learn_the_settings() -> None:
    stage = open_to_registrars()
    alice = RegisteringStation(stage)
    alice.register()
    credential = learned(alice)
    assert (credential.ssid, credential.network_key) == (b"home", b"correct horse")
    assert (credential.authentication_type, credential.encryption_type) == (0x20, 0x08)
    assert stage.lines[-5:] == [*EAP_BEGUN, "WPS-FAIL msg=11 config_error=0", FAILURE]
    stage.advance(0.1)
    farewell = stage.last(Deauthentication, ALICE)
    assert isinstance(farewell, Deauthentication)
    assert farewell.reason == 23
    assert stage.ap.wps_status.result is Result.FAILED
    assert stage.ap.wps_status.peer == ALICE


def test_fragments_make_no_difference() -> None:
    stage = open_to_registrars()
    alice = RegisteringStation(stage)
    alice.register(fragment_size=64)
    assert learned(alice).network_key == b"correct horse"


@pytest.mark.parametrize(
    ("bss", "types", "key"),
    [
        (dataclasses.replace(HOME, passphrase=None, psk=bytes(32)), (0x20, 8), b"00" * 32),
        (dataclasses.replace(HOME, passphrase=None), (0x01, 1), b""),
    ],
)
def test_what_is_learned_of_other_networks(
    bss: object, types: tuple[int, int], key: bytes
) -> None:
    stage = open_to_registrars(bss)  # type: ignore[arg-type]
    alice = RegisteringStation(stage)
    alice.register()
    credential = learned(alice)
    assert (credential.authentication_type, credential.encryption_type) == types
    assert credential.network_key == key


def test_configured_settings_go_out_as_they_are() -> None:
    own = bytes.fromhex("1045000361626310030002002010" "0f00020008" "102700086161616161616161")
    stage = open_to_registrars(settings=own)
    alice = RegisteringStation(stage)
    alice.register()
    assert (learned(alice).ssid, learned(alice).network_key) == (b"abc", b"a" * 8)


# ---- who may not ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("pin", "locked"), [(None, 0), ("12345670", 1)])
def test_without_pin_or_locked_m2_is_refused(pin: str | None, locked: int) -> None:
    stage = open_to_registrars(pin=pin, locked=locked)
    alice = RegisteringStation(stage)
    alice.register()
    assert failures(alice) == [Failed(5, 15)]
    assert stage.lines[-4:] == [*EAP_BEGUN, FAILURE]
    assert shows_lock(stage) == (locked == 1,) * 2


def test_a_hidden_lock_lets_learn() -> None:
    stage = open_to_registrars(locked=2)
    alice = RegisteringStation(stage)
    alice.register()
    assert learned(alice).ssid == b"home"
    assert shows_lock(stage) == (False, False)


def test_a_hidden_lock_does_not_let_configure() -> None:
    stage = open_to_registrars(locked=2)
    alice = RegisteringStation(stage)
    alice.register(settings=new_settings())
    assert failures(alice) == [Failed(12, 15)]
    assert stage.lines[-2:] == ["WPS-FAIL msg=12 config_error=15", FAILURE]


@pytest.mark.parametrize(("pin", "message"), [("99995670", 8), ("12349990", 10)])
def test_either_half_of_the_pin_counts(pin: str, message: int) -> None:
    stage = open_to_registrars()
    alice = RegisteringStation(stage)
    alice.register(pin)
    assert failures(alice) == [Failed(message, 18)]
    assert stage.lines[-2:] == [f"WPS-FAIL msg={message} config_error=18", FAILURE]
    assert not [one for one in alice.outputs if isinstance(one, CredentialsReceived)]


# ---- the lock ------------------------------------------------------------------------------------


def test_the_third_failure_locks_for_a_minute() -> None:
    stage = open_to_registrars()
    alice = RegisteringStation(stage)
    alice.fail(2)
    assert LOCKED not in stage.lines
    assert shows_lock(stage) == (False, False)
    alice.fail(1)
    assert stage.lines[-3:] == [LOCKED, "WPS-FAIL msg=8 config_error=18", FAILURE]
    assert shows_lock(stage) == (True, True)
    alice.register()
    assert failures(alice) == [Failed(5, 15)]
    stage.advance(57.9)
    assert UNLOCKED not in stage.lines
    stage.advance(2)
    assert stage.lines[-1] == UNLOCKED
    assert shows_lock(stage) == (False, False)
    alice.register()
    assert learned(alice).ssid == b"home"


def test_after_the_first_lock_one_failure_locks() -> None:
    stage = open_to_registrars()
    alice = RegisteringStation(stage)
    alice.fail(3)
    stage.advance(60)
    alice.fail(1)
    assert stage.lines.count(LOCKED) == 2


def test_locks_last_longer_with_every_third_failure() -> None:
    pin = ApPin(ExternalRegistrars(ap_pin="12345670"))
    now, lengths = 0.0, []
    for _ in range(20):
        pin.guessed(now)
        pin.proved()
        due = pin.deadline()
        if due is None:
            continue
        lengths.append(due - now)
        now = due
        assert pin.tick(now) == ("wps.setup.unlocked",)
    assert lengths == [60.0] * 3 + [120.0] * 3 + [240.0] * 3 + [480.0] * 3 + [960.0] * 3 + [
        1920.0
    ] * 3


def test_a_lock_does_not_grow_beyond_about_a_year() -> None:
    pin = ApPin(ExternalRegistrars(ap_pin="12345670"))
    now, length = 0.0, 0.0
    for _ in range(200):
        pin.guessed(now)
        pin.proved()
        due = pin.deadline()
        if due is not None:
            length, now = due - now, due
            pin.tick(now)
    assert 365 * 24 * 3600 <= length < 2 * 365 * 24 * 3600


def test_ten_failures_in_a_row_lock_for_good() -> None:
    stage = open_to_registrars()
    alice = RegisteringStation(stage)
    for _ in range(9):
        alice.fail(1)
        stage.advance(2000)
    assert stage.lines.count(UNLOCKED) == 7
    alice.fail(1)
    stage.advance(10 * 365 * 24 * 3600)
    assert stage.lines.count(UNLOCKED) == 7
    assert shows_lock(stage) == (True, True)


def test_the_right_pin_ends_the_row_only() -> None:
    stage = open_to_registrars()
    alice = RegisteringStation(stage)
    for _ in range(9):
        alice.fail(1)
        stage.advance(2000)
    alice.register()
    assert learned(alice)
    alice.fail(1)
    assert stage.lines.count(LOCKED) == 8
    stage.advance(2000)
    assert stage.lines[-1] == UNLOCKED


def test_a_configured_first_lockout() -> None:
    stage = Stage(start=False)
    external = ExternalRegistrars(ap_pin="12345670", lockout_s=7.0)
    stage.ap.config = dataclasses.replace(stage.config, external=external)
    stage.do(stage.ap.start(0.0))
    alice = RegisteringStation(stage)
    alice.fail(3, gap_s=0.0)
    stage.advance(6.9)
    assert UNLOCKED not in stage.lines
    stage.advance(0.2)
    assert UNLOCKED in stage.lines


def test_a_lock_of_the_configuration_does_not_open_by_itself() -> None:
    stage = open_to_registrars(locked=2)
    alice = RegisteringStation(stage)
    alice.fail(3)
    assert LOCKED in stage.lines
    stage.advance(1e6)
    assert UNLOCKED not in stage.lines


def test_every_bss_with_wps_is_told_once_and_shows_it() -> None:
    stage = open_to_registrars(HOME, GUEST)
    RegisteringStation(stage).fail(2)
    RegisteringStation(stage, BOB, "wlan1").fail(1)
    told = [
        event.fields["interface"] for event in stage.events if event.name == "wps.setup.locked"
    ]
    assert sorted(told) == ["wlan0", "wlan1"]
    assert told[0] == "wlan1"
    assert shows_lock(stage) == shows_lock(stage, "wlan1") == (True, True)


# ---- the AP PIN by command -----------------------------------------------------------------------


def test_a_random_pin_is_a_pin() -> None:
    stage = open_to_registrars(pin=None)
    stage.do(stage.ap.random_ap_pin(0.0))
    pin = stage.ap.ap_pin
    assert pin is not None
    assert pin_is_valid(pin)
    assert len(pin) == 8
    alice = RegisteringStation(stage)
    alice.register(pin)
    assert learned(alice).ssid == b"home"


def test_a_pin_for_a_time() -> None:
    stage = open_to_registrars(pin=None)
    stage.do(stage.ap.set_ap_pin("12345670", 0.0, 5.0))
    stage.advance(4.9)
    assert stage.ap.ap_pin == "12345670"
    stage.advance(0.2)
    assert stage.ap.ap_pin is None
    assert stage.lines[-1] == "WPS-AP-PIN-DISABLED "
    RegisteringStation(stage).register()
    assert stage.lines[-4:] == [*EAP_BEGUN, FAILURE]


def test_a_pin_that_is_disabled_goes_without_a_word() -> None:
    stage = open_to_registrars()
    stage.do(stage.ap.disable_ap_pin(stage.now))
    assert stage.ap.ap_pin is None
    stage.advance(1000)
    assert not [line for line in stage.lines if line.startswith("WPS-AP-PIN")]


def test_another_pin_opens_a_lock_and_forgets_the_guessing() -> None:
    stage = open_to_registrars()
    alice = RegisteringStation(stage)
    alice.fail(3)
    stage.do(stage.ap.set_ap_pin("24681353", stage.now))
    assert stage.lines[-1] == UNLOCKED
    assert shows_lock(stage) == (False, False)
    alice.fail(2)
    assert stage.lines.count(LOCKED) == 1
    stage.advance(1000)
    assert stage.lines.count(UNLOCKED) == 1


@pytest.mark.parametrize("pin", ["", "123456789"])
def test_what_is_no_ap_pin(pin: str) -> None:
    stage = open_to_registrars()
    with pytest.raises(UsageError, match="1 to 8 characters"):
        stage.ap.set_ap_pin(pin, 0.0)
    assert stage.ap.ap_pin == "12345670"


def test_a_reload_with_another_pin_uses_it() -> None:
    stage = open_to_registrars()
    external = ExternalRegistrars(ap_pin="87654325")
    config = dataclasses.replace(stage.ap.config, external=external)
    stage.do(stage.ap.reload(config, 0.0))
    assert stage.ap.ap_pin == "87654325"


# ---- a registrar that goes its own way -----------------------------------------------------------


def test_settings_come_though_their_registrar_falls_silent_after_them() -> None:
    stage = open_to_registrars()
    alice = RegisteringStation(stage)
    alice.silent_after = 5
    alice.register(settings=new_settings())
    before = stage.beacon().elements.ssid
    stage.advance(0.11)
    assert stage.beacon().elements.ssid == new_settings().ssid != before


@pytest.mark.parametrize("packets", [1, 2, 3, 4])
def test_a_registrar_that_falls_silent_is_given_up(packets: int) -> None:
    stage = open_to_registrars()
    alice = RegisteringStation(stage)
    alice.silent_after = packets
    alice.register(settings=new_settings())
    stage.advance(40)
    assert f"CTRL-EVENT-EAP-TIMEOUT-FAILURE {ALICE}" in after(stage.lines, EAP_BEGUN[0])
    alice.silent_after = 99
    alice.register()
    assert learned(alice).ssid == b"home"


# ---- configuring ---------------------------------------------------------------------------------


def test_new_settings_are_taken_and_come_into_effect() -> None:
    stage = open_to_registrars()
    alice = RegisteringStation(stage)
    alice.register(settings=new_settings())
    assert stage.lines[-3:] == ["WPS-NEW-AP-SETTINGS ", "WPS-SUCCESS ", FAILURE]
    stage.advance(0.2)
    assert stage.beacon().elements.ssid == b"renamed"
    assert stage.ap.wps_status.result is Result.SUCCESS
    assert stage.ap.bss("wlan0").config.passphrase == "newsecret"


def test_new_settings_are_for_every_bss_with_wps() -> None:
    stage = open_to_registrars(HOME, GUEST)
    RegisteringStation(stage).register(settings=new_settings())
    stage.advance(0.2)
    told = [
        event.fields["interface"] for event in stage.events if event.name == "wps.settings.changed"
    ]
    assert sorted(told) == ["wlan0", "wlan1"]
    assert stage.beacon("wlan1").elements.ssid == b"renamed"


def test_settings_that_are_refused_change_nothing() -> None:
    stage = open_to_registrars()
    alice = RegisteringStation(stage)
    alice.register(settings=new_settings(encryption=2))
    assert failures(alice) == [Failed(12, 0)]
    assert stage.lines[-2:] == [
        "WPS-FAIL msg=12 config_error=0 reason=2 (WEP Prohibited)",
        FAILURE,
    ]
    stage.advance(1.0)
    assert stage.beacon().elements.ssid == b"home"
    alice.register(settings=new_settings(key=b"short"))
    assert stage.lines[-2:] == ["WPS-FAIL msg=12 config_error=0", FAILURE]


def test_the_ap_pin_is_good_for_the_new_network_too() -> None:
    stage = open_to_registrars()
    alice = RegisteringStation(stage)
    alice.register(settings=new_settings())
    stage.advance(0.5)
    alice.register()
    assert learned(alice).ssid == b"renamed"
    assert learned(alice).network_key == b"newsecret"


EVERY_KIND = {
    "open": dataclasses.replace(HOME, passphrase=None),
    "psk": dataclasses.replace(HOME, passphrase=None, psk=bytes(32)),
    "transition": dataclasses.replace(HOME, akms=(AKM_PSK, AKM_SAE), ieee80211w=1),
    "sae-password": dataclasses.replace(
        HOME, akms=(AKM_PSK, AKM_SAE), ieee80211w=1, sae_password="another word"
    ),
    "protected": dataclasses.replace(HOME, ieee80211w=2),
    "mixed": dataclasses.replace(
        HOME, wpa_pairwise=(CIPHER_TKIP,), rsn_pairwise=(CIPHER_CCMP, CIPHER_TKIP)
    ),
    "backhaul": dataclasses.replace(
        HOME, multi_ap=3, multi_ap_backhaul_ssid=b"back", multi_ap_backhaul_passphrase="back key"
    ),
    "unconfigured": dataclasses.replace(HOME, passphrase=None, wps_state=1),
}
EVERY_SETTINGS = {
    "wpa2": new_settings(),
    "open": new_settings(authentication=1, encryption=1, key=b""),
    "old": new_settings(authentication=2, encryption=4),
    "both": new_settings(authentication=0x22, encryption=0x0C),
    "hex": new_settings(key=b"ab" * 32),
    "octets": new_settings(ssid=bytes(range(1, 33))),
    "umlaut": new_settings(key="Schlüssel".encode()),
    "two lines": new_settings(key=b"12345678\nwpa=0"),
}


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize("given", EVERY_SETTINGS)
def test_every_network_can_become_every_other(kind: str, given: str) -> None:
    stage = open_to_registrars(EVERY_KIND[kind])
    alice = RegisteringStation(stage)
    wanted = EVERY_SETTINGS[given]
    alice.register(settings=wanted)
    taken = given != "two lines"
    told = "WPS-SUCCESS " if taken else "WPS-FAIL msg=12 config_error=0"
    assert stage.lines[-2:] == [told, FAILURE]
    why = [each.fields["reason"] for each in stage.events if each.name == SETTINGS_NOT_TAKEN]
    assert why == ([] if taken else ["control characters in the Network Key"])
    stage.advance(0.5)
    alice.register()
    seen = learned(alice)
    assert (seen.ssid == wanted.ssid) is taken
    if taken:
        assert seen.network_key == wanted.network_key


@pytest.mark.parametrize(("locked", "error"), [(0, 0), (1, 15), (2, 15)])
def test_m2d_says_that_setup_is_locked(locked: int, error: int) -> None:
    stage = open_to_registrars(locked=locked)
    alice = EnrollingStation(stage)
    alice.enrol(pin=b"12345670")
    (told,) = [
        one for one in alice.outputs if isinstance(one, Notify) and one.name == M2D_RECEIVED
    ]
    assert told.fields["config_error"] == error
