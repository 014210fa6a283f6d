"""The access point's test hooks on the kernel's simulated radios, with real wpa_supplicant.

An outside program carries every EAPOL frame of the access point through an enrolment and the key
handshake after it. The station is also asked about what hooks and keys do to the air.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from programs import cli, kernel_lab, ours, real, running, wait
from two_radios import TwoRadios

from harness.base.address import MacAddress
from harness.wire.dot11.ethernet import ETHERTYPE_EAPOL
from harness.wire.dot11.frames import Beacon, Data, decode_frame

pytestmark = kernel_lab("hostapd_cli", "wpa_supplicant", "wpa_cli")

BASE = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=hooks
hw_mode=g
channel=1
eap_server=1
config_methods=virtual_push_button
"""
WPA2 = "wpa=2\nrsn_pairwise=CCMP\nwpa_passphrase=12345678\nwps_state=2\n"
CONFIG = "ctrl_interface={folder}/sta\nupdate_config=1\ndevice_name=lab\n"
CARRIER = Path(__file__).with_name("eapol_carrier.py")


class Ground(TwoRadios):
    """Our access point's program, and the real wpa_supplicant."""

    def ask(self, *words: str) -> str:
        return cli("hostapd_cli", self.folder / "ctl", *words)

    def ask_station(self, *words: str) -> str:
        return cli("wpa_cli", self.folder / "sta", *words)

    def completed(self) -> bool:
        """Both ends are through the key handshake."""
        station = "wpa_state=COMPLETED" in self.ask_station("status")
        return station and "[AUTHORIZED]" in self.ask("all_sta")

    @contextmanager
    def start(self, settings: str, network: str = "") -> Iterator[None]:
        file = self.file("ap.conf", BASE + settings)
        self.file("sta.conf", CONFIG, network)
        with self.at_ap(*ours(), str(file)), self.at_station(real("wpa_supplicant")):
            wait("the access point", lambda: "state=ENABLED" in self.ask("status"))
            wait("the station", lambda: self.ask_station("ping") == "PONG\n")
            yield

    def beacon_wsc(self) -> bytes:
        """The WSC attributes of the newest Beacon on the air."""
        self.air.advance(self.air.now() + 0.2)
        for captured in reversed(self.air.frames):
            frame = decode_frame(captured.octets)
            if isinstance(frame, Beacon) and frame.header.a2 == self.ap.address:
                return frame.elements.wsc or b""
        return b""


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    made = Ground(tmp_path)
    yield made
    made.close()


def test_a_program_carries_an_enrolment_and_the_key_handshake(ground: Ground) -> None:
    with ground.start(WPA2):
        log = ground.folder / "carrier.log"
        command = (
            sys.executable, str(CARRIER), str(ground.folder / "ctl/wlan0"), "wlan0",
            str(ground.sta.address),
        )  # fmt: skip
        with running(ground.ap.namespace, log, *command):
            wait("the program", lambda: "carrying" in log.read_text())
            assert ground.ask("wps_pbc") == "OK\n"
            ground.ask_station("wps_pbc")
            wait("the onboarding", ground.completed)
            wait("its word", lambda: log.read_text().count("carried 0203") >= 2)
            carried = log.read_text()
        assert carried.count("carried 0200") >= 6, carried  # identity, start, M2 to M8, failure
        assert carried.count("carried 0203") == 2, carried
        assert 'psk="12345678"' in (ground.folder / "sta.conf").read_text()


def test_without_the_program_nothing_is_said(ground: Ground) -> None:
    """The station starts EAPOL, and starts again, without an answer."""

    def said_by(node: MacAddress) -> int:
        ground.air.advance(ground.air.now() + 0.2)
        frames = (decode_frame(each.octets) for each in ground.air.frames)
        data = (each for each in frames if isinstance(each, Data) and each.header.a2 == node)
        return sum(each.ethertype == ETHERTYPE_EAPOL for each in data)

    with ground.start(WPA2):
        assert ground.ask("set", "ext_eapol_frame_io", "1") == "OK\n"
        assert ground.ask("wps_pbc") == "OK\n"
        ground.ask_station("wps_pbc")
        wait("EAPOL-Start", lambda: said_by(ground.sta.address) >= 2)
        assert said_by(ground.ap.address) == 0


def test_a_useless_credential_comes_before_the_right_one(ground: Ground) -> None:
    with ground.start(WPA2, "wps_cred_processing=2\n"):
        station = ground.client(ground.folder / "sta/wlan0", attached=True)
        assert ground.ask("set", "wps_testing_stub_cred", "1") == "OK\n"
        assert ground.ask("wps_pbc") == "OK\n"
        ground.ask_station("wps_pbc")
        told = station.until("WPS-SUCCESS")
        wait("the onboarding", ground.completed)
    first, second = (line for line in told if "WPS-CRED-RECEIVED" in line)
    assert b"stub".hex() in first
    assert b"hooks".hex() in second


def test_keys_and_versions_by_command(ground: Ground) -> None:
    network = 'network={\nssid="hooks"\npsk="12345678"\n}\n'
    with ground.start(WPA2, network):
        wait("the connection", ground.completed)
        station = str(ground.sta.address)
        assert len(ground.ask("raw", "GET_PMK", station)) == 64
        log = ground.folder / "sta.log"
        rekeyings = log.read_text().count("Key negotiation completed")
        assert ground.ask("raw", "REKEY_PTK", station) == "OK\n"
        wait(
            "another pairwise key",
            lambda: log.read_text().count("Key negotiation completed") > rekeyings,
        )
        assert ground.ask("raw", "REKEY_GTK") == "OK\n"
        wait("another group key", lambda: "Group rekeying completed" in log.read_text())
        for command in ("RESEND_M1", "RESEND_M3", "RESEND_GROUP_M1"):
            assert ground.ask("raw", command, station) == "OK\n"
        assert ground.ask("raw", "RESET_PN", station) == "OK\n"
        wait("the end of all that", ground.completed)
        assert "CTRL-EVENT-DISCONNECTED" not in log.read_text()
        assert ground.ask("set", "wps_version_number", "0x57") == "OK\n"
        said = bytes.fromhex("1049000600372a000157" "10fa000142")
        wait("the Beacon", lambda: ground.beacon_wsc().endswith(said))


@pytest.mark.parametrize(
    ("keys", "pairwise", "key_management"),
    [
        ("wpa=1\n", "TKIP", "WPA-PSK"),
        ("wpa=1\nwpa_pairwise=CCMP\n", "CCMP", "WPA-PSK"),
        ("wpa=2\n", "TKIP", "WPA2-PSK"),
        ("wpa=3\nwpa_pairwise=TKIP CCMP\n", "CCMP", "WPA2-PSK"),
    ],
)
def test_every_version_and_cipher_takes_a_real_station_in(
    ground: Ground, keys: str, pairwise: str, key_management: str
) -> None:
    """With renewed group and pairwise keys too: the station says that it has them."""
    network = (
        'network={\nssid="hooks"\npsk="12345678"\nproto=WPA RSN\npairwise=CCMP TKIP\n'
        "group=CCMP TKIP\n}\n"
    )
    with ground.start(keys + "wpa_passphrase=12345678\n", network):
        wait("the connection", ground.completed)
        status = ground.ask_station("status")
        assert f"pairwise_cipher={pairwise}\n" in status
        assert f"key_mgmt={key_management}\n" in status
        log = ground.folder / "sta.log"
        assert ground.ask("raw", "REKEY_GTK") == "OK\n"
        wait("another group key", lambda: "Group rekeying completed" in log.read_text())
        count = log.read_text().count("Key negotiation completed")
        assert ground.ask("raw", "REKEY_PTK", str(ground.sta.address)) == "OK\n"
        wait(
            "another pairwise key",
            lambda: log.read_text().count("Key negotiation completed") > count,
        )


def test_passwords_of_sae_by_identifier_and_address(ground: Ground) -> None:
    keys = (
        "wpa=2\nwpa_key_mgmt=SAE\nrsn_pairwise=CCMP\nieee80211w=2\nsae_password=common secret\n"
        f"sae_password=own secret|mac={ground.sta.address}\n"
        "sae_password=asked secret|id=guest\n"
    )
    network = (
        'network={{\nssid="hooks"\nkey_mgmt=SAE\nieee80211w=2\nsae_password="{}"\n{}}}\n'
    )
    first = network.format("own secret", "")
    second = network.format("asked secret", 'sae_password_id="guest"\ndisabled=1\n')
    with ground.start(keys, first + second):
        wait("the connection by address", ground.completed)
        ground.ask_station("select_network", "1")
        wait(
            "the connection by identifier",
            lambda: "id=1\n" in ground.ask_station("status") and ground.completed(),
            60.0,
        )
