"""An expectation finds its frame, or names the first difference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.lab import ABSENT, PRESENT, ExpectationFailed
from harness.wire.dot11.elements import Elements, element, wsc_element
from harness.wire.dot11.frames import (
    LLC_SNAP,
    AssociationRequest,
    AssociationResponse,
    Beacon,
    Data,
    management_header,
)
from harness.wire.dot11.header import (
    ASSOCIATION_REQUEST,
    ASSOCIATION_RESPONSE,
    BEACON,
    TYPE_DATA,
    Header,
)
from harness.wire.eap import EapCode, EapPacket, OpCode, fragments, wsc_packet
from harness.wire.eapol import EAPOL_EAP, EapolFrame
from harness.wire.multi_ap import BACKHAUL_BSS, BACKHAUL_STA, MultiApElement
from harness.wire.wsc import WscBeacon, WscDone
from tests.lab.conftest import AP, HOST, STA

Build = Callable[[list[tuple[float, bytes]]], Any]


def request(elements: bytes = b"") -> bytes:
    header = management_header(ASSOCIATION_REQUEST, destination=AP, source=STA, bssid=AP)
    return AssociationRequest(header, 0x11, 5, Elements(elements)).encode()


def response(status: int = 0, elements: bytes = b"") -> bytes:
    header = management_header(ASSOCIATION_RESPONSE, destination=STA, source=AP, bssid=AP)
    return AssociationResponse(header, 0x11, status, 1, Elements(elements)).encode()


def eapol(packet: EapPacket) -> bytes:
    header = Header(TYPE_DATA, 0, to_ds=True, a1=AP, a2=STA, a3=AP)
    payload = EapolFrame(1, EAPOL_EAP, packet.encode()).encode()
    return Data(header, LLC_SNAP + b"\x88\x8e" + payload).encode()


DONE = WscDone(enrollee_nonce=b"e" * 16, registrar_nonce=b"r" * 16)


def test_it_waits_for_the_frame_and_no_longer(stage: Build) -> None:
    scene = stage([(0.5, request()), (1.0, response())])

    seen = scene.view.expect(AssociationResponse, from_=AP, to=STA, within=2.0, status=0)

    assert (seen.t, seen.index, scene.world.now()) == (1.0, 1, 1.0)


def test_it_reads_on_from_the_last_frame_found(stage: Build) -> None:
    scene = stage([(0.1, response()), (0.2, request()), (0.3, response(status=12))])

    assert scene.view.expect(AssociationRequest).index == 1
    assert scene.view.expect(AssociationResponse).status == 12


def test_a_missing_frame_is_told_with_what_came_instead(stage: Build) -> None:
    scene = stage([(0.1, request()), (0.2, response())])

    with pytest.raises(ExpectationFailed) as failure:
        scene.view.expect(
            AssociationResponse, from_=STA, to=AP, within=1.0, clause="802.11-2020 11.3.5.3"
        )

    error = failure.value
    assert error.message.startswith("AssociationResponse from sta to ap: expected within 1 s, got")
    assert "ap → sta" in error.got
    assert error.clause == "802.11-2020 11.3.5.3"
    assert error.clause in error.message
    assert "AssociationRequest" in error.excerpt
    assert scene.world.now() == pytest.approx(1.0)


def test_nothing_at_all_is_told_as_such(stage: Build) -> None:
    with pytest.raises(ExpectationFailed, match="got nothing like it"):
        stage([]).view.expect(Beacon, within=0.1)


def test_the_first_differing_attribute_is_named(stage: Build) -> None:
    scene = stage([(0.1, request()), (0.2, response(status=17))])

    with pytest.raises(ExpectationFailed) as failure:
        scene.view.expect(AssociationResponse, status=0, aid=9, clause="9.4.1.9")

    error = failure.value
    assert "AssociationResponse (frame 1, ap → sta): status: expected 0, got 17" in error.message
    assert (error.expected, error.got, error.frame) == ("status = 0", "status = 17", 1)
    assert "> #1" in error.excerpt


def test_presence_and_parts_of_a_value_are_compared(stage: Build) -> None:
    mine = MultiApElement(flags=BACKHAUL_BSS).element()
    scene = stage([(0.1, response(elements=mine)), (0.2, response())])

    scene.view.expect(
        AssociationResponse, multi_ap=PRESENT, multi_ap__backhaul_bss=True, wsc=ABSENT
    )
    with pytest.raises(ExpectationFailed, match="multi_ap: expected present, got None"):
        scene.view.expect(AssociationResponse, multi_ap__backhaul_bss=True)


def test_a_part_that_differs_is_named_by_its_path(stage: Build) -> None:
    other = MultiApElement(flags=BACKHAUL_STA).element()
    scene = stage([(0.1, response(elements=other))])

    with pytest.raises(ExpectationFailed, match=r"multi_ap\.backhaul_bss: expected True"):
        scene.view.expect(AssociationResponse, multi_ap__backhaul_bss=True)


def test_an_attribute_that_does_not_decode_is_a_difference(stage: Build) -> None:
    broken = element(0xDD, bytes.fromhex("506f9a1b0600"))
    scene = stage([(0.1, response(elements=broken))])

    with pytest.raises(ExpectationFailed, match="multi_ap: expected present, got BadLength"):
        scene.view.expect(AssociationResponse, multi_ap=PRESENT)


def test_an_attribute_that_no_such_frame_has_is_our_mistake(stage: Build) -> None:
    with pytest.raises(TypeError, match="Beacon has no attribute 'nonce'"):
        stage([(0.1, beacon())]).view.expect(Beacon, nonce=b"")


def beacon(wsc: WscBeacon | None = None) -> bytes:
    header = management_header(BEACON, destination=MacBroadcast, source=AP, bssid=AP)
    elements = b"" if wsc is None else wsc_element(wsc.encode())
    return Beacon(header, 0, 100, 1, Elements(element(0, b"home") + elements)).encode()


MacBroadcast = type(AP)(b"\xff" * 6)


def test_refuse_finds_what_must_not_be(stage: Build) -> None:
    scene = stage([(0.1, beacon()), (0.2, beacon(WscBeacon(wps_state=2)))])

    scene.view.refuse(Beacon, where=lambda seen: seen.wsc, within=0.15)
    with pytest.raises(ExpectationFailed, match=r"from ap: none expected, got one \(frame 1"):
        scene.view.refuse(Beacon, from_=AP, where=lambda seen: seen.wsc, within=1.0)


def test_wsc_messages_are_seen_inside_their_frames(stage: Build) -> None:
    (whole,) = fragments(OpCode.DONE, DONE.encode(), 1400)
    scene = stage([(0.1, eapol(wsc_packet(EapCode.RESPONSE, 7, whole.encode())))])

    seen = scene.view.expect(WscDone, from_=STA, to=AP, enrollee_nonce=b"e" * 16)

    assert [type(layer).__name__ for layer in seen.layers] == [
        "Data", "EapolFrame", "EapPacket", "WscPacket", "WscDone",
    ]


def test_fragments_are_put_together(stage: Build) -> None:
    parts = fragments(OpCode.DONE, DONE.encode(), 40)
    assert len(parts) > 1
    frames = [eapol(wsc_packet(EapCode.RESPONSE, 7, part.encode())) for part in parts]
    scene = stage([(0.1 * number, frame) for number, frame in enumerate(frames, 1)])

    assert scene.view.expect(WscDone, within=1.0).index == len(parts) - 1


def test_a_malformed_frame_is_shown_as_a_near_miss(stage: Build) -> None:
    cut = eapol(wsc_packet(EapCode.RESPONSE, 7, b"\x05\x00" + DONE.encode()[:-2]))
    scene = stage([(0.1, cut)])

    with pytest.raises(ExpectationFailed, match=r"got only\n.*WscPacket, malformed"):
        scene.view.expect(WscDone, from_=STA, to=AP, within=0.5)


@pytest.mark.parametrize(("to_ds", "addresses"), [(False, 3), (True, 4)])
def test_data_frames_tell_how_many_addresses_they_use(
    stage: Build, to_ds: bool, addresses: int
) -> None:
    a3, a4 = (STA, HOST) if to_ds else (HOST, None)
    header = Header(TYPE_DATA, 0, to_ds=to_ds, from_ds=True, a1=STA, a2=AP, a3=a3, a4=a4)
    scene = stage([(0.1, Data(header, b"").encode())])

    scene.view.expect(Data, from_=AP, to=STA, source=HOST, addresses=addresses)
