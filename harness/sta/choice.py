"""What to join next, and how long to wait when there is nothing. Source: sta, 3.1 and 3.4."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from harness.sta import events, scanning
from harness.sta.bss_table import Bss
from harness.sta.core import Core
from harness.sta.scan_plan import FIRST_SCANS
from harness.sta.selection import Candidate, Circumstances, select_by
from harness.sta.wps import Run


def scan_interval(core: Core) -> float:
    """How long to wait after a scan that brought nothing to join, in seconds."""
    if core.networks.looks_for_wps() or core.scanner.registration_left:
        return scanning.WPS_INTERVAL_S
    if core.config.autoscan is not None:
        return core.config.autoscan.interval(core.fruitless_scans)
    by_plan = core.fruitless_scans - FIRST_SCANS
    if core.config.scan_plan is not None and by_plan >= 0:
        return core.config.scan_plan.interval(by_plan)
    return core.config.scan_interval


def choose(core: Core, run: Run | None, bsss: Iterable[Bss], now: float) -> Candidate | None:
    """Choose; if nothing suits and BSSIDs are ignored, forgive them and choose again.

    A network that only lacks its passphrase asks for it, and nothing is chosen this time; nor
    while countermeasures forbid to join any.
    """
    if core.countermeasures.active(now):
        return None
    core.expire_ignored(now)
    core.list_cleared = False
    around = Circumstances(
        own=core.identity.own,
        ignored=core.ignored,
        frequencies=core.config.freq_list,
        wps_age=now - run.started if run is not None else 0.0,
        wps_scans=run.scans if run is not None else 0,
        security=core.config.security,
        filters=core.filters,
    )
    complete = (core.complete(network, now) for network in core.networks.enabled())
    enabled, known = [network for network in complete if network is not None], list(bsss)
    candidate = select_by(core.config.ap_scan, known, enabled, around)
    if candidate is None and len(core.ignored):
        core.clear_ignored(now)
        core.list_cleared = True
        candidate = select_by(core.config.ap_scan, known, enabled, around)
    if candidate is not None and candidate.network.lacks_psk:
        network = candidate.network
        core.report(now, events.PASSPHRASE_WANTED, id=network.id, ssid=network.ssid)
        return None
    return candidate


def knows_the_air(core: Core, now: float) -> bool:
    """True when the last scan is not too old to join what it saw."""
    at = core.scanner.finished_at
    return at is not None and now - at <= core.config.scan_res_valid_for_connect


def join_from_table(
    core: Core, run: Run | None, now: float, trusts: Callable[[Bss], bool]
) -> bool:
    """Join without a scan what was seen lately, if something suits and is trusted to last.

    Not for an enrolment: whose button is pushed is for a scan to say.
    """
    if not knows_the_air(core, now) or core.interface_down:
        return False
    candidate = choose(core, run, [bss for bss in core.table if not bss.unseen], now)
    if candidate is None or candidate.network.wps is not None or not trusts(candidate.bss):
        return False
    core.join(candidate, now)
    return True
