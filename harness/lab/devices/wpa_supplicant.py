"""The real wpa_supplicant as a station, driven over its control socket."""

from __future__ import annotations

import shutil
from typing import ClassVar

from harness.base.address import MacAddress
from harness.base.errors import SetupFailed
from harness.lab.devices.control_socket import ControlError
from harness.lab.devices.interface import (
    BRIDGE,
    MULTI_AP_PROFILES,
    PIN_FOR_BACKHAUL,
    Place,
    StationDevice,
)
from harness.lab.devices.networks import Bss, BssOnAir, StoredNetwork
from harness.lab.devices.program import Program, Startable, find, socket_folder
from harness.lab.devices.stage import BareRadio, bare_radio
from harness.lab.devices.wpa_supplicant_file import configuration


class WpaSupplicant(StationDevice):
    """wpa_supplicant in a namespace of its own; configuration and log in the scenario's folder."""

    kind: ClassVar[str] = "wpa_supplicant"
    unsupported: ClassVar[dict[str, str]] = {
        PIN_FOR_BACKHAUL: "of version 2.10, WPS_PBC knows multi_ap=1 and WPS_PIN does not",
        MULTI_AP_PROFILES: "version 2.10 knows no network field multi_ap_profile",
    }

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._program: Program | None = None
        self._radio: BareRadio | None = None
        self._sockets = socket_folder()
        self._file = place.folder / f"{self.name}-wpa_supplicant.conf"

    @property
    def addresses(self) -> tuple[MacAddress, ...]:
        return () if self._radio is None else (self._radio.address,)

    @property
    def interface(self) -> str:
        assert self._radio is not None
        return self._radio.interface

    def start(self) -> None:
        found = self.found()
        radio = bare_radio(self.world.air, self._place, bridge=BRIDGE)
        self._radio = radio
        self._file.write_text(configuration(self, self._sockets), encoding="utf-8")
        self.configuration_file = self._file
        self._program = Program(
            self,
            found,
            [
                "-Dnl80211", f"-i{radio.interface}", f"-b{BRIDGE}", f"-c{self._file}",
                "-dd", "-t", "-K",
            ],
            radio.namespace,
            self._place.folder / f"{self.name}-wpa_supplicant.log",
            {radio.interface: self._sockets / radio.interface},
            self._sockets,
        )
        self.world.join(self._program)
        self.wait_ready(lambda: self.program.attached, "the control socket")
        self.version = self._ask("GET version").strip()

    def found(self) -> Startable:
        """What to run. Raises `SetupFailed`."""
        return find("wpa_supplicant")

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

    def _push_button(self, backhaul: bool) -> None:
        self._order("WPS_PBC multi_ap=1" if backhaul else "WPS_PBC")

    def _enter_pin(self, pin: str, backhaul: bool) -> None:
        self._ask(f"WPS_PIN any {pin} multi_ap=1" if backhaul else f"WPS_PIN any {pin}")

    def _connect(self, bss: BssOnAir, backhaul: bool, profile: int) -> None:
        settings = {"ssid": bss.bss.ssid.encode().hex()}
        if bss.bss.passphrase is None:
            settings["key_mgmt"] = "NONE"
        else:
            settings |= {
                "psk": f'"{bss.bss.passphrase}"',
                "key_mgmt": _key_management(bss.bss),
                "ieee80211w": str(bss.bss.pmf),
                "proto": "RSN",
                "pairwise": "CCMP",
            }
        if backhaul:
            settings["multi_ap_backhaul_sta"] = "1"
            if MULTI_AP_PROFILES not in self.unsupported:
                settings["multi_ap_profile"] = str(profile)
        self._join(settings)

    def connect_by_wpa(self, bss: BssOnAir) -> None:
        self._join({
            "ssid": bss.bss.ssid.encode().hex(),
            "psk": f'"{bss.bss.passphrase}"',
            "key_mgmt": "WPA-PSK",
            "proto": "WPA",
            "pairwise": "TKIP",
        })

    def _join(self, settings: dict[str, str]) -> None:
        number = self._ask("ADD_NETWORK").strip()
        for name, value in settings.items():
            self._order(f"SET_NETWORK {number} {name} {value}")
        self._order(f"SELECT_NETWORK {number}")

    def roam(self, bss: BssOnAir) -> None:
        self._order(f"ROAM {bss.bssid}")

    def disconnect(self) -> None:
        self._order("DISCONNECT")

    def reconnect(self) -> None:
        self._order("RECONNECT")

    def stored_networks(self) -> tuple[StoredNetwork, ...]:
        """Read from the configuration file, which is where it keeps them."""
        self._order("SAVE_CONFIG")
        return tuple(parse_networks(self._file.read_text(encoding="utf-8")))

    def control(self, command: str, interface: str | None = None) -> str:
        try:
            return self._ask(command)
        except ControlError as error:
            raise SetupFailed(f"{self.name} ({self.kind}): {error}") from error

    def _ask(self, command: str) -> str:
        assert self._radio is not None
        return self.program.socket(self._radio.interface).ask(command)

    def _order(self, command: str) -> None:
        assert self._radio is not None
        try:
            self.program.socket(self._radio.interface).order(command)
        except ControlError as error:
            raise SetupFailed(f"{self.name} ({self.kind}): {error}") from error


def parse_networks(text: str) -> list[StoredNetwork]:
    """Read the network blocks of a configuration file that wpa_supplicant wrote.

    Only what `StoredNetwork` holds. Raises `SetupFailed` for a block without an SSID.
    """
    found = []
    fields: dict[str, str] | None = None
    for line in map(str.strip, text.splitlines()):
        if line == "network={":
            fields = {}
        elif line == "}" and fields is not None:
            found.append(_stored(fields))
            fields = None
        elif fields is not None and "=" in line:
            name, _, value = line.partition("=")
            fields[name] = value
    return found


def _stored(fields: dict[str, str]) -> StoredNetwork:
    if "ssid" not in fields:
        raise SetupFailed(f"a stored network without SSID: {fields}")
    ssid, key = fields["ssid"], fields.get("psk")
    return StoredNetwork(
        ssid=ssid[1:-1].encode() if ssid.startswith('"') else bytes.fromhex(ssid),
        key=key[1:-1] if key is not None and key.startswith('"') else key,
        backhaul=fields.get("multi_ap_backhaul_sta") == "1",
        sae="SAE" in fields.get("key_mgmt", "").split(),
    )


def _key_management(bss: Bss) -> str:
    if not bss.sae:
        return "WPA-PSK"
    return "WPA-PSK SAE" if bss.transition else "SAE"
