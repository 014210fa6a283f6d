"""TKIP on the simulated air: what one end seals, only the right other end opens."""

from __future__ import annotations

import pytest

from harness.base.address import BROADCAST, MacAddress
from harness.base.errors import BadMic, BadValue, ReplayedCounter
from harness.base.seam import CIPHER_TKIP
from harness.radio.sim.datapath import body_of, ethernet_of, four_addresses, from_ap, protect, to_ap
from harness.radio.sim.keys import CipherKey
from harness.wire.dot11.ethernet import EthernetFrame
from harness.wire.dot11.frames import Data, decode_frame

AP, STA = MacAddress("02:00:00:00:00:01"), MacAddress("02:00:00:00:00:02")
KEY = bytes(range(32))
SAID = EthernetFrame(BROADCAST, AP, 0x88B5, b"hello")


def key(received: int = 0) -> CipherKey:
    return CipherKey(1, KEY, received, CIPHER_TKIP)


def frame(octets: bytes) -> Data:
    decoded = decode_frame(octets)
    assert isinstance(decoded, Data)
    return decoded


def test_a_group_frame_arrives() -> None:
    sealed = frame(key().seal(protect(from_ap(SAID, AP, 1)), body_of(SAID)))
    assert b"hello" not in sealed.octets
    assert ethernet_of(sealed.header, key().open(sealed)) == SAID


def test_each_direction_has_a_michael_key_of_its_own() -> None:
    to_us = EthernetFrame(AP, STA, 0x88B5, b"hello")
    sealed = key().seal(protect(to_ap(to_us, AP, STA, 1)), body_of(to_us))
    assert ethernet_of(frame(sealed).header, key().open(frame(sealed))) == to_us
    swapped = CipherKey(1, KEY[:16] + KEY[24:] + KEY[16:24], 0, CIPHER_TKIP)
    with pytest.raises(BadMic, match="Michael"):
        swapped.open(frame(sealed))


def test_a_frame_is_taken_once() -> None:
    receiver = key()
    sealed = frame(key().seal(protect(from_ap(SAID, AP, 1)), body_of(SAID)))
    receiver.open(sealed)
    with pytest.raises(ReplayedCounter):
        receiver.open(sealed)
    with pytest.raises(ReplayedCounter):
        key(received=1).open(sealed)


def test_another_source_spoils_the_michael_mic() -> None:
    octets = bytearray(key().seal(protect(from_ap(SAID, AP, 1)), body_of(SAID)))
    octets[16:22] = STA
    with pytest.raises(BadMic, match="Michael"):
        key().open(frame(bytes(octets)))


def test_four_addresses_are_refused() -> None:
    with pytest.raises(BadValue):
        key().seal(protect(four_addresses(SAID, STA, AP, 1)), body_of(SAID))
