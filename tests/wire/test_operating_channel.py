"""OCI by the standard's table, and as hostapd 2.10 and wpa_supplicant 2.10 sent it."""

from __future__ import annotations

import pytest

from harness.base.channel import OperatingChannel
from harness.base.errors import BadLength, BadValue
from harness.wire.key_data import KeyData
from harness.wire.operating_channel import Oci, operating_class
from harness.wire.sa_query import REQUEST, SaQuery

CHANNELS = [
    (OperatingChannel(2412), (81, 1, 0)),
    (OperatingChannel(2472), (81, 13, 0)),
    (OperatingChannel(2484), (82, 14, 0)),
    (OperatingChannel(2412, 40, 1), (83, 1, 0)),
    (OperatingChannel(2432, 40, -1), (84, 5, 0)),
    (OperatingChannel(5180), (115, 36, 0)),
    (OperatingChannel(5180, 40, 1), (116, 36, 0)),
    (OperatingChannel(5200, 40, -1), (117, 40, 0)),
    (OperatingChannel(5260), (118, 52, 0)),
    (OperatingChannel(5300, 40, 1), (119, 60, 0)),
    (OperatingChannel(5320, 40, -1), (120, 64, 0)),
    (OperatingChannel(5500), (121, 100, 0)),
    (OperatingChannel(5500, 40, 1), (122, 100, 0)),
    (OperatingChannel(5520, 40, -1), (123, 104, 0)),
    (OperatingChannel(5825), (125, 165, 0)),
    (OperatingChannel(5745, 40, 1), (126, 149, 0)),
    (OperatingChannel(5765, 40, -1), (127, 153, 0)),
    (OperatingChannel(5180, 80), (128, 36, 0)),
    (OperatingChannel(5180, 160), (129, 36, 0)),
    (OperatingChannel(5180, 160, segment_1=155), (130, 36, 155)),
]
"""From Table E-4."""


@pytest.mark.parametrize(("channel", "numbers"), CHANNELS)
def test_a_channel_and_its_numbers(channel: OperatingChannel, numbers: tuple[int, ...]) -> None:
    assert Oci.of(channel) == Oci(*numbers)
    assert Oci(*numbers).operating_channel() == channel


@pytest.mark.parametrize("numbers", [(81, 14), (82, 1), (83, 10), (115, 1), (128, 1), (255, 1)])
def test_a_class_that_does_not_have_the_channel(numbers: tuple[int, int]) -> None:
    with pytest.raises(BadValue):
        Oci(*numbers).operating_channel()


def test_a_channel_in_no_class() -> None:
    with pytest.raises(BadValue):
        Oci.of(OperatingChannel(2484, 40, 1))


def test_the_octets_of_hostapd() -> None:
    assert Oci(81, 1).kde() == bytes.fromhex("dd07000fac0d510100")
    assert Oci(83, 1).kde() == bytes.fromhex("dd07000fac0d530100")
    assert Oci(81, 1).element() == bytes.fromhex("ff0436510100")
    assert KeyData.decode(bytes.fromhex("dd07000fac0d510100dd0000")).oci == b"\x51\x01\x00"
    assert Oci.decode(b"\x51\x01\x00") == Oci(81, 1)
    with pytest.raises(BadLength):
        Oci.decode(b"\x51\x01")


@pytest.mark.parametrize(
    ("elements", "told"),
    [
        ("ff0436510100", b"\x51\x01\x00"),
        ("4c00ff0122ff0436510100", b"\x51\x01\x00"),
        ("ff03365101", b"\x51\x01"),
        ("", None),
        ("ff0122", None),
        ("ff04365101", None),
    ],
)
def test_the_oci_in_an_sa_query(elements: str, told: bytes | None) -> None:
    """An OCI that ends too early is none."""
    assert SaQuery(REQUEST, b"\x12\x34", bytes.fromhex(elements)).oci == told


def test_the_operating_class_of_a_frequency() -> None:
    for channel, numbers in CHANNELS:
        if channel.width == 20:
            assert operating_class(channel.frequency) == numbers[0]
