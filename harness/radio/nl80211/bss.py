"""Scan results: what the kernel remembers of each BSS (enum nl80211_bss)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from harness.base.address import MacAddress
from harness.base.seam_events import BssObservation
from harness.radio.nl80211 import names as nl
from harness.radio.nl80211.loop import RealLoop
from harness.radio.nl80211.netlink import Attributes, number, signed, split


def observation(
    octets: bytes, loop: RealLoop, noise: Mapping[int, int] = MappingProxyType({})
) -> BssObservation:
    """Decode one `NL80211_ATTR_BSS`. `noise` in dBm by frequency in MHz.

    Once it has seen a Probe Response the kernel shows that one's elements and hides that a
    Beacon is newer; the two TSFs tell.
    """
    bss = split(octets)
    shown = bss.get(nl.BSS_INFORMATION_ELEMENTS, b"")
    beacon = bss.get(nl.BSS_BEACON_IES, b"")
    probe = shown if nl.BSS_PRESP_DATA in bss else b""
    tsf = number(bss.get(nl.BSS_TSF, b""))
    beacon_tsf = number(bss.get(nl.BSS_BEACON_TSF, b""))
    beacon_is_newer = bool(beacon) and beacon_tsf > tsf
    frequency = number(bss[nl.BSS_FREQUENCY])
    return BssObservation(
        bssid=MacAddress(bss[nl.BSS_BSSID]),
        frequency=frequency,
        signal=signed(bss.get(nl.BSS_SIGNAL_MBM, b"")) // 100,
        tsf=max(tsf, beacon_tsf),
        beacon_interval=number(bss[nl.BSS_BEACON_INTERVAL]),
        capability=number(bss[nl.BSS_CAPABILITY]),
        seen=_seen(bss, loop),
        elements=beacon if beacon_is_newer else shown,
        beacon_elements=beacon,
        probe_elements=probe,
        noise=noise.get(frequency),
    )


def _seen(bss: Attributes, loop: RealLoop) -> float:
    since_boot = bss.get(nl.BSS_LAST_SEEN_BOOTTIME)
    if since_boot is not None:
        return loop.from_boot(number(since_boot) / 1e9)
    return loop.now() - number(bss.get(nl.BSS_SEEN_MS_AGO, b"")) / 1e3
