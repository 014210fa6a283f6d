"""HT (802.11n) on an access point: what its file says of it, and what a BSS has in common with
a station. What is allowed, and the defaults, are those of hostapd 2.10.

Sources: IEEE 802.11-2020, 9.4.2.55, 9.4.2.56 and 11.15; the example configuration file of hostapd
2.10.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from harness.ap.config_keys import Key, Scope, flag, text
from harness.base.channel import OperatingChannel
from harness.base.errors import ConfigError, WireError
from harness.base.ht import PLAIN, HtAbility
from harness.wire import ht as wire
from harness.wire.dot11.elements import ELEMENT_HT_CAPABILITIES, Elements
from harness.wire.ht import HtCapabilities
from harness.wire.operating_channel import Oci

_FLAGS: Final = {
    "LDPC": wire.LDPC,
    "GF": wire.GREENFIELD,
    "SHORT-GI-20": wire.SHORT_GI_20,
    "SHORT-GI-40": wire.SHORT_GI_40,
    "TX-STBC": wire.TX_STBC,
    "RX-STBC1": 0x0100,
    "RX-STBC12": 0x0200,
    "RX-STBC123": 0x0300,
    "DELAYED-BA": wire.DELAYED_BLOCK_ACK,
    "MAX-AMSDU-7935": wire.LONG_A_MSDU,
    "DSSS_CCK-40": wire.DSSS_CCK_40,
    "40-INTOLERANT": wire.INTOLERANT_40,
    "LSIG-TXOP-PROT": wire.L_SIG_TXOP,
}
_SIDES: Final = {"HT40-": -1, "HT40+": 1}
_FLAG: Final = re.compile(r"\[([^\]]*)\]")
_NEEDS_NO_RADIO: Final = ("40-INTOLERANT",)
_IN_COMMON: Final = (
    wire.LDPC
    | wire.WIDTH_40
    | wire.GREENFIELD
    | wire.SHORT_GI_20
    | wire.SHORT_GI_40
    | wire.DELAYED_BLOCK_ACK
    | wire.LONG_A_MSDU
    | wire.DSSS_CCK_40
    | wire.L_SIG_TXOP
)
"""What is only done when both ends have it."""

KEYS: Final[dict[str, Key]] = {
    "ieee80211n": Key(Scope.RADIO, flag),
    "ht_capab": Key(Scope.RADIO, text),
    "require_ht": Key(Scope.RADIO, flag),
    "noscan": Key(Scope.RADIO, flag),
    "disable_11n": Key(Scope.BSS, flag),
}
"""The keys of a configuration file."""


@dataclass(frozen=True, slots=True)
class Ht:
    """How a radio does HT.

    `flags`: bits of HT Capability Information that were asked for, by their names. `secondary`: 1
    when the other half of 40 MHz is above, -1 below, 0 without one; `asked`: what was asked for of
    that. `required`: of each station.
    `looks_first`: 40 MHz are only begun with where that disturbs nobody. `ability`: the radio's.
    """

    flags: tuple[str, ...] = ()
    secondary: int = 0
    asked: int = 0
    required: bool = False
    looks_first: bool = True
    ability: HtAbility = PLAIN

    @property
    def capabilities(self) -> HtCapabilities:
        """What the access point says that it can do."""
        info = wire.SM_POWER_SAVE | (wire.WIDTH_40 if self.asked else 0)
        for name in self.flags:
            info |= _FLAGS[name]
        return HtCapabilities(info, self.ability.ampdu, self.ability.mcs)

    def on(self, ability: HtAbility | None) -> Ht:
        """The same on a radio. Raises `ConfigError` for what the radio can't do."""
        if ability is None:
            raise ConfigError("ieee80211n: the radio does no 802.11n there", key="ieee80211n")
        if self.secondary and not ability.info & wire.WIDTH_40:
            raise ConfigError("ht_capab: the radio has no channels of 40 MHz", key="ht_capab")
        for name in self.flags:
            if name not in _NEEDS_NO_RADIO and not _has(ability, _FLAGS[name]):
                raise ConfigError(f"ht_capab: the radio has no [{name}]", key="ht_capab")
        return replace(self, ability=ability)

    def at(self, secondary: int) -> Ht:
        """The same with its other half elsewhere, or nowhere."""
        return replace(self, secondary=secondary)

    def moved(self, secondary: int) -> Ht:
        """The same on a channel that is asked for with its other half there."""
        return replace(self, secondary=secondary, asked=secondary)

    def in_common(self, station: HtCapabilities) -> HtCapabilities:
        """What is done with a station: nothing that this side was not told to do."""
        own = self.capabilities.info
        info = station.info & (own | ~_IN_COMMON)
        if not own & wire.TX_STBC:
            info &= ~wire.RX_STBC
        if not own & wire.RX_STBC:
            info &= ~wire.TX_STBC
        return replace(station, info=info)


def _has(ability: HtAbility, bits: int) -> bool:
    """Whether a radio can do what a flag says: of received STBC streams as many, or more."""
    if bits & wire.RX_STBC:
        return ability.info & wire.RX_STBC >= bits
    return bool(ability.info & bits)


def read(radio: Mapping[str, Any]) -> Ht | None:
    """What a radio's keys say, None without HT. Raises `ConfigError`."""
    if not radio.get("ieee80211n") or radio.get("hw_mode", "b") == "b":
        return None
    return described(radio)


def described(radio: Mapping[str, Any]) -> Ht:
    """What a radio's keys say of HT, on or off."""
    named = _FLAG.findall(radio.get("ht_capab", ""))
    sides = [_SIDES[name] for name in named if name in _SIDES]
    return Ht(
        flags=tuple(name for name in _FLAGS if name in named),
        secondary=sides[-1] if sides else 0,
        asked=sides[-1] if sides else 0,
        required=radio.get("require_ht", False),
        looks_first=not radio.get("noscan", False),
    )


def note(radio: dict[str, Any], ht: Ht | None) -> None:
    """Make the keys of a radio say what runs after a channel switch."""
    if ht is None:
        radio.pop("ieee80211n", None)
        return
    side = {side: name for name, side in _SIDES.items()}.get(ht.secondary)
    names = (*((side,) if side else ()), *ht.flags)
    radio["ieee80211n"] = True
    radio["ht_capab"] = "".join(f"[{name}]" for name in names)


def unknown_flags(radio: Mapping[str, Any]) -> tuple[str, ...]:
    """Names in `ht_capab` that say nothing."""
    named = _FLAG.findall(radio.get("ht_capab", ""))
    return tuple(name for name in named if name not in _FLAGS and name not in _SIDES)


def fits(frequency: int, secondary: int) -> bool:
    """Whether a channel (MHz) may have its other half there (Table E-4)."""
    if not secondary:
        return True
    try:
        Oci.of(OperatingChannel(frequency, 40, secondary))
    except WireError:
        return False
    return True


def other_half(frequency: int, secondary: int) -> int:
    """The centre of a channel's other half, in MHz."""
    return frequency + 20 * secondary


def capabilities_of(elements: Elements) -> HtCapabilities | None:
    """What a station says of itself; one whose element is too short does no HT (hostapd 2.10)."""
    value = elements.get(ELEMENT_HT_CAPABILITIES)
    if value is None or len(value) < wire.CAPABILITIES_OCTETS:
        return None
    return HtCapabilities.decode(value)


# ---- what a BSS has regard for -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HtRegard:
    """What stations ask for by what they can't do. `mode`: see `HtOperation`.

    `intolerant`: some station bears no channel of 40 MHz.
    """

    mode: int = 0
    intolerant: bool = False


NOTHING_TO_REGARD: Final = HtRegard()


@dataclass(frozen=True, slots=True)
class HtCounts:
    """How many stations of a radio can't do what; as STATUS shows them."""

    no_greenfield: int = 0
    without: int = 0
    narrow: int = 0
    intolerant: int = 0


def counts(stations: Iterable[HtCapabilities | None]) -> HtCounts:
    """Count associated stations by their capabilities; None: they do no HT."""
    known = tuple(stations)
    infos = [each.info for each in known if each is not None]
    return HtCounts(
        no_greenfield=sum(not info & wire.GREENFIELD for info in infos),
        without=len(known) - len(infos),
        narrow=sum(not info & wire.WIDTH_40 for info in infos),
        intolerant=sum(bool(info & wire.INTOLERANT_40) for info in infos),
    )


def regard(ht: Ht | None, counted: HtCounts, *, others_without: bool) -> HtRegard:
    """How a radio's BSSs have regard for stations (10.27.3), as hostapd 2.10 does.

    `others_without`: BSSs without HT are heard on the channel.
    """
    if ht is None:
        return NOTHING_TO_REGARD
    mode = 0
    if counted.without:
        mode = wire.MIXED
    elif ht.secondary and counted.narrow:
        mode = wire.PROTECTS_20_MHZ
    elif others_without:
        mode = wire.NOT_OURS
    if counted.without or others_without:
        mode |= wire.OTHERS_WITHOUT_HT
    if counted.no_greenfield:
        mode |= wire.NO_GREENFIELD
    return HtRegard(mode, bool(counted.intolerant))
