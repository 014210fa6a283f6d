"""The station's parts one by one: configuration, tables, lists, plans, credentials, lines."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sta_stage import AP1, AP2, DEVICE, PASSPHRASE, STA, ScriptedAp, home, psk_credential

from harness.base.address import MacAddress, MaskedAddress
from harness.base.errors import ConfigError, UsageError
from harness.base.event import Event
from harness.base.seam import CIPHER_CCMP, CIPHER_TKIP
from harness.sta import events, multi_ap, security
from harness.sta.bss_table import Bss, BssTable
from harness.sta.config import (
    DEFAULT_HABITS,
    ApParameters,
    KeyManagement,
    Network,
    SecurityProtocol,
    StationConfig,
    WpsMethod,
    WpsParameters,
)
from harness.sta.control_events import render
from harness.sta.credentials import network_from
from harness.sta.ignore_list import IgnoreList
from harness.sta.networks import Networks, disabling_duration
from harness.sta.scanning import Scanner, delay_after_failures
from harness.sta.selection import Circumstances, matches, select
from harness.wire.dot11.elements import Elements, vendor_element, wsc_element
from harness.wire.rsn import Rsne

HOME = Network(id=0, ssid=b"home", passphrase=PASSPHRASE)
PBC = Network(
    id=9, key_mgmt=frozenset({KeyManagement.WPS}), wps=WpsParameters(method=WpsMethod.PBC)
)

# ---- configuration --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"ssid": bytes(33)},
        {"id": -1},
        {"passphrase": "short"},
        {"passphrase": "x" * 64},
        {"passphrase": "has a \t tab"},
        {"passphrase": "has a \x7f delete"},
        {"psk": bytes(31)},
        {"passphrase": PASSPHRASE, "psk": bytes(32)},
        {"key_mgmt": frozenset()},
        {"key_mgmt": frozenset({KeyManagement.WPS})},
        {"wps": WpsParameters(method=WpsMethod.PBC)},
        {"multi_ap_profile": 7},
        {"auth_alg": 2},
        {"pairwise": frozenset()},
        {"group": frozenset({1})},
    ],
    ids=repr,
)
def test_network_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        Network(**({"ssid": b"x"} | wrong))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        {"uuid": bytes(15)},
        {"wps_cred_processing": 3},
        {"eapol_version": 4},
        {"fragment_size": 0},
        {"config_methods": 0x10000},
        {"bss_expiration_age": -1},
        {"bss_expiration_scan_count": 0},
        {"bss_max_count": 0},
        {"networks": (HOME, HOME)},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_station_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        StationConfig(device=DEVICE, **wrong)  # type: ignore[arg-type]


def test_secrets_stay_out_of_sight() -> None:
    shown = repr(HOME) + repr(WpsParameters(method=WpsMethod.PIN, password=b"12345670"))
    assert PASSPHRASE not in shown
    assert "12345670" not in shown


def test_passphrase_gives_the_published_psk() -> None:
    """IEEE 802.11-2020, J.4.2, test case 1."""
    network = Network(ssid=b"IEEE", passphrase="password")
    assert network.pmk().hex() == "f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e"


def test_network_without_secret_is_not_usable() -> None:
    assert not Network(ssid=b"x").is_usable
    assert not Network(passphrase=PASSPHRASE).is_usable, "the key would depend on the SSID"
    assert Network(psk=bytes(32)).is_usable
    assert Network(key_mgmt=frozenset({KeyManagement.NONE})).is_usable
    made = ApParameters()
    assert not Network(key_mgmt=frozenset({KeyManagement.NONE}), access_point=made).is_usable
    assert Network(ssid=b"x", key_mgmt=frozenset({KeyManagement.NONE})).is_usable


# ---- credentials ----------------------------------------------------------------------------

_BOTH = frozenset({SecurityProtocol.WPA, SecurityProtocol.RSN})
_RSN = frozenset({SecurityProtocol.RSN})
_CCMP = frozenset({CIPHER_CCMP})
_TKIP_TOO = frozenset({CIPHER_CCMP, CIPHER_TKIP})


@pytest.mark.parametrize(
    ("auth", "encr", "proto", "pairwise"),
    [
        (0x20, 0x08, _RSN, _CCMP),
        (0x20, 0x0C, _RSN, _TKIP_TOO),
        (0x20, 0x04, _RSN, _TKIP_TOO),
        (0x02, 0x04, _BOTH, _TKIP_TOO),
        (0x02, 0x08, _BOTH, _CCMP),
        (0x22, 0x08, _RSN, _CCMP),
    ],
)
def test_psk_credential_becomes_a_network(
    auth: int, encr: int, proto: frozenset[SecurityProtocol], pairwise: frozenset[int]
) -> None:
    network = network_from(psk_credential(b"home", b"12345678", auth, encr), priority=7)
    assert network.key_mgmt == frozenset({KeyManagement.WPA_PSK})
    assert (network.proto, network.pairwise) == (proto, pairwise)
    assert (network.ssid, network.passphrase, network.priority) == (b"home", "12345678", 7)
    assert network.auth_alg == 0


def test_key_of_64_digits_is_a_psk() -> None:
    network = network_from(psk_credential(b"home", b"0123456789abcdefABCDEF" + b"0" * 42))
    assert network.passphrase is None
    assert network.psk == bytes.fromhex("0123456789abcdefABCDEF" + "0" * 42)


def test_open_credential_becomes_an_open_network() -> None:
    network = network_from(psk_credential(b"cafe", b"", 0x01, 0x01))
    assert network.key_mgmt == frozenset({KeyManagement.NONE})
    assert network.is_usable


def test_passphrase_that_is_no_utf8_keeps_its_octets() -> None:
    network = network_from(psk_credential(b"home", b"caf\xe9 caf\xe9"))
    assert network.passphrase is not None
    assert network.passphrase.encode("utf-8", "surrogateescape") == b"caf\xe9 caf\xe9"
    assert len(network.pmk()) == 32


@pytest.mark.parametrize(
    ("auth", "key"),
    [(0x20, b"g" * 64), (0x20, b"short"), (0x08, b"12345678"), (0x20, b"1\n345678")],
)
def test_unacceptable_credential_is_refused(auth: int, key: bytes) -> None:
    with pytest.raises(ConfigError):
        network_from(psk_credential(b"home", key, auth))


# ---- Multi-AP -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "enrolling", "verdict"),
    [
        ("060140", False, multi_ap.Verdict.FOUR_ADDRESS),
        ("060160", False, multi_ap.Verdict.FOUR_ADDRESS),
        ("060160", True, multi_ap.Verdict.FOUR_ADDRESS),
        ("060120", True, multi_ap.Verdict.THREE_ADDRESS),
        ("060120", False, multi_ap.Verdict.NOT_BACKHAUL),
        ("060100", True, multi_ap.Verdict.NOT_BACKHAUL),
        ("060180", False, multi_ap.Verdict.NOT_BACKHAUL),
        ("070102", False, multi_ap.Verdict.NO_ELEMENT),
        ("0600", False, multi_ap.Verdict.NO_ELEMENT),
        ("060140070107", False, multi_ap.Verdict.NO_ELEMENT),
        ("060140070102080264000000", False, multi_ap.Verdict.FOUR_ADDRESS),
        ("06014008020100", False, multi_ap.Verdict.NO_ELEMENT),
        (None, True, multi_ap.Verdict.NO_ELEMENT),
    ],
)
def test_what_the_response_allows(
    answer: str | None, enrolling: bool, verdict: multi_ap.Verdict
) -> None:
    octets = b"\x01\x01\x82"
    if answer is not None:
        octets += vendor_element(bytes.fromhex("506f9a"), 0x1B, bytes.fromhex(answer))
    assert multi_ap.judge(Elements(octets), enrolling=enrolling) is verdict


def test_response_that_does_not_split_allows_nothing() -> None:
    assert multi_ap.judge(Elements(b"\xdd\xff"), enrolling=True) is multi_ap.Verdict.NO_ELEMENT


def test_request_element_is_the_specifications() -> None:
    assert multi_ap.request_element(0).hex() == "dd07506f9a1b060180"
    assert multi_ap.request_element(1).hex() == "dd07506f9a1b060180"
    assert multi_ap.request_element(2).hex() == "dd0a506f9a1b060180070102"


# ---- BSS table ------------------------------------------------------------------------------


def table(**changes: float) -> BssTable:
    limits = {"maximum": 10, "age": 180.0, "scan_count": 2} | changes
    return BssTable(**limits)  # type: ignore[arg-type]


def bss_of(ap: ScriptedAp) -> Bss:
    made = table()
    made.update([ap.observation(1.0)], 1.0)
    return next(iter(made))


def test_entry_keeps_its_id_and_ids_are_not_reused() -> None:
    bsss = table()
    first, second = home(), home(bssid=AP2)
    bsss.update([first.observation(1.0)], 1.0)
    bsss.update([first.observation(2.0), second.observation(2.0)], 2.0)
    assert [(bss.id, bss.bssid) for bss in bsss] == [(0, AP1), (1, AP2)]
    bsss.forget(AP2, 2.5)
    bsss.update([second.observation(3.0)], 3.0)
    assert [bss.id for bss in bsss] == [0, 2]
    again = bsss.get(AP1)
    assert again is not None
    assert again.update == 2


def test_one_bssid_with_two_ssids_is_two_entries() -> None:
    bsss = table()
    bsss.update([home().observation(1.0), home(ssid=b"guest").observation(1.0)], 1.0)
    assert len(bsss) == 2
    guest = bsss.get(AP1, b"guest")
    assert guest is not None
    assert guest.ssid == b"guest"


def test_missed_twice_is_gone_unless_current_or_not_looked_for() -> None:
    bsss = table()
    bsss.update([home().observation(1.0)], 1.0)
    bsss.update([], 2.0, scanned=(2462,))
    bsss.update([], 3.0)
    assert len(bsss) == 1
    bsss.update([], 4.0, current=AP1)
    assert len(bsss) == 1
    assert [change.added for change in bsss.update([], 5.0)] == [False]
    assert len(bsss) == 0


def test_stale_result_counts_as_not_seen() -> None:
    bsss = table()
    old = home().observation(1.0)
    for now in (1.0, 2.0, 3.0):
        bsss.update([old], now)
    assert len(bsss) == 0


def test_a_lost_ap_is_brought_back_only_by_what_is_heard_since() -> None:
    """A kernel tells of it for half a minute more."""
    bsss = table()
    before = home().observation(1.0)
    bsss.update([before], 1.0)
    assert [change.added for change in bsss.forget(AP1, 2.0)] == [False]
    assert not bsss.update([before, home(bssid=AP2).observation(1.5)], 3.0)[1:]
    assert [bss.bssid for bss in bsss] == [AP2]
    bsss.update([home().observation(4.0)], 4.0)
    assert bsss.get(AP1) is not None


def test_old_entries_leave_at_the_deadline() -> None:
    bsss = table(age=10.1)
    bsss.update([home().observation(0.3)], 0.3)
    at = bsss.deadline()
    assert at is not None
    assert not bsss.expire(at - 1e-6)
    assert bsss.expire(at)
    assert bsss.deadline() is None


def test_full_table_drops_the_oldest_that_nobody_wants() -> None:
    bsss = table(maximum=2, scan_count=99)
    aps = [home(bssid=MacAddress(bytes((2, 0, 0, 0, 9, n)))) for n in range(3)]
    for n, ap in enumerate(aps):
        bsss.update(
            [ap.observation(float(n))], float(n), favours=lambda bss: bss.bssid == aps[0].bssid
        )
    assert [bss.bssid for bss in bsss] == [aps[0].bssid, aps[2].bssid]


def test_elements_that_do_not_split_are_left_out() -> None:
    bsss = table()
    bsss.update([replace(home().observation(1.0), elements=b"\x00\x05ho")], 1.0)
    assert len(bsss) == 0


def test_wps_information_of_beacon_and_probe_response() -> None:
    ap = home(wps=True, selected=4, uuid=bytes(range(16)))
    probe = ap.observation(1.0)
    from_beacon = replace(probe, elements=ap.elements(probe=False))
    for observation, uuid in (
        (probe, bytes(range(16))),
        (from_beacon, bytes(range(16))),
        (replace(from_beacon, probe_elements=b""), None),
    ):
        bsss = table()
        bsss.update([observation], 1.0)
        wps = next(iter(bsss)).wps
        assert wps is not None
        assert wps.push_button_active
        assert wps.configured
        assert wps.version2
        assert wps.uuid == uuid
        assert wps.flag == "WPS-PBC"


@pytest.mark.parametrize("attributes", ["1041", "10410002ffff", "104900050037 2a 000200 20"])
def test_broken_wsc_element_is_none(attributes: str) -> None:
    ap = home(extra=wsc_element(bytes.fromhex(attributes)))
    assert bss_of(ap).wps is None


# ---- lists ----------------------------------------------------------------------------------


def test_ignoring_grows_with_failures() -> None:
    ignored = IgnoreList()
    durations = [ignored.add(AP1, 0.0).duration for _ in range(8)]
    assert durations == [10, 10, 60, 120, 600, 1800, 1800, 1800]
    assert ignored.count(AP1) == 8
    assert ignored.count(AP2) == 0
    assert ignored.expire(1799.9) == []
    assert ignored.expire(1800.0) == [AP1]
    assert len(ignored) == 0


def test_network_rests_longer_with_failures() -> None:
    rests = [disabling_duration(n) for n in (1, 2, 3, 4, 5, 6, 10, 11, 50, 51)]
    assert rests == [10, 20, 30, 60, 60, 90, 90, 120, 120, 300]


def test_rescan_delays_after_failures() -> None:
    assert [delay_after_failures(n) for n in range(8)] == [0.1, 0.1, 0.5, 1, 5, 10, 10, 10]


def test_networks_keep_their_ids() -> None:
    networks = Networks((replace(HOME, id=4), replace(HOME, id=2)))
    assert [network.id for network in networks] == [2, 4]
    assert networks.add(HOME).id == 5
    networks.remove(5)
    assert networks.add(HOME).id == 5
    with pytest.raises(UsageError):
        networks.remove(1)
    with pytest.raises(UsageError):
        networks.status(1)


def test_resting_network_is_not_enabled_and_keeps_its_failures() -> None:
    networks = Networks((HOME,))
    assert networks.disable_for_a_while(0, AP1, 100.0) == 10.0
    assert not networks.is_enabled(HOME)
    assert networks.deadline() == 110.0
    assert networks.expire(109.0) == []
    assert networks.expire(110.0) == [(HOME, AP1)]
    assert networks.is_enabled(HOME)
    assert networks.disable_for_a_while(0, AP1, 200.0) == 20.0
    assert networks.reenable(0)
    assert networks.disable_for_a_while(0, AP1, 300.0) == 10.0


# ---- scanning -------------------------------------------------------------------------------


def plan(config: StationConfig, *networks: Network) -> tuple[tuple[bytes, ...], tuple[int, ...]]:
    scan = Scanner().begin("wlan0", config, list(networks), b"")
    return scan.ssids, scan.frequencies


def test_scan_names_only_what_must_be_named() -> None:
    config = StationConfig(device=DEVICE)
    named = replace(HOME, scan_ssid=True)
    assert plan(config, HOME) == ((b"",), ())
    assert plan(config, named) == ((b"home", b""), ())
    assert plan(replace(config, passive_scan=True), named) == ((), ())


def test_scan_rotates_through_many_ssids() -> None:
    config, scanner = StationConfig(device=DEVICE), Scanner()
    many = [replace(HOME, id=n, ssid=bytes([65 + n]), scan_ssid=True) for n in range(5)]
    seen = [scanner.begin("wlan0", config, many, b"").ssids for _ in range(2)]
    assert seen == [(b"A", b"B", b"C", b""), (b"D", b"E", b"A", b"")]


def test_scan_is_limited_only_when_every_network_is() -> None:
    config = StationConfig(device=DEVICE, freq_list=(2437,))
    limited, other = replace(HOME, scan_freq=(2412,)), replace(HOME, id=1, scan_freq=(2462, 2412))
    assert plan(config, limited, other)[1] == (2412, 2462)
    assert plan(config, limited, replace(HOME, id=2))[1] == (2437,)


# ---- selection ------------------------------------------------------------------------------


def choose(networks: list[Network], *aps: ScriptedAp, **around: object) -> MacAddress | None:
    circumstances = Circumstances(own=STA, ignored=IgnoreList())
    circumstances = replace(circumstances, **around)  # type: ignore[arg-type]
    found = select([bss_of(ap) for ap in aps], networks, circumstances)
    return found.bss.bssid if found else None


def test_strongest_of_equals_is_chosen() -> None:
    assert choose([HOME], home(signal=-70), home(bssid=AP2, signal=-50)) == AP2


def test_priority_comes_before_signal() -> None:
    office = Network(id=1, ssid=b"office", passphrase=PASSPHRASE, priority=5)
    aps = home(signal=-20), home(bssid=AP2, ssid=b"office", signal=-80)
    assert choose([HOME, office], *aps) == AP2


def test_secured_comes_before_open() -> None:
    any_open = Network(id=1, ssid=b"open", key_mgmt=frozenset({KeyManagement.NONE}))
    aps = ScriptedAp(ssid=b"open", signal=-10), home(bssid=AP2, signal=-80)
    assert choose([HOME, any_open], *aps) == AP2


@pytest.mark.parametrize(
    "changes",
    [
        {"bssid": AP2},
        {"bssid_ignore": (MaskedAddress(AP1),)},
        {"bssid_ignore": (MaskedAddress(AP2, MacAddress("ff:ff:ff:00:00:00")),)},
        {"bssid_accept": (MaskedAddress(AP2),)},
        {"freq_list": (2462,)},
        {"ssid": b"else"},
        {"proto": frozenset({SecurityProtocol.WPA})},
        {"pairwise": frozenset({CIPHER_TKIP})},
        {"group": frozenset({CIPHER_TKIP})},
        {"key_mgmt": frozenset({KeyManagement.NONE})},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_network_does_not_match(changes: dict[str, object]) -> None:
    network = replace(HOME, **changes)  # type: ignore[arg-type]
    assert choose([HOME], home()) == AP1
    assert choose([network], home()) is None


@pytest.mark.parametrize(
    "rsne",
    [
        "30140100000fac040100000fac040100000fac02c000",  # management frame protection required
        "30140100000fac040100000fac080100000fac020000",  # GCMP only
        "30140100000fac040100000fac040100000fac010000",  # 802.1X only
        "30020200",  # another version
    ],
)
def test_rsn_that_we_do_not_speak_does_not_match(rsne: str) -> None:
    assert choose([HOME], ScriptedAp(extra=bytes.fromhex(rsne))) is None


def test_open_network_takes_no_secured_ap() -> None:
    network = Network(ssid=b"home", key_mgmt=frozenset({KeyManagement.NONE}))
    assert choose([network], ScriptedAp()) == AP1
    assert choose([network], home()) is None


def test_ignored_bssid_is_left_out() -> None:
    ignored = IgnoreList()
    ignored.add(AP1, 0.0)
    second = replace(HOME, id=1, ssid=b"second")
    assert choose([HOME], home(), ignored=ignored) is None
    assert choose([HOME, second], home(), ignored=ignored) == AP1
    ignored.add(AP1, 0.0)
    assert choose([HOME, second], home(), ignored=ignored) is None


def test_frequency_outside_the_list_is_left_out() -> None:
    assert choose([HOME], home(), frequencies=(2462,)) is None


@pytest.mark.parametrize(
    ("changes", "joins"),
    [
        ({"wps": True, "selected": 4}, True),
        ({"wps": True, "selected": 0}, False),
        ({"wps": True}, False),
        ({}, False),
    ],
)
def test_push_button_matches_only_a_pushed_button(changes: dict[str, object], joins: bool) -> None:
    around = Circumstances(own=STA, ignored=IgnoreList(), wps_age=100.0, wps_scans=100)
    assert matches(bss_of(home(**changes)), PBC, around) is joins


# ---- control lines --------------------------------------------------------------------------

_LINES = [
    (events.SCAN_FAILED, {"errno": 16, "retry": False}, "CTRL-EVENT-SCAN-FAILED ret=-16"),
    (events.BSS_REMOVED, {"id": 3, "bssid": AP1}, f"CTRL-EVENT-BSS-REMOVED 3 {AP1}"),
    (events.WPS_AP_AVAILABLE, {"kind": ""}, "WPS-AP-AVAILABLE "),
    (events.WPS_FAILED, {"message": None}, "WPS-FAIL "),
    (
        "eap.method.proposed",
        {"vendor": 0, "method": 4, "nak": True},
        "CTRL-EVENT-EAP-PROPOSED-METHOD vendor=0 method=4 -> NAK",
    ),
    (
        "rsn.group.rekeyed",
        {"peer": AP1, "cipher": CIPHER_CCMP},
        f"WPA: Group rekeying completed with {AP1} [GTK=CCMP]",
    ),
    (events.INPUT_DISCARDED, {}, None),
]


@pytest.mark.parametrize(("name", "fields", "line"), _LINES, ids=lambda value: str(value)[:24])
def test_line_of_an_event(name: str, fields: dict[str, object], line: str | None) -> None:
    assert render(Event(1.0, "sta", name, fields)) == line




MIXED = bytes.fromhex("30180100000fac020200000fac04000fac020100000fac02" "8000")
"""RSN: group TKIP, CCMP and TKIP, PSK, capable of protected management frames."""


def test_tkip_is_taken_in_rsn_where_the_network_wants_it() -> None:
    bss = bss_of(ScriptedAp(extra=MIXED))
    both = security.choose(bss, HOME, DEFAULT_HABITS)
    assert both is not None
    assert both.pairwise == CIPHER_CCMP
    wants = replace(HOME, pairwise=frozenset({CIPHER_TKIP}), ieee80211w=1)
    tkip = security.choose(bss, wants, DEFAULT_HABITS)
    assert tkip is not None
    assert (tkip.pairwise, tkip.mfp) == (CIPHER_TKIP, False), "TKIP protects no management frames"
    assert Rsne.decode(tkip.rsne[2:]).pairwise == (CIPHER_TKIP,)
    needs = replace(HOME, pairwise=frozenset({CIPHER_TKIP}), ieee80211w=2)
    assert security.choose(bss, needs, DEFAULT_HABITS) is None


def test_a_network_without_ssid_is_any_that_is_open() -> None:
    """As for wpa_supplicant 2.10."""
    anyone = Network(key_mgmt=frozenset({KeyManagement.NONE}))
    assert choose([anyone], ScriptedAp(ssid=b"whatever")) == AP1
    assert choose([anyone], home()) is None
    assert choose([anyone], ScriptedAp(hidden=True)) is None


BOTH_HASHES = bytes.fromhex("30180100000fac040100000fac040200000fac02000fac060000")


@pytest.mark.parametrize(
    ("methods", "akm"),
    [("WPA-PSK", 2), ("WPA-PSK-SHA256", 6), ("WPA-PSK WPA-PSK-SHA256", 6), ("SAE", None)],
)
def test_psk_with_sha256_comes_before_psk(methods: str, akm: int | None) -> None:
    words = frozenset(KeyManagement(word) for word in methods.split())
    bss = bss_of(ScriptedAp(extra=BOTH_HASHES))
    found = security.choose(bss, replace(HOME, key_mgmt=words), DEFAULT_HABITS)
    assert (None if found is None else found.akm & 0xFF) == akm
