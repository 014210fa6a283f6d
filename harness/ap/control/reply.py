"""What a command brings: a reply for who sent it, and what the radio and the events get."""

from __future__ import annotations

from typing import Final, NamedTuple

from harness.ap.access_point import Actions

OK: Final = "OK\n"
FAIL: Final = "FAIL\n"
UNKNOWN: Final = "UNKNOWN COMMAND\n"


class Reply(NamedTuple):
    """`actions` are carried out before `text` is sent, as events of a command precede its reply."""

    text: str
    actions: Actions = ()
