"""What wpa_cli is asked and told while a connection comes about: the real program and ours."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from difflib import unified_diff
from functools import partial
from pathlib import Path

import cli_stage
import pytest
from cli_stage import Lab, needs_lab
from programs import obey, wait

from vm import packages

pytestmark = needs_lab

SAE_CONFIG = cli_stage.AP_CONFIG.replace("=WPA-PSK\n", "=WPA-PSK SAE\nieee80211w=1\n")
Events = Callable[[], list[str]]
ABSENT = ("CTRL-EVENT-DSCP-POLICY", "CTRL-EVENT-SUBNET-STATUS-UPDATE")
"""Of features that are not built here."""
RULES = "CTRL-EVENT-REGDOM-CHANGE"
CHANCES = ("CTRL-EVENT-SCAN-STARTED", "CTRL-EVENT-BSS-", "WPS-AP-AVAILABLE", RULES)
"""How often one scans and when is each program's own affair; after a loss the kernel takes back
rules for radios if it finds them all at rest just then.
"""


def heard(lab: Lab, events: Events) -> list[str]:
    """The events that both programs should tell of, those that come again at once taken as one."""
    found: list[str] = []
    for line in events():
        if line.startswith((*ABSENT, *CHANCES)):
            continue
        if line not in found[-2:]:
            found.append(line)
    return found


def passphrase_is_asked_for(lab: Lab, events: Events) -> list[str]:
    lab.ask("add_network")
    lab.ask('raw SET_NETWORK 0 ssid "wps test"')
    lab.ask("raw SET_NETWORK 0 mem_only_psk 1")
    lab.ask("select_network 0")
    wait("the question", lambda: any("CTRL-REQ" in line for line in events()))
    answers = [
        lab.ask("list_networks"),
        lab.ask("psk_passphrase 0 12345678"),
        lab.ask('psk_passphrase 0 "1234567"'),
        lab.ask('psk_passphrase 9 "12345678"'),
        lab.ask('psk_passphrase 0 "12345678"'),
    ]
    lab.until("wpa_state=COMPLETED")
    lab.ask("save_config")
    text = (lab.folder / "sta.conf").read_text()
    kept = [line for line in text.splitlines() if "psk" in line]
    return [*answers, lab.ask("list_networks"), lab.ask("get_network 0 psk"), *kept]


def signal_is_watched(lab: Lab, events: Events) -> list[str]:
    def newest(kind: str) -> str:
        return next((line for line in reversed(events()) if line.startswith(kind)), "")

    def is_newest(change: str) -> bool:
        return change in newest("CTRL-EVENT-SIGNAL-CHANGE")

    answers = [lab.ask("signal_monitor THRESHOLD=-45 HYSTERESIS=3")]
    lab.ask("add_network")
    lab.ask('raw SET_NETWORK 0 ssid "wps test"')
    lab.ask('raw SET_NETWORK 0 psk "12345678"')
    lab.ask("select_network 0")
    for power, above in ((2000, 1), (0, 0), (2000, 1)):
        set_power(lab, power)
        told = f"CTRL-EVENT-SIGNAL-CHANGE above={above}"
        wait(told, partial(is_newest, told))
    answers.append(lab.ask("signal_monitor"))
    return answers


def address_is_drawn(lab: Lab, events: Events) -> list[str]:
    """What becomes of the address, and that the AP knows the station by it."""
    lab.ask("add_network")
    lab.ask('raw SET_NETWORK 0 ssid "wps test"')
    lab.ask('raw SET_NETWORK 0 psk "12345678"')
    seen = [str(lab.sta.address)]
    told = []

    def join(*settings: str) -> None:
        for words in settings:
            assert lab.ask(words) == "OK\n"
        lab.ask("reconnect")
        lab.until("wpa_state=COMPLETED")
        note()
        told.append(str(lab.ask_ap("all_sta").startswith(seen[-1])))
        lab.ask("disconnect")

    def scan(*settings: str) -> None:
        for words in settings:
            assert lab.ask(words) == "OK\n"
        before = results()
        assert lab.ask("raw SCAN freq=2412 TYPE=ONLY") == "OK\n"
        wait("its end", lambda: results() > before)
        note()

    def results() -> int:
        return sum("CTRL-EVENT-SCAN-RESULTS" in line for line in events())

    def note() -> None:
        seen.append(lab.named_back(fields(lab.ask("status"))["address"]))
        told.append(kind(seen[-1], seen[-2], seen[0]))

    lab.ask("select_network 0")
    lab.until("wpa_state=COMPLETED")
    lab.ask("disconnect")
    join("raw SET_NETWORK 0 mac_addr 1")
    lab.ask("add_network")
    lab.ask('raw SET_NETWORK 1 ssid "wps test"')
    lab.ask('raw SET_NETWORK 1 psk "12345678"')
    lab.ask("raw DISABLE_NETWORK 0")
    lab.ask("raw ENABLE_NETWORK 1 no-connect")
    join("raw SET_NETWORK 1 mac_addr 1")
    join("raw SET_NETWORK 1 mac_addr 0")
    scan("set preassoc_mac_addr 1", "set rand_addr_lifetime 0")
    scan("set preassoc_mac_addr 2", "set rand_addr_lifetime 60")
    scan()
    scan("set preassoc_mac_addr 0")
    join()
    return told


def keys_are_kept(lab: Lab, events: Events) -> list[str]:
    """The keys of SAE: kept for the next association, and let go."""
    lab.ask("add_network")
    lab.ask('raw SET_NETWORK 0 ssid "wps test"')
    lab.ask('raw SET_NETWORK 0 sae_password "12345678"')
    lab.ask("raw SET_NETWORK 0 key_mgmt SAE")
    lab.ask("raw SET_NETWORK 0 ieee80211w 2")
    lab.ask("select_network 0")
    lab.until("wpa_state=COMPLETED")
    told = [str(len(lab.ask("pmksa").splitlines()))]

    def again(words: str) -> None:
        count = sum("CTRL-EVENT-CONNECTED" in line for line in events())
        told.append(lab.ask(words))
        wait(words, lambda: sum("CTRL-EVENT-CONNECTED" in line for line in events()) > count)
        told.append(str(len(lab.ask("pmksa").splitlines())))

    again("reassociate")
    again("pmksa_flush")
    again("raw SET_NETWORK 0 id_str \"home\"")
    told.append(lab.ask("remove_network 0"))
    told.append(lab.ask("pmksa"))
    return told


def the_current_network_is_removed(lab: Lab, events: Events) -> list[str]:
    lab.ask("add_network")
    lab.ask('raw SET_NETWORK 0 ssid "wps test"')
    lab.ask('raw SET_NETWORK 0 psk "12345678"')
    lab.ask("select_network 0")
    lab.until("wpa_state=COMPLETED")
    told = [lab.ask("remove_network 0")]
    for name in ("NETWORK-REMOVED", "CTRL-EVENT-DISCONNECTED"):
        wait(name, lambda name=name: any(name in line for line in events()))
    return told


def the_access_point_is_lost(lab: Lab, events: Events) -> list[str]:
    lab.ask("add_network")
    lab.ask('raw SET_NETWORK 0 ssid "wps test"')
    lab.ask('raw SET_NETWORK 0 psk "12345678"')
    lab.ask("select_network 0")
    lab.until("wpa_state=COMPLETED")
    space = f"--net=/run/netns/{lab.ap.namespace}"
    subprocess.run(["nsenter", space, "ip", "link", "set", "wlan0", "down"], check=True)
    wait("its loss", lambda: any("CTRL-EVENT-DISCONNECTED" in line for line in events()))
    return [lab.ask("disconnect")]


def other_rules_hold(lab: Lab, events: Events) -> list[str]:
    """Somebody sets the country, and takes it back."""
    told = []

    def has_come(since: int) -> bool:
        return any(RULES in line for line in events()[since:])

    for country in ("US", "00"):
        before = len(events())
        obey(country)
        wait(country, partial(has_come, before))
        told += [line for line in events()[before:] if line.startswith(RULES)][:1]
    return told


def fields(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines())


def kind(address: str, before: str, permanent: str) -> str:
    """In words: which address it is, so that two runs can be compared."""
    if address == permanent:
        return "permanent"
    of = "of its maker" if address[:8] == permanent[:8] else "random"
    return f"the same {of}" if address == before else f"another {of}"


def set_power(lab: Lab, power: int) -> None:
    """How loud the AP is, in mBm: its signal is 50 dB less."""
    iw = packages.program("iw")
    subprocess.run(
        ["nsenter", f"--net=/run/netns/{lab.ap.namespace}", str(iw.path), "dev", "wlan0",
         "set", "txpower", "fixed", str(power)],
        env={**os.environ, **iw.env}, check=True,
    )  # fmt: skip


SCRIPTS = (
    passphrase_is_asked_for,
    signal_is_watched,
    address_is_drawn,
    keys_are_kept,
    the_current_network_is_removed,
    the_access_point_is_lost,
    other_rules_hold,
)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_both_say_the_same(
    tmp_path: Path,
    script: Callable[[Lab, Events], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = {}
    if script is keys_are_kept:
        monkeypatch.setattr(cli_stage, "AP_CONFIG", SAE_CONFIG)
    for kind in ("real", "ours"):
        lab = Lab(kind, tmp_path)
        try:
            with lab.monitored() as events:
                answers = script(lab, events)
                found[kind] = [*answers, *heard(lab, events)]
        finally:
            lab.close()
    difference = unified_diff(found["real"], found["ours"], "real", "ours", lineterm="")
    assert found["ours"] == found["real"], "\n".join(difference)
