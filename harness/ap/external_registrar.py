"""The access point as Enrollee: an external registrar learns its settings or gives it new ones.

Sources: Wi-Fi Simple Configuration 2.0.8, 4.3.2 and 7; ap.md §6.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.ap.ap_pin import LOCKED, UNLOCKED, ApPin
from harness.ap.config import ApConfig, BssConfig
from harness.ap.new_settings import NetworkSettings, reconfigured
from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.base.errors import ConfigError
from harness.proto.wsc_credentials import Refused
from harness.proto.wsc_enrollee import Enrollee, EnrolleeConfig
from harness.proto.wsc_run import Password, Refusal
from harness.wire.wsc.device import (
    AuthenticationType,
    ConfigMethods,
    ConfigurationError,
    DevicePasswordId,
    EncryptionType,
)
from harness.wire.wsc.settings import ApSettings, Credential

_BUTTONS = int(ConfigMethods.VIRTUAL_PUSH_BUTTON | ConfigMethods.PHYSICAL_PUSH_BUTTON)
_LOCKED = Refusal(ConfigurationError.SETUP_LOCKED)


@dataclass(frozen=True, slots=True)
class ApEnrolment:
    """What a BSS says of itself to an external registrar. `uuid`: 16 octets.

    `refused`: called with the reason when the registrar gives settings that no network can have.
    """

    bss: BssConfig
    ap: ApConfig
    bssid: MacAddress
    uuid: bytes
    pin: ApPin
    refused: Callable[[str], None]

    def enrollee(self, entropy: Entropy) -> Enrollee:
        """Make the machine of one registration."""
        config = EnrolleeConfig(
            mac=self.bssid,
            uuid=self.uuid,
            device=self.ap.device,
            password=b"",
            device_password_id=DevicePasswordId.DEFAULT,
            config_methods=self._config_methods(),
            rf_bands=self.ap.rf_bands,
            os_version=self.ap.os_version,
            wps_state=self.bss.wps_state,
        )
        return Enrollee(config, entropy, self)

    # ---- what the machine asks ------------------------------------------------------------

    def ap_password(self) -> Password | Refusal:
        if self.pin.pin is None or self.pin.lock == LOCKED:
            return _LOCKED
        return Password(self.pin.pin.encode())

    def ap_settings(self) -> bytes:
        given = self.pin.settings
        return settings_of(self.bss, self.bssid) if given is None else given

    def may_configure(self, settings: Credential | Refused) -> Refusal | None:
        if self.pin.lock != UNLOCKED:
            return _LOCKED
        if isinstance(settings, Refused):
            self.refused(settings.why)
            return None
        try:
            reconfigured(self.bss, NetworkSettings.learned(settings).usable())
        except ConfigError as error:
            self.refused(str(error))
            return Refusal()
        return None

    def _config_methods(self) -> int:
        """Without the button, which does not work in this direction, where there is a PIN."""
        methods = self.ap.config_methods
        has_pin = self.pin.pin is not None or bool(methods & ConfigMethods.DISPLAY)
        return methods & ~_BUTTONS if has_pin and not self.ap.pbc_in_m1 else methods


def settings_of(bss: BssConfig, bssid: MacAddress) -> bytes:
    """The settings of a BSS as M7 holds them."""
    authentication, encryption = AuthenticationType.OPEN, EncryptionType.NONE
    if bss.protected:
        authentication, encryption = AuthenticationType.WPA2_PSK, EncryptionType.AES
        if bss.mixed:
            authentication |= AuthenticationType.WPA_PSK
            encryption |= EncryptionType.TKIP
    settings = ApSettings(
        ssid=bss.ssid,
        mac_address=bssid,
        authentication_type=authentication,
        encryption_type=encryption,
        network_key=_key(bss),
    )
    return settings.encode()


def _key(bss: BssConfig) -> bytes:
    if bss.psk is not None:
        return bss.psk.hex().encode()
    return (bss.passphrase or "").encode(errors="surrogateescape")
