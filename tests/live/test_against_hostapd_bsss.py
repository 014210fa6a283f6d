"""Several BSSs and radios of one program, against the real hostapd: the global control socket."""

from __future__ import annotations

from pathlib import Path

from ap_comparison import compare
from ap_ground import Ground, needs_lab
from comparison import Explained
from programs import Monitor, wait
from test_against_hostapd import FIELDS_OF_NEWER, shown

pytestmark = needs_lab

SINGLE = """\
interface={interface}
driver=nl80211
ctrl_interface={folder}/ctl
ssid={ssid}
hw_mode=g
channel=6
wpa=2
rsn_pairwise=CCMP
wpa_passphrase=abcdefgh
"""
SECOND = """\
bss=wlan0-1
ctrl_interface={folder}/ctl
ssid=second
wpa=2
rsn_pairwise=CCMP
wpa_passphrase=12345678
"""


class Office:
    """Asks at the global socket, and notes what every socket's monitors are told."""

    def __init__(self, ground: Ground) -> None:
        socket = ground.folder / "global"
        wait("the global socket", socket.exists)
        self._ground = ground
        self._asking = ground.client(socket)
        self._monitors: dict[str, Monitor] = {}
        ground.note("ATTACH", self._asking.ask("ATTACH"))

    def listen(self, name: str) -> None:
        self._monitors[name] = self._ground.monitor(name)
        self._monitors[name].ask("ATTACH")

    def ask(self, *commands: str) -> None:
        for command in commands:
            ground = self._ground
            ground.note(command, self._asking.ask(ground.named_back(command)))
            ground.note(f"all are told of {command}", shown(self._asking.told(0.15)))
            for name, monitor in self._monitors.items():
                ground.note(f"{name} is told of {command}", shown(monitor.told(0.05)))


def files(ground: Ground) -> None:
    def single(name: str, interface: str, ssid: str, more: str = "") -> None:
        text = SINGLE.format(folder=ground.folder, interface=interface, ssid=ssid)
        (ground.folder / name).write_text(text + more.format(folder=ground.folder))

    single("ap.conf", "wlan0", "first", SECOND)
    single("third.conf", "wlan0-2", "third", f"bssid={ground.beside(2)}\n")
    single("bad.conf", "wlan0-3", "bad", "foo=bar\n")
    single("other.conf", "wlan1", "other")
    single("two.conf", "wlan0-4", "two", SECOND)


def several(ground: Ground) -> None:
    ground.add_radio("wlan1")
    files(ground)
    given = ("-g", str(ground.folder / "global"), str(ground.folder / "ap.conf"))
    with ground.access_point(*given):
        ground.wait_for("state=ENABLED")
        office = Office(ground)
        office.listen("wlan0")
        office.listen("wlan0-1")
        office.ask("PING", "FOO", "", "STATUS", "LEVEL 1", "DETACHX", "NOTE x", "RELOG", "FLUSH")
        office.ask("INTERFACES", "INTERFACES ctrl", "INTERFACES foo", "INTERFACESX")
        office.ask("IFNAME=wlan0-1 PING", "IFNAME=zz PING", "IFNAME=wlan0", "IFNAME=wlan0 ")
        office.ask("IFNAME=wlan0 LEVEL 1", "PING" + " " * 300, "PING" + "X" * 300)
        office.ask("IFNAME=wlan0 NOTE " + "x" * 400)
        office.ask("IFNAME=wlan0-1 GET_CONFIG", "IFNAME=wlan0-1 STATUS", "IFNAME=wlan0-1 MIB")
        office.ask("IFNAME=wlan0-1 SET ssid changed", "IFNAME=wlan0-1 GET_CONFIG")
        office.ask("IFNAME=wlan0 GET_CONFIG", "IFNAME=wlan0-1 RELOAD_BSS", "IFNAME=wlan0 STATUS")
        office.ask("DUP_NETWORK", "DUP_NETWORK wlan0 wlan0-1", "DUP_NETWORK wlan0 zz wpa")
        office.ask("DUP_NETWORK wlan0 wlan0-1 ssid", "DUP_NETWORK wlan0 wlan0-1 wpa_psk")
        office.ask("DUP_NETWORK wlan0 wlan0-1 wpa_passphrase", "DUP_NETWORK wlan0 wlan0-1 wpa")
        office.ask("IFNAME=wlan0-1 DISABLE", "IFNAME=wlan0 STATUS", "IFNAME=wlan0-1 DISABLE")
        office.ask("IFNAME=wlan0-1 ENABLE", "IFNAME=wlan0 ENABLE", "IFNAME=wlan0 STATUS")
        office.ask("IFNAME=wlan0-1 RELOAD", "IFNAME=wlan0-1 STOP_AP", "IFNAME=wlan0 RELOAD")


def test_two_bsss(tmp_path: Path) -> None:
    compare(tmp_path, several, Explained(fields=FIELDS_OF_NEWER))


def added(ground: Ground) -> None:
    ground.add_radio("wlan1")
    files(ground)
    given = ("-g", str(ground.folder / "global"), str(ground.folder / "ap.conf"))
    with ground.access_point(*given):
        ground.wait_for("state=ENABLED")
        office = Office(ground)
        office.listen("wlan0-1")
        office.ask("ADD bss_config=<phy>:<folder>/third.conf", "INTERFACES ctrl")
        office.listen("wlan0-2")
        office.ask("IFNAME=wlan0-2 STATUS", "IFNAME=wlan0-2 GET_CONFIG")
        office.ask("ADD bss_config=<phy>:<folder>/third.conf")
        office.ask("ADD bss_config=<phy>:<folder>/bad.conf", "ADD bss_config=foo")
        office.ask("ADD bss_config=<phy>:<folder>/none.conf", "INTERFACES")
        office.ask("ADD bss_config=<phy>:<folder>/two.conf", "INTERFACES")
        office.ask("IFNAME=wlan0 DISABLE", "IFNAME=wlan0 ENABLE", "IFNAME=wlan0-2 STATUS")
        office.ask("REMOVE wlan0-1", "INTERFACES", "REMOVE wlan0-1", "REMOVE zz", "REMOVE", "ADD")
        office.ask("ADD zz", "ADD wlan0 config=<folder>/other.conf", "INTERFACES")
        office.ask("ADD wlan1 config=<folder>/other.conf", "INTERFACES ctrl")
        office.ask("IFNAME=wlan1 STATUS", "IFNAME=wlan1 GET_CONFIG", "IFNAME=wlan1 ENABLE")
        office.ask("IFNAME=wlan1 STATUS", "ADD wlan1 config=<folder>/other.conf")
        office.ask("REMOVE wlan1", "INTERFACES", "ADD wlan1 config=<folder>/none.conf")
        office.ask("ADD wlan1 config=<folder>/bad.conf", "ADD wlan1 <folder>/ctl2")
        office.ask("INTERFACES ctrl", "IFNAME=wlan1 STATUS", "IFNAME=wlan1 GET_CONFIG")
        office.ask("IFNAME=wlan1 SET ssid hello", "IFNAME=wlan1 SET hw_mode g")
        office.ask("IFNAME=wlan1 SET channel 6", "IFNAME=wlan1 ENABLE", "IFNAME=wlan1 STATUS")
        office.ask("IFNAME=wlan1 GET_CONFIG", "REMOVE wlan1", "ADD wlan7 <folder>/ctl2")
        office.ask("IFNAME=wlan7 SET ssid x", "IFNAME=wlan7 SET hw_mode g")
        office.ask("IFNAME=wlan7 SET channel 6", "IFNAME=wlan7 ENABLE", "REMOVE wlan7")
        office.ask("ADD bss_config=phyX:<folder>/other.conf", "INTERFACES", "REMOVE wlan1")
        office.ask("REMOVE_BSS zz", "REMOVE wlan0", "INTERFACES", "TERMINATE")


def test_what_comes_and_goes(tmp_path: Path) -> None:
    compare(tmp_path, added, Explained(FIELDS_OF_NEWER))
