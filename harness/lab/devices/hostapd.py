"""The real hostapd as an access point, driven over its control sockets."""

from __future__ import annotations

import shutil
from typing import ClassVar

from harness.base.errors import SetupFailed
from harness.lab.devices.control_socket import ControlError
from harness.lab.devices.hostapd_file import configuration
from harness.lab.devices.interface import (
    BRIDGE,
    MULTI_AP_PROFILES,
    AccessPointDevice,
    Place,
    StationDevice,
)
from harness.lab.devices.networks import Bss, BssOnAir
from harness.lab.devices.program import Program, Startable, find, socket_folder
from harness.lab.devices.stage import bare_radio


class Hostapd(AccessPointDevice):
    """hostapd in a namespace of its own; configuration and log lie in the scenario's folder."""

    kind: ClassVar[str] = "hostapd"
    unsupported: ClassVar[dict[str, str]] = {
        MULTI_AP_PROFILES: (
            "version 2.10 knows no configuration items multi_ap_profile, "
            "multi_ap_client_disallow and multi_ap_vlanid"
        ),
    }

    def __init__(self, place: Place, bsss: tuple[Bss, ...], frequency: int) -> None:
        super().__init__(place, bsss, frequency)
        self._program: Program | None = None
        self._sockets = socket_folder()

    def start(self) -> None:
        found = self.found()
        radio = bare_radio(self.world.air, self._place, bridge=BRIDGE)
        self._lay_out(radio.address, radio.interface)
        file = self._place.folder / f"{self.name}-hostapd.conf"
        text = configuration(
            self.on_air,
            self.frequency,
            self.keys,
            sockets=self._sockets,
            knows_profiles=MULTI_AP_PROFILES not in self.unsupported,
        )
        file.write_text(text, encoding="utf-8")
        self.configuration_file = file
        self._program = Program(
            self,
            found,
            ["-dd", "-t", "-K", str(file)],
            radio.namespace,
            self._place.folder / f"{self.name}-hostapd.log",
            {bss.interface: self._sockets / bss.interface for bss in self.on_air},
            self._sockets,
        )
        self.world.join(self._program)
        self.wait_ready(lambda: self.program.attached, "the control socket")
        first = self.program.socket(radio.interface)
        self.version = first.ask("GET version").strip()
        if "state=ENABLED\n" not in first.ask("STATUS"):
            self.wait_ready(lambda: self._place_of("AP-ENABLED") is not None, "AP-ENABLED")

    def found(self) -> Startable:
        """What to run. Raises `SetupFailed`."""
        return find("hostapd")

    @property
    def program(self) -> Program:
        assert self._program is not None
        return self._program

    def close(self) -> None:
        if self._program is not None:
            self.world.leave(self._program)
            self._program.close()
            self._program = None
        shutil.rmtree(self._sockets, ignore_errors=True)

    def push_button(self) -> None:
        for bss in self.on_air:
            if bss.bss.wps:
                self._order(bss, "WPS_PBC")

    def enter_pin(self, pin: str) -> None:
        for bss in self.on_air:
            if bss.bss.wps:
                self._order(bss, f"WPS_PIN any {pin}")

    def deauthenticate(self, station: StationDevice, on: BssOnAir) -> None:
        self._order(on, f"DEAUTHENTICATE {station.address}")

    def disassociate(self, station: StationDevice, on: BssOnAir) -> None:
        self._order(on, f"DISASSOCIATE {station.address}")

    def switch_channel(self, frequency: int, *, count: int = 5) -> None:
        self._order(self.on_air[0], f"CHAN_SWITCH {count} {frequency}")

    def control(self, command: str, interface: str | None = None) -> str:
        name = interface or self.on_air[0].interface
        try:
            return self.program.socket(name).ask(command)
        except ControlError as error:
            raise SetupFailed(f"{self.name} ({self.kind}): {error}") from error

    def _order(self, bss: BssOnAir, command: str) -> None:
        try:
            self.program.socket(bss.interface).order(command)
        except ControlError as error:
            raise SetupFailed(f"{self.name} ({self.kind}): {error}") from error
