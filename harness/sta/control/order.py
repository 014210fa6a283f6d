"""What one command of the control interface is, and where it is carried out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

from harness.base.errors import UsageError
from harness.base.event import declare

if TYPE_CHECKING:
    from harness.sta.control.interface import StationControl

OK: Final = "OK\n"
FAIL: Final = "FAIL\n"
ANSWERS: Final = "CTRL-RSP-"
"""How commands begin that answer a question of ours; what follows is no verb."""
UNKNOWN: Final = "UNKNOWN COMMAND\n"
ORDER_IDLE: Final = declare("sta.order.idle", "a control command changes nothing: command, reason")

_NUMBER: Final = re.compile(r"[ \t]*[+-]?[0-9]{1,15}")

Carry: TypeAlias = "Callable[[StationControl, str, float], str]"
"""Carries a command out: the interface, what follows the verb, and the time give the reply.

`UsageError`, `ConfigError` and `ValueError` mean `FAIL`.
"""


class Takes(Enum):
    """What may follow the verb."""

    NOTHING = "nothing"
    SOMETHING = "an argument"
    EITHER = "an argument or nothing"
    ANYTHING = "whatever goes on, even without a blank, as far as it is no other verb"


@dataclass(frozen=True, slots=True)
class Order:
    """One verb."""

    carry: Carry
    takes: Takes = Takes.NOTHING


def plain(carry: Carry) -> Order:
    """A verb without an argument."""
    return Order(carry)


def with_argument(carry: Carry) -> Order:
    return Order(carry, Takes.SOMETHING)


def with_option(carry: Carry) -> Order:
    return Order(carry, Takes.EITHER)


def prefix(carry: Carry) -> Order:
    """A verb that commands begin with: what follows, a blank included, is for it to judge."""
    return Order(carry, Takes.ANYTHING)


def refused(reason: str, takes: Takes = Takes.EITHER) -> Order:
    """A verb that is known and not served: `FAIL`, and the reason in the log."""

    def carry(control: StationControl, rest: str, now: float) -> str:
        raise UsageError(reason)

    return Order(carry, takes)


def number(text: str) -> int:
    """The decimal number that a text begins with; scripts leave blanks around it.

    Raises `UsageError` where there is none: what wpa_supplicant takes for 0 may remove network 0.
    """
    begun = _NUMBER.match(text)
    if begun is None:
        raise UsageError(f"not a number: {text!r}")
    return int(begun[0])


def whole_number(text: str) -> int:
    """A decimal number that is not negative, and nothing else. Raises `UsageError`."""
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise UsageError(f"not a number: {text!r}")
    return int(text)
