"""The global control socket's commands: the access point's control interface, 2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from harness.base.errors import AirproofError, UsageError
from harness.live import log
from harness.live.access_points import AccessPoints
from harness.live.control_server import Address
from harness.live.hosted import Common
from harness.live.log import Log

OK, FAIL = "OK\n", "FAIL\n"
NO_MATCH: Final = "FAIL-NO-IFNAME-MATCH\n"
_FOR_CLIENTS: Final = ("ATTACH", "DETACH", "LEVEL")
"""Commands that a BSS's own socket answers for the client that sends them."""


class GlobalCommands:
    """Answers the global socket. `sender`: gives who asks."""

    def __init__(
        self,
        access_points: AccessPoints,
        written: Log,
        common: Common,
        sender: Callable[[], Address],
    ) -> None:
        self._access_points = access_points
        self._log = written
        self._common = common
        self._sender = sender

    def execute(self, command: str) -> str:
        """Carry out one command."""
        answer = self._common(command)
        if answer is not None:
            return answer
        word, space, arguments = command.partition(" ")
        if word.startswith("IFNAME="):
            return self._for_bss(word.partition("=")[2], arguments) if space else FAIL
        if word.startswith("INTERFACES"):
            return self._list(arguments)
        try:
            return self._act(word, arguments)
        except (AirproofError, OSError) as error:
            self._log.say(f"{word}: {error}", log.ERROR)
        return FAIL

    def _act(self, word: str, arguments: str) -> str:
        match word:
            case "PING":
                return FAIL if arguments else "PONG\n"
            case "ADD":
                self._add(arguments.split(" "))
            case "REMOVE":
                self._access_points.remove(arguments)
            case "REMOVE_BSS":
                self._access_points.remove_bss(arguments)
            case "DUP_NETWORK":
                words = arguments.split(" ")
                if len(words) != 3:
                    return FAIL
                self._access_points.copy_network(*words)
            case "FLUSH":
                for each in self._access_points:
                    each.flush()
            case _:
                raise UsageError("there is no such command")
        return OK

    def _for_bss(self, name: str, command: str) -> str:
        hosted = self._access_points.of(name)
        if hosted is None:
            return NO_MATCH
        if command.partition(" ")[0] in _FOR_CLIENTS:
            answer = hosted.relay(name, command, self._sender())
            if answer is not None:
                return answer
        return hosted.execute(name, command)

    def _list(self, arguments: str) -> str:
        lines = ""
        for each in self._access_points:
            for name in each.names:
                where = f" ctrl_iface={each.control_directory(name) or 'N/A'}"
                lines += name + (where if arguments == "ctrl" else "") + "\n"
        return lines

    def _add(self, words: list[str]) -> None:
        name = words[0]
        if name.startswith("bss_config="):
            phy, colon, file = " ".join(words).removeprefix("bss_config=").partition(":")
            if not colon:
                raise UsageError("bss_config is phy:file")
            made = self._access_points.add_bss(phy, file)
            if made is not None:
                made.enable()
        elif len(words) == 2 and words[1].startswith("config="):
            settings = self._access_points.parse(words[1].removeprefix("config="), name)
            self._access_points.add(settings, name)
        elif len(words) in (2, 3) and name:
            self._access_points.add_empty(name, words[1], words[2] if len(words) == 3 else None)
        else:
            raise UsageError("say bss_config=, config= or where the control socket is to be")
