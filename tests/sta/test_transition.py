"""An AP's word that less secure ways into its network are closed."""

from __future__ import annotations

import dataclasses

import pytest
from control_stage import UPDATES, ControlStage
from sta_stage import AP1

from harness.base.seam import AKM_PSK, AKM_PSK_SHA256, AKM_SAE, CIPHER_CCMP, CIPHER_TKIP
from harness.sta.config import KeyManagement, Network, SecurityProtocol
from harness.sta.joining import Attempt
from harness.sta.transition import hardened, take

NETWORK = """\
# home
network={
	ssid="home"
	key_mgmt=WPA-PSK SAE # both
	psk="correct horse"
}
"""


def said(bitmap: int, akm: int, *, network: str = NETWORK, head: str = UPDATES) -> ControlStage:
    stage = ControlStage(text=head + network)
    attempt = Attempt(
        network_id=0, id_str="", bssid=AP1, ssid=b"home", frequency=2412, elements=b"", akm=akm
    )
    core = stage.control.station.core
    take(core, attempt, bitmap, stage.now)
    stage.do(stage.control._take(core.take_actions(), stage.now))
    return stage


def test_the_file_says_what_is_left() -> None:
    stage = said(0x01, AKM_SAE)
    assert "TRANSITION-DISABLE 01" in stage.lines
    assert stage.desk.text == UPDATES + (
        '# home\nnetwork={\n\tssid="home"\n\tkey_mgmt=SAE # both\n\tpsk="correct horse"\n'
        "\tproto=RSN\n\tgroup=CCMP\n\tieee80211w=2\n}\n"
    )
    assert stage.ask("GET_NETWORK 0 key_mgmt") == "SAE"
    again = ControlStage(text=stage.desk.text)
    assert list(again.control.station.core.networks) == list(stage.control.station.core.networks)


def test_without_leave_the_file_stays_but_the_network_is_changed() -> None:
    stage = said(0x01, AKM_SAE, head="")
    assert stage.desk.text == NETWORK
    assert stage.ask("GET_NETWORK 0 ieee80211w") == "2"


@pytest.mark.parametrize(
    ("bitmap", "akm"), [(0x01, AKM_PSK), (0x01, AKM_PSK_SHA256), (0x0E, AKM_SAE), (0, AKM_SAE)]
)
def test_what_changes_nothing(bitmap: int, akm: int) -> None:
    """A WPA2-PSK connection proves nothing of SAE; the other ways are not built."""
    stage = said(bitmap, akm)
    assert f"TRANSITION-DISABLE {bitmap:02x}" in stage.lines
    assert stage.desk.text == UPDATES + NETWORK
    assert stage.ask("GET_NETWORK 0 key_mgmt") == "WPA-PSK SAE"


def test_a_network_that_is_gone_is_left_alone() -> None:
    stage = said(0x01, AKM_SAE, network="")
    assert stage.lines[-1] == "TRANSITION-DISABLE 01"


def test_psk_goes_even_where_the_rest_is_as_it_should_be() -> None:
    """Unlike wpa_supplicant 2.10, which then leaves WPA2-Personal open: WPA3 3.0, 8."""
    stage = said(0x01, AKM_SAE, network=NETWORK[:-2] + "proto=RSN\ngroup=CCMP\nieee80211w=2\n}\n")
    assert stage.ask("GET_NETWORK 0 key_mgmt") == "SAE"


def test_what_is_left_of_a_network() -> None:
    network = Network(
        ssid=b"home",
        passphrase="correct horse",
        key_mgmt=frozenset(KeyManagement) - {KeyManagement.NONE, KeyManagement.WPS},
        group=frozenset({CIPHER_TKIP}),
    )
    left = hardened(network)
    assert left == dataclasses.replace(
        network,
        key_mgmt=frozenset({KeyManagement.SAE}),
        proto=frozenset({SecurityProtocol.RSN}),
        group=frozenset({CIPHER_CCMP}),
        ieee80211w=2,
    )
    assert hardened(left) == left
    assert not left.takes_psk
