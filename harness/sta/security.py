"""Which of an RSN's offers a network takes: where several would do, SAE, then PSK with SHA-256.

Where no RSN will do, WPA version 1 may, with PSK. Of the pairwise ciphers CCMP is taken where both
would do; TKIP goes with PSK alone, and protects no management frames.

Source: the station's behaviour page, 3.4; RSN, 1, 8 and 9.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from harness.base.errors import WireError
from harness.base.seam import (
    AKM_PSK,
    AKM_PSK_SHA256,
    AKM_SAE,
    CIPHER_BIP_CMAC_128,
    CIPHER_CCMP,
    CIPHER_TKIP,
)
from harness.sta.bss_table import Bss
from harness.sta.config import (
    MFP_OFF,
    MFP_OPTIONAL,
    MFP_REQUIRED,
    PWE_BOTH,
    PWE_HASH_TO_ELEMENT,
    PWE_LOOP,
    PWE_LOOP_ALWAYS,
    KeyManagement,
    Network,
    SecurityHabits,
    SecurityProtocol,
)
from harness.wire.dot11 import extended_capabilities
from harness.wire.dot11.elements import ELEMENT_EXTENDED_CAPABILITIES, ELEMENT_RSNX, element
from harness.wire.operating_channel import operating_class
from harness.wire.rsn import CAPABILITY_MFPC, CAPABILITY_MFPR, CAPABILITY_OCVC, Rsne
from harness.wire.sae import BSS_SELECTOR_H2E_ONLY, RSNXE_HASH_TO_ELEMENT, offers_hash_to_element
from harness.wire.wpa import WpaElement

_CIPHERS: Final = (CIPHER_CCMP, CIPHER_TKIP)
_METHODS: Final = {
    AKM_PSK: KeyManagement.WPA_PSK,
    AKM_PSK_SHA256: KeyManagement.WPA_PSK_SHA256,
}
_HASHING: Final = (PWE_HASH_TO_ELEMENT, PWE_BOTH)


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked for in the Association Request.

    `pairwise`: the cipher. `mfp`: management frames are protected. `hash_to_element`: the method,
    where `akm` is SAE.
    `rsne`, `rsnxe`: our elements, whole; the latter may be empty. `validates_channel`: both ends
    say that they tell and check the operating channel.
    """

    akm: int
    pairwise: int
    mfp: bool
    hash_to_element: bool
    rsne: bytes
    rsnxe: bytes
    validates_channel: bool = False


def choose(bss: Bss, network: Network, habits: SecurityHabits) -> Choice | None:
    """Choose; None when the network can't join that BSS."""
    rsn = bss.rsn
    if rsn is None or SecurityProtocol.RSN not in network.proto:
        return None
    pairwise = _pairwise(rsn.pairwise, network)
    if pairwise is None or rsn.group not in network.group:
        return None
    if network.sae_pwe is not None:
        habits = replace(habits, sae_pwe=network.sae_pwe)
    if network.sae_password_id is not None and habits.sae_pwe != PWE_LOOP_ALWAYS:
        habits = replace(habits, sae_pwe=PWE_HASH_TO_ELEMENT)
    if KeyManagement.SAE in network.key_mgmt and not _fits_sae(bss, network, habits):
        return None
    wanted = habits.pmf if network.ieee80211w is None else network.ieee80211w
    ocv = network.ocv and operating_class(bss.frequency) is not None
    if ocv:
        wanted = max(wanted, MFP_OPTIONAL)
    mfp = _protects(rsn, wanted, pairwise)
    by_sae = pairwise == CIPHER_CCMP and (bool(mfp) or not habits.sae_needs_mfp)
    akm = _akm(rsn, network, pairwise, by_sae=by_sae)
    if mfp is None or akm is None:
        return None
    hashing = akm == AKM_SAE and habits.sae_pwe in _HASHING
    return Choice(
        akm,
        pairwise,
        mfp,
        hashing and offers_hash_to_element(bss.elements.get(ELEMENT_RSNX)),
        _rsne(rsn, pairwise, akm, wanted, mfp=mfp, ocv=ocv).element(),
        element(ELEMENT_RSNX, bytes((RSNXE_HASH_TO_ELEMENT,))) if hashing else b"",
        validates_channel=mfp and ocv and bool(rsn.capabilities & CAPABILITY_OCVC),
    )


def _fits_sae(bss: Bss, network: Network, habits: SecurityHabits) -> bool:
    """Whether what the BSS says of SAE lets the network in, be it by PSK in the end."""
    by_hash = offers_hash_to_element(bss.elements.get(ELEMENT_RSNX))
    if habits.sae_pwe == PWE_HASH_TO_ELEMENT and not by_hash:
        return False
    by_hash_only = BSS_SELECTOR_H2E_ONLY in bss.elements.rates and not habits.ignores_h2e_only
    if by_hash_only and habits.sae_pwe == PWE_LOOP:
        return False
    told = bss.elements.get(ELEMENT_EXTENDED_CAPABILITIES)
    asks_for_identifier = extended_capabilities.has(
        told, extended_capabilities.SAE_IDENTIFIERS_ALONE
    )
    return network.sae_password_id is not None or not asks_for_identifier


def choose_wpa(bss: Bss, network: Network) -> WpaElement | None:
    """Give our WPA element for a BSS of WPA version 1; None when it does not match."""
    value = bss.elements.wpa
    takes = SecurityProtocol.WPA in network.proto and KeyManagement.WPA_PSK in network.key_mgmt
    if value is None or not takes or not network.takes_psk or network.multi_ap_backhaul_sta:
        return None
    try:
        offered = WpaElement.decode(value)
    except WireError:
        return None
    pairwise = _pairwise(offered.pairwise, network)
    if pairwise is None or AKM_PSK not in offered.akms or offered.group not in network.group:
        return None
    return WpaElement(offered.group, (pairwise,))


def _pairwise(offered: tuple[int, ...], network: Network) -> int | None:
    both = (cipher for cipher in _CIPHERS if cipher in offered and cipher in network.pairwise)
    return next(both, None)


def _protects(rsn: Rsne, wanted: int, pairwise: int) -> bool | None:
    """Whether management frames are to be protected; None: there is no agreement about it."""
    possible = pairwise == CIPHER_CCMP and rsn.mfp_capable
    possible = possible and rsn.effective_group_management == CIPHER_BIP_CMAC_128
    if wanted == MFP_OFF:
        return None if rsn.mfp_required else False
    if not possible and (wanted == MFP_REQUIRED or rsn.mfp_required):
        return None
    return possible


def _akm(rsn: Rsne, network: Network, pairwise: int, *, by_sae: bool) -> int | None:
    by_sae = by_sae and KeyManagement.SAE in network.key_mgmt and AKM_SAE in rsn.akms
    if by_sae and network.sae_secret:
        return AKM_SAE
    if not network.takes_psk:
        return None
    if pairwise == CIPHER_CCMP and _both_do(AKM_PSK_SHA256, rsn, network):
        return AKM_PSK_SHA256
    return AKM_PSK if _both_do(AKM_PSK, rsn, network) else None


def _both_do(akm: int, rsn: Rsne, network: Network) -> bool:
    return akm in rsn.akms and _METHODS[akm] in network.key_mgmt


def _rsne(
    offered: Rsne, pairwise: int, akm: int, wanted: int, *, mfp: bool, ocv: bool
) -> Rsne:
    capabilities = CAPABILITY_MFPC if wanted != MFP_OFF and pairwise == CIPHER_CCMP else 0
    if wanted == MFP_REQUIRED:
        capabilities |= CAPABILITY_MFPR
    if ocv and capabilities:
        capabilities |= CAPABILITY_OCVC
    group_management = CIPHER_BIP_CMAC_128 if mfp else None
    return Rsne(offered.group, (pairwise,), (akm,), capabilities, group_management=group_management)
