"""New settings for a network: what its first Enrollee, an external registrar or the user brings.

Source: the access point's configuration reference, 10.2 and 10.3.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from harness.ap.config import MFP_OFF, WPS_CONFIGURED, ApConfig, BssConfig
from harness.ap.config_build import security
from harness.ap.config_file import BssSettings, Settings
from harness.ap.config_parts import PROCESS
from harness.base.address import ZERO, MacAddress
from harness.base.errors import ConfigError
from harness.base.seam import AKM_PSK
from harness.wire.wsc.device import AuthenticationType as Auth
from harness.wire.wsc.device import EncryptionType as Encr
from harness.wire.wsc.settings import Credential

REPLACED: Final = (
    "ssid",
    "auth_algs",
    "wps_state",
    "wpa",
    "wpa_psk",
    "wpa_pairwise",
    "rsn_pairwise",
    "wpa_key_mgmt",
    "wpa_passphrase",
)
"""Fields of a BSS whose old values go when new settings come."""

EVERY_AUTHENTICATION: Final = int(Auth.WPA_PSK | Auth.WPA2_PSK)
EVERY_ENCRYPTION: Final = int(Encr.TKIP | Encr.AES)
"""What an unconfigured network becomes."""

_PSK: Final = EVERY_AUTHENTICATION
_HEX: Final = frozenset(b"0123456789abcdefABCDEF")


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """New settings. `authentication`, `encryption`: WSC's type bits.

    `key`: a passphrase's octets or 64 hex digits, empty for an open network. `received`: the
    attributes that they came as, when they came from an external registrar.
    """

    ssid: bytes
    authentication: int
    encryption: int
    key: bytes = field(repr=False)
    received: bytes | None = field(default=None, repr=False)

    @classmethod
    def learned(cls, settings: Credential) -> NetworkSettings:
        """What an external registrar gave."""
        return cls(
            settings.ssid,
            settings.authentication_type,
            settings.encryption_type,
            settings.network_key or b"",
            settings.octets,
        )

    @property
    def protected(self) -> bool:
        return bool(self.authentication & _PSK)

    def usable(self) -> NetworkSettings:
        """These settings as a network may have them: no WPA without WPA2, no TKIP without AES.

        Raises `ConfigError` for what no network here can be.
        """
        if not 1 <= len(self.ssid) <= 32:
            raise ConfigError(f"ssid: must be 1 to 32 octets, not {len(self.ssid)}")
        if not self.protected:
            if not self.authentication & Auth.OPEN:
                raise ConfigError(f"authentication: {self.authentication:#06x} is not served")
            return replace(self, authentication=int(Auth.OPEN), encryption=int(Encr.NONE), key=b"")
        encryption = self.encryption & int(Encr.TKIP | Encr.AES)
        if not encryption:
            raise ConfigError(f"encryption: {self.encryption:#06x} is not served with a key")
        _check_key(self.key)
        return replace(
            self,
            authentication=(self.authentication & _PSK) | Auth.WPA2_PSK,
            encryption=encryption | Encr.AES,
        )

    def attributes(self) -> bytes:
        """As the control interface tells them: as they came, or as a Credential."""
        if self.received is not None:
            return self.received
        return Credential(
            network_index=1,
            ssid=self.ssid,
            authentication_type=self.authentication,
            encryption_type=self.encryption,
            network_key=self.key,
            mac_address=MacAddress(ZERO),
        ).attribute()

    def told(self, bss: BssConfig) -> dict[str, object]:
        """The fields of the event that a BSS has new settings."""
        return {"settings": None if bss.wps.processing == PROCESS else self.attributes()}

    def lines(self, bss: BssConfig) -> list[str]:
        """As lines of a configuration file, for a BSS that is `bss` so far."""
        printable = all(32 <= octet < 127 for octet in self.ssid)
        name = f"ssid={self.ssid.decode()}" if printable else f"ssid2={self.ssid.hex()}"
        lines = [f"wps_state={WPS_CONFIGURED}", name]
        if self.protected:
            lines += self._protection(bss)
        return [*lines, "auth_algs=1"]

    def _protection(self, bss: BssConfig) -> list[str]:
        versions = 1 if self.authentication & Auth.WPA_PSK else 0
        versions |= 2 if self.authentication & Auth.WPA2_PSK else 0
        is_psk = len(self.key) == 64
        sae = bss.wps.adds_sae and versions & 2 and not is_psk
        lines = [f"wpa={versions}", "wpa_key_mgmt=WPA-PSK" + (" SAE" if sae else "")]
        if sae:
            lines += ["ieee80211w=1"] if bss.ieee80211w == MFP_OFF else []
            lines.append("sae_require_mfp=1")
        names = (("CCMP", Encr.AES), ("TKIP", Encr.TKIP))
        pairwise = " ".join(name for name, bit in names if self.encryption & bit)
        key = self.key.decode("utf-8", "surrogateescape")
        lines.append(f"wpa_pairwise={pairwise}")
        return [*lines, f"wpa_psk={key}" if is_psk else f"wpa_passphrase={key}"]

    def lines_in_memory(self, bss: BssConfig) -> list[str]:
        """The lines for a network that no file holds: with CCMP alone."""
        return [
            "wpa_pairwise=CCMP" if line.startswith("wpa_pairwise=") else line
            for line in self.lines(bss)
        ]

    def put_into(self, settings: Settings, bss: BssSettings, running: BssConfig) -> None:
        """Put them in the place of a BSS's old ones, which no file holds. Raises `ConfigError`."""
        for old in REPLACED:
            bss.values.pop(old, None)
        for line in self.lines_in_memory(running):
            name, _, value = line.partition("=")
            settings.set(bss, name, value)


def _check_key(key: bytes) -> None:
    if not 8 <= len(key) <= 64:
        raise ConfigError(f"key: must be 8 to 64 octets, not {len(key)}")
    if len(key) == 64 and not _HEX.issuperset(key):
        raise ConfigError("key: 64 octets must be hex digits")
    if any(octet < 32 or octet == 127 for octet in key):
        raise ConfigError("key: must have no control characters")


def reconfigured(bss: BssConfig, new: NetworkSettings) -> BssConfig:
    """What a BSS becomes by new settings when nobody keeps them in a file."""
    made = BssSettings(bss.interface)
    if bss.psk_file is not None:
        made.values["wpa_psk_file"] = bss.psk_file
    if bss.ieee80211w != MFP_OFF:
        made.values["ieee80211w"] = bss.ieee80211w
        made.values["beacon_prot"] = bss.beacon_prot
    new.put_into(Settings([made]), made, bss)
    return replace(
        bss,
        **{
            "ssid": new.ssid,
            "wps_state": WPS_CONFIGURED,
            "passphrase": None,
            "psk": None,
            "sae_password": None,
            "sae_passwords": (),
            "wpa_pairwise": (),
            "akms": (AKM_PSK,),
            "ieee80211w": MFP_OFF,
            "beacon_prot": False,
            **security(made),
            "group_rekey_s": bss.group_rekey_s,
            "keys": bss.keys,
        },
    )


@dataclass(frozen=True, slots=True)
class Learned:
    """New settings, and the interfaces of the BSSs that take them."""

    settings: NetworkSettings
    takers: tuple[str, ...]

    def applied_to(self, config: ApConfig) -> ApConfig:
        """What an access point becomes when nobody keeps its settings. Raises `ConfigError`."""
        bsss = (
            reconfigured(bss, self.settings) if bss.interface in self.takers else bss
            for bss in config.bsss
        )
        return replace(config, bsss=tuple(bsss))
