"""The station's test hooks on the kernel's simulated radios, with the real hostapd as AP.

An outside program carries every EAPOL frame of the station through an enrolment and the key
handshake after it; tshark says what went over the air otherwise.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ap_ground import cli, running, wait

from harness.base.address import MacAddress
from harness.radio.capture import write_pcapng
from harness.radio.hwsim import HwsimAir
from vm import packages

NEEDED = ("hostapd", "hostapd_cli", "wpa_cli", "tshark")
REASON = HwsimAir.usable()
MISSING = [name for name in NEEDED if packages.find(name) is None]
pytestmark = [
    pytest.mark.skipif(REASON is not None, reason=f"mac80211_hwsim: {REASON}"),
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {MISSING}"),
]

AP_CONFIG = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=hooks
hw_mode=g
channel=1
wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
wpa_passphrase=12345678
eap_server=1
wps_state=2
config_methods=virtual_push_button
"""
CONFIG = "ctrl_interface={folder}/sta\nupdate_config=1\ndevice_name=lab\n"
CARRIER = Path(__file__).with_name("eapol_carrier.py")
MARK = "dd07aabbcc01020304"


class Ground:
    """hostapd, our station's program, and what was on the air between them."""

    def __init__(self, folder: Path, air: HwsimAir) -> None:
        self.folder = folder
        self.air = air
        self.ap, self.sta = air.add_bare_radio("ap"), air.add_bare_radio("sta")

    def ask(self, *words: str) -> str:
        return cli("wpa_cli", self.folder / "sta", *words)

    def push_button(self) -> None:
        cli("hostapd_cli", self.folder / "ctl", "wps_pbc")

    def authorized(self) -> bool:
        """hostapd is through the key handshake with our station."""
        return "[AUTHORIZED]" in cli("hostapd_cli", self.folder / "ctl", "all_sta")

    def until(self, what: str, state: str, within: float = 60.0) -> None:
        wait(what, lambda: f"wpa_state={state}" in self.ask("status"), within)

    def on_air(self, shown: str, *fields: str) -> list[list[str]]:
        """What tshark makes of the fields of the frames that its filter shows."""
        self.air.advance(self.air.now() + 1.0)
        while self._grew():
            pass
        path = self.folder / "air.pcapng"
        write_pcapng(path, self.air.frames, started=0.0)
        asked = [word for field in fields for word in ("-e", field)]
        program = packages.program("tshark")
        said = subprocess.run(
            [str(program.path), "-r", str(path), "-Y", shown, "-T", "fields", *asked],
            stdout=subprocess.PIPE, text=True, check=True, env=program.env or None,
        )  # fmt: skip
        return [line.split("\t") for line in said.stdout.splitlines()]

    def _grew(self) -> bool:
        before = len(self.air.frames)
        self.air.advance(self.air.now() + 0.05)
        return len(self.air.frames) > before


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    air = HwsimAir()
    try:
        made = Ground(tmp_path, air)
        (tmp_path / "ap.conf").write_text(AP_CONFIG.format(folder=tmp_path))
        (tmp_path / "sta.conf").write_text(CONFIG.format(folder=tmp_path))
        hostapd = (str(packages.program("hostapd").path), str(tmp_path / "ap.conf"))
        station = (
            sys.executable, "-m", "harness.live.wpa_supplicant",
            "-Dnl80211", "-iwlan0", "-c", str(tmp_path / "sta.conf"),
        )  # fmt: skip
        with (
            running(made.ap.namespace, tmp_path / "ap.log", *hostapd),
            running(made.sta.namespace, tmp_path / "sta.log", *station),
        ):
            wait("hostapd", lambda: "ENABLED" in cli("hostapd_cli", tmp_path / "ctl", "status"))
            wait("the station", lambda: made.ask("ping") == "PONG\n")
            yield made
    finally:
        air.close()


@contextmanager
def carrying(ground: Ground, bssid: MacAddress) -> Iterator[Path]:
    """Give the file that the program writes what it does into."""
    log = ground.folder / "carrier.log"
    command = (sys.executable, str(CARRIER), str(ground.folder / "sta/wlan0"), "wlan0", str(bssid))
    with running(ground.sta.namespace, log, *command):
        wait("the program", lambda: "carrying" in log.read_text())
        yield log


def test_a_program_carries_an_enrolment_and_the_key_handshake(ground: Ground) -> None:
    with carrying(ground, ground.ap.address) as log:
        ground.push_button()
        ground.ask("wps_pbc")
        wait("both ends", ground.authorized)
        carried = log.read_text()
    assert carried.count("carried 0100") >= 6, carried  # identity, M1 to M7, WSC_Done
    assert carried.count("carried 0103") == 2, carried
    assert "wpa_state=COMPLETED" in ground.ask("status")
    assert 'psk="12345678"' in (ground.folder / "sta.conf").read_text()
    sent = ground.on_air(f"eapol && wlan.sa == {ground.sta.address}", "eapol.type")
    assert sent[-2:] == [["3"], ["3"]]


def test_without_the_program_nothing_is_said(ground: Ground) -> None:
    ground.ask("set", "ext_eapol_frame_io", "1")
    ground.push_button()
    ground.ask("wps_pbc")
    ground.until("the association", "ASSOCIATED")
    assert ground.on_air(f"eapol && wlan.sa == {ground.ap.address}", "eapol.type")
    assert ground.on_air(f"eapol && wlan.sa == {ground.sta.address}", "eapol.type") == []


def test_elements_and_versions_are_on_the_air(ground: Ground) -> None:
    for frame in ("13", "14"):
        assert ground.ask("raw", "VENDOR_ELEM_ADD", frame, MARK) == "OK\n"
    orders = (
        ("wps_version_number", "0x43"),
        ("wps_force_auth_types", "0x20"),
        ("wps_force_encr_types", "0x8"),
    )
    for name, value in orders:
        assert ground.ask("set", name, value) == "OK\n"
    ground.push_button()
    ground.ask("wps_pbc")
    ground.until("the enrolment", "COMPLETED")
    ours = f"wlan.sa == {ground.sta.address}"
    for kind in ("0x0004", "0x0000"):
        (ouis, *_) = ground.on_air(f"{ours} && wlan.fc.type_subtype == {kind}", "wlan.tag.oui")
        assert str(0xAABBCC) in ouis[0].split(","), (kind, ouis)
    versions = ground.on_air(f"{ours} && wlan.fc.type_subtype == 0x0004", "wps.ext.version2")
    assert ["0x43"] in versions
    (m1,) = ground.on_air(
        f"{ours} && wps.message_type == 0x04",
        "wps.ext.version2", "wps.authentication_type_flags", "wps.encryption_type_flags",
    )  # fmt: skip
    assert m1 == ["0x43", "0x0020", "0x0008"]
    assert 'psk="12345678"' in (ground.folder / "sta.conf").read_text()
