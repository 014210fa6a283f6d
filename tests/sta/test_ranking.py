"""The order in which a station tries BSSs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sta_stage import AP1, AP2, ScriptedAp, home

from harness.base.address import MacAddress
from harness.base.seam import AKM_PSK, AKM_SAE
from harness.sta.bss_table import Bss, BssTable
from harness.sta.ranking import best_first
from harness.wire.dot11.elements import element
from harness.wire.rsn import Rsne

OF_802_11B = element(1, bytes.fromhex("82848b96"))
ALL_RATES = OF_802_11B + element(50, bytes.fromhex("0c1218243048606c"))
BY_PASSPHRASE = Rsne(akms=(AKM_PSK,)).element()
BY_SAE = Rsne(akms=(AKM_PSK, AKM_SAE)).element()


def bss(ap: ScriptedAp, rates: bytes = ALL_RATES, rsne: bytes = BY_PASSPHRASE) -> Bss:
    elements = element(0, ap.ssid) + rates + (rsne if ap.passphrase else b"")
    observation = replace(
        ap.observation(1.0),
        elements=elements,
        beacon_elements=b"",
        probe_elements=elements,
        noise=-95,
    )
    table = BssTable(maximum=1, age=60.0, scan_count=1)
    table.update([observation], 1.0)
    return next(iter(table))


def first(*bsss: Bss) -> MacAddress:
    chosen = best_first(bsss)[0].bssid
    assert best_first(reversed(bsss))[0].bssid == chosen
    return chosen


def test_what_is_secured_comes_before_a_louder_open_one() -> None:
    assert first(bss(ScriptedAp(signal=-30)), bss(home(bssid=AP2, signal=-80))) == AP2


@pytest.mark.parametrize(("signal", "best"), [(-70, AP2), (-71, AP1)], ids=["good", "poor"])
def test_sae_comes_first_where_both_are_heard_well(signal: int, best: MacAddress) -> None:
    """Their signals are 25 dB over the noise, or one is not."""
    loud = bss(home(signal=-40))
    assert first(loud, bss(home(bssid=AP2, signal=signal), rsne=BY_SAE)) == best


@pytest.mark.parametrize(("signal", "best"), [(-46, AP2), (-47, AP1)], ids=["close", "apart"])
def test_the_faster_of_two_that_are_close_comes_first(signal: int, best: MacAddress) -> None:
    """Their signals differ by less than 7 dB, or by 7."""
    slow = bss(home(signal=-40), OF_802_11B)
    assert first(slow, bss(home(bssid=AP2, signal=signal))) == best


def test_the_louder_of_two_equals_comes_first() -> None:
    assert first(bss(home(signal=-41)), bss(home(bssid=AP2, signal=-40))) == AP2
