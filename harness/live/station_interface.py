"""One interface of the station's program: its radio, its machine, its control socket."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.base.address import MacAddress
from harness.base.entropy import SystemEntropy
from harness.base.errors import AirproofError, ConfigError
from harness.base.event import Event
from harness.base.seam_events import LinkMeasurement
from harness.live.ap_mode import StationsAccessPoint
from harness.live.control_server import (
    MODE,
    ControlServer,
    group_id,
    obtain_directory,
    remove_directory,
)
from harness.live.driver import Driver
from harness.live.files import read_text, remember, remembered, replace_text
from harness.live.loop import Loop
from harness.live.radios import ip_address, open_radio
from harness.radio.interface import Radio
from harness.sta.access_point import ApOrder
from harness.sta.config_file import ConfigFile, read
from harness.sta.control.interface import StationControl
from harness.sta.neighbours import Neighbours

LONGEST_COMMAND: Final = 8192
_OF_A_GROUP: Final = 0o750
"""The mode of a directory whose group may use the sockets in it, and makes none of its own."""
_DEFAULT_DRIVERS: Final = "nl80211"
_PROGRAM: Final = "wpa_supplicant"


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceOptions:
    """What the command line, or INTERFACE_ADD, says of one interface.

    `control`: where its control socket goes, whatever the file says; `control_override` before it.
    """

    interface: str
    config: Path | None = None
    extra: Path | None = None
    drivers: str = _DEFAULT_DRIVERS
    parameters: str = ""
    control: str | None = None
    control_override: str | None = None
    bridge: str | None = None


class Desk:
    """What a station's program has for it: its file, and its interface's radio and address.

    `interface`: by its name on this machine, None for one that is not there.
    """

    def __init__(self, path: Path | None, radio: Radio, interface: str | None) -> None:
        self._path = path
        self._radio = radio
        self._interface = interface

    def load(self) -> ConfigFile:
        return read_file(self._file())

    def store(self, text: str) -> None:
        path = self._file()
        try:
            replace_text(path, text)
        except OSError as error:
            raise ConfigError(f"{path}: {error.strerror or error}") from error

    def read(self, path: str) -> str:
        return read_text(path)

    def ip_address(self) -> str | None:
        return None if self._interface is None else ip_address(self._interface)

    def remembered(self, path: str) -> str | None:
        return remembered(path)

    def remember(self, path: str, text: str) -> None:
        remember(path, text)

    def measure(self, bssid: MacAddress) -> LinkMeasurement | None:
        return self._radio.measure(bssid)

    def protects_beacons(self) -> bool:
        return self._radio.protects_beacons

    def _file(self) -> Path:
        if self._path is None:
            raise ConfigError("there is no configuration file")
        return self._path


def read_file(path: Path) -> ConfigFile:
    """Read and check a station's file. Raises `ConfigError`, with every bad line."""
    return read(read_text(str(path)), str(path))


class StationInterface:
    """A running interface. Raises `AirproofError` or `OSError` when it can't be made.

    `hear`: told of its events. `carry`: answers what is the program's business and not one
    interface's; None for the rest. `lost`: called when the radio has gone. `uuid`: of the
    program's first interface, for one that has none of its own. `neighbours`: its stations.
    """

    def __init__(
        self,
        options: InterfaceOptions,
        loop: Loop,
        hear: Callable[[StationInterface, Event], None],
        carry: Callable[[str], str | None],
        lost: Callable[[StationInterface], None],
        uuid: bytes | None,
        neighbours: Neighbours,
    ) -> None:
        self.options: Final = options
        self.name: Final = options.interface
        self._loop = loop
        self._hear = hear
        self._carry = carry
        self.server: ControlServer | None = None
        file = read_file(options.config) if options.config is not None else ConfigFile()
        extra = read_file(options.extra) if options.extra is not None else None
        self.notices = file.notices()
        opened = open_radio(
            options.drivers, options.parameters, self.name, _PROGRAM, loop, lambda: lost(self)
        )
        self.driver_name: Final = opened.driver
        self._radio = opened.radio
        try:
            self._build(file, extra, uuid, neighbours)
        except BaseException:
            self._radio.close()
            raise

    def _build(
        self,
        file: ConfigFile,
        extra: ConfigFile | None,
        uuid: bytes | None,
        neighbours: Neighbours,
    ) -> None:
        is_real = self.driver_name != "sim"
        self.control = StationControl(
            file,
            self._radio.address,
            self._radio.frequencies,
            SystemEntropy(),
            Desk(self.options.config, self._radio, self.name if is_real else None),
            extra=extra,
            node=self.name,
            interface=self.name,
            bridge=self.options.bridge,
            uuid=uuid,
            make_access_point=self._access_point,
            neighbours=neighbours,
            rekeys_safely=self._radio.rekeys_safely,
        )
        self.driver = Driver(
            self.control, self._radio, self._loop, lambda event: self._hear(self, event)
        )
        self._listen()

    def _access_point(self, order: ApOrder) -> StationsAccessPoint:
        return StationsAccessPoint(order, self._radio)

    @property
    def uuid(self) -> bytes:
        return self.control.station.uuid

    @property
    def node(self) -> str:
        """Whose radio it is, on a simulated air."""
        return self._radio.node

    @property
    def is_attached(self) -> bool:
        """True when a client waits at its socket, or it has none."""
        return self.server is None or self.server.monitors > 0

    def start(self) -> None:
        """Begin to work."""
        self._loop.join(self.driver)
        self.driver.carry(self.control.start(self._loop.now()))

    def execute(self, command: str) -> str:
        """Carry a command out and answer it."""
        answer = self._carry(command)
        if answer is not None:
            return answer
        reply, actions = self.control.execute(command, self._loop.now())
        self.driver.carry(actions)
        return reply

    def reload(self) -> None:
        """Read the file again; a bad one changes nothing and is told in the log."""
        self.execute("RECONFIGURE")

    def leave(self) -> None:
        """Leave the AP, or end our own, if there is one."""
        _, actions = self.control.execute("DISCONNECT", self._loop.now())
        self.driver.carry(actions)

    def close(self) -> None:
        """Hang up and let the radio go."""
        self._loop.leave(self.driver)
        self.control.station.retire()
        if self.server is not None:
            self.server.close()
            remove_directory(self.server.path.parent)
        self._radio.close()

    # ---- the control socket ------------------------------------------------------------------

    def _listen(self) -> None:
        place = self._control_place()
        if place is None:
            return
        directory, group = place
        obtain_directory(directory, group, MODE if group is None else _OF_A_GROUP)
        try:
            self.server = ControlServer(
                self._loop, directory / self.name, self.execute, group=group,
                longest=LONGEST_COMMAND,
            )  # fmt: skip
        except (AirproofError, OSError):
            remove_directory(directory)
            raise

    def _control_place(self) -> tuple[Path, int | None] | None:
        told = self.control.global_text("ctrl_interface")
        text = self.options.control_override or self.options.control or told
        if not text:
            return None
        directory, group = control_place(text)
        named = self.control.global_text("ctrl_interface_group")
        if group is None and named:
            group = group_id(named)
        return directory, group


def control_place(text: str) -> tuple[Path, int | None]:
    """Read a directory, or `DIR=directory GROUP=group`. Raises `ConfigError`."""
    if not text.startswith("DIR="):
        return Path(text), None
    directory, _, group = text.removeprefix("DIR=").partition(" GROUP=")
    if not directory:
        raise ConfigError(f"ctrl_interface names no directory: {text!r}")
    return Path(directory.strip()), group_id(group.strip()) if group else None
