"""Whose rules for radios hold: a country's, once it is asked for and the kernel has taken them."""

from __future__ import annotations

import errno
import select
import time
from typing import Final

from harness.base.errors import RadioError
from harness.radio.nl80211 import names as nl
from harness.radio.nl80211.core import Core
from harness.radio.nl80211.netlink import split, text

_PATIENCE_S: Final = 1.0
"""The kernel looks the rules up in a file, and tells when it has."""


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


def _present(core: Core) -> str:
    answer = core.socket.command(nl.CMD_GET_REG)
    attributes = split(answer.messages[0].body[4:])
    return attributes.get(nl.ATTR_REG_ALPHA2, b"").rstrip(b"\0").decode("ascii", "replace")
