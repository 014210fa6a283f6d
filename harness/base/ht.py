"""What a radio can do of 802.11n (HT)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class HtAbility:
    """A radio's HT in one band: fields of the HT Capabilities element (9.4.2.55).

    `info`: HT Capability Information. `ampdu`: A-MPDU Parameters. `mcs`: 16 octets, the rates.
    """

    info: int = 0
    ampdu: int = 0
    mcs: bytes = field(default=b"\xff" + bytes(15))


PLAIN = HtAbility()
"""20 MHz and one spatial stream."""
