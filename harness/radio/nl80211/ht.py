"""802.11n: what a wiphy can do of it, and what the kernel is told of a BSS and its stations."""

from __future__ import annotations

from harness.base.errors import WireError
from harness.base.ht import HtAbility
from harness.base.seam import StartBss, SwitchChannel
from harness.radio.nl80211 import names as nl
from harness.radio.nl80211.core import Core
from harness.radio.nl80211.netlink import (
    Attributes,
    attribute,
    each_attribute,
    flag,
    number,
    split,
    u16,
    u32,
)
from harness.wire.dot11.elements import ELEMENT_HT_OPERATION, Elements
from harness.wire.ht import HtOperation

_FIVE_GHZ = 5000
_HALF_MHZ = 10
"""From the centre of the first half of 40 MHz to that of the whole."""


def ability(core: Core, frequency: int) -> HtAbility | None:
    """What the wiphy can do in the band of a channel (MHz); None: no HT."""
    parts = core.socket.list(
        nl.CMD_GET_WIPHY, u32(nl.ATTR_WIPHY, core.wiphy), flag(nl.ATTR_SPLIT_WIPHY_DUMP)
    )
    wanted = nl.BAND_5GHZ if frequency >= _FIVE_GHZ else nl.BAND_2GHZ
    for part in parts:
        for band, described in each_attribute(part.get(nl.ATTR_WIPHY_BANDS, b"")):
            attributes = split(described)
            if band == wanted and nl.BAND_ATTR_HT_CAPA in attributes:
                return _ability(attributes)
    return None


def _ability(band: Attributes) -> HtAbility:
    ampdu = number(band[nl.BAND_ATTR_HT_AMPDU_FACTOR])
    ampdu |= number(band[nl.BAND_ATTR_HT_AMPDU_DENSITY]) << 2
    info = number(band[nl.BAND_ATTR_HT_CAPA])
    return HtAbility(info, ampdu, band[nl.BAND_ATTR_HT_MCS_SET])


def channel(command: StartBss | SwitchChannel) -> tuple[bytes, ...]:
    """The attributes that name a BSS's channel."""
    frequency = command.frequency
    width = nl.CHAN_WIDTH_20 if command.ht else nl.CHAN_WIDTH_20_NOHT
    named = u32(nl.ATTR_WIPHY_FREQ, frequency)
    if not command.secondary:
        return named, u32(nl.ATTR_CHANNEL_WIDTH, width)
    centre = frequency + _HALF_MHZ * command.secondary
    return (
        named,
        u32(nl.ATTR_CHANNEL_WIDTH, nl.CHAN_WIDTH_40),
        u32(nl.ATTR_CENTER_FREQ1, centre),
    )


def operation_mode(beacon_tail: bytes) -> bytes:
    """What a Beacon says of stations without HT, for the kernel to act upon; b"": nothing."""
    try:
        operation = Elements(beacon_tail).get(ELEMENT_HT_OPERATION)
        if operation is None:
            return b""
        return u16(nl.ATTR_BSS_HT_OPMODE, HtOperation.decode(operation).mode)
    except WireError:
        return b""


def capability(octets: bytes | None) -> bytes:
    """What is done of HT with a station; b"" for one without."""
    return b"" if octets is None else attribute(nl.ATTR_HT_CAPABILITY, octets)
