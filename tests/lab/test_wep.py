"""Networks with WEP from end to end: on simulated air with tshark as the reader, on the kernel's
radios with a real program at the other end.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.base.entropy import SeededEntropy
from harness.lab import Bss
from harness.lab.devices.interface import AccessPointDevice, StationDevice
from harness.lab.scene import Lab, Setting
from harness.radio.capture import StaticWepKey, write_pcapng, write_wireshark_profile
from harness.radio.hwsim import HwsimAir
from harness.radio.sim import SimAir
from vm import packages

REASON = HwsimAir.usable()
needs_hwsim = pytest.mark.skipif(REASON is not None, reason=f"mac80211_hwsim: {REASON}")
needs_tshark = pytest.mark.skipif(
    packages.find("tshark") is None, reason="not installed: tshark"
)

Make = Callable[[str, str], Lab]
KEY_40, KEY_104 = b"12345", b"1234567890abc"
OF_40 = {"wep_key0": '"12345"'}
OF_104 = {"wep_key2": KEY_104.hex(), "wep_default_key": "2"}
OPEN, SHARED = {"auth_algs": "1"}, {"auth_algs": "2"}
STATION_40 = ('wep_key0 "12345"',)
STATION_104 = (f"wep_key2 {KEY_104.hex()}", "wep_tx_keyidx 2")
BY_SHARED_KEY = ("auth_alg SHARED",)

JOINS = {
    "open": (OF_40 | OPEN, STATION_40),
    "shared": (OF_104 | SHARED, STATION_104 + BY_SHARED_KEY),
    "open refused, then shared": (OF_40 | SHARED, STATION_40),
}
every_join = pytest.mark.parametrize(("keys", "lines"), JOINS.values(), ids=JOINS)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    labs: list[Lab] = []

    def made(ap: str, sta: str, air: str = "hwsim") -> Lab:
        on = HwsimAir() if air == "hwsim" else SimAir(SeededEntropy(b"wep"))
        labs.append(Lab(Setting(air, ap, sta, "1", tmp_path), on))
        return labs[-1]

    yield made
    for lab in labs:
        lab.close()


@pytest.fixture
def sim(make: Callable[[str, str, str], Lab]) -> Lab:
    return make("airproof", "airproof", "sim")


def network(sta: StationDevice, *lines: str) -> None:
    """Add a network without WPA and choose it."""
    assert sta.control("ADD_NETWORK").strip() == "0"
    for line in ('ssid "home"', "key_mgmt NONE", *lines):
        sta.expect_reply(f"SET_NETWORK 0 {line}", "OK\n")
    sta.expect_reply("SELECT_NETWORK 0", "OK\n")


def frames_pass(lab: Lab, ap: AccessPointDevice, sta: StationDevice) -> None:
    host, stack = lab.host(behind=ap), lab.stack(of=sta)
    host.expect(stack.send(host))
    stack.expect(host.send(stack))
    stack.expect(host.broadcast())


def joins(lab: Lab, keys: dict[str, str], lines: tuple[str, ...], bits: int) -> None:
    ap, sta = lab.ap(ssid="home", keys=keys), lab.sta()
    network(sta, *lines)
    sta.expect_event("CTRL-EVENT-CONNECTED", within=20)
    status = sta.control("STATUS")
    assert f"pairwise_cipher=WEP-{bits}\ngroup_cipher=WEP-{bits}\nkey_mgmt=NONE\n" in status
    frames_pass(lab, ap, sta)


def bits_of(keys: dict[str, str]) -> int:
    return 40 if "wep_key0" in keys else 104


@every_join
def test_ours_with_ours(sim: Lab, keys: dict[str, str], lines: tuple[str, ...]) -> None:
    joins(sim, keys, lines, bits_of(keys))


@needs_hwsim
@every_join
@pytest.mark.parametrize(
    ("ap", "sta"),
    [
        ("airproof", "wpa_supplicant"),
        ("hostapd", "airproof"),
        ("airproof-daemon", "airproof-daemon"),
    ],
)
def test_on_the_kernels_radios(
    make: Make, ap: str, sta: str, keys: dict[str, str], lines: tuple[str, ...]
) -> None:
    joins(make(ap, sta), keys, lines, bits_of(keys))


@needs_tshark
@pytest.mark.parametrize(("keys", "lines"), [JOINS["open"], JOINS["shared"]])
def test_tshark_opens_what_we_send(
    sim: Lab, tmp_path: Path, keys: dict[str, str], lines: tuple[str, ...]
) -> None:
    joins(sim, keys, lines, bits_of(keys))
    write_pcapng(tmp_path / "air.pcapng", sim.world.air.frames)
    write_wireshark_profile(tmp_path / "profile", [StaticWepKey(KEY_40), StaticWepKey(KEY_104)])
    found = packages.program("tshark")
    fields = ("wlan.fc.protected", "wlan.wep.key", "llc.type", "data.data")
    read = subprocess.run(
        [str(found.path), "-r", str(tmp_path / "air.pcapng"), "-Y", "wlan.fc.type==2 && data.data",
         "-T", "fields", *(word for name in fields for word in ("-e", name))],
        env={**os.environ, **found.env, "WIRESHARK_CONFIG_DIR": str(tmp_path / "profile")},
        capture_output=True, text=True, timeout=60, check=True,
    ).stdout.splitlines()  # fmt: skip
    index = keys.get("wep_default_key", "0")
    assert {line.split("\t")[0] for line in read} == {"1"}
    assert {line.split("\t")[1] for line in read} == {index}
    texts = {bytes.fromhex(line.split("\t")[3]).rstrip(b"\0").decode() for line in read}
    assert {"sta to host behind ap, number 1", "host behind ap to everyone, number 2"} <= texts


def test_another_key_is_not_proof_enough(sim: Lab) -> None:
    sim.ap(ssid="home", keys=OF_40 | SHARED)
    sta = sim.sta()
    network(sta, 'wep_key0 "54321"', "auth_alg SHARED")
    sta.expect_event("CTRL-EVENT-SSID-TEMP-DISABLED", within=60)
    assert "wpa_state=COMPLETED" not in sta.control("STATUS")


def test_frames_under_another_key_do_not_pass(sim: Lab) -> None:
    ap = sim.ap(ssid="home", keys=OF_40)
    sta = sim.sta()
    network(sta, 'wep_key0 "54321"')
    sta.expect_event("CTRL-EVENT-CONNECTED", within=20)
    host, stack = sim.host(behind=ap), sim.stack(of=sta)
    host.refuse(stack.send(host))
    stack.refuse(host.broadcast())


@pytest.mark.parametrize(
    ("keys", "lines"),
    [
        ({}, STATION_40),
        ({}, BY_SHARED_KEY),
        (OF_40, ()),
        (OF_40, ('wep_key0 "1234"',)),
        (OF_40, (*STATION_40, "wep_tx_keyidx 1")),
    ],
    ids=["no WEP there", "nothing to share", "none here", "a bad key", "no default key"],
)
def test_what_does_not_fit_is_not_joined(
    sim: Lab, keys: dict[str, str], lines: tuple[str, ...]
) -> None:
    sim.ap(ssid="home", keys=keys)
    sta = sim.sta()
    network(sta, *lines)
    sim.world.step_until(sim.world.now() + 20)
    assert "bssid=" not in sta.control("STATUS")


def test_a_saved_network_keeps_its_keys(sim: Lab) -> None:
    sta = sim.sta()
    network(sta, *STATION_104, *BY_SHARED_KEY)
    assert sta.control("GET_NETWORK 0 wep_key2") == "*"
    assert sta.control("GET_NETWORK 0 wep_tx_keyidx") == "2"
    assert sta.control("GET_NETWORK 0 auth_alg") == "SHARED"
    sta.expect_reply("SAVE_CONFIG", "OK\n")
    kept = sim.configuration_file(sta).read_text()
    assert f"\tauth_alg=SHARED\n\twep_key2={KEY_104.hex()}\n\twep_tx_keyidx=2\n" in kept


AIRS = [
    ("airproof", "airproof", "sim"),
    pytest.param("airproof", "wpa_supplicant", "hwsim", marks=needs_hwsim),
]


@pytest.mark.parametrize(("ap", "sta", "air"), AIRS)
def test_keys_are_there_again_after_a_pause(
    make: Callable[[str, str, str], Lab], ap: str, sta: str, air: str
) -> None:
    lab = make(ap, sta, air)
    router, station = lab.ap(ssid="home", keys=OF_40), lab.sta()
    network(station, *STATION_40)
    station.expect_event("CTRL-EVENT-CONNECTED", within=20)
    router.expect_reply("DISABLE", "OK\n")
    station.expect_event("CTRL-EVENT-DISCONNECTED", within=20)
    router.expect_reply("ENABLE", "OK\n")
    station.expect_event("CTRL-EVENT-CONNECTED", within=60)
    frames_pass(lab, router, station)


@pytest.mark.parametrize(("ap", "sta", "air"), AIRS)
def test_each_bss_has_its_own_keys(
    make: Callable[[str, str, str], Lab], ap: str, sta: str, air: str
) -> None:
    lab = make(ap, sta, air)
    router = lab.ap(Bss(ssid="work", passphrase="correct horse"), Bss(ssid="home", keys=OF_40))
    station, other = lab.sta(), lab.sta(name="other")
    network(station, *STATION_40)
    station.expect_event("CTRL-EVENT-CONNECTED", within=20)
    assert other.control("ADD_NETWORK").strip() == "0"
    for line in ('ssid "work"', 'psk "correct horse"'):
        other.expect_reply(f"SET_NETWORK 0 {line}", "OK\n")
    other.expect_reply("SELECT_NETWORK 0", "OK\n")
    other.expect_event("CTRL-EVENT-CONNECTED", within=20)
    one, two = lab.stack(of=station), lab.stack(of=other)
    two.expect(one.send(two))
    one.expect(two.broadcast())
    assert "[WPS" not in station.control("SCAN_RESULTS")
    assert "wps_state=disabled\n" in router.control("GET_CONFIG", router.on_air[1].interface)
