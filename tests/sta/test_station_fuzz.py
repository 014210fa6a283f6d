"""Nothing that comes over the air makes the station raise or stand still."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sta_stage import (
    AP1,
    AP2,
    BACKHAUL,
    DEVICE,
    PASSPHRASE,
    ScriptedAp,
    Setup,
    Stage,
    enrolling_ap,
    home,
    onboarding,
    pushed,
)

from harness.base.seam_events import (
    Associated,
    Authenticated,
    BssObservation,
    Disconnected,
    EapolReceived,
    ManagementReceived,
    RadioEvent,
    ScanFinished,
)
from harness.sta.config import Network, StationConfig
from harness.sta.orders import new_settings, registrar
from harness.sta.state import WpaState
from harness.wire.dot11.elements import element, wsc_element
from harness.wire.eapol import EapolFrame

BSSIDS = st.sampled_from([AP1, AP2, BACKHAUL])
IFACE = "wlan0"


@st.composite
def elements(draw: st.DrawFn) -> bytes:
    """Elements that mostly split, with the interesting ones in them, and then perhaps cut."""
    ssid = element(0, draw(st.sampled_from([b"home", b"backhaul", b"", bytes(8)])))
    parts = [ssid, bytes.fromhex("010482848b96")]
    parts.append(element(48, draw(st.binary(max_size=30))))
    parts.append(wsc_element(draw(st.binary(max_size=60))))
    parts.append(element(221, bytes.fromhex("506f9a1b") + draw(st.binary(max_size=12))))
    octets = b"".join(draw(st.permutations(parts)))
    return octets[: draw(st.integers(0, len(octets)))] if draw(st.booleans()) else octets


def observations(at: float) -> st.SearchStrategy[BssObservation]:
    return st.builds(
        BssObservation,
        bssid=BSSIDS,
        frequency=st.sampled_from([0, 2412, 5180]),
        signal=st.integers(-100, 0),
        tsf=st.integers(0, 2**64 - 1),
        beacon_interval=st.integers(0, 65535),
        capability=st.integers(0, 65535),
        seen=st.floats(0, at),
        elements=elements(),
        beacon_elements=st.binary(max_size=20),
        probe_elements=elements(),
    )


def frames(header: str) -> st.SearchStrategy[bytes]:
    """Octets that begin like a management frame of one kind, and octets of any kind."""
    begin = bytes.fromhex(header) + bytes(22)
    return st.one_of(st.binary(max_size=60), st.binary(max_size=60).map(lambda end: begin + end))


def events(at: float) -> st.SearchStrategy[RadioEvent]:
    return st.one_of(
        st.builds(
            ScanFinished,
            interface=st.just(IFACE),
            results=st.lists(observations(at), max_size=3).map(tuple),
        ),
        st.builds(Authenticated, interface=st.just(IFACE), bssid=BSSIDS, frame=frames("b000")),
        st.builds(Associated, interface=st.just(IFACE), bssid=BSSIDS, frame=frames("1000")),
        st.builds(
            EapolReceived,
            interface=st.just(IFACE),
            source=BSSIDS,
            payload=st.one_of(
                st.binary(max_size=120),
                st.builds(
                    lambda kind, body: EapolFrame(2, kind, body).encode(),
                    st.sampled_from([0, 1, 3]),
                    st.binary(max_size=120),
                ),
            ),
            encrypted=st.booleans(),
        ),
        st.builds(
            ManagementReceived,
            interface=st.just(IFACE),
            frame=frames("d000"),
            frequency=st.just(2412),
            signal=st.just(-40),
        ),
        st.builds(
            Disconnected,
            interface=st.just(IFACE),
            bssid=BSSIDS,
            reason=st.integers(0, 65535),
            locally_generated=st.booleans(),
        ),
    )


EXAMPLES = 40
_SLOW = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@_SLOW
@given(st.lists(events(3.0), max_size=12), st.integers(0, 60))
def test_any_events_in_an_onboarding_are_survived(given: list[RadioEvent], after: int) -> None:
    """Noise at some point of an onboarding; then the stage goes on for the whole walk time."""
    stage = pushed(*onboarding(), enrolling_ap(bssid=AP2, ssid=b"x", present=False), multi_ap=1)
    stage.run(0.5, lambda: len(stage.events) > after)
    for event in given:
        stage.do(stage.station.step(event, stage.now))
    stage.run(135.0)
    assert stage.station.networks.wps_block() is None


@_SLOW
@given(st.lists(events(3.0), max_size=12), st.integers(0, 25))
def test_any_events_around_a_handshake_are_survived(given: list[RadioEvent], after: int) -> None:
    network = Network(id=0, ssid=b"home", passphrase=PASSPHRASE)
    aps = home(), home(bssid=AP2, ssid=b"b"), home(bssid=BACKHAUL, ssid=b"c")
    stage = Stage(*aps, config=StationConfig(device=DEVICE, networks=(network,)))
    stage.do(stage.station.start(0.0))
    stage.run(0.5, lambda: len(stage.events) > after)
    for event in given:
        stage.do(stage.station.step(event, stage.now))
    stage.run(300.0)
    assert stage.station.wpa_state in WpaState


@_SLOW
@given(st.data())
def test_any_change_of_an_eapol_frame_is_survived(data: st.DataObject) -> None:
    """One octet of one frame of an enrolment is changed, or the frame cut short."""
    stage = pushed(*onboarding(), multi_ap=1)
    _spoil_a_frame(stage, data)
    stage.run(130.0)
    assert stage.station.networks.wps_block() is None


@_SLOW
@given(st.data(), st.booleans())
def test_any_change_of_a_frame_to_a_registrar_is_survived(
    data: st.DataObject, configures: bool
) -> None:
    stage = Stage(ScriptedAp(wps=True, passphrase=PASSPHRASE, setup=Setup()))
    stage.do(stage.station.start(0.0))
    words = ["72656e616d6564", "WPA2PSK", "CCMP", "6e6577736563726574"]
    wanted = new_settings(words) if configures else None
    stage.do(stage.station.begin_wps(registrar("12345670", wanted), AP1, 0.0))
    _spoil_a_frame(stage, data)
    stage.run(130.0)
    assert stage.station.networks.wps_block() is None


def _spoil_a_frame(stage: Stage, data: st.DataObject) -> None:
    wanted = data.draw(st.integers(0, 9))
    stage.run(0.5, lambda: _eapol_waiting(stage) and _seen(stage) >= wanted)
    for n, (at, count, event) in enumerate(stage._queue):
        if isinstance(event, EapolReceived):
            octets = bytearray(event.payload)
            place = data.draw(st.integers(0, len(octets) - 1))
            octets[place] ^= data.draw(st.integers(1, 255))
            cut = data.draw(st.one_of(st.none(), st.integers(0, len(octets))))
            changed = EapolReceived(
                interface=IFACE, source=event.source, payload=bytes(octets[:cut]), encrypted=False
            )
            stage._queue[n] = (at, count, changed)


def _eapol_waiting(stage: Stage) -> bool:
    return any(isinstance(event, EapolReceived) for _, _, event in stage._queue)


def _seen(stage: Stage) -> int:
    return sum(1 for event in stage.events if event.name == "wsc.message.received")
