"""A frame whose ICV is right and whose Michael MIC is not: the simulated radio tells of it."""

from __future__ import annotations

from harness.base.address import MacAddress
from harness.base.entropy import SeededEntropy
from harness.base.seam import CIPHER_TKIP, AddPeer, InstallKey, SetPortAuthorized, StartBss
from harness.base.seam_events import MichaelFailure, RadioEvent
from harness.crypto.tkip import MicCover, TkipKey
from harness.radio.sim import SimAir
from harness.wire.dot11.header import BEACON, DATA, TYPE_DATA, Header, management_header

STA = MacAddress("02:00:00:00:00:a1")
KEY = bytes(range(32))


def sent(bssid: MacAddress, key: bytes, number: int) -> bytes:
    """A data frame of the station's to the access point, under `key`."""
    header = Header(TYPE_DATA, DATA, to_ds=True, protected=True, a1=bssid, a2=STA, a3=bssid)
    cover = MicCover(bssid, STA, b"\xaa\xaa\x03\0\0\0\x08\0data")
    return header.encode() + TkipKey(key).encrypt(STA, number, 0, cover, by_authenticator=False)


def test_a_forged_michael_mic_is_told_and_a_wrong_icv_is_not() -> None:
    air = SimAir(SeededEntropy(b"michael"))
    radio = air.add_radio("ap")
    bssid = radio.address
    head = management_header(
        BEACON, destination=MacAddress("ff:ff:ff:ff:ff:ff"), source=bssid, bssid=bssid
    )
    common = {"interface": "wlan0"}
    for command in (
        StartBss(
            **common,
            bssid=bssid,
            ssid=b"x",
            frequency=2412,
            beacon_head=head.encode() + bytes(12) + b"\0\1x",
            beacon_tail=b"",
        ),
        AddPeer(**common, peer=STA, aid=1, capability=0x11, listen_interval=1, rates=b"\x82\x84"),
        InstallKey(**common, peer=STA, index=0, cipher=CIPHER_TKIP, key=KEY),
        SetPortAuthorized(**common, peer=STA, authorized=True),
    ):
        radio.perform(command)
    forged = KEY[:24] + bytes(8)
    wrong = sent(bssid, KEY, 3)[:-1] + b"\0"
    told: list[RadioEvent] = []
    for frame in (sent(bssid, KEY, 1), wrong, sent(bssid, forged, 2)):
        air.inject(frame, 2412)
        end = air.now() + 0.05
        while air.now() < end:
            air.advance(end)
            told += [event for _, event in radio.poll()]
    assert [event for event in told if isinstance(event, MichaelFailure)] == [
        MichaelFailure(interface="wlan0", peer=STA)
    ]
