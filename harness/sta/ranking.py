"""The order in which BSSs are tried. Source: the station's behaviour page, 3.3."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cmp_to_key
from typing import Final

from harness.base.address import MacAddress
from harness.base.seam import AKM_SAE
from harness.sta.bss_table import Bss
from harness.sta.quality import ratio, throughput

GOOD_RATIO: Final = 25
"""Signal to noise in dB, from which two BSSs are told apart by SAE before their signals."""
CLOSE: Final = 7
"""Ratios that differ by less than so many dB are alike; then what may be hoped for counts."""


def best_first(bsss: Iterable[Bss]) -> list[Bss]:
    """The order for joining a network."""
    return sorted(bsss, key=cmp_to_key(_compare), reverse=True)


def best_for_wps(bsss: Iterable[Bss], own: MacAddress) -> list[Bss]:
    """The order while an enrolment looks for its access point. `own`: the Enrollee's address."""

    def rank(bss: Bss) -> tuple[bool, bool, bool, int]:
        wps = bss.wps
        if wps is None:
            return False, False, False, bss.signal
        return True, wps.authorizes(own), wps.selected_registrar, bss.signal

    return sorted(bsss, key=rank, reverse=True)


def _compare(one: Bss, other: Bss) -> int:
    """Above 0: `one` is better; below 0: `other`."""
    pairs: list[tuple[int, int]] = [
        (one.is_secured, other.is_secured),
        (one.privacy, other.privacy),
    ]
    heard, heard_other = ratio(one), ratio(other)
    if min(heard, heard_other) >= GOOD_RATIO:
        pairs.append((_offers_sae(one), _offers_sae(other)))
    if abs(heard - heard_other) < CLOSE:
        pairs.append((throughput(one), throughput(other)))
    pairs += [(heard, heard_other), (one.signal, other.signal)]
    return next((mine - theirs for mine, theirs in pairs if mine != theirs), 0)


def _offers_sae(bss: Bss) -> bool:
    return bss.rsn is not None and AKM_SAE in bss.rsn.akms
