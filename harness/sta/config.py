"""What a station is told before it starts: its identity and its network profiles."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final, TypeAlias

from harness.base.address import MacAddress, MaskedAddress
from harness.base.errors import ConfigError
from harness.base.seam import CIPHER_CCMP, CIPHER_TKIP
from harness.crypto.curve import CURVES
from harness.crypto.psk import derive_psk
from harness.crypto.wep import WepKeys
from harness.proto.key_handshake import Rekeying
from harness.proto.sae import DEFAULT_GROUPS
from harness.sta.autoscan import Autoscan
from harness.sta.scan_plan import ScanPlan
from harness.sta.trials import NO_TRIALS, Trials
from harness.wire.sae import LONGEST_IDENTIFIER
from harness.wire.wsc.device import DeviceAttributes, RequestType
from harness.wire.wsc.settings import Credential

CIPHER_NAMES: Final = {CIPHER_CCMP: "CCMP", CIPHER_TKIP: "TKIP"}

DEFAULT_CONFIG_METHODS: Final = 0x2108
"""Display (virtual) and keypad: what a station without configuration offers."""

_PIN_LIMIT = 64


class KeyManagement(Enum):
    """How a network authenticates; the value is its word in `key_mgmt`."""

    NONE = "NONE"
    WPA_PSK = "WPA-PSK"
    WPA_PSK_SHA256 = "WPA-PSK-SHA256"
    SAE = "SAE"
    WPS = "WPS"


OPEN_SYSTEM: Final = 0
SHARED_KEY: Final = 1
"""Values of `auth_alg`."""

PSK_METHODS: Final = frozenset({KeyManagement.WPA_PSK, KeyManagement.WPA_PSK_SHA256})
"""Ways to be known by a pre-shared key."""
SaeCredentials: TypeAlias = tuple[str, bytes | None]
"""A password of SAE, and the identifier by which it is asked for, if any."""
_WITH_KEYS: Final = PSK_METHODS | {KeyManagement.SAE}


class SecurityProtocol(Enum):
    """Which security element a network takes; the value is its word in `proto`."""

    WPA = "WPA"
    RSN = "RSN"


MFP_OFF: Final = 0
MFP_OPTIONAL: Final = 1
MFP_REQUIRED: Final = 2
"""Values of `ieee80211w` and `pmf`: protected management frames."""

PWE_LOOP: Final = 0
PWE_HASH_TO_ELEMENT: Final = 1
PWE_BOTH: Final = 2
PWE_LOOP_ALWAYS: Final = 3
"""Values of `sae_pwe`: how SAE derives its secret point; the last one for tests."""
PWE_CHOICES: Final = (PWE_LOOP, PWE_HASH_TO_ELEMENT, PWE_BOTH, PWE_LOOP_ALWAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityHabits:
    """What holds for all networks. `pmf`: for those whose `ieee80211w` is None.

    `sae_groups`: in the order in which they are tried. `sae_needs_mfp`: SAE only where management
    frames are protected. `ignores_h2e_only`: joins by the other
    method also a BSS that asks for hash-to-element. Raises `ConfigError`.
    """

    pmf: int = MFP_OFF
    sae_pwe: int = PWE_LOOP
    sae_groups: tuple[int, ...] = DEFAULT_GROUPS
    sae_needs_mfp: bool = False
    ignores_h2e_only: bool = False

    def __post_init__(self) -> None:
        if self.pmf not in (MFP_OFF, MFP_OPTIONAL, MFP_REQUIRED):
            raise ConfigError(f"pmf is 0 to 2, not {self.pmf}")
        if self.sae_pwe not in PWE_CHOICES:
            raise ConfigError(f"sae_pwe is 0 to 3, not {self.sae_pwe}")
        unknown = set(self.sae_groups) - CURVES.keys()
        if unknown or not self.sae_groups:
            raise ConfigError(f"sae_groups are some of {sorted(CURVES)}, not {self.sae_groups}")


DEFAULT_HABITS: Final = SecurityHabits()


class WpsMethod(Enum):
    """How an enrolment proves that it is meant."""

    PBC = "pbc"
    PIN = "pin"
    REGISTRAR = "reg"
    """The station is the registrar; the password is the AP PIN."""

    @property
    def request_type(self) -> int:
        """What the WSC elements of requests say that the station wants."""
        return RequestType.REGISTRAR if self is WpsMethod.REGISTRAR else RequestType.ENROLLEE


@dataclass(frozen=True, slots=True, kw_only=True)
class WpsParameters:
    """What turns a network into a WPS block: the work order of one enrolment.

    `multi_ap`: 0, or 1 and above to ask for backhaul credentials; the number is the Multi-AP
    profile. `password`: the octets of the PIN. `new_settings`: what a registrar gives the access
    point, whose `mac_address` does not count; None to learn what it has. `unfit`: nobody can do
    what was ordered, which shows when it is tried.
    """

    method: WpsMethod
    password: bytes = field(default=b"00000000", repr=False)
    device_password_id: int = 4
    multi_ap: int = 0
    new_settings: Credential | None = field(default=None, repr=False)
    unfit: bool = False

    def __post_init__(self) -> None:
        if self.new_settings is not None and self.method is not WpsMethod.REGISTRAR:
            raise ConfigError("only a registrar gives an access point new settings")
        if not 0 < len(self.password) <= _PIN_LIMIT:
            raise ConfigError(f"a device password has 1 to {_PIN_LIMIT} octets")
        if not 0 <= self.device_password_id <= 0xFFFF:
            raise ConfigError(f"no Device Password ID: {self.device_password_id}")
        if not 0 <= self.multi_ap <= 6:
            raise ConfigError(f"multi_ap is 0 to 6, not {self.multi_ap}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApParameters:
    """What turns a network into an access point of our own; 0 stands for the usual.

    `frequency` in MHz, `beacon_interval` in TU; `hidden`: as `ignore_broadcast_ssid`.
    `transition_disable`: bits of an octet, told to stations.
    """

    frequency: int = 0
    beacon_interval: int = 0
    dtim_period: int = 0
    hidden: int = 0
    wps_disabled: bool = False
    max_inactivity_s: int = 0
    group_rekey_s: int = 0
    transition_disable: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """One network profile.

    `id`: unique in the station. `passphrase`: 8 to 63 characters (octets that are no UTF-8 stand
    as surrogate escapes); `psk`: 32 octets, instead of it; `external_psk`: the name of either,
    where it is kept elsewhere; `mem_only_psk`: it is in no file,
    and asked for when it is wanted; `sae_password`: for SAE in the place of
    the passphrase; `sae_password_id`: by which it is asked for, None for the common one;
    `sae_pwe`: None as the habits say. `mac_addr`: the `AddressStyle` that it is
    joined with, None as the station's. `ieee80211w`: protected management frames, 0 no, 1 if
    possible, 2 always, None as the station's habits say. `ocv`: validate the operating channel, for
    which management frames are protected if possible. `beacon_prot`: believe only protected Beacons
    of an AP that protects them. `auth_alg`: None: Open System, then Shared
    Key where there is `wep`, the keys of a network without WPA. `pairwise`, `group`: cipher suites
    that are acceptable. `multi_ap_profile` 0: no profile is told. `scan_ssid`: probe for the SSID
    by name. `four_address`: use four addresses once associated, without asking Multi-AP.
    `ptk_rekey_s`: ask for another pairwise key at this period, 0: never; `rekeying`: whether it
    is taken, or the AP joined anew. `bgscan`: when to scan while connected, empty for never, None
    as the station says. `wps`: this is the
    temporary block of an enrolment. `access_point`: this is no network to join but one to make.
    `barred`: why it is neither, empty for one that is: it needs what is not built.
    Raises `ConfigError`.
    """

    ssid: bytes | None = None
    id: int = 0
    passphrase: str | None = field(default=None, repr=False)
    psk: bytes | None = field(default=None, repr=False)
    external_psk: str | None = None
    mem_only_psk: bool = False
    mac_addr: int | None = None
    sae_password: str | None = field(default=None, repr=False)
    sae_password_id: bytes | None = None
    sae_pwe: int | None = None
    key_mgmt: frozenset[KeyManagement] = frozenset({KeyManagement.WPA_PSK})
    ieee80211w: int | None = None
    ocv: bool = False
    beacon_prot: bool = False
    proto: frozenset[SecurityProtocol] = frozenset({SecurityProtocol.WPA, SecurityProtocol.RSN})
    pairwise: frozenset[int] = frozenset({CIPHER_CCMP, CIPHER_TKIP})
    group: frozenset[int] = frozenset({CIPHER_CCMP, CIPHER_TKIP})
    auth_alg: int | None = None
    wep: WepKeys | None = None
    multi_ap_backhaul_sta: bool = False
    multi_ap_profile: int = 0
    four_address: bool = False
    ptk_rekey_s: int = 0
    rekeying: Rekeying = Rekeying.ALWAYS
    priority: int = 0
    bgscan: str | None = None
    bssid: MacAddress | None = None
    bssid_ignore: tuple[MaskedAddress, ...] = ()
    bssid_accept: tuple[MaskedAddress, ...] = ()
    scan_ssid: bool = False
    scan_freq: tuple[int, ...] = ()
    freq_list: tuple[int, ...] = ()
    disabled: bool = False
    id_str: str = ""
    wps: WpsParameters | None = None
    access_point: ApParameters | None = None
    barred: str = ""

    def __post_init__(self) -> None:
        if self.id < 0:
            raise ConfigError(f"a network id is not negative: {self.id}")
        if self.sae_password_id is not None and len(self.sae_password_id) > LONGEST_IDENTIFIER:
            raise ConfigError(f"sae_password_id has at most {LONGEST_IDENTIFIER} octets")
        if self.ssid is not None and len(self.ssid) > 32:
            raise ConfigError(f"an SSID has at most 32 octets, not {len(self.ssid)}")
        if not 0 <= self.multi_ap_profile <= 6:
            raise ConfigError(f"multi_ap_profile is 0 to 6, not {self.multi_ap_profile}")
        if self.auth_alg not in (None, OPEN_SYSTEM, SHARED_KEY):
            raise ConfigError("auth_alg is 0 (Open System) or 1 (Shared Key)")
        if self.wep is not None and (len(self.wep.keys) != 4 or not 0 <= self.wep.default <= 3):
            raise ConfigError("WEP has 4 keys by index")
        if not self.barred:
            self._check_key_management()
        self._check_secret()

    def _check_key_management(self) -> None:
        if not self.key_mgmt:
            raise ConfigError("key_mgmt is empty")
        if (KeyManagement.WPS in self.key_mgmt) != (self.wps is not None):
            raise ConfigError("key_mgmt WPS and the WPS parameters go together")
        if self.ieee80211w not in (None, MFP_OFF, MFP_OPTIONAL, MFP_REQUIRED):
            raise ConfigError(f"ieee80211w is 0 to 2, not {self.ieee80211w}")
        if self.key_mgmt & _WITH_KEYS:
            if not self.pairwise or not self.group:
                raise ConfigError("a network with keys needs pairwise and group ciphers")
            unknown = (self.pairwise | self.group) - CIPHER_NAMES.keys()
            if unknown:
                raise ConfigError(f"unknown cipher suite {min(unknown):#010x}")

    def _check_secret(self) -> None:
        if self.external_psk is not None and self.has_psk:
            raise ConfigError("a network's secret is external, or not")
        if self.passphrase is not None and self.psk is not None:
            raise ConfigError("a network has a passphrase or a PSK, not both")
        if self.psk is not None and len(self.psk) != 32:
            raise ConfigError(f"a PSK has 32 octets, not {len(self.psk)}")
        if self.passphrase is not None:
            octets = self.passphrase.encode("utf-8", "surrogateescape")
            if not 8 <= len(octets) <= 63:
                raise ConfigError(f"a passphrase has 8 to 63 octets, not {len(octets)}")
            if any(octet < 32 or octet == 127 for octet in octets):
                raise ConfigError("a passphrase has no control characters")

    @property
    def is_usable(self) -> bool:
        """False for a network that is barred, lacks its secret, or has a bad WEP key.

        One without SSID is any network, unless it is to be made or its key depends on the SSID.
        """
        if self.wps is not None:
            return True
        if self.barred:
            return False
        if self.ssid is None and (self.access_point is not None or not self._fits_any):
            return False
        if not self.key_mgmt & _WITH_KEYS or KeyManagement.NONE in self.key_mgmt:
            return self.wep is None or self.wep.usable
        by_sae = KeyManagement.SAE in self.key_mgmt and self.has_sae_secret
        return self.takes_psk or by_sae

    @property
    def _fits_any(self) -> bool:
        by_psk = bool(self.key_mgmt & PSK_METHODS) and self.psk is not None
        return by_psk or KeyManagement.NONE in self.key_mgmt

    @property
    def takes_psk(self) -> bool:
        """True when it is joined by a PSK: one that it has, or asks for."""
        has_secret = self.has_psk or self.mem_only_psk or self.external_psk is not None
        return bool(self.key_mgmt & PSK_METHODS) and has_secret

    @property
    def lacks_psk(self) -> bool:
        """True while it asks for the PSK that it is joined by."""
        return self.takes_psk and not self.has_psk and self.external_psk is None

    @property
    def has_psk(self) -> bool:
        """True with a passphrase or a PSK."""
        return self.passphrase is not None or self.psk is not None

    @property
    def has_sae_secret(self) -> bool:
        """True with a password of SAE, or the name of one."""
        return self.sae_secret is not None or self.external_psk is not None

    @property
    def sae_secret(self) -> str | None:
        """The password of SAE; a PSK of 32 octets is none."""
        return self.sae_password if self.sae_password is not None else self.passphrase

    @property
    def sae_credentials(self) -> SaeCredentials:
        """The password of SAE, empty without any, and its identifier."""
        return self.sae_secret or "", self.sae_password_id

    def pmk(self) -> bytes:
        """The 32 octets that the 4-way handshake begins with. Raises `ConfigError` without any."""
        if self.psk is not None:
            return self.psk
        if self.passphrase is None or self.ssid is None:
            raise ConfigError(f"network {self.id} has no secret")
        return derive_psk(self.passphrase.encode("utf-8", "surrogateescape"), self.ssid)


@dataclass(frozen=True, slots=True, kw_only=True)
class StationConfig:
    """A station's identity and habits.

    `uuid`: 16 octets, None to derive it from the address. `wps_cred_processing`: 0 makes a network
    of a credential, 1 only reports it, 2 both. `wps_cred_add_sae`: a WPA2-PSK credential with a
    passphrase is good for SAE too, with management frames protected. `bridge`: where the interface
    goes in four-address mode. `scan_interval`, `bss_expiration_age`, `scan_res_valid_for_connect`
    in seconds; `freq_list` in MHz, empty for all. `ap_scan` 2: networks are tried in their order,
    0: only the first. `filter_ssids`: BSSs of no network are not seen, nor (`filter_rssi`, in dBm)
    those that are weaker. `wps_vendor_ext_m1`: the value of a Vendor Extension in M1. `mac_addr`,
    `preassoc_mac_addr`: an `AddressStyle`, for joining and for scanning; random addresses are
    kept for `rand_addr_lifetime` seconds. Raises `ConfigError`.
    """

    device: DeviceAttributes
    uuid: bytes | None = None
    networks: tuple[Network, ...] = ()
    config_methods: int = DEFAULT_CONFIG_METHODS
    os_version: int = 0
    wps_cred_processing: int = 0
    wps_priority: int = 0
    wps_cred_add_sae: bool = False
    security: SecurityHabits = DEFAULT_HABITS
    bridge: str | None = None
    freq_list: tuple[int, ...] = ()
    passive_scan: bool = False
    scan_interval: float = 5.0
    scan_res_valid_for_connect: float = 5.0
    bss_max_count: int = 200
    bss_expiration_age: float = 180.0
    bss_expiration_scan_count: int = 2
    eapol_version: int = 1
    fragment_size: int = 1398
    trials: Trials = NO_TRIALS
    ap_scan: int = 1
    filter_ssids: bool = False
    filter_rssi: int = 0
    autoscan: Autoscan | None = None
    bgscan: str = ""
    scan_plan: ScanPlan | None = None
    wps_vendor_ext_m1: bytes = b""
    mac_addr: int = 0
    preassoc_mac_addr: int = 0
    rand_addr_lifetime: int = 60

    def __post_init__(self) -> None:
        ids = [network.id for network in self.networks]
        if len(set(ids)) != len(ids):
            raise ConfigError("two networks have one id")
        if self.uuid is not None and len(self.uuid) != 16:
            raise ConfigError(f"a UUID has 16 octets, not {len(self.uuid)}")
        if self.wps_cred_processing not in (0, 1, 2):
            raise ConfigError(f"wps_cred_processing is 0 to 2, not {self.wps_cred_processing}")
        if self.eapol_version not in (1, 2, 3):
            raise ConfigError(f"eapol_version is 1 to 3, not {self.eapol_version}")
        if self.fragment_size < 1:
            raise ConfigError(f"fragment_size is at least 1, not {self.fragment_size}")
        if not 0 <= self.config_methods <= 0xFFFF:
            raise ConfigError(f"config_methods has 16 bits: {self.config_methods:#x}")
        for name, least in _MINIMA.items():
            if getattr(self, name) < least:
                raise ConfigError(f"{name} is at least {least}")


_MINIMA: Final = {
    "scan_interval": 0,
    "scan_res_valid_for_connect": 1,
    "bss_max_count": 1,
    "bss_expiration_age": 0,
    "bss_expiration_scan_count": 1,
}
