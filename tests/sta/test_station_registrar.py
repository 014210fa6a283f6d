"""The station as a registrar: it learns an access point's settings, or gives it others.

Lines and their order are those of wpa_supplicant 2.10 with hostapd 2.10.
"""

from __future__ import annotations

import pytest
from sta_stage import (
    AP1,
    AP2,
    DEVICE,
    PASSPHRASE,
    ScriptedAp,
    Setup,
    Stage,
    ap_settings,
)

from harness.base.errors import ConfigError
from harness.base.seam import Associate, Authenticate, Scan
from harness.sta.config import KeyManagement, StationConfig, WpsMethod, WpsParameters
from harness.sta.orders import new_settings, registrar
from harness.sta.state import WpaState
from harness.wire.dot11.elements import Elements
from harness.wire.wsc.device import RequestType
from harness.wire.wsc.element import WscAssociationRequest, WscProbeRequest
from harness.wire.wsc.extension import VERSION2_ONLY
from harness.wire.wsc.settings import Credential

PIN = "12345670"
EAP_BEGUN = [
    "CTRL-EVENT-EAP-STARTED EAP authentication started",
    "CTRL-EVENT-EAP-STATUS status='started' parameter=''",
    "CTRL-EVENT-EAP-PROPOSED-METHOD vendor=14122 method=1",
    "CTRL-EVENT-EAP-STATUS status='accept proposed method' parameter='WSC'",
]
SELECTED = "CTRL-EVENT-EAP-METHOD EAP vendor 14122 method 1 (WSC) selected"
EAP_OVER = [
    "CTRL-EVENT-EAP-STATUS status='completion' parameter='failure'",
    "CTRL-EVENT-EAP-FAILURE EAP authentication failed",
]
LEFT = f"CTRL-EVENT-DISCONNECTED bssid={AP1} reason=3 locally_generated=1"


def settings(text: str = "72656e616d6564 WPA2PSK CCMP 6e6577736563726574") -> Credential:
    read = new_settings(text.split(" ", 3))
    assert read is not None
    return read


def stage_of(*aps: ScriptedAp, **config: object) -> Stage:
    stage = Stage(*aps, config=StationConfig(device=DEVICE, **config))  # type: ignore[arg-type]
    stage.do(stage.station.start(0.0))
    return stage


def open_ap(setup: Setup | None = None, **changes: object) -> ScriptedAp:
    given: dict[str, object] = {
        "wps": True,
        "passphrase": PASSPHRASE,
        "setup": setup or Setup(),
    }
    return ScriptedAp(**(given | changes))  # type: ignore[arg-type]


def run(stage: Stage, pin: str = PIN, given: Credential | None = None, s: float = 5.0) -> Stage:
    stage.do(stage.station.begin_wps(registrar(pin, given), AP1, stage.now))
    stage.run(stage.now + s)
    return stage


def after_selection(stage: Stage) -> list[str]:
    return stage.lines[stage.lines.index(SELECTED) + 1 :]


def test_learning_makes_a_network_and_joins_it() -> None:
    stage = run(stage_of(open_ap()))
    begun = stage.lines.index(EAP_BEGUN[0])
    assert "WPS-PIN-ACTIVE " not in stage.lines
    assert stage.lines[begun : begun + 5] == [*EAP_BEGUN, SELECTED]
    assert after_selection(stage)[:6] == [
        "WPS-CRED-RECEIVED ",
        "WPS-FAIL msg=11 config_error=0",
        *EAP_OVER,
        "WPS-FAIL ",
        LEFT,
    ]
    assert stage.station.wpa_state is WpaState.COMPLETED
    (network,) = stage.station.networks
    assert (network.id, network.ssid, network.passphrase) == (0, b"home", PASSPHRASE)
    assert network.bssid is None
    assert network.wps is None
    assert "CTRL-EVENT-NETWORK-REMOVED 0" not in stage.lines


def test_its_requests_say_that_it_is_a_registrar() -> None:
    stage = run(stage_of(open_ap()))
    scan, request = stage.sent(Scan)[0], stage.sent(Associate)[0]
    assert isinstance(scan, Scan)
    assert isinstance(request, Associate)
    probe = Elements(scan.elements).wsc
    asked = Elements(request.elements).wsc
    assert probe is not None
    assert asked is not None
    assert WscProbeRequest.decode(probe).request_type == RequestType.REGISTRAR
    assert WscProbeRequest.decode(probe).device_password_id == 0
    assert WscProbeRequest.decode(probe).wfa == VERSION2_ONLY
    assert WscAssociationRequest.decode(asked).request_type == RequestType.REGISTRAR


def test_it_goes_to_the_named_access_point_only() -> None:
    stage = run(stage_of(open_ap(signal=-80), open_ap(bssid=AP2, signal=-20)))
    assert {each.bssid for each in stage.sent(Authenticate)[:1]} == {AP1}  # type: ignore[attr-defined]


def test_learning_of_an_open_network() -> None:
    open_network = ap_settings(authentication_type=1, encryption_type=1, network_key=b"")
    stage = run(stage_of(open_ap(Setup(settings=open_network), passphrase=None)))
    (network,) = stage.station.networks
    assert network.key_mgmt == {KeyManagement.NONE}


def test_wpa2_and_aes_win() -> None:
    both = ap_settings(authentication_type=0x22, encryption_type=0x0C)
    stage = run(stage_of(open_ap(Setup(settings=both)), wps_cred_processing=2))
    (line,) = [line for line in stage.lines if line.startswith("WPS-CRED-RECEIVED")]
    assert "100300020020" in line
    assert "100f00020008" in line
    assert line.endswith("10200006" + bytes(AP1).hex())


def test_the_credential_is_only_told_of_when_another_program_processes_it() -> None:
    stage = run(stage_of(open_ap(), wps_cred_processing=1))
    assert list(stage.station.networks) == []
    assert [line for line in stage.lines if line.startswith("WPS-CRED-RECEIVED 100e")]
    assert stage.lines[-1] == "CTRL-EVENT-NETWORK-REMOVED 0"


@pytest.mark.parametrize(
    "spoilt",
    [
        {"encryption_type": 2},
        {"authentication_type": 0x10},
        {"network_key": b"short"},
        {"network_key": b"x" * 64},
    ],
)
def test_settings_that_are_for_nobody(spoilt: dict[str, object]) -> None:
    stage = run(stage_of(open_ap(Setup(settings=ap_settings(**spoilt)))))
    assert list(stage.station.networks) == []
    assert "WPS-FAIL msg=11 config_error=0" in stage.lines
    assert stage.station.wpa_state is WpaState.INACTIVE


# ---- failing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setup", "pin", "line"),
    [
        (Setup(), "99995670", "WPS-FAIL msg=8 config_error=18"),
        (Setup(), "12349990", "WPS-FAIL msg=10 config_error=18"),
        (Setup(locked=15), PIN, "WPS-FAIL msg=5 config_error=15"),
    ],
)
def test_an_access_point_that_refuses(setup: Setup, pin: str, line: str) -> None:
    stage = run(stage_of(open_ap(setup)), pin)
    assert after_selection(stage) == [
        line,
        *EAP_OVER,
        "WPS-FAIL ",
        LEFT,
        "CTRL-EVENT-NETWORK-REMOVED 0",
    ]
    assert stage.station.wpa_state is WpaState.INACTIVE


def test_an_access_point_that_does_not_let_itself_be_configured() -> None:
    stage = run(stage_of(open_ap(Setup(frozen=15))), given=settings())
    assert after_selection(stage)[:1] == ["WPS-FAIL msg=12 config_error=15"]
    assert list(stage.station.networks) == []


def test_an_access_point_that_is_not_there() -> None:
    stage = stage_of()
    run(stage, s=121.0)
    assert "WPS-TIMEOUT Requested operation timed out" in stage.lines
    assert list(stage.station.networks) == []


def test_cancelled_in_the_middle() -> None:
    stage = stage_of(open_ap(mute=frozenset({"eapol"})))
    run(stage)
    stage.do(stage.station.wps_cancel(stage.now))
    assert stage.lines[-1] == "WPS-CANCEL "
    assert list(stage.station.networks) == []


# ---- configuring ---------------------------------------------------------------------------------


def test_configuring_makes_the_network_of_the_new_settings() -> None:
    stage = run(stage_of(open_ap()), given=settings())
    assert after_selection(stage)[:5] == [
        "WPS-CRED-RECEIVED ",
        "WPS-SUCCESS ",
        *EAP_OVER,
        LEFT,
    ]
    (network,) = stage.station.networks
    assert (network.ssid, network.passphrase) == (b"renamed", "newsecret")


def test_the_new_settings_are_not_told_in_hexadecimal() -> None:
    stage = run(stage_of(open_ap(), wps_cred_processing=2), given=settings())
    assert "WPS-CRED-RECEIVED " in stage.lines


def test_an_ap_that_restarts_with_the_new_settings_is_joined() -> None:
    ap = open_ap()
    stage = stage_of(ap)
    stage.do(stage.station.begin_wps(registrar(PIN, settings()), AP1, stage.now))
    stage.until_line("WPS-SUCCESS")
    stage.aps[0] = ScriptedAp(ssid=b"renamed", passphrase="newsecret", wps=True)
    stage.until_line("CTRL-EVENT-CONNECTED", 30.0)
    assert stage.station.wpa_state is WpaState.COMPLETED


@pytest.mark.parametrize(
    ("words", "types"),
    [
        ("61 OPEN NONE ", (0x01, 0x01)),
        ("61 WPAPSK TKIP 6161616161616161", (0x02, 0x04)),
        ("61 WPA2PSK CCMP 6161616161616161", (0x20, 0x08)),
        ("61 WPA2PSK-or-so CCMP2 6161616161616161", (0x20, 0x08)),
    ],
)
def test_how_new_settings_are_written(words: str, types: tuple[int, int]) -> None:
    read = settings(words)
    assert (read.authentication_type, read.encryption_type) == types
    assert read.network_key == (b"" if types[0] == 1 else b"a" * 8)


@pytest.mark.parametrize(
    "words",
    [
        "6 WPA2PSK CCMP 6161616161616161",
        "6x WPA2PSK CCMP 6161616161616161",
        " WPA2PSK CCMP 6161616161616161",
        "61 FOO CCMP 6161616161616161",
        "61 WPA2PSK WEP 6161616161616161",
        "61 WPA2PSK CCMP 6",
        "61" * 33 + " WPA2PSK CCMP 6161616161616161",
        "61 WPA2PSK CCMP " + "61" * 65,
    ],
)
def test_new_settings_that_nobody_can_be_given(words: str) -> None:
    assert new_settings(words.split(" ", 3)) is None


def test_they_end_the_run_when_eap_begins() -> None:
    stage = stage_of(open_ap())
    stage.do(stage.station.begin_wps(registrar(PIN, None, unfit=True), AP1, stage.now))
    stage.run(5.0)
    begun = stage.lines.index(EAP_BEGUN[0])
    assert stage.lines[begun:] == [
        *EAP_BEGUN,
        "EAP: Failed to initialize EAP method: vendor 14122 method 1 (WSC)",
        *EAP_OVER,
        "WPS-FAIL ",
        LEFT,
        "CTRL-EVENT-NETWORK-REMOVED 0",
    ]


def test_only_a_registrar_gives_settings() -> None:
    with pytest.raises(ConfigError, match="only a registrar"):
        WpsParameters(method=WpsMethod.PIN, new_settings=settings())
