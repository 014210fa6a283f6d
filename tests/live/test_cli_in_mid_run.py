"""What stops the station's EAP or its scan half-way: the real wpa_supplicant and ours."""

from __future__ import annotations

import time
from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path

import pytest
from cli_stage import needs_lab
from held_ap import HeldLab
from programs import wait
from test_cli_during_enrolment import M3_SENT, begin, told

pytestmark = needs_lab

Events = Callable[[], list[str]]
Script = Callable[[HeldLab, Callable[[], None], Events], list[str]]


def in_mid_run(lab: HeldLab, events: Events) -> int:
    """Let an enrolment begin and stand still; gives how many events there were until then."""
    begin(lab, M3_SENT, events)
    return len(events())


def joins(events: Events) -> int:
    return sum(line.startswith("Associated with") for line in events())


def it_is_logged_off_and_on(lab: HeldLab, another: Callable[[], None], events: Events) -> list[str]:
    before = in_mid_run(lab, events)
    said = [lab.ask("logoff")]
    for _ in range(2):
        associations = joins(events)
        another()
        wait("another association", lambda number=associations: joins(events) > number)  # type: ignore[misc]
    wait("its end", lambda: "DISCONNECTED" in events()[-1] or "SCAN-STARTED" in events()[-1])
    said.append(lab.ask("logon"))
    another()
    wait("EAP", lambda: any("EAP-METHOD" in line for line in events()[before:]))
    lines = told(events()[before:]).splitlines()
    once = [line for at, line in enumerate(lines) if line not in lines[:at]]
    return [*said, *once, eapol(lab)]


def the_access_point_sends_it_away(
    lab: HeldLab, another: Callable[[], None], events: Events
) -> list[str]:
    before = in_mid_run(lab, events)
    another()
    lab.ask_ap(f"deauthenticate {lab.sta.address}")
    wait("EAP again", lambda: any("EAP-METHOD" in line for line in events()[before:]))
    return told(events()[before:]).splitlines()


def its_scan_is_aborted(lab: HeldLab, another: Callable[[], None], events: Events) -> list[str]:
    """What the part of it has seen is used."""
    lab.ask_ap("wps_pbc")
    said = [lab.ask("wps_pbc")]
    time.sleep(1.0)
    said += [lab.ask("abort_scan"), lab.ask("abort_scan")]
    wait("an association", lambda: joins(events))
    order = [line for line in events() if "SCAN" in line or line.startswith("Associated")]
    lab.ask("wps_cancel")
    said += [lab.ask("abort_scan"), lab.ask("scan")]
    time.sleep(0.5)
    said.append(lab.ask("abort_scan"))
    time.sleep(0.5)
    return [*said, *order, lab.ask("scan_results")]


def its_scans_lead_nowhere(lab: HeldLab, another: Callable[[], None], events: Events) -> list[str]:
    """There is no network to look for."""
    for number, words in enumerate(("raw SCAN freq=2412", "raw SCAN freq=2412 TYPE=ONLY"), 1):
        lab.ask(words)
        wait("its word", lambda number=number: sum("FOUND" in one for one in events()) == number)  # type: ignore[misc]
    lab.ask("disconnect")
    lab.ask("raw SCAN freq=2412")
    wait("results", lambda: sum("SCAN-RESULTS" in one for one in events()) == 3)
    time.sleep(0.3)
    return [line for line in events() if "DSCP-POLICY" not in line]


def its_network_is_changed(lab: HeldLab, another: Callable[[], None], events: Events) -> list[str]:
    in_mid_run(lab, events)
    return [f"{words}: {lab.ask(words)}" for words in CHANGES]


CHANGES = (
    "bssid 0 <ap>", "get_network 0 bssid", "set_network 0 priority 3", "get_network 0 priority",
    "set_network 0 bssid 02:00:00:00:00:99", "set_network 0 ssid \"abc\"", "get_network 0 ssid",
    "set_network 0 fragment_size 300", "get_network 0 fragment_size", "set_network 0 eap WSC",
    "set_network 0 psk \"12345678\"", "get_network 0 psk", "set_network 0 id_str \"hey\"",
    "set_network 0 multi_ap_backhaul_sta 1", "dup_network 0 0 ssid", "set_network 0 foo 1",
    "set_network 0 disabled 1", "get_network 0 disabled", "list_networks",
    "get_network 0 key_mgmt", "get_network 0 phase1",
)  # fmt: skip


def eapol(lab: HeldLab) -> str:
    """Which kinds of EAPOL frames the station sent, repeated ones taken as one."""
    lab.air.advance(lab.air.now())
    kinds: list[str] = []
    for frame in lab.air.frames:
        header, found, eapol = frame.octets.partition(bytes.fromhex("aaaa03000000888e"))
        if found and header[10:16] == lab.sta.address and eapol[1:2].hex() not in kinds[-1:]:
            kinds.append(eapol[1:2].hex())
    return " ".join(kinds)


SCRIPTS = (
    it_is_logged_off_and_on,
    the_access_point_sends_it_away,
    its_scan_is_aborted,
    its_scans_lead_nowhere,
    its_network_is_changed,
)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_both_say_the_same(tmp_path: Path, script: Script) -> None:
    found = {}
    for kind in ("real", "ours"):
        lab = HeldLab(kind, tmp_path)
        try:
            with lab.held_after(M3_SENT) as another, lab.monitored() as events:
                found[kind] = script(lab, another, events)
        finally:
            lab.close()
    difference = unified_diff(found["real"], found["ours"], "real", "ours", lineterm="")
    assert found["ours"] == found["real"], "\n".join(difference)
