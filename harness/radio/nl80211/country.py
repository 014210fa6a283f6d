"""Whose rules for radios hold, once the kernel has taken them, and how loud they let one be."""

from __future__ import annotations

import errno
import select
import time
from dataclasses import dataclass
from typing import Final

from harness.base.errors import RadioError
from harness.radio.nl80211 import names as nl
from harness.radio.nl80211.core import Core
from harness.radio.nl80211.netlink import (
    Attributes,
    each_attribute,
    flag,
    number,
    split,
    text,
    u32,
)

_PATIENCE_S: Final = 10.0
"""The kernel looks the rules up in a file, and tells when it has."""


_MBM_IN_A_DBM: Final = 100
_KHZ_IN_A_MHZ: Final = 1000
_CLOSED: Final = {nl.FREQUENCY_ATTR_DISABLED, nl.FREQUENCY_ATTR_NO_IR, nl.FREQUENCY_ATTR_RADAR}
"""What keeps access points off a channel: radar is not looked out for."""


@dataclass(frozen=True)
class _Rule:
    """What the rules allow from one frequency (kHz) to another."""

    start: int
    end: int
    dbm: int


def set_country(core: Core, country: str) -> None:
    """Ask for a country's rules. Raises `NetlinkError`."""
    core.socket.command(nl.CMD_REQ_SET_REG, text(nl.ATTR_REG_ALPHA2, country))


def obey(core: Core, country: str) -> None:
    """Ask for a country's rules and wait until they hold: an access point may need their channels.

    Raises `NetlinkError`, and `RadioError` when the kernel keeps others.
    """
    if _present(core) == country:
        return
    set_country(core, country)
    limit = time.monotonic() + _PATIENCE_S
    while (present := _present(core)) != country:
        left = limit - time.monotonic()
        if left <= 0:
            reason = f"the rules stay those of {present}"
            raise RadioError(f"set the country to {country}", errno.ETIMEDOUT, reason)
        select.select([core.socket], [], [], left)


def max_powers(core: Core) -> dict[int, int]:
    """Read how loud (dBm) the rules let an access point be on each channel (MHz) it may use.

    The radio may be fainter: what it can do itself is said only where no rule speaks.
    """
    found: dict[int, int] = {}
    rules = _rules(core)
    wanted = (u32(nl.ATTR_WIPHY, core.wiphy), flag(nl.ATTR_SPLIT_WIPHY_DUMP))
    for part in core.socket.list(nl.CMD_GET_WIPHY, *wanted):
        for _, band in each_attribute(part.get(nl.ATTR_WIPHY_BANDS, b"")):
            for _, octets in each_attribute(split(band).get(nl.BAND_ATTR_FREQS, b"")):
                channel = split(octets)
                power = channel.get(nl.FREQUENCY_ATTR_MAX_TX_POWER)
                if power is not None and not channel.keys() & _CLOSED:
                    frequency = number(channel[nl.FREQUENCY_ATTR_FREQ])
                    own = number(power) // _MBM_IN_A_DBM
                    found[frequency] = _allowed(rules, frequency * _KHZ_IN_A_MHZ, own)
    return found


def _allowed(rules: list[_Rule], khz: int, otherwise: int) -> int:
    return next((rule.dbm for rule in rules if rule.start <= khz <= rule.end), otherwise)


def _rules(core: Core) -> list[_Rule]:
    """The rules that hold for the radio: its own if it manages them, else everybody's.

    A radio that was made with narrower rules of its own, yet manages none, obeys both; these tell
    the wider, which is what management programs expect here.
    """
    told = _told(core, u32(nl.ATTR_WIPHY, core.wiphy))
    if nl.ATTR_WIPHY_SELF_MANAGED_REG not in told:
        told = _told(core)
    rules = [split(octets) for _, octets in each_attribute(told.get(nl.ATTR_REG_RULES, b""))]
    return [
        _Rule(
            number(rule[nl.ATTR_FREQ_RANGE_START]),
            number(rule[nl.ATTR_FREQ_RANGE_END]),
            number(rule[nl.ATTR_POWER_RULE_MAX_EIRP]) // _MBM_IN_A_DBM,
        )
        for rule in rules
    ]


def _present(core: Core) -> str:
    return _told(core).get(nl.ATTR_REG_ALPHA2, b"").rstrip(b"\0").decode("ascii", "replace")


def _told(core: Core, *of: bytes) -> Attributes:
    return split(core.socket.command(nl.CMD_GET_REG, *of).messages[0].body[4:])
