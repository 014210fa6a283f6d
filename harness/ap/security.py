"""The keys of one BSS: what it offers, and the handshakes with its stations.

Source: IEEE 802.11-2020, 12.6 and 12.7.
"""

from __future__ import annotations

from typing import Final

from harness.ap.association import Refusal, Terms
from harness.ap.config import MFP_OFF, MFP_REQUIRED, BssConfig
from harness.ap.psks import PskList, StationKey
from harness.ap.sae import SaeAuthentication
from harness.ap.stations import Station
from harness.base.address import MacAddress
from harness.base.channel import OperatingChannel
from harness.base.entropy import Entropy
from harness.base.seam import AKM_PSK, AKM_SAE, CIPHER_BIP_CMAC_128
from harness.crypto.psk import derive_psk
from harness.proto.authenticator import Authenticator, AuthenticatorConfig
from harness.proto.channel_validation import OwnChannel
from harness.proto.group_key import GroupKeyConfig, GroupKeys
from harness.proto.machine import LocalInput, Output, PeerInput
from harness.proto.sa_query import SaQueryMachine
from harness.wire.dot11.codes import STATUS_INVALID_PMKID
from harness.wire.dot11.elements import ELEMENT_RSNX, ELEMENT_VENDOR_SPECIFIC, element
from harness.wire.ht import WIDTH_40
from harness.wire.rsn import (
    CAPABILITY_16_PTKSA_COUNTERS,
    CAPABILITY_MFPC,
    CAPABILITY_MFPR,
    CAPABILITY_OCVC,
    Rsne,
)
from harness.wire.sae import RSNXE_HASH_TO_ELEMENT
from harness.wire.wpa import WpaElement

_PROTECTION: Final = {MFP_OFF: 0, MFP_REQUIRED: CAPABILITY_MFPC | CAPABILITY_MFPR}


def offered_rsne(config: BssConfig) -> Rsne:
    """What a BSS with WPA2 offers; the group management cipher by its default."""
    capabilities = _PROTECTION.get(config.ieee80211w, CAPABILITY_MFPC)
    if config.ocv:
        capabilities |= CAPABILITY_OCVC
    if config.wmm:
        capabilities |= CAPABILITY_16_PTKSA_COUNTERS
    return Rsne(config.group, config.rsn_pairwise, config.akms, capabilities)


def offered_wpa(config: BssConfig) -> bytes:
    """The whole WPA element, empty without WPA version 1."""
    if not config.wpa_pairwise:
        return b""
    return WpaElement(config.group, config.wpa_pairwise, (AKM_PSK,)).element()


def offered_rsnxe(config: BssConfig) -> bytes:
    """The whole RSNXE, empty for a BSS that has nothing to say in it."""
    if not config.does_sae or not config.hashes_to_element:
        return b""
    return element(ELEMENT_RSNX, bytes((RSNXE_HASH_TO_ELEMENT,)))


class Security:
    """The security association parameters of one protected BSS, and its group keys.

    `sae`: None for a BSS without SAE. `psks`: what stations of PSK may have. `channel`: where it
    is, for the stations that validate it.
    """

    def __init__(
        self, config: BssConfig, channel: OperatingChannel, bssid: MacAddress, entropy: Entropy
    ) -> None:
        self.wpa: Final = offered_wpa(config)
        self.pairwise: Final = tuple(dict.fromkeys(config.rsn_pairwise + config.wpa_pairwise))
        self.group: Final = config.group
        self.akms: Final = config.akms
        self.rsne: Final = offered_rsne(config).element() if config.rsn_pairwise else b""
        self.rsnxe: Final = offered_rsnxe(config)
        protects = config.ieee80211w != MFP_OFF
        self.keys: Final = GroupKeys(
            GroupKeyConfig(
                config.group,
                group_management=CIPHER_BIP_CMAC_128 if protects else None,
                beacon_protection=config.beacon_prot,
                rekey_s=config.group_rekey_s or None,
                strict=config.keys.strict,
            ),
            entropy,
        )
        self.sae: Final = SaeAuthentication(config, bssid, entropy) if config.does_sae else None
        self.channel: Final = OwnChannel(channel)
        self._habits = config.keys
        self._bssid = bssid
        self._entropy = entropy
        own = config.passphrase if config.psk is None else config.psk
        self.psks: Final = PskList(config.ssid, own, config.station_keys)

    def with_key(self, station: Station, terms: Terms, now: float) -> Terms | Refusal:
        """Give a station of SAE the key that its exchange brought, now or before."""
        if terms.akm != AKM_SAE:
            return terms
        assert self.sae is not None, "the AKM was offered"
        pmksa = self.sae.pmksa_for(station.address, terms.pmkids, now)
        if pmksa is None:
            return Refusal(STATUS_INVALID_PMKID, "no SAE exchange brought a key")
        station.pmk, station.pmkid = pmksa.pmk, pmksa.pmkid
        station.exchange = pmksa.exchange
        return terms

    def authenticator(self, station: Station) -> Authenticator:
        """Make the machine for a station that associated with an RSNE."""
        keys = self.psks.candidates(station.address)
        if station.akm == AKM_SAE:
            assert station.pmk is not None, "association is refused without one"
            keys = (station.pmk,)
        assert station.rsne is not None, "an association without keys has no handshake"
        wpa = station.rsne[0] == ELEMENT_VENDOR_SPECIFIC
        habits = self._habits
        return Authenticator(
            AuthenticatorConfig(
                own=self._bssid,
                peer=station.address,
                pmks=keys,
                akm=station.akm,
                own_rsne=self.wpa + self.rsne if wpa else self.rsne,
                own_rsnxe=self.rsnxe,
                station_rsne=station.rsne,
                station_rsnxe=station.rsnxe,
                group=self.keys,
                mfp=station.mfp,
                pairwise=station.pairwise,
                wpa=wpa,
                pmkid=station.pmkid,
                eapol_version=habits.eapol_version,
                attempts=habits.pairwise_attempts,
                group_attempts=habits.group_attempts,
                ptk_rekey_s=habits.ptk_rekey_s or None,
                replaces_pairwise=habits.rekeying.allowed(habits.rekeys_safely),
                channel=self.channel_for(station),
                transition_disable=habits.transition_disable,
            ),
            self._entropy,
        )

    def channel_for(self, station: Station) -> OwnChannel | None:
        """What a station is told of our channel, and checked by; None: it does not do that."""
        if not station.ocv:
            return None
        wide = station.ht is not None and station.ht.info & WIDTH_40
        return self.channel if wide else self.channel.for_narrow_peer()

    def proven(self, station: Station) -> StationKey | None:
        """The key that a station's handshake was with; None: none by PSK, or none any more."""
        machine = station.authenticator
        if station.akm == AKM_SAE or machine is None or machine.pmk is None:
            return None
        return self.psks.entry(station.address, machine.pmk)

    def refuses(self, station: Station) -> bool:
        """True for a station without any PSK, and when the one it proved is for a VLAN.

        VLANs by station are not served, and nobody is to come into another network.
        """
        machine = station.authenticator
        if station.akm == AKM_SAE or machine is None:
            return False
        key = self.proven(station)
        return not machine.config.pmks or (key is not None and key.vlan_id != 0)

    def still_knows(self, station: Station) -> bool:
        """False for a station whose handshake was with a PSK that is not its any more."""
        machine = station.authenticator
        if station.akm == AKM_SAE or machine is None or machine.pmk is None:
            return True
        return machine.pmk in self.psks.candidates(station.address)

    def query(
        self, station: Station, given: PeerInput | LocalInput, now: float
    ) -> list[tuple[Station, Output]]:
        """Let the station's SA Query take a step."""
        if station.sa_query is None:
            channel = self.channel_for(station)
            station.sa_query = SaQueryMachine(self._entropy, station.address, channel=channel)
        return [(station, output) for output in station.sa_query.step(given, now)]


def pmk(config: BssConfig) -> bytes:
    """The PSK of a protected BSS, 32 octets."""
    if config.psk is not None:
        return config.psk
    assert config.passphrase is not None, "an open BSS has no PSK"
    return derive_psk(config.passphrase, config.ssid)
