"""Whatever comes over the air: nothing is raised, and other stations stay served.

The stage checks every command on the way: known interfaces, known peers, no left-over VLANs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from ap_enrollee import EnrollingStation
from ap_registrar import RegisteringStation, new_settings, open_to_registrars
from ap_stage import ALICE, BOB, HOME, MULTI_AP, RSNE, WSC, ScriptedStation, Stage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.ap.config import BssConfig
from harness.base.seam_events import EapolReceived, FourAddressSeen, ManagementStatus
from harness.crypto.psk import derive_psk
from harness.wire.dot11 import header as numbers
from harness.wire.dot11.elements import element, wsc_element
from harness.wire.eap import EapCode, EapPacket
from harness.wire.eapol import EapolFrame

PSK = derive_psk("correct horse", b"home")
BOTH = dataclasses.replace(HOME, multi_ap=3, bridge="br0")
QUIET = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

SUBTYPES = [
    numbers.PROBE_REQUEST,
    numbers.AUTHENTICATION,
    numbers.ASSOCIATION_REQUEST,
    numbers.REASSOCIATION_REQUEST,
    numbers.DEAUTHENTICATION,
    numbers.DISASSOCIATION,
    numbers.ACTION,
    numbers.BEACON,
]

some_elements = st.one_of(
    st.binary(max_size=60),
    st.builds(element, st.sampled_from([0, 1, 48, 50, 221]), st.binary(max_size=40)),
    st.builds(wsc_element, st.binary(max_size=60)),
    st.builds(
        lambda octets: element(221, bytes.fromhex("506f9a1b") + octets), st.binary(max_size=20)
    ),
    st.sampled_from([RSNE, WSC, MULTI_AP, element(0, b"home"), element(1, b"\x82\x84\x8b\x96")]),
)


@st.composite
def management(draw: st.DrawFn) -> bytes:
    """A management frame for the BSS with a plausible start and an arbitrary rest."""
    subtype = draw(st.sampled_from(SUBTYPES))
    source = draw(st.sampled_from([ALICE, BOB]))
    fixed = draw(
        st.sampled_from(
            [
                b"",
                bytes.fromhex("000001000000"),
                bytes.fromhex("31040500"),
                bytes.fromhex("31040500") + bytes(6),
                bytes.fromhex("0300"),
            ]
        )
        | st.binary(max_size=8)
    )
    bssid = bytes.fromhex("020000000000")
    body = fixed + b"".join(draw(st.lists(some_elements, max_size=6)))
    frame = bytes([subtype << 4, 0, 0, 0]) + bssid + source + bssid + bytes(2) + body
    return frame[: draw(st.integers(0, len(frame)))] if draw(st.booleans()) else frame


eap_packets = st.one_of(
    st.binary(max_size=80),
    st.builds(
        lambda code, identifier, kind, data: EapPacket(code, identifier, kind, data).encode(),
        st.sampled_from([EapCode.REQUEST, EapCode.RESPONSE]),
        st.integers(0, 255),
        st.sampled_from([1, 2, 3, 4]),
        st.sampled_from([b"WFA-SimpleConfig-Enrollee-1-0", b"x", b""]),
    ),
    st.builds(
        lambda identifier, op_code, flags, data: (
            bytes([2, identifier])
            + (14 + len(data)).to_bytes(2, "big")
            + bytes.fromhex("fe00372a00000001")
            + bytes([op_code, flags])
            + data
        ),
        st.integers(0, 255),
        st.integers(0, 7),
        st.integers(0, 3),
        st.binary(max_size=60),
    ),
)
eapol = st.one_of(
    st.binary(max_size=120),
    st.builds(
        lambda kind, body: EapolFrame(1, kind, body).encode(), st.integers(0, 4), st.binary()
    ),
    st.builds(lambda packet: EapolFrame(1, 0, packet).encode(), eap_packets),
    st.builds(
        lambda information, rest: EapolFrame(
            1, 3, b"\x02" + information.to_bytes(2, "big") + rest
        ).encode(),
        st.integers(0, 0xFFFF),
        st.binary(min_size=92, max_size=92) | st.binary(max_size=120),
    ),
)


def serves(stage: Stage) -> bool:
    """A new station still gets its keys, of the network as it is by now."""
    config = stage.ap.bss("wlan0").config
    assert config.passphrase is not None
    newcomer = ScriptedStation(stage, type(ALICE)("02:00:00:00:00:c0"))
    newcomer.join_with_key(derive_psk(config.passphrase, config.ssid))
    return newcomer.address in stage.authorized


@QUIET
@given(frames=st.lists(management() | st.binary(max_size=80), max_size=12))
def test_arbitrary_management_frames(frames: list[bytes]) -> None:
    stage = Stage(BOTH)
    stage.do(stage.ap.wps_pbc(stage.now))
    for frame in frames:
        stage.feed_octets(frame)
        stage.advance(0.01)
    assert serves(stage)


@QUIET
@given(payloads=st.lists(eapol, max_size=12), how=st.sampled_from([WSC, RSNE, b"", MULTI_AP]))
def test_arbitrary_eapol(payloads: list[bytes], how: bytes) -> None:
    stage = Stage(BOTH)
    stage.do(stage.ap.wps_pbc(stage.now))
    alice = ScriptedStation(stage)
    alice.join(how)
    for payload in payloads:
        alice.send_eapol(payload)
        stage.advance(0.001)
    assert serves(stage)


@QUIET
@given(data=st.data())
def test_a_run_with_one_octet_changed(data: st.DataObject) -> None:
    stage = Stage(BOTH)
    stage.do(stage.ap.wps_pbc(stage.now))
    alice = EnrollingStation(stage)
    bend_one(alice, data)
    alice.enrol()
    stage.advance(60)
    assert serves(stage)


@QUIET
@given(data=st.data(), configures=st.booleans())
def test_a_registrars_run_with_one_octet_changed(data: st.DataObject, configures: bool) -> None:
    stage = open_to_registrars(BOTH)
    alice = RegisteringStation(stage)
    bend_one(alice, data)
    alice.register(settings=new_settings() if configures else None)
    stage.advance(60)
    assert serves(stage)


def bend_one(alice: EnrollingStation, data: st.DataObject) -> None:
    """Let one octet of one of the station's packets be another one."""
    whole = alice._answer_eap
    victim = data.draw(st.integers(0, 5))
    position = data.draw(st.floats(0, 1, exclude_max=True))
    flip = data.draw(st.integers(1, 255))
    count = 0

    def bend(payload: bytes) -> list[bytes]:
        nonlocal count
        count += 1
        answers = whole(payload)
        if count - 1 != victim:
            return answers
        bent = []
        for answer in answers:
            at = int(position * len(answer))
            bent.append(answer[:at] + bytes([answer[at] ^ flip]) + answer[at + 1 :])
        return bent

    alice._answer_eap = bend  # type: ignore[method-assign]


def kick(stage: Stage, alice: ScriptedStation) -> None:
    if stage.ap.bss("wlan0").stations.get(ALICE) is not None:
        stage.do(stage.ap.deauthenticate("wlan0", ALICE, stage.now))


STEPS: dict[str, Callable[[Stage, ScriptedStation], object]] = {
    "join": lambda stage, alice: alice.join(MULTI_AP),
    "join with keys": lambda stage, alice: alice.join_with_key(PSK, MULTI_AP),
    "enrol": lambda stage, alice: alice.join(WSC),
    "leave": lambda stage, alice: alice.leave(),
    "disassociate": lambda stage, alice: alice.disassociate(),
    "four addresses": lambda stage, alice: stage.feed(
        FourAddressSeen(interface="wlan0", peer=ALICE)
    ),
    "wait": lambda stage, alice: stage.advance(0.05),
    "wait long": lambda stage, alice: stage.advance(130),
    "stray status": lambda stage, alice: stage.feed(
        ManagementStatus(interface="wlan0", token=1, acknowledged=False)
    ),
    "cancel": lambda stage, alice: stage.do(stage.ap.wps_cancel(stage.now)),
    "button": lambda stage, alice: stage.do(stage.ap.wps_pbc(stage.now)),
    "pin": lambda stage, alice: stage.do(stage.ap.wps_pin("12345670", stage.now)),
    "kick": kick,
}


@QUIET
@given(steps=st.lists(st.sampled_from(sorted(STEPS)), max_size=20), acknowledge=st.booleans())
def test_any_order_of_events_keeps_the_radio_in_step(steps: list[str], acknowledge: bool) -> None:
    stage = Stage(BOTH, BssConfig(interface="wlan1", ssid=b"guest"))
    stage.acknowledge = acknowledge
    alice = ScriptedStation(stage)
    for step in steps:
        STEPS[step](stage, alice)
        assert {vlan.peer for vlan in stage.vlans.values()} <= set(stage.peers["wlan0"])
    stage.do(stage.ap.stop(stage.now))
    assert not stage.peers
    assert not stage.vlans


@QUIET
@given(payload=st.binary(max_size=40), interface=st.sampled_from(["wlan0", "wlan0.sta1", "eth0"]))
def test_eapol_from_anywhere(payload: bytes, interface: str) -> None:
    stage = Stage(BOTH)
    stage.feed(EapolReceived(interface=interface, source=BOB, payload=payload, encrypted=True))
    assert serves(stage)
