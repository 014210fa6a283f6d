"""A BSS with WEP: its keys, what it says of itself, and who authenticates with it."""

from __future__ import annotations

import dataclasses

import pytest
from ap_stage import ALICE, BOB, ScriptedStation, Stage

from harness.ap.config import BssConfig
from harness.ap.config_build import build
from harness.ap.config_file import parse
from harness.base.address import MacAddress
from harness.base.errors import ConfigError
from harness.base.seam import CIPHER_WEP_40, CIPHER_WEP_104, InstallKey, StartBss
from harness.base.seam_events import ManagementReceived
from harness.crypto.wep import WepKeys
from harness.wire.dot11.elements import element
from harness.wire.dot11.frames import Authentication

KEYS = WepKeys((b"12345", None, b"1234567890abc", None))
WEP = BssConfig(interface="wlan0", ssid=b"home", wps_state=2, wep=KEYS, shared_key=True)
OPEN_ONLY = dataclasses.replace(WEP, shared_key=False)
SHARED_ONLY = dataclasses.replace(WEP, open_system=False)
CHALLENGE_TEXT = 16


class Prover(ScriptedStation):
    """A station that authenticates by Shared Key; its radio has encrypted what says so."""

    def ask(self) -> Authentication:
        return self.authenticate(algorithm=1)

    def respond(self, body: bytes, *, protected: bool = True, step: int = 3) -> Authentication:
        frame = Authentication(self.header(11), 1, step, 0, body)
        self.stage.feed(
            ManagementReceived(
                interface="wlan0",
                frame=frame.encode(),
                frequency=2412,
                signal=-40,
                decrypted=protected,
            )
        )
        answer = self.stage.last(Authentication, self.address)
        assert isinstance(answer, Authentication)
        return answer


def answered(frame: Authentication) -> tuple[int, int, int]:
    return frame.algorithm, frame.transaction, frame.status


def test_the_radio_gets_the_keys_the_default_one_last() -> None:
    stage = Stage(dataclasses.replace(WEP, wep=WepKeys(KEYS.keys, 0)))
    assert [type(each) for each in stage.commands] == [StartBss, InstallKey, InstallKey]
    installed = [(key.index, key.cipher, key.key, key.peer) for key in stage.keys]
    assert installed == [
        (2, CIPHER_WEP_104, b"1234567890abc", None),
        (0, CIPHER_WEP_40, b"12345", None),
    ]
    stage = Stage(dataclasses.replace(WEP, wep=WepKeys(KEYS.keys, 2)))
    assert [key.index for key in stage.keys] == [0, 2]


def test_beacon_has_privacy_and_neither_rsn_nor_wps() -> None:
    stage = Stage(WEP)
    beacon = stage.beacon()
    assert beacon.capability == 0x0411
    assert [each.id for each in beacon.elements.raw] == [0, 1, 3, 42, 50]
    (start,) = [each for each in stage.commands if isinstance(each, StartBss)]
    assert (start.privacy, start.group, start.akms) == (True, None, ())
    assert not WEP.wps_enabled


def test_open_system_is_enough_to_come_in() -> None:
    stage = Stage(OPEN_ONLY)
    response = ScriptedStation(stage).join()
    assert (response.status, response.capability & 0x10) == (0, 0x10)
    assert stage.authorized == {ALICE}


def test_shared_key_gives_a_challenge_and_takes_it_back_encrypted() -> None:
    stage = Stage(SHARED_ONLY)
    alice = Prover(stage)
    challenge = alice.ask()
    assert answered(challenge) == (1, 2, 0)
    (text,) = challenge.elements.raw
    assert (text.id, len(text.value)) == (CHALLENGE_TEXT, 128)
    assert answered(alice.respond(challenge.body)) == (1, 4, 0)
    assert alice.associate().status == 0
    assert stage.authorized == {ALICE}


def test_each_challenge_is_another_one() -> None:
    alice = Prover(Stage(WEP))
    assert alice.ask().body != alice.ask().body


@pytest.mark.parametrize(
    ("protected", "step", "change", "status"),
    [
        (False, 3, b"", 15),
        (True, 3, b"x", 15),
        (True, 2, b"", 14),
        (True, 5, b"", 14),
    ],
)
def test_what_proves_nothing_is_refused(
    protected: bool, step: int, change: bytes, status: int
) -> None:
    stage = Stage(SHARED_ONLY)
    alice = Prover(stage)
    challenge = alice.ask()
    text = challenge.elements.get(CHALLENGE_TEXT) or b""
    body = element(CHALLENGE_TEXT, text[: len(text) - len(change)] + change)
    answer = alice.respond(body, protected=protected, step=step)
    assert answered(answer) == (1, step + 1, status)
    assert not stage.ap.bsss[0].stations.get(ALICE)


def test_a_challenge_is_good_once_and_for_one_station() -> None:
    stage = Stage(SHARED_ONLY)
    alice, bob = Prover(stage), Prover(stage, BOB)
    challenge = alice.ask()
    assert bob.respond(challenge.body).status == 15
    assert alice.respond(challenge.body).status == 0
    assert alice.respond(challenge.body).status == 15


def test_only_so_many_are_challenged_at_once() -> None:
    stage = Stage(SHARED_ONLY)
    alice = Prover(stage)
    challenge = alice.ask()
    for number in range(64):
        Prover(stage, MacAddress(bytes((2, 0, 0, 0, 1, number)))).ask()
    assert alice.respond(challenge.body).status == 15


def test_algorithms_that_are_not_offered_are_refused() -> None:
    assert ScriptedStation(Stage(SHARED_ONLY)).authenticate().status == 13
    assert Prover(Stage(OPEN_ONLY)).ask().status == 13
    no_wep = dataclasses.replace(OPEN_ONLY, wep=None)
    assert Prover(Stage(no_wep)).ask().status == 13


# ---- the configuration file -------------------------------------------------------------------

BASIC = "interface=wlan0\nssid=home\nchannel=1\nhw_mode=g\nwps_state=2\n"


def configured(lines: str) -> BssConfig:
    return build(parse(BASIC + lines, "hostapd.conf")).bsss[0]


@pytest.mark.parametrize(
    ("lines", "keys", "open_system", "shared_key"),
    [
        ('wep_key0="12345"\n', WepKeys((b"12345", None, None, None)), True, True),
        (
            "wep_default_key=3\nwep_key3=31323334353637383930616263\nauth_algs=1\n",
            WepKeys((None, None, None, b"1234567890abc"), 3),
            True,
            False,
        ),
        (
            'auth_algs=2\nwep_key0="12345"\nwep_key0=\nwep_key0="a"b"c"\n',
            WepKeys((b'a"b"c', None, None, None)),
            False,
            True,
        ),
    ],
)
def test_keys_of_a_file(lines: str, keys: WepKeys, *, open_system: bool, shared_key: bool) -> None:
    bss = configured(lines)
    assert (bss.wep, bss.open_system, bss.shared_key) == (keys, open_system, shared_key)
    assert (bss.wps_state, bss.protected, bss.private) == (0, False, True)


def test_without_wep_nothing_is_shared() -> None:
    bss = configured("auth_algs=3\nwep_default_key=2\n")
    assert (bss.wep, bss.shared_key, bss.wps_state, bss.private) == (None, False, 2, False)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('wep_key1="12345"\n', "wep_default_key: there is no wep_key0"),
        ('wep_key0="12345"\nwpa=2\nwpa_passphrase=12345678\n', "wpa: WEP keys are given in a"),
        ("auth_algs=2\n", "auth_algs: Shared Key alone needs WEP keys"),
        ('wep_key0="12345"\nwep_key0="12345"\n', "hostapd.conf:7: wep_key0: is given already"),
    ],
)
def test_keys_that_do_not_fit_together(lines: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        configured(lines)
    assert said in str(refused.value)
    assert str(refused.value).startswith("hostapd.conf:")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"wep": WepKeys((None,) * 4)}, "default key is not given"),
        ({"wep": WepKeys((b"12345",))}, "4 keys by index, not 1"),
        ({"wep": WepKeys((b"12345", b"1", None, None))}, "5 or 13 octets"),
        ({"wep": WepKeys(KEYS.keys, 4)}, "0 to 3, not 4"),
        ({"wep": None}, "needs WEP keys"),
        ({"open_system": False, "shared_key": False}, "nobody could come in"),
        ({"passphrase": "correct horse"}, "beside the keys of WPA"),
    ],
)
def test_a_configuration_that_is_none(change: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        dataclasses.replace(WEP, **change)
