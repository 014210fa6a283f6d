"""The keys of one BSS: what it offers, and the handshakes with its stations.

Source: IEEE 802.11-2020, 12.6 and 12.7.
"""

from __future__ import annotations

from typing import Final

from harness.ap.config import BssConfig
from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.base.seam import AKM_PSK, CIPHER_CCMP
from harness.crypto.psk import derive_psk
from harness.proto.authenticator import Authenticator, AuthenticatorConfig
from harness.proto.group_key import GroupKeyConfig, GroupKeys
from harness.wire.rsn import Rsne

RSNE: Final = Rsne(group=CIPHER_CCMP, pairwise=(CIPHER_CCMP,), akms=(AKM_PSK,))
"""WPA2-PSK with CCMP: what a protected BSS offers."""


class Security:
    """The security association parameters of one protected BSS, and its group keys."""

    pairwise: Final = RSNE.pairwise
    group: Final = RSNE.group
    akms: Final = RSNE.akms

    def __init__(self, config: BssConfig, bssid: MacAddress, entropy: Entropy) -> None:
        self.rsne: Final = RSNE.element()
        self.keys: Final = GroupKeys(
            GroupKeyConfig(RSNE.group, rekey_s=config.group_rekey_s or None), entropy
        )
        self._bssid = bssid
        self._entropy = entropy
        self._pmk = pmk(config)

    def authenticator(self, station: MacAddress, station_rsne: bytes) -> Authenticator:
        """Make the machine for a station. `station_rsne`: the whole element of its request."""
        return Authenticator(
            AuthenticatorConfig(
                own=self._bssid,
                peer=station,
                pmk=self._pmk,
                akm=AKM_PSK,
                own_rsne=self.rsne,
                station_rsne=station_rsne,
                group=self.keys,
            ),
            self._entropy,
        )


def pmk(config: BssConfig) -> bytes:
    """The PSK of a protected BSS, 32 octets."""
    if config.psk is not None:
        return config.psk
    assert config.passphrase is not None, "an open BSS has no PSK"
    return derive_psk(config.passphrase, config.ssid)
