"""Parts of what a BSS is told that belong together, each with the defaults of hostapd.

Sources: the access point's configuration reference, 1.1; the example configuration file of
hostapd 2.10.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from harness.ap.ap_pin import NO_EXTERNAL_REGISTRARS, ExternalRegistrars
from harness.base.address import BROADCAST, MacAddress
from harness.base.seam import AKM_PSK, AKM_PSK_SHA256, AKM_SAE
from harness.proto.key_handshake import Rekeying
from harness.wire.wsc.device import DeviceAttributes

KEY_MANAGEMENT: Final = {"WPA-PSK": AKM_PSK, "WPA-PSK-SHA256": AKM_PSK_SHA256, "SAE": AKM_SAE}
"""What is served, by name, in the order in which it is told."""
PSK_AKMS: Final = frozenset({AKM_PSK, AKM_PSK_SHA256})

NO_LISTEN_LIMIT = 65535

PROCESS = 0
TELL = 1
"""What is done with new settings; 2 is both (wps_cred_processing)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyHabits:
    """How the key handshakes of a BSS go.

    `eapol_version`: 1 to 3. `pairwise_attempts`, `group_attempts`: transmissions of a message
    before the station is given up. `ptk_rekey_s`: the period of pairwise keys, 0 for ever.
    `rekeying`: a station that is due for another pairwise key is sent away where it says no;
    `rekeys_safely`: the radio says that it can replace them. `strict`: another group key whenever
    a station that has it leaves. `transition_disable`: the less secure ways in that stations are
    told to take no more, bits of an octet.
    """

    eapol_version: int = 2
    pairwise_attempts: int = 4
    group_attempts: int = 4
    ptk_rekey_s: float = 0.0
    rekeying: Rekeying = Rekeying.ALWAYS
    rekeys_safely: bool = True
    strict: bool = False
    transition_disable: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """When a station is taken for gone.

    `inactivity_s`: how long it may say nothing. `polls`: it is asked by an empty data frame first.
    """

    inactivity_s: float = 300.0
    polls: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessList:
    """Whom a BSS lets in by address. `only_accepted`: nobody but `accepted`."""

    only_accepted: bool = False
    accepted: frozenset[MacAddress] = frozenset()
    denied: frozenset[MacAddress] = frozenset()

    def admits(self, address: MacAddress) -> bool:
        """A station in both lists is let in."""
        if address in self.accepted:
            return True
        return not self.only_accepted and address not in self.denied


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherElements:
    """Elements that a user adds at the end of frames, as octets.

    `shown`: in Beacons and Probe Responses; `probe_response`: only in the latter; `association`:
    in (Re)Association Responses.
    """

    shown: bytes = b""
    probe_response: bytes = b""
    association: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class WpsDevice:
    """What a BSS says of the device that it is part of, and how it enrols: as in `ApConfig`.

    `uuid`: None for the access point's.
    """

    device: DeviceAttributes
    uuid: bytes | None
    config_methods: int
    os_version: int
    fragment_size: int
    wps_rf_bands: int | None
    application_extension: bytes | None
    pbc_in_m1: bool
    most_rounds: int
    most_short_rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WpsHabits:
    """What WPS hands out on a BSS, and what it does with settings that it brings.

    `independent`: buttons, PINs and settings of the other BSSs are none of its own.
    `builds_credentials`: False: an Enrollee gets `extra_credentials` alone, else after its own.
    `processing` of new settings: 0 they are applied, 1 they are told, 2 both. `adds_sae`: a
    passphrase that WPS brings is also for SAE. `external`: its AP PIN, and what else bears on
    external registrars. `device`: None for what the access point says. All octets are attributes.
    """

    independent: bool = False
    builds_credentials: bool = True
    extra_credentials: bytes = field(default=b"", repr=False)
    processing: int = PROCESS
    adds_sae: bool = False
    external: ExternalRegistrars = NO_EXTERNAL_REGISTRARS
    device: WpsDevice | None = None


@dataclass(frozen=True, slots=True)
class SaePassword:
    """A password of SAE. `peer`: whose alone it is; `identifier`: by which it is asked for."""

    password: str = field(repr=False)
    peer: MacAddress = BROADCAST
    identifier: str | None = None

    def serves(self, peer: MacAddress) -> bool:
        return self.peer in (BROADCAST, peer)
