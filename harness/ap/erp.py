"""What a BSS has regard for: stations of 802.11b among its own, and BSSs beside it of older kinds.

Source: IEEE 802.11-2020, 9.4.2.11 (ERP element) and 10.27 (protection). Like hostapd 2.10, no
short preambles are promised, and a BSS is forgotten when it was not heard for a minute.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from harness.ap import ht
from harness.ap.stations import Station, does_ofdm
from harness.base.address import MacAddress
from harness.base.errors import WireError
from harness.base.seam_events import ManagementReceived, RadioEvent
from harness.wire.dot11.elements import ELEMENT_HT_CAPABILITIES
from harness.wire.dot11.frames import Beacon, decode_frame

_NON_ERP_PRESENT, _USE_PROTECTION, _BARKER_PREAMBLE = 0x01, 0x02, 0x04
_BEACON: Final = b"\x80"
"""The first octet of its frame."""
_MOST_HEARD: Final = 255
FORGOTTEN_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Erp:
    """`non_erp`: such a station is ours; `protected`: others must not mistake OFDM for silence.

    `long_slot`: some station of ours knows no short slot time. `ht`: what bears on 802.11n.
    """

    non_erp: bool = False
    protected: bool = False
    long_slot: bool = False
    ht: ht.HtRegard = ht.NOTHING_TO_REGARD

    @property
    def octet(self) -> int:
        """The ERP element's only octet."""
        bits = _NON_ERP_PRESENT if self.non_erp else 0
        return bits | (_USE_PROTECTION if self.protected else 0) | _BARKER_PREAMBLE


NOTHING_TO_REGARD: Final = Erp()


@dataclass(frozen=True, slots=True)
class _Heard:
    at: float
    is_old: bool
    has_ht: bool


class Surroundings:
    """The other BSSs on the channel, by their Beacons."""

    def __init__(self) -> None:
        self._heard: dict[MacAddress, _Heard] = {}

    @property
    def has_old(self) -> bool:
        """An overlapping legacy BSS: one of 802.11b."""
        return any(each.is_old for each in self._heard.values())

    @property
    def has_one_without_ht(self) -> bool:
        return any(not each.has_ht for each in self._heard.values())

    def take(self, event: RadioEvent, channel: int, now: float) -> bool:
        """Take another BSS's Beacon in; False for anything else. `channel`: our number."""
        if not isinstance(event, ManagementReceived) or event.frame[:1] != _BEACON:
            return False
        self._hear(event.frame, channel, now)
        return True

    def _hear(self, octets: bytes, channel: int, now: float) -> None:
        """One that can't be read, or is of a channel beside, says nothing."""
        try:
            frame = decode_frame(octets)
            if not isinstance(frame, Beacon) or frame.header.a3 is None:
                return
            if frame.elements.channel not in (None, channel):
                return
            old = not does_ofdm(frame.elements.rates)
            has_ht = frame.elements.get(ELEMENT_HT_CAPABILITIES) is not None
        except WireError:
            return
        self._heard.pop(frame.header.a3, None)
        self._heard[frame.header.a3] = _Heard(now, old, has_ht)
        for oldest in list(self._heard)[:-_MOST_HEARD]:
            del self._heard[oldest]

    def deadline(self) -> float | None:
        """When the next one is forgotten."""
        return min((each.at + FORGOTTEN_S for each in self._heard.values()), default=None)

    def tick(self, now: float) -> None:
        gone = [who for who, each in self._heard.items() if now >= each.at + FORGOTTEN_S]
        for who in gone:
            del self._heard[who]


class WithStations(Protocol):
    """A BSS."""

    @property
    def stations(self) -> Iterable[Station]: ...


def regard(
    bsss: Iterable[WithStations], surroundings: Surroundings, does: ht.Ht | None, now: float
) -> Erp:
    """What the stations of a radio's BSSs, and its surroundings, ask for at `now`.

    `does`: how the radio does HT.
    """
    surroundings.tick(now)
    stations = [each for bss in bsss for each in bss.stations if each.aid]
    non_erp = any(each.non_erp for each in stations)
    return Erp(
        non_erp=non_erp,
        protected=non_erp or surroundings.has_old,
        long_slot=any(not each.short_slot for each in stations),
        ht=ht.regard(
            does,
            ht.counts(each.ht for each in stations),
            others_without=surroundings.has_one_without_ht,
        ),
    )
