"""A radio with an editor in front of it: what the machine says or hears is changed on its way."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from harness.base.address import MacAddress
from harness.base.ht import HtAbility
from harness.base.seam import Command
from harness.base.seam_events import LinkMeasurement, PeerCounters, RadioEvent
from harness.radio.interface import Radio


class EditedRadio:
    """Gives each command to `edit` and performs what comes back: none, one or several.

    `hear` gets each event of the radio, and gives what the machine is told of it: None is nothing.
    """

    def __init__(
        self,
        radio: Radio,
        edit: Callable[[Command], Iterable[Command]] = lambda command: (command,),
        hear: Callable[[RadioEvent], RadioEvent | None] = lambda event: event,
    ) -> None:
        self._radio = radio
        self._edit = edit
        self._hear = hear

    @property
    def node(self) -> str:
        return self._radio.node

    @property
    def interface(self) -> str:
        return self._radio.interface

    @property
    def address(self) -> MacAddress:
        return self._radio.address

    @property
    def frequencies(self) -> tuple[int, ...]:
        return self._radio.frequencies

    @property
    def rekeys_safely(self) -> bool:
        return self._radio.rekeys_safely

    @property
    def protects_beacons(self) -> bool:
        return self._radio.protects_beacons

    @property
    def protects_own_beacons(self) -> bool:
        return self._radio.protects_own_beacons

    def perform(self, command: Command) -> None:
        for edited in self._edit(command):
            self._radio.perform(edited)

    def poll(self) -> list[tuple[float, RadioEvent]]:
        heard = [(t, self._hear(event)) for t, event in self._radio.poll()]
        return [(t, event) for t, event in heard if event is not None]

    def peer_counters(self, interface: str, peer: MacAddress) -> PeerCounters | None:
        return self._radio.peer_counters(interface, peer)

    def measure(self, bssid: MacAddress) -> LinkMeasurement | None:
        return self._radio.measure(bssid)

    def max_power(self, frequency: int) -> int | None:
        return self._radio.max_power(frequency)

    def ht(self, frequency: int) -> HtAbility | None:
        return self._radio.ht(frequency)

    def close(self) -> None:
        self._radio.close()
