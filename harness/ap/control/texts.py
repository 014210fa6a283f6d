"""The replies that show something: STATUS, GET_CONFIG, STA and the MIB.

Scripts read them line by line, so order and spelling are the reference's. Source: the access
point's control interface, 3.2 to 3.4; replies of hostapd 2.10.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from harness.ap import ht
from harness.ap.access_point import AccessPoint
from harness.ap.bss import Bss
from harness.ap.config import MULTI_AP_FRONTHAUL, channel_number
from harness.ap.config_build import (
    WPA,
    WPA2,
    group_cipher,
    rsn_ciphers,
    wpa_ciphers,
    wps_state,
)
from harness.ap.config_file import BssSettings
from harness.ap.config_parts import KEY_MANAGEMENT
from harness.ap.control.interface import Interface
from harness.ap.sae import PMKSA_LIFETIME_S
from harness.ap.stations import RATE
from harness.base.address import MacAddress
from harness.base.errors import UsageError
from harness.base.seam import CIPHER_TKIP
from harness.crypto.psk import derive_psk
from harness.wire.printf import encode_printf

_ALL_ENVIRONMENTS: Final = 0x20
_MCS_SHOWN: Final = 10
"""Octets of the rates that can be received."""
_WPS_STATES: Final = ("disabled", "not configured", "configured")


def status(interface: Interface, *, phy: str) -> str:
    """STATUS. `phy`: the radio's name."""
    machine, first = interface.machine, interface.settings.bsss[0]
    megahertz = machine.ahead.channel if machine else 0
    channel = interface.settings.radio.get("channel", 0)
    if machine is not None and megahertz != machine.config.channel:
        channel = channel_number(megahertz)
    does = _ht(machine)
    shown: list[tuple[str, object]] = [
        ("state", _state(interface)),
        ("phy", phy),
        ("freq", megahertz),
        *_neighbourhood(interface),
        *_rules(interface),
        ("cac_time_seconds", 0),
        ("cac_time_left_seconds", "N/A"),
        ("channel", channel),
        ("edmg_enable", 0),
        ("edmg_channel", 0),
        ("secondary_channel", 0 if does is None else does.secondary),
        ("ieee80211n", int(does is not None)),
        ("ieee80211ac", 0),
        ("ieee80211ax", 0),
        ("ieee80211be", 0),
        ("ieee80211bn", 0),
        ("beacon_int", interface.settings.radio.get("beacon_int", 100)),
        ("dtim_period", first.get("dtim_period", 2)),
    ]
    if does is not None:
        shown.append(("ht_caps_info", f"{does.capabilities.info:04x}"))
        shown.append(("ht_mcs_bitmask", does.capabilities.mcs[:_MCS_SHOWN].hex()))
    if interface.running:
        assert machine is not None, "it runs"
        supported = " ".join(f"{rate & RATE:02x}" for rate in machine.config.rates)
        shown.append(("supported_rates", supported))
    shown.append(("max_nss", 1))
    power = None if interface.view is None else interface.view.max_power(megahertz)
    if interface.running and power is not None:
        shown.append(("max_txpower", power))
    return _lines([*shown, *_every_bss(interface)])


def _neighbourhood(interface: Interface) -> Iterator[tuple[str, object]]:
    """What older stations, the AP's own and others', ask of everyone."""
    machine = interface.machine
    around = machine.surroundings if machine is not None and machine.running else None
    stations = [each for bss in _running(interface) for each in bss.stations if each.aid]
    yield "num_sta_non_erp", sum(each.non_erp for each in stations)
    yield "num_sta_no_short_slot_time", sum(not each.short_slot for each in stations)
    yield "num_sta_no_short_preamble", sum(not each.short_preamble for each in stations)
    yield "olbc", int(around is not None and around.has_old)
    counted = ht.counts(each.ht for each in stations)
    others_without = around is not None and around.has_one_without_ht
    yield "num_sta_ht_no_gf", counted.no_greenfield
    yield "num_sta_no_ht", counted.without
    yield "num_sta_ht_20_mhz", counted.narrow
    yield "num_sta_ht40_intolerant", counted.intolerant
    yield "olbc_ht", int(others_without)
    mode = ht.regard(_ht(machine), counted, others_without=others_without).mode
    yield "ht_op_mode", f"0x{mode:x}"


def _ht(machine: AccessPoint | None) -> ht.Ht | None:
    """What the first BSS does of HT."""
    if machine is None or not machine.config.bsss[0].does_ht:
        return None
    return machine.ahead.ht


def _every_bss(interface: Interface) -> Iterator[tuple[str, object]]:
    for index, bss in enumerate(interface.settings.bsss):
        yield f"bss[{index}]", bss.name
        yield f"bssid[{index}]", bssid(interface, bss)
        yield f"ssid[{index}]", encode_printf(bss.get("ssid", b""))
        yield f"num_sta[{index}]", _count(running_bss(interface, bss.name))


def _rules(interface: Interface) -> Iterator[tuple[str, object]]:
    """The mode, and what country's rules the settings ask for."""
    radio = interface.settings.radio
    yield "hw_mode", radio.get("hw_mode", "b")
    if "country_code" in radio:
        yield "country_code", radio["country_code"]
        yield "country3", f"0x{radio.get('country3', _ALL_ENVIRONMENTS):X}"


def _running(interface: Interface) -> tuple[Bss, ...]:
    machine = interface.machine
    return machine.bsss if machine is not None and machine.running else ()


def _state(interface: Interface) -> str:
    if interface.choosing:
        return interface.choosing
    if interface.machine is None and not interface.has_chosen:
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
    machine = interface.machine
    if machine is not None and bss.name in machine.addresses:
        return machine.addresses[bss.name]
    given = bss.get("bssid")
    return given if isinstance(given, MacAddress) else interface.address


def get_config(interface: Interface, bss: BssSettings) -> str:
    """GET_CONFIG: the settings as they are, also those not in effect yet."""
    given = bss.get
    wps = wps_state(bss)
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
        if interface.machine is not None:
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
    yield "key_mgmt", " ".join(name for name in KEY_MANAGEMENT if name in names)
    yield "group_cipher", group_cipher(bss)
    if versions & WPA2:
        yield "rsn_pairwise_cipher", _by_strength(rsn_ciphers(bss))
    if versions & WPA:
        yield "wpa_pairwise_cipher", _by_strength(wpa_ciphers(bss))


def _by_strength(names: tuple[str, ...]) -> str:
    return " ".join(name for name in ("CCMP", "TKIP") if name in names)


class Selected(NamedTuple):
    """What the last key handshake was about: suite selectors, and the PMKID that was used."""

    akm: str
    pairwise: str
    pmkid: bytes


def mib(interface: Interface, bss: BssSettings, last: Selected | None) -> str:
    """MIB: of a protected BSS its constants and its last handshake, of an open one nothing."""
    running = running_bss(interface, bss.name)
    if not bss.get("wpa", 0) or running is None:
        return ""
    none, group = "00-00-00-0", running.security.group if running.security else 0
    shown_group = none if last is None else f"00-0f-ac-{group & 0xFF}"
    return _lines(
        [
            ("dot11RSNAOptionImplemented", "TRUE"),
            ("dot11RSNAPreauthenticationImplemented", "TRUE"),
            ("dot11RSNAEnabled", "TRUE"),
            ("dot11RSNAPreauthenticationEnabled", "FALSE"),
            ("dot11RSNAConfigVersion", 1),
            ("dot11RSNAConfigPairwiseKeysSupported", 9999),
            ("dot11RSNAConfigGroupRekeyStrict", 0),
            ("dot11RSNAConfigGroupUpdateCount", 4),
            ("dot11RSNAConfigPairwiseUpdateCount", 4),
            ("dot11RSNAConfigGroupCipherSize", 256 if group == CIPHER_TKIP else 128),
            ("dot11RSNAConfigPMKLifetime", int(PMKSA_LIFETIME_S)),
            ("dot11RSNAConfigPMKReauthThreshold", 70),
            ("dot11RSNAConfigNumberOfPTKSAReplayCounters", 0),
            ("dot11RSNAConfigSATimeout", 60),
            ("dot11RSNAAuthenticationSuiteSelected", none if last is None else last.akm),
            ("dot11RSNAPairwiseCipherSelected", none if last is None else last.pairwise),
            ("dot11RSNAGroupCipherSelected", shown_group),
            ("dot11RSNAPMKIDUsed", bytes(16).hex() if last is None else last.pmkid.hex()),
            ("dot11RSNAAuthenticationSuiteRequested", none),
            ("dot11RSNAPairwiseCipherRequested", none),
            ("dot11RSNAGroupCipherRequested", none),
            ("dot11RSNATKIPCounterMeasuresInvoked", running.countermeasures_begun),
            ("dot11RSNA4WayHandshakeFailures", running.handshake_failures),
            ("dot11RSNAConfigNumberOfGTKSAReplayCounters", 0),
            ("hostapdWPAGroupState", 2),
        ]
    )


def _lines(shown: list[tuple[str, object]]) -> str:
    return "".join(f"{name}={value}\n" for name, value in shown)


def pmksas(bss: Bss, now: float) -> str:
    """PMKSA: the security associations that are kept, one a line."""
    shown = "Index / SPA / PMKID / expiration (in seconds) / opportunistic\n"
    sae = None if bss.security is None else bss.security.sae
    kept = {} if sae is None else sae.pmksas
    for index, (peer, each) in enumerate(kept.items(), 1):
        shown += f"{index} {peer} {each.pmkid.hex()} {int(each.until - now)} 0\n"
    return shown


def driver_status(interface: Interface, name: str) -> str:
    """STATUS-DRIVER: what the radio was told of a BSS. Raises `UsageError` while it has none."""
    if not interface.running and not interface.choosing:
        raise UsageError("the radio is not in use")
    running = running_bss(interface, name)
    bss = interface.bss(name)
    shown: list[tuple[str, object]] = [
        ("ifname", name),
        ("brname", bss.get("bridge") or ""),
        ("addr", bssid(interface, bss)),
        ("freq", 0 if interface.machine is None else interface.machine.config.channel),
        ("beacon_set", int(running is not None and running.started)),
        ("phyname", interface.phy),
        ("perm_addr", interface.address),
    ]
    return _lines(shown)


def tracked(interface: Interface, now: float) -> str:
    """TRACK_STA_LIST: who was heard, how many seconds ago, and how loud (dBm)."""
    heard: dict[MacAddress, tuple[float, int]] = {}
    longest = 0.0 if interface.machine is None else interface.machine.config.tracked_age_s
    for bss in _running(interface):
        for station, (at, signal) in bss.heard.items():
            if now - at > longest:
                continue
            heard[station] = max(heard.get(station, (at, signal)), (at, signal))
    return "".join(f"{who} {int(now - at)} {signal}\n" for who, (at, signal) in heard.items())
