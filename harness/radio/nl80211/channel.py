"""Going to another channel: an access point's announcement, and what the kernel says of it."""

from __future__ import annotations

import struct

from harness.base.channel import OperatingChannel
from harness.base.seam import SwitchChannel
from harness.base.seam_events import ChannelSwitched, ChannelSwitchStarted
from harness.radio.nl80211 import ht
from harness.radio.nl80211 import names as nl
from harness.radio.nl80211.core import Core
from harness.radio.nl80211.netlink import (
    Attributes,
    NetlinkError,
    attribute,
    flag,
    nested,
    number,
    split,
    u32,
)
from harness.wire.dot11.channel_switch import channel_of

_WIDTHS = {
    nl.CHAN_WIDTH_40: 40,
    nl.CHAN_WIDTH_80: 80,
    nl.CHAN_WIDTH_80P80: 160,
    nl.CHAN_WIDTH_160: 160,
}


def switch_channel(core: Core, command: SwitchChannel) -> None:
    """Announce another channel in a BSS's Beacons. Raises `NetlinkError`."""
    offsets = struct.pack(f"={len(command.count_offsets)}H", *command.count_offsets)
    core.command(
        nl.CMD_CHANNEL_SWITCH,
        command.interface,
        *ht.channel(command),
        u32(nl.ATTR_CH_SWITCH_COUNT, command.count),
        flag(nl.ATTR_CH_SWITCH_BLOCK_TX, command.quiet),
        attribute(nl.ATTR_BEACON_HEAD, command.beacon_head),
        attribute(nl.ATTR_BEACON_TAIL, command.beacon_tail),
        nested(
            nl.ATTR_CSA_IES,
            attribute(nl.ATTR_BEACON_TAIL, command.announcing_tail),
            attribute(nl.ATTR_CNTDWN_OFFS_BEACON, offsets),
        ),
    )


def switch_started(interface: str, attributes: Attributes) -> ChannelSwitchStarted:
    """Read what the kernel says when a switch is announced, by our BSS or by the station's AP."""
    return ChannelSwitchStarted(
        interface=interface,
        frequency=number(attributes[nl.ATTR_WIPHY_FREQ]),
        count=number(attributes.get(nl.ATTR_CH_SWITCH_COUNT, b"")),
    )


def switched(interface: str, attributes: Attributes) -> ChannelSwitched:
    """Read what the kernel says when a switch is through."""
    return ChannelSwitched(
        interface=interface,
        frequency=number(attributes[nl.ATTR_WIPHY_FREQ]),
        channel=operating_channel(attributes),
    )


def present(core: Core, interface: str) -> OperatingChannel | None:
    """The channel that an interface is on; None for one of 20 MHz, and without any."""
    try:
        (described,) = core.command(nl.CMD_GET_INTERFACE, interface).messages
    except NetlinkError:
        return None
    return operating_channel(split(described.body[4:]))


def operating_channel(attributes: Attributes) -> OperatingChannel | None:
    """Read a channel; None for one of 20 MHz, and where there is none."""
    width = _WIDTHS.get(number(attributes.get(nl.ATTR_CHANNEL_WIDTH, b"")))
    if width is None:
        return None
    frequency = number(attributes[nl.ATTR_WIPHY_FREQ])
    above = number(attributes.get(nl.ATTR_CENTER_FREQ1, b"")) > frequency
    second = number(attributes.get(nl.ATTR_CENTER_FREQ2, b""))
    return OperatingChannel(
        frequency,
        width,
        secondary=(1 if above else -1) if width == 40 else 0,
        segment_1=channel_of(second) if second else 0,
    )
