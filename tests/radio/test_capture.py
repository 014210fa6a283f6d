"""Captures as tshark reads them: no malformed frame, named elements, decrypted data."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from sim_world import FREQUENCY, GTK, RATES, TK, World

from harness.base.address import BROADCAST, MacAddress
from harness.base.entropy import SeededEntropy
from harness.base.seam import (
    AKM_PSK,
    Associate,
    Authenticate,
    InstallKey,
    Scan,
    SetPortAuthorized,
    TransmitEapol,
)
from harness.base.seam_events import Associated, Authenticated, EapolReceived, ScanFinished
from harness.crypto.psk import derive_psk
from harness.proto.authenticator import Authenticator, AuthenticatorConfig, Begin
from harness.proto.group_key import GroupKeyConfig, GroupKeys, StartGroup
from harness.proto.key_handshake import (
    EapolKeyReceived,
    InstallGroupKey,
    InstallPairwiseKey,
    PortAuthorized,
)
from harness.proto.machine import Output, Transmit
from harness.proto.supplicant import Supplicant, SupplicantConfig
from harness.radio.capture import (
    TemporalKey,
    WiresharkKey,
    WpaPassphrase,
    WpaPsk,
    radiotap,
    write_pcapng,
    write_wireshark_profile,
)
from harness.radio.handshakes import temporal_keys
from harness.radio.interface import CapturedFrame
from harness.wire.dot11.elements import OUI_WFA, vendor_element, wsc_element
from harness.wire.dot11.ethernet import EthernetFrame
from harness.wire.dot11.frames import decode_frame
from harness.wire.rsn import Rsne

pytestmark = pytest.mark.skipif(
    shutil.which("tshark") is None, reason="tshark, which reads the captures, is not installed"
)

PASSPHRASE = "correct horse: 100% battery"
SSID = b'back "haul"'
WSC = wsc_element(bytes.fromhex("104a0001101044000102"))
MULTI_AP = vendor_element(OUI_WFA, 0x1B, bytes.fromhex("060140"))


def tshark(path: Path, *arguments: str, profile: Path | None = None) -> list[str]:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(path.parent), "LC_ALL": "C.UTF-8"}
    if profile is not None:
        environment["WIRESHARK_CONFIG_DIR"] = str(profile)
    command = ["tshark", "-r", str(path), *arguments]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=300, check=True
    )
    return done.stdout.splitlines()


def fields(
    path: Path, *names: str, where: str = "", profile: Path | None = None
) -> list[list[str]]:
    arguments = ["-T", "fields", *(part for name in names for part in ("-e", name))]
    if where:
        arguments += ["-Y", where]
    return [line.split("\t") for line in tshark(path, *arguments, profile=profile)]


def onboarded_world() -> World:
    """A scan, an association, and data of both kinds with fixed keys."""
    world = World()
    bssid = world.start_bss(ssid=b"home", tail=RATES[10:] + WSC + MULTI_AP)
    world.radio("sta").perform(Scan(interface="wlan0", elements=WSC))
    world.run_until(ScanFinished)
    world.associate("sta", bssid)
    world.install_keys("sta", bssid)
    station = world.port("station", "sta")
    station.send(EthernetFrame(BROADCAST, station.address, 0x88B5, b"three addresses"))
    world.run(0.1)
    world.four_addresses("sta", bssid)
    laptop = world.host("laptop", "sta")
    laptop.send(EthernetFrame(BROADCAST, laptop.address, 0x88B5, b"four addresses"))
    world.run(0.1)
    return world


def test_nothing_is_malformed_and_all_is_read_back(tmp_path: Path) -> None:
    world = onboarded_world()
    path = tmp_path / "air.pcapng"
    write_pcapng(path, world.air.frames, started=1_700_000_000.25, comments=["one", "two"])

    assert (
        fields(path, "frame.number", where="_ws.malformed || _ws.expert.severity >= 6291456") == []
    )
    rows = fields(
        path, "frame.time_epoch", "wlan.fc.type_subtype", "radiotap.channel.freq",
        "radiotap.dbm_antsignal", "radiotap.datarate", "radiotap.mactime",
    )  # fmt: skip
    assert len(rows) == len(world.air.frames)
    for row, frame in zip(rows, world.air.frames, strict=True):
        header = decode_frame(frame.octets).header
        assert float(row[0].split(".")[1]) / 1e9 == pytest.approx((frame.t + 0.25) % 1, abs=2e-6)
        assert int(row[1], 0) == header.type << 4 | header.subtype
        assert (int(row[2]), int(row[3])) == (frame.frequency, -30)
        assert float(row[4]) * 1000 == frame.rate_kbps
        assert int(row[5]) == round(frame.t * 1e6)


def test_elements_are_named(tmp_path: Path) -> None:
    path = tmp_path / "air.pcapng"
    write_pcapng(path, onboarded_world().air.frames)
    lines = tshark(path, "-V", "-Y", "wlan.fc.type_subtype == 8")
    text = "\n".join(lines)
    assert "Traffic Indication Map (TIM): DTIM" in text
    assert "Tag: Vendor Specific: Microsoft Corp.: WPS" in text
    assert "Tag: Vendor Specific: Wi-Fi Alliance: IEEE1905 Multi-AP" in text
    assert "Backhaul BSS: Present" in text


def test_addresses_and_ds_bits_are_those_of_tshark(tmp_path: Path) -> None:
    world = onboarded_world()
    path = tmp_path / "air.pcapng"
    write_pcapng(path, world.air.frames)
    rows = fields(path, "wlan.sa", "wlan.da", "wlan.ta", "wlan.ra", where="wlan.fc.type == 2")
    ours = [
        decode_frame(frame.octets).header
        for frame in world.air.frames
        if frame.octets[0] & 0x0C == 0x08
    ]
    assert rows == [
        [str(each.source), str(each.destination), str(each.transmitter), str(each.receiver)]
        for each in ours
    ]
    assert any(each.a4 is not None for each in ours)


def test_temporal_keys_decrypt_three_and_four_addresses(tmp_path: Path) -> None:
    path, profile = tmp_path / "air.pcapng", tmp_path / "wireshark"
    write_pcapng(path, onboarded_world().air.frames)
    assert fields(path, "data.data", where="llc") == []
    write_wireshark_profile(profile, [TemporalKey(TK), TemporalKey(GTK)])
    rows = fields(path, "wlan.fc.ds", "data.data", where="llc", profile=profile)
    plain = {(int(ds, 0), bytes.fromhex(octets)) for ds, octets in rows}
    assert plain >= {(1, b"three addresses"), (3, b"four addresses")}


class Handshake:
    """Both ends' key machines, carried by the radios of a world."""

    def __init__(self, world: World, bssid: MacAddress, pmk: bytes) -> None:
        self.world, self.bssid = world, bssid
        self.sta = world.radios["sta"].address
        self.authorized: set[str] = set()
        entropy = SeededEntropy(b"keys")
        rsne = Rsne().element()
        group = GroupKeys(GroupKeyConfig(), entropy.child("group"))
        self.ap = Authenticator(
            AuthenticatorConfig(
                own=bssid, peer=self.sta, pmks=(pmk,), akm=AKM_PSK, own_rsne=rsne,
                station_rsne=rsne, group=group,
            ),
            entropy.child("ap"),
        )  # fmt: skip
        self.station = Supplicant(
            SupplicantConfig(
                own=self.sta, peer=bssid, pmk=pmk, akm=AKM_PSK, own_rsne=rsne, peer_rsne=rsne
            ),
            entropy.child("sta"),
        )
        self.carry("ap", group.step(StartGroup(), world.air.now()))
        self.carry("ap", self.ap.step(Begin(), world.air.now()))

    def carry(self, node: str, outputs: tuple[Output, ...]) -> None:
        radio = self.world.radios[node]
        peer = self.sta if node == "ap" else self.bssid
        for output in outputs:
            if isinstance(output, Transmit):
                radio.perform(TransmitEapol(interface="wlan0", peer=peer, payload=output.octets))
            elif isinstance(output, InstallPairwiseKey | InstallGroupKey):
                to = peer if isinstance(output, InstallPairwiseKey) else None
                radio.perform(
                    InstallKey(
                        interface="wlan0", peer=to, index=output.index, cipher=output.cipher,
                        key=output.key, sequence=output.sequence,
                    )
                )  # fmt: skip
            elif isinstance(output, PortAuthorized):
                self.authorized.add(node)
                radio.perform(SetPortAuthorized(interface="wlan0", peer=peer, authorized=True))

    def run(self) -> None:
        air, read = self.world.air, len(self.world.events)
        limit = air.now() + 2.0
        while len(self.authorized) < 2:
            assert air.now() < limit, "the handshake does not end"
            self.world.run(0.005)
            for _, node, event in self.world.events[read:]:
                if isinstance(event, EapolReceived):
                    given = EapolKeyReceived(event.payload, event.encrypted)
                    machine = self.ap if node == "ap" else self.station
                    self.carry(node, machine.step(given, air.now()))
            read = len(self.world.events)


@pytest.fixture(scope="module")
def protected_world() -> World:
    """A WPA2-PSK association with its 4-way handshake, then data to and from a wired host."""
    world = World()
    bssid = world.start_bss(ssid=SSID, tail=RATES[10:] + Rsne().element())
    sta = world.radio("sta")
    sta.perform(Authenticate(interface="wlan0", bssid=bssid, frequency=FREQUENCY, ssid=SSID))
    world.run_until(Authenticated)
    sta.perform(
        Associate(
            interface="wlan0", bssid=bssid, frequency=FREQUENCY, ssid=SSID, privacy=True,
            elements=Rsne().element(),
        )
    )  # fmt: skip
    world.run_until(Associated)
    Handshake(world, bssid, derive_psk(PASSPHRASE, SSID)).run()
    station = world.port("station", "sta")
    station.send(EthernetFrame(BROADCAST, station.address, 0x88B5, b"to all"))
    world.run(0.1)
    world.four_addresses("sta", bssid)
    laptop, server = world.host("laptop", "sta"), world.host("server", "ap")
    laptop.send(EthernetFrame(server.address, laptop.address, 0x88B5, b"to the server"))
    world.run(0.1)
    server.send(EthernetFrame(laptop.address, server.address, 0x88B5, b"to the laptop"))
    world.run(0.1)
    assert [frame.payload for _, frame in world.received["laptop"]] == [b"to the laptop"]
    return world


def decrypted(path: Path, profile: Path) -> list[tuple[int, bytes]]:
    """The DS bits and payload of each data frame that tshark can read."""
    rows = fields(path, "wlan.fc.ds", "data.data", where="llc && data", profile=profile)
    return [(int(ds, 0), bytes.fromhex(octets)) for ds, octets in rows]


@pytest.mark.parametrize(
    "key", [WpaPassphrase(SSID, PASSPHRASE), WpaPsk(derive_psk(PASSPHRASE, SSID))]
)
def test_network_key_decrypts_three_address_data(
    tmp_path: Path, protected_world: World, key: WiresharkKey
) -> None:
    path, profile = tmp_path / "air.pcapng", tmp_path / "wireshark"
    write_pcapng(path, protected_world.air.frames)
    write_wireshark_profile(profile, [key])
    assert decrypted(path, profile) == [(1, b"to all"), (2, b"to all")]


def test_network_key_decrypts_four_address_data_by_the_handshake(
    tmp_path: Path, protected_world: World
) -> None:
    path, profile = tmp_path / "air.pcapng", tmp_path / "wireshark"
    frames = protected_world.air.frames
    write_pcapng(path, frames)
    psks = [bytes(32), derive_psk(PASSPHRASE, SSID)]
    (tk,) = temporal_keys(frames, psks)
    write_wireshark_profile(profile, [WpaPassphrase(SSID, PASSPHRASE), TemporalKey(tk)])
    assert decrypted(path, profile) == [
        (1, b"to all"),
        (2, b"to all"),
        (3, b"to the server"),
        (3, b"to the laptop"),
    ]


def test_no_temporal_key_without_the_right_psk(protected_world: World) -> None:
    assert temporal_keys(protected_world.air.frames, [bytes(32)]) == ()


def test_wrong_passphrase_decrypts_nothing(tmp_path: Path, protected_world: World) -> None:
    path, profile = tmp_path / "air.pcapng", tmp_path / "wireshark"
    write_pcapng(path, protected_world.air.frames)
    write_wireshark_profile(profile, [WpaPassphrase(SSID, "wrong horse")])
    assert fields(path, "data.data", where="llc && data", profile=profile) == []


def test_handshake_is_complete_and_valid_to_tshark(tmp_path: Path, protected_world: World) -> None:
    path = tmp_path / "air.pcapng"
    write_pcapng(path, protected_world.air.frames)
    rows = fields(path, "wlan_rsna_eapol.keydes.msgnr", where="eapol")
    assert [row[0] for row in rows] == ["1", "2", "3", "4"]


def test_what_is_not_known_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "air.pcapng"
    ack = bytes.fromhex("d4000000020000000000")
    write_pcapng(path, [CapturedFrame(1.5, ack, 5180), CapturedFrame(2.5, ack, 5180, -50, 6000)])
    rows = fields(path, "radiotap.dbm_antsignal", "radiotap.datarate", "radiotap.channel.flags")
    assert rows == [["", "", "0x0140"], ["-50", "6", "0x0140"]]
    assert len(radiotap(CapturedFrame(0.0, ack, 5180))) == 22
