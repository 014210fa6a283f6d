"""WMM on an access point: what its file says of it, and the defaults of hostapd 2.10.

Sources: WMM Specification 1.2.0, 2.2; the example configuration file of hostapd 2.10.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from harness.ap.config_keys import Key, Scope, between, flag, integer
from harness.base.errors import ConfigError
from harness.base.seam import TxQueue
from harness.wire.dot11.elements import OUI_MICROSOFT, VENDOR_TYPE_WMM, Elements
from harness.wire.wmm import (
    INFORMATION,
    PARAMETERS,
    AccessCategory,
    WmmParameters,
    station_qos_info,
)

_CATEGORIES: Final = {
    "be": AccessCategory(3, 4, 10, 0),
    "bk": AccessCategory(7, 4, 10, 0),
    "vi": AccessCategory(2, 3, 4, 94),
    "vo": AccessCategory(2, 2, 3, 47),
}
"""What stations are told, by names of categories, in the order of their indexes."""


@dataclass(frozen=True, slots=True)
class _Queue:
    """How frames of one of our own queues contend. `burst`: in tenths of a millisecond."""

    aifs: int
    cwmin: int
    cwmax: int
    burst: int


_QUEUES: Final = {
    "data0": _Queue(1, 3, 7, 15),
    "data1": _Queue(1, 7, 15, 30),
    "data2": _Queue(3, 15, 63, 0),
    "data3": _Queue(7, 15, 1023, 0),
}
"""Our own queues, from the highest priority (voice) on."""

_FIELDS: Final = {
    "aifs": between(1, 255),
    "cwmin": between(0, 15),
    "cwmax": between(0, 15),
    "txop_limit": between(0, 65535),
    "acm": between(0, 1),
}
_FORMER_QUEUES: Final = (*(f"data{number}" for number in range(4, 10)), "beacon", "after_beacon")
_NO_QUEUE: Final = "there is no such queue any more"
_WINDOWS: Final = tuple((1 << bits) - 1 for bits in range(1, 16))


def _window(value: str) -> int:
    number = integer(value)
    if number not in _WINDOWS:
        raise ValueError(f"must be 1, 3, 7 and so on to 32767, not {number}")
    return number


def _burst(value: str) -> int:
    """Milliseconds, with one digit behind the point, as tenths of them."""
    whole, _, rest = value.partition(".")
    tenths = integer(whole or "0") * 10 + (integer(rest[0]) if rest else 0)
    if not 0 <= tenths <= _LONGEST_BURST:
        raise ValueError(f"must be 0 to {_LONGEST_BURST / 10:.1f} ms, not {value}")
    return tenths


_LONGEST_BURST: Final = 0xFFFF * 32 // 100
"""What the field of a queue's transmit opportunity holds, in units of 32 µs."""

_QUEUE_FIELDS: Final = {
    "aifs": between(0, 255),
    "cwmin": _window,
    "cwmax": _window,
    "burst": _burst,
}

CATEGORY_KEYS: Final = "wmm_ac_"
"""What begins the keys that take effect as soon as they are set."""

KEYS: Final[dict[str, Key]] = {
    "wmm_enabled": Key(Scope.BSS, integer),
    "uapsd_advertisement_enabled": Key(Scope.BSS, flag),
    **{
        f"wmm_ac_{name}_{field}": Key(Scope.RADIO, read)
        for name in _CATEGORIES
        for field, read in _FIELDS.items()
    },
    **{
        f"tx_queue_{name}_{field}": Key(Scope.RADIO, read)
        for name in _QUEUES
        for field, read in _QUEUE_FIELDS.items()
    },
    **{
        f"tx_queue_{name}_{field}": Key(Scope.RADIO, read, warning=_NO_QUEUE)
        for name in _FORMER_QUEUES
        for field, read in _QUEUE_FIELDS.items()
    },
}
"""The keys of a configuration file."""


@dataclass(frozen=True, slots=True)
class Qos:
    """How a radio's frames contend, its stations' and its own.

    `categories`: see `WmmParameters`. `changes`: how often they were others, plus one. `queues`:
    of the radio, from voice to background.
    """

    categories: tuple[AccessCategory, ...] = tuple(_CATEGORIES.values())
    changes: int = 1
    queues: tuple[TxQueue, ...] = ()

    def parameters(self, *, u_apsd: bool) -> bytes:
        """The whole element that stations are told them by."""
        return WmmParameters(self.categories, self.changes, u_apsd).element()

    def changed(self, categories: tuple[AccessCategory, ...]) -> Qos:
        """The same with the categories that a SET brought, counted as hostapd 2.10 does.

        A station only looks whether it is another number.
        """
        more = 1 + (categories != self.categories)
        return replace(self, categories=categories, changes=self.changes + more)


def qos(radio: Mapping[str, Any]) -> Qos:
    """What a radio's keys say. Raises `ConfigError`."""
    queues = tuple(_queue(name, radio) for name in _QUEUES)
    return Qos(categories(radio), queues=queues)


def categories(radio: Mapping[str, Any]) -> tuple[AccessCategory, ...]:
    """The access categories that a radio's keys say. Raises `ConfigError`."""
    return tuple(_category(name, radio) for name in _CATEGORIES)


def station_qos(elements: Elements) -> int | None:
    """The QoS Info field of a station that does WMM. Raises `WireError` when it can't be read.

    An element of a subtype that stands in no such request is passed over, as by hostapd 2.10.
    """
    found = elements.vendor(OUI_MICROSOFT, VENDOR_TYPE_WMM)
    known = [each for each in found if each[:1] in _SUBTYPES]
    return station_qos_info(known[-1]) if known else None


_SUBTYPES: Final = (bytes((INFORMATION,)), bytes((PARAMETERS,)))


def _category(name: str, radio: Mapping[str, Any]) -> AccessCategory:
    usual, prefix = _CATEGORIES[name], f"wmm_ac_{name}_"
    low = radio.get(f"{prefix}cwmin", usual.ecw_min)
    high = radio.get(f"{prefix}cwmax", usual.ecw_max)
    _require_order(prefix, radio, low, high)
    return AccessCategory(
        radio.get(f"{prefix}aifs", usual.aifsn),
        low,
        high,
        radio.get(f"{prefix}txop_limit", usual.txop_limit),
        bool(radio.get(f"{prefix}acm", 0)),
    )


def _queue(name: str, radio: Mapping[str, Any]) -> TxQueue:
    usual, prefix = _QUEUES[name], f"tx_queue_{name}_"
    low = radio.get(f"{prefix}cwmin", usual.cwmin)
    high = radio.get(f"{prefix}cwmax", usual.cwmax)
    _require_order(prefix, radio, low, high)
    burst = radio.get(f"{prefix}burst", usual.burst)
    return TxQueue(
        aifs=radio.get(f"{prefix}aifs", usual.aifs),
        cw_min=low,
        cw_max=high,
        txop_limit=(burst * 100 + 16) // 32,
    )


def _require_order(prefix: str, radio: Mapping[str, Any], low: int, high: int) -> None:
    key = f"{prefix}cwmin" if f"{prefix}cwmin" in radio else f"{prefix}cwmax"
    if low > high:
        raise ConfigError(f"{key}: cwmin {low} is greater than cwmax {high}", key=key)


DEFAULT_QOS: Final = qos({})
