"""The real iwd as an access point, driven over D-Bus."""

from __future__ import annotations

from typing import Any, ClassVar

from harness.base.errors import SetupFailed, Unsupported
from harness.lab.devices import iwd_wording as wording
from harness.lab.devices.dbus import BusError
from harness.lab.devices.interface import BRIDGE, WPA3, WPS, AccessPointDevice, Place, StationDevice
from harness.lab.devices.iwd_service import (
    ACCESS_POINT,
    ACCESS_POINT_DIAGNOSTIC,
    DEVICE,
    Iwd,
)
from harness.lab.devices.iwd_station import escape, profile_name
from harness.lab.devices.networks import Bss, BssOnAir
from harness.lab.devices.stage import bare_radio, put_in_bridge

_LOOK_EVERY = 0.25
"""Seconds between looks at who is connected: iwd has no signal for it."""


class IwdAccessPoint(AccessPointDevice):
    """iwd in a namespace of its own, with the one BSS that it can have on a radio."""

    kind: ClassVar[str] = "iwd"
    says: ClassVar[tuple[str, ...] | None] = wording.ACCESS_POINT_LINES
    unsupported: ClassVar[dict[str, str]] = {
        WPS: "as an access point, version 2.3 has nothing on D-Bus for it",
        **wording.NO_MULTI_AP,
        WPA3: "as an access point, iwd has WPA2-PSK only",
    }

    def __init__(self, place: Place, bsss: tuple[Bss, ...], frequency: int) -> None:
        super().__init__(place, bsss, frequency)
        self._iwd: Iwd | None = None
        self._stations: frozenset[str] = frozenset()

    @property
    def iwd(self) -> Iwd:
        assert self._iwd is not None, "iwd is asked before it was started"
        return self._iwd

    def require_all(self) -> None:
        super().require_all()
        if len(self.bsss) > 1:
            raise Unsupported("iwd: several BSSs: it has one on a radio")
        (bss,) = self.bsss
        wording.require_no_keys({**self.keys, **bss.keys})
        if bss.passphrase is None:
            raise Unsupported("iwd: an open BSS: as an access point it wants a passphrase")
        if bss.mixed:
            raise Unsupported("iwd: WPA beside WPA2: as an access point it has WPA2-PSK only")

    def start(self) -> None:
        (bss,) = self.bsss
        radio = bare_radio(self.world.air, self._place, bridge=BRIDGE)
        self._lay_out(radio.address, radio.interface)
        files = {f"ap/{profile_name(bss.ssid, 'ap')}": self._profile(bss)}
        self._iwd = Iwd(self, radio, self._place.folder, self._changed, files)
        self.world.join(self._iwd)
        self.wait_ready(lambda: self.iwd.has(DEVICE), "its interface on D-Bus")
        self.version = self.iwd.version()
        try:
            self.iwd.set(DEVICE, "Mode", "s", "ap")
            self.wait_ready(lambda: self.iwd.has(ACCESS_POINT), "its access point on D-Bus")
            self.iwd.ask(ACCESS_POINT, "StartProfile", "s", bss.ssid)
        except BusError as error:
            raise SetupFailed(f"{self.name} (iwd): {error}") from error
        put_in_bridge(self.world.air, self._place, bridge=BRIDGE)
        self._look()

    def close(self) -> None:
        if self._iwd is not None:
            self.world.leave(self._iwd)
            self._iwd.close()
            self._iwd = None

    def require_event(self, text: str) -> None:
        super().require_event(text)
        wording.require_fields(text)

    def push_button(self) -> None:
        self.require(WPS)

    def enter_pin(self, pin: str) -> None:
        self.require(WPS)

    def deauthenticate(self, station: StationDevice, on: BssOnAir) -> None:
        raise Unsupported("iwd: deauthentication: nothing on D-Bus asks for one")

    def disassociate(self, station: StationDevice, on: BssOnAir) -> None:
        raise Unsupported("iwd: disassociation: nothing on D-Bus asks for one")

    def switch_channel(self, frequency: int, *, count: int = 5) -> None:
        raise Unsupported("iwd: a channel switch: nothing on D-Bus asks for one")

    def _profile(self, bss: Bss) -> str:
        assert bss.passphrase is not None, "require_all lets no open BSS pass"
        return (
            f"[General]\nChannel={(self.frequency - 2407) // 5}\n"
            f"[Security]\nPassphrase={escape(bss.passphrase)}\n"
        )

    def _changed(self, path: str, interface: str, name: str, value: Any) -> None:
        self._note(wording.line(interface, name, value))

    def _look(self) -> None:
        self.iwd.call(ACCESS_POINT_DIAGNOSTIC, "GetDiagnostics", then=self._looked)
        self.iwd.after(_LOOK_EVERY, self._look)

    def _looked(self, answer: tuple[Any, ...] | BusError) -> None:
        if isinstance(answer, BusError):
            return
        now = frozenset(station["Address"][1].lower() for station in answer[0])
        for address in sorted(now - self._stations):
            self._hear(f"{wording.AP_STA_CONNECTED} {address}")
        for address in sorted(self._stations - now):
            self._hear(f"{wording.AP_STA_DISCONNECTED} {address}")
        self._stations = now

    def _note(self, text: str) -> None:
        """Put what has no counterpart into the record alone."""
        wording.note(self, self.on_air[0].interface, text)

    def _hear(self, text: str) -> None:
        self.heard_control(self.world.now(), self.on_air[0].interface, text)
