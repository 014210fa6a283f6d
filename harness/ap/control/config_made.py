"""What becomes of a radio's settings before an access point is told: files, and what it can do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from harness.ap import channels, ht
from harness.ap.config import ApConfig, BssConfig
from harness.ap.config_file import Settings
from harness.ap.control.radio_view import RadioView
from harness.ap.psk_file import read_keys
from harness.base.errors import ConfigError

_FIVE_GHZ: Final = 5000


def for_radio(config: ApConfig, settings: Settings, view: RadioView | None) -> ApConfig:
    """Leave out what the radio can't do; one that is not looked at can everything.

    Raises `ConfigError` for what the settings can't do without.
    """
    if view is None:
        return config
    bsss = tuple(
        replace(
            bss,
            keys=replace(bss.keys, rekeys_safely=view.rekeys_safely),
            beacon_prot=bss.beacon_prot and view.protects_own_beacons,
        )
        for bss in config.bsss
    )
    return replace(config, bsss=bsss, ht=_ht(config, settings, view))


def _ht(config: ApConfig, settings: Settings, view: RadioView) -> ht.Ht | None:
    if config.ht is None:
        return None
    side = config.ht.secondary
    try:
        if side and not channels.is_left_open(settings.radio):
            other = ht.other_half(config.channel, side)
            if view.max_power(other) is None:
                there = f"the radio has no channel at {other} MHz for the other half"
                raise ConfigError(f"ht_capab: {there}", key="ht_capab")
        return config.ht.on(view.ht(config.channel))
    except ConfigError as error:
        raise settings.placed(error) from error


def note_channel(settings: Settings, config: ApConfig) -> None:
    """Make what runs the channel of the settings too, so that a reload stays on it.

    Whether there is WMM is not HT's to decide any more, which came or went with the channel.
    """
    low_band = config.channel < _FIVE_GHZ
    mode = settings.radio.get("hw_mode", "b")
    if low_band == (mode == "a"):
        settings.radio["hw_mode"] = "g" if low_band else "a"
    settings.radio["channel"] = config.number
    ht.note(settings.radio, config.ht)
    for bss in config.bsss:
        named = settings.bss(bss.interface)
        if named is not None and named.get("wmm_enabled", -1) < 0:
            named.values["wmm_enabled"] = int(bss.wmm)


def with_station_keys(
    config: ApConfig,
    settings: Settings,
    read: Callable[[str], str],
    running: ApConfig | None = None,
) -> ApConfig:
    """Add what the files of PSKs hold that `settings` name; `read` gives the text of one.

    A file that can't be used is overlooked for a BSS of `running`: its keys stay. Raises
    `ConfigError`.
    """
    there = {} if running is None else {each.interface: each for each in running.bsss}
    bsss = (_with_keys(bss, settings, read, there.get(bss.interface)) for bss in config.bsss)
    return replace(config, bsss=tuple(bsss))


def _with_keys(
    bss: BssConfig, settings: Settings, read: Callable[[str], str], running: BssConfig | None
) -> BssConfig:
    try:
        return replace(bss, station_keys=read_keys(bss, read))
    except ConfigError as error:
        named = settings.bss(bss.interface)
        if running is None and named is not None:
            raise settings.unusable(named, "wpa_psk_file", error) from error
        if running is None:
            raise
        return replace(bss, station_keys=running.station_keys)
