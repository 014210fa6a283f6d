"""RADAR: tells monitors what a radar on a channel would bring.

No channel with radars is ever used, so that nothing but the event comes of it. Source: the access
point's control interface, 4; events of hostapd 2.10.
"""

from __future__ import annotations

from typing import Final

from harness.ap import events
from harness.ap.control.interface import Interface
from harness.ap.control.reply import FAIL, OK, Reply
from harness.base.errors import UsageError
from harness.base.event import Event

_TOLD: Final = {
    "DETECTED": "DFS-RADAR-DETECTED",
    "CAC-FINISHED": "DFS-CAC-COMPLETED success=1",
    "CAC-ABORTED": "DFS-CAC-COMPLETED success=0",
    "NOP-FINISHED": "DFS-NOP-FINISHED",
}
_SHOWN: Final = ("freq", "ht_enabled", "chan_offset", "chan_width", "cf1", "cf2")


def radar(interface: Interface, bss: str, arguments: str, now: float) -> Reply:
    """RADAR kind freq= [ht_enabled=] [chan_offset=] [chan_width=] [cf1=] [cf2=].

    Kinds: DETECTED, CAC-FINISHED, CAC-ABORTED, NOP-FINISHED. Raises `UsageError`.
    """
    kind, *words = arguments.split(" ")
    given = dict(word.partition("=")[::2] for word in words)
    if kind not in _TOLD or "freq" not in given:
        return Reply(FAIL)
    try:
        channel = {name: int(given.get(name, "0")) for name in _SHOWN}
    except ValueError as error:
        raise UsageError(str(error)) from None
    shown = " ".join(f"{name}={value}" for name, value in channel.items())
    fields = {"interface": bss, "line": f"{_TOLD[kind]} {shown}"}
    return Reply(OK, (Event(now, interface.node, events.RADAR_PRETENDED, fields),))
