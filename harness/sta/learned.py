"""What `bgscan=learn` remembers of a network: where its APs are, and which are heard together.

The file is wpa_supplicant's: a first line that names it, then a line for each AP with its channel
in MHz, and one for each pair.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from harness.base.address import MacAddress
from harness.base.errors import ConfigError

_HEAD: Final = "wpa_supplicant-bgscan-learn"
_ADDRESS: Final = "((?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2})"
_BSS: Final = re.compile(rf"BSS {_ADDRESS} ([0-9]{{1,6}})")
_NEIGHBOUR: Final = re.compile(rf"NEIGHBOR {_ADDRESS} {_ADDRESS}")


class LearnedNetwork:
    """The APs of one network, the one that was seen last first."""

    def __init__(self) -> None:
        self._frequencies: dict[MacAddress, int] = {}
        self._neighbours: dict[MacAddress, list[MacAddress]] = {}
        self._probed = -1

    @classmethod
    def parse(cls, text: str) -> LearnedNetwork:
        """Read a file; a line that can't be read is overlooked. Raises `ConfigError`: no such file.

        What is said of an AP before its own line is overlooked, too.
        """
        head, *lines = text.splitlines() or [""]
        if head != _HEAD:
            raise ConfigError("bgscan: the file is none of learn's")
        made = cls()
        for line in lines:
            if found := _BSS.fullmatch(line):
                made._place(MacAddress(found[1]), int(found[2]))
            elif found := _NEIGHBOUR.fullmatch(line):
                made._pair(MacAddress(found[1]), MacAddress(found[2]))
        return made

    def text(self) -> str:
        """What is to stand in the file."""
        lines = [f"BSS {bssid} {self._frequencies[bssid]}" for bssid in self._latest_first()]
        pairs = [
            f"NEIGHBOR {bssid} {other}"
            for bssid in self._latest_first()
            for other in self._neighbours[bssid]
        ]
        return "".join(f"{line}\n" for line in (_HEAD, *lines, *pairs))

    def see(self, found: Iterable[tuple[MacAddress, int]]) -> None:
        """Learn of APs that were heard together, each with its frequency in MHz."""
        seen = dict(found)
        for bssid, frequency in seen.items():
            self._place(bssid, frequency)
        for bssid in seen:
            for other in seen:
                if other != bssid:
                    self._pair(bssid, other)

    def frequencies(self, tunable: Sequence[int]) -> tuple[int, ...]:
        """Where to scan: all channels that were seen, and each time another one that was not."""
        known = list(dict.fromkeys(self._frequencies[each] for each in self._latest_first()))
        for _ in tunable:
            self._probed = (self._probed + 1) % len(tunable)
            if tunable[self._probed] not in known:
                return (*known, tunable[self._probed])
        return tuple(known)

    def _latest_first(self) -> list[MacAddress]:
        return list(reversed(self._frequencies))

    def _place(self, bssid: MacAddress, frequency: int) -> None:
        self._frequencies[bssid] = frequency
        self._neighbours.setdefault(bssid, [])

    def _pair(self, bssid: MacAddress, other: MacAddress) -> None:
        known = self._neighbours.get(bssid)
        if known is not None and other not in known:
            known.append(other)
