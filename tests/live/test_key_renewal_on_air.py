"""What becomes of a link that is due for another pairwise key: by the real programs and by ours.

Each case is played three times on the kernel's radios, which say that they can replace a pairwise
key: by the real programs, with our station, and with our access point. What both ends tell, who
sends whom away and why, and that data still pass, has to be the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import pytest
from ap_ground import needs_lab
from programs import Monitor, cli, ours, real, wait, without_level
from two_radios import TwoRadios

from harness.radio.interface import CapturedFrame

pytestmark = needs_lab

AP = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=home
hw_mode=g
channel=1
wpa_passphrase=correct horse
"""
STATION = """\
ctrl_interface={folder}/sta
network={{
ssid="home"
psk="correct horse"
scan_freq=2412
disabled=1
"""
RSN = "wpa=2\nrsn_pairwise=CCMP\n"
RENEWALS = 2
PERIOD_S = 10
"""So long that what is looked at after a renewal is over before the next."""
TOLD = re.compile(
    "PTK0|CTRL-EVENT-(DIS)?CONNECTED|Key negotiation|Key Request|AP-STA|4WAY-HS"
)
DEAUTHENTICATION, PROTECTED = 0xC0, 0x40

Seen = dict[str, list[str]]


def played(
    folder: Path, ap: tuple[str, ...], station: tuple[str, ...], access_point: str, network: str
) -> Seen:
    ground = TwoRadios(folder)
    try:
        ground.file("ap.conf", AP, access_point)
        ground.file("sta.conf", STATION, network + "}\n")
        with ground.at_ap(*ap, str(folder / "ap.conf")):
            wait("the AP", lambda: "state=ENABLED" in cli("hostapd_cli", folder / "ctl", "status"))
            ends = {"ap": ground.client(folder / "ctl" / "wlan0", attached=True)}
            with ground.at_station(station):
                wait("the station", lambda: cli("wpa_cli", folder / "sta", "ping") == "PONG\n")
                ends["sta"] = ground.client(folder / "sta" / "wlan0", attached=True)
                return renewed(ground, ends)
    finally:
        ground.close()


def renewed(ground: TwoRadios, ends: dict[str, Monitor]) -> Seen:
    """Begin, and look on until the keys were renewed so often."""
    assert ends["sta"].ask("ENABLE_NETWORK 0") == "OK\n"
    told: Seen = {"ap": [], "sta": []}
    for _ in range(1 + RENEWALS):
        told["sta"] += ends["sta"].until("Key negotiation completed")
    told["sta"] += ends["sta"].told(0.5)
    told["ap"] += ends["ap"].told(0.5)
    seen = {end: once(ground.named(line) for line in lines) for end, lines in told.items()}
    seen["data"] = [ground.exchange()]
    ground.air.advance(ground.air.now())
    frames = (each for each in ground.air.frames if each.octets[0] == DEAUTHENTICATION)
    seen["sent away"] = [ground.named(dismissal(each)) for each in frames if goes_to_one(each)]
    return seen


def once(lines: Iterable[str]) -> list[str]:
    """What is compared; wpa_supplicant says of each frame of SAE anew how it begins."""
    kept = (without_level(line) for line in lines if TOLD.search(line))
    return [line for line, _ in groupby(kept)]


def goes_to_one(frame: CapturedFrame) -> bool:
    return not frame.octets[4] & 1


def dismissal(frame: CapturedFrame) -> str:
    sender = frame.octets[10:16].hex(":")
    reason = "?" if frame.octets[1] & PROTECTED else str(frame.octets[24])
    return f"by {sender}: {reason}"


def keys(period: int, deny: int) -> str:
    words = {"wpa_ptk_rekey": period, "wpa_deny_ptk0_rekey": deny}
    return "".join(f"{name}={value}\n" for name, value in words.items() if value)


@pytest.mark.parametrize(
    ("access_point", "network", "away"),
    [
        (RSN + keys(PERIOD_S, 0), keys(0, 1), 0),
        (RSN + keys(PERIOD_S, 0), keys(0, 2), RENEWALS),
        (RSN + keys(PERIOD_S, 1), keys(0, 0), 0),
        (RSN + keys(PERIOD_S, 2), keys(0, 0), RENEWALS),
        (RSN, keys(PERIOD_S, 0), 0),
        (RSN, keys(PERIOD_S, 2), RENEWALS),
        (RSN + keys(0, 2), keys(PERIOD_S, 0), RENEWALS),
        ("wpa=1\nwpa_pairwise=TKIP\n" + keys(PERIOD_S, 0), keys(0, 2), RENEWALS),
        (
            RSN + "wpa_key_mgmt=SAE\nieee80211w=2\n" + keys(PERIOD_S, 0),
            "key_mgmt=SAE\nieee80211w=2\n" + keys(0, 2),
            RENEWALS,
        ),
    ],
    ids=[
        "station if safe", "station never", "AP if safe", "AP never", "station asks",
        "station asks and never", "station asks, AP never", "WPA station never",
        "SAE station never",
    ],
)  # fmt: skip
def test_another_pairwise_key_is_due(
    tmp_path: Path, access_point: str, network: str, away: int
) -> None:
    ap, station = "hostapd", "wpa_supplicant"
    theirs = played(tmp_path / "real", real(ap), real(station), access_point, network)
    assert theirs["data"] == ["there: arrives, back: arrives"]
    assert len(theirs["sent away"]) == away
    assert played(tmp_path / "sta", real(ap), ours(station), access_point, network) == theirs
    assert played(tmp_path / "ap", ours(ap), real(station), access_point, network) == theirs


@pytest.mark.parametrize(("words", "warns"), [(keys(0, 1), False), (keys(PERIOD_S, 2), True)])
@pytest.mark.parametrize("security", [RSN, ""], ids=["RSN", "open"])
def test_an_access_point_that_sends_away_says_so(
    tmp_path: Path, security: str, words: str, warns: bool
) -> None:
    def told(folder: Path, program: tuple[str, ...]) -> list[str]:
        ground = TwoRadios(folder)
        try:
            ground.file("ap.conf", AP, security + words)
            with ground.at_ap(*program, str(folder / "ap.conf")):
                control = folder / "ctl"
                wait("the AP", lambda: "state=ENABLED" in cli("hostapd_cli", control, "status"))
                monitor = ground.client(control / "wlan0", attached=True)
                assert [monitor.ask(order) for order in ("DISABLE", "ENABLE")] == ["OK\n"] * 2
                return [without_level(line) for line in monitor.until("AP-ENABLED")]
        finally:
            ground.close()

    theirs = told(tmp_path / "real", real("hostapd"))
    assert any("PTK0" in line for line in theirs) is (warns and bool(security))
    assert told(tmp_path / "ours", ours("hostapd")) == theirs
