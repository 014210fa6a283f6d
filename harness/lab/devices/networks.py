"""The networks of a scenario: as it wants them, as they are on the air, as a station keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from harness.base.address import BROADCAST, MacAddress
from harness.crypto.psk import derive_psk
from harness.wire.wsc.device import AuthenticationType, EncryptionType
from harness.wire.wsc.settings import Credential

Keys: TypeAlias = Mapping[str, str | None]
"""Lines of a configuration file: key → value, None for a line that is left out."""

BACKHAUL = 1
FRONTHAUL = 2

HUNTING_AND_PECKING = 0
HASH_TO_ELEMENT = 1
EITHER_METHOD = 2
"""How SAE derives its secret point (IEEE 802.11-2020, 12.4.4.2)."""

PMF_OFF = 0
PMF_OPTIONAL = 1
PMF_REQUIRED = 2
"""Protected management frames."""


@dataclass(frozen=True, kw_only=True)
class Bss:
    """A BSS as a scenario wants it: WPA2-PSK with CCMP, open without `passphrase`.

    `mixed`: WPA-PSK with TKIP is offered too, so group-addressed frames are in TKIP. `multi_ap`:
    `BACKHAUL`, `FRONTHAUL`, both or 0. `wps`: the push button works on it. `hands_out`: the BSS
    whose credentials a backhaul station is given on this one; `hands_out_psk`: the access point
    is told its key as a PSK of 64 hex digits, not as the passphrase. `wds_bridge`: the bridge for
    the interfaces of backhaul stations, else the one that all interfaces are in. `profile`: the
    Multi-AP profile. `disallows_profile_1`, `disallows_later_profiles`: backhaul stations of those
    are not admitted. `primary_vlan`: of the backhaul links of stations with profile 2 or more.
    `sae`: SAE in the place of PSK, or beside it in `transition`; `sae_method`: which of its two.
    `pmf`: whether management frames are protected. `keys`: further lines in hostapd's vocabulary,
    in the place of what the lab would say.
    """

    ssid: str
    passphrase: str | None = field(default=None, repr=False)
    mixed: bool = False
    multi_ap: int = 0
    wps: bool = False
    hands_out: Bss | None = None
    hands_out_psk: bool = False
    wds_bridge: str | None = None
    profile: int = 1
    disallows_profile_1: bool = False
    disallows_later_profiles: bool = False
    primary_vlan: int | None = None
    sae: bool = False
    transition: bool = False
    sae_method: int = HUNTING_AND_PECKING
    pmf: int = PMF_OFF
    keys: Keys = field(default_factory=dict, hash=False)

    @property
    def needs_profiles(self) -> bool:
        """Whether it is about more than profile 1."""
        disallows = self.disallows_profile_1 or self.disallows_later_profiles
        return self.profile > 1 or disallows or self.primary_vlan is not None

    @property
    def credential(self) -> bytes:
        """The Credential attribute for a protected BSS, as a Registrar of WPA2 gives it."""
        assert self.passphrase is not None, "the BSS is open"
        return Credential(
            network_index=1,
            ssid=self.ssid.encode(),
            authentication_type=AuthenticationType.WPA2_PSK,
            encryption_type=EncryptionType.AES,
            network_key=self.passphrase.encode(),
            mac_address=BROADCAST,
        ).attribute()

    def opens_with(self, key: str) -> bool:
        """Whether `key` is this BSS's: its passphrase, or the PSK of it as 64 hex digits."""
        if self.passphrase is None:
            return not key
        return key == self.passphrase or key.lower() == self.psk.hex()

    @property
    def psk(self) -> bytes:
        """The PSK of a protected BSS, 32 octets."""
        assert self.passphrase is not None, "an open BSS has no PSK"
        return derive_psk(self.passphrase, self.ssid.encode())


@dataclass(frozen=True)
class BssOnAir:
    """A BSS of a running access point: `interface` is the AP's network interface for it."""

    bss: Bss
    interface: str
    bssid: MacAddress
    ap: str

    @property
    def addresses(self) -> tuple[MacAddress, ...]:
        return (self.bssid,)

    @property
    def name(self) -> str:
        return f"{self.ap}/{self.bss.ssid}"


@dataclass(frozen=True, kw_only=True, eq=False)
class StoredNetwork:
    """A network profile as a station keeps it; `key`: passphrase, or 64 hex digits of a PSK.

    `sae`: it may be joined by SAE; None, which equals either, where profiles do not say.
    """

    ssid: bytes
    key: str | None
    backhaul: bool
    sae: bool | None = False

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, StoredNetwork):
            return NotImplemented
        told = self.sae is not None and other.sae is not None
        return self._named == other._named and (not told or self.sae == other.sae)

    def __hash__(self) -> int:
        return hash(self._named)

    @property
    def _named(self) -> tuple[bytes, str | None, bool]:
        return self.ssid, self.key, self.backhaul
