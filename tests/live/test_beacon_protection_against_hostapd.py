"""Protected Beacons: the real hostapd and ours, each with the real wpa_supplicant and with ours.

What a pair does and says is compared with what the two real programs do and say. The keys for
Beacons are read by tshark, from the handshakes on the air; with them each Beacon is verified.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from ap_ground import STATION_CONFIG, Ground, needs_lab
from programs import Monitor, cli, ours, real, wait, without_level

from harness.base.errors import BadMic, MissingAttribute
from harness.crypto import bip
from harness.radio.interface import CapturedFrame
from harness.wire.dot11.elements import Elements
from vm import packages

pytestmark = [
    *needs_lab,
    pytest.mark.skipif(packages.find("tshark") is None, reason="not installed: tshark"),
]

CONFIG = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=home
hw_mode=g
channel=1
wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
wpa_passphrase=correct horse
beacon_prot=1
"""
NETWORK = 'network={\nssid="home"\npsk="correct horse"\nscan_freq=2412\n'
PASSPHRASE = '"wpa-pwd","correct horse:home"'
KEY_FIELDS = ("wlan.rsn.ie.bigtk_kde.key_id", "wlan.rsn.ie.bigtk_kde.bigtk")
BEACON, HEADER, FIXED = 0x80, 24, 36
BIT_84 = 10, 0x10
"""Of the extended capabilities: the octet and its bit."""
CHANNEL_6 = bytes.fromhex("2503000603")
"""A Channel Switch Announcement."""
PAUSE_S = 10.5
"""The kernel tells of forged Beacons once in ten seconds."""
FORGER_MADE = "REGDOM-CHANGE"
"""Comes of the radio that forges, when it is made."""
PROGRAMS = {"real": real, "ours": ours}
PAIRS = [("real", "ours"), ("ours", "real")]
Outcome = dict[str, object]


class Pair:
    """An access point and a station, connected; `said`: what is compared."""

    def __init__(self, ground: Ground, station: Monitor) -> None:
        self.ground = ground
        self.station = station
        self.said: Outcome = {}
        self.folder = ground.folder

    def ask_station(self, *words: str) -> str:
        return cli("wpa_cli", self.folder / "sta", *words)

    def status(self) -> dict[str, str]:
        lines = self.ask_station("status").splitlines()
        return dict(line.partition("=")[::2] for line in lines)

    def pass_time(self, seconds: float) -> None:
        until = self.ground.air.now() + seconds
        while self.ground.air.now() < until:
            self.ground.air.advance(until)

    def beacons(self) -> list[bytes]:
        """Of the access point, all so far."""
        self.ground.air.advance(self.ground.air.now())
        own = bytes(self.ground.ap.address)
        frames: list[CapturedFrame] = list(self.ground.air.frames)
        return [x.octets for x in frames if x.octets[0] == BEACON and x.octets[10:16] == own]

    def forge(self, octets: bytes) -> str:
        """Send a Beacon in the access point's name, and give what the station says of it."""
        self.station.told(0.1)
        self.ground.air.inject(octets, 2412)
        self.pass_time(0.5)
        told = [line for line in self.station.told(0.5) if FORGER_MADE not in line]
        return self.ground.named("\n".join(map(without_level, told)))

    def keys(self) -> list[tuple[int, bytes]]:
        """The keys for Beacons that were handed over, with their indexes, as tshark reads them."""
        capture = self.folder / "air.pcapng"
        self.ground.capture(capture)
        found = packages.program("tshark")
        options = ("wlan.enable_decryption:TRUE", f"uat:80211_keys:{PASSPHRASE}")
        chosen = [word for name in KEY_FIELDS for word in ("-e", name)]
        read = subprocess.run(
            [
                str(found.path), "-r", str(capture), "-Y", KEY_FIELDS[0], "-T", "fields", *chosen,
                *(word for option in options for word in ("-o", option)),
            ],
            env={**os.environ, **found.env, "WIRESHARK_CONFIG_DIR": str(self.folder / "profile")},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )  # fmt: skip
        rows = (line.split() for line in read.stdout.splitlines())
        return list(dict.fromkeys((int(index), bytes.fromhex(key)) for index, key in rows))


@contextmanager
def pair(folder: Path, ap: str, sta: str, lines: str, wanted: str) -> Iterator[Pair]:
    """Let a program be the access point and one the station, until they are connected."""
    ground = Ground(folder, PROGRAMS[ap]("hostapd"))
    try:
        ground.file("sta.conf", STATION_CONFIG, f"{NETWORK}{wanted}}}\n")
        with ground.access_point(str(ground.file("ap.conf", CONFIG + lines))):
            ground.wait_for("state=ENABLED")
            with ground.at_station(PROGRAMS[sta]("wpa_supplicant")):
                wait("the station", lambda: (folder / "sta" / "wlan0").exists())
                station = ground.client(folder / "sta" / "wlan0", attached=True)
                made = Pair(ground, station)
                wait("the connection", lambda: made.status().get("wpa_state") == "COMPLETED")
                yield made
    except AssertionError as error:
        logs = [(folder / name).read_text(errors="replace")[-2000:] for name in ("ap.log",)]
        raise AssertionError(f"{ap} {sta}: {error}\n{logs}") from error
    finally:
        ground.close()


def verified(beacons: list[bytes], keys: list[tuple[int, bytes]]) -> list[int]:
    """By which of the keys, counted from 0, each Beacon verifies, repetitions left out; -1: none.

    What went out before the first station came may be under a key that nobody was given.
    """
    found: list[int] = []
    numbers: dict[int, int] = {}
    for octets in beacons:
        which = next((at for at, key in enumerate(keys) if _verifies(octets, *key)), -1)
        if which != -1:
            number = bip.verify(keys[which][1], octets)
            assert number > numbers.get(which, 0), "packet numbers rise"
            numbers[which] = number
        if found[-1:] != [which]:
            found.append(which)
    return found[1:] if found[:1] == [-1] else found


def _verifies(octets: bytes, index: int, key: bytes) -> bool:
    try:
        return bip.key_id_of(octets) == index and bip.verify(key, octets) > 0
    except (BadMic, MissingAttribute):
        return False


def announces(octets: bytes) -> bool:
    at, bit = BIT_84
    extended = Elements(octets[FIXED:]).get(127)
    return extended is not None and len(extended) > at and bool(extended[at] & bit)


def protected(folder: Path, ap: str, sta: str) -> Outcome:
    """The keys of the handshakes and of two renewals, and every Beacon under them."""
    lines = "ieee80211w=1\nwpa_group_rekey=8\n"
    with pair(folder, ap, sta, lines, "ieee80211w=1\nbeacon_prot=1\n") as made:
        events = made.station.until("Group rekeying completed")
        events += made.station.until("Group rekeying completed")
        made.pass_time(1.0)
        status, capability = made.status(), made.ask_station("get_capability", "beacon_prot")
        events += made.station.told(0.3)
        beacons = made.beacons()
        keys = made.keys()
    if sta == "ours":
        assert status["bigtk_set"] == "1"
    return {
        "alternate": [index for index, _ in keys] in ([6, 7, 6], [7, 6, 7]),
        "distinct": len({key for _, key in keys}) == len(keys),
        "verified": verified(beacons, keys),
        "announced": all(map(announces, beacons)),
        "status": {name: status.get(name) for name in ("pmf", "wpa_state", "mgmt_group_cipher")},
        "capability": capability,
        "forgeries": [line for line in events if "UNPROT-BEACON" in line],
    }


def forged(folder: Path, ap: str, sta: str) -> Outcome:
    """What comes of Beacons in the access point's name that announce another channel.

    One that names a key that is not there is left out: Linux 6.1 tells of it, and believes it.
    """
    said: Outcome = {}
    with pair(folder, ap, sta, "ieee80211w=2\n", "ieee80211w=2\nbeacon_prot=1\n") as made:
        made.pass_time(1.0)
        ((index, key),) = made.keys()
        old = made.beacons()[-1]
        plain = old[: -bip.MME_OCTETS] + CHANNEL_6
        for what, octets in (
            ("without a MIC", plain),
            ("with a wrong MIC", bip.protect(bytes(16), index, 1 << 40, plain)),
            ("with an old number", bip.protect(key, index, 1, plain)),
        ):
            if said:
                made.pass_time(PAUSE_S)
            said[what] = made.forge(octets)
        said["at once again"] = made.forge(plain)
        made.pass_time(3.0)
        said["stays"] = made.status()["wpa_state"], made.status()["freq"]
    return said


def not_wanted(folder: Path, ap: str, sta: str) -> Outcome:
    """A station that does not care is given the key, and believes every Beacon."""
    with pair(folder, ap, sta, "ieee80211w=2\n", "ieee80211w=2\n") as made:
        made.pass_time(1.0)
        ((index, _),) = made.keys()
        beacon = made.beacons()[-1][: -bip.MME_OCTETS] + bytes.fromhex("dd0411223344")
        heard = made.forge(beacon)
        assert "bigtk_set" not in made.status()
    return {"index": index, "heard": heard}


def without_mfp(folder: Path, ap: str, sta: str) -> Outcome:
    """A station without protected management frames gets no key."""
    with pair(folder, ap, sta, "ieee80211w=1\n", "ieee80211w=0\nbeacon_prot=1\n") as made:
        made.pass_time(1.0)
        assert "bigtk_set" not in made.status()
        beacon = made.beacons()[-1]
        return {"keys": made.keys(), "mic": beacon[-bip.MME_OCTETS] == bip.ELEMENT_MME}


Topic = Callable[[Path, str, str], Outcome]


@pytest.fixture(scope="module")
def reals(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Topic], Outcome]:
    """What the two real programs do; each topic once."""

    @cache
    def outcome(topic: Topic) -> Outcome:
        return topic(tmp_path_factory.mktemp("reals"), "real", "real")

    return outcome


@pytest.mark.parametrize(("ap", "sta"), PAIRS)
@pytest.mark.parametrize("topic", [protected, forged, not_wanted, without_mfp])
def test_each_pair_does_as_the_real_one(
    tmp_path: Path, reals: Callable[[Topic], Outcome], topic: Topic, ap: str, sta: str
) -> None:
    assert topic(tmp_path, ap, sta) == reals(topic)


def test_what_the_real_pair_does(reals: Callable[[Topic], Outcome]) -> None:
    """So that the comparisons compare something."""
    found = reals(protected)
    assert (found["alternate"], found["verified"]) == (True, [0, 1, 2])
    assert (found["announced"], found["forgeries"]) == (True, [])
    told = reals(forged)
    lines = {what: line for what, line in told.items() if what.startswith("with")}
    assert set(lines.values()) == {"CTRL-EVENT-UNPROT-BEACON <ap>"}
    assert told["at once again"] == ""
    assert told["stays"] == ("COMPLETED", "2412")
