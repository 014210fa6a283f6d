"""Passwords of SAE that are asked for by an identifier: both programs beside the real ones.

On the kernel's simulated radios. Stations are compared in the networks of the real hostapd, access
points by what the real station sees and says of them.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ap_ground import Ground, needs_lab
from programs import Monitor, ours, real
from test_ap_mode_against_wpa_supplicant import Ground as Programs
from test_ap_mode_against_wpa_supplicant import ground as programs
from test_station_against_hostapd import Stage, same

from harness.wire.dot11 import extended_capabilities
from harness.wire.dot11.elements import ELEMENT_EXTENDED_CAPABILITIES, ELEMENT_RSNX, Elements
from harness.wire.sae import BSS_SELECTOR_H2E_ONLY

pytestmark = needs_lab

RSN = "ssid=home\nwpa=2\nrsn_pairwise=CCMP\n"
BY_SAE = RSN + "wpa_key_mgmt=SAE\nieee80211w=2\n"
BY_EITHER = RSN + "wpa_key_mgmt=SAE WPA-PSK\nieee80211w=1\n"
GUEST = "sae_password=asked for|id=guest\n"
COMMON = "sae_password=common one\n"
KEY = 64 * "5"
OF_THE_MOMENT = ("BSS-ADDED", "SCAN-", "SUBNET-STATUS", "REGDOM")


def network(*keys: str) -> str:
    return "network={\n" + "".join(f"{key}\n" for key in ('ssid="home"', *keys)) + "}\n"


ASKING = network(
    'sae_password="asked for"', 'sae_password_id="guest"', "key_mgmt=SAE", "ieee80211w=2"
)
EITHER = ("key_mgmt=SAE WPA-PSK", "ieee80211w=1", 'psk="correct horse"')


def events(stage: Stage, lines: list[str]) -> list[str]:
    kept = [line for line in lines if not any(word in line for word in OF_THE_MOMENT)]
    return stage.named(kept)


def joined(stage: Stage, monitor: Monitor) -> tuple[list[str], list[str], bool]:
    told = events(stage, monitor.until("CTRL-EVENT-CONNECTED"))
    return told, stage.status(), stage.reaches()


@pytest.mark.parametrize(
    ("keys", "habits"),
    [
        (GUEST, ""),
        (GUEST + COMMON, "sae_pwe=2\n"),
        (GUEST + "sae_pwe=1\n", ""),
        (GUEST + "sae_groups=19\n", "sae_groups=21 20 19\n"),
    ],
    ids=["alone", "beside a common one", "hash-to-element alone", "in the third group"],
)
def test_joined_by_an_identifier(tmp_path: Path, keys: str, habits: str) -> None:
    _, status, works = same(tmp_path, (BY_SAE + keys,), habits + ASKING, joined)
    assert {"sae_h2e=1", "sae_group=19"} <= set(status)
    assert works is True


def refused(stage: Stage, monitor: Monitor) -> list[str]:
    told = monitor.until("CTRL-EVENT-SSID-TEMP-DISABLED") + monitor.until("SSID-REENABLED")
    return events(stage, told + monitor.until("CTRL-EVENT-SSID-TEMP-DISABLED"))


def test_an_identifier_that_the_access_point_does_not_know(tmp_path: Path) -> None:
    """With the network's rests between the attempts."""
    profile = ASKING.replace('"guest"', '"other"')
    said = same(tmp_path, (BY_SAE + GUEST + COMMON,), profile, refused)
    assert isinstance(said, list)
    unknown = "CTRL-EVENT-SAE-UNKNOWN-PASSWORD-IDENTIFIER <ap>"
    assert said.count(unknown) == 5


def found_or_not(stage: Stage, monitor: Monitor) -> bool:
    """What comes of the first scan that saw the access point."""
    monitor.until("CTRL-EVENT-BSS-ADDED")
    told = events(stage, monitor.told(2.0))
    return "CTRL-EVENT-NETWORK-NOT-FOUND " in told


@pytest.mark.parametrize(
    ("keys", "profile", "suits"),
    [
        (BY_SAE, network(*EITHER, 'sae_password_id="guest"'), False),
        (BY_EITHER, network(*EITHER, 'sae_password_id="guest"'), False),
        (RSN, network(*EITHER, 'sae_password_id="guest"'), False),
        (RSN, "sae_pwe=1\n" + network(*EITHER), False),
        (RSN, "sae_pwe=2\n" + network(*EITHER), True),
        (BY_SAE + GUEST, network(*EITHER), False),
        (BY_SAE + GUEST + COMMON, network(*EITHER), True),
        (BY_EITHER + GUEST + f"wpa_psk={KEY}\n", network(*EITHER), False),
        (
            BY_EITHER + GUEST + f"wpa_psk={KEY}\n",
            network("key_mgmt=WPA-PSK", f"psk={KEY}"),
            True,
        ),
    ],
)
def test_which_access_points_suit(tmp_path: Path, keys: str, profile: str, suits: bool) -> None:
    assert same(tmp_path, (keys,), profile, found_or_not) is not suits


QUESTIONS = (
    'SET_NETWORK 0 sae_password_id "guest"', 'SET_NETWORK 0 sae_password_id ""',
    "SET_NETWORK 0 sae_password_id 616263", 'SET_NETWORK 0 sae_password_id "a b#"',
    "SET_NETWORK 0 sae_password_id c3a9", "SET_NETWORK 0 sae_password_id abc",
    'SET_NETWORK 0 sae_password_id "open', "SET_NETWORK 0 sae_password_id NULL",
    'SET_NETWORK 0 sae_password_id "last"',
)  # fmt: skip


def values(stage: Stage, monitor: Monitor) -> tuple[list[str], list[str]]:
    said = []
    for question in QUESTIONS:
        said += [question, monitor.ask(question), monitor.ask("GET_NETWORK 0 sae_password_id")]
    said.append(monitor.ask("SAVE_CONFIG"))
    text = (stage.folder / "sta.conf").read_text()
    return said, re.findall(r"sae_password_id=.*", text)


def test_values_of_the_key_and_the_file(tmp_path: Path) -> None:
    profile = "update_config=1\n" + network("key_mgmt=SAE", 'sae_password="x"', "disabled=1")
    _, written = same(tmp_path, (BY_SAE,), profile, values)
    assert written == ['sae_password_id="last"']


# ---- access points ------------------------------------------------------------------------------


def capabilities(shown: str) -> tuple[list[bool], str, bool]:
    """What `BSS` shows of identifiers, the RSNXE, and whether hash-to-element is asked for."""
    (octets,) = re.findall(r"^ie=(.*)$", shown, re.MULTILINE)
    elements = Elements(bytes.fromhex(octets))
    told = elements.get(ELEMENT_EXTENDED_CAPABILITIES)
    bits = (
        extended_capabilities.SAE_IDENTIFIERS_IN_USE,
        extended_capabilities.SAE_IDENTIFIERS_ALONE,
    )
    rsnxe = elements.get(ELEMENT_RSNX) or b""
    asked = BSS_SELECTOR_H2E_ONLY in elements.rates
    return [extended_capabilities.has(told, bit) for bit in bits], rsnxe.hex(), asked


AP = "driver=nl80211\nctrl_interface={folder}/ctl\ninterface=wlan0\nchannel=1\nhw_mode=g\n"


@pytest.mark.parametrize(
    ("passwords", "bits"),
    [
        (GUEST, [True, True]),
        (GUEST + COMMON, [True, False]),
        (GUEST + "wpa_passphrase=correct horse\n", [True, False]),
        (GUEST + "sae_password=of one|mac=02:00:00:00:00:77\n", [True, False]),
        (COMMON, [False, False]),
        (COMMON + "sae_pwe=1\n", [False, False]),
    ],
    ids=["alone", "common", "passphrase", "of one station", "none", "hash-to-element alone"],
)
def test_what_an_access_point_says_of_identifiers(
    tmp_path: Path, passwords: str, bits: list[bool]
) -> None:
    seen = []
    for name, program in (("real", real()), ("ours", ours())):
        ground = Ground(tmp_path / name, program)
        try:
            config = ground.file("ap.conf", AP, BY_SAE + passwords)
            with ground.access_point(str(config)), ground.heard_station(ASKING) as monitor:
                joins = "guest" in passwords
                monitor.until("CTRL-EVENT-CONNECTED" if joins else "CTRL-EVENT-BSS-ADDED")
                shown = monitor.ask(f"BSS {ground.ap.address}")
                seen.append(capabilities(shown))
        finally:
            ground.close()
    assert seen[0] == seen[1]
    assert seen[0][0] == bits


def of_mode_2(at: Programs) -> tuple[list[bool], str, bool]:
    """Make an access point whose password has an identifier, and join it."""
    secret = ('sae_password "asked for"', 'sae_password_id "guest"', "key_mgmt SAE")
    common = ('ssid "home"', *secret, "ieee80211w 2")
    at.make("mode 2", "frequency 2412", "proto RSN", "pairwise CCMP", *common)
    number = at.sta.ask("ADD_NETWORK").strip()
    at.sta.order(*(f"SET_NETWORK {number} {key}" for key in common))
    at.sta.order(f"SELECT_NETWORK {number}")
    at.sta.until("CTRL-EVENT-CONNECTED")
    return capabilities(at.sta.ask(f"BSS {at.radios.ap.address}"))


def test_an_access_point_of_mode_2(tmp_path: Path) -> None:
    program = "wpa_supplicant"
    with programs(tmp_path / "real", real(program), real(program)) as at:
        theirs = of_mode_2(at)
    with programs(tmp_path / "ours", ours(program), ours(program)) as at:
        own = of_mode_2(at)
    assert own == theirs == ([True, True], "20", True)
