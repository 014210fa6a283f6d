"""The pre-shared keys of one BSS: which station may have which.

Source: the access point's configuration reference, 1.4 and 3.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from harness.base.address import ZERO, MacAddress
from harness.crypto.psk import derive_psk

EVERY_STATION: Final = MacAddress(ZERO)
"""As the file writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StationKey:
    """One key. `address` None: any station may have it.

    `secret`: a passphrase of 8 to 63 octets, or a PSK of 32. `key_id`: told when a station has
    proved to hold the key. `vlan_id`: 0 none. `wps`: it is handed out by WPS, again to a device
    that enrols again.
    """

    secret: str | bytes = field(repr=False)
    address: MacAddress | None = None
    key_id: str | None = None
    vlan_id: int = 0
    wps: bool = False

    def psk(self, ssid: bytes) -> bytes:
        """The 32 octets."""
        return self.secret if isinstance(self.secret, bytes) else _derived(self.secret, ssid)

    def line(self) -> str:
        """The line of the file that says the same."""
        address = EVERY_STATION if self.address is None else self.address
        secret = self.secret.hex() if isinstance(self.secret, bytes) else self.secret
        words = [] if self.key_id is None else [f"keyid={self.key_id}"]
        words += [f"vlanid={self.vlan_id}"] if self.vlan_id else []
        words += ["wps=1"] if self.wps else []
        return " ".join([*words, str(address), secret])


def _derived(passphrase: str, ssid: bytes) -> bytes:
    return derive_psk(passphrase.encode(errors="surrogateescape"), ssid)


class PskList:
    """The keys of a BSS while it runs, in the order in which they are tried.

    `own`: what every station may have by the BSS's own passphrase or PSK; it is tried last.
    `keys`: in the order of the file.
    """

    def __init__(self, ssid: bytes, own: str | bytes | None, keys: Iterable[StationKey]) -> None:
        self._ssid = ssid
        self._own = () if own is None else (StationKey(secret=own),)
        self._keys: tuple[StationKey, ...] = ()
        self.replace(keys)

    def replace(self, keys: Iterable[StationKey]) -> None:
        """The file holds other keys now."""
        self._keys = (*reversed(tuple(keys)), *self._own)

    def add(self, key: StationKey) -> None:
        """Take another key in: it is tried first."""
        self._keys = (key, *self._keys)

    def candidates(self, station: MacAddress) -> tuple[bytes, ...]:
        """The PSKs that a station may have."""
        return tuple(key.psk(self._ssid) for key in self._of(station))

    def entry(self, station: MacAddress, psk: bytes) -> StationKey | None:
        """The key that a station has when it proved to hold `psk`; None: none of its own."""
        return next((key for key in self._of(station) if key.psk(self._ssid) == psk), None)

    def handed_out(self, station: MacAddress) -> bytes | None:
        """The PSK that WPS hands to a station: its own of before, else one for any."""
        of_wps = [key for key in self._keys if key.wps]
        of_wps.sort(key=lambda key: key.address is None)
        found = (key for key in of_wps if key.address in (None, station))
        return next((key.psk(self._ssid) for key in found), None)

    @property
    def head(self) -> bytes | None:
        """The PSK that is tried first; None: there is none."""
        return self._keys[0].psk(self._ssid) if self._keys else None

    @property
    def shared(self) -> bytes | None:
        """The PSK that is tried first of those that any station may have; None: there is none."""
        anybodys = (key for key in self._keys if key.address is None)
        return next((key.psk(self._ssid) for key in anybodys), None)

    @property
    def everybodys(self) -> bytes | None:
        """The head, when any station may have it."""
        return self.head if self._keys and self._keys[0].address is None else None

    def _of(self, station: MacAddress) -> Iterable[StationKey]:
        return (key for key in self._keys if key.address in (None, station))
