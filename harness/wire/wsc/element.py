"""The WSC element's contents in 802.11 management frames (wsc-protocol §7).

These are the attributes of all the frame's 00:50:F2:04 vendor elements put together;
`harness.wire.dot11.elements` takes them out of a frame and puts them into one. No attribute is
mandatory on receipt: what a receiver needs, it looks for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from harness.wire.wsc import attributes as a
from harness.wire.wsc.declare import REPEATED, TOLERATED, WFA, AttributeSet, declares
from harness.wire.wsc.device import RequestType, ResponseType
from harness.wire.wsc.extension import ENROLLING, VERSION2_ONLY, WfaExtension
from harness.wire.wsc.messages import VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class WscElement(AttributeSet):
    """Base of the five forms: every one begins with Version."""

    version: Annotated[int | None, a.VERSION, TOLERATED] = VERSION


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class WscBeacon(WscElement):
    """The WSC element of a Beacon."""

    CLAUSE: ClassVar[str] = "WSC 2.0: Beacon"

    wps_state: Annotated[int | None, a.WPS_STATE, TOLERATED]
    ap_setup_locked: Annotated[bool | None, a.AP_SETUP_LOCKED] = None
    selected_registrar: Annotated[bool | None, a.SELECTED_REGISTRAR] = None
    device_password_id: Annotated[int | None, a.DEVICE_PASSWORD_ID] = None
    selected_registrar_config_methods: Annotated[
        int | None, a.SELECTED_REGISTRAR_CONFIG_METHODS
    ] = None
    uuid_e: Annotated[bytes | None, a.UUID_E] = None
    rf_bands: Annotated[int | None, a.RF_BANDS] = None
    wfa: Annotated[WfaExtension | None, WFA, TOLERATED] = VERSION2_ONLY
    vendor_extensions: Annotated[tuple[bytes, ...], a.VENDOR_EXTENSION, REPEATED] = ()
    application_extension: Annotated[bytes | None, a.APPLICATION_EXTENSION] = None


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class WscProbeResponse(WscElement):
    """The WSC element of a Probe Response."""

    CLAUSE: ClassVar[str] = "WSC 2.0: Probe Response"

    wps_state: Annotated[int | None, a.WPS_STATE, TOLERATED]
    ap_setup_locked: Annotated[bool | None, a.AP_SETUP_LOCKED] = None
    selected_registrar: Annotated[bool | None, a.SELECTED_REGISTRAR] = None
    device_password_id: Annotated[int | None, a.DEVICE_PASSWORD_ID] = None
    selected_registrar_config_methods: Annotated[
        int | None, a.SELECTED_REGISTRAR_CONFIG_METHODS
    ] = None
    response_type: Annotated[int | None, a.RESPONSE_TYPE, TOLERATED] = ResponseType.AP
    uuid_e: Annotated[bytes | None, a.UUID_E, TOLERATED]
    manufacturer: Annotated[str | None, a.MANUFACTURER, TOLERATED]
    model_name: Annotated[str | None, a.MODEL_NAME, TOLERATED]
    model_number: Annotated[str | None, a.MODEL_NUMBER, TOLERATED]
    serial_number: Annotated[str | None, a.SERIAL_NUMBER, TOLERATED]
    primary_device_type: Annotated[bytes | None, a.PRIMARY_DEVICE_TYPE, TOLERATED]
    device_name: Annotated[str | None, a.DEVICE_NAME, TOLERATED]
    config_methods: Annotated[int | None, a.CONFIG_METHODS, TOLERATED]
    rf_bands: Annotated[int | None, a.RF_BANDS] = None
    wfa: Annotated[WfaExtension | None, WFA, TOLERATED] = VERSION2_ONLY
    vendor_extensions: Annotated[tuple[bytes, ...], a.VENDOR_EXTENSION, REPEATED] = ()
    application_extension: Annotated[bytes | None, a.APPLICATION_EXTENSION] = None


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class WscProbeRequest(WscElement):
    """The WSC element of a Probe Request."""

    CLAUSE: ClassVar[str] = "WSC 2.0: Probe Request"

    request_type: Annotated[int | None, a.REQUEST_TYPE, TOLERATED] = RequestType.ENROLLEE
    config_methods: Annotated[int | None, a.CONFIG_METHODS, TOLERATED]
    uuid_e: Annotated[bytes | None, a.UUID_E, TOLERATED]
    primary_device_type: Annotated[bytes | None, a.PRIMARY_DEVICE_TYPE, TOLERATED]
    rf_bands: Annotated[int | None, a.RF_BANDS, TOLERATED]
    association_state: Annotated[int | None, a.ASSOCIATION_STATE, TOLERATED] = 0
    configuration_error: Annotated[int | None, a.CONFIGURATION_ERROR, TOLERATED] = 0
    device_password_id: Annotated[int | None, a.DEVICE_PASSWORD_ID, TOLERATED]
    manufacturer: Annotated[str | None, a.MANUFACTURER, TOLERATED]
    model_name: Annotated[str | None, a.MODEL_NAME, TOLERATED]
    model_number: Annotated[str | None, a.MODEL_NUMBER, TOLERATED]
    device_name: Annotated[str | None, a.DEVICE_NAME, TOLERATED]
    wfa: Annotated[WfaExtension | None, WFA, TOLERATED] = ENROLLING
    requested_device_types: Annotated[
        tuple[bytes, ...], a.REQUESTED_DEVICE_TYPE, REPEATED
    ] = ()
    secondary_device_types: Annotated[
        tuple[bytes, ...] | None, a.SECONDARY_DEVICE_TYPE_LIST
    ] = None


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class WscAssociationRequest(WscElement):
    """The WSC element of an Association or Reassociation Request."""

    CLAUSE: ClassVar[str] = "WSC 2.0: Association Request"

    request_type: Annotated[int | None, a.REQUEST_TYPE, TOLERATED] = RequestType.ENROLLEE
    wfa: Annotated[WfaExtension | None, WFA, TOLERATED] = VERSION2_ONLY


@declares
@dataclass(frozen=True, slots=True, kw_only=True)
class WscAssociationResponse(WscElement):
    """The WSC element of an Association or Reassociation Response."""

    CLAUSE: ClassVar[str] = "WSC 2.0: Association Response"

    response_type: Annotated[int | None, a.RESPONSE_TYPE, TOLERATED] = ResponseType.AP
    wfa: Annotated[WfaExtension | None, WFA, TOLERATED] = VERSION2_ONLY


decode_beacon = WscBeacon.decode
decode_probe_response = WscProbeResponse.decode
decode_probe_request = WscProbeRequest.decode
decode_association_request = WscAssociationRequest.decode
decode_association_response = WscAssociationResponse.decode
