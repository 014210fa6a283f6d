"""Channel switch announcements: as hostapd 2.10 sent them, and what is refused."""

from __future__ import annotations

import pytest

from harness.base.errors import WireError
from harness.wire.dot11.channel_switch import (
    ChannelSwitch,
    channel_of,
    decode_channel_switch,
    frequency_of,
)
from harness.wire.dot11.elements import Elements
from harness.wire.operating_channel import operating_class

FROM_HOSTAPD = bytes.fromhex(
    "050400020000"
    "2503000604"
    "2a010432043048606c"
    "30140100000fac040100000fac040100000fac020000"
    "3c0400510604"
    "3b025100"
    "7f080400400200000040"
)
"""What follows the rates and the channel in a Beacon of hostapd 2.10 on its way to channel 6."""


def test_beacon_of_hostapd_is_read() -> None:
    found = decode_channel_switch(Elements(FROM_HOSTAPD))

    assert found == ChannelSwitch(channel=6, count=4, operating_class=81)
    assert found.frequency(2412) == 2437


def test_elements_are_encoded_as_hostapd_encodes_them() -> None:
    switch = ChannelSwitch(channel=6, count=4, operating_class=81)

    assert switch.element() in FROM_HOSTAPD
    assert switch.extended_element() in FROM_HOSTAPD


def test_announcement_without_operating_class_stays_in_its_band() -> None:
    switch = ChannelSwitch(channel=6, count=1, quiet=True)

    assert switch.element() == bytes.fromhex("2503010601")
    assert switch.extended_element() == b""
    assert ChannelSwitch(36, 1).frequency(5240) == 5180


def test_operating_class_names_the_band() -> None:
    assert ChannelSwitch(36, 3, operating_class=115).frequency(2412) == 5180
    assert ChannelSwitch(1, 3, operating_class=81).frequency(5180) == 2412


def test_nothing_announced() -> None:
    assert decode_channel_switch(Elements(bytes.fromhex("030101"))) is None


@pytest.mark.parametrize(
    "octets",
    ["25020006", "250400060400", "3c03005106", "25030007053c0400510604"],
    ids=["short", "long", "extended short", "contradicting"],
)
def test_broken_announcements_are_wire_errors(octets: str) -> None:
    with pytest.raises(WireError):
        decode_channel_switch(Elements(bytes.fromhex(octets)))


@pytest.mark.parametrize(
    ("frequency", "channel", "number"),
    [
        (2412, 1, 81), (2472, 13, 81), (2484, 14, 82), (5180, 36, 115), (5260, 52, 118),
        (5500, 100, 121), (5745, 149, 125),
    ],
)  # fmt: skip
def test_channels_and_global_operating_classes(frequency: int, channel: int, number: int) -> None:
    # Table E-4 of IEEE 802.11-2020.
    assert channel_of(frequency) == channel
    assert frequency_of(channel, five_ghz=frequency >= 5000) == frequency
    assert operating_class(frequency) == number
