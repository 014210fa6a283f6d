"""The replies that show something: STATUS, GET_CONFIG, STA and the MIB.

Scripts read them line by line, so order and spelling are the reference's. Source: the access
point's control interface, 3.2 to 3.4; replies of hostapd 2.10.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from harness.ap.beacon import rates
from harness.ap.bss import Bss
from harness.ap.config import MULTI_AP_FRONTHAUL, WPS_OFF
from harness.ap.config_build import (
    WPA,
    WPA2,
    frequency,
    group_cipher,
    rsn_ciphers,
    wpa_ciphers,
)
from harness.ap.config_file import BssSettings
from harness.ap.control.interface import Interface
from harness.ap.stations import Station
from harness.base.address import MacAddress
from harness.base.errors import ConfigError
from harness.base.seam import AKM_SAE
from harness.crypto.psk import derive_psk
from harness.proto.authenticator import AuthenticatorState
from harness.wire.dot11.elements import ELEMENT_VENDOR_SPECIFIC
from harness.wire.dot11.frames import CAPABILITY_SHORT_SLOT
from harness.wire.printf import encode_printf
from harness.wire.wsc.device import device_type_text, uuid_text

_WPS_STATES: Final = ("disabled", "not configured", "configured")
_PTK_STATES: Final = {
    AuthenticatorState.IDLE: 0,
    AuthenticatorState.EXPECT_MESSAGE_2: 7,
    AuthenticatorState.EXPECT_MESSAGE_4: 10,
    AuthenticatorState.ESTABLISHED: 11,
    AuthenticatorState.EXPECT_GROUP_MESSAGE_2: 11,
    AuthenticatorState.FAILED: 2,
}
"""As the reference numbers the states of IEEE 802.11-2020, 12.7.9."""
CAPABILITY_SHORT_PREAMBLE: Final = 0x0020
_RATE: Final = 0x7F
_OFDM_RATES: Final = frozenset((12, 18, 24, 36, 48, 72, 96, 108))


def status(interface: Interface, *, phy: str) -> str:
    """STATUS. `phy`: the radio's name."""
    radio = interface.settings.radio
    machine = interface.machine
    try:
        megahertz = machine.config.channel if machine else frequency(interface.settings)
    except ConfigError:
        megahertz = 0
    first = interface.settings.bsss[0]
    stations = [each for bss in _running(interface) for each in bss.stations if each.aid]
    shown: list[tuple[str, object]] = [
        ("state", _state(interface)),
        ("phy", phy),
        ("freq", megahertz),
        ("num_sta_non_erp", sum(1 for each in stations if not _does_ofdm(each))),
        ("num_sta_no_short_slot_time", _without(stations, CAPABILITY_SHORT_SLOT)),
        ("num_sta_no_short_preamble", _without(stations, CAPABILITY_SHORT_PREAMBLE)),
        ("olbc", 0),
        ("num_sta_ht_no_gf", 0),
        ("num_sta_no_ht", len(stations)),
        ("num_sta_ht_20_mhz", 0),
        ("num_sta_ht40_intolerant", 0),
        ("olbc_ht", 0),
        ("ht_op_mode", "0x0"),
        ("cac_time_seconds", 0),
        ("cac_time_left_seconds", "N/A"),
        ("channel", machine.config.number if machine else radio.get("channel", 0)),
        ("edmg_enable", 0),
        ("edmg_channel", 0),
        ("secondary_channel", 0),
        ("ieee80211n", 0),
        ("ieee80211ac", 0),
        ("ieee80211ax", 0),
        ("beacon_int", radio.get("beacon_int", 100)),
        ("dtim_period", first.get("dtim_period", 2)),
    ]
    if interface.running:
        supported = " ".join(f"{rate & _RATE:02x}" for rate in rates(megahertz))
        shown.append(("supported_rates", supported))
    for index, bss in enumerate(interface.settings.bsss):
        running = running_bss(interface, bss.name)
        shown += [
            (f"bss[{index}]", bss.name),
            (f"bssid[{index}]", bssid(interface, bss)),
            (f"ssid[{index}]", encode_printf(bss.get("ssid", b""))),
            (f"num_sta[{index}]", _count(running)),
        ]
    return _lines(shown)


def _running(interface: Interface) -> tuple[Bss, ...]:
    machine = interface.machine
    return machine.bsss if machine is not None and machine.running else ()


def _does_ofdm(found: Station) -> bool:
    return any(rate & _RATE in _OFDM_RATES for rate in found.rates)


def _without(stations: list[Station], capability: int) -> int:
    return sum(1 for each in stations if not each.capability & capability)


def _state(interface: Interface) -> str:
    if interface.machine is None:
        return "UNINITIALIZED"
    if not interface.running:
        return "DISABLED"
    return "ENABLED" if interface.enabled else "COUNTRY_UPDATE"


def _count(bss: Bss | None) -> int:
    return 0 if bss is None else sum(1 for station in bss.stations if station.aid)


def running_bss(interface: Interface, name: str) -> Bss | None:
    """The BSS of an interface that runs; None when it does not."""
    if not interface.running or interface.machine is None:
        return None
    return next((bss for bss in interface.machine.bsss if bss.config.interface == name), None)


def bssid(interface: Interface, bss: BssSettings) -> MacAddress:
    """The BSSID as far as it is settled."""
    running = running_bss(interface, bss.name)
    if running is not None:
        return running.bssid
    given = bss.get("bssid")
    return given if isinstance(given, MacAddress) else interface.address


def get_config(interface: Interface, bss: BssSettings) -> str:
    """GET_CONFIG: the settings as they are, also those not in effect yet."""
    given = bss.get
    wps = given("wps_state", WPS_OFF)
    protected = bool(given("wpa", 0))
    shown: list[tuple[str, object]] = [
        ("bssid", bssid(interface, bss)),
        ("ssid", encode_printf(given("ssid", b""))),
    ]
    if given("config_id"):
        shown.append(("config_id", given("config_id")))
    shown.append(("wps_state", _WPS_STATES[wps]))
    if wps and protected:
        shown += _secrets(interface, bss)
    if given("multi_ap", 0):
        shown += _multi_ap(bss, secrets=bool(wps and protected))
    if protected:
        shown += _protection(bss)
    return _lines(shown)


def _secrets(interface: Interface, bss: BssSettings) -> Iterator[tuple[str, object]]:
    passphrase, psk = bss.get("wpa_passphrase"), bss.get("wpa_psk")
    if passphrase is not None:
        yield "passphrase", passphrase
        psk = derive_psk(passphrase, bss.get("ssid", b""))
    running = running_bss(interface, bss.name)
    if running is not None and running.config.psk_file is not None:
        psk = running.everybodys_psk
    if psk is not None:
        yield "psk", psk.hex()


def _multi_ap(bss: BssSettings, *, secrets: bool) -> Iterator[tuple[str, object]]:
    yield "multi_ap", bss.get("multi_ap")
    ssid = bss.get("multi_ap_backhaul_ssid")
    if ssid is not None and bss.get("multi_ap") & MULTI_AP_FRONTHAUL:
        yield "multi_ap_backhaul_ssid", encode_printf(ssid)
    passphrase = bss.get("multi_ap_backhaul_wpa_passphrase")
    psk = bss.get("multi_ap_backhaul_wpa_psk")
    if secrets and passphrase is not None:
        yield "multi_ap_backhaul_wpa_passphrase", passphrase
    if secrets and psk is not None:
        yield "multi_ap_backhaul_wpa_psk", psk.hex()


def _protection(bss: BssSettings) -> Iterator[tuple[str, object]]:
    versions = bss.get("wpa")
    names = bss.get("wpa_key_mgmt", ("WPA-PSK",))
    yield "wpa", versions
    yield "key_mgmt", " ".join(name for name in ("WPA-PSK", "SAE") if name in names)
    yield "group_cipher", group_cipher(bss)
    if versions & WPA2:
        yield "rsn_pairwise_cipher", _by_strength(rsn_ciphers(bss))
    if versions & WPA:
        yield "wpa_pairwise_cipher", _by_strength(wpa_ciphers(bss))


def _by_strength(names: tuple[str, ...]) -> str:
    return " ".join(name for name in ("CCMP", "TKIP") if name in names)


def station(found: Station, now: float, device: dict[str, str] | None) -> str:
    """STA. `device`: what a run of WPS told of the station, by the names shown."""
    shown: list[tuple[str, object]] = [
        ("flags", found.flags),
        ("aid", found.aid),
        ("capability", f"0x{found.capability:x}"),
        ("listen_interval", found.listen_interval),
        ("supported_rates", " ".join(f"{rate & _RATE:02x}" for rate in found.rates)),
        ("timeout_next", "NULLFUNC POLL"),
    ]
    if found.rsne is not None:
        shown += _rsn(found)
    if device is not None:
        shown += device.items()
    if found.associated:
        shown.append(("connected_time", int(now - found.since)))
    if found.key is not None and found.key.vlan_id:
        shown.append(("vlan_id", found.key.vlan_id))
    if found.vlan is not None and not found.backhaul:
        shown.append(("wds_sta_ifname", found.vlan))
    if found.key is not None and found.key.key_id is not None:
        shown.append(("keyid", found.key.key_id))
    return f"{found.address}\n{_lines(shown)}"


def device(fields: Mapping[str, object]) -> dict[str, str]:
    """What an Enrollee told of itself (fields of `wps.registration.succeeded`), as STA shows it."""
    uuid, kind = fields["uuid"], fields["device_type"]
    assert isinstance(uuid, bytes), "the event's declaration says so"
    assert isinstance(kind, bytes), "the event's declaration says so"
    return {
        "wpsUuid": uuid_text(uuid),
        "wpsPrimaryDeviceType": device_type_text(kind),
        "wpsDeviceName": str(fields["device_name"]),
        "wpsManufacturer": str(fields["manufacturer"]),
        "wpsModelName": str(fields["model_name"]),
        "wpsModelNumber": str(fields["model_number"]),
        "wpsSerialNumber": str(fields["serial_number"]),
    }


def _rsn(found: Station) -> Iterator[tuple[str, object]]:
    assert found.rsne is not None, "only asked for a station with keys"
    old = found.rsne[0] == ELEMENT_VENDOR_SPECIFIC
    state = AuthenticatorState.IDLE
    if found.authenticator is not None:
        state = found.authenticator.state
    yield "dot11RSNAStatsSTAAddress", found.address
    yield "dot11RSNAStatsVersion", 1
    oui = "00-50-f2" if old else "00-0f-ac"
    yield "dot11RSNAStatsSelectedPairwiseCipher", f"{oui}-{found.pairwise & 0xFF}"
    yield "dot11RSNAStatsTKIPLocalMICFailures", 0
    yield "dot11RSNAStatsTKIPRemoteMICFailures", 0
    yield "wpa", 1 if old else 2
    yield "AKMSuiteSelector", _akm(found, old=old)
    yield "hostapdWPAPTKState", _PTK_STATES[state]
    yield "hostapdWPAPTKGroupState", int(state is AuthenticatorState.EXPECT_GROUP_MESSAGE_2)


def _akm(found: Station, *, old: bool) -> str:
    if old:
        return "00-50-f2-2"
    return f"00-0f-ac-{found.akm & 0xFF}" if found.akm != AKM_SAE else "00-0f-ac-8"


def mib(bss: BssSettings) -> str:
    """MIB: of a protected BSS its constants, of an open one nothing."""
    if not bss.get("wpa", 0):
        return ""
    return _lines(
        [
            ("dot11RSNAOptionImplemented", "TRUE"),
            ("dot11RSNAPreauthenticationImplemented", "FALSE"),
            ("dot11RSNAEnabled", "TRUE"),
            ("dot11RSNAPreauthenticationEnabled", "FALSE"),
            ("dot11RSNAConfigVersion", 1),
            ("dot11RSNAConfigPairwiseKeysSupported", 9999),
            ("dot11RSNAConfigGroupRekeyStrict", 0),
            ("dot11RSNAConfigGroupUpdateCount", 4),
            ("dot11RSNAConfigPairwiseUpdateCount", 4),
            ("dot11RSNAConfigGroupCipherSize", 128),
        ]
    )


def _lines(shown: list[tuple[str, object]]) -> str:
    return "".join(f"{name}={value}\n" for name, value in shown)
