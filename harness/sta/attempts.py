"""From a chosen BSS to what the connection machine needs for joining it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.base.seam import AKM_PSK, CIPHER_CCMP
from harness.proto.eap_peer import EapPeer
from harness.proto.supplicant import Supplicant, SupplicantConfig
from harness.proto.wsc_enrollee import Enrollee, EnrolleeConfig
from harness.sta import multi_ap
from harness.sta.config import Network, StationConfig, WpsMethod, WpsParameters
from harness.sta.connection import PSK_COMPLETION_S, WPS_COMPLETION_S, Attempt
from harness.sta.eapol import START_DELAY_S, START_DELAY_WPS2_S, EapolPort
from harness.sta.selection import Candidate
from harness.wire.dot11.elements import ELEMENT_RSN, element, wsc_element
from harness.wire.eap import WSC_ENROLLEE
from harness.wire.multi_ap import BACKHAUL_STA
from harness.wire.rsn import Rsne
from harness.wire.wsc.device import rf_band
from harness.wire.wsc.element import WscAssociationRequest, WscProbeRequest


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the station is: what every attempt takes from it.

    `uuid`: 16 octets. `enrollee`: makes who enrols.
    """

    own: MacAddress
    uuid: bytes
    config: StationConfig
    frequencies: tuple[int, ...]
    enrollee: Callable[[EnrolleeConfig, Entropy], Enrollee] = Enrollee

    def probe_element(self, order: WpsParameters) -> bytes:
        """The WSC element of Probe Requests while an enrolment is under way."""
        device = self.config.device.sent()
        bands = 0
        for frequency in self.frequencies:
            bands |= rf_band(frequency)
        request = WscProbeRequest(
            config_methods=self.config.config_methods,
            uuid_e=self.uuid,
            primary_device_type=device.primary_device_type,
            rf_bands=int(bands),
            device_password_id=order.device_password_id,
            manufacturer=device.manufacturer,
            model_name=device.model_name,
            model_number=device.model_number,
            device_name=device.device_name,
        )
        return wsc_element(request.encode())


def attempt_for(candidate: Candidate, identity: Identity, entropy: Entropy) -> Attempt:
    """What to send, and who answers, to join that BSS for that network."""
    if candidate.network.wps is not None:
        return _enrolment(candidate, candidate.network.wps, identity, entropy)
    if candidate.bss.rsn is not None and candidate.network.pairwise:
        return _rsn(candidate, candidate.bss.rsn, identity, entropy)
    return _attempt(candidate, b"")


def _attempt(candidate: Candidate, elements: bytes) -> Attempt:
    """What all attempts have. The Multi-AP element comes last."""
    network, bss = candidate.network, candidate.bss
    if network.multi_ap_backhaul_sta:
        elements += multi_ap.request_element(network.multi_ap_profile)
    return Attempt(
        network_id=network.id,
        id_str=network.id_str,
        bssid=bss.bssid,
        ssid=bss.ssid,
        frequency=bss.frequency,
        elements=elements,
        multi_ap=network.multi_ap_backhaul_sta,
        multi_ap_profile=network.multi_ap_profile,
    )


def _rsn(candidate: Candidate, offered: Rsne, identity: Identity, entropy: Entropy) -> Attempt:
    network, bss = candidate.network, candidate.bss
    own_rsne = Rsne(offered.group, (CIPHER_CCMP,), (AKM_PSK,)).element()
    config = SupplicantConfig(
        own=identity.own,
        peer=bss.bssid,
        pmk=network.pmk(),
        akm=AKM_PSK,
        own_rsne=own_rsne,
        peer_rsne=element(ELEMENT_RSN, bss.elements.rsn or b""),
        pairwise=CIPHER_CCMP,
        group=offered.group,
        eapol_version=identity.config.eapol_version,
    )
    return replace(
        _attempt(candidate, own_rsne),
        port=EapolPort(Supplicant(config, entropy), identity.config.eapol_version),
        pairwise=CIPHER_CCMP,
        group=offered.group,
        akm=AKM_PSK,
        completion_s=PSK_COMPLETION_S,
    )


def _enrolment(
    candidate: Candidate, order: WpsParameters, identity: Identity, entropy: Entropy
) -> Attempt:
    network, bss, config = candidate.network, candidate.bss, identity.config
    enrollee_config = _enrollee_config(network, order, bss.frequency, identity)

    def enrollee() -> Enrollee:
        return identity.enrollee(enrollee_config, entropy)

    peer = EapPeer(WSC_ENROLLEE, enrollee(), config.fragment_size, renew=enrollee)
    version2 = bss.wps is not None and bss.wps.version2
    listed = bss.wps is not None and bss.wps.authorizes(identity.own)
    impatient = order.method is WpsMethod.PIN and not listed
    start_delay = START_DELAY_WPS2_S if version2 else START_DELAY_S
    return replace(
        _attempt(candidate, wsc_element(WscAssociationRequest().encode())),
        port=EapolPort(peer, config.eapol_version, start_delay),
        enrolling=True,
        completion_s=PSK_COMPLETION_S if impatient else WPS_COMPLETION_S,
    )


def _enrollee_config(
    network: Network, order: WpsParameters, frequency: int, identity: Identity
) -> EnrolleeConfig:
    return EnrolleeConfig(
        mac=identity.own,
        uuid=identity.uuid,
        device=identity.config.device,
        password=order.password,
        device_password_id=order.device_password_id,
        config_methods=identity.config.config_methods,
        rf_bands=int(rf_band(frequency)),
        multi_ap=BACKHAUL_STA if network.multi_ap_backhaul_sta else None,
        os_version=identity.config.os_version,
    )
