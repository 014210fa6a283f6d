"""Our own programs in the place of the real ones: the same files, sockets and words."""

from __future__ import annotations

from typing import ClassVar

from harness.lab.devices.forked import Module
from harness.lab.devices.hostapd import Hostapd
from harness.lab.devices.program import Startable
from harness.lab.devices.wpa_supplicant import WpaSupplicant


class AccessPointDaemon(Hostapd):
    """`airproof hostapd` in a namespace of its own."""

    kind: ClassVar[str] = "airproof-daemon"
    unsupported: ClassVar[dict[str, str]] = {}

    def found(self) -> Startable:
        return Module("harness.live.hostapd")


class StationDaemon(WpaSupplicant):
    """`airproof wpa_supplicant` in a namespace of its own."""

    kind: ClassVar[str] = "airproof-daemon"
    unsupported: ClassVar[dict[str, str]] = {}

    def found(self) -> Startable:
        return Module("harness.live.wpa_supplicant")
