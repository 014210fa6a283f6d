"""What an access point is told: typed, checked once, never changed.

Every value is checked when the object is made; a bad one raises `ConfigError` that names the BSS
and the field. Sources: the access point's configuration reference and IEEE 802.11-2020.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType

from harness.ap.ap_pin import NO_EXTERNAL_REGISTRARS, ExternalRegistrars
from harness.ap.config_parts import (
    KEY_MANAGEMENT,
    NO_LISTEN_LIMIT,
    PSK_AKMS,
    AccessList,
    FurtherElements,
    KeyHabits,
    Patience,
    SaePassword,
    WpsDevice,
    WpsHabits,
)
from harness.ap.ht import Ht
from harness.ap.psks import StationKey
from harness.ap.wmm import DEFAULT_QOS, Qos
from harness.base.address import MacAddress
from harness.base.channel import OperatingChannel
from harness.base.errors import ConfigError
from harness.base.seam import AKM_PSK, AKM_SAE, CIPHER_CCMP, CIPHER_TKIP
from harness.crypto.curve import CURVES
from harness.crypto.wep import WepKeys
from harness.wire.operating_channel import operating_class
from harness.wire.wsc.device import DeviceAttributes

MULTI_AP_BACKHAUL = 1
MULTI_AP_FRONTHAUL = 2

MFP_OFF = 0
MFP_OPTIONAL = 1
MFP_REQUIRED = 2
"""Values of `ieee80211w`: protected management frames."""

WPS_OFF = 0
WPS_UNCONFIGURED = 1
WPS_CONFIGURED = 2

DISALLOW_PROFILE_1 = 1
DISALLOW_PROFILE_2 = 2

MAX_STATIONS = 2007
"""Highest association identifier. IEEE 802.11-2020, 9.4.1.8."""

DEFAULT_CONFIG_METHODS = 0x2108
"""Display, Keypad, Virtual Display: what an access point offers unless told otherwise."""

DEFAULT_DEVICE = DeviceAttributes(
    manufacturer="airproof",
    model_name="access point",
    model_number="1",
    serial_number="1",
    primary_device_type=bytes.fromhex("00060050f2040001"),
    device_name="airproof access point",
)

_RATES_DSSS = bytes.fromhex("82848b96")
_RATES_ERP = bytes.fromhex("82848b960c1218243048606c")
_RATES_OFDM = bytes.fromhex("8c129824b048606c")
_BASIC_RATE = 0x80

_INTERFACE = re.compile(r"[^\s/:]{1,15}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BssConfig:
    """One BSS. It is protected when it has a secret, else open.

    `rsn_pairwise`, `wpa_pairwise`: the ciphers for stations of WPA2 and of WPA version 1, CCMP and
    TKIP; none: that version is not served. `interface`: 1 to 15 characters. `bssid` None: derived
    from the radio's address. `psk`: 32 octets. `psk_file`: the path of the file that `station_keys`
    came from, in its order. `akms`: of which each station chooses one. `sae_password`: for SAE in
    the place of `passphrase`; `sae_passwords`: further ones, the last that fits a station counts.
    `sae_pwe`: 0 hunting and pecking, 1 hash-to-element, 2 both. `sae_groups`: numbers of elliptic
    curve groups. `sae_clogging`: exchanges that may be open before tokens are asked for.
    `ieee80211w`: protected management frames, 0 off, 1 optional, 2 required; `sae_requires_mfp`:
    required of those that do SAE. `caches_keys`: a station may come back with a key that SAE
    brought it before. `ocv`: operating channels are validated, which needs protected management
    frames. `wep`: keys of a BSS without WPA; `open_system`, `shared_key`: how stations may
    authenticate beside SAE. `hidden`: 1 the SSID of Beacons is empty, 2 it is as long but all zero.
    `isolate`: no frames from station to station. `listen_interval_limit`: what a station may ask
    for. `quiet_when_full`: probes without our SSID get no answer then; `answers_probes` False: none
    does. `utf8_ssid`: the SSID is text. `eap_server` False: EAP finds nobody. `says_farewell`: a
    Deauthentication to all when the BSS ends. `config_id`: what a reload knows an unchanged BSS by.
    `multi_ap`: bit 0 backhaul BSS, bit 1 fronthaul BSS. `multi_ap_profile`: 1 sends no profile
    sub-element. `multi_ap_client_disallow`: bit 0 Profile-1 stations, bit 1 later ones.
    `multi_ap_vlan_id`: primary VLAN, 0 none. `multi_ap_backhaul_*`: what a WPS Enrollee that asks
    for a backhaul link is given instead of this BSS's own credential. `wps_state`: 0 off, 1 on and
    unconfigured, 2 on and configured. `bridge`: holds the interface; `wds_bridge` (else `bridge`)
    holds the four-address interfaces. `wds_sta`: any associated station that sends four-address
    frames gets an interface. `beacon_interval` in TU. `group_rekey_s`: seconds between group keys,
    0 never. `beacon_prot`: Beacons are protected as `ieee80211w` has it. `wmm`: stations may do
    WMM; `u_apsd`: they are told that frames are delivered to them by U-APSD. `ht`: they may do HT
    where the radio does.
    """

    interface: str
    ssid: bytes
    bssid: MacAddress | None = None
    passphrase: str | None = field(default=None, repr=False)
    psk: bytes | None = field(default=None, repr=False)
    psk_file: str | None = None
    station_keys: tuple[StationKey, ...] = ()
    wpa_pairwise: tuple[int, ...] = ()
    rsn_pairwise: tuple[int, ...] = (CIPHER_CCMP,)
    akms: tuple[int, ...] = (AKM_PSK,)
    sae_password: str | None = field(default=None, repr=False)
    sae_passwords: tuple[SaePassword, ...] = ()
    sae_pwe: int = 0
    sae_groups: tuple[int, ...] = (19, 20, 21)
    sae_clogging: int = 5
    sae_requires_mfp: bool = False
    caches_keys: bool = True
    ieee80211w: int = MFP_OFF
    ocv: bool = False
    beacon_prot: bool = False
    wep: WepKeys | None = None
    open_system: bool = True
    shared_key: bool = False
    hidden: int = 0
    isolate: bool = False
    access: AccessList = field(default_factory=AccessList)
    patience: Patience = field(default_factory=Patience)
    keys: KeyHabits = field(default_factory=KeyHabits)
    elements: FurtherElements = field(default_factory=FurtherElements)
    listen_interval_limit: int = NO_LISTEN_LIMIT
    quiet_when_full: bool = False
    answers_probes: bool = True
    utf8_ssid: bool = False
    eap_server: bool = True
    says_farewell: bool = True
    config_id: str | None = None
    bridge: str | None = None
    wds_bridge: str | None = None
    wds_sta: bool = False
    multi_ap: int = 0
    multi_ap_profile: int = 1
    multi_ap_client_disallow: int = 0
    multi_ap_vlan_id: int = 0
    multi_ap_backhaul_ssid: bytes | None = None
    multi_ap_backhaul_passphrase: str | None = field(default=None, repr=False)
    multi_ap_backhaul_psk: bytes | None = field(default=None, repr=False)
    wps_state: int = WPS_OFF
    wps: WpsHabits = field(default_factory=WpsHabits)
    beacon_interval: int = 100
    dtim_period: int = 2
    max_stations: int = MAX_STATIONS
    group_rekey_s: float = 0.0
    wmm: bool = False
    u_apsd: bool = False
    ht: bool = True

    def __post_init__(self) -> None:
        name = self.interface
        _require(
            _INTERFACE.fullmatch(name) is not None and name not in (".", ".."),
            name,
            "interface",
            "must be 1 to 15 characters without space, '/' or ':'",
        )
        for bridge in (self.bridge, self.wds_bridge):
            _require(
                bridge is None or _INTERFACE.fullmatch(bridge) is not None,
                name,
                "bridge",
                f"{bridge!r} is no interface name",
            )
        _check_ssid(name, "ssid", self.ssid)
        _check_key(name, "", self.passphrase, self.psk)
        _require(self.bssid is None or not self.bssid.is_group, name, "bssid", "is a group address")
        _check_range(name, "wps_state", self.wps_state, 0, 2)
        _check_range(name, "wps_cred_processing", self.wps.processing, 0, 2)
        _check_range(name, "beacon_interval", self.beacon_interval, 10, 65535)
        _check_range(name, "dtim_period", self.dtim_period, 1, 255)
        _check_range(name, "max_stations", self.max_stations, 0, MAX_STATIONS)
        _require(self.group_rekey_s >= 0, name, "group_rekey_s", "must not be negative")
        self._check_security()
        self._check_multi_ap()

    def _check_security(self) -> None:
        name = self.interface
        _check_range(name, "ieee80211w", self.ieee80211w, MFP_OFF, MFP_REQUIRED)
        _require(not self.ocv or self.ieee80211w != MFP_OFF, name, "ocv", "needs ieee80211w")
        protects = not self.beacon_prot or self.ieee80211w != MFP_OFF
        _require(protects, name, "beacon_prot", "needs ieee80211w")
        _require(
            bool(self.akms) and set(KEY_MANAGEMENT.values()).issuperset(self.akms),
            name,
            "akms",
            f"must be some of {', '.join(KEY_MANAGEMENT)}",
        )
        has_psk = self.has_psk
        for field_name in ("wpa_pairwise", "rsn_pairwise"):
            known = {CIPHER_CCMP, CIPHER_TKIP}.issuperset(getattr(self, field_name))
            _require(known, name, field_name, "must be CCMP, TKIP or both")
        either = bool(self.wpa_pairwise or self.rsn_pairwise)
        _require(either, name, "rsn_pairwise", "neither WPA nor WPA2 has a cipher")
        _require(
            not self.wpa_pairwise or (has_psk and AKM_PSK in self.akms),
            name,
            "wpa_pairwise",
            "WPA (version 1) needs a passphrase or PSK",
        )
        _check_range(name, "hidden", self.hidden, 0, 2)
        self._check_wep()
        self._check_sae()

    def _check_sae(self) -> None:
        name, has_psk = self.interface, self.has_psk
        _check_range(name, "sae_pwe", self.sae_pwe, 0, 2)
        _require(
            bool(self.sae_groups) and CURVES.keys() >= set(self.sae_groups),
            name,
            "sae_groups",
            f"must be some of {sorted(CURVES)}",
        )
        if self.does_sae:
            has_password = self.sae_secret is not None or bool(self.sae_passwords)
            _require(has_password, name, "sae_password", "SAE needs a password")
            usable = not PSK_AKMS & set(self.akms) or has_psk
            _require(usable, name, "passphrase", "PSK needs a passphrase or PSK")
        else:
            unused = self.sae_password is None and not self.sae_passwords
            _require(unused, name, "sae_password", "is given without SAE")
            _require(self.ieee80211w == MFP_OFF or has_psk, name, "ieee80211w", "the BSS is open")

    def _check_wep(self) -> None:
        name, wep = self.interface, self.wep
        _require(self.open_system or self.shared_key, name, "open_system", "nobody could come in")
        _require(wep is not None or not self.shared_key, name, "shared_key", "needs WEP keys")
        if wep is None:
            return
        _require(not self.protected, name, "wep", "is given beside the keys of WPA")
        _require(len(wep.keys) == 4, name, "wep", f"has 4 keys by index, not {len(wep.keys)}")
        _check_range(name, "wep default", wep.default, 0, 3)
        _require(wep.sent_with is not None, name, "wep", "its default key is not given")
        _require(wep.usable, name, "wep", "a key has 5 or 13 octets")

    def _check_multi_ap(self) -> None:
        name = self.interface
        _check_range(name, "multi_ap", self.multi_ap, 0, 3)
        _check_range(name, "multi_ap_profile", self.multi_ap_profile, 1, 6)
        _check_range(name, "multi_ap_client_disallow", self.multi_ap_client_disallow, 0, 3)
        _check_range(name, "multi_ap_vlan_id", self.multi_ap_vlan_id, 0, 4094)
        if self.multi_ap_backhaul_ssid is not None:
            _check_ssid(name, "multi_ap_backhaul_ssid", self.multi_ap_backhaul_ssid)
        _check_key(
            name,
            "multi_ap_backhaul_",
            self.multi_ap_backhaul_passphrase,
            self.multi_ap_backhaul_psk,
        )

    @property
    def protected(self) -> bool:
        """False for an open BSS, and one with WEP."""
        passwords = self.sae_password is not None or bool(self.sae_passwords)
        return self.has_psk or passwords

    @property
    def does_ht(self) -> bool:
        """No station may do HT with WEP or TKIP (IEEE 802.11-2020, 12.3.1 and 12.5.2.1)."""
        strong = not self.protected or CIPHER_CCMP in self.rsn_pairwise + self.wpa_pairwise
        return self.ht and self.wep is None and strong

    @property
    def private(self) -> bool:
        """Data is encrypted, be it by WEP."""
        return self.protected or self.wep is not None

    @property
    def has_psk(self) -> bool:
        """There is a PSK, for every station or for some."""
        own = self.passphrase is not None or self.psk is not None
        return own or self.psk_file is not None or bool(self.station_keys)

    @property
    def mixed(self) -> bool:
        """Stations of WPA version 1 and of WPA2 are served."""
        return bool(self.wpa_pairwise and self.rsn_pairwise)

    @property
    def group(self) -> int:
        """The cipher of group-addressed frames: one that every station understands."""
        return CIPHER_TKIP if CIPHER_TKIP in self.wpa_pairwise + self.rsn_pairwise else CIPHER_CCMP

    @property
    def does_sae(self) -> bool:
        return AKM_SAE in self.akms

    @property
    def sae_secret(self) -> str | None:
        """The password of SAE."""
        return self.sae_password if self.sae_password is not None else self.passphrase

    @property
    def hashes_to_element(self) -> bool:
        """SAE's hash-to-element is offered: as told, or because passwords have identifiers."""
        return self.sae_pwe != 0 or self.names_passwords

    @property
    def names_passwords(self) -> bool:
        """Some passwords of SAE are asked for by an identifier."""
        named = any(each.identifier is not None for each in self.sae_passwords)
        return self.does_sae and named

    @property
    def only_names_passwords(self) -> bool:
        """All of them are: no station without an identifier has any, whatever its address."""
        common = any(each.identifier is None for each in self.sae_passwords)
        return self.names_passwords and not common and self.sae_secret is None

    @property
    def only_hashes(self) -> bool:
        """There is no other method: as told, or because each password has an identifier."""
        return self.does_sae and (self.sae_pwe == 1 or self.only_names_passwords)

    @property
    def wps_enabled(self) -> bool:
        """A hidden BSS, and one with WEP, without WPA2 or with TKIP alone, has no WPS."""
        strong = not self.private or (self.wep is None and CIPHER_CCMP in self.rsn_pairwise)
        return self.wps_state != WPS_OFF and not self.hidden and strong

    @property
    def is_backhaul(self) -> bool:
        return bool(self.multi_ap & MULTI_AP_BACKHAUL)

    @property
    def is_fronthaul(self) -> bool:
        return bool(self.multi_ap & MULTI_AP_FRONTHAUL)

    @property
    def vlan_bridge(self) -> str | None:
        """The bridge that four-address interfaces go into."""
        return self.wds_bridge if self.wds_bridge is not None else self.bridge


@dataclass(frozen=True, slots=True, kw_only=True)
class ApConfig:
    """One access point: one radio, one channel, one or more BSSs.

    `channel`: centre frequency in MHz (2412 to 2484 or 5180 to 5885). `only_dsss`: there are no
    rates but those of 802.11b (in the 2.4 GHz band). `country`: two letters, whose rules for
    radios are asked for; None: those that hold already. `uuid`: 16 octets; None:
    derived from the radio's address. `config_methods`: WSC bits. `os_version`: 31 bits.
    `fragment_size`: EAP-WSC fragments, octets counted from the Op-Code on. `wps_rf_bands`: WSC bits
    of all bands of the device, where it has more than this radio's. `several_radios`: the program
    has others, so that WSC elements tell the band. `application_extension`: of WSC elements.
    `pbc_in_m1`: M1 names the push button while that is active. `most_rounds`, `most_short_rounds`:
    EAP packets of a station, and short ones in a row, before it is refused. `external`: the AP PIN
    and what bears on external registrars, where a BSS says nothing of it. `tracked_stations`: of
    how many stations it is remembered when they were heard, for `tracked_age_s` seconds. `qos`: how
    frames contend, where WMM is done. `ht`: how the radio does 802.11n, None: not at all.
    """

    bsss: tuple[BssConfig, ...]
    channel: int = 2412
    only_dsss: bool = False
    country: str | None = None
    device: DeviceAttributes = DEFAULT_DEVICE
    uuid: bytes | None = None
    config_methods: int = DEFAULT_CONFIG_METHODS
    os_version: int = 0
    fragment_size: int = 1400
    wps_rf_bands: int | None = None
    several_radios: bool = False
    application_extension: bytes | None = None
    pbc_in_m1: bool = False
    most_rounds: int = 100
    most_short_rounds: int = 50
    external: ExternalRegistrars = NO_EXTERNAL_REGISTRARS
    tracked_stations: int = 0
    tracked_age_s: float = 180.0
    qos: Qos = DEFAULT_QOS
    ht: Ht | None = None

    def __post_init__(self) -> None:
        if not self.bsss:
            raise ConfigError("an access point needs at least one BSS")
        number = channel_number(self.channel)
        if any(bss.ocv for bss in self.bsss) and operating_class(self.channel) is None:
            raise ConfigError(f"ocv: channel {number} is in no operating class")
        if self.uuid is not None and len(self.uuid) != 16:
            raise ConfigError(f"uuid: must be 16 octets, not {len(self.uuid)}")
        _check_range("access point", "config_methods", self.config_methods, 0, 0xFFFF)
        _check_range("access point", "os_version", self.os_version, 0, 0x7FFFFFFF)
        _check_range("access point", "fragment_size", self.fragment_size, 64, 1400)
        _check_distinct("interface", [bss.interface for bss in self.bsss])

    def as_told_by(self, bss: BssConfig) -> ApConfig:
        """The same with what one of its BSSs says of the device, where that has its own word."""
        own = bss.wps.device
        return self if own is None else self.described(own)

    def described(self, own: WpsDevice) -> ApConfig:
        """The same with another description of the device; the UUID stays, without another."""
        said = {each.name: getattr(own, each.name) for each in fields(own)}
        return replace(self, **said | {"uuid": own.uuid or self.uuid})

    @property
    def number(self) -> int:
        """The channel's number."""
        return channel_number(self.channel)

    @property
    def operating_channel(self) -> OperatingChannel:
        """The whole channel."""
        secondary = 0 if self.ht is None else self.ht.secondary
        return OperatingChannel(self.channel, 40 if secondary else 20, secondary)

    @property
    def does_erp(self) -> bool:
        """Whether the rates of 802.11g are used, beside those of 802.11b."""
        return self.channel < 3000 and not self.only_dsss

    @property
    def rates(self) -> bytes:
        """All rates in units of 500 kb/s, basic ones with bit 7."""
        if self.does_erp:
            return _RATES_ERP
        return _RATES_DSSS if self.channel < 3000 else _RATES_OFDM

    @property
    def basic_rates(self) -> bytes:
        """The rates that each station must support."""
        return bytes(rate for rate in self.rates if rate & _BASIC_RATE)

    @property
    def advertised_bands(self) -> int | None:
        """The WSC RF Bands that Beacons tell: of a device with several bands, or radios."""
        bands = self.wps_rf_bands or 0
        if bands & (bands - 1):
            return bands
        return bands or self.rf_bands if self.several_radios else None

    @property
    def rf_bands(self) -> int:
        """The WSC RF Bands bit of the channel."""
        return 1 if self.channel < 3000 else 2


def channel_number(frequency: int) -> int:
    """Give the channel number of a centre frequency in MHz. Raises `ConfigError`."""
    if frequency == 2484:
        return 14
    if 2412 <= frequency <= 2472 and (frequency - 2407) % 5 == 0:
        return (frequency - 2407) // 5
    if 5180 <= frequency <= 5885 and (frequency - 5000) % 5 == 0:
        return (frequency - 5000) // 5
    raise ConfigError(f"channel: no channel has its centre at {frequency} MHz")


def bss_addresses(
    config: ApConfig, radio: MacAddress, known: Mapping[str, MacAddress] = MappingProxyType({})
) -> tuple[MacAddress, ...]:
    """Give each BSS its BSSID: the given one, else derived from the radio's address.

    `known`: what interfaces have already, to be kept unless another one is given.

    The first BSS has the radio's own, the others those that follow it, as hostapd 2.10 gives them.
    Raises `ConfigError` when two are equal.
    """
    fixed = {
        bss.interface: bss.bssid or known[bss.interface]
        for bss in config.bsss
        if bss.bssid is not None or bss.interface in known
    }
    addresses: list[MacAddress] = []
    for index, bss in enumerate(config.bsss):
        address = fixed.get(bss.interface) or _derived(radio, index)
        while known and bss.interface not in fixed and address in (*fixed.values(), *addresses):
            index += 1
            address = _derived(radio, index)
        addresses.append(address)
    _check_distinct("bssid", [str(address) for address in addresses])
    return tuple(addresses)


def _derived(radio: MacAddress, index: int) -> MacAddress:
    if index >= 64:
        raise ConfigError("bssid: at most 64 addresses can be derived from one radio's")
    last = int.from_bytes(radio[3:]) + index & 0xFFFFFF
    return MacAddress(radio[:3] + last.to_bytes(3, "big"))


def _require(condition: bool, bss: str, name: str, rule: str) -> None:
    if not condition:
        raise ConfigError(f"{bss}: {name}: {rule}", bss=bss, key=name)


def _check_range(bss: str, name: str, value: int, low: int, high: int) -> None:
    _require(low <= value <= high, bss, name, f"must be {low} to {high}, not {value}")


def _check_ssid(bss: str, name: str, ssid: bytes) -> None:
    _require(1 <= len(ssid) <= 32, bss, name, f"must be 1 to 32 octets, not {len(ssid)}")


def _check_key(bss: str, prefix: str, passphrase: str | None, psk: bytes | None) -> None:
    _require(passphrase is None or psk is None, bss, f"{prefix}psk", "is given beside a passphrase")
    if passphrase is not None:
        size = len(passphrase.encode(errors="surrogateescape"))
        controls = any(character < " " or character == "\x7f" for character in passphrase)
        _require(
            8 <= size <= 63 and not controls,
            bss,
            f"{prefix}passphrase",
            "must be 8 to 63 octets, without control characters",
        )
    if psk is not None:
        _require(len(psk) == 32, bss, f"{prefix}psk", f"must be 32 octets, not {len(psk)}")


def _check_distinct(name: str, values: list[str]) -> None:
    for index, value in enumerate(values):
        if value in values[:index]:
            raise ConfigError(f"{name}: {value} is used by two BSSs", key=name)
