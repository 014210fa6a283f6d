"""The internal registrar's button, PINs and overlap, without frames."""

from __future__ import annotations

import pytest

from harness.ap import events
from harness.ap.wps import (
    Admission,
    Advertisement,
    Denial,
    PbcStatus,
    Result,
    Selection,
    WpsRegistrarState,
)
from harness.base.address import BROADCAST, MacAddress

METHODS = 0x2108
ALICE = MacAddress("02:00:00:00:00:a1")
UUID_A, UUID_B = b"A" * 16, b"B" * 16
PBC, PIN = 4, 0


@pytest.fixture
def registrar() -> WpsRegistrarState:
    return WpsRegistrarState(METHODS)


def names(notices: object) -> list[str]:
    return [each.name for each in notices]  # type: ignore[attr-defined]


def admit(registrar: WpsRegistrarState, uuid: bytes, password_id: int, now: float) -> Admission:
    admission = registrar.admit(uuid, password_id, now)
    assert isinstance(admission, Admission)
    registrar.admitted(uuid, admission, now)
    return admission


# ---- push button -----------------------------------------------------------------------------


def test_the_button_is_advertised_for_the_walk_time(registrar: WpsRegistrarState) -> None:
    assert registrar.advertisement() == Advertisement()
    pressed, notices = registrar.press_button(10.0)
    assert pressed
    assert names(notices) == [events.PBC_ACTIVATED]
    assert registrar.advertisement() == Advertisement(Selection(PBC, 0x2588), (BROADCAST,))
    assert registrar.deadline() == 130.0
    assert registrar.tick(129.9) == ()
    assert names(registrar.tick(130.0)) == [events.PBC_TIMED_OUT]
    assert registrar.advertisement() == Advertisement()
    assert registrar.status_of("wlan0").pbc is PbcStatus.TIMED_OUT


def test_a_configured_button_kind_is_the_one_advertised() -> None:
    registrar = WpsRegistrarState(0x0280 | METHODS)
    registrar.press_button(0.0)
    assert registrar.advertisement().selection == Selection(PBC, 0x2388)
    assert registrar.methods_without_button() == METHODS


def test_pressing_again_starts_the_walk_time_anew(registrar: WpsRegistrarState) -> None:
    registrar.press_button(0.0)
    registrar.press_button(100.0)
    assert registrar.tick(120.0) == ()
    assert registrar.deadline() == 220.0


def test_no_button_no_push_button_run(registrar: WpsRegistrarState) -> None:
    assert registrar.admit(UUID_A, PBC, 0.0) == Denial(0)


def test_success_ends_push_button_mode(registrar: WpsRegistrarState) -> None:
    registrar.press_button(0.0)
    admission = admit(registrar, UUID_A, PBC, 1.0)
    assert admission.password == b"00000000"
    told = registrar.succeeded("wlan0", UUID_A, admission, ALICE, 2.0)
    assert names(told) == [events.PBC_DISABLED]
    assert registrar.advertisement() == Advertisement()
    assert registrar.status_of("wlan0").result is Result.SUCCESS
    assert registrar.status_of("wlan0").peer == ALICE
    assert registrar.deadline() is None


def test_a_failed_run_leaves_the_button_pressed(registrar: WpsRegistrarState) -> None:
    registrar.press_button(0.0)
    registrar.failed(admit(registrar, UUID_A, PBC, 1.0), revealed=False)
    assert registrar.advertisement().selection == Selection(PBC, 0x2588)


# ---- overlap ---------------------------------------------------------------------------------


def test_two_enrollees_overlap_and_refuse_the_button(registrar: WpsRegistrarState) -> None:
    assert registrar.probed(UUID_A, 0.0) == ()
    assert names(registrar.probed(UUID_B, 1.0)) == [events.OVERLAP_DETECTED]
    pressed, notices = registrar.press_button(2.0)
    assert not pressed
    assert names(notices) == [events.OVERLAP_DETECTED]
    assert registrar.status_of("wlan0").pbc is PbcStatus.OVERLAP


def test_one_enrollee_probing_often_is_one(registrar: WpsRegistrarState) -> None:
    for now in range(100):
        assert registrar.probed(UUID_A, float(now)) == ()
    assert registrar.press_button(100.0)[0]


def test_an_overlap_is_forgotten_after_the_monitor_time(registrar: WpsRegistrarState) -> None:
    registrar.probed(UUID_A, 0.0)
    assert registrar.probed(UUID_B, 120.0) == ()
    assert registrar.press_button(121.0)[0]


def test_an_overlap_during_the_walk_time_refuses_runs(registrar: WpsRegistrarState) -> None:
    registrar.press_button(0.0)
    registrar.probed(UUID_A, 1.0)
    registrar.probed(UUID_B, 2.0)
    assert registrar.admit(UUID_A, PBC, 3.0) == Denial(12)
    assert registrar.admit(UUID_A, PBC, 119.0) == Denial(12)


def test_a_second_enrollee_asking_by_m1_overlaps(registrar: WpsRegistrarState) -> None:
    registrar.press_button(0.0)
    registrar.probed(UUID_A, 1.0)
    denial = registrar.admit(UUID_B, PBC, 2.0)
    assert denial == Denial(12)
    assert isinstance(denial, Denial)
    assert names(registrar.denied(denial)) == [events.OVERLAP_DETECTED]
    assert registrar.overlapped


def test_late_probes_of_a_served_enrollee_do_not_count(registrar: WpsRegistrarState) -> None:
    registrar.press_button(0.0)
    registrar.succeeded("wlan0", UUID_A, admit(registrar, UUID_A, PBC, 1.0), ALICE, 2.0)
    registrar.probed(UUID_A, 6.9)
    assert registrar.probed(UUID_B, 6.95) == ()
    registrar.probed(UUID_A, 7.1)
    assert names(registrar.probed(UUID_B, 7.2)) == [events.OVERLAP_DETECTED]


# ---- PINs ------------------------------------------------------------------------------------


def test_no_pin_is_needed_to_ask_for_one(registrar: WpsRegistrarState) -> None:
    assert registrar.admit(UUID_A, PIN, 0.0) == Denial(0, pin_needed=True)


@pytest.mark.parametrize("password_id", [3, 6, 9, 15])
def test_unusable_passwords_need_no_pin(registrar: WpsRegistrarState, password_id: int) -> None:
    registrar.add_pin(b"12345670", 0.0)
    assert registrar.admit(UUID_A, password_id, 0.0) == Denial(0)


def test_a_pin_is_advertised_for_its_enrollee(registrar: WpsRegistrarState) -> None:
    registrar.add_pin(b"12345670", 0.0, UUID_A, 300.0, ALICE)
    assert registrar.advertisement() == Advertisement(Selection(PIN, METHODS), (ALICE,))
    registrar.tick(120.0)
    assert registrar.advertisement() == Advertisement(None, (ALICE,))
    assert admit(registrar, UUID_A, PIN, 200.0).password == b"12345670"


def test_a_pin_expires(registrar: WpsRegistrarState) -> None:
    registrar.add_pin(b"12345670", 0.0, UUID_A, 60.0, ALICE)
    assert registrar.admit(UUID_A, PIN, 60.0) == Denial(0, pin_needed=True)
    assert registrar.advertisement().authorized == ()


def test_a_pin_for_one_is_not_for_another(registrar: WpsRegistrarState) -> None:
    registrar.add_pin(b"12345670", 0.0, UUID_A)
    assert isinstance(registrar.admit(UUID_B, PIN, 1.0), Denial)


def test_a_pin_in_use_is_not_given_out_again(registrar: WpsRegistrarState) -> None:
    registrar.add_pin(b"12345670", 0.0, UUID_A)
    admit(registrar, UUID_A, PIN, 1.0)
    assert registrar.admit(UUID_A, PIN, 1.0) == Denial(0, pin_needed=True)


def test_a_wildcard_pin_is_bound_and_good_for_two_runs(registrar: WpsRegistrarState) -> None:
    registrar.add_pin(b"12345670", 0.0)
    registrar.failed(admit(registrar, UUID_A, PIN, 1.0), revealed=False)
    assert isinstance(registrar.admit(UUID_B, PIN, 2.0), Denial)
    registrar.failed(admit(registrar, UUID_A, PIN, 3.0), revealed=False)
    assert isinstance(registrar.admit(UUID_A, PIN, 4.0), Denial)


def test_another_wildcard_replaces_an_unused_one(registrar: WpsRegistrarState) -> None:
    registrar.add_pin(b"11111111", 0.0)
    registrar.add_pin(b"22222222", 1.0)
    assert admit(registrar, UUID_A, PIN, 2.0).password == b"22222222"
    assert isinstance(registrar.admit(UUID_B, PIN, 3.0), Denial)


def test_a_pin_of_one_enrollee_bears_wrong_first_halves(registrar: WpsRegistrarState) -> None:
    registrar.add_pin(b"12345670", 0.0, UUID_A)
    for now in range(1, 10):
        registrar.failed(admit(registrar, UUID_A, PIN, float(now)), revealed=False)
    registrar.failed(admit(registrar, UUID_A, PIN, 11.0), revealed=True)
    assert isinstance(registrar.admit(UUID_A, PIN, 12.0), Denial)


def test_a_pin_serves_once(registrar: WpsRegistrarState) -> None:
    registrar.add_pin(b"12345670", 0.0, UUID_A, 0.0, ALICE)
    admission = admit(registrar, UUID_A, PIN, 1.0)
    assert registrar.succeeded("wlan0", UUID_A, admission, ALICE, 2.0) == ()
    assert registrar.advertisement() == Advertisement()
    assert isinstance(registrar.admit(UUID_A, PIN, 3.0), Denial)


def test_five_addresses_are_authorised_newest_first(registrar: WpsRegistrarState) -> None:
    for last in range(7):
        registrar.add_pin(
            b"12345670", 0.0, bytes([last]) * 16, 0.0, MacAddress(bytes([2, 0, 0, 0, 0, last]))
        )
    shown = registrar.advertisement().authorized
    assert [address[5] for address in shown] == [6, 5, 4, 3, 2]


def test_a_pin_ends_push_button_mode(registrar: WpsRegistrarState) -> None:
    registrar.press_button(0.0)
    registrar.add_pin(b"12345670", 1.0, UUID_A, 0.0, ALICE)
    assert registrar.advertisement() == Advertisement(Selection(PIN, METHODS), (ALICE,))


# ---- cancel ----------------------------------------------------------------------------------


def test_cancel_ends_push_button_mode(registrar: WpsRegistrarState) -> None:
    registrar.press_button(0.0)
    assert names(registrar.cancel()) == [events.PBC_TIMED_OUT]
    assert registrar.advertisement() == Advertisement()
    assert registrar.deadline() is None


def test_cancel_takes_a_wildcard_pin_away(registrar: WpsRegistrarState) -> None:
    registrar.add_pin(b"12345670", 0.0)
    assert registrar.cancel() == ()
    assert registrar.advertisement() == Advertisement()
    assert isinstance(registrar.admit(UUID_A, PIN, 1.0), Denial)


def test_cancel_in_idleness_does_nothing(registrar: WpsRegistrarState) -> None:
    assert registrar.cancel() == ()
