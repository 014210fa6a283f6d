"""The channels that a configuration leaves open, by number and by frequency.

Source: IEEE 802.11-2020, Annex E; the example configuration file of hostapd 2.10.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from harness.base.errors import ConfigError

_LOW_BAND: Final = tuple(range(1, 14))
_HIGH_BAND: Final = (*range(36, 65, 4), *range(100, 145, 4), *range(149, 166, 4))

_BY_MODE: Final = {
    "b": _LOW_BAND,
    "g": _LOW_BAND,
    "a": _HIGH_BAND,
    "any": _LOW_BAND + _HIGH_BAND,
}

LAST_IN_LOW_BAND: Final = 14

_APART: Final = (1, 6, 11)


def centre(number: int) -> int:
    """The centre frequency of a channel, in MHz."""
    if number == LAST_IN_LOW_BAND:
        return 2484
    return 2407 + 5 * number if number < LAST_IN_LOW_BAND else 5000 + 5 * number


def in_band_of(frequency: int) -> tuple[int, ...]:
    """The frequencies of all channels in the band of one, in MHz."""
    low = frequency < centre(LAST_IN_LOW_BAND)
    return tuple(map(centre, _LOW_BAND if low else _HIGH_BAND))


def is_left_open(radio: Mapping[str, Any]) -> bool:
    """Whether the settings of a radio leave the choice of the channel to it."""
    return not radio.get("channel", 0)


def allowed(radio: Mapping[str, Any]) -> tuple[int, ...]:
    """The frequencies in MHz that the settings of a radio leave it to choose from.

    Of channels of 20 MHz; in the 2.4 GHz band all but 14. Raises `ConfigError` when there is
    none.
    """
    mode: str = radio.get("hw_mode", "b")
    numbers: Collection[int] = radio.get("chanlist", _BY_MODE[mode])
    frequencies: Collection[int] = radio.get("freqlist", ())
    found = tuple(
        frequency
        for number in _BY_MODE[mode]
        if number in numbers and (frequency := centre(number)) in (frequencies or {frequency})
    )
    if not found:
        key = "freqlist" if frequencies else "chanlist"
        raise ConfigError(f"{key}: names no channel of hw_mode {mode}", key=key)
    return found


def worth_choosing(radio: Mapping[str, Any], usable: tuple[int, ...]) -> tuple[int, ...]:
    """Those of the `usable` frequencies (MHz) to choose from.

    In the 2.4 GHz band the channels that do not overlap with each other, unless the settings say
    more: who is between two of them disturbs both, and does not hear them well enough to wait.
    """
    if radio.keys() & {"chanlist", "freqlist", "acs_chan_bias"}:
        return usable
    apart = {centre(number) for number in _APART}
    kept = tuple(each for each in usable if each > centre(LAST_IN_LOW_BAND) or each in apart)
    return kept or usable
