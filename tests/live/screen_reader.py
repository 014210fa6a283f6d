"""What a screen reader knows of a graphical program: its widgets by name, over AT-SPI.

Nothing here depends on where a widget is drawn, its font or its size. Source: the D-Bus interfaces
of at-spi2-core.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, new_method_call

from harness.lab.devices.dbus import PROPERTIES, Bus, BusError

_ACCESSIBLE = "org.a11y.atspi.Accessible"
_ACTION = "org.a11y.atspi.Action"
_TEXT = "org.a11y.atspi.Text"
_DAEMON = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
_REGISTRY = "org.a11y.atspi.Registry"
_ROOT = "/org/a11y/atspi/accessible/root"
_LAUNCHER = ("org.a11y.Bus", "/org/a11y/bus")
MAIN = ("frame", "wpa_gui")
_SHOWING = 1 << 25
_GONE = ("DBus.Error.UnknownInterface", "DBus.Error.UnknownObject")
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Widget:
    """Something on the screen: `role` and `name` as a screen reader says them."""

    place: tuple[str, str]
    role: str
    name: str
    showing: bool


class ScreenReader:
    """A client of the accessibility bus that belongs to the session bus at `session`.

    The launcher of that bus has to run. `program`: the process whose windows are read.
    """

    def __init__(self, session: Path) -> None:
        self.program = 0
        self._bus = _opened(session)
        try:
            address = self._wait_for_address()
            self._bus.close()
            self._bus = _opened(Path(address.removeprefix("unix:path=").partition(",")[0]))
            _ask(self._bus, *_DAEMON, "StartServiceByName", "su", _REGISTRY, 0)
        except BaseException:
            self.close()
            raise

    def _wait_for_address(self) -> str:
        """Wait for the launcher, let programs know that somebody listens, and ask where."""
        limit = time.monotonic() + PATIENCE_S
        listening = ("org.a11y.Status", "IsEnabled", ("b", True))
        while True:
            try:
                _ask(self._bus, *_LAUNCHER, PROPERTIES, "Set", "ssv", *listening)
                (address,) = _ask(self._bus, *_LAUNCHER, "org.a11y.Bus", "GetAddress")
                return str(address)
            except BusError:
                if time.monotonic() > limit:
                    raise
            time.sleep(0.1)

    def close(self) -> None:
        self._bus.close()

    def widgets(self) -> Iterator[Widget]:
        """All of them, from the program down, siblings in their order; none until it is there."""
        (names,) = _ask(self._bus, *_DAEMON, "ListNames")
        for name in names:
            if self._process_of(name) == self.program:
                yield from self._below((name, _ROOT))
                return

    def _process_of(self, name: str) -> int | None:
        try:
            (process,) = _ask(self._bus, *_DAEMON, "GetConnectionUnixProcessID", "s", name)
        except BusError as error:
            if error.name.endswith("NameHasNoOwner"):
                return None  # it left since it was listed
            raise
        return int(process)

    def reads(self, process: int) -> bool:
        """Read the windows of `process` from now on; False while it tells of none."""
        self.program = process
        try:
            return next(self.widgets(), None) is not None
        except BusError:
            return False  # it is on the bus, but says nothing yet

    def inside(self, role: str, name: str) -> list[Widget]:
        """What is shown below the first such widget, nothing without one."""
        outer = self.find(role, name)
        below = [] if outer is None else self._below(outer.place)
        return [each for each in below if each.showing]

    def find(self, role: str, name: str) -> Widget | None:
        """The first one that is shown."""
        return next(
            (each for each in self.widgets()
             if each.showing and (each.role, each.name) == (role, name)), None,
        )  # fmt: skip

    def press(self, role: str, name: str, window: tuple[str, str] = MAIN) -> None:
        """Do what a click on it does, as soon as it is shown.

        `window`: role and name of what it is in. Raises `AssertionError` when there is none for
        long.
        """
        limit = time.monotonic() + PATIENCE_S
        while not (found := self._shown(role, name, window)):
            assert time.monotonic() < limit, f"no {role} {name!r} among {self.inside(*window)}"
            time.sleep(0.1)
        place = found[0].place
        (actions,) = _ask(self._bus, *place, _ACTION, "GetActions")
        names = [each[0] for each in actions]
        assert "Press" in names, f"{role} {name!r} can only {names}"
        _ask(self._bus, *place, _ACTION, "DoAction", "i", names.index("Press"))

    def _shown(self, role: str, name: str, window: tuple[str, str]) -> list[Widget]:
        return [each for each in self.inside(*window) if (each.role, each.name) == (role, name)]

    def after(self, label: str) -> str:
        """What stands in the shown widget that follows a label; empty while there is none."""
        shown = [each for each in self.widgets() if each.showing]
        names = [each.name for each in shown]
        if label not in names[:-1]:
            return ""
        follows = shown[names.index(label) + 1]
        return self._text(follows) if follows.role == "text" else follows.name

    def _text(self, widget: Widget) -> str:
        (said,) = _ask(self._bus, *widget.place, _TEXT, "GetText", "ii", 0, -1)
        return str(said)

    def _below(self, place: tuple[str, str]) -> Iterator[Widget]:
        """A widget and what is in it; nothing when it has gone since somebody told of it."""
        try:
            widget, children = self._look_at(place)
        except BusError as error:
            if any(each in str(error) for each in _GONE):
                return
            raise
        yield widget
        for service, path in children:
            yield from self._below((service, path))

    def _look_at(self, place: tuple[str, str]) -> tuple[Widget, list[tuple[str, str]]]:
        ((_, name),) = _ask(self._bus, *place, PROPERTIES, "Get", "ss", _ACCESSIBLE, "Name")
        (role,) = _ask(self._bus, *place, _ACCESSIBLE, "GetRoleName")
        (states,) = _ask(self._bus, *place, _ACCESSIBLE, "GetState")
        (children,) = _ask(self._bus, *place, _ACCESSIBLE, "GetChildren")
        return Widget(place, role, name, bool(states[0] & _SHOWING)), children


def _opened(socket: Path) -> Bus:
    limit = time.monotonic() + PATIENCE_S
    while True:
        try:
            return Bus(socket, lambda *_: None)
        except OSError:
            assert time.monotonic() < limit, f"nobody listens at {socket}"
            time.sleep(0.1)


def _ask(
    bus: Bus, service: str, path: str, interface: str, method: str, signature: str = "",
    *values: Any,
) -> tuple[Any, ...]:  # fmt: skip
    address = DBusAddress(path, bus_name=service, interface=interface)
    return bus.ask(method, new_method_call(address, method, signature or None, values))
