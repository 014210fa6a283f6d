"""Our own programs in the place of the real ones: the same files, sockets and words."""

from __future__ import annotations

from typing import ClassVar

from harness.lab.devices.hostapd import Hostapd
from harness.lab.devices.program import Found, of_ours
from harness.lab.devices.wpa_supplicant import WpaSupplicant


class AccessPointDaemon(Hostapd):
    """`airproof hostapd` in a namespace of its own."""

    kind: ClassVar[str] = "airproof-daemon"
    unsupported: ClassVar[dict[str, str]] = {}

    def found(self) -> Found:
        return of_ours("harness.live.hostapd")


class StationDaemon(WpaSupplicant):
    """`airproof wpa_supplicant` in a namespace of its own."""

    kind: ClassVar[str] = "airproof-daemon"
    unsupported: ClassVar[dict[str, str]] = {}

    def found(self) -> Found:
        return of_ours("harness.live.wpa_supplicant")
