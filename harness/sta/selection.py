"""Which BSS to join, for which network. Source: the station's behaviour page, 3.3, 3.4 and 6.3."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.base.address import MacAddress
from harness.sta.bss_table import Bss
from harness.sta.config import DEFAULT_HABITS, KeyManagement, Network, SecurityHabits, WpsMethod
from harness.sta.ignore_list import IgnoreList
from harness.sta.ranking import best_first, best_for_wps
from harness.sta.scan_filters import ScanFilters
from harness.sta.security import choose, choose_wpa

NO_FILTERS = ScanFilters()
PIN_PATIENCE_SCANS = 3
PIN_PATIENCE_S = 5.0
"""After so many scans and seconds a PIN is tried with any AP that has WPS."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A BSS that a network may join."""

    network: Network
    bss: Bss


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What selection depends on beside the BSSs and the networks.

    `wps_age`, `wps_scans`: how long the
    enrolment lasts, in seconds and in finished scans.
    """

    own: MacAddress
    ignored: IgnoreList
    frequencies: tuple[int, ...] = ()
    wps_age: float = 0.0
    wps_scans: int = 0
    security: SecurityHabits = DEFAULT_HABITS
    filters: ScanFilters = NO_FILTERS


def select(bsss: Iterable[Bss], networks: list[Network], around: Circumstances) -> Candidate | None:
    """Choose: the highest priority first, then the best BSS, then the lowest network id.

    `networks`: the enabled ones, by id.
    """
    enrolling = any(network.wps is not None for network in networks)
    ranked = best_for_wps(bsss, around.own) if enrolling else best_first(bsss)
    usable = [bss for bss in ranked if _is_usable(bss, around)]
    for priority in sorted({network.priority for network in networks}, reverse=True):
        group = [network for network in networks if network.priority == priority]
        for bss in usable:
            for network in group:
                if _may_try(bss, network, len(networks), around) and matches(bss, network, around):
                    return Candidate(network, bss)
    return None


def select_by(
    ap_scan: int, bsss: list[Bss], networks: list[Network], around: Circumstances
) -> Candidate | None:
    """Choose as `ap_scan` says: 0: for the first network only, 2: for one after the other."""
    if ap_scan == 1:
        return select(bsss, networks, around)
    tried = networks[:1] if ap_scan == 0 else networks
    found = (select(bsss, [network], around) for network in tried)
    return next((candidate for candidate in found if candidate is not None), None)


def matches(bss: Bss, network: Network, around: Circumstances) -> bool:
    """True when the network may join that BSS as far as both say."""
    if network.bssid is not None and network.bssid != bss.bssid:
        return False
    if any(each.covers(bss.bssid) for each in network.bssid_ignore):
        return False
    if network.bssid_accept and not any(each.covers(bss.bssid) for each in network.bssid_accept):
        return False
    if network.freq_list and bss.frequency not in network.freq_list:
        return False
    if network.wps is not None:
        return matches_wps(bss, network, around)
    named = network.ssid is None or network.ssid == bss.ssid
    return named and _security_matches(bss, network, around.security)


def matches_wps(bss: Bss, network: Network, around: Circumstances) -> bool:
    """True when an enrolment may go through that AP."""
    wps, order = bss.wps, network.wps
    if wps is None or order is None:
        return False
    if order.method is WpsMethod.PBC:
        return wps.push_button_active
    if order.method is WpsMethod.REGISTRAR:
        return True
    if wps.admits_pin_of(around.own):
        return True
    return around.wps_scans >= PIN_PATIENCE_SCANS and around.wps_age >= PIN_PATIENCE_S


def _is_usable(bss: Bss, around: Circumstances) -> bool:
    if not around.filters.allows(bss):
        return False
    if bss.is_hidden or not bss.is_infrastructure or not bss.elements.rates:
        return False
    return not around.frequencies or bss.frequency in around.frequencies


def _may_try(bss: Bss, network: Network, enabled: int, around: Circumstances) -> bool:
    limit = 0 if enabled == 1 or network.wps is not None else 1
    return around.ignored.count(bss.bssid) <= limit


def _security_matches(bss: Bss, network: Network, habits: SecurityHabits) -> bool:
    if choose(bss, network, habits) is not None or choose_wpa(bss, network) is not None:
        return True
    if KeyManagement.NONE in network.key_mgmt:
        return not bss.is_secured and bss.privacy is (network.wep is not None)
    return False
