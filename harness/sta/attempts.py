"""From a chosen BSS to what the connection machine needs for joining it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias, TypedDict

from harness.base.address import MacAddress
from harness.base.channel import OperatingChannel
from harness.base.entropy import Entropy
from harness.base.seam import AKM_PSK, AKM_SAE, CIPHER_BIP_CMAC_128
from harness.proto.channel_validation import OwnChannel
from harness.proto.eap_peer import EapPeer
from harness.proto.sae import SaeAccepted
from harness.proto.sae_initiator import InitiatorConfig, SaeInitiator
from harness.proto.supplicant import Supplicant, SupplicantConfig
from harness.proto.wsc_enrollee import Enrollee, EnrolleeConfig
from harness.proto.wsc_registrar import Registrar
from harness.proto.wsc_registrar_config import ApTarget, RegistrarConfig
from harness.sta import multi_ap
from harness.sta.ap_pin import ApPinPolicy
from harness.sta.bss_table import Bss
from harness.sta.config import OPEN_SYSTEM, Network, StationConfig, WpsMethod, WpsParameters
from harness.sta.eapol import START_DELAY_S, START_DELAY_WPS2_S, EapolPort
from harness.sta.joining import PSK_COMPLETION_S, WPS_COMPLETION_S, Attempt, CachedKey, SaeStart
from harness.sta.pmksa import PmksaCache
from harness.sta.protection import Protection
from harness.sta.security import Choice, choose, choose_wpa
from harness.sta.selection import Candidate
from harness.sta.trials import Trials
from harness.wire.dot11.elements import (
    ELEMENT_RSN,
    ELEMENT_RSNX,
    OUI_MICROSOFT,
    VENDOR_TYPE_WPA,
    element,
    vendor_element,
    wsc_element,
)
from harness.wire.eap import WSC_ENROLLEE, WSC_REGISTRAR
from harness.wire.multi_ap import BACKHAUL_STA
from harness.wire.rsn import Rsne
from harness.wire.wpa import WpaElement
from harness.wire.wsc.device import rf_band
from harness.wire.wsc.element import WscAssociationRequest, WscProbeRequest
from harness.wire.wsc.extension import ENROLLING, VERSION2_ONLY
from harness.wire.wsc.version import at_version

Port: TypeAlias = Callable[[bytes, bytes | None, bytes], EapolPort]
"""Makes who answers EAPOL frames, of the PMK, its PMKID if it has one, and our RSNE."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the station is: what every attempt takes from it.

    `uuid`: 16 octets. `enrollee`: makes who enrols. `rekeys_safely`: the radio can put a pairwise
    key in the place of another. `pmksas`: keys of earlier SAE. `protects_beacons`: the radio takes
    keys for Beacons.
    """

    own: MacAddress
    uuid: bytes
    config: StationConfig
    frequencies: tuple[int, ...]
    enrollee: Callable[[EnrolleeConfig, Entropy], Enrollee] = Enrollee
    rekeys_safely: bool = True
    pmksas: PmksaCache = field(default_factory=PmksaCache)
    protects_beacons: bool = True

    def probe_element(self, order: WpsParameters) -> bytes:
        """The WSC element of Probe Requests while an enrolment is under way."""
        device = self.config.device.on_air()
        bands = 0
        for frequency in self.frequencies:
            bands |= rf_band(frequency)
        request = WscProbeRequest(
            request_type=order.method.request_type,
            config_methods=self.config.config_methods,
            uuid_e=self.uuid,
            primary_device_type=device["primary_device_type"],
            rf_bands=int(bands),
            device_password_id=order.device_password_id,
            manufacturer=device["manufacturer"],
            model_name=device["model_name"],
            model_number=device["model_number"],
            device_name=device["device_name"],
            wfa=VERSION2_ONLY if order.method is WpsMethod.REGISTRAR else ENROLLING,
        )
        return wsc_element(at_version(request, self.config.trials.wps_version).encode())


def attempt_for(candidate: Candidate, identity: Identity, entropy: Entropy, now: float) -> Attempt:
    """What to send, and who answers, to join that BSS for that network."""
    if candidate.network.wps is not None:
        return _enrolment(candidate, candidate.network.wps, identity, entropy)
    choice = choose(candidate.bss, candidate.network, identity.config.security)
    if candidate.bss.rsn is not None and choice is not None:
        return _rsn(candidate, candidate.bss.rsn, choice, identity, entropy, now)
    own = choose_wpa(candidate.bss, candidate.network)
    if own is not None:
        return _wpa(candidate, own, identity, entropy)
    return _without_wpa(candidate)


def _without_wpa(candidate: Candidate) -> Attempt:
    """Join an open network, or one with WEP."""
    network = candidate.network
    return replace(
        _attempt(candidate, b""),
        wep=network.wep,
        algorithm=network.auth_alg or OPEN_SYSTEM,
        then_shared_key=network.wep is not None and network.auth_alg is None,
    )


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
        four_address=network.four_address,
    )


def _wpa(candidate: Candidate, own: WpaElement, identity: Identity, entropy: Entropy) -> Attempt:
    """Join by WPA version 1."""
    network, bss, version = candidate.network, candidate.bss, identity.config.eapol_version
    config = SupplicantConfig(
        own=identity.own,
        peer=bss.bssid,
        pmk=network.pmk(),
        akm=AKM_PSK,
        own_rsne=own.element(),
        peer_rsne=vendor_element(OUI_MICROSOFT, VENDOR_TYPE_WPA, bss.elements.wpa or b""),
        pairwise=own.pairwise[0],
        group=own.group,
        wpa=True,
        eapol_version=version,
        ptk_rekey_s=network.ptk_rekey_s or None,
        replaces_pairwise=network.rekeying.allowed(identity.rekeys_safely),
    )
    return replace(
        _attempt(candidate, own.element()),
        port=EapolPort(Supplicant(config, entropy), version),
        wpa=True,
        pairwise=own.pairwise[0],
        group=own.group,
        akm=AKM_PSK,
        replaces_pairwise=network.rekeying.allowed(identity.rekeys_safely),
        completion_s=PSK_COMPLETION_S,
    )


def _rsn(
    candidate: Candidate,
    offered: Rsne,
    choice: Choice,
    identity: Identity,
    entropy: Entropy,
    now: float,
) -> Attempt:
    network, bss = candidate.network, candidate.bss
    channel = OwnChannel(OperatingChannel(bss.frequency)) if choice.validates_channel else None
    port = _port_maker(candidate, offered, choice, identity, entropy, channel)
    attempt = replace(
        _attempt(candidate, choice.rsne + choice.rsnxe),
        protection=Protection(identity.own, bss.bssid, entropy, channel) if choice.mfp else None,
        channel=channel,
        pairwise=choice.pairwise,
        group=offered.group,
        akm=choice.akm,
        replaces_pairwise=network.rekeying.allowed(identity.rekeys_safely),
        completion_s=PSK_COMPLETION_S,
    )
    if choice.akm != AKM_SAE:
        return replace(attempt, port=port(network.pmk(), None, choice.rsne))
    attempt = replace(attempt, sae=_sae(candidate, choice, identity, entropy, port))
    return _with_cached_key(candidate, choice, identity, attempt, port, now)


def _port_maker(
    candidate: Candidate,
    offered: Rsne,
    choice: Choice,
    identity: Identity,
    entropy: Entropy,
    channel: OwnChannel | None,
) -> Port:
    """Who speaks EAPOL, once it is known what the 4-way handshake begins with."""
    network, bss = candidate.network, candidate.bss
    version, trials = identity.config.eapol_version, identity.config.trials

    def port(pmk: bytes, pmkid: bytes | None, own_rsne: bytes) -> EapolPort:
        config = SupplicantConfig(
            own=identity.own,
            peer=bss.bssid,
            pmk=pmk,
            akm=choice.akm,
            own_rsne=own_rsne if trials.rsne_eapol is None else trials.rsne_eapol,
            own_rsnxe=choice.rsnxe if trials.rsnxe_eapol is None else trials.rsnxe_eapol,
            peer_rsne=_whole(ELEMENT_RSN, bss),
            peer_rsnxe=_whole(ELEMENT_RSNX, bss),
            pairwise=choice.pairwise,
            group=offered.group,
            group_management=CIPHER_BIP_CMAC_128 if choice.mfp else None,
            beacon_protection=network.beacon_prot and identity.protects_beacons,
            pmkid=pmkid,
            eapol_version=version,
            ptk_rekey_s=network.ptk_rekey_s or None,
            replaces_pairwise=network.rekeying.allowed(identity.rekeys_safely),
            message_2_data=trials.elements_eapol,
            message_2_information=trials.key_information,
            channel=channel,
        )
        return EapolPort(Supplicant(config, entropy), version)

    return port


def _with_cached_key(
    candidate: Candidate,
    choice: Choice,
    identity: Identity,
    attempt: Attempt,
    port: Port,
    now: float,
) -> Attempt:
    """Use the key of an earlier SAE with that AP, if there is one."""
    network, bss = candidate.network, candidate.bss
    secret, pmksas = network.sae_credentials, identity.pmksas
    known = pmksas.find(bss.bssid, bss.ssid, secret, now)
    if known is None:
        return attempt

    def forget() -> None:
        pmksas.forget(bss.bssid, bss.ssid, secret)

    def fallback() -> Attempt:
        forget()
        return attempt

    own_rsne = replace(Rsne.decode(choice.rsne[2:]), pmkids=(known.pmkid,)).element()
    return replace(
        attempt,
        sae=None,
        cached=CachedKey(fallback, forget),
        elements=_attempt(candidate, own_rsne + choice.rsnxe).elements,
        port=port(known.pmk, known.pmkid, own_rsne),
    )


def _whole(element_id: int, bss: Bss) -> bytes:
    """An element of the BSS with id and length, empty when it has none."""
    value = bss.elements.get(element_id)
    return b"" if value is None else element(element_id, value)


def _sae(
    candidate: Candidate,
    choice: Choice,
    identity: Identity,
    entropy: Entropy,
    port: Port,
) -> SaeStart:
    network, bss = candidate.network, candidate.bss
    assert network.sae_secret is not None, "the choice saw to it"
    config = InitiatorConfig(
        own=identity.own,
        peer=bss.bssid,
        ssid=bss.ssid,
        password=network.sae_secret.encode("utf-8", "surrogateescape"),
        hash_to_element=choice.hash_to_element,
        groups=identity.config.security.sae_groups,
        identifier=network.sae_password_id if choice.hash_to_element else None,
        rejected=identity.config.trials.sae_rejected_groups,
    )
    machine = SaeInitiator(config, entropy)

    def accept(accepted: SaeAccepted, now: float) -> EapolPort:
        secret = network.sae_credentials
        identity.pmksas.store(bss.bssid, bss.ssid, secret, accepted, now, network.id)
        return port(accepted.pmk, accepted.pmkid, choice.rsne)

    return SaeStart(machine, accept)


def _enrolment(
    candidate: Candidate, order: WpsParameters, identity: Identity, entropy: Entropy
) -> Attempt:
    network, bss, config = candidate.network, candidate.bss, identity.config
    registers = order.method is WpsMethod.REGISTRAR
    enrollee_config = _enrollee_config(network, order, bss.frequency, identity)
    registrar_config = _registrar_config(order, bss.frequency, identity)

    def method() -> Enrollee | Registrar:
        if registers:
            return Registrar(registrar_config, ApPinPolicy(order.password), entropy)
        return identity.enrollee(enrollee_config, entropy)

    peer = EapPeer(
        WSC_REGISTRAR if registers else WSC_ENROLLEE,
        None if order.unfit else method(),
        config.fragment_size,
        renew=method,
        awaits_start=not registers,
    )
    version2 = bss.wps is not None and bss.wps.version2
    listed = bss.wps is not None and bss.wps.authorizes(identity.own)
    impatient = order.method is WpsMethod.PIN and not listed
    start_delay = START_DELAY_WPS2_S if version2 else START_DELAY_S
    request = at_version(
        WscAssociationRequest(request_type=order.method.request_type), config.trials.wps_version
    )
    return replace(
        _attempt(candidate, wsc_element(request.encode())),
        port=EapolPort(peer, config.eapol_version, start_delay),
        enrolling=True,
        completion_s=PSK_COMPLETION_S if impatient else WPS_COMPLETION_S,
    )


def _registrar_config(order: WpsParameters, frequency: int, identity: Identity) -> RegistrarConfig:
    trials = identity.config.trials
    config = RegistrarConfig(
        uuid=identity.uuid,
        device=identity.config.device,
        config_methods=identity.config.config_methods,
        rf_bands=int(rf_band(frequency)),
        os_version=identity.config.os_version,
        target=ApTarget(order.new_settings),
        version=trials.wps_version,
    )
    return replace(config, **_forced_types(trials))


class _ForcedTypes(TypedDict, total=False):
    authentication_types: int
    encryption_types: int


def _forced_types(trials: Trials) -> _ForcedTypes:
    forced: _ForcedTypes = {}
    if trials.wps_authentication_types is not None:
        forced["authentication_types"] = trials.wps_authentication_types
    if trials.wps_encryption_types is not None:
        forced["encryption_types"] = trials.wps_encryption_types
    return forced


def _enrollee_config(
    network: Network, order: WpsParameters, frequency: int, identity: Identity
) -> EnrolleeConfig:
    trials, vendor = identity.config.trials, identity.config.wps_vendor_ext_m1
    config = EnrolleeConfig(
        mac=identity.own,
        uuid=identity.uuid,
        device=identity.config.device,
        password=order.password,
        device_password_id=order.device_password_id,
        config_methods=identity.config.config_methods,
        rf_bands=int(rf_band(frequency)),
        multi_ap=BACKHAUL_STA if network.multi_ap_backhaul_sta else None,
        os_version=identity.config.os_version,
        version=trials.wps_version,
        vendor_extensions=(vendor,) if vendor else (),
    )
    return replace(config, **_forced_types(trials))
