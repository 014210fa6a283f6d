"""Probe Requests of Enrollees, and two of them at once: the session overlap."""

from __future__ import annotations

from ap_enrollee import (
    DEVICE,
    EAP_BEGUN,
    PUSH_BUTTON,
    TEXT_A,
    UUID_A,
    UUID_B,
    EnrollingStation,
    after,
    pressed,
)
from ap_stage import ALICE, BOB, ScriptedStation, Stage

from harness.base.address import MacAddress
from harness.wire.dot11.elements import wsc_element
from harness.wire.wsc.element import WscProbeRequest


def probe_by_button(stage: Stage, address: MacAddress, uuid: bytes) -> None:
    element = wsc_element(
        WscProbeRequest(
            config_methods=PUSH_BUTTON,
            uuid_e=uuid,
            primary_device_type=DEVICE.primary_device_type,
            rf_bands=1,
            device_password_id=4,
            manufacturer="Acme",
            model_name="Lamp",
            model_number="L1",
            device_name="Bedside lamp",
        ).encode()
    )
    ScriptedStation(stage, address).probe(element)


def test_enrollee_seen() -> None:
    stage = Stage()
    probe_by_button(stage, ALICE, UUID_A)
    assert stage.lines[1:] == [
        f"WPS-ENROLLEE-SEEN {ALICE} {TEXT_A} 6-0050F204-1 0x280 4 1 [Bedside lamp]"
    ]


def test_overlap_in_probe_requests() -> None:
    stage = Stage()
    probe_by_button(stage, ALICE, UUID_A)
    probe_by_button(stage, BOB, UUID_B)
    stage.do(stage.ap.wps_pbc(stage.now))
    assert [line for line in stage.lines if "ENROLLEE" not in line] == [
        "AP-ENABLED ",
        "WPS-OVERLAP-DETECTED ",
        "WPS-OVERLAP-DETECTED ",
    ]
    assert stage.ap.wps_status.pbc.value == "Overlap"


def test_one_device_on_two_addresses_is_no_overlap() -> None:
    stage = pressed()
    probe_by_button(stage, ALICE, UUID_A)
    probe_by_button(stage, BOB, UUID_A)
    assert "WPS-OVERLAP-DETECTED " not in stage.lines


def test_overlap_refuses_the_run() -> None:
    stage = pressed()
    probe_by_button(stage, BOB, UUID_B)
    EnrollingStation(stage).enrol()
    assert after(stage.lines, EAP_BEGUN[-1]) == [
        "WPS-OVERLAP-DETECTED ",
        "WPS-FAIL msg=4 config_error=12",
        f"CTRL-EVENT-EAP-FAILURE {ALICE}",
    ]


def test_overlap_stops_a_run_that_began() -> None:
    stage = pressed()
    alice = EnrollingStation(stage)
    messages = 0
    whole = alice._answer_eap

    def second_enrollee_before_m5(payload: bytes) -> list[bytes]:
        nonlocal messages
        messages += 1
        if messages == 4:
            probe_by_button(stage, BOB, UUID_B)
        return whole(payload)

    alice._answer_eap = second_enrollee_before_m5  # type: ignore[method-assign]
    alice.enrol()
    assert "WPS-FAIL msg=9 config_error=12" in stage.lines
    assert stage.lines[-1] == f"CTRL-EVENT-EAP-FAILURE {ALICE}"
    assert "WPS-SUCCESS " not in stage.lines
