"""Commands that begin and end scans. Source: sta-control, 3.3."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from harness.base.errors import UsageError
from harness.base.seam import AbortScan
from harness.sta.autoscan import Autoscan
from harness.sta.config_values import read_address
from harness.sta.control.order import (
    OK,
    Order,
    number,
    plain,
    whole_number,
    with_argument,
    with_option,
)
from harness.sta.scanning import Busy, Wish

if TYPE_CHECKING:
    from harness.sta.control.interface import StationControl

_HIGHEST: Final = 100000
"""MHz."""


def _scan(control: StationControl, rest: str, now: float) -> str:
    try:
        control.station.check_idle()
    except Busy:
        return "FAIL-BUSY\n"
    words = rest.split()
    wish = _wish(words, control.station.core.identity.frequencies)
    if "use_id=1" not in words:
        control.do(control.station.scan(now, wish), now)
        return OK
    control.scans += 1
    control.do(control.station.scan(now, replace(wish, number=control.scans)), now)
    return f"{control.scans}\n"


def _wish(words: list[str], tunable: tuple[int, ...]) -> Wish:
    """What `SCAN` asks for; words that nothing is known of are passed over.

    Raises `UsageError`, `ConfigError`, `ValueError`.
    """
    ssids = [b""] if "wildcard_ssid=1" in words else []
    ssids += [_ssid(word) for at, word in enumerate(words) if at and words[at - 1] == "ssid"]
    if words and words[-1] == "ssid":
        raise UsageError("ssid names none")
    named = dict(word.split("=", 1) for word in words if "=" in word)
    return Wish(
        frequencies=_frequencies(named["freq"], tunable) if "freq" in named else (),
        ssids=tuple(dict.fromkeys(ssids)),
        passive=named.get("passive") == "1",
        reports_only=named.get("TYPE") == "ONLY",
        bssid=read_address(named["bssid"]) if "bssid" in named else None,
        afresh=named.get("only_new") == "1",
    )


def _ssid(digits: str) -> bytes:
    ssid = bytes.fromhex(digits)
    if not 0 < len(ssid) <= 32:
        raise UsageError("an SSID has 1 to 32 octets")
    return ssid


def _frequencies(text: str, tunable: tuple[int, ...]) -> tuple[int, ...]:
    """Single frequencies as they are, and of ranges what the radio can tune to, in MHz."""
    found: list[int] = []
    for word in text.split(","):
        low, dash, high = word.partition("-")
        first = whole_number(low)
        if not 0 < first <= _HIGHEST:
            raise UsageError(f"no frequency: {low}")
        last = whole_number(high) if dash else first
        found.extend([each for each in tunable if first <= each <= last] if dash else [first])
    return tuple(found)


def select_frequencies(control: StationControl, text: str) -> None:
    """Let the next scan look at these only: `SELECT_NETWORK id freq=…`."""
    tunable = control.station.core.identity.frequencies
    control.station.core.scanner.wish = Wish(frequencies=_frequencies(text, tunable))


def _abort(control: StationControl, rest: str, now: float) -> str:
    scanner = control.station.core.scanner
    if scanner.running is None or scanner.aborted:
        raise UsageError("no scan is under way")
    scanner.aborted = True
    control.station.core.perform(AbortScan(interface=control.interface))
    return OK


def _interval(control: StationControl, rest: str, now: float) -> str:
    control.change_config(scan_interval=float(number(rest)))
    return OK


def _autoscan(control: StationControl, rest: str, now: float) -> str:
    """Follow a plan, or none."""
    control.change_config(autoscan=Autoscan.parse(rest.strip()) if rest.strip() else None)
    control.station.core.fruitless_scans = 0
    return OK


ORDERS: Final[dict[str, Order]] = {
    "SCAN": with_option(_scan),
    "ABORT_SCAN": plain(_abort),
    "SCAN_INTERVAL": with_argument(_interval),
    "AUTOSCAN": with_argument(_autoscan),
}
