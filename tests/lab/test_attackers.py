"""reaver and bully, which guess an access point's PIN, against ours and the real hostapd.

The AP PIN's lock (README-WPS-access-point, External operations) stops them: three wrong guesses
lock setup, and ten of them for good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bystander import Bystander

from harness.lab import Bss, Lab
from harness.lab.devices.interface import AccessPointDevice
from harness.lab.scene import Setting
from harness.radio.hwsim import HwsimAir
from harness.wire.dot11.frames import Beacon
from harness.wire.wsc import M4, M6, M7
from vm import packages

REASON = HwsimAir.usable()
MISSING = [name for name in ("reaver", "bully", "pixiewps") if packages.find(name) is None]
pytestmark = [
    pytest.mark.skipif(REASON is not None, reason=f"mac80211_hwsim: {REASON}"),
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}"),
]
PIN, NOT_SOON_GUESSED = "12345670", "83516743"
HOME = Bss(ssid="home", passphrase="correct horse", wps=True)
FREQUENCY, CHANNEL = 2412, 1
FAILURES_UNTIL_LOCKED, FAILURES_UNTIL_LOCKED_FOR_GOOD = 3, 10
IN_ORDER = {"reaver": (), "bully": ("-S",)}
"""What makes them guess in an order: by chance the first guess might be right."""

LOCKED, STOPPED_FOR_S, LOCKED_WITHIN_S = "WPS-AP-SETUP-LOCKED", 40.0, 300.0
PERSISTENT = {
    "reaver": (("-L", "-d", "30"), 600.0),
    "bully": (("-L", "-1", "30,1"), 120.0),
}
"""What makes them go on in spite of the lock, with some seconds between guesses; and how long.

bully tries so often in vain that more of it takes minutes of real time.
"""

ATTACKERS = ("reaver", "bully")
ACCESS_POINTS = ("airproof", "airproof-daemon", "hostapd")
everyone = pytest.mark.parametrize(
    ("attacker", "stage"), [(a, b) for a in ATTACKERS for b in ACCESS_POINTS], indirect=["stage"]
)


@pytest.fixture
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    made = Lab(Setting("hwsim", request.param, "airproof", "1", tmp_path), HwsimAir())
    yield made
    made.close()


def attack(
    stage: Lab,
    ap: AccessPointDevice,
    program: str,
    *options: str,
    within: float,
    folder: Path,
    enough: Callable[[], bool] = lambda: False,
) -> str:
    """Let one of the programs attack; gives what it printed."""
    name = ap.address.hex()  # both go on where the last attack on that address ended
    Path(f"/var/lib/reaver/{name.upper()}.wpc").unlink(missing_ok=True)
    for suffix in ("pins", "run"):
        Path(f"~/.bully/{name}.{suffix}").expanduser().unlink(missing_ok=True)
    bystander = Bystander(stage, folder)
    bystander.monitor(CHANNEL)
    bssid, channel = str(ap.address), str(CHANNEL)
    if program == "reaver":
        arguments = ["-i", bystander.interface, "-b", bssid, "-c", channel, "-vv", *options]
    else:
        arguments = ["-b", bssid, "-c", channel, "-v", "4", "--nofcs", "--noacks", *options]
        arguments.append(bystander.interface)
    return bystander.run(program, arguments, within, enough)


@everyone
def test_who_knows_the_pin_learns_the_settings(stage: Lab, attacker: str, tmp_path: Path) -> None:
    ap = stage.ap(HOME, keys={"ap_pin": PIN}, frequency=FREQUENCY)
    known = PIN if attacker == "reaver" else PIN[:-1]  # bully adds the checksum
    said = attack(stage, ap, attacker, "-p", known, within=120, folder=tmp_path)
    assert "correct horse" in said, said
    stage.air.expect(M7, from_=ap, within=0)


@everyone
def test_the_lock_stops_who_guesses(stage: Lab, attacker: str, tmp_path: Path) -> None:
    ap = stage.ap(HOME, keys={"ap_pin": NOT_SOON_GUESSED}, frequency=FREQUENCY)

    def locked_for_long() -> bool:
        locked = (each.t for each in ap.control_events if each.text.startswith(LOCKED))
        return any(stage.world.now() > at + STOPPED_FOR_S for at in locked)

    said = attack(
        stage, ap, attacker, *IN_ORDER[attacker], within=LOCKED_WITHIN_S, folder=tmp_path,
        enough=locked_for_long,
    )  # fmt: skip
    ap.expect_event(LOCKED, within=0)
    stage.air.expect(Beacon, from_=ap, where=lambda beacon: beacon.wsc.ap_setup_locked, within=0)
    stage.air.refuse(M6, from_=ap)
    stage.air.refuse(M7, from_=ap)
    assert stage.air.count(M4, to=ap) == FAILURES_UNTIL_LOCKED, said
    assert "correct horse" not in said


@everyone
def test_who_ignores_the_lock_gets_ten_guesses(stage: Lab, attacker: str, tmp_path: Path) -> None:
    ap = stage.ap(HOME, keys={"ap_pin": NOT_SOON_GUESSED}, frequency=FREQUENCY)
    options, within = PERSISTENT[attacker]
    options = (*IN_ORDER[attacker], *options)
    said = attack(stage, ap, attacker, *options, within=within, folder=tmp_path)
    wrong = [event for event in ap.control_events if event.text.startswith("WPS-FAIL msg=8")]
    assert FAILURES_UNTIL_LOCKED <= len(wrong) <= FAILURES_UNTIL_LOCKED_FOR_GOOD, said[-2000:]
    stage.air.refuse(M7, from_=ap)
    assert "correct horse" not in said


@pytest.mark.parametrize("stage", ACCESS_POINTS, indirect=True)
def test_reaver_with_pixiewps_finds_no_pin(stage: Lab, tmp_path: Path) -> None:
    ap = stage.ap(HOME, keys={"ap_pin": NOT_SOON_GUESSED}, frequency=FREQUENCY)
    said = attack(stage, ap, "reaver", "-K", within=120, folder=tmp_path)
    assert "WPS pin not found" in said, said
    assert NOT_SOON_GUESSED not in said
