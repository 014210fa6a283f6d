"""What a scan means to a station that is connected. Source: sta, 3.4, point 6.

A network that comes before the present one is gone to. Within a network another AP has to be
better by a margin that grows with the present one's quality: a link that is about to break is
left for little, one that is good enough is kept.
"""

from __future__ import annotations

from typing import Final

from harness.sta import choice, events, quality
from harness.sta.bss_table import Bss
from harness.sta.core import Core

_GOOD_ENOUGH_DB: Final = 25
"""From this signal-to-noise ratio on every rate works: an AP that is heard louder is no better."""
_LEAST_MARGIN_DB: Final = 2
_DB_PER_MARGIN: Final = 5


def consider(core: Core, now: float) -> None:
    """Go elsewhere if the table has something better than the present BSS.

    Who is to reassociate goes to whatever is best, also if that is where it is.
    """
    wanted, core.reassociates = core.reassociates, False
    attempt = core.connection.attempt
    if attempt is None or attempt.network_id not in core.networks:
        return
    present = core.table.get(attempt.bssid, attempt.ssid)
    if present is not None and _is_missed(core, present):
        present = None
    heard = [bss for bss in core.table if bss is present or not bss.unseen]
    candidate = choice.choose(core, None, heard, now)
    if candidate is None:
        return
    if candidate.network.id != attempt.network_id:
        core.leave(now)
        core.join(candidate, now)
        return
    if candidate.bss.ssid != attempt.ssid or (candidate.bss is present and not wanted):
        return
    if wanted or present is None or _leaves(core, present, candidate.bss, now):
        core.roam(candidate.network, candidate.bss.bssid, now)


def _is_missed(core: Core, present: Bss) -> bool:
    """So often that the table would have let any other BSS go."""
    return present.unseen >= core.config.bss_expiration_scan_count


def _leaves(core: Core, present: Bss, other: Bss, now: float) -> bool:
    if quality.ratio(present) > _GOOD_ENOUGH_DB:
        return False
    margin = _LEAST_MARGIN_DB + max(0, quality.ratio(present)) // _DB_PER_MARGIN
    gain = quality.throughput(other) - quality.throughput(present)
    leaves = other.signal - present.signal >= margin and gain >= 0
    name = events.ROAMING if leaves else events.NOT_ROAMING
    core.report(now, name, **_seen("cur", present), **_seen("sel", other))
    return leaves


def _seen(prefix: str, bss: Bss) -> dict[str, object]:
    return {
        f"{prefix}_bssid": bss.bssid,
        f"{prefix}_freq": bss.frequency,
        f"{prefix}_level": bss.signal,
        f"{prefix}_est": quality.throughput(bss),
    }
