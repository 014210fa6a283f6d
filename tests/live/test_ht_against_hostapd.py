"""WMM and HT on the air and in the replies: ours against the real hostapd, with the same file.

The station is the real wpa_supplicant; what the kernel says of both ends is asked of iw.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from ap_comparison import Topic, compare
from ap_ground import Ground, needs_lab
from comparison import Explained
from programs import obey, wait
from test_against_hostapd import FIELDS_OF_NEWER, FIELDS_OF_STATIONS, VARYING

from harness.wire.dot11.elements import (
    ELEMENT_HT_CAPABILITIES,
    ELEMENT_HT_OPERATION,
    ELEMENT_RSN,
    ELEMENT_VENDOR_SPECIFIC,
)
from harness.wire.dot11.frames import (
    AssociationResponse,
    Beacon,
    Data,
    ProbeResponse,
    decode_frame,
)
from vm import packages

pytestmark = needs_lab

CONFIG = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=wps test
wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
wpa_passphrase=12345678
"""
LOW = "hw_mode=g\nchannel=6\n"
HIGH = "hw_mode=a\nchannel=36\nieee80211n=1\nht_capab=[HT40+][SHORT-GI-40]\n"
WMM = "wmm_enabled=1\nuapsd_advertisement_enabled=1\nwmm_ac_vi_acm=1\nwmm_ac_bk_cwmax=9\n"
HT = "ieee80211n=1\nht_capab=[SHORT-GI-20][GF]\n"
NETWORK = 'network={\nssid="wps test"\npsk="12345678"\n}\n'

CHANNEL = re.compile(r"<3>(.* cf2=0) .*")
"""The rest is of newer versions."""

OURS = (ELEMENT_RSN, ELEMENT_HT_CAPABILITIES, ELEMENT_HT_OPERATION, ELEMENT_VENDOR_SPECIFIC)
"""The elements that are compared; which of the others there are has nothing to do with these."""

OF_THE_KERNEL = re.compile(r"width: .*|WMM/WME:\s+\w+|MCS")
OF_THE_STATION = re.compile(r"^(?:wifi_generation|freq|WIDTH|CENTER_FRQ1|pairwise)=.*$", re.M)


def said_on_air(ground: Ground) -> str:
    """What each kind of frame had of those elements, in their order; which came first varies."""
    ground.air.advance(ground.air.now())
    seen: dict[str, None] = {}
    for captured in ground.air.frames:
        frame = decode_frame(captured.octets)
        if isinstance(frame, Beacon | ProbeResponse | AssociationResponse):
            own = [each for each in frame.elements.raw if each.id in OURS]
            text = " ".join(f"{each.id}:{each.value.hex()}" for each in own)
            seen[f"{type(frame).__name__} at {captured.frequency}: {text}"] = None
        elif isinstance(frame, Data) and frame.header.qos is not None:
            seen["Data with QoS"] = None
    return "".join(f"{line}\n" for line in sorted(seen))


def iw(ground: Ground, *words: str) -> str:
    found = packages.program("iw")
    enter = ["nsenter", f"--net=/run/netns/{ground.ap.namespace}", str(found.path)]
    env = {**os.environ, **found.env}
    command = [*enter, "dev", "wlan0", *words]
    said = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
    return "\n".join(OF_THE_KERNEL.findall(said))


def joins(lines: str, network: str = NETWORK, *orders: str) -> Topic:
    """A station joins, sends and gets data; then there are `orders` for the access point."""

    def topic(ground: Ground) -> None:
        ground.file("ap.conf", CONFIG + lines)
        with ground.access_point(str(ground.folder / "ap.conf")):
            ground.wait_for("state=ENABLED")
            ground.ask("status")
            monitor = ground.monitor()
            monitor.ask("ATTACH")
            with ground.station(network):
                ground.wait_for("[AUTHORIZED]", "all_sta")
                wait("it", lambda: "wpa_state=COMPLETED" in ground.station_cli("status"))
                ground.note("data", ground.exchange())
                ground.ask("status", "all_sta")
                ground.note("iw info", iw(ground, "info"))
                ground.note("iw station", iw(ground, "station", "dump"))
                theirs = ground.station_cli("status") + ground.station_cli("signal_poll")
                ground.note("station", "\n".join(OF_THE_STATION.findall(theirs)))
                for order in orders:
                    ground.ask(order)
                    if order.startswith("chan_switch"):
                        told = monitor.until("AP-CSA-FINISHED")
                        where = [CHANNEL.sub(r"\1", line) for line in told if "CHANNEL" in line]
                        ground.note("events", "\n".join(where))
                        ground.ask("status")
                        ground.air.advance(ground.air.now() + 0.3)  # its next Beacons
                        ground.note("iw info", iw(ground, "info"))
        ground.note("air", said_on_air(ground))

    return topic


RATES = frozenset({"rx_rate_info", "tx_rate_info"})


@pytest.mark.parametrize(
    ("lines", "network", "orders"),
    [
        (
            LOW + HT + WMM,
            NETWORK,
            (
                "set wmm_ac_be_aifs 4",
                "chan_switch 5 2412 ht sec_channel_offset=1 bandwidth=40",
                "chan_switch 5 2437",
            ),
        ),
        (LOW + HT, NETWORK.replace("}", "disable_ht=1\n}"), ()),
        (HIGH, NETWORK, ()),
    ],
    ids=["20 MHz", "a station without HT", "40 MHz"],
)
def test_both_say_the_same(
    lines: str, network: str, orders: tuple[str, ...], tmp_path: Path
) -> None:
    obey("US")
    fields = {**FIELDS_OF_NEWER, **FIELDS_OF_STATIONS}
    explained = Explained(fields, varying=VARYING | RATES)
    compare(tmp_path, joins(lines, network, *orders), explained)
