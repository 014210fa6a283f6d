"""A channel with its width: IEEE 802.11-2020, 11.38 and Annex E."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OperatingChannel:
    """Where a radio sends and receives.

    `frequency`: centre of the primary 20 MHz, in MHz; `width` in MHz, of 80+80 it is 160.
    `secondary`: 1 when the other half of 40 MHz is above, -1 below, 0 without one, or unknown.
    `segment_1`: number of the second segment's centre channel, with 80+80 MHz alone.
    """

    frequency: int
    width: int = 20
    secondary: int = 0
    segment_1: int = 0
