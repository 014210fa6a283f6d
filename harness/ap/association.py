"""Whether a station may associate: a judgement on its request, without side effects.

Source: IEEE 802.11-2020, 11.3.5.3 and 9.4.1.9 (status codes); Wi-Fi Simple Configuration 2.0.8,
8.2.3; Multi-AP Specification 1.0, 5.2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.ap import multi_ap
from harness.ap.config import MFP_OFF, MFP_REQUIRED, BssConfig
from harness.ap.ht import Ht, capabilities_of
from harness.ap.wmm import station_qos
from harness.base.errors import WireError
from harness.base.seam import AKM_PSK, AKM_SAE, CIPHER_BIP_CMAC_128, CIPHER_CCMP, CIPHER_TKIP
from harness.wire.dot11.codes import (
    STATUS_AKMP,
    STATUS_BASIC_RATES,
    STATUS_CIPHER_POLICY,
    STATUS_GROUP_CIPHER,
    STATUS_INVALID_ELEMENT,
    STATUS_LISTEN_INTERVAL,
    STATUS_NO_HT,
    STATUS_PAIRWISE_CIPHER,
    STATUS_PROTECTION_POLICY,
    STATUS_RSNE_VERSION,
    STATUS_UNSPECIFIED,
)
from harness.wire.dot11.elements import (
    ELEMENT_RSN,
    ELEMENT_RSNX,
    ELEMENT_TIMEOUT_INTERVAL,
    OUI_MICROSOFT,
    VENDOR_TYPE_WPA,
    Elements,
    element,
    vendor_element,
)
from harness.wire.ht import HtCapabilities
from harness.wire.rsn import CAPABILITY_OCVC, Rsne
from harness.wire.wpa import WpaElement
from harness.wire.wsc.element import decode_association_request

_RATE = 0x7F
_COME_BACK_TU = 1000
COME_BACK_ELEMENT = element(ELEMENT_TIMEOUT_INTERVAL, b"\x03" + _COME_BACK_TU.to_bytes(4, "little"))
"""Timeout Interval: when a refused station may come back (9.4.2.48), in TU."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a station is taken: what its request asked for and the BSS grants.

    `wps`: its request has a WSC element; `wps2`: that names Version2; `maybe_wps`: it has neither
    that nor security, so it may yet turn out to be an Enrollee. `rsne`: the whole element, or the
    WPA element of a station of WPA version 1, None for an association without keys; `rsnxe`: the
    same, empty without one. `akm`, `pairwise`, `pmkids`: as its RSNE says. `mfp`: management
    frames are protected. `ocv`: it validates the operating channel, as the BSS does. `backhaul`: as
    a Multi-AP backhaul station. `qos_info`: that field of one which does WMM. `ht`: what it can do
    of HT.
    """

    rates: bytes
    wps: bool = False
    wps2: bool = False
    maybe_wps: bool = False
    rsne: bytes | None = None
    rsnxe: bytes = b""
    akm: int = AKM_PSK
    pairwise: int = CIPHER_CCMP
    pmkids: tuple[bytes, ...] = ()
    mfp: bool = False
    ocv: bool = False
    backhaul: bool = False
    primary_vlan: int | None = None
    qos_info: int | None = None
    ht: HtCapabilities | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A station is refused with `status`, for `reason`, by `clause`.

    `qos_info`: as in `Terms`; it is told of WMM all the same.
    """

    status: int
    reason: str
    clause: str = "802.11-2020 11.3.5.3"
    qos_info: int | None = None


def judge(
    bss: BssConfig,
    basic_rates: bytes,
    elements: Elements,
    listen_interval: int = 0,
    ht: Ht | None = None,
) -> Terms | Refusal:
    """Decide about a (Re)Association Request by its elements.

    `basic_rates`: those that each station must support, in units of 500 kb/s.

    `listen_interval`: in Beacon intervals, as the request has it. `ht`: what the BSS does of it.
    """
    if listen_interval > bss.listen_interval_limit:
        return Refusal(STATUS_LISTEN_INTERVAL, f"the listen interval is {listen_interval}")
    try:
        verdict = _judge(bss, basic_rates, elements)
    except WireError as broken:
        return Refusal(STATUS_INVALID_ELEMENT, str(broken), broken.clause)
    if bss.wmm:
        verdict = _with_wmm(verdict, elements)
    if ht is not None and isinstance(verdict, Terms):
        verdict = _with_ht(verdict, ht, elements)
    if isinstance(verdict, Terms) and verdict.backhaul and elements.multi_ap is not None:
        return replace(verdict, primary_vlan=multi_ap.primary_vlan(bss, elements.multi_ap))
    return verdict


def _with_wmm(verdict: Terms | Refusal, elements: Elements) -> Terms | Refusal:
    """A station whose WMM element can't be read is refused, as hostapd 2.10 does."""
    try:
        return replace(verdict, qos_info=station_qos(elements))
    except WireError as broken:
        return Refusal(STATUS_UNSPECIFIED, str(broken), broken.clause)


def _with_ht(terms: Terms, ht: Ht, elements: Elements) -> Terms | Refusal:
    """HT needs WMM, and is not done with TKIP."""
    does = terms.qos_info is not None and (terms.rsne is None or terms.pairwise != CIPHER_TKIP)
    capabilities = capabilities_of(elements) if does else None
    if capabilities is None and ht.required:
        why = "the station does no HT"
        return Refusal(STATUS_NO_HT, why, "802.11-2020 9.4.1.9", terms.qos_info)
    return replace(terms, ht=capabilities)


def _judge(bss: BssConfig, basic_rates: bytes, elements: Elements) -> Terms | Refusal:
    if elements.ssid != bss.ssid:
        return Refusal(STATUS_UNSPECIFIED, "the SSID is not this BSS's")
    rates = elements.rates
    offered = {rate & _RATE for rate in rates}
    if not offered.issuperset(rate & _RATE for rate in basic_rates):
        return Refusal(STATUS_BASIC_RATES, "a basic rate is not supported")
    wsc = elements.wsc if bss.wps_enabled else None
    role = multi_ap.judge_station(bss, elements.multi_ap, enrolling=wsc is not None)
    if isinstance(role, multi_ap.Refused):
        return Refusal(role.status, role.reason, multi_ap.CLAUSE)
    if wsc is not None:
        return Terms(rates, wps=True, wps2=_names_version2(wsc), backhaul=role.backhaul)
    if not bss.protected:
        return Terms(rates, maybe_wps=bss.wps_enabled, backhaul=role.backhaul)
    if elements.rsn is None or not bss.rsn_pairwise:
        return _without_rsne(bss, elements, rates, backhaul=role.backhaul)
    rsne = judge_rsne(bss, elements.rsn)
    if isinstance(rsne, Refusal):
        return rsne
    rsnxe = elements.get(ELEMENT_RSNX)
    return Terms(
        rates,
        rsne=element(ELEMENT_RSN, elements.rsn),
        rsnxe=b"" if rsnxe is None else element(ELEMENT_RSNX, rsnxe),
        akm=rsne.akms[0],
        pairwise=rsne.pairwise[0],
        pmkids=rsne.pmkids,
        mfp=rsne.mfp_capable and bss.ieee80211w != MFP_OFF,
        ocv=bss.ocv and rsne.mfp_capable and bool(rsne.capabilities & CAPABILITY_OCVC),
        backhaul=role.backhaul,
    )


def _without_rsne(
    bss: BssConfig, elements: Elements, rates: bytes, *, backhaul: bool
) -> Terms | Refusal:
    if elements.wpa is not None:
        if backhaul:
            return Refusal(STATUS_INVALID_ELEMENT, "a backhaul link has WPA2", multi_ap.CLAUSE)
        whole = vendor_element(OUI_MICROSOFT, VENDOR_TYPE_WPA, elements.wpa)
        chosen = _judge_wpa(bss, elements.wpa)
        if isinstance(chosen, Refusal):
            return chosen
        return Terms(rates, rsne=whole, pairwise=chosen.pairwise[0])
    if bss.wps_enabled:
        return Terms(rates, maybe_wps=True, backhaul=backhaul)
    return Refusal(STATUS_INVALID_ELEMENT, "no RSN element", "802.11-2020 12.6.3")


def _judge_wpa(bss: BssConfig, value: bytes) -> WpaElement | Refusal:
    """Check the choice of a station of WPA version 1. `value`: what follows OUI and type."""
    clause = "WPA 2.0, 2.1"
    if not bss.wpa_pairwise:
        return Refusal(STATUS_INVALID_ELEMENT, "WPA is not offered here", clause)
    chosen = WpaElement.decode(value)
    if chosen.group != bss.group:
        return Refusal(STATUS_GROUP_CIPHER, f"group cipher {chosen.group:#010x}", clause)
    if len(chosen.pairwise) != 1 or chosen.pairwise[0] not in bss.wpa_pairwise:
        return Refusal(STATUS_PAIRWISE_CIPHER, "pairwise cipher is not one offered alone", clause)
    if chosen.akms != (AKM_PSK,):
        return Refusal(STATUS_AKMP, "AKM is not PSK alone", clause)
    return chosen


def judge_rsne(bss: BssConfig, value: bytes) -> Rsne | Refusal:
    """Check a station's choice of suites against what the BSS does. `value`: the element's."""
    clause = "802.11-2020 12.6.3"
    if value[:2] != b"\x01\x00":
        return Refusal(STATUS_RSNE_VERSION, "RSNE version is not 1", clause)
    rsne = Rsne.decode(value)
    if rsne.group != bss.group:
        return Refusal(STATUS_GROUP_CIPHER, f"group cipher {rsne.group:#010x}", clause)
    if len(rsne.pairwise) != 1 or rsne.pairwise[0] not in bss.rsn_pairwise:
        return Refusal(STATUS_PAIRWISE_CIPHER, "pairwise cipher is not one offered alone", clause)
    if len(rsne.akms) != 1 or rsne.akms[0] not in bss.akms:
        return Refusal(STATUS_AKMP, "AKM is not one of the BSS's alone", clause)
    return _judge_protection(bss, rsne) or rsne


def _judge_protection(bss: BssConfig, rsne: Rsne) -> Refusal | None:
    """Check the protection of management frames (12.6.3, table 12-2)."""
    clause = "802.11-2020 12.6.3"
    if rsne.mfp_required and not rsne.mfp_capable:
        return Refusal(STATUS_PROTECTION_POLICY, "MFPR without MFPC", clause)
    required = bss.ieee80211w == MFP_REQUIRED or (
        bss.sae_requires_mfp and bss.ieee80211w != MFP_OFF and rsne.akms == (AKM_SAE,)
    )
    if required and not rsne.mfp_capable:
        return Refusal(STATUS_PROTECTION_POLICY, "management frame protection is required", clause)
    if bss.ieee80211w == MFP_OFF and rsne.mfp_required:
        return Refusal(STATUS_PROTECTION_POLICY, "management frame protection is off", clause)
    group = rsne.effective_group_management
    if bss.ieee80211w != MFP_OFF and rsne.mfp_capable and group != CIPHER_BIP_CMAC_128:
        return Refusal(STATUS_CIPHER_POLICY, f"group management cipher {group:#010x}", clause)
    return None


def _names_version2(wsc: bytes) -> bool:
    """A WSC element that can't be read still makes a WPS station, but no WPS 2.0 one."""
    try:
        extension = decode_association_request(wsc).wfa
        return extension is not None and extension.version2 is not None
    except WireError:
        return False
