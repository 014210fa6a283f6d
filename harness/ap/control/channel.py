"""CHAN_SWITCH: the access point's control interface, 3.1."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from harness.ap import ht
from harness.ap.control.interface import Interface
from harness.ap.control.reply import FAIL, OK, Reply
from harness.base.errors import ConfigError, UsageError

_OPTIONS: Final = ("sec_channel_offset", "center_freq1", "center_freq2", "bandwidth")
_NUMBER: Final = re.compile(r"-?[0-9]{1,9}", re.ASCII)
_NARROW, _WIDE = 20, 40
"""Of a channel, in MHz."""


def switch(interface: Interface, arguments: str, now: float) -> Reply:
    """CHAN_SWITCH count frequency [option=…] [flag].

    A flag names a generation of the standard that the new channel may be used by: `ht`, or those
    that ours do not do, which use it by the oldest. Raises `UsageError` for a channel that is not
    there.
    """
    words = arguments.split()
    if len(words) < 2 or not all(map(_NUMBER.fullmatch, words[:2])):
        return Reply(FAIL)
    count, frequency = int(words[0]), int(words[1])
    options = dict(word.partition("=")[::2] for word in words[2:] if "=" in word)
    side = _side(options, frequency)
    does = _ht(interface, frequency, side) if "ht" in words[2:] else None
    if side and does is None:
        raise UsageError(f"a channel of {_WIDE} MHz needs ht")
    _require(interface, frequency)
    machine = interface.running_machine
    if (frequency, does) == (machine.config.channel, machine.config.ht):
        raise UsageError(f"the channel is at {frequency} MHz already")
    quiet = "blocktx" in words[2:]
    actions = machine.switch_channel(frequency, now, count=max(count, 1), quiet=quiet, ht=does)
    return Reply(OK, actions)


def _require(interface: Interface, frequency: int) -> None:
    view = interface.view
    if view is not None and view.max_power(frequency) is None:
        raise UsageError(f"the radio has no channel at {frequency} MHz")


def _ht(interface: Interface, frequency: int, side: int) -> ht.Ht:
    """How the radio does HT there, as the settings say. Raises `UsageError`."""
    if not ht.fits(frequency, side):
        raise UsageError(f"the channel at {frequency} MHz has no such other half")
    _require(interface, ht.other_half(frequency, side))
    does = ht.described(interface.settings.radio).moved(side)
    try:
        return does if interface.view is None else does.on(interface.view.ht(frequency))
    except ConfigError as error:
        raise UsageError(error.message) from None


def _side(options: Mapping[str, str], frequency: int) -> int:
    """Where the other half of the channel is. Raises `UsageError` for what is not served."""
    values = {}
    for name in _OPTIONS:
        text = options.get(name, "0")
        if not _NUMBER.fullmatch(text):
            raise UsageError(f"{name}: {text!r} is no number")
        values[name] = int(text)
    side, width = values["sec_channel_offset"], values["bandwidth"]
    if side not in (-1, 0, 1) or width not in (0, _NARROW, _WIDE):
        raise UsageError(f"channels of more than {_WIDE} MHz are not served")
    if bool(side) is not (width == _WIDE):
        raise UsageError(f"{width or _NARROW} MHz with the other half at {side}")
    if values["center_freq1"] not in (0, frequency + 10 * side) or values["center_freq2"]:
        raise UsageError(f"the centre of the channel is at {frequency + 10 * side} MHz")
    return side
