"""What a BSS says of WPS in its Beacons and Probe Responses, as a station reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from harness.base.address import BROADCAST, MacAddress
from harness.base.errors import WireError
from harness.wire.dot11.elements import Elements
from harness.wire.wsc.device import DevicePasswordId, WpsState
from harness.wire.wsc.element import WscProbeResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class WpsInformation:
    """A BSS's WSC attributes as far as they matter for choosing it.

    A Beacon's contents are a part of a Probe Response's, so both are read as the latter.
    `uuid`: 16 octets, from the Probe Response where the newer frame was a Beacon without it.
    """

    configured: bool = False
    selected_registrar: bool = False
    device_password_id: int | None = None
    config_methods: int | None = None
    setup_locked: bool = False
    version2: bool = False
    authorized: tuple[MacAddress, ...] = ()
    uuid: bytes | None = None
    device_name: str = ""
    primary_device_type: bytes | None = None

    @property
    def push_button_active(self) -> bool:
        return self.selected_registrar and self.device_password_id == DevicePasswordId.PUSH_BUTTON

    @property
    def pin_selected(self) -> bool:
        """A registrar is selected, but for no push button."""
        return self.selected_registrar and self.device_password_id != DevicePasswordId.PUSH_BUTTON

    def authorizes(self, address: MacAddress) -> bool:
        """True when AuthorizedMACs names this station, or every one."""
        return address in self.authorized or BROADCAST in self.authorized

    def admits_pin_of(self, address: MacAddress) -> bool:
        """True when its registrar waits for this station's PIN.

        An AP without WPS 2.0 has no AuthorizedMACs: a registrar selected for a PIN is enough.
        """
        return self.authorizes(address) or (not self.version2 and self.pin_selected)

    @property
    def flag(self) -> str:
        """The class that scan results show: `WPS-PBC`, `WPS-PIN` or `WPS`."""
        if self.push_button_active:
            return "WPS-PBC"
        return "WPS-PIN" if self.selected_registrar else "WPS"

    @classmethod
    def of(cls, elements: Elements, probe_elements: bytes) -> Self | None:
        """Read a BSS's newest elements; None without a WSC element or with a broken one.

        `probe_elements`: those of its last Probe Response, looked at for the UUID only.
        """
        octets = elements.wsc
        if octets is None:
            return None
        try:
            said = WscProbeResponse.decode(octets)
        except WireError:
            return None
        extension = said.wfa
        return cls(
            configured=said.wps_state == WpsState.CONFIGURED,
            selected_registrar=bool(said.selected_registrar),
            device_password_id=said.device_password_id,
            config_methods=said.selected_registrar_config_methods,
            setup_locked=bool(said.ap_setup_locked),
            version2=extension is not None and extension.version2 is not None,
            authorized=(extension.authorized_macs or ()) if extension is not None else (),
            uuid=said.uuid_e or _uuid(probe_elements),
            device_name=said.device_name or "",
            primary_device_type=said.primary_device_type,
        )


def _uuid(probe_elements: bytes) -> bytes | None:
    if not probe_elements:
        return None
    try:
        octets = Elements(probe_elements).wsc
        return None if octets is None else WscProbeResponse.decode(octets).uuid_e
    except WireError:
        return None


def available_kind(seen: Iterable[WpsInformation | None], own: MacAddress) -> str | None:
    """What the APs with WPS offer us: `pbc`, `auth`, `pin` or nothing special; None without one.

    `seen`: of each BSS, None for one without WPS.
    """
    with_wps = [wps for wps in seen if wps is not None]
    if not with_wps:
        return None
    if any(wps.push_button_active for wps in with_wps):
        return "pbc"
    if any(wps.version2 and wps.authorizes(own) for wps in with_wps):
        return "auth"
    return "pin" if any(wps.pin_selected for wps in with_wps) else ""
