"""tshark decrypts what our machines and our CCMP put on the air.

Three-address frames open with the passphrase alone. Four-address frames tshark opens only when it
is given the temporal key: it can't tell whose handshake they belong to, for mac80211's own either.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from harness.base.address import BROADCAST, MacAddress
from harness.base.entropy import SeededEntropy
from harness.base.seam import AKM_PSK, AKM_PSK_SHA256
from harness.crypto.ccmp import CcmpKey
from harness.crypto.psk import derive_psk
from harness.proto.authenticator import Authenticator, AuthenticatorConfig, Begin
from harness.proto.group_key import GroupKeyConfig, GroupKeys, StartGroup
from harness.proto.key_handshake import EapolKeyReceived, InstallPairwiseKey
from harness.proto.machine import Output, Transmit
from harness.proto.supplicant import Supplicant, SupplicantConfig
from harness.wire.rsn import Rsne

AP = MacAddress("02:00:00:00:00:01")
STA = MacAddress("02:00:00:00:00:02")
FAR = MacAddress("02:00:00:00:00:0a")
NEAR = MacAddress("02:00:00:00:00:0b")
SSID, PASSPHRASE = b"airproof-rsn", "correct horse battery"
LLC_EAPOL = bytes.fromhex("aaaa03000000888e")
LLC_TEST = bytes.fromhex("aaaa0300000088b5")

pytestmark = pytest.mark.skipif(
    shutil.which("tshark") is None, reason="tshark, the independent decoder, is not installed"
)


def header(control: str, *addresses: bytes, qos: str = "") -> bytes:
    fourth = addresses[3] if len(addresses) > 3 else b""
    head = bytes.fromhex(control) + bytes(2) + b"".join(addresses[:3]) + bytes(2)
    return head + fourth + bytes.fromhex(qos)


def pcap(path: Path, frames: list[bytes]) -> None:
    """Write link type 105: IEEE 802.11 without radiotap."""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 105))
        for second, frame in enumerate(frames):
            file.write(struct.pack("<IIII", second, 0, len(frame), len(frame)) + frame)


def handshake(akm: int, rsne: bytes, station_rsne: bytes) -> tuple[list[bytes], bytes, bytes]:
    """Run the 4-way handshake: its frames in order, the temporal key and the GTK."""
    pmk = derive_psk(PASSPHRASE, SSID)
    group = GroupKeys(GroupKeyConfig(), SeededEntropy(b"group"))
    group.step(StartGroup(), 0.0)
    ap = Authenticator(
        AuthenticatorConfig(
            own=AP,
            peer=STA,
            pmks=(pmk,),
            akm=akm,
            own_rsne=rsne,
            station_rsne=station_rsne,
            group=group,
        ),
        SeededEntropy(b"ap"),
    )
    sta = Supplicant(
        SupplicantConfig(own=STA, peer=AP, pmk=pmk, akm=akm, own_rsne=station_rsne, peer_rsne=rsne),
        SeededEntropy(b"sta"),
    )
    frames: list[bytes] = []
    outputs: tuple[Output, ...] = ap.step(Begin(), 0.0)
    done: list[Output] = []
    from_ap = True
    while sent := [output.octets for output in outputs if isinstance(output, Transmit)]:
        head = header("0802", STA, AP, AP) if from_ap else header("0801", AP, STA, AP)
        frames.append(head + LLC_EAPOL + sent[0])
        outputs = (sta if from_ap else ap).step(EapolKeyReceived(sent[0]), 0.0)
        done += outputs
        from_ap = not from_ap
    (tk, other) = [output.key for output in done if isinstance(output, InstallPairwiseKey)]
    assert tk == other
    return frames, tk, group.newest.key


@pytest.mark.parametrize("akm", [AKM_PSK, AKM_PSK_SHA256])
def test_tshark_decrypts_our_frames(akm: int, tmp_path: Path) -> None:
    rsne = Rsne(akms=(akm,), capabilities=0x0C).element()
    station_rsne = Rsne(akms=(akm,)).element()
    ssid = bytes((0, len(SSID))) + SSID
    rates = bytes.fromhex("010482848b96")
    beacon = (
        header("8000", BROADCAST, AP, AP) + bytes(8) + b"\x64\x00\x11\x00" + ssid + rates + rsne
    )
    request = header("0000", AP, STA, AP) + b"\x11\x00\x05\x00" + ssid + rates + station_rsne
    eapol, tk, gtk = handshake(akm, rsne, station_rsne)
    assert len(eapol) == 4
    pairwise, group = CcmpKey(tk), CcmpKey(gtk)
    heads = {
        "3 addresses up": (pairwise, 0, header("0841", AP, STA, FAR)),
        "3 addresses down": (pairwise, 0, header("0842", STA, AP, FAR)),
        "QoS up, TID 6": (pairwise, 0, header("8841", AP, STA, FAR, qos="0600")),
        "4 addresses up": (pairwise, 0, header("0843", AP, STA, NEAR, FAR)),
        "4 addresses down, QoS": (pairwise, 0, header("8843", STA, AP, FAR, NEAR, qos="0300")),
        "broadcast": (group, 1, header("0842", BROADCAST, AP, NEAR)),
    }
    data = [
        head + key.encrypt(head, pn, key_id, LLC_TEST + text.encode())
        for pn, (text, (key, key_id, head)) in enumerate(heads.items(), 1)
    ]
    path = tmp_path / "air.pcap"
    pcap(path, [beacon, request, *eapol, *data])

    told = f"{PASSPHRASE}:{SSID.decode()}"
    four = [text for text in heads if text.startswith("4")]

    assert decrypted(path, f'"wpa-pwd","{told}"', "!(wlan.fc.ds == 3)") == [
        text for text in heads if text not in four
    ]
    assert decrypted(path, f'"tk","{tk.hex()}"', "wlan.fc.ds == 3") == four


def decrypted(path: Path, key: str, which: str) -> list[str]:
    """What tshark makes of the protected frames that pass the display filter `which`."""
    command = ["tshark", "-r", str(path), "-Y", f"wlan.ccmp.extiv && {which}"]
    command += ["-o", "wlan.enable_decryption:TRUE", "-o", f"uat:80211_keys:{key}"]
    command += ["-T", "fields", "-e", "data.data"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return [bytes.fromhex(line).decode(errors="replace") for line in shown.stdout.split()]
