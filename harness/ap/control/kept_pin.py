"""The AP PIN while no BSS runs: the settings hold it then, and its time goes on.

So one that was disabled stays so, and one that was set is there again, when the access point
begins anew (as hostapd 2.10 has it, where a PIN outlives its time that way).
"""

from __future__ import annotations

from typing import Final

from harness.ap.bss import Bss
from harness.ap.config_file import BssSettings, Settings

_PIN: Final = "ap_pin"
UNTIL: Final = "ap_pin_until"
"""The field beside the key's: on the clock; without it the PIN is there for good."""


def pin_of(bss: BssSettings, now: float) -> str | None:
    """The AP PIN of a BSS that does not run; None: there is none, or its time is over."""
    until = bss.get(UNTIL)
    if until is not None and until <= now:
        return None
    return bss.get(_PIN) or None


def keep_all(settings: Settings, bsss: tuple[Bss, ...]) -> None:
    """Note the AP PINs of BSSs that are about to end."""
    for bss in bsss:
        found = settings.bss(bss.config.interface)
        if found is not None and bss.registrar is not None:
            own = bss.registrar.ap_pins[bss.config.interface]
            _note(found, own.pin, own.expires)


def set_for(settings: Settings, on: BssSettings, pin: str | None, until: float | None) -> None:
    """Set or (None) disable the AP PIN of a BSS that does not run, and of all that share it."""
    alone = on.get("wps_independent", False)
    sharing = [bss for bss in settings.bsss if not bss.get("wps_independent", False)]
    for bss in (on,) if alone else sharing:
        _note(bss, pin, until)


def _note(bss: BssSettings, pin: str | None, until: float | None) -> None:
    bss.values[_PIN] = pin or ""
    bss.values.pop(UNTIL, None)
    if pin is not None and until is not None:
        bss.values[UNTIL] = until
