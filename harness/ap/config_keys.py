"""The keys of the access point's configuration file: what each may hold, and what it does here.

Every key of a BSS with WPA2-PSK, SAE or no protection, with WPS and Multi-AP, is in `KEYS` with
the reader of its value; all others are in `harness.ap.config_unserved`. Source: the access point's
configuration reference, 1.
"""

from __future__ import annotations

import grp
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from harness.ap.config_ignored import vlan_list
from harness.ap.config_parts import KEY_MANAGEMENT, SaePassword
from harness.base.address import BROADCAST, MacAddress
from harness.base.errors import ConfigError, WireError
from harness.crypto.wep import WEP_40_OCTETS, WEP_104_OCTETS
from harness.wire.dot11.elements import split_elements
from harness.wire.printf import decode_printf
from harness.wire.wsc.device import ConfigMethods, device_type

Value: TypeAlias = object


class Scope(Enum):
    """What a key is about: the radio, or the BSS whose section it stands in."""

    RADIO = "radio"
    BSS = "bss"


@dataclass(frozen=True, slots=True)
class Key:
    """One key. `read` raises `ValueError` with the reason.

    `field`: what it sets, when other keys set the same; `clears`: fields that it unsets.
    `warning`: why a good value has no effect here all the same. `file`: the value is the path of a
    file, and this reads its text. `adds`: the key may be repeated, and is all of its values; an
    empty one begins anew. `once`: it is given only once, unless an empty one takes it away.
    """

    scope: Scope
    read: Callable[[str], Value]
    field: str = ""
    file: Callable[[str], Value] | None = None
    adds: bool = False
    once: bool = False
    clears: tuple[str, ...] = ()
    warning: str | None = None


# ---- readers ---------------------------------------------------------------------------------

_LEADING_NUMBER = re.compile(r"\s*([+-]?\d+)")
_INTERFACE = re.compile(r"[^\s/:]{1,15}")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def text(value: str) -> str:
    return value


def integer(value: str) -> int:
    """A number; what follows it is overlooked, as by C's atoi."""
    match = _LEADING_NUMBER.match(value)
    if match is None:
        raise ValueError(f"{value!r} is no number")
    return int(match[1])


def between(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        number = integer(value)
        if not low <= number <= high:
            raise ValueError(f"must be {low} to {high}, not {number}")
        return number

    return read


def flag(value: str) -> bool:
    return integer(value) != 0


def one_of(*words: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in words:
            raise ValueError(f"must be {', '.join(words)}; not {value!r}")
        return value

    return read


def up_to(octets: int) -> Callable[[str], str]:
    def read(value: str) -> str:
        size = len(value.encode(errors="surrogateescape"))
        if size > octets:
            raise ValueError(f"must be at most {octets} octets, not {size}")
        return value

    return read


def interface(value: str) -> str:
    if not _INTERFACE.fullmatch(value) or value in (".", ".."):
        raise ValueError(f"{value!r} is no interface name")
    return value


def bridge(value: str) -> str | None:
    """An interface name; an empty one is none."""
    return interface(value) if value else None


def system_group(value: str) -> int:
    """The number of a group of the system, named or numbered."""
    try:
        return grp.getgrnam(value).gr_gid
    except KeyError:
        if value.isdecimal():
            return int(value)
    raise ValueError(f"there is no group {value!r}")


def address(value: str) -> MacAddress:
    read = MacAddress(value)
    if read.is_group:
        raise ValueError(f"{value} is a group address")
    return read


def octets(value: str) -> bytes:
    """Even hex."""
    if not re.fullmatch(r"(?:[0-9A-Fa-f]{2})*", value):
        raise ValueError(f"{value!r} is not hex of whole octets")
    return bytes.fromhex(value)


def _ssid(read: bytes) -> bytes:
    if not 1 <= len(read) <= 32:
        raise ValueError(f"must be 1 to 32 octets, not {len(read)}")
    return read


def plain_ssid(value: str) -> bytes:
    return _ssid(value.encode(errors="surrogateescape"))


def written_ssid(value: str) -> bytes:
    """Quoted text, `P"escaped"`, or hex."""
    if len(value) >= 2 and value.startswith('"') and value.endswith('"'):
        return plain_ssid(value[1:-1])
    if len(value) >= 3 and value.startswith('P"') and value.endswith('"'):
        return _ssid(decode_printf(value[2:-1]))
    return _ssid(octets(value))


def passphrase(value: str) -> str:
    """8 to 63 octets: those of a letter that is not ASCII count, as hostapd has it."""
    size = len(value.encode(errors="surrogateescape"))
    if not 8 <= size <= 63:
        raise ValueError(f"must be 8 to 63 octets, not {size}")
    if any(character < " " or character == "\x7f" for character in value):
        raise ValueError("must have no control characters")
    return value


def psk(value: str) -> bytes:
    if not re.fullmatch(r"[0-9A-Fa-f]{64}", value):
        raise ValueError("must be 64 hex digits")
    return bytes.fromhex(value)


def uuid(value: str) -> bytes | None:
    if not _UUID.fullmatch(value):
        raise ValueError(f"{value!r} is no UUID")
    read = bytes.fromhex(value.replace("-", ""))
    return read if any(read) else None


def primary_device_type(value: str) -> bytes:
    try:
        return device_type(value)
    except ConfigError as error:
        raise ValueError(error.message) from None


_METHODS: Final = {
    "ethernet": 0x0002,
    "label": 0x0004,
    "display": int(ConfigMethods.DISPLAY),
    "ext_nfc_token": 0x0010,
    "int_nfc_token": 0x0020,
    "nfc_interface": 0x0040,
    "push_button": 0x0080,
    "keypad": 0x0100,
    "virtual_display": 0x2008,
    "physical_display": 0x4008,
    "virtual_push_button": 0x0280,
    "physical_push_button": 0x0480,
    "p2ps": 0x1000,
}


def attributes(content: str) -> bytes:
    """The octets of a file, as they are."""
    return content.encode(errors="surrogateescape")


def config_methods(value: str) -> int:
    """Names that occur in the text; a bare display or push button becomes a virtual one."""
    methods = 0
    for name, bits in _METHODS.items():
        if name in value:
            methods |= bits
    if methods & 0x6008 == 0x0008:
        methods |= 0x2000
    if methods & 0x0680 == 0x0080:
        methods |= 0x0200
    return methods


def os_version(value: str) -> int:
    read = octets(value)
    if len(read) != 4:
        raise ValueError("must be 8 hex digits")
    return int.from_bytes(read, "big")


def bitmap(value: str) -> int:
    """Bits of an octet, in hexadecimal."""
    if not re.fullmatch(r"(0x)?[0-9A-Fa-f]{1,2}", value):
        raise ValueError("must be 1 or 2 hex digits")
    return int(value, 16)


def ciphers(value: str) -> tuple[str, ...]:
    names = tuple(value.split())
    if not names or "NONE" in names or any(name.startswith("WEP") for name in names):
        raise ValueError("must name at least one cipher, and no WEP")
    unknown = set(names) - {"CCMP", "TKIP", "GCMP", "CCMP-256", "GCMP-256"}
    if unknown:
        raise ValueError(f"{min(unknown)!r} is no cipher")
    other = set(names) - {"CCMP", "TKIP"}
    if other:
        raise ValueError(f"{min(other)} is not served, only CCMP and TKIP")
    return names


_AKM_NAMES: Final = """
WPA-PSK WPA-EAP WPA-PSK-SHA256 WPA-EAP-SHA256 FT-PSK FT-EAP SAE SAE-EXT-KEY FT-SAE OWE DPP
WPA-EAP-SUITE-B WPA-EAP-SUITE-B-192 FILS-SHA256 FILS-SHA384 PASN
"""


def key_management(value: str) -> tuple[str, ...]:
    names = tuple(value.split())
    if not names:
        raise ValueError("must name at least one")
    unknown = set(names) - set(_AKM_NAMES.split())
    if unknown:
        raise ValueError(f"{min(unknown)!r} is no key management")
    other = set(names) - KEY_MANAGEMENT.keys()
    if other:
        raise ValueError(f"{min(other)} is not served, only {', '.join(KEY_MANAGEMENT)}")
    return names


def auth_algs(value: str) -> int:
    number = integer(value)
    if not number & 3:
        raise ValueError("must have bit 0 (open system) or bit 1 (shared key)")
    return number


def wep_key(value: str) -> bytes:
    """Quoted text, or hex."""
    if value.startswith('"'):
        if len(value) < 2 or not value.endswith('"'):
            raise ValueError("the closing quote is missing")
        read = value[1:-1].encode(errors="surrogateescape")
    else:
        read = octets(value)
    if len(read) not in (WEP_40_OCTETS, WEP_104_OCTETS):
        raise ValueError(f"must be 5 or 13 octets, not {len(read)}")
    return read


def sae_password(value: str) -> SaePassword:
    """A password and what limits it: `PASSWORD[|mac=ADDRESS][|vlanid=N][|pk=KEY][|id=TEXT]`."""
    password, _, rest = value.partition("|")
    if not password:
        raise ValueError("must not be empty")
    limits: dict[str, str] = {}
    while rest:
        name, _, rest = rest.partition("=")
        if name not in ("mac", "vlanid", "pk", "id"):
            raise ValueError(f"{name!r} is none of mac, vlanid, pk and id")
        limits[name], _, rest = (rest, "", "") if name == "id" else rest.partition("|")
    if "pk" in limits:
        raise ValueError("SAE-PK is not served")
    if integer(limits.get("vlanid", "0")) != 0:
        raise ValueError("VLANs by station are not served")
    peer = MacAddress(limits["mac"]) if "mac" in limits else BROADCAST
    return SaePassword(password, peer, limits.get("id"))


def address_list(text: str) -> frozenset[MacAddress]:
    """The file of an access control list: an address a line, what follows it is overlooked.

    A line that begins with `-` takes an address away again.
    """
    found: set[MacAddress] = set()
    for number, line in enumerate(text.split("\n"), 1):
        words = line.split()
        if not words or line.startswith("#"):
            continue
        word = words[0].removeprefix("-")
        try:
            each = MacAddress(word)
        except ValueError:
            raise ValueError(f"line {number}: {word!r} is no MAC address") from None
        (found.discard if words[0].startswith("-") else found.add)(each)
    return frozenset(found)


def elements(value: str) -> bytes:
    """Whole elements in hex."""
    read = octets(value)
    try:
        split_elements(read)
    except WireError as broken:
        raise ValueError(f"are no whole elements: {broken.message}") from None
    return read


def sae_groups(value: str) -> tuple[int, ...]:
    return tuple(integer(word) for word in value.split())


def country(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}", value):
        raise ValueError(f"{value!r} is no country of two capital letters")
    return value


def country_environment(value: str) -> int:
    """The third octet of a country string (9.4.2.8), in hex with `0x` or decimal."""
    try:
        number = int(value, 0)
    except ValueError:
        raise ValueError(f"{value!r} is no number") from None
    if not 0 <= number <= 0xFF:
        raise ValueError(f"must be 0 to 255, not {number}")
    return number


def channel(value: str) -> int:
    """A number; 0 for the one that the radio finds the least used."""
    return 0 if value == "acs_survey" else between(0, 196)(value)


def channels(value: str) -> frozenset[int]:
    """Numbers and ranges of them, separated by spaces or commas."""
    found: set[int] = set()
    for word in value.replace(",", " ").split():
        low, dash, high = word.partition("-")
        first = integer(low)
        last = integer(high) if dash else first
        if not 0 < first <= last < 10000:
            raise ValueError(f"{word!r} is no range of channels")
        found.update(range(first, last + 1))
    return frozenset(found)


def biases(value: str) -> dict[int, float]:
    """Words `channel:factor`."""
    found: dict[int, float] = {}
    for word in value.split():
        number, _, factor = word.partition(":")
        try:
            found[between(1, 196)(number)] = float(factor)
        except ValueError:
            raise ValueError(f"{word!r} is no channel with its bias") from None
        if not 0 <= found[int(number)] < math.inf:
            raise ValueError(f"{word!r}: a bias is 0 or more")
    return found


def application_extension(value: str) -> bytes:
    read = octets(value)
    if not 16 <= len(read) <= 512:
        raise ValueError(f"must be a UUID and what follows it, 16 to 512 octets, not {len(read)}")
    return read


def macaddr_acl(value: str) -> int:
    number = between(0, 2)(value)
    if number == 2:
        raise ValueError("RADIUS is not served, only 0 and 1")
    return number


def rf_bands(value: str) -> str:
    return one_of("a", "b", "g", "ag", "ga", "ad")(value)


def multi_ap_profile(value: str) -> int:
    return between(1, 6)(value)


def off_only(why: str) -> Callable[[str], int]:
    """A key that is served only as if it were not there."""

    def read(value: str) -> int:
        if integer(value) != 0:
            raise ValueError(f"{why} is not served, only 0")
        return 0

    return read


# ---- the table -------------------------------------------------------------------------------

_RADIO, _BSS = Scope.RADIO, Scope.BSS

WEP_KEYS: Final = ("wep_key0", "wep_key1", "wep_key2", "wep_key3")

KEYS: Final[dict[str, Key]] = {
    "driver": Key(_RADIO, one_of("nl80211", "sim")),
    "driver_params": Key(_RADIO, text),
    "hw_mode": Key(_RADIO, one_of("a", "b", "g", "any")),
    "country_code": Key(_RADIO, country),
    "country3": Key(_RADIO, country_environment),
    "channel": Key(_RADIO, channel),
    "track_sta_max_num": Key(_RADIO, between(0, 65535)),
    "track_sta_max_age": Key(_RADIO, between(0, 1 << 30)),
    "beacon_int": Key(_RADIO, between(10, 65535)),
    "bssid": Key(_BSS, address),
    "bridge": Key(_BSS, bridge),
    "wds_bridge": Key(_BSS, bridge),
    "wds_sta": Key(_BSS, flag),
    "ctrl_interface": Key(_BSS, text),
    "ctrl_interface_group": Key(_BSS, system_group),
    "ssid": Key(_BSS, plain_ssid),
    "ssid2": Key(_BSS, written_ssid, "ssid"),
    "utf8_ssid": Key(_BSS, flag),
    "ignore_broadcast_ssid": Key(_BSS, between(0, 2)),
    "dtim_period": Key(_BSS, between(1, 255)),
    "auth_algs": Key(_BSS, auth_algs),
    "wep_default_key": Key(_BSS, between(0, 3)),
    **{name: Key(_BSS, wep_key, once=True) for name in WEP_KEYS},
    "max_num_sta": Key(_BSS, between(0, 2007)),
    "wpa": Key(_BSS, between(0, 3)),
    "wpa_key_mgmt": Key(_BSS, key_management),
    "wpa_pairwise": Key(_BSS, ciphers),
    "rsn_pairwise": Key(_BSS, ciphers),
    "group_cipher": Key(_BSS, ciphers),
    "wpa_passphrase": Key(_BSS, passphrase, clears=("wpa_psk",)),
    "wpa_psk": Key(_BSS, psk, clears=("wpa_passphrase",)),
    "wpa_psk_file": Key(_BSS, text),
    "wpa_group_rekey": Key(_BSS, between(0, 1 << 30)),
    "ieee80211w": Key(_BSS, between(0, 2)),
    "sae_password": Key(_BSS, sae_password, adds=True),
    "sae_require_mfp": Key(_BSS, flag),
    "sae_pwe": Key(_BSS, between(0, 2)),
    "sae_groups": Key(_BSS, sae_groups),
    "sae_anti_clogging_threshold": Key(_BSS, between(0, 1 << 30), "anti_clogging_threshold"),
    "anti_clogging_threshold": Key(_BSS, between(0, 1 << 30)),
    "eapol_version": Key(_BSS, between(1, 2)),
    "eap_server": Key(_BSS, flag),
    "fragment_size": Key(_BSS, between(0, 65535)),
    "config_id": Key(_BSS, text),
    "ieee8021x": Key(_BSS, off_only("IEEE 802.1X")),
    "macaddr_acl": Key(_BSS, macaddr_acl),
    "accept_mac_file": Key(_BSS, text, file=address_list),
    "deny_mac_file": Key(_BSS, text, file=address_list),
    "vendor_elements": Key(_BSS, elements),
    "assocresp_elements": Key(_BSS, elements),
    "presp_elements": Key(_BSS, elements),
    "ap_max_inactivity": Key(_BSS, integer),
    "skip_inactivity_poll": Key(_BSS, flag),
    "max_listen_interval": Key(_BSS, between(0, 65535)),
    "no_probe_resp_if_max_sta": Key(_BSS, flag),
    "send_probe_response": Key(_BSS, flag),
    "broadcast_deauth": Key(_BSS, flag),
    "max_auth_rounds": Key(_BSS, integer),
    "max_auth_rounds_short": Key(_BSS, integer),
    "server_id": Key(_BSS, text, warning="WPS does not say it"),
    "chanlist": Key(_RADIO, channels),
    "freqlist": Key(_RADIO, channels),
    "acs_num_scans": Key(_RADIO, between(1, 100)),
    "acs_chan_bias": Key(_RADIO, biases),
    "acs_exclude_dfs": Key(_RADIO, flag),
    "rsn_preauth": Key(_BSS, off_only("pre-authentication")),
    "wpa_ptk_rekey": Key(_BSS, between(0, 1 << 31)),
    "wpa_deny_ptk0_rekey": Key(_BSS, between(0, 2)),
    "wpa_strict_rekey": Key(_BSS, flag),
    "wpa_disable_eapol_key_retries": Key(_BSS, flag),
    "wpa_pairwise_update_count": Key(_BSS, between(1, (1 << 32) - 1)),
    "wpa_group_update_count": Key(_BSS, between(1, (1 << 32) - 1)),
    "group_mgmt_cipher": Key(_BSS, one_of("AES-128-CMAC")),
    "ap_isolate": Key(_BSS, flag),
    "wpa_psk_radius": Key(_BSS, off_only("RADIUS")),
    "dynamic_vlan": Key(_BSS, off_only("VLANs by station")),
    "vlan_file": Key(_BSS, text, file=vlan_list, warning="no station is put into a VLAN"),
    "per_sta_vif": Key(_BSS, off_only("an interface for each station")),
    "transition_disable": Key(_BSS, bitmap),
    "beacon_prot": Key(_BSS, flag),
    "ocv": Key(_BSS, flag),
    "disable_pmksa_caching": Key(_BSS, flag),
    "hs20": Key(_BSS, off_only("Hotspot 2.0")),
    "osen": Key(_BSS, off_only("OSEN")),
    "disable_dgaf": Key(_BSS, off_only("leaving out group-addressed frames")),
    "start_disabled": Key(_BSS, off_only("a BSS that does not start")),
    "wps_state": Key(_BSS, between(0, 2)),
    "wps_independent": Key(_BSS, flag),
    "ap_setup_locked": Key(_BSS, between(0, 2)),
    "ap_pin_lockout_time": Key(_BSS, between(0, 1 << 30)),
    "ap_pin": Key(_BSS, text, clears=("ap_pin_until",)),
    "uuid": Key(_BSS, uuid),
    "wps_pin_requests": Key(_BSS, text),
    "device_name": Key(_BSS, up_to(32)),
    "manufacturer": Key(_BSS, up_to(64)),
    "model_name": Key(_BSS, up_to(32)),
    "model_number": Key(_BSS, up_to(32)),
    "serial_number": Key(_BSS, up_to(32)),
    "device_type": Key(_BSS, primary_device_type),
    "os_version": Key(_BSS, os_version),
    "config_methods": Key(_BSS, config_methods),
    "wps_rf_bands": Key(_BSS, rf_bands),
    "wps_application_ext": Key(_BSS, application_extension),
    "pbc_in_m1": Key(_BSS, flag),
    "wps_cred_processing": Key(_BSS, between(0, 2)),
    "wps_cred_add_sae": Key(_BSS, flag),
    "skip_cred_build": Key(_BSS, flag),
    "extra_cred": Key(_BSS, text, file=attributes),
    "ap_settings": Key(_BSS, text, file=attributes),
    "multi_ap": Key(_BSS, between(0, 3)),
    "multi_ap_profile": Key(_BSS, multi_ap_profile),
    "multi_ap_client_disallow": Key(_BSS, between(0, 3)),
    "multi_ap_vlanid": Key(_BSS, between(0, 4094)),
    "multi_ap_backhaul_ssid": Key(_BSS, written_ssid),
    "multi_ap_backhaul_wpa_passphrase": Key(
        _BSS, passphrase, clears=("multi_ap_backhaul_wpa_psk",)
    ),
    "multi_ap_backhaul_wpa_psk": Key(
        _BSS, psk, clears=("multi_ap_backhaul_wpa_passphrase",)
    ),
}
