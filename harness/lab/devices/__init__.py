"""The kinds of device that a scenario can be run with, looked up by name."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from harness.base.errors import UsageError

_KINDS: dict[str, dict[str, str]] = {
    "ap": {
        "airproof": "harness.lab.devices.airproof:AirproofAccessPoint",
        "airproof-daemon": "harness.lab.devices.daemons:AccessPointDaemon",
        "hostapd": "harness.lab.devices.hostapd:Hostapd",
        "iwd": "harness.lab.devices.iwd_access_point:IwdAccessPoint",
    },
    "sta": {
        "airproof": "harness.lab.devices.airproof:AirproofStation",
        "airproof-daemon": "harness.lab.devices.daemons:StationDaemon",
        "wpa_supplicant": "harness.lab.devices.wpa_supplicant:WpaSupplicant",
        "iwd": "harness.lab.devices.iwd_station:IwdStation",
    },
}
_NEEDS_KERNEL = frozenset(("airproof-daemon", "hostapd", "wpa_supplicant", "iwd"))
_LATER = ("device",)
_TESTER = "tester:"


def register(role: str, kind: str, place: str) -> None:
    """Add a kind of device: `place` is `module:callable`, imported when it is first wanted."""
    _KINDS[role][kind] = place


def _known(role: str, kind: str) -> str:
    """What may have been meant by a kind that is none: of the many testers only if it is one."""
    testers = [each for each in _KINDS[role] if each.startswith(_TESTER)]
    if kind.startswith(_TESTER):
        return ", ".join(testers)
    return ", ".join([each for each in _KINDS[role] if each not in testers] + [f"{_TESTER}NAME"])


def check(role: str, kind: str, air: str) -> None:
    """Raise `UsageError` when there is no such kind of device, or none on that air."""
    if kind.partition(":")[0] in _LATER:
        raise UsageError(f"--{role} {kind}: not built yet; known: {_known(role, kind)}")
    if kind not in _KINDS[role]:
        raise UsageError(f"--{role} {kind}: no such device; known: {_known(role, kind)}")
    if kind in _NEEDS_KERNEL and air == "sim":
        raise UsageError(f"--{role} {kind}: a program of its own needs --air hwsim")


def maker(role: str, kind: str) -> Callable[..., Any]:
    """Give what builds a device of that kind. Raises `UsageError`."""
    check(role, kind, "")
    module, _, name = _KINDS[role][kind].partition(":")
    made: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return made
