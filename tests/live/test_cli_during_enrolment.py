"""wpa_cli while an enrolment is under way: the real wpa_supplicant and ours beside the same AP.

A run is over in 30 ms. Here the AP is our own, and a program keeps its EAPOL frames back after the
first few, so that both stations stand still where they are asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_stage import Lab, needs_lab
from comparison import Explained, Transcript, differences
from held_ap import HeldLab
from programs import wait

pytestmark = needs_lab

SEARCHING, JOINED, M1_SENT, M3_SENT, M7_SENT = "searching", 0, 2, 3, 5
"""Where the run stands still: without an AP, or after so many of the AP's EAPOL frames."""
QUESTIONS = (
    "status", "status wps", "list_networks", "mib", "pmksa", "bssid_ignore", "signal_poll",
    *(f"raw GET_NETWORK 0 {key}" for key in (
        "ssid", "bssid", "key_mgmt", "eap", "identity", "phase1", "disabled", "proto", "psk",
        "pairwise", "fragment_size", "multi_ap_backhaul_sta",
    )),
    "scan", "raw SCAN TYPE=ONLY", "roam <ap>", "sta_autoconnect 1", "wps_check_pin 12345670",
    "get wps_cred_processing", "save_config", "note x", "set wps_priority 0", "ap_scan 1",
    "wps_ap_pin get", "sta <ap>", "add_network", "list_networks", "remove_network 1", "wps_pbc x",
    "wps_pin x 1", "wps_reg x 1", "select_network 9", "remove_network 9", "set_network 0 foo 1",
)  # fmt: skip
"""None of them disturbs the run."""
ORDERS = (
    "wps_cancel", "disconnect", "reassociate", "reconnect", "reattach", "wps_pbc", "wps_pbc <ap>",
    "wps_pin any 12345670", "wps_pin <ap> 12345670", "wps_reg <ap> 12345670", "remove_network 0",
    "remove_network all", "disable_network 0", "enable_network 0", "enable_network all",
    "select_network 0", "select_network any", "bssid_ignore <ap>", "flush", "reconfigure",
    "abort_scan", "reauthenticate", "bss_flush 0",
)  # fmt: skip
LATER = ("status", "list_networks", "bssid_ignore")

FIELDS = {
    "p2p_device_address": "P2P is not built",
    "dot11RSNAPreauthenticationImplemented": "preauthentication needs EAP methods",
}
PORT = {
    "Supplicant PAE state": "sta-control, 3.2 has 802.1X's lines in an enrolment too",
    "suppPortStatus": "the same",
    "EAP state": "the same",
}
METHOD = {"selectedMethod": "the same"}
CHANCES = {
    "RXGOOD": "counts Beacons too",
    "TXGOOD": "a scan tells the AP of its going and coming",
    "dot1xSuppEapolFramesTx": "an EAPOL-Start may be in it",
    "dot1xSuppEapolStartFramesTx": "by the moment",
}
NEVER_OURS = {
    "CTRL-EVENT-SUBNET-STATUS-UPDATE": "the subnet is a driver's to tell",
    "CTRL-EVENT-DSCP-POLICY": "QoS management is not built",
}
SCAN_BEGINS = "CTRL-EVENT-SCAN-STARTED"
LOOKING = ("CTRL-EVENT-SCAN-", "CTRL-EVENT-BSS-", "WPS-AP-AVAILABLE", "CTRL-EVENT-NETWORK-NOT-")
"""Told for each scan, and when those begin and end is no order's doing."""


def begin(lab: HeldLab, at: str | int, events: Callable[[], list[str]]) -> None:
    """Push the buttons and wait until the run stands still."""
    before = lab.held()
    if at != SEARCHING:
        lab.ask_ap("wps_pbc")
    assert lab.ask("wps_pbc") == "OK\n"
    awaited = SCAN_BEGINS if at == SEARCHING else "Associated with"
    wait(awaited, lambda: any(line.startswith(awaited) for line in events()))
    if at != SEARCHING:
        wait("the first frame that does not pass", lambda: lab.held() > before)
    time.sleep(0.5)  # the station has taken in what did


def clear(lab: Lab) -> None:
    """Leave nothing of a run."""
    for words in ("wps_cancel", "disconnect", "remove_network all", "flush"):
        lab.ask(words)
    lab.ask_ap("wps_cancel")
    time.sleep(4.0)  # the scan under way ends


def told(events: list[str]) -> str:
    """The events that both tell, apart from those of scans."""
    kept = [line for line in events if not line.startswith((*NEVER_OURS, *LOOKING))]
    return "".join(f"{line}\n" for line in kept)


def asked(lab: HeldLab, at: str | int) -> Transcript:
    """What is said of a run, and told of it until then."""
    with lab.held_after(0 if at == SEARCHING else int(at)), lab.monitored() as events:
        begin(lab, at, events)
        said = []
        for words in QUESTIONS:
            scans = at == SEARCHING and "scan" in words.lower().split()
            said.append((words, while_it_scans(lab, words, events) if scans else lab.ask(words)))
        return [*said, ("what was told", told(events()))]


def while_it_scans(lab: HeldLab, words: str, events: Callable[[], list[str]]) -> str:
    """What is said in the course of a scan; between two scans another reply is right."""
    while True:
        wait("a scan", lambda: scans(events())[-1:] == [SCAN_BEGINS])
        before = len(scans(events()))
        said = lab.ask(words)
        if len(scans(events())) == before:
            return said


def scans(events: list[str]) -> list[str]:
    """The beginnings and ends of scans."""
    marks = (SCAN_BEGINS, "CTRL-EVENT-SCAN-RESULTS", "CTRL-EVENT-SCAN-FAILED")
    return [mark for line in events for mark in marks if line.startswith(mark)]


def ordered(lab: HeldLab, at: str | int, order: str) -> Transcript:
    """What an order brings to a run that stands still."""
    with lab.monitored() as events:
        begin(lab, at, events)
        before = len(events())
        said = [(order, lab.ask(order))]
        time.sleep(6.0)  # a scan and an association
        said.append((f"told after {order}", told(events()[before:])))
        said += [(f"{words} after {order}", lab.ask(words)) for words in LATER]
    clear(lab)
    return said


def all_ordered(lab: HeldLab, at: str | int, orders: tuple[str, ...] = ORDERS) -> Transcript:
    """One run for each order."""
    said: Transcript = []
    with lab.held_after(0 if at == SEARCHING else int(at)) as another:
        for order in orders:
            another()
            said += ordered(lab, at, order)
    return said


def both(folder: Path, tell: Callable[[HeldLab], Transcript]) -> tuple[Transcript, Transcript]:
    """What the real one and ours have to say."""
    found = []
    for kind in ("real", "ours"):
        lab = HeldLab(kind, folder)
        try:
            found.append(tell(lab))
        finally:
            lab.close()
    return found[0], found[1]


@pytest.mark.parametrize("at", [SEARCHING, JOINED, M1_SENT, M3_SENT, M7_SENT])
def test_the_same_is_said_wherever_the_run_stands(at: str | int, tmp_path: Path) -> None:
    real, ours = both(tmp_path, lambda lab: asked(lab, at))
    port = {} if at == SEARCHING else PORT if at == JOINED else PORT | METHOD
    unexplained = differences(real, ours, Explained(FIELDS | port, passing=CHANCES))
    assert not unexplained, "\n".join(unexplained)


ORDER_REPLIES = {
    "status after flush": "ours says INACTIVE at once, the real one after a scan",
}
MIDDLE_FIELDS = {"p2p_device_address": "P2P is not built", **PORT, **METHOD}


def test_the_same_follows_an_order_in_the_middle_of_the_run(tmp_path: Path) -> None:
    real, ours = both(tmp_path, lambda lab: all_ordered(lab, M3_SENT))
    unexplained = differences(real, ours, Explained(MIDDLE_FIELDS, ORDER_REPLIES))
    assert not unexplained, "\n".join(unexplained)


SEARCH_CHANCES = {"wpa_state": "between two scans the state is another"}
SEARCH_ORDERS = tuple(words for words in ORDERS if words != "wps_pin <ap> 12345670")
"""Without the one that both obey after five seconds or three scans, whichever is later."""


def test_the_same_follows_an_order_while_no_button_is_found(tmp_path: Path) -> None:
    real, ours = both(tmp_path, lambda lab: all_ordered(lab, SEARCHING, SEARCH_ORDERS))
    fields = {"p2p_device_address": "P2P is not built", **PORT}
    explained = Explained(fields, passing=SEARCH_CHANCES)
    unexplained = differences(real, ours, explained)
    assert not unexplained, "\n".join(unexplained)
