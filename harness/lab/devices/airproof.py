"""Our own access point and station, in process."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from harness import __version__
from harness.ap import control_events as ap_control_events
from harness.ap.access_point import AccessPoint
from harness.ap.config import DISALLOW_PROFILE_1, DISALLOW_PROFILE_2, ApConfig, BssConfig
from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.base.errors import SetupFailed, UsageError
from harness.base.seam import AKM_PSK, AKM_SAE, CIPHER_TKIP
from harness.lab.devices.driver import Driver
from harness.lab.devices.interface import (
    BRIDGE,
    AccessPointDevice,
    Bss,
    BssOnAir,
    Place,
    StationDevice,
    StoredNetwork,
)
from harness.proto.wsc_enrollee import Enrollee, EnrolleeConfig
from harness.radio.interface import Radio
from harness.sta import control_events as sta_control_events
from harness.sta.config import (
    KeyManagement,
    Network,
    SecurityHabits,
    SecurityProtocol,
    StationConfig,
)
from harness.sta.station import Station
from harness.wire.wsc.device import DeviceAttributes

CONFIGURED = 2
PUSH_BUTTON = 0x0280
"""Config Methods: a virtual push button (WSC 2.0, Config Methods)."""

DEVICE = DeviceAttributes(
    manufacturer="airproof",
    model_name="lab",
    model_number="1",
    serial_number="1",
    primary_device_type=bytes.fromhex("00060050f2040001"),
    device_name="airproof lab",
)


class AirproofAccessPoint(AccessPointDevice):
    """Our access point. Testers change its configuration or put themselves before its radio."""

    kind: ClassVar[str] = "airproof"

    def __init__(self, place: Place, bsss: tuple[Bss, ...], frequency: int) -> None:
        super().__init__(place, bsss, frequency)
        self.version = __version__
        self._driver: Driver | None = None
        self._machine: AccessPoint | None = None

    def start(self) -> None:
        radio = self.radio(
            self.world.air.add_radio(self.node, interface=self._place.interface)
        )
        self._lay_out(radio.address, radio.interface)
        configuration = self.configuration()
        self._machine = AccessPoint(
            configuration, radio.address, self._place.entropy, node=self.name
        )
        self._driver = Driver(self, self._machine, radio, ap_control_events.render)
        self.world.join(self._driver)
        self._driver.carry(self._machine.start(self.world.now()))
        self.wait_ready(lambda: self._place_of("AP-ENABLED") is not None, "AP-ENABLED")

    def close(self) -> None:
        if self._driver is not None:
            self.world.leave(self._driver)  # the radio is its air's to close
            self._driver = None

    def push_button(self) -> None:
        assert self._machine is not None
        assert self._driver is not None
        self._driver.carry(self._machine.wps_pbc(self.world.now()))

    def enter_pin(self, pin: str) -> None:
        assert self._machine is not None
        assert self._driver is not None
        self._driver.carry(self._machine.wps_pin(pin, self.world.now()))

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
        if self._driver is None or self._machine is None:
            raise SetupFailed(f"{self.name} does not run")
        return self._driver, self._machine

    def radio(self, radio: Radio) -> Radio:
        """What the machine has for a radio; a tester puts itself in between."""
        return radio

    def configuration(self) -> ApConfig:
        """What the machine is told; a tester changes it."""
        return ApConfig(
            bsss=tuple(map(_bss_config, self.on_air)),
            channel=self.frequency,
            device=DEVICE,
            config_methods=PUSH_BUTTON,
        )


def _bss_config(on_air: BssOnAir) -> BssConfig:
    bss = on_air.bss
    given = bss.hands_out
    return BssConfig(
        interface=on_air.interface,
        ssid=bss.ssid.encode(),
        bssid=on_air.bssid,
        passphrase=bss.passphrase,
        mixed=bss.mixed,
        bridge=BRIDGE,
        wds_bridge=bss.wds_bridge,
        multi_ap=bss.multi_ap,
        multi_ap_profile=bss.profile,
        multi_ap_client_disallow=(
            (DISALLOW_PROFILE_1 if bss.disallows_profile_1 else 0)
            | (DISALLOW_PROFILE_2 if bss.disallows_later_profiles else 0)
        ),
        multi_ap_vlan_id=bss.primary_vlan or 0,
        multi_ap_backhaul_ssid=None if given is None else given.ssid.encode(),
        multi_ap_backhaul_passphrase=(
            None if given is None or bss.hands_out_psk else given.passphrase
        ),
        multi_ap_backhaul_psk=given.psk if given is not None and bss.hands_out_psk else None,
        wps_state=CONFIGURED if bss.wps else 0,
        akms=_akms(bss),
        sae_pwe=bss.sae_method,
        ieee80211w=bss.pmf,
    )


def _akms(bss: Bss) -> tuple[int, ...]:
    if not bss.sae:
        return (AKM_PSK,)
    return (AKM_PSK, AKM_SAE) if bss.transition else (AKM_SAE,)


class AirproofStation(StationDevice):
    """Our station."""

    kind: ClassVar[str] = "airproof"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.version = __version__
        self._driver: Driver | None = None
        self._machine: Station | None = None

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
        self._machine = Station(
            self.configuration(),
            radio.address,
            radio.frequencies,
            self._place.entropy,
            node=self.name,
            interface=radio.interface,
            enrollee=self.enrollee,
        )
        self._driver = Driver(self, self._machine, radio, sta_control_events.render)
        self.world.join(self._driver)
        self._driver.carry(self._machine.start(self.world.now()))

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
        return StationConfig(
            device=DEVICE,
            config_methods=PUSH_BUTTON,
            bridge=BRIDGE,
            wps_cred_add_sae=self.adds_sae,
            security=SecurityHabits(sae_pwe=self.sae_method),
        )

    def enrollee(self, config: EnrolleeConfig, entropy: Entropy) -> Enrollee:
        """Who enrols; a tester makes another one."""
        return Enrollee(config, entropy)

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
        if self._driver is None or self._machine is None:
            raise SetupFailed(f"{self.name} does not run")
        return self._driver, self._machine


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
