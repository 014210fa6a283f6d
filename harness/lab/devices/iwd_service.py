"""A running iwd on a D-Bus of its own, as a member of the world, with its objects kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jeepney import DBusAddress, new_method_call

from harness.base.errors import SetupFailed
from harness.lab.devices.dbus import (
    OBJECT_MANAGER,
    PROPERTIES,
    Answer,
    Bus,
    BusError,
    write_configuration,
)
from harness.lab.devices.interface import Device
from harness.lab.devices.program import Found, Program, find, socket_folder
from harness.lab.devices.stage import BareRadio

SERVICE = "net.connman.iwd"
DAEMON = f"{SERVICE}.Daemon"
DEVICE = f"{SERVICE}.Device"
STATION = f"{SERVICE}.Station"
STATION_DEBUG = f"{SERVICE}.StationDebug"
STATION_DIAGNOSTIC = f"{SERVICE}.StationDiagnostic"
NETWORK = f"{SERVICE}.Network"
ACCESS_POINT = f"{SERVICE}.AccessPoint"
ACCESS_POINT_DIAGNOSTIC = f"{SERVICE}.AccessPointDiagnostic"
SIMPLE_CONFIGURATION = f"{SERVICE}.SimpleConfiguration"

_TRY_EVERY = 0.01
_BUS_DAEMON = "dbus-daemon"
_MAIN = """\
[General]
EnableNetworkConfiguration=false
UseDefaultInterface=true
AddressRandomization=disabled
[Network]
NameResolvingService=none
"""

Properties = dict[str, Any]


class Iwd:
    """iwd in a node's namespace, kept to one interface, and the tree of its D-Bus objects.

    `changed`: told of every change of a property: path, interface, name, value; and so of iwd's
    own signals, with all that they carry. `files`: what its
    state directory holds from the start, name → text. Configuration and logs lie in the
    scenario's folder; so does the state in the end. While iwd runs it is elsewhere: the kernel
    lab's window on the host does not tell iwd of new files.
    """

    def __init__(
        self,
        device: Device,
        radio: BareRadio,
        folder: Path,
        changed: Callable[[str, str, str, Any], None],
        files: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._device, self._radio, self._changed = device, radio, changed
        self._world = device.world
        self._timers: list[tuple[float, Callable[[], None]]] = []
        self._next_try = self._world.now()
        self._sockets = socket_folder()
        self._folder = folder / f"{device.name}-iwd"
        self.state = self._sockets / "state"
        self.objects: dict[str, dict[str, Properties]] = {}
        self._bus: Bus | None = None
        self._iwd: Program | None = None
        self._asked = False
        self._folder.mkdir(parents=True)
        self.state.mkdir()
        for name, text in files.items():
            (self.state / name).parent.mkdir(exist_ok=True)
            (self.state / name).write_text(text, encoding="utf-8")
        (self._folder / "main.conf").write_text(_MAIN, encoding="utf-8")
        arguments = write_configuration(self._folder / "bus.conf", self._socket)
        self._daemon = self._run(find(_BUS_DAEMON), arguments, "bus.log")

    @property
    def _socket(self) -> Path:
        return self._sockets / "bus"

    @property
    def path(self) -> str | None:
        """The object of its network interface; None while there is none."""
        for path, interfaces in self.objects.items():
            if interfaces.get(DEVICE, {}).get("Name") == self._radio.interface:
                return path
        return None

    def get(self, path: str | None, interface: str, name: str) -> Any:
        """A property as it was told last; None when there is none."""
        return self.objects.get(path or "", {}).get(interface, {}).get(name)

    def find(self, interface: str, **properties: Any) -> str | None:
        """The path of the first object with an interface and these properties."""
        for path, interfaces in self.objects.items():
            if interface in interfaces and properties.items() <= interfaces[interface].items():
                return path
        return None

    def has(self, interface: str) -> bool:
        """Whether the object of its network interface has this D-Bus interface now."""
        return interface in self.objects.get(self.path or "", {})

    def call(
        self,
        interface: str,
        method: str,
        signature: str = "",
        *values: Any,
        path: str | None = None,
        then: Answer | None = None,
    ) -> None:
        """Call a method, of the network interface's object without `path`; `then` is told."""
        self.bus.call(self._at(path, interface), method, signature, *values, then=then)

    def ask(
        self, interface: str, method: str, signature: str = "", *values: Any
    ) -> tuple[Any, ...]:
        """Call a method of the network interface's object and wait. Raises `BusError`."""
        message = new_method_call(self._at(None, interface), method, signature or None, values)
        return self.bus.ask(f"{interface}.{method}", message)

    def set(self, interface: str, name: str, signature: str, value: Any) -> None:
        """Set a property of the network interface's object. Raises `BusError`."""
        message = new_method_call(
            self._at(None, PROPERTIES), "Set", "ssv", (interface, name, (signature, value))
        )
        self.bus.ask(f"{interface}.{name}", message)

    @property
    def process_id(self) -> int:
        assert self._iwd is not None, "iwd does not run yet"
        return self._iwd.process_id

    def put(self, name: str, text: str) -> None:
        """Put a file, whole at once, into its state directory, which it watches."""
        beside = self._sockets / name
        beside.write_text(text, encoding="utf-8")
        beside.rename(self.state / name)

    def version(self) -> str:
        """Its version, as it says itself. Raises `BusError`."""
        message = new_method_call(DBusAddress("/net/connman/iwd", SERVICE, DAEMON), "GetInfo")
        (info,) = self.bus.ask("GetInfo", message)
        return str(info["Version"][1])

    @property
    def bus(self) -> Bus:
        assert self._bus is not None, "iwd is asked before its bus is up"
        return self._bus

    # ---- as a member of the world ---------------------------------------------------------

    def pump(self) -> bool:
        """Take what came over the bus, and see whether both programs still run."""
        busy = self._daemon.pump()
        if self._iwd is not None:
            busy |= self._iwd.pump()
        return (self._bus is not None and self._bus.pump()) or busy

    def deadline(self) -> float | None:
        due = [at for at, _ in self._timers]
        if self._bus is None or not self.objects:
            due.append(self._next_try)
        return min(due, default=None)

    def tick(self, now: float) -> None:
        """Do what is due, and go on with starting."""
        for timer in [timer for timer in self._timers if timer[0] <= now]:
            self._timers.remove(timer)
            timer[1]()
        if self._next_try <= now and not self.objects:
            self._next_try = now + _TRY_EVERY
            self._go_on()

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something later, on the world's clock."""
        self._timers.append((self._world.now() + seconds, act))

    def _go_on(self) -> None:
        """The next step of starting: reach the bus, run iwd on it, ask for its objects."""
        if self._bus is None:
            self._reach_bus()
        elif not self._asked:
            self._asked = True
            everything = DBusAddress("/", SERVICE, OBJECT_MANAGER)
            self._bus.call(everything, "GetManagedObjects", then=self._took_objects)

    def close(self) -> None:
        """End both programs."""
        if self._iwd is not None:
            self._iwd.close()
        if self._bus is not None:
            self._world.air.unwatch(self._bus.fileno())
            self._bus.close()
        self._daemon.close()
        shutil.copytree(self.state, self._folder / "state", dirs_exist_ok=True)
        shutil.rmtree(self._sockets, ignore_errors=True)

    def _reach_bus(self) -> None:
        try:
            bus = Bus(self._socket, self._told)
        except (OSError, TimeoutError):
            return
        self._bus = bus
        self._world.air.watch(bus.fileno())
        bus.watch(SERVICE)
        found = find("iwd")
        environment = found.environment | {
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self._socket}",
            "STATE_DIRECTORY": str(self.state),
            "CONFIGURATION_DIRECTORY": str(self._folder),
        }
        arguments = ["-d", "-E", "-i", self._radio.interface]
        self._iwd = self._run(Found(found.path, environment), arguments, "iwd.log")

    def _run(self, found: Found, arguments: list[str], log: str) -> Program:
        return Program(
            self._device, found, arguments, self._radio.namespace, self._folder / log, {},
            self._sockets,
        )

    def _at(self, path: str | None, interface: str) -> DBusAddress:
        found = path or self.path
        if found is None:
            raise SetupFailed(f"{self._device.name}: iwd has no interface {self._radio.interface}")
        return DBusAddress(found, SERVICE, interface)

    # ---- its objects ----------------------------------------------------------------------

    def _took_objects(self, answer: tuple[Any, ...] | BusError) -> None:
        if isinstance(answer, BusError):
            self._asked = False
            return
        for path, interfaces in answer[0].items():
            self._added(path, interfaces)

    def _told(self, path: str, interface: str, signal: str, values: tuple[Any, ...]) -> None:
        if interface == OBJECT_MANAGER and signal == "InterfacesAdded":
            self._added(*values)
        elif interface == OBJECT_MANAGER and signal == "InterfacesRemoved":
            gone, interfaces = values
            for name in interfaces:
                self.objects.get(gone, {}).pop(name, None)
            if not self.objects.get(gone):
                self.objects.pop(gone, None)
        elif interface == PROPERTIES and signal == "PropertiesChanged":
            of, changed, dropped = values
            kept = self.objects.setdefault(path, {}).setdefault(of, {})
            for name in dropped:
                kept.pop(name, None)
            for name, (_, value) in changed.items():
                kept[name] = value
                self._changed(path, of, name, value)
        elif interface.startswith(SERVICE):
            self._changed(path, interface, signal, values)

    def _added(self, path: str, interfaces: dict[str, Any]) -> None:
        for interface, properties in interfaces.items():
            values = {name: value for name, (_, value) in properties.items()}
            self.objects.setdefault(path, {})[interface] = values
