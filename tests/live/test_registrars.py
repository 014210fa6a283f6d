"""External registrars over EAP: our access point with the real station, ours with the real AP.

What both programs tell is compared line by line with what the two real programs tell of the same
commands, in the kernel lab. README-WPS-access-point and -station, "External operations".
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from programs import kernel_lab
from registrar_ground import Pair, messages, pair

from harness.radio.capture import write_pcapng
from harness.radio.interface import CapturedFrame
from harness.wire.wsc.check import check_message
from harness.wire.wsc.messages import MESSAGES, message_type

pytestmark = kernel_lab("hostapd", "wpa_supplicant")

OTHER_MATTERS = (
    "CTRL-EVENT-SUBNET-STATUS-UPDATE", "CTRL-EVENT-DSCP-POLICY", "CTRL-EVENT-REGDOM-CHANGE",
)  # fmt: skip
"""Lines that our station does not have, or that the kernel brings when it likes."""

KEY_WRAP = re.compile("101e0008[0-9a-f]{16}$")
"""Other keys, another authenticator."""

UNTOLD = ("EAPOL-4WAY-HS-COMPLETED",)
"""hostapd 2.10 does not tell of a handshake any more once new settings have come."""

Script = Callable[[Pair], list[str]]
Heard = dict[str, tuple[CapturedFrame, ...]]


class Tale:
    """What came of a script: replies, what each end told, and the WSC messages."""

    def __init__(self, ran: Pair, replies: list[str]) -> None:
        self.replies = [ran.anonymous(reply) for reply in replies]
        self.ap = told(ran, ran.ap.told)
        self.station = told(ran, ran.sta.told)
        self.frames = tuple(ran.air.frames)
        self.messages = [octets for _, octets in messages(self.frames)]
        self.names = [MESSAGES[message_type(octets) or 0].NAME for octets in self.messages]


def told(ran: Pair, events: list[tuple[float, str]]) -> list[str]:
    lines = [KEY_WRAP.sub("101e0008<wrap>", ran.anonymous(line)) for _, line in events]
    return [line for line in lines if not line.startswith((*OTHER_MATTERS, *UNTOLD))]


ENDS = ("CTRL-EVENT-NETWORK-REMOVED", "CTRL-EVENT-CONNECTED")


def register(ran: Pair, pin: str, rest: str = "") -> str:
    """Give the order, and wait until the station is through with it, and a moment longer."""
    ran.listen()
    before = len(ran.sta.told)
    reply = ran.sta.ask(f"WPS_REG {ran.bssid} {pin}{rest}")
    if reply == "OK\n":
        ran.wait(
            "the end", lambda: any(line.startswith(ENDS) for _, line in ran.sta.told[before:])
        )
        ran.let_pass(1.0)
    return reply


def learn(ran: Pair) -> list[str]:
    reply = register(ran, "12345670")
    fields = [
        line for line in ran.ap.ask(f"STA {ran.station}").splitlines() if line.startswith("wps")
    ]
    status = ran.ap.ask("WPS_GET_STATUS")
    return [reply, ran.sta.ask("LIST_NETWORKS"), status, *fields]


def guess(ran: Pair) -> list[str]:
    pins = ("99995670", "12349990", "12340000", "12340000", "12345670")
    replies = [register(ran, pin) for pin in pins]
    bss = ran.sta.ask(f"BSS {ran.bssid}").splitlines()
    replies += [line for line in bss if line.startswith(("wps_ap_setup", "wps_state", "flags"))]
    replies += [ran.ap.ask("WPS_GET_STATUS"), ran.ap.ask("WPS_AP_PIN get")]
    replies.append(ran.ap.ask("WPS_AP_PIN set 12345670 2"))
    ran.let_pass(3.0)
    return [*replies, ran.ap.ask("WPS_AP_PIN get"), ran.sta.ask("LIST_NETWORKS")]


def give_what_nobody_takes(ran: Pair) -> list[str]:
    orders = (
        " 61 FOO CCMP 6161616161616161",
        " 61 WPA2PSK WEP 6161616161616161",
        " 6x WPA2PSK CCMP 6161616161616161",
        " 61 WPA2PSK CCMP",
        " 61",
    )
    replies = [register(ran, "12345670", order) for order in orders]
    return [*replies, ran.sta.ask("LIST_NETWORKS"), ran.ap.ask("WPS_GET_STATUS")]


def be_shut_out(ran: Pair) -> list[str]:
    replies = [register(ran, "12345670"), ran.ap.ask("WPS_AP_PIN disable")]
    replies.append(register(ran, "12345670"))
    replies.append(ran.ap.ask("WPS_AP_PIN set 12345670"))
    replies.append(register(ran, "12345670"))
    return [*replies, ran.sta.ask("LIST_NETWORKS")]


def configure(rest: str) -> Script:
    def run(ran: Pair) -> list[str]:
        reply = register(ran, "12345670", rest)
        shown = [ran.sta.ask("LIST_NETWORKS"), ran.ap.ask("WPS_GET_STATUS")]
        file = (ran.folder / "ap.conf").read_text().replace(str(ran.folder), "<folder>")
        return [reply, *shown, ran.ap.ask("GET_CONFIG"), file]

    return run


NEW = " 72656e616d6564 WPA2PSK CCMP 6e6577736563726574"
OLD_TYPES = " 72656e616d6564 WPAPSK TKIP 6e6577736563726574"

# fmt: off
SCRIPTS: dict[str, tuple[Script, str, str]] = {
    "learn": (learn, "ap_pin=12345670\n", ""),
    "learn-hex": (learn, "ap_pin=12345670\n", "wps_cred_processing=2\n"),
    "learn-for-another-program": (learn, "ap_pin=12345670\n", "wps_cred_processing=1\n"),
    "guess": (guess, "ap_pin=12345670\n", ""),
    "unfit": (give_what_nobody_takes, "ap_pin=12345670\n", ""),
    "locked": (be_shut_out, "ap_pin=12345670\nap_setup_locked=1\n", ""),
    "learn-only": (learn, "ap_pin=12345670\nap_setup_locked=2\n", ""),
    "configure": (configure(NEW), "ap_pin=12345670\n", ""),
    "configure-hex": (
        configure(NEW), "ap_pin=12345670\nwps_cred_processing=2\n", "wps_cred_processing=2\n",
    ),
    "configure-for-another-program": (
        configure(NEW), "ap_pin=12345670\nwps_cred_processing=1\n", "wps_cred_processing=1\n",
    ),
    "configure-old-types": (configure(OLD_TYPES), "ap_pin=12345670\n", ""),
    "configure-short-key": (
        configure(" 72656e616d6564 WPA2PSK CCMP 616161"), "ap_pin=12345670\n", "",
    ),
    "configure-locked": (configure(NEW), "ap_pin=12345670\nap_setup_locked=2\n", ""),
}
# fmt: on


def play(folder: Path, name: str, *, real_ap: bool, real_station: bool) -> Tale:
    script, ap_lines, station_lines = SCRIPTS[name]
    with pair(
        folder,
        real_ap=real_ap,
        real_station=real_station,
        ap_lines=ap_lines,
        station_lines=station_lines,
    ) as ran:
        return Tale(ran, script(ran))


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Tale]:
    """What the two real programs tell, once for all tests."""

    @cache
    def told_by(name: str) -> Tale:
        folder = tmp_path_factory.mktemp("real") / name
        return play(folder, name, real_ap=True, real_station=True)

    return told_by


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("ours", ["ap", "station"])
def test_both_ends_tell_what_the_real_programs_tell(
    name: str,
    ours: str,
    real: Callable[[str], Tale],
    on_air: Heard,
    tmp_path: Path,
) -> None:
    expected = real(name)
    found = play(
        tmp_path / name, name, real_ap=ours != "ap", real_station=ours != "station"
    )
    assert found.ap == expected.ap
    assert found.station == expected.station
    assert found.replies == expected.replies
    assert found.names == expected.names
    assert [check_message(octets) for octets in found.messages] == [[]] * len(found.messages)
    on_air[f"{ours}-{name}"] = found.frames


@pytest.fixture(scope="module")
def on_air(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heard]:
    """What was sent in each test. tshark reads it all at the end, for its start outlasts a test.

    Only when something is wrong there, each test's frames are read apart to name the test.
    """
    heard: Heard = {}
    yield heard
    capture = tmp_path_factory.mktemp("air") / "air.pcapng"
    if malformed(capture, chain.from_iterable(heard.values())):
        assert {name: said for name in heard if (said := malformed(capture, heard[name]))} == {}


def malformed(capture: Path, frames: Iterable[CapturedFrame]) -> list[str]:
    """What tshark can't read."""
    write_pcapng(capture, frames)
    assert shutil.which("tshark"), "tshark is missing: ./airproof test gets it"
    found = subprocess.run(
        ["tshark", "-r", str(capture), "-Y", "_ws.malformed"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return found.stdout.splitlines()
