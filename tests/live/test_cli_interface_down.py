"""Someone takes the interface down under a connection, and brings it up again."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from cli_stage import Lab, needs_lab
from programs import wait

pytestmark = needs_lab

NAMES = (
    "CTRL-EVENT-DISCONNECTED", "CTRL-EVENT-CONNECTED", "Associated", "Trying to associate",
)  # fmt: skip


def transcript(lab: Lab) -> list[str]:
    """What both programs must say alike."""
    lab.push_buttons()
    said = []
    with lab.monitored() as events:
        link(lab, "down")
        wait("the interface's end", lambda: "DISABLED" in lab.ask("status"))
        said += [line for line in lab.ask("status").splitlines() if line.startswith("wpa_state")]
        said += [lab.ask("scan"), lab.ask("signal_poll")]
        link(lab, "up")
        lab.until("wpa_state=COMPLETED", 60.0)
        time.sleep(0.2)
        said += [line for line in events() if line.startswith(NAMES)]
    return said


def link(lab: Lab, state: str) -> None:
    command = ["nsenter", f"--net=/run/netns/{lab.sta.namespace}"]
    subprocess.run([*command, "ip", "link", "set", "wlan0", state], check=True, timeout=60)


def test_an_interface_goes_down_and_comes_back(tmp_path: Path) -> None:
    found = {}
    for kind in ("real", "ours"):
        lab = Lab(kind, tmp_path)
        try:
            found[kind] = transcript(lab)
        finally:
            lab.close()
    assert found["ours"] == found["real"]
