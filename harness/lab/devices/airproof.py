"""Our own access point and station, in process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from harness import __version__
from harness.ap import control_events as ap_control_events
from harness.ap import events as ap_events
from harness.ap import pin_requests
from harness.ap.access_point import AccessPoint
from harness.ap.config import ApConfig
from harness.ap.config_build import build
from harness.ap.config_file import Settings, parse
from harness.ap.control.commands import BssCommands
from harness.ap.control.interface import Interface
from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.base.errors import ConfigError, SetupFailed, UsageError
from harness.base.event import Event
from harness.base.seam import CIPHER_TKIP
from harness.base.seam_events import LinkMeasurement
from harness.lab.devices import hostapd_file, wpa_supplicant_file
from harness.lab.devices.driver import Driver
from harness.lab.devices.interface import BRIDGE, AccessPointDevice, Place, StationDevice
from harness.lab.devices.networks import Bss, BssOnAir, StoredNetwork
from harness.live import ap_mode
from harness.live.files import RealFiles, remember, remembered
from harness.proto.wsc_enrollee import Enrollee, EnrolleeConfig
from harness.radio.interface import Radio
from harness.sta.config import (
    KeyManagement,
    Network,
    SecurityProtocol,
    StationConfig,
)
from harness.sta.config_file import ConfigFile, read
from harness.sta.control.interface import StationControl
from harness.sta.station import Station


class AirproofAccessPoint(AccessPointDevice):
    """Our access point. Testers change its configuration or put themselves before its radio.

    It has what the program has behind its control sockets, and the same file.
    """

    kind: ClassVar[str] = "airproof"

    def __init__(self, place: Place, bsss: tuple[Bss, ...], frequency: int) -> None:
        super().__init__(place, bsss, frequency)
        self.version = __version__
        self._driver: Driver | None = None
        self._controlled: Interface | None = None
        self._commands: dict[str, BssCommands] = {}
        self._built: ApConfig | None = None

    def start(self) -> None:
        radio = self.radio(
            self.world.air.add_radio(self.node, interface=self._place.interface)
        )
        self._lay_out(radio.address, radio.interface)
        file = self._place.folder / f"{self.name}-hostapd.conf"
        text = hostapd_file.configuration(self.on_air, self.frequency, self.keys)
        file.write_text(text, encoding="utf-8")
        self.configuration_file = file
        files = RealFiles(self._trouble)
        controlled = Interface(
            parse(text, str(file), read=files.read),
            radio.address,
            self._place.entropy,
            files,
            self.name,
            make_config=self._told,
            view=radio,
        )
        self._controlled = controlled
        self._commands = {
            bss.interface: BssCommands(controlled, bss.interface, "phy0") for bss in self.on_air
        }
        self._driver = Driver(self, controlled, radio, self._render)
        self.world.join(self._driver)
        self._driver.carry(controlled.enable(self.world.now()))
        self.wait_ready(lambda: self._place_of("AP-ENABLED") is not None, "AP-ENABLED")

    def close(self) -> None:
        if self._driver is not None:
            self.world.leave(self._driver)  # the radio is its air's to close
            self._driver = None

    def control(self, command: str, interface: str | None = None) -> str:
        driver, _ = self._running
        commands = self._commands[interface or self.on_air[0].interface]
        reply, actions = commands.execute(command, self.world.now())
        driver.carry(actions)
        return reply

    def push_button(self) -> None:
        driver, machine = self._running
        driver.carry(machine.wps_pbc(self.world.now()))

    def enter_pin(self, pin: str) -> None:
        driver, machine = self._running
        driver.carry(machine.wps_pin(pin, self.world.now()))

    def put_before_radio(self, edit: Callable[[Radio], Radio]) -> None:
        """Put something in between the running machine and its radio."""
        assert self._driver is not None
        self._driver.radio = edit(self._driver.radio)

    def deauthenticate(self, station: StationDevice, on: BssOnAir) -> None:
        driver, machine = self._running
        driver.carry(
            machine.deauthenticate(on.interface, station.address, self.world.now())
        )

    def disassociate(self, station: StationDevice, on: BssOnAir) -> None:
        driver, machine = self._running
        driver.carry(machine.disassociate(on.interface, station.address, self.world.now()))

    def switch_channel(self, frequency: int, *, count: int = 5) -> None:
        driver, machine = self._running
        driver.carry(machine.switch_channel(frequency, self.world.now(), count=count))

    @property
    def _running(self) -> tuple[Driver, AccessPoint]:
        machine = None if self._controlled is None else self._controlled.machine
        if self._driver is None or machine is None:
            raise SetupFailed(f"{self.name} does not run")
        return self._driver, machine

    def radio(self, radio: Radio) -> Radio:
        """What the machine has for a radio; a tester puts itself in between."""
        return radio

    def configuration(self) -> ApConfig:
        """What the machine is told; a tester changes it."""
        assert self._built is not None, "asked for while the settings are read"
        return self._built

    def _told(self, settings: Settings) -> ApConfig:
        self._built = build(settings)
        told = self.configuration()
        return told if told is self._built else _of_one_device(told)

    def _render(self, event: Event) -> str | None:
        commands = self._commands.get(str(event.fields.get("interface")))
        if commands is not None:
            commands.hear(event)
            if event.name == ap_events.PIN_NEEDED:
                self._note_pin_request(commands.name, event)
        return ap_control_events.render(event)

    def _note_pin_request(self, interface: str, event: Event) -> None:
        assert self._controlled is not None
        path = self._controlled.bss(interface).get("wps_pin_requests")
        if path:
            line = pin_requests.line(event.fields, int(self.world.now()))
            RealFiles(self._trouble).append(path, line)

    def _trouble(self, text: str) -> None:
        raise SetupFailed(f"{self.name}: {text}")


class AirproofStation(StationDevice):
    """Our station."""

    kind: ClassVar[str] = "airproof"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.version = __version__
        self._driver: Driver | None = None
        self._controlled: StationControl | None = None
        self._built: StationConfig | None = None

    @property
    def addresses(self) -> tuple[MacAddress, ...]:
        return () if self._driver is None else (self._driver.radio.address,)

    @property
    def interface(self) -> str:
        return self._running[0].radio.interface

    def start(self) -> None:
        radio = self.radio(
            self.world.air.add_radio(self.node, interface=self._place.interface)
        )
        self.configuration_file = self._place.folder / f"{self.name}-wpa_supplicant.conf"
        files = StationFiles(self.configuration_file, radio)
        files.store(wpa_supplicant_file.configuration(self))
        controlled = StationControl(
            files.load(),
            radio.address,
            radio.frequencies,
            self._place.entropy,
            files,
            node=self.name,
            interface=radio.interface,
            bridge=BRIDGE,
            adjust=self._told,
            enrollee=self.enrollee,
            make_access_point=ap_mode.StationsAccessPoint,
            rekeys_safely=radio.rekeys_safely,
        )
        self._controlled = controlled
        self._driver = Driver(self, controlled, radio, ap_mode.render)
        self.world.join(self._driver)
        self._driver.carry(controlled.start(self.world.now()))

    def close(self) -> None:
        if self._driver is not None:
            self.world.leave(self._driver)  # the radio is its air's to close
            self._driver = None

    def put_before_radio(self, edit: Callable[[Radio], Radio]) -> None:
        """Put something in between the running machine and its radio."""
        assert self._driver is not None
        self._driver.radio = edit(self._driver.radio)

    def radio(self, radio: Radio) -> Radio:
        """What the machine has for a radio; a tester puts itself in between."""
        return radio

    def configuration(self) -> StationConfig:
        """What the machine is told; a tester changes it."""
        assert self._built is not None, "asked for while the file is read"
        return self._built

    def _told(self, built: StationConfig) -> StationConfig:
        self._built = built
        return self.configuration()

    def enrollee(self, config: EnrolleeConfig, entropy: Entropy) -> Enrollee:
        """Who enrols; a tester makes another one."""
        return Enrollee(config, entropy)

    def control(self, command: str, interface: str | None = None) -> str:
        driver, _ = self._running
        assert self._controlled is not None
        reply, actions = self._controlled.execute(command, self.world.now())
        driver.carry(actions)
        return reply

    def _push_button(self, backhaul: bool) -> None:
        driver, machine = self._running
        driver.carry(machine.wps_pbc(self.world.now(), multi_ap=1 if backhaul else 0))

    def _enter_pin(self, pin: str, backhaul: bool) -> None:
        driver, machine = self._running
        driver.carry(machine.wps_pin(self.world.now(), pin, multi_ap=1 if backhaul else 0))

    def _connect(self, bss: BssOnAir, backhaul: bool, profile: int) -> None:
        driver, machine = self._running
        network = machine.networks.add(
            Network(
                ssid=bss.bss.ssid.encode(),
                passphrase=bss.bss.passphrase,
                multi_ap_backhaul_sta=backhaul,
                multi_ap_profile=profile,
                key_mgmt=_key_management(bss.bss),
                ieee80211w=bss.bss.pmf,
            )
        )
        driver.carry(machine.connect(network.id, self.world.now()))

    def connect_by_wpa(self, bss: BssOnAir) -> None:
        driver, machine = self._running
        network = machine.networks.add(
            Network(
                ssid=bss.bss.ssid.encode(),
                passphrase=bss.bss.passphrase,
                proto=frozenset({SecurityProtocol.WPA}),
                pairwise=frozenset({CIPHER_TKIP}),
            )
        )
        driver.carry(machine.connect(network.id, self.world.now()))

    def roam(self, bss: BssOnAir) -> None:
        driver, machine = self._running
        try:
            driver.carry(machine.roam(bss.bssid, self.world.now()))
        except UsageError as error:
            raise SetupFailed(f"{self.name}: {error}") from error

    def disconnect(self) -> None:
        driver, machine = self._running
        driver.carry(machine.disconnect(self.world.now()))

    def reconnect(self) -> None:
        driver, machine = self._running
        driver.carry(machine.reconnect(self.world.now()))

    def stored_networks(self) -> tuple[StoredNetwork, ...]:
        return tuple(map(_stored, (each for each in self._running[1].networks if each.wps is None)))

    @property
    def _running(self) -> tuple[Driver, Station]:
        if self._driver is None or self._controlled is None:
            raise SetupFailed(f"{self.name} does not run")
        return self._driver, self._controlled.station


class StationFiles:
    """The station's file in the scenario's folder, written at once and not forced to the disk."""

    def __init__(self, path: Path, radio: Radio) -> None:
        self._path = path
        self._radio = radio

    def remembered(self, path: str) -> str | None:
        return remembered(path)

    def remember(self, path: str, text: str) -> None:
        remember(path, text)

    def measure(self, bssid: MacAddress) -> LinkMeasurement | None:
        return self._radio.measure(bssid)

    def protects_beacons(self) -> bool:
        return self._radio.protects_beacons

    def load(self) -> ConfigFile:
        text = self._path.read_text(encoding="utf-8", errors="surrogateescape")
        return read(text, str(self._path))

    def store(self, text: str) -> None:
        try:
            self._path.write_text(text, encoding="utf-8", errors="surrogateescape")
        except OSError as error:
            raise ConfigError(f"{self._path}: {error.strerror or error}") from error

    def read(self, path: str) -> str:
        raise ConfigError(f"{path}: a station of a scenario has no other files")

    def ip_address(self) -> str | None:
        return None


def _stored(network: Network) -> StoredNetwork:
    key = network.passphrase if network.psk is None else network.psk.hex()
    return StoredNetwork(
        ssid=network.ssid or b"",
        key=key,
        backhaul=network.multi_ap_backhaul_sta,
        sae=KeyManagement.SAE in network.key_mgmt,
    )


def _key_management(bss: Bss) -> frozenset[KeyManagement]:
    if not bss.sae:
        return frozenset({KeyManagement.WPA_PSK})
    return frozenset({KeyManagement.SAE} | ({KeyManagement.WPA_PSK} if bss.transition else set()))


def _of_one_device(config: ApConfig) -> ApConfig:
    """What a tester says of the device is said by every BSS."""
    bsss = (replace(bss, wps=replace(bss.wps, device=None)) for bss in config.bsss)
    return replace(config, bsss=tuple(bsss))
