"""A BSS for WPA and WPA2 at once: what it says, and whom it takes."""

from __future__ import annotations

import dataclasses

import pytest
from ap_stage import ALICE, HOME, MULTI_AP, RSNE, ScriptedStation, Stage

from harness.ap.config import BssConfig
from harness.base.errors import ConfigError
from harness.base.seam import (
    AKM_PSK,
    AKM_SAE,
    CIPHER_CCMP,
    CIPHER_TKIP,
    InstallKey,
    StartBss,
)
from harness.wire.eapol_key import DESCRIPTOR_WPA, EapolKey
from harness.wire.rsn import Rsne
from harness.wire.wpa import WpaElement

MIXED = dataclasses.replace(HOME, wpa_pairwise=(CIPHER_TKIP,), multi_ap=2)
WPA = WpaElement().element()
TRUNCATED = bytes((WPA[0], WPA[1] - 1)) + WPA[2:-1]
MIXED_RSNE = Rsne(group=CIPHER_TKIP, akms=(AKM_PSK,)).element()


def test_beacons_offer_both() -> None:
    stage = Stage(MIXED)
    elements = stage.beacon().elements
    assert elements.rsn is not None
    assert elements.wpa is not None
    rsne = Rsne.decode(elements.rsn)
    assert (rsne.group, rsne.pairwise) == (CIPHER_TKIP, (CIPHER_CCMP,))
    assert WpaElement.decode(elements.wpa) == WpaElement()
    (start,) = [each for each in stage.commands if isinstance(each, StartBss)]
    assert (start.group, start.pairwise) == (CIPHER_TKIP, (CIPHER_CCMP, CIPHER_TKIP))
    (key,) = [each for each in stage.commands if isinstance(each, InstallKey)]
    assert (key.cipher, len(key.key)) == (CIPHER_TKIP, 32)


@pytest.mark.parametrize(
    ("extra", "status"),
    [
        (MIXED_RSNE, 0),
        (RSNE, 41),
        (WPA, 0),
        (WpaElement(group=CIPHER_CCMP).element(), 41),
        (WpaElement(pairwise=(CIPHER_CCMP,)).element(), 42),
        (WpaElement(akms=(AKM_SAE,)).element(), 43),
        (TRUNCATED, 40),
        (WPA + MULTI_AP, 12),
    ],
)
def test_whom_a_mixed_bss_takes(extra: bytes, status: int) -> None:
    assert ScriptedStation(Stage(MIXED)).join(extra).status == status


def test_a_backhaul_link_is_never_wpa() -> None:
    stage = Stage(dataclasses.replace(MIXED, multi_ap=3))
    assert ScriptedStation(stage).join(WPA + MULTI_AP).status == 40


def test_a_bss_that_is_not_mixed_refuses_wpa() -> None:
    assert ScriptedStation(Stage()).join(WPA).status == 40


def test_a_wpa_station_gets_the_first_message_of_wpa() -> None:
    stage = Stage(MIXED)
    alice = ScriptedStation(stage, ALICE)
    alice.join(WPA)
    key = EapolKey.decode(alice.eapol[-1])
    assert (key.descriptor, key.version, key.key_length) == (DESCRIPTOR_WPA, 1, 32)


@pytest.mark.parametrize("values", [{}, {"sae_password": "secret", "akms": (AKM_SAE,)}])
def test_wpa_needs_a_psk(values: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=r"wpa_pairwise: WPA \(version 1\) needs"):
        BssConfig(interface="wlan0", ssid=b"home", wpa_pairwise=(CIPHER_TKIP,), **values)  # type: ignore[arg-type]
