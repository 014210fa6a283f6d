"""Protected management frames as hostapd, wpa_supplicant and the kernel sent them."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sae_recording import NAMES, SaeRecording

from harness.base.errors import BadLength, BadMic, MissingAttribute, Truncated, WireError
from harness.base.seam import AKM_SAE
from harness.crypto import bip, ccmp
from harness.crypto.keywrap import unwrap_key_data
from harness.crypto.mic import verify_key_mic
from harness.crypto.prf import Ptk, derive_ptk
from harness.wire.dot11.frames import Data, ProtectedManagement, decode_frame
from harness.wire.eapol_key import EapolKey
from harness.wire.key_data import IgtkKde, KeyData
from harness.wire.sa_query import CATEGORY_SA_QUERY, REQUEST, RESPONSE, SaQuery

IGTK = bytes(range(16))
BIGTK_6, BIGTK_7 = (
    bytes.fromhex("0a4f796f4d24d66c74cea93d08a80a60"),
    bytes.fromhex("4bed2ffbb8007cfb96071c227edb6f8a"),
)
BEACON = (
    "80000000ffffffffffff02000000000002000000000000006400110400026270010882848b960c1218240301"
    "010504{}0200002a010432043048606c30140100000fac040100000fac040100000fac06c0003b0251007f0b"
    "0400400200000040000010"
)
"""Of hostapd 2.10 and Linux 6.1, less timestamp and Management MIC element."""
DEAUTHENTICATION = bytes.fromhex("c000 0000 ffffffffffff 020000000001 020000000001 1000 0300")


@dataclass
class Opened:
    """Management frames with the keys that were in force: pairwise plaintext, group numbers."""

    unicast: list[tuple[bytes, bytes]] = field(default_factory=list)
    group: list[tuple[int, int]] = field(default_factory=list)
    handshakes: int = 0


def opened(told: SaeRecording) -> Opened:
    """Follow the key handshakes through, and open each protected management frame."""
    result = Opened()
    anonce, ptk, igtk = b"", Ptk(b"", b"", b""), IgtkKde(0, b"", b"")
    for octets in told.frames:
        frame = decode_frame(octets)
        if isinstance(frame, Data) and frame.ethertype == 0x888E:
            key = EapolKey.decode(frame.payload)
            if not key.has_mic:
                anonce = key.nonce
                continue
            if key.key_data and not key.ack:
                pmk = told.logged["PMK"]
                ptk = derive_ptk(AKM_SAE, pmk, told.ap, told.station, anonce, key.nonce)
                result.handshakes += 1
            assert verify_key_mic(key.version, AKM_SAE, ptk.kck, key.without_mic(), key.mic)
            if key.install:
                found = KeyData.decode(unwrap_key_data(ptk.kek, key.key_data)).igtk
                assert found is not None
                igtk = found
        elif isinstance(frame, ProtectedManagement):
            _, plain = ccmp.decrypt(ptk.tk, octets[:24], frame.body)
            result.unicast.append((octets[:24], plain))
        elif octets[0] == 0xC0 and octets[4] & 1 and result.handshakes:
            result.group.append((bip.key_id_of(octets), bip.verify(igtk.key, octets)))
    return result


@pytest.mark.parametrize("name", NAMES)
def test_recorded_management_frames_open(name: str) -> None:
    told = opened(SaeRecording(name))
    queries = [
        SaQuery.decode(plain[1:]) for _, plain in told.unicast if plain[0] == CATEGORY_SA_QUERY
    ]

    assert told.handshakes == 2
    assert [query.action for query in queries] == [REQUEST, RESPONSE]
    assert queries[0].transaction == queries[1].transaction
    reasons = [plain for header, plain in told.unicast if header[0] == 0xC0]
    assert reasons == [b"\x05\x00", b"\x03\x00"]
    assert told.group == [(4, 1), (4, 2)]


@pytest.mark.parametrize("name", NAMES)
def test_we_protect_as_the_kernel_did(name: str) -> None:
    told = SaeRecording(name)
    protected = [frame for frame in told.frames if frame[0] == 0xC0 and frame[-18:-16] == b"L\x10"]
    igtks = _igtks(told)

    assert len(protected) == 2
    for frame in protected:
        number = int.from_bytes(frame[-14:-8], "little")
        assert bip.protect(igtks[0], 4, number, frame[:-18]) == frame


def _igtks(told: SaeRecording) -> list[bytes]:
    anonce, found = b"", []
    ptk = Ptk(b"", b"", b"")
    for octets in told.frames:
        frame = decode_frame(octets)
        if not isinstance(frame, Data) or frame.ethertype != 0x888E:
            continue
        key = EapolKey.decode(frame.payload)
        if not key.has_mic:
            anonce = key.nonce
        elif key.install:
            data = KeyData.decode(unwrap_key_data(ptk.kek, key.key_data))
            assert data.igtk is not None
            found.append(data.igtk.key)
        elif key.key_data:
            pmk = told.logged["PMK"]
            ptk = derive_ptk(AKM_SAE, pmk, told.ap, told.station, anonce, key.nonce)
    return found


@pytest.mark.parametrize(
    ("at", "mask", "matters"),
    [
        (1, 0x08, False),  # Retry
        (1, 0x10, False),  # Power Management
        (1, 0x20, False),  # More Data
        (2, 0xFF, False),  # Duration
        (22, 0x10, False),  # Sequence Control
        (0, 0x10, True),  # subtype
        (4, 0x02, True),  # address 1
        (16, 0x02, True),  # address 3
        (24, 0x01, True),  # reason
        (28, 0x01, True),  # key id
        (30, 0x01, True),  # packet number
        (-1, 0x01, True),  # MIC
    ],
)
def test_what_the_mic_covers(at: int, mask: int, matters: bool) -> None:
    frame = bytearray(bip.protect(IGTK, 4, 7, DEAUTHENTICATION))
    frame[at] ^= mask
    if matters:
        with pytest.raises(BadMic):
            bip.verify(IGTK, bytes(frame))
    else:
        assert bip.verify(IGTK, bytes(frame)) == 7


def test_a_frame_without_the_element_is_told() -> None:
    with pytest.raises(MissingAttribute):
        bip.verify(IGTK, DEAUTHENTICATION)
    with pytest.raises(Truncated):
        bip.verify(IGTK, DEAUTHENTICATION[:20])
    with pytest.raises(BadLength):
        bip.protect(bytes(32), 4, 1, DEAUTHENTICATION)


@given(st.binary(max_size=80))
def test_garbage_raises_wire_errors_only(octets: bytes) -> None:
    with pytest.raises((WireError, BadMic)):
        bip.verify(IGTK, octets)


@pytest.mark.parametrize(
    ("key", "key_id", "dtim_count", "timestamp", "mic"),
    [
        (BIGTK_6, 6, "01", "c0301f76e7600600", "dbfd9fb4db2e177f"),
        (BIGTK_7, 7, "00", "c0803376e7600600", "0d80cdf9b1cea0a0"),
    ],
    ids=["key 6", "key 7"],
)
def test_beacons_are_protected_as_the_kernel_did(
    key: bytes, key_id: int, dtim_count: str, timestamp: str, mic: str
) -> None:
    """The timestamp, which is put in last, is not."""
    text = BEACON.format(dtim_count)
    beacon = bytes.fromhex(text[:48] + timestamp + text[48:])
    element = bytes.fromhex(f"4c10{key_id:02x}00010000000000{mic}")

    assert bip.protect(key, key_id, 1, beacon) == beacon + element
    assert bip.verify(key, bytes.fromhex(text[:48] + "00" * 8 + text[48:]) + element) == 1
    with pytest.raises(BadMic):
        bip.verify(key, beacon[:32] + b"\x65" + beacon[33:] + element)
