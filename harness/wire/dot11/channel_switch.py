"""Announcements of another channel, and the numbers of channels (IEEE 802.11-2020, 11.8.8).

Source: 9.4.2.18 (Channel Switch Announcement), 9.4.2.52 (Extended Channel Switch Announcement),
Table E-4 (global operating classes; see `harness.wire.operating_channel`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from harness.base.errors import BadLength, BadValue
from harness.wire.dot11.elements import (
    ELEMENT_CHANNEL_SWITCH_ANNOUNCEMENT,
    ELEMENT_EXTENDED_CHANNEL_SWITCH_ANNOUNCEMENT,
    Elements,
    element,
)

COUNT_OFFSET: Final = 4
"""Where the count is in the Channel Switch Announcement element, from its id octet on."""
EXTENDED_COUNT_OFFSET: Final = 5
"""The same in the extended element."""

_LAST_CLASS_OF_2G4: Final = 84
_FIVE_GHZ: Final = 5000


@dataclass(frozen=True, slots=True)
class ChannelSwitch:
    """What an AP announces: that it goes to `channel`.

    `count`: target beacon transmission times until then; 1: just before the next one. `quiet`:
    nobody may transmit until then. `operating_class`: None without the extended element.
    """

    channel: int
    count: int
    quiet: bool = False
    operating_class: int | None = None

    def element(self) -> bytes:
        """Encode the Channel Switch Announcement element."""
        value = bytes((self.quiet, self.channel, self.count))
        return element(ELEMENT_CHANNEL_SWITCH_ANNOUNCEMENT, value)

    def extended_element(self) -> bytes:
        """Encode the extended one; nothing without an operating class."""
        if self.operating_class is None:
            return b""
        value = bytes((self.quiet, self.operating_class, self.channel, self.count))
        return element(ELEMENT_EXTENDED_CHANNEL_SWITCH_ANNOUNCEMENT, value)

    def frequency(self, present: int) -> int:
        """The channel's frequency in MHz; without a class in the band of `present`."""
        if self.operating_class is None:
            return frequency_of(self.channel, five_ghz=present >= _FIVE_GHZ)
        return frequency_of(self.channel, five_ghz=self.operating_class > _LAST_CLASS_OF_2G4)


def decode_channel_switch(elements: Elements) -> ChannelSwitch | None:
    """Read what a Beacon or Probe Response announces; None when it announces nothing.

    Raises `WireError`; `BadValue` when its two elements differ.
    """
    plain = elements.get(ELEMENT_CHANNEL_SWITCH_ANNOUNCEMENT)
    extended = elements.get(ELEMENT_EXTENDED_CHANNEL_SWITCH_ANNOUNCEMENT)
    found: ChannelSwitch | None = None
    if plain is not None:
        if len(plain) != 3:
            raise BadLength(f"a channel switch of {len(plain)} octets", clause="9.4.2.18")
        found = ChannelSwitch(plain[1], plain[2], bool(plain[0]))
    if extended is not None:
        if len(extended) != 4:
            raise BadLength(f"an extended one of {len(extended)} octets", clause="9.4.2.52")
        quiet, operating_class, channel, count = extended
        if found is not None and (found.channel, found.count) != (channel, count):
            raise BadValue("the two announcements differ", clause="11.8.8.2")
        found = ChannelSwitch(channel, count, bool(quiet), operating_class)
    return found


def channel_of(frequency: int) -> int:
    """The number of the channel with its centre at `frequency` (MHz, 2.4 or 5 GHz band)."""
    if frequency == 2484:
        return 14
    return (frequency - (_FIVE_GHZ if frequency >= _FIVE_GHZ else 2407)) // 5


def frequency_of(channel: int, *, five_ghz: bool) -> int:
    """The centre of a channel in MHz."""
    if five_ghz:
        return _FIVE_GHZ + 5 * channel
    return 2484 if channel == 14 else 2407 + 5 * channel
