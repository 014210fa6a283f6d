"""How well a BSS is heard, and what may be hoped of it."""

from __future__ import annotations

from typing import Final

from harness.base.errors import WireError
from harness.sta.bss_table import Bss
from harness.wire.sae import BSS_SELECTOR_H2E_ONLY

_NOISE_2G4, _NOISE_5G = -89, -92
"""dBm; what is assumed of a channel whose noise the radio does not tell."""
_LEAST_RATIO: Final = ((54, 21), (48, 20), (36, 16), (24, 12), (18, 9), (12, 7), (9, 5), (6, 4))
"""Mb/s and the signal-to-noise ratio in dB at which a receiver still follows it."""


def noise(bss: Bss) -> int:
    """Of its channel, in dBm, as the radio tells or as it is assumed."""
    if bss.observation.noise is not None:
        return bss.observation.noise
    return _NOISE_2G4 if bss.frequency < 4000 else _NOISE_5G


def ratio(bss: Bss) -> int:
    """Of its signal to the noise, in dB."""
    return bss.signal - noise(bss)


def throughput(bss: Bss) -> int:
    """What may be hoped for, in kb/s: the fastest rate that it supports and the noise allows."""
    try:
        rates = {(each & 0x7F) / 2 for each in bss.elements.rates if each != BSS_SELECTOR_H2E_ONLY}
    except WireError:
        rates = set()
    usable = [rate for rate, least in _LEAST_RATIO if rate in rates and ratio(bss) >= least]
    slow = [rate for rate in rates if rate not in dict(_LEAST_RATIO)]
    return int(max([*usable, *slow], default=1) * 1000)
