"""Enrolment by PIN, and what becomes of Credentials."""

from __future__ import annotations

import pytest
from sta_stage import (
    AP1,
    AP2,
    DEVICE,
    PASSPHRASE,
    STA,
    Registration,
    ScriptedAp,
    Stage,
    enrolling_ap,
    home,
    onboarding,
    psk_credential,
    pushed,
)

from harness.base.address import MacAddress
from harness.base.errors import ConfigError
from harness.base.seam import Authenticate, Scan
from harness.sta.config import Network, StationConfig
from harness.sta.control_events import render
from harness.sta.credentials import network_from
from harness.sta.state import WpaState


def pin_stage(*aps: ScriptedAp, pin: str = "12345670") -> Stage:
    stage = Stage(*aps)
    stage.do(stage.station.start(0.0))
    stage.do(stage.station.wps_pin(0.0, pin))
    return stage


def pin_ap(**changes: object) -> ScriptedAp:
    registration = Registration(
        (psk_credential(b"home", PASSPHRASE.encode()),), password=b"12345670"
    )
    given = {"selected": 0, "authorized": (STA,), "registration": registration}
    return enrolling_ap(**(given | changes))


def test_pin_enrolment_through_the_ap_that_authorizes_us() -> None:
    stage = pin_stage(pin_ap(), pin_ap(bssid=AP2, authorized=None, signal=-20))
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert stage.lines[:2] == ["CTRL-EVENT-NETWORK-ADDED 0", "WPS-PIN-ACTIVE "]
    assert "WPS-AP-AVAILABLE-AUTH " in stage.lines
    assert stage.sent(Authenticate)[0].bssid == AP1  # type: ignore[attr-defined]


def test_broadcast_authorizes_everyone() -> None:
    stage = pin_stage(pin_ap(authorized=(MacAddress("ff:ff:ff:ff:ff:ff"),)))
    stage.until_line("WPS-SUCCESS", 2.0)


def test_wps1_ap_needs_a_selected_registrar_for_a_pin() -> None:
    stage = pin_stage(pin_ap(version2=False, authorized=None))
    stage.until_line("WPS-SUCCESS", 2.0)


def test_unauthorizing_ap_is_tried_after_three_scans_and_five_seconds() -> None:
    stage = pin_stage(pin_ap(authorized=None))
    stage.until_line("SME: Trying to authenticate")
    assert 5.0 <= stage.now <= 6.0
    assert len(stage.sent(Scan)) >= 3
    stage.until_line("WPS-SUCCESS")


def test_wrong_pin_ends_the_run() -> None:
    stage = pin_stage(pin_ap(), pin="00000000")
    stage.run(10.0)
    assert any(line.startswith("WPS-FAIL msg=") for line in stage.lines)
    assert any(line.endswith("config_error=18") for line in stage.lines)
    assert list(stage.station.networks) == []


def test_pin_run_goes_on_to_the_next_ap() -> None:
    refusing = pin_ap(bssid=AP2, signal=-20, ssid=b"other")
    assert refusing.registration is not None
    refusing.registration.refusal = 0
    stage = pin_stage(refusing, pin_ap())
    stage.until_line("WPS-SUCCESS")
    bssids = [each.bssid for each in stage.sent(Authenticate)]  # type: ignore[attr-defined]
    assert bssids == [AP2, AP1]
    assert "WPS-FAIL " not in stage.lines


def test_pin_run_for_a_backhaul_link_goes_on_to_an_ap_that_allows_it() -> None:
    stage = Stage(pin_ap(), pin_ap(bssid=AP2, signal=-70, multi_ap=0x20))
    stage.do(stage.station.start(0.0))
    stage.do(stage.station.wps_pin(0.0, "12345670", multi_ap=1))
    stage.until_line("WPS-SUCCESS", 15.0)
    (network,) = stage.station.networks
    assert network.multi_ap_backhaul_sta


def test_pin_run_for_a_backhaul_link_ends_when_no_ap_allows_it() -> None:
    stage = Stage(pin_ap(), pin_ap(bssid=AP2, signal=-70))
    stage.do(stage.station.start(0.0))
    stage.do(stage.station.wps_pin(0.0, "12345670", multi_ap=1))
    stage.until_line("WPS-FAIL", 15.0)
    assert {each.bssid for each in stage.sent(Authenticate)} == {AP1, AP2}  # type: ignore[attr-defined]
    assert list(stage.station.networks) == []


def test_generated_pin_has_a_right_checksum() -> None:
    station = Stage().station
    for _ in range(20):
        digits = [int(digit) for digit in station.generate_pin()]
        assert len(digits) == 8
        assert (3 * sum(digits[0:8:2]) + sum(digits[1:8:2])) % 10 == 0


# ---- what the credential becomes ------------------------------------------------------------


def test_credential_is_reported_and_not_stored() -> None:
    credential = psk_credential(b"home", PASSPHRASE.encode())
    ap = enrolling_ap(registration=Registration((credential,)))
    stage = pushed(ap, config=StationConfig(device=DEVICE, wps_cred_processing=1))
    stage.run(20.0)
    octets = credential.attribute().hex()
    assert f"WPS-CRED-RECEIVED {octets}" in stage.lines
    assert "WPS-SUCCESS " in stage.lines
    assert list(stage.station.networks) == []
    assert stage.station.wpa_state is WpaState.INACTIVE


def test_credential_is_reported_and_stored() -> None:
    stage = pushed(enrolling_ap(), config=StationConfig(device=DEVICE, wps_cred_processing=2))
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert any(line.startswith("WPS-CRED-RECEIVED 100e") for line in stage.lines)


def test_two_credentials_make_two_networks() -> None:
    credentials = (psk_credential(b"home", PASSPHRASE.encode()), psk_credential(b"second"))
    stage = pushed(enrolling_ap(registration=Registration(credentials)))
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert [(each.id, each.ssid) for each in stage.station.networks] == [
        (0, b"home"),
        (1, b"second"),
    ]


def test_unusable_credential_is_refused_by_nack() -> None:
    wep = psk_credential(b"home", b"12345", auth=0x01, encr=0x02)
    stage = pushed(enrolling_ap(registration=Registration((wep,))))
    stage.run(10.0)
    assert "WPS-FAIL msg=12 config_error=0 reason=2 (WEP Prohibited)" in stage.lines
    assert list(stage.station.networks) == []


def test_duplicate_network_gives_way() -> None:
    old = Network(
        id=3, ssid=b"home", passphrase="an old secret", auth_alg=0,
        proto=frozenset(psk_network().proto), pairwise=psk_network().pairwise,
    )  # fmt: skip
    stage = pushed(enrolling_ap(), config=StationConfig(device=DEVICE, networks=(old,)))
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert [each.id for each in stage.station.networks] == [4]
    assert "CTRL-EVENT-NETWORK-REMOVED 3" in stage.lines


def psk_network() -> Network:
    return network_from(psk_credential(b"home", PASSPHRASE.encode()))


def test_other_networks_wait_for_the_enrolment_and_ten_seconds_more() -> None:
    other = Network(id=0, ssid=b"work", passphrase="work secret")
    work = home(bssid=AP2, ssid=b"work")
    work.passphrase = "work secret"
    stage = Stage(enrolling_ap(), work, config=StationConfig(device=DEVICE, networks=(other,)))
    stage.do(stage.station.start(0.0))
    stage.until_line("CTRL-EVENT-CONNECTED")
    stage.do(stage.station.wps_pbc(stage.now))
    assert f"CTRL-EVENT-DISCONNECTED bssid={AP2} reason=3 locally_generated=1" in stage.lines
    assert not stage.station.networks.is_enabled(other)
    stage.until_line("WPS-SUCCESS")
    done = stage.now
    stage.run(done + 9.9)
    assert not stage.station.networks.is_enabled(other)
    stage.run(done + 10.1)
    assert stage.station.networks.is_enabled(other)


def test_others_come_back_when_the_enrolment_fails() -> None:
    other = Network(id=0, ssid=b"work", passphrase="work secret")
    work = home(bssid=AP2, ssid=b"work")
    work.passphrase = "work secret"
    stage = pushed(work, config=StationConfig(device=DEVICE, networks=(other,)))
    stage.until_line("WPS-TIMEOUT")
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert stage.station.bssid == AP2


def test_multi_ap_out_of_range_is_refused() -> None:
    stage = Stage()
    with pytest.raises(ConfigError):
        stage.station.wps_pbc(0.0, multi_ap=7)


def test_every_event_is_declared_and_every_line_is_text() -> None:
    stage = pushed(*onboarding(), multi_ap=1)
    stage.run(20.0)
    for event in stage.events:
        line = render(event)
        assert line is None or line.isprintable()
