"""The log of the station's program: lines for people, and every event when asked for."""

from __future__ import annotations

from typing import Final

from harness.base.event import Event
from harness.live import log
from harness.live.log import Log
from harness.sta import events
from harness.sta.control.interface import CONFIG_UNSAVED, ORDER_REFUSED
from harness.sta.control_events import render

LEVELS: Final = {
    "EXCESSIVE": log.EXCESSIVE,
    "MSGDUMP": log.EXCESSIVE,
    "DEBUG": log.DEBUG,
    "INFO": log.INFO,
    "WARNING": log.ERROR,
    "ERROR": log.ERROR,
}
"""The names that `LOG_LEVEL` knows, and what is written from then on."""

_CLIENTS_ONLY: Final = frozenset(
    {events.BSS_ADDED, events.BSS_REMOVED, events.EAP_STATUS_CHANGED, events.WPS_AP_AVAILABLE}
)
"""Told to control clients and not logged."""
_REFUSALS: Final = {ORDER_REFUSED: "refused", CONFIG_UNSAVED: "not saved"}
_KEYS: Final = ".keys.derived"
_WITH_SECRETS: Final = frozenset({events.WPS_CREDENTIAL_RECEIVED})


class EventLog:
    """Writes events to `written`. `shows_keys`: secrets too (`-K`). `level`: a name of `LEVELS`."""

    def __init__(self, written: Log, level: str = "INFO", *, shows_keys: bool = False) -> None:
        self.written: Final = written
        self.level = level
        self._shows_keys = shows_keys
        self.set_level(level)

    def set_level(self, level: str) -> None:
        """Write what matters so much, or more."""
        self.level = level
        self.written.level = LEVELS[level]

    def say(self, text: str, level: int = log.INFO) -> None:
        """Write one line, or several."""
        for line in text.splitlines():
            self.written.say(line, level)

    def hear(self, interface: str, event: Event) -> None:
        """Log an event: its control line, and with `-d` whatever it is."""
        line = render(event)
        if event.name in _REFUSALS:
            told = ": ".join(str(value) for value in event.fields.values())
            self.say(f"{interface}: {_REFUSALS[event.name]}: {told}")
        elif line is not None and event.name not in _CLIENTS_ONLY:
            is_secret = event.name in _WITH_SECRETS and not self._shows_keys
            self.say(f"{interface}: {line.partition(' ')[0] if is_secret else line}")
        elif self.written.level <= log.DEBUG:
            self.say(f"{interface}: {event.name}{self._fields(event)}", log.DEBUG)

    def _fields(self, event: Event) -> str:
        if event.name.endswith(_KEYS) and not self._shows_keys:
            return " [hidden]"
        return "".join(f" {name}={_shown(value)}" for name, value in event.fields.items())


def _shown(value: object) -> str:
    is_octets = type(value) is bytes
    return value.hex() if is_octets and isinstance(value, bytes) else str(value)
