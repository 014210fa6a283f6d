"""The station's program: several interfaces, the global socket, signals. Source: sta-control."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.base.errors import AirproofError, UsageError
from harness.base.event import Event
from harness.live.ap_mode import render
from harness.live.control_server import ControlServer, group_id, is_abstract
from harness.live.interface_order import InterfaceOrder, Made
from harness.live.log import ERROR, INFO, WARNING, Log
from harness.live.loop import Loop
from harness.live.radios import DRIVERS
from harness.live.station_interface import InterfaceOptions, StationInterface
from harness.sta import events
from harness.sta.control.interface import CONFIG_UNSAVED, ORDER_REFUSED
from harness.sta.control.networks import copied
from harness.sta.control.order import FAIL, OK, ORDER_IDLE, UNKNOWN, number
from harness.sta.control_events import is_warning
from harness.sta.neighbours import Neighbours

_TERMINATING: Final = "CTRL-EVENT-TERMINATING "
_NO_MATCH: Final = "FAIL-NO-IFNAME-MATCH\n"
_LONGEST_GLOBAL: Final = 8192
_OWNERS_ONLY: Final = 0o700
_CLIENTS_ONLY: Final = frozenset(
    {
        events.BSS_ADDED,
        events.BSS_REMOVED,
        events.EAP_STATUS_CHANGED,
        events.EAPOL_RECEIVED,
        events.WPS_AP_AVAILABLE,
    }
)
"""Told to control clients and not logged."""
_NOTICES: Final = {
    ORDER_REFUSED: "refused",
    ORDER_IDLE: "without effect",
    CONFIG_UNSAVED: "not saved",
    events.BACKGROUND_SCANS_REFUSED: "no scans while connected",
    events.PASSWORD_MISSING: "no password for network",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramOptions:
    """What the command line says of the program as a whole."""

    interfaces: tuple[InterfaceOptions, ...] = ()
    global_socket: Path | None = None
    global_group: str | None = None
    waits_for_clients: bool = False


class StationProgram:
    """Runs until it is told to stop. Raises `AirproofError` or `OSError` when it can't begin.

    With a global socket a broken interface is told in the log; without one it is the end.
    """

    def __init__(self, options: ProgramOptions, loop: Loop, log: Log) -> None:
        self._loop = loop
        self._log = log
        self._interfaces: dict[str, StationInterface] = {}
        self._made: dict[str, Made] = {}
        self._waiting: list[StationInterface] = []
        self._global: ControlServer | None = None
        self._stopping = False
        self._neighbours: Final = Neighbours()
        self._heed_signals()
        try:
            if options.global_socket is not None:
                self._global = self._open_global(options.global_socket, options.global_group)
            for each in options.interfaces:
                self._begin(each, waits=options.waits_for_clients)
        except BaseException:
            self.close()
            raise
        loop.join(self)

    def _heed_signals(self) -> None:
        """From before the first socket on, for that tells that it can be signalled."""
        for each_signal in (signal.SIGTERM, signal.SIGINT):
            self._loop.on_signal(each_signal, self._terminate)
        self._loop.on_signal(signal.SIGHUP, self._hang_up)

    # ---- a member of the loop ----------------------------------------------------------------

    def pump(self) -> bool:
        """Begin once every socket has a client, when that was asked for (`-W`)."""
        if not self._waiting or not all(each.is_attached for each in self._waiting):
            return False
        waiting, self._waiting = self._waiting, []
        for interface in waiting:
            interface.start()
        return True

    def deadline(self) -> float | None:
        return None

    def tick(self, now: float) -> None:
        """There is no deadline."""

    # ---- life --------------------------------------------------------------------------------

    def close(self) -> None:
        """Leave every AP and remove every socket."""
        for interface in tuple(self._interfaces.values()):
            self._end(interface, terminates=True)
        if self._global is not None:
            self._global.tell(_TERMINATING)
            self._global.close()
            self._global = None

    def _begin(self, options: InterfaceOptions, *, waits: bool = False) -> None:
        if options.interface in self._interfaces:
            raise UsageError(f"{options.interface} is there already")
        first = next(iter(self._interfaces.values()), None)
        uuid = first.uuid if first is not None else None
        interface = StationInterface(
            options, self._loop, self._hear, self._carry, self._lost, uuid, self._neighbours
        )
        self._interfaces[interface.name] = interface
        for notice in interface.notices:
            self._log.say(notice)
        if waits and interface.server is not None:
            self._waiting.append(interface)
        else:
            interface.start()

    def _end(self, interface: StationInterface, *, terminates: bool = False) -> None:
        if interface in self._waiting:
            self._waiting.remove(interface)
            self._loop.join(interface.driver)
        self._interfaces.pop(interface.name, None)
        interface.leave()
        if terminates:
            self._log.say(f"{interface.name}: {_TERMINATING}")
            self._tell(interface, _TERMINATING, INFO)
        interface.close()
        made = self._made.pop(interface.name, None)
        if made is not None:
            made.close()

    def _lost(self, interface: StationInterface) -> None:
        self._log.say(f"{interface.name}: its radio has gone", ERROR)
        self._loop.call_after(0.0, self._loop.stop)

    def _terminate(self) -> None:
        if self._stopping:
            os._exit(1)
        self._stopping = True
        self._loop.stop()

    def _hang_up(self) -> None:
        self._log.carry_reopen()
        for interface in tuple(self._interfaces.values()):
            interface.reload()

    # ---- events ------------------------------------------------------------------------------

    def _hear(self, interface: StationInterface, event: Event) -> None:
        line = render(event)
        if event.name in _NOTICES:
            told = ": ".join(str(value) for value in event.fields.values())
            self._log.say(f"{interface.name}: {_NOTICES[event.name]}: {told}")
        elif event.name not in _CLIENTS_ONLY:
            is_secret = event.name == events.WPS_CREDENTIAL_RECEIVED
            self._log.hear(interface.name, event, line, is_secret=is_secret)
        if line is not None:
            self._tell(interface, line, WARNING if is_warning(event) else INFO)

    def _tell(self, interface: StationInterface, line: str, level: int) -> None:
        if interface.server is not None:
            interface.server.tell(line, level)
        if self._global is not None:
            self._global.tell(line, level, prefix=f"IFNAME={interface.name} ")

    # ---- commands of the program, on any socket ----------------------------------------------

    def _carry(self, command: str) -> str | None:
        """Answer what does not concern one interface; None for the rest."""
        verb, _, rest = command.partition(" ")
        self.pump()
        if self._waiting:
            return FAIL
        if verb == "LOG_LEVEL":
            return self._log.carry_level(rest)
        if verb == "INTERFACES":
            return self._list(rest)
        carry = _PROGRAM_ORDERS.get(command)
        return None if carry is None else carry(self)

    def _stop(self) -> str:
        self._loop.stop()
        return OK

    def _list(self, rest: str) -> str:
        if rest == "ctrl":
            return "".join(
                f"{name} ctrl_iface={each.server.path.parent if each.server else 'N/A'}\n"
                for name, each in self._interfaces.items()
            )
        return "".join(f"{name}\n" for name in self._interfaces)

    def _list_drivers(self) -> str:
        return "".join(
            f"{each.driver_name}\t{name}\t{DRIVERS[each.driver_name]}\n"
            for name, each in self._interfaces.items()
        )

    # ---- the global socket -------------------------------------------------------------------

    def _open_global(self, path: Path, group: str | None) -> ControlServer:
        number = group_id(group) if group else None
        try:
            server = ControlServer(
                self._loop, path, self._execute, group=number, longest=_LONGEST_GLOBAL,
                has_levels=False,
            )  # fmt: skip
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror or error}") from error
        if number is None and not is_abstract(path):
            path.chmod(_OWNERS_ONLY)
        return server

    def _execute(self, command: str) -> str:
        try:
            return self._execute_globally(command)
        except (AirproofError, OSError) as error:
            self._log.say(f"{command.partition(' ')[0]}: {error}", ERROR)
            return FAIL

    def _execute_globally(self, command: str) -> str:
        verb, blank, rest = command.partition(" ")
        if verb.startswith("IFNAME=") and blank:
            interface = self._interfaces.get(verb.removeprefix("IFNAME="))
            return _NO_MATCH if interface is None else interface.execute(rest)
        if command == "PING":
            return "PONG\n"
        carry = _GLOBAL_ORDERS.get(verb)
        if carry is not None:
            return carry(self, rest) if blank else UNKNOWN
        if command == "STATUS":
            return self._status()
        if command == "SAVE_CONFIG":
            return self._everywhere(command)
        answer = None if verb == "LOG_LEVEL" else self._carry(command)
        return UNKNOWN if answer is None else answer

    def _everywhere(self, command: str) -> str:
        """Carry a command out on every interface; good when one of them says so."""
        replies = [each.execute(command) for each in self._interfaces.values()]
        return OK if OK in replies else FAIL

    def _copy_network(self, rest: str) -> str:
        """`FROM TO FROM-ID TO-ID KEY`, FROM and TO being interfaces."""
        words = rest.split(" ")
        if len(words) != 5:
            return FAIL
        source, target = (self._interfaces.get(name) for name in words[:2])
        if source is None or target is None:
            return FAIL
        text = copied(source.control, number(words[2]), words[4])
        return target.execute(f"SET_NETWORK {words[3]} {words[4]} {text}")

    def _status(self) -> str:
        return "".join(
            f"ifname={name}\naddress={each.control.station.address}\n"
            for name, each in self._interfaces.items()
        )

    def _add(self, rest: str) -> str:
        order = InterfaceOrder.read(rest)
        name = order.options.interface
        if name in self._interfaces:
            raise UsageError(f"{name} is there already")
        options, made = order.make(next(iter(self._interfaces.values()), None))
        try:
            self._begin(options)
        except BaseException:
            if made is not None:
                made.close()
            raise
        if made is not None:
            self._made[name] = made
        return OK

    def _remove(self, name: str) -> str:
        interface = self._interfaces.get(name)
        if interface is None:
            return FAIL
        self._end(interface)
        return OK


_GLOBAL_ORDERS: Final[dict[str, Callable[[StationProgram, str], str]]] = {
    "INTERFACE_ADD": StationProgram._add,
    "INTERFACE_REMOVE": StationProgram._remove,
    "NOTE": lambda program, rest: OK,
    "SET": lambda program, rest: program._everywhere(f"SET {rest}"),
    "DUP_NETWORK": StationProgram._copy_network,
}
"""Verbs of the global socket with something after them."""
_PROGRAM_ORDERS: Final[dict[str, Callable[[StationProgram], str]]] = {
    "TERMINATE": StationProgram._stop,
    "RELOG": lambda program: program._log.carry_reopen(),
    "INTERFACE_LIST": StationProgram._list_drivers,
    "SUSPEND": lambda program: OK,
    "RESUME": lambda program: OK,
}
