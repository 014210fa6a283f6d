"""Pre-shared keys of single stations: the file, which of them a station has, and other lists."""

from __future__ import annotations

import dataclasses

import pytest
from ap_stage import ALICE, BOB, HOME, ScriptedStation, Stage

from harness.ap.config_file import ConfigErrors
from harness.ap.psk_file import parse_psk_file
from harness.ap.psks import PskList, StationKey
from harness.base.address import MacAddress
from harness.crypto.psk import derive_psk
from harness.proto.key_handshake import HANDSHAKE_STARTED
from harness.wire.dot11.frames import Deauthentication

HEX = "1f1f2f0071654b9ff3498813f02aa4957129b380c82f8f01d5acb5304606584e"
ANYONE = "00:00:00:00:00:00"


def keys(*lines: str) -> tuple[StationKey, ...]:
    return parse_psk_file("\n".join(lines), "psk")


def guarded(*lines: str, **changes: object) -> Stage:
    """An access point whose stations have the keys of `lines`."""
    changed = {"passphrase": None, "station_keys": keys(*lines), **changes}
    return Stage(dataclasses.replace(HOME, **changed))  # type: ignore[arg-type]


def connect(stage: Stage, passphrase: str, address: MacAddress = ALICE) -> bool:
    ScriptedStation(stage, address).join_with_key(derive_psk(passphrase, b"home"))
    return address in stage.authorized


# ---- the file ---------------------------------------------------------------------------------


def test_a_line_has_an_address_and_a_key_and_may_have_tags_in_any_order() -> None:
    assert keys(
        "# who may come",
        "",
        f"{ANYONE} pass phrase of all",
        f"02:00:00:00:00:a1 {HEX}",
        f"wps=1 vlanid=7 keyid=lamp {ALICE} its secret",
        f"keyid=door wps=0 {BOB} a=b c=d e",
    ) == (
        StationKey(secret="pass phrase of all"),
        StationKey(secret=bytes.fromhex(HEX), address=ALICE),
        StationKey(secret="its secret", address=ALICE, key_id="lamp", vlan_id=7, wps=True),
        StationKey(secret="a=b c=d e", address=BOB, key_id="door"),
    )


@pytest.mark.parametrize(
    "line",
    [f"keyid=a vlanid=3 wps=1 {ALICE} secret phrase", f"{ANYONE} {HEX}", f"wps=1 {BOB} {HEX}"],
)
def test_a_key_is_written_as_it_is_read(line: str) -> None:
    (key,) = keys(line)
    assert key.line() == line


def test_every_bad_line_is_one_error_with_file_line_and_reason() -> None:
    bad = {
        f"{ANYONE} short": "key: must be 8 to 63 characters or 64 hex digits, but has 5 octets",
        ANYONE: "key: must be 8 to 63 characters or 64 hex digits, but is missing",
        f"{ANYONE} {'z' * 64}": "key: must be 8 to 63 characters or 64 hex digits, but has 64",
        "00:00:00:00:00 passphrase": "address: '00:00:00:00:00' is none",
        f"colour=red {ANYONE} passphrase": "colour: must be keyid, vlanid or wps",
        f"keyid={'k' * 32} {ANYONE} passphrase": "keyid: must be at most 31 characters, not 32",
        f"vlanid=x {ANYONE} passphrase": "vlanid: must be 0 to 4094, not 'x'",
        f"wps=2 {ANYONE} passphrase": "wps: must be 0 or 1, not '2'",
    }
    with pytest.raises(ConfigErrors) as raised:
        keys(f"{ANYONE} good enough", *bad)
    told = [str(error) for error in raised.value.errors]
    assert len(told) == len(bad)
    for number, (line, reason) in enumerate(zip(told, bad.values(), strict=True), 2):
        assert line.startswith(f"psk:{number}: {reason}")
        assert "passphrase" not in line


# ---- the list ---------------------------------------------------------------------------------


def test_later_lines_are_tried_first_and_the_own_passphrase_last() -> None:
    listed = PskList(b"home", "of the house", keys(f"{ANYONE} the first", f"{ALICE} the second"))
    assert listed.candidates(ALICE) == tuple(
        derive_psk(text, b"home") for text in ("the second", "the first", "of the house")
    )
    assert listed.candidates(BOB) == tuple(
        derive_psk(text, b"home") for text in ("the first", "of the house")
    )
    assert listed.head == derive_psk("the second", b"home")


def test_wps_hands_out_a_stations_own_key_before_one_for_any() -> None:
    listed = PskList(
        b"home",
        None,
        keys(f"wps=1 {ALICE} her older", f"wps=1 {ALICE} her newer", f"wps=1 {ANYONE} for anyone"),
    )
    assert listed.handed_out(ALICE) == derive_psk("her newer", b"home")
    assert listed.handed_out(BOB) == derive_psk("for anyone", b"home")
    assert PskList(b"home", "of the house", keys(f"{ALICE} not by WPS")).handed_out(ALICE) is None


# ---- stations ---------------------------------------------------------------------------------


def test_each_station_comes_in_by_its_key_and_is_told_by_its_name() -> None:
    stage = guarded(
        f"keyid=guest {ANYONE} for the guests",
        f"keyid=alice {ALICE} for alice alone",
        f"{ALICE} without a name",
    )
    assert connect(stage, "for alice alone")
    assert connect(stage, "for the guests", BOB)
    assert [line for line in stage.lines if line.startswith("AP-STA-CONNECTED")] == [
        f"AP-STA-CONNECTED {ALICE} keyid=alice",
        f"AP-STA-CONNECTED {BOB} keyid=guest",
    ]
    assert connect(stage, "without a name")
    assert stage.lines[-2:] == [f"AP-STA-CONNECTED {ALICE}", f"EAPOL-4WAY-HS-COMPLETED {ALICE}"]


def test_the_own_passphrase_serves_beside_the_file() -> None:
    stage = guarded(f"keyid=alice {ALICE} for alice alone", passphrase="correct horse")
    assert connect(stage, "correct horse")
    assert f"AP-STA-CONNECTED {ALICE}" in stage.lines


def test_another_stations_key_is_no_key() -> None:
    stage = guarded(f"{ALICE} for alice alone")
    assert not connect(stage, "for alice alone", BOB)
    assert f"AP-STA-CONNECTED {BOB}" not in stage.lines


def test_a_station_without_any_key_is_turned_away_at_once() -> None:
    stage = guarded(psk_file="psk")
    assert not connect(stage, "whatever it has")
    answer = stage.last(Deauthentication, ALICE)
    assert isinstance(answer, Deauthentication)
    assert answer.reason == 2
    assert not [event for event in stage.events if event.name == HANDSHAKE_STARTED]


def test_a_key_for_a_vlan_lets_nobody_into_another_network() -> None:
    stage = guarded(f"vlanid=7 {ALICE} for the cellar", f"{ANYONE} for everyone")
    assert not connect(stage, "for the cellar")
    answer = stage.last(Deauthentication, ALICE)
    assert isinstance(answer, Deauthentication)
    assert answer.reason == 2
    assert connect(stage, "for everyone")


def test_another_list_dismisses_who_has_none_of_it() -> None:
    stage = guarded(f"keyid=a {ANYONE} first secret", f"{BOB} second secret")
    assert connect(stage, "first secret")
    assert connect(stage, "second secret", BOB)
    stage.do(stage.ap.renew_keys("wlan0", keys(f"keyid=b {ANYONE} second secret"), stage.now))
    answer = stage.last(Deauthentication)
    assert isinstance(answer, Deauthentication)
    assert (answer.header.a1, answer.reason) == (ALICE, 2)
    assert stage.authorized == {BOB}
    assert not connect(stage, "first secret")
    assert connect(stage, "second secret")


def test_a_station_may_change_its_key_at_its_next_association() -> None:
    stage = guarded(f"keyid=a {ANYONE} first secret", f"keyid=b {ANYONE} second secret")
    assert connect(stage, "first secret")
    assert connect(stage, "second secret")
    assert f"AP-STA-CONNECTED {ALICE} keyid=b" in stage.lines
