"""CHAN_SWITCH: the access point's control interface, 3.1."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from harness.ap.control.interface import Interface
from harness.ap.control.reply import FAIL, OK, Reply
from harness.base.errors import UsageError

_OPTIONS: Final = ("sec_channel_offset", "center_freq1", "center_freq2", "bandwidth")
_NUMBER: Final = re.compile(r"-?[0-9]{1,9}", re.ASCII)
_WIDTH: Final = 20
"""Of a channel, in MHz: no wider one is served."""


def switch(interface: Interface, arguments: str, now: float) -> Reply:
    """CHAN_SWITCH count frequency [option=…] [flag].

    A flag names a generation of the standard that the new channel may be used by; ours are all
    used by the oldest. Raises `UsageError` for a wider channel, or one that is not there.
    """
    words = arguments.split()
    if len(words) < 2 or not all(map(_NUMBER.fullmatch, words[:2])):
        return Reply(FAIL)
    count, frequency = int(words[0]), int(words[1])
    options = dict(word.partition("=")[::2] for word in words[2:] if "=" in word)
    _require_narrow(options, frequency)
    view = interface.view
    if view is not None and view.max_power(frequency) is None:
        raise UsageError(f"the radio has no channel at {frequency} MHz")
    machine = interface.running_machine
    if frequency == machine.config.channel:
        raise UsageError(f"the channel is at {frequency} MHz already")
    quiet = "blocktx" in words[2:]
    actions = machine.switch_channel(frequency, now, count=max(count, 1), quiet=quiet)
    return Reply(OK, actions)


def _require_narrow(options: Mapping[str, str], frequency: int) -> None:
    values = {}
    for name in _OPTIONS:
        text = options.get(name, "0")
        if not _NUMBER.fullmatch(text):
            raise UsageError(f"{name}: {text!r} is no number")
        values[name] = int(text)
    if values["sec_channel_offset"] or values["bandwidth"] not in (0, _WIDTH):
        raise UsageError(f"channels of more than {_WIDTH} MHz are not served")
    if values["center_freq1"] not in (0, frequency) or values["center_freq2"]:
        raise UsageError(f"the centre of a channel of {_WIDTH} MHz is its frequency")
