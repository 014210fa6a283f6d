"""Push button on two interfaces of a program: the real wpa_supplicant's, and ours.

Two of the real hostapd's access points, each on a channel that one interface alone looks at. With
both their buttons pushed 2.10 enrols with both, each interface for itself; that this is an overlap
is the page's word (the station's behaviour, 6.4), so only one is pushed here.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest
from ap_ground import needs_lab
from programs import Monitor, cli, ours, real, running, wait

from harness.radio.hwsim import HwsimAir
from vm import packages

pytestmark = needs_lab

AP = """\
driver=nl80211
ctrl_interface={folder}/ap
hw_mode=g
ssid=home {number}
wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
wpa_passphrase=12345678
eap_server=1
wps_state=2
uuid=87654321-9abc-def0-1234-56789abc000{uuid}
config_methods=virtual_push_button
"""
CHANNELS = {"wlan0": (1, 2412), "wlan1": (6, 2437)}
QUIET_S = 12.0
HEARD = ("WPS-", "CTRL-EVENT-CONNECTED")


def played(folder: Path, program: tuple[str, ...], pushed: str) -> dict[str, list[str]]:
    """What each interface tells of WPS. `pushed`: the radio of the AP with its button pushed."""
    folder.mkdir()
    air = HwsimAir()
    with ExitStack() as stack:
        stack.callback(air.close)
        spaces = {}
        for node in ("ap", "sta"):
            radios = [air.add_bare_radio(node, interface=name) for name in CHANNELS]
            spaces[node] = radios[0].namespace
        words: list[str] = []
        for number, (name, (channel, frequency)) in enumerate(CHANNELS.items()):
            text = AP.format(folder=folder, number=number, uuid=number)
            (folder / f"{name}.ap").write_text(f"interface={name}\nchannel={channel}\n{text}")
            config = folder / f"{name}.sta"
            config.write_text(f"ctrl_interface={folder}/sta\nfreq_list={frequency}\n")
            words += [*(["-N"] if words else []), "-Dnl80211", f"-i{name}", "-c", str(config)]
        hostapd = str(packages.program("hostapd").path)
        for name in CHANNELS:
            command = (hostapd, str(folder / f"{name}.ap"))
            stack.enter_context(running(spaces["ap"], folder / f"{name}.ap.log", *command))
            wait(
                name,
                lambda n=name: (
                    "=ENABLED" in cli("hostapd_cli", folder / "ap", "status", interface=n)
                ),
            )
        stack.enter_context(running(spaces["sta"], folder / "sta.log", *program, *words))
        monitors = {}
        for name in CHANNELS:
            wait(
                name, lambda n=name: cli("wpa_cli", folder / "sta", "ping", interface=n) == "PONG\n"
            )
            monitors[name] = Monitor(folder / "sta" / name, folder / f"{name}.mon", attached=True)
            stack.callback(monitors[name].close)
        cli("hostapd_cli", folder / "ap", "wps_pbc", interface=pushed)
        for monitor in monitors.values():
            assert monitor.ask("WPS_PBC") == "OK\n"
        heard: dict[str, list[str]] = {name: [] for name in CHANNELS}
        for name, monitor in monitors.items():
            heard[name] += monitor.told(QUIET_S)
        for name, monitor in monitors.items():
            heard[name] += monitor.told()
        return {name: told_of_wps(lines) for name, lines in heard.items()}


def told_of_wps(lines: list[str]) -> list[str]:
    plain = [line.partition(">")[2] for line in lines]
    return [line.split(" ")[0] for line in plain if line.startswith(HEARD)]


@pytest.mark.parametrize("pushed", CHANNELS)
def test_one_of_two_interfaces_enrols(tmp_path: Path, pushed: str) -> None:
    theirs = played(tmp_path / "real", real("wpa_supplicant"), pushed)
    own = played(tmp_path / "ours", ours("wpa_supplicant"), pushed)
    assert own == theirs
    assert "CTRL-EVENT-CONNECTED" in own[pushed]
