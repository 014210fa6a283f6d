"""Operating Channel Information: IEEE 802.11-2020, 9.4.2.237 (element) and 12.7.2 (KDE).

The operating classes are the global ones of Table E-4, in the 2.4 and 5 GHz bands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from harness.base.channel import OperatingChannel
from harness.base.errors import BadLength, BadValue
from harness.wire.dot11.channel_switch import channel_of, frequency_of
from harness.wire.dot11.elements import extension_element
from harness.wire.key_data import KDE_OCI, kde

EXTENSION_OCI: Final = 54
OCI_OCTETS: Final = 3

_TABLE_E_4 = "802.11-2020 Table E-4"
_FIRST_OF_5_GHZ: Final = 115
_WIDE: Final = (*range(36, 65, 4), *range(100, 145, 4), *range(149, 178, 4))


@dataclass(frozen=True, slots=True)
class _Class:
    """An operating class: what it says of the channels whose numbers are in it."""

    number: int
    channels: Iterable[int]
    width: int = 20
    secondary: int = 0
    split: bool = False


_CLASSES: Final = (
    _Class(81, range(1, 14)),
    _Class(82, (14,)),
    _Class(83, range(1, 10), 40, 1),
    _Class(84, range(5, 14), 40, -1),
    _Class(115, range(36, 49, 4)),
    _Class(116, (36, 44), 40, 1),
    _Class(117, (40, 48), 40, -1),
    _Class(118, range(52, 65, 4)),
    _Class(119, (52, 60), 40, 1),
    _Class(120, (56, 64), 40, -1),
    _Class(121, range(100, 145, 4)),
    _Class(122, range(100, 141, 8), 40, 1),
    _Class(123, range(104, 145, 8), 40, -1),
    _Class(125, range(149, 178, 4)),
    _Class(124, range(149, 162, 4)),
    _Class(126, range(149, 174, 8), 40, 1),
    _Class(127, range(153, 178, 8), 40, -1),
    _Class(128, _WIDE, 80),
    _Class(129, _WIDE, 160),
    _Class(130, _WIDE, 160, split=True),
)
"""Where two have a channel, the one to say it with comes first."""


@dataclass(frozen=True, slots=True)
class Oci:
    """What a station says of its channel, by numbers."""

    operating_class: int
    channel: int
    segment_1: int = 0

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Decode what follows the element's or the KDE's head. Raises `BadLength`."""
        if len(data) != OCI_OCTETS:
            raise BadLength(f"an OCI of {len(data)} octets", clause="802.11-2020 9.4.2.237")
        return cls(*data)

    @classmethod
    def of(cls, channel: OperatingChannel) -> Self:
        """Name a channel. Raises `BadValue` for one that is in no operating class."""
        number = channel_of(channel.frequency)
        for each in _CLASSES:
            fits = each.width == channel.width and each.split is bool(channel.segment_1)
            side = each.secondary in (0, channel.secondary)
            same_band = (each.number >= _FIRST_OF_5_GHZ) is (channel.frequency >= 5000)
            if fits and side and same_band and number in each.channels:
                return cls(each.number, number, channel.segment_1)
        raise BadValue(f"{channel} is in no operating class", clause=_TABLE_E_4)

    def encode(self) -> bytes:
        return bytes((self.operating_class, self.channel, self.segment_1))

    def element(self) -> bytes:
        """Encode the whole OCI element."""
        return extension_element(EXTENSION_OCI, self.encode())

    def kde(self) -> bytes:
        """Encode the whole OCI KDE."""
        return kde(KDE_OCI, self.encode())

    def operating_channel(self) -> OperatingChannel:
        """The channel that is named. Raises `BadValue` when the class does not have it."""
        for each in _CLASSES:
            if each.number == self.operating_class and self.channel in each.channels:
                five_ghz = each.number >= _FIRST_OF_5_GHZ
                frequency = frequency_of(self.channel, five_ghz=five_ghz)
                segment_1 = self.segment_1 if each.split else 0
                return OperatingChannel(frequency, each.width, each.secondary, segment_1)
        raise BadValue(
            f"class {self.operating_class} has no channel {self.channel}", clause=_TABLE_E_4
        )


def operating_class(frequency: int) -> int | None:
    """The operating class of the 20 MHz channel at `frequency` (MHz); None when it has none."""
    return class_of(OperatingChannel(frequency))


def class_of(channel: OperatingChannel) -> int | None:
    """The global operating class of a channel; None when it has none."""
    try:
        return Oci.of(channel).operating_class
    except BadValue:
        return None
