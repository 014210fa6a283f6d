"""The WSC element of a BSS's frames, and what Enrollees' Probe Requests tell.

Source: Wi-Fi Simple Configuration 2.0.8, 8.2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.ap import events
from harness.ap.config import ApConfig, BssConfig
from harness.ap.wps import Advertisement, Notice, Notices, WpsRegistrarState
from harness.base.address import MacAddress
from harness.base.errors import WireError
from harness.wire.dot11.elements import wsc_element
from harness.wire.wsc.device import DevicePasswordId, ResponseType
from harness.wire.wsc.element import (
    WscAssociationResponse,
    WscBeacon,
    WscProbeResponse,
    decode_probe_request,
)
from harness.wire.wsc.extension import VERSION2, WfaExtension
from harness.wire.wsc.version import at_version


def association_response(version: int = VERSION2) -> bytes:
    """The whole WSC element of a (Re)Association Response."""
    return wsc_element(at_version(WscAssociationResponse(), version).encode())


@dataclass(frozen=True, slots=True)
class WscDescriber:
    """Builds one BSS's WSC elements. `uuid`: 16 octets. `version`: what they say of WSC's."""

    ap: ApConfig
    bss: BssConfig
    uuid: bytes
    version: int = VERSION2

    def beacon(self, shown: Advertisement) -> bytes:
        """The whole WSC element of a Beacon."""
        return self._element(WscBeacon(wps_state=self.bss.wps_state), shown)

    def probe_response(self, shown: Advertisement, config_methods: int) -> bytes:
        """The whole WSC element of a Probe Response. `config_methods`: for external registrars."""
        said = WscProbeResponse(
            wps_state=self.bss.wps_state,
            response_type=ResponseType.AP,
            uuid_e=self.uuid,
            **self.ap.device.on_air(),
            config_methods=config_methods,
        )
        return self._element(said, shown)

    def _element(self, said: WscBeacon | WscProbeResponse, shown: Advertisement) -> bytes:
        """Add what both forms say: of the registrar, of the bands and of the application."""
        said = replace(
            said,
            ap_setup_locked=shown.setup_locked or None,
            rf_bands=self.ap.advertised_bands,
            wfa=WfaExtension(authorized_macs=shown.authorized or None),
            application_extension=self.ap.application_extension,
        )
        if shown.selection is not None:
            said = replace(
                said,
                selected_registrar=True,
                device_password_id=shown.selection.device_password_id,
                selected_registrar_config_methods=shown.selection.config_methods,
            )
        return wsc_element(at_version(said, self.version).encode())


def enrollee_seen(
    registrar: WpsRegistrarState, station: MacAddress, wsc: bytes, now: float
) -> Notices:
    """Take an Enrollee's Probe Request in. `wsc`: its WSC attributes.

    One that can't be read, or without Config Methods or Device Password ID, is ignored.
    """
    try:
        request = decode_probe_request(wsc)
    except WireError:
        return ()
    if request.config_methods is None or request.device_password_id is None:
        return ()
    notices: Notices = ()
    uuid, kind, asked = request.uuid_e, request.primary_device_type, request.request_type
    if uuid is not None and kind is not None and asked is not None:
        seen = {
            "station": station,
            "uuid": uuid,
            "device_type": kind,
            "config_methods": request.config_methods,
            "device_password_id": request.device_password_id,
            "request_type": asked,
            "device_name": request.device_name or "",
        }
        notices = (Notice(events.ENROLLEE_SEEN, seen),)
    if uuid is not None and request.device_password_id == DevicePasswordId.PUSH_BUTTON:
        notices += registrar.probed(uuid, now)
    return notices
