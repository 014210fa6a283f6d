"""The network profiles that a station knows, and what has become of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from harness.base.address import MacAddress
from harness.base.errors import UsageError
from harness.sta.config import Network

_DURATIONS = ((1, 10.0), (2, 20.0), (3, 30.0), (5, 60.0), (10, 90.0), (50, 120.0))
_LONGEST = 300.0


@dataclass(slots=True)
class NetworkStatus:
    """What is remembered about one profile.

    `failures`: authentication failures in a row. `disabled_until`, `disabled_by`: the end of a
    temporary disabling and the BSSID to blame. `held`: switched off while an enrolment lasts.
    """

    failures: int = 0
    disabled_until: float | None = None
    disabled_by: MacAddress | None = None
    held: bool = False


def disabling_duration(failures: int) -> float:
    """How long a network rests after so many failures, in seconds."""
    for most, duration in _DURATIONS:
        if failures <= most:
            return duration
    return _LONGEST


class Networks:
    """Profiles by id. Ids do not change; a new one gets the highest id and one more.

    `resting`: none is to be joined, for the station is an access point.
    """

    def __init__(self, networks: tuple[Network, ...] = ()) -> None:
        self.resting = False
        self._networks = {network.id: network for network in networks}
        self._status = {network.id: NetworkStatus() for network in networks}

    def __iter__(self) -> Iterator[Network]:
        """In the order of their ids."""
        return iter([self._networks[each] for each in sorted(self._networks)])

    def __len__(self) -> int:
        return len(self._networks)

    def __contains__(self, network_id: object) -> bool:
        return network_id in self._networks

    def __getitem__(self, network_id: int) -> Network:
        """Raises `UsageError` for an id that is not there."""
        try:
            return self._networks[network_id]
        except KeyError:
            raise UsageError(f"there is no network {network_id}") from None

    def status(self, network_id: int) -> NetworkStatus:
        """What is remembered about it. Raises `UsageError` for an id that is not there."""
        self[network_id]
        return self._status[network_id]

    def add(self, network: Network) -> Network:
        """Add under the next id and return it with that id."""
        added = replace(network, id=max(self._networks, default=-1) + 1)
        self._networks[added.id] = added
        self._status[added.id] = NetworkStatus()
        return added

    def replace(self, network: Network) -> None:
        """Put `network` in the place of the one with its id; its history starts anew."""
        self[network.id]
        self._networks[network.id] = network
        self._status[network.id] = NetworkStatus()

    def change(self, network: Network) -> None:
        """Put `network` in the place of the one with its id; its history stays."""
        self[network.id]
        self._networks[network.id] = network

    def set_disabled(self, network_id: int, disabled: bool) -> None:
        """Switch a profile off or on; switching it on ends a temporary disabling."""
        self._networks[network_id] = replace(self[network_id], disabled=disabled)
        if not disabled:
            self._status[network_id] = NetworkStatus()

    def remove(self, network_id: int) -> Network:
        """Remove and return it. Raises `UsageError` for an id that is not there."""
        network = self[network_id]
        del self._networks[network_id], self._status[network_id]
        return network

    def is_enabled(self, network: Network) -> bool:
        """True when it may be used now; a WPS block may unless a user switched it off."""
        if network.wps is not None:
            return not network.disabled
        status = self._status[network.id]
        return (
            network.is_usable
            and not network.disabled
            and not status.held
            and status.disabled_until is None
        )

    def enabled(self) -> list[Network]:
        """Those that may be joined now, by id."""
        return [network for network in self if self._is_to_join(network, self.is_enabled(network))]

    def any_wanted(self) -> bool:
        """True when there is one to look for: one that may be used, or will be after a rest."""
        return any(
            self._is_to_join(
                network,
                self.is_enabled(network) or self._status[network.id].disabled_until is not None,
            )
            for network in self
        )

    def _is_to_join(self, network: Network, usable: bool) -> bool:
        return usable and network.access_point is None and not self.resting

    def wps_block(self) -> Network | None:
        """The block of the enrolment under way."""
        return next((network for network in self if network.wps is not None), None)

    def looks_for_wps(self) -> bool:
        """True while there is such a block that nobody has switched off."""
        block = self.wps_block()
        return block is not None and self.is_enabled(block)

    def hold_others(self, network_id: int) -> None:
        """Switch all but one off while an enrolment lasts."""
        for each, status in self._status.items():
            status.held = each != network_id

    def release(self) -> None:
        """Undo `hold_others`."""
        for status in self._status.values():
            status.held = False

    def disable_for_a_while(self, network_id: int, bssid: MacAddress, now: float) -> float:
        """Count a failure and return how long the network rests, in seconds."""
        status = self.status(network_id)
        status.failures += 1
        duration = disabling_duration(status.failures)
        status.disabled_until = now + duration
        status.disabled_by = bssid
        return duration

    def reenable(self, network_id: int) -> bool:
        """End a temporary disabling and forget the failures; False when there was none."""
        status = self.status(network_id)
        was = status.disabled_until is not None
        status.failures, status.disabled_until, status.disabled_by = 0, None, None
        return was

    def expire(self, now: float) -> list[tuple[Network, MacAddress | None]]:
        """End what is over: the networks usable again and whom each had to blame."""
        over = []
        for network in self:
            status = self._status[network.id]
            if status.disabled_until is not None and status.disabled_until <= now:
                over.append((network, status.disabled_by))
                status.disabled_until, status.disabled_by = None, None
        return over

    def deadline(self) -> float | None:
        """When the next temporary disabling ends."""
        times = [each.disabled_until for each in self._status.values() if each.disabled_until]
        return min(times, default=None)
