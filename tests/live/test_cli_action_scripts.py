"""Action scripts of wpa_cli and hostapd_cli: what real programs and ours have them called with."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cli_stage import ApLab, Lab, needs_lab
from programs import wait

from vm import packages

pytestmark = needs_lab

SCRIPT = """\
#!/bin/sh
echo "$*|$WPA_ID|$WPA_ID_STR|$WPA_CTRL_DIR" >> {told}
"""
LEFT_OUT = ("CTRL-EVENT-SUBNET-STATUS-UPDATE", "CTRL-EVENT-DSCP-POLICY", "WPS-ENROLLEE-SEEN")


class Listener:
    """A wpa_cli or hostapd_cli with `-a`, in the background (`-B`) with a PID file (`-P`)."""

    def __init__(self, name: str, folder: Path, control: Path, *options: str) -> None:
        self.told = folder / "told"
        self.told.touch()
        self.pid_file = folder / "pid"
        script = folder / "act.sh"
        script.write_text(SCRIPT.format(told=self.told))
        script.chmod(0o755)
        found = packages.program(name)
        done = subprocess.run(
            [str(found.path), "-p", str(control), "-i", "wlan0", "-a", str(script), "-B",
             "-P", str(self.pid_file), *options],
            env={**os.environ, **found.env}, stdin=subprocess.DEVNULL, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0
        wait("its PID file", lambda: self.pid_file.exists() and self.pid_file.read_text().strip())
        self.pid = int(self.pid_file.read_text())

    def lines(self) -> list[str]:
        lines = self.told.read_text().splitlines()
        return [line for line in lines if not any(word in line for word in LEFT_OUT)]

    def until(self, words: str, times: int = 1) -> None:
        wait(words, lambda: sum(words in line for line in self.lines()) >= times)

    def is_there(self) -> bool:
        return Path(f"/proc/{self.pid}").exists()


@contextmanager
def listening(name: str, lab: Lab, control: Path, *options: str) -> Iterator[Listener]:
    listener = Listener(name, lab.folder, control, *options)
    try:
        yield listener
    finally:
        if listener.is_there():
            os.kill(listener.pid, 15)


def of_the_station(lab: Lab) -> list[str]:
    with listening("wpa_cli", lab, lab.control) as listener:
        lab.ask_ap("wps_pbc")
        assert lab.ask("wps_pbc") == "OK\n"
        listener.until("wlan0 CONNECTED")
        lab.ask('raw SET_NETWORK 0 id_str "home"')
        with lab.monitored() as events:
            lab.ask("reassociate")
            wait("the link", lambda: any("CTRL-EVENT-CONNECTED" in line for line in events()))
        lab.ask("disconnect")
        listener.until("DISCONNECTED")
        lab.ask("reconnect")
        listener.until("wlan0 CONNECTED", 2)
        lab.ask("wps_pin any 12345670")
        listener.until("WPS-PIN-ACTIVE")
        lab.ask("wps_cancel")
        listener.until("WPS-CANCEL")
        assert lab.ask("terminate") == "OK\n"
        wait("its end", lambda: not listener.is_there())
        return [lab.named(line) for line in listener.lines()] + [str(listener.pid_file.exists())]


def of_the_access_point(lab: Lab) -> list[str]:
    with listening("hostapd_cli", lab, lab.folder / "ctl") as listener:
        lab.ask_ap("wps_pbc")
        assert lab.ask("wps_pbc") == "OK\n"
        listener.until("AP-STA-CONNECTED")
        lab.until("wpa_state=COMPLETED")
        lab.ask("disconnect")
        listener.until("AP-STA-DISCONNECTED")
        lab.ask_ap("wps_pin any 12345670")
        lab.ask_ap("wps_cancel")
        lab.ask_ap("disable")
        listener.until("AP-DISABLED")
        return [lab.named(line) for line in listener.lines()]


@pytest.mark.parametrize(
    ("make", "tell"),
    [(Lab, of_the_station), (ApLab, of_the_access_point)],
    ids=["wpa_cli", "hostapd_cli"],
)
def test_a_script_is_called_alike(
    tmp_path: Path, make: type[Lab], tell: Callable[[Lab], list[str]]
) -> None:
    found = {}
    for kind in ("real", "ours"):
        lab = make(kind, tmp_path)
        try:
            found[kind] = [line.replace(f"/{kind}/", "/KIND/") for line in tell(lab)]
        finally:
            lab.close()
    assert found["ours"] == found["real"]
